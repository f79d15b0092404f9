//! `X-Hub-Signature` (WebSub § 7.1): `method=hexadecimal digits`, an HMAC (RFC 2104) of the body with the secret of the subscription.

use hmac::{Hmac, KeyInit, Mac};

/// What we sign with.
pub(super) fn sign(secret: &str, body: &[u8]) -> String {
    let digest = match Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()) {
        Ok(mut mac) => {
            mac.update(body);
            mac.finalize().into_bytes()
        }
        // HMAC takes keys of every length.
        Err(_) => Default::default(),
    };
    format!("sha256={}", super::hex(&digest))
}

/// Whether a signature is one of this body. Takes the same time for every signature of a method, and for none at all: no answer can be used to try
/// out signatures.
pub(super) fn holds(signature: Option<&[u8]>, secret: &str, body: &[u8], allow_sha1: bool) -> bool {
    let signature = String::from_utf8_lossy(signature.unwrap_or_default());
    let (method, digits) = signature.split_once('=').unwrap_or_default();
    let given = unhex(digits.trim()).unwrap_or_default();
    let key = secret.as_bytes();
    match method.trim().to_ascii_lowercase().as_str() {
        "sha1" => verify::<Hmac<sha1::Sha1>>(key, body, &given) && allow_sha1,
        "sha384" => verify::<Hmac<sha2::Sha384>>(key, body, &given),
        "sha512" => verify::<Hmac<sha2::Sha512>>(key, body, &given),
        method => verify::<Hmac<sha2::Sha256>>(key, body, &given) && method == "sha256",
    }
}

fn verify<M: Mac + KeyInit>(key: &[u8], body: &[u8], given: &[u8]) -> bool {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else { return false };
    mac.update(body);
    mac.verify_slice(given).is_ok()
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_of_every_method() {
        // RFC 4231 § 4.3 and RFC 2202 § 3, test case 2.
        let (key, body) = ("Jefe", b"what do ya want for nothing?");
        let check = |signature: &str, allow_sha1: bool, expected: bool| {
            assert_eq!(holds(Some(signature.as_bytes()), key, body, allow_sha1), expected, "{signature}");
        };
        let sha256 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(sign(key, body), format!("sha256={sha256}"));
        check(&format!("sha256={sha256}"), false, true);
        check(&format!("SHA256={}", sha256.to_uppercase()), false, true);
        check(
            "sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            false,
            true,
        );
        check(
            "sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            false,
            true,
        );
        check("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", true, true);
        check("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", false, false);
        for wrong in [
            "",
            "sha256",
            "sha256=",
            sha256,
            &format!("md5={sha256}"),
            &format!("sha256={}", &sha256[2..]),
            &format!("sha256={}0", sha256),
            &format!("sha256=00{}", &sha256[2..]),
            "sha256=zz",
            "sha256=ä",
        ] {
            check(wrong, true, false);
        }
        assert!(!holds(None, key, body, true));
    }
}
