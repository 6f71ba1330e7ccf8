//! The platform's proofs in the hands of outsiders: OpenSSL judges timestamps and revocation list, an independent
//! reading of the specifications judges the evidence log as it is served.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use journeys::{Engine, TestApp, city, on_both};
use kernel::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} must be installed: {error}"))
}

/// What a tool says, which has to be content.
fn judge(program: &str, arguments: &[&str]) -> String {
    let output = run(program, arguments);
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {told}");
    told
}

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.at(name);
        fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Fetches an address and keeps what comes.
    async fn fetch(&self, app: &TestApp, path: &str, name: &str) -> String {
        let (status, bytes) = app.stranger().bytes(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        self.keep(name, &bytes)
    }
}

async fn timestamp(app: &TestApp, request: Vec<u8>) -> (String, Vec<u8>) {
    let response = app
        .stranger()
        .request(Method::POST, "/tsa")
        .header("content-type", "application/timestamp-query")
        .body(request)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    (content_type, response.bytes().await.unwrap().to_vec())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openssl_accepts_our_timestamps() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let desk = Desk::new();
    let data = desk.keep("data.txt", "安全生产许可证".as_bytes());
    let ca = desk.fetch(&app, "/pki/ca.crt", "ca.crt").await;
    for digest in ["-sha256", "-sha384", "-sha512"] {
        let query = desk.at("query.tsq");
        judge(
            "openssl",
            &["ts", "-query", "-data", &data, digest, "-cert", "-out", &query],
        );
        let (content_type, answer) = timestamp(&app, fs::read(&query).unwrap()).await;
        assert_eq!(content_type, "application/timestamp-reply");
        let reply = desk.keep("reply.tsr", &answer);
        let told = judge(
            "openssl",
            &[
                "ts",
                "-verify",
                "-in",
                &reply,
                "-queryfile",
                &query,
                "-CAfile",
                &ca,
            ],
        );
        assert!(told.contains("Verification: OK"), "{told}");
        judge(
            "openssl",
            &["ts", "-verify", "-in", &reply, "-data", &data, "-CAfile", &ca],
        );
        let text = judge("openssl", &["ts", "-reply", "-in", &reply, "-text"]);
        assert!(text.contains("Time stamp: Mar  2 04:00:00 2026 GMT"), "{text}");
        let other = desk.keep("other.txt", b"other");
        let refused = run(
            "openssl",
            &["ts", "-verify", "-in", &reply, "-data", &other, "-CAfile", &ca],
        );
        assert!(!refused.status.success());
    }
    // What is no request is refused in the words of the protocol.
    let reply = desk.keep("reply.tsr", &timestamp(&app, b"not a request".to_vec()).await.1);
    let text = judge("openssl", &["ts", "-reply", "-in", &reply, "-text"]);
    assert!(text.contains("Status: Rejected."), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openssl_accepts_our_revocation_list() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let desk = Desk::new();
    let ca = desk.fetch(&app, "/pki/ca.crt", "ca.crt").await;
    let list = desk.fetch(&app, "/pki/crl.der", "crl.der").await;
    let told = judge(
        "openssl",
        &[
            "crl", "-inform", "DER", "-in", &list, "-CAfile", &ca, "-noout", "-text",
        ],
    );
    assert!(told.contains("verify OK"), "{told}");
    assert!(told.contains("X509v3 CRL Number"), "{told}");
    assert!(told.contains("Next Update"), "{told}");
    let told = judge("openssl", &["x509", "-in", &ca, "-noout", "-text"]);
    assert!(told.contains("CA:TRUE"), "{told}");
    let mut altered = fs::read(&list).unwrap();
    let place = altered.len() - 20;
    altered[place] ^= 1;
    let altered = desk.keep("altered.der", &altered);
    let told = run(
        "openssl",
        &["crl", "-inform", "DER", "-in", &altered, "-CAfile", &ca, "-noout"],
    );
    let told = String::from_utf8_lossy(&[told.stdout, told.stderr].concat()).into_owned();
    assert!(told.contains("verify failure"), "{told}");
}

/// Names of the tiles at one level that hold so many hashes or entries, as C2SP tlog-tiles writes them.
fn tiles(level: &str, count: u64) -> Vec<String> {
    let full = (0..count / 256).map(|index| format!("tile/{level}/{index:03}"));
    let rest = count % 256;
    let partial = (rest > 0).then(|| format!("tile/{level}/{:03}.p/{rest}", count / 256));
    full.chain(partial).collect()
}

fn size_of(checkpoint: &str) -> u64 {
    checkpoint.lines().nth(1).unwrap().parse().unwrap()
}

fn root_of(checkpoint: &str) -> &str {
    checkpoint.lines().nth(2).unwrap()
}

async fn checkpoint(app: &TestApp) -> String {
    String::from_utf8(app.stranger().bytes("/log/checkpoint").await.1).unwrap()
}

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/evidence/tests/reference.py")
}

