//! Signing in and out.

use axum::{
    Json as Answer,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use kernel::{
    Actor, Moment, Problem,
    http::{Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accounts::AccountView;
use crate::{
    model::{Session, SessionId},
    service::Identity,
};

/// Name of the session cookie.
pub const COOKIE: &str = "anxu_session";

/// The session of the present request, put into it by the server.
#[derive(Clone, Copy, Debug)]
pub struct CurrentSession(pub SessionId);

#[derive(Deserialize, ToSchema)]
pub(super) struct SignInRequest {
    /// Login name.
    login: String,
    /// Password.
    password: String,
    /// Six-digit code of the second factor, where one is set up.
    code: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SignInAnswer {
    /// Send it as `Authorization: Bearer …`; browsers use the cookie instead.
    token: String,
    expires_at: Moment,
    must_change_password: bool,
    account: AccountView,
}

/// Signs in. Five wrong passwords in a row lock the account for a quarter of an hour.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "identity", request_body = SignInRequest,
    responses((status = 201, body = SignInAnswer), (status = 401, body = Problem), (status = 429, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
pub(super) async fn sign_in(
    State(identity): State<Identity>,
    stranger: Option<Actor>,
    headers: HeaderMap,
    Json(body): Json<SignInRequest>,
) -> Result<impl IntoResponse, Problem> {
    let stranger = stranger.ok_or_else(Problem::unauthenticated)?;
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let done = identity
        .sign_in(&stranger, &body.login, body.password, body.code.as_deref(), agent)
        .await?;
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", done.token);
    let answer = SignInAnswer {
        token: done.token,
        expires_at: done.expires_at,
        must_change_password: done.must_change_password,
        account: done.account.into(),
    };
    Ok((StatusCode::CREATED, set_cookie(&cookie), Answer(answer)))
}

fn set_cookie(cookie: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(cookie) {
        headers.insert(header::SET_COOKIE, value);
    }
    headers
}

#[derive(Serialize, ToSchema)]
pub(super) struct SessionView {
    id: SessionId,
    created_at: Moment,
    seen_at: Moment,
    expires_at: Moment,
    address: String,
    agent: String,
    /// Whether it is the one asking.
    current: bool,
}

impl SessionView {
    fn new(session: Session, current: SessionId) -> Self {
        Self {
            current: session.id == current,
            id: session.id,
            created_at: session.created_at,
            seen_at: session.seen_at,
            expires_at: session.expires_at,
            address: session.address,
            agent: session.agent,
        }
    }
}

/// Own sessions.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "identity",
    responses((status = 200, body = Vec<SessionView>)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn sessions(
    State(identity): State<Identity>,
    actor: Actor,
    axum::Extension(current): axum::Extension<CurrentSession>,
) -> Result<Answer<Vec<SessionView>>, Problem> {
    let sessions = identity.sessions(&actor).await?;
    Ok(Answer(
        sessions
            .into_iter()
            .map(|session| SessionView::new(session, current.0))
            .collect(),
    ))
}

/// Ends all own sessions.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "identity",
    responses((status = 204)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn sign_out_everywhere(
    State(identity): State<Identity>,
    actor: Actor,
) -> Result<StatusCode, Problem> {
    identity.end_session(&actor, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the present session.
#[utoipa::path(delete, path = "/api/v1/sessions/current", tag = "identity",
    responses((status = 204)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn sign_out(
    State(identity): State<Identity>,
    actor: Actor,
    axum::Extension(current): axum::Extension<CurrentSession>,
) -> Result<impl IntoResponse, Problem> {
    identity.end_session(&actor, Some(current.0)).await?;
    Ok((
        StatusCode::NO_CONTENT,
        set_cookie(&format!(
            "{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
        )),
    ))
}

/// Ends one of the own sessions.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", tag = "identity", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn end_session(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, Problem> {
    identity.end_session(&actor, Some(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
