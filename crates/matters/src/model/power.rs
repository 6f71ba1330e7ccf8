//! What is granted, by whose power, and what follows when rules are broken.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Clause, DepartmentKey, Provenance};

/// What is granted at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterLicence)]
pub struct Licence {
    /// Name printed on the certificate.
    pub name: String,
    /// Letters in the licence number, such as `WH`.
    #[schema(pattern = "^[A-Z]{2}$")]
    pub type_code: String,
    /// Where the letters come from.
    pub type_code_provenance: Provenance,
    /// How long it is valid.
    pub validity: Validity,
    /// Phrases for 许可范围.
    pub scope: Vec<ScopePhrase>,
}

/// Validity of the licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// Whole years from the first day.
    #[schema(minimum = 1)]
    pub years: u32,
    /// Clauses that set the years.
    pub basis: Vec<Clause>,
    /// Where the years come from.
    pub provenance: Provenance,
    /// Which day is the last.
    pub last_day: LastDay,
    /// Where the last day comes from.
    pub last_day_provenance: Provenance,
}

/// Which day the validity ends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LastDay {
    /// The day before the same date: 2026-05-06 … 2029-05-05.
    DayBeforeAnniversary,
    /// The same date: 2026-05-06 … 2029-05-06.
    Anniversary,
}

/// A phrase for the scope of the licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopePhrase {
    /// The words.
    pub text: String,
    /// Where the words come from.
    pub provenance: Provenance,
}

/// Facts of the power list and the responsibility list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Power {
    /// 权力类型
    pub power_type: PowerType,
    /// 业务办理项编码 is built from this and the city's authority.
    pub item_code: ItemCodeParts,
    /// The department that exercises the power in a city; its name comes from the city's file.
    pub implementing_department: DepartmentKey,
    /// 设定依据
    pub basis: Vec<Clause>,
    /// 服务对象
    pub object: String,
    /// 收费
    pub fees: Fees,
    /// How it is handled at the counter.
    pub handling: Handling,
    /// 责任事项：what the body must do, stage by stage.
    pub duties: Vec<Duty>,
    /// 追责情形：what its staff answer for.
    pub accountability: Vec<Liability>,
    /// 法律责任 of enterprises.
    pub penalties: Vec<Penalty>,
}

/// Kind of administrative power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PowerType {
    /// 行政许可
    AdministrativeLicence,
    /// 其他行政权力
    OtherPower,
}

/// The parts of the 33-character 业务办理项编码 that do not depend on the city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemCodeParts {
    /// 12-digit 基本编码; absent until somebody has read it in an official list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9]{12}$")]
    pub base: Option<String>,
    /// Two digits that tell apart items of one base code.
    #[schema(pattern = "^[0-9]{2}$")]
    pub serial: String,
    /// Where the code comes from.
    pub provenance: Provenance,
}

/// What the matter costs the applicant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fees {
    /// False: 不收费.
    pub charged: bool,
    /// Clauses.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// How the matter is handled at the counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Handling {
    /// 数量限制
    pub quantity_limit: String,
    /// 办理形式
    pub channels: Vec<String>,
    /// 投诉举报渠道
    pub complaints: Vec<String>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// A duty of the implementing body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// Short name such as 受理责任.
    pub name: String,
    /// What must be done.
    pub text: String,
    /// Clauses.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// Something the body's staff answer for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Liability {
    /// The conduct and its consequence.
    pub text: String,
    /// Clauses.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// What follows when an enterprise breaks the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Penalty {
    /// The conduct.
    pub conduct: String,
    /// The sanction.
    pub sanction: String,
    /// Clauses.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// One fact about competence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorityFact {
    /// 发证机关, 受委托机关, 初审 …
    pub role: String,
    /// Which body, and its limits.
    pub text: String,
    /// Level of government.
    pub level: String,
    /// Clauses.
    #[serde(default)]
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// A particular rule of the matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterRule)]
pub struct Rule {
    /// The rule.
    pub text: String,
    /// Clauses.
    #[serde(default)]
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}
