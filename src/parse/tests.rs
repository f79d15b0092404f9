//! Whole documents through `parse::document`.

use chrono::{TimeZone, Utc};
use url::Url;

use super::{Bounds, document};
use crate::model::{FetchedDocument, Format, ParsedEntry, ParsedFeed, TextKind, Unreadable};

pub(super) fn read_bytes(bytes: &[u8], content_type: Option<&str>) -> Result<ParsedFeed, Unreadable> {
    let url = Url::parse("https://wire.example/feed").expect("an address");
    let now = Utc.with_ymd_and_hms(2026, 6, 2, 0, 40, 0).single().expect("a time");
    let doc = FetchedDocument::from_bytes(url, content_type.map(str::to_owned), bytes.to_vec(), now);
    document(&doc, None, Bounds::default())
}

pub(super) fn read(text: &str) -> ParsedFeed {
    read_bytes(text.as_bytes(), None).unwrap_or_else(|refused| panic!("{refused}: {text}"))
}

fn refused(text: &str) -> &'static str {
    read_bytes(text.as_bytes(), None).expect_err(text).code
}

pub(super) fn rss(inside: &str) -> ParsedFeed {
    read(&format!("<rss version=\"2.0\"><channel><title>Southern Wire</title>{inside}</channel></rss>"))
}

pub(super) fn item(inside: &str) -> ParsedEntry {
    rss(&format!("<item>{inside}</item>")).entries.remove(0)
}

fn atom(inside: &str) -> ParsedFeed {
    read(&format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Southern Wire</title>{inside}</feed>"))
}

pub(super) fn entry(inside: &str) -> ParsedEntry {
    atom(&format!("<entry>{inside}</entry>")).entries.remove(0)
}

pub(super) fn codes(feed: &ParsedFeed) -> Vec<&'static str> {
    feed.warnings.iter().map(|warning| warning.code).collect()
}

pub(super) fn title(entry: &ParsedEntry) -> &str {
    entry.title.as_ref().map_or("", |title| &title.value)
}

fn titles(feed: &ParsedFeed) -> Vec<&str> {
    feed.entries.iter().map(title).collect()
}

