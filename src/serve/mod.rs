//! GET → snapshot → reader. No poll, no query, no network.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::publish::{Prepared, Snapshot};

/// Where article pages come from when somebody opens one: made when asked for, never part of a feed's way.
pub trait Pages: Send + Sync + 'static {
    /// The page of the article with this key, `None` when there is none.
    fn page(&self, key: &str) -> Pin<Box<dyn Future<Output = Option<Arc<Prepared>>> + Send + '_>>;
}

/// What the server answers from.
#[derive(Clone)]
pub struct Site {
    /// Feeds, index, OPML.
    pub snapshot: Arc<Snapshot>,
    /// Article pages.
    pub pages: Arc<dyn Pages>,
    /// What `/readyz` says: the store answers, the snapshot is loaded, the scheduler ticks.
    pub ready: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
    /// `Cache-Control: max-age`, seconds.
    pub max_age: u32,
}

/// Serves until `shutdown`, then stops accepting and lets requests under way finish (15 s at most).
pub async fn run(listener: TcpListener, site: Site, shutdown: CancellationToken) -> std::io::Result<()> {
    let _ = (listener, site, shutdown);
    todo!()
}
