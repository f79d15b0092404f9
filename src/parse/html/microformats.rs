//! Microformats of a page: mf2 (microformats.org/wiki/microformats2-parsing) and, for elements without an mf2 root, the classic ones by its
//! mapping (hAtom, hNews, hCard). One walk over the tree; values are read when they are asked for.

use dom_query::{Document, NodeRef};

use super::squeezed;

/// Items of a page; what comes after them is passed over.
const ITEMS: usize = 20_000;
/// Properties of a page.
const PROPERTIES: usize = 200_000;
/// Elements looked at for one short value.
const NEAR: usize = 2_000;
/// Parts of a value written by the value class pattern.
const PARTS: usize = 16;

/// Root types that are known. Others (`h-full`, `h-auto`) are classes of style sheets more often than microformats.
const ROOTS: &[&str] = &[
    "h-feed",
    "h-entry",
    "h-card",
    "h-cite",
    "h-event",
    "h-item",
    "h-product",
    "h-recipe",
    "h-resume",
    "h-review",
    "h-review-aggregate",
    "h-adr",
    "h-geo",
    "h-news",
];

/// Classic roots and what they are called now. An hNews item is an entry that says more.
const CLASSIC_ROOTS: &[(&str, &str)] = &[
    ("hfeed", "h-feed"),
    ("hentry", "h-entry"),
    ("hnews", "h-entry"),
    ("vcard", "h-card"),
    ("vevent", "h-event"),
    ("hreview", "h-review"),
    ("hproduct", "h-product"),
    ("hrecipe", "h-recipe"),
    ("hresume", "h-resume"),
    ("adr", "h-adr"),
    ("geo", "h-geo"),
];

/// Classic class names inside a root, and the property they are.
const CLASSIC_PROPERTIES: &[(&str, &str, Kind, &str)] = &[
    ("h-entry", "entry-title", Kind::Text, "name"),
    ("h-entry", "entry-content", Kind::Html, "content"),
    ("h-entry", "entry-summary", Kind::Text, "summary"),
    ("h-entry", "published", Kind::Time, "published"),
    ("h-entry", "updated", Kind::Time, "updated"),
    ("h-entry", "author", Kind::Text, "author"),
    ("h-entry", "category", Kind::Text, "category"),
    ("h-entry", "source-org", Kind::Text, "source-org"),
    ("h-entry", "dateline", Kind::Text, "dateline"),
    ("h-feed", "author", Kind::Text, "author"),
    ("h-feed", "url", Kind::Url, "url"),
    ("h-feed", "photo", Kind::Url, "photo"),
    ("h-card", "fn", Kind::Text, "name"),
    ("h-card", "url", Kind::Url, "url"),
    ("h-card", "photo", Kind::Url, "photo"),
    ("h-card", "email", Kind::Url, "email"),
    ("h-card", "org", Kind::Text, "org"),
];

/// How the value of a property is read: the prefixes `p-`, `u-`, `dt-` and `e-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Url,
    Time,
    Html,
}

/// A property where it is written.
#[derive(Debug, Clone)]
pub(super) struct Property<'a> {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) node: NodeRef<'a>,
    /// The item that the element is at the same time.
    pub(super) item: Option<usize>,
}

/// A microformat.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub(super) node: NodeRef<'a>,
    /// Types, in their mf2 names.
    pub(super) types: Vec<&'static str>,
    /// It is written in classic class names: nothing is implied.
    classic: bool,
    /// The item it is in.
    pub(super) parent: Option<usize>,
    /// Another item is in it.
    nested: bool,
    /// Properties in document order.
    pub(super) properties: Vec<Property<'a>>,
}

/// Every microformat of a page, in document order.
#[derive(Debug, Default)]
pub(super) struct Microformats<'a> {
    pub(super) items: Vec<Item<'a>>,
    /// Links with `rel=license` that are in no item: those of the page.
    pub(super) licenses: Vec<NodeRef<'a>>,
    /// There were more than are taken.
    pub(super) cut: bool,
}

/// Finds the microformats of a page.
pub(super) fn of(document: &Document) -> Microformats<'_> {
    let mut found = Microformats::default();
    let mut room = PROPERTIES;
    let mut open: Vec<(NodeRef<'_>, Option<usize>)> = vec![(document.root(), None)];
    while let Some((node, context)) = open.pop() {
        let mut inside = context;
        if node.is_element() {
            if node.has_name("template") {
                continue;
            }
            if found.items.len() >= ITEMS || room == 0 {
                found.cut = true;
                break;
            }
            inside = found.element(node, context, &mut room);
        }
        open.extend(node.children_it(true).map(|child| (child, inside)));
    }
    found
}

