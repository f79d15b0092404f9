//! Which WebSub hub a document names (WebSub § 4): fields of the answer first, then the document itself.

use url::Url;

use super::discovery::{text, web_links};
use super::tags::Tags;
use crate::model::{Advertised, FetchedDocument, Link};

/// The hub of a document and its topic. `links`: those of the feed in it, if it is one; an HTML page is looked through itself. A document that names a
/// hub and not itself is the topic it was found as.
pub fn hub(page: &FetchedDocument, links: &[Link]) -> Option<Advertised> {
    let (mut hub, mut topic) = (None, None);
    let mut take = |rel: &str, url: Option<Url>| {
        let Some(url) = url.filter(is_usable) else { return };
        for rel in rel.split_ascii_whitespace() {
            if rel.eq_ignore_ascii_case("hub") {
                hub.get_or_insert_with(|| url.clone());
            } else if rel.eq_ignore_ascii_case("self") {
                topic.get_or_insert_with(|| url.clone());
            }
        }
    };
    for link in page.links.iter().flat_map(|field| web_links(field)) {
        let rel = link.parameters.iter().find(|(name, _)| name == "rel").map(|(_, rel)| rel.as_str());
        take(rel.unwrap_or_default(), page.url.join(&link.target).ok());
    }
    for link in links {
        let base = link.base.iter().fold(page.url.clone(), |base, next| base.join(next.trim()).unwrap_or(base));
        take(&link.rel, base.join(link.href.trim()).ok());
    }
    if links.is_empty() && is_html(page) {
        let text = text(page);
        // Only what is in its head: what people write into a page must not send us elsewhere.
        for tag in Tags::html(&text).take_while(|tag| !tag.is("body")).filter(|tag| tag.is("link")) {
            let attribute = |name| tag.attribute(name).map(super::discovery::resolved);
            if let (Some(rel), Some(href)) = (attribute("rel"), attribute("href")) {
                take(&rel, page.url.join(href.trim()).ok());
            }
        }
    }
    Some(Advertised { hub: hub?, topic: topic.unwrap_or_else(|| page.url.clone()) })
}

fn is_usable(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
}

fn is_html(page: &FetchedDocument) -> bool {
    let named = page.content_type.as_deref().is_some_and(|named| named.to_ascii_lowercase().contains("html"));
    named || page.body.trim_ascii_start().get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"<!doctype"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Freshness, Validators};

    fn page(content_type: &str, links: &[&str], body: &str) -> FetchedDocument {
        let url: Url = "https://quay.example/feeds/news".parse().expect("an address");
        FetchedDocument {
            requested: url.clone(),
            url,
            moved_permanently: None,
            content_type: Some(content_type.to_owned()),
            content_language: None,
            links: links.iter().map(|link| (*link).to_owned()).collect(),
            body: body.as_bytes().to_vec(),
            validators: Validators::default(),
            freshness: Freshness::default(),
            fetched_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    fn check(page: &FetchedDocument, links: &[(&str, &str)], expected: Option<(&str, &str)>) {
        let links: Vec<Link> = links
            .iter()
            .map(|(rel, href)| Link { rel: (*rel).to_owned(), href: (*href).to_owned(), ..Link::default() })
            .collect();
        let found = hub(page, &links);
        let shown = found.as_ref().map(|found| (found.hub.as_str(), found.topic.as_str()));
        assert_eq!(shown, expected, "{page:?}");
    }

    #[test]
    fn hubs_of_fields_and_documents() {
        let own = "https://quay.example/feeds/news";
        let xml = |links: &[&str]| page("application/atom+xml", links, "<feed/>");
        check(&xml(&[]), &[], None);
        check(&xml(&[]), &[("self", "https://quay.example/a")], None);
        check(&xml(&[]), &[("hub", "https://hub.example/")], Some(("https://hub.example/", own)));
        let written = [("self", "/a"), ("hub", "//hub.example/x"), ("hub", "https://second.example/")];
        check(&xml(&[]), &written, Some(("https://hub.example/x", "https://quay.example/a")));
        let fields = ["</b>; rel=\"self\"", "<https://first.example/>; rel=\"nofollow HUB\""];
        check(&xml(&fields), &written, Some(("https://first.example/", "https://quay.example/b")));
        check(
            &xml(&["<https://first.example/>; rel=hub, <c>; rel=self"]),
            &[],
            Some(("https://first.example/", "https://quay.example/feeds/c")),
        );
        check(&xml(&["<javascript:x>; rel=hub", "<https://me:pw@first.example/>; rel=hub"]), &[], None);
    }

    #[test]
    fn hubs_of_pages_are_in_their_head() {
        let html = "<!DOCTYPE html><link rel=self href=/p><LINK REL='Hub' HREF='https://hub.example/?a=1&amp;b=2'><body><link rel=hub href=/evil>";
        let expected = Some(("https://hub.example/?a=1&b=2", "https://quay.example/p"));
        check(&page("text/html", &[], html), &[], expected);
        check(&page("text/plain", &[], html), &[], expected);
        check(&page("text/html", &[], "<title>t</title><body><link rel=hub href=https://evil.example/>"), &[], None);
    }
}
