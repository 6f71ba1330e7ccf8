//! Referrals between departments.

use kernel::{Actor, FieldError, Happened, Moment, NewJob, Page, PageQuery, Permission, Subject};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Collaboration, CollaborationError, Outcome, done};
use crate::{
    jobs::{REFERRAL_JOB, ReferralPayload},
    model::{Done, Referral, ReferralId, ReferralState},
    rules::{self, NewReferral, Refusal},
    store::{self, ReferralQuery},
};

/// What to look for among referrals.
#[derive(Clone, Debug, Default)]
pub struct ReferralFilter {
    /// By this department.
    pub sender: Option<String>,
    /// To this department.
    pub addressee: Option<String>,
    /// In this state.
    pub state: Option<ReferralState>,
    /// Only those whose receipt is late.
    pub overdue: bool,
}

impl Collaboration {
    /// Refers a matter to another department. From here on the time for its receipt runs.
    ///
    /// # Errors
    /// [`CollaborationError::Invalid`] names the fields; [`CollaborationError::Calendar`] while the holidays of a year
    /// are not known.
    pub async fn refer(&self, actor: &Actor, new: NewReferral) -> Outcome<Referral> {
        actor.require(Permission::CollaborationAct)?;
        let own = actor.scope.department.clone();
        let sender = own.ok_or(Refusal::State("您的账号没有所属部门，不能代表部门办理"))?;
        let faults = rules::referral_faults(&new, Some(&sender), |key| self.is_department(key));
        if !faults.is_empty() {
            return Err(CollaborationError::Invalid(faults));
        }
        let named = self.names_of(actor, &new).await?;
        let term = self.inner.referrals.term(&new.addressee);
        let mut work = self.kernel.begin(actor).await?;
        let due_at = rules::due_at(term, work.now(), &self.inner.calendar)?;
        let referral = Referral {
            id: ReferralId(work.next_id()),
            version: 1,
            region: self.region_of(actor),
            enterprise: named.enterprise,
            application: new.application,
            enterprise_name: named.enterprise_name,
            application_reference: named.application_reference,
            sender,
            addressee: new.addressee,
            title: new.title.trim().to_owned(),
            text: new.text.trim().to_owned(),
            basis: term.basis.clone(),
            by: done(actor, work.now()),
            due_at,
            receipt: None,
            answer: None,
        };
        let row = store::insert_referral(&work, &referral).await?;
        let data = self.told(&referral);
        work.record(&row, Happened::new("referral.sent", "移送").data(data))?;
        let payload = ReferralPayload {
            referral: referral.id,
        };
        // Whoever receives it in the last millisecond is in time.
        let after = due_at.plus(time::Duration::milliseconds(1));
        work.enqueue(
            NewJob::new(REFERRAL_JOB, &payload)?
                .once(referral.id.to_string())
                .at(after),
        );
        work.commit().await?;
        Ok(referral)
    }

    /// What enterprise and application of a referral are called. The applicant stands for an enterprise that is not
    /// named.
    async fn names_of(&self, actor: &Actor, new: &NewReferral) -> Outcome<Named> {
        let mut named = Named::default();
        if let Some(id) = new.application {
            let case = self.inner.desk.called(actor, id).await?;
            let case = case.ok_or_else(|| unknown("application", "没有这件申请，或者不在您的管辖范围内"))?;
            if new
                .enterprise
                .is_some_and(|one| one != Uuid::from(case.enterprise))
            {
                return Err(unknown("enterprise", "申请不是这家企业提出的，请核对"));
            }
            named.application_reference = case.reference;
            named.enterprise = Some(case.enterprise.into());
            named.enterprise_name = Some(case.applicant);
        } else if let Some(id) = new.enterprise {
            let name = self.inner.names.enterprise(actor, id.into()).await?;
            let name = name.ok_or_else(|| unknown("enterprise", "没有这家企业，或者不在您的管辖范围内"))?;
            named.enterprise = Some(id);
            named.enterprise_name = Some(name);
        }
        Ok(named)
    }

    /// What notices say of a referral; `department` and `region` are who is told. The content stays where it is.
    fn told(&self, one: &Referral) -> Value {
        json!({ "department": one.addressee, "region": one.region, "title": one.title,
            "from": one.sender, "from_name": self.department_name(&one.sender), "due": minute(one.due_at) })
    }

