//! The feeds of the made-up outlets, each in its dialect and charset.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8};
use serde_json::json;

use super::words::{self, escape};
use super::{Dialect, Issue, Partner, picture};

/// The charset an outlet writes in.
pub(super) fn charset(dialect: Dialect) -> &'static Encoding {
    match dialect {
        Dialect::RssGb18030 => GB18030,
        Dialect::RssBig5 => BIG5,
        Dialect::Atom | Dialect::Rdf | Dialect::Json => UTF_8,
    }
}

/// `text` in the charset of the outlet.
pub(super) fn encode(dialect: Dialect, text: &str) -> Vec<u8> {
    charset(dialect).encode(text).0.into_owned()
}

/// Media type of an outlet's feed as it should be.
pub(super) fn media_type(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::RssGb18030 | Dialect::RssBig5 => "application/rss+xml",
        Dialect::Atom => "application/atom+xml",
        Dialect::Rdf => "application/rdf+xml",
        Dialect::Json => "application/feed+json",
    }
}

/// What the outlet's server says instead.
pub(super) fn content_type(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::RssGb18030 => "text/xml; charset=gb2312",
        Dialect::RssBig5 => "text/xml",
        Dialect::Atom => "application/atom+xml; charset=utf-8",
        Dialect::Rdf => "application/rdf+xml",
        Dialect::Json => "application/feed+json",
    }
}

/// The feed as it is now.
pub(super) fn document(partner: &Partner) -> Vec<u8> {
    let window = partner.window();
    let text = match partner.profile.dialect {
        Dialect::RssGb18030 | Dialect::RssBig5 => rss(partner, &window),
        Dialect::Atom => atom(partner, &window),
        Dialect::Rdf => rdf(partner, &window),
        Dialect::Json => json_feed(partner, &window),
    };
    encode(partner.profile.dialect, &text)
}

fn rss(partner: &Partner, window: &[Issue]) -> String {
    let profile = partner.profile;
    let big5 = profile.dialect == Dialect::RssBig5;
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"{}\"?>\n\
         <rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\">\n<channel>\n<title>{}</title>\n<link>{}</link>\n\
         <description>{}</description>\n<language>{}</language>\n<copyright>{}</copyright>\n<ttl>1</ttl>\n",
        if big5 { "big5" } else { "GB18030" },
        escape(profile.name),
        partner.url("/"),
        escape(profile.name),
        if big5 { "zh-tw" } else { "zh-cn" },
        escape(profile.rights),
    );
    for issue in window {
        let url = words::url(partner, issue);
        let body = words::body(partner, issue).replace("]]>", "]]&gt;");
        let date = issue.at.with_timezone(&profile.zone).to_rfc2822();
        let _ = write!(
            xml,
            "<item>\n<title>{}</title>\n<link>{url}</link>\n<guid isPermaLink=\"true\">{url}</guid>\n<category>{}</category>\n<pubDate>{date}</pubDate>\n",
            escape(&words::title(profile, issue)),
            escape(issue.story.category),
        );
        // The city site names its authors in the text only, as such sites do.
        let _ = if big5 {
            let author = escape(&issue.story.authors.join("、"));
            write!(xml, "<dc:creator>{author}</dc:creator>\n<content:encoded><![CDATA[{body}]]></content:encoded>\n</item>\n")
        } else {
            let comments = words::comments(issue);
            write!(xml, "<slash:comments>{comments}</slash:comments>\n<description><![CDATA[{body}]]></description>\n</item>\n")
        };
    }
    xml.push_str("</channel>\n</rss>\n");
    xml
}

