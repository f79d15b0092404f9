//! Every family of `/metrics`: one table that the writer, docs/metrics.md and docs/grafana.json are held against.

use Kind::{Counter, Gauge, Histogram};

/// Kind of a family of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only rises; begins at 0 with every start.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts of spans up to bounds.
    Histogram,
}

impl Kind {
    /// Its name in the text format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A family of samples.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// Name; that of a counter ends in `_total`.
    pub name: &'static str,
    /// Kind.
    pub kind: Kind,
    /// Names of labels, separated by commas.
    pub labels: &'static str,
    /// Meaning, in one line.
    pub help: &'static str,
}

const fn family(name: &'static str, kind: Kind, labels: &'static str, help: &'static str) -> Family {
    Family { name, kind, labels, help }
}

pub(super) const UP: Family =
    family("reprint_store_up", Gauge, "", "1 while the store answers; without it families that are read from it are missing.");
pub(super) const READY: Family = family("reprint_ready", Gauge, "", "1 while /readyz says so.");
pub(super) const START: Family = family("process_start_time_seconds", Gauge, "", "When the program started, seconds since 1970.");
pub(super) const MEMORY: Family = family("process_resident_memory_bytes", Gauge, "", "Resident memory.");
pub(super) const POLLS: Family =
    family("reprint_polls_total", Counter, "outlet, result", "Polls that ended: changed, unchanged or failed.");
pub(super) const POLL_SECONDS: Family =
    family("reprint_poll_duration_seconds", Histogram, "", "From the request of a poll to its record.");
pub(super) const RECEIVED: Family =
    family("reprint_poll_received_bytes_total", Counter, "outlet", "Documents of polls, decoded.");
pub(super) const ARTICLES: Family = family(
    "reprint_articles_total",
    Counter,
    "outlet, change",
    "Articles that polls changed for readers: new, edited or joined.",
);
pub(super) const STORED: Family =
    family("reprint_articles_stored", Gauge, "outlet, state", "Articles in the store: published or held.");
pub(super) const FAILURES: Family =
    family("reprint_source_failures", Gauge, "outlet", "Failed polls in a row, of the source with the most.");
pub(super) const LAST_SUCCESS: Family = family(
    "reprint_source_last_success_timestamp_seconds",
    Gauge,
    "outlet",
    "When the source that has waited longest last answered, seconds since 1970; 0: never.",
);
pub(super) const NEXT_POLL: Family =
    family("reprint_source_next_poll_timestamp_seconds", Gauge, "outlet", "When the outlet is next polled, seconds since 1970.");
pub(super) const DOCUMENTS: Family =
    family("reprint_documents_published_total", Counter, "", "Documents put in place because they changed.");
pub(super) const REJECTED: Family =
    family("reprint_documents_rejected_total", Counter, "", "Documents kept back because they did not read back whole.");
pub(super) const PUBLISH_SECONDS: Family = family("reprint_publish_duration_seconds", Histogram, "", "Publications.");
pub(super) const FEED_ARTICLES: Family =
    family("reprint_feed_articles", Gauge, "feed", "Articles in the feed; missing until it is made after the start.");
pub(super) const FEED_NEWEST: Family = family(
    "reprint_feed_newest_timestamp_seconds",
    Gauge,
    "feed",
    "Date of the newest article in the feed, seconds since 1970; missing where there is none.",
);
pub(super) const FEED_READERS: Family = family(
    "reprint_feed_readers",
    Gauge,
    "feed",
    "Readers of a public feed, with those of aggregators: an estimate, the most of yesterday and today.",
);
pub(super) const PARTNER_REQUESTS: Family = family(
    "reprint_partner_requests_total",
    Counter,
    "partner, result",
    "Requests of partners: whole, unchanged or refused. By the minute.",
);
pub(super) const PARTNER_BYTES: Family =
    family("reprint_partner_response_bytes_total", Counter, "partner", "Bodies sent to partners.");
pub(super) const PARTNER_LAST: Family = family(
    "reprint_partner_last_pull_timestamp_seconds",
    Gauge,
    "partner",
    "When a partner was last answered, seconds since 1970; 0: never.",
);
pub(super) const STRANGERS: Family = family(
    "reprint_partner_unknown_refused_total",
    Counter,
    "",
    "Requests for feeds of partners that were refused for want of valid credentials.",
);
pub(super) const HUB_SUBSCRIPTIONS: Family =
    family("reprint_websub_subscriptions", Gauge, "feed", "Subscriptions at our hub, all formats of the feed.");
