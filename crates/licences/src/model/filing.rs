//! What the holder and the authority file about holding a licence: handing over and posting, self-checks, loss and
//! damage, work elsewhere, emergency use, annual review, recall and destruction.

use applications::model::Person;
use codes::RegionCode;
use kernel::{
    LegalDate, Moment,
    ids::{AccountId, ApplicationId, EnterpriseId, LicenceId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Issued;

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

impl Filing {
    /// Carries on.
    ///
    /// # Errors
    /// [`FilingFault`].
    pub fn follow(self, step: FollowUp) -> Result<Self, FilingFault> {
        let matter = match (self.matter, step) {
            (FilingMatter::Handover(one), FollowUp::Post(posted)) => FilingMatter::Handover(Handover {
                posted: Some(once(&one.posted, posted)?),
                ..one
            }),
            (FilingMatter::SelfCheck(one), FollowUp::BeginExchange { at, application }) => {
                let exchange = one.exchange.ok_or(FilingFault::Kind)?;
                FilingMatter::SelfCheck(SelfCheck {
                    exchange: Some(exchange.start(at, application)?),
                    ..one
                })
            }
            (FilingMatter::Damage(one), FollowUp::BeginExchange { at, application }) => {
                FilingMatter::Damage(Damage {
                    exchange: one.exchange.start(at, application)?,
                    ..one
                })
            }
            (FilingMatter::Damage(one), FollowUp::StandIn(licence)) => {
                if !one.disaster {
                    return Err(FilingFault::Before("只有灾害造成的损毁可以发放应急使用许可证"));
                }
                FilingMatter::Damage(Damage {
                    stand_in: Some(once(&one.stand_in, licence)?),
                    ..one
                })
            }
            (FilingMatter::Loss(one), FollowUp::Found(on)) => FilingMatter::Loss(Loss {
                found_on: Some(once(&one.found_on, on)?),
                ..one
            }),
            (FilingMatter::Recall(one), FollowUp::Return(returned)) => FilingMatter::Recall(Recall {
                returned: Some(once(&one.returned, returned)?),
                ..one
            }),
            (FilingMatter::Recall(one), FollowUp::Destroy(destruction)) => {
                if one.returned.is_none() {
                    return Err(FilingFault::Before("证书尚未收回登记，不能销毁"));
                }
                FilingMatter::Recall(Recall {
                    destruction: Some(once(&one.destruction, destruction)?),
                    ..one
                })
            }
            (FilingMatter::Recall(one), FollowUp::Witness(witness)) => {
                FilingMatter::Recall(one.watched(witness)?)
            }
            (FilingMatter::WorkElsewhere(one), FollowUp::Report(report)) => {
                FilingMatter::WorkElsewhere(WorkElsewhere {
                    report: Some(once(&one.report, report)?),
                    ..one
                })
            }
            (FilingMatter::EmergencyUse(one), FollowUp::Report(report)) => {
                FilingMatter::EmergencyUse(EmergencyUse {
                    report: Some(once(&one.report, report)?),
                    ..one
                })
            }
            _ => return Err(FilingFault::Kind),
        };
        Ok(Self {
            version: self.version + 1,
            matter,
            ..self
        })
    }

    /// The last day of what is still owed; `None` when nothing is.
    pub fn due(&self) -> Option<LegalDate> {
        match &self.matter {
            FilingMatter::Handover(one) => one.posted.is_none().then_some(one.posting_due),
            FilingMatter::SelfCheck(one) => one.exchange.as_ref().and_then(Exchange::open_until),
            FilingMatter::Damage(one) => one.exchange.open_until(),
            FilingMatter::Recall(one) => one.returned.is_none().then_some(one.due),
            FilingMatter::WorkElsewhere(one) => one.report.is_none().then_some(one.report_due),
            FilingMatter::EmergencyUse(one) => one.report.is_none().then_some(one.report_due),
            FilingMatter::Loss(_) | FilingMatter::AnnualReview(_) => None,
        }
    }

    /// What the authority has to do about it next.
    pub fn waits(&self) -> Option<Waiting> {
        match &self.matter {
            FilingMatter::Damage(one) if one.disaster && one.stand_in.is_none() => Some(Waiting::StandIn),
            FilingMatter::Recall(one) => match (&one.returned, &one.destruction) {
                (None, _) => Some(Waiting::Return),
                (Some(_), None) => Some(Waiting::Destruction),
                (Some(_), Some(done)) => done.witness.is_none().then_some(Waiting::Witness),
            },
            _ => None,
        }
    }

    /// Who may not take the next step: whoever took the one before, where two people have to act.
    pub fn not_by(&self) -> Option<AccountId> {
        match &self.matter {
            FilingMatter::Recall(Recall {
                destruction: Some(done),
                ..
            }) if done.witness.is_none() => done.by.account,
            _ => None,
        }
    }

    /// Whether the paper that was damaged is still the one in force: a later one needs no stand-in.
    ///
    /// # Errors
    /// [`FilingFault::Before`].
    pub fn needs_stand_in(&self, licence: &Issued) -> Result<(), FilingFault> {
        let later = |pressed: Moment| pressed > self.at;
        match &licence.certificate {
            Some(paper) if later(paper.pressed_at) => Err(FilingFault::Before(
                "损毁报告之后已经换发新证，不需要发放应急使用许可证",
            )),
            _ => Ok(()),
        }
    }

    /// What the holder can do once: a month, a year.
    pub fn once_key(&self) -> Option<String> {
        match &self.matter {
            FilingMatter::SelfCheck(one) => Some(one.month.clone()),
            FilingMatter::AnnualReview(one) => Some(one.year.to_string()),
            FilingMatter::Handover(one) => Some(one.revision.to_string()),
            FilingMatter::Recall(one) => Some(one.revision.to_string()),
            _ => None,
        }
    }

    /// Last day of the public notice of a loss.
    pub fn notice_until(&self) -> Option<LegalDate> {
        match &self.matter {
            FilingMatter::Loss(one) if one.found_on.is_none() => Some(one.notice_until),
            _ => None,
        }
    }
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
            Self::Recall(_) => "收回证书",
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

impl Exchange {
    fn start(self, at: Moment, application: Option<ApplicationId>) -> Result<Self, FilingFault> {
        Ok(Self {
            begun_at: Some(once(&self.begun_at, at)?),
            application,
            ..self
        })
    }

    fn open_until(&self) -> Option<LegalDate> {
        self.begun_at.is_none().then(|| self.due.legal_date())
    }
}

impl Recall {
    fn watched(self, witness: Witness) -> Result<Self, FilingFault> {
        let destruction = self
            .destruction
            .ok_or(FilingFault::Before("销毁人尚未登记销毁"))?;
        let same = destruction.by.account.is_some() && destruction.by.account == witness.by.account;
        if same || destruction.by.name == witness.by.name {
            return Err(FilingFault::SamePerson);
        }
        Ok(Self {
            destruction: Some(Destruction {
                witness: Some(once(&destruction.witness, witness)?),
                ..destruction
            }),
            ..self
        })
    }
}

/// What is done once.
fn once<T>(before: &Option<T>, value: T) -> Result<T, FilingFault> {
    match before {
        None => Ok(value),
        Some(_) => Err(FilingFault::Done),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;
    use uuid::Uuid;

    use super::*;

    fn person(name: &str, account: u128) -> Person {
        Person {
            account: Some(kernel::ids::AccountId(Uuid::from_u128(account))),
            name: name.into(),
        }
    }

    fn recall() -> Filing {
        Filing {
            id: FilingId(Uuid::nil()),
            version: 1,
            seq: 0,
            licence: LicenceId(Uuid::nil()),
            number: String::new(),
            enterprise: EnterpriseId(Uuid::nil()),
            holder: String::new(),
            region: "360121".parse().unwrap(),
            by: person("甲", 1),
            at: Moment(0),
            matter: FilingMatter::Recall(Recall {
                reason: "注销".into(),
                revision: 1,
                due: date!(2026 - 06 - 01).into(),
                returned: None,
                destruction: None,
            }),
        }
    }

    fn destroyed(filing: Filing) -> Result<Filing, FilingFault> {
        let by = person("甲", 1);
        filing.follow(FollowUp::Destroy(Destruction {
            method: "粉碎".into(),
            by,
            at: Moment(1),
            witness: None,
        }))
    }

    fn witnessed(filing: Filing, by: Person) -> Result<Filing, FilingFault> {
        filing.follow(FollowUp::Witness(Witness { by, at: Moment(2) }))
    }

    #[test]
    fn destruction_takes_a_return_and_two_people() {
        let filing = recall();
        assert_eq!(filing.due(), Some(date!(2026 - 06 - 01).into()));
        assert!(matches!(destroyed(filing.clone()), Err(FilingFault::Before(_))));
        let returned = FollowUp::Return(Returned {
            on: date!(2026 - 05 - 20).into(),
            papers: "正本1份、副本1份".into(),
            by: person("乙", 2),
        });
        let filing = filing.follow(returned.clone()).unwrap();
        assert_eq!(filing.due(), None);
        assert_eq!(filing.clone().follow(returned), Err(FilingFault::Done));
        assert!(matches!(
            witnessed(filing.clone(), person("乙", 2)),
            Err(FilingFault::Before(_))
        ));
        let filing = destroyed(filing).unwrap();
        assert_eq!(
            witnessed(filing.clone(), person("甲", 1)),
            Err(FilingFault::SamePerson)
        );
        assert_eq!(
            witnessed(filing.clone(), person("甲", 3)),
            Err(FilingFault::SamePerson)
        );
        let filing = witnessed(filing, person("乙", 2)).unwrap();
        assert_eq!(filing.version, 4);
        assert_eq!(witnessed(filing, person("丙", 3)), Err(FilingFault::Done));
    }

    #[test]
    fn a_step_of_another_kind_is_refused() {
        let report = FollowUp::Report(Report {
            on: date!(2026 - 05 - 20).into(),
            text: String::new(),
            by: person("甲", 1),
        });
        assert_eq!(recall().follow(report), Err(FilingFault::Kind));
    }
}
