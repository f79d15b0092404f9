//! What the store remembers of the sources of feeds.toml: after edits of that file, and after the clock was set.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::{DaemonError, SET_BACK};
use crate::config::{Config, Outlet};
use crate::model::PollState;
use crate::pipeline::Stages;
use crate::store::Store;

/// An outlet whose `id` in feeds.toml is another than before is the same outlet: what was stored of it goes with it, for ids of articles never
/// change. It is known by an address it is polled at, and only where nothing contradicts: the old id is gone from feeds.toml, and nothing was
/// stored under the new one.
///
/// A feed of an outlet that is at another address than before is the same feed, too, where just one is gone and just one is new.
pub(super) async fn adopt(store: &Store, config: &Config) -> Result<(), DaemonError> {
    for (from, to) in renamed(&store.poll_states().await?, config) {
        if store.rename_outlet(&from, &to).await? {
            tracing::info!(from, to, "the outlet has another id in feeds.toml; its articles keep theirs");
        }
    }
    for (outlet, from, to) in moved(&store.poll_states().await?, config) {
        store.move_feed(outlet, from, to).await?;
        tracing::info!(outlet, %from, %to, "the feed has another address in feeds.toml; its articles are known");
    }
    Ok(())
}

/// Outlets with a feed that is at another address now, with the old address and the new one.
fn moved<'a>(states: &'a [PollState], config: &'a Config) -> Vec<(&'a str, &'a Url, &'a Url)> {
    let mut stored: BTreeMap<&str, BTreeSet<&Url>> = BTreeMap::new();
    for state in states {
        stored.entry(&state.outlet).or_default().insert(&state.source);
    }
    let of = |outlet: &'a Outlet| {
        let stored = stored.get(outlet.id.as_str())?;
        let configured: BTreeSet<&Url> = outlet.sources().collect();
        let only = |mut addresses: Vec<&'a Url>| addresses.pop().filter(|_| addresses.is_empty());
        let from = only(stored.difference(&configured).copied().collect())?;
        let to = only(configured.difference(stored).copied().collect())?;
        Some((outlet.id.as_str(), from, to))
    };
    config.outlets.iter().filter_map(of).collect()
}

/// Old and new ids of outlets that were renamed.
fn renamed(states: &[PollState], config: &Config) -> Vec<(String, String)> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let known: BTreeSet<&str> = states.iter().map(|state| state.outlet.as_str()).collect();
    let now: BTreeMap<&Url, &str> = config
        .outlets
        .iter()
        .filter(|outlet| !known.contains(outlet.id.as_str()))
        .flat_map(|outlet| outlet.sources().map(|source| (source, outlet.id.as_str())))
        .collect();
    for state in states.iter().filter(|state| config.outlet(&state.outlet).is_none()) {
        if let Some(to) = now.get(&state.source) {
            found.entry(to).or_default().insert(&state.outlet);
        }
    }
    // One that was split into two, or two that became one, are other outlets.
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    for from in found.values().flatten() {
        *taken.entry(from).or_default() += 1;
    }
    let only = |(to, from): (&&str, &BTreeSet<&str>)| {
        let first = from.first().filter(|first| from.len() == 1 && taken.get(**first) == Some(&1))?;
        Some(((*first).to_owned(), (*to).to_owned()))
    };
    found.iter().filter_map(only).collect()
}

/// States of the configured sources: what the store remembers, and a fresh one for what it does not know.
pub async fn poll_states(stages: &Stages, now: DateTime<Utc>) -> Result<Vec<PollState>, DaemonError> {
    let mut known: BTreeMap<(String, Url), PollState> = BTreeMap::new();
    for state in stages.store.poll_states().await? {
        known.insert((state.outlet.clone(), state.source.clone()), state);
    }
    let sources = stages.config.outlets.iter().flat_map(|outlet| outlet.sources().map(move |source| (outlet, source)));
    Ok(sources
        .map(|(outlet, feed)| {
            let mut state =
                known.remove(&(outlet.id.clone(), feed.clone())).unwrap_or_else(|| PollState::new(&outlet.id, feed.clone(), now));
            mend_clock(&mut state, now);
            state
        })
        .collect())
}

