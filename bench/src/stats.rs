//! Times of many like things.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::Outcome;

/// Times in microseconds, up to a minute, to three digits.
pub struct Times(Histogram<u64>);

impl Times {
    /// None yet.
    pub fn new() -> Outcome<Self> {
        Ok(Self(Histogram::new_with_bounds(1, 60_000_000, 3)?))
    }

    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.0.saturating_record(micros);
    }

    /// Adds those of another.
    pub fn merge(&mut self, other: &Self) -> Outcome<()> {
        Ok(self.0.add(&other.0)?)
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time in milliseconds that this share of all stays under.
    #[allow(clippy::cast_precision_loss, reason = "microseconds of a minute are exact")]
    pub fn at(&self, quantile: f64) -> f64 {
        self.0.value_at_quantile(quantile) as f64 / 1000.0
    }
}

/// How many a second.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub fn rate(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// A figure as people read it: three digits that matter, thousands apart.
pub fn figure(value: f64) -> String {
    if value >= 1000.0 {
        return thousands(value);
    }
    let decimals = match value.abs() {
        small if small < 1.0 => 3,
        small if small < 10.0 => 2,
        small if small < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}

/// A whole number, thousands apart.
pub fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
