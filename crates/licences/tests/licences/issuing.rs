use kernel::{Actor, NewJob, audit::AuditSource};
use licences::{Edition, ISSUE_JOB, Licence, LicenceAudit, LicencesError, NeighbourError};
use matters::Industry;
use serde_json::json;
use time::macros::{date, datetime};

use crate::app::{App, administrator};

#[tokio::test]
async fn a_grant_becomes_a_licence_with_two_signed_files() {
    let app = App::new().await;
    let issued = app.licences.issue(app.grant(1, Industry::Hazchem)).await.unwrap();
    let facts = &issued.facts;
    assert_eq!(facts.number.to_string(), "（赣）WH安许证字〔2026〕000001");
    let identifier = facts.identifier.to_string();
    assert!(identifier.contains(".2026000001.001."), "{identifier}");
    assert_eq!(facts.validity.from.0, date!(2026 - 05 - 06));
    assert_eq!(facts.validity.until.0, date!(2029 - 05 - 05));
    assert_eq!(facts.authority.name, "南昌市应急管理局");
    let files = issued.certificate.unwrap();
    assert_ne!(files.original, files.duplicate);
    assert_eq!(files.qr_url, "HTTPS://ANXU.EXAMPLE/V/0");
    for (edition, word) in [
        (Edition::Original, "\"original\""),
        (Edition::Duplicate, "\"duplicate\""),
    ] {
        let pdf = app
            .licences
            .certificate_pdf("赣WH2026000001", edition)
            .await
            .unwrap();
        let text = String::from_utf8(pdf.to_vec()).unwrap();
        assert!(text.contains(word) && text.contains(&identifier));
    }
}

#[tokio::test]
async fn every_industry_is_numbered_for_itself() {
    let app = App::new().await;
    let mut numbers = Vec::new();
    for (nth, industry) in (1..).zip(Industry::ALL) {
        let issued = app.licences.issue(app.grant(nth, industry)).await.unwrap();
        numbers.push(issued.facts.number.to_string());
        let key = issued.facts.identifier.to_string();
        assert!(app.licences.public_status(&key).await.unwrap().is_some());
    }
    let letters: Vec<_> = numbers
        .iter()
        .map(|number| number.chars().skip(3).take(2).collect::<String>())
        .collect();
    assert_eq!(letters, ["FM", "WH", "YH", "JZ", "MB", "MK"]);
    assert!(numbers.iter().all(|number| number.ends_with("000001")));
}

/// The job is killed after each of its steps; another process takes it up again.
#[tokio::test]
async fn a_killed_job_comes_to_the_same_end() {
    let app = App::new().await;
    let application = app.grant(1, Industry::Hazchem);

    let Licence::Reserved(first) = app.licences.reserve(application).await.unwrap() else {
        panic!()
    };
    let app = app.restarted().await; // killed after step 1

    let Licence::Reserved(again) = app.licences.reserve(application).await.unwrap() else {
        panic!()
    };
    assert_eq!(again, first);
    let lost = app.licences.press(&again).await.unwrap();
    let app = app.restarted().await; // killed after step 2: nothing is stored with the licence yet

    let issued = app.licences.issue(application).await.unwrap();
    assert_eq!(issued.facts.number, first.facts.number);
    assert_eq!(issued.facts.record, first.facts.record);
    let stored = issued.certificate.clone().unwrap();
    let app = app.restarted().await; // killed after step 3, before the job was marked as done

    assert_eq!(app.licences.issue(application).await.unwrap(), issued);
    assert_eq!(
        app.licences
            .conclude(first.facts.id, lost)
            .await
            .unwrap()
            .certificate
            .unwrap(),
        stored
    );
    assert_eq!(
        app.paper.made.load(std::sync::atomic::Ordering::SeqCst),
        0,
        "nothing was signed anew"
    );
    assert_eq!(app.value("SELECT COUNT(*) FROM licence").await, 1);
    assert_eq!(app.value("SELECT last FROM number_series").await, 1);
    assert_eq!(
        app.value("SELECT COUNT(*) FROM event WHERE kind = 'licence.issued'")
            .await,
        1
    );
}

/// What is fixed at the reservation is signed, whatever applications say later.
#[tokio::test]
async fn what_was_reserved_is_what_is_signed() {
    let app = App::new().await;
    let application = app.grant(1, Industry::Hazchem);
    app.licences.reserve(application).await.unwrap();
    let mut changed = crate::app::grant(1, Industry::Hazchem);
    changed.holder.name = "别的名称有限公司".into();
    app.grant_of(changed);
    app.move_to(datetime!(2026-07-01 00:00 +8));
    let issued = app.licences.issue(application).await.unwrap();
    assert_eq!(issued.facts.holder.name, crate::app::holder(1).name);
    assert_eq!(issued.facts.issued_on.0, date!(2026 - 05 - 06));
}

