//! Periods by the calendar: how much of one is used and when it ends. A period begins the day after its event; stopped
//! days are not counted; a year whose holidays are not published is never guessed.

use codes::WorkCalendar;
use kernel::LegalDate;
use matters::Term;
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use super::amount;
use crate::model::Stop;

/// No period of the procedure runs longer than this; the guard of every count.
const HORIZON: u32 = 366 * 30;
/// When a period ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Due {
    /// On this day.
    On {
        /// The last day of the period.
        day: LegalDate,
        /// A notice of the State Council still to come may move it (end of December).
        provisional: bool,
    },
    /// The holidays of a year that is needed are not published yet.
    Unknown {
        /// The year.
        year: i32,
        /// It cannot be earlier than this day.
        not_before: LegalDate,
    },
    /// The clock stands still.
    Stopped {
        /// The last day if it runs again as announced.
        expected: Option<LegalDate>,
    },
}

impl Due {
    /// The day, where it is known.
    pub fn day(self) -> Option<LegalDate> {
        match self {
            Self::On { day, .. } => Some(day),
            Self::Unknown { .. } | Self::Stopped { .. } => None,
        }
    }

    /// The day by which work is sorted: never later than the true one.
    pub fn sort_day(self) -> Option<LegalDate> {
        match self {
            Self::On { day, .. } => Some(day),
            Self::Unknown { not_before, .. } => Some(not_before),
            Self::Stopped { expected } => expected,
        }
    }

    /// In words, as documents and screens say it.
    pub fn words(self) -> String {
        match self {
            Self::On { day, .. } => day.chinese(),
            Self::Unknown { year, .. } => missing_year(year),
            Self::Stopped { expected: Some(day) } => format!("计时中止中，如期恢复则为{}", day.chinese()),
            Self::Stopped { expected: None } => "计时中止中，恢复后继续计算".to_owned(),
        }
    }
}

/// What is said while the holidays of a year are not known.
pub fn missing_year(year: i32) -> String {
    format!("{year} 年放假安排尚未公布，暂无法确定截止日")
}

/// A period to be counted.
#[derive(Clone, Debug)]
pub struct Period<'a> {
    /// Its length, and what was added to it.
    pub terms: Vec<Term>,
    /// Day of the event; the period begins the day after.
    pub start: LegalDate,
    /// Day on which it was met; time after it does not matter.
    pub ended: Option<LegalDate>,
    /// Stops that concern it.
    pub stops: Vec<&'a Stop>,
}

/// What a count gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Units used up to today or the end; `None` where the holidays are not known.
    pub used: Option<u32>,
    /// When it ends.
    pub due: Due,
    /// Units left, negative when overdue; `None` where unknown.
    pub left: Option<i64>,
}

#[derive(Clone, Copy)]
enum Open {
    /// Open stops never end.
    Forever,
    /// Open stops end as announced.
    AsAnnounced,
}

enum Reached {
    Day(Date),
    Year(i32),
    Never,
}

