//! What is held is judged anew at every start: feeds.toml may say more by now, and reprint may know better. Otherwise an article that has left its
//! feed would stay held for good.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{AWAITING_PAGE, Own, Stages, pages, recordable};
use crate::attribute;
use crate::config::Outlet;
use crate::model::{Article, Verdict};
use crate::store::{HeldRecord, StoreError};

/// Held articles judged at one start, the newest.
const MOST: usize = 1_000;

/// Judges the newest held articles by what is stored of them, and releases those that nothing speaks against any more: with the date they were first
/// seen. No outlet is asked anything, so what [`crate::parse`] and [`crate::normalize`] made of an entry stays as it was: an `[[outlet.rule]]` for
/// lines of the text counts from the next poll. Gives the outlets whose feeds change.
///
/// # Errors
/// The store did not answer; what was released until then is.
pub async fn judge_held(stages: &Stages, now: fn() -> DateTime<Utc>) -> Result<BTreeSet<String>, StoreError> {
    let outlets: Vec<String> = stages.config.outlets.iter().map(|outlet| outlet.id.clone()).collect();
    let mut changed = BTreeSet::new();
    for key in stages.store.held_keys(&outlets, MOST).await? {
        let HeldRecord { article, code } = match stages.store.held_record(&key).await {
            Ok(Some(held)) => held,
            Ok(None) => continue,
            Err(error) => {
                tracing::warn!(key, %error, "a held article cannot be judged anew");
                continue;
            }
        };
        let Some(outlet) = stages.config.outlet(&article.outlet).cloned() else { continue };
        let (id, own) = (outlet.id.clone(), stages.own());
        let verdict = match stages.blocking(move || judge(&outlet, &own, article)).await {
            Ok(verdict) => verdict,
            Err(panic) => {
                tracing::error!(key, %panic, "judging a held article failed inside reprint: report it as a bug");
                continue;
            }
        };
        let is_other = match &verdict {
            Verdict::Ready(_) => true,
            // What waits for its page is queued by a poll only.
            Verdict::Held { code: other, .. } => *other != code && *other != AWAITING_PAGE,
        };
        if !is_other {
            continue;
        }
        let change = stages.store.record_held(&key, &verdict, now()).await?;
        if change.is_visible() {
            tracing::info!(outlet = id, key, code, "released: what it was held for is no more");
            stages.pages.forget(change.altered());
            changed.insert(id);
            changed.extend(change.elsewhere);
        }
    }
    Ok(changed)
}

/// What a poll would say of the article today, if it brought it again.
fn judge(outlet: &Outlet, own: &Own, mut article: Article) -> Verdict {
    // What attribution found the last time begins with the page of the source, of which nobody else says anything.
    let before = article.hints.evidence.iter().position(|fact| fact.field == "source");
    article.hints.evidence.truncate(before.unwrap_or(article.hints.evidence.len()));
    let source = article.feed_url.clone();
    recordable(own, pages::hold(outlet, &source, attribute::article(outlet, article)))
}
