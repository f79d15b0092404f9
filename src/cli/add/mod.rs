//! `reprint add URL`: finds the feeds of a site, chooses the main one, and appends an outlet to feeds.toml.

mod candidate;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use url::Url;

use self::candidate::{Candidate, Kind};
use super::{Failure, say, tell};
use crate::config::{self, Draft, Known, NewOutlet, Refused, SaveError};
use crate::daemon;
use crate::fetch::{Client, FetchError};
use crate::model::{Fault, Fetched, FetchedDocument, PollRequest, Validators};
use crate::normalize::html;
use crate::parse::discovery::{self, Place, Pointer};
use crate::parse::{self, Bounds};
use crate::pipeline;

/// Feeds of one page that are looked at; further ones are only listed.
const LOOKED_AT: usize = 12;

pub(super) async fn run(written: &str, path: &Path, allow_private: bool) -> Result<(), Failure> {
    let mut draft = open(path)?;
    let address = feed_address(written).map_err(Failure::Usage)?;
    if let Some(known) = draft.holds(&address) {
        return Err(there_already(known, &address));
    }
    let mut settings = draft.config().clone();
    if allow_private {
        settings.limits.allow_networks = ["0.0.0.0/0", "::/0"].map(|network| network.parse().expect("a constant network")).into();
    }
    let client = pipeline::client(&settings).map_err(Failure::Configuration)?;
    let mut visitor = Visitor {
        client,
        bounds: Bounds { entries: settings.limits.entries_per_poll },
        spacing: settings.limits.host_spacing,
        asked: HashMap::new(),
    };
    let candidates = visitor.candidates(address).await?;
    let Some(chosen) = candidate::choose(&candidates) else {
        list(&candidates, None);
        return Err(Failure::failed(format!(
            "{} has no feed that can be read: ask the outlet for its address",
            shown_place(written)
        )));
    };
    let (Some(candidate), Some(feed)) = (candidates.get(chosen), candidates.get(chosen).and_then(Candidate::feed)) else {
        return Err(Failure::failed("the chosen feed is gone: report it as a bug"));
    };
    // The same feed at another address or in another format is polled already.
    for other in candidates.iter().filter(|other| other.feed().is_some_and(|other| other.is_same(feed))) {
        if let Some(known) = other.addresses().find_map(|address| draft.holds(address)) {
            return Err(there_already(known, &other.pointer.url));
        }
    }
    let outlet = NewOutlet {
        id: None,
        name: feed.name.clone(),
        feeds: vec![candidate.address().clone()],
        homepage: feed.homepage.clone(),
        language: feed.language.clone(),
    };
    let id = match draft.add(&outlet) {
        Ok(id) => id,
        Err(Refused::Known(known)) => return Err(there_already(&known, candidate.address())),
        Err(Refused::Wrong(what)) => return Err(Failure::failed(format!("cannot be added: {what}"))),
    };
    save(&draft, path)?;
    say(draft.added().trim());
    tell(format_args!("added to {} as outlet `{id}`: {}", path.display(), feed.summary()));
    if feed.entries == 0 {
        tell("it has no entries yet");
    }
    list(&candidates, Some(chosen));
    tell(format_args!("next: reprint check {} --online", path.display()));
    Ok(())
}

/// Reads feeds.toml to append to it.
pub(super) fn open(path: &Path) -> Result<Draft, Failure> {
    let text = config::text(path).map_err(|error| Failure::Configuration(error.report))?;
    Draft::read(&path.display().to_string(), text).map_err(|error| Failure::Configuration(error.report))
}

/// Writes what was appended.
pub(super) fn save(draft: &Draft, path: &Path) -> Result<(), Failure> {
    draft.save(path).map_err(|error| match error {
        SaveError::Mistakes(error) => Failure::Configuration(format!(
            "{}\n\nnothing was written: outlets cannot be appended to this file; add by hand:\n{}",
            error.report,
            draft.added()
        )),
        SaveError::Disk(what) => Failure::Failed(what),
    })
}

/// An address as people write it: `feed:` in front is taken off, a missing scheme is https.
pub(super) fn feed_address(written: &str) -> Result<Url, String> {
    let written = written.trim();
    let inner = written.strip_prefix("feed:").unwrap_or(written);
    let whole = if let Some(rest) = inner.strip_prefix("//") {
        // feed://host/path means http (the scheme of old feed readers).
        format!("http://{rest}")
    } else if inner.contains("://") {
        inner.to_owned()
    } else {
        format!("https://{inner}")
    };
    let mut url = Url::parse(&whole).map_err(|error| format!("“{written:.200}” is not an address ({error})"))?;
    url.set_fragment(None);
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("“{written:.200}” is not an http or https address"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "the address has a user name or password in it: write it without, and see [outlet.credentials] in feeds.toml".into(),
        );
    }
    Ok(url)
}

fn shown_place(written: &str) -> String {
    written.split(['?', '#']).next().unwrap_or_default().chars().take(200).collect()
}

fn there_already(known: &Known, address: &Url) -> Failure {
    let line = known.line.map(|line| format!(" (line {line})")).unwrap_or_default();
    Failure::failed(format!("{address}: already there as outlet `{}`{line}", known.id))
}

