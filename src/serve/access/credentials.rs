//! What a request shows, and whose it is: bearer tokens (RFC 6750 § 2.1), Basic (RFC 7617) and signed paths.
//!
//! A signed path is an address of a feed with a segment more: `/feeds/~{partner}.{expiry}.{mac}/{feed}.rss`. The mac is HMAC-SHA-256 (RFC 2104) with
//! the partner's token as key, over partner, feed and expiry, cut to 128 bits: it opens one feed, in all its formats and archives, until it expires
//! or the token is taken away.

use hmac::{Hmac, KeyInit, Mac};
use http::header;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::Member;
use super::ledger::Kind;
use crate::serve::handler::Request;

/// Bytes of a mac that are written.
const MAC: usize = 16;

/// What stands between `/feeds/` and a partner's id in a signed path.
pub(in crate::serve) const MARK: &str = "/feeds/~";

/// Names what is signed, so that a mac for something else is none for this.
const PURPOSE: &str = "reprint feed link 1";

/// No member.
const NONE: u32 = u32::MAX;

/// What a request shows of who asks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Presented<'a> {
    Nothing,
    /// Something that cannot be right; `link`: in the path.
    Malformed {
        link: bool,
    },
    /// SHA-256 of a token; `user` where it came as a password.
    Token {
        hash: [u8; 32],
        user: Option<String>,
    },
    /// A signed path.
    Link {
        partner: &'a str,
        expiry: &'a str,
        mac: [u8; MAC],
    },
}

impl<'a> Presented<'a> {
    /// Reads a request. A signed path counts before `Authorization`.
    pub(super) fn read(request: &'a Request) -> Self {
        if let Some(rest) = request.path.strip_prefix(MARK) {
            return link(rest).unwrap_or(Self::Malformed { link: true });
        }
        let mut values = request.fields.get_all(header::AUTHORIZATION).iter();
        match (values.next(), values.next()) {
            (None, _) => Self::Nothing,
            (Some(value), None) => authorization(value.as_bytes()).unwrap_or(Self::Malformed { link: false }),
            // Which of them is meant is not certain.
            _ => Self::Malformed { link: false },
        }
    }

    /// Whether it is a signed path, however wrong.
    pub(super) fn is_link(&self) -> bool {
        matches!(self, Self::Link { .. } | Self::Malformed { link: true })
    }

    /// Unix time of the end of a signed path.
    pub(super) fn expiry(&self) -> Option<i64> {
        match self {
            Self::Link { expiry, .. } => Some(expiry.parse().unwrap_or(0)),
            _ => None,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Link { .. } => Kind::Link,
            Self::Token { user: Some(_), .. } => Kind::Basic,
            _ => Kind::Bearer,
        }
    }
}

fn link(rest: &str) -> Option<Presented<'_>> {
    let (segment, _) = rest.split_once('/')?;
    let mut parts = segment.split('.');
    let (partner, expiry, mac) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || expiry.is_empty() || expiry.len() > 18 || !expiry.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Presented::Link { partner, expiry, mac: from_hex(mac)? })
}

fn from_hex(text: &str) -> Option<[u8; MAC]> {
    let bytes = text.as_bytes();
    if bytes.len() != 2 * MAC {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut mac = [0; MAC];
    for (byte, pair) in mac.iter_mut().zip(bytes.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(mac)
}

fn authorization(value: &[u8]) -> Option<Presented<'static>> {
    let (user, token) = shown_token(value)?;
    Some(Presented::Token { hash: hash(&token), user })
}

/// What `Authorization` shows: the token of Bearer (RFC 6750 § 2.1), or the password of Basic with its user name (RFC 7617 § 2). `None`: neither.
pub fn shown_token(authorization: &[u8]) -> Option<(Option<String>, Vec<u8>)> {
    let value = authorization.trim_ascii();
    let at = value.iter().position(|&byte| byte == b' ')?;
    let (scheme, rest) = (&value[..at], value[at..].trim_ascii());
    if scheme.eq_ignore_ascii_case(b"bearer") {
        return Some((None, rest.to_vec()));
    }
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return None;
    }
    let mut user = from_base64(rest)?;
    let colon = user.iter().position(|&byte| byte == b':')?;
    let password = user.split_off(colon + 1);
    user.truncate(colon);
    Some((Some(String::from_utf8(user).ok()?), password))
}

fn hash(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Base64 (RFC 4648 § 4), with or without its padding; `None` for what is none.
fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.len() - text.iter().rev().take_while(|&&byte| byte == b'=').count().min(2);
    let mut bytes = Vec::with_capacity(end * 3 / 4);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for &byte in &text[..end] {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
            held &= (1 << bits) - 1;
        }
    }
    (held == 0 && bits < 6).then_some(bytes)
}

