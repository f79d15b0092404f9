//! `/metrics` in the text format of Prometheus 0.0.4, or as OpenMetrics 1.0 for those who ask for that.

mod families;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};

use self::families::*;
pub use self::families::{FAMILIES, Family, Kind};
use super::board::{Board, Ended, Spans};
use crate::model::{PollState, Spending, SubscriptionState, TopicStanding};
use crate::render::WebsubHealth;
use crate::serve::{PartnerCounts, Tally};
use crate::store::Count;

/// What is read from the store.
#[derive(Debug)]
pub(super) struct Stored {
    /// Of the outlets of feeds.toml.
    pub(super) states: Vec<PollState>,
    /// By outlet of feeds.toml.
    pub(super) counts: Vec<(String, Count)>,
    /// By public feed.
    pub(super) readers: Vec<(String, u64)>,
    /// By partner of feeds.toml.
    pub(super) last_pulls: Vec<(String, Option<DateTime<Utc>>)>,
    pub(super) spending: Vec<Spending>,
}

/// Everything that is shown.
pub(super) struct Facts<'a> {
    pub(super) board: &'a Board,
    pub(super) tally: &'a Tally,
    pub(super) started: DateTime<Utc>,
    pub(super) ready: bool,
    /// Ids of feeds.
    pub(super) feeds: Vec<&'a str>,
    /// Ids of partners.
    pub(super) partners: Vec<&'a str>,
    pub(super) websub: WebsubHealth,
    /// Ids of translators with their budgets.
    pub(super) budgets: Vec<(&'a str, u64)>,
    /// `None`: it does not answer.
    pub(super) stored: Option<&'a Stored>,
}

/// Content type of the two forms.
pub(super) fn content_type(open_metrics: bool) -> &'static str {
    if open_metrics {
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    } else {
        "text/plain; version=0.0.4; charset=utf-8"
    }
}

/// Whether OpenMetrics is asked for, by the `Accept` field.
pub(super) fn wants_open_metrics(accept: &str) -> bool {
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("application/openmetrics-text"));
        let refused = parts
            .any(|parameter| parameter.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|weight| weight == 0.0)));
        named && !refused
    })
}

/// Writes them all.
pub(super) fn write(facts: &Facts<'_>, open_metrics: bool) -> String {
    let mut out = Writer { text: String::with_capacity(16 * 1024), open_metrics };
    let Facts { board, tally, .. } = facts;
    out.one(&UP, f64::from(u8::from(facts.stored.is_some())));
    out.one(&READY, f64::from(u8::from(facts.ready)));
    out.one(&START, seconds(facts.started));
    if let Some(bytes) = resident_memory() {
        out.one(&MEMORY, bytes as f64);
    }

    let counts = board.counts();
    out.head(&POLLS);
    for (outlet, counts) in &counts {
        for ((_, result), number) in Ended::ALL.iter().zip(counts.polls) {
            out.sample(POLLS.name, &[("outlet", outlet), ("result", result)], number as f64);
        }
    }
    out.spans(&POLL_SECONDS, &board.poll_spans);
    out.head(&RECEIVED);
    for (outlet, counts) in &counts {
        out.sample(RECEIVED.name, &[("outlet", outlet)], counts.received as f64);
    }
    out.head(&ARTICLES);
    for (outlet, counts) in &counts {
        for (change, number) in [("new", counts.new), ("edited", counts.edited), ("joined", counts.joined)] {
            out.sample(ARTICLES.name, &[("outlet", outlet), ("change", change)], number as f64);
        }
    }
    if let Some(stored) = facts.stored {
        stored_families(&mut out, stored);
    }
    let load = |number: &std::sync::atomic::AtomicU64| number.load(Ordering::Relaxed) as f64;
    out.one(&DOCUMENTS, load(&board.published));
    out.one(&REJECTED, load(&board.rejected));
    out.spans(&PUBLISH_SECONDS, &board.publish_spans);
    feed_families(&mut out, facts);
    partner_families(&mut out, facts);
    websub_families(&mut out, facts);
    out.head(&TRANSLATIONS);
    for (result, number) in [("made", &board.translated), ("failed", &board.untranslated)] {
        out.sample(TRANSLATIONS.name, &[("result", result)], load(number));
    }
    if let Some(stored) = facts.stored {
        out.head(&SPENT);
        for spending in &stored.spending {
            let labels = [("translator", spending.translator.as_str()), ("feed", &spending.feed), ("unit", &spending.unit)];
            out.sample(SPENT.name, &labels, spending.spent.saturating_add(spending.reserved) as f64);
        }
    }
    out.head(&BUDGET);
    for (translator, budget) in &facts.budgets {
        out.sample(BUDGET.name, &[("translator", translator)], *budget as f64);
    }

    out.head(&REQUESTS);
    for (route, status, number) in tally.requests() {
        out.sample(REQUESTS.name, &[("route", route), ("status", &status.to_string())], number as f64);
    }
    let (opened, open, refused) = tally.connections();
    out.one(&SENT, tally.bytes() as f64);
    out.one(&CONNECTIONS, opened as f64);
    out.one(&OPEN, open as f64);
    out.one(&REFUSED, refused as f64);
    if open_metrics {
        out.text.push_str("# EOF\n");
    }
    out.text
}

