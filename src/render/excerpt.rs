//! The beginning of a text, cut where a sentence ends.

use unicode_segmentation::UnicodeSegmentation;

use super::markup::{Piece, pieces};
use super::sentence;
use crate::model::markup::{is_inline, is_void, reference};

/// Characters of an excerpt whose length nobody has set …
const USUAL: usize = 400;

/// … and where most letters are Chinese, Japanese or Korean ones, which say twice as much each.
const USUAL_DENSE: usize = 200;

/// Stands for what was cut off where no sentence ends.
const CUT: &str = "…";

/// The beginning of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// HTML, every tag closed.
    pub html: String,
    /// Whether anything is missing.
    pub is_cut: bool,
}

/// The beginning of sanitized HTML, with at most so many characters that a reader sees (grapheme clusters, white space as one, none for tags).
///
/// It ends with a sentence, outside links and of what belongs together (figures, tables, preformatted text, headings), outside emphasis too if it
/// can. Where no sentence ends that early it ends with a word and "…"; where not even a word does, it is empty.
pub(super) fn of(html: &str, most: Option<usize>, language: Option<&str>) -> Excerpt {
    let plain = Plain::of(html, most.unwrap_or(USUAL));
    let most = most.unwrap_or_else(|| if plain.is_dense() { USUAL_DENSE } else { USUAL });
    let Some(limit) = plain.end_of(most) else { return Excerpt { html: html.to_owned(), is_cut: false } };

    let mut walk = Walk::new(html);
    let mut best: [Option<(usize, usize)>; 2] = [None, None];
    for end in sentence::ends(&plain.text, language).into_iter().take_while(|end| *end <= limit) {
        let place = plain.in_html(end);
        match walk.to(place) {
            Zone::Free(behind) => best[0] = Some((end, behind)),
            Zone::Emphasis(behind) => best[1] = Some((end, behind)),
            Zone::Closed => {}
        }
    }
    if let Some((_, place)) = best[0].or(best[1]) {
        return Excerpt { html: cut(html, place, ""), is_cut: true };
    }

    // The mark is a character, too.
    let limit = plain.end_of(most.saturating_sub(1)).unwrap_or(limit);
    let mut walk = Walk::new(html);
    let (mut word, mut paragraph) = (None, None);
    for (start, piece) in plain.text.split_word_bound_indices().take_while(|(start, piece)| start + piece.len() <= limit) {
        if !piece.chars().any(char::is_alphanumeric) {
            continue;
        }
        let end = start + piece.len();
        if let Zone::Free(place) | Zone::Emphasis(place) = walk.to(plain.in_html(end)) {
            word = Some((end, place));
            if plain.text[end..].starts_with('\n') {
                paragraph = word;
            }
        }
    }
    // Items of a list are whole, unless that costs too much.
    let place = paragraph.filter(|(end, _)| *end * 2 >= limit).or(word);
    let html = place.map(|(_, place)| cut(html, place, CUT)).unwrap_or_default();
    Excerpt { html, is_cut: true }
}

/// HTML up to `place`, the mark, and the end tags that are missing.
fn cut(html: &str, place: usize, mark: &str) -> String {
    let mut open: Vec<&str> = Vec::new();
    let beginning = html.get(..place).unwrap_or_default();
    for piece in pieces(beginning) {
        follow(&mut open, piece);
    }
    let mut cut = beginning.to_owned();
    cut.push_str(mark);
    for name in open.iter().rev() {
        cut.push_str(&format!("</{name}>"));
    }
    cut
}

fn follow<'a>(open: &mut Vec<&'a str>, piece: Piece<'a>) {
    match piece {
        Piece::Open { name, .. } if !is_void(name) => open.push(name),
        Piece::Close { name, .. } if open.last() == Some(&name) => {
            open.pop();
        }
        _ => {}
    }
}

/// What a reader sees of HTML, as far as an excerpt can reach.
#[derive(Debug)]
struct Plain {
    /// White space as one space, `\n` between paragraphs.
    text: String,
    /// For each character where it ends, here and in the HTML.
    places: Vec<(usize, usize)>,
    /// It is all of the text.
    is_whole: bool,
}

