//! Registering, changing, timeline, staff, facilities, ledger.

use kernel::{KernelError, Role, event};
use registry::{
    Danger, EnterpriseAudit, EnterpriseState, FacilityAudit, NewEnterprise, RegistryError, SizeClass,
    StaffAudit,
    model::{FacilityDetails, FacilityKind, HazardLevel, Post, StaffDetails},
};

use crate::support::*;

#[tokio::test]
async fn a_file_is_checked_field_by_field() {
    let app = App::new().await;
    let new = NewEnterprise {
        name: "南昌😀厂".to_owned(),
        code: "123".to_owned(),
        region: "3699".to_owned(),
        industry: Some("9999".to_owned()),
        phone: Some("abc".to_owned()),
        longitude: Some(28.7),
        latitude: Some(115.9),
        established_on: Some("2027-01-01".parse().unwrap()),
        ..NewEnterprise::default()
    };
    let Err(RegistryError::Invalid(faults)) = app.registry.register(&clerk(), new).await else {
        panic!("taken");
    };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    for field in [
        "name",
        "code",
        "region",
        "industry",
        "phone",
        "longitude",
        "established_on",
        "legal_representative",
        "address",
    ] {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }
    assert_eq!(app.number("SELECT count(*) FROM event").await, 0);
}

#[tokio::test]
async fn objections_have_to_be_confirmed_once() {
    let app = App::new().await;
    let new = NewEnterprise {
        code: unsound(1),
        ..enterprise("南昌甲厂", 1)
    };
    let refused = app.registry.register(&clerk(), new.clone()).await;
    assert!(matches!(refused, Err(RegistryError::Unconfirmed(w)) if w[0].kind() == "check-character"));
    let confirmed = NewEnterprise {
        confirmed_warnings: true,
        ..new.clone()
    };
    let one = app.registry.register(&clerk(), confirmed).await.unwrap();
    assert_eq!(one.code_warnings, ["check-character"]);
    // The code stays as confirmed when something else is changed.
    let moved = NewEnterprise {
        address: "南昌市二号".to_owned(),
        ..new
    };
    let changed = app
        .registry
        .change(&clerk(), one.id, 1, moved, None)
        .await
        .unwrap();
    assert_eq!((changed.version, changed.code_warnings.len()), (2, 1));
}

#[tokio::test]
async fn a_code_is_registered_once() {
    let app = App::new().await;
    app.register("南昌甲厂", 1, "360102").await;
    let again = app.registry.register(&clerk(), enterprise("南昌乙厂", 1)).await;
    assert!(matches!(again, Err(RegistryError::CodeTaken)));
    let many = vec![enterprise("南昌乙厂", 2), enterprise("南昌丙厂", 2)];
    let many = app.registry.register_many(&clerk(), many).await;
    assert!(matches!(many, Err(RegistryError::CodeTaken)));
    assert_eq!(app.number("SELECT count(*) FROM enterprise").await, 1);
}

#[tokio::test]
async fn changes_stand_in_the_timeline_and_seals_hold() {
    let app = App::new().await;
    let id = app.register("南昌甲厂", 1, "360102").await;
    let to = NewEnterprise {
        name: "南昌新甲厂".to_owned(),
        phone: Some("13812345678".to_owned()),
        danger: Some(Danger::Red),
        ..enterprise("", 1)
    };
    let stale = app.registry.change(&clerk(), id, 7, to.clone(), None).await;
    assert!(matches!(
        stale,
        Err(RegistryError::Kernel(KernelError::Stale { .. }))
    ));
    let state = Some(EnterpriseState::Halted);
    app.registry.change(&clerk(), id, 1, to, state).await.unwrap();
    let events = app.registry.timeline(&clerk(), id, None, 10).await.unwrap();
    let kinds: Vec<&str> = events.iter().map(|event| event.body.kind.as_str()).collect();
    assert_eq!(kinds, ["enterprise.changed", "enterprise.registered"]);
    let changed = &events[0].body.data["changed"];
    assert_eq!(changed["name"], serde_json::json!(["南昌甲厂", "南昌新甲厂"]));
    assert_eq!(changed["phone"], serde_json::json!([null, "138****5678"]));
    assert_eq!(changed["state"], serde_json::json!(["active", "halted"]));
    assert!(changed.get("address").is_none());
    assert_seals(&app, &EnterpriseAudit).await;
}

