//! The words that we ourselves put into documents, by language, read from words.html.

use std::collections::BTreeMap;

use minijinja::Value;
use minijinja::value::ValueKind;

/// Language of last resort.
const FALLBACK: &str = "en";

/// The words of one language: never a key missing.
#[derive(Debug, Clone)]
pub(super) struct Language {
    /// Tag of the words.
    pub tag: String,
    words: BTreeMap<String, String>,
    /// The same, for templates.
    pub value: Value,
}

impl Language {
    /// The word of a key that words.html documents; empty for any other.
    pub fn get(&self, key: &str) -> &str {
        self.words.get(key).map_or("", String::as_str)
    }
}

/// The words of every language.
#[derive(Debug)]
pub(super) struct Words {
    languages: BTreeMap<String, Language>,
}

/// What a words.html says: language → key → word.
type Written = BTreeMap<String, BTreeMap<String, String>>;

impl Words {
    /// The built-in words with those of `own` in place of them; keys that a language lacks are English. The error names the language and key.
    pub fn new(built_in: &Value, own: Option<&Value>) -> Result<Self, String> {
        let mut written = read(built_in)?;
        let english = written.get(FALLBACK).cloned().ok_or("the built-in words lack English")?;
        for (tag, words) in own.map(read).transpose()?.unwrap_or_default() {
            if super::text::language_tag(&tag).is_none() {
                return Err(format!("\"{tag}\" is not a language tag; expected one like zh-Hans or en"));
            }
            for (key, word) in &words {
                check_word(&english, &tag, key, word)?;
            }
            written.entry(tag).or_default().extend(words);
        }
        let languages = written
            .into_iter()
            .map(|(tag, words)| {
                let mut complete = english.clone();
                complete.extend(words);
                let value =
                    complete.iter().map(|(key, word)| (key.clone(), Value::from(word))).collect::<BTreeMap<String, Value>>();
                (tag.to_ascii_lowercase(), Language { tag, words: complete, value: Value::from(value) })
            })
            .collect();
        Ok(Self { languages })
    }

    /// The words for the first of `tags` that is known, narrower tags standing in for wider ones (RFC 4647 § 3.4 lookup; Chinese regions count
    /// as their script); else English.
    pub fn of<'a>(&self, tags: impl IntoIterator<Item = Option<&'a str>>) -> &Language {
        tags.into_iter().flatten().find_map(|tag| self.lookup(tag)).unwrap_or_else(|| &self.languages[FALLBACK])
    }

    fn lookup(&self, tag: &str) -> Option<&Language> {
        let tag = tag.trim().to_ascii_lowercase();
        let mut range = tag.as_str();
        loop {
            if let Some(language) = self.languages.get(range) {
                return Some(language);
            }
            match range.rfind('-') {
                Some(end) => range = &range[..end],
                None => break,
            }
        }
        self.languages.get(chinese(&tag)?)
    }
}

/// The script that a Chinese language is written in where its tag, in lower case, says: `zh-hans` or `zh-hant`.
pub(super) fn chinese(tag: &str) -> Option<&'static str> {
    let mut subtags = tag.split('-');
    let traditional = match subtags.next() {
        Some("zh" | "cmn") => subtags
            .find_map(|subtag| match subtag {
                "hans" => Some(false),
                "hant" | "tw" | "hk" | "mo" => Some(true),
                _ => None,
            })
            .unwrap_or(false),
        Some("yue" | "nan" | "hak") => !subtags.any(|s| s == "hans"),
        _ => return None,
    };
    Some(if traditional { "zh-hant" } else { "zh-hans" })
}

