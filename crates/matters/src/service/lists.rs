//! Responsibility lists: quarterly review, proposal, approval by another person, publication; and what the city has
//! handed down.

use kernel::{Actor, FieldError, Happened, LegalDate, Page, PageQuery, Permission, Problem};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Matters, Outcome};
use crate::{
    model::{
        Definition, ListChange, ListReview, ListedDuty, MatterKey, PublishedList, Quarter, ReviewAct,
        ReviewEvidence, ReviewId, ReviewState,
    },
    rules,
    store::{self, MattersError, ReviewQuery},
};

/// A proposal as it comes in.
#[derive(Clone, Debug)]
pub struct NewListReview {
    /// The matter.
    pub matter: MatterKey,
    /// What was looked at.
    pub evidence: ReviewEvidence,
    /// What it comes to.
    pub change: ListChange,
}

/// Filters of reviews.
#[derive(Clone, Debug, Default)]
pub struct ReviewFilters {
    /// Of this matter.
    pub matter: Option<MatterKey>,
    /// Of this quarter.
    pub quarter: Option<Quarter>,
    /// `proposed`, `approved` or `rejected`.
    pub state: Option<String>,
}

/// A matter's list as everybody may read it.
#[derive(Clone, Debug)]
pub struct ResponsibilityList {
    /// The matter.
    pub matter: MatterKey,
    /// Name of the matter.
    pub name: String,
    /// Name of the body.
    pub body: String,
    /// The version in force today.
    pub current: PublishedList,
    /// Every version, newest first.
    pub versions: Vec<PublishedList>,
}

/// Whether a matter's list has been reviewed this quarter.
#[derive(Clone, Debug)]
pub struct QuarterlyDuty {
    /// The matter.
    pub matter: MatterKey,
    /// Name of the matter.
    pub name: String,
    /// `proposed`, `approved`, or `rejected` when it has to be proposed again; absent while nobody has begun.
    pub state: Option<String>,
    /// The review that says so.
    pub review: Option<ReviewId>,
    /// Whether the actor may propose one now.
    pub may_propose: bool,
}

/// A review as the actor sees it.
#[derive(Clone, Debug)]
pub struct SeenReview {
    /// The review.
    pub review: ListReview,
    /// Name of the matter.
    pub matter_name: String,
    /// The list that it changes.
    pub before: Vec<ListedDuty>,
    /// What the actor may do now: `decide`.
    pub allowed_actions: Vec<&'static str>,
}

fn act(actor: &Actor, at: kernel::Moment) -> ReviewAct {
    ReviewAct {
        account: actor.account,
        name: actor.name.clone(),
        at,
    }
}

impl Matters {
    fn current_definition(&self, key: MatterKey) -> Outcome<&Definition> {
        let found = self.catalogue.current(key, self.today().0);
        found.ok_or(MattersError::NotFound)
    }

    /// Proposes the outcome of this quarter's review.
    ///
    /// # Errors
    /// [`MattersError::List`] names the fields; [`MattersError::Reviewed`] when the quarter has its review.
    pub async fn propose_list(&self, actor: &Actor, new: NewListReview) -> Outcome<SeenReview> {
        actor.require(Permission::MattersManage)?;
        let def = self.current_definition(new.matter)?;
        let mut work = self.kernel.begin(actor).await?;
        let today = work.now().legal_date();
        let approved = store::approved(work.conn(), new.matter).await?;
        let lists = rules::published_lists(def, &approved);
        let present = rules::list_on(&lists, today).map(|list| list.duties.as_slice());
        let faults = rules::proposal_faults(&new.evidence, &new.change, present.unwrap_or_default());
        if !faults.is_empty() {
            return Err(rules::ListRefusal::Invalid(faults).into());
        }
        let review = ListReview {
            id: ReviewId(work.next_id()),
            version: 1,
            matter: new.matter,
            quarter: Quarter::of(today),
            evidence: new.evidence,
            change: new.change,
            proposed: act(actor, work.now()),
            state: ReviewState::Proposed,
        };
        let row = match store::insert(&work, &review).await {
            Err(error) if error.is_duplicate() => return Err(MattersError::Reviewed(review.quarter)),
            outcome => outcome?,
        };
        let mut facts = told(&review, &def.name);
        // Who is told: those who may approve it.
        facts["permission"] = json!(Permission::MattersApprove.as_str());
        facts["region"] = json!(self.city.region);
        work.record(
            &row,
            Happened::new("list_review.proposed", "提出责任清单季度审查意见").data(facts),
        )?;
        work.commit().await?;
        self.seen_review(actor, review).await
    }

