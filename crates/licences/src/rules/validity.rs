//! How long a licence is valid, and what it is worth on a day.

use codes::Months;
use kernel::LegalDate;
use matters::{LastDay, Validity};
use serde::Deserialize;
use time::{Date, Duration};

use crate::model::{Mark, Period, Status};

/// The last valid day of a licence whose first is `from`; `None` past the year 9999.
///
/// A licence of 29 February ends on 28 February in a year without that day (民法典 art. 202: where the month has
/// no corresponding day, its last day ends the period), so the full years are never cut short.
pub fn valid_until(from: Date, rule: &Validity) -> Option<Date> {
    let anniversary = Months(rule.years.checked_mul(12)?).after(from)?;
    match rule.last_day {
        LastDay::DayBeforeAnniversary if anniversary.day() == from.day() => anniversary.previous_day(),
        LastDay::DayBeforeAnniversary | LastDay::Anniversary => Some(anniversary),
    }
}

/// When a licence counts as expiring: rule data, `data/licences/status.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusRule {
    /// Calendar days before the last day, from which on the licence is shown as expiring.
    pub expiring_within_days: u16,
}

impl StatusRule {
    /// What a published licence is worth on a legal day. An ending stays what it is after the last day; a suspended
    /// licence expires like any other.
    pub fn status(&self, mark: &Mark, on: LegalDate) -> Status {
        match &mark.standing {
            Some(one) if one.status != Status::Suspended => return one.status,
            _ if on > mark.until => return Status::Expired,
            Some(one) if one.since <= on => return one.status,
            _ => {}
        }
        if on < mark.in_force_from {
            Status::NotYetValid
        } else if mark.temporary {
            Status::Temporary
        } else if mark.transition_until.is_some_and(|until| on <= until) {
            Status::InTransition
        } else if mark.until <= self.horizon(on) {
            Status::Expiring
        } else {
            Status::Valid
        }
    }

    /// The first day on which a licence in force is expiring.
    pub fn expiring_from(&self, validity: Period) -> Option<LegalDate> {
        let days = Duration::days(i64::from(self.expiring_within_days));
        let first = LegalDate(validity.until.0.checked_sub(days)?);
        Some(first.max(validity.from))
    }

