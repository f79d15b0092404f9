//! SVG drawings and MathML formulas in an article: a static subset passes, anything else goes as a whole.
//!
//! Taking a drawing apart element by element is how sanitizers get fooled (what is left is read differently the next time), so nothing
//! is repaired here: one element that could run, load or animate something, and the whole drawing is gone. What passes is written
//! anew, with its namespaces, so that it means the same in HTML and in XML.

use ::url::Url;
use dom_query::{Document, NodeRef};

const HTML: &str = "http://www.w3.org/1999/xhtml";
const SVG: &str = "http://www.w3.org/2000/svg";
const MATHML: &str = "http://www.w3.org/1998/Math/MathML";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// Elements of the drawings of one article, and levels of one: an article's pictures, not a map of the world.
const MOST_ELEMENTS: usize = 5_000;
const DEEPEST: usize = 64;
/// Pixels up to which a drawing is a button or a bullet.
const ICON: f32 = 48.0;

/// Elements of SVG that only show something (SVG 2, chapters 5 and 9 to 14). They are also what tells a drawing from stray tags.
const SVG_ELEMENTS: &[&str] = &[
    "svg",
    "g",
    "circle",
    "ellipse",
    "line",
    "path",
    "polygon",
    "polyline",
    "rect",
    "text",
    "tspan",
    "title",
    "desc",
    "a",
    "defs",
    "linearGradient",
    "radialGradient",
    "stop",
];
/// Those that draw.
const SHAPES: &[&str] = &["circle", "ellipse", "line", "path", "polygon", "polyline", "rect", "text"];
/// What a title or a description may hold of HTML.
const PHRASING: &[&str] = &["abbr", "b", "i", "em", "strong", "code", "sub", "sup", "cite"];
/// Presentation MathML as browsers draw it (MathML Core § 2.1), without actions.
const MATH_ELEMENTS: &[&str] = &[
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "ms",
    "mtext",
    "mspace",
    "mfrac",
    "msqrt",
    "mroot",
    "mstyle",
    "merror",
    "mpadded",
    "mphantom",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mmultiscripts",
    "mprescripts",
    "none",
    "mtable",
    "mtr",
    "mtd",
    "semantics",
];
/// Notes for machines: removed, the formula stays.
const ANNOTATIONS: &[&str] = &["annotation", "annotation-xml"];

const SVG_ATTRIBUTES: &[&str] = &[
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "fx",
    "fy",
    "dx",
    "dy",
    "d",
    "points",
    "width",
    "height",
    "viewBox",
    "preserveAspectRatio",
    "transform",
    "version",
    "baseProfile",
    "fill",
    "fill-opacity",
    "fill-rule",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-miterlimit",
    "opacity",
    "color",
    "font-size",
    "font-family",
    "font-weight",
    "font-style",
    "text-anchor",
    "rotate",
    "textLength",
    "dominant-baseline",
    "offset",
    "stop-color",
    "stop-opacity",
    "gradientUnits",
    "gradientTransform",
    "spreadMethod",
];
const MATH_ATTRIBUTES: &[&str] = &[
    "display",
    "displaystyle",
    "scriptlevel",
    "mathvariant",
    "mathsize",
    "mathcolor",
    "mathbackground",
    "dir",
    "form",
    "fence",
    "separator",
    "lspace",
    "rspace",
    "stretchy",
    "symmetric",
    "maxsize",
    "minsize",
    "largeop",
    "movablelimits",
    "accent",
    "accentunder",
    "linethickness",
    "bevelled",
    "numalign",
    "denomalign",
    "open",
    "close",
    "separators",
    "notation",
    "columnalign",
    "rowalign",
    "columnspacing",
    "rowspacing",
    "columnlines",
    "rowlines",
    "frame",
    "framespacing",
    "equalrows",
    "equalcolumns",
    "columnspan",
    "rowspan",
    "width",
    "height",
    "depth",
    "voffset",
    "side",
    "alttext",
];

/// The element stands at the border between HTML and SVG or MathML.
pub(super) fn is_root(node: &NodeRef<'_>) -> bool {
    matches!(namespace(node).as_str(), SVG | MATHML)
        && node.parent().is_none_or(|above| !matches!(namespace(&above).as_str(), SVG | MATHML))
}

/// Rewrites a drawing or formula in the form in which it may be published. False when it may not, or is only an ornament.
pub(super) fn tidy(root: &NodeRef<'_>, base: &Url) -> bool {
    let name = local(root);
    let ns = namespace(root);
    let worthy = match (name.as_str(), ns.as_str()) {
        ("svg", SVG) => is_picture(root),
        // a formula that came as XML, or was written to be one
        ("math", MATHML) => root.attr("xmlns").is_some_and(|declared| &*declared == MATHML),
        _ => false,
    };
    worthy && is_harmless(root) && {
        for node in std::iter::once(*root).chain(root.descendants()).filter(NodeRef::is_element) {
            rewrite(&node, base);
        }
        true
    }
}

