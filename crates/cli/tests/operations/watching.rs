//! What an operator sees of a running server, and how it ends.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use crate::support::*;

#[tokio::test]
async fn health_readiness_and_metrics_say_how_it_is() {
    let house = House::new();
    house.found();
    let server = house.serve().await;
    let (_, health) = server.text("/healthz").await;
    let health: Value = serde_json::from_str(&health).unwrap();
    assert_eq!(health["status"], "ok", "{health}");
    let (status, ready) = server.text("/readyz").await;
    let ready: Value = serde_json::from_str(&ready).unwrap();
    assert_eq!(
        (status, &ready["ready"]),
        (StatusCode::OK, &Value::Bool(true)),
        "{ready}"
    );
    house.issue(&server).await;
    let metrics = server
        .until("/metrics", |_, text| {
            text.contains("anxu_job_seconds_count{kind=\"licences.press\"}")
        })
        .await;
    for wanted in [
        "anxu_http_requests_total{method=\"POST\",route=\"/api/v1/sessions\",status=\"201\"} 1",
        "anxu_http_request_seconds_bucket{",
        "anxu_http_requests_in_flight 1",
        "anxu_jobs{state=\"due\"}",
        "anxu_jobs{state=\"dead\"} 0",
        "anxu_jobs_oldest_due_seconds ",
        "anxu_jobs_total{kind=\"licences.press\",outcome=\"done\"} 1",
        "anxu_document_seconds_count{step=\"print\"} 2",
        "anxu_document_seconds_count{step=\"sign\"} 2",
        "anxu_document_seconds_count{step=\"stamp\"} 2",
        "anxu_events_unsealed ",
        "anxu_sealing_lag_seconds ",
        "anxu_key_not_after_timestamp_seconds{",
        "anxu_database_up 1",
        "anxu_build_info{",
    ] {
        assert!(metrics.contains(wanted), "{wanted} is missing in\n{metrics}");
    }
}

#[tokio::test]
async fn bodies_without_keys_are_warned_of() {
    let house = House::new();
    house.done(&["keys", "create"]);
    // As after a change of the city's file: the housing bureau issues, but its key is not there.
    let state = house.keys().join("state.json");
    let mut stored: Value = serde_json::from_slice(&std::fs::read(&state).unwrap()).unwrap();
    stored["bodies"]
        .as_object_mut()
        .unwrap()
        .remove("南昌市住房和城乡建设局");
    std::fs::write(&state, stored.to_string()).unwrap();
    let server = house.serve().await;
    let (status, health) = server.text("/healthz").await;
    let health: Value = serde_json::from_str(&health).unwrap();
    assert_eq!((status, &health["status"]), (StatusCode::OK, &"warning".into()));
    assert!(
        health["warnings"][0]["detail"]
            .as_str()
            .unwrap()
            .contains("南昌市住房和城乡建设局")
    );
    house.done(&["keys", "create"]);
    house.logged("南昌市住房和城乡建设局").await;
    server.stop();
    let server = house.serve().await;
    assert!(server.text("/healthz").await.1.contains("\"ok\""));
}

#[tokio::test]
async fn a_signal_ends_it_in_order_and_in_time() {
    let house = House::new().with("ANXU_SHUTDOWN_SECONDS", "2");
    house.found();
    let server = house.serve().await;
    let idle = server.stop();
    assert!(idle < Duration::from_secs(2), "nothing was under way: {idle:?}");
    let server = house.serve().await;
    // A client that sends half a request and waits: the end must not.
    let address = server.base.strip_prefix("http://").unwrap().to_owned();
    let mut half = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = b"POST /api/v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    tokio::io::AsyncWriteExt::write_all(&mut half, head)
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.terminate();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(
        tokio::net::TcpStream::connect(&address).await.is_err(),
        "no new connections"
    );
    let waited = std::time::Instant::now();
    assert!(server.ended());
    assert!(waited.elapsed() < Duration::from_secs(5));
    assert!(house.log().contains("deadline"), "{}", house.log());
    assert_eq!(house.done(&["audit"])["unsealed"], 0);
}
