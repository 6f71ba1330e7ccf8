//! Decisions about applications. Pure: facts in, verdicts out.

mod clocks;
mod completeness;
mod duties;
mod papers;
mod risk;
mod tasks;

use codes::{Days, Months};
use kernel::LegalDate;
use matters::{Definition, LastDay, Term};

pub use clocks::*;
pub use completeness::*;
pub use duties::*;
pub use papers::*;
pub use risk::*;
pub use tasks::*;

/// The day after; the last day of the calendar stays itself.
pub fn next_day(day: LegalDate) -> LegalDate {
    LegalDate(day.0.next_day().unwrap_or(day.0))
}

/// First and last day of a licence granted on `on` (安全生产许可证条例 art. 9); `None` past the year 9999.
pub fn validity(def: &Definition, on: LegalDate) -> Option<(LegalDate, LegalDate)> {
    let validity = &def.licence.validity;
    let anniversary = Months(validity.years.saturating_mul(12)).after(on.0)?;
    let last = match validity.last_day {
        // Of 29 February the last day of February ends the period (民法典 art. 202): never cut a day off it.
        LastDay::DayBeforeAnniversary if anniversary.day() == on.0.day() => anniversary.previous_day()?,
        LastDay::DayBeforeAnniversary | LastDay::Anniversary => anniversary,
    };
    Some((on, LegalDate(last)))
}

/// Calendar days from the first to the last day, both counted.
pub(crate) fn days_inclusive(first: LegalDate, last: LegalDate) -> Days {
    let days = (last.0 - first.0).whole_days() + 1;
    Days(u32::try_from(days).unwrap_or(0))
}

/// How many units a term has.
pub(crate) fn amount(term: Term) -> u32 {
    match term {
        Term::WorkingDays(days) => days.0,
        Term::Days(days) => days.0,
        Term::Months(months) => months.0,
    }
}
