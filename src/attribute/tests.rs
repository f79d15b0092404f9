use chrono::DateTime;
use url::Url;

use crate::config::Outlet;
use crate::model::{
    Article, AttributedArticle, Hints, Html, Marks, ParsedHop, ParsedProvenance, ParsedTranslation, Party, Person,
    TranslationKind, Verdict,
};

fn url(text: &str) -> Url {
    Url::parse(text).expect("a literal")
}

fn outlet_with(extra: &str) -> Outlet {
    let text = format!(
        "[site]\ntitle = \"T\"\nurl = \"https://relay.example.com\"\n[[outlet]]\nname = \"今日港\"\nid = \"port\"\nhomepage = \"https://port.example/\"\nfeed = \"https://port.example/rss\"\n{extra}"
    );
    crate::config::parse("feeds.toml", &text).unwrap_or_else(|error| panic!("{error}")).outlets[0].clone()
}

fn outlet() -> Outlet {
    outlet_with("")
}

fn article(hints: Hints) -> Article {
    Article {
        outlet: "port".into(),
        feed_url: url("https://port.example/rss"),
        source_key: "1".into(),
        marks: Marks::default(),
        url: Some(url("https://port.example/1")),
        title: "渡轮".into(),
        title_raw: "渡轮".into(),
        language: Some("zh-Hans".into()),
        published: None,
        embargoed_until: None,
        updated: None,
        authors: Vec::new(),
        summary: None,
        body: Html::from_sanitized("<p>渡轮停了。</p>".into()),
        images: Vec::new(),
        attachments: Vec::new(),
        categories: Vec::new(),
        comments: None,
        disclaimers: Vec::new(),
        hints,
        warnings: Vec::new(),
        complete: true,
    }
}

fn party(name: &str, address: &str) -> Party {
    Party { name: name.into(), url: (!address.is_empty()).then(|| url(address)) }
}

fn person(name: &str) -> Person {
    Person { name: Some(name.into()), ..Person::default() }
}

fn ready(outlet: &Outlet, article: Article) -> AttributedArticle {
    match super::article(outlet, article) {
        Verdict::Ready(attributed) => *attributed,
        Verdict::Held { code, reason, .. } => panic!("held: {code}: {reason}"),
    }
}

/// "action party" of every hop.
fn way(attributed: &AttributedArticle) -> Vec<String> {
    attributed.provenance.hops.iter().map(|hop| format!("{} {}", hop.action.name(), hop.party.name)).collect()
}

fn rule(attributed: &AttributedArticle, field: &str) -> Option<&'static str> {
    attributed.provenance.evidence.iter().find(|evidence| evidence.field == field).map(|evidence| evidence.rule)
}

