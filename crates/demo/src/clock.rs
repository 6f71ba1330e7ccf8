//! Clock and chance of a demo: they follow a script while the past is made, and the world afterwards.

use std::sync::{Mutex, MutexGuard, PoisonError};

use kernel::{Clock, IdSource, RandomIds, SeededIds, SystemClock};
use time::OffsetDateTime;

/// A clock that stands where it is put until it is let run; then it is the machine's clock.
#[derive(Debug)]
pub struct DemoClock(Mutex<Option<OffsetDateTime>>);

impl DemoClock {
    /// Stands at the given instant.
    pub fn standing_at(at: OffsetDateTime) -> Self {
        Self(Mutex::new(Some(at)))
    }

    /// Puts the clock to an instant. It never goes back while it stands, as no later record may be older.
    pub fn put(&self, at: OffsetDateTime) {
        let mut standing = lock(&self.0);
        let later = standing.map_or(at, |now| now.max(at));
        *standing = Some(later);
    }

    /// From here on it is the machine's clock.
    pub fn run(&self) {
        *lock(&self.0) = None;
    }
}

impl Clock for DemoClock {
    fn now(&self) -> OffsetDateTime {
        let standing = *lock(&self.0);
        standing.unwrap_or_else(|| SystemClock.now())
    }
}

/// Identifiers from the operating system, but for the time in which a city is made: then from its seed. Keys,
/// sessions and tokens are made before or after, never from the seed.
#[derive(Debug, Default)]
pub struct DemoIds(Mutex<Option<SeededIds>>);

impl DemoIds {
    /// From here on everything follows from the seed.
    pub fn follow(&self, seed: u64) {
        *lock(&self.0) = Some(SeededIds::new(seed));
    }

    /// From here on nobody can tell the next one.
    pub fn release(&self) {
        *lock(&self.0) = None;
    }
}

impl IdSource for DemoIds {
    fn fill(&self, bytes: &mut [u8]) {
        match lock(&self.0).as_ref() {
            Some(seeded) => seeded.fill(bytes),
            None => RandomIds.fill(bytes),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    #[test]
    fn a_standing_clock_moves_forward_only_and_runs_at_last() {
        let start = datetime!(2026-05-06 09:00 +8);
        let clock = DemoClock::standing_at(start);
        clock.put(start + Duration::HOUR);
        clock.put(start);
        assert_eq!(clock.now(), start + Duration::HOUR);
        clock.run();
        assert!(clock.now() > datetime!(2026-05-06 12:00 UTC));
    }

    #[test]
    fn identifiers_follow_the_seed_only_while_told_to() {
        let draw = |ids: &DemoIds| {
            let mut bytes = [0; 16];
            ids.fill(&mut bytes);
            bytes
        };
        let (one, other) = (DemoIds::default(), DemoIds::default());
        assert_ne!(draw(&one), draw(&other));
        one.follow(7);
        other.follow(7);
        assert_eq!(draw(&one), draw(&other));
        one.release();
        other.release();
        assert_ne!(draw(&one), draw(&other));
    }
}
