//! One enterprise lived through by HTTP: issue, handing over and posting, self-check, change, renewal, loss and
//! replacement, suspension and its end, work elsewhere, cancellation and destruction. Each paper on the way is verified by a stranger, and the timeline printed.

use journeys::{TestApp, answer, city, file_form, on_both, printed};
use kernel::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

/// An act on a thing in the version that was seen.
pub(crate) async fn step(app: &TestApp, login: &str, path: &str, seen: &Value, body: Value) -> Value {
    let session = app.as_(login).await;
    let request = session
        .request(Method::POST, path)
        .header("if-match", format!("\"{}\"", seen["version"]))
        .json(&body);
    let (status, view) = answer(request).await;
    assert!(status.is_success(), "{login} {path}: {status} {view}");
    view
}

pub(crate) async fn refused(
    app: &TestApp,
    login: &str,
    path: &str,
    seen: &Value,
    body: Value,
) -> (StatusCode, String) {
    let session = app.as_(login).await;
    let request = session
        .request(Method::POST, path)
        .header("if-match", format!("\"{}\"", seen["version"]))
        .json(&body);
    let (status, problem) = answer(request).await;
    (status, problem["detail"].as_str().unwrap_or_default().to_owned())
}

/// What a stranger is told of a paper.
async fn verdict(app: &TestApp, pdf: &[u8]) -> String {
    let request = app
        .stranger()
        .request(Method::POST, "/api/v1/public/verify")
        .header("content-type", "application/pdf")
        .body(pdf.to_vec());
    let (status, report) = answer(request).await;
    assert_eq!(status, StatusCode::OK, "{report}");
    text(&report["verdict"])
}

/// The signed original of the edition in force.
async fn original(app: &TestApp, licence: &str) -> Vec<u8> {
    let path = format!("/api/v1/licences/{licence}/certificates/original");
    let (status, bytes) = app.as_("clerk").await.bytes(&path).await;
    assert_eq!(status, StatusCode::OK);
    bytes
}

/// The signed original that was in force before, by its number of revision.
async fn earlier(app: &TestApp, licence: &str, revision: u32) -> (StatusCode, Vec<u8>) {
    let path = format!("/api/v1/licences/{licence}/certificates/original?revision={revision}");
    app.as_("clerk").await.bytes(&path).await
}

async fn public(app: &TestApp, number: &str) -> Value {
    let (status, view) = app
        .stranger()
        .get(&format!("/api/v1/public/licences/{number}"))
        .await;
    assert_eq!(status, StatusCode::OK, "{view}");
    view
}