#[test]
fn hints_lead_to_the_original() {
    let check = |hints: Hints, expected: Option<(&str, &str)>, by: Option<&str>, hops: &[&str]| {
        let got = ready(&outlet(), article(hints.clone()));
        let original = got
            .provenance
            .original
            .as_ref()
            .map(|found| (found.outlet.name.as_str(), found.outlet.url.as_ref().map_or("", Url::as_str)));
        assert_eq!(original, expected, "{hints:?}");
        assert_eq!(rule(&got, "original"), by, "{hints:?}");
        assert_eq!(way(&got), hops, "{hints:?}");
        assert_eq!(got.provenance.source, party("今日港", "https://port.example/1"));
    };
    check(Hints::default(), None, None, &["created 今日港"]);
    check(
        Hints { text_chain: vec![party("海港纪事", "https://ledger.example/1")], ..Hints::default() },
        Some(("海港纪事", "https://ledger.example/1")),
        Some("source_line"),
        &["created 海港纪事", "reposted 今日港"],
    );
    check(
        Hints {
            source: Some(party("海港纪事", "")),
            text_chain: vec![party("", "https://ledger.example/1")],
            ..Hints::default()
        },
        Some(("海港纪事", "https://ledger.example/1")),
        Some("source_line"),
        &["created 海港纪事", "reposted 今日港"],
    );
    check(
        Hints { source: Some(party("海港纪事", "https://ledger.example/")), ..Hints::default() },
        Some(("海港纪事", "https://ledger.example/")),
        Some("source_of_feed"),
        &["created 海港纪事", "reposted 今日港"],
    );
    check(
        Hints {
            original: vec![party("", "https://ledger.example/1")],
            text_chain: vec![party("海港纪事", "")],
            ..Hints::default()
        },
        Some(("海港纪事", "https://ledger.example/1")),
        Some("link_to_original"),
        &["created 海港纪事", "reposted 今日港"],
    );
    check(
        Hints { original: vec![party("", "https://www.ledger.example/1")], ..Hints::default() },
        Some(("ledger.example", "https://www.ledger.example/1")),
        Some("link_to_original"),
        &["created ledger.example", "reposted 今日港"],
    );
    check(
        Hints {
            via: vec![party("中途网", "https://mid.example/1")],
            original: vec![party("The Ledger", "https://ledger.example/1")],
            ..Hints::default()
        },
        Some(("The Ledger", "https://ledger.example/1")),
        Some("link_to_original"),
        &["created The Ledger", "reposted 中途网", "reposted 今日港"],
    );
    check(
        Hints { via: vec![party("中途网", "https://mid.example/1")], ..Hints::default() },
        Some(("中途网", "https://mid.example/1")),
        Some("link_via"),
        &["created 中途网", "reposted 今日港"],
    );
    // What leads back to the outlet is no original.
    check(Hints { original: vec![party("", "https://www.port.example/2")], ..Hints::default() }, None, None, &["created 今日港"]);
    check(Hints { source: Some(party("今日港 - 新闻", "")), ..Hints::default() }, None, None, &["created 今日港"]);
}

#[test]
fn a_chain_in_the_feed_is_kept_and_ends_with_the_outlet() {
    let hop = |seq: &str, action: &str, party: &str, href: &str| ParsedHop {
        seq: Some(seq.into()),
        action: action.into(),
        party: party.into(),
        href: Some(href.into()),
        at: Some("2026-05-30T21:05:00Z".into()),
        ..ParsedHop::default()
    };
    let with = |hops: Vec<ParsedHop>| Hints {
        provenance: Some(ParsedProvenance { hops, ..ParsedProvenance::default() }),
        ..Hints::default()
    };
    let got = ready(
        &outlet(),
        article(with(vec![
            hop("2", "translated", "海港纪事中文网", "javascript:x"),
            hop("1", "created", "The Ledger", "https://ledger.example/1"),
            hop("3", "invented", "X", ""),
            hop("4", "reposted", "", ""),
        ])),
    );
    assert_eq!(way(&got), ["created The Ledger", "translated 海港纪事中文网", "reposted 今日港"]);
    assert_eq!(got.provenance.hops[1].party.url, None);
    assert_eq!(got.provenance.original.as_ref().and_then(|found| found.published), DateTime::from_timestamp(1_780_175_100, 0));
    assert_eq!(rule(&got, "original"), Some("reprint_hops"));

    let ends = ready(
        &outlet(),
        article(with(vec![
            hop("1", "created", "The Ledger", ""),
            hop("2", "reposted", "Another name of it", "https://port.example/1"),
        ])),
    );
    assert_eq!(way(&ends), ["created The Ledger", "reposted Another name of it"]);

    let many = (0..100).map(|n| hop(&n.to_string(), "reposted", &format!("P{n}"), "")).collect();
    assert_eq!(ready(&outlet(), article(with(many))).provenance.hops.len(), 32);
}

