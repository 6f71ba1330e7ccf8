//! From the registration of an enterprise to a certificate that anybody verifies, through HTTP alone.

use journeys::{
    TestApp,
    city::{self, DEPARTMENTS, MATTER, MATTERS, pdf, pdf_of, reviewer},
    on_both,
};
use kernel::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// How many bytes of ballast make an upload that is larger than the limit of ordinary requests.
const THREE_MB: usize = 3_000_000;

async fn city_with_enterprise(app: &TestApp) {
    app.staff("emergency", &DEPARTMENTS).await;
    let enterprise = app.enterprise("南昌龘盛采石有限公司", 1).await;
    app.of_enterprise("keeper", Role::EnterpriseManager, enterprise)
        .await;
}

fn review_of<'a>(view: &'a Value, department: &str) -> &'a Value {
    let reviews = view["reviews"].as_array().unwrap();
    reviews
        .iter()
        .find(|review| review["department"] == department)
        .unwrap()
}

fn clock<'a>(view: &'a Value, key: &str) -> &'a Value {
    let clocks = view["clocks"].as_array().unwrap();
    let whole = |clock: &&Value| clock["key"] == key && clock["department"].is_null();
    clocks.iter().find(whole).unwrap()
}

/// The problem of an act that is refused.
async fn refused(app: &TestApp, login: &str, path: &str, body: Value, status: StatusCode) -> Value {
    let (answered, problem) = app.as_(login).await.post(path, body).await;
    assert_eq!(answered, status, "{login} {path}: {problem}");
    assert!(
        problem["type"]
            .as_str()
            .is_some_and(|kind| kind.starts_with("urn:anxu:problem:")),
        "{problem}"
    );
    problem
}

fn detail(problem: &Value) -> &str {
    problem["detail"].as_str().unwrap()
}

