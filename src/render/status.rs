//! `/status` for people and `/status.json` for programs: the same facts. In English, as logs and messages are.

use chrono::{DateTime, TimeDelta, Utc};
use minijinja::{Value, context};
use serde_json::json;

use super::Renderer;
use super::page::plain_page;
use super::text::html;
use crate::model::{Fault, Problem};

/// Hours that charts show.
pub const HOURS: usize = 48;

/// Outlets shown with charts and all; the others, in order of how much they need attention, are shown in a line.
const WHOLE: usize = 100;

/// Held articles listed on the page.
const HELD: usize = 100;

/// How an outlet stands, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// None of its sources could be read at the last poll.
    Failing,
    /// Some of them could not.
    Impaired,
    /// It was not polled yet.
    Waiting,
    /// All of them could.
    Well,
}

impl Health {
    /// Name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Impaired => "impaired",
            Self::Waiting => "waiting",
            Self::Well => "well",
        }
    }
}

/// The last [`HOURS`] hours, one number each, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct Charts {
    /// Polls: with something new, without, failed. Since the start of the program.
    pub polls: Vec<[u32; 3]>,
    /// Articles first seen.
    pub new: Vec<u32>,
    /// Median time from publication at the outlet to first sight here, seconds; `None` where nothing came.
    pub lag: Vec<Option<u64>>,
}

/// An address that is polled.
#[derive(Debug, Clone)]
pub struct SourceHealth {
    /// The address.
    pub address: String,
    /// Last time we asked.
    pub last_poll: Option<DateTime<Utc>>,
    /// Last time we were answered with something we could read.
    pub last_success: Option<DateTime<Utc>>,
    /// Last time something was new or changed for readers.
    pub last_change: Option<DateTime<Utc>>,
    /// Next time.
    pub next_poll: DateTime<Utc>,
    /// Failures in a row.
    pub failures: u32,
    /// What is wrong.
    pub problem: Option<Problem>,
    /// Where permanent redirects lead.
    pub moved_to: Option<String>,
}

/// An outlet.
#[derive(Debug, Clone)]
pub struct OutletHealth {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// When it is polled, as for cron.
    pub schedule: String,
    /// The zone of that.
    pub time_zone: String,
    /// Articles published.
    pub articles: u64,
    /// Articles held.
    pub held: u64,
    /// Its sources; never empty.
    pub sources: Vec<SourceHealth>,
    /// How it did lately.
    pub charts: Charts,
}

impl OutletHealth {
    /// How it stands.
    pub fn health(&self) -> Health {
        let failing = self.sources.iter().filter(|source| source.problem.is_some()).count();
        match failing {
            0 if self.sources.iter().all(|source| source.last_poll.is_none()) => Health::Waiting,
            0 => Health::Well,
            _ if failing == self.sources.len() => Health::Failing,
            _ => Health::Impaired,
        }
    }

    fn failing_since(&self) -> Option<DateTime<Utc>> {
        self.sources.iter().filter_map(|source| source.problem.as_ref()).map(|problem| problem.since).min()
    }
}

/// A feed that is published.
#[derive(Debug, Clone)]
pub struct FeedHealth {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// When it last changed; `None`: it is not published.
    pub changed: Option<DateTime<Utc>>,
    /// The language it is translated into, and by which translator.
    pub translation: Option<(String, String)>,
}

/// An article that is held.
#[derive(Debug, Clone)]
pub struct HeldHealth {
    /// Id of its outlet.
    pub outlet: String,
    /// Title.
    pub title: String,
    /// Page.
    pub url: Option<String>,
    /// Short stable name of the reason.
    pub code: String,
    /// Reason.
    pub reason: String,
    /// When first seen.
    pub first_seen: DateTime<Utc>,
}

/// What a translator cost today.
#[derive(Debug, Clone)]
pub struct TranslatorHealth {
    /// Id.
    pub id: String,
    /// `characters` or `tokens`; empty where nothing was spent.
    pub unit: String,
    /// Spent, or reserved for calls under way.
    pub spent: u64,
    /// Calls.
    pub calls: u64,
    /// Most of a day.
    pub budget: Option<u64>,
}

