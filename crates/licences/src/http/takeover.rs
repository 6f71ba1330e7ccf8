//! What administrators do: licences of the register before, certificates that are still missing, numbers given up.

use axum::{Json as Answer, extract::State, http::StatusCode, response::IntoResponse};
use codes::{LicenceIdentifier, LicenceNumber, RegionCode, SubjectCode};
use kernel::{
    Actor, LegalDate, Problem,
    http::{Json, Path, Versioned},
    ids::{EnterpriseId, LicenceId},
};
use matters::Industry;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::LicenceView;
use crate::{
    model::{DirectIssue, Holder, Period},
    service::Licences,
};

#[derive(Deserialize, ToSchema)]
pub(super) struct TakeOverRequest {
    /// At most 1,000; all are taken over or none.
    licences: Vec<OldLicence>,
}

/// A licence of the register kept before the platform.
#[derive(Deserialize, ToSchema)]
pub(super) struct OldLicence {
    /// Number in any bracket style.
    #[schema(value_type = String)]
    number: LicenceNumber,
    /// Electronic identifier, if it has one.
    #[schema(value_type = Option<String>)]
    identifier: Option<LicenceIdentifier>,
    enterprise: EnterpriseId,
    holder: OldHolder,
    industry: Industry,
    scope: Vec<String>,
    valid_from: LegalDate,
    valid_until: LegalDate,
    issued_on: LegalDate,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct OldHolder {
    name: String,
    /// Unified social credit code, or registration number.
    #[schema(value_type = String)]
    code: SubjectCode,
    address: String,
    legal_representative: String,
    economic_type: String,
    /// GB/T 2260 code.
    #[schema(value_type = String)]
    region: RegionCode,
}

impl From<OldLicence> for DirectIssue {
    fn from(old: OldLicence) -> Self {
        Self {
            number: old.number,
            identifier: old.identifier,
            enterprise: old.enterprise,
            holder: Holder {
                name: old.holder.name,
                code: old.holder.code,
                address: old.holder.address,
                legal_representative: old.holder.legal_representative,
                economic_type: old.holder.economic_type,
                region: old.holder.region,
            },
            industry: old.industry,
            scope: old.scope,
            validity: Period {
                from: old.valid_from,
                until: old.valid_until,
            },
            issued_on: old.issued_on,
            demo: false,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct TakenOver {
    /// The licences in the order of the request.
    licences: Vec<LicenceId>,
}

/// Takes licences over that were issued before the platform.
#[utoipa::path(post, path = "/api/v1/licences/takeovers", tag = "licences", request_body = TakeOverRequest,
    responses((status = 201, body = TakenOver), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:take_over"))))]
pub(super) async fn take_over(
    State(licences): State<Licences>,
    actor: Actor,
    Json(body): Json<TakeOverRequest>,
) -> Result<impl IntoResponse, Problem> {
    let old = body.licences.into_iter().map(DirectIssue::from).collect();
    let licences = licences.issue_many_directly(&actor, old).await?;
    Ok((StatusCode::CREATED, Answer(TakenOver { licences })))
}

#[derive(Serialize, ToSchema)]
pub(super) struct PressStarted {
    /// Licences without a certificate.
    missing: u64,
}

/// Starts the job that makes the certificates of all licences without one.
#[utoipa::path(post, path = "/api/v1/licences/certificate-runs", tag = "licences",
    responses((status = 202, body = PressStarted)), extensions(("x-permission" = json!("licences:take_over"))))]
pub(super) async fn press(
    State(licences): State<Licences>,
    actor: Actor,
) -> Result<impl IntoResponse, Problem> {
    licences.press_missing(&actor).await?;
    let missing = licences.missing_certificates().await?;
    Ok((StatusCode::ACCEPTED, Answer(PressStarted { missing })))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct VoidRequest {
    /// Why the number will not be used.
    reason: String,
}

/// Gives a reserved number up; it stays explained.
#[utoipa::path(post, path = "/api/v1/licences/{id}/voiding", tag = "licences", params(("id" = Uuid, Path)),
    request_body = VoidRequest,
    responses((status = 200, body = LicenceView), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("licences:take_over"))))]
pub(super) async fn void(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<VoidRequest>,
) -> Result<Versioned<LicenceView>, Problem> {
    let voided = licences.void(&actor, id, &body.reason).await?;
    Ok(Versioned(
        StatusCode::OK,
        voided.facts().version,
        LicenceView::new(&licences, voided, None, &actor),
    ))
}
