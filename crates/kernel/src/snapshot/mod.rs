//! Consistent copies of the whole database, taken while the platform works, and put back into an empty one.
//!
//! Each engine has its own way: pages of the SQLite file in one reading transaction, or the rows of every table of
//! PostgreSQL as `COPY` has them, in one transaction that sees a single moment.

mod postgres;
mod sqlite;

use std::path::Path;

use sea_orm::DbErr;
use sea_orm_migration::MigratorTrait;
use serde::{Deserialize, Serialize};

use crate::{Db, Dialect};

/// What a copy consists of; its files lie in one folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "engine", rename_all = "lowercase")]
pub enum Dump {
    /// A database file.
    Sqlite {
        /// Name of the file.
        file: String,
    },
    /// The rows of every table.
    Postgres {
        /// Names of the migrations that had been applied: the schema of the rows.
        migrations: Vec<String>,
        /// Tables, each after those that it refers to.
        tables: Vec<Table>,
        /// Where the growing keys stood.
        sequences: Vec<Sequence>,
    },
}

impl Dump {
    /// The engine.
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Postgres { .. } => Dialect::Postgres,
        }
    }
}

/// The rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Columns in the order of the file.
    pub columns: Vec<String>,
    /// Name of the file, in the text format of `COPY`.
    pub file: String,
}

/// Where a growing key stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// Its table.
    pub table: String,
    /// Its column.
    pub column: String,
    /// The value.
    pub value: i64,
    /// Whether that value was given already.
    pub called: bool,
}

/// Why there is no copy, or it could not be put back.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The engine refused.
    #[error("database")]
    Database(#[from] DbErr),
    /// The embedded engine refused.
    #[error("database file")]
    Sqlite(#[from] rusqlite::Error),
    /// A file could not be read or written.
    #[error("file")]
    Io(#[from] std::io::Error),
    /// There is no database to copy.
    #[error("there is no database at {0}")]
    Missing(String),
    /// Something is there already; it is never overwritten.
    #[error("{0} is not empty: restore into an empty database only")]
    NotEmpty(String),
    /// The copy was made by a newer program.
    #[error(
        "the copy has the migration {0}, which this program does not know: use the program that made it, or a newer one"
    )]
    Newer(String),
    /// The copy is of another engine.
    #[error("the copy is of {copy:?}, the configured database is {configured:?}")]
    OtherEngine {
        /// Engine of the copy.
        copy: Dialect,
        /// Engine that is configured.
        configured: Dialect,
    },
    /// The copy does not hold together.
    #[error("the copied database is damaged: {0}")]
    Damaged(String),
    /// The copying thread was lost.
    #[error("copying stopped: {0}")]
    Stopped(String),
}

impl From<sea_orm::sqlx::Error> for SnapshotError {
    fn from(error: sea_orm::sqlx::Error) -> Self {
        Self::Database(DbErr::Custom(error.to_string()))
    }
}

/// Hears how far the copying is: steps done and steps in all.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// The engine behind an address.
pub fn dialect_of(url: &str) -> Dialect {
    if url.starts_with("sqlite:") {
        Dialect::Sqlite
    } else {
        Dialect::Postgres
    }
}

/// Copies the database at `url` into a folder, as it is at one moment. Readers and writers go on meanwhile.
///
/// # Errors
/// [`SnapshotError`]; what was written until then is worth nothing.
pub async fn dump(url: &str, folder: &Path, progress: Progress<'_>) -> Result<Dump, SnapshotError> {
    match dialect_of(url) {
        Dialect::Sqlite => sqlite::dump(url, folder, progress).await,
        Dialect::Postgres => postgres::dump(url, folder, progress).await,
    }
}

/// Refuses a database that holds anything.
///
/// # Errors
/// [`SnapshotError::NotEmpty`]; [`SnapshotError::Database`] when it cannot be reached.
pub async fn check_empty(url: &str) -> Result<(), SnapshotError> {
    match dialect_of(url) {
        Dialect::Sqlite => sqlite::check_empty(url),
        Dialect::Postgres => postgres::check_empty(url).await,
    }
}

/// Puts a copy into the empty database at `url` and brings it up to date.
///
/// # Errors
/// [`SnapshotError`]; the database is then to be thrown away.
pub async fn restore<M: MigratorTrait>(
    url: &str,
    folder: &Path,
    dump: &Dump,
    progress: Progress<'_>,
) -> Result<(), SnapshotError> {
    if dump.dialect() != dialect_of(url) {
        return Err(SnapshotError::OtherEngine {
            copy: dump.dialect(),
            configured: dialect_of(url),
        });
    }
    check_empty(url).await?;
    match dump {
        Dump::Sqlite { file } => sqlite::restore(url, &folder.join(file)).await?,
        Dump::Postgres {
            migrations,
            tables,
            sequences,
        } => postgres::restore::<M>(url, folder, (migrations, tables, sequences), progress).await?,
    }
    let db = open(url).await?;
    db.migrate::<M>().await?;
    Ok(())
}

async fn open(url: &str) -> Result<Db, DbErr> {
    Db::connect(&crate::DbConfig {
        url: url.to_owned(),
        connections: 2,
    })
    .await
}
