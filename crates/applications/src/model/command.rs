//! Every act on an application in one word. [`apply`] hands it to the state that allows it.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{BlobRef, FieldError, Happened, LegalDate, Moment};
use matters::{ConditionKey, Definition, DepartmentKey};
use serde_json::json;

use super::{parts::*, states::*, *};
use crate::rules::Gap;

/// An act on an application. Instants and identifiers are given by the caller.
#[derive(Clone, Debug)]
pub enum Command {
    /// Saves the form, in a draft or while correcting.
    SaveForm {
        /// What is filled in.
        form: Form,
        /// Version that the application will have.
        version: i64,
        /// When.
        at: Moment,
    },
    /// Saves what is asked for about the licence, in a draft or while correcting.
    SaveSubject {
        /// What is asked for.
        subject: Subject,
        /// Version that the application will have.
        version: i64,
        /// When.
        at: Moment,
    },
    /// Adds a file to a material.
    Attach(MaterialFile),
    /// Takes a file out.
    Detach(FileId),
    /// Hands the draft in.
    Submit {
        /// 受理编号.
        reference: String,
        /// The applicant as the registry knows it now.
        applicant: Applicant,
        /// The licence as the register has it now.
        licence: Option<HeldLicence>,
        /// When.
        at: Moment,
    },
    /// Hands the mended application in again.
    Resubmit {
        /// When.
        at: Moment,
    },
    /// Ends it without decision.
    Withdraw(Withdrawal),
    /// Becomes the first-contact officer.
    TakeOver(Act),
    /// Takes it in.
    Accept {
        /// Acceptance.
        acceptance: Acceptance,
        /// Conditional departments that take part.
        departments: Vec<DepartmentKey>,
        /// Conditions of a renewal without review that the officer confirms.
        confirmed: BTreeSet<ConditionKey>,
        /// The risk report.
        risk: RiskReport,
    },
    /// Gives the one correction notice.
    Correct {
        /// The notice.
        notice: CorrectionNotice,
        /// Identifier of the stop that it causes.
        stop: StopId,
        /// Last day for the answer, where it can be computed.
        deadline: Option<LegalDate>,
    },
    /// Refuses to accept it.
    RefuseAcceptance(NonAcceptance),
    /// A department reviews.
    Review {
        /// Which department.
        department: DepartmentKey,
        /// Its outcome.
        result: ReviewResult,
    },
    /// One department has to look again.
    ReturnReview {
        /// Which department.
        department: DepartmentKey,
        /// Who sends it back.
        by: Person,
        /// When.
        at: Moment,
        /// Why.
        reason: String,
    },
    /// Orders a joint site check.
    OrderSiteCheck(SiteCheck),
    /// Takes an order back that is not carried out.
    CancelSiteCheck {
        /// Which.
        check: SiteCheckId,
        /// Why.
        reason: String,
    },
    /// Records what was found on site.
    RecordSiteResults {
        /// Which check.
        check: SiteCheckId,
        /// Outcome and what was seen, by condition.
        results: BTreeMap<ConditionKey, (Met, String)>,
        /// Who found it and when.
        act: Act,
    },
    /// Adds a photo taken on site.
    AddSitePhoto {
        /// Which check.
        check: SiteCheckId,
        /// The photo.
        photo: SitePhoto,
    },
    /// An officer signs the record.
    SignSiteCheck {
        /// Which check.
        check: SiteCheckId,
        /// Who and when.
        act: Act,
    },
    /// Ends the check with what the enterprise did with the record.
    ConcludeSiteCheck {
        /// Which check.
        check: SiteCheckId,
        /// What the enterprise did.
        acknowledgement: Acknowledgement,
        /// In words.
        summary: String,
        /// Who and when.
        act: Act,
    },
    /// Hands the materials in that were to follow.
    Supply {
        /// When.
        at: Moment,
    },
    /// 承诺失信: the materials did not come, or are not what was promised.
    BreakCommitment {
        /// Who found it and when.
        act: Act,
        /// What was broken.
        reason: String,
    },
    /// Stops the clock.
    StopClock(Stop),
    /// Lets it run again.
    ResumeClock {
        /// Which stop ends.
        stop: StopId,
        /// By whom and when.
        act: Act,
    },
    /// Extends the period.
    Extend(Extension),
    /// First or second review.
    GiveOpinion(StageOpinion),
    /// Grants.
    Grant {
        /// The decision.
        decision: Decision,
        /// What is granted.
        terms: GrantTerms,
    },
    /// 视为准予延续: the licence expired and nobody had decided.
    DeemGranted {
        /// The decision that the law makes.
        decision: Decision,
        /// What is granted.
        terms: GrantTerms,
    },
    /// Refuses.
    Refuse {
        /// The decision.
        decision: Decision,
        /// Why not.
        terms: RefusalTerms,
    },
    /// Records delivery.
    Deliver(Delivery),
    /// A document was typeset, signed and stored.
    DocumentReady {
        /// Which.
        document: DocumentId,
        /// The signed PDF.
        blob: BlobRef,
        /// When.
        at: Moment,
    },
}

