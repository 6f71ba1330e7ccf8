//! Accounts and roles, administered.

use std::collections::BTreeMap;

use axum::{Json as Answer, extract::State, http::StatusCode};
use kernel::{
    Actor, Moment, Page, PageQuery, Problem, Role, Scope,
    http::{IfMatch, IfMatchHeader, Json, Path, Query, Versioned},
    ids::AccountId,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    model::{Account, AccountChange, AccountFilter, AccountState, End, NewAccount},
    service::Identity,
};

#[derive(Serialize, ToSchema)]
pub(super) struct AccountView {
    pub(super) id: AccountId,
    pub(super) version: i64,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) end: End,
    pub(super) roles: Vec<Role>,
    /// Chinese names of the roles.
    pub(super) role_names: Vec<&'static str>,
    /// What the account may do.
    pub(super) permissions: Vec<&'static str>,
    pub(super) scope: Scope,
    /// The enterprise for which somebody acts, where lists and pages of accounts show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) enterprise_name: Option<String>,
    pub(super) region: String,
    pub(super) phone: Option<String>,
    pub(super) state: AccountState,
    pub(super) created_at: Moment,
}

impl AccountView {
    pub(super) fn named(account: Account, enterprises: &BTreeMap<Uuid, String>) -> Self {
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

/// A role with what it may do.
#[derive(Serialize, ToSchema)]
pub(super) struct RoleView {
    key: Role,
    name: &'static str,
    /// Held by people of an enterprise; all others belong to authorities.
    enterprise: bool,
    permissions: Vec<PermissionView>,
}

/// An act that a role may do.
#[derive(Serialize, ToSchema)]
pub(super) struct PermissionView {
    key: &'static str,
    name: &'static str,
}

/// The roles that an account can hold.
#[utoipa::path(get, path = "/api/v1/roles", tag = "identity",
    responses((status = 200, body = Vec<RoleView>)), extensions(("x-permission" = json!("accounts:read"))))]
pub(super) async fn roles() -> Answer<Vec<RoleView>> {
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
pub(super) struct AccountQuery {
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
pub(super) async fn accounts(
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
pub(super) struct AccountRequest {
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
pub(super) async fn create_account(
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
pub(super) async fn account(
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
pub(super) struct AccountChangeRequest {
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
pub(super) async fn change_account(
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
pub(super) struct PasswordReset {
    password: String,
}

/// Gives an account a new first password and unlocks it.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/password-resets", tag = "identity", params(("id" = Uuid, Path)),
    request_body = PasswordReset, responses((status = 204), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("accounts:manage"))))]
pub(super) async fn reset_password(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<AccountId>,
    Json(body): Json<PasswordReset>,
) -> Result<StatusCode, Problem> {
    identity.reset_password(&actor, id, body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}
