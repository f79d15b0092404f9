//! The wire format and the hashes.

use proptest::prelude::*;

use super::identity::{Standing, content_hash, tag};
use super::*;

/// The model has no equality; its debug form shows every field.
fn same(a: &impl std::fmt::Debug, b: &impl std::fmt::Debug) {
    assert_eq!(format!("{a:#?}"), format!("{b:#?}"));
}

fn round_trip(article: &AttributedArticle) -> AttributedArticle {
    let bytes = record::encode(&article.article, Some(&article.provenance), article.article.published).unwrap();
    let comments = article.article.comments.as_ref().map(|comments| record::encode_comments(comments).unwrap());
    record::decode(&bytes, comments.as_deref()).unwrap()
}

#[test]
fn every_field_comes_back() {
    for article in [short("ledger", "1"), full()] {
        same(&round_trip(&article), &article);
    }
    for precision in [Precision::Second, Precision::Minute, Precision::Hour, Precision::Day, Precision::Month] {
        for (kind, _) in TranslationKind::ALL {
            let mut article = full();
            article.article.published = Some(Timestamp { at: at(0), precision });
            article.provenance.translation.as_mut().unwrap().kind = kind;
            same(&round_trip(&article), &article);
        }
    }
    let mut chain = full();
    let earlier = chain.provenance.translation.as_mut().unwrap().earlier.as_mut().unwrap();
    earlier.earlier = Some(Box::new(Earlier { kind: TranslationKind::ScriptConversion, ..earlier.clone() }));
    same(&round_trip(&chain), &chain);
    let mut empty_comments = short("ledger", "1");
    empty_comments.article.comments = Some(Comments { url: None, count: None });
    same(&round_trip(&empty_comments), &empty_comments);
}

#[test]
fn times_come_back_exactly() {
    let leap = "2016-12-31T23:59:60.5Z".parse::<DateTime<Utc>>().unwrap();
    for at in [leap, DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, DateTime::UNIX_EPOCH, at(0) - TimeDelta::nanoseconds(1)]
    {
        let mut article = short("ledger", "1");
        article.article.updated = Some(Timestamp { at, precision: Precision::Second });
        article.provenance.original = Some(Original { published: Some(at), ..Original::default() });
        same(&round_trip(&article), &article);
    }
}

proptest! {
    #[test]
    fn any_text_comes_back(title in ".*", body in any::<String>(), name in proptest::option::of(any::<String>()), seconds in -62_000_000_000_i64..250_000_000_000, nanoseconds in 0_u32..1_000_000_000) {
        let mut article = full();
        article.article.title = title;
        article.article.body = Html::from_sanitized(body);
        article.article.summary = name.clone();
        article.article.authors = vec![Person { name, uri: None, email: None }];
        article.article.published = DateTime::from_timestamp(seconds, nanoseconds).map(|at| Timestamp { at, precision: Precision::Second });
        same(&round_trip(&article), &article);
    }

    #[test]
    fn damage_is_an_error_and_not_a_panic(place in 0_usize..1_500, byte in any::<u8>()) {
        let article = full();
        let mut bytes = record::encode(&article.article, Some(&article.provenance), None).unwrap();
        let place = place % bytes.len();
        prop_assert!(record::decode(&bytes[..place], None).is_err());
        bytes[place] = byte;
        // What it may still be read as is any article; what it is read as is written the same again.
        if let Ok(read) = record::decode(&bytes, None) {
            let again = record::encode(&read.article, Some(&read.provenance), read.article.published).unwrap();
            same(&record::decode(&again, None).unwrap(), &read);
        }
    }
}

