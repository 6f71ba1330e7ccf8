//! Department reviews in parallel, their return, first and second review.

use kernel::{Actor, FieldError, ids::ApplicationId};
use matters::DepartmentKey;

use super::{Applications, ApplicationsError, Outcome, person};
use crate::{
    model::{Command, Finding, ReviewResult, StageName, StageOpinion},
    rules::Action,
    store::Record,
};

/// A department's outcome, as the reviewer writes it.
#[derive(Clone, Debug)]
pub struct NewReview {
    /// One finding for each condition that the department looks at.
    pub findings: Vec<Finding>,
    /// The opinion in words.
    pub opinion: String,
    /// 通过 or not.
    pub passed: bool,
}

impl Applications {
    /// Hands in the outcome of the actor's own department.
    ///
    /// # Errors
    /// [`ApplicationsError::Denied`] for another department's business.
    pub async fn review(&self, actor: &Actor, id: ApplicationId, new: NewReview) -> Outcome<Record> {
        let open = self.open(actor, id, Action::Review).await?;
        let own = actor
            .scope
            .department
            .as_deref()
            .and_then(|own| own.parse::<DepartmentKey>().ok());
        let department = own.ok_or(ApplicationsError::NotFound("部门"))?;
        let result = ReviewResult {
            findings: new.findings,
            opinion: new.opinion,
            passed: new.passed,
            by: person(actor),
            at: open.work.now(),
            on: open.today(),
        };
        self.close(open, Command::Review { department, result }, &[], Vec::new())
            .await
    }

    /// Sends exactly one department's review back; results, tasks and clocks of the others stay untouched.
    ///
    /// # Errors
    /// [`ApplicationsError::Refused`] when that department is reviewing already.
    pub async fn return_review(
        &self,
        actor: &Actor,
        id: ApplicationId,
        department: DepartmentKey,
        reason: String,
    ) -> Outcome<Record> {
        let open = self.open(actor, id, Action::ReturnReview).await?;
        let command = Command::ReturnReview {
            department,
            by: person(actor),
            at: open.work.now(),
            reason,
        };
        self.close(open, command, &[], Vec::new()).await
    }

    /// First or second review.
    ///
    /// # Errors
    /// [`ApplicationsError::Denied`] for a person who took part before or lacks the qualification.
    pub async fn give_opinion(
        &self,
        actor: &Actor,
        id: ApplicationId,
        stage: StageName,
        for_grant: bool,
        opinion: String,
    ) -> Outcome<Record> {
        let action = match stage {
            StageName::FirstReview => Action::FirstReview,
            StageName::SecondReview => Action::SecondReview,
            StageName::ParallelReview | StageName::Decision => {
                return Err(ApplicationsError::Invalid(vec![FieldError::new(
                    "stage",
                    "只有初审和复审提出意见",
                )]));
            }
        };
        let open = self.open(actor, id, action).await?;
        let opinion = StageOpinion {
            stage,
            for_grant,
            opinion,
            by: person(actor),
            at: open.work.now(),
        };
        self.close(open, Command::GiveOpinion(opinion), &[], Vec::new())
            .await
    }
}
