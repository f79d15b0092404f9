//! Which of its representations a request gets: RFC 9110 § 12.5.3.

/// A representation of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// The bytes themselves.
    Identity = 0,
    /// gzip (RFC 1952).
    Gzip = 1,
    /// Brotli (RFC 7932).
    Br = 2,
    /// Zstandard (RFC 8878).
    Zstd = 3,
}

impl Coding {
    /// All, in the order of their numbers.
    pub(super) const ALL: [Self; 4] = [Self::Identity, Self::Gzip, Self::Br, Self::Zstd];

    /// Value of `Content-Encoding`; none for the bytes themselves.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Br => Some("br"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// What tells its strong validator from that of the bytes themselves.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => "-gz",
            Self::Br => "-br",
            Self::Zstd => "-zstd",
        }
    }
}

/// How much a client wants each coding, in thousandths, by the number of the [`Coding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wishes([u16; 4]);

impl Wishes {
    /// Of `Accept-Encoding`. Without the field, or when the client refuses everything we have: identity, for the clause wants no coding then,
    /// and a feed is better than a 406.
    pub(super) fn read<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut named = [None; 4];
        let mut any = None;
        for line in lines {
            for element in line.split(|&byte| byte == b',') {
                let mut parts = element.split(|&byte| byte == b';');
                let name = parts.next().unwrap_or_default().trim_ascii();
                let coding = match name {
                    b"*" => &mut any,
                    _ if name.eq_ignore_ascii_case(b"gzip") || name.eq_ignore_ascii_case(b"x-gzip") => &mut named[1],
                    _ if name.eq_ignore_ascii_case(b"br") => &mut named[2],
                    _ if name.eq_ignore_ascii_case(b"zstd") => &mut named[3],
                    _ if name.eq_ignore_ascii_case(b"identity") => &mut named[0],
                    _ => continue,
                };
                *coding = Some(weight(parts));
            }
        }
        let wish = |coding: usize| named[coding].or(any).unwrap_or(0);
        // Identity that is not named is acceptable, but less than anything named.
        Self([named[0].unwrap_or(0), wish(1), wish(2), wish(3)])
    }

    /// Whether it matters how long the brotli and zstd forms are: one of them is wanted as much as anything.
    pub(super) fn wants_packed(self) -> bool {
        let best = self.0.into_iter().max().unwrap_or(0);
        best > 0 && self.0[2].max(self.0[3]) == best
    }

    /// The representation wanted most of those there are (`lengths` has their bytes), the shortest where several are wanted the same. Identity
    /// comes in only for lengths when another is wanted as much: a document that compressing made longer.
    pub(super) fn choose(self, lengths: [Option<usize>; 4]) -> Coding {
        let Self(wishes) = self;
        let packed = Coding::ALL[1..].iter().filter(|&&coding| wishes[coding as usize] > 0 && lengths[coding as usize].is_some());
        let length = |coding: Coding| lengths[coding as usize].unwrap_or(usize::MAX);
        let best = packed.copied().max_by(|&a, &b| {
            let order = wishes[a as usize].cmp(&wishes[b as usize]);
            order.then_with(|| length(b).cmp(&length(a)))
        });
        match best {
            Some(best) if wishes[best as usize] >= wishes[0] && length(best) < length(Coding::Identity) => best,
            _ => Coding::Identity,
        }
    }
}

/// `q` in thousandths; 1000 when absent, 0 when it cannot be read: what somebody tried to weigh down is not what they want most.
fn weight<'a>(parameters: impl Iterator<Item = &'a [u8]>) -> u16 {
    for parameter in parameters {
        let parameter = parameter.trim_ascii();
        let Some((b'q' | b'Q', rest)) = parameter.split_first() else { continue };
        let Some((b'=', digits)) = rest.trim_ascii_start().split_first() else { continue };
        return qvalue(digits.trim_ascii_start()).unwrap_or(0);
    }
    1000
}