#[test]
fn rss_2_with_every_module() {
    let feed = read(
        r#"<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:m="http://search.yahoo.com/mrss/"
  xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:rel="http://id.loc.gov/vocabulary/relators/"
  xmlns:r="urn:uuid:4486557c-82cf-43f6-b83f-0b3b52c982c6">
<channel>
  <title>北岸 &#x26; 海港</title><link>https://wire.example/</link><description>News</description><language>zh-Hans</language>
  <copyright>© Wire</copyright><managingEditor>desk@wire.example (Desk)</managingEditor><ttl>30</ttl>
  <lastBuildDate>Tue, 02 Jun 2026 00:40:00 +0000</lastBuildDate><generator>hand</generator>
  <image><url>https://wire.example/logo.png</url><title>not the title</title><link>https://wire.example/not</link></image>
  <textInput><title>not this either</title><link>https://wire.example/no</link></textInput>
  <atom:link rel="self" href="https://wire.example/feed"/>
  <item>
    <title>渡轮</title><link>https://wire.example/1</link><guid isPermaLink="false">tag:wire.example,2026:1</guid>
    <pubDate>Mon, 01 Jun 2026 02:30:00 +0000</pubDate><dc:date>2026-06-01</dc:date>
    <dc:creator>Nora Field / 林白(译)</dc:creator><rel:aut>Nora Field</rel:aut><rel:trl>林白</rel:trl>
    <source url="https://nanan.example/rss.xml">南岸新闻</source>
    <category domain="https://wire.example/c">文化</category><category>港口</category>
    <comments>https://wire.example/1#c</comments><slash:comments>12</slash:comments>
    <description>Short</description><content:encoded><![CDATA[<p>Long &amp; wide</p>]]></content:encoded>
    <enclosure url="https://wire.example/1.mp3" type="audio/mpeg" length="9"/>
    <m:content url="https://wire.example/1.jpg" type="image/jpeg" medium="image" width="12" height="8" fileSize="7">
      <m:description>Deck</m:description><m:credit>Tom Reed</m:credit><m:thumbnail url="https://wire.example/t.jpg"/></m:content>
    <m:copyright>© Wire photo</m:copyright>
    <dc:language>zh-Hans</dc:language><dc:publisher>Wire</dc:publisher><dc:rights>© all</dc:rights>
    <dcterms:created>2026-05-30</dcterms:created><dcterms:isVersionOf>https://ledger.example/o</dcterms:isVersionOf>
    <dcterms:license>https://wire.example/terms</dcterms:license>
    <atom:link rel="via" href="https://nanan.example/1" title="南岸新闻"/>
    <atom:link rel="related" hreflang="en" href="https://ledger.example/o"/>
    <r:translation kind="human" from="en" to="zh-Hans" source="https://ledger.example/o"/>
    <r:disclaimer>仅供参考</r:disclaimer>
    <r:hop seq="1" action="created" party="Ledger" lang="en" at="2026-05-30T21:05:00Z" href="https://ledger.example/o"/>
  </item>
</channel></rss>"#,
    );
    assert_eq!(feed.format, Format::Rss20);
    assert!(feed.warnings.is_empty(), "{:?}", feed.warnings);
    let head = &feed.head;
    assert_eq!(head.title.as_ref().map(|text| text.value.as_str()), Some("北岸 & 海港"));
    assert_eq!(head.subtitle.as_ref().map(|text| text.value.as_str()), Some("News"));
    assert_eq!(head.rights.as_ref().map(|text| text.value.as_str()), Some("© Wire"));
    assert_eq!(
        head.links.iter().map(|link| (&*link.rel, &*link.href)).collect::<Vec<_>>(),
        [("alternate", "https://wire.example/"), ("self", "https://wire.example/feed"),]
    );
    assert_eq!(
        (
            head.language.as_deref(),
            head.ttl.as_deref(),
            head.generator.as_deref(),
            head.image.as_deref(),
            head.updated.as_deref()
        ),
        (
            Some("zh-Hans"),
            Some("30"),
            Some("hand"),
            Some("https://wire.example/logo.png"),
            Some("Tue, 02 Jun 2026 00:40:00 +0000")
        )
    );
    assert_eq!((head.authors[0].name.as_deref(), head.authors[0].email.as_deref()), (Some("Desk"), Some("desk@wire.example")));

    let [entry] = feed.entries.as_slice() else { panic!("one entry") };
    assert_eq!((title(entry), entry.id.as_deref(), entry.id_is_permalink), ("渡轮", Some("tag:wire.example,2026:1"), false));
    assert_eq!(
        (entry.published.as_deref(), entry.updated.as_deref(), entry.created.as_deref()),
        (Some("Mon, 01 Jun 2026 02:30:00 +0000"), Some("2026-06-01"), Some("2026-05-30"))
    );
    assert_eq!(entry.authors.iter().filter_map(|author| author.name.as_deref()).collect::<Vec<_>>(), ["Nora Field"]);
    assert_eq!(entry.translators.iter().filter_map(|person| person.name.as_deref()).collect::<Vec<_>>(), ["林白"]);
    let source = entry.source.as_ref().expect("a source");
    assert_eq!(source.title.as_ref().map(|text| text.value.as_str()), Some("南岸新闻"));
    assert_eq!((&*source.links[0].rel, &*source.links[0].href), ("self", "https://nanan.example/rss.xml"));
    assert_eq!(
        entry.categories.iter().map(|category| (&*category.term, category.scheme.as_deref())).collect::<Vec<_>>(),
        [("文化", Some("https://wire.example/c")), ("港口", None),]
    );
    assert_eq!((entry.comments_url.as_deref(), entry.comment_count.as_deref()), (Some("https://wire.example/1#c"), Some("12")));
    assert_eq!(entry.summary.as_ref().map(|text| (&*text.value, text.kind)), Some(("Short", TextKind::Unsaid)));
    assert_eq!(
        entry.content.iter().map(|text| (&*text.value, text.kind)).collect::<Vec<_>>(),
        [("<p>Long &amp; wide</p>", TextKind::Html)]
    );
    assert_eq!(entry.enclosures[0].length.as_deref(), Some("9"));
    let media: Vec<_> =
        entry.media.iter().map(|m| (&*m.url, m.thumbnail, m.description.as_deref(), m.credit.as_deref())).collect();
    assert_eq!(
        media,
        [("https://wire.example/1.jpg", false, Some("Deck"), Some("Tom Reed")), ("https://wire.example/t.jpg", true, None, None),]
    );
    assert_eq!(entry.media[0].copyright.as_deref(), Some("© Wire photo"));
    assert_eq!((entry.language.as_deref(), entry.publisher.as_deref()), (Some("zh-Hans"), Some("Wire")));
    assert_eq!(entry.rights.as_ref().map(|text| text.value.as_str()), Some("© all"));
    assert_eq!(entry.licenses, ["https://wire.example/terms"]);
    assert_eq!((&*entry.derived_from[0].rel, &*entry.derived_from[0].href), ("isVersionOf", "https://ledger.example/o"));
    let links: Vec<_> = entry.links.iter().map(|link| (&*link.rel, &*link.href, link.hreflang.as_deref())).collect();
    assert_eq!(
        links,
        [
            ("alternate", "https://wire.example/1", None),
            ("via", "https://nanan.example/1", None),
            ("related", "https://ledger.example/o", Some("en")),
        ]
    );
    let provenance = entry.provenance.as_ref().expect("provenance");
    assert_eq!(provenance.disclaimers, ["仅供参考"]);
    assert_eq!(provenance.translation.as_ref().map(|t| (&*t.kind, t.from.as_deref())), Some(("human", Some("en"))));
    assert_eq!(
        (&*provenance.hops[0].action, &*provenance.hops[0].party, provenance.hops[0].language.as_deref()),
        ("created", "Ledger", Some("en"))
    );
    assert!(entry.complete);
}

