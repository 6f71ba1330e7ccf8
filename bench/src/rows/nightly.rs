//! The work of a legal day over the whole register: expiry, reminders, ends of suspensions, what was owed.

use std::time::Instant;

use time::Duration;

use super::Place;
use crate::{
    Outcome,
    report::{Finding, Report, Section, Unit, Verdict},
    stats::figure,
};

/// Seconds that a night may take.
const LIMIT: f64 = 60.0;
/// Days that are made up for after a stop.
const MISSED: i64 = 10;

pub(super) async fn run(place: &Place<'_>, platform: &server::Platform, report: &mut Report) -> Outcome<()> {
    let today = platform.kernel.now().legal_date();
    let (mut longest, mut told) = (0.0_f64, 0);
    let begun = Instant::now();
    for day in 1..=MISSED {
        let one = Instant::now();
        let day = kernel::LegalDate(today.0 + Duration::days(day));
        told += usize::try_from(platform.licences.run_day(day).await?)?;
        longest = longest.max(one.elapsed().as_secs_f64());
    }
    let all = begun.elapsed().as_secs_f64();
    report.add(
        Finding::of(
            Section::Nightly,
            "one night, the longest of ten".to_owned(),
            format!("{} s for all ten, {} events", figure(all), told),
        )
        .on(place.engine, place.size)
        .judged(Verdict::at_most("night", longest, LIMIT, Unit::Seconds)),
    );
    Ok(())
}