/// `( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )`, RFC 9110 § 12.4.2.
fn qvalue(text: &[u8]) -> Option<u16> {
    let (whole, fraction) = match text {
        [whole] => (whole, &[][..]),
        [whole, b'.', fraction @ ..] if fraction.len() <= 3 => (whole, fraction),
        _ => return None,
    };
    let mut value = match whole {
        b'0' => 0,
        b'1' => 1000,
        _ => return None,
    };
    let mut unit = 100;
    for digit in fraction {
        if !digit.is_ascii_digit() {
            return None;
        }
        value += u16::from(digit - b'0') * unit;
        unit /= 10;
    }
    (value <= 1000).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&str], lengths: [Option<usize>; 4], expected: Coding) {
        let wishes = Wishes::read(lines.iter().map(|line| line.as_bytes()));
        assert_eq!(wishes.choose(lengths), expected, "{lines:?} {lengths:?}");
    }

    /// Two representations.
    const TWO: [Option<usize>; 4] = [Some(100), Some(50), None, None];
    /// All of them.
    const FOUR: [Option<usize>; 4] = [Some(100), Some(50), Some(40), Some(45)];

    #[test]
    fn s13_accept_encoding_where_there_is_gzip() {
        use Coding::{Gzip, Identity};
        for (lines, expected) in [
            (&[][..], Identity),
            (&[""], Identity),
            (&["gzip"], Gzip),
            (&["GZip"], Gzip),
            (&["x-gzip"], Gzip),
            (&["gzip, deflate, br, zstd"], Gzip),
            (&["br;q=1.0,gzip;q=0.8,*;q=0.1"], Gzip),
            (&["br", "gzip"], Gzip),
            (&["br"], Identity),
            (&["*"], Gzip),
            (&["*;q=0"], Identity),
            (&["*;q=0, gzip"], Gzip),
            (&["gzip;q=0"], Identity),
            (&["gzip;q=0.000"], Identity),
            (&["gzip;q=0, *"], Identity),
            (&["gzip ; q = 0"], Identity),
            (&["gzip;Q=0"], Identity),
            (&["gzip;q=0.001"], Gzip),
            (&["gzip;q=1.000"], Gzip),
            (&["gzip;q=0.5, identity"], Identity),
            (&["gzip;q=0.5, identity;q=0.5"], Gzip),
            (&["gzip;q=0.5, identity;q=0.4"], Gzip),
            (&["identity;q=0"], Identity),
            (&["identity;q=0, gzip;q=0.1"], Gzip),
            (&["gzip;q=2"], Identity),
            (&["gzip;q=1.5"], Identity),
            (&["gzip;q=-1"], Identity),
            (&["gzip;q="], Identity),
            (&["gzip;q=0.0001"], Identity),
            (&["gzip;level=9"], Gzip),
            (&["gzipped"], Identity),
            (&[",,, ,gzip,,"], Gzip),
        ] {
            check(lines, TWO, expected);
        }
        check(&["gzip"], [Some(10), Some(30), None, None], Identity);
    }

    #[test]
    fn s13_accept_encoding_where_there_is_everything() {
        use Coding::{Br, Gzip, Identity, Zstd};
        for (line, expected) in [
            ("gzip, deflate, br, zstd", Br),
            ("gzip, zstd", Zstd),
            ("gzip, br;q=0.9", Gzip),
            ("br;q=0.9, zstd;q=0.8, gzip;q=0.1", Br),
            ("br;q=0, *", Zstd),
            ("*", Br),
            ("*;q=0.5, gzip", Gzip),
            ("BR", Br),
            ("zstd;q=0.5, identity", Identity),
            ("deflate", Identity),
            ("", Identity),
        ] {
            check(&[line], FOUR, expected);
        }
        check(&["br, zstd, gzip"], [Some(100), Some(50), Some(48), Some(45)], Zstd);
        check(&["br, zstd, gzip"], [Some(30), Some(50), Some(48), Some(45)], Identity);
    }

    #[test]
    fn what_has_to_be_made_is_made_for_those_who_want_it() {
        let wants = |line: &str| Wishes::read(std::iter::once(line.as_bytes())).wants_packed();
        for line in ["br", "gzip, br", "gzip, deflate, br, zstd", "*", "gzip;q=0.5, zstd;q=0.5"] {
            assert!(wants(line), "{line}");
        }
        for line in ["", "gzip", "gzip, br;q=0.9", "identity, br;q=0.5", "br;q=0", "*;q=0"] {
            assert!(!wants(line), "{line}");
        }
    }

    #[test]
    fn s13_a_bomb_of_codings_is_read_once() {
        check(&[&format!("{}gzip;q=0", "x-unknown;q=0.3,".repeat(900))], TWO, Coding::Identity);
    }
}