/// How the site does.
#[derive(Debug, Clone)]
pub struct Status {
    /// When this was found.
    pub at: DateTime<Utc>,
    /// When the program started.
    pub started: DateTime<Utc>,
    /// Whether it is ready, else why not.
    pub ready: Result<(), String>,
    /// Outlets in the order of feeds.toml.
    pub outlets: Vec<OutletHealth>,
    /// All outlets together.
    pub charts: Charts,
    /// Feeds in the order of feeds.toml.
    pub feeds: Vec<FeedHealth>,
    /// Translators in the order of feeds.toml.
    pub translators: Vec<TranslatorHealth>,
    /// What is held, the newest first; not all of it where there is much.
    pub held: Vec<HeldHealth>,
}

impl Status {
    /// Outlets, those first that need attention: by health, then those that have been failing longest, then by name.
    fn ordered(&self) -> Vec<&OutletHealth> {
        let mut outlets: Vec<&OutletHealth> = self.outlets.iter().collect();
        outlets.sort_by_cached_key(|outlet| {
            (outlet.health(), outlet.failing_since(), std::cmp::Reverse(outlet.held > 0), outlet.name.clone())
        });
        outlets
    }

    /// `/status.json`. Keys are only ever added.
    pub fn json(&self) -> String {
        let at = |at: DateTime<Utc>| at.format("%FT%TZ").to_string();
        let maybe = |time: Option<DateTime<Utc>>| time.map(at);
        let charts = |charts: &Charts| {
            let [changed, unchanged, failed] =
                [0, 1, 2].map(|which| charts.polls.iter().map(|polls: &[u32; 3]| polls[which]).collect::<Vec<_>>());
            json!({
                "polls_changed": changed,
                "polls_unchanged": unchanged,
                "polls_failed": failed,
                "new_articles": charts.new,
                "lag_seconds": charts.lag,
            })
        };
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
            json!({
                "id": outlet.id,
                "name": outlet.name,
                "health": outlet.health().name(),
                "schedule": outlet.schedule,
                "time_zone": outlet.time_zone,
                "articles": outlet.articles,
                "held": outlet.held,
                "sources": outlet.sources.iter().map(source).collect::<Vec<_>>(),
                "hours": charts(&outlet.charts),
            })
        });
        let feeds = self.feeds.iter().map(|feed| {
            let translation = feed.translation.as_ref().map(|(to, engine)| json!({"to": to, "translator": engine}));
            json!({"id": feed.id, "title": feed.title, "changed": maybe(feed.changed), "translation": translation})
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
            "outlets": outlets.collect::<Vec<_>>(),
            "hours": charts(&self.charts),
            "feeds": feeds.collect::<Vec<_>>(),
            "translators": translators.collect::<Vec<_>>(),
            "held": held.collect::<Vec<_>>(),
        });
        format!("{document:#}\n")
    }
}

impl Renderer {
    /// `/status`.
    pub fn status_page(&self, status: &Status) -> String {
        let context = self.status_context(status);
        self.templates.render("status.html", &context).unwrap_or_else(|| plain_page("Status", &html(&status.json())))
    }

    /// What status.html needs.
    pub(super) fn status_context(&self, status: &Status) -> Value {
        let now = status.at;
        let ordered = status.ordered();
        let outlets: Vec<Value> = ordered.iter().take(WHOLE).map(|outlet| outlet_facts(outlet, now)).collect();
        let others: Vec<Value> = ordered
            .iter()
            .skip(WHOLE)
            .map(|outlet| context! { name => &outlet.name, health => outlet.health().name(), articles => outlet.articles })
            .collect();
        let troubled = status.outlets.iter().filter(|outlet| outlet.health() < Health::Waiting).count();
        let held_in_all: u64 = status.outlets.iter().map(|outlet| outlet.held).sum();
        let held: Vec<Value> = status
            .held
            .iter()
            .take(HELD)
            .map(|held| {
                let seen = moment(Some(held.first_seen), now);
                context! { outlet => &held.outlet, title => &held.title, url => &held.url, code => &held.code, reason => &held.reason, seen }
            })
            .collect();
        let feeds: Vec<Value> = status
            .feeds
            .iter()
            .map(|feed| {
                let translation = feed.translation.as_ref().map(|(to, by)| format!("translated into {to} by {by}"));
                let page = format!("{}feeds/{}", self.site.address, feed.id);
                context! { title => &feed.title, page, changed => moment(feed.changed, now), translation }
            })
            .collect();
        let translators: Vec<Value> = status
            .translators
            .iter()
            .map(|translator| {
                let unit = if translator.unit.is_empty() { "units" } else { &translator.unit };
                let spent = match translator.budget {
                    Some(budget) => format!("{} of {budget} {unit}", translator.spent),
                    None => format!("{} {unit}, without a bound", translator.spent),
                };
                context! { id => &translator.id, spent, calls => translator.calls }
            })
            .collect();
        let words = self.words.of([Some("en")]);
        context! {
            at => moment(Some(now), now),
            started => moment(Some(status.started), now),
            not_ready => status.ready.as_ref().err(),
            troubled,
            outlets_in_all => status.outlets.len(),
            outlets,
            others,
            charts => charts(&status.charts, "All outlets"),
            feeds,
            translators,
            held,
            held_in_all,
            ..self.frame("Status", words, Some("en"), &self.site.address)
        }
    }
}

