//! HTML that may be published: repaired, with absolute addresses, then through the allow-list.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ::url::Url;
use ammonia::{Builder, UrlRelative};
use dom_query::{Document, NodeRef};

use super::tags::{self, Refusal};
use super::{drawing, escapes, marking, text};
use crate::model::{Html, Unreadable};

mod pictures;

pub(super) use pictures::pixels;
use pictures::{image, noscript, picture};

/// Elements that pass: what Miniflux and FreshRSS both show, `div` to keep blocks apart, and phrasing that does no harm.
const ELEMENTS: &[&str] = &[
    "p",
    "br",
    "hr",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "a",
    "img",
    "figure",
    "figcaption",
    "blockquote",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "pre",
    "code",
    "em",
    "strong",
    "b",
    "i",
    "small",
    "sub",
    "sup",
    "cite",
    "q",
    "ruby",
    "rt",
    "rp",
    "abbr",
    "del",
    "ins",
    "time",
    "audio",
    "video",
    "source",
    "div",
    "s",
    "u",
    "mark",
    "kbd",
    "samp",
    "var",
    "dfn",
    "wbr",
    "bdi",
    // Only where it says a language or a direction.
    "span",
    "details",
    "summary",
    "address",
];

/// Attributes that pass, by element. `title` passes on `a`, `img` and `abbr` only.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "title"]),
    ("abbr", &["title"]),
    ("img", &["src", "alt", "title", "width", "height"]),
    ("blockquote", &["cite"]),
    ("q", &["cite"]),
    ("ins", &["cite", "datetime"]),
    ("del", &["cite", "datetime"]),
    ("time", &["datetime"]),
    ("ol", &["start", "reversed"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan", "scope"]),
    ("audio", &["src", "controls"]),
    ("video", &["src", "poster", "controls", "width", "height"]),
    ("source", &["src", "type"]),
];

/// Elements that go with everything inside: nothing in them is text of the article.
const REMOVED: &[&str] = &[
    "script", "style", "template", "title", "select", "textarea", "button", "head", "noembed", "noframes", "xmp", "link", "meta",
    "base", "embed", "applet", "input", "frameset", "frame", "canvas", "map", "datalist",
];

/// Hosts whose frames are films or posts: a link stays where the frame was.
const FRAMES: &[&str] = &[
    "youtube.com",
    "youtube-nocookie.com",
    "youtu.be",
    "vimeo.com",
    "dailymotion.com",
    "bilibili.com",
    "youku.com",
    "qq.com",
    "tudou.com",
    "iqiyi.com",
    "nicovideo.jp",
    "ted.com",
    "facebook.com",
    "twitter.com",
    "x.com",
    "instagram.com",
    "tiktok.com",
    "rutube.ru",
    "vk.com",
    "ok.ru",
    "naver.com",
    "kakao.com",
    "soundcloud.com",
    "spotify.com",
    "archive.org",
    "arte.tv",
    "globo.com",
];

/// `rel` of every link.
const LINK_REL: &str = "noopener nofollow";

static ALLOW_LIST: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .tags(ELEMENTS.iter().copied().collect())
        .tag_attributes(
            ATTRIBUTES.iter().map(|(element, names)| (*element, names.iter().copied().collect())).collect::<HashMap<_, _>>(),
        )
        .generic_attributes(marking::ATTRIBUTES.iter().copied().collect())
        .allowed_classes(HashMap::new())
        .clean_content_tags(
            ["script", "style", "template", "svg", "math", "title", "textarea", "select", "xmp", "noembed", "noframes", "iframe"]
                .into(),
        )
        .url_schemes(["http", "https"].into())
        // only a document without an address of its own has some left, see `resolve`
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some(LINK_REL))
        .strip_comments(true);
    builder
});

static ALLOWED: LazyLock<HashSet<&'static str>> = LazyLock::new(|| ELEMENTS.iter().copied().collect());
static GONE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| REMOVED.iter().copied().collect());

/// HTML as an outlet wrote it → HTML that may be published: balanced, allow-listed, absolute http(s) addresses only; sanitizing the
/// result again changes nothing. Lazy pictures are repaired, counting pictures removed, frames of films become links.
///
/// Relative references are resolved against `base`. A source that would cost quadratic time comes back as escaped plain text.
pub fn sanitize(source: &str, base: &Url) -> Html {
    match tree(source, base) {
        Ok(document) => finish(&document),
        Err(_) => refused(source),
    }
}

/// Says whether a tree may be built from a source: nesting, attributes and tangled formatting within what a parser takes in linear time.
///
/// # Errors
/// `html_too_deep`, `html_too_many_attributes`, `html_too_tangled`.
pub fn bounded(source: &str) -> Result<(), Unreadable> {
    tags::check(source).map_err(|refusal| Unreadable::new(refusal.code, format!("it has {}, which is not read", refusal.message)))
}

