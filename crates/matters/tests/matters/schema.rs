//! The JSON Schemas beside the data are generated from the types. `ANXU_UPDATE=1 cargo test -p matters`
//! writes them anew.

use std::{env, fs};

use matters::{Definition, DocumentDefinition};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::data::root;

fn schema<T: ToSchema>(title: &str) -> String {
    let mut parts: Vec<(String, RefOr<Schema>)> = Vec::new();
    T::schemas(&mut parts);
    let defs: Map<_, _> = parts
        .into_iter()
        .map(|(name, part)| (name, serde_json::to_value(part).unwrap()))
        .collect();
    let mut whole = serde_json::to_value(T::schema()).unwrap();
    whole["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    whole["title"] = json!(title);
    whole["$defs"] = Value::Object(defs);
    let text = serde_json::to_string_pretty(&whole).unwrap();
    text.replace("#/components/schemas/", "#/$defs/") + "\n"
}

/// Compares values, not text: the order of keys may follow a feature that some other crate switches on.
fn check(path: &str, expected: &str) {
    let path = root().join(path);
    if env::var_os("ANXU_UPDATE").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    assert!(
        read(&found) == read(expected),
        "{} is stale: run ANXU_UPDATE=1 cargo test -p matters",
        path.display()
    );
}

#[test]
fn schemas_match_the_types() {
    check("matters/schema.json", &schema::<Definition>("事项定义"));
    check("documents/schema.json", &schema::<DocumentDefinition>("文书定义"));
}

/// Every reference resolves, and objects are closed, as the types are.
#[test]
fn schemas_are_whole() {
    for text in [
        schema::<Definition>("事项定义"),
        schema::<DocumentDefinition>("文书定义"),
    ] {
        let whole: Value = serde_json::from_str(&text).unwrap();
        walk(&whole, &whole);
    }
}

fn walk(value: &Value, whole: &Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(target)) = object.get("$ref") {
                assert!(
                    whole.pointer(target.trim_start_matches('#')).is_some(),
                    "{target}"
                );
            }
            if object.contains_key("properties") && object.get("type") == Some(&json!("object")) {
                assert_eq!(
                    object.get("additionalProperties"),
                    Some(&json!(false)),
                    "{object:?}"
                );
            }
            object.values().for_each(|part| walk(part, whole));
        }
        Value::Array(list) => list.iter().for_each(|part| walk(part, whole)),
        _ => {}
    }
}
