//! What the server has done since it started, in numbers. Counting is one relaxed addition: nobody waits for it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::Pulls;

/// Classes of addresses: few, whatever clients ask for.
const CLASSES: [&str; 8] = ["page", "feed", "archive", "article", "static", "probe", "admin", "other"];

/// Status codes from 100 on.
const CODES: usize = 500;

/// Counters of a server, shared with whoever shows them.
#[derive(Debug)]
pub struct Tally {
    /// By class, then by status.
    requests: Vec<AtomicU64>,
    bytes: AtomicU64,
    opened: AtomicU64,
    closed: AtomicU64,
    refused: AtomicU64,
    /// By partner; `None`: whoever had no valid credentials.
    partners: Mutex<BTreeMap<Option<String>, PartnerCounts>>,
}

/// Counters of a partner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PartnerCounts {
    /// Answers with the document, answers that it is unchanged, refusals: [`PartnerCounts::RESULTS`].
    pub requests: [u64; 3],
    /// Bytes of bodies.
    pub bytes: u64,
}

impl PartnerCounts {
    /// What [`PartnerCounts::requests`] counts.
    pub const RESULTS: [&'static str; 3] = ["whole", "unchanged", "refused"];

    /// The counters by name.
    fn named(&mut self) -> [(&'static str, &mut u64); 4] {
        let [whole, unchanged, refused] = Self::RESULTS;
        let [first, second, third] = &mut self.requests;
        [(whole, first), (unchanged, second), (refused, third), ("bytes", &mut self.bytes)]
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            requests: std::iter::repeat_with(AtomicU64::default).take(CLASSES.len() * CODES).collect(),
            bytes: AtomicU64::new(0),
            opened: AtomicU64::new(0),
            closed: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            partners: Mutex::default(),
        }
    }
}

/// A class of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Class(usize);

impl Class {
    /// Of what could not be read as a request.
    pub(super) const OTHER: Self = Self(7);