/// Fetches the whole log as a monitor does.
async fn mirror(app: &TestApp, desk: &Desk) -> u64 {
    desk.fetch(app, "/log/checkpoint", "checkpoint").await;
    let size = size_of(&fs::read_to_string(desk.at("checkpoint")).unwrap());
    let mut names = tiles("entries", size);
    let mut hashes = size;
    for level in 0.. {
        if hashes == 0 {
            break;
        }
        names.extend(tiles(&level.to_string(), hashes));
        hashes /= 256;
    }
    for name in names {
        desk.fetch(app, &format!("/log/{name}"), &name).await;
    }
    let (_, about) = app.stranger().get("/api/v1/public/evidence-log").await;
    desk.keep("log.vkey", about["verifier_key"].as_str().unwrap().as_bytes());
    size
}

on_both! {
    async fn outsiders_check_the_log_and_its_proofs(app) {
        let licence = app.issued().await;
        app.officer("auditor", &[Role::Auditor]).await;
        let auditor = app.as_("auditor").await;
        app.seal().await;
        let before = checkpoint(&app).await;
        // More events than one tile holds.
        let rows: Vec<String> = (2..320).map(|number| format!("南昌第{number}厂,{}", city::credit_code(number))).collect();
        let list = format!("企业名称,统一社会信用代码\n{}\n", rows.join("\n"));
        let (status, _) = app.as_("clerk").await.upload("/api/v1/enterprise-imports", "a.csv", list.into_bytes()).await;
        assert_eq!(status, StatusCode::ACCEPTED);
        app.run_jobs().await;
        app.seal().await;

        let desk = Desk::new();
        let size = mirror(&app, &desk).await;
        assert!(size > 300 && size > size_of(&before), "{size}");
        let roots = json!([{ "size": size_of(&before), "root": root_of(&before) }]);
        let claims = json!({ "roots": roots, "inclusion": [], "consistency": [] });
        desk.keep("claims.json", claims.to_string().as_bytes());

        let (_, events) = auditor.get("/api/v1/events?limit=200").await;
        for subject in ["application", "licence", "enterprise", "account"] {
            let mut of_type = events["items"].as_array().unwrap().iter().filter(|one| one["subject_type"] == subject);
            assert!(of_type.all(|one| one["subject_name"].as_str().is_some_and(|name| !name.is_empty())), "{subject}");
        }
        let entries = fs::read(desk.at(&tiles("entries", size)[0])).unwrap();
        let mut proofs = 0;
        for event in events["items"].as_array().unwrap().iter().step_by(20) {
            let (status, proof) = auditor.get(&format!("/api/v1/events/{}/proof", event["id"].as_str().unwrap())).await;
            assert_eq!(status, StatusCode::OK, "{proof}");
            desk.keep(&format!("{proofs}.tlog-proof"), proof["bundle"].as_str().unwrap().as_bytes());
            let index = usize::try_from(proof["index"].as_u64().unwrap()).unwrap();
            if index < 256 {
                let entry = &entries[index * 34 + 2..(index + 1) * 34];
                let hex: String = entry.iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!(proof["entry"], hex, "the entry is the one that is proved");
            }
            proofs += 1;
        }
        assert!(proofs >= 10, "{proofs}");
        // The proof that the page of a certificate links to.
        let sha256 = licence["certificate"]["original_sha256"].as_str().unwrap();
        desk.fetch(&app, &format!("/proofs/{sha256}.tlog-proof"), "certificate.tlog-proof").await;

        let directory = desk.0.path().to_str().unwrap().to_owned();
        let script = reference();
        let told = judge("python3", &[script.to_str().unwrap(), &directory]);
        assert!(told.contains(&format!("size {size} ")) && told.contains(&format!("files {}", proofs + 1)), "{told}");

        // The outside view fails when the platform tells another past.
        let other = json!({ "roots": [{ "size": size_of(&before) - 1, "root": root_of(&before) }], "inclusion": [], "consistency": [] });
        desk.keep("claims.json", other.to_string().as_bytes());
        assert!(!run("python3", &[script.to_str().unwrap(), &directory]).status.success());
    }

    async fn what_is_not_sealed_yet_says_so(app) {
        app.officer("auditor", &[Role::Auditor]).await;
        let auditor = app.as_("auditor").await;
        let (_, events) = auditor.get("/api/v1/events").await;
        let path = format!("/api/v1/events/{}/proof", events["items"][0]["id"].as_str().unwrap());
        let (status, problem): (_, Value) = auditor.get(&path).await;
        assert_eq!((status, problem["type"].as_str()), (StatusCode::CONFLICT, Some("urn:anxu:problem:not-sealed-yet")));
        app.seal().await;
        assert_eq!(auditor.get(&path).await.0, StatusCode::OK);
        assert!(checkpoint(&app).await.lines().next().unwrap().ends_with("/log"));
    }
}
