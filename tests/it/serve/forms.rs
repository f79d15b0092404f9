//! The forms of a document: gzip, brotli, zstd, from memory and from files.

use super::*;

/// A server of what is kept in `folder`, with a large document.
async fn start_in(folder: &std::path::Path) -> Server {
    let snapshot = Snapshot::load(Some(folder)).unwrap();
    let items: String = (0..20_000).map(|n| format!("<item>An item, the {n}th of them</item>")).collect();
    snapshot.put(document("feeds/all.rss", "application/rss+xml; charset=utf-8", format!("<rss>{items}</rss>"))).unwrap();
    Server::start_with(snapshot, Limits::default(), Ok(())).await
}

fn unpack(coding: Option<&str>, body: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    match coding {
        None => text.extend_from_slice(body),
        Some("gzip") => {
            io::Read::read_to_end(&mut flate2::read::GzDecoder::new(body), &mut text).unwrap();
        }
        Some("br") => brotli::BrotliDecompress(&mut io::Cursor::new(body), &mut text).unwrap(),
        Some("zstd") => text = zstd::stream::decode_all(body).unwrap(),
        Some(coding) => panic!("{coding}"),
    }
    text
}

async fn check_forms(server: &Server) {
    let document = server.snapshot.get("feeds/all.rss").unwrap();
    let mut tags = Vec::new();
    for coding in [None, Some("gzip"), Some("br"), Some("zstd")] {
        let wish = coding.map_or(String::new(), |coding| format!("Accept-Encoding: {coding}\r\n"));
        let answer = server.get(FEED, &wish).await;
        assert_eq!((answer.status, answer.field("content-encoding")), (200, coding));
        assert!(unpack(coding, &answer.body) == document.identity(), "{coding:?}");
        let tag = answer.field("etag").unwrap().to_owned();
        assert!(!tags.contains(&tag), "{tag} is of two forms");
        // A 304 by this tag, and by date.
        for fields in
            [format!("If-None-Match: {tag}\r\n{wish}"), format!("If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT\r\n{wish}")]
        {
            let again = server.get(FEED, &fields).await;
            assert_eq!((again.status, again.field("etag")), (304, Some(tag.as_str())), "{fields}");
        }
        let head = server.ask(&get(FEED, &wish).replacen("GET", "HEAD", 1)).await;
        assert_eq!(
            (head.status, head.field("etag"), head.field("content-length")),
            (200, Some(tag.as_str()), answer.field("content-length"))
        );
        tags.push(tag);
    }
    let best = server.get(FEED, "Accept-Encoding: gzip, deflate, br, zstd\r\n").await;
    assert!(["br", "zstd"].contains(&best.field("content-encoding").unwrap()), "{}", best.head);
}

#[tokio::test]
async fn each_form_is_the_same_document_under_another_tag() {
    check_forms(&Server::usual().await).await;
}

#[tokio::test]
async fn large_forms_come_from_their_files_and_are_the_same_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = start_in(folder.path()).await;
    check_forms(&first).await;
    let kept = folder.path().join("feeds_2fall.rss.forms");
    let bytes = std::fs::read(&kept).unwrap();
    let br = first.get(FEED, "Accept-Encoding: br\r\n").await;
    let second = start_in(folder.path()).await;
    check_forms(&second).await;
    let again = second.get(FEED, "Accept-Encoding: br\r\n").await;
    assert_eq!((again.field("etag"), again.body == br.body), (br.field("etag"), true));
    assert!(std::fs::read(&kept).unwrap() == bytes, "made anew though it was there");
}

#[tokio::test]
async fn a_new_version_has_all_forms_at_once_where_the_old_one_had_them() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_in(folder.path()).await;
    assert!(server.snapshot.get("feeds/all.rss").unwrap().packed.get().is_none(), "nobody has asked yet");
    check_forms(&server).await;
    let old = server.snapshot.get("feeds/all.rss").unwrap();
    server.snapshot.put(document("feeds/all.rss", "application/rss+xml; charset=utf-8", "<rss>new</rss>".repeat(9_000))).unwrap();
    assert!(server.snapshot.get("feeds/all.rss").unwrap().packed.get().is_some());
    check_forms(&server).await;
    assert_ne!(old.etag, server.snapshot.get("feeds/all.rss").unwrap().etag);
}

#[tokio::test]
async fn damaged_files_are_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("feeds_2fall.rss.forms");
    drop({
        let server = start_in(folder.path()).await;
        check_forms(&server).await;
        server
    });
    let good = std::fs::read(&kept).unwrap();
    for bytes in
        [good[..good.len() / 2].to_vec(), [&good[..good.len() - 9], b"different"].concat(), b"no forms".to_vec(), Vec::new()]
    {
        std::fs::write(&kept, bytes).unwrap();
        check_forms(&start_in(folder.path()).await).await;
        assert!(std::fs::read(&kept).unwrap() == good, "made anew");
    }
    // Gone while the program runs, and before anybody asked.
    let server = start_in(folder.path()).await;
    for name in ["feeds_2fall.rss.forms", "feeds_2fall.rss.doc"] {
        std::fs::remove_file(folder.path().join(name)).unwrap();
    }
    check_forms(&server).await;
}

#[tokio::test]
async fn a_reader_that_takes_its_time_gets_the_whole_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_in(folder.path()).await;
    let whole = server.get(FEED, "").await.body;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(8 * 1024).unwrap();
    let mut stream = socket.connect(server.address).await.unwrap();
    stream.write_all(get(FEED, "Connection: close\r\n").as_bytes()).await.unwrap();
    let (mut all, mut part) = (Vec::new(), vec![0; 10_000]);
    while let Ok(read @ 1..) = stream.read(&mut part).await {
        all.extend_from_slice(&part[..read]);
        if all.len() % 7 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    assert!(all.ends_with(&whole) && all.len() < whole.len() + 2_000);
}
