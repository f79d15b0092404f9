//! What is held is judged anew at every start: feeds.toml may say more by now, and reprint may know better. Otherwise an article that has left its
//! feed would stay held for good.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{AWAITING_PAGE, Own, Stages, pages, recordable};
use crate::attribute;
use crate::config::Outlet;
use crate::model::{Article, Verdict};
use crate::store::{HeldRecord, StoreError};

/// Held articles judged at one start, the newest.
const MOST: usize = 1_000;

/// Judges the newest held articles by what is stored of them, and releases those that nothing speaks against any more: with the date they were first
/// seen. No outlet is asked anything, so what [`crate::parse`] and [`crate::normalize`] made of an entry stays as it was: an `[[outlet.rule]]` for
/// lines of the text counts from the next poll. Gives the outlets whose feeds change.
///
/// # Errors
/// The store did not answer; what was released until then is.
pub async fn judge_held(stages: &Stages, now: fn() -> DateTime<Utc>) -> Result<BTreeSet<String>, StoreError> {
    let outlets: Vec<String> = stages.config.outlets.iter().map(|outlet| outlet.id.clone()).collect();
    let mut changed = BTreeSet::new();
    for key in stages.store.held_keys(&outlets, MOST).await? {
        let HeldRecord { article, code } = match stages.store.held_record(&key).await {
            Ok(Some(held)) => held,
            Ok(None) => continue,
            Err(error) => {
                tracing::warn!(key, %error, "a held article cannot be judged anew");
                continue;
            }
        };
        let Some(outlet) = stages.config.outlet(&article.outlet).cloned() else { continue };
        let (id, own) = (outlet.id.clone(), stages.own());
        let verdict = match stages.blocking(move || judge(&outlet, &own, article)).await {
            Ok(verdict) => verdict,
            Err(panic) => {
                tracing::error!(key, %panic, "judging a held article failed inside reprint: report it as a bug");
                continue;
            }
        };
        let is_other = match &verdict {
            Verdict::Ready(_) => true,
            // What waits for its page is queued by a poll only.
            Verdict::Held { code: other, .. } => *other != code && *other != AWAITING_PAGE,
        };
        if !is_other {
            continue;
        }
        let change = stages.store.record_held(&key, &verdict, now()).await?;
        if change.is_visible() {
            tracing::info!(outlet = id, key, code, "released: what it was held for is no more");
            stages.pages.forget(change.altered());
            changed.insert(id);
            changed.extend(change.elsewhere);
        }
    }
    Ok(changed)
}

/// What a poll would say of the article today, if it brought it again.
fn judge(outlet: &Outlet, own: &Own, mut article: Article) -> Verdict {
    // What attribution found the last time begins with the page of the source, of which nobody else says anything.
    let before = article.hints.evidence.iter().position(|fact| fact.field == "source");
    article.hints.evidence.truncate(before.unwrap_or(article.hints.evidence.len()));
    let source = article.feed_url.clone();
    recordable(own, pages::hold(outlet, &source, attribute::article(outlet, article)))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::config;
    use crate::model::FetchedDocument;
    use crate::parse::Bounds;

    const FEED: &str = "<rss version=\"2.0\"><channel><title>Tern</title><link>https://tern.example/</link>\
        <item><title>The ferry</title><link>https://tern.example/1</link><source url=\"https://quay.example/rss\">Quay Evening</source>\
        <description>&lt;p&gt;Source: &lt;a href=\"https://gull.example/7\"&gt;The Gull&lt;/a&gt;&lt;/p&gt;&lt;p&gt;The green ferry has been lying at \
        the south pier for three weeks, and nobody has come to mend it.&lt;/p&gt;</description></item>\
        <item><title>The keys</title><description>&lt;p&gt;The captain keeps them in an old teapot.&lt;/p&gt;</description></item></channel></rss>";

    fn outlet(rest: &str) -> Outlet {
        let text = format!(
            "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[[outlet]]\nname = \"Tern\"\nid = \"tern\"\nlanguage = \"en\"\n\
             feed = \"https://tern.example/rss\"\n{rest}"
        );
        config::parse("feeds.toml", &text).unwrap_or_else(|error| panic!("{error}")).outlets[0].clone()
    }

    fn own() -> Own {
        Own::new(&Url::parse("https://relay.example.net").expect("an address"), None)
    }

    /// The verdicts of a poll.
    fn read(outlet: &Outlet) -> Vec<Verdict> {
        let source = outlet.sources().next().expect("its feed").clone();
        let at = "2026-06-08T00:40:00Z".parse().expect("a time");
        let doc = FetchedDocument::from_bytes(source.clone(), None, FEED.as_bytes().to_vec(), at);
        let read = crate::pipeline::read(outlet, &source, &doc, Bounds { entries: 10 }).expect("a feed");
        read.verdicts.into_iter().map(|verdict| recordable(&own(), verdict)).collect()
    }

    #[test]
    fn a_judgement_of_what_is_stored_is_that_of_a_poll() {
        let check = |before: &str, after: &str, expected: [&str; 2]| {
            for (held, polled) in read(&outlet(before)).into_iter().zip(read(&outlet(after))) {
                let Verdict::Held { article, .. } = held else { continue };
                let judged = judge(&outlet(after), &own(), *article);
                let (judged, polled) = (format!("{judged:#?}"), format!("{polled:#?}"));
                let other = judged.lines().zip(polled.lines()).find(|(judged, polled)| judged != polled);
                assert!(judged == polled, "{before} → {after}: {other:?}");
            }
            let codes = read(&outlet(before)).into_iter().map(|verdict| match verdict {
                Verdict::Ready(_) => "ready",
                Verdict::Held { code, .. } => code,
            });
            assert_eq!(codes.collect::<Vec<_>>(), expected, "{before}");
        };
        check("hold_below = 100", "hold_below = 10\nhomepage = \"https://tern.example/\"", ["uncertain_origin", "no_address"]);
        check("hold_below = 100", "hold_below = 99", ["uncertain_origin", "no_address"]);
        // What waited for its page goes out as the feed has it, once pages are not read any more.
        let waits = read(&outlet("full_text = true")).remove(0);
        let Verdict::Held { article, code: AWAITING_PAGE, .. } = waits else { panic!("{waits:?}") };
        assert!(matches!(judge(&outlet(""), &own(), (*article).clone()), Verdict::Ready(_)));
        assert!(matches!(judge(&outlet("full_text = true"), &own(), *article), Verdict::Held { code: AWAITING_PAGE, .. }));
    }
}
