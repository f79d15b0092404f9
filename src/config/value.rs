//! Single values: each reader says as a predicate what is wrong with a value, and what to write instead.

use std::net::SocketAddr;
use std::time::Duration;

use chrono_tz::{TZ_VARIANTS, Tz};
use ipnet::IpNet;

use super::keys::nearest;
use super::report::shown;

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// A predicate: "is not a time zone".
    pub(super) what: String,
    /// What to write instead.
    pub(super) help: Option<String>,
}

/// A [`Wrong`] with a hint.
pub(super) fn wrong<T>(what: impl Into<String>, help: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { what: what.into(), help: Some(help.into()) })
}

/// A name or title: one line of 1 to 200 characters.
pub(super) fn line(written: &str) -> Result<String, Wrong> {
    let line = text(written)?;
    if line.chars().any(char::is_control) {
        return wrong("has a line break or control character in it", "write it on one line");
    }
    if line.chars().nth(200).is_some() {
        return wrong("is longer than 200 characters", "shorten it: it is shown as a heading");
    }
    Ok(line)
}

/// What stands before titles: one line of 1 to 60 characters, with `{outlet}` and no other place holder.
pub(super) fn title_prefix(written: &str) -> Result<String, Wrong> {
    let prefix = line(written)?;
    if prefix.chars().nth(60).is_some() {
        return wrong("is longer than 60 characters", "shorten it: lists of articles have room for little more than the title");
    }
    if prefix.replace("{outlet}", "").contains(['{', '}']) {
        return wrong("has a place holder that there is not", "write `{outlet}` for the name of the outlet: \"[{outlet}]\"");
    }
    Ok(prefix)
}

/// A text of 1 to 4000 characters, lines allowed.
pub(super) fn text(written: &str) -> Result<String, Wrong> {
    let text = written.trim();
    if text.is_empty() {
        return wrong("is empty", "write the text, or leave the key out");
    }
    if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t')) {
        return wrong("has a control character in it", "type the text again without it");
    }
    if text.chars().nth(4000).is_some() {
        return wrong("is longer than 4000 characters", "shorten it: it is repeated in every article");
    }
    Ok(text.to_owned())
}

/// An id as it stands in addresses: 1 to 64 of a-z, 0-9 and inner hyphens.
pub(super) fn id(written: &str) -> Result<String, Wrong> {
    let fits = !written.is_empty()
        && written.len() <= 64
        && written.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !written.starts_with('-')
        && !written.ends_with('-');
    if fits {
        return Ok(written.to_owned());
    }
    let proposal = ascii_id(written);
    let proposal = if proposal.is_empty() { "harbour-ledger".to_owned() } else { proposal };
    wrong(
        format!("is `{}`, which cannot be part of an address", shown(written)),
        format!("use a to z, 0 to 9 and hyphens, at most 64 characters, for example `{proposal}`"),
    )
}

/// What can be made of a name for an id: its letters without their accents, and its digits; other writing is left out.
pub(super) fn ascii_id(name: &str) -> String {
    const PLAIN: [(&str, &str); 22] = [
        ("àáâãäåāăą", "a"),
        ("çćĉċč", "c"),
        ("ďđð", "d"),
        ("èéêëēĕėęě", "e"),
        ("ĝğġģ", "g"),
        ("ĥħ", "h"),
        ("ìíîïĩīĭįı", "i"),
        ("ĵ", "j"),
        ("ķ", "k"),
        ("ĺļľŀł", "l"),
        ("ñńņň", "n"),
        ("òóôõöøōŏő", "o"),
        ("ŕŗř", "r"),
        ("śŝşšș", "s"),
        ("ţťŧț", "t"),
        ("ùúûüũūŭůűų", "u"),
        ("ŵ", "w"),
        ("ýÿŷ", "y"),
        ("źżž", "z"),
        ("æ", "ae"),
        ("œ", "oe"),
        ("ß", "ss"),
    ];
    let mut id = String::new();
    for character in name.chars().flat_map(char::to_lowercase) {
        if character.is_ascii_alphanumeric() {
            id.push(character);
        } else if let Some((_, plain)) = PLAIN.iter().find(|(accented, _)| accented.contains(character)) {
            id.push_str(plain);
        } else if !id.is_empty() && !id.ends_with('-') && !matches!(character, '\'' | '’' | '\u{307}') {
            id.push('-');
        }
        if id.len() >= 62 {
            break;
        }
    }
    id.trim_end_matches('-').to_owned()
}

