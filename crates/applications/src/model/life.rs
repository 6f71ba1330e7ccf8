//! The verbs, each on the state that allows it.

use std::collections::BTreeSet;

use kernel::{BlobRef, FieldError, Happened, LegalDate, Moment};
use matters::{ConditionKey, Definition, DepartmentKey, PauseCause};
use serde_json::{Value, json};

use super::{command::Refusal, parts::*, states::*, *};
use crate::rules;

pub(super) type Outcome = Result<(Application, Happened), Refusal>;

fn done(application: Application, kind: &'static str, title: impl Into<String>, data: Value) -> Outcome {
    Ok((application, Happened::new(kind, title).data(data)))
}

fn needed(text: &str, field: &str, message: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        Err(Refusal::field(field, message))
    } else {
        Ok(())
    }
}

impl Dossier {
    fn save_form(&mut self, form: Form, version: i64, at: Moment, def: &Definition) -> Result<(), Refusal> {
        let faults = rules::form_faults(&form, def);
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        self.form = FormRecord {
            content: form,
            version,
            changed_at: at,
        };
        Ok(())
    }

    fn save_subject(
        &mut self,
        subject: Subject,
        version: i64,
        at: Moment,
        def: &Definition,
    ) -> Result<(), Refusal> {
        let faults = rules::subject_faults(&subject, def, at.legal_date());
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        self.subject = subject;
        self.form.version = version;
        self.form.changed_at = at;
        Ok(())
    }

    pub(super) fn attach(&mut self, file: MaterialFile, def: &Definition) -> Result<Value, Refusal> {
        let material = def
            .material(file.material.as_str())
            .ok_or(Refusal::NotFound("材料"))?;
        if self
            .files_of(&file.material)
            .any(|known| known.blob.sha256 == file.blob.sha256)
        {
            return Err(Refusal::field(
                "file",
                format!("“{}”中已有内容相同的文件，无须重复上传", material.name),
            ));
        }
        let facts = json!({ "material": file.material, "file": file.id, "sha256": file.blob.sha256 });
        self.files.push(file);
        Ok(facts)
    }

    fn detach(&mut self, id: FileId) -> Result<Value, Refusal> {
        let place = self
            .files
            .iter()
            .position(|file| file.id == id)
            .ok_or(Refusal::NotFound("文件"))?;
        let file = self.files.remove(place);
        Ok(json!({ "material": file.material, "file": file.id, "sha256": file.blob.sha256 }))
    }
}

impl Draft {
    pub(super) fn save_form(mut self, form: Form, version: i64, at: Moment, def: &Definition) -> Outcome {
        self.dossier.save_form(form, version, at, def)?;
        done(
            Application::Draft(self),
            "application.form_saved",
            "保存申请表",
            Value::Null,
        )
    }

    pub(super) fn save_subject(
        mut self,
        subject: Subject,
        version: i64,
        at: Moment,
        def: &Definition,
    ) -> Outcome {
        self.dossier.save_subject(subject, version, at, def)?;
        done(
            Application::Draft(self),
            "application.subject_saved",
            "保存申请内容",
            Value::Null,
        )
    }

    pub(super) fn attach(mut self, file: MaterialFile, def: &Definition) -> Outcome {
        let facts = self.dossier.attach(file, def)?;
        done(
            Application::Draft(self),
            "application.file_added",
            "上传材料",
            facts,
        )
    }

    pub(super) fn detach(mut self, id: FileId) -> Outcome {
        let facts = self.dossier.detach(id)?;
        done(
            Application::Draft(self),
            "application.file_removed",
            "删除材料文件",
            facts,
        )
    }

