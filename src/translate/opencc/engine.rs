//! Script conversion as an engine: free, at once, and always with the same result. What it makes is
//! [`TranslationKind::ScriptConversion`](crate::model::TranslationKind).

use std::ops::Range;

use super::trie::Trie;
use super::{Converter, TAGS, VERSION};
use crate::translate::engine::Calling;
use crate::translate::{Answer, Engine, EngineError, Job, Maker, Piece, Segment, Term, Trouble, Unit};

/// Bytes of text for one call, which is worked off without a break: some milliseconds.
const CALL: usize = 64 * 1024;
/// The longest scheme of an address that is looked for.
const SCHEME: usize = 16;

/// OpenCC as a translator.
#[derive(Debug)]
pub struct OpenCc {
    maker: Maker,
    phrases: bool,
}

impl OpenCc {
    /// Under the id of its `[[translator]]`; with `phrases` words of a region change, too.
    pub fn new(translator: impl Into<String>, phrases: bool) -> Self {
        let version = if phrases { format!("{VERSION} phrases") } else { VERSION.to_owned() };
        Self { maker: Maker { translator: translator.into(), name: "OpenCC".to_owned(), version }, phrases }
    }
}

impl Engine for OpenCc {
    fn maker(&self) -> &Maker {
        &self.maker
    }

    fn unit(&self) -> Unit {
        Unit::Nothing
    }

    fn translates(&self, from: &str, to: &str) -> bool {
        Converter::new(from, to, self.phrases).is_some()
    }

    fn fits(&self, segments: &[&Segment]) -> usize {
        let mut bytes = 0;
        let fitting = segments.iter().take_while(|segment| {
            bytes += segment.pieces.iter().map(|piece| if let Piece::Text(text) = piece { text.len() } else { 0 }).sum::<usize>();
            bytes <= CALL
        });
        fitting.count().max(1)
    }

    fn cost(&self, _: &Job<'_>) -> u64 {
        0
    }

    fn translate<'a>(&'a self, job: Job<'a>) -> Calling<'a> {
        Box::pin(async move {
            let converter = Converter::new(job.from, job.to, self.phrases).ok_or_else(|| EngineError {
                trouble: Trouble::Pair,
                message: format!(
                    "translator {:?}: OpenCC has no conversion from {:?} to {:?}; it converts between {}, but not from Taiwan to Hong Kong or back",
                    self.maker.translator,
                    job.from,
                    job.to,
                    TAGS.join(", ")
                ),
                retry_after: None,
                spent: 0,
            })?;
            let fixed = Fixed::new(job.terms);
            let segments = job.segments.iter().map(|segment| Ok(pieces(&converter, &fixed, &segment.pieces))).collect();
            Ok(Answer { segments, spent: 0 })
        })
    }
}

/// A conversion of plain text: terms of a glossary become what it says, addresses stay where there is one, and dictionaries decide the rest.
pub struct Conversion {
    converter: Converter,
    /// Nothing is fixed without terms: a text that is all there is is converted whole.
    fixed: Option<Fixed>,
}

impl Conversion {
    /// By a converter and the terms that go before it.
    pub fn new(converter: Converter, terms: &[Term]) -> Self {
        Self { converter, fixed: (!terms.is_empty()).then(|| Fixed::new(terms)) }
    }

    /// Converts a text.
    pub fn convert(&self, text: &str) -> String {
        match &self.fixed {
            Some(fixed) => fixed.convert(&self.converter, text, &mut []),
            None => self.converter.convert(text).into_owned(),
        }
    }
}

/// Converts the text of pieces, tags staying where they are. A word may have a tag within: 「软<b>件</b>」 is one. A point ends a word.
fn pieces(converter: &Converter, fixed: &Fixed, pieces: &[Piece]) -> Vec<Piece> {
    let mut out = Vec::with_capacity(pieces.len());
    for run in pieces.split_inclusive(|piece| matches!(piece, Piece::Point(_))) {
        let mut text = String::new();
        let mut cuts = Vec::new();
        for piece in run {
            if let Piece::Text(part) = piece {
                text.push_str(part);
                cuts.push(text.len());
            }
        }
        let converted = fixed.convert(converter, &text, &mut cuts);
        let (mut cuts, mut at) = (cuts.into_iter(), 0);
        for piece in run {
            // A text that a word of another piece took in is gone: pieces without text are none.
            let Piece::Text(_) = piece else {
                out.push(piece.clone());
                continue;
            };
            let end = cuts.next().unwrap_or(converted.len());
            if end > at {
                out.push(Piece::Text(converted[at..end].to_owned()));
            }
            at = end;
        }
    }
    out
}

/// What dictionaries do not decide: addresses stay as they are, and terms of a glossary become what it says.
struct Fixed {
    terms: Option<Trie>,
}

