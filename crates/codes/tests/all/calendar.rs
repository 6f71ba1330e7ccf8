//! Working days by the State Council's notices 2007–2026.

use codes::{Days, MissingYear, WorkCalendar, WorkingDays};
use proptest::prelude::*;
use std::sync::LazyLock;
use time::macros::date;
use time::{Date, Duration};

static CALENDAR: LazyLock<WorkCalendar> =
    LazyLock::new(|| WorkCalendar::from_csv(include_str!("../../../../data/holidays/holidays.csv")).unwrap());

fn check(start: Date, days: u32, expected: Date) {
    assert_eq!(
        CALENDAR.add_working_days(start, WorkingDays(days)),
        Ok(expected),
        "{start} + {days}"
    );
    assert_eq!(
        CALENDAR.working_days_between(start, expected),
        Ok(WorkingDays(days)),
        "{start} to {expected}"
    );
}

#[test]
fn published_vectors() {
    check(date!(2026 - 01 - 20), 20, date!(2026 - 02 - 24));
    check(date!(2026 - 01 - 20), 45, date!(2026 - 03 - 30));
    check(date!(2026 - 02 - 10), 5, date!(2026 - 02 - 24));
    check(date!(2026 - 02 - 10), 10, date!(2026 - 03 - 02));
    check(date!(2025 - 09 - 25), 10, date!(2025 - 10 - 15));
    check(date!(2025 - 09 - 25), 45, date!(2025 - 12 - 03));
    check(date!(2025 - 12 - 29), 45, date!(2026 - 03 - 09));
    assert_eq!(Days(45).after(date!(2026 - 01 - 20)), Some(date!(2026 - 03 - 06)));
}

#[test]
fn working_days_of_a_year() {
    for (year, expected) in [(2024, 251), (2025, 248), (2026, 248)] {
        let first = Date::from_ordinal_date(year, 1).unwrap();
        let last = Date::from_ordinal_date(year + 1, 1).unwrap() - Duration::DAY;
        let rest = CALENDAR.working_days_between(first, last).unwrap().0;
        let all = rest + u32::from(CALENDAR.is_working_day(first).unwrap());
        assert_eq!(all, expected, "{year}");
    }
}

/// How often a period of working days exceeds one of 45 calendar days, over working start days.
fn starts_exceeding_45_days(year: i32, days: u32) -> (usize, usize) {
    let starts: Vec<Date> = (1..=366)
        .filter_map(|ordinal| Date::from_ordinal_date(year, ordinal).ok())
        .filter(|start| CALENDAR.is_working_day(*start) == Ok(true))
        .collect();
    let exceeds = |start: &&Date| {
        CALENDAR
            .add_working_days(**start, WorkingDays(days))
            .is_ok_and(|end| end - **start > Duration::days(45))
    };
    (starts.iter().filter(exceeds).count(), starts.len())
}

#[test]
fn thirty_working_days_may_exceed_45_days_but_25_do_not() {
    assert_eq!(starts_exceeding_45_days(2024, 30), (67, 251));
    assert_eq!(starts_exceeding_45_days(2025, 30), (67, 248));
    assert_eq!(starts_exceeding_45_days(2024, 25).0, 0);
    assert_eq!(starts_exceeding_45_days(2025, 25).0, 0);
}

#[test]
fn make_up_days_are_worked_and_holidays_named() {
    assert_eq!(
        CALENDAR.is_working_day(date!(2026 - 02 - 14)),
        Ok(true),
        "a Saturday made up for the Spring Festival"
    );
    assert_eq!(CALENDAR.is_working_day(date!(2026 - 02 - 17)), Ok(false));
    assert_eq!(CALENDAR.holiday_name(date!(2026 - 02 - 17)), Some("春节"));
    assert_eq!(
        CALENDAR.is_working_day(date!(2020 - 01 - 31)),
        Ok(false),
        "extended in 2020 by a second notice"
    );
    assert_eq!(
        CALENDAR.is_working_day(date!(2018 - 12 - 29)),
        Ok(true),
        "given by the notice of 2019"
    );
    assert_eq!(
        CALENDAR.is_working_day(date!(2015 - 09 - 03)),
        Ok(false),
        "seventy years after the war"
    );
    let made_up = |year: i32| {
        (1..=366)
            .filter_map(|ordinal| Date::from_ordinal_date(year, ordinal).ok())
            .filter(|day| day.weekday().number_from_monday() > 5 && CALENDAR.is_working_day(*day) == Ok(true))
            .count()
    };
    assert_eq!((made_up(2024), made_up(2025), made_up(2026)), (8, 5, 6));
}

#[test]
fn the_year_to_come_is_an_error() {
    assert!(CALENDAR.years().eq(2007..=2026));
    let error = CALENDAR
        .add_working_days(date!(2026 - 12 - 01), WorkingDays(45))
        .unwrap_err();
    assert_eq!(error, MissingYear { year: 2027 });
    assert!(error.message().contains("缺少2027年"));
    assert_eq!(
        CALENDAR.is_working_day(date!(2027 - 01 - 04)),
        Err(MissingYear { year: 2027 })
    );
    assert_eq!(
        CALENDAR.next_working_day(date!(2026 - 12 - 31)),
        Err(MissingYear { year: 2027 })
    );
    assert_eq!(
        CALENDAR.add_working_days(date!(2006 - 12 - 01), WorkingDays(1)),
        Err(MissingYear { year: 2006 })
    );
    assert!(CALENDAR.is_provisional(date!(2026 - 12 - 31)));
}

/// 2007-01-01 to 2024-10-17: late enough starts are left out for 300 working days to end in 2026.
fn start() -> impl Strategy<Value = Date> {
    (0i64..6500).prop_map(|days| date!(2007 - 01 - 01) + Duration::days(days))
}

proptest! {
    #[test]
    fn adding_is_monotone_and_lands_on_working_days(start in start(), days in 1u32..120, later in 0i64..30) {
        let end = CALENDAR.add_working_days(start, WorkingDays(days)).unwrap();
        prop_assert!(end > start);
        prop_assert_eq!(CALENDAR.is_working_day(end), Ok(true));
        prop_assert!(CALENDAR.add_working_days(start, WorkingDays(days + 1)).unwrap() > end);
        let from_later = CALENDAR.add_working_days(start + Duration::days(later), WorkingDays(days)).unwrap();
        prop_assert!(from_later >= end);
    }

    #[test]
    fn between_is_the_inverse_of_adding(start in start(), days in 0u32..300) {
        let end = CALENDAR.add_working_days(start, WorkingDays(days)).unwrap();
        prop_assert_eq!(CALENDAR.working_days_between(start, end), Ok(WorkingDays(days)));
        prop_assert_eq!(CALENDAR.working_days_between(end, start), Ok(WorkingDays(0)));
    }

    #[test]
    fn periods_add_up(start in start(), first in 0u32..60, second in 0u32..60) {
        let halfway = CALENDAR.add_working_days(start, WorkingDays(first)).unwrap();
        prop_assert_eq!(
            CALENDAR.add_working_days(halfway, WorkingDays(second)),
            CALENDAR.add_working_days(start, WorkingDays(first + second))
        );
    }

    #[test]
    fn next_working_day_is_one_working_day(start in start()) {
        let next = CALENDAR.next_working_day(start).unwrap();
        prop_assert_eq!(CALENDAR.add_working_days(start, WorkingDays(1)), Ok(next));
        prop_assert_eq!(CALENDAR.on_or_next_working_day(next), Ok(next));
        prop_assert!(next - start <= Duration::days(12));
    }
}
