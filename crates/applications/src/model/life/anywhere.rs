//! Acts that are possible in several states: withdrawal, returns, stops, extension, delivery.

use kernel::{BlobRef, FieldError, Happened, Moment};
use matters::{Definition, DepartmentKey};
use serde_json::json;

use super::{Outcome, done, needed};
use crate::model::{command::Refusal, parts::*, states::*, *};

impl Application {
    /// The law decides where nobody did (行政许可法 art. 50): whatever stage the application has reached, the
    /// renewal is granted with the end of the old period.
    pub(in crate::model) fn deem_granted(self, decision: Decision, terms: GrantTerms) -> Outcome {
        let was = self.state();
        let mut file = match self {
            Self::InReview(s) => Deciding::undecided(s.dossier, s.case, None),
            Self::FirstReview(s) => Deciding::undecided(s.dossier, s.case, None),
            Self::SecondReview(s) => Deciding::undecided(s.dossier, s.case, Some(s.first)),
            Self::Deciding(s) => s,
            _ => return Err(Refusal::NotFound("审查环节")),
        };
        if !matches!(file.dossier.subject, Subject::Renewal { .. }) {
            return Err(Refusal::Once("只有延期申请逾期未决定的，才视为准予"));
        }
        file.case.intake.close_stops(None, &decision.by, decision.at);
        let facts = json!({ "was": was, "valid_from": terms.valid_from, "valid_to": terms.valid_to });
        let reason = decision.reason.clone();
        let next = Granted {
            file,
            decision,
            terms,
            deemed: true,
            delivery: None,
        };
        let happened = Happened::new("application.deemed_granted", "逾期未决定，视为准予延续")
            .data(facts)
            .reason(reason);
        Ok((Application::Granted(next), happened))
    }

    pub(in crate::model) fn take_over(mut self, act: Act) -> Outcome {
        let case = self.open_case_mut().ok_or(Refusal::NotFound("申请"))?;
        case.intake.take_over(&act)?;
        done(
            self,
            "application.taken",
            "首接负责",
            json!({ "owner": act.by.name }),
        )
    }

    pub(in crate::model) fn withdraw(self, withdrawal: Withdrawal) -> Outcome {
        let was = self.state();
        let (dossier, intake, case) = match self {
            Self::Draft(s) => (s.dossier, None, None),
            Self::Submitted(s) => (s.dossier, Some(s.intake), None),
            Self::Correcting(s) => (s.dossier, Some(s.intake), None),
            Self::InReview(s) => (s.dossier, None, Some(s.case)),
            Self::FirstReview(s) => (s.dossier, None, Some(s.case)),
            Self::SecondReview(s) => (s.dossier, None, Some(s.case)),
            Self::Deciding(s) => (s.dossier, None, Some(s.case)),
            Self::Granted(_) | Self::Refused(_) | Self::NotAccepted(_) | Self::Withdrawn(_) => {
                return Err(Refusal::WrongState {
                    act: "撤回申请",
                    state: was,
                });
            }
        };
        needed(&withdrawal.reason, "reason", "请写明撤回的原因")?;
        let (kind, title) = if withdrawal.treated {
            ("application.treated_as_withdrawn", "逾期未补正，按撤回申请处理")
        } else {
            ("application.withdrawn", "撤回申请")
        };
        let happened = Happened::new(kind, title)
            .data(json!({ "was": was }))
            .reason(withdrawal.reason.clone());
        Ok((
            Self::Withdrawn(Withdrawn {
                dossier,
                intake,
                case,
                withdrawal,
            }),
            happened,
        ))
    }

    /// Sends exactly one department's review back. Results, tasks and clocks of the others stay as they are;
    /// opinions given on the old result are void and kept.
    pub(in crate::model) fn return_review(
        mut self,
        department: &DepartmentKey,
        by: Person,
        at: Moment,
        reason: String,
    ) -> Outcome {
        needed(&reason, "reason", "请写明退回的理由和需要重新审查的内容")?;
        let from = self.stage().ok_or(Refusal::NotFound("审查环节"))?;
        let opinions: Vec<StageOpinion> = self.opinions().into_iter().cloned().collect();
        let case = self.open_case_mut().ok_or(Refusal::NotFound("审查环节"))?;
        let review = case
            .reviews
            .iter_mut()
            .find(|review| &review.department == department);
        let review = review.ok_or(Refusal::NotFound("该部门的审查"))?;
        if review.is_open() {
            return Err(Refusal::Once("该部门正在审查，无须退回"));
        }
        let number = review.round.number + 1;
        let returned = Returned {
            by,
            at,
            reason: reason.clone(),
            from,
        };
        let round = ReviewRound {
            number,
            since: at,
            assigned_on: at.legal_date(),
            returned: Some(returned),
            result: None,
        };
        review.past.push(std::mem::replace(&mut review.round, round));
        case.superseded.extend(opinions);
        let next = match self {
            Self::FirstReview(s) => Self::InReview(InReview {
                dossier: s.dossier,
                case: s.case,
            }),
            Self::SecondReview(s) => Self::InReview(InReview {
                dossier: s.dossier,
                case: s.case,
            }),
            Self::Deciding(s) => Self::InReview(InReview {
                dossier: s.dossier,
                case: s.case,
            }),
            other => other,
        };
        let facts = json!({ "department": department, "round": number, "from": from });
        let happened = Happened::new("application.review_returned", "退回部门审查")
            .data(facts)
            .reason(reason);
        Ok((next, happened))
    }

