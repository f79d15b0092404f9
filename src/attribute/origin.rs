//! Where the text was first published, when that is not the outlet.

use url::Url;

use super::confidence::{self, Confidence};
use crate::config::Outlet;
use crate::model::{Article, Evidence, HopAction, Original, ParsedHop, Party};

/// The original, and who stood between it and the outlet.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) original: Original,
    /// Those between the original and the outlet, nearest first.
    pub(super) through: Vec<Party>,
    /// How sure that is.
    pub(super) confidence: Confidence,
}

/// Looks for the original: the chain that the feed carries as data, then what the outlet's own rules say, then links that name it, then upstream
/// links, then the source that a line of the text or a feed names. What leads back to the outlet itself is none.
pub(super) fn find(outlet: &Outlet, article: &Article, evidence: &mut Vec<Evidence>) -> Option<Found> {
    let hints = &article.hints;
    // A name whose link leads to the outlet's own list of what it has from there is a name without a page.
    let elsewhere = |party: &Party| -> Party {
        let own = !party.name.is_empty() && party.url.as_ref().is_some_and(|url| is_own(outlet, article, url));
        Party { name: party.name.clone(), url: if own { None } else { party.url.clone() } }
    };
    let text_chain: Vec<Party> = hints.text_chain.iter().map(elsewhere).collect();
    let foreign = |party: &&Party| {
        (!party.name.is_empty() || party.url.is_some())
            && !party.url.as_ref().is_some_and(|url| is_own(outlet, article, url))
            && !same_name(&party.name, &outlet.name)
    };
    let mut add = |rule: &'static str, party: &Party| {
        let text = party.url.as_ref().map_or_else(|| party.name.clone(), Url::to_string);
        evidence.push(Evidence { field: "original", rule, text });
    };

    if let Some(found) = hints.provenance.as_ref().and_then(|provenance| of_hops(outlet, article, &provenance.hops)) {
        add("reprint_hops", &found.original.outlet);
        return Some(found);
    }

    // Names for addresses: what the feed calls its source, what the text calls it.
    let named: Vec<&Party> = text_chain
        .iter()
        .chain(&hints.source)
        .filter(|party| !party.name.is_empty() && !same_name(&party.name, &outlet.name))
        .collect();
    let name_for = |party: &Party| -> String {
        if !party.name.is_empty() {
            return party.name.clone();
        }
        let same_site =
            named.iter().find(|named| party.url.is_some() && named.url.as_ref().map(site) == party.url.as_ref().map(site));
        let unplaced = named.iter().find(|named| named.url.is_none());
        same_site
            .or(unplaced)
            .map(|named| named.name.clone())
            .or_else(|| hints.publisher.clone().filter(|name| !same_name(name, &outlet.name)))
            .unwrap_or_else(|| party.url.as_ref().map(|url| site(url).to_owned()).unwrap_or_default())
    };
    let text_source = text_chain.iter().rev().find(foreign);
    let feed_source = hints.source.as_ref().filter(foreign);

    let ruled =
        text_source.filter(|_| hints.evidence.iter().any(|fact| fact.field == "chain" && fact.rule.starts_with("outlet_rule")));
    let (rule, party) = if let Some(source) = ruled {
        // A link beside it says where on that outlet's site the article is.
        let linked =
            hints.original.iter().chain(&hints.via).filter(foreign).find(|link| same_name(&name_for(link), &source.name));
        let url = source.url.clone().or_else(|| linked.and_then(|link| link.url.clone()));
        ("outlet_rule", Party { name: name_for(source), url })
    } else if let Some(original) = hints.original.iter().find(foreign) {
        ("link_to_original", Party { name: name_for(original), url: original.url.clone() })
    } else if let Some(via) = hints.via.iter().rev().find(foreign) {
        ("link_via", Party { name: name_for(via), url: via.url.clone() })
    } else if let Some(source) = text_source {
        let name = if source.name.is_empty() {
            feed_source.map_or_else(|| name_for(source), |feed| feed.name.clone())
        } else {
            source.name.clone()
        };
        let url = source
            .url
            .clone()
            .or_else(|| feed_source.filter(|feed| same_name(&feed.name, &name)).and_then(|feed| feed.url.clone()));
        ("source_line", Party { name, url })
    } else if let Some(source) = feed_source {
        ("source_of_feed", Party { name: name_for(source), url: source.url.clone() })
    } else {
        return None;
    };
    if party.name.is_empty() {
        return None;
    }
    add(rule, &party);
    // Other names are stops on the way: those the text came through.
    let site_of = |stop: &Party| stop.url.as_ref().map(site).map(str::to_owned);
    let mut through: Vec<Party> = Vec::new();
    let via = hints.via.iter().filter(foreign).map(|via| Party { name: name_for(via), url: via.url.clone() });
    let feed = feed_source.cloned().filter(|_| rule != "source_line");
    for stop in text_chain.iter().filter(foreign).cloned().chain(via).chain(feed) {
        let is_known =
            |known: &Party| same_name(&known.name, &stop.name) || known.url.is_some() && site_of(known) == site_of(&stop);
        if !stop.name.is_empty() && !is_known(&party) && !through.iter().any(is_known) {
            through.push(stop);
        }
    }
    let published = hints.original_published.map(|published| published.at);
    let language = hints.original_language.clone();
    let confidence = confidence::of(outlet, article, rule, &party, &through);
    Some(Found { original: Original { outlet: party, language, published }, through, confidence })
}

/// The first step of a chain that the feed carries, when another than the outlet made it.
fn of_hops(outlet: &Outlet, article: &Article, hops: &[ParsedHop]) -> Option<Found> {
    let hops = super::way::read(hops);
    let first = hops.iter().find(|hop| hop.action == HopAction::Created).or_else(|| hops.first())?;
    let own =
        same_name(&first.party.name, &outlet.name) || first.party.url.as_ref().is_some_and(|url| is_own(outlet, article, url));
    (!own).then(|| Found {
        original: Original { outlet: first.party.clone(), language: first.language.clone(), published: first.at },
        through: Vec::new(),
        confidence: Confidence::certain("reprint_hops"),
    })
}

/// Whether an address is the outlet's: on the site of its home page, of the article's page, or of its feed.
pub(super) fn is_own(outlet: &Outlet, article: &Article, url: &Url) -> bool {
    let known = outlet.homepage.iter().chain(&article.url).chain([&article.feed_url]);
    known.into_iter().any(|known| site(known) == site(url))
}

/// The host of an address as the name of a site.
pub(super) fn site(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// Whether two names are one outlet's: equal but for case, spaces and marks, or one the other with a section behind it.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    let section = |name: &str| {
        name.split([" - ", " | ", " – ", " — ", ": "].iter().find(|mark| name.contains(**mark)).copied().unwrap_or("\0"))
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let key = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let (whole_one, whole_other) = (key(one), key(other));
    !whole_one.is_empty() && (whole_one == whole_other || whole_one == key(&section(other)) || key(&section(one)) == whole_other)
}
