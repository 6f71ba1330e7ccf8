//! Figures: what is counted is what the lists show, within one's reach and no further.

use journeys::{Session, TestApp, city, on_both};
use kernel::{Role, Scope};
use reqwest::StatusCode;
use serde_json::{Value, json};
use time::Duration;

async fn read(session: &Session<'_>, path: &str) -> Value {
    let (status, view) = session.get(path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {view}");
    view
}

/// The item of a figure in which `key` has this value.
async fn item(session: &Session<'_>, path: &str, key: &str, value: &str) -> Value {
    let view = read(session, path).await;
    let items = view["items"].as_array().unwrap();
    let found = items.iter().find(|item| item[key] == value);
    found
        .unwrap_or_else(|| panic!("{path} has no {value}: {view}"))
        .clone()
}

/// How many rows a list has.
async fn rows(session: &Session<'_>, path: &str) -> usize {
    let page = read(session, path).await;
    page["items"].as_array().unwrap().len()
}

/// Two applications handed in on 2 March 2026, a Monday: one accepted at once, one that waits at the window.
async fn two_applications(app: &TestApp) -> (String, String) {
    app.staff("emergency", &city::DEPARTMENTS).await;
    app.officer("root", &[Role::Administrator]).await;
    let enterprise = app.enterprise("南昌龘盛采石有限公司", 1).await;
    app.of_enterprise("keeper", Role::EnterpriseManager, enterprise)
        .await;
    let accepted = app.submitted("keeper", city::MATTER).await;
    app.accept(&accepted).await;
    let waiting = app.submitted("keeper", "fireworks.first_issue").await;
    (accepted, waiting)
}

on_both! {
    async fn stages_count_what_the_lists_show(app) {
        two_applications(&app).await;
        let count = |stage: &Value| ["count", "late", "today", "soon", "held"].map(|key| stage[key].as_i64().unwrap());
        let of = async |state: &str| {
            count(&item(&app.as_("root").await, "/api/v1/figures/stages", "state", state).await)
        };
        let session = app.as_("root").await;
        let view = read(&session, "/api/v1/figures/stages").await;
        assert_eq!(view["today"], "2026-03-02");
        assert_eq!(view["items"].as_array().unwrap().len(), 6, "every state, also without applications");
        assert_eq!(view["items"][0]["state_name"], "待受理");
        assert_eq!(of("submitted").await, [1, 0, 0, 0, 0]);
        assert_eq!(of("in_review").await, [1, 0, 0, 0, 0]);
        // The last of five working days.
        app.advance(Duration::days(7));
        assert_eq!(of("submitted").await, [1, 0, 1, 1, 0]);
        let session = app.as_("root").await;
        let today = "/api/v1/applications?state=submitted&light=yellow&held=false&due_before=2026-03-09";
        assert_eq!(rows(&session, today).await, 1);
        assert_eq!(rows(&session, "/api/v1/applications?open=true&light=green").await, 1);
        app.advance(Duration::days(1));
        assert_eq!(of("submitted").await, [1, 1, 0, 0, 0]);
        let session = app.as_("root").await;
        for sort in ["submitted", "due"] {
            let late = format!("/api/v1/applications?open=true&light=red&sort={sort}");
            let (_, page) = session.get(&late).await;
            assert_eq!(page["items"].as_array().unwrap().len(), 1, "{page}");
            assert_eq!(page["items"][0]["light"], "red");
        }
        let (status, sheet) = session.bytes("/api/v1/applications.xlsx?open=true&light=red").await;
        assert!(status.is_success() && sheet.starts_with(b"PK"), "{status}");
        // A filter narrows figures and lists alike.
        let filters = [("industry=fireworks", 1), ("industry=coal", 0), ("region=360102", 1), ("region=360103", 0),
            ("matter=fireworks.first_issue", 1), ("matter=noncoal_mine.first_issue", 0)];
        for (filter, expected) in filters {
            let path = format!("/api/v1/figures/stages?{filter}");
            assert_eq!(item(&session, &path, "state", "submitted").await["late"], expected, "{filter}");
            let path = format!("/api/v1/applications?state=submitted&light=red&{filter}");
            assert_eq!(rows(&session, &path).await as i64, expected, "{filter}");
        }
        let (status, problem) = session.get("/api/v1/figures/stages?region=36x").await;
        assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("region")));
    }

    async fn a_clock_that_stands_still_is_counted_as_held(app) {
        let (accepted, _) = two_applications(&app).await;
        let stop = json!({ "cause": "testing", "expected_until": "2026-03-20", "reason": "检测" });
        app.act("first", &format!("/api/v1/applications/{accepted}/clock-stops"), stop).await;
        app.advance(Duration::days(90));
        let session = app.as_("root").await;
        let stage = item(&session, "/api/v1/figures/stages", "state", "in_review").await;
        assert_eq!((&stage["held"], &stage["late"]), (&json!(1), &json!(0)), "{stage}");
        assert_eq!(rows(&session, "/api/v1/applications?held=true").await, 1);
        assert_eq!(rows(&session, "/api/v1/applications?held=false&open=true").await, 1);
    }

    async fn days_count_what_happened(app) {
        let (accepted, waiting) = two_applications(&app).await;
        // Past midnight in Shanghai, the day before in UTC.
        app.advance(Duration::hours(14));
        let refusal = json!({ "reason": "不属于本机关职权范围", "legal_basis": "行政许可法第三十二条" });
        app.act("clerk", &format!("/api/v1/applications/{waiting}/non-acceptances"), refusal).await;
        let night = app.submitted("keeper", "fireworks.first_issue").await;
        app.accept(&night).await;
        for department in city::DEPARTMENTS {
            app.review(department, &accepted).await;
        }
        app.give_opinions(&accepted).await;
        app.grant(&accepted).await;
        let session = app.as_("root").await;
        let path = "/api/v1/figures/days?from=2026-02-28&until=2026-03-04";
        let view = read(&session, path).await;
        let days: Vec<_> = view["items"].as_array().unwrap().iter()
            .map(|day| (day["day"].as_str().unwrap(), day["workday"].as_bool().unwrap(),
                ["submitted", "accepted", "granted", "refused", "not_accepted"].map(|key| day[key].as_i64().unwrap())))
            .collect();
        let expected = [("2026-02-28", true, [0; 5]), ("2026-03-01", false, [0; 5]),
            ("2026-03-02", true, [2, 1, 0, 0, 0]), ("2026-03-03", true, [1, 1, 1, 0, 1]), ("2026-03-04", true, [0; 5])];
        assert_eq!(days, expected);
        let lists = [("submitted_from=2026-03-03&submitted_until=2026-03-03", 1), ("submitted_until=2026-03-02", 2),
            ("accepted_from=2026-03-02&accepted_until=2026-03-02", 1), ("decided_from=2026-03-03&state=granted", 1),
            ("decided_until=2026-03-03", 2), ("decided_from=2026-03-04", 0), ("open=true", 1), ("open=false", 2)];
        for (filter, expected) in lists {
            assert_eq!(rows(&session, &format!("/api/v1/applications?{filter}")).await, expected, "{filter}");
        }
        let usual = read(&session, "/api/v1/figures/days").await;
        assert_eq!((usual["items"].as_array().unwrap().len(), &usual["until"]), (30, &json!("2026-03-03")));
        for bad in ["from=2026-03-02&until=2026-03-01", "from=2025-03-01&until=2026-03-02"] {
            let (status, problem) = session.get(&format!("/api/v1/figures/days?{bad}")).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}: {problem}");
            assert_eq!(problem["errors"][0]["field"], "until");
        }
        // A year whose holidays are not published is not guessed.
        let far = read(&session, "/api/v1/figures/days?from=2031-01-01&until=2031-01-01").await;
        assert_eq!(far["items"][0]["workday"], Value::Null);
    }

    async fn departments_are_measured_by_their_clocks(app) {
        let (accepted, _) = two_applications(&app).await;
        app.advance(Duration::days(2));
        app.review("fire", &accepted).await;
        app.advance(Duration::days(14));
        app.review("health", &accepted).await;
        let path = "/api/v1/figures/departments?matter=noncoal_mine.first_issue&from=2026-03-01";
        let session = app.as_("leader").await;
        let fire = item(&session, path, "department", "fire").await;
        let seen = ["term", "limit_days", "done", "done_late", "mean_used", "p90_used", "max_used", "open", "open_late"]
            .map(|key| fire[key].clone());
        assert_eq!(json!(seen), json!(["10个工作日", 10, 1, 0, 2.0, 2, 2, 0, 0]), "{fire}");
        let health = item(&session, path, "department", "health").await;
        assert_eq!((&health["done_late"], &health["max_used"]), (&json!(1), &json!(12)), "{health}");
        let ecology = item(&session, path, "department", "ecology").await;
        assert_eq!((&ecology["open"], &ecology["open_late"], &ecology["mean_used"]), (&json!(1), &json!(1), &Value::Null));
        assert_eq!(rows(&session, "/api/v1/applications?waiting_department=ecology").await, 1);
        assert_eq!(rows(&session, "/api/v1/applications?waiting_department=fire").await, 0);
        for (filter, count) in [
            ("reviewed_department=fire&reviewed_from=2026-03-01&reviewed_until=2026-03-31", 1),
            ("reviewed_department=fire&reviewed_from=2026-03-05", 0),
            ("reviewed_department=fire&reviewed_until=2026-03-01", 0),
            ("reviewed_department=fire&reviewed_late=true", 0),
            ("reviewed_department=health&reviewed_late=true", 1),
            ("reviewed_department=health&reviewed_late=false", 0),
            ("reviewed_department=ecology", 0),
        ] {
            assert_eq!(rows(&session, &format!("/api/v1/applications?{filter}")).await, count, "{filter}");
        }
        let later = item(&session, "/api/v1/figures/departments?from=2026-03-05", "department", "fire").await;
        assert_eq!(later["done"], 0, "outside of the days");
        // A department of the committee sees its own time only.
        assert_eq!(fire["unit"], "working_days");
        // What is withdrawn was not handed in, and its clocks stand from that day on.
        app.act("keeper", &format!("/api/v1/applications/{accepted}/withdrawals"), json!({ "reason": "重新填报" })).await;
        app.advance(Duration::days(30));
        app.run_jobs().await;
        let session = app.as_("leader").await;
        let ecology = item(&session, path, "department", "ecology").await;
        assert_eq!((&ecology["open"], &ecology["done"]), (&json!(0), &json!(0)), "{ecology}");
        let view = read(&session, &format!("/api/v1/applications/{accepted}")).await;
        let clocks = view["clocks"].as_array().unwrap();
        assert!(clocks.iter().all(|clock| clock["ended_on"].is_string()), "{clocks:?}");
        let own = read(&app.as_("rev.fire").await, path).await;
        let names: Vec<_> = own["items"].as_array().unwrap().iter().map(|one| one["department"].clone()).collect();
        assert_eq!(names, ["fire"], "{own}");
    }

    async fn officers_and_regions_within_ones_reach(app) {
        let (accepted, waiting) = two_applications(&app).await;
        let session = app.as_("root").await;
        assert_eq!(read(&session, "/api/v1/figures/officers").await["unowned"], json!({ "open": 1, "late": 0, "soon": 0 }));
        for (filter, count) in [("unowned=true&open=true", 1), ("unowned=false&open=true", 1)] {
            assert_eq!(rows(&session, &format!("/api/v1/applications?{filter}")).await, count, "{filter}");
        }
        app.act("clerk", &format!("/api/v1/applications/{waiting}/ownership"), json!({})).await;
        app.advance(Duration::days(8));
        let session = app.as_("root").await;
        let view = read(&session, "/api/v1/figures/officers").await;
        let clerk = &view["items"][0];
        assert_eq!((&clerk["name"], &clerk["open"], &clerk["late"]), (&json!("测试clerk"), &json!(2), &json!(1)), "{view}");
        assert_eq!((&clerk["department"], &clerk["department_name"]), (&json!("emergency"), &json!("市应急局")), "{view}");
        let account = clerk["account"].as_str().unwrap();
        assert_eq!(rows(&session, &format!("/api/v1/applications?officer={account}&open=true")).await, 2);
        for department in city::DEPARTMENTS {
            app.review(department, &accepted).await;
        }
        app.give_opinions(&accepted).await;
        app.grant(&accepted).await;
        app.run_jobs().await;
        let session = app.as_("root").await;
        let view = read(&session, "/api/v1/figures/officers").await;
        let from = view["done_from"].as_str().unwrap();
        assert_eq!((&view["items"][0]["open"], &view["items"][0]["done_30_days"]), (&json!(1), &json!(1)), "{view}");
        assert_eq!(rows(&session, &format!("/api/v1/applications?officer={account}&decided_from={from}")).await, 1);
        assert_eq!(app.as_("first").await.get("/api/v1/figures/officers").await.0, StatusCode::FORBIDDEN);

        let view = read(&session, "/api/v1/figures/regions").await;
        assert_eq!((&view["region"], &view["name"]), (&json!("3601"), &json!("江西省南昌市")));
        assert!(view["items"].as_array().unwrap().len() >= 9, "districts without anything are there too");
        let district = item(&session, "/api/v1/figures/regions", "region", "360102").await;
        assert_eq!((&district["name"], &district["enterprises"]["active"]), (&json!("东湖区"), &json!(1)), "{district}");
        // The second was accepted by law when its five days were over.
        assert_eq!(district["applications_open"], 1, "{district}");
        let open = "/api/v1/applications?region=360102&open=true";
        assert_eq!(rows(&session, open).await, 1);
        let licences = district["licences"].as_array().unwrap();
        let valid = licences.iter().find(|one| one["status"] == "valid").unwrap();
        assert_eq!((&valid["count"], &valid["status_name"]), (&json!(1), &json!("有效")));
        assert_eq!(rows(&session, "/api/v1/licences?region=360102&status=valid").await, 1);
        let streets = read(&session, "/api/v1/figures/regions?region=360102").await;
        let own = streets["items"].as_array().unwrap().iter().find(|one| one["region"] == "360102");
        assert_eq!(own.unwrap()["enterprises"]["active"], 1, "known no closer than the district: {streets}");
        let coal = item(&session, "/api/v1/figures/regions?industry=coal", "region", "360102").await;
        assert_eq!(coal["applications_open"], 0);

        let elsewhere = Scope { regions: vec!["3602".into()], ..Scope::default() };
        app.account("elsewhere", &[Role::Regulator], elsewhere).await;
        let session = app.as_("elsewhere").await;
        let stages = read(&session, "/api/v1/figures/stages").await;
        assert!(stages["items"].as_array().unwrap().iter().all(|one| one["count"] == 0), "{stages}");
        let asked = read(&session, "/api/v1/figures/regions?region=3601").await;
        let counted = asked["items"].as_array().unwrap().iter().filter(|one| {
            one["enterprises"]["active"] != 0 || one["applications_open"] != 0
                || one["licences"].as_array().unwrap().iter().any(|status| status["count"] != 0)
        });
        assert_eq!(counted.count(), 0, "{asked}");
        assert_eq!(read(&session, "/api/v1/figures/officers").await["items"], json!([]));
        assert_eq!(app.as_("keeper").await.get("/api/v1/figures/stages").await.0, StatusCode::FORBIDDEN);
        assert_eq!(app.stranger().get("/api/v1/figures/stages").await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(app.as_("root").await.get("/api/v1/regions/outlines").await.0, StatusCode::NOT_FOUND);
    }

    async fn only_who_has_it_on_the_desk_may_send_a_review_back(app) {
        let (accepted, _) = two_applications(&app).await;
        app.review("fire", &accepted).await;
        let returnable = async |login: &str| {
            let view = app.application(login, &accepted).await;
            let reviews = view["reviews"].as_array().unwrap().clone();
            let may = reviews.into_iter().filter(|review| review["may_be_returned"] == true);
            may.map(|review| review["department"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(returnable("first").await, ["fire"]);
        assert_eq!(returnable("clerk").await, [""; 0]);
        assert_eq!(returnable("rev.fire").await, [""; 0]);
        app.act("first", &format!("/api/v1/applications/{accepted}/reviews/fire/returns"), json!({ "reason": "再看" })).await;
        assert_eq!(returnable("first").await, [""; 0]);
    }
}
