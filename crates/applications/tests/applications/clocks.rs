//! The arithmetic of periods.

use applications::{
    model::{Person, Stop, StopId, StopReach},
    rules::{Due, Period},
};
use codes::{Days, WorkingDays};
use kernel::{LegalDate, Moment};
use matters::{PauseCause, Term};
use proptest::prelude::*;
use uuid::Uuid;

use super::support::calendar;

fn day(text: &str) -> LegalDate {
    text.parse().unwrap()
}

fn stop(first: &str, last: Option<&str>, expected: Option<&str>) -> Stop {
    Stop {
        id: StopId(Uuid::nil()),
        cause: PauseCause::Testing,
        cause_name: "检测".into(),
        reach: StopReach::Whole,
        clocks: Vec::new(),
        first: day(first),
        expected: expected.map(day),
        last: last.map(day),
        reason: String::new(),
        by: Person {
            account: None,
            name: "甲".into(),
        },
        at: Moment(0),
        resumed: None,
    }
}

fn period<'a>(term: Term, start: &str, stops: Vec<&'a Stop>) -> Period<'a> {
    Period {
        terms: vec![term],
        start: day(start),
        ended: None,
        stops,
    }
}

fn on(text: &str) -> Due {
    Due::On {
        day: day(text),
        provisional: false,
    }
}

#[test]
fn working_days_follow_the_state_council() {
    let check = |start, days, expected| {
        let due = period(Term::WorkingDays(WorkingDays(days)), start, vec![]).due(&calendar());
        assert_eq!(due, on(expected), "{start} + {days}");
    };
    check("2026-01-20", 20, "2026-02-24");
    check("2026-01-20", 45, "2026-03-30");
    check("2026-02-10", 5, "2026-02-24");
    check("2026-02-10", 10, "2026-03-02");
    check("2025-09-25", 10, "2025-10-15");
    check("2025-12-29", 45, "2026-03-09");
}

#[test]
fn calendar_days_need_no_calendar() {
    let due = period(Term::Days(Days(45)), "2026-12-01", vec![]).due(&calendar());
    assert_eq!(due, on("2027-01-15"));
}

#[test]
fn an_unpublished_year_is_named_and_bounded_never_guessed() {
    let twenty_five = period(Term::WorkingDays(WorkingDays(25)), "2026-12-15", vec![]);
    let count = twenty_five.count(&calendar(), day("2026-12-22"));
    let Due::Unknown { year, not_before } = count.due else {
        panic!("{:?}", count.due)
    };
    assert_eq!(year, 2027);
    assert_eq!((count.used, count.left), (Some(5), None));
    assert!(
        count
            .due
            .words()
            .contains("2027 年放假安排尚未公布，暂无法确定截止日")
    );
    // However the holidays fall, the last day cannot lie before the bound.
    let with_2027 = "notice,date,day,name\n2026,2026-01-01,off,元旦\n2027,2027-01-01,off,元旦\n";
    let published = codes::WorkCalendar::from_csv(with_2027).unwrap();
    let Due::On { day: last, .. } = twenty_five.due(&published) else {
        panic!("still unknown")
    };
    assert!(not_before <= last, "{not_before} is later than {last}");
}

#[test]
fn the_end_of_december_is_provisional() {
    let due = period(Term::WorkingDays(WorkingDays(2)), "2026-12-28", vec![]).due(&calendar());
    assert_eq!(
        due,
        Due::On {
            day: day("2026-12-30"),
            provisional: true
        }
    );
}

#[test]
fn stopped_days_are_not_counted() {
    // Nine days lie in the stop, its first and last included.
    let closed = stop("2026-03-05", Some("2026-03-13"), None);
    let stopped = period(Term::Days(Days(20)), "2026-03-02", vec![&closed]);
    assert_eq!(stopped.due(&calendar()), on("2026-03-31"));
    assert_eq!(stopped.count(&calendar(), day("2026-03-10")).used, Some(2));
    assert_eq!(stopped.count(&calendar(), day("2026-03-14")).used, Some(3));
    assert_eq!(stopped.count(&calendar(), day("2026-04-03")).left, Some(-3));
}

#[test]
fn overlapping_stops_count_once() {
    let (one, two) = (
        stop("2026-03-05", Some("2026-03-13"), None),
        stop("2026-03-10", Some("2026-03-15"), None),
    );
    let both = period(Term::Days(Days(20)), "2026-03-02", vec![&one, &two]);
    assert_eq!(both.due(&calendar()), on("2026-04-02"));
}

#[test]
fn an_open_stop_leaves_the_end_open_and_tells_the_announced_one() {
    let open = stop("2026-03-05", None, Some("2026-03-13"));
    let stopped = period(Term::Days(Days(20)), "2026-03-02", vec![&open]);
    let count = stopped.count(&calendar(), day("2026-05-01"));
    assert_eq!(
        count.due,
        Due::Stopped {
            expected: Some(day("2026-03-31"))
        }
    );
    assert_eq!((count.used, count.left), (Some(2), Some(18)));
    let unbounded = stop("2026-03-05", None, None);
    let stopped = period(Term::Days(Days(20)), "2026-03-02", vec![&unbounded]);
    assert_eq!(stopped.due(&calendar()), Due::Stopped { expected: None });
}

#[test]
fn a_stop_after_the_end_changes_nothing() {
    let late = stop("2026-03-30", None, None);
    let due = period(Term::Days(Days(20)), "2026-03-02", vec![&late]).due(&calendar());
    assert_eq!(due, on("2026-03-22"));
}

#[test]
fn an_extension_goes_on_in_its_own_unit() {
    let extended = Period {
        terms: vec![Term::Days(Days(20)), Term::WorkingDays(WorkingDays(10))],
        ..period(Term::Days(Days(20)), "2026-03-02", vec![])
    };
    // 20 days end on Sunday 22 March; ten working days follow.
    assert_eq!(extended.due(&calendar()), on("2026-04-03"));
}

proptest! {
    /// Used and left always make up the whole; a stop moves the end by exactly the days that it covers.
    #[test]
    fn a_stop_moves_the_end_by_its_days(
        start in 0_i64..150, days in 1_u32..60, gap in 0_i64..30, length in 0_i64..30, today in 0_i64..200,
    ) {
        let origin = day("2026-01-05").0;
        let at = |offset: i64| LegalDate(origin + time::Duration::days(offset));
        let free = Period { terms: vec![Term::Days(Days(days))], start: at(start), ended: None, stops: vec![] };
        let pause = Stop {
            first: at(start + 1 + gap), last: Some(at(start + gap + length)),
            ..stop("2026-01-01", None, None)
        };
        let stopped = Period { stops: vec![&pause], ..free.clone() };
        let last = |period: &Period<'_>| period.due(&calendar()).day().unwrap();
        let covered = if gap < i64::from(days) { length } else { 0 };
        prop_assert_eq!((last(&stopped).0 - last(&free).0).whole_days(), covered);
        let count = stopped.count(&calendar(), at(start.max(today)));
        if let (Some(used), Some(left)) = (count.used, count.left)
            && left >= 0 {
                prop_assert_eq!(i64::from(used) + left, i64::from(days));
            }
    }
}
