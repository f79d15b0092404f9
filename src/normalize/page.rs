//! An article whose text is on pages of its own: when the feed's text is not the whole, and how the pages become one article.

use std::collections::HashSet;

use ::url::Url;
use chrono::{DateTime, Utc};
use dom_query::{Document, NodeRef};

use super::credit::{self, Row};
use super::people::Role;
use super::{
    CATEGORIES, SUMMARY, Setting, body, boilerplate, counter, date, escapes, evidence, outlet_rules, text, url, with_body, words,
};
use crate::config::Outlet;
use crate::model::{
    Article, Category, FeedHead, Html, Link, ParsedEntry, ParsedPage, Party, Place, Precision, Timestamp, Warning,
};

/// Characters of text (one of Chinese, Japanese or Korean counts for three) that no excerpt has.
const WHOLE: usize = 1_500;

/// Elements at either end of a page that are compared with those of the first page.
const REPEATED: usize = 4;

/// Whether a feed's own text is all of the article, as far as can be told: long enough for no excerpt, and it does not break off.
pub fn is_whole(article: &Article) -> bool {
    let plain = text::of_html(article.body.as_str());
    weight(&plain) >= WHOLE && !breaks_off(&plain)
}

fn breaks_off(plain: &str) -> bool {
    let end = plain.trim_end().trim_end_matches(['»', '>', '→', ')', '）', ']', '】']).trim_end();
    if end.ends_with('…') || end.ends_with("...") {
        return true;
    }
    let end = end.trim_end_matches(['.', '。', ':']).trim_end();
    let tail: String = end.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
    let tail = tail.to_lowercase();
    // A link of its own, not the last word of a sentence.
    let last = tail.rsplit(['\n', '。', '.', '!', '?', '！', '？', '[', '【', '(', '（', '…']).next().unwrap_or_default().trim();
    words::all(|words| words.goes_on).any(|words| words == last)
}

fn weight(plain: &str) -> usize {
    plain
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3ffff}') { 3 } else { 1 })
        .sum()
}

/// The pages of one article in order, each with the address that answered.
#[derive(Debug, Clone, Copy)]
pub struct Pages<'a> {
    /// Its outlet.
    pub outlet: &'a Outlet,
    /// Address that answered, and what it said; at least one.
    pub pages: &'a [(Url, ParsedPage)],
    /// What relative dates refer to.
    pub fetched_at: DateTime<Utc>,
}

/// What an article's pages say of it, without any feed: the text of all pages joined, everything else from the first. `source` is what led to them.
/// `None` if there is no page.
pub fn alone(found: &Pages<'_>, source: &Url) -> Option<Article> {
    let (address, first) = found.pages.first()?;
    let mut own = vec![found.outlet.name.as_str()];
    own.extend(first.site.iter().map(String::as_str));
    let title = first.entry.title.as_ref().map_or("", |title| title.value.as_str());
    let mut joined = body::Body::default();
    let mut parts: Vec<String> = Vec::new();
    for (address, page) in found.pages {
        let Some(content) = page.entry.content.first() else { continue };
        let base = url::base(address, &content.base);
        let part = outlet_rules::read(&found.outlet.rules, &content.value, &[], &body::Setting { base: &base, own: &own, title });
        let mut part = part;
        if found.outlet.terms.counter {
            part.html = counter::keep(part.html, &content.value, &base);
        }
        parts.push(part.html.as_str().to_owned());
        join(&mut joined, part);
    }
    joined.html = Html::from_sanitized(without_repeats(&parts));
    joined.text = text::of_html(joined.html.as_str());
    // A picture that is repeated on every page is one.
    let mut seen = HashSet::new();
    joined.images.retain(|image| seen.insert(image.url.clone()));

    let head = FeedHead::default();
    let setting = Setting { outlet: found.outlet, feed_url: source, base: address, fetched_at: found.fetched_at, head: &head };
    let mut entry = first.entry.clone();
    entry.content.clear();
    entry.summary = None;
    // A page that calls another site's the canonical one has its text from there (RFC 6596 § 3).
    let canonical =
        entry.links.iter().find(|link| link.rel == "alternate").and_then(|link| url::resolve(address, &entry.base, &link.href));
    match &canonical {
        Some(canonical) if !url::same_owner(canonical, address) => {
            let link = std::mem::take(&mut entry.links);
            entry.derived_from.extend(link.into_iter().map(|link| Link { rel: "related".to_owned(), ..link }));
        }
        _ => {}
    }
    if entry.links.is_empty() {
        entry.links.push(Link { rel: "alternate".to_owned(), href: address.to_string(), ..Link::default() });
    }
    let first = outlet_rules::rows(&found.outlet.rules, first, address, &mut joined.by_rule);
    around(address, &first, &own, &mut joined, &mut entry);
    evidence::rows(&first, &mut joined);
    let mut article = with_body(&setting, &entry, Some(joined));
    for warning in found.pages.iter().flat_map(|(_, page)| &page.warnings) {
        if !article.warnings.iter().any(|known| known.code == warning.code) {
            article.warnings.push(warning.clone());
        }
    }
    Some(article)
}

