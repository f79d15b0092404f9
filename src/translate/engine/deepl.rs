//! DeepL, version 2 of its API. <https://developers.deepl.com/api-reference/translate>

use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};
use url::Url;

use super::http::{Body, Reply, Service};
use super::{Answer, Calling, Engine, EngineError, Job, Maker, Trouble, Unit};
use crate::config::Translator;
use crate::model::primary_language;
use crate::translate::{Piece, Segment};

/// Texts of one request.
const TEXTS: usize = 50;

/// Bytes of texts in one request, of the 128 KiB that a whole request may have.
const BYTES: usize = 120 * 1024;

/// Languages it translates from, by primary subtag of BCP 47, which is its code in capitals. Its Norwegian is Bokmål.
const SOURCES: [&str; 34] = [
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hu", "id", "it", "ja", "ko", "lt", "lv", "nb", "nl",
    "no", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "uk", "vi", "zh",
];

/// DeepL.
#[derive(Debug)]
pub(super) struct DeepL {
    service: Service,
    maker: Maker,
    authorization: Option<HeaderValue>,
    model: Option<String>,
}

#[derive(Serialize)]
struct Request<'a> {
    text: &'a [String],
    source_lang: &'a str,
    target_lang: &'a str,
    /// Tags are read as tags, not billed, and come back.
    tag_handling: &'static str,
    /// A segment is one text: none of its tags ends a sentence.
    outline_detection: bool,
    non_splitting_tags: [&'static str; 2],
    ignore_tags: [&'static str; 1],
    split_sentences: &'static str,
    preserve_formatting: bool,
    show_billed_characters: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_type: Option<&'a str>,
}

#[derive(Deserialize)]
struct Translated {
    translations: Vec<Translation>,
}

#[derive(Deserialize)]
struct Translation {
    text: String,
    billed_characters: Option<u64>,
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
}

impl DeepL {
    /// # Errors
    /// What is missing, in words.
    pub fn new(translator: &Translator) -> Result<Self, String> {
        let id = &translator.id;
        let Some(key) = translator.key.as_ref().filter(|key| !key.expose().is_empty()) else {
            return Err(format!("translator “{id}”: it needs key_file, a file with its key"));
        };
        let url = match &translator.url {
            Some(url) => url.clone(),
            None => Url::parse(host(key.expose())).map_err(|error| format!("translator “{id}”: {error}"))?,
        };
        let model = translator.model.clone();
        let version = model.as_ref().map_or_else(|| "deepl v2 1".to_owned(), |model| format!("deepl v2 1 {model}"));
        let maker = Maker { translator: id.clone(), name: "DeepL".to_owned(), version };
        let service = Service::new(id, &url, Some(key))?;
        let authorization = service.authorization("DeepL-Auth-Key")?;
        Ok(Self { service, maker, authorization, model })
    }

    async fn call(&self, job: Job<'_>) -> Result<Answer, EngineError> {
        let cost = self.cost(&job);
        let (Some(source), Some(target)) = (source(job.from), target(job.to)) else {
            return Err(self.service.error(Trouble::Pair, "does not know this pair of languages", 0));
        };
        let texts: Vec<String> = job.segments.iter().map(|segment| segment.markup()).collect();
        let request = Request {
            text: &texts,
            source_lang: &source,
            target_lang: &target,
            tag_handling: "xml",
            outline_detection: false,
            non_splitting_tags: ["g", "x"],
            ignore_tags: ["x"],
            split_sentences: "nonewlines",
            preserve_formatting: true,
            show_billed_characters: true,
            model_type: self.model.as_deref(),
        };
        let Ok(bytes) = serde_json::to_vec(&request) else {
            return Err(self.service.error(Trouble::Nonsense, "cannot be sent these texts", 0));
        };
        let length = texts.iter().map(String::len).sum();
        let body = Body { kind: "application/json", bytes };
        let reply = self.service.ask("v2/translate", self.authorization.as_ref(), Some(body), length, cost).await?;
        if reply.status != 200 {
            return Err(self.service.refusal(&reply, said(&reply), cost));
        }
        let Ok(Translated { translations }) = serde_json::from_slice(&reply.body) else {
            return Err(self.service.error(Trouble::Nonsense, "answers something that is not DeepL's JSON", cost));
        };
        // One text without its bill makes the whole bill unknown, and so does one that is missing.
        let billed: Option<u64> = translations.iter().map(|translation| translation.billed_characters).sum();
        let billed = billed.filter(|_| translations.len() == texts.len());
        let segments = translations.iter().map(|translation| Segment::read(&translation.text)).collect();
        Ok(Answer { segments, spent: billed.unwrap_or(cost) })
    }
}

/// Where a key is good for: those of the free plan end in `:fx`.
fn host(key: &str) -> &'static str {
    if key.ends_with(":fx") { "https://api-free.deepl.com" } else { "https://api.deepl.com" }
}

/// What a refusal says: of a parameter that is a language.
fn said(reply: &Reply) -> Option<(Trouble, &'static str)> {
    let Refusal { message } = serde_json::from_slice(&reply.body).ok()?;
    let language = message.contains("target_lang") || message.contains("source_lang");
    (reply.status == 400 && language).then_some((Trouble::Pair, "it does not know this pair of languages"))
}

