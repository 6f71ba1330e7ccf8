//! The typed form of a matter definition (事项定义): one self-contained document that says what an
//! application needs, who looks at it, how long each step may take and which papers come out.
//!
//! A definition is data (`data/matters/<industry>/<kind>.v<version>.json`). Another city changes the file,
//! not the program. Everything here is plain values: no database, no clock, no chance.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

mod city;
mod documents;
mod existing;
mod keys;
mod lists;
mod outlines;
mod power;
mod procedure;
mod requirements;
mod term;

pub use city::*;
pub use documents::*;
pub use existing::*;
pub use keys::*;
pub use lists::*;
pub use outlines::Outlines;
pub use power::*;
pub use procedure::*;
pub use requirements::*;
pub use term::*;

time::serde::format_description!(pub(crate) iso_date, Date, "[year]-[month]-[day]");

/// The six industries under the licensing regulation (安全生产许可证条例 art. 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Industry {
    /// 非煤矿山
    NoncoalMine,
    /// 危险化学品生产
    Hazchem,
    /// 烟花爆竹生产
    Fireworks,
    /// 建筑施工
    Construction,
    /// 民用爆炸物品生产
    CivilExplosives,
    /// 煤矿
    Coal,
}

impl Industry {
    /// Every industry, in the order in which lists show them.
    pub const ALL: [Self; 6] = [
        Self::NoncoalMine,
        Self::Hazchem,
        Self::Fireworks,
        Self::Construction,
        Self::CivilExplosives,
        Self::Coal,
    ];

    /// The key used in files, URLs and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoncoalMine => "noncoal_mine",
            Self::Hazchem => "hazchem",
            Self::Fireworks => "fireworks",
            Self::Construction => "construction",
            Self::CivilExplosives => "civil_explosives",
            Self::Coal => "coal",
        }
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::NoncoalMine => "非煤矿山",
            Self::Hazchem => "危险化学品生产",
            Self::Fireworks => "烟花爆竹生产",
            Self::Construction => "建筑施工",
            Self::CivilExplosives => "民用爆炸物品生产",
            Self::Coal => "煤矿",
        }
    }
}

/// What an application asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MatterKind)]
pub enum Kind {
    /// 首次申请
    FirstIssue,
    /// 延期
    Renewal,
    /// 变更
    Change,
    /// 补办
    Replacement,
    /// 注销
    Deregistration,
}

impl Kind {
    /// Every kind, in the order in which lists show them.
    pub const ALL: [Self; 5] = [
        Self::FirstIssue,
        Self::Renewal,
        Self::Change,
        Self::Replacement,
        Self::Deregistration,
    ];

    /// The key used in files, URLs and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstIssue => "first_issue",
            Self::Renewal => "renewal",
            Self::Change => "change",
            Self::Replacement => "replacement",
            Self::Deregistration => "deregistration",
        }
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::FirstIssue => "首次申请",
            Self::Renewal => "延期",
            Self::Change => "变更",
            Self::Replacement => "补办",
            Self::Deregistration => "注销",
        }
    }
}

/// Names one matter, whatever its version: `noncoal_mine.first_issue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MatterKey {
    /// The industry the licence is for.
    pub industry: Industry,
    /// What the application asks for.
    pub kind: Kind,
}

impl fmt::Display for MatterKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.industry.as_str(), self.kind.as_str())
    }
}

/// The text is not `<industry>.<kind>` with a known industry and kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是事项标识（应为 行业.办理类型）")]
pub struct BadMatterKey(String);

impl FromStr for MatterKey {
    type Err = BadMatterKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadMatterKey(text.to_owned());
        let (industry, kind) = text.split_once('.').ok_or_else(bad)?;
        let industry = Industry::ALL
            .into_iter()
            .find(|known| known.as_str() == industry)
            .ok_or_else(bad)?;
        let kind = Kind::ALL
            .into_iter()
            .find(|known| known.as_str() == kind)
            .ok_or_else(bad)?;
        Ok(Self { industry, kind })
    }
}

impl TryFrom<String> for MatterKey {
    type Error = BadMatterKey;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<MatterKey> for String {
    fn from(key: MatterKey) -> Self {
        key.to_string()
    }
}

impl PartialSchema for MatterKey {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[a-z_]+\\.[a-z_]+$"));
        text.examples(["noncoal_mine.first_issue"]).build().into()
    }
}

impl ToSchema for MatterKey {}

/// Whether a fact was read in the source named beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// 已核：read in the named source.
    Confirmed,
    /// 待核：not confirmed; the administrator must check it before go-live.
    Unconfirmed,
}

/// Where a fact comes from and how far it may be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Confirmed or still to be checked.
    pub mark: Mark,
    /// Keys into `data/matters/sources.json`; at least one.
    pub sources: Vec<SourceKey>,
    /// What the reader should know: readings, gaps, what to check. Required while unconfirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A law, regulation, rule or document that clauses refer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Statute {
    /// Key used by [`Clause::statute`].
    pub key: StatuteKey,
    /// Full title without title marks.
    pub title: String,
    /// Number and date of issue or amendment.
    pub number: String,
    /// Where the text was read.
    pub provenance: Provenance,
}

/// A place in a statute: `{"statute": "licence_regulation", "article": "第七条"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Key of a [`Statute`] of the same definition.
    pub statute: StatuteKey,
    /// Article, paragraph and item in Chinese numerals; empty where the article is not known.
    pub article: String,
}

/// A whole matter definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterDefinition)]
pub struct Definition {
    /// Where an editor finds the schema; no meaning of its own.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Industry and kind in one word.
    pub key: MatterKey,
    /// Counted from 1; a running application keeps the version it began with.
    #[schema(minimum = 1)]
    pub version: u32,
    /// First legal day (Asia/Shanghai) on which new applications use this version.
    #[serde(with = "iso_date")]
    #[schema(value_type = String, format = Date)]
    pub effective_from: Date,
    /// Title shown to people.
    pub name: String,
    /// Must agree with `key`.
    pub industry: Industry,
    /// Must agree with `key`.
    pub kind: Kind,
    /// What is granted: type code, validity, scope.
    pub licence: Licence,
    /// Rules about the licence that is already there; absent for a first issue, required for everything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub existing: Option<Existing>,
    /// 权力清单 and 责任清单 facts, published to everyone.
    pub power: Power,
    /// The statutes that clauses of this document refer to.
    pub statutes: Vec<Statute>,
    /// 权限划分：who issues and who may act by delegation.
    pub authority: Vec<AuthorityFact>,
    /// 办理口径：who must apply, exemptions, particular rules.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// 许可条件
    pub conditions: Vec<Condition>,
    /// 申请材料
    pub materials: Vec<Material>,
    /// 容缺受理
    pub deferral: Deferral,
    /// 并联审查：the departments that review at the same time.
    pub departments: Vec<Review>,
    /// 联合现场核查
    pub site_check: SiteCheck,
    /// 办理环节, in order.
    pub stages: Vec<Stage>,
    /// 期限
    pub clocks: Vec<Clock>,
    /// 不计入期限的情形
    pub pauses: Vec<Pause>,
    /// 延长审批期限
    pub extension: Extension,
    /// 文书：which document is produced at which step.
    pub documents: Vec<ProducedDocument>,
    /// 风险报告 drawn up at acceptance.
    pub risk_report: Vec<RiskInput>,
}
