//! The certificate before it is signed.

use journeys::{TestApp, city, on_both};
use kernel::Role;
use reqwest::StatusCode;

async fn keeper(app: &TestApp) {
    app.staff("emergency", &city::DEPARTMENTS).await;
    let enterprise = app.enterprise("南昌龘盛采石有限公司", 1).await;
    app.of_enterprise("keeper", Role::EnterpriseManager, enterprise)
        .await;
}

on_both! {
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
