//! Lengths of time in the calendar of the rule that sets them.

use std::fmt;

use codes::{Days, Months, WorkingDays};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A length of time in the calendar that the rule speaks of. The two kinds of days never mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireTerm", into = "WireTerm")]
pub enum Term {
    /// 工作日, by the State Council's holiday calendar.
    WorkingDays(WorkingDays),
    /// 日, calendar days.
    Days(Days),
    /// 个月, calendar months.
    Months(Months),
}

/// [`Term`] as it is written in a file.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Term)]
pub struct WireTerm {
    /// How many; at least one.
    #[schema(minimum = 1)]
    amount: u32,
    unit: Unit,
}

/// The calendar in which a term is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 工作日
    WorkingDays,
    /// 日
    Days,
    /// 个月
    Months,
}

/// A term of nothing cannot be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("期限必须大于零")]
pub struct EmptyTerm;

impl TryFrom<WireTerm> for Term {
    type Error = EmptyTerm;

    fn try_from(wire: WireTerm) -> Result<Self, Self::Error> {
        match (wire.amount, wire.unit) {
            (0, _) => Err(EmptyTerm),
            (amount, Unit::WorkingDays) => Ok(Self::WorkingDays(WorkingDays(amount))),
            (amount, Unit::Days) => Ok(Self::Days(Days(amount))),
            (amount, Unit::Months) => Ok(Self::Months(Months(amount))),
        }
    }
}

impl From<Term> for WireTerm {
    fn from(term: Term) -> Self {
        let (amount, unit) = match term {
            Term::WorkingDays(days) => (days.0, Unit::WorkingDays),
            Term::Days(days) => (days.0, Unit::Days),
            Term::Months(months) => (months.0, Unit::Months),
        };
        Self { amount, unit }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WorkingDays(days) => days.fmt(out),
            Self::Days(days) => days.fmt(out),
            Self::Months(months) => months.fmt(out),
        }
    }
}
