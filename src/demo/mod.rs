//! Made-up partner outlets for `reprint demo`, served on loopback.
//!
//! Five outlets, each with a dialect and habits of its own: a GB18030 city site that reposts, an Atom feed of translations, a
//! Japanese RSS 1.0, an English JSON Feed, and a Big5 weekly. They know nothing of the rest of the program: what it gets from
//! them it gets over HTTP, as from anybody.

use std::fmt::Write as _;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

mod feeds;
mod http;
mod picture;
mod stories;
mod words;

use stories::Story;

/// Articles a partner's feed holds.
const WINDOW: usize = 12;
/// Articles each partner has published when the demo starts.
const HEAD_START: usize = 3;

/// What a made-up outlet is like.
struct Profile {
    id: &'static str,
    name: &'static str,
    language: &'static str,
    zone: Tz,
    /// Path of its feed.
    feed: &'static str,
    dialect: Dialect,
    rights: &'static str,
    /// `[outlet.terms]` of the configuration.
    terms: &'static str,
    stories: &'static [Story],
}

/// How it publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// RSS 2.0 in GB18030 that its server calls GB2312.
    RssGb18030,
    /// Atom 1.0.
    Atom,
    /// RSS 1.0.
    Rdf,
    /// JSON Feed 1.1.
    Json,
    /// RSS 2.0 in Big5 with no charset in the HTTP header.
    RssBig5,
}

static PROFILES: [Profile; 5] = [
    Profile {
        id: "nanwan",
        name: "南湾城市网",
        language: "zh-Hans",
        zone: Tz::Asia__Shanghai,
        feed: "/rss.xml",
        dialect: Dialect::RssGb18030,
        rights: "文章版权归原出处和原作者所有",
        terms: "disclaimer = \"本文转自南湾城市网,内容来自其标明的原出处,观点属于原作者,不代表本站立场。\"\nrights = \"版权归原出处和原作者所有\"\n",
        stories: &stories::nanwan::STORIES,
    },
    Profile {
        id: "isles",
        name: "群島譯報",
        language: "zh-Hant",
        zone: Tz::Asia__Taipei,
        feed: "/atom.xml",
        dialect: Dialect::Atom,
        rights: "譯文 © 群島譯報與譯者,原文版權屬原作者",
        terms: "rights = \"譯文 © 群島譯報與譯者,原文版權屬原作者\"\n",
        stories: &stories::isles::STORIES,
    },
    Profile {
        id: "tsukimi",
        name: "月見坂通信",
        language: "ja",
        zone: Tz::Asia__Tokyo,
        feed: "/index.rdf",
        dialect: Dialect::Rdf,
        rights: "© 月見坂通信社",
        terms: "disclaimer = \"この記事は月見坂通信社の許諾を得て転載したものです。\"\n",
        stories: &stories::tsukimi::STORIES,
    },
    Profile {
        id: "courier",
        name: "The Larkspur Courier",
        language: "en",
        zone: Tz::America__Halifax,
        feed: "/feed.json",
        dialect: Dialect::Json,
        rights: "CC BY 4.0, The Larkspur Courier",
        terms: "rights = \"© The Larkspur Courier, CC BY 4.0\"\nlicence = \"https://creativecommons.org/licenses/by/4.0/\"\n",
        stories: &stories::courier::STORIES,
    },
    Profile {
        id: "shiliu",
        name: "石榴巷週報",
        language: "zh-Hant",
        zone: Tz::Asia__Taipei,
        feed: "/rss.php",
        dialect: Dialect::RssBig5,
        rights: "版權所有 石榴巷週報社",
        terms: "disclaimer = \"本文轉載自石榴巷週報,不代表本站立場。\"\n",
        stories: &stories::shiliu::STORIES,
    },
];

/// One article out in the world.
#[derive(Debug, Clone, Copy)]
struct Issue {
    story: &'static Story,
    /// Which of its outlet's stories it is.
    number: usize,
    /// 1, then one more each time the outlet runs out of new ones.
    edition: u32,
    at: DateTime<Utc>,
}

/// A made-up outlet at its address.
struct Partner {
    profile: &'static Profile,
    address: SocketAddr,
    /// Oldest first.
    issues: Mutex<Vec<Issue>>,
}

impl Partner {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The newest articles, newest first.
    fn window(&self) -> Vec<Issue> {
        let issues = self.issues.lock().unwrap_or_else(PoisonError::into_inner);
        issues.iter().rev().take(WINDOW).copied().collect()
    }

    fn publish(&self, at: DateTime<Utc>) -> Issue {
        let stories = self.profile.stories;
        let mut issues = self.issues.lock().unwrap_or_else(PoisonError::into_inner);
        let next = issues.last().map_or(0, |last| last.number + 1 + (last.edition as usize - 1) * stories.len());
        let edition = u32::try_from(next / stories.len() + 1).unwrap_or(u32::MAX);
        let issue = Issue { story: &stories[next % stories.len()], number: next % stories.len(), edition, at };
        issues.push(issue);
        // Old articles leave the site as well as the feed, so that a demo left alone stays small.
        let surplus = issues.len().saturating_sub(WINDOW * 4);
        issues.drain(..surplus);
        issue
    }
}

/// The made-up outlets, running. Dropping them closes their ports.
pub struct Partners {
    partners: Vec<Arc<Partner>>,
    servers: Vec<JoinHandle<()>>,
    /// Whose turn it is.
    turn: Mutex<usize>,
}

/// An article that has just come out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Name of the outlet.
    pub outlet: &'static str,
    /// Title.
    pub title: String,
}

