//! What is known of the applicant before a decision.

use kernel::Moment;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far a risk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// Nothing found.
    Clear,
    /// The platform has no data: the reviewer must look elsewhere.
    NoData,
    /// Worth a look.
    Attention,
    /// Must be looked at.
    High,
}

/// One line of the risk report, with its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RiskLine {
    /// Name.
    pub name: String,
    /// How far.
    pub level: RiskLevel,
    /// What is known.
    pub text: String,
    /// What the reviewers should ask themselves.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// Where it comes from.
    pub source: String,
}

/// The risk report that is drawn up at acceptance (APP.7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RiskReport {
    /// When it was drawn up.
    pub at: Moment,
    /// The highest level of all lines.
    pub level: RiskLevel,
    /// The lines.
    pub lines: Vec<RiskLine>,
}