/// Drafts, uploads of all sizes and shapes, submission.
async fn handed_in(app: &TestApp) -> String {
    let id = app.draft("keeper", MATTER).await;
    let keeper = app.as_("keeper").await;
    let submission = format!("/api/v1/applications/{id}/submissions");
    let problem = refused(
        app,
        "keeper",
        &submission,
        json!({}),
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    assert_eq!(problem["type"], "urn:anxu:problem:incomplete");
    let faults = problem["errors"].as_array().unwrap();
    assert!(
        faults
            .iter()
            .any(|fault| fault["field"] == "materials.business_licence")
    );

    let file = |material: &str| format!("/api/v1/applications/{id}/materials/{material}/files");
    let large = pdf_of(7, THREE_MB);
    let (status, view) = keeper
        .upload(&file("acceptance_report"), "竣工验收报告.pdf", large.clone())
        .await;
    assert_eq!(
        status,
        StatusCode::CREATED,
        "an upload may be larger than an ordinary request: {view}"
    );
    let materials = view["materials"].as_array().unwrap();
    let report = materials
        .iter()
        .find(|one| one["key"] == "acceptance_report")
        .unwrap();
    let stored = &report["files"][0];
    assert_eq!(stored["name"], "竣工验收报告.pdf");
    assert_eq!(stored["blob"]["size"], large.len());
    let path = format!(
        "/api/v1/applications/{id}/files/{}",
        stored["id"].as_str().unwrap()
    );
    assert_eq!(keeper.bytes(&path).await, (StatusCode::OK, large));

    app.complete("keeper", &id).await;
    let view = app.act("keeper", &submission, json!({})).await;
    assert_eq!(
        (view["state"].as_str(), view["received_on"].as_str()),
        (Some("submitted"), Some("2026-03-02"))
    );
    assert!(view["reference"].as_str().unwrap().starts_with("FM2026"));
    id
}

/// One notice, once; the enterprise mends exactly what it names.
async fn corrected(app: &TestApp, id: &str) {
    let path = format!("/api/v1/applications/{id}/corrections");
    let item = |material: &str| {
        json!({ "target": { "kind": "material", "key": material },
            "problem": "未加盖公章", "requirement": "请加盖公章后重新上传" })
    };
    refused(
        app,
        "clerk",
        &path,
        json!({ "items": [] }),
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    let view = app
        .act("clerk", &path, json!({ "items": [item("business_licence")] }))
        .await;
    assert_eq!(view["state"], "correcting");
    // 15 working days after Monday 2 March 2026.
    assert_eq!(clock(&view, "correction_period")["due_on"], "2026-03-23");
    assert_eq!(clock(&view, "statutory_review")["stopped"], json!(true));

    let keeper = app.as_("keeper").await;
    let other = format!("/api/v1/applications/{id}/materials/equipment_report/files");
    let (status, problem) = keeper.upload(&other, "a.pdf", pdf(90)).await;
    assert!(
        status.is_client_error(),
        "only what the notice names can be changed: {problem}"
    );
    let submission = format!("/api/v1/applications/{id}/submissions");
    let problem = refused(
        app,
        "keeper",
        &submission,
        json!({}),
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    assert!(detail(&problem).contains("请加盖公章后重新上传"), "{problem}");
    app.advance(time::Duration::days(2));
    let keeper = app.as_("keeper").await;
    let named = format!("/api/v1/applications/{id}/materials/business_licence/files");
    let (status, view) = keeper.upload(&named, "营业执照.pdf", pdf(91)).await;
    assert_eq!(status, StatusCode::CREATED, "{view}");
    assert_eq!(
        app.act("keeper", &submission, json!({})).await["state"],
        "submitted"
    );
    let again = json!({ "items": [item("equipment_report")] });
    let problem = refused(app, "clerk", &path, again, StatusCode::CONFLICT).await;
    assert!(
        problem["title"].as_str().is_some_and(|title| !title.is_empty()),
        "{problem}"
    );
}

/// Reviews in any order; one department is sent back and does its part again, nobody else.
async fn reviewed(app: &TestApp, id: &str) {
    let path = format!("/api/v1/applications/{id}/reviews");
    let body = app.outcome("fire", id).await;
    // The clerk holds no review; a department that takes no part does not know of the application.
    refused(app, "clerk", &path, body.clone(), StatusCode::FORBIDDEN).await;
    app.officer_of("rev.housing", Role::DepartmentReviewer, "housing")
        .await;
    refused(app, "rev.housing", &path, body, StatusCode::NOT_FOUND).await;
    for department in DEPARTMENTS.iter().rev() {
        app.review(department, id).await;
    }
    let before = app.application("first", id).await;
    assert_eq!(before["state"], "first_review");

    let back = format!("/api/v1/applications/{id}/reviews/ecology/returns");
    let reason = json!({ "reason": "请补充环境风险意见" });
    let view = app.act("first", &back, reason).await;
    assert_eq!(view["state"], "in_review");
    assert_eq!(review_of(&view, "ecology")["round"], 2);
    assert_eq!(review_of(&view, "ecology")["progress"], "reviewing");
    for other in DEPARTMENTS.iter().filter(|one| **one != "ecology") {
        assert_eq!(
            review_of(&view, other),
            review_of(&before, other),
            "{other} is untouched"
        );
    }
    let again = app.outcome("fire", id).await;
    refused(app, &reviewer("fire"), &path, again, StatusCode::FORBIDDEN).await;
    let view = app.review("ecology", id).await;
    assert_eq!(view["state"], "first_review");
}

/// The clock stands while tests are made, and the days are not counted.
async fn stopped_and_resumed(app: &TestApp, id: &str) {
    let path = format!("/api/v1/applications/{id}/clock-stops");
    let before = clock(&app.application("clerk", id).await, "internal_target")["used"].clone();
    let stop = json!({ "cause": "testing", "expected_until": "2026-03-20", "reason": "排土场边坡需要检测" });
    let view = app.act("clerk", &path, stop).await;
    let stops = view["stops"].as_array().unwrap();
    let stop = stops.iter().find(|stop| stop["cause"] == "testing").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    app.advance(time::Duration::days(5));
    let view = app.application("clerk", id).await;
    let standing = clock(&view, "internal_target");
    assert_eq!((&standing["stopped"], &standing["used"]), (&json!(true), &before));
    let view = app
        .act("clerk", &format!("{path}/{stop}/resumptions"), json!({}))
        .await;
    assert!(
        view["stops"]
            .as_array()
            .unwrap()
            .iter()
            .all(|stop| !stop["last"].is_null())
    );
    app.advance(time::Duration::days(1));
    let view = app.application("clerk", id).await;
    let running = clock(&view, "internal_target");
    assert_eq!(running["stopped"], json!(false));
    assert_eq!(running["used"].as_i64(), before.as_i64().map(|days| days + 1));
}

/// Three people, one after another; nobody twice.
async fn decided(app: &TestApp, id: &str) {
    let opinion = json!({ "for_grant": true, "opinion": "符合法定条件，同意" });
    let path = |act: &str| format!("/api/v1/applications/{id}/{act}");
    // One person with both roles may not follow herself.
    let both = app
        .account(
            "both",
            &[Role::FirstReviewer, Role::SecondReviewer, Role::Approver],
            kernel::Scope {
                regions: vec!["3601".into()],
                department: Some("emergency".into()),
                enterprise: None,
            },
        )
        .await;
    let second = path("second-reviews");
    let unqualified = refused(
        app,
        "both",
        &path("first-reviews"),
        opinion.clone(),
        StatusCode::FORBIDDEN,
    )
    .await;
    assert!(detail(&unqualified).contains("执法资格"), "{unqualified}");
    app.qualify(both).await;
    app.act("both", &path("first-reviews"), opinion.clone()).await;
    let problem = refused(app, "both", &second, opinion.clone(), StatusCode::FORBIDDEN).await;
    assert!(detail(&problem).contains("初审"), "{problem}");
    let view = app.application("both", id).await;
    assert_eq!(
        view["allowed_actions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|act| **act == "second_review"),
        None
    );
    app.act("second", &second, opinion).await;
    let grant = json!({ "outcome": "grant", "reason": "经审查符合法定条件" });
    let problem = refused(app, "both", &path("decisions"), grant, StatusCode::FORBIDDEN).await;
    assert!(detail(&problem).contains("其他人员"), "{problem}");
    let view = app.application("keeper", id).await;
    assert_eq!(
        (&view["opinions"], &view["risk"]),
        (&json!([]), &Value::Null),
        "internal before the decision"
    );
    assert_eq!(app.grant(id).await["state"], "granted");
}

async fn verdict_of(app: &TestApp, pdf: Vec<u8>) -> Value {
    let request = app
        .stranger()
        .request(Method::POST, "/api/v1/public/verify")
        .header("content-type", "application/pdf")
        .body(pdf);
    let (status, report) = journeys::answer(request).await;
    assert_eq!(status, StatusCode::OK, "{report}");
    report
}

async fn page(app: &TestApp, path: &str) -> String {
    let (status, bytes) = app.stranger().bytes(path).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    String::from_utf8(bytes).unwrap()
}

/// Anybody verifies the licence: by number, page, QR code and PDF.
async fn verified(app: &TestApp, licence: &Value) -> Vec<u8> {
    let stranger = app.stranger();
    let number = licence["number"].as_str().unwrap();
    let identifier = licence["identifier"].as_str().unwrap();
    for key in [
        number,
        identifier,
        licence["holder"]["code"].as_str().unwrap(),
        "(赣)FM安许证字[2026]000001",
    ] {
        let (status, found) = stranger.get(&format!("/api/v1/public/licences/{key}")).await;
        assert_eq!(status, StatusCode::OK, "{key}: {found}");
        assert_eq!(
            (&found["number"], &found["status"]),
            (&json!(number), &json!("valid"))
        );
        assert_eq!(found["scope"], json!(["石灰岩露天开采", "机制砂加工"]));
    }
    assert!(
        page(app, &format!("/v/{number}"))
            .await
            .contains("南昌龘盛采石有限公司")
    );

    let qr = licence["certificate"]["qr_url"].as_str().unwrap();
    let payload = qr.rsplit('/').next().unwrap();
    for path in [format!("/v/{payload}"), format!("/V/{payload}")] {
        assert!(page(app, &path).await.contains("南昌龘盛采石有限公司"));
    }
    for text in [qr, payload] {
        let (status, report) = stranger
            .post("/api/v1/public/verify", json!({ "qr": text }))
            .await;
        assert_eq!(
            (status, report["verdict"].as_str()),
            (StatusCode::OK, Some("valid")),
            "{report}"
        );
    }
    let id = licence["id"].as_str().unwrap();
    let mut original = Vec::new();
    for edition in ["duplicate", "original"] {
        let path = format!("/api/v1/licences/{id}/certificates/{edition}");
        let (status, pdf) = app.as_("keeper").await.bytes(&path).await;
        assert_eq!(status, StatusCode::OK);
        let report = verdict_of(app, pdf.clone()).await;
        assert_eq!(report["verdict"], "valid", "{report}");
        assert!(
            report["steps"]
                .as_array()
                .unwrap()
                .iter()
                .all(|step| step["ok"] == true),
            "{report}"
        );
        assert!(report["evidence"]["index"].is_u64(), "{report}");
        original = pdf;
    }
    let mut altered = original.clone();
    let place = altered.len() / 2;
    altered[place] ^= 1;
    assert_eq!(verdict_of(app, altered).await["verdict"], "altered");
    original
}

/// Valid, expiring, expired: the last at midnight in Shanghai.
async fn expires(app: &TestApp, licence: &Value, pdf: Vec<u8>) {
    let number = licence["number"].as_str().unwrap();
    let status_at = async |now: &str| {
        app.set_clock(now);
        let (_, found) = app
            .stranger()
            .get(&format!("/api/v1/public/licences/{number}"))
            .await;
        found["status"].as_str().unwrap().to_owned()
    };
    let until = licence["valid_until"].as_str().unwrap();
    assert_eq!(until, "2029-03-09", "three years less a day");
    assert_eq!(status_at("2028-12-08T15:59:59Z").await, "valid");
    assert_eq!(status_at("2028-12-08T16:00:00Z").await, "expiring");
    assert_eq!(status_at("2029-03-09T15:59:59Z").await, "expiring");
    assert_eq!(verdict_of(app, pdf.clone()).await["verdict"], "valid");
    assert_eq!(status_at("2029-03-09T16:00:00Z").await, "expired");
    assert_eq!(verdict_of(app, pdf).await["verdict"], "expired");
    let listed = app.stranger().get("/api/v1/public/licences?status=expired").await;
    assert_eq!(listed.1["items"][0]["number"], number);
}

on_both! {
    async fn an_application_becomes_a_certificate_that_anyone_verifies(app) {
        city_with_enterprise(&app).await;
        let id = handed_in(&app).await;
        corrected(&app, &id).await;
        let view = app.accept(&id).await;
        assert_eq!(view["state"], "in_review");
        assert_eq!(view["reviews"].as_array().unwrap().len(), DEPARTMENTS.len());
        reviewed(&app, &id).await;
        stopped_and_resumed(&app, &id).await;
        decided(&app, &id).await;

        let public = format!("/api/v1/public/licences/{}", city::credit_code(1));
        assert_eq!(app.stranger().get(&public).await.0, StatusCode::NOT_FOUND, "nothing is published before the job");
        app.run_jobs().await;
        app.seal().await;
        let licence = app.only_licence("keeper").await;
        assert_eq!(licence["number"], "（赣）FM安许证字〔2026〕000001");
        assert_eq!(licence["valid_from"], "2026-03-10");
        let view = app.application("keeper", &id).await;
        for document in view["documents"].as_array().unwrap() {
            assert_eq!(document["ready"], json!(true), "{document}");
            let (status, bytes) = app.as_("keeper").await.bytes(document["url"].as_str().unwrap()).await;
            assert!(status.is_success() && bytes.starts_with(b"%PDF"), "{document}");
        }
        let original = verified(&app, &licence).await;
        let delivery = json!({ "place": "市民中心", "method": "直接送达", "recipient": "王安全" });
        app.act("clerk", &format!("/api/v1/applications/{id}/deliveries"), delivery).await;
        app.run_jobs().await;
        assert_eq!(app.jobs_left().await, 0);
        assert_eq!(app.audit().await, Vec::<String>::new());
        expires(&app, &licence, original).await;
    }

    async fn a_bad_file_is_answered_clearly_and_leaves_nothing(app) {
        city_with_enterprise(&app).await;
        let id = app.draft("keeper", MATTER).await;
        let keeper = app.as_("keeper").await;
        let path = format!("/api/v1/applications/{id}/materials/business_licence/files");
        let cases: [(&str, Vec<u8>, StatusCode, &str); 6] = [
            ("空.pdf", Vec::new(), StatusCode::UNPROCESSABLE_ENTITY, "空的"),
            ("程序.pdf", [b"MZ\x90\x00".as_slice(), &[0; 4000]].concat(), StatusCode::UNPROCESSABLE_ENTITY, "改扩展名无效"),
            ("程序.pdf", [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 4000]].concat(), StatusCode::UNPROCESSABLE_ENTITY, "PDF"),
            ("说明.txt", b"just text".to_vec(), StatusCode::UNPROCESSABLE_ENTITY, "不是允许的类型"),
            ("大.pdf", pdf_of(1, 21_000_000), StatusCode::PAYLOAD_TOO_LARGE, "20 MB"),
            ("巨.pdf", pdf_of(1, 130_000_000), StatusCode::PAYLOAD_TOO_LARGE, "20 MB"),
        ];
        for (name, bytes, status, words) in cases {
            // Also who sends far more than any file may have reads the answer, and not of a broken connection.
            let response = keeper.request(Method::POST, &path).multipart(journeys::file_form(name, bytes)).send().await.unwrap();
            assert_eq!(response.status(), status, "{name}");
            assert_eq!(response.headers()["content-type"], "application/problem+json; charset=utf-8");
            let problem: Value = response.json().await.unwrap();
            assert!(detail(&problem).contains(words), "{name}: {problem}");
            if status == StatusCode::UNPROCESSABLE_ENTITY {
                assert_eq!(problem["errors"][0]["field"], "file", "{problem}");
            }
        }
        let nothing = keeper.request(Method::POST, &path).multipart(reqwest::multipart::Form::new().text("other", "x"));
        let (status, problem) = journeys::answer(nothing).await;
        assert_eq!((status, detail(&problem)), (StatusCode::UNPROCESSABLE_ENTITY, "请选择要上传的文件"));
        let unknown = format!("/api/v1/applications/{id}/materials/no_such/files");
        assert_eq!(keeper.upload(&unknown, "a.pdf", pdf(1)).await.0, StatusCode::NOT_FOUND);
        let view = app.application("keeper", &id).await;
        assert!(view["materials"].as_array().unwrap().iter().all(|one| one["files"] == json!([])), "nothing half done");
        assert_eq!(app.count("SELECT count(*) FROM blob").await, 0);
    }

    async fn without_a_notice_in_five_days_it_counts_as_accepted(app) {
        city_with_enterprise(&app).await;
        let id = app.submitted("keeper", MATTER).await;
        app.run_jobs().await;
        // Monday 2 March: the five working days end with Monday the 9th.
        app.set_clock("2026-03-09T15:59:00Z");
        app.run_jobs().await;
        assert_eq!(app.application("keeper", &id).await["state"], "submitted");
        app.set_clock("2026-03-09T16:00:00Z");
        let item = json!({ "target": { "kind": "form" }, "problem": "范围不清", "requirement": "请写明" });
        let late = format!("/api/v1/applications/{id}/corrections");
        let problem = refused(&app, "clerk", &late, json!({ "items": [item] }), StatusCode::CONFLICT).await;
        assert_eq!(problem["type"], "urn:anxu:problem:deemed-accepted");
        app.run_jobs().await;
        let view = app.application("keeper", &id).await;
        assert_eq!((&view["state"], &view["acceptance"]["deemed"]), (&json!("in_review"), &json!(true)));
        assert_eq!(view["acceptance"]["accepted_on"], "2026-03-02", "from the day on which it came in");
    }

    async fn every_industry_can_be_applied_for(app) {
        // By then every matter is in force.
        app.set_clock("2026-05-11T04:00:00Z");
        app.officer_of("clerk", Role::WindowClerk, "emergency").await;
        for (number, (matter, lead)) in (1..).zip(MATTERS) {
            let enterprise = app.enterprise(&format!("南昌第{number}企业有限公司"), number).await;
            let keeper = format!("keeper{number}");
            app.of_enterprise(&keeper, Role::EnterpriseManager, enterprise).await;
            let id = app.submitted(&keeper, matter).await;
            let view = app.application(&keeper, &id).await;
            assert_eq!((view["state"].as_str(), view["lead"]["key"].as_str()), (Some("submitted"), Some(lead)), "{matter}");
            assert!(!view["clocks"].as_array().unwrap().is_empty(), "{matter}");
        }
        assert!(app.run_jobs().await >= MATTERS.len());
        assert_eq!(app.jobs_dead().await, 0);
    }
}
