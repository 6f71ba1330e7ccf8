//! What happens by itself when a period ends. Every job may run twice and late: it looks at the state first.

use data_encoding::HEXLOWER;
use kernel::{Actor, LegalDate, NewJob, ids::ApplicationId};

use super::{Applications, ApplicationsError, Open, Outcome, person, refresh_job};
use crate::{
    CARRY_OUT_JOB,
    jobs::REFRESH_JOB,
    model::{Application, Command, Decision, Withdrawal},
    rules::{self, Due, PaperKind, next_day},
    store::{self, Deadlines},
};
use matters::{CORRECTION, CORRECTION_PERIOD, Definition};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Applications recomputed in one transaction.
const BATCH: u64 = 200;
/// Raised when the program works out something more from the same bodies.
const PROJECTION: u32 = 2;

impl Applications {
    /// Looks whether the period of an application that waits has ended, and does what the law says then:
    /// acceptance without notice, or withdrawal of an application that was not mended.
    pub(crate) async fn on_deadline(&self, id: ApplicationId) -> Outcome<()> {
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
        let key = match &open.record.application {
            Application::Submitted(_) => CORRECTION,
            Application::Correcting(_) => CORRECTION_PERIOD,
            _ => return Ok(open.work.rollback().await?),
        };
        let over = self
            .due(&open, key)
            .and_then(Due::day)
            .is_some_and(|last| last < open.today());
        if !over {
            return self.look_again(open, key).await;
        }
        match &open.record.application {
            Application::Submitted(_) => self.deem_accepted(open).await.map(drop),
            _ => {
                let at = open.work.now();
                let reason = "补正期限届满，申请人既未补正也未申请延长".to_owned();
                let withdrawal = Withdrawal {
                    by: person(&system),
                    at,
                    reason,
                    treated: true,
                };
                self.close(open, Command::Withdraw(withdrawal), &[], Vec::new())
                    .await
                    .map(drop)
            }
        }
    }

    /// Looks whether the licence has expired while its timely renewal waits for a decision: then the law has granted
    /// it with the end of the period (行政许可法 art. 50), however late this job runs.
    pub(crate) async fn on_expiry(&self, id: ApplicationId) -> Outcome<()> {
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
        let Some(expired) = self.deemed_on(app, def).filter(|_| app.stage().is_some()) else {
            return Ok(open.work.rollback().await?);
        };
        if open.today() <= expired {
            let mut work = open.work;
            work.enqueue(super::expiry_job(id, next_day(expired))?);
            work.commit().await?;
            return Ok(());
        }
        let terms = rules::grant_terms(app.dossier(), def, expired).ok_or(ApplicationsError::NoMatter)?;
        let decision = Decision {
            by: person(&system),
            at: open.work.now(),
            on: expired,
            reason: "在许可证有效期届满前未作出是否准予延续的决定，依法视为准予延续".to_owned(),
        };
        let command = Command::DeemGranted { decision, terms };
        let job = NewJob::new(CARRY_OUT_JOB, &json!({ "application": id }))?.once(id.to_string());
        self.close(open, command, &[PaperKind::DeemedGranted], vec![job])
            .await
            .map(drop)
    }

    /// The last day of the licence, if the renewal is deemed granted with it: it must have come in time.
    pub(super) fn deemed_on(&self, app: &Application, def: &Definition) -> Option<LegalDate> {
        let existing = def.existing.as_ref()?;
        let deemed = existing.deemed_grant.as_ref()?;
        let held = app.dossier().licence.as_ref()?;
        let received = app.intake()?.received_on;
        let subject = &app.dossier().subject;
        let calendar = &self.inner.calendar;
        rules::is_in_time(
            existing,
            deemed.window.as_str(),
            held,
            subject,
            calendar,
            received,
        )
        .then_some(held.valid_to)
    }

    /// The end is not there yet, or cannot be computed while the holidays of a year are unknown.
    async fn look_again(&self, open: Open<'_>, key: &str) -> Outcome<()> {
        let today = open.today();
        let due = self.due(&open, key);
        let day = next_day(due.and_then(Due::sort_day).unwrap_or(today).max(today));
        let state = open.record.application.state().as_str();
        let mut work = open.work;
        work.enqueue(super::deadline_job(open.record.id, state, day)?);
        work.commit().await?;
        Ok(())
    }

    /// Recomputes last days that were unknown, once a day, until the holidays are published.
    pub(crate) async fn refresh(&self) -> Outcome<()> {
        let system = Actor::system("期限重算");
        let mut after = None;
        let mut waiting = false;
        loop {
            let ids = store::unknown_due(self.kernel.db(), after, BATCH).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            let work = self.kernel.begin(&system).await?;
            for id in ids {
                waiting |= self.recompute(&work, id).await?;
            }
            work.commit().await?;
        }
        if waiting {
            let mut work = self.kernel.begin(&system).await?;
            work.enqueue(refresh_job(next_day(work.now().legal_date()))?);
            work.commit().await?;
        }
        Ok(())
    }

    /// Puts the job in that writes everything anew that follows from bodies, calendar and lights, once for each
    /// state of them: called when the program starts, because any of them may be new then.
    ///
    /// # Errors
    /// [`ApplicationsError::Kernel`].
    pub async fn renew_projections(&self) -> Outcome<()> {
        let mut work = self.kernel.begin(&Actor::system("期限重算")).await?;
        let key = format!("projection {PROJECTION}, rules {}", self.rules_digest());
        work.enqueue(NewJob::new(REFRESH_JOB, &json!({ "all": true }))?.once(key));
        work.commit().await?;
        Ok(())
    }

    /// Writes everything anew that follows from bodies, calendar and lights.
    pub(crate) async fn refresh_all(&self) -> Outcome<()> {
        let system = Actor::system("期限重算");
        let mut after = None;
        loop {
            let ids = store::handed_in(self.kernel.db(), after, BATCH).await?;
            let Some(last) = ids.last() else { return Ok(()) };
            after = Some(*last);
            let work = self.kernel.begin(&system).await?;
            for id in ids {
                self.recompute(&work, id).await?;
            }
            work.commit().await?;
        }
    }

    /// Tells one state of calendar and lights from another.
    fn rules_digest(&self) -> String {
        let rules = self.kernel.rules();
        let mut digest = Sha256::new();
        for path in ["holidays/holidays.csv", "applications/lights.json"] {
            digest.update(rules.read(path).unwrap_or_default());
        }
        HEXLOWER.encode(&digest.finalize())
    }

    /// Writes the derived days of one application anew; true when they are still unknown.
    async fn recompute(&self, work: &kernel::Work, id: ApplicationId) -> Outcome<bool> {
        let Some(record) = store::locked(work, id).await? else {
            return Ok(false);
        };
        let app = &record.application;
        let def = self.definition(app)?;
        let watch = self.watch(work.now().legal_date());
        let tasks = rules::tasks(app, def, &self.bodies(app, def), watch);
        let headline = rules::headline(app, def, watch);
        let due = headline.as_ref().map(|clock| clock.due);
        let waiting = rules::waits_for_calendar(due, &tasks);
        let deadlines = Deadlines {
            due,
            held: headline.is_some_and(|clock| clock.stopped),
            turning: rules::headline_turning(app, def, watch),
            waiting,
        };
        store::set_due(work, id, deadlines).await?;
        store::replace_tasks(work, id, app, &tasks).await?;
        Ok(waiting)
    }
}
