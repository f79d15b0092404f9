//! The text of an article on its page: what browsers and assistive programs need beside what feeds carry.

use std::collections::HashMap;

use super::facts::ImageFacts;
use super::markup::{Piece, pieces};
use super::text::html;

/// The same text with pictures that load when they are near (after the first), take their room before they do and have a text in their place,
/// and with wide tables that scroll by themselves, also by keyboard. As it was, where it is not sound.
pub(super) fn for_page(body: &str, images: &[ImageFacts]) -> String {
    // The serializer writes addresses as references do: escaped.
    let known: HashMap<String, &ImageFacts> = images.iter().map(|image| (html(&image.url), image)).collect();
    let mut page = String::with_capacity(body.len() + body.len() / 8);
    let (mut read, mut seen) = (0, 0_usize);
    for piece in pieces(body) {
        read += piece.len();
        match piece {
            Piece::Open { name: "img", source } => {
                let image = attribute(source, "src").and_then(|address| known.get(address).copied());
                picture(&mut page, source, image, seen > 0);
                seen += 1;
            }
            Piece::Open { name: "table", source } => {
                page.push_str("<div class=\"scroll\" tabindex=\"0\">");
                page.push_str(source);
            }
            Piece::Close { name: "table", source } => {
                page.push_str(source);
                page.push_str("</div>");
            }
            Piece::Open { source, .. } | Piece::Close { source, .. } | Piece::Text(source) => page.push_str(source),
        }
    }
    if read == body.len() { page } else { body.to_owned() }
}

fn picture(page: &mut String, source: &str, image: Option<&ImageFacts>, lazy: bool) {
    let end = source.trim_end_matches('>').trim_end_matches('/').trim_end();
    page.push_str(end);
    if attribute(source, "alt").is_none() {
        // Without `alt`, programs that read aloud say the address.
        let caption = image.and_then(|image| image.caption.as_deref()).unwrap_or_default();
        page.push_str(&format!(" alt=\"{}\"", html(caption)));
    }
    if attribute(source, "width").is_none()
        && attribute(source, "height").is_none()
        && let Some((width, height)) = image.and_then(|image| image.width.zip(image.height)).filter(|(w, h)| *w > 0 && *h > 0)
    {
        page.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
    }
    if lazy && attribute(source, "loading").is_none() {
        page.push_str(" loading=\"lazy\"");
    }
    page.push_str(" decoding=\"async\">");
}

/// The value of an attribute of a tag as the sanitizer writes it: in double quotes, after one space. Not found inside another value: those hold
/// no double quote.
fn attribute<'a>(source: &'a str, name: &str) -> Option<&'a str> {
    // Odd pieces are values.
    let mut parts = source.split('"');
    while let (Some(before), Some(value)) = (parts.next(), parts.next()) {
        let key = before.trim_end_matches('=').rsplit([' ', '\n', '\t']).next().unwrap_or_default();
        if key.eq_ignore_ascii_case(name) {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &str) {
        let image = ImageFacts {
            url: "https://nanan.example/1.jpg?a=1&b=2".to_owned(),
            caption: Some("A \"deck\"".to_owned()),
            credit: None,
            copyright: None,
            width: Some(640),
            height: Some(360),
            media_type: None,
        };
        assert_eq!(for_page(body, &[image]), expected, "{body}");
    }

    #[test]
    fn pictures_have_room_text_and_patience() {
        check(
            "<p>a</p><img src=\"https://nanan.example/1.jpg?a=1&amp;b=2\"><img src=\"https://nanan.example/2.jpg\" alt=\"x\" width=\"3\">",
            "<p>a</p><img src=\"https://nanan.example/1.jpg?a=1&amp;b=2\" alt=\"A &quot;deck&quot;\" width=\"640\" height=\"360\" decoding=\"async\">\
             <img src=\"https://nanan.example/2.jpg\" alt=\"x\" width=\"3\" loading=\"lazy\" decoding=\"async\">",
        );
        check("<img alt=\"src= width=\" src=\"u\">", "<img alt=\"src= width=\" src=\"u\" decoding=\"async\">");
    }

    #[test]
    fn tables_scroll_by_themselves() {
        check(
            "<table><tr><td><table></table></td></tr></table>",
            "<div class=\"scroll\" tabindex=\"0\"><table><tr><td><div class=\"scroll\" tabindex=\"0\"><table></table></div></td></tr></table></div>",
        );
    }

    #[test]
    fn what_is_not_sound_stays_as_it_is() {
        for body in ["<img src=\"u", "<p>1 &lt; 2</p><table", "", "<p>text</p>"] {
            check(body, body);
        }
    }
}
