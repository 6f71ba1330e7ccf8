//! When the past of a city takes place.

use kernel::LegalDate;
use time::{Date, Duration, OffsetDateTime};

use crate::workdays::instant;

/// Calendar days from the day on which the platform began to today.
const AGE: i64 = 150;
/// Working days before today that scripts can speak of.
pub(crate) const WORKING_DAYS: usize = 100;
/// Nine in the morning, in minutes.
const MORNING: i64 = 9 * 60;

/// The day on which the platform began.
pub(crate) fn first_day(today: LegalDate) -> Date {
    today.0 - Duration::days(AGE)
}

/// The instant at which the platform began.
pub(crate) fn beginning(today: LegalDate) -> OffsetDateTime {
    instant(first_day(today), MORNING)
}