#[test]
fn translations() {
    let named = ready(
        &outlet(),
        article(Hints {
            translators: vec![person("林书白")],
            original: vec![party("The Ledger", "https://ledger.example/1")],
            original_language: Some("en".into()),
            ..Hints::default()
        }),
    );
    let translation = named.provenance.translation.as_ref().expect("a translation");
    assert_eq!(
        (translation.kind, translation.from.as_deref(), translation.to.as_deref()),
        (TranslationKind::Human, Some("en"), Some("zh-Hans"))
    );
    assert_eq!(translation.source.as_ref().map(Url::as_str), Some("https://ledger.example/1"));
    assert_eq!(way(&named), ["created The Ledger", "translated 今日港"]);
    assert_eq!(named.provenance.hops[0].language.as_deref(), Some("en"));

    let said = |kind: &str| {
        let translation = ParsedTranslation {
            kind: kind.into(),
            from: Some("en-t-fr".into()),
            engine: Some("E".into()),
            ..ParsedTranslation::default()
        };
        ready(
            &outlet(),
            article(Hints {
                provenance: Some(ParsedProvenance { translation: Some(translation), ..ParsedProvenance::default() }),
                ..Hints::default()
            }),
        )
        .provenance
        .translation
    };
    let machine = said("machine").expect("a translation");
    assert_eq!(
        (machine.kind, machine.from.as_deref(), machine.engine.as_deref()),
        (TranslationKind::Machine, Some("en"), Some("E"))
    );
    assert_eq!(said("none"), None);
    assert_eq!(said("telepathy"), None);

    let labelled = article(Hints { says_translation: Some("译".into()), ..Hints::default() });
    assert_eq!(
        ready(&outlet(), labelled).provenance.translation.map(|translation| translation.kind),
        Some(TranslationKind::Human)
    );
    assert_eq!(ready(&outlet(), article(Hints::default())).provenance.translation, None);
}

#[test]
fn authors_are_never_missing() {
    let check = |authors: &[&str], hints: Hints, expected: &[&str], by: &str| {
        let authors = authors.iter().map(|name| person(name)).collect();
        let got = ready(&outlet(), Article { authors, ..article(hints) });
        let names: Vec<&str> = got.provenance.authors.iter().filter_map(|person| person.name.as_deref()).collect();
        assert_eq!(names, expected);
        assert_eq!(rule(&got, "author"), Some(by));
    };
    let from_ledger = || Hints { text_chain: vec![party("海港纪事", "")], ..Hints::default() };
    check(&["Nora Whitfield"], Hints::default(), &["Nora Whitfield"], "named");
    check(&["Nora Whitfield", "海港纪事"], from_ledger(), &["Nora Whitfield"], "named");
    check(&[], Hints::default(), &["今日港"], "outlet_as_author");
    check(&["今日港"], Hints::default(), &["今日港"], "outlet_as_author");
    check(&[], from_ledger(), &["海港纪事"], "original_as_author");
    check(&[" "], Hints::default(), &["今日港"], "outlet_as_author");
}

#[test]
fn disclaimers_rights_and_licence_by_precedence() {
    let provenance = || Some(ParsedProvenance { disclaimers: vec!["上游声明。".into()], ..ParsedProvenance::default() });
    let check = |terms: &str, hints: Hints, lifted: &[&str], expected: Option<&str>| {
        let disclaimers = lifted.iter().map(|text| (*text).to_owned()).collect();
        let got = ready(&outlet_with(terms), Article { disclaimers, ..article(hints) });
        assert_eq!(got.provenance.disclaimer.as_deref(), expected);
    };
    let terms = "[outlet.terms]\ndisclaimer = \"本站声明。\"\n";
    check(terms, Hints { provenance: provenance(), ..Hints::default() }, &["正文声明。"], Some("本站声明。"));
    check("", Hints { provenance: provenance(), ..Hints::default() }, &["上游声明。"], Some("上游声明。"));
    check("", Hints::default(), &["正文声明。", "另一条。"], Some("正文声明。 另一条。"));
    check("", Hints::default(), &[], None);

    let terms = "[outlet.terms]\nrights = \"© 今日港\"\nlicence = \"https://port.example/licence\"\n";
    let fallback = ready(&outlet_with(terms), article(Hints::default())).provenance;
    assert_eq!(
        (fallback.rights.as_deref(), fallback.license.as_ref().map(Url::as_str)),
        (Some("© 今日港"), Some("https://port.example/licence"))
    );
    let said =
        Hints { rights: Some("© 海港纪事".into()), license: Some(url("https://ledger.example/l")), ..Hints::default() };
    let said = ready(&outlet_with(terms), article(said)).provenance;
    assert_eq!(
        (said.rights.as_deref(), said.license.as_ref().map(Url::as_str)),
        (Some("© 海港纪事"), Some("https://ledger.example/l"))
    );
}

