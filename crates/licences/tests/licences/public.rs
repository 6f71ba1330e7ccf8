use licences::{Licence, PublicQuery, Status};
use matters::Industry;
use time::{
    Duration,
    macros::{date, datetime},
};

use crate::app::{App, administrator, credit_code, old};

async fn status(app: &App, key: &str) -> Option<Status> {
    app.licences
        .public_status(key)
        .await
        .unwrap()
        .map(|licence| licence.status)
}

#[tokio::test]
async fn found_by_number_in_any_style_by_identifier_and_by_code() {
    let app = App::new().await;
    let issued = app.licences.issue(app.grant(1, Industry::Hazchem)).await.unwrap();
    let identifier = issued.facts.identifier.to_string();
    let keys = [
        "（赣）WH安许证字〔2026〕000001",
        "(赣)wh安许证字[2026]第000001号",
        "赣WH2026000001",
        &identifier,
        &credit_code(1),
    ];
    for key in keys {
        let found = app.licences.public_status(key).await.unwrap().unwrap();
        assert_eq!(found.number, "（赣）WH安许证字〔2026〕000001", "{key}");
        assert_eq!(
            (found.status, found.status_name.as_str()),
            (Status::Valid, "有效")
        );
        assert_eq!(found.legal_representative, "张三丰");
        assert_eq!(found.scope, ["氯碱生产", "液氯30万吨/年"]);
    }
    for unknown in ["赣WH2026000002", "91360121MA99999990", "洪都", "", "%"] {
        assert!(
            app.licences.public_status(unknown).await.unwrap().is_none(),
            "{unknown}"
        );
    }
}

