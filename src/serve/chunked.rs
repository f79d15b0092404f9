//! A body that comes in chunks (RFC 9112 § 7.1), put together again.
//!
//! Strict, for what two servers read differently is how requests are smuggled: every line ends in CR LF, sizes are hexadecimal digits and nothing
//! else, extensions and trailers have the form that the grammar gives them. They are read past and forgotten, up to a bound.

/// Digits of a size, leading zeros included: no body is that long.
const DIGITS: usize = 8;

/// Longest line between the data, bytes.
const LONGEST_LINE: usize = 1024;

/// Bytes of extensions and trailers of one body, all together.
const MOST_EXTRA: usize = 4096;

/// Why a body is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not made of chunks as the grammar has them.
    Malformed(&'static str),
    /// There is more in it than may be.
    TooLong,
    /// Too much of others is held already.
    NoRoom,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The line with the size of a chunk.
    Size,
    /// So many bytes of data.
    Data(usize),
    /// The CR LF after the data.
    Cr,
    Lf,
    /// A trailer field, or the empty line after the last.
    Trailer,
    /// The next request.
    Nothing,
}

/// A reader of one body.
#[derive(Debug)]
pub(super) struct Chunks {
    next: Next,
    /// Bytes that the body may have yet.
    room: usize,
    /// Bytes of extensions and trailers so far.
    extra: usize,
    /// The part of a line that has come.
    line: Vec<u8>,
}

impl Chunks {
    /// Of a body that has `most` bytes of data at most.
    pub(super) fn new(most: usize) -> Self {
        Self { next: Next::Size, room: most, extra: 0, line: Vec::new() }
    }

    /// Nothing more belongs to the body.
    pub(super) fn is_whole(&self) -> bool {
        self.next == Next::Nothing
    }

    /// Reads on: data goes to `body`. How many bytes that took: all, or fewer when the body ends before them.
    ///
    /// After an error nothing more may be read: where the body ends is not certain any more.
    pub(super) fn read(&mut self, bytes: &[u8], body: &mut Vec<u8>) -> Result<usize, Fault> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.next {
                Next::Nothing => break,
                Next::Data(left) => {
                    let (data, after) = rest.split_at(left.min(rest.len()));
                    body.extend_from_slice(data);
                    rest = after;
                    self.next = if data.len() == left { Next::Cr } else { Next::Data(left - data.len()) };
                }
                Next::Cr | Next::Lf => {
                    let (expected, next) = if self.next == Next::Cr { (b'\r', Next::Lf) } else { (b'\n', Next::Size) };
                    if rest[0] != expected {
                        return Err(Fault::Malformed("A chunk of the body is not followed by CR LF.\n"));
                    }
                    rest = &rest[1..];
                    self.next = next;
                }
                Next::Size | Next::Trailer => {
                    let (line, after) = match memchr::memchr(b'\n', rest) {
                        Some(end) => rest.split_at(end + 1),
                        None => (rest, &rest[..0]),
                    };
                    rest = after;
                    if self.line.len() + line.len() > LONGEST_LINE {
                        return Err(Fault::Malformed("A line between the chunks of the body is too long.\n"));
                    }
                    self.line.extend_from_slice(line);
                    if line.ends_with(b"\n") {
                        self.end_of_line()?;
                    }
                }
            }
        }
        Ok(bytes.len() - rest.len())
    }

    /// Looks at a line that has come whole.
    fn end_of_line(&mut self) -> Result<(), Fault> {
        let mut whole = std::mem::take(&mut self.line);
        let Some(line) = whole.strip_suffix(b"\r\n") else {
            return Err(Fault::Malformed("A line between the chunks of the body does not end in CR LF.\n"));
        };
        let (next, extra) = if self.next == Next::Size {
            let (size, extension) = size(line).ok_or(Fault::Malformed("The size of a chunk of the body is not one.\n"))?;
            self.room = self.room.checked_sub(size).ok_or(Fault::TooLong)?;
            (if size == 0 { Next::Trailer } else { Next::Data(size) }, extension)
        } else if line.is_empty() {
            (Next::Nothing, 0)
        } else if is_field(line) {
            (Next::Trailer, line.len())
        } else {
            return Err(Fault::Malformed("A trailer of the body is not a field.\n"));
        };
        self.extra += extra;
        if self.extra > MOST_EXTRA {
            return Err(Fault::Malformed("The body has too many extensions and trailers.\n"));
        }
        self.next = next;
        whole.clear();
        self.line = whole;
        Ok(())
    }
}

