use codes::RegionCode;
use matters::{Industry, Kind, MattersError, Place, load};
use serde_json::{Value, json};
use time::macros::date;

use crate::data::{files, first_issue, shipped, with_change};

const HAZCHEM: &str = "matters/hazchem/first_issue.v1.json";
const CITY: &str = "matters/city.nanchang.json";

/// The shipped files and a second version of the hazchem matter from 2027-01-01 with a shorter name.
fn with_second_version() -> Vec<(String, Vec<u8>)> {
    let mut files = files();
    let (_, bytes) = files.iter().find(|(path, _)| path == HAZCHEM).unwrap();
    let mut value: Value = serde_json::from_slice(bytes).unwrap();
    value["version"] = json!(2);
    value["effective_from"] = json!("2027-01-01");
    value["name"] = json!("第二版");
    files.push((
        "matters/hazchem/first_issue.v2.json".into(),
        serde_json::to_vec(&value).unwrap(),
    ));
    files
}

#[test]
fn the_version_in_force_follows_the_day() {
    let catalogue = load(with_second_version()).unwrap();
    let key = first_issue(Industry::Hazchem);
    let current = |on| catalogue.current(key, on).map(|one| one.version);
    assert_eq!(current(date!(2026 - 04 - 30)), None);
    assert_eq!(current(date!(2026 - 05 - 01)), Some(1));
    assert_eq!(current(date!(2026 - 12 - 31)), Some(1));
    assert_eq!(current(date!(2027 - 01 - 01)), Some(2));
    assert_eq!(
        catalogue.get(key, 1).unwrap().version,
        1,
        "a running application keeps its version"
    );
    assert_eq!(catalogue.get(key, 3), None);
    let in_use: Vec<_> = catalogue
        .in_use(date!(2027 - 06 - 01))
        .map(|one| (one.key, one.version))
        .collect();
    assert_eq!(in_use.len(), Industry::ALL.len() * Kind::ALL.len());
    assert!(in_use.contains(&(key, 2)));
}

#[test]
fn keys_read_and_print_alike() {
    for industry in Industry::ALL {
        for kind in Kind::ALL {
            let key = matters::MatterKey { industry, kind };
            assert_eq!(key.to_string().parse(), Ok(key));
            assert_eq!(serde_json::to_value(key).unwrap(), json!(key.to_string()));
            assert_eq!(serde_json::to_value(industry).unwrap(), json!(industry.as_str()));
            assert_eq!(serde_json::to_value(kind).unwrap(), json!(kind.as_str()));
        }
    }
    for bad in [
        "",
        "hazchem",
        "hazchem.",
        ".first_issue",
        "hazchem.first_issue.v1",
        "gas.first_issue",
    ] {
        assert!(bad.parse::<matters::MatterKey>().is_err(), "{bad}");
    }
}

fn unreadable(change: impl FnOnce(&mut Value), part: &str) {
    match load(with_change(HAZCHEM, change)) {
        Err(MattersError::Unreadable { path, source }) => {
            assert_eq!(path, HAZCHEM);
            assert!(source.to_string().contains(part), "{source}");
        }
        other => panic!("{part}: {:?}", other.map(|_| ())),
    }
}

#[test]
fn files_that_are_not_definitions_are_refused() {
    unreadable(|value| value["colour"] = json!("red"), "unknown field `colour`");
    unreadable(
        |value| value["clocks"][0]["amount"] = json!(5),
        "unknown field `amount`",
    );
    unreadable(
        |value| value["clocks"][0]["term"]["amount"] = json!(0),
        "期限必须大于零",
    );
    unreadable(
        |value| value["clocks"][0]["term"]["unit"] = json!("weeks"),
        "unknown variant `weeks`",
    );
    unreadable(
        |value| value["clocks"][0]["use"] = json!("maybe"),
        "unknown variant `maybe`",
    );
    unreadable(|value| value["industry"] = json!("gas"), "unknown variant `gas`");
    unreadable(|value| value["key"] = json!("gas.first_issue"), "不是事项标识");
    unreadable(
        |value| value["materials"][0]["key"] = json!("一"),
        "不是合法的标识",
    );
    unreadable(|value| value["effective_from"] = json!("2026-5-1"), "");
    unreadable(
        |value| value["conditions"][0]["provenance"]["mark"] = json!("C"),
        "unknown variant `C`",
    );
    unreadable(
        |value| drop(value.as_object_mut().unwrap().remove("deferral")),
        "missing field `deferral`",
    );
}

