//! What hubs push: the second way a document of a source comes in.

use chrono::{DateTime, Utc};
use url::Url;

use super::{Answer, Polled, Stages, read, recordable, recorded};
use crate::config::Outlet;
use crate::model::{Discovery, FetchedDocument, Freshness, PollState, Unreadable, Validators};
use crate::parse;
use crate::store::StoreError;

/// What a hub pushed of a topic, rightly signed.
#[derive(Debug, Clone)]
pub struct PushedContent {
    /// Topic, by which relative addresses are read.
    pub topic: Url,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// Body.
    pub body: bytes::Bytes,
}

/// Takes in what was pushed of a source, which is not asked for anything: when it is polled next, and by which validators, stays as it was. What
/// cannot be read changes nothing.
///
/// # Errors
/// The store: nothing was recorded.
pub async fn take_pushed(
    stages: &Stages,
    outlet: &Outlet,
    state: PollState,
    pushed: PushedContent,
    now: DateTime<Utc>,
) -> Result<Polled, StoreError> {
    let doc = FetchedDocument {
        requested: state.source.clone(),
        url: pushed.topic,
        moved_permanently: None,
        content_type: pushed.content_type,
        content_language: None,
        links: Vec::new(),
        body: pushed.body.to_vec(),
        validators: Validators::default(),
        freshness: Freshness::default(),
        fetched_at: now,
    };
    let received = doc.body.len();
    let bounds = parse::Bounds { entries: stages.config.limits.entries_per_poll };
    let (reader, source, own) = (outlet.clone(), state.source.clone(), stages.own());
    let read = move || {
        let reading = read(&reader, &source, &doc, bounds)?;
        let verdicts = reading.verdicts.into_iter().map(|verdict| recordable(&own, verdict)).collect();
        Ok::<_, Unreadable>((verdicts, reading.deleted, reading.warnings))
    };
    // Which hub the feed names is for the feed to say, not for who pushes.
    let unchanged = Answer { discovery: Discovery::Unread, ..Answer::unchanged(Freshness::default()) };
    let answer = match stages.blocking(read).await {
        Ok(Ok((verdicts, deleted, warnings))) => Answer { verdicts, deleted, warnings, ..unchanged },
        Ok(Err(unreadable)) => {
            tracing::info!(outlet = outlet.id, code = unreadable.code, "a push cannot be read: {}", unreadable.message);
            unchanged
        }
        Err(panic) => {
            tracing::error!(outlet = outlet.id, %panic, "reading a push failed inside reprint: this is a bug");
            unchanged
        }
    };
    Ok(Polled { received, ..recorded(stages, outlet, state, answer, now).await? })
}
