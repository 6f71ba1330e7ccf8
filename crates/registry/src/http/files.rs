//! Key staff and facilities of an enterprise.

use axum::{Json as Answer, extract::State, http::StatusCode};
use kernel::{
    Actor, LegalDate, Problem,
    http::{IfMatch, IfMatchHeader, Json, Path, Versioned},
    ids::EnterpriseId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    model::{
        Facility, FacilityDetails, FacilityId, FacilityKind, HazardLevel, Post, Staff, StaffDetails, StaffId,
    },
    rules,
    service::Registry,
};

#[derive(Serialize, ToSchema)]
pub(super) struct StaffView {
    id: StaffId,
    version: i64,
    name: String,
    post: Post,
    post_name: &'static str,
    /// Masked unless the actor keeps the file.
    identity_number: Option<String>,
    /// Masked unless the actor keeps the file.
    phone: Option<String>,
    certificate_kind: String,
    certificate_number: String,
    valid_from: Option<LegalDate>,
    valid_until: Option<LegalDate>,
    /// Day on which the person left.
    left_on: Option<LegalDate>,
}

impl StaffView {
    fn full(staff: Staff) -> Self {
        let details = staff.details;
        Self {
            id: staff.id,
            version: staff.version,
            name: details.name,
            post: details.post,
            post_name: details.post.chinese(),
            identity_number: details.identity_number,
            phone: details.phone,
            certificate_kind: details.certificate_kind,
            certificate_number: details.certificate_number,
            valid_from: details.valid_from,
            valid_until: details.valid_until,
            left_on: details.left_on,
        }
    }

    fn masked(mut staff: Staff) -> Self {
        staff.details.identity_number = rules::masked_identity(staff.details.identity_number.as_deref());
        staff.details.phone = rules::masked_phone(staff.details.phone.as_deref());
        Self::full(staff)
    }
}

/// Key staff with their certificates. Whoever keeps the file sees personal data in full; that is recorded.
#[utoipa::path(get, path = "/api/v1/enterprises/{id}/staff", tag = "registry", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<StaffView>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("enterprises:read"))))]
pub(super) async fn staff(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<EnterpriseId>,
) -> Result<Answer<Vec<StaffView>>, Problem> {
    let staff = registry.staff(&actor, id).await?;
    let has_personal = staff
        .iter()
        .any(|one| one.details.identity_number.is_some() || one.details.phone.is_some());
    if has_personal && registry.sees_personal_data(&actor, id) {
        registry.note_personal_read(&actor, id, "staff").await?;
        return Ok(Answer(staff.into_iter().map(StaffView::full).collect()));
    }
    Ok(Answer(staff.into_iter().map(StaffView::masked).collect()))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct StaffRequest {
    name: String,
    post: Post,
    /// Citizen identity number.
    identity_number: Option<String>,
    phone: Option<String>,
    /// Kind of certificate, such as 安全生产知识和管理能力考核合格证.
    #[serde(default)]
    certificate_kind: String,
    #[serde(default)]
    certificate_number: String,
    valid_from: Option<LegalDate>,
    valid_until: Option<LegalDate>,
    /// Day on which the person left.
    left_on: Option<LegalDate>,
}

impl From<StaffRequest> for StaffDetails {
    fn from(body: StaffRequest) -> Self {
        Self {
            name: body.name,
            post: body.post,
            identity_number: body.identity_number,
            phone: body.phone,
            certificate_kind: body.certificate_kind,
            certificate_number: body.certificate_number,
            valid_from: body.valid_from,
            valid_until: body.valid_until,
            left_on: body.left_on,
        }
    }
}

/// Enters a key person.
#[utoipa::path(post, path = "/api/v1/enterprises/{id}/staff", tag = "registry", params(("id" = Uuid, Path)),
    request_body = StaffRequest,
    responses((status = 201, body = StaffView), (status = 404, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("enterprises:keep"))))]
pub(super) async fn add_staff(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<EnterpriseId>,
    Json(body): Json<StaffRequest>,
) -> Result<Versioned<StaffView>, Problem> {
    let staff = registry.add_staff(&actor, id, body.into()).await?;
    Ok(Versioned(
        StatusCode::CREATED,
        staff.version,
        StaffView::full(staff),
    ))
}

/// Changes a key person, also when it leaves; needs `If-Match`.
#[utoipa::path(put, path = "/api/v1/enterprises/{id}/staff/{staff}", tag = "registry",
    params(("id" = Uuid, Path), ("staff" = Uuid, Path), IfMatchHeader), request_body = StaffRequest,
    responses((status = 200, body = StaffView), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem)),
    extensions(("x-permission" = json!("enterprises:keep"))))]
