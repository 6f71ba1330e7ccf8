//! The world outside: a mailbox behind a real SMTP server, and an address that takes signed POSTs.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::Value;

/// How long something that was sent is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A mailbox. The server behind it ends with it.
pub struct Mailbox {
    /// `smtp://…` of its server.
    pub url: String,
    mails: Arc<Mutex<Vec<Value>>>,
    server: Child,
}

impl Mailbox {
    /// Opens a mailbox.
    pub fn open() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = std::env::var_os("ANXU_TEST_PYTHON")
            .map_or_else(|| here.join("../.venv/bin/python"), PathBuf::from);
        let mut server = Command::new(&python)
            .arg(here.join("src/mailbox.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; run scripts/setup-tests", python.display()));
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let port = lines
            .next()
            .expect("aiosmtpd is there; run scripts/setup-tests")
            .unwrap();
        let mails: Arc<Mutex<Vec<Value>>> = Arc::default();
        let taken = mails.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                taken.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        Self {
            url: format!("smtp://127.0.0.1:{port}"),
            mails,
            server,
        }
    }

    /// What has come so far.
    pub fn mails(&self) -> Vec<Value> {
        self.mails.lock().unwrap().clone()
    }

    /// Waits until so many mails have come, and a moment longer for one too many.
    pub async fn wait_for(&self, count: usize) -> Vec<Value> {
        let begun = std::time::Instant::now();
        while self.mails().len() < count && begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        self.mails()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Taken {
    /// A header as text.
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

type Answering = Arc<Mutex<(Vec<Taken>, u16)>>;

/// An address that takes POSTs and answers as it is told.
pub struct Receiver {
    /// Its address.
    pub url: String,
    state: Answering,
}

impl Receiver {
    /// Opens one that answers 204.
    pub async fn open() -> Self {
        let state: Answering = Arc::new(Mutex::new((Vec::new(), 204)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/inbox", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/inbox", post(take))
            .with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    /// From here on it answers so.
    pub fn answer(&self, status: u16) {
        self.state.lock().unwrap().1 = status;
    }

    /// What has come so far, taken or refused.
    pub fn taken(&self) -> Vec<Taken> {
        self.state.lock().unwrap().0.clone()
    }
}

async fn take(State(state): State<Answering>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut state = state.lock().unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    state.0.push(Taken { headers, body });
    StatusCode::from_u16(state.1).unwrap()
}
