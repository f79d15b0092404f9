//! robots.txt (RFC 9309): which pages of a site we may read.
//!
//! It is asked for pages only. A feed that a partner gave us is meant to be polled.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::sleep;
use url::Url;

use super::failure::place;
use super::{Client, FetchError, Turn, Turns};
use crate::model::{Fault, Fetched, PollRequest, Validators};

/// Bytes that are read (§ 2.5: at least 500 KiB).
const LONGEST: usize = 512 * 1024;
/// Rules of one group that are kept.
const RULES: usize = 10_000;
/// Bytes of one pattern that are compared.
const PATTERN: usize = 2_048;
/// Sites remembered.
const REMEMBERED: usize = 2_000;
/// How long an answer holds (§ 2.4: not longer than 24 hours).
const HOLDS: TimeDelta = TimeDelta::hours(12);
/// How long a site that did not answer is left alone before it is asked again.
const SILENT: TimeDelta = TimeDelta::minutes(10);

/// The rules of one robots.txt that are meant for us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules(Vec<Rule>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allow: bool,
    pattern: String,
}

impl Rules {
    /// Reads the rules for a product token: those of all groups that name it, else those of all groups for `*` (§ 2.2.1). What is no record of the
    /// standard is passed over and ends no group.
    pub fn parse(text: &[u8], product: &str) -> Self {
        let text = String::from_utf8_lossy(&text[..text.len().min(LONGEST)]);
        let (mut named, mut any): (Vec<Rule>, Vec<Rule>) = (Vec::new(), Vec::new());
        let mut is_named = false;
        // A group begins with lines that say for whom; a further such line after a rule begins the next group.
        let (mut for_us, mut for_all, mut in_rules) = (false, false, true);
        for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((name, value)) = line.split_once(':') else { continue };
            let (name, value) = (name.trim(), value.trim());
            let allow = name.eq_ignore_ascii_case("allow");
            if name.eq_ignore_ascii_case("user-agent") {
                if in_rules {
                    (for_us, for_all, in_rules) = (false, false, false);
                }
                let token: String = value.chars().take_while(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '-')).collect();
                for_us |= !token.is_empty() && token.eq_ignore_ascii_case(product);
                for_all |= value == "*";
                is_named |= for_us;
            } else if allow || name.eq_ignore_ascii_case("disallow") {
                in_rules = true;
                // "Disallow:" without a path disallows nothing.
                if value.is_empty() {
                    continue;
                }
                for (wanted, rules) in [(for_us, &mut named), (for_all, &mut any)] {
                    if wanted && rules.len() < RULES {
                        let cut = value.char_indices().map(|(at, _)| at).take_while(|at| *at <= PATTERN).last().unwrap_or(0);
                        let pattern = if value.len() > PATTERN { &value[..cut] } else { value };
                        rules.push(Rule { allow, pattern: comparable(pattern) });
                    }
                }
            }
        }
        Self(if is_named { named } else { any })
    }

    /// Whether an address may be asked: the longest pattern that fits decides, and of two as long the one that allows (§ 2.2.2).
    pub fn allow(&self, url: &Url) -> bool {
        let written = &url[url::Position::BeforePath..url::Position::AfterQuery];
        if url.path() == "/robots.txt" {
            return true;
        }
        let path = comparable(written);
        let fits = self.0.iter().filter(|rule| fits(&rule.pattern, &path));
        fits.max_by_key(|rule| (rule.pattern.len(), rule.allow)).is_none_or(|rule| rule.allow)
    }
}

/// The form in which paths are compared (§ 2.2.2): what needs no percent sign has none, everything else has one, hexadecimal digits in
/// capitals.
fn comparable(written: &str) -> String {
    let bytes = written.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = (byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let code = code.and_then(|code| std::str::from_utf8(code).ok()).and_then(|code| u8::from_str_radix(code, 16).ok());
        let (byte, encoded) = match code {
            Some(code) => (code, true),
            None => (byte, false),
        };
        at += if encoded { 3 } else { 1 };
        let unreserved = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if unreserved || (byte.is_ascii_graphic() && !encoded) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Whether a pattern fits the beginning of a path; `*` stands for anything and `$` at the end for the end (§ 2.2.3). The pieces between the stars
/// are looked for from left to right, each once, which is enough because only the last one may be tied to the end.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, to_the_end) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return !to_the_end || rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if to_the_end && pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    true
}

/// What robots.txt of a site says of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// There are rules, or none because there is no such file (§ 2.3.1.3).
    Known,
    /// The server failed, so everything is forbidden for now (§ 2.3.1.4).
    Silent,
}

