//! Timestamps from an outside authority over HTTP (RFC 3161, 3.4).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use certificate::{TimestampFault, TimestampSource};

/// A client of an RFC 3161 service.
#[derive(Debug, Clone)]
pub struct HttpStamps {
    url: String,
    client: reqwest::Client,
}

impl HttpStamps {
    /// A client of the service at `url`.
    pub fn new(url: String) -> Self {
        Self {
            url,
            client: reqwest::Client::new(),
        }
    }
}

#[async_trait]
impl TimestampSource for HttpStamps {
    async fn answer(&self, request: &[u8]) -> Result<Vec<u8>, TimestampFault> {
        let fault = |error: reqwest::Error| TimestampFault::Source(error.to_string());
        let response = self
            .client
            .post(&self.url)
            .timeout(Duration::from_secs(20))
            .header("content-type", "application/timestamp-query")
            .body(request.to_vec())
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(fault)?;
        Ok(response.bytes().await.map_err(fault)?.to_vec())
    }
}

/// A source whose answers are timed for the metrics.
pub(crate) struct Timed(pub(crate) Arc<dyn TimestampSource>);

#[async_trait]
impl TimestampSource for Timed {
    async fn answer(&self, request: &[u8]) -> Result<Vec<u8>, TimestampFault> {
        let begun = Instant::now();
        let answer = self.0.answer(request).await;
        crate::took("stamp", begun);
        if answer.is_err() {
            metrics::counter!("anxu_timestamp_failures_total").increment(1);
        }
        answer
    }
}
