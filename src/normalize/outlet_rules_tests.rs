use chrono::{TimeZone, Utc};
use url::Url;

use super::super::page::{Pages, alone, article};
use super::super::{Setting, entry};
use crate::config::Outlet;
use crate::model::{Article, FeedHead, PageRow, ParsedEntry, ParsedPage, Person, Place, Text, TextKind};

const RULES: &str = "[[outlet.rule]]\nfield = \"source\"\nmatch = '^Fuente~ (?<name>[^<]+?)(?: <(?<url>.+)>)?$'\n\
    [[outlet.rule]]\nfield = \"author\"\nmatch = '^Texto~ (.+)$'\n\
    [[outlet.rule]]\nfield = \"translator\"\nmatch = '^Versión~ (.+)$'\n\
    [[outlet.rule]]\nfield = \"editor\"\nmatch = '^Revisión~ (.+)$'\n\
    [[outlet.rule]]\nfield = \"disclaimer\"\nmatch = '^Aviso~ .+$'\n\
    [[outlet.rule]]\nfield = \"drop\"\nmatch = '^Síganos'\n\
    [[outlet.rule]]\nfield = \"date\"\nmatch = '^Salió~ (.+)$'\n\
    [[outlet.rule]]\nfield = \"section\"\nmatch = '^Sección~ (.+)$'\n";

fn outlet(rules: &str) -> Outlet {
    let text = format!(
        "[site]\ntitle = \"T\"\nurl = \"https://relay.example.com\"\n[[outlet]]\nname = \"La Orilla\"\nid = \"orilla\"\nfeed = \"https://orilla.example/rss\"\n{rules}"
    );
    crate::config::parse("feeds.toml", &text).unwrap_or_else(|error| panic!("{error}")).outlets[0].clone()
}

fn url(address: &str) -> Url {
    Url::parse(address).expect("a literal")
}

fn text(html: &str) -> Text {
    Text { value: html.into(), kind: TextKind::Html, ..Text::default() }
}

fn read(outlet: &Outlet, parsed: &ParsedEntry) -> Article {
    let feed = url("https://orilla.example/rss");
    let head = FeedHead::default();
    let fetched_at = Utc.with_ymd_and_hms(2026, 6, 2, 0, 0, 0).single().expect("a time");
    entry(&Setting { outlet, feed_url: &feed, base: &feed, fetched_at, head: &head }, parsed)
}

const LINES: &str = "<p>Fuente~ El Muelle &lt;https://muelle.example/7&gt;</p><p>Texto~ Inés Ribera</p><p>Versión~ Nora Field</p><p>Revisión~ Tomás Roca</p>\
    <p>Aviso~ las opiniones son de su autora.</p><p>Síganos en todas partes</p><p>Salió~ 2026-05-30 09:15</p><p>Sección~ Puerto</p>";

fn names(people: &[Person]) -> Vec<&str> {
    people.iter().filter_map(|person| person.name.as_deref()).collect()
}

fn rules_of(article: &Article) -> Vec<String> {
    let rules = article.hints.evidence.iter().filter(|fact| fact.rule.starts_with("outlet_rule"));
    rules.map(|fact| format!("{} {}", fact.field, fact.rule)).collect()
}

fn check(got: &Article) {
    let source = got.hints.text_chain.first().map(|party| (party.name.as_str(), party.url.as_ref().map(Url::as_str)));
    assert_eq!(source, Some(("El Muelle", Some("https://muelle.example/7"))));
    assert_eq!(names(&got.authors), ["Inés Ribera"]);
    assert_eq!(names(&got.hints.translators), ["Nora Field"]);
    assert_eq!(names(&got.hints.editors), ["Tomás Roca"]);
    assert_eq!(got.disclaimers, ["Aviso~ las opiniones son de su autora."]);
    assert_eq!(got.published.map(|stamp| stamp.at.to_rfc3339()).as_deref(), Some("2026-05-30T09:15:00+00:00"));
    assert_eq!(got.categories.first().map(|category| category.term.as_str()), Some("Puerto"));
    assert_eq!(
        rules_of(got),
        [
            "chain outlet_rule[1]",
            "author outlet_rule[2]",
            "translator outlet_rule[3]",
            "editor outlet_rule[4]",
            "disclaimer outlet_rule[5]",
            "body outlet_rule[6]",
            "published outlet_rule[7]",
            "category outlet_rule[8]"
        ]
    );
}

