//! Where each field of an article was found: by which rule, and in which text. Worked out once the fields are there, from what they were made
//! of, so that no reader of lines has to carry it along.

use super::outlet_rules::{Found, text_of};
use super::people::{self, Role};
use super::{Setting, body, date, language, text};
use crate::model::{Article, Evidence, Hints, ParsedEntry, ParsedPage, Party, Person, Place};

/// Facts kept of one article, and lines among them that were lifted out of its text.
const MOST: usize = 64;
const LINES: usize = 12;
/// Rows of a page, and characters of one, that are looked at.
const ROWS: usize = 48;
const ROW: usize = 400;
/// Characters shown before the place a value stands at.
const BEFORE: usize = 40;

/// What was found in the text and around it.
#[derive(Debug)]
pub(super) struct InText<'a> {
    /// Lines with what they were taken for: those lifted out of the text, and the rows of its page.
    pub(super) lifted: &'a [(&'static str, String)],
    /// Sentences that say who holds the rights.
    pub(super) rights: &'a [String],
    /// The date beside a source line.
    pub(super) date: Option<&'a str>,
    /// What the outlet's own rules found.
    pub(super) by_rule: Found,
}

impl InText<'_> {
    /// Evidence for a value that stands in one of the lines.
    fn line(&self, field: &'static str, value: &str) -> Option<Evidence> {
        let value = value.trim();
        if value.is_empty() {
            return None;
        }
        let says = |rule: &str| !matches!((rule, field), ("promotion" | "related", _) | ("notice", "category"));
        let (rule, line) = self.lifted.iter().find(|(rule, line)| says(rule) && line.contains(value))?;
        Some(Evidence::new(field, name_of(rule), &excerpt(line, value)))
    }

    /// Whether an outlet's own rule says it.
    fn ruled(&self, field: &str) -> bool {
        self.by_rule.evidence.iter().any(|fact| fact.field == field)
    }
}

/// The rule of a line as evidence for what it says.
fn name_of(taken_for: &'static str) -> &'static str {
    match taken_for {
        "facts" => "line_of_text",
        "notice" => "notice_in_text",
        other => other,
    }
}

/// The part of a line that a value stands in.
fn excerpt(line: &str, value: &str) -> String {
    let place = line.find(value).map_or(0, |at| line[..at].chars().count());
    if place + value.chars().count() <= Evidence::LONGEST {
        return line.to_owned();
    }
    let skipped = place.saturating_sub(BEFORE);
    let rest: String = line.chars().skip(skipped).collect();
    if skipped > 0 { format!("…{rest}") } else { rest }
}

/// Notes the rows of a page among the lines.
pub(super) fn rows(page: &ParsedPage, body: &mut body::Body) {
    for row in page.rows.iter().take(ROWS) {
        let rule = match row.place {
            Place::Head => "row_above_text",
            Place::Tail => "row_below_text",
            Place::After => "row_after_article",
            Place::Comments => "comments_of_page",
            Place::Crumbs => "breadcrumb_of_page",
            Place::Tags => "tags_of_page",
        };
        let line: String = text_of(&row.html).chars().take(ROW).collect();
        if !line.is_empty() {
            body.lifted.push((rule, line));
        }
    }
}

/// Where each field of an article was found.
pub(super) fn of(setting: &Setting<'_>, entry: &ParsedEntry, article: &Article, found: &InText<'_>) -> Vec<Evidence> {
    let mut facts = found.by_rule.evidence.clone();
    title(article, &mut facts);
    facts.extend(spoken(setting, entry, article));
    if !found.ruled("published") {
        facts.extend(published(setting, entry, article, found));
    }
    people(setting, entry, article, found, &mut facts);
    if !found.ruled("chain") {
        facts.extend(article.hints.text_chain.iter().filter_map(|party| named(entry, party, found)));
    }
    if let Some(source) = &article.hints.source {
        facts.push(Evidence::new("chain", "source_of_entry", &shown(source)));
    }
    if !found.ruled("disclaimer") {
        for notice in &article.disclaimers {
            let upstream = entry.provenance.as_ref().is_some_and(|known| known.disclaimers.contains(notice));
            let rule = if upstream { "disclaimer_as_data" } else { "notice_in_text" };
            facts.push(found.line("disclaimer", notice).unwrap_or_else(|| Evidence::new("disclaimer", rule, notice)));
        }
    }
    rights(setting, entry, article, found, &mut facts);
    if let Some(count) = article.comments.as_ref().and_then(|comments| comments.count) {
        let count = count.to_string();
        let lines =
            found.lifted.iter().filter(|(rule, _)| matches!(*rule, "comments_of_page" | "facts") || rule.starts_with("row_"));
        let line = lines.into_iter().find(|(_, line)| line.replace(',', "").contains(&count));
        let fact = line.map(|(rule, line)| Evidence::new("comment_count", name_of(rule), line));
        facts.push(fact.unwrap_or_else(|| Evidence::new("comment_count", "comment_count_of_entry", &count)));
    }
    for category in &article.categories {
        if facts.iter().any(|fact| fact.field == "category" && fact.text.contains(&category.term)) {
            continue;
        }
        let line = found.line("category", &category.term);
        facts.push(line.unwrap_or_else(|| Evidence::new("category", "category_of_entry", &category.term)));
    }
    for (rule, count) in pictures(entry, article) {
        facts.push(Evidence::new("image", rule, &count.to_string()));
    }
    let lines = found.lifted.iter().filter_map(|(rule, line)| Some((lifted(rule)?, line)));
    facts.extend(lines.take(LINES).map(|(rule, line)| Evidence::new("body", rule, line)));
    facts.truncate(MOST);
    facts
}

/// What a line was lifted out of the text for; rows stand outside of it.
fn lifted(taken_for: &str) -> Option<&'static str> {
    Some(match taken_for {
        "facts" => "facts_lifted",
        "notice" => "notice_lifted",
        "promotion" => "promotion_lifted",
        "related" => "related_lifted",
        "disclaimer_as_data" => "disclaimer_lifted",
        _ => return None,
    })
}

