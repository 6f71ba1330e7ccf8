//! The proof that the public page links to, judged by the independent reference of `evidence`.

use std::{fs, path::Path};

use reqwest::StatusCode;

use crate::support::*;

#[tokio::test]
async fn the_proof_of_a_file_holds_by_itself() {
    let house = House::new();
    house.found();
    let server = house.serve().await;
    let (number, original) = house.issue(&server).await;
    let path = format!("/proofs/{original}.tlog-proof");
    let proof = server.until(&path, |status, _| status == StatusCode::OK).await;
    assert!(proof.starts_with("c2sp.org/tlog-proof@v1\n"), "{proof}");
    // The page of the licence leads there.
    let (_, page) = server.text(&format!("/v/{number}")).await;
    assert!(page.contains(&path), "the public page does not link to {path}");
    let (_, about) = server.text("/api/v1/public/evidence-log").await;
    let about: serde_json::Value = serde_json::from_str(&about).unwrap();
    fs::write(house.path("log.vkey"), about["verifier_key"].as_str().unwrap()).unwrap();
    fs::write(house.path("file.tlog-proof"), &proof).unwrap();
    let pdf = house.path("certificate.pdf");
    house.done(&["certificate", &number, "--out", &pdf]);
    // Place and signer come from the city's file; the place is a string of UTF-16 in hexadecimal.
    assert!(judge("pdfsig", &["-nocert", &pdf]).contains("CN=南昌市应急管理局,"));
    let place: String = "江西省南昌市"
        .encode_utf16()
        .map(|unit| format!("{unit:04x}"))
        .collect();
    let bytes = String::from_utf8_lossy(&fs::read(&pdf).unwrap()).to_lowercase();
    assert!(
        bytes.contains(&format!("/location<feff{place}>")),
        "no place in the signature"
    );
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let said = judge(
        "python3",
        &[
            here.join("tests/operations/proof.py").to_str().unwrap(),
            here.join("../evidence/tests").to_str().unwrap(),
            &house.path("log.vkey"),
            &house.path("file.tlog-proof"),
            &pdf,
        ],
    );
    assert!(said.contains("proved"), "{said}");
    let (status, _) = server
        .text(&format!("/proofs/{}.tlog-proof", "0".repeat(64)))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

/// The public address is part of the log's name: with another one nothing is sealed until somebody says so.
#[tokio::test]
async fn a_log_is_not_renamed_by_accident() {
    let house = House::new();
    house.found();
    house.serve().await.stop();
    assert!(house.done(&["audit"])["log_size"].as_u64().unwrap() > 0);
    let moved = house.with("ANXU_LOG_ORIGIN", "aq.example.gov.cn/log");
    let server = moved.serve().await;
    server.sign_in().await;
    server.stop();
    assert!(moved.log().contains("anxu log rename"), "{}", moved.log());
    assert!(moved.refused(&["audit"]).contains("anxu log rename"));
    let renamed = moved.done(&["log", "rename"]);
    assert_eq!(renamed["to"], "aq.example.gov.cn/log");
    moved.refused(&["log", "rename"]);
    let server = moved.serve().await;
    server
        .until("/log/checkpoint", |_, text| {
            let mut lines = text.lines();
            lines.next() == Some("aq.example.gov.cn/log")
                && lines
                    .next()
                    .is_some_and(|size| size.parse::<u64>().is_ok_and(|size| size > 1))
        })
        .await;
    server.stop();
    let audit = moved.done(&["audit"]);
    assert_eq!(
        (&audit["faults"], &audit["unsealed"]),
        (&serde_json::json!([]), &0.into())
    );
}