fn stored_families(out: &mut Writer, stored: &Stored) {
    out.head(&STORED);
    for (outlet, count) in &stored.counts {
        for (state, number) in [("published", count.ready), ("held", count.held)] {
            out.sample(STORED.name, &[("outlet", outlet), ("state", state)], number as f64);
        }
    }
    // States are sorted by outlet: those of one stand together.
    let by_outlet = || stored.states.chunk_by(|a, b| a.outlet == b.outlet);
    let mut gauge = |family: &Family, of: &dyn Fn(&[PollState]) -> Option<f64>| {
        out.head(family);
        for states in by_outlet() {
            if let (Some(first), Some(value)) = (states.first(), of(states)) {
                out.sample(family.name, &[("outlet", &first.outlet)], value);
            }
        }
    };
    gauge(&FAILURES, &|states| states.iter().map(|state| state.failures).max().map(f64::from));
    gauge(&LAST_SUCCESS, &|states| states.iter().map(|state| state.last_success.map_or(0.0, seconds)).reduce(f64::min));
    gauge(&NEXT_POLL, &|states| states.iter().map(|state| seconds(state.next_poll)).reduce(f64::min));
}

fn feed_families(out: &mut Writer, facts: &Facts<'_>) {
    let shown = facts.board.feeds();
    out.head(&FEED_ARTICLES);
    for feed in &facts.feeds {
        if let Some(shown) = shown.get(*feed) {
            out.sample(FEED_ARTICLES.name, &[("feed", feed)], shown.articles as f64);
        }
    }
    out.head(&FEED_NEWEST);
    for feed in &facts.feeds {
        if let Some(newest) = shown.get(*feed).and_then(|shown| shown.newest) {
            out.sample(FEED_NEWEST.name, &[("feed", feed)], seconds(newest));
        }
    }
    if let Some(stored) = facts.stored {
        out.head(&FEED_READERS);
        for (feed, readers) in &stored.readers {
            out.sample(FEED_READERS.name, &[("feed", feed)], *readers as f64);
        }
    }
}

fn partner_families(out: &mut Writer, facts: &Facts<'_>) {
    let counts: Vec<(&str, PartnerCounts)> =
        facts.partners.iter().map(|partner| (*partner, facts.tally.partner(Some(partner)))).collect();
    out.head(&PARTNER_REQUESTS);
    for (partner, counts) in &counts {
        for (result, number) in PartnerCounts::RESULTS.iter().zip(counts.requests) {
            out.sample(PARTNER_REQUESTS.name, &[("partner", partner), ("result", result)], number as f64);
        }
    }
    out.head(&PARTNER_BYTES);
    for (partner, counts) in &counts {
        out.sample(PARTNER_BYTES.name, &[("partner", partner)], counts.bytes as f64);
    }
    if let Some(stored) = facts.stored {
        out.head(&PARTNER_LAST);
        for (partner, last) in &stored.last_pulls {
            out.sample(PARTNER_LAST.name, &[("partner", partner)], last.map_or(0.0, seconds));
        }
    }
    out.one(&STRANGERS, facts.tally.partner(None).requests[2] as f64);
}