#[test]
fn what_cannot_be_published_is_held_with_its_reason() {
    let check = |outlet: &Outlet, article: Article, expected: Option<&str>| match super::article(outlet, article) {
        Verdict::Ready(_) => assert_eq!(None, expected),
        Verdict::Held { code, reason, .. } => {
            assert_eq!(Some(code), expected, "{reason}");
            assert!(reason.len() > 20 && !reason.ends_with('.'), "{reason}");
        }
    };
    let whole = || article(Hints::default());
    let homeless = Outlet { homepage: None, ..outlet() };
    check(&outlet(), Article { complete: false, ..whole() }, Some("incomplete"));
    check(&outlet(), Article { title: String::new(), body: Html::default(), ..whole() }, Some("no_text"));
    check(&outlet(), Article { title: String::new(), ..whole() }, None);
    check(&outlet(), Article { url: None, ..whole() }, None);
    check(&homeless, Article { url: None, ..whole() }, Some("no_address"));
    let says = || Hints { says_repost: Some("转载".into()), ..Hints::default() };
    check(&outlet(), article(says()), Some("unclear_origin"));
    let known = Hints { text_chain: vec![party("海港纪事", "")], ..says() };
    check(&outlet(), article(known), None);
}

/// Level and sum of the confidence, or why it is held.
fn confidence(outlet: &Outlet, article: Article) -> Result<(u8, &'static str), String> {
    match super::article(outlet, article) {
        Verdict::Ready(ready) => {
            let level = rule(&ready, "confidence").unwrap_or_default();
            Ok((ready.provenance.confidence().unwrap_or_default(), level))
        }
        Verdict::Held { code, reason, .. } => Err(format!("{code}: {reason}")),
    }
}

fn said(field: &'static str, rule: &'static str, text: &str) -> Vec<crate::model::Evidence> {
    vec![crate::model::Evidence::new(field, rule, text)]
}

#[test]
fn signs_agree_and_contradict() {
    let check = |hints: Hints, expected: (u8, &'static str)| {
        assert_eq!(confidence(&outlet(), article(hints.clone())), Ok(expected), "{hints:?}");
    };
    let ledger = |address: &str| vec![party("海港纪事", address)];
    check(Hints { text_chain: ledger("https://ledger.example/1"), ..Hints::default() }, (90, "sure"));
    check(Hints { text_chain: ledger(""), ..Hints::default() }, (80, "likely"));
    let notice = || said("chain", "notice_in_text", "本文转载自海港纪事。");
    check(Hints { text_chain: ledger(""), evidence: notice(), ..Hints::default() }, (70, "likely"));
    let holder = || said("chain", "rights_holder", "© 海港纪事");
    check(Hints { text_chain: ledger(""), evidence: holder(), ..Hints::default() }, (55, "weak"));
    check(
        Hints { text_chain: ledger(""), source: Some(party("海港纪事", "")), evidence: notice(), ..Hints::default() },
        (80, "likely"),
    );
    let stated = || vec![party("", "https://ledger.example/1")];
    check(Hints { original: stated(), originals_stated: 1, ..Hints::default() }, (90, "sure"));
    let both =
        Hints { original: stated(), originals_stated: 1, text_chain: ledger("https://ledger.example/2"), ..Hints::default() };
    check(both.clone(), (100, "sure"));
    // Three signs outweigh the mark of a system that calls everything its own.
    check(Hints { says_own: Some("原创".into()), ..both }, (55, "weak"));
    // A stop on the way contradicts nothing, and neither does what is only related.
    let via = Hints {
        original: stated(),
        originals_stated: 1,
        text_chain: vec![party("中途网", "https://mid.example/1")],
        ..Hints::default()
    };
    check(via, (90, "sure"));
    let related = vec![party("", "https://ledger.example/1"), party("", "https://other.example/9")];
    check(Hints { original: related, originals_stated: 1, ..Hints::default() }, (90, "sure"));
}

