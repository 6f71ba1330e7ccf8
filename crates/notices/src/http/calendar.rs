//! The calendar of duties.

use axum::{
    Json as Answer, Router,
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use kernel::{Actor, Moment, Problem, http::Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::{Notices, NoticesError};

/// Nobody keeps an answer with a secret in it, not even for a repeated request.
const UNSTORED: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// The account's calendar address.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CalendarFeed {
    /// The whole address, told once when it is made: it is only kept as a digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Since when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Moment>,
}

/// Whether the account has a calendar address.
#[utoipa::path(get, path = "/api/v1/calendar-feed", tag = "notices",
    responses((status = 200, body = CalendarFeed), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("session"))))]
pub(super) async fn show(
    State(notices): State<Notices>,
    actor: Actor,
) -> Result<Answer<CalendarFeed>, Problem> {
    let since = notices.feed(&actor).await?;
    Ok(Answer(CalendarFeed { url: None, since }))
}

/// Makes a calendar address for the account; an older one ends with it.
#[utoipa::path(post, path = "/api/v1/calendar-feed", tag = "notices",
    responses((status = 201, body = CalendarFeed), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("session"))))]
pub(super) async fn renew(
    State(notices): State<Notices>,
    actor: Actor,
) -> Result<impl IntoResponse, Problem> {
    let feed = notices.renew_feed(&actor).await?;
    let view = CalendarFeed {
        url: Some(feed.url),
        since: Some(feed.since),
    };
    Ok((StatusCode::CREATED, UNSTORED, Answer(view)))
}

/// Ends the account's calendar address.
#[utoipa::path(delete, path = "/api/v1/calendar-feed", tag = "notices",
    responses((status = 204), (status = 404, body = Problem)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn end(State(notices): State<Notices>, actor: Actor) -> Result<StatusCode, Problem> {
    notices.end_feed(&actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `/calendar/{token}.ics`: whoever knows the address reads it, without signing in, as calendar programs do.
pub(super) fn feed_router(notices: Notices) -> Router {
    Router::new()
        .route("/calendar/{file}", get(feed))
        .with_state(notices)
}

async fn feed(
    State(notices): State<Notices>,
    Path(file): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let token = file.strip_suffix(".ics").ok_or(NoticesError::NotFound("日历"))?;
    let text = notices.calendar(token).await?;
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"duties.ics\""),
    ];
    Ok((headers, text))
}
