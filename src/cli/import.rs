//! `reprint import FILE.opml`: every feed of a list of subscriptions as an outlet.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use url::Url;

use super::add::{feed_address, open, save};
use super::{Failure, say, tell};
use crate::config::{NewOutlet, Refused};
use crate::normalize::{language, text};
use crate::parse::{self, Subscription};

/// Largest list that is read, bytes.
const LARGEST: u64 = 8 << 20;

pub(super) fn run(list: &Path, path: &Path) -> Result<(), Failure> {
    let mut draft = open(path)?;
    let name = list.display();
    let mut bytes = Vec::new();
    std::fs::File::open(list)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| Failure::failed(format!("cannot read {name}: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Failure::failed(format!("{name} is larger than 8 MiB: this cannot be a list of subscriptions")));
    }
    let list = parse::subscriptions(&bytes).map_err(|unreadable| Failure::failed(format!("{name}: {}", unreadable.message)))?;

    let mut broken = list.broken;
    let mut outlets: Vec<(usize, NewOutlet)> = Vec::new();
    let mut by_id: HashMap<String, usize> = HashMap::new();
    for feed in list.feeds {
        let address = match feed_address(&feed.address) {
            Ok(address) => address,
            Err(what) => {
                broken.push((feed.line, what));
                continue;
            }
        };
        if let Err(what) = draft.check_address(&address) {
            broken.push((feed.line, what));
            continue;
        }
        match feed.outlet.as_ref().and_then(|id| by_id.get(id)).and_then(|index| outlets.get_mut(*index)) {
            Some((_, outlet)) => outlet.feeds.push(address),
            None => {
                if let Some(id) = &feed.outlet {
                    by_id.insert(id.clone(), outlets.len());
                }
                outlets.push((feed.line, outlet(feed, address)));
            }
        }
    }
    let (mut added, mut known) = (0, 0);
    let mut lines = Vec::new();
    for (line, outlet) in outlets {
        match draft.add(&outlet) {
            Ok(id) => {
                added += 1;
                lines.push(format!("{id}\t{}", outlet.name));
            }
            Err(Refused::Known(_)) => known += 1,
            Err(Refused::Wrong(what)) => broken.push((line, what)),
        }
    }
    if added > 0 {
        save(&draft, path)?;
    }
    for line in lines {
        say(line);
    }
    broken.sort_by_key(|(line, _)| *line);
    for (line, what) in &broken {
        tell(format_args!("{name}:{line}: left out: {what}"));
    }
    let outlets = |number: usize| if number == 1 { "1 outlet".to_owned() } else { format!("{number} outlets") };
    let summary = format!("{} added to {}, {known} already there, {} left out", outlets(added), path.display(), broken.len());
    if added + known == 0 {
        return Err(Failure::failed(if broken.is_empty() { format!("{name} lists no feeds") } else { summary }));
    }
    tell(summary);
    Ok(())
}

fn outlet(feed: Subscription, address: Url) -> NewOutlet {
    let name = feed.name.as_deref().map(text::clean).filter(|name| !name.is_empty());
    let host = || address.host_str().unwrap_or_default().to_owned();
    // A list of ours has tags as an admin wrote them; others have whatever their feeds said.
    let language = if feed.outlet.is_some() { feed.language } else { feed.language.as_deref().and_then(language::tag) };
    NewOutlet {
        id: feed.outlet,
        name: text::shorten(&name.unwrap_or_else(host), 200),
        homepage: feed.homepage.as_deref().and_then(|written| Url::parse(written).ok()),
        language,
        feeds: vec![address],
    }
}
