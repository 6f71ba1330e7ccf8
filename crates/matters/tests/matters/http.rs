//! The routes over the shipped data, and over data that an installation overrides.

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use kernel::{Actor, Blobs, Db, DbConfig, FixedClock, Kernel, Role, RuleFiles, Scope, SeededIds};
use matters::{Industry, Matters, MattersError};
use serde_json::{Value, json};
use tempfile::TempDir;
use time::macros::datetime;
use tower::ServiceExt;

use crate::data::{first_issue, root};

struct House {
    folder: TempDir,
    kernel: Kernel,
}

impl House {
    /// A kernel on 2026-11-20 whose rule data can be overridden in `rules/`.
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("db.sqlite").display());
        let db = Db::connect(&DbConfig { url, connections: 1 }).await.unwrap();
        let clock = Arc::new(FixedClock::at(datetime!(2026-11-20 02:00 UTC)));
        let blobs = Blobs::folder(&folder.path().join("files")).unwrap();
        let rules = RuleFiles::new(Some(folder.path().join("rules")));
        let kernel = Kernel::new(db, clock, Arc::new(SeededIds::new(7)), blobs, rules);
        Self { folder, kernel }
    }

    fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        let file = self.folder.path().join("rules").join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    }

    fn matters(&self) -> Matters {
        Matters::new(self.kernel.clone()).unwrap()
    }

    fn refused(&self) -> MattersError {
        Matters::new(self.kernel.clone()).err().unwrap()
    }

    fn router(&self) -> Router {
        matters::router(self.matters()).split_for_parts().0
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.router(), path).await
    }

    async fn get_as(&self, role: Role, path: &str) -> (StatusCode, Value) {
        let actor = Actor {
            account: None,
            name: "测试".into(),
            roles: vec![role],
            scope: Scope::everything(),
            is_system: false,
            request: Arc::default(),
        };
        answer(self.router().layer(Extension(actor)), path).await
    }
}

async fn answer(router: Router, path: &str) -> (StatusCode, Value) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn the_list_names_what_can_be_applied_for() {
    let (status, list) = House::new().await.get("/api/v1/matters").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (&list["city"], &list["demonstration"]),
        (&json!("南昌市"), &json!(true))
    );
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), Industry::ALL.len() * matters::Kind::ALL.len());
    let hazchem = items
        .iter()
        .find(|one| one["key"] == "hazchem.first_issue")
        .unwrap();
    assert_eq!(
        hazchem["statutory"]["term"],
        json!({ "amount": 45, "unit": "days" })
    );
    assert_eq!(hazchem["body"], "南昌市应急管理局");
    assert!(
        hazchem.get("item_code").is_none(),
        "an unconfirmed base code makes no item code"
    );
    assert!(hazchem["item_code_note"].as_str().unwrap().contains("待核"));
    let explosives = items
        .iter()
        .find(|one| one["key"] == "civil_explosives.first_issue")
        .unwrap();
    assert_eq!(explosives["item_code"].as_str().unwrap().len(), 33);
    assert!(explosives["item_code_note"].as_str().unwrap().contains("虚构"));
}

#[tokio::test]
async fn a_matter_is_published_whole_but_for_other_readings_of_the_law() {
    let house = House::new().await;
    let file = std::fs::read(root().join("matters/hazchem/first_issue.v1.json")).unwrap();
    let mut stored: Value = serde_json::from_slice(&file).unwrap();
    stored.as_object_mut().unwrap().remove("$schema");
    let clocks = stored["clocks"].as_array_mut().unwrap();
    let all = clocks.len();
    clocks.retain(|clock| clock["use"] != "alternative_reading");
    assert!(clocks.len() < all, "the case needs a disputed reading");

    let (status, view) = house.get("/api/v1/matters/hazchem.first_issue").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&view["version"], &view["in_use"]), (&json!(1), &json!(true)));
    assert_eq!(view["departments"]["emergency"], "南昌市应急管理局");
    for list in [
        "conditions",
        "materials",
        "stages",
        "clocks",
        "pauses",
        "statutes",
    ] {
        assert_eq!(
            view["definition"][list].as_array().unwrap().len(),
            stored[list].as_array().unwrap().len(),
            "{list}"
        );
    }
    assert_eq!(view["definition"]["power"]["object"], stored["power"]["object"]);
    let sources = view["sources"].as_array().unwrap();
    assert!(sources.iter().all(|source| source["title"].is_string()));
}

