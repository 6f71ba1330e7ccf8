//! Arrows point one way, and every one of them is allowed here.

use std::{collections::BTreeMap, fs};

use toml::{Table, Value};

use crate::{hold, scan};

/// What each crate may stand on. A crate may only name crates above it, so that there are no circles.
const ALLOWED: &[(&str, &[&str])] = &[
    // Libraries of their own: no kernel, no capability.
    ("codes", &[]),
    ("evidence", &[]),
    ("typesetting", &[]),
    ("certificate", &["typesetting"]),
    // What every capability stands on.
    ("kernel", &["codes"]),
    // Keys, timestamps and printer behind one face.
    ("press", &["certificate"]),
    // Capabilities.
    ("identity", &["codes", "kernel"]),
    ("registry", &["codes", "kernel"]),
    ("matters", &["codes", "kernel"]),
    ("transparency", &["codes", "kernel", "evidence"]),
    (
        "applications",
        &[
            "codes",
            "kernel",
            "identity",
            "registry",
            "matters",
            "press",
            "certificate",
        ],
    ),
    (
        "licences",
        &[
            "codes",
            "kernel",
            "matters",
            "applications",
            "press",
            "certificate",
        ],
    ),
    (
        "collaboration",
        &["codes", "kernel", "matters", "applications", "press"],
    ),
    ("notices", &["kernel", "identity"]),
    // Faces over capabilities; what `public` needs from most of them are narrow traits that the server wires.
    ("public", &["codes", "kernel", "matters", "certificate"]),
    (
        "demo",
        &[
            "codes",
            "kernel",
            "identity",
            "registry",
            "matters",
            "applications",
            "licences",
            "transparency",
            "certificate",
            "press",
        ],
    ),
    // The only one that knows them all.
    (
        "server",
        &[
            "codes",
            "kernel",
            "evidence",
            "certificate",
            "press",
            "identity",
            "registry",
            "matters",
            "transparency",
            "applications",
            "licences",
            "collaboration",
            "notices",
            "public",
            "demo",
        ],
    ),
    (
        "cli",
        &[
            "codes",
            "kernel",
            "evidence",
            "certificate",
            "press",
            "identity",
            "registry",
            "licences",
            "transparency",
            "demo",
            "server",
        ],
    ),
];

/// Libraries that could leave the house tomorrow.
const LIBRARIES: &[&str] = &["codes", "evidence", "typesetting", "certificate"];

fn manifest(krate: &str) -> Table {
    let path = scan::root().join("crates").join(krate).join("Cargo.toml");
    fs::read_to_string(path).unwrap().parse().unwrap()
}

/// Names of dependencies in a section, also in those for a target.
fn dependencies(manifest: &Table, section: &str) -> Vec<String> {
    let own = manifest.get(section).and_then(Value::as_table);
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(|all| all.values());
    let targets = targets.filter_map(|target| target.get(section).and_then(Value::as_table));
    own.into_iter()
        .chain(targets)
        .flat_map(|table| table.keys().cloned())
        .collect()
}

#[test]
fn arrows_point_one_way() {
    let allowed: BTreeMap<_, _> = ALLOWED.iter().copied().collect();
    let house = scan::crates();
    let mut breaches = Vec::new();
    for krate in &house {
        let Some(allowed) = allowed.get(krate.as_str()) else {
            breaches.push(format!("{krate} has no place in the table"));
            continue;
        };
        let forbidden = forbidden(&manifest(krate), &house, allowed);
        breaches.extend(forbidden.iter().map(|on| format!("{krate} → {on}")));
    }
    hold("a crate stands only on what the table allows", breaches);
}

/// Crates of the house that a manifest names in any section and may not.
fn forbidden(manifest: &Table, house: &[String], allowed: &[&str]) -> Vec<String> {
    ["dependencies", "build-dependencies", "dev-dependencies"]
        .iter()
        .flat_map(|section| dependencies(manifest, section))
        .filter(|on| house.contains(on) && !allowed.contains(&on.as_str()))
        .collect()
}

#[test]
fn forbidden_arrows_are_seen() {
    let manifest = "[dependencies]\nkernel.workspace = true\nserde = \"1\"\n\
        [target.'cfg(unix)'.dependencies]\nserver.workspace = true\n[dev-dependencies]\ndemo.workspace = true";
    let house = ["kernel", "server", "demo"].map(String::from);
    let found = forbidden(&manifest.parse().unwrap(), &house, &["kernel"]);
    assert_eq!(found, ["server", "demo"]);
}

#[test]
fn the_table_has_no_circles() {
    let mut above: Vec<&str> = Vec::new();
    let mut breaches = Vec::new();
    for (krate, on) in ALLOWED {
        breaches.extend(
            on.iter()
                .filter(|on| !above.contains(on))
                .map(|on| format!("{krate} → {on}")),
        );
        above.push(krate);
    }
    breaches.extend(
        above
            .iter()
            .filter(|known| !scan::crates().contains(&(**known).to_owned()))
            .map(|gone| format!("{gone} does not exist")),
    );
    hold("the table names only crates above", breaches);
}

#[test]
fn libraries_know_no_kernel() {
    let known: BTreeMap<_, _> = ALLOWED.iter().copied().collect();
    let breaches = LIBRARIES.iter().flat_map(|library| {
        let on = known[library].iter().filter(|on| !LIBRARIES.contains(on));
        on.map(move |on| format!("{library} → {on}"))
    });
    hold("a library stands on libraries only", breaches.collect());
}

#[test]
fn a_folder_is_named_like_its_crate() {
    let crates = scan::crates();
    let other = crates
        .iter()
        .filter(|krate| manifest(krate)["package"]["name"].as_str() != Some(krate));
    hold("folder name = crate name", other.cloned().collect());
}
