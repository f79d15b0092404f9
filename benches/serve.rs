//! A published feed from the real program, against nginx with the same bytes as static files: in turn, on the same core, asked by the same
//! wrk on the other core.
//!
//! Needs wrk and nginx (`apt install wrk nginx-light`) and taskset. `cargo bench --bench serve -- crowd` is the other half: how honest readers
//! fare while thousands of connections are idle, silent, half-sent and never read.

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketFlags, SocketType};
use support::{Daemon, Folder, Partner, feeds_toml, free_address, median};

const ROUNDS: usize = 7;
const SECONDS: u64 = 3;
const PATH: &str = "/feeds/all.rss";

/// A feed of invented words: random enough that a compressed feed is as large as those of real newspapers.
fn newspaper() -> String {
    // A linear congruential generator (Knuth): the same paper in every run.
    let mut state = 11_u64;
    let mut random = |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(state >> 33).unwrap_or(0) % below
    };
    let mut xml = String::from(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Harbour</title><link>http://harbour.example/</link><description>d</description><language>zh-cn</language>",
    );
    for item in 0..30 {
        xml.push_str(&format!(
            "<item><title>第{item}号</title><link>http://harbour.example/{item}</link><guid isPermaLink=\"false\">h{item}</guid><pubDate>{:02} May 2026 08:00:00 +0800</pubDate><description><![CDATA[<p>来源: <a href=\"http://daily.example/{item}\">河湾日报</a></p>",
            item % 28 + 1
        ));
        for _ in 0..12 {
            xml.push_str("<p>");
            for _ in 0..150 {
                // Common characters come often, as in any text.
                let common = random(4) > 0;
                let character = char::from_u32(0x4e00 + if common { random(300) * 7 } else { random(6000) }).unwrap_or('口');
                xml.push(character);
            }
            xml.push_str("。</p>");
        }
        xml.push_str("]]></description></item>");
    }
    xml.push_str("</channel></rss>");
    xml
}

/// A process and its children, killed when dropped.
struct Server {
    name: &'static str,
    child: Child,
    address: SocketAddr,
    path: &'static str,
}

impl Server {
    /// Processor seconds of the process and of its children that run.
    fn cpu_seconds(&self) -> f64 {
        let id = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let all = children.split_whitespace().filter_map(|child| child.parse().ok()).chain([id]);
        all.map(cpu_seconds).sum()
    }
}

/// User and system time, in seconds; by the scheduler's count where the kernel gives it, which is finer than clock ticks.
fn cpu_seconds(process: u32) -> f64 {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let nanoseconds: f64 = tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|stat| stat.split_whitespace().next()?.parse::<f64>().ok())
        .sum();
    nanoseconds / 1e9
}