/// A drawing of its own and not a button: it says its size, and draws something.
fn is_picture(root: &NodeRef<'_>) -> bool {
    let number = |name: &str| {
        let written = root.attr(name)?;
        let digits: String = written.trim().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        digits.parse::<f32>().ok()
    };
    let sizes = [number("width"), number("height")];
    let box_size = root.attr("viewBox").and_then(|written| {
        let mut numbers =
            written.split([' ', ',']).filter(|part| !part.is_empty()).skip(2).map_while(|part| part.parse::<f32>().ok());
        Some((numbers.next()?, numbers.next()?))
    });
    let large = match (sizes, box_size) {
        ([Some(width), Some(height)], _) => width > ICON || height > ICON,
        (_, Some((width, height))) => root.attr("xmlns").is_some() && (width > ICON || height > ICON),
        _ => false,
    };
    large
        && root.attr("aria-hidden").is_none_or(|hidden| !hidden.eq_ignore_ascii_case("true"))
        && root.descendants().iter().any(|node| namespace(node) == SVG && SHAPES.contains(&local(node).as_str()))
}

/// Nothing but elements of the subset, each where it belongs, none with a handler; annotations are taken out.
fn is_harmless(root: &NodeRef<'_>) -> bool {
    let math = namespace(root) == MATHML;
    let mut open = vec![(*root, 0_usize)];
    let mut elements = 0;
    while let Some((node, depth)) = open.pop() {
        elements += 1;
        let (name, ns) = (local(&node), namespace(&node));
        let name = name.as_str();
        let above = node.parent().filter(|_| node.id != root.id);
        let noted = above.is_some_and(|above| namespace(&above) == SVG && matches!(local(&above).as_str(), "title" | "desc"));
        let phrase = above.is_some_and(|above| namespace(&above) == HTML);
        let fits = match ns.as_str() {
            SVG => !math && !noted && !phrase && SVG_ELEMENTS.contains(&name),
            MATHML => math && MATH_ELEMENTS.contains(&name),
            _ => (noted || phrase) && PHRASING.contains(&name),
        };
        let handled = node
            .attrs()
            .iter()
            .any(|attribute| attribute.name.local.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("on")));
        if !fits || handled || elements > MOST_ELEMENTS || depth > DEEPEST {
            return false;
        }
        for child in node.children() {
            if child.is_element() {
                if math && ANNOTATIONS.contains(&local(&child).as_str()) {
                    child.remove_from_parent();
                } else {
                    open.push((child, depth + 1));
                }
            } else if !child.is_text() {
                child.remove_from_parent();
            }
        }
    }
    true
}

/// Leaves the attributes of the subset, with values that name nothing outside of the drawing; links are absolute.
fn rewrite(node: &NodeRef<'_>, base: &Url) {
    let (name, ns) = (local(node), namespace(node));
    let known: &[&str] = match ns.as_str() {
        SVG => SVG_ATTRIBUTES,
        MATHML => MATH_ATTRIBUTES,
        _ => &[],
    };
    let gradient = matches!(name.as_str(), "linearGradient" | "radialGradient");
    let links = ns == MATHML || name == "a" && ns == SVG;
    let mut linked = false;
    let mut kept: Vec<(String, String)> = Vec::new();
    for attribute in node.attrs() {
        let (written, value) = (&*attribute.name.local, attribute.value.trim());
        let in_xlink = &*attribute.name.ns == XLINK || written.starts_with("xlink:");
        let written = written.strip_prefix("xlink:").unwrap_or(written);
        if in_xlink || written == "href" {
            if written == "href" && links {
                if let Some(url) = super::url::resolve(base, &[], value) {
                    linked |= in_xlink;
                    // a host alone is complete as it is (RFC 3986 § 6.2.3)
                    let address = if url.as_str().strip_suffix('/') == Some(value) { value.to_owned() } else { url.into() };
                    kept.push((if in_xlink { "xlink:href" } else { "href" }.to_owned(), address));
                }
            } else if matches!(written, "show" | "type") && links && value.bytes().all(|b| b.is_ascii_lowercase()) {
                linked = true;
                kept.push((format!("xlink:{written}"), value.to_owned()));
            }
        } else if written == "id" && gradient {
            kept.extend(own_id(value).map(|id| ("id".to_owned(), id)));
        } else if known.contains(&written) {
            kept.extend(own_value(value).map(|value| (written.to_owned(), value)));
        }
    }
    node.remove_all_attrs();
    for (name, value) in kept {
        node.set_attr(&name, &value);
    }
    match (name.as_str(), ns.as_str()) {
        ("svg", SVG) => node.set_attr("xmlns", SVG),
        ("math", MATHML) => node.set_attr("xmlns", MATHML),
        _ => {}
    }
    if linked {
        node.set_attr("xmlns:xlink", XLINK);
    }
}

