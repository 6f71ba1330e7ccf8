//! Serves the pages over an invented register, to look at them: `cargo run -p public --example preview [PORT]`.

// The invented register is shared with the tests.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../tests/all/support.rs"]
#[allow(dead_code)]
mod support;

use axum::{Router, http::HeaderMap};
use kernel::Problem;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args().nth(1).map_or(Ok(8090), |port| port.parse())?;
    let public = support::service(false);
    let (api, openapi) = public::router(public.clone()).split_for_parts();
    let docs = public::docs(public.site(), &serde_json::to_value(&openapi)?);
    let (lost, broken) = (public.clone(), public.clone());
    let app = Router::new()
        .route(
            "/broken",
            axum::routing::get(|asked: HeaderMap| async move {
                broken.problem_page(&Problem::internal(&std::fmt::Error), &asked)
            }),
        )
        .merge(public::pages(public))
        .merge(api)
        .merge(docs)
        .fallback(|asked: HeaderMap| async move { lost.not_found_page(&asked) });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, app).await?;
    Ok(())
}