/// A clock that was set back must not leave a source unasked until the old time comes round again: the pause it had left is kept, from now.
pub(super) fn mend_clock(state: &mut PollState, now: DateTime<Utc>) {
    if let Some(last) = state.last_attempt
        && last > now + SET_BACK
    {
        tracing::warn!(outlet = state.outlet, %last, %now, "the clock was set back; keeping the pause that was left");
        state.next_poll = now + (state.next_poll - last).max(TimeDelta::zero());
        state.last_attempt = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    fn config(outlets: &[(&str, &[&str])]) -> Config {
        let mut toml = String::from("[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n");
        for (id, feeds) in outlets {
            toml.push_str(&format!("[[outlet]]\nid = \"{id}\"\nname = \"The {id}\"\nfeeds = {feeds:?}\n"));
        }
        config::parse("feeds.toml", &toml).unwrap_or_else(|error| panic!("{error}"))
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn state(outlet: &str, feed: &str) -> PollState {
        PollState::new(outlet, feed.parse().expect("an address"), at("2026-03-01T08:00:00Z"))
    }

    const A: &str = "https://a.example/rss";
    const B: &str = "https://b.example/rss";
    const C: &str = "https://c.example/rss";

    #[track_caller]
    fn check_renamed(stored: &[(&str, &str)], outlets: &[(&str, &[&str])], expected: &[(&str, &str)]) {
        let states: Vec<PollState> = stored.iter().map(|(outlet, feed)| state(outlet, feed)).collect();
        let got = renamed(&states, &config(outlets));
        let got: Vec<(&str, &str)> = got.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn a_renamed_outlet_is_known_by_its_addresses() {
        check_renamed(&[("old", A)], &[("new", &[A])], &[("old", "new")]);
        check_renamed(&[("old", A), ("old", B)], &[("new", &[B, C])], &[("old", "new")]);
        check_renamed(&[("old", A), ("other", B)], &[("new", &[A]), ("other", &[B])], &[("old", "new")]);
        check_renamed(&[("one", A), ("two", B)], &[("a", &[A]), ("b", &[B])], &[("one", "a"), ("two", "b")]);
        // Nothing has another id, or nothing in common.
        check_renamed(&[("old", A)], &[("old", &[A])], &[]);
        check_renamed(&[("old", A)], &[("new", &[B])], &[]);
        check_renamed(&[], &[("new", &[A])], &[]);
        // The old one is still there, and only a feed of it went elsewhere.
        check_renamed(&[("old", A), ("old", B)], &[("old", &[A]), ("new", &[B])], &[]);
        // The new one is not new.
        check_renamed(&[("old", A), ("new", B)], &[("new", &[A, B])], &[]);
        // Two that became one, and one that became two.
        check_renamed(&[("one", A), ("two", B)], &[("new", &[A, B])], &[]);
        check_renamed(&[("old", A), ("old", B)], &[("a", &[A]), ("b", &[B])], &[]);
    }

    #[track_caller]
    fn check_moved(stored: &[(&str, &str)], outlets: &[(&str, &[&str])], expected: &[(&str, &str, &str)]) {
        let states: Vec<PollState> = stored.iter().map(|(outlet, feed)| state(outlet, feed)).collect();
        let config = config(outlets);
        let got: Vec<_> = moved(&states, &config).into_iter().map(|(id, from, to)| (id, from.as_str(), to.as_str())).collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn a_feed_that_moved_is_known_where_nothing_else_did() {
        check_moved(&[("bay", A)], &[("bay", &[B])], &[("bay", A, B)]);
        check_moved(&[("bay", A), ("bay", B)], &[("bay", &[C, B])], &[("bay", A, C)]);
        check_moved(&[("bay", A)], &[("bay", &[A])], &[]);
        check_moved(&[("bay", A)], &[("bay", &[A, B])], &[]);
        check_moved(&[("bay", A), ("bay", B)], &[("bay", &[A])], &[]);
        check_moved(&[("bay", A), ("bay", B)], &[("bay", &[C])], &[]);
        check_moved(&[("bay", A)], &[("bay", &[B, C])], &[]);
        check_moved(&[("bay", A)], &[("pier", &[B])], &[]);
    }

    #[test]
    fn a_clock_set_back_keeps_the_pause_that_was_left() {
        let mut state = state("bay", A);
        state.last_attempt = Some(at("2027-03-01T08:00:00Z"));
        state.next_poll = at("2027-03-01T08:30:00Z");
        mend_clock(&mut state, at("2026-03-01T08:00:00Z"));
        assert_eq!(state.next_poll, at("2026-03-01T08:30:00Z"));
        mend_clock(&mut state, at("2026-03-01T08:00:30Z"));
        assert_eq!(state.next_poll, at("2026-03-01T08:30:00Z"));
    }
}