/// Adds what the rows around the text say. What the page shows goes before what its metadata say, but for dates with a zone.
fn around(address: &Url, page: &ParsedPage, own: &[&str], body: &mut body::Body, entry: &mut ParsedEntry) {
    let base = url::base(address, &page.entry.base);
    let shown = entry.title.as_ref().map_or(String::new(), |title| title.value.clone());
    let setting = body::Setting { base: &base, own, title: &shown };
    let in_text = body.names.iter().any(|(role, _)| *role == Role::Author);
    let mut head = Row::default();
    let mut pictures = String::new();
    let mut figures = String::new();
    let mut categories: Vec<String> = Vec::new();
    let mut comments = None;
    let mut editors = Vec::new();
    let mut tail_date = None;
    for row in &page.rows {
        let document = Document::fragment(row.html.as_str());
        let Some(root) = document.root().first_element_child() else { continue };
        match row.place {
            Place::Head => {
                if is_picture(&root) {
                    pictures.push_str(&row.html);
                } else {
                    head.push(&root, &base);
                    head.end_line();
                }
            }
            Place::Tail | Place::After => {
                // A figure that the text's own element does not hold.
                let figure = root.has_name("figure") && root.descendants_it().any(|node| node.has_name("figcaption"));
                if row.place == Place::Tail && figure && is_picture(&root) {
                    figures.push_str(&row.html);
                    continue;
                }
                let lines = body::rows(&root, &base);
                origin_page(&root, &base, &mut body.chain);
                for (line, written) in lines {
                    if boilerplate::is_related(&written) {
                        break;
                    }
                    if row.place == Place::After && boilerplate::is_bare_rights(&written) {
                        continue;
                    }
                    if boilerplate::is_notice(&written) && !boilerplate::is_link_text(&written) {
                        body.add_notice(&line, &written, &setting);
                        continue;
                    }
                    if row.place == Place::After {
                        comments = comments.or_else(|| credit::heading_count(&written));
                        continue;
                    }
                    // A licence is named without further words, too.
                    if let Some(rights) = boilerplate::states_rights(&written).filter(|rights| rights.chars().count() <= 240)
                        && !body.rights.contains(&rights)
                    {
                        body.rights.push(rights);
                        continue;
                    }
                    let said = credit::read(&line, credit::Place::Around, own);
                    if written.chars().count() <= 80 {
                        comments = comments.or_else(|| credit::comments_within(&written));
                    }
                    if said.labelled && written.chars().count() <= 240 {
                        tail_date = tail_date.or(said.published);
                        editors.extend(said.people);
                        comments = comments.or(said.comments);
                        categories.extend(said.categories);
                        said.chain.into_iter().for_each(|party| credit::join(&mut body.chain, party));
                    }
                }
            }
            Place::Comments => {
                let text = text::clean(&root.text());
                let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
                let count = if bare.chars().all(|c| c.is_numeric() || matches!(c, ',' | '.' | '万' | '萬' | '만' | 'k' | 'K'))
                {
                    credit::number(bare)
                } else {
                    credit::comments_in(&text)
                };
                comments = comments.or(count);
            }
            Place::Crumbs => categories.extend(crumbs(&root, own, &shown)),
            Place::Tags => {
                let links = root.descendants_it().filter(|node| node.has_name("a")).map(|node| text::clean(&node.text()));
                categories.extend(links.map(|term| term.trim_start_matches('#').to_owned()));
            }
        }
    }
    let mut said = credit::read(&head, credit::Place::Around, own);
    let date = said.published.take();
    // A line that is hardly anything but a name is the author's where nothing else names one.
    if !in_text
        && entry.authors.is_empty()
        && !said.people.iter().any(|(role, _)| *role == Role::Author)
        && let [only] =
            said.rest.iter().filter(|rest| super::people::is_surely_chinese_person(rest)).collect::<Vec<_>>().as_slice()
    {
        said.people.push((Role::Author, (*only).clone()));
    }
    // "2024-06-27 10:12 渤湾晚报": one outlet beside the date, and none named otherwise.
    if said.chain.is_empty() && !said.own && body.chain.is_empty() && date.is_some() {
        let outlets =
            || said.rest.iter().filter(|rest| boilerplate::looks_like_outlet(rest) && !credit::is_part_of_own(own, rest));
        if let (Some(only), None) = (outlets().next().cloned(), outlets().nth(1)) {
            credit::join(&mut said.chain, Party { name: only, url: None });
        }
    }
    // "来源:X - 内容不代表本网立场": what the row says beside its facts.
    for notice in said.rest.iter().filter(|rest| boilerplate::is_notice(rest)) {
        body.add_notice(&Row::default(), notice, &setting);
    }
    body.comments = said.comments.take().or(body.comments).or(comments);
    // Whoever a line of the text names wrote it, whoever put it up.
    if in_text {
        said.people.retain(|(role, _)| *role != Role::Author);
    }
    let named = in_text || said.people.iter().any(|(role, _)| *role == Role::Author);
    if named {
        entry.authors.clear();
    }
    let mut people = std::mem::take(&mut body.names);
    for name in said.people.drain(..).chain(editors.into_iter().filter(|(role, _)| *role != Role::Author || !named)) {
        if !people.contains(&name) {
            people.push(name);
        }
    }
    body.names = people;
    categories.splice(0..0, said.categories.drain(..));
    body.add_said(said);
    // "2024-06-27 10:12 字号:A- A A+" has what looks like a zone, and is no date.
    let clock = date::Clock { zone: chrono_tz::UTC, fetched_at: DateTime::default() };
    let zoned = entry.published.as_deref().is_some_and(|date| date::has_zone(date) && date::parse(date, &clock).is_some());
    if !zoned && date.is_some() {
        entry.published = date;
    }
    entry.published = entry.published.take().or(tail_date);
    let entry_source_is_own =
        entry.source.as_ref().and_then(|source| source.title.as_ref()).is_some_and(|title| credit::is_own(own, &title.value));
    if entry_source_is_own {
        entry.source = None;
    }
    if !figures.is_empty() {
        let below = body::read(&figures, &[], &setting);
        let new: Vec<_> =
            below.images.into_iter().filter(|image| !body.images.iter().any(|known| known.url == image.url)).collect();
        if !new.is_empty() {
            body.html = Html::from_sanitized(format!("{}{}", body.html.as_str(), below.html.as_str()));
            body.images.extend(new);
        }
    }
    if !pictures.is_empty() {
        let above = body::read(&pictures, &[], &setting);
        let new: Vec<_> =
            above.images.into_iter().filter(|image| !body.images.iter().any(|known| known.url == image.url)).collect();
        if !new.is_empty() {
            let html = format!("{}{}", above.html.as_str(), body.html.as_str());
            body.html = Html::from_sanitized(html);
            body.images.splice(0..0, new);
        }
    }
    // "本文系X独家稿件": X is the outlet itself, whatever it is called elsewhere.
    let ours = body
        .disclaimers
        .iter()
        .filter_map(|notice| exclusive(notice))
        .find(|name| body.chain.len() == 1 && body.chain[0].url.is_none() && credit::same_outlet(&body.chain[0].name, name));
    if ours.is_some() {
        body.chain.clear();
        body.own = true;
    }
    // A link to the original that names nobody is that of who holds the rights.
    let is_person = |name: &str| {
        let named = body.names.iter().map(|(_, name)| name.as_str());
        let declared = entry.authors.iter().chain(&entry.translators).filter_map(|person| person.name.as_deref());
        named.chain(declared).any(|known| credit::same_outlet(known, name))
    };
    let holder = body
        .rights
        .iter()
        .chain(entry.rights.iter().map(|rights| &rights.value))
        .filter_map(|rights| boilerplate::rights_holder(rights))
        .find(|name| !credit::is_own(own, name) && !is_person(name));
    if let Some(holder) = holder
        && let Some(nameless) = body.chain.iter_mut().find(|party| party.name.is_empty())
    {
        nameless.name = holder;
    }
    // "© Cove Gazette 2024" under a text that names no source: an outlet that says by its name that it is one.
    if body.chain.is_empty()
        && !body.own
        && entry.source.is_none()
        && entry.derived_from.is_empty()
        && let Some(holder) = body
            .rights
            .iter()
            .filter_map(|rights| boilerplate::rights_holder(rights))
            .find(|name| boilerplate::looks_like_outlet(name) && !credit::is_part_of_own(own, name))
    {
        body.chain.push(Party { name: holder, url: None });
    }
    super::name_agency(entry, own, body);
    // "Agencia CWA | Puerto Hondo", "北灣社": what the dateline calls an agency and a place is nobody's name.
    let opening = body::opening(body);
    if let Some(agency) = credit::agency_of_dateline(&opening, own) {
        let line = opening.lines().find(|line| line.contains(agency.as_str())).unwrap_or_default();
        let place = line.split(['(', ',', '（']).next().unwrap_or_default().trim().to_owned();
        body.names.retain(|(role, name)| {
            let words = || name.split_whitespace();
            let is_agency = *name == agency || words().any(|word| word == agency) && words().count() <= 3;
            *role != Role::Author || !(is_agency || *name == place)
        });
    }
    let source = entry.source.as_ref().and_then(|source| source.title.as_ref()).map(|title| title.value.as_str());
    credit_pictures(body, own, source);
    categories.append(&mut body.categories);
    let title = text::essence(entry.title.as_ref().map_or("", |title| title.value.as_str()));
    for term in categories {
        let known = entry.categories.iter().any(|known| text::essence(&known.term) == text::essence(&term));
        if !known && !term.is_empty() && term.chars().count() <= 40 && text::essence(&term) != title && !is_site(own, &term) {
            entry.categories.push(Category { term, ..Category::default() });
        }
    }
    if entry.comment_count.is_none() {
        entry.comment_count = body.comments.map(|count| count.to_string());
    }
}

