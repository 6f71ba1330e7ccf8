use std::sync::atomic::Ordering;

use kernel::{Problem, Role};
use licences::{Edition, LicenceQuery, LicencesError};
use matters::Industry;
use time::macros::date;

use crate::app::{App, administrator, officer, old};

fn faults(error: LicencesError) -> Vec<(String, String)> {
    let problem = Problem::from(error);
    problem
        .errors
        .into_iter()
        .map(|fault| (fault.field, fault.message))
        .collect()
}

#[tokio::test]
async fn a_licence_of_the_old_register_is_taken_over() {
    let app = App::new().await;
    let entry = old(1, "（赣）WH安许证字[2024]000017", date!(2024 - 02 - 29));
    let issued = app
        .licences
        .issue_directly(&administrator(), entry.clone())
        .await
        .unwrap();
    assert_eq!(issued.certificate, None);
    assert_eq!(issued.facts.validity, entry.validity);
    assert!(
        app.licences
            .public_status("赣WH2024000017")
            .await
            .unwrap()
            .is_some()
    );
    let pending = app
        .licences
        .certificate_pdf("赣WH2024000017", Edition::Original)
        .await;
    assert!(matches!(pending, Err(LicencesError::NotPressed)));

    let again = app
        .licences
        .issue_directly(&administrator(), entry)
        .await
        .unwrap_err();
    let again = faults(again);
    assert_eq!(again[0].0, "licences[0].number");
    assert!(again[0].1.contains("已经登记"));
    let clerk = officer(Role::WindowClerk, "3601");
    let other = old(2, "（赣）WH安许证字[2024]000018", date!(2024 - 02 - 29));
    assert!(matches!(
        app.licences.issue_directly(&clerk, other).await,
        Err(LicencesError::Forbidden(_))
    ));
}

#[tokio::test]
async fn all_are_taken_over_or_none() {
    let app = App::new().await;
    let start = date!(2024 - 01 - 01);
    let good = old(1, "（赣）WH安许证字[2024]000001", start);
    let twice = old(2, "赣WH2024000001", start);
    let letters = old(3, "（赣）JZ安许证字[2024]000003", start);
    let mut elsewhere = old(4, "（赣）WH安许证字[2024]000004", start);
    elsewhere.holder.region = "360702".parse().unwrap();
    let mut backwards = old(5, "（赣）WH安许证字[2024]000005", start);
    backwards.validity.until = date!(2023 - 12 - 31).into();
    let batch = vec![good, twice, letters, elsewhere, backwards];
    let refused = app
        .licences
        .issue_many_directly(&administrator(), batch)
        .await
        .unwrap_err();
    let fields: Vec<_> = faults(refused).into_iter().map(|(field, _)| field).collect();
    assert_eq!(
        fields,
        [
            "licences[1].number",
            "licences[2].number",
            "licences[3].holder.region",
            "licences[4].valid_until"
        ]
    );
    assert_eq!(app.value("SELECT COUNT(*) FROM licence").await, 0);
    assert_eq!(app.value("SELECT COUNT(*) FROM number_given").await, 0);
}

#[tokio::test]
async fn new_numbers_go_on_after_those_taken_over() {
    let app = App::new().await;
    let start = date!(2026 - 01 - 01);
    let batch = [3_u32, 41, 7].map(|n| old(n.into(), &format!("（赣）WH安许证字[2026]{n:06}"), start));
    app.licences
        .issue_many_directly(&administrator(), batch.to_vec())
        .await
        .unwrap();
    let short = old(8, "（赣）WH安许证字[2026]0099", start); // another pattern: no number of this series
    app.licences
        .issue_directly(&administrator(), short)
        .await
        .unwrap();
    let lower = old(9, "（赣）WH安许证字[2026]000005", start);
    app.licences
        .issue_directly(&administrator(), lower)
        .await
        .unwrap();
    let issued = app
        .licences
        .issue(app.grant(100, Industry::Hazchem))
        .await
        .unwrap();
    assert_eq!(issued.facts.number.to_string(), "（赣）WH安许证字〔2026〕000042");
    assert_eq!(app.value("SELECT COUNT(*) FROM number_given").await, 5);
}

