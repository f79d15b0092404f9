//! `/status` for people, in the language of its reader, and `/status.json` for programs: the same facts.

mod chart;
mod json;
mod page;
mod sample;
mod words;

use chrono::{DateTime, Utc};

use self::sample::sample;
use crate::model::{HubStanding, LastPull, Problem, SourceStanding, TopicStanding, WebsubFigures};

/// Hours that charts show.
pub const HOURS: usize = 48;

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
    /// Articles in it; `None`: it has not been made since the program started.
    pub articles: Option<usize>,
    /// Date of the newest of them.
    pub newest: Option<DateTime<Utc>>,
    /// An estimate of its readers, with those that aggregators say they have: the most of yesterday and today. `None`: it is for partners only.
    pub readers: Option<u64>,
    /// The language it is translated into, and by which translator.
    pub translation: Option<(String, String)>,
}

/// A partner that may read some of the feeds.
#[derive(Debug, Clone)]
pub struct PartnerHealth {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Ids of the feeds it may read.
    pub feeds: Vec<String>,
    /// Requests answered today (UTC).
    pub today: u64,
    /// Requests answered in seven days.
    pub week: u64,
    /// Requests refused in seven days.
    pub refused: u64,
    /// Bytes of bodies in seven days.
    pub bytes: u64,
    /// The last one that was answered.
    pub last: Option<LastPull>,
    /// From then on it may read nothing.
    pub expires: Option<DateTime<Utc>>,
}

/// WebSub: the hub that our feeds name, and our subscriptions at hubs of partners.
#[derive(Debug, Clone, Default)]
pub struct WebsubHealth {
    /// The hub; `None` where our feeds name none.
    pub hub: Option<HubStanding>,
    /// Our subscriptions; `None` where feeds.toml wants none.
    pub sources: Option<Vec<SourceStanding>>,
    /// What was done since the start.
    pub figures: WebsubFigures,
}

impl WebsubHealth {
    /// The documents of a feed at our hub, with their file name extensions.
    fn topics<'a>(&'a self, feed: &'a str) -> impl Iterator<Item = (&'a str, TopicStanding)> {
        let topics = self.hub.iter().flat_map(|hub| &hub.topics);
        topics.filter_map(move |(path, standing)| {
            let extension = path.strip_prefix("feeds/")?.strip_prefix(feed)?.strip_prefix('.')?;
            Some((extension, *standing))
        })
    }

    /// Those together; `None` where nobody can subscribe to it.
    fn of_feed(&self, feed: &str) -> Option<TopicStanding> {
        self.topics(feed).map(|(_, standing)| standing).reduce(both)
    }
}

fn both(a: TopicStanding, b: TopicStanding) -> TopicStanding {
    TopicStanding {
        subscriptions: a.subscriptions + b.subscriptions,
        behind: a.behind + b.behind,
        failing: a.failing + b.failing,
    }
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
    /// WebSub.
    pub websub: WebsubHealth,
    /// Partners in the order of feeds.toml.
    pub partners: Vec<PartnerHealth>,
    /// Requests without valid credentials that were refused in seven days.
    pub strangers: u64,
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
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

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
}