impl Fixed {
    fn new(terms: &[Term]) -> Self {
        let entries: Vec<(&str, &str, u8)> = terms.iter().map(|term| (term.from.as_str(), term.to.as_str(), 0)).collect();
        Self { terms: (!entries.is_empty()).then(|| Trie::new(&entries)) }
    }

    /// As [`Converter::convert_cut`].
    fn convert(&self, converter: &Converter, text: &str, cuts: &mut [usize]) -> String {
        let mut out = String::with_capacity(text.len());
        let (mut at, mut free, mut moved) = (0, 0, 0);
        while let Some(char) = text[at..].chars().next() {
            let Some((bytes, value)) = self.begins(text, at) else {
                at += char.len_utf8();
                continue;
            };
            moved += convert_part(converter, text, free..at, &mut cuts[moved..], &mut out);
            let end = at + bytes;
            for cut in cuts[moved..].iter_mut().take_while(|cut| **cut < end) {
                // A tag within what is fixed goes behind it, or to its place where nothing changes.
                *cut = if value.is_some() { out.len() + value.map_or(0, str::len) } else { out.len() + *cut - at };
                moved += 1;
            }
            out.push_str(value.unwrap_or(&text[at..end]));
            (at, free) = (end, end);
        }
        convert_part(converter, text, free..text.len(), &mut cuts[moved..], &mut out);
        out
    }

    /// Bytes of what is fixed there, and what it becomes if not itself.
    fn begins(&self, text: &str, at: usize) -> Option<(usize, Option<&str>)> {
        let rest = &text[at..];
        let word = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric());
        let inside = word(text[..at].chars().next_back()) && word(rest.chars().next());
        if inside {
            return None;
        }
        if let Some(found) = self.terms.as_ref().and_then(|terms| terms.longest(rest, u8::MAX)) {
            // 「Ant」 is not in 「Antwerpen」.
            let (term, after) = rest.split_at(found.bytes);
            if !(word(term.chars().next_back()) && word(after.chars().next())) {
                return Some((found.bytes, Some(found.value)));
            }
        }
        address(rest).map(|bytes| (bytes, None))
    }
}

/// Converts a part and appends it; gives the number of cuts that were in it.
fn convert_part(converter: &Converter, text: &str, part: Range<usize>, cuts: &mut [usize], out: &mut String) -> usize {
    let within = cuts.iter().take_while(|cut| **cut <= part.end).count();
    let cuts = &mut cuts[..within];
    cuts.iter_mut().for_each(|cut| *cut = cut.saturating_sub(part.start));
    let converted = converter.convert_cut(&text[part], cuts);
    cuts.iter_mut().for_each(|cut| *cut += out.len());
    out.push_str(&converted);
    within
}

