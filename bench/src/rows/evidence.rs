//! The evidence log: sealing all that was recorded, and proofs.

use std::time::Instant;

use kernel::event::{self, EventFilter};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use server::Platform;

use super::Place;
use crate::{
    Outcome,
    report::{Finding, Report, Section, Unit, Verdict},
    stats::{Times, figure, rate, thousands},
};

/// Proofs timed.
const PROOFS: usize = 1000;

pub(super) async fn run(place: &Place<'_>, platform: &Platform, report: &mut Report) -> Outcome<()> {
    let begun = Instant::now();
    let sealed = platform.transparency.seal_all().await?;
    let time = begun.elapsed();
    let speed = rate(sealed.sealed, time);
    report.add(
        Finding::of(
            Section::Evidence,
            "sealing",
            format!(
                "{} leaves in {:.1} s",
                thousands(f64::from(u32::try_from(sealed.sealed)?)),
                time.as_secs_f64()
            ),
        )
        .on(place.engine, place.size)
        .judged(Verdict::at_least(
            "leaves sealed durably",
            speed,
            5000.0,
            Unit::PerSecond,
        )),
    );
    let times = proofs(place, platform).await?;
    report.add(
        Finding::of(
            Section::Evidence,
            "proof",
            format!(
                "median {} ms, p95 {} ms, p99 {} ms",
                figure(times.at(0.5)),
                figure(times.at(0.95)),
                figure(times.at(0.99))
            ),
        )
        .on(place.engine, place.size)
        .judged(Verdict::at_most("median", times.at(0.5), 1.0, Unit::Millis)),
    );
    Ok(())
}

/// Proofs of events from all over the log.
async fn proofs(place: &Place<'_>, platform: &Platform) -> Outcome<Times> {
    let mut chance = StdRng::seed_from_u64(7);
    let events = i64::try_from(place.size * 2)?;
    let mut times = Times::new()?;
    while times.count() < PROOFS as u64 {
        let before = chance.random_range(2..=events);
        let some = event::find(platform.kernel.db(), &EventFilter::default(), Some(before), 10).await?;
        for event in some {
            let begun = Instant::now();
            platform.transparency.prove(event.body.id).await?;
            times.add(begun.elapsed());
        }
    }
    Ok(times)
}
