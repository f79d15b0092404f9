//! What a page says of its article outside of the text, each fact from the place that is most often right.

use dom_query::{Document, NodeRef};

use super::json_ld::{self, JsonLd};
use super::{first, headline, plain, short_text, squeezed};
use crate::model::{Category, Link, Media, PageSelectors, ParsedEntry, ParsedSource, Person};

/// Longest date or name that is taken from the visible page, in characters.
const SHORT: usize = 80;
/// `meta` elements looked at.
const METAS: usize = 500;

#[derive(Debug, Default)]
pub(super) struct Facts {
    entry: ParsedEntry,
    /// Headlines as declared, the surest first.
    declared: Vec<String>,
    /// Names of the site as declared.
    sites: Vec<String>,
    /// The document's title.
    title: Option<String>,
    /// The text as JSON-LD has it, plain.
    pub body: Option<String>,
    /// What pictures and links of the page are called in a few words.
    named: Vec<String>,
    /// Who wrote the article, as the page says it.
    pub byline: Option<String>,
}

impl Facts {
    /// Headlines as declared, the surest first.
    pub(super) fn headlines(&self) -> Vec<String> {
        self.declared.iter().chain(&self.title).cloned().collect()
    }

    /// The facts as an entry under the headline that is displayed, and the names of the site.
    pub(super) fn into_entry(mut self, displayed: Option<String>) -> (ParsedEntry, Vec<String>) {
        let declared = self.declared.first().cloned();
        let sites = headline::sites(
            &self.sites,
            self.title.as_deref(),
            displayed.as_ref().or(declared.as_ref()).map_or("", String::as_str),
        );
        if self.entry.source.is_none() {
            let title = displayed.as_ref().or(declared.as_ref()).map_or("", String::as_str);
            let named = headline::delivered(self.title.as_deref().unwrap_or_default(), title);
            let shown = named.filter(|name| self.named.iter().any(|known| known == name));
            self.entry.source = shown.map(|name| ParsedSource { title: plain(&name), ..ParsedSource::default() });
        }
        self.entry.title = displayed.or(declared).or(self.title).as_deref().and_then(plain);
        (self.entry, sites)
    }
}

