//! Our own articles coming back from a partner are refused: they are here already, and each round would add a hop.

use url::Url;

use crate::model::{Article, Party, Verdict};
use crate::normalize::story;

/// Why an article is held that is one of ours.
pub const OWN_ARTICLE: &str = "own_article";

/// Digits of the key in the address of one of our articles.
const KEY_DIGITS: usize = 20;

/// What our own articles are known by, wherever they turn up.
#[derive(Debug, Clone)]
pub struct Own {
    /// What their ids begin with, once the store has said so.
    tag: Option<String>,
    /// The site, in the form of [`story::same_page`], with a slash.
    site: Option<String>,
}

impl Own {
    /// Of the site at `base`. `authority`: of the ids minted by its store, which stays when the site moves.
    pub fn new(base: &Url, authority: Option<&str>) -> Self {
        let inside = base.join("a").ok().as_ref().and_then(story::same_page);
        let site = inside.and_then(|inside| inside.strip_suffix('a').map(str::to_owned));
        Self { tag: authority.map(|authority| format!("tag:{authority}:")), site }
    }

    /// Holds an article back that is one of ours. One that is published under its partner already stays so: the store sees to that.
    pub fn refuse(&self, verdict: Verdict) -> Verdict {
        let article = match &verdict {
            Verdict::Ready(ready) => &ready.article,
            Verdict::Held { article, .. } => article,
        };
        if !article.complete {
            return verdict;
        }
        let Some(by) = self.recognised(article) else { return verdict };
        let reason = format!("it is an article of this site coming back ({by}), which is published here already");
        let article = match verdict {
            Verdict::Ready(ready) => Box::new(ready.article),
            Verdict::Held { article, .. } => article,
        };
        Verdict::Held { article, code: OWN_ARTICLE, reason }
    }

    /// What shows that it is ours: its id, an address, or a step of the way it came.
    fn recognised(&self, article: &Article) -> Option<String> {
        let hints = &article.hints;
        let ids = [Some(article.source_key.as_str()), article.marks.guid.as_deref()].into_iter().flatten();
        if let Some(id) = ids.into_iter().find(|id| self.is_id(id)) {
            return Some(format!("its id is {id}"));
        }
        let permalink = Url::parse(&article.source_key).ok();
        let parties = hints.original.iter().chain(&hints.via).chain(&hints.source).chain(&hints.text_chain);
        let pages = article.url.iter().chain(permalink.as_ref()).chain(parties.filter_map(|party: &Party| party.url.as_ref()));
        if let Some(page) = pages.into_iter().find(|page| self.is_article(page)) {
            return Some(format!("it leads to {page}"));
        }
        if let Some(feed) =
            hints.source_feed.as_ref().filter(|feed| self.below(feed).is_some_and(|rest| rest.starts_with("feeds/")))
        {
            return Some(format!("it was copied from {feed}"));
        }
        let steps = hints.provenance.iter().flat_map(|provenance| &provenance.hops).filter_map(|hop| hop.href.as_deref());
        let mut steps = steps.filter_map(|href| Url::parse(href.trim()).ok());
        steps.find(|step| self.is_here(step)).map(|step| format!("it came by way of {step}"))
    }

    fn is_id(&self, id: &str) -> bool {
        let key = self.tag.as_ref().and_then(|tag| id.trim().strip_prefix(tag.as_str()));
        key.is_some_and(is_key)
    }

    fn is_article(&self, page: &Url) -> bool {
        self.below(page)
            .is_some_and(|rest| rest.strip_prefix("a/").is_some_and(|rest| is_key(rest.split(['?', '#']).next().unwrap_or(rest))))
    }

    /// The page itself or the front page.
    fn is_here(&self, page: &Url) -> bool {
        let front = || {
            self.site
                .as_ref()
                .is_some_and(|site| page.join("a").ok().as_ref().and_then(story::same_page) == Some(format!("{site}a")))
        };
        self.below(page).is_some() || front()
    }

