//! Liveness, readiness, metrics.
//!
//! Not ready means that requests cannot be answered: the database or the file store is away, or the process is
//! ending. What an administrator has to look after, but does not keep the public from being served (keys that run
//! out, jobs given up, sealing that lags), is a warning.

use std::{future::Future, time::Duration};

use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use kernel::{Moment, outbox};
use metrics::gauge;
use metrics_exporter_prometheus::PrometheusHandle;
use press::RunsOut;
use serde::Serialize;

use crate::Platform;

/// How long a part may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long liveness waits for what it only mentions.
const GLANCE: Duration = Duration::from_millis(500);
/// Sealing that lags so long needs looking after, seconds.
const LAG: i64 = 300;

#[derive(Clone)]
struct Health {
    platform: Platform,
    metrics: PrometheusHandle,
}

/// `/healthz`, `/readyz`, `/metrics`.
pub fn router(platform: Platform, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics_text))
        .with_state(Health { platform, metrics })
}

/// How the platform is.
#[derive(Debug, Serialize)]
struct Condition {
    /// `ok`, or `warning` when somebody should look after it.
    status: &'static str,
    /// Version of the program.
    version: &'static str,
    /// What should be looked after.
    warnings: Vec<Warning>,
}

/// What an administrator should look after.
#[derive(Debug, Serialize)]
struct Warning {
    /// Part: `keys`, `jobs`, `evidence`.
    part: &'static str,
    /// What it is, in Chinese.
    detail: String,
}

/// Whether requests can be answered.
#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    parts: Vec<Part>,
}

#[derive(Debug, Serialize)]
struct Part {
    /// `database`, `files`, `process`.
    part: &'static str,
    ready: bool,
    /// Why not, in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

/// The process lives: always 200, with what should be looked after.
async fn alive(State(health): State<Health>) -> Json<Condition> {
    let warnings = warnings(&health.platform).await;
    Json(Condition {
        status: if warnings.is_empty() { "ok" } else { "warning" },
        version: env!("CARGO_PKG_VERSION"),
        warnings,
    })
}

/// Names each part, and says 503 while one of them is not ready.
async fn ready(State(health): State<Health>) -> impl IntoResponse {
    let platform = &health.platform;
    let (database, files) = tokio::join!(
        answers("database", platform.kernel.db().ping()),
        answers("files", platform.kernel.blobs().ping()),
    );
    let parts = vec![
        part("database", database, "数据库没有响应"),
        part("files", files, "文件存储没有响应"),
        part("process", !platform.life.is_stopping(), "正在停止"),
    ];
    let ready = parts.iter().all(|part| part.ready);
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(Readiness { ready, parts }))
}

fn part(part: &'static str, ready: bool, detail: &'static str) -> Part {
    Part {
        part,
        ready,
        detail: (!ready).then_some(detail),
    }
}

/// Whether a part answers in time.
async fn answers<E: std::error::Error>(
    part: &'static str,
    asked: impl Future<Output = Result<(), E>>,
) -> bool {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(part, %error, "not ready");
            false
        }
        Err(_) => {
            tracing::warn!(part, "not ready: no answer in time");
            false
        }
    }
}

/// Looks briefly: whether the process lives must be answered also while the database does not.
async fn warnings(platform: &Platform) -> Vec<Warning> {
    let mut all = key_warnings(platform);
    let now = platform.kernel.now();
    let (backlog, waiting) = tokio::join!(
        tokio::time::timeout(GLANCE, outbox::backlog(platform.kernel.db(), now)),
        tokio::time::timeout(GLANCE, platform.transparency.unsealed()),
    );
    if let Ok(Ok(backlog)) = backlog
        && backlog.dead > 0
    {
        let detail = format!("有 {} 个任务多次失败后已放弃，请查看原因并重新执行", backlog.dead);
        all.push(Warning { part: "jobs", detail });
    }
    if let Ok(Ok(waiting)) = waiting
        && waiting.oldest.is_some_and(|oldest| seconds(now, oldest) > LAG)
    {
        let detail = format!("有 {} 条事件尚未封存到存证日志，已超过 {LAG} 秒", waiting.events);
        all.push(Warning {
            part: "evidence",
            detail,
        });
    }
    all
}

fn key_warnings(platform: &Platform) -> Vec<Warning> {
    let found = platform.press.warnings(platform.kernel.now().instant());
    let Ok(found) = found else {
        return vec![Warning {
            part: "keys",
            detail: "密钥库无法读取，请检查数据目录".to_owned(),
        }];
    };
    let expiring = found.into_iter().map(|warning| {
        let what = match warning.what {
            RunsOut::Key => format!("签名证书“{}”", warning.name),
            RunsOut::Authority => format!("根证书“{}”", warning.name),
            RunsOut::List => "证书吊销列表".to_owned(),
        };
        let until = Moment::from(warning.until).legal_date();
        match warning.over {
            true => format!("{what}已于 {until} 到期，请立即更换"),
            false => format!("{what}将于 {until} 到期，请及时更换"),
        }
    });
    let keyless = platform
        .keyless()
        .map(|body| format!("发证机关“{body}”没有自己的签名密钥，现由运行单位的密钥代签"));
    let warning = |detail| Warning { part: "keys", detail };
    expiring.chain(keyless).map(warning).collect()
}

fn seconds(now: Moment, since: Moment) -> i64 {
    (now.instant() - since.instant()).whole_seconds().max(0)
}

/// What is measured as it happens, with what is looked up for each reading.
async fn metrics_text(State(health): State<Health>) -> String {
    look_up(&health.platform).await;
    health.metrics.render()
}

#[allow(clippy::cast_precision_loss, reason = "metrics are floats")]
async fn look_up(platform: &Platform) {
    let now = platform.kernel.now();
    gauge!("anxu_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let (backlog, waiting) = tokio::join!(
        tokio::time::timeout(PATIENCE, outbox::backlog(platform.kernel.db(), now)),
        tokio::time::timeout(PATIENCE, platform.transparency.unsealed()),
    );
    let up = matches!((&backlog, &waiting), (Ok(Ok(_)), Ok(Ok(_))));
    gauge!("anxu_database_up").set(if up { 1.0 } else { 0.0 });
    if let Ok(Ok(backlog)) = backlog {
        for (state, count) in [
            ("due", backlog.due),
            ("later", backlog.later),
            ("running", backlog.running),
            ("dead", backlog.dead),
        ] {
            gauge!("anxu_jobs", "state" => state).set(count as f64);
        }
        let oldest = backlog.oldest.map_or(0, |oldest| seconds(now, oldest));
        gauge!("anxu_jobs_oldest_due_seconds").set(oldest as f64);
    }
    if let Ok(Ok(waiting)) = waiting {
        let lag = waiting.oldest.map_or(0, |oldest| seconds(now, oldest));
        gauge!("anxu_events_unsealed").set(waiting.events as f64);
        gauge!("anxu_sealing_lag_seconds").set(lag as f64);
    }
    if let Ok(ends) = platform.press.ends() {
        for end in ends {
            gauge!("anxu_key_not_after_timestamp_seconds", "what" => end.what.as_str(), "name" => end.name)
                .set(end.until.unix_timestamp() as f64);
        }
    }
}
