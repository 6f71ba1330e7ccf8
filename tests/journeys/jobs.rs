use journeys::on_both;
use kernel::Role;
use reqwest::StatusCode;
use serde_json::json;

on_both! {
    async fn the_administrator_sees_retries_and_cancels_jobs(app) {
        app.issued().await;
        app.officer("root", &[Role::Administrator]).await;
        let root = app.as_("root").await;
        let (status, page) = root.get("/api/v1/jobs?state=done&limit=1").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert_eq!((page["items"].as_array().unwrap().len(), page["next"].is_string()), (1, true), "{page}");
        let (_, next) = root.get(&format!("/api/v1/jobs?state=done&limit=1&cursor={}", page["next"].as_str().unwrap())).await;
        assert_ne!(next["items"][0]["id"], page["items"][0]["id"], "{next}");
        let done = &page["items"][0];
        assert_eq!(done["allowed_actions"], json!([]));
        let (status, problem) = root.post(&format!("/api/v1/jobs/{}/retries", done["id"].as_str().unwrap()), json!({})).await;
        assert_eq!((status, problem["type"].as_str()), (StatusCode::CONFLICT, Some("urn:anxu:problem:job-state")), "{problem}");

        let (_, waiting) = root.get("/api/v1/jobs?state=ready").await;
        let job = waiting["items"][0].clone();
        let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
        let (_, before) = root.get("/api/v1/jobs/summary").await;
        let (status, cancelled) = root.post(&format!("{path}/cancellation"), json!({})).await;
        assert_eq!((status, cancelled["state"].as_str()), (StatusCode::OK, Some("cancelled")), "{cancelled}");
        let (_, after) = root.get("/api/v1/jobs/summary").await;
        assert_eq!(after["later"].as_u64().unwrap() + after["due"].as_u64().unwrap() + 1,
            before["later"].as_u64().unwrap() + before["due"].as_u64().unwrap());
        let (status, again) = root.post(&format!("{path}/retries"), json!({})).await;
        assert_eq!((status, again["state"].as_str(), again["attempts"].as_i64()), (StatusCode::OK, Some("ready"), Some(0)), "{again}");
        let (_, events) = root.get("/api/v1/events?kind=job.&limit=5").await;
        let kinds: Vec<_> = events["items"].as_array().unwrap().iter().map(|one| one["kind"].clone()).collect();
        assert_eq!(kinds, ["job.retried", "job.cancelled"], "{events}");
    }

    async fn departments_roles_and_accounts_are_listed(app) {
        app.issued().await;
        app.officer("root", &[Role::Administrator]).await;
        let root = app.as_("root").await;
        let (status, bodies) = root.get("/api/v1/departments").await;
        assert_eq!(status, StatusCode::OK);
        let housing = bodies.as_array().unwrap().iter().find(|one| one["key"] == "housing").unwrap();
        assert_eq!(housing["leads"], json!(["construction"]), "{housing}");
        let (_, roles) = root.get("/api/v1/roles").await;
        assert_eq!(roles.as_array().unwrap().len(), Role::ALL.len());
        let (_, found) = root.get("/api/v1/accounts?role=approver&end=government&state=active&region=36").await;
        let logins: Vec<_> = found["items"].as_array().unwrap().iter().map(|one| one["login"].clone()).collect();
        assert_eq!(logins, ["leader"]);
        assert_eq!(app.stranger().get("/api/v1/demo-accounts").await.0, StatusCode::NOT_FOUND);
    }
}
