//! The OpenAPI document keeps one schema a name: two wire types of one name would silently become one.

use std::collections::BTreeMap;

use crate::{hold, scan};

#[test]
fn wire_types_have_names_of_their_own() {
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in scan::sources() {
        for schema in schemas(&source.text) {
            named
                .entry(schema)
                .or_default()
                .push(format!("crates/{}/src/{}", source.krate, source.path));
        }
    }
    assert!(
        named.contains_key("Problem") && named.contains_key("MatterLicence"),
        "schemas are found"
    );
    let twice = named.into_iter().filter(|(_, places)| places.len() > 1);
    hold(
        "a schema name is used once",
        twice
            .map(|(name, places)| format!("{name}: {}", places.join(", ")))
            .collect(),
    );
}

/// Names of the types in a file that derive a schema, as they appear in the document.
fn schemas(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices("ToSchema") {
        let derive = text[..start]
            .rfind("#[derive(")
            .filter(|at| !text[*at..start].contains(")]"));
        if derive.is_none() {
            continue;
        }
        let rest = &text[start..];
        let Some(at) = ["struct ", "enum "]
            .iter()
            .filter_map(|word| rest.find(word).map(|at| at + word.len()))
            .min()
        else {
            continue;
        };
        let renamed = rest[..at].split("schema(as = ").nth(1);
        let name = renamed.unwrap_or(&rest[at..]);
        let name: String = name
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if !name.is_empty() {
            found.push(name);
        }
    }
    found
}

#[test]
fn names_are_read_as_the_document_has_them() {
    let text = "#[derive(Debug, ToSchema)]\n#[serde(x)]\npub struct A { b: B }\n#[derive(ToSchema)]\n#[schema(as = D)]\nenum C {}\nuse utoipa::ToSchema;";
    assert_eq!(schemas(text), ["A", "D"]);
}
