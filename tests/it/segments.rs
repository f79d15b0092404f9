//! What is cut for a translation comes together again: bodies as the real sanitizer leaves them, engines that answer well and badly.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use reprint::config::{self, Bilingual};
use reprint::model::{
    AttributedArticle, Earlier, FetchedDocument, HopAction, Party, Person, Translation, TranslationKind, Verdict,
};
use reprint::normalize::html::sanitize;
use reprint::translate::{Cut, Damage, Glossary, Making, Objection, Piece, Role, Segment, check, cut};
use reprint::{parse, pipeline};
use url::Url;

const FEED: &str = "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Quay Mirror</title>\
    <link>https://quay.example/</link><description>d</description><language>en</language><item><title>The lamps of the old ferry</title>\
    <link>https://quay.example/news/1</link><guid>https://quay.example/news/1</guid><pubDate>Wed, 06 May 2026 02:00:00 GMT</pubDate>\
    <dc:creator>Mara Quill</dc:creator><description>&lt;p&gt;Text.&lt;/p&gt;</description></item></channel></rss>";

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).expect("a time")
}

/// An article with that body, as the sanitizer leaves it.
fn article(body: &str) -> AttributedArticle {
    let toml = "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example/\"\n[[outlet]]\nid = \"quay\"\nname = \"Quay Mirror\"\nfeed = \"https://quay.example/rss\"\n";
    let config = config::parse("feeds.toml", toml).expect("a configuration");
    let outlet = config.outlet("quay").expect("the outlet");
    let source = outlet.sources().next().expect("its feed");
    let doc = FetchedDocument::from_bytes(source.clone(), None, FEED.as_bytes().to_vec(), at());
    let read = pipeline::read(outlet, source, &doc, parse::Bounds { entries: 10 }).expect("a feed");
    let verdict = read.verdicts.into_iter().next().expect("an article");
    let Verdict::Ready(mut article) = verdict else { panic!("it is held") };
    article.article.body = sanitize(body, &Url::parse("https://quay.example/news/1").expect("an address"));
    article.article.language = Some("en".to_owned());
    *article
}

fn making(bilingual: Bilingual) -> Making {
    Making {
        kind: TranslationKind::Machine,
        engine: Some("Engine".to_owned()),
        by: Party { name: "Relay".to_owned(), url: None },
        at: Some(at()),
        bilingual,
    }
}

fn cut_of(body: &str) -> Cut {
    cut(&article(body), &Glossary::default(), "de")
}

fn same(cut: &Cut) -> Vec<Vec<Piece>> {
    cut.segments().iter().map(|segment| segment.pieces.clone()).collect()
}

/// The answers of an engine that turns every text into capitals.
fn loud(cut: &Cut) -> Vec<Vec<Piece>> {
    let loud = |piece: &Piece| match piece {
        Piece::Text(text) => Piece::Text(text.to_uppercase()),
        other => other.clone(),
    };
    cut.segments().iter().map(|segment| segment.pieces.iter().map(loud).collect()).collect()
}

fn bodies(role: Role, cut: &Cut) -> Vec<String> {
    cut.segments().iter().filter(|segment| segment.role == role).map(Segment::markup).collect()
}

