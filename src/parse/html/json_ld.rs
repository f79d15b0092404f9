//! JSON-LD of article pages (schema.org Article and its kinds).

use dom_query::Document;
use serde_json::Value;

use super::squeezed;
use crate::model::{Link, Person};

/// Blocks read of one page, bytes of one block, objects looked at.
const BLOCKS: usize = 32;
const BLOCK: usize = 512 * 1024;
const OBJECTS: usize = 2_000;

/// What the first article among the blocks of a page says.
#[derive(Debug, Default)]
pub(super) struct JsonLd {
    pub headline: Option<String>,
    pub published: Option<String>,
    pub modified: Option<String>,
    pub authors: Vec<Person>,
    pub translators: Vec<Person>,
    pub editors: Vec<Person>,
    pub sections: Vec<String>,
    pub image: Option<String>,
    pub language: Option<String>,
    pub rights: Option<String>,
    pub license: Option<String>,
    pub based_on: Vec<Link>,
    pub body: Option<String>,
    pub comments: Option<String>,
    /// Who publishes the page: name and home page.
    pub publisher: Option<Link>,
    /// Who delivered the text (schema.org `provider`, `sourceOrganization`).
    pub provider: Option<Link>,
}

/// Reads the blocks of a page. What is no JSON is passed over.
pub(super) fn of(document: &Document) -> JsonLd {
    let Some(scripts) = document.try_select("script[type=\"application/ld+json\"]") else { return JsonLd::default() };
    for script in scripts.nodes().iter().take(BLOCKS) {
        let written = script.text();
        if written.len() > BLOCK {
            continue;
        }
        // Editors paste line breaks into strings, and old systems wrap the block in a comment.
        let written: String = written.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let written = written.trim().trim_start_matches("<!--").trim_start_matches("//<![CDATA[").trim_start_matches("<![CDATA[");
        let written = written.trim_end_matches("-->").trim_end_matches("]]>").trim_end_matches("//").trim().trim_end_matches(';');
        let Ok(value) = serde_json::from_str::<Value>(written) else { continue };
        if let Some(article) = article(&value) {
            return read(article);
        }
    }
    JsonLd::default()
}

/// The first object that is an article, nearest to the top first.
fn article(value: &Value) -> Option<&Value> {
    let mut queue = std::collections::VecDeque::from([value]);
    for _ in 0..OBJECTS {
        match queue.pop_front()? {
            Value::Array(items) => queue.extend(items.iter().take(OBJECTS)),
            value @ Value::Object(object) => {
                let mut kinds = each(object.get("@type")).filter_map(Value::as_str);
                if kinds.any(is_article) {
                    return Some(value);
                }
                queue.extend(["@graph", "mainEntity", "mainEntityOfPage"].iter().filter_map(|key| object.get(*key)));
            }
            _ => {}
        }
    }
    None
}

fn is_article(kind: &str) -> bool {
    let kind = kind.rsplit(['/', ':']).next().unwrap_or_default();
    kind.ends_with("Article") || matches!(kind, "BlogPosting" | "Report" | "LiveBlogPosting" | "SocialMediaPosting" | "Review")
}

/// The values of a property, which may be one or a list.
fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (one, many) = match value {
        Some(Value::Array(items)) => (None, items.as_slice()),
        one => (one, [].as_slice()),
    };
    one.into_iter().chain(many)
}

fn string(value: Option<&Value>) -> Option<String> {
    each(value).filter_map(Value::as_str).map(squeezed).find(|text| !text.is_empty())
}

/// An address: itself, or that of an object.
fn address(value: Option<&Value>) -> Option<String> {
    each(value).find_map(|value| match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Object(object) => ["url", "contentUrl", "@id"].iter().find_map(|key| string(object.get(*key))),
        _ => None,
    })
}

fn people(value: Option<&Value>) -> Vec<Person> {
    each(value)
        .take(32)
        .filter_map(|value| match value {
            Value::String(name) => Some(Person { name: Some(squeezed(name)), ..Person::default() }),
            Value::Object(object) if !is_organization(value) => {
                let name = string(object.get("name"))?;
                Some(Person { name: Some(name), uri: string(object.get("url")), email: None })
            }
            _ => None,
        })
        .filter(|person| person.name.as_deref().is_some_and(|name| !name.is_empty()))
        .collect()
}

/// Whether an object is an organization and no person.
fn is_organization(value: &Value) -> bool {
    each(value.get("@type")).filter_map(Value::as_str).any(|kind| kind.ends_with("Organization") || kind == "Corporation")
}

/// The organization that stands where the author belongs, and is not the publisher.
fn author_organization(author: Option<&Value>, publisher: Option<&Link>) -> Option<Link> {
    let found = each(author).filter(|value| is_organization(value)).find_map(|value| organization(Some(value)))?;
    let bare = |link: &Link| super::headline::bare(link.title.as_deref().unwrap_or_default());
    let publisher = bare(publisher?);
    let name = bare(&found);
    (!publisher.contains(&name) && !name.contains(&publisher)).then_some(found)
}

/// The outlet of a work that another is based on. What is called a work has a name of its own, which is not its outlet's.
fn outlet_of(work: &Value) -> Option<String> {
    let is_work = each(work.get("@type")).filter_map(Value::as_str).any(|kind| is_article(kind) || kind.ends_with("Work"));
    let named = ["publisher", "sourceOrganization", "provider", "isPartOf"].iter().find_map(|key| organization(work.get(*key)));
    named
        .and_then(|outlet| outlet.title)
        .or_else(|| if is_work { None } else { string(work.get("name").or(work.get("headline"))) })
}

/// An organization by its name.
fn organization(value: Option<&Value>) -> Option<Link> {
    each(value).find_map(|value| match value {
        Value::String(name) => Some(Link { title: Some(squeezed(name)), ..Link::default() }),
        Value::Object(object) => {
            let name = string(object.get("name"))?;
            Some(Link { title: Some(name), href: string(object.get("url")).unwrap_or_default(), ..Link::default() })
        }
        _ => None,
    })
}

fn read(article: &Value) -> JsonLd {
    let get = |key: &str| article.get(key);
    let based_on = ["isBasedOn", "isBasedOnUrl", "translationOfWork"].iter().flat_map(|key| each(get(key))).filter_map(|value| {
        let href = address(Some(value))?;
        Some(Link { rel: "related".to_owned(), href, title: outlet_of(value), ..Link::default() })
    });
    JsonLd {
        headline: string(get("headline")).or_else(|| string(get("name"))),
        published: string(get("datePublished")).or_else(|| string(get("dateCreated"))),
        modified: string(get("dateModified")),
        authors: people(get("author")),
        translators: people(get("translator")),
        editors: people(get("editor")),
        sections: each(get("articleSection")).filter_map(Value::as_str).map(squeezed).take(32).collect(),
        image: address(get("image")),
        language: string(get("inLanguage")),
        rights: string(get("copyrightNotice")),
        license: address(get("license")),
        based_on: based_on.take(16).collect(),
        body: get("articleBody").and_then(Value::as_str).map(str::to_owned).filter(|body| !body.trim().is_empty()),
        comments: get("commentCount")
            .and_then(|count| count.as_u64().map(|count| count.to_string()).or_else(|| string(Some(count)))),
        publisher: organization(get("publisher")),
        provider: organization(get("sourceOrganization"))
            .or_else(|| organization(get("provider")))
            .or_else(|| author_organization(get("author"), organization(get("publisher")).as_ref())),
    }
}