fn title(article: &Article, facts: &mut Vec<Evidence>) {
    let rule = match (article.title_raw.is_empty(), article.title == article.title_raw) {
        (true, true) => return,
        (true, false) => "first_sentence",
        (false, true) => "title_of_entry",
        (false, false) => "title_without_labels",
    };
    let text = if article.title_raw.is_empty() { &article.title } else { &article.title_raw };
    facts.push(Evidence::new("title", rule, text));
}

fn spoken(setting: &Setting<'_>, entry: &ParsedEntry, article: &Article) -> Option<Evidence> {
    let language = article.language.as_deref()?;
    let content = entry.content.iter().find(|content| !content.value.trim().is_empty());
    let declared = [
        ("language_of_entry", entry.language.as_deref()),
        ("language_of_entry", content.and_then(|content| content.language.as_deref())),
        ("language_of_feed", setting.head.language.as_deref()),
        ("language_of_outlet", setting.outlet.language.as_deref()),
    ];
    let same = declared.iter().find_map(|(rule, tag)| {
        let tag = (*tag)?;
        (language::tag(tag).as_deref() == Some(language)).then(|| Evidence::new("language", rule, tag))
    });
    Some(same.unwrap_or_else(|| {
        let others: Vec<&str> = declared.iter().filter_map(|(_, tag)| *tag).collect();
        let text = if others.is_empty() { language.to_owned() } else { format!("{language}, not {}", others.join(", ")) };
        Evidence::new("language", "language_of_text", &text)
    }))
}

fn published(setting: &Setting<'_>, entry: &ParsedEntry, article: &Article, found: &InText<'_>) -> Option<Evidence> {
    article.published?;
    let clock = date::Clock { zone: setting.outlet.time_zone, fetched_at: setting.fetched_at };
    let candidates = [
        ("date_of_entry", entry.published.as_deref()),
        ("date_of_change", entry.updated.as_deref()),
        ("line_of_text", found.date),
    ];
    let (rule, written) = candidates.into_iter().find_map(|(rule, written)| {
        let written = written?;
        date::parse(written, &clock).filter(|stamp| date::plausible(stamp.at)).map(|_| (rule, written))
    })?;
    Some(found.line("published", written).unwrap_or_else(|| Evidence::new("published", rule, written)))
}

fn people(setting: &Setting<'_>, entry: &ParsedEntry, article: &Article, found: &InText<'_>, facts: &mut Vec<Evidence>) {
    let roles = [
        ("author", &article.authors, "author_of_entry", &entry.authors),
        ("translator", &article.hints.translators, "translator_of_entry", &entry.translators),
        ("editor", &article.hints.editors, "contributor_of_entry", &entry.contributors),
    ];
    for (field, people, rule, written) in roles {
        if found.ruled(field) {
            continue;
        }
        for person in people {
            let Some(name) = person.name.as_deref() else { continue };
            let fact = match among(written, name).or_else(|| among(&entry.contributors, name)) {
                Some(written) => Evidence::new(field, rule, written),
                None => match found.line(field, name) {
                    Some(line) => line,
                    None => match among(&setting.head.authors, name) {
                        Some(written) => Evidence::new(field, "author_of_feed", written),
                        None => Evidence::new(field, "named_in_text", name),
                    },
                },
            };
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
    }
}

/// The first name as written that holds another.
fn among<'a>(people: &'a [Person], name: &str) -> Option<&'a str> {
    people.iter().find_map(|written| holds(written, name))
}

/// The name of a person as written, if it holds another.
fn holds<'a>(written: &'a Person, name: &str) -> Option<&'a str> {
    let whole = written.name.as_deref().or(written.email.as_deref())?;
    let says = whole.contains(name)
        || people::read(written, Role::Author).iter().any(|(_, person)| person.name.as_deref() == Some(name));
    says.then_some(whole)
}

