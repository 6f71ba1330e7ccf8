//! The applicant's side: draft, completeness, submission, withdrawal.

use std::collections::BTreeSet;

use kernel::{
    Actor, FieldError, KernelError, LegalDate, NewJob, Permission, Work,
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use matters::{ConditionKey, Definition, Kind, MatterKey, Occasion};
use registry::Enterprise;

use super::{Applications, ApplicationsError, Open, Outcome, person};
use crate::{
    model::{
        Applicant, Application, ChangedItem, Command, DeregistrationGround, Dossier, Draft, Form, FormRecord,
        HeldLicence, ReplacementCause, Standardisation, Subject, Withdrawal, drafted,
    },
    rules::{self, Action, Gap, PaperKind, next_day},
    store::{self, Record},
};

/// What a draft begins with.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// The matter; its version in force today is kept to the end.
    pub matter: MatterKey,
    /// The applicant; an enterprise account applies for its own enterprise only.
    pub enterprise: Option<EnterpriseId>,
    /// The licence that it is about; absent for a first issue and required for everything else.
    pub licence: Option<LicenceId>,
    /// What is asked for; required for a replacement and a deregistration, else prefilled.
    pub subject: Option<NewSubject>,
}

impl NewDraft {
    /// A first issue for the actor's own enterprise.
    pub fn first(matter: MatterKey) -> Self {
        Self {
            matter,
            enterprise: None,
            licence: None,
            subject: None,
        }
    }
}

/// What is asked for, as the applicant writes it: the present content comes from the licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewSubject {
    /// 延期
    Renewal {
        /// 不再审查 is asked for.
        direct: bool,
        /// Conditions declared for it.
        declared: BTreeSet<ConditionKey>,
        /// Standardisation level.
        standardisation: Option<Standardisation>,
    },
    /// 变更
    Change {
        /// Day of the event.
        occurred_on: Option<LegalDate>,
        /// What changes.
        items: Vec<NewItem>,
    },
    /// 补办
    Replacement {
        /// Why.
        cause: ReplacementCause,
        /// Day of the event.
        occurred_on: Option<LegalDate>,
        /// What happened.
        account: String,
    },
    /// 注销
    Deregistration {
        /// Why.
        ground: DeregistrationGround,
        /// Day of the event.
        occurred_on: Option<LegalDate>,
        /// What happened.
        account: String,
    },
}

/// A changed item with its new content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewItem {
    /// 单位名称
    Name(String),
    /// 单位地址
    Address(String),
    /// 法定代表人（主要负责人）
    LegalRepresentative(String),
    /// 经济类型
    EconomicType(String),
    /// 许可范围
    Scope(Vec<String>),
}

impl NewItem {
    fn about(self, held: &HeldLicence) -> ChangedItem {
        let (holder, trimmed) = (&held.holder, |text: String| text.trim().to_owned());
        match self {
            Self::Name(to) => ChangedItem::Name {
                from: holder.name.clone(),
                to: trimmed(to),
            },
            Self::Address(to) => ChangedItem::Address {
                from: holder.address.clone(),
                to: trimmed(to),
            },
            Self::LegalRepresentative(to) => ChangedItem::LegalRepresentative {
                from: holder.legal_representative.clone(),
                to: trimmed(to),
            },
            Self::EconomicType(to) => ChangedItem::EconomicType {
                from: holder.economic_type.clone(),
                to: trimmed(to),
            },
            Self::Scope(to) => ChangedItem::Scope {
                from: held.scope.clone(),
                to: to
                    .into_iter()
                    .map(trimmed)
                    .filter(|phrase| !phrase.is_empty())
                    .collect(),
            },
        }
    }
}

impl NewSubject {
    fn about(self, held: &HeldLicence) -> Subject {
        match self {
            Self::Renewal {
                direct,
                declared,
                standardisation,
            } => Subject::Renewal {
                direct,
                declared,
                standardisation,
            },
            Self::Change { occurred_on, items } => Subject::Change {
                occurred_on,
                items: items.into_iter().map(|item| item.about(held)).collect(),
            },
            Self::Replacement {
                cause,
                occurred_on,
                account,
            } => Subject::Replacement {
                cause,
                occurred_on,
                account,
            },
            Self::Deregistration {
                ground,
                occurred_on,
                account,
            } => Subject::Deregistration {
                ground,
                occurred_on,
                account,
            },
        }
    }
}

