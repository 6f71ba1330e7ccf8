//! A demo city from outside: is it the same every time, and is there everything in it that can be shown.

// Helpers of tests may fail as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod house;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{LazyLock, OnceLock},
};

use applications::{
    Filters,
    model::{Application, StateName},
    rules::{Action, Light},
};
use demo::{DemoError, Found};
use house::{House, reader, wish};
use identity::{AccountFilter, NewAccount};
use kernel::{PageQuery, Role};
use licences::{LicenceQuery, Status};
use matters::Kind;
use registry::{EnterpriseQuery, EnterpriseState, SizeClass};
use tokio::runtime::Runtime;

/// Lives as long as the tests, since the city's connections belong to it.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// The city that most tests look at.
fn city() -> &'static House {
    static CITY: OnceLock<House> = OnceLock::new();
    CITY.get_or_init(|| RUNTIME.block_on(House::with_city(wish(1))))
}

/// Runs a test on the shared city.
fn in_the_city<T>(test: impl AsyncFnOnce(&'static House) -> T) -> T {
    let city = city();
    RUNTIME.block_on(test(city))
}

/// Registry, licences, accounts and applications as one text.
async fn digest(house: &House) -> String {
    let mut lines: Vec<String> = house
        .enterprises()
        .await
        .iter()
        .map(|enterprise| format!("{enterprise:?}"))
        .collect();
    lines.extend(house.licences().await);
    let accounts = house
        .parts
        .identity
        .accounts(&reader(), &AccountFilter::default(), None, 1000)
        .await;
    lines.extend(accounts.unwrap().iter().map(|account| format!("{account:?}")));
    for (id, application) in applications_of(house, None).await {
        let reference = application.intake().map(|intake| &intake.reference);
        lines.push(format!("{id} {reference:?} {:?}", application.state()));
    }
    lines.join("\n")
}

async fn applications_of(
    house: &House,
    state: Option<StateName>,
) -> Vec<(kernel::ids::ApplicationId, Application)> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let filters = Filters {
            state,
            ..Filters::default()
        };
        let page = PageQuery {
            limit: Some(200),
            cursor,
        };
        let page = house
            .parts
            .applications
            .list(&reader(), filters, &page)
            .await
            .unwrap();
        all.extend(page.items.into_iter().map(|one| (one.id, one.application)));
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_city() {
    // Made while the others wait for theirs.
    let second = RUNTIME.block_on(async {
        let again = House::with_city(wish(1)).await;
        digest(&again).await
    });
    let first = in_the_city(digest);
    let differs = first
        .lines()
        .zip(second.lines())
        .find(|(one, other)| one != other);
    assert_eq!(differs, None);
    assert_eq!(first.len(), second.len());
}

#[test]
fn enterprises_are_spread_as_promised() {
    in_the_city(async |city| {
        let all = city.enterprises().await;
        assert_eq!(all.len(), demo::FEWEST);
        let share = |size| 100 * all.iter().filter(|one| one.size == size).count() / all.len();
        let small_and_medium = share(SizeClass::Small) + share(SizeClass::Medium);
        assert!((77..=79).contains(&small_and_medium), "{small_and_medium} %");
        let mut groups = BTreeMap::new();
        for one in &all {
            *groups
                .entry(one.industry.as_deref().unwrap()[..2].to_owned())
                .or_insert(0) += 1;
        }
        assert_eq!(groups.len(), 28, "{groups:?}");
        for district in [
            "360102", "360103", "360104", "360111", "360112", "360113", "360121", "360123", "360124",
        ] {
            assert!(
                all.iter().any(|one| one.region.as_str().starts_with(district)),
                "{district}"
            );
        }
        for state in EnterpriseState::ALL {
            assert!(all.iter().any(|one| one.state == *state), "{state:?}");
        }
    });
}

#[test]
fn nobody_can_take_an_enterprise_for_a_real_one() {
    in_the_city(async |city| {
        for one in city.enterprises().await {
            assert!(one.name.contains("演示") && one.demo, "{}", one.name);
            assert!(one.code.warnings().is_empty() && one.code_warnings.is_empty());
            assert!(one.code.to_string()[8..].starts_with("XXX"), "{}", one.code);
            assert!(one.phone.unwrap().starts_with("154"));
            assert!(one.address.starts_with("江西省南昌市"), "{}", one.address);
        }
    });
}

#[test]
fn every_state_of_an_application_is_there() {
    in_the_city(async |city| {
        for state in StateName::ALL {
            assert!(!applications_of(city, Some(state)).await.is_empty(), "{state:?}");
        }
        let all: Vec<Application> = applications_of(city, None)
            .await
            .into_iter()
            .map(|(_, application)| application)
            .collect();
        let has = |what: &str, fits: fn(&Application) -> bool| assert!(all.iter().any(fits), "{what}");
        has("accepted by lapse of time", |one| {
            one.case().is_some_and(|case| case.acceptance.deemed)
        });
        has(
            "treated as withdrawn",
            |one| matches!(one, Application::Withdrawn(s) if s.withdrawal.treated),
        );
        has("one department returned and open", |one| {
            let reviews = one.case().map(|case| case.reviews.as_slice()).unwrap_or_default();
            reviews
                .iter()
                .any(|review| review.round.number > 1 && review.is_open())
        });
        has("some departments done, some not", |one| {
            let reviews = one.case().map(|case| case.reviews.as_slice()).unwrap_or_default();
            reviews.iter().any(|review| review.is_open()) && reviews.iter().any(|review| !review.is_open())
        });
        has("a clock stands still", |one| {
            let stops = one
                .intake()
                .map(|intake| intake.stops.as_slice())
                .unwrap_or_default();
            one.stage().is_some() && stops.iter().any(|stop| stop.last.is_none())
        });
        has("extended", |one| {
            one.case().is_some_and(|case| case.extension.is_some())
        });
        has("granted and not delivered", |one| {
            one.state() == StateName::Granted && one.delivery().is_none()
        });
    });
}

#[test]
fn every_light_shows() {
    in_the_city(async |city| {
        let page = PageQuery {
            limit: Some(200),
            cursor: None,
        };
        let listed = city
            .parts
            .applications
            .list(&reader(), Filters::default(), &page)
            .await;
        let lights: Vec<Light> = listed
            .unwrap()
            .items
            .into_iter()
            .filter(|one| one.application.stage().is_some())
            .filter_map(|one| one.headline.map(|clock| clock.light))
            .collect();
        for light in [Light::Green, Light::Yellow, Light::Red] {
            assert!(lights.contains(&light), "{light:?} in {lights:?}");
        }
    });
}

#[test]
fn every_status_of_a_licence_is_there() {
    in_the_city(async |city| {
        // What takes an application about a licence that is there begins with the city's present.
        let applied_for = [Status::InTransition, Status::Replaced];
        for status in Status::ALL
            .into_iter()
            .filter(|status| !applied_for.contains(status))
        {
            let query = LicenceQuery {
                status: Some(status),
                ..LicenceQuery::default()
            };
            let found = city
                .parts
                .licences
                .list(&reader(), &query, None, 1)
                .await
                .unwrap();
            assert!(!found.is_empty(), "{status:?}");
        }
        // Those granted on the platform have their files; the older ones wait for the job that follows.
        let granted = applications_of(city, Some(StateName::Granted)).await.len();
        let licences = city.licences().await.len();
        let missing = city.parts.licences.missing_certificates().await.unwrap();
        // Five were suspended or ended before their files were made, and one stands in for a damaged licence.
        let (taken, stand_ins) = (5, 1);
        let with_files = licences - usize::try_from(missing).unwrap() - taken;
        assert_eq!(with_files, granted + stand_ins);
    });
}

#[test]
fn every_role_and_every_account_shown_is_there() {
    in_the_city(async |city| {
        let accounts = city
            .parts
            .identity
            .accounts(&reader(), &AccountFilter::default(), None, 1000)
            .await
            .unwrap();
        for role in Role::ALL {
            assert!(accounts.iter().any(|one| one.roles.contains(role)), "{role:?}");
        }
        for shown in demo::accounts(&city.parts).unwrap() {
            assert!(
                accounts.iter().any(|one| one.login == shown.login),
                "{}",
                shown.login
            );
        }
        let stranger = reader();
        let password = demo::PASSWORD.to_owned();
        let signed_in = city
            .parts
            .identity
            .sign_in(&stranger, "ent.draft", password, None, "test")
            .await;
        assert_eq!(signed_in.unwrap().account.login, "ent.draft");
    });
}

/// The table on the terminal promises what each enterprise account can do.
/// Any industry may be drawn for any life, a joint visit among them.
#[test]
fn every_matter_is_reviewed_by_departments_that_have_somebody() {
    in_the_city(async |house| {
        let accounts = house
            .parts
            .identity
            .accounts(&reader(), &AccountFilter::default(), None, 1000)
            .await
            .unwrap();
        let reviewers: BTreeSet<&str> = accounts
            .iter()
            .filter(|account| account.roles.contains(&Role::DepartmentReviewer))
            .filter_map(|account| account.scope.department.as_deref())
            .collect();
        for matter in house.parts.matters.catalogue().matters() {
            let all: BTreeSet<&str> = matter.departments().map(|one| one.department.as_str()).collect();
            assert!(all.is_subset(&reviewers), "{}: {all:?}", matter.key);
            if matter.key.kind == Kind::FirstIssue {
                assert!(
                    all.len() > 1,
                    "{}: nobody goes along to a joint visit",
                    matter.key
                );
            }
        }
    });
}

#[test]
fn the_enterprises_shown_are_where_the_table_says() {
    in_the_city(async |city| {
        let parts = &city.parts;
        for (login, state, action) in [
            ("ent.draft", StateName::Draft, Some(Action::Submit)),
            ("ent.correct", StateName::Correcting, Some(Action::Edit)),
            ("ent.review", StateName::InReview, Some(Action::Withdraw)),
            ("ent.granted", StateName::Granted, None),
            ("ent.officer", StateName::Granted, None),
            ("ent.refused", StateName::Refused, None),
        ] {
            let account = parts.identity.by_login(login).await.unwrap();
            let actor = parts.identity.actor(&account, &reader());
            let page = PageQuery::default();
            let own = parts
                .applications
                .list(&actor, Filters::default(), &page)
                .await
                .unwrap();
            let own = own.items.first().unwrap();
            assert_eq!(own.application.state(), state, "{login}");
            let seen = parts.applications.application(&actor, own.id).await.unwrap();
            assert!(
                action.is_none_or(|action| seen.actions.contains(&action)),
                "{login}"
            );
        }
        for (login, status) in [
            ("ent.expiring", Status::Expiring),
            ("ent.expired", Status::Expired),
        ] {
            let account = parts.identity.by_login(login).await.unwrap();
            let actor = parts.identity.actor(&account, &reader());
            let query = LicenceQuery::default();
            let own = parts.licences.list(&actor, &query, None, 5).await.unwrap();
            let found = own
                .iter()
                .any(|one| parts.licences.status_today(one) == Some(status));
            assert!(found, "{login}");
        }
    });
}

#[test]
fn whose_licence_expired_is_on_the_list() {
    in_the_city(async |city| {
        let parts = &city.parts;
        let query = LicenceQuery::default();
        let all = parts.licences.list(&reader(), &query, None, 1000).await.unwrap();
        let expired = all
            .iter()
            .filter(|one| parts.licences.status_today(one) == Some(Status::Expired));
        let expired: BTreeSet<_> = expired.map(|one| one.facts().enterprise).collect();
        let query = EnterpriseQuery {
            watched: true,
            page: PageQuery {
                limit: Some(200),
                cursor: None,
            },
            ..EnterpriseQuery::default()
        };
        let watched = parts.registry.search(&reader(), &query).await.unwrap();
        let watched: BTreeSet<_> = watched.items.iter().map(|one| one.id).collect();
        assert!(!expired.is_empty());
        assert_eq!(watched, expired);
    });
}

#[test]
fn the_audit_finds_nothing() {
    in_the_city(async |city| {
        let report = city.audit().await;
        assert_eq!(report.faults, Vec::new());
        assert_eq!(report.unsealed, 0);
        assert!(report.rows > 300 && report.files > 300, "{report:?}");
    });
}

#[test]
fn a_city_is_made_once_and_never_over_other_data() {
    let city = city();
    RUNTIME.block_on(async {
        assert_eq!(
            demo::look(&city.parts.kernel).await.unwrap(),
            Found::City(wish(1))
        );
        let house = House::empty().await;
        assert_eq!(demo::look(&house.parts.kernel).await.unwrap(), Found::Nothing);
        let small = demo::Wish {
            enterprises: 10,
            ..wish(1)
        };
        let refused = demo::make(&house.parts, &house.clock, &house.ids, small, &|_| {}).await;
        assert!(matches!(refused, Err(DemoError::Size)));
        assert_eq!(demo::look(&house.parts.kernel).await.unwrap(), Found::Nothing);
        house.parts.identity.create(&reader(), clerk()).await.unwrap();
        assert!(matches!(
            demo::look(&house.parts.kernel).await,
            Err(DemoError::NotADemo)
        ));
    });
}

#[test]
fn an_interrupted_making_is_recognised() {
    RUNTIME.block_on(async {
        let house = House::empty().await;
        let making = async {
            let tell = |_: &str| {};
            demo::make(&house.parts, &house.clock, &house.ids, wish(2), &tell).await
        };
        let cut_off = tokio::time::timeout(std::time::Duration::from_millis(300), making).await;
        assert!(cut_off.is_err(), "a city in less than a third of a second");
        assert!(matches!(
            demo::look(&house.parts.kernel).await,
            Err(DemoError::Unfinished)
        ));
    });
}

fn clerk() -> NewAccount {
    NewAccount {
        login: "li".into(),
        name: "李受理".into(),
        end: identity::End::Government,
        roles: vec![Role::WindowClerk],
        scope: kernel::Scope {
            regions: vec!["3601".into()],
            ..kernel::Scope::default()
        },
        region: "3601".into(),
        phone: None,
        password: "Anquan-2026-test".into(),
        must_change_password: false,
    }
}
