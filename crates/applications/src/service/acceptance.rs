//! The window's side: first contact, acceptance, the one correction notice, refusal to accept.

use std::collections::BTreeSet;

use kernel::{Actor, LegalDate, ids::ApplicationId};
use matters::{CORRECTION, CORRECTION_PERIOD, ConditionKey, DepartmentKey, Occasion};
use registry::{Danger, Enterprise, EnterpriseState};

use super::{Applications, ApplicationsError, Open, Outcome, person};
use crate::{
    model::{
        Acceptance, Application, Command, CorrectionItem, CorrectionNotice, CorrectionTarget, NonAcceptance,
        Remedies, RiskLevel, RiskReport, StopId,
    },
    rules::{self, Action, Due, PaperKind, Period, RiskFacts},
    store::{self, Record},
};

/// One thing to be mended, as the officer writes it.
#[derive(Clone, Debug)]
pub struct NewCorrectionItem {
    /// What is concerned.
    pub target: CorrectionTarget,
    /// What is wrong.
    pub problem: String,
    /// What is asked for.
    pub requirement: String,
}

/// A refusal to accept, as the officer writes it.
#[derive(Clone, Debug)]
pub struct NewNonAcceptance {
    /// Why.
    pub reason: String,
    /// Clauses in words.
    pub legal_basis: String,
    /// Where to apply instead.
    pub competent_authority: Option<String>,
}

impl Applications {
    /// Becomes the first-contact officer who owns the application to the end (首接负责制).
    ///
    /// # Errors
    /// [`ApplicationsError::Denied`] when it has an owner.
    pub async fn take_over(&self, actor: &Actor, id: ApplicationId) -> Outcome<Record> {
        let open = self.open(actor, id, Action::TakeOver).await?;
        let act = open.act();
        self.close(open, Command::TakeOver(act), &[], Vec::new()).await
    }

    /// Accepts. The officer becomes its owner unless somebody already is; the risk report is drawn up.
    ///
    /// # Errors
    /// [`ApplicationsError::Denied`], [`ApplicationsError::Refused`].
    pub async fn accept(
        &self,
        actor: &Actor,
        id: ApplicationId,
        departments: Vec<DepartmentKey>,
    ) -> Outcome<Record> {
        self.accept_confirming(actor, id, departments, BTreeSet::new())
            .await
    }

    /// The same for a renewal without review, which needs each of its conditions confirmed.
    ///
    /// # Errors
    /// [`ApplicationsError::Denied`], [`ApplicationsError::Refused`].
    pub async fn accept_confirming(
        &self,
        actor: &Actor,
        id: ApplicationId,
        departments: Vec<DepartmentKey>,
        confirmed: BTreeSet<ConditionKey>,
    ) -> Outcome<Record> {
        let open = self.open(actor, id, Action::Accept).await?;
        let today = open.today();
        // After five days without notice it has been accepted by law from the day it came in.
        let on = if self.notice_is_late(&open) {
            received(&open.record.application, today)
        } else {
            today
        };
        self.take_in(open, on, false, departments, confirmed).await
    }

    /// Acceptance by law: no notice was given in time (行政许可法 art. 32 (1) 4).
    pub(super) async fn deem_accepted(&self, open: Open<'_>) -> Outcome<Record> {
        let on = received(&open.record.application, open.today());
        self.take_in(open, on, true, Vec::new(), BTreeSet::new()).await
    }

    async fn take_in(
        &self,
        open: Open<'_>,
        accepted_on: LegalDate,
        deemed: bool,
        departments: Vec<DepartmentKey>,
        confirmed: BTreeSet<ConditionKey>,
    ) -> Outcome<Record> {
        let risk = self.risk_report(&open).await?;
        let acceptance = Acceptance {
            accepted_on,
            at: open.work.now(),
            by: person(open.work.actor()),
            deemed,
        };
        let command = Command::Accept {
            acceptance,
            departments,
            confirmed,
            risk,
        };
        self.close(open, command, &[PaperKind::On(Occasion::Accepted)], Vec::new())
            .await
    }

    fn notice_is_late(&self, open: &Open<'_>) -> bool {
        let watch = self.watch(open.today());
        let clock = watch.clock(&open.record.application, open.def, CORRECTION);
        clock
            .and_then(|clock| clock.due_on)
            .is_some_and(|last| last < open.today())
    }

