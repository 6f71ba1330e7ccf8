//! Imports of enterprises.

use axum::{
    Json as Answer,
    extract::{DefaultBodyLimit, Multipart, State, multipart::MultipartError},
    http::StatusCode,
    response::IntoResponse,
};
use bytes::Bytes;
use kernel::{
    Actor, FieldError, Page, PageQuery, Problem,
    http::{Path, Query},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{attachment, xlsx};
use crate::{
    model::ImportId,
    service::import::{ErrorFormat, ImportOptions, ImportReport, IssueKind, errors::message},
    service::{Registry, RegistryError},
};

/// Routes of the import; only the upload takes large bodies.
pub(super) fn router(registry: &Registry) -> OpenApiRouter<Registry> {
    let limit = registry.settings.limits.upload_mb.saturating_add(1) * 1024 * 1024;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let upload = OpenApiRouter::new()
        .routes(routes!(start, imports))
        .layer(DefaultBodyLimit::max(limit));
    OpenApiRouter::new()
        .merge(upload)
        .routes(routes!(import))
        .routes(routes!(cancel))
        .routes(routes!(issues))
        .routes(routes!(errors_xlsx))
        .routes(routes!(errors_csv))
}

/// The form of an upload.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "describes the multipart form, which is read field by field"
)]
struct ImportForm {
    /// xlsx, or csv in UTF-8, GBK/GB 18030 or UTF-16.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// `true`: only tell what would happen.
    dry_run: Option<bool>,
    /// `true`: change enterprises that are registered already where the file says otherwise.
    update: Option<bool>,
    /// GB/T 2260 code for rows whose region neither a column nor the code tells.
    default_region: Option<String>,
    /// JSON such as `{"name": "单位", "code": "证号"}`: headers that are not guessed.
    columns: Option<String>,
}

struct Upload {
    name: String,
    bytes: Bytes,
    options: ImportOptions,
}

async fn read_form(mut form: Multipart, limit_mb: u64) -> Result<Upload, Problem> {
    let broken = |error: MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let message = format!("文件超过允许的 {limit_mb} MB，请拆分后再上传");
            return Problem::from(RegistryError::BadFile(message));
        }
        Problem::bad_request("上传没有完整到达，请重试。")
    };
    let mut file = None;
    let mut options = ImportOptions::default();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let file_name = field.file_name().unwrap_or("未命名").to_owned();
            file = Some((file_name, field.bytes().await.map_err(broken)?));
            continue;
        }
        let text = field.text().await.map_err(broken)?;
        read_option(&mut options, &name, text.trim())?;
    }
    let (name, bytes) = file.ok_or_else(|| Problem::field("file", "请选择要导入的 xlsx 或 csv 文件"))?;
    Ok(Upload { name, bytes, options })
}

fn read_option(options: &mut ImportOptions, name: &str, text: &str) -> Result<(), RegistryError> {
    let fault = |message: &str| RegistryError::Invalid(vec![FieldError::new(name, message)]);
    let flag = || match text {
        "true" | "1" | "on" => Ok(true),
        "false" | "0" | "" => Ok(false),
        _ => Err(fault("请填写 true 或 false")),
    };
    match name {
        "dry_run" => options.dry_run = flag()?,
        "update" => options.update = flag()?,
        "default_region" => options.default_region = (!text.is_empty()).then(|| text.to_owned()),
        "columns" if !text.is_empty() => {
            options.columns = serde_json::from_str(text)
                .map_err(|_| fault("指定的列应为 JSON，如 {\"name\": \"单位名称\"}"))?;
        }
        _ => {}
    }
    Ok(())
}