pub(super) async fn change_staff(
    State(registry): State<Registry>,
    actor: Actor,
    Path((id, staff)): Path<(EnterpriseId, StaffId)>,
    IfMatch(version): IfMatch,
    Json(body): Json<StaffRequest>,
) -> Result<Versioned<StaffView>, Problem> {
    let staff = registry
        .change_staff(&actor, id, staff, version, body.into())
        .await?;
    Ok(Versioned(StatusCode::OK, staff.version, StaffView::full(staff)))
}

#[derive(Serialize, ToSchema)]
pub(super) struct FacilityView {
    id: FacilityId,
    version: i64,
    name: String,
    kind: FacilityKind,
    kind_name: &'static str,
    /// Class within the kind, such as 储罐区.
    class: String,
    /// Level of a major hazard source.
    level: Option<HazardLevel>,
    level_name: Option<&'static str>,
    /// Record number of the filing.
    filing_number: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
    /// Day on which it was closed.
    ended_on: Option<LegalDate>,
}

impl From<Facility> for FacilityView {
    fn from(facility: Facility) -> Self {
        let details = facility.details;
        Self {
            id: facility.id,
            version: facility.version,
            name: details.name,
            kind: details.kind,
            kind_name: details.kind.chinese(),
            class: details.class,
            level: details.level,
            level_name: details.level.map(HazardLevel::chinese),
            filing_number: details.filing_number,
            longitude: details.longitude,
            latitude: details.latitude,
            ended_on: details.ended_on,
        }
    }
}

/// Facilities and major hazard sources.
#[utoipa::path(get, path = "/api/v1/enterprises/{id}/facilities", tag = "registry", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<FacilityView>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("enterprises:read"))))]
pub(super) async fn facilities(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<EnterpriseId>,
) -> Result<Answer<Vec<FacilityView>>, Problem> {
    let facilities = registry.facilities(&actor, id).await?;
    Ok(Answer(facilities.into_iter().map(FacilityView::from).collect()))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct FacilityRequest {
    name: String,
    kind: FacilityKind,
    #[serde(default)]
    class: String,
    /// Needed for a major hazard source, and only there.
    level: Option<HazardLevel>,
    filing_number: Option<String>,
    /// Degrees east, WGS 84.
    longitude: Option<f64>,
    /// Degrees north, WGS 84.
    latitude: Option<f64>,
    /// Day on which it was closed.
    ended_on: Option<LegalDate>,
}

impl From<FacilityRequest> for FacilityDetails {
    fn from(body: FacilityRequest) -> Self {
        Self {
            name: body.name,
            kind: body.kind,
            class: body.class,
            level: body.level,
            filing_number: body.filing_number,
            longitude: body.longitude,
            latitude: body.latitude,
            ended_on: body.ended_on,
        }
    }
}

/// Enters a facility or major hazard source.
#[utoipa::path(post, path = "/api/v1/enterprises/{id}/facilities", tag = "registry", params(("id" = Uuid, Path)),
    request_body = FacilityRequest,
    responses((status = 201, body = FacilityView), (status = 404, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("enterprises:keep"))))]
pub(super) async fn add_facility(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<EnterpriseId>,
    Json(body): Json<FacilityRequest>,
) -> Result<Versioned<FacilityView>, Problem> {
    let facility = registry.add_facility(&actor, id, body.into()).await?;
    Ok(Versioned(StatusCode::CREATED, facility.version, facility.into()))
}

/// Changes a facility, also when it is closed; needs `If-Match`.
#[utoipa::path(put, path = "/api/v1/enterprises/{id}/facilities/{facility}", tag = "registry",
    params(("id" = Uuid, Path), ("facility" = Uuid, Path), IfMatchHeader), request_body = FacilityRequest,
    responses((status = 200, body = FacilityView), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem)),
    extensions(("x-permission" = json!("enterprises:keep"))))]
pub(super) async fn change_facility(
    State(registry): State<Registry>,
    actor: Actor,
    Path((id, facility)): Path<(EnterpriseId, FacilityId)>,
    IfMatch(version): IfMatch,
    Json(body): Json<FacilityRequest>,
) -> Result<Versioned<FacilityView>, Problem> {
    let facility = registry
        .change_facility(&actor, id, facility, version, body.into())
        .await?;
    Ok(Versioned(StatusCode::OK, facility.version, facility.into()))
}
