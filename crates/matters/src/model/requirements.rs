//! What the enterprise must show and who looks at it: conditions, materials, departments, site check.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Clause, ClockKey, ConditionKey, DepartmentKey, DocumentKey, Facet, MaterialKey, Provenance, StageKey,
    Term, WireTerm,
};

/// A condition that the enterprise must meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterCondition)]
pub struct Condition {
    /// Key used by materials and reviews.
    pub key: ConditionKey,
    /// The condition.
    pub text: String,
    /// Which of the thirteen heads of 安全生产许可证条例 art. 6 it belongs to (1–13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 13)]
    pub head: Option<u8>,
    /// Facets that it concerns; empty: whatever is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_for: Vec<Facet>,
    /// Clauses.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
    /// How it is looked at on site; absent where papers suffice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_site: Option<OnSite>,
    /// Which other data it is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross_check: Option<String>,
}

/// One line of the joint checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnSite {
    /// What to do on site.
    pub text: String,
    /// 核心指标: one failure fails the whole site check.
    pub core: bool,
}

/// Whether a material may follow later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deferrable {
    /// 核心材料: must be there at acceptance.
    Core,
    /// 可容缺: may follow against a signed commitment.
    Deferrable,
}

/// In which form a material is handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaterialForm {
    /// 在线填写
    OnlineForm,
    /// 原件（扫描）
    Original,
    /// 复印件（扫描）
    Copy,
    /// 电子证照或者共享数据
    ElectronicLicence,
}

/// File types that can be uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileType {
    /// application/pdf
    Pdf,
    /// application/ofd (GB/T 33190)
    Ofd,
    /// image/jpeg
    Jpg,
    /// image/png
    Png,
    /// Word, Office Open XML
    Docx,
    /// Excel, Office Open XML
    Xlsx,
}

/// A material that the applicant hands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterMaterial)]
pub struct Material {
    /// Key used by reviews and uploads.
    pub key: MaterialKey,
    /// Name shown to people.
    pub name: String,
    /// True: everybody; false: only `applies_when`.
    pub required: bool,
    /// When a conditional material is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies_when: Option<String>,
    /// Facets that it concerns; empty: whatever is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_for: Vec<Facet>,
    /// Core or deferrable.
    pub deferrable: Deferrable,
    /// Accepted forms.
    pub forms: Vec<MaterialForm>,
    /// What may be uploaded; absent for a form that is only filled in online.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<Upload>,
    /// Who makes out the paper.
    pub source_body: String,
    /// Which shared data can stand in for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_share: Option<String>,
    /// Conditions that it proves.
    #[serde(default)]
    pub proves: Vec<ConditionKey>,
    /// Clauses.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// Limits of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    /// Accepted file types; at least one.
    pub file_types: Vec<FileType>,
    /// Largest single file, in MB (10⁶ bytes).
    #[schema(minimum = 1)]
    pub max_size_mb: u32,
}

/// 容缺受理 + 承诺制 for this matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterDeferral)]
pub struct Deferral {
    /// Whether deferrable materials may follow at all.
    pub allowed: bool,
    /// When they are due, counted from acceptance.
    #[schema(value_type = WireTerm)]
    pub due: Term,
    /// The stage that may not begin before they are in.
    pub before_stage: StageKey,
    /// The commitment that is signed.
    pub commitment: DocumentKey,
    /// What follows a broken commitment.
    pub breach: String,
    /// Where the rule and the classification core/deferrable come from.
    pub provenance: Provenance,
}

/// One department's part in the parallel review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterReview)]
pub struct Review {
    /// The department; its name comes from the city's file.
    pub department: DepartmentKey,
    /// True for the one that accepts, keeps and decides the application.
    pub lead: bool,
    /// The question it answers.
    pub question: String,
    /// Conditions it looks at.
    pub conditions: Vec<ConditionKey>,
    /// Materials it looks at.
    pub materials: Vec<MaterialKey>,
    /// Its clock.
    pub clock: ClockKey,
    /// Facets that it concerns; empty: whatever is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_for: Vec<Facet>,
    /// When it takes part; absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies_when: Option<String>,
    /// Where the division of work comes from.
    pub provenance: Provenance,
}

/// Whether somebody goes to the site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SiteNeed {
    /// 书面审查即可
    Never,
    /// 对实质内容需要核实的
    #[default]
    InDoubt,
    /// 每件均核查
    Always,
}

/// How the site is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterSiteCheck)]
pub struct SiteCheck {
    /// Whether somebody goes there.
    #[serde(default)]
    pub need: SiteNeed,
    /// Fewest officers (行政许可法 art. 34: two).
    #[schema(minimum = 2)]
    pub min_officers: u32,
    /// Ways of checking.
    pub modes: Vec<String>,
    /// When it takes place.
    pub occasion: String,
    /// Departments that come along under one checklist.
    pub departments: Vec<DepartmentKey>,
    /// Clauses.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
    /// Where the lines of the checklist (the conditions' `on_site`) come from.
    pub checklist_provenance: Provenance,
}
