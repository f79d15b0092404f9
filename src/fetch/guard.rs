//! Where a request may go: the rules against being sent to machines that are not public (server-side request forgery).
//!
//! Four checks, for each one alone has a hole. The address as written ([`Guard::check`]): the HTTP client does not ask its resolver
//! about IP literals. The DNS answer ([`GuardedResolver`]): the connection is made to exactly the addresses that passed, so a name
//! that changes its answer between check and connect gains nothing. Every redirect, which the client walks itself. And the peer of
//! the connection that was made ([`Guard::allows_endpoint`]).

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::FetchError;
use super::failure::{place, quoted};
use crate::model::Fault;

/// Longest time for a DNS answer.
const DNS_TIMEOUT: Duration = Duration::from_secs(5);

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// IPv4 that is not public, by the IANA special-purpose registry (RFC 6890), multicast and reserved space included.
const DENIED_V4: [Ipv4Net; 18] = [
    v4(0, 0, 0, 0, 8),       // this network, RFC 791
    v4(10, 0, 0, 0, 8),      // private, RFC 1918
    v4(100, 64, 0, 0, 10),   // carrier-grade NAT, RFC 6598
    v4(127, 0, 0, 0, 8),     // loopback, RFC 1122
    v4(169, 254, 0, 0, 16),  // link-local, RFC 3927; clouds answer with credentials at 169.254.169.254
    v4(172, 16, 0, 0, 12),   // private, RFC 1918
    v4(192, 0, 0, 0, 24),    // protocol assignments, RFC 6890
    v4(192, 0, 2, 0, 24),    // documentation, RFC 5737
    v4(192, 31, 196, 0, 24), // AS112, RFC 7535
    v4(192, 52, 193, 0, 24), // AMT, RFC 7450
    v4(192, 88, 99, 0, 24),  // 6to4 relay, RFC 7526
    v4(192, 168, 0, 0, 16),  // private, RFC 1918
    v4(192, 175, 48, 0, 24), // AS112, RFC 7534
    v4(198, 18, 0, 0, 15),   // benchmarking, RFC 2544
    v4(198, 51, 100, 0, 24), // documentation, RFC 5737
    v4(203, 0, 113, 0, 24),  // documentation, RFC 5737
    v4(224, 0, 0, 0, 4),     // multicast, RFC 5771
    v4(240, 0, 0, 0, 4),     // reserved, RFC 1112, and broadcast
];

/// The only IPv6 that is routed between networks (RFC 4291 § 2.4). Loopback, ULA, link-local, multicast, IPv4-mapped and both NAT64
/// prefixes lie outside.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// What of it is not public all the same.
const DENIED_V6: [Ipv6Net; 5] = [
    v6(0x2001, 0, 0, 23),         // protocol assignments, RFC 2928; 2001::/32 is Teredo, RFC 4380
    v6(0x2001, 0xdb8, 0, 32),     // documentation, RFC 3849
    v6(0x2002, 0, 0, 16),         // 6to4, RFC 3056: an IPv4 address in disguise
    v6(0x2620, 0x4f, 0x8000, 48), // AS112, RFC 7534
    v6(0x3fff, 0, 0, 20),         // documentation, RFC 9637
];

/// NAT64 (RFC 6052 § 2.1): the last 32 bits are the IPv4 address that is really asked.
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

/// Which addresses may be asked. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Guard {
    networks: Arc<[IpNet]>,
    ports: Arc<[u16]>,
}

impl Guard {
    /// Public addresses on `ports`, and the given networks on any port.
    pub fn new(networks: &[IpNet], ports: &[u16]) -> Self {
        Self { networks: networks.into(), ports: ports.into() }
    }

