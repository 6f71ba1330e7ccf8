//! The officers' acts.

use std::collections::BTreeSet;

use axum::{extract::State, http::StatusCode};
use kernel::{
    Actor, LegalDate, Moment, Problem,
    http::{Json, Path, Versioned},
    ids::ApplicationId,
};
use matters::{ConditionKey, DepartmentKey, PauseCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    shown,
    wire::{ApplicationView, Reason},
};
use crate::{
    Applications, NewCorrectionItem, NewNonAcceptance, NewRefusal, NewReview, NewStop,
    model::{CorrectionTarget, Delivery, Finding, Met, Person, StageName, StopId, UnmetCondition},
};

type Acted = Result<Versioned<ApplicationView>, Problem>;

/// Becomes the first-contact officer who owns the application to the end.
#[utoipa::path(post, path = "/api/v1/applications/{id}/ownership", tag = "applications", params(("id" = Uuid, Path)),
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("applications:accept"))))]
pub(super) async fn take_over(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
) -> Acted {
    let record = applications.take_over(&actor, id).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AcceptanceRequest {
    /// Conditional departments that take part; the others always do.
    #[schema(value_type = Vec<String>)]
    departments: Vec<DepartmentKey>,
    /// Conditions of a renewal without review that the officer confirms; all of them are asked for.
    #[schema(value_type = Vec<String>)]
    confirmed: BTreeSet<ConditionKey>,
}

/// Accepts; the risk report is drawn up and the departments begin to review.
#[utoipa::path(post, path = "/api/v1/applications/{id}/acceptances", tag = "applications",
    params(("id" = Uuid, Path)), request_body = AcceptanceRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:accept"))))]
pub(super) async fn accept(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<AcceptanceRequest>,
) -> Acted {
    let record = applications
        .accept_confirming(&actor, id, body.departments, body.confirmed)
        .await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CorrectionItemRequest {
    /// What is concerned: `{"kind": "material", "key": "…"}` or `{"kind": "form"}`.
    target: CorrectionTarget,
    /// What is wrong.
    problem: String,
    /// What is asked for.
    requirement: String,
}

impl From<CorrectionItemRequest> for NewCorrectionItem {
    fn from(item: CorrectionItemRequest) -> Self {
        Self {
            target: item.target,
            problem: item.problem,
            requirement: item.requirement,
        }
    }
}

impl From<UnmetRequest> for UnmetCondition {
    fn from(one: UnmetRequest) -> Self {
        Self {
            condition: one.condition,
            finding: one.finding,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CorrectionRequest {
    /// Everything that has to be mended: the law knows one notice only.
    items: Vec<CorrectionItemRequest>,
}

/// Gives the one correction notice, within five working days.
#[utoipa::path(post, path = "/api/v1/applications/{id}/corrections", tag = "applications",
    params(("id" = Uuid, Path)), request_body = CorrectionRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:accept"))))]
pub(super) async fn correct(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<CorrectionRequest>,
) -> Acted {
    let items = body.items.into_iter().map(NewCorrectionItem::from).collect();
    let record = applications.correct(&actor, id, items).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NonAcceptanceRequest {
    reason: String,
    /// Clauses in words.
    legal_basis: String,
    /// Where to apply instead, if this body is not competent.
    competent_authority: Option<String>,
}

/// Refuses to accept, in writing, with reasons and remedies.
#[utoipa::path(post, path = "/api/v1/applications/{id}/non-acceptances", tag = "applications",
    params(("id" = Uuid, Path)), request_body = NonAcceptanceRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:accept"))))]
pub(super) async fn refuse_acceptance(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<NonAcceptanceRequest>,
) -> Acted {
    let new = NewNonAcceptance {
        reason: body.reason,
        legal_basis: body.legal_basis,
        competent_authority: body.competent_authority,
    };
    let record = applications.refuse_acceptance(&actor, id, new).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindingRequest {
    /// Key of the condition.
    #[schema(value_type = String)]
    condition: ConditionKey,
    met: Met,
    /// What was seen; required where the condition is not met.
    #[serde(default)]
    text: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewRequest {
    /// One finding for each condition that the department looks at.
    findings: Vec<FindingRequest>,
    opinion: String,
    passed: bool,
}

/// Hands in the outcome of the own department.
#[utoipa::path(post, path = "/api/v1/applications/{id}/reviews", tag = "applications", params(("id" = Uuid, Path)),
    request_body = ReviewRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:review"))))]
pub(super) async fn review(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<ReviewRequest>,
) -> Acted {
    let finding = |one: FindingRequest| Finding {
        condition: one.condition,
        met: one.met,
        text: one.text,
    };
    let new = NewReview {
        findings: body.findings.into_iter().map(finding).collect(),
        opinion: body.opinion,
        passed: body.passed,
    };
    let record = applications.review(&actor, id, new).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

/// Sends exactly this department's review back; the others' results, tasks and clocks stay untouched.
#[utoipa::path(post, path = "/api/v1/applications/{id}/reviews/{department}/returns", tag = "applications",
    params(("id" = Uuid, Path), ("department" = String, Path)), request_body = Reason,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:return"))))]
pub(super) async fn return_review(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, department)): Path<(ApplicationId, String)>,
    Json(body): Json<Reason>,
) -> Acted {
    let department = department
        .parse()
        .map_err(|_| Problem::not_found("该部门的审查"))?;
    let record = applications
        .return_review(&actor, id, department, body.reason)
        .await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StopRequest {
    /// A lawful cause of the matter.
    cause: PauseCause,
    /// One department's clock; absent: the whole application.
    #[schema(value_type = Option<String>)]
    department: Option<DepartmentKey>,
    /// Last day that the cause is expected to take.
    expected_until: LegalDate,
    reason: String,
}

/// Stops the clock for a lawful cause, with written notice.
#[utoipa::path(post, path = "/api/v1/applications/{id}/clock-stops", tag = "applications",
    params(("id" = Uuid, Path)), request_body = StopRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:clock"))))]
pub(super) async fn stop_clock(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<StopRequest>,
) -> Acted {
    let new = NewStop {
        cause: body.cause,
        department: body.department,
        expected_until: body.expected_until,
        reason: body.reason,
    };
    let record = applications.stop_clock(&actor, id, new).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

/// Lets the clock run again from tomorrow, with written notice.
#[utoipa::path(post, path = "/api/v1/applications/{id}/clock-stops/{stop}/resumptions", tag = "applications",
    params(("id" = Uuid, Path), ("stop" = Uuid, Path)),
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)),
    extensions(("x-permission" = json!("applications:clock"))))]
pub(super) async fn resume_clock(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, stop)): Path<(ApplicationId, StopId)>,
) -> Acted {
    let record = applications.resume_clock(&actor, id, stop).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtensionRequest {
    reason: String,
    /// Days in the unit of the matter; the longest that it allows unless given.
    days: Option<u32>,
}

/// Extends the period, once, approved by the head with reasons.
#[utoipa::path(post, path = "/api/v1/applications/{id}/extensions", tag = "applications", params(("id" = Uuid, Path)),
    request_body = ExtensionRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:decide"))))]
pub(super) async fn extend(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<ExtensionRequest>,
) -> Acted {
    let record = applications.extend(&actor, id, body.days, body.reason).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpinionRequest {
    /// Whether the reviewer is for granting.
    for_grant: bool,
    opinion: String,
}

/// First review.
#[utoipa::path(post, path = "/api/v1/applications/{id}/first-reviews", tag = "applications",
    params(("id" = Uuid, Path)), request_body = OpinionRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:first_review"))))]
pub(super) async fn first_review(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<OpinionRequest>,
) -> Acted {
    let stage = StageName::FirstReview;
    let record = applications
        .give_opinion(&actor, id, stage, body.for_grant, body.opinion)
        .await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

/// Second review, by another person.
#[utoipa::path(post, path = "/api/v1/applications/{id}/second-reviews", tag = "applications",
    params(("id" = Uuid, Path)), request_body = OpinionRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:second_review"))))]
pub(super) async fn second_review(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<OpinionRequest>,
) -> Acted {
    let stage = StageName::SecondReview;
    let record = applications
        .give_opinion(&actor, id, stage, body.for_grant, body.opinion)
        .await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnmetRequest {
    /// Key of the condition.
    #[schema(value_type = String)]
    condition: ConditionKey,
    /// What was found.
    finding: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(super) enum DecisionRequest {
    /// 准予许可
    Grant {
        /// Conclusion of the review.
        reason: String,
        /// 许可范围; the one applied for unless given.
        scope: Option<Vec<String>>,
    },
    /// 不予许可
    Refuse {
        /// Reasons.
        reason: String,
        /// Clauses in words.
        legal_basis: String,
        /// Conditions that are not met, at least one.
        unmet: Vec<UnmetRequest>,
    },
}

/// Decides, by the leader in charge. Of two officers at once exactly one decides.
#[utoipa::path(post, path = "/api/v1/applications/{id}/decisions", tag = "applications", params(("id" = Uuid, Path)),
    request_body = DecisionRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:decide"))))]
pub(super) async fn decide(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<DecisionRequest>,
) -> Acted {
    let record = match body {
        DecisionRequest::Grant { reason, scope } => applications.grant(&actor, id, reason, scope).await?,
        DecisionRequest::Refuse {
            reason,
            legal_basis,
            unmet,
        } => {
            let new = NewRefusal {
                reason,
                legal_basis,
                unmet: unmet.into_iter().map(UnmetCondition::from).collect(),
            };
            applications.refuse(&actor, id, new).await?
        }
    };
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliveryRequest {
    /// Day of delivery; today unless given.
    on: Option<LegalDate>,
    place: String,
    /// 直接送达, 邮寄送达, 电子送达 …
    method: String,
    recipient: String,
    #[serde(default)]
    remark: String,
}

/// Records that the decision was delivered, within ten working days.
#[utoipa::path(post, path = "/api/v1/applications/{id}/deliveries", tag = "applications", params(("id" = Uuid, Path)),
    request_body = DeliveryRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:deliver"))))]
pub(super) async fn deliver(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<DeliveryRequest>,
) -> Acted {
    let now: Moment = applications.instant();
    let delivery = Delivery {
        on: body.on.unwrap_or_else(|| now.legal_date()),
        place: body.place,
        method: body.method,
        recipient: body.recipient,
        remark: body.remark,
        by: Person {
            account: actor.account,
            name: actor.name.clone(),
        },
        at: now,
    };
    let record = applications.deliver(&actor, id, delivery).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}
