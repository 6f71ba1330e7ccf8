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
    "migrations",
];

#[test]
fn capabilities_have_the_same_rooms() {
    let mut breaches = Vec::new();
    for krate in CAPABILITIES {
        for entry in scan::entries(&scan::root().join("crates").join(krate).join("src")) {
            let name = scan::name(&entry);
            let room = name.strip_suffix(".rs").unwrap_or(&name);
            if !ROOMS.contains(&room) {
                breaches.push(format!("crates/{krate}/src/{name}"));
            }
        }
    }
    hold("a capability has only the rooms that all have", breaches);
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
