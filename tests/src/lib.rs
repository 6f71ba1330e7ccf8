//! The platform under test: the real router over a real database, a clock that stands, reproducible ids.

// Helpers of tests may fail as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod city;
pub mod outside;

use std::{
    ffi::OsString,
    fs,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
};

use identity::{End, NewAccount};
use kernel::{Actor, Clock, FixedClock, Role, Scope, SeededIds, ids::AccountId};
use metrics_exporter_prometheus::PrometheusBuilder;
use reqwest::{
    Client, Method, RequestBuilder, StatusCode,
    multipart::{Form, Part},
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use server::{Config, Platform};
use tempfile::TempDir;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// When journeys begin: noon in Shanghai.
const NOON: &str = "2026-03-02T04:00:00Z";
/// Password of every account in tests.
pub const PASSWORD: &str = "Anquan-2026-test";

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in a temporary folder.
    Sqlite,
    /// A database of its own in the cluster named by `ANXU_TEST_POSTGRES`.
    Postgres,
}

/// Runs a test on SQLite and on PostgreSQL: `on_both! { async fn name(app) { … } }`.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($app:ident) $body:block)*) => { $(
        mod $name {
            use super::*;
            async fn journey($app: $crate::TestApp) $body
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let app = $crate::TestApp::start($crate::Engine::Sqlite).await.unwrap();
                journey(app).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                // Without a cluster only SQLite is tested; `make test` always brings one.
                let Some(app) = $crate::TestApp::start($crate::Engine::Postgres).await else { return };
                journey(app).await;
            }
        }
    )* };
}

/// A running platform.
pub struct TestApp {
    /// Address of the server.
    pub base: String,
    /// The platform behind it.
    pub platform: Platform,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    client: Client,
    server: tokio::task::JoinHandle<()>,
    tokens: Mutex<std::collections::HashMap<String, String>>,
    database: Option<(String, String)>,
    _folder: TempDir,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl TestApp {
    /// Starts on the given engine at noon of 2026-03-02 in Shanghai; `None` when there is no PostgreSQL.
    pub async fn start(engine: Engine) -> Option<Self> {
        Self::start_at(engine, NOON).await
    }

    /// Starts at the given instant.
    pub async fn start_at(engine: Engine, now: &str) -> Option<Self> {
        Self::start_as(engine, now, |_| {}).await
    }

    /// Starts with other settings.
    pub async fn start_with(engine: Engine, change: impl FnOnce(&mut Config)) -> Option<Self> {
        Self::start_as(engine, NOON, change).await
    }

    async fn start_as(engine: Engine, now: &str, change: impl FnOnce(&mut Config)) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(new_database().await?),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let base = format!("http://{address}");
        let mut config = Config {
            listen: address,
            database_url: database.as_ref().map(|(_, url)| url.clone()),
            database_connections: 4,
            data_dir: folder.path().to_owned(),
            public_url: base.clone(),
            keys_passphrase: Some("test".into()),
            demo: true,
            ..Config::default()
        };
        change(&mut config);
        let clock = Arc::new(FixedClock::at(OffsetDateTime::parse(now, &Rfc3339).unwrap()));
        let platform = open(config, clock.clone(), now).await;
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let site = server::site(&platform, metrics).unwrap();
        let service = site.router.into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        Some(Self {
            base,
            platform,
            clock,
            client: Client::new(),
            server,
            tokens: Mutex::default(),
            database,
            _folder: folder,
        })
    }

    /// Another process over the same database, files and keys, with the same clock.
    pub async fn another(&self) -> Platform {
        let config = (*self.platform.config).clone();
        let ids = Arc::new(kernel::RandomIds);
        Platform::open(config, self.clock.clone(), ids).await.unwrap()
    }

    /// Changes rows behind the platform's back, as a process leaves them that dies.
    pub async fn again(&self, sql: &str) {
        let url = self.platform.kernel.db().url();
        let own = sea_orm::Database::connect(url).await.unwrap();
        own.execute_unprepared(sql).await.unwrap();
        own.close().await.unwrap();
    }

    /// Address of the database, when it is PostgreSQL.
    pub fn database_url(&self) -> Option<&str> {
        self.database.as_ref().map(|(_, url)| url.as_str())
    }

