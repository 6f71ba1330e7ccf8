//! What figures are counted from.

use applications::{
    Counted, Filters, Span,
    rules::{Light, Lights, Watch, tasks},
};
use kernel::{Actor, LegalDate, PageQuery};
use sea_orm::ConnectionTrait;

use super::support::*;

fn day(text: &str) -> Option<LegalDate> {
    Some(text.parse().unwrap())
}

/// References of the list with these filters.
async fn listed(house: &House, light: Option<Light>, counted: Counted) -> usize {
    let filters = Filters {
        light,
        counted,
        ..Filters::default()
    };
    let clerk = house.clerk().await;
    let page = PageQuery::default();
    let listed = house.applications.list(&clerk, filters, &page).await.unwrap();
    listed.items.len()
}

#[tokio::test]
async fn every_round_of_a_review_has_its_time() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let id = house.accepted().await;
    house.days(2);
    house.review(id, "fire", true).await;
    let first = house.first().await;
    let fire = "fire".parse().unwrap();
    house
        .applications
        .return_review(&first, id, fire, "再看现场".into())
        .await
        .unwrap();
    house.days(5);
    house.review(id, "fire", true).await;
    let calendar = calendar();
    let watch = Watch {
        calendar: &calendar,
        today: house.today(),
        lights: Lights::default(),
    };
    let record = house.record(id).await;
    let bodies = applications::rules::Bodies {
        lead: "emergency".into(),
        window: "emergency".into(),
    };
    let tasks = tasks(&record.application, definition(), &bodies, watch);
    let fire = tasks
        .iter()
        .filter(|task| task.department.as_deref() == Some("fire"));
    let spent: Vec<_> = fire.map(|task| task.time.unwrap()).collect();
    // Tuesday and Wednesday; then Thursday, Friday and Monday after a weekend.
    assert_eq!(
        spent.iter().map(|one| one.used).collect::<Vec<_>>(),
        [Some(2), Some(3)]
    );
    assert!(spent.iter().all(|one| !one.late));
}

#[tokio::test]
async fn what_follows_from_calendar_and_lights_is_written_anew() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let id = house.accepted().await;
    house.days(60);
    // What falls due in that time is done, documents are signed: nothing raises a version later.
    house.work_off().await;
    let count = async || {
        let open = Counted {
            open: Some(true),
            held: Some(false),
            ..Counted::default()
        };
        let waiting = Counted {
            waiting_department: Some("fire".into()),
            accepted: Span::new(day("2026-03-02"), day("2026-03-02")),
            ..Counted::default()
        };
        (
            listed(&house, Some(Light::Red), open).await,
            listed(&house, None, waiting).await,
        )
    };
    assert_eq!(count().await, (1, 1));
    // As rows of before have it.
    let work = house.kernel.begin(&Actor::system("test")).await.unwrap();
    let sql = "UPDATE application SET yellow_on = NULL, red_on = NULL; DELETE FROM application_task;";
    work.conn().execute_unprepared(sql).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(count().await, (0, 0));
    let version = house.record(id).await.version;
    for _ in 0..2 {
        house.applications.renew_projections().await.unwrap();
    }
    house.work_off().await;
    assert_eq!(count().await, (1, 1));
    assert_eq!(house.record(id).await.version, version, "no act, no version");
}