#[tokio::test]
async fn a_reserved_number_is_not_published() {
    let app = App::new().await;
    app.licences
        .reserve(app.grant(1, Industry::Hazchem))
        .await
        .unwrap();
    assert_eq!(status(&app, "赣WH2026000001").await, None);
    assert!(
        app.licences
            .search_public(&PublicQuery::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn it_stops_at_midnight_in_shanghai() {
    let app = App::new().await;
    app.licences.issue(app.grant(1, Industry::Hazchem)).await.unwrap();
    for (now, expected) in [
        (datetime!(2029-02-03 23:59:59 +8), Status::Valid),
        (datetime!(2029-02-04 00:00 +8), Status::Expiring),
        (datetime!(2029-05-05 23:59:59 +8), Status::Expiring),
        (datetime!(2029-05-06 00:00 +8), Status::Expired),
    ] {
        app.move_to(now);
        assert_eq!(status(&app, "赣WH2026000001").await, Some(expected), "{now}");
        let answer = app
            .licences
            .public_answer("赣WH2026000001")
            .await
            .unwrap()
            .unwrap();
        assert!(
            String::from_utf8_lossy(&answer.body).contains(expected.as_str()),
            "{now}"
        );
    }
}

#[tokio::test]
async fn of_several_licences_of_a_holder_the_last_one_answers() {
    let app = App::new().await;
    let earlier = old(1, "(赣)WH安许证字[2020]0007", date!(2020 - 03 - 01));
    app.licences
        .issue_directly(&administrator(), earlier)
        .await
        .unwrap();
    assert_eq!(status(&app, &credit_code(1)).await, Some(Status::Expired));
    app.licences.issue(app.grant(1, Industry::Hazchem)).await.unwrap();
    assert_eq!(status(&app, &credit_code(1)).await, Some(Status::Valid));
}

/// Answers are kept for a second, but never beyond a change of this process.
#[tokio::test]
async fn a_kept_answer_ends_with_the_change() {
    let app = App::new().await;
    let application = app.grant(1, Industry::Hazchem);
    let key = "赣WH2026000001";
    for _ in 0..4 {
        assert!(app.licences.public_answer(key).await.unwrap().is_none());
    }
    app.licences.issue(application).await.unwrap();
    assert!(app.licences.public_answer(key).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_reads_the_past_after_an_issue() {
    let app = App::new().await;
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (licences, stop) = (app.licences.clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                    for nth in 1..=20 {
                        licences
                            .public_answer(&format!("赣WH2026{nth:06}"))
                            .await
                            .unwrap();
                    }
                }
            })
        })
        .collect();
    for nth in 1..=20_u128 {
        app.licences
            .issue(app.grant(nth, Industry::Hazchem))
            .await
            .unwrap();
        let key = format!("赣WH2026{nth:06}");
        assert!(app.licences.public_answer(&key).await.unwrap().is_some(), "{key}");
    }
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    for reader in readers {
        reader.await.unwrap();
    }
}

async fn search(app: &App, query: PublicQuery) -> Vec<String> {
    let page = app.licences.search_public(&query).await.unwrap();
    page.items.into_iter().map(|licence| licence.number).collect()
}

fn text(q: &str) -> PublicQuery {
    PublicQuery {
        text: Some(q.to_owned()),
        ..PublicQuery::default()
    }
}

#[tokio::test]
async fn search_by_fragments_and_filters() {
    let app = App::new().await;
    app.licences.issue(app.grant(1, Industry::Hazchem)).await.unwrap();
    app.licences
        .issue(app.grant(2, Industry::Fireworks))
        .await
        .unwrap();
    let mut third = old(3, "(赣)WH安许证字[2022]0042", date!(2022 - 05 - 01));
    third.holder.region = "360702".parse().unwrap();
    let country = kernel::Actor::system("test");
    app.licences.issue_directly(&country, third).await.unwrap();
    let (one, two, three) = (
        "（赣）WH安许证字〔2026〕000001",
        "（赣）YH安许证字〔2026〕000001",
        "（赣）WH安许证字〔2022〕0042",
    );

    assert_eq!(search(&app, PublicQuery::default()).await, [three, two, one]);
    assert_eq!(search(&app, text("赣江")).await, [three, two, one]);
    assert_eq!(search(&app, text("第2化工")).await, [two]);
    assert_eq!(search(&app, text("赣江 集团")).await, [three, two, one]);
    assert_eq!(search(&app, text(&credit_code(3)[2..])).await, [three]);
    assert_eq!(search(&app, text("WH安许证字〔2026〕")).await, [one]);
    assert_eq!(search(&app, text(two)).await, [two]);
    assert_eq!(
        search(
            &app,
            PublicQuery {
                industry: Some(Industry::Fireworks),
                ..text("赣江")
            }
        )
        .await,
        [two]
    );
    let region = |code: &str| PublicQuery {
        region: code.parse().ok(),
        ..PublicQuery::default()
    };
    assert_eq!(search(&app, region("3601")).await, [two, one]);
    assert_eq!(search(&app, region("360700")).await, [three]);
    let by = |status| PublicQuery {
        status: Some(status),
        ..PublicQuery::default()
    };
    assert_eq!(search(&app, by(Status::Expired)).await, [three]);
    assert_eq!(search(&app, by(Status::Valid)).await, [two, one]);
    assert_eq!(
        search(
            &app,
            PublicQuery {
                status: Some(Status::Expired),
                ..text("赣江")
            }
        )
        .await,
        [three]
    );
    assert!(app.licences.search_public(&text("赣")).await.is_err());
}

#[tokio::test]
async fn pages_meet_without_gap_or_overlap() {
    let app = App::new().await;
    let many = (1..=25).map(|n| old(n, &format!("(赣)WH安许证字[2025]{n:06}"), date!(2025 - 01 - 01)));
    app.licences
        .issue_many_directly(&administrator(), many.collect())
        .await
        .unwrap();
    for start in [PublicQuery::default(), text("赣江")] {
        let (mut query, mut seen) = (start, Vec::new());
        query.page.limit = Some(10);
        loop {
            let page = app.licences.search_public(&query).await.unwrap();
            seen.extend(page.items.into_iter().map(|licence| licence.number));
            match page.next {
                Some(cursor) => query.page.cursor = Some(cursor),
                None => break,
            }
        }
        let expected: Vec<_> = (1..=25)
            .rev()
            .map(|n| format!("（赣）WH安许证字〔2025〕{n:06}"))
            .collect();
        assert_eq!(seen, expected);
    }
}

/// What expired is listed by its last day, the latest first, whatever the order of entry; and page meets page.
#[tokio::test]
async fn expired_licences_are_listed_by_their_last_day() {
    let app = App::new().await;
    // Entered in no order of days, several on the same day.
    let many = (1..=25_i64).map(|n| {
        let from = date!(2020 - 01 - 01) + Duration::days(n * 7 % 10);
        old(
            n.unsigned_abs().into(),
            &format!("(赣)WH安许证字[2020]{n:06}"),
            from,
        )
    });
    let many: Vec<_> = many.collect();
    let mut expected: Vec<_> = many
        .iter()
        .enumerate()
        .map(|(entry, licence)| (licence.validity.until, entry, licence.number.to_string()))
        .collect();
    expected.sort_unstable();
    app.licences
        .issue_many_directly(&administrator(), many)
        .await
        .unwrap();
    let (mut seen, mut query) = (Vec::new(), PublicQuery::default());
    (query.status, query.page.limit) = (Some(Status::Expired), Some(4));
    loop {
        let page = app.licences.search_public(&query).await.unwrap();
        seen.extend(page.items.into_iter().map(|licence| licence.number));
        query.page.cursor = page.next;
        if query.page.cursor.is_none() {
            break;
        }
    }
    assert!(
        seen.into_iter()
            .eq(expected.into_iter().rev().map(|(.., number)| number))
    );
}

#[tokio::test]
async fn the_register_is_counted_and_listed_for_search_engines() {
    let app = App::new().await;
    assert_eq!(app.licences.sitemap_pages().await.unwrap(), 0);
    let issued = app.licences.issue(app.grant(1, Industry::Hazchem)).await.unwrap();
    app.licences.issue(app.grant(2, Industry::Hazchem)).await.unwrap();
    app.licences
        .reserve(app.grant(3, Industry::Hazchem))
        .await
        .unwrap();
    let expired = old(4, "(赣)WH安许证字[2020]000001", date!(2020 - 01 - 01));
    app.licences
        .issue_directly(&administrator(), expired)
        .await
        .unwrap();
    let group = |in_force, expiring| {
        let region = "360121".to_owned();
        vec![licences::Count {
            industry: Industry::Hazchem,
            region,
            in_force,
            expiring,
        }]
    };
    assert_eq!(app.licences.counts().await.unwrap(), group(2, 0));
    app.move_to(datetime!(2029-03-01 12:00 +8));
    assert_eq!(app.licences.counts().await.unwrap(), group(2, 2));
    app.move_to(datetime!(2029-06-01 12:00 +8));
    assert_eq!(app.licences.counts().await.unwrap(), []);

    assert_eq!(app.licences.sitemap_pages().await.unwrap(), 1);
    let page = app.licences.sitemap_page(1).await.unwrap();
    let numbers: Vec<_> = page.iter().map(|(number, _)| number.as_str()).collect();
    assert_eq!(
        numbers,
        [
            "（赣）WH安许证字〔2026〕000001",
            "（赣）WH安许证字〔2026〕000002",
            "（赣）WH安许证字〔2020〕000001"
        ]
    );
    assert_eq!(page[0].1.0, date!(2026 - 05 - 06));
    assert!(app.licences.sitemap_page(2).await.unwrap().is_empty());

    let files = issued.certificate.unwrap();
    for sha256 in [&files.original, &files.duplicate] {
        assert_eq!(app.licences.of_file(sha256).await.unwrap(), Some(issued.facts.id));
    }
    assert_eq!(app.licences.of_file("00").await.unwrap(), None);
}

fn issue_on(day: time::Date) -> licences::PublicEvent {
    licences::PublicEvent {
        on: day.into(),
        title: "颁发许可证".to_owned(),
        reason: None,
        penalty: None,
    }
}

#[tokio::test]
async fn the_public_file_tells_the_history() {
    let app = App::new().await;
    let taken_over = old(1, "(赣)WH安许证字[2025]000001", date!(2025 - 01 - 01));
    app.licences
        .issue_directly(&administrator(), taken_over)
        .await
        .unwrap();
    let file = app.licences.public_file("赣WH2025000001").await.unwrap().unwrap();
    assert_eq!(file.history, [issue_on(date!(2025 - 01 - 01))]);
    let issued = app.licences.issue(app.grant(2, Industry::Hazchem)).await.unwrap();
    let file = app.licences.public_file(&credit_code(2)).await.unwrap().unwrap();
    assert_eq!(file.history, [issue_on(date!(2026 - 05 - 06))]);
    assert_eq!(file.expiring_from.unwrap().0, date!(2029 - 02 - 04));
    assert_eq!(file.licence, Licence::Issued(issued));
    assert!(
        app.licences
            .public_file("赣WH2026000009")
            .await
            .unwrap()
            .is_none()
    );
}
