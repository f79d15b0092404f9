//! `/status`: what status.html needs, worked out in the language of the reader.

use std::collections::BTreeMap;

use chrono::{DateTime, Offset, Utc};
use chrono_tz::Tz;
use minijinja::{Value, context};

use super::chart::charts;
use super::words::Tongue;
use super::{FeedHealth, Health, HeldHealth, OutletHealth, PartnerHealth, Status, TranslatorHealth};
use crate::model::{SourceStanding, SubscriptionState, TopicStanding};
use crate::render::Renderer;
use crate::render::page::plain_page;
use crate::render::text::html;

/// Outlets shown with charts and all; the others, in order of how much they need attention, are shown in a line. Also the most feeds.
pub(super) const WHOLE: usize = 100;

/// Held articles listed on the page.
const HELD: usize = 100;

impl Renderer {
    /// `/status` in the language that the reader would rather read (`Accept-Language`) or else in that of the site: the tag of that language, and
    /// the page.
    pub fn status_page(&self, status: &Status, accept_language: &str) -> (&'static str, String) {
        let tongue = Tongue::negotiate(accept_language, &self.site.language);
        let context = self.status_context(status, tongue);
        let page = self.templates.render("status.html", &context);
        (tongue.tag(), page.unwrap_or_else(|| plain_page(tongue.word("status"), &html(&status.json()))))
    }

    /// Tries status.html on a status with one of everything, in every language; the error names file, line and what is wrong.
    pub(in crate::render) fn try_status_page(&self) -> Result<(), String> {
        let sample = super::sample();
        Tongue::ALL
            .into_iter()
            .try_for_each(|tongue| self.templates.try_render("status.html", &self.status_context(&sample, tongue)).map(drop))
    }

    /// What status.html needs.
    fn status_context(&self, status: &Status, tongue: Tongue) -> Value {
        let view = View { tongue, now: status.at, zone: self.site.time_zone, site: &self.site.address };
        let ordered = status.ordered();
        let outlets: Vec<Value> = ordered.iter().take(WHOLE).map(|outlet| view.outlet(outlet)).collect();
        let others: Vec<Value> = ordered
            .iter()
            .skip(WHOLE)
            .map(|outlet| {
                let health = outlet.health();
                context! { name => &outlet.name, health => tongue.word(health.name()), articles => outlet.articles }
            })
            .collect();
        let (all, troubled) =
            (status.outlets.len(), status.outlets.iter().filter(|outlet| outlet.health() < Health::Waiting).count());
        let attention = match (troubled, all) {
            (0, _) => tongue.counted("all_well", u64::try_from(all).unwrap_or(u64::MAX)),
            (_, 1) => tongue.word("attention_only").to_owned(),
            (1, _) => tongue.fill("attention_one", &[("n", &troubled), ("all", &all)]),
            _ => tongue.fill("attention_many", &[("n", &troubled), ("all", &all)]),
        };
        let held_in_all: u64 = status.outlets.iter().map(|outlet| outlet.held).sum();
        let held: Vec<Value> = status.held.iter().take(HELD).map(|held| view.held(held)).collect();
        let cut = u64::try_from(held.len()).unwrap_or(u64::MAX) < held_in_all;
        let held_cut = cut.then(|| tongue.fill("held_cut", &[("n", &held.len()), ("all", &held_in_all)]));
        let feeds: Vec<Value> =
            status.feeds.iter().take(WHOLE).map(|feed| view.feed(feed, status.websub.of_feed(&feed.id))).collect();
        let feeds_cut = (feeds.len() < status.feeds.len())
            .then(|| tongue.fill("feeds_cut", &[("n", &feeds.len()), ("all", &status.feeds.len()), ("file", &"status.json")]));
        let words = self.words.of([Some(tongue.tag())]);
        // The words of the table are ours: nothing in them needs escaping.
        let held_note = tongue.fill("held_note", &[("command", &"<code>reprint explain</code>")]);
        context! {
            say => tongue.all(),
            at => view.moment(Some(status.at)),
            started => view.moment(Some(status.started)),
            not_ready => status.ready.as_ref().err(),
            attention,
            troubled,
            outlets,
            others,
            charts => charts(&status.charts, tongue.word("all_outlets"), tongue),
            feeds,
            feeds_cut,
            websub => view.websub(status),
            partners => status.partners.iter().map(|partner| view.partner(partner)).collect::<Vec<_>>(),
            strangers => (status.strangers > 0).then(|| tongue.counted("strangers", status.strangers)),
            translators => status.translators.iter().map(|translator| view.translator(translator)).collect::<Vec<_>>(),
            held,
            held_says => tongue.counted("held", held_in_all),
            held_note => Value::from_safe_string(held_note),
            held_cut,
            ..self.frame(tongue.word("status"), words, Some(tongue.tag()), &self.site.address)
        }
    }
}

