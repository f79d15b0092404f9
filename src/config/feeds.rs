//! `[[feed]]`: one table, what feeds say of outlets, and the feeds that are always there.

use std::collections::HashMap;
use std::ops::Range;

use toml::Spanned;

use super::keys::nearest;
use super::language::language;
use super::read::Section;
use super::report::{Mistakes, shown};
use super::{Access, Feed, Outlet, Site, Target, outlets, selection, value};

const DEFAULT_SIZE: usize = 50;
const DEFAULT_KEEP_HOURS: u32 = 48;

/// The feed of every outlet together, which is always there.
pub(super) const ALL: &str = "all";

/// A feed as written, with what others must know to be checked.
pub(super) struct Draft {
    pub(super) id: Option<Spanned<String>>,
    title: Option<String>,
    language: Option<String>,
    outlets: Option<Vec<Spanned<String>>>,
    size: Option<usize>,
    keep_hours: Option<u32>,
    title_prefix: Option<String>,
    pub(super) selection: selection::Draft,
    pub(super) translate: Option<Target>,
    pub(super) access: Option<Spanned<Access>>,
}

pub(super) fn read(section: &Section<'_, '_>, mistakes: &mut Mistakes, broken: bool) -> Draft {
    section.check_keys(mistakes);
    if !broken {
        section.require(mistakes, "id", "\"world\"");
    }
    if section.is_empty_list("outlets") {
        mistakes.add(
            "`feed.outlets` is empty: the feed would have no articles",
            section.value_span("outlets"),
            "list ids of outlets, or leave the key out for all of them".to_owned(),
        );
    }
    Draft {
        id: section.string(mistakes, "id", value::id),
        title: section.string(mistakes, "title", value::line).map(Spanned::into_inner),
        language: section.string(mistakes, "language", language).map(Spanned::into_inner),
        outlets: section.strings(mistakes, "outlets", |written| Ok(written.to_owned())),
        size: section.integer(mistakes, "size", 1..=1000).and_then(|size| usize::try_from(size).ok()),
        keep_hours: section.integer(mistakes, "keep_hours", 0..=8784).and_then(|hours| u32::try_from(hours).ok()),
        title_prefix: section.string(mistakes, "title_prefix", value::title_prefix).map(Spanned::into_inner),
        selection: selection::read(section, mistakes),
        translate: None,
        access: section.string(mistakes, "access", |written| match written {
            "public" => Ok(Access::Public),
            "partners" => Ok(Access::Partners),
            _ => value::wrong(
                format!("is `{}`, and not one of its two values", shown(written)),
                "write \"public\", or \"partners\" for a feed that only those may read whose [[partner]] names it",
            ),
        }),
    }
}

/// What feeds and outlets say of each other.
pub(super) fn check(feeds: &[Draft], outlets: &[outlets::Draft], mistakes: &mut Mistakes, broken: bool) {
    let mut seen: HashMap<&str, Range<usize>> = HashMap::new();
    for id in feeds.iter().filter_map(|feed| feed.id.as_ref()) {
        if let Some(first) = seen.get(id.get_ref().as_str()) {
            mistakes.add_with(
                format!("two feeds have the id `{}`", id.get_ref()),
                id.span(),
                "choose another: it is the feed's address".to_owned(),
                first.clone(),
                "the first one",
            );
        } else {
            seen.insert(id.get_ref(), id.span());
        }
    }
    let ids: Vec<&str> = outlets.iter().filter_map(|outlet| outlet.id.as_ref()).map(|id| id.get_ref().as_str()).collect();
    let known: HashMap<&str, ()> = ids.iter().map(|id| (*id, ())).collect();
    // An outlet whose id could not be read may be the one that is meant.
    let complete = !broken && ids.len() == outlets.len();
    for feed in feeds {
        let mut taken: HashMap<&str, Range<usize>> = HashMap::new();
        for outlet in feed.outlets.iter().flatten() {
            let id = outlet.get_ref().as_str();
            if let Some(first) = taken.insert(id, outlet.span()) {
                mistakes.add_with(
                    format!("the feed takes the outlet `{}` twice", shown(id)),
                    outlet.span(),
                    "leave one out".to_owned(),
                    first,
                    "it is here already",
                );
            } else if complete && !known.contains_key(id) {
                let help = if mistakes.next_is_shown() { unknown_outlet_help(id, &ids, outlets) } else { String::new() };
                mistakes.add(format!("there is no outlet with the id `{}`", shown(id)), outlet.span(), help);
            }
        }
        if let Some(partner) =
            feed.selection.never_back().filter(|partner| complete && !known.contains_key(partner.get_ref().as_str()))
        {
            let id = partner.get_ref();
            let help = unknown_outlet_help(id, &ids, outlets);
            mistakes.add(format!("there is no outlet with the id `{}`", shown(id)), partner.span(), help);
        }
        feed.selection.check(feed.id.as_ref().map(|id| id.get_ref().as_str()), &taken, mistakes);
    }
}