fn websub_families(out: &mut Writer, facts: &Facts<'_>) {
    let WebsubHealth { hub, sources, figures } = &facts.websub;
    // Formats of a feed together, in the order of the configuration.
    let mut by_feed: BTreeMap<&str, TopicStanding> = BTreeMap::new();
    for (path, standing) in hub.iter().flat_map(|hub| &hub.topics) {
        let name = path.strip_prefix("feeds/").unwrap_or(path);
        let sum = by_feed.entry(name.rsplit_once('.').map_or(name, |(feed, _)| feed)).or_default();
        sum.subscriptions += standing.subscriptions;
        sum.behind += standing.behind;
        sum.failing += standing.failing;
    }
    let standing = || facts.feeds.iter().filter_map(|feed| Some((*feed, *by_feed.get(feed)?)));
    out.head(&HUB_SUBSCRIPTIONS);
    for (feed, standing) in standing() {
        out.sample(HUB_SUBSCRIPTIONS.name, &[("feed", feed)], standing.subscriptions as f64);
    }
    out.head(&HUB_BEHIND);
    for (feed, standing) in standing() {
        for (state, number) in [("waiting", standing.behind - standing.failing), ("failing", standing.failing)] {
            out.sample(HUB_BEHIND.name, &[("feed", feed), ("state", state)], number as f64);
        }
    }
    out.one(&HUB_WAITING, hub.as_ref().map_or(0, |hub| hub.verifications) as f64);
    out.results(
        &HUB_REQUESTS,
        &[
            ("subscribed", figures.subscribed),
            ("unsubscribed", figures.unsubscribed),
            ("unconfirmed", figures.unconfirmed),
            ("refused", figures.refused),
        ],
    );
    out.one(&HUB_EXPIRED, figures.expired as f64);
    out.results(
        &HUB_DELIVERIES,
        &[("arrived", figures.delivered), ("failed", figures.failed), ("given_up", figures.given_up), ("gone", figures.gone)],
    );
    let sources = sources.as_deref().unwrap_or_default();
    let mut states: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut leases: BTreeMap<&str, DateTime<Utc>> = BTreeMap::new();
    for source in sources {
        let state = if source.denied { "denied" } else { source.state.name() };
        *states.entry((&source.outlet, state)).or_default() += 1;
        if let Some(until) = source.lease_until.filter(|_| source.state == SubscriptionState::Active) {
            let first = leases.entry(&source.outlet).or_insert(until);
            *first = until.min(*first);
        }
    }
    out.head(&SOURCE_SUBSCRIPTIONS);
    for ((outlet, state), number) in states {
        out.sample(SOURCE_SUBSCRIPTIONS.name, &[("outlet", outlet), ("state", state)], number as f64);
    }
    out.head(&SOURCE_LEASE);
    for (outlet, until) in leases {
        out.sample(SOURCE_LEASE.name, &[("outlet", outlet)], seconds(until));
    }
    out.results(
        &PUSHES,
        &[
            ("taken", figures.taken),
            ("hint", figures.hints),
            ("ignored", figures.ignored),
            ("bad_signature", figures.bad_signatures),
            ("unknown", figures.unknown),
        ],
    );
    out.one(&SOURCE_FAILURES, figures.hub_failures as f64);
}

fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1000.0
}

/// `VmRSS` of proc(5); `None` where there is none.
fn resident_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

struct Writer {
    text: String,
    open_metrics: bool,
}

impl Writer {
    fn head(&mut self, family: &Family) {
        // OpenMetrics names a family of counters without the suffix of its samples.
        let name = match (self.open_metrics, family.kind) {
            (true, Kind::Counter) => family.name.strip_suffix("_total").unwrap_or(family.name),
            _ => family.name,
        };
        let _ = writeln!(self.text, "# HELP {name} {}\n# TYPE {name} {}", family.help, family.kind.name()); // a String takes all
    }

    fn one(&mut self, family: &Family, value: f64) {
        self.head(family);
        self.sample(family.name, &[], value);
    }

    /// A family with the label `result`.
    fn results(&mut self, family: &Family, samples: &[(&str, u64)]) {
        self.head(family);
        for (result, number) in samples {
            self.sample(family.name, &[("result", result)], *number as f64);
        }
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.text.push_str(name);
        for (place, (label, text)) in labels.iter().enumerate() {
            self.text.push(if place == 0 { '{' } else { ',' });
            self.text.push_str(label);
            self.text.push_str("=\"");
            for char in text.chars() {
                match char {
                    '\\' => self.text.push_str("\\\\"),
                    '"' => self.text.push_str("\\\""),
                    '\n' => self.text.push_str("\\n"),
                    char => self.text.push(char),
                }
            }
            self.text.push('"');
        }
        let _ = writeln!(self.text, "{} {value}", if labels.is_empty() { "" } else { "}" }); // a String takes all
    }

