//! Who may read which feed: a [`Gate`] over partners and their tokens.
//!
//! A public feed is asked about only when somebody shows credentials. Of a feed that is for partners, nobody without valid credentials learns even
//! that it is there: every name of a feed that is not public is answered alike (401, and RFC 9110 § 15.5.2's challenges), as long as there is one
//! feed that is for partners. Tokens are kept as hashes and compared in constant time; nothing of a request is written anywhere but what
//! [`ledger`] counts.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::StatusCode;
use http::header::{self, HeaderValue};
use ipnet::IpNet;

use self::credentials::{Keyring, Presented};
use self::ledger::{Kind, Ledger, Pull};
use super::handler::{Admittance, Answered, Gate, Reply, Request};
use super::rate::Rate;
use crate::model::Secret;

pub(super) mod credentials;
pub(super) mod ledger;

/// Wrong credentials from one address, at once and in a second, before it is told to wait.
const WRONG_PER_SECOND: u32 = 5;

/// A partner, as far as access is concerned.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its id, and its user name.
    pub id: String,
    /// Its tokens; each is enough.
    pub tokens: Vec<Secret>,
    /// Ids of the feeds it may read.
    pub feeds: BTreeSet<String>,
    /// Networks it may come from; empty: any.
    pub allow: Vec<IpNet>,
    /// Requests a minute; `None`: no bound.
    pub per_minute: Option<u32>,
    /// From then on it may not read any more.
    pub expires: Option<DateTime<Utc>>,
}

/// Which feeds there are, and who may read those that are not public.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// What clients show people who are asked for a password.
    pub realm: String,
    /// Ids of the feeds that everybody may read.
    pub public: BTreeSet<String>,
    /// Ids of the others.
    pub private: BTreeSet<String>,
    /// Partners.
    pub members: Vec<Member>,
}

/// The gate of the site.
pub struct Access {
    rules: Rules,
    keyring: Keyring,
    challenges: [HeaderValue; 2],
    challenge_wrong: HeaderValue,
    challenge_expired: HeaderValue,
    wrong: Rate,
    paces: Vec<Option<Pace>>,
    ledger: Arc<Ledger>,
    now: fn() -> DateTime<Utc>,
}

/// What is wrong with who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Nothing is shown.
    Nobody,
    Wrong,
    Expired,
    /// Too many that were wrong; seconds to wait.
    Often(u64),
    /// Known, and this is not its feed.
    NotIts,
    /// Known, and not from there.
    Elsewhere,
    /// Known, and too fast; seconds to wait.
    Fast(u64),
}

impl Access {
    /// A gate by these rules.
    pub fn new(rules: Rules, now: fn() -> DateTime<Utc>) -> Self {
        let realm: String = rules
            .realm
            .chars()
            .filter(|char| char.is_ascii_graphic() || *char == ' ')
            .filter(|char| !"\"\\".contains(*char))
            .collect();
        let realm = if realm.trim().is_empty() { "feeds" } else { realm.trim() };
        let value = |text: String| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("Bearer realm=\"feeds\""));
        let invalid =
            |why: &str| value(format!("Bearer realm=\"{realm}\", error=\"invalid_token\", error_description=\"{why}\""));
        let ledger = Arc::new(Ledger::new(&rules, now()));
        Self {
            keyring: Keyring::new(&rules.members),
            challenges: [
                value(format!("Bearer realm=\"{realm}\"")),
                value(format!("Basic realm=\"{realm}\", charset=\"UTF-8\"")),
            ],
            challenge_wrong: invalid("The token is not valid"),
            challenge_expired: invalid("The token has expired"),
            wrong: Rate::of(Duration::from_secs(1), WRONG_PER_SECOND),
            paces: rules.members.iter().map(|member| member.per_minute.map(Pace::new)).collect(),
            rules,
            ledger,
            now,
        }
    }

    /// What it has counted.
    pub fn ledger(&self) -> Arc<Ledger> {
        self.ledger.clone()
    }

    /// Who shows these credentials for this feed.
    fn who(
        &self,
        presented: &Presented<'_>,
        feed: &str,
        client: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<usize, (Option<usize>, Fault)> {
        // Whoever is not known by address shares one count with all others, and is not kept out by it when the credentials are right.
        let address = client.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        if let (Some(_), Err(seconds)) = (client, self.wrong.look(address, "", now)) {
            return Err((None, Fault::Often(seconds)));
        }
        let found = self.keyring.find(presented, feed);
        let Some(member) = found else {
            return Err((
                None,
                match self.wrong.take(address, "", now) {
                    Ok(()) => Fault::Wrong,
                    Err(seconds) => Fault::Often(seconds),
                },
            ));
        };
        let ended = |end: Option<DateTime<Utc>>| end.is_some_and(|end| end <= now);
        let of_member = self.rules.members.get(member).and_then(|member| member.expires);
        if ended(of_member) || presented.expiry().is_some_and(|expiry| expiry <= now.timestamp()) {
            return Err((Some(member), Fault::Expired));
        }
        Ok(member)
    }

    /// Whether one that is known may have this feed now.
    fn may(&self, member: usize, feed: &str, client: Option<IpAddr>, now: DateTime<Utc>) -> Result<(), Fault> {
        let Some(its) = self.rules.members.get(member) else { return Err(Fault::NotIts) };
        if !its.feeds.contains(feed) {
            return Err(Fault::NotIts);
        }
        let inside = |address: IpAddr| its.allow.iter().any(|network| network.contains(&address.to_canonical()));
        if !its.allow.is_empty() && !client.is_some_and(inside) {
            return Err(Fault::Elsewhere);
        }
        match self.paces.get(member) {
            Some(Some(pace)) => pace.take(now).map_err(Fault::Fast),
            _ => Ok(()),
        }
    }

    fn refusal(&self, fault: Fault) -> Admittance {
        let asked = |bearer: &HeaderValue, text: &'static str| {
            let mut reply = Reply::text(StatusCode::UNAUTHORIZED, text);
            reply.fields.append(header::WWW_AUTHENTICATE, bearer.clone());
            reply.fields.append(header::WWW_AUTHENTICATE, self.challenges[1].clone());
            reply
        };
        Admittance::Refused(Box::new(match fault {
            Fault::Nobody => {
                asked(&self.challenges[0], "A token is needed here: as bearer, or as the password of the partner's id.\n")
            }
            Fault::Wrong => asked(&self.challenge_wrong, "That is not a valid token.\n"),
            Fault::Expired => asked(&self.challenge_expired, "That token or link has expired.\n"),
            Fault::Often(seconds) => {
                Reply::later(StatusCode::TOO_MANY_REQUESTS, seconds, "Too many wrong credentials from this address.\n")
            }
            Fault::NotIts => Reply::text(StatusCode::FORBIDDEN, "This feed is not among those agreed with you.\n"),
            Fault::Elsewhere => Reply::text(StatusCode::FORBIDDEN, "You may not read from this network address.\n"),
            Fault::Fast(seconds) => {
                Reply::later(StatusCode::TOO_MANY_REQUESTS, seconds, "More requests than agreed with you in a minute.\n")
            }
        }))
    }
}

