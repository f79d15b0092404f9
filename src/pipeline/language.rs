//! Which language an article is in, held against the one that is wanted.

/// What a tag says of a language as far as it decides whether there is anything to translate.
#[derive(Debug, PartialEq, Eq)]
struct Parts<'a> {
    primary: &'a str,
    script: Option<&'a str>,
    region: Option<&'a str>,
}

fn parts(tag: &str) -> Parts<'_> {
    let mut subtags = tag.split('-').take_while(|subtag| subtag.len() > 1);
    let primary = subtags.next().unwrap_or_default();
    let (mut script, mut region) = (None, None);
    for subtag in subtags {
        match subtag.len() {
            4 if script.is_none() && subtag.bytes().all(|byte| byte.is_ascii_alphabetic()) => script = Some(subtag),
            2 | 3 if region.is_none() => region = Some(subtag),
            _ => {}
        }
    }
    if primary.eq_ignore_ascii_case("zh") && script.is_none() {
        script = match region.map(str::to_ascii_uppercase).as_deref() {
            Some("TW" | "HK" | "MO") => Some("Hant"),
            Some(_) => Some("Hans"),
            None => None,
        };
    }
    Parts { primary, script, region }
}

/// Whether a text in `own` is in the language `wanted` as it stands. Chinese is told by its script; which words a region has for a thing is left to
/// whoever knows them (`zh-Hant` for `zh-Hant-TW`). Of other languages the region does not count: nobody translates `en-GB` to `en`.
pub(super) fn is_already(own: &str, wanted: &str) -> bool {
    let (own, wanted) = (parts(own), parts(wanted));
    let same = |a: Option<&str>, b: Option<&str>| a.zip(b).is_none_or(|(a, b)| a.eq_ignore_ascii_case(b));
    if !own.primary.eq_ignore_ascii_case(wanted.primary) || !same(own.script, wanted.script) {
        return false;
    }
    if !own.primary.eq_ignore_ascii_case("zh") {
        return true;
    }
    let region = |tag: &Parts<'_>| tag.region.map(str::to_ascii_uppercase).unwrap_or_default();
    let is_hans = own.script.is_some_and(|script| script.eq_ignore_ascii_case("Hans"));
    own.script.is_some() && (is_hans || wanted.region.is_none() || region(&own) == region(&wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_already_in_a_language() {
        let check = |own: &str, wanted: &str, expected: bool| assert_eq!(is_already(own, wanted), expected, "{own} {wanted}");
        check("en-GB", "en", true);
        check("en", "en-US", true);
        check("en", "es", false);
        check("pt-BR", "pt-PT", true);
        check("sr-Latn", "sr-Cyrl", false);
        check("sr", "sr-Cyrl", true);
        check("zh-Hans", "zh-Hant", false);
        check("zh-Hant", "zh-Hant", true);
        check("zh-Hant-HK", "zh-Hant", true);
        check("zh-TW", "zh-Hant-TW", true);
        check("zh-Hant", "zh-Hant-TW", false);
        check("zh-Hant-HK", "zh-Hant-TW", false);
        check("zh-CN", "zh-Hans", true);
        check("zh", "zh-Hans", false);
        check("zh-Hans-t-en", "zh-Hans", true);
        check("yue", "zh-Hant", false);
    }
}
