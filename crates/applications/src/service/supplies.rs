//! Materials that follow later (APP.5): handed in in time, or the commitment is broken.

use kernel::{Actor, NewJob, ids::ApplicationId};
use serde_json::json;

use super::{Applications, ApplicationsError, Open, Outcome};
use crate::{
    jobs::DEFERRAL_JOB,
    model::{Act, Command, Deferral},
    rules::{self, Action, Due, PaperKind, next_day},
    store::{self, Record},
};

impl Applications {
    /// Hands in the materials that were to follow; each must have a file.
    ///
    /// # Errors
    /// [`ApplicationsError::Refused`] names what is still missing.
    pub async fn supply(&self, actor: &Actor, id: ApplicationId) -> Outcome<Record> {
        let open = self.open(actor, id, Action::Supply).await?;
        let at = open.work.now();
        self.close(open, Command::Supply { at }, &[], Vec::new()).await
    }

    /// Finds that what came is not what was promised. The finding is an event of its own, on which credit stands.
    ///
    /// # Errors
    /// [`ApplicationsError::Refused`] without a reason.
    pub async fn break_commitment(
        &self,
        actor: &Actor,
        id: ApplicationId,
        reason: String,
    ) -> Outcome<Record> {
        let open = self.open(actor, id, Action::BreakCommitment).await?;
        let act = open.act();
        let command = Command::BreakCommitment { act, reason };
        self.close(open, command, &[PaperKind::CommitmentBroken], Vec::new())
            .await
    }

    /// Looks at the end of the period for promised materials.
    pub(crate) async fn on_deferral(&self, id: ApplicationId) -> Outcome<()> {
        let system = Actor::system("期限届满");
        let work = self.kernel.begin(&system).await?;
        let record = store::locked(&work, id)
            .await?
            .ok_or(ApplicationsError::NotFound("申请"))?;
        let def = self.definition(&record.application)?;
        let bodies = self.bodies(&record.application, def);
        let open = Open {
            work,
            record,
            def,
            bodies,
            phone: None,
        };
        let app = &open.record.application;
        let waits = app.stage().is_some()
            && app
                .case()
                .and_then(|case| case.deferral.as_ref())
                .is_some_and(Deferral::is_open);
        if !waits {
            return Ok(open.work.rollback().await?);
        }
        let due = rules::deferral_due(app, def, self.watch(open.today()));
        let last = due.and_then(Due::day);
        if last.is_none_or(|last| open.today() <= last) {
            let day = next_day(
                due.and_then(Due::sort_day)
                    .unwrap_or(open.today())
                    .max(open.today()),
            );
            let mut work = open.work;
            work.enqueue(deferral_job(id, day)?);
            work.commit().await?;
            return Ok(());
        }
        let act = Act {
            by: super::person(&system),
            at: open.work.now(),
        };
        let reason = "承诺的补交期限届满，材料没有补齐".to_owned();
        let command = Command::BreakCommitment { act, reason };
        self.close(open, command, &[PaperKind::CommitmentBroken], Vec::new())
            .await
            .map(drop)
    }
}

/// Looks at promised materials when their period ends.
pub(super) fn deferral_job(application: ApplicationId, day: kernel::LegalDate) -> Outcome<NewJob> {
    let job = NewJob::new(DEFERRAL_JOB, &json!({ "application": application }))?;
    Ok(job.once(format!("{application}:{day}")).at(day.midnight()))
}
