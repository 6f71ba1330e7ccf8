//! Reads a refused request to its end, so that the refusal arrives (RFC 9112 §9.6).
//!
//! A client that is still sending when the connection closes loses the answer: it would see a broken connection
//! instead of “the file is too large”.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::{
    body::{Body, BodyDataStream},
    extract::Request,
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use futures::{Stream, StreamExt};

/// What is read of a refused request at most, in bytes. Whoever sends more is cut off.
const MOST: usize = 256 * 1024 * 1024;

/// The body, read by the handler as far as it likes and by this layer after it.
#[derive(Clone)]
struct Shared(Arc<Mutex<BodyDataStream>>);

impl Stream for Shared {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body.poll_next_unpin(context)
    }
}

/// The layer.
pub async fn hear_out(request: Request, next: Next) -> Response {
    if !sends_at_once(request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let mut shared = Shared(Arc::new(Mutex::new(body.into_data_stream())));
    let request = Request::from_parts(parts, Body::from_stream(shared.clone()));
    let response = next.run(request).await;
    if !response.status().is_success() {
        let mut read = 0;
        while let Some(Ok(bytes)) = shared.next().await {
            read += bytes.len();
            if read > MOST {
                break;
            }
        }
    }
    response
}

/// Whether there is a body that is not held back until the server asks for it (`Expect: 100-continue`).
fn sends_at_once(headers: &HeaderMap) -> bool {
    let sends = headers.contains_key(header::TRANSFER_ENCODING)
        || headers
            .get(header::CONTENT_LENGTH)
            .is_some_and(|length| length != "0");
    sends && !headers.contains_key(header::EXPECT)
}
