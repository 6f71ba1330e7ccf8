//! Stops, resumptions and the extension of the clock.

use kernel::{Actor, FieldError, LegalDate, ids::ApplicationId};
use matters::{DepartmentKey, Occasion, PauseCause};

use super::{Applications, ApplicationsError, Outcome, person};
use crate::{
    model::{Command, Extension, Stop, StopId, StopReach},
    rules::{self, Action, Denial, PaperKind, Viewer, amount, next_day},
    store::Record,
};

/// A stop of the clock, as the officer orders it.
#[derive(Clone, Debug)]
pub struct NewStop {
    /// The lawful cause.
    pub cause: PauseCause,
    /// One department's clock; absent: the whole application.
    pub department: Option<DepartmentKey>,
    /// Last day that the cause is expected to take: the applicant is told in writing.
    pub expected_until: LegalDate,
    /// Why.
    pub reason: String,
}

impl Applications {
    /// Stops the clock for a lawful cause of the matter, with written notice (行政许可法 art. 45).
    ///
    /// # Errors
    /// [`ApplicationsError::Invalid`] for a cause that the matter does not know.
    pub async fn stop_clock(&self, actor: &Actor, id: ApplicationId, new: NewStop) -> Outcome<Record> {
        let open = self.open(actor, id, Action::StopClock).await?;
        let reach = new.department.map_or(StopReach::Whole, StopReach::Department);
        let viewer = Viewer {
            actor,
            qualified: true,
            bodies: &open.bodies,
        };
        if !rules::may_stop(viewer, &reach) {
            return Err(Denial::Department.into());
        }
        let pause = open.def.pauses.iter().find(|pause| pause.cause == new.cause);
        let pause = pause.filter(|pause| pause.enabled && pause.cause != PauseCause::ApplicantCorrection);
        let Some(pause) = pause else {
            let message = "该事由不是本事项依法可以不计入期限的情形，时间照常计算；请选择事项规定的事由";
            return Err(ApplicationsError::Invalid(vec![FieldError::new(
                "cause", message,
            )]));
        };
        let stop = Stop {
            id: StopId(open.work.next_id()),
            cause: pause.cause,
            cause_name: pause.name.clone(),
            reach,
            clocks: pause.stops.clone(),
            first: next_day(open.today()),
            expected: Some(new.expected_until),
            last: None,
            reason: new.reason,
            by: person(actor),
            at: open.work.now(),
            resumed: None,
        };
        let paper = PaperKind::Stopped(stop.id);
        self.close(open, Command::StopClock(stop), &[paper], Vec::new())
            .await
    }

    /// Lets the clock run again from tomorrow, with written notice.
    ///
    /// # Errors
    /// [`ApplicationsError::Refused`] when it runs already.
    pub async fn resume_clock(&self, actor: &Actor, id: ApplicationId, stop: StopId) -> Outcome<Record> {
        let open = self.open(actor, id, Action::ResumeClock).await?;
        let stops = open
            .record
            .application
            .intake()
            .map(|intake| intake.stops.as_slice())
            .unwrap_or_default();
        let reach = stops
            .iter()
            .find(|one| one.id == stop)
            .map(|one| one.reach.clone());
        let reach = reach.ok_or(ApplicationsError::NotFound("中止记录"))?;
        let viewer = Viewer {
            actor,
            qualified: true,
            bodies: &open.bodies,
        };
        if !rules::may_stop(viewer, &reach) {
            return Err(Denial::Department.into());
        }
        let act = open.act();
        self.close(
            open,
            Command::ResumeClock { stop, act },
            &[PaperKind::Resumed(stop)],
            Vec::new(),
        )
        .await
    }

    /// Extends the period, once, with reasons and written notice (行政许可法 art. 42).
    ///
    /// # Errors
    /// [`ApplicationsError::Invalid`] for more than the matter allows.
    pub async fn extend(
        &self,
        actor: &Actor,
        id: ApplicationId,
        days: Option<u32>,
        reason: String,
    ) -> Outcome<Record> {
        let open = self.open(actor, id, Action::Extend).await?;
        let rule = &open.def.extension;
        let longest = amount(rule.longest);
        let days = days.unwrap_or(longest);
        if days == 0 || days > longest {
            let message = format!(
                "延长时间须为 1 至 {longest}，单位与事项规定的“{}”相同",
                rule.longest
            );
            return Err(ApplicationsError::Invalid(vec![FieldError::new("days", message)]));
        }
        let by_term = rules::extension_term(open.def, days);
        let extension = Extension {
            clock: rule.clock.clone(),
            by_term,
            reason,
            by: person(actor),
            at: open.work.now(),
        };
        self.close(
            open,
            Command::Extend(extension),
            &[PaperKind::On(Occasion::Extended)],
            Vec::new(),
        )
        .await
    }
}