/// The segment of a signed path: what goes between `/feeds/` and the name of the feed. `expiry`: Unix time.
pub fn signature(token: &str, partner: &str, feed: &str, expiry: i64) -> String {
    let expiry = expiry.max(0).to_string();
    let mac = mac(token.as_bytes(), partner, feed, &expiry);
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("~{partner}.{expiry}.{hex}")
}

fn mac(token: &[u8], partner: &str, feed: &str, expiry: &str) -> [u8; MAC] {
    let mut cut = [0; MAC];
    // A key of any length is taken.
    let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(token) else { return cut };
    for part in [PURPOSE, partner, feed, expiry] {
        hmac.update(part.as_bytes());
        hmac.update(&[0]);
    }
    cut.copy_from_slice(&hmac.finalize().into_bytes()[..MAC]);
    cut
}

/// The tokens of all partners.
pub(super) struct Keyring {
    keys: Vec<Key>,
}

struct Key {
    member: u32,
    id: String,
    hash: [u8; 32],
    /// For signed paths.
    token: crate::model::Secret,
}

impl Keyring {
    pub(super) fn new(members: &[Member]) -> Self {
        let keys = members.iter().zip(0_u32..).flat_map(|(member, number)| {
            let key = move |token: &crate::model::Secret| Key {
                member: number,
                id: member.id.clone(),
                hash: hash(token.expose().as_bytes()),
                token: token.clone(),
            };
            member.tokens.iter().map(key)
        });
        Self { keys: keys.collect() }
    }

    /// Whose credentials these are. Every token is looked at, whichever it is: how long that takes says nothing of which one came near.
    pub(super) fn find(&self, presented: &Presented<'_>, feed: &str) -> Option<usize> {
        let mut found = NONE;
        match presented {
            Presented::Nothing | Presented::Malformed { .. } => return None,
            Presented::Token { hash, user } => {
                for key in &self.keys {
                    let is_named = user.as_ref().is_none_or(|user| *user == key.id);
                    let same = hash.ct_eq(&key.hash) & Choice::from(u8::from(is_named));
                    found.conditional_assign(&key.member, same);
                }
            }
            Presented::Link { partner, expiry, mac: shown } => {
                for key in &self.keys {
                    let same = mac(key.token.expose().as_bytes(), partner, feed, expiry).ct_eq(shown);
                    let same = same & Choice::from(u8::from(*partner == key.id));
                    found.conditional_assign(&key.member, same);
                }
            }
        }
        if found == NONE { None } else { usize::try_from(found).ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(from_base64(text.as_bytes()).as_deref(), expected.map(str::as_bytes), "{text}");
        };
        // RFC 4648 § 10.
        for (text, expected) in
            [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmFy", "foobar")]
        {
            check(text, Some(expected));
        }
        check("Zg", Some("f"));
        check("Zm8", Some("fo"));
        assert_eq!(from_base64(b"+/8=").as_deref(), Some(&[0xfb, 0xff][..]));
        for text in ["Z", "Zh==", "Zm9v!", "Z=g=", "Zm9v===", "Zm 9v"] {
            check(text, None);
        }
    }

    #[test]
    fn a_mac_is_bound_to_all_it_signs() {
        // RFC 4231 § 4.2 for the construction itself.
        let mut hmac = Hmac::<Sha256>::new_from_slice(&[0x0b; 20]).unwrap();
        hmac.update(b"Hi There");
        assert_eq!(hmac.finalize().into_bytes()[..4], [0xb0, 0x34, 0x4c, 0x61]);
        let one = mac(b"a token", "gull", "all", "10");
        for other in [
            mac(b"b token", "gull", "all", "10"),
            mac(b"a token", "gul", "lall", "10"),
            mac(b"a token", "gull", "al", "l10"),
            mac(b"a token", "gull", "all", "11"),
        ] {
            assert_ne!(one, other);
        }
        let segment = signature("a token", "gull", "all", 10);
        assert_eq!(
            link(&format!("{}/all.rss", &segment[1..])),
            Some(Presented::Link { partner: "gull", expiry: "10", mac: one })
        );
    }

    #[test]
    fn links_that_are_none() {
        let mac = "0".repeat(32);
        for rest in [
            format!("gull.10.{mac}"),
            format!("gull.10.{mac}.x/all.rss"),
            format!("gull.x.{mac}/all.rss"),
            format!("gull..{mac}/all.rss"),
            format!("gull.10.{}/all.rss", &mac[1..]),
            format!("gull.10.{}/all.rss", mac.replace('0', "A")),
            "gull/all.rss".to_owned(),
            "/".to_owned(),
        ] {
            assert_eq!(link(&rest), None, "{rest}");
        }
    }
}
