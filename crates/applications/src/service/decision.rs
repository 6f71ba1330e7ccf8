//! The decision and its delivery; what a grant hands on to the licences.

use kernel::{
    Actor, FieldError, LegalDate, NewJob,
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use matters::{Definition, Industry, Kind, MatterKey, Occasion};
use serde_json::json;

use super::{Applications, ApplicationsError, Outcome, person};
use crate::{
    CARRY_OUT_JOB, ISSUE_JOB,
    model::{
        Applicant, Application, Command, Decision, Delivery, Dossier, GrantTerms, Holder, RefusalTerms,
        Subject, UnmetCondition,
    },
    rules::{self, Action, Denial, PaperKind},
    store::{self, Record},
};

/// What a granted application hands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The application.
    pub application: ApplicationId,
    /// 受理编号.
    pub reference: String,
    /// The matter.
    pub matter: MatterKey,
    /// Version of its definition.
    pub matter_version: u32,
    /// The industry.
    pub industry: Industry,
    /// What kind of application it was.
    pub kind: Kind,
    /// The licence that it is about; absent for a first issue.
    pub licence: Option<LicenceId>,
    /// What was asked for and is granted, changed items with old and new content.
    pub subject: Subject,
    /// The enterprise.
    pub enterprise: EnterpriseId,
    /// The holder as the licence shall name it: as the application names it, or as the licence did, with the
    /// granted changes.
    pub holder: Holder,
    /// 许可范围.
    pub scope: Vec<String>,
    /// Day of the decision.
    pub decided_on: LegalDate,
    /// First day of validity as the decision names it.
    pub valid_from: LegalDate,
    /// Last day of validity as the decision names it.
    pub valid_to: LegalDate,
    /// 视为准予延续: the law granted it, nobody decided.
    pub deemed: bool,
    /// True for data of the demo city.
    pub demo: bool,
}

/// A refusal, as the leader writes it.
#[derive(Clone, Debug)]
pub struct NewRefusal {
    /// Reasons.
    pub reason: String,
    /// Clauses in words.
    pub legal_basis: String,
    /// Conditions not met.
    pub unmet: Vec<UnmetCondition>,
}

impl Applications {
    /// Grants. The licence is issued by a job, once.
    ///
    /// # Errors
    /// [`ApplicationsError::AlreadyDecided`] when somebody was quicker; [`ApplicationsError::Denied`] for a person
    /// who took part before or lacks the qualification.
    pub async fn grant(
        &self,
        actor: &Actor,
        id: ApplicationId,
        reason: String,
        scope: Option<Vec<String>>,
    ) -> Outcome<Record> {
        let open = self.open(actor, id, Action::Decide).await?;
        let on = open.today();
        let dossier = open.record.application.dossier();
        let terms = granted_terms(dossier, open.def, scope, on)?;
        let job = match dossier.licence {
            None => ISSUE_JOB,
            Some(_) => CARRY_OUT_JOB,
        };
        let decision = Decision {
            by: person(actor),
            at: open.work.now(),
            on,
            reason,
        };
        let command = Command::Grant { decision, terms };
        let issue = NewJob::new(job, &json!({ "application": id }))?.once(id.to_string());
        self.close(open, command, &[PaperKind::On(Occasion::Granted)], vec![issue])
            .await
    }

    /// Refuses, in writing, with reasons, conditions and remedies.
    ///
    /// # Errors
    /// As [`Applications::grant`].
    pub async fn refuse(&self, actor: &Actor, id: ApplicationId, new: NewRefusal) -> Outcome<Record> {
        let open = self.open(actor, id, Action::Decide).await?;
        let decision = Decision {
            by: person(actor),
            at: open.work.now(),
            on: open.today(),
            reason: new.reason,
        };
        let terms = RefusalTerms {
            unmet: new.unmet,
            legal_basis: new.legal_basis,
            remedies: self.remedies(),
        };
        let command = Command::Refuse { decision, terms };
        self.close(open, command, &[PaperKind::On(Occasion::Refused)], Vec::new())
            .await
    }

    /// Records that the decision was delivered (行政许可法 art. 44: within ten working days).
    ///
    /// # Errors
    /// [`ApplicationsError::Refused`] names the field.
    pub async fn deliver(&self, actor: &Actor, id: ApplicationId, mut delivery: Delivery) -> Outcome<Record> {
        let open = self.open(actor, id, Action::Deliver).await?;
        delivery.by = person(actor);
        delivery.at = open.work.now();
        let command = Command::Deliver(delivery);
        self.close(open, command, &[PaperKind::On(Occasion::Delivered)], Vec::new())
            .await
    }

