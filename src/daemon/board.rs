//! What the daemon has done since it started: counters for `/metrics`, and polls by the hour for the charts of `/status`. In memory: what has to
//! survive a restart is in the store.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::pipeline::{FeedFigures, Polled};
use crate::render::HOURS;

/// How a poll ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Something was new or changed for readers.
    Changed,
    /// The partner answered, and there was nothing new.
    Unchanged,
    /// It did not bring anything that could be read, or could not be recorded.
    Failed,
}

impl Ended {
    pub(super) const ALL: [(Ended, &'static str); 3] =
        [(Ended::Changed, "changed"), (Ended::Unchanged, "unchanged"), (Ended::Failed, "failed")];
}

/// Counters of an outlet.
#[derive(Debug, Clone, Default)]
pub(super) struct OutletCounts {
    /// In the order of [`Ended::ALL`].
    pub(super) polls: [u64; 3],
    /// Articles new to readers.
    pub(super) new: u64,
    /// Articles that changed for readers.
    pub(super) edited: u64,
    /// Articles of other outlets that came from this one too.
    pub(super) joined: u64,
    /// Bytes of documents, decoded.
    pub(super) received: u64,
    /// Polls by the hour (hours since 1970), in the order of [`Ended::ALL`].
    hours: BTreeMap<i64, [u32; 3]>,
}

/// How long things took: counts up to each of [`Spans::BOUNDS`], and above.
#[derive(Debug, Default)]
pub(super) struct Spans {
    counts: [AtomicU64; Spans::BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Spans {
    /// Seconds.
    pub(super) const BOUNDS: [f64; 10] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

    pub(super) fn add(&self, span: Duration) {
        let place = Self::BOUNDS.iter().position(|bound| span.as_secs_f64() <= *bound).unwrap_or(Self::BOUNDS.len());
        self.counts[place].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(span.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// How many took no longer than each bound, how many there were, and how many seconds they took together.
    pub(super) fn cumulative(&self) -> (Vec<(f64, u64)>, u64, f64) {
        let counts: Vec<u64> = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let mut sum = 0;
        let up_to = Self::BOUNDS.iter().zip(&counts).map(|(bound, count)| {
            sum += count;
            (*bound, sum)
        });
        let up_to: Vec<(f64, u64)> = up_to.collect();
        let all = counts.iter().sum();
        (up_to, all, self.micros.load(Ordering::Relaxed) as f64 / 1e6)
    }
}

/// All counters.
#[derive(Debug, Default)]
pub(super) struct Board {
    outlets: Mutex<BTreeMap<String, OutletCounts>>,
    feeds: Mutex<BTreeMap<String, FeedFigures>>,
    pub(super) poll_spans: Spans,
    pub(super) publish_spans: Spans,
    pub(super) published: AtomicU64,
    pub(super) rejected: AtomicU64,
    pub(super) translated: AtomicU64,
    pub(super) untranslated: AtomicU64,
}

impl Board {
    fn outlets(&self) -> MutexGuard<'_, BTreeMap<String, OutletCounts>> {
        self.outlets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A poll has ended; `None`: it could not be recorded.
    pub(super) fn polled(&self, outlet: &str, polled: Option<&Polled>, now: DateTime<Utc>) {
        let ended = match polled {
            Some(polled) if polled.state.problem.is_none() => {
                if polled.change.is_visible() {
                    Ended::Changed
                } else {
                    Ended::Unchanged
                }
            }
            _ => Ended::Failed,
        };
        let hour = hour(now);
        let mut outlets = self.outlets();
        let counts = outlets.entry(outlet.to_owned()).or_default();
        let place = ended as usize;
        counts.polls[place] += 1;
        if let Some(polled) = polled {
            let number = |keys: &[String]| u64::try_from(keys.len()).unwrap_or(u64::MAX);
            counts.new += number(&polled.change.new);
            counts.edited += number(&polled.change.changed);
            counts.joined += number(&polled.change.joined);
            counts.received += u64::try_from(polled.received).unwrap_or(u64::MAX);
        }
        let of_hour = &mut counts.hours.entry(hour).or_default()[place];
        *of_hour = of_hour.saturating_add(1);
        // Hours to come are those of a clock that was set back.
        counts.hours.retain(|old, _| *old > hour - HOURS as i64 && *old <= hour);
    }

    /// Feeds were made, and show this.
    pub(super) fn shown(&self, feeds: &[FeedFigures]) {
        let mut shown = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        shown.extend(feeds.iter().map(|feed| (feed.id.clone(), feed.clone())));
    }

    /// What every feed shows that was made since the start.
    pub(super) fn feeds(&self) -> BTreeMap<String, FeedFigures> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The counters of every outlet that was polled.
    pub(super) fn counts(&self) -> Vec<(String, OutletCounts)> {
        self.outlets().iter().map(|(outlet, counts)| (outlet.clone(), counts.clone())).collect()
    }

    /// Polls of an outlet in each of the last [`HOURS`] hours, the oldest first, in the order of [`Ended::ALL`].
    pub(super) fn hourly(&self, outlet: &str, now: DateTime<Utc>) -> Vec<[u32; 3]> {
        let last = hour(now);
        let outlets = self.outlets();
        let hours = outlets.get(outlet).map(|counts| &counts.hours);
        let of = |hour| hours.and_then(|hours| hours.get(&hour)).copied().unwrap_or_default();
        (last + 1 - HOURS as i64..=last).map(of).collect()
    }
}

/// The hour a time is in, since 1970.
pub(super) fn hour(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_are_counted_by_the_hour_for_two_days() {
        let board = Board::default();
        let at = |hour: i64| DateTime::from_timestamp(hour * 3600 + 60, 0).expect("a time");
        for hour in [100, 100, 101, 148, 200] {
            board.polled("bay", None, at(hour));
        }
        let hours = board.hourly("bay", at(148));
        assert_eq!(hours.len(), HOURS);
        assert_eq!(hours.iter().flatten().sum::<u32>(), 0, "what is older than two days at the last poll is forgotten");
        let hours = board.hourly("bay", at(201));
        assert_eq!((hours[HOURS - 2], hours[HOURS - 1]), ([0, 0, 1], [0, 0, 0]));
        assert_eq!(board.counts()[0].1.polls, [0, 0, 5]);
        assert_eq!(board.hourly("pier", at(201)), [[0; 3]; HOURS]);
    }

    #[test]
    fn spans_add_up() {
        let spans = Spans::default();
        for millis in [5, 10, 11, 600, 60_000] {
            spans.add(Duration::from_millis(millis));
        }
        let (up_to, all, seconds) = spans.cumulative();
        assert_eq!(up_to.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [2, 3, 3, 3, 3, 4, 4, 4, 4, 4]);
        assert_eq!((all, seconds), (5, 60.626));
    }
}
