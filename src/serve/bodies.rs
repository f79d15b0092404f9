//! How much of request bodies is held at once, of all connections together: each has its bound, but there are thousands of connections.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of a body that are not counted: small ones are taken however many there are.
const SMALL: usize = 64 * 1024;

/// Bytes beyond those, of all bodies together.
const MOST: usize = 64 << 20;

/// What all bodies hold.
#[derive(Debug, Default)]
pub(super) struct Bodies(AtomicUsize);

/// What one body holds; given back when dropped.
#[derive(Debug)]
pub(super) struct Share<'a> {
    of: &'a Bodies,
    bytes: usize,
}

impl Bodies {
    /// Of a body of which nothing has come.
    pub(super) fn share(&self) -> Share<'_> {
        Share { of: self, bytes: 0 }
    }
}

impl Share<'_> {
    /// The body holds so many bytes now; false when there is no room for them.
    pub(super) fn grow(&mut self, held: usize) -> bool {
        let more = held.saturating_sub(SMALL).saturating_sub(self.bytes);
        if more == 0 {
            return true;
        }
        self.bytes += more;
        self.of.0.fetch_add(more, Ordering::Relaxed) + more <= MOST
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.of.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w03_large_bodies_have_a_bound_together_and_small_ones_none() {
        let bodies = Bodies::default();
        let grown = |held: usize| {
            let mut share = bodies.share();
            share.grow(held / 2).then_some(())?;
            share.grow(held).then_some(share)
        };
        let large: Vec<_> = (0..64).filter_map(|_| grown(SMALL + (1 << 20))).collect();
        assert_eq!(large.len(), 64);
        assert!(grown(SMALL + 1).is_none());
        assert!((0..10_000).all(|_| grown(SMALL).is_some()));
        drop(large);
        assert!(grown(SMALL + MOST).is_some());
        assert_eq!(bodies.0.into_inner(), 0, "all is given back");
    }
}