impl Plain {
    /// `most`: characters that are wanted. A few more are read, to know what follows; combining ones are not counted by readers, so there may be
    /// more of them, but not without end.
    fn of(html: &str, most: usize) -> Self {
        let enough = most.saturating_mul(4).saturating_add(512);
        let mut plain = Self { text: String::new(), places: Vec::new(), is_whole: true };
        let mut at = 0;
        for piece in pieces(html) {
            match piece {
                Piece::Text(text) => plain.read(text, at),
                Piece::Open { name: "br" | "wbr", .. } => plain.add(' ', at + piece.len()),
                Piece::Open { name, .. } | Piece::Close { name, .. } if !is_inline(name) => plain.end_paragraph(at),
                _ => {}
            }
            at += piece.len();
            if plain.places.len() > enough {
                plain.is_whole = false;
                break;
            }
        }
        plain
    }

    fn read(&mut self, source: &str, from: usize) {
        let mut at = 0;
        while let Some(c) = source[at..].chars().next() {
            let (c, length) = if c == '&' { reference(&source[at..]).unwrap_or(('&', 1)) } else { (c, c.len_utf8()) };
            at += length;
            self.add(c, from + at);
        }
    }

    fn add(&mut self, c: char, html_end: usize) {
        // A space that does not break is a character like others: it holds » to its quotation.
        let space = c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}');
        if space && (self.text.is_empty() || self.text.ends_with([' ', '\n'])) {
            return;
        }
        self.text.push(if space { ' ' } else { c });
        self.places.push((self.text.len(), html_end));
    }

    fn end_paragraph(&mut self, html: usize) {
        if self.text.ends_with(' ') {
            self.text.pop();
            self.places.pop();
        }
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
            self.places.push((self.text.len(), html));
        }
    }

    /// Whether most letters are of a dense script.
    fn is_dense(&self) -> bool {
        let dense = |c: &char| sentence::is_ideographic(*c) || matches!(c, '\u{ac00}'..='\u{d7af}' | '\u{1100}'..='\u{11ff}');
        let letters = self.text.chars().filter(|c| c.is_alphabetic());
        let (dense, all) = letters.fold((0_usize, 0_usize), |(d, all), c| (d + usize::from(dense(&c)), all + 1));
        dense * 2 > all
    }

    /// Where so many characters end; `None` when the whole text has no more.
    fn end_of(&self, most: usize) -> Option<usize> {
        let mut count = 0;
        let trimmed = self.text.trim_end().len();
        for (start, cluster) in self.text.grapheme_indices(true) {
            if cluster == "\n" {
                continue;
            }
            if count == most {
                return (start < trimmed || !self.is_whole).then_some(start);
            }
            count += 1;
        }
        (!self.is_whole).then_some(self.text.len())
    }

    /// The place in the HTML where the character that ends there ends.
    fn in_html(&self, end: usize) -> usize {
        let place = self.places.partition_point(|(text, _)| *text < end);
        self.places.get(place).map_or(0, |(_, html)| *html)
    }
}

/// What a place in the HTML is inside of.
enum Zone {
    /// Nothing that a cut would spoil; the cut is behind the end tags of the line.
    Free(usize),
    /// Emphasis.
    Emphasis(usize),
    /// A link, a figure: no cut here.
    Closed,
}

