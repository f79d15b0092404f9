//! JSON Feed 1.1 (jsonfeed.org/version/1.1), with what it has no word for in `_reprint` objects (standards digest §§ 26 to 28).
//!
//! Members are written in a fixed order, those that say what the document is first, for people who look at the source.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::facts::{EarlierFacts, Facts, Named};
use super::text::rfc3339;
use super::tombstone::Tombstone;
use super::{FeedHead, SiteFacts};

/// What `version` says; readers know the format by it.
const VERSION: &str = "https://jsonfeed.org/version/1.1";

/// The document.
pub(super) fn write(site: &SiteFacts, head: &FeedHead<'_>, articles: &[(Facts<'_>, String)], tombstones: &[Tombstone]) -> String {
    let mut feed = Members::default();
    feed.put("version", json!(VERSION));
    feed.put("title", json!(head.title));
    feed.put("home_page_url", json!(head.page));
    // The feed's address, on its older pages too: readers know a feed by it.
    feed.put("feed_url", json!(head.subscription));
    feed.put("next_url", json!(head.previous));
    feed.put("description", json!(head.about));
    feed.put("language", json!(head.language));
    feed.put("hubs", head.hub.iter().map(|hub| json!({ "type": "WebSub", "url": hub })).collect());
    let extension = object([
        ("about", json!(site.namespace_page())),
        ("rights", json!(head.copyright)),
        ("deleted", tombstones.iter().map(deleted).collect()),
    ]);
    // No authors here: Miniflux adds them to those of every item.
    feed.put("_reprint", extension);
    let mut text = feed.open();
    text.push_str(",\n\"items\":[");
    for (number, (facts, body)) in articles.iter().enumerate() {
        text.push_str(if number == 0 { "\n" } else { ",\n" });
        text.push_str(&item(facts, body));
    }
    text.push_str("\n]}\n");
    text
}

fn deleted(tombstone: &Tombstone) -> Value {
    object([
        ("id", json!(tombstone.id)),
        ("when", json!(rfc3339(tombstone.at))),
        ("by", json!(tombstone.by)),
        ("reason", json!(tombstone.reason)),
    ])
}

fn item(facts: &Facts<'_>, body: &str) -> String {
    let mut item = Members::default();
    item.put("id", json!(facts.id));
    item.put("url", json!(facts.page));
    item.put("external_url", json!(via(facts)));
    item.put("title", json!(facts.title));
    item.put("language", json!(facts.language));
    item.put("summary", json!(facts.summary));
    item.put("image", json!(facts.images.first().map(|image| &image.url)));
    item.put("date_published", json!(rfc3339(facts.published)));
    item.put("date_modified", json!(rfc3339(facts.updated)));
    // Translators say so in their name: a reader has one list for all.
    let translators = facts.translators.iter().map(|translator| Named {
        name: facts.words.get("translated_by").replace("{name}", &translator.name),
        url: translator.url.clone(),
    });
    item.put("authors", people(facts.authors.iter().cloned().chain(translators)));
    item.put("tags", facts.categories.iter().map(|c| json!(c.label.as_ref().unwrap_or(&c.term))).collect());
    item.put("attachments", attachments(facts));
    item.put("_reprint", provenance(facts));
    item.put("content_html", json!(body));
    let mut text = item.open();
    text.push('}');
    text
}

/// The page it came from, as `atom:link rel="via"` has it.
fn via<'a>(facts: &'a Facts<'_>) -> Option<&'a str> {
    facts.via.first().and_then(|upstream| upstream.url.as_deref())
}

fn attachments(facts: &Facts<'_>) -> Value {
    let files = facts.files.iter().map(|file| {
        object([
            ("url", json!(file.url)),
            ("mime_type", json!(file.media_type)),
            // Zero is how outlets say that they do not know.
            ("size_in_bytes", json!(Some(file.length).filter(|length| *length > 0))),
        ])
    });
    files.collect()
}

