//! The whole poll lane: 200 feeds of 30 entries, cold and warm, by the real program; entries a second and CPU seconds.
//!
//! Reference in the same run: the least anybody can do with the same libraries: fetch (reqwest), tokenize (quick-xml), one SQLite row an
//! entry. It normalizes, sanitizes, attributes and renders nothing.

mod support;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use support::{Daemon, ENTRIES, Folder, Partner, feeds_toml, free_address, polled};

const OUTLETS: usize = 200;

fn main() {
    let folder = Folder::new("cycle");
    let partner = Partner::start(OUTLETS);
    let address = free_address();
    let config = folder.0.join("feeds.toml");
    // The schedule fires once in the run; the warm cycle is a second start after the stored times have passed.
    std::fs::write(&config, feeds_toml(&partner, OUTLETS, address, 20)).expect("written");

    let daemon = Daemon::start(&config, address);
    let began = Instant::now();
    daemon.first_answer("/healthz");
    let cold_wall = loop {
        // The last outlet of a cycle is published when the index names it; asking the store costs the child nothing.
        if polled(&config) == OUTLETS {
            break began.elapsed().as_secs_f64();
        }
        assert!(began.elapsed() < Duration::from_secs(300), "the outlets are not polled");
        std::thread::sleep(Duration::from_millis(50));
    };
    std::thread::sleep(Duration::from_millis(800));
    let cold_cpu = daemon.cpu_seconds();

    let before = partner.not_modified.load(Ordering::Relaxed);
    let began = Instant::now();
    while partner.not_modified.load(Ordering::Relaxed) < before + OUTLETS as u64 {
        assert!(began.elapsed() < Duration::from_secs(300), "the outlets are not polled again");
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(500));
    let rounds = (partner.not_modified.load(Ordering::Relaxed) - before) as f64 / OUTLETS as f64;
    let warm_cpu = (daemon.cpu_seconds() - cold_cpu) / rounds;
    let memory = daemon.pss_mb();
    daemon.stop();

    let reference_cpu = reference(&partner, &folder);
    let entries = (OUTLETS * ENTRIES) as f64;
    let per_second = entries / cold_wall;
    println!("{OUTLETS} feeds of {ENTRIES} entries, {:.0} MB", partner.bytes as f64 / 1e6);
    println!(
        "cold: {cold_wall:.2} s, {per_second:.0} entries/s, {cold_cpu:.2} CPU s; warm (304): {warm_cpu:.3} CPU s; PSS {memory:.1} MB"
    );
    println!("reference (fetch, tokenize, one row an entry): {reference_cpu:.2} CPU s");
    println!(
        "cycle entries_s={per_second:.0} cold_cpu_s={cold_cpu:.2} warm_cpu_s={warm_cpu:.3} pss_mb={memory:.1} vs_reference={:.2}",
        cold_cpu / reference_cpu
    );
}

/// CPU seconds of this process for the least possible cycle.
fn reference(partner: &Partner, folder: &Folder) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let start = thread_cpu_seconds();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mut store = SqliteConnectOptions::new()
            .filename(folder.0.join("reference.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .connect()
            .await
            .expect("a store");
        sqlx::query("CREATE TABLE entry (feed BIGINT, number BIGINT, body TEXT)").execute(&mut store).await.expect("a table");
        for number in 0..OUTLETS {
            let address = format!("http://{}/{number}.xml", partner.address);
            let body = client.get(address).send().await.expect("an answer").text().await.expect("a body");
            let mut reader = quick_xml::Reader::from_str(&body);
            let mut texts: Vec<String> = Vec::new();
            loop {
                match reader.read_event().expect("well-formed") {
                    quick_xml::events::Event::CData(text) => texts.push(String::from_utf8_lossy(&text).into_owned()),
                    quick_xml::events::Event::Eof => break,
                    _ => {}
                }
            }
            assert_eq!(texts.len(), ENTRIES);
            let mut transaction = store.begin().await.expect("a transaction");
            for (entry, text) in texts.iter().enumerate() {
                sqlx::query("INSERT INTO entry VALUES ($1, $2, $3)")
                    .bind(number as i64)
                    .bind(entry as i64)
                    .bind(text)
                    .execute(&mut *transaction)
                    .await
                    .expect("a row");
            }
            transaction.commit().await.expect("a commit");
        }
    });
    thread_cpu_seconds() - start
}

/// CPU seconds of this process without the threads of the partner: the main thread and the store's.
fn thread_cpu_seconds() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").expect("proc");
    tasks
        .flatten()
        .filter_map(|task| {
            let stat = std::fs::read_to_string(task.path().join("stat")).ok()?;
            let name = stat.split(['(', ')']).nth(1)?.to_owned();
            let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
            let main = task.file_name().to_string_lossy() == std::process::id().to_string();
            (main || name.starts_with("sqlx")).then(|| (fields[11].parse::<f64>().ok(), fields[12].parse::<f64>().ok()))
        })
        .filter_map(|(user, system)| Some((user? + system?) / 100.0))
        .sum()
}