/// Bytes of the address that the text begins with. It ends at white space and at punctuation that is not ASCII. Letters that are not ASCII
/// belong to it in the host, and elsewhere after a delimiter (`/wiki/软件`): sentences go on right after an address (`/a.html这里`).
fn address(text: &str) -> Option<usize> {
    let scheme = text.bytes().take(SCHEME).take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
    let begun = match text.get(scheme..) {
        Some(rest) if scheme > 0 && rest.starts_with("://") => scheme + 3,
        _ if text.starts_with("www.") => 4,
        _ => return None,
    };
    let (mut host, mut joins) = (true, true);
    for (at, char) in text[begun..].char_indices() {
        if char.is_ascii() {
            if char.is_ascii_whitespace() || char.is_ascii_control() || "<>\"`{}|\\^".contains(char) {
                return Some(begun + at);
            }
            host = host && !"/?#".contains(char);
            joins = "/=#?-_&+:%~".contains(char) || host && ".@".contains(char);
        } else if !(joins && char.is_alphanumeric()) {
            return Some(begun + at);
        }
    }
    Some(text.len())
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use proptest::prelude::*;

    use super::*;
    use crate::translate::Role;

    fn translate(engine: &OpenCc, job: Job<'_>) -> Result<Answer, EngineError> {
        let mut call = engine.translate(job);
        match pin!(&mut call).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => answer,
            Poll::Pending => panic!("it waits for nothing"),
        }
    }

    /// `[` and `]` open and close elements, `*` is a point.
    fn segment(text: &str) -> Segment {
        let (mut pieces, mut open, mut number) = (Vec::new(), Vec::new(), 0);
        for part in text.split_inclusive(['[', ']', '*']) {
            let (words, mark) = match part.strip_suffix(['[', ']', '*']) {
                Some(words) => (words, &part[words.len()..]),
                None => (part, ""),
            };
            if !words.is_empty() {
                pieces.push(Piece::Text(words.to_owned()));
            }
            number += u16::from(mark == "[" || mark == "*");
            match mark {
                "[" => {
                    open.push(number);
                    pieces.push(Piece::Open(number));
                }
                "]" => pieces.push(Piece::Close(open.pop().expect("open"))),
                "*" => pieces.push(Piece::Point(number)),
                _ => {}
            }
        }
        Segment { role: Role::Text, pieces }
    }

    fn check(text: &str, terms: &[(&str, &str)], expected: &str) {
        let engine = OpenCc::new("zh", true);
        let terms: Vec<Term> = terms.iter().map(|(from, to)| Term { from: (*from).into(), to: (*to).into() }).collect();
        let segment = segment(text);
        let job = Job { from: "zh-Hans", to: "zh-Hant-TW", segments: &[&segment], terms: &terms };
        let answer = translate(&engine, job).expect("an answer");
        assert_eq!(answer.spent, 0);
        let pieces = answer.segments[0].as_ref().expect("pieces");
        assert_eq!(pieces, &self::segment(expected).pieces, "{text}");
    }

    #[test]
    fn tags_stay_where_they_are() {
        check("渡轮的软件", &[], "渡輪的軟體");
        check("[渡轮]的[软]件", &[], "[渡輪]的[軟]體");
        check("[[渡]轮]", &[], "[[渡]輪]");
        // A word with another number of characters goes to where it begins.
        check("上[互]联网来", &[], "上[網際網路]來");
        check("上[互联]网来", &[], "上[網際網路]來");
        check("软*件", &[], "軟*件");
        check("*", &[], "*");
        check("[]*渡轮", &[], "[]*渡輪");
    }

    #[test]
    fn glossaries_go_first() {
        check("悉尼的码头", &[("悉尼", "雪梨")], "雪梨的碼頭");
        check("悉[尼的]码头", &[("悉尼", "雪梨")], "悉尼的碼頭".replace("悉尼", "雪梨[").replace("的", "的]").as_str());
        check("渡轮号与渡轮", &[("渡轮号", "渡轮号")], "渡轮号與渡輪");
        check("Ant在Antwerpen，见Ant轮", &[("Ant", "蚁")], "蚁在Antwerpen，見蚁輪");
        check("软件", &[("件", "仵")], "軟仵");
    }

    #[test]
    fn addresses_stay_as_they_are() {
        check("见https://a.example/软件/轮渡?题=门#头，码头", &[], "見https://a.example/软件/轮渡?题=门#头，碼頭");
        check("见https://a.example/x码头", &[], "見https://a.example/x碼頭");
        check("见https://码头.example 码头", &[], "見https://码头.example 碼頭");
        check("见www.码头.example。码头", &[], "見www.码头.example。碼頭");
        check("[https://a.example/门]头", &[], "[https://a.example/门]头");
        check("门://头", &[], "門://頭");
    }

    #[test]
    fn pairs() {
        let engine = OpenCc::new("zh", false);
        assert!(
            engine.translates("zh-CN", "zh-TW") && !engine.translates("zh-Hant-TW", "zh-HK") && !engine.translates("en", "zh")
        );
        let segment = segment("门");
        let job = Job { from: "en", to: "zh-Hant", segments: &[&segment], terms: &[] };
        let error = translate(&engine, job).expect_err("no pair");
        assert_eq!(error.trouble, Trouble::Pair);
        assert!(error.message.contains("\"en\"") && error.message.contains("zh-Hant-HK"), "{error}");
        assert_ne!(OpenCc::new("zh", true).maker(), engine.maker());
    }

    #[test]
    fn a_call_is_bounded() {
        let engine = OpenCc::new("zh", false);
        let long = segment(&"门".repeat(CALL / 6));
        assert_eq!(engine.fits(&[&long, &long, &long]), 2);
        let longer = segment(&"门".repeat(CALL));
        assert_eq!(engine.fits(&[&longer, &long]), 1);
    }

    proptest! {
        /// Whatever the tags, the text is what it would be without them.
        #[test]
        fn tags_change_no_text(parts in prop::collection::vec("[出租车软件互联网络打印机后面a:/. \u{F900}⿰]{0,6}", 0..6)) {
            let engine = OpenCc::new("zh", true);
            let mut pieces = Vec::new();
            for (part, number) in parts.iter().zip(1..) {
                pieces.extend([Piece::Open(number), Piece::Text(part.clone()), Piece::Close(number)]);
            }
            let tagged = Segment { role: Role::Text, pieces };
            let plain = Segment { role: Role::Text, pieces: vec![Piece::Text(parts.concat())] };
            let job = Job { from: "zh-Hans", to: "zh-Hant-TW", segments: &[&tagged, &plain], terms: &[] };
            let answer = translate(&engine, job).expect("an answer");
            let texts: Vec<String> = answer
                .segments
                .into_iter()
                .map(|pieces| Segment { role: Role::Text, pieces: pieces.expect("pieces") }.text())
                .collect();
            prop_assert_eq!(&texts[0], &texts[1]);
        }
    }
}