/// Goes through HTML from place to place, never back.
struct Walk<'a> {
    html: &'a str,
    at: usize,
    /// Where the text ends that `at` is in, so that a long one is looked through once.
    text_end: usize,
    open: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn new(html: &'a str) -> Self {
        Self { html, at: 0, text_end: 0, open: Vec::new() }
    }

    /// What a place is inside of. The end tags straight behind it count as passed, as long as they do not end a paragraph.
    fn to(&mut self, place: usize) -> Zone {
        while self.at < place {
            if self.at < self.text_end {
                self.at = place.min(self.text_end);
                continue;
            }
            let Some(piece) = pieces(&self.html[self.at..]).next() else { break };
            if let Piece::Text(text) = piece {
                self.text_end = self.at + text.len();
                continue;
            }
            follow(&mut self.open, piece);
            self.at += piece.len();
        }
        let whole = ["figure", "table", "pre", "h2", "h3", "h4", "h5", "h6", "audio", "video", "summary"];
        if self.open.iter().any(|name| whole.contains(name)) {
            return Zone::Closed;
        }
        while self.at >= self.text_end
            && let Some(piece @ Piece::Close { name, .. }) = pieces(&self.html[self.at..]).next()
            && is_inline(name)
        {
            follow(&mut self.open, piece);
            self.at += piece.len();
        }
        let emphasis = ["b", "strong", "i", "em", "u", "s", "small", "cite", "q", "del", "ins", "mark"];
        match self.open.iter().filter(|name| is_inline(name)).all(|name| emphasis.contains(name)) {
            false => Zone::Closed,
            true if self.open.iter().any(|name| is_inline(name)) => Zone::Emphasis(self.at),
            true => Zone::Free(self.at),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(html: &str, most: usize, expected: &str) {
        let found = of(html, Some(most), Some("en"));
        assert_eq!(found.html, expected, "{html} {most}");
        assert_eq!(found.is_cut, found.html != html);
    }

    #[test]
    fn ends_with_a_sentence_and_closes_its_tags() {
        let two = "<div><p>The ferry stops. It sailed for <b>forty</b> years.</p><p>Nobody came.</p></div>";
        check(two, 55, two);
        check(two, 54, "<div><p>The ferry stops. It sailed for <b>forty</b> years.</p></div>");
        check(two, 43, "<div><p>The ferry stops. It sailed for <b>forty</b> years.</p></div>");
        check(two, 42, "<div><p>The ferry stops.</p></div>");
        check(two, 16, "<div><p>The ferry stops.</p></div>");
        check(two, 15, "<div><p>The ferry…</p></div>");
        check(two, 4, "<div><p>The…</p></div>");
        check(two, 2, "");
    }

    #[test]
    fn chinese_is_cut_as_chinese() {
        let text = "<p>渡轮停航了。“真的吗？”他问。镇上的人都来送它。</p>";
        check(text, 12, "<p>渡轮停航了。“真的吗？”</p>");
        check(text, 11, "<p>渡轮停航了。</p>");
        check(text, 5, "<p>渡轮停航…</p>");
        let long = format!("<p>{}</p>", "渡轮停航了。".repeat(100));
        assert_eq!(of(&long, None, Some("zh-Hans")).html, format!("<p>{}</p>", "渡轮停航了。".repeat(33)));
        let [long, beginning] = [100, 23].map(|times| "The ferry stops. ".repeat(times));
        let excerpt = of(&format!("<p>{long}</p>"), None, None);
        assert_eq!(excerpt.html, format!("<p>{}</p>", beginning.trim_end()));
    }

    #[test]
    fn links_figures_and_emphasis_are_whole() {
        check("<p>One. <a href=\"https://a.example/\">Two. Three.</a> Four.</p>", 12, "<p>One.</p>");
        check(
            "<p>One. <a href=\"https://a.example/\">Two. Three.</a> Four.</p>",
            18,
            "<p>One. <a href=\"https://a.example/\">Two. Three.</a></p>",
        );
        check("<p><em>One. Two and more.</em></p>", 10, "<p><em>One.</em></p>");
        check("<p>Zero. <em>One. Two and more.</em></p>", 14, "<p>Zero.</p>");
        check(
            "<figure><img src=\"x\"><figcaption>Who. What.</figcaption></figure><p>One. Two.</p>",
            15,
            "<figure><img src=\"x\"><figcaption>Who. What.</figcaption></figure><p>One.</p>",
        );
        check(
            "<figure><img src=\"x\"><figcaption>Who. What.</figcaption></figure><p>One two three. Four.</p>",
            14,
            "<figure><img src=\"x\"><figcaption>Who. What.</figcaption></figure><p>One…</p>",
        );
        check("<p>One. <svg viewBox=\"0 0 9 9\"><text>Two. Three.</text></svg> Four.</p>", 12, "<p>One.</p>");
        check("<h2>Why? How?</h2><p>One two three four.</p>", 16, "<h2>Why? How?</h2><p>One…</p>");
        check("<table><tr><td>One. Two.</td></tr></table><p>Three.</p>", 6, "");
    }

    #[test]
    fn long_texts_take_linear_time() {
        let start = std::time::Instant::now();
        let html = format!("<p>{}</p>", "好。".repeat(1 << 20));
        assert_eq!(of(&html, Some(100_000), None).html.len(), "<p></p>".len() + 50_000 * "好。".len());
        let html = format!("<p>{}</p>", "<b>x</b>".repeat(1 << 18));
        assert!(of(&html, Some(100_000), None).is_cut);
        assert!(start.elapsed() < std::time::Duration::from_secs(60), "{:?}", start.elapsed());
    }

    #[test]
    fn lists_end_with_an_item_if_that_does_not_cost_too_much() {
        check(
            "<ul><li>one thing</li><li>two things</li><li>three things</li></ul>",
            24,
            "<ul><li>one thing</li><li>two things…</li></ul>",
        );
        check("<ul><li>one</li><li>two things and many more</li></ul>", 24, "<ul><li>one</li><li>two things and many…</li></ul>");
    }

    #[test]
    fn references_and_clusters_are_one_character() {
        check("<p>A &amp; Bo. C &lt; Do. E.</p>", 7, "<p>A &amp; Bo.</p>");
        check("<p>e\u{301}e\u{301}. 👩‍👩‍👧 too. End here.</p>", 10, "<p>e\u{301}e\u{301}. 👩‍👩‍👧 too.</p>");
        check("<p>a   b\n cc. Dd.</p>", 7, "<p>a   b\n cc.</p>");
        check("<p>Fish &unknown; chips. More.</p>", 22, "<p>Fish &unknown; chips.</p>");
        check("<p>a. b</p>", 4, "<p>a. b</p>");
        check("<img alt=\"a > b. c\">", 1, "<img alt=\"a > b. c\">");
    }

    /// Text that a reader sees, by another reading than the module's.
    fn seen(html: &str) -> String {
        let mut text = String::new();
        let mut inside = false;
        for c in html.chars() {
            match c {
                '<' => inside = true,
                '>' if inside => inside = false,
                c if !inside => text.push(c),
                _ => {}
            }
        }
        text
    }

    fn balanced(html: &str) -> bool {
        let mut open = Vec::new();
        for piece in pieces(html) {
            match piece {
                Piece::Open { name, .. } if !is_void(name) => open.push(name),
                Piece::Close { name, .. } if open.pop() != Some(name) => return false,
                _ => {}
            }
        }
        open.is_empty()
    }

    fn document() -> impl Strategy<Value = String> {
        let words = prop::sample::select(vec![
            "The ferry stops. ",
            "Dr. Ames ",
            "渡轮停航了。",
            "“真的吗？”",
            "z. B. Hafen ",
            "…",
            "&amp; ",
            "नाव रुक गई। ",
            "هل توقفت؟ ",
            "e\u{301}",
            "word ",
            "ไม่มีช่องว่าง",
            "!",
        ]);
        let line = prop::collection::vec((words, 0..6_usize), 0..12).prop_map(|parts| {
            parts
                .into_iter()
                .map(|(text, around)| match around {
                    0 => format!("<a href=\"https://a.example/?x=1&amp;y=2\">{text}</a>"),
                    1 => format!("<em>{text}<strong>{text}</strong></em>"),
                    2 => format!("{text}<br>"),
                    _ => text.to_owned(),
                })
                .collect::<String>()
        });
        prop::collection::vec((line, 0..6_usize), 0..6).prop_map(|lines| {
            lines
                .into_iter()
                .map(|(line, around)| match around {
                    0 => format!("<blockquote><p>{line}</p></blockquote>"),
                    1 => format!("<ul><li>{line}</li><li>{line}</li></ul>"),
                    2 => format!(
                        "<figure><img src=\"https://a.example/x.jpg\" alt=\"1 &gt; 0\"><figcaption>{line}</figcaption></figure>"
                    ),
                    3 => format!("<h2>{line}</h2>"),
                    _ => format!("<p>{line}</p>"),
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn a_balanced_beginning_that_ends_with_a_sentence_or_the_mark(html in document(), most in 1..120_usize) {
            let excerpt = of(&html, Some(most), None);
            prop_assert!(balanced(&excerpt.html), "{}", excerpt.html);
            if !excerpt.is_cut {
                prop_assert_eq!(&excerpt.html, &html);
                return Ok(());
            }
            let (text, whole) = (seen(&excerpt.html), seen(&html));
            let marked = text.strip_suffix(CUT).filter(|text| whole.starts_with(text)).unwrap_or(&text);
            prop_assert!(whole.starts_with(marked), "{text} of {whole}");
            prop_assert!(excerpt.html.matches("<a ").count() == excerpt.html.matches("</a>").count());
            let plain = Plain::of(&excerpt.html, usize::MAX / 8);
            prop_assert!(plain.text.graphemes(true).filter(|c| *c != "\n").count() <= most, "{} {most}", plain.text);
            let last = plain.text.trim_end().chars().next_back();
            prop_assert!(
                last.is_none_or(|c| c == '…' || "。！？।؟.!\"”".contains(c)),
                "{} of {html}", excerpt.html
            );
        }

        #[test]
        fn any_text_can_be_cut(text in "\\PC{0,300}", most in 0..80_usize) {
            let html = format!("<p>{}</p>", super::super::text::html(&text));
            let excerpt = of(&html, Some(most), None);
            prop_assert!(balanced(&excerpt.html));
            prop_assert!(seen(&html).starts_with(seen(&excerpt.html).trim_end_matches('…')));
        }
    }
}
