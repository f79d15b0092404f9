//! What an element inherits: namespace bindings (Namespaces in XML 1.0), `xml:base`, `xml:lang`.

use std::sync::Arc;

use url::Url;

use super::Findings;
use super::names::{self, Ns};
use crate::model::Unreadable;

/// Namespace declarations in force at once; real feeds have at most some thirty.
const MOST_BINDINGS: usize = 256;
/// Namespace declarations of one element.
const MOST_BINDINGS_OF_ONE: usize = 64;
/// `xml:base` values in force at once, and bytes of one.
const MOST_BASES: usize = 8;
const LONGEST_BASE: usize = 2_048;
/// Bytes of a language tag.
const LONGEST_LANGUAGE: usize = 64;
/// Bytes of `xml:base` values that are copied to texts and links in all.
const BASE_BUDGET: usize = 16 * 1_024 * 1_024;

#[derive(Debug, Clone, Copy)]
struct Binding<'a> {
    prefix: &'a [u8],
    ns: Ns,
}

/// A point to return to when an element ends.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    bindings: usize,
    bases: usize,
    chain: usize,
    languages: usize,
}

/// What is in force at the current element.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    bindings: Vec<Binding<'a>>,
    /// Counts the changes of the bindings.
    epoch: usize,
    bases: Vec<String>,
    /// Where in `bases` the chain in force begins: an absolute address starts a new one.
    chain: usize,
    languages: Vec<Arc<str>>,
    budget: usize,
}

impl Default for Scope<'_> {
    fn default() -> Self {
        Self { bindings: Vec::new(), epoch: 1, bases: Vec::new(), chain: 0, languages: Vec::new(), budget: BASE_BUDGET }
    }
}

impl<'a> Scope<'a> {
    pub fn mark(&self) -> Mark {
        Mark { bindings: self.bindings.len(), bases: self.bases.len(), chain: self.chain, languages: self.languages.len() }
    }

    pub fn leave(&mut self, mark: Mark) {
        if self.bindings.len() > mark.bindings {
            self.bindings.truncate(mark.bindings);
            self.epoch += 1;
        }
        self.bases.truncate(mark.bases);
        self.chain = mark.chain;
        self.languages.truncate(mark.languages);
    }

    /// `xmlns:prefix="address"`; the prefix is empty for the default namespace. `since` is where the element began.
    pub fn bind(&mut self, prefix: &'a [u8], address: &str, since: Mark) -> Result<(), Unreadable> {
        if self.bindings.len() >= MOST_BINDINGS || self.bindings.len() - since.bindings >= MOST_BINDINGS_OF_ONE {
            return Err(Unreadable::new(
                "xml_too_many_ns",
                "it declares more namespaces than any feed needs; ask the outlet what it sends",
            ));
        }
        let ns = names::by_address(address).unwrap_or_else(|| match prefix {
            // a default namespace nobody knows: the feed's own idea of RSS
            b"" => Ns::Core,
            _ => names::by_prefix(prefix).unwrap_or(Ns::Foreign),
        });
        self.bindings.push(Binding { prefix, ns });
        self.epoch += 1;
        Ok(())
    }

    /// The default namespace of a root that bound it to something else by mistake.
    pub fn rebind_default(&mut self, ns: Ns) {
        self.bindings.push(Binding { prefix: b"", ns });
        self.epoch += 1;
    }

    /// Changes whenever a prefix may mean something else than before, and never comes back.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// Namespace and local name of an element.
    pub fn resolve<'n>(&self, name: &'n [u8]) -> (Ns, &'n [u8]) {
        let (prefix, local) = match name.iter().position(|&b| b == b':') {
            Some(colon) => (&name[..colon], &name[colon + 1..]),
            None => (&b""[..], name),
        };
        let ns = match self.bindings.iter().rfind(|binding| binding.prefix == prefix) {
            Some(binding) => binding.ns,
            None if prefix.is_empty() => Ns::Core,
            None => names::by_prefix(prefix).unwrap_or(Ns::Foreign),
        };
        (ns, local)
    }

    pub fn enter_base(&mut self, base: &str, findings: &mut Findings) {
        let base = base.trim();
        if base.is_empty() {
            return;
        }
        if is_absolute(base) {
            self.chain = self.bases.len();
        }
        if base.len() > LONGEST_BASE || self.bases.len() - self.chain >= MOST_BASES {
            findings.add("base_ignored", || "an xml:base too long or too deep was left out".to_owned());
        } else {
            self.bases.push(base.to_owned());
        }
    }

    /// How many bases are in force: a point from which [`Self::within`] counts.
    pub fn bases(&self) -> usize {
        self.bases.len()
    }

    /// A reference, resolved against the bases that began since there were `since` of them (XML Base § 3.1): absolute if one of them is,
    /// else still relative to what was in force before. `None` when there is nothing to do.
    pub fn within(&mut self, since: usize, reference: &str) -> Option<String> {
        let chain = self.bases.get(since.max(self.chain)..).filter(|chain| !chain.is_empty())?;
        let reference = reference.trim();
        if reference.is_empty() || reference.starts_with("//") || is_absolute(reference) {
            return None;
        }
        self.budget = self.budget.checked_sub(chain.iter().map(String::len).sum())?;
        let mut steps = chain.iter().map(String::as_str).chain([reference]);
        let mut address = steps.next()?.to_owned();
        for step in steps {
            address = match Url::parse(&address) {
                Ok(base) => base.join(step).ok()?.into(),
                Err(_) => joined(&address, step),
            };
        }
        Some(address)
    }

    pub fn enter_language(&mut self, language: &str) {
        let language = language.trim();
        if language.len() <= LONGEST_LANGUAGE {
            self.languages.push(language.into());
        }
    }

    /// Base addresses in force, outermost first.
    pub fn base(&mut self) -> Vec<String> {
        let chain = &self.bases[self.chain.min(self.bases.len())..];
        if chain.is_empty() {
            return Vec::new();
        }
        match self.budget.checked_sub(chain.iter().map(String::len).sum()) {
            Some(left) => {
                self.budget = left;
                chain.to_vec()
            }
            None => Vec::new(),
        }
    }

    /// Language in force; `xml:lang=""` takes it back.
    pub fn language(&self) -> Option<&str> {
        self.languages.last().map(|language| &**language).filter(|language| !language.is_empty())
    }

    /// The same, to keep.
    pub fn shared_language(&self) -> Option<Arc<str>> {
        self.languages.last().filter(|language| !language.is_empty()).cloned()
    }

    /// Language given since an element began, by itself.
    pub fn language_since(&self, mark: Mark) -> Option<&str> {
        self.language().filter(|_| self.languages.len() > mark.languages)
    }

    /// Base given since an element began, by itself.
    pub fn base_since(&self, mark: Mark) -> Option<&str> {
        self.bases.last().filter(|_| self.bases.len() > mark.bases).map(String::as_str)
    }
}

