//! Addresses: http and https without credentials; those that will be asked must not point into our own network.
//!
//! This looks at what is written only. What a name resolves to is the fetcher's business, at every request and redirect.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

use super::report::shown;
use super::value::{Wrong, wrong};

/// IPv4 networks that are not the public internet (IANA special-purpose registry, multicast and reserved).
const NOT_PUBLIC_V4: [([u8; 4], u8); 18] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 31, 196, 0], 24),
    ([192, 52, 193, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([192, 175, 48, 0], 24),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// Networks inside 2000::/3, the public part of IPv6, that are not public either: protocol assignments with Teredo, documentation,
/// 6to4, AS112.
const NOT_PUBLIC_V6: [([u16; 3], u8); 5] =
    [([0x2001, 0, 0], 23), ([0x2001, 0xdb8, 0], 32), ([0x2002, 0, 0], 16), ([0x2620, 0x4f, 0x8000], 48), ([0x3fff, 0, 0], 20)];

/// An http or https address without user name and password.
pub(super) fn web(written: &str) -> Result<Url, Wrong> {
    let trimmed = written.trim();
    let url = match Url::parse(trimmed) {
        Ok(url) => url,
        Err(error) => {
            let help = if trimmed.contains("://") || trimmed.is_empty() {
                "for example `https://news.example.com/rss`".to_owned()
            } else {
                format!("write it whole: `https://{}`", shown(trimmed.trim_start_matches('/')))
            };
            return wrong(format!("is `{}`, which is not an address ({error})", shown(written)), help);
        }
    };
    if !matches!(url.scheme(), "http" | "https") {
        let help = if url.has_host() {
            "write an address that starts with `https://` or `http://`".to_owned()
        } else {
            format!("write it whole: `https://{}`", shown(trimmed))
        };
        return wrong(format!("is `{}`, not an http or https address", shown(written)), help);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong(
            "has a user name or password in its address",
            "take it out and change the password: this file is kept in git and read by many, and the address is sent to others",
        );
    }
    Ok(url)
}

/// Our own address: [`web`], without query and fragment, always with a slash at its end.
pub(super) fn site(written: &str) -> Result<Url, Wrong> {
    let mut url = web(written)?;
    if url.query().is_some() || url.fragment().is_some() {
        return wrong(
            format!("is `{}`, with a query or fragment that no address below it could have", shown(written)),
            "write the address of the front page, for example `https://relay.example.net/`",
        );
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// What `[limits]` allows beyond public addresses on the usual ports.
#[derive(Debug)]
pub(super) struct Allowed<'a> {
    /// `allow_networks`.
    pub(super) networks: &'a [IpNet],
    /// `allow_ports`.
    pub(super) ports: &'a [u16],
}

/// An address to poll: [`web`], on a port that may be asked, not written as an address of our own machine or network. Its fragment, which
/// is never sent, is dropped. Where it leads is not looked at while what is `allowed` could not be read.
pub(super) fn polled(written: &str, allowed: Option<&Allowed<'_>>) -> Result<Url, Wrong> {
    let mut url = web(written)?;
    url.set_fragment(None);
    let Some(allowed) = allowed else { return Ok(url) };
    let ip = match url.host() {
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            // RFC 6761 § 6.3: every name below localhost is the loopback.
            (name == "localhost" || name.ends_with(".localhost")).then_some(IpAddr::V4(Ipv4Addr::LOCALHOST))
        }
        None => None,
    };
    if let Some(ip) = ip {
        let ip = embedded(ip);
        if allowed.networks.iter().any(|network| network.contains(&ip)) {
            return Ok(url);
        }
        if !public(ip) {
            return wrong(
                format!("is `{}`, which is {ip}: not a public address", shown(written)),
                format!(
                    "polls reach public addresses only; if this partner is in your own network, add `allow_networks = [\"{ip}\"]` to [limits]"
                ),
            );
        }
    }
    match url.port_or_known_default() {
        Some(port) if !allowed.ports.contains(&port) => {
            let ports: Vec<String> = allowed.ports.iter().map(u16::to_string).collect();
            wrong(
                format!("is `{}`, on port {port}", shown(written)),
                format!(
                    "ports that may be asked are {}; to allow another, list it in `allow_ports` of [limits]",
                    ports.join(", ")
                ),
            )
        }
        _ => Ok(url),
    }
}

/// The IPv4 address inside an IPv6 one: mapped (::ffff:0:0/96), compatible (::/96), NAT64 (64:ff9b::/96); else the address itself.
fn embedded(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip else { return ip };
    let s = v6.segments();
    let last = Ipv4Addr::from((u32::from(s[6]) << 16) | u32::from(s[7]));
    match (s[0], s[1], &s[2..5], s[5]) {
        (0, 0, [0, 0, 0], 0xffff) | (0x64, 0xff9b, [0, 0, 0], 0) => IpAddr::V4(last),
        (0, 0, [0, 0, 0], 0) if s[6] != 0 => IpAddr::V4(last),
        _ => ip,
    }
}

fn public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            !NOT_PUBLIC_V4.iter().any(|(network, length)| Ipv4Net::new_assert(Ipv4Addr::from(*network), *length).contains(&ip))
        }
        IpAddr::V6(ip) => {
            ip.segments()[0] & 0xe000 == 0x2000
                && !NOT_PUBLIC_V6.iter().any(|([a, b, c], length)| {
                    Ipv6Net::new_assert(Ipv6Addr::new(*a, *b, *c, 0, 0, 0, 0, 0), *length).contains(&ip)
                })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Option<&Allowed<'_>> = Some(&Allowed { networks: &[], ports: &[80, 443, 8080, 8443] });

    #[test]
    fn public_addresses_pass() {
        for (written, expected) in [
            ("https://cn.ledger.example.com/rss/", "https://cn.ledger.example.com/rss/"),
            ("HTTP://Ledger.Example.com:8080/rss?a=b#top", "http://ledger.example.com:8080/rss?a=b"),
            ("https://8.8.8.8/rss", "https://8.8.8.8/rss"),
            ("https://[2606:4700::1111]/rss", "https://[2606:4700::1111]/rss"),
            ("https://新闻.example/rss", "https://xn--efvy88h.example/rss"),
        ] {
            assert_eq!(polled(written, USUAL).map(String::from).as_deref(), Ok(expected), "{written}");
        }
    }

    fn check_refused(written: &str, what: &str) {
        let wrong = polled(written, USUAL).expect_err(written);
        assert!(wrong.what.contains(what) && wrong.help.is_some(), "{written}: {wrong:?}");
    }

    #[test]
    fn own_network_in_every_spelling_is_refused() {
        for written in [
            "http://127.0.0.1",
            "http://127.1/rss",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://0/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://①②⑦.⓪.⓪.①/",
            "http://localhost./",
            "http://LOCALHOST:22/",
            "http://feeds.localhost/",
            "http://10.1.2.3/",
            "http://172.31.255.255/",
            "http://192.168.1.1/",
            "http://169.254.169.254/",
            "http://100.64.0.1/",
            "http://198.19.0.1/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://192.0.2.1/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[ff02::1]/",
            "http://[64:ff9b::a00:1]/",
            "http://[2001:db8::1]/",
            "http://[2001::1]/",
            "http://[2002:a00:1::]/",
            "http://[3fff::1]/",
            "http://[::]/",
        ] {
            check_refused(written, "not a public address");
        }
    }

    #[test]
    fn what_is_no_address_to_poll() {
        for (written, what) in [
            ("", "not an address"),
            ("cn.ledger.example.com/rss", "not an address"),
            ("ledger.example:443/rss", "not an http or https address"),
            ("ftp://ledger.example/rss", "not an http or https address"),
            ("file:///etc/passwd", "not an http or https address"),
            ("https://", "not an address"),
            ("https://user:secret@ledger.example/", "user name or password"),
            ("https://user@ledger.example/", "user name or password"),
            ("https://ledger.example:22/", "on port 22"),
            ("https://ledger.example:6379/", "on port 6379"),
            ("https://ledger.example:99999/", "not an address"),
        ] {
            check_refused(written, what);
        }
        // A password is not repeated in the message.
        let wrong = web("https://user:secret@ledger.example/").expect_err("credentials");
        assert!(!format!("{wrong:?}").contains("secret"));
    }

    #[test]
    fn allowed_networks_pass_on_any_port() {
        let networks = ["127.0.0.0/8".parse().expect("a network"), "fd00::/8".parse().expect("a network")];
        let allowed = Allowed { networks: &networks, ports: &[80, 443] };
        for written in
            ["http://127.0.0.1:43117/rss", "http://localhost:22/", "http://[::ffff:127.0.0.1]/", "http://[fd12::1]:99/"]
        {
            assert!(polled(written, Some(&allowed)).is_ok(), "{written}");
        }
        for written in ["http://10.0.0.1/", "http://[::1]/"] {
            assert!(polled(written, Some(&allowed)).is_err(), "{written}");
        }
    }

    #[test]
    fn own_address_ends_with_a_slash() {
        for (written, expected) in [
            ("https://relay.example.net", Some("https://relay.example.net/")),
            ("https://relay.example.net/feeds", Some("https://relay.example.net/feeds/")),
            ("http://127.0.0.1:8080/", Some("http://127.0.0.1:8080/")),
            ("https://relay.example.net/?a", None),
            ("https://relay.example.net/#a", None),
            ("relay.example.net", None),
            ("https://a:b@relay.example.net", None),
        ] {
            assert_eq!(site(written).ok().map(String::from).as_deref(), expected, "{written}");
        }
    }
}
