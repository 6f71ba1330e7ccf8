//! What departments and reviewers find.

use kernel::{LegalDate, Moment};
use matters::{ConditionKey, DepartmentKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Person;

/// Whether a condition is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Met {
    /// 符合
    Met,
    /// 不符合
    NotMet,
    /// 不适用
    NotApplicable,
}

impl Met {
    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Met => "符合",
            Self::NotMet => "不符合",
            Self::NotApplicable => "不适用",
        }
    }
}

/// What a department found about one condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// The condition.
    #[schema(value_type = String)]
    pub condition: ConditionKey,
    /// The outcome.
    pub met: Met,
    /// What was seen; required where the condition is not met.
    #[serde(default)]
    pub text: String,
}

/// A department's outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewResult {
    /// One finding for each condition that the department looks at.
    pub findings: Vec<Finding>,
    /// The opinion in words.
    pub opinion: String,
    /// 通过 or not.
    pub passed: bool,
    /// Who reviewed.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Legal day.
    pub on: LegalDate,
}

/// Why a department has to look again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Returned {
    /// Who sent it back.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Why.
    pub reason: String,
    /// In which state of the application.
    pub from: StageName,
}

/// One round of a department's review. Each round has its own clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewRound {
    /// 1 for the first.
    pub number: u32,
    /// When it was assigned.
    pub since: Moment,
    /// Legal day on which its clock starts.
    pub assigned_on: LegalDate,
    /// Why it has to be looked at again; absent in the first round.
    pub returned: Option<Returned>,
    /// The outcome; absent while open.
    pub result: Option<ReviewResult>,
}

/// One department's part in the parallel review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DepartmentReview {
    /// The department.
    #[schema(value_type = String)]
    pub department: DepartmentKey,
    /// Rounds before the present one, oldest first.
    pub past: Vec<ReviewRound>,
    /// The present round.
    pub round: ReviewRound,
}

impl DepartmentReview {
    /// Whether the department still has to review.
    pub fn is_open(&self) -> bool {
        self.round.result.is_none()
    }

    /// Every round, oldest first.
    pub fn rounds(&self) -> impl Iterator<Item = &ReviewRound> {
        self.past.iter().chain(std::iter::once(&self.round))
    }
}

/// The three stages in which one person of the lead department gives an opinion or decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StageName {
    /// 并联审查
    ParallelReview,
    /// 初审
    FirstReview,
    /// 复审
    SecondReview,
    /// 决定
    Decision,
}

impl StageName {
    /// The key of the stage in matter definitions.
    pub fn key(self) -> &'static str {
        match self {
            Self::ParallelReview => "parallel_review",
            Self::FirstReview => "first_review",
            Self::SecondReview => "second_review",
            Self::Decision => "decision",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::ParallelReview => "并联审查",
            Self::FirstReview => "初审",
            Self::SecondReview => "复审",
            Self::Decision => "决定",
        }
    }
}

/// The opinion of the first or second review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageOpinion {
    /// First or second review.
    pub stage: StageName,
    /// Whether the reviewer is for granting.
    pub for_grant: bool,
    /// The opinion in words.
    pub opinion: String,
    /// Who.
    pub by: Person,
    /// When.
    pub at: Moment,
}