/// A time zone of the IANA database.
pub(super) fn time_zone(written: &str) -> Result<Tz, Wrong> {
    if let Ok(zone) = written.parse() {
        return Ok(zone);
    }
    const CITIES: [(&str, &str); 12] = [
        ("beijing", "Asia/Shanghai"),
        ("china", "Asia/Shanghai"),
        ("北京", "Asia/Shanghai"),
        ("上海", "Asia/Shanghai"),
        ("cst", "Asia/Shanghai"),
        ("香港", "Asia/Hong_Kong"),
        ("台北", "Asia/Taipei"),
        ("jst", "Asia/Tokyo"),
        ("kst", "Asia/Seoul"),
        ("aest", "Australia/Sydney"),
        ("cet", "Europe/Berlin"),
        ("bst", "Europe/London"),
    ];
    let lower = written.to_lowercase();
    let city = |zone: &'static str| zone.rsplit('/').next().unwrap_or(zone);
    let help = if let Some((_, zone)) = CITIES.iter().find(|(name, _)| lower.contains(name)) {
        format!("perhaps `{zone}`: zones are named by continent and city")
    } else if written.chars().any(|character| character.is_ascii_digit()) {
        "name a place and its summer time is known too, for example `Asia/Shanghai`; `Etc/GMT-8` is eight hours before UTC"
            .to_owned()
    } else if let Some(zone) = TZ_VARIANTS
        .iter()
        .map(|zone| zone.name())
        .find(|zone| zone.to_lowercase() == lower.replace(' ', "_") || city(zone).to_lowercase() == lower.replace(' ', "_"))
    {
        format!("did you mean `{zone}`?")
    } else if let Some(zone) = nearest(written, TZ_VARIANTS.iter().map(|zone| zone.name())) {
        format!("did you mean `{zone}`?")
    } else {
        "zones are named by continent and city, for example `Asia/Shanghai` or `Europe/Berlin`".to_owned()
    };
    wrong(format!("is `{}`, which is not a known time zone", shown(written)), help)
}

/// An e-mail address as it can stand in a `User-Agent`.
pub(super) fn email(written: &str) -> Result<String, Wrong> {
    let address = written.trim();
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
    let fits = address.len() <= 254
        && address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && local.len() <= 64 && local.bytes().all(atom) && domain_name(domain) && domain.contains('.')
        });
    if fits {
        return Ok(address.to_owned());
    }
    let help = if address.starts_with("mailto:") {
        "leave `mailto:` out, for example `ops@relay.example.net`"
    } else {
        "for example `ops@relay.example.net`"
    };
    wrong(format!("is `{}`, which is not an e-mail address", shown(written)), help)
}

/// Whether it is a DNS name in ASCII.
fn domain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 253
        && name.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// Where to listen: an address with a port.
pub(super) fn listen(written: &str) -> Result<SocketAddr, Wrong> {
    if let Ok(address) = written.parse() {
        return Ok(address);
    }
    let help = match written.rsplit_once(':') {
        Some(("", port)) if port.parse::<u16>().is_ok() => {
            format!("for every address of this machine: `0.0.0.0:{port}` or `[::]:{port}`")
        }
        Some((host, port)) if port.parse::<u16>().is_ok() && host.eq_ignore_ascii_case("localhost") => {
            format!("write `127.0.0.1:{port}`")
        }
        _ if written.parse::<u16>().is_ok() => format!("write `127.0.0.1:{written}`"),
        _ => "for example `127.0.0.1:8080` behind a web server, or `0.0.0.0:8080` for everybody".to_owned(),
    };
    wrong(format!("is `{}`, which is not an IP address and port", shown(written)), help)
}

/// A path that can be one: not empty, no NUL, no address.
pub(super) fn path(written: &str) -> Result<String, Wrong> {
    if written.trim().is_empty() || written.contains('\0') {
        return wrong("is not a path", "for example \"reprint.db\"");
    }
    if written.contains("://") || written.starts_with("sqlite:") {
        return wrong(
            format!("is `{}`, an address and not a file", shown(written)),
            "write the path of a file, for example \"reprint.db\": this version keeps its data in SQLite",
        );
    }
    Ok(written.to_owned())
}

/// A `User-Agent` value: printable ASCII (RFC 9110 § 10.1.5, § 5.5).
pub(super) fn user_agent(written: &str) -> Result<String, Wrong> {
    let value = written.trim();
    if value.is_empty() || value.len() > 500 || !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return wrong(
            "is not 1 to 500 characters of printable ASCII",
            "for example `reprint/0.1 (+https://relay.example.net/; ops@relay.example.net)`: partners must be able to know us",
        );
    }
    Ok(value.to_owned())
}

