//! Slavic languages, Greek and Turkish.

use super::{Language, NONE};

pub(super) const LANGUAGES: &[Language] = &[
    Language {
        code: "ru",
        months: "январь января|февраль февраля|март марта|апрель апреля|май мая|июнь июня|июль июля|август августа|сентябрь сентября|октябрь октября|ноябрь ноября|декабрь декабря",
        short_months: "янв|фев февр|мар|апр||июн|июл|авг|сен сент|окт|ноя нояб|дек",
        weekdays: "понедельник вторник среда четверг пятница суббота воскресенье среду пятницу субботу пн вт ср чт пт сб вс пон втр срд чтв птн сбт вск",
        units: "секунда секунду секунды секунд сек с|минута минуту минуты минут мин м|час часа часов ч|день дня дней дн д|неделя неделю недели недель нед|месяц месяца месяцев мес|год года лет г",
        half_hour: "полчаса пол_часа",
        numbers: "один одну одна|два две|три|четыре|пять|шесть|семь|восемь|девять|десять",
        frames: &[("", "назад"), ("", "тому назад")],
        now: "только_что сейчас только_сейчас минуту_назад секунду_назад",
        days: "сегодня|вчера|позавчера",
        ..NONE
    },
    Language {
        code: "uk",
        months: "січень січня|лютий лютого|березень березня|квітень квітня|травень травня|червень червня|липень липня|серпень серпня|вересень вересня|жовтень жовтня|листопад листопада|грудень грудня",
        short_months: "січ|лют|бер берез|кві квіт|тра трав|чер черв|лип|сер серп|вер верес|жов жовт|лис лист|гру груд",
        weekdays: "понеділок вівторок середа четвер п'ятниця субота неділя середу п'ятницю суботу неділю пн вт ср чт пт сб нд",
        units: "секунда секунду секунди секунд сек с|хвилина хвилину хвилини хвилин хв|година годину години годин год|день дня дні днів дн|тиждень тижня тижні тижнів тиж|місяць місяця місяці місяців міс|рік року роки років",
        half_hour: "пів_години півгодини",
        numbers: "один одну одна|два дві|три|чотири|п'ять|шість|сім|вісім|дев'ять|десять",
        frames: &[("", "тому"), ("", "тому назад"), ("", "назад")],
        now: "щойно зараз тільки_що",
        days: "сьогодні|вчора учора|позавчора",
        ..NONE
    },
    Language {
        code: "bg",
        months: "януари|февруари|март|април|май|юни|юли|август|септември|октомври|ноември|декември",
        short_months: "яну ян|фев февр|мар|апр||||авг|сеп септ|окт|ное|дек",
        weekdays: "понеделник вторник сряда четвъртък петък събота неделя",
        units: "секунда секунди|минута минути|час часа|ден дни|седмица седмици|месец месеца|година години",
        half_hour: "половин_час",
        numbers: "един една|два две|три|четири|пет|шест|седем|осем|девет|десет",
        frames: &[("преди", "")],
        now: "току-що сега",
        days: "днес|вчера|завчера",
        ..NONE
    },
    Language {
        code: "pl",
        months: "styczeń stycznia|luty lutego|marzec marca|kwiecień kwietnia|maj maja|czerwiec czerwca|lipiec lipca|sierpień sierpnia|wrzesień września|październik października|listopad listopada|grudzień grudnia",
        short_months: "sty stycz|lut|mar|kwi kwiec||cze czerw|lip|sie sierp|wrz wrześ|paź paźdz|lis listop|gru grudz",
        weekdays: "poniedziałek wtorek środa czwartek piątek sobota niedziela środę sobotę niedzielę pon wt śr czw czwart pt sob ndz niedz",
        units: "sekunda sekundę sekundy sekund sek s|minuta minutę minuty minut min|godzina godzinę godziny godzin godz h|dzień dni dnia|tydzień tygodnie tygodni tyg|miesiąc miesiące miesięcy mies|rok roku lata lat",
        half_hour: "pół_godziny",
        numbers: "jeden jedną jedna|dwa dwie|trzy|cztery|pięć|sześć|siedem|osiem|dziewięć|dziesięć",
        frames: &[("", "temu")],
        now: "przed_chwilą teraz właśnie_teraz chwilę_temu",
        days: "dziś dzisiaj|wczoraj|przedwczoraj",
        ..NONE
    },
    Language {
        code: "cs",
        months: "leden ledna|únor února|březen března|duben dubna|květen května|červen června|červenec července|srpen srpna|září|říjen října|listopad listopadu|prosinec prosince",
        short_months: "led|úno|bře|dub|kvě|čvn červ|čvc|srp|zář|říj|lis|pro",
        weekdays: "pondělí úterý středa čtvrtek pátek sobota neděle středu sobotu neděli po út st čt pá so ne",
        units: "sekunda sekundu sekundy sekund sekundou sekundami|minuta minutu minuty minut minutou minutami min|hodina hodinu hodiny hodin hodinou hodinami hod|den dny dní dnem|týden týdny týdnů týdnem|měsíc měsíce měsíců měsícem měsíci|rok roky let rokem lety",
        half_hour: "půl_hodinou půlhodinou",
        numbers: "jeden jedna jednou jedním|dva dvě dvěma|tři třemi|čtyři čtyřmi|pět pěti|šest šesti|sedm sedmi|osm osmi|devět devíti|deset deseti",
        frames: &[("před", "")],
        now: "právě_teď teď nyní před_chvílí právě",
        days: "dnes|včera|předevčírem",
        ..NONE
    },
    Language {
        code: "sk",
        months: "január januára|február februára|marec marca|apríl apríla|máj mája|jún júna|júl júla|august augusta|september septembra|október októbra|november novembra|december decembra",
        weekdays: "pondelok utorok streda štvrtok piatok sobota nedeľa stredu sobotu nedeľu",
        units: "sekundou sekundami|minútou minútami min|hodinou hodinami hod|dňom dňami|týždňom týždňami|mesiacom mesiacmi|rokom rokmi",
        half_hour: "pol_hodinou",
        numbers: "jeden jedna jedným|dvoma|tromi|štyrmi",
        frames: &[("pred", "")],
        now: "práve_teraz teraz pred_chvíľou",
        days: "dnes|včera|predvčerom",
        ..NONE
    },
    Language {
        code: "el",
        months: "ιανουάριος ιανουαρίου|φεβρουάριος φεβρουαρίου|μάρτιος μαρτίου|απρίλιος απριλίου|μάιος μαΐου μαίου|ιούνιος ιουνίου|ιούλιος ιουλίου|αύγουστος αυγούστου|σεπτέμβριος σεπτεμβρίου|οκτώβριος οκτωβρίου|νοέμβριος νοεμβρίου|δεκέμβριος δεκεμβρίου",
        short_months: "ιαν|φεβ|μαρ|απρ|μαι μαϊ|ιουν|ιουλ|αυγ|σεπ σεπτ|οκτ|νοε νοεμ|δεκ",
        weekdays: "δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή δευ δε τρι τρ τετ τε πεμ πε παρ πα σαβ σα κυρ κυ",
        units: "δευτερόλεπτο δευτερόλεπτα δευτ|λεπτό λεπτά λ|ώρα ώρες ώρας ω|ημέρα ημέρες μέρα μέρες ημ|εβδομάδα εβδομάδες|μήνα μήνας μήνες|χρόνο χρόνια έτος έτη",
        half_hour: "μισή_ώρα",
        numbers: "ένα μία μια έναν|δύο δυο|τρία τρεις|τέσσερα τέσσερις|πέντε|έξι|επτά εφτά|οκτώ οχτώ|εννέα εννιά|δέκα",
        frames: &[("πριν", ""), ("πριν από", ""), ("", "πριν")],
        now: "μόλις_τώρα τώρα πριν_από_λίγο πριν_λίγο",
        days: "σήμερα|χθες χτες|προχθές προχτές",
        ..NONE
    },
    Language {
        code: "tr",
        months: "ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık",
        short_months: "oca|şub|mar|nis|may|haz|tem|ağu|eyl|eki|kas|ara",
        weekdays: "pazartesi salı çarşamba perşembe cuma cumartesi pazar pzt sal çar per cum cmt paz",
        units: "saniye sn|dakika dk dak|saat sa|gün|hafta|ay|yıl sene",
        half_hour: "yarım_saat",
        numbers: "bir|iki|üç|dört|beş|altı|yedi|sekiz|dokuz|on",
        frames: &[("", "önce"), ("", "evvel")],
        now: "az_önce şimdi şu_an biraz_önce demin",
        days: "bugün|dün|evvelsi_gün önceki_gün",
        ..NONE
    },
];