impl Engine for DeepL {
    fn maker(&self) -> &Maker {
        &self.maker
    }

    fn unit(&self) -> Unit {
        Unit::Characters
    }

    fn translates(&self, from: &str, to: &str) -> bool {
        // Between the scripts of Chinese it is no translator.
        matches!((source(from), target(to)), (Some(from), Some(to)) if to.split('-').next() != Some(from.as_str()))
    }

    fn fits(&self, segments: &[&Segment]) -> usize {
        let mut bytes = 0;
        let fitting = segments.iter().take(TEXTS).take_while(|segment| {
            // As JSON: quotes and control characters are longer there.
            bytes += serde_json::to_string(&segment.markup()).map_or(BYTES, |json| json.len() + 1);
            bytes <= BYTES
        });
        fitting.count().max(1)
    }

    /// Unicode characters of the texts. Tags are not billed; whether an entity is one character or all of its own is not said, so it is all.
    fn cost(&self, job: &Job<'_>) -> u64 {
        let escaped = |character: char| match character {
            '&' => 5,
            '<' | '>' => 4,
            _ => 1,
        };
        let texts = job.segments.iter().flat_map(|segment| &segment.pieces);
        texts.map(|piece| if let Piece::Text(text) = piece { text.chars().map(escaped).sum() } else { 0 }).sum()
    }

    fn translate<'a>(&'a self, job: Job<'a>) -> Calling<'a> {
        Box::pin(self.call(job))
    }
}

/// Code of a language to translate from.
fn source(tag: &str) -> Option<String> {
    let primary = primary_language(tag);
    let known = SOURCES.contains(&primary.as_str());
    match primary.as_str() {
        "no" => Some("NB".to_owned()),
        _ => known.then(|| primary.to_ascii_uppercase()),
    }
}

/// Code of a language to translate into: with a region or script for those that it tells apart.
fn target(tag: &str) -> Option<String> {
    let language = source(tag)?;
    let subtags: Vec<String> = tag.split('-').skip(1).map(str::to_ascii_uppercase).collect();
    let has = |wanted: &[&str]| subtags.iter().any(|subtag| wanted.contains(&subtag.as_str()));
    let code = match language.as_str() {
        "EN" if subtags.is_empty() || has(&["US"]) => "EN-US",
        "EN" => "EN-GB",
        "PT" if has(&["BR"]) => "PT-BR",
        "PT" => "PT-PT",
        "ZH" if has(&["HANT"]) || (!has(&["HANS"]) && has(&["TW", "HK", "MO"])) => "ZH-HANT",
        "ZH" => "ZH-HANS",
        other => other,
    };
    Some(code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::Role;

    #[test]
    fn languages_have_the_codes_of_deepl() {
        let check = |tag: &str, from: Option<&str>, to: Option<&str>| {
            assert_eq!((source(tag).as_deref(), target(tag).as_deref()), (from, to), "{tag}");
        };
        check("de-AT", Some("DE"), Some("DE"));
        check("en", Some("EN"), Some("EN-US"));
        check("en-US", Some("EN"), Some("EN-US"));
        check("en-AU", Some("EN"), Some("EN-GB"));
        check("pt", Some("PT"), Some("PT-PT"));
        check("pt-BR", Some("PT"), Some("PT-BR"));
        check("zh", Some("ZH"), Some("ZH-HANS"));
        check("zh-Hant-TW", Some("ZH"), Some("ZH-HANT"));
        check("zh-HK", Some("ZH"), Some("ZH-HANT"));
        check("zh-Hans-HK", Some("ZH"), Some("ZH-HANS"));
        check("no", Some("NB"), Some("NB"));
        check("nn", None, None);
        check("tlh", None, None);
        check("", None, None);
    }

    #[test]
    fn keys_tell_the_plan() {
        assert_eq!(host("5-3:fx"), "https://api-free.deepl.com");
        assert_eq!(host("5-3"), "https://api.deepl.com");
    }

    #[test]
    fn what_is_billed_is_text() {
        let mut translator = super::super::desk::tests::translator("mill", None);
        assert!(DeepL::new(&translator).expect_err("no key").contains("key_file"));
        translator.key = Some(crate::model::Secret::new("5-3:fx"));
        let engine = DeepL::new(&translator).expect("an engine");
        let pieces = vec![Piece::Open(1), Piece::Text("中文 & é".to_owned()), Piece::Close(1), Piece::Point(2)];
        let segment = Segment { role: Role::Title, pieces };
        assert_eq!(engine.cost(&Job { from: "zh-Hans", to: "de", segments: &[&segment, &segment], terms: &[] }), 2 * 10);
        let quotes = Segment { role: Role::Text, pieces: vec![Piece::Text("\"".repeat(10_000))] };
        assert_eq!(engine.fits(&[&quotes; 60]), 6, "a quote is two bytes of JSON");
        assert_eq!(engine.fits(&[&segment; 60]), 50);
        assert!(
            engine.translates("zh-Hans", "en") && !engine.translates("zh-Hans", "zh-Hant") && !engine.translates("en", "en-GB")
        );
    }
}
