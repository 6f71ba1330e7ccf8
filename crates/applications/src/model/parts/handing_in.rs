//! What is handed in, taken in and mended, and the clock about it.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    BlobRef, LegalDate, Moment,
    ids::{AccountId, EnterpriseId},
};
use matters::{ClockKey, DepartmentKey, MaterialKey, PauseCause, Term};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{DeferralPromise, FileId, StopId};

/// Who acted, as it stands in records and documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// The account; absent for the platform itself.
    pub account: Option<AccountId>,
    /// Name of the person.
    pub name: String,
}

/// The applicant as the registry knew it when the application was drafted or handed in last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Applicant {
    /// The enterprise in the registry.
    pub enterprise: EnterpriseId,
    /// Name.
    pub name: String,
    /// Unified social credit code or old registration number.
    pub code: String,
    /// Address.
    pub address: String,
    /// Legal representative.
    pub legal_representative: String,
    /// 经济类型.
    pub economic_type: String,
    /// GB/T 2260 code.
    pub region: String,
    /// True for data of the demo city.
    pub demo: bool,
}

/// The part that is filled in online.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Contact person of the applicant.
    #[serde(default)]
    pub contact: String,
    /// Telephone of the contact person.
    #[serde(default)]
    pub contact_phone: String,
    /// 申请的许可范围, one phrase an entry.
    #[serde(default)]
    pub scope: Vec<String>,
    /// Where a paper licence is to be delivered.
    #[serde(default)]
    pub delivery_address: String,
    /// Conditional materials that the applicant declares to apply to it.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub applicable_materials: BTreeSet<MaterialKey>,
    /// Number of employees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employees: Option<u32>,
    /// Materials that follow later against a commitment (容缺受理).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferral: Option<DeferralPromise>,
    /// The applicant answers for the truth of the materials (行政许可法 art. 31).
    #[serde(default)]
    pub truth_declared: bool,
    /// Further entries by name.
    #[serde(default)]
    pub extra: BTreeMap<String, String>,
}

/// The form with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormRecord {
    /// What is filled in.
    pub content: Form,
    /// Version of the application at which it was changed last.
    pub version: i64,
    /// When it was changed last.
    pub changed_at: Moment,
}

/// A file handed in for a material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MaterialFile {
    /// Identifier.
    pub id: FileId,
    /// The material it belongs to.
    #[schema(value_type = String)]
    pub material: MaterialKey,
    /// Name as uploaded.
    pub name: String,
    /// The content.
    pub blob: BlobRef,
    /// When it came in.
    pub at: Moment,
    /// Who handed it in.
    pub by: Person,
}

/// What a correction notice asks to be mended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", content = "key")]
pub enum CorrectionTarget {
    /// A material.
    #[schema(value_type = String)]
    Material(MaterialKey),
    /// The form filled in online.
    Form,
}

/// One item of a correction notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CorrectionItem {
    /// What is concerned.
    pub target: CorrectionTarget,
    /// Its name.
    pub name: String,
    /// What is wrong.
    pub problem: String,
    /// What is asked for.
    pub requirement: String,
}

/// A correction notice (补正告知), given once (行政许可法 art. 32).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CorrectionNotice {
    /// When it was given.
    pub notified_at: Moment,
    /// Legal day on which it was given.
    pub notified_on: LegalDate,
    /// By whom.
    pub by: Person,
    /// Everything that has to be mended.
    pub items: Vec<CorrectionItem>,
}

/// A correction that the applicant has answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CorrectionRound {
    /// The notice.
    pub notice: CorrectionNotice,
    /// When the mended application came in.
    pub answered_at: Moment,
    /// Legal day on which it came in.
    pub answered_on: LegalDate,
}

/// What is known since the application came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intake {
    /// 受理编号, given when the application comes in.
    pub reference: String,
    /// When it came in.
    pub submitted_at: Moment,
    /// Legal day on which it came in.
    pub received_on: LegalDate,
    /// 首接负责人: owns the application to the end.
    pub owner: Option<Person>,
    /// The answered correction, if there was one.
    pub correction: Option<CorrectionRound>,
    /// Periods that do not count.
    pub stops: Vec<Stop>,
}

/// Acceptance (受理).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acceptance {
    /// Legal day from which the application counts as accepted.
    pub accepted_on: LegalDate,
    /// When it was recorded.
    pub at: Moment,
    /// By whom; the platform itself when the law deems it accepted.
    pub by: Person,
    /// 视为受理: no notice was given in time.
    pub deemed: bool,
}

/// Which clocks a stop concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", content = "department")]
pub enum StopReach {
    /// The whole application, all departments included.
    Whole,
    /// One department's clock only.
    #[schema(value_type = String)]
    Department(DepartmentKey),
}

/// Time that is not counted (行政许可法 art. 45).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stop {
    /// Identifier.
    pub id: StopId,
    /// The lawful cause.
    pub cause: PauseCause,
    /// Its name.
    pub cause_name: String,
    /// Whole application or one department.
    pub reach: StopReach,
    /// Clocks of the matter that stand still.
    #[schema(value_type = Vec<String>)]
    pub clocks: Vec<ClockKey>,
    /// First day that is not counted: the day after the act.
    pub first: LegalDate,
    /// Last day not counted as announced in writing.
    pub expected: Option<LegalDate>,
    /// Last day that is not counted: the day of the resumption.
    pub last: Option<LegalDate>,
    /// Why.
    pub reason: String,
    /// Who stopped the clock.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Who resumed it and when.
    pub resumed: Option<Act>,
}

/// Somebody did something at some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Act {
    /// Who.
    pub by: Person,
    /// When.
    pub at: Moment,
}

/// 延长审批期限, once, by the head with reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Extension {
    /// The clock that is extended.
    #[schema(value_type = String)]
    pub clock: ClockKey,
    /// By how much.
    #[schema(value_type = matters::WireTerm)]
    pub by_term: Term,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub by: Person,
    /// When.
    pub at: Moment,
}
