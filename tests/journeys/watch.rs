//! 重点监管: an enterprise whose licence expired stands on the list until it has a licence again, or until an officer
//! takes it off.

use calamine::{Reader, Xlsx};
use journeys::{TestApp, answer, city, on_both};
use kernel::{Role, Scope};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

const LIST: &str = "/api/v1/enterprises?watched=true";

/// The city's officers with an administrator, an inspector and one who reads only.
async fn officers(app: &TestApp) {
    app.staff("emergency", &city::DEPARTMENTS).await;
    app.officer("root", &[Role::Administrator]).await;
    app.officer("inspector", &[Role::Inspector]).await;
    app.officer("regulator", &[Role::Regulator]).await;
}

/// Names on the list, newest file first.
async fn listed(app: &TestApp) -> Vec<String> {
    let (status, page) = app.as_("regulator").await.get(LIST).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn file(app: &TestApp, login: &str, enterprise: Uuid) -> Value {
    let path = format!("/api/v1/enterprises/{enterprise}");
    let (status, view) = app.as_(login).await.get(&path).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    view
}

async fn end(app: &TestApp, login: &str, watch: &Value, reason: &str) -> (StatusCode, Value) {
    let path = format!(
        "/api/v1/enterprise-watches/{}/closures",
        watch["id"].as_str().unwrap()
    );
    let session = app.as_(login).await;
    let request = session
        .request(Method::POST, &path)
        .header("if-match", format!("\"{}\"", watch["version"]))
        .json(&json!({ "reason": reason }));
    answer(request).await
}

async fn watches(app: &TestApp) -> i64 {
    app.count("SELECT count(*) FROM enterprise_watch").await
}

on_both! {
    async fn expiry_puts_an_enterprise_on_the_list(app) {
        officers(&app).await;
        let (quarry, old) = (app.enterprise("南昌采石一厂", 1).await, app.enterprise("南昌采石二厂", 2).await);
        app.of_enterprise("keeper", Role::EnterpriseManager, quarry).await;
        let licence = app.taken_over("root", quarry, 101, "2026-03-04").await;
        // Its last midnight was long ago, before the platform.
        app.taken_over("root", old, 102, "2024-05-31").await;
        app.run_jobs().await;
        assert_eq!(listed(&app).await, ["南昌采石二厂"]);
        let view = file(&app, "inspector", old).await;
        assert_eq!(view["watch"][0]["since"], "2024-06-01");
        assert_eq!(file(&app, "inspector", quarry).await["watch"], json!([]));

        // The last second of the last day, and a stop over the midnight after it and some days more.
        app.set_clock("2026-03-04T15:59:59Z");
        app.run_jobs().await;
        assert_eq!(listed(&app).await, ["南昌采石二厂"]);
        app.set_clock("2026-03-08T02:00:00Z");
        app.run_jobs().await;
        assert_eq!(listed(&app).await, ["南昌采石二厂", "南昌采石一厂"]);
        let view = file(&app, "inspector", quarry).await;
        let watch = &view["watch"][0];
        assert_eq!(watch["ground_name"], "许可证有效期届满未延续");
        assert_eq!((&watch["since"], &watch["listed_at"]), (&json!("2026-03-05"), &json!("2026-03-08T02:00:00Z")));
        let source = json!({ "kind": "licence", "id": licence, "label": "（赣）FM安许证字〔2020〕000101" });
        assert_eq!(watch["source"], source);
        assert!(view["allowed_actions"].as_array().unwrap().contains(&json!("end_watch")), "{view}");

        // The jobs once more, as after a crash: nobody is on it twice.
        app.again("UPDATE job SET state = 'ready', attempts = 0 WHERE kind IN ('registry.watch', 'licences.daily', \
                   'registry.watch_day')").await;
        app.run_jobs().await;
        assert_eq!(watches(&app).await, 2);

        // The enterprise sees that it is on the list and why; it cannot take itself off.
        let own = file(&app, "keeper", quarry).await;
        assert_eq!(own["watch"][0]["ground"], "licence_expired");
        assert!(!own["allowed_actions"].as_array().unwrap().contains(&json!("end_watch")), "{own}");
        let (_, timeline) = app.as_("keeper").await.get(&format!("/api/v1/enterprises/{quarry}/timeline")).await;
        assert!(timeline.to_string().contains("列入重点监管"), "{timeline}");
        let (_, notices) = app.as_("keeper").await.get("/api/v1/notices").await;
        assert!(notices.to_string().contains("列入重点监管"), "{notices}");

        // With other filters, and as a workbook.
        for (query, found) in [("&q=二厂", 1), ("&q=二厂&region=360102", 1), ("&region=360103", 0), ("&sort=name", 2)] {
            let (_, page) = app.as_("regulator").await.get(&format!("{LIST}{query}")).await;
            assert_eq!(page["items"].as_array().unwrap().len(), found, "{query}");
        }
        let (status, book) = app.as_("regulator").await.bytes("/api/v1/enterprises.xlsx?watched=true").await;
        assert_eq!(status, StatusCode::OK);
        let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(book)).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        assert_eq!((sheet.height(), sheet.get_value((0, 17)).unwrap().to_string()), (3, "重点监管".into()));
        let cell = sheet.get_value((2, 17)).unwrap().to_string();
        assert_eq!(cell, "许可证有效期届满未延续，自2026-03-05起，（赣）FM安许证字〔2020〕000101");

        // A new licence takes the one off; one of the old register that is good, on the next day, the other.
        let application = app.before_the_leader("keeper").await;
        app.grant(&application).await;
        app.run_jobs().await;
        assert_eq!(listed(&app).await, ["南昌采石二厂"]);
        app.taken_over("root", old, 103, "2027-05-31").await;
        app.run_jobs().await;
        assert_eq!(listed(&app).await.len(), 1);
        app.advance(time::Duration::days(1));
        app.run_jobs().await;
        assert_eq!(listed(&app).await, Vec::<String>::new());
        assert_eq!(file(&app, "inspector", old).await["watch"], json!([]));
        let ends = "SELECT count(*) FROM event WHERE kind = 'enterprise.watch_ended'";
        assert_eq!((watches(&app).await, app.count(ends).await), (2, 2));
        app.seal().await;
        assert_eq!(app.audit().await, Vec::<String>::new());
    }

    async fn an_officer_takes_it_off_with_a_reason(app) {
        officers(&app).await;
        let quarry = app.enterprise("南昌采石一厂", 1).await;
        app.taken_over("root", quarry, 101, "2024-05-31").await;
        app.run_jobs().await;
        let elsewhere = Scope { regions: vec!["3602".into()], ..Scope::default() };
        app.account("elsewhere", &[Role::Inspector], elsewhere).await;
        let watch = file(&app, "inspector", quarry).await["watch"][0].clone();
        let (status, _) = end(&app, "elsewhere", &watch, "已停产").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, _) = end(&app, "regulator", &watch, "已停产").await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, problem) = end(&app, "inspector", &watch, " ").await;
        assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("reason")));
        let mut stale = watch.clone();
        stale["version"] = json!(9);
        assert_eq!(end(&app, "inspector", &stale, "已停产").await.0, StatusCode::PRECONDITION_FAILED);
        assert_eq!(listed(&app).await.len(), 1);

        let (status, ended) = end(&app, "inspector", &watch, "已停产，现场核实").await;
        assert_eq!((status, &ended["end_reason"]), (StatusCode::OK, &json!("已停产，现场核实")));
        assert_eq!(listed(&app).await.len(), 0);
        let view = file(&app, "inspector", quarry).await;
        assert!(!view["allowed_actions"].as_array().unwrap().contains(&json!("end_watch")), "{view}");
        let (status, problem) = end(&app, "inspector", &watch, "已注销").await;
        assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("urn:anxu:problem:watch-over")));
        let (_, timeline) = app.as_("inspector").await.get(&format!("/api/v1/enterprises/{quarry}/timeline")).await;
        assert_eq!((&timeline["items"][0]["title"], &timeline["items"][0]["reason"]),
            (&json!("移出重点监管"), &json!("已停产，现场核实")));

        // What an officer ended stays ended, whatever is heard again.
        app.again("UPDATE job SET state = 'ready', attempts = 0 WHERE kind = 'registry.watch'").await;
        app.advance(time::Duration::days(1));
        app.run_jobs().await;
        assert_eq!((listed(&app).await.len(), watches(&app).await), (0, 1));
        app.seal().await;
        assert_eq!(app.audit().await, Vec::<String>::new());
    }
}
