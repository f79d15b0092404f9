//! A responder just good enough for a partner outlet: one GET a connection, ETag, Last-Modified, 304.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::{Partner, feeds, picture, words};

/// Longest request head read.
const HEAD: u64 = 16 * 1024;

/// Answers for `partner` until aborted.
pub(super) async fn serve(listener: TcpListener, partner: Arc<Partner>) {
    let places = Arc::new(Semaphore::new(64));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let partner = partner.clone();
        tokio::spawn(async move {
            // A client that does not finish in time is left alone; it will ask again.
            let _ = tokio::time::timeout(Duration::from_secs(10), converse(stream, &partner)).await;
            drop(place);
        });
    }
}

async fn converse(mut stream: TcpStream, partner: &Partner) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut limited = (&mut stream).take(HEAD);
    while !head.ends_with(b"\r\n\r\n") {
        if limited.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    stream.write_all(&answer(partner, &String::from_utf8_lossy(&head))).await?;
    stream.shutdown().await
}

/// What there is at a path.
struct Resource {
    content_type: String,
    body: Vec<u8>,
    modified: DateTime<Utc>,
}

fn resource(partner: &Partner, path: &str) -> Option<Resource> {
    let dialect = partner.profile.dialect;
    let charset = feeds::charset(dialect).name();
    let window = partner.window();
    let newest = window.first().map_or(DateTime::UNIX_EPOCH, |issue| issue.at);
    let html = |text: String, modified| Resource {
        content_type: format!("text/html; charset={charset}"),
        body: feeds::encode(dialect, &text),
        modified,
    };
    if path == partner.profile.feed {
        let content_type = feeds::content_type(dialect).to_owned();
        return Some(Resource { content_type, body: feeds::document(partner), modified: newest });
    }
    if path == "/" {
        return Some(html(words::home(partner, charset), newest));
    }
    if let Some(number) = path.strip_prefix("/img/").and_then(|file| file.strip_suffix(".png")) {
        let number = number.parse().ok().filter(|number| (1..=200).contains(number))?;
        return Some(Resource { content_type: "image/png".into(), body: picture::png(number), modified: DateTime::UNIX_EPOCH });
    }
    let slug = path.strip_prefix("/articles/")?.strip_suffix(".html")?;
    let issues = partner.issues.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    let issue = issues.iter().find(|issue| words::slug(issue) == slug)?;
    Some(html(words::page(partner, issue, charset), issue.at))
}

/// The whole answer to a request head.
fn answer(partner: &Partner, head: &str) -> Vec<u8> {
    let mut lines = head.split("\r\n");
    let mut request = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (request.next().unwrap_or_default(), request.next().unwrap_or_default());
    let field = |name: &str| {
        let mut fields = lines.clone().filter_map(|line| line.split_once(':'));
        fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    if method != "GET" && method != "HEAD" {
        return plain("405 Method Not Allowed", "Allow: GET, HEAD\r\n");
    }
    let path = target.split('?').next().unwrap_or_default();
    let Some(Resource { content_type, body, modified }) = resource(partner, path) else {
        return plain("404 Not Found", "");
    };
    let etag: String = Sha256::digest(&body)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{etag}\"");
    let modified = modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let current = match (field("if-none-match"), field("if-modified-since")) {
        (Some(tags), _) => tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag),
        (None, Some(since)) => since == modified,
        (None, None) => false,
    };
    let validators = format!("ETag: {etag}\r\nLast-Modified: {modified}\r\nConnection: close\r\n");
    if current {
        return format!("HTTP/1.1 304 Not Modified\r\n{validators}\r\n").into_bytes();
    }
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n{validators}\r\n");
    let mut bytes = head.into_bytes();
    if method == "GET" {
        bytes.extend(body);
    }
    bytes
}

fn plain(status: &str, fields: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n{fields}Connection: close\r\n\r\n{status}\n",
        status.len() + 1
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::super::{PROFILES, Partners};
    use super::*;

    async fn get(address: std::net::SocketAddr, path: &str, fields: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{fields}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
        (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end..].to_vec())
    }

    #[tokio::test]
    async fn a_poll_a_revalidation_and_a_poll_after_news() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let partners = Partners::start(now).await.unwrap();
        for partner in partners.partners.clone() {
            let feed = partner.profile.feed;
            let (head, first) = get(partner.address, feed, "").await;
            assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
            assert!(head.contains(feeds::content_type(partner.profile.dialect)), "{head}");
            let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
            let etag = field("ETag:");
            let modified = field("Last-Modified:");
            for fields in [format!("If-None-Match: {etag}\r\n"), format!("If-Modified-Since: {modified}\r\n")] {
                let (head, body) = get(partner.address, feed, &fields).await;
                assert!(head.starts_with("HTTP/1.1 304 ") && body.is_empty(), "{fields}{head}");
            }
            partners.advance(now);
            let (head, second) = get(partner.address, feed, &format!("If-None-Match: {etag}\r\n")).await;
            assert!(head.starts_with("HTTP/1.1 200 ") && first != second, "{head}");
        }
    }

    #[tokio::test]
    async fn every_link_in_an_article_of_the_site_leads_somewhere() {
        let partners = Partners::start(DateTime::from_timestamp(1_800_000_000, 0).unwrap()).await.unwrap();
        for partner in &partners.partners {
            for issue in partner.window() {
                let page = words::url(partner, &issue);
                let pictures = words::pictures(partner, &issue).map(|(url, _)| url);
                for url in std::iter::once(page).chain(pictures) {
                    let path = url.strip_prefix(&partner.url("")).unwrap().to_owned();
                    let (head, body) = get(partner.address, &path, "").await;
                    assert!(head.starts_with("HTTP/1.1 200 ") && !body.is_empty(), "{url}: {head}");
                }
            }
        }
    }

    #[tokio::test]
    async fn other_paths_and_methods_are_refused() {
        let partners = Partners::start(DateTime::UNIX_EPOCH).await.unwrap();
        let partner = &partners.partners[0];
        assert_eq!(partner.profile.id, PROFILES[0].id);
        for path in ["/nothing", "/articles/nothing.html", "/img/0.png", "/img/201.png", "/img/x.png", "/../etc/passwd"] {
            let (head, _) = get(partner.address, path, "").await;
            assert!(head.starts_with("HTTP/1.1 404 "), "{path}: {head}");
        }
        assert!(answer(partner, "POST / HTTP/1.1\r\n\r\n").starts_with(b"HTTP/1.1 405 "));
        assert!(answer(partner, "HEAD / HTTP/1.1\r\n\r\n").ends_with(b"\r\n\r\n"));
    }
}
