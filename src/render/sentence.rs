//! Where sentences end, in any script.
//!
//! UAX #29 finds sentences too, but takes "Dr. Ames" and "z. B. Hafen" for two and "…" for none, and leaves what closes a quotation after a full
//! stop to chance where no space follows. So the rules are our own, on the side of caution: an end that is missed makes an excerpt a sentence
//! shorter, an end that is none cuts a sentence in two.

use crate::model::primary_language;

/// Marks that end a sentence wherever they stand: no space follows them.
const FULL: &[char] = &[
    '。', '！', '？', '｡', '．', '︒', '﹒', '﹗', '﹖', // Han, Kana
    '؟', '۔', '܀', '܁', '܂', // Arabic, Syriac
    '।', '॥', '෴', '။', '។', '៕', '᪨', '᪩', '꤯', // Indic, Myanmar, Khmer
    '։', '።', '፧', '፨', '᙮', '᠃', '᠉', '꓿', '⳹', '⸮', // Armenian, Ethiopic, Canadian, Mongolian, Lisu, Coptic
];

/// Marks that end a sentence only before a space, and not always then.
const SPACED: &[char] = &['.', '!', '?', '…', '‼', '⁇', '⁈', '⁉', '‽', '\u{37e}', '།'];

/// What closes a quotation or a bracket, also straight after a full stop of Chinese, where “ opens one.
const CLOSING: &[char] = &[
    '”', '’', '」', '』', '）', '》', '〉', '】', '〕', '］', '｝', '〗', '〙', ')', ']', '}', '"', '\'', '＂', '＇', '»', '›',
    '﹂', '﹄', '︶', '﹞',
];

/// What closes one after a Latin full stop: quotations are closed by “ in German and « in Danish.
const CLOSING_BESIDE: &[char] = &['“', '‘', '«', '‹', '„'];

/// What may stand between a space and the first letter of a sentence.
const OPENING: &[char] = &[
    '“', '‘', '„', '‚', '«', '‹', '»', '›', '"', '\'', '(', '[', '{', '¿', '¡', '—', '–', '-', '*', '•', '「', '『', '（', '《',
    '〈', '【', '”', '’',
];

/// Abbreviations after which a sentence goes on with a capital letter, in lower case and without their last full stop. Single letters
/// ("J.", "т. е.") and words with a full stop inside ("U.S.", "p.m.") need no entry.
const ABBREVIATIONS: &[&str] = &[
    // English
    "mr",
    "mrs",
    "ms",
    "dr",
    "prof",
    "st",
    "jr",
    "sr",
    "rev",
    "hon",
    "gov",
    "sen",
    "rep",
    "gen",
    "col",
    "maj",
    "capt",
    "lt",
    "sgt",
    "cmdr",
    "adm",
    "pres",
    "messrs",
    "mt",
    "ft",
    "vs",
    "al",
    "etc",
    "dept",
    "univ",
    "assn",
    "bros",
    "inc",
    "ltd",
    "corp",
    "co",
    "ave",
    "blvd",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "approx",
    "cf",
    "viz",
    "ca",
    "esq",
    "supt",
    "insp",
    // German, Dutch, Nordic
    "bzw",
    "usw",
    "vgl",
    "ggf",
    "evtl",
    "inkl",
    "exkl",
    "zzgl",
    "abzgl",
    "sog",
    "str",
    "hrsg",
    "mio",
    "mrd",
    "tsd",
    "tel",
    "bzgl",
    "geb",
    "gest",
    "jh",
    "jhd",
    "nr",
    "abs",
    "dipl",
    "ing",
    "dhr",
    "mevr",
    "mw",
    "drs",
    "bijv",
    "blz",
    "enz",
    "jl",
    "kl",
    "ca",
    "pga",
    "bl",
    "f.eks",
    "mfl",
    "osv",
    "dvs",
    "tlf",
    "frk",
    "jkv",
    // Romance
    "mme",
    "mlle",
    "mm",
    "mgr",
    "éd",
    "env",
    "boul",
    "vol",
    "chap",
    "sra",
    "srta",
    "dra",
    "dª",
    "ud",
    "uds",
    "vd",
    "vds",
    "pág",
    "págs",
    "núm",
    "avda",
    "aprox",
    "ej",
    "exmo",
    "exma",
    "ilmo",
    "sig",
    "sigg",
    "dott",
    "avv",
    "ecc",
    "pag",
    "pagg",
    "spett",
    // Slavic, in both scripts
    "np",
    "tzn",
    "tj",
    "ul",
    "inż",
    "godz",
    "im",
    "św",
    "zł",
    "tys",
    "mln",
    "mld",
    "wyd",
    "nt",
    "pl",
    "al",
    "гг",
    "вв",
    "ул",
    "пр",
    "просп",
    "пл",
    "им",
    "см",
    "ср",
    "стр",
    "тыс",
    "млн",
    "млрд",
    "руб",
    "коп",
    "напр",
    "др",
    "проф",
    "акад",
    "св",
    "рис",
    "обл",
    "гр",
    "пер",
    "бул",
    "доц",
    "інж",
    "вул",
    "грн",
    "див",
    "напр",
    "рр",
    "ст",
    "тзв",
    "гос",
    "зам",
    "ген",
    "полк",
    "кв",
    // Turkish, Vietnamese, Indonesian, Greek
    "doç",
    "sn",
    "vb",
    "av",
    "yrd",
    "öğr",
    "mah",
    "cad",
    "sok",
    "bkz",
    "tp",
    "ths",
    "pgs",
    "gs",
    "ts",
    "dll",
    "dsb",
    "dst",
    "tgl",
    "jln",
    "κ",
    "κα",
    "δρ",
    "αρ",
    "πχ",
    "κλπ",
    "δηλ",
    "σελ",
];

