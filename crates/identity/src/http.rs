//! Routes and wire types of identity.

use std::collections::BTreeMap;

use axum::{
    Json as Answer,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use kernel::{
    Actor, LegalDate, Moment, Page, PageQuery, Problem, Role, Scope,
    http::{IfMatch, IfMatchHeader, Json, Path, Query, Versioned},
    ids::AccountId,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    model::{
        Account, AccountChange, AccountFilter, AccountState, End, NewAccount, Qualification, Session,
        SessionId,
    },
    service::Identity,
};

/// Name of the session cookie.
pub const COOKIE: &str = "anxu_session";

/// The routes of this capability.
pub fn router(identity: Identity) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(sign_in, sessions, sign_out_everywhere))
        .routes(routes!(sign_out))
        .routes(routes!(end_session))
        .routes(routes!(me))
        .routes(routes!(change_password))
        .routes(routes!(begin_totp, confirm_totp))
        .routes(routes!(remove_totp))
        .routes(routes!(roles))
        .routes(routes!(accounts, create_account))
        .routes(routes!(account, change_account))
        .routes(routes!(reset_password))
        .routes(routes!(qualifications, add_qualification))
        .with_state(identity)
}

/// The session of the present request, put into it by the server.
#[derive(Clone, Copy, Debug)]
pub struct CurrentSession(pub SessionId);

#[derive(Deserialize, ToSchema)]
struct SignInRequest {
    /// Login name.
    login: String,
    /// Password.
    password: String,
    /// Six-digit code of the second factor, where one is set up.
    code: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct SignInAnswer {
    /// Send it as `Authorization: Bearer …`; browsers use the cookie instead.
    token: String,
    expires_at: Moment,
    must_change_password: bool,
    account: AccountView,
}

#[derive(Serialize, ToSchema)]
struct AccountView {
    id: AccountId,
    version: i64,
    login: String,
    name: String,
    end: End,
    roles: Vec<Role>,
    /// Chinese names of the roles.
    role_names: Vec<&'static str>,
    /// What the account may do.
    permissions: Vec<&'static str>,
    scope: Scope,
    /// The enterprise for which somebody acts, where lists and pages of accounts show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise_name: Option<String>,
    region: String,
    phone: Option<String>,
    state: AccountState,
    created_at: Moment,
}

impl AccountView {
    fn named(account: Account, enterprises: &BTreeMap<Uuid, String>) -> Self {
        let own = account.scope.enterprise;
        Self {
            enterprise_name: own.and_then(|own| enterprises.get(&own).cloned()),
            ..Self::from(account)
        }
    }
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        let mut permissions: Vec<_> = account
            .roles
            .iter()
            .flat_map(|role| role.permissions())
            .map(|p| p.as_str())
            .collect();
        permissions.sort_unstable();
        permissions.dedup();
        Self {
            id: account.id,
            version: account.version,
            login: account.login,
            name: account.name,
            end: account.end,
            role_names: account.roles.iter().map(|role| role.chinese()).collect(),
            permissions,
            roles: account.roles,
            scope: account.scope,
            enterprise_name: None,
            region: account.region,
            phone: account.phone,
            state: account.state,
            created_at: account.created_at,
        }
    }
}

