//! How an application moves: stages, clocks, pauses, documents, and the report put before the reviewers.

use codes::WorkingDays;
use kernel::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Clause, ClockKey, DocumentKey, Facet, Provenance, StageKey, Term, WireTerm};

/// A step of the procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterStage)]
pub struct Stage {
    /// Key used by documents and returns.
    pub key: StageKey,
    /// 受理, 并联审查, 初审, 复审, 决定, 制证送达.
    pub name: String,
    /// Who may act; what a role may do besides is the kernel's table.
    pub roles: Vec<Role>,
    /// Facets for which it is held; empty: always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_for: Vec<Facet>,
    /// Share of the internal target; absent for stages after the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    pub share: Option<WorkingDays>,
    /// Clocks that run in the stage.
    pub clocks: Vec<ClockKey>,
    /// Stages whose decisive person must be somebody else (segregation of duties).
    #[serde(default)]
    pub separate_from: Vec<StageKey>,
    /// Earlier stages to which it may send the application back.
    #[serde(default)]
    pub returns_to: Vec<StageKey>,
}

/// From which event a clock counts; the day of the event is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockStart {
    /// 收到申请
    Received,
    /// 受理
    Accepted,
    /// 送达补正告知
    CorrectionNotified,
    /// 分送部门审查
    ReviewAssigned,
    /// 作出决定
    Decided,
    /// 告知听证权利
    HearingRightNotified,
    /// 收到听证申请
    HearingRequested,
    /// 听证举行日（倒算）
    HearingDay,
    /// 知道决定
    DecisionKnown,
    /// 建设项目竣工验收通过
    ProjectAccepted,
}

/// How the platform uses a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockUse {
    /// It runs and its expiry has consequences.
    Binding,
    /// Another reading of the law, shown to the administrator only.
    AlternativeReading,
    /// Runs only where a lower level reviews first and a higher level decides.
    TwoTier,
    /// What another place promises; a comparison, never run.
    Sample,
}

/// Who must act before the clock runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bearer {
    /// 行政机关
    Authority,
    /// 参与审查的部门
    Department,
    /// 申请人
    Applicant,
}

/// What happens when a clock runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnExpiry {
    /// 逾期提醒并记入台账
    Overdue,
    /// 自收到申请材料之日起即为受理（行政许可法 art. 32）
    DeemedAccepted,
    /// 视为撤回申请
    TreatedAsWithdrawn,
    /// 权利消灭
    RightLapses,
    /// Nothing that the platform does.
    Nothing,
}

/// A period of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterClock)]
pub struct Clock {
    /// Key used by stages, pauses and reviews.
    pub key: ClockKey,
    /// Name shown to people.
    pub name: String,
    /// Amount and unit.
    #[schema(value_type = WireTerm)]
    pub term: Term,
    /// From which event it counts.
    pub start: ClockStart,
    /// Who must act.
    pub bearer: Bearer,
    /// True: a target of the house, not a period of the law.
    pub internal: bool,
    /// Terms of its own for some of what can be asked for; the first that fits counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms_for: Vec<TermFor>,
    /// How the platform uses it.
    #[serde(rename = "use")]
    pub usage: ClockUse,
    /// What happens when it runs out.
    pub on_expiry: OnExpiry,
    /// Clauses; only internal and local clocks may have none.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// A term that a clock has for some facets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermFor {
    /// Facets, any of which brings the term.
    pub facets: Vec<Facet>,
    /// Amount and unit.
    #[schema(value_type = WireTerm)]
    pub term: Term,
    /// Clauses.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// Why time is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PauseCause {
    /// 听证
    Hearing,
    /// 检验
    Inspection,
    /// 检测
    Testing,
    /// 检疫
    Quarantine,
    /// 鉴定
    Appraisal,
    /// 专家评审
    ExpertReview,
    /// 申请人补正
    ApplicantCorrection,
    /// 现场核查
    SiteCheck,
}

/// A lawful (or disputed) cause that stops clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterPause)]
pub struct Pause {
    /// The cause.
    pub cause: PauseCause,
    /// Name shown to people.
    pub name: String,
    /// False: named here, but time goes on, since no clause in force says otherwise.
    pub enabled: bool,
    /// Clocks that stand still.
    pub stops: Vec<ClockKey>,
    /// True: the applicant must be told in writing how long it takes.
    pub written_notice: bool,
    /// The document that tells them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentKey>,
    /// Clauses.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// 延长审批期限.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatterExtension)]
pub struct Extension {
    /// Whether the platform offers it.
    pub allowed: bool,
    /// Longest extension, once.
    #[schema(value_type = WireTerm)]
    pub longest: Term,
    /// The clock that is extended.
    pub clock: ClockKey,
    /// Who must approve it, with reasons; the law wants the head of the body.
    pub approver: Role,
    /// The document that tells the applicant.
    pub document: DocumentKey,
    /// Clauses.
    pub basis: Vec<Clause>,
    /// Where it was read.
    pub provenance: Provenance,
}

/// The occasion on which a document is produced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// 收到申请材料
    Received,
    /// 材料需补正
    CorrectionNeeded,
    /// 受理
    Accepted,
    /// 不予受理
    AcceptanceRefused,
    /// 容缺承诺
    DeferralPromised,
    /// 时限中止
    ClockStopped,
    /// 延长审批期限
    Extended,
    /// 准予许可
    Granted,
    /// 不予许可
    Refused,
    /// 送达
    Delivered,
}

/// A document and the step that produces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProducedDocument {
    /// Key of a definition in `data/documents`.
    pub document: DocumentKey,
    /// The stage that produces it.
    pub stage: StageKey,
    /// The occasion.
    pub on: Occasion,
}

/// One ingredient of the risk report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RiskInput {
    /// What the figure is; the key that the report fills.
    pub key: RiskKey,
    /// Name shown to people.
    pub name: String,
    /// What the reviewers should ask themselves.
    pub question: String,
    /// How many months back it looks; absent: the state of today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// Clauses.
    #[serde(default)]
    pub basis: Vec<Clause>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// What a risk report can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskKey {
    /// 信用等级与失信记录
    Credit,
    /// 行政处罚
    Penalties,
    /// 生产安全事故
    Accidents,
    /// 未闭环隐患
    OpenHazards,
    /// 许可限制期
    ApplicationBar,
    /// 重大危险源
    MajorHazardSources,
    /// 既往许可与违法
    LicenceHistory,
    /// 群众举报
    Reports,
    /// 参保人数与从业人数
    InsuredStaff,
}