impl Period<'_> {
    /// Counts the period as of today.
    pub fn count(&self, calendar: &WorkCalendar, today: LegalDate) -> Count {
        let due = self.due(calendar);
        let until = self.ended.map_or(today, |ended| ended.min(today));
        let unit = self.terms.first().copied();
        let used = unit.and_then(|unit| self.counted(calendar, unit, self.start.0, until.0));
        let left = match due {
            Due::On { day, .. } if day >= until => unit
                .and_then(|unit| self.counted(calendar, unit, until.0, day.0))
                .map(i64::from),
            Due::On { day, .. } => unit
                .and_then(|unit| self.counted(calendar, unit, day.0, until.0))
                .map(|over| -i64::from(over)),
            Due::Stopped { .. } => {
                let whole: u32 = self.terms.iter().map(|term| amount(*term)).sum();
                used.map(|used| i64::from(whole) - i64::from(used))
            }
            Due::Unknown { .. } => None,
        };
        Count { used, due, left }
    }

    /// The last day of the period.
    pub fn due(&self, calendar: &WorkCalendar) -> Due {
        match self.reach(calendar, Open::Forever, false) {
            Reached::Day(day) => Due::On {
                day: LegalDate(day),
                provisional: self.is_provisional(calendar, day),
            },
            Reached::Year(year) => match self.reach(calendar, Open::Forever, true) {
                Reached::Day(day) => Due::Unknown {
                    year,
                    not_before: LegalDate(day),
                },
                _ => Due::Stopped { expected: None },
            },
            Reached::Never => match self.reach(calendar, Open::AsAnnounced, false) {
                Reached::Day(day) => Due::Stopped {
                    expected: Some(LegalDate(day)),
                },
                _ => Due::Stopped { expected: None },
            },
        }
    }

    fn is_provisional(&self, calendar: &WorkCalendar, day: Date) -> bool {
        let working = self.terms.iter().any(|term| matches!(term, Term::WorkingDays(_)));
        working && calendar.is_provisional(day)
    }

    /// Walks to the last day. With `earliest`, days of unknown years count as worked.
    fn reach(&self, calendar: &WorkCalendar, open: Open, earliest: bool) -> Reached {
        let mut day = self.start.0;
        for term in &self.terms {
            if let Term::Months(months) = term {
                match months.after(day) {
                    Some(after) => day = after,
                    None => return Reached::Never,
                }
                continue;
            }
            let mut left = amount(*term);
            let mut guard = HORIZON;
            while left > 0 {
                guard -= 1;
                let Some(next) = day.next_day().filter(|_| guard > 0) else {
                    return Reached::Never;
                };
                day = next;
                if self.is_stopped(day, open) {
                    // Beyond an open stop nothing is ever counted: no need to walk to the horizon.
                    if matches!(open, Open::Forever)
                        && self.stops.iter().any(|s| s.last.is_none() && s.first.0 <= day)
                    {
                        return Reached::Never;
                    }
                    continue;
                }
                match counts(calendar, *term, day) {
                    Ok(true) => left -= 1,
                    Ok(false) => {}
                    Err(_) if earliest => left -= 1,
                    Err(year) => return Reached::Year(year),
                }
            }
        }
        Reached::Day(day)
    }

    fn is_stopped(&self, day: Date, open: Open) -> bool {
        self.stops.iter().any(|stop| {
            let last = match open {
                Open::Forever => stop.last,
                Open::AsAnnounced => stop.last.or(stop.expected),
            };
            stop.first.0 <= day && last.is_none_or(|last| day <= last.0)
        })
    }

    /// The first day on which at most `most` units are left before `day`.
    pub(super) fn left_at_most(&self, calendar: &WorkCalendar, day: LegalDate, most: u32) -> LegalDate {
        let unit = self.terms.first().copied();
        let (mut first, mut left) = (day.0, 0);
        while first > self.start.0 {
            let here = unit.is_some_and(|unit| counts(calendar, unit, first).unwrap_or(true));
            left += u32::from(here && !self.is_stopped(first, Open::Forever));
            match first.previous_day().filter(|_| left <= most) {
                Some(before) => first = before,
                None => break,
            }
        }
        LegalDate(first)
    }

    /// The first day after `day` that counts: from then on the period is overdue by one.
    pub(super) fn first_over(&self, calendar: &WorkCalendar, day: LegalDate) -> LegalDate {
        let unit = self.terms.first().copied();
        let is_over = |day: &Date| {
            let here = unit.is_none_or(|unit| counts(calendar, unit, *day).unwrap_or(true));
            here && !self.is_stopped(*day, Open::Forever)
        };
        let days = std::iter::successors(day.0.next_day(), |day| day.next_day());
        let mut over = days.take(HORIZON as usize).filter(is_over);
        LegalDate(over.next().unwrap_or(Date::MAX))
    }

    /// Days that count after `from` up to and including `to`.
    fn counted(&self, calendar: &WorkCalendar, unit: Term, from: Date, to: Date) -> Option<u32> {
        let mut used = 0;
        let mut day = from;
        let mut guard = HORIZON;
        while day < to && guard > 0 {
            guard -= 1;
            day = day.next_day()?;
            if !self.is_stopped(day, Open::Forever) {
                used += u32::from(counts(calendar, unit, day).ok()?);
            }
        }
        Some(used)
    }
}

fn counts(calendar: &WorkCalendar, unit: Term, day: Date) -> Result<bool, i32> {
    match unit {
        Term::WorkingDays(_) => calendar.is_working_day(day).map_err(|missing| missing.year),
        Term::Days(_) | Term::Months(_) => Ok(true),
    }
}
/// What a clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockUnit {
    /// 工作日
    WorkingDays,
    /// 日, calendar days; clocks in months count them as well.
    Days,
}

impl From<Term> for ClockUnit {
    fn from(term: Term) -> Self {
        match term {
            Term::WorkingDays(_) => Self::WorkingDays,
            Term::Days(_) | Term::Months(_) => Self::Days,
        }
    }
}

impl ClockUnit {
    /// After a number: 7个工作日, 7日.
    pub fn label(self) -> &'static str {
        match self {
            Self::WorkingDays => "个工作日",
            Self::Days => "日",
        }
    }
}
