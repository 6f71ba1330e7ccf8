//! The one place where instants and legal dates meet. Legal dates are days in Asia/Shanghai, which has
//! been UTC+08:00 without summer time since 1991.

use std::fmt;
use time::macros::offset;
use time::{Date, Month, OffsetDateTime, UtcOffset};

const SHANGHAI: UtcOffset = offset!(+8);

/// The day an instant falls on for Chinese law.
pub fn legal_date(at: OffsetDateTime) -> Date {
    at.checked_to_offset(SHANGHAI).unwrap_or(at).date()
}

/// The instant a legal day begins, in UTC.
pub fn midnight_utc(date: Date) -> OffsetDateTime {
    let midnight = date.midnight().assume_offset(SHANGHAI);
    midnight.checked_to_offset(UtcOffset::UTC).unwrap_or(midnight)
}

/// The instant a legal day is over, in UTC: what is valid up to that day ends here (exclusive).
pub fn end_of_day_utc(date: Date) -> OffsetDateTime {
    midnight_utc(date.next_day().unwrap_or(date))
}

/// A date as documents write it: 2026年3月1日.
pub fn chinese_date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), u8::from(date.month()), date.day())
}

/// A period in calendar months 月 (years are 12). Ends on the same day of the month, or on its last day
/// where the month has no such day (民法典 art. 202).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Months(pub u32);

impl Months {
    /// The corresponding day this many months later; `None` past the year 9999.
    pub fn after(self, start: Date) -> Option<Date> {
        shifted(start, i64::from(self.0))
    }

    /// The corresponding day this many months earlier.
    pub fn before(self, end: Date) -> Option<Date> {
        shifted(end, -i64::from(self.0))
    }
}

fn shifted(date: Date, months: i64) -> Option<Date> {
    let total = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1 + months;
    let year = i32::try_from(total.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(total.rem_euclid(12) + 1).ok()?).ok()?;
    Date::from_calendar_date(year, month, date.day().min(month.length(year))).ok()
}

impl fmt::Display for Months {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 12, self.0 % 12) {
            (years, 0) if years > 0 => write!(f, "{years}年"),
            _ => write!(f, "{}个月", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn the_day_turns_at_sixteen_hours_utc() {
        assert_eq!(
            legal_date(datetime!(2026-03-01 15:59:59.999 UTC)),
            date!(2026 - 03 - 01)
        );
        assert_eq!(legal_date(datetime!(2026-03-01 16:00 UTC)), date!(2026 - 03 - 02));
        assert_eq!(legal_date(datetime!(2026-03-01 23:00 -5)), date!(2026 - 03 - 02));
        assert_eq!(
            midnight_utc(date!(2026 - 03 - 02)),
            datetime!(2026-03-01 16:00 UTC)
        );
        assert_eq!(midnight_utc(date!(2026 - 03 - 02)).offset(), UtcOffset::UTC);
        assert_eq!(
            end_of_day_utc(date!(2026 - 03 - 02)),
            datetime!(2026-03-02 16:00 UTC)
        );
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        for date in [Date::MIN, Date::MAX] {
            assert_eq!(legal_date(midnight_utc(date)), date);
            let _ = end_of_day_utc(date);
        }
        let _ = legal_date(datetime!(9999-12-31 23:59 UTC));
    }

    #[test]
    fn written_in_chinese() {
        assert_eq!(chinese_date(date!(2026 - 03 - 01)), "2026年3月1日");
        assert_eq!(Months(36).to_string(), "3年");
        assert_eq!(Months(3).to_string(), "3个月");
    }

    #[test]
    fn months_keep_to_the_end_of_the_month() {
        assert_eq!(
            Months(36).after(date!(2024 - 02 - 29)),
            Some(date!(2027 - 02 - 28))
        );
        assert_eq!(
            Months(3).before(date!(2026 - 05 - 31)),
            Some(date!(2026 - 02 - 28))
        );
        assert_eq!(
            Months(1).before(date!(2026 - 01 - 15)),
            Some(date!(2025 - 12 - 15))
        );
        assert_eq!(
            Months(0).after(date!(2026 - 01 - 15)),
            Some(date!(2026 - 01 - 15))
        );
        assert_eq!(Months(u32::MAX).after(date!(2026 - 01 - 15)), None);
    }
}
