//! Takes scripts, style sheets, comments and sets of icons out of the source of a page, before anything is counted or built: half of a page and more is script,
//! and `a<b&&c>d` in it looks like tags to whoever does not know where a script ends.

/// Elements whose inside is no markup (HTML § 13.2.5.2 to 4) and may be of use.
const RAW: &[&str] = &["title", "textarea", "xmp", "iframe", "noembed", "noframes"];

/// The source without comments, style sheets, sets of icons, and scripts but those of JSON-LD. Linear in the source.
pub(super) fn without(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    let mut drawing = false;
    // What has no end tag once has none later.
    let mut endless: Vec<&str> = Vec::new();
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let markup = &rest[at..];
        if let Some(comment) = markup.strip_prefix("<!--") {
            rest = after_comment(comment);
            continue;
        }
        if let Some(ended) = markup.strip_prefix("</") {
            drawing &= !is_named(ended, "svg");
        }
        if !markup[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            out.push('<');
            rest = &markup[1..];
            continue;
        }
        let name_end =
            markup[1..].find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).map_or(markup.len(), |at| at + 1);
        let name = &markup[1..name_end];
        let end = name_end + tag_end(&markup[name_end..]);
        let (tag, after) = markup.split_at(end);
        if name.eq_ignore_ascii_case("svg") {
            drawing = true;
            if !endless.contains(&"svg") {
                match find_end(after, "svg") {
                    Some(inside) if is_icon(&after[..inside]) => {
                        drawing = false;
                        rest = after[inside..].find('>').map_or("", |end| &after[inside + end + 1..]);
                        continue;
                    }
                    Some(_) => {}
                    None => endless.push("svg"),
                }
            }
        }
        let is_script = name.eq_ignore_ascii_case("script");
        if is_script || name.eq_ignore_ascii_case("style") {
            // The slash ends an element in a drawing only.
            if drawing && tag.ends_with("/>") {
                rest = after;
                continue;
            }
            let inside = find_end(after, name).unwrap_or(after.len());
            let closed = &after[inside..];
            rest = closed.find('>').map_or("", |end| &closed[end + 1..]);
            if is_script && tag.to_ascii_lowercase().contains("ld+json") {
                out.push_str(tag);
                out.push_str(&after[..inside]);
                out.push_str("</script>");
            }
            continue;
        }
        out.push_str(tag);
        rest = after;
        let raw = RAW.iter().find(|raw| raw.eq_ignore_ascii_case(name) && !drawing && !endless.contains(*raw));
        if let Some(raw) = raw {
            match find_end(after, raw) {
                Some(inside) => {
                    out.push_str(&after[..inside]);
                    rest = &after[inside..];
                }
                None => endless.push(raw),
            }
        }
    }
    out.push_str(rest);
    out
}

/// Bytes of a drawing that refers to one defined elsewhere.
const ICON: usize = 1_500;

/// A set of icons, which shows nothing itself, or a use of one.
fn is_icon(inside: &str) -> bool {
    let has = |mark: &str| inside.match_indices('<').any(|(at, _)| is_named(&inside[at + 1..], mark));
    has("symbol") || inside.len() <= ICON && has("use")
}

fn is_named(tag: &str, name: &str) -> bool {
    let bytes = tag.as_bytes();
    bytes.len() >= name.len()
        && bytes[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        && bytes.get(name.len()).is_none_or(|next| matches!(next, b'>' | b'/') || next.is_ascii_whitespace())
}

/// Where the end tag of an element begins.
fn find_end(text: &str, name: &str) -> Option<usize> {
    text.match_indices("</").map(|(at, _)| at).find(|at| is_named(&text[at + 2..], name))
}

/// Behind the `>` of a tag, whose attributes may have others in quotes.
fn tag_end(attributes: &str) -> usize {
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in attributes.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    attributes.len()
}

fn after_comment(comment: &str) -> &str {
    if let Some(rest) = comment.strip_prefix('>').or_else(|| comment.strip_prefix("->")) {
        return rest;
    }
    let ends = comment.match_indices('>').find(|(at, _)| {
        let before = &comment[..*at];
        before.ends_with("--") || before.ends_with("--!")
    });
    ends.map_or("", |(at, _)| &comment[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_go_and_the_rest_stays() {
        let check = |source: &str, expected: &str| assert_eq!(without(source), expected, "{source}");
        check("<p>a</p>", "<p>a</p>");
        check("a < b <3 <<p>c", "a < b <3 <<p>c");
        check("<p>a<script>if(a<b){'</p>'}</SCRIPT >b", "<p>ab");
        check("a<style media=x>p>b{}</style>b", "ab");
        check("<!-- <p> -->a<!-->b<!--->c<!--x--!>d<!---x--->e", "abcde");
        check("a<!-- for ever", "a");
        check("a<script>for ever", "a");
        check(
            "<script type='application/ld+json'>{\"a\":\"<!-- b\"}</script>c",
            "<script type='application/ld+json'>{\"a\":\"<!-- b\"}</script>c",
        );
        check("<title>a <!-- b</title><!-- c -->d", "<title>a <!-- b</title>d");
        check("<textarea><script>a</textarea><script>b</script>", "<textarea><script>a</textarea>");
        check("<title>a<script>b</script>", "<title>a");
        check("<p title='<script>'>a", "<p title='<script>'>a");
        check("<p title=it's>a<script>b</script>", "<p title=it's>a");
        check("<svg><style/><script href=x /><path/></svg>a<script/>b</script>c", "<svg><path/></svg>ac");
        check("<svg><title>a<script>b</script></title></svg>", "<svg><title>a</title></svg>");
        check("a<svg hidden><symbol id=x><path/></symbol></svg>b<svg><use href=#x></svg >c", "abc");
        check("<svg><symbol><path/>", "<svg><symbol><path/>");
        check("a<p", "a<p");
        check("<scripted>a</scripted>", "<scripted>a</scripted>");
    }

    #[test]
    fn what_never_ends_costs_no_more() {
        for part in [
            "<title>",
            "<textarea></",
            "<!--",
            "<!-- -",
            "<script></",
            "<p a='",
            "<",
            "</",
            "<svg><style/>",
            "<svg>",
            "<svg><g></svg>",
            "<iframe><xmp>",
            "<!----",
            "<!-- >",
        ] {
            let source = part.repeat(400_000 / part.len());
            assert!(without(&source).len() <= source.len(), "{part}");
        }
    }
}
