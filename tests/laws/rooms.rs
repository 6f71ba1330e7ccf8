//! Who has seen one capability knows them all.

use crate::{hold, scan};

/// The capabilities.
pub const CAPABILITIES: &[&str] = &[
    "identity",
    "registry",
    "matters",
    "applications",
    "licences",
    "transparency",
    "collaboration",
    "notices",
];
/// The rooms of a capability; a room that outgrows a file becomes a folder of the same name.
const ROOMS: &[&str] = &[
    "lib",
    "model",
    "rules",
    "service",
    "store",
    "http",
    "jobs",
    "ports",
    "migrations",
];

#[test]
fn capabilities_have_the_same_rooms() {
    let mut breaches = Vec::new();
    for krate in CAPABILITIES {
        let entries = scan::entries(&scan::root().join("crates").join(krate).join("src"));
        let unknown = entries
            .iter()
            .map(|entry| scan::name(entry))
            .filter(|name| !is_room(name));
        breaches.extend(unknown.map(|name| format!("crates/{krate}/src/{name}")));
    }
    hold("a capability has only the rooms that all have", breaches);
}

fn is_room(name: &str) -> bool {
    ROOMS.contains(&name.strip_suffix(".rs").unwrap_or(name))
}

#[test]
fn unknown_rooms_are_seen() {
    assert!(
        ["lib.rs", "service", "store.rs", "migrations"]
            .iter()
            .all(|name| is_room(name))
    );
    assert!(
        !["utils.rs", "helpers", "service2.rs"]
            .iter()
            .any(|name| is_room(name))
    );
}

#[test]
fn a_room_is_a_file_or_a_folder_not_both() {
    let mut breaches = Vec::new();
    for krate in CAPABILITIES {
        let src = scan::root().join("crates").join(krate).join("src");
        // `migrations.rs` lists the SQL files of the folder beside it.
        for room in ROOMS.iter().filter(|room| **room != "migrations") {
            if src.join(room).is_dir() && src.join(format!("{room}.rs")).is_file() {
                breaches.push(format!("crates/{krate}/src/{room}"));
            }
        }
    }
    hold("a room is one or the other", breaches);
}
