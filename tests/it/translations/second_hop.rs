//! A second relay that reads what the first one translated: whoever made it stays named, and nothing piles up.

use serde_json::Value;

use super::*;

/// A person's Spanish translation of an English original, as an outlet publishes it.
fn translated_by_hand() -> String {
    let translated = item(1, &paragraphs(1, 2)).replace(
        "</item>",
        "<category domain=\"https://faro.example.com/s\">Puerto</category><marcrel:trl>Ona Riba</marcrel:trl>\
         <dcterms:isVersionOf>https://beacon.example.org/7</dcterms:isVersionOf>\
         <reprint:translation kind=\"human\" from=\"en\" to=\"es\" source=\"https://beacon.example.org/7\">\
         <reprint:translator name=\"Ona Riba\" href=\"https://faro.example.com/riba\"/></reprint:translation>\
         <reprint:hop seq=\"1\" action=\"created\" party=\"The Beacon\" lang=\"en\" href=\"https://beacon.example.org/7\"/>\
         <reprint:hop seq=\"2\" action=\"translated\" party=\"El Faro de Punta\" lang=\"es\" href=\"https://faro.example.com/1\"/></item>",
    );
    rss(&translated).replace(
        "<rss version=\"2.0\"",
        "<rss version=\"2.0\" xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:marcrel=\"http://id.loc.gov/vocabulary/relators/\" \
         xmlns:reprint=\"urn:uuid:4486557c-82cf-43f6-b83f-0b3b52c982c6\"",
    )
}

/// Another site that relays a feed of the first.
async fn second() -> Scene {
    let toml = "[site]\ntitle = \"Second\"\nurl = \"https://second.example.net\"\n\
                [[outlet]]\nid = \"relay\"\nname = \"Relay\"\nlanguage = \"ca\"\nfeed = \"https://relay.example.net/feeds/catala\"\n\
                [[feed]]\nid = \"catala\"\noutlets = [\"relay\"]\n";
    Scene::with(Arc::new(tempfile::tempdir().expect("a folder")), toml).await
}

/// The credit of an article.
fn credit(item: &Value) -> &str {
    let html = item["content_html"].as_str().expect("html");
    let (_, rest) = html.split_once("<div class=\"reprint-credit\">").expect("a credit");
    assert!(!rest.contains("reprint-credit"), "credited twice: {html}");
    assert_eq!(html.matches("reprint-disclaimer").count(), 2, "{html}");
    rest.split("</div>").next().unwrap_or_default()
}

#[tokio::test]
async fn who_translated_first_stays_named_over_two_relays_in_every_format() {
    let first = Scene::new("").await;
    first.record("faro", &translated_by_hand()).await;
    first.round(&first.translators(&Weaver::new(|_| Fault::None), None), now).await;
    let ours = first.json().await["items"][0].clone();
    let made = &ours["_reprint"]["translation"];
    assert_eq!(made["earlier"]["translators"][0]["url"], "https://faro.example.com/riba");
    let hands = "<br>Traducció de: <a href=\"https://faro.example.com/riba\">Ona Riba</a> (traducció humana)\
                 <br>Traducció: traducció automàtica, Weaver</p>";
    assert!(credit(&ours).ends_with(hands), "{}", credit(&ours));
    for format in ["rss", "atom", "json"] {
        let second = second().await;
        second.record("relay", &first.feed(format).await).await;
        let theirs = second.json().await["items"][0].clone();
        for member in ["translation", "original", "publisher", "disclaimer"] {
            assert_eq!(theirs["_reprint"][member], ours["_reprint"][member], "{format} {member}: {theirs}");
        }
        assert_eq!((&theirs["authors"], &theirs["language"]), (&ours["authors"], &ours["language"]), "{format}");
        assert!(credit(&theirs).ends_with(hands), "{format}: {}", credit(&theirs));
        assert_eq!(credit(&theirs).matches("Ona Riba").count(), 1, "{format}: {}", credit(&theirs));
        assert!(credit(&theirs).starts_with("<p><strong>Traducció automàtica (IA), sense revisió humana"), "{format}");
        let hops = |item: &Value| item["_reprint"]["hops"].as_array().expect("hops").clone();
        let (before, after) = (hops(&ours), hops(&theirs));
        assert!(after.starts_with(&before) && after.len() == before.len() + 1, "{format}: {after:?}");
        let atom = second.feed("atom").await;
        let way = atom.split("<dcterms:provenance>").nth(1).and_then(|rest| rest.split('<').next()).expect("a way");
        assert!(
            way.starts_with("The Beacon (en) → El Faro de Punta (es, translated, Ona Riba) → Relay (ca, translated, 2026"),
            "{way}"
        );
        assert_eq!(way.matches("Ona Riba").count(), 1, "{way}");
        assert_eq!(atom.matches("<reprint:earlier ").count(), 1, "{format}: {atom}");
        assert!(!atom.contains("marcrel:trl"), "nobody translated the machine's text: {atom}");
    }
}