#[test]
fn atom_with_everything() {
    let feed = read(
        r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-Hans" xml:base="https://wire.example/a/" xmlns:thr="http://purl.org/syndication/thread/1.0">
  <id>tag:wire.example,2026:feed</id><title>转载</title><subtitle type="html">&lt;b&gt;all&lt;/b&gt;</subtitle><updated>2026-06-02T00:40:00Z</updated>
  <link rel="http://www.iana.org/assignments/relation/self" href="feed"/><rights>© each</rights><link rel="license" href="/terms"/>
  <author><name>Desk</name><email>desk@wire.example</email></author><logo>logo.png</logo>
  <entry xml:lang="en" xml:base="b/">
    <id>tag:wire.example,2026:1</id><title type="text">A &lt; B</title><published>2026-06-01T02:30:00Z</published><updated>2026-06-02T00:40:00Z</updated>
    <author><name>Nora Field</name><uri>https://wire.example/nora</uri></author><contributor><name>林白</name></contributor>
    <link href="1.html" hreflang="en" type="text/html"/><link rel="enclosure" href="1.mp3" type="audio/mpeg" length="9" title="t"/>
    <link rel="replies" type="text/html" href="1.html#c" thr:count="12"/>
    <category term="culture" scheme="https://wire.example/c" label="文化"/>
    <source xml:lang="zh"><id>https://nanan.example/rss.xml</id><title>南岸新闻</title><updated>2026-06-02T00:30:00Z</updated>
      <link rel="self" href="https://nanan.example/rss.xml"/><author><name>N</name></author><rights>© 南岸</rights></source>
    <summary>short</summary>
    <content type="xhtml" xml:lang="fr"><div xmlns="http://www.w3.org/1999/xhtml"><p class="x">One &amp; <br/>two</p></div></content>
  </entry>
</feed>"#,
    );
    assert_eq!((feed.format, codes(&feed)), (Format::Atom10, vec![]));
    let head = &feed.head;
    assert_eq!((head.id.as_deref(), head.language.as_deref()), (Some("tag:wire.example,2026:feed"), Some("zh-Hans")));
    assert_eq!(head.subtitle.as_ref().map(|text| (&*text.value, text.kind)), Some(("<b>all</b>", TextKind::Html)));
    assert_eq!((head.base.as_deref(), head.licenses.as_slice()), (Some("https://wire.example/a/"), &["/terms".to_owned()][..]));
    assert_eq!((&*head.links[0].rel, head.links[0].base.as_slice()), ("self", &["https://wire.example/a/".to_owned()][..]));

    let [entry] = feed.entries.as_slice() else { panic!("one entry") };
    assert_eq!(entry.title.as_ref().map(|text| (&*text.value, text.kind)), Some(("A < B", TextKind::Plain)));
    assert_eq!((entry.language.as_deref(), entry.base.len()), (Some("en"), 2));
    assert_eq!(entry.authors[0].uri.as_deref(), Some("https://wire.example/nora"));
    assert_eq!(entry.contributors[0].name.as_deref(), Some("林白"));
    assert_eq!(
        (&*entry.links[0].rel, entry.links[0].hreflang.as_deref(), entry.links[0].base.len()),
        ("alternate", Some("en"), 2)
    );
    assert_eq!((&*entry.enclosures[0].url, entry.enclosures[0].title.as_deref()), ("1.mp3", Some("t")));
    assert_eq!((entry.comments_url.as_deref(), entry.comment_count.as_deref()), (Some("1.html#c"), Some("12")));
    assert_eq!(entry.categories[0].label.as_deref(), Some("文化"));
    let source = entry.source.as_ref().expect("a source");
    assert_eq!(
        (source.id.as_deref(), source.updated.as_deref()),
        (Some("https://nanan.example/rss.xml"), Some("2026-06-02T00:30:00Z"))
    );
    assert_eq!((source.authors.len(), source.rights.is_some(), source.links.len()), (1, true, 1));
    let content = &entry.content[0];
    assert_eq!((&*content.value, content.kind), ("<p class=\"x\">One &amp; <br>two</p>", TextKind::Html));
    assert_eq!((content.language.as_deref(), content.base.len()), (Some("fr"), 2));
}

#[test]
fn dialects_and_their_names() {
    let check = |text: &str, format: Format, first: &str| {
        let feed = read(text);
        assert_eq!((feed.format, feed.entries.first().map(title)), (format, Some(first)), "{text}");
    };
    let rdf = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"NS\"><channel rdf:about=\"c\"><title>c</title>\
               <items><rdf:Seq><rdf:li resource=\"u\"/></rdf:Seq></items></channel><item rdf:about=\"u\"><title>one</title></item></rdf:RDF>";
    check(&rdf.replace("NS", "http://purl.org/rss/1.0/"), Format::Rss10, "one");
    check(&rdf.replace("NS", "http://my.netscape.com/rdf/simple/0.9/"), Format::Rss09x, "one");
    check("<rss version=\"0.91\"><channel><item><title>one</title></item></channel></rss>", Format::Rss09x, "one");
    check("<rss><channel><item><title>one</title></item></channel></rss>", Format::Rss20, "one");
    check("<RSS><CHANNEL><ITEM><TITLE>one</TITLE></ITEM></CHANNEL></RSS>", Format::Rss20, "one");
    check(
        "<rss xmlns=\"http://backend.userland.com/rss2\"><channel><item><title>one</title></item></channel></rss>",
        Format::Rss20,
        "one",
    );
    check(
        "<rss xmlns=\"http://www.w3.org/1999/xhtml\"><channel><item><title>one</title></item></channel></rss>",
        Format::Rss20,
        "one",
    );
    check("<channel><item><title>one</title></item></channel>", Format::Rss20, "one");
    check("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title>one</title></entry></feed>", Format::Atom10, "one");
    check(
        "<a:feed xmlns:a=\"https://www.w3.org/2005/atom\"><a:entry><a:title>one</a:title></a:entry></a:feed>",
        Format::Atom10,
        "one",
    );
    check(
        "<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><entry><title>one</title></entry></feed>",
        Format::Atom03,
        "one",
    );
    check("<feed><entry><title>one</title></entry></feed>", Format::Atom10, "one");
    check("<entry xmlns=\"http://www.w3.org/2005/Atom\"><title>one</title></entry>", Format::Atom10, "one");
    check(
        "<CHANNEL HREF=\"https://wire.example/\"><ITEM HREF=\"1\"><TITLE>one</TITLE><ABSTRACT>a</ABSTRACT></ITEM></CHANNEL>",
        Format::Cdf,
        "one",
    );
    check(
        "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:n=\"http://www.google.com/schemas/sitemap-news/0.9\"><url>\
         <loc>https://wire.example/1</loc><n:news><n:publication><n:name>Wire</n:name><n:language>zh-cn</n:language></n:publication>\
         <n:publication_date>2026-06-01</n:publication_date><n:title>one</n:title></n:news></url></urlset>",
        Format::Sitemap,
        "one",
    );
    check("{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":1,\"title\":\"one\"}]}", Format::JsonFeed, "one");
}

