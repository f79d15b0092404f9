//! Languages by the names they have for themselves (CLDR), so that everybody finds their own.

/// Names by language, or by language and script where that is what readers choose by.
const NAMES: [(&str, &str); 62] = [
    ("af", "Afrikaans"),
    ("am", "አማርኛ"),
    ("ar", "العربية"),
    ("az", "azərbaycan"),
    ("be", "беларуская"),
    ("bg", "български"),
    ("bn", "বাংলা"),
    ("bs", "bosanski"),
    ("ca", "català"),
    ("ckb", "کوردیی ناوەندی"),
    ("cs", "čeština"),
    ("cy", "Cymraeg"),
    ("da", "dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "español"),
    ("et", "eesti"),
    ("eu", "euskara"),
    ("fa", "فارسی"),
    ("fi", "suomi"),
    ("fil", "Filipino"),
    ("fr", "français"),
    ("ga", "Gaeilge"),
    ("gl", "galego"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hr", "hrvatski"),
    ("hu", "magyar"),
    ("hy", "հայերեն"),
    ("id", "Bahasa Indonesia"),
    ("is", "íslenska"),
    ("it", "italiano"),
    ("ja", "日本語"),
    ("ka", "ქართული"),
    ("kk", "қазақ тілі"),
    ("km", "ខ្មែរ"),
    ("ko", "한국어"),
    ("lo", "ລາວ"),
    ("lt", "lietuvių"),
    ("lv", "latviešu"),
    ("mn", "монгол"),
    ("ms", "Melayu"),
    ("my", "မြန်မာ"),
    ("nl", "Nederlands"),
    ("pl", "polski"),
    ("pt", "português"),
    ("ro", "română"),
    ("ru", "русский"),
    ("sk", "slovenčina"),
    ("sv", "svenska"),
    ("sw", "Kiswahili"),
    ("ta", "தமிழ்"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("uk", "українська"),
    ("ur", "اردو"),
    ("vi", "Tiếng Việt"),
    ("yue", "粵語"),
    ("zh", "中文"),
    ("zh-hans", "简体中文"),
    ("zh-hant", "繁體中文"),
];

/// The name of a language for itself; its tag where we do not know one. A region that a name says nothing of follows in parentheses.
pub(super) fn of(tag: &str) -> String {
    let lower = tag.to_ascii_lowercase();
    let mut range = lower.as_str();
    loop {
        if let Ok(at) = NAMES.binary_search_by(|(known, _)| known.cmp(&range)) {
            let name = NAMES[at].1;
            let rest = tag.get(range.len() + 1..).filter(|rest| !rest.starts_with("t-") && !rest.contains("-t-"));
            return rest.map_or_else(|| name.to_owned(), |rest| format!("{name} ({rest})"));
        }
        match range.rfind('-') {
            Some(end) => range = &range[..end],
            None => return tag.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_they_are_looked_up_in() {
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn languages_call_themselves() {
        let check = |tag: &str, expected: &str| assert_eq!(of(tag), expected, "{tag}");
        check("zh-Hans", "简体中文");
        check("zh-Hant-HK", "繁體中文 (HK)");
        check("zh", "中文");
        check("EN", "English");
        check("pt-BR", "português (BR)");
        check("en-t-zh-hans", "English");
        check("tlh", "tlh");
        check("", "");
    }
}
