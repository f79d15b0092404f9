//! WebSub (W3C Recommendation, 2018): a hub for our own feeds, and a subscriber at the hubs of partners.
//!
//! * [`Hub`] takes subscriptions at `/hub`, has callbacks confirm them, and delivers a feed's document whenever it changes. Nothing is queued: a
//!   delivery is due while a subscriber has another version than the snapshot, so a crash loses none. External hubs are told in the same way.
//! * [`Subscriber`] asks the hubs that partners' feeds name, answers their verifications, and takes their pushes at `/websub/{token}`. A push is a
//!   hint to poll; what it brings is taken only where feeds.toml says so.

mod counters;
mod delivery;
mod hub;
mod quota;
mod request;
mod signature;
mod subscriber;

use std::collections::BTreeSet;

use url::Url;

use crate::config;

pub use counters::Counters;
pub use hub::{Hub, Parts};
pub use subscriber::{Pushed, Subscriber};

/// Gives the `Link` field of a document that can be subscribed to, by its path: hub and topic. `None` where `settings` name no hub. `site`: our
/// public address; `topics`: those paths.
pub fn links(
    site: &Url,
    settings: &config::Websub,
    topics: BTreeSet<String>,
) -> Option<impl Fn(&str) -> Option<String> + Send + Sync + use<>> {
    let (site, hub) = (site.clone(), settings.address(site)?);
    Some(move |path: &str| {
        topics.contains(path).then(|| site.join(path).ok()).flatten().map(|topic| delivery::links(&hub, &topic))
    })
}

/// So many random bytes, as lower-case hexadecimal digits; `None` when the system has none.
fn random(bytes: usize) -> Option<String> {
    let mut buffer = vec![0_u8; bytes];
    getrandom::fill(&mut buffer).ok()?;
    Some(hex(&buffer))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