#[test]
fn lines_of_a_feeds_text_say_what_rules_say() {
    let parsed = ParsedEntry {
        title: Some(text("El transbordador")),
        content: vec![text(&format!("{LINES}<p>El transbordador no salió, y nadie supo por qué.</p>"))],
        authors: vec![Person { name: Some("admin2".into()), ..Person::default() }],
        published: Some("2026-06-01T00:00:00Z".into()),
        complete: true,
        ..ParsedEntry::default()
    };
    let got = read(&outlet(RULES), &parsed);
    check(&got);
    assert_eq!(got.body.as_str(), "<p>El transbordador no salió, y nadie supo por qué.</p>");
    let without = read(&outlet(""), &parsed);
    assert!(without.hints.text_chain.is_empty() && rules_of(&without).is_empty());
    assert!(without.body.as_str().contains("Fuente~"));
}

#[test]
fn lines_in_the_text_of_a_page_and_around_it_say_what_rules_say() {
    let (above, below) = LINES.split_at(LINES.find("<p>Aviso").expect("a part"));
    let row = |place, html: &str| PageRow { place, html: format!("<div>{html}</div>") };
    let page = ParsedPage {
        entry: ParsedEntry {
            title: Some(text("El transbordador")),
            content: vec![text(&format!("<p>El transbordador no salió, y nadie supo por qué.</p>{below}"))],
            complete: true,
            ..ParsedEntry::default()
        },
        rows: vec![row(Place::Head, above)],
        ..ParsedPage::default()
    };
    let outlet = outlet(RULES);
    let pages = [(url("https://orilla.example/1"), page)];
    let fetched_at = Utc.with_ymd_and_hms(2026, 6, 2, 0, 0, 0).single().expect("a time");
    let found = Pages { outlet: &outlet, pages: &pages, fetched_at };
    let alone = alone(&found, &url("https://orilla.example/1")).expect("an article");
    let sorted = |article: &Article| {
        let mut rules = rules_of(article);
        rules.sort();
        rules
    };
    assert_eq!(alone.body.as_str(), "<p>El transbordador no salió, y nadie supo por qué.</p>");
    assert_eq!(alone.hints.text_chain.first().map(|party| party.name.as_str()), Some("El Muelle"));
    assert_eq!((names(&alone.authors), sorted(&alone).len()), (vec!["Inés Ribera"], 8));

    // What rules find on the page goes before what the feed says without them.
    let feed = ParsedEntry {
        title: Some(text("El transbordador")),
        summary: Some(text("El transbordador no salió.")),
        authors: vec![Person { name: Some("Redactora Jefa".into()), ..Person::default() }],
        published: Some("2026-06-01T00:00:00Z".into()),
        complete: true,
        ..ParsedEntry::default()
    };
    let both = article(read(&outlet, &feed), &found);
    assert_eq!(names(&both.authors), ["Inés Ribera"]);
    assert_eq!(both.published, alone.published);
    assert_eq!(both.hints.text_chain, alone.hints.text_chain);
}

#[test]
fn the_link_of_a_line_is_the_sources_and_texts_in_pictures_stay() {
    let parsed = |html: &str| ParsedEntry { content: vec![text(html)], complete: true, ..ParsedEntry::default() };
    let outlet = outlet(RULES);
    let got = read(
        &outlet,
        &parsed("<p>El bac partió.</p><p>Fuente~ <a href=/x>El</a> <a href='https://muelle.example/8'>Muelle</a></p>"),
    );
    let party = got.hints.text_chain.first().expect("a source");
    assert_eq!((party.name.as_str(), party.url.as_ref().map(Url::as_str)), ("El Muelle", Some("https://muelle.example/8")));
    let got = read(&outlet, &parsed("<p>El bac partió.</p><p>Fuente~ El Muelle <img src=/1.jpg></p>"));
    assert!(got.hints.text_chain.is_empty() && got.body.as_str().contains("Fuente~"));
}

#[test]
fn rules_that_match_everything_come_to_an_end() {
    let all = outlet("[[outlet.rule]]\nfield = \"drop\"\nmatch = '.+'\n");
    let parsed =
        ParsedEntry { content: vec![text(&"<p>渡轮停了。</p>".repeat(500))], complete: true, ..ParsedEntry::default() };
    assert_eq!(read(&all, &parsed).body.as_str().matches("渡轮").count(), 500 - super::LIFTED);
}