/// Lists what else was found.
fn list(candidates: &[Candidate], chosen: Option<usize>) {
    let chosen_feed = chosen.and_then(|chosen| candidates.get(chosen)).and_then(Candidate::feed);
    let mut first = true;
    for (index, candidate) in candidates.iter().enumerate() {
        if Some(index) == chosen {
            continue;
        }
        if std::mem::take(&mut first) {
            tell(if chosen.is_some() { "also found:" } else { "found and not taken:" });
        }
        let what = match &candidate.outcome {
            Ok(feed) if chosen_feed.is_some_and(|chosen| chosen.is_same(feed)) => format!("the same feed; {}", feed.summary()),
            Ok(feed) if feed.kind == Kind::Articles => feed.summary(),
            Ok(feed) => format!("{}; {}", feed.kind.words(), feed.summary()),
            Err(why) => why.clone(),
        };
        tell(format_args!("  {}  {what}", candidate.pointer.url));
    }
}

/// Asks for pages and feeds, one after the other and with the pause that a host is owed.
struct Visitor {
    client: Client,
    bounds: Bounds,
    spacing: Duration,
    asked: HashMap<String, Instant>,
}

impl Visitor {
    async fn get(&mut self, url: &Url) -> Result<FetchedDocument, FetchError> {
        let host = url.host_str().unwrap_or_default().to_owned();
        if let Some(last) = self.asked.get(&host) {
            sleep_until(*last + self.spacing).await;
        }
        let request = PollRequest { outlet: String::new(), source: url.clone(), validators: Validators::default() };
        let answer = self.client.fetch(&request, daemon::now()).await;
        self.asked.insert(host, Instant::now());
        match answer? {
            Fetched::Document(document) => Ok(document),
            Fetched::NotModified { .. } => Err(FetchError {
                code: "bad_304".to_owned(),
                fault: Fault::Partner,
                message: "the server answers 304 although nothing was asked conditionally".to_owned(),
                retry_after: None,
            }),
        }
    }

    /// The feed at that address, or those that the page there points to, or those that are where many sites have one. Each has been read.
    async fn candidates(&mut self, address: Url) -> Result<Vec<Candidate>, Failure> {
        let page = self.get(&address).await.map_err(|error| {
            let private = error.code == "ssrf_denied";
            let hint = if private { "; --allow-private asks it this once" } else { "" };
            Failure::Failed(format!("{}{hint}", error.message))
        })?;
        if let Ok(feed) = parse::document(&page, None, self.bounds) {
            let pointer = Pointer { url: address, title: None, media_type: None, place: Place::Link };
            return Ok(vec![Candidate::read(pointer, &page, &feed, None)]);
        }
        let itself = Pointer { url: address, title: None, media_type: None, place: Place::Page };
        let mut candidates = Vec::new();
        for (number, pointer) in discovery::feeds(&page).into_iter().enumerate() {
            let candidate = if number < LOOKED_AT {
                self.look(pointer, &page.url).await
            } else {
                Candidate { pointer, moved_to: None, outcome: Err("not looked at: there are too many".into()) }
            };
            candidates.push(candidate);
        }
        if !candidates.iter().any(|candidate| candidate.feed().is_some()) {
            for pointer in discovery::guesses(&page.url) {
                if candidates.iter().any(|candidate| candidate.pointer.url == pointer.url) {
                    continue;
                }
                let candidate = self.look(pointer, &page.url).await;
                // Nobody said that there is anything: one answer is enough, and failures say nothing.
                if candidate.feed().is_some() {
                    candidates.push(candidate);
                    break;
                }
            }
        }
        // A page that is a feed by its own markup comes after every feed that is one for machines.
        if !candidates.iter().any(|candidate| candidate.pointer.url == itself.url)
            && let Ok(feed) = parse::feed(&page, None, self.bounds, html::bounded)
        {
            candidates.push(Candidate::read(itself, &page, &feed, Some(&page.url)));
        }
        Ok(candidates)
    }

    async fn look(&mut self, pointer: Pointer, page: &Url) -> Candidate {
        match self.get(&pointer.url).await {
            Err(error) => Candidate { pointer, moved_to: None, outcome: Err(error.message) },
            Ok(document) => match parse::feed(&document, None, self.bounds, html::bounded) {
                Ok(feed) => Candidate::read(pointer, &document, &feed, Some(page)),
                Err(unreadable) => Candidate { pointer, moved_to: None, outcome: Err(unreadable.message) },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::feed_address;

    #[test]
    fn addresses_as_people_write_them() {
        for (written, expected) in [
            ("https://hewan.example/a#b", Some("https://hewan.example/a")),
            (" hewan.example ", Some("https://hewan.example/")),
            ("hewan.example:8080/rss", Some("https://hewan.example:8080/rss")),
            ("feed://hewan.example/rss", Some("http://hewan.example/rss")),
            ("feed:https://hewan.example/rss", Some("https://hewan.example/rss")),
            ("河湾.example/新闻", Some("https://xn--ovw41b.example/%E6%96%B0%E9%97%BB")),
            ("ftp://hewan.example/", None),
            ("https://wei:hush@hewan.example/", None),
            ("", None),
            ("https://", None),
        ] {
            let address = feed_address(written);
            assert_eq!(address.as_ref().ok().map(url::Url::as_str), expected, "{written}");
            assert!(!address.is_err_and(|error| error.contains("hush")));
        }
    }
}
