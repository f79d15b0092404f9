//! Site rules on pages. Outlets, people and texts are invented.

use chrono::DateTime;
use dom_query::Document;
use url::Url;

use super::xpath::{Page, Value};
use super::*;
use crate::model::{Axis, Comparison, Function, NodeTest, SiteRule, Start, Step, XPath};

fn sound(_: &str) -> Result<(), Unreadable> {
    Ok(())
}

fn step(axis: Axis, name: &str, predicates: Vec<XPath>) -> Step {
    let test = match name {
        "*" => NodeTest::Any,
        "text()" => NodeTest::Text,
        "node()" => NodeTest::Node,
        name => NodeTest::Name(name.to_owned()),
    };
    Step { axis, test, predicates }
}

/// `//name[predicates]`
fn all(name: &str, predicates: Vec<XPath>) -> XPath {
    XPath::Path(Start::Root, vec![step(Axis::DescendantOrSelf, "node()", vec![]), step(Axis::Child, name, predicates)])
}

fn attribute(name: &str) -> XPath {
    XPath::Path(Start::Here, vec![step(Axis::Attribute, name, vec![])])
}

fn is(name: &str, value: &str) -> XPath {
    XPath::Compare(Comparison::Equal, Box::new((attribute(name), XPath::Literal(value.to_owned()))))
}

fn call(function: Function, arguments: Vec<XPath>) -> XPath {
    XPath::Call(function, arguments)
}

fn literal(text: &str) -> XPath {
    XPath::Literal(text.to_owned())
}

fn and_then(mut path: XPath, next: Step) -> XPath {
    if let XPath::Path(_, steps) = &mut path {
        steps.push(next);
    }
    path
}

#[test]
fn expressions_find_what_the_recommendation_says() {
    let document = Document::from(
        "<html><body><div id=a class='x lead y'><p>one</p><p class=s>two</p><p>three <b>bold</b></p></div>\
         <div id=b class=leader><p>four</p><a href=/n rel=next>more</a><!-- c --></div></body></html>",
    );
    let page = Page::new(&document);
    let check = |path: XPath, expected: &[&str]| {
        let found: Vec<String> = match page.value(&path).expect("fuel") {
            Value::Nodes(nodes) => nodes.iter().map(|node| node.text()).collect(),
            Value::Text(text) => vec![text],
            Value::Number(number) => vec![number.to_string()],
            Value::Truth(truth) => vec![truth.to_string()],
        };
        assert_eq!(found, expected, "{path:?}");
    };
    let here = || XPath::Path(Start::Here, vec![step(Axis::This, "node()", vec![])]);
    let p = |predicates| all("p", predicates);
    check(p(vec![]), &["one", "two", "three bold", "four"]);
    check(p(vec![XPath::Number(1.0)]), &["one", "four"]);
    check(XPath::Path(Start::Found(Box::new(p(vec![])), vec![XPath::Number(1.0)]), vec![]), &["one"]);
    check(p(vec![call(Function::Last, vec![])]), &["three bold", "four"]);
    check(p(vec![XPath::Sum(true, Box::new((call(Function::Last, vec![]), XPath::Number(1.0))))]), &["two"]);
    check(
        p(vec![call(Function::Not, vec![attribute("class")]), call(Function::Contains, vec![here(), literal("r")])]),
        &["three bold", "four"],
    );
    let word = call(
        Function::Contains,
        vec![
            call(Function::Concat, vec![literal(" "), call(Function::NormalizeSpace, vec![attribute("class")]), literal(" ")]),
            literal(" lead "),
        ],
    );
    check(and_then(all("div", vec![word]), step(Axis::Child, "p", vec![XPath::Number(2.0)])), &["two"]);
    check(
        and_then(
            all("div", vec![call(Function::StartsWith, vec![attribute("class"), literal("lead")])]),
            step(Axis::Attribute, "id", vec![]),
        ),
        &["b"],
    );
    check(and_then(all("a", vec![is("rel", "next")]), step(Axis::Attribute, "href", vec![])), &["/n"]);
    check(and_then(p(vec![is("class", "s")]), step(Axis::PrecedingSibling, "*", vec![XPath::Number(1.0)])), &["one"]);
    check(and_then(p(vec![is("class", "s")]), step(Axis::FollowingSibling, "p", vec![])), &["three bold"]);
    check(and_then(p(vec![is("class", "s")]), step(Axis::Following, "p", vec![])), &["three bold", "four"]);
    check(and_then(all("a", vec![]), step(Axis::Preceding, "p", vec![XPath::Number(1.0)])), &["four"]);
    check(and_then(and_then(all("b", vec![]), step(Axis::Ancestor, "div", vec![])), step(Axis::Attribute, "id", vec![])), &["a"]);
    check(and_then(p(vec![]), step(Axis::Child, "text()", vec![])), &["one", "two", "three ", "four"]);
    check(XPath::Union(vec![all("a", vec![]), all("b", vec![]), all("a", vec![])]), &["bold", "more"]);
    check(call(Function::Count, vec![p(vec![])]), &["4"]);
    let by_id = Start::Found(Box::new(call(Function::Id, vec![literal("b")])), vec![]);
    check(XPath::Path(by_id, vec![step(Axis::Child, "p", vec![])]), &["four"]);
    check(call(Function::SubstringAfter, vec![all("b", vec![]), literal("bo")]), &["ld"]);
    check(call(Function::Translate, vec![all("b", vec![]), literal("bd"), literal("B")]), &["Bol"]);
    check(call(Function::Substring, vec![literal("12345"), XPath::Number(2.0), XPath::Number(3.0)]), &["234"]);
    check(XPath::Compare(Comparison::Less, Box::new((XPath::Number(1.0), call(Function::Count, vec![p(vec![])])))), &["true"]);
    check(XPath::Or(vec![all("video", vec![]), is("x", "y")]), &["false"]);
    check(call(Function::String, vec![all("video", vec![])]), &[""]);
}

