//! What the holder and the authority file about holding a licence: handing over and posting, self-checks, loss and
//! damage, work elsewhere, emergency use, annual review, recall and destruction.

mod acts;

use applications::model::Person;
use codes::RegionCode;
use kernel::{
    LegalDate, Moment,
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

kernel::ids! {
    /// A filing about a licence.
    FilingId,
}

/// Something filed about a licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// Identifier.
    pub id: FilingId,
    /// Version for optimistic locking.
    pub version: i64,
    /// Order of entry, given by the database; 0 before that.
    pub seq: i64,
    /// The licence.
    pub licence: LicenceId,
    /// Its number as printed when it was filed.
    pub number: String,
    /// The holder's file.
    pub enterprise: EnterpriseId,
    /// The holder's name.
    pub holder: String,
    /// The holder's region.
    pub region: RegionCode,
    /// Who filed it.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// What.
    pub matter: FilingMatter,
}

/// What is filed, with its own states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FilingMatter {
    /// 发放: the licence was handed over; its posting is awaited.
    Handover(Handover),
    /// 月度自查
    SelfCheck(SelfCheck),
    /// 损毁报告
    Damage(Damage),
    /// 遗失声明
    Loss(Loss),
    /// 收回与销毁
    Recall(Recall),
    /// 异地作业备案
    WorkElsewhere(WorkElsewhere),
    /// 应急使用备案
    EmergencyUse(EmergencyUse),
    /// 年度复核
    AnnualReview(AnnualReviewFiling),
}

/// The licence was handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceHandover)]
pub struct Handover {
    /// Legal day.
    pub on: LegalDate,
    /// Who took it.
    pub recipient: String,
    /// How the recipient proved to be entitled, such as 法定代表人、委托书.
    pub identity: String,
    /// How it was handed over.
    pub method: String,
    /// Where.
    pub place: String,
    /// Edition of the certificate.
    pub revision: u32,
    /// Last day for confirming that it is posted.
    pub posting_due: LegalDate,
    /// The confirmation.
    pub posted: Option<Posted>,
}

/// The licence hangs where it has to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicencePosted)]
pub struct Posted {
    /// Legal day.
    pub on: LegalDate,
    /// Where it hangs.
    pub place: String,
    /// Who confirmed it.
    pub by: Person,
}

/// The monthly look at the posted certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceSelfCheck)]
pub struct SelfCheck {
    /// The month, `2026-05`.
    pub month: String,
    /// Legal day of the check.
    pub on: LegalDate,
    /// Posted, whole and legible.
    pub intact: bool,
    /// What was found.
    pub findings: String,
    /// The exchange of a damaged paper.
    pub exchange: Option<Exchange>,
}

/// The exchange of a damaged paper has to be begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceExchange)]
pub struct Exchange {
    /// Until when.
    pub due: Moment,
    /// When it was begun.
    pub begun_at: Option<Moment>,
    /// By which application.
    pub application: Option<ApplicationId>,
}

/// A paper was damaged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceDamage)]
pub struct Damage {
    /// When it happened.
    pub happened_at: Moment,
    /// What happened.
    pub cause: String,
    /// By a disaster: a stand-in may be issued.
    pub disaster: bool,
    /// Until when it had to be reported.
    pub report_due: Moment,
    /// Whether it was reported in time.
    pub in_time: bool,
    /// The exchange.
    pub exchange: Exchange,
    /// The stand-in 应急使用.
    pub stand_in: Option<LicenceId>,
}

/// A paper was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceLoss)]
pub struct Loss {
    /// Legal day of the loss.
    pub on: LegalDate,
    /// How.
    pub circumstances: String,
    /// First day of the public notice.
    pub notice_from: LegalDate,
    /// Last day of the public notice.
    pub notice_until: LegalDate,
    /// The application for replacement that declared it, if no declaration came before.
    pub application: Option<ApplicationId>,
    /// Found again before it was replaced.
    pub found_on: Option<LegalDate>,
}

/// Papers are asked back, then destroyed by two people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceRecall)]
pub struct Recall {
    /// Why.
    pub reason: String,
    /// Edition of the certificate.
    pub revision: u32,
    /// Last day for handing it in.
    pub due: LegalDate,
    /// It was handed in.
    pub returned: Option<Returned>,
    /// It was destroyed.
    pub destruction: Option<Destruction>,
}

/// Papers were handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceReturned)]
pub struct Returned {
    /// Legal day.
    pub on: LegalDate,
    /// What, such as 正本1份、副本1份.
    pub papers: String,
    /// Who took them in.
    pub by: Person,
}

/// Destruction by two different people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceDestruction)]
pub struct Destruction {
    /// How.
    pub method: String,
    /// Who destroyed.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Who watched and confirmed: another person.
    pub witness: Option<Witness>,
}

/// Who confirmed a destruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceDestructionWitness)]
pub struct Witness {
    /// Who.
    pub by: Person,
    /// When.
    pub at: Moment,
}

