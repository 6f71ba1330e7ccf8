//! Decisions about applications. Pure: facts in, verdicts out.

mod clocks;
mod completeness;
mod duties;
mod existing;
mod figures;
mod papers;
mod periods;
mod risk;
mod site;
mod tasks;

use codes::{Days, Months};
use kernel::LegalDate;
use matters::{Definition, LastDay, Term};
use time::{Date, Month};

use crate::model::{Dossier, GrantTerms, HeldLicence, Subject};

pub use clocks::*;
pub use completeness::*;
pub use duties::*;
pub use existing::*;
pub use figures::*;
pub use papers::*;
pub use periods::*;
pub use risk::*;
pub use site::*;
pub use tasks::*;

/// The day after; the last day of the calendar stays itself.
pub fn next_day(day: LegalDate) -> LegalDate {
    LegalDate(day.0.next_day().unwrap_or(day.0))
}

/// What a decision of today grants: for a first issue the scope applied for, for everything else what follows
/// from the licence that is already there. `None` past the year 9999.
pub fn grant_terms(dossier: &Dossier, def: &Definition, on: LegalDate) -> Option<GrantTerms> {
    let Some(held) = &dossier.licence else {
        let (valid_from, valid_to) = validity(def, on)?;
        let scope = dossier.form.content.scope.clone();
        return Some(GrantTerms {
            scope,
            valid_from,
            valid_to,
        });
    };
    let (valid_from, valid_to) = match dossier.subject {
        Subject::Renewal { .. } => renewed(held, def, on)?,
        _ => (held.valid_from, held.valid_to),
    };
    Some(GrantTerms {
        scope: dossier.subject.scope(held),
        valid_from,
        valid_to,
    })
}

/// 有效期延期: the period goes on where the old one ends (安全生产许可证条例 art. 9); after a gap it begins anew.
fn renewed(held: &HeldLicence, def: &Definition, on: LegalDate) -> Option<(LegalDate, LegalDate)> {
    if held.valid_to < on {
        return validity(def, on);
    }
    let years = Months(def.licence.validity.years.saturating_mul(12));
    let last = years.after(held.valid_to.0)?;
    // From the end of February to the end of February (民法典 art. 202), never a day less.
    let ended_february = held.valid_to.0.month() == Month::February && next_day(held.valid_to).0.day() == 1;
    let last = if ended_february { end_of_month(last) } else { last };
    Some((next_day(held.valid_to), LegalDate(last)))
}

fn end_of_month(day: Date) -> Date {
    let within = |next: &Date| next.month() == day.month();
    std::iter::successors(Some(day), |day| day.next_day().filter(within))
        .last()
        .unwrap_or(day)
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