    /// The folder with files and the embedded database.
    pub fn folder(&self) -> &Path {
        &self.platform.config.data_dir
    }

    /// Makes an account with these roles, reaching the given region, department or enterprise.
    pub async fn account(&self, login: &str, roles: &[Role], scope: Scope) -> AccountId {
        let end = if roles.iter().all(|role| role.is_enterprise()) {
            End::Enterprise
        } else {
            End::Government
        };
        let new = NewAccount {
            login: login.into(),
            name: format!("测试{login}"),
            end,
            roles: roles.to_vec(),
            region: scope.regions.first().cloned().unwrap_or_else(|| "3601".into()),
            scope,
            phone: None,
            password: PASSWORD.into(),
            must_change_password: false,
        };
        self.platform
            .identity
            .create(&Actor::system("test"), new)
            .await
            .unwrap()
            .id
    }

    /// An officer of Nanchang with these roles.
    pub async fn officer(&self, login: &str, roles: &[Role]) -> AccountId {
        self.account(
            login,
            roles,
            Scope {
                regions: vec!["3601".into()],
                ..Scope::default()
            },
        )
        .await
    }

    /// A client signed in as `login`.
    pub async fn as_(&self, login: &str) -> Session<'_> {
        let known = self.tokens.lock().unwrap().get(login).cloned();
        let token = match known {
            Some(token) => token,
            None => {
                let body = json!({ "login": login, "password": PASSWORD });
                let (status, answer) = self.stranger().post("/api/v1/sessions", body).await;
                assert_eq!(status, StatusCode::CREATED, "login {login}: {answer}");
                let token = answer["token"].as_str().unwrap().to_owned();
                self.tokens
                    .lock()
                    .unwrap()
                    .insert(login.to_owned(), token.clone());
                token
            }
        };
        Session {
            app: self,
            token: Some(token),
        }
    }

    /// The next request of `login` signs in anew.
    pub fn forget(&self, login: &str) {
        self.tokens.lock().unwrap().remove(login);
    }

    /// A client that is not signed in.
    pub fn stranger(&self) -> Session<'_> {
        Session {
            app: self,
            token: None,
        }
    }

    /// Does all jobs that are due.
    pub async fn run_jobs(&self) -> usize {
        self.platform.workers().drain().await.unwrap()
    }

    /// Puts everything recorded so far into the evidence log.
    pub async fn seal(&self) {
        self.platform.transparency.seal_all().await.unwrap();
    }

    /// What the audit finds, `kind what` by fault.
    pub async fn audit(&self) -> Vec<String> {
        let sources = self.platform.audit_sources();
        let report = self
            .platform
            .transparency
            .audit(&Actor::system("test"), &sources)
            .await
            .unwrap();
        assert!(report.events > 0 && report.rows > 0, "{report:?}");
        let faults = report.faults.iter();
        faults
            .map(|fault| format!("{:?} {}", fault.kind, fault.what))
            .collect()
    }

    /// Jobs that are due and not done.
    pub async fn jobs_left(&self) -> i64 {
        let now = kernel::Moment::from(self.clock.now());
        self.count(&format!(
            "SELECT count(*) FROM job WHERE state IN ('ready','running','dead') AND run_at <= {}",
            now.0
        ))
        .await
    }

    /// Jobs that were given up.
    pub async fn jobs_dead(&self) -> i64 {
        self.count("SELECT count(*) FROM job WHERE state = 'dead'").await
    }

    /// Moves the clock on. Sessions may end by it, so everybody signs in anew.
    pub fn advance(&self, by: time::Duration) {
        self.clock.advance(by);
        self.tokens.lock().unwrap().clear();
    }

    /// Sets the clock to an instant (RFC 3339). Everybody signs in anew.
    pub fn set_clock(&self, now: &str) {
        self.clock.set(OffsetDateTime::parse(now, &Rfc3339).unwrap());
        self.tokens.lock().unwrap().clear();
    }

    /// Counts rows behind the platform's back, e.g. `SELECT count(*) FROM enterprise`.
    pub async fn count(&self, sql: &str) -> i64 {
        let db = self.platform.kernel.db();
        let statement = Statement::from_string(db.backend(), sql);
        let row = db.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// The legal day now.
    pub fn today(&self) -> kernel::LegalDate {
        kernel::Moment::from(self.clock.now()).legal_date()
    }
}