    /// The last day that is near on the given day: what ends up to then is expiring.
    pub fn horizon(&self, on: LegalDate) -> LegalDate {
        let days = Duration::days(i64::from(self.expiring_within_days));
        LegalDate(on.0.checked_add(days).unwrap_or(Date::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;
    use crate::model::Standing;

    fn rule(years: u32, last_day: &str) -> Validity {
        let provenance = serde_json::json!({ "mark": "unconfirmed", "sources": [], "note": "" });
        serde_json::from_value(serde_json::json!({
            "years": years, "basis": [], "provenance": provenance, "last_day": last_day,
            "last_day_provenance": provenance,
        }))
        .unwrap()
    }

    fn day_before(from: Date) -> Date {
        valid_until(from, &rule(3, "day_before_anniversary")).unwrap()
    }

    #[test]
    fn three_years_less_a_day() {
        assert_eq!(day_before(date!(2026 - 05 - 06)), date!(2029 - 05 - 05));
        assert_eq!(day_before(date!(2026 - 01 - 01)), date!(2028 - 12 - 31));
        assert_eq!(day_before(date!(2025 - 03 - 01)), date!(2028 - 02 - 29));
        assert_eq!(day_before(date!(2026 - 03 - 01)), date!(2029 - 02 - 28));
    }

    #[test]
    fn the_leap_day_keeps_its_full_years() {
        assert_eq!(day_before(date!(2024 - 02 - 29)), date!(2027 - 02 - 28));
        let four = rule(4, "day_before_anniversary");
        assert_eq!(
            valid_until(date!(2024 - 02 - 29), &four),
            Some(date!(2028 - 02 - 28))
        );
        let same = rule(3, "anniversary");
        assert_eq!(
            valid_until(date!(2024 - 02 - 29), &same),
            Some(date!(2027 - 02 - 28))
        );
        assert_eq!(
            valid_until(date!(2026 - 05 - 06), &same),
            Some(date!(2029 - 05 - 06))
        );
    }

    #[test]
    fn the_end_of_time_is_no_panic() {
        assert_eq!(valid_until(Date::MAX, &rule(3, "anniversary")), None);
        assert_eq!(
            valid_until(date!(2026 - 01 - 01), &rule(u32::MAX, "anniversary")),
            None
        );
    }

    const RULE: StatusRule = StatusRule {
        expiring_within_days: 90,
    };

    fn mark(validity: Period) -> Mark {
        Mark {
            in_force_from: validity.from,
            until: validity.until,
            transition_until: None,
            temporary: false,
            standing: None,
        }
    }

    fn plain() -> Mark {
        mark(Period {
            from: date!(2026 - 05 - 06).into(),
            until: date!(2029 - 05 - 05).into(),
        })
    }

    fn on(day: Date) -> Status {
        RULE.status(&plain(), day.into())
    }

    fn standing(status: Status) -> Mark {
        Mark {
            standing: Some(Standing {
                status,
                since: date!(2027 - 01 - 10).into(),
                until: Some(date!(2027 - 02 - 10).into()),
                reason: "事故".into(),
                by: None,
            }),
            ..plain()
        }
    }

    #[test]
    fn a_suspension_begins_on_its_day_and_is_not_over_by_itself() {
        let check =
            |day: Date, expected| assert_eq!(RULE.status(&standing(Status::Suspended), day.into()), expected);
        check(date!(2027 - 01 - 09), Status::Valid);
        check(date!(2027 - 01 - 10), Status::Suspended);
        check(date!(2027 - 03 - 01), Status::Suspended);
        check(date!(2029 - 05 - 06), Status::Expired);
    }

    #[test]
    fn an_ending_stays_what_it_is() {
        for status in [
            Status::Revoked,
            Status::Rescinded,
            Status::Withdrawn,
            Status::Cancelled,
            Status::Replaced,
        ] {
            for day in [date!(2027 - 02 - 01), date!(2029 - 05 - 06)] {
                assert_eq!(RULE.status(&standing(status), day.into()), status);
            }
        }
    }

    #[test]
    fn transition_and_temporary_use_end_by_themselves() {
        let transition = Mark {
            transition_until: Some(date!(2026 - 08 - 01).into()),
            ..plain()
        };
        assert_eq!(
            RULE.status(&transition, date!(2026 - 08 - 01).into()),
            Status::InTransition
        );
        assert_eq!(
            RULE.status(&transition, date!(2026 - 08 - 02).into()),
            Status::Valid
        );
        let temporary = Mark {
            temporary: true,
            until: date!(2026 - 06 - 04).into(),
            ..plain()
        };
        assert_eq!(
            RULE.status(&temporary, date!(2026 - 06 - 04).into()),
            Status::Temporary
        );
        assert_eq!(
            RULE.status(&temporary, date!(2026 - 06 - 05).into()),
            Status::Expired
        );
    }

    #[test]
    fn status_by_the_day() {
        assert_eq!(on(date!(2026 - 05 - 05)), Status::NotYetValid);
        assert_eq!(on(date!(2026 - 05 - 06)), Status::Valid);
        assert_eq!(on(date!(2029 - 02 - 03)), Status::Valid);
        assert_eq!(on(date!(2029 - 02 - 04)), Status::Expiring);
        assert_eq!(on(date!(2029 - 05 - 05)), Status::Expiring);
        assert_eq!(on(date!(2029 - 05 - 06)), Status::Expired);
    }

    fn days() -> impl Strategy<Value = Date> {
        (2_440_000_i32..2_480_000).prop_map(|day| Date::from_julian_day(day).unwrap())
    }

    proptest! {
        /// The period covers every day of the years and not one of the next.
        #[test]
        fn whole_years(from in days(), years in 1_u32..10) {
            let until = valid_until(from, &rule(years, "day_before_anniversary")).unwrap();
            let next = until.next_day().unwrap();
            let year = from.year() + i32::try_from(years).unwrap();
            match from.replace_year(year) {
                Ok(anniversary) => prop_assert_eq!(next, anniversary),
                Err(_) => prop_assert_eq!(next, Date::from_calendar_date(year, time::Month::March, 1).unwrap()),
            }
        }

        /// A later first day never ends earlier, and the status only moves forward with the day.
        #[test]
        fn monotonous(from in days(), step in 0_i64..2000) {
            let later = from + Duration::days(1);
            prop_assert!(day_before(from) <= day_before(later));
            let validity = Period { from: from.into(), until: day_before(from).into() };
            let rank = |day: Date| match RULE.status(&mark(validity), day.into()) {
                Status::NotYetValid => 0,
                Status::Valid => 1,
                Status::Expiring => 2,
                _ => 3,
            };
            let day = from + Duration::days(step - 300);
            let first = RULE.expiring_from(validity).unwrap();
            prop_assert_eq!(RULE.status(&mark(validity), first), Status::Expiring);
            prop_assert!(first.0 == from || RULE.status(&mark(validity), first.0.previous_day().unwrap().into()) == Status::Valid);
            prop_assert!(rank(day) <= rank(day + Duration::days(1)));
        }
    }
}