/// How the text or its page names an outlet.
fn named(entry: &ParsedEntry, party: &Party, found: &InText<'_>) -> Option<Evidence> {
    if party.name.is_empty() {
        return Some(Evidence::new("chain", "link_in_text", party.url.as_ref()?.as_str()));
    }
    // A line of facts says more than a notice that says the same.
    let fact = found.lifted.iter().find(|(rule, line)| {
        (*rule == "facts" || matches!(*rule, "row_above_text" | "row_below_text")) && line.contains(&party.name)
    });
    if let Some((rule, line)) = fact {
        return Some(Evidence::new("chain", name_of(rule), &excerpt(line, &party.name)));
    }
    if let Some(line) = found.line("chain", &party.name) {
        return Some(line);
    }
    let author = entry.authors.iter().filter_map(|author| author.name.as_deref()).find(|name| name.contains(&party.name));
    let rights = || found.rights.iter().find(|rights| rights.contains(&party.name));
    Some(match (author, rights()) {
        (Some(author), _) => Evidence::new("chain", "agency_as_author", author),
        (None, Some(rights)) => Evidence::new("chain", "rights_holder", rights),
        (None, None) => Evidence::new("chain", "named_in_text", &party.name),
    })
}

fn shown(party: &Party) -> String {
    match &party.url {
        Some(url) if party.name.is_empty() => url.to_string(),
        Some(url) => format!("{} {url}", party.name),
        None => party.name.clone(),
    }
}

fn rights(setting: &Setting<'_>, entry: &ParsedEntry, article: &Article, found: &InText<'_>, facts: &mut Vec<Evidence>) {
    if let Some(rights) = &article.hints.rights {
        let said = |written: &Option<crate::model::Text>| written.as_ref().map(text::plain).is_some_and(|text| text == *rights);
        let rule = if said(&entry.rights) {
            "rights_of_entry"
        } else if entry.source.as_ref().is_some_and(|source| said(&source.rights)) {
            "rights_of_source"
        } else if found.rights.contains(rights) {
            "rights_in_text"
        } else if said(&setting.head.rights) {
            "rights_of_feed"
        } else {
            "rights_in_text"
        };
        facts.push(Evidence::new("rights", rule, rights));
    }
    if let Some(license) = &article.hints.license {
        let rule = if entry.licenses.is_empty() { "license_of_feed" } else { "license_of_entry" };
        facts.push(Evidence::new("license", rule, license.as_str()));
    }
}

/// How many pictures stand in the text, and how many came beside it.
fn pictures(entry: &ParsedEntry, article: &Article) -> impl Iterator<Item = (&'static str, usize)> {
    let beside =
        |url: &str| entry.media.iter().any(|media| media.url == url) || entry.enclosures.iter().any(|file| file.url == url);
    let (outside, inside): (Vec<_>, Vec<_>) = article.images.iter().partition(|image| beside(image.url.as_str()));
    [("images_of_text", inside.len()), ("media_of_entry", outside.len())].into_iter().filter(|(_, count)| *count > 0)
}

/// Adds what a page says of where its facts are to what the feed says of its own. What the outlet's own rules found on the page goes before
/// anything that was found in the feed without them.
pub(super) fn join(feed: &mut Article, page: &mut Article) {
    let by_rule = |hints: &Hints, field: &str| {
        hints.evidence.iter().any(|fact| fact.field == field && fact.rule.starts_with("outlet_rule"))
    };
    let overrules = |field: &str| by_rule(&page.hints, field) && !by_rule(&feed.hints, field);
    let fields = ["chain", "author", "translator", "editor", "published"].map(|field| (field, overrules(field)));
    for (field, _) in fields.into_iter().filter(|(_, overrules)| *overrules) {
        match field {
            "chain" => feed.hints.text_chain.clone_from(&page.hints.text_chain),
            "author" => feed.authors.clone_from(&page.authors),
            "translator" => feed.hints.translators.clone_from(&page.hints.translators),
            "editor" => feed.hints.editors.clone_from(&page.hints.editors),
            _ => feed.published = page.published,
        }
        feed.hints.evidence.retain(|fact| fact.field != field);
    }
    let (known, new) = (&mut feed.hints, &mut page.hints);
    if known.original.is_empty() {
        known.originals_stated = new.originals_stated;
    }
    known.says_repost = known.says_repost.take().or(new.says_repost.take());
    known.says_translation = known.says_translation.take().or(new.says_translation.take());
    known.says_own = known.says_own.take().or(new.says_own.take());
    let fields: Vec<&'static str> = known.evidence.iter().map(|fact| fact.field).collect();
    for fact in std::mem::take(&mut new.evidence) {
        // Several lines are notices, sections, lines of the text.
        let many = matches!(fact.field, "disclaimer" | "category" | "body");
        if known.evidence.len() < MOST && (many || !fields.contains(&fact.field)) && !known.evidence.contains(&fact) {
            known.evidence.push(fact);
        }
    }
}
