//! Case files 案卷: the way to a suspension, resumption, revocation, rescission, withdrawal or deregistration, with its
//! chain of evidence, the papers served and the holder's voice. Proposer and approver are two people.

mod acts;

use applications::model::{Paper, Person};
use codes::RegionCode;
use kernel::{
    BlobRef, LegalDate, Moment,
    ids::{EnterpriseId, LicenceId},
};
use matters::Industry;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CancellationGround, CaseId, RescissionGround};

/// Most pieces of evidence of one case.
pub const MOST_EVIDENCE: usize = 200;

/// A case file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFile {
    /// Identifier.
    pub id: CaseId,
    /// Version for optimistic locking.
    pub version: i64,
    /// Order of entry, given by the database; 0 before that.
    pub seq: i64,
    /// The licence.
    pub licence: LicenceId,
    /// The holder's file.
    pub enterprise: EnterpriseId,
    /// The holder's region.
    pub region: RegionCode,
    /// When it was opened.
    pub opened_at: Moment,
    /// The rest.
    pub file: CaseBody,
}

/// What is in a case file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseBody {
    /// Number of the licence as printed.
    pub number: String,
    /// The holder's name.
    pub holder: String,
    /// The holder's code.
    pub code: String,
    /// Industry.
    pub industry: Industry,
    /// What is considered.
    pub measure: Measure,
    /// 案由
    pub subject: String,
    /// Who opened it.
    pub opened_by: Person,
    /// Evidence in the order in which it came in, each piece chained to the one before.
    pub evidence: Vec<Evidence>,
    /// What was found; needed before anything is told to the holder.
    pub findings: Option<Findings>,
    /// Papers of the case.
    pub papers: Vec<CasePaper>,
    /// How far it has come.
    pub stage: Stage,
}

/// What is considered: six different things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = LicenceMeasure)]
pub enum Measure {
    /// 暂扣
    Suspension {
        /// First day.
        from: LegalDate,
        /// Last day.
        until: LegalDate,
        /// Row of the table of suspensions.
        case: String,
        /// What has to be met for resumption.
        conditions: String,
    },
    /// 发还 after a recheck.
    Resumption {
        /// What the recheck found.
        conclusion: String,
    },
    /// 吊销
    Revocation,
    /// 撤销
    Rescission {
        /// What was unlawful about the grant.
        ground: RescissionGround,
    },
    /// 撤回
    Withdrawal {
        /// What changed: law or facts.
        changed: String,
        /// What is done about the loss.
        compensation: String,
    },
    /// 注销
    Cancellation {
        /// On which ground.
        ground: CancellationGround,
    },
}

impl Measure {
    /// The stable name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Suspension { .. } => "suspension",
            Self::Resumption { .. } => "resumption",
            Self::Revocation => "revocation",
            Self::Rescission { .. } => "rescission",
            Self::Withdrawal { .. } => "withdrawal",
            Self::Cancellation { .. } => "cancellation",
        }
    }

    /// In Chinese.
    pub fn chinese(&self) -> &'static str {
        match self {
            Self::Suspension { .. } => "暂扣",
            Self::Resumption { .. } => "发还",
            Self::Revocation => "吊销",
            Self::Rescission { .. } => "撤销",
            Self::Withdrawal { .. } => "撤回",
            Self::Cancellation { .. } => "注销",
        }
    }

    /// Key of its rule.
    pub fn rule_key(&self) -> String {
        match self {
            Self::Cancellation { ground } => {
                let ground = serde_json::to_value(ground).ok();
                let ground = ground
                    .as_ref()
                    .and_then(serde_json::Value::as_str)
                    .unwrap_or_default();
                format!("cancellation.{ground}")
            }
            other => other.as_str().to_owned(),
        }
    }

    /// As it stands in a notice: 拟作出……的决定.
    pub fn proposed(&self) -> String {
        match self {
            Self::Suspension { from, until, .. } => {
                format!("自{}起至{}止暂扣安全生产许可证", from.chinese(), until.chinese())
            }
            Self::Resumption { .. } => "发还安全生产许可证".to_owned(),
            Self::Revocation => "吊销安全生产许可证".to_owned(),
            Self::Rescission { .. } => "撤销安全生产行政许可".to_owned(),
            Self::Withdrawal { .. } => "撤回安全生产行政许可".to_owned(),
            Self::Cancellation { .. } => "注销安全生产许可证".to_owned(),
        }
    }
}

/// A piece of evidence. Its link is the SHA-256 of the link before it and its own hash: a piece that is taken out,
/// changed or put in later breaks every link after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Identifier.
    pub id: Uuid,
    /// Name as handed in.
    pub name: String,
    /// What it proves.
    pub proves: String,
    /// The content.
    pub blob: BlobRef,
    /// When it came in.
    pub at: Moment,
    /// Who put it in.
    pub by: Person,
    /// Link of the chain, lower-case hex.
    pub link: String,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceCaseFindings)]