fn atom(partner: &Partner, window: &[Issue]) -> String {
    let profile = partner.profile;
    let feed = partner.url(profile.feed);
    let updated = window.first().map_or(DateTime::UNIX_EPOCH, |issue| issue.at);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
         <title>{}</title>\n<id>tag:isles.example,2026:feed</id>\n<updated>{}</updated>\n<rights>{}</rights>\n\
         <link rel=\"self\" href=\"{feed}\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
        profile.language,
        escape(profile.name),
        rfc3339(updated),
        escape(profile.rights),
        partner.url("/"),
    );
    for issue in window {
        let _ = write!(
            xml,
            "<entry xml:lang=\"{}\">\n<title>{}</title>\n<id>tag:isles.example,2026:{}</id>\n\
             <published>{at}</published>\n<updated>{at}</updated>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
            words::language(profile, issue),
            escape(&words::title(profile, issue)),
            words::slug(issue),
            words::url(partner, issue),
            at = rfc3339(issue.at),
        );
        for author in issue.story.authors {
            let _ = writeln!(xml, "<author><name>{}</name></author>", escape(author));
        }
        if let Some(origin) = &issue.story.origin {
            for translator in origin.translators {
                let _ = writeln!(xml, "<contributor><name>{}</name></contributor>", escape(translator));
            }
            let _ = writeln!(
                xml,
                "<link rel=\"related\" type=\"text/html\" hreflang=\"{}\" href=\"{}\" title=\"{}\"/>",
                origin.language,
                escape(origin.url),
                escape(origin.outlet),
            );
        }
        let _ = write!(
            xml,
            "<category term=\"{}\"/>\n<rights>{}</rights>\n<content type=\"html\">{}</content>\n</entry>\n",
            escape(issue.story.category),
            escape(profile.rights),
            escape(&words::body(partner, issue)),
        );
    }
    xml.push_str("</feed>\n");
    xml
}

fn rdf(partner: &Partner, window: &[Issue]) -> String {
    let profile = partner.profile;
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <rdf:RDF xmlns=\"http://purl.org/rss/1.0/\" xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xml:lang=\"ja\">\n\
         <channel rdf:about=\"{}\">\n<title>{name}</title>\n<link>{}</link>\n<description>{name}</description>\n\
         <dc:language>ja</dc:language>\n<dc:rights>{}</dc:rights>\n<items><rdf:Seq>\n",
        partner.url(profile.feed),
        partner.url("/"),
        escape(profile.rights),
        name = escape(profile.name),
    );
    for issue in window {
        let _ = writeln!(xml, "<rdf:li rdf:resource=\"{}\"/>", words::url(partner, issue));
    }
    xml.push_str("</rdf:Seq></items>\n</channel>\n");
    for issue in window {
        let url = words::url(partner, issue);
        let _ = write!(
            xml,
            "<item rdf:about=\"{url}\">\n<title>{}</title>\n<link>{url}</link>\n<dc:date>{}</dc:date>\n<dc:subject>{}</dc:subject>\n",
            escape(&words::title(profile, issue)),
            issue.at.with_timezone(&profile.zone).format("%Y-%m-%dT%H:%M:%S%:z"),
            escape(issue.story.category),
        );
        for author in issue.story.authors {
            let _ = writeln!(xml, "<dc:creator>{}</dc:creator>", escape(author));
        }
        let _ = write!(xml, "<content:encoded>{}</content:encoded>\n</item>\n", escape(&words::body(partner, issue)));
    }
    xml.push_str("</rdf:RDF>\n");
    xml
}