    /// Tells of a referral whose receipt is late.
    pub(crate) async fn look_for_receipt(&self, id: ReferralId) -> Outcome<()> {
        let system = Actor::system("逾期督办");
        let found = store::referral(self.kernel.db(), &system.scope, id).await?;
        let one = found.ok_or(CollaborationError::NotFound("移送"))?;
        if one.state() != ReferralState::Sent || !one.is_late(self.now()) {
            return Ok(());
        }
        let mut work = self.kernel.begin(&system).await?;
        let happened = Happened::new("referral.overdue", "移送逾期未签收").data(self.told(&one));
        work.note(Subject::new("referral", id), None, happened)?;
        work.commit().await?;
        Ok(())
    }

    /// Referrals within the actor's reach, newest first: those of its own department, all of them for who has none.
    ///
    /// # Errors
    /// [`CollaborationError::Invalid`] for a cursor that is none.
    pub async fn referrals(
        &self,
        actor: &Actor,
        filter: ReferralFilter,
        page: &PageQuery,
    ) -> Outcome<Page<Referral>> {
        actor.require(Permission::CollaborationRead)?;
        let query = ReferralQuery {
            sender: filter.sender,
            addressee: filter.addressee,
            state: filter.state,
            overdue_at: filter.overdue.then(|| self.now()),
            after: page
                .after()
                .map_err(|problem| CollaborationError::Invalid(problem.errors))?,
            limit: page.limit(),
        };
        let rows = store::referrals(self.kernel.db(), actor, &query).await?;
        Ok(Page::cut(rows, query.limit, |row| (row.by.at.0, row.id)))
    }

    /// One referral.
    ///
    /// # Errors
    /// [`CollaborationError::NotFound`] outside the scope.
    pub async fn referral(&self, actor: &Actor, id: ReferralId) -> Outcome<Referral> {
        actor.require(Permission::CollaborationRead)?;
        let found = store::referral(self.kernel.db(), &actor.scope, id).await?;
        found.ok_or(CollaborationError::NotFound("移送"))
    }

    /// The other department confirms that it has the referral.
    ///
    /// # Errors
    /// [`CollaborationError::Refused`] for other departments, and a second time.
    pub async fn receive_referral(
        &self,
        actor: &Actor,
        id: ReferralId,
        number: Option<String>,
    ) -> Outcome<Referral> {
        let decide = |found, by| rules::receive(found, actor.scope.department.as_deref(), number, by);
        self.act(actor, id, "referral.received", "签收移送", decide).await
    }

    /// The other department tells what became of it, or sends it back.
    ///
    /// # Errors
    /// [`CollaborationError::Refused`] for other departments, before the receipt, and a second time.
    pub async fn answer_referral(
        &self,
        actor: &Actor,
        id: ReferralId,
        returned: bool,
        text: &str,
    ) -> Outcome<Referral> {
        let (kind, title) = if returned {
            ("referral.returned", "退回移送")
        } else {
            ("referral.answered", "反馈移送结果")
        };
        let decide = |found, by| rules::answer(found, actor.scope.department.as_deref(), returned, text, by);
        self.act(actor, id, kind, title, decide).await
    }

    async fn act(
        &self,
        actor: &Actor,
        id: ReferralId,
        kind: &'static str,
        title: &str,
        decide: impl FnOnce(Referral, Done) -> Result<Referral, Refusal>,
    ) -> Outcome<Referral> {
        actor.require(Permission::CollaborationAct)?;
        let mut work = self.kernel.begin(actor).await?;
        let found = store::locked_referral(&work, &actor.scope, id).await?;
        let found = found.ok_or(CollaborationError::NotFound("移送"))?;
        let changed = decide(found, done(actor, work.now()))?;
        let row = store::save_referral(&work, &changed).await?;
        // The sender is told.
        let data = json!({ "department": changed.sender, "region": changed.region, "title": changed.title,
            "from_name": self.department_name(&changed.addressee) });
        work.record(&row, Happened::new(kind, title).data(data))?;
        work.commit().await?;
        Ok(changed)
    }
}

/// To what a referral points.
#[derive(Default)]
struct Named {
    enterprise: Option<Uuid>,
    enterprise_name: Option<String>,
    application_reference: Option<String>,
}

fn unknown(field: &str, why: &str) -> CollaborationError {
    CollaborationError::Invalid(vec![FieldError::new(field, why)])
}

/// `2026年3月7日15时00分` in Shanghai.
fn minute(at: Moment) -> String {
    let day = at.legal_date();
    let minutes = (at.0 - day.midnight().0) / 60_000;
    format!("{}{}时{:02}分", day.chinese(), minutes / 60, minutes % 60)
}