#[test]
fn names_and_places_must_fit() {
    let mut moved = files();
    moved.iter_mut().find(|(path, _)| path == HAZCHEM).unwrap().0 = "matters/coal/renewal.v1.json".into();
    let error = load(moved).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("规则文件 matters/coal/renewal.v1.json 应命名为 {HAZCHEM}")
    );

    let mut stray = files();
    stray.push(("letters/a.json".into(), Vec::new()));
    assert!(matches!(load(stray), Err(MattersError::Stray { path }) if path == "letters/a.json"));

    let mut twice = files();
    let copy = twice.iter().find(|(path, _)| path == HAZCHEM).unwrap().clone();
    twice.push(copy);
    assert!(matches!(load(twice), Err(MattersError::Twice { path }) if path == HAZCHEM));

    let without: Vec<_> = files()
        .into_iter()
        .filter(|(path, _)| !path.ends_with("sources.json"))
        .collect();
    assert!(matches!(load(without), Err(MattersError::NoSources)));

    let documents: Vec<_> = files()
        .into_iter()
        .filter(|(path, _)| !path.contains("clock_stop"))
        .collect();
    let error = load(documents).unwrap_err().to_string();
    assert!(error.contains("引用的文书“clock_stop”不存在"), "{error}");
}

fn handler(zone: Option<&str>, stage: &str, on: time::Date) -> String {
    let catalogue = shipped();
    let city = catalogue.city("nanchang").unwrap();
    let region: RegionCode = "360111".parse().unwrap();
    let place = Place {
        region: &region,
        zone,
    };
    let key = first_issue(Industry::Hazchem);
    city.handler("emergency", key, stage, place, on)
        .unwrap()
        .department
        .to_string()
}

#[test]
fn a_stage_handed_down_goes_to_the_zone_from_that_day() {
    assert_eq!(
        handler(Some("hightech"), "acceptance", date!(2026 - 06 - 30)),
        "emergency"
    );
    assert_eq!(
        handler(Some("hightech"), "acceptance", date!(2026 - 07 - 01)),
        "hightech_zone"
    );
    assert_eq!(
        handler(Some("hightech"), "decision", date!(2026 - 07 - 01)),
        "emergency"
    );
    assert_eq!(
        handler(Some("elsewhere"), "acceptance", date!(2026 - 07 - 01)),
        "emergency"
    );
    assert_eq!(handler(None, "acceptance", date!(2026 - 07 - 01)), "emergency");
}

fn devolved(change: impl FnOnce(&mut Value)) -> matters::Catalogue {
    load(with_change(CITY, |city| change(&mut city["devolutions"]))).unwrap()
}

#[test]
fn devolutions_reach_regions_and_end() {
    let catalogue = devolved(|all| {
        all[0]["area"] = json!({ "region": "360113" });
        all[0]["until"] = json!("2026-12-31");
    });
    let city = catalogue.city("nanchang").unwrap();
    let check = |region: &str, on, expected: &str| {
        let region: RegionCode = region.parse().unwrap();
        let place = Place {
            region: &region,
            zone: None,
        };
        let body = city
            .handler(
                "emergency",
                first_issue(Industry::Hazchem),
                "acceptance",
                place,
                on,
            )
            .unwrap();
        assert_eq!(body.department.as_str(), expected, "{region} {on}");
    };
    check("360113", date!(2026 - 08 - 01), "hightech_zone");
    check("360113100", date!(2026 - 12 - 31), "hightech_zone");
    check("360113", date!(2027 - 01 - 01), "emergency");
    check("3601", date!(2026 - 08 - 01), "emergency");
    check("360111", date!(2026 - 08 - 01), "emergency");
}

#[test]
fn of_two_devolutions_the_younger_counts() {
    let catalogue = devolved(|all| {
        let mut second = all[0].clone();
        second["from"] = json!("2026-10-01");
        second["to"] = json!("housing");
        all.as_array_mut().unwrap().insert(0, second);
    });
    let city = catalogue.city("nanchang").unwrap();
    let region: RegionCode = "360111".parse().unwrap();
    let place = Place {
        region: &region,
        zone: Some("hightech"),
    };
    let to = |on| {
        let body = city.handler(
            "emergency",
            first_issue(Industry::Hazchem),
            "acceptance",
            place,
            on,
        );
        body.unwrap().department.to_string()
    };
    assert_eq!(to(date!(2026 - 09 - 30)), "hightech_zone");
    assert_eq!(to(date!(2026 - 10 - 01)), "housing");
}
