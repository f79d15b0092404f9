//! Made-up articles that tests start from: whole, with what is always there, and nothing else said of them.

use url::Url;

use super::{Article, AttributedArticle, Hints, Html, Marks, Party, Person, Provenance};

fn address(text: &str) -> Url {
    Url::parse(text).expect("the name of an outlet is a label of a host")
}

impl Article {
    /// What an outlet at `OUTLET.example.com` has at the path `source_key`.
    pub fn made(outlet: &str, source_key: &str, title: &str) -> Self {
        Self {
            outlet: outlet.to_owned(),
            feed_url: address(&format!("https://{outlet}.example.com/rss")),
            source_key: source_key.to_owned(),
            marks: Marks::default(),
            url: Some(address(&format!("https://{outlet}.example.com/{source_key}"))),
            title: title.to_owned(),
            title_raw: title.to_owned(),
            language: None,
            published: None,
            embargoed_until: None,
            updated: None,
            authors: Vec::new(),
            summary: None,
            body: Html::default(),
            images: Vec::new(),
            attachments: Vec::new(),
            categories: Vec::new(),
            comments: None,
            disclaimers: Vec::new(),
            hints: Hints::default(),
            warnings: Vec::new(),
            complete: true,
        }
    }

    /// The article as its outlet's own, under that outlet's name, by `authors`.
    pub fn attributed(self, name: &str, authors: Vec<Person>) -> AttributedArticle {
        let provenance = Provenance {
            source: Party { name: name.to_owned(), url: self.url.clone() },
            source_feed: self.feed_url.clone(),
            source_home: None,
            authors,
            original: None,
            translation: None,
            hops: Vec::new(),
            disclaimer: None,
            rights: None,
            license: None,
            evidence: Vec::new(),
        };
        AttributedArticle { article: self, provenance }
    }
}
