//! `/tsa` (RFC 3161 over HTTP) and `/pki`: what outsiders need to check our signatures.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kernel::{Kernel, Problem};
use press::Press;

#[derive(Clone)]
struct Services {
    kernel: Kernel,
    press: Press,
}

/// The routes.
pub fn router(kernel: Kernel, press: Press) -> Router {
    Router::new()
        .route("/tsa", post(timestamp))
        .route("/pki/ca.crt", get(ca))
        .route("/pki/crl.der", get(crl))
        .with_state(Services { kernel, press })
}

async fn timestamp(State(services): State<Services>, request: Bytes) -> Response {
    match services
        .press
        .timestamp(&request, services.kernel.now().instant())
    {
        Ok(answer) => ([(header::CONTENT_TYPE, "application/timestamp-reply")], answer).into_response(),
        Err(error) => Problem::internal(&error).into_response(),
    }
}

async fn ca(State(services): State<Services>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/x-pem-file")],
        services.press.ca_bundle(),
    )
}

async fn crl(State(services): State<Services>) -> Response {
    match services.press.crl() {
        Some(list) => ([(header::CONTENT_TYPE, "application/pkix-crl")], list).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
