//! How an application ends.

use kernel::{LegalDate, Moment};
use matters::ConditionKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Person;

/// One unmet condition of a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnmetCondition {
    /// The condition.
    #[schema(value_type = String)]
    pub condition: ConditionKey,
    /// What was found.
    pub finding: String,
}

/// The remedies that a refusal names (行政许可法 art. 38, 行政复议法 art. 20, 行政诉讼法 art. 46).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Remedies {
    /// Government to which reconsideration is addressed, within 60 days.
    pub government: String,
    /// Court, within six months.
    pub court: String,
}

/// The final decision (决定).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Who decided.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Legal day.
    pub on: LegalDate,
    /// Reasons.
    pub reason: String,
}

/// What is granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GrantTerms {
    /// 许可范围.
    pub scope: Vec<String>,
    /// First day of validity.
    pub valid_from: LegalDate,
    /// Last day of validity.
    pub valid_to: LegalDate,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusalTerms {
    /// Conditions not met; at least one.
    pub unmet: Vec<UnmetCondition>,
    /// Clauses in words.
    pub legal_basis: String,
    /// Remedies.
    pub remedies: Remedies,
}

/// Refusal to accept (不予受理).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NonAcceptance {
    /// Who refused.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Legal day.
    pub on: LegalDate,
    /// Why.
    pub reason: String,
    /// Clauses in words.
    pub legal_basis: String,
    /// Where to apply instead, if the body is not competent.
    pub competent_authority: Option<String>,
    /// Remedies.
    pub remedies: Remedies,
}

/// Delivery (送达).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// Legal day of delivery.
    pub on: LegalDate,
    /// Where.
    pub place: String,
    /// How: 直接送达, 邮寄送达, 电子送达 …
    pub method: String,
    /// Who received it.
    pub recipient: String,
    /// Anything to be noted.
    #[serde(default)]
    pub remark: String,
    /// Who delivered.
    pub by: Person,
    /// When it was recorded.
    pub at: Moment,
}

/// How an application ended without a decision on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Withdrawal {
    /// Who.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Why.
    pub reason: String,
    /// 按撤回处理: the applicant let the correction period pass.
    pub treated: bool,
}
