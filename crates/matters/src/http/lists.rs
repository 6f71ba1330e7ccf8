//! Responsibility lists and devolution.

use axum::{Json as Answer, extract::State, http::StatusCode};
use kernel::{
    Actor, LegalDate, Page, PageQuery, Problem,
    http::{Json, Path, Query, Versioned},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    model::{
        ListChange, ListReview, ListedDuty, MatterKey, PublishedList, Quarter, ReviewEvidence, ReviewId,
        StageKey,
    },
    service::{Matters, NewListReview, ResponsibilityList, ReviewFilters, SeenDevolution, SeenReview},
};

/// A matter's responsibility list.
#[derive(Serialize, ToSchema)]
pub(super) struct ResponsibilityListView {
    matter: MatterKey,
    name: String,
    /// The body that answers.
    body: String,
    /// The version in force today.
    current: PublishedList,
    /// Every version, newest first; 0 is the definition's own.
    versions: Vec<PublishedList>,
}

impl From<ResponsibilityList> for ResponsibilityListView {
    fn from(list: ResponsibilityList) -> Self {
        Self {
            matter: list.matter,
            name: list.name,
            body: list.body,
            current: list.current,
            versions: list.versions,
        }
    }
}

/// What the body answers for in a matter, in the version in force and all before.
#[utoipa::path(get, path = "/api/v1/public/responsibility-lists/{key}", tag = "public",
    params(("key" = String, Path, example = "hazchem.renewal")),
    responses((status = 200, body = ResponsibilityListView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
pub(super) async fn public_list(
    State(matters): State<Matters>,
    Path(key): Path<MatterKey>,
) -> Result<Answer<ResponsibilityListView>, Problem> {
    Ok(Answer(matters.responsibility_list(key).await?.into()))
}

/// A quarterly review of one matter's list, with names and what the actor may do.
#[derive(Serialize, ToSchema)]
pub(super) struct ListReviewView {
    #[serde(flatten)]
    review: ListReview,
    /// Name of the matter.
    matter_name: String,
    /// 2026年第1季度
    quarter_name: String,
    /// How it stands, in words.
    state_name: &'static str,
    /// What the actor may do now: `decide`.
    allowed_actions: Vec<&'static str>,
    /// The list that it changes: in force today while it is open, else when it was decided.
    before: Vec<ListedDuty>,
}

impl From<SeenReview> for ListReviewView {
    fn from(seen: SeenReview) -> Self {
        Self {
            matter_name: seen.matter_name,
            quarter_name: seen.review.quarter.chinese(),
            state_name: seen.review.state.label(),
            allowed_actions: seen.allowed_actions,
            before: seen.before,
            review: seen.review,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListReviewRequest {
    /// Matter key such as `hazchem.renewal`.
    matter: MatterKey,
    /// Complaints and enforcement of the quarter.
    evidence: ReviewEvidence,
    /// What the review comes to.
    change: ListChange,
}

/// Proposes the outcome of this quarter's review of a matter's responsibility list.
#[utoipa::path(post, path = "/api/v1/list-reviews", tag = "matters", request_body = ListReviewRequest,
    responses((status = 201, body = ListReviewView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("matters:manage"))))]
pub(super) async fn propose(
    State(matters): State<Matters>,
    actor: Actor,
    Json(body): Json<ListReviewRequest>,
) -> Result<Versioned<ListReviewView>, Problem> {
    let new = NewListReview {
        matter: body.matter,
        evidence: body.evidence,
        change: body.change,
    };
    let review = matters.propose_list(&actor, new).await?;
    Ok(Versioned(
        StatusCode::CREATED,
        review.review.version,
        review.into(),
    ))
}

#[derive(Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ListDecisionRequest {
    /// 批准
    Approve {
        /// First legal day of the new list; today unless given.
        effective_from: Option<LegalDate>,
    },
    /// 退回
    Reject {
        /// Why.
        reason: String,
    },
}

/// Decides on a proposal, by another person than proposed it.
#[utoipa::path(post, path = "/api/v1/list-reviews/{id}/decisions", tag = "matters", params(("id" = Uuid, Path)),
    request_body = ListDecisionRequest,
    responses((status = 201, body = ListReviewView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("matters:approve"))))]
pub(super) async fn decide(
    State(matters): State<Matters>,
    actor: Actor,
    Path(id): Path<ReviewId>,
    Json(body): Json<ListDecisionRequest>,
) -> Result<Versioned<ListReviewView>, Problem> {
    let review = match body {
        ListDecisionRequest::Approve { effective_from } => {
            matters.approve_list(&actor, id, effective_from).await?
        }
        ListDecisionRequest::Reject { reason } => matters.reject_list(&actor, id, reason).await?,
    };
    Ok(Versioned(
        StatusCode::CREATED,
        review.review.version,
        review.into(),
    ))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReviewsQuery {
    /// Of this matter.
    #[param(value_type = Option<String>)]
    matter: Option<MatterKey>,
    /// Of this quarter, such as `2026Q1`.
    #[param(value_type = Option<String>)]
    quarter: Option<Quarter>,
    /// `proposed`, `approved` or `rejected`.
    state: Option<String>,
    /// Rows on a page, 1 to 200; 20 unless given.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Reviews of responsibility lists, newest first.
#[utoipa::path(get, path = "/api/v1/list-reviews", tag = "matters", params(ReviewsQuery),
    responses((status = 200, body = Page<ListReviewView>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("matters:read_reviews"))))]
