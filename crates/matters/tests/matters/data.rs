//! The files under `data/`, as they are shipped.

use std::fs;
use std::path::{Path, PathBuf};

use matters::{Catalogue, Definition, Industry, Kind, MatterKey, load};
use serde_json::Value;
use time::Date;
use time::macros::date;

/// A day on which every shipped definition is in force.
pub const DAY: Date = date!(2026 - 11 - 20);

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

/// Every rule file with its path relative to `data/`.
pub fn files() -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for folder in ["matters", "documents"] {
        collect(&root().join(folder), folder, &mut found);
    }
    found.sort();
    found
}

fn collect(folder: &Path, name: &str, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{name}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &path, found);
        } else {
            found.push((path, fs::read(entry.path()).unwrap()));
        }
    }
}

pub fn shipped() -> Catalogue {
    load(files()).unwrap_or_else(|error| panic!("{error} {:?}", std::error::Error::source(&error)))
}

pub fn first_issue(industry: Industry) -> MatterKey {
    MatterKey {
        industry,
        kind: Kind::FirstIssue,
    }
}

pub fn definition(catalogue: &Catalogue, industry: Industry) -> &Definition {
    catalogue.current(first_issue(industry), DAY).unwrap()
}

/// The shipped files with one of them changed.
pub fn with_change(path: &str, change: impl FnOnce(&mut Value)) -> Vec<(String, Vec<u8>)> {
    let mut files = files();
    let file = files.iter_mut().find(|(name, _)| name == path).unwrap();
    let mut value = serde_json::from_slice(&file.1).unwrap();
    change(&mut value);
    file.1 = serde_json::to_vec(&value).unwrap();
    files
}
