//! The certificate before it is signed.

use journeys::{TestApp, city, on_both, printed};
use kernel::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn keeper(app: &TestApp) {
    app.staff("emergency", &city::DEPARTMENTS).await;
    let enterprise = app.enterprise("南昌龘盛采石有限公司", 1).await;
    app.of_enterprise("keeper", Role::EnterpriseManager, enterprise)
        .await;
}

/// What the paper of an act would say if it were done now.
async fn previewed(app: &TestApp, who: &str, id: &str, kind: &str, written: Value) -> String {
    let path = format!("/api/v1/applications/{id}/previews/{kind}");
    let session = app.as_(who).await;
    let asked = session
        .request(reqwest::Method::POST, &path)
        .json(&written)
        .send();
    let said = printed(&asked.await.unwrap().bytes().await.unwrap());
    // Ends of lines are the page's.
    said.split_whitespace().collect()
}

on_both! {
    async fn what_an_act_of_today_settles_is_not_left_blank(app) {
        keeper(&app).await;
        let id = app.submitted("keeper", city::MATTER).await;
        let acceptance = previewed(&app, "clerk", &id, "acceptance", json!({})).await;
        for known in ["受理日期：2026年3月2日", "将于2026年4月", "首接负责人：测试clerk"] {
            assert!(acceptance.contains(known), "{known}: {acceptance}");
        }
        assert!(!acceptance.contains("待填写"), "{acceptance}");
        let id = app.before_the_leader("keeper").await;
        let grant = previewed(&app, "leader", &id, "grant", json!({ "reason": "符合法定条件" })).await;
        for known in ["2026年3月2日至2029年3月", "以颁发的许可证载明的编号为准", "符合法定条件"] {
            assert!(grant.contains(known), "{known}: {grant}");
        }
        assert!(!grant.contains("待填写"), "{grant}");
    }

    async fn the_certificate_is_seen_before_it_is_signed(app) {
        keeper(&app).await;
        let id = app.before_the_leader("keeper").await;
        app.officer_of("reviewer", Role::DepartmentReviewer, "emergency").await;
        let path = format!("/api/v1/applications/{id}/previews/certificate");
        let session = app.as_("leader").await;
        let (status, original) = session.bytes(&path).await;
        assert!(status.is_success() && original.starts_with(b"%PDF"), "{status}");
        let (status, other) = session.bytes(&format!("{path}?edition=duplicate&scope=%E7%A0%82%0A%E7%9F%B3")).await;
        assert!(status.is_success() && other.starts_with(b"%PDF") && other != original, "{status}");
        assert!(!original.windows(9).any(|at| at == b"ByteRange"), "not signed");
        assert_eq!(session.get(&format!("{path}?edition=third")).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(app.as_("first").await.bytes(&path).await.0, StatusCode::OK);
        assert_eq!(app.as_("clerk").await.bytes(&path).await.0, StatusCode::FORBIDDEN);
        assert_eq!(app.as_("reviewer").await.bytes(&path).await.0, StatusCode::FORBIDDEN);
        assert_eq!(app.as_("keeper").await.bytes(&path).await.0, StatusCode::FORBIDDEN);
        assert_eq!(app.count("SELECT count(*) FROM licence").await, 0);
        let taken = "SELECT count(*) FROM number_series WHERE series LIKE 'licence/%'";
        assert_eq!(app.count(taken).await, 0, "no number is taken");
        app.grant(&id).await;
        assert_eq!(app.as_("leader").await.get(&path).await.0, StatusCode::CONFLICT, "decided");
    }
}
