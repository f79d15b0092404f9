//! What terms have to say of documents that are made already.

use chrono::{DateTime, Utc};

use super::{LATEST, Stages};
use crate::config::{Config, Feed};
use crate::model::Conditions;
use crate::render::Renderer;

/// Takes back the documents that would show more than their outlets' terms allow: nobody sees them again, also after a restart. Without effect
/// where every document could be made anew.
///
/// # Errors
/// The disk: readers do not see them any more, but the next start might.
pub fn recall(stages: &Stages, now: DateTime<Utc>) -> std::io::Result<()> {
    stages.snapshot.retain(|path, document| may_show(&stages.config, &stages.renderer, path, &document.conditions, now))
}

/// Whether the terms of outlets let a document be shown that was made on these conditions. One of no feed always.
pub fn may_show(config: &Config, renderer: &Renderer, path: &str, conditions: &Conditions, now: DateTime<Utc>) -> bool {
    let expired = conditions.expiry.is_some_and(|expiry| expiry <= now);
    feed_of(config, path).is_none_or(|feed| !expired && is_on_terms(renderer, feed, conditions))
}

/// The feed whose articles a document shows.
pub fn feed_of<'a>(config: &'a Config, path: &str) -> Option<&'a Feed> {
    let id = match path.strip_prefix("feeds/") {
        Some(name) => name.split('.').next().unwrap_or_default(),
        None if path.is_empty() => LATEST,
        None => return None,
    };
    config.feed(id)
}

/// Whether a document was made on the terms that its feed has now.
pub(super) fn is_on_terms(renderer: &Renderer, feed: &Feed, conditions: &Conditions) -> bool {
    conditions.terms == renderer.conditions(feed).terms
}