#[tokio::test]
async fn versions_follow_the_day_and_unknown_ones_are_not_found() {
    let house = House::new().await;
    let file = std::fs::read(root().join("matters/hazchem/first_issue.v1.json")).unwrap();
    let mut second: Value = serde_json::from_slice(&file).unwrap();
    second["version"] = json!(2);
    second["effective_from"] = json!("2027-01-01");
    house.put("matters/hazchem/first_issue.v2.json", second.to_string());

    let path = "/api/v1/matters/hazchem.first_issue";
    let (_, versions) = house.get(&format!("{path}/versions")).await;
    let seen: Vec<_> = versions
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["version"], &one["in_use"]))
        .collect();
    assert_eq!(seen, [(&json!(1), &json!(true)), (&json!(2), &json!(false))]);
    let (_, coming) = house.get(&format!("{path}?version=2")).await;
    assert_eq!(
        (&coming["version"], &coming["in_use"]),
        (&json!(2), &json!(false))
    );
    for unknown in [
        format!("{path}?version=3"),
        "/api/v1/matters/gas.change/versions".into(),
        "/api/v1/matters/nonsense".into(),
    ] {
        let (status, problem) = house.get(&unknown).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{unknown}");
        assert_eq!(problem["type"], "urn:anxu:problem:not-found");
    }
}

#[tokio::test]
async fn what_is_open_is_for_the_administrator_only() {
    let house = House::new().await;
    let path = "/api/v1/matters-unconfirmed";
    assert_eq!(house.get(path).await.0, StatusCode::UNAUTHORIZED);
    let (status, problem) = house.get_as(Role::WindowClerk, path).await;
    assert_eq!(
        (status, &problem["permission"]),
        (StatusCode::FORBIDDEN, &json!("matters:manage"))
    );

    let (status, open) = house.get_as(Role::Administrator, path).await;
    assert_eq!(status, StatusCode::OK);
    let open = open.as_array().unwrap();
    let expected: usize = {
        let catalogue = house.matters().catalogue();
        let matters: usize = catalogue.matters().map(|one| one.unconfirmed().len()).sum();
        let documents = catalogue
            .documents()
            .filter(|one| one.unconfirmed().is_some())
            .count();
        matters + documents + house.matters().city().unconfirmed().len()
    };
    assert_eq!(open.len(), expected);
    // Departments and bodies are called by their names.
    let named = |section: &'static str| open.iter().filter(move |one| one["section"] == section);
    assert!(named("departments").count() > 0);
    for one in named("departments").chain(named("city")) {
        let label = one["label"].as_str().unwrap();
        assert!(!label.contains(|c: char| c.is_ascii_lowercase()), "{label}");
    }
    assert!(
        open.iter()
            .all(|one| one["mark"] == "unconfirmed" && !one["note"].as_str().unwrap().is_empty())
    );
    let code = open.iter().find(|one| one["label"] == "许可证类型代码").unwrap();
    assert!(code["sources"][0]["title"].is_string());
    let city = open
        .iter()
        .filter(|one| one["file"] == "matters/city.nanchang.json");
    assert_eq!(city.count(), house.matters().city().unconfirmed().len());
}

#[tokio::test]
async fn a_superseded_version_is_no_longer_to_be_checked() {
    let house = House::new().await;
    let file = std::fs::read(root().join("matters/hazchem/first_issue.v1.json")).unwrap();
    let mut second: Value = serde_json::from_slice(&file).unwrap();
    second["version"] = json!(2);
    second["effective_from"] = json!("2026-06-01");
    house.put("matters/hazchem/first_issue.v2.json", second.to_string());
    let (_, open) = house
        .get_as(Role::Administrator, "/api/v1/matters-unconfirmed")
        .await;
    let files: Vec<_> = open
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["file"].as_str().unwrap())
        .collect();
    assert!(files.contains(&"matters/hazchem/first_issue.v2.json"));
    assert!(!files.contains(&"matters/hazchem/first_issue.v1.json"));
}

