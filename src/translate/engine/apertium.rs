//! Apertium APy: rule-based translation, the one engine that can run on any machine (Debian: `apertium-apy` and the pairs).
//!
//! <https://wiki.apertium.org/wiki/Apertium-apy>. One segment a request: APy takes one text, and cuts what is longer than a pipe's buffer at
//! dots and spaces without looking at tags. So our tags have neither (`<g1>`, `<x2/>`): what is cut between them is whole again after.

use serde::Deserialize;
use url::form_urlencoded;

use super::http::{Body, Service};
use super::{Answer, Asking, Calling, Engine, EngineError, Job, Maker, Trouble, Unit};
use crate::config::Translator;
use crate::model::primary_language;
use crate::translate::{Malformed, Piece, Segment};

/// Primary subtags of BCP 47 with two letters, and the ISO 639-3 codes that Apertium's pairs are named by.
const LANGUAGES: [(&str, &str); 87] = [
    ("af", "afr"),
    ("an", "arg"),
    ("ar", "ara"),
    ("as", "asm"),
    ("av", "ava"),
    ("ba", "bak"),
    ("be", "bel"),
    ("bg", "bul"),
    ("bn", "ben"),
    ("br", "bre"),
    ("ca", "cat"),
    ("co", "cos"),
    ("cs", "ces"),
    ("cv", "chv"),
    ("cy", "cym"),
    ("da", "dan"),
    ("de", "deu"),
    ("el", "ell"),
    ("en", "eng"),
    ("eo", "epo"),
    ("es", "spa"),
    ("et", "est"),
    ("eu", "eus"),
    ("fa", "pes"),
    ("fi", "fin"),
    ("fo", "fao"),
    ("fr", "fra"),
    ("ga", "gle"),
    ("gd", "gla"),
    ("gl", "glg"),
    ("gu", "guj"),
    ("gv", "glv"),
    ("he", "heb"),
    ("hi", "hin"),
    ("ht", "hat"),
    ("hu", "hun"),
    ("hy", "hye"),
    ("ia", "ina"),
    ("id", "ind"),
    ("is", "isl"),
    ("it", "ita"),
    ("ka", "kat"),
    ("kk", "kaz"),
    ("kn", "kan"),
    ("ku", "kmr"),
    ("ky", "kir"),
    ("la", "lat"),
    ("lt", "lit"),
    ("lv", "lvs"),
    ("mk", "mkd"),
    ("ml", "mal"),
    ("mr", "mar"),
    ("ms", "zlm"),
    ("mt", "mlt"),
    ("nb", "nob"),
    ("ne", "nep"),
    ("nl", "nld"),
    ("nn", "nno"),
    ("no", "nob"),
    ("oc", "oci"),
    ("or", "ori"),
    ("os", "oss"),
    ("pa", "pan"),
    ("pl", "pol"),
    ("pt", "por"),
    ("rm", "roh"),
    ("ro", "ron"),
    ("ru", "rus"),
    ("sa", "san"),
    ("sc", "srd"),
    ("sd", "snd"),
    ("se", "sme"),
    ("si", "sin"),
    ("sk", "slk"),
    ("sl", "slv"),
    ("sq", "sqi"),
    ("sv", "swe"),
    ("ta", "tam"),
    ("te", "tel"),
    ("tg", "tgk"),
    ("tr", "tur"),
    ("tt", "tat"),
    ("uk", "ukr"),
    ("ur", "urd"),
    ("uz", "uzb"),
    ("vi", "vie"),
    ("wa", "wln"),
];

/// Targets that Apertium has under a name of their own: the standards of a language that readers would not take for each other. Every other
/// region gets the language as such.
const VARIANTS: [(&str, &str); 6] = [
    ("bs", "hbs_BS"),
    ("ca-valencia", "cat_valencia"),
    ("hr", "hbs_HR"),
    ("oc-aranes", "oci_aran"),
    ("pt-BR", "por_BR"),
    ("sr-Latn", "hbs_SR"),
];

