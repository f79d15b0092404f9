//! The Larkspur Courier: an English-language weekly that also reposts.

use super::{Origin, Story};

pub(in super::super) const STORIES: [Story; 8] = [
    Story {
        slug: "bridge-sings",
        title: "The bridge that hums in B flat, and the town that voted to keep it",
        authors: &["Imogen Tarrow"],
        category: "Local",
        origin: None,
        text: "For eleven years the Callow Street footbridge has hummed a steady B flat whenever the wind comes from the north-west above thirty kilometres an hour. Engineers found the cause in an afternoon: hollow railings, open at both ends, each cut to the same length.\n\
Caps for the railings would cost about four hundred dollars. The council put the matter to a vote of the two streets that hear it best, expecting a formality.\n\
! The Callow Street footbridge, whose railings act as organ pipes | Imogen Tarrow / Larkspur Courier\n\
The humming won, 212 to 87. Residents told the Courier that they check the weather by it, that a baby falls asleep to it, and that a retired violinist on Alder Row tunes to it, “a quarter-tone sharp in winter, but honest”.\n\
As a concession to the losing side, twelve of the forty railings will be capped. The bridge will be quieter. The note, an acoustician confirmed, will not change.",
    },
    Story {
        slug: "seed-loan",
        title: "Library lends seeds, and asks for stories back",
        authors: &["Desmond Okell", "Imogen Tarrow"],
        category: "Culture",
        origin: None,
        text: "The Larkspur Public Library has lent seeds since the spring: take a packet, plant it, and return a spoonful after harvest. What surprised the librarians was the return slip.\n\
The slip has a line marked “notes”. Borrowers filled it, then the back, then extra sheets. A packet of runner beans came home with an account of a marriage proposal; a failed melon came with an apology addressed to the melon.\n\
! Return slips from the first season, filed by vegetable | Desmond Okell / Larkspur Courier\n\
By October there were 640 slips. A volunteer began to catalogue them under the same numbers as the seeds, so that whoever borrows beans now receives the beans’ history as well.\n\
Only one borrower has been fined. He returned nothing but a note reading “pigeons”. The fine was a poem, and it has been paid.",
    },
    Story {
        slug: "lake-ledger",
        title: "A farmer’s ice diary rewrites the history of a lake",
        authors: &["Ruth Castellane"],
        category: "Science",
        origin: Some(Origin {
            outlet: "Inland Waters Quarterly",
            url: "https://inland-waters.example.com/2026/ice-diary",
            language: "en",
            translators: &[],
        }),
        text: "Every winter from 1902 until his death, a farmer on the eastern shore of Lake Morrow wrote down the day the ice would bear a horse. His daughter went on, with a tractor; her son goes on still, with a drill.\n\
Official records of the lake begin in 1971. The diary adds sixty-nine years, and it disagrees with the accepted story: the lake did not warm steadily but in two steps, one in the 1930s and one after 1998, with a long plateau between.\n\
! A page of the ice diary; the small horse marks the first safe crossing | Castellane family\n\
Hydrologists were at first wary of a horse as an instrument. They borrowed one of the same breed, weighed it, and measured the ice it would willingly step on. The answer, twenty-one centimetres give or take two, held across six animals.\n\
## What a family can measure\n\
“It is the consistency that makes it science,” says the study’s lead author. “The same bay, the same question, the same kind of answer, for a hundred and twenty winters.”\n\
The diary itself remains on a kitchen shelf. The family agreed to have it scanned on one condition: that the pages about the neighbours be left out.",
    },
    Story {
        slug: "night-bus-choir",
        title: "The choir that rehearses on the last bus",
        authors: &["Desmond Okell"],
        category: "Local",
        origin: None,
        text: "At 11.52 on Thursdays the number 9 leaves the hospital with nurses, cooks and cleaners at the end of their shifts. Somewhere around Mill Lane, someone gives a note.\n\
The Number Nine Choir has no conductor, no hall and exactly twenty-three minutes. New members learn their part by sitting next to somebody who knows it. Basses sit at the back, over the engine.\n\
! The number 9 on Mill Lane, a little after midnight | Desmond Okell / Larkspur Courier\n\
The driver, who asked to be named only as Pat, says the timetable has not suffered. “They finish the verse before they ring the bell. I have never once had to wait.”\n\
In December the bus company offered them a concert hall. The choir declined, and asked instead for the heating to be turned on.",
    },
    Story {
        slug: "fungus-concrete",
        title: "Cracked kerbs that mend themselves, with a little help from a fungus",
        authors: &["Ruth Castellane"],
        category: "Science",
        origin: None,
        text: "Two hundred metres of kerb on Larkspur’s ring road are alive, in a manner of speaking. Spores mixed into the concrete wake when water enters a crack, and the threads that grow from them draw limestone out of solution until the gap is closed.\n\
After the first winter, cracks narrower than half a millimetre had sealed in nine weeks on average. Wider ones did not seal at all, which the engineers consider just as useful to know.\n\
! A sealed crack under the microscope; the pale band is new limestone | Larkspur Polytechnic\n\
The species is common in woodland soil and, the team stresses, harmless. It dies when the crack closes and the air runs out, leaving spores behind for the next frost.\n\
The remaining question is money. Living kerb costs a third more, and the city’s accountants would like to know how many winters a spore can wait. The oldest in the laboratory are in their seventh year, and still answer when watered.",
    },
    Story {
        slug: "mapmaker-errors",
        title: "In praise of the wrong map",
        authors: &["Imogen Tarrow"],
        category: "Culture",
        origin: Some(Origin {
            outlet: "The Skerry Review",
            url: "https://skerry-review.example/essays/the-wrong-map",
            language: "en",
            translators: &[],
        }),
        text: "The most visited room in the county museum holds nothing but mistakes: forty maps showing lakes that are meadows, a mountain drawn twice, and one entire village that seems to have been a smudge.\n\
The curator arranged them not by date but by cause. There are errors of copying, errors of hope, and errors of payment, the last being estates that grew with the fee.\n\
! The smudge that became a village, from a county map of 1788 | Larkspur County Museum\n\
Visitors linger longest at a chart whose coastline is off by nine kilometres. Sailors used it for sixty years without loss. They knew how it was wrong, a note explains, which is a way of being right.\n\
At the exit, guests may draw their own street from memory. The drawings are kept. Nobody, so far, has put the post office on the correct corner.",
    },
    Story {
        slug: "school-weather",
        title: "Forecast by nine-year-olds beats the almanac for a third year",
        authors: &["Desmond Okell"],
        category: "Local",
        origin: None,
        text: "Class 4B at Fernhill School publishes a three-day forecast every Monday, on a sheet of paper taped to the bakery window. For the third year running it has been right more often than the printed almanac, by 71 days in a hundred to 58.\n\
The method combines a barometer, a jar of pine cones and the knees of the caretaker, each with one vote. Ties are broken by the class tortoise, who is placed facing north and observed for five minutes.\n\
! This week’s forecast in the bakery window | Fernhill School\n\
A statistician at the polytechnic checked the figures and found them sound. She also worked out each voter’s share of the success: the barometer does most of the work, the knees help in autumn, and the tortoise is indistinguishable from chance.\n\
The class debated whether to dismiss him. The motion failed, 26 to 1.",
    },
    Story {
        slug: "repair-train",
        title: "All change for mending: a workshop on rails comes to the valley",
        authors: &["Ruth Castellane", "Desmond Okell"],
        category: "Economy",
        origin: None,
        text: "A three-carriage train with no seats has been stopping at the valley’s small stations since August. Inside are lathes, sewing machines, a soldering bench, and people who know how to use them. It stays a day and leaves at six.\n\
Passengers bring what is broken. In the first twelve stops the crew logged 1,940 objects and mended 1,512 of them: kettles and radios above all, but also a church-organ pedal, a prosthetic hand, and one wedding ring cut and made larger, twice.\n\
! The soldering carriage at Upper Denholm | Ruth Castellane / Larkspur Courier\n\
## A platform, not a charity\n\
Repairs cost what the owner thinks a new one is worth, divided by four. Owners, it turns out, are generous, and the train has covered its costs since the seventh stop.\n\
The county once planned to close three of the stations. Ticket sales on the days of the mending train have since put that plan in a drawer.\n\
Next month the crew adds a fourth carriage, for bicycles. The broken ones travel free.",
    },
];
