//! Copies of a PostgreSQL database: the rows of every table, seen in one transaction.

use std::path::Path;

use futures::StreamExt;
use sea_orm::sqlx::{AssertSqlSafe, Connection, PgConnection, Row, query};
use sea_orm_migration::{MigratorTrait, SchemaManager};
use tokio::{
    fs::File,
    io::{AsyncWriteExt, BufWriter},
};

use super::{Dump, Progress, Sequence, SnapshotError, Table, open};

/// The table in which migrations are noted.
const MIGRATIONS: &str = "seaql_migrations";
const TABLES: &str = "SELECT c.relname::text AS name FROM pg_class c \
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY c.relname";
const COLUMNS: &str = "SELECT a.attname::text AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = $1 \
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum";
const REFERENCES: &str = "SELECT c.relname::text AS own, f.relname::text AS other FROM pg_constraint k \
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid \
    WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace AND c.oid <> f.oid";
const GROWING: &str = "SELECT c.relname::text AS own, a.attname::text AS name, \
    pg_get_serial_sequence(quote_ident(c.relname), a.attname) AS sequence \
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attidentity <> '' \
    ORDER BY c.relname";
const ANYTHING: &str = "SELECT count(*) AS things FROM pg_class c \
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r','p','v','m','S','f')";

pub(super) async fn dump(url: &str, folder: &Path, progress: Progress<'_>) -> Result<Dump, SnapshotError> {
    let mut conn = PgConnection::connect(url).await?;
    query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .execute(&mut conn)
        .await?;
    let names = ordered(&mut conn).await?;
    if !names.iter().any(|name| name == MIGRATIONS) {
        return Err(SnapshotError::Missing(
            "this address: it holds no tables of the platform".into(),
        ));
    }
    let (total, mut tables) = (names.len() as u64, Vec::with_capacity(names.len()));
    for name in names {
        progress(tables.len() as u64, total);
        tables.push(copy_out(&mut conn, name, folder).await?);
    }
    progress(total, total);
    let migrations = query("SELECT version FROM seaql_migrations ORDER BY version")
        .fetch_all(&mut conn)
        .await?;
    let migrations = migrations.iter().map(|row| row.try_get("version"));
    let dump = Dump::Postgres {
        migrations: migrations.collect::<Result<_, _>>()?,
        tables,
        sequences: sequences(&mut conn).await?,
    };
    query("COMMIT").execute(&mut conn).await?;
    conn.close().await?;
    Ok(dump)
}

/// All tables, each after those that it refers to.
async fn ordered(conn: &mut PgConnection) -> Result<Vec<String>, SnapshotError> {
    let rows = query(TABLES).fetch_all(&mut *conn).await?;
    let rest = rows.iter().map(|row| row.try_get::<String, _>("name"));
    let mut rest: Vec<String> = rest.collect::<Result<_, _>>()?;
    let rows = query(REFERENCES).fetch_all(&mut *conn).await?;
    let links = rows
        .iter()
        .map(|row| Ok((row.try_get("own")?, row.try_get("other")?)));
    let links: Vec<(String, String)> = links.collect::<Result<_, sea_orm::sqlx::Error>>()?;
    let mut sorted: Vec<String> = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let waits = |name: &String| {
            links
                .iter()
                .any(|(own, other)| own == name && rest.contains(other))
        };
        let (blocked, free): (Vec<_>, Vec<_>) = rest.iter().cloned().partition(waits);
        if free.is_empty() {
            return Err(SnapshotError::Damaged(format!(
                "tables refer to each other in a circle: {}",
                blocked.join(", ")
            )));
        }
        sorted.extend(free);
        rest = blocked;
    }
    Ok(sorted)
}

