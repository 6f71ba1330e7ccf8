//! Unfinished work is not merged, and no fault of the input may bring a process down.

use std::fs;

use crate::{
    hold,
    scan::{self, Kind, Source},
};

/// Folders whose texts are ours.
const OURS: &[&str] = &[
    "crates",
    "tests",
    "docs",
    "scripts",
    "data/matters",
    "data/documents",
    "web/src",
    "web/tests",
];

#[test]
fn nothing_can_panic_on_input() {
    hold(
        "no unwrap, expect or panic outside tests",
        scan::sources().iter().flat_map(panics).collect(),
    );
}

fn panics(source: &Source) -> Vec<String> {
    let mut breaches = Vec::new();
    for method in ["unwrap", "expect", "unwrap_err", "expect_err"] {
        let found = source.sequences(&[".", method, "("]).into_iter();
        breaches.extend(found.map(|at| format!("{}: .{method}(", source.place(at))));
    }
    for name in ["panic", "unreachable", "todo", "unimplemented"] {
        // `panic != x` is a comparison, not a macro.
        let found = source
            .sequences(&[name, "!"])
            .into_iter()
            .filter(|at| !source.tokens[at + 2].is("="));
        breaches.extend(found.map(|at| format!("{}: {name}!", source.place(at))));
    }
    breaches
}

#[test]
fn panics_are_seen() {
    let check = |text: &str, count| {
        assert_eq!(
            panics(&Source::new("x", "service.rs", text.into())).len(),
            count,
            "{text}"
        );
    };
    check(
        "/// x.unwrap()\nfn a() { x.unwrap_or_default(); if panic != 1 {} }",
        0,
    );
    check("#[cfg(test)] mod tests { fn a() { x.unwrap() } }", 0);
    check("fn a() { x.unwrap(); y.expect(\"z\"); panic!(\"a\"); }", 3);
}

#[test]
fn unsafe_code_is_nowhere() {
    let mut breaches = Vec::new();
    for source in scan::sources() {
        let found = source
            .tokens
            .iter()
            .filter(|token| token.kind == Kind::Ident && token.text == "unsafe");
        breaches.extend(found.map(|token| source.at(token.line)));
    }
    hold("no unsafe", breaches);
}

#[test]
fn nothing_is_left_to_do_in_the_text() {
    // Put together here, so that this file does not break its own law.
    let marks =
        [["TO", "DO"], ["FIX", "ME"], ["unimpl", "emented"], ["X", "XX:"]].map(|parts| parts.concat());
    let mut breaches = Vec::new();
    for file in OURS
        .iter()
        .flat_map(|folder| scan::files(&scan::root().join(folder)))
    {
        let path = scan::relative(&file, &scan::root());
        // Lint names in manifests are settings; this folder names the words it looks for.
        if path.starts_with("tests/laws/") || path.contains("node_modules/") {
            continue;
        }
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        for (index, line) in text.lines().enumerate() {
            if let Some(mark) = marks.iter().find(|mark| line.contains(mark.as_str())) {
                breaches.push(format!("{path}:{}: {mark}", index + 1));
            }
        }
    }
    hold("nothing is left unfinished", breaches);
}