/// A status with one of everything, to try the template on.
pub(super) fn sample() -> Status {
    let at = super::EMPTY_FEED_UPDATED;
    let problem = Problem { code: "timeout".into(), fault: Fault::Network, message: "no answer".into(), since: at };
    let charts = Charts { polls: vec![[1, 2, 3]; HOURS], new: vec![1; HOURS], lag: vec![Some(60); HOURS] };
    let source = SourceHealth {
        address: "https://nanan.example/feed".into(),
        last_poll: Some(at),
        last_success: None,
        last_change: None,
        next_poll: at,
        failures: 1,
        problem: Some(problem),
        moved_to: Some("https://nanan.example/rss".into()),
    };
    let outlet = |number: usize| OutletHealth {
        id: format!("nanan-{number}"),
        name: "南岸新闻".into(),
        schedule: "*/30 * * * *".into(),
        time_zone: "UTC".into(),
        articles: 1,
        held: 1,
        sources: vec![source.clone()],
        charts: charts.clone(),
    };
    let held = HeldHealth {
        outlet: "nanan-0".into(),
        title: "标题".into(),
        url: Some("https://nanan.example/1".into()),
        code: "no_source".into(),
        reason: "reason".into(),
        first_seen: at,
    };
    Status {
        at,
        started: at,
        ready: Err("the scheduler has not run".into()),
        outlets: (0..=WHOLE).map(outlet).collect(),
        charts: charts.clone(),
        feeds: vec![FeedHealth {
            id: "all".into(),
            title: "All".into(),
            changed: Some(at),
            translation: Some(("zh-Hans".into(), "opencc".into())),
        }],
        translators: vec![TranslatorHealth {
            id: "deepl".into(),
            unit: "characters".into(),
            spent: 1,
            calls: 1,
            budget: Some(2),
        }],
        held: vec![held],
    }
}

fn outlet_facts(outlet: &OutletHealth, now: DateTime<Utc>) -> Value {
    let sources: Vec<Value> = outlet
        .sources
        .iter()
        .map(|source| {
            let problem = source.problem.as_ref().map(|problem| {
                context! {
                    code => &problem.code,
                    message => &problem.message,
                    fault => fault(problem.fault),
                    since => moment(Some(problem.since), now),
                    failures => source.failures,
                }
            });
            context! {
                address => &source.address,
                last => moment(source.last_poll, now),
                success => moment(source.last_success, now),
                changed => moment(source.last_change, now),
                next => moment(Some(source.next_poll), now),
                moved => &source.moved_to,
                problem,
            }
        })
        .collect();
    let health = outlet.health();
    context! {
        id => &outlet.id,
        name => &outlet.name,
        health => health.name(),
        troubled => health < Health::Waiting,
        rhythm => rhythm(&outlet.schedule, &outlet.time_zone),
        articles => outlet.articles,
        held => outlet.held,
        sources,
        charts => charts(&outlet.charts, &outlet.name),
    }
}

/// Who has to act.
fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::Partner => "The partner has to act",
        Fault::Us => "We have to act",
        Fault::Network => "Nobody yet: the way between us failed, and it is tried again",
    }
}