/// "Read it at X": a link behind the text that leads to a page of an outlet of which only the front page was known, and says its name.
fn origin_page(root: &NodeRef<'_>, base: &Url, chain: &mut [Party]) {
    for link in root.descendants_it().filter(|node| node.has_name("a")).take(8) {
        let Some(page) = link.attr("href").and_then(|href| url::resolve(base, &[], &href)) else { continue };
        let is_page = !page.path().trim_matches('/').is_empty() || page.query().is_some();
        let written = text::essence(&link.text());
        let known = chain.iter_mut().find(|party| {
            let is_front = |known: &Url| known.path().trim_matches('/').is_empty() && known.query().is_none();
            party.url.as_ref().is_some_and(|known| is_front(known) && url::site(known) == url::site(&page))
                && !party.name.is_empty()
                && written.starts_with(&text::essence(&party.name))
        });
        if let Some(party) = known.filter(|_| is_page) {
            party.url = Some(page);
        }
    }
}

/// "本文系河湾网独家稿件": whose own a notice calls the text.
fn exclusive(notice: &str) -> Option<String> {
    let rest = ["本文系", "本文为", "本文為", "本文係"].iter().find_map(|start| notice.trim_start().strip_prefix(start))?;
    let marks = [
        "独家稿件",
        "原创稿件",
        "原创作品",
        "原创文章",
        "独家原创",
        "原创内容",
        "獨家稿件",
        "原創稿件",
        "原創作品",
        "原創文章",
        "原创",
    ];
    let end = marks.iter().filter_map(|mark| rest.find(mark)).min()?;
    Some(boilerplate::trim_name(&rest[..end])).filter(|name| (2..=20).contains(&name.chars().count()))
}