    /// The class of a path.
    pub(super) fn of(path: &str) -> Self {
        Self(match path.as_bytes() {
            b"/" | b"/outlets" | b"/feeds.opml" => 0,
            [b'/', b'f', b'e', b'e', b'd', b's', b'/', rest @ ..] => match memchr::memchr(b'/', rest) {
                None => 1,
                Some(_) => 2,
            },
            [b'/', b'a', b'/', ..] => 3,
            [b'/', b's', b't', b'a', b't', b'i', b'c', b'/', ..] => 4,
            b"/healthz" | b"/readyz" => 5,
            b"/status" | b"/status.json" | b"/metrics" => 6,
            _ => return Self::OTHER,
        })
    }
}

impl Tally {
    /// An answer was written whole: so many bytes, head included. The status is read from the head.
    pub(super) fn answered(&self, class: Class, head: &[u8], bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        if let Some(count) = code(head).and_then(|code| self.requests.get(class.0 * CODES + code)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A connection was let in.
    pub(super) fn opened(&self) {
        self.opened.fetch_add(1, Ordering::Relaxed);
    }

    /// It has ended.
    pub(super) fn closed(&self) {
        self.closed.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection was not let in: there were too many.
    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Requests answered so far: class of address, status, number. Those that there were none of are left out.
    pub fn requests(&self) -> Vec<(&'static str, u16, u64)> {
        let mut found = Vec::new();
        for (class, counts) in CLASSES.iter().zip(self.requests.chunks(CODES)) {
            for (code, count) in (100_u16..).zip(counts) {
                match count.load(Ordering::Relaxed) {
                    0 => {}
                    count => found.push((*class, code, count)),
                }
            }
        }
        found
    }

    /// Bytes of answers written, heads included.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Connections let in so far, of those open now, and connections refused.
    pub fn connections(&self) -> (u64, u64, u64) {
        // In this order: what is closed in between was opened before.
        let closed = self.closed.load(Ordering::Relaxed);
        let opened = self.opened.load(Ordering::Relaxed);
        (opened, opened.saturating_sub(closed), self.refused.load(Ordering::Relaxed))
    }
}

impl Tally {
    fn partners(&self) -> MutexGuard<'_, BTreeMap<Option<String>, PartnerCounts>> {
        self.partners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Partners pulled this.
    pub fn pulled(&self, pulls: &[Pulls]) {
        let mut partners = self.partners();
        for pulls in pulls {
            let counts = partners.entry(pulls.partner.clone()).or_default();
            for (count, more) in counts.requests.iter_mut().zip([pulls.whole, pulls.unchanged, pulls.refused]) {
                *count = count.saturating_add(more);
            }
            counts.bytes = counts.bytes.saturating_add(pulls.bytes);
        }
    }

    /// The counters of a partner; `None`: of whoever had no valid credentials.
    pub fn partner(&self, partner: Option<&str>) -> PartnerCounts {
        self.partners().get(&partner.map(str::to_owned)).copied().unwrap_or_default()
    }
}

/// In one line, for the process that shows them: `bytes 410 opened 2 closed 1 refused 0 feed.304 2 pier:whole 7`, the partners last.
impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let closed = self.closed.load(Ordering::Relaxed);
        let (opened, _, refused) = self.connections();
        write!(f, "bytes {} opened {opened} closed {closed} refused {refused}", self.bytes())?;
        self.requests().into_iter().try_for_each(|(class, code, count)| write!(f, " {class}.{code} {count}"))?;
        for (partner, counts) in self.partners().iter_mut() {
            let partner = partner.as_deref().unwrap_or_default();
            for (name, count) in counts.named().into_iter().filter(|(_, count)| **count > 0) {
                write!(f, " {partner}:{name} {count}")?;
            }
        }
        Ok(())
    }
}

impl Tally {
    /// Takes the counts of another process over, in place of those there are. What is not understood is left out.
    pub(super) fn take_over(&self, line: &str) {
        let mut words = line.split_ascii_whitespace();
        while let (Some(name), Some(Ok(number))) = (words.next(), words.next().map(str::parse)) {
            if let Some((partner, name)) = name.split_once(':') {
                let partner = Some(partner.to_owned()).filter(|partner| !partner.is_empty());
                let mut partners = self.partners();
                if let Some((_, count)) =
                    partners.entry(partner).or_default().named().into_iter().find(|(known, _)| *known == name)
                {
                    *count = number;
                }
                continue;
            }
            let place = match name {
                "bytes" => Some(&self.bytes),
                "opened" => Some(&self.opened),
                "closed" => Some(&self.closed),
                "refused" => Some(&self.refused),
                _ => name.split_once('.').and_then(|(class, code)| {
                    let class = CLASSES.iter().position(|known| *known == class)?;
                    let code = code.parse::<usize>().ok()?.checked_sub(100).filter(|code| *code < CODES)?;
                    self.requests.get(class * CODES + code)
                }),
            };
            if let Some(place) = place {
                place.store(number, Ordering::Relaxed);
            }
        }
    }
}

/// The status of `HTTP/1.1 404 …`, from 0 for 100.
fn code(head: &[u8]) -> Option<usize> {
    let digits = head.get(9..12)?;
    let number = digits
        .iter()
        .try_fold(0_usize, |number, digit| digit.is_ascii_digit().then(|| number * 10 + usize::from(digit - b'0')))?;
    number.checked_sub(100).filter(|code| *code < CODES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_few_classes() {
        let check = |path: &str, expected: &str| assert_eq!(CLASSES[Class::of(path).0], expected, "{path}");
        check("/", "page");
        check("/outlets", "page");
        check("/feeds.opml", "page");
        check("/feeds/all.rss", "feed");
        check("/feeds/all/archive/2026-05.atom", "archive");
        check("/a/0123456789abcdef0123", "article");
        check("/static/style.css", "static");
        check("/healthz", "probe");
        check("/metrics", "admin");
        check("/statusx", "other");
        check("/../../etc/passwd", "other");
        check("*", "other");
    }

    #[test]
    fn answers_are_counted_by_class_and_status() {
        let tally = Tally::default();
        tally.answered(Class::of("/feeds/all.rss"), b"HTTP/1.1 304 Not Modified\r\n", 200);
        tally.answered(Class::of("/feeds/all.rss"), b"HTTP/1.1 304 Not Modified\r\n", 200);
        tally.answered(Class::OTHER, b"HTTP/1.1 599 \r\n", 10);
        // Nothing that a status can be.
        for head in [&b"HTTP/1.1 999 \r\n"[..], b"HTTP/1.1 099 ", b"HTTP", b"HTTP/1.1 2x0 "] {
            tally.answered(Class::OTHER, head, 0);
        }
        assert_eq!(tally.requests(), [("feed", 304, 2), ("other", 599, 1)]);
        assert_eq!(tally.bytes(), 410);
        tally.opened();
        tally.opened();
        tally.closed();
        tally.refused();
        assert_eq!(tally.connections(), (2, 1, 1));

        let other = Tally::default();
        other.answered(Class::OTHER, b"HTTP/1.1 599 \r\n", 10);
        tally.pulled(&[pulls(Some("pier"), 3, 0), pulls(None, 0, 5)]);
        other.take_over(&tally.to_string());
        assert_eq!(other.partner(Some("pier")), PartnerCounts { requests: [3, 0, 0], bytes: 30 });
        assert_eq!(other.partner(None), PartnerCounts { requests: [0, 0, 5], bytes: 0 });
        assert_eq!(
            (other.requests(), other.bytes(), other.connections()),
            (tally.requests(), tally.bytes(), tally.connections())
        );
        other.take_over("feed.304 3 feed.99 1 feed.999 1 nothing.200 1 bytes");
        other.take_over("bytes x");
        assert_eq!(other.requests(), [("feed", 304, 3), ("other", 599, 1)]);
    }

    fn pulls(partner: Option<&str>, whole: u64, refused: u64) -> Pulls {
        Pulls {
            partner: partner.map(str::to_owned),
            feed: Some("all".to_owned()),
            whole,
            refused,
            bytes: 10 * whole,
            ..Pulls::default()
        }
    }

    #[test]
    fn pulls_add_up_by_partner() {
        let tally = Tally::default();
        tally.pulled(&[pulls(Some("pier"), 1, 0), pulls(Some("pier"), 2, 1), pulls(None, 0, 5)]);
        tally.pulled(&[pulls(Some("pier"), 4, 0)]);
        assert_eq!(tally.partner(Some("pier")), PartnerCounts { requests: [7, 0, 1], bytes: 70 });
        assert_eq!(tally.partner(None), PartnerCounts { requests: [0, 0, 5], bytes: 0 });
        assert_eq!(tally.partner(Some("bell")), PartnerCounts::default());
        assert_eq!(tally.to_string(), "bytes 0 opened 0 closed 0 refused 0 :refused 5 pier:whole 7 pier:refused 1 pier:bytes 70");
    }
}
