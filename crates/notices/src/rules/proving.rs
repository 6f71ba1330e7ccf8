//! Whether a code may be asked for, and what an entered one comes to.

use data_encoding::HEXLOWER;
use kernel::Moment;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use time::Duration;

use crate::model::{AskedCode, Code, DeliveryId, MadeCode};

/// How addresses are proved, a rule file. None of its figures is from the law.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofRules {
    /// Where the figures come from.
    pub basis: String,
    /// How long a code holds after it left, in minutes.
    pub valid_minutes: i64,
    /// How often it may be entered.
    pub attempts: i64,
    /// Seconds between two codes at least.
    pub pause_seconds: i64,
    /// Codes within 24 hours at most.
    pub codes_a_day: usize,
    /// The words of the message.
    pub words: ProofWords,
}

/// The words of the message that carries a code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofWords {
    /// One line, without the code: administrators see it.
    pub title: String,
    /// How somebody is greeted whose name is not known: it may be a stranger.
    pub greeting: String,
    /// The text, with `{site}`, `{login}`, `{code}` and `{minutes}`.
    pub text: String,
    /// The same for a short message.
    pub short: String,
}

/// Why an entered code proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeRefusal {
    /// None was asked for, or it has not left yet.
    NotSent,
    /// It came too late.
    Expired,
    /// It was entered too often.
    UsedUp,
    /// It is another one.
    Wrong {
        /// How often one may still be entered.
        left: i64,
    },
}

/// When the next code may be asked for, after those of the last 24 hours; `None`: at once.
pub fn next_code(asked: &[Moment], now: Moment, rules: &ProofRules) -> Option<Moment> {
    let mut newest_first = asked.to_vec();
    newest_first.sort_unstable_by(|one, other| other.cmp(one));
    let pause = newest_first
        .first()
        .map(|last| last.plus(Duration::seconds(rules.pause_seconds)));
    // The day is full as long as the oldest of the last so many lies within it.
    let full = rules
        .codes_a_day
        .checked_sub(1)
        .and_then(|index| newest_first.get(index))
        .map(|oldest| oldest.plus(Duration::days(1)));
    pause.max(full).filter(|again| *again > now)
}

/// Until when the code that left last holds; `None` while none has.
pub fn valid_until(code: &AskedCode, rules: &ProofRules) -> Option<Moment> {
    code.made.last().map(|made| end_of(made, rules))
}

fn end_of(made: &MadeCode, rules: &ProofRules) -> Moment {
    made.at.plus(Duration::minutes(rules.valid_minutes))
}

/// The codes that hold once another one leaves.
pub fn with_code(code: &AskedCode, fresh: &Code, now: Moment, rules: &ProofRules) -> Vec<MadeCode> {
    let fresh = MadeCode {
        at: now,
        hash: code_hash(code.delivery, fresh),
    };
    let made = code.made.iter().filter(|made| end_of(made, rules) > now);
    made.cloned().chain([fresh]).collect()
}

/// What an entered code comes to; `attempts` counts this one.
///
/// # Errors
/// [`CodeRefusal`] says why it proves nothing.
pub fn judge(
    code: &AskedCode,
    entered: &Code,
    attempts: i64,
    now: Moment,
    rules: &ProofRules,
) -> Result<(), CodeRefusal> {
    let until = valid_until(code, rules).ok_or(CodeRefusal::NotSent)?;
    if now >= until {
        return Err(CodeRefusal::Expired);
    }
    if attempts > rules.attempts {
        return Err(CodeRefusal::UsedUp);
    }
    let hash = code_hash(code.delivery, entered);
    match code.made.iter().find(|made| made.hash == hash) {
        Some(made) if now >= end_of(made, rules) => Err(CodeRefusal::Expired),
        Some(_) => Ok(()),
        None => Err(CodeRefusal::Wrong {
            left: rules.attempts - attempts,
        }),
    }
}

/// How a code is kept: as the digest of it and of the message that carries it.
fn code_hash(delivery: DeliveryId, code: &Code) -> String {
    HEXLOWER.encode(&Sha256::digest(format!("{delivery}:{}", code.as_str())))
}

/// How long something takes, for people: 43 秒, 12 分钟, 5 小时. Never less than it takes.
pub fn wait_words(wait: Duration) -> String {
    let seconds = whole_seconds(wait);
    match seconds {
        ..120 => format!("{seconds} 秒"),
        120..=7200 => format!("{} 分钟", (seconds + 59) / 60),
        _ => format!("{} 小时", (seconds + 3599) / 3600),
    }
}

/// Seconds until something, rounded up, at least one.
pub fn whole_seconds(wait: Duration) -> i64 {
    let begun = i64::from(wait.subsec_nanoseconds() > 0);
    (wait.whole_seconds() + begun).max(1)
}

#[cfg(test)]
mod tests {
    use kernel::ids::AccountId;
    use uuid::Uuid;

    use super::*;
    use crate::model::Channel;

    const MINUTE: i64 = 60_000;
    const DAY: i64 = 24 * 60 * MINUTE;

