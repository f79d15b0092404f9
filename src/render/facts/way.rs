//! The way an article came: its steps, who answers for the text, and the pages on the way.

use std::collections::BTreeSet;

use super::{Facts, HopFacts, Named, OriginalFacts, TranslationFacts, named};
use crate::model::{HopAction, Provenance, TranslationKind};
use crate::render::text::{language_tag, rfc3339};

/// Steps of the way here that are written at most: the first and the last ones of a longer way. Real ones have five at most.
const LONGEST_WAY: usize = 32;

/// The way to us without our own step. Where nothing is recorded, what is known of both ends.
pub(super) fn way(provenance: &Provenance, source: &Named, original: Option<&OriginalFacts>) -> Vec<HopFacts> {
    let hops = &provenance.hops;
    let left_out = hops.len().saturating_sub(LONGEST_WAY);
    let kept = hops.iter().enumerate().filter(|(n, _)| *n == 0 || *n > left_out).filter_map(|(_, hop)| {
        let language = hop.language.as_deref().and_then(language_tag).map(str::to_owned);
        Some(HopFacts { action: hop.action, party: named(&hop.party)?, at: hop.at, language })
    });
    let way: Vec<_> = kept.collect();
    if !way.is_empty() {
        return way;
    }
    let (created, reposted) = (HopAction::Created, HopAction::Reposted);
    let first =
        original.map(|o| HopFacts { action: created, party: o.outlet.clone(), at: o.published, language: o.language.clone() });
    let action = if first.is_some() { reposted } else { created };
    first.into_iter().chain([HopFacts { action, party: source.clone(), at: None, language: None }]).collect()
}

/// Who made the text what it is: the last step that was not a mere repost, whole or in part. A translation is never put down to the original's publisher.
pub(super) fn responsible(
    hops: &[HopFacts],
    source: &Named,
    original: Option<&OriginalFacts>,
    translation: Option<&TranslationFacts>,
) -> Named {
    let last = hops.iter().rev().find(|hop| !matches!(hop.action, HopAction::Reposted | HopAction::Excerpted));
    match (last, original) {
        (Some(hop), _) if translation.is_none() || hop.action != HopAction::Created => hop.party.clone(),
        (None, Some(original)) if translation.is_none() => original.outlet.clone(),
        _ => source.clone(),
    }
}

/// The step of the outlet that is the source. What stands behind it are other outlets that the same text came from.
fn own_step(hops: &[HopFacts], source: &Named) -> Option<usize> {
    hops.iter().rposition(|hop| hop.party.name == source.name || (source.url.is_some() && hop.party.url == source.url))
}

/// Upstream pages for machines (every address once, the original left to `related`), and the names between the outlet and the original for
/// people; both nearest first.
pub(super) fn upstream(hops: &[HopFacts], source: &Named, original: Option<&OriginalFacts>) -> (Vec<Named>, Vec<Named>) {
    let original_url = original.and_then(|o| o.outlet.url.as_deref());
    let mut seen_urls: BTreeSet<&str> = original_url.into_iter().collect();
    let mut seen_names: BTreeSet<&str> = original.map(|o| o.outlet.name.as_str()).into_iter().collect();
    seen_names.insert(&source.name);
    // Other outlets have pages it is on; they are nobody between.
    let others = hops.len() - own_step(hops, source).map_or(hops.len(), |own| own + 1);
    let mut via = Vec::new();
    if let Some(url) = &source.url {
        // The page we took it from is said even when it is the original's.
        seen_urls.insert(url);
        via.push(source.clone());
    }
    let mut between = Vec::new();
    for (number, hop) in hops.iter().rev().enumerate() {
        let known_page = hop.party.url.as_deref().is_some_and(|url| !seen_urls.insert(url));
        if hop.party.url.is_some() && !known_page {
            via.push(hop.party.clone());
        }
        if number >= others && seen_names.insert(&hop.party.name) && !known_page {
            between.push(hop.party.clone());
        }
    }
    (via, between)
}

impl Facts<'_> {
    /// The way here as one line: `A (en, 2026-05-30) → B (zh-Hans, 2026-06-01) → us (2026-06-02)` (dcterms:provenance); with `/` between outlets
    /// that the same text came from.
    pub fn way(&self) -> String {
        let ours = self.hops.len().saturating_sub(1);
        // The last step that changed the language or script made this text; those before it say whose they were.
        let changes = |hop: &HopFacts| matches!(hop.action, HopAction::Translated | HopAction::ScriptConverted);
        let earlier: Vec<usize> =
            (0..self.hops.len()).rev().filter(|at| self.hops.get(*at).is_some_and(changes)).skip(1).collect();
        let own = own_step(self.hops.get(..ours).unwrap_or_default(), &self.source).unwrap_or(ours);
        let mut way = String::new();
        for (number, hop) in self.hops.iter().enumerate() {
            let mut remarks: Vec<String> = hop.language.iter().cloned().collect();
            if !matches!(hop.action, HopAction::Created | HopAction::Reposted) {
                remarks.push(hop.action.name().to_owned());
            }
            if let Some(step) = earlier.iter().position(|at| *at == number) {
                remarks.extend(self.made_earlier(step).iter().map(|translator| translator.name.clone()));
            }
            remarks.extend(hop.at.map(|at| rfc3339(at)[..10].to_owned()));
            if number > 0 {
                way.push_str(if number > own && number < ours { " / " } else { " → " });
            }
            way.push_str(&hop.party.name);
            if !remarks.is_empty() {
                way.push_str(&format!(" ({})", remarks.join(", ")));
            }
        }
        way
    }

    /// Who is credited for a step of [`Facts::earlier`]. Who translated a text whose script was changed later is named where they translated it.
    pub fn made_earlier(&self, step: usize) -> &[Named] {
        let (made, before) = (self.earlier.get(step), self.earlier.get(step + 1));
        let is_repeated = made.is_some_and(|made| made.kind == TranslationKind::ScriptConversion)
            && before.is_some_and(|before| !before.translators.is_empty());
        made.filter(|_| !is_repeated).map_or(&[], |made| &made.translators)
    }
}