pub(super) async fn reviews(
    State(matters): State<Matters>,
    actor: Actor,
    Query(query): Query<ReviewsQuery>,
) -> Result<Answer<Page<ListReviewView>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let filters = ReviewFilters {
        matter: query.matter,
        quarter: query.quarter,
        state: query.state,
    };
    let found = matters.list_reviews(&actor, filters, &page).await?;
    Ok(Answer(found.map(ListReviewView::from)))
}

/// One review of a responsibility list.
#[utoipa::path(get, path = "/api/v1/list-reviews/{id}", tag = "matters",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = ListReviewView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("matters:read_reviews"))))]
pub(super) async fn review(
    State(matters): State<Matters>,
    actor: Actor,
    Path(id): Path<ReviewId>,
) -> Result<Versioned<ListReviewView>, Problem> {
    let found = matters.list_review(&actor, id).await?;
    Ok(Versioned(StatusCode::OK, found.review.version, found.into()))
}

#[derive(Serialize, ToSchema)]
pub(super) struct QuarterView {
    quarter: Quarter,
    /// 2026年第1季度
    quarter_name: String,
    /// Every matter in use.
    matters: Vec<QuarterlyDutyView>,
}

#[derive(Serialize, ToSchema)]
struct QuarterlyDutyView {
    matter: MatterKey,
    name: String,
    /// `proposed`, `approved`, or `rejected` when it has to be proposed again; absent while nobody has begun.
    state: Option<String>,
    /// The review that says so.
    review: Option<ReviewId>,
    /// Whether the actor may propose one now.
    may_propose: bool,
}

/// Which lists still have to be reviewed this quarter.
#[utoipa::path(get, path = "/api/v1/list-reviews-due", tag = "matters",
    responses((status = 200, body = QuarterView)), extensions(("x-permission" = json!("matters:read_reviews"))))]
pub(super) async fn due(
    State(matters): State<Matters>,
    actor: Actor,
) -> Result<Answer<QuarterView>, Problem> {
    let (quarter, duties) = matters.quarterly_duties(&actor).await?;
    let duties = duties.into_iter().map(|one| QuarterlyDutyView {
        matter: one.matter,
        name: one.name,
        state: one.state,
        review: one.review,
        may_propose: one.may_propose,
    });
    Ok(Answer(QuarterView {
        quarter,
        quarter_name: quarter.chinese(),
        matters: duties.collect(),
    }))
}

/// A matter with its name.
#[derive(Serialize, ToSchema)]
struct MatterName {
    key: MatterKey,
    name: String,
}

/// Work that the city has handed down.
#[derive(Serialize, ToSchema)]
pub(super) struct DevolutionView {
    matters: Vec<MatterKey>,
    /// The same with their names.
    matter_names: Vec<MatterName>,
    /// Stages that the body below handles.
    #[schema(value_type = Vec<String>)]
    stages: Vec<StageKey>,
    /// The same by name.
    stage_names: Vec<String>,
    /// Zone or region, by name.
    area: String,
    /// Who handles them.
    body: String,
    /// First legal day: applications that come in from then on go there.
    from: LegalDate,
    /// Last legal day.
    until: Option<LegalDate>,
    /// Whether it is in force today.
    in_force: bool,
    /// Documents that order it; empty while none has been read.
    sources: Vec<String>,
    /// What still has to be checked; absent once it is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    unconfirmed: Option<String>,
}

impl From<SeenDevolution> for DevolutionView {
    fn from(seen: SeenDevolution) -> Self {
        let names = seen.matters.into_iter();
        Self {
            matters: seen.devolution.matters,
            matter_names: names.map(|(key, name)| MatterName { key, name }).collect(),
            stages: seen.devolution.stages,
            stage_names: seen.stage_names,
            area: seen.area,
            body: seen.body,
            from: LegalDate(seen.devolution.from),
            until: seen.devolution.until.map(LegalDate),
            in_force: seen.in_force,
            sources: seen.sources,
            unconfirmed: seen.unconfirmed,
        }
    }
}

/// What has been handed down to zones and districts, and from which day on (MAT.4).
#[utoipa::path(get, path = "/api/v1/public/devolutions", tag = "public",
    responses((status = 200, body = Vec<DevolutionView>)), extensions(("x-permission" = json!("public"))))]
pub(super) async fn devolutions(State(matters): State<Matters>) -> Answer<Vec<DevolutionView>> {
    let found = matters.devolutions().into_iter();
    Answer(found.map(DevolutionView::from).collect())
}
