//! What a poll does to each article it brought: the rules, without the database.

use chrono::{DateTime, Utc};

use super::Change;
use super::entry::Entry;
use super::identity::{self, Standing};
use crate::model::Article;

/// An article of a document, once.
#[derive(Debug)]
pub struct Incoming<'a> {
    /// Its key.
    pub key: String,
    /// What the key is minted from, for a new one.
    pub source_key: String,
    /// The article.
    pub article: &'a Article,
    /// With its provenance, or held.
    pub standing: Standing<'a>,
}

impl Incoming<'_> {
    /// It can be published.
    pub fn is_ready(&self) -> bool {
        matches!(self.standing, Standing::Ready(_))
    }
}

/// What the store knows of an article.
#[derive(Debug, Clone)]
pub struct Known {
    /// Row.
    pub id: i64,
    /// Its key.
    pub key: String,
    /// Its marks are stored.
    pub marked: bool,
    /// It is held.
    pub held: bool,
    /// Its outlet took it back, for good.
    pub withdrawn: bool,
    /// The story it is one way of.
    pub story: Option<i64>,
    /// What readers know that story by.
    pub story_key: Option<String>,
    /// The outlet's feed whose version is stored.
    pub feed: String,
    /// Hash of that version.
    pub content_hash: Vec<u8>,
    /// Hash of the version that the feed now polled carried last, when it is another one.
    pub copy_hash: Option<Vec<u8>>,
    /// First seen, as stored.
    pub first_seen: DateTime<Utc>,
    /// Last change, as stored.
    pub changed_at: DateTime<Utc>,
    /// Revision.
    pub revision: u32,
    /// Comments, as stored.
    pub comments: Option<String>,
}

impl Known {
    /// Takes a hash of an older program, which counted every query string, for the one it would have today.
    pub fn accept_strict(&mut self, entry: &Entry<'_>) {
        let other = self.content_hash != entry.hash;
        if other || self.copy_hash.as_ref().is_some_and(|copy| *copy != entry.hash) {
            let strict = identity::strict_content_hash(entry.article, entry.standing);
            for hash in [Some(&mut self.content_hash), self.copy_hash.as_mut()].into_iter().flatten() {
                if *hash == strict {
                    *hash = entry.hash.to_vec();
                }
            }
        }
    }
}

/// What to do with an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Seen for the first time: insert it, published or held.
    Insert,
    /// Was held and can be published now: readers see it for the first time.
    Release,
    /// Published, and readers see something else now.
    Replace,
    /// Held, and something about it is different.
    HoldAgain,
    /// Published already in the version of another feed of the outlet: remember this one, show the other.
    RememberCopy,
    /// The same as before.
    Keep,
}

/// Decides about one article; `hash` is its content hash.
pub fn decide(known: Option<&Known>, incoming: &Incoming<'_>, hash: &[u8; 32]) -> Decision {
    let Some(known) = known else { return Decision::Insert };
    let same = known.content_hash == hash;
    match (known.held, incoming.is_ready()) {
        // What is withdrawn stays withdrawn.
        _ if known.withdrawn => Decision::Keep,
        (true, true) => Decision::Release,
        (true, false) if same => Decision::Keep,
        (true, false) => Decision::HoldAgain,
        // What was good enough to publish stays as it was until something as good comes.
        (false, false) => Decision::Keep,
        (false, true) if known.feed == incoming.article.feed_url.as_str() => {
            if same {
                Decision::Keep
            } else {
                Decision::Replace
            }
        }
        // Another feed of the outlet than the one whose version is shown: only a change within that feed is a change of the article.
        (false, true) => match &known.copy_hash {
            Some(copy) if copy == hash => Decision::Keep,
            Some(_) if !same => Decision::Replace,
            _ => Decision::RememberCopy,
        },
    }
}

/// Adds a decision to the account of the poll. `joins`: the key of the article that it is another way of.
pub fn count(change: &mut Change, known: Option<&Known>, incoming: &Incoming<'_>, decision: Decision, joins: Option<&str>) {
    let key = known.and_then(|known| known.story_key.as_ref()).unwrap_or(&incoming.key);
    match decision {
        Decision::Insert if !incoming.is_ready() => change.held += 1,
        Decision::Insert | Decision::Release if joins.is_some() => change.joined.extend(joins.map(str::to_owned)),
        Decision::Insert | Decision::Release | Decision::Replace => {
            let keys = if decision == Decision::Replace { &mut change.changed } else { &mut change.new };
            keys.push(key.clone());
            change.titles.insert(key.clone(), incoming.article.title.clone());
        }
        Decision::HoldAgain => change.held += 1,
        Decision::Keep if known.is_some_and(|known| known.held) => change.held += 1,
        Decision::RememberCopy | Decision::Keep => change.unchanged += 1,
    }
}