/// A word that would leave out what it must say, or that no template asks for, is refused.
fn check_word(english: &BTreeMap<String, String>, tag: &str, key: &str, word: &str) -> Result<(), String> {
    let Some(model) = english.get(key) else {
        return Err(format!(
            "\"{tag}\" has a word \"{key}\" that nothing uses; the keys are listed at the top of the built-in words.html"
        ));
    };
    for placeholder in ["{source}", "{name}"] {
        if model.contains(placeholder) && !word.contains(placeholder) {
            return Err(format!("\"{key}\" of \"{tag}\" lacks {placeholder}, so the credit would be lost"));
        }
    }
    if let Some(fault) = super::dates::fault(key, word) {
        return Err(format!("\"{key}\" of \"{tag}\" {fault}"));
    }
    if word.trim().is_empty() && !matches!(key, "colon" | "comma" | "open" | "close") {
        return Err(format!("\"{key}\" of \"{tag}\" is empty"));
    }
    if key == "translated_by" && word.contains([',', ';']) {
        return Err(format!("\"{key}\" of \"{tag}\" holds an ASCII comma or semicolon, at which readers would split the name"));
    }
    Ok(())
}

fn read(value: &Value) -> Result<Written, String> {
    let mut written = Written::new();
    for (tag, words) in pairs(value, "words")? {
        let mut language = BTreeMap::new();
        for (key, word) in pairs(&words, &tag)? {
            let word = word.as_str().ok_or_else(|| format!("\"{key}\" of \"{tag}\" is not text"))?;
            language.insert(key, super::text::xml_safe(word).into_owned());
        }
        written.insert(tag, language);
    }
    Ok(written)
}

fn pairs(map: &Value, name: &str) -> Result<Vec<(String, Value)>, String> {
    let keys = map.try_iter().ok().filter(|_| map.kind() == ValueKind::Map).ok_or_else(|| format!("\"{name}\" is not a map"))?;
    keys.map(|key| {
        let name = key.as_str().ok_or_else(|| format!("a key of \"{name}\" is not text"))?.to_owned();
        let value = map.get_item(&key).map_err(|error| format!("\"{name}\": {error}"))?;
        Ok((name, value))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::renderer;

    #[test]
    fn languages_are_looked_up_from_narrow_to_wide() {
        let check = |tag: &str, expected: &str| assert_eq!(renderer().words.of([Some(tag)]).tag, expected, "{tag}");
        check("zh-Hans", "zh-Hans");
        check("zh-Hans-CN", "zh-Hans");
        check("zh-Hant-HK", "zh-Hant");
        check("zh-TW", "zh-Hant");
        check("zh-hk", "zh-Hant");
        check("zh-CN", "zh-Hans");
        check("zh", "zh-Hans");
        check("yue", "zh-Hant");
        check("pt-BR", "pt");
        check("EN-gb", "en");
        check("tlh", "en");
        let first_known = renderer().words.of([None, Some("tlh"), Some("fr-CA"), Some("de")]);
        assert_eq!(first_known.tag, "fr");
    }

    #[test]
    fn every_built_in_language_says_everything_in_its_own_words() {
        let words = &renderer().words;
        let expected = [
            "ar", "ca", "de", "en", "es", "fr", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "uk", "vi", "zh-hans",
            "zh-hant",
        ];
        assert_eq!(words.languages.keys().map(String::as_str).collect::<Vec<_>>(), expected);
        let english = &words.languages["en"];
        for (tag, language) in words.languages.iter().filter(|(tag, _)| *tag != "en") {
            for key in [
                "disclaimer",
                "label_machine",
                "label_machine_light",
                "label_machine_full",
                "translator_unnamed",
                "kind_human",
                "about",
                "read_on",
                "none_yet",
                "skip",
                "by_section",
                "about_article",
                "shown_excerpt",
                "expire",
                "noindex",
                "about_outlets",
                "feed_notice",
            ] {
                assert_ne!(language.get(key), english.get(key), "{key} of {tag}");
            }
            for (key, word) in &language.words {
                assert!(super::check_word(&english.words, tag, key, word).is_ok(), "{key} of {tag}: {word}");
            }
            let kinds = ["kind_human", "kind_machine", "kind_machine_light", "kind_machine_full", "kind_script"]
                .map(|key| language.get(key));
            assert_eq!(kinds.iter().collect::<std::collections::BTreeSet<_>>().len(), 5, "{tag} tells every kind apart");
        }
    }
}