/// A case from its opening to the decision, with a waiver of the holder where it has to be told.
async fn decided(app: &TestApp, licence: &str, measure: Value, is_told: bool) -> Value {
    let opened = json!({ "measure": measure, "subject": "不再具备安全生产条件" });
    let case = app
        .act("inspector", &format!("/api/v1/licences/{licence}/cases"), opened)
        .await;
    let path = |act: &str| format!("/api/v1/licence-cases/{}/{act}", text(&case["id"]));
    let form = file_form("现场检查记录.pdf", city::pdf(77)).text("proves", "现场情况");
    let session = app.as_("inspector").await;
    let upload = session
        .request(Method::POST, &path("evidence"))
        .header("if-match", "\"1\"")
        .multipart(form);
    let (status, seen) = answer(upload).await;
    assert_eq!(status, StatusCode::CREATED, "{seen}");
    let findings = json!({ "facts": "三处重大隐患未整改", "violated": "《安全生产许可证条例》第十四条",
        "legal_basis": "《安全生产许可证条例》第十四条", "public_reason": "不再具备安全生产条件" });
    let body = json!({ "findings": findings, "measure": measure });
    let mut seen = step(app, "inspector", &path("findings"), &seen, body).await;
    if is_told {
        seen = told(app, seen).await;
    }
    let proposed = step(
        app,
        "inspector",
        &path("proposals"),
        &seen,
        json!({ "opinion": "拟同意" }),
    )
    .await;
    let approval = json!({ "approve": true, "opinion": "同意" });
    let (status, _) = refused(app, "inspector", &path("approvals"), &proposed, approval.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let seen = step(app, "leader", &path("approvals"), &proposed, approval).await;
    assert_eq!(seen["state"], "decided");
    app.run_jobs().await;
    served(app, &text(&case["id"])).await
}

/// The prior notice is written, served, and the holder waives.
async fn told(app: &TestApp, seen: Value) -> Value {
    let id = text(&seen["id"]);
    let path = |act: &str| format!("/api/v1/licence-cases/{id}/{act}");
    let (status, detail) = refused(
        app,
        "inspector",
        &path("proposals"),
        &seen,
        json!({ "opinion": "x" }),
    )
    .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(detail.contains("事先告知"), "{detail}");
    step(app, "inspector", &path("prior-notices"), &seen, json!({})).await;
    app.run_jobs().await;
    let seen = served(app, &id).await;
    let (status, detail) = refused(
        app,
        "inspector",
        &path("proposals"),
        &seen,
        json!({ "opinion": "x" }),
    )
    .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(detail.contains("期满前不能报批"), "{detail}");
    let waiver = json!({ "kind": "waiver", "text": "放弃陈述、申辩" });
    step(app, "inspector", &path("statements"), &seen, waiver).await
}

/// Serves every paper that waits for it; each is a signed PDF.
async fn served(app: &TestApp, id: &str) -> Value {
    let path = format!("/api/v1/licence-cases/{id}");
    let mut seen = app.as_("clerk").await.get(&path).await.1;
    for paper in seen["papers"].as_array().unwrap().clone() {
        let address = format!("{path}/papers/{}", text(&paper["id"]));
        let (status, pdf) = app.as_("keeper").await.bytes(&address).await;
        assert_eq!(status, StatusCode::OK, "{paper}");
        assert_eq!(verdict(app, &pdf).await, "valid", "{paper}");
        if paper["service_due"].is_null() || !paper["served"].is_null() {
            continue;
        }
        let body = json!({ "method": "直接送达", "place": "企业住所", "recipient": "王安全" });
        step(app, "clerk", &format!("{address}/services"), &seen, body).await;
        app.run_jobs().await;
        seen = app.as_("clerk").await.get(&path).await.1;
    }
    seen
}

async fn handed_over_and_posted(app: &TestApp, licence: &str) {
    let handover = json!({ "recipient": "李开明", "identity": "法定代表人身份证", "method": "窗口领取",
        "place": "政务服务大厅" });
    let path = format!("/api/v1/licences/{licence}/handovers");
    let filing = app.act("clerk", &path, handover).await;
    assert!(filing["due_on"].is_string(), "{filing}");
    let path = format!("/api/v1/licence-filings/{}/postings", text(&filing["id"]));
    let posted = step(app, "keeper", &path, &filing, json!({ "place": "办公楼大厅" })).await;
    assert!(posted["due_on"].is_null(), "{posted}");
    let path = format!("/api/v1/licences/{licence}/self-checks");
    app.act("keeper", &path, json!({ "intact": true })).await;
}

/// The text of the certificate as the leader sees it before anything is decided.
async fn specimen(app: &TestApp, application: &str) -> String {
    let path = format!("/api/v1/applications/{application}/previews/certificate");
    let (status, pdf) = app.as_("leader").await.bytes(&path).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&pdf));
    printed(&pdf)
}

