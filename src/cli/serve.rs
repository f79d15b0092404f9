//! `reprint serve`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::{Failure, log_to_stderr};
use crate::config;
use crate::daemon::{self, Serving};

pub(super) async fn run(path: &Path, listen: Option<SocketAddr>, desk: Option<PathBuf>) -> Result<(), Failure> {
    log_to_stderr("reprint=info,warn");
    let config = config::load_for_serving(path).map_err(|error| Failure::Configuration(error.report))?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let listen = listen.unwrap_or(config.site.listen);
    let socket = desk.unwrap_or_else(|| daemon::socket_of(&config));
    Serving::bind(config, listen, socket).await?.run().await?;
    Ok(())
}
