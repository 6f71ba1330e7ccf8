//! Deny by default: an operation runs only when its declared permission is held.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{Actor, Permission, Problem, access::Forbidden};

use super::identify::MustChangePassword;
use crate::access_table::{AccessTable, Requirement};

/// The layer.
pub async fn enforce(State(table): State<Arc<AccessTable>>, request: Request, next: Next) -> Response {
    match check(&table, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn check(table: &AccessTable, request: &Request) -> Result<(), Problem> {
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map(MatchedPath::as_str)
        .unwrap_or_default();
    let Some(requirement) = table.requirement(request.method(), path) else {
        return Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "不支持的操作",
        )
        .detail("该地址不支持这种请求方法，请查阅接口说明 /api/docs。"));
    };
    let Requirement::Permission(permission) = requirement else {
        return Ok(());
    };
    let actor = request
        .extensions()
        .get::<Actor>()
        .filter(|actor| actor.account.is_some());
    let actor = actor.ok_or_else(Problem::unauthenticated)?;
    if !actor.may(permission) {
        return Err(Forbidden(permission).into());
    }
    let confined = request.extensions().get::<MustChangePassword>().is_some();
    if confined && !(permission == Permission::OwnAccount && is_own_password(request.method(), path)) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "password-change-required",
            "请先修改初始密码",
        )
        .detail("首次登录须先修改密码，修改后即可继续办理。"));
    }
    Ok(())
}

fn is_own_password(method: &Method, path: &str) -> bool {
    method == Method::GET || path == "/api/v1/me/password" || path.starts_with("/api/v1/sessions")
}