/// An application about the licence, from the draft to what it leads to. `says` stands on the certificate to be.
async fn carried_out(app: &TestApp, kind: &str, licence: &str, subject: Value, says: &str) {
    let body = json!({ "matter": format!("noncoal_mine.{kind}"), "licence": licence, "subject": subject });
    let draft = app.act("keeper", "/api/v1/applications", body).await;
    let id = text(&draft["id"]);
    app.complete("keeper", &id).await;
    app.act(
        "keeper",
        &format!("/api/v1/applications/{id}/submissions"),
        json!({}),
    )
    .await;
    let accepted = app.accept(&id).await;
    for review in accepted["reviews"].as_array().unwrap() {
        app.review(review["department"].as_str().unwrap(), &id).await;
    }
    let opinion = json!({ "for_grant": true, "opinion": "符合法定条件，同意" });
    for (login, act, state) in [
        ("first", "first-reviews", "first_review"),
        ("second", "second-reviews", "second_review"),
    ] {
        if app.application(login, &id).await["state"] == state {
            app.act(
                login,
                &format!("/api/v1/applications/{id}/{act}"),
                opinion.clone(),
            )
            .await;
        }
    }
    let to_be = specimen(app, &id).await;
    assert!(
        to_be.contains(says) && to_be.contains("样张"),
        "{says} in {to_be}"
    );
    let granted = app.grant(&id).await;
    assert_eq!(granted["state"], "granted", "{granted}");
    app.run_jobs().await;
}

async fn changed(app: &TestApp, licence: &str, number: &str, paper: &[u8]) -> Vec<u8> {
    let items = json!([{ "item": "name", "to": "南昌龘盛矿业有限公司" }]);
    let subject = json!({ "kind": "change", "occurred_on": app.today(), "items": items });
    carried_out(app, "change", licence, subject, "南昌龘盛矿业有限公司").await;
    let now = public(app, number).await;
    assert_eq!(
        (&now["holder"], &now["status"]),
        (&json!("南昌龘盛矿业有限公司"), &json!("in_transition"))
    );
    assert_eq!(
        verdict(app, paper).await,
        "replaced",
        "an earlier paper is never plainly valid"
    );
    let new = original(app, licence).await;
    assert_eq!(verdict(app, &new).await, "valid");
    new
}

async fn renewed(app: &TestApp, licence: &str, number: &str, paper: &[u8]) -> Vec<u8> {
    let until: kernel::LegalDate = text(&public(app, number).await["valid_until"]).parse().unwrap();
    let early = until.0 - time::Duration::days(100) - app.today().0;
    app.advance(early);
    let from = kernel::LegalDate(until.0.next_day().unwrap());
    let subject = json!({ "kind": "renewal", "direct": false, "declared": [] });
    carried_out(app, "renewal", licence, subject, &from.chinese()).await;
    let now = public(app, number).await;
    assert_eq!(now["valid_from"], json!(from), "{now}");
    assert_eq!(
        now["status"], "in_transition",
        "the paper before is used until its last day"
    );
    assert_eq!(verdict(app, paper).await, "replaced");
    app.advance(time::Duration::days(101));
    assert_eq!(
        public(app, number).await["status"],
        "valid",
        "no gap between the periods"
    );
    let new = original(app, licence).await;
    assert_eq!(verdict(app, &new).await, "valid");
    new
}

/// The licence that goes on under a number with a suffix.
async fn lost_and_replaced(
    app: &TestApp,
    licence: &str,
    number: &str,
    paper: &[u8],
) -> (String, String, Vec<u8>) {
    let loss = json!({ "on": app.today(), "circumstances": "运输途中遗失" });
    app.act("keeper", &format!("/api/v1/licences/{licence}/losses"), loss)
        .await;
    let (_, losses) = app.stranger().get("/api/v1/public/licence-losses").await;
    assert_eq!(losses["items"][0]["number"], number);
    let (_, page) = app.stranger().bytes(&format!("/v/{number}")).await;
    assert!(
        String::from_utf8(page)
            .unwrap()
            .contains("持证单位已声明证书遗失")
    );
    let subject = json!({ "kind": "replacement", "cause": "loss", "occurred_on": app.today(), "account": "运输途中遗失" });
    carried_out(app, "replacement", licence, subject, &format!("{number}-1")).await;
    assert_eq!(
        public(app, number).await["status"],
        "valid",
        "the notice runs for three days"
    );
    app.advance(time::Duration::days(4));
    app.run_jobs().await;
    let before = public(app, number).await;
    assert_eq!(before["status"], "replaced");
    assert_eq!(before["replaced_by"], format!("{number}-1"));
    assert_eq!(verdict(app, paper).await, "replaced");
    let (_, page) = app.as_("keeper").await.get("/api/v1/licences?status=valid").await;
    let new = page["items"][0].clone();
    let id = text(&new["id"]);
    let paper = original(app, &id).await;
    assert_eq!(verdict(app, &paper).await, "valid");
    (id, text(&new["number"]), paper)
}

