//! What the authority does about papers.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use kernel::{
    Actor, Problem,
    http::{IfMatch, Json, Path, Versioned},
    ids::LicenceId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Filed, FilingView, changed, created};
use crate::{
    model::FilingId,
    service::{Licences, NewHandover},
};

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceHandoverRequest)]
pub(super) struct HandoverRequest {
    /// Who took it.
    recipient: String,
    /// How the recipient proved to be entitled, such as 法定代表人身份证、委托书.
    identity: String,
    /// How, such as 窗口领取.
    method: String,
    /// Where.
    place: String,
}

/// 发放: hands the certificate in force over. Posting is to be confirmed within the days of the rules.
#[utoipa::path(post, path = "/api/v1/licences/{id}/handovers", tag = "licences", params(("id" = Uuid, Path)),
    request_body = HandoverRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:deliver"))))]
pub(super) async fn hand_over(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<HandoverRequest>,
) -> Filed {
    let new = NewHandover {
        recipient: body.recipient,
        identity: body.identity,
        method: body.method,
        place: body.place,
    };
    let filing = licences.hand_over(&actor, id, new).await?;
    created(&licences, &actor, filing).await
}

/// A stand-in was issued.
#[derive(Serialize, ToSchema)]
pub(super) struct StandInIssued {
    /// The licence that stands in; its certificate is made by a job.
    licence: LicenceId,
    filing: FilingView,
}

/// 应急使用许可证: stands in for a licence damaged by a disaster, for the days of the rules.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/stand-ins", tag = "licences", params(("id" = Uuid, Path)),
    responses((status = 201, body = StandInIssued), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem)),
    extensions(("x-permission" = json!("licences:deliver"))))]
pub(super) async fn stand_in(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
) -> Result<impl IntoResponse, Problem> {
    let (filing, licence) = licences.issue_stand_in(&actor, id, version).await?;
    let version = filing.version;
    let filing = FilingView::one(&licences, &actor, filing).await?;
    Ok(Versioned(
        StatusCode::CREATED,
        version,
        StandInIssued { licence, filing },
    ))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct AnnualReviewRequest {
    /// The year under review.
    year: i32,
    /// Its result, such as 合格.
    result: String,
    /// Opinion of the reviewer.
    opinion: String,
}

/// 年度复核: its line is printed on a further edition of the duplicate.
#[utoipa::path(post, path = "/api/v1/licences/{id}/annual-reviews", tag = "licences", params(("id" = Uuid, Path)),
    request_body = AnnualReviewRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
pub(super) async fn annual_review(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<AnnualReviewRequest>,
) -> Filed {
    let filing = licences
        .review_year(&actor, id, body.year, body.result, body.opinion)
        .await?;
    created(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
pub(super) struct PapersReturned {
    /// What was handed in, such as 正本1份、副本1份.
    papers: String,
}

/// 收回登记: papers asked back were handed in.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/paper-returns", tag = "licences",
    params(("id" = Uuid, Path)), request_body = PapersReturned,
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:deliver"))))]
pub(super) async fn take_back(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
    Json(body): Json<PapersReturned>,
) -> Filed {
    let filing = licences.take_back(&actor, id, version, body.papers).await?;
    changed(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
pub(super) struct DestructionRequest {
    /// How, such as 碎纸机粉碎.
    method: String,
}

/// 销毁: the first of two people.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/destructions", tag = "licences",
    params(("id" = Uuid, Path)), request_body = DestructionRequest,
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:deliver"))))]
pub(super) async fn destroy(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
    Json(body): Json<DestructionRequest>,
) -> Filed {
    let filing = licences.destroy(&actor, id, version, body.method).await?;
    changed(&licences, &actor, filing).await
}

/// 监销: the second of two people, never the first.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/destruction-witnesses", tag = "licences",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
pub(super) async fn witness(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
) -> Filed {
    let filing = licences.witness_destruction(&actor, id, version).await?;
    changed(&licences, &actor, filing).await
}
