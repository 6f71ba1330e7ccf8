//! What the documents say is what the program does.

use std::{fs, path::Path};

use crate::{hold, scan};

fn read(path: &str) -> String {
    fs::read_to_string(scan::root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Names of the public fields of `Config`.
fn settings() -> Vec<String> {
    let config = scan::sources()
        .iter()
        .find(|source| source.krate == "server" && source.path == "config.rs")
        .unwrap();
    let start = config
        .tokens
        .windows(2)
        .position(|w| w[0].is("struct") && w[1].is("Config"))
        .unwrap();
    let mut fields = Vec::new();
    for window in config.tokens[start..].windows(3) {
        if window[0].is("}") {
            break;
        }
        if window[0].is("pub") && window[2].is(":") {
            fields.push(window[1].text.clone());
        }
    }
    fields
}

#[test]
fn every_setting_is_explained() {
    let settings = settings();
    assert!(settings.iter().any(|name| name == "listen"), "settings are found");
    let mut breaches = Vec::new();
    for document in ["README.md", "README.zh-CN.md"] {
        let text = read(document);
        let unnamed = settings
            .iter()
            .map(|name| format!("`ANXU_{}`", name.to_uppercase()));
        breaches.extend(
            unnamed
                .filter(|name| !text.contains(name.as_str()))
                .map(|name| format!("{document}: {name}")),
        );
    }
    hold("every setting stands in both READMEs", breaches);
}

#[test]
fn no_unknown_setting_is_explained() {
    let settings = settings();
    let mut breaches = Vec::new();
    for document in [
        "README.md",
        "README.zh-CN.md",
        "docs/operations/install.md",
        "docs/operations/backup.md",
        "docs/operations/keys.md",
        "docs/operations/monitoring.md",
        "docs/operations/province.md",
        "docs/operations/upgrade.md",
    ] {
        let text = read(document);
        for found in text.split("`ANXU_").skip(1) {
            let name: String = found
                .chars()
                .take_while(|c| c.is_ascii_uppercase() || *c == '_')
                .collect();
            if !name.is_empty() && !settings.contains(&name.to_lowercase()) {
                breaches.push(format!("{document}: ANXU_{name}"));
            }
        }
    }
    hold("documents name only settings that exist", breaches);
}

#[test]
fn links_lead_somewhere() {
    let root = scan::root();
    let mut files: Vec<_> = scan::entries(&root)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    files.extend(
        scan::files(&root.join("docs"))
            .into_iter()
            .filter(|path| path.extension().is_some_and(|e| e == "md")),
    );
    let mut breaches = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap();
            let outside = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !outside && !file.parent().unwrap_or(Path::new("")).join(target).exists() {
                breaches.push(format!("{}: {link}", scan::relative(&file, &root)));
            }
        }
    }
    hold("links lead somewhere", breaches);
}

#[test]
fn decisions_are_numbered_without_gaps() {
    let names: Vec<_> = scan::entries(&scan::root().join("docs/adr"))
        .iter()
        .map(|path| scan::name(path))
        .collect();
    let numbers: Vec<usize> = names
        .iter()
        .filter_map(|name| name.split('-').next()?.parse().ok())
        .collect();
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "{names:?}");
    let index = read("docs/adr/README.md");
    let missing = names
        .iter()
        .filter(|name| *name != "README.md" && !index.contains(name.as_str()));
    hold("every decision stands in the index", missing.cloned().collect());
}

#[test]
fn every_clause_leads_to_its_rule_and_its_test() {
    let text = read("docs/traceability.md");
    let quoted: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| "))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .collect();
    let (rules, tests): (Vec<&str>, Vec<&str>) = quoted.into_iter().partition(|name| name.contains('/'));
    assert!(rules.len() > 20 && tests.len() > 40, "the table is found");
    let functions = scan::functions_of_tests();
    let mut breaches: Vec<String> = rules
        .into_iter()
        .filter(|path| *path != "data/" && !scan::root().join(path).exists())
        .map(|path| format!("no rule {path}"))
        .collect();
    let unknown = tests.into_iter().filter(|name| !functions.contains(*name));
    breaches.extend(unknown.map(|name| format!("no test {name}")));
    hold("the table of clauses names what there is", breaches);
}