pub struct Findings {
    /// 查明的事实
    pub facts: String,
    /// 违反的规定; empty where nothing was broken.
    pub violated: String,
    /// 依据条款
    pub legal_basis: String,
    /// The reason as far as it may be public.
    pub public_reason: String,
}

/// A paper of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasePaper {
    /// Identifier.
    pub id: Uuid,
    /// Key of its definition.
    pub kind: String,
    /// Version of its definition.
    pub definition: u32,
    /// Exactly what is signed.
    pub paper: Paper,
    /// When it was written.
    pub at: Moment,
    /// The signed file, once made.
    pub file: Option<BlobRef>,
    /// Last day for serving it; absent for papers that are not served.
    pub service_due: Option<LegalDate>,
    /// It was served.
    pub served: Option<Served>,
}

/// 送达
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicencePaperServed)]
pub struct Served {
    /// Legal day.
    pub on: LegalDate,
    /// How.
    pub method: String,
    /// Where.
    pub place: String,
    /// Who took it.
    pub recipient: String,
    /// Remark, such as why and before whom it was left.
    pub remark: String,
    /// Who served it.
    pub by: Person,
}

/// How far a case has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Stage {
    /// 调查
    Investigating,
    /// 告知: the holder was told and may speak.
    Noticed(Noticed),
    /// 报批
    Proposed(Proposed),
    /// 已决定
    Decided(Decided),
    /// 已终止 without a decision.
    Closed(ClosedCase),
}

/// The holder was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noticed {
    /// The paper.
    pub paper: Uuid,
    /// A hearing may be asked for.
    pub hearing_right: bool,
    /// Last day for statement and defence; known once the notice was served.
    pub plea_until: Option<LegalDate>,
    /// Last day for asking for a hearing; known once the notice was served.
    pub hearing_until: Option<LegalDate>,
    /// What the holder said.
    pub statements: Vec<Statement>,
    /// The hearing.
    pub hearing: Option<Hearing>,
}

/// What the holder said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceCaseStatement)]
pub struct Statement {
    /// Legal day.
    pub on: LegalDate,
    /// 陈述申辩, 申请听证 or 放弃.
    pub kind: StatementKind,
    /// What was said.
    pub text: String,
    /// Who recorded it.
    pub by: Person,
}

/// What a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LicenceCaseStatementKind)]
pub enum StatementKind {
    /// 陈述、申辩
    Plea,
    /// 申请听证
    HearingRequest,
    /// 放弃陈述、申辩和听证
    Waiver,
}

/// The hearing was held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceCaseHearing)]
pub struct Hearing {
    /// Legal day.
    pub on: LegalDate,
    /// Who presided: nobody who investigated.
    pub presided: String,
    /// The record's essence.
    pub report: String,
    /// Who recorded it.
    pub by: Person,
}

/// The measure is put before the leader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// What came before.
    pub noticed: Option<Noticed>,
    /// Who proposes.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Opinion, with what became of the holder's statements.
    pub opinion: String,
}

/// The leader decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// What came before.
    pub proposed: Proposed,
    /// Who decided.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Opinion.
    pub opinion: String,
    /// The paper of the decision.
    pub paper: Uuid,
}

/// The case ended without a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedCase {
    /// Who closed it.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Why.
    pub reason: String,
}

/// Why a case does not allow an act.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseFault {
    /// The stage does not allow it.
    #[error("案卷处于“{0}”阶段，不能这样办理")]
    Stage(&'static str),
    /// Something is missing.
    #[error("{0}")]
    Missing(&'static str),
    /// The holder can still speak.
    #[error("当事人陈述、申辩和申请听证的期限到{0}为止，期满前不能报批；当事人书面放弃的，请先登记")]
    StillOpen(String),
    /// The same person proposes and decides.
    #[error("报批人不能审批自己报批的案件，请由其他负责人审批")]
    SamePerson,
    /// Done already.
    #[error("此步骤已经办理，不需要重复")]
    Done,
}

impl Stage {
    /// The stable name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Noticed(_) => "noticed",
            Self::Proposed(_) => "proposed",
            Self::Decided(_) => "decided",
            Self::Closed(_) => "closed",
        }
    }

    /// In Chinese.
    pub fn chinese(&self) -> &'static str {
        match self {
            Self::Investigating => "调查",
            Self::Noticed(_) => "告知",
            Self::Proposed(_) => "报批",
            Self::Decided(_) => "已决定",
            Self::Closed(_) => "已终止",
        }
    }
}
