//! schema.org data of an article page (JSON-LD). The publisher stays the outlet that answers for the text; we are `sdPublisher`, who made this
//! markup.

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
    put("publisher", organization(&facts.responsible.name));
    put("creditText", json!(facts.byline));
    put("copyrightNotice", json!(facts.rights));
    put("license", json!(facts.licence));
    put("expires", json!(facts.expires.map(rfc3339)));
    put("usageInfo", json!({"@type": "CreativeWork", "text": facts.disclaimer}));
    put("isBasedOn", upstream(facts));
    put("translationOfWork", translated_work(facts));
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

/// The pages between the original and us, each based on the next, nearest outermost. Built from the inside out.
fn upstream(facts: &Facts<'_>) -> Value {
    let mut inner = Value::Null;
    for page in facts.via.iter().rev() {
        let mut data = json!({
            "@type": "NewsArticle", "@id": page.url, "url": page.url,
            "sdPublisher": {"@type": "Organization", "name": page.name},
        });
        if let (Some(map), false) = (data.as_object_mut(), inner.is_null()) {
            map.insert("isBasedOn".to_owned(), inner);
        }
        inner = data;
    }
    // A verbatim repost is based on the original itself; a translation says so in translationOfWork.
    match &facts.original {
        Some(original) if facts.translation.is_none() && inner.is_null() => json!(original.outlet.url),
        _ => inner,
    }
}

fn translated_work(facts: &Facts<'_>) -> Value {
    let Some(translation) = &facts.translation else { return Value::Null };
    let original = facts.original.as_ref();
    let address = original.and_then(|o| o.outlet.url.as_ref()).or(translation.source.as_ref());
    let Some(address) = address else { return Value::Null };
    let created = facts.hops.iter().find(|hop| hop.action == HopAction::Created).and_then(|hop| hop.at);
    without_nulls(json!({
        "@type": "NewsArticle", "@id": address, "url": address,
        "inLanguage": original.and_then(|o| o.language.as_ref()).or(translation.from.as_ref()),
        "datePublished": original.and_then(|o| o.published).or(created).map(rfc3339),
        "publisher": original.map(|o| organization(&o.outlet.name)),
        "workTranslation": {"@id": facts.page},
    }))
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
