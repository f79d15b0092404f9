//! How sure it is where a text comes from: what each kind of sign is worth alone, what agreement adds, and what contradiction takes away.

use super::origin::{is_own, same_name, site};
use crate::config::Outlet;
use crate::model::{Article, Party};

/// What a sign is worth when nothing agrees with it or contradicts it, of 100. Data that travels with the text goes before links, links before
/// lines that people read, and those before what is only inferred.
const SIGNS: &[(&str, u8)] = &[
    // The chain of the reprint namespace, and what the administrator has written.
    ("reprint_hops", 100),
    ("outlet_rule", 100),
    // isBasedOn, translationOfWork, rel=related with another language, a canonical page of another site; rel=via; RSS and Atom source.
    ("link_to_original", 90),
    ("link_via", 85),
    ("source_of_feed", 80),
    // A line of facts ("来源:X"), with a link and without.
    ("linked_line", 90),
    ("line", 80),
    // A sentence of a notice ("originally published at X"), with a link and without.
    ("linked_notice", 80),
    ("notice", 70),
    // An agency that stands where authors belong; a holder of rights.
    ("agency_as_author", 65),
    ("rights_holder", 55),
];

/// What each further sign of another kind for the same outlet adds.
const AGREEMENT: u8 = 10;

/// The page states two originals of two outlets.
const TWO_ORIGINALS: u8 = 60;
/// It says of itself that the text is its own.
const CLAIMED: u8 = 45;
/// A notice says that it is a repost and leaves open of whom.
const VAGUE: u8 = 25;
/// Its data state that it was made of a text of its own site.
const OF_ITSELF: u8 = 20;
/// Its data name another publisher.
const OTHER_PUBLISHER: u8 = 10;

/// How sure, and why not surer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Confidence {
    /// 0 to 100.
    pub(super) sum: u8,
    /// Kind of the sign it stands on, a name in [`SIGNS`].
    pub(super) sign: &'static str,
    /// What contradicts it, in words with both texts.
    pub(super) doubts: Vec<String>,
}

impl Confidence {
    /// Nothing can contradict it.
    pub(super) fn certain(sign: &'static str) -> Self {
        Self { sum: 100, sign, doubts: Vec::new() }
    }

    /// Name of the level, stable.
    pub(super) fn level(&self) -> &'static str {
        match self.sum {
            90.. => "sure",
            70.. => "likely",
            50.. => "weak",
            _ => "doubtful",
        }
    }
}

/// How sure it is that the text comes from `party`, which `rule` found; `through` are stops on the way, and contradict nothing.
pub(super) fn of(outlet: &Outlet, article: &Article, rule: &'static str, party: &Party, through: &[Party]) -> Confidence {
    let hints = &article.hints;
    let sign = sign(article, rule, party);
    if matches!(sign, "reprint_hops" | "outlet_rule") {
        return Confidence::certain(sign);
    }
    let is_it = |other: &Party| is_same(other, party);
    let worth = SIGNS.iter().find(|(name, _)| *name == sign).map_or(0, |(_, worth)| *worth);
    let agreeing = [
        ("link_to_original", hints.original.iter().any(is_it)),
        ("link_via", hints.via.iter().any(is_it)),
        ("source_line", hints.text_chain.iter().any(is_it)),
        ("source_of_feed", hints.source.as_ref().is_some_and(is_it)),
    ];
    let agreeing = agreeing.into_iter().filter(|(other, agrees)| *agrees && *other != rule).count();
    let bonus = AGREEMENT.saturating_mul(u8::try_from(agreeing).unwrap_or(u8::MAX));
    let mut sum = worth.saturating_add(bonus).min(100);
    let mut doubts = Vec::new();
    let mut doubt = |by: u8, why: String| {
        sum = sum.saturating_sub(by);
        doubts.push(why);
    };
    let shown = |party: &Party| match &party.url {
        Some(url) if party.name.is_empty() || rule == "link_to_original" => url.to_string(),
        _ => party.name.clone(),
    };
    let own = |stated: &&Party| stated.url.as_ref().is_some_and(|url| is_own(outlet, article, url));
    let stated = || hints.original.iter().take(hints.originals_stated);
    let known = |other: &Party| is_it(other) || through.iter().any(|stop| is_same(stop, other));
    if let Some(other) = stated().find(|other| !own(other) && !known(other)) {
        doubt(TWO_ORIGINALS, format!("it states two originals, `{}` and `{}`", shown(party), shown(other)));
    }
    if let Some(claim) = &hints.says_own {
        doubt(CLAIMED, format!("it says `{claim}` of itself and names `{}` as its source", shown(party)));
    }
    if let Some(own) = stated().find(own) {
        doubt(
            OF_ITSELF,
            format!("its data state `{}` of its own site as the original, and `{}` is named", shown(own), shown(party)),
        );
    }
    if let Some(vague) = hints.says_repost.as_ref().filter(|words| article.disclaimers.contains(words)) {
        doubt(VAGUE, format!("its notice `{vague}` names nobody, and `{}` is named elsewhere", shown(party)));
    }
    let elsewhere = hints.publisher.as_ref().filter(|name| {
        let publisher = Party { name: (*name).clone(), url: None };
        !same_name(name, &outlet.name) && !known(&publisher)
    });
    if let Some(publisher) = elsewhere {
        doubt(OTHER_PUBLISHER, format!("its data name `{publisher}` as publisher, and `{}` as source", shown(party)));
    }
    Confidence { sum, sign, doubts }
}

/// The kind of sign a rule stands on: a line, or only a notice, of which `normalize` keeps the evidence.
fn sign(article: &Article, rule: &'static str, party: &Party) -> &'static str {
    if rule != "source_line" {
        return rule;
    }
    let lines = || article.hints.evidence.iter().filter(|fact| fact.field == "chain" && fact.text.contains(&party.name));
    let linked = party.url.is_some();
    match lines().map(|fact| fact.rule).find(|rule| *rule != "source_of_entry") {
        Some("agency_as_author") => "agency_as_author",
        Some("rights_holder") => "rights_holder",
        Some("notice_in_text") if linked => "linked_notice",
        Some("notice_in_text") => "notice",
        _ if linked => "linked_line",
        _ => "line",
    }
}

/// Whether two parties are one outlet: by name, or by the site their addresses are on.
fn is_same(one: &Party, other: &Party) -> bool {
    let site_of = |party: &Party| party.url.as_ref().map(|url| site(url).to_owned());
    same_name(&one.name, &other.name) || one.url.is_some() && site_of(one) == site_of(other)
}