/// Credits of pictures that nothing but a known name tells: the last sentence of a caption that names an author, the outlet or a source; the one
/// photographer of the article.
fn credit_pictures(body: &mut body::Body, own: &[&str], source: Option<&str>) {
    let mut known: Vec<String> = own.iter().map(|name| text::essence(name)).collect();
    known.extend(body.names.iter().map(|(_, name)| text::essence(name)));
    known.extend(body.chain.iter().map(|party| text::essence(&party.name)));
    known.extend(source.map(text::essence));
    known.retain(|name| name.chars().count() > 1);
    for image in body.images.iter_mut().filter(|image| image.credit.is_none()) {
        let Some(caption) = image.caption.as_deref() else { continue };
        // "霧の渡し場(河湾新報)": a name that is known, in brackets at the end.
        let inside =
            caption.trim_end_matches(['。', '.']).strip_suffix([')', '）']).and_then(|caption| caption.rsplit_once(['(', '（']));
        if let Some((said, name)) = inside
            && known.contains(&text::essence(name))
            && !said.trim().is_empty()
        {
            let (said, name) = (said.trim().to_owned(), name.trim().to_owned());
            image.caption = Some(said);
            image.credit = Some(name);
            continue;
        }
        let sentences = text::sentences(caption);
        let [said @ .., last] = sentences.as_slice() else { continue };
        let essence = text::essence(last);
        if !said.is_empty() && last.chars().count() <= 60 && known.iter().any(|name| essence.contains(name.as_str())) {
            let (said, credit) = (said.concat().trim().to_owned(), last.trim().trim_end_matches('.').to_owned());
            image.caption = Some(said);
            image.credit = Some(credit);
        }
    }
    let mut photographers = body.names.iter().filter(|(role, _)| *role == Role::Photographer).map(|(_, name)| name.clone());
    if let (Some(only), None) = (photographers.next(), photographers.next()) {
        body.images.iter_mut().filter(|image| image.credit.is_none()).for_each(|image| image.credit = Some(only.clone()));
    }
}