impl<'a> Microformats<'a> {
    /// Takes what an element says; gives the item that its children are in.
    fn element(&mut self, node: NodeRef<'a>, context: Option<usize>, room: &mut usize) -> Option<usize> {
        let class = node.class();
        let class = class.as_deref().unwrap_or_default();
        let names = || class.split_ascii_whitespace();
        let mut types: Vec<&'static str> = ROOTS.iter().filter(|root| names().any(|name| name == **root)).copied().collect();
        let classic = types.is_empty();
        if classic {
            let known = CLASSIC_ROOTS.iter().filter(|(root, _)| names().any(|name| name == *root));
            types.extend(known.map(|(_, root)| *root));
            types.dedup();
        }
        let new = (!types.is_empty()).then_some(self.items.len());
        if let Some(context) = context {
            self.properties(context, node, class, new, room);
        } else if is_link(&node) && rels(&node).iter().any(|rel| rel == "license") && self.licenses.len() < PARTS {
            self.licenses.push(node);
        }
        let Some(new) = new else { return context };
        if let Some(parent) = context.and_then(|context| self.items.get_mut(context)) {
            parent.nested = true;
        }
        self.items.push(Item { node, types, classic, parent: context, nested: false, properties: Vec::new() });
        Some(new)
    }

    fn properties(&mut self, context: usize, node: NodeRef<'a>, class: &str, item: Option<usize>, room: &mut usize) {
        let Some(owner) = self.items.get_mut(context) else { return };
        let mut add = |kind: Kind, name: &str| {
            let known = owner.properties.iter().rev().take_while(|known| known.node.id == node.id);
            if *room > 0 && !known.into_iter().any(|known| known.name == name && known.kind == kind) {
                *room -= 1;
                owner.properties.push(Property { kind, name: name.to_owned(), node, item });
            }
        };
        if owner.classic {
            let types = owner.types.clone();
            for name in class.split_ascii_whitespace().take(PARTS * PARTS) {
                let known = CLASSIC_PROPERTIES.iter().filter(|(root, written, ..)| *written == name && types.contains(root));
                known.for_each(|(_, _, kind, property)| add(*kind, property));
            }
        } else {
            for name in class.split_ascii_whitespace().take(PARTS * PARTS) {
                let kind = |prefix: &str| match prefix {
                    "p" => Some(Kind::Text),
                    "u" => Some(Kind::Url),
                    "dt" => Some(Kind::Time),
                    "e" => Some(Kind::Html),
                    _ => None,
                };
                if let Some((kind, property)) = name.split_once('-').and_then(|(prefix, rest)| Some((kind(prefix)?, rest)))
                    && is_name(property)
                {
                    add(kind, property);
                }
            }
        }
        if is_link(&node) {
            let classic = self.items.get(context).is_some_and(|owner| owner.classic);
            let relations: &[(&str, Kind, &str)] = &[
                ("bookmark", Kind::Url, "url"),
                ("tag", Kind::Text, "category"),
                ("license", Kind::Url, "license"),
                ("item-license", Kind::Url, "license"),
                ("principles", Kind::Url, "principles"),
            ];
            let written = rels(&node);
            let Some(owner) = self.items.get_mut(context) else { return };
            for (_, kind, name) in
                relations.iter().filter(|(rel, ..)| written.iter().any(|is| is == rel) && (classic || *rel != "bookmark"))
            {
                let said = |known: &Property<'_>| known.node.id == node.id && known.name == *name;
                if *room > 0 && !owner.properties.iter().rev().take(PARTS).any(said) {
                    *room -= 1;
                    owner.properties.push(Property { kind: *kind, name: (*name).to_owned(), node, item });
                }
            }
        }
    }

