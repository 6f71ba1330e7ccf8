//! The data files of the repository load and say what their sources say.

use codes::{
    Divisions, Industries, IndustryCode, IndustryLevel, LicenceNumberPatterns, RegionCode, RegionLevel,
};

fn divisions() -> Divisions {
    Divisions::from_csv([
        include_str!("../../../../data/divisions/provinces.csv"),
        include_str!("../../../../data/divisions/cities.csv"),
        include_str!("../../../../data/divisions/areas.csv"),
        include_str!("../../../../data/divisions/streets_36.csv"),
        include_str!("../../../../data/divisions/villages_3601.csv"),
    ])
    .unwrap()
}

fn industries() -> Industries {
    Industries::from_csv(include_str!("../../../../data/industry/gbt4754_2017.csv")).unwrap()
}

fn region(text: &str) -> RegionCode {
    text.parse().unwrap()
}

#[test]
fn all_divisions_hang_together() {
    let divisions = divisions();
    // Three cities without counties (东莞, 中山, 儋州) stand in the source on two levels.
    assert_eq!(divisions.len(), 31 + 342 + 2978 - 3 + 1767 + 2263);
    assert_eq!(divisions.provinces().len(), 31);
    let jiangxi = region("36");
    assert_eq!(divisions.children(&jiangxi).len(), 11);
    let nanchang = region("360100");
    assert_eq!(divisions.children(&nanchang).len(), 9);
    let count = |level| {
        divisions
            .subtree(&nanchang)
            .filter(|(code, _)| code.level() == level)
            .count()
    };
    assert_eq!(
        (count(RegionLevel::Township), count(RegionLevel::Village)),
        (139, 2263)
    );
}

#[test]
fn full_names() {
    let divisions = divisions();
    let check = |code: &str, name: &str| {
        assert_eq!(
            divisions.full_name(&region(code)).as_deref(),
            Some(name),
            "{code}"
        );
    };
    check("360113", "江西省南昌市红谷滩区");
    check("360102002001", "江西省南昌市东湖区滕王阁街道民巷社区居委会");
    check("110101", "北京市东城区");
    check("469001", "海南省五指山市");
    check("500101", "重庆市万州区");
    assert!(!divisions.contains(&region("360105")), "湾里区 was abolished");
}

#[test]
fn every_name_leads_to_a_province() {
    let divisions = divisions();
    let broken: Vec<_> = divisions
        .provinces()
        .iter()
        .flat_map(|province| divisions.subtree(province))
        .filter(|(code, name)| !divisions.full_name(code).is_some_and(|full| full.ends_with(name)))
        .collect();
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn industries_are_the_edition_of_2017() {
    let industries = industries();
    assert_eq!(industries.len(), 1971);
    assert_eq!(industries.sections().len(), 20);
    let below = |codes: Vec<IndustryCode>| -> Vec<IndustryCode> {
        codes
            .iter()
            .flat_map(|code| industries.children(code).to_vec())
            .collect()
    };
    let divisions = below(industries.sections().to_vec());
    let groups = below(divisions.clone());
    let classes = below(groups.clone());
    assert_eq!((divisions.len(), groups.len(), classes.len()), (97, 473, 1381));
    assert!(classes.iter().all(|code| code.level() == IndustryLevel::Class));
    let code: IndustryCode = "C2611".parse().unwrap();
    assert_eq!(industries.name(&code), Some("无机酸制造"));
    assert_eq!(industries.section(&code).map(IndustryCode::as_str), Some("C"));
    let only_in_2017: IndustryCode = "6432".parse().unwrap();
    assert_eq!(industries.name(&only_in_2017), Some("互联网生活服务平台"));
}

#[test]
fn numbering_patterns() {
    let patterns =
        LicenceNumberPatterns::from_csv(include_str!("../../../../data/licence_numbers/patterns.csv"))
            .unwrap();
    let codes: Vec<&str> = patterns.iter().map(|pattern| pattern.industry()).collect();
    assert_eq!(codes, ["FM", "MK", "WH", "YH", "MB", "JZ"]);
    let number = patterns.get("赣", "WH").unwrap().number(2026, 123).unwrap();
    assert_eq!(number.to_string(), "（赣）WH安许证字〔2026〕000123");
}
