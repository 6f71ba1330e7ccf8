//! The applicant's side: draft, completeness, submission, withdrawal.

use kernel::{
    Actor, FieldError, KernelError, Permission, Work,
    ids::{ApplicationId, EnterpriseId},
};
use matters::{MatterKey, Occasion};
use registry::Enterprise;

use super::{Applications, ApplicationsError, Outcome, person};
use crate::{
    model::{Applicant, Application, Command, Dossier, Draft, Form, FormRecord, Withdrawal, drafted},
    rules::{self, Action, Gap, PaperKind},
    store::{self, Record},
};

/// What a draft begins with.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// The matter; its version in force today is kept to the end.
    pub matter: MatterKey,
    /// The applicant; an enterprise account applies for its own enterprise only.
    pub enterprise: Option<EnterpriseId>,
}

/// The applicant as the registry knows it now.
pub(super) fn applicant(enterprise: &Enterprise) -> Applicant {
    Applicant {
        enterprise: enterprise.id,
        name: enterprise.name.clone(),
        code: enterprise.code.to_string(),
        address: enterprise.address.clone(),
        legal_representative: enterprise.legal_representative.clone(),
        economic_type: enterprise.economic_type.clone(),
        region: enterprise.region.as_str().to_owned(),
        demo: enterprise.demo,
    }
}

/// What the registry already knows need not be filled in again.
fn prefilled(enterprise: &Enterprise, actor: &Actor) -> Form {
    Form {
        contact: if actor.is_system {
            enterprise.legal_representative.clone()
        } else {
            actor.name.clone()
        },
        contact_phone: enterprise.phone.clone().unwrap_or_default(),
        delivery_address: enterprise.address.clone(),
        ..Form::default()
    }
}

impl Applications {
    /// Begins a draft, prefilled from the registry.
    ///
    /// # Errors
    /// [`ApplicationsError::NoMatter`]; [`ApplicationsError::NotFound`] for an enterprise that is not one's own.
    pub async fn draft(&self, actor: &Actor, new: NewDraft) -> Outcome<Record> {
        actor.require(Permission::ApplicationsDraft)?;
        let own = actor.scope.enterprise.map(EnterpriseId);
        let stranger = own.is_some() && new.enterprise.is_some() && own != new.enterprise;
        let enterprise = own
            .or(new.enterprise.filter(|_| actor.is_system))
            .filter(|_| !stranger);
        let enterprise = enterprise.ok_or(ApplicationsError::NotFound("企业"))?;
        let mut work = self.kernel.begin(actor).await?;
        let today = work.now().legal_date();
        let def = self
            .inner
            .catalogue
            .current(new.matter, today.0)
            .ok_or(ApplicationsError::NoMatter)?;
        let enterprise = self.inner.registry.in_work(&work, enterprise).await?;
        let dossier = Dossier {
            matter: def.key,
            matter_version: def.version,
            matter_name: def.name.clone(),
            applicant: applicant(&enterprise),
            form: FormRecord {
                content: prefilled(&enterprise, actor),
                version: 1,
                changed_at: work.now(),
            },
            files: Vec::new(),
            documents: Vec::new(),
            drafted_by: person(actor),
            created_at: work.now(),
        };
        let application = Application::Draft(Draft { dossier });
        let record = Record {
            id: ApplicationId(work.next_id()),
            version: 1,
            application,
        };
        let bodies = self.bodies(&record.application, def);
        let row = store::insert(&work, &record, &bodies).await?;
        work.record(&row, drafted(&record.application))?;
        work.commit().await?;
        Ok(record)
    }

    /// Saves the form of a draft, or of a correction that asks for it. `version` is what the client read.
    ///
    /// # Errors
    /// A conflict when the form was changed since; [`ApplicationsError::Refused`] names the fields.
    pub async fn save_form(
        &self,
        actor: &Actor,
        id: ApplicationId,
        version: i64,
        form: Form,
    ) -> Outcome<Record> {
        let open = self.open(actor, id, Action::Edit).await?;
        let record = &open.record;
        // A document that was signed meanwhile raises the version too, but leaves the form alone.
        let unchanged = record.application.dossier().form.version <= version && version <= record.version;
        if !unchanged {
            return Err(KernelError::Stale {
                subject: "application",
            }
            .into());
        }
        let command = Command::SaveForm {
            form,
            version: record.version + 1,
            at: open.work.now(),
        };
        self.close(open, command, &[], Vec::new()).await
    }

    /// Everything that is still missing, with the clause that asks for it.
    ///
    /// # Errors
    /// [`ApplicationsError::NotFound`] outside the scope.
    pub async fn completeness(&self, actor: &Actor, id: ApplicationId) -> Outcome<Vec<Gap>> {
        let record = self.seen(actor, id).await?;
        let app = &record.application;
        let def = self.definition(app)?;
        let mut gaps = app
            .open_notice()
            .map_or_else(Vec::new, |notice| rules::unmended(app.dossier(), notice));
        gaps.extend(rules::gaps(app.dossier(), def));
        Ok(gaps)
    }

    /// Hands the draft in, or the mended application in again.
    ///
    /// # Errors
    /// [`ApplicationsError::Refused`] lists everything that is missing.
    pub async fn submit(&self, actor: &Actor, id: ApplicationId) -> Outcome<Record> {
        let mut open = self.open(actor, id, Action::Submit).await?;
        let at = open.work.now();
        if matches!(open.record.application, Application::Correcting(_)) {
            return self.close(open, Command::Resubmit { at }, &[], Vec::new()).await;
        }
        let enterprise = open.record.application.dossier().applicant.enterprise;
        let enterprise = self.inner.registry.in_work(&open.work, enterprise).await?;
        if enterprise.state == registry::EnterpriseState::Closed {
            let message = "企业登记状态为已注销，不能提交申请；登记有误的请先更正企业档案";
            return Err(ApplicationsError::Invalid(vec![FieldError::new(
                "enterprise",
                message,
            )]));
        }
        let gaps = rules::gaps(open.record.application.dossier(), open.def);
        if !gaps.is_empty() {
            return Err(crate::model::Refusal::Incomplete(gaps).into());
        }
        let reference = reference(&mut open.work, open.record.id, &open.def.licence.type_code).await?;
        let command = Command::Submit {
            reference,
            applicant: applicant(&enterprise),
            at,
        };
        self.close(open, command, &[PaperKind::On(Occasion::Received)], Vec::new())
            .await
    }

    /// Ends the application at the applicant's wish; possible until the decision.
    ///
    /// # Errors
    /// [`ApplicationsError::Denied`] once it is decided.
    pub async fn withdraw(&self, actor: &Actor, id: ApplicationId, reason: String) -> Outcome<Record> {
        let open = self.open(actor, id, Action::Withdraw).await?;
        let withdrawal = Withdrawal {
            by: person(actor),
            at: open.work.now(),
            reason,
            treated: false,
        };
        self.close(open, Command::Withdraw(withdrawal), &[], Vec::new())
            .await
    }
}

/// 受理编号, such as WH2026000123: type code, year, serial.
async fn reference(work: &mut Work, id: ApplicationId, type_code: &str) -> Outcome<String> {
    let year = work.now().legal_date().0.year();
    let series = format!("application/{type_code}/{year}");
    let serial = work
        .next_number(&series, kernel::Subject::new("application", id))
        .await?;
    Ok(format!("{type_code}{year}{serial:06}"))
}
