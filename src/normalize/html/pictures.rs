//! Pictures as pages have them: lazy ones are given their address, those that count readers go.

use ::url::Url;
use dom_query::NodeRef;

use super::resolve;
use crate::normalize::{text, url};

/// Attributes in which pages keep the real address of a picture until it is scrolled into view, most trusted first.
const LAZY: &[&str] = &[
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-actualsrc",
    "data-original-src",
    "data-real-src",
    "data-lazyload",
    "data-lazy",
    "data-ks-lazyload",
    "data-echo",
    "data-hi-res-src",
    "data-full-src",
    "data-url",
    "data-img",
    "_src",
    "original",
    "zoomfile",
    "file",
];

/// Parts of the address of a picture that is only there until the real one is loaded.
const PLACEHOLDERS: &[&str] = &[
    "placeholder",
    "blank.gif",
    "blank.png",
    "spacer.gif",
    "transparent.gif",
    "transparent.png",
    "loading.gif",
    "lazyload",
    "lazy_load",
    "grey.gif",
    "gray.gif",
    "1x1.",
    "pixel.gif",
    "pixel.png",
    "/s.gif",
    "none.gif",
];

/// Parts of addresses (host and path) of pictures that count readers.
const TRACKERS: &[&str] = &[
    "pixel.wp.com/",
    "stats.wordpress.com/",
    "feeds.feedburner.com/~r/",
    "feeds.feedburner.com/~ff/",
    "feedsportal.com/",
    "doubleclick.net/",
    "google-analytics.com/",
    "scorecardresearch.com/",
    "quantserve.com/",
    "pi.feedsportal.com/",
    "feedads.g.",
    "hm.baidu.com/",
    "cnzz.com/",
    "s.w.org/images/core/emoji/",
    "counter.theconversation.",
    "/count.gif",
    "/counter.gif",
    "/pixel.gif",
    "/pixel.png",
    "/tracker.gif",
    "/beacon.gif",
    "/open.gif",
    "/1x1.",
    "facebook.com/tr?",
    "miaozhen.com/",
    "admaster.com.cn/",
];

/// A picture's `img` is made whole from its sources if need be; the wrapping goes with the allow-list.
pub(super) fn picture(node: &NodeRef<'_>) {
    let children = node.descendants();
    let best = children
        .iter()
        .filter(|child| child.has_name("source"))
        .filter_map(|source| largest(source, "srcset").or_else(|| largest(source, "data-srcset")))
        .next();
    if let (Some(img), Some(best)) = (children.iter().find(|child| child.has_name("img")), best)
        && !img.has_attr("srcset")
    {
        img.set_attr("srcset", &best);
    }
    for source in children.iter().filter(|child| child.has_name("source")) {
        source.remove_from_parent();
    }
}

/// The largest candidate of a `srcset` (HTML § 4.8.4.2.1). A candidate ends at a comma that follows white space or a descriptor, since
/// addresses may contain commas.
fn largest(node: &NodeRef<'_>, attribute: &str) -> Option<String> {
    let written = node.attr(attribute)?;
    let mut best: Option<(f64, &str)> = None;
    let mut words = written.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let address = word.trim_matches(',');
        let mut size = 1.0;
        if !word.ends_with(',')
            && let Some(descriptor) = words.peek().map(|next| next.trim_end_matches(','))
            && let Some(number) = descriptor.strip_suffix(['w', 'x', 'h'])
            && let Ok(number) = number.parse::<f64>()
        {
            size = number;
            words.next();
        }
        if !address.is_empty() && best.is_none_or(|(largest, _)| size > largest) {
            best = Some((size, address));
        }
    }
    best.map(|(_, address)| address.to_owned())
}

pub(super) fn image(node: &NodeRef<'_>, base: &Url) {
    let candidates = LAZY.iter().filter_map(|name| node.attr(name).map(|value| value.to_string()));
    let src = node.attr("src").map(|src| src.trim().to_string()).filter(|src| !is_placeholder(src));
    let lazy_set = largest(node, "data-srcset").or_else(|| largest(node, "data-lazy-srcset"));
    let found = candidates
        .filter(|candidate| !is_placeholder(candidate))
        .chain(lazy_set)
        .chain(src)
        .chain(largest(node, "srcset"))
        .find_map(|candidate| match url::resolve(base, &[], &candidate) {
            Some(url) => Some((!is_tracker(node, &url)).then(|| url.into())),
            None => resolve(base, &candidate).map(Some),
        });
    match found {
        Some(Some(address)) => {
            let address: String = address;
            let keep: Vec<(&str, String)> = ["alt", "title", "width", "height"]
                .into_iter()
                .filter_map(|name| node.attr(name).map(|value| (name, text::clean(&value))))
                .filter_map(|(name, value)| match name {
                    "width" | "height" => pixels(&value).map(|n| (name, n.to_string())),
                    _ => Some((name, value)),
                })
                .collect();
            node.retain_attrs(&["class", "lang", "dir"]);
            node.set_attr("src", &address);
            for (name, value) in keep {
                node.set_attr(name, &value);
            }
        }
        // without any address it stands for the text it has instead (HTML § 4.8.3)
        None if !node.has_attr("src") && node.attr("alt").is_some_and(|alt| !alt.trim().is_empty()) => {
            let alt = text::clean(&node.attr("alt").unwrap_or_default());
            node.remove_all_attrs();
            node.set_attr("alt", &alt);
        }
        _ => node.remove_from_parent(),
    }
}

/// Reads `600`, `600px`, `600.5`; a percentage is no number of pixels.
pub(in crate::normalize) fn pixels(written: &str) -> Option<u32> {
    let number = written.trim().trim_end_matches("px");
    number.split('.').next()?.parse().ok().filter(|n| (1..=20_000).contains(n))
}

fn is_placeholder(src: &str) -> bool {
    let lower = src.trim().to_ascii_lowercase();
    lower.is_empty()
        || lower.starts_with("data:")
        || lower.starts_with("about:")
        || PLACEHOLDERS.iter().any(|part| lower.contains(part))
}

fn is_tracker(node: &NodeRef<'_>, url: &Url) -> bool {
    let tiny = |name: &str| node.attr(name).is_some_and(|value| matches!(value.trim().trim_end_matches("px"), "0" | "1" | "2"));
    let style = node.attr("style").map(|style| style.replace(char::is_whitespace, "").to_ascii_lowercase()).unwrap_or_default();
    let hidden = style.contains("display:none")
        || style.contains("visibility:hidden")
        || style.contains("width:1px")
        || style.contains("width:0");
    let place = url.as_str().split_once("://").map_or("", |(_, rest)| rest);
    tiny("width") && (tiny("height") || !node.has_attr("height"))
        || tiny("height") && !node.has_attr("width")
        || hidden
        || TRACKERS.iter().any(|part| place.contains(part))
}

/// The real picture of a lazy one is often given for readers without scripts, which feed readers are.
pub(super) fn noscript(node: &NodeRef<'_>) {
    let pictures = node.descendants().iter().any(|child| child.has_name("img"));
    if !pictures {
        node.remove_from_parent();
        return;
    }
    if let Some(lazy) = node.prev_element_sibling().filter(|before| before.has_name("img")) {
        lazy.remove_from_parent();
    }
    node.rename("span");
}
