//! An outlet's entry into our terms: absolute addresses, sanitized HTML, UTC times with their precision, plain titles, pictures with
//! captions; credit blocks and disclaimers lifted out of the body into fields.

mod body;
mod boilerplate;
mod counter;
mod credit;
pub mod date;
mod drawing;
mod escapes;
mod evidence;
mod hints;
pub mod html;
mod image;
mod index;
pub mod language;
mod marking;
pub mod marks;
mod media;
mod outlet_rules;
pub mod page;
mod people;
mod says;
pub mod story;
mod tags;
pub mod text;
pub mod title;
pub mod url;
mod words;

use ::url::Url;
use chrono::{DateTime, Duration, Utc};
use sha2::{Digest, Sha256};

use crate::config::Outlet;
use crate::model::{Article, Category, Comments, FeedHead, Link, ParsedEntry, Person, Text, TextKind, Timestamp, Warning};

/// What an entry's strings refer to.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The outlet that sent it.
    pub outlet: &'a Outlet,
    /// Address of the feed as configured.
    pub feed_url: &'a Url,
    /// Base of relative references: the address that answered.
    pub base: &'a Url,
    /// What relative dates are relative to.
    pub fetched_at: DateTime<Utc>,
    /// Feed-level facts.
    pub head: &'a FeedHead,
}

/// Characters of a summary.
const SUMMARY: usize = 500;
/// Characters of a title made from the text.
const MADE_TITLE: usize = 60;
/// Characters of a title; a paragraph where a title belongs is cut.
const TITLE: usize = 300;
/// Categories of one article.
const CATEGORIES: usize = 32;
/// How far two clocks may differ: a date that is later by more is put right.
const CLOCK_SKEW: Duration = Duration::minutes(10);

/// How far ahead an article may be sent.
const LONGEST_EMBARGO: Duration = Duration::days(366);

/// Normalizes one entry. Cannot fail: what is missing stays missing.
pub fn entry(setting: &Setting<'_>, entry: &ParsedEntry) -> Article {
    with_body(setting, entry, None)
}

