//! What can be wrong with a service.

use std::collections::VecDeque;

use reprint::config::TranslatorKind;
use serde_json::json;

use super::pseudo::{self, Token};
use super::{Answer, KEY};

/// One way to misbehave. Those of texts change every text of a call; where a text has nothing that could be changed that way (no tag, no
/// digit), it is answered empty instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misbehaviour {
    /// The first tag is missing, with its end.
    DropPlaceholder,
    /// Numbers of the first two placeholders are exchanged, so that the tags no longer nest or stand elsewhere.
    CrossPlaceholders,
    /// The first placeholder is there twice.
    DoublePlaceholder,
    /// A placeholder that was never there.
    InventPlaceholder,
    /// No text.
    Empty,
    /// White space.
    Whitespace,
    /// The source.
    SameText,
    /// Another language than asked for, in another script.
    WrongLanguage,
    /// The first third only, without what was open.
    Truncated,
    /// Five times the text.
    TooLong,
    /// The first digit is another one.
    ChangeDigit,
    /// A link in words.
    AddAddress,
    /// A link as a tag.
    AddLink,
    /// A script.
    Script,
    /// The end of a CDATA section.
    CData,
    /// U+0000, and a line of other control characters.
    Nul,
    /// Entities for the entities.
    EscapedTwice,
    /// One text fewer than asked for.
    FewerTexts,
    /// The texts the other way round. Nothing in an answer shows that, so it is not among [`Self::ALL`].
    WrongOrder,
    /// 429 with `Retry-After` in seconds.
    Busy(u32),
    /// 429 with `Retry-After` as a date so many seconds from its `Date`.
    BusyUntil(u32),
    /// 500 with a page of HTML, after the work.
    ServerError,
    /// 503 without a body.
    Unavailable,
    /// The quota is used up, however the service says so.
    QuotaUsedUp,
    /// The key is refused.
    Forbidden,
    /// A redirect to that port of 127.0.0.1.
    Redirect(u16),
    /// Its JSON ends in the middle, with 200.
    InvalidJson,
    /// 200 with a page of HTML.
    Html,
    /// Its JSON is in ISO 8859-1.
    WrongCharset,
    /// More bytes than anybody asked for.
    Flood,
    /// A language model that runs out of tokens; elsewhere a text that ends in the middle.
    OutOfTokens,
    /// No answer.
    Hang,
    /// An answer byte by byte.
    Drip,
    /// A TCP reset after the work.
    Reset,
    /// The connection ends before the body does.
    CutShort,
    /// An error whose text holds the key.
    LeakKey,
}

impl Misbehaviour {
    /// Every one that can be found out, waits of a second at most.
    pub const ALL: [Self; 35] = [
        Self::DropPlaceholder,
        Self::CrossPlaceholders,
        Self::DoublePlaceholder,
        Self::InventPlaceholder,
        Self::Empty,
        Self::Whitespace,
        Self::SameText,
        Self::WrongLanguage,
        Self::Truncated,
        Self::TooLong,
        Self::ChangeDigit,
        Self::AddAddress,
        Self::AddLink,
        Self::Script,
        Self::CData,
        Self::Nul,
        Self::EscapedTwice,
        Self::FewerTexts,
        Self::Busy(1),
        Self::BusyUntil(1),
        Self::ServerError,
        Self::Unavailable,
        Self::QuotaUsedUp,
        Self::Forbidden,
        Self::Redirect(9),
        Self::InvalidJson,
        Self::Html,
        Self::WrongCharset,
        Self::Flood,
        Self::OutOfTokens,
        Self::Hang,
        Self::Drip,
        Self::Reset,
        Self::CutShort,
        Self::LeakKey,
    ];

    /// Those that change what a text says and leave everything around it as it should be: only the check of each segment stands against them.
    pub const OF_TEXTS: [Self; 17] = [
        Self::DropPlaceholder,
        Self::CrossPlaceholders,
        Self::DoublePlaceholder,
        Self::InventPlaceholder,
        Self::Empty,
        Self::Whitespace,
        Self::SameText,
        Self::WrongLanguage,
        Self::Truncated,
        Self::TooLong,
        Self::ChangeDigit,
        Self::AddAddress,
        Self::AddLink,
        Self::Script,
        Self::CData,
        Self::Nul,
        Self::EscapedTwice,
    ];

