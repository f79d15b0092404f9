//! The deadlines of a connection, with one timer each.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep};

/// A timer for deadlines that mostly move away. It fires at or before the next deadline and is not moved when that moves, only looked at
/// again when it fires: a busy connection never touches the timer wheel.
#[derive(Debug)]
pub(super) struct Deadline {
    timer: Pin<Box<Sleep>>,
    /// The timer knows whom to wake: nothing has to be asked of it before it fires.
    armed: bool,
}

impl Deadline {
    /// The first one is expected then.
    pub(super) fn new(first: Instant) -> Self {
        Self { timer: Box::pin(tokio::time::sleep_until(first)), armed: false }
    }

    /// Ready once `deadline` has passed; otherwise the task, always the same one, is woken by then.
    pub(super) fn poll(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        if self.timer.deadline() > deadline {
            self.timer.as_mut().reset(deadline);
            self.armed = false;
        }
        if self.armed && !self.timer.is_elapsed() {
            return Poll::Pending;
        }
        // Without budget a poll says "later" and has registered nothing.
        let budget = tokio::task::coop::has_budget_remaining();
        while self.timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(deadline);
        }
        self.armed = budget;
        Poll::Pending
    }
}