#[tokio::test]
async fn working_days_follow_the_notices_and_are_never_guessed() {
    let house = House::new().await;
    let (status, answer) = house.get("/api/v1/working-days?from=2026-09-30&days=1").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        answer["until"], "2026-10-08",
        "the National Day holiday is not counted"
    );
    let (status, problem) = house.get("/api/v1/working-days?from=2026-12-20&days=30").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["type"], "urn:anxu:problem:calendar-year-missing");
    assert_eq!(problem["year"], 2027);
    assert!(problem["detail"].as_str().unwrap().contains("缺少2027年"));
    let (status, problem) = house.get("/api/v1/working-days?from=2026-01-05&days=1001").await;
    assert_eq!(
        (status, &problem["errors"][0]["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("days"))
    );
    assert_eq!(
        house.get("/api/v1/working-days?from=2026-02-30&days=1").await.0,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn an_installation_chooses_its_city_and_bad_rules_keep_it_from_starting() {
    let house = House::new().await;
    let shipped = std::fs::read(root().join("matters/city.nanchang.json")).unwrap();
    let mut city: Value = serde_json::from_slice(&shipped).unwrap();
    city["key"] = json!("elsewhere");
    city["name"] = json!("别处市");
    house.put("matters/city.elsewhere.json", city.to_string());
    assert_eq!(house.matters().city().name, "南昌市");
    house.put("matters/city.json", r#"{ "city": "elsewhere" }"#);
    assert_eq!(house.matters().city().name, "别处市");
    assert!(
        house
            .matters()
            .catalogue()
            .get(first_issue(Industry::Coal), 1)
            .is_some()
    );

    house.put("matters/city.json", r#"{ "city": "nowhere" }"#);
    assert!(matches!(house.refused(), MattersError::NoCity));
    house.put("matters/city.json", r#"{ "city": "elsewhere" }"#);
    city["licence_numbers"]["digits"] = json!(9);
    house.put("matters/city.elsewhere.json", city.to_string());
    assert!(matches!(house.refused(), MattersError::Faulty(_)));
    house.put("matters/city.elsewhere.json", &shipped);
    assert!(matches!(house.refused(), MattersError::Misnamed { .. }));
    std::fs::remove_file(house.folder.path().join("rules/matters/city.elsewhere.json")).unwrap();
    house.put("matters/city.json", r#"{ "city": "nanchang" }"#);
    house.put("holidays/holidays.csv", "notice,date,day,name\n");
    assert!(matches!(
        house.refused(),
        MattersError::Table {
            path: "holidays/holidays.csv",
            ..
        }
    ));
}

#[tokio::test]
async fn the_etag_of_a_matter_is_its_version() {
    let router = House::new().await.router();
    let request = Request::get("/api/v1/matters/coal.first_issue")
        .body(Body::empty())
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.headers()[header::ETAG], "\"1\"");
}

#[tokio::test]
async fn outlines_come_from_the_rules_folder() {
    let path = "/api/v1/regions/outlines";
    let house = House::new().await;
    let (status, problem) = house.get_as(Role::Regulator, path).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("geo/districts.geojson")
    );
    let ring = json!([[115.8, 28.6], [115.9, 28.6], [115.9, 28.7], [115.8, 28.6]]);
    let file = |ring: &Value| {
        json!({ "type": "FeatureCollection", "features": [{ "type": "Feature",
            "properties": { "adcode": 360102, "name": "东湖区", "level": "district" },
            "geometry": { "type": "Polygon", "coordinates": [ring] } }] })
    };
    house.put("geo/districts.geojson", file(&ring).to_string());
    let (status, outlines) = house.get_as(Role::Regulator, path).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        outlines["features"][0]["properties"],
        json!({ "code": "360102", "name": "东湖区" })
    );
    assert_eq!(outlines["features"][0]["geometry"]["coordinates"], json!([ring]));
    // A file that cannot be used keeps the platform from starting.
    house.put("geo/districts.geojson", file(&json!([[0, 0]])).to_string());
    assert!(
        matches!(house.refused(), MattersError::Unreadable { path, .. } if path == "geo/districts.geojson")
    );
}
