//! Marks of language and direction in HTML: what they may say, and which elements carry them when their own do not pass.

use dom_query::NodeRef;

use super::language;

/// Attributes that pass on every element, with values that HTML knows: without them a screen reader reads a quotation in the wrong voice, and
/// Arabic or Hebrew stands in the wrong order.
pub(super) const ATTRIBUTES: &[&str] = &["lang", "dir"];

/// Elements that do not pass themselves, and become a `div` where they say the language or direction of what is in them.
const BLOCKS: &[&str] =
    &["article", "aside", "center", "fieldset", "footer", "form", "header", "hgroup", "main", "nav", "section"];

/// The same, that become a `span`.
const PHRASES: &[&str] = &["acronym", "bdo", "big", "data", "font", "label", "nobr", "strike", "tt"];

/// What a `span` that says nothing is called until it is taken away: the allow-list goes by names.
const PLAIN: &str = "font";

/// Leaves `lang` a language tag and `dir` a direction, or takes them away (HTML § 3.2.6.2 and 3.2.6.4). What came as XHTML may have `xml:lang`
/// instead.
pub(super) fn tidy(node: &NodeRef<'_>) {
    let languages = ["lang", "xml:lang"].into_iter().filter_map(|name| node.attr(name));
    let language = languages.map(|written| written.trim().to_owned()).find(|tag| language::is_well_formed(tag));
    let direction = node.attr("dir").map(|written| written.trim().to_ascii_lowercase());
    let direction = direction.filter(|direction| matches!(direction.as_str(), "ltr" | "rtl" | "auto"));
    for (name, value) in [("lang", language), ("dir", direction)] {
        match value {
            Some(value) => node.set_attr(name, &value),
            None => node.remove_attr(name),
        }
    }
}

/// Whether an element, once tidied, says a language or a direction.
pub(super) fn is_marked(node: &NodeRef<'_>) -> bool {
    ATTRIBUTES.iter().any(|attribute| node.has_attr(attribute))
}

/// Names an element, once tidied, what it may pass as; gives that name.
pub(super) fn passing<'a>(node: &NodeRef<'_>, name: &'a str) -> &'a str {
    let passes_as = match name {
        "span" if !is_marked(node) => PLAIN,
        block if BLOCKS.contains(&block) && is_marked(node) => "div",
        phrase if PHRASES.contains(&phrase) && is_marked(node) => "span",
        name => return name,
    };
    node.rename(passes_as);
    passes_as
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::html::sanitize;

    fn clean(source: &str) -> String {
        sanitize(source, &Url::parse("https://outlet.example/a/1").expect("a literal")).as_str().to_owned()
    }

    #[test]
    fn languages_and_directions_stay() {
        let check = |source: &str, expected: &str| assert_eq!(clean(source), expected, "{source}");
        let same = |source: &str| check(source, source);
        same("<p lang=\"es\">El muelle.</p><p lang=\"ca\">El moll.</p>");
        same("<blockquote lang=\"ar\" dir=\"rtl\"><p>قال</p></blockquote>");
        same("<p>a <span lang=\"he\" dir=\"rtl\">שלום</span> <em lang=\"fr\">b</em> <bdi dir=\"auto\">c</bdi></p>");
        same("<p lang=\"zh-Hans-t-en-t0-und\">渡</p><p lang=\"x-house\">a</p><p lang=\"sl-rozaj-biske-1994\">b</p>");
        check("<p lang=' pt-BR ' dir=RTL id=x>a</p>", "<p lang=\"pt-BR\" dir=\"rtl\">a</p>");
        check("<p xml:lang=de>a</p><p xml:lang=de lang=nds>b</p>", "<p lang=\"de\">a</p><p lang=\"nds\">b</p>");
        check("<p xml:lang=de lang='no tag'>a</p>", "<p lang=\"de\">a</p>");
        // What is no language or direction goes, and a span that says nothing else with it.
        for wrong in ["lang", "lang=''", "lang=en_US", "lang='en\"><script>'", "lang=e", "lang=en--US", "lang=en-", "lang=en-x"] {
            check(&format!("<p {wrong}>a</p>"), "<p>a</p>");
            check(&format!("<p>a<span {wrong}>b</span></p>"), "<p>ab</p>");
        }
        for wrong in ["dir=up", "dir", "dir='rtl ltr'", "dir=javascript:alert(1)"] {
            check(&format!("<p {wrong}>a</p>"), "<p>a</p>");
        }
        check(&format!("<p lang={}>a</p>", "en".to_owned() + &"-abcdefg1".repeat(8)), "<p>a</p>");
        // Elements that do not pass leave what they said.
        check("<section dir=rtl><p>a</p></section>", "<div dir=\"rtl\"><p>a</p></div>");
        check(
            "<section><p>a <bdo dir=rtl>b</bdo><font lang=it>c</font></p></section>",
            "<p>a <span dir=\"rtl\">b</span><span lang=\"it\">c</span></p>",
        );
        check("<img src=/1.jpg alt=x lang=la>", "<img lang=\"la\" src=\"https://outlet.example/1.jpg\" alt=\"x\">");
        check("<custom lang=fr>a</custom>", "a");
    }
}
