//! The way from the original to us: the chain that the feed carries, or one built from what is known; and how the text got into its
//! language.

use chrono::{DateTime, Utc};
use url::Url;

use super::origin::{Found, is_own, same_name};
use crate::config::Outlet;
use crate::model::{
    Article, Earlier, Evidence, Hop, HopAction, ParsedEarlier, ParsedHop, Party, Person, Translation, TranslationKind,
    primary_language,
};

/// Steps kept of a chain: a longer one is a loop or a joke.
const MOST: usize = 32;
/// Characters of a name.
const NAME: usize = 200;

/// Steps of a chain as written → in order, with known actions, names, http(s) addresses and RFC 3339 times; what is neither is left out.
pub(super) fn read(written: &[ParsedHop]) -> Vec<Hop> {
    let mut hops: Vec<(u64, Hop)> = written
        .iter()
        .take(4 * MOST)
        .enumerate()
        .filter_map(|(place, hop)| {
            let name = plain(&hop.party);
            let action = HopAction::from_name(hop.action.trim())?;
            let order = hop.seq.as_deref().and_then(|seq| seq.trim().parse().ok()).unwrap_or(place as u64 + 1);
            (!name.is_empty()).then(|| {
                let party = Party { name, url: hop.href.as_deref().and_then(address) };
                (
                    order,
                    Hop { action, party, at: hop.at.as_deref().and_then(time), language: hop.language.as_deref().and_then(tag) },
                )
            })
        })
        .collect();
    hops.sort_by_key(|(order, _)| *order);
    hops.truncate(MOST);
    hops.into_iter().map(|(_, hop)| hop).collect()
}

/// What a translation was made of, as written → nearest first, with known kinds, names and http(s) addresses; what is neither is left out.
fn earlier(written: &[ParsedEarlier]) -> Option<Earlier> {
    let mut row: Vec<(u64, Earlier)> = written
        .iter()
        .take(4 * MOST)
        .enumerate()
        .filter_map(|(place, earlier)| {
            let kind = TranslationKind::from_name(earlier.kind.trim())?;
            let order = earlier.seq.as_deref().and_then(|seq| seq.trim().parse().ok()).unwrap_or(place as u64 + 1);
            let translators = earlier.translators.iter().take(MOST).filter_map(|person| {
                let name = plain(person.name.as_deref()?);
                let uri = person.uri.as_deref().and_then(address).map(String::from);
                (!name.is_empty()).then_some(Person { name: Some(name), uri, email: None })
            });
            let engine = earlier.engine.as_deref().map(plain).filter(|engine| !engine.is_empty());
            Some((order, Earlier { kind, engine, translators: translators.collect(), earlier: None }))
        })
        .collect();
    row.sort_by_key(|(order, _)| *order);
    Earlier::chain(row.into_iter().map(|(_, earlier)| earlier).collect())
}

/// A name in one line.
fn plain(written: &str) -> String {
    let line = written.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(NAME).collect()
}

fn address(written: &str) -> Option<Url> {
    let url = Url::parse(written.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= 2_048)
        .then_some(url)
}

fn time(written: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(written.trim()).ok().map(|at| at.with_timezone(&Utc))
}

/// A language tag (BCP 47 § 2.1) by its shape; extensions such as -t- are left out.
fn tag(written: &str) -> Option<String> {
    let written = written.trim();
    let shape = (2..=35).contains(&written.len())
        && written.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    let parts: Vec<&str> = written.split('-').take_while(|part| part.len() > 1).collect();
    (shape && !parts.is_empty()).then(|| parts.join("-"))
}

