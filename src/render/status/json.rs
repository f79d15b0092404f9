//! `/status.json`.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{Charts, SourceHealth, Status};
use crate::model::{SourceStanding, SubscriptionState, TopicStanding};

impl Status {
    /// `/status.json`, on one line. Keys are only ever added.
    pub fn json(&self) -> String {
        let source = |source: &SourceHealth| {
            let problem = source.problem.as_ref().map(|problem| {
                json!({
                    "code": problem.code,
                    "fault": problem.fault.name(),
                    "message": problem.message,
                    "since": at(problem.since),
                })
            });
            json!({
                "address": source.address,
                "last_poll": maybe(source.last_poll),
                "last_success": maybe(source.last_success),
                "last_change": maybe(source.last_change),
                "next_poll": at(source.next_poll),
                "failures": source.failures,
                "problem": problem,
                "moved_to": source.moved_to,
            })
        };
        let outlets = self.outlets.iter().map(|outlet| {
            let facts = json!({
                "id": outlet.id,
                "name": outlet.name,
                "health": outlet.health().name(),
                "schedule": outlet.schedule,
                "time_zone": outlet.time_zone,
                "articles": outlet.articles,
                "held": outlet.held,
                "sources": outlet.sources.iter().map(source).collect::<Vec<_>>(),
            });
            with(&facts, "hours", &charts(&outlet.charts))
        });
        let feeds = self.feeds.iter().map(|feed| {
            let translation = feed.translation.as_ref().map(|(to, engine)| json!({"to": to, "translator": engine}));
            let topic = |(extension, standing): (&str, TopicStanding)| (extension.to_owned(), topic_json(standing));
            let topics: Map<String, Value> = self.websub.topics(&feed.id).map(topic).collect();
            json!({
                "id": feed.id,
                "title": feed.title,
                "changed": maybe(feed.changed),
                "articles": feed.articles,
                "newest": maybe(feed.newest),
                "access": if feed.readers.is_some() { "public" } else { "partners" },
                "readers": feed.readers,
                "websub": if topics.is_empty() { Value::Null } else { Value::Object(topics) },
                "translation": translation,
            })
        });
        let partners = self.partners.iter().map(|partner| {
            let last = partner.last.as_ref().map(|last| {
                json!({
                    "at": at(last.at),
                    "status": last.status,
                    "how": last.how,
                    "network": last.network,
                    "agent": last.agent,
                })
            });
            json!({
                "id": partner.id,
                "name": partner.name,
                "feeds": partner.feeds,
                "requests_today": partner.today,
                "requests_7_days": partner.week,
                "refused_7_days": partner.refused,
                "bytes_7_days": partner.bytes,
                "last": last,
                "expires": maybe(partner.expires),
                "expired": partner.expires.is_some_and(|end| end <= self.at),
            })
        });
        let translators = self.translators.iter().map(|translator| {
            json!({
                "id": translator.id,
                "unit": translator.unit,
                "spent_today": translator.spent,
                "calls_today": translator.calls,
                "budget": translator.budget,
            })
        });
        let held = self.held.iter().map(|held| {
            json!({
                "outlet": held.outlet,
                "title": held.title,
                "url": held.url,
                "code": held.code,
                "reason": held.reason,
                "first_seen": at(held.first_seen),
            })
        });
        let document = json!({
            "at": at(self.at),
            "started": at(self.started),
            "ready": self.ready.is_ok(),
            "not_ready_because": self.ready.as_ref().err(),
            "feeds": feeds.collect::<Vec<_>>(),
            "websub": self.websub_json(),
            "partners": partners.collect::<Vec<_>>(),
            "refused_unknown_7_days": self.strangers,
            "translators": translators.collect::<Vec<_>>(),
            "held": held.collect::<Vec<_>>(),
        });
        let document = with(&document, "hours", &charts(&self.charts));
        let outlets = format!("[{}]", outlets.collect::<Vec<_>>().join(","));
        with_text(document, "outlets", &outlets) + "\n"
    }

