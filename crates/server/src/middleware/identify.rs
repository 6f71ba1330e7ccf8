//! Puts an [`Actor`] into every request: the account behind the token, or a stranger.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, atomic::AtomicBool},
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use identity::{COOKIE, CurrentSession, Identity};
use kernel::{Actor, Problem, RequestInfo, Scope};
use sha2::{Digest, Sha256};

/// What the layer needs.
#[derive(Clone)]
pub struct Identification {
    /// The capability that knows accounts.
    pub identity: Identity,
    /// Whether `X-Forwarded-For` may be believed.
    pub behind_proxy: bool,
    /// Origin of our own pages.
    pub public_url: Arc<str>,
}

/// The account must change its password before anything else.
#[derive(Clone, Copy)]
pub struct MustChangePassword;

/// The layer.
pub async fn identify(State(state): State<Identification>, mut request: Request, next: Next) -> Response {
    let (token, by_cookie) = token(request.headers());
    if by_cookie && !is_safe(request.method()) && !same_origin(request.headers(), &state.public_url) {
        return Problem::forbidden("请求来自其他网站，已拒绝。请在本平台页面上操作。").into_response();
    }
    let found = match token {
        Some(token) => match state.identity.authenticate(&token).await {
            Ok(found) => found,
            Err(error) => return Problem::from(error).into_response(),
        },
        None => None,
    };
    let stranger = Actor {
        account: None,
        name: "公众".to_owned(),
        roles: Vec::new(),
        scope: Scope::default(),
        is_system: false,
        request: Arc::new(request_info(&request, state.behind_proxy, found.is_some())),
    };
    let mut actor = stranger.clone();
    if let Some(found) = found {
        actor = state.identity.actor(&found.account, &stranger);
        request.extensions_mut().insert(CurrentSession(found.session));
        if found.must_change_password {
            request.extensions_mut().insert(MustChangePassword);
        }
    }
    request.extensions_mut().insert(actor);
    let response = next.run(request).await;
    if state.public_url.starts_with("https://") {
        return with_secure_cookies(response);
    }
    response
}

/// Where people come by TLS, a browser never sends the session without it (RFC 6265 §4.1.2.5).
fn with_secure_cookies(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let cookies: Vec<_> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        let secure = [cookie.as_bytes(), b"; Secure"].concat();
        headers.append(
            header::SET_COOKIE,
            HeaderValue::from_bytes(&secure).unwrap_or(cookie),
        );
    }
    response
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The token and whether it came as a cookie.
fn token(headers: &HeaderMap) -> (Option<String>, bool) {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(bearer) = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")) {
        return (Some(bearer.trim().to_owned()), false);
    }
    let cookies = text(header::COOKIE).unwrap_or_default().split(';');
    let found = cookies
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE);
    (found.map(|(_, value)| value.to_owned()), true)
}

/// A browser names the origin of an unsafe request; another site's is refused.
fn same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok()) else {
        return true;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let bare = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    bare == host || public_url.trim_end_matches('/') == origin
}

/// A stranger's Idempotency-Key is not looked at: a failed login that is repeated under it has to count again.
fn request_info(request: &Request, behind_proxy: bool, is_known: bool) -> RequestInfo {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip().to_string());
    let forwarded = text("x-forwarded-for")
        .and_then(|list| list.rsplit(',').next())
        .map(|a| a.trim().to_owned());
    let address = if behind_proxy { forwarded.or(peer) } else { peer };
    let key = text("idempotency-key").filter(|key| (1..=200).contains(&key.len()));
    let is_act = is_known && request.method() == Method::POST;
    let idempotency = key.filter(|_| is_act).map(|key| {
        let route = format!("{} {}", request.method(), request.uri());
        let hash = Sha256::digest(route.as_bytes());
        (key.to_owned(), data_encoding::HEXLOWER.encode(&hash))
    });
    RequestInfo {
        id: text("x-request-id").unwrap_or_default().to_owned(),
        address: address.unwrap_or_default(),
        idempotency,
        content: Mutex::default(),
        idempotency_stored: AtomicBool::new(false),
    }
}
