//! Whole documents in older and rarer dialects, and markup inside texts.

use super::tests::{codes, entry, item, read, read_bytes, rss, title};
use crate::model::{Format, TextKind};

#[test]
fn a_channel_definition() {
    let feed = read(
        r#"<?xml version="1.0"?><!DOCTYPE Channel SYSTEM "http://www.w3c.org/Channel.dtd">
<CHANNEL HREF="https://wire.example/index.html" BASE="https://wire.example/b/" LASTMOD="1998-11-05T22:12">
<TITLE>Southern Wire</TITLE><ABSTRACT>Ships &amp; ports</ABSTRACT><LOGO HREF="logo.gif" STYLE="IMAGE"/>
<SCHEDULE><INTERVALTIME DAY="1"/></SCHEDULE>
<ITEM HREF="one.html" LASTMOD="1998-11-04T20:00" LEVEL="1"><TITLE>Ferry</TITLE><ABSTRACT>It sails again</ABSTRACT><USAGE VALUE="Email"/></ITEM>
<ITEM><A HREF="https://wire.example/two.html">Quay</A><TITLE>Quay</TITLE></ITEM>
<CHANNEL><TITLE>Inner</TITLE><ITEM HREF="three.html"><TITLE>Mole</TITLE></ITEM></CHANNEL>
</CHANNEL>"#,
    );
    assert_eq!(feed.format, Format::Cdf);
    assert_eq!(feed.head.title.as_ref().map(|title| &*title.value), Some("Southern Wire"));
    assert_eq!(feed.head.subtitle.as_ref().map(|text| &*text.value), Some("Ships & ports"));
    assert_eq!(feed.head.updated.as_deref(), Some("1998-11-05T22:12"));
    assert_eq!(feed.entries.iter().map(title).collect::<Vec<_>>(), ["Ferry", "Quay", "Mole"]);
    let first = &feed.entries[0];
    assert_eq!((&*first.links[0].href, first.base[0].as_str()), ("one.html", "https://wire.example/b/"));
    assert_eq!(first.updated.as_deref(), Some("1998-11-04T20:00"));
    assert_eq!(first.summary.as_ref().map(|text| &*text.value), Some("It sails again"));
    assert_eq!(feed.entries[1].links[0].href, "https://wire.example/two.html");
}

#[test]
fn a_news_sitemap() {
    let feed = read(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://wire.example/news/1</loc><lastmod>2026-06-02T01:00:00+08:00</lastmod><changefreq>daily</changefreq>
  <news:news><news:publication><news:name>北岸新闻</news:name><news:language>zh-cn</news:language></news:publication>
  <news:publication_date>2026-06-01T22:30:00+08:00</news:publication_date><news:title>渡轮 &amp; 港口</news:title>
  <news:keywords>港口, 渡轮</news:keywords></news:news>
  <image:image><image:loc>https://wire.example/1.jpg</image:loc></image:image></url>
<url><loc>https://wire.example/about</loc></url>
</urlset>"#,
    );
    assert_eq!((feed.format, feed.entries.len()), (Format::Sitemap, 2));
    let first = &feed.entries[0];
    assert_eq!((title(first), &*first.links[0].href), ("渡轮 & 港口", "https://wire.example/news/1"));
    assert_eq!(first.published.as_deref(), Some("2026-06-01T22:30:00+08:00"));
    assert_eq!(first.updated.as_deref(), Some("2026-06-02T01:00:00+08:00"));
    assert_eq!((first.publisher.as_deref(), first.language.as_deref()), (Some("北岸新闻"), Some("zh-cn")));
    assert_eq!(first.categories.iter().map(|category| &*category.term).collect::<Vec<_>>(), ["港口", "渡轮"]);
    assert_eq!(first.media.iter().map(|media| &*media.url).collect::<Vec<_>>(), ["https://wire.example/1.jpg"]);
    assert_eq!((title(&feed.entries[1]), &*feed.entries[1].links[0].href), ("", "https://wire.example/about"));
}

