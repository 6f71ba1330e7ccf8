//! Canonical JSON and salted entries.

use data_encoding::HEXLOWER;
use evidence::{EntryHash, Error, canonical_json, leaf_hash};
use proptest::prelude::*;
use serde_json::{Value, json};

fn canonical(text: &str) -> String {
    let value: Value = serde_json::from_str(text).unwrap();
    String::from_utf8(canonical_json(&value).unwrap()).unwrap()
}

#[test]
fn rfc_8785_example() {
    // RFC 8785, sections 3.2.2 to 3.2.4.
    let input = r#"{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    }"#;
    let expected = "{\"literals\":[null,true,false],\
        \"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
        \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(canonical(input), expected);
}

#[test]
fn members_are_sorted_by_utf16_units() {
    // RFC 8785, section 3.2.3: an emoji (two surrogates) comes before U+FB33.
    let input = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
        "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",
        "\u00f6":"Latin Small Letter O With Diaeresis"}"#;
    let output = canonical(input);
    let order = [
        "Carriage Return",
        "One",
        "Control",
        "Latin",
        "Euro",
        "Emoji",
        "Hebrew",
    ];
    let found: Vec<_> = order.iter().map(|word| output.find(word).unwrap()).collect();
    assert!(found.is_sorted(), "{output}");
}

#[test]
fn integers_that_a_double_would_round_are_refused() {
    for ok in [
        json!(9_007_199_254_740_991_u64),
        json!(-9_007_199_254_740_991_i64),
        json!(0),
    ] {
        assert_eq!(canonical_json(&ok).unwrap(), ok.to_string().into_bytes());
    }
    for bad in [
        json!(9_007_199_254_740_992_u64),
        json!(-9_007_199_254_740_992_i64),
        json!(u64::MAX),
        json!(1e20),
    ] {
        let nested = json!({"a": [1, {"b": bad}]});
        assert!(
            matches!(canonical_json(&nested), Err(Error::InexactInteger(_))),
            "{nested}"
        );
    }
}

#[test]
fn entries_are_salted() {
    // printf 'AAAAAAAAAAAAAAAA{"a":1}' | sha256sum
    let entry = EntryHash::of(b"AAAAAAAAAAAAAAAA", b"{\"a\":1}");
    assert_eq!(
        HEXLOWER.encode(&entry.0),
        "34ca1208977397e8842b612d26c430650e5c4aab2598eae5b4afd81a640fc8f4"
    );
    assert_ne!(entry, EntryHash::of(b"AAAAAAAAAAAAAAAB", b"{\"a\":1}"));
    // RFC 6962, section 2.1: the leaf of the empty entry is SHA-256(0x00).
    let empty = HEXLOWER.encode(&leaf_hash([]).0);
    assert_eq!(
        empty,
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        any::<f64>()
            .prop_filter("finite", |f| f.is_finite())
            .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn canonical_bytes_are_a_fixed_point(value in any_json()) {
        match canonical_json(&value) {
            Ok(first) => {
                let again: Value = serde_json::from_slice(&first).unwrap();
                prop_assert_eq!(canonical_json(&again).unwrap(), first);
            }
            Err(error) => prop_assert!(matches!(error, Error::InexactInteger(_))),
        }
    }
}
