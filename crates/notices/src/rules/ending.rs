//! What an attempt comes to.

use kernel::Moment;
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::model::DeliveryState;

/// How long a delivery is tried, a rule file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Attempts before it is a dead letter.
    pub attempts: i64,
    /// Minutes before the second attempt; doubled for each further one.
    pub first_pause_minutes: i64,
    /// Minutes between two attempts at most.
    pub longest_pause_minutes: i64,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The other side took it.
    Taken,
    /// It may go better later.
    Later(String),
    /// It never will: wrong address, refused content.
    Never(String),
    /// The connection broke while it was under way: it may have arrived.
    Unclear(String),
}

/// Where a delivery is after an attempt, and when it is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The state.
    pub state: DeliveryState,
    /// The next attempt.
    pub again: Option<Moment>,
    /// What went wrong.
    pub error: Option<String>,
}

/// What follows from the attempt number `attempts`, counted from 1, that ended at `now`.
pub fn after(attempt: Attempt, attempts: i64, now: Moment, policy: &Policy) -> Verdict {
    let (state, again, error) = match attempt {
        Attempt::Taken => (DeliveryState::Sent, None, None),
        Attempt::Never(why) => (DeliveryState::Dead, None, Some(why)),
        Attempt::Unclear(why) => (DeliveryState::Unknown, None, Some(why)),
        Attempt::Later(why) if attempts >= policy.attempts => (DeliveryState::Dead, None, Some(why)),
        Attempt::Later(why) => {
            let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(20);
            let pause = policy.first_pause_minutes.saturating_mul(1 << doublings);
            let pause = Duration::minutes(pause.min(policy.longest_pause_minutes));
            (DeliveryState::Failed, Some(now.plus(pause)), Some(why))
        }
    };
    Verdict { state, again, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy {
        attempts: 5,
        first_pause_minutes: 1,
        longest_pause_minutes: 6,
    };

    #[test]
    fn pauses_grow_and_end() {
        let later = || Attempt::Later("busy".into());
        let pauses: Vec<_> = (1..=5)
            .map(|attempts| after(later(), attempts, Moment(0), &POLICY))
            .map(|verdict| (verdict.state, verdict.again.map(|at| at.0 / 60_000)))
            .collect();
        let failed = |minutes| (DeliveryState::Failed, Some(minutes));
        assert_eq!(
            pauses,
            [
                failed(1),
                failed(2),
                failed(4),
                failed(6),
                (DeliveryState::Dead, None)
            ]
        );
        assert_eq!(
            after(Attempt::Never("no".into()), 1, Moment(0), &POLICY).state,
            DeliveryState::Dead
        );
        let unclear = after(Attempt::Unclear("cut".into()), 1, Moment(0), &POLICY);
        assert_eq!(
            (unclear.state, unclear.again),
            (DeliveryState::Unknown, None),
            "never sent twice"
        );
        let taken = after(Attempt::Taken, 5, Moment(0), &POLICY);
        assert_eq!(
            (taken.state, taken.again, taken.error),
            (DeliveryState::Sent, None, None)
        );
        assert!(
            after(
                later(),
                i64::MAX - 1,
                Moment(0),
                &Policy {
                    attempts: i64::MAX,
                    ..POLICY
                }
            )
            .again
            .is_some()
        );
    }
}
