//! Which pages an article is on, one after the other: what is asked for next is up to the page before.

use std::collections::HashSet;

use url::Url;

use crate::model::{ParsedPage, Warning};
use crate::normalize;

/// Most pages of one article.
const PAGES: u32 = 20;

/// The pages of an article as far as they have been read.
#[derive(Debug)]
pub struct Walk {
    pages: Vec<(Url, ParsedPage)>,
    next: Option<Url>,
    visited: HashSet<Url>,
    texts: HashSet<String>,
    /// The first page, while the page is asked for that has all of it.
    in_parts: Option<(Url, ParsedPage)>,
    is_endless: bool,
}

impl Walk {
    /// From the page at `address` on.
    pub fn new(address: &Url) -> Self {
        Self {
            pages: Vec::new(),
            next: Some(without_fragment(address)),
            visited: HashSet::new(),
            texts: HashSet::new(),
            in_parts: None,
            is_endless: false,
        }
    }

    /// The page to be read now, once: its address, and the number it has in the article. `None`: there are no more.
    pub fn ask(&mut self) -> Option<(Url, u32)> {
        let address = self.next.take()?;
        self.visited.insert(address.clone());
        Some((address, self.number()))
    }

    /// Where the first page was, once it has been read.
    pub fn first(&self) -> Option<&Url> {
        self.pages.first().map(|(first, _)| first)
    }

    fn number(&self) -> u32 {
        u32::try_from(self.pages.len()).unwrap_or(PAGES) + 1
    }

    /// The page asked for, and the address that answered.
    pub fn read(&mut self, answered: Url, page: ParsedPage) {
        let before = self.in_parts.take();
        self.visited.insert(without_fragment(&answered));
        let whole = page.whole.as_deref().filter(|_| self.number() == 1 && before.is_none());
        let whole = whole.and_then(|whole| linked(&answered, &page, whole, &answered));
        if let Some(whole) = whole.filter(|whole| !self.visited.contains(whole)) {
            self.in_parts = Some((answered, page));
            self.next = Some(whole);
            return;
        }
        self.add(answered, page);
    }

    /// The page asked for cannot be read. False when nothing stands in for it: then the article is not whole.
    pub fn failed(&mut self) -> bool {
        // A rule that leads nowhere any more does not take away what there is.
        let Some((answered, page)) = self.in_parts.take() else { return false };
        self.add(answered, page);
        true
    }

    fn add(&mut self, answered: Url, page: ParsedPage) {
        let text = page.entry.content.first().map(|text| text.value.clone()).unwrap_or_default();
        // Some sites answer every page number with the last page there is, or with the first.
        if !self.texts.insert(text) {
            return;
        }
        let number = self.number();
        let first = self.first().unwrap_or(&answered);
        // The next page of the article, if it is of the same site.
        let follow = page.next.as_deref().and_then(|next| linked(&answered, &page, next, first));
        let follow = follow.filter(|url| !self.visited.contains(url));
        self.pages.push((answered, page));
        if number < PAGES {
            self.next = follow;
        } else {
            self.is_endless = follow.is_some();
        }
    }

    /// The pages with the addresses that answered, in order.
    pub fn finish(mut self) -> Vec<(Url, ParsedPage)> {
        if let (true, Some((_, last))) = (self.is_endless, self.pages.last_mut()) {
            last.warnings
                .push(Warning::new("too_many_pages", format!("the article has more than {PAGES} pages, the rest is left out")));
        }
        self.pages
    }
}

/// The address that a page links to, if it is of the same site.
fn linked(answered: &Url, page: &ParsedPage, written: &str, first: &Url) -> Option<Url> {
    let next = normalize::url::resolve(answered, &page.entry.base, written)?;
    (normalize::url::site(&next) == normalize::url::site(first)).then(|| without_fragment(&next))
}

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}
