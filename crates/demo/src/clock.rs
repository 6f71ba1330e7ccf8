//! Clock and chance of a demo: they follow a script while the past is made, and the world afterwards.

use std::sync::{Mutex, MutexGuard, PoisonError};

use kernel::{Clock, IdSource, MovableClock, RandomIds, SeededIds, SystemClock};
use time::{Duration, OffsetDateTime};

/// A clock that stands where it is put until it is let run; then it goes like the machine's, ahead of it or behind
/// by as much as somebody moved it.
#[derive(Debug)]
pub struct DemoClock(Mutex<Hands>);

#[derive(Clone, Copy, Debug)]
enum Hands {
    /// It stands; once it runs, it will be so far ahead.
    Standing(OffsetDateTime, Duration),
    /// It runs, so far ahead of the machine's.
    Running(Duration),
}

impl DemoClock {
    /// Stands at the given instant; once it is let run, it is so far ahead of the machine's.
    pub fn standing_at(at: OffsetDateTime, ahead: Duration) -> Self {
        Self(Mutex::new(Hands::Standing(at, ahead)))
    }

    /// Runs, so far ahead of the machine's.
    pub fn running(ahead: Duration) -> Self {
        Self(Mutex::new(Hands::Running(ahead)))
    }

    /// Puts the clock to an instant. It never goes back while it stands, as no later record may be older.
    pub fn put(&self, at: OffsetDateTime) {
        self.forward(at);
    }

    /// From here on it runs.
    pub fn run(&self) {
        let mut hands = lock(&self.0);
        if let Hands::Standing(_, ahead) = *hands {
            *hands = Hands::Running(ahead);
        }
    }

    /// From here on it runs so far ahead of the machine's: for taking up a demo that was stopped.
    pub fn resume(&self, ahead: Duration) {
        *lock(&self.0) = Hands::Running(ahead);
    }
}

impl Clock for DemoClock {
    fn now(&self) -> OffsetDateTime {
        lock(&self.0).now()
    }
}

impl MovableClock for DemoClock {
    fn forward(&self, to: OffsetDateTime) {
        let mut hands = lock(&self.0);
        let later = to.max(hands.now());
        *hands = match *hands {
            Hands::Standing(_, ahead) => Hands::Standing(later, ahead),
            Hands::Running(_) => Hands::Running(later - SystemClock.now()),
        };
    }
}

impl Hands {
    fn now(self) -> OffsetDateTime {
        match self {
            Self::Standing(at, _) => at,
            Self::Running(ahead) => SystemClock.now() + ahead,
        }
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
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_standing_clock_moves_forward_only_and_runs_at_last() {
        let start = datetime!(2026-05-06 09:00 +8);
        let clock = DemoClock::standing_at(start, Duration::ZERO);
        clock.put(start + Duration::HOUR);
        clock.put(start);
        assert_eq!(clock.now(), start + Duration::HOUR);
        clock.run();
        assert!(clock.now() > datetime!(2026-05-06 12:00 UTC));
    }

    #[test]
    fn a_running_clock_keeps_its_lead_and_is_moved_forward_only() {
        let clock = DemoClock::standing_at(datetime!(2030-01-01 09:00 +8), Duration::days(400));
        clock.run();
        let lead = clock.now() - SystemClock.now();
        assert!((lead - Duration::days(400)).abs() < Duration::MINUTE, "{lead}");
        let later = clock.now() + Duration::days(30);
        clock.forward(later);
        clock.forward(later - Duration::days(10));
        assert!(clock.now() >= later && clock.now() < later + Duration::MINUTE);
        clock.resume(Duration::ZERO);
        assert!(clock.now() < later);
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
