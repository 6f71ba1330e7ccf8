//! The registry over a real SQLite file, through its public faces.

mod files;
mod http;
mod import;
mod search;
mod support;
