//! Pages with all that content management systems put around an article. Outlets, people and texts are invented.

use chrono::{TimeZone, Utc};
use url::Url;

use super::*;
use crate::model::Place;

const ZH: &str = "渡口的钟在清晨响了三遍,船夫们把缆绳一根一根收回甲板,等着雾从河面上散开,好把第一班客人送到对岸的集市去。";
const EN: &str = "The bell at the ferry rang three times before dawn, and the boatmen, who had waited for the fog to lift, took in the ropes one by one.";

fn read(source: &str) -> ParsedPage {
    let url = Url::parse("https://hewan.example/a/1.html").expect("an address");
    let at = Utc.with_ymd_and_hms(2026, 5, 4, 1, 0, 0).single().expect("a time");
    let doc = FetchedDocument::from_bytes(url, Some("text/html; charset=utf-8".to_owned()), source.as_bytes().to_vec(), at);
    let selectors = PageSelectors::default();
    let asked =
        Asked { first: &doc.url, number: 1, selectors: &selectors, bounded: crate::parse::html::tests::sound, rules: None };
    page(&doc, None, &asked).unwrap_or_else(|error| panic!("{error}: {source}"))
}

/// Paragraphs that tell themselves apart.
fn paragraphs(from: usize, to: usize, text: &str) -> String {
    (from..to).map(|n| format!("<p>¶{n}. {text}</p>\n")).collect()
}

