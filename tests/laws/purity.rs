//! Decisions know no database, no HTTP, no clock, no chance: whoever calls them can test them on any day.

use crate::{
    hold,
    scan::{self, Source},
};

/// Rooms of a capability that are pure.
const PURE_ROOMS: &[&str] = &["model", "rules"];
/// Crates that are pure from end to end.
const PURE_CRATES: &[&str] = &["codes"];
/// Crates and calls that bring in the world outside. `kernel::ids!` derives what a database needs by itself.
const IMPURE: &[&str] = &[
    "sea_orm",
    "sea_orm_migration",
    "sqlx",
    "rusqlite",
    "object_store", // databases and files
    "axum",
    "tower",
    "tower_http",
    "hyper",
    "reqwest",
    "utoipa_axum", // HTTP
    "tokio",
    "SystemTime",
    "Instant",
    "now_utc",
    "now_local", // clock and waiting
    "rand",
    "now_v7",
    "new_v4", // chance
];
/// What a pure room may not take from a crate.
const IMPURE_PARTS: &[(&str, &[&str])] = &[
    ("std", &["fs", "net", "env", "process", "thread"]),
    (
        "kernel",
        &[
            "Kernel",
            "Work",
            "Db",
            "Blobs",
            "RuleFiles",
            "Clock",
            "SystemClock",
            "IdSource",
            "RandomIds",
            "db",
            "blobs",
        ],
    ),
];

#[test]
fn models_and_rules_are_pure() {
    let pure = scan::sources()
        .iter()
        .filter(|source| PURE_CRATES.contains(&source.krate.as_str()) || PURE_ROOMS.contains(&source.room()));
    let pure: Vec<_> = pure.collect();
    assert!(pure.len() > 20, "only {} pure files were found", pure.len());
    let breaches = pure.into_iter().flat_map(impurities).collect();
    hold(
        "model, rules and codes know no database, HTTP, clock or chance",
        breaches,
    );
}

fn impurities(source: &Source) -> Vec<String> {
    let impure = source
        .tokens
        .iter()
        .filter(|token| IMPURE.iter().any(|name| token.is(name)));
    let mut breaches: Vec<_> = impure
        .map(|token| format!("{}: {}", source.at(token.line), token.text))
        .collect();
    for (from, parts) in IMPURE_PARTS {
        for at in source.sequences(&[from, ":", ":"]) {
            // `std::fs` or `std::{fmt, fs}`.
            let rest = &source.tokens[at + 3..];
            let list = if rest[0].is("{") {
                rest.iter().position(|token| token.is(";")).unwrap_or(1)
            } else {
                1
            };
            let taken = rest[..list]
                .iter()
                .filter(|token| parts.iter().any(|part| token.is(part)));
            breaches.extend(taken.map(|token| format!("{}: {from}::{}", source.at(token.line), token.text)));
        }
    }
    breaches
}

#[test]
fn impurities_are_seen() {
    let check = |text: &str, count| {
        assert_eq!(
            impurities(&Source::new("x", "model.rs", text.into())).len(),
            count,
            "{text}"
        );
    };
    check("use kernel::{LegalDate, Moment, ids}; fn a(now: Moment) {}", 0);
    check("#[cfg(test)] mod tests { use tokio::test; }", 0);
    check("use sea_orm::entity::prelude::*;", 1);
    check("use kernel::{Actor, Work, ids::AccountId};", 1);
    check(
        "fn a() { let now = OffsetDateTime::now_utc(); std::fs::read(p); }",
        2,
    );
    check("use std::{collections::BTreeMap, env};", 1);
}

#[test]
fn only_the_clock_reads_the_clock() {
    let mut breaches = Vec::new();
    for source in scan::sources() {
        if source.krate == "kernel" && source.path == "clock.rs" {
            continue;
        }
        let wall = ["now_utc", "now_local", "now_v7", "new_v4"];
        let found = source
            .tokens
            .iter()
            .filter(|token| wall.iter().any(|name| token.is(name)));
        breaches.extend(found.map(|token| format!("{}: {}", source.at(token.line), token.text)));
        let system = source.sequences(&["SystemTime", ":", ":", "now"]).into_iter();
        breaches.extend(system.map(|at| format!("{}: SystemTime::now", source.place(at))));
    }
    hold("time and ids come in as arguments", breaches);
}
