//! Liveness, readiness, metrics.

use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use kernel::Kernel;
use metrics_exporter_prometheus::PrometheusHandle;

#[derive(Clone)]
struct Health {
    kernel: Kernel,
    metrics: PrometheusHandle,
}

/// `/healthz`, `/readyz`, `/metrics`.
pub fn router(kernel: Kernel, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics_text))
        .with_state(Health { kernel, metrics })
}

/// Ready when the database answers.
async fn ready(State(health): State<Health>) -> impl IntoResponse {
    match health.kernel.db().ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "database\n")
        }
    }
}

async fn metrics_text(State(health): State<Health>) -> String {
    health.metrics.render()
}