/// The headline, how many paragraphs are in the text, and what is in it and must not be.
fn check(source: &str, title: &str, count: usize, with: &[&str], without: &[&str]) -> ParsedPage {
    let found = read(source);
    let text = &found.entry.content[0].value;
    assert_eq!(found.entry.title.as_ref().map(|title| title.value.as_str()), Some(title), "{source}");
    assert_eq!(text.matches('¶').count(), count, "{text}");
    for part in with {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    for part in without {
        assert!(!text.contains(part), "{part} is in {text}");
    }
    found
}

fn rows(found: &ParsedPage, place: Place) -> Vec<String> {
    let text = |html: &str| squeezed(&Document::fragment(html).text());
    found.rows.iter().filter(|row| row.place == place).map(|row| text(&row.html)).collect()
}

#[test]
fn a_public_account_shows_its_text_by_script() {
    let text = (0..5).map(|n| format!("<section style='margin:0'><span leaf=''>¶{n}. {ZH}</span></section>")).collect::<String>();
    let found = check(
        &format!(
            "<head><meta property='og:title' content='渡口的钟'></head><body id=activity-detail><div id=js_article class='rich_media'>\
             <div id=js_top_ad_area class=top_banner></div><div class=rich_media_inner><h1 class='rich_media_title'>渡口的钟</h1>\
             <div id=meta_content class=rich_media_meta_list><span class='rich_media_meta rich_media_meta_text'>周岸</span>\
             <em id=publish_time>2026-05-03</em></div>\
             <div class='rich_media_content js_underline_content' id=js_content style='visibility: hidden; opacity: 0;'>{text}\
             <p><img data-src='/i/1.jpg' data-type=jpeg></p></div></div></div>\
             <div id=js_pc_qr_code class=qr_code_pc_outer style='display:none'><p>微信扫一扫关注该公众号,扫一扫,扫一扫,扫一扫,扫一扫,扫一扫</p></div>\
             <script>var a='<div>',b=1;for(i=0;i<n.length;i++)x</script></body>"
        ),
        "渡口的钟",
        5,
        &["/i/1.jpg"],
        &["扫一扫", "<h1"],
    );
    assert!(rows(&found, Place::Head).iter().any(|row| row.contains("2026-05-03")), "{:?}", found.rows);
}

#[test]
fn a_portal_of_divs() {
    let text = paragraphs(0, 6, ZH);
    let found = check(
        &format!(
            "<head><title>渡口的钟_城事_河湾网</title></head><body><div class='top-bar'><a href=/login>登录</a></div>\
             <div class='wrap clearfix'><div class='left-side'><div class=position>当前位置:<a href=/>首页</a> &gt; <a href=/c>城事</a></div>\
             <div class=main_title><h1>渡口的钟</h1></div><div class='info-share'><span>2026-05-03 08:30</span><span>来源:羽笔日报</span></div>\
             <div class='article-content hot-area has-sidebar' id=artibody>{text}<div class='ad-box'><a href=/ad>买一送一</a></div>\
             <div class='side-by-side'><img src=/i/1.jpg><img src=/i/2.jpg></div></div>\
             <div class='article-editor'>(责任编辑:林书白)</div><div class=bdsharebuttonbox><a>微博</a><a>微信</a></div>\
             <div class='about-news'><h3>相关新闻</h3><ul><li><a href=/a/2>雾中的船</a></li><li><a href=/a/3>集市开张</a></li></ul></div></div>\
             <div class='right-side'><div class=hot-rank><h3>热门</h3><p>{ZH}</p><p>{ZH}</p></div></div></div>\
             <div class=foot-links>友情链接:<select><option>渡报</option></select></div><p>友链:<select><option>羽笔</option></select></p></body>"
        ),
        "渡口的钟",
        6,
        &["/i/1.jpg", "/i/2.jpg"],
        &["买一送一", "热门", "友情链接", "友链", "微信"],
    );
    assert!(rows(&found, Place::Head).iter().any(|row| row.contains("来源:羽笔日报")), "{:?}", found.rows);
    assert!(rows(&found, Place::Tail).iter().any(|row| row.contains("责任编辑:林书白")), "{:?}", found.rows);
    assert_eq!(rows(&found, Place::Crumbs), ["当前位置:首页 > 城事"]);
}

#[test]
fn tables_of_an_old_portal() {
    let text: String = (0..6).map(|n| format!("　　¶{n}. {ZH}<br><br>")).collect();
    check(
        &format!(
            "<title>渡口的钟--河湾新闻</title><body><table width=960><tr><td><a href=/>首页</a>|<a href=/c>城事</a></td></tr></table>\
             <table width=960><tr><td width=660 valign=top><table><tr><td align=center><font size=5><b>渡口的钟</b></font></td></tr>\
             <tr><td class=hui12 align=center>2026年05月03日08:30 来源:羽笔日报</td></tr><tr><td class=content id=zoom>{text}</td></tr></table></td>\
             <td width=300><table><tr><td>热门</td></tr><tr><td><a href=/2>雾中的船</a></td></tr></table></td></tr></table>\
             <table width=960><tr><td align=center>河湾网版权所有</td></tr></table>"
        ),
        "渡口的钟",
        6,
        &[],
        &["雾中的船"],
    );
}

#[test]
fn a_theme_of_blocks() {
    let text = paragraphs(0, 6, EN);
    let found = check(
        &format!(
            "<head><title>The bell at the ferry – Quill</title></head><body class='wp-singular post-template-default single with-sidebar comments-open'>\
             <div class=wp-site-blocks><header class='wp-block-template-part'><nav class=wp-block-navigation><a href=/>Home</a></nav></header>\
             <main class='wp-block-group has-global-padding'><article class='post-12 post type-post hentry category-comments tag-social tag-weather'>\
             <h1 class=wp-block-post-title>The bell at the ferry</h1><div class='wp-block-post-date'><time datetime='2026-05-03T08:30:00Z'>May 3</time></div>\
             <div class='entry-content wp-block-post-content is-layout-constrained social-enabled'>{text}\
             <h3 id='related-work' class=wp-block-heading>Related work</h3><p class='has-banner-background'>¶6. {EN}</p>\
             <p>¶7. The <span class=tooltip>boatmen</span> said nothing, as they had said nothing all week, and went on with their work.</p>\
             <figure class='wp-block-image wp-lightbox-container'><a class=lightbox href=/i/1-full.jpg><img src=/i/1.jpg></a></figure>\
             <div class='sharedaddy sd-sharing-enabled'><h3>Share this:</h3></div></div></article>\
             <div class='wp-block-comments'><h2 class=wp-block-comments-title>3 responses to “The bell at the ferry”</h2><ol><li><p>{EN} {EN} {EN}</p></li>\
             <li><p>{EN} {EN} {EN} {EN} {EN} {EN} {EN} {EN}</p></li></ol></div></main>\
             <footer class='wp-block-template-part'><p>Proudly powered by nobody</p></footer></div></body>"
        ),
        "The bell at the ferry",
        8,
        &["Related work", "boatmen</span>", "/i/1.jpg"],
        &["Share this", "responses", "powered", "Home"],
    );
    assert_eq!(rows(&found, Place::Comments), ["3 responses to “The bell at the ferry”"]);
}

#[test]
fn comments_are_known_by_their_heading() {
    let body = |zone: &str| {
        format!(
            "<title>The bell at the ferry</title><div class=main><h1>The bell at the ferry</h1>{}{zone}</div>",
            paragraphs(0, 6, EN)
        )
    };
    let items = |kind: &str| {
        format!(
            "<{kind} class=i><b>Ada</b> <i>3 May 2026, 08:30</i><p>{EN}~</p></{kind}><{kind} class=i><b>Bo</b> <i>2 hours ago</i><p>{EN}~</p></{kind}>"
        )
    };
    for (zone, count) in [
        (format!("<section id=c><h2>5 comments</h2>{}</section>", items("div")), "5 comments"),
        (format!("<div id=x1><h3>3 comentarios</h3><ol>{}</ol></div>", items("li")), "3 comentarios"),
        (format!("<div class=box><h4>Reacties (12)</h4>{}</div>", items("article")), "Reacties (12)"),
        (format!("<div class=kom><p>24 komentarze</p>{}</div>", items("div")), "24 komentarze"),
        (format!("<div><h3>コメント38件</h3><ul>{}</ul></div>", items("li")), "コメント38件"),
    ] {
        let found = check(&body(&zone), "The bell at the ferry", 6, &[], &["~"]);
        assert_eq!(rows(&found, Place::Comments).first().map(String::as_str), Some(count), "{zone}");
    }
    // A list in the text is none.
    let tips = format!(
        "<div><h2>5 tips</h2><ol><li><b>Wait</b> {EN}~</li><li><b>Listen</b> {EN}~</li></ol></div>{}",
        paragraphs(6, 9, EN)
    );
    check(&body(&tips), "The bell at the ferry", 9, &["5 tips", "~"], &[]);
    let button = read(&body("<button>24 则留言</button><button>X</button>"));
    assert_eq!(rows(&button, Place::Comments), ["24 则留言"]);
}

#[test]
fn short_asides_are_rows() {
    let body = format!(
        "<title>渡口的钟</title><body><main><h1>渡口的钟</h1><div class=body>{}</div><aside class=statement>免责声明:本文转载自羽笔,不代表本站立场。</aside>\
         <aside class=more><a href=/2>雾中的船</a></aside></main></body>",
        paragraphs(0, 6, ZH)
    );
    let found = check(&body, "渡口的钟", 6, &[], &["雾中的船"]);
    assert!(rows(&found, Place::Tail).iter().any(|row| row.starts_with("免责声明")), "{:?}", found.rows);
}

#[test]
fn pages_that_go_on_without_end() {
    let (first, second) = (paragraphs(0, 4, EN), paragraphs(10, 20, EN));
    check(
        &format!(
            "<head><title>The bell at the ferry</title></head><body><main><article class=story><h1>The bell at the ferry</h1><div class=story__body>{first}</div></article>\
             <article class=story><h1>The market opens</h1><div class=story__body>{second}</div></article></main></body>"
        ),
        "The bell at the ferry",
        4,
        &[],
        &["market"],
    );
}

#[test]
fn what_stands_in_the_way_of_a_paying_reader() {
    let text = paragraphs(0, 5, EN);
    check(
        &format!(
            "<head><title>The bell at the ferry</title></head><body class='modal-open'><div id=app aria-hidden=true class='page--with-banner'><main>\
             <h1>The bell at the ferry</h1><div class='article-body--with-comments subscriber-content'><div class=teaser><p>¶x. {EN}</p></div>{text}</div>\
             <div class='teaser-list promo'><a href=/2>{EN}</a></div></main></div>\
             <div class='modal paywall' role=dialog><p>Subscribe now to read everything that the Quill has to say, wherever you happen to be reading it today.</p></div></body>"
        ),
        "The bell at the ferry",
        6,
        &["¶x"],
        &["Subscribe now"],
    );
}

#[test]
fn classes_that_say_how_and_not_what() {
    for class in [
        "share-text",
        "margin-bottom",
        "hidden md:banner",
        "popup-wrapper",
        "sidebar-free",
        "ad-hoc",
        "main social-enabled",
        "skip-lazy",
        "no-comments",
        "content-side",
        "hot",
        "promo-block",
        "comments-closed",
    ] {
        let text: String = (0..6).map(|n| format!("<div class='{class}'>¶{n}. {EN}</div>")).collect();
        let source = format!(
            "<title>The bell at the ferry</title><body><div><h1>The bell at the ferry</h1><div>{text}</div></div></body>"
        );
        check(&source, "The bell at the ferry", 6, &[], &[]);
        let source = format!(
            "<title>The bell at the ferry</title><body><h1>The bell at the ferry</h1><div class='{class}'>{}</div></body>",
            paragraphs(0, 6, EN)
        );
        check(&source, "The bell at the ferry", 6, &[], &[]);
    }
}

#[test]
fn live_pages_galleries_and_films() {
    let posts: String = (0..6)
        .map(|n| format!("<div class='live-blog-post breaking'><h3><time>0{n}:15</time> The bell rings</h3><div><p>¶{n}. {EN}</p></div></div>"))
        .collect();
    check(
        &format!("<title>Fog over the ferry</title><main><h1>Fog over the ferry</h1><div class='live-feed'>{posts}</div></main>"),
        "Fog over the ferry",
        6,
        &[],
        &[],
    );
    let pictures: String =
        (0..4).map(|n| format!("<figure><button><img src=/i/{n}.jpg></button><figcaption>¶{n}</figcaption></figure>")).collect();
    check(
        &format!("<title>Fog over the ferry</title><article><h1>Fog over the ferry</h1><div>{pictures}</div></article>"),
        "Fog over the ferry",
        4,
        &["/i/3.jpg"],
        &[],
    );
    check(
        &format!(
            "<title>Fog over the ferry</title><main><h1>Fog over the ferry</h1><div class=player><video poster=/i.jpg></video></div><p>¶ {EN}</p></main>"
        ),
        "Fog over the ferry",
        1,
        &[],
        &[],
    );
}

#[test]
fn scripts_and_sets_of_icons_are_not_counted() {
    let script = "for(var i=0;i<n.length;i++)if(a<b&&c=d)x=1,".repeat(400);
    let icons = "<symbol id=i><path d=M0/></symbol>".repeat(300);
    let source = format!(
        "<title>The bell at the ferry</title><body><svg hidden>{icons}</svg><script>{script}</script><style>a>b{{}}</style><main><h1>The bell at the ferry</h1>{}\
         <svg><use href=#i></use></svg></main></body>",
        paragraphs(0, 6, EN)
    );
    let url = Url::parse("https://hewan.example/").expect("an address");
    let at = Utc.with_ymd_and_hms(2026, 5, 4, 1, 0, 0).single().expect("a time");
    let doc = FetchedDocument::from_bytes(url, Some("text/html".to_owned()), source.into_bytes(), at);
    let selectors = PageSelectors::default();
    fn scriptless(source: &str) -> Result<(), Unreadable> {
        if ["<script", "<style", "<symbol", "<use"].iter().any(|tag| source.contains(tag)) {
            return Err(Unreadable::new("html_too_deep", "it has scripts"));
        }
        Ok(())
    }
    let asked = Asked { first: &doc.url, number: 1, selectors: &selectors, bounded: scriptless, rules: None };
    let found = page(&doc, None, &asked).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.entry.content[0].value.matches('¶').count(), 6);
}

