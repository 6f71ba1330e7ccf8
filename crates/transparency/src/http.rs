//! Routes of the evidence log: the C2SP endpoints for monitors, events and proofs for people.

use axum::{
    Json as Answer, Router,
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use evidence::TilePath;
use kernel::{
    Actor, Moment, Page, PageQuery, Problem,
    event::{Event, EventFilter},
    http::{Path, Query},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    model::Proof,
    service::{Transparency, TransparencyError},
};

/// `/log/…` exactly as C2SP tlog-tiles has it.
pub fn log_router(log: Transparency) -> Router {
    Router::new()
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/tile/{*path}", get(tile))
        .with_state(log)
}

/// The API of this capability.
pub fn router(log: Transparency) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(events))
        .routes(routes!(proof))
        .routes(routes!(about))
        .with_state(log)
}

async fn checkpoint(State(log): State<Transparency>) -> Result<impl IntoResponse, Problem> {
    let note = log.checkpoint().await?;
    Ok((
        [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=2"),
        ],
        note,
    ))
}

async fn tile(
    State(log): State<Transparency>,
    Path(path): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let path = TilePath::parse(&path).map_err(|_| TransparencyError::NotFound)?;
    let bytes = log.tile(path).await?;
    let headers: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((StatusCode::OK, headers, bytes))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EventQuery {
    /// Type of the aggregate; goes with `subject_id`.
    subject_type: Option<String>,
    /// Identifier of the aggregate.
    subject_id: Option<Uuid>,
    /// Enterprise concerned.
    enterprise: Option<Uuid>,
    /// Account that acted.
    account: Option<Uuid>,
    /// Beginning of the kind, e.g. `application.`.
    kind: Option<String>,
    /// Not before.
    since: Option<Moment>,
    /// Before.
    until: Option<Moment>,
    /// Rows on a page.
    limit: Option<u64>,
    /// Cursor.
    cursor: Option<String>,
}

/// Something that was done, and to what.
#[derive(Serialize, ToSchema)]
struct EventEntry {
    #[serde(flatten)]
    event: Event,
    /// What its subject is called: a number, a title, a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_name: Option<String>,
}

/// What was done on the platform, newest first.
#[utoipa::path(get, path = "/api/v1/events", tag = "evidence", params(EventQuery),
    responses((status = 200, body = Page<EventEntry>)), extensions(("x-permission" = json!("audit:read"))))]
async fn events(
    State(log): State<Transparency>,
    actor: Actor,
    Query(query): Query<EventQuery>,
) -> Result<Answer<Page<EventEntry>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let filter = EventFilter {
        subject: query.subject_type.zip(query.subject_id),
        enterprise: query.enterprise,
        account: query.account,
        kind_prefix: query.kind,
        since: query.since,
        until: query.until,
        ..EventFilter::default()
    };
    let rows = log.events(&actor, &filter, page.after()?, page.limit()).await?;
    let names = log.names(&rows).await?;
    let found = Page::cut(rows, page.limit(), |event| event.seq);
    Ok(Answer(found.map(|event| EventEntry {
        subject_name: names.get(&event.body.subject_id).cloned(),
        event,
    })))
}

/// Proof that an event is in the public log.
#[utoipa::path(get, path = "/api/v1/events/{id}/proof", tag = "evidence", params(("id" = Uuid, Path)),
    responses((status = 200, body = Proof), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("audit:read"))))]
async fn proof(State(log): State<Transparency>, Path(id): Path<Uuid>) -> Result<Answer<Proof>, Problem> {
    Ok(Answer(log.prove(id).await?))
}

#[derive(Serialize, ToSchema)]
struct LogDescription {
    /// Origin line of the checkpoints.
    origin: String,
    /// Verifier key in the form of signed-note.
    verifier_key: String,
    /// Newest signed checkpoint.
    checkpoint: String,
}

/// What a monitor needs to follow the log.
#[utoipa::path(get, path = "/api/v1/public/evidence-log", tag = "evidence",
    responses((status = 200, body = LogDescription)), extensions(("x-permission" = json!("public"))))]
async fn about(State(log): State<Transparency>) -> Result<Answer<LogDescription>, Problem> {
    Ok(Answer(LogDescription {
        origin: log.origin(),
        verifier_key: log.verifier_key(),
        checkpoint: log.checkpoint().await?,
    }))
}
