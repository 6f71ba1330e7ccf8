//! `anxu openapi`: the interface as it is compiled, for clients that are generated from it.

use std::sync::Arc;

use kernel::{RandomIds, SystemClock};
use metrics_exporter_prometheus::PrometheusBuilder;
use server::{Config, Platform};

use crate::Outcome;

/// Prints the document. It comes from the router itself, over an installation that is thrown away again: neither
/// the configured database nor its keys are touched.
#[allow(clippy::print_stdout, reason = "the document is the output")]
pub async fn run() -> Outcome {
    let folder = tempfile::tempdir()?;
    let config = Config {
        data_dir: folder.path().to_owned(),
        demo: true,
        ..Config::default()
    };
    let platform = Platform::open(config, Arc::new(SystemClock), Arc::new(RandomIds)).await?;
    let metrics = PrometheusBuilder::new().build_recorder().handle();
    let site = server::site(&platform, metrics)?;
    println!("{}", server::document(&site.openapi)?);
    Ok(true)
}