/// APy.
#[derive(Debug)]
pub(super) struct Apertium {
    service: Service,
    maker: Maker,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Translated {
    response_data: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Text {
    translated_text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    response_data: Vec<Pair>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pair {
    source_language: String,
    target_language: String,
}

#[derive(Deserialize)]
struct Refusal {
    explanation: String,
}

impl Apertium {
    /// # Errors
    /// What is missing, in words.
    pub fn new(translator: &Translator) -> Result<Self, String> {
        let id = &translator.id;
        let Some(url) = &translator.url else {
            return Err(format!("translator “{id}”: it needs url, the address of APy, such as http://127.0.0.1:2737"));
        };
        let maker = Maker { translator: id.clone(), name: "Apertium".to_owned(), version: "apertium 1".to_owned() };
        Ok(Self { service: Service::new(id, url, translator.key.as_ref())?, maker })
    }

    async fn call(&self, job: Job<'_>) -> Result<Answer, EngineError> {
        let (cost, pair) = (self.cost(&job), format!("{}|{}", source(job.from), target(job.to)));
        let [segment] = job.segments else {
            return Err(self.service.error(Trouble::Nonsense, "takes one text a request", 0));
        };
        let wire = wire(segment);
        let body = Body { kind: "application/x-www-form-urlencoded", bytes: self.form(&wire, &pair) };
        let reply = self.service.ask("translate", None, Some(body), wire.len(), cost).await?;
        if reply.status != 200 {
            let said = serde_json::from_slice::<Refusal>(&reply.body).ok().filter(|_| reply.status == 400);
            let unknown = said.is_some_and(|said| said.explanation.starts_with("That pair is"));
            let said =
                unknown.then_some((Trouble::Pair, "it does not know this pair of languages: install its Apertium package"));
            return Err(self.service.refusal(&reply, said, cost));
        }
        let Ok(translated) = serde_json::from_slice::<Translated>(&reply.body) else {
            return Err(self.service.error(Trouble::Nonsense, "answers something that is not APy's JSON", cost));
        };
        Ok(Answer { segments: vec![read(segment, &translated.response_data.translated_text)], spent: cost })
    }

    fn form(&self, wire: &str, pair: &str) -> Vec<u8> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("q", wire).append_pair("langpair", pair).append_pair("markUnknown", "no").append_pair("format", "html");
        if let Some(key) = self.service.key() {
            form.append_pair("key", key);
        }
        form.finish().into_bytes()
    }

    async fn list(&self) -> Result<Option<super::Pairs>, EngineError> {
        let reply = self.service.ask("listPairs", None, None, 0, 0).await?;
        if reply.status != 200 {
            return Err(self.service.refusal(&reply, None, 0));
        }
        let Ok(listed) = serde_json::from_slice::<Listed>(&reply.body) else {
            return Err(self.service.error(Trouble::Nonsense, "answers something that is not APy's list of pairs", 0));
        };
        let pairs = listed.response_data.into_iter().map(|pair| (tag(&pair.source_language), tag(&pair.target_language)));
        Ok(Some(pairs.collect()))
    }
}

impl Engine for Apertium {
    fn maker(&self) -> &Maker {
        &self.maker
    }

    fn unit(&self) -> Unit {
        Unit::Characters
    }

    fn translates(&self, from: &str, to: &str) -> bool {
        let codes = (source(from), target(to));
        !codes.0.is_empty() && !codes.1.is_empty() && codes.0 != codes.1
    }

    fn fits(&self, _segments: &[&Segment]) -> usize {
        1
    }

    fn cost(&self, job: &Job<'_>) -> u64 {
        job.segments.iter().map(|segment| wire(segment).chars().count() as u64).sum()
    }

    fn translate<'a>(&'a self, job: Job<'a>) -> Calling<'a> {
        Box::pin(self.call(job))
    }

    fn pairs(&self) -> Asking<'_> {
        Box::pin(self.list())
    }
}

/// Apertium's code for the language of a tag; empty for a tag without a language.
fn source(tag: &str) -> String {
    let primary = primary_language(tag);
    match primary.as_str() {
        "bs" | "hr" | "sr" => "hbs".to_owned(),
        two => match LANGUAGES.iter().find(|(known, _)| *known == two) {
            Some((_, code)) => (*code).to_owned(),
            None if primary.len() == 3 && primary != "und" && primary != "mul" => primary,
            None => String::new(),
        },
    }
}

/// Apertium's code for a language to translate into: that of a variant, where it has one for the tag.
fn target(tag: &str) -> String {
    let of = |prefix: &str| {
        tag.get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix))
            && matches!(tag.as_bytes().get(prefix.len()), None | Some(b'-'))
    };
    match VARIANTS.iter().find(|(known, _)| of(known)) {
        Some((_, code)) => (*code).to_owned(),
        // Cyrillic Serbian is not made.
        None if source(tag) == "hbs" => String::new(),
        None => source(tag),
    }
}

/// The tag of one of Apertium's codes; the code itself where it is none of ours.
fn tag(code: &str) -> String {
    let known = VARIANTS.iter().chain(&LANGUAGES).find(|(_, known)| *known == code);
    known.map_or_else(|| code.to_owned(), |(tag, _)| (*tag).to_owned())
}

/// What is sent.
fn wire(segment: &Segment) -> String {
    let mut out = String::new();
    for piece in &segment.pieces {
        match piece {
            Piece::Text(text) => text.chars().for_each(|character| match character {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                other => out.push(other),
            }),
            Piece::Open(number) => out.push_str(&format!("<g{number}>")),
            Piece::Close(number) => out.push_str(&format!("</g{number}>")),
            Piece::Point(number) => out.push_str(&format!("<x{number}/>")),
        }
    }
    out
}

