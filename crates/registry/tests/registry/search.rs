//! Search, filters, scope, order, paging, export.

use calamine::{Reader, Xlsx};
use kernel::{PageQuery, Role};
use registry::{Danger, EnterpriseQuery, NewEnterprise, RegistryError, SizeClass, Sort};

use crate::support::*;

async fn names(app: &App, actor: &kernel::Actor, query: EnterpriseQuery) -> Vec<String> {
    let page = app.registry.search(actor, &query).await.unwrap();
    page.items.into_iter().map(|one| one.name).collect()
}

fn text(q: &str) -> EnterpriseQuery {
    EnterpriseQuery {
        q: Some(q.to_owned()),
        ..EnterpriseQuery::default()
    }
}

async fn city() -> App {
    let app = App::new().await;
    app.register("南昌赣江化工（集团）有限公司", 1, "360102").await;
    app.register("南昌江南烟花厂", 2, "360103002").await;
    app.register("九江赣江化工有限公司", 3, "360402").await;
    app
}

#[tokio::test]
async fn any_two_characters_of_name_or_code() {
    let app = city().await;
    let all = nation();
    assert_eq!(
        names(&app, &all, text("赣江化工")).await,
        ["九江赣江化工有限公司", "南昌赣江化工（集团）有限公司"]
    );
    assert_eq!(names(&app, &all, text("(集团)")).await.len(), 1);
    assert_eq!(names(&app, &all, text("有限 南昌")).await.len(), 1);
    assert_eq!(names(&app, &all, text(&code(2))).await, ["南昌江南烟花厂"]);
    assert_eq!(names(&app, &all, text(&code(2)[8..16])).await, ["南昌江南烟花厂"]);
    assert_eq!(
        names(&app, &all, text(&code(3).to_lowercase()[14..17]))
            .await
            .len(),
        1
    );
    assert!(names(&app, &all, text("江北")).await.is_empty());
    let short = app.registry.search(&all, &text("江")).await;
    assert!(matches!(short, Err(RegistryError::Invalid(faults)) if faults[0].field == "q"));
}

#[tokio::test]
async fn the_scope_holds_whatever_is_asked() {
    let app = city().await;
    let id = app.registry.search(&nation(), &text("烟花")).await.unwrap().items[0].id;
    let everything = EnterpriseQuery::default;
    assert_eq!(
        names(&app, &clerk(), text("赣江")).await,
        ["南昌赣江化工（集团）有限公司"]
    );
    assert_eq!(names(&app, &clerk(), everything()).await.len(), 2);
    assert_eq!(
        names(&app, &of_enterprise(id), everything()).await,
        ["南昌江南烟花厂"]
    );
    assert!(names(&app, &of_enterprise(id), text("赣江")).await.is_empty());
    assert!(names(&app, &clerk(), text(&code(3))).await.is_empty());
    let outside = EnterpriseQuery {
        region: Some("3604".parse().unwrap()),
        ..everything()
    };
    assert!(names(&app, &clerk(), outside).await.is_empty());
    let nowhere = kernel::Actor {
        scope: kernel::Scope::default(),
        ..in_region(Role::Regulator, "")
    };
    assert!(names(&app, &nowhere, everything()).await.is_empty());
    assert!(names(&app, &nowhere, text("赣江")).await.is_empty());
    let by_name = EnterpriseQuery {
        sort: Sort::Name,
        ..everything()
    };
    assert!(names(&app, &nowhere, by_name).await.is_empty());
    assert!(matches!(
        app.registry
            .enterprise(&in_region(Role::Regulator, "3604"), id)
            .await,
        Err(RegistryError::NotFound(_))
    ));
}

#[tokio::test]
async fn filters_combine_and_follow_changes() {
    let app = city().await;
    let query = |change: fn(&mut EnterpriseQuery)| {
        let mut query = EnterpriseQuery::default();
        change(&mut query);
        query
    };
    let id = app.registry.search(&nation(), &text("烟花")).await.unwrap().items[0].id;
    let to = NewEnterprise {
        region: "360103002".to_owned(),
        industry: Some("2672".to_owned()),
        size: SizeClass::Micro,
        danger: Some(Danger::Red),
        ..enterprise("南昌红谷烟花厂", 2)
    };
    app.registry.change(&nation(), id, 1, to, None).await.unwrap();
    let red = query(|q| q.danger = Some(Danger::Red));
    assert_eq!(names(&app, &nation(), red).await, ["南昌红谷烟花厂"]);
    let acids = query(|q| q.industry = Some("261".parse().unwrap()));
    assert_eq!(names(&app, &nation(), acids).await.len(), 2);
    let section = query(|q| q.industry = Some("C".parse().unwrap()));
    assert_eq!(names(&app, &clerk(), section).await.len(), 2);
    let mining = query(|q| q.industry = Some("B".parse().unwrap()));
    assert!(names(&app, &nation(), mining).await.is_empty());
    let township = query(|q| {
        q.region = Some("360103002".parse().unwrap());
        q.size = Some(SizeClass::Micro);
    });
    assert_eq!(names(&app, &clerk(), township).await.len(), 1);
    assert!(names(&app, &nation(), text("江南")).await.is_empty());
    assert!(
        names(&app, &nation(), query(|q| q.code_warnings = true))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn pages_go_through_every_row_once_in_both_orders() {
    let app = App::new().await;
    let all: Vec<_> = (1..=23)
        .map(|n| enterprise(&format!("南昌{}厂", char::from(b'A' + (n * 7 % 5) as u8)), n))
        .collect();
    app.registry.register_many(&nation(), all).await.unwrap();
    for sort in [Sort::Registered, Sort::Name] {
        for q in [None, Some("南昌")] {
            let mut seen: Vec<(String, String)> = Vec::new();
            let mut cursor = None;
            loop {
                let query = EnterpriseQuery {
                    q: q.map(str::to_owned),
                    sort,
                    page: PageQuery {
                        limit: Some(4),
                        cursor,
                    },
                    ..EnterpriseQuery::default()
                };
                let page = app.registry.search(&nation(), &query).await.unwrap();
                seen.extend(
                    page.items
                        .iter()
                        .map(|one| (one.name.clone(), one.code.to_string())),
                );
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen.len(), 23);
            let mut codes: Vec<_> = seen.iter().map(|(_, code)| code.clone()).collect();
            if sort == Sort::Name {
                assert!(seen.is_sorted_by_key(|(name, _)| name.clone()));
            } else {
                assert!(codes.is_sorted_by(|a, b| a > b));
            }
            codes.sort();
            codes.dedup();
            assert_eq!(codes.len(), 23);
        }
    }
}

#[tokio::test]
async fn the_export_holds_what_the_list_holds() {
    let app = city().await;
    let phone = NewEnterprise {
        phone: Some("13812345678".to_owned()),
        ..enterprise("南昌=1+1厂", 9)
    };
    app.registry.register(&clerk(), phone).await.unwrap();
    let bytes = app
        .registry
        .export(&clerk(), &EnterpriseQuery::default())
        .await
        .unwrap();
    let mut book = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let sheet = book.sheet_names()[0].clone();
    let range = book.worksheet_range(&sheet).unwrap();
    let rows: Vec<Vec<String>> = range
        .rows()
        .map(|row| row.iter().map(ToString::to_string).collect())
        .collect();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[1][0], "南昌=1+1厂");
    assert_eq!(rows[1][1], code(9));
    assert!(rows[1].contains(&"138****5678".to_owned()));
    assert!(rows[1].contains(&"江西省南昌市东湖区".to_owned()));
}
