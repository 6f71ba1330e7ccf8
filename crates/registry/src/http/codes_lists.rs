//! Code lists for choosing regions and industries. Public.

use axum::{Json as Answer, extract::State};
use codes::{IndustryCode, RegionCode};
use kernel::{Problem, http::Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::parameter;
use crate::service::Registry;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ParentQuery {
    /// Code directly above; the topmost entries unless given.
    parent: Option<String>,
}

/// One entry of a code list.
#[derive(Serialize, ToSchema)]
pub(super) struct CodeEntry {
    code: String,
    name: String,
    /// Names from the top down in one word.
    full_name: String,
    /// Whether there are entries below.
    has_children: bool,
}

/// Administrative divisions (GB/T 2260) directly below `parent`.
#[utoipa::path(get, path = "/api/v1/regions", tag = "registry", params(ParentQuery),
    responses((status = 200, body = Vec<CodeEntry>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
pub(super) async fn regions(
    State(registry): State<Registry>,
    Query(query): Query<ParentQuery>,
) -> Result<Answer<Vec<CodeEntry>>, Problem> {
    let parent = parameter("parent", query.parent.as_deref(), str::parse::<RegionCode>)?;
    let divisions = registry.divisions();
    let below = parent.map_or_else(|| divisions.provinces(), |parent| divisions.children(&parent));
    let entries = below.iter().map(|code| CodeEntry {
        code: code.to_string(),
        name: divisions.name(code).unwrap_or_default().to_owned(),
        full_name: registry.region_name(code),
        has_children: !divisions.children(code).is_empty(),
    });
    Ok(Answer(entries.collect()))
}

/// Industries (GB/T 4754) directly below `parent`.
#[utoipa::path(get, path = "/api/v1/industries", tag = "registry", params(ParentQuery),
    responses((status = 200, body = Vec<CodeEntry>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
pub(super) async fn industries(
    State(registry): State<Registry>,
    Query(query): Query<ParentQuery>,
) -> Result<Answer<Vec<CodeEntry>>, Problem> {
    let parent = parameter("parent", query.parent.as_deref(), str::parse::<IndustryCode>)?;
    let industries = registry.industries();
    let below = parent.map_or_else(|| industries.sections(), |parent| industries.children(&parent));
    let entries = below.iter().map(|code| CodeEntry {
        code: code.to_string(),
        name: industries.name(code).unwrap_or_default().to_owned(),
        full_name: industries.path(code).unwrap_or_default().join(" > "),
        has_children: !industries.children(code).is_empty(),
    });
    Ok(Answer(entries.collect()))
}