/// `chunk-size [ chunk-ext ]`: the size, and how many bytes of extensions there are.
fn size(line: &[u8]) -> Option<(usize, usize)> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    if !(1..=DIGITS).contains(&digits) {
        return None;
    }
    let text = std::str::from_utf8(&line[..digits]).ok()?;
    let size = usize::try_from(u32::from_str_radix(text, 16).ok()?).ok()?;
    let extensions = &line[digits..];
    are_extensions(extensions).then_some((size, extensions.len()))
}

/// `*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )`, the whole of it.
fn are_extensions(mut rest: &[u8]) -> bool {
    while !rest.is_empty() {
        let Some(name) = trimmed(rest).strip_prefix(b";").map(trimmed) else { return false };
        let Some(after) = after_token(name) else { return false };
        rest = after;
        let Some(value) = trimmed(after).strip_prefix(b"=").map(trimmed) else { continue };
        let after = match value.strip_prefix(b"\"") {
            Some(quoted) => after_quoted(quoted),
            None => after_token(value),
        };
        let Some(after) = after else { return false };
        rest = after;
    }
    true
}

/// Without the spaces and tabs before it.
fn trimmed(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &text[blanks..]
}

/// What follows a token (RFC 9110 § 5.6.2).
fn after_token(text: &[u8]) -> Option<&[u8]> {
    let length = text.iter().take_while(|&&byte| is_token(byte)).count();
    (length > 0).then(|| &text[length..])
}

/// What follows a quoted string (RFC 9110 § 5.6.4) whose opening mark has been read.
fn after_quoted(text: &[u8]) -> Option<&[u8]> {
    let mut escaped = false;
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            _ if !is_text(byte) => return None,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(&text[at + 1..]),
            _ => {}
        }
    }
    None
}

/// `token ":" OWS field-value OWS`, on one line.
fn is_field(line: &[u8]) -> bool {
    after_token(line).and_then(|rest| rest.strip_prefix(b":")).is_some_and(|value| value.iter().all(|&byte| is_text(byte)))
}

