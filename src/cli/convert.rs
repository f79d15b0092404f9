//! `convert`: one script of Chinese to another, from stdin to stdout.

use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use super::Failure;
use crate::translate::Glossary;
use crate::translate::opencc::{Conversion, Converter, ENDS_EVERY_WORD, TAGS};

/// Bytes that are read at once.
const READ: usize = 64 * 1024;
/// A line longer than this is converted in parts.
const LINE: usize = 1024 * 1024;

/// What is asked for.
pub struct Request<'a> {
    /// Tag of the text.
    pub from: &'a str,
    /// Tag that is wanted.
    pub to: &'a str,
    /// Words of the region, too.
    pub phrases: bool,
    /// Terms that go before the dictionaries.
    pub glossary: Option<&'a Path>,
}

/// Converts all of `input`, line by line; every line end stays as it is.
pub fn run(request: &Request<'_>, input: impl Read, output: impl Write) -> Result<(), Failure> {
    let Request { from, to, phrases, glossary } = *request;
    let converter = Converter::new(from, to, phrases).ok_or_else(|| unknown(from, to))?;
    let terms = match glossary {
        Some(path) => Glossary::load(path).map_err(|mistakes| Failure::Failed(mistakes.to_string()))?.terms(from, to),
        None => Vec::new(),
    };
    match stream(&Conversion::new(converter, &terms), input, output) {
        Err(Stop::Reader) | Ok(()) => Ok(()),
        Err(Stop::Failed(message)) => Err(Failure::Failed(message)),
    }
}

fn unknown(from: &str, to: &str) -> Failure {
    // Each tag by itself converts to simplified or from it.
    let known = |tag: &str| Converter::new(tag, "zh-Hans", false).is_some() || Converter::new(tag, "zh-Hant", false).is_some();
    let tags = TAGS.join(", ");
    for (option, tag) in [("--from", from), ("--to", to)] {
        if !known(tag) {
            return Failure::Usage(format!(
                "{option} {tag:?}: expected one of {tags} (or zh, zh-CN, zh-SG, zh-TW, zh-HK, zh-MO)"
            ));
        }
    }
    Failure::Usage(format!(
        "no conversion from {from:?} to {to:?}: {tags} convert into each other, but not from Taiwan to Hong Kong or back, nor to themselves"
    ))
}

/// Why reading ended early.
enum Stop {
    /// Whoever read the output went away.
    Reader,
    Failed(String),
}

fn stream(converter: &Conversion, mut input: impl Read, mut output: impl Write) -> Result<(), Stop> {
    let mut waiting: Vec<u8> = Vec::new();
    // Bytes of the input before those waiting.
    let mut done: u64 = 0;
    loop {
        let before = waiting.len();
        let read = match (&mut input).take(READ as u64).read_to_end(&mut waiting) {
            Ok(read) => read,
            Err(error) => return Err(Stop::Failed(format!("cannot read standard input: {error}"))),
        };
        let new = &waiting[before..];
        let ready = if read < READ {
            waiting.len()
        } else if let Some(end) = new.iter().rposition(|byte| *byte == b'\n') {
            before + end + 1
        } else if waiting.len() >= LINE {
            end_of_part(&waiting)
        } else {
            continue;
        };
        let text = std::str::from_utf8(&waiting[..ready]).or_else(|error| {
            let valid = error.valid_up_to();
            // What is before is whole; it is converted, so that the output shows where it stopped.
            let text = std::str::from_utf8(&waiting[..valid]).unwrap_or_default();
            write(&mut output, &converter.convert(text))?;
            let byte = waiting.get(valid).copied().unwrap_or_default();
            Err(Stop::Failed(format!("standard input is not UTF-8: byte 0x{byte:02X} at offset {}", done + valid as u64)))
        })?;
        write(&mut output, &converter.convert(text))?;
        waiting.drain(..ready);
        done += ready as u64;
        if read < READ {
            return output.flush().map_err(stopped);
        }
    }
}

