//! Numbers in words, as far as a translation may write in digits what the original spells out, or the other way round: small ones, months, and
//! what a number in digits is multiplied by. Where a language is not in these tables, more is let pass.

/// A word that begins so is one of the months; January is 1.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "янв", "січ", "stycz", "led", "oca", "يناير"],
    &["feb", "fév", "fev", "фев", "лют", "lut", "úno", "şub", "فبراير"],
    &["mar", "mär", "мар", "берез", "bře", "مارس"],
    &["apr", "avr", "abr", "апр", "квіт", "kwie", "dub", "nis", "أبريل"],
    &["may", "mai", "mag", "maj", "мая", "май", "мае", "трав", "kvě", "mei", "مايو"],
    &["jun", "juin", "giu", "июн", "черв", "czerw", "červ", "haz", "يونيو"],
    &["jul", "juil", "lug", "июл", "лип", "lip", "tem", "يوليو"],
    &["aug", "aoû", "ago", "авг", "серп", "sierp", "srp", "ağu", "أغسطس"],
    &["sep", "set", "сен", "верес", "wrze", "zář", "eyl", "سبتمبر"],
    &["oct", "okt", "out", "ott", "окт", "жовт", "paź", "říj", "eki", "أكتوبر"],
    &["nov", "ноя", "лист", "list", "kas", "نوفمبر"],
    &["dec", "dez", "déc", "dic", "дек", "груд", "grud", "pros", "ara", "ديسمبر"],
];

