//! The headline as it is displayed, and what the page calls its site.

use dom_query::{Document, NodeRef};

use super::{short_text, squeezed};

/// Elements looked at.
const ELEMENTS: usize = 20_000;
/// Longest headline, in characters.
const LONGEST: usize = 300;
/// Longest name of a site.
const SITE: usize = 40;

/// Classes and ids of headlines.
const CLASSES: &[&str] =
    &["title", "headline", "tit", "biaoti", "subject", "titulo", "titre", "titel", "overskrift", "zagolovok", "judul", "baslik"];

/// The element that displays the headline: the one that says what the declared titles (OpenGraph, JSON-LD, `title`) begin with or are, else the
/// first h1 outside of navigation.
pub(super) fn find<'a>(document: &'a Document, declared: &[String]) -> Option<NodeRef<'a>> {
    let declared: Vec<String> = declared.iter().map(|title| bare(title)).filter(|title| !title.is_empty()).collect();
    let mut best: Option<(usize, NodeRef<'a>)> = None;
    let mut first_heading = None;
    for node in document.body()?.descendants_it().filter(NodeRef::is_element).take(ELEMENTS) {
        let Some(heading) = rank(&node) else { continue };
        let Some(text) = short_text(&node, LONGEST) else { continue };
        let text = bare(&text);
        if text.is_empty() {
            continue;
        }
        if heading == 1 && first_heading.is_none() && !in_navigation(&node) && (declared.is_empty() || !is_of_site(&node, &text))
        {
            first_heading = Some(node);
        }
        let fit = declared.iter().map(|title| fit(&text, title)).max().unwrap_or_default();
        if fit == 0 || in_navigation(&node) {
            continue;
        }
        // Of two that say the same, the heading; of two headings, the first.
        let score = fit * 8 + 7usize.saturating_sub(heading);
        if best.as_ref().is_none_or(|(known, _)| score > *known) {
            best = Some((score, node));
        }
    }
    best.map(|(_, node)| node).or(first_heading)
}

/// How much of a declared title an element says, in hundredths; 0 if it says something else. Sites add their name and sections to a title, mostly
/// behind it.
fn fit(text: &str, title: &str) -> usize {
    let (length, whole) = (text.chars().count(), title.chars().count());
    if text == title {
        return 100;
    }
    // The page may say more than the title, whose end was cut off.
    if text.starts_with(title) && whole * 3 >= length * 2 && whole >= 8 {
        return 90;
    }
    let within = title.starts_with(text) || title.ends_with(text) || title.contains(text) && length >= 12;
    // A word of the title is not the title.
    if !within || length < 2 || length * 3 < whole {
        return 0;
    }
    // Where the title names the site in front, too, the headline is what is longer.
    let share = (length * 100 / whole).min(95);
    if title.starts_with(text) { share } else { share.saturating_sub(5).max(1) }
}

/// 1 to 4 for headings of that rank and what says it is one, 5 for what is called a title, 6 for other elements with only text in them.
fn rank(node: &NodeRef<'_>) -> Option<usize> {
    if node.attr("itemprop").is_some_and(|property| property.split_whitespace().any(|word| word == "headline")) {
        return Some(1);
    }
    for (name, rank) in [("h1", 1), ("h2", 2), ("h3", 3), ("h4", 4)] {
        if node.has_name(name) {
            return Some(rank);
        }
    }
    if ["a", "li", "option", "script", "style", "textarea", "p"].iter().any(|name| node.has_name(name)) {
        return None;
    }
    let named = [node.class(), node.id_attr()].into_iter().flatten().any(|value| {
        let value = value.to_ascii_lowercase();
        value.split(|c: char| !c.is_ascii_alphabetic()).any(|word| CLASSES.contains(&word))
    });
    if named {
        return Some(5);
    }
    let plain = node.children_it(false).filter(|child| !child.has_name("br")).all(|child| child.is_text() || child.is_comment());
    plain.then_some(6)
}

