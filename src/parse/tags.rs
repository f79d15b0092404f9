//! The tags of a page or list, in one linear pass: no tree, no nesting, nothing that broken markup could break.

/// Attributes of one tag that are kept.
const MOST_ATTRIBUTES: usize = 256;

/// Elements of HTML whose content is text, whatever it looks like (HTML Living Standard § 13.1.2.4, and what scripting keeps from view).
const RAW: [&str; 8] = ["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"];

/// A start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// Name as written.
    pub(super) name: &'a str,
    /// Names and values as written, references not yet resolved.
    attributes: Vec<(&'a str, &'a str)>,
    /// Byte at which it begins.
    pub(super) start: usize,
}

impl<'a> Tag<'a> {
    /// Whether it has that name, in any case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The first attribute of that name, in any case, as written.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// Names and values as written.
    pub(super) fn attributes(&self) -> &[(&'a str, &'a str)] {
        &self.attributes
    }
}

/// The start tags of a text. Comments, CDATA sections, declarations and end tags are passed over; in HTML also what is in elements of text.
#[derive(Debug)]
pub(super) struct Tags<'a> {
    source: &'a str,
    at: usize,
    html: bool,
    /// Elements of text that do not end any more.
    endless: [bool; RAW.len()],
    /// Quotation marks that do not come any more: `"` and `'`.
    unquoted: [bool; 2],
}

impl<'a> Tags<'a> {
    /// Those of an HTML page.
    pub(super) fn html(source: &'a str) -> Self {
        Self { source, at: 0, html: true, endless: [false; RAW.len()], unquoted: [false; 2] }
    }

    /// Those of XML.
    pub(super) fn xml(source: &'a str) -> Self {
        Self { html: false, ..Self::html(source) }
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Goes behind the next `end`, or to the end of the text.
    fn pass(&mut self, end: &str) {
        self.at = self.rest().find(end).map_or(self.source.len(), |found| self.at + found + end.len());
    }

    fn skip(&mut self, what: impl Fn(u8) -> bool) -> &'a str {
        let length = self.rest().bytes().position(|byte| !what(byte)).unwrap_or(self.rest().len());
        let skipped = self.rest().get(..length).unwrap_or_default();
        self.at += length;
        skipped
    }

    fn value(&mut self) -> &'a str {
        let quote = match self.rest().bytes().next() {
            Some(b'"') => ('"', 0),
            Some(b'\'') => ('\'', 1),
            _ => return self.skip(|byte| !byte.is_ascii_whitespace() && byte != b'>'),
        };
        let inside = self.rest().get(1..).unwrap_or_default();
        let end = if self.unquoted[quote.1] { None } else { inside.find(quote.0) };
        match end {
            Some(end) => {
                self.at += end + 2;
                inside.get(..end).unwrap_or_default()
            }
            None => {
                self.unquoted[quote.1] = true;
                self.at += 1;
                self.skip(|byte| !byte.is_ascii_whitespace() && byte != b'>')
            }
        }
    }

    /// The tag whose `<` has just been passed; none if the text ends in it.
    fn tag(&mut self, start: usize) -> Option<Tag<'a>> {
        let space = |byte: u8| byte.is_ascii_whitespace();
        let name = self.skip(|byte| !space(byte) && byte != b'/' && byte != b'>');
        let mut attributes = Vec::new();
        loop {
            self.skip(|byte| space(byte) || byte == b'/');
            match self.rest().bytes().next()? {
                b'>' => {
                    self.at += 1;
                    return Some(Tag { name, attributes, start });
                }
                // A name is at least one character, so that this comes to an end.
                b'=' => self.at += 1,
                _ => {}
            }
            let name = self.skip(|byte| !space(byte) && !matches!(byte, b'/' | b'>' | b'='));
            self.skip(space);
            let value = if self.rest().starts_with('=') {
                self.at += 1;
                self.skip(space);
                self.value()
            } else {
                ""
            };
            if attributes.len() < MOST_ATTRIBUTES && !name.is_empty() {
                attributes.push((name, value));
            }
        }
    }

    /// Goes to the end tag of an element of text, if it has one.
    fn pass_text(&mut self, raw: usize) {
        if self.endless[raw] {
            return;
        }
        let name = RAW[raw].as_bytes();
        let bytes = self.rest().as_bytes();
        let ends = |at: &usize| bytes.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        match self.rest().match_indices("</").map(|(at, _)| at).find(ends) {
            Some(at) => self.at += at,
            None => self.endless[raw] = true,
        }
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let start = self.at + self.rest().find('<')?;
            self.at = start + 1;
            let rest = self.rest();
            match rest.bytes().next()? {
                b'!' if rest.starts_with("!--") => self.pass("-->"),
                b'!' if rest.starts_with("![CDATA[") && !self.html => self.pass("]]>"),
                b'!' | b'?' | b'/' => self.pass(">"),
                first if first.is_ascii_alphabetic() || (!self.html && (first == b'_' || !first.is_ascii())) => {
                    let tag = self.tag(start)?;
                    if let Some(raw) = RAW.iter().position(|raw| self.html && tag.is(raw)) {
                        self.pass_text(raw);
                    }
                    return Some(tag);
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tags as `name a=b c=d`.
    fn check(tags: Tags<'_>, expected: &[&str]) {
        let shown: Vec<String> = tags
            .map(|tag| {
                let attributes = tag.attributes().iter().map(|(name, value)| format!(" {name}={value}"));
                format!("{}{}", tag.name, attributes.collect::<String>())
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn tags_of_pages() {
        check(
            Tags::html("<p>a</p><BR/><a href=x>b<a\nhref='y z' TITLE = \"q\" >"),
            &["p", "BR", "a href=x", "a href=y z TITLE=q"],
        );
        check(Tags::html("<!DOCTYPE html><!-- <link> --><?x <a>?>1 < 2 <3 <link/rel=a>"), &["link rel=a"]);
        check(Tags::html("<script>'<link>'</SCRIPT ><title><a></title><link>"), &["script", "title", "link"]);
        check(Tags::html("<title>never ends<link><script><link>"), &["title", "link", "script", "link"]);
        check(Tags::html("<link href=\"never ends><link rel='x'>"), &["link href=never ends=", "link rel=x"]);
        check(Tags::html("<a =x ==y b= c>"), &["a x==y b=c"]);
        check(Tags::html("<a href=x"), &[]);
        check(Tags::html("<"), &[]);
        check(Tags::html("<a <b>"), &["a <b="]);
    }

    #[test]
    fn tags_of_xml() {
        let list = "<?xml version='1.0'?><opml><title/><![CDATA[<a>]]><outline text='潮 > 汐'/><条目/></opml>";
        check(Tags::xml(list), &["opml", "title", "outline text=潮 > 汐", "条目"]);
    }

    #[test]
    fn broken_markup_takes_linear_time() {
        for piece in ["<a href=\"", "<a b='", "<title>", "<script", "<!--", "</", "<a ", "<", "<a =", "<textarea><iframe>"] {
            let text = piece.repeat(400_000);
            let start = std::time::Instant::now();
            let tags = Tags::html(&text).count();
            assert!(start.elapsed().as_secs() < 5, "{piece}: {tags} tags in {:?}", start.elapsed());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_an_end(text in "[<>a='\"/ !-]{0,200}|\\PC{0,100}") {
            let tags = Tags::html(&text).chain(Tags::xml(&text));
            for tag in tags {
                proptest::prop_assert!(text.get(tag.start..).is_some_and(|rest| rest.starts_with('<')));
            }
        }
    }
}
