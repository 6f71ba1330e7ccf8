//! Who may do what: every operation of the OpenAPI document × every role and a stranger, and every operation on one
//! thing × people who do not reach it. Nothing is listed by hand but how each thing is addressed; an operation that
//! is missing there fails the test.

use std::collections::BTreeSet;

use journeys::{Engine, Session, TestApp, city, on_both};
use kernel::{Permission, Role, Scope};
use metrics_exporter_prometheus::PrometheusBuilder;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use server::access_table::Requirement;
use uuid::Uuid;

type Operation = (Method, String, Requirement);

fn operations(app: &TestApp) -> Vec<Operation> {
    let metrics = PrometheusBuilder::new().build_recorder().handle();
    server::site(&app.platform, metrics).unwrap().access.all()
}

/// The address with every parameter replaced by something that does not exist.
fn nowhere(template: &str) -> String {
    let parts = template.split('/').map(|part| {
        if part.starts_with('{') {
            Uuid::from_u128(0xA11CE).to_string()
        } else {
            part.to_owned()
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Sends only what every operation can be sent; what it is worth does not matter here.
async fn status_of(session: &Session<'_>, method: &Method, path: &str) -> (StatusCode, String) {
    let mut request = session.request(method.clone(), path);
    if method != Method::GET {
        request = request.header("if-match", "\"1\"").json(&json!({}));
    }
    answer(request).await
}

/// Status and type of problem. A stream without an end is not waited for.
async fn answer(request: RequestBuilder) -> (StatusCode, String) {
    let response = request.send().await.unwrap();
    let status = response.status();
    if status.is_success() {
        return (status, String::new());
    }
    let problem: Value = response.json().await.unwrap_or_default();
    (status, problem["type"].as_str().unwrap_or_default().to_owned())
}

/// What is wrong with an answer to a caller who holds these permissions; `None` when nothing is.
fn fault(
    requirement: Requirement,
    held: Option<&BTreeSet<&str>>,
    status: StatusCode,
    kind: &str,
) -> Option<String> {
    let expected = match (requirement, held) {
        (Requirement::Public, _) => None,
        (Requirement::Permission(_), None) => {
            Some((StatusCode::UNAUTHORIZED, "urn:anxu:problem:unauthenticated"))
        }
        (Requirement::Permission(permission), Some(held)) => (!held.contains(permission.as_str()))
            .then_some((StatusCode::FORBIDDEN, "urn:anxu:problem:forbidden")),
    };
    let right = match expected {
        Some((code, slug)) => status == code && kind == slug,
        // A login with an empty body is refused as input, never as unauthenticated.
        None => ![401, 403, 405].contains(&status.as_u16()) && !status.is_server_error(),
    };
    let words = expected.map_or("anything but 401, 403, 405, 5xx".to_owned(), |(code, _)| {
        code.to_string()
    });
    (!right).then(|| format!("{status} {kind} instead of {words}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_asks_for_its_permission() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let mut operations = operations(&app);
    assert!(operations.len() > 80, "{} operations", operations.len());
    // What ends sessions comes last.
    operations
        .sort_by_key(|(method, path, _)| method == Method::DELETE && path.starts_with("/api/v1/sessions"));
    let mut faults = Vec::new();
    let mut asked = 0;
    for (method, template, requirement) in &operations {
        let (status, kind) = status_of(&app.stranger(), method, &nowhere(template)).await;
        asked += 1;
        faults.extend(
            fault(*requirement, None, status, &kind)
                .map(|why| format!("stranger {method} {template}: {why}")),
        );
    }
    for role in Role::ALL {
        let login = format!("role-{}", role.as_str().replace('_', "-"));
        let scope = Scope {
            regions: if role.is_enterprise() {
                Vec::new()
            } else {
                vec!["3601".into()]
            },
            department: None,
            enterprise: role.is_enterprise().then(|| Uuid::from_u128(77)),
        };
        app.account(&login, &[*role], scope).await;
        let held: BTreeSet<&str> = role.permissions().iter().map(|one| one.as_str()).collect();
        for (method, template, requirement) in &operations {
            let (status, kind) = status_of(&app.as_(&login).await, method, &nowhere(template)).await;
            asked += 1;
            if method == Method::DELETE && status.is_success() {
                app.forget(&login);
            }
            faults.extend(
                fault(*requirement, Some(&held), status, &kind)
                    .map(|why| format!("{} {method} {template}: {why}", role.as_str())),
            );
        }
    }
    assert_eq!(asked, operations.len() * (Role::ALL.len() + 1));
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_permission_is_asked_for_and_held() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let asked: BTreeSet<_> = operations(&app)
        .into_iter()
        .filter_map(|(_, _, requirement)| match requirement {
            Requirement::Permission(permission) => Some(permission),
            Requirement::Public => None,
        })
        .collect();
    for permission in Permission::ALL {
        let held = Role::ALL
            .iter()
            .any(|role| role.permissions().contains(permission));
        assert!(held, "nobody holds {}", permission.as_str());
        assert!(
            asked.contains(permission),
            "no operation asks for {}",
            permission.as_str()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_public_answers_strangers() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let paths = [
        "/",
        "/search",
        "/search?q=%E5%8C%96%E5%B7%A5",
        "/verify",
        "/matters",
        "/matters/noncoal_mine.first_issue",
        "/about/verification",
        "/robots.txt",
        "/sitemap.xml",
        "/sitemap/pages.xml",
        "/favicon.svg",
        "/open-data/licences.csv",
        "/api/openapi.json",
        "/api/docs",
        "/log/checkpoint",
        "/pki/ca.crt",
        "/pki/crl.der",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/v1/public/licences",
        "/api/v1/public/decisions",
        "/api/v1/public/evidence-log",
        "/api/v1/matters",
        "/api/v1/matters/noncoal_mine.first_issue",
        "/api/v1/regions",
        "/api/v1/industries",
    ];
    for path in paths {
        let (status, bytes) = app.stranger().bytes(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        // Nothing is measured in a test.
        assert!(!bytes.is_empty() || path == "/metrics", "{path}");
    }
    for path in [
        "/api/v1/nothing",
        "/nothing",
        "/v/nothing",
        "/log/tile/9/000",
        "/api/v1/public/licences/nothing",
    ] {
        assert_eq!(
            app.stranger().bytes(path).await.0,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

/// Things of which people elsewhere must not know.
struct Things {
    /// Parameter names with the identifiers of real things, by the first part of the address.
    ids: Vec<(&'static str, String)>,
}

impl Things {
    async fn make(app: &TestApp) -> Self {
        let licence = app.issued().await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let application = text(&licence["application"]);
        let enterprise = text(&licence["enterprise"]);
        let view = app.application("clerk", &application).await;
        let files = view["materials"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|one| one["files"].as_array().unwrap());
        let file = text(&files.into_iter().next().unwrap()["id"]);
        let staff = json!({ "name": "赵勇", "post": "safety_officer", "certificate_kind": "安全员证", "certificate_number": "赣C1" });
        let staff = app
            .act("clerk", &format!("/api/v1/enterprises/{enterprise}/staff"), staff)
            .await;
        let facility = json!({ "name": "液氯储罐", "kind": "facility", "class": "储罐区" });
        let facility = app
            .act(
                "clerk",
                &format!("/api/v1/enterprises/{enterprise}/facilities"),
                facility,
            )
            .await;
        let list = format!("企业名称,统一社会信用代码\n南昌乙厂,{}\n", city::credit_code(2));
        let (status, import) = app
            .as_("clerk")
            .await
            .upload("/api/v1/enterprise-imports", "a.csv", list.into_bytes())
            .await;
        assert_eq!(status, StatusCode::ACCEPTED, "{import}");
        app.run_jobs().await;
        let (filing, case, piece) = life_of(app, &text(&licence["id"])).await;
        app.officer("root", &[Role::Administrator]).await;
        let sessions = app.as_("root").await.get("/api/v1/sessions").await.1;
        let account = app.as_("clerk").await.get("/api/v1/me").await.1;
        let watched = app.enterprise("南昌到期采石厂", 78).await;
        app.taken_over("root", watched, 999_999, "2025-01-01").await;
        app.run_jobs().await;
        let path = format!("/api/v1/enterprises/{watched}");
        let watched = app.as_("clerk").await.get(&path).await.1;
        let others = collaboration(app).await;
        Self {
            ids: vec![
                ("reminder-letters", others[0].clone()),
                ("joint-meetings", others[1].clone()),
                ("rectifications", others[2].clone()),
                ("referrals", others[3].clone()),
                ("notices", others[4].clone()),
                ("notice-deliveries", others[5].clone()),
                ("webhooks", others[6].clone()),
                ("licences", text(&licence["id"])),
                ("licence-filings", filing),
                ("licence-cases", case),
                ("{piece}", piece),
                ("{paper}", Uuid::from_u128(9).to_string()),
                ("applications", application),
                ("enterprises", enterprise),
                ("enterprise-watches", text(&watched["watch"][0]["id"])),
                ("enterprise-imports", text(&import["id"])),
                ("accounts", text(&account["id"])),
                ("sessions", text(&sessions[0]["id"])),
                ("list-reviews", Uuid::from_u128(8).to_string()),
                ("{check}", Uuid::from_u128(10).to_string()),
                ("{photo}", Uuid::from_u128(11).to_string()),
                ("{file}", file),
                ("{document}", text(&view["documents"][0]["id"])),
                ("{stop}", Uuid::from_u128(9).to_string()),
                ("{staff}", text(&staff["id"])),
                ("{facility}", text(&facility["id"])),
                ("{material}", "business_licence".into()),
                ("{department}", "fire".into()),
                ("{kind}", "grant".into()),
                ("{edition}", "original".into()),
                ("{channel}", "mail".into()),
            ],
        }
    }

    fn id(&self, name: &str) -> Option<&str> {
        let found = self.ids.iter().find(|(known, _)| *known == name);
        found.map(|(_, id)| id.as_str())
    }

    /// The address of the real thing; `None` when this table does not know the operation.
    fn address(&self, template: &str) -> Option<String> {
        let collection = template.strip_prefix("/api/v1/")?.split('/').next()?;
        let parts = template.split('/').map(|part| match part {
            "{id}" => self.id(collection),
            part if part.starts_with('{') => self.id(part),
            part => Some(part),
        });
        let path = parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))?;
        let days = "?from=2026-01-01&until=2026-12-31";
        Some(if template.ends_with("duties") {
            path + days
        } else {
            path
        })
    }
}

/// A filing and a case file with a piece of evidence about a licence.
async fn life_of(app: &TestApp, licence: &str) -> (String, String, String) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let handover = json!({ "recipient": "王", "identity": "身份证", "method": "窗口领取", "place": "大厅" });
    let filing = app
        .act(
            "clerk",
            &format!("/api/v1/licences/{licence}/handovers"),
            handover,
        )
        .await;
    app.officer("inspector", &[Role::Inspector]).await;
    let case = json!({ "measure": { "kind": "revocation" }, "subject": "转让许可证" });
    let case = app
        .act("inspector", &format!("/api/v1/licences/{licence}/cases"), case)
        .await;
    let path = format!("/api/v1/licence-cases/{}/evidence", text(&case["id"]));
    let form = journeys::file_form("笔录.pdf", city::pdf(5)).text("proves", "转让的事实");
    let inspector = app.as_("inspector").await;
    let upload = inspector
        .request(Method::POST, &path)
        .header("if-match", "\"1\"")
        .multipart(form);
    let (status, view) = journeys::answer(upload).await;
    assert_eq!(status, StatusCode::CREATED, "{view}");
    (
        text(&filing["id"]),
        text(&case["id"]),
        text(&view["evidence"][0]["id"]),
    )
}

/// A letter, a meeting with a problem, a referral, a notice, a delivery and a webhook.
async fn collaboration(app: &TestApp) -> Vec<String> {
    let meeting = json!({ "title": "会议", "held_on": "2026-03-02", "place": "局", "departments": ["emergency", "fire"],
        "summary": "纪要", "problems": [{ "problem": "堵塞", "requirement": "清理", "department": "fire", "due_on": "2026-12-31" }] });
    let meeting = app.act("leader", "/api/v1/joint-meetings", meeting).await;
    let referral = json!({ "addressee": "fire", "title": "通道", "text": "堵塞" });
    let referral = app.act("clerk", "/api/v1/referrals", referral).await;
    // Nobody listens on the discard port.
    let webhook = json!({ "name": "无人接收", "url": "http://127.0.0.1:9/", "topics": ["tasks"] });
    let webhook = app.act("root", "/api/v1/webhooks", webhook).await;
    let late = app.enterprise("南昌迟办厂", 77).await;
    app.of_enterprise("late", Role::EnterpriseManager, late).await;
    let id = app.submitted("late", city::MATTER).await;
    app.act(
        "clerk",
        &format!("/api/v1/applications/{id}/acceptances"),
        json!({}),
    )
    .await;
    app.run_jobs().await;
    app.set_clock("2026-04-20T04:00:00Z");
    app.run_jobs().await;
    let first = async |login: &str, path: &str| {
        let page = app.as_(login).await.get(path).await.1;
        page["items"][0]["id"].clone()
    };
    let ids = [
        first("clerk", "/api/v1/reminder-letters").await,
        meeting["id"].clone(),
        meeting["problems"][0]["id"].clone(),
        referral["id"].clone(),
        first("clerk", "/api/v1/notices").await,
        first("root", "/api/v1/notice-deliveries?state=failed").await,
        webhook["id"].clone(),
    ];
    ids.map(|id| id.as_str().unwrap().to_owned()).to_vec()
}

/// A body that is well formed for the operation, so that nothing but the reach can refuse it.
fn body_of(method: &Method, template: &str) -> Option<Value> {
    let item = json!({ "target": { "kind": "form" }, "problem": "不清", "requirement": "写明" });
    let enterprise = json!({ "name": "南昌改名厂", "code": city::credit_code(1), "legal_representative": "李开明",
        "address": "别处", "region": "360203", "confirmed_warnings": true });
    let staff = json!({ "name": "钱二", "post": "safety_officer" });
    let facility = json!({ "name": "罐", "kind": "facility", "class": "储罐区" });
    let account = json!({ "name": "改名", "roles": ["auditor"], "regions": ["3601"], "state": "active" });
    let opinion = json!({ "for_grant": true, "opinion": "同意" });
    let qualification = json!({ "number": "赣9", "field": "hazchem", "issuer": "省政府",
        "valid_from": "2026-01-01", "valid_until": "2028-12-31" });
    let last = template.rsplit('/').next().unwrap_or_default();
    Some(match (method.as_str(), last) {
        ("GET" | "DELETE", _) => Value::Null,
        (
            "POST",
            "ownership" | "submissions" | "acceptances" | "resumptions" | "cancellation" | "retries"
            | "readings" | "receipts" | "tests" | "codes",
        ) => json!({}),
        ("POST", "proofs") => json!({ "code": "123456" }),
        ("POST", "supplies" | "signatures" | "{kind}") => json!({}),
        ("POST", "cancellations" | "commitment-breaches") => json!({ "reason": "理由" }),
        ("POST", "results") => json!({ "results": [] }),
        ("POST", "conclusions") => {
            let signed = json!({ "kind": "signed", "name": "王", "position": "矿长" });
            json!({ "acknowledgement": signed, "summary": "符合" })
        }
        ("POST", "site-checks") => {
            json!({ "reason": "核实", "planned_on": "2026-03-20", "officers": [] })
        }
        ("POST", "photos") => Value::Null,
        ("PUT", "subject") => json!({ "kind": "renewal" }),
        ("POST", "decisions") if template.contains("list-reviews") => json!({ "outcome": "approve" }),
        ("POST", "reports" | "answers") => json!({ "text": "已办" }),
        ("POST", "closures") if template.contains("/rectifications/") => {
            json!({ "mended": true, "text": "属实" })
        }
        ("POST", "corrections") => json!({ "items": [item] }),
        ("POST", "non-acceptances") => json!({ "reason": "不属于", "legal_basis": "第一条" }),
        ("POST", "reviews") => json!({ "findings": [], "opinion": "同意", "passed": true }),
        ("POST", "returns" | "extensions" | "withdrawals" | "voiding") => json!({ "reason": "理由" }),
        ("POST", "clock-stops") => {
            json!({ "cause": "testing", "expected_until": "2026-03-20", "reason": "检测" })
        }
        ("POST", "first-reviews" | "second-reviews") => opinion,
        ("POST", "decisions") => json!({ "outcome": "grant", "reason": "符合" }),
        ("POST", "deliveries") => json!({ "place": "窗口", "method": "直接送达", "recipient": "王" }),
        ("PUT", "form") => city::form(),
        ("POST", "password-resets") => json!({ "password": "Qita-2026-mima" }),
        ("POST", "qualifications") => qualification,
        ("POST", "staff") | ("PUT", "{staff}") => staff,
        ("POST", "facilities") | ("PUT", "{facility}") => facility,
        ("PUT", "{id}") if template.contains("/enterprises/") => enterprise,
        ("PUT", "{id}") if template.contains("/accounts/") => account,
        ("POST", "files" | "evidence") => Value::Null,
        _ => return life_body(method, last),
    })
}

/// The bodies of acts on a licence that was issued.
fn life_body(method: &Method, last: &str) -> Option<Value> {
    let findings = json!({ "facts": "转让", "violated": "第十三条", "legal_basis": "第二十一条", "public_reason": "转让" });
    let elsewhere = json!({ "region": "360702", "place": "赣州", "project": "检修", "responsible": "赵",
        "from": "2026-04-01", "until": "2026-04-30" });
    Some(match (method.as_str(), last) {
        ("POST", "handovers") => {
            json!({ "recipient": "王", "identity": "证", "method": "窗口", "place": "大厅" })
        }
        ("POST", "postings") => json!({ "place": "大厅" }),
        ("POST", "self-checks") => json!({ "intact": true }),
        ("POST", "damages") => {
            json!({ "happened_at": "2026-03-01T00:00:00Z", "cause": "水", "disaster": true })
        }
        ("POST", "losses") => json!({ "on": "2026-03-01", "circumstances": "遗失" }),
        ("POST", "works-elsewhere") => elsewhere,
        ("POST", "emergency-uses") => json!({ "on": "2026-03-01", "purpose": "抢险" }),
        ("POST", "annual-reviews") => json!({ "year": 2026, "result": "合格", "opinion": "齐全" }),
        ("POST", "reports") => json!({ "text": "完工" }),
        ("POST", "paper-returns") => json!({ "papers": "正本1份" }),
        ("POST", "destructions") => json!({ "method": "粉碎" }),
        ("POST", "exchanges" | "stand-ins" | "recoveries" | "destruction-witnesses" | "prior-notices") => {
            json!({})
        }
        ("POST", "cases") => json!({ "measure": { "kind": "revocation" }, "subject": "转让" }),
        ("POST", "findings") => json!({ "findings": findings, "measure": { "kind": "revocation" } }),
        ("POST", "statements") => json!({ "kind": "plea", "text": "无" }),
        ("POST", "hearings") => json!({ "presided": "赵", "report": "记录" }),
        ("POST", "proposals") => json!({ "opinion": "同意" }),
        ("POST", "approvals") => json!({ "approve": true, "opinion": "同意" }),
        ("POST", "closures") => json!({ "reason": "撤案" }),
        ("POST", "services") => json!({ "method": "直接送达", "place": "住所", "recipient": "王" }),
        _ => return None,
    })
}

/// Proofs name nobody: whoever may read the audit may ask for any. Jobs belong to the installation, not to a region.
const REACHES_EVERYTHING: [&str; 3] = [
    "/api/v1/events/{id}/proof",
    "/api/v1/jobs/{id}/retries",
    "/api/v1/jobs/{id}/cancellation",
];

async fn ask(session: &Session<'_>, method: &Method, template: &str, path: &str) -> (StatusCode, String) {
    let request = session.request(method.clone(), path).header("if-match", "\"1\"");
    let body = body_of(method, template).unwrap();
    answer(match body {
        Value::Null if method == Method::POST => {
            request.multipart(journeys::file_form("a.pdf", city::pdf(1)))
        }
        Value::Null => request,
        body => request.json(&body),
    })
    .await
}

on_both! {
    // Statements differ between the engines: what reads is asked on each of them.
    async fn no_reading_operation_fails(app) {
        let roles: Vec<Role> = Role::ALL.iter().copied().filter(|role| !role.is_enterprise()).collect();
        let scope = Scope { regions: vec!["36".into()], department: None, enterprise: None };
        app.account("everybody", &roles, scope).await;
        let session = app.as_("everybody").await;
        let (mut faults, mut asked) = (Vec::new(), 0);
        for (method, template, _) in operations(&app) {
            if method != Method::GET {
                continue;
            }
            asked += 1;
            let (status, kind) = status_of(&session, &method, &nowhere(&template)).await;
            if status.is_server_error() {
                faults.push(format!("{template}: {status} {kind}"));
            }
        }
        assert!(asked > 60, "{asked} operations");
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    async fn what_lies_outside_ones_reach_does_not_exist(app) {
        let things = Things::make(&app).await;
        let officers: Vec<Role> = Role::ALL.iter().copied().filter(|role| !role.is_enterprise()).collect();
        let elsewhere = Scope { regions: vec!["3602".into()], ..Scope::default() };
        app.account("elsewhere", &officers, elsewhere).await;
        let other = app.enterprise("南昌另一化工有限公司", 3).await;
        app.of_enterprise("other", Role::EnterpriseManager, other).await;
        let acts = "SELECT count(*) FROM event WHERE kind NOT LIKE 'session.%'";
        // Both sign in before anything is counted.
        let strangers = [("elsewhere", officers.as_slice()), ("other", &[Role::EnterpriseManager])];
        for (login, _) in strangers {
            app.as_(login).await;
        }
        let before = app.count(acts).await;
        let (mut faults, mut unknown, mut asked) = (Vec::new(), Vec::new(), 0);
        for (method, template, requirement) in operations(&app) {
            let Requirement::Permission(permission) = requirement else { continue };
            if !template.contains('{') || REACHES_EVERYTHING.contains(&template.as_str()) {
                continue;
            }
            let (Some(path), Some(_)) = (things.address(&template), body_of(&method, &template)) else {
                unknown.push(format!("{method} {template}"));
                continue;
            };
            for (login, roles) in strangers {
                if !roles.iter().any(|role| role.permissions().contains(&permission)) {
                    continue;
                }
                asked += 1;
                let (status, kind) = ask(&app.as_(login).await, &method, &template, &path).await;
                if (status, kind.as_str()) != (StatusCode::NOT_FOUND, "urn:anxu:problem:not-found") {
                    faults.push(format!("{login} {method} {template}: {status} {kind}"));
                }
            }
        }
        assert!(unknown.is_empty(), "say in `Things` and `body_of` how to address:\n{}", unknown.join("\n"));
        assert!(faults.is_empty(), "{} of {asked} faults:\n{}", faults.len(), faults.join("\n"));
        assert!(asked > 60, "{asked}");
        assert_eq!(app.count(acts).await, before, "nothing was done");
    }

    async fn lists_show_what_lies_within_ones_reach(app) {
        Things::make(&app).await;
        let officers: Vec<Role> = Role::ALL.iter().copied().filter(|role| !role.is_enterprise()).collect();
        let elsewhere = Scope { regions: vec!["3602".into()], ..Scope::default() };
        app.account("elsewhere", &officers, elsewhere).await;
        let nowhere = Scope { department: Some("fire".into()), regions: vec!["3601".into()], ..Scope::default() };
        app.account("here", &officers, nowhere).await;
        let lists = ["applications", "licences", "enterprises", "enterprise-imports"];
        for list in lists {
            let (status, page) = app.as_("elsewhere").await.get(&format!("/api/v1/{list}")).await;
            assert_eq!((status, &page["items"]), (StatusCode::OK, &json!([])), "{list}");
        }
        for list in ["applications", "licences", "enterprises"] {
            let (_, page) = app.as_("here").await.get(&format!("/api/v1/{list}")).await;
            assert!(!page["items"].as_array().unwrap().is_empty(), "{list}: {page}");
        }
        for list in ["reminder-letters", "joint-meetings", "rectifications", "referrals", "ledger", "notice-deliveries?state=failed"] {
            let (status, page) = app.as_("elsewhere").await.get(&format!("/api/v1/{list}")).await;
            assert_eq!((status, &page["items"]), (StatusCode::OK, &json!([])), "{list}");
        }
        // What was done elsewhere is not read here; what belongs to the installation is everybody's who audits.
        let (_, events) = app.as_("elsewhere").await.get("/api/v1/events?limit=200").await;
        let regions: BTreeSet<_> = events["items"].as_array().unwrap().iter().map(|one| one["region"].to_string()).collect();
        assert!(regions.iter().all(|region| region == "null" || region.starts_with("\"3602")), "{regions:?}");
        let (_, events) = app.as_("here").await.get("/api/v1/events?limit=200&kind=application").await;
        assert_eq!(events["items"][0]["region"], "360102", "{events}");
        let (_, own) = app.as_("keeper").await.get("/api/v1/enterprises").await;
        assert_eq!(own["items"].as_array().unwrap().len(), 1, "an enterprise sees itself only");
        let (_, accounts) = app.as_("elsewhere").await.get("/api/v1/accounts").await;
        let logins: Vec<_> = accounts["items"].as_array().unwrap().iter().map(|one| one["login"].clone()).collect();
        assert_eq!(logins, ["elsewhere"]);
    }
}
