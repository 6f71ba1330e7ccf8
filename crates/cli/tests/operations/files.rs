//! Files in a store that speaks S3 (moto), and what readiness says when it goes away.

use std::process::{Child, Command, Stdio};

use object_store::{ObjectStore, ObjectStoreExt, aws::AmazonS3Builder, path::Path as StorePath};
use reqwest::StatusCode;

use crate::support::*;

/// A server that speaks S3, with a bucket.
struct Bucket {
    child: Child,
    endpoint: String,
}

impl Bucket {
    async fn open() -> Self {
        let (python, port) = (python(), free_port());
        let child = Command::new(&python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; run scripts/setup-tests", python.display()));
        let bucket = Self {
            child,
            endpoint: format!("http://127.0.0.1:{port}"),
        };
        let (client, begun) = (reqwest::Client::new(), std::time::Instant::now());
        while client
            .put(format!("{}/anxu", bucket.endpoint))
            .send()
            .await
            .is_err()
        {
            assert!(
                begun.elapsed() < PATIENCE,
                "moto does not answer; run scripts/setup-tests"
            );
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        bucket
    }

    /// Another client of the bucket.
    fn client(&self) -> impl ObjectStore {
        AmazonS3Builder::new()
            .with_bucket_name("anxu")
            .with_endpoint(&self.endpoint)
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_access_key_id("test")
            .with_secret_access_key("test")
            .build()
            .unwrap()
    }

    fn of(&self, house: House, folder: &str) -> House {
        house
            .with("ANXU_FILES_URL", &format!("s3://anxu/{folder}"))
            .with("AWS_ENDPOINT", &self.endpoint)
            .with("AWS_ALLOW_HTTP", "true")
            .with("AWS_REGION", "us-east-1")
            .with("AWS_ACCESS_KEY_ID", "test")
            .with("AWS_SECRET_ACCESS_KEY", "test")
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        // Already ended in the middle of the test.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn files_live_in_a_bucket() {
    let mut bucket = Bucket::open().await;
    let house = bucket.of(House::new(), "province");
    house.found();
    let server = house.serve().await;
    let (number, original) = house.issue(&server).await;
    assert!(!house.data().join("files").exists());
    let object = StorePath::from(format!("province/{}/{original}", &original[..2]));
    let bare = bucket.client();
    assert!(bare.head(&object).await.unwrap().size > 10_000);
    house.check_certificate(&number);
    let folder = house.path("backup");
    assert_eq!(house.done(&["backup", &folder])["files"], 2);
    // From the bucket into another folder of it.
    let other = bucket.of(house.elsewhere(), "other");
    assert_eq!(
        other.done(&["restore", &folder])["audit"]["faults"],
        serde_json::json!([])
    );
    other.check_certificate(&number);
    // A file changed in the store is no longer saved, and named.
    bare.put(&object, "changed".into()).await.unwrap();
    assert!(
        house
            .refused(&["backup", &house.path("another")])
            .contains(&original)
    );
    assert!(house.refused(&["audit"]).contains(&original));
    // Readiness names the part that is away.
    server
        .until("/readyz", |status, _| status == StatusCode::OK)
        .await;
    bucket.child.kill().unwrap();
    let said = server
        .until("/readyz", |status, _| status == StatusCode::SERVICE_UNAVAILABLE)
        .await;
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let parts = said["parts"].as_array().unwrap();
    let away: Vec<_> = parts
        .iter()
        .filter(|part| part["ready"] == false)
        .map(|part| &part["part"])
        .collect();
    assert_eq!(away, ["files"], "{said}");
    assert_eq!(server.text("/healthz").await.0, StatusCode::OK);
}

#[test]
fn an_address_that_is_no_bucket_is_refused() {
    let house = House::new().with("ANXU_FILES_URL", "ftp://somewhere");
    house.done(&["keys", "create"]);
    let said = house.refused(&["serve"]);
    assert!(said.contains("s3://"), "{said}");
}