async fn copy_out(conn: &mut PgConnection, name: String, folder: &Path) -> Result<Table, SnapshotError> {
    let rows = query(COLUMNS).bind(&name).fetch_all(&mut *conn).await?;
    let columns = rows.iter().map(|row| row.try_get("name"));
    let table = Table {
        columns: columns.collect::<Result<_, _>>()?,
        file: format!("{name}.copy"),
        name,
    };
    let mut file = BufWriter::with_capacity(1 << 18, File::create(folder.join(&table.file)).await?);
    {
        let mut rows = conn
            .copy_out_raw(&format!("COPY {} TO STDOUT", place(&table)))
            .await?;
        while let Some(chunk) = rows.next().await {
            file.write_all(&chunk?).await?;
        }
    }
    file.flush().await?;
    file.into_inner().sync_all().await?;
    Ok(table)
}

async fn sequences(conn: &mut PgConnection) -> Result<Vec<Sequence>, SnapshotError> {
    let mut found = Vec::new();
    for row in query(GROWING).fetch_all(&mut *conn).await? {
        let name: String = row.try_get("sequence")?;
        let sql = format!("SELECT last_value, is_called FROM {name}");
        // The name comes quoted from the catalogue.
        let state = query(AssertSqlSafe(sql)).fetch_one(&mut *conn).await?;
        found.push(Sequence {
            table: row.try_get("own")?,
            column: row.try_get("name")?,
            value: state.try_get("last_value")?,
            called: state.try_get("is_called")?,
        });
    }
    Ok(found)
}

pub(super) async fn check_empty(url: &str) -> Result<(), SnapshotError> {
    let mut conn = PgConnection::connect(url).await?;
    let things: i64 = query(ANYTHING).fetch_one(&mut conn).await?.try_get("things")?;
    conn.close().await?;
    match things {
        0 => Ok(()),
        _ => Err(SnapshotError::NotEmpty("the database".to_owned())),
    }
}

pub(super) async fn restore<M: MigratorTrait>(
    url: &str,
    folder: &Path,
    (migrations, tables, sequences): (&[String], &[Table], &[Sequence]),
    progress: Progress<'_>,
) -> Result<(), SnapshotError> {
    build::<M>(url, migrations).await?;
    let mut conn = PgConnection::connect(url).await?;
    query("BEGIN").execute(&mut conn).await?;
    for (done, table) in tables.iter().enumerate() {
        progress(done as u64, tables.len() as u64);
        copy_in(&mut conn, table, folder).await?;
    }
    for sequence in sequences {
        query("SELECT setval(pg_get_serial_sequence(quote_ident($1), $2), $3, $4)")
            .bind(&sequence.table)
            .bind(&sequence.column)
            .bind(sequence.value)
            .bind(sequence.called)
            .execute(&mut conn)
            .await?;
    }
    query("COMMIT").execute(&mut conn).await?;
    for table in tables {
        let sql = format!("ANALYZE {}", quoted(&table.name));
        query(AssertSqlSafe(sql)).execute(&mut conn).await?;
    }
    progress(tables.len() as u64, tables.len() as u64);
    Ok(conn.close().await?)
}

/// Makes the tables as they were: with exactly the migrations that the copy had.
async fn build<M: MigratorTrait>(url: &str, applied: &[String]) -> Result<(), SnapshotError> {
    let known = M::migrations();
    if let Some(newer) = applied
        .iter()
        .find(|name| !known.iter().any(|migration| migration.name() == *name))
    {
        return Err(SnapshotError::Newer(newer.clone()));
    }
    let db = open(url).await?;
    M::install(db.write()).await?;
    let manager = SchemaManager::new(db.write());
    for migration in known
        .iter()
        .filter(|migration| applied.iter().any(|name| name == migration.name()))
    {
        migration.up(&manager).await?;
    }
    Ok(())
}

async fn copy_in(conn: &mut PgConnection, table: &Table, folder: &Path) -> Result<(), SnapshotError> {
    let file = File::open(folder.join(&table.file)).await?;
    let mut rows = conn
        .copy_in_raw(&format!("COPY {} FROM STDIN", place(table)))
        .await?;
    rows.read_from(file).await?;
    rows.finish().await?;
    Ok(())
}

/// `"table" ("column", …)`.
fn place(table: &Table) -> String {
    let columns: Vec<String> = table.columns.iter().map(|name| quoted(name)).collect();
    format!("{} ({})", quoted(&table.name), columns.join(", "))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