fn json_feed(partner: &Partner, window: &[Issue]) -> String {
    let profile = partner.profile;
    let items: Vec<_> = window
        .iter()
        .map(|issue| {
            let authors: Vec<_> = issue.story.authors.iter().map(|name| json!({ "name": name })).collect();
            let attachments: Vec<_> = words::pictures(partner, issue)
                .enumerate()
                .map(|(n, (url, caption))| {
                    let size = picture::png(words::first_picture(profile, issue) + n).len();
                    json!({ "url": url, "mime_type": "image/png", "title": caption, "size_in_bytes": size })
                })
                .collect();
            let url = words::url(partner, issue);
            let mut item = json!({
                "id": url,
                "url": url,
                "title": words::title(profile, issue),
                "content_html": words::body(partner, issue),
                "date_published": rfc3339(issue.at),
                "authors": authors,
                "tags": [issue.story.category],
                "language": profile.language,
                "image": attachments.first().map(|first| first["url"].clone()),
                "attachments": attachments,
            });
            if let Some(origin) = &issue.story.origin {
                item["external_url"] = json!(origin.url);
            }
            item
        })
        .collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": profile.name,
        "home_page_url": partner.url("/"),
        "feed_url": partner.url(profile.feed),
        "language": profile.language,
        "authors": [{ "name": profile.name, "url": partner.url("/") }],
        "items": items,
    });
    format!("{feed:#}\n")
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::Mutex;

    use quick_xml::events::Event;

    use super::super::{PROFILES, Profile};
    use super::*;

    fn partner(profile: &'static Profile, articles: usize) -> Partner {
        let partner = Partner { profile, address: SocketAddr::from((Ipv4Addr::LOCALHOST, 4000)), issues: Mutex::default() };
        for n in 0..articles {
            partner.publish(DateTime::from_timestamp(1_800_000_000 + n as i64, 0).unwrap());
        }
        partner
    }

    /// The text of the feed, which must lose nothing in its charset.
    fn text(partner: &Partner) -> String {
        let encoding = charset(partner.profile.dialect);
        let bytes = document(partner);
        let (text, had_errors) = encoding.decode_without_bom_handling(&bytes);
        assert!(!had_errors, "{}", partner.profile.id);
        text.into_owned()
    }

    #[test]
    fn every_story_can_be_written_in_its_charset() {
        for profile in &PROFILES {
            let partner = partner(profile, profile.stories.len() * 2);
            for issue in partner.issues.lock().unwrap().iter() {
                let all = format!("{}{}", words::title(profile, issue), words::page(&partner, issue, "x"));
                let (_, _, unmappable) = charset(profile.dialect).encode(&all);
                let lost: String =
                    all.chars().filter(|c| charset(profile.dialect).encode(c.encode_utf8(&mut [0; 4])).2).collect();
                assert!(!unmappable, "{}/{}: {lost}", profile.id, issue.story.slug);
            }
        }
    }

    #[test]
    fn xml_feeds_are_well_formed_and_hold_the_window() {
        for (profile, element) in PROFILES.iter().zip(["item", "entry", "item", "", "item"]) {
            if element.is_empty() {
                continue;
            }
            let text = text(&partner(profile, 20));
            let mut reader = quick_xml::Reader::from_str(&text);
            let mut found = 0;
            loop {
                match reader.read_event() {
                    Ok(Event::Eof) => break,
                    Ok(Event::Start(start)) if start.name().as_ref() == element.as_bytes() => found += 1,
                    Ok(_) => {}
                    Err(error) => panic!("{}: {error}", profile.id),
                }
            }
            assert_eq!(found, super::super::WINDOW, "{}", profile.id);
        }
    }

    #[test]
    fn the_json_feed_has_what_the_version_demands() {
        let profile = &PROFILES[3];
        assert_eq!(profile.dialect, Dialect::Json);
        let feed: serde_json::Value = serde_json::from_str(&text(&partner(profile, 8))).unwrap();
        assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
        let items = feed["items"].as_array().unwrap();
        assert_eq!(items.len(), 8);
        assert!(items.iter().all(|item| item["id"].is_string() && item["content_html"].is_string()));
        assert!(items.iter().any(|item| item["external_url"].is_string()));
        assert!(items.iter().all(|item| item["attachments"][0]["size_in_bytes"].as_u64().unwrap() > 100));
    }

    #[test]
    fn the_city_site_says_where_it_has_it_from_at_both_ends() {
        let partner = partner(&PROFILES[0], 1);
        let text = text(&partner);
        assert!(text.contains("来源: 海港纪事中文网 <a href=\"https://cn.ledger.example.com/"), "{text}");
        assert_eq!(text.matches("本文转载自海港纪事中文网").count(), 2);
        assert!(text.contains("图1:") && text.contains("图2:") && text.contains("LIN WANQING, VIA HARBOUR LEDGER"));
        assert!(text.contains("encoding=\"GB18030\"") && content_type(Dialect::RssGb18030).ends_with("gb2312"));
    }

    #[test]
    fn a_translation_names_author_translator_and_original() {
        let partner = partner(&PROFILES[1], 5);
        let text = text(&partner);
        for expected in [
            "<author><name>Maren Oldcastle</name></author>",
            "<contributor><name>蘇映嵐</name></contributor>",
            "hreflang=\"en\" href=\"https://skerry-review.example/essays/letters-to-the-next-keeper\"",
            "<entry xml:lang=\"zh-Hans\">",
            "<entry xml:lang=\"zh-Hant\">",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
        assert_eq!(text.matches("<entry xml:lang=\"zh-Hans\">").count(), 1, "one of the five is in simplified characters");
    }
}