/// An id that cannot be the name of anything in the page around.
fn own_id(id: &str) -> Option<String> {
    let plain = !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    plain.then(|| if id.starts_with("svg-") { id.to_owned() } else { format!("svg-{id}") })
}

/// A value that refers to nothing, or to a gradient of the same drawing.
fn own_value(value: &str) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    if let Some(reference) = lower.strip_prefix("url(").and_then(|_| value.get(4..)) {
        let id = reference.split_once(')')?.0.trim().trim_matches(['"', '\'']).strip_prefix('#')?;
        return own_id(id).map(|id| format!("url(#{id})"));
    }
    let harmless = !lower.contains("url(") && !value.contains([':', '\\', '<', '>', '"', '\'', ';', '{', '}', '@']);
    harmless.then(|| value.to_owned())
}

/// Stands for a drawing in the source that goes through the allow-list for HTML. Two code points that are no characters.
const MARK: char = '\u{fdd0}';
const END: char = '\u{fdd1}';

/// Takes the drawings out of a tree that is done; marks stay where they were.
pub(super) fn take(document: &Document) -> Vec<String> {
    let mut taken = Vec::new();
    let nodes = document.root().descendants();
    let roots: Vec<&NodeRef<'_>> = nodes.iter().filter(|node| node.is_element() && is_root(node)).collect();
    // whoever writes the marks into a text or an attribute gets no drawings
    let spoiled = !roots.is_empty() && document.html().contains([MARK, END]);
    let nowhere = Url::parse("https://nowhere.invalid/").ok();
    for node in roots {
        // looked at again: it may have been changed on the way
        if !spoiled && nowhere.as_ref().is_some_and(|base| tidy(node, base)) {
            node.insert_before(&document.tree.new_text(format!("{MARK}{}{END}", taken.len())));
            taken.push(node.html().to_string());
        }
        node.remove_from_parent();
    }
    taken
}

/// Puts the drawings back into the source that came out of the allow-list.
pub(super) fn put_back(html: &str, drawings: &[String]) -> String {
    if drawings.is_empty() {
        return html.to_owned();
    }
    let mut out = String::with_capacity(html.len() + drawings.iter().map(String::len).sum::<usize>());
    let mut pieces = html.split(MARK);
    out.push_str(pieces.next().unwrap_or(""));
    for piece in pieces {
        let Some((number, after)) = piece.split_once(END) else { continue };
        out.push_str(number.parse::<usize>().ok().and_then(|number| drawings.get(number)).map_or("", String::as_str));
        out.push_str(after);
    }
    out
}

/// The source without its marks.
pub(super) fn without(html: &str) -> String {
    html.split(MARK).map(|piece| piece.split_once(END).map_or(piece, |(_, after)| after)).collect()
}

