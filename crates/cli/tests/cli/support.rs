//! The program as people run it: processes over a data folder of their own.

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Mutex, OnceLock},
    time::{Duration, Instant},
};

use codes::CreditCode;
use reqwest::{Client, StatusCode};
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Password of all accounts.
pub const PASSWORD: &str = "Anquan-2026-test";
/// Longest that anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(120);

/// A data folder with the settings that go with it.
pub struct Installation {
    folder: TempDir,
    port: u16,
}

impl Installation {
    /// An empty one.
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            port: listener.local_addr().unwrap().port(),
        }
    }

    /// A copy of the one that every test begins with, see [`issued`].
    pub fn copy() -> Self {
        let copy = Self::new();
        for (path, bytes) in &issued().files {
            let path = copy.data().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        copy
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("var")
    }

    /// A path for files of the test.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub fn keep(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_anxu"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("ANXU_DATA_DIR", self.data())
            .env("ANXU_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("ANXU_PUBLIC_URL", self.base())
            // Copies answer at another address, but it is the same log.
            .env("ANXU_LOG_ORIGIN", "example.org/log")
            .env("ANXU_KEYS_PASSPHRASE", "test")
            .env("ANXU_DEMO", "true")
            .env("RUST_LOG", "warn");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command with something on its standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments);
        let piped = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Makes the first administrator, `root`.
    pub fn create_admin(&self) {
        let arguments = [
            "user",
            "create-admin",
            "root",
            "--name",
            "管理员",
            "--region",
            "3601",
        ];
        succeeded(&self.run_with(&arguments, PASSWORD));
    }

    /// The database behind the platform's back.
    pub fn database(&self) -> Connection {
        Connection::open(self.data().join("anxu.sqlite")).unwrap()
    }

    pub fn number(&self, sql: &str) -> i64 {
        self.database().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// Starts the server and does not wait for it.
    pub fn start(&self) -> Server {
        let child = self.command(&["serve"]).stdout(Stdio::null()).spawn().unwrap();
        Server {
            child: Mutex::new(child),
            base: self.base(),
            client: Client::new(),
        }
    }

    /// Starts the server and waits until it answers.
    pub async fn serve(&self) -> Server {
        let server = self.start();
        server.ready().await;
        server
    }

    /// Waits until this query gives this number.
    pub async fn until(&self, sql: &str, wanted: i64) {
        let begun = Instant::now();
        let mut found = self.number(sql);
        while found != wanted {
            assert!(begun.elapsed() < PATIENCE, "{sql}: {found} instead of {wanted}");
            tokio::time::sleep(Duration::from_millis(20)).await;
            found = self.number(sql);
        }
    }

    /// Waits until every job is done and every event is in the log.
    pub async fn settled(&self) {
        self.until("SELECT count(*) FROM job WHERE state IN ('ready','running') AND run_at <= unixepoch() * 1000 + 60000", 0)
            .await;
        self.until("SELECT count(*) FROM event WHERE log_index IS NULL", 0)
            .await;
    }
}

/// A running server.
pub struct Server {
    child: Mutex<Child>,
    pub base: String,
    pub client: Client,
}

impl Server {
    async fn ready(&self) {
        let begun = Instant::now();
        loop {
            let answer = self.client.get(format!("{}/readyz", self.base)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            let ended = self.child.lock().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "the server ended: {ended:?}");
            assert!(begun.elapsed() < PATIENCE, "the server does not get ready");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// SIGKILL: nothing can be tidied up.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// SIGTERM, as a service manager stops it; it has to end well.
    pub fn stop(&self) {
        let mut child = self.child.lock().unwrap();
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert!(child.wait().unwrap().success());
    }

    /// Signs in.
    pub async fn sign_in(&self, login: &str) -> String {
        let body = json!({ "login": login, "password": PASSWORD });
        let (status, answer) = self.post(None, "/api/v1/sessions", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{login}: {answer}");
        answer["token"].as_str().unwrap().to_owned()
    }

    /// The bundle that verifiers trust.
    pub async fn trust(&self) -> Vec<u8> {
        let answer = self.client.get(format!("{}/pki/ca.crt", self.base)).send().await;
        answer.unwrap().bytes().await.unwrap().to_vec()
    }

    pub async fn get(&self, token: &str, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.base)).bearer_auth(token);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    pub async fn post(&self, token: Option<&str>, path: &str, body: &Value) -> (StatusCode, Value) {
        let mut request = self.client.post(format!("{}{path}", self.base)).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        (status, response.json().await.unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(child) = self.child.get_mut() {
            // Already ended when the test went well.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The installation that tests begin with, and the licence in it.
pub struct Issued {
    files: Vec<(PathBuf, Vec<u8>)>,
    pub number: String,
    pub enterprise: String,
    pub id: String,
    pub qr_url: String,
    pub original: String,
    /// What `/pki/ca.crt` answers.
    pub trust: Vec<u8>,
}

/// An installation with one licence taken over and its certificates made, everything sealed, stopped. Made once.
pub fn issued() -> &'static Issued {
    static MADE: OnceLock<Issued> = OnceLock::new();
    MADE.get_or_init(|| {
        let made = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(make())
        });
        made.join().unwrap()
    })
}

async fn make() -> Issued {
    let installation = Installation::new();
    installation.create_admin();
    let server = installation.serve().await;
    let root = server.sign_in("root").await;
    let (status, enterprise) = server
        .post(Some(&root), "/api/v1/enterprises", &enterprise(1))
        .await;
    assert_eq!(status, StatusCode::CREATED, "{enterprise}");
    let id = enterprise["id"].as_str().unwrap();
    let (status, taken) = server
        .post(Some(&root), "/api/v1/licences/takeovers", &old_licence(id))
        .await;
    assert_eq!(status, StatusCode::CREATED, "{taken}");
    let (status, _) = server
        .post(Some(&root), "/api/v1/licences/certificate-runs", &json!({}))
        .await;
    assert_eq!(status, StatusCode::ACCEPTED);
    installation
        .until(
            "SELECT count(*) FROM licence WHERE original_sha256 IS NOT NULL",
            1,
        )
        .await;
    installation.settled().await;
    let path = format!("/api/v1/licences/{}", taken["licences"][0].as_str().unwrap());
    let view = server.get(&root, &path).await;
    let trust = server.trust().await;
    server.stop();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut files = Vec::new();
    read_folder(&installation.data(), Path::new(""), &mut files);
    Issued {
        files,
        trust,
        number: text(&view["number"]),
        enterprise: id.to_owned(),
        id: text(&view["id"]),
        qr_url: text(&view["certificate"]["qr_url"]),
        original: text(&view["certificate"]["original_sha256"]),
    }
}

/// A sound credit code, different for each number.
pub fn credit_code(number: u32) -> String {
    let symbols = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    symbols
        .filter_map(|check| CreditCode::with_check(&format!("91360102{number:08}{check}")).ok())
        .find(|code| code.warnings().is_empty())
        .unwrap()
        .to_string()
}

/// An enterprise to be registered.
pub fn enterprise(number: u32) -> Value {
    json!({ "name": format!("南昌第{number}化工有限公司"), "code": credit_code(number),
        "legal_representative": "李开明", "economic_type": "有限责任公司", "address": "江西省南昌市东湖区一号",
        "region": "360102", "industry": "C2611" })
}

/// A licence valid from a year ago for three years.
fn old_licence(enterprise: &str) -> Value {
    let today = kernel::Clock::now(&kernel::SystemClock).date();
    let from = today - time::Duration::days(365);
    let until = from + time::Duration::days(3 * 365);
    let number = format!("（赣）WH安许证字〔{}〕000123", from.year());
    json!({ "licences": [{
        "number": number, "enterprise": enterprise, "industry": "hazchem", "scope": ["环氧乙烷"],
        "valid_from": from.to_string(), "valid_until": until.to_string(), "issued_on": from.to_string(),
        "holder": { "name": "南昌第1化工有限公司", "code": credit_code(1), "address": "江西省南昌市东湖区一号",
            "legal_representative": "李开明", "economic_type": "有限责任公司", "region": "360102" } }] })
}

fn read_folder(folder: &Path, under: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = under.join(entry.file_name());
        if entry.path().is_dir() {
            read_folder(&entry.path(), &path, files);
        } else {
            files.push((path, fs::read(entry.path()).unwrap()));
        }
    }
}

/// Everything that a command printed.
pub fn told(output: &Output) -> String {
    let bytes = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&bytes).into_owned()
}

pub fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", told(output));
}

/// The report that a command printed with `--json`, and whether it succeeded.
pub fn report(output: &Output) -> (bool, Value) {
    let value = serde_json::from_slice(&output.stdout);
    (
        output.status.success(),
        value.unwrap_or_else(|error| panic!("{error}: {}", told(output))),
    )
}
