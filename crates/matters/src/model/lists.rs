//! 责任清单: what a body answers for in a matter. The definition says what the law asks of it; each quarter the list
//! is reviewed against complaints and enforcement, and a change is proposed, approved by another person, numbered and
//! published from a day on (MAT.3).

use std::{fmt, str::FromStr};

use kernel::{LegalDate, Moment, ids::AccountId};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::MatterKey;

kernel::ids! {
    /// A quarterly review of a responsibility list.
    ReviewId,
}

/// A quarter of a year, written `2026Q1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Quarter {
    year: i32,
    number: u8,
}

/// The text is not a quarter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是季度，应当写作 2026Q1")]
pub struct BadQuarter(String);

impl Quarter {
    /// The quarter in which a legal day lies.
    pub fn of(day: LegalDate) -> Self {
        Self {
            year: day.0.year(),
            number: (u8::from(day.0.month()) - 1) / 3 + 1,
        }
    }

    /// The words shown to people.
    pub fn chinese(self) -> String {
        format!("{}年第{}季度", self.year, self.number)
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}Q{}", self.year, self.number)
    }
}

impl FromStr for Quarter {
    type Err = BadQuarter;

    fn from_str(text: &str) -> Result<Self, BadQuarter> {
        let bad = || BadQuarter(text.to_owned());
        let (year, number) = text.split_once('Q').ok_or_else(bad)?;
        let year = year.parse().ok().filter(|_| year.len() == 4).ok_or_else(bad)?;
        let number = number
            .parse()
            .ok()
            .filter(|n| (1..=4).contains(n))
            .ok_or_else(bad)?;
        Ok(Self { year, number })
    }
}

impl TryFrom<String> for Quarter {
    type Error = BadQuarter;

    fn try_from(text: String) -> Result<Self, BadQuarter> {
        text.parse()
    }
}

impl From<Quarter> for String {
    fn from(quarter: Quarter) -> Self {
        quarter.to_string()
    }
}

impl PartialSchema for Quarter {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[0-9]{4}Q[1-4]$"));
        text.examples(["2026Q1"]).build().into()
    }
}

impl ToSchema for Quarter {}

/// One line of a responsibility list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListedDuty {
    /// Short name such as 受理责任.
    pub name: String,
    /// What must be done.
    pub text: String,
    /// Clauses in words; a rule of the house may have none.
    #[serde(default)]
    pub basis: String,
    /// What its staff answer for, in words.
    #[serde(default)]
    pub liability: String,
}

/// What the review looked at (投诉与执法数据).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewEvidence {
    /// Complaints of enterprises in the quarter.
    #[serde(default)]
    pub complaints: u32,
    /// Enforcement cases in the quarter.
    #[serde(default)]
    pub enforcement_cases: u32,
    /// What they show.
    pub findings: String,
}

/// What the review comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum ListChange {
    /// 不作调整
    Unchanged,
    /// 调整: the whole new list.
    Changed {
        /// Its lines.
        duties: Vec<ListedDuty>,
    },
}

/// Somebody did something at some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewAct {
    /// The account; absent for the platform itself.
    pub account: Option<AccountId>,
    /// Name of the person.
    pub name: String,
    /// When.
    pub at: Moment,
}

/// How a proposal stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ReviewState {
    /// 待审批
    Proposed,
    /// 已批准
    Approved {
        /// By whom.
        act: ReviewAct,
        /// Version of the list from now on; absent where nothing changes.
        number: Option<u32>,
        /// First legal day of that version.
        effective_from: LegalDate,
    },
    /// 未批准
    Rejected {
        /// By whom.
        act: ReviewAct,
        /// Why.
        reason: String,
    },
}

impl ReviewState {
    /// The stable name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
        }
    }

    /// The name for people.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Proposed => "待审批",
            Self::Approved { .. } => "已批准",
            Self::Rejected { .. } => "未批准，已退回",
        }
    }
}

/// A quarterly review of one matter's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListReview {
    /// Identifier.
    pub id: ReviewId,
    /// Version for optimistic locking.
    pub version: i64,
    /// The matter.
    pub matter: MatterKey,
    /// The quarter that was reviewed.
    pub quarter: Quarter,
    /// What it looked at.
    pub evidence: ReviewEvidence,
    /// What it comes to.
    pub change: ListChange,
    /// Who proposed it and when.
    pub proposed: ReviewAct,
    /// How it stands.
    #[serde(flatten)]
    pub state: ReviewState,
}

/// A published version of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedList {
    /// 0 for the list of the definition itself.
    pub number: u32,
    /// First legal day.
    pub effective_from: LegalDate,
    /// Its lines.
    pub duties: Vec<ListedDuty>,
}
