//! Figures about many applications. Each can be opened: a list with the same filters shows what was counted.

use kernel::{LegalDate, ids::AccountId};

use super::StateName;
use crate::rules::ClockUnit;

/// Open applications of a group, and how their clocks stand. The groups overlap: `soon` contains `today`, and a
/// clock that stands still shows a light as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// All of them.
    pub open: i64,
    /// Overdue: the red light.
    pub late: i64,
    /// On their last day.
    pub today: i64,
    /// In the last part of the period: the yellow light.
    pub soon: i64,
    /// Standing still.
    pub held: i64,
}

/// Applications in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageLoad {
    /// The state.
    pub state: StateName,
    /// How many, and how they stand.
    pub load: Load,
}

/// What happened on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// The day.
    pub day: LegalDate,
    /// Whether it is worked; `None` while the holidays of its year are not published.
    pub workday: Option<bool>,
    /// Handed in.
    pub submitted: i64,
    /// Accepted.
    pub accepted: i64,
    /// Granted.
    pub granted: i64,
    /// Refused.
    pub refused: i64,
    /// Not accepted.
    pub not_accepted: i64,
}

impl DayCount {
    /// A day on which nothing happened.
    pub fn quiet(day: LegalDate, workday: Option<bool>) -> Self {
        Self {
            day,
            workday,
            submitted: 0,
            accepted: 0,
            granted: 0,
            refused: 0,
            not_accepted: 0,
        }
    }
}

/// Days that finished reviews took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// On average.
    pub mean: f64,
    /// Nine of ten took at most so many.
    pub p90: u32,
    /// The longest.
    pub max: u32,
}

/// How a department keeps its time in parallel reviews.
#[derive(Clone, Debug, PartialEq)]
pub struct DepartmentFigure {
    /// Key of the department.
    pub department: String,
    /// Its limit in words and days; `None` where matters give it different ones.
    pub limit: Option<(String, u32)>,
    /// What its clocks count; `None` where matters count differently.
    pub unit: Option<ClockUnit>,
    /// Reviews handed in on the days asked for, each round counted.
    pub done: i64,
    /// Those after their last day.
    pub done_late: i64,
    /// Days used, in the days of the clock.
    pub used: Option<Spread>,
    /// Reviews to be handed in now.
    pub open: i64,
    /// Those after their last day.
    pub open_late: i64,
}

/// What a first-contact officer has on the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficerFigure {
    /// The account.
    pub account: AccountId,
    /// Name of the officer.
    pub name: String,
    /// Department of the officer.
    pub department: Option<String>,
    /// Applications under way.
    pub load: Load,
    /// Decided within the last thirty days.
    pub done: i64,
}

/// What is under way, by first-contact officer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfficerFigures {
    /// Each officer who has something on the desk or finished something.
    pub officers: Vec<OfficerFigure>,
    /// What nobody has taken on yet.
    pub unowned: Load,
}

/// Open applications of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionLoad {
    /// GB/T 2260 code.
    pub region: String,
    /// Under way.
    pub open: i64,
    /// Overdue.
    pub late: i64,
}
