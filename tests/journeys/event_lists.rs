//! The list of events: what is rare and old is found as well as what is frequent and new.

use journeys::{TestApp, on_both};
use kernel::{Actor, Happened, Role, Scope, event::Subject};
use reqwest::StatusCode;
use uuid::Uuid;

/// More than are compared one by one.
const MANY: u128 = 20_100;

async fn happen(app: &TestApp, region: &str, kind: &'static str, count: u128) {
    let actor = Actor {
        scope: Scope {
            regions: vec![region.to_owned()],
            ..Scope::default()
        },
        ..Actor::system("试验")
    };
    let mut work = app.platform.kernel.begin(&actor).await.unwrap();
    for number in 0..count {
        let subject = Subject::new("trial", Uuid::from_u128(number));
        work.note(subject, None, Happened::new(kind, "试验")).unwrap();
    }
    work.commit().await.unwrap();
}

/// The orders of recording of all that a list has, page by page.
async fn all(app: &TestApp, login: &str, path: &str) -> Vec<i64> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let (status, page) = app.as_(login).await.get(&format!("{path}{cursor}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|one| one["seq"].as_i64().unwrap()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return seen,
        }
    }
}

on_both! {
    async fn what_is_rare_and_old_is_found(app) {
        app.officer("auditor", &[Role::Auditor]).await;
        let elsewhere = Scope { regions: vec!["3604".into()], ..Scope::default() };
        app.account("neighbour", &[Role::Auditor], elsewhere).await;
        happen(&app, "360402", "trial.rare", 3).await;
        happen(&app, "360102", "trial.seldom", 7).await;
        happen(&app, "360102", "trial.common", MANY).await;
        happen(&app, "360102", "trial.seldom", 4).await;

        let seldom = all(&app, "auditor", "/api/v1/events?kind=trial.seldom&limit=3").await;
        assert_eq!(seldom.len(), 11);
        assert!(seldom.is_sorted_by(|newer, older| newer > older));
        let rare = all(&app, "neighbour", "/api/v1/events?kind=trial&limit=2").await;
        assert_eq!(rare.len(), 3);
        assert!(rare.iter().all(|seq| seldom.iter().all(|other| seq < other)));
        assert_eq!(all(&app, "auditor", "/api/v1/events?kind=trial.rare").await, [0_i64; 0]);
        let (_, page) = app.as_("auditor").await.get("/api/v1/events?limit=5").await;
        let newest = page["items"][0]["seq"].as_i64().unwrap();
        assert!(newest >= seldom[0], "{page}");
    }
}