#[tokio::test]
async fn both_languages_stay_marked_over_two_relays() {
    let first = Scene::new(", bilingual = \"paragraphs\"").await;
    let mut texts = paragraphs(1, 2);
    texts[1].push_str(", y dice <span lang=\"ar\" dir=\"rtl\">إلى البحر</span>");
    first.record("faro", &rss(&item(1, &texts))).await;
    first.round(&first.translators(&Weaver::new(|_| Fault::None), None), now).await;
    for format in ["rss", "atom", "json"] {
        let second = second().await;
        second.record("relay", &first.feed(format).await).await;
        let feed = second.json().await;
        let html = feed["items"][0]["content_html"].as_str().expect("html");
        assert_eq!(html.matches("<p lang=\"es\">En el muelle").count(), 2, "{format}: {html}");
        assert_eq!(html.matches("<p lang=\"ca\">").count(), 2, "{format}: {html}");
        assert_eq!(html.matches("<span lang=\"ar\" dir=\"rtl\">إلى البحر</span>").count(), 2, "{format}: {html}");
    }
}

#[tokio::test]
async fn a_change_of_script_takes_the_sections_along() {
    let toml = toml("", "")
        .replace("language = \"es\"", "language = \"zh-Hans\"")
        .replace("to = \"ca\", engine = \"weaver\"", "to = \"zh-Hant-TW\", engine = \"opencc\"");
    let scene = Scene::with(Arc::new(tempfile::tempdir().expect("a folder")), &toml).await;
    let item = "<item><title>渡轮停航</title><link>https://faro.example.com/9</link><guid>https://faro.example.com/9</guid>\
                <category domain=\"https://faro.example.com/s\">软件</category><category>文化</category>\
                <description>这艘绿色渡轮在码头停了三个星期。</description></item>";
    scene.record("faro", &rss(item).replace("<language>es</language>", "<language>zh-cn</language>")).await;
    let mut translators = Translators::default();
    let engine: Arc<dyn Engine> = Arc::new(reprint::translate::opencc::OpenCc::new("opencc", true));
    translators.add("opencc", vec![engine], Glossary::default(), 1);
    assert_eq!(scene.round(&translators, now).await.made, 1);
    let feed = scene.json().await;
    assert_eq!(feed["items"][0]["tags"], serde_json::json!(["軟體", "文化"]));
    let atom = scene.feed("atom").await;
    assert!(atom.contains("<category term=\"软件\" scheme=\"https://faro.example.com/s\" label=\"軟體\"/>"), "{atom}");
    assert!(atom.contains("<category term=\"文化\"/>"), "{atom}");
    let rss = scene.feed("rss").await;
    assert!(rss.contains("<category domain=\"https://faro.example.com/s\">軟體</category>"), "{rss}");
}
