//! What an article is recognised by when its outlet sends it again.

use ::url::Url;
use sha2::{Digest, Sha256};

use super::{text, url};
use crate::model::{Marks, ParsedEntry};

/// The marks of an entry with this page, title and text.
pub(super) fn of(entry: &ParsedEntry, page: Option<&Url>, title: &str, body: &str) -> Marks {
    let text = text::essence(body);
    Marks {
        guid: entry.id.as_deref().map(str::trim).filter(|id| !id.is_empty()).map(guid),
        address: page.map(address),
        title: digest(&text::essence(title)),
        text: digest(&text),
        text_length: text.chars().count(),
        // These take the whole origin to know: see `story::mark`.
        story: Vec::new(),
        links: None,
    }
}

/// A guid in the form in which equal means the same. The fragment of one that is an address stays: a live page's entries differ by it.
pub fn guid(id: &str) -> String {
    let Ok(url) = Url::parse(id) else { return id.to_owned() };
    if !matches!(url.scheme(), "http" | "https") {
        return id.to_owned();
    }
    let mut guid = address(&url);
    if let Some(fragment) = url.fragment().filter(|fragment| !fragment.is_empty() && !guid.ends_with(fragment)) {
        guid.push('#');
        guid.push_str(fragment);
    }
    guid
}

/// An address without what outlets change without meaning another page: scheme, `www.`, trailing slash, and what [`url::canonical`] drops.
fn address(page: &Url) -> String {
    let canonical = url::canonical(page);
    let rest = canonical.split_once("://").map_or(canonical.as_str(), |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let (path, query) = match rest.find(['?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    format!("//{}{query}", path.trim_end_matches('/'))
}

fn digest(essence: &str) -> Option<[u8; 16]> {
    if essence.is_empty() {
        return None;
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&Sha256::digest(essence.as_bytes())[..16]);
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(id: &str, page: &str, title: &str, body: &str) -> Marks {
        let entry = ParsedEntry { id: Some(id.to_owned()), ..ParsedEntry::default() };
        of(&entry, Url::parse(page).ok().as_ref(), title, body)
    }

    #[test]
    fn what_flips_makes_no_other_guid() {
        let check = |one: &str, other: &str, same: bool| {
            let [one_guid, other_guid] = [one, other].map(|id| marks(id, "", "", "").guid);
            assert_eq!(one_guid == other_guid, same, "{one} {other}: {one_guid:?} {other_guid:?}");
        };
        check("http://bay.example/1", "https://bay.example/1", true);
        check("https://bay.example/1/", "https://bay.example/1", true);
        check("https://www.bay.example/1", "http://BAY.example/1/", true);
        check("https://bay.example/?p=1", "http://bay.example?p=1", true);
        check("https://bay.example/1?utm_source=rss", "https://bay.example/1", true);
        check("http://bay.example:80/1", "https://bay.example:443/1", true);
        check(" bay-1 ", "bay-1", true);
        check("https://bay.example/1", "https://bay.example/2", false);
        check("https://bay.example/?p=1", "https://bay.example/?p=2", false);
        check("https://bay.example/live#1", "https://bay.example/live#2", false);
        check("https://bay.example/#!/1", "https://bay.example/#!/2", false);
        check("https://bay.example:8080/1", "https://bay.example/1", false);
        check("https://bay.example/A", "https://bay.example/a", false);
        check("urn:uuid:1", "urn:uuid:1/", false);
        check("bay-1", "BAY-1", false);
        check("  ", "", true);
        assert_eq!(marks("", "", "", ""), Marks::default());
    }

    #[test]
    fn an_address_has_no_fragment() {
        let address = |page: &str| marks("", page, "", "").address;
        assert_eq!(
            address("https://www.bay.example/渡轮/?id=7&spm=1#top").as_deref(),
            Some("//bay.example/%E6%B8%A1%E8%BD%AE?id=7")
        );
        assert_eq!(address("http://bay.example/渡轮?id=7"), address("https://www.bay.example/渡轮/?id=7&spm=1#top"));
        assert_eq!(address("https://bay.example/"), address("http://bay.example"));
    }

    #[test]
    fn digests_see_letters_and_digits_only() {
        let check = |one: (&str, &str), other: (&str, &str), same: (bool, bool)| {
            let [one, other] = [one, other].map(|(title, body)| marks("", "", title, body));
            assert_eq!((one.title == other.title, one.text == other.text), same, "{one:?} {other:?}");
        };
        check(("渡轮“停航”", "船 停了。"), ("渡轮 停航!", "船停了"), (true, true));
        check(("Ferry", "It sailed."), ("FERRY", "it  sailed"), (true, true));
        check(("Ferry", "It sailed."), ("Ferries", "It failed."), (false, false));
        check(("паром", "1"), ("Паром", "2"), (true, false));
        assert_eq!(marks("", "", "!?", "…"), Marks::default());
        assert_eq!(marks("", "", "", "船停了 3 天").text_length, 5);
    }
}
