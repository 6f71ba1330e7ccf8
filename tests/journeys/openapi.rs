//! The pages are generated from the document that is committed: it has to be the one that is served.

use std::{fs, path::Path};

use journeys::{Engine, TestApp};
use metrics_exporter_prometheus::PrometheusBuilder;

async fn served() -> String {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let metrics = PrometheusBuilder::new().build_recorder().handle();
    let site = server::site(&app.platform, metrics).unwrap();
    server::document(&site.openapi).unwrap()
}

#[tokio::test]
async fn every_schema_that_is_named_is_there() {
    let served = served().await;
    let document: serde_json::Value = serde_json::from_str(&served).unwrap();
    let marker = "\"#/components/schemas/";
    let named = served
        .match_indices(marker)
        .filter_map(|(at, _)| served[at + marker.len()..].split('"').next());
    let missing: Vec<_> = named
        .filter(|name| document["components"]["schemas"].get(name).is_none())
        .collect();
    assert!(
        missing.is_empty(),
        "name these with #[param(inline)] or in a body: {missing:?}"
    );
}

#[tokio::test]
async fn the_committed_document_is_the_served_one() {
    let served = served().await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/openapi.json");
    let committed = fs::read_to_string(path).unwrap();
    assert!(
        committed.trim_end() == served.trim_end(),
        "web/openapi.json is stale: run `make web-api` and commit web/openapi.json and web/src/api/schema.d.ts"
    );
}
