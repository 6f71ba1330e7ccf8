//! Case files 案卷: the way to a suspension, resumption, revocation, rescission, withdrawal or deregistration, with its
//! chain of evidence, the papers served and the holder's voice. Proposer and approver are two people.

use applications::model::{Paper, Person};
use codes::RegionCode;
use kernel::{
    BlobRef, LegalDate, Moment,
    ids::{AccountId, EnterpriseId, LicenceId},
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

impl CaseBody {
    fn wrong<T>(&self) -> Result<T, CaseFault> {
        Err(CaseFault::Stage(self.stage.chinese()))
    }

    /// Whether the holder was told of the case.
    pub fn disclosed(&self) -> bool {
        match &self.stage {
            Stage::Investigating | Stage::Closed(_) => !self.papers.is_empty(),
            Stage::Noticed(_) | Stage::Decided(_) => true,
            Stage::Proposed(one) => one.noticed.is_some(),
        }
    }

    /// Whether a piece of evidence can be put in: before the case is put before the leader.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn may_add_evidence(&self) -> Result<(), CaseFault> {
        match self.stage {
            Stage::Investigating | Stage::Noticed(_) if self.evidence.len() >= MOST_EVIDENCE => {
                Err(CaseFault::Missing("证据太多，请合并后上传"))
            }
            Stage::Investigating | Stage::Noticed(_) => Ok(()),
            _ => self.wrong(),
        }
    }

    /// Puts a piece of evidence in.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn add_evidence(&mut self, evidence: Evidence) -> Result<(), CaseFault> {
        self.may_add_evidence()?;
        self.evidence.push(evidence);
        Ok(())
    }

    /// Whether the findings can be written anew: before the holder is told.
    ///
    /// # Errors
    /// [`CaseFault::Stage`].
    pub fn may_find(&self) -> Result<(), CaseFault> {
        match self.stage {
            Stage::Investigating => Ok(()),
            _ => self.wrong(),
        }
    }

    /// Writes the findings and the measure anew; its kind stays.
    ///
    /// # Errors
    /// [`CaseFault::Stage`].
    pub fn find(&mut self, findings: Findings, measure: Measure) -> Result<(), CaseFault> {
        self.may_find()?;
        if measure.as_str() != self.measure.as_str() {
            return self.wrong();
        }
        self.findings = Some(findings);
        self.measure = measure;
        Ok(())
    }

    /// Whether the holder can be told: once it is known what was found, of a measure that is told beforehand.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn may_notify(&self, needs_notice: bool) -> Result<(), CaseFault> {
        if self.stage != Stage::Investigating {
            return self.wrong();
        }
        if !needs_notice {
            return Err(CaseFault::Missing("此项决定依法不需要事先告知，可以直接报批"));
        }
        self.found()
    }

    fn found(&self) -> Result<(), CaseFault> {
        match self.findings {
            Some(_) => Ok(()),
            None => Err(CaseFault::Missing("请先写明查明的事实、依据和理由")),
        }
    }

    /// Tells the holder.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn notify(&mut self, paper: CasePaper, hearing_right: bool) -> Result<(), CaseFault> {
        self.may_notify(true)?;
        self.stage = Stage::Noticed(Noticed {
            paper: paper.id,
            hearing_right,
            plea_until: None,
            hearing_until: None,
            statements: Vec::new(),
            hearing: None,
        });
        self.papers.push(paper);
        Ok(())
    }

    fn noticed(&self) -> Result<&Noticed, CaseFault> {
        match &self.stage {
            Stage::Noticed(noticed) => Ok(noticed),
            _ => self.wrong(),
        }
    }

    fn noticed_mut(&mut self) -> Result<&mut Noticed, CaseFault> {
        let chinese = self.stage.chinese();
        match &mut self.stage {
            Stage::Noticed(noticed) => Ok(noticed),
            _ => Err(CaseFault::Stage(chinese)),
        }
    }

    /// Whether the holder can be heard with a statement of that kind on a day.
    ///
    /// # Errors
    /// [`CaseFault`], also for a hearing that cannot be asked for.
    pub fn may_state(&self, kind: StatementKind, on: LegalDate) -> Result<(), CaseFault> {
        self.noticed()?.takes(kind, on)
    }

    /// Notes what the holder said.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn state(&mut self, statement: Statement) -> Result<(), CaseFault> {
        self.may_state(statement.kind, statement.on)?;
        self.noticed_mut()?.statements.push(statement);
        Ok(())
    }

    /// Whether a hearing that was asked for is still to be held.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn may_hear(&self) -> Result<(), CaseFault> {
        let noticed = self.noticed()?;
        if !noticed.asked_for_hearing() {
            return Err(CaseFault::Missing("当事人没有申请听证"));
        }
        match noticed.hearing {
            Some(_) => Err(CaseFault::Done),
            None => Ok(()),
        }
    }

    /// Notes the hearing.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn hear(&mut self, hearing: Hearing) -> Result<(), CaseFault> {
        self.may_hear()?;
        self.noticed_mut()?.hearing = Some(hearing);
        Ok(())
    }

    /// Whether the measure can be put before the leader today.
    ///
    /// # Errors
    /// [`CaseFault`] while the holder can still speak, or findings or evidence are missing.
    pub fn may_propose(&self, today: LegalDate, needs_notice: bool) -> Result<(), CaseFault> {
        match &self.stage {
            Stage::Investigating if needs_notice => {
                return Err(CaseFault::Missing("作出此项决定前应当事先告知当事人"));
            }
            Stage::Investigating => {}
            Stage::Noticed(noticed) => noticed.heard(today)?,
            _ => return self.wrong(),
        }
        self.found()?;
        if self.evidence.is_empty() {
            return Err(CaseFault::Missing("案卷中没有证据，请先上传证据"));
        }
        Ok(())
    }

    /// Puts the measure before the leader.
    ///
    /// # Errors
    /// [`CaseFault`] while the holder can still speak, or findings or evidence are missing.
    pub fn propose(
        &mut self,
        by: Person,
        at: Moment,
        opinion: String,
        needs_notice: bool,
    ) -> Result<(), CaseFault> {
        self.may_propose(at.legal_date(), needs_notice)?;
        let noticed = match &self.stage {
            Stage::Noticed(noticed) => Some(noticed.clone()),
            _ => None,
        };
        self.stage = Stage::Proposed(Proposed {
            noticed,
            by,
            at,
            opinion,
        });
        Ok(())
    }

    /// The leader may decide: another person than the one who proposed.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn decidable_by(&self, by: &Person) -> Result<&Proposed, CaseFault> {
        let Stage::Proposed(proposed) = &self.stage else {
            return self.wrong();
        };
        let same = by.account.is_some() && by.account == proposed.by.account;
        if same || by.name == proposed.by.name {
            return Err(CaseFault::SamePerson);
        }
        Ok(proposed)
    }

    /// The leader decides for the measure.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn decide(
        &mut self,
        by: Person,
        at: Moment,
        opinion: String,
        paper: CasePaper,
    ) -> Result<(), CaseFault> {
        let proposed = self.decidable_by(&by)?.clone();
        self.stage = Stage::Decided(Decided {
            proposed,
            by,
            at,
            opinion,
            paper: paper.id,
        });
        self.papers.push(paper);
        Ok(())
    }

    /// The leader sends it back: to the holder's voice, or to the investigation.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn send_back(&mut self, by: &Person) -> Result<(), CaseFault> {
        let proposed = self.decidable_by(by)?.clone();
        self.stage = proposed.noticed.map_or(Stage::Investigating, Stage::Noticed);
        Ok(())
    }

    /// Whether the case can end without a decision.
    ///
    /// # Errors
    /// [`CaseFault::Stage`].
    pub fn may_close(&self) -> Result<(), CaseFault> {
        match self.stage {
            Stage::Decided(_) | Stage::Closed(_) => self.wrong(),
            _ => Ok(()),
        }
    }

    /// Ends the case without a decision.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn close(&mut self, by: Person, at: Moment, reason: String) -> Result<(), CaseFault> {
        self.may_close()?;
        self.stage = Stage::Closed(ClosedCase { by, at, reason });
        Ok(())
    }

    /// Why the next step is not open yet; `None` when it is, and when none is left to the investigators.
    pub fn waits_for(&self, today: LegalDate, needs_notice: bool) -> Option<CaseFault> {
        let in_the_making = |paper: &CasePaper| paper.service_due.is_some() && paper.file.is_none();
        if self.papers.iter().any(in_the_making) {
            return Some(CaseFault::Missing("文书正在制作，制成后才能送达"));
        }
        match &self.stage {
            Stage::Investigating if needs_notice => self.may_notify(true).err(),
            Stage::Investigating | Stage::Noticed(_) => self.may_propose(today, needs_notice).err(),
            Stage::Proposed(_) | Stage::Decided(_) | Stage::Closed(_) => None,
        }
    }

    /// Whether a paper waits for being served.
    pub fn unserved(&self) -> bool {
        self.papers.iter().any(|paper| paper.may_serve().is_ok())
    }

    /// Who may not take the next step: the proposer does not decide.
    pub fn not_by(&self) -> Option<AccountId> {
        match &self.stage {
            Stage::Proposed(proposed) => proposed.by.account,
            _ => None,
        }
    }

    /// A paper was served. A notice begins the days for the holder's voice.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn serve(
        &mut self,
        id: Uuid,
        served: Served,
        plea_until: LegalDate,
        hearing_until: LegalDate,
    ) -> Result<(), CaseFault> {
        let paper = self.papers.iter_mut().find(|paper| paper.id == id);
        let paper = paper.ok_or(CaseFault::Missing("案卷中没有这份文书"))?;
        paper.may_serve()?;
        if served.on < paper.at.legal_date() {
            return Err(CaseFault::Missing("送达日期不能早于文书日期"));
        }
        paper.served = Some(served);
        if let Stage::Noticed(noticed) = &mut self.stage
            && noticed.paper == id
        {
            noticed.plea_until = Some(plea_until);
            noticed.hearing_until = noticed.hearing_right.then_some(hearing_until);
        }
        Ok(())
    }
}