impl Command {
    /// The act in words, for refusals.
    pub fn label(&self) -> &'static str {
        match self {
            Self::SaveForm { .. } => "修改申请表",
            Self::SaveSubject { .. } => "修改申请内容",
            Self::Attach(_) => "上传材料",
            Self::Detach(_) => "删除材料",
            Self::Submit { .. } => "提交申请",
            Self::Resubmit { .. } => "提交补正",
            Self::Withdraw(_) => "撤回申请",
            Self::TakeOver(_) => "首接",
            Self::Accept { .. } => "受理",
            Self::Correct { .. } => "告知补正",
            Self::RefuseAcceptance(_) => "不予受理",
            Self::Review { .. } => "部门审查",
            Self::ReturnReview { .. } => "退回部门审查",
            Self::OrderSiteCheck(_) => "安排现场核查",
            Self::CancelSiteCheck { .. } => "取消现场核查",
            Self::RecordSiteResults { .. } => "记录现场核查结果",
            Self::AddSitePhoto { .. } => "上传现场照片",
            Self::SignSiteCheck { .. } => "签署现场核查记录",
            Self::ConcludeSiteCheck { .. } => "结束现场核查",
            Self::Supply { .. } => "补交容缺材料",
            Self::BreakCommitment { .. } => "认定未履行承诺",
            Self::StopClock(_) => "中止计时",
            Self::ResumeClock { .. } => "恢复计时",
            Self::Extend(_) => "延长期限",
            Self::GiveOpinion(opinion) => opinion.stage.label(),
            Self::Grant { .. } => "准予许可",
            Self::DeemGranted { .. } => "视为准予延续",
            Self::Refuse { .. } => "不予许可",
            Self::Deliver(_) => "送达",
            Self::DocumentReady { .. } => "文书归档",
        }
    }
}

/// What an accepted command leads to: the new state and the one event.
#[derive(Debug)]
pub struct Change {
    /// The new state.
    pub application: Application,
    /// What happened.
    pub happened: Happened,
}

/// Why a command was refused. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow the act.
    #[error("{act} is not possible in state {}", state.as_str())]
    WrongState {
        /// The act in words.
        act: &'static str,
        /// The state.
        state: StateName,
    },
    /// Input is wrong.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// Something is missing.
    #[error("incomplete")]
    Incomplete(Vec<Gap>),
    /// A part is not there.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// It was done already and can be done only once.
    #[error("{0}")]
    Once(&'static str),
}

impl Refusal {
    /// One wrong field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }
}

