//! What an outlet writes around and into its articles: titles, source lines, disclaimers, the HTML of a body.

use std::fmt::Write as _;

use chrono::Datelike;

use super::stories::isles::SIMPLIFIED;
use super::stories::{Block, Origin};
use super::{Dialect, Issue, Partner, Profile};

/// Text for XML and HTML, in element content and in attributes alike. Carriage returns and control characters do not occur in ours.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The name of an article in addresses.
pub(super) fn slug(issue: &Issue) -> String {
    match issue.edition {
        1 => issue.story.slug.to_owned(),
        edition => format!("{}-{edition}", issue.story.slug),
    }
}

/// Address of an article.
pub(super) fn url(partner: &Partner, issue: &Issue) -> String {
    partner.url(&format!("/articles/{}.html", slug(issue)))
}

/// Title; a later edition says so.
pub(super) fn title(profile: &Profile, issue: &Issue) -> String {
    let (title, edition) = (issue.story.title, issue.edition);
    if edition == 1 {
        return title.to_owned();
    }
    let at = issue.at.with_timezone(&profile.zone);
    let (month, day) = (at.month(), at.day());
    match profile.language {
        "en" => format!("{title} (edition {edition}, {})", at.format("%-d %B")),
        "ja" => format!("{title}（{month}月{day}日・第{edition}版）"),
        _ => format!("{title}({month}月{day}日第{edition}版)"),
    }
}

/// Language of one article: the translators of 群島譯報 work into either script.
pub(super) fn language(profile: &Profile, issue: &Issue) -> &'static str {
    let simplified = profile.dialect == Dialect::Atom && SIMPLIFIED.contains(&issue.story.slug);
    if simplified { "zh-Hans" } else { profile.language }
}

/// Number of the first picture of a story: pictures have addresses of their own, the same in every edition.
pub(super) fn first_picture(profile: &Profile, issue: &Issue) -> usize {
    1 + profile.stories[..issue.number].iter().map(|story| story.pictures()).sum::<usize>()
}

/// Addresses of the pictures of an article, with their captions.
pub(super) fn pictures<'a>(partner: &'a Partner, issue: &'a Issue) -> impl Iterator<Item = (String, &'a str)> + 'a {
    let captions = issue.story.blocks().filter_map(|block| match block {
        Block::Picture { caption, .. } => Some(caption),
        _ => None,
    });
    (first_picture(partner.profile, issue)..).map(|number| partner.url(&format!("/img/{number}.png"))).zip(captions)
}

/// How many readers had something to say; made up, but the same at every poll.
pub(super) fn comments(issue: &Issue) -> usize {
    issue.story.slug.bytes().map(usize::from).sum::<usize>() % 60 + 3
}

/// The body as the outlet puts it into its feed, its own source line and disclaimers included.
pub(super) fn body(partner: &Partner, issue: &Issue) -> String {
    let profile = partner.profile;
    let mut html = String::new();
    let notice = issue.story.origin.as_ref().and_then(|origin| disclaimer(profile.dialect, origin));
    if let Some(origin) = &issue.story.origin {
        html.push_str(&source_line(profile.dialect, origin, issue));
    }
    let notice = notice.map(|text| format!("<p class=\"disclaimer\">{}</p>\n", escape(&text))).unwrap_or_default();
    html.push_str(&notice);
    let mut pictures = pictures(partner, issue);
    let mut number = 0;
    for block in issue.story.blocks() {
        // Writing to a String cannot fail.
        let _ = match block {
            Block::Paragraph(text) => writeln!(html, "<p>{}</p>", escape(text)),
            Block::Heading(text) => writeln!(html, "<h3>{}</h3>", escape(text)),
            Block::Picture { caption, credit } => {
                number += 1;
                let source = pictures.next().map(|(url, _)| url).unwrap_or_default();
                let (caption, credit) = (escape(caption), escape(credit));
                match profile.dialect {
                    // A picture and a numbered line below it that ends in the credit.
                    Dialect::RssGb18030 => writeln!(
                        html,
                        "<p align=\"center\"><img src=\"{source}\" alt=\"\"><br>图{number}:{caption} {}</p>",
                        credit.to_uppercase()
                    ),
                    // Addresses relative to the page, and sizes.
                    Dialect::RssBig5 => {
                        let path = source.rsplit_once("/img/").map(|(_, file)| format!("/img/{file}")).unwrap_or_default();
                        writeln!(
                            html,
                            "<p><img src=\"{path}\" width=\"480\" height=\"270\"><br><small>▲{caption}({credit})</small></p>"
                        )
                    }
                    _ => writeln!(
                        html,
                        "<figure><img src=\"{source}\" alt=\"{caption}\"><figcaption>{caption} <cite>{credit}</cite></figcaption></figure>"
                    ),
                }
            }
        };
    }
    html.push_str(&notice);
    html
}