    /// Properties of an item by name, in document order.
    pub(super) fn all<'s>(&'s self, item: usize, names: &'s [&'s str]) -> impl Iterator<Item = &'s Property<'a>> {
        let properties = self.items.get(item).map(|item| item.properties.as_slice()).unwrap_or_default();
        properties.iter().filter(move |property| names.contains(&property.name.as_str()))
    }

    pub(super) fn first<'s>(&'s self, item: usize, name: &str) -> Option<&'s Property<'a>> {
        self.items.get(item)?.properties.iter().find(|property| property.name == name)
    }

    /// Its name, else the one implied.
    pub(super) fn name(&self, item: usize) -> Option<String> {
        let found = match self.first(item, "name") {
            Some(property) => text(&property.node, NEAR),
            None => self.implied_name(item)?,
        };
        (!found.is_empty()).then_some(found)
    }

    /// Its address as written, else the one implied.
    pub(super) fn url(&self, item: usize) -> Option<String> {
        let found = self.all(item, &["url"]).map(|property| url(&property.node)).find(|found| !found.is_empty());
        found.or_else(|| self.implied(item, "url", &[("a", "href"), ("area", "href")]))
    }

    /// Its picture as written, else the one implied.
    pub(super) fn photo(&self, item: usize) -> Option<String> {
        let found = self.all(item, &["photo"]).map(|property| url(&property.node)).find(|found| !found.is_empty());
        found.or_else(|| self.implied(item, "photo", &[("img", "src"), ("object", "data")]))
    }

    /// § "parsing for implied properties", name: only where nothing else would have been its name.
    fn implied_name(&self, item: usize) -> Option<String> {
        let item = self.items.get(item)?;
        let said = item.properties.iter().any(|property| matches!(property.kind, Kind::Text | Kind::Html));
        if item.classic || item.nested || said {
            return None;
        }
        let of = |node: &NodeRef<'_>, bare: bool| {
            let attribute = match () {
                () if node.has_name("img") || node.has_name("area") => "alt",
                () if node.has_name("abbr") => "title",
                () => return None,
            };
            node.attr(attribute).map(|value| squeezed(&value)).filter(|value| !bare || !value.is_empty())
        };
        let child = only_child(&item.node);
        of(&item.node, false)
            .or_else(|| child.as_ref().and_then(|child| of(child, true)))
            .or_else(|| child.as_ref().and_then(only_child).as_ref().and_then(|child| of(child, true)))
            .or_else(|| Some(content(&item.node, NEAR)))
    }

    /// The same for addresses.
    fn implied(&self, item: usize, name: &str, sources: &[(&str, &str)]) -> Option<String> {
        let item = self.items.get(item)?;
        let said = |property: &Property<'_>| property.kind == Kind::Url || property.name == name;
        if item.classic || item.nested || item.properties.iter().any(said) {
            return None;
        }
        let of = |node: &NodeRef<'_>| {
            let (_, attribute) = sources.iter().find(|(element, _)| node.has_name(element))?;
            node.attr(attribute).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let only_of_type = |above: &NodeRef<'_>| {
            sources.iter().find_map(|(element, attribute)| {
                let mut found = above.children_it(false).filter(|child| child.has_name(element));
                let only = found.next().filter(|only| only.has_attr(attribute) && !is_root(only))?;
                if found.next().is_some() { None } else { of(&only) }
            })
        };
        of(&item.node).or_else(|| only_of_type(&item.node)).or_else(|| only_child(&item.node).as_ref().and_then(only_of_type))
    }
}

/// The only element in an element, if it is no item itself.
fn only_child<'a>(node: &NodeRef<'a>) -> Option<NodeRef<'a>> {
    let mut elements = node.children_it(false).filter(NodeRef::is_element);
    let only = elements.next()?;
    (elements.next().is_none() && !is_root(&only)).then_some(only)
}

fn is_root(node: &NodeRef<'_>) -> bool {
    node.class().is_some_and(|class| class.split_ascii_whitespace().any(|name| ROOTS.contains(&name)))
}

fn is_link(node: &NodeRef<'_>) -> bool {
    node.has_attr("rel") && node.has_attr("href") && ["a", "area", "link"].iter().any(|name| node.has_name(name))
}

fn rels(node: &NodeRef<'_>) -> Vec<String> {
    let rel = node.attr("rel").map(|rel| rel.to_ascii_lowercase()).unwrap_or_default();
    rel.split_ascii_whitespace().take(PARTS).map(str::to_owned).collect()
}

/// The name of a property: an optional vendor prefix, then words of letters.
fn is_name(name: &str) -> bool {
    let mut parts = name.split('-').peekable();
    let first = parts.next().unwrap_or_default();
    let word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let vendor =
        parts.peek().is_some() && !first.is_empty() && first.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    (word(first) || vendor) && parts.all(word)
}

/// Value of a `p-` property on one line.
pub(super) fn text(node: &NodeRef<'_>, most: usize) -> String {
    if let Some(parts) = value_class(node, false) {
        return squeezed(&parts.concat());
    }
    let attribute = match node.node_name().as_deref() {
        Some("abbr" | "link") => "title",
        Some("data" | "input") => "value",
        Some("img" | "area") => "alt",
        _ => return content(node, most),
    };
    node.attr(attribute).map_or_else(|| content(node, most), |value| squeezed(&value))
}

