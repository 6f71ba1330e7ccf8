//! The list as a workbook.

use axum::{extract::State, response::Response};
use kernel::{Actor, Problem, http::Query};

use super::{file, reads::ListQuery};
use crate::Applications;

/// The list as xlsx: all pages of the query.
#[utoipa::path(get, path = "/api/v1/applications.xlsx", tag = "applications", params(ListQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        body = Vec<u8>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn export(
    State(applications): State<Applications>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let (filters, _) = query.split();
    let bytes = applications.export(&actor, filters).await?;
    let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file(media_type, "许可申请.xlsx", false, bytes.into()))
}
