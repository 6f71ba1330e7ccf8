//! The routes, as a client meets them.

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use kernel::{Actor, Role};
use registry::NewEnterprise;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::*;

fn router(app: &App, actor: Actor) -> Router {
    let (router, _) = registry::router(app.registry.clone()).split_for_parts();
    router.layer(Extension(actor))
}

pub async fn get_bytes(app: &App, actor: Actor, uri: &str) -> Vec<u8> {
    let request = Request::get(uri).body(Body::empty()).unwrap();
    let response = router(app, actor).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{uri}");
    to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
}

async fn get(app: &App, actor: Actor, uri: &str) -> Value {
    serde_json::from_slice(&get_bytes(app, actor, uri).await).unwrap()
}

async fn send(app: &App, actor: Actor, request: Request<Body>) -> (StatusCode, Value) {
    let response = router(app, actor).oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn post(uri: &str, body: &Value) -> Request<Body> {
    Request::post(uri)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

fn body(code: &str) -> Value {
    json!({
        "name": "南昌甲厂", "code": code, "legal_representative": "李安", "address": "南昌市一号",
        "region": "360102", "industry": "", "phone": "13812345678"
    })
}

#[tokio::test]
async fn objections_are_listed_until_confirmed() {
    let app = App::new().await;
    let mut request = body(&unsound(1));
    let (status, problem) = send(&app, clerk(), post("/api/v1/enterprises", &request)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["type"], "urn:anxu:problem:confirm-warnings");
    assert_eq!(problem["warnings"][0]["kind"], "check-character");
    request["confirmed_warnings"] = json!(true);
    let (status, view) = send(&app, clerk(), post("/api/v1/enterprises", &request)).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(view["region_name"], "江西省南昌市东湖区");
    let (status, problem) = send(&app, clerk(), post("/api/v1/enterprises", &request)).await;
    assert_eq!(
        (status, &problem["type"]),
        (StatusCode::CONFLICT, &json!("urn:anxu:problem:code-taken"))
    );
}

#[tokio::test]
async fn personal_data_is_masked_and_full_reads_are_recorded() {
    let app = App::new().await;
    let (_, view) = send(&app, clerk(), post("/api/v1/enterprises", &body(&code(1)))).await;
    let uri = format!("/api/v1/enterprises/{}", view["id"].as_str().unwrap());
    let person = json!({ "name": "赵勇", "post": "safety_officer", "identity_number": "11010519491231002X" });
    let (status, _) = send(&app, clerk(), post(&format!("{uri}/staff"), &person)).await;
    assert_eq!(status, StatusCode::CREATED);
    let reads = "SELECT count(*) FROM event WHERE kind = 'enterprise.personal_data_read'";

    let inspector = in_region(Role::Inspector, "3601");
    assert_eq!(get(&app, inspector.clone(), &uri).await["phone"], "138****5678");
    assert_eq!(
        get(&app, inspector.clone(), &uri).await["allowed_actions"],
        json!([])
    );
    let staff = get(&app, inspector.clone(), &format!("{uri}/staff")).await;
    assert_eq!(staff[0]["identity_number"], "1101************2X");
    let listed = get(&app, clerk(), "/api/v1/enterprises?q=%E5%8D%97%E6%98%8C").await;
    assert_eq!(listed["items"][0]["phone"], "138****5678");
    assert_eq!(app.number(reads).await, 0);

    assert_eq!(get(&app, clerk(), &uri).await["phone"], "13812345678");
    let staff = get(&app, clerk(), &format!("{uri}/staff")).await;
    assert_eq!(staff[0]["identity_number"], "11010519491231002X");
    assert_eq!(app.number(reads).await, 2);

    let own = of_enterprise(view["id"].as_str().unwrap().parse().unwrap());
    let timeline = get(&app, own.clone(), &format!("{uri}/timeline")).await;
    assert_eq!(timeline["items"][3]["title"], "登记企业");
    assert!(timeline["items"][3].get("actor").is_none());
    let timeline = get(&app, inspector, &format!("{uri}/timeline?limit=2")).await;
    assert_eq!(timeline["items"][0]["actor"], "王敏");
    assert!(timeline["next"].is_string());

    let may_keep = json!(["keep_staff", "keep_facilities"]);
    assert_eq!(get(&app, own, &uri).await["allowed_actions"], may_keep);
    let all = json!(["change", "keep_staff", "keep_facilities"]);
    assert_eq!(get(&app, clerk(), &uri).await["allowed_actions"], all);
}

#[tokio::test]
async fn a_change_needs_the_version_seen() {
    let app = App::new().await;
    let (_, view) = send(&app, clerk(), post("/api/v1/enterprises", &body(&code(1)))).await;
    let uri = format!("/api/v1/enterprises/{}", view["id"].as_str().unwrap());
    let put = |version: Option<&str>| {
        let mut request = Request::put(&uri).header(header::CONTENT_TYPE, "application/json");
        if let Some(version) = version {
            request = request.header(header::IF_MATCH, version);
        }
        request.body(Body::from(body(&code(1)).to_string())).unwrap()
    };
    assert_eq!(
        send(&app, clerk(), put(None)).await.0,
        StatusCode::PRECONDITION_REQUIRED
    );
    assert_eq!(send(&app, clerk(), put(Some("\"1\""))).await.0, StatusCode::OK);
    assert_eq!(
        send(&app, clerk(), put(Some("\"1\""))).await.0,
        StatusCode::PRECONDITION_FAILED
    );
    let elsewhere = in_region(Role::WindowClerk, "3604");
    let (status, problem) = send(&app, elsewhere, put(Some("\"2\""))).await;
    assert!(
        status == StatusCode::UNPROCESSABLE_ENTITY || status == StatusCode::NOT_FOUND,
        "{problem}"
    );
    let reader = in_region(Role::Inspector, "3601");
    assert_eq!(
        send(&app, reader, put(Some("\"2\""))).await.0,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn code_lists_and_ledger() {
    let app = App::new().await;
    let red = NewEnterprise {
        danger: Some(registry::Danger::Red),
        ..enterprise("南昌甲厂", 1)
    };
    app.registry.register(&clerk(), red).await.unwrap();
    let counties = get(&app, clerk(), "/api/v1/regions?parent=3601").await;
    assert_eq!(counties[0]["code"], "360102");
    assert_eq!(counties[0]["has_children"], true);
    let sections = get(&app, clerk(), "/api/v1/industries").await;
    assert_eq!(sections.as_array().unwrap().len(), 20);
    let ledger = get(&app, clerk(), "/api/v1/ledgers/enterprises").await;
    assert_eq!(
        (&ledger["name"], &ledger["counts"]["red"]),
        (&json!("江西省南昌市"), &json!(1))
    );
    assert_eq!(ledger["regions"][0]["name"], "江西省南昌市东湖区");
    assert_eq!(ledger["industries"][0]["industry"], "C");
}

fn form(file: &[u8], fields: &[(&str, &str)]) -> Request<Body> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    body.extend_from_slice(
        "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"名单.csv\"\r\n\r\n".as_bytes(),
    );
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--X--\r\n");
    Request::post("/api/v1/enterprise-imports")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn an_upload_is_taken_by_a_job() {
    let app = App::new().await;
    let rows = [
        format!("南昌甲厂,{}", code(1)),
        "南昌乙厂,1".to_owned(),
        format!("南昌丙厂,{}", unsound(3)),
    ];
    let request = form(
        &csv("单位,证号", &rows),
        &[
            ("columns", r#"{"name":"单位","code":"证号"}"#),
            ("default_region", "3601"),
            ("dry_run", "false"),
        ],
    );
    let (status, report) = send(&app, clerk(), request).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{report}");
    assert_eq!(
        (&report["state"], &report["total"]),
        (&json!("waiting"), &json!(3))
    );
    app.work_off().await;
    let uri = format!("/api/v1/enterprise-imports/{}", report["id"].as_str().unwrap());
    let report = get(&app, clerk(), &uri).await;
    assert_eq!(
        (&report["taken"], &report["warned"], &report["refused"]),
        (&json!(2), &json!(1), &json!(1))
    );
    let issues = get(&app, clerk(), &format!("{uri}/issues?limit=1")).await;
    assert!(
        issues["items"][0]["message"]
            .as_str()
            .unwrap()
            .starts_with("证号：")
    );
    let issues = get(&app, clerk(), &format!("{uri}/issues?kind=warned")).await;
    assert_eq!(issues["items"][0]["line"], 4);
    assert!(
        get_bytes(&app, clerk(), &format!("{uri}/errors.xlsx"))
            .await
            .starts_with(b"PK")
    );
    let mine = get(&app, clerk(), "/api/v1/enterprise-imports").await;
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
    let colleague = in_region(Role::Administrator, "3604");
    let others = get(&app, colleague, "/api/v1/enterprise-imports").await;
    assert!(others["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_file_too_large_is_refused_in_words() {
    let app = App::new().await;
    let (status, problem) = send(&app, clerk(), form(&vec![b'x'; 66 << 20], &[])).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(problem["detail"].as_str().unwrap().contains("64 MB"));
    let (status, problem) = send(&app, clerk(), post("/api/v1/enterprise-imports", &json!({}))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
}

#[tokio::test]
async fn every_operation_names_its_permission() {
    let app = App::new().await;
    let (_, api) = registry::router(app.registry.clone()).split_for_parts();
    let api = serde_json::to_value(api).unwrap();
    let mut operations = 0;
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["x-permission"].is_string(), "{method} {path}");
            operations += 1;
        }
    }
    assert_eq!(operations, 23);
}