/// Normalizes an entry; `whole` is its text where that has been read already.
fn with_body(setting: &Setting<'_>, entry: &ParsedEntry, whole: Option<body::Body>) -> Article {
    let mut warnings = Vec::new();
    let feed_title = setting.head.title.as_ref().map(text::plain).unwrap_or_default();
    let own = [setting.outlet.name.as_str(), feed_title.as_str()];

    let url = page(setting, entry);
    let known = entry.provenance.as_ref().map(|provenance| provenance.disclaimers.as_slice()).unwrap_or_default();
    let content = entry.content.iter().find(|content| !content.value.trim().is_empty());
    let summary = entry.summary.as_ref().filter(|summary| !summary.value.trim().is_empty());
    let title_raw = entry.title.as_ref().map(text::plain).unwrap_or_default();
    let read = |source: &Text| {
        let base = url::base(setting.base, &source.base);
        let rules = &setting.outlet.rules;
        let markup = markup(source);
        let mut body = outlet_rules::read(rules, &markup, known, &body::Setting { base: &base, own: &own, title: &title_raw });
        if setting.outlet.terms.counter {
            body.html = counter::keep(body.html, &markup, &base);
        }
        body
    };
    let of_feed = whole.is_none();
    let mut body = whole.or_else(|| content.or(summary).map(read)).unwrap_or_default();
    let mut short = None;
    if content.is_some()
        && let Some(summary) = summary
    {
        let summary = read(summary);
        if body.html.is_empty() {
            body = summary;
        } else {
            body.by_rule.join(summary.by_rule);
            for notice in summary.disclaimers {
                if !body.disclaimers.iter().any(|known| text::essence(known) == text::essence(&notice)) {
                    body.disclaimers.push(notice);
                }
            }
            if body.images.is_empty() {
                body.images = summary.images;
            }
            let same = text::essence(&summary.text) == text::essence(&body.text);
            short = (!same && !summary.text.is_empty()).then(|| text::shorten(&summary.text, SUMMARY));
        }
    }
    warnings.append(&mut body.warnings);
    let by_rule = std::mem::take(&mut body.by_rule);
    by_rule.settle(&mut body);

    let copied_from = entry.source.as_ref().and_then(|source| source.title.as_ref()).map(text::plain).unwrap_or_default();
    let named = body.chain.first().map(|party| party.name.clone()).unwrap_or_default();
    let title = title::clean(&title_raw, &own);
    let mut title = text::shorten(title::without_source(&title, &[&copied_from, &named]), TITLE);
    if title.is_empty() {
        title = text::first_sentence(&body.text, MADE_TITLE);
        if !title.is_empty() {
            warnings.push(Warning::new("title_missing", "the outlet gives no title, so its first sentence stands in"));
        }
    }
    let short =
        short.filter(|short| text::essence(short) != text::essence(&title) && text::essence(short) != text::essence(&title_raw));

    let declared = [
        entry.language.as_deref(),
        content.and_then(|content| content.language.as_deref()),
        entry.title.as_ref().and_then(|title| title.language.as_deref()),
        setting.head.language.as_deref(),
        setting.outlet.language.as_deref(),
    ];
    let language = language::of(&format!("{title_raw} {}", body.text), &declared);

    let updated = read_date(setting, entry.updated.as_deref(), "updated", &mut warnings);
    let beside_source = body.date.take();
    let published = read_date(setting, by_rule.date.as_ref().map(|(_, date)| date.as_str()), "published", &mut warnings)
        .or_else(|| read_date(setting, entry.published.as_deref(), "published", &mut warnings))
        .or(updated)
        .or_else(|| read_date(setting, beside_source.as_deref(), "published", &mut warnings));
    let embargoed_until = embargo(setting, entry.published.as_deref().or(entry.updated.as_deref()));
    if embargoed_until.is_some() {
        warnings.retain(|warning| warning.code != "date_in_future");
    }
    let published = match (embargoed_until, published) {
        (Some(until), Some(published)) => Some(Timestamp { at: until, ..published }),
        (_, published) => published,
    };
    let original_published = read_date(setting, entry.created.as_deref(), "created", &mut warnings);

    let (mut authors, mut translators, mut editors) = people(setting, entry, &body);
    by_rule.name(people::Role::Author, &mut authors);
    by_rule.name(people::Role::Translator, &mut translators);
    by_rule.name(people::Role::Editor, &mut editors);
    outlets_among(&mut authors, entry, &own, &mut body);
    if of_feed {
        name_agency(entry, &own, &mut body);
    }
    let images = media::images(setting, entry, &mut body.images);
    let source_key = source_key(entry, url.as_ref(), &title_raw);
    let marks = marks::of(entry, url.as_ref(), &title, &body.text);
    let mut hints = hints::of(setting, entry, &mut body, translators, editors, original_published);
    hints.says_repost = says::repost(&title_raw, &body.disclaimers);
    hints.says_translation = says::translation(&title_raw, &body.disclaimers);
    if body.own {
        hints.says_own = says::own(body.lifted.iter().map(|(_, line)| line.as_str()));
    }
    let mut categories = categories(&entry.categories, &mut warnings);
    for term in by_rule.sections.iter().rev().filter(|term| term.chars().count() <= 200) {
        categories.retain(|known| known.term != *term);
        categories.insert(0, Category { term: term.clone(), ..Category::default() });
    }
    categories.truncate(CATEGORIES);
    let in_text = evidence::InText { lifted: &body.lifted, rights: &body.rights, date: beside_source.as_deref(), by_rule };
    let mut article = Article {
        outlet: setting.outlet.id.clone(),
        feed_url: setting.feed_url.clone(),
        source_key,
        marks,
        url,
        title,
        title_raw,
        language,
        published,
        embargoed_until,
        updated,
        authors,
        summary: short,
        body: body.html,
        images,
        attachments: media::attachments(setting, entry),
        categories,
        comments: comments(setting, entry),
        disclaimers: body.disclaimers,
        hints,
        warnings,
        complete: entry.complete,
    };
    article.hints.evidence = evidence::of(setting, entry, &article, &in_text);
    article
}