/// The last event of every row carries the digest of the row as it is.
async fn assert_seals(app: &App, source: &dyn kernel::audit::AuditSource) {
    let db = app.kernel.db();
    let rows = source.rows(db, None, 100).await.unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let filter = event::EventFilter {
            subject: Some((source.subject().to_owned(), row.id)),
            ..event::EventFilter::default()
        };
        let events = event::find(db, &filter, None, 1).await.unwrap();
        assert_eq!(events[0].body.state, Some(row.digest));
        assert_eq!(events[0].body.version, row.version);
    }
}

fn officer() -> StaffDetails {
    StaffDetails {
        name: "赵勇".to_owned(),
        post: Post::SafetyOfficer,
        identity_number: Some("11010519491231002x".to_owned()),
        phone: Some("138 1234 5678".to_owned()),
        certificate_kind: "安全生产知识和管理能力考核合格证".to_owned(),
        certificate_number: "赣安C0001".to_owned(),
        valid_from: Some("2024-01-01".parse().unwrap()),
        valid_until: Some("2027-01-01".parse().unwrap()),
        left_on: None,
    }
}

#[tokio::test]
async fn staff_and_facilities_belong_to_the_file() {
    let app = App::new().await;
    let id = app.register("南昌甲厂", 1, "360102").await;
    let wrong = StaffDetails {
        identity_number: Some("110105194912310021".to_owned()),
        valid_until: Some("2023-01-01".parse().unwrap()),
        ..officer()
    };
    let refused = app.registry.add_staff(&clerk(), id, wrong).await;
    assert!(matches!(refused, Err(RegistryError::Invalid(faults)) if faults.len() == 2));
    let staff = app.registry.add_staff(&clerk(), id, officer()).await.unwrap();
    assert_eq!(
        staff.details.identity_number.as_deref(),
        Some("11010519491231002X")
    );
    let left = StaffDetails {
        left_on: Some("2026-10-01".parse().unwrap()),
        ..officer()
    };
    app.registry
        .change_staff(&clerk(), id, staff.id, 1, left.clone())
        .await
        .unwrap();
    let stale = app.registry.change_staff(&clerk(), id, staff.id, 1, left).await;
    assert!(matches!(
        stale,
        Err(RegistryError::Kernel(KernelError::Stale { .. }))
    ));

    let tank = FacilityDetails {
        name: "液氨罐区".to_owned(),
        kind: FacilityKind::MajorHazardSource,
        class: "储罐区".to_owned(),
        level: None,
        filing_number: None,
        longitude: Some(115.9),
        latitude: Some(28.7),
        ended_on: None,
    };
    let refused = app.registry.add_facility(&clerk(), id, tank.clone()).await;
    assert!(matches!(refused, Err(RegistryError::Invalid(faults)) if faults[0].field == "level"));
    let tank = FacilityDetails {
        level: Some(HazardLevel::Two),
        ..tank
    };
    app.registry
        .add_facility(&clerk(), id, tank.clone())
        .await
        .unwrap();
    let listed = app.registry.facilities(&of_enterprise(id), id).await.unwrap();
    assert_eq!(listed[0].details, tank);

    let elsewhere = in_region(Role::WindowClerk, "3604");
    assert!(matches!(
        app.registry.staff(&elsewhere, id).await,
        Err(RegistryError::NotFound(_))
    ));
    assert!(matches!(
        app.registry.add_staff(&elsewhere, id, officer()).await,
        Err(RegistryError::NotFound(_))
    ));
    assert_seals(&app, &StaffAudit).await;
    assert_seals(&app, &FacilityAudit).await;
    let events = app.registry.timeline(&clerk(), id, None, 10).await.unwrap();
    assert_eq!(events.len(), 4);
}

