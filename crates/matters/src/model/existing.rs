//! What matters about a licence that is already there (延期、变更、补办、注销) have beyond a first issue: in which
//! state the licence must be, from when and until when one may apply, what makes the way shorter.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Clause, Provenance, StageKey, Term, WireTerm};

/// How a licence stands towards a new application; suspension is 暂扣, the end whatever its cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// 在有效期内
    InForce,
    /// 暂扣期间
    Suspended,
    /// 有效期已满
    Expired,
    /// 已注销、撤销、撤回、吊销或者换发
    Ended,
}

impl Standing {
    /// The key used in files and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::Ended => "ended",
        }
    }

    /// The words shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::InForce => "在有效期内",
            Self::Suspended => "暂扣期间",
            Self::Expired => "有效期已满",
            Self::Ended => "已经终止",
        }
    }
}

/// One side of what is asked for. Materials, departments and clocks that name facets concern only applications
/// that have one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// 变更单位名称
    Name,
    /// 变更单位地址
    Address,
    /// 变更法定代表人（主要负责人）
    LegalRepresentative,
    /// 变更经济类型
    EconomicType,
    /// 变更许可范围（新建、改建、扩建，新增产品，改变工艺）
    Scope,
    /// 遗失
    Loss,
    /// 损毁
    Damage,
    /// 不再审查的延期
    Direct,
    /// 经过审查的延期
    Reviewed,
    /// 终止生产经营活动
    Ceased,
    /// 法人或者其他组织依法终止
    Dissolved,
    /// 因不可抗力无法实施
    ForceMajeure,
    /// 法律、法规规定的其他情形
    OtherGround,
}

impl Facet {
    /// Every facet.
    pub const ALL: [Self; 13] = [
        Self::Name,
        Self::Address,
        Self::LegalRepresentative,
        Self::EconomicType,
        Self::Scope,
        Self::Loss,
        Self::Damage,
        Self::Direct,
        Self::Reviewed,
        Self::Ceased,
        Self::Dissolved,
        Self::ForceMajeure,
        Self::OtherGround,
    ];

    /// The kind of matter that it belongs to.
    pub fn kind(self) -> super::Kind {
        use super::Kind;
        match self {
            Self::Name | Self::Address | Self::LegalRepresentative | Self::EconomicType | Self::Scope => {
                Kind::Change
            }
            Self::Loss | Self::Damage => Kind::Replacement,
            Self::Direct | Self::Reviewed => Kind::Renewal,
            Self::Ceased | Self::Dissolved | Self::ForceMajeure | Self::OtherGround => Kind::Deregistration,
        }
    }

    /// The words shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "单位名称",
            Self::Address => "单位地址",
            Self::LegalRepresentative => "法定代表人（主要负责人）",
            Self::EconomicType => "经济类型",
            Self::Scope => "许可范围",
            Self::Loss => "遗失",
            Self::Damage => "损毁",
            Self::Direct => "不再审查的延期",
            Self::Reviewed => "经过审查的延期",
            Self::Ceased => "终止生产经营活动",
            Self::Dissolved => "法人或者其他组织依法终止",
            Self::ForceMajeure => "因不可抗力无法实施许可事项",
            Self::OtherGround => "法律、法规规定的其他情形",
        }
    }
}

/// A facet that the matter offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FacetRule {
    /// Which.
    pub facet: Facet,
    /// What the rule says about it.
    pub text: String,
    /// Clauses.
    #[serde(default)]
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// From which day a window counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WindowFrom {
    /// 有效期届满日，倒算
    BeforeExpiry,
    /// 有效期届满日，顺算
    AfterExpiry,
    /// 变更、遗失、终止等事实发生之日，顺算
    AfterEvent,
}

/// What follows when an application comes after the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenLate {
    /// 照常办理，提示审查人员并记入档案
    Noted,
    /// 不再受理，按首次申请办理
    FreshApplication,
}

/// 申请时限: until when one has to apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterWindow)]
pub struct Window {
    /// Key used by [`DeemedGrant::window`].
    pub key: super::ClockKey,
    /// Name shown to people.
    pub name: String,
    /// Amount and unit.
    #[schema(value_type = WireTerm)]
    pub term: Term,
    /// From which day.
    pub from: WindowFrom,
    /// What follows a late application.
    pub late: WhenLate,
    /// True: a rule of the house or of the sources, not of the law.
    pub internal: bool,
    /// Facets that it concerns; empty: whatever is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_for: Vec<Facet>,
    /// Clauses.
    #[serde(default)]
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// 不再审查: when a renewal needs no review (安全生产许可证条例 art. 9), and which stages it leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectRule {
    /// What has to be the case; the applicant declares each, the officer confirms each.
    pub conditions: Vec<DirectCondition>,
    /// Lowest standardisation level that is asked for: 2 means 一级 or 二级; absent: none is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3)]
    pub standardisation: Option<u8>,
    /// Where the level comes from.
    pub standardisation_provenance: Provenance,
    /// Stages that it leaves out.
    pub skips: Vec<StageKey>,
    /// Clauses.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// A condition of a renewal without review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectCondition {
    /// Key by which it is declared and confirmed.
    pub key: super::ConditionKey,
    /// The condition.
    pub text: String,
    /// Clauses.
    #[serde(default)]
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// 视为准予延续: a renewal that is not decided when the licence expires is granted (行政许可法 art. 50).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeemedGrant {
    /// The window within which one must have applied.
    pub window: super::ClockKey,
    /// Clauses.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// What a matter about an existing licence says beyond a first issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExistingLicenceRules)]
pub struct Existing {
    /// How the licence must stand.
    pub standings: Vec<Standing>,
    /// What can be asked for: items of a change, causes of a replacement, grounds of a deregistration.
    #[serde(default)]
    pub facets: Vec<FacetRule>,
    /// 申请时限.
    #[serde(default)]
    pub windows: Vec<Window>,
    /// 不再审查, for renewals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct: Option<DirectRule>,
    /// 视为准予延续, for renewals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deemed_grant: Option<DeemedGrant>,
    /// 交回原证 after the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_within: Option<ReturnRule>,
}

/// Until when an old certificate has to be handed back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnRule {
    /// Counted from the decision.
    #[schema(value_type = WireTerm)]
    pub term: Term,
    /// Clauses.
    #[serde(default)]
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

impl Existing {
    /// The window with this key.
    pub fn window(&self, key: &str) -> Option<&Window> {
        self.windows.iter().find(|one| one.key.as_str() == key)
    }

    /// Whether the matter offers it.
    pub fn offers(&self, facet: Facet) -> bool {
        self.facets.iter().any(|one| one.facet == facet)
    }
}
