//! Arithmetic of figures.

use std::collections::BTreeMap;

use kernel::LegalDate;

use super::next_day;
use crate::model::Spread;

/// Most days that one figure may span.
pub const MOST_DAYS: i64 = 366;

/// Mean, nearest-rank 90th percentile and maximum of days, given how often each number of days occurred.
pub fn spread(days: &BTreeMap<u32, u64>) -> Option<Spread> {
    let number: u64 = days.values().sum();
    let max = days
        .iter()
        .rev()
        .find(|(_, times)| **times > 0)
        .map(|(day, _)| *day)?;
    let total: u64 = days.iter().map(|(day, times)| u64::from(*day) * times).sum();
    let rank = (number * 9).div_ceil(10);
    let mut passed = 0;
    let p90 = days.iter().find_map(|(day, times)| {
        passed += times;
        (passed >= rank).then_some(*day)
    })?;
    // In tenths, so that screens and workbooks round alike.
    let tenths = (total * 10 + number / 2) / number;
    let mean = f64::from(u32::try_from(tenths).unwrap_or(u32::MAX)) / 10.0;
    Some(Spread { mean, p90, max })
}

/// Every day from the first to the last.
pub fn days(from: LegalDate, until: LegalDate) -> impl Iterator<Item = LegalDate> {
    let after = move |day: &LegalDate| (*day < until).then(|| next_day(*day));
    std::iter::successors((from <= until).then_some(from), after)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn check(days: &[(u32, u64)], expected: Option<(f64, u32, u32)>) {
        let found = spread(&days.iter().copied().collect());
        assert_eq!(
            found.map(|one| (one.mean, one.p90, one.max)),
            expected,
            "{days:?}"
        );
    }

    #[test]
    fn days_spread() {
        check(&[], None);
        check(&[(3, 0)], None);
        check(&[(0, 1)], Some((0.0, 0, 0)));
        check(&[(7, 1)], Some((7.0, 7, 7)));
        check(&[(1, 9), (20, 1)], Some((2.9, 1, 20)));
        check(&[(1, 8), (20, 2)], Some((4.8, 20, 20)));
        check(&[(1, 1), (2, 2)], Some((1.7, 2, 2)));
    }

    #[test]
    fn every_day_once() {
        let list = |from, until| days(LegalDate(from), LegalDate(until)).count();
        assert_eq!(list(date!(2026 - 02 - 27), date!(2026 - 03 - 01)), 3);
        assert_eq!(list(date!(2026 - 03 - 01), date!(2026 - 03 - 01)), 1);
        assert_eq!(list(date!(2026 - 03 - 02), date!(2026 - 03 - 01)), 0);
    }
}