/// Signs in. Five wrong passwords in a row lock the account for a quarter of an hour.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "identity", request_body = SignInRequest,
    responses((status = 201, body = SignInAnswer), (status = 401, body = Problem), (status = 429, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
async fn sign_in(
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
struct SessionView {
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
async fn sessions(
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
async fn sign_out_everywhere(State(identity): State<Identity>, actor: Actor) -> Result<StatusCode, Problem> {
    identity.end_session(&actor, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the present session.
#[utoipa::path(delete, path = "/api/v1/sessions/current", tag = "identity",
    responses((status = 204)), extensions(("x-permission" = json!("session"))))]
async fn sign_out(
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
async fn end_session(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, Problem> {
    identity.end_session(&actor, Some(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct Me {
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
async fn me(State(identity): State<Identity>, actor: Actor) -> Result<Answer<Me>, Problem> {
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
struct PasswordChange {
    old_password: String,
    new_password: String,
}

/// Changes the own password; all other sessions end.
#[utoipa::path(put, path = "/api/v1/me/password", tag = "identity", request_body = PasswordChange,
    responses((status = 204), (status = 422, body = Problem)), extensions(("x-permission" = json!("session"))))]
async fn change_password(
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
struct TotpSetup {
    /// Secret, base32.
    secret: String,
    /// `otpauth://` address for an authenticator.
    address: String,
}

/// Begins to set up a second factor; it is in force once confirmed.
#[utoipa::path(post, path = "/api/v1/me/totp", tag = "identity",
    responses((status = 201, body = TotpSetup)), extensions(("x-permission" = json!("session"))))]
async fn begin_totp(State(identity): State<Identity>, actor: Actor) -> Result<impl IntoResponse, Problem> {
    let (secret, address) = identity.begin_totp(&actor).await?;
    Ok((StatusCode::CREATED, Answer(TotpSetup { secret, address })))
}

#[derive(Deserialize, ToSchema)]
struct Code {
    /// Six digits.
    code: String,
}

/// Puts the second factor in force.
#[utoipa::path(put, path = "/api/v1/me/totp", tag = "identity", request_body = Code,
    responses((status = 204), (status = 401, body = Problem)), extensions(("x-permission" = json!("session"))))]
async fn confirm_totp(
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
async fn remove_totp(
    State(identity): State<Identity>,
    actor: Actor,
    Json(body): Json<Code>,
) -> Result<StatusCode, Problem> {
    identity.remove_totp(&actor, &body.code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A role with what it may do.
#[derive(Serialize, ToSchema)]
struct RoleView {
    key: Role,
    name: &'static str,
    /// Held by people of an enterprise; all others belong to authorities.
    enterprise: bool,
    permissions: Vec<PermissionView>,
}

/// An act that a role may do.
#[derive(Serialize, ToSchema)]
struct PermissionView {
    key: &'static str,
    name: &'static str,
}

/// The roles that an account can hold.
#[utoipa::path(get, path = "/api/v1/roles", tag = "identity",
    responses((status = 200, body = Vec<RoleView>)), extensions(("x-permission" = json!("accounts:read"))))]
async fn roles() -> Answer<Vec<RoleView>> {
    let view = |role: &Role| RoleView {
        key: *role,
        name: role.chinese(),
        enterprise: role.is_enterprise(),
        permissions: role
            .permissions()
            .iter()
            .map(|one| PermissionView {
                key: one.as_str(),
                name: one.chinese(),
            })
            .collect(),
    };
    Answer(Role::ALL.iter().map(view).collect())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AccountQuery {
    /// Part of login name or name.
    q: Option<String>,
    /// Only accounts of this end.
    end: Option<End>,
    /// Only accounts that hold this role.
    role: Option<Role>,
    /// Only accounts in this state.
    state: Option<AccountState>,
    /// Only accounts administered under this region or within it (GB/T 2260).
    region: Option<String>,
    /// Rows on a page.
    limit: Option<u64>,
    /// Cursor.
    cursor: Option<String>,
}

/// Accounts within the scope.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "identity", params(AccountQuery),
    responses((status = 200, body = Page<AccountView>)), extensions(("x-permission" = json!("accounts:read"))))]
async fn accounts(
    State(identity): State<Identity>,
    actor: Actor,
    Query(query): Query<AccountQuery>,
) -> Result<Answer<Page<AccountView>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let wanted = AccountFilter {
        text: query.q.filter(|text| !text.trim().is_empty()),
        end: query.end,
        role: query.role,
        state: query.state,
        region: query.region,
    };
    let rows = identity
        .accounts(&actor, &wanted, page.after()?, page.limit())
        .await?;
    let rows = Page::cut(rows, page.limit(), |account| account.login.clone());
    let names = identity.enterprises_of(&rows.items).await?;
    Ok(Answer(rows.map(|account| AccountView::named(account, &names))))
}

#[derive(Deserialize, ToSchema)]
struct AccountRequest {
    login: String,
    name: String,
    end: End,
    roles: Vec<Role>,
    /// GB/T 2260 codes of the regions in reach.
    #[serde(default)]
    regions: Vec<String>,
    /// Department key.
    department: Option<String>,
    /// Enterprise, for accounts of the enterprise end.
    enterprise: Option<Uuid>,
    /// Region under which the account is administered.
    region: String,
    phone: Option<String>,
    /// First password; it has to be changed at the first login.
    password: String,
}

/// Makes an account.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "identity", request_body = AccountRequest,
    responses((status = 201, body = AccountView), (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("accounts:manage"))))]
async fn create_account(
    State(identity): State<Identity>,
    actor: Actor,
    Json(body): Json<AccountRequest>,
) -> Result<Versioned<AccountView>, Problem> {
    let new = NewAccount {
        login: body.login,
        name: body.name,
        end: body.end,
        roles: body.roles,
        scope: Scope {
            regions: body.regions,
            department: body.department,
            enterprise: body.enterprise,
        },
        region: body.region,
        phone: body.phone,
        password: body.password,
        must_change_password: true,
    };
    let account = identity.create(&actor, new).await?;
    Ok(Versioned(StatusCode::CREATED, account.version, account.into()))
}

/// One account.
#[utoipa::path(get, path = "/api/v1/accounts/{id}", tag = "identity", params(("id" = Uuid, Path)),
    responses((status = 200, body = AccountView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("accounts:read"))))]
async fn account(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<AccountId>,
) -> Result<Versioned<AccountView>, Problem> {
    let account = identity.account(&actor, id).await?;
    let names = identity.enterprises_of(std::slice::from_ref(&account)).await?;
    Ok(Versioned(
        StatusCode::OK,
        account.version,
        AccountView::named(account, &names),
    ))
}

#[derive(Deserialize, ToSchema)]
struct AccountChangeRequest {
    name: String,
    roles: Vec<Role>,
    #[serde(default)]
    regions: Vec<String>,
    department: Option<String>,
    enterprise: Option<Uuid>,
    phone: Option<String>,
    state: AccountState,
}

/// Changes an account; needs `If-Match`.
#[utoipa::path(put, path = "/api/v1/accounts/{id}", tag = "identity", params(("id" = Uuid, Path), IfMatchHeader),
    request_body = AccountChangeRequest,
    responses((status = 200, body = AccountView), (status = 412, body = Problem), (status = 428, body = Problem)),
    extensions(("x-permission" = json!("accounts:manage"))))]