    /// The answer without any work, if that is the misbehaviour.
    pub(super) fn refusal(self, kind: TranslatorKind) -> Option<Answer> {
        // What services put into their bodies beside the status.
        let said = |status: u16, words: &str, code: &str| {
            let body = match kind {
                TranslatorKind::DeepL => json!({ "message": words }),
                TranslatorKind::OpenAi => json!({ "error": { "message": words, "type": code, "code": code } }),
                TranslatorKind::Apertium => json!({ "status": "error", "code": status, "message": words, "explanation": words }),
                _ => json!({ "error": words }),
            };
            Answer::json(status, &body)
        };
        let answer = match self {
            Self::Busy(seconds) => {
                let mut answer = said(429, "Too many requests", "rate_limit_exceeded");
                answer.headers.push(("Retry-After", seconds.to_string()));
                answer
            }
            Self::BusyUntil(seconds) => {
                let mut answer = said(429, "Too many requests", "rate_limit_exceeded");
                answer.headers.push(("Date", "Mon, 06 May 2024 12:00:00 GMT".to_owned()));
                answer.headers.push(("Retry-After", format!("Mon, 06 May 2024 12:{:02}:{:02} GMT", seconds / 60, seconds % 60)));
                answer
            }
            Self::Unavailable => Answer { status: 503, headers: Vec::new(), body: Vec::new(), texts: Vec::new(), billed: 0 },
            Self::QuotaUsedUp if kind == TranslatorKind::OpenAi => said(429, "You exceeded your quota", "insufficient_quota"),
            Self::QuotaUsedUp => said(456, "Quota exceeded", ""),
            Self::Forbidden if kind == TranslatorKind::OpenAi => said(401, "Incorrect API key provided", "invalid_api_key"),
            Self::Forbidden => said(403, "Invalid API key", ""),
            Self::LeakKey => said(400, &format!("bad request with Authorization: DeepL-Auth-Key {KEY} / Bearer {KEY}"), KEY),
            Self::Redirect(port) => {
                let mut answer = said(307, "elsewhere", "");
                answer.headers.push(("Location", format!("http://127.0.0.1:{port}/v2/translate")));
                answer
            }
            _ => return None,
        };
        Some(answer)
    }

    /// Changes a translated text, as written on the wire.
    pub(super) fn spoil(self, source: &str, translated: &str, to: &str) -> String {
        let mut tokens = pseudo::tokens(translated);
        let tag = tokens.iter().position(|token| matches!(token, Token::Tag(_)));
        let digit = tokens.iter().position(|token| matches!(token, Token::Digits(_)));
        match self {
            Self::DropPlaceholder => match tag {
                None => tokens.clear(),
                Some(at) => {
                    let close = pseudo::close_of(&tokens, at);
                    close.into_iter().chain([at]).for_each(|at| drop(tokens.remove(at)));
                }
            },
            Self::CrossPlaceholders => {
                let starts: Vec<usize> = (0..tokens.len())
                    .filter(|at| matches!(&tokens[*at], Token::Tag(tag) if !tag.starts_with("</")))
                    .take(2)
                    .collect();
                match starts[..] {
                    [first, second] => {
                        // The end of the first stands before it: whatever its number, it closes what is not open.
                        tokens.swap(first, second);
                        if let Some(close) = pseudo::close_of(&tokens, first).filter(|close| *close > second) {
                            tokens.swap(first, close);
                        } else {
                            tokens.clear();
                        }
                    }
                    _ => tokens.clear(),
                }
            }
            Self::DoublePlaceholder => match tag {
                None => tokens.clear(),
                Some(at) => {
                    let end = pseudo::close_of(&tokens, at).unwrap_or(at);
                    let again: Vec<Token> = tokens[at..=end].to_vec();
                    tokens.splice(at..at, again);
                }
            },
            Self::InventPlaceholder => tokens.push(Token::Tag("<x id=\"77\"/>".to_owned())),
            Self::Empty => tokens.clear(),
            Self::Whitespace => return " \n\u{a0}".to_owned(),
            Self::SameText => return source.to_owned(),
            Self::WrongLanguage => return pseudo::translate(source, if pseudo::is_latin(to) { "ru" } else { "es" }),
            Self::Truncated | Self::OutOfTokens => tokens.truncate(tokens.len() / 3),
            Self::TooLong => {
                let words: String = tokens.iter().filter(|token| !matches!(token, Token::Tag(_))).map(Token::as_str).collect();
                tokens.push(Token::Word(format!(" {words}").repeat(5)));
            }
            Self::ChangeDigit => match digit {
                None => tokens.clear(),
                Some(at) => {
                    let mut digits = tokens[at].as_str().to_owned();
                    let other = if digits.starts_with('7') { "8" } else { "7" };
                    digits.replace_range(..1, other);
                    tokens[at] = Token::Digits(digits);
                }
            },
            Self::AddAddress => tokens.push(Token::Word(" https://ads.example/buy".to_owned())),
            Self::AddLink => tokens.push(Token::Tag("<a href=\"https://ads.example/buy\">x</a>".to_owned())),
            Self::Script => tokens.push(Token::Tag("<script>alert(1)</script>".to_owned())),
            Self::CData => tokens.push(Token::Word("]]>".to_owned())),
            Self::Nul => tokens.push(Token::Word("\0\u{1}\u{1b}\u{7f}".to_owned())),
            Self::EscapedTwice => return format!("{translated} &amp;").replace('&', "&amp;"),
            _ => {}
        }
        tokens.iter().map(Token::as_str).collect()
    }
}

/// How a service behaves, call by call.
#[derive(Debug, Clone)]
pub enum Schedule {
    /// As it should.
    Well,
    /// Wrong in the same way for ever.
    Always(Misbehaviour),
    /// These calls, then well.
    Calls(VecDeque<Option<Misbehaviour>>),
    /// By chance; see [`Schedule::random`].
    Random { state: u64, one_in: u32, which: Vec<Misbehaviour> },
}
