//! Addresses: references as outlets write them → absolute http(s) addresses, and the canonical form that says whether two addresses
//! are the same page.

use ::url::Url;

/// Longest address that is published, in bytes of its ASCII form. Longer ones are no page a reader can open.
pub const LONGEST: usize = 2_048;

/// Query parameters that say how a reader came, not what the page is. A trailing `*` stands for any ending.
const TRACKING: &[&str] = &[
    "utm_*",
    "mtm_*",
    "pk_*",
    "piwik_*",
    "matomo_*",
    "hsa_*",
    "_hs*",
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "yclid",
    "ysclid",
    "msclkid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "oly_anon_id",
    "oly_enc_id",
    "vero_id",
    "wickedid",
    "mkt_tok",
    "spm",
    "scm",
    "share_token",
    "share_source",
    "share_medium",
    "share_from",
    "sharefrom",
    "sharer_*",
    "from_source",
    "wx_header",
    "scene",
    "srcid",
    "isappinstalled",
    "nsukey",
    "ncid",
    "cmpid",
    "ocid",
    "smid",
    "smtyp",
    "soc_src",
    "soc_trk",
    "guccounter",
    "guce_*",
    "at_*",
    "xtor",
    "_ga",
    "_gl",
    "ref_src",
    "ref_url",
    "cvid",
    "fb_action_*",
    "fb_source",
    "rss_source",
];

/// Resolves a reference against the chain of `xml:base` values in force (outermost first) and the address of the document.
///
/// White space and control characters around and line breaks inside are dropped, IRIs become URIs (RFC 3987 § 3.1; host names in
/// punycode, so that a look-alike name is visible). `None` for anything but http and https, for addresses that carry a user name or a
/// password, and for those over [`LONGEST`].
pub fn resolve(base: &Url, chain: &[String], reference: &str) -> Option<Url> {
    let written = trim(reference);
    if written.is_empty() || written.len() > 4 * LONGEST {
        return None;
    }
    let effective = self::base(base, chain);
    // "www.example.com/x" without scheme is a slip of the pen, never a folder called "www.example.com".
    let joined = match written.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("www.") => Url::parse(&format!("http://{written}")),
        _ => effective.join(written),
    };
    joined.ok().filter(publishable)
}

/// The base in force after a chain of `xml:base` values, outermost first (XML Base § 3.1).
pub fn base(document: &Url, chain: &[String]) -> Url {
    chain.iter().fold(document.clone(), |base, step| base.join(trim(step)).unwrap_or(base))
}

/// An absolute address as written, under the rules of [`resolve`].
pub fn absolute(reference: &str) -> Option<Url> {
    Url::parse(trim(reference)).ok().filter(publishable)
}

/// The form under which two addresses of one page are equal: without fragment (unless it is a `#!` route) and without
/// parameters that only say how the reader came.
pub fn canonical(address: &Url) -> String {
    let mut url = address.clone();
    if url.fragment().is_some_and(|fragment| !fragment.starts_with('!')) {
        url.set_fragment(None);
    }
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair)).collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    }
    url.into()
}

/// Host without `www.`, for "is it the same site?".
pub fn site(address: &Url) -> &str {
    let host = address.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

fn trim(written: &str) -> &str {
    written.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}')
}

fn publishable(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= LONGEST
}

fn is_tracking(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    TRACKING.iter().any(|known| match known.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *known,
    })
}

/// Whether two addresses are of one owner, as far as their hosts tell: the same name under the same suffix, whatever stands in front of it.
pub(super) fn same_owner(one: &Url, other: &Url) -> bool {
    match (one.host_str(), other.host_str()) {
        (Some(one), Some(other)) => one == other || registered(one).is_some_and(|name| Some(name) == registered(other)),
        _ => false,
    }
}

/// The part of a host that is registered: two labels, three under suffixes such as co.uk and com.cn. `None` for an address in numbers.
fn registered(host: &str) -> Option<&str> {
    const SECOND: &[&str] = &["ac", "co", "com", "edu", "go", "gob", "gov", "mil", "ne", "net", "or", "org"];
    let labels: Vec<&str> = host.split('.').collect();
    let [.., third, second, first] = labels.as_slice() else { return (labels.len() == 2).then_some(host) };
    if first.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let under = first.len() == 2 && SECOND.contains(second);
    let length = first.len() + 1 + second.len() + if under { third.len() + 1 } else { 0 };
    host.get(host.len() - length..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("https://outlet.example/feeds/all.xml").expect("a literal")
    }

    #[test]
    fn resolves_what_outlets_write() {
        let check = |reference: &str, expected: Option<&str>| {
            let got = resolve(&base(), &[], reference);
            assert_eq!(got.as_ref().map(Url::as_str), expected, "{reference:?}");
        };
        check("a/1.html", Some("https://outlet.example/feeds/a/1.html"));
        check("/a/1", Some("https://outlet.example/a/1"));
        check("//img.example/x", Some("https://img.example/x"));
        check("  \n https://x.example/a b\n", Some("https://x.example/a%20b"));
        check("https://x.example/新闻?id=1", Some("https://x.example/%E6%96%B0%E9%97%BB?id=1"));
        check("https://例子.example/", Some("https://xn--fsqu00a.example/"));
        check("www.x.example/1", Some("http://www.x.example/1"));
        check("java\tscript:alert(1)", None);
        check("JaVaScRiPt:alert(1)", None);
        check("data:text/html,x", None);
        check("mailto:a@x.example", None);
        check("ftp://x.example/", None);
        check("https://user:pw@x.example/", None);
        check("https://user@x.example/", None);
        check("", None);
        check(&format!("https://x.example/{}", "a".repeat(2_100)), None);
    }

    #[test]
    fn follows_the_chain_of_bases() {
        let check = |chain: &[&str], reference: &str, expected: &str| {
            let chain: Vec<String> = chain.iter().map(|step| (*step).to_owned()).collect();
            assert_eq!(resolve(&base(), &chain, reference).expect("an address").as_str(), expected);
        };
        check(&["http://other.example/x/", "y/"], "1", "http://other.example/x/y/1");
        check(&["sub/"], "1", "https://outlet.example/feeds/sub/1");
        check(&["http://[bad"], "1", "https://outlet.example/feeds/1");
    }

    #[test]
    fn owners_are_told_by_what_is_registered() {
        let check = |one: &str, other: &str, expected: bool| {
            let [first, second] = [one, other].map(|host| Url::parse(&format!("https://{host}/")).expect("an address"));
            assert_eq!(same_owner(&first, &second), expected, "{one} {other}");
        };
        check("www.bay.example", "m.bay.example", true);
        check("bay.example", "news.bay.example", true);
        check("bay.example", "pier.example", false);
        check("bay.com.cn", "news.bay.com.cn", true);
        check("bay.com.cn", "pier.com.cn", false);
        check("bay.co.uk", "pier.co.uk", false);
        check("127.0.0.1", "127.1.0.1", false);
        check("127.0.0.1", "127.0.0.1", true);
    }

    #[test]
    fn canonical_drops_how_the_reader_came() {
        let check = |address: &str, expected: &str| {
            assert_eq!(canonical(&Url::parse(address).expect("a literal")), expected);
        };
        check("https://x.example/a?utm_source=rss&id=7&spm=1.2#top", "https://x.example/a?id=7");
        check("https://x.example/a?utm_source=rss", "https://x.example/a");
        check("https://x.example/a?FBCLID=1", "https://x.example/a");
        check("https://x.example/a?scheme=1&page=2", "https://x.example/a?scheme=1&page=2");
        check("https://x.example/#!/a", "https://x.example/#!/a");
    }
}