/// The facts that JSON Feed has no member for.
fn provenance(facts: &Facts<'_>) -> Value {
    object([
        (
            "source",
            object([
                ("title", json!(facts.source.name)),
                ("home_page_url", json!(facts.source_home)),
                ("feed_url", json!(facts.source_feed)),
            ]),
        ),
        ("via_url", json!(via(facts))),
        ("original", original(facts)),
        ("translation", translation(facts)),
        ("pending", object([("to", json!(facts.pending))])),
        ("editions", facts.editions.iter().map(edition).collect()),
        ("publisher", json!(facts.responsible.name)),
        ("available", json!(rfc3339(facts.first_seen))),
        ("expires", date(facts.expires)),
        ("rights", json!(facts.rights)),
        ("license_url", json!(facts.licence)),
        ("disclaimer", json!(facts.disclaimer)),
        ("comments", object([("url", json!(facts.comments_url)), ("count", json!(facts.comment_count))])),
        ("images", facts.images.iter().map(image).collect()),
        ("hops", facts.hops.iter().enumerate().map(|(position, step)| hop(position, step)).collect()),
    ])
}

/// The first publication: the one that is known, or what a translation names as its source.
fn original(facts: &Facts<'_>) -> Value {
    // Where nobody is named, the outlet stands for the author.
    let is_named = facts.authors != [facts.source.clone()];
    let authors = || if is_named { people(facts.authors.iter().cloned()) } else { Value::Null };
    match (&facts.original, &facts.translation) {
        (Some(original), _) => object([
            ("url", json!(original.outlet.url)),
            ("language", json!(original.language)),
            ("outlet", json!(original.outlet.name)),
            ("date_published", date(original.published)),
            ("authors", authors()),
        ]),
        (None, Some(translation)) => object([
            ("url", json!(translation.source)),
            ("language", json!(translation.source.as_ref().and(translation.from.as_ref()))),
        ]),
        (None, None) => Value::Null,
    }
}

fn translation(facts: &Facts<'_>) -> Value {
    let Some(translation) = &facts.translation else { return Value::Null };
    object([
        ("kind", json!(translation.kind.name())),
        ("from", json!(translation.from)),
        ("to", json!(translation.to)),
        ("engine", json!(translation.engine)),
        ("source", json!(translation.source)),
        ("outdated", json!(translation.is_outdated.then_some(true))),
        ("translators", people(facts.translators.iter().cloned())),
        ("earlier", earlier(&facts.earlier)),
    ])
}

/// What the translation was made of, where that was one, too; inside it what that one was made of.
fn earlier(row: &[EarlierFacts]) -> Value {
    row.iter().rev().fold(Value::Null, |next, earlier| {
        object([
            ("kind", json!(earlier.kind.name())),
            ("engine", json!(earlier.engine)),
            ("translators", people(earlier.translators.iter().cloned())),
            ("earlier", next),
        ])
    })
}

/// Another language it is in here; without `kind` the original.
fn edition(edition: &super::facts::EditionFacts) -> Value {
    object([
        ("id", json!(edition.id)),
        ("url", json!(edition.page)),
        ("language", json!(edition.language)),
        ("title", json!(edition.title)),
        ("kind", json!(edition.kind.map(|kind| kind.name()))),
    ])
}

fn image(image: &super::facts::ImageFacts) -> Value {
    object([
        ("url", json!(image.url)),
        ("caption", json!(image.caption)),
        ("credit", json!(image.credit)),
        ("copyright", json!(image.copyright)),
    ])
}

/// A step of the way here, counted from the origin.
fn hop(position: usize, hop: &super::facts::HopFacts) -> Value {
    object([
        ("seq", json!(position + 1)),
        ("action", json!(hop.action.name())),
        ("party", json!(hop.party.name)),
        ("language", json!(hop.language)),
        ("at", date(hop.at)),
        ("url", json!(hop.party.url)),
    ])
}

fn date(at: Option<DateTime<Utc>>) -> Value {
    json!(at.map(rfc3339))
}

fn people(people: impl Iterator<Item = Named>) -> Value {
    people.map(|person| object([("name", json!(person.name)), ("url", json!(person.url))])).collect()
}

/// Nothing is said of what is not known: no null, no empty list, no empty object.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn object<const COUNT: usize>(members: [(&str, Value); COUNT]) -> Value {
    let known = members.into_iter().filter(|(_, value)| !is_nothing(value));
    Value::Object(known.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}

/// Members of an object in the order in which they are put.
#[derive(Debug, Default)]
struct Members(String);

impl Members {
    /// `name` is one of ours: a plain word.
    fn put(&mut self, name: &str, value: Value) {
        if !is_nothing(&value) {
            self.0.push_str(if self.0.is_empty() { "{" } else { ",\n" });
            self.0.push_str(&format!("\"{name}\":{value}"));
        }
    }

    /// The object so far, without its closing brace.
    fn open(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests;