    pub(in crate::model) fn stop_clock(mut self, stop: Stop) -> Outcome {
        needed(&stop.reason, "reason", "请写明需要进行该环节的理由")?;
        let case = self.open_case_mut().ok_or(Refusal::NotFound("申请"))?;
        if let StopReach::Department(department) = &stop.reach
            && !case
                .reviews
                .iter()
                .any(|review| &review.department == department && review.is_open())
        {
            return Err(Refusal::field(
                "department",
                "该部门没有正在进行的审查，不需要中止",
            ));
        }
        if stop.expected.is_some_and(|day| day < stop.first) {
            return Err(Refusal::field("expected_until", "预计结束日期不能早于明天"));
        }
        if case
            .intake
            .stops
            .iter()
            .any(|one| one.last.is_none() && one.reach == stop.reach)
        {
            return Err(Refusal::Once("计时已经中止；需要更换事由的，请先恢复计时"));
        }
        let facts = json!({ "stop": stop.id, "cause": stop.cause, "reach": stop.reach, "first": stop.first,
            "expected": stop.expected });
        let happened = Happened::new(
            "application.clock_stopped",
            format!("中止计时（{}）", stop.cause_name),
        )
        .data(facts)
        .reason(stop.reason.clone());
        case.intake.stops.push(stop);
        Ok((self, happened))
    }

    pub(in crate::model) fn resume_clock(mut self, id: StopId, act: Act) -> Outcome {
        let case = self.open_case_mut().ok_or(Refusal::NotFound("申请"))?;
        let stop = case.intake.stops.iter_mut().find(|stop| stop.id == id);
        let stop = stop.ok_or(Refusal::NotFound("中止记录"))?;
        if stop.last.is_some() {
            return Err(Refusal::Once("计时已经恢复"));
        }
        let last = act.at.legal_date();
        stop.last = Some(last);
        stop.resumed = Some(act);
        let facts = json!({ "stop": id, "cause": stop.cause, "first": stop.first, "last": last });
        let title = format!("恢复计时（{}）", stop.cause_name);
        done(self, "application.clock_resumed", title, facts)
    }

    pub(in crate::model) fn extend(mut self, extension: Extension, def: &Definition) -> Outcome {
        needed(&extension.reason, "reason", "请写明延长期限的理由")?;
        if !def.extension.allowed {
            return Err(Refusal::Once("本事项不允许延长审批期限"));
        }
        let case = self.open_case_mut().ok_or(Refusal::NotFound("申请"))?;
        if case.extension.is_some() {
            return Err(Refusal::Once("审批期限只能延长一次"));
        }
        let facts = json!({ "clock": extension.clock, "by": extension.by_term.to_string() });
        let happened = Happened::new("application.extended", "延长审批期限")
            .data(facts)
            .reason(extension.reason.clone());
        case.extension = Some(extension);
        Ok((self, happened))
    }

    pub(in crate::model) fn deliver(mut self, delivery: Delivery) -> Outcome {
        let mut faults = Vec::new();
        for (text, field, message) in [
            (&delivery.place, "place", "请填写送达地点"),
            (&delivery.method, "method", "请填写送达方式"),
            (&delivery.recipient, "recipient", "请填写收件人"),
        ] {
            if text.trim().is_empty() {
                faults.push(FieldError::new(field, message));
            }
        }
        if self.decided_on().is_some_and(|day| delivery.on < day) {
            faults.push(FieldError::new("on", "送达日期不能早于决定日期"));
        }
        if delivery.on > delivery.at.legal_date() {
            faults.push(FieldError::new("on", "送达日期不能晚于今天"));
        }
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        let facts = json!({ "on": delivery.on, "method": delivery.method });
        let place = match &mut self {
            Self::Granted(s) => &mut s.delivery,
            Self::Refused(s) => &mut s.delivery,
            Self::NotAccepted(s) => &mut s.delivery,
            _ => return Err(Refusal::NotFound("决定")),
        };
        if place.is_some() {
            return Err(Refusal::Once("该决定已经登记送达"));
        }
        *place = Some(delivery);
        done(self, "application.delivered", "送达", facts)
    }

    pub(in crate::model) fn document_ready(mut self, id: DocumentId, blob: BlobRef, at: Moment) -> Outcome {
        let documents = &mut self.dossier_mut().documents;
        let document = documents.iter_mut().find(|document| document.id == id);
        let document = document.ok_or(Refusal::NotFound("文书"))?;
        if matches!(document.rendering, Rendering::Ready { .. }) {
            return Err(Refusal::Once("文书已经归档"));
        }
        let facts = json!({ "document": id, "kind": document.kind, "number": document.paper.number,
            "sha256": blob.sha256 });
        let title = format!("{}已签章归档", document.paper.title);
        document.rendering = Rendering::Ready { blob, at };
        done(self, "application.document_ready", title, facts)
    }
}