/// Abbreviations that go before a number, and are words that end sentences otherwise.
const BEFORE_NUMBERS: &[&str] =
    &["no", "nos", "nr", "art", "fig", "p", "pp", "sec", "ch", "vol", "num", "n", "para", "пункт", "поз", "ред"];

/// Languages that write ordinal numbers with a full stop ("am 3. Mai").
const ORDINALS: &[&str] = &[
    "de", "da", "nb", "nn", "no", "fi", "et", "lv", "cs", "sk", "pl", "hu", "hr", "sr", "sl", "bs", "tr", "is", "fo", "lb", "mk",
    "dsb", "hsb",
];

/// Where the sentences of a text end: offsets in bytes behind the mark and what closes a quotation or bracket with it. `\n` ends a
/// paragraph, and with it a sentence that has a mark. `language`: BCP 47.
pub(super) fn ends(text: &str, language: Option<&str>) -> Vec<usize> {
    let primary = language.map(primary_language).unwrap_or_default();
    let ordinals = ORDINALS.contains(&primary.as_str());
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |place: usize| chars.get(place).map(|(_, c)| *c);
    let mut ends = Vec::new();
    let mut place = 0;
    while let Some(mark) = at(place) {
        if !FULL.contains(&mark) && !SPACED.contains(&mark) {
            place += 1;
            continue;
        }
        let first = place;
        let mut full = false;
        while let Some(mark) = at(place).filter(|c| FULL.contains(c) || SPACED.contains(c)) {
            full |= FULL.contains(&mark);
            place += 1;
        }
        let marks = place - first;
        // One that opens has its first word behind it.
        let ends_there = |next: Option<char>| next.is_none_or(|c| c.is_whitespace() || CLOSING.contains(&c));
        loop {
            match (at(place), at(place + 1)) {
                (Some(c), _) if CLOSING.contains(&c) => place += 1,
                (Some(c), next) if !full && CLOSING_BESIDE.contains(&c) && ends_there(next) => place += 1,
                // French puts a space that does not break before ».
                (Some('\u{a0}' | '\u{202f}'), Some('»' | '›')) => place += 2,
                _ => break,
            }
        }
        let is_end = if full {
            !(at(first) == Some('．') && at(place).is_some_and(char::is_alphanumeric))
        } else {
            let run = Run { chars: &chars, first, marks, behind: place, ordinals };
            run.ends()
        };
        if is_end {
            ends.push(chars.get(place).map_or(text.len(), |(offset, _)| *offset));
        }
    }
    ends
}

/// Marks that may end a sentence.
struct Run<'a> {
    chars: &'a [(usize, char)],
    /// Place of the first mark.
    first: usize,
    /// How many there are.
    marks: usize,
    /// Place behind them and what closes with them.
    behind: usize,
    ordinals: bool,
}

impl Run<'_> {
    fn at(&self, place: usize) -> Option<char> {
        self.chars.get(place).map(|(_, c)| *c)
    }

    fn ends(&self) -> bool {
        let written = || (self.first..self.first + self.marks).filter_map(|place| self.at(place));
        let Some(next) = self.at(self.behind).filter(|next| *next != '\n') else { return true };
        if !next.is_whitespace() {
            // Chinese and Japanese with the marks of a Western keyboard.
            return written().any(|c| matches!(c, '!' | '?')) && is_ideographic(next);
        }
        let mut place = self.behind;
        while let Some(c) = self.at(place).filter(|c| c.is_whitespace() || OPENING.contains(c)) {
            if c == '\n' {
                return true;
            }
            place += 1;
        }
        let Some(start) = self.at(place) else { return true };
        if start.is_lowercase() {
            return false;
        }
        let stop = self.marks == 1 && self.at(self.first) == Some('.');
        !(stop && self.is_abbreviated(start))
    }

    /// Whether the word before a full stop is one that is written with it; `start` begins the next word.
    fn is_abbreviated(&self, start: char) -> bool {
        const LONGEST: usize = 24;
        let mut begin = self.first;
        while begin > 0
            && self.first - begin <= LONGEST
            && self.at(begin - 1).is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '\u{301}'))
        {
            begin -= 1;
        }
        let word: String = (begin..self.first).filter_map(|place| self.at(place)).flat_map(char::to_lowercase).collect();
        let letters = word.chars().count();
        if word.is_empty() {
            return false;
        }
        if word.chars().all(|c| c.is_ascii_digit()) {
            return self.ordinals && letters <= 2;
        }
        if word.contains('.') {
            let short = |part: &str| part.chars().count() <= 3 && part.chars().all(char::is_alphabetic);
            return word.split('.').all(|part| part.is_empty() || short(part));
        }
        letters == 1 && word.chars().all(|c| c.is_alphabetic() && !is_ideographic(c))
            || ABBREVIATIONS.contains(&word.as_str())
            || (start.is_numeric() && BEFORE_NUMBERS.contains(&word.as_str()))
    }
}