impl CasePaper {
    /// Whether it can be served: a paper for somebody, made, and not served before.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn may_serve(&self) -> Result<(), CaseFault> {
        if self.service_due.is_none() {
            return Err(CaseFault::Missing("这份文书不需要送达"));
        }
        if self.served.is_some() {
            return Err(CaseFault::Done);
        }
        match self.file {
            Some(_) => Ok(()),
            None => Err(CaseFault::Missing("文书正在制作，制成后才能送达")),
        }
    }
}

impl StatementKind {
    /// All of them, in the order in which forms show them.
    pub const ALL: [Self; 3] = [Self::Plea, Self::HearingRequest, Self::Waiver];
}

impl Noticed {
    fn takes(&self, kind: StatementKind, on: LegalDate) -> Result<(), CaseFault> {
        if self.plea_until.is_none() {
            return Err(CaseFault::Missing("事先告知书尚未送达，请先登记送达"));
        }
        if kind == StatementKind::HearingRequest {
            if !self.hearing_right {
                return Err(CaseFault::Missing("此项决定依法不适用听证"));
            }
            if self.hearing_until.is_some_and(|until| on > until) {
                return Err(CaseFault::Missing("申请听证的期限已过"));
            }
        }
        Ok(())
    }

    /// Last day of the holder's days, once the notice was served.
    pub fn last_day(&self) -> Option<LegalDate> {
        let plea = self.plea_until?;
        Some(self.hearing_until.map_or(plea, |hearing| hearing.max(plea)))
    }

    /// Day on which the holder's voice was complete before its days were over: waived, or heard at the hearing.
    pub fn heard_on(&self) -> Option<LegalDate> {
        let waived = self
            .statements
            .iter()
            .find(|one| one.kind == StatementKind::Waiver);
        let heard = self.hearing.as_ref().map(|hearing| hearing.on);
        heard.or_else(|| waived.map(|one| one.on))
    }

    fn asked_for_hearing(&self) -> bool {
        self.statements
            .iter()
            .any(|one| one.kind == StatementKind::HearingRequest)
    }

    /// Whether the holder was heard: the days are over or were waived, and a hearing asked for was held.
    fn heard(&self, today: LegalDate) -> Result<(), CaseFault> {
        let Some(last) = self.last_day() else {
            return Err(CaseFault::Missing("事先告知书尚未送达，请先登记送达"));
        };
        if self.asked_for_hearing() && self.hearing.is_none() {
            return Err(CaseFault::Missing("当事人申请了听证，听证举行后才能报批"));
        }
        if self.heard_on().is_some() || today > last {
            Ok(())
        } else {
            Err(CaseFault::StillOpen(last.chinese()))
        }
    }
}
