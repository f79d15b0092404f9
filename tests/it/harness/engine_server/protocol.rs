//! The interfaces of the real services, from their side: what they take, what they refuse, how they bill.

use std::collections::HashMap;

use reprint::config::TranslatorKind;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::pseudo::{self, Token};
use super::{Answer, KEY, Misbehaviour};
use crate::harness::Seen;

/// Answers a request: the list of languages, or a translation, spoiled if that is the misbehaviour.
pub fn answer(kind: TranslatorKind, head: &Seen, body: &str, misbehaviour: Option<Misbehaviour>, schemas: bool) -> Answer {
    let path = head.path.split('?').next().unwrap_or_default();
    let mut answer = match (kind, head.method.as_str(), path) {
        (TranslatorKind::Apertium, "POST", "/translate") => apertium(body, misbehaviour),
        (TranslatorKind::Apertium, "GET", "/listPairs") => {
            let pair = |from: &str, to: &str| json!({ "sourceLanguage": from, "targetLanguage": to });
            let pairs = [pair("spa", "cat"), pair("spa", "cat_valencia"), pair("eng", "spa")];
            Answer::json(200, &json!({ "responseData": pairs, "responseDetails": null, "responseStatus": 200 }))
        }
        (TranslatorKind::LibreTranslate, "POST", "/translate") => libretranslate(body, misbehaviour),
        (TranslatorKind::LibreTranslate, "GET", "/languages") => {
            let language = |code: &str| json!({ "code": code, "name": code, "targets": ["en", "es", "zh-Hans", "zh-Hant"] });
            Answer::json(200, &json!([language("en"), language("es")]))
        }
        (TranslatorKind::DeepL, "POST", "/v2/translate") => deepl(head, body, misbehaviour),
        (TranslatorKind::OpenAi, "POST", "/chat/completions") => openai(head, body, misbehaviour, schemas),
        _ => Answer::json(404, &json!({ "error": "not found" })),
    };
    if answer.status != 200 || head.method == "GET" {
        return answer;
    }
    match misbehaviour {
        Some(Misbehaviour::ServerError) => {
            answer.status = 500;
            answer.body = b"<!DOCTYPE html><title>500</title><h1>Internal Server Error</h1>".to_vec();
        }
        Some(Misbehaviour::Html) => answer.body = b"<!DOCTYPE html><title>Welcome</title>".to_vec(),
        Some(Misbehaviour::InvalidJson) => answer.body.truncate(answer.body.len() / 2),
        Some(Misbehaviour::WrongCharset) => {
            answer.body.insert(2, 0xE9);
            answer.body.push(0xFF);
        }
        Some(Misbehaviour::Flood) => answer.body.extend(std::iter::repeat_n(b' ', 4 << 20)),
        _ => {}
    }
    answer
}

/// Translations of the texts, spoiled.
fn translated(texts: &[String], to: &str, misbehaviour: Option<Misbehaviour>) -> Vec<String> {
    let mut out: Vec<String> = texts
        .iter()
        .map(|source| {
            let sound = pseudo::translate(source, to);
            misbehaviour.map_or(sound.clone(), |misbehaviour| misbehaviour.spoil(source, &sound, to))
        })
        .collect();
    match misbehaviour {
        Some(Misbehaviour::FewerTexts) => drop(out.pop()),
        Some(Misbehaviour::WrongOrder) => out.reverse(),
        _ => {}
    }
    out
}

fn characters(texts: &[String]) -> u64 {
    texts.iter().map(|text| text.chars().count() as u64).sum()
}

fn apertium(body: &str, misbehaviour: Option<Misbehaviour>) -> Answer {
    let form: HashMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let refused = |words: &str| {
        Answer::json(400, &json!({ "status": "error", "code": 400, "message": "Bad Request", "explanation": words }))
    };
    let Some((from, to)) = field("langpair").split_once('|') else { return refused("That pair is invalid, use e.g. eng|spa") };
    if ![("spa", "cat"), ("spa", "cat_valencia"), ("eng", "spa"), ("eng", "rus")].contains(&(from, to)) {
        return refused("That pair is not installed");
    }
    let texts = vec![field("q").to_owned()];
    let billed = characters(&texts);
    // With one text, fewer texts are none.
    let text = translated(&texts, to, misbehaviour).pop();
    let data = text.map_or(json!({}), |text| json!({ "translatedText": text }));
    let answer = Answer::json(200, &json!({ "responseData": data, "responseDetails": null, "responseStatus": 200 }));
    Answer { texts, billed, ..answer }
}

