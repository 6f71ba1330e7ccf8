//! Qualifications of officers.

use axum::{Json as Answer, extract::State, http::StatusCode, response::IntoResponse};
use kernel::{
    Actor, LegalDate, Problem,
    http::{Json, Path},
    ids::AccountId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{model::Qualification, service::Identity};

#[derive(Serialize, ToSchema)]
pub(super) struct QualificationView {
    id: Uuid,
    number: String,
    field: String,
    issuer: String,
    valid_from: LegalDate,
    valid_until: LegalDate,
}

impl From<Qualification> for QualificationView {
    fn from(q: Qualification) -> Self {
        Self {
            id: q.id.into(),
            number: q.number,
            field: q.field,
            issuer: q.issuer,
            valid_from: q.valid_from,
            valid_until: q.valid_until,
        }
    }
}

/// Qualifications of an officer.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/qualifications", tag = "identity", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<QualificationView>)), extensions(("x-permission" = json!("accounts:read"))))]
pub(super) async fn qualifications(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<AccountId>,
) -> Result<Answer<Vec<QualificationView>>, Problem> {
    let held = identity.qualifications(&actor, id).await?;
    Ok(Answer(held.into_iter().map(QualificationView::from).collect()))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct QualificationRequest {
    /// Number of the officer's certificate.
    number: String,
    /// Industry key such as `hazchem`, or `all`.
    field: String,
    issuer: String,
    valid_from: LegalDate,
    valid_until: LegalDate,
}

/// Enters a qualification of an officer.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/qualifications", tag = "identity", params(("id" = Uuid, Path)),
    request_body = QualificationRequest,
    responses((status = 201, body = QualificationView), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("accounts:manage"))))]
pub(super) async fn add_qualification(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<AccountId>,
    Json(body): Json<QualificationRequest>,
) -> Result<impl IntoResponse, Problem> {
    let valid = (body.valid_from, body.valid_until);
    let added = identity
        .add_qualification(&actor, id, body.number, body.field, body.issuer, valid)
        .await?;
    Ok((StatusCode::CREATED, Answer(QualificationView::from(added))))
}
