//! A bare axum handler: what HTTP alone costs.

use std::net::SocketAddr;

use axum::{Router, http::header, routing::get};
use bytes::Bytes;

use crate::Outcome;

/// How to serve.
#[derive(clap::Args)]
pub struct Args {
    /// Address.
    #[arg(long)]
    listen: SocketAddr,
    /// Bytes of the body.
    #[arg(long)]
    bytes: usize,
}

/// Serves until it is killed.
pub async fn serve(args: Args) -> Outcome<()> {
    let body = Bytes::from(vec![b'x'; args.bytes]);
    let answer = move || {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], body) }
    };
    let router = Router::new().route("/{*path}", get(answer));
    let listener = tokio::net::TcpListener::bind(args.listen).await?;
    Ok(axum::serve(listener, router).await?)
}
