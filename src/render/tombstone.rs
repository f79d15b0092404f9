//! What is said of withdrawn articles: tombstones in Atom (RFC 6721), and the page in place of the article.
//!
//! RSS has nothing of the kind: there an article is simply gone, as in every format for the readers that look at nothing else.

use quick_xml::escape::escape;

use super::Renderer;
use super::text::{html, line, rfc3339, writable, xml_safe};
use crate::config::Feed;
use crate::model::{FeedFormat, PublishedDocument, StoredArticle, Withdrawal, WithdrawnBy};

/// Atom tombstones.
const NAMESPACE: &str = "http://purl.org/atompub/tombstones/1.0";

impl Renderer {
    /// A feed as [`Renderer::feed`] makes it, which also tells of what was withdrawn from it: in Atom by tombstones, in every format by a date of
    /// change that is not before the last withdrawal.
    pub fn feed_with(
        &self,
        feed: &Feed,
        format: FeedFormat,
        articles: &[StoredArticle],
        withdrawn: &[Withdrawal],
    ) -> PublishedDocument {
        let last = withdrawn.iter().map(|withdrawal| withdrawal.at).max();
        let mut document = self.feed_since(feed, format, articles, last);
        if format != FeedFormat::Atom || withdrawn.is_empty() {
            return document;
        }
        let body = String::from_utf8_lossy(&document.body).into_owned();
        // Text is escaped: the last end tag is the feed's own.
        let Some((before, after)) = body.rsplit_once("\n</feed>") else { return document };
        let mut with = String::with_capacity(body.len() + 320 * withdrawn.len());
        with.push_str(before);
        withdrawn.iter().for_each(|withdrawal| with.push_str(&self.tombstone(withdrawal)));
        with.push_str("\n</feed>");
        with.push_str(after);
        document.body = with.into();
        document
    }

    fn tombstone(&self, withdrawal: &Withdrawal) -> String {
        format!(
            "\n<at:deleted-entry xmlns:at=\"{NAMESPACE}\" ref=\"{}\" when=\"{}\"><at:by><name>{}</name></at:by><at:comment>{}</at:comment></at:deleted-entry>",
            escape(xml_safe(&withdrawal.id).as_ref()),
            rfc3339(writable(withdrawal.at)),
            escape(self.who(withdrawal).as_str()),
            escape(line(&withdrawal.reason).as_str()),
        )
    }

    /// The name of who withdrew an article.
    fn who(&self, withdrawal: &Withdrawal) -> String {
        let outlet = withdrawal.outlets.first().filter(|_| withdrawal.by == WithdrawnBy::Outlet);
        outlet.and_then(|id| self.outlets.get(id)).map_or_else(|| self.site.title.clone(), |outlet| outlet.name.clone())
    }

    /// The page in place of a withdrawn article: by whom, when and why, and nothing of the article.
    pub fn withdrawn_page(&self, withdrawal: &Withdrawal) -> String {
        let title = match withdrawal.by {
            WithdrawnBy::Legal => "Unavailable for legal reasons",
            WithdrawnBy::Site | WithdrawnBy::Outlet => "Withdrawn",
        };
        format!(
            "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\n<h1>{title}</h1>\n\
             <p>This article was withdrawn by {} on <time datetime=\"{}\">{}</time>.</p>\n<p class=\"reason\">{}</p>\n\
             <p><a href=\"/\">All feeds of this site</a></p>\n</html>\n",
            html(&self.who(withdrawal)),
            rfc3339(writable(withdrawal.at)),
            writable(withdrawal.at).format("%F"),
            html(&line(&withdrawal.reason)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, Sample};
    use super::*;
    use chrono::DateTime;

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
    fn atom_has_tombstones_and_no_format_keeps_its_date() {
        let renderer = sample::renderer();
        let articles = [sample::article(Sample::Bare)];
        let gone = [withdrawal(WithdrawnBy::Site, "wrong </feed> & \u{1} \"retracted\"")];
        for format in FeedFormat::ALL {
            let feed = sample::feed("all");
            let plain = renderer.feed(&feed, format, &articles);
            assert_eq!(renderer.feed_with(&feed, format, &articles, &[]), plain);
            let with = renderer.feed_with(&feed, format, &articles, &gone);
            assert_eq!(with.modified, gone[0].at);
            let text = String::from_utf8(with.body.to_vec()).unwrap();
            let expected = usize::from(format == FeedFormat::Atom);
            assert_eq!(
                text.matches("ref=\"tag:relay.example.net,2026:00112233445566778899\" when=\"2096-10-02T07:06:40Z\"").count(),
                expected
            );
            assert_eq!(text.matches("<at:comment>wrong &lt;/feed&gt; &amp;").count(), expected, "{text}");
            assert!(!text.contains("nobody's business"));
        }
    }

    #[test]
    fn the_page_says_who_and_why_and_nothing_else() {
        let check = |by: WithdrawnBy, title: &str, who: &str| {
            let page = sample::renderer().withdrawn_page(&withdrawal(by, "<b>court</b> order"));
            assert!(page.contains(&format!("<h1>{title}</h1>")) && page.contains(who), "{page}");
            assert!(page.contains("&lt;b&gt;court&lt;/b&gt; order") && !page.contains("business"), "{page}");
        };
        check(WithdrawnBy::Site, "Withdrawn", "by 南十字转载 on");
        check(WithdrawnBy::Legal, "Unavailable for legal reasons", "by 南十字转载 on");
        check(WithdrawnBy::Outlet, "Withdrawn", "by 南岸新闻 on");
    }
}
