//! gzip, taken off a body as it arrives: every member of it, and never more than is wanted.
//!
//! A gzip file is any number of members, one after the other (RFC 1952 § 2.2): servers that compress piece by piece, and caches that append,
//! send such bodies. The HTTP client's own decoder takes one member and calls the rest an error.

use flate2::{Decompress, FlushDecompress, Status};

/// What a member begins with: two bytes of identification and the one compression method there is (§ 2.3.1).
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

/// Decoded bytes taken over at once.
const STEP: usize = 32 * 1024;

/// Members of one body. Empty ones take twenty bytes each and more time than that: a body made of them is an attack.
const MEMBERS: usize = 10_000;

/// Why a body cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Undecodable {
    /// It decodes to more than the limit.
    TooLarge,
    /// It is not gzip, or damaged: in which way.
    Damaged(&'static str),
    /// It ends inside a member.
    Truncated,
}

/// A body that is being decoded.
#[derive(Debug)]
pub(super) struct Gunzip {
    place: Place,
    members: usize,
    step: Box<[u8]>,
}

#[derive(Debug)]
enum Place {
    /// Before a member, after so many bytes that may be its first ones.
    Before(usize),
    /// In a member.
    Inside(Decompress),
    /// After the last member, at something else: padding, or what a broken server adds. gzip(1) lets it be, and so does everybody.
    After,
}

impl Gunzip {
    pub(super) fn new() -> Self {
        Self { place: Place::Before(0), members: 0, step: vec![0; STEP].into_boxed_slice() }
    }

    /// Decodes the next piece of the body into `out`, which never grows beyond `limit`. False: nothing more will come.
    pub(super) fn push(&mut self, piece: &[u8], out: &mut Vec<u8>, limit: u64) -> Result<bool, Undecodable> {
        let mut rest = piece;
        loop {
            match &mut self.place {
                Place::After => return Ok(false),
                Place::Before(matched) => {
                    let Some((byte, after)) = rest.split_first() else { return Ok(true) };
                    if MAGIC.get(*matched) != Some(byte) {
                        if self.members == 0 {
                            return Err(Undecodable::Damaged("it does not begin like gzip"));
                        }
                        self.place = Place::After;
                        continue;
                    }
                    rest = after;
                    *matched += 1;
                    if *matched == MAGIC.len() {
                        if self.members == MEMBERS {
                            return Err(Undecodable::Damaged("it has more members than a document has"));
                        }
                        let mut member = Decompress::new_gzip(15); // the largest window there is
                        inflate(&mut member, &MAGIC, &mut self.step)?;
                        self.place = Place::Inside(member);
                    }
                }
                Place::Inside(member) => {
                    let Inflated { read, written, ended } = inflate(member, rest, &mut self.step)?;
                    if (out.len() as u64).saturating_add(written as u64) > limit {
                        return Err(Undecodable::TooLarge);
                    }
                    out.extend_from_slice(self.step.get(..written).unwrap_or_default());
                    rest = rest.get(read..).unwrap_or_default();
                    if ended {
                        self.members += 1;
                        self.place = Place::Before(0);
                    } else if written < STEP {
                        // Room was left, so all that came is used up.
                        return if rest.is_empty() { Ok(true) } else { Err(Undecodable::Damaged("a member is damaged")) };
                    }
                }
            }
        }
    }

    /// The body has come to its end. A body without a byte is an empty document, whatever was said of its coding.
    pub(super) fn finish(&self) -> Result<(), Undecodable> {
        match self.place {
            Place::Before(0) | Place::After => Ok(()),
            Place::Before(_) | Place::Inside(_) => Err(Undecodable::Truncated),
        }
    }
}

struct Inflated {
    read: usize,
    written: usize,
    ended: bool,
}