fn unknown_outlet_help(written: &str, ids: &[&str], outlets: &[outlets::Draft]) -> String {
    let named = outlets.iter().filter_map(|outlet| outlet.outlet.as_ref()).find(|outlet| outlet.name == written.trim());
    if let Some(outlet) = named {
        return format!("that is its name; its id is `{}`", outlet.id);
    }
    if let Some(id) = nearest(written, ids.iter().copied()) {
        return format!("did you mean `{id}`?");
    }
    const MOST: usize = 12;
    let some: Vec<&str> = ids.iter().copied().take(MOST).collect();
    format!("outlets are {}{}", some.join(", "), if ids.len() > MOST { " …" } else { "" })
}

/// The feeds that are always there, then the ones of the file, complete.
pub(super) fn complete(site: &Site, outlets: &[Outlet], drafts: Vec<Draft>) -> Vec<Feed> {
    let mut defined: HashMap<&str, ()> = HashMap::new();
    for id in drafts.iter().filter_map(|draft| draft.id.as_ref()) {
        defined.insert(id.get_ref(), ());
    }
    let by_id: HashMap<&str, &Outlet> = outlets.iter().map(|outlet| (outlet.id.as_str(), outlet)).collect();
    let always = std::iter::once(ALL).chain(outlets.iter().map(|outlet| outlet.id.as_str()));
    let missing: Vec<Draft> = always
        .filter(|id| !defined.contains_key(id))
        .map(|id| Draft {
            id: Some(Spanned::new(0..0, id.to_owned())),
            title: None,
            language: None,
            outlets: None,
            size: None,
            keep_hours: None,
            title_prefix: None,
            selection: selection::Draft::default(),
            translate: None,
            access: None,
        })
        .collect();
    let whole = |draft: Draft| {
        let id = draft.id?.into_inner();
        let own = by_id.get(id.as_str());
        let taken: Vec<String> = match (draft.outlets, own) {
            (Some(outlets), _) => outlets.into_iter().map(Spanned::into_inner).collect(),
            // A feed named like an outlet is that outlet's feed.
            (None, Some(outlet)) => vec![outlet.id.clone()],
            (None, None) => outlets.iter().map(|outlet| outlet.id.clone()).collect(),
        };
        let title = draft.title.unwrap_or_else(|| match own {
            _ if id == ALL => site.title.clone(),
            Some(outlet) => format!("{} – {}", outlet.name, site.title),
            None => format!("{} – {}", site.title, id),
        });
        let asked = draft.translate.as_ref().map(|target| target.to.clone());
        let language = draft.language.or(asked).unwrap_or_else(|| {
            let mut languages = taken.iter().map(|id| by_id.get(id.as_str()).and_then(|outlet| outlet.language.as_ref()));
            match languages.next().flatten() {
                Some(first) if languages.all(|language| language == Some(first)) => first.clone(),
                _ => site.language.clone(),
            }
        });
        Some(Feed {
            id,
            title,
            language,
            outlets: taken,
            size: draft.size.unwrap_or(DEFAULT_SIZE),
            keep_hours: draft.keep_hours.unwrap_or(DEFAULT_KEEP_HOURS),
            title_prefix: draft.title_prefix,
            selection: draft.selection.complete(&by_id),
            translate: draft.translate,
            access: draft.access.map_or_else(Access::default, Spanned::into_inner),
        })
    };
    missing.into_iter().chain(drafts).filter_map(whole).collect()
}
