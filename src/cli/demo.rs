//! `reprint demo`: the real pipeline against made-up outlets on loopback.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use super::{Failure, log_to_stderr, say};
use crate::config::{self, Config};
use crate::daemon::{self, Daemon};
use crate::demo::Partners;

/// A new article arrives somewhere so often.
const RHYTHM: Duration = Duration::from_secs(4);

pub(super) async fn run(listen: Option<SocketAddr>) -> Result<(), Failure> {
    log_to_stderr("reprint=warn,warn");
    let partners = Partners::start(daemon::now())
        .await
        .map_err(|error| Failure::failed(format!("cannot start the made-up outlets: {error}")))?;
    let listen = match listen {
        Some(listen) => listen,
        None => free_address().map_err(Failure::failed)?,
    };
    let state = StateFolder::create().map_err(|error| Failure::failed(format!("cannot make a temporary folder: {error}")))?;
    let toml = partners.feeds_toml(listen);
    let mut config = config::parse("demo", &toml).map_err(|error| Failure::failed(error.report))?;
    config.site.database = state.path().join("reprint.db");
    let stages = daemon::open(config.clone()).await?;
    let store = stages.store.clone();
    let daemon = Daemon::bind(stages, listen).await?;
    let address = daemon.address().map_err(Failure::failed)?;
    announce(&config, address);

    let shutdown = daemon.shutdown();
    let arrivals = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(RHYTHM);
        ticks.tick().await;
        let mut first = true;
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = ticks.tick() => {}
            }
            if first {
                first = false;
                if let Ok(counts) = store.counts().await {
                    let relayed: u64 = counts.values().map(|count| count.ready).sum();
                    say(format_args!("\n{relayed} articles relayed so far. New ones as they arrive:"));
                }
            }
            let arrival = partners.advance(daemon::now());
            say(format_args!("  {}: {}", arrival.outlet, arrival.title));
        }
    });
    let outcome = daemon.run().await;
    arrivals.abort();
    outcome.map_err(Failure::from)
}

/// 127.0.0.1:8080, or a free port where something else has that one.
fn free_address() -> std::io::Result<SocketAddr> {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    match std::net::TcpListener::bind(usual) {
        Ok(_) => Ok(usual),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        Err(error) => Err(error),
    }
}

fn announce(config: &Config, address: SocketAddr) {
    say(format_args!("reprint demo: {} made-up outlets on loopback, relayed by the real pipeline\n", config.outlets.len()));
    for outlet in &config.outlets {
        say(format_args!("  polls     {}  {}", outlet.sources().next().map_or("", url::Url::as_str), outlet.name));
    }
    say("");
    say(format_args!("  open      http://{address}/"));
    for feed in &config.feeds {
        if feed.id == "all" || config.outlet(&feed.id).is_none() {
            say(format_args!("  subscribe http://{address}/feeds/{}.atom  {}", feed.id, feed.title));
            say(format_args!("            http://{address}/feeds/{}.rss", feed.id));
        }
    }
    say(format_args!("  list      http://{address}/feeds.opml\n"));
    say("Stop with Ctrl-C.");
}

/// A folder that is gone when the demo is.
struct StateFolder(std::path::PathBuf);

impl StateFolder {
    fn create() -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("reprint-demo-{}", std::process::id()));
        std::fs::create_dir(&folder)?;
        Ok(Self(folder))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for StateFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