/// Whether a term is what the site calls itself: of the parts of a page's title only those that are as sure. What else stands there may be a section.
fn is_site(own: &[&str], term: &str) -> bool {
    let [configured, named, rest @ ..] = own else { return credit::is_own(own, term) };
    let surest = text::essence(named);
    let akin = |name: &&&str| {
        let name = text::essence(name);
        name.contains(&surest) || surest.contains(&name)
    };
    credit::is_own(&[configured, named], term) || rest.iter().filter(akin).any(|name| credit::is_own(&[name], term))
}

/// Whether a row is a picture of the article: not of a person, and not a sign.
fn is_picture(root: &NodeRef<'_>) -> bool {
    const SIGNS: &[&str] = &[
        "avatar", "logo", "cp", "provider", "icon", "author", "profile", "qrcode", "emoji", "badge", "gravatar", "byline",
        "share",
    ];
    let sign = |node: &NodeRef<'_>| {
        ["class", "id", "src", "alt"].iter().filter_map(|name| node.attr(name)).any(|value| {
            let value = value.to_ascii_lowercase();
            value.split(|c: char| !c.is_ascii_alphabetic()).any(|word| SIGNS.contains(&word))
        })
    };
    let small = |node: &NodeRef<'_>| {
        ["width", "height"].iter().filter_map(|name| super::html::pixels(&node.attr(name)?)).any(|pixels| pixels < 120)
    };
    // A picture that leads to another site's front page is that site's sign.
    let to_front = root
        .descendants_it()
        .filter(|node| node.has_name("a"))
        .filter_map(|node| node.attr("href"))
        .any(|href| Url::parse(&href).is_ok_and(|url| url.path().trim_matches('/').is_empty()));
    if to_front {
        return false;
    }
    let mut found = false;
    for node in std::iter::once(*root).chain(root.descendants_it()).filter(NodeRef::is_element) {
        if sign(&node) {
            return false;
        }
        found |= node.has_name("img") && !small(&node);
    }
    found
}

