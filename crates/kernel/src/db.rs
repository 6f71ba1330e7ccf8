//! The two databases behind one face: a single-writer SQLite file, or PostgreSQL.
//!
//! Reading uses a pool that the engine itself keeps read-only; writing goes through [`crate::Work`] alone.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

/// Which engine is behind a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// An embedded file.
    Sqlite,
    /// PostgreSQL or an engine that speaks its protocol.
    Postgres,
}

/// Where the database is.
#[derive(Clone, Debug)]
pub struct DbConfig {
    /// `sqlite://path/to/file.sqlite` or `postgres://user@host/name`.
    pub url: String,
    /// Connections for reading, and on PostgreSQL also for writing.
    pub connections: u32,
}

/// An open database.
#[derive(Clone)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    dialect: Dialect,
    url: String,
}

impl Db {
    /// Connects; a missing SQLite file is created.
    ///
    /// # Errors
    /// [`DbErr`] when the address is not understood or the engine cannot be reached.
    pub async fn connect(config: &DbConfig) -> Result<Self, DbErr> {
        let url = config.url.clone();
        if url.starts_with("sqlite:") {
            let write = Database::connect(sqlite_options(&url, 1, false)).await?;
            let read = Database::connect(sqlite_options(&url, config.connections, true)).await?;
            return Ok(Self {
                read,
                write,
                dialect: Dialect::Sqlite,
                url,
            });
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let write = Database::connect(postgres_options(&url, config.connections, false)).await?;
            let read = Database::connect(postgres_options(&url, config.connections, true)).await?;
            return Ok(Self {
                read,
                write,
                dialect: Dialect::Postgres,
                url,
            });
        }
        Err(DbErr::Custom(
            "the database address must begin with sqlite:// or postgres://".into(),
        ))
    }

    /// The connection for reading. The engine refuses writes on it.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The connection for writing, for the kernel alone.
    pub(crate) fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// The engine.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The engine as SeaORM names it.
    pub fn backend(&self) -> DbBackend {
        match self.dialect {
            Dialect::Sqlite => DbBackend::Sqlite,
            Dialect::Postgres => DbBackend::Postgres,
        }
    }

    /// The address, for native readers of the same database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens a writing transaction (`BEGIN IMMEDIATE` on SQLite).
    pub(crate) async fn transaction(&self) -> Result<DatabaseTransaction, DbErr> {
        let mode = (self.dialect == Dialect::Sqlite).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions {
            sqlite_transaction_mode: mode,
            ..Default::default()
        };
        self.write.begin_with_options(options).await
    }

    /// Applies all migrations that are missing. Several processes may call it at once.
    ///
    /// # Errors
    /// [`DbErr`] names the migration that failed.
    pub async fn migrate<M: sea_orm_migration::MigratorTrait>(&self) -> Result<(), DbErr> {
        if self.dialect == Dialect::Sqlite {
            return M::up(&self.write, None).await;
        }
        // One migrating process at a time; the lock is freed with this transaction.
        let guard = self.write.begin().await?;
        guard
            .execute_unprepared("SELECT pg_advisory_xact_lock(4720126)")
            .await?;
        let outcome = M::up(&self.write, None).await;
        guard.commit().await?;
        outcome
    }

    /// From here on commits do not wait for the disk: for making in bulk what is thrown away when the power fails.
    /// Only an embedded file knows this; PostgreSQL goes on as before.
    ///
    /// # Errors
    /// [`DbErr`].
    pub async fn hurry(&self) -> Result<(), DbErr> {
        self.own("PRAGMA synchronous = OFF").await
    }

    /// Ends [`Db::hurry`]: when it returns, the disk has everything, and every later commit waits for it again.
    ///
    /// # Errors
    /// [`DbErr`].
    pub async fn settle(&self) -> Result<(), DbErr> {
        self.own("PRAGMA synchronous = FULL").await?;
        self.own("PRAGMA wal_checkpoint(TRUNCATE)").await
    }

    /// A statement of the embedded engine on the one connection that writes.
    async fn own(&self, pragma: &str) -> Result<(), DbErr> {
        if self.dialect == Dialect::Sqlite {
            self.write.execute_unprepared(pragma).await?;
        }
        Ok(())
    }

    /// Waits until the engine answers.
    ///
    /// # Errors
    /// [`DbErr`] when it does not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.read.ping().await
    }
}

fn sqlite_options(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections.max(1))
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false) // a file is not lost between two uses
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |opts| {
            let opts = opts
                .create_if_missing(true)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL") // an acknowledged act survives a power cut
                .pragma("foreign_keys", "ON")
                .pragma("busy_timeout", "15000")
                .pragma("cache_size", "-65536")
                .pragma("mmap_size", "268435456")
                .pragma("temp_store", "MEMORY");
            if read_only {
                opts.pragma("query_only", "ON")
            } else {
                opts
            }
        });
    options
}

fn postgres_options(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections.max(2))
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        // A ping before every use would double the round trips of a small read.
        .test_before_acquire_if_idle_for(Duration::from_secs(1))
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(move |opts| {
            if read_only {
                opts.options([("default_transaction_read_only", "on")])
            } else {
                opts
            }
        });
    options
}

/// A migration written once in SQL with a few tokens for what the engines name differently:
/// `{serial}` (growing primary key), `{uuid}`, `{blob}`, `{code}` (ASCII text sorted by bytes).
pub struct SqlMigration {
    /// Unique, sortable name such as `m0001_kernel`.
    pub name: &'static str,
    /// Statements for both engines.
    pub sql: &'static str,
    /// Statements for SQLite only.
    pub sqlite: &'static str,
    /// Statements for PostgreSQL only.
    pub postgres: &'static str,
}

impl SqlMigration {
    /// A migration without parts special to an engine.
    pub const fn new(name: &'static str, sql: &'static str) -> Self {
        Self {
            name,
            sql,
            sqlite: "",
            postgres: "",
        }
    }

    /// With native additions, e.g. a full-text index.
    #[must_use]
    pub const fn native(mut self, sqlite: &'static str, postgres: &'static str) -> Self {
        self.sqlite = sqlite;
        self.postgres = postgres;
        self
    }

    fn text(&self, backend: DbBackend) -> String {
        let [serial, uuid, blob, code, own] = match backend {
            DbBackend::Sqlite => [
                "INTEGER PRIMARY KEY AUTOINCREMENT",
                "BLOB",
                "BLOB",
                "TEXT",
                self.sqlite,
            ],
            _ => [
                "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
                "UUID",
                "BYTEA",
                "TEXT COLLATE \"C\"",
                self.postgres,
            ],
        };
        let common = self
            .sql
            .replace("{serial}", serial)
            .replace("{uuid}", uuid)
            .replace("{blob}", blob)
            .replace("{code}", code);
        format!("{common}\n{own}")
    }
}

impl MigrationName for SqlMigration {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait]
impl MigrationTrait for SqlMigration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = self.text(manager.get_database_backend());
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration(
            "migrations go forward only; restore a backup instead".into(),
        ))
    }
}

/// The kernel's own tables.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(SqlMigration::new(
            "m0001_kernel",
            include_str!("migrations/m0001_kernel.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0002_number_gaps",
            include_str!("migrations/m0002_number_gaps.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0003_job_lists",
            include_str!("migrations/m0003_job_lists.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0004_answered_version",
            include_str!("migrations/m0004_answered_version.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0005_event_region",
            include_str!("migrations/m0005_event_region.sql"),
        )),
    ]
}
