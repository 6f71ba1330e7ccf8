//! Departments' reviews and the opinions of both stages.

use kernel::Moment;
use matters::{Definition, DepartmentKey};
use serde_json::json;

use super::{Outcome, done, needed};
use crate::{
    model::{command::Refusal, parts::*, states::*},
    rules,
};

impl InReview {
    /// A department's outcome. When it is the last one, the application moves on by itself; a negative opinion
    /// goes along and kills nothing.
    pub(in crate::model) fn review(
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
pub(super) struct Progress {
    pub(super) past: Option<StageName>,
    pub(super) first: Option<StageOpinion>,
}

/// The next stage that the procedure has for what is asked for; the decision is always the last.
pub(super) fn advance(
    dossier: Dossier,
    case: Case,
    progress: Progress,
    at: Moment,
    def: &Definition,
) -> Application {
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
    pub(in crate::model) fn opine(self, first: StageOpinion, def: &Definition) -> Outcome {
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
    pub(in crate::model) fn opine(self, second: StageOpinion) -> Outcome {
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