    /// Judges an address as written, before anything is resolved or connected: http or https, without user name and password, on an
    /// allowed port, and not an IP address that is not public. `Url` has already reduced every spelling of an IPv4 address
    /// (`127.1`, `2130706433`, `0x7f.1`, `①②⑦.0.0.1`) to [`Host::Ipv4`].
    ///
    /// # Errors
    /// `bad_scheme`, `bad_url` or `ssrf_denied`.
    pub fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            let message = format!("“{}:” is no scheme that is asked: only http: and https: are", quoted(url.scheme()));
            return Err(FetchError::new("bad_scheme", Fault::Us, message));
        }
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(FetchError::new("bad_url", Fault::Us, "the address has no host: check it in feeds.toml"));
        };
        if !url.username().is_empty() || url.password().is_some() {
            let message = format!("the address of {} holds a user name or password: take it out, it ends up in logs", place(url));
            return Err(FetchError::new("bad_url", Fault::Us, message));
        }
        let ip = match host {
            Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
            Host::Ipv6(ip) => Some(IpAddr::V6(ip)),
            // RFC 6761 § 6.3: these names are loopback, whatever a resolver says.
            Host::Domain(name) if is_localhost(name) => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            Host::Domain(_) => None,
        };
        match ip {
            Some(ip) if !self.allows(ip) => Err(not_public(&host.to_string(), ip)),
            Some(ip) if self.listed(ip) => Ok(()),
            // A name may yet turn out to be in one of the networks; its DNS answer decides (see `GuardedResolver`).
            None if !self.networks.is_empty() => Ok(()),
            _ if self.ports.contains(&port) => Ok(()),
            _ => Err(self.bad_port(&host.to_string(), port)),
        }
    }

    /// Whether an address may be connected to on an allowed port: public, or in one of the given networks.
    pub fn allows(&self, ip: IpAddr) -> bool {
        if self.listed(ip) {
            return true;
        }
        match ip {
            IpAddr::V4(ip) => !DENIED_V4.iter().any(|net| net.contains(&ip)),
            IpAddr::V6(ip) => GLOBAL_V6.contains(&ip) && !DENIED_V6.iter().any(|net| net.contains(&ip)),
        }
    }

    /// Whether a connection to this address and port may be used.
    pub fn allows_endpoint(&self, endpoint: SocketAddr) -> bool {
        self.listed(endpoint.ip()) || (self.allows(endpoint.ip()) && self.ports.contains(&endpoint.port()))
    }

    /// In one of the networks of the admin. An IPv4 address mapped into IPv6 counts as what it is. An admin behind NAT64 lists its
    /// prefix to reach the public IPv4 world, which must not open the private one: what is inside must be allowed too.
    fn listed(&self, ip: IpAddr) -> bool {
        let contains = |ip: IpAddr| self.networks.iter().any(|net| net.contains(&ip));
        match ip {
            IpAddr::V4(_) => contains(ip),
            IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
                Some(inside) => contains(IpAddr::V4(inside)),
                None if NAT64.contains(&v6) => contains(ip) && self.allows(IpAddr::V4(last_32_bits(v6))),
                None => contains(ip),
            },
        }
    }

    /// Whether an address on that port can only be asked if it is in one of the given networks.
    pub(super) fn needs_listing(&self, url: &Url) -> bool {
        url.port_or_known_default().is_none_or(|port| !self.ports.contains(&port))
    }

    pub(super) fn has_networks(&self) -> bool {
        !self.networks.is_empty()
    }

    fn bad_port(&self, host: &str, port: u16) -> FetchError {
        let allowed: Vec<_> = self.ports.iter().map(u16::to_string).collect();
        let message = format!(
            "port {port} of {host} is not asked, only {}: if it is meant, add it to `allow_ports` in [limits]",
            allowed.join(", ")
        );
        FetchError::new("ssrf_denied", Fault::Us, message)
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or(name);
    last.eq_ignore_ascii_case("localhost")
}

fn last_32_bits(ip: Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = ip.octets();
    Ipv4Addr::new(a, b, c, d)
}