/// A refused source as escaped plain text.
pub(super) fn refused(source: &str) -> Html {
    let plain = text::of_html(source);
    Html::from_sanitized(if plain.is_empty() { String::new() } else { format!("<p>{}</p>", text::escape(&plain)) })
}

/// The tree of a source, repaired and with absolute addresses; classes and ids are still there.
pub(super) fn tree(source: &str, base: &Url) -> Result<Document, Refusal> {
    tags::check(source)?;
    let document = Document::fragment(declarations(source).as_ref());
    repair(&document, base);
    Ok(document)
}

/// `<!` that begins neither a declaration nor a comment is text (see [`tags::is_declaration`]); HTML would drop all up to the next `>`.
fn declarations(source: &str) -> Cow<'_, str> {
    let mut text = source.match_indices("<!").filter(|(at, _)| !tags::is_declaration(source.as_bytes().get(at + 2))).peekable();
    if text.peek().is_none() {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len() + 16);
    let mut done = 0;
    for (at, _) in text {
        out.push_str(&source[done..at]);
        out.push_str("&lt;");
        done = at + 1;
    }
    out.push_str(&source[done..]);
    Cow::Owned(out)
}

/// Serializes a tree through the allow-list until the result is its own result: what is taken away can leave nesting that the next
/// reader's parser would read differently.
pub(super) fn finish(document: &Document) -> Html {
    escapes::cut(document);
    let drawings = drawing::take(document);
    narrow(document);
    let mut html = inside(document);
    for _ in 0..5 {
        let again = ALLOW_LIST.clean(&escapes::seamed(&html)).to_string();
        if again == html {
            return Html::from_sanitized(drawing::put_back(html.trim(), &drawings));
        }
        html = again;
    }
    refused(&drawing::without(&html))
}

/// Does in the tree what the allow-list will do, so that for a sound text its first look changes nothing and is the last.
fn narrow(document: &Document) {
    let Some(root) = document.root().first_element_child() else { return };
    let mut strange: Vec<String> = Vec::new();
    for node in root.descendants() {
        if node.is_comment() {
            node.remove_from_parent();
            continue;
        }
        let Some(name) = node.node_name().filter(|_| !is_foreign(&node)) else { continue };
        let name = marking::passing(&node, &name);
        if !ALLOWED.contains(name) {
            if !strange.iter().any(|known| known == name) {
                strange.push(name.to_owned());
            }
            continue;
        }
        let own = ATTRIBUTES.iter().find(|(element, _)| *element == name).map_or(&[][..], |(_, allowed)| *allowed);
        if marking::is_marked(&node) {
            node.retain_attrs(&[own, marking::ATTRIBUTES].concat());
        } else {
            node.retain_attrs(own);
        }
        if name == "a" {
            node.set_attr("rel", LINK_REL);
        }
    }
    let strange: Vec<&str> = strange.iter().map(String::as_str).collect();
    root.strip_elements(&strange);
}

/// Source of what the tree holds.
fn inside(document: &Document) -> String {
    document.root().first_element_child().map(|html| html.inner_html().to_string()).unwrap_or_default()
}

fn repair(document: &Document, base: &Url) {
    for node in document.root().descendants() {
        let Some(name) = node.node_name() else { continue };
        let name: &str = &name;
        if is_foreign(&node) {
            if drawing::is_root(&node) && !drawing::tidy(&node, base) {
                node.remove_from_parent();
            }
            continue;
        }
        if GONE.contains(name) {
            node.remove_from_parent();
            continue;
        }
        marking::tidy(&node);
        match name {
            "h1" => node.rename("h2"),
            "a" => link(&node, base),
            "img" => image(&node, base),
            "noscript" => noscript(&node),
            "iframe" => frame(document, &node, base),
            "picture" => picture(&node),
            "video" | "audio" => {
                address(&node, "src", base);
                address(&node, "poster", base);
                node.set_attr("controls", "");
            }
            "source" => address(&node, "src", base),
            "blockquote" | "q" | "ins" | "del" => address(&node, "cite", base),
            _ => {}
        }
    }
}

fn is_foreign(node: &NodeRef<'_>) -> bool {
    node.qual_name_ref().is_some_and(|name| &*name.ns != "http://www.w3.org/1999/xhtml" && !name.ns.is_empty())
}

fn address(node: &NodeRef<'_>, attribute: &str, base: &Url) {
    let Some(written) = node.attr(attribute) else { return };
    match resolve(base, &written) {
        Some(address) => node.set_attr(attribute, &address),
        None => node.remove_attr(attribute),
    }
}