#[derive(Debug, Clone)]
struct Answer {
    kind: Kind,
    rules: Arc<Rules>,
    until: DateTime<Utc>,
}

/// Robots.txt of the sites we ask, remembered. Cheap to clone; clones share the memory.
#[derive(Debug, Clone, Default)]
pub struct Robots {
    sites: Arc<Mutex<HashMap<String, Answer>>>,
}

impl Robots {
    /// Asks whether a page may be asked for. robots.txt itself is fetched in a turn of its own, or in the turn at the host that the caller has.
    ///
    /// # Errors
    /// `robots_denied`: its rules do not let us. `robots_unreachable`: the server did not say, which forbids everything for now.
    pub async fn admit(
        &self,
        client: &Client,
        turns: &Turns,
        turn: Option<&Turn>,
        page: &Url,
        now: DateTime<Utc>,
    ) -> Result<(), FetchError> {
        client.guard().check(page)?;
        let mut address = page.clone();
        address.set_path("/robots.txt");
        address.set_query(None);
        address.set_fragment(None);
        let answer = match self.remembered(address.as_str(), now) {
            Some(answer) => answer,
            None => {
                let answer = ask(client, turns, turn, &address, now).await;
                self.remember(address.as_str(), answer.clone(), now);
                answer
            }
        };
        let site = place(page);
        match answer.kind {
            Kind::Silent => Err(FetchError::new(
                "robots_unreachable",
                Fault::Partner,
                format!("{site} does not answer when asked for its robots.txt, so its pages are left alone; we ask again later"),
            )),
            Kind::Known if !answer.rules.allow(page) => Err(FetchError::new(
                "robots_denied",
                Fault::Partner,
                format!(
                    "robots.txt of {site} does not let `{}` read this page: ask the partner to allow it there, or take `full_text` or the \
                     page out of feeds.toml",
                    client.product()
                ),
            )),
            Kind::Known => Ok(()),
        }
    }

    fn remembered(&self, address: &str, now: DateTime<Utc>) -> Option<Answer> {
        let sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        // An answer that holds for longer than it may was given before the clock was set back.
        sites.get(address).filter(|answer| answer.until > now && answer.until - now <= HOLDS).cloned()
    }

    fn remember(&self, address: &str, answer: Answer, now: DateTime<Utc>) {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if sites.len() >= REMEMBERED {
            sites.retain(|_, answer| answer.until > now);
        }
        if sites.len() >= REMEMBERED {
            sites.clear();
        }
        sites.insert(address.to_owned(), answer);
    }
}

