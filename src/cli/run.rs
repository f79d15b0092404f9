//! `reprint run`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::{Failure, load, log_to_stderr};
use crate::config::Config;
use crate::daemon::{self, Daemon};

pub(super) async fn run(path: &Path, listen: Option<SocketAddr>) -> Result<(), Failure> {
    let config = start(path)?;
    let listen = listen.unwrap_or(config.site.listen);
    let stages = daemon::open(config).await?;
    Daemon::bind(stages, listen).await?.run().await?;
    Ok(())
}

/// `--no-http`.
pub(super) async fn without_http(path: &Path, desk: Option<PathBuf>) -> Result<(), Failure> {
    let config = start(path)?;
    let socket = desk.unwrap_or_else(|| daemon::socket_of(&config));
    let stages = daemon::open(config).await?;
    Daemon::without_http(stages, socket).await?.run().await?;
    Ok(())
}

fn start(path: &Path) -> Result<Config, Failure> {
    log_to_stderr("reprint=info,warn");
    let config = load(path)?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    Ok(config)
}