    /// What a granted application hands on; for the capability that issues licences.
    ///
    /// # Errors
    /// [`ApplicationsError::NotFound`] unless it was granted.
    pub async fn granted(&self, id: ApplicationId) -> Outcome<Grant> {
        let system = Actor::system("许可证");
        let record = store::find(self.kernel.db(), &system, id).await?;
        let record = record.ok_or(ApplicationsError::NotFound("申请"))?;
        let Application::Granted(granted) = &record.application else {
            return Err(ApplicationsError::NotFound("准予许可的申请"));
        };
        let file = &granted.file;
        let grant = grant_of(id, &file.dossier, &file.case.intake.reference, &granted.terms);
        Ok(Grant {
            decided_on: granted.decision.on,
            deemed: granted.deemed,
            ..grant
        })
    }

    /// What a grant today would hand on, for a look at the certificate before anything is decided. For those who
    /// review and decide, while the application is before them.
    ///
    /// # Errors
    /// [`ApplicationsError::NotFound`] outside the scope, and where no new licence is applied for;
    /// [`ApplicationsError::Denied`].
    pub async fn prospect(
        &self,
        actor: &Actor,
        id: ApplicationId,
        scope: Option<Vec<String>>,
    ) -> Outcome<Grant> {
        let record = self.seen(actor, id).await?;
        let deciding = [Action::FirstReview, Action::SecondReview, Action::Decide];
        if !deciding.iter().any(|action| actor.may(action.permission())) {
            return Err(Denial::Permission(Action::Decide.permission()).into());
        }
        let app = &record.application;
        let Some(case) = app.case().filter(|_| app.stage().is_some()) else {
            return Err(Denial::State(Action::Decide, app.state()).into());
        };
        let dossier = app.dossier();
        let scope = scope.map(|mut phrases| {
            phrases.retain(|phrase| !phrase.trim().is_empty());
            phrases
        });
        let scope = scope.filter(|phrases| !phrases.is_empty());
        let terms = granted_terms(dossier, self.definition(app)?, scope, self.today())?;
        Ok(grant_of(id, dossier, &case.intake.reference, &terms))
    }
}

/// What is granted on a day, in part if a scope is given.
fn granted_terms(
    dossier: &Dossier,
    def: &Definition,
    scope: Option<Vec<String>>,
    on: LegalDate,
) -> Outcome<GrantTerms> {
    let mut terms = rules::grant_terms(dossier, def, on).ok_or(ApplicationsError::NoMatter)?;
    if let Some(scope) = scope {
        // Only what a first issue applies for can be granted in part; a licence that is there says its own.
        if dossier.licence.is_some() && scope != terms.scope {
            let message = "许可范围以许可证载明的或者申请变更的内容为准，不能在决定时改写";
            return Err(ApplicationsError::Invalid(vec![FieldError::new(
                "scope", message,
            )]));
        }
        terms.scope = scope;
    }
    Ok(terms)
}

/// What is handed on with these terms, as if it were decided on their first day.
fn grant_of(id: ApplicationId, dossier: &Dossier, reference: &str, terms: &GrantTerms) -> Grant {
    let holder = match &dossier.licence {
        Some(held) => dossier.subject.holder(held),
        None => applicant_as_holder(&dossier.applicant),
    };
    Grant {
        application: id,
        reference: reference.to_owned(),
        matter: dossier.matter,
        matter_version: dossier.matter_version,
        industry: dossier.matter.industry,
        kind: dossier.matter.kind,
        licence: dossier.licence.as_ref().map(|held| held.id),
        subject: dossier.subject.clone(),
        enterprise: dossier.applicant.enterprise,
        holder,
        scope: terms.scope.clone(),
        decided_on: terms.valid_from,
        valid_from: terms.valid_from,
        valid_to: terms.valid_to,
        deemed: false,
        demo: dossier.applicant.demo,
    }
}

fn applicant_as_holder(applicant: &Applicant) -> Holder {
    Holder {
        name: applicant.name.clone(),
        code: applicant.code.clone(),
        address: applicant.address.clone(),
        legal_representative: applicant.legal_representative.clone(),
        economic_type: applicant.economic_type.clone(),
        region: applicant.region.clone(),
    }
}