/// Work outside the place of issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceWorkElsewhere)]
pub struct WorkElsewhere {
    /// GB/T 2260 code of the place of work.
    #[schema(value_type = String)]
    pub region: RegionCode,
    /// The place.
    pub place: String,
    /// What is done there.
    pub project: String,
    /// Who answers for safety there.
    pub responsible: String,
    /// First day.
    pub from: LegalDate,
    /// Last day as planned.
    pub until: LegalDate,
    /// Last day for the completion report.
    pub report_due: LegalDate,
    /// The completion report.
    pub report: Option<Report>,
}

/// The licence was used in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceEmergencyUse)]
pub struct EmergencyUse {
    /// Legal day.
    pub on: LegalDate,
    /// Where and what for.
    pub purpose: String,
    /// Last day for the report.
    pub report_due: LegalDate,
    /// The report.
    pub report: Option<Report>,
}

/// A report that was owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceReport)]
pub struct Report {
    /// Legal day on which it came in.
    pub on: LegalDate,
    /// What it says.
    pub text: String,
    /// Who reported.
    pub by: Person,
}

/// The yearly review of the holder; its line stands on the duplicate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceAnnualReview)]
pub struct AnnualReviewFiling {
    /// The year under review.
    pub year: i32,
    /// Legal day.
    pub on: LegalDate,
    /// Its result, such as 合格.
    pub result: String,
    /// Opinion of the reviewer.
    pub opinion: String,
}

/// What follows upon a filing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FollowUp {
    /// The licence is posted.
    Post(Posted),
    /// The exchange of a damaged paper is begun.
    BeginExchange {
        /// When.
        at: Moment,
        /// By which application.
        application: Option<ApplicationId>,
    },
    /// A stand-in was issued.
    StandIn(LicenceId),
    /// The paper was found again.
    Found(LegalDate),
    /// The papers were handed in.
    Return(Returned),
    /// The papers were destroyed.
    Destroy(Destruction),
    /// Another person confirms the destruction.
    Witness(Witness),
    /// The report that was owed.
    Report(Report),
}

/// What a filing waits for from the authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// A stand-in may be issued for the paper that a disaster damaged.
    StandIn,
    /// Papers asked back are to be taken in.
    Return,
    /// Papers taken in are to be destroyed.
    Destruction,
    /// Another person is to confirm the destruction.
    Witness,
}

impl Waiting {
    /// The act that is waited for, as clients know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StandIn => "issue_stand_in",
            Self::Return => "take_back",
            Self::Destruction => "destroy",
            Self::Witness => "witness",
        }
    }

    /// What is waited for, in Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::StandIn => "可以发放应急使用许可证",
            Self::Return => "收回登记",
            Self::Destruction => "销毁",
            Self::Witness => "监销确认",
        }
    }
}

/// Why a filing does not allow what follows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilingFault {
    /// It is no filing of that kind.
    #[error("这项备案没有此步骤")]
    Kind,
    /// It was done.
    #[error("此步骤已经办理，不需要重复")]
    Done,
    /// The step before is missing.
    #[error("{0}")]
    Before(&'static str),
    /// The same person twice.
    #[error("销毁须由两人办理：监销人不能是销毁人本人")]
    SamePerson,
}

impl FilingMatter {
    /// The stable name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Handover(_) => "handover",
            Self::SelfCheck(_) => "self_check",
            Self::Damage(_) => "damage",
            Self::Loss(_) => "loss",
            Self::Recall(_) => "recall",
            Self::WorkElsewhere(_) => "work_elsewhere",
            Self::EmergencyUse(_) => "emergency_use",
            Self::AnnualReview(_) => "annual_review",
        }
    }

    /// Chinese phrase for timelines.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Handover(_) => "发放许可证",
            Self::SelfCheck(_) => "证照月度自查",
            Self::Damage(_) => "报告证书损毁",
            Self::Loss(_) => "声明证书遗失",
            Self::Recall(_) => "通知交回证书",
            Self::WorkElsewhere(_) => "异地作业备案",
            Self::EmergencyUse(_) => "应急使用备案",
            Self::AnnualReview(_) => "年度复核",
        }
    }
}

impl FollowUp {
    /// Stable kind of the recorded event.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Post(_) => "licence_filing.posted",
            Self::BeginExchange { .. } => "licence_filing.exchange_begun",
            Self::StandIn(_) => "licence_filing.stand_in_issued",
            Self::Found(_) => "licence_filing.found",
            Self::Return(_) => "licence_filing.returned",
            Self::Destroy(_) => "licence_filing.destroyed",
            Self::Witness(_) => "licence_filing.destruction_witnessed",
            Self::Report(_) => "licence_filing.reported",
        }
    }

    /// Chinese phrase for timelines.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Post(_) => "确认悬挂",
            Self::BeginExchange { .. } => "启动换证",
            Self::StandIn(_) => "发放应急使用许可证",
            Self::Found(_) => "找回证书",
            Self::Return(_) => "证书收回登记",
            Self::Destroy(_) => "销毁证书",
            Self::Witness(_) => "监销确认",
            Self::Report(_) => "提交报告",
        }
    }
}