impl Drop for Server {
    fn drop(&mut self) {
        // nginx's worker goes with its master only when that is asked to stop.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn nginx(folder: &Path) -> Server {
    let address = free_address();
    let state = folder.display();
    let config = folder.join("nginx.conf");
    let text = format!(
        "worker_processes 1; daemon off; pid {state}/nginx.pid; error_log {state}/nginx.log warn;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ types {{ application/rss+xml rss; }} access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;\n\
         client_body_temp_path {state}/t1; proxy_temp_path {state}/t2; fastcgi_temp_path {state}/t3; uwsgi_temp_path {state}/t4; scgi_temp_path {state}/t5;\n\
         open_file_cache max=100; server {{ listen {address}; root {state}/www; gzip_static on; }} }}\n"
    );
    std::fs::write(&config, text).expect("written");
    let child = Command::new("taskset").args(["-c", "0", "nginx", "-c"]).arg(&config).stderr(Stdio::null()).spawn();
    let child = child.expect("nginx starts: apt install nginx-light");
    Server { name: "nginx", child, address, path: "/all.rss" }
}

/// An answer in bytes: head and body.
fn ask(address: SocketAddr, path: &str, fields: &str) -> Option<(String, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: bench.example\r\n{fields}Connection: close\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    Some((String::from_utf8_lossy(&answer[..end]).into_owned(), answer[end..].to_vec()))
}

/// Asks until there is an answer of this status.
fn wait_for(address: SocketAddr, path: &str, fields: &str, status: &str) -> (String, Vec<u8>) {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask(address, path, fields).filter(|(head, _)| head.starts_with(status)) {
            return answer;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{path} does not answer {status}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn field(head: &str, name: &str) -> String {
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    fields
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_owned())
        .unwrap_or_else(|| panic!("no {name}: {head}"))
}

#[derive(Debug, Clone, Copy)]
struct Run {
    per_second: f64,
    cpu: f64,
    p99: f64,
    failed: u64,
}

/// What wrk says after `pattern`, in milliseconds or as a number.
fn said(output: &str, pattern: &str) -> Option<f64> {
    let word = output.split(pattern).nth(1)?.split_whitespace().next()?.trim_end_matches(',');
    for (unit, factor) in [("us", 1e-3), ("ms", 1.0), ("s", 1e3), ("m", 6e4), ("", 1.0)] {
        if let Some(Ok(number)) = word.strip_suffix(unit).map(str::parse::<f64>) {
            return Some(number * factor);
        }
    }
    None
}

fn wrk(address: SocketAddr, path: &str, seconds: u64, fields: &[&str]) -> (String, Run) {
    let mut command = Command::new("taskset");
    command.args(["-c", "1", "wrk", "-t", "1", "-c", "50", "-d", &format!("{seconds}s"), "--latency"]);
    for field in fields {
        command.args(["-H", field]);
    }
    let output = command.arg(format!("http://{address}{path}")).output().expect("wrk starts: apt install wrk");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = text.split("Socket errors:").nth(1).map_or(0, |line| {
        let numbers = line.lines().next().unwrap_or_default().split(|c: char| !c.is_ascii_digit());
        numbers.filter_map(|number| number.parse::<u64>().ok()).sum()
    });
    let failed = errors + said(&text, "Non-2xx or 3xx responses:").unwrap_or(0.0) as u64;
    let run = Run {
        per_second: said(&text, "Requests/sec:").unwrap_or(0.0),
        cpu: said(&text, "Requests/sec:").unwrap_or(0.0) * seconds as f64,
        p99: said(&text, "99%").unwrap_or(f64::NAN),
        failed,
    };
    (text, run)
}

fn measure(server: &Server, fields: &[&str]) -> Run {
    let before = server.cpu_seconds();
    let (text, mut run) = wrk(server.address, server.path, SECONDS, fields);
    let requests = text.split(" requests in").next().and_then(|text| text.split_whitespace().last()?.parse::<f64>().ok());
    run.cpu = (server.cpu_seconds() - before) / requests.unwrap_or(f64::NAN) * 1e6;
    assert_eq!(run.failed, 0, "{}: {text}", server.name);
    run
}

/// feeds.toml with one outlet, and these limits.
fn config(folder: &Path, partner: &Partner, address: SocketAddr, limits: &str) -> std::path::PathBuf {
    let toml = feeds_toml(partner, 1, address, 1).replace("*/1 * * * * *", "0 0 * * * *");
    let path = folder.join("feeds.toml");
    std::fs::write(&path, toml.replace("[limits]\n", &format!("[limits]\n{limits}"))).expect("written");
    path
}

fn main() {
    if std::env::args().any(|argument| argument == "crowd") {
        return crowd();
    }
    let folder = Folder::new("serve");
    let partner = Partner::serving([newspaper()]);
    let address = free_address();
    let config = config(&folder.0, &partner, address, "");
    let child = Command::new("taskset")
        .args(["-c", "0", env!("CARGO_BIN_EXE_reprint"), "run", "--config"])
        .arg(&config)
        .env("RUST_LOG", "error")
        .stdin(Stdio::null())
        .spawn()
        .expect("the program starts");
    let ours = Server { name: "reprint", child, address, path: PATH };
    let start = Instant::now();
    let (head, plain) = loop {
        let answer = wait_for(address, PATH, "", "HTTP/1.1 200");
        if answer.1.len() > 100_000 {
            break answer;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "the feed is not published");
        std::thread::sleep(Duration::from_millis(50));
    };
    let (gzip_head, gzip) = wait_for(address, PATH, "Accept-Encoding: gzip\r\n", "HTTP/1.1 200");
    let www = folder.0.join("www");
    std::fs::create_dir_all(&www).expect("a folder");
    std::fs::write(www.join("all.rss"), &plain).expect("written");
    std::fs::write(www.join("all.rss.gz"), &gzip).expect("written");
    let nginx = nginx(&folder.0);
    let (nginx_head, nginx_gzip) = wait_for(nginx.address, nginx.path, "Accept-Encoding: gzip\r\n", "HTTP/1.1 200");
    assert!(nginx_gzip == gzip && field(&nginx_head, "content-encoding") == "gzip", "nginx serves the same bytes");
    println!(
        "{} bytes, {} compressed; {ROUNDS} rounds of {SECONDS} s, medians; server on core 0, wrk -t1 -c50 on core 1",
        plain.len(),
        gzip.len()
    );

    let condition = |head: &str| format!("If-None-Match: {}", field(head, "etag"));
    let conditions = [condition(&gzip_head), condition(&nginx_head)];
    let _ = head;
    let modes = ["gzip GET", "304", "plain GET"];
    let mut runs: [[Vec<Run>; 2]; 3] = Default::default();
    for round in 0..ROUNDS {
        for (mode, runs) in runs.iter_mut().enumerate() {
            // Whoever comes second meets a warm machine: by turns.
            for turn in [round % 2, 1 - round % 2] {
                let server = [&ours, &nginx][turn];
                let fields: &[&str] = match mode {
                    0 => &["Accept-Encoding: gzip"],
                    1 => &["Accept-Encoding: gzip", &conditions[turn]],
                    _ => &[],
                };
                runs[turn].push(measure(server, fields));
            }
        }
    }
    let of = |runs: &[Run], what: fn(&Run) -> f64| median(runs.iter().map(what).collect());
    let mut ratios = Vec::new();
    for (mode, runs) in modes.iter().zip(&runs) {
        let ratio = |what: fn(&Run) -> f64| {
            median(runs[0].iter().zip(&runs[1]).map(|(ours, theirs)| what(ours) / what(theirs)).collect())
        };
        for (name, runs) in ["reprint", "nginx"].iter().zip(runs) {
            println!(
                "{mode:<10} {name:<8} {:>9.0}/s {:>6.2} µs CPU a request, p99 {:.3} ms",
                of(runs, |run| run.per_second),
                of(runs, |run| run.cpu),
                of(runs, |run| run.p99)
            );
        }
        ratios.push([ratio(|run| run.per_second), ratio(|run| run.cpu), ratio(|run| run.p99)]);
    }
    println!(
        "serve get_vs_nginx={:.3} not_modified_vs_nginx={:.3} plain_vs_nginx={:.3} get_cpu_vs_nginx={:.3} not_modified_cpu_vs_nginx={:.3} get_p99_vs_nginx={:.3} not_modified_p99_vs_nginx={:.3}",
        ratios[0][0], ratios[1][0], ratios[2][0], ratios[0][1], ratios[1][1], ratios[0][2], ratios[1][2]
    );
}

const IDLE: usize = 4096;
const SLOW: usize = 2000;

/// A connection from an address of its own below 127/8.
fn connect_from(number: usize, to: SocketAddr) -> TcpStream {
    let bind = |number: usize| {
        // Not inherited by wrk, which takes descriptors only up to the number of its own connections.
        let (family, kind, flags) = (AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC);
        let socket = rustix::net::socket_with(family, kind, flags, None)?;
        let [low, high] = u16::try_from(number % 60_000).unwrap_or(0).to_le_bytes();
        rustix::net::bind(&socket, &SocketAddr::from(([127, 1, high, low.max(1)], 0)))?;
        rustix::net::sockopt::set_socket_recv_buffer_size(&socket, 4096)?;
        rustix::net::connect(&socket, &to)?;
        Ok::<_, rustix::io::Errno>(TcpStream::from(socket))
    };
    bind(number).expect("connected: `ulimit -n` must be 16384 or more")
}

/// Honest readers in a crowd of those who are not.
fn crowd() {
    let folder = Folder::new("crowd");
    let partner = Partner::serving([newspaper()]);
    let address = free_address();
    let config = config(&folder.0, &partner, address, "connections = 8192\n");
    let child = Command::new("sh")
        .args(["-c", "ulimit -n 16384 && exec taskset -c 0 \"$0\" run --config \"$1\""])
        .arg(env!("CARGO_BIN_EXE_reprint"))
        .arg(&config)
        .env("RUST_LOG", "error")
        .stdin(Stdio::null())
        .spawn()
        .expect("the program starts");
    let daemon = Daemon { child, address };
    while wait_for(address, PATH, "", "HTTP/1.1 200").1.len() < 100_000 {
        std::thread::sleep(Duration::from_millis(50));
    }
    let idle: Vec<TcpStream> = (0..IDLE)
        .map(|number| {
            let mut stream = connect_from(number, address);
            stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: bench.example\r\n\r\n").expect("sent");
            let mut byte = [0; 512];
            assert!(stream.read(&mut byte).expect("an answer") > 0);
            stream
        })
        .collect();
    let began = Instant::now();
    let request = format!("GET {PATH} HTTP/1.1\r\nHost: bench.example\r\n\r\n");
    let slow: Vec<(&str, f64, (TcpStream, Instant))> = (0..SLOW)
        .map(|number| {
            let mut stream = connect_from(IDLE + number, address);
            let (kind, limit) = match number % 4 {
                0 => ("silent", 10.0),
                1 | 2 => ("half-sent", 10.0),
                _ => ("never reads", 30.0),
            };
            let text = match number % 4 {
                0 => String::new(),
                1 | 2 => request[..30].to_owned(),
                _ => request.repeat(60),
            };
            stream.write_all(text.as_bytes()).expect("sent");
            stream.set_nonblocking(true).expect("set");
            (kind, limit, (stream, Instant::now()))
        })
        .collect();
    println!("{IDLE} idle connections, {SLOW} slow ones ({:.1} s to open); wrk -t1 -c50 for 40 s", began.elapsed().as_secs_f64());
    let honest = std::thread::spawn(move || wrk(address, PATH, 40, &["Accept-Encoding: gzip"]));
    // When each of the slow ones is closed: the sockets of those that never read have no more to read once they are reset.
    let mut closed = vec![None; SLOW];
    let mut peak: f64 = 0.0;
    while began.elapsed() < Duration::from_secs(45) {
        for ((_, _, (stream, opened)), closed) in slow.iter().zip(&mut closed) {
            if closed.is_none() {
                let error = stream.take_error().ok().flatten().is_some();
                let mut byte = [0; 1];
                let ended = matches!(stream.peek(&mut byte), Ok(0));
                let gone = error
                    || ended
                    || matches!(stream.peek(&mut byte), Err(error) if error.kind() != std::io::ErrorKind::WouldBlock);
                *closed = gone.then(|| opened.elapsed().as_secs_f64());
            }
        }
        peak = peak.max(daemon.pss_mb());
        std::thread::sleep(Duration::from_millis(100));
    }
    let (text, run) = honest.join().expect("wrk ran");
    println!("{text}");
    let mut failures = Vec::new();
    for kind in ["silent", "half-sent", "never reads"] {
        let times: Vec<(Option<f64>, f64)> = slow
            .iter()
            .zip(&closed)
            .filter(|((found, ..), _)| *found == kind)
            .map(|((_, limit, _), closed)| (*closed, *limit))
            .collect();
        let open = times.iter().filter(|(closed, _)| closed.is_none()).count();
        let last = times.iter().filter_map(|(closed, _)| *closed).fold(0.0, f64::max);
        let limit = times[0].1;
        println!(
            "{kind:<12} {} connections, {open} still open, the last closed after {last:.1} s (limit {limit} s, looked at every 0.1 s)",
            times.len()
        );
        // Two seconds for looking at them all.
        if open > 0 || last > limit + 2.0 {
            failures.push(format!("{kind}: {open} open, last after {last:.1} s"));
        }
    }
    println!("memory at most {peak:.1} MB (PSS); honest readers: {} failed, p99 {:.1} ms", run.failed, run.p99);
    if run.failed > 0 || peak > 150.0 {
        failures.push(format!("{} failed, {peak:.1} MB", run.failed));
    }
    drop(idle);
    daemon.stop();
    println!("serve-crowd failed={} p99_ms={:.2} peak_pss_mb={peak:.1}", run.failed, run.p99);
    assert!(failures.is_empty(), "{failures:?}");
}