/// Value of a `u-` property as written.
pub(super) fn url(node: &NodeRef<'_>) -> String {
    let attributes: &[&str] = match node.node_name().as_deref() {
        Some("a" | "area" | "link") => &["href"],
        Some("img" | "audio" | "source" | "iframe") => &["src"],
        Some("video") => &["src", "poster"],
        Some("object") => &["data"],
        _ => &[],
    };
    let found = attributes.iter().find_map(|attribute| node.attr(attribute)).map(|value| value.trim().to_owned());
    found.unwrap_or_else(|| text(node, NEAR))
}

/// Value of a `dt-` property. A time without a date is of the date before it.
pub(super) fn time(node: &NodeRef<'_>, before: Option<&str>) -> String {
    if let Some(parts) = value_class(node, true) {
        return joined(&parts, before);
    }
    let attribute = match node.node_name().as_deref() {
        Some("time" | "ins" | "del") => "datetime",
        Some("abbr") => "title",
        Some("data" | "input") => "value",
        _ => "",
    };
    let written = node.attr(attribute).map_or_else(|| content(node, NEAR), |value| squeezed(&value));
    match (clock(&written), before.and_then(date_of)) {
        (Some(_), Some(_)) => joined(&[written], before),
        _ => written,
    }
}

/// Text of an element: pictures by their alternative, scripts and styles not at all. Looks at `most` nodes.
pub(super) fn content(node: &NodeRef<'_>, most: usize) -> String {
    const BLOCKS: &[&str] = &["br", "p", "div", "li", "tr", "td", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"];
    let mut out = String::new();
    let mut open: Vec<NodeRef<'_>> = vec![*node];
    let mut looked_at = 0;
    while let Some(node) = open.pop() {
        looked_at += 1;
        if looked_at > most {
            break;
        }
        if node.is_text() {
            out.push_str(&node.text());
            continue;
        }
        let name = node.node_name();
        match name.as_deref() {
            Some("script" | "style" | "template") => continue,
            Some("img") => {
                let alternative = node.attr("alt").unwrap_or_default();
                out.push(' ');
                out.push_str(&alternative);
                out.push(' ');
            }
            Some(name) if BLOCKS.contains(&name) => out.push(' '),
            _ => {}
        }
        open.extend(node.children_it(true));
    }
    squeezed(&out)
}

/// The parts of a value that is written in several (value class pattern).
fn value_class(node: &NodeRef<'_>, dates: bool) -> Option<Vec<String>> {
    let mut parts: Vec<String> = Vec::new();
    let mut open: Vec<NodeRef<'_>> = node.children_it(true).collect();
    let mut looked_at = 0;
    while let Some(node) = open.pop() {
        looked_at += 1;
        if looked_at > NEAR || parts.len() >= PARTS {
            break;
        }
        if !node.is_element() {
            continue;
        }
        let class = node.class();
        let has = |name: &str| class.as_deref().is_some_and(|class| class.split_ascii_whitespace().any(|word| word == name));
        if has("value-title") {
            parts.push(node.attr("title").map(|title| squeezed(&title)).unwrap_or_default());
        } else if has("value") {
            let attribute = match node.node_name().as_deref() {
                Some("img" | "area") => "alt",
                Some("data") => "value",
                Some("abbr") => "title",
                Some("time" | "ins" | "del") if dates => "datetime",
                _ => "",
            };
            parts.push(node.attr(attribute).map_or_else(|| content(&node, NEAR), |value| squeezed(&value)));
        } else if !is_root(&node) {
            open.extend(node.children_it(true));
        }
    }
    (!parts.is_empty()).then_some(parts)
}

/// The date, the time and the zone that parts give, each once, as one date.
fn joined(parts: &[String], before: Option<&str>) -> String {
    let (mut date, mut time, mut zone) = (None, None, None);
    for part in parts.iter().map(|part| part.trim()) {
        if date_of(part).is_some_and(|date| part.len() > date.len()) {
            // Date and time in one: nothing is left to say but the zone.
            if date.is_none() && time.is_none() {
                return part.to_owned();
            }
        } else if let Some(found) = date_of(part) {
            date.get_or_insert(found.to_owned());
        } else if let Some((clock, with)) = clock(part) {
            time.get_or_insert(clock);
            if !with.is_empty() {
                zone.get_or_insert(with);
            }
        } else if let Some(found) = zone_of(part) {
            zone.get_or_insert(found);
        }
    }
    let date = date.or_else(|| before.and_then(date_of).map(str::to_owned));
    match (date, time) {
        (Some(date), Some(time)) => format!("{date}T{time}{}", zone.unwrap_or_default()),
        (Some(date), None) => date,
        _ => parts.join(" "),
    }
}

/// The date at the beginning of a text: `2026-05-04`, or `2026-124` by the day of the year.
fn date_of(text: &str) -> Option<&str> {
    let fits = |pattern: &str| {
        let found = text.get(..pattern.len())?;
        let same = found
            .bytes()
            .zip(pattern.bytes())
            .all(|(is, should)| if should == b'0' { is.is_ascii_digit() } else { is == should });
        let ends = !text.as_bytes().get(pattern.len()).is_some_and(|next| next.is_ascii_digit() || *next == b'-');
        (same && ends).then_some(found)
    };
    fits("0000-00-00").or_else(|| fits("0000-000"))
}

/// A time of day in 24 hours with its zone, if it has one: `9:30 pm`, `21:30:00`, `21:30+0800`.
fn clock(text: &str) -> Option<(String, String)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let text = text.trim();
    let mut numbers: Vec<u32> = Vec::new();
    let mut rest = text;
    loop {
        let length = digits(rest);
        if !(1..=2).contains(&length) {
            return None;
        }
        numbers.push(rest.get(..length)?.parse().ok()?);
        rest = rest.get(length..)?;
        match rest.strip_prefix(':') {
            Some(after) if numbers.len() < 3 => rest = after,
            _ => break,
        }
    }
    // Parts of a second say nothing here.
    if let Some(fraction) = rest.strip_prefix('.').filter(|fraction| digits(fraction) > 0) {
        rest = fraction.get(digits(fraction)..)?;
    }
    let lower = rest.trim_start().to_ascii_lowercase();
    let half = ["a.m.", "am", "p.m.", "pm"].into_iter().find(|half| lower.starts_with(half));
    let rest = lower.get(half.map_or(0, str::len)..)?.trim();
    if half.is_none() && numbers.len() == 1 {
        return None;
    }
    let mut hour = *numbers.first()?;
    if let Some(half) = half {
        hour = hour % 12 + if half.starts_with('p') { 12 } else { 0 };
    }
    let (minute, second) = (numbers.get(1).copied().unwrap_or(0), numbers.get(2).copied().unwrap_or(0));
    let zone = if rest.is_empty() { String::new() } else { zone_of(rest)? };
    (hour < 24 && minute < 60 && second <= 60).then(|| (format!("{hour:02}:{minute:02}:{second:02}"), zone))
}