#[tokio::test]
async fn a_replacement_counts_the_identifier_up() {
    let app = App::new().await;
    let start = date!(2025 - 01 - 01);
    let first = old(1, "（赣）WH安许证字[2025]000001", start);
    let replaced = old(1, "（赣）WH安许证字[2025]000001-1", start);
    let batch = vec![first, replaced];
    app.licences
        .issue_many_directly(&administrator(), batch)
        .await
        .unwrap();
    let identifiers = app.texts("SELECT identifier FROM licence ORDER BY seq").await;
    assert!(identifiers[0].contains(".2025000001.001.") && identifiers[1].contains(".2025000001.002."));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_of_many_in_one_job_with_progress() {
    let app = App::new().await;
    let batch = (1..=150).map(|n| old(n, &format!("（赣）WH安许证字[2025]{n:06}"), date!(2025 - 01 - 01)));
    app.licences
        .issue_many_directly(&administrator(), batch.collect())
        .await
        .unwrap();
    assert_eq!(app.licences.missing_certificates().await.unwrap(), 150);
    app.licences.press_missing(&administrator()).await.unwrap();
    app.workers(1).drain().await.unwrap();
    assert_eq!(app.licences.missing_certificates().await.unwrap(), 0);
    assert_eq!(
        app.value("SELECT progress FROM job WHERE kind = 'licences.press'")
            .await,
        150
    );
    assert_eq!(
        app.value("SELECT total FROM job WHERE kind = 'licences.press'")
            .await,
        150
    );
    assert_eq!(app.value("SELECT COUNT(*) FROM blob").await, 300);
    app.licences.press_missing(&administrator()).await.unwrap();
    app.workers(1).drain().await.unwrap();
    assert_eq!(
        app.paper.made.load(Ordering::SeqCst),
        300,
        "what is there is not signed anew"
    );
}

/// One record that cannot be printed holds up no other; the job says so and is tried again.
#[tokio::test]
async fn a_bad_record_holds_up_no_other() {
    let app = App::new().await;
    let start = date!(2025 - 01 - 01);
    let mut batch: Vec<_> = (1..=5)
        .map(|n| old(n, &format!("（赣）WH安许证字[2025]{n:06}"), start))
        .collect();
    batch[1].holder.name = "卡纸有限公司".into();
    app.licences
        .issue_many_directly(&administrator(), batch)
        .await
        .unwrap();
    app.licences.press_missing(&administrator()).await.unwrap();
    app.workers(1).drain().await.unwrap();
    assert_eq!(app.licences.missing_certificates().await.unwrap(), 1);
    let error = app
        .texts("SELECT last_error FROM job WHERE state = 'ready'")
        .await;
    assert!(error[0].contains("paper jam"), "{error:?}");
}

#[tokio::test]
async fn lists_keep_to_the_scope() {
    let app = App::new().await;
    let mut far = old(2, "（赣）WH安许证字[2025]000002", date!(2025 - 01 - 01));
    far.holder.region = "360702".parse().unwrap();
    let near = old(1, "（赣）WH安许证字[2025]000001", date!(2025 - 01 - 01));
    let everywhere = kernel::Actor::system("test");
    let ids = app
        .licences
        .issue_many_directly(&everywhere, vec![near, far])
        .await
        .unwrap();
    let query = LicenceQuery {
        text: Some("赣江".into()),
        ..LicenceQuery::default()
    };
    for query in [query, LicenceQuery::default()] {
        let county = officer(Role::Inspector, "360121");
        assert_eq!(
            app.licences.list(&county, &query, None, 10).await.unwrap().len(),
            1
        );
        assert_eq!(
            app.licences
                .list(&everywhere, &query, None, 10)
                .await
                .unwrap()
                .len(),
            2
        );
        let nowhere = officer(Role::Inspector, "11");
        assert!(
            app.licences
                .list(&nowhere, &query, None, 10)
                .await
                .unwrap()
                .is_empty()
        );
        let mut own = officer(Role::EnterpriseManager, "");
        own.scope.enterprise = Some(uuid::Uuid::from_u128(2 << 64));
        let listed = app.licences.list(&own, &query, None, 10).await.unwrap();
        assert_eq!(
            listed
                .iter()
                .map(|licence| licence.facts().id)
                .collect::<Vec<_>>(),
            [ids[1]]
        );
        assert!(matches!(
            app.licences.licence(&own, ids[0]).await,
            Err(LicencesError::NotFound)
        ));
        assert!(app.licences.timeline(&own, ids[0], None, 5).await.is_err());
        assert_eq!(
            app.licences.timeline(&own, ids[1], None, 5).await.unwrap().len(),
            1
        );
    }
}
