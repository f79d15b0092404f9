//! The counter that some outlets ask republishers to keep: a picture of one pixel that tells them how often a text is read elsewhere.
//!
//! Such pictures are taken out like every tracker, unless the outlet's terms say `counter = "keep"`. Then the one of the text goes back to its end.

use ::url::Url;
use dom_query::Document;

use super::{html, url};
use crate::model::Html;

/// Words in the address of a picture that counts republications; advertisers' pixels have none of them.
const WORDS: &[&str] =
    &["count", "republication", "republish", "repub", "zaehler", "zählpixel", "vgwort", "compteur", "contador"];

/// Pictures looked at.
const PICTURES: usize = 200;

/// Puts the counter that stands in `source` at the end of a text that was made of it.
pub(super) fn keep(text: Html, source: &str, base: &Url) -> Html {
    let Some(counter) = find(source, base) else { return text };
    let address = super::text::escape(counter.as_str()).replace('"', "&quot;");
    Html::from_sanitized(format!("{}<img src=\"{address}\" width=\"1\" height=\"1\" alt=\"\">", text.as_str()))
}

/// The address of the counter in HTML source.
fn find(source: &str, base: &Url) -> Option<Url> {
    if !source.contains("<img") || html::bounded(source).is_err() {
        return None;
    }
    let document = Document::fragment(source);
    let pictures = document.try_select("img[src]")?;
    pictures.nodes().iter().take(PICTURES).find_map(|node| {
        let pixel = |name: &str| node.attr(name).and_then(|value| html::pixels(&value)).is_some_and(|pixels| pixels <= 1);
        let address = url::resolve(base, &[], &node.attr("src")?)?;
        let written = address.as_str().to_lowercase();
        let counts = WORDS.iter().any(|word| written.contains(word));
        (counts && (pixel("width") || pixel("height"))).then_some(address)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_of_the_text_stays() {
        let check = |source: &str, expected: &str| {
            let base = Url::parse("https://outlet.example/a/").expect("a literal");
            let text = Html::from_sanitized("<p>t</p>".to_owned());
            assert_eq!(keep(text, source, &base).as_str(), format!("<p>t</p>{expected}"), "{source}");
        };
        let kept = "<img src=\"https://counter.quay.example/7/count.gif?a=1&amp;b=2\" width=\"1\" height=\"1\" alt=\"\">";
        check("<p>t<img src='https://counter.quay.example/7/count.gif?a=1&amp;b=2' width=1 height=1></p>", kept);
        check("<img src='https://ads.example/pixel.gif' width=1 height=1>", "");
        check("<img src='https://outlet.example/the-count.jpg' width=600>", "");
        check(
            "<img src='count.gif' height=1>",
            "<img src=\"https://outlet.example/a/count.gif\" width=\"1\" height=\"1\" alt=\"\">",
        );
        check("<p>count</p>", "");
    }
}
