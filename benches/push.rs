//! From a partner's publication to a subscriber's callback, by pushes all the way: the partner's hub pushes to the real program, which polls, records,
//! renders, publishes, and delivers through its own hub. One feed of 30 entries, one new entry a push; every file is synced.

mod support;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use url::form_urlencoded;

use support::{Daemon, Folder, free_address, median};

const PUSHES: usize = 50;

/// What the world outside sees.
enum Event {
    /// The program asked the partner's hub for this.
    Asked(HashMap<String, String>),
    /// The program's hub verified the subscriber.
    Verified,
    /// A delivery came.
    Delivered(Instant, Vec<u8>),
}

fn main() {
    let folder = Folder::new("push");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let world = listener.local_addr().expect("bound");
    let feed = Arc::new(Mutex::new(document(world, 0)));
    let (sender, events) = channel();
    let served = feed.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (feed, sender) = (served.clone(), sender.clone());
            std::thread::spawn(move || answer(stream, &feed, &sender));
        }
    });

    let address = free_address();
    let config = folder.0.join("feeds.toml");
    let toml = format!(
        "[site]\ntitle = \"Bench\"\nurl = \"http://{address}/\"\nlisten = \"{address}\"\n[limits]\nhost_spacing = \"0s\"\nallow_networks = [\"127.0.0.1/32\"]\n\
         [websub]\nhub = \"built-in\"\nsubscribe = true\n[[outlet]]\nid = \"city\"\nname = \"城市\"\nfeed = \"http://{world}/feed\"\nlanguage = \"zh-Hans\"\n\
         schedule = \"0 0 1 1 *\"\n"
    );
    std::fs::write(&config, toml).expect("written");
    let daemon = Daemon::start(&config, address);
    let asked = next(&events, |event| if let Event::Asked(form) = event { Some(form) } else { None });
    let callback = asked["hub.callback"].strip_prefix(&format!("http://{address}")).expect("our address").to_owned();
    let topic = form_urlencoded::byte_serialize(asked["hub.topic"].as_bytes()).collect::<String>();
    let query = format!("{callback}?hub.mode=subscribe&hub.topic={topic}&hub.challenge=bench&hub.lease_seconds=86400");
    assert!(support::get(address, &query).is_some_and(|answer| answer.ends_with("bench")), "the program confirms");
    daemon.first_answer("/feeds/all.atom");
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.topic", &format!("http://{address}/feeds/all.atom"))
        .append_pair("hub.callback", &format!("http://{world}/callback"))
        .finish();
    assert!(post(address, "/hub", "", form.as_bytes()).contains(" 202 "), "the hub takes a subscriber");
    next(&events, |event| matches!(event, Event::Verified).then_some(()));
    std::thread::sleep(Duration::from_secs(1));

    let mut latencies: Vec<f64> = Vec::new();
    for number in 1..=PUSHES {
        let body = document(world, number);
        let signature = sign(&asked["hub.secret"], body.as_bytes());
        *feed.lock().unwrap_or_else(PoisonError::into_inner) = body.clone();
        let begin = Instant::now();
        let taken = post(address, &callback, &format!("X-Hub-Signature: sha256={signature}\r\n"), body.as_bytes());
        assert!(taken.contains(" 202 "), "{taken}");
        let marker = format!("推送{number}号");
        let arrived = next(&events, |event| match event {
            Event::Delivered(at, body) if String::from_utf8_lossy(&body).contains(&marker) => Some(at),
            _ => None,
        });
        latencies.push(arrived.duration_since(begin).as_secs_f64() * 1e3);
        std::thread::sleep(Duration::from_millis(100));
    }
    daemon.stop();
    latencies.sort_by(f64::total_cmp);
    let (p50, p95) = (median(latencies.clone()), latencies[PUSHES * 95 / 100]);
    println!("push pushes={PUSHES} p50_ms={p50:.1} p95_ms={p95:.1} max_ms={:.1}", latencies[PUSHES - 1]);
}

/// The partner's feed with so many new entries on top.
fn document(world: SocketAddr, new: usize) -> String {
    let links = format!(
        "<channel><atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"hub\" href=\"http://{world}/hub\"/>\
         <atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"self\" href=\"http://{world}/feed\"/>"
    );
    let items: String = (1..=new)
        .rev()
        .map(|number| {
            format!(
                "<item><title>推送{number}号:码头的新渡船</title><link>http://city0.example/push/{number}</link><guid isPermaLink=\"false\">push-{number}</guid>\
                 <dc:creator>林一川</dc:creator><pubDate>30 May 2026 08:{:02}:{:02} +0800</pubDate><description>第{number}班渡船今天中午离开码头,载着{number}位乘客。</description></item>",
                number / 60,
                number % 60
            )
        })
        .collect();
    support::feed(0).replacen("<channel>", &links, 1).replacen("<item>", &format!("{items}<item>"), 1)
}

fn next<T>(events: &Receiver<Event>, wanted: impl Fn(Event) -> Option<T>) -> T {
    loop {
        let event = events.recv_timeout(Duration::from_secs(30)).expect("it comes within 30 s");
        if let Some(found) = wanted(event) {
            return found;
        }
    }
}

/// The partner's feed and hub, and the subscriber's callback.
fn answer(mut stream: TcpStream, feed: &Mutex<String>, events: &Sender<Event>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let (mut target, mut length) = (String::new(), 0_usize);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if target.is_empty() {
                target = line.split(' ').nth(1)?.to_owned();
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let arrived = Instant::now();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let challenge = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "hub.challenge");
        let reply = match path {
            "/feed" => feed.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            "/hub" => {
                events.send(Event::Asked(form_urlencoded::parse(&body).into_owned().collect())).ok()?;
                String::new()
            }
            _ => match challenge {
                Some((_, challenge)) => {
                    events.send(Event::Verified).ok()?;
                    challenge.into_owned()
                }
                None => {
                    events.send(Event::Delivered(arrived, body)).ok()?;
                    String::new()
                }
            },
        };
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {}\r\n\r\n", reply.len());
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(reply.as_bytes()).ok()?;
    }
}

fn post(address: SocketAddr, path: &str, fields: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{fields}\r\n", body.len());
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(body).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
