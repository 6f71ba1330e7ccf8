//! The working days before today, counted back: scripts say how many working days ago something happened.

use codes::WorkCalendar;
use kernel::LegalDate;
use time::{Date, Duration, OffsetDateTime, Time, UtcOffset, Weekday};

/// China Standard Time.
const SHANGHAI: UtcOffset = match UtcOffset::from_hms(8, 0, 0) {
    Ok(offset) => offset,
    Err(_) => UtcOffset::UTC,
};

/// Working days before a day, the latest first.
pub(crate) struct Workdays {
    today: Date,
    days: Vec<Date>,
}

impl Workdays {
    /// The last `count` working days before `today`. In a year whose holidays are not loaded, Monday to Friday.
    pub fn before(today: LegalDate, count: usize, calendar: &WorkCalendar) -> Self {
        let worked = |day: &Date| {
            calendar
                .is_working_day(*day)
                .unwrap_or(!matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
        };
        let back = std::iter::successors(today.0.previous_day(), |day| day.previous_day());
        Self {
            today: today.0,
            days: back.filter(worked).take(count).collect(),
        }
    }

    /// The working day so many working days ago; 1 is the last one before today.
    pub fn ago(&self, count: usize) -> Date {
        let last = self.days.len().saturating_sub(1);
        self.days
            .get(count.saturating_sub(1).min(last))
            .copied()
            .unwrap_or(self.today)
    }

    /// How many working days ago the first working day on or after so many calendar days ago was.
    pub fn since_days(&self, days: i64) -> usize {
        let from = self.today - Duration::days(days);
        self.days.iter().take_while(|day| **day >= from).count().max(1)
    }
}

/// An instant of a day in Shanghai.
pub(crate) fn instant(day: Date, minute_of_day: i64) -> OffsetDateTime {
    day.with_time(Time::MIDNIGHT).assume_offset(SHANGHAI) + Duration::minutes(minute_of_day)
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    fn workdays() -> Workdays {
        let calendar = WorkCalendar::from_csv(
            "notice,date,day,name\n2026,2026-10-01,off,国庆节\n2026,2026-10-02,off,国庆节\n2026,2026-10-10,work,国庆节\n",
        );
        Workdays::before(LegalDate(date!(2026 - 10 - 12)), 20, &calendar.unwrap())
    }

    #[test]
    fn counts_back_over_holidays_and_make_up_days() {
        let days = workdays();
        assert_eq!(days.ago(1), date!(2026 - 10 - 10));
        assert_eq!(days.ago(2), date!(2026 - 10 - 09));
        assert_eq!(days.ago(7), date!(2026 - 09 - 30));
    }

    #[test]
    fn calendar_days_become_working_days() {
        let days = workdays();
        assert_eq!(days.since_days(2), 1);
        assert_eq!(days.ago(days.since_days(12)), date!(2026 - 09 - 30));
        assert_eq!(days.ago(days.since_days(11)), date!(2026 - 10 - 05));
    }

    #[test]
    fn office_hours_are_those_of_shanghai() {
        assert_eq!(
            instant(date!(2026 - 10 - 12), 9 * 60),
            datetime!(2026-10-12 01:00 UTC)
        );
    }
}
