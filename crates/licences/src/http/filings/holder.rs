//! What the holder files.

use axum::extract::State;
use codes::RegionCode;
use kernel::{
    Actor, LegalDate, Moment, Problem,
    http::{IfMatch, Json, Path},
    ids::{ApplicationId, LicenceId},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Filed, FilingView, changed, created};
use crate::{
    model::FilingId,
    service::{Licences, NewDamage, NewWorkElsewhere},
};

#[derive(Deserialize, ToSchema)]
pub(super) struct PostingRequest {
    /// Where the certificate hangs.
    place: String,
}

/// 悬挂确认: the certificate handed over is posted.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/postings", tag = "licences", params(("id" = Uuid, Path)),
    request_body = PostingRequest,
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
pub(super) async fn confirm_posting(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
    Json(body): Json<PostingRequest>,
) -> Filed {
    let filing = licences.confirm_posting(&actor, id, version, body.place).await?;
    changed(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
pub(super) struct SelfCheckRequest {
    /// Posted, whole and legible.
    intact: bool,
    /// What was found; needed when it is not intact.
    #[serde(default)]
    findings: String,
}

/// 月度自查: once a month. Damage starts the hours within which the exchange is begun.
#[utoipa::path(post, path = "/api/v1/licences/{id}/self-checks", tag = "licences", params(("id" = Uuid, Path)),
    request_body = SelfCheckRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
pub(super) async fn self_check(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<SelfCheckRequest>,
) -> Filed {
    let filing = licences
        .self_check(&actor, id, body.intact, body.findings)
        .await?;
    created(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
pub(super) struct DamageRequest {
    /// When it happened.
    happened_at: Moment,
    /// What happened.
    cause: String,
    /// By a disaster: a stand-in may be issued.
    disaster: bool,
}

/// 损毁报告.
#[utoipa::path(post, path = "/api/v1/licences/{id}/damages", tag = "licences", params(("id" = Uuid, Path)),
    request_body = DamageRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
pub(super) async fn report_damage(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<DamageRequest>,
) -> Filed {
    let new = NewDamage {
        happened_at: body.happened_at,
        cause: body.cause,
        disaster: body.disaster,
    };
    let filing = licences.report_damage(&actor, id, new).await?;
    created(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
pub(super) struct ExchangeRequest {
    /// The application by which the exchange was begun.
    application: Option<ApplicationId>,
}

/// 启动换证: the exchange of a damaged paper was begun.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/exchanges", tag = "licences", params(("id" = Uuid, Path)),
    request_body = ExchangeRequest,
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
pub(super) async fn begin_exchange(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
    Json(body): Json<ExchangeRequest>,
) -> Filed {
    let filing = licences
        .begin_exchange(&actor, id, version, body.application)
        .await?;
    changed(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
pub(super) struct LossRequest {
    /// Legal day of the loss.
    on: LegalDate,
    /// How it was lost.
    circumstances: String,
}

/// 遗失声明: made public for the days of the rules.
#[utoipa::path(post, path = "/api/v1/licences/{id}/losses", tag = "licences", params(("id" = Uuid, Path)),
    request_body = LossRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
pub(super) async fn declare_loss(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<LossRequest>,
) -> Filed {
    let filing = licences
        .declare_loss(&actor, id, body.on, body.circumstances)
        .await?;
    created(&licences, &actor, filing).await
}

/// 找回: the lost paper was found before it was replaced.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/recoveries", tag = "licences", params(("id" = Uuid, Path)),
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
pub(super) async fn found(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
) -> Filed {
    let filing = licences.found_again(&actor, id, version).await?;
    changed(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
pub(super) struct WorkElsewhereRequest {
    /// GB/T 2260 code of the place of work.
    #[schema(value_type = String)]
    region: RegionCode,
    /// The place.
    place: String,
    /// What is done there.
    project: String,
    /// Who answers for safety there.
    responsible: String,
    /// First day.
    from: LegalDate,
    /// Last day as planned.
    until: LegalDate,
}

/// 异地作业备案.
#[utoipa::path(post, path = "/api/v1/licences/{id}/works-elsewhere", tag = "licences", params(("id" = Uuid, Path)),
    request_body = WorkElsewhereRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
pub(super) async fn work_elsewhere(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<WorkElsewhereRequest>,
) -> Filed {
    let new = NewWorkElsewhere {
        region: body.region,
        place: body.place,
        project: body.project,
        responsible: body.responsible,
        from: body.from,
        until: body.until,
    };
    let filing = licences.file_work_elsewhere(&actor, id, new).await?;
    created(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
pub(super) struct EmergencyUseRequest {
    /// Legal day.
    on: LegalDate,
    /// Where and what for.
    purpose: String,
}

/// 应急使用备案.
#[utoipa::path(post, path = "/api/v1/licences/{id}/emergency-uses", tag = "licences", params(("id" = Uuid, Path)),
    request_body = EmergencyUseRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
pub(super) async fn emergency_use(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<EmergencyUseRequest>,
) -> Filed {
    let filing = licences
        .file_emergency_use(&actor, id, body.on, body.purpose)
        .await?;
    created(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
pub(super) struct OwedReportRequest {
    /// What it says.
    text: String,
}

/// The report that was owed: completion of work elsewhere, or an emergency use.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/reports", tag = "licences", params(("id" = Uuid, Path)),
    request_body = OwedReportRequest,
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
pub(super) async fn report(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
    Json(body): Json<OwedReportRequest>,
) -> Filed {
    let filing = licences.report(&actor, id, version, body.text).await?;
    changed(&licences, &actor, filing).await
}