/// The sections in a way from the front page.
fn crumbs(root: &NodeRef<'_>, own: &[&str], title: &str) -> Vec<String> {
    let mut row = Row::default();
    row.push(root, &NOWHERE);
    let mut parts = row.parts();
    // The first step is the front page, whatever it is called; the last may be the article.
    let links: Vec<NodeRef<'_>> = root.descendants_it().filter(|node| node.has_name("a")).collect();
    let to_front = |node: &NodeRef<'_>| {
        node.attr("href").is_some_and(|href| {
            let path = href.trim();
            path == "/" || path == "./" || path.trim_start_matches(['.', '/']).starts_with("index.")
        })
    };
    if let Some(front) = links.first().filter(|first| to_front(first)).map(|first| text::clean(&first.text()))
        && links.len() > 1
        && let Some(at) = parts.iter().position(|part| *part == front)
    {
        parts.drain(..=at);
    }
    if !title.is_empty() {
        let whole = links.last().is_some_and(|last| text::essence(&last.text()) == text::essence(title));
        let of_title = Row::of(title).parts();
        parts.retain(|part| !(whole && of_title.contains(part)));
        // The last step may be how the headline begins.
        let linked = |part: &String| links.iter().any(|link| text::essence(&link.text()) == text::essence(part));
        let begins = |part: &String| part.chars().count() > 4 && text::essence(title).starts_with(&text::essence(part));
        if parts.last().is_some_and(|last| begins(last) && !linked(last)) {
            parts.pop();
        }
    }
    let known = |list: fn(&words::Words) -> &'static [&'static str], term: &str| {
        let folded = boilerplate::fold(term);
        let folded = folded.trim_end_matches([':', ' ']);
        words::all(list)
            .any(|word| folded == word || folded.ends_with(word) && word.chars().next().is_some_and(text::is_asian_letter))
    };
    // What stands behind "正文" is no step of the way.
    let mut stepped = false;
    parts
        .into_iter()
        .map(|part| part.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
        .take_while(|part| {
            let here = known(|words| words.here, part);
            let ends = here && stepped;
            stepped |= !here && !part.is_empty();
            !ends
        })
        .filter(|part| {
            !part.is_empty() && !known(|words| words.home, part) && !known(|words| words.here, part) && !is_site(own, part)
        })
        .collect()
}

static NOWHERE: std::sync::LazyLock<Url> =
    std::sync::LazyLock::new(|| Url::parse("https://nowhere.invalid/").expect("a literal"));

/// One article of what the feed has and what its pages have. The text is that of the pages; what the feed says of the article goes before what the
/// page says, which fills what is missing. Identity and address stay the feed's.
pub fn article(feed: Article, found: &Pages<'_>) -> Article {
    let Some(mut page) = alone(found, &feed.feed_url) else { return feed };
    let weight_of = |article: &Article| weight(&text::of_html(article.body.as_str()));
    let shorter = weight_of(&page) < weight_of(&feed);
    if shorter {
        let address = found.pages.first().map(|(address, _)| address.as_str()).unwrap_or_default();
        page.warnings.push(Warning::new(
            "page_shorter",
            format!(
                "the text found at {address} is shorter than what the feed has, so the feed's stays; `extract.content` may name the element \
                 that holds the text"
            ),
        ));
    }
    merge(feed, page, shorter)
}

/// Adds what was lifted out of a page to what was lifted out of those before it.
fn join(joined: &mut body::Body, part: body::Body) {
    joined.rights.extend(part.rights);
    joined.lifted.extend(part.lifted);
    joined.own |= part.own;
    joined.by_rule.join(part.by_rule);
    joined.categories.extend(part.categories);
    joined.comments = joined.comments.or(part.comments);
    joined.date = joined.date.take().or(part.date);
    joined.images.extend(part.images);
    for notice in part.disclaimers {
        if !joined.disclaimers.iter().any(|known| text::essence(known) == text::essence(&notice)) {
            joined.disclaimers.push(notice);
        }
    }
    if joined.chain.is_empty() {
        joined.chain = part.chain;
    }
    for name in part.names {
        if !joined.names.contains(&name) {
            joined.names.push(name);
        }
    }
    for warning in part.warnings {
        if !joined.warnings.iter().any(|known| known.code == warning.code) {
            joined.warnings.push(warning);
        }
    }
}

/// The pages' texts one after the other. What stands at the head or the end of every page (an opening, a picture, an editor's line) stays where it
/// is first.
fn without_repeats(parts: &[String]) -> String {
    let Some(first) = parts.first() else { return String::new() };
    let trees: Vec<Document> = parts.iter().map(|part| Document::fragment(part.as_str())).collect();
    let edges =
        |tree: &Document| -> HashSet<String> { ends(tree).iter().map(essence).filter(|essence| !essence.is_empty()).collect() };
    let known = trees.first().map(edges).unwrap_or_default();
    let mut out = first.clone();
    for tree in trees.iter().skip(1) {
        for node in ends(tree) {
            if known.contains(&essence(&node)) {
                node.remove_from_parent();
            }
        }
        escapes::cut(tree);
        if let Some(root) = tree.root().first_element_child() {
            out.push_str(&root.inner_html());
        }
    }
    out
}