fn source_line(dialect: Dialect, origin: &Origin, issue: &Issue) -> String {
    let Origin { outlet, url, translators, .. } = origin;
    let author = issue.story.authors.join("、");
    match dialect {
        Dialect::RssGb18030 => format!(
            "<p class=\"source\">来源: {outlet} <a href=\"{url}\" target=\"_blank\">原文链接</a> 作者: {author} 评论 {} 条</p>\n",
            comments(issue)
        ),
        Dialect::Atom => {
            let (author, translator) = (issue.story.authors.join(" / "), translators.join("、"));
            if SIMPLIFIED.contains(&issue.story.slug) {
                format!("<p>作者:{author} 译者:{translator} 原载:<a href=\"{url}\">{outlet}</a></p>\n")
            } else {
                format!("<p>作者:{author} 譯者:{translator} 原載:<a href=\"{url}\">{outlet}</a></p>\n")
            }
        }
        Dialect::RssBig5 => format!("<p>來源:{outlet} <a href=\"{url}\">原文連結</a>|文:{author}</p>\n"),
        Dialect::Json => format!("<p><em>First published by <a href=\"{url}\">{outlet}</a>.</em></p>\n"),
        Dialect::Rdf => format!("<p>出典：<a href=\"{url}\">{outlet}</a></p>\n"),
    }
}

fn disclaimer(dialect: Dialect, origin: &Origin) -> Option<String> {
    let outlet = origin.outlet;
    match dialect {
        Dialect::RssGb18030 => Some(format!("本文转载自{outlet},仅代表原出处和原作者观点,仅供参考阅读,不代表本网态度和立场。")),
        Dialect::RssBig5 => Some(format!("本文轉載自{outlet},僅代表原作者觀點,不代表本報立場。")),
        _ => None,
    }
}

/// The page of an article, for people: the text within the clutter such a site has around it.
pub(super) fn page(partner: &Partner, issue: &Issue, charset: &str) -> String {
    let profile = partner.profile;
    let title = escape(&title(profile, issue));
    let at = issue.at.with_timezone(&profile.zone);
    let (date, iso) = (at.format("%Y-%m-%d %H:%M"), at.to_rfc3339());
    let authors = escape(&issue.story.authors.join(" / "));
    let name = escape(profile.name);
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"{charset}\">\n<title>{title} - {name}</title>\n\
         <link rel=\"canonical\" href=\"{}\">\n{}</head>\n<body>\n<nav><a href=\"/\">{name}</a> · {}</nav>\n\
         <article>\n<h1>{title}</h1>\n<p class=\"meta\">{authors} · <time datetime=\"{iso}\">{date}</time></p>\n{}</article>\n\
         <footer>{}</footer>\n</body>\n</html>\n",
        language(profile, issue),
        url(partner, issue),
        STYLE,
        escape(issue.story.category),
        body(partner, issue),
        escape(profile.rights),
    )
}

/// The outlet's front page.
pub(super) fn home(partner: &Partner, charset: &str) -> String {
    let profile = partner.profile;
    let name = escape(profile.name);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"{charset}\">\n<title>{name}</title>\n\
         <link rel=\"alternate\" type=\"{}\" href=\"{}\">\n{STYLE}</head>\n<body>\n<h1>{name}</h1>\n<ul>\n",
        profile.language,
        super::feeds::media_type(profile.dialect),
        profile.feed,
    );
    for issue in partner.window() {
        let _ = writeln!(html, "<li><a href=\"/articles/{}.html\">{}</a></li>", slug(&issue), escape(&title(profile, &issue)));
    }
    let _ = write!(html, "</ul>\n<footer>{}</footer>\n</body>\n</html>\n", escape(profile.rights));
    html
}

const STYLE: &str = "<style>body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1.05rem/1.7 serif}\
img{max-width:100%;height:auto}nav,footer,.meta,figcaption{color:#666;font-size:.9rem}</style>\n";