/// A reference against a base that is relative itself (RFC 3986 § 5.2.3): what comes out is as relative as the base.
fn joined(base: &str, reference: &str) -> String {
    let path_end = base.find(['?', '#']).unwrap_or(base.len());
    if is_absolute(reference) || reference.starts_with('/') {
        reference.to_owned()
    } else if reference.starts_with('?') {
        format!("{}{reference}", &base[..path_end])
    } else if reference.starts_with('#') {
        format!("{}{reference}", &base[..base.find('#').unwrap_or(base.len())])
    } else {
        let folder = base[..path_end].rfind('/').map_or("", |slash| &base[..=slash]);
        format!("{folder}{reference}")
    }
}

/// Has a scheme (RFC 3986 § 3.1).
fn is_absolute(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindings_end_with_their_element() {
        let mut scope = Scope::default();
        assert_eq!(scope.resolve(b"title"), (Ns::Core, &b"title"[..]));
        assert_eq!(scope.resolve(b"dc:title"), (Ns::Dc, &b"title"[..]), "not declared, but well known");
        let outer = scope.mark();
        scope.bind(b"m", "http://search.yahoo.com/mrss/", outer).expect("room");
        scope.bind(b"dc", "http://shop.example.com/dc", outer).expect("room");
        assert_eq!(scope.resolve(b"m:content").0, Ns::Media);
        assert_eq!(scope.resolve(b"dc:title").0, Ns::Dc, "the usual prefix at an address nobody knows");
        let inner = scope.mark();
        scope.bind(b"m", "http://www.w3.org/2005/Atom", inner).expect("room");
        assert_eq!(scope.resolve(b"m:content").0, Ns::Atom);
        scope.leave(inner);
        assert_eq!(scope.resolve(b"m:content").0, Ns::Media);
        scope.leave(outer);
        assert_eq!(scope.resolve(b"m:content").0, Ns::Foreign);
    }

    #[test]
    fn bindings_are_counted() {
        let mut scope = Scope::default();
        let mark = scope.mark();
        let bound = (0..100).take_while(|_| scope.bind(b"x", "urn:x", mark).is_ok()).count();
        assert_eq!(bound, MOST_BINDINGS_OF_ONE);
    }

    #[test]
    fn bases_form_a_chain_that_an_absolute_address_cuts() {
        let mut scope = Scope::default();
        let check = |scope: &mut Scope<'_>, expected: &[&str]| assert_eq!(scope.base(), expected);
        let findings = &mut Findings::default();
        scope.enter_base("http://a.example/", findings);
        scope.enter_base("one/", findings);
        check(&mut scope, &["http://a.example/", "one/"]);
        let mark = scope.mark();
        scope.enter_base("https://b.example/", findings);
        check(&mut scope, &["https://b.example/"]);
        scope.leave(mark);
        check(&mut scope, &["http://a.example/", "one/"]);
        for _ in 0..50 {
            scope.enter_base("x/", findings);
        }
        assert_eq!(scope.base().len(), MOST_BASES);
    }

    #[test]
    fn references_within_a_text_follow_the_bases_in_it() {
        let check = |bases: &[&str], reference: &str, expected: Option<&str>| {
            let mut scope = Scope::default();
            scope.enter_base("https://a.example/", &mut Findings::default());
            let since = scope.bases();
            bases.iter().for_each(|base| scope.enter_base(base, &mut Findings::default()));
            assert_eq!(scope.within(since, reference).as_deref(), expected, "{bases:?} {reference}");
        };
        check(&[], "x", None);
        check(&["2026/"], "x.png", Some("2026/x.png"));
        check(&["2026/", "06/"], "x.png", Some("2026/06/x.png"));
        check(&["2026/a?b", "?c"], "#d", Some("2026/a?c#d"));
        check(&["2026/"], "/x", Some("/x"));
        check(&["2026/"], "https://b.example/x", None);
        check(&["2026/"], "//b.example/x", None);
        check(&["2026/", "https://b.example/c/d", "e/"], "../x", Some("https://b.example/c/x"));
        check(&["2026/"], " ", None);
    }

    #[test]
    fn languages_can_be_taken_back() {
        let mut scope = Scope::default();
        scope.enter_language("zh-Hans");
        let mark = scope.mark();
        assert_eq!((scope.language(), scope.language_since(mark)), (Some("zh-Hans"), None));
        scope.enter_language("");
        assert_eq!(scope.language(), None);
        scope.leave(mark);
        assert_eq!(scope.language(), Some("zh-Hans"));
    }
}