/// Words by the beginnings they have in every form, and their number.
type Words = &'static [(u32, &'static [&'static str])];

const ENGLISH: Words = &[
    (0, &["zero", "midnight", "none"]),
    (1, &["one", "first", "once", "single"]),
    (2, &["two", "second", "twice", "both", "pair", "couple", "half", "halv", "double", "doubl"]),
    (3, &["three", "third", "thrice", "tripl"]),
    (4, &["four", "quarter"]),
    (5, &["five", "fifth"]),
    (6, &["six"]),
    (7, &["seven"]),
    (8, &["eight"]),
    (9, &["nine", "ninth"]),
    (10, &["ten", "tenth", "decade"]),
    (11, &["eleven"]),
    (12, &["twelve", "twelfth", "dozen", "noon"]),
    (13, &["thirteen"]),
    (14, &["fourteen", "fortnight"]),
    (15, &["fifteen"]),
    (16, &["sixteen"]),
    (17, &["seventeen"]),
    (18, &["eighteen"]),
    (19, &["nineteen"]),
    (20, &["twent"]),
    (30, &["thirt"]),
    (40, &["fort"]),
    (50, &["fift", "half"]),
    (60, &["sixt"]),
    (70, &["sevent"]),
    (80, &["eight"]),
    (90, &["ninet"]),
    (100, &["hundred", "centur"]),
];
const GERMAN: Words = &[
    (1, &["ein", "erst"]),
    (2, &["zwei", "beide", "zwo", "halb", "hälft", "doppel"]),
    (3, &["drei", "dritt"]),
    (4, &["vier"]),
    (5, &["fünf"]),
    (6, &["sechs"]),
    (7, &["sieb"]),
    (8, &["acht"]),
    (9, &["neun"]),
    (10, &["zehn"]),
    (11, &["elf"]),
    (12, &["zwölf", "dutzend", "mittag"]),
    (20, &["zwanzig"]),
    (100, &["hundert"]),
];
const FRENCH: Words = &[
    (1, &["un", "premi"]),
    (2, &["deux", "second", "moitié", "demi", "doubl"]),
    (3, &["trois", "tiers"]),
    (4, &["quatre", "quatri", "quart"]),
    (5, &["cinq"]),
    (6, &["six"]),
    (7, &["sept"]),
    (8, &["huit"]),
    (9, &["neuf", "neuv"]),
    (10, &["dix", "décennie"]),
    (11, &["onz"]),
    (12, &["douz", "midi"]),
    (15, &["quinz"]),
    (20, &["vingt"]),
    (100, &["cent"]),
];
const SPANISH: Words = &[
    (1, &["un", "prim"]),
    (2, &["dos", "segund", "mitad", "medi", "dobl"]),
    (3, &["tres", "terc"]),
    (4, &["cuatro", "cuart"]),
    (5, &["cinco", "quint"]),
    (6, &["seis", "sext"]),
    (7, &["siete", "sépt"]),
    (8, &["ocho", "octav"]),
    (9, &["nueve", "noven"]),
    (10, &["diez", "décim", "década"]),
    (11, &["once"]),
    (12, &["doce", "mediodía"]),
    (15, &["quince"]),
    (20, &["veint"]),
    (100, &["cien"]),
];
const RUSSIAN: Words = &[
    (1, &["один", "одн", "перв"]),
    (2, &["два", "две", "дву", "двое", "втор", "оба", "обе", "пара", "полов"]),
    (3, &["три", "трёх", "трех", "трем", "трём", "трое", "трет"]),
    (4, &["четыр", "четвер", "четвёр"]),
    (5, &["пят"]),
    (6, &["шест"]),
    (7, &["сем", "седьм"]),
    (8, &["восем", "восьм"]),
    (9, &["девят"]),
    (10, &["десят"]),
    (11, &["одиннадцат"]),
    (12, &["двенадцат", "дюжин", "полдень"]),
    (20, &["двадцат"]),
    (100, &["сто", "сот"]),
];

/// Words that multiply the number before them, lower case: power of ten, languages (none: any), and whether it may mean something else.
type Magnitude = (&'static str, u32, &'static [&'static str], bool);
const MAGNITUDES: &[Magnitude] = &[
    ("hundred", 2, &["en"], false),
    ("thousand", 3, &[], false),
    ("thousands", 3, &[], false),
    ("k", 3, &[], true),
    ("tausend", 3, &[], false),
    ("tsd", 3, &[], false),
    ("mille", 3, &["fr", "it"], true),
    ("mila", 3, &["it"], false),
    ("mil", 3, &["es", "pt", "ca", "gl"], true),
    ("тыс", 3, &[], false),
    ("тысяча", 3, &[], false),
    ("тысячи", 3, &[], false),
    ("тысяч", 3, &[], false),
    ("тисяч", 3, &[], false),
    ("тисячі", 3, &[], false),
    ("tys", 3, &["pl"], false),
    ("tysięcy", 3, &[], false),
    ("tysiące", 3, &[], false),
    ("nghìn", 3, &[], false),
    ("ngàn", 3, &[], false),
    ("ribu", 3, &[], false),
    ("bin", 3, &["tr"], true),
    ("duizend", 3, &[], false),
    ("ألف", 3, &[], false),
    ("آلاف", 3, &[], false),
    ("lakh", 5, &[], false),
    ("lakhs", 5, &[], false),
    ("लाख", 5, &[], false),
    ("million", 6, &[], false),
    ("millions", 6, &[], false),
    ("millionen", 6, &[], false),
    ("mio", 6, &[], false),
    ("mn", 6, &[], false),
    ("m", 6, &["en"], true),
    ("millón", 6, &[], false),
    ("millones", 6, &[], false),
    ("milhão", 6, &[], false),
    ("milhões", 6, &[], false),
    ("milione", 6, &[], false),
    ("milioni", 6, &[], false),
    ("miljoen", 6, &[], false),
    ("miljoner", 6, &[], false),
    ("milion", 6, &[], false),
    ("miliony", 6, &[], false),
    ("milionów", 6, &[], false),
    ("mln", 6, &[], false),
    ("млн", 6, &[], false),
    ("миллион", 6, &[], false),
    ("миллиона", 6, &[], false),
    ("миллионов", 6, &[], false),
    ("мільйон", 6, &[], false),
    ("мільйони", 6, &[], false),
    ("мільйонів", 6, &[], false),
    ("milyon", 6, &[], false),
    ("triệu", 6, &[], false),
    ("juta", 6, &[], false),
    ("مليون", 6, &[], false),
    ("ملايين", 6, &[], false),
    ("crore", 7, &[], false),
    ("crores", 7, &[], false),
    ("करोड़", 7, &[], false),
    ("billion", 9, &["en"], false),
    ("billions", 9, &["en"], false),
    ("bn", 9, &[], false),
    ("milliarde", 9, &[], false),
    ("milliarden", 9, &[], false),
    ("mrd", 9, &[], false),
    ("milliard", 9, &[], false),
    ("milliards", 9, &[], false),
    ("md", 9, &["fr"], true),
    ("miliardo", 9, &[], false),
    ("miliardi", 9, &[], false),
    ("bilhão", 9, &[], false),
    ("bilhões", 9, &[], false),
    ("miljard", 9, &[], false),
    ("miljarder", 9, &[], false),
    ("miliard", 9, &[], false),
    ("miliardy", 9, &[], false),
    ("miliardów", 9, &[], false),
    ("mld", 9, &[], false),
    ("млрд", 9, &[], false),
    ("миллиард", 9, &[], false),
    ("миллиарда", 9, &[], false),
    ("миллиардов", 9, &[], false),
    ("мільярд", 9, &[], false),
    ("мільярди", 9, &[], false),
    ("мільярдів", 9, &[], false),
    ("milyar", 9, &[], false),
    ("tỷ", 9, &[], false),
    ("miliar", 9, &[], false),
    ("مليار", 9, &[], false),
    ("trillion", 12, &["en"], false),
    ("trillions", 12, &["en"], false),
    ("tn", 12, &["en"], true),
    ("billion", 12, &["de", "fr", "nl", "da", "sv"], false),
    ("billionen", 12, &[], false),
    ("billions", 12, &["fr"], false),
    ("billón", 12, &[], false),
    ("billones", 12, &[], false),
    ("trilhão", 12, &[], false),
    ("trilhões", 12, &[], false),
    ("bilione", 12, &[], false),
    ("трлн", 12, &[], false),
    ("триллион", 12, &[], false),
    ("триллиона", 12, &[], false),
    ("триллионов", 12, &[], false),
    ("trilyon", 12, &[], false),
    ("triliun", 12, &[], false),
];

fn words(primary: &str) -> Option<Words> {
    Some(match primary {
        "en" => ENGLISH,
        "de" => GERMAN,
        "fr" => FRENCH,
        "es" => SPANISH,
        "ru" => RUSSIAN,
        _ => return None,
    })
}

/// Whether the numbers that a language spells out are known here.
pub(super) fn is_known(primary: &str) -> bool {
    matches!(primary, "zh" | "ja") || words(primary).is_some()
}

/// What a word in small letters may say: a month, small numbers.
pub(super) fn spelled(word: &str, primary: &str) -> Vec<u32> {
    let begins = |starts: &[&str]| starts.iter().any(|start| word.starts_with(start));
    let months = MONTHS.iter().zip(1..).filter(|(starts, _)| begins(starts)).map(|(_, month)| month);
    let numbers = words(primary).unwrap_or_default().iter().filter(|(_, starts)| begins(starts)).map(|(number, _)| *number);
    months.chain(numbers).collect()
}

/// What a word in small letters multiplies the number before it by, as a power of ten, and whether it may mean something else.
pub(super) fn magnitude(word: &str, primary: &str) -> Option<(u32, bool)> {
    let found = MAGNITUDES
        .iter()
        .find(|(known, _, languages, _)| *known == word && (languages.is_empty() || languages.contains(&primary)));
    found.map(|(_, power, _, doubtful)| (*power, *doubtful))
}

/// What a Chinese, Japanese or Korean character multiplies the number before it by, as a power of ten, and whether it may mean something else:
/// 千米 is a kilometre, 제5조 an article of a law.
pub(super) fn multiplier(character: char) -> Option<(u32, bool)> {
    Some(match character {
        '十' | '拾' | '십' => (1, true),
        '百' | '佰' | '백' => (2, true),
        '千' | '仟' | '천' => (3, true),
        '万' | '萬' | '만' => (4, false),
        '亿' | '億' | '억' => (8, false),
        '兆' => (12, false),
        '조' => (12, true),
        _ => return None,
    })
}

/// A Chinese or Japanese digit.
pub(super) fn digit(character: char) -> Option<u32> {
    Some(match character {
        '〇' | '零' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '兩' | '贰' | '貳' | '双' | '雙' => 2,
        '三' | '叁' | '參' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}
