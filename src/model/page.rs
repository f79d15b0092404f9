//! Article pages and listing pages: what is asked of them, and what `parse` understands of them.

use super::{ParsedEntry, Warning};

/// How an outlet's article pages are read where the general rules fail: CSS selectors (Selectors Level 4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageSelectors {
    /// Elements whose content is the text, in document order.
    pub content: Option<String>,
    /// Elements that are no part of the text.
    pub remove: Vec<String>,
    /// The link to the next page of the same article, or an element around it.
    pub next: Option<String>,
    /// The headline.
    pub title: Option<String>,
    /// Names of the authors.
    pub author: Option<String>,
    /// The date of publication.
    pub date: Option<String>,
}

/// How a listing page is read where the general rules fail: CSS selectors, those of parts matched inside an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingSelectors {
    /// One item a match.
    pub item: Option<String>,
    /// The link to the article.
    pub link: Option<String>,
    /// The title; without it the text of the link.
    pub title: Option<String>,
    /// The date.
    pub date: Option<String>,
}

/// One page of an article.
#[derive(Debug, Clone, Default)]
pub struct ParsedPage {
    /// What it says of the article, as an entry of a feed would. The text is the first of `content`.
    pub entry: ParsedEntry,
    /// Address of the next page of the same article, as written. Resolved against `entry.base`.
    pub next: Option<String>,
    /// Address of a page that has the whole article, as written, where site rules name one.
    pub whole: Option<String>,
    /// What stands around the text and says something of it, in document order.
    pub rows: Vec<PageRow>,
    /// What the page calls its site: OpenGraph, the end of the document's title.
    pub site: Vec<String>,
    /// Who wrote the article, as the page says it: names that its metadata give, else the line that it displays.
    pub byline: Option<String>,
    /// Oddities that were read past.
    pub warnings: Vec<Warning>,
}

/// Where on an article page a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Between headline and text, or beside the headline.
    Head,
    /// After the text, before what belongs to other articles.
    Tail,
    /// After the element that holds headline and text: most of it is of the site or of other articles.
    After,
    /// In or at the list of comments: their number.
    Comments,
    /// In the way from the front page to the article.
    Crumbs,
    /// Among the tags and categories of the article.
    Tags,
}

/// A block of a page outside of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRow {
    /// Where it stands.
    pub place: Place,
    /// HTML source as the page has it.
    pub html: String,
}
