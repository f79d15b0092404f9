//! Signals.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The signals that mean something to the daemon; `None` where they cannot be caught.
pub(super) struct Signals(Option<[Signal; 3]>);

impl Signals {
    pub(super) fn catch() -> Self {
        let caught = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()].map(signal);
        let [Ok(terminate), Ok(interrupt), Ok(hangup)] = caught else {
            tracing::warn!("signals cannot be caught: a stop will not be an orderly one");
            return Self(None);
        };
        Self(Some([terminate, interrupt, hangup]))
    }

    /// SIGTERM, SIGINT or the token; a second signal ends the process at once. SIGHUP is told what to do instead.
    pub(super) async fn wait(self, shutdown: &CancellationToken) {
        let Some([mut terminate, mut interrupt, mut hangup]) = self.0 else { return shutdown.cancelled().await };
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hangup.recv() => tracing::info!("feeds.toml is read at the start only: restart reprint to apply changes"),
                () = shutdown.cancelled() => return,
            }
        }
        tracing::info!("stopping; a second signal stops at once");
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            std::process::exit(1);
        });
    }
}
