//! The applicant's side.

use axum::{Json as Answer, extract::State, http::StatusCode};
use kernel::{
    Actor, Problem,
    http::{IfMatch, Json, Path, Versioned},
    ids::{ApplicationId, EnterpriseId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    shown,
    wire::{ApplicationView, Reason},
};
use crate::{Applications, NewDraft, model::Form, rules::Gap};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftRequest {
    /// Matter key such as `hazchem.first_issue`.
    matter: String,
    /// The applicant; enterprise accounts may leave it out.
    enterprise: Option<Uuid>,
}

/// Begins a draft, prefilled from the registry.
#[utoipa::path(post, path = "/api/v1/applications", tag = "applications", request_body = DraftRequest,
    responses((status = 201, body = ApplicationView), (status = 404, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:draft"))))]
pub(super) async fn create(
    State(applications): State<Applications>,
    actor: Actor,
    Json(body): Json<DraftRequest>,
) -> Result<Versioned<ApplicationView>, Problem> {
    let matter = body.matter.parse();
    let matter =
        matter.map_err(|error: matters::BadMatterKey| Problem::field("matter", error.to_string()))?;
    let new = NewDraft {
        matter,
        enterprise: body.enterprise.map(EnterpriseId),
    };
    let record = applications.draft(&actor, new).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

/// Saves the form of a draft, or of a correction that asks for it; needs `If-Match`.
#[utoipa::path(put, path = "/api/v1/applications/{id}/form", tag = "applications", params(("id" = Uuid, Path)),
    request_body = Form,
    responses((status = 200, body = ApplicationView), (status = 409, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem)),
    extensions(("x-permission" = json!("applications:draft"))))]
pub(super) async fn save(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    IfMatch(version): IfMatch,
    Json(form): Json<Form>,
) -> Result<Versioned<ApplicationView>, Problem> {
    let record = applications.save_form(&actor, id, version, form).await?;
    shown(&applications, &actor, StatusCode::OK, record).await
}

#[derive(Serialize, ToSchema)]
pub(super) struct Completeness {
    /// Nothing is missing: it can be handed in.
    complete: bool,
    /// What is missing, with the clause that asks for it.
    missing: Vec<Gap>,
}

/// What is still missing before the application can be handed in.
#[utoipa::path(get, path = "/api/v1/applications/{id}/completeness", tag = "applications",
    params(("id" = Uuid, Path)), responses((status = 200, body = Completeness), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn completeness(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
) -> Result<Answer<Completeness>, Problem> {
    let missing = applications.completeness(&actor, id).await?;
    Ok(Answer(Completeness {
        complete: missing.is_empty(),
        missing,
    }))
}

/// Hands the draft in, or the mended application in again.
#[utoipa::path(post, path = "/api/v1/applications/{id}/submissions", tag = "applications",
    params(("id" = Uuid, Path)),
    responses((status = 201, body = ApplicationView), (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:draft"))))]
pub(super) async fn submit(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
) -> Result<Versioned<ApplicationView>, Problem> {
    let record = applications.submit(&actor, id).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

/// Withdraws the application; possible until the decision.
#[utoipa::path(post, path = "/api/v1/applications/{id}/withdrawals", tag = "applications",
    params(("id" = Uuid, Path)), request_body = Reason,
    responses((status = 201, body = ApplicationView), (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:draft"))))]
pub(super) async fn withdraw(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<Reason>,
) -> Result<Versioned<ApplicationView>, Problem> {
    let record = applications.withdraw(&actor, id, body.reason).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}