    /// Approves a proposal, by another person than proposed it.
    ///
    /// # Errors
    /// [`MattersError::List`].
    pub async fn approve_list(
        &self,
        actor: &Actor,
        id: ReviewId,
        effective_from: Option<LegalDate>,
    ) -> Outcome<SeenReview> {
        actor.require(Permission::MattersApprove)?;
        let mut work = self.kernel.begin(actor).await?;
        let review = store::find(work.conn(), id)
            .await?
            .ok_or(MattersError::NoReview)?;
        let approved = store::approved(work.conn(), review.matter).await?;
        let last = approved.iter().filter_map(|one| match one.state {
            ReviewState::Approved { number, .. } => number,
            _ => None,
        });
        let last = last.max().unwrap_or(0);
        let review = rules::approve(review, act(actor, work.now()), effective_from, last)?;
        let row = store::update(&work, &review).await?;
        let mut facts = self.told(&review);
        facts["number"] = json!(row.number);
        facts["effective_from"] = json!(row.effective_from);
        work.record(
            &row,
            Happened::new("list_review.approved", "批准责任清单").data(facts),
        )?;
        work.commit().await?;
        self.seen_review(actor, review).await
    }

    /// Rejects a proposal, by another person than proposed it.
    ///
    /// # Errors
    /// [`MattersError::List`].
    pub async fn reject_list(&self, actor: &Actor, id: ReviewId, reason: String) -> Outcome<SeenReview> {
        actor.require(Permission::MattersApprove)?;
        let mut work = self.kernel.begin(actor).await?;
        let review = store::find(work.conn(), id)
            .await?
            .ok_or(MattersError::NoReview)?;
        let review = rules::reject(review, act(actor, work.now()), reason.clone())?;
        let row = store::update(&work, &review).await?;
        let facts = self.told(&review);
        let happened = Happened::new("list_review.rejected", "退回责任清单审查意见").data(facts);
        work.record(&row, happened.reason(reason))?;
        work.commit().await?;
        self.seen_review(actor, review).await
    }

    /// What notices say of a decision; `account` is who is told.
    fn told(&self, review: &ListReview) -> Value {
        let def = self
            .catalogue
            .current(review.matter, review.proposed.at.legal_date().0);
        let mut facts = told(review, def.map_or("", |def| def.name.as_str()));
        facts["account"] = json!(review.proposed.account);
        facts
    }

    /// Reviews, newest first.
    ///
    /// # Errors
    /// [`MattersError::Forbidden`].
    pub async fn list_reviews(
        &self,
        actor: &Actor,
        filters: ReviewFilters,
        page: &PageQuery,
    ) -> Outcome<Page<SeenReview>> {
        actor.require(Permission::MattersReadReviews)?;
        let after = page
            .after()
            .map_err(|problem: Problem| MattersError::BadCursor(problem.errors))?;
        let query = ReviewQuery {
            matter: filters.matter,
            quarter: filters.quarter,
            state: filters.state,
            after,
            limit: page.limit(),
        };
        let rows = store::list(self.kernel.db(), &query).await?;
        let Page { items, next } =
            Page::cut(rows, query.limit, |row| (row.proposed.at.0, Uuid::from(row.id)));
        let items = self.seen_reviews(actor, items).await?;
        Ok(Page { items, next })
    }

    /// One review.
    ///
    /// # Errors
    /// [`MattersError::NoReview`].
    pub async fn list_review(&self, actor: &Actor, id: ReviewId) -> Outcome<SeenReview> {
        actor.require(Permission::MattersReadReviews)?;
        let found = store::find(self.kernel.db().read(), id).await?;
        self.seen_review(actor, found.ok_or(MattersError::NoReview)?)
            .await
    }

    async fn seen_review(&self, actor: &Actor, review: ListReview) -> Outcome<SeenReview> {
        let seen = self.seen_reviews(actor, vec![review]).await?.pop();
        seen.ok_or(MattersError::NoReview)
    }

