//! The outlets that a notice names.

use url::Url;

use super::cut::is_han;
use super::row::{Row, SOFT};
use super::{NAME, is_own};
use crate::model::Party;
use crate::normalize::words::{self, Label, labelled};
use crate::normalize::{boilerplate, text, url as addresses};

/// The outlets that a notice names, nearest first: by its links, and by the words after which a name stands. Links within `site` name none.
pub(in crate::normalize) fn of_notice(row: &Row, written: &str, own: &[&str], site: &Url) -> Vec<Party> {
    // (place, name, link)
    let mut found: Vec<(usize, Party)> = Vec::new();
    let mut articles: Vec<(usize, Url)> = Vec::new();
    let named = boilerplate::outlet_in(written).filter(|name| !is_own(own, name));
    let mut links = row.links.iter().peekable();
    while let Some((range, url, _)) = links.next() {
        let mut range = range.clone();
        // The link's text may be in several elements.
        while let Some((next, same, _)) = links.peek()
            && same == url
            && row.folded[range.end..next.start].iter().all(|c| matches!(*c, ' ' | SOFT))
        {
            range.end = next.end;
            links.next();
        }
        if addresses::site(url) == addresses::site(site) || is_licence(url) {
            continue;
        }
        let text = row.string(&range);
        let name = boilerplate::trim_name(&text);
        let is_name =
            !name.is_empty() && name.chars().count() <= NAME && !boilerplate::is_link_text(&text) && !name.contains("://");
        let is_title = is_name
            && named.as_ref().is_some_and(|named| text::essence(named) != text::essence(&name))
            && name.split_whitespace().count().max(name.chars().filter(|c| is_han(*c)).count() / 3) > 4;
        // "原文:《Letters to a Lamp》": what follows such a label is the article, however its title reads.
        let before: String = row.folded[..range.start].iter().rev().take(16).collect();
        let before: String = before.chars().rev().collect();
        let is_original =
            before.trim_end_matches([' ', SOFT, '《', '"', '「', '『', '«']).strip_suffix(':').is_some_and(|before| {
                labelled(|words| words.labels).any(|(label, word)| label == Label::Original && before.trim_end().ends_with(word))
            });
        // "… as part of the X collaboration": what the text belongs to is not where it comes from.
        let of_series = PART_OF.iter().any(|words| before.trim_end_matches([' ', SOFT]).ends_with(words));
        if of_series {
            continue;
        }
        // "X に掲載された「<a>A Letter</a>」": a title in quotes beside the name.
        let is_quoted = named.as_ref().is_some_and(|named| !text::essence(&name).contains(&text::essence(named)))
            && before.trim_end_matches([' ', SOFT]).ends_with(['「', '"', '«', '„']);
        if is_name && !is_title && !is_quoted && !is_original && !is_own(own, &name) {
            found.push((range.start, Party { name, url: Some(url.clone()) }));
        } else {
            articles.push((range.start, url.clone()));
        }
    }
    if let Some(name) = named
        && !found.iter().any(|(_, party)| {
            let (known, name) = (text::essence(&party.name), text::essence(&name));
            known.contains(&name) || name.contains(&known)
        })
    {
        let shown: String = row.shown.iter().collect();
        let at = shown.find(name.as_str()).map_or(0, |at| shown[..at].chars().count());
        // What is named is in the link that its words stand around, or is what the first link without a name of its own leads to.
        found.retain(|(_, party)| !(text::essence(&party.name).contains(&text::essence(&name)) && party.url.is_none()));
        found.push((at, Party { name, url: None }));
    }
    found.sort_by_key(|(at, _)| *at);
    for (at, url) in articles {
        let bare = |party: &Party| {
            party
                .url
                .as_ref()
                .is_none_or(|known| known.path().trim_matches('/').is_empty() && addresses::site(known) == addresses::site(&url))
        };
        let nearest =
            found.iter().enumerate().filter(|(_, (_, party))| bare(party)).min_by_key(|(_, (place, _))| place.abs_diff(at));
        match nearest.map(|(index, _)| index) {
            Some(index) => found[index].1.url = Some(url),
            None if found.is_empty() => found.push((at, Party { name: String::new(), url: Some(url) })),
            None => {}
        }
    }
    // Who published it first is the last of the chain.
    let folded: String = row.folded.iter().collect();
    let mut start = 0;
    let (mut near, mut first) = (Vec::new(), Vec::new());
    for (at, party) in found {
        let before: String = folded.chars().skip(start).take(at.saturating_sub(start)).collect();
        start = at;
        if words::all(|words| words.first).any(|word| before.contains(word)) { first.push(party) } else { near.push(party) }
    }
    near.extend(first);
    near
}

/// Words in front of the name of a series or a partnership that a text is one of.
const PART_OF: &[&str] = &[
    "part of",
    "part of the",
    "part of its",
    "parte de",
    "parte de la",
    "parte del",
    "parte do",
    "parte da",
    "teil von",
    "teil der",
    "cadre de",
    "cadre du",
];

/// Addresses of licences (Creative Commons and its kin) name no outlet.
fn is_licence(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.contains("creativecommons")
        || url
            .path_segments()
            .is_some_and(|mut parts| parts.any(|part| matches!(part, "licenses" | "license" | "licences" | "licence")))
}
