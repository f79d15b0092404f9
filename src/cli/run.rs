//! `reprint run`.

use std::net::SocketAddr;
use std::path::Path;

use super::{Failure, load, log_to_stderr};
use crate::daemon::{self, Daemon};

pub(super) async fn run(path: &Path, listen: Option<SocketAddr>) -> Result<(), Failure> {
    log_to_stderr("reprint=info,warn");
    let config = load(path)?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let listen = listen.unwrap_or(config.site.listen);
    let stages = daemon::open(config).await?;
    Daemon::bind(stages, listen).await?.run().await?;
    Ok(())
}