/// How it is shown.
struct View<'a> {
    tongue: Tongue,
    now: DateTime<Utc>,
    zone: Tz,
    /// Address of the site.
    site: &'a str,
}

impl View<'_> {
    /// A time as the page shows it: in the zone of the site, and how long ago or ahead.
    fn moment(&self, at: Option<DateTime<Utc>>) -> Option<Value> {
        let at = at?;
        let local = at.with_timezone(&self.zone);
        let utc = local.offset().fix().local_minus_utc() == 0;
        let text = local.format(if utc { "%F %R UTC" } else { "%F %R UTC%:z" }).to_string();
        Some(context! { iso => at.format("%FT%TZ").to_string(), text, distance => self.tongue.distance(at - self.now) })
    }

    fn outlet(&self, outlet: &OutletHealth) -> Value {
        let sources: Vec<Value> = outlet
            .sources
            .iter()
            .map(|source| {
                let problem = source.problem.as_ref().map(|problem| {
                    context! {
                        code => &problem.code,
                        means => self.tongue.code(&problem.code),
                        message => &problem.message,
                        fault => self.tongue.fault(problem.fault),
                        since => self.moment(Some(problem.since)),
                        failures => source.failures,
                    }
                });
                context! {
                    address => &source.address,
                    last => self.moment(source.last_poll),
                    success => self.moment(source.last_success),
                    changed => self.moment(source.last_change),
                    next => self.moment(Some(source.next_poll)),
                    moved => &source.moved_to,
                    problem,
                }
            })
            .collect();
        let health = outlet.health();
        context! {
            id => &outlet.id,
            name => &outlet.name,
            health => self.tongue.word(health.name()),
            troubled => health < Health::Waiting,
            rhythm => self.tongue.rhythm(&outlet.schedule, &outlet.time_zone),
            articles => outlet.articles,
            held => outlet.held,
            sources,
            charts => charts(&outlet.charts, &outlet.name, self.tongue),
        }
    }

    fn feed(&self, feed: &FeedHealth, standing: Option<TopicStanding>) -> Value {
        let translation = feed.translation.as_ref().map(|(to, by)| self.tongue.fill("translated", &[("to", to), ("by", by)]));
        context! {
            title => &feed.title,
            page => format!("{}feeds/{}", self.site, feed.id),
            changed => self.moment(feed.changed),
            articles => feed.articles,
            newest => self.moment(feed.newest),
            readers => feed.readers,
            subscriptions => standing.map(|standing| standing.subscriptions),
            due => standing.and_then(|standing| self.due(standing)),
            translation,
        }
    }

    /// Deliveries that are due, if there are some.
    fn due(&self, standing: TopicStanding) -> Option<String> {
        let TopicStanding { behind, failing, .. } = standing;
        match (behind, failing) {
            (0, _) => None,
            (_, 0) => Some(behind.to_string()),
            _ => Some(self.tongue.fill("due_failing", &[("n", &behind), ("failing", &failing)])),
        }
    }

    /// WebSub, where feeds.toml wants any of it.
    fn websub(&self, status: &Status) -> Option<Value> {
        let websub = &status.websub;
        if websub.hub.is_none() && websub.sources.is_none() {
            return None;
        }
        let (tongue, figures) = (self.tongue, &websub.figures);
        let hub = websub.hub.as_ref().map(|hub| {
            let sum = hub.topics.values().copied().fold(TopicStanding::default(), super::both);
            let requests = tongue.fill(
                "requests_say",
                &[
                    ("subscribed", &figures.subscribed),
                    ("unsubscribed", &figures.unsubscribed),
                    ("unconfirmed", &figures.unconfirmed),
                    ("refused", &figures.refused),
                    ("expired", &figures.expired),
                ],
            );
            let deliveries = tongue.fill(
                "deliveries_say",
                &[
                    ("delivered", &figures.delivered),
                    ("failed", &figures.failed),
                    ("given_up", &figures.given_up),
                    ("gone", &figures.gone),
                ],
            );
            context! {
                address => hub.address.as_str(),
                own => hub.built_in,
                subscriptions => sum.subscriptions,
                due => self.due(sum),
                unconfirmed => hub.verifications,
                requests,
                deliveries,
            }
        });
        let names: BTreeMap<&str, &str> =
            status.outlets.iter().map(|outlet| (outlet.id.as_str(), outlet.name.as_str())).collect();
        let sources = websub.sources.as_ref().map(|sources| {
            let named = |id: &str| names.get(id).copied().unwrap_or(id).to_owned();
            sources.iter().map(|source| self.subscription(source, &named(&source.outlet))).collect::<Vec<_>>()
        });
        let pushes = tongue.fill(
            "pushes_say",
            &[
                ("taken", &figures.taken),
                ("hints", &figures.hints),
                ("ignored", &figures.ignored),
                ("bad", &figures.bad_signatures),
                ("unknown", &figures.unknown),
            ],
        );
        Some(context! { hub, subscribes => sources.is_some(), sources, pushes, hub_failures => figures.hub_failures })
    }

    fn subscription(&self, source: &SourceStanding, outlet: &str) -> Value {
        let asked = source.state != SubscriptionState::Active;
        context! {
            outlet,
            hub => source.advertised.hub.as_str(),
            state => self.tongue.word(state(source)),
            troubled => source.denied || source.problem.is_some(),
            problem => &source.problem,
            until => self.moment(source.lease_until.filter(|_| !asked)),
            again => asked.then(|| self.moment(Some(source.next_try))),
        }
    }

    fn partner(&self, partner: &PartnerHealth) -> Value {
        context! {
            id => &partner.id,
            name => &partner.name,
            today => partner.today,
            week => partner.week,
            refused => partner.refused,
            bytes => bytes(partner.bytes),
            last => self.moment(partner.last.as_ref().map(|last| last.at)),
            how => partner.last.as_ref().map(|last| &last.how),
            expires => self.moment(partner.expires),
            expired => partner.expires.is_some_and(|end| end <= self.now),
        }
    }

    fn translator(&self, translator: &TranslatorHealth) -> Value {
        let TranslatorHealth { id, unit, spent, calls, budget } = translator;
        let unit = match self.tongue.word(unit) {
            "" if unit.is_empty() => self.tongue.word("units"),
            "" => unit,
            known => known,
        };
        let spent = match budget {
            Some(budget) => self.tongue.fill("spent", &[("spent", spent), ("budget", budget), ("unit", &unit)]),
            None => self.tongue.fill("spent_unbound", &[("spent", spent), ("unit", &unit)]),
        };
        context! { id, spent, calls }
    }

    fn held(&self, held: &HeldHealth) -> Value {
        let HeldHealth { outlet, title, url, code, reason, first_seen } = held;
        context! { outlet, title, url, code, means => self.tongue.code(code), reason, seen => self.moment(Some(*first_seen)) }
    }
}