/// Where a long line is cut: where no word goes on, or, without such a place, at a character.
fn end_of_part(bytes: &[u8]) -> usize {
    let whole = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // A character may have been read in part; anything else is reported by whoever reads the part.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        Err(_) => return bytes.len(),
    };
    whole.char_indices().rfind(|(_, char)| ENDS_EVERY_WORD.contains(char)).map_or(whole.len(), |(at, char)| at + char.len_utf8())
}

fn write(output: &mut impl Write, text: &str) -> Result<(), Stop> {
    output.write_all(text.as_bytes()).map_err(stopped)
}

fn stopped(error: std::io::Error) -> Stop {
    if error.kind() == ErrorKind::BrokenPipe { Stop::Reader } else { Stop::Failed(format!("cannot write: {error}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: Request<'static> = Request { from: "zh-Hans", to: "zh-Hant-TW", phrases: true, glossary: None };

    fn convert(input: &[u8]) -> (String, Option<String>) {
        let mut output = Vec::new();
        let failure = match run(&REQUEST, input, &mut output) {
            Ok(()) => None,
            Err(Failure::Failed(message) | Failure::Usage(message) | Failure::Configuration(message)) => Some(message),
        };
        (String::from_utf8(output).expect("UTF-8"), failure)
    }

    #[test]
    fn line_ends_stay() {
        for text in ["门\n头", "门\r\n头\r\n", "\n\n", "", "门\0头\u{2028}"] {
            assert_eq!(convert(text.as_bytes()), (text.replace('门', "門").replace('头', "頭"), None));
        }
    }

    /// Blocks, long lines with and without a place to cut, and characters on the border of a block.
    #[test]
    fn whatever_the_length() {
        for (unit, expected) in [("软件，", "軟體，"), ("软件\n", "軟體\n"), ("a软件", "a軟體")] {
            let text = unit.repeat(3 * LINE / unit.len());
            let (output, failure) = convert(text.as_bytes());
            assert_eq!(failure, None);
            assert_eq!(output.len(), text.len());
            let differ =
                output.char_indices().zip(expected.repeat(3 * LINE / unit.len()).chars()).find(|((_, one), other)| one != other);
            // Without a place to cut, a word may be cut.
            assert!(differ.is_none() || unit.starts_with('a'), "{unit:?} {differ:?}");
        }
    }

    #[test]
    fn what_is_no_utf_8_is_told_with_its_place() {
        let told = |place: u64| Some(format!("standard input is not UTF-8: byte 0xFF at offset {place}"));
        assert_eq!(convert(b"\xE9\x97\xA8\xFF"), ("門".to_owned(), told(3)));
        let long = [&"门\n".repeat(READ).into_bytes()[..], b"a\xFF"].concat();
        assert_eq!(convert(&long), ("門\n".repeat(READ) + "a", told(4 * READ as u64 + 1)));
        let (output, failure) = convert(&[&[b'a'; LINE][..], b"\xFF", &[b'a'; LINE][..]].concat());
        assert_eq!((output.len(), failure), (LINE, told(LINE as u64)));
        assert_eq!(convert(b"a\xE9\x97").1, Some("standard input is not UTF-8: byte 0xE9 at offset 1".to_owned()));
    }

    #[test]
    fn tags_that_are_not_known() {
        let message = |from: &str, to: &str| match unknown(from, to) {
            Failure::Usage(message) => message,
            other => panic!("{other:?}"),
        };
        assert!(message("en", "zh").starts_with("--from \"en\": expected one of zh-Hans, zh-Hant, zh-Hant-TW, zh-Hant-HK"));
        assert!(message("zh-Hans", "ja").starts_with("--to \"ja\""));
        assert!(message("zh-TW", "zh-HK").starts_with("no conversion from \"zh-TW\" to \"zh-HK\""));
    }
}
