//! A request that takes too long is answered as a problem like any other, and what it was doing ends.

use std::time::Duration;

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::Problem;

/// Longest time until an answer begins. Uploads and workbooks of a whole province fit into it.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// The layer.
pub async fn answer_in_time(request: Request, next: Next) -> Response {
    within(PATIENCE, next.run(request)).await
}

async fn within(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(limit, answer).await {
        Ok(response) => response,
        Err(_) => late().into_response(),
    }
}

fn late() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", "处理超时")
        .detail("请求在五分钟内没有处理完。请缩小范围或者拆分后重试；办理类操作请先刷新，确认是否已经完成。")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_late_answer_is_a_problem() {
        let late = within(Duration::from_millis(1), std::future::pending()).await;
        assert_eq!(late.status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(
            late.headers()["content-type"],
            "application/problem+json; charset=utf-8"
        );
        let in_time = async { StatusCode::NO_CONTENT.into_response() };
        assert_eq!(within(PATIENCE, in_time).await.status(), StatusCode::NO_CONTENT);
    }
}
