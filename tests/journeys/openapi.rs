//! The pages are generated from the document that is committed: it has to be the one that is served.

use std::{fs, path::Path};

use journeys::{Engine, TestApp};
use metrics_exporter_prometheus::PrometheusBuilder;

#[tokio::test]
async fn the_committed_document_is_the_served_one() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let metrics = PrometheusBuilder::new().build_recorder().handle();
    let site = server::site(&app.platform, metrics).unwrap();
    let served = server::document(&site.openapi).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/openapi.json");
    let committed = fs::read_to_string(path).unwrap();
    assert!(
        committed.trim_end() == served.trim_end(),
        "web/openapi.json is stale: run `make web-api` and commit web/openapi.json and web/src/api/schema.d.ts"
    );
}
