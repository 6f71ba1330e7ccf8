//! The steps of a case.

use axum::{extract::State, http::StatusCode};
use kernel::{
    Actor, Problem,
    http::{IfMatch, Json, Path},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Case, shown, view::CaseView};
use crate::{
    model::{CaseId, Findings, Measure, StatementKind},
    service::Licences,
};

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceFindingsRequest)]
pub(super) struct FindingsRequest {
    findings: Findings,
    /// The measure with its terms; its kind stays.
    measure: Measure,
}

/// 调查结论: facts, clauses, public reason, and the terms of the measure.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/findings", tag = "licences", params(("id" = Uuid, Path)),
    request_body = FindingsRequest,
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
pub(super) async fn find(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<FindingsRequest>,
) -> Case {
    let case = licences
        .find(&actor, id, version, body.findings, body.measure)
        .await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

/// 事先告知: writes the notice; the days for the holder's voice begin when it was served.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/prior-notices", tag = "licences",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
pub(super) async fn notice(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
) -> Case {
    let case = licences.give_notice(&actor, id, version).await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceStatementRequest)]
pub(super) struct StatementRequest {
    kind: StatementKind,
    text: String,
}

/// 陈述申辩、申请听证、放弃.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/statements", tag = "licences", params(("id" = Uuid, Path)),
    request_body = StatementRequest,
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
pub(super) async fn statement(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<StatementRequest>,
) -> Case {
    let case = licences
        .record_statement(&actor, id, version, body.kind, body.text)
        .await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceHearingRequest)]
pub(super) struct HearingRequest {
    /// Who presided: nobody who investigated.
    presided: String,
    /// The record's essence.
    report: String,
}

/// 听证.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/hearings", tag = "licences", params(("id" = Uuid, Path)),
    request_body = HearingRequest,
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
pub(super) async fn hearing(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<HearingRequest>,
) -> Case {
    let case = licences
        .record_hearing(&actor, id, version, body.presided, body.report)
        .await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceProposalRequest)]
pub(super) struct ProposalRequest {
    /// Opinion, with what became of the holder's statements.
    opinion: String,
}

/// 报批.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/proposals", tag = "licences", params(("id" = Uuid, Path)),
    request_body = ProposalRequest,
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
pub(super) async fn propose(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<ProposalRequest>,
) -> Case {
    let case = licences.propose(&actor, id, version, body.opinion).await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceSanctionRequest)]
pub(super) struct SanctionRequest {
    /// True: the measure is taken. False: the case goes back.
    approve: bool,
    opinion: String,
}

/// 审批: another person than the proposer decides; approved, the measure takes effect at once.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/approvals", tag = "licences", params(("id" = Uuid, Path)),
    request_body = SanctionRequest,
    responses((status = 200, body = CaseView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:sanction"))))]
pub(super) async fn decide(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<SanctionRequest>,
) -> Case {
    let case = licences
        .decide(&actor, id, version, body.approve, body.opinion)
        .await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceCaseClosing)]
pub(super) struct ClosingRequest {
    reason: String,
}

/// 终止: ends the case without a decision.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/closures", tag = "licences", params(("id" = Uuid, Path)),
    request_body = ClosingRequest,
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
pub(super) async fn close(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<ClosingRequest>,
) -> Case {
    let case = licences.close_case(&actor, id, version, body.reason).await?;
    shown(&licences, &actor, StatusCode::OK, case)
}
