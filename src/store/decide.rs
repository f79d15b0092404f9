//! What a poll does to each article it brought: the rules, without the database.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::Change;
use super::identity::{self, Standing};
use crate::model::{Article, Verdict};

/// An article of a document, once.
#[derive(Debug)]
pub struct Incoming<'a> {
    /// Its key.
    pub key: String,
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
    /// It is held.
    pub held: bool,
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

/// The articles of a document by their keys, each once: the last one wins, but one that can be published is not displaced by one that cannot.
/// Articles that the end of the document cut off are left out: the next poll brings them whole.
pub fn batch(verdicts: &[Verdict]) -> Vec<Incoming<'_>> {
    let mut batch: Vec<Incoming<'_>> = Vec::with_capacity(verdicts.len());
    let mut places: HashMap<(&str, &str), usize> = HashMap::with_capacity(verdicts.len());
    for verdict in verdicts {
        let (article, standing) = match verdict {
            Verdict::Ready(ready) => (&ready.article, Standing::Ready(&ready.provenance)),
            Verdict::Held { article, code, reason } => (&**article, Standing::Held { code, reason }),
        };
        if !article.complete {
            continue;
        }
        match places.entry((&article.outlet, &article.source_key)) {
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(batch.len());
                batch.push(Incoming { key: identity::key(&article.outlet, &article.source_key), article, standing });
            }
            std::collections::hash_map::Entry::Occupied(place) => {
                let earlier = &mut batch[*place.get()];
                if matches!(standing, Standing::Ready(_)) || !earlier.is_ready() {
                    (earlier.article, earlier.standing) = (article, standing);
                }
            }
        }
    }
    batch
}

/// Decides about one article; `hash` is its content hash.
pub fn decide(known: Option<&Known>, incoming: &Incoming<'_>, hash: &[u8; 32]) -> Decision {
    let Some(known) = known else { return Decision::Insert };
    let same = known.content_hash == hash;
    match (known.held, incoming.is_ready()) {
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

/// Adds a decision to the account of the poll.
pub fn count(change: &mut Change, known: Option<&Known>, incoming: &Incoming<'_>, decision: Decision) {
    match decision {
        Decision::Insert if !incoming.is_ready() => change.held += 1,
        Decision::Insert | Decision::Release => change.new.push(incoming.key.clone()),
        Decision::Replace => change.changed.push(incoming.key.clone()),
        Decision::HoldAgain => change.held += 1,
        Decision::Keep if known.is_some_and(|known| known.held) => change.held += 1,
        Decision::RememberCopy | Decision::Keep => change.unchanged += 1,
    }
}
