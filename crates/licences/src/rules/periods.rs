//! Periods, limits and tables for the life of a licence: rule data with their legal basis, `data/licences/*.json`.

use std::collections::BTreeMap;

use codes::{Days, WorkCalendar};
use kernel::{LegalDate, Moment};
use matters::{Industry, Term};
use serde::{Deserialize, Serialize};
use time::{Date, Duration};
use utoipa::ToSchema;

/// A week-end and the two longest holidays of a year that can follow close upon each other, in calendar days.
const LONGEST_BREAKS: u32 = 2 + 9 + 4;

/// Whether a fact was read in its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PeriodMark)]
pub enum Mark {
    /// Read there.
    Confirmed,
    /// 待核: to be checked before go-live.
    Unconfirmed,
}

/// A period with the clause that sets it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// How long.
    pub term: Term,
    /// Clauses that set it.
    pub basis: Vec<String>,
    /// Whether they were read.
    pub mark: Mark,
    /// What has to be checked.
    #[serde(default)]
    pub note: String,
}

/// A period that is counted in hours.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HourLimit {
    /// How many.
    pub hours: u32,
    /// Clauses that set it.
    pub basis: Vec<String>,
    /// Whether they were read.
    pub mark: Mark,
    /// What has to be checked.
    #[serde(default)]
    pub note: String,
}

impl HourLimit {
    /// The instant at which it is over.
    pub fn after(&self, start: Moment) -> Moment {
        start.plus(Duration::hours(i64::from(self.hours)))
    }
}

impl Limit {
    /// The last day of the period that begins on the day after `start`. While the holidays of a year are not loaded,
    /// working days are counted so generously that the true last day is never later: nobody is told to be late, and
    /// nobody's voice is cut off, because of a calendar.
    pub fn after(&self, start: LegalDate, calendar: &WorkCalendar) -> LegalDate {
        let end = match self.term {
            Term::WorkingDays(days) => match calendar.add_working_days(start.0, days) {
                Ok(end) => Some(end),
                Err(_) => Days(days.0 / 5 * 7 + days.0 % 5 + LONGEST_BREAKS).after(start.0),
            },
            Term::Days(days) => days.after(start.0),
            Term::Months(months) => months.after(start.0),
        };
        LegalDate(end.unwrap_or(Date::MAX))
    }

    /// The first day of the period of whole days that ends on `end`.
    pub fn before(&self, end: LegalDate) -> LegalDate {
        let start = match self.term {
            Term::Days(days) => days.before(end.0),
            Term::Months(months) => months.before(end.0),
            Term::WorkingDays(_) => None,
        };
        LegalDate(start.unwrap_or(end.0))
    }
}

/// `data/licences/periods.json`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Periods {
    /// Version of the file.
    pub version: u32,
    /// How long the paper before may be used after a change or exchange.
    pub transition: Limit,
    /// Within which the papers of an ended licence are handed in.
    pub return_of_papers: Limit,
    /// Within which a decision or licence is served.
    pub service: Limit,
    /// For statement and defence after a prior notice.
    pub plea: Limit,
    /// For asking for a hearing after a prior notice.
    pub hearing_request: Limit,
    /// Within which the posting of a licence handed over is confirmed.
    pub posting: Limit,
    /// Report of a damage.
    pub damage_report: HourLimit,
    /// Within which the exchange of a damaged paper is begun.
    pub exchange_begun: HourLimit,
    /// Longest use of a stand-in.
    pub stand_in: Limit,
    /// Mark printed on a stand-in.
    pub stand_in_mark: String,
    /// Public notice of a loss.
    pub loss_notice: Limit,
    /// Completion report of work elsewhere.
    pub work_elsewhere_report: Limit,
    /// Report of an emergency use.
    pub emergency_use_report: Limit,
    /// How long before the last day the renewal is applied for.
    pub renewal: Limit,
    /// How late a renewal may be decided at the most.
    pub late_renewal: Limit,
    /// Calendar days before the last day on which the holder is reminded.
    pub reminders: Vec<u16>,
}

/// `data/licences/measures.json`: what each measure needs before it is decided.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measures {
    /// Version of the file.
    pub version: u32,
    /// By the key of the measure, such as `suspension` or `cancellation.expired`.
    pub measures: BTreeMap<String, MeasureRule>,
}

/// What a measure needs before it is decided.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureRule {
    /// Key of the document of the decision.
    pub document: String,
    /// The holder is told beforehand and heard.
    pub prior_notice: bool,
    /// The holder may ask for a hearing.
    pub hearing: bool,
    /// Clauses.
    pub basis: Vec<String>,
    /// Whether they were read.
    pub mark: Mark,
    /// What has to be checked.
    #[serde(default)]
    pub note: String,
}

/// `data/licences/suspensions.json`: how long a licence is suspended, by industry and case.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuspensionTable {
    /// Version of the file.
    pub version: u32,
    /// The cases.
    pub cases: Vec<SuspensionCase>,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspensionCase {
    /// Key.
    pub key: String,
    /// For which industries; empty: for all.
    pub industries: Vec<Industry>,
    /// What happened.
    pub name: String,
    /// Fewest calendar days.
    pub least_days: u32,
    /// Most calendar days.
    pub most_days: u32,
    /// Clauses.
    pub basis: Vec<String>,
    /// Whether they were read.
    pub mark: Mark,
    /// What has to be checked.
    #[serde(default)]
    pub note: String,
}

impl SuspensionTable {
    /// The rows that apply to an industry.
    pub fn of(&self, industry: Industry) -> impl Iterator<Item = &SuspensionCase> {
        self.cases
            .iter()
            .filter(move |case| case.industries.is_empty() || case.industries.contains(&industry))
    }
}

impl SuspensionCase {
    /// Whether a suspension of so many days, both ends counted, is within the row.
    pub fn allows(&self, from: LegalDate, until: LegalDate) -> bool {
        let days = (until.0 - from.0).whole_days() + 1;
        (i64::from(self.least_days)..=i64::from(self.most_days)).contains(&days)
    }
}
