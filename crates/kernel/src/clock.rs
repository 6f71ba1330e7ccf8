//! The injected clock. Rules take `now`; only the edges ask a clock.

use std::sync::Mutex;

use time::{Duration, OffsetDateTime};

/// Source of the present instant, in UTC.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> OffsetDateTime;
}

/// A clock that somebody may move on, in tests and in a demo. It is never moved back: no later record may be older.
pub trait MovableClock: Clock {
    /// Moves it on to an instant; one that has passed changes nothing.
    fn forward(&self, to: OffsetDateTime);
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that reads the wall clock"
    )]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// A clock that stands still until it is moved: for tests and for living through years in the demo.
#[derive(Debug)]
pub struct FixedClock(Mutex<OffsetDateTime>);

impl FixedClock {
    /// Starts at the given instant.
    pub fn at(now: OffsetDateTime) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        *self.lock() += by;
    }

    /// Sets the clock.
    pub fn set(&self, now: OffsetDateTime) {
        *self.lock() = now;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, OffsetDateTime> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for FixedClock {
    fn now(&self) -> OffsetDateTime {
        *self.lock()
    }
}

impl MovableClock for FixedClock {
    fn forward(&self, to: OffsetDateTime) {
        let mut now = self.lock();
        *now = to.max(*now);
    }
}