/// HTML source of a text construct: plain text becomes paragraphs.
fn markup(source: &Text) -> String {
    let is_html = match source.kind {
        TextKind::Html => true,
        TextKind::Plain => false,
        TextKind::Unsaid => text::looks_like_html(&source.value),
    };
    if is_html {
        return source.value.clone();
    }
    let value =
        if source.kind == TextKind::Unsaid { text::without_empty_tags(&source.value) } else { source.value.as_str().into() };
    value.lines().map(text::clean).filter(|line| !line.is_empty()).map(|line| format!("<p>{}</p>", text::escape(&line))).collect()
}

/// Page of the entry: the first alternate link that leads to a page, else the id where it is one (RSS 2.0 § guid).
fn page(setting: &Setting<'_>, entry: &ParsedEntry) -> Option<Url> {
    let alternates = || entry.links.iter().filter(|link| link.rel == "alternate" || link.rel.is_empty());
    let is_page = |link: &&Link| link.media_type.as_deref().is_none_or(|kind| kind.is_empty() || kind.contains("html"));
    let resolve = |link: &Link| url::resolve(setting.base, &link.base, &link.href);
    alternates().filter(is_page).find_map(resolve).or_else(|| alternates().find_map(resolve)).or_else(|| {
        entry.id.as_deref().filter(|_| entry.id_is_permalink).and_then(|id| url::resolve(setting.base, &entry.base, id))
    })
}

/// What makes it the same article next time: the id, else its canonical address, else a hash of title and date.
fn source_key(entry: &ParsedEntry, url: Option<&Url>, title: &str) -> String {
    if let Some(id) = entry.id.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
        return id.to_owned();
    }
    if let Some(url) = url {
        return url::canonical(url);
    }
    let mut hash = Sha256::new();
    hash.update(title.as_bytes());
    hash.update([0]);
    hash.update(entry.published.as_deref().or(entry.updated.as_deref()).unwrap_or_default().trim().as_bytes());
    if title.is_empty() {
        hash.update([0]);
        let body = entry.content.first().or(entry.summary.as_ref());
        hash.update(body.map(|text| text.value.as_bytes()).unwrap_or_default());
    }
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("hash:{digest}")
}

/// Reads a date, in the outlet's zone where it has none. Impossible years are no date; a date in the future is the fetch.
fn read_date(setting: &Setting<'_>, written: Option<&str>, which: &str, warnings: &mut Vec<Warning>) -> Option<Timestamp> {
    let written = written.filter(|written| !written.trim().is_empty())?;
    let shown: String = text::clean(written).chars().take(40).collect();
    let clock = date::Clock { zone: setting.outlet.time_zone, fetched_at: setting.fetched_at };
    let Some(mut found) = date::parse(written, &clock) else {
        warnings.push(Warning::new("date_unreadable", format!("the outlet's {which} date `{shown}` is no date")));
        return None;
    };
    if !date::plausible(found.at) {
        warnings.push(Warning::new(
            "date_implausible",
            format!("the outlet's {which} date `{shown}` is before 1970 or absurdly late, so it is left out"),
        ));
        return None;
    }
    if found.at > setting.fetched_at + CLOCK_SKEW {
        warnings.push(Warning::new(
            "date_in_future",
            format!("the outlet's {which} date `{shown}` lies in the future, so the time of the poll stands in"),
        ));
        found.at = setting.fetched_at;
    }
    Some(found)
}