/// Opens a platform over the keys that the first one of the process made: drawing primes takes its time.
async fn open(config: Config, clock: Arc<FixedClock>, now: &str) -> Platform {
    static KEYS: tokio::sync::Mutex<Vec<(OsString, Vec<u8>)>> = tokio::sync::Mutex::const_new(Vec::new());
    let folder = config.keys_dir();
    let opened = async |config| {
        let ids = Arc::new(SeededIds::new(7));
        let platform = Platform::open(config, clock.clone(), ids).await.unwrap();
        platform.with_movable_clock(clock.clone())
    };
    // Keys are not valid before they were made.
    if now != NOON {
        return opened(config).await;
    }
    let mut keys = KEYS.lock().await;
    if keys.is_empty() {
        let platform = opened(config).await;
        let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap());
        keys.extend(files.map(|file| (file.file_name(), fs::read(file.path()).unwrap())));
        return platform;
    }
    fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in keys.iter() {
        fs::write(folder.join(name), bytes).unwrap();
    }
    drop(keys);
    opened(config).await
}

/// A client of the platform.
pub struct Session<'a> {
    app: &'a TestApp,
    token: Option<String>,
}

impl Session<'_> {
    /// A request with the session's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .app
            .client
            .request(method, format!("{}{path}", self.app.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// GET as JSON.
    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::GET, path)).await
    }

    /// GET as bytes.
    pub async fn bytes(&self, path: &str) -> (StatusCode, Vec<u8>) {
        let response = self.request(Method::GET, path).send().await.unwrap();
        (response.status(), response.bytes().await.unwrap().to_vec())
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path).json(&body)).await
    }

    /// POST of JSON with an Idempotency-Key.
    pub async fn keyed(&self, path: &str, key: &str, body: &Value) -> (StatusCode, Value) {
        answer(
            self.request(Method::POST, path)
                .header("idempotency-key", key)
                .json(body),
        )
        .await
    }

    /// Upload of one file as multipart form.
    pub async fn upload(&self, path: &str, name: &str, bytes: Vec<u8>) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path).multipart(file_form(name, bytes))).await
    }

    /// PUT of JSON with the version seen.
    pub async fn put(&self, path: &str, version: i64, body: Value) -> (StatusCode, Value) {
        answer(
            self.request(Method::PUT, path)
                .header("if-match", format!("\"{version}\""))
                .json(&body),
        )
        .await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::DELETE, path)).await
    }
}

/// A multipart form with one file.
pub fn file_form(name: &str, bytes: Vec<u8>) -> Form {
    Form::new().part("file", Part::bytes(bytes).file_name(name.to_owned()))
}

/// The text that a PDF shows, as pdftotext (poppler) reads it.
pub fn printed(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("document.pdf");
    std::fs::write(&file, pdf).unwrap();
    let said = std::process::Command::new("pdftotext")
        .arg(&file)
        .arg("-")
        .output();
    String::from_utf8(said.unwrap().stdout).unwrap()
}

/// Sends a request and reads the answer as JSON, `null` when it is none.
pub async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let bytes = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// Makes a database of its own in the cluster. `None` when there is no cluster and none is demanded.
async fn new_database() -> Option<(String, String)> {
    let Ok(cluster) = std::env::var("ANXU_TEST_POSTGRES") else {
        let demanded = std::env::var("ANXU_TEST_REQUIRE_POSTGRES").is_ok();
        assert!(
            !demanded,
            "ANXU_TEST_POSTGRES must name a cluster, e.g. postgres://postgres@127.0.0.1:5433"
        );
        return None;
    };
    let name = format!("anxu_{}", uuid::Uuid::from_u128(rand_u128()).simple());
    let admin = sea_orm::Database::connect(format!("{cluster}/postgres"))
        .await
        .unwrap();
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .unwrap();
    admin.close().await.unwrap();
    Some((name.clone(), format!("{cluster}/{name}")))
}

fn rand_u128() -> u128 {
    let mut bytes = [0; 16];
    kernel::IdSource::fill(&kernel::RandomIds, &mut bytes);
    u128::from_le_bytes(bytes)
}