/// One step. Checksum and length at the end of a member are checked by zlib.
fn inflate(member: &mut Decompress, input: &[u8], output: &mut [u8]) -> Result<Inflated, Undecodable> {
    let (read, written) = (member.total_in(), member.total_out());
    let status = member.decompress(input, output, FlushDecompress::None);
    let ended = match status {
        Ok(status) => status == Status::StreamEnd,
        Err(_) => return Err(Undecodable::Damaged("a member is damaged")),
    };
    let since = |before: u64, now: u64| usize::try_from(now - before).unwrap_or(usize::MAX);
    Ok(Inflated { read: since(read, member.total_in()), written: since(written, member.total_out()), ended })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).expect("memory");
        encoder.finish().expect("memory")
    }

    /// Decodes a body that comes in pieces of that size.
    fn decoded(body: &[u8], piece: usize, limit: u64) -> Result<Vec<u8>, Undecodable> {
        let (mut gunzip, mut out) = (Gunzip::new(), Vec::new());
        for piece in body.chunks(piece.max(1)) {
            if !gunzip.push(piece, &mut out, limit)? {
                break;
            }
        }
        gunzip.finish().map(|()| out)
    }

    #[track_caller]
    fn check(body: &[u8], expected: Result<&str, Undecodable>) {
        for piece in [1, 2, 7, body.len()] {
            let got = decoded(body, piece, 1_000);
            assert_eq!(got.as_deref(), expected.as_ref().map(|text| text.as_bytes()), "in pieces of {piece}");
        }
    }

    #[test]
    fn members_are_one_text() {
        let (one, two) = (gzip(b"<rss>one"), gzip(b" two</rss>"));
        check(&one, Ok("<rss>one"));
        check(&[one.clone(), two.clone()].concat(), Ok("<rss>one two</rss>"));
        check(&[one.clone(), gzip(b""), two.clone()].concat(), Ok("<rss>one two</rss>"));
        check(&[], Ok(""));
    }

    #[test]
    fn optional_fields_of_a_head_are_skipped() {
        // FEXTRA, FNAME, FCOMMENT (RFC 1952 § 2.3.1).
        let plain = gzip(b"<rss/>");
        let mut named = vec![0x1f, 0x8b, 8, 0x1c, 0, 0, 0, 0, 0, 255, 2, 0, b'x', b'y'];
        named.extend(b"feed.xml\0by hand\0");
        named.extend(&plain[10..]);
        check(&named, Ok("<rss/>"));
        check(&[plain, named].concat(), Ok("<rss/><rss/>"));
    }

    #[test]
    fn what_follows_the_members_is_let_be() {
        let whole = gzip(b"<rss/>");
        for rest in [&b"\0\0\0\0"[..], b"\n", b"<!-- cached -->", &[0x1f, 0x00], &[0x1f, 0x8b, 7, 1, 2]] {
            check(&[&whole, rest].concat(), Ok("<rss/>"));
        }
        // Even what would be a member, were it not for the padding before it.
        check(&[&whole[..], b"\0", &whole].concat(), Ok("<rss/>"));
    }

    #[test]
    fn what_ends_in_the_middle_is_no_document() {
        let (one, two) = (gzip(b"<rss>one"), gzip(b" two</rss>"));
        let both = [one.clone(), two].concat();
        for end in (1..one.len()).chain(one.len() + 1..both.len()) {
            check(&both[..end], Err(Undecodable::Truncated));
        }
    }

    #[test]
    fn damage_is_found() {
        check(b"<rss/>", Err(Undecodable::Damaged("it does not begin like gzip")));
        let whole = gzip(b"<rss>a text that is checked</rss>");
        for place in [whole.len() - 8, whole.len() - 1, whole.len() / 2] {
            let mut damaged = whole.clone();
            damaged[place] ^= 0x40;
            assert!(matches!(decoded(&damaged, 5, 1_000), Err(Undecodable::Damaged(_))), "byte {place}");
        }
    }

    #[test]
    fn nothing_beyond_the_limit_is_kept() {
        let zeros = gzip(&vec![0; 1 << 20]);
        let bodies = [zeros.clone(), zeros.repeat(100), [gzip(b"x").repeat(900), zeros].concat()];
        for body in bodies {
            let (mut gunzip, mut out) = (Gunzip::new(), Vec::new());
            assert_eq!(gunzip.push(&body, &mut out, 1_000), Err(Undecodable::TooLarge));
            assert!(out.len() <= 1_000 && out.capacity() < 1 << 16, "{}", out.capacity());
        }
        assert_eq!(decoded(&gzip(&[b'x'; 1_000]), 9, 1_000).map(|text| text.len()), Ok(1_000), "the limit itself is allowed");
        let empty = gzip(b"").repeat(MEMBERS + 1);
        assert!(matches!(decoded(&empty, 4_096, 1_000), Err(Undecodable::Damaged(words)) if words.contains("members")));
    }

    proptest! {
        #[test]
        fn any_members_in_any_pieces(
            texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..100_000), 1..4),
            piece in 1_usize..70_000,
        ) {
            let body: Vec<u8> = texts.iter().flat_map(|text| gzip(text)).collect();
            prop_assert_eq!(decoded(&body, piece, 1 << 20), Ok(texts.concat()));
        }

        #[test]
        fn any_bytes_end(body in prop::collection::vec(any::<u8>(), 0..200), piece in 1_usize..50) {
            let _ = decoded(&[&MAGIC[..], &body].concat(), piece, 1_000);
        }
    }
}