#[test]
fn older_dialects_keep_their_facts() {
    let cdf = read(
        "<CHANNEL HREF=\"https://wire.example/\" BASE=\"https://wire.example/b/\"><ITEM HREF=\"1\" LASTMOD=\"2026-06-01\"><A HREF=\"2\">x</A></ITEM></CHANNEL>",
    );
    assert_eq!((&*cdf.head.links[0].href, cdf.entries[0].updated.as_deref()), ("https://wire.example/", Some("2026-06-01")));
    assert_eq!(cdf.entries[0].links.iter().map(|link| &*link.href).collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(cdf.entries[0].base, ["https://wire.example/b/"]);
    let sitemap = read("<urlset><url><loc>https://wire.example/1</loc><lastmod>2026-06-01</lastmod></url></urlset>");
    assert_eq!(
        (&*sitemap.entries[0].links[0].href, sitemap.entries[0].updated.as_deref()),
        ("https://wire.example/1", Some("2026-06-01"))
    );
    let index = read("<sitemapindex><sitemap><loc>https://wire.example/s.xml</loc></sitemap></sitemapindex>");
    assert_eq!(index.follow, ["https://wire.example/s.xml"]);
    let old = read(
        "<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><tagline mode=\"escaped\" type=\"text/html\">&lt;b&gt;t&lt;/b&gt;</tagline><entry>\
                    <issued>2003-01-01</issued><modified>2003-01-02</modified><content mode=\"base64\" type=\"text/html\">PHA+aGk8L3A+</content></entry></feed>",
    );
    assert_eq!(old.head.subtitle.as_ref().map(|text| (&*text.value, text.kind)), Some(("<b>t</b>", TextKind::Html)));
    assert_eq!(
        (old.entries[0].published.as_deref(), old.entries[0].updated.as_deref()),
        (Some("2003-01-01"), Some("2003-01-02"))
    );
    assert_eq!(old.entries[0].content[0].value, "<p>hi</p>");
}

#[test]
fn values_of_an_item() {
    let check = |inside: &str, expected: &str| assert_eq!(title(&item(inside)), expected, "{inside}");
    check("<title> A &amp;amp; B </title>", "A &amp; B");
    check("<title><![CDATA[ 头条 ]]></title>", "头条");
    check("<title>a<![CDATA[b]]]]><![CDATA[>c]]></title>", "ab]]>c");
    check("<title>Rock & roll, R&D &nbsp;&mdash; &nosuch; &#150;</title>", "Rock & roll, R&D \u{a0}— &nosuch; –");
    check("<title>&lt;p&gt;a &amp; b & c&lt;/p&gt; &hellip</title>", "<p>a & b & c</p> &hellip");
    check("<title>&lt;i&gt;a<![CDATA[<b>]]>&amp;c<br/>&lt;d</title>", "<i>a<b>&c<br><d");
    check("<title>1 < 2\n&amp; 3</title>", "1 < 2\n& 3");
    check("<title>a<!-- not this -->b<?nor this?>c</title>", "abc");
    check("<title>a&#0;b&#xD800;c</title>", "ab\u{fffd}c");
    check("<title>1 < 2 and 3 <4</title>", "1 < 2 and 3 <4");
    check("<title>Mixed <i>case</i> & more</title>", "Mixed <i>case</i> &amp; more");
    check("<title/><dc:title>second best</dc:title>", "second best");
    check("<dc:title>second best</dc:title><title>best</title>", "best");
    check("<media:title>picture</media:title>", "picture");
    check("<custom><title>not mine</title></custom>", "");

    let permalink = item("<guid>https://wire.example/1</guid>");
    assert!(permalink.id_is_permalink);
    let two = item("<description>short</description><description>long</description>");
    assert_eq!((two.summary.map(|text| text.value), two.content.len()), (Some("short".to_owned()), 1));
    let author = item("<author>nora@wire.example (Nora Field)</author>").authors.remove(0);
    assert_eq!((author.name.as_deref(), author.email.as_deref()), (Some("Nora Field"), Some("nora@wire.example")));
    let links = item("<atom:link rel=\"alternate\" href=\"second\"/><link>first</link>").links;
    assert_eq!(links.iter().map(|link| &*link.href).collect::<Vec<_>>(), ["first", "second"]);
    let markup =
        item("<description><p>Deck <b>one</b></p><img src=\"a.png\" alt='\"q\"'/></description>").summary.expect("a summary");
    assert_eq!(
        (&*markup.value, markup.kind),
        ("<p>Deck <b>one</b></p><img src=\"a.png\" alt=\"&quot;q&quot;\">", TextKind::Html)
    );
    let group = item(
        "<media:group><media:credit>C</media:credit><media:content url=\"1\"/><media:content url=\"2\"/></media:group><media:content url=\"3\"/>",
    );
    assert_eq!(group.media.iter().map(|media| media.credit.as_deref()).collect::<Vec<_>>(), [Some("C"), Some("C"), None]);
}

#[test]
fn kinds_of_atom_content() {
    let check = |content: &str, expected: (&str, TextKind)| {
        let content = entry(content).content.remove(0);
        assert_eq!((&*content.value, content.kind), expected);
    };
    check("<content>a &lt;b&gt;</content>", ("a <b>", TextKind::Plain));
    check("<content type=\"html\">&lt;p&gt;a&lt;/p&gt;</content>", ("<p>a</p>", TextKind::Html));
    check("<content type=\"html\"><![CDATA[<p>a</p>]]></content>", ("<p>a</p>", TextKind::Html));
    check("<content type=\"xhtml\"><div>a &lt; b</div></content>", ("a &lt; b", TextKind::Html));
    check(
        "<content type=\"xhtml\"><x:div xmlns:x=\"http://www.w3.org/1999/xhtml\"><x:b>a</x:b></x:div></content>",
        ("<b>a</b>", TextKind::Html),
    );
    check("<content type=\"xhtml\"><div>a</div><div>b</div></content>", ("<div>a</div><div>b</div>", TextKind::Html));
    check("<content type=\"html\"><div>a &lt;b&gt;c&lt;/b&gt;</div></content>", ("a <b>c</b>", TextKind::Html));
    check("<content type=\"xhtml\"><div><q:r>a</q:r></div></content>", ("<q:r>a</q:r>", TextKind::Html));
    check("<content type=\"text/html\">&lt;p&gt;a&lt;/p&gt;</content>", ("<p>a</p>", TextKind::Html));
    check("<content type=\"application/octet-stream\">aGFyYm91cg==</content>", ("harbour", TextKind::Unsaid));
    let elsewhere = entry("<content src=\"https://wire.example/1.html\" type=\"text/html\"/>");
    assert_eq!((elsewhere.content.len(), &*elsewhere.links[0].href), (0, "https://wire.example/1.html"));
    assert!(atom("<entry><title>d</title><app:control><app:draft>yes</app:draft></app:control></entry>").entries.is_empty());
}

#[test]
fn broken_markup_is_read_past() {
    let check = |text: &str, expected: &[&str]| {
        let feed = read(text);
        assert_eq!(titles(&feed), expected, "{text}");
        assert!(!feed.warnings.is_empty(), "no warning: {text}");
    };
    check("<rss><channel><item><title>a<item><title>b</channel></rss>", &["a", "b"]);
    check("<rss><channel><item><title>a</b></title></item></channel></rss>", &["a"]);
    check("<rss><channel><item><b><title>a</title></b></i></item></channel></rss>", &[""]);
    check(
        "<rss><channel><item><title>a</title><link>http://wire.example<pubDate>x</pubDate></item><item><title>b</title></item></channel></rss>",
        &["a", "b"],
    );
    check("<rss><channel><item><title>a<description>d</description></item></channel></rss>", &["a"]);
    check(
        "<rss><channel><item><title>a</title><enclosure url=\"x></item><item><title>b</title></item></channel></rss>",
        &["a", "b"],
    );
    check("<rss><channel><item><title>a</title</item><item><title>b</title></item></channel></rss>", &["a", "b"]);
    check("<rss><channel><item><title>a</title><![CDATA[", &["a"]);
    check(
        "<rss><channel><item><title>a</title></item></channel></rss><rss><channel><item><title>b</title></item></channel></rss>",
        &["a"],
    );
    check("<rss><channel><item><title>a</title></item></channel></rss> junk & more", &["a"]);
    check("<rss><channel><item><title>a < b</title></item></channel></rss>", &["a < b"]);
    // an attribute without quotes or given twice is no reason for a warning: nothing is lost
    let feed = rss("<item><title>t</title><enclosure url=http://wire.example/1 url=\"b\" type='x' length=1 /></item>");
    assert_eq!(feed.entries[0].enclosures[0].url, "http://wire.example/1");
    let junk = read(
        "<br />\n<b>Warning</b>: x in <b>y</b><br>\n\u{feff}<?xml version=\"1.0\"?><rss><channel><item><title>a</title></item></channel></rss>",
    );
    assert_eq!(titles(&junk), ["a"]);
    let declaration = read("<?xml version=\"1.0\"><rss><channel><item><title>a</title></item></channel></rss>");
    assert_eq!(titles(&declaration), ["a"]);
}

#[test]
fn a_cut_document_says_which_entry_was_cut() {
    let whole = "<rss><channel><title>c</title><item><title>a</title></item><item><title>b</title><link>https://wire.example/b</link></item></channel></rss>";
    for cut in 1..whole.len() {
        let Ok(feed) = read_bytes(&whole.as_bytes()[..cut], None) else { continue };
        let ended = whole[..cut].matches("</item>").count();
        let complete = feed.entries.iter().filter(|entry| entry.complete).count();
        assert_eq!(complete, ended, "cut at {cut}: {}", &whole[..cut]);
        assert!(codes(&feed).contains(&"xml_truncated"), "cut at {cut}: {:?}", feed.warnings);
    }
    assert!(read(whole).entries.iter().all(|entry| entry.complete));
}

#[test]
fn what_is_no_feed_is_named() {
    let check = |text: &str, code: &str, names: &str| {
        let refused = read_bytes(text.as_bytes(), None).expect_err(text);
        assert_eq!(refused.code, code, "{text}");
        assert!(refused.message.contains(names), "{}: {text}", refused.message);
    };
    check("", "empty_body", "empty");
    check(" \n\t", "empty_body", "empty");
    check("\u{feff}", "empty_body", "empty");
    check("null", "not_a_feed", "JSON");
    check("[]", "not_a_feed", "JSON");
    check("{}", "not_a_feed", "JSON");
    check("42", "not_a_feed", "JSON");
    check("{\"items\":[", "json_malformed", "broken");
    check("<!DOCTYPE html><html><head><title>Just a moment</title></head><body></body></html>", "not_a_feed", "Just a moment");
    check("<html xmlns=\"http://www.w3.org/1999/xhtml\"><body/></html>", "not_a_feed", "HTML page");
    check("\u{89}PNG", "not_a_feed", "text");
    check("GIF89a", "not_a_feed", "GIF");
    check("<svg><title>x</title></svg>", "not_a_feed", "<svg>");
    check("<rss>", "not_a_feed", "nothing of a feed");
    check("<feed><price>1</price></feed>", "not_a_feed", "nothing of a feed");
    check("hello", "not_a_feed", "text");
    check("<<<<<<", "not_a_feed", "text");
}

#[test]
fn an_empty_feed_is_a_feed() {
    for text in [
        "<rss/>",
        "<rss version=\"2.0\"><channel/></rss>",
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"/>",
        "<feed><title>t</title></feed>",
    ] {
        assert_eq!((read(text).entries.len(), codes(&read(text))), (0, vec!["no_entries"]), "{text}");
    }
}

#[test]
fn bounds_hold() {
    let check = |text: &str, expected: &str| assert_eq!(refused(text), expected);
    check(&format!("<rss><channel>{}", "<a>".repeat(3_000)), "xml_too_deep");
    check(
        &format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><content type=\"xhtml\">{}", "<b>".repeat(50_000)),
        "xml_too_deep",
    );
    let attributes: String = (0..80_000).map(|n| format!(" a{n}='1'")).collect();
    check(&format!("<rss><channel{attributes}></channel></rss>"), "xml_too_many_attrs");
    let namespaces: String = (0..100).map(|n| format!(" xmlns:n{n}='urn:{n}'")).collect();
    check(&format!("<rss{namespaces}><channel/></rss>"), "xml_too_many_ns");
    check(&format!("<rss><channel>{}</channel></rss>", "<item/>".repeat(1_001)), "too_many_items");
    check(
        "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><rss><channel><title>&x;</title></channel></rss>",
        "xml_dtd",
    );
    let laughs: String = (1..9).map(|n| format!("<!ENTITY l{n} \"&l{};&l{};\">", n - 1, n - 1)).collect();
    check(&format!("<!DOCTYPE rss [<!ENTITY l0 \"lol\">{laughs}]><rss><channel><title>&l8;</title></channel></rss>"), "xml_dtd");
    check(&format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{}0]}}", "{},".repeat(1_001)), "too_many_items");

    assert_eq!(rss(&"<item/>".repeat(1_000)).entries.len(), 1_000);
    let long = rss(&format!("<item><guid>{}</guid></item><item><title>b</title></item>", "g".repeat(1 << 20)));
    assert_eq!((titles(&long), codes(&long)), (vec!["b"], vec!["field_too_long"]));
    let many = rss(&format!("<item>{}</item>", (0..10_000).map(|n| format!("<category>c{n}</category>")).collect::<String>()));
    assert_eq!((many.entries[0].categories.len(), codes(&many)), (32, vec!["too_many_categories"]));
    // HTML that nobody closed is not deep
    let paragraphs = item(&format!("<description>{}</description>", "<p>text<br>more<hr>".repeat(500)));
    assert!(paragraphs.summary.is_some_and(|text| text.value.matches("<p>").count() == 500));
}

