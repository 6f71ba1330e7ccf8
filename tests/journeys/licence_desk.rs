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
        let case = opened(&app, &text(&licence["id"]), &measure).await;
        let path = format!("/api/v1/licence-cases/{}", text(&case["id"]));
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
}