/// A letter of a script that is written without spaces between words and has no marks of its own for the middle of a sentence.
pub(super) fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}' | '“' | '「' | '『' | '（' | '《')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` where a sentence ends.
    fn check_in(language: &str, marked: &str) {
        let text = marked.replace('|', "");
        let mut found = text.clone();
        for end in ends(&text, Some(language)).into_iter().rev() {
            found.insert(end, '|');
        }
        assert_eq!(found, marked);
    }

    #[test]
    fn scripts_without_spaces() {
        check_in("zh-Hans", "渡轮停航了。|镇上的人都来送它！|“真的吗？”|他问，“明天呢……也没有吗？”|没人回答。|");
        check_in("zh-Hant", "「渡輪停航了。」|鎮上的人（約三百人）都來了……|");
        check_in("ja", "渡し船は終わった。|「本当？」|と彼は聞いた。|");
        check_in("zh-Hans", "价格是3.5元,他说.真的吗?|他问!|“好!”|");
        check_in("my", "သင်္ဘော ရပ်သွားသည်။| လူများ လာကြသည်။|");
        check_in("km", "ទូកឈប់។| មនុស្សមក។|");
    }

    #[test]
    fn scripts_with_spaces_and_marks_of_their_own() {
        check_in("hi", "नाव रुक गई।| लोग आए।|");
        check_in("ar", "هل توقفت العبارة؟| نعم.| جاء الناس.|");
        check_in("ur", "کشتی رک گئی۔| لوگ آئے۔|");
        check_in("hy", "Նավը կանգնեց։| Մարդիկ եկան։|");
        check_in("am", "ጀልባው ቆመ።| ሰዎች መጡ።|");
        check_in("el", "Σταμάτησε το πλοίο\u{37e}| Ναι.|");
        check_in("bo", "གྲུ་བཀག་སོང་།| མི་ཡོང་།|");
    }

    #[test]
    fn quotations_and_brackets_close_with_the_sentence() {
        check_in("en", "\"The ferry stops.\"| He left (for good.)| \u{201c}Really?\u{201d}| Yes.|");
        check_in("en", "\u{201c}Really?\u{201d} she asked.| \u{201c}Now?\u{201d}|");
        check_in("fr", "« C’est fini.\u{a0}»| Il partit.|");
        check_in("de", "Er rief: „Schluss.“| Dann ging er.|");
        check_in("da", "Han sagde: »Slut.«| Så gik han.|");
        check_in("es", "¿Se acabó?| ¡Sí!| Nadie vino.|");
    }

    #[test]
    fn what_is_no_end() {
        check_in("en", "Dr. Ames met J. R. Cole of the U.S. Coast Guard at 5 p.m. Friday.| It cost 3.5 million.|");
        check_in("en", "See No. 5 and fig. 2 of example.com.| ");
        check_in("en", "He said no.| Wait... what?| Well...| Nobody knew.|");
        check_in("en", "Yahoo! and \u{201c}Who?\u{201d} are names.| Mr. Bell vs. Ms. Dahl.|");
        check_in("de", "Das ist z. B. Dr. Meier am 3. Mai bzw. Juni.| Er kam i. d. R. Montags.|");
        check_in("en", "He was 42.| The ship was 9.| It sank in 1912.|");
        check_in("ru", "Это было в 1912 г. В порту, т. е. Северном, на ул. Мира.| Всё.|");
        check_in("pl", "Prof. Nowak, tzn. Jan, wyszedł o godz. 5. Koniec.|");
        check_in("fr", "M. Petit et Mme. Roy.| Fin.|");
        check_in("en", "version 2.0 of the.end");
    }

    #[test]
    fn a_paragraph_ends_what_has_a_mark() {
        check_in("en", "By J. Cole for the U.S.|\nthe ferry stops!|\nno mark\nEnd");
        assert_eq!(ends("", None), Vec::<usize>::new());
        check_in("", "...|");
    }
}
