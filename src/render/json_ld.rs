//! schema.org data of an article page (JSON-LD). The publisher stays the outlet that answers for the text; we are `sdPublisher`, who made this
//! markup.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::model::{HopAction, TranslationKind};

use super::SiteFacts;
use super::facts::{Facts, Named};
use super::text::rfc3339;

/// The data as text that can stand in a `<script>`: no character that HTML or an old script parser would act on.
pub(super) fn article(facts: &Facts<'_>, site: &SiteFacts) -> String {
    let json = data(facts, site).to_string();
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => safe.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => safe.push(c),
        }
    }
    safe
}

fn data(facts: &Facts<'_>, site: &SiteFacts) -> Value {
    let mut data = Map::new();
    let mut put = |key: &str, value: Value| {
        let nothing = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !nothing {
            data.insert(key.to_owned(), value);
        }
    };
    put("@context", json!("https://schema.org"));
    put("@type", json!("NewsArticle"));
    for key in ["@id", "url", "mainEntityOfPage"] {
        put(key, json!(facts.page));
    }
    put("headline", json!(facts.title));
    put("inLanguage", json!(facts.language));
    put("abstract", json!(facts.summary));
    put("datePublished", json!(rfc3339(facts.published)));
    put("dateModified", json!(rfc3339(facts.updated)));
    put("author", facts.authors.iter().map(|author| agent(author, facts)).collect());
    put("translator", facts.translators.iter().map(person).collect());
    put("publisher", publisher(facts));
    put("creditText", json!(credit(facts)));
    put("copyrightNotice", json!(facts.rights));
    put("license", json!(facts.licence));
    put("expires", json!(facts.expires.map(rfc3339)));
    put("usageInfo", json!({"@type": "CreativeWork", "text": facts.disclaimer}));
    put("isBasedOn", upstream(facts));
    put("translationOfWork", translated_work(facts));
    put("workTranslation", translations(facts));
    put("digitalSourceType", digital_source(facts));
    put("sdPublisher", json!({"@type": "Organization", "name": site.title, "url": site.address}));
    put("sdDatePublished", json!(rfc3339(facts.first_seen)[..10]));
    put("commentCount", json!(facts.comment_count));
    put("discussionUrl", json!(facts.comments_url));
    put("keywords", facts.categories.iter().map(|c| json!(c.label.as_ref().unwrap_or(&c.term))).collect());
    let images = facts.images.iter().map(|image| {
        without_nulls(json!({
            "@type": "ImageObject", "contentUrl": image.url, "caption": image.caption, "creditText": image.credit,
            "copyrightNotice": image.copyright, "width": image.width, "height": image.height,
        }))
    });
    put("image", images.collect());
    Value::Object(data)
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(map.into_iter().filter(|(_, value)| !value.is_null()).collect()),
        other => other,
    }
}

fn organization(name: &str) -> Value {
    json!({"@type": "NewsMediaOrganization", "name": name})
}

/// Who answers for the text, with a home page where we know it.
fn publisher(facts: &Facts<'_>) -> Value {
    let home = facts.source_home.as_ref().filter(|_| facts.responsible.name == facts.source.name);
    without_nulls(json!({"@type": "NewsMediaOrganization", "name": facts.responsible.name, "url": home}))
}

/// Who is to be named beside the text: whoever made it, and whom we have it from where that is another.
fn credit(facts: &Facts<'_>) -> String {
    if facts.source.name == facts.responsible.name {
        return facts.byline.clone();
    }
    let words = |key| facts.words.get(key);
    format!("{}{}{}{}{}{}", facts.byline, words("open"), words("source"), words("colon"), facts.source.name, words("close"))
}

fn person(named: &Named) -> Value {
    without_nulls(json!({"@type": "Person", "name": named.name, "url": named.url}))
}

/// The author is the outlet itself when nobody is named.
fn agent(author: &Named, facts: &Facts<'_>) -> Value {
    if author.name == facts.source.name || author.name == facts.responsible.name {
        organization(&author.name)
    } else {
        person(author)
    }
}

/// The pages between the original and us, each based on the next, nearest outermost, with what is known of when and in which language each came
/// out. Built from the inside out. A verbatim repost ends in the original itself; a translation says that in translationOfWork.
fn upstream(facts: &Facts<'_>) -> Value {
    let original = facts.original.as_ref().filter(|_| facts.translation.is_none());
    let address = original.and_then(|original| original.outlet.url.as_deref());
    let mut inner = match (original, address) {
        (Some(original), Some(address)) => without_nulls(json!({
            "@type": "NewsArticle", "@id": address, "url": address,
            "inLanguage": original.language,
            "datePublished": original.published.or(created(facts)).map(rfc3339),
            "publisher": organization(&original.outlet.name),
        })),
        _ => Value::Null,
    };
    for page in facts.via.iter().rev().filter(|page| address.is_none() || page.url.as_deref() != address) {
        let hop = facts.hops.iter().find(|hop| hop.party.url.is_some() && hop.party.url == page.url);
        inner = without_nulls(json!({
            "@type": "NewsArticle", "@id": page.url, "url": page.url,
            "inLanguage": hop.and_then(|hop| hop.language.as_ref()),
            "datePublished": hop.and_then(|hop| hop.at).map(rfc3339),
            "sdPublisher": {"@type": "Organization", "name": page.name},
            "isBasedOn": inner,
        }));
    }
    inner
}

fn created(facts: &Facts<'_>) -> Option<DateTime<Utc>> {
    facts.hops.iter().find(|hop| hop.action == HopAction::Created).and_then(|hop| hop.at)
}

fn translated_work(facts: &Facts<'_>) -> Value {
    let Some(translation) = &facts.translation else { return Value::Null };
    let original = facts.original.as_ref();
    let address = original.and_then(|o| o.outlet.url.as_ref()).or(translation.source.as_ref());
    let language = original.and_then(|o| o.language.as_ref()).or(translation.from.as_ref());
    if address.is_none() && language.is_none() && original.is_none() {
        return Value::Null;
    }
    without_nulls(json!({
        "@type": "NewsArticle", "@id": address, "url": address,
        "inLanguage": language,
        "datePublished": original.and_then(|o| o.published).or(created(facts)).map(rfc3339),
        "publisher": original.map(|o| organization(&o.outlet.name)),
        // The same text on a page of ours.
        "sameAs": facts.editions.iter().find(|edition| edition.kind.is_none()).map(|edition| &edition.page),
        "workTranslation": {"@id": facts.page},
    }))
}

/// The translations of an original that we have.
fn translations(facts: &Facts<'_>) -> Value {
    if facts.translation.is_some() {
        return Value::Null;
    }
    let translations = facts.editions.iter().filter(|edition| edition.kind.is_some()).map(|edition| {
        json!({"@type": "NewsArticle", "@id": edition.page, "url": edition.page, "inLanguage": edition.language,
            "headline": edition.title, "translationOfWork": {"@id": facts.page}})
    });
    translations.collect()
}

/// IPTC has no code for translation; raw and lightly edited machine output is what a trained model made, a full revision is a person's work on it.
fn digital_source(facts: &Facts<'_>) -> Value {
    let code = match facts.translation.as_ref().map(|translation| translation.kind) {
        Some(TranslationKind::Machine | TranslationKind::MachineLight) => "TrainedAlgorithmicMediaDigitalSource",
        Some(TranslationKind::MachineFull) => "AlgorithmicallyEnhancedDigitalSource",
        Some(TranslationKind::Human | TranslationKind::ScriptConversion) | None => return Value::Null,
    };
    json!(format!("https://schema.org/{code}"))
}
