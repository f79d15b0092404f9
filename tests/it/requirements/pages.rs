//! Requirements on article pages: what their JSON-LD says (standards digest §§ 9, 27, 28.4), and which address they prefer (§ 8).

use proptest::prelude::*;
use reprint::model::{Hop, HopAction, Original, Party, StoredArticle, TranslationKind};
use serde_json::{Value, json};

use super::articles::{SITE, arabic, excerpted, page, person, plain, translated, url};

/// The text of the JSON-LD script, as it stands in the page.
fn script(page: &str) -> &str {
    let (_, rest) = page.split_once("<script type=\"application/ld+json\">").expect("JSON-LD");
    rest.split_once("</script>").expect("an end").0
}

fn data(article: &StoredArticle) -> Value {
    serde_json::from_str(script(&page(article))).expect("JSON")
}

/// Each of `expected` is at its JSON pointer; null: there is nothing.
#[track_caller]
fn check(article: &StoredArticle, expected: &[(&str, Value)]) {
    let data = data(article);
    for (pointer, value) in expected {
        assert_eq!(data.pointer(pointer).unwrap_or(&Value::Null), value, "{pointer} of {data:#}");
    }
}

/// The original of a verbatim repost by way of one more outlet.
fn verbatim(number: i64) -> StoredArticle {
    let mut stored = plain(number, "brede", "布雷德观察", "zh-Hans");
    let party = |name: &str, address: &str| Party { name: name.to_owned(), url: Some(url(address)) };
    let hop = |action, party: &Party| Hop { action, party: party.clone(), at: None, language: None };
    let (original, between) = (party("Ufer-Blatt", "https://ufer.example/7"), party("Deich heute", "https://deich.example/7"));
    let provenance = &mut stored.attributed.provenance;
    provenance.hops = vec![
        hop(HopAction::Created, &original),
        hop(HopAction::Reposted, &between),
        hop(HopAction::Reposted, &provenance.source),
    ];
    provenance.original = Some(Original { outlet: original, language: Some("zh-Hans".to_owned()), published: None });
    stored
}

#[test]
fn json_ld_of_a_translation_tells_all_that_is_known() {
    let article = translated(1, TranslationKind::Human);
    let here = format!("{SITE}a/{}", article.identity.key);
    let original = "https://skerry.example/2026/05/keeper?x=1&y=2";
    check(
        &article,
        &[
            ("/@context", json!("https://schema.org")),
            ("/@type", json!("NewsArticle")),
            ("/@id", json!(here)),
            ("/url", json!(here)),
            ("/inLanguage", json!("zh-Hans")),
            ("/datePublished", json!("2026-06-01T01:30:00Z")),
            ("/author/0/@type", json!("Person")),
            ("/author/0/url", json!("https://skerry.example/by/ida")),
            ("/author/1/name", json!("José «Pepe» Ruíz")),
            ("/author/1/url", Value::Null),
            ("/translator/0/name", json!("白鹭")),
            ("/publisher/@type", json!("NewsMediaOrganization")),
            ("/publisher/name", json!("Übersetzte Küste; Bote, Nord")),
            ("/copyrightNotice", json!("© The Skerry Press <1>")),
            ("/license", json!("https://creativecommons.org/licenses/by-nd/4.0/")),
            ("/usageInfo/@type", json!("CreativeWork")),
            ("/isBasedOn/@id", json!("https://brede.example/news/1")),
            ("/isBasedOn/sdPublisher/name", json!("布雷德观察")),
            ("/isBasedOn/isBasedOn/sdPublisher/name", json!("Übersetzte Küste; Bote, Nord")),
            ("/isBasedOn/isBasedOn/isBasedOn", Value::Null),
            ("/translationOfWork/@id", json!(original)),
            ("/translationOfWork/inLanguage", json!("en")),
            ("/translationOfWork/datePublished", json!("2026-05-30T09:30:00Z")),
            ("/translationOfWork/publisher/name", json!("The Skerry Press")),
            ("/translationOfWork/workTranslation/@id", json!(here)),
            ("/sdPublisher/url", json!(SITE)),
            ("/commentCount", json!(12)),
            ("/discussionUrl", json!("https://brede.example/news/1#talk")),
            ("/image/0/contentUrl", json!("https://brede.example/img/lamp.jpg?w=9&h=6")),
            ("/image/0/creditText", json!("Ida Moor")),
            ("/image/0/copyrightNotice", json!("© Skerry Press")),
            ("/image/1", Value::Null),
            // Not known, so not said.
            ("/isAccessibleForFree", Value::Null),
            ("/expires", Value::Null),
            ("/digitalSourceType", Value::Null),
        ],
    );
    let data = data(&article);
    let text = |member: &str| data[member].as_str().unwrap_or_default().to_owned();
    assert!(text("creditText").contains("白鹭") && text("creditText").contains("布雷德观察"), "{}", text("creditText"));
    assert!(text("dateModified") >= text("datePublished"));
    assert!(data["usageInfo"]["text"].as_str().is_some_and(|text| text.contains("布雷德观察")));
}