async fn suspended_and_given_back(app: &TestApp, licence: &str, number: &str, paper: &[u8]) {
    let (from, until) = (app.today(), app.today().0 + time::Duration::days(29));
    let measure = json!({ "kind": "suspension", "from": from, "until": kernel::LegalDate(until),
        "case": "conditions_lowered_general", "conditions": "重大隐患整改并复查合格" });
    decided(app, licence, measure, true).await;
    let now = public(app, number).await;
    assert_eq!(now["status"], "suspended");
    assert_eq!(now["status_reason"], "不再具备安全生产条件");
    assert_eq!(verdict(app, paper).await, "suspended");
    let (status, page) = app.stranger().bytes(&format!("/v/{number}")).await;
    assert_eq!(status, StatusCode::OK);
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("暂扣") && page.contains("不再具备安全生产条件"));
    // A suspension is a penalty (行政处罚法 art. 9): the page does not say that none is published.
    assert!(page.contains("公布的行政处罚 1 件"), "{page}");
    let elsewhere = json!({ "region": "360702", "place": "赣州", "project": "爆破", "responsible": "赵勇",
        "from": app.today(), "until": app.today() });
    let path = format!("/api/v1/licences/{licence}/works-elsewhere");
    let (status, problem) = app.as_("keeper").await.post(&path, elsewhere).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");

    app.advance(time::Duration::days(30));
    assert_eq!(
        public(app, number).await["status"],
        "suspended",
        "no suspension lifts itself"
    );
    let measure = json!({ "kind": "resumption", "conclusion": "重大隐患已经整改" });
    decided(app, licence, measure, false).await;
    assert_eq!(public(app, number).await["status"], "valid");
    assert_eq!(verdict(app, paper).await, "valid");
}

async fn worked_elsewhere(app: &TestApp, licence: &str) {
    let elsewhere = json!({ "region": "360702", "place": "赣州开发区", "project": "爆破作业", "responsible": "赵勇",
        "from": app.today(), "until": app.today() });
    let path = format!("/api/v1/licences/{licence}/works-elsewhere");
    let filing = app.act("keeper", &path, elsewhere).await;
    let path = format!("/api/v1/licence-filings/{}/reports", text(&filing["id"]));
    let report = json!({ "text": "作业完成，无事故" });
    let done = step(app, "keeper", &path, &filing, report).await;
    assert!(done["due_on"].is_null(), "{done}");
}