    /// Only a complete draft can be handed in.
    pub(super) fn submit(
        mut self,
        reference: String,
        applicant: Applicant,
        licence: Option<HeldLicence>,
        at: Moment,
        def: &Definition,
    ) -> Outcome {
        self.dossier.applicant = applicant;
        self.dossier.licence = licence;
        let gaps = rules::gaps(&self.dossier, def);
        if !gaps.is_empty() {
            return Err(Refusal::Incomplete(gaps));
        }
        let on = at.legal_date();
        let facts = json!({ "reference": reference, "files": self.dossier.files.len() });
        let intake = Intake {
            reference,
            submitted_at: at,
            received_on: on,
            owner: None,
            correction: None,
            stops: Vec::new(),
        };
        let next = Submitted {
            dossier: self.dossier,
            intake,
            since: on,
        };
        done(
            Application::Submitted(next),
            "application.submitted",
            "提交申请",
            facts,
        )
    }
}

impl Correcting {
    fn asks_for(&self, target: &CorrectionTarget) -> bool {
        self.notice.items.iter().any(|item| &item.target == target)
    }

    pub(super) fn save_form(mut self, form: Form, version: i64, at: Moment, def: &Definition) -> Outcome {
        if !self.asks_for(&CorrectionTarget::Form) {
            return Err(Refusal::field(
                "form",
                "补正告知没有要求修改申请表，请只补正告知书列明的内容",
            ));
        }
        self.dossier.save_form(form, version, at, def)?;
        done(
            Application::Correcting(self),
            "application.form_saved",
            "补正申请表",
            Value::Null,
        )
    }

    pub(super) fn save_subject(
        mut self,
        subject: Subject,
        version: i64,
        at: Moment,
        def: &Definition,
    ) -> Outcome {
        if !self.asks_for(&CorrectionTarget::Form) {
            return Err(Refusal::field(
                "subject",
                "补正告知没有要求修改申请内容，请只补正告知书列明的内容",
            ));
        }
        self.dossier.save_subject(subject, version, at, def)?;
        done(
            Application::Correcting(self),
            "application.subject_saved",
            "补正申请内容",
            Value::Null,
        )
    }

    fn only_named(&self, material: &matters::MaterialKey) -> Result<(), Refusal> {
        if self.asks_for(&CorrectionTarget::Material(material.clone())) {
            Ok(())
        } else {
            Err(Refusal::field(
                "material",
                "补正告知没有列明这项材料，请只补正告知书列明的内容",
            ))
        }
    }

    pub(super) fn attach(mut self, file: MaterialFile, def: &Definition) -> Outcome {
        self.only_named(&file.material)?;
        let facts = self.dossier.attach(file, def)?;
        done(
            Application::Correcting(self),
            "application.file_added",
            "上传补正材料",
            facts,
        )
    }

    pub(super) fn detach(mut self, id: FileId) -> Outcome {
        let file = self
            .dossier
            .files
            .iter()
            .find(|file| file.id == id)
            .ok_or(Refusal::NotFound("文件"))?;
        self.only_named(&file.material)?;
        let facts = self.dossier.detach(id)?;
        done(
            Application::Correcting(self),
            "application.file_removed",
            "删除材料文件",
            facts,
        )
    }

    /// Every item of the notice must have been mended.
    pub(super) fn resubmit(mut self, at: Moment, def: &Definition) -> Outcome {
        let mut gaps = rules::unmended(&self.dossier, &self.notice);
        gaps.extend(rules::gaps(&self.dossier, def));
        if !gaps.is_empty() {
            return Err(Refusal::Incomplete(gaps));
        }
        let on = at.legal_date();
        for stop in self.intake.stops.iter_mut().filter(|stop| stop.last.is_none()) {
            stop.last = Some(on);
        }
        let facts = json!({ "items": self.notice.items.len() });
        self.intake.correction = Some(CorrectionRound {
            notice: self.notice,
            answered_at: at,
            answered_on: on,
        });
        let next = Submitted {
            dossier: self.dossier,
            intake: self.intake,
            since: on,
        };
        done(
            Application::Submitted(next),
            "application.resubmitted",
            "提交补正",
            facts,
        )
    }
}