/// `Z`, `+8`, `+0800` or `+08:00`, in the last form.
fn zone_of(text: &str) -> Option<String> {
    if text.eq_ignore_ascii_case("z") {
        return Some("Z".to_owned());
    }
    let sign = text.chars().next().filter(|sign| matches!(sign, '+' | '-'))?;
    let rest: String = text.get(1..)?.chars().filter(|c| *c != ':').collect();
    if !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match rest.len() {
        1 | 2 => (rest.as_str(), "00"),
        4 => rest.split_at_checked(2)?,
        _ => return None,
    };
    Some(format!("{sign}{hours:0>2}:{minutes}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_properties() {
        for (name, expected) in [
            ("name", true),
            ("in-reply-to", true),
            ("x-colour", true),
            ("2x-colour", true),
            ("4", false),
            ("", false),
            ("a-", false),
            ("Name", false),
        ] {
            assert_eq!(is_name(name), expected, "{name}");
        }
    }

    #[test]
    fn times_in_parts() {
        let check = |parts: &[&str], before: Option<&str>, expected: &str| {
            let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            assert_eq!(joined(&parts, before), expected, "{parts:?}");
        };
        check(&["2026-05-04", "9:30 pm"], None, "2026-05-04T21:30:00");
        check(&["2026-05-04", "21:30", "+0800"], None, "2026-05-04T21:30:00+08:00");
        check(&["12:05 a.m.", "2026-124", "Z"], None, "2026-124T00:05:00Z");
        check(&["2026-05-04T21:30:00+08:00"], None, "2026-05-04T21:30:00+08:00");
        check(&["21:30+8"], Some("2026-05-04T08:00"), "2026-05-04T21:30:00+08:00");
        check(&["2026-05-04"], None, "2026-05-04");
        check(&["25:30"], Some("2026-05-04"), "2026-05-04");
        check(&["yesterday"], None, "yesterday");
        check(&[""], None, "");
    }

    proptest::proptest! {
        #[test]
        fn any_parts_have_an_end(parts in proptest::collection::vec("[0-9:+\\-TZapm. ]{0,12}|\\PC{0,8}", 0..4), before in "[0-9\\-]{0,12}") {
            joined(&parts, Some(&before));
            for part in &parts {
                clock(part);
                zone_of(part);
                date_of(part);
                is_name(part);
            }
        }
    }
}
