//! What is applied for about a licence that is there, and what surrounds a review: through HTTP, on both databases.

use journeys::{
    TestApp,
    city::{self, DEPARTMENTS, MATTER, pdf},
    on_both, printed,
};
use kernel::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

/// The problem of an act that is refused.
async fn refused(app: &TestApp, login: &str, path: &str, body: Value, status: StatusCode) -> Value {
    let (answered, problem) = app.as_(login).await.post(path, body).await;
    assert_eq!(answered, status, "{login} {path}: {problem}");
    problem
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A draft about a licence with everything that it asks for, handed in.
async fn handed_in(app: &TestApp, kind: &str, licence: &str, subject: Value) -> String {
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
    id
}

on_both! {
    async fn a_name_is_changed(app) {
        let licence = app.issued().await;
        let id = text(&licence["id"]);
        let subject = json!({ "kind": "change", "occurred_on": "2026-02-27",
            "items": [{ "item": "name", "to": "南昌龘盛矿业有限公司" }] });
        // A licence is somebody's, and is named for everything but a first issue.
        let plain = json!({ "matter": "noncoal_mine.change" });
        refused(&app, "keeper", "/api/v1/applications", plain, StatusCode::UNPROCESSABLE_ENTITY).await;
        let other = app.enterprise("南昌旁人有限公司", 7).await;
        app.of_enterprise("stranger", Role::EnterpriseManager, other).await;
        let body = json!({ "matter": "noncoal_mine.change", "licence": id, "subject": subject });
        refused(&app, "stranger", "/api/v1/applications", body, StatusCode::NOT_FOUND).await;
        let change = handed_in(&app, "change", &id, subject.clone()).await;
        let view = app.application("keeper", &change).await;
        assert_eq!(view["licence"]["number"], licence["number"]);
        assert_eq!(view["subject"]["items"][0]["from"], "南昌龘盛采石有限公司");
        let windows = view["windows"].as_array().unwrap();
        assert!(windows.iter().any(|window| window["key"] == "law_window" && window["late"] == false), "{view}");
        // One of a kind at a time, whoever is quicker.
        let body = json!({ "matter": "noncoal_mine.change", "licence": id, "subject": subject });
        let problem = refused(&app, "keeper", "/api/v1/applications", body, StatusCode::CONFLICT).await;
        assert_eq!(problem["application"], change);
        let accepted = app.accept(&change).await;
        let departments: Vec<_> = accepted["reviews"].as_array().unwrap().iter()
            .map(|review| text(&review["department"])).collect();
        assert_eq!(departments, ["emergency", "market_regulation"]);
        for department in departments {
            app.review(&department, &change).await;
        }
        let granted = app.grant(&change).await;
        assert_eq!(granted["state"], "granted");
        assert_eq!(granted["documents"].as_array().unwrap().last().unwrap()["kind"], "change_grant");
        assert_eq!(app.count("SELECT COUNT(*) FROM job WHERE kind = 'licences.carry_out'").await, 1);
        let (_, page) = app.as_("leader").await.get(&format!("/api/v1/applications?licence={id}&kind=change")).await;
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        // The enterprise's file follows, once, and says why; nobody is written to under the old name any more.
        app.run_jobs().await;
        let file = format!("/api/v1/enterprises/{}", text(&licence["enterprise"]));
        let (_, enterprise) = app.as_("leader").await.get(&file).await;
        assert_eq!(enterprise["name"], "南昌龘盛矿业有限公司", "{enterprise}");
        let (_, timeline) = app.as_("leader").await.get(&format!("{file}/timeline")).await;
        let entries = timeline["items"].as_array().unwrap();
        let changed = entries.iter().find(|one| one["kind"] == "enterprise.changed").unwrap();
        assert_eq!(changed["data"]["changed"], json!({ "name": ["南昌龘盛采石有限公司", "南昌龘盛矿业有限公司"] }), "{changed}");
        assert_eq!(changed["data"]["application"], change, "{changed}");
        let (_, page) = app.as_("leader").await.get("/api/v1/applications?light=red").await;
        assert_eq!(page["items"], json!([]));
    }

    async fn one_visit_with_photos_and_signatures(app) {
        app.staff("emergency", &DEPARTMENTS).await;
        let enterprise = app.enterprise("南昌龘盛采石有限公司", 1).await;
        app.of_enterprise("keeper", Role::EnterpriseManager, enterprise).await;
        let mut officers = Vec::new();
        for (login, department) in [("li", "emergency"), ("wang", "fire")] {
            let account = app.officer_of(login, Role::DepartmentReviewer, department).await;
            app.qualify(account).await;
            officers.push(account.to_string());
        }
        let id = app.submitted("keeper", MATTER).await;
        app.accept(&id).await;
        // Whoever orders chooses among those who may go there; the applicant does not.
        let choices = format!("/api/v1/applications/{id}/site-officers");
        let (_, found) = app.as_("li").await.get(&choices).await;
        let named: Vec<_> = found.as_array().unwrap().iter().map(|one| text(&one["account"])).collect();
        assert!(officers.iter().all(|one| named.contains(one)), "{found}");
        assert!(found[0]["card"].is_string() && found[0]["busy_on"] == json!([]), "{found}");
        for stranger in ["wang", "keeper"] {
            let (status, _) = app.as_(stranger).await.get(&choices).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{stranger}");
        }
        let base = format!("/api/v1/applications/{id}/site-checks");
        let day = app.today().to_string();
        let alone = json!({ "reason": "核实边坡", "planned_on": day, "officers": [officers[0]] });
        let problem = refused(&app, "li", &base, alone, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(problem["errors"][0]["field"], "officers");
        let order = json!({ "reason": "核实边坡", "planned_on": day, "officers": officers });
        let view = app.act("li", &base, order).await;
        // It is the work of those who are named, of whatever department, and of nobody else.
        for (login, visits) in [("li", 1), ("wang", 1), ("clerk", 0), ("leader", 0)] {
            let (_, page) = app.as_(login).await.get("/api/v1/application-tasks?kind=site_check").await;
            assert_eq!(page["items"].as_array().unwrap().len(), visits, "{login}: {page}");
        }
        let check = &view["site_checks"][0];
        let base = format!("{base}/{}", text(&check["id"]));
        let results: Vec<_> = check["lines"].as_array().unwrap().iter()
            .map(|line| json!({ "condition": line["condition"], "met": "met" })).collect();
        app.act("wang", &format!("{base}/results"), json!({ "results": results })).await;
        let photo = |taken_at: &str| {
            journeys::file_form("现场.jpg", picture())
                .text("taken_at", taken_at.to_owned())
                .text("longitude", "115.858")
                .text("latitude", "28.683")
                .text("place", "采场入口")
        };
        let session = app.as_("li").await;
        let send = async |form| {
            let request = session.request(reqwest::Method::POST, &format!("{base}/photos"));
            journeys::answer(request.multipart(form)).await
        };
        let (status, problem) = send(photo("2020-01-01T08:00:00+08:00")).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("taken_at")));
        let (status, view) = send(photo(&text(&check["ordered"]["at"]))).await;
        assert_eq!(status, StatusCode::CREATED, "{view}");
        let picture_id = text(&view["site_checks"][0]["photos"][0]["id"]);
        let (status, bytes) = app.as_("keeper").await.bytes(&format!("{base}/photos/{picture_id}")).await;
        assert_eq!((status, bytes), (StatusCode::OK, picture()));
        let signed = json!({ "kind": "signed", "name": "李开明", "position": "矿长" });
        let conclusion = json!({ "acknowledgement": signed, "summary": "逐项核查均符合" });
        let early = refused(&app, "li", &format!("{base}/conclusions"), conclusion.clone(),
            StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(early["errors"].as_array().unwrap().len(), 2, "two signatures: {early}");
        for login in ["li", "wang"] {
            app.act(login, &format!("{base}/signatures"), json!({})).await;
        }
        let view = app.act("wang", &format!("{base}/conclusions"), conclusion).await;
        assert_eq!(view["site_checks"][0]["outcome"], "passed");
        app.run_jobs().await;
        let view = app.application("keeper", &id).await;
        let paper = view["documents"].as_array().unwrap().iter()
            .find(|document| document["kind"] == "site_check_record").unwrap();
        let (status, bytes) = app.as_("keeper").await.bytes(paper["url"].as_str().unwrap()).await;
        assert!(status == StatusCode::OK && bytes.starts_with(b"%PDF"));
        assert_eq!(app.audit().await, Vec::<String>::new());
    }

    async fn a_material_follows(app) {
        app.staff("emergency", &DEPARTMENTS).await;
        let enterprise = app.enterprise("南昌龘盛采石有限公司", 1).await;
        app.of_enterprise("keeper", Role::EnterpriseManager, enterprise).await;
        let id = app.draft("keeper", MATTER).await;
        let base = format!("/api/v1/applications/{id}");
        let keeper = app.as_("keeper").await;
        let mut form = city::form();
        form["deferral"] = json!({ "materials": ["business_licence"], "signatory": "李开明", "signed": true });
        let version = app.application("keeper", &id).await["version"].as_i64().unwrap();
        let (status, view) = keeper.put(&format!("{base}/form"), version, form).await;
        assert_eq!(status, StatusCode::OK, "{view}");
        let (_, gaps) = keeper.get(&format!("{base}/completeness")).await;
        for (number, gap) in gaps["missing"].as_array().unwrap().iter().enumerate() {
            let material = gap["field"].as_str().unwrap().strip_prefix("materials.").unwrap();
            assert_ne!(material, "business_licence");
            keeper.upload(&format!("{base}/materials/{material}/files"), "材料.pdf", pdf(number)).await;
        }
        app.act("keeper", &format!("{base}/submissions"), json!({})).await;
        let view = app.accept(&id).await;
        assert_eq!(view["deferral"]["outstanding"], json!(["business_licence"]));
        let (_, tasks) = keeper.get("/api/v1/application-tasks?kind=supply").await;
        assert_eq!(tasks["items"].as_array().unwrap().len(), 1, "{tasks}");
        for department in DEPARTMENTS {
            app.review(department, &id).await;
        }
        app.give_opinions(&id).await;
        let grant = json!({ "outcome": "grant", "reason": "符合" });
        refused(&app, "leader", &format!("{base}/decisions"), grant, StatusCode::CONFLICT).await;
        // Whoever finds the promise broken reads before what would go out, without a blank but the number.
        let breach = format!("{base}/previews/commitment_breach");
        let preview = app.as_("rev.emergency").await.request(reqwest::Method::POST, &breach)
            .json(&json!({ "reason": "提交的执照已被吊销" })).send().await.unwrap();
        assert_eq!(preview.status(), StatusCode::OK);
        let said = printed(&preview.bytes().await.unwrap());
        assert!(said.contains("提交的执照已被吊销") && said.contains("李开明"), "{said}");
        assert!(!said.contains("待填写"), "{said}");
        let (status, _) = keeper
            .upload(&format!("{base}/materials/business_licence/files"), "执照.pdf", pdf(99)).await;
        assert_eq!(status, StatusCode::CREATED);
        let view = app.act("keeper", &format!("{base}/supplies"), json!({})).await;
        assert_eq!(view["deferral"]["commitment"]["state"], "kept");
        app.grant(&id).await;
    }

    async fn a_responsibility_list_is_reviewed_by_two_people(app) {
        app.officer("root", &[Role::Administrator]).await;
        app.officer("chief", &[Role::Administrator, Role::Approver]).await;
        app.officer("leader", &[Role::Approver]).await;
        let list = "/api/v1/public/responsibility-lists/coal.renewal";
        let (status, before) = app.stranger().get(list).await;
        assert_eq!((status, &before["current"]["number"]), (StatusCode::OK, &json!(0)), "{before}");
        let duty = json!({ "name": "延期提醒责任", "text": "期满前九十日提醒企业办理延期" });
        let proposal = json!({ "matter": "coal.renewal",
            "evidence": { "complaints": 3, "enforcement_cases": 1, "findings": "企业反映延期提醒不及时" },
            "change": { "kind": "changed", "duties": [duty] } });
        refused(&app, "leader", "/api/v1/list-reviews", proposal.clone(), StatusCode::FORBIDDEN).await;
        let review = app.act("chief", "/api/v1/list-reviews", proposal.clone()).await;
        refused(&app, "root", "/api/v1/list-reviews", proposal, StatusCode::CONFLICT).await;
        let own = format!("/api/v1/list-reviews/{}", text(&review["id"]));
        let seen_by = async |login: &str| app.as_(login).await.get(&own).await.1;
        assert_eq!((&review["matter_name"], &review["quarter_name"], &review["state_name"]), (&before["name"], &json!("2026年第1季度"), &json!("待审批")));
        assert_eq!(review["before"], before["current"]["duties"]);
        let may = [&review, &seen_by("root").await, &seen_by("leader").await].map(|one| one["allowed_actions"].clone());
        assert_eq!(may, [json!([]), json!([]), json!(["decide"])], "not by the one who proposed it, not without the permission");
        app.run_jobs().await;
        let told = async |login: &str| app.as_(login).await.get("/api/v1/notices?topic=list_reviews").await.1["items"].clone();
        let link = format!("/app/lists/coal.renewal?review={}", text(&review["id"]));
        assert_eq!(told("leader").await[0]["link"], link);
        assert_eq!(told("chief").await, json!([]), "not the one who proposed it");
        let decisions = format!("{own}/decisions");
        let approve = json!({ "outcome": "approve", "effective_from": app.today().to_string() });
        refused(&app, "root", &decisions, approve.clone(), StatusCode::FORBIDDEN).await;
        refused(&app, "chief", &decisions, approve.clone(), StatusCode::FORBIDDEN).await;
        let approved = app.act("leader", &decisions, approve.clone()).await;
        assert_eq!((&approved["state"], &approved["number"]), (&json!("approved"), &json!(1)));
        refused(&app, "leader", &decisions, approve, StatusCode::CONFLICT).await;
        let (_, after) = app.stranger().get(list).await;
        assert_eq!(after["current"]["duties"][0]["name"], "延期提醒责任");
        assert_eq!(after["versions"].as_array().unwrap().len(), 2);
        app.run_jobs().await;
        assert!(told("chief").await[0]["title"].as_str().unwrap().starts_with("已批准："));
        let decided = seen_by("leader").await;
        assert_eq!((&decided["before"], &decided["allowed_actions"]), (&before["current"]["duties"], &json!([])), "what it changed is seen later too");
        let nobodys = format!("/api/v1/list-reviews/{}", uuid::Uuid::from_u128(5));
        assert_eq!(app.as_("leader").await.get(&nobodys).await.0, StatusCode::NOT_FOUND);
        let (_, due) = app.as_("root").await.get("/api/v1/list-reviews-due").await;
        let matters = due["matters"].as_array().unwrap();
        assert_eq!(matters.iter().filter(|one| one["state"].is_null()).count(), matters.len() - 1);
        let row = matters.iter().find(|one| one["matter"] == "coal.renewal").unwrap();
        assert_eq!((&row["review"], &row["may_propose"]), (&review["id"], &json!(false)));
        let again = json!({ "matter": "coal.change", "evidence": { "findings": "无" }, "change": { "kind": "unchanged" } });
        let again = app.act("chief", "/api/v1/list-reviews", again).await;
        let back = format!("/api/v1/list-reviews/{}/decisions", text(&again["id"]));
        app.act("leader", &back, json!({ "outcome": "reject", "reason": "请补充数据" })).await;
        let (_, due) = app.as_("root").await.get("/api/v1/list-reviews-due").await;
        let row = due["matters"].as_array().unwrap().iter().find(|one| one["matter"] == "coal.change").unwrap().clone();
        assert_eq!((&row["state"], &row["review"], &row["may_propose"]), (&json!("rejected"), &again["id"], &json!(true)));
        let (_, handed_down) = app.stranger().get("/api/v1/public/devolutions").await;
        let one = &handed_down[0];
        assert_eq!((&one["stage_names"], &one["area"]), (&json!(["受理"]), &json!("南昌高新技术产业开发区")), "{one}");
        assert!(one["matter_names"][0]["name"].as_str().unwrap().contains("危险化学品"), "{one}");
        let (_, page) = app.as_("leader").await.get("/api/v1/list-reviews?state=approved").await;
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        assert_eq!(app.audit().await, Vec::<String>::new());
    }

    async fn previews_show_what_is_written(app) {
        app.staff("emergency", &DEPARTMENTS).await;
        let enterprise = app.enterprise("南昌龘盛采石有限公司", 1).await;
        app.of_enterprise("keeper", Role::EnterpriseManager, enterprise).await;
        let id = app.submitted("keeper", MATTER).await;
        let path = format!("/api/v1/applications/{id}/previews/correction");
        let item = json!({ "target": { "kind": "form" }, "problem": "电话不通", "requirement": "填写可以接通的电话" });
        let session = app.as_("clerk").await;
        let request = session.request(reqwest::Method::POST, &path).json(&json!({ "items": [item] }));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.bytes().await.unwrap().starts_with(b"%PDF"));
        let unknown = json!({ "colour": "red" });
        refused(&app, "clerk", &path, unknown, StatusCode::UNPROCESSABLE_ENTITY).await;

    }
}

/// The start of a picture; enough to be recognised as one.
fn picture() -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10];
    bytes.extend_from_slice(b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    bytes.extend_from_slice(&[0; 64]);
    bytes.extend_from_slice(&[0xFF, 0xD9]);
    bytes
}