/// The first and last elements of a text.
fn ends(tree: &Document) -> Vec<NodeRef<'_>> {
    let mut top = tree.root().first_element_child().map(|root| root.element_children()).unwrap_or_default();
    // A text in one box is looked at inside of it.
    while let [only] = top.as_slice() {
        let inner = only.element_children();
        if inner.len() < 2 {
            break;
        }
        top = inner;
    }
    if top.len() <= 2 * REPEATED {
        return top;
    }
    let last = top.split_off(top.len() - REPEATED);
    top.truncate(REPEATED);
    top.into_iter().chain(last).collect()
}

fn essence(node: &NodeRef<'_>) -> String {
    let pictures = std::iter::once(*node).chain(node.descendants()).filter_map(|inner| inner.attr("src"));
    pictures.map(|src| src.to_string()).chain([text::essence(&node.text())]).collect()
}

fn merge(mut feed: Article, mut page: Article, keep_text: bool) -> Article {
    evidence::join(&mut feed, &mut page);
    let cut = |title: &str| title.trim_end().ends_with(['…']) || title.trim_end().ends_with("...");
    let made = feed.warnings.iter().any(|warning| warning.code == "title_missing");
    if (feed.title.trim().is_empty() || made || cut(&feed.title_raw)) && !page.title.is_empty() {
        (feed.title, feed.title_raw) = (page.title, page.title_raw);
        feed.warnings.retain(|warning| warning.code != "title_missing");
    }
    feed.published = better(feed.published, page.published);
    feed.updated = feed.updated.or(page.updated);
    if feed.authors.is_empty() {
        feed.authors = page.authors;
    }
    if keep_text {
        if feed.images.is_empty() {
            feed.images = page.images;
        }
    } else {
        let excerpt = text::of_html(feed.body.as_str());
        let excerpt = text::shorten(&excerpt, SUMMARY);
        feed.summary = feed.summary.or(Some(excerpt)).filter(|summary| {
            let essence = text::essence(summary);
            !essence.is_empty() && essence != text::essence(&feed.title) && essence != text::essence(&feed.title_raw)
        });
        feed.body = page.body;
        if !page.images.is_empty() {
            feed.images = page.images;
        }
        feed.language = page.language.or(feed.language);
    }
    for attachment in page.attachments {
        if !feed.attachments.iter().any(|known| known.url == attachment.url) {
            feed.attachments.push(attachment);
        }
    }
    for category in page.categories {
        let lower = category.term.to_lowercase();
        if feed.categories.len() < CATEGORIES && !feed.categories.iter().any(|known| known.term.to_lowercase() == lower) {
            feed.categories.push(category);
        }
    }
    feed.comments = feed.comments.or(page.comments);
    for notice in page.disclaimers {
        if !feed.disclaimers.iter().any(|known| text::essence(known) == text::essence(&notice)) {
            feed.disclaimers.push(notice);
        }
    }
    let (hints, found) = (&mut feed.hints, page.hints);
    if hints.text_chain.is_empty() {
        hints.text_chain = found.text_chain;
    }
    if hints.editors.is_empty() {
        hints.editors = found.editors;
    }
    if hints.original.is_empty() {
        hints.original = found.original;
        hints.original_language = hints.original_language.take().or(found.original_language);
    }
    hints.original_published = hints.original_published.or(found.original_published);
    if hints.translators.is_empty() {
        hints.translators = found.translators;
    }
    hints.rights = hints.rights.take().or(found.rights);
    hints.license = hints.license.take().or(found.license);
    // Who is named as translator did not write it.
    let translators = &feed.hints.translators;
    feed.authors.retain(|author| !translators.iter().any(|translator| super::people::same(author, translator)));
    for warning in page.warnings.into_iter().filter(|warning| warning.code != "title_missing") {
        if !feed.warnings.iter().any(|known| known.code == warning.code) {
            feed.warnings.push(warning);
        }
    }
    feed
}