    async fn seen_reviews(&self, actor: &Actor, reviews: Vec<ListReview>) -> Outcome<Vec<SeenReview>> {
        let keys: Vec<MatterKey> = reviews.iter().map(|one| one.matter).collect();
        let approved = store::approved_of(self.kernel.db(), &keys).await?;
        let today = self.today();
        let seen = |review: ListReview| {
            let own = approved.iter().filter(|one| one.matter == review.matter);
            let own: Vec<ListReview> = own.cloned().collect();
            let def = self
                .catalogue
                .current(review.matter, review.proposed.at.legal_date().0);
            let before = def.and_then(|def| rules::list_before(&review, def, &own, today));
            let decides =
                actor.may(Permission::MattersApprove) && rules::may_decide(&review, actor.account).is_ok();
            SeenReview {
                matter_name: def.map_or_else(|| review.matter.to_string(), |def| def.name.clone()),
                before: before.map(|list| list.duties).unwrap_or_default(),
                allowed_actions: decides.then_some("decide").into_iter().collect(),
                review,
            }
        };
        Ok(reviews.into_iter().map(seen).collect())
    }

    /// Which matters still have to be reviewed this quarter.
    ///
    /// # Errors
    /// [`MattersError::Forbidden`].
    pub async fn quarterly_duties(&self, actor: &Actor) -> Outcome<(Quarter, Vec<QuarterlyDuty>)> {
        actor.require(Permission::MattersReadReviews)?;
        let quarter = Quarter::of(self.today());
        let reviewed = store::reviewed(self.kernel.db(), quarter).await?;
        let may = actor.may(Permission::MattersManage);
        let duties = self.in_use().into_iter().map(|one| {
            let key = one.key.to_string();
            // A rejected review may be followed by another, never the other way round.
            let own = reviewed.iter().rfind(|(matter, ..)| *matter == key);
            let state = own.map(|(_, state, _)| state.clone());
            QuarterlyDuty {
                matter: one.key,
                name: one.name.clone(),
                may_propose: may && state.as_deref().is_none_or(|state| state == "rejected"),
                review: own.map(|(.., id)| *id),
                state,
            }
        });
        Ok((quarter, duties.collect()))
    }

    /// A matter's list for everybody.
    ///
    /// # Errors
    /// [`MattersError::NotFound`].
    pub async fn responsibility_list(&self, key: MatterKey) -> Outcome<ResponsibilityList> {
        let def = self.current_definition(key)?;
        let approved = store::approved(self.kernel.db().read(), key).await?;
        let versions = rules::published_lists(def, &approved);
        let current = rules::list_on(&versions, self.today()).ok_or(MattersError::NotFound)?;
        let body = self.city.authority(def.power.implementing_department.as_str());
        Ok(ResponsibilityList {
            matter: key,
            name: def.name.clone(),
            body: body.map(|body| body.name.clone()).unwrap_or_default(),
            current: current.clone(),
            versions,
        })
    }
}

/// What notices say of a review.
fn told(review: &ListReview, matter_name: &str) -> Value {
    let changed = matches!(review.change, ListChange::Changed { .. });
    let outcome = if changed { "调整清单" } else { "不作调整" };
    json!({ "matter": review.matter, "matter_name": matter_name, "quarter": review.quarter,
        "quarter_name": review.quarter.chinese(), "changed": changed, "outcome": outcome,
        "proposer": review.proposed.name })
}

impl From<rules::ListRefusal> for MattersError {
    fn from(refusal: rules::ListRefusal) -> Self {
        Self::List(refusal)
    }
}

/// What people read about a refusal.
pub(super) fn list_problem(refusal: rules::ListRefusal) -> Problem {
    match refusal {
        rules::ListRefusal::Invalid(errors) => Problem::invalid(errors),
        rules::ListRefusal::Decided => Problem::conflict(
            "already-decided",
            "该审查意见已经办结",
            "该季度审查意见已经批准或者退回，请刷新查看。",
        ),
        rules::ListRefusal::SamePerson => {
            Problem::forbidden("提出审查意见的人员不能自己批准，请由其他有权限的人员审批。")
        }
    }
}

/// What people read about a second review of a quarter.
pub(super) fn reviewed_problem(quarter: Quarter) -> Problem {
    let detail = format!(
        "{}的责任清单审查意见已经提出，每季度一次；被退回的可以重新提出。",
        quarter.chinese()
    );
    Problem::conflict("quarter-reviewed", "本季度已经审查", detail)
}

/// What people read about a bad cursor.
pub(super) fn cursor_problem(errors: Vec<FieldError>) -> Problem {
    Problem::invalid(errors)
}