/// The date that an outlet with an embargo in its terms has put on an article ahead of time. Of other outlets a date in the future is a wrong
/// clock, and one more than a year ahead is a slip of anybody's.
fn embargo(setting: &Setting<'_>, written: Option<&str>) -> Option<DateTime<Utc>> {
    setting.outlet.terms.embargo?;
    let clock = date::Clock { zone: setting.outlet.time_zone, fetched_at: setting.fetched_at };
    let until = date::parse(written?, &clock)?.at;
    let ahead = until - setting.fetched_at;
    (ahead > CLOCK_SKEW && ahead <= LONGEST_EMBARGO).then_some(until)
}

/// Authors, translators and editors: of the entry, of the feed it was copied from, of the feed (RFC 4287 § 4.2.1), and of lines in the text.
fn people(setting: &Setting<'_>, entry: &ParsedEntry, body: &body::Body) -> (Vec<Person>, Vec<Person>, Vec<Person>) {
    use people::{Role, read, same};
    let mut authors: Vec<Person> = Vec::new();
    let mut translators: Vec<Person> = Vec::new();
    let mut editors: Vec<Person> = Vec::new();
    let mut add = |role: Role, person: Person| {
        let list = match role {
            Role::Author => &mut authors,
            Role::Translator => &mut translators,
            Role::Editor => &mut editors,
            Role::Photographer => return,
        };
        if list.len() < 32 && !list.iter().any(|known| same(known, &person)) {
            list.push(person);
        }
    };
    let inherited = match &entry.source {
        Some(source) if !source.authors.is_empty() => &source.authors,
        _ => &setting.head.authors,
    };
    let named = entry.authors.iter().any(|person| !read(person, Role::Author).is_empty());
    for person in if named { &entry.authors } else { inherited } {
        read(person, Role::Author).into_iter().for_each(|(role, person)| add(role, person));
    }
    for person in &entry.translators {
        read(person, Role::Translator).into_iter().for_each(|(_, person)| add(Role::Translator, person));
    }
    // Beside a link to the original in another language, who contributed is who translated (RFC 4287 has no other place for it).
    let contributed = if is_translation(setting, entry) { Role::Translator } else { Role::Editor };
    for person in &entry.contributors {
        read(person, contributed).into_iter().for_each(|(role, person)| add(role, person));
    }
    for (role, name) in &body.names {
        add(*role, Person { name: Some(name.clone()), ..Person::default() });
    }
    // Who is named as translator did not write it.
    authors.retain(|author| !translators.iter().any(|translator| same(author, translator)));
    (authors, translators, editors)
}

/// News agencies and other outlets named where authors belong are sources. A person's name may have one behind it.
fn outlets_among(authors: &mut Vec<Person>, entry: &ParsedEntry, own: &[&str], body: &mut body::Body) {
    let rights = entry.rights.iter().map(text::plain).chain(body.rights.iter().cloned());
    let holders = rights.filter_map(|rights| boilerplate::rights_holder(&rights));
    let feeds = entry.source.iter().filter_map(|source| source.title.as_ref()).map(text::plain);
    let parties = body.chain.iter().map(|party| party.name.clone());
    let known: Vec<String> = parties.chain(holders).chain(feeds).filter(|name| !name.is_empty()).collect();
    let mut found: Vec<String> = Vec::new();
    authors.retain_mut(|author| {
        let Some(name) = author.name.as_deref() else { return true };
        if credit::is_own(own, name) {
            return true;
        }
        let behind = known.iter().find_map(|known| {
            let bare = known.strip_prefix("The ").unwrap_or(known);
            let person = name
                .strip_suffix(bare)
                .or_else(|| {
                    name.get(name.len().checked_sub(bare.len())?..)
                        .filter(|end| end.eq_ignore_ascii_case(bare))
                        .map(|_| &name[..name.len() - bare.len()])
                })?
                .trim_end_matches([' ', ',', '/', '|', '-', '–', '—']);
            (!person.trim().is_empty()).then(|| (person.trim().to_owned(), known.clone()))
        });
        // "da Agência X": only where somebody is at.
        let behind = match behind {
            Some((person, outlet))
                if matches!(
                    person.to_lowercase().as_str(),
                    "da" | "do" | "de" | "del" | "of" | "for" | "from" | "von" | "di"
                ) =>
            {
                found.push(outlet);
                return false;
            }
            behind => behind,
        };
        if let Some((person, outlet)) = behind {
            author.name = Some(person);
            found.push(outlet);
        } else if boilerplate::is_agency(name)
            || boilerplate::looks_like_outlet(name) && !credit::is_part_of_own(own, name)
            || known.iter().any(|known| credit::same_outlet(known, name))
        {
            found.push(name.to_owned());
            return false;
        }
        true
    });
    for name in found {
        if !credit::is_own(own, &name) {
            credit::join(&mut body.chain, crate::model::Party { name, url: None });
        }
    }
    authors.retain(|author| {
        author.name.as_deref().is_none_or(|name| !body.chain.iter().any(|party| credit::same_outlet(&party.name, name)))
    });
}

