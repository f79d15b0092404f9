//! An outlet's entry into our terms: absolute addresses, sanitized HTML, UTC times with their precision, plain titles, pictures with
//! captions; credit blocks and disclaimers lifted out of the body into fields.

pub mod date;
pub mod html;
mod tags;
pub mod text;
pub mod url;

use chrono::{DateTime, Utc};
use ::url::Url;

use crate::config::Outlet;
use crate::model::{Article, FeedHead, ParsedEntry};

/// What an entry's strings refer to.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The outlet that sent it.
    pub outlet: &'a Outlet,
    /// Address of the feed as configured.
    pub feed_url: &'a Url,
    /// Base of relative references: the address that answered.
    pub base: &'a Url,
    /// What relative dates are relative to.
    pub fetched_at: DateTime<Utc>,
    /// Feed-level facts.
    pub head: &'a FeedHead,
}

/// Normalizes one entry. Cannot fail: what is missing stays missing.
pub fn entry(setting: &Setting<'_>, entry: &ParsedEntry) -> Article {
    let _ = (setting, entry);
    todo!()
}