#[tokio::test]
async fn an_enterprise_keeps_its_own_people_and_facilities_and_nothing_else() {
    let app = App::new().await;
    let own = app.register("南昌甲厂", 1, "360102").await;
    let other = app.register("南昌乙厂", 2, "360102").await;
    let keeper = of_enterprise(own);
    let staff = app.registry.add_staff(&keeper, own, officer()).await.unwrap();
    let named = StaffDetails {
        name: "赵勇敢".to_owned(),
        ..officer()
    };
    let changed = app
        .registry
        .change_staff(&keeper, own, staff.id, 1, named)
        .await
        .unwrap();
    assert_eq!((changed.version, changed.details.name.as_str()), (2, "赵勇敢"));
    assert!(matches!(
        app.registry.add_staff(&keeper, other, officer()).await,
        Err(RegistryError::NotFound(_))
    ));
    let reader = kernel::Actor {
        roles: vec![Role::EnterpriseOfficer],
        ..keeper.clone()
    };
    assert!(matches!(
        app.registry.add_staff(&reader, own, officer()).await,
        Err(RegistryError::Forbidden(_))
    ));
    // The file itself is the authority's.
    let renamed = enterprise("南昌自称厂", 1);
    assert!(matches!(
        app.registry.change(&keeper, own, 1, renamed, None).await,
        Err(RegistryError::Forbidden(_))
    ));
}

#[tokio::test]
async fn the_ledger_counts_by_region_danger_and_size_within_the_scope() {
    let app = App::new().await;
    let mut all = Vec::new();
    for (number, region, danger, size) in [
        (1, "360102", Some(Danger::Red), SizeClass::Small),
        (2, "360102002", Some(Danger::Red), SizeClass::Micro),
        (3, "360103", None, SizeClass::Micro),
        (4, "3604", Some(Danger::Blue), SizeClass::Large),
        (5, "3601", Some(Danger::Blue), SizeClass::Large),
    ] {
        all.push(NewEnterprise {
            region: region.to_owned(),
            danger,
            size,
            ..enterprise("南昌厂", number)
        });
    }
    let ids = app.registry.register_many(&nation(), all).await.unwrap();
    let city = "3601".parse().unwrap();
    let sum = |rows: &[registry::model::LedgerCount], region: &str, danger| -> i64 {
        let rows = rows
            .iter()
            .filter(|row| row.region == region && row.danger == danger);
        rows.map(|row| row.count).sum()
    };
    let rows = app.registry.ledger(&clerk(), Some(&city)).await.unwrap();
    assert_eq!(sum(&rows, "360102", Some(Danger::Red)), 2);
    assert_eq!(sum(&rows, "360103", None), 1);
    assert_eq!(sum(&rows, "3601", Some(Danger::Blue)), 1);
    assert_eq!(rows.iter().map(|row| row.count).sum::<i64>(), 4);
    let nothing = app
        .registry
        .ledger(&in_region(Role::Regulator, "3604"), Some(&city))
        .await
        .unwrap();
    assert!(nothing.is_empty());
    let country = app.registry.ledger(&nation(), None).await.unwrap();
    assert_eq!(sum(&country, "36", Some(Danger::Blue)), 2);

    let closed = Some(EnterpriseState::Closed);
    app.registry
        .change(&clerk(), ids[0], 1, enterprise("南昌厂", 1), closed)
        .await
        .unwrap();
    let rows = app.registry.ledger(&clerk(), Some(&city)).await.unwrap();
    assert_eq!(sum(&rows, "360102", Some(Danger::Red)), 1);
}
