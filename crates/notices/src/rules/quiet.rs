//! Quiet hours.

use kernel::Moment;
use time::Duration;

use crate::model::Quiet;

/// When something that is ready `now` may leave: at once, or at the end of the quiet hours.
pub fn not_before(now: Moment, quiet: Option<Quiet>) -> Moment {
    let Some(quiet) = quiet else { return now };
    let midnight = now.legal_date().midnight();
    let (from, to) = (quiet.from.minutes(), quiet.to.minutes());
    let minute = (now.0 - midnight.0) / 60_000;
    let at = |minutes| midnight.plus(Duration::minutes(minutes));
    let over_midnight = from > to;
    if over_midnight && minute >= from {
        return at(to + 24 * 60);
    }
    let is_quiet = minute < to && (over_midnight || minute >= from);
    if is_quiet { at(to) } else { now }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times of day in Shanghai on 2 March 2026; `+` before the expected one: on the day after.
    #[track_caller]
    fn check(quiet: &str, now: &str, expected: &str) {
        let quiet = quiet.split_once('-').map(|(from, to)| Quiet {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        });
        let at = |day: u8, time: &str| -> Moment {
            serde_json::from_str(&format!("\"2026-03-{day:02}T{time}:00+08:00\"")).unwrap()
        };
        let expected = match expected.strip_prefix('+') {
            Some(time) => at(3, time),
            None => at(2, expected),
        };
        assert_eq!(not_before(at(2, now), quiet), expected, "{now}");
    }

    #[test]
    fn nothing_leaves_in_quiet_hours() {
        check("22:00-07:30", "21:59", "21:59");
        check("22:00-07:30", "22:00", "+07:30");
        check("22:00-07:30", "23:59", "+07:30");
        check("22:00-07:30", "00:00", "07:30");
        check("22:00-07:30", "07:29", "07:30");
        check("22:00-07:30", "07:30", "07:30");
        check("12:00-14:00", "11:59", "11:59");
        check("12:00-14:00", "12:00", "14:00");
        check("12:00-14:00", "14:00", "14:00");
        check("00:00-07:00", "00:00", "07:00");
        // From and to alike: no quiet hours.
        check("08:00-08:00", "08:00", "08:00");
        check("", "03:00", "03:00");
    }
}