    fn spans(&mut self, family: &Family, spans: &Spans) {
        self.head(family);
        let (up_to, all, seconds) = spans.cumulative();
        let bucket = format!("{}_bucket", family.name);
        for (bound, number) in up_to {
            // OpenMetrics wants a fraction in every bound.
            self.sample(&bucket, &[("le", &format!("{bound:?}"))], number as f64);
        }
        self.sample(&bucket, &[("le", "+Inf")], all as f64);
        self.sample(&format!("{}_sum", family.name), &[], seconds);
        self.sample(&format!("{}_count", family.name), &[], all as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{HubStanding, WebsubFigures};

    #[test]
    fn names_follow_the_conventions() {
        for family in FAMILIES {
            let Family { name, kind, help, .. } = family;
            assert!(name.starts_with("reprint_") || name.starts_with("process_"), "{name}");
            assert_eq!(kind == Kind::Counter, name.ends_with("_total"), "{name}");
            assert!(help.ends_with('.') && !help.contains('\n'), "{name}");
            assert!(kind != Kind::Histogram || name.ends_with("_seconds"), "{name}");
        }
    }

    #[test]
    fn names_stay_apart_without_the_suffixes_that_openmetrics_takes_off() {
        let names: std::collections::BTreeSet<&str> =
            FAMILIES.iter().map(|family| family.name.trim_end_matches("_total")).collect();
        assert_eq!(names.len(), FAMILIES.len());
    }

    #[test]
    fn values_of_labels_are_escaped() {
        let mut out = Writer { text: String::new(), open_metrics: false };
        out.sample("x", &[("a", "b\"c\\d\ne"), ("f", "河")], 1.5);
        assert_eq!(out.text, "x{a=\"b\\\"c\\\\d\\ne\",f=\"河\"} 1.5\n");
    }

    fn standing() -> WebsubHealth {
        let topic = |subscriptions, behind, failing| TopicStanding { subscriptions, behind, failing };
        let topics = [("feeds/all.atom", topic(1, 1, 1)), ("feeds/all.rss", topic(2, 1, 0)), ("feeds/old.rss", topic(9, 0, 0))];
        let hub = HubStanding {
            address: "https://relay.example.net/hub".parse().expect("an address"),
            built_in: true,
            topics: topics.into_iter().map(|(path, standing)| (path.to_owned(), standing)).collect(),
            verifications: 0,
        };
        WebsubHealth { hub: Some(hub), sources: None, figures: WebsubFigures { given_up: 4, ..WebsubFigures::default() } }
    }

    #[test]
    fn every_family_is_written_once_and_in_the_order_of_the_table() {
        let stored = Stored {
            states: Vec::new(),
            counts: Vec::new(),
            readers: Vec::new(),
            last_pulls: vec![("pier".to_owned(), None)],
            spending: Vec::new(),
        };
        for open_metrics in [false, true] {
            let (board, tally) = (Board::default(), Tally::default());
            let facts = Facts {
                board: &board,
                tally: &tally,
                started: DateTime::UNIX_EPOCH,
                ready: true,
                feeds: vec!["all"],
                partners: vec!["pier"],
                websub: standing(),
                budgets: vec![("deepl", 1000)],
                stored: Some(&stored),
            };
            let text = write(&facts, open_metrics);
            let named: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
            let expected: Vec<&str> = FAMILIES
                .iter()
                .map(|family| if open_metrics { family.name.trim_end_matches("_total") } else { family.name })
                .filter(|name| *name != "process_resident_memory_bytes" || named.contains(name))
                .collect();
            assert_eq!(named, expected);
            assert_eq!(text.ends_with("# EOF\n"), open_metrics);
            assert!(text.contains("reprint_translation_budget_units{translator=\"deepl\"} 1000\n"), "{text}");
            for sample in [
                "reprint_websub_subscriptions{feed=\"all\"} 3\n",
                "reprint_websub_deliveries_due{feed=\"all\",state=\"waiting\"} 1\n",
                "reprint_websub_deliveries_due{feed=\"all\",state=\"failing\"} 1\n",
                "reprint_websub_deliveries_total{result=\"given_up\"} 4\n",
                "reprint_partner_requests_total{partner=\"pier\",result=\"refused\"} 0\n",
                "reprint_partner_last_pull_timestamp_seconds{partner=\"pier\"} 0\n",
            ] {
                assert!(text.contains(sample), "{sample}{text}");
            }
            let without = write(&Facts { stored: None, ..facts }, open_metrics);
            assert!(without.contains("reprint_store_up 0\n") && !without.contains("reprint_source_failures"), "{without}");
        }
    }

    #[test]
    fn openmetrics_is_for_those_who_ask_for_it() {
        let check = |accept: &str, expected: bool| assert_eq!(wants_open_metrics(accept), expected, "{accept}");
        check("", false);
        check("*/*", false);
        check("text/plain;version=0.0.4", false);
        check("application/openmetrics-text;version=1.0.0;q=0.6, text/plain;q=0.3", true);
        check("application/openmetrics-text; q=0", false);
    }
}