pub(super) const HUB_BEHIND: Family = family(
    "reprint_websub_deliveries_due",
    Gauge,
    "feed, state",
    "Subscribers that have not got the present document: waiting, or failing where the last try did.",
);
pub(super) const HUB_WAITING: Family =
    family("reprint_websub_verifications_waiting", Gauge, "", "Requests at our hub that callbacks have yet to confirm.");
pub(super) const HUB_REQUESTS: Family = family(
    "reprint_websub_requests_total",
    Counter,
    "result",
    "Requests at our hub: subscribed (or renewed), unsubscribed, unconfirmed or refused.",
);
pub(super) const HUB_EXPIRED: Family =
    family("reprint_websub_subscriptions_expired_total", Counter, "", "Subscriptions at our hub that ended with their lease.");
pub(super) const HUB_DELIVERIES: Family = family(
    "reprint_websub_deliveries_total",
    Counter,
    "result",
    "Deliveries: arrived, failed (tried again), given_up, or gone (410).",
);
pub(super) const SOURCE_SUBSCRIPTIONS: Family = family(
    "reprint_websub_source_subscriptions",
    Gauge,
    "outlet, state",
    "Our subscriptions at hubs of partners: pending, denied, active or leaving.",
);
pub(super) const SOURCE_LEASE: Family = family(
    "reprint_websub_source_lease_end_timestamp_seconds",
    Gauge,
    "outlet",
    "When our subscription of the outlet that ends first does so, seconds since 1970.",
);
pub(super) const PUSHES: Family = family(
    "reprint_websub_pushes_total",
    Counter,
    "result",
    "Pushes of hubs of partners: taken, hint (made us poll), ignored, bad_signature or unknown.",
);
pub(super) const SOURCE_FAILURES: Family =
    family("reprint_websub_hub_failures_total", Counter, "", "Requests of ours at hubs of partners that failed.");
pub(super) const TRANSLATIONS: Family =
    family("reprint_translations_total", Counter, "result", "Translations tried: made or failed.");
pub(super) const SPENT: Family = family(
    "reprint_translation_spent_units",
    Gauge,
    "translator, feed, unit",
    "What translations of today (UTC) cost, reserved for calls under way included.",
);
pub(super) const BUDGET: Family = family("reprint_translation_budget_units", Gauge, "translator", "What they may cost in a day.");
pub(super) const REQUESTS: Family = family("reprint_http_requests_total", Counter, "route, status", "Requests answered.");
pub(super) const SENT: Family = family("reprint_http_response_bytes_total", Counter, "", "Bytes of answers, heads included.");
pub(super) const CONNECTIONS: Family = family("reprint_http_connections_total", Counter, "", "Connections let in.");
pub(super) const OPEN: Family = family("reprint_http_connections_open", Gauge, "", "Connections open now.");
pub(super) const REFUSED: Family =
    family("reprint_http_connections_refused_total", Counter, "", "Connections closed at once: there were too many.");

/// Every family there is, in the order in which they are written.
pub const FAMILIES: [Family; 40] = [
    UP,
    READY,
    START,
    MEMORY,
    POLLS,
    POLL_SECONDS,
    RECEIVED,
    ARTICLES,
    STORED,
    FAILURES,
    LAST_SUCCESS,
    NEXT_POLL,
    DOCUMENTS,
    REJECTED,
    PUBLISH_SECONDS,
    FEED_ARTICLES,
    FEED_NEWEST,
    FEED_READERS,
    PARTNER_REQUESTS,
    PARTNER_BYTES,
    PARTNER_LAST,
    STRANGERS,
    HUB_SUBSCRIPTIONS,
    HUB_BEHIND,
    HUB_WAITING,
    HUB_REQUESTS,
    HUB_EXPIRED,
    HUB_DELIVERIES,
    SOURCE_SUBSCRIPTIONS,
    SOURCE_LEASE,
    PUSHES,
    SOURCE_FAILURES,
    TRANSLATIONS,
    SPENT,
    BUDGET,
    REQUESTS,
    SENT,
    CONNECTIONS,
    OPEN,
    REFUSED,
];