/// Says the name of the site, as far as a heading that no declared title has in it can: one word, or a link to the front page.
fn is_of_site(node: &NodeRef<'_>, bare: &str) -> bool {
    let asian = bare.chars().any(|c| c >= '\u{1100}');
    let word =
        short_text(node, LONGEST).is_some_and(|text| !text.contains(' ')) && bare.chars().count() < if asian { 4 } else { 12 };
    let front = |href: &str| {
        let path = href.trim().split_once("://").map_or(href.trim(), |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        let path = path.split(['?', '#']).next().unwrap_or_default();
        path == "/" || path == "./" || path.trim_start_matches(['.', '/']).starts_with("index.")
    };
    let link = node.descendants_it().chain(node.ancestors_it(Some(2))).find(|inner| inner.has_name("a"));
    word || link.and_then(|link| link.attr("href")).is_some_and(|href| front(&href))
}

fn in_navigation(node: &NodeRef<'_>) -> bool {
    node.ancestors_it(Some(8)).any(|above| above.has_name("nav") || above.has_name("aside") || above.has_name("footer"))
}

/// Letters and digits, in lower case.
pub(super) fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Marks between the parts of a document's title.
const MARKS: &[char] = &['|', '｜', '_', '-', '–', '—', '－', '·', '»', '«', '•', ':', '丨', '/'];

/// Who delivered the text, as the document's title has it: in brackets right behind the headline, with the site behind them.
pub(super) fn delivered(title: &str, headline: &str) -> Option<String> {
    let headline = headline.trim();
    let (before, after) = squeezed(title).split_once(headline).map(|(before, after)| (before.to_owned(), after.to_owned()))?;
    if headline.is_empty() || !before.is_empty() {
        return None;
    }
    let (open, close) = if after.trim_start().starts_with('（') { ('（', '）') } else { ('(', ')') };
    let (name, behind) = after.trim_start().strip_prefix(open)?.split_once(close)?;
    let name = name.trim();
    let site = behind.trim_start().starts_with(MARKS);
    (site && (2..=SITE).contains(&name.chars().count()) && name.chars().any(char::is_alphabetic)).then(|| name.to_owned())
}

/// What the page calls its site, the surest first: `declared` (og:site_name …), then what its title has besides the headline.
pub(super) fn sites(declared: &[String], title: Option<&str>, headline: &str) -> Vec<String> {
    let mut sites: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let name = name.trim_matches(|c: char| c.is_whitespace() || MARKS.contains(&c)).to_owned();
        if (2..=SITE).contains(&name.chars().count()) && bare(&name) != bare(headline) && !sites.contains(&name) {
            sites.push(name);
        }
    };
    for name in declared {
        // "The outlet | the portal": the page is the portal's.
        add(name.rsplit(['|', '｜']).next().unwrap_or(name));
    }
    let title = squeezed(title.unwrap_or_default());
    let around = match title.split_once(headline.trim()).filter(|_| !headline.trim().is_empty()) {
        Some((before, after)) => [before.to_owned(), after.to_owned()],
        None => match title.char_indices().rev().find(|(_, c)| MARKS.contains(c) && *c != ':' && *c != '/') {
            Some((at, mark)) if title[..at].ends_with(' ') || !matches!(mark, '-' | '·' | '/' | ':') => {
                [String::new(), title[at + mark.len_utf8()..].to_owned()]
            }
            _ => Default::default(),
        },
    };
    // In brackets right behind the headline stands who delivered the text, or what kind of text it is.
    let behind = [("（", "）"), ("(", ")"), ("【", "】"), ("[", "]"), ("〔", "〕")].iter().find_map(|(open, close)| {
        let inside = around[1].trim_start().strip_prefix(open)?;
        inside.split_once(close).map(|(_, after)| after)
    });
    // The site is the last part behind the headline, or all of what is in front of it.
    let behind: Vec<&str> = behind
        .unwrap_or(&around[1])
        .split(['|', '｜', '_', '–', '—', '－', '»', '丨'])
        .flat_map(|part| part.split(" - "))
        .flat_map(|part| part.split("--"))
        .collect();
    for part in behind.iter().rev().chain([&around[0].as_str()]) {
        add(part);
    }
    // "河湾新闻-The Bend": the site in two languages.
    if let Some((name, other)) = behind.last().and_then(|last| last.split_once(['-', '·']))
        && (name.is_ascii() != other.is_ascii())
    {
        add(name);
        add(other);
    }
    sites
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_displayed_headline_is_found() {
        let check = |body: &str, declared: &str, expected: Option<&str>| {
            let document = Document::from(format!("<body>{body}</body>"));
            let found = find(&document, &[declared.to_owned()]).and_then(|node| short_text(&node, 400));
            assert_eq!(found.as_deref(), expected, "{body}");
        };
        check("<h1>河湾日报</h1><h2>渡口的钟响了</h2>", "渡口的钟响了_河湾日报", Some("渡口的钟响了"));
        check("<h1>渡口的钟响了</h1><h2>渡口的钟响了</h2>", "渡口的钟响了", Some("渡口的钟响了"));
        check("<table><td><b>渡口的钟响了</b></td></table><p>渡口的钟响了</p>", "渡口的钟响了 - 河湾", Some("渡口的钟响了"));
        check(
            "<nav><h3>The bell rings</h3></nav><div class=post-title>The bell rings!</div>",
            "The bell rings | Quill",
            Some("The bell rings!"),
        );
        check(
            "<h1>The bell that rings in the fog at night</h1>",
            "The bell that rings in the fog…",
            Some("The bell that rings in the fog at night"),
        );
        check("<div>The</div><h2>More</h2><h1>Another one rings</h1>", "The bell rings", Some("Another one rings"));
        check("<h1>Quill</h1><p>text</p>", "The bell rings", None);
        check("<h1><a href='https://quill.example/'>The Daily Quill</a></h1><p>text</p>", "The bell rings", None);
        check(
            "<a href=index.html><h1>The Daily Quill</h1></a><h1>How the bell rang</h1>",
            "The bell rings",
            Some("How the bell rang"),
        );
        check("<h1>Quill</h1>", "", Some("Quill"));
        check("<p>text</p>", "The bell rings", None);
    }

    #[test]
    fn sites_are_what_the_title_has_besides() {
        let check = |declared: &[&str], title: &str, headline: &str, expected: &[&str]| {
            let declared: Vec<String> = declared.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(sites(&declared, Some(title), headline), expected, "{title}");
        };
        check(&[], "渡口的钟_财经_河湾网", "渡口的钟", &["河湾网", "财经"]);
        check(&[], "渡口的钟-河湾学院", "渡口的钟", &["河湾学院"]);
        check(&[], "河湾网 - 渡口的钟", "渡口的钟", &["河湾网"]);
        check(&["Quill"], "The bell | by A. Vale | Quill", "The bell", &["Quill", "by A. Vale"]);
        check(&["渡报 | 门户"], "渡口的钟", "渡口的钟", &["门户"]);
        check(&[], "The bell", "The bell", &[]);
        check(&[], "The bell that rings… – Quill", "The bell that rings in the fog", &["Quill"]);
        check(&[], "Well-known bells", "", &[]);
        check(&[], "渡口の鐘（羽筆通信） - 河湾ニュース", "渡口の鐘", &["河湾ニュース"]);
        check(&[], "The bell (Quill) | Rivertown", "The bell", &["Rivertown"]);
        check(&[], "渡口的钟_现场_河湾新闻-The Bend", "渡口的钟", &["河湾新闻-The Bend", "现场", "河湾新闻", "The Bend"]);
        check(&[], "渡口的钟--城事--河湾网", "渡口的钟", &["河湾网", "城事"]);
    }

    #[test]
    fn who_delivered_is_in_brackets_before_the_site() {
        let check =
            |title: &str, expected: Option<&str>| assert_eq!(delivered(title, "渡口の鐘").as_deref(), expected, "{title}");
        check("渡口の鐘（羽筆通信） - 河湾ニュース", Some("羽筆通信"));
        check("渡口の鐘(羽筆通信) | 河湾", Some("羽筆通信"));
        check("渡口の鐘（羽筆通信）", None);
        check("渡口の鐘（1/2） - 河湾", None);
        check("渡口の鐘 - 河湾", None);
    }
}