#[test]
fn records_that_are_refused() {
    let check = |record: &str, expected: &str| {
        let record::Unreadable(message) = record::decode(record.as_bytes(), None).unwrap_err();
        assert!(message.contains(expected), "{record}: {message}");
    };
    check("", "EOF");
    check(
        r#"{"v":1,"article":{"feed_url":"https://a.example/","marks":{"title":"07"}},"provenance":{}}"#,
        "`07` is not a digest",
    );
    check("{}", "missing field");
    check(r#"{"v":2,"article":{}}"#, "version 2, this program reads 1");
    check(r#"{"v":1,"article":{"feed_url":"nowhere"},"provenance":{}}"#, "`nowhere` is not an address");
    check(r#"{"v":1,"article":{"feed_url":"https://a.example/"}}"#, "no provenance");
    check(
        r#"{"v":1,"article":{"feed_url":"https://a.example/","published":{"at":[0,0],"precision":"about"}},"provenance":{}}"#,
        "`about` is not a value of Precision",
    );
    check(
        r#"{"v":1,"article":{"feed_url":"https://a.example/","updated":{"at":[0,4000000000],"precision":"day"}},"provenance":{}}"#,
        "is not a time",
    );
}

#[test]
fn keys_and_tags_are_fixed() {
    // printf 'ledger\0https://ledger.example.com/1' | sha256sum
    assert_eq!(identity::key("ledger", "https://ledger.example.com/1"), "8b4e2408881c535fcd3f");
    assert_eq!(tag(AUTHORITY, "0123456789abcdef0123"), "tag:relay.example.net,2026:0123456789abcdef0123");
    assert_ne!(identity::key("a", "bc"), identity::key("ab", "c"));
    assert_ne!(identity::key("a", ""), identity::key("", "a"));
}

fn hash(article: &AttributedArticle) -> [u8; 32] {
    content_hash(&article.article, Standing::Ready(&article.provenance))
}

/// A program that hashes otherwise makes a new revision of every article there is.
#[test]
fn content_hashes_are_fixed() {
    let hex = |article: &AttributedArticle| hash(article).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(&short("ledger", "1")), "358d671346cdbc49e98000fc6746b937b80827700583e651fd66342fc6f5b3a3");
    assert_eq!(hex(&full()), "249cebe5f7c058b32558d76825b7518825655980295df599af1f55c31c33ee36");
    // Articles that were stored before there was this field.
    let mut before = full();
    before.provenance.translation.iter_mut().for_each(|translation| translation.earlier = None);
    assert_eq!(hex(&before), "98372efbaab51763d08171218c55c3b622458c6af524c6250101dc83df967796");
}

type Edit = (&'static str, fn(&mut AttributedArticle));

#[test]
fn what_readers_see_is_a_change() {
    let edits: &[Edit] = &[
        ("title", |a| a.article.title.push('!')),
        ("url", |a| a.article.url = None),
        ("language", |a| a.article.language = Some("zh-Hant".to_owned())),
        ("summary", |a| a.article.summary = None),
        ("body", |a| a.article.body = Html::default()),
        ("authors", |a| a.article.authors.reverse()),
        ("earlier", |a| a.provenance.translation.iter_mut().for_each(|translation| translation.earlier = None)),
        ("before", |a| {
            let earlier = a.provenance.translation.as_mut().unwrap().earlier.as_mut().unwrap();
            earlier.earlier = Some(Box::new(earlier.clone()));
        }),
        ("image", |a| a.article.images.clear()),
        ("caption", |a| a.article.images[0].caption = None),
        ("credit", |a| a.article.images[0].credit = Some("NOBODY".to_owned())),
        ("copyright", |a| a.article.images[0].copyright = None),
        ("attachment", |a| a.article.attachments[0].length = 1),
        ("category", |a| a.article.categories.truncate(1)),
        ("source", |a| a.provenance.source.name.push('!')),
        ("source_home", |a| a.provenance.source_home = None),
        ("credited", |a| a.provenance.authors[0].uri = Some("https://ledger.example.com/mara".to_owned())),
        ("original", |a| a.provenance.original = None),
        ("original language", |a| a.provenance.original.as_mut().unwrap().language = None),
        ("translation kind", |a| a.provenance.translation.as_mut().unwrap().kind = TranslationKind::Human),
        ("translator", |a| a.provenance.translation.as_mut().unwrap().translators.clear()),
        ("hop", |a| a.provenance.hops.truncate(2)),
        ("disclaimer", |a| a.provenance.disclaimer = None),
        ("rights", |a| a.provenance.rights = None),
        ("license", |a| a.provenance.license = None),
    ];
    let mut hashes = std::collections::HashSet::from([hash(&full())]);
    for (name, edit) in edits {
        let mut article = full();
        edit(&mut article);
        assert!(hashes.insert(hash(&article)), "{name}");
    }
}

#[test]
fn what_moves_by_itself_is_none() {
    let edits: &[Edit] = &[
        ("published", |a| a.article.published = Some(stamp(99))),
        ("updated", |a| a.article.updated = None),
        ("comments", |a| a.article.comments = None),
        ("order of categories", |a| a.article.categories.reverse()),
        ("warnings", |a| a.article.warnings.clear()),
        ("hints", |a| a.article.hints = Hints::default()),
        ("marks", |a| a.article.marks = Default::default()),
        ("title as written", |a| a.article.title_raw.push('!')),
        ("feed", |a| a.article.feed_url = url("https://harbour.example.com/other")),
        ("source feed", |a| a.provenance.source_feed = url("https://harbour.example.com/other")),
        ("evidence", |a| a.provenance.evidence.clear()),
        ("date of a hop", |a| a.provenance.hops[0].at = None),
        ("date of the original", |a| a.provenance.original.as_mut().unwrap().published = None),
    ];
    for (name, edit) in edits {
        let mut article = full();
        edit(&mut article);
        assert_eq!(hash(&article), hash(&full()), "{name}");
    }
}

#[test]
fn one_fact_is_not_taken_for_two() {
    let mut one = short("ledger", "1");
    one.article.authors = vec![person("A"), person("B")];
    let mut other = short("ledger", "1");
    other.article.authors = vec![person("A\u{6}\0\0\0\0\0\0\0authorB")];
    assert_ne!(hash(&one), hash(&other));
    other.article.authors = vec![person("A"), Person { name: Some(String::new()), uri: Some("B".to_owned()), email: None }];
    assert_ne!(hash(&one), hash(&other));
}
