//! A real installation, not a demo: the program over a data folder of its own.

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use codes::CreditCode;
use reqwest::{Client, StatusCode};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Password of the administrator.
pub const PASSWORD: &str = "Anquan-2026-test";
/// Passphrase of the keys.
pub const PASSPHRASE: &str = "0123-correct-horse";
/// Longest that anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A data folder with the settings that go with it.
pub struct House {
    folder: TempDir,
    port: u16,
    public_url: String,
    settings: Vec<(String, String)>,
}

impl House {
    /// An empty one.
    pub fn new() -> Self {
        let port = free_port();
        Self {
            folder: tempfile::tempdir().unwrap(),
            port,
            public_url: format!("http://127.0.0.1:{port}"),
            settings: vec![("ANXU_KEYS_PASSPHRASE".into(), PASSPHRASE.into())],
        }
    }

    /// An empty one on another machine, as it were, that answers for the same address.
    pub fn elsewhere(&self) -> Self {
        Self {
            public_url: self.public_url.clone(),
            ..Self::new()
        }
    }

    /// With another setting.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a setting.
    pub fn without(mut self, name: &str) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("var")
    }

    pub fn keys(&self) -> PathBuf {
        self.data().join("keys").join("pki")
    }

    /// A path for files of the test.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
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
            .env("ANXU_PUBLIC_URL", &self.public_url)
            .env("RUST_LOG", "warn")
            .envs(self.settings.iter().cloned());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that has to succeed; gives its JSON.
    pub fn done(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", told(&output));
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
    }

    /// Runs a command that has to fail; gives what it said.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            !output.status.success(),
            "{arguments:?} succeeded: {}",
            told(&output)
        );
        told(&output)
    }

    /// Makes keys and the first administrator.
    pub fn found(&self) {
        self.done(&["keys", "create"]);
        self.create_admin();
    }

    pub fn create_admin(&self) {
        let mut command = self.command(&[
            "user",
            "create-admin",
            "root",
            "--name",
            "管理员",
            "--region",
            "3601",
        ]);
        let mut child = command
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(PASSWORD.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
    }

    /// Starts the server and waits until it answers.
    pub async fn serve(&self) -> Server {
        let log = fs::File::create(self.path("serve.log")).unwrap();
        let child = self
            .command(&["serve"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Server {
            child: Some(child),
            base: self.base(),
            client: Client::new(),
        };
        server.until_answered("/healthz").await;
        server
    }

    /// What the server logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("serve.log")).unwrap()
    }

    /// Waits until the log tells of something: what watches beside the answers does so in its own time.
    pub async fn logged(&self, wanted: &str) {
        let begun = Instant::now();
        while !self.log().contains(wanted) {
            assert!(begun.elapsed() < PATIENCE, "no {wanted} in\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Takes a licence over and waits for its certificate; gives its number and the SHA-256 of the original.
    pub async fn issue(&self, server: &Server) -> (String, String) {
        let token = server.sign_in().await;
        let (status, made) = server.post(&token, "/api/v1/enterprises", &enterprise(1)).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let taken = json!({ "licences": [old_licence(made["id"].as_str().unwrap())] });
        let (status, taken) = server.post(&token, "/api/v1/licences/takeovers", &taken).await;
        assert_eq!(status, StatusCode::CREATED, "{taken}");
        let (status, _) = server
            .post(&token, "/api/v1/licences/certificate-runs", &json!({}))
            .await;
        assert_eq!(status, StatusCode::ACCEPTED);
        let path = format!("/api/v1/licences/{}", taken["licences"][0].as_str().unwrap());
        let begun = Instant::now();
        loop {
            let view = server.get(&token, &path).await;
            if let Some(original) = view["certificate"]["original_sha256"].as_str() {
                return (view["number"].as_str().unwrap().to_owned(), original.to_owned());
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "no certificate: {view}\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Saves the certificate and proves it by the authority of this installation alone.
    pub fn check_certificate(&self, number: &str) {
        let pdf = self.path("certificate.pdf");
        self.done(&["certificate", number, "--out", &pdf]);
        let report = self.done(&["verify", &pdf, "--offline"]);
        assert_eq!(report["verdict"], "valid", "{report}");
    }
}

/// A running server.
pub struct Server {
    child: Option<Child>,
    pub base: String,
    pub client: Client,
}

impl Server {
    pub async fn until_answered(&self, path: &str) {
        let begun = Instant::now();
        while self
            .client
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .is_err()
        {
            assert!(begun.elapsed() < PATIENCE, "the server does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until an address answers something that fits.
    pub async fn until(&self, path: &str, fits: impl Fn(StatusCode, &str) -> bool) -> String {
        let begun = Instant::now();
        loop {
            let answer = self
                .client
                .get(format!("{}{path}", self.base))
                .send()
                .await
                .unwrap();
            let (status, text) = (answer.status(), answer.text().await.unwrap());
            if fits(status, &text) {
                return text;
            }
            assert!(begun.elapsed() < PATIENCE, "{path}: {status} {text}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn text(&self, path: &str) -> (StatusCode, String) {
        let answer = self
            .client
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self
            .client
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.bytes().await.unwrap().to_vec()
    }

    /// SIGKILL: nothing can be tidied up.
    pub fn kill(mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// SIGTERM, as a service manager stops it; gives how long it took.
    pub fn stop(mut self) -> Duration {
        let begun = Instant::now();
        let mut child = self.child.take().unwrap();
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert!(child.wait().unwrap().success(), "it has to end well");
        begun.elapsed()
    }

    /// Sends SIGTERM and does not wait.
    pub fn terminate(&self) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the end after [`Server::terminate`].
    pub fn ended(mut self) -> bool {
        self.child.take().unwrap().wait().unwrap().success()
    }

    pub async fn sign_in(&self) -> String {
        let body = json!({ "login": "root", "password": PASSWORD });
        let (status, answer) = self.post("", "/api/v1/sessions", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, token: &str, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.base)).bearer_auth(token);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    pub async fn post(&self, token: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let mut request = self.client.post(format!("{}{path}", self.base)).json(body);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        (status, response.json().await.unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // Already ended when the test went well.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Address of a fresh database in the cluster of `scripts/with-postgres`; `None` without a cluster, unless one is
/// demanded.
pub async fn fresh_postgres() -> Option<String> {
    let Ok(cluster) = std::env::var("ANXU_TEST_POSTGRES") else {
        assert!(
            std::env::var("ANXU_TEST_REQUIRE_POSTGRES").is_err(),
            "ANXU_TEST_POSTGRES must name a cluster"
        );
        return None;
    };
    let name = format!("anxu_operations_{}_{}", std::process::id(), free_port());
    let admin = sea_orm::Database::connect(format!("{cluster}/postgres"))
        .await
        .unwrap();
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .unwrap();
    admin.close().await.unwrap();
    Some(format!("{cluster}/{name}"))
}

/// A sound credit code, different for each number.
fn credit_code(number: u32) -> String {
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
    json!({ "number": number, "enterprise": enterprise, "industry": "hazchem", "scope": ["环氧乙烷"],
        "valid_from": from.to_string(), "valid_until": until.to_string(), "issued_on": from.to_string(),
        "holder": { "name": "南昌第1化工有限公司", "code": credit_code(1), "address": "江西省南昌市东湖区一号",
            "legal_representative": "李开明", "economic_type": "有限责任公司", "region": "360102" } })
}

/// Everything that a command printed.
pub fn told(output: &Output) -> String {
    let bytes = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs another program; it has to succeed.
pub fn judge(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        told(&output)
    );
    told(&output)
}

/// The Python with the test tools, see `scripts/setup-tests`.
pub fn python() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    std::env::var_os("ANXU_TEST_PYTHON").map_or(own, PathBuf::from)
}
