//! The server is killed again and again while people work: what was acknowledged is there exactly once.
//!
//! `ANXU_TEST_KILLS` says how often (25 unless given), `ANXU_TEST_APPLICATIONS` how many applications each of the
//! eight applicants brings to its licence (1 unless given).

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{
    Client, Method, StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::support::*;

const CLIENTS: u32 = 8;
const MATTER: &str = "construction.first_issue";
/// Departments that always review the matter; the first of them decides it.
const DEPARTMENTS: [&str; 5] = [
    "housing",
    "emergency",
    "human_resources",
    "market_regulation",
    "fire",
];
/// Numbers of enterprises that clients register; those of applicants lie below.
const REGISTERED_FROM: u32 = 1000;

fn setting(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// What is sent under an Idempotency-Key.
#[derive(Clone)]
enum Content {
    Json(Value),
    File(Vec<u8>),
}

/// An act that the server acknowledged.
#[derive(Clone)]
struct Acknowledged {
    key: String,
    token: String,
    path: String,
    content: Content,
    status: StatusCode,
    answer: Value,
}

/// What all clients share.
struct Town {
    base: String,
    http: Client,
    officers: Vec<(String, String)>,
    /// Acts acknowledged so far, in order.
    acknowledged: Mutex<Vec<Acknowledged>>,
    /// Acts whose answer was lost with the process, though they were done.
    answers_lost: AtomicU64,
    /// Requests sent again because the server was gone.
    repeated: AtomicU64,
    keys: AtomicU64,
    registered: AtomicU64,
    closing: AtomicBool,
}

impl Town {
    fn token(&self, login: &str) -> &str {
        let found = self.officers.iter().find(|(known, _)| known == login);
        &found.unwrap().1
    }

    async fn send(
        &self,
        token: &str,
        path: &str,
        key: &str,
        content: &Content,
    ) -> Result<(StatusCode, Value), reqwest::Error> {
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .bearer_auth(token)
            .header("idempotency-key", key);
        let request = match content {
            Content::Json(body) => request.json(body),
            Content::File(bytes) => {
                let part = Part::bytes(bytes.clone()).file_name("材料.pdf");
                request.multipart(Form::new().part("file", part))
            }
        };
        let response = request.send().await?;
        let status = response.status();
        Ok((status, response.json().await?))
    }

    /// Does an act, again and again under the same key while the server is gone. Returns its answer, or what names
    /// the thing when the answer was lost.
    async fn act(&self, login: &str, path: &str, content: Content) -> Value {
        let token = self.token(login);
        let key = format!("key-{}", self.keys.fetch_add(1, Ordering::SeqCst));
        loop {
            let Ok((status, answer)) = self.send(token, path, &key, &content).await else {
                self.repeated.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            if status.is_success() {
                let act = Acknowledged {
                    key,
                    token: token.to_owned(),
                    path: path.to_owned(),
                    content,
                    status,
                    answer: answer.clone(),
                };
                self.acknowledged.lock().unwrap().push(act);
                return answer;
            }
            if answer["type"] == "urn:anxu:problem:already-done" {
                self.answers_lost.fetch_add(1, Ordering::SeqCst);
                let resource = answer["resource"].as_str().unwrap();
                return json!({ "id": resource.split('/').next_back().unwrap() });
            }
            assert_eq!(
                status,
                StatusCode::SERVICE_UNAVAILABLE,
                "{login} {path}: {answer}"
            );
        }
    }

    async fn get(&self, login: &str, path: &str) -> Value {
        loop {
            let request = self
                .http
                .get(format!("{}{path}", self.base))
                .bearer_auth(self.token(login));
            let answer = async {
                let response = request.send().await?;
                let status = response.status();
                Ok::<_, reqwest::Error>((status, response.json::<Value>().await?))
            };
            match answer.await {
                Ok((status, view)) => {
                    assert_eq!(status, StatusCode::OK, "{login} {path}: {view}");
                    return view;
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Saves the form of a draft; the version tells whether an edit without an answer was done.
    async fn save_form(&self, login: &str, id: &str) {
        let form = json!({ "contact": "王安全", "contact_phone": "13812345678", "scope": ["建筑施工"],
            "delivery_address": "东湖区一号", "truth_declared": true });
        loop {
            let view = self.get(login, &format!("/api/v1/applications/{id}")).await;
            if view["form"]["contact"] == form["contact"] && view["form"]["truth_declared"] == true {
                return;
            }
            let request = self
                .http
                .request(
                    Method::PUT,
                    format!("{}/api/v1/applications/{id}/form", self.base),
                )
                .bearer_auth(self.token(login))
                .header("if-match", format!("\"{}\"", view["version"]))
                .json(&form);
            if request.send().await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    /// An application from the first word to the decision.
    async fn apply(&self, keeper: &str) {
        let draft = self
            .act(
                keeper,
                "/api/v1/applications",
                Content::Json(json!({ "matter": MATTER })),
            )
            .await;
        let id = draft["id"].as_str().unwrap();
        let base = format!("/api/v1/applications/{id}");
        self.save_form(keeper, id).await;
        let gaps = self.get(keeper, &format!("{base}/completeness")).await;
        for (number, gap) in gaps["missing"].as_array().unwrap().iter().enumerate() {
            let material = gap["field"].as_str().unwrap().strip_prefix("materials.").unwrap();
            let file = format!(
                "%PDF-1.4\n% {id} {number}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
            );
            let path = format!("{base}/materials/{material}/files");
            self.act(keeper, &path, Content::File(file.into_bytes())).await;
        }
        let plain = |body: Value| Content::Json(body);
        self.act(keeper, &format!("{base}/submissions"), plain(json!({})))
            .await;
        self.act("clerk", &format!("{base}/acceptances"), plain(json!({})))
            .await;
        for department in DEPARTMENTS {
            let body = self.findings(department, &base).await;
            self.act(department, &format!("{base}/reviews"), plain(body))
                .await;
        }
        let opinion = json!({ "for_grant": true, "opinion": "符合法定条件，同意" });
        self.act("first", &format!("{base}/first-reviews"), plain(opinion.clone()))
            .await;
        self.act("second", &format!("{base}/second-reviews"), plain(opinion))
            .await;
        let grant = json!({ "outcome": "grant", "reason": "经审查符合法定条件" });
        self.act("leader", &format!("{base}/decisions"), plain(grant))
            .await;
    }

    async fn findings(&self, department: &str, base: &str) -> Value {
        let view = self.get(department, base).await;
        let reviews = view["reviews"].as_array().unwrap();
        let own = reviews
            .iter()
            .find(|one| one["department"] == department)
            .unwrap();
        let conditions = own["conditions"].as_array().unwrap().iter();
        let findings: Vec<_> = conditions
            .map(|one| json!({ "condition": one["key"], "met": "met" }))
            .collect();
        json!({ "findings": findings, "opinion": "符合要求", "passed": true })
    }

    async fn register(&self, number: u32) {
        self.act("clerk", "/api/v1/enterprises", Content::Json(enterprise(number)))
            .await;
        self.registered.fetch_add(1, Ordering::SeqCst);
    }

    fn done(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// Sends an acknowledged act again; its answer has to be the first one.
    async fn repeat(&self, act: &Acknowledged) {
        let again = self
            .send(&act.token, &act.path, &act.key, &act.content)
            .await
            .unwrap();
        assert_eq!(
            again,
            (act.status, act.answer.clone()),
            "{} {}",
            act.key,
            act.path
        );
    }
}

/// One of the eight: applications first, then registrations for as long as the others work.
async fn work(town: Arc<Town>, number: u32, applications: u32) {
    for _ in 0..applications {
        town.apply(&format!("keeper{number}")).await;
    }
    let mut next = REGISTERED_FROM * number;
    while !town.closing.load(Ordering::SeqCst) {
        town.register(next).await;
        next += 1;
    }
}

/// Makes an account and gives it its own password. Returns its token.
async fn account(server: &Server, root: &str, body: Value) -> String {
    let login = body["login"].as_str().unwrap().to_owned();
    let first = "Chushi-2026-mima";
    let mut body = body;
    body["password"] = json!(first);
    let (status, made) = server.post(Some(root), "/api/v1/accounts", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    if let Some(number) = body["qualification"].as_str() {
        let path = format!("/api/v1/accounts/{}/qualifications", made["id"].as_str().unwrap());
        let held = json!({ "number": number, "field": "all", "issuer": "江西省人民政府",
            "valid_from": "2020-01-01", "valid_until": "2099-12-31" });
        assert_eq!(server.post(Some(root), &path, &held).await.0, StatusCode::CREATED);
    }
    let login = json!({ "login": login, "password": first });
    let (_, session) = server.post(None, "/api/v1/sessions", &login).await;
    let token = session["token"].as_str().unwrap().to_owned();
    let change = json!({ "old_password": first, "new_password": PASSWORD });
    let request = server.client.put(format!("{}/api/v1/me/password", server.base));
    let answer = request.bearer_auth(&token).json(&change).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    token
}

/// Everybody who takes part, with tokens.
async fn people(server: &Server) -> Vec<(String, String)> {
    let root = server.sign_in("root").await;
    let officer = |login: &str, role: &str, department: &str| {
        json!({ "login": login, "name": login, "end": "government", "roles": [role], "regions": ["3601"],
            "department": department, "region": "3601" })
    };
    let mut wanted = vec![officer("clerk", "window_clerk", "housing")];
    wanted.extend(
        DEPARTMENTS
            .iter()
            .map(|one| officer(one, "department_reviewer", one)),
    );
    for (login, role) in [
        ("first", "first_reviewer"),
        ("second", "second_reviewer"),
        ("leader", "approver"),
    ] {
        let mut one = officer(login, role, "housing");
        one["qualification"] = json!(format!("赣{login}"));
        wanted.push(one);
    }
    for number in 1..=CLIENTS {
        let (status, view) = server
            .post(Some(&root), "/api/v1/enterprises", &enterprise(number))
            .await;
        assert_eq!(status, StatusCode::CREATED, "{view}");
        wanted.push(
            json!({ "login": format!("keeper{number}"), "name": "证照员", "end": "enterprise",
            "roles": ["enterprise_manager"], "enterprise": view["id"], "region": "3601" }),
        );
    }
    let mut tokens = Vec::new();
    for body in wanted {
        let login = body["login"].as_str().unwrap().to_owned();
        tokens.push((login, account(server, &root, body).await));
    }
    tokens
}

/// A small generator: how many acts to wait for before the next kill.
fn next(state: &mut u64) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from((*state >> 33) % 14 + 1).unwrap()
}

/// Waits until so many more acts are acknowledged.
async fn after(town: &Town, acts: usize) {
    let wanted = town.done() + acts;
    let begun = Instant::now();
    while town.done() < wanted {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "nobody gets anything done"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Kills the server so often, in the middle of the work; in between some acts are sent again.
async fn kill(installation: &Installation, mut server: Server, town: &Town, kills: u32) -> Server {
    let mut chance = 2026;
    for round in 1..=kills {
        after(town, next(&mut chance)).await;
        server.kill();
        if round % 10 == 0 {
            // Once more while it is starting.
            installation.start().kill();
        }
        server = installation.serve().await;
        let acts = town.acknowledged.lock().unwrap().clone();
        for act in acts.iter().rev().take(CLIENTS as usize) {
            town.repeat(act).await;
        }
    }
    server
}

fn same(installation: &Installation, sql: &str, wanted: u64) {
    assert_eq!(installation.number(sql), i64::try_from(wanted).unwrap(), "{sql}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_being_killed() {
    let kills = setting("ANXU_TEST_KILLS", 25);
    let applications = setting("ANXU_TEST_APPLICATIONS", 1);
    let installation = Installation::new();
    installation.create_admin();
    let server = installation.serve().await;
    let town = Arc::new(Town {
        base: installation.base(),
        http: Client::new(),
        officers: people(&server).await,
        acknowledged: Mutex::default(),
        answers_lost: AtomicU64::new(0),
        repeated: AtomicU64::new(0),
        keys: AtomicU64::new(0),
        registered: AtomicU64::new(0),
        closing: AtomicBool::new(false),
    });
    let begun = Instant::now();
    let clients = (1..=CLIENTS).map(|number| tokio::spawn(work(town.clone(), number, applications)));
    let clients: Vec<_> = clients.collect();
    let server = kill(&installation, server, &town, kills).await;
    let killing = begun.elapsed();
    town.closing.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
    installation.settled().await;

    let acts = town.acknowledged.lock().unwrap().clone();
    for act in &acts {
        town.repeat(act).await;
    }
    let granted = u64::from(CLIENTS * applications);
    let registered = town.registered.load(Ordering::SeqCst) + u64::from(CLIENTS);
    same(&installation, "SELECT count(*) FROM enterprise", registered);
    same(
        &installation,
        "SELECT count(*) FROM event WHERE kind = 'enterprise.registered'",
        registered,
    );
    same(
        &installation,
        "SELECT count(*) FROM application WHERE state = 'granted'",
        granted,
    );
    same(&installation, "SELECT count(*) FROM application", granted);
    for kind in [
        "application.submitted",
        "application.accepted",
        "application.granted",
        "licence.reserved",
        "licence.issued",
    ] {
        same(
            &installation,
            &format!("SELECT count(*) FROM event WHERE kind = '{kind}'"),
            granted,
        );
    }
    let reviews = granted * DEPARTMENTS.len() as u64;
    same(
        &installation,
        "SELECT count(*) FROM event WHERE kind = 'application.reviewed'",
        reviews,
    );
    same(
        &installation,
        "SELECT count(DISTINCT number) FROM licence WHERE state = 'issued'",
        granted,
    );
    same(
        &installation,
        "SELECT last FROM number_series WHERE series LIKE 'licence/%JZ%'",
        granted,
    );
    same(
        &installation,
        "SELECT count(*) FROM number_given WHERE series LIKE 'licence/%JZ%'",
        granted,
    );
    same(&installation, "SELECT count(*) FROM job WHERE state = 'dead'", 0);
    let keys: BTreeSet<_> = acts.iter().map(|act| &act.key).collect();
    assert_eq!(keys.len(), acts.len());
    let lost = town.answers_lost.load(Ordering::SeqCst);
    same(
        &installation,
        "SELECT count(*) FROM idempotency",
        acts.len() as u64 + lost,
    );

    server.stop();
    let (clean, report) = report(&installation.run(&["audit", "--json"]));
    assert!(clean, "{report}");
    println!(
        "{kills} kills in {:.1} s: {} acts acknowledged, {lost} answers lost, {} requests repeated, {granted} licences; \
         audit: {} events, {} rows, {} files, {} numbers",
        killing.as_secs_f64(),
        acts.len(),
        town.repeated.load(Ordering::SeqCst),
        report["events"],
        report["rows"],
        report["files"],
        report["numbers"],
    );
}
