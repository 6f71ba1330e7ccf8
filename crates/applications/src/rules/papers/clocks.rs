//! When a period ends: extensions, stops of the clock, days inside a sentence.

use matters::{Clock, Definition, STATUTORY_REVIEW, Term};

use super::{Desk, Values, stop};
use crate::model::{Application, StopId};
use crate::rules::{Due, Period, days_inclusive, missing_year};

pub(super) fn extension_values(app: &Application, desk: Desk<'_>, values: &mut Values) {
    let Some(extension) = app.case().and_then(|case| case.extension.as_ref()) else {
        return;
    };
    values.set("reason", &extension.reason);
    values.set("approver", &extension.by.name);
    let clock: Option<&Clock> = desk.def.clock(extension.clock.as_str());
    if let Some(period) = clock.and_then(|clock| desk.watch.period(app, clock)) {
        extended_values(period, extension.by_term, desk, values);
    }
}

/// The last days of a period whose last term was added.
pub(super) fn extended_values(mut period: Period<'_>, by: Term, desk: Desk<'_>, values: &mut Values) {
    values.set("extension_term", by.to_string());
    values.set(
        "new_due_date",
        date_words(period.due(desk.watch.calendar), "延长后的期限届满日"),
    );
    period.terms.truncate(1);
    values.set(
        "original_due_date",
        date_words(period.due(desk.watch.calendar), "原期限届满日"),
    );
}

/// So many days in the unit in which the matter extends its period.
pub fn extension_term(def: &Definition, days: u32) -> Term {
    match def.extension.longest {
        Term::WorkingDays(_) => Term::WorkingDays(codes::WorkingDays(days)),
        Term::Days(_) => Term::Days(codes::Days(days)),
        Term::Months(_) => Term::Months(codes::Months(days)),
    }
}

pub(super) fn stop_values(app: &Application, id: StopId, desk: Desk<'_>, values: &mut Values) {
    let Some(stop) = stop(app, id) else { return };
    values.set("pause_cause", &stop.cause_name);
    values.set("reason", &stop.reason);
    values.set("pause_from", stop.first.chinese());
    if let Some(last) = stop.last.or(stop.expected) {
        values.set("pause_until", last.chinese());
        values.set("pause_term", days_inclusive(stop.first, last).to_string());
    }
    if let Some(clock) = desk.watch.clock(app, desk.def, STATUTORY_REVIEW) {
        values.set("new_due_date", date_words(clock.due, "法定期限届满日"));
    }
}

/// A date inside a sentence; while it is not known the period is named and the reason given.
pub(super) fn date_words(due: Due, period: &str) -> String {
    match due {
        Due::On { day, .. } => day.chinese(),
        Due::Unknown { year, .. } => format!("{period}（{}）", missing_year(year)),
        Due::Stopped { expected: Some(day) } => format!("{}（计时恢复后以实际日期为准）", day.chinese()),
        Due::Stopped { expected: None } => format!("{period}（计时恢复后确定）"),
    }
}
