//! One room knows the database, one path writes to it, and nobody reaches into another's tables.

use std::{collections::BTreeMap, fs};

use crate::{
    hold,
    rooms::CAPABILITIES,
    scan::{self, Kind, Source, Token},
};

/// Rooms that may know the database.
const DATABASE_ROOMS: &[&str] = &["store", "migrations"];
/// Crates that speak to a database.
const DATABASE_CRATES: &[&str] = &["sea_orm", "sqlx", "rusqlite", "tokio_postgres"];
/// How a statement begins.
const STATEMENTS: &[&str] = &[
    "SELECT ",
    "INSERT INTO ",
    "UPDATE ",
    "DELETE FROM ",
    "CREATE ",
    "ALTER TABLE ",
    "DROP ",
    "WITH ",
    "COPY ",
    "PRAGMA ",
];
/// Words after which a table is named.
const BEFORE_TABLE: &[&str] = &["FROM", "JOIN", "INTO", "UPDATE", "TABLE", "REFERENCES"];

fn is_sql(token: &Token) -> bool {
    let text = token.text.trim_start();
    token.kind == Kind::Text && STATEMENTS.iter().any(|start| text.starts_with(start))
}

fn capability_sources() -> impl Iterator<Item = &'static Source> {
    scan::sources()
        .iter()
        .filter(|source| CAPABILITIES.contains(&source.krate.as_str()))
}

#[test]
fn only_the_store_knows_the_database() {
    let mut breaches = Vec::new();
    for source in capability_sources().filter(|source| !DATABASE_ROOMS.contains(&source.room())) {
        breaches.extend(database_words(source));
    }
    hold("only store and migrations know the database", breaches);
}

fn database_words(source: &Source) -> Vec<String> {
    let known = source
        .tokens
        .iter()
        .filter(|token| DATABASE_CRATES.iter().any(|name| token.is(name)));
    known
        .map(|token| format!("{}: {}", source.at(token.line), token.text))
        .collect()
}

#[test]
fn sql_stands_in_stores_only() {
    let mut breaches = Vec::new();
    for source in scan::sources().iter().filter(|source| source.krate != "kernel") {
        if CAPABILITIES.contains(&source.krate.as_str()) && DATABASE_ROOMS.contains(&source.room()) {
            continue;
        }
        breaches.extend(statements(source));
    }
    hold("SQL stands in stores, migrations and the kernel", breaches);
}

fn statements(source: &Source) -> Vec<String> {
    let found = source.tokens.iter().filter(|token| is_sql(token));
    found.map(|token| source.at(token.line)).collect()
}

#[test]
fn databases_and_statements_are_seen() {
    let source = |text: &str| Source::new("x", "service.rs", text.into());
    let known = |text: &str| database_words(&source(text)).len();
    assert_eq!(known("use sea_orm::DbErr; fn a() { rusqlite::open(); }"), 2);
    assert_eq!(known("/// sea_orm\nfn a() { say(\"sqlx\"); }"), 0);
    assert_eq!(statements(&source("fn a() { run(\"SELECT 1\"); }")).len(), 1);
    assert_eq!(statements(&source("fn a() { say(\"Select one\"); }")).len(), 0);
}

#[test]
fn nobody_writes_but_through_work() {
    let outside = scan::sources().iter().filter(|source| source.krate != "kernel");
    hold(
        "writing goes through Work",
        outside.flat_map(wild_writes).collect(),
    );
}

fn wild_writes(source: &Source) -> Vec<String> {
    let begins = ["begin", "begin_with_options", "begin_with_config", "transaction"];
    let writes = ["insert", "update", "delete", "save"];
    let mut breaches = Vec::new();
    for at in source.sequences(&["."]) {
        let [name, open, ..] = &source.tokens[at + 1..] else {
            continue;
        };
        if !open.is("(") {
            continue;
        }
        let (receiver, place) = (&source.tokens[..at], source.at(name.line));
        if begins.iter().any(|begin| name.is(begin)) && !through_kernel(receiver) {
            breaches.push(format!("{place}: .{}( is not kernel.begin(", name.text));
        }
        let write = name.text.starts_with("exec") || writes.iter().any(|write| name.is(write));
        if write && (on_read(receiver) || has_read(arguments(&source.tokens[at + 2..]))) {
            breaches.push(format!("{place}: .{}( on the reading connection", name.text));
        }
    }
    breaches
}

#[test]
fn wild_writes_are_seen() {
    let check = |text: &str, count| {
        assert_eq!(
            wild_writes(&Source::new("x", "store.rs", text.into())).len(),
            count,
            "{text}"
        );
    };
    check(
        "fn a() { self.kernel.begin(actor); job.kernel().begin(actor); row.insert(work.conn()); }",
        0,
    );
    check("fn a() { Entity::find().all(db.read()); set.insert(value); }", 0);
    check("fn a() { conn.begin(); }", 1);
    check("fn a() { db.write.transaction(); }", 1);
    check("fn a() { db.read().execute(x); }", 1);
    check(
        "fn a() { Entity::insert(row).exec(self.kernel.db().read()).await?; }",
        1,
    );
}