#[test]
fn json_ld_says_what_a_machine_made_when_it_ends_and_where_a_repost_comes_from() {
    for (kind, source) in [
        (TranslationKind::Machine, json!("https://schema.org/TrainedAlgorithmicMediaDigitalSource")),
        (TranslationKind::MachineLight, json!("https://schema.org/TrainedAlgorithmicMediaDigitalSource")),
        (TranslationKind::MachineFull, json!("https://schema.org/AlgorithmicallyEnhancedDigitalSource")),
        (TranslationKind::ScriptConversion, Value::Null),
    ] {
        check(&translated(1, kind), &[("/digitalSourceType", source), ("/translator", Value::Null)]);
    }
    check(&arabic(7), &[("/expires", json!("2026-08-29T19:30:00Z")), ("/inLanguage", json!("ar"))]);
    check(
        &verbatim(3),
        &[
            ("/isBasedOn/@id", json!("https://brede.example/news/3")),
            ("/isBasedOn/isBasedOn/@id", json!("https://deich.example/7")),
            ("/isBasedOn/isBasedOn/isBasedOn/@id", json!("https://ufer.example/7")),
            ("/isBasedOn/isBasedOn/isBasedOn/publisher/name", json!("Ufer-Blatt")),
            ("/publisher/name", json!("Ufer-Blatt")),
            ("/translationOfWork", Value::Null),
        ],
    );
    // What is known of the work beside its address is said without it.
    let mut nowhere = translated(1, TranslationKind::Human);
    nowhere.attributed.provenance.translation.as_mut().unwrap().source = None;
    nowhere.attributed.provenance.original.as_mut().unwrap().outlet.url = None;
    check(
        &nowhere,
        &[
            ("/translationOfWork/@id", Value::Null),
            ("/translationOfWork/inLanguage", json!("en")),
            ("/translationOfWork/publisher/name", json!("The Skerry Press")),
        ],
    );
}

#[test]
fn canonical_is_of_the_same_text_or_there_is_none() {
    let check = |article: &StoredArticle, expected: Option<&str>| {
        let html = page(article);
        let head = html.split_once("</head>").expect("a head").0;
        let (_, rest) = head.split_once("<link rel=\"canonical\" href=\"").unwrap_or_default();
        let found = rest.split_once('"').map(|(address, _)| address);
        assert_eq!(found, expected);
        // Other language editions would point both ways; the outlets' do not know of us.
        assert!(!head.contains("hreflang"), "{head}");
    };
    check(&verbatim(3), Some("https://ufer.example/7"));
    check(&plain(6, "brede", "布雷德观察", "zh-Hans"), Some("https://brede.example/news/6"));
    check(&excerpted(8), Some("https://short.example/news/8"));
    // The translator's page has this text, the original has not.
    check(&translated(1, TranslationKind::Human), Some("https://kueste.example/%E6%96%87/%5B7%5D"));
    let mut unknown = translated(1, TranslationKind::Human);
    let original = unknown.attributed.provenance.original.clone().unwrap().outlet.url;
    unknown.attributed.provenance.hops[1].party.url = original;
    check(&unknown, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever partners write, it stays a value of the JSON, and the JSON stays inside of its script.
    #[test]
    fn json_ld_stays_inside_its_script(texts in prop::collection::vec("(</script>|<!--|<script|]]>|&lt;|\\PC|[\u{0}-\u{1f}\u{2028}\u{2029}\"'\\\\]){0,12}", 7)) {
        let mut article = translated(1, TranslationKind::Human);
        let [title, author, translator, rights, credit, category, outlet] = <[String; 7]>::try_from(texts).expect("seven");
        let stored = &mut article.attributed;
        stored.article.title = title;
        stored.article.summary = Some(credit.clone());
        stored.article.images[0].credit = Some(credit.clone());
        stored.article.images[0].caption = Some(credit);
        stored.article.categories[0].label = Some(category);
        stored.provenance.authors[0] = person(&author, None);
        stored.provenance.translation.as_mut().expect("one").translators = vec![person(&translator, None)];
        stored.provenance.rights = Some(rights);
        stored.provenance.hops[0].party.name = outlet;
        let html = page(&article);
        prop_assert_eq!(html.matches("<script").count(), 2);
        let json = script(&html);
        prop_assert!(!json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{}", json);
        prop_assert!(serde_json::from_str::<Value>(json).is_ok_and(|data| data.is_object()), "{}", json);
    }
}
