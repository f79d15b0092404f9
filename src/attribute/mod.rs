//! Who wrote it, who translated it, which way it came: from what the feed says, with the outlet's configuration as fallback.
//!
//! Pure judgement over the hints that `normalize` collected: nothing is fetched, and what cannot be established is held with the reason,
//! never guessed.

mod confidence;
mod origin;
mod way;

use crate::config::Outlet;
use crate::model::{Article, AttributedArticle, Evidence, Party, Person, Provenance, Verdict};

/// Establishes the provenance of an article, or says why that is not possible.
///
/// Held: `incomplete` (the document ended inside it), `no_text` (neither title nor text), `no_address` (no page to link to, and the
/// outlet has no home page), `unclear_origin` (it says that it is a repost, and nothing says of whom), `uncertain_origin` (what it says of its
/// source contradicts itself so much that the confidence is below the outlet's `hold_below`).
///
/// The evidence that `normalize` collected goes on into the provenance; a held article keeps it.
pub fn article(outlet: &Outlet, mut article: Article) -> Verdict {
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
        && let Some(words) = &article.hints.says_repost
    {
        let reason =
            format!("the entry says `{words}` but names no source, so it could not be credited; ask the outlet where it is from");
        return held(article, "unclear_origin", reason);
    }
    if let Some(found) = &found {
        let confidence = &found.confidence;
        evidence.push(Evidence::new("confidence", confidence.level(), &confidence.sum.to_string()));
        if confidence.sum < outlet.hold_below {
            let reason = format!(
                "{}; the confidence in its source is {} of 100, and `hold_below` of the outlet `{}` is {}",
                confidence.doubts.join("; ").trim_start(),
                confidence.sum,
                outlet.id,
                outlet.hold_below
            );
            let reason = match confidence.doubts.is_empty() {
                true => format!("only a sign of the kind `{}` says where it is from{reason}", confidence.sign),
                false => reason,
            };
            article.hints.evidence.append(&mut evidence);
            return held(article, "uncertain_origin", reason);
        }
    }
    let translation = way::translation(&article, found.as_ref(), &mut evidence);
    let hops = way::hops(outlet, &article, &source, found.as_ref(), translation.as_ref());
    let authors = authors(outlet, &article, found.as_ref().map(|found| &found.original.outlet), &hops, &mut evidence);
    let disclaimer = disclaimer(outlet, &article, &mut evidence);

    let collected = std::mem::take(&mut article.hints.evidence);
    let found_by = |field: &str, otherwise: &'static str| {
        collected.iter().find(|fact| fact.field == field).map_or(otherwise, |fact| fact.rule)
    };
    let rights = match (&article.hints.rights, &outlet.terms.rights) {
        (Some(said), _) => Some((found_by("rights", "rights_of_feed"), said.clone())),
        (None, Some(set)) => Some(("rights_of_terms", set.clone())),
        (None, None) => None,
    };
    let license = match (&article.hints.license, &outlet.terms.licence) {
        (Some(said), _) => Some((found_by("license", "license_of_feed"), said.clone())),
        (None, Some(set)) => Some(("license_of_terms", set.clone())),
        (None, None) => None,
    };
    evidence.extend(rights.iter().map(|(rule, text)| Evidence::new("rights", rule, text)));
    evidence.extend(license.iter().map(|(rule, url)| Evidence { field: "license", rule, text: url.to_string() }));
    // Each fact once: what was found says more than that it is there.
    let (named, said): (Vec<Evidence>, Vec<Evidence>) = collected.into_iter().partition(|fact| fact.field == "author");
    let is_named = |fact: &Evidence| {
        fact.field == "author" && fact.rule == "named" && named.iter().any(|known| known.text.contains(&fact.text))
    };
    evidence.retain(|fact| !is_named(fact));
    evidence.extend(
        named
            .into_iter()
            .filter(|fact| authors.iter().filter_map(|author| author.name.as_deref()).any(|name| fact.text.contains(name))),
    );
    for fact in said.into_iter().filter(|fact| !matches!(fact.field, "rights" | "license")) {
        let is_said = |known: &Evidence| known.text == fact.text && (known.field == fact.field || fact.field == "body");
        if fact.rule.starts_with("outlet_rule") || !evidence.iter().any(is_said) {
            evidence.push(fact);
        }
    }

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
    evidence.push(Evidence::new("disclaimer", rule, &text));
    Some(text)
}

#[cfg(test)]
mod tests;
