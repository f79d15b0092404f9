//! Which of the two representations a request gets: RFC 9110 § 12.5.3.

use axum::http::{HeaderMap, header};

/// A representation of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// The bytes themselves.
    Identity = 0,
    /// Compressed.
    Gzip = 1,
}

/// The representation the client likes best; gzip when it likes both the same. Without the field, or when it refuses everything we
/// have, identity: the clause wants no coding then, and a feed is better than a 406.
pub(super) fn choose(headers: &HeaderMap) -> Coding {
    let (mut gzip, mut identity, mut any) = (None, None, None);
    for value in headers.get_all(header::ACCEPT_ENCODING) {
        for element in value.as_bytes().split(|&byte| byte == b',') {
            let mut parts = element.split(|&byte| byte == b';');
            let name = parts.next().unwrap_or_default().trim_ascii();
            let weight = weight(parts);
            if name.eq_ignore_ascii_case(b"gzip") || name.eq_ignore_ascii_case(b"x-gzip") {
                gzip = Some(weight);
            } else if name.eq_ignore_ascii_case(b"identity") {
                identity = Some(weight);
            } else if name == b"*" {
                any = Some(weight);
            }
        }
    }
    let gzip = gzip.or(any).unwrap_or(0);
    // Identity that is not named is acceptable, but less than anything named.
    if gzip > 0 && gzip >= identity.unwrap_or(0) { Coding::Gzip } else { Coding::Identity }
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
    use axum::http::HeaderValue;

    use super::*;

    fn check(lines: &[&str], expected: Coding) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_str(line).unwrap());
        }
        assert_eq!(choose(&headers), expected, "{lines:?}");
    }

    #[test]
    fn s13_accept_encoding() {
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
            check(lines, expected);
        }
    }

    #[test]
    fn s13_a_bomb_of_codings_is_read_once() {
        check(&[&format!("{}gzip;q=0", "x-unknown;q=0.3,".repeat(900))], Coding::Identity);
    }
}
