//! What an article can be recognised by at whatever outlet it turns up: the addresses of its story.

mod tables;

use ::url::Url;
use sha2::{Digest, Sha256};

use self::tables::{AMP_SEGMENTS, COPIES, INDEXES, LEADS, MANNERS, REDIRECTORS, SMALL_HOSTS, TARGETS};
use super::url;
use crate::model::{Article, AttributedArticle, HopAction, Provenance, Verdict};

/// Redirectors inside redirectors that are followed.
const NESTED: usize = 4;

/// Addresses kept of one article.
const MOST: usize = 8;

/// Puts the marks on an attributed article that it takes the whole origin to know: the addresses of its story, and the digest of the addresses
/// readers are given. A held article has none: it is nobody's repost before its origin is clear.
pub fn mark(verdict: Verdict) -> Verdict {
    let Verdict::Ready(mut ready) = verdict else { return verdict };
    let AttributedArticle { article, provenance } = &mut *ready;
    article.marks.story = addresses(article, provenance);
    article.marks.links = Some(links(article, provenance));
    Verdict::Ready(ready)
}

/// The pages this text is on as far as it names them, its own first, and its guid where that is one for the whole world. Not those of the text
/// it was translated from, except the original's: two outlets that translate one article are held against each other by it.
fn addresses(article: &Article, provenance: &Provenance) -> Vec<String> {
    let translated =
        provenance.hops.iter().rposition(|hop| matches!(hop.action, HopAction::Translated | HopAction::ScriptConverted));
    let hops = provenance.hops.iter().skip(translated.unwrap_or_default()).filter_map(|hop| hop.party.url.as_ref());
    let original = provenance.original.as_ref().and_then(|original| original.outlet.url.as_ref());
    let guid = article.marks.guid.as_deref();
    let permalink = guid.filter(|guid| guid.starts_with("//")).and_then(|guid| Url::parse(&format!("http:{guid}")).ok());
    let mut found: Vec<String> = Vec::new();
    let pages = article.url.iter().chain(permalink.as_ref()).chain(original).chain(hops).filter_map(same_page);
    let unique = guid.filter(|guid| guid.len() >= 16 && ["tag:", "urn:"].iter().any(|scheme| guid.starts_with(scheme)));
    for address in pages.chain(unique.map(str::to_owned)) {
        if found.len() < MOST && !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

/// The form under which two addresses are the same page of an article: redirectors, copies and versions for telephones resolved, without
/// scheme, `www.` and trailing slash, parameters in order and without those that say how the reader came. `None` for a front page: it is the
/// page of every article and of none.
pub fn same_page(address: &Url) -> Option<String> {
    let mut page = Url::parse(&url::canonical(address)).ok()?;
    for _ in 0..NESTED {
        let Some(target) = target(&page) else { break };
        page = Url::parse(&url::canonical(&target)).ok()?;
    }
    let host = page.host_str()?;
    let mut labels: Vec<&str> = host.split('.').collect();
    let is_name = page.domain().is_some();
    while is_name && labels.len() > 2 && (labels[0] == "www" || SMALL_HOSTS.contains(&labels[0])) {
        labels.remove(0);
    }
    // en.m.encyclopedia.example
    if is_name && labels.len() > 3 && labels[1] == "m" {
        labels.remove(1);
    }
    let mut form = format!("//{}", labels.join("."));
    if let Some(port) = page.port() {
        form.push_str(&format!(":{port}"));
    }
    let path = page.path().split(';').next().unwrap_or_default();
    let mut segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let is = |segment: Option<&&str>, table: &[&str]| {
        segment.is_some_and(|segment| table.contains(&segment.to_ascii_lowercase().as_str()))
    };
    if segments.len() > 1 && is(segments.last(), AMP_SEGMENTS) {
        segments.pop();
    }
    if segments.len() > 1 && is(segments.first(), AMP_SEGMENTS) {
        segments.remove(0);
    }
    if is(segments.last(), INDEXES) {
        segments.pop();
    }
    for segment in &segments {
        form.push('/');
        // Hexadecimal digits of an escape are written in either case (RFC 3986 § 6.2.2.1).
        let mut parts = segment.split('%');
        form.push_str(parts.next().unwrap_or_default());
        for part in parts {
            form.push('%');
            let (escape, rest) = part.split_at_checked(2).unwrap_or((part, ""));
            form.push_str(&escape.to_ascii_uppercase());
            form.push_str(rest);
        }
    }
    for ending in [".amp.html", ".amp"] {
        if let Some(rest) = form.strip_suffix(ending) {
            form = if ending == ".amp" { rest.to_owned() } else { format!("{rest}.html") };
        }
    }
    let mut parameters: Vec<&str> =
        page.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !is_manner(pair)).collect();
    parameters.sort_unstable();
    let route = page.fragment().filter(|fragment| fragment.starts_with('!'));
    if segments.is_empty() && parameters.is_empty() && route.is_none() {
        return None;
    }
    if !parameters.is_empty() {
        form.push('?');
        form.push_str(&parameters.join("&"));
    }
    if let Some(route) = route {
        form.push('#');
        form.push_str(route);
    }
    Some(form)
}

fn is_manner(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let [name, value] = [name, value].map(str::to_ascii_lowercase);
    MANNERS.iter().any(|(known, values)| *known == name && (values.is_empty() || values.contains(&value.as_str())))
}

/// Where an address leads when it is a redirector's or a copy's.
fn target(page: &Url) -> Option<Url> {
    let host = page.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let path = page.path();
    let parameter = |names: &[&str]| {
        let mut pairs = page.query_pairs().filter(|(name, _)| names.contains(&name.to_ascii_lowercase().as_str()));
        let value = pairs.find_map(|(_, value)| url::absolute(&value))?;
        (url::site(&value) != url::site(page) || value.path() != page.path()).then_some(value)
    };
    let listed = REDIRECTORS.iter().find(|known| matches_host(known.host, host) && matches_path(known.path, path));
    if let Some(known) = listed {
        return parameter(known.parameters);
    }
    if let Some(copied) = COPIES.iter().filter(|(known, _)| matches_host(known, host)).find_map(|(_, front)| after(front, path)) {
        let (scheme, rest) = match copied.strip_prefix("s/") {
            Some(rest) => ("https", rest),
            None => ("http", copied),
        };
        // Some servers merge the two slashes of the address inside.
        let rest = ["https://", "http://", "https:/", "http:/"].iter().find_map(|front| rest.strip_prefix(front)).unwrap_or(rest);
        let query = page.query().map(|query| format!("?{query}")).unwrap_or_default();
        return url::absolute(&format!("{scheme}://{rest}{query}"));
    }
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    LEADS.contains(&last.as_str()).then(|| parameter(TARGETS)).flatten()
}

fn matches_host(known: &str, host: &str) -> bool {
    if let Some(end) = known.strip_prefix('*') {
        return host.len() > end.len() && host.ends_with(end);
    }
    match known.strip_suffix('*') {
        // google.example, google.co.example
        Some(front) => host.strip_prefix(front).is_some_and(|rest| !rest.is_empty() && rest.split('.').count() <= 2),
        None => host == known,
    }
}

fn matches_path(known: &str, path: &str) -> bool {
    match known.strip_suffix('*') {
        Some(front) => path.starts_with(front),
        None => path == known,
    }
}

/// What comes behind a front in which `*` stands for one segment.
fn after<'p>(front: &str, path: &'p str) -> Option<&'p str> {
    let Some((before, behind)) = front.split_once('*') else { return path.strip_prefix(front) };
    let rest = path.strip_prefix(before)?;
    let end = rest.find('/')?;
    rest[end..].strip_prefix(behind)
}

