//! The next page of the same article: what a page links to as such, and only if the address says so too.
//!
//! `rel=next` is used for the next article as often as for the next page, and "下一篇" stands beside "下一页". So a link that the general rules find
//! counts only if its address is that of the article with a page number.

use dom_query::{Document, NodeRef};
use url::Url;

use super::{Asked, host, resolve, short_text};

/// Links of a page that are looked at.
const LINKS: usize = 5_000;
/// Links of pagers that are taken out with what is around them.
const PAGERS: usize = 64;
/// Longest text of a link in a pager, in characters.
const LABEL: usize = 24;
/// Longest text around such a link that goes with it.
const AROUND: usize = 90;
/// No article has more pages.
const MOST: u32 = 200;

/// What people call the next page.
const NEXT: &[&str] = &[
    "下一页",
    "下一頁",
    "下页",
    "下頁",
    "下一页阅读",
    "后一页",
    "次のページ",
    "次ページ",
    "次へ",
    "다음페이지",
    "다음",
    "nextpage",
    "next",
    "continuereading",
    "continued",
    "páginasiguiente",
    "siguiente",
    "pagesuivante",
    "suivant",
    "suivante",
    "nächsteseite",
    "weiter",
    "vor",
    "próximapágina",
    "próxima",
    "próximo",
    "seguinte",
    "paginasuccessiva",
    "successiva",
    "avanti",
    "следующая",
    "следующаястраница",
    "далее",
    "вперед",
    "вперёд",
    "volgende",
    "następna",
    "sonraki",
    "trangtiếp",
    "trangsau",
    "تالي",
    "التالي",
    "halamanselanjutnya",
    "selanjutnya",
    "下一张",
];

/// What people call the others.
const OTHERS: &[&str] = &[
    "上一页",
    "上一頁",
    "上页",
    "首页",
    "末页",
    "尾页",
    "前のページ",
    "前へ",
    "이전",
    "prev",
    "previous",
    "previouspage",
    "first",
    "last",
    "anterior",
    "précédent",
    "précédente",
    "zurück",
    "предыдущая",
    "назад",
    "单页阅读",
    "余下全文",
    "全文阅读",
    "阅读全文",
    "viewall",
    "singlepage",
];

pub(super) struct Pager<'a> {
    /// Address of the next page, as written.
    pub next: Option<String>,
    links: Vec<NodeRef<'a>>,
}

/// Finds the link to the next page: the outlet's own selector, `rel=next`, words, numbers.
pub(super) fn find<'a>(document: &'a Document, asked: &Asked<'_>, here: &Url, base: Option<&str>) -> Pager<'a> {
    if let Some(selector) = &asked.selectors.next {
        let found = document.try_select(selector).map(|found| found.nodes().to_vec()).unwrap_or_default();
        let href = |node: &NodeRef<'a>| match node.attr("href") {
            Some(href) => Some(href.trim().to_owned()),
            None => node.descendants_it().find_map(|inner| inner.attr("href")).map(|href| href.trim().to_owned()),
        };
        let next = found.iter().filter_map(href).find(|href| resolve(here, base, href).is_some_and(|url| url != *here));
        return Pager { next, links: found };
    }
    let own = number(asked.first, here).unwrap_or(0);
    let mut next: Option<(u8, String)> = None;
    let mut links = Vec::new();
    let found = document.try_select("a[href], link[rel~=next][href]").map(|found| found.nodes().to_vec()).unwrap_or_default();
    for node in found.into_iter().take(LINKS) {
        let Some(href) = node.attr("href").map(|href| href.trim().to_owned()) else { continue };
        let rel = node.attr("rel").unwrap_or_default().to_ascii_lowercase();
        let is_next_rel = rel.split_ascii_whitespace().any(|rel| rel == "next");
        let in_head = node.has_name("link");
        let label = if in_head { String::new() } else { short_text(&node, LABEL).as_deref().map(word).unwrap_or_default() };
        let numbered = label.parse::<u32>().ok();
        let other = numbered.is_some() || OTHERS.contains(&label.as_str());
        let is_word = NEXT.contains(&label.as_str());
        if !(is_next_rel || is_word || other) {
            continue;
        }
        let Some(url) = resolve(here, base, &href) else { continue };
        let of_article = number(asked.first, &url);
        let to_first = same_page(asked.first, &url);
        if of_article.is_none() && !to_first {
            continue;
        }
        if !in_head && links.len() < PAGERS {
            links.push(node);
        }
        let rank = match () {
            () if is_word => 0,
            () if is_next_rel => 1,
            () if numbered == Some(asked.number + 1) => 2,
            () => continue,
        };
        if of_article.is_some_and(|of| of > own && of <= MOST) && next.as_ref().is_none_or(|(known, _)| rank < *known) {
            next = Some((rank, href));
        }
    }
    Pager { next: next.map(|(_, href)| href), links }
}

impl Pager<'_> {
    /// Takes the pager out of the page, with what is around its links as long as that is not text.
    pub(super) fn remove(&self) {
        for link in &self.links {
            let mut node = *link;
            while let Some(above) = node.parent().filter(|above| above.is_element() && !is_text_holder(above)) {
                if short_text(&above, AROUND).is_none() || above.descendants_it().any(|inner| inner.has_name("img")) {
                    break;
                }
                node = above;
            }
            node.remove_from_parent();
        }
    }
}

fn is_text_holder(node: &NodeRef<'_>) -> bool {
    ["html", "body", "main", "article", "figure", "blockquote", "table"].iter().any(|name| node.has_name(name))
}

/// A label without its arrows and spaces, in lower case.
fn word(label: &str) -> String {
    let ornament = |c: char| c.is_whitespace() || "»›>→▶▸⟩〉》«‹<←◀《〈[]()（）【】:：.…|·_-".contains(c);
    label.chars().filter(|c| !ornament(*c)).flat_map(char::to_lowercase).collect()
}