/// The agency of the dateline is the source of a text that names no other.
fn name_agency(entry: &ParsedEntry, own: &[&str], body: &mut body::Body) {
    let opening = body::opening(body);
    if let Some(name) = credit::reporter_of_dateline(&opening).map(|name| (people::Role::Author, name))
        && !body.names.contains(&name)
    {
        body.names.push(name);
    }
    let named = !body.chain.is_empty() || body.own || entry.source.is_some() || !entry.derived_from.is_empty();
    if !named && let Some(name) = credit::agency_of_dateline(&opening, own) {
        body.chain.push(crate::model::Party { name, url: None });
    }
}

/// Whether the entry links to its original in another language than its own.
fn is_translation(setting: &Setting<'_>, entry: &ParsedEntry) -> bool {
    let own = [&entry.language, &setting.head.language, &setting.outlet.language].into_iter().flatten().next();
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase();
    let other = |tag: &String| own.is_some_and(|own| primary(own) != primary(tag));
    entry.links.iter().filter(|link| link.rel == "related").any(|link| link.hreflang.as_ref().is_some_and(other))
}

/// Trimmed, each once, at most [`CATEGORIES`].
fn categories(written: &[Category], warnings: &mut Vec<Warning>) -> Vec<Category> {
    let mut seen = std::collections::HashSet::new();
    let mut out: Vec<Category> = Vec::new();
    for category in written {
        let label = category.label.as_deref().map(text::clean).filter(|label| !label.is_empty());
        let term = text::clean(&category.term);
        let term = if term.is_empty() { label.clone().unwrap_or_default() } else { term };
        if term.is_empty() || term.chars().count() > 200 || !seen.insert(term.to_lowercase()) {
            continue;
        }
        if out.len() == CATEGORIES {
            warnings.push(Warning::new(
                "too_many_categories",
                format!("the entry has more than {CATEGORIES} categories, the rest is left out"),
            ));
            break;
        }
        let label = label.filter(|label| *label != term);
        out.push(Category {
            term,
            scheme: category.scheme.as_deref().map(text::clean).filter(|scheme| !scheme.is_empty()),
            label,
        });
    }
    out
}

fn comments(setting: &Setting<'_>, entry: &ParsedEntry) -> Option<Comments> {
    let replies = || {
        entry
            .links
            .iter()
            .find(|link| link.rel == "replies" && link.media_type.as_deref().is_none_or(|kind| kind.contains("html")))
    };
    let url = match &entry.comments_url {
        Some(written) => url::resolve(setting.base, &entry.base, written),
        None => replies().and_then(|link| url::resolve(setting.base, &link.base, &link.href)),
    };
    let count = entry.comment_count.as_deref().and_then(|count| count.trim().parse().ok());
    (url.is_some() || count.is_some()).then_some(Comments { url, count })
}

#[cfg(test)]
mod tests;
