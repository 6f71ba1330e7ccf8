use axum::http::StatusCode;
use serde_json::json;

use crate::web::{ask, form, pdf, post, post_while_down};

const VERIFY: &str = "/api/v1/public/verify";

fn step<'a>(report: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
    let steps = report["steps"].as_array().expect("steps");
    steps
        .iter()
        .find(|step| step["step"] == name)
        .unwrap_or_else(|| panic!("no step {name}: {report}"))
}

#[tokio::test]
async fn a_pdf_is_verified_in_either_envelope() {
    for request in [
        post(VERIFY, "application/pdf", pdf("GENUINE000001")),
        form(VERIFY, "file", &pdf("GENUINE000001")),
    ] {
        let answer = ask(request).await;
        assert_eq!(answer.status, StatusCode::OK);
        let report = answer.json();
        assert_eq!(report["verdict"], "valid");
        for name in [
            "file",
            "signature",
            "timestamp",
            "revocation",
            "register",
            "match",
            "evidence",
        ] {
            assert_eq!(step(&report, name)["ok"], true, "{name}");
        }
        assert_eq!(report["licence"]["state"], "valid");
        assert_eq!(report["licence"]["number"], "（赣）WH安许证字〔2025〕000001");
        assert_eq!(report["evidence"]["index"], 48_213);
        assert_eq!(report["sha256"].as_str().map(str::len), Some(64));
    }
}

#[tokio::test]
async fn each_verdict_has_its_name() {
    let cases = [
        ("GENUINE000001", "valid"),
        ("GENUINE000002", "suspended"),
        ("GENUINE000003", "revoked"),
        ("GENUINE000004", "rescinded"),
        ("GENUINE000005", "withdrawn"),
        ("GENUINE000006", "cancelled"),
        ("GENUINE000007", "replaced"),
        ("GENUINE000008", "valid"),
        ("GENUINE000009", "valid"),
        ("GENUINE000010", "expired"),
        ("GENUINE000011", "valid"),
        ("GENUINE000012", "not_yet_valid"),
        ("GENUINE999999", "unknown"),
        ("RENAMED000001", "replaced"),
        ("FORGED000001", "altered"),
        ("FOREIGN000001", "untrusted"),
    ];
    for (code, verdict) in cases {
        let answer = ask(post(
            VERIFY,
            "application/json",
            json!({ "qr": code }).to_string(),
        ))
        .await;
        assert_eq!(answer.status, StatusCode::OK, "{code}");
        assert_eq!(answer.json()["verdict"], verdict, "{code}");
    }
}

#[tokio::test]
async fn differences_are_told_one_by_one() {
    let answer = ask(post(
        VERIFY,
        "application/json",
        json!({ "qr": "RENAMED000001" }).to_string(),
    ))
    .await;
    let report = answer.json();
    assert_eq!(
        report["differences"],
        json!([{ "field": "企业名称", "certificate": "江西示范零号化工有限公司", "register": "江西示范一号化工股份有限公司" }])
    );
    assert_eq!(step(&report, "match")["ok"], false);
}

#[tokio::test]
async fn a_file_of_another_kind_is_told_apart_from_a_forgery() {
    let report = ask(post(VERIFY, "application/pdf", pdf("invoice"))).await.json();
    assert_eq!(report["verdict"], "unknown");
    assert_eq!(step(&report, "file")["ok"], false);
}

#[tokio::test]
async fn a_silent_register_never_makes_a_document_valid() {
    let answer = post_while_down(post(VERIFY, "application/pdf", pdf("GENUINE000001"))).await;
    assert_eq!(answer.status, StatusCode::OK);
    let report = answer.json();
    assert_eq!(report["verdict"], "unknown");
    assert_eq!(step(&report, "signature")["ok"], true);
    assert_eq!(step(&report, "register")["ok"], false);
    let forged = post_while_down(post(VERIFY, "application/pdf", pdf("FORGED000001"))).await;
    assert_eq!(forged.json()["verdict"], "altered");
}

#[tokio::test]
async fn faults_are_problems_that_name_the_field() {
    let cases = [
        (
            post(VERIFY, "application/json", json!({ "qr": "hello" }).to_string()),
            StatusCode::UNPROCESSABLE_ENTITY,
            "qr",
        ),
        (
            post(VERIFY, "application/json", "{}"),
            StatusCode::UNPROCESSABLE_ENTITY,
            "qr",
        ),
        (
            post(VERIFY, "application/pdf", ""),
            StatusCode::UNPROCESSABLE_ENTITY,
            "file",
        ),
        (
            post(VERIFY, "application/pdf", "no pdf"),
            StatusCode::UNPROCESSABLE_ENTITY,
            "file",
        ),
        (
            form(VERIFY, "note", b"x"),
            StatusCode::UNPROCESSABLE_ENTITY,
            "file",
        ),
    ];
    for (request, status, field) in cases {
        let answer = ask(request).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert!(
            answer
                .header("content-type")
                .starts_with("application/problem+json")
        );
        assert_eq!(answer.json()["errors"][0]["field"], field, "{}", answer.text);
    }
    let broken = ask(post(VERIFY, "application/json", "{\"qr\":")).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    let large = ask(post(VERIFY, "application/pdf", vec![b'x'; 11 << 20])).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
}