#[test]
fn contradictions_are_held_with_both_texts_and_never_guessed() {
    let check = |extra: &str, article: Article, parts: &[&str]| {
        let reason = confidence(&outlet_with(extra), article).expect_err("held");
        for part in ["uncertain_origin", "hold_below"].iter().chain(parts) {
            assert!(reason.contains(part), "{part} in {reason}");
        }
    };
    let own =
        || Hints { text_chain: vec![party("海港纪事", "")], says_own: Some("今日港原创".into()), ..Hints::default() };
    check("", article(own()), &["今日港原创", "海港纪事", "35 of 100"]);
    let two = || Hints {
        original: vec![party("", "https://ledger.example/1"), party("", "https://other.example/9")],
        originals_stated: 2,
        ..Hints::default()
    };
    check("", article(two()), &["https://ledger.example/1", "https://other.example/9", "30 of 100"]);
    let vague = Article {
        disclaimers: vec!["文章来源于网络。".into()],
        ..article(Hints {
            text_chain: vec![party("海港纪事", "")],
            says_repost: Some("文章来源于网络。".into()),
            evidence: said("chain", "notice_in_text", "海港纪事"),
            ..Hints::default()
        })
    };
    check("", vague, &["文章来源于网络。", "海港纪事", "45 of 100"]);
    check(
        "hold_below = 85\n",
        article(Hints { text_chain: vec![party("海港纪事", "")], ..Hints::default() }),
        &["`line`", "80 of 100"],
    );

    let lower = outlet_with("hold_below = 30\n");
    assert_eq!(confidence(&lower, article(own())), Ok((35, "doubtful")));
    assert_eq!(confidence(&lower, article(two())), Ok((30, "doubtful")));
    // What the administrator has written is not doubted.
    let ruled = Hints { evidence: said("chain", "outlet_rule[1]", "Fuente: 海港纪事"), ..own() };
    let ready = ready(&outlet(), article(ruled));
    assert_eq!((rule(&ready, "original"), ready.provenance.confidence()), (Some("outlet_rule"), Some(100)));
    // An original that says so has no source, and nothing to doubt.
    let own = super::tests::ready(&outlet(), article(Hints { says_own: Some("今日港原创".into()), ..Hints::default() }));
    assert_eq!(
        (own.provenance.original, way(&super::tests::ready(&outlet(), article(Hints::default())))),
        (None, vec!["created 今日港".to_owned()])
    );
}

#[test]
fn what_was_found_goes_on_into_the_provenance() {
    let mut evidence = said("title", "title_of_entry", "渡轮");
    evidence.extend(said("author", "line_of_text", "文/Nora Whitfield 编辑/周念"));
    evidence.extend(said("rights", "rights_in_text", "© 海港纪事"));
    evidence.extend(said("body", "facts_lifted", "文/Nora Whitfield 编辑/周念"));
    let hints = Hints { evidence, rights: Some("© 海港纪事".into()), ..Hints::default() };
    let got = ready(&outlet(), Article { authors: vec![person("Nora Whitfield")], ..article(hints) });
    let facts: Vec<(&str, &str)> = got.provenance.evidence.iter().map(|fact| (fact.field, fact.rule)).collect();
    assert_eq!(
        facts,
        [("source", "page_of_entry"), ("rights", "rights_in_text"), ("author", "line_of_text"), ("title", "title_of_entry")]
    );
    assert!(got.article.hints.evidence.is_empty());
}
