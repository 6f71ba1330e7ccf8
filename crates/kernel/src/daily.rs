//! What happens by date: a job that runs once on every legal day (Asia/Shanghai), whoever runs it.
//!
//! There is no timetable of its own: the runs of the past are the jobs in the outbox, and the next one is put in
//! under the key of its day. Two processes that plan the same day put in one job; a clock that jumps back finds its
//! day done; after a stop of days the missed ones are made up for, one after the other or together.
//!
//! A thing that happens at one given moment needs none of this: it is a job with [`crate::NewJob::at`] and a key.

use std::sync::{Mutex, PoisonError};

use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};

use crate::{Actor, Kernel, KernelError, LegalDate, Moment, NewJob};

/// What becomes of the days on which no process ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// Every missed day gets its own run, in order, each after the end of the one before.
    EachDay,
    /// One run stands for all of them: its [`Day::since`] tells from when.
    Together,
}

/// The payload of a daily job: for which legal day it runs. A handler goes by this day and never by the clock, which
/// may be days further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// First day that the run stands for: the same as `day` unless days were missed [`Missed::Together`].
    pub since: LegalDate,
    /// The day itself, the last that the run stands for.
    pub day: LegalDate,
}

/// The newest run of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newest {
    /// Its day.
    pub day: LegalDate,
    /// Whether it came to an end, good or bad. A dead run is the administrator's; the days after it go on.
    pub is_over: bool,
}

/// Which run comes next; `None` while there is none to put in.
///
/// An installation begins with its first day: nothing is made up for from before it. A day that is not later than
/// the newest run was done already, even when the clock was put back.
pub fn next_run(newest: Option<Newest>, today: LegalDate, missed: Missed) -> Option<Day> {
    let one = |day| Day { since: day, day };
    let Some(newest) = newest else {
        return Some(one(today));
    };
    if newest.day >= today || !newest.is_over {
        return None;
    }
    let since = LegalDate(newest.day.0.next_day()?);
    Some(match missed {
        Missed::EachDay => one(since),
        Missed::Together => Day { since, day: today },
    })
}

/// Puts the runs of the daily jobs of one process in.
pub(crate) struct Planner {
    kinds: Vec<(&'static str, Missed)>,
    /// The day through which everything is known to be put in: until it ends nobody has to look.
    through: Mutex<Option<LegalDate>>,
}

impl Planner {
    pub fn new(kinds: Vec<(&'static str, Missed)>) -> Self {
        Self {
            kinds,
            through: Mutex::new(None),
        }
    }

    /// Puts in what is due and returns how many runs that were.
    pub async fn plan(&self, kernel: &Kernel) -> Result<usize, KernelError> {
        let today = kernel.now().legal_date();
        if self.kinds.is_empty() || *self.through() == Some(today) {
            return Ok(0);
        }
        let (mut due, mut waiting) = (Vec::new(), false);
        for (kind, missed) in &self.kinds {
            let newest = newest(kernel, kind).await?;
            match next_run(newest, today, *missed) {
                Some(run) => due.push(job(kind, run)?),
                None => waiting |= newest.is_some_and(|newest| newest.day < today),
            }
        }
        if due.is_empty() && !waiting {
            *self.through() = Some(today);
        }
        if due.is_empty() {
            return Ok(0);
        }
        let runs = due.len();
        let mut work = kernel.begin(&Actor::system("每日日程")).await?;
        due.into_iter().for_each(|job| work.enqueue(job));
        work.commit().await?;
        Ok(runs)
    }

    fn through(&self) -> std::sync::MutexGuard<'_, Option<LegalDate>> {
        self.through.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The part of the key before the day. ISO days sort like text, so the greatest key is the newest run.
fn prefix(kind: &str) -> String {
    format!("{kind}:day:")
}

fn job(kind: &'static str, run: Day) -> Result<NewJob, KernelError> {
    Ok(NewJob::new(kind, &run)?.once(format!("day:{}", run.day)))
}

async fn newest(kernel: &Kernel, kind: &str) -> Result<Option<Newest>, KernelError> {
    let db = kernel.db();
    let prefix = prefix(kind);
    // ';' follows ':' in ASCII.
    let end = format!("{};", prefix.trim_end_matches(':'));
    let statement = Statement::from_sql_and_values(
        db.backend(),
        "SELECT dedupe, state FROM job WHERE dedupe >= $1 AND dedupe < $2 ORDER BY dedupe DESC LIMIT 1",
        [prefix.clone().into(), end.into()],
    );
    let Some(row) = db.read().query_one_raw(statement).await? else {
        return Ok(None);
    };
    let (key, state): (String, String) = (row.try_get("", "dedupe")?, row.try_get("", "state")?);
    let day = key.strip_prefix(&prefix).and_then(|day| day.parse().ok());
    Ok(Some(Newest {
        day: day.ok_or_else(|| KernelError::Corrupt(format!("job {key}")))?,
        is_over: !matches!(state.as_str(), "ready" | "running"),
    }))
}

/// When the legal day after this instant begins: the next time at which something happens by date.
pub fn next_midnight(now: Moment) -> Moment {
    let today = now.legal_date();
    LegalDate(today.0.next_day().unwrap_or(today.0)).midnight()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> LegalDate {
        text.parse().unwrap()
    }

    /// `newest` as `2026-03-01` or, while it runs, `2026-03-01…`; the run as `since/day`.
    #[track_caller]
    fn check(newest: &str, today: &str, missed: Missed, expected: &str) {
        let newest = (!newest.is_empty()).then(|| Newest {
            day: day(newest.trim_end_matches('…')),
            is_over: !newest.ends_with('…'),
        });
        let run = next_run(newest, day(today), missed);
        let run = run.map_or(String::new(), |run| format!("{}/{}", run.since, run.day));
        assert_eq!(run, expected, "{newest:?} on {today}");
    }

    #[test]
    fn every_day_has_one_run() {
        for missed in [Missed::EachDay, Missed::Together] {
            check("", "2026-03-02", missed, "2026-03-02/2026-03-02");
            check("2026-03-01", "2026-03-02", missed, "2026-03-02/2026-03-02");
            check("2026-03-02", "2026-03-02", missed, "");
            check("2026-03-02…", "2026-03-02", missed, "");
            // The night's run is not over: the next day waits for it.
            check("2026-03-01…", "2026-03-02", missed, "");
            check("2028-02-28", "2028-02-29", missed, "2028-02-29/2028-02-29");
        }
    }

    #[test]
    fn missed_days_are_made_up_for() {
        let (from, today) = ("2026-02-26", "2026-03-08");
        check(from, today, Missed::EachDay, "2026-02-27/2026-02-27");
        check("2026-02-28", today, Missed::EachDay, "2026-03-01/2026-03-01");
        check(from, today, Missed::Together, "2026-02-27/2026-03-08");
    }

    #[test]
    fn a_clock_that_jumps_back_does_nothing_twice() {
        for missed in [Missed::EachDay, Missed::Together] {
            check("2026-03-08", "2026-03-01", missed, "");
            check("2026-03-08", "2026-03-08", missed, "");
            check("2026-03-08", "2026-03-09", missed, "2026-03-09/2026-03-09");
        }
    }

    #[test]
    fn midnight_is_shanghais() {
        let at = |text: &str| serde_json::from_value::<Moment>(serde_json::json!(text)).unwrap();
        assert_eq!(
            next_midnight(at("2026-03-02T04:00:00Z")),
            at("2026-03-02T16:00:00Z")
        );
        assert_eq!(
            next_midnight(at("2026-03-02T16:00:00Z")),
            at("2026-03-03T16:00:00Z")
        );
    }
}
