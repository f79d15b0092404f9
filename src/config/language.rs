//! Language tags (BCP 47, RFC 5646 § 2.1) and labels of character sets (WHATWG Encoding § 4.2), as far as a typing mistake shows.

use super::keys::nearest;
use super::report::shown;
use super::value::{Wrong, wrong};

/// The two-letter codes of ISO 639-1.
const TWO_LETTERS: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee \
     el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj \
     kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om \
     or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt \
     tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// What people write who mean a language: a country, or the language's name.
const MEANT: [(&str, &str); 30] = [
    ("cn", "zh-Hans"),
    ("chinese", "zh-Hans"),
    ("中文", "zh-Hans"),
    ("简体中文", "zh-Hans"),
    ("繁體中文", "zh-Hant"),
    ("繁体中文", "zh-Hant"),
    ("chs", "zh-Hans"),
    ("cht", "zh-Hant"),
    ("hk", "zh-Hant-HK"),
    ("jp", "ja"),
    ("japanese", "ja"),
    ("日本語", "ja"),
    ("korean", "ko"),
    ("한국어", "ko"),
    ("ua", "uk"),
    ("ukrainian", "uk"),
    ("gr", "el"),
    ("greek", "el"),
    ("cz", "cs"),
    ("czech", "cs"),
    ("dk", "da"),
    ("us", "en"),
    ("gb", "en-GB"),
    ("english", "en"),
    ("german", "de"),
    ("french", "fr"),
    ("spanish", "es"),
    ("russian", "ru"),
    ("italian", "it"),
    ("portuguese", "pt"),
];

/// A language tag, well-formed and in its usual case: `zh-hans-cn` becomes `zh-Hans-CN`.
pub(super) fn language(written: &str) -> Result<String, Wrong> {
    let written = written.trim();
    if let Some(tag) = well_formed(written) {
        return Ok(tag);
    }
    let lower = written.to_lowercase();
    let help = if let Some((_, tag)) = MEANT.iter().find(|(meant, _)| *meant == lower) {
        format!("write `{tag}`")
    } else if let Some(tag) = well_formed(&written.replace('_', "-")) {
        format!("write it with hyphens: `{tag}`")
    } else {
        "write a BCP 47 tag, for example `zh-Hans`, `zh-Hant-TW`, `en`, `ja` or `pt-BR`".to_owned()
    };
    wrong(format!("is `{}`, which is not a language tag", shown(written)), help)
}

/// RFC 5646 § 2.1 `langtag`, subtag by subtag, with its § 2.1.1 case. Private-use and grandfathered tags name no language of articles.
fn well_formed(tag: &str) -> Option<String> {
    let alpha = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let alphanumeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if tag.len() > 35 {
        return None;
    }
    let lower = tag.to_ascii_lowercase();
    let mut parts = lower.split('-').peekable();
    let primary = parts.next()?;
    let known = match primary.len() {
        2 => TWO_LETTERS.split_ascii_whitespace().any(|code| code == primary),
        3 => alpha(primary, 3) && !matches!(primary, "chs" | "cht" | "chi"),
        _ => false,
    };
    if !known {
        return None;
    }
    let mut out = primary.to_owned();
    if parts.peek().is_some_and(|part| alpha(part, 3)) {
        out = format!("{out}-{}", parts.next()?); // extlang: zh-yue
    }
    if parts.peek().is_some_and(|part| alpha(part, 4)) {
        let script = parts.next()?;
        let (first, rest) = script.split_at(1);
        if primary == "zh" && !matches!(script, "hans" | "hant" | "hani" | "latn" | "bopo") {
            return None; // zh-hnas
        }
        out = format!("{out}-{}{rest}", first.to_ascii_uppercase());
    }
    if parts.peek().is_some_and(|part| alpha(part, 2) || (part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit()))) {
        out = format!("{out}-{}", parts.next()?.to_ascii_uppercase());
    }
    let mut single = false;
    for part in parts {
        let variant = matches!(part.len(), 5..=8) || (part.len() == 4 && part.starts_with(|first: char| first.is_ascii_digit()));
        let fits = !part.is_empty() && part.len() <= 8 && alphanumeric(part) && (part.len() == 1 || single || variant);
        if !fits {
            return None;
        }
        single |= part.len() == 1;
        out = format!("{out}-{part}");
    }
    let ends_open = out.rsplit('-').next().is_some_and(|last| last.len() == 1);
    (!ends_open).then_some(out)
}

