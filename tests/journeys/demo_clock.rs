//! The clock of a demo is moved on, and what is due in between happens on its day.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use journeys::{TestApp, city, on_both};
use kernel::Role;
use metrics_exporter_prometheus::PrometheusBuilder;
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::Config;

const CLOCK: &str = "/api/v1/demo/clock";

/// Waits until the clock stands still again.
async fn arrived(app: &TestApp) -> Value {
    for _ in 0..1500 {
        let (status, view) = app.stranger().get(CLOCK).await;
        assert_eq!(status, StatusCode::OK, "{view}");
        if view.get("moving").is_none() {
            assert_eq!(view.get("failed"), None, "{view}");
            return view;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the clock does not arrive");
}

on_both! {
    async fn what_is_due_in_between_happens_on_its_day(app) {
        app.staff("emergency", &city::DEPARTMENTS).await;
        let enterprise = app.enterprise("南昌龘盛采石有限公司", 1).await;
        app.of_enterprise("keeper", Role::EnterpriseManager, enterprise).await;
        app.officer("root", &[Role::Administrator]).await;
        let id = app.submitted("keeper", city::MATTER).await;
        let (root, keeper) = (app.as_("root").await, app.as_("keeper").await);

        let (status, refused) = keeper.post(CLOCK, json!({ "days": 1 })).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{refused}");
        let (status, refused) = root.post(CLOCK, json!({ "to": "2026-03-02" })).await;
        assert_eq!((status, &refused["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("to")));

        let (status, view) = root.post(CLOCK, json!({ "to": "2026-03-25" })).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{view}");
        assert_eq!(view["moving"]["days"], 23);
        let view = arrived(&app).await;
        assert_eq!((&view["today"], &view["now"]), (&json!("2026-03-25"), &json!("2026-03-25T01:00:00Z")));
        let last = &view["last"];
        assert_eq!((&last["from"], &last["to"]), (&json!("2026-03-02T04:00:00Z"), &json!("2026-03-25T01:00:00Z")));
        let happened = last["happened"].as_array().unwrap();
        assert!(last["jobs"].as_u64().unwrap() > 0 && (1..=12).contains(&happened.len()), "{last}");
        assert!(happened.windows(2).all(|pair| pair[0]["count"].as_u64() >= pair[1]["count"].as_u64()), "{last}");

        // Nobody answered within five working days: deemed accepted on the day after, not on the day of arrival.
        // Both sessions go on, as nobody was away for three weeks.
        let (status, application) = keeper.get(&format!("/api/v1/applications/{id}")).await;
        assert_eq!(status, StatusCode::OK, "{application}");
        assert_eq!(application["state"], "in_review", "{application}");
        let accepted = app.count("SELECT at FROM event WHERE kind = 'application.accepted' OR kind = 'application.deemed_accepted'").await;
        assert_eq!(kernel::Moment(accepted).legal_date().to_string(), "2026-03-10");
        assert_eq!(app.jobs_left().await, 0);
        assert_eq!(app.count("SELECT count(*) FROM event WHERE kind = 'demo.clock_moved'").await, 1);
        app.seal().await;
        assert_eq!(app.audit().await, Vec::<String>::new());
    }

    async fn outside_of_a_demo_there_is_no_such_clock(app) {
        let mut platform = app.platform.clone();
        platform.config = Arc::new(Config { demo: false, ..(*platform.config).clone() });
        let platform = platform.with_movable_clock(app.clock.clone());
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let router = server::site(&platform, metrics).unwrap().router;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        app.officer("root", &[Role::Administrator]).await;
        let token = {
            let body = json!({ "login": "root", "password": journeys::PASSWORD });
            app.stranger().post("/api/v1/sessions", body).await.1["token"].as_str().unwrap().to_owned()
        };
        let client = reqwest::Client::new();
        let url = format!("http://{address}{CLOCK}");
        let (status, problem) = journeys::answer(client.get(&url)).await;
        assert_eq!((status, &problem["type"]), (StatusCode::NOT_FOUND, &json!("urn:anxu:problem:not-found")));
        let request = client.post(&url).bearer_auth(token).json(&json!({ "days": 1 }));
        assert_eq!(journeys::answer(request).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.today().to_string(), "2026-03-02");
    }
}