pub(super) fn of(document: &Document, selectors: &PageSelectors) -> Facts {
    let JsonLd {
        headline,
        published,
        modified,
        authors,
        translators,
        editors,
        sections,
        image,
        language,
        rights,
        license,
        based_on,
        body,
        comments,
        publisher,
        provider,
    } = json_ld::of(document);
    let meta = Meta::of(document);

    let declared: Vec<String> = headline
        .into_iter()
        .chain(["og:title", "twitter:title", "articletitle", "dc.title"].iter().filter_map(|name| meta.get(&[name])))
        .collect();
    let title = first(document, "head title").and_then(|node| short_text(&node, 400)).filter(|title| !title.is_empty());

    let own_date = selectors.date.as_deref().and_then(|selector| first(document, selector)).and_then(|node| date_of(&node));
    let published = own_date
        .or(published)
        .or_else(|| {
            meta.get(&[
                "article:published_time",
                "og:article:published_time",
                "datepublished",
                "pubdate",
                "publishdate",
                "publish-date",
                "publishedtime",
                "publish_time",
                "og:regdate",
                "date",
                "article.published",
                "article:published",
                "og:pubdate",
                "og:published_time",
                "firstpublishedtime",
                "_pubtime",
                "publishdatetime",
                "cxenseparse:recs:publishtime",
                "sailthru.date",
                "parsely-pub-date",
                "sailthru.date",
                "dc.date.issued",
                "dcterms.issued",
                "dc.date",
                "dcterms.date",
                "apub:time",
                "weibo:article:create_at",
            ])
        })
        .or_else(|| item(document, "datePublished").and_then(|node| date_of(&node)))
        // hAtom, and what was made after it.
        .or_else(|| {
            first(document, "abbr.published[title], time.published[datetime], .dt-published[datetime]")
                .and_then(|node| date_of(&node))
        })
        .or_else(|| visible_date(document));
    let updated = modified
        .or_else(|| meta.get(&["article:modified_time", "og:updated_time", "datemodified", "dcterms.modified"]))
        .or_else(|| item(document, "dateModified").and_then(|node| date_of(&node)));

    let byline = byline_of(document, &authors, &meta);
    let own_authors: Vec<Person> = selectors
        .author
        .as_deref()
        .and_then(|selector| document.try_select(selector))
        .map(|found| found.nodes().iter().take(16).filter_map(|node| short_text(node, SHORT)).map(person).collect())
        .unwrap_or_default();
    let authors = [own_authors, authors, meta_authors(&meta), item_authors(document)]
        .into_iter()
        .find(|people| people.iter().any(|person| person.name.is_some()))
        .unwrap_or_default();

    let mut categories: Vec<Category> = Vec::new();
    let item_sections = items(document, "articleSection", 8).filter_map(|node| short_text(&node, SHORT));
    for term in sections
        .into_iter()
        .chain(meta.all(&["article:section"]))
        .chain(meta.all(&["article:tag"]))
        .chain(item_sections)
        .filter(|term| !term.is_empty())
    {
        if !categories.iter().any(|known| known.term == term) {
            categories.push(Category { term, ..Category::default() });
        }
    }

    // A newsroom's system names the outlet a text is from; a portal's names the outlet as its author.
    let named = meta.get(&[
        "contentsource",
        "source",
        "article:source",
        "copyright:source",
        "article_source",
        "newssource",
        "og:article:source",
        "mediaid",
    ]);
    let mut sites: Vec<String> = meta.all(&["og:site_name", "sitename", "application-name", "apple-mobile-web-app-title"]);
    sites.extend(publisher.iter().filter_map(|party| party.title.clone()));
    let provider = provider.filter(|party| publisher.as_ref().is_none_or(|publisher| publisher.title != party.title));
    let source = provider.or_else(|| named.map(|name| Link { title: Some(name), ..Link::default() })).map(|party| ParsedSource {
        title: party.title.as_deref().and_then(plain),
        links: Some(party.href)
            .filter(|href| !href.is_empty())
            .map(|href| Link { rel: "alternate".to_owned(), href, ..Link::default() })
            .into_iter()
            .collect(),
        ..ParsedSource::default()
    });

    let image = image.or_else(|| meta.get(&["og:image:secure_url", "og:image", "og:image:url", "twitter:image"]));
    let canonical = first(document, "link[rel~=canonical][href]").and_then(|node| node.attr("href"));
    let canonical =
        canonical.map(|href| href.trim().to_owned()).or_else(|| meta.get(&["og:url"])).filter(|href| !href.is_empty());
    let mut derived_from = based_on;
    // Microdata: the work that this one is made from, where it is a link.
    if derived_from.is_empty() {
        let linked =
            first(document, "a[itemprop~=isBasedOn][href], link[itemprop~=isBasedOn][href], a[itemprop~=isBasedOnUrl][href]");
        derived_from.extend(linked.and_then(|node| {
            let href = node.attr("href")?.trim().to_owned();
            let title = short_text(&node, SHORT).filter(|title| !title.is_empty() && !title.contains("://"));
            Some(Link { rel: "related".to_owned(), href, title, ..Link::default() })
        }));
    }
    if let Some(original) = meta.get(&["original-source", "dcterms.source", "dc.source"])
        && derived_from.is_empty()
    {
        derived_from.push(Link { rel: "related".to_owned(), href: original, ..Link::default() });
    }
    let license = license.or_else(|| {
        first(document, "link[rel~=license][href], a[rel~=license][href]")
            .and_then(|node| node.attr("href"))
            .map(|href| href.to_string())
    });

    let entry = ParsedEntry {
        links: canonical.map(|href| Link { rel: "alternate".to_owned(), href, ..Link::default() }).into_iter().collect(),
        summary: meta.get(&["og:description", "description", "twitter:description"]).as_deref().and_then(plain),
        published,
        updated,
        authors,
        translators,
        contributors: editors,
        categories,
        media: image.map(|url| Media { url, medium: Some("image".to_owned()), ..Media::default() }).into_iter().collect(),
        rights: rights.or_else(|| meta.get(&["dcterms.rights", "dc.rights"])).as_deref().and_then(plain),
        licenses: license.into_iter().collect(),
        derived_from,
        source,
        comment_count: comments,
        language: language.or_else(|| first(document, "html").and_then(|node| node.attr("lang")).map(|lang| lang.to_string())),
        ..ParsedEntry::default()
    };
    let named = called(document);
    sites.extend(front_names(document));
    Facts { entry, declared, sites, title, body, named, byline }
}

/// Characters of the name of an outlet, and elements that are looked at for one.
const NAME: usize = 24;
const NAMED: usize = 3_000;