/// The feed's date, unless the page gives the same one more exactly.
fn better(feed: Option<Timestamp>, page: Option<Timestamp>) -> Option<Timestamp> {
    let Some(known) = feed else { return page };
    let exacter = page.filter(|page| page.precision < known.precision && known.precision >= Precision::Hour);
    exacter.filter(|page| (page.at - known.at).num_hours().abs() <= 36).or(feed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_told_from_a_whole_text() {
        let check = |plain: &str, expected: bool| assert_eq!(breaks_off(plain), expected, "{plain}");
        check("渡轮今天停了……", true);
        check("The ferry stopped [...]", true);
        check("The ferry stopped […]", true);
        check("The ferry stopped. Read more »", true);
        check("渡轮今天停了。阅读全文", true);
        check("渡轮今天停了。(阅读全文)", true);
        check("The ferry carries more.", false);
        check("渡轮今天停了。", false);
        check("渡轮公司公布了全文。", false);
    }

    #[test]
    fn an_exclusive_piece_is_its_outlets_own() {
        let check = |notice: &str, expected: Option<&str>| assert_eq!(exclusive(notice).as_deref(), expected, "{notice}");
        check("本文系河湾网独家稿件，未经授权，不得转载。", Some("河湾网"));
        check("本文为《渡口周刊》原创作品。", Some("渡口周刊"));
        check("本文系转载。", None);
        check("本文转载自河湾网。", None);
    }

    #[test]
    fn the_page_of_the_original_is_where_its_name_leads_to() {
        let base = Url::parse("https://quill.example/a/1").expect("a literal");
        let check = |html: &str, expected: &str| {
            let document = Document::fragment(html);
            let front = Url::parse("https://tideline.example/").ok();
            let mut chain = vec![Party { name: "Tideline".to_owned(), url: front }];
            origin_page(&document.root().first_element_child().expect("a root"), &base, &mut chain);
            assert_eq!(chain[0].url.as_ref().map(Url::as_str), Some(expected), "{html}");
        };
        check("<p><a href=https://tideline.example/?n=8>Tideline has it all</a></p>", "https://tideline.example/?n=8");
        check("<p><a href=https://tideline.example/about>About it</a></p>", "https://tideline.example/");
        check("<p><a href=https://other.example/1>Tideline</a></p>", "https://tideline.example/");
    }

    #[test]
    fn long_texts_count_characters_that_say_more_for_more() {
        assert!(weight(&"渡".repeat(500)) >= WHOLE);
        assert!(weight(&"a".repeat(1_499)) < WHOLE);
    }

    #[test]
    fn what_every_page_repeats_stays_once() {
        let check = |parts: &[&str], expected: &str| {
            let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            assert_eq!(without_repeats(&parts), expected);
        };
        check(
            &["<p>导语。</p><p>一。</p><p>编者按。</p>", "<p>导语。</p><p>二。</p><p>编者按。</p>", "<p>三。</p>"],
            "<p>导语。</p><p>一。</p><p>编者按。</p><p>二。</p><p>三。</p>",
        );
        check(
            &["<div><p>一。</p><p>尾。</p></div>", "<div><p>二。</p><p>尾。</p></div>"],
            "<div><p>一。</p><p>尾。</p></div><div><p>二。</p></div>",
        );
        check(&["一。", "二。"], "一。二。");
        check(&[], "");
    }

    #[test]
    fn the_more_exact_date_of_the_same_day_is_taken() {
        let stamp = |at: &str, precision| Some(Timestamp { at: at.parse().expect("a time"), precision });
        let check = |feed, page, expected| assert_eq!(better(feed, page), expected);
        let day = stamp("2026-05-04T00:00:00Z", Precision::Day);
        let minute = stamp("2026-05-04T09:30:00Z", Precision::Minute);
        check(day, minute, minute);
        check(minute, day, minute);
        check(None, day, day);
        check(day, stamp("2026-06-04T09:30:00Z", Precision::Minute), day);
        check(
            stamp("2026-05-04T09:00:00Z", Precision::Minute),
            stamp("2026-05-04T09:30:00Z", Precision::Second),
            stamp("2026-05-04T09:00:00Z", Precision::Minute),
        );
    }
}