/// Authority of `tag:` URIs (RFC 4151 § 2.1): a domain or e-mail address, a comma, and a date on which it was ours.
pub(super) fn tag_authority(written: &str) -> Result<String, Wrong> {
    let two = |text: &str, most: u32| text.len() == 2 && text.parse::<u32>().is_ok_and(|number| (1..=most).contains(&number));
    let date = |date: &str| {
        let mut parts = date.split('-');
        parts.next().is_some_and(|year| year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()))
            && parts.next().is_none_or(|month| two(month, 12))
            && parts.next().is_none_or(|day| two(day, 31))
            && parts.next().is_none()
    };
    let authority = written.trim().to_ascii_lowercase();
    let fits = authority.split_once(',').is_some_and(|(name, day)| (domain_name(name) || email(name).is_ok()) && date(day));
    if fits {
        return Ok(authority);
    }
    wrong(
        format!("is `{}`, which is not a domain, a comma and a year", shown(written)),
        "for example `relay.example.net,2026`: a domain that was yours at the start of that year",
    )
}

/// A network in CIDR notation, or a single address.
pub(super) fn network(written: &str) -> Result<IpNet, Wrong> {
    let net = match written.parse::<IpNet>() {
        Ok(net) => net,
        Err(_) => match written.parse::<std::net::IpAddr>() {
            Ok(address) => IpNet::from(address),
            Err(_) => {
                return wrong(
                    format!("has `{}`, which is not a network", shown(written)),
                    "write an address and a prefix length, for example `10.20.0.0/16` or `fd12:3456::/32`",
                );
            }
        },
    };
    if net.prefix_len() == 0 {
        return wrong(
            format!("has `{}`, which is every address there is", shown(written)),
            "name only the networks that partners really are in: everything else on this machine's network stays out of reach",
        );
    }
    if net.trunc() != net {
        return wrong(
            format!("has `{}`, an address inside a network", shown(written)),
            format!("for the whole network write `{}`, for the one address `{}`", net.trunc(), net.addr()),
        );
    }
    Ok(net)
}

/// A time: "30s", "5m", "24h", "1h30m".
pub(super) fn duration(written: &str) -> Result<Duration, Wrong> {
    const EXAMPLE: &str = "write a number and a unit (ms, s, m, h, d), for example `30s`, `5m` or `24h`";
    let bad = || Wrong { what: format!("is `{}`, which is not a time", shown(written)), help: Some(EXAMPLE.to_owned()) };
    let mut rest = written.trim();
    if rest.is_empty() {
        return Err(bad());
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|character: char| character.is_ascii_digit()).len();
        let number: u64 = rest.get(..digits).and_then(|number| number.parse().ok()).ok_or_else(bad)?;
        rest = rest.get(digits..).unwrap_or_default().trim_start();
        let letters = rest.len() - rest.trim_start_matches(|character: char| character.is_ascii_alphabetic()).len();
        let milliseconds = match rest.get(..letters).unwrap_or_default().to_ascii_lowercase().as_str() {
            "ms" => 1,
            "s" | "sec" | "second" | "seconds" => 1_000,
            "m" | "min" | "minute" | "minutes" => 60_000,
            "h" | "hour" | "hours" => 3_600_000,
            "d" | "day" | "days" => 86_400_000,
            "" => {
                return wrong(
                    format!("is `{}`, a number without a unit", shown(written)),
                    format!("for seconds write `{number}s`, for minutes `{number}m`"),
                );
            }
            _ => return Err(bad()),
        };
        rest = rest.get(letters..).unwrap_or_default().trim_start();
        total = number
            .checked_mul(milliseconds)
            .and_then(|milliseconds| total.checked_add(Duration::from_millis(milliseconds)))
            .ok_or_else(bad)?;
    }
    Ok(total)
}

/// A CSS selector, as far as pages are searched with: Selectors Level 4 without pseudo-elements.
pub(super) fn selector(written: &str) -> Result<String, Wrong> {
    const LONGEST: usize = 1_000;
    let trimmed = written.trim();
    let example = "write a CSS selector, for example `div.article-body`, or leave the key out";
    if trimmed.is_empty() {
        return wrong("is empty", example);
    }
    if trimmed.len() > LONGEST {
        return wrong("is over 1000 bytes long", example);
    }
    match dom_query::Matcher::new(trimmed) {
        Ok(_) => Ok(trimmed.to_owned()),
        Err(_) => wrong(
            format!("is `{}`, which is not a CSS selector", shown(trimmed)),
            "for example `div.article-body`, `#content p` or `a[rel=next]`",
        ),
    }
}

/// A duration as messages show it.
pub(super) fn shown_duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    for (unit, length) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)] {
        if milliseconds >= length && milliseconds.is_multiple_of(length) {
            // "24h" reads better than "1d", "60s" as well as "1m".
            return if unit == "d" {
                format!("{}h", milliseconds / 3_600_000)
            } else {
                format!("{}{unit}", milliseconds / length)
            };
        }
    }
    if milliseconds == 0 { "0s".to_owned() } else { format!("{milliseconds}ms") }
}

