//! Serving until told to stop, and stopping in order: no new connections, what is under way ends, what was
//! recorded is sealed, all within a deadline.

use std::{net::SocketAddr, time::Duration};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::{net::TcpListener, task::JoinHandle, time::Instant};

use crate::{Platform, access_table::Undeclared, site};

/// Upper bounds of the classes in which times are counted, in seconds.
const CLASSES: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0,
];
/// How often measurements are gathered; without it they would pile up until somebody reads them.
const GATHER: Duration = Duration::from_secs(5);

/// Why serving ended with an error.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// An operation declares no permission.
    #[error(transparent)]
    Undeclared(#[from] Undeclared),
    /// The metrics cannot be set up.
    #[error("metrics")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// The listener failed.
    #[error("serving")]
    Serve(#[from] std::io::Error),
}

/// Sets the metrics of this process up, once.
///
/// # Errors
/// [`RunError::Metrics`] when they are set up already.
pub fn metrics() -> Result<PrometheusHandle, RunError> {
    let builder =
        PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), CLASSES)?;
    Ok(builder.install_recorder()?)
}

/// Serves, works on jobs, seals and keeps keys in order until `stop` comes.
///
/// # Errors
/// [`RunError`].
pub async fn run(
    platform: Platform,
    metrics: PrometheusHandle,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), RunError> {
    let site = site(&platform, metrics.clone())?;
    let beside = beside(&platform, metrics);
    let life = platform.life.clone();
    let told = life.clone();
    let service = site.router.into_make_service_with_connect_info::<SocketAddr>();
    let mut serving = tokio::spawn(
        axum::serve(listener, service)
            .with_graceful_shutdown(async move {
                stop.await;
                tracing::info!("stopping");
                told.stop();
            })
            .into_future(),
    );
    let served = tokio::select! {
        ended = &mut serving => Some(ended),
        () = life.stopped() => None,
    };
    // Also when serving failed: the others end too.
    life.stop();
    let deadline = Instant::now() + Duration::from_secs(platform.config.shutdown_seconds);
    let served = match served {
        Some(ended) => Some(ended),
        None => tokio::time::timeout_at(deadline, &mut serving).await.ok(),
    };
    if served.is_none() {
        tracing::warn!("requests were cut off at the deadline");
        serving.abort();
    }
    end(beside, deadline).await;
    match served {
        Some(Ok(outcome)) => Ok(outcome?),
        Some(Err(lost)) => Err(RunError::Serve(std::io::Error::other(lost))),
        None => Ok(()),
    }
}

/// What runs beside the requests.
fn beside(platform: &Platform, metrics: PrometheusHandle) -> Vec<(&'static str, JoinHandle<()>)> {
    let life = &platform.life;
    let (workers, stopping) = (platform.workers(), life.watch());
    let works = platform.config.workers > 0;
    if !works {
        tracing::warn!("no workers here: another process on the same database has to do the jobs");
    }
    let jobs = tokio::spawn(async move {
        if works {
            workers.run_until(stopping).await;
        }
    });
    let (log, stopping) = (platform.transparency.clone(), life.watch());
    let sealing = tokio::spawn(async move { log.run(stopping).await });
    let own = platform.clone();
    let upkeep = tokio::spawn(async move { own.keep_up().await });
    let ending = life.clone();
    let gathering = tokio::spawn(async move {
        while !ending.is_stopping() {
            metrics.run_upkeep();
            tokio::select! { () = tokio::time::sleep(GATHER) => {}, () = ending.stopped() => {} }
        }
    });
    vec![
        ("jobs", jobs),
        ("sealing", sealing),
        ("upkeep", upkeep),
        ("metrics", gathering),
    ]
}

/// Waits for what runs beside the requests. What is cut off is taken up at the next start: jobs by their lease,
/// events because they wait in the database.
async fn end(beside: Vec<(&'static str, JoinHandle<()>)>, deadline: Instant) {
    for (name, mut task) in beside {
        if tokio::time::timeout_at(deadline, &mut task).await.is_err() {
            tracing::warn!(name, "cut off at the deadline");
            task.abort();
        }
    }
}
