//! The own account: who one is, password, second factor.

use axum::{Json as Answer, extract::State, http::StatusCode, response::IntoResponse};
use kernel::{Actor, Problem, Role, Scope, http::Json, ids::AccountId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CurrentSession, accounts::AccountView};
use crate::{model::End, service::Identity};

#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    id: AccountId,
    login: String,
    name: String,
    end: End,
    roles: Vec<Role>,
    role_names: Vec<&'static str>,
    permissions: Vec<&'static str>,
    scope: Scope,
    /// The enterprise for which somebody acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise_name: Option<String>,
    /// The first password is still in force: nothing else can be done before it is changed.
    must_change_password: bool,
    /// Whether a second factor is in force.
    second_factor: bool,
}

/// Who is signed in, and what the account may do.
#[utoipa::path(get, path = "/api/v1/me", tag = "identity",
    responses((status = 200, body = Me), (status = 401, body = Problem)),
    extensions(("x-permission" = json!("session"))))]
pub(super) async fn me(State(identity): State<Identity>, actor: Actor) -> Result<Answer<Me>, Problem> {
    let own = identity.own(&actor).await?;
    let names = identity
        .enterprises_of(std::slice::from_ref(&own.account))
        .await?;
    let view = AccountView::named(own.account, &names);
    Ok(Answer(Me {
        id: view.id,
        login: view.login,
        name: view.name,
        end: view.end,
        roles: view.roles,
        role_names: view.role_names,
        permissions: view.permissions,
        scope: view.scope,
        enterprise_name: view.enterprise_name,
        must_change_password: own.must_change_password,
        second_factor: own.second_factor,
    }))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct PasswordChange {
    old_password: String,
    new_password: String,
}

/// Changes the own password; all other sessions end.
#[utoipa::path(put, path = "/api/v1/me/password", tag = "identity", request_body = PasswordChange,
    responses((status = 204), (status = 422, body = Problem)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn change_password(
    State(identity): State<Identity>,
    actor: Actor,
    axum::Extension(current): axum::Extension<CurrentSession>,
    Json(body): Json<PasswordChange>,
) -> Result<StatusCode, Problem> {
    identity
        .change_password(&actor, current.0, body.old_password, body.new_password)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
pub(super) struct TotpSetup {
    /// Secret, base32.
    secret: String,
    /// `otpauth://` address for an authenticator.
    address: String,
}

/// Begins to set up a second factor; it is in force once confirmed.
#[utoipa::path(post, path = "/api/v1/me/totp", tag = "identity",
    responses((status = 201, body = TotpSetup)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn begin_totp(
    State(identity): State<Identity>,
    actor: Actor,
) -> Result<impl IntoResponse, Problem> {
    let (secret, address) = identity.begin_totp(&actor).await?;
    Ok((StatusCode::CREATED, Answer(TotpSetup { secret, address })))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct Code {
    /// Six digits.
    code: String,
}

/// Puts the second factor in force.
#[utoipa::path(put, path = "/api/v1/me/totp", tag = "identity", request_body = Code,
    responses((status = 204), (status = 401, body = Problem)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn confirm_totp(
    State(identity): State<Identity>,
    actor: Actor,
    Json(body): Json<Code>,
) -> Result<StatusCode, Problem> {
    identity.confirm_totp(&actor, &body.code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the second factor out of force.
#[utoipa::path(post, path = "/api/v1/me/totp/removal", tag = "identity", request_body = Code,
    responses((status = 204), (status = 401, body = Problem)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn remove_totp(
    State(identity): State<Identity>,
    actor: Actor,
    Json(body): Json<Code>,
) -> Result<StatusCode, Problem> {
    identity.remove_totp(&actor, &body.code).await?;
    Ok(StatusCode::NO_CONTENT)
}
