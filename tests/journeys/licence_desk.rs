//! What officers and holders are offered about filings and case files: exactly what would be taken, and lists of
//! what waits for them.

use journeys::{TestApp, answer, city, file_form, on_both};
use kernel::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::licence_life::{refused, step, text};

/// The rows of a list.
async fn listed(app: &TestApp, login: &str, path: &str) -> Vec<Value> {
    let (status, page) = app.as_(login).await.get(path).await;
    assert_eq!(status, StatusCode::OK, "{login} {path}: {page}");
    page["items"].as_array().unwrap().clone()
}

async fn seen(app: &TestApp, login: &str, path: &str) -> Value {
    let (status, view) = app.as_(login).await.get(path).await;
    assert_eq!(status, StatusCode::OK, "{login} {path}: {view}");
    view
}

fn acts(view: &Value) -> Vec<String> {
    let acts = view["allowed_actions"].as_array().unwrap();
    acts.iter().map(text).collect()
}

/// What waits for somebody: the acts open on each row.
async fn waiting(app: &TestApp, login: &str, list: &str) -> Vec<Vec<String>> {
    let rows = listed(app, login, &format!("/api/v1/{list}?waits=true")).await;
    rows.iter().map(acts).collect()
}

/// The acts that somebody is offered on a filing.
async fn offered(app: &TestApp, login: &str, id: &str) -> Vec<String> {
    acts(&seen(app, login, &format!("/api/v1/licence-filings/{id}")).await)
}

async fn with_evidence(app: &TestApp, case: &Value) -> Value {
    let path = format!("/api/v1/licence-cases/{}/evidence", text(&case["id"]));
    let form = file_form("现场检查记录.pdf", city::pdf(77)).text("proves", "现场情况");
    let session = app.as_("inspector").await;
    let upload = session
        .request(Method::POST, &path)
        .header("if-match", format!("\"{}\"", case["version"]))
        .multipart(form);
    let (status, view) = answer(upload).await;
    assert_eq!(status, StatusCode::CREATED, "{view}");
    view
}

async fn opened(app: &TestApp, licence: &str, measure: &Value) -> Value {
    let body = json!({ "measure": measure, "subject": "不再具备安全生产条件" });
    app.act("inspector", &format!("/api/v1/licences/{licence}/cases"), body)
        .await
}

fn findings(measure: &Value) -> Value {
    let found = json!({ "facts": "三处重大隐患未整改", "violated": "《安全生产许可证条例》第十四条",
        "legal_basis": "《安全生产许可证条例》第十四条", "public_reason": "不再具备安全生产条件" });
    json!({ "findings": found, "measure": measure })
}

fn service() -> Value {
    json!({ "method": "直接送达", "place": "企业住所", "recipient": "王安全" })
}