/// Takes a file in; a job does the work. Follow it under the returned identifier.
#[utoipa::path(post, path = "/api/v1/enterprise-imports", tag = "registry",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 202, body = ImportReport), (status = 400, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("enterprises:import"))))]
async fn start(
    State(registry): State<Registry>,
    actor: Actor,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<impl IntoResponse, Problem> {
    let form = form.map_err(|_| Problem::bad_request("请以 multipart/form-data 上传文件。"))?;
    let upload = read_form(form, registry.settings.limits.upload_mb).await?;
    let report = registry
        .start_import(&actor, &upload.name, upload.bytes, upload.options)
        .await?;
    Ok((StatusCode::ACCEPTED, Answer(report)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RunsQuery {
    /// Rows on a page, 1 to 200; 20 unless given.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Own imports, newest first.
#[utoipa::path(get, path = "/api/v1/enterprise-imports", tag = "registry", params(RunsQuery),
    responses((status = 200, body = Page<ImportReport>)), extensions(("x-permission" = json!("enterprises:import"))))]
async fn imports(
    State(registry): State<Registry>,
    actor: Actor,
    Query(query): Query<RunsQuery>,
) -> Result<Answer<Page<ImportReport>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    Ok(Answer(registry.imports(&actor, &page).await?))
}

/// One import with its progress and counts.
#[utoipa::path(get, path = "/api/v1/enterprise-imports/{id}", tag = "registry", params(("id" = Uuid, Path)),
    responses((status = 200, body = ImportReport), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("enterprises:import"))))]
async fn import(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<ImportId>,
) -> Result<Answer<ImportReport>, Problem> {
    Ok(Answer(registry.import(&actor, id).await?))
}

/// Asks an import to stop. Rows taken before stay.
#[utoipa::path(post, path = "/api/v1/enterprise-imports/{id}/cancellation", tag = "registry",
    params(("id" = Uuid, Path)),
    responses((status = 202, body = ImportReport), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("enterprises:import"))))]
async fn cancel(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<ImportId>,
) -> Result<impl IntoResponse, Problem> {
    let report = registry.cancel_import(&actor, id).await?;
    Ok((StatusCode::ACCEPTED, Answer(report)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct IssueQuery {
    /// Only of this kind.
    kind: Option<IssueKind>,
    /// Rows on a page, 1 to 200; 20 unless given.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What an import has to say about a row.
#[derive(Serialize, ToSchema)]
struct IssueView {
    /// Line as the spreadsheet program shows it.
    line: u64,
    kind: IssueKind,
    /// Original cells, in the order of the columns.
    cells: Vec<String>,
    /// By field.
    faults: Vec<FieldError>,
    /// The same in one sentence, under the headers of the file.
    message: String,
}

/// Refused, warned and skipped rows, in the order of the file.
#[utoipa::path(get, path = "/api/v1/enterprise-imports/{id}/issues", tag = "registry",
    params(("id" = Uuid, Path), IssueQuery),
    responses((status = 200, body = Page<IssueView>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("enterprises:import"))))]
async fn issues(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<ImportId>,
    Query(query): Query<IssueQuery>,
) -> Result<Answer<Page<IssueView>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let after = page.after()?.unwrap_or(0);
    let (run, issues) = registry
        .import_issues(&actor, id, query.kind, after, page.limit() + 1)
        .await?;
    let issues = Page::cut(issues, page.limit(), |issue| issue.place);
    Ok(Answer(issues.map(|issue| IssueView {
        line: issue.line,
        kind: issue.kind,
        message: message(&run.report.columns, &issue.faults),
        cells: issue.cells,
        faults: issue.faults,
    })))
}

/// The refused rows with a column that says what to mend, as xlsx; mend it and send it again.
#[utoipa::path(get, path = "/api/v1/enterprise-imports/{id}/errors.xlsx", tag = "registry",
    params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>),
        (status = 404, body = Problem)),
    extensions(("x-permission" = json!("enterprises:import"))))]
async fn errors_xlsx(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<ImportId>,
) -> Result<impl IntoResponse, Problem> {
    let bytes = registry.import_errors(&actor, id, ErrorFormat::Xlsx).await?;
    Ok(xlsx("import-errors.xlsx", bytes))
}

/// The same as csv (UTF-8 with byte order mark).
#[utoipa::path(get, path = "/api/v1/enterprise-imports/{id}/errors.csv", tag = "registry",
    params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "text/csv", body = Vec<u8>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("enterprises:import"))))]
async fn errors_csv(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<ImportId>,
) -> Result<impl IntoResponse, Problem> {
    let bytes = registry.import_errors(&actor, id, ErrorFormat::Csv).await?;
    Ok(attachment("import-errors.csv", "text/csv; charset=utf-8", bytes))
}