/// A schedule in words where it is one of the usual ones.
fn rhythm(schedule: &str, zone: &str) -> String {
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    let every = |field: &str, unit: &str| match field.strip_prefix("*/") {
        Some("1") => Some(format!("every {unit}")),
        Some(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => Some(format!("every {number} {unit}s")),
        _ => None,
    };
    let words = match fields[..] {
        ["*", "*", "*", "*", "*"] => Some("every minute".to_owned()),
        [second, "*", "*", "*", "*", "*"] => every(second, "second"),
        [minute, "*", "*", "*", "*"] => every(minute, "minute")
            .or_else(|| minute.parse::<u8>().ok().map(|minute| format!("every hour, {minute} minutes past"))),
        _ => None,
    };
    match words {
        Some(words) => format!("{words} ({schedule})"),
        None => format!("{schedule} ({zone})"),
    }
}

/// A time as the page shows it: in UTC, and how long ago or ahead.
fn moment(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Value> {
    let at = at?;
    let iso = at.format("%FT%TZ").to_string();
    let text = at.format("%F %R UTC").to_string();
    Some(context! { iso, text, distance => distance(at - now) })
}

/// `in 5 minutes`, `3 days ago`.
fn distance(span: TimeDelta) -> String {
    let seconds = span.num_seconds();
    let words = span_words(seconds.unsigned_abs());
    match seconds {
        -9..=9 => "now".to_owned(),
        10.. => format!("in {words}"),
        _ => format!("{words} ago"),
    }
}

/// A span of seconds, roughly.
fn span_words(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..=119 => (seconds, "second"),
        120..=7_199 => (seconds / 60, "minute"),
        7_200..=172_799 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// The three charts, each a drawing that says in words what it shows.
fn charts(charts: &Charts, of: &str) -> Vec<Value> {
    let sum = |which: usize| charts.polls.iter().map(|polls| u64::from(polls[which])).sum::<u64>();
    let polls: Vec<u64> = charts.polls.iter().map(|polls| polls.iter().map(|number| u64::from(*number)).sum()).collect();
    let failed: Vec<u64> = charts.polls.iter().map(|polls| u64::from(polls[2])).collect();
    let polled = format!("{} in all, {} with news, {} failed", sum(0) + sum(1) + sum(2), sum(0), sum(2));
    let new: Vec<u64> = charts.new.iter().map(|number| u64::from(*number)).collect();
    let mut lags: Vec<u64> = charts.lag.iter().flatten().copied().collect();
    lags.sort_unstable();
    let lagged = match lags.get(lags.len() / 2) {
        Some(median) => format!("{} at the median", span_words(*median)),
        None => "no dated article since the first poll".to_owned(),
    };
    let lag: Vec<u64> = charts.lag.iter().map(|lag| lag.unwrap_or_default()).collect();
    let total: u64 = new.iter().sum();
    let chart = |title: &str, says: String, bars: &[u64], bad: &[u64]| {
        let label = format!("{of}, {}, last {HOURS} hours: {says}", title.to_lowercase());
        context! { title, says, drawing => Value::from_safe_string(drawing(&label, bars, bad)) }
    };
    vec![
        chart("Polls", polled, &polls, &failed),
        chart("New articles", format!("{total} new"), &new, &[]),
        chart("Lag", lagged, &lag, &[]),
    ]
}

/// Bars as one path, and those that are `bad` as another over them.
fn drawing(label: &str, bars: &[u64], bad: &[u64]) -> String {
    const HEIGHT: u64 = 32;
    let most = bars.iter().copied().max().unwrap_or_default().max(1);
    let path = |bars: &[u64]| -> String {
        let tall = |number: u64| (u128::from(number) * u128::from(HEIGHT)).div_ceil(u128::from(most));
        let bar = |(place, number): (usize, &u64)| format!("M{} {HEIGHT}v-{}h3V{HEIGHT}z", 4 * place, tall(*number));
        bars.iter().enumerate().filter(|(_, number)| **number > 0).map(bar).collect()
    };
    let failed =
        if bad.iter().any(|number| *number > 0) { format!("<path class=\"bad\" d=\"{}\"/>", path(bad)) } else { String::new() };
    format!(
        "<svg class=\"chart\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\"><path class=\"floor\" d=\"M0 {HEIGHT}h{}\"/>\
         <path class=\"bar\" d=\"{}\"/>{failed}</svg>",
        html(label),
        4 * HOURS,
        HEIGHT + 1,
        4 * HOURS,
        path(bars),
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample::renderer;
    use super::*;

    #[test]
    fn spans_and_rhythms_in_words() {
        let check = |seconds: i64, expected: &str| assert_eq!(distance(TimeDelta::seconds(seconds)), expected);
        check(0, "now");
        check(-15, "15 seconds ago");
        check(300, "in 5 minutes");
        check(-7_200, "2 hours ago");
        check(-900_000, "10 days ago");
        let check = |schedule: &str, expected: &str| assert_eq!(rhythm(schedule, "Asia/Taipei"), expected);
        check("*/30 * * * *", "every 30 minutes (*/30 * * * *)");
        check("* * * * *", "every minute (* * * * *)");
        check("7 * * * *", "every hour, 7 minutes past (7 * * * *)");
        check("*/2 * * * * *", "every 2 seconds (*/2 * * * * *)");
        check("0 7,19 * * *", "0 7,19 * * * (Asia/Taipei)");
        check("@daily", "@daily (Asia/Taipei)");
    }

    #[test]
    fn what_needs_attention_comes_first() {
        let mut status = sample();
        let well = SourceHealth { problem: None, ..status.outlets[0].sources[0].clone() };
        let failing = status.outlets[0].sources[0].clone();
        let mut longer = failing.clone();
        longer.problem.as_mut().unwrap().since -= TimeDelta::days(2);
        let waiting = SourceHealth { last_poll: None, ..well.clone() };
        let outlets = [
            ("well", vec![well.clone()]),
            ("waiting", vec![waiting]),
            ("impaired", vec![well, failing.clone()]),
            ("failing", vec![failing]),
            ("longer", vec![longer]),
        ];
        let outlet = status.outlets.remove(0);
        let named =
            |(name, sources): (&str, Vec<SourceHealth>)| OutletHealth { name: name.into(), sources, held: 0, ..outlet.clone() };
        status.outlets = outlets.into_iter().map(named).collect();
        let order: Vec<&str> = status.ordered().into_iter().map(|outlet| outlet.name.as_str()).collect();
        assert_eq!(order, ["longer", "failing", "impaired", "waiting", "well"]);
    }

    #[test]
    fn the_page_and_the_json_say_the_same() {
        let mut status = sample();
        status.outlets[0].name = "A <b> & \"c\"".into();
        let page = renderer().status_page(&status);
        for part in [
            "A &lt;b&gt; &amp;",
            "The scheduler has not run",
            "no answer",
            "the way between us failed",
            "101 outlets",
            "every 30 minutes",
            "1 of 2 characters",
            "https://nanan.example/rss",
            "reason",
            "role=\"img\"",
        ] {
            assert!(page.to_lowercase().contains(&part.to_lowercase()), "{part}\n{page:.6000}");
        }
        assert!(!page.contains("<script") && !page.contains("http-equiv") && !page.contains(" style="));
        let json: serde_json::Value = serde_json::from_str(&status.json()).unwrap();
        assert_eq!(json["outlets"].as_array().unwrap().len(), WHOLE + 1);
        assert_eq!(json["outlets"][0]["sources"][0]["problem"]["fault"], "network");
        assert_eq!(json["hours"]["lag_seconds"].as_array().unwrap().len(), HOURS);
        assert_eq!((&json["ready"], &json["held"][0]["code"]), (&json!(false), &json!("no_source")));
    }

    #[test]
    fn a_drawing_of_nothing_is_flat_and_one_of_much_stays_inside() {
        assert!(drawing("x", &[], &[]).contains("class=\"bar\" d=\"\""));
        let drawn = drawing("x", &[0, 1, u64::MAX], &[0, 0, u64::MAX]);
        assert!(
            drawn.contains("d=\"M4 32v-1h3V32zM8 32v-32h3V32z\"") && drawn.contains("class=\"bad\" d=\"M8 32v-32h3V32z\""),
            "{drawn}"
        );
    }
}