/// A reference as it is published: absolute, an IRI where the outlet wrote one (RFC 3987 § 1.2: HTML takes it, and people can read it).
/// In a document that has no address on the web, what is relative stays as it is.
fn resolve(base: &Url, written: &str) -> Option<String> {
    if let Some(url) = super::url::resolve(base, &[], written) {
        return Some(if written.is_ascii() { url.into() } else { iri(url.as_str(), written) });
    }
    let plain: String = written.trim().chars().filter(|c| !c.is_control()).collect();
    let start = plain.split(['/', '?', '#']).next().unwrap_or_default();
    let relative =
        !plain.is_empty() && plain.len() <= super::url::LONGEST && !start.contains(':') && !plain.starts_with(['/', '\\']);
    (relative && !matches!(base.scheme(), "http" | "https")).then_some(plain)
}

/// Takes the percent-encoding off the letters and digits that were written without it.
fn iri(encoded: &str, written: &str) -> String {
    let letters: HashSet<char> = written.chars().filter(|c| !c.is_ascii() && c.is_alphanumeric()).collect();
    let mut out = String::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut bytes = [0_u8; 4];
        let mut found = 0;
        for (slot, triplet) in bytes.iter_mut().zip(rest.as_bytes().chunks_exact(3)) {
            let digit = |b: u8| char::from(b).to_digit(16);
            let &[b'%', high, low] = triplet else { break };
            let (Some(high), Some(low)) = (digit(high), digit(low)) else { break };
            *slot = (high * 16 + low) as u8;
            found += 1;
        }
        let letter = (2..=found).find_map(|length| {
            let c = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
            (c.len_utf8() == length && letters.contains(&c)).then_some((c, 3 * length))
        });
        match letter {
            Some((c, length)) => {
                out.push(c);
                rest = &rest[length..];
            }
            None => {
                out.push('%');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn link(node: &NodeRef<'_>, base: &Url) {
    address(node, "href", base);
    if !node.has_attr("href") {
        // Its text stays; a link that leads nowhere goes.
        node.rename("span");
    }
}

fn frame(document: &Document, node: &NodeRef<'_>, base: &Url) {
    let url = node.attr("src").or_else(|| node.attr("data-src")).and_then(|src| super::url::resolve(base, &[], &src));
    if let Some(url) = url.filter(|url| {
        let host = super::url::site(url);
        FRAMES.iter().any(|known| host == *known || host.strip_suffix(known).is_some_and(|sub| sub.ends_with('.')))
    }) {
        let link = document.tree.new_element("a");
        link.set_attr("href", url.as_str());
        let title = node.attr("title").map(|title| text::clean(&title)).filter(|title| !title.is_empty());
        link.append_child(&document.tree.new_text(title.unwrap_or_else(|| url.to_string())));
        node.insert_before(&link);
    }
    node.remove_from_parent();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clean(source: &str) -> String {
        sanitize(source, &Url::parse("https://outlet.example/a/1").expect("a literal")).as_str().to_owned()
    }

    #[test]
    fn sanitizes() {
        let check = |source: &str, expected: &str| assert_eq!(clean(source), expected, "{source}");
        check("<p onclick=x style='position:fixed' class=c id=i>t</p>", "<p>t</p>");
        check("a<script>alert(1)</script>b<style>p{}</style>", "ab");
        check(
            "<a href='/x?a=1&amp;b=2' target=_blank>t</a>",
            "<a href=\"https://outlet.example/x?a=1&amp;b=2\" rel=\"noopener nofollow\">t</a>",
        );
        check("<a href='java\tscript:alert(1)'>text stays</a>", "text stays");
        check("<a href=vbscript:x>t</a><a href=data:text/html,x>u</a>", "tu");
        check("<h1>T</h1>", "<h2>T</h2>");
        check("a <!' b> c <!-- d --> <![if x]>e<!>", "a &lt;!' b&gt; c  e");
        check(
            "<a href=新闻/%e6%b8%af.html>t</a>",
            "<a href=\"https://outlet.example/a/新闻/%e6%b8%af.html\" rel=\"noopener nofollow\">t</a>",
        );
        check("<svg><set attributeName=href to=javascript:alert(1)></svg>t", "t");
        check(
            "<math><annotation-xml encoding='text/html'><style><img src=x onerror=alert(1)></style></annotation-xml></math>t",
            "t",
        );
        check("<form action=/x><input name=a>t</form>", "t");
        check("<object data=x.swf>t</object>", "t");
        check("<base href='https://evil.example/'><meta http-equiv=refresh content=0><link rel=stylesheet href=x>t", "t");
        check("<p>渡轮<ruby>港<rt>こう</rt></ruby></p>", "<p>渡轮<ruby>港<rt>こう</rt></ruby></p>");
        check("<!-- c -->t<![CDATA[x]]>", "t");
        check("<blockquote cite='//q.example/1'>q</blockquote>", "<blockquote cite=\"https://q.example/1\">q</blockquote>");
        check("", "");
    }

    #[test]
    fn pictures_are_made_whole() {
        let check = |source: &str, expected: &str| assert_eq!(clean(source), expected, "{source}");
        let img = |src: &str| format!("<img src=\"https://outlet.example{src}\">");
        check("<img src=/1.jpg srcset='/2.jpg 2x' loading=lazy>", &img("/1.jpg"));
        check("<img src='data:image/gif;base64,R0' data-src=/1.jpg>", &img("/1.jpg"));
        check("<img src=/img/blank.gif data-original=/1.jpg>", &img("/1.jpg"));
        check("<img src=/small.jpg data-src=/1.jpg>", &img("/1.jpg"));
        check("<img srcset='/s.jpg 320w, /l,1.jpg 1280w'>", &img("/l,1.jpg"));
        check("<picture><source srcset='/a.webp 1x, /b.webp 2x'><img></picture>", &img("/b.webp"));
        check("<img src='data:image/gif;base64,R0'><noscript><img src=/1.jpg></noscript>", &img("/1.jpg"));
        check("<img src=/1.jpg width=600px height=50%>", "<img src=\"https://outlet.example/1.jpg\" width=\"600\">");
        check("<img src=/c.gif width=1 height=1>x", "x");
        check("<img alt=渡轮 onerror=x>", "<img alt=\"渡轮\">");
        check("<img alt=''>x<img src=data:x alt=t>", "x");
        check("<img src=https://pixel.wp.com/b.gif?x=1>x", "x");
        check("<img src=data:image/png;base64,AA>x", "x");
        check("<img src=/c.gif style='display: none'>x", "x");
    }

    #[test]
    fn without_an_address_relative_references_stay() {
        let base = Url::parse("file:///tmp/feed.xml").expect("a literal");
        let check = |source: &str, expected: &str| assert_eq!(sanitize(source, &base).as_str(), expected, "{source}");
        check("<a href=foo>t</a><img src='i/1.jpg'>", "<a href=\"foo\" rel=\"noopener nofollow\">t</a><img src=\"i/1.jpg\">");
        for refused in ["java&#10;script:alert(1)", "file:///etc/passwd", "//evil.example/", "\\\\evil.example", "x:y"] {
            check(&format!("<a href='{refused}'>t</a>"), "t");
        }
    }

    #[test]
    fn frames_of_films_become_links() {
        let check = |source: &str, expected: &str| assert_eq!(clean(source), expected, "{source}");
        check(
            "<iframe src='https://www.youtube.com/embed/x' title='The film'></iframe>",
            "<a href=\"https://www.youtube.com/embed/x\" rel=\"noopener nofollow\">The film</a>",
        );
        check("<iframe src=https://ads.example/></iframe>t", "t");
        check("<iframe src=https://notyoutube.com/></iframe>t", "t");
    }

    #[test]
    fn deep_nesting_is_kept_as_text_and_costs_nothing() {
        let source = "<div>".repeat(50_000) + "<b>text</b> & <i>more</i>";
        let started = std::time::Instant::now();
        assert_eq!(clean(&source), "<p>text &amp; more</p>");
        assert!(started.elapsed().as_millis() < 2_000, "took {:?}", started.elapsed());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn what_is_clean_stays_as_it_is(parts in prop::collection::vec(prop::sample::select(vec![
            "<p>", "</p>", "<div>", "</div>", "<a href=/x>", "</a>", "<table>", "<tr>", "<td>", "</table>", "<b>", "</b>", "<i>", "</i>",
            "<svg>", "</svg>", "<style>", "</style>", "<math>", "<mi>", "<noscript>", "<ul>", "<li>", "</ul>", "<img src=/i.jpg>",
            "<button>", "</button>", "<form>", "<select>", "<option>", "<h2>", "</h2>", "<pre>", "\n", "text", "&lt;b&gt;", "<figure>",
            "<figcaption>", "</figure>", "<blockquote>", "<q>", "<ruby>", "<rt>", "<textarea>", "<title>", "<!--", "-->", "<template>",
            "<iframe src=https://youtu.be/x>", "<picture>", "<source srcset=/x>", "<details>", "<summary>", "<caption>", "<video src=/v>",
            "<span>", "</span>", "<span lang=fr>", "<p dir=rtl>", "<section lang=he>", "</section>", "<td dir=auto>", "<center>", "<font>", "<dl>", "<dt>", "<dd>", "\"'>", "<",
        ]), 0..24)) {
            let once = clean(&parts.concat());
            prop_assert_eq!(clean(&once), once);
        }
    }
}