on_both! {
    async fn filings_offer_what_can_be_done_about_them(app) {
        let licence = app.issued().await;
        app.officer("inspector", &[Role::Inspector]).await;
        let id = text(&licence["id"]);
        let on = |what: &str| format!("/api/v1/licences/{id}/{what}");

        let handover = json!({ "recipient": "李开明", "identity": "身份证", "method": "窗口领取", "place": "大厅" });
        let handover = app.act("clerk", &on("handovers"), handover).await;
        assert_eq!(acts(&handover), Vec::<String>::new(), "posting is the holder's");
        assert_eq!(offered(&app, "keeper", &text(&handover["id"])).await, ["confirm_posting"]);

        let flood = json!({ "happened_at": "2026-03-01T00:00:00Z", "cause": "暴雨", "disaster": true });
        let damage = app.act("keeper", &on("damages"), flood).await;
        assert_eq!(acts(&damage), ["begin_exchange"]);
        assert_eq!(waiting(&app, "clerk", "licence-filings").await, [["issue_stand_in"]]);
        for nobody in ["keeper", "inspector", "leader"] {
            assert_eq!(waiting(&app, nobody, "licence-filings").await, Vec::<Vec<String>>::new(), "{nobody}");
        }
        let stand_in = format!("/api/v1/licence-filings/{}/stand-ins", text(&damage["id"]));
        step(&app, "clerk", &stand_in, &damage, json!({})).await;
        assert_eq!(waiting(&app, "clerk", "licence-filings").await, Vec::<Vec<String>>::new());

        let loss = json!({ "on": "2026-03-01", "circumstances": "搬迁时遗失" });
        let loss = app.act("keeper", &on("losses"), loss).await;
        assert_eq!(acts(&loss), ["recover"]);
        assert_eq!(offered(&app, "clerk", &text(&loss["id"])).await, Vec::<String>::new());
        let found = format!("/api/v1/licence-filings/{}/recoveries", text(&loss["id"]));
        assert_eq!(acts(&step(&app, "keeper", &found, &loss, json!({})).await), Vec::<String>::new());
        app.run_jobs().await;

        // By holder, number and code, within the scope.
        let number = text(&licence["number"]);
        for q in ["龘盛", &number[number.len() - 6..]] {
            let rows = listed(&app, "clerk", &format!("/api/v1/licence-filings?q={q}&kind=damage")).await;
            assert_eq!(rows.len(), 1, "{q}");
        }
        assert!(listed(&app, "clerk", "/api/v1/licence-filings?q=赣江").await.is_empty());
        assert_eq!(app.as_("clerk").await.get("/api/v1/licence-filings?q=龘").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let enterprise = text(&licence["enterprise"]);
        assert_eq!(listed(&app, "clerk", &format!("/api/v1/licence-filings?enterprise={enterprise}")).await.len(), 3);
        assert!(listed(&app, "clerk", &format!("/api/v1/licence-filings?enterprise={id}")).await.is_empty());
        app.seal().await;
        assert_eq!(app.audit().await, Vec::<String>::new());
    }

    async fn a_licence_is_the_business_of_who_issued_it(app) {
        let licence = app.issued().await;
        let id = text(&licence["id"]);
        let on = |what: &str| format!("/api/v1/licences/{id}/{what}");
        for department in ["emergency", "housing"] {
            for (login, role) in [("inspector", Role::Inspector), ("leader", Role::Approver), ("clerk", Role::WindowClerk)] {
                app.officer_of(&format!("{login}.{department}"), role, department).await;
            }
        }
        let measure = json!({ "kind": "revocation" });
        let new = json!({ "measure": measure, "subject": "不再具备安全生产条件" });

        // The housing bureau reads a licence of the emergency bureau, and that is all.
        let offered = acts(&seen(&app, "inspector.housing", &on("")[..on("").len() - 1]).await);
        assert_eq!(offered, ["download"]);
        let (status, problem) = app.as_("inspector.housing").await.post(&on("cases"), new.clone()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{problem}");
        assert!(text(&problem["detail"]).contains("应急管理局颁发，由该机关办理"), "{problem}");
        let review = json!({ "year": 2026, "result": "合格", "opinion": "同意" });
        assert_eq!(app.as_("inspector.housing").await.post(&on("annual-reviews"), review).await.0, StatusCode::FORBIDDEN);
        let handover = json!({ "recipient": "李开明", "identity": "身份证", "method": "窗口领取", "place": "大厅" });
        assert_eq!(app.as_("clerk.housing").await.post(&on("handovers"), handover.clone()).await.0, StatusCode::FORBIDDEN);
        app.act("clerk.emergency", &on("handovers"), handover).await;

        // So it is with its case file and its filings: nothing offered, nothing in the work list, nothing taken.
        let case = app.act("inspector.emergency", &on("cases"), new).await;
        let path = format!("/api/v1/licence-cases/{}", text(&case["id"]));
        let flood = json!({ "happened_at": "2026-03-01T00:00:00Z", "cause": "暴雨", "disaster": true });
        let damage = app.act("keeper", &on("damages"), flood).await;
        let stand_in = format!("/api/v1/licence-filings/{}/stand-ins", text(&damage["id"]));
        assert_eq!(acts(&seen(&app, "inspector.housing", &path).await), Vec::<String>::new());
        assert!(waiting(&app, "inspector.housing", "licence-cases").await.is_empty());
        assert_eq!(waiting(&app, "inspector.emergency", "licence-cases").await.len(), 1);
        assert!(waiting(&app, "clerk.housing", "licence-filings").await.is_empty());
        assert_eq!(waiting(&app, "clerk.emergency", "licence-filings").await, [["issue_stand_in"]]);
        let closing = json!({ "reason": "不属实" });
        for (login, path, subject, body) in [
            ("inspector.housing", format!("{path}/findings"), &case, findings(&measure)),
            ("inspector.housing", format!("{path}/closures"), &case, closing),
            ("leader.housing", format!("{path}/approvals"), &case, json!({ "approve": true, "opinion": "同意" })),
            ("clerk.housing", stand_in, &damage, json!({})),
        ] {
            let (status, why) = refused(&app, login, &path, subject, body).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{login} {path}: {why}");
        }
    }

    async fn a_case_without_notice_offers_each_its_step(app) {
        let licence = app.issued().await;
        app.officer("inspector", &[Role::Inspector]).await;
        let measure = json!({ "kind": "cancellation", "ground": "organisation_ended" });
        let case = opened(&app, &text(&licence["id"]), &measure).await;
        let path = format!("/api/v1/licence-cases/{}", text(&case["id"]));
        assert_eq!(acts(&case), ["add_evidence", "find", "close"]);
        assert_eq!(case["waits_for"], "请先写明查明的事实、依据和理由");
        let case = with_evidence(&app, &case).await;
        let case = step(&app, "inspector", &format!("{path}/findings"), &case, findings(&measure)).await;
        assert_eq!(acts(&case), ["add_evidence", "find", "propose", "close"]);
        assert_eq!(case["waits_for"], Value::Null);
        let (status, why) = refused(&app, "inspector", &format!("{path}/prior-notices"), &case, json!({})).await;
        assert_eq!((status, why.as_str()), (StatusCode::CONFLICT, "此项决定依法不需要事先告知，可以直接报批"));
        assert_eq!(waiting(&app, "inspector", "licence-cases").await.len(), 1);
        assert!(waiting(&app, "leader", "licence-cases").await.is_empty());

        let opinion = json!({ "opinion": "拟同意" });
        let case = step(&app, "inspector", &format!("{path}/proposals"), &case, opinion).await;
        assert_eq!(acts(&case), ["close"]);
        assert!(waiting(&app, "inspector", "licence-cases").await.is_empty());
        assert_eq!(waiting(&app, "leader", "licence-cases").await, [["decide"]]);
        let approval = json!({ "approve": true, "opinion": "同意" });
        let case = step(&app, "leader", &format!("{path}/approvals"), &case, approval).await;
        assert_eq!(case["waits_for"], "文书正在制作，制成后才能送达");
        assert!(waiting(&app, "clerk", "licence-cases").await.is_empty());
        app.run_jobs().await;

        assert_eq!(waiting(&app, "clerk", "licence-cases").await, [["serve"]]);
        let case = seen(&app, "clerk", &path).await;
        assert_eq!(acts(&case["papers"][0]), ["serve"]);
        let serving = format!("{path}/papers/{}/services", text(&case["papers"][0]["id"]));
        step(&app, "clerk", &serving, &case, service()).await;
        app.run_jobs().await;
        let case = seen(&app, "clerk", &path).await;
        assert_eq!(acts(&case), Vec::<String>::new());
        let receipt = format!("{path}/papers/{}/services", text(&case["papers"][1]["id"]));
        let (status, why) = refused(&app, "clerk", &receipt, &case, service()).await;
        assert_eq!((status, why.as_str()), (StatusCode::CONFLICT, "这份文书不需要送达"));
        assert!(waiting(&app, "clerk", "licence-cases").await.is_empty());

        // The papers come back and are destroyed: one after the other sees the work.
        assert_eq!(waiting(&app, "clerk", "licence-filings").await, [["take_back"]]);
        let recall = listed(&app, "clerk", "/api/v1/licence-filings?kind=recall").await.remove(0);
        let path = |act: &str| format!("/api/v1/licence-filings/{}/{act}", text(&recall["id"]));
        let recall = step(&app, "clerk", &path("paper-returns"), &recall, json!({ "papers": "正本1份" })).await;
        assert_eq!(waiting(&app, "clerk", "licence-filings").await, [["destroy"]]);
        let recall = step(&app, "clerk", &path("destructions"), &recall, json!({ "method": "粉碎" })).await;
        assert_eq!(acts(&recall), Vec::<String>::new());
        assert!(waiting(&app, "clerk", "licence-filings").await.is_empty());
        assert_eq!(waiting(&app, "inspector", "licence-filings").await, [["witness"]]);
        step(&app, "inspector", &path("destruction-witnesses"), &recall, json!({})).await;
        assert!(waiting(&app, "inspector", "licence-filings").await.is_empty());
        app.seal().await;
        assert_eq!(app.audit().await, Vec::<String>::new());
    }

    async fn a_case_with_a_hearing_opens_step_by_step(app) {
        let licence = app.issued().await;
        app.officer("inspector", &[Role::Inspector]).await;
        let measure = json!({ "kind": "revocation" });
        let own = format!("/api/v1/licences/{}", text(&licence["id"]));
        assert!(acts(&seen(&app, "inspector", &own).await).contains(&"case.revocation".to_owned()));
        let case = opened(&app, &text(&licence["id"]), &measure).await;
        let path = format!("/api/v1/licence-cases/{}", text(&case["id"]));
        // One case for a measure at a time: not offered again, and whoever asks is led to the open one.
        assert!(!acts(&seen(&app, "inspector", &own).await).contains(&"case.revocation".to_owned()));
        let again = json!({ "measure": measure, "subject": "同一事由" });
        let (status, problem) = app.as_("inspector").await.post(&format!("{own}/cases"), again).await;
        assert_eq!((status, &problem["case"]), (StatusCode::CONFLICT, &case["id"]), "{problem}");
        assert!(text(&problem["detail"]).contains("已有一件吊销案卷在办理"), "{problem}");
        let case = with_evidence(&app, &case).await;
        let case = step(&app, "inspector", &format!("{path}/findings"), &case, findings(&measure)).await;
        assert_eq!(acts(&case), ["add_evidence", "find", "give_notice", "close"]);
        step(&app, "inspector", &format!("{path}/prior-notices"), &case, json!({})).await;
        app.run_jobs().await;
        let case = seen(&app, "inspector", &path).await;
        assert_eq!(acts(&case), ["add_evidence", "close"]);
        assert_eq!(case["waits_for"], "事先告知书尚未送达，请先登记送达");
        assert_eq!(case["notice"]["statement_kinds"], json!([]));
        let serving = format!("{path}/papers/{}/services", text(&case["papers"][0]["id"]));
        step(&app, "clerk", &serving, &case, service()).await;
        app.run_jobs().await;
        let case = seen(&app, "inspector", &path).await;
        assert_eq!(acts(&case), ["add_evidence", "record_statement", "close"]);
        assert_eq!(case["notice"]["statement_kinds"], json!(["plea", "hearing_request", "waiver"]));
        assert!(text(&case["waits_for"]).contains("期满前不能报批"), "{case}");

        let asked = json!({ "kind": "hearing_request", "text": "要求听证" });
        let case = step(&app, "inspector", &format!("{path}/statements"), &case, asked).await;
        assert_eq!(acts(&case), ["add_evidence", "record_statement", "record_hearing", "close"]);
        assert_eq!(case["waits_for"], "当事人申请了听证，听证举行后才能报批");
        let hearing = json!({ "presided": "法制科赵科长", "report": "听取了陈述" });
        let case = step(&app, "inspector", &format!("{path}/hearings"), &case, hearing).await;
        assert_eq!(acts(&case), ["add_evidence", "record_statement", "propose", "close"]);
        assert_eq!(case["waits_for"], Value::Null);

        let count = async |query: &str| listed(&app, "clerk", &format!("/api/v1/licence-cases?{query}")).await.len();
        assert_eq!(count("measure=revocation").await, 1);
        assert_eq!(count("measure=suspension").await, 0);
        assert_eq!(count("q=龘盛&state=noticed").await, 1);
        assert_eq!(count("q=赣江").await, 0);
    }

    async fn clocks_run_while_papers_and_voices_are_open(app) {
        let licence = app.issued().await;
        app.officer("inspector", &[Role::Inspector]).await;
        let measure = json!({ "kind": "revocation" });
        let case = opened(&app, &text(&licence["id"]), &measure).await;
        let path = format!("/api/v1/licence-cases/{}", text(&case["id"]));
        assert_eq!(case["clock"], Value::Null);
        let case = with_evidence(&app, &case).await;
        let piece = format!("{path}/evidence/{}", text(&case["evidence"][0]["id"]));
        let response = app.as_("inspector").await.request(Method::GET, &piece).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/pdf");
        assert!(response.headers()["content-disposition"].to_str().unwrap().starts_with("inline"));
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let case = step(&app, "inspector", &format!("{path}/findings"), &case, findings(&measure)).await;

        // Both papers are looked at before they go out; nothing is numbered by that.
        let numbers = "SELECT count(*) FROM event WHERE kind LIKE 'licence_case.%'";
        let before = app.count(numbers).await;
        for (login, kind) in [("inspector", "prior_notice"), ("leader", "decision")] {
            let preview = format!("{path}/previews/{kind}");
            let response = app.as_(login).await.request(Method::POST, &preview).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{kind}");
            assert!(response.bytes().await.unwrap().starts_with(b"%PDF"), "{kind}");
        }
        assert_eq!(app.count(numbers).await, before);
        let unknown = app.as_("inspector").await.post(&format!("{path}/previews/secret"), json!({})).await;
        assert_eq!(unknown.0, StatusCode::NOT_FOUND);

        step(&app, "inspector", &format!("{path}/prior-notices"), &case, json!({})).await;
        app.run_jobs().await;
        let case = seen(&app, "keeper", &path).await;
        assert_eq!((&case["clock"]["key"], &case["clock"]["term"]), (&json!("service"), &json!("10个工作日")));
        assert_eq!(case["clock"], case["papers"][0]["clock"]);
        assert_eq!(case["clock"]["left"], 10);
        assert_eq!(case["clock"]["light"], "green");
        let preview = format!("{path}/previews/decision");
        assert_eq!(app.as_("keeper").await.post(&preview, json!({})).await.0, StatusCode::NOT_FOUND);

        let serving = format!("{path}/papers/{}/services", text(&case["papers"][0]["id"]));
        step(&app, "clerk", &serving, &case, service()).await;
        app.run_jobs().await;
        let case = seen(&app, "inspector", &path).await;
        assert_eq!((&case["clock"]["key"], &case["clock"]["left"]), (&json!("voice"), &json!(5)));
        assert_eq!(case["clock"]["due_on"], case["notice"]["hearing_until"]);
        assert_eq!(case["clock"]["name"], "陈述、申辩和申请听证的期限");
        assert!(case["papers"][0]["clock"]["ended_on"].is_string());
        let waiver = json!({ "kind": "waiver", "text": "放弃" });
        let case = step(&app, "inspector", &format!("{path}/statements"), &case, waiver).await;
        assert_eq!(case["clock"], Value::Null);

        // Everyone who may know of the case sees what happened to it.
        for login in ["inspector", "keeper"] {
            let titles: Vec<_> = listed(&app, login, &format!("{path}/timeline")).await.iter().map(|one| text(&one["title"])).collect();
            assert_eq!(titles.last().map(String::as_str), Some("立案"), "{titles:?}");
            assert!(titles.contains(&"送达文书".to_owned()), "{titles:?}");
        }
        let other = app.enterprise("南昌旁观厂", 9).await;
        app.of_enterprise("other", Role::EnterpriseManager, other).await;
        assert_eq!(app.as_("other").await.get(&format!("{path}/timeline")).await.0, StatusCode::NOT_FOUND);

        // The same lists as workbooks.
        for list in ["licences", "licence-cases", "licence-filings"] {
            let (status, bytes) = app.as_("clerk").await.bytes(&format!("/api/v1/{list}.xlsx?q=龘盛")).await;
            assert_eq!(status, StatusCode::OK, "{list}");
            assert!(bytes.starts_with(b"PK"), "{list}");
        }
    }

    async fn a_licence_says_what_can_be_applied_for(app) {
        let licence = app.issued().await;
        let id = text(&licence["id"]);
        let path = format!("/api/v1/licences/{id}/matters");
        let matters = async |login: &str| {
            let all = seen(&app, login, &path).await;
            all.as_array().unwrap().clone()
        };
        let of = |all: &[Value], kind: &str| all.iter().find(|one| one["kind"] == kind).unwrap().clone();
        let all = matters("keeper").await;
        let kinds: Vec<_> = all.iter().map(|one| text(&one["kind"])).collect();
        assert_eq!(kinds, ["renewal", "change", "replacement", "deregistration"]);
        assert!(all.iter().all(|one| one["allowed"] == true && one["running"].is_null()), "{all:#?}");
        let renewal = of(&all, "renewal");
        assert_eq!(renewal["key"], "noncoal_mine.renewal");
        assert!(renewal["windows"].as_array().unwrap().iter().all(|window| window["until"].is_string()), "{renewal}");
        let items: Vec<_> = of(&all, "change")["facets"].as_array().unwrap().iter().map(|one| text(&one["facet"])).collect();
        assert!(items.contains(&"name".to_owned()), "{items:?}");

        // A draft is under way for its enterprise only; then the same again is refused, in the same words.
        let draft = json!({ "matter": "noncoal_mine.change", "licence": id });
        let begun = app.act("keeper", "/api/v1/applications", draft.clone()).await;
        let all = matters("keeper").await;
        let change = of(&all, "change");
        assert_eq!((&change["allowed"], &change["running"]["id"]), (&json!(false), &begun["id"]));
        assert_eq!(change["running"]["state"], "draft");
        let (status, problem) = app.as_("keeper").await.post("/api/v1/applications", draft).await;
        assert_eq!((status, &problem["detail"]), (StatusCode::CONFLICT, &change["reason"]));
        assert_eq!(of(&matters("clerk").await, "change")["running"], Value::Null);

        // Long after its last day only a fresh application is left, and that is what the draft is told.
        app.set_clock("2030-01-10T04:00:00Z");
        app.forget("keeper");
        let late = of(&matters("keeper").await, "renewal");
        assert_eq!(late["allowed"], false);
        let draft = json!({ "matter": "noncoal_mine.renewal", "licence": id });
        let (status, problem) = app.as_("keeper").await.post("/api/v1/applications", draft).await;
        assert_eq!((status, &problem["detail"]), (StatusCode::CONFLICT, &late["reason"]));
    }

    async fn what_was_done_is_not_offered_again(app) {
        let licence = app.issued().await;
        let id = text(&licence["id"]);
        let path = format!("/api/v1/licences/{id}");
        let has = async |act: &str| acts(&seen(&app, "keeper", &path).await).iter().any(|one| one == act);
        assert!(has("self_check").await && has("declare_loss").await);
        let clerk = async || acts(&seen(&app, "clerk", &path).await);
        assert!(clerk().await.contains(&"hand_over".to_owned()));
        let handover = json!({ "recipient": "李开明", "identity": "身份证", "method": "窗口领取", "place": "大厅" });
        app.act("clerk", &format!("{path}/handovers"), handover).await;
        assert!(!clerk().await.contains(&"hand_over".to_owned()));
        app.act("keeper", &format!("{path}/self-checks"), json!({ "intact": true })).await;
        assert!(!has("self_check").await);
        let loss = json!({ "on": "2026-03-01", "circumstances": "搬迁时遗失" });
        let loss = app.act("keeper", &format!("{path}/losses"), loss).await;
        assert!(!has("declare_loss").await);
        let found = format!("/api/v1/licence-filings/{}/recoveries", text(&loss["id"]));
        let found = step(&app, "keeper", &found, &loss, json!({})).await;
        assert!(has("declare_loss").await);
        let titles = listed(&app, "keeper", &format!("/api/v1/licence-filings/{}/timeline", text(&found["id"]))).await;
        let titles: Vec<_> = titles.iter().map(|one| text(&one["title"])).collect();
        assert_eq!(titles, ["找回证书", "声明证书遗失"]);

        // A renewal that is under way is told by the duty.
        let duties = format!("/api/v1/enterprises/{}/licence-duties?from=2026-01-01&until=2029-12-31", text(&licence["enterprise"]));
        let renewal = async || {
            let all = seen(&app, "keeper", &duties).await;
            all.as_array().unwrap().iter().find(|one| one["key"] == "renewal").unwrap().clone()
        };
        assert_eq!(renewal().await["application"], Value::Null);
        let draft = json!({ "matter": "noncoal_mine.renewal", "licence": id });
        let begun = app.act("keeper", "/api/v1/applications", draft).await;
        assert_eq!(renewal().await["application"], begun["id"]);

        // An enterprise without a licence owes nothing; of others nobody is told.
        let other = app.enterprise("南昌新办厂", 9).await;
        app.of_enterprise("new", Role::EnterpriseManager, other).await;
        let own = format!("/api/v1/enterprises/{other}/licence-duties?from=2026-01-01&until=2026-12-31");
        assert_eq!(seen(&app, "new", &own).await, json!([]));
        assert_eq!(app.as_("new").await.get(&duties).await.0, StatusCode::NOT_FOUND);
    }
}
