//! Partners at the gate, and what is counted there taken to the store by the minute.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::now;
use crate::config::Config;
use crate::serve::{Access, Ledger, Member, Rules, Tally};
use crate::store::Store;

/// What was counted waits for no longer than this in memory.
const PERIOD: Duration = Duration::from_secs(60);

/// The gate that feeds.toml describes.
pub(super) fn access(config: &Config) -> Access {
    let ids = |public: bool| -> BTreeSet<String> {
        config.feeds.iter().filter(|feed| feed.is_public() == public).map(|feed| feed.id.clone()).collect()
    };
    let members = config.partners.iter().map(|partner| Member {
        id: partner.id.clone(),
        tokens: partner.tokens.iter().filter_map(|token| token.secret.clone()).collect(),
        feeds: partner.feeds.iter().cloned().collect(),
        allow: partner.allow.clone(),
        per_minute: partner.rate,
        expires: partner.expires,
    });
    let rules = Rules { realm: config.site.title.clone(), public: ids(true), private: ids(false), members: members.collect() };
    Access::new(rules, now)
}

/// Saves by the minute until it is told to stop; what is counted after that is for [`save`].
pub(super) async fn keep(store: Store, tally: Arc<Tally>, ledger: Arc<Ledger>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => save(&store, &tally, &ledger).await,
        }
    }
}

/// Saves what was counted. What cannot be saved is kept for the next time.
pub(super) async fn save(store: &Store, tally: &Tally, ledger: &Ledger) {
    let at = now();
    let counted = ledger.take(at);
    let strangers: u64 = counted.pulls.iter().filter(|pulls| pulls.partner.is_none()).map(|pulls| pulls.refused).sum();
    if strangers > 0 {
        tracing::info!(requests = strangers, "requests for feeds of partners without valid credentials were refused");
    }
    if counted.pulls.is_empty() && counted.audiences.is_empty() {
        return;
    }
    match store.add_access(&counted.pulls, &counted.audiences, at).await {
        Ok(()) => tally.pulled(&counted.pulls),
        Err(error) => {
            tracing::error!(%error, "who pulled what cannot be saved; trying again in a minute");
            ledger.put_back(counted);
        }
    }
}
