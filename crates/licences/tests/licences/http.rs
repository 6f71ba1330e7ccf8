use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use kernel::{Actor, Role};
use matters::Industry;
use serde_json::{Value, json};
use time::macros::date;
use tower::ServiceExt;

use crate::app::{App, administrator, credit_code, officer, old};

async fn send(app: &App, actor: Option<Actor>, request: Request<Body>) -> (StatusCode, HeaderMap, Bytes) {
    let router: Router = licences::router(app.licences.clone()).into();
    let mut request = request;
    if let Some(actor) = actor {
        request.extensions_mut().insert(actor);
    }
    let answer = router.oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    (
        parts.status,
        parts.headers,
        axum::body::to_bytes(body, usize::MAX).await.unwrap(),
    )
}

fn get(uri: &str) -> Request<Body> {
    let encoded: String = uri
        .chars()
        .map(|c| if c.is_ascii() { c.to_string() } else { percent(c) })
        .collect();
    Request::get(encoded).body(Body::empty()).unwrap()
}

fn percent(c: char) -> String {
    c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn json_of(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap()
}

#[tokio::test]
async fn public_status_with_caching_headers() {
    let app = App::new().await;
    app.licences.issue(app.grant(1, Industry::Hazchem)).await.unwrap();
    let uri = "/api/v1/public/licences/（赣）WH安许证字〔2026〕000001";
    let (status, headers, body) = send(&app, None, get(uri)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(headers[header::CACHE_CONTROL], "public, no-cache");
    let licence = json_of(&body);
    assert_eq!(licence["status"], "valid");
    assert_eq!(licence["holder"], crate::app::holder(1).name);
    assert_eq!(licence["valid_until"], "2029-05-05");
    let mut fields: Vec<_> = licence.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let published = [
        "authority",
        "credit_code",
        "demo",
        "holder",
        "identifier",
        "industry",
        "industry_name",
        "issued_on",
        "legal_representative",
        "number",
        "region",
        "scope",
        "status",
        "status_name",
        "status_on",
        "valid_from",
        "valid_until",
    ];
    assert_eq!(fields, published, "nothing more than is published");

    let mut again = get(uri);
    again
        .headers_mut()
        .insert(header::IF_NONE_MATCH, headers[header::ETAG].clone());
    let (status, _, body) = send(&app, None, again).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
    let (status, headers, body) = send(&app, None, get("/api/v1/public/licences/赣WH2026000002")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(
        headers[header::CONTENT_TYPE]
            .to_str()
            .unwrap()
            .starts_with("application/problem+json")
    );
    assert_eq!(json_of(&body)["type"], "urn:anxu:problem:not-found");
}

#[tokio::test]
async fn public_search_over_http() {
    let app = App::new().await;
    app.licences.issue(app.grant(1, Industry::Hazchem)).await.unwrap();
    let (_, _, body) = send(
        &app,
        None,
        get("/api/v1/public/licences?q=赣江&region=360100&status=valid"),
    )
    .await;
    assert_eq!(json_of(&body)["items"][0]["credit_code"], credit_code(1));
    let (status, _, body) = send(&app, None, get("/api/v1/public/licences?q=赣")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(json_of(&body)["errors"][0]["field"], "q");
    let (status, _, _) = send(&app, None, get("/api/v1/public/licences?region=南昌")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn open_data_is_one_csv_without_names_of_persons() {
    let app = App::new().await;
    let many = (1..=1000).map(|n| old(n, &format!("(赣)WH安许证字[2025]{n:06}"), date!(2025 - 01 - 01)));
    app.licences
        .issue_many_directly(&administrator(), many.collect())
        .await
        .unwrap();
    app.licences
        .issue(app.grant(2000, Industry::Hazchem))
        .await
        .unwrap();
    app.licences
        .reserve(app.grant(2001, Industry::Hazchem))
        .await
        .unwrap();
    let (status, headers, body) = send(&app, None, get("/open-data/licences.csv")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        headers[header::CONTENT_TYPE]
            .to_str()
            .unwrap()
            .starts_with("text/csv")
    );
    let text = std::str::from_utf8(&body).unwrap();
    assert!(text.starts_with('\u{FEFF}'));
    assert!(!text.contains("张三丰"));
    let mut rows = csv::Reader::from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
    let numbers: Vec<String> = rows.records().map(|row| row.unwrap()[0].to_owned()).collect();
    assert_eq!(numbers.len(), 1001);
    assert_eq!(numbers[1000], "（赣）WH安许证字〔2026〕000001");
}

#[tokio::test]
async fn officers_see_list_certificate_and_timeline() {
    let app = App::new().await;
    let issued = app.licences.issue(app.grant(1, Industry::Hazchem)).await.unwrap();
    let actor = || Some(officer(Role::Inspector, "3601"));
    let (status, _, body) = send(
        &app,
        actor(),
        get("/api/v1/licences?industry=hazchem&status=valid"),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    let row = &json_of(&body)["items"][0];
    let actions = [
        "review_year",
        "case.suspension",
        "case.revocation",
        "case.rescission",
        "case.withdrawal",
        "case.cancellation",
        "download",
    ];
    assert_eq!(row["allowed_actions"], json!(actions));
    assert_eq!(row["holder"]["address"], "南昌县莲塘镇1号");
    let id = row["id"].as_str().unwrap().to_owned();

    let (status, headers, _) = send(&app, actor(), get(&format!("/api/v1/licences/{id}"))).await;
    assert_eq!(
        (status, headers[header::ETAG].to_str().unwrap()),
        (StatusCode::OK, "\"2\"")
    );
    let (status, headers, body) = send(
        &app,
        actor(),
        get(&format!("/api/v1/licences/{id}/certificates/duplicate")),
    )
    .await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE].to_str().unwrap()),
        (StatusCode::OK, &"application/pdf")
    );
    assert!(body.starts_with(b"%PDF"));
    let (status, _, _) = send(
        &app,
        actor(),
        get(&format!("/api/v1/licences/{id}/certificates/third")),
    )
    .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (_, _, body) = send(
        &app,
        actor(),
        get(&format!("/api/v1/licences/{id}/timeline?limit=1")),
    )
    .await;
    let page = json_of(&body);
    assert_eq!(page["items"][0]["kind"], "licence.issued");
    assert!(page["next"].is_string());

    let elsewhere = Some(officer(Role::Inspector, "3607"));
    let (status, _, _) = send(&app, elsewhere, get(&format!("/api/v1/licences/{id}"))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _, _) = send(&app, None, get("/api/v1/licences")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);

    // A changed file is never handed out.
    let sha256 = issued.certificate.unwrap().original;
    app.tamper(&sha256);
    let (status, _, _) = send(
        &app,
        actor(),
        get(&format!("/api/v1/licences/{id}/certificates/original")),
    )
    .await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn the_list_as_a_workbook() {
    use calamine::{Reader, Xlsx};
    let app = App::new().await;
    let many = (1..=1000).map(|n| old(n, &format!("(赣)WH安许证字[2025]{n:06}"), date!(2025 - 01 - 01)));
    app.licences
        .issue_many_directly(&administrator(), many.collect())
        .await
        .unwrap();
    let more = old(1001, "(赣)WH安许证字[2025]001001", date!(2025 - 01 - 01));
    app.licences.issue_directly(&administrator(), more).await.unwrap();
    let (status, _, body) = send(&app, Some(administrator()), get("/api/v1/licences.xlsx?q=赣江")).await;
    assert_eq!(status, StatusCode::OK);
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(body)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(sheet.height(), 1002);
    assert_eq!(sheet.get_value((0, 0)).unwrap().to_string(), "许可证编号");
    assert_eq!(
        sheet.get_value((1001, 0)).unwrap().to_string(),
        "（赣）WH安许证字〔2025〕000001"
    );
    assert_eq!(sheet.get_value((1, 13)).unwrap().to_string(), "有效");
}

#[tokio::test]
async fn take_over_and_press_over_http() {
    let app = App::new().await;
    let entry = |number: &str| {
        json!({
            "number": number, "enterprise": uuid::Uuid::from_u128(1), "industry": "hazchem",
            "holder": {
                "name": "甲化工有限公司", "code": credit_code(1), "address": "", "legal_representative": "张三丰",
                "economic_type": "", "region": "360121"
            },
            "scope": ["氯碱"], "valid_from": "2025-01-01", "valid_until": "2027-12-31", "issued_on": "2025-01-01"
        })
    };
    let post = |uri: &str, body: Value| {
        let request = Request::post(uri).header(header::CONTENT_TYPE, "application/json");
        request.body(Body::from(body.to_string())).unwrap()
    };
    let request = json!({ "licences": [entry("(赣)WH安许证字[2025]000001")] });
    let (status, _, body) = send(
        &app,
        Some(administrator()),
        post("/api/v1/licences/takeovers", request.clone()),
    )
    .await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(json_of(&body)["licences"].as_array().unwrap().len(), 1);
    let clerk = Some(officer(Role::WindowClerk, "3601"));
    let (status, _, _) = send(&app, clerk, post("/api/v1/licences/takeovers", request)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let bad = json!({ "licences": [entry("洪字第1号")] });
    let (status, _, body) = send(
        &app,
        Some(administrator()),
        post("/api/v1/licences/takeovers", bad),
    )
    .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(json_of(&body)["errors"][0]["field"], "licences[0].number");
    let (status, _, body) = send(
        &app,
        Some(administrator()),
        post("/api/v1/licences/certificate-runs", json!({})),
    )
    .await;
    assert_eq!(
        (status, json_of(&body)["missing"].as_u64()),
        (StatusCode::ACCEPTED, Some(1))
    );
    app.workers(1).drain().await.unwrap();
    assert_eq!(app.licences.missing_certificates().await.unwrap(), 0);
}
