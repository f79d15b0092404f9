//! What of feeds.toml a document is read by.

use sha2::{Digest, Sha256};
use url::Url;

use crate::config::Outlet;
use crate::parse;

/// SHA-256 of all that [`super::read`] takes from feeds.toml for this source: another one means that the same bytes say something else.
pub(super) fn settings(outlet: &Outlet, source: &Url, bounds: parse::Bounds, hubs: bool) -> [u8; 32] {
    let terms = &outlet.terms;
    let mut hash = Sha256::new();
    let mut add = |value: Option<&str>| {
        hash.update([u8::from(value.is_some())]);
        let value = value.unwrap_or_default();
        hash.update((value.len() as u64).to_le_bytes());
        hash.update(value.as_bytes());
    };
    add(Some(&outlet.name));
    add(outlet.homepage.as_ref().map(Url::as_str));
    add(outlet.language.as_deref());
    add(Some(outlet.time_zone.name()));
    add(outlet.charset.as_deref());
    add(Some(if outlet.full_text { "full text" } else { "" }));
    add(Some(if terms.counter { "counter" } else { "" }));
    add(terms.disclaimer.as_deref());
    add(terms.rights.as_deref());
    add(terms.licence.as_ref().map(Url::as_str));
    add(Some(&bounds.entries.to_string()));
    if outlet.hold_below != Outlet::HOLD_BELOW {
        add(Some(&outlet.hold_below.to_string()));
    }
    for rule in &outlet.rules {
        add(Some(rule.field.name()));
        add(Some(rule.pattern()));
    }
    if hubs {
        add(Some("hubs"));
    }
    if let Some(listing) = outlet.listing(source) {
        let selectors = &listing.selectors;
        for selector in [&selectors.item, &selectors.link, &selectors.title, &selectors.date] {
            add(selector.as_deref());
        }
    }
    hash.finalize().into()
}
