use journeys::{PASSWORD, on_both};
use kernel::{Role, Scope};
use reqwest::{Method, StatusCode};
use serde_json::json;

on_both! {
    async fn a_session_begins_with_a_password_and_ends_on_request(app) {
        app.officer("li", &[Role::WindowClerk]).await;
        let li = app.as_("li").await;
        let (status, me) = li.get("/api/v1/me").await;
        assert_eq!((status, me["name"].as_str()), (StatusCode::OK, Some("测试li")));
        let (status, sessions) = li.get("/api/v1/sessions").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(sessions[0]["current"], json!(true));
        assert_eq!(li.delete("/api/v1/sessions/current").await.0, StatusCode::NO_CONTENT);
        let (status, problem) = li.get("/api/v1/me").await;
        assert_eq!((status, problem["type"].as_str()), (StatusCode::UNAUTHORIZED, Some("urn:anxu:problem:unauthenticated")));
    }

    async fn five_wrong_passwords_lock_for_a_quarter_of_an_hour(app) {
        app.officer("li", &[Role::WindowClerk]).await;
        let attempt = async |password: &str| {
            app.stranger().post("/api/v1/sessions", json!({ "login": "li", "password": password })).await
        };
        for _ in 0..5 {
            assert_eq!(attempt("wrong").await.0, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(attempt(PASSWORD).await.0, StatusCode::TOO_MANY_REQUESTS);
        app.advance(time::Duration::minutes(16));
        assert_eq!(attempt(PASSWORD).await.0, StatusCode::CREATED);
    }

    async fn an_account_is_made_once_changed_with_its_version_and_closed(app) {
        app.officer("root", &[Role::Administrator]).await;
        let root = app.as_("root").await;
        let body = json!({ "login": "wang", "name": "王审查", "end": "government", "roles": ["department_reviewer"],
            "regions": ["3601"], "department": "fire", "region": "3601", "password": PASSWORD });
        let (status, made) = root.post("/api/v1/accounts", body.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        assert_eq!(root.post("/api/v1/accounts", body).await.0, StatusCode::CONFLICT);
        let path = format!("/api/v1/accounts/{}", made["id"].as_str().unwrap());
        let change = json!({ "name": "王审查", "roles": ["department_reviewer"], "regions": ["3601"],
            "department": "fire", "state": "disabled" });
        assert_eq!(root.put(&path, 1, change.clone()).await.0, StatusCode::OK);
        let (status, problem) = root.put(&path, 1, change).await;
        assert_eq!((status, problem["type"].as_str()), (StatusCode::PRECONDITION_FAILED, Some("urn:anxu:problem:stale-version")));
        let login = json!({ "login": "wang", "password": PASSWORD });
        assert_eq!(app.stranger().post("/api/v1/sessions", login).await.0, StatusCode::UNAUTHORIZED);
    }

    async fn a_first_password_must_be_changed_before_anything_else(app) {
        app.officer("root", &[Role::Administrator]).await;
        let id = app.officer("li", &[Role::Auditor]).await;
        let root = app.as_("root").await;
        let fresh = "Chushi-2026-mima";
        let path = format!("/api/v1/accounts/{id}/password-resets");
        assert_eq!(root.post(&path, json!({ "password": fresh })).await.0, StatusCode::NO_CONTENT);
        let (_, session) = app.stranger().post("/api/v1/sessions", json!({ "login": "li", "password": fresh })).await;
        let token = session["token"].as_str().unwrap();
        let as_li = |method, path: &str| app.stranger().request(method, path).bearer_auth(token);
        let (status, problem) = journeys::answer(as_li(Method::GET, "/api/v1/accounts")).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert_eq!(problem["type"], "urn:anxu:problem:password-change-required");
        let change = json!({ "old_password": fresh, "new_password": PASSWORD });
        let (status, _) = journeys::answer(as_li(Method::PUT, "/api/v1/me/password").json(&change)).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(journeys::answer(as_li(Method::GET, "/api/v1/accounts")).await.0, StatusCode::OK);
    }

    async fn bad_input_names_the_field_in_chinese(app) {
        app.officer("root", &[Role::Administrator]).await;
        let root = app.as_("root").await;
        let (status, problem) = root.post("/api/v1/accounts", json!({ "login": "X" })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem["errors"][0]["field"], "name");
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains("缺少必填项"));
    }

    async fn the_scope_is_enforced_in_the_query(app) {
        let scope = |code: &str| Scope { regions: vec![code.into()], ..Scope::default() };
        app.account("city", &[Role::Administrator], scope("3601")).await;
        app.account("county", &[Role::Administrator], scope("360102")).await;
        app.account("other", &[Role::Auditor], scope("360103")).await;
        let (_, all) = app.as_("city").await.get("/api/v1/accounts").await;
        assert_eq!(all["items"].as_array().unwrap().len(), 3);
        let (_, own) = app.as_("county").await.get("/api/v1/accounts").await;
        assert_eq!(own["items"].as_array().unwrap().len(), 1);
    }

    async fn nobody_gives_a_reach_that_he_has_not(app) {
        let scope = |code: &str| Scope { regions: vec![code.into()], ..Scope::default() };
        app.account("city", &[Role::Administrator], scope("3601")).await;
        app.account("county", &[Role::Administrator], scope("360103")).await;
        app.officer("clerk", &[Role::WindowClerk]).await;
        let elsewhere = app.enterprise("南昌龘盛采石有限公司", 1).await;
        let county = app.as_("county").await;
        let body = |login: &str, regions: &[&str]| json!({ "login": login, "name": "王审查", "end": "government",
            "roles": ["regulator"], "regions": regions, "region": "360103", "password": PASSWORD });
        let (status, problem) = county.post("/api/v1/accounts", body("wide", &["3601"])).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("regions")), "{problem}");
        let (status, made) = county.post("/api/v1/accounts", body("right", &["360103"])).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let wider = json!({ "name": "王审查", "roles": ["regulator"], "regions": ["360103", "360102"], "state": "active" });
        let path = format!("/api/v1/accounts/{}", made["id"].as_str().unwrap());
        let (status, problem) = county.put(&path, 1, wider).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("regions")), "{problem}");
        let keeper = json!({ "login": "keeper9", "name": "外企", "end": "enterprise", "roles": ["enterprise_manager"],
            "regions": [], "region": "360103", "enterprise": elsewhere, "password": PASSWORD });
        let (status, problem) = county.post("/api/v1/accounts", keeper.clone()).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("enterprise")), "{problem}");
        let (status, made) = app.as_("city").await.post("/api/v1/accounts", keeper).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
    }

    async fn nobody_changes_what_he_may_do_himself(app) {
        let id = app.officer("root", &[Role::Administrator]).await;
        let root = app.as_("root").await;
        let own = json!({ "name": "测试root", "roles": ["administrator", "approver"], "regions": ["3601"], "state": "active" });
        let (status, problem) = root.put(&format!("/api/v1/accounts/{id}"), 1, own).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("roles")), "{problem}");
    }

    async fn an_account_of_an_enterprise_says_whose_it_is(app) {
        app.officer("root", &[Role::Administrator]).await;
        app.staff("emergency", &[]).await;
        let name = "南昌龘盛采石有限公司";
        let enterprise = app.enterprise(name, 1).await;
        app.of_enterprise("keeper", Role::EnterpriseManager, enterprise).await;
        let (_, page) = app.as_("root").await.get("/api/v1/accounts?q=keeper").await;
        let listed = &page["items"][0];
        assert_eq!(listed["enterprise_name"], name, "{page}");
        let (_, one) = app.as_("root").await.get(&format!("/api/v1/accounts/{}", listed["id"].as_str().unwrap())).await;
        let (_, own) = app.as_("keeper").await.get("/api/v1/me").await;
        assert_eq!((&one["enterprise_name"], &own["enterprise_name"]), (&listed["enterprise_name"], &listed["enterprise_name"]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_tls_the_session_travels_by_tls_only() {
    for (url, secure) in [("https://anxu.example", true), ("http://anxu.example", false)] {
        let app =
            journeys::TestApp::start_with(journeys::Engine::Sqlite, |config| config.public_url = url.into())
                .await
                .unwrap();
        app.officer("li", &[Role::Auditor]).await;
        let login = serde_json::json!({ "login": "li", "password": PASSWORD });
        let request = app.stranger().request(reqwest::Method::POST, "/api/v1/sessions");
        let response = request.json(&login).send().await.unwrap();
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        assert_eq!(cookie.ends_with("; Secure"), secure, "{url}: {cookie}");
        assert!(cookie.contains("HttpOnly"));
    }
}