async fn ask(client: &Client, turns: &Turns, turn: Option<&Turn>, address: &Url, now: DateTime<Utc>) -> Answer {
    let request = PollRequest { outlet: String::new(), source: address.clone(), validators: Validators::default() };
    let host = address.host_str().unwrap_or_default();
    let fetched = if turn.is_some_and(|turn| turn.is_at(host)) {
        let fetched = client.fetch(&request, now).await;
        // The turn goes on to the page itself.
        sleep(turns.spacing()).await;
        fetched
    } else {
        let _turn = turns.take(host).await;
        client.fetch(&request, now).await
    };
    let known = |rules: Rules| Answer { kind: Kind::Known, rules: Arc::new(rules), until: now + HOLDS };
    match fetched {
        Ok(Fetched::Document(doc)) => known(Rules::parse(&doc.body, client.product())),
        // An answer to a request that was not conditional says nothing.
        Ok(Fetched::NotModified { .. }) => known(Rules::default()),
        Err(error) if error.code == "gone" || error.code.starts_with("http_4") => known(Rules::default()),
        Err(_) => Answer { kind: Kind::Silent, rules: Arc::default(), until: now + SILENT },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(robots: &str, path: &str, expected: bool) {
        let url = Url::parse("https://hewan.example").and_then(|base| base.join(path)).expect("a path");
        assert_eq!(Rules::parse(robots.as_bytes(), "reprint").allow(&url), expected, "{robots:?} {path}");
    }

    #[test]
    fn groups_are_found_and_merged() {
        let two = "User-agent: *\nDisallow: /\n\nUser-agent: RePrint/1.0\nDisallow: /a\n\nuser-agent: other\nDisallow: /\n\nuser-agent:reprint\ndisallow:/b";
        for (path, expected) in [("/a/1", false), ("/b", false), ("/c", true)] {
            check(two, path, expected);
        }
        let shared = "User-agent: other\nUser-agent: reprint\nDisallow: /a\n";
        check(shared, "/a", false);
        check(shared, "/b", true);
        check("User-agent: other\nDisallow: /\n", "/a", true);
        check("User-agent: reprinter\nDisallow: /\n", "/a", true);
        check("User-agent: reprint\nDisallow:\nUser-agent: *\nDisallow: /\n", "/a", true);
        check("\u{feff}User-agent: *\r\nDisallow: /a # not there\r\n", "/a", false);
        check("Disallow: /\nUser-agent: *\nAllow: /\n", "/a", true);
    }

    #[test]
    fn foreign_records_end_no_group() {
        check(
            "User-agent: other\nCrawl-delay: 5\nUser-agent: reprint\nSitemap: https://x.example/s.xml\nDisallow: /a\n",
            "/a",
            false,
        );
        check("<html>not robots</html>", "/a", true);
        check("", "/a", true);
    }

    #[test]
    fn the_longest_pattern_decides_and_allow_wins_a_tie() {
        let robots = "User-agent: *\nDisallow: /news\nAllow: /news/free\nDisallow: /tie\nAllow: /tie\n";
        for (path, expected) in
            [("/news/1", false), ("/news/free/1", true), ("/tie", true), ("/News/1", true), ("/robots.txt", true)]
        {
            check(robots, path, expected);
        }
        check("User-agent: *\nDisallow: /\n", "/robots.txt", true);
    }

    #[test]
    fn stars_and_ends() {
        for (pattern, path, expected) in [
            ("/*.pdf$", "/a/b.pdf", false),
            ("/*.pdf$", "/a/b.pdf?x", true),
            ("/*.pdf", "/a/b.pdf?x", false),
            ("/a*b*c", "/a-b-c-d", false),
            ("/a*b*c", "/acb", true),
            ("*", "/", false),
            ("/a$", "/a", false),
            ("/a$", "/ab", true),
            ("/*?sort=", "/list?sort=up", false),
            ("/a*$", "/abc", false),
        ] {
            check(&format!("User-agent: *\nDisallow: {pattern}\n"), path, expected);
        }
    }

    #[test]
    fn percent_signs_are_compared_as_what_they_mean() {
        for (pattern, path, expected) in [
            ("/%7ejoe", "/~joe/index.html", false),
            ("/新闻/", "/%E6%96%B0%E9%97%BB/1", false),
            ("/%e6%96%b0", "/新闻", false),
            ("/a%2fb", "/a%2Fb", false),
            ("/a%2fb", "/a/b", true),
        ] {
            check(&format!("User-agent: *\nDisallow: {pattern}\n"), path, expected);
        }
    }

    #[test]
    fn many_stars_take_linear_time() {
        let robots = format!("User-agent: *\n{}", format!("Disallow: /{}b$\n", "*a".repeat(1_000)).repeat(200));
        let started = std::time::Instant::now();
        check(&robots, &format!("/{}", "a".repeat(2_000)), true);
        assert!(started.elapsed().as_secs() < 5, "took {:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(text in prop::collection::vec(any::<u8>(), 0..200), path in "[ -~]{0,30}") {
            let base = Url::parse("https://hewan.example/").expect("a literal");
            if let Ok(url) = base.join(&path) {
                let rules = Rules::parse(&text, "reprint");
                prop_assert_eq!(rules.allow(&url), rules.clone().allow(&url));
            }
        }

        /// A pattern that is the path itself always fits.
        #[test]
        fn what_is_written_out_fits(path in "/[a-z%~_/.-]{0,20}") {
            let mut url = Url::parse("https://hewan.example").expect("a literal");
            url.set_path(&path);
            let written = url.path().to_owned();
            let rules = Rules::parse(format!("User-agent: *\nDisallow: {written}").as_bytes(), "reprint");
            prop_assert!(written == "/robots.txt" || !rules.allow(&url), "{}", written);
        }
    }
}
