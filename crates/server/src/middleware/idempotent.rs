//! Answers a repeated POST with the first answer instead of acting twice.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{
    Actor, Kernel, KernelError, Problem,
    idempotency::{self, Answer, Model},
};

use super::content::{drained, watched};

/// Answers larger than this are not kept; a retry is then told that the act is done.
const KEPT: usize = 256 * 1024;
/// The answer is kept right after the commit: how often, and how long each time, a retry that falls between waits.
const WAITS: (u32, Duration) = (40, Duration::from_millis(25));

/// The layer.
pub async fn replay(State(kernel): State<Kernel>, request: Request, next: Next) -> Response {
    let actor = request
        .extensions()
        .get::<Actor>()
        .filter(|actor| actor.account.is_some())
        .cloned();
    let Some(actor) = actor else {
        return next.run(request).await;
    };
    if actor.request.idempotency.is_some() {
        return once(&kernel, &actor, request, next)
            .await
            .unwrap_or_else(IntoResponse::into_response);
    }
    if request.method() == Method::POST && request.headers().contains_key("idempotency-key") {
        return Problem::bad_request("Idempotency-Key 应为 1 至 200 个 ASCII 字符，每项操作换一个。")
            .into_response();
    }
    next.run(request).await
}

async fn once(kernel: &Kernel, actor: &Actor, request: Request, next: Next) -> Result<Response, Problem> {
    if known(kernel, actor).await?.is_some() {
        drained(request, actor).await?;
        return repeated(kernel, actor).await;
    }
    let response = next.run(watched(request, actor).await?).await;
    if response.status().is_success() {
        return Ok(keep(kernel, actor, response).await);
    }
    // Refused, perhaps because another try under the same key came first.
    match known(kernel, actor).await? {
        Some(_) => repeated(kernel, actor).await,
        None => Ok(response),
    }
}

async fn known(kernel: &Kernel, actor: &Actor) -> Result<Option<Model>, Problem> {
    let Some((key, _)) = &actor.request.idempotency else {
        return Ok(None);
    };
    let found = idempotency::find(kernel.db(), actor, key).await;
    found.map_err(|error| KernelError::from(error).into())
}

/// The first answer, once the content is known to be the same.
async fn repeated(kernel: &Kernel, actor: &Actor) -> Result<Response, Problem> {
    let mut resource = None;
    for _ in 0..WAITS.0 {
        let Some(row) = known(kernel, actor).await? else {
            break;
        };
        if Some(&row.fingerprint) != actor.request.fingerprint().as_ref() {
            return Err(misused());
        }
        if row.status.is_some() {
            return Ok(answered(row));
        }
        resource = row.resource;
        tokio::time::sleep(WAITS.1).await;
    }
    Err(committed(resource))
}

fn misused() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency-key-reused",
        "请求标识重复",
    )
    .detail("这个 Idempotency-Key 已用于内容不同的操作，请为新的操作换一个。")
}

fn answered(row: Model) -> Response {
    let status = row
        .status
        .and_then(|code| u16::try_from(code).ok())
        .and_then(|code| StatusCode::from_u16(code).ok());
    let mut response = Response::new(Body::from(row.body.unwrap_or_default()));
    *response.status_mut() = status.unwrap_or(StatusCode::OK);
    for (name, text) in [(header::CONTENT_TYPE, row.content_type), (header::ETAG, row.etag)] {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
        .headers_mut()
        .insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}

/// The act is done, but its answer was lost with the process.
fn committed(resource: Option<String>) -> Problem {
    let problem = Problem::from(KernelError::AlreadyDone);
    match resource {
        Some(resource) => problem.with("resource", resource),
        None => problem,
    }
}

/// Keeps the answer of an act that was committed under the key.
async fn keep(kernel: &Kernel, actor: &Actor, response: Response) -> Response {
    let stored = actor
        .request
        .idempotency_stored
        .load(std::sync::atomic::Ordering::SeqCst);
    let Some((key, _)) = actor.request.idempotency.as_ref().filter(|_| stored) else {
        return response;
    };
    // What must not be stored is not kept either: a secret is told once.
    if text(response.headers(), header::CACHE_CONTROL).is_some_and(|value| value.contains("no-store")) {
        return response;
    }
    let (content_type, etag) = (
        text(response.headers(), header::CONTENT_TYPE),
        text(response.headers(), header::ETAG),
    );
    let (parts, body) = response.into_parts();
    let bytes = match to_bytes(body, 64 * 1024 * 1024).await {
        Ok(bytes) => bytes,
        Err(error) => return Problem::internal(&error).into_response(),
    };
    if bytes.len() <= KEPT {
        let answer = Answer {
            status: parts.status.as_u16(),
            content_type,
            etag,
            body: bytes.to_vec(),
        };
        if let Err(error) = idempotency::keep_answer(kernel.db(), actor, key, answer).await {
            tracing::warn!(%error, "answer not kept for retries");
        }
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    value.to_str().ok().map(str::to_owned)
}
