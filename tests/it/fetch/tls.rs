//! The client against partners whose TLS is not in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, KeyPair, date_time_ymd};
use reprint::fetch::Client;
use reprint::model::Fault;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use url::Url;

use super::{Dns, check_error, fetch, options};
use crate::harness::{PARTNER, Partner, Reply};

/// A certificate authority of this test.
struct Authority {
    certificate: Certificate,
    key: KeyPair,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        Self { certificate: params.self_signed(&key).expect("a certificate"), key }
    }
}

/// Whose certificate a partner shows, for which host, valid in which years.
struct Shown<'a> {
    signed_by: Option<&'a Authority>,
    host: &'a str,
    years: (i32, i32),
    authority_itself: bool,
}

impl Default for Shown<'_> {
    fn default() -> Self {
        Self { signed_by: None, host: "partner.example", years: (2020, 2120), authority_itself: false }
    }
}

/// A partner that answers every request over TLS with these bytes. It ends with the test's runtime.
async fn partner(shown: Shown<'_>, answer: impl Into<Vec<u8>>) -> SocketAddr {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new([shown.host.to_owned()]).expect("a name");
    params.not_before = date_time_ymd(shown.years.0, 1, 1);
    params.not_after = date_time_ymd(shown.years.1, 1, 1);
    if shown.authority_itself {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    let certificate = match shown.signed_by {
        Some(authority) => params.signed_by(&key, &authority.certificate, &authority.key),
        None => params.self_signed(&key),
    };
    let chain = vec![certificate.expect("a certificate").der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).expect("a server");
    let (acceptor, answer) = (TlsAcceptor::from(Arc::new(config)), answer.into());
    let listener = TcpListener::bind((PARTNER, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not like the certificate goes away: that is what is tested.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = [0; 4096];
            if stream.read(&mut head).await.is_ok_and(|read| read > 0) && stream.write_all(&answer).await.is_ok() {
                let _closed = stream.shutdown().await;
            }
        }
    });
    address
}

const FEED: &str = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<rss/>";

fn client(trusted: &[&Authority]) -> Client {
    let names = Dns::of(&[("partner.example", &[&["127.0.0.2"]]), ("other.example", &[&["127.0.0.2"]])]);
    let authorities: Vec<_> = trusted.iter().map(|authority| authority.certificate.der().to_vec()).collect();
    Client::build(options(), names, &authorities).expect("a client")
}

fn url(host: &str, address: SocketAddr) -> Url {
    Url::parse(&format!("https://{host}:{}/feed", address.port())).expect("an address")
}

#[tokio::test]
async fn h30_certificates_that_do_not_hold_are_told_apart() {
    let (known, unknown) = (Authority::new("Known"), Authority::new("Unknown"));
    let client = client(&[&known]);
    let good = partner(Shown { signed_by: Some(&known), ..Shown::default() }, FEED).await;
    assert_eq!(fetch(&client, url("partner.example", good)).await.expect("a sound certificate").body, b"<rss/>");

    let expired = partner(Shown { signed_by: Some(&known), years: (2019, 2020), ..Shown::default() }, FEED).await;
    let future = partner(Shown { signed_by: Some(&known), years: (2110, 2120), ..Shown::default() }, FEED).await;
    let own = partner(Shown { authority_itself: true, ..Shown::default() }, FEED).await;
    let own_plain = partner(Shown::default(), FEED).await;
    let stranger = partner(Shown { signed_by: Some(&unknown), ..Shown::default() }, FEED).await;
    for (about, host, address, words) in [
        ("expired", "partner.example", expired, "has expired"),
        ("not yet", "partner.example", future, "check the clock"),
        ("another host", "other.example", good, "is for another host"),
        ("self-signed", "partner.example", own, "self-signed"),
        ("self-signed, no authority", "partner.example", own_plain, "self-signed"),
        ("unknown authority", "partner.example", stranger, "unknown authority"),
    ] {
        let error = check_error(fetch(&client, url(host, address)).await, "tls", about);
        assert_eq!(error.fault, Fault::Partner);
        assert!(error.message.starts_with(host) && error.message.contains(words), "{about}: {}", error.message);
    }
}

#[tokio::test]
async fn h30_a_port_without_tls_is_named() {
    // A plain HTTP server reads a TLS greeting as a broken request and says so, or hangs up.
    let listener = TcpListener::bind((PARTNER, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            if stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.is_ok() {
                let _closed = stream.shutdown().await;
            }
        }
    });
    let error = check_error(fetch(&client(&[]), url("partner.example", address)).await, "tls", "no TLS");
    assert!(error.message.contains("http:?"), "{}", error.message);
}

#[tokio::test]
async fn h16_from_https_to_plain_http_is_refused() {
    let known = Authority::new("Known");
    let plain = Partner::start().await;
    plain.put("/feed", Reply::ok("text/xml", "<rss/>"));
    let redirect =
        format!("HTTP/1.1 301 Moved\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", plain.url_as("partner.example", "/feed"));
    let secure = partner(Shown { signed_by: Some(&known), ..Shown::default() }, redirect).await;
    let error = check_error(fetch(&client(&[&known]), url("partner.example", secure)).await, "bad_scheme", "downgrade");
    assert_eq!(error.fault, Fault::Partner);
    assert!(error.message.contains("plain http"), "{}", error.message);
    assert_eq!(plain.seen().len(), 0);
}

#[tokio::test]
async fn a_tls_handshake_that_hangs_counts_against_the_time_to_connect() {
    let listener = TcpListener::bind((PARTNER, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let names = Dns::of(&[("partner.example", &[&["127.0.0.2"]])]);
    let options = reprint::fetch::Options { connect_timeout: Duration::from_millis(300), ..options() };
    let client = Client::build(options, names, &[]).expect("a client");
    let error = check_error(fetch(&client, url("partner.example", address)).await, "timeout", "a silent server");
    assert_eq!(error.fault, Fault::Network);
    assert!(error.message.contains("0.3 s"), "{}", error.message);
}