#[test]
fn harmless_document_types_are_read_past() {
    let text = "<!DOCTYPE rss PUBLIC \"-//Example//DTD RSS 0.91//EN\" \"http://dtd.example/rss-0.91.dtd\"><rss version=\"0.91\"><channel><item><title>a</title></item></channel></rss>";
    assert_eq!((titles(&read(text)), codes(&read(text))), (vec!["a"], vec!["dtd_ignored"]));
    let text = "<!DOCTYPE rss [<!ENTITY house \"Southern Wire\">]><rss><channel><item><title>&house; &amp; co</title></item></channel></rss>";
    assert_eq!(titles(&read(text)), ["Southern Wire & co"]);
}

#[test]
fn character_sets_end_to_end() {
    let text = "<?xml version=\"1.0\" encoding=\"gb2312\"?><rss><channel><item><title>退役渡轮变身水上图书馆</title></item></channel></rss>";
    let (bytes, _, _) = encoding_rs::GB18030.encode(text);
    let feed = read_bytes(&bytes, None).expect("readable");
    assert_eq!((titles(&feed), codes(&feed)), (vec!["退役渡轮变身水上图书馆"], vec![]));
    let undeclared = text.replace(" encoding=\"gb2312\"", "");
    let (bytes, _, _) = encoding_rs::GB18030.encode(&undeclared);
    let feed = read_bytes(&bytes, Some("text/xml; charset=gbk")).expect("readable");
    assert_eq!((titles(&feed), codes(&feed)), (vec!["退役渡轮变身水上图书馆"], vec![]));
}

