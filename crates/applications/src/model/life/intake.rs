//! What the window does: taking over, accepting, having mended, not accepting.

use std::collections::BTreeSet;

use kernel::{Happened, LegalDate, Moment};
use matters::{ConditionKey, Definition, DepartmentKey, PauseCause};
use serde_json::json;

use super::{
    Outcome, done, needed,
    review::{Progress, advance},
};
use crate::{
    model::{command::Refusal, parts::*, states::*, *},
    rules,
};

impl Submitted {
    pub(in crate::model) fn take_over(mut self, act: Act) -> Outcome {
        self.intake.take_over(&act)?;
        done(
            Application::Submitted(self),
            "application.taken",
            "首接负责",
            json!({ "owner": act.by.name }),
        )
    }

    pub(in crate::model) fn accept(
        mut self,
        acceptance: Acceptance,
        chosen: &[DepartmentKey],
        confirmed: &BTreeSet<ConditionKey>,
        risk: RiskReport,
        def: &Definition,
    ) -> Outcome {
        rules::check_departments(chosen, &self.dossier.subject, def)?;
        let direct = rules::goes_direct(&self.dossier.subject, confirmed, acceptance.deemed, def)?;
        if !acceptance.deemed {
            self.intake.owner.get_or_insert_with(|| acceptance.by.clone());
        }
        let on = acceptance.at.legal_date();
        let acceptance_on = acceptance.accepted_on;
        let takes_part = |review: &&matters::Review| {
            rules::takes_part(review, &self.dossier.subject)
                && (review.applies_when.is_none() || chosen.contains(&review.department))
        };
        let reviewed = rules::route(def, &self.dossier.subject, direct).contains(&StageName::ParallelReview);
        let reviews: Vec<_> = def
            .departments()
            .filter(|_| reviewed)
            .filter(takes_part)
            .map(|review| DepartmentReview {
                department: review.department.clone(),
                past: Vec::new(),
                round: ReviewRound {
                    number: 1,
                    since: acceptance.at,
                    assigned_on: on,
                    returned: None,
                    result: None,
                },
            })
            .collect();
        let departments: Vec<_> = reviews.iter().map(|review| review.department.as_str()).collect();
        let facts = json!({ "accepted_on": acceptance.accepted_on, "departments": departments,
            "risk": risk.level, "direct": direct });
        let (kind, title) = if acceptance.deemed {
            ("application.deemed_accepted", "逾期未告知，视为受理")
        } else {
            ("application.accepted", "受理申请")
        };
        let case = Case {
            intake: self.intake,
            acceptance,
            risk,
            reviews,
            extension: None,
            superseded: Vec::new(),
            direct,
            site_checks: Vec::new(),
            deferral: rules::deferral(&self.dossier, acceptance_on, def),
        };
        let at = case.acceptance.at;
        let before = Progress::default();
        done(advance(self.dossier, case, before, at, def), kind, title, facts)
    }

    /// The law knows one notice that names everything (行政许可法 art. 32 (1) 4).
    pub(in crate::model) fn correct(
        mut self,
        notice: CorrectionNotice,
        stop: StopId,
        deadline: Option<LegalDate>,
        def: &Definition,
    ) -> Outcome {
        if self.intake.correction.is_some() {
            return Err(Refusal::Once(
                "补正只能一次告知；补正后仍不符合法定形式的，请作出受理或者不予受理的决定",
            ));
        }
        let faults = rules::notice_faults(&notice, def);
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        self.intake.owner.get_or_insert_with(|| notice.by.clone());
        let pause = def
            .pauses
            .iter()
            .find(|one| one.cause == PauseCause::ApplicantCorrection && one.enabled);
        if let Some(pause) = pause {
            self.intake.stops.push(Stop {
                id: stop,
                cause: pause.cause,
                cause_name: pause.name.clone(),
                reach: StopReach::Whole,
                clocks: pause.stops.clone(),
                first: rules::next_day(notice.notified_on),
                expected: deadline,
                last: None,
                reason: "申请人补正".to_owned(),
                by: notice.by.clone(),
                at: notice.notified_at,
                resumed: None,
            });
        }
        let names: Vec<_> = notice.items.iter().map(|item| item.name.as_str()).collect();
        let facts = json!({ "items": names, "deadline": deadline });
        let next = Correcting {
            dossier: self.dossier,
            intake: self.intake,
            notice,
        };
        done(
            Application::Correcting(next),
            "application.correction_requested",
            "一次告知补正",
            facts,
        )
    }

    pub(in crate::model) fn refuse(mut self, decision: NonAcceptance) -> Outcome {
        needed(&decision.reason, "reason", "请写明不予受理的理由")?;
        needed(&decision.legal_basis, "legal_basis", "请写明不予受理的依据条款")?;
        self.intake.owner.get_or_insert_with(|| decision.by.clone());
        let reason = decision.reason.clone();
        let next = NotAccepted {
            dossier: self.dossier,
            intake: self.intake,
            decision,
            delivery: None,
        };
        let happened = Happened::new("application.not_accepted", "不予受理").reason(reason);
        Ok((Application::NotAccepted(next), happened))
    }
}

impl Intake {
    pub(super) fn take_over(&mut self, act: &Act) -> Result<(), Refusal> {
        if self.owner.is_some() {
            return Err(Refusal::Once("该申请已有首接负责人"));
        }
        self.owner = Some(act.by.clone());
        Ok(())
    }

    /// Ends the open stops of one reach, or all.
    pub(super) fn close_stops(&mut self, reach: Option<&StopReach>, by: &Person, at: Moment) {
        let on = at.legal_date();
        let concerned = self
            .stops
            .iter_mut()
            .filter(|stop| stop.last.is_none() && reach.is_none_or(|r| r == &stop.reach));
        for stop in concerned {
            stop.last = Some(on);
            stop.resumed = Some(Act { by: by.clone(), at });
        }
    }
}