fn not_public(host: &str, ip: IpAddr) -> FetchError {
    let shown = ip.to_string();
    let what = if host.trim_matches(['[', ']']) == shown { shown } else { format!("{} leads to {shown}, which", quoted(host)) };
    let message = format!("{what} is not a public address: if it is meant, add its network to `allow_networks` in [limits]");
    FetchError::new("ssrf_denied", Fault::Us, message)
}

/// Asks for the addresses of a name. The system's resolver in the daemon; scripted answers in tests.
pub trait Lookup: Send + Sync {
    /// All addresses of `name`, in the order they are to be tried.
    fn lookup(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
}

/// The resolver of the operating system (getaddrinfo: /etc/hosts, then DNS).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let name = name.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|endpoint| endpoint.ip()).collect()) })
    }
}

/// A resolver that passes on an answer only if every address in it may be connected to: one bad address among good ones is an
/// attempt to get at it on a retry.
#[derive(Clone)]
pub(super) struct GuardedResolver {
    guard: Guard,
    lookup: Arc<dyn Lookup>,
    /// The HTTP client does not tell a resolver the port. So there is one resolver for the usual ports, and this one for the others,
    /// which are only open in the networks of the admin.
    listed_only: bool,
    timeout: Duration,
}

impl GuardedResolver {
    pub(super) fn new(guard: Guard, lookup: Arc<dyn Lookup>, listed_only: bool) -> Self {
        Self { guard, lookup, listed_only, timeout: DNS_TIMEOUT }
    }