#[test]
fn json_feed_with_everything() {
    let feed = read(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"转载","home_page_url":"https://wire.example/","feed_url":"https://wire.example/feed.json",
  "description":"all","icon":"i.png","favicon":null,"language":"zh-Hans","authors":[{"name":"Desk"}],"hubs":[{"type":"WebSub","url":"https://hub.example/"}],
  "items":[{"id":4711,"url":"https://wire.example/1","external_url":"https://nanan.example/1","title":" 渡轮 ","content_html":"<p>x</p>","content_text":"x",
    "summary":"s","image":"1.jpg","date_published":"2026-06-01T02:30:00Z","date_modified":"2026-06-02T00:40:00Z","author":{"name":"Nora Field","url":"https://wire.example/nora"},
    "authors":[{"name":"Nora Field"},{"name":"林白(译)"}],"tags":["文化",7,null],"_license":{"url":"https://wire.example/cc"},"attachments":[{"url":"1.mp3","mime_type":"audio/mpeg","size_in_bytes":9}],
    "_reprint":{"source":{"title":"南岸新闻","feed_url":"https://nanan.example/rss.xml"},"via_url":"https://nanan.example/1",
      "original":{"url":"https://ledger.example/o","language":"en","outlet":"Ledger","date_published":"2026-05-30T21:05:00Z"},
      "translation":{"kind":"human","from":"en","to":"zh-Hans","translators":[{"name":"林白"}]},"rights":"© Ledger","license_url":"https://wire.example/terms",
      "disclaimer":"仅供参考","comments":{"url":"https://wire.example/1#c","count":12},"images":[{"url":"1.jpg","caption":"Deck","credit":"Tom Reed"}],
      "hops":[{"seq":1,"action":"created","party":"Ledger","language":"en","url":"https://ledger.example/o"}]}},
   "not an item",{"content_text":"no id"}]}"#,
    );
    assert_eq!((feed.format, codes(&feed)), (Format::JsonFeed, vec![]));
    assert_eq!((feed.head.image.as_deref(), feed.head.language.as_deref()), (Some("i.png"), Some("zh-Hans")));
    assert_eq!(feed.head.links.iter().map(|link| &*link.rel).collect::<Vec<_>>(), ["alternate", "self", "hub"]);
    assert_eq!(feed.entries.len(), 2);
    let entry = &feed.entries[0];
    assert_eq!((entry.id.as_deref(), title(entry)), (Some("4711"), "渡轮"));
    assert_eq!(entry.authors.iter().filter_map(|author| author.name.as_deref()).collect::<Vec<_>>(), ["Nora Field", "林白(译)"]);
    assert_eq!(entry.categories.iter().map(|category| &*category.term).collect::<Vec<_>>(), ["文化", "7"]);
    assert_eq!(entry.content.iter().map(|text| text.kind).collect::<Vec<_>>(), [TextKind::Html, TextKind::Plain]);
    assert_eq!(entry.enclosures[0].length.as_deref(), Some("9"));
    assert_eq!((entry.media.len(), entry.media[0].credit.as_deref()), (1, Some("Tom Reed")));
    assert_eq!((&*entry.derived_from[0].rel, &*entry.derived_from[0].href), ("external_url", "https://nanan.example/1"));
    assert_eq!(entry.links.iter().map(|link| &*link.rel).collect::<Vec<_>>(), ["alternate", "via", "related"]);
    assert_eq!((entry.created.as_deref(), entry.comment_count.as_deref()), (Some("2026-05-30T21:05:00Z"), Some("12")));
    assert_eq!(entry.translators[0].name.as_deref(), Some("林白"));
    assert_eq!(entry.licenses, ["https://wire.example/cc", "https://wire.example/terms"]);
    let provenance = entry.provenance.as_ref().expect("provenance");
    assert_eq!((provenance.hops[0].seq.as_deref(), provenance.disclaimers.as_slice()), (Some("1"), &["仅供参考".to_owned()][..]));
}

