//! Import of a list, against the engine's own bulk load; and the licences that the other rows need.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use kernel::Actor;
use registry::ImportOptions;
use rusqlite::Connection;
use server::Platform;

use super::Place;
use crate::{
    Outcome,
    base::{Base, timed},
    city::{self, COLUMNS, Keys},
    options::Row,
    process::output,
    report::{Finding, Report, Section, Unit, Verdict},
    stats::{rate, thousands},
};

/// Tables whose rows an import leaves.
const LEFT: [&str; 2] = ["enterprise", "event"];

pub(super) async fn run(
    place: &Place<'_>,
    base: &Base,
    platform: &Platform,
    report: &mut Report,
) -> Outcome<()> {
    let system = Actor::system("bench");
    let bytes = std::fs::read(&place.list)?.into();
    let begun = Instant::now();
    let done = platform
        .registry
        .import_file(&system, "list.csv", bytes, ImportOptions::default(), |_| {})
        .await?;
    let time = begun.elapsed();
    if done.taken != u64::try_from(place.size)? || done.warned > 0 {
        return Err(format!(
            "the import took {} rows and warned of {}",
            done.taken, done.warned
        )
        .into());
    }
    if !place.options.wants(Row::Import) {
        return Ok(());
    }
    let (_, plain) = timed(|| bulk_load(place, base))?;
    let (_, copied) = timed(|| copy(base))?;
    let told = |time: Duration| {
        format!(
            "{:.2} s ({} rows/s)",
            time.as_secs_f64(),
            thousands(rate(done.taken, time))
        )
    };
    report.add(
        Finding::of(Section::Import, "csv with all checks", told(time))
            .on(place.engine, place.size)
            .peer(format!(
                "bulk load of the file: {}<br>rows that it leaves, copied by the engine: {}",
                told(plain),
                told(copied)
            ))
            .judged(Verdict::at_most(
                "time against the bulk load",
                time.as_secs_f64() / plain.as_secs_f64(),
                3.0,
                Unit::Times,
            )),
    );
    Ok(())
}

/// The engine's own tool loads the file into a plain table.
fn bulk_load(place: &Place<'_>, base: &Base) -> Outcome<()> {
    let columns: Vec<String> = (1..=COLUMNS.len())
        .map(|number| format!("c{number} TEXT{}", if number == 2 { " PRIMARY KEY" } else { "" }))
        .collect();
    let table = format!("CREATE TABLE plain ({})", columns.join(", "));
    let list = place.list.display();
    if base.file().is_none() {
        base.psql(&table)?;
        base.psql(&format!("\\copy plain FROM '{list}' WITH (FORMAT csv, HEADER)"))?;
        return Ok(());
    }
    let file = base.folder().join("plain.sqlite");
    output(
        Command::new("sqlite3")
            .arg(&file)
            .arg("PRAGMA journal_mode = WAL")
            .arg(table)
            .arg(".mode csv")
            .arg(format!(".import --skip 1 {list} plain")),
    )?;
    remove(&file)
}

/// The engine alone copies the finished rows with their indexes.
fn copy(base: &Base) -> Outcome<()> {
    let Some(file) = base.file() else {
        let sql: String = LEFT
            .iter()
            .map(|table| {
                format!(
                    "CREATE TABLE copy_{table} (LIKE {table} INCLUDING ALL); \
                     INSERT INTO copy_{table} SELECT * FROM {table};"
                )
            })
            .collect();
        base.psql(&sql)?;
        base.psql("DROP TABLE copy_enterprise, copy_event, plain")?;
        return Ok(());
    };
    let target = base.folder().join("copy.sqlite");
    let connection = Connection::open(&target)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "cache_size", -65536)?;
    connection.execute("ATTACH ?1 AS source", [file.display().to_string()])?;
    let mut schema =
        connection.prepare("SELECT sql FROM source.sqlite_master WHERE tbl_name = ?1 AND sql IS NOT NULL")?;
    for table in LEFT {
        let statements: Vec<String> = schema
            .query_map([table], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        connection.execute_batch(&statements.join(";\n"))?;
        connection.execute(
            &format!("INSERT INTO main.{table} SELECT * FROM source.{table}"),
            [],
        )?;
    }
    drop(schema);
    connection.close().map_err(|(_, error)| error)?;
    remove(&target)
}

fn remove(file: &Path) -> Outcome<()> {
    for ending in ["", "-wal", "-shm"] {
        let path = format!("{}{ending}", file.display());
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// One licence for each enterprise, taken over from the old register.
pub(super) async fn licences(place: &Place<'_>, platform: &Platform, report: &mut Report) -> Outcome<Keys> {
    let begun = Instant::now();
    let keys = city::licences(platform, place.size).await?;
    let time = begun.elapsed();
    if place.options.wants(Row::Import) {
        let rows = thousands(rate(u64::try_from(keys.numbers.len())?, time));
        report.add(
            Finding::of(
                Section::Import,
                "licences of the old register taken over, a thousand in one transaction",
                format!("{:.2} s ({rows} licences/s)", time.as_secs_f64()),
            )
            .on(place.engine, place.size),
        );
    }
    Ok(keys)
}
