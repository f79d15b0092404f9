//! LibreTranslate. <https://docs.libretranslate.com>

use serde::{Deserialize, Serialize};

use super::http::{Body, Reply, Service};
use super::{Answer, Asking, Calling, Engine, EngineError, Job, Maker, Pairs, Trouble, Unit};
use crate::config::Translator;
use crate::translate::Segment;

/// Texts of one request. Servers bound it (`--batch-limit`) or not; this many are never too many for one that does its work in a minute.
const TEXTS: usize = 25;

/// Characters of one request, if it is more than one text: the bound of the public service.
const CHARACTERS: usize = 2_000;

/// Codes that are not what the tag begins with. Those are of every version; newer ones list `zh-Hans`, `zh-Hant` and `pt-BR` and still take them.
const CODES: [(&str, &str); 3] = [("zh-Hans", "zh"), ("zh-Hant", "zt"), ("pt-BR", "pb")];

/// A server.
#[derive(Debug)]
pub(super) struct LibreTranslate {
    service: Service,
    maker: Maker,
}

#[derive(Serialize)]
struct Request<'a> {
    q: &'a [String],
    source: &'a str,
    target: &'a str,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Translated {
    translated_text: Vec<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

#[derive(Deserialize)]
struct Language {
    code: String,
    #[serde(default)]
    targets: Vec<String>,
}

impl LibreTranslate {
    /// # Errors
    /// What is missing, in words.
    pub fn new(translator: &Translator) -> Result<Self, String> {
        let id = &translator.id;
        let Some(url) = &translator.url else {
            return Err(format!("translator “{id}”: it needs url, the address of LibreTranslate, such as http://127.0.0.1:5000"));
        };
        let maker = Maker { translator: id.clone(), name: "LibreTranslate".to_owned(), version: "libretranslate 1".to_owned() };
        Ok(Self { service: Service::new(id, url, translator.key.as_ref())?, maker })
    }

    async fn call(&self, job: Job<'_>) -> Result<Answer, EngineError> {
        let cost = self.cost(&job);
        let texts: Vec<String> = job.segments.iter().map(|segment| segment.markup()).collect();
        let (source, target) = (code(job.from), code(job.to));
        let request = Request { q: &texts, source: &source, target: &target, format: "html", api_key: self.service.key() };
        let Ok(bytes) = serde_json::to_vec(&request) else {
            return Err(self.service.error(Trouble::Nonsense, "cannot be sent these texts", 0));
        };
        let length = texts.iter().map(String::len).sum();
        let body = Body { kind: "application/json", bytes };
        let reply = self.service.ask("translate", None, Some(body), length, cost).await?;
        if reply.status != 200 {
            return Err(self.service.refusal(&reply, said(&reply), cost));
        }
        let Ok(Translated { translated_text }) = serde_json::from_slice(&reply.body) else {
            return Err(self.service.error(Trouble::Nonsense, "answers something that is not LibreTranslate's JSON", cost));
        };
        let segments = translated_text.iter().map(|text| Segment::read(text)).collect();
        Ok(Answer { segments, spent: cost })
    }

    async fn list(&self) -> Result<Option<Pairs>, EngineError> {
        let reply = self.service.ask("languages", None, None, 0, 0).await?;
        if reply.status != 200 {
            return Err(self.service.refusal(&reply, None, 0));
        }
        let Ok(languages) = serde_json::from_slice::<Vec<Language>>(&reply.body) else {
            return Err(self.service.error(Trouble::Nonsense, "answers something that is not its list of languages", 0));
        };
        let pairs = languages.iter().flat_map(|from| from.targets.iter().map(|to| (tag(&from.code), tag(to))));
        Ok(Some(pairs.filter(|(from, to)| from != to).collect()))
    }
}