#[test]
fn broken_json_is_read_as_far_as_it_goes() {
    let feed = |items: &str| format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"t\",\"items\":[{items}");
    let check = |text: &str, expected: &[&str], code: &str| {
        let feed = read(text);
        assert_eq!((titles(&feed), codes(&feed)), (expected.to_vec(), vec![code]), "{text}");
    };
    check(&feed("{\"title\":\"a\"},{\"title\":\"b"), &["a"], "json_truncated");
    check(&feed("{\"title\":\"a\"},]}"), &["a"], "json_repaired");
    check(&feed("{\"title\":\"a\\ud800b\"}]}"), &["a\u{fffd}b"], "json_repaired");
    check("{\"title\":\"t\",\"items\":[{\"title\":\"a\"}]}", &["a"], "json_no_version");
    assert_eq!(titles(&read(&feed("{\"title\":\"\\ud83d\\ude00\\u0000x\"}]}"))), ["😀x"]);
    assert_eq!(refused(&format!("{}{}", feed(""), "[".repeat(10_000))), "json_malformed");
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn token() -> impl Strategy<Value = String> {
        let known = [
            "<rss>",
            "</rss>",
            "<channel>",
            "</channel>",
            "<item>",
            "</item>",
            "<title>",
            "</title>",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "&amp;",
            "&#",
            "&x;",
            "<?xml",
            "?>",
            "<feed xmlns='http://www.w3.org/2005/Atom'>",
            "<entry>",
            "</entry>",
            "<!DOCTYPE",
            "<content type='xhtml'>",
            "<div>",
            "</div>",
            "<author>",
            "<source url='u'>",
            "'",
            "\"",
            "/>",
            "<",
            ">",
            "标",
            " ",
            "<media:group>",
            "<link href='",
            "xml:base='a'",
        ];
        prop_oneof![9 => proptest::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => ".{0,4}"]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// Whatever comes, it ends in a value, and no structure is larger than the document it is from allows.
        #[test]
        fn nothing_panics(tokens in proptest::collection::vec(token(), 0..60)) {
            let text = tokens.concat();
            if let Ok(feed) = read_bytes(text.as_bytes(), None) {
                prop_assert!(feed.entries.len() <= text.len() / 5);
            }
        }

        #[test]
        fn bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Err(refused) = read_bytes(&bytes, None) {
                prop_assert!(!refused.message.is_empty() && !refused.message.contains('\n'));
            }
        }

        /// Text survives escaping, whichever way it was escaped. Without the letters that begin a character in UTF-8: in front of a mark of
        /// windows-1252, as in "Ã€", their references are taken for bytes that were escaped one by one (see `entities::byte_by_byte`).
        #[test]
        fn text_survives(text in "[^\\p{Cc}\\p{Z}\u{c2}-\u{f4}\u{feff}\u{fffe}\u{ffff}]{1,30}") {
            let escaped: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("&#{};", u32::from(c)) }).collect();
            let by_reference = item(&format!("<title>{escaped}</title>"));
            prop_assert_eq!(title(&by_reference), &text);
            let section = text.replace("]]>", "]]]]><![CDATA[>");
            let by_section = item(&format!("<title><![CDATA[{section}]]></title>"));
            prop_assert_eq!(title(&by_section), &text);
        }
    }
}