impl Submitted {
    pub(super) fn take_over(mut self, act: Act) -> Outcome {
        self.intake.take_over(&act)?;
        done(
            Application::Submitted(self),
            "application.taken",
            "首接负责",
            json!({ "owner": act.by.name }),
        )
    }

    pub(super) fn accept(
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
    pub(super) fn correct(
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

    pub(super) fn refuse(mut self, decision: NonAcceptance) -> Outcome {
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
    fn take_over(&mut self, act: &Act) -> Result<(), Refusal> {
        if self.owner.is_some() {
            return Err(Refusal::Once("该申请已有首接负责人"));
        }
        self.owner = Some(act.by.clone());
        Ok(())
    }

    /// Ends the open stops of one reach, or all.
    fn close_stops(&mut self, reach: Option<&StopReach>, by: &Person, at: Moment) {
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

impl InReview {
    /// A department's outcome. When it is the last one, the application moves on by itself; a negative opinion
    /// goes along and kills nothing.
    pub(super) fn review(
        mut self,
        department: &DepartmentKey,
        result: ReviewResult,
        def: &Definition,
    ) -> Outcome {
        let subject = &self.dossier.subject;
        let mut faults = rules::review_faults(department, &result, subject, def);
        faults.extend(rules::site_review_faults(
            &self.case, department, &result, def, subject,
        ));
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        let reviews = &mut self.case.reviews;
        let review = reviews.iter_mut().find(|review| &review.department == department);
        let review = review.ok_or(Refusal::NotFound("该部门的审查"))?;
        if !review.is_open() {
            return Err(Refusal::Once(
                "该部门的审查意见已经提交，需要修改的请由初审、复审或者审批人退回",
            ));
        }
        let (by, at) = (result.by.clone(), result.at);
        let facts =
            json!({ "department": department, "passed": result.passed, "round": review.round.number });
        review.round.result = Some(result);
        self.case
            .intake
            .close_stops(Some(&StopReach::Department(department.clone())), &by, at);
        let next = if self.case.reviews.iter().any(DepartmentReview::is_open) {
            Application::InReview(self)
        } else {
            let after = Progress {
                past: Some(StageName::ParallelReview),
                ..Progress::default()
            };
            advance(self.dossier, self.case, after, at, def)
        };
        done(next, "application.reviewed", "部门审查", facts)
    }
}

/// How far the reviews have come.
#[derive(Default)]
struct Progress {
    past: Option<StageName>,
    first: Option<StageOpinion>,
}

/// The next stage that the procedure has for what is asked for; the decision is always the last.
fn advance(dossier: Dossier, case: Case, progress: Progress, at: Moment, def: &Definition) -> Application {
    let route = rules::route(def, &dossier.subject, case.direct);
    let next = route.into_iter().find(|stage| Some(*stage) > progress.past);
    match (next, progress.first) {
        (Some(StageName::ParallelReview), _) => Application::InReview(InReview { dossier, case }),
        (Some(StageName::FirstReview), _) => Application::FirstReview(FirstReview {
            dossier,
            case,
            since: at,
        }),
        (Some(StageName::SecondReview), Some(first)) => {
            Application::SecondReview(SecondReview { dossier, case, first })
        }
        (_, first) => Application::Deciding(Deciding {
            dossier,
            case,
            first,
            second: None,
        }),
    }
}

impl FirstReview {
    pub(super) fn opine(self, first: StageOpinion, def: &Definition) -> Outcome {
        needed(&first.opinion, "opinion", "请写明初审意见")?;
        let facts = json!({ "for_grant": first.for_grant });
        let at = first.at;
        let progress = Progress {
            past: Some(StageName::FirstReview),
            first: Some(first),
        };
        done(
            advance(self.dossier, self.case, progress, at, def),
            "application.first_reviewed",
            "初审",
            facts,
        )
    }
}

impl SecondReview {
    pub(super) fn opine(self, second: StageOpinion) -> Outcome {
        needed(&second.opinion, "opinion", "请写明复审意见")?;
        let facts = json!({ "for_grant": second.for_grant });
        let next = Deciding {
            dossier: self.dossier,
            case: self.case,
            first: Some(self.first),
            second: Some(second),
        };
        done(
            Application::Deciding(next),
            "application.second_reviewed",
            "复审",
            facts,
        )
    }
}

impl Deciding {
    fn undecided(dossier: Dossier, case: Case, first: Option<StageOpinion>) -> Self {
        Self {
            dossier,
            case,
            first,
            second: None,
        }
    }

    pub(super) fn grant(mut self, decision: Decision, terms: GrantTerms) -> Outcome {
        needed(&decision.reason, "reason", "请写明审查结论")?;
        match self.case.deferral.as_ref().map(|deferral| &deferral.commitment) {
            None | Some(Commitment::Kept { .. }) => {}
            Some(Commitment::Open) => {
                return Err(Refusal::Once(
                    "申请人承诺的容缺材料尚未补齐，不能作出准予许可的决定",
                ));
            }
            Some(Commitment::Broken { .. }) => {
                return Err(Refusal::Once("申请人没有履行容缺承诺，不能作出准予许可的决定"));
            }
        }
        let named = terms.scope.iter().any(|phrase| !phrase.trim().is_empty());
        // A licence that is there keeps its scope, even where an old register has none.
        if !named && self.dossier.licence.is_none() {
            return Err(Refusal::field("scope", "请填写许可范围"));
        }
        self.case.intake.close_stops(None, &decision.by, decision.at);
        let facts =
            json!({ "scope": terms.scope, "valid_from": terms.valid_from, "valid_to": terms.valid_to });
        let next = Granted {
            file: self,
            decision,
            terms,
            deemed: false,
            delivery: None,
        };
        done(
            Application::Granted(next),
            "application.granted",
            "准予许可",
            facts,
        )
    }

    pub(super) fn refuse(mut self, decision: Decision, terms: RefusalTerms, def: &Definition) -> Outcome {
        let faults = rules::refusal_faults(&decision, &terms, def);
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        self.case.intake.close_stops(None, &decision.by, decision.at);
        let unmet: Vec<_> = terms.unmet.iter().map(|one| one.condition.as_str()).collect();
        let facts = json!({ "unmet": unmet, "legal_basis": terms.legal_basis });
        let reason = decision.reason.clone();
        let next = Refused {
            file: self,
            decision,
            terms,
            delivery: None,
        };
        let happened = Happened::new("application.refused", "不予许可")
            .data(facts)
            .reason(reason);
        Ok((Application::Refused(next), happened))
    }
}

impl Application {
    /// The law decides where nobody did (行政许可法 art. 50): whatever stage the application has reached, the
    /// renewal is granted with the end of the old period.
    pub(super) fn deem_granted(self, decision: Decision, terms: GrantTerms) -> Outcome {
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

    pub(super) fn take_over(mut self, act: Act) -> Outcome {
        let case = self.open_case_mut().ok_or(Refusal::NotFound("申请"))?;
        case.intake.take_over(&act)?;
        done(
            self,
            "application.taken",
            "首接负责",
            json!({ "owner": act.by.name }),
        )
    }

    pub(super) fn withdraw(self, withdrawal: Withdrawal) -> Outcome {
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
    pub(super) fn return_review(
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

    pub(super) fn stop_clock(mut self, stop: Stop) -> Outcome {
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

    pub(super) fn resume_clock(mut self, id: StopId, act: Act) -> Outcome {
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

    pub(super) fn extend(mut self, extension: Extension, def: &Definition) -> Outcome {
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

    pub(super) fn deliver(mut self, delivery: Delivery) -> Outcome {
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

    pub(super) fn document_ready(mut self, id: DocumentId, blob: BlobRef, at: Moment) -> Outcome {
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