/// No number is spent on a decision that grants more than the law does.
#[tokio::test]
async fn a_decision_cannot_grant_more_than_the_matter_allows() {
    let app = App::new().await;
    let mut long = crate::app::grant(1, Industry::Hazchem);
    long.validity.until = date!(2029 - 05 - 06).into();
    assert!(matches!(
        app.licences.reserve(app.grant_of(long)).await,
        Err(LicencesError::Validity(_))
    ));
    let mut short = crate::app::grant(1, Industry::Hazchem);
    short.validity.until = date!(2027 - 05 - 05).into();
    let issued = app.licences.issue(app.grant_of(short)).await.unwrap();
    assert_eq!(issued.facts.validity.until.0, date!(2027 - 05 - 05));
    assert_eq!(issued.facts.number.to_string(), "（赣）WH安许证字〔2026〕000001");
}

#[tokio::test]
async fn a_job_in_the_outbox_issues() {
    let app = App::new().await;
    let application = app.grant(1, Industry::Construction);
    let mut work = app.kernel.begin(&Actor::system("test")).await.unwrap();
    work.enqueue(NewJob::new(ISSUE_JOB, &json!({ "application": application })).unwrap());
    let missing = json!({ "application": uuid::Uuid::from_u128(99) });
    work.enqueue(NewJob::new(ISSUE_JOB, &missing).unwrap());
    work.commit().await.unwrap();
    app.workers(2).drain().await.unwrap();
    assert!(
        app.licences
            .public_status("赣JZ2026000001")
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        app.value("SELECT COUNT(*) FROM job WHERE state = 'dead'").await,
        1,
        "no grant, no licence"
    );
    assert_eq!(app.value("SELECT COUNT(*) FROM licence").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn numbers_are_unique_and_without_gaps_under_concurrency() {
    let app = App::new().await;
    let mut tasks = tokio::task::JoinSet::new();
    for nth in 1..=24 {
        let application = app.grant(nth, Industry::Hazchem);
        // Each grant is taken up by two workers at once.
        for _ in 0..2 {
            let licences = app.licences.clone();
            tasks.spawn(async move {
                licences
                    .issue(application)
                    .await
                    .unwrap()
                    .facts
                    .number
                    .to_string()
            });
        }
    }
    let mut numbers = tasks.join_all().await;
    numbers.sort();
    let expected: Vec<_> = (1..=24)
        .flat_map(|n| [n, n])
        .map(|n| format!("（赣）WH安许证字〔2026〕{n:06}"))
        .collect();
    assert_eq!(numbers, expected);
    assert_eq!(app.value("SELECT COUNT(*) FROM number_given").await, 24);
}

#[tokio::test]
async fn a_record_that_cannot_be_printed_can_be_given_up_with_a_reason() {
    let app = App::new().await;
    let mut bad = crate::app::grant(1, Industry::Hazchem);
    bad.holder.name = "卡纸有限公司".into();
    let application = app.grant_of(bad);
    let failed = app.licences.issue(application).await;
    assert!(matches!(
        failed,
        Err(LicencesError::Press(NeighbourError::ForNow(_)))
    ));
    let id = app.licences.reserve(application).await.unwrap().facts().id;

    let inspector = crate::app::officer(kernel::Role::Inspector, "3601");
    assert!(matches!(
        app.licences.void(&inspector, id, "x").await,
        Err(LicencesError::Forbidden(_))
    ));
    assert!(matches!(
        app.licences.void(&administrator(), id, " ").await,
        Err(LicencesError::Invalid(_))
    ));
    let elsewhere = crate::app::officer(kernel::Role::Administrator, "3602");
    assert!(matches!(
        app.licences.void(&elsewhere, id, "x").await,
        Err(LicencesError::NotFound)
    ));
    app.licences
        .void(&administrator(), id, "名称含无法印制的字")
        .await
        .unwrap();
    assert_eq!(
        app.texts("SELECT void_reason FROM number_given").await,
        ["名称含无法印制的字"]
    );
    assert!(
        app.licences
            .public_status("赣WH2026000001")
            .await
            .unwrap()
            .is_none()
    );

    app.grant(1, Industry::Hazchem); // mended
    let issued = app.licences.issue(application).await.unwrap();
    assert_eq!(issued.facts.number.to_string(), "（赣）WH安许证字〔2026〕000002");
    let refused = app
        .licences
        .void(&administrator(), issued.facts.id, "不再需要")
        .await;
    assert!(matches!(refused, Err(LicencesError::NotReserved("issued"))));
}

#[tokio::test]
async fn the_audit_sees_rows_and_files() {
    let app = App::new().await;
    let issued = app.licences.issue(app.grant(1, Industry::Hazchem)).await.unwrap();
    let rows = LicenceAudit.rows(app.kernel.db(), None, 10).await.unwrap();
    let files = issued.certificate.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].files, [files.original, files.duplicate]);
    assert_eq!(rows[0].version, 2);
    let sealed = app
        .texts("SELECT body FROM event WHERE kind = 'licence.issued'")
        .await;
    assert!(
        sealed[0].contains(&rows[0].digest),
        "the event seals the row as it is"
    );
    assert!(
        LicenceAudit
            .rows(app.kernel.db(), Some(rows[0].id), 10)
            .await
            .unwrap()
            .is_empty()
    );
}