#[test]
fn deleted_entries_of_json_feed_are_whole_and_as_many_as_entries_may_be() {
    let json = |extension: &str| {
        let text = format!(
            "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"f\",\"_reprint\":{extension},\"items\":[{{\"id\":\"1\",\"content_text\":\"x\"}}]}}"
        );
        let doc = FetchedDocument::from_bytes("http://f.example/".parse().unwrap(), None, text.into_bytes(), Default::default());
        document(&doc, None, Bounds { entries: 3 }).unwrap()
    };
    let check = |extension: &str, expected: &[(&str, &str)], warned: bool| {
        let feed = json(extension);
        let found: Vec<(&str, &str)> = feed.deleted.iter().map(|one| (one.reference.as_str(), one.when.as_str())).collect();
        assert_eq!((found.as_slice(), feed.entries.len()), (expected, 1), "{extension}");
        assert_eq!(codes(&feed).contains(&"too_many_deletions"), warned, "{extension}");
    };
    check(
        r#"{"about":"x","deleted":[{"id":"urn:2","when":"2026-06-02T08:00:00Z","by":"Ada","reason":"r"},{"id":3,"when":"w"}]}"#,
        &[("urn:2", "2026-06-02T08:00:00Z"), ("3", "w")],
        false,
    );
    check(r#"{"deleted":{"id":"urn:2","when":"w"}}"#, &[("urn:2", "w")], false);
    check(r#"{"deleted":[{"id":"urn:2"},{"when":"w"},{"id":"","when":"w"},"urn:3",null,[],7]}"#, &[], false);
    for nothing in ["null", "[]", "7", "\"x\"", "{}", r#"{"deleted":null}"#, r#"{"deleted":"urn:2"}"#] {
        check(nothing, &[], false);
    }
    let one = r#"{"id":"u","when":"w"}"#;
    check(&format!("{{\"deleted\":[{}]}}", [one; 4].join(",")), &[("u", "w"); 3], true);
    let many = format!("{{\"deleted\":[{}]}}", vec![one; 200].join(","));
    assert_eq!(json(&many).deleted.len(), 3);
}

#[test]
fn deleted_entries_are_of_atom_and_whole() {
    let check = |inside: &str, expected: &[(&str, &str)]| {
        let feed = atom(inside);
        let found: Vec<(&str, &str)> = feed.deleted.iter().map(|one| (one.reference.as_str(), one.when.as_str())).collect();
        assert_eq!((found.as_slice(), codes(&feed).len()), (expected, usize::from(feed.entries.is_empty())), "{inside}");
    };
    const AT: &str = "xmlns:at=\"http://purl.org/atompub/tombstones/1.0\"";
    let entry = "<entry><id>urn:1</id><title>One</title></entry>";
    let whole = format!(
        "{entry}<at:deleted-entry {AT} ref=\"urn:2\" when=\"2026-06-02T08:00:00Z\"><at:by><name>Ada</name></at:by>\
         <at:comment>gone</at:comment><link href=\"x\"/></at:deleted-entry>"
    );
    check(&whole, &[("urn:2", "2026-06-02T08:00:00Z")]);
    check(&format!("<at:deleted-entry {AT} ref=\"urn:2\" when=\"w\"/>{entry}"), &[("urn:2", "w")]);
    check(&format!("{entry}<at:deleted-entry {AT} ref=\"urn:2\"/><at:deleted-entry {AT} when=\"w\"/>"), &[]);
    check(&format!("{entry}<deleted-entry ref=\"urn:2\" when=\"w\"/>"), &[]);
    let inside_entry =
        format!("<entry><id>urn:1</id><title>One</title><at:deleted-entry {AT} ref=\"urn:2\" when=\"w\"/></entry>");
    check(&inside_entry, &[]);
    let other = rss(&format!("<item><title>One</title></item><at:deleted-entry {AT} ref=\"urn:2\" when=\"w\"/>"));
    assert!(other.deleted.is_empty());
}