#[test]
fn characters_escaped_byte_by_byte_are_put_together() {
    let check = |written: &str, expected: &str| {
        let entry = item(&format!("<description>{written}</description>"));
        assert_eq!(entry.summary.as_ref().or(entry.content.first()).map_or("", |text| &text.value), expected, "{written}");
    };
    check("a&#226;&#128;&#166;b", "a…b");
    check("&acirc;&euro;&brvbar; &amp; &#xe6;&#xb8;&#xaf;", "… & æ¸¯");
    check("&#xe6;&#x9b;&#xbf;&#xe6;&#x9b;&#xbf;", "替替");
    check("&#240;&#159;&#154;&#162;", "🚢");
    check("&Atilde;&copy; &Atilde;&nbsp;x", "Ã© Ã\u{a0}x");
    check("&acirc;&#128;x &#226;", "â€x â");
    check("&Acirc;&lsaquo; &Atilde;&#137;", "Â‹ É");
    check("&acirc; &euro;&brvbar;", "â €¦");
}

#[test]
fn too_few_bytes_to_tell_the_character_set() {
    let check = |bytes: &[u8], expected: &str| {
        let mut document = b"<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Southern Wire and all its ports</title><item><title>".to_vec();
        document.extend_from_slice(bytes);
        document.extend_from_slice(b"</title></item></channel></rss>");
        document.resize(600, b'\n');
        let feed = read_bytes(&document, None).expect("a feed");
        assert_eq!((title(&feed.entries[0]), codes(&feed)[0]), (expected, "charset_repaired"));
    };
    check(b"\xe2\x80\x99-\xe2\x80\x9d\xa9", "â€™-â€\u{9d}Š");
    check(b"Caf\xe9", "Café");
}

#[test]
fn an_empty_description_is_one_unless_there_is_another() {
    let check = |inside: &str, expected: Option<&str>| {
        assert_eq!(rss(inside).head.subtitle.as_ref().map(|text| &*text.value), expected, "{inside}");
    };
    check("<description/>", Some(""));
    check("<description></description><description>Ships</description>", Some("Ships"));
    check("<description>Ships</description><description/>", Some("Ships"));
    check("<item><description/></item>", None);
    check("", None);
}

#[test]
fn references_in_xhtml_follow_the_bases_in_it() {
    let content = |inside: &str| {
        let entry = entry(&format!(
            "<content type=\"xhtml\" xml:base=\"https://wire.example/a/\"><div xmlns=\"http://www.w3.org/1999/xhtml\">{inside}</div></content>"
        ));
        (entry.content[0].value.clone(), entry.content[0].base.clone())
    };
    let outer = vec!["https://wire.example/a/".to_owned()];
    assert_eq!(
        content("<p xml:base=\"2026/\"><img src=\"1.jpg\"/></p><a href=\"2\">x</a>"),
        ("<p><img src=\"2026/1.jpg\"></p><a href=\"2\">x</a>".to_owned(), outer.clone())
    );
    assert_eq!(
        content("<p xml:base=\"https://cdn.example/i/\"><img src=\"../1.jpg\" xml:base=\"c/\"/></p>"),
        ("<p><img src=\"https://cdn.example/i/1.jpg\"></p>".to_owned(), outer)
    );
}

#[test]
fn languages_in_xhtml_are_said_as_html_says_them() {
    let said = entry(
        "<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p lang=\"x\" xml:lang=\"ar\" dir=\"rtl\">a <q xml:lang='he&quot;'>b</q></p>\
         <svg xmlns=\"http://www.w3.org/2000/svg\" xml:lang=\"fr\"/></div></content>",
    );
    assert_eq!(
        said.content[0].value,
        "<p dir=\"rtl\" lang=\"ar\">a <q lang=\"he&quot;\">b</q></p><svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"
    );
}

#[test]
fn drawings_in_xhtml_keep_their_namespace() {
    let drawn = entry(
        "<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:s=\"http://www.w3.org/2000/svg\"><s:svg width=\"99\"><s:rect/></s:svg></div></content>",
    );
    assert_eq!(
        (drawn.content[0].value.as_str(), drawn.content[0].kind),
        ("<svg width=\"99\" xmlns=\"http://www.w3.org/2000/svg\"><rect></rect></svg>", TextKind::Html)
    );
}
