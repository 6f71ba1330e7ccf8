//! 重点监管 as it is shown, and its end by an officer.

use axum::{extract::State, http::StatusCode};
use kernel::{
    Actor, LegalDate, Moment, Problem,
    http::{IfMatch, IfMatchHeader, Json, Path, Versioned},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    model::{EndedBy, Watch, WatchId, WatchSource},
    service::Registry,
};

/// Why an enterprise is supervised more closely.
#[derive(Serialize, ToSchema)]
#[schema(as = EnterpriseWatch)]
pub(crate) struct WatchView {
    id: WatchId,
    version: i64,
    /// Stable name of the ground, e.g. `licence_expired`.
    ground: String,
    ground_name: String,
    /// What takes the enterprise off the list.
    remedy: String,
    /// The clauses.
    basis: Vec<String>,
    /// First day of the ground, e.g. the day after the licence's last.
    since: LegalDate,
    /// When the enterprise was listed.
    listed_at: Moment,
    source: SourceView,
    /// When it was taken off the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Moment>,
    /// Why an officer took it off.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_reason: Option<String>,
}

/// What the ground lies in.
#[derive(Serialize, ToSchema)]
#[schema(as = EnterpriseWatchSource)]
struct SourceView {
    /// `licence`.
    kind: String,
    id: Uuid,
    /// How people call it, e.g. the number of the licence.
    label: String,
}

impl WatchView {
    pub(super) fn new(registry: &Registry, watch: Watch) -> Self {
        let ground = registry.ground(&watch.ground);
        let (ended_at, by) = watch.end.map(|end| (end.at, end.by)).unzip();
        let WatchSource { kind, id, label } = watch.source;
        Self {
            id: watch.id,
            version: watch.version,
            ground_name: ground.map_or_else(|| watch.ground.clone(), |ground| ground.name.clone()),
            remedy: ground.map(|ground| ground.remedy.clone()).unwrap_or_default(),
            basis: ground.map(|ground| ground.basis.clone()).unwrap_or_default(),
            ground: watch.ground,
            since: watch.since,
            listed_at: watch.begun_at,
            source: SourceView { kind, id, label },
            ended_at,
            end_reason: match by {
                Some(EndedBy::Officer(reason)) => Some(reason),
                _ => None,
            },
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[schema(as = EnterpriseWatchClosing)]
pub(super) struct ClosingRequest {
    /// Why, e.g. 已停产、已注销.
    reason: String,
}

/// Takes an enterprise off the list for closer supervision before its ground is gone; needs `If-Match`.
#[utoipa::path(post, path = "/api/v1/enterprise-watches/{id}/closures", operation_id = "end_watch", tag = "registry",
    params(("id" = Uuid, Path), IfMatchHeader), request_body = ClosingRequest,
    responses((status = 200, body = WatchView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
pub(super) async fn end(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<WatchId>,
    IfMatch(version): IfMatch,
    Json(body): Json<ClosingRequest>,
) -> Result<Versioned<WatchView>, Problem> {
    let watch = registry.end_watch(&actor, id, version, &body.reason).await?;
    Ok(Versioned(
        StatusCode::OK,
        watch.version,
        WatchView::new(&registry, watch),
    ))
}
