//! Making the translations that feeds lack, beside everything else: a slow engine delays its translations and nothing more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Changed, DRAIN, LONGEST_SLEEP, SET_BACK, now};
use crate::pipeline::Stages;
use crate::pipeline::translate::{self, Made, Translators, Wanting};
use crate::store::StoreError;

/// After the store did not answer, it is left alone for so long.
const STORE_PAUSE: Duration = Duration::from_secs(60);

/// What changes within this span is looked at together.
const GATHER: Duration = Duration::from_millis(300);

type Ended = Result<(tokio::task::Id, Result<Made, StoreError>), tokio::task::JoinError>;

/// Articles under way, by task.
type UnderWay = BTreeMap<tokio::task::Id, Wanting>;

/// Translates until it is told to stop. What is under way then may finish for a while; a call that is cut off counts as paid.
pub(super) async fn work(stages: Stages, translators: Arc<Translators>, changed: Arc<Changed>, stop: CancellationToken) {
    if translators.is_empty() {
        return;
    }
    // An admin may have mended what was in the way.
    if let Err(error) = stages.store.bring_translations_forward(now()).await {
        tracing::error!(%error, "translations that failed before the start wait for their time");
    }
    let mut tasks: JoinSet<Result<Made, StoreError>> = JoinSet::new();
    let mut under_way = UnderWay::new();
    // What made a task fail: a bug, which must not become an endless loop.
    let mut shunned: BTreeSet<String> = BTreeSet::new();
    let mut seen = now();
    loop {
        let looked = now();
        if looked < seen - SET_BACK {
            let _ = stages.store.bring_translations_forward(looked + TimeDelta::hours(24)).await; // it only waits for longer
        }
        seen = looked;
        let pause = match begin(&stages, &translators, &mut tasks, &mut under_way, &shunned).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "what is to be translated cannot be read; looking again in a minute");
                STORE_PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = changed.translate.notified() => {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(GATHER) => {}
                }
            }
            () = tokio::time::sleep(pause.max(Duration::from_millis(50))) => {}
            Some(ended) = tasks.join_next_with_id() => {
                if !settle(ended, &mut under_way, &mut shunned, &changed) {
                    tokio::select! {
                        () = stop.cancelled() => break,
                        () = tokio::time::sleep(STORE_PAUSE) => {}
                    }
                }
            }
        }
    }
    let _ = tokio::time::timeout(DRAIN, async {
        while let Some(ended) = tasks.join_next_with_id().await {
            settle(ended, &mut under_way, &mut shunned, &changed);
        }
    })
    .await; // what does not finish is begun anew at the next start
}

/// Begins what feeds lack, as many articles of each chain at once as it bears, and says how long there is nothing more to begin.
async fn begin(
    stages: &Stages,
    translators: &Arc<Translators>,
    tasks: &mut JoinSet<Result<Made, StoreError>>,
    under_way: &mut UnderWay,
    shunned: &BTreeSet<String>,
) -> Result<Duration, StoreError> {
    let mut pause = LONGEST_SLEEP;
    for feed in &stages.config.feeds {
        let Some(target) = &feed.translate else { continue };
        let most = translators.chain(&target.engine).map_or(1, |chain| chain.concurrency);
        let busy = under_way.values().filter(|wanting| wanting.target.engine == target.engine).count();
        let mut room = most.saturating_sub(busy);
        if room == 0 {
            continue;
        }
        let lacking = translate::lacking(stages, feed, now()).await?;
        if let Some(next) = lacking.next {
            pause = pause.min((next - now()).to_std().unwrap_or_default());
        }
        for wanting in lacking.now {
            let key = wanting.key();
            if room == 0 {
                break;
            }
            if shunned.contains(&key) || under_way.values().any(|other| other.key() == key) {
                continue;
            }
            room -= 1;
            let (stages, translators, task) = (stages.clone(), translators.clone(), wanting.clone());
            let handle = tasks.spawn(async move { translate::translate(&stages, &translators, &task, now).await });
            under_way.insert(handle.id(), wanting);
        }
    }
    Ok(pause)
}

/// Takes the outcome of an article in and says it once in the log; false when the store did not answer.
fn settle(ended: Ended, under_way: &mut UnderWay, shunned: &mut BTreeSet<String>, changed: &Changed) -> bool {
    let (id, outcome) = match ended {
        Ok((id, outcome)) => (id, Ok(outcome)),
        Err(error) => (error.id(), Err(error)),
    };
    let Some(wanting) = under_way.remove(&id) else { return true };
    let (feed, to) = (wanting.feed.as_str(), wanting.target.to.as_str());
    let (article, outlet) = (wanting.source.identity.key.as_str(), &wanting.source.attributed.article.outlet);
    match outcome {
        Ok(Ok(Made::Translated)) => {
            changed.board.translated.fetch_add(1, Ordering::Relaxed);
            tracing::info!(feed, article, to, "translated");
            changed.add(outlet);
        }
        Ok(Ok(Made::Untouched)) => {
            tracing::debug!(feed, article, to, "in its language already");
            changed.add(outlet);
        }
        Ok(Ok(Made::Postponed(problem, next))) => {
            changed.board.untranslated.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(feed, article, to, next = next.format("%FT%TZ").to_string(), "not translated: {problem}");
        }
        Ok(Err(error)) => {
            tracing::error!(feed, article, to, %error, "a translation could not be recorded; it is made again in a minute");
            return false;
        }
        Err(error) => {
            tracing::error!(feed, article, to, %error, "translating failed: this is a bug in reprint; the article is left alone until the next start");
            shunned.insert(wanting.key());
        }
    }
    true
}