    fn rules() -> ProofRules {
        let text = include_str!("../../../../data/notices/proofs.json");
        let read: ProofRules = serde_json::from_str(text).unwrap();
        assert!(read.basis.contains("法律没有规定"), "marked as ours");
        ProofRules {
            valid_minutes: 30,
            attempts: 5,
            pause_seconds: 60,
            codes_a_day: 3,
            ..read
        }
    }

    fn digits(text: &str) -> Code {
        text.parse().unwrap()
    }

    fn asked() -> AskedCode {
        AskedCode {
            delivery: DeliveryId(Uuid::from_u128(1)),
            account: AccountId(Uuid::from_u128(2)),
            channel: Channel::Mail,
            address: "a@b.cn".into(),
            asked_at: Moment(0),
            made: Vec::new(),
            attempts: 0,
        }
    }

    /// Asked for, and left with these codes at these times.
    fn sent(codes: &[(&str, i64)]) -> AskedCode {
        codes.iter().fold(asked(), |mut code, (text, at)| {
            code.made = with_code(&code, &digits(text), Moment(*at), &rules());
            code
        })
    }

    #[test]
    fn codes_are_asked_for_once_a_minute_and_a_few_times_a_day() {
        #[track_caller]
        fn check(asked: &[i64], now: i64, expected: Option<i64>) {
            let asked: Vec<_> = asked.iter().copied().map(Moment).collect();
            assert_eq!(next_code(&asked, Moment(now), &rules()), expected.map(Moment));
        }
        check(&[], 0, None);
        check(&[0], 0, Some(MINUTE));
        check(&[0], MINUTE - 1, Some(MINUTE));
        check(&[0], MINUTE, None);
        check(&[0, 5 * MINUTE], 5 * MINUTE, Some(6 * MINUTE));
        check(&[5 * MINUTE, 0], 6 * MINUTE, None);
        // The third is the last of the day; the day ends with the first.
        check(&[0, 5 * MINUTE, 9 * MINUTE], 10 * MINUTE, Some(DAY));
        check(&[0, 5 * MINUTE, 9 * MINUTE], DAY - 1, Some(DAY));
        check(&[0, 5 * MINUTE, 9 * MINUTE], DAY, None);
        check(&[5 * MINUTE, 9 * MINUTE, DAY], DAY, Some(DAY + 5 * MINUTE));
        // Late in the day the pause is the longer wait.
        check(&[0, MINUTE, DAY - 1], DAY - 1, Some(DAY + MINUTE - 1));
    }

    #[test]
    fn entered_codes_are_judged() {
        #[track_caller]
        fn check(entered: &str, attempts: i64, now: i64, expected: Result<(), CodeRefusal>) {
            let code = sent(&[("123456", 0)]);
            let found = judge(&code, &digits(entered), attempts, Moment(now), &rules());
            assert_eq!(found, expected);
        }
        check("123456", 1, 0, Ok(()));
        check("123456", 5, 30 * MINUTE - 1, Ok(()));
        check("123456", 1, 30 * MINUTE, Err(CodeRefusal::Expired));
        check("123456", 6, 0, Err(CodeRefusal::UsedUp));
        check("123457", 1, 0, Err(CodeRefusal::Wrong { left: 4 }));
        check("123457", 5, 0, Err(CodeRefusal::Wrong { left: 0 }));
        let waiting = judge(&asked(), &digits("123456"), 1, Moment(0), &rules());
        assert_eq!(waiting, Err(CodeRefusal::NotSent));
    }

    #[test]
    fn each_attempt_to_deliver_carries_a_code_with_a_life_of_its_own() {
        #[track_caller]
        fn check(entered: &str, now: i64, expected: Result<(), CodeRefusal>) {
            let code = sent(&[("111111", 0), ("222222", 20 * MINUTE)]);
            assert_eq!(judge(&code, &digits(entered), 1, Moment(now), &rules()), expected);
        }
        check("111111", 21 * MINUTE, Ok(()));
        check("222222", 21 * MINUTE, Ok(()));
        check("111111", 31 * MINUTE, Err(CodeRefusal::Expired));
        check("222222", 31 * MINUTE, Ok(()));
        check("222222", 50 * MINUTE, Err(CodeRefusal::Expired));
        let third = sent(&[("111111", 0), ("222222", 40 * MINUTE)]);
        assert_eq!(third.made.len(), 1, "what has ended is not kept");
    }

    #[test]
    fn a_code_is_bound_to_its_message() {
        let mut other = sent(&[("123456", 0)]);
        assert!(!other.made[0].hash.contains("123456"));
        other.delivery = DeliveryId(Uuid::from_u128(9));
        let refused = judge(&other, &digits("123456"), 1, Moment(0), &rules());
        assert_eq!(refused, Err(CodeRefusal::Wrong { left: 4 }));
    }

    #[test]
    fn waits_are_never_told_too_short() {
        #[track_caller]
        fn check(milliseconds: i64, expected: &str) {
            assert_eq!(wait_words(Duration::milliseconds(milliseconds)), expected);
        }
        check(0, "1 秒");
        check(42_001, "43 秒");
        check(119_000, "119 秒");
        check(119_001, "2 分钟");
        check(2 * 60 * MINUTE, "120 分钟");
        check(2 * 60 * MINUTE + 1, "3 小时");
        check(DAY, "24 小时");
    }
}