/// Digest of the query strings in the addresses readers are given, without what moves while the article stays the same: tracking parameters,
/// query strings of pictures. All zeros where nothing else is left.
fn links(article: &Article, provenance: &Provenance) -> [u8; 16] {
    let parties = provenance.original.iter().map(|original| &original.outlet).chain([&provenance.source]);
    let parties = parties.chain(provenance.hops.iter().map(|hop| &hop.party)).filter_map(|party| party.url.as_ref());
    let translated = provenance.translation.iter().filter_map(|translation| translation.source.as_ref());
    let files = article.attachments.iter().map(|file| &file.url);
    let mut hash: Option<Sha256> = None;
    let mut add = |address: &str| {
        let hash = hash.get_or_insert_default();
        hash.update((address.len() as u64).to_le_bytes());
        hash.update(address.as_bytes());
    };
    let pages = article.url.iter().chain(parties).chain(translated).chain(files).filter(|page| page.query().is_some());
    pages.map(url::canonical).filter(|page| page.contains('?')).for_each(|page| add(&page));
    let body = article.body.as_str();
    if body.contains('?') {
        for part in body.split(" href=\"").skip(1) {
            let written = part.split('"').next().unwrap_or_default();
            if written.contains('?') {
                let written = written.replace("&amp;", "&");
                let address = url::absolute(&written).map_or(written, |address| url::canonical(&address));
                if address.contains('?') {
                    add(&address);
                }
            }
        }
    }
    let mut digest = [0; 16];
    if let Some(hash) = hash {
        digest.copy_from_slice(&hash.finalize()[..16]);
    }
    digest
}

#[cfg(test)]
mod tests;