/// Labels that a declaration may use, in lower case; the decoder knows a few more rare ones of the same sets.
const CHARSETS: &str = "utf-8 utf8 unicode-1-1-utf-8 utf-16 utf-16le utf-16be gb18030 gbk gb2312 gb_2312-80 x-gbk chinese csgb2312 big5 \
     big5-hkscs cn-big5 csbig5 x-x-big5 euc-jp x-euc-jp cseucpkdfmtjapanese iso-2022-jp csiso2022jp shift_jis shift-jis sjis x-sjis ms_kanji \
     windows-31j csshiftjis euc-kr ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean cseuckr windows-949 ascii us-ascii latin1 \
     iso-8859-1 iso8859-1 iso_8859-1 l1 cp1252 windows-1252 x-cp1252 iso-8859-2 iso8859-2 latin2 l2 iso-8859-3 iso8859-3 latin3 iso-8859-4 \
     iso8859-4 latin4 iso-8859-5 iso8859-5 cyrillic iso-8859-6 iso8859-6 arabic iso-8859-7 iso8859-7 greek iso-8859-8 iso8859-8 hebrew \
     iso-8859-8-i iso-8859-9 iso8859-9 latin5 iso-8859-10 iso8859-10 latin6 iso-8859-11 iso8859-11 iso-8859-13 iso8859-13 iso-8859-14 \
     iso8859-14 iso-8859-15 iso8859-15 l9 iso-8859-16 koi8-r koi8 koi8_r cskoi8r koi8-u koi8-ru macintosh mac x-mac-roman x-mac-cyrillic \
     x-mac-ukrainian ibm866 cp866 866 windows-874 tis-620 dos-874 windows-1250 cp1250 windows-1251 cp1251 windows-1253 cp1253 windows-1254 \
     cp1254 windows-1255 cp1255 windows-1256 cp1256 windows-1257 cp1257 windows-1258 cp1258";

/// A label of a character set that browsers know, in lower case.
pub(super) fn charset(written: &str) -> Result<String, Wrong> {
    let label = written.trim().to_ascii_lowercase();
    if CHARSETS.split_ascii_whitespace().any(|known| known == label) {
        return Ok(label);
    }
    let joined = label.replace(['-', '_', ' '], "");
    let help = CHARSETS
        .split_ascii_whitespace()
        .find(|known| known.replace(['-', '_'], "") == joined)
        .or_else(|| nearest(&label, CHARSETS.split_ascii_whitespace()))
        .map_or_else(
            || "for example `gb18030`, `big5`, `shift_jis`, `euc-kr` or `windows-1251`".to_owned(),
            |known| format!("did you mean `{known}`?"),
        );
    wrong(format!("is `{}`, which is not a known character set", shown(written)), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, expected: &str) {
        assert_eq!(language(written).as_deref(), Ok(expected), "{written}");
    }

    #[test]
    fn tags_in_their_usual_case() {
        for (written, expected) in [
            ("en", "en"),
            ("EN", "en"),
            ("zh-hans", "zh-Hans"),
            ("zh-Hant-TW", "zh-Hant-TW"),
            ("zh-cn", "zh-CN"),
            ("zh-yue-HK", "zh-yue-HK"),
            ("yue", "yue"),
            ("pt-br", "pt-BR"),
            ("es-419", "es-419"),
            ("sr-latn-rs", "sr-Latn-RS"),
            ("de-1996", "de-1996"),
            ("ca-valencia", "ca-valencia"),
            ("en-x-house", "en-x-house"),
            ("zh-u-co-pinyin", "zh-u-co-pinyin"),
            (" ja ", "ja"),
        ] {
            check(written, expected);
        }
    }

    fn check_refused(written: &str, help: &str) {
        let wrong = language(written).expect_err(written);
        assert!(wrong.help.as_deref().is_some_and(|hint| hint.contains(help)), "{written}: {wrong:?}");
    }

    #[test]
    fn what_is_no_tag_gets_the_tag_that_was_meant() {
        for (written, help) in [
            ("cn", "`zh-Hans`"),
            ("jp", "`ja`"),
            ("UA", "`uk`"),
            ("Chinese", "`zh-Hans`"),
            ("简体中文", "`zh-Hans`"),
            ("zh_TW", "`zh-TW`"),
            ("en_US", "`en-US`"),
            ("zh-Hnas", "for example"),
            ("xx", "for example"),
            ("", "for example"),
            ("en-", "for example"),
            ("en--US", "for example"),
            ("en-x", "for example"),
            ("en-US-US", "for example"),
            ("e", "for example"),
            ("английский", "for example"),
        ] {
            check_refused(written, help);
        }
        check_refused(&"en-".repeat(1000), "for example");
    }

    #[test]
    fn charsets() {
        assert_eq!(charset("GB2312").as_deref(), Ok("gb2312"));
        assert_eq!(charset("Shift_JIS").as_deref(), Ok("shift_jis"));
        for (written, help) in [("gb-18030", "`gb18030`"), ("utf 8", "`utf-8`"), ("big-5", "`big5`"), ("klingon", "for example")]
        {
            let wrong = charset(written).expect_err(written);
            assert!(wrong.help.as_deref().is_some_and(|hint| hint.contains(help)), "{written}: {wrong:?}");
        }
    }
}
