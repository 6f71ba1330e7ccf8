//! The certificate before it is signed.

use axum::{extract::State, response::IntoResponse};
use kernel::{
    Actor, Problem,
    http::{Path, Query},
    ids::ApplicationId,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::download;
use crate::{Edition, service::Licences};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SpecimenQuery {
    /// `original` 正本 (unless given) or `duplicate` 副本.
    #[param(value_type = Option<String>)]
    edition: Option<Edition>,
    /// 许可范围, one phrase a line; the one applied for unless given.
    scope: Option<String>,
}

/// The certificate as a grant today would make it: marked 样张, not numbered, sealed or signed. For those who review
/// and decide, while the application is before them.
#[utoipa::path(get, path = "/api/v1/applications/{id}/previews/certificate", tag = "licences",
    params(("id" = Uuid, Path), SpecimenQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn specimen(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Query(query): Query<SpecimenQuery>,
) -> Result<impl IntoResponse, Problem> {
    let edition = query.edition.unwrap_or(Edition::Original);
    let lines = |text: String| text.lines().map(str::trim).map(str::to_owned).collect();
    let scope = query.scope.map(lines);
    let pdf = licences.specimen(&actor, id, scope, edition).await?;
    let name = format!("【样张】安全生产许可证（{}）.pdf", edition.chinese());
    Ok((download("application/pdf", &name, "inline"), pdf))
}
