//! English, German, Dutch and the Romance languages.

use super::{Language, NONE};

pub(super) const LANGUAGES: &[Language] = &[
    Language {
        code: "en",
        months: "january|february|march|april|may|june|july|august|september|october|november|december",
        short_months: "jan|feb febr|mar|apr||jun|jul|aug|sep sept|oct|nov|dec",
        weekdays: "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri sat sun",
        units: "second seconds sec secs s|minute minutes min mins m|hour hours hr hrs h|day days d|week weeks wk wks w|month months mo mos|year years yr yrs y",
        half_hour: "half_an_hour half_hour half-hour",
        numbers: "one an a|two|three|four|five|six|seven|eight|nine|ten",
        frames: &[("", "ago"), ("", "earlier")],
        now: "just_now now moments_ago a_moment_ago seconds_ago a_few_seconds_ago",
        days: "today|yesterday|",
        ..NONE
    },
    Language {
        code: "de",
        months: "januar jänner|februar feber|märz|april|mai|juni|juli|august|september|oktober|november|dezember",
        short_months: "jan jän|feb|mär mrz mrz|apr||jun|jul|aug|sep sept|okt|nov|dez",
        weekdays: "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so mon die mit don fre sam son",
        units: "sekunde sekunden sek s|minute minuten min|stunde stunden std h|tag tage tagen|woche wochen|monat monate monaten|jahr jahre jahren",
        half_hour: "einer_halben_stunde",
        numbers: "ein eine einem einer|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn",
        frames: &[("vor", "")],
        now: "gerade_eben soeben jetzt gerade vor_kurzem vor_wenigen_minuten vor_wenigen_sekunden",
        days: "heute|gestern|vorgestern",
        ..NONE
    },
    Language {
        code: "nl",
        months: "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
        short_months: "jan|feb|mrt maa|apr||jun|jul|aug|sep sept|okt|nov|dec",
        weekdays: "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma di wo do vr za zo",
        units: "seconde seconden sec|minuut minuten min|uur uren u|dag dagen|week weken|maand maanden|jaar jaren",
        half_hour: "een_half_uur half_uur",
        numbers: "een één 'n|twee|drie|vier|vijf|zes|zeven|acht|negen|tien",
        frames: &[("", "geleden")],
        now: "zojuist zonet net nu zo-even zoeven",
        days: "vandaag|gisteren|eergisteren",
        ..NONE
    },
    Language {
        code: "fr",
        months: "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
        short_months: "janv jan|févr fév fev||avr||jun|juil jul|aou|sept sep|oct|nov|déc",
        weekdays: "lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim",
        units: "seconde secondes sec s|minute minutes min mn|heure heures h|jour jours j|semaine semaines sem|mois|an ans année années",
        half_hour: "une_demi-heure une_demi_heure",
        numbers: "un une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix",
        frames: &[("il y a", ""), ("y a", "")],
        now: "à_l'instant maintenant il_y_a_un_instant il_y_a_quelques_instants",
        days: "aujourd'hui|hier|avant-hier",
        ..NONE
    },
    Language {
        code: "es",
        months: "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre setiembre|octubre|noviembre|diciembre",
        short_months: "ene|feb|mar|abr|may|jun|jul|ago|sep sept set|oct|nov|dic",
        weekdays: "lunes martes miércoles jueves viernes sábado domingo lun mar mié jue vie sáb dom",
        units: "segundo segundos seg s|minuto minutos min mins|hora horas h hs|día días d|semana semanas sem|mes meses|año años",
        half_hour: "media_hora",
        numbers: "un una uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez",
        frames: &[("hace", ""), ("", "atrás")],
        now: "ahora ahora_mismo justo_ahora hace_un_momento hace_unos_instantes hace_instantes",
        days: "hoy|ayer|anteayer antier",
        ..NONE
    },
    Language {
        code: "pt",
        months: "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
        short_months: "jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez",
        weekdays: "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira segunda terça quarta quinta sexta sábado domingo seg ter qua qui sex sáb dom",
        units: "segundo segundos seg s|minuto minutos min mins|hora horas h hs|dia dias d|semana semanas sem|mês meses|ano anos",
        half_hour: "meia_hora",
        numbers: "um uma|dois duas|três|quatro|cinco|seis|sete|oito|nove|dez",
        frames: &[("há", ""), ("há", "atrás"), ("", "atrás")],
        now: "agora agora_mesmo há_instantes há_pouco agora_há_pouco",
        days: "hoje|ontem|anteontem",
        ..NONE
    },
    Language {
        code: "it",
        months: "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre",
        short_months: "gen genn|feb febbr|mar|apr|mag magg|giu|lug|ago|set sett|ott|nov|dic",
        weekdays: "lunedì martedì mercoledì giovedì venerdì sabato domenica lun mar mer gio ven sab dom",
        units: "secondo secondi sec s|minuto minuti min|ora ore h|giorno giorni gg g|settimana settimane sett|mese mesi|anno anni",
        half_hour: "mezz'ora mezzora",
        numbers: "un una un' uno|due|tre|quattro|cinque|sei|sette|otto|nove|dieci",
        frames: &[("", "fa")],
        now: "adesso ora poco_fa pochi_istanti_fa un_attimo_fa",
        days: "oggi|ieri|l'altro_ieri ieri_l'altro",
        ..NONE
    },
    Language {
        code: "ca",
        months: "gener|febrer|març|abril|maig|juny|juliol|agost|setembre|octubre|novembre|desembre",
        short_months: "gen|febr feb|març|abr||juny|jul|ag|set|oct|nov|des",
        weekdays: "dilluns dimarts dimecres dijous divendres dissabte diumenge dl dt dc dj dv ds dg",
        units: "segon segons s|minut minuts min|hora hores h|dia dies d|setmana setmanes|mes mesos|any anys",
        half_hour: "mitja_hora",
        numbers: "un una|dos dues|tres|quatre|cinc|sis|set|vuit|nou|deu",
        frames: &[("fa", "")],
        now: "ara ara_mateix fa_un_moment fa_uns_instants",
        days: "avui|ahir|abans-d'ahir",
        ..NONE
    },
    Language {
        code: "ro",
        months: "ianuarie|februarie|martie|aprilie|mai|iunie|iulie|august|septembrie|octombrie|noiembrie|decembrie",
        short_months: "ian|feb febr|mar|apr||iun|iul|aug|sep sept|oct|noi nov|dec",
        weekdays: "luni marți miercuri joi vineri sâmbătă duminică lun mar mie joi vin sâm dum",
        units: "secundă secunde sec|minut minute min|oră ore h|zi zile|săptămână săptămâni|lună luni|an ani",
        half_hour: "o_jumătate_de_oră jumătate_de_oră",
        numbers: "o un|două doi|trei|patru|cinci|șase|șapte|opt|nouă|zece",
        frames: &[("acum", ""), ("", "în urmă")],
        now: "acum chiar_acum acum_câteva_momente",
        days: "astăzi azi|ieri|alaltăieri",
        ..NONE
    },
];
