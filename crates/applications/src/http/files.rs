//! Files and documents.

use axum::{
    extract::{
        Multipart, State,
        multipart::{MultipartError, MultipartRejection},
    },
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{
    Actor, LegalDate, Problem,
    http::{Json, Path, Query, too_large},
    ids::ApplicationId,
};
use matters::PauseCause;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    acts::{CorrectionItemRequest, UnmetRequest},
    file, shown,
};
use crate::{
    Applications, ApplicationsError, PreviewContent,
    model::{DocumentId, FileId},
    rules::HandingOver,
};

use super::wire::ApplicationView;

/// The form of an upload.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "describes the multipart form, which is read field by field"
)]
struct UploadForm {
    /// The file; type and size as the material says.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Adds a file to a material. Its type is recognised by content; several files a material are possible.
#[utoipa::path(post, path = "/api/v1/applications/{id}/materials/{material}/files", tag = "applications",
    params(("id" = Uuid, Path), ("material" = String, Path)),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = ApplicationView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:draft"))))]
pub(super) async fn upload(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, material)): Path<(ApplicationId, String)>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let mut form = form.map_err(|_| Problem::bad_request("请以 multipart/form-data 上传文件。"))?;
    let mut upload = applications.begin_upload(&actor, id, &material).await?;
    let mut name = None;
    // The form is read to its end before anything is kept: what did not arrive whole never becomes a file.
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") || name.is_some() {
            continue;
        }
        name = Some(field.file_name().unwrap_or_default().to_owned());
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            upload.push(&chunk).map_err(ApplicationsError::from)?;
        }
    }
    let name = name.ok_or_else(|| Problem::field("file", "请选择要上传的文件"))?;
    let (record, _) = applications.finish_upload(&actor, id, upload, &name).await?;
    Ok(shown(&applications, &actor, StatusCode::CREATED, record)
        .await?
        .into_response())
}

fn broken(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::bad_request("上传没有完整到达，请重试。")
}

/// A file handed in.
#[utoipa::path(get, path = "/api/v1/applications/{id}/files/{file}", tag = "applications",
    params(("id" = Uuid, Path), ("file" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn download(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, wanted)): Path<(ApplicationId, FileId)>,
) -> Result<Response, Problem> {
    let (known, bytes) = applications.file(&actor, id, wanted).await?;
    Ok(file(&known.blob.media_type, &known.name, false, bytes))
}

/// Takes a file out again.
#[utoipa::path(delete, path = "/api/v1/applications/{id}/files/{file}", tag = "applications",
    params(("id" = Uuid, Path), ("file" = Uuid, Path)),
    responses((status = 200, body = ApplicationView), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("applications:draft"))))]
pub(super) async fn remove(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, wanted)): Path<(ApplicationId, FileId)>,
) -> Result<Response, Problem> {
    let record = applications.remove_file(&actor, id, wanted).await?;
    Ok(shown(&applications, &actor, StatusCode::OK, record)
        .await?
        .into_response())
}

/// A document of the procedure as signed PDF. 409 while it is being signed.
#[utoipa::path(get, path = "/api/v1/applications/{id}/documents/{document}", tag = "applications",
    params(("id" = Uuid, Path), ("document" = Uuid, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404, body = Problem),
        (status = 409, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn document(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, wanted)): Path<(ApplicationId, DocumentId)>,
) -> Result<Response, Problem> {
    let document = applications.document(&actor, id, wanted).await?;
    let name = format!("{} {}.pdf", document.title, document.number);
    let mut response = file("application/pdf", &name, true, document.bytes);
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", document.sha256)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PreviewQuery {
    /// The reason or conclusion as far as it is written.
    reason: Option<String>,
}

/// A document before it goes out: unsigned, titled 【预览】, not numbered.
#[utoipa::path(get, path = "/api/v1/applications/{id}/previews/{kind}", tag = "applications",
    params(("id" = Uuid, Path), ("kind" = String, Path, description = "Key of the document, such as `grant`"),
        PreviewQuery),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn preview(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, kind)): Path<(ApplicationId, String)>,
    Query(query): Query<PreviewQuery>,
) -> Result<Response, Problem> {
    let content = PreviewContent {
        reason: query.reason,
        ..PreviewContent::default()
    };
    let bytes = applications.preview(&actor, id, &kind, content).await?;
    Ok(file("application/pdf", "【预览】.pdf", true, bytes))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewRequest {
    /// The reason or conclusion as far as it is written.
    reason: Option<String>,
    /// Clauses in words.
    legal_basis: Option<String>,
    /// Where to apply instead.
    competent_authority: Option<String>,
    /// Scope that is granted.
    scope: Option<Vec<String>>,
    /// What has to be mended, for a correction notice.
    #[serde(default)]
    items: Vec<CorrectionItemRequest>,
    /// Conditions that are not met, for a refusal.
    #[serde(default)]
    unmet: Vec<UnmetRequest>,
    /// Why the clock stops.
    cause: Option<PauseCause>,
    /// Until when it stands still.
    expected_until: Option<LegalDate>,
    /// By how many days the period is extended, in the unit of the matter; the longest unless given.
    days: Option<u32>,
    /// Day of a delivery.
    on: Option<LegalDate>,
    /// Place of a delivery.
    place: Option<String>,
    /// Way of a delivery.
    method: Option<String>,
    /// Who takes what is delivered.
    recipient: Option<String>,
    /// Remark on a delivery.
    remark: Option<String>,
}

/// The same with everything that the officer has written so far: list, clauses, unmet conditions. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/applications/{id}/previews/{kind}", tag = "applications",
    params(("id" = Uuid, Path), ("kind" = String, Path, description = "Key of the document, such as `correction`")),
    request_body = PreviewRequest,
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn preview_written(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, kind)): Path<(ApplicationId, String)>,
    Json(body): Json<PreviewRequest>,
) -> Result<Response, Problem> {
    let content = PreviewContent {
        reason: body.reason,
        legal_basis: body.legal_basis,
        competent_authority: body.competent_authority,
        scope: body.scope,
        items: body.items.into_iter().map(Into::into).collect(),
        unmet: body.unmet.into_iter().map(Into::into).collect(),
        cause: body.cause,
        expected_until: body.expected_until,
        days: body.days,
        delivery: HandingOver {
            on: body.on,
            place: body.place,
            method: body.method,
            recipient: body.recipient,
            remark: body.remark,
        },
    };
    let bytes = applications.preview(&actor, id, &kind, content).await?;
    Ok(file("application/pdf", "【预览】.pdf", true, bytes))
}