/// Whether a byte may be part of a token.
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// HTAB, SP, VCHAR, obs-text.
fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MOST: usize = 64;

    /// The body and the number of bytes it took; `None` while more has to come.
    type Read = Result<Option<(Vec<u8>, usize)>, Fault>;

    fn read_in(pieces: &[&[u8]]) -> Read {
        let (mut chunks, mut body, mut taken) = (Chunks::new(MOST), Vec::new(), 0);
        for piece in pieces {
            taken += chunks.read(piece, &mut body)?;
        }
        Ok(chunks.is_whole().then_some((body, taken)))
    }

    /// The body; an error text of one word otherwise.
    fn check(text: &str, expected: Result<&str, &str>) {
        let found = read_in(&[text.as_bytes()]);
        let found = match &found {
            Ok(Some((body, taken))) if *taken == text.len() => Ok(std::str::from_utf8(body).unwrap()),
            Ok(Some(_)) => Err("more"),
            Ok(None) => Err("less"),
            Err(Fault::Malformed(_)) => Err("malformed"),
            Err(Fault::TooLong) => Err("long"),
            Err(Fault::NoRoom) => Err("room"),
        };
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn chunks_as_the_grammar_has_them() {
        for (text, expected) in [
            ("0\r\n\r\n", ""),
            ("00000000\r\n\r\n", ""),
            ("5\r\nheron\r\n0\r\n\r\n", "heron"),
            ("05\r\nheron\r\n0\r\n\r\n", "heron"),
            ("2\r\nhe\r\n3\r\nron\r\n0\r\n\r\n", "heron"),
            ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
            ("9\r\n\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n\r\n"),
            ("5;x\r\nheron\r\n0\r\n\r\n", "heron"),
            ("5;x=y;z=\"a \\\" ;\\\\\"\r\nheron\r\n0;q\r\n\r\n", "heron"),
            ("5 \t; x = y\r\nheron\r\n0\r\n\r\n", "heron"),
            ("5\r\nheron\r\n0\r\nX: y\r\nContent-Length: 9\r\n\r\n", "heron"),
            ("0\r\nX:\r\n\r\n", ""),
        ] {
            check(text, Ok(expected));
        }
        for text in ["", "5", "5\r", "5\r\n", "5\r\nheron", "5\r\nheron\r", "5\r\nheron\r\n", "0\r\n", "0\r\n\r", "0\r\nX: y\r\n"]
        {
            check(text, Err("less"));
        }
        check("0\r\n\r\nGET / HTTP/1.1\r\n", Err("more"));
        check("41\r\n", Err("long"));
        check("ffffffff\r\n", Err("long"));
        let full = "x".repeat(MOST);
        check(&format!("40\r\n{full}\r\n0\r\n\r\n"), Ok(&full));
        check(&format!("40\r\n{full}\r\n1\r\n"), Err("long"));
    }

    #[test]
    fn s07_chunks_that_can_be_read_in_two_ways() {
        for text in [
            "+5\r\nheron\r\n0\r\n\r\n",
            "-5\r\nheron\r\n",
            "0x5\r\nheron\r\n",
            " 5\r\nheron\r\n",
            "5 \r\nheron\r\n",
            "5 5\r\nheron\r\n",
            "5_\r\nheron\r\n",
            "\r\n5\r\nheron\r\n",
            "g\r\n",
            "000000005\r\nheron\r\n",
            "100000000\r\n",
            "ffffffffffffffff\r\n",
            "5\nheron\r\n0\r\n\r\n",
            "5\rheron\r\n0\r\n\r\n",
            "5\r\r\nheron\r\n",
            "5\r\nheron\n0\r\n\r\n",
            "5\r\nheron\r0\r\n\r\n",
            "5\r\nheronx\r\n0\r\n\r\n",
            "5\r\nher\r\n0\r\n\r\n",
            "5;\r\nheron\r\n",
            "5;x \r\nheron\r\n",
            "5;x=\r\nheron\r\n",
            "5;x=\"y\r\nheron\r\n",
            "5;x=\"y\"z\r\nheron\r\n",
            "5;x\ny\r\nheron\r\n",
            "5;x\ry\r\nheron\r\n",
            "5;\0\r\nheron\r\n",
            "5,5\r\nheron\r\n",
            "0\r\n\n",
            "0\n\r\n",
            "0\r\nX\r\n\r\n",
            "0\r\nX : y\r\n\r\n",
            "0\r\n X: y\r\n\r\n",
            "0\r\nX: y\r\n z\r\n\r\n",
            "0\r\nX: y\n\r\n",
            "0\r\nX: y\rZ: a\r\n\r\n",
            "0\r\n: y\r\n\r\n",
            "0\r\nX: \0\r\n\r\n",
        ] {
            check(text, Err("malformed"));
        }
    }

    #[test]
    fn extensions_and_trailers_have_their_bounds() {
        check(&format!("1;{}", "x".repeat(LONGEST_LINE)), Err("malformed"));
        let extended = format!("1;{}\r\nx\r\n", "x".repeat(500));
        check(&format!("{}0\r\n\r\n", extended.repeat(8)), Ok("xxxxxxxx"));
        check(&format!("{}0\r\n\r\n", extended.repeat(9)), Err("malformed"));
        let trailer = format!("X: {}\r\n", "x".repeat(500));
        check(&format!("0\r\n{}\r\n", trailer.repeat(8)), Ok(""));
        check(&format!("0\r\n{}\r\n", trailer.repeat(9)), Err("malformed"));
    }

    /// The same grammar as a table: from a state and a byte to a state. Whether it ends well.
    fn extended(line: &[u8]) -> bool {
        let end = line.iter().try_fold("after", |state, &byte| {
            let (blank, token) = (matches!(byte, b' ' | b'\t'), is_token(byte));
            Some(match (state, byte) {
                ("quoted", b'"') => "after",
                ("quoted", b'\\') => "escaped",
                ("quoted" | "escaped", b'\t' | b' '..=b'~' | 0x80..) => "quoted",
                ("after" | "blank" | "name" | "named" | "value", b';') => "name?",
                ("name" | "named", b'=') => "value?",
                ("value?", b'"') => "quoted",
                ("after" | "value" | "blank", _) if blank => "blank",
                ("name" | "named", _) if blank => "named",
                ("name?" | "value?", _) if blank => state,
                ("name?" | "name", _) if token => "name",
                ("value?" | "value", _) if token => "value",
                _ => return None,
            })
        });
        end.is_some_and(|end| ["after", "name", "value"].contains(&end))
    }

    /// The body and its length, by the whole text at once.
    fn reference(text: &[u8]) -> Option<(Vec<u8>, usize)> {
        let (mut at, mut body) = (0, Vec::new());
        let line = |at: usize| text[at..].windows(2).position(|end| end == b"\r\n").map(|end| &text[at..at + end]);
        loop {
            let size = line(at)?;
            let digits = size.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(size.len());
            if digits > 8 || !extended(&size[digits..]) {
                return None;
            }
            at += size.len() + 2;
            let size = usize::from_str_radix(std::str::from_utf8(&size[..digits]).ok()?, 16).ok()?;
            if size == 0 {
                break;
            }
            body.extend_from_slice(text.get(at..at + size)?);
            if body.len() > MOST || text.get(at + size..at + size + 2)? != b"\r\n" {
                return None;
            }
            at += size + 2;
        }
        loop {
            let trailer = line(at)?;
            at += trailer.len() + 2;
            if trailer.is_empty() {
                return Some((body, at));
            }
            let colon = trailer.iter().position(|&byte| byte == b':')?;
            let is_value = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~' | 0x80..);
            if colon == 0 || !trailer[..colon].iter().all(|&byte| is_token(byte)) || !trailer[colon..].iter().all(is_value) {
                return None;
            }
        }
    }

    fn encoded() -> impl Strategy<Value = Vec<u8>> {
        let chunk =
            (proptest::collection::vec(any::<u8>(), 1..12), 0..3_usize, "(;[a-z]{1,3}(=[a-z]|=\"[ -!#-\\[\\]-~]{0,3}\")?){0,2}");
        let trailers = "([A-Za-z-]{1,4}:[ -~]{0,5}\r\n){0,2}";
        (proptest::collection::vec(chunk, 0..4), trailers).prop_map(|(chunks, trailers)| {
            let mut text = Vec::new();
            for (data, zeros, extension) in chunks {
                text.extend(format!("{}{:x}{extension}\r\n", "0".repeat(zeros), data.len()).into_bytes());
                text.extend(data);
                text.extend(b"\r\n");
            }
            text.extend(format!("0\r\n{trailers}\r\n").into_bytes());
            text
        })
    }

    proptest! {
        /// Wherever the network cuts it, the body is the same.
        #[test]
        fn a_body_does_not_depend_on_how_it_is_cut(
            text in encoded(),
            follows in "[ -~]{0,9}",
            cuts in proptest::collection::vec(0..200_usize, 0..6),
        ) {
            let whole = [&text[..], follows.as_bytes()].concat();
            let (body, taken) = read_in(&[&whole]).unwrap().expect("whole");
            prop_assert_eq!(taken, text.len());
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(whole.len())).chain([0, whole.len()]).collect();
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &whole[cut[0]..cut[1]]).collect();
            prop_assert_eq!(read_in(&pieces), Ok(Some((body.clone(), taken))));
            let single: Vec<&[u8]> = whole.chunks(1).collect();
            prop_assert_eq!(read_in(&single), Ok(Some((body, taken))));
        }

        /// Whatever becomes of the bytes on their way: no body that the grammar does not give, and none of another length.
        #[test]
        fn damage_is_refused_or_read_as_the_grammar_has_it(
            text in encoded(),
            at in 0..200_usize,
            with in proptest::option::of(prop_oneof![any::<u8>(), proptest::sample::select(&b"\r\n;: \t+x0\"\\"[..])]),
            keep in any::<bool>(),
        ) {
            let mut damaged = text;
            let at = at.min(damaged.len());
            let removed = usize::from(!keep && at < damaged.len());
            damaged.splice(at..at + removed, with);
            match (read_in(&[&damaged]), reference(&damaged)) {
                (Ok(Some(found)), expected) => prop_assert_eq!(Some(found), expected),
                (_, expected) => prop_assert_eq!(expected, None),
            }
        }
    }
}