/// Our tags with their numbers where [`Segment::markup`] has them.
fn numbered(answer: &str) -> String {
    let mut out = String::with_capacity(answer.len() + 64);
    let mut rest = answer;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let (begin, kind) = match tag.as_bytes() {
            [b'<', kind @ (b'g' | b'x'), ..] => ("<", *kind),
            [b'<', b'/', kind @ (b'g' | b'x'), ..] => ("</", *kind),
            _ => ("<", 0),
        };
        let after = &tag[begin.len() + usize::from(kind != 0)..];
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        out.push_str(begin);
        match (kind, begin) {
            (0, _) => {}
            (kind, "<") if digits > 0 => out.push_str(&format!("{} id=\"{}\"", char::from(kind), &after[..digits])),
            (kind, _) => out.push(char::from(kind)),
        }
        // The end tags of XML have no number.
        rest = if kind == 0 { after } else { &after[digits..] };
    }
    out.push_str(rest);
    out
}

/// Reads an answer, and takes off what only Apertium puts in: marks before words that its dictionaries lack a form of (`#`, `@`; `*` goes by
/// `markUnknown`), and spaces where words were dropped or moved.
fn read(segment: &Segment, answer: &str) -> Result<Vec<Piece>, Malformed> {
    let source = segment.text();
    let marks: Vec<char> = ['#', '@'].into_iter().filter(|mark| !source.contains(*mark)).collect();
    let spaced = source.contains("  ");
    let indented = source.starts_with(char::is_whitespace);
    let mut pieces = Segment::read(&numbered(answer))?;
    let mut before = if indented { 'a' } else { ' ' };
    for piece in &mut pieces {
        let Piece::Text(text) = piece else { continue };
        let mut clean = String::with_capacity(text.len());
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let is_mark = marks.contains(&character)
                && !before.is_alphanumeric()
                && characters.peek().is_some_and(|next| next.is_alphabetic());
            let is_extra = character == ' ' && before == ' ' && !spaced;
            if !is_mark && !is_extra {
                clean.push(character);
                before = character;
            }
        }
        *text = clean;
    }
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::Role;

    fn segment(pieces: &[Piece]) -> Segment {
        Segment { role: Role::Text, pieces: pieces.to_vec() }
    }

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    #[test]
    fn languages_have_the_codes_of_apertium() {
        let check =
            |tag: &str, from: &str, to: &str| assert_eq!((source(tag).as_str(), target(tag).as_str()), (from, to), "{tag}");
        check("es", "spa", "spa");
        check("es-419", "spa", "spa");
        check("EN-gb", "eng", "eng");
        check("ca", "cat", "cat");
        check("ca-valencia", "cat", "cat_valencia");
        check("pt-BR", "por", "por_BR");
        check("pt-PT", "por", "por");
        check("pt-Brai", "por", "por");
        check("hr", "hbs", "hbs_HR");
        check("sr-Latn-RS", "hbs", "hbs_SR");
        check("sr", "hbs", "");
        check("ast", "ast", "ast");
        check("und", "", "");
        check("zh-Hant", "", "");
        check("", "", "");
        for (tag_, code) in LANGUAGES.iter().filter(|(tag, _)| *tag != "no") {
            assert_eq!(tag(code), *tag_);
        }
        assert_eq!(tag("cat_valencia"), "ca-valencia");
        assert_eq!(tag("cat_iec2017"), "cat_iec2017");
    }

    #[test]
    fn tags_on_the_wire_have_no_place_to_be_cut_at() {
        let sent = wire(&segment(&[text("a < b & "), Piece::Open(1), text("c"), Piece::Close(1), Piece::Point(12)]));
        assert_eq!(sent, "a &lt; b &amp; <g1>c</g1><x12/>");
    }

    #[test]
    fn numbers_of_tags_are_read_where_they_are() {
        let check = |answer: &str, expected: &str| assert_eq!(numbered(answer), expected, "{answer}");
        check("a <g1>b</g1><x12/> c < d", "a <g id=\"1\">b</g><x id=\"12\"/> c < d");
        check("<g3><G4></g><script></", "<g id=\"3\"><G4></g><script></");
        check("<gap></gap1><x", "<gap></gap1><x");
        check("<中><", "<中><");
    }

    #[test]
    fn marks_and_spaces_of_apertium_are_taken_off() {
        let check = |source: &str, answer: &str, expected: &[Piece]| {
            assert_eq!(read(&segment(&[text(source)]), answer).as_deref(), Ok(expected), "{answer}");
        };
        check("Dog", " El #perro  come @pan.", &[text("El perro come pan.")]);
        check("Dog #1", "El #perro", &[text("El #perro")]);
        check("a", "n#a # 5 a@b.example", &[text("n#a # 5 a@b.example")]);
        check("a  b", "c  d", &[text("c  d")]);
        check(" a", " c", &[text(" c")]);
        check("a", "c <g1> d</g1>", &[text("c "), Piece::Open(1), text("d"), Piece::Close(1)]);
    }
}
