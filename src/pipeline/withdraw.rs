//! What is withdrawn, in the documents: gone from all of them, with tombstones where a format has them.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Publication, PublishError, Stages, publish, select};
use crate::config::{Config, Feed, Standing};
use crate::model::{Deletion, ParsedDeletion, StoredArticle, Withdrawal};
use crate::normalize::marks;
use crate::store::{Acts, Store, StoreError};

/// How long a feed tells of what was withdrawn, at least: readers that look in rarely are to learn it too.
const TOLD: TimeDelta = TimeDelta::days(90);

/// Tombstones of one feed, the latest.
const MOST: usize = 500;

/// Withdrawn articles of which one feed's are sought.
const LOOKED: usize = 4 * MOST;

/// What a feed declares deleted, as far as it can be understood. Of one entry that is named twice the later counts.
pub(super) fn understood(deleted: &[ParsedDeletion]) -> Vec<Deletion> {
    let deletion = |deleted: &ParsedDeletion| {
        let at = DateTime::parse_from_rfc3339(deleted.when.trim()).ok()?.to_utc();
        let guid = Some(deleted.reference.trim()).filter(|reference| !reference.is_empty()).map(marks::guid)?;
        Some(Deletion { guid, at })
    };
    let mut deletions: Vec<Deletion> = deleted.iter().filter_map(deletion).collect();
    deletions.sort_by(|a, b| a.guid.cmp(&b.guid).then(b.at.cmp(&a.at)));
    deletions.dedup_by(|a, b| a.guid == b.guid);
    deletions
}

/// The form in which an address of an article, or what its outlet calls it, is looked up.
pub fn address_mark(written: &str) -> String {
    marks::guid(written.trim())
}

/// What was withdrawn from a feed: articles that it has shown, or could have, for [`TOLD`] and for as long as it keeps articles. Counted from the data,
/// as its window is.
pub(super) async fn tombstones(
    store: &Store,
    config: &Config,
    feed: &Feed,
    articles: &[StoredArticle],
) -> Result<Vec<Withdrawal>, StoreError> {
    let mut withdrawn = store.withdrawals(Some(&feed.outlets), LOOKED).await?;
    let newest = articles.iter().map(|article| article.identity.changed).chain(withdrawn.iter().map(|withdrawal| withdrawal.at));
    let Some(newest) = newest.max() else { return Ok(withdrawn) };
    let since = newest - TOLD.max(TimeDelta::hours(i64::from(feed.keep_hours)));
    withdrawn.retain(|withdrawal| withdrawal.at >= since);
    told(store, config, feed, withdrawn).await
}

/// What was withdrawn of that which a feed got from `from` until before `until`: its archive tells of it for good.
pub(super) async fn tombstones_of(
    store: &Store,
    config: &Config,
    feed: &Feed,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Withdrawal>, StoreError> {
    let withdrawn = store.withdrawals_received(&feed.outlets, from, until, LOOKED).await?;
    told(store, config, feed, withdrawn).await
}

/// Those of `withdrawn` that the readers of a feed are told of.
async fn told(
    store: &Store,
    config: &Config,
    feed: &Feed,
    mut withdrawn: Vec<Withdrawal>,
) -> Result<Vec<Withdrawal>, StoreError> {
    let terms_open = config.outlets.iter().all(|outlet| !feed.outlets.contains(&outlet.id) || outlet.terms.is_open());
    if feed.selection.is_open() && terms_open {
        withdrawn.truncate(MOST);
        return Ok(withdrawn);
    }
    // The readers of a feed are told of what it has shown, and of nothing else.
    let mut told = Vec::new();
    for withdrawal in withdrawn {
        let Some(article) = store.withdrawn_article(&withdrawal.key).await? else { continue };
        let Some(outlet) = config.outlet(&article.attributed.article.outlet) else { continue };
        let shown = matches!(outlet.standing(&article, withdrawal.at), Standing::Shown | Standing::Expired(_));
        if shown && select::takes(&feed.selection, &article.attributed, outlet) {
            told.push(withdrawal);
        }
        if told.len() >= MOST {
            break;
        }
    }
    Ok(told)
}

/// What following withdrawals came to.
#[derive(Debug, Default)]
pub struct Taken {
    /// The last act that documents follow now.
    pub last: i64,
    /// What was published for it.
    pub publication: Publication,
}

/// Makes every document anew that what was withdrawn or restored after `serial` concerns. One that cannot be made anew is taken away: what readers see
/// may lack articles, and never has one too many. `None`: there was nothing to do.
///
/// # Errors
/// The store or the disk; the documents concerned are gone for readers, and it is to be tried again.
pub async fn publish_acts(stages: &Stages, serial: i64, now: DateTime<Utc>) -> Result<Option<Taken>, PublishError> {
    let acts = stages.store.acts_since(serial).await?;
    if acts.last <= serial {
        return Ok(None);
    }
    stages.pages.forget(acts.keys.iter());
    let publication = match publish(stages, Some(&acts.outlets), now).await {
        Ok(publication) => publication,
        Err(error) => {
            let all: BTreeSet<String> = stages.snapshot.paths().into_iter().collect();
            take_away(stages, &acts, &all)?;
            return Err(error);
        }
    };
    let rejected: BTreeSet<String> = publication.rejected.iter().map(|rejected| rejected.path.clone()).collect();
    if !rejected.is_empty() {
        take_away(stages, &acts, &rejected)?;
    }
    stages.store.follow_acts(acts.last).await?;
    Ok(Some(Taken { last: acts.last, publication }))
}

/// Takes away those of `paths` that belong to a feed of the outlets concerned.
fn take_away(stages: &Stages, acts: &Acts, paths: &BTreeSet<String>) -> std::io::Result<()> {
    let concerned = |path: &str| {
        super::feed_of(&stages.config, path).is_some_and(|feed| feed.outlets.iter().any(|outlet| acts.outlets.contains(outlet)))
    };
    stages.snapshot.retain(|path, _| !(paths.contains(path) && concerned(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deletions_are_understood_or_left_out() {
        let written = |reference: &str, when: &str| ParsedDeletion { reference: reference.to_owned(), when: when.to_owned() };
        let check = |deleted: &[ParsedDeletion], expected: &[(&str, i64)]| {
            let understood = understood(deleted);
            let found: Vec<(&str, i64)> = understood.iter().map(|one| (one.guid.as_str(), one.at.timestamp())).collect();
            assert_eq!(found, expected, "{deleted:?}");
        };
        check(&[written(" https://www.bolin.example/1/ ", "1970-01-01T01:00:00+01:00")], &[("//bolin.example/1", 0)]);
        check(&[written("urn:x", "yesterday"), written("  ", "1970-01-01T00:00:00Z"), written("urn:y", "")], &[]);
        let twice = [written("urn:x", "1970-01-01T00:00:01Z"), written("urn:x", "1970-01-01T00:00:03Z")];
        check(&twice, &[("urn:x", 3)]);
    }
}
