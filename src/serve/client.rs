//! Who asks: the other end of the connection, or the client that a trusted front proxy names.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::Caps;
use super::head::Head;

/// Front proxies whose word is taken.
#[derive(Debug, Clone)]
pub(super) struct Proxies {
    networks: Vec<IpNet>,
    loopback: bool,
}

impl Proxies {
    pub(super) fn of(caps: &Caps) -> Self {
        Self { networks: caps.proxies.clone(), loopback: caps.loopback_is_proxy }
    }

    /// Whether that is the address of one.
    pub(super) fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.loopback && address.is_loopback() || self.networks.iter().any(|network| network.contains(&address))
    }

    /// The client behind `peer`; `None` behind a proxy that names none.
    ///
    /// Every proxy adds, at the end, whom it was asked by; what stands before that is the client's own claim. So the client is the last one
    /// that is not a trusted proxy itself. `Forwarded` (RFC 7239) counts where there is no `X-Forwarded-For`.
    pub(super) fn client(&self, peer: IpAddr, head: &Head<'_>) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        if !self.has(peer) {
            return Some(peer);
        }
        let mut last = None;
        let mut take = |address: Option<IpAddr>| match address {
            Some(address) if self.has(address) => {}
            address => last = address,
        };
        if head.has("x-forwarded-for") {
            head.all("x-forwarded-for").flat_map(|line| line.split(|&byte| byte == b',')).for_each(|name| take(address(name)));
        } else {
            head.all("forwarded").flat_map(|line| line.split(|&byte| byte == b',')).for_each(|element| {
                let mut pairs = element.split(|&byte| byte == b';').filter_map(|pair| {
                    let at = pair.iter().position(|&byte| byte == b'=')?;
                    Some((pair[..at].trim_ascii(), pair[at + 1..].trim_ascii()))
                });
                take(pairs.find(|(name, _)| name.eq_ignore_ascii_case(b"for")).and_then(|(_, value)| address(value)));
            });
        }
        last
    }
}

/// An address, perhaps quoted, perhaps with a port.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text.trim_ascii()).ok()?.trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peer: &str, fields: &[(&str, &str)], expected: Option<&str>) {
        let caps = Caps { proxies: vec!["192.0.2.0/28".parse().unwrap()], ..Caps::default() };
        let fields: Vec<_> = fields.iter().map(|&(name, value)| httparse::Header { name, value: value.as_bytes() }).collect();
        let head = Head { method: "GET", path: "/", query: None, one_one: true, fields: &fields };
        let client = Proxies::of(&caps).client(peer.parse().unwrap(), &head);
        assert_eq!(client, expected.map(|address| address.parse().unwrap()), "{peer} {fields:?}");
    }

    #[test]
    fn a_client_is_whom_a_trusted_proxy_names() {
        let forwarded = "X-Forwarded-For";
        check("203.0.113.9", &[], Some("203.0.113.9"));
        check("::ffff:203.0.113.9", &[], Some("203.0.113.9"));
        check("203.0.113.9", &[(forwarded, "198.51.100.1")], Some("203.0.113.9"));
        check("127.0.0.1", &[], None);
        check("127.0.0.1", &[(forwarded, "198.51.100.1")], Some("198.51.100.1"));
        check("192.0.2.3", &[(forwarded, "198.51.100.1, 203.0.113.9")], Some("203.0.113.9"));
        check("192.0.2.3", &[(forwarded, "198.51.100.1"), (forwarded, "203.0.113.9, 192.0.2.4")], Some("203.0.113.9"));
        check("192.0.2.3", &[(forwarded, "198.51.100.1:4711")], Some("198.51.100.1"));
        check("192.0.2.3", &[(forwarded, "198.51.100.1, unknown")], None);
        check("192.0.2.3", &[(forwarded, "2001:db8::7")], Some("2001:db8::7"));
        check("::1", &[("Forwarded", "for=198.51.100.1;proto=https")], Some("198.51.100.1"));
        check("::1", &[("Forwarded", "for=198.51.100.1, proto=http;For=\"[2001:db8::7]:80\"")], Some("2001:db8::7"));
        check("::1", &[("Forwarded", "for=_hidden")], None);
        check("::1", &[("Forwarded", "for=198.51.100.9"), (forwarded, "198.51.100.1")], Some("198.51.100.1"));
    }
}