/// Key of the words for how far a subscription is.
fn state(source: &SourceStanding) -> &'static str {
    match source.state {
        SubscriptionState::Active => "sub_active",
        SubscriptionState::Leaving => "sub_leaving",
        SubscriptionState::Pending if source.denied => "sub_denied",
        SubscriptionState::Pending if source.problem.is_some() => "sub_failing",
        SubscriptionState::Pending if source.tries > 0 => "sub_asked",
        SubscriptionState::Pending => "sub_new",
    }
}

/// A number of bytes, to three figures.
fn bytes(number: u64) -> String {
    let mut scaled = number as f64;
    let mut units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for larger in units {
        if scaled < 999.5 {
            break;
        }
        (scaled, unit) = (scaled / 1000.0, larger);
    }
    let places = if unit == "B" || scaled >= 99.95 { 0 } else { 1 };
    format!("{scaled:.places$} {unit}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{HOURS, sample};
    use super::*;
    use crate::render::sample::renderer;

    #[track_caller]
    fn check(page: &str, parts: &[&str]) {
        for part in parts {
            assert!(page.contains(part), "{part}\n{page:.9000}");
        }
    }

    #[test]
    fn the_page_and_the_json_say_the_same() {
        let mut status = sample();
        status.outlets[0].name = "A <b> & \"c\"".into();
        let (tag, page) = renderer().status_page(&status, "en");
        assert_eq!(tag, "en");
        check(
            &page,
            &[
                "A &lt;b&gt; &amp;",
                "the scheduler has not run",
                "no answer",
                "the way between us failed",
                "101 outlets need attention",
                "every 30 minutes",
                "1 of 2 characters",
                "https://nanan.example/rss",
                "reason",
                "role=\"img\"",
                "码头报",
                "1 request without valid credentials",
                "it answered 500",
                "holds",
                "1, of which failing: 1",
            ],
        );
        assert!(!page.contains("<script") && !page.contains("http-equiv") && !page.contains(" style="));
        let text = status.json();
        assert_eq!(text.lines().count(), 1);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["outlets"].as_array().unwrap().len(), WHOLE + 1);
        assert_eq!(json["outlets"][0]["sources"][0]["problem"]["fault"], "network");
        assert_eq!(json["hours"]["lag_seconds"].as_array().unwrap().len(), HOURS);
        assert_eq!((&json["ready"], &json["held"][0]["code"]), (&json!(false), &json!("no_source")));
        assert_eq!(json["feeds"][0]["websub"], json!({"atom": {"subscriptions": 2, "behind": 1, "failing": 1}}));
        assert_eq!(json["feeds"][0]["readers"], 3);
        assert_eq!(
            (&json["websub"]["hub"]["behind"], &json["websub"]["subscriptions"][0]["state"]),
            (&json!(1), &json!("active"))
        );
        assert_eq!((&json["partners"][0]["last"]["how"], &json["partners"][0]["expired"]), (&json!("bearer"), &json!(true)));
    }

    #[test]
    fn the_page_is_whole_in_every_language() {
        let status = sample();
        for (accept, expected) in [
            ("zh-CN", ["lang=\"zh-Hans\"", "101家媒体中有101家需要处理。", "超时", "每30分钟", "有效期至"]),
            ("zh-TW", ["lang=\"zh-Hant\"", "101家媒體中有101家需要處理。", "逾時", "每30分鐘", "有效期至"]),
        ] {
            let (_, page) = renderer().status_page(&status, accept);
            check(&page, &expected);
            // Messages that are not in the language of the page say so.
            check(&page, &["<span lang=\"en\" dir=\"ltr\">no answer</span>"]);
            let main = page.split("<main").nth(1).unwrap();
            for english in ["Outlets", "Feeds", "ago)", "Last poll", "Held", "Partners", "never"] {
                assert!(!main.contains(english), "{english}\n{main:.6000}");
            }
        }
    }

    #[test]
    fn one_outlet_and_nothing_yet_are_said_in_whole_sentences() {
        let says = |outlets: usize, failing: usize| {
            let mut status = sample();
            status.outlets.truncate(outlets);
            for outlet in status.outlets.iter_mut().skip(failing) {
                outlet.sources[0].problem = None;
            }
            (status.held, status.partners, status.feeds) = Default::default();
            renderer().status_page(&status, "en").1
        };
        check(&says(1, 1), &["The only outlet needs attention.", "1 article is held."]);
        check(&says(1, 0), &["The only outlet is well or waits for its first poll."]);
        check(&says(2, 1), &["1 of 2 outlets needs attention."]);
        check(&says(3, 2), &["2 of 3 outlets need attention.", "3 articles are held."]);
        check(&says(0, 0), &["There is no outlet.", "No article is held."]);
    }

    #[test]
    fn times_are_in_the_zone_of_the_site() {
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let text = |zone: Tz| {
            let view = View { tongue: Tongue::English, now: at, zone, site: "" };
            view.moment(Some(at)).unwrap().get_attr("text").unwrap().to_string()
        };
        assert_eq!(text(Tz::UTC), "2023-11-14 22:13 UTC");
        assert_eq!(text(chrono_tz::Asia::Taipei), "2023-11-15 06:13 UTC+08:00");
    }

    #[test]
    fn bytes_to_three_figures() {
        let check = |number: u64, expected: &str| assert_eq!(bytes(number), expected);
        check(0, "0 B");
        check(999, "999 B");
        check(1_000, "1.0 kB");
        check(99_960, "100 kB");
        check(999_600, "1.0 MB");
        check(u64::MAX, "18.4 EB");
    }
}