    /// Gives the one notice that names everything to be mended.
    ///
    /// # Errors
    /// [`ApplicationsError::DeemedAccepted`] after five working days.
    pub async fn correct(
        &self,
        actor: &Actor,
        id: ApplicationId,
        items: Vec<NewCorrectionItem>,
    ) -> Outcome<Record> {
        let open = self.open(actor, id, Action::Correct).await?;
        if self.notice_is_late(&open) {
            return Err(ApplicationsError::DeemedAccepted);
        }
        let today = open.today();
        let items = items.into_iter().map(|item| named(item, open.def)).collect();
        let notice = CorrectionNotice {
            notified_at: open.work.now(),
            notified_on: today,
            by: person(actor),
            items,
        };
        let deadline = open.def.clock(CORRECTION_PERIOD).and_then(|clock| {
            let period = Period {
                terms: vec![clock.term],
                start: today,
                ended: None,
                stops: Vec::new(),
            };
            period.due(&self.inner.calendar).day()
        });
        let command = Command::Correct {
            notice,
            stop: StopId(open.work.next_id()),
            deadline,
        };
        self.close(
            open,
            command,
            &[PaperKind::On(Occasion::CorrectionNeeded)],
            Vec::new(),
        )
        .await
    }

    /// Refuses to accept, in writing, with reasons and remedies.
    ///
    /// # Errors
    /// [`ApplicationsError::DeemedAccepted`] after five working days.
    pub async fn refuse_acceptance(
        &self,
        actor: &Actor,
        id: ApplicationId,
        new: NewNonAcceptance,
    ) -> Outcome<Record> {
        let open = self.open(actor, id, Action::RefuseAcceptance).await?;
        if self.notice_is_late(&open) {
            return Err(ApplicationsError::DeemedAccepted);
        }
        let decision = NonAcceptance {
            by: person(actor),
            at: open.work.now(),
            on: open.today(),
            reason: new.reason,
            legal_basis: new.legal_basis,
            competent_authority: new.competent_authority,
            remedies: self.remedies(),
        };
        let command = Command::RefuseAcceptance(decision);
        self.close(
            open,
            command,
            &[PaperKind::On(Occasion::AcceptanceRefused)],
            Vec::new(),
        )
        .await
    }

    /// Where an applicant turns to who does not accept a decision.
    pub(super) fn remedies(&self) -> Remedies {
        let city = &self.inner.city;
        Remedies {
            government: city.government.name.clone(),
            court: city.court.name.clone(),
        }
    }

    async fn risk_report(&self, open: &Open<'_>) -> Outcome<RiskReport> {
        let dossier = open.record.application.dossier();
        let enterprise = self
            .inner
            .registry
            .in_work(&open.work, dossier.applicant.enterprise)
            .await?;
        let history = store::history(&open.work, enterprise.id, open.record.id).await?;
        let corrected = open
            .record
            .application
            .intake()
            .is_some_and(|intake| intake.correction.is_some());
        let facts = RiskFacts {
            code_warnings: enterprise
                .code
                .warnings()
                .iter()
                .map(codes::CodeWarning::message)
                .collect(),
            danger: enterprise.danger.map(danger),
            not_in_business: (enterprise.state != EnterpriseState::Active)
                .then(|| format!("登记状态为{}", enterprise.state.chinese())),
            missing: missing(&enterprise),
            history,
            corrected,
            late: self
                .windows(&open.record.application, open.def)
                .into_iter()
                .filter(|window| window.late)
                .map(|window| window.name)
                .collect(),
            employees: dossier.form.content.employees,
        };
        Ok(rules::risk_report(&facts, open.def, open.work.now()))
    }

    /// The last day of a clock, as of today.
    pub(super) fn due(&self, open: &Open<'_>, key: &str) -> Option<Due> {
        let watch = self.watch(open.today());
        watch
            .clock(&open.record.application, open.def, key)
            .map(|clock| clock.due)
    }
}

/// The day on which the complete application came in.
fn received(app: &Application, otherwise: LegalDate) -> LegalDate {
    match app {
        Application::Submitted(submitted) => submitted.since,
        _ => otherwise,
    }
}

fn named(item: NewCorrectionItem, def: &matters::Definition) -> CorrectionItem {
    let name = rules::target_name(&item.target, def);
    CorrectionItem {
        target: item.target,
        name,
        problem: item.problem,
        requirement: item.requirement,
    }
}

fn danger(class: Danger) -> (RiskLevel, String) {
    let level = match class {
        Danger::Red => RiskLevel::High,
        Danger::Orange => RiskLevel::Attention,
        Danger::Yellow | Danger::Blue => RiskLevel::Clear,
    };
    (level, format!("{}色等级", class.chinese()))
}

/// Facts that the registry lacks and a licence names.
fn missing(enterprise: &Enterprise) -> Vec<&'static str> {
    [
        ("法定代表人", enterprise.legal_representative.is_empty()),
        ("经济类型", enterprise.economic_type.is_empty()),
        ("地址", enterprise.address.is_empty()),
        ("联系电话", enterprise.phone.is_none()),
        ("行业分类", enterprise.industry.is_none()),
        (
            "坐标",
            enterprise.longitude.is_none() || enterprise.latitude.is_none(),
        ),
    ]
    .into_iter()
    .filter_map(|(name, is_missing)| is_missing.then_some(name))
    .collect()
}