    fn websub_json(&self) -> Value {
        let figures = &self.websub.figures;
        let hub = self.websub.hub.as_ref().map(|hub| {
            let sum = hub.topics.values().copied().fold(TopicStanding::default(), super::both);
            json!({
                "address": hub.address.as_str(),
                "built_in": hub.built_in,
                "subscriptions": sum.subscriptions,
                "behind": sum.behind,
                "failing": sum.failing,
                "verifications_waiting": hub.verifications,
                "requests": {
                    "subscribed": figures.subscribed,
                    "unsubscribed": figures.unsubscribed,
                    "unconfirmed": figures.unconfirmed,
                    "refused": figures.refused,
                    "expired": figures.expired,
                },
                "deliveries": {
                    "arrived": figures.delivered,
                    "failed": figures.failed,
                    "given_up": figures.given_up,
                    "gone": figures.gone,
                },
            })
        });
        let subscriptions = self.websub.sources.as_ref().map(|sources| sources.iter().map(source_json).collect::<Vec<_>>());
        let pushes = self.websub.sources.as_ref().map(|_| {
            json!({
                "taken": figures.taken,
                "hints": figures.hints,
                "ignored": figures.ignored,
                "bad_signature": figures.bad_signatures,
                "unknown": figures.unknown,
                "hub_failures": figures.hub_failures,
            })
        });
        json!({ "hub": hub, "subscriptions": subscriptions, "pushes": pushes })
    }
}

/// An object as text, with one member more, which is JSON.
fn with(object: &Value, key: &str, member: &str) -> String {
    with_text(object.to_string(), key, member)
}

fn with_text(mut object: String, key: &str, member: &str) -> String {
    // The closing brace.
    object.pop();
    object + ",\"" + key + "\":" + member + "}"
}

/// The lists of numbers as text: as values, those of a thousand outlets would be a quarter of a million.
fn charts(charts: &Charts) -> String {
    let polls = |which: usize| list(charts.polls.iter().map(|polls| u64::from(polls[which])).map(Some));
    let (changed, unchanged, failed) = (polls(0), polls(1), polls(2));
    let (new, lag) = (list(charts.new.iter().map(|number| Some(u64::from(*number)))), list(charts.lag.iter().copied()));
    format!(
        "{{\"polls_changed\":{changed},\"polls_unchanged\":{unchanged},\"polls_failed\":{failed},\"new_articles\":{new},\"lag_seconds\":{lag}}}"
    )
}

fn list(numbers: impl Iterator<Item = Option<u64>>) -> String {
    let mut list = String::from("[");
    for (place, number) in numbers.enumerate() {
        if place > 0 {
            list.push(',');
        }
        match number {
            Some(number) => list.push_str(&number.to_string()),
            None => list.push_str("null"),
        }
    }
    list + "]"
}

fn at(at: DateTime<Utc>) -> String {
    at.format("%FT%TZ").to_string()
}

fn maybe(time: Option<DateTime<Utc>>) -> Option<String> {
    time.map(at)
}

fn topic_json(standing: TopicStanding) -> Value {
    let TopicStanding { subscriptions, behind, failing } = standing;
    json!({ "subscriptions": subscriptions, "behind": behind, "failing": failing })
}

fn source_json(source: &SourceStanding) -> Value {
    json!({
        "outlet": source.outlet,
        "source": source.source.as_str(),
        "hub": source.advertised.hub.as_str(),
        "topic": source.advertised.topic.as_str(),
        "state": if source.denied { "denied" } else { source.state.name() },
        "asked": maybe(source.asked_at),
        "lease_until": maybe(source.lease_until),
        "requests": source.tries,
        "next_request": (source.state != SubscriptionState::Active).then(|| at(source.next_try)),
        "problem": source.problem,
    })
}