/// What the registry already says differently from the licence is what a change will most likely ask for.
fn differences(enterprise: &Enterprise, held: &HeldLicence) -> Vec<NewItem> {
    let holder = &held.holder;
    let pairs = [
        (
            &holder.name,
            &enterprise.name,
            NewItem::Name as fn(String) -> NewItem,
        ),
        (&holder.address, &enterprise.address, NewItem::Address),
        (
            &holder.legal_representative,
            &enterprise.legal_representative,
            NewItem::LegalRepresentative,
        ),
        (
            &holder.economic_type,
            &enterprise.economic_type,
            NewItem::EconomicType,
        ),
    ];
    let differs = |old: &str, new: &str| !new.trim().is_empty() && old.trim() != new.trim();
    pairs
        .into_iter()
        .filter(|(old, new, _)| differs(old, new))
        .map(|(_, new, item)| item(new.clone()))
        .collect()
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
fn prefilled(enterprise: &Enterprise, actor: &Actor, held: Option<&HeldLicence>) -> Form {
    Form {
        scope: held.map(|held| held.scope.clone()).unwrap_or_default(),
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
        let (licence, subject) = self
            .begin_with(def, &enterprise, new.licence, new.subject, today)
            .await?;
        let dossier = Dossier {
            matter: def.key,
            matter_version: def.version,
            matter_name: def.name.clone(),
            applicant: applicant(&enterprise),
            form: FormRecord {
                content: prefilled(&enterprise, actor, licence.as_ref()),
                version: 1,
                changed_at: work.now(),
            },
            licence,
            subject,
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
        let row = match store::insert(&work, &record, &bodies).await {
            // The database keeps one running application of a kind for a licence, whoever was quicker.
            Err(error) if error.is_duplicate() && new.licence.is_some() => {
                return Err(self.already_running(def, new.licence).await?);
            }
            outcome => outcome?,
        };
        work.record(&row, drafted(&record.application))?;
        work.commit().await?;
        Ok(record)
    }

    /// The licence and what is asked for about it, checked as far as it can be before anything is filled in.
    async fn begin_with(
        &self,
        def: &Definition,
        enterprise: &Enterprise,
        licence: Option<LicenceId>,
        subject: Option<NewSubject>,
        today: LegalDate,
    ) -> Outcome<(Option<HeldLicence>, Subject)> {
        let field =
            |name: &str, message: &str| ApplicationsError::Invalid(vec![FieldError::new(name, message)]);
        let Some(id) = licence else {
            return match (def.kind, subject) {
                (Kind::FirstIssue, None) => Ok((None, Subject::FirstIssue)),
                (Kind::FirstIssue, Some(_)) => {
                    Err(field("subject", "首次申请不针对已有的许可证，请去掉这一项"))
                }
                _ => Err(field("licence", "请选择要办理的许可证")),
            };
        };
        if def.kind == Kind::FirstIssue {
            return Err(field(
                "licence",
                "首次申请不针对已有的许可证，请去掉这一项或者选择其他办理类型",
            ));
        }
        let held = self.held(id).await?;
        let subject = match (subject, def.kind) {
            (Some(subject), _) => subject.about(&held),
            (None, Kind::Change) => NewSubject::Change {
                occurred_on: None,
                items: differences(enterprise, &held),
            }
            .about(&held)
            .offered(def),
            (None, Kind::Replacement) => return Err(field("subject", "请选择补办的原因：遗失或者损毁")),
            (None, Kind::Deregistration) => return Err(field("subject", "请选择注销的情形")),
            (None, _) => Subject::Renewal {
                direct: false,
                declared: BTreeSet::new(),
                standardisation: None,
            },
        };
        rules::check_licence(&held, enterprise.id, &subject, def, &self.inner.calendar, today)?;
        let faults = rules::subject_faults(&subject, def, today);
        if faults.is_empty() {
            Ok((Some(held), subject))
        } else {
            Err(ApplicationsError::Invalid(faults))
        }
    }

    /// The licence as the register has it now.
    async fn held(&self, id: LicenceId) -> Outcome<HeldLicence> {
        let book = self.inner.licences.get().ok_or(ApplicationsError::NoRegister)?;
        let held = book.held(id).await?;
        held.ok_or(ApplicationsError::NotFound("许可证"))
    }

    /// Names the application that runs already.
    async fn already_running(
        &self,
        def: &Definition,
        licence: Option<LicenceId>,
    ) -> Outcome<ApplicationsError> {
        let licence = licence.ok_or(ApplicationsError::NotFound("许可证"))?;
        let other = store::running(self.kernel.db(), licence, &def.key.to_string()).await?;
        let (id, reference) = other.ok_or(ApplicationsError::NotFound("申请"))?;
        Ok(ApplicationsError::Running { id, reference })
    }

    /// Saves what is asked for about the licence, in a draft or in a correction that asks for the form. `version`
    /// is what the client read.
    ///
    /// # Errors
    /// A conflict when it was changed since; [`ApplicationsError::Refused`] names the fields.
    pub async fn save_subject(
        &self,
        actor: &Actor,
        id: ApplicationId,
        version: i64,
        subject: NewSubject,
    ) -> Outcome<Record> {
        let open = self.open(actor, id, Action::Edit).await?;
        unchanged_form(&open.record, version)?;
        let held = open.record.application.dossier().licence.as_ref();
        let held = held.ok_or(ApplicationsError::NotFound("许可证"))?;
        let command = Command::SaveSubject {
            subject: subject.about(held),
            version: open.record.version + 1,
            at: open.work.now(),
        };
        self.close(open, command, &[], Vec::new()).await
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
        unchanged_form(&open.record, version)?;
        let command = Command::SaveForm {
            form,
            version: open.record.version + 1,
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
        let dossier = open.record.application.dossier();
        let gaps = rules::gaps(dossier, open.def);
        if !gaps.is_empty() {
            return Err(crate::model::Refusal::Incomplete(gaps).into());
        }
        let licence = match &dossier.licence {
            Some(drafted) => Some(self.held_still(drafted, &open, enterprise.id).await?),
            None => None,
        };
        let reference = reference(&mut open.work, open.record.id, &open.def.licence.type_code).await?;
        let command = Command::Submit {
            reference,
            applicant: applicant(&enterprise),
            licence,
            at,
        };
        let jobs = self.expiry_of(&open, &command)?;
        let mut papers = vec![PaperKind::On(Occasion::Received)];
        if !rules::promised(open.record.application.dossier(), open.def).is_empty() {
            papers.push(PaperKind::On(Occasion::DeferralPromised));
        }
        self.close(open, command, &papers, jobs).await
    }

    /// A timely renewal is looked at again when the licence ends.
    fn expiry_of(&self, open: &Open<'_>, command: &Command) -> Outcome<Vec<NewJob>> {
        let Command::Submit {
            licence: Some(held), ..
        } = command
        else {
            return Ok(Vec::new());
        };
        let deems = open
            .def
            .existing
            .as_ref()
            .is_some_and(|rules| rules.deemed_grant.is_some());
        if !deems || held.valid_to < open.today() {
            return Ok(Vec::new());
        }
        Ok(vec![super::expiry_job(open.record.id, next_day(held.valid_to))?])
    }

    /// The licence as the register has it on the day of submission: still the applicant's, still in the state that
    /// the matter asks for, and still saying what the draft says that it says.
    async fn held_still(
        &self,
        drafted: &HeldLicence,
        open: &Open<'_>,
        enterprise: EnterpriseId,
    ) -> Outcome<HeldLicence> {
        let now = self.held(drafted.id).await?;
        let subject = &open.record.application.dossier().subject;
        let calendar = &self.inner.calendar;
        rules::check_licence(&now, enterprise, subject, open.def, calendar, open.today())?;
        if (&now.holder, &now.scope) != (&drafted.holder, &drafted.scope) {
            return Err(ApplicationsError::LicenceChanged);
        }
        Ok(now)
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

/// A document that was signed meanwhile raises the version too, but leaves form and subject alone.
fn unchanged_form(record: &Record, version: i64) -> Outcome<()> {
    if record.application.dossier().form.version <= version && version <= record.version {
        return Ok(());
    }
    Err(KernelError::Stale {
        subject: "application",
    }
    .into())
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