/// The tag of an element of a drawing, in any letters.
pub(super) fn is_element_name(name: &str) -> bool {
    SVG_ELEMENTS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn namespace(node: &NodeRef<'_>) -> String {
    node.qual_name_ref().map(|name| name.ns.to_string()).unwrap_or_default()
}

fn local(node: &NodeRef<'_>) -> String {
    node.node_name().map(|name| name.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::normalize::html::sanitize;

    fn clean(source: &str) -> String {
        sanitize(source, &Url::parse("https://outlet.example/a/1").expect("a literal")).as_str().to_owned()
    }

    #[test]
    fn drawings_pass_as_they_are() {
        let check = |source: &str, expected: &str| assert_eq!(clean(source), expected, "{source}");
        let svg = |attributes: &str, inside: &str| format!("<svg {attributes} xmlns=\"{SVG}\">{inside}</svg>");
        let size = "width=\"320\" height=\"200\"";
        check(
            &format!("<p>t</p><svg {size} class=c id=i style='x'><path d='M1 2' fill='#f00'/></svg>u"),
            &format!("<p>t</p>{}u", svg(size, "<path d=\"M1 2\" fill=\"#f00\"></path>")),
        );
        check(
            &format!("<svg {size}><desc>A <abbr title=x>HW</abbr></desc><title>t &lt;</title><circle r=5 /></svg>"),
            &svg(size, "<desc>A <abbr>HW</abbr></desc><title>t &lt;</title><circle r=\"5\"></circle>"),
        );
        check(
            &format!("<svg {size}><linearGradient id=g><stop offset=1 /></linearGradient><rect fill='url(#g)'/></svg>"),
            &svg(
                size,
                "<linearGradient id=\"svg-g\"><stop offset=\"1\"></stop></linearGradient><rect fill=\"url(#svg-g)\"></rect>",
            ),
        );
        check(
            &format!("<svg {size}><a xlink:href='/x'><rect/></a><a href='javascript:x'><rect/></a></svg>"),
            &svg(
                size,
                "<a xlink:href=\"https://outlet.example/x\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><rect></rect></a><a><rect></rect></a>",
            ),
        );
        check(
            &format!(
                "<math xmlns='{MATHML}'><semantics><mrow><mi>a</mi><mo>&lt;</mo></mrow><annotation>a&lt;</annotation></semantics></math>"
            ),
            &format!("<math xmlns=\"{MATHML}\"><semantics><mrow><mi>a</mi><mo>&lt;</mo></mrow></semantics></math>"),
        );
    }

    #[test]
    fn what_could_do_anything_goes_whole() {
        let size = "width=320 height=200";
        for inside in [
            "<script>alert(1)</script>",
            "<style>*{}</style>",
            "<animate attributeName=href to=javascript:alert(1) />",
            "<set attributeName=onmouseover to=alert(1) />",
            "<foreignObject><p>t</p></foreignObject>",
            "<use href='#x'/>",
            "<image href='https://evil.example/x.png'/>",
            "<g onclick=alert(1)></g>",
            "<title><b><rect></rect></b></title>",
            "<desc><a href=/x>t</a></desc>",
            "<desc><svg><rect/></svg></desc>",
            "<feImage href=x />",
            "<handler>alert(1)</handler>",
            "<math><mi>x</mi></math>",
        ] {
            assert_eq!(clean(&format!("<svg {size}><rect/>{inside}</svg>")), "", "{inside}");
        }
        for ornament in [
            "<svg width=320 height=200></svg>",
            "<svg width=16 height=16><path d=M1/></svg>",
            "<svg><rect/></svg>",
            "<svg viewBox='0 0 320 200'><rect/></svg>",
            "<svg width=320 height=200 aria-hidden=true><rect/></svg>",
            "<math><mi>a</mi></math>",
        ] {
            assert_eq!(clean(&format!("t{ornament}")), "t", "{ornament}");
        }
        for outside in
            ["fill='url(https://evil.example/#x)'", "fill='url(javascript:x)'", "style='fill:red'", "filter='url(#x)'", "href=/x"]
        {
            assert_eq!(
                clean(&format!("<svg width=320 height=200><rect {outside}/></svg>")),
                format!("<svg width=\"320\" height=\"200\" xmlns=\"{SVG}\"><rect></rect></svg>"),
                "{outside}"
            );
        }
    }

    #[test]
    fn marks_written_by_others_mean_nothing() {
        let drawing = "<svg width=320 height=200><rect/></svg>";
        assert_eq!(clean(&format!("\u{fdd0}0\u{fdd1}{drawing}")), "\u{fdd0}0\u{fdd1}");
        assert_eq!(
            clean(&format!("<img src=/1.jpg alt='&#xfdd0;0&#xfdd1;'>{drawing}")),
            "<img src=\"https://outlet.example/1.jpg\" alt=\"\u{fdd0}0\u{fdd1}\">"
        );
    }

    #[test]
    fn a_drawing_of_many_parts_is_no_deep_nesting() {
        let source = format!("<svg width=320 height=200>{}</svg>", "<circle r='1'/>".repeat(2_000));
        assert!(clean(&source).starts_with("<svg "), "{}", &clean(&source)[..80]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn what_is_clean_stays_as_it_is(parts in prop::collection::vec(prop::sample::select(vec![
            "<svg width=99 height=99>", "<svg>", "</svg>", "<rect/>", "<g>", "</g>", "<title>", "</title>", "<desc>", "</desc>", "<text>",
            "</text>", "<a xlink:href=/x>", "</a>", "<abbr>", "</abbr>", "<b>", "</b>", "<p>", "</p>", "<table>", "<td>", "</table>",
            "<math xmlns='http://www.w3.org/1998/Math/MathML'>", "</math>", "<mi>", "</mi>", "<mrow>", "<mtext>", "</mtext>", "<style>",
            "</style>", "<annotation-xml encoding='text/html'>", "<foreignObject>", "<img src=/i.jpg>", "text", "<!--", "-->", "<select>",
            "<ul>", "<li>", "<pre>", "<mglyph>", "<malignmark>", "</p>", "<br>", "<font color=x>", "<i>", "</i>", "<desc><b>",
        ]), 0..24)) {
            let once = clean(&parts.concat());
            prop_assert_eq!(clean(&once), once.clone());
            for tag in ["<style", "<script", "<foreignobject", "<annotation", "<mglyph"] {
                prop_assert!(!once.to_ascii_lowercase().contains(tag), "{}", once);
            }
        }
    }
}