/// What a refusal says, by words of its source (`app.py`): it has no codes.
fn said(reply: &Reply) -> Option<(Trouble, &'static str)> {
    let Refusal { error } = serde_json::from_slice(&reply.body).ok()?;
    match reply.status {
        400 if error.contains("format is not supported") => None,
        400 if error.contains("is not supported") || error.contains("is not available as a target language") => {
            Some((Trouble::Pair, "it does not know this pair of languages"))
        }
        400 if error.contains("exceeds text limit") => {
            Some((Trouble::Nonsense, "the text is too long for it: raise its --char-limit"))
        }
        _ => None,
    }
}

impl Engine for LibreTranslate {
    fn maker(&self) -> &Maker {
        &self.maker
    }

    fn unit(&self) -> Unit {
        Unit::Characters
    }

    fn translates(&self, from: &str, to: &str) -> bool {
        let (from, to) = (code(from), code(to));
        !from.is_empty() && !to.is_empty() && from != to
    }

    fn fits(&self, segments: &[&Segment]) -> usize {
        let mut characters = 0;
        let fitting = segments.iter().take(TEXTS).take_while(|segment| {
            characters += segment.markup().chars().count();
            characters <= CHARACTERS
        });
        fitting.count().max(1)
    }

    /// Characters as the server counts them: tags and entities are characters too.
    fn cost(&self, job: &Job<'_>) -> u64 {
        job.segments.iter().map(|segment| segment.markup().chars().count() as u64).sum()
    }

    fn translate<'a>(&'a self, job: Job<'a>) -> Calling<'a> {
        Box::pin(self.call(job))
    }

    fn pairs(&self) -> Asking<'_> {
        Box::pin(self.list())
    }
}

/// The code of a language; empty for a tag without a language.
fn code(tag: &str) -> String {
    let lower = tag.to_ascii_lowercase();
    let is_of = |known: &str| {
        let known = known.to_ascii_lowercase();
        lower.strip_prefix(known.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    match CODES.iter().find(|(known, _)| is_of(known)) {
        Some((_, code)) => (*code).to_owned(),
        None => match lower.split('-').next().unwrap_or_default() {
            "zh" if matches!(lower.split('-').nth(1), Some("tw" | "hk" | "mo")) => "zt".to_owned(),
            "no" => "nb".to_owned(),
            "und" | "mul" => String::new(),
            primary => primary.to_owned(),
        },
    }
}

fn tag(code: &str) -> String {
    let known = CODES.iter().find(|(_, known)| *known == code);
    known.map_or_else(|| code.to_owned(), |(tag, _)| (*tag).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::{Piece, Role};

    #[test]
    fn languages_have_the_codes_of_libretranslate() {
        for (tag, expected) in [
            ("es", "es"),
            ("es-MX", "es"),
            ("zh", "zh"),
            ("zh-Hans", "zh"),
            ("zh-CN", "zh"),
            ("zh-Hant", "zt"),
            ("zh-hant-tw", "zt"),
            ("zh-TW", "zt"),
            ("pt-BR", "pb"),
            ("pt", "pt"),
            ("no", "nb"),
            ("und", ""),
            ("", ""),
        ] {
            assert_eq!(code(tag), expected, "{tag}");
        }
        assert_eq!((tag("zt").as_str(), tag("zh-Hant").as_str(), tag("de").as_str()), ("zh-Hant", "zh-Hant", "de"));
    }

    #[test]
    fn a_request_is_bounded_in_texts_and_characters() {
        let url = Some("http://mill.example".parse().expect("url"));
        let engine = LibreTranslate::new(&super::super::desk::tests::translator("mill", url)).expect("an engine");
        let check = |lengths: &[usize], expected: usize| {
            let segments: Vec<Segment> = lengths
                .iter()
                .map(|length| Segment { role: Role::Text, pieces: vec![Piece::Text("ä".repeat(*length))] })
                .collect();
            assert_eq!(engine.fits(&segments.iter().collect::<Vec<_>>()), expected, "{lengths:?}");
        };
        check(&[1], 1);
        check(&[5_000, 1], 1);
        check(&[1_000, 1_000, 1], 2);
        check(&[1; 60], 25);
    }
}
