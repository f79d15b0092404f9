//! What readers see of a story that came several ways: a function of the ways alone, whatever the order they came in.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::model::{AttributedArticle, Evidence, Hop, HopAction, Party, Provenance};

/// Steps shown of all ways together.
const MOST_HOPS: usize = 32;

/// Steps of a way whose outlet names no origin while others name one that it is not: behind everything.
const SILENT: usize = 1_000;

/// One outlet's copy.
#[derive(Debug, Clone)]
pub struct Way {
    /// Row.
    pub id: i64,
    /// Key it would have alone.
    pub key: String,
    /// Hash of what readers would see.
    pub content_hash: Vec<u8>,
    /// As the outlet has it.
    pub attributed: AttributedArticle,
}

/// The copy that is shown, and what is shown: that copy, its way, and behind it a step for every other outlet.
///
/// Shown is the copy that is the fewest steps from the original, then a whole text rather than an excerpt, then the one published first. A copy
/// that is hardly more than a headline is not shown while there is another.
pub fn compose(mut ways: Vec<Way>) -> Option<(i64, Vec<u8>, AttributedArticle)> {
    let original: Vec<Party> = ways
        .iter()
        .filter_map(|way| way.attributed.provenance.original.as_ref())
        .map(|original| original.outlet.clone())
        .collect();
    let longest = ways.iter().map(|way| way.attributed.article.body.as_str().len()).max()?;
    ways.sort_by_cached_key(|way| {
        let AttributedArticle { article, provenance } = &way.attributed;
        let published = article.published.map(|published| published.at);
        (
            article.body.as_str().len() < longest / 10,
            distance(provenance, &original),
            article.body.as_str().len() < longest / 2,
            published.is_none(),
            published,
            Reverse(article.body.as_str().len()),
            article.outlet.clone(),
            way.key.clone(),
        )
    });
    let mut ways = ways.into_iter();
    let Way { id, content_hash, attributed: mut shown, .. } = ways.next()?;
    let mut others: Vec<Vec<Hop>> = Vec::new();
    for Way { attributed: AttributedArticle { article, provenance }, .. } in ways {
        let own = Hop {
            action: HopAction::Reposted,
            party: provenance.source.clone(),
            at: article.published.map(|published| published.at),
            language: article.language.clone(),
        };
        // What the outlet itself did stands for it; of the steps before, those that were reposts too.
        let before = provenance.hops.split_last().map(|(_, before)| before).unwrap_or_default();
        let before = before.iter().filter(|hop| hop.action == HopAction::Reposted).cloned();
        others.push(before.chain([own]).collect());
        let page = provenance.source.url.as_ref().map_or_else(|| provenance.source.name.clone(), ToString::to_string);
        shown.provenance.evidence.push(Evidence { field: "source", rule: "same_story", text: page });
    }
    let key = |hop: &Hop| (hop.at.is_none(), hop.at, hop.party.name.clone(), hop.party.url.clone());
    others.sort_by_cached_key(|steps| steps.last().map(key));
    let hops = &mut shown.provenance.hops;
    if hops.is_empty() {
        hops.push(Hop {
            action: HopAction::Created,
            party: shown.provenance.source.clone(),
            at: shown.article.published.map(|published| published.at),
            language: shown.article.language.clone(),
        });
    }
    // Each outlet is there once by its name; a stop before it not at all if it is there under any name.
    let mut seen: HashSet<String> = hops.iter().flat_map(|hop| names(&hop.party)).collect();
    let own = others.iter().filter_map(|steps| steps.last()).flat_map(|own| names(&own.party));
    let outlets: HashSet<String> = own.collect();
    for mut steps in others {
        let own = steps.pop();
        for stop in steps {
            let names = names(&stop.party);
            if hops.len() < MOST_HOPS && !names.iter().any(|name| seen.contains(name) || outlets.contains(name)) {
                seen.extend(names);
                hops.push(stop);
            }
        }
        if let Some(own) = own
            && hops.len() < MOST_HOPS
            && !seen.contains(&name(&own.party.name))
        {
            seen.extend(names(&own.party));
            hops.push(own);
        }
    }
    Some((id, content_hash, shown))
}

/// What an outlet's step is known by: its name and its page, in a form in which case, spaces and scheme make no difference.
fn names(party: &Party) -> Vec<String> {
    let page = party.url.as_ref().map(|url| {
        let page = url.as_str().trim_end_matches('/');
        format!("//{}", page.split_once("://").map_or(page, |(_, rest)| rest))
    });
    Some(name(&party.name)).filter(|name| !name.is_empty()).into_iter().chain(page).collect()
}

fn name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Steps from the original to the outlet. An outlet that names no origin is the original itself, unless others name another one.
fn distance(provenance: &Provenance, originals: &[Party]) -> usize {
    if provenance.original.is_some() {
        return provenance.hops.len().max(2);
    }
    let source = &provenance.source;
    let is_named = |original: &Party| {
        let same_site = original.url.is_some() && original.url.as_ref().map(site) == source.url.as_ref().map(site);
        same_site || (!original.name.is_empty() && name(&original.name) == name(&source.name))
    };
    let steps = provenance.hops.len().max(1);
    if originals.is_empty() || originals.iter().any(is_named) { steps } else { SILENT }
}

fn site(url: &url::Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}