async fn change_account(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<AccountId>,
    IfMatch(version): IfMatch,
    Json(body): Json<AccountChangeRequest>,
) -> Result<Versioned<AccountView>, Problem> {
    let change = AccountChange {
        name: body.name,
        roles: body.roles,
        scope: Scope {
            regions: body.regions,
            department: body.department,
            enterprise: body.enterprise,
        },
        phone: body.phone,
        state: body.state,
    };
    let account = identity.change(&actor, id, version, change).await?;
    Ok(Versioned(StatusCode::OK, account.version, account.into()))
}

#[derive(Deserialize, ToSchema)]
struct PasswordReset {
    password: String,
}

/// Gives an account a new first password and unlocks it.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/password-resets", tag = "identity", params(("id" = Uuid, Path)),
    request_body = PasswordReset, responses((status = 204), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("accounts:manage"))))]
async fn reset_password(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<AccountId>,
    Json(body): Json<PasswordReset>,
) -> Result<StatusCode, Problem> {
    identity.reset_password(&actor, id, body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct QualificationView {
    id: Uuid,
    number: String,
    field: String,
    issuer: String,
    valid_from: LegalDate,
    valid_until: LegalDate,
}

impl From<Qualification> for QualificationView {
    fn from(q: Qualification) -> Self {
        Self {
            id: q.id.into(),
            number: q.number,
            field: q.field,
            issuer: q.issuer,
            valid_from: q.valid_from,
            valid_until: q.valid_until,
        }
    }
}

/// Qualifications of an officer.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/qualifications", tag = "identity", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<QualificationView>)), extensions(("x-permission" = json!("accounts:read"))))]
async fn qualifications(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<AccountId>,
) -> Result<Answer<Vec<QualificationView>>, Problem> {
    let held = identity.qualifications(&actor, id).await?;
    Ok(Answer(held.into_iter().map(QualificationView::from).collect()))
}

#[derive(Deserialize, ToSchema)]
struct QualificationRequest {
    /// Number of the officer's certificate.
    number: String,
    /// Industry key such as `hazchem`, or `all`.
    field: String,
    issuer: String,
    valid_from: LegalDate,
    valid_until: LegalDate,
}

/// Enters a qualification of an officer.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/qualifications", tag = "identity", params(("id" = Uuid, Path)),
    request_body = QualificationRequest,
    responses((status = 201, body = QualificationView), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("accounts:manage"))))]
async fn add_qualification(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<AccountId>,
    Json(body): Json<QualificationRequest>,
) -> Result<impl IntoResponse, Problem> {
    let valid = (body.valid_from, body.valid_until);
    let added = identity
        .add_qualification(&actor, id, body.number, body.field, body.issuer, valid)
        .await?;
    Ok((StatusCode::CREATED, Answer(QualificationView::from(added))))
}
