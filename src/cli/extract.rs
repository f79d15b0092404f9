//! `extract --json`: an article page as data, as an admin sees what we make of it.

use chrono::SecondsFormat;
use serde_json::{Value, json};
use url::Url;

use super::inspect::{chain, evidence, images, names, party};
use crate::attribute;
use crate::config::Outlet;
use crate::model::{FetchedDocument, Provenance, Unreadable, Verdict};
use crate::normalize::page::{self, Pages};
use crate::normalize::{html, text};
use crate::parse::html::{Asked, page as parse};

/// Reads a page and gives the object of `extract --json`. Where the outlet has no name, the page's name for its site is taken.
pub fn json(doc: &FetchedDocument, mut outlet: Outlet) -> Result<Value, Unreadable> {
    let selectors = outlet.extract.clone();
    let asked = Asked { first: &doc.url, number: 1, selectors: &selectors, rules: None, bounded: html::bounded };
    let page = parse(doc, outlet.charset.as_deref(), &asked)?;
    if outlet.name.is_empty() {
        outlet.name = page.site.first().cloned().unwrap_or_default();
    }
    let next = page.next.clone();
    let byline = page.byline.clone();
    let pages = [(doc.url.clone(), page)];
    let found = Pages { outlet: &outlet, pages: &pages, fetched_at: doc.fetched_at };
    let article = page::alone(&found, &doc.url).ok_or_else(|| Unreadable::new("no_text", "there is no article on the page"))?;
    let (article, provenance, held) = match attribute::article(&outlet, article) {
        Verdict::Ready(attributed) => (attributed.article, Some(attributed.provenance), None),
        Verdict::Held { article, code, reason } => (*article, None, Some(format!("{code}: {reason}"))),
    };
    let chain = provenance.as_ref().map(|provenance| chain(&outlet, provenance)).unwrap_or_default();
    let categories: Vec<&str> =
        article.categories.iter().map(|category| category.label.as_deref().unwrap_or(&category.term)).collect();
    Ok(json!({
        "url": article.url.as_ref().map(Url::as_str),
        "title": article.title,
        "title_raw": article.title_raw,
        "language": article.language,
        "published": article.published.map(|stamp| stamp.at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        "byline": byline,
        "authors": names(&article.authors),
        "translators": names(&article.hints.translators),
        "editors": names(&article.hints.editors),
        "source": chain.first().map(party),
        "chain": chain.iter().map(party).collect::<Vec<_>>(),
        "is_repost": is_repost(!chain.is_empty(), held.as_deref()),
        "disclaimers": article.disclaimers,
        "images": images(&article),
        "comment_count": article.comments.as_ref().and_then(|comments| comments.count),
        "categories": categories,
        "rights": article.hints.rights,
        "license_url": article.hints.license.as_ref().map(Url::as_str),
        "content_html": article.body.as_str(),
        "content_text": text::of_html(article.body.as_str()),
        "next_page": next,
        "held": held,
        "warnings": article.warnings.iter().map(|warning| format!("{}: {}", warning.code, warning.message)).collect::<Vec<_>>(),
        "confidence": provenance.as_ref().and_then(Provenance::confidence),
        "evidence": evidence(&article, provenance.as_ref()),
    }))
}

/// Whether the text was first published elsewhere; `None` where the page contradicts itself.
fn is_repost(has_source: bool, held: Option<&str>) -> Option<bool> {
    match held {
        Some(reason) if reason.starts_with("uncertain_origin") => None,
        Some(reason) if reason.starts_with("unclear_origin") => Some(true),
        _ => Some(has_source),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};
    use chrono_tz::Tz;

    use super::super::inspect::neutral_outlet;
    use super::*;

    fn extract(body: &str) -> Value {
        let url = Url::parse("https://port.example/1").expect("an address");
        let now = Utc.with_ymd_and_hms(2026, 6, 8, 0, 40, 0).single().expect("a time");
        let doc = FetchedDocument::from_bytes(url.clone(), None, body.as_bytes().to_vec(), now);
        json(&doc, neutral_outlet(&url, Tz::UTC)).expect("readable")
    }

    fn page(head: &str, source: &str) -> String {
        format!(
            "<html lang=zh-CN><head><meta property=og:site_name content=今日港>{head}</head><body><div class=crumbs><a href=/>首页</a> &gt; <a href=/c/>城事</a></div>\
             <h1>【译】绿渡轮停航</h1><div class=info><span>2026-06-01 08:30</span> {source} <span>作者:林书白</span> <span>译者:周念</span> <span>编辑:顾岸</span> <span>评论4条</span></div>\
             <article><p>绿渡轮停在南岸码头已经三个星期,没有人来开它,也没有人来修它。</p><p><img src=/1.jpg width=600></p><p>住在七层的会计每天早上都去看一眼,回来以后什么也不说。</p>\
             <p>船长的女儿说,她父亲把钥匙放在了一只旧茶壶里。</p><p>本文仅代表原作者观点,不代表本网立场。版权归海港纪事所有。</p></article></body></html>"
        )
    }

    #[test]
    fn every_key_that_has_a_value_has_evidence() {
        let got = extract(&page(
            "<link rel=license href=https://licence.example/licenses/by/>",
            "<span>来源: <a href=https://ledger.example/1>海港纪事</a></span>",
        ));
        let keys = [
            "url",
            "title",
            "language",
            "published",
            "authors",
            "translators",
            "editors",
            "source",
            "chain",
            "disclaimers",
            "images",
            "comment_count",
            "categories",
            "rights",
            "license_url",
        ];
        for key in keys {
            let value = &got[key];
            let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            let facts = got["evidence"][key].as_array().map_or(0, Vec::len);
            assert!(empty || facts > 0, "{key} is {value} without evidence: {}", got["evidence"]);
        }
        for key in [
            "title",
            "language",
            "published",
            "authors",
            "translators",
            "editors",
            "source",
            "comment_count",
            "images",
            "disclaimers",
        ] {
            let facts = got["evidence"][key].as_array().unwrap_or_else(|| panic!("{key}: {}", got["evidence"]));
            assert!(facts.iter().all(|fact| fact["rule"].is_string() && fact["text"].is_string()), "{key}");
        }
        assert_eq!(got["evidence"]["translators"][1]["rule"], "row_above_text", "{}", got["evidence"]["translators"]);
        assert_eq!((&got["is_repost"], &got["source"]["name"]), (&json!(true), &json!("海港纪事")));
    }

    #[test]
    fn a_page_that_contradicts_itself_is_held_and_an_original_has_no_source() {
        let two = "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"绿渡轮停航\",\
             \"isBasedOn\":[\"https://ledger.example/1\",\"https://quay.example/2\"]}</script>";
        let got = extract(&page(two, ""));
        let held = got["held"].as_str().unwrap_or_default();
        assert!(
            held.starts_with("uncertain_origin: ") && held.contains("ledger.example/1") && held.contains("quay.example/2"),
            "{got}"
        );
        assert_eq!((&got["is_repost"], &got["source"]), (&Value::Null, &Value::Null));
        assert!(got["evidence"]["title"].is_array());
        let own = extract(&page("", "<span>今日港原创</span>").replace("版权归海港纪事所有。", ""));
        assert_eq!((&own["held"], &own["source"], &own["is_repost"]), (&Value::Null, &Value::Null, &json!(false)), "{own}");
    }
}
