//! Every configuration, and the method, on sentences made for it.

use proptest::prelude::*;

use super::*;

const CONFIGURATIONS: [(&str, &str, bool); 14] = [
    ("zh-Hans", "zh-Hant", false),
    ("zh-Hans", "zh-Hant-TW", false),
    ("zh-Hans", "zh-Hant-TW", true),
    ("zh-Hans", "zh-Hant-HK", false),
    ("zh-Hans", "zh-Hant-HK", true),
    ("zh-Hant", "zh-Hans", false),
    ("zh-Hant-TW", "zh-Hans", false),
    ("zh-Hant-TW", "zh-Hans", true),
    ("zh-Hant-HK", "zh-Hans", false),
    ("zh-Hant-HK", "zh-Hans", true),
    ("zh-Hant", "zh-Hant-TW", false),
    ("zh-Hant", "zh-Hant-HK", false),
    ("zh-Hant-TW", "zh-Hant", false),
    ("zh-Hant-HK", "zh-Hant", false),
];

fn converter((from, to, phrases): (&str, &str, bool)) -> Converter {
    Converter::new(from, to, phrases).unwrap_or_else(|| panic!("{from} {to} {phrases}"))
}

fn check(from: &str, to: &str, phrases: bool, text: &str, expected: &str) {
    assert_eq!(converter((from, to, phrases)).convert(text), expected, "{from} {to} {phrases} {text}");
}

#[test]
fn configurations() {
    let simplified = "船长在软件里面看见码头";
    check("zh-Hans", "zh-Hant", false, simplified, "船長在軟件裏面看見碼頭");
    check("zh-Hans", "zh-Hant-TW", false, simplified, "船長在軟件裡面看見碼頭");
    check("zh-Hans", "zh-Hant-TW", true, simplified, "船長在軟體裡面看見碼頭");
    check("zh-Hans", "zh-Hant-HK", false, simplified, "船長在軟件裏面看見碼頭");
    check("zh-Hans", "zh-Hant-HK", true, simplified, "船長在軟件裏面看見碼頭");
    check("zh-Hant", "zh-Hans", false, "船長在軟件裏面看見碼頭", simplified);
    check("zh-Hant-TW", "zh-Hans", false, "船長在軟體裡面看見碼頭", "船长在软体里面看见码头");
    check("zh-Hant-TW", "zh-Hans", true, "船長在軟體裡面看見碼頭", simplified);
    check("zh-Hant-HK", "zh-Hans", false, "船長在軟件裏面看見碼頭", simplified);
    check("zh-Hant-HK", "zh-Hans", true, "船長在軟件裏面看見碼頭", simplified);
    check("zh-Hant", "zh-Hant-TW", false, "船長在裏面", "船長在裡面");
    check("zh-Hant", "zh-Hant-HK", false, "僞裝兌換", "偽裝兑換");
    check("zh-Hant-TW", "zh-Hant", false, "船長在裡面", "船長在裏面");
    check("zh-Hant-HK", "zh-Hant", false, "偽裝兑換", "僞裝兌換");
}

#[test]
fn method() {
    let check = |text, expected| check("zh-Hans", "zh-Hant-TW", true, text, expected);
    // The word decides on the character.
    check("皇后在后面", "皇后在後面");
    check("头发发光", "頭髮發光");
    // The longest word counts, and the words of the second step keep within those of the first.
    check("互联网", "網際網路");
    check("互联网络", "網際網路");
    // Punctuation, line ends, other scripts.
    check("「门」，\r\n“头”…ＡＢ① Ferry ñ", "「門」，\r\n“頭”…ＡＢ① Ferry ñ");
    // Compatibility ideographs first.
    check("\u{F900}", "豈");
    // A description of a character is none of its parts.
    check("⿰门头 门头", "⿰门头 門頭");
    check("⿰门", "⿰門");
    // Beyond the first plane.
    check("𠀀𠮷\u{2F800}", "𠀀𠮷麗");
}

#[test]
fn tags() {
    let same = |one: (&str, &str), other: (&str, &str)| {
        assert_eq!(Converter::new(one.0, one.1, true), Converter::new(other.0, other.1, true), "{one:?}");
        assert!(Converter::new(one.0, one.1, true).is_some(), "{one:?}");
    };
    same(("zh-CN", "zh-TW"), ("zh-Hans", "zh-Hant-TW"));
    same(("zh", "zh-HK"), ("zh-Hans", "zh-Hant-HK"));
    same(("ZH-hans-sg", "zh_MO"), ("zh-Hans", "zh-Hant-HK"));
    same(("zh-Hant-AU", "zh-SG"), ("zh-Hant", "zh-Hans"));
    same(("zh-Hant-t-zh-hans", "zh-Hans-AU"), ("zh-Hant", "zh-Hans"));
    for (from, to) in
        [("en", "zh"), ("zh-Hans", "zh-CN"), ("zh-TW", "zh-HK"), ("zh", "zh-Latn"), ("zh-AU", "zh"), ("", ""), ("zh-", "x")]
    {
        assert_eq!(Converter::new(from, to, true), None, "{from} {to}");
    }
}

#[test]
fn places_are_followed() {
    let check = |text: &str, cuts: &[usize], expected: &str| {
        let mut cuts = cuts.to_vec();
        let mut out = converter(("zh-Hans", "zh-Hant-TW", true)).convert_cut(text, &mut cuts);
        for cut in cuts.iter().rev() {
            out.insert(*cut, '|');
        }
        assert_eq!(out, expected, "{text} {cuts:?}");
    };
    check("看软件吧", &[0, 3, 6, 9, 12], "|看|軟|體|吧|");
    check("上互联网来", &[6, 9], "上網際網路||來");
    check("ab", &[0, 1, 1, 2], "|a||b|");
    check("", &[0, 0], "||");
}

proptest! {
    #[test]
    fn nothing_stops_it(text in any::<String>(), number in 0usize..14) {
        converter(CONFIGURATIONS[number]).convert(&text);
    }

    #[test]
    fn ascii_stays(text in "[ -~\n\r\t]{0,80}", number in 0usize..14) {
        prop_assert_eq!(converter(CONFIGURATIONS[number]).convert(&text), text.as_str());
    }

    /// Where every word ends a text can be cut.
    #[test]
    fn parts_convert_by_themselves(
        one in "[出租车互联网络软件后发门的a⿰]{0,12}",
        ends in prop::sample::select(&ENDS_EVERY_WORD[..]),
        other in "[出租车互联网络软件后发门的a]{0,12}",
        number in 0usize..14,
    ) {
        // A description that a line end would be part of is none.
        prop_assume!(!one.contains('⿰') || ends == '\n' && one.chars().rev().take(2).all(|char| char != '⿰'));
        let converter = converter(CONFIGURATIONS[number]);
        let whole = converter.convert(&format!("{one}{ends}{other}")).into_owned();
        prop_assert_eq!(whole, format!("{}{ends}{}", converter.convert(&one), converter.convert(&other)));
    }

    /// Cuts change nothing and stay in order, on borders of characters.
    #[test]
    fn cuts_change_nothing(text in "[出租车互联网络软件后发门a⿰\u{F900}]{0,24}", number in 0usize..14) {
        let converter = converter(CONFIGURATIONS[number]);
        let mut cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let out = converter.convert_cut(&text, &mut cuts);
        prop_assert_eq!(converter.convert(&text), out.as_str());
        prop_assert!(cuts.is_sorted() && cuts.iter().all(|cut| out.is_char_boundary(*cut)));
        prop_assert_eq!(cuts.last(), Some(&out.len()));
    }
}
