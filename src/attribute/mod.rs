//! Who wrote it, who translated it, which way it came: from what the feed says, with the outlet's configuration as fallback.
//!
//! Pure judgement over the hints that `normalize` collected: nothing is fetched, and what cannot be established is held with the reason,
//! never guessed.

mod origin;
mod way;

use crate::config::Outlet;
use crate::model::{Article, AttributedArticle, Evidence, Party, Person, Provenance, Verdict};

/// Establishes the provenance of an article, or says why that is not possible.
///
/// Held: `incomplete` (the document ended inside it), `no_text` (neither title nor text), `no_address` (no page to link to, and the
/// outlet has no home page), `unclear_origin` (it says that it is a repost, and nothing says of whom).
pub fn article(outlet: &Outlet, article: Article) -> Verdict {
    let held = |article: Article, code: &'static str, reason: String| Verdict::Held { article: Box::new(article), code, reason };
    if !article.complete {
        return held(
            article,
            "incomplete",
            "the feed ended in the middle of this entry; the next poll will bring the rest".to_owned(),
        );
    }
    if article.title.trim().is_empty() && article.body.is_empty() {
        return held(article, "no_text", "the entry has neither a title nor a text".to_owned());
    }
    let Some(address) = article.url.clone().or_else(|| outlet.homepage.clone()) else {
        let reason = format!(
            "the entry has no link to its page and the outlet `{}` no `homepage`, so a reader could not find the source; set `homepage` in feeds.toml",
            outlet.id
        );
        return held(article, "no_address", reason);
    };

    let mut evidence = Vec::new();
    let rule = if article.url.is_some() { "page_of_entry" } else { "outlet_homepage" };
    evidence.push(Evidence { field: "source", rule, text: address.to_string() });
    let source = Party { name: outlet.name.clone(), url: Some(address) };

    let found = origin::find(outlet, &article, &mut evidence);
    if found.is_none()
        && let Some(words) = origin::says_repost(&article)
    {
        let reason =
            format!("the entry says `{words}` but names no source, so it could not be credited; ask the outlet where it is from");
        return held(article, "unclear_origin", reason);
    }
    let translation = way::translation(&article, found.as_ref(), &mut evidence);
    let hops = way::hops(outlet, &article, &source, found.as_ref(), translation.as_ref());
    let authors = authors(outlet, &article, found.as_ref().map(|found| &found.original.outlet), &hops, &mut evidence);
    let disclaimer = disclaimer(outlet, &article, &mut evidence);

    let rights = match (&article.hints.rights, &outlet.terms.rights) {
        (Some(said), _) => Some(("rights_of_feed", said.clone())),
        (None, Some(set)) => Some(("rights_of_terms", set.clone())),
        (None, None) => None,
    };
    let license = match (&article.hints.license, &outlet.terms.licence) {
        (Some(said), _) => Some(("license_of_feed", said.clone())),
        (None, Some(set)) => Some(("license_of_terms", set.clone())),
        (None, None) => None,
    };
    evidence.extend(rights.iter().map(|(rule, text)| Evidence { field: "rights", rule, text: text.clone() }));
    evidence.extend(license.iter().map(|(rule, url)| Evidence { field: "license", rule, text: url.to_string() }));

    let provenance = Provenance {
        source,
        source_feed: article.feed_url.clone(),
        source_home: outlet.homepage.clone(),
        authors,
        original: found.map(|found| found.original),
        translation,
        hops,
        disclaimer,
        rights: rights.map(|(_, text)| text),
        license: license.map(|(_, url)| url),
        evidence,
    };
    Verdict::Ready(Box::new(AttributedArticle { article, provenance }))
}

/// The people named. An outlet on the way that a combined byline names is no author beside them; when nobody is named it is the
/// original's publisher, else the outlet.
fn authors(
    outlet: &Outlet,
    article: &Article,
    original: Option<&Party>,
    hops: &[crate::model::Hop],
    evidence: &mut Vec<Evidence>,
) -> Vec<Person> {
    let is_party = |person: &Person| {
        let name = person.name.as_deref().unwrap_or_default();
        let mut parties = hops
            .iter()
            .map(|hop| hop.party.name.as_str())
            .chain(original.map(|party| party.name.as_str()))
            .chain([outlet.name.as_str()]);
        parties.any(|party| origin::same_name(party, name))
    };
    let named = |person: &Person| person.name.as_deref().is_some_and(|name| !name.trim().is_empty());
    let people: Vec<Person> = article.authors.iter().filter(|person| named(person) && !is_party(person)).cloned().collect();
    if !people.is_empty() {
        evidence.extend(people.iter().map(|person| Evidence {
            field: "author",
            rule: "named",
            text: person.name.clone().unwrap_or_default(),
        }));
        return people;
    }
    let (rule, party) = match original.filter(|party| !party.name.is_empty()) {
        Some(party) => ("original_as_author", party.name.clone()),
        None => ("outlet_as_author", outlet.name.clone()),
    };
    evidence.push(Evidence { field: "author", rule, text: party.clone() });
    let uri = (rule == "outlet_as_author").then(|| outlet.homepage.as_ref().map(ToString::to_string)).flatten();
    vec![Person { name: Some(party), uri, email: None }]
}

/// The wording that goes with the article, once: what the outlet's terms ask for, else what came as data, else what stood in the text.
fn disclaimer(outlet: &Outlet, article: &Article, evidence: &mut Vec<Evidence>) -> Option<String> {
    let some = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let upstream = || article.hints.provenance.as_ref()?.disclaimers.iter().find_map(|text| some(text));
    let lifted = || {
        let notices: Vec<&str> =
            article.disclaimers.iter().map(|notice| notice.trim()).filter(|notice| !notice.is_empty()).collect();
        some(&notices.join(" "))
    };
    let (rule, text) = match outlet.terms.disclaimer.as_deref().and_then(some) {
        Some(text) => ("disclaimer_of_terms", text),
        None => match upstream() {
            Some(text) => ("disclaimer_of_feed", text),
            None => ("disclaimer_in_text", lifted()?),
        },
    };
    evidence.push(Evidence { field: "disclaimer", rule, text: text.clone() });
    Some(text)
}

#[cfg(test)]
mod tests;