    async fn addresses(self, name: String) -> Result<Vec<IpAddr>, FetchError> {
        let unresolved = |why: &str| {
            let message = format!(
                "the name {} cannot be resolved ({why}): check its spelling; if it is right, the DNS of this machine or of the partner is down",
                quoted(&name)
            );
            FetchError::new("dns", Fault::Network, message)
        };
        let answer = match tokio::time::timeout(self.timeout, self.lookup.lookup(&name)).await {
            Err(_) => return Err(unresolved(&format!("no answer within {} s", self.timeout.as_secs()))),
            Ok(Err(error)) => return Err(unresolved(&quoted(&error.to_string()))),
            Ok(Ok(answer)) if answer.is_empty() => return Err(unresolved("it has no addresses")),
            Ok(Ok(answer)) => answer,
        };
        for &ip in &answer {
            if !self.guard.allows(ip) {
                return Err(not_public(&name, ip));
            }
            if self.listed_only && !self.guard.listed(ip) {
                let message = format!(
                    "{} is not asked on this port: if it is meant, add the port to `allow_ports` in [limits]",
                    quoted(&name)
                );
                return Err(FetchError::new("ssrf_denied", Fault::Us, message));
            }
        }
        Ok(answer)
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.clone().addresses(name.as_str().to_owned());
        Box::pin(async move {
            let endpoints = addresses.await?.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(endpoints) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PORTS: [u16; 4] = [80, 443, 8080, 8443];

    fn guard(networks: &[&str]) -> Guard {
        let networks: Vec<IpNet> = networks.iter().map(|net| net.parse().expect("network")).collect();
        Guard::new(&networks, &PORTS)
    }

    #[track_caller]
    fn check(guard: &Guard, address: &str, expected: Result<(), &str>) {
        let url = Url::parse(address).expect("test address");
        let got = guard.check(&url).map_err(|error| error.code);
        assert_eq!(got.as_ref().copied().map_err(String::as_str), expected, "{address}");
    }

    #[test]
    fn every_range_is_denied_from_its_first_to_its_last_address_and_not_beyond() {
        let none = guard(&[]);
        let ranges = [
            // first, last, the neighbours that are public (or none)
            ("0.0.0.0", "0.255.255.255", None, Some("1.0.0.0")),
            ("10.0.0.0", "10.255.255.255", Some("9.255.255.255"), Some("11.0.0.0")),
            ("100.64.0.0", "100.127.255.255", Some("100.63.255.255"), Some("100.128.0.0")),
            ("127.0.0.0", "127.255.255.255", Some("126.255.255.255"), Some("128.0.0.0")),
            ("169.254.0.0", "169.254.255.255", Some("169.253.255.255"), Some("169.255.0.0")),
            ("172.16.0.0", "172.31.255.255", Some("172.15.255.255"), Some("172.32.0.0")),
            ("192.0.0.0", "192.0.0.255", Some("191.255.255.255"), Some("192.0.1.0")),
            ("192.0.2.0", "192.0.2.255", Some("192.0.1.255"), Some("192.0.3.0")),
            ("192.31.196.0", "192.31.196.255", Some("192.31.195.255"), Some("192.31.197.0")),
            ("192.52.193.0", "192.52.193.255", Some("192.52.192.255"), Some("192.52.194.0")),
            ("192.88.99.0", "192.88.99.255", Some("192.88.98.255"), Some("192.88.100.0")),
            ("192.168.0.0", "192.168.255.255", Some("192.167.255.255"), Some("192.169.0.0")),
            ("192.175.48.0", "192.175.48.255", Some("192.175.47.255"), Some("192.175.49.0")),
            ("198.18.0.0", "198.19.255.255", Some("198.17.255.255"), Some("198.20.0.0")),
            ("198.51.100.0", "198.51.100.255", Some("198.51.99.255"), Some("198.51.101.0")),
            ("203.0.113.0", "203.0.113.255", Some("203.0.112.255"), Some("203.0.114.0")),
            ("224.0.0.0", "255.255.255.255", Some("223.255.255.255"), None),
            ("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, Some("2000::")),
            ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", Some("2000:ffff::"), Some("2001:200::")),
            ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", Some("2001:db7:ffff::"), Some("2001:db9::")),
            ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Some("2001:ffff::"), Some("2003::")),
            ("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", Some("2620:4f:7fff::"), Some("2620:4f:8001::")),
            ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", Some("3ffe::"), Some("3fff:1000::")),
            ("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Some("3fff:ffff::"), None),
        ];
        for (first, last, before, after) in ranges {
            for denied in [first, last] {
                assert!(!none.allows(denied.parse().expect("address")), "{denied} should be denied");
            }
            for public in [before, after].into_iter().flatten() {
                assert!(none.allows(public.parse().expect("address")), "{public} should be allowed");
            }
        }
    }

    #[test]
    fn addresses_in_disguise_are_denied() {
        let none = guard(&[]);
        for disguised in [
            "::ffff:127.0.0.1", // IPv4-mapped
            "::ffff:8.8.8.8",   // even of a public one: no honest answer holds it
            "::127.0.0.1",      // IPv4-compatible
            "64:ff9b::a00:1",   // NAT64 of 10.0.0.1
            "64:ff9b:1::a00:1", // NAT64, local use
            "2002:7f00:1::",    // 6to4 of 127.0.0.1
            "2001:0:7f00:1::",  // Teredo
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
        ] {
            assert!(!none.allows(disguised.parse().expect("address")), "{disguised}");
        }
    }

    #[test]
    fn networks_of_the_admin_are_allowed_as_far_as_they_reach() {
        let guard = guard(&["127.0.0.2/32", "fd00:1::/32", "64:ff9b::/96"]);
        for (ip, expected) in [
            ("127.0.0.2", true),
            ("127.0.0.1", false),
            ("::ffff:127.0.0.2", true),
            ("::ffff:127.0.0.1", false),
            ("fd00:1::5", true),
            ("fd00:2::5", false),
            ("64:ff9b::808:808", true), // a public IPv4 address through NAT64
            ("64:ff9b::a00:1", false),  // 10.0.0.1 through NAT64
            ("64:ff9b::7f00:2", true),  // 127.0.0.2 is allowed itself
        ] {
            assert_eq!(guard.allows(ip.parse().expect("address")), expected, "{ip}");
        }
    }

    #[test]
    fn every_spelling_of_loopback_is_refused() {
        let none = guard(&[]);
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0x7f000001",
            "0177.0.0.1",
            "0",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "①②⑦.⓪.⓪.①",
            "127.0.0.1.",
            "127。0。0。1",
            "%31%32%37.0.0.1",
            "localhost",
            "localhost.",
            "LOCALHOST",
            "a.localhost",
        ] {
            check(&none, &format!("http://{host}/feed"), Err("ssrf_denied"));
            check(&none, &format!("https://{host}:8443/feed"), Err("ssrf_denied"));
        }
    }

    #[test]
    fn addresses_as_written() {
        let none = guard(&[]);
        check(&none, "http://a.example/", Ok(()));
        check(&none, "https://a.example:8443/", Ok(()));
        check(&none, "http://93.184.215.14/", Ok(()));
        check(&none, "http://[2606:2800:21f::1]:8080/", Ok(()));
        check(&none, "http://notlocalhost/", Ok(()));
        check(&none, "http://localhost.example/", Ok(()));
        for port in [22, 25, 6379, 5432, 0] {
            check(&none, &format!("http://a.example:{port}/"), Err("ssrf_denied"));
            check(&none, &format!("http://93.184.215.14:{port}/"), Err("ssrf_denied"));
        }
        check(&none, "ftp://a.example/", Err("bad_scheme"));
        check(&none, "file:///etc/passwd", Err("bad_scheme"));
        check(&none, "data:text/xml,<rss/>", Err("bad_scheme"));
        check(&none, "gopher://127.0.0.1:6379/_x", Err("bad_scheme"));
        check(&none, "https://user@a.example/", Err("bad_url"));
        check(&none, "https://:pass@a.example/", Err("bad_url"));

        let local = guard(&["127.0.0.2/32"]);
        check(&local, "http://127.0.0.2:6379/", Ok(()));
        check(&local, "http://[::ffff:127.0.0.2]:6379/", Ok(()));
        check(&local, "http://127.0.0.1/", Err("ssrf_denied"));
        check(&local, "http://localhost/", Err("ssrf_denied"));
        check(&local, "http://93.184.215.14:6379/", Err("ssrf_denied"));
        check(&local, "http://partner.example:6379/", Ok(())); // until its DNS answer says where it is
        check(&guard(&["127.0.0.0/8"]), "http://localhost:3000/", Ok(()));
    }

    #[test]
    fn refusals_say_what_to_do_and_hide_passwords() {
        let none = guard(&[]);
        let message = |address: &str| none.check(&Url::parse(address).expect("test address")).expect_err("refused").message;
        assert_eq!(
            message("http://2130706433/x"),
            "127.0.0.1 is not a public address: if it is meant, add its network to `allow_networks` in [limits]"
        );
        assert!(message("http://localhost/").starts_with("localhost leads to 127.0.0.1, which is not a public address"));
        assert!(message("http://a.example:22/").contains("only 80, 443, 8080, 8443"));
        assert!(!message("https://wei:hush@a.example/").contains("hush"));
    }

    struct Scripted(io::Result<Vec<IpAddr>>);

    impl Lookup for Scripted {
        fn lookup(&self, _: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
            let answer = match &self.0 {
                Ok(answer) => Ok(answer.clone()),
                Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
            };
            Box::pin(async move { answer })
        }
    }

    async fn resolve(networks: &[&str], answer: &[&str], listed_only: bool) -> Result<usize, String> {
        let answer = answer.iter().map(|ip| ip.parse().expect("address")).collect();
        let resolver = GuardedResolver::new(guard(networks), Arc::new(Scripted(Ok(answer))), listed_only);
        resolver.addresses("partner.example".into()).await.map(|all| all.len()).map_err(|error| error.code)
    }

    #[tokio::test]
    async fn one_bad_address_spoils_the_whole_answer() {
        let denied = Err("ssrf_denied".to_owned());
        assert_eq!(resolve(&[], &["93.184.215.14", "2606:2800:21f::1"], false).await, Ok(2));
        for bad in [
            "10.0.0.5",
            "169.254.1.1",
            "100.64.0.9",
            "198.18.0.1",
            "198.19.255.254",
            "fd12::1",
            "fe80::1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:0:a00:1::",
            "::1",
            "0.0.0.0",
        ] {
            assert_eq!(resolve(&[], &[bad], false).await, denied, "{bad}");
            assert_eq!(resolve(&[], &["93.184.215.14", bad], false).await, denied, "{bad} last");
            assert_eq!(resolve(&[], &[bad, "93.184.215.14"], false).await, denied, "{bad} first");
        }
        assert_eq!(resolve(&["10.0.0.0/8"], &["93.184.215.14", "10.0.0.5"], false).await, Ok(2));
        assert_eq!(resolve(&[], &[], false).await, Err("dns".to_owned()));
    }

    #[tokio::test]
    async fn unusual_ports_are_open_in_the_networks_of_the_admin_only() {
        assert_eq!(resolve(&["10.0.0.0/8"], &["10.0.0.5"], true).await, Ok(1));
        assert_eq!(resolve(&["10.0.0.0/8"], &["93.184.215.14"], true).await, Err("ssrf_denied".to_owned()));
        assert_eq!(resolve(&["10.0.0.0/8"], &["10.0.0.5", "93.184.215.14"], true).await, Err("ssrf_denied".to_owned()));
    }

    #[tokio::test]
    async fn a_name_that_does_not_resolve_is_named() {
        let failing = Scripted(Err(io::Error::other("Name or service not known")));
        let resolver = GuardedResolver::new(guard(&[]), Arc::new(failing), false);
        let error = resolver.addresses("typo.example".into()).await.expect_err("refused");
        assert_eq!((error.code.as_str(), error.fault), ("dns", Fault::Network));
        assert!(error.message.contains("typo.example") && error.message.contains("not known"), "{}", error.message);
    }

    struct Silent;

    impl Lookup for Silent {
        fn lookup(&self, _: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test]
    async fn a_silent_name_server_is_not_waited_for() {
        let mut resolver = GuardedResolver::new(guard(&[]), Arc::new(Silent), false);
        assert_eq!(resolver.timeout, Duration::from_secs(5));
        resolver.timeout = Duration::from_millis(20);
        let error = resolver.addresses("slow.example".into()).await.expect_err("refused");
        assert_eq!(error.code, "dns");
        assert!(error.message.contains("no answer within"), "{}", error.message);
    }

    proptest! {
        /// However it is mapped, an IPv4 address is never better off than as itself.
        #[test]
        fn no_disguise_opens_an_ipv4_address(bits: u32, prefix in prop::sample::select(vec![0u128, 0xffff << 32, 0x64_ff9b << 96])) {
            let plain = IpAddr::V4(Ipv4Addr::from(bits));
            let disguised = IpAddr::V6(Ipv6Addr::from(prefix | u128::from(bits)));
            for guard in [guard(&[]), guard(&["64:ff9b::/96", "10.0.0.0/8"])] {
                prop_assert!(guard.allows(plain) || !guard.allows(disguised));
            }
        }

        /// The check is total and never lets a literal through that the connection would be refused for.
        #[test]
        fn a_checked_literal_is_a_usable_endpoint(ip: u32, port: u16) {
            let guard = guard(&["10.1.0.0/16"]);
            let ip = Ipv4Addr::from(ip);
            let url = Url::parse(&format!("http://{ip}:{port}/")).expect("address");
            prop_assert_eq!(guard.check(&url).is_ok(), guard.allows_endpoint(SocketAddr::new(IpAddr::V4(ip), port)));
        }
    }
}