impl Partners {
    /// Starts them on free ports of 127.0.0.1, each with a few articles of the last hours before `now`.
    ///
    /// Errors: no port could be bound.
    pub async fn start(now: DateTime<Utc>) -> io::Result<Self> {
        let mut started = Self { partners: Vec::new(), servers: Vec::new(), turn: Mutex::new(0) };
        for (index, profile) in PROFILES.iter().enumerate() {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let address = listener.local_addr()?;
            let partner = Arc::new(Partner { profile, address, issues: Mutex::default() });
            for n in (1..=HEAD_START).rev() {
                // Not all at the same minute: no two outlets work alike.
                let ago = i64::try_from(n * 97 + index * 13).unwrap_or(0);
                partner.publish(now - Duration::minutes(ago));
            }
            started.servers.push(tokio::spawn(http::serve(listener, partner.clone())));
            started.partners.push(partner);
        }
        Ok(started)
    }

    /// Publishes one more article, dated `now`, at the next outlet in turn.
    pub fn advance(&self, now: DateTime<Utc>) -> Arrival {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let partner = &self.partners[*turn];
        *turn = (*turn + 1) % self.partners.len();
        let issue = partner.publish(now);
        Arrival { outlet: partner.profile.name, title: words::title(partner.profile, &issue) }
    }

    /// A feeds.toml that relays them, for a site that listens at `listen`.
    pub fn feeds_toml(&self, listen: SocketAddr) -> String {
        let mut toml = format!(
            "# What `reprint demo` runs on: five made-up partner outlets on this machine, asked every two seconds.\n\
             # A real one is kinder to its partners: see feeds.toml in the distribution.\n\n\
             [site]\ntitle = \"南十字转载\"\nurl = \"http://{listen}/\"\nlanguage = \"zh-Hans\"\ntime_zone = \"Asia/Shanghai\"\n\
             listen = \"{listen}\"\n\n\
             [limits]\nallow_networks = [\"127.0.0.1/32\"] # the partners are on this machine\n\
             shortest_interval = \"1s\"\nhost_spacing = \"0s\"\n"
        );
        for partner in &self.partners {
            let Profile { id, name, language, zone, terms, .. } = partner.profile;
            let home = partner.url("/");
            let feed = partner.url(partner.profile.feed);
            // Writing to a String cannot fail.
            let _ = write!(
                toml,
                "\n[[outlet]]\nid = \"{id}\"\nname = \"{name}\"\nhomepage = \"{home}\"\nfeed = \"{feed}\"\nlanguage = \"{language}\"\n\
                 time_zone = \"{zone}\"\nschedule = \"*/2 * * * * *\"\n\n[outlet.terms]\n{terms}"
            );
        }
        toml.push_str(
            "\n[[feed]]\nid = \"translations\"\ntitle = \"南十字转载:译文\"\nlanguage = \"zh-Hant\"\noutlets = [\"isles\"]\n\
             \n[[feed]]\nid = \"chinese\"\ntitle = \"南十字转载:中文\"\nlanguage = \"zh\"\noutlets = [\"nanwan\", \"isles\", \"shiliu\"]\n\
             \n[[feed]]\nid = \"hant\"\ntitle = \"南十字轉載:繁體中文\"\nlanguage = \"zh-Hant-TW\"\noutlets = [\"nanwan\", \"isles\", \"shiliu\"]\n\
             translate = { to = \"zh-Hant-TW\" } # made in the process\n",
        );
        toml
    }

    /// Name and home page of every outlet.
    pub fn homes(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.partners.iter().map(|partner| (partner.profile.name, partner.url("/")))
    }
}

impl Drop for Partners {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    #[tokio::test]
    async fn new_articles_keep_coming_from_every_outlet_and_never_repeat_an_address() {
        let partners = Partners::start(now()).await.unwrap();
        let mut outlets = BTreeSet::new();
        for minute in 0..200 {
            outlets.insert(partners.advance(now() + Duration::minutes(minute)).outlet);
            for partner in &partners.partners {
                let window = partner.window();
                let slugs: BTreeSet<_> = window.iter().map(words::slug).collect();
                assert_eq!(slugs.len(), window.len(), "{}", partner.profile.name);
                assert!(window.is_sorted_by_key(|issue| std::cmp::Reverse(issue.at)));
            }
        }
        assert_eq!(outlets.len(), PROFILES.len());
        let newest = partners.partners[0].window()[0];
        assert!(newest.edition > 4, "cycled: {newest:?}");
        assert!(partners.partners[0].issues.lock().unwrap().len() <= WINDOW * 4);
    }

    #[tokio::test]
    async fn the_configuration_is_accepted_and_relays_every_outlet() {
        let partners = Partners::start(now()).await.unwrap();
        let text = partners.feeds_toml("127.0.0.1:8700".parse().unwrap());
        let config = crate::config::parse("demo.toml", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(config.site.listen, "127.0.0.1:8700".parse().unwrap());
        assert_eq!(config.outlets.len(), PROFILES.len());
        for (outlet, partner) in config.outlets.iter().zip(&partners.partners) {
            assert_eq!(outlet.feeds[0].as_str(), partner.url(partner.profile.feed));
            assert!(outlet.terms.disclaimer.is_some() || outlet.terms.rights.is_some(), "{}", outlet.id);
        }
        assert_eq!(config.feed("translations").unwrap().outlets, ["isles"]);
        assert_eq!(config.feed("chinese").unwrap().outlets.len(), 3);
    }
}
