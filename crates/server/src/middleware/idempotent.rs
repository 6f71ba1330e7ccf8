//! Answers a repeated POST with the first answer instead of acting twice.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{
    Actor, Kernel, Problem,
    idempotency::{self, Known},
};

/// Answers larger than this are not kept; a retry is then told that the act is done.
const KEPT: usize = 256 * 1024;

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
    let Some((key, fingerprint)) = actor.request.idempotency.clone() else {
        return next.run(request).await;
    };
    match idempotency::look_up(kernel.db(), &actor, &key, &fingerprint).await {
        Ok(Known::New) => {}
        Ok(Known::Misused) => {
            return Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "请求标识重复",
            )
            .detail("这个 Idempotency-Key 已用于另一项操作，请为新的操作换一个。")
            .into_response();
        }
        Ok(Known::Answered(row)) => return answered(row),
        Ok(Known::Committed(resource)) => return committed(resource),
        Err(error) => return Problem::from(kernel::KernelError::from(error)).into_response(),
    }
    keep(&kernel, &actor, &key, next.run(request).await).await
}

fn answered(row: idempotency::Model) -> Response {
    let status = row
        .status
        .and_then(|code| u16::try_from(code).ok())
        .and_then(|code| StatusCode::from_u16(code).ok());
    let mut response = Response::new(Body::from(row.body.unwrap_or_default()));
    *response.status_mut() = status.unwrap_or(StatusCode::OK);
    if let Some(value) = row
        .content_type
        .and_then(|text| HeaderValue::from_str(&text).ok())
    {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
        .headers_mut()
        .insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}

fn committed(resource: Option<String>) -> Response {
    let mut problem = Problem::from(kernel::KernelError::AlreadyDone);
    if let Some(resource) = resource {
        problem = problem.with("resource", resource);
    }
    problem.into_response()
}

/// Keeps the answer of an act that was committed under the key.
async fn keep(kernel: &Kernel, actor: &Actor, key: &str, response: Response) -> Response {
    let stored = actor
        .request
        .idempotency_stored
        .load(std::sync::atomic::Ordering::SeqCst);
    if !stored || !response.status().is_success() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let bytes = match to_bytes(body, 64 * 1024 * 1024).await {
        Ok(bytes) => bytes,
        Err(error) => return Problem::internal(&error).into_response(),
    };
    if bytes.len() <= KEPT {
        let content_type = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let kept = idempotency::keep_answer(
            kernel.db(),
            actor,
            key,
            parts.status.as_u16(),
            content_type,
            bytes.to_vec(),
        );
        if let Err(error) = kept.await {
            tracing::warn!(%error, "answer not kept for retries");
        }
    }
    Response::from_parts(parts, Body::from(bytes))
}