fn strings(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

fn libretranslate(body: &str, misbehaviour: Option<Misbehaviour>) -> Answer {
    let refused = |status: u16, words: &str| Answer::json(status, &json!({ "error": words }));
    let Ok(request) = serde_json::from_str::<Value>(body) else { return refused(400, "Invalid JSON format") };
    if request["api_key"] != KEY {
        return refused(403, "Invalid API key");
    }
    let Some(texts) = strings(&request["q"]) else { return refused(400, "Invalid request: missing q parameter") };
    let codes = ["en", "es", "de", "fr", "ca", "ru", "zh", "zt", "ja", "pb"];
    for code in [&request["source"], &request["target"]].map(|code| code.as_str().unwrap_or_default()) {
        if !codes.contains(&code) {
            return refused(400, &format!("{code} is not supported"));
        }
    }
    if request["format"] != "html" {
        return refused(400, &format!("{} format is not supported", request["format"]));
    }
    let billed = characters(&texts);
    let translated = translated(&texts, request["target"].as_str().unwrap_or_default(), misbehaviour);
    Answer { texts, billed, ..Answer::json(200, &json!({ "translatedText": translated })) }
}

fn deepl(head: &Seen, body: &str, misbehaviour: Option<Misbehaviour>) -> Answer {
    let refused = |status: u16, words: &str| Answer::json(status, &json!({ "message": words }));
    if head.header("authorization") != Some(format!("DeepL-Auth-Key {KEY}").as_bytes()) {
        return refused(403, "Forbidden");
    }
    if body.len() > 128 * 1024 {
        return refused(413, "Request Entity Too Large");
    }
    let Ok(request) = serde_json::from_str::<Value>(body) else { return refused(400, "Bad request") };
    let Some(texts) = strings(&request["text"]).filter(|texts| texts.len() <= 50) else {
        return refused(400, "Parameter 'text' not specified or too many texts");
    };
    let codes = ["DE", "EN-GB", "EN-US", "ES", "FR", "JA", "PT-BR", "RU", "ZH-HANS", "ZH-HANT"];
    let to = request["target_lang"].as_str().unwrap_or_default();
    if !codes.contains(&to) {
        return refused(400, "Value for 'target_lang' not supported.");
    }
    // What is in a tag is not billed where tags are handled.
    let handled = request["tag_handling"] == "xml";
    let bill = |text: &String| -> u64 {
        let tokens = pseudo::tokens(text);
        let billed = tokens.iter().filter(|token| !(handled && matches!(token, Token::Tag(_))));
        billed.map(|token| token.as_str().chars().count() as u64).sum()
    };
    let bills: Vec<u64> = texts.iter().map(bill).collect();
    let translated = translated(&texts, to, misbehaviour);
    let translations: Vec<Value> = translated
        .iter()
        .zip(&bills)
        .map(|(text, billed)| json!({ "detected_source_language": "XX", "text": text, "billed_characters": billed }))
        .collect();
    let answer = Answer::json(200, &json!({ "translations": translations }));
    Answer { texts, billed: bills.iter().sum(), ..answer }
}

fn openai(head: &Seen, body: &str, misbehaviour: Option<Misbehaviour>, schemas: bool) -> Answer {
    let refused = |status: u16, code: &str| {
        Answer::json(status, &json!({ "error": { "message": "no", "type": "invalid_request_error", "code": code } }))
    };
    if head.header("authorization") != Some(format!("Bearer {KEY}").as_bytes()) {
        return refused(401, "invalid_api_key");
    }
    let Ok(request) = serde_json::from_str::<Value>(body) else { return refused(400, "invalid_json") };
    if request["model"] != "tiny" {
        return refused(404, "model_not_found");
    }
    if !schemas && request["response_format"]["type"] == "json_schema" {
        return refused(400, "unsupported_response_format");
    }
    let content = |role: usize| request["messages"][role]["content"].as_str().unwrap_or_default();
    let Ok(document) = serde_json::from_str::<Value>(content(1)) else { return refused(400, "invalid_document") };
    let none = Vec::new();
    let segments = document["segments"].as_array().unwrap_or(&none);
    let texts: Vec<String> = segments.iter().map(|segment| segment["text"].as_str().unwrap_or_default().to_owned()).collect();
    let out = translated(&texts, document["to"].as_str().unwrap_or_default(), misbehaviour);
    let numbered: Vec<Value> =
        out.iter().zip(segments).map(|(text, segment)| json!({ "id": segment["id"], "text": text })).collect();
    let mut written = json!({ "segments": numbered }).to_string();
    // One token for every byte that is no letter, one for two that are: about what tokenizers make of it.
    let tokens = |text: &str| {
        let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
        (text.len() - letters + letters.div_ceil(2)) as u64
    };
    let read = tokens(content(0)) + tokens(content(1)) + tokens(&request["response_format"].to_string()) + 11;
    let most = request["max_tokens"].as_u64().unwrap_or(u64::MAX);
    let out_of_tokens = misbehaviour == Some(Misbehaviour::OutOfTokens) || tokens(&written) > most;
    if out_of_tokens {
        let half = (0..=written.len() / 2).rev().find(|at| written.is_char_boundary(*at)).unwrap_or_default();
        written.truncate(half);
    }
    let completion = if out_of_tokens { most } else { tokens(&written) };
    let answer = Answer::json(
        200,
        &json!({
            "object": "chat.completion", "model": "tiny",
            "choices": [{
                "index": 0, "message": { "role": "assistant", "content": written },
                "finish_reason": if out_of_tokens { "length" } else { "stop" },
            }],
            "usage": { "prompt_tokens": read, "completion_tokens": completion, "total_tokens": read + completion },
        }),
    );
    Answer { texts, billed: read + completion, ..answer }
}