    /// What stands behind the address of the site.
    fn below(&self, page: &Url) -> Option<String> {
        let page = story::same_page(page)?;
        page.strip_prefix(self.site.as_deref()?).map(str::to_owned)
    }
}

fn is_key(text: &str) -> bool {
    text.len() == KEY_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ParsedHop, ParsedProvenance};

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a literal")
    }

    fn article() -> Article {
        Article { language: Some("en".to_owned()), ..Article::made("gull", "1", "The ferry") }
    }

    fn refused(edit: impl Fn(&mut Article)) -> bool {
        let own = Own::new(&url("https://relay.example/press/"), Some("relay.example,2026"));
        let mut article = article();
        edit(&mut article);
        let verdict = Verdict::Held { article: Box::new(article), code: "other", reason: String::new() };
        matches!(own.refuse(verdict), Verdict::Held { code: OWN_ARTICLE, .. })
    }

    fn hop(href: &str) -> ParsedProvenance {
        let hop = ParsedHop {
            action: "reposted".to_owned(),
            party: "Relay".to_owned(),
            href: Some(href.to_owned()),
            ..ParsedHop::default()
        };
        ParsedProvenance { hops: vec![hop], ..ParsedProvenance::default() }
    }

    #[test]
    fn ours_is_known_by_id_address_and_way() {
        const PAGE: &str = "https://relay.example/press/a/0123456789abcdef0123";
        let party = |address: &str| Party { name: String::new(), url: Some(url(address)) };
        assert!(refused(|a| a.source_key = "tag:relay.example,2026:0123456789abcdef0123".to_owned()));
        assert!(refused(|a| a.source_key = PAGE.to_owned()));
        assert!(refused(|a| a.url = Some(url(PAGE))));
        assert!(refused(|a| a.url = Some(url(&format!("http://www.{}?utm_source=gull", &PAGE[8..])))));
        assert!(refused(|a| a.url = Some(url(&format!("https://gull.example/out?url={PAGE}")))));
        assert!(refused(|a| a.hints.original = vec![party(PAGE)]));
        assert!(refused(|a| a.hints.via = vec![party("https://gull.example/2"), party(PAGE)]));
        assert!(refused(|a| a.hints.text_chain = vec![party(PAGE)]));
        assert!(refused(|a| a.hints.source_feed = Some(url("https://relay.example/press/feeds/all.atom"))));
        assert!(refused(|a| a.hints.provenance = Some(hop(PAGE))));
        assert!(refused(|a| a.hints.provenance = Some(hop("https://relay.example/press/"))));
    }

    #[test]
    fn what_only_mentions_us_is_not() {
        let party = |address: &str| Party { name: "Relay".to_owned(), url: Some(url(address)) };
        assert!(!refused(|_| {}));
        assert!(!refused(|a| a.source_key = "tag:relay.example,2026:7".to_owned()));
        assert!(!refused(|a| a.source_key = "tag:other.example,2026:0123456789abcdef0123".to_owned()));
        assert!(!refused(|a| a.url = Some(url("https://relay.example/a/0123456789abcdef0123"))));
        assert!(!refused(|a| a.url = Some(url("https://relay.example/press/a/0123456789abcdef01234"))));
        assert!(!refused(|a| a.hints.original = vec![party("https://relay.example/press/")]));
        assert!(!refused(|a| a.hints.source_feed = Some(url("https://gull.example/feeds/all.atom"))));
        assert!(!refused(|a| a.hints.provenance = Some(hop("https://gull.example/1"))));
        assert!(!refused(|a| a.hints.provenance = Some(hop("https://relay.example/other/1"))));
        assert!(!refused(|a| (a.complete, a.url) = (false, Some(url("https://relay.example/press/a/0123456789abcdef0123")))));
    }

    #[test]
    fn a_site_at_the_root_of_its_host() {
        let own = Own::new(&url("https://relay.example"), None);
        assert!(own.is_article(&url("https://relay.example/a/0123456789abcdef0123")));
        assert!(own.is_here(&url("http://www.relay.example")));
        assert!(!own.is_here(&url("http://gull.example/")) && !own.is_article(&url("https://relay.example/a/")));
    }
}