#[test]
fn the_byline_is_as_the_page_says() {
    let check = |head: &str, before: &str, expected: Option<&str>| {
        let source = format!("<head>{head}</head><body><h1>The bell at the ferry</h1>{before}{}</body>", paragraphs(0, 5, EN));
        assert_eq!(read(&source).byline.as_deref(), expected, "{head}{before}");
    };
    check(
        "<script type='application/ld+json'>{\"@type\":\"Article\",\"author\":[{\"name\":\"Ada Vale\"},\"Bo Reed\"]}</script>",
        "",
        Some("Ada Vale, Bo Reed"),
    );
    check("<meta property='dc:creator x:site' content='Ada Vale'><meta name=author content=desk>", "", Some("Ada Vale"));
    check(
        "<meta property=article:author content='https://hewan.example/ada'>",
        "<p class=byline>By Ada Vale</p>",
        Some("By Ada Vale"),
    );
    check("", "<p class=byline style='display:none'>By nobody</p><a rel=author>Ada Vale</a>", Some("Ada Vale"));
    check("", "<div itemprop=author>By <b itemprop=name>Ada Vale</b>, reporter</div>", Some("Ada Vale"));
    check("", "<p>By Ada Vale</p>", None);
}

#[test]
fn time_is_linear_in_the_page() {
    for part in [
        "<div class=share><div class=comment><p>a, b, c</p></div></div>",
        "<section><h2>5 comments</h2><div><i>3 May 2026</i></div></section>",
        "<aside>a notice</aside><select><option>a</option></select>",
        "<article><h1>a</h1></article><button>12 likes</button>",
        "<div class='a b c d e f g h' id=x-y><span class=teaser>a</span></div>",
    ] {
        let source = format!(
            "<title>The bell</title><main><h1>The bell at the ferry</h1>{}{}</main>",
            paragraphs(0, 5, EN),
            part.repeat(1_500)
        );
        let begun = std::time::Instant::now();
        let _ = read(&source);
        assert!(begun.elapsed().as_secs() < 10, "{part}: {:?}", begun.elapsed());
    }
}
