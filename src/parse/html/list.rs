//! A page that lists articles: by the outlet's own selectors, else the group of links that looks most like headlines.

use std::collections::{HashMap, HashSet};

use dom_query::{Document, NodeRef};
use url::Url;

use super::facts::{date_of, looks_like_date};
use super::{Bounds, Findings, host, plain, resolve, short_text};
use crate::model::{Link, ListingSelectors, ParsedEntry, Unreadable};

/// Links of a page that are looked at.
const LINKS: usize = 20_000;
/// Fewer headlines than this are no list.
const LEAST: usize = 3;
/// Longest headline, in characters.
const HEADLINE: usize = 300;
/// Elements of an item that are looked at for its date.
const NEAR: usize = 60;

/// The items of a page, each an entry with its address, title and date as written; each address once.
pub(super) fn entries(
    document: &Document,
    here: &Url,
    base: &[String],
    selectors: &ListingSelectors,
    bounds: Bounds,
    findings: &mut Findings,
) -> Result<Vec<ParsedEntry>, Unreadable> {
    let own_base = base.first().map(String::as_str);
    let items = if selectors.item.is_some() || selectors.link.is_some() {
        let items = selected(document, selectors);
        if items.is_empty() {
            let fits_nothing = selectors.item.as_deref().or(selectors.link.as_deref()).unwrap_or_default();
            return Err(Unreadable::new(
                "no_items",
                format!("nothing on the page fits `{fits_nothing}` of `pages`: correct the selector in feeds.toml"),
            ));
        }
        items
    } else {
        let items = discovered(document, here, own_base);
        if items.is_empty() {
            return Err(Unreadable::new(
                "no_items",
                "nothing on the page looks like a list of headlines: name its parts with `item`, `link` and `title` of `pages` in feeds.toml",
            ));
        }
        items
    };
    let mut seen = HashSet::new();
    let mut entries = Vec::new();
    for item in items {
        let Some(href) = item.link.attr("href").map(|href| href.trim().to_owned()) else { continue };
        let Some(url) = resolve(here, own_base, &href).filter(|url| url != here) else { continue };
        let title = item.title(selectors);
        if title.is_empty() || !seen.insert(url) {
            continue;
        }
        if entries.len() >= bounds.entries {
            findings
                .add("too_many_items", || format!("the page lists more than {} articles, the rest is left out", bounds.entries));
            break;
        }
        entries.push(ParsedEntry {
            title: plain(&title),
            links: vec![Link { rel: "alternate".to_owned(), href, base: base.to_vec(), ..Link::default() }],
            published: item.date(selectors),
            base: base.to_vec(),
            complete: true,
            ..ParsedEntry::default()
        });
    }
    if entries.is_empty() {
        return Err(Unreadable::new(
            "no_items",
            "the items of the page have no link with a title: correct `link` and `title` of `pages`",
        ));
    }
    Ok(entries)
}

/// An item: its link, and the element that holds what belongs to it.
struct Item<'a> {
    link: NodeRef<'a>,
    holder: NodeRef<'a>,
}

impl Item<'_> {
    fn title(&self, selectors: &ListingSelectors) -> String {
        let selected = selectors.title.as_deref().and_then(|selector| inside(&self.holder, selector));
        let shown = selected
            .and_then(|node| short_text(&node, HEADLINE))
            .or_else(|| short_text(&self.link, HEADLINE))
            .unwrap_or_default();
        // A headline cut to fit is whole in the tooltip.
        let whole =
            self.link.attr("title").map(|title| super::squeezed(&title)).filter(|title| title.chars().count() <= HEADLINE);
        let cut = shown.trim_end_matches(['…', '.']).to_owned();
        match whole {
            Some(whole) if shown.is_empty() || (cut.len() < shown.len() && whole.starts_with(cut.as_str())) => whole,
            _ => shown,
        }
    }

    fn date(&self, selectors: &ListingSelectors) -> Option<String> {
        if let Some(selector) = &selectors.date {
            return inside(&self.holder, selector).and_then(|node| date_of(&node));
        }
        let near: Vec<NodeRef<'_>> = self.holder.descendants_it().filter(NodeRef::is_element).take(NEAR).collect();
        let time = near.iter().find(|node| node.has_name("time")).and_then(date_of);
        time.or_else(|| {
            let says_date = |text: &String| looks_like_date(text) && text.chars().count() <= 30;
            near.iter()
                .filter(|node| node.id != self.link.id)
                .filter_map(|node| short_text(node, 30))
                .filter(says_date)
                .min_by_key(String::len)
        })
        .filter(|date| looks_like_date(date))
    }
}

/// The first match inside an element, or the element itself.
fn inside<'a>(holder: &NodeRef<'a>, selector: &str) -> Option<NodeRef<'a>> {
    let matcher = dom_query::Matcher::new(selector).ok()?;
    std::iter::once(*holder).chain(holder.descendants_it()).find(|node| node.is_element() && node.is_match(&matcher))
}