/// Applies a command to the state that allows it. A refused command changes nothing: the caller still has the
/// stored state, the one given here is dropped.
///
/// # Errors
/// [`Refusal`].
pub fn apply(app: Application, definition: &Definition, command: Command) -> Result<Change, Refusal> {
    use Application as A;
    let wrong = Refusal::WrongState {
        act: command.label(),
        state: app.state(),
    };
    let (application, happened) = match (app, command) {
        (A::Draft(s), Command::SaveForm { form, version, at }) => {
            s.save_form(form, version, at, definition)?
        }
        (A::Correcting(s), Command::SaveForm { form, version, at }) => {
            s.save_form(form, version, at, definition)?
        }
        (A::Draft(s), Command::SaveSubject { subject, version, at }) => {
            s.save_subject(subject, version, at, definition)?
        }
        (A::Correcting(s), Command::SaveSubject { subject, version, at }) => {
            s.save_subject(subject, version, at, definition)?
        }
        (A::Draft(s), Command::Attach(file)) => s.attach(file, definition)?,
        (A::Correcting(s), Command::Attach(file)) => s.attach(file, definition)?,
        (A::Draft(s), Command::Detach(file)) => s.detach(file)?,
        (A::Correcting(s), Command::Detach(file)) => s.detach(file)?,
        (
            A::Draft(s),
            Command::Submit {
                reference,
                applicant,
                licence,
                at,
            },
        ) => s.submit(reference, applicant, licence, at, definition)?,
        (A::Correcting(s), Command::Resubmit { at }) => s.resubmit(at, definition)?,
        (app, Command::Withdraw(withdrawal)) if !app.state().is_final() => app.withdraw(withdrawal)?,
        (A::Submitted(s), Command::TakeOver(act)) => s.take_over(act)?,
        (app, Command::TakeOver(act)) if app.stage().is_some() => app.take_over(act)?,
        (
            A::Submitted(s),
            Command::Accept {
                acceptance,
                departments,
                confirmed,
                risk,
            },
        ) => s.accept(acceptance, &departments, &confirmed, risk, definition)?,
        (
            A::Submitted(s),
            Command::Correct {
                notice,
                stop,
                deadline,
            },
        ) => s.correct(notice, stop, deadline, definition)?,
        (A::Submitted(s), Command::RefuseAcceptance(decision)) => s.refuse(decision)?,
        (A::InReview(s), Command::Review { department, result }) => {
            s.review(&department, result, definition)?
        }
        (
            app,
            Command::ReturnReview {
                department,
                by,
                at,
                reason,
            },
        ) if app.stage().is_some() => app.return_review(&department, by, at, reason)?,
        (app, Command::Attach(file)) if app.stage().is_some() => app.attach_deferred(file, definition)?,
        (app, Command::Supply { at }) if app.stage().is_some() => app.supply(at)?,
        (app, Command::BreakCommitment { act, reason }) if app.stage().is_some() => {
            app.break_commitment(act, reason)?
        }
        (app, Command::OrderSiteCheck(check)) if app.stage().is_some() => {
            app.order_site_check(check, definition)?
        }
        (app, Command::CancelSiteCheck { check, reason }) if app.stage().is_some() => {
            app.cancel_site_check(check, reason)?
        }
        (app, Command::RecordSiteResults { check, results, act }) if app.stage().is_some() => {
            app.record_site_results(check, results, act)?
        }
        (app, Command::AddSitePhoto { check, photo }) if app.stage().is_some() => {
            app.add_site_photo(check, photo)?
        }
        (app, Command::SignSiteCheck { check, act }) if app.stage().is_some() => {
            app.sign_site_check(check, act)?
        }
        (
            app,
            Command::ConcludeSiteCheck {
                check,
                acknowledgement,
                summary,
                act,
            },
        ) if app.stage().is_some() => app.conclude_site_check(check, acknowledgement, summary, act)?,
        (app, Command::StopClock(stop)) if app.stage().is_some() => app.stop_clock(stop)?,
        (app, Command::ResumeClock { stop, act }) if app.stage().is_some() => app.resume_clock(stop, act)?,
        (app, Command::Extend(extension)) if app.stage().is_some() => app.extend(extension, definition)?,
        (A::FirstReview(s), Command::GiveOpinion(o)) if o.stage == StageName::FirstReview => {
            s.opine(o, definition)?
        }
        (A::SecondReview(s), Command::GiveOpinion(o)) if o.stage == StageName::SecondReview => s.opine(o)?,
        (A::Deciding(s), Command::Grant { decision, terms }) => s.grant(decision, terms)?,
        (app, Command::DeemGranted { decision, terms }) if app.stage().is_some() => {
            app.deem_granted(decision, terms)?
        }
        (A::Deciding(s), Command::Refuse { decision, terms }) => s.refuse(decision, terms, definition)?,
        (app, Command::Deliver(delivery)) if app.decided_on().is_some() => app.deliver(delivery)?,
        (app, Command::DocumentReady { document, blob, at }) => app.document_ready(document, blob, at)?,
        _ => return Err(wrong),
    };
    Ok(Change {
        application,
        happened,
    })
}

/// The first event of an application.
pub fn drafted(application: &Application) -> Happened {
    let dossier = application.dossier();
    let facts = json!({ "matter": dossier.matter, "matter_version": dossier.matter_version });
    Happened::new("application.drafted", format!("填报{}", dossier.matter_name)).data(facts)
}