#[test]
fn an_expression_that_would_take_too_long_is_not_followed() {
    let document = Document::from("<p>x</p>".repeat(20_000).as_str());
    let slow = all("p", vec![XPath::Path(Start::Here, vec![step(Axis::Following, "p", vec![])])]);
    assert!(Page::new(&document).value(&slow).is_err());
}

const TEXT: &str = "渡口的钟在清晨响了三遍,船夫们把缆绳一根一根收回甲板,等着雾从河面上散开,好把第一班客人送到对岸的集市去。";

fn rule(path: XPath) -> Vec<SiteRule> {
    vec![SiteRule { path, only_if: None }]
}

fn read(body: &str, rules: &SiteRules) -> Result<ParsedPage, Unreadable> {
    let url = Url::parse("https://hewan.example/a/1.html").expect("an address");
    let doc = FetchedDocument::from_bytes(
        url,
        Some("text/html; charset=utf-8".to_owned()),
        body.as_bytes().to_vec(),
        DateTime::UNIX_EPOCH,
    );
    page(
        &doc,
        None,
        &Asked { first: &doc.url, number: 1, selectors: &PageSelectors::default(), bounded: sound, rules: Some(rules) },
    )
}

fn body() -> String {
    format!(
        "<html><head><title>x</title></head><body><h1>网站</h1><h2 id=t>渡口 的钟</h2><p class=by><a>周岸</a><a>林书白</a></p><i id=when>2026-05-04 08:30</i>\
         <div class=text><p>{TEXT}</p><p class='box promo'>订阅我们</p><img src=/ads/1.png><img src=/i/1.png><div class=comments>读者说</div>\
         <div class=text>{TEXT}里面</div></div><div class=text><p>第二块</p></div>\
         <a id=all href=/a/1_all.html>全文</a><a id=more href=/a/1_2.html>下一页</a><ul class=pages></ul></body></html>"
    )
}

#[test]
fn rules_say_what_is_what() {
    let rules = SiteRules {
        replace: vec![("订阅".to_owned(), "订 阅".to_owned())],
        title: rule(all("h2", vec![is("id", "t")])),
        author: [rule(all("video", vec![])), rule(and_then(all("p", vec![is("class", "by")]), step(Axis::Child, "a", vec![])))]
            .concat(),
        date: rule(all("i", vec![is("id", "when")])),
        body: [rule(all("article", vec![])), rule(all("div", vec![is("class", "text")]))].concat(),
        strip_words: vec!["promo".to_owned()],
        strip_images: vec!["/ads/".to_owned()],
        single_page: rule(and_then(all("a", vec![is("id", "all")]), step(Axis::Attribute, "href", vec![]))),
        next_page: rule(all("a", vec![is("id", "more")])),
        ..SiteRules::default()
    };
    let page = read(&body(), &rules).expect("a page");
    assert_eq!(page.entry.title.as_ref().map(|title| title.value.as_str()), Some("渡口 的钟"));
    let names: Vec<&str> = page.entry.authors.iter().filter_map(|person| person.name.as_deref()).collect();
    assert_eq!((names, page.entry.published.as_deref()), (vec!["周岸", "林书白"], Some("2026-05-04 08:30")));
    assert_eq!((page.whole.as_deref(), page.next.as_deref()), (Some("/a/1_all.html"), Some("/a/1_2.html")));
    let text = &page.entry.content[0].value;
    assert!(text.contains("里面") && text.contains("第二块") && text.contains("/i/1.png"), "{text}");
    assert_eq!(text.matches(TEXT).count(), 2, "what is inside of something found is there once: {text}");
    for gone in ["阅我们", "/ads/", "读者说", "全文"] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
    let unpruned = read(&body(), &SiteRules { prune: false, strip_words: vec![], ..rules }).expect("a page");
    let text = &unpruned.entry.content[0].value;
    assert!(text.contains("读者说") && text.contains("订 阅我们"), "{text}");
}

#[test]
fn a_condition_decides_whether_a_rule_is_looked_at() {
    let conditional = |class: &str| SiteRules {
        single_page: vec![SiteRule {
            path: call(Function::Concat, vec![literal("/a/"), literal("all")]),
            only_if: Some(all("ul", vec![is("class", class)])),
        }],
        ..SiteRules::default()
    };
    assert_eq!(read(&body(), &conditional("pages")).expect("a page").whole.as_deref(), Some("/a/all"));
    assert_eq!(read(&body(), &conditional("none")).expect("a page").whole, None);
}

#[test]
fn a_body_that_fits_nothing_leaves_the_text_to_its_looks_unless_that_is_forbidden() {
    let rules = SiteRules { body: rule(all("article", vec![])), ..SiteRules::default() };
    let page = format!("<body><div><p>{0}</p><p>{0}</p><p>{0}</p><p>{0}</p></div></body>", TEXT);
    let text = read(&page, &rules).expect("a page").entry.content[0].value.clone();
    assert!(text.contains(TEXT));
    let refused = read(&page, &SiteRules { detect: false, ..rules }).err();
    assert_eq!(refused.map(|refused| refused.code), Some("no_text"));
}

#[test]
fn replacements_do_not_make_a_page_grow_without_bound() {
    let bomb = SiteRules { replace: vec![("a".to_owned(), "a".repeat(1_000)); 8], ..SiteRules::default() };
    let grown = rules::replaced("a".repeat(1_000), &bomb, LARGEST);
    assert!(grown.len() <= LARGEST && grown.len() > 1_000, "{}", grown.len());
}