async fn cancelled_and_destroyed(app: &TestApp, licence: &str, number: &str, paper: &[u8]) {
    let measure = json!({ "kind": "cancellation", "ground": "organisation_ended" });
    decided(app, licence, measure, false).await;
    assert_eq!(public(app, number).await["status"], "cancelled");
    assert_eq!(verdict(app, paper).await, "cancelled");
    let until = kernel::LegalDate(app.today().0 + time::Duration::days(60));
    let owed = format!(
        "/api/v1/licences/{licence}/duties?from={}&until={until}",
        app.today()
    );
    let (_, owed) = app.as_("keeper").await.get(&owed).await;
    let due = owed
        .as_array()
        .unwrap()
        .iter()
        .filter(|duty| duty["state"] == "due");
    let due: Vec<_> = due.map(|duty| text(&duty["key"])).collect();
    assert_eq!(
        due,
        ["return"],
        "of a licence that ended only its papers are owed: {owed}"
    );
    let path = format!("/api/v1/licences/{licence}/filings?kind=recall&open=true");
    let (_, page) = app.as_("clerk").await.get(&path).await;
    let recall = page["items"][0].clone();
    let path = |act: &str| format!("/api/v1/licence-filings/{}/{act}", text(&recall["id"]));
    let seen = step(
        app,
        "clerk",
        &path("paper-returns"),
        &recall,
        json!({ "papers": "正本1份、副本1份" }),
    )
    .await;
    let seen = step(
        app,
        "clerk",
        &path("destructions"),
        &seen,
        json!({ "method": "碎纸机粉碎" }),
    )
    .await;
    let seen = step(app, "inspector", &path("destruction-witnesses"), &seen, json!({})).await;
    assert!(
        seen["matter"]["destruction"]["witness"]["by"]["name"].is_string(),
        "{seen}"
    );
}

async fn printed_timeline(app: &TestApp, licence: &str) -> Vec<String> {
    let path = format!("/api/v1/licences/{licence}/timeline?limit=200");
    let (status, page) = app.as_("inspector").await.get(&path).await;
    assert_eq!(status, StatusCode::OK);
    let items = page["items"].as_array().unwrap();
    let lines = items.iter().rev().map(|event| {
        let reason = event["reason"].as_str().map(|reason| format!("（{reason}）"));
        format!(
            "{} {}{}",
            text(&event["at"]),
            text(&event["title"]),
            reason.unwrap_or_default()
        )
    });
    let lines: Vec<_> = lines.collect();
    #[allow(
        clippy::print_stdout,
        reason = "the timeline is read by whoever runs the journey"
    )]
    {
        println!("{}", lines.join("\n"));
    }
    lines
}

on_both! {
    async fn a_licence_is_lived_through(app) {
        let licence = app.issued().await;
        app.officer("inspector", &[Role::Inspector]).await;
        // Takes part in renewals.
        app.officer_of(&city::reviewer("public_security"), Role::DepartmentReviewer, "public_security").await;
        let (id, number) = (text(&licence["id"]), text(&licence["number"]));
        let paper = original(&app, &id).await;
        assert_eq!(verdict(&app, &paper).await, "valid");
        handed_over_and_posted(&app, &id).await;
        let first_paper = paper.clone();
        let paper = changed(&app, &id, &number, &paper).await;
        assert_eq!(earlier(&app, &id, 1).await, (StatusCode::OK, first_paper));
        assert_eq!(earlier(&app, &id, 2).await, (StatusCode::OK, paper.clone()));
        assert_eq!(earlier(&app, &id, 3).await.0, StatusCode::NOT_FOUND);
        let paper = renewed(&app, &id, &number, &paper).await;
        let (first, (id, number, paper)) = (id.clone(), lost_and_replaced(&app, &id, &number, &paper).await);
        let mut lines = printed_timeline(&app, &first).await;
        suspended_and_given_back(&app, &id, &number, &paper).await;
        worked_elsewhere(&app, &id).await;
        cancelled_and_destroyed(&app, &id, &number, &paper).await;
        lines.extend(printed_timeline(&app, &id).await);
        let titles = ["编定许可证编号", "颁发许可证", "准予变更", "准予延期", "遗失公告", "原证作废", "补发许可证", "暂扣许可证", "发还许可证", "注销许可证"];
        let told: Vec<_> = titles.iter().map(|title| lines.iter().position(|line| line.contains(title))).collect();
        assert!(told.is_sorted() && told.iter().all(Option::is_some), "{lines:#?}");
        assert_eq!(app.jobs_dead().await, 0);
        app.seal().await;
        assert_eq!(app.audit().await, Vec::<String>::new());
    }
}