/// The way here, origin first, the outlet last.
pub(super) fn hops(
    outlet: &Outlet,
    article: &Article,
    source: &Party,
    found: Option<&Found>,
    translation: Option<&Translation>,
) -> Vec<Hop> {
    let published = article.published.map(|published| published.at);
    let by_outlet = |action: HopAction, language: Option<String>| Hop { action, party: source.clone(), at: published, language };
    let mut hops = article.hints.provenance.as_ref().map(|provenance| read(&provenance.hops)).unwrap_or_default();
    if !hops.is_empty() {
        let last = hops.last_mut().filter(|hop| {
            same_name(&hop.party.name, &outlet.name) || hop.party.url.as_ref().is_some_and(|url| is_own(outlet, article, url))
        });
        match last {
            Some(_) => {}
            None => {
                hops.truncate(MOST - 1);
                hops.push(by_outlet(HopAction::Reposted, article.language.clone()));
            }
        }
        return hops;
    }
    let Some(found) = found else {
        let action = if translation.is_some() { HopAction::Translated } else { HopAction::Created };
        return vec![by_outlet(action, article.language.clone())];
    };
    let original = &found.original;
    let from = translation
        .map_or_else(|| original.language.clone().or_else(|| article.language.clone()), |translation| translation.from.clone());
    hops.push(Hop { action: HopAction::Created, party: original.outlet.clone(), at: original.published, language: from });
    let action = match translation.map(|translation| translation.kind) {
        Some(TranslationKind::ScriptConversion) => Some(HopAction::ScriptConverted),
        Some(_) => Some(HopAction::Translated),
        None => None,
    };
    let mut action = action.into_iter();
    for through in found.through.iter().rev() {
        hops.push(Hop {
            action: action.next().unwrap_or(HopAction::Reposted),
            party: through.clone(),
            at: None,
            language: article.language.clone(),
        });
    }
    hops.push(by_outlet(action.next().unwrap_or(HopAction::Reposted), article.language.clone()));
    hops
}

/// Whether a language is another than the article's; Chinese in the other script is not.
fn is_foreign(article: &Article, language: &str) -> bool {
    article.language.as_deref().is_some_and(|own| primary_language(own) != primary_language(language))
}

/// How the text got into its language: what the feed carries as data, else by hand when it names a translator or says that it is a
/// translation.
pub(super) fn translation(article: &Article, found: Option<&Found>, evidence: &mut Vec<Evidence>) -> Option<Translation> {
    let hints = &article.hints;
    let translators = hints.translators.clone();
    let mut say = |rule: &'static str, text: String| evidence.push(Evidence { field: "translator", rule, text });
    let original = found.map(|found| &found.original);
    if let Some(said) = hints.provenance.as_ref().and_then(|provenance| provenance.translation.as_ref())
        && let Some(kind) = TranslationKind::from_name(said.kind.trim())
    {
        say("reprint_translation", said.kind.trim().to_owned());
        let engine = said.engine.as_deref().map(plain);
        return Some(Translation {
            kind,
            from: said.from.as_deref().and_then(tag).or_else(|| original.and_then(|original| original.language.clone())),
            to: said.to.as_deref().and_then(tag).or_else(|| article.language.clone()),
            engine: engine.filter(|engine| !engine.is_empty()),
            source: said
                .source
                .as_deref()
                .and_then(address)
                .or_else(|| original.and_then(|original| original.outlet.url.clone())),
            translators,
            earlier: hints.provenance.as_ref().and_then(|provenance| earlier(&provenance.earlier)),
        });
    }
    let names: Vec<&str> = translators.iter().filter_map(|person| person.name.as_deref()).collect();
    if !names.is_empty() {
        say("translator_named", names.join(" / "));
    } else if let Some(words) = &hints.says_translation {
        say("says_translation", words.clone());
    } else if let Some(from) = original.and_then(|original| original.language.clone()).filter(|from| is_foreign(article, from)) {
        say("original_in_other_language", from);
    } else {
        return None;
    }
    Some(Translation {
        kind: TranslationKind::Human,
        from: hints.original_language.clone().or_else(|| original.and_then(|original| original.language.clone())),
        to: article.language.clone(),
        engine: None,
        source: original.and_then(|original| original.outlet.url.clone()),
        translators,
        earlier: None,
    })
}
