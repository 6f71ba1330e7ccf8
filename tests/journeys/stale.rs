//! Two people at one thing: nobody overwrites unseen, nobody decides twice.

use futures::future::join;
use journeys::{TestApp, city, on_both};
use kernel::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const STALE: &str = "urn:anxu:problem:stale-version";

/// An edit with the version that was seen, then one with the same version again: the second is refused and nothing
/// of it is kept.
async fn edited_twice(app: &TestApp, login: &str, path: &str, first: Value, second: Value) {
    let session = app.as_(login).await;
    let (status, view) = session.get(path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {view}");
    let version = view["version"].as_i64().unwrap();
    let (status, view) = session.put(path, version, first).await;
    assert_eq!(status, StatusCode::OK, "{path}: {view}");
    let (status, problem) = session.put(path, version, second.clone()).await;
    assert_eq!(
        (status, problem["type"].as_str()),
        (StatusCode::PRECONDITION_FAILED, Some(STALE)),
        "{path}"
    );
    assert_eq!(problem["status"], 412);
    assert!(problem["detail"].as_str().unwrap().contains("刷新"), "{problem}");
    let now = session.get(path).await.1;
    assert_eq!(now["version"], json!(version + 1));
    let unconditional = session.request(Method::PUT, path).json(&second);
    let (status, problem) = journeys::answer(unconditional).await;
    assert_eq!(status, StatusCode::PRECONDITION_REQUIRED, "{problem}");
    let unreadable = session
        .request(Method::PUT, path)
        .header("if-match", "\"x\"")
        .json(&second);
    assert_eq!(journeys::answer(unreadable).await.0, StatusCode::BAD_REQUEST);
}

async fn city_with_enterprise(app: &TestApp) -> String {
    app.staff("emergency", &city::DEPARTMENTS).await;
    let enterprise = app.enterprise("南昌龘盛采石有限公司", 1).await;
    app.of_enterprise("keeper", Role::EnterpriseManager, enterprise)
        .await;
    enterprise.to_string()
}

/// Two acts at the same moment: exactly one is done, the other is told so.
async fn one_wins(app: &TestApp, path: &str, one: (&str, Value), two: (&str, Value)) -> Value {
    let (first, second) = (app.as_(one.0).await, app.as_(two.0).await);
    let (a, b) = join(first.post(path, one.1), second.post(path, two.1)).await;
    let (won, lost) = if a.0.is_success() { (a, b) } else { (b, a) };
    assert_eq!(won.0, StatusCode::CREATED, "{path}: {}", won.1);
    assert_eq!(lost.0, StatusCode::CONFLICT, "{path}: {}", lost.1);
    assert!(
        lost.1["detail"]
            .as_str()
            .is_some_and(|text| text.contains("刷新")),
        "{}",
        lost.1
    );
    lost.1
}

on_both! {
    async fn a_stale_version_overwrites_nothing(app) {
        let enterprise = city_with_enterprise(&app).await;
        let file = |address: &str| {
            json!({ "name": "南昌龘盛采石有限公司", "code": city::credit_code(1), "legal_representative": "李开明",
                "address": address, "region": "360102" })
        };
        let path = format!("/api/v1/enterprises/{enterprise}");
        edited_twice(&app, "clerk", &path, file("二号"), file("三号")).await;
        assert_eq!(app.as_("clerk").await.get(&path).await.1["address"], "二号");

        app.officer("root", &[Role::Administrator]).await;
        let id = app.officer("li", &[Role::Auditor]).await;
        let account = |name: &str| json!({ "name": name, "roles": ["auditor"], "regions": ["3601"], "state": "active" });
        edited_twice(&app, "root", &format!("/api/v1/accounts/{id}"), account("甲"), account("乙")).await;

        let id = app.draft("keeper", city::MATTER).await;
        let keeper = app.as_("keeper").await;
        let path = format!("/api/v1/applications/{id}/form");
        let version = app.application("keeper", &id).await["version"].as_i64().unwrap();
        assert_eq!(keeper.put(&path, version, city::form()).await.0, StatusCode::OK);
        let (status, problem) = keeper.put(&path, version, json!({ "contact": "别人" })).await;
        assert_eq!((status, problem["type"].as_str()), (StatusCode::PRECONDITION_FAILED, Some(STALE)));
        assert_eq!(app.application("keeper", &id).await["form"]["contact"], "王安全");
    }

    async fn of_two_officers_at_once_one_acts(app) {
        city_with_enterprise(&app).await;
        app.officer_of("clerk2", Role::WindowClerk, "emergency").await;
        app.officer_of("fire2", Role::DepartmentReviewer, "fire").await;
        let leader = app.officer_of("leader2", Role::Approver, "emergency").await;
        app.qualify(leader).await;

        let id = app.submitted("keeper", city::MATTER).await;
        let at = |act: &str| format!("/api/v1/applications/{id}/{act}");
        one_wins(&app, &at("acceptances"), ("clerk", json!({})), ("clerk2", json!({}))).await;
        let fire = app.outcome("fire", &id).await;
        let (first, second) = (app.as_("rev.fire").await, app.as_("fire2").await);
        let path = at("reviews");
        let (a, b) = join(first.post(&path, fire.clone()), second.post(&path, fire)).await;
        let done = [&a, &b].iter().filter(|answer| answer.0 == StatusCode::CREATED).count();
        assert_eq!(done, 1, "{} {}", a.1, b.1);
        for department in city::DEPARTMENTS.iter().filter(|one| **one != "fire") {
            app.review(department, &id).await;
        }
        app.give_opinions(&id).await;

        let refusal = json!({ "outcome": "refuse", "reason": "应急预案未备案", "legal_basis": "《安全生产许可证条例》第六条",
            "unmet": [{ "condition": "emergency", "finding": "应急预案未备案" }] });
        let grant = json!({ "outcome": "grant", "reason": "符合法定条件" });
        let lost = one_wins(&app, &at("decisions"), ("leader", grant), ("leader2", refusal)).await;
        assert_eq!(lost["type"], "urn:anxu:problem:already-decided");
        let decided = app.count("SELECT count(*) FROM event WHERE kind IN ('application.granted','application.refused')").await;
        assert_eq!(decided, 1);
        let granted = app.application("keeper", &id).await["state"] == "granted";
        app.run_jobs().await;
        assert_eq!(app.count("SELECT count(*) FROM licence").await, i64::from(granted));
        assert_eq!(app.audit().await, Vec::<String>::new());
    }

    async fn many_deciders_and_many_jobs_make_one_licence(app) {
        city_with_enterprise(&app).await;
        let id = app.before_the_leader("keeper").await;
        app.grant(&id).await;
        // Two workers of the outbox at the same time.
        let (one, two) = join(app.run_jobs(), app.run_jobs()).await;
        assert!(one + two > 0);
        assert_eq!(app.count("SELECT count(*) FROM licence").await, 1);
        assert_eq!(app.count("SELECT count(*) FROM event WHERE kind = 'licence.issued'").await, 1);
        assert_eq!(app.jobs_dead().await, 0);
        app.seal().await;
        assert_eq!(app.audit().await, Vec::<String>::new());
    }
}