/// A size: "8 MiB", "512 KiB", "900000".
pub(super) fn bytes(written: &str) -> Result<u64, Wrong> {
    let trimmed = written.trim();
    let digits = trimmed.len() - trimmed.trim_start_matches(|character: char| character.is_ascii_digit()).len();
    let (number, unit) = trimmed.split_at_checked(digits).unwrap_or_default();
    let factor: Option<u64> = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" | "bytes" => Some(1),
        "kb" => Some(1_000),
        "k" | "kib" => Some(1 << 10),
        "mb" => Some(1_000_000),
        "m" | "mib" => Some(1 << 20),
        "gb" => Some(1_000_000_000),
        "g" | "gib" => Some(1 << 30),
        _ => None,
    };
    match (number.parse::<u64>().ok(), factor) {
        (Some(number), Some(factor)) => Ok(number.saturating_mul(factor)),
        _ => {
            wrong(format!("is `{}`, which is not a size", shown(written)), "for example `8 MiB`, `512 KiB` or a number of bytes")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: std::fmt::Debug + PartialEq>(read: fn(&str) -> Result<T, Wrong>, written: &str, expected: Option<T>) {
        let value = read(written);
        if let Err(wrong) = &value {
            assert!(!wrong.what.is_empty() && wrong.help.as_ref().is_some_and(|help| !help.is_empty()), "{written}: {wrong:?}");
        }
        assert_eq!(value.ok(), expected, "{written}");
    }

    #[test]
    fn durations() {
        for (written, milliseconds) in [
            ("30s", Some(30_000)),
            ("5m", Some(300_000)),
            ("24h", Some(86_400_000)),
            ("7d", Some(604_800_000)),
            ("250ms", Some(250)),
            ("1h30m", Some(5_400_000)),
            (" 2 hours ", Some(7_200_000)),
            ("0s", Some(0)),
            ("", None),
            ("30", None),
            ("s", None),
            ("1.5h", None),
            ("-5s", None),
            ("5 weeks", None),
            ("五分钟", None),
            ("5分", None),
            ("18446744073709551616s", None),
            ("18446744073709551615d", None),
        ] {
            check(duration, written, milliseconds.map(Duration::from_millis));
        }
    }

    #[test]
    fn durations_as_shown() {
        for (seconds, expected) in [(0, "0s"), (45, "45s"), (60, "1m"), (90, "90s"), (5400, "90m"), (86_400, "24h"), (7200, "2h")]
        {
            assert_eq!(shown_duration(Duration::from_secs(seconds)), expected);
        }
        assert_eq!(shown_duration(Duration::from_millis(1500)), "1500ms");
    }

    #[test]
    fn sizes() {
        for (written, expected) in [
            ("8 MiB", Some(8 << 20)),
            ("512KiB", Some(512 << 10)),
            ("1 MB", Some(1_000_000)),
            ("900000", Some(900_000)),
            ("1 GiB", Some(1 << 30)),
            ("18446744073709551615 GiB", Some(u64::MAX)),
            ("", None),
            ("MiB", None),
            ("8 兆", None),
            ("-8 MiB", None),
            ("1.5 MiB", None),
        ] {
            check(bytes, written, expected);
        }
    }

    #[test]
    fn emails_and_tag_authorities() {
        let text = |text: &str| Some(text.to_owned());
        check(email, "ops@relay.example.net", text("ops@relay.example.net"));
        check(email, "a.b+c@x-y.example", text("a.b+c@x-y.example"));
        for written in [
            "",
            "ops",
            "ops@",
            "@relay.example",
            "a b@relay.example",
            "a@b",
            "a@b..c",
            "a@relay.example>",
            "编辑@relay.example",
            "mailto:a@b.example\r\n",
        ] {
            check(email, written, None);
        }
        check(tag_authority, "Relay.Example.net,2026", text("relay.example.net,2026"));
        check(tag_authority, "ops@relay.example.net,2026-03-01", text("ops@relay.example.net,2026-03-01"));
        for written in [
            "relay.example.net",
            "relay.example.net,26",
            "relay.example.net,2026-13",
            ",2026",
            "relay.example.net,2026-01-01-01",
            "a b,2026",
        ] {
            check(tag_authority, written, None);
        }
    }

    #[test]
    fn ids() {
        for written in ["harbour-ledger", "a", "36", "a--b"] {
            check(id, written, Some(written.to_owned()));
        }
        for written in ["", "-a", "a-", "A", "a_b", "a/b", "..", "海港", "a b"] {
            check(id, written, None);
        }
        check(id, &"a".repeat(64), Some("a".repeat(64)));
        check(id, &"a".repeat(65), None);
    }

    proptest::proptest! {
        /// What is made of a name is an id, or nothing.
        #[test]
        fn made_ids_are_ids(name in "\\PC{0,80}") {
            let made = ascii_id(&name);
            proptest::prop_assert!(made.is_empty() || id(&made).is_ok(), "{:?}", made);
        }
    }
}
