//! Idle memory, and time from the start of the process to the first served byte, with a store of 50 outlets and 1,500 articles.
//!
//! Reference in the same run: `reprint --version`, the time this program needs to start and do nothing.

mod support;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{Daemon, ENTRIES, Folder, Partner, feeds_toml, free_address, median, polled};

const OUTLETS: usize = 50;
const RUNS: usize = 11;

fn main() {
    let folder = Folder::new("start");
    let partner = Partner::start(OUTLETS);
    let address = free_address();
    let config = folder.0.join("feeds.toml");
    std::fs::write(&config, feeds_toml(&partner, OUTLETS, address, 1).replace("*/1 * * * * *", "0 0 * * * *")).expect("written");

    let daemon = Daemon::start(&config, address);
    let began = Instant::now();
    while polled(&config) < OUTLETS {
        assert!(began.elapsed() < Duration::from_secs(120), "the outlets are not polled");
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_secs(1));
    daemon.stop();

    let mut first_byte = Vec::new();
    let mut idle = Vec::new();
    for run in 0..RUNS {
        let daemon = Daemon::start(&config, address);
        first_byte.push(daemon.first_answer("/feeds/all.rss").as_secs_f64() * 1e3);
        if run % 4 == 0 {
            std::thread::sleep(Duration::from_secs(2));
            idle.push(daemon.pss_mb());
        }
        daemon.stop();
    }
    let bare = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let status = Command::new(env!("CARGO_BIN_EXE_reprint")).arg("--version").stdout(Stdio::null()).status();
            assert!(status.is_ok_and(|status| status.success()));
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    let (first_byte, idle, bare) = (median(first_byte), median(idle), median(bare));
    println!("{OUTLETS} outlets, {} articles in the store, medians of {RUNS} starts", OUTLETS * ENTRIES);
    println!("start to first served byte {first_byte:.1} ms; the process alone {bare:.1} ms; idle memory (PSS) {idle:.1} MB");
    println!("start first_byte_ms={first_byte:.1} idle_pss_mb={idle:.1} vs_bare_process={:.1}", first_byte / bare);
}
