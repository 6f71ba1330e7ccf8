//! Counts and times every request by route, for `/metrics`.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::Response,
};
use metrics::{counter, gauge, histogram};

/// A request under way; also one whose client went away is counted out.
struct UnderWay;

impl UnderWay {
    fn begin() -> Self {
        gauge!("anxu_http_requests_in_flight").increment(1.0);
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        gauge!("anxu_http_requests_in_flight").decrement(1.0);
    }
}

/// The layer.
pub async fn measure(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "other".to_owned(), |p| p.as_str().to_owned());
    let (method, start, _under_way) = (known(request.method()), Instant::now(), UnderWay::begin());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let labels = [
        ("method", method.to_owned()),
        ("route", route),
        ("status", status),
    ];
    counter!("anxu_http_requests_total", &labels).increment(1);
    histogram!("anxu_http_request_seconds", &labels).record(start.elapsed().as_secs_f64());
    response
}

/// Methods that anybody may make up must not become series of their own.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