/// What pictures and links of a page are called in a few words.
fn called(document: &Document) -> Vec<String> {
    let found = document.try_select("img[alt], a[href]").map(|found| found.nodes().to_vec()).unwrap_or_default();
    let name = |node: &NodeRef<'_>| match node.attr("alt") {
        Some(alt) => Some(squeezed(&alt)),
        None => short_text(node, NAME),
    };
    let fits = |name: &String| (2..=NAME).contains(&name.chars().count());
    found.iter().take(NAMED).filter_map(name).filter(fits).collect()
}

/// What the site's sign says: the link to the front page in an element that is called its logo, or at the head of the page.
fn front_names(document: &Document) -> Vec<String> {
    const SIGNS: &[&str] = &["logo", "site", "brand", "masthead", "header", "head", "top", "sitename"];
    let found = document.try_select("a[href]").map(|found| found.nodes().to_vec()).unwrap_or_default();
    let to_front = |node: &NodeRef<'_>| {
        node.attr("href").is_some_and(|href| {
            let path = href.trim();
            matches!(path, "/" | "./" | "index.html" | "/index.html" | "/index.htm" | "index.htm")
        })
    };
    let is_sign = |node: &NodeRef<'_>| {
        std::iter::once(*node)
            .chain(node.ancestors_it(Some(3)))
            .any(|above| above.has_name("header") || super::chrome::has(&super::chrome::words(&above), SIGNS))
    };
    let name = |node: &NodeRef<'_>| {
        let shown = short_text(node, NAME).filter(|name| !name.is_empty());
        shown.or_else(|| {
            let image = node.descendants_it().find(|inner| inner.has_name("img"))?;
            image.attr("alt").map(|alt| squeezed(&alt))
        })
    };
    let signs = found.iter().take(NAMED).filter(|node| to_front(node) && is_sign(node)).take(4).filter_map(name);
    signs.filter(|name| (2..=NAME).contains(&name.chars().count())).collect()
}

fn person(name: String) -> Person {
    Person { name: Some(name).filter(|name| !name.is_empty()), ..Person::default() }
}

/// `meta` elements in document order: name in lower case, content.
struct Meta(Vec<(String, String)>);

impl Meta {
    fn of(document: &Document) -> Self {
        let found = document.try_select("meta[content]").map(|found| found.nodes().to_vec()).unwrap_or_default();
        let read = |node: &NodeRef<'_>| {
            let name = ["property", "name", "itemprop"].iter().find_map(|attribute| node.attr(attribute))?;
            let content = squeezed(&node.attr("content")?);
            (!content.is_empty()).then(|| (name.trim().to_ascii_lowercase(), content))
        };
        // RDFa gives a property as a list of names.
        let each = |(names, content): (String, String)| {
            let names: Vec<String> = names.split_whitespace().take(8).map(str::to_owned).collect();
            names.into_iter().map(move |name| (name, content.clone()))
        };
        Self(found.iter().take(METAS).filter_map(read).flat_map(each).collect())
    }

    /// The value of the first of these names that is there.
    fn get(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.0.iter().find(|(known, _)| known == name)).map(|(_, content)| content.clone())
    }

    fn all(&self, names: &[&str]) -> Vec<String> {
        self.0.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(_, content)| content.clone()).take(32).collect()
    }
}

/// Longest line that names authors, in characters, and elements that are looked at for it.
const BYLINE: usize = 99;
const LINES: usize = 20_000;

/// Who wrote the article, as one line: names of JSON-LD or `meta`, else the first short element that is called so (after Readability).
fn byline_of(document: &Document, authors: &[Person], meta: &Meta) -> Option<String> {
    let names: Vec<&str> = authors.iter().filter_map(|person| person.name.as_deref()).collect();
    if !names.is_empty() {
        return Some(names.join(", "));
    }
    let declared =
        ["dc:creator", "dc.creator", "dcterm:creator", "dcterms.creator", "author", "parsely-author", "article:author"];
    let declared = declared.iter().find_map(|name| meta.get(&[name])).filter(|name| !name.contains("://"));
    if declared.is_some() {
        return declared;
    }
    let is_named = |node: &NodeRef<'_>| {
        let said = node.attr("rel").is_some_and(|rel| &*rel == "author")
            || node.attr("itemprop").is_some_and(|property| property.contains("author"));
        said || [node.class(), node.id_attr()].into_iter().flatten().any(|value| {
            let value = value.to_ascii_lowercase();
            ["byline", "author", "dateline", "writtenby"].iter().any(|word| value.contains(word))
        })
    };
    let body = document.body()?;
    let elements = body.descendants_it().filter(NodeRef::is_element).take(LINES);
    let hidden = |node: &NodeRef<'_>| node.ancestors_it(Some(3)).chain([*node]).any(|above| super::chrome::is_hidden(&above));
    elements.filter(is_named).find_map(|node| {
        // White space counts: a line of names and dates is set out over several lines.
        let line = short_text(&node, BYLINE).filter(|line| !line.is_empty() && !hidden(&node))?;
        if node.text().trim().chars().count() > BYLINE {
            return None;
        }
        let name = node.descendants_it().find(|inner| inner.attr("itemprop").is_some_and(|property| &*property == "name"));
        Some(name.and_then(|name| short_text(&name, BYLINE)).unwrap_or(line))
    })
}

