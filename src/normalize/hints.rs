//! What an entry says of where it comes from, collected and not yet judged.

use ::url::Url;

use super::body::Body;
use super::{Setting, boilerplate, language, text, url};
use crate::model::{Hints, Link, ParsedEntry, Party, Person, Text, Timestamp};

/// Names and addresses kept of one kind.
const MOST: usize = 16;

pub(super) fn of(
    setting: &Setting<'_>,
    entry: &ParsedEntry,
    body: &mut Body,
    translators: Vec<Person>,
    editors: Vec<Person>,
    original_published: Option<Timestamp>,
) -> Hints {
    let head = setting.head;
    let source = entry.source.as_ref();
    let source_party = source.and_then(|source| {
        let name = source.title.as_ref().map(text::plain).unwrap_or_default();
        let home = source.links.iter().find(|link| link.rel == "alternate").and_then(|link| resolve(setting, link));
        let name = if boilerplate::is_link_text(&name) { String::new() } else { name };
        (!name.is_empty() || home.is_some()).then_some(Party { name, url: home })
    });
    let source_feed =
        source.and_then(|source| source.links.iter().find(|link| link.rel == "self")).and_then(|link| resolve(setting, link));

    let via: Vec<Party> =
        entry.links.iter().filter(|link| link.rel == "via").filter_map(|link| party(setting, link)).take(MOST).collect();
    let mut original: Vec<Party> = Vec::new();
    let mut original_language = None;
    let mut text_chain = std::mem::take(&mut body.chain);
    // A bare rel=related is mostly "see also": it names the original only where something else says that there is one.
    let derived = source.is_some()
        || !via.is_empty()
        || !translators.is_empty()
        || entry.provenance.is_some()
        || !text_chain.is_empty()
        || entry.created.is_some();
    let related = entry.links.iter().filter(|link| link.rel == "related" && (derived || link.hreflang.is_some()));
    let mut originals_stated = 0;
    for (order, link) in entry.derived_from.iter().chain(related).enumerate() {
        match party(setting, link) {
            Some(found) => {
                if original.is_empty() || original_language.is_none() {
                    original_language = original_language.or_else(|| link.hreflang.as_deref().and_then(language::tag));
                }
                if let Some(known) = original.iter_mut().find(|known| known.url == found.url) {
                    if known.name.is_empty() {
                        known.name = found.name;
                    }
                } else if original.len() < MOST {
                    original.push(found);
                    originals_stated += usize::from(order < entry.derived_from.len());
                }
            }
            // dc:source may be a name without an address.
            None => {
                let name = text::clean(&link.href);
                if (2..=80).contains(&name.chars().count()) && !name.contains(':') && text_chain.is_empty() {
                    text_chain.push(Party { name, url: None });
                }
            }
        }
    }

    let said = |written: &Option<Text>| written.as_ref().map(text::plain).filter(|text| !text.is_empty());
    let rights = said(&entry.rights)
        .or_else(|| source.and_then(|source| said(&source.rights)))
        .or_else(|| body.rights.first().cloned())
        .or_else(|| said(&head.rights));
    let license = |written: &[String]| written.iter().find_map(|written| url::resolve(setting.base, &entry.base, written));
    Hints {
        source: source_party,
        source_feed,
        via,
        original,
        original_language,
        original_published,
        publisher: entry.publisher.as_deref().or(head.publisher.as_deref()).map(text::clean).filter(|name| !name.is_empty()),
        translators,
        editors,
        text_chain,
        rights,
        license: license(&entry.licenses).or_else(|| license(&head.licenses)),
        provenance: entry.provenance.clone(),
        originals_stated,
        ..Hints::default()
    }
}

fn resolve(setting: &Setting<'_>, link: &Link) -> Option<Url> {
    url::resolve(setting.base, &link.base, &link.href)
}

/// The party a link names; what stands in links to originals ("原文链接") names none. "海港纪事 https://…", as dc:source is written, has its name before the address.
fn party(setting: &Setting<'_>, link: &Link) -> Option<Party> {
    let title = link.title.as_deref().map(text::clean).filter(|title| !boilerplate::is_link_text(title)).unwrap_or_default();
    let written = link.href.trim();
    let at = written.find("http://").or_else(|| written.find("https://"));
    match at {
        Some(at) if at > 0 && written[..at].ends_with(char::is_whitespace) => {
            let name = text::clean(&written[..at]);
            let address = written[at..].split_whitespace().next().unwrap_or_default();
            Some(Party { name: if title.is_empty() { name } else { title }, url: Some(url::absolute(address)?) })
        }
        Some(0) => Some(Party { name: title, url: Some(resolve(setting, link)?) }),
        // A relative reference, unless it is words.
        _ if !written.is_empty() && written.is_ascii() && written.contains(['/', '.', '?']) && !written.contains(' ') => {
            Some(Party { name: title, url: Some(resolve(setting, link)?) })
        }
        _ => None,
    }
}
