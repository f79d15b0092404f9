//! WebSub (W3C Recommendation, 2018): subscriptions of others at our hub, ours at the hubs of partners.

use chrono::{DateTime, Utc};
use url::Url;

/// Where the changes of a feed are announced, as the feed says (WebSub § 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advertised {
    /// `rel="hub"`, absolute.
    pub hub: Url,
    /// `rel="self"`, absolute: the name of the feed at the hub.
    pub topic: Url,
}

/// Somebody who is told when a topic of ours changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubSubscription {
    /// Path of the document, `feeds/all.rss`.
    pub topic: String,
    /// Where it is told.
    pub callback: Url,
    /// It is an external hub, which is told that there is something new, not what.
    pub pings: bool,
    /// `hub.secret`.
    pub secret: Option<String>,
    /// When it ends.
    pub lease_until: DateTime<Utc>,
    /// Entity tag of the document that arrived there last, or was given up.
    pub delivered: String,
    /// Tries in vain, for what is due.
    pub tries: u32,
    /// Not before this.
    pub next_try: Option<DateTime<Utc>>,
}

/// A request at our hub that is yet to be confirmed by the callback (§ 5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubVerification {
    /// Path of the document.
    pub topic: String,
    /// Callback.
    pub callback: Url,
    /// It wants to begin a subscription, not to end one.
    pub subscribe: bool,
    /// `hub.secret`.
    pub secret: Option<String>,
    /// Lease, seconds.
    pub lease: u32,
    /// Tries in vain.
    pub tries: u32,
    /// Not before this.
    pub next_try: DateTime<Utc>,
}

/// How far a subscription of ours is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionState {
    /// The hub has not confirmed it.
    Pending,
    /// It holds.
    Active,
    /// It is being ended.
    Leaving,
}

impl SubscriptionState {
    /// Every state with its name in the store.
    pub const ALL: [(SubscriptionState, &'static str); 3] =
        [(Self::Pending, "pending"), (Self::Active, "active"), (Self::Leaving, "leaving")];

    /// Name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Leaving => "leaving",
        }
    }

    /// Reads a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(state, _)| *state)
    }
}

/// A subscription of ours at the hub of a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSubscription {
    /// Last part of our callback, not to be guessed, for this subscription only.
    pub token: String,
    /// Id of the outlet.
    pub outlet: String,
    /// Address of the feed as configured.
    pub source: Url,
    /// Hub and topic.
    pub advertised: Advertised,
    /// Key of the signatures.
    pub secret: String,
    /// How far it is.
    pub state: SubscriptionState,
    /// When the hub last took our request.
    pub asked_at: Option<DateTime<Utc>>,
    /// When it ends, once it holds.
    pub lease_until: Option<DateTime<Utc>>,
    /// Requests in vain.
    pub tries: u32,
    /// No request before this.
    pub next_try: DateTime<Utc>,
}
