//! What is said of withdrawn articles: tombstones in Atom (RFC 6721), the same as data in JSON Feed, and the page in place of the article.
//!
//! RSS has nothing of the kind: there an article is simply gone, as in every format for the readers that look at nothing else.

use chrono::{DateTime, Utc};
use minijinja::Value;
use quick_xml::escape::escape;

use super::Renderer;
use super::text::{html, line, rfc3339, writable, xml_safe};
use crate::model::{Precision, Withdrawal, WithdrawnBy};

/// Atom tombstones.
const NAMESPACE: &str = "http://purl.org/atompub/tombstones/1.0";

/// What readers are told of a withdrawn article. Plain text without line ends.
#[derive(Debug)]
pub(super) struct Tombstone {
    /// `tag:` URI of the article.
    pub id: String,
    pub at: DateTime<Utc>,
    /// Name of who withdrew it.
    pub by: String,
    pub reason: String,
}

/// An Atom feed with its tombstones, after all entries.
pub(super) fn write(feed: String, tombstones: &[Tombstone]) -> String {
    // Text is escaped: the last end tag is the feed's own.
    let Some((before, after)) = feed.rsplit_once("\n</feed>").filter(|_| !tombstones.is_empty()) else { return feed };
    let mut with = String::with_capacity(feed.len() + 320 * tombstones.len());
    with.push_str(before);
    for tombstone in tombstones {
        with.push_str(&format!(
            "\n<at:deleted-entry xmlns:at=\"{NAMESPACE}\" ref=\"{}\" when=\"{}\"><at:by><name>{}</name></at:by><at:comment>{}</at:comment></at:deleted-entry>",
            escape(tombstone.id.as_str()),
            rfc3339(tombstone.at),
            escape(tombstone.by.as_str()),
            escape(tombstone.reason.as_str()),
        ));
    }
    with.push_str("\n</feed>");
    with.push_str(after);
    with
}

impl Renderer {
    pub(super) fn tombstone(&self, withdrawal: &Withdrawal) -> Tombstone {
        Tombstone {
            id: xml_safe(&withdrawal.id).into_owned(),
            at: writable(withdrawal.at),
            by: self.who(withdrawal),
            reason: line(&withdrawal.reason),
        }
    }

    /// The name of who withdrew an article.
    fn who(&self, withdrawal: &Withdrawal) -> String {
        let outlet = withdrawal.outlets.first().filter(|_| withdrawal.by == WithdrawnBy::Outlet);
        outlet.and_then(|id| self.outlets.get(id)).map_or_else(|| self.site.title.clone(), |outlet| outlet.name.clone())
    }

    /// The page in place of a withdrawn article: by whom, when and why, and nothing of the article.
    pub fn withdrawn_page(&self, withdrawal: &Withdrawal) -> String {
        let words = self.words.of([Some(self.site.language.as_str())]);
        let title = words.get(match withdrawal.by {
            WithdrawnBy::Legal => "unavailable",
            WithdrawnBy::Site | WithdrawnBy::Outlet => "withdrawn",
        });
        let at = self.time(withdrawal.at, Precision::Day, words);
        let part = |name: &str| at.get_attr(name).map(|part| part.to_string()).unwrap_or_default();
        let time = format!("<time datetime=\"{}\">{}</time>", html(&part("iso")), html(&part("text")));
        // The name comes last: it is somebody else's text, and may hold what looks like a placeholder.
        let says = html(words.get("withdrawn_by")).replace("{date}", &time).replace("{name}", &html(&self.who(withdrawal)));
        self.notice(title, Value::from_safe_string(says), Some(&line(&withdrawal.reason)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, Sample};
    use super::super::{Contents, Place};
    use super::*;
    use crate::model::FeedFormat;

    fn withdrawal(by: WithdrawnBy, reason: &str) -> Withdrawal {
        Withdrawal {
            serial: 1,
            key: "00112233445566778899".to_owned(),
            id: "tag:relay.example.net,2026:00112233445566778899".to_owned(),
            by,
            at: DateTime::from_timestamp(4_000_000_000, 0).unwrap(),
            reason: reason.to_owned(),
            title: "a title that is nobody's business any more".to_owned(),
            url: None,
            outlets: ["nanan".to_owned()].into(),
        }
    }

    #[test]
    fn atom_has_tombstones_json_the_same_and_no_format_keeps_its_date() {
        let renderer = sample::renderer();
        let articles = [sample::article(Sample::Bare)];
        let gone = [withdrawal(WithdrawnBy::Site, "wrong </feed> & \u{1} \"retracted\"")];
        let places = [None, Some("2026-05")].map(|archive| Place { archive, ..Place::default() });
        for (format, place) in FeedFormat::ALL.into_iter().flat_map(|format| places.map(|place| (format, place))) {
            let feed = sample::feed("all");
            let plain = Contents { place, ..Contents::of(&articles) };
            let without = renderer.feed(&feed, format, &plain);
            assert!(!String::from_utf8_lossy(&without.body).contains("deleted"));
            let with = renderer.feed(&feed, format, &Contents { withdrawn: &gone, ..plain });
            assert_eq!((with.modified, with.path), (gone[0].at, without.path));
            let text = String::from_utf8(with.body.to_vec()).unwrap();
            let expected = usize::from(format == FeedFormat::Atom);
            assert_eq!(
                text.matches("ref=\"tag:relay.example.net,2026:00112233445566778899\" when=\"2096-10-02T07:06:40Z\"").count(),
                expected
            );
            assert_eq!(text.matches("<at:comment>wrong &lt;/feed&gt; &amp;").count(), expected, "{text}");
            assert!(!text.contains("nobody's business"));
            if format == FeedFormat::Json {
                let feed: serde_json::Value = serde_json::from_str(&text).unwrap();
                let told = serde_json::json!([{
                    "id": "tag:relay.example.net,2026:00112233445566778899",
                    "when": "2096-10-02T07:06:40Z",
                    "by": "南十字转载",
                    "reason": line(&gone[0].reason),
                }]);
                assert_eq!(feed["_reprint"]["deleted"], told);
            }
        }
    }

    #[test]
    fn the_page_says_who_and_why_and_nothing_else() {
        let check = |by: WithdrawnBy, title: &str, who: &str| {
            let page = sample::renderer().withdrawn_page(&withdrawal(by, "<b>court</b> order"));
            assert!(page.contains(&format!("<h1>{title}</h1>")) && page.contains(who), "{page}");
            assert!(page.contains("&lt;b&gt;court&lt;/b&gt; order") && !page.contains("business"), "{page}");
        };
        let on = "已于<time datetime=\"2096-10-02T07:06:40Z\">2096年10月2日</time>撤回这篇文章。";
        check(WithdrawnBy::Site, "文章已撤回", &format!("<p>南十字转载{on}</p>"));
        check(WithdrawnBy::Legal, "因法律原因无法提供", &format!("<p>南十字转载{on}</p>"));
        check(WithdrawnBy::Outlet, "文章已撤回", &format!("<p>南岸新闻{on}</p>"));
    }
}
