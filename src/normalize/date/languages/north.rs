//! Scandinavia, Finland and Hungary.

use super::{Language, NONE};

pub(super) const LANGUAGES: &[Language] = &[
    Language {
        code: "sv",
        months: "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december",
        short_months: "jan|feb febr|mar|apr||jun|jul|aug|sep sept|okt|nov|dec",
        weekdays: "måndag tisdag onsdag torsdag fredag lördag söndag måndagen tisdagen onsdagen torsdagen fredagen lördagen söndagen mån tis ons tor tors fre lör sön",
        units: "sekund sekunder sek|minut minuter min|timme timmar tim|dag dagar dygn|vecka veckor|månad månader mån|år",
        half_hour: "en_halvtimme",
        numbers: "en ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio",
        frames: &[("för", "sedan"), ("", "sedan"), ("för", "sen"), ("", "sen")],
        now: "just_nu nyss alldeles_nyss nu",
        days: "idag i_dag|igår i_går|i_förrgår förrgår",
        ..NONE
    },
    Language {
        code: "da",
        months: "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december",
        short_months: "jan|feb febr|mar|apr||jun|jul|aug|sep sept|okt|nov|dec",
        weekdays: "mandag tirsdag onsdag torsdag fredag lørdag søndag man tir tirs ons tor tors fre lør søn",
        units: "sekund sekunder sek|minut minutter min|time timer|dag dage døgn|uge uger|måned måneder|år",
        half_hour: "en_halv_time",
        numbers: "en et én ét|to|tre|fire|fem|seks|syv|otte|ni|ti",
        frames: &[("for", "siden"), ("", "siden")],
        now: "lige_nu netop_nu for_et_øjeblik_siden nu",
        days: "i_dag idag|i_går igår|i_forgårs forgårs",
        ..NONE
    },
    Language {
        code: "nb",
        months: "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember",
        short_months: "jan|feb febr|mar|apr||jun|jul|aug|sep sept|okt|nov|des",
        weekdays: "mandag måndag tirsdag tysdag onsdag torsdag fredag lørdag laurdag søndag sundag man tir tirs ons tor tors fre lør søn",
        units: "sekund sekunder sek|minutt minutter min|time timer timar t|dag dager dagar døgn|uke uker veke veker|måned måneder månad månader mnd|år",
        half_hour: "en_halvtime",
        numbers: "en ett én|to|tre|fire|fem|seks|sju syv|åtte|ni|ti",
        frames: &[("for", "siden"), ("", "siden"), ("for", "sidan")],
        now: "akkurat_nå nettopp nå",
        days: "i_dag|i_går|i_forgårs",
        ..NONE
    },
    Language {
        code: "fi",
        without_one: true,
        months: "tammikuu tammikuuta tammikuun|helmikuu helmikuuta helmikuun|maaliskuu maaliskuuta maaliskuun|huhtikuu huhtikuuta huhtikuun|toukokuu toukokuuta toukokuun|kesäkuu kesäkuuta kesäkuun|heinäkuu heinäkuuta heinäkuun|elokuu elokuuta elokuun|syyskuu syyskuuta syyskuun|lokakuu lokakuuta lokakuun|marraskuu marraskuuta marraskuun|joulukuu joulukuuta joulukuun",
        short_months: "tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu",
        weekdays: "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina ma ti ke to pe la su",
        units: "sekunti sekuntia sek s|minuutti minuuttia min|tunti tuntia h t|päivä päivää pv|viikko viikkoa vk|kuukausi kuukautta kk|vuosi vuotta v",
        half_hour: "puoli_tuntia",
        numbers: "yksi|kaksi|kolme|neljä|viisi|kuusi|seitsemän|kahdeksan|yhdeksän|kymmenen",
        frames: &[("", "sitten")],
        now: "juuri_nyt nyt äsken hetki_sitten juuri_äsken",
        days: "tänään|eilen|toissapäivänä",
        ..NONE
    },
    Language {
        code: "hu",
        months: "január januári januárja|február februári|március márciusi|április áprilisi|május májusi|június júniusi|július júliusi|augusztus augusztusi|szeptember szeptemberi|október októberi|november novemberi|december decemberi",
        short_months: "jan|feb febr|már márc|ápr|máj|jún|júl|aug|szept sze|okt|nov|dec",
        weekdays: "hétfő kedd szerda csütörtök péntek szombat vasárnap hétfőn kedden szerdán csütörtökön pénteken szombaton hét ked sze csü pén szo vas",
        units: "másodperccel|perccel|órával|nappal|héttel|hónappal|évvel",
        half_hour: "fél_órával félórával",
        numbers: "egy|két kettő|három|négy|öt|hat|hét|nyolc|kilenc|tíz",
        frames: &[("", "ezelőtt")],
        now: "most az_imént éppen_most pár_perce",
        days: "ma|tegnap|tegnapelőtt",
        ..NONE
    },
    // "3 órája": three hours ago, said with the ending alone.
    Language {
        code: "hu-órája",
        units: "másodperce|perce|órája|napja|hete|hónapja|éve",
        half_hour: "fél_órája félórája",
        numbers: "egy|két kettő|három|négy|öt|hat|hét|nyolc|kilenc|tíz",
        frames: &[("", "")],
        ..NONE
    },
];
