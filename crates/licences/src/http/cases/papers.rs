//! Evidence and papers of a case.

use axum::{
    extract::{
        Multipart, State,
        multipart::{MultipartError, MultipartRejection},
    },
    http::StatusCode,
    response::IntoResponse,
};
use bytes::Bytes;
use kernel::{
    Actor, LegalDate, Problem,
    http::{IfMatch, Json, Path, too_large},
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Case, shown, view::CaseView};
use crate::{
    http::{download, handed_in},
    model::CaseId,
    service::{CasePreview, Licences, NewService},
};

/// The form of a piece of evidence.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "describes the multipart form, which is read field by field"
)]
#[schema(as = LicenceEvidenceForm)]
pub(super) struct EvidenceForm {
    /// What it proves.
    proves: String,
    /// PDF, picture, docx, xlsx or OFD.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// 证据入卷: puts a file into the case, chained by its hash to what was put in before.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/evidence", tag = "licences", params(("id" = Uuid, Path)),
    request_body(content = EvidenceForm, content_type = "multipart/form-data"),
    responses((status = 201, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
pub(super) async fn add_evidence(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    form: Result<Multipart, MultipartRejection>,
) -> Case {
    licences.case(&actor, id).await?;
    let form = form.map_err(|_| Problem::bad_request("请以 multipart/form-data 上传文件。"))?;
    let (name, proves, bytes) = read_form(form).await?;
    let case = licences
        .add_evidence(&actor, id, version, &name, proves, bytes)
        .await?;
    shown(&licences, &actor, StatusCode::CREATED, case)
}

/// Name, what it proves, content.
pub(super) async fn read_form(mut form: Multipart) -> Result<(String, String, Bytes), Problem> {
    let (mut proves, mut file) = (String::new(), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("proves") => proves = field.text().await.map_err(broken)?,
            Some("file") if file.is_none() => {
                let name = field.file_name().unwrap_or_default().to_owned();
                file = Some((name, field.bytes().await.map_err(broken)?));
            }
            _ => {}
        }
    }
    let (name, bytes) = file.ok_or_else(|| Problem::field("file", "请选择要上传的文件"))?;
    Ok((name, proves, bytes))
}

pub(super) fn broken(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::bad_request("上传没有完整到达，请重试。")
}

/// A piece of evidence, to be looked at if it is a PDF or a picture, else to be saved.
#[utoipa::path(get, path = "/api/v1/licence-cases/{id}/evidence/{piece}", tag = "licences",
    params(("id" = Uuid, Path), ("piece" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>,
        description = "The media type is the file's own"), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
pub(super) async fn evidence(
    State(licences): State<Licences>,
    actor: Actor,
    Path((id, piece)): Path<(CaseId, Uuid)>,
) -> Result<impl IntoResponse, Problem> {
    let (known, bytes) = licences.evidence(&actor, id, piece).await?;
    Ok((handed_in(&known.blob.media_type, &known.name), bytes))
}

/// A paper of the case before it goes out, `prior_notice` or `decision`: unsigned, without a number, marked in its
/// title. What is not written yet is shown as such.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/previews/{kind}", tag = "licences",
    params(("id" = Uuid, Path), ("kind" = String, Path, description = "`prior_notice` or `decision`")),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
pub(super) async fn preview(
    State(licences): State<Licences>,
    actor: Actor,
    Path((id, kind)): Path<(CaseId, String)>,
) -> Result<impl IntoResponse, Problem> {
    licences.case(&actor, id).await?;
    let (kind, name) = match kind.as_str() {
        "prior_notice" => (CasePreview::PriorNotice, "【预览】事先告知书.pdf"),
        "decision" => (CasePreview::Decision, "【预览】决定书.pdf"),
        _ => return Err(Problem::not_found("文书")),
    };
    let pdf = licences.preview_case_paper(&actor, id, kind).await?;
    Ok((download("application/pdf", name, "inline"), pdf))
}

/// A paper of the case as signed PDF. 409 while it is being signed.
#[utoipa::path(get, path = "/api/v1/licence-cases/{id}/papers/{paper}", tag = "licences",
    params(("id" = Uuid, Path), ("paper" = Uuid, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404, body = Problem),
        (status = 409, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
pub(super) async fn paper(
    State(licences): State<Licences>,
    actor: Actor,
    Path((id, paper)): Path<(CaseId, Uuid)>,
) -> Result<impl IntoResponse, Problem> {
    let file = licences.paper(&actor, id, paper).await?;
    let name = format!("{} {}.pdf", file.title, file.number);
    Ok((download("application/pdf", &name, "inline"), file.bytes))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceServiceRequest)]
pub(super) struct ServiceRequest {
    /// How, such as 直接送达.
    method: String,
    /// Where.
    place: String,
    /// Who took it.
    recipient: String,
    /// Remark, such as why and before whom it was left.
    #[serde(default)]
    remark: String,
    /// Legal day; today unless given.
    on: Option<LegalDate>,
}

/// 送达: a paper was served; a receipt is written and signed.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/papers/{paper}/services", tag = "licences",
    params(("id" = Uuid, Path), ("paper" = Uuid, Path)), request_body = ServiceRequest,
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:deliver"))))]
pub(super) async fn serve(
    State(licences): State<Licences>,
    actor: Actor,
    Path((id, paper)): Path<(CaseId, Uuid)>,
    IfMatch(version): IfMatch,
    Json(body): Json<ServiceRequest>,
) -> Case {
    let new = NewService {
        method: body.method,
        place: body.place,
        recipient: body.recipient,
        remark: body.remark,
        on: body.on,
    };
    let case = licences.serve(&actor, id, version, paper, new).await?;
    shown(&licences, &actor, StatusCode::OK, case)
}