/// The feed that a document is of.
fn feed_of(path: &str) -> Option<&str> {
    path.strip_prefix("feeds/")?.split(['.', '/']).next()
}

impl Gate for Access {
    fn guards(&self, path: &str) -> bool {
        !self.rules.private.is_empty() && feed_of(path).is_some_and(|feed| !self.rules.public.contains(feed))
    }

    fn admit(&self, path: &str, request: &Request) -> Admittance {
        let Some(feed) = feed_of(path) else { return Admittance::Public };
        let (now, client) = ((self.now)(), request.client);
        let is_public = self.rules.public.contains(feed) || self.rules.private.is_empty();
        let presented = Presented::read(request);
        if is_public && !presented.is_link() {
            // Nobody is turned away from what everybody may read; a partner is counted there, too. The answer shows nothing of it.
            return match self.keyring.find(&presented, feed).filter(|member| self.may_read(*member, feed)) {
                Some(member) => Admittance::Granted { private: false, grant: grant(member, presented.kind()) },
                None => Admittance::Public,
            };
        }
        if matches!(presented, Presented::Nothing) {
            self.ledger.refused(None, feed, now);
            return self.refusal(Fault::Nobody);
        }
        let member = match self.who(&presented, feed, client, now) {
            Ok(member) => member,
            Err((member, fault)) => {
                self.ledger.refused(member, feed, now);
                return self.refusal(fault);
            }
        };
        if !is_public && !self.rules.private.contains(feed) {
            // There is none: a partner is told so.
            return Admittance::Private;
        }
        match self.may(member, feed, client, now) {
            Ok(()) => Admittance::Granted { private: !is_public, grant: grant(member, presented.kind()) },
            Err(fault) => {
                self.ledger.refused(Some(member), feed, now);
                self.refusal(fault)
            }
        }
    }

    fn answered(&self, answered: &Answered<'_>) {
        let Some(feed) = feed_of(answered.path) else { return };
        match answered.grant.map(member_of) {
            Some((member, kind)) => self.ledger.pulled(member, feed, &Pull::of(answered, kind), (self.now)()),
            None => self.ledger.read(feed, answered),
        }
    }
}

impl Access {
    fn may_read(&self, member: usize, feed: &str) -> bool {
        self.rules.members.get(member).is_some_and(|member| member.feeds.contains(feed))
    }
}

/// Who was let in, and how it was known, in one number.
fn grant(member: usize, kind: Kind) -> u32 {
    u32::try_from(member).unwrap_or(u32::MAX / 4) * 4 + kind as u32
}

fn member_of(grant: u32) -> (usize, Kind) {
    let kind = match grant % 4 {
        1 => Kind::Basic,
        2 => Kind::Link,
        _ => Kind::Bearer,
    };
    (usize::try_from(grant / 4).unwrap_or(usize::MAX), kind)
}

/// How fast one partner may ask, from all its addresses together: a token bucket that holds a minute.
#[derive(Debug)]
struct Pace {
    /// Milliseconds.
    interval: i64,
    full_at: Mutex<i64>,
}

impl Pace {
    fn new(per_minute: u32) -> Self {
        Self { interval: (60_000 / i64::from(per_minute.max(1))).max(1), full_at: Mutex::new(0) }
    }

    fn take(&self, now: DateTime<Utc>) -> Result<(), u64> {
        let now = now.timestamp_millis();
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back forgives.
        let from = if *full_at > now + 60_000 + self.interval { now } else { (*full_at).max(now) };
        let next = from + self.interval;
        if next - now > 60_000 {
            return Err(u64::try_from(next - now - 60_000).unwrap_or(1).div_ceil(1000));
        }
        *full_at = next;
        Ok(())
    }
}

/// Ids of partners by their place among the members.
pub(super) fn ids(members: &[Member]) -> Vec<String> {
    members.iter().map(|member| member.id.clone()).collect()
}

/// Feeds by id, with their place.
pub(super) fn places<'a>(feeds: impl Iterator<Item = &'a String>) -> BTreeMap<String, usize> {
    feeds.cloned().zip(0..).collect()
}

#[cfg(test)]
mod tests;