fn same_page(one: &Url, other: &Url) -> bool {
    one.host_str() == other.host_str() && one.path() == other.path() && one.query() == other.query()
}

/// Names of query parameters that hold a page number.
const PARAMETERS: &[&str] = &[
    "page",
    "p",
    "pn",
    "pg",
    "pageno",
    "page_no",
    "pagenum",
    "pageindex",
    "paged",
    "currentpage",
    "curpage",
    "cp",
    "seite",
    "pagina",
    "np",
    "s",
    "start_page",
];

/// The page number in an address, if it is the article's address with one: `/a/12_2.html`, `/a/12/2`, `/a/12/page/2`, `/a/12?page=2`.
pub(super) fn number(first: &Url, other: &Url) -> Option<u32> {
    if host(first) != host(other) {
        return None;
    }
    let pairs = |url: &Url| -> Vec<(String, String)> {
        url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    };
    let is_page = |name: &str| PARAMETERS.contains(&name.to_ascii_lowercase().as_str());
    if first.path() == other.path() {
        let (had, has) = (pairs(first), pairs(other));
        let rest = |pairs: &[(String, String)], of: &[(String, String)]| -> Vec<(String, String)> {
            pairs
                .iter()
                .filter(|(name, value)| !is_page(name) || of.iter().any(|(n, v)| n == name && v == value))
                .cloned()
                .collect()
        };
        let mut changed = has.iter().filter(|(name, value)| is_page(name) && !had.iter().any(|(n, v)| n == name && v == value));
        let (name, value) = changed.next()?;
        // `?p=7` may be the number of the article.
        if had.iter().any(|(known, value)| known == name && !matches!(value.as_str(), "0" | "1")) {
            return None;
        }
        if changed.next().is_some() || rest(&has, &had) != rest(&had, &has) {
            return None;
        }
        return digits(value);
    }
    if first.query() != other.query() {
        return None;
    }
    let stem = |path: &str| -> String {
        let path = path.trim_end_matches('/');
        let name = path.rfind('/').map_or(path, |slash| &path[slash + 1..]);
        match name.rfind('.') {
            Some(dot)
                if (1..=6).contains(&(name.len() - dot - 1))
                    && name[dot + 1..].bytes().all(|b| b.is_ascii_alphanumeric())
                    && dot > 0 =>
            {
                path[..path.len() - name.len() + dot].to_owned()
            }
            _ => path.to_owned(),
        }
    };
    let (mine, theirs) = (stem(first.path()), stem(other.path()));
    let bare = mine.strip_suffix("/index").or_else(|| mine.strip_suffix("_1")).or_else(|| mine.strip_suffix("-1"));
    [Some(mine.as_str()), bare]
        .into_iter()
        .flatten()
        .filter(|stem| !stem.is_empty())
        .find_map(|stem| suffix(theirs.strip_prefix(stem)?))
}

/// A page number after a separator or a word: `_2`, `/page/2`, `-p2`.
fn suffix(rest: &str) -> Option<u32> {
    let separator = |c: char| matches!(c, '_' | '-' | '/' | '~' | ',' | '.');
    let after = rest.strip_prefix(separator)?;
    let lower = after.to_ascii_lowercase();
    let after = ["page", "pagina", "seite", "index", "part", "pg", "p"]
        .iter()
        .find_map(|word| lower.strip_prefix(word))
        .unwrap_or(&lower);
    digits(after.strip_prefix(separator).unwrap_or(after))
}

fn digits(text: &str) -> Option<u32> {
    ((1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_in_addresses() {
        let check = |first: &str, other: &str, expected: Option<u32>| {
            let url = |path: &str| Url::parse("https://hewan.example").and_then(|base| base.join(path)).expect("an address");
            assert_eq!(number(&url(first), &url(other)), expected, "{first} {other}");
        };
        check("/a/12.html", "/a/12_2.html", Some(2));
        check("/a/12.shtml", "/a/12-3.shtml", Some(3));
        check("/a/12", "/a/12/2", Some(2));
        check("/a/12/", "/a/12/page/2/", Some(2));
        check("/a/12.html", "/a/12/p2.html", Some(2));
        check("/a/12/", "/a/12/index_2.html", Some(2));
        check("/a/index.html", "/a/index_1.html", Some(1));
        check("/a/12_1.html", "/a/12_2.html", Some(2));
        check("/a/12", "/a/12?page=2", Some(2));
        check("/show?id=7", "/show?id=7&page=2", Some(2));
        check("/show?id=7&page=1", "/show?id=7&page=2", Some(2));
        check("/show?p=7", "/show?p=7&page=2", Some(2));
        check("https://www.hewan.example/a/12", "/a/12/2", Some(2));
        for (first, other) in [
            ("/a/12.html", "/a/13.html"),
            ("/a/12", "/a/123"),
            ("/a/12", "/a/12"),
            ("/a/12", "/b/12/2"),
            ("/show?id=7", "/show?id=8&page=2"),
            ("/show?id=7", "/show?page=2"),
            ("/a/12", "https://other.example/a/12/2"),
            ("/a/12", "/a/12/comments"),
            ("/a/12", "/a/12/2024-05-06"),
            ("/a/12", "/a/12?page=all"),
            ("/", "/2"),
            ("/?p=7", "/?p=8"),
        ] {
            check(first, other, None);
        }
    }

    #[test]
    fn labels() {
        for (label, expected) in [("下一页 »", "下一页"), ("Next page →", "nextpage"), ("[2]", "2"), ("» Weiter", "weiter")]
        {
            assert_eq!(word(label), expected);
        }
    }
}