#[test]
fn blocks_become_segments() {
    let check = |body: &str, expected: &[&str]| {
        assert_eq!(bodies(Role::Text, &cut_of(body)), expected, "{body}");
    };
    check("<p>One.</p><p>Two &amp; three.</p>", &["One.", "Two &amp; three."]);
    check("<ul><li>One</li><li>Two<ul><li>Three</li></ul></li></ul>", &["One", "Two", "Three"]);
    check("<table><tr><th>Name</th><td>12</td><td>Tide</td></tr></table>", &["Name", "Tide"]);
    check("loose <b>text</b><p>block</p>tail", &[r#"loose <g id="1">text</g>"#, "block", "tail"]);
    check("<blockquote>Direct<p>Block</p></blockquote>", &["Direct", "Block"]);
    check(
        "<dl><dt>Term</dt><dd>Meaning</dd></dl><details><summary>More</summary>Text</details>",
        &["Term", "Meaning", "More", "Text"],
    );
    check("<p>One<br>two<br></p>", &[r#"One<x id="1"/>two"#]);
    // What is around all of it, and pictures at its ends, are the frame.
    check("<p><strong>All <em>of</em> it</strong> </p>", &[r#"All <g id="1">of</g> it"#]);
    check("<p><img src=/1.jpg>Text <img src=/2.jpg> goes on</p>", &[r#"Text <x id="1"/> goes on"#]);
    check("<p>See <a href=/x>the page</a><sup><a href=#1>[1]</a></sup>.</p>", &[r#"See <g id="1">the page</g><x id="2"/>."#]);
    // No language.
    check("<p>1,234.5</p><p> &nbsp; </p><p>https://quay.example/a</p><p>—</p>", &[]);
    check("<pre>let x;</pre><p>Run <code>make all</code> or <kbd>q</kbd></p>", &[r#"Run <x id="1"/> or <x id="2"/>"#]);
    check("<p>Write to desk@quay.example or see www.quay.example/a.</p>", &[r#"Write to <x id="1"/> or see <x id="2"/>."#]);
    // Twice the same is paid for once.
    check("<p>Read <a href=/1>more</a></p><p>Read <a href=/2>more</a></p>", &[r#"Read <g id="1">more</g>"#]);
    check("<b>bold <p>block</p> rest</b>", &["bold", "block", "rest"]);
    check("<svg viewBox='0 0 1 1'><path d='M0 0h1'/></svg><p>Text</p>", &["Text"]);
}

#[test]
fn what_is_marked_as_another_language_stays() {
    let mut article = article("");
    let body = "<p>He said <i lang=\"fr\">bon vent</i>, and <b translate=\"no\">Go</b> too.</p><p lang=\"fr\">Bon vent.</p><p lang=\"en-GB\">Tide.</p>";
    article.article.body = reprint::model::Html::from_sanitized(body.to_owned());
    let cut = cut(&article, &Glossary::default(), "de");
    assert_eq!(bodies(Role::Text, &cut), [r#"He said <x id="1"/>, and <x id="2"/> too."#, "Tide."]);
    assert_eq!(cut.assemble(&same(&cut), &making(Bilingual::No)).unwrap().article.body.as_str(), body);
}

#[test]
fn captions_alternatives_and_disclaimers_are_translated_and_credits_are_not() {
    let mut article = article(
        "<figure><img src=/1.jpg alt='A \"lamp\" at night'><figcaption>The lamp at night. Ines Vale</figcaption></figure><p>Text <img src=/2.jpg alt=IMG_1.jpg> x</p>",
    );
    article.provenance.disclaimer = Some("Quay Mirror alone answers for this text, see {source}.".to_owned());
    article.article.images = vec![reprint::model::Image {
        url: Url::parse("https://quay.example/1.jpg").unwrap(),
        caption: Some("The lamp at night.".to_owned()),
        credit: Some("Ines Vale".to_owned()),
        copyright: None,
        width: None,
        height: None,
        media_type: None,
    }];
    let cut = cut(&article, &Glossary::default(), "de");
    let asked: Vec<(Role, String)> = cut.segments().iter().map(|segment| (segment.role, segment.markup())).collect();
    let expected = [
        (Role::Title, "The lamps of the old ferry"),
        (Role::Alternative, "A \"lamp\" at night"),
        (Role::Caption, "The lamp at night."),
        (Role::Text, r#"Text <x id="1"/> x"#),
        (Role::Disclaimer, r#"<x id="1"/> alone answers for this text, see <x id="2"/>."#),
    ];
    assert_eq!(asked, expected.map(|(role, text)| (role, text.to_owned())));
    let out = cut.assemble(&loud(&cut), &making(Bilingual::No)).unwrap();
    assert_eq!(
        out.article.body.as_str(),
        "<figure><img src=\"https://quay.example/1.jpg\" alt=\"A &quot;LAMP&quot; AT NIGHT\"><figcaption>THE LAMP AT NIGHT. Ines Vale</figcaption></figure>\
         <p>TEXT <img src=\"https://quay.example/2.jpg\" alt=\"IMG_1.jpg\"> X</p>"
    );
    assert_eq!(out.article.images[0].caption.as_deref(), Some("THE LAMP AT NIGHT."));
    assert_eq!(out.article.images[0].credit.as_deref(), Some("Ines Vale"));
    assert_eq!(out.provenance.disclaimer.as_deref(), Some("Quay Mirror ALONE ANSWERS FOR THIS TEXT, SEE {source}."));
    assert!(cut.segments().iter().all(|segment| !segment.text().contains("Mara") && !segment.text().contains("Ines")));
}

#[test]
fn provenance_says_what_was_done() {
    let mut human = article("<p>Text.</p>");
    human.article.language = Some("zh-Hans".to_owned());
    let translator = Person { name: Some("Lin Qiao".to_owned()), uri: None, email: None };
    human.provenance.translation = Some(Translation {
        kind: TranslationKind::Human,
        from: Some("en".to_owned()),
        to: Some("zh-Hans".to_owned()),
        engine: None,
        source: Some(Url::parse("https://ledger.example/1").unwrap()),
        translators: vec![translator.clone()],
        earlier: None,
    });
    let converted = |kind: TranslationKind, to: &str| {
        let cut = cut(&human, &Glossary::default(), to);
        cut.assemble(&same(&cut), &Making { kind, ..making(Bilingual::No) }).unwrap()
    };
    let out = converted(TranslationKind::ScriptConversion, "zh-Hant");
    let translation = out.provenance.translation.unwrap();
    assert_eq!((translation.from.as_deref(), translation.to.as_deref()), (Some("zh-Hans"), Some("zh-Hant")));
    assert_eq!(translation.translators, std::slice::from_ref(&translator));
    let earlier = Some(Earlier { kind: TranslationKind::Human, engine: None, translators: vec![translator], earlier: None });
    assert_eq!(translation.earlier, earlier);
    assert_eq!(translation.source.unwrap().as_str(), "https://quay.example/news/1");
    assert_eq!(out.article.language.as_deref(), Some("zh-Hant"));
    let last = out.provenance.hops.last().unwrap();
    assert_eq!(
        (last.action, last.party.name.as_str(), last.language.as_deref()),
        (HopAction::ScriptConverted, "Relay", Some("zh-Hant"))
    );
    assert_eq!(out.provenance.authors, human.provenance.authors);
    assert_eq!(out.provenance.source, human.provenance.source);
    // A machine's text is not put down to the person who made the earlier one.
    let out = converted(TranslationKind::Machine, "de");
    let translation = out.provenance.translation.unwrap();
    assert!(translation.translators.is_empty());
    assert_eq!(translation.earlier, earlier);
    assert_eq!(out.provenance.hops.last().unwrap().action, HopAction::Translated);
    // And again: nobody on the way is forgotten.
    let mut relayed = human.clone();
    relayed.provenance.translation =
        Some(Translation { engine: Some("Loom".to_owned()), earlier: earlier.clone(), ..translation });
    let cut = cut(&relayed, &Glossary::default(), "nl");
    let out = cut.assemble(&same(&cut), &Making { kind: TranslationKind::Machine, ..making(Bilingual::No) }).unwrap();
    let nearest = out.provenance.translation.unwrap().earlier.unwrap();
    assert_eq!((nearest.kind, nearest.engine.as_deref()), (TranslationKind::Machine, Some("Loom")));
    assert_eq!(nearest.earlier.as_deref(), earlier.as_ref());
}

#[test]
fn readings_stay_beside_the_words_they_are_of() {
    let body = "<p>The <ruby>渡口<rp>(</rp><rt>dùkǒu</rt><rp>)</rp></ruby> is open.</p>";
    let cut = cut_of(body);
    assert_eq!(bodies(Role::Text, &cut), [r#"The <g id="1">渡口<x id="2"/><x id="3"/><x id="4"/></g> is open."#]);
    let out = cut.assemble(&loud(&cut), &making(Bilingual::No)).unwrap();
    assert_eq!(out.article.body.as_str(), "<p>THE <ruby>渡口<rp>(</rp><rt>dùkǒu</rt><rp>)</rp></ruby> IS OPEN.</p>");
}

#[test]
fn both_languages_side_by_side() {
    let check = |body: &str, expected: &str| {
        let cut = cut_of(body);
        let out = cut.assemble(&loud(&cut), &making(Bilingual::Paragraphs)).unwrap();
        assert_eq!(out.article.body.as_str(), expected, "{body}");
        assert_eq!(out.article.title, "THE LAMPS OF THE OLD FERRY / The lamps of the old ferry");
    };
    check("<p>One</p><p>two</p>", "<p lang=\"en\">One</p><p lang=\"de\">ONE</p><p lang=\"en\">two</p><p lang=\"de\">TWO</p>");
    check(
        "<p>12</p><hr><p>a</p>x",
        "<p>12</p><hr><p lang=\"en\">a</p><p lang=\"de\">A</p><div lang=\"en\">x</div><div lang=\"de\">X</div>",
    );
    check("<ul><li>a</li></ul>", "<ul><li><div lang=\"en\">a</div><div lang=\"de\">A</div></li></ul>");
    check("<h2>a</h2>", "<h2><bdi lang=\"en\">a</bdi><br><bdi lang=\"de\">A</bdi></h2>");
    check(
        "<p><img src=/1.jpg> a <img src=/2.jpg> b</p>",
        "<p lang=\"en\"><img src=\"https://quay.example/1.jpg\"> a <img src=\"https://quay.example/2.jpg\"> b</p><p lang=\"de\"> A  B</p>",
    );
}

#[test]
fn terms_are_kept() {
    let glossary = Glossary::read(
        "terms.csv",
        "from_lang,to_lang,from,to,mode\nen,de,Quay Mirror,Kaispiegel,\n,,Lanternfish,Lanternfish,\nen,de,dues,Gebühren,hint\n",
    )
    .unwrap();
    let article =
        article("<p>The Quay Mirror asked Lanternfish about dues.</p><p>Lanternfish</p><p>Quay Mirror</p><p>Nothing else.</p>");
    let cut = cut(&article, &glossary, "de");
    assert_eq!(bodies(Role::Text, &cut), [r#"The <x id="1"/> asked <x id="2"/> about dues."#, "Nothing else."]);
    let terms: Vec<usize> = (0..cut.segments().len()).map(|segment| cut.terms(segment).len()).collect();
    assert_eq!(terms, [0, 1, 0]);
    assert_ne!(cut.terms_version(1), [0; 32]);
    assert_eq!(cut.terms_version(2), [0; 32]);
    let out = cut.assemble(&loud(&cut), &making(Bilingual::No)).unwrap();
    let expected = "<p>THE Kaispiegel ASKED Lanternfish ABOUT DUES.</p><p>Lanternfish</p><p>Kaispiegel</p><p>NOTHING ELSE.</p>";
    assert_eq!(out.article.body.as_str(), expected);
}

#[test]
fn long_blocks_are_divided_and_joined() {
    let sentence = "The keeper carried the lamps down to the <b>water</b>, and nobody asked. ";
    let long = sentence.repeat(2_800);
    let check = |body: &str| {
        let cut = cut_of(body);
        for segment in cut.segments() {
            assert!(segment.markup().chars().count() <= 4_400, "{}", segment.markup().chars().count());
        }
        let before = article(body).article.body;
        assert_eq!(cut.assemble(&same(&cut), &making(Bilingual::No)).unwrap().article.body, before);
        assert!(!cut.segments().is_empty());
    };
    check(&format!("<p>{long}</p>"));
    check(&format!("<p>Short. <i>{long}</i> Tail.</p>"));
    check(&format!("<p>{}</p>", "潮水退了又来。".repeat(9_000)));
    check(&format!("<p>{}</p>", "x".repeat(50_000)));
    check(&format!("<p>{}</p>", "a<br>".repeat(9_000)));
}

#[test]
fn hostile_answers_stay_text() {
    let cut = cut_of("<p>Text <a href=/x>link</a>.</p>");
    let mut answers = same(&cut);
    answers[1][0] = Piece::Text("<script>alert(1)</script>\u{0}]]> &amp; <a href='https://evil.example'>".to_owned());
    let out = cut.assemble(&answers, &making(Bilingual::No)).unwrap();
    let body = out.article.body.as_str();
    assert!(!body.contains("<script") && !body.contains('\u{0}') && body.matches("<a ").count() == 1, "{body}");
    assert_eq!(sanitize(body, &Url::parse("https://quay.example/").unwrap()).as_str(), body);
    assert!(cut.check_answer(1, &answers[1]).is_err());
}

#[test]
fn damage_is_refused() {
    let cut = cut_of("<p>Text with <a href=/x>a link</a> and <img src=/1.jpg> and <img src=/2.jpg> here.</p>");
    let good = same(&cut);
    assert!(cut.assemble(&good, &making(Bilingual::No)).is_ok());
    assert_eq!(cut.assemble(&good[1..], &making(Bilingual::No)).unwrap_err(), Damage::Count { answers: 1, segments: 2 });
    let check = |change: &dyn Fn(&mut Vec<Piece>), expected: Objection| {
        let mut answers = good.clone();
        change(&mut answers[1]);
        assert_eq!(
            cut.assemble(&answers, &making(Bilingual::No)).unwrap_err(),
            Damage::Segment { segment: 1, objection: expected }
        );
    };
    check(&|pieces| pieces.retain(|piece| *piece != Piece::Point(2)), Objection::Missing(2));
    check(&|pieces| pieces.push(Piece::Point(2)), Objection::Doubled(2));
    check(&|pieces| pieces.push(Piece::Point(9)), Objection::Unknown(9));
    check(&|pieces| pieces.swap(1, 3), Objection::Nesting(1));
    check(&|pieces| drop(pieces.remove(2)), Objection::Hollow(1));
    check(&|pieces| pieces.swap(5, 7), Objection::Pictures);
    check(&|pieces| pieces.clear(), Objection::Missing(1));
}

#[test]
fn implausible_answers_are_refused() {
    let check = |from: &str, to: &str, before: &str, after: &str, expected: &str| {
        let segment = Segment { role: Role::Text, pieces: Segment::read(before).unwrap() };
        let answer = Segment::read(after).unwrap();
        let found = check::answer(&segment, &answer, from, to).map_err(|objection| objection.to_string());
        let found = found.err().unwrap_or_default();
        assert!(if expected.is_empty() { found.is_empty() } else { found.contains(expected) }, "{after}: {found}");
    };
    let en = "The keeper carried 12 lamps down to the <g id=\"1\">old water gate</g> before the tide came in.";
    check("en", "zh-Hans", en, "涨潮之前，守灯人把12盏灯搬到了<g id=\"1\">旧水门</g>。", "");
    check("en", "zh-Hans", en, "涨潮之前，守灯人把12盏灯搬到<g id=\"1\">old water gate</g>。", "");
    check("en", "de", en, "Der Wärter trug zwölf Lampen zum <g id=\"1\">alten Wassertor</g>, ehe die Flut kam.", "");
    check("en", "ru", en, "Смотритель отнёс 12 ламп к <g id=\"1\">старым водным воротам</g> до прилива.", "");
    check("en", "ja", en, "番人は潮が満ちる前に、<g id=\"1\">古い水門</g>まで12個のランプを運んだ。", "");
    check("en", "zh-Hans", en, en, "as it was");
    check("en", "de", en, en, "as it was");
    check("es", "ca", "Las cajas del muelle 5", "Les caixes del moll cinc", "");
    check("es", "ca", "Las cajas del muelle 5", "Les caixe", "length");
    check("en", "zh-Hans", en, "Der Wärter trug 12 Lampen zum <g id=\"1\">alten Wassertor</g>, ehe die Flut kam.", "script");
    check("en", "ru", en, "涨潮之前，守灯人把12盏灯搬到了<g id=\"1\">旧水门</g>。", "script");
    check("en", "zh-Hans", en, "12盏<g id=\"1\">灯</g>", "length");
    check("en", "zh-Hans", en, &format!("{}<g id=\"1\">旧</g>12", "涨潮之前守灯人把灯搬到了水门".repeat(12)), "length");
    check("en", "zh-Hans", en, "涨潮之前，守灯人把13盏灯搬到了<g id=\"1\">旧水门</g>。", "numbers");
    check("en", "zh-Hans", en, "涨潮之前，守灯人把12盏灯搬到了<g id=\"1\">旧水门</g>，见evil.com/a。", "address");
    check(
        "en",
        "de",
        en,
        "Der Wärter trug 12 Lampen &amp;amp; Öl zum <g id=\"1\">alten Wassertor</g>, ehe die Flut kam.",
        "escaped",
    );
    check("en", "de", en, "Der Wärter trug 12 Lampen &lt;b&gt; zum <g id=\"1\">alten Wassertor</g>, ehe die Flut kam.", "tag");
    check("en", "zh-Hans", en, "<g id=\"1\"></g>", "no text");
    check("en", "zh-Hans", "Quay Mirror", "Quay Mirror", "");
    check("zh-Hans", "zh-Hant", "守灯人把灯搬到水门", "守燈人把燈搬到水門", "");
    check("zh-Hans", "zh-Hant", "守", "守", "");
    let long = "The keeper carried the lamps down to the old gate before the tide came in that night, and nobody had asked him for it at all.";
    let half = format!("Der Wärter trug am Abend die Lampen hinab, wie man später hörte, und dann: {}", &long[30..]);
    check("en", "de", &format!("He began early. {long}"), &half, "long part");
}

/// Tag soup that the sanitizer makes HTML of.
fn soup() -> impl Strategy<Value = String> {
    let parts = vec![
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<a href=/x>",
        "</a>",
        "<a href='/y?a=1&b'>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<ul>",
        "<li>",
        "</ul>",
        "<img src=/i.jpg alt='A &lt;b&gt; \"c\" &amp; d'>",
        "<h2>",
        "</h2>",
        "<pre>",
        "</pre>",
        "\n",
        "Some text ",
        "more, text. ",
        "12.5 % ",
        "&lt;b&gt;",
        "&nbsp;",
        "&amp;amp;",
        "<figure>",
        "<figcaption>",
        "</figcaption>",
        "</figure>",
        "<blockquote>",
        "</blockquote>",
        "<q>",
        "<ruby>",
        "<rt>",
        "</rt>",
        "</ruby>",
        "<br>",
        "<code>",
        "</code>",
        "<details>",
        "<summary>",
        "<dl>",
        "<dt>",
        "<dd>",
        "\"'>",
        "<",
        "&#1;",
        "潮水。",
        "https://quay.example/a?b&amp;c ",
        "desk@quay.example",
        "<video src=/v>",
        "<svg viewBox='0 0 1 1'><path d='M0 0'/></svg>",
        "<math><mi>x</mi></math>",
        "<span>",
        "</span>",
        "<sup>",
        "</sup>",
        "\u{feff}",
        " ",
        "<time datetime=2026-05-06>",
        "</time>",
        "<abbr title='Long form'>",
        "</abbr>",
        "<wbr>",
        "&#128;",
        "é",
        "Quay Mirror",
    ];
    prop::collection::vec(prop::sample::select(parts), 0..40).prop_map(|parts| parts.concat())
}

/// Top-level pieces of a segment in the opposite order; those with several pictures stay.
fn turned(segment: &Segment) -> Vec<Piece> {
    let mut units: Vec<Vec<Piece>> = Vec::new();
    let mut depth = 0;
    for piece in &segment.pieces {
        if depth == 0 {
            units.push(Vec::new());
        }
        match piece {
            Piece::Open(_) => depth += 1,
            Piece::Close(_) => depth -= 1,
            _ => {}
        }
        units.last_mut().expect("just pushed").push(piece.clone());
    }
    units.into_iter().rev().flatten().collect()
}

fn addresses(html: &str) -> Vec<&str> {
    let mut found: Vec<&str> = html.split("=\"https://").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    found.sort_unstable();
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn an_engine_that_answers_its_input_changes_nothing(source in soup()) {
        let before = article(&source);
        let cut = cut(&before, &Glossary::default(), "de");
        // Through the markup, as engines get it.
        let answers: Vec<Vec<Piece>> = cut.segments().iter().map(|segment| Segment::read(&segment.markup()).unwrap()).collect();
        let after = cut.assemble(&answers, &making(Bilingual::No)).unwrap();
        prop_assert_eq!(after.article.body.as_str(), before.article.body.as_str());
        prop_assert_eq!(after.article.title, before.article.title);
        prop_assert!(cut.segments().iter().all(|segment| segment.text().contains(char::is_alphabetic)));
    }

    #[test]
    fn another_order_of_words_keeps_links_and_pictures(source in soup()) {
        let before = article(&source);
        let cut = cut(&before, &Glossary::default(), "de");
        let answers: Vec<Vec<Piece>> = cut.segments().iter().enumerate().map(|(number, segment)| {
            let turned = turned(segment);
            if cut.check_answer(number, &turned) == Err(Objection::Pictures) { segment.pieces.clone() } else { turned }
        }).collect();
        match cut.assemble(&answers, &making(Bilingual::No)) {
            Ok(after) => prop_assert_eq!(addresses(after.article.body.as_str()), addresses(before.article.body.as_str())),
            // Pictures change places.
            Err(damage) => prop_assert!(matches!(damage, Damage::Segment { objection: Objection::Pictures, .. }), "{}", damage),
        }
    }

    #[test]
    fn what_is_put_together_is_clean(source in soup(), bilingual in any::<bool>()) {
        let base = Url::parse("https://quay.example/news/1").unwrap();
        let cut = cut_of(&source);
        let how = if bilingual { Bilingual::Paragraphs } else { Bilingual::No };
        let after = cut.assemble(&loud(&cut), &making(how)).unwrap();
        // The languages of its halves are all that the sanitizer does not know.
        let body = after.article.body.as_str().replace(" lang=\"en\"", "").replace(" lang=\"de\"", "");
        let clean = sanitize(&body, &base);
        // Where a document may begin with a byte order mark, it is none of the text.
        let body = body.strip_prefix('\u{feff}').unwrap_or(&body);
        prop_assert_eq!(clean.as_str(), body.trim());
    }

    #[test]
    fn every_single_change_is_refused(
        words in prop::collection::vec("[a-z]{3,9}", 12..40), number in 100_u32..9_999, link in 0_usize..10,
    ) {
        let mut words = words;
        let middle = words.len() / 2;
        words.insert(middle, number.to_string());
        words[link] = format!("<g id=\"1\">{}</g> <x id=\"2\"/>", words[link]);
        let segment = Segment { role: Role::Text, pieces: Segment::read(&words.join(" ")).unwrap() };
        let holds = |pieces: &[Piece]| check::answer(&segment, pieces, "en", "en-GB");
        prop_assert_eq!(holds(&segment.pieces), Ok(()));
        let without = |wanted: &Piece| segment.pieces.iter().filter(|piece| *piece != wanted).cloned().collect::<Vec<_>>();
        prop_assert_eq!(holds(&without(&Piece::Point(2))), Err(Objection::Missing(2)));
        prop_assert!(holds(&without(&Piece::Close(1))).is_err());
        let mut double = segment.pieces.clone();
        double.push(Piece::Point(2));
        prop_assert_eq!(holds(&double), Err(Objection::Doubled(2)));
        let text = |change: &dyn Fn(&str) -> String| -> Vec<Piece> {
            segment.pieces.iter().map(|piece| match piece {
                Piece::Text(text) => Piece::Text(change(text)),
                other => other.clone(),
            }).collect()
        };
        let other = (number + 1).to_string();
        prop_assert!(holds(&text(&|text| text.replace(&number.to_string(), &other))).is_err());
        prop_assert!(holds(&text(&|_| String::new())).is_err());
        prop_assert!(holds(&text(&|_| "  ".to_owned())).is_err());
        prop_assert!(holds(&text(&|text| text.chars().take(text.chars().count() / 3).collect())).is_err());
        prop_assert_eq!(holds(&text(&|text| format!("{text}&amp;"))), Err(Objection::Escaped));
        let foreign = check::answer(&segment, &segment.pieces, "en", "de");
        prop_assert_eq!(foreign, Err(Objection::Untranslated("all of it")));
    }
}