/// `kernel.begin(…)`, `self.kernel.begin(…)`, `job.kernel().begin(…)`.
fn through_kernel(before: &[Token]) -> bool {
    let end: Vec<_> = before
        .iter()
        .rev()
        .take(3)
        .map(|token| token.text.as_str())
        .collect();
    end.first() == Some(&"kernel") || end == [")", "(", "kernel"]
}

/// The receiver ends in `read()`.
fn on_read(before: &[Token]) -> bool {
    let end: Vec<_> = before
        .iter()
        .rev()
        .take(3)
        .map(|token| token.text.as_str())
        .collect();
    end == [")", "(", "read"]
}

fn has_read(arguments: &[Token]) -> bool {
    arguments
        .windows(3)
        .any(|w| w[0].is("read") && w[1].is("(") && w[2].is(")"))
}

/// The tokens from the opening bracket to its partner.
fn arguments(tokens: &[Token]) -> &[Token] {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "(" if token.kind == Kind::Mark => depth += 1,
            ")" if token.kind == Kind::Mark => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &tokens[..=index];
        }
    }
    tokens
}

/// Tables and the crate whose migrations make them.
fn owners() -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for krate in scan::crates() {
        let src = scan::root().join("crates").join(&krate).join("src");
        for file in scan::files(&src) {
            let text = fs::read_to_string(&file).unwrap_or_default();
            if scan::name(&file).ends_with(".sql") || file.to_string_lossy().contains("migrations") {
                for words in after(&text, &["TABLE"]) {
                    owners.entry(words).or_insert_with(|| krate.clone());
                }
            }
        }
    }
    owners
}

/// The names that follow these words in a statement, `IF NOT EXISTS` and `ONLY` skipped.
fn after(sql: &str, markers: &[&str]) -> Vec<String> {
    let code: String = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join(" ");
    let words: Vec<&str> = code
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|w| !w.is_empty())
        .collect();
    let skipped = |word: &&&str| ["IF", "NOT", "EXISTS", "ONLY"].contains(*word);
    let at = (0..words.len()).filter(|index| markers.contains(&words[*index]));
    at.filter_map(|index| {
        words[index + 1..]
            .iter()
            .find(|word| !skipped(word))
            .map(|word| (*word).to_owned())
    })
    .collect()
}

#[test]
fn capabilities_leave_each_others_tables_alone() {
    let owners = owners();
    assert_eq!(
        owners.get("event").map(String::as_str),
        Some("kernel"),
        "tables are found"
    );
    assert_eq!(
        owners.get("account").map(String::as_str),
        Some("identity"),
        "tables are found"
    );
    let mut breaches = Vec::new();
    let foreign = |krate: &str, table: &String| {
        owners
            .get(table)
            .filter(|owner| *owner != krate && *owner != "kernel")
            .cloned()
    };
    for source in scan::sources() {
        for token in source.tokens.iter().filter(|token| token.kind == Kind::Text) {
            for table in after(&token.text, BEFORE_TABLE) {
                if let Some(owner) = foreign(&source.krate, &table) {
                    breaches.push(format!("{}: {table} belongs to {owner}", source.at(token.line)));
                }
            }
        }
        for entity in source.text.split("table_name = \"").skip(1) {
            let table = entity.split('"').next().unwrap().to_owned();
            if let Some(owner) = foreign(&source.krate, &table) {
                breaches.push(format!("{}: {table} belongs to {owner}", source.at(1)));
            }
        }
    }
    for krate in CAPABILITIES {
        let folder = scan::root().join("crates").join(krate).join("src/migrations");
        for file in scan::files(&folder) {
            for table in after(&fs::read_to_string(&file).unwrap(), BEFORE_TABLE) {
                if let Some(owner) = foreign(krate, &table) {
                    breaches.push(format!(
                        "crates/{krate}/src/migrations/{}: {table} belongs to {owner}",
                        scan::name(&file)
                    ));
                }
            }
        }
    }
    hold("tables are private to their capability", breaches);
}

#[test]
fn table_names_are_found_in_statements() {
    let sql = "SELECT a FROM event e JOIN licence ON 1 = 1 -- FROM nothing\nINSERT INTO job (id)";
    assert_eq!(after(sql, BEFORE_TABLE), ["event", "licence", "job"]);
    assert_eq!(after("CREATE TABLE IF NOT EXISTS x (y)", &["TABLE"]), ["x"]);
}
