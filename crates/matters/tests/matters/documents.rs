use std::collections::{BTreeMap, BTreeSet};

use matters::{
    DocumentDefinition, Notice, PLACEHOLDERS, compose, compose_with_items, document_number, meaning,
};
use proptest::prelude::*;

use crate::data::{DAY, shipped};

/// A value for every placeholder: its own meaning in brackets.
fn values() -> BTreeMap<&'static str, String> {
    PLACEHOLDERS
        .iter()
        .map(|(name, meaning)| (*name, format!("［{meaning}］")))
        .collect()
}

fn rows(definition: &DocumentDefinition) -> Vec<BTreeMap<&str, String>> {
    let columns = definition.items.iter().flat_map(|items| &items.columns);
    let row: BTreeMap<_, _> = columns
        .map(|column| (column.key.as_str(), column.title.clone()))
        .collect();
    if row.is_empty() {
        Vec::new()
    } else {
        vec![row.clone(), row]
    }
}

fn filled(definition: &DocumentDefinition) -> Notice {
    compose_with_items(definition, &values(), &rows(definition)).unwrap()
}

/// A template with every placeholder replaced as [`values`] says.
fn by_hand(template: &str) -> String {
    values().iter().fold(template.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

#[test]
fn every_document_says_what_the_law_demands() {
    let catalogue = shipped();
    assert_eq!(catalogue.documents().count(), 26);
    for definition in catalogue.documents() {
        let notice = filled(definition);
        let text = notice.paragraphs.join("\n");
        for sentence in &definition.mandatory {
            assert!(
                text.contains(&by_hand(sentence)),
                "{}: {sentence}",
                definition.key
            );
        }
        let whole = serde_json::to_string(&notice.paragraphs).unwrap();
        assert!(!whole.contains(['{', '}']), "{}: {whole}", definition.key);
        assert_eq!(notice.table.is_some(), definition.items.is_some());
    }
}

#[test]
fn decisions_against_the_applicant_name_both_remedies() {
    let catalogue = shipped();
    for key in [
        "refusal_to_accept",
        "refusal",
        "renewal_refusal",
        "rescission",
        "withdrawal",
        "deregistration",
        "suspension",
        "revocation",
    ] {
        let text = filled(catalogue.current_document(key, DAY).unwrap())
            .paragraphs
            .join("");
        for part in [
            "六十日内向［复议机关］申请行政复议",
            "六个月内依法向［管辖法院］提起行政诉讼",
        ] {
            assert!(text.contains(part), "{key}: {part}");
        }
    }
}

#[test]
fn an_acceptance_reads_as_people_expect() {
    let catalogue = shipped();
    let definition = catalogue.current_document("acceptance", DAY).unwrap();
    let mut values = values();
    values.insert(
        "number",
        document_number("洪应急", &definition.number_series, 2026, 12),
    );
    values.insert(
        "matter",
        "危险化学品生产企业安全生产许可证核发（首次申请）".into(),
    );
    values.insert("decision_due_date", "2026年12月24日".into());
    values.remove("deferred_materials");
    let notice = compose(definition, &values).unwrap();
    assert_eq!(notice.title, "行政许可申请受理通知书");
    assert_eq!(notice.number, "洪应急许受〔2026〕12号");
    assert_eq!(notice.addressee, "［申请人名称］");
    assert_eq!(
        notice.paragraphs[0],
        "你单位提出的危险化学品生产企业安全生产许可证核发（首次申请）申请，材料齐全、符合法定形式。\
         根据《中华人民共和国行政许可法》第三十二条第一款第五项，决定予以受理。"
    );
    assert_eq!(
        notice.paragraphs[1],
        "本机关将于2026年12月24日前作出是否准予行政许可的决定。"
    );
    assert!(
        !notice.paragraphs.iter().any(|text| text.contains("容缺")),
        "nothing was deferred"
    );
    assert_eq!(notice.footer.copies, "一式2份：第一联存档，第二联交申请人");
    assert_eq!(notice.footer.issuer, "［实施机关］");
}

#[test]
fn every_missing_or_blank_value_is_refused_by_name() {
    let catalogue = shipped();
    for definition in catalogue.documents() {
        let optional: BTreeSet<_> = definition
            .paragraphs
            .iter()
            .filter_map(|one| one.only_with.as_deref())
            .collect();
        for name in definition.placeholders() {
            for value in [None, Some(" 　")] {
                let mut values = values();
                values.remove(name);
                values.extend(value.map(|blank| (name, blank.to_owned())));
                let result = compose_with_items(definition, &values, &rows(definition));
                match result {
                    Ok(notice) => {
                        assert!(optional.contains(name), "{} {name}", definition.key);
                        assert!(notice.paragraphs.len() < definition.paragraphs.len());
                    }
                    Err(error) => {
                        let names: Vec<_> = error.missing.iter().map(|one| one.name.as_str()).collect();
                        assert_eq!(names, [name], "{}", definition.key);
                        let expected = format!("《{}》缺少：{}", definition.title, meaning(name).unwrap());
                        assert_eq!(error.to_string(), expected);
                    }
                }
            }
        }
    }
}

#[test]
fn lists_need_rows_and_every_cell() {
    let catalogue = shipped();
    let definition = catalogue.current_document("correction", DAY).unwrap();
    let error = compose(definition, &values()).unwrap_err();
    assert_eq!(error.to_string(), "《行政许可申请材料补正告知书》缺少：清单内容");

    let mut rows = rows(definition);
    rows[1].remove("problem");
    rows[1].insert("requirement", " ".into());
    let error = compose_with_items(definition, &values(), &rows).unwrap_err();
    let names: Vec<_> = error.missing.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["items[2].problem", "items[2].requirement"]);
    assert!(
        error.to_string().contains("需补正的材料第2行的“存在的问题”"),
        "{error}"
    );

    let table = filled(definition).table.unwrap();
    assert_eq!(table.columns, ["材料名称", "存在的问题", "补正要求"]);
    assert_eq!(
        table.rows,
        [
            ["材料名称", "存在的问题", "补正要求"],
            ["材料名称", "存在的问题", "补正要求"]
        ]
    );
}

#[test]
fn values_are_never_read_as_templates() {
    let catalogue = shipped();
    let definition = catalogue.current_document("refusal", DAY).unwrap();
    let mut values = values();
    values.insert("reason", "企业名为{court}，{".into());
    let notice = compose_with_items(definition, &values, &rows(definition)).unwrap();
    assert_eq!(notice.paragraphs[1], "理由：企业名为{court}，{");
}

#[test]
fn the_list_of_placeholders_has_no_doubles_and_no_dead_entries() {
    let catalogue = shipped();
    let used: BTreeSet<_> = catalogue
        .documents()
        .flat_map(DocumentDefinition::placeholders)
        .collect();
    let known: BTreeSet<_> = PLACEHOLDERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(known.len(), PLACEHOLDERS.len());
    let dead: Vec<_> = known.difference(&used).collect();
    assert_eq!(
        dead,
        [&"items"],
        "only the name of the list itself is no placeholder"
    );
}

proptest! {
    /// No template makes the composer panic; one without faults and with all values leaves no placeholder.
    #[test]
    fn templates_never_panic(text in "[a-z{}一二\\n ]{0,40}") {
        let catalogue = shipped_once();
        let mut definition = catalogue.clone();
        definition.paragraphs.truncate(1);
        definition.paragraphs[0].text.clone_from(&text);
        definition.mandatory.clear();
        let sound = definition.faults().is_empty();
        let result = compose(&definition, &values());
        if sound {
            let left = result.unwrap().paragraphs[0].contains(['{', '}']);
            prop_assert!(!left);
        }
    }
}

fn shipped_once() -> &'static DocumentDefinition {
    static ONE: std::sync::LazyLock<DocumentDefinition> =
        std::sync::LazyLock::new(|| shipped().current_document("acceptance", DAY).unwrap().clone());
    &ONE
}