/// Authors in `meta`; an address is a page about somebody, not a name.
fn meta_authors(meta: &Meta) -> Vec<Person> {
    let names =
        meta.all(&["author", "article:author", "og:article:author", "byl", "parsely-author", "dc.creator", "dcterms.creator"]);
    let mut people: Vec<Person> = Vec::new();
    for name in names.into_iter().filter(|name| !name.contains("://") && name.chars().count() <= SHORT) {
        if !people.iter().any(|known| known.name.as_ref() == Some(&name)) {
            people.push(person(name));
        }
    }
    people
}

/// Elements with a property of microdata (HTML § 5).
fn items<'a>(document: &'a Document, property: &str, most: usize) -> impl Iterator<Item = NodeRef<'a>> + use<'a> {
    let found = document.try_select(&format!("[itemprop~={property}]"));
    found.map(|found| found.nodes().to_vec()).unwrap_or_default().into_iter().filter(|node| !node.has_name("meta")).take(most)
}

fn item<'a>(document: &'a Document, property: &str) -> Option<NodeRef<'a>> {
    items(document, property, 1).next()
}

fn item_authors(document: &Document) -> Vec<Person> {
    let name = |node: NodeRef<'_>| {
        let named = node.descendants_it().find(|inner| inner.attr("itemprop").is_some_and(|property| &*property == "name"));
        match named {
            Some(inner) => inner.attr("content").map(|name| squeezed(&name)).or_else(|| short_text(&inner, SHORT)),
            None => short_text(&node, SHORT),
        }
    };
    items(document, "author", 16).filter_map(name).map(person).collect()
}

/// A date as an element gives it: for machines, else for people.
pub(super) fn date_of(node: &NodeRef<'_>) -> Option<String> {
    ["datetime", "content", "data-time", "title"]
        .iter()
        .filter_map(|attribute| node.attr(attribute))
        .map(|value| squeezed(&value))
        .find(|value| looks_like_date(value))
        .or_else(|| short_text(node, SHORT))
        .filter(|text| !text.is_empty())
}

/// It has enough digits for a date, or is written relative to now.
pub(super) fn looks_like_date(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let relative = ["前", "ago", "昨天", "今天", "전", "назад", "hace", "vor", "il y a"].iter().any(|word| text.contains(word));
    text.chars().count() <= SHORT && (digits >= 4 || digits >= 1 && relative || text.contains("昨天"))
}

/// The date a reader sees: the first `time`, else what a class calls a date.
fn visible_date(document: &Document) -> Option<String> {
    if let Some(time) = document.try_select("article time, main time, header time, time[pubdate], time[datetime]") {
        let found = time.nodes().iter().take(8).filter_map(date_of).find(|text| looks_like_date(text));
        if found.is_some() {
            return found;
        }
    }
    const CLASSES: &[&str] =
        &["date", "time", "pubtime", "pubdate", "publish", "published", "riqi", "shijian", "article-time", "post-date"];
    let named = document.try_select("[class], [id]")?;
    let is_named = |node: &&NodeRef<'_>| {
        let mut words = [node.class(), node.id_attr()].into_iter().flatten().flat_map(|value| {
            let words: Vec<String> = value.to_ascii_lowercase().split([' ', '_']).map(str::to_owned).collect();
            words
        });
        words.any(|word| {
            CLASSES.contains(&word.as_str()) || CLASSES.iter().any(|class| word.split('-').any(|part| part == *class))
        })
    };
    named
        .nodes()
        .iter()
        .take(5_000)
        .filter(is_named)
        .filter_map(|node| short_text(node, SHORT))
        .find(|text| looks_like_date(text) && text.bytes().filter(u8::is_ascii_digit).count() >= 6)
}