fn selected<'a>(document: &'a Document, selectors: &ListingSelectors) -> Vec<Item<'a>> {
    let nodes = |selector: &str| document.try_select(selector).map(|found| found.nodes().to_vec()).unwrap_or_default();
    let anchor = |node: NodeRef<'a>| {
        std::iter::once(node).chain(node.descendants_it()).find(|inner| inner.has_name("a") && inner.has_attr("href"))
    };
    match (&selectors.item, &selectors.link) {
        (Some(item), link) => nodes(item)
            .into_iter()
            .take(LINKS)
            .filter_map(|holder| {
                let link = match link {
                    Some(selector) => inside(&holder, selector).and_then(anchor),
                    None => anchor(holder),
                };
                Some(Item { link: link?, holder })
            })
            .collect(),
        (None, Some(link)) => {
            nodes(link).into_iter().take(LINKS).filter_map(|node| Some(Item { link: anchor(node)?, holder: node })).collect()
        }
        (None, None) => Vec::new(),
    }
}

/// Links that stand in the same place of a repeated structure, and look like headlines: of all such groups the one with the most text.
fn discovered<'a>(document: &'a Document, here: &Url, base: Option<&str>) -> Vec<Item<'a>> {
    let found = document.try_select("a[href]").map(|found| found.nodes().to_vec()).unwrap_or_default();
    let mut order: Vec<String> = Vec::new();
    let mut groups: HashMap<String, Vec<(NodeRef<'a>, Url, usize)>> = HashMap::new();
    for link in found.into_iter().take(LINKS) {
        let Some(url) = link.attr("href").and_then(|href| resolve(here, base, &href)) else { continue };
        if host(&url) != host(here)
            || url.path() == "/"
            || url.path() == here.path() && url.query() == here.query()
            || in_chrome(&link)
        {
            continue;
        }
        let weight = short_text(&link, HEADLINE).map_or(0, |text| weight(&text));
        if weight < 14 {
            continue;
        }
        let place = place(&link);
        groups
            .entry(place.clone())
            .or_insert_with(|| {
                order.push(place);
                Vec::new()
            })
            .push((link, url, weight));
    }
    let score = |group: &Vec<(NodeRef<'a>, Url, usize)>| -> usize {
        let mut seen = HashSet::new();
        let distinct: Vec<_> = group.iter().filter(|(_, url, _)| seen.insert(url.as_str())).collect();
        if distinct.len() < LEAST {
            return 0;
        }
        // Sections have short addresses without numbers; articles mostly have long ones or numbers.
        let articles = distinct.iter().filter(|(_, url, _)| looks_like_article(url)).count();
        let text: usize = distinct.iter().map(|(_, _, weight)| (*weight).min(80)).sum();
        if articles * 2 < distinct.len() { text / 4 } else { text }
    };
    let mut best: Option<(usize, &String)> = None;
    for place in &order {
        let score = groups.get(place).map_or(0, score);
        if score > 0 && best.is_none_or(|(most, _)| score > most) {
            best = Some((score, place));
        }
    }
    let Some(group) = best.and_then(|(_, place)| groups.get(place)) else { return Vec::new() };
    let members: HashSet<_> = group.iter().map(|(link, _, _)| link.id).collect();
    group.iter().map(|(link, _, _)| Item { link: *link, holder: holder(link, &members) }).collect()
}

/// The largest element around a link that holds no other link of the group.
fn holder<'a>(link: &NodeRef<'a>, members: &HashSet<dom_query::NodeId>) -> NodeRef<'a> {
    let mut holder = *link;
    for above in link.ancestors_it(Some(6)).take_while(|above| above.is_element() && !above.has_name("body")) {
        if above.descendants_it().take(400).filter(|inner| members.contains(&inner.id)).take(2).count() > 1 {
            break;
        }
        holder = above;
    }
    holder
}

/// Where an element stands: names and first classes of what is around it.
fn place(link: &NodeRef<'_>) -> String {
    let mut place = String::new();
    for above in std::iter::once(*link).chain(link.ancestors_it(Some(5))) {
        let Some(name) = above.node_name() else { break };
        place.push_str(&name);
        // Classes that count or tell even from odd items apart make no other place.
        let class = above.class().unwrap_or_default();
        if let Some(class) = class.split_ascii_whitespace().find(|class| !class.bytes().any(|byte| byte.is_ascii_digit())) {
            let plain = !matches!(class, "first" | "last" | "odd" | "even" | "active" | "current" | "top" | "visited");
            if plain && !above.has_name("a") {
                place.push('.');
                place.push_str(class);
            }
        }
        place.push('<');
    }
    place
}

fn in_chrome(link: &NodeRef<'_>) -> bool {
    link.ancestors_it(Some(12)).any(|above| ["nav", "footer", "aside"].iter().any(|name| above.has_name(name)))
}

/// How much text there is: a character of Chinese, Japanese or Korean says as much as two and a half letters.
fn weight(text: &str) -> usize {
    let halves: usize = text
        .chars()
        .map(|c| match c {
            '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => 5,
            c if c.is_alphanumeric() => 2,
            _ => 0,
        })
        .sum();
    halves / 2
}

fn looks_like_article(url: &Url) -> bool {
    let path = url.path();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let numbers = path.bytes().chain(url.query().unwrap_or_default().bytes()).filter(u8::is_ascii_digit).count();
    numbers >= 1 || last.contains(".htm") || last.matches('-').count() >= 2 || last.len() >= 24
}
