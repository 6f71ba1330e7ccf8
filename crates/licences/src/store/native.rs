//! The point read behind the public status page, natively on each engine.
//!
//! **SQLite.** SeaORM hands every statement to a worker thread; two thread switches cost more than the read. Here
//! each thread of the runtime keeps a read-only connection of its own with its statements prepared, and reads in
//! place. That is safe on a runtime thread because nothing in it waits: a reader of a WAL file takes no lock that a
//! writer holds, the busy time-out is zero, and the statement touches a handful of mapped pages (10–20 µs). Whatever
//! goes wrong (no connection, SQLITE_BUSY while a WAL is recovered) falls back to the plain path. Each call is a
//! transaction of its own, so that it sees every commit that was acknowledged before it began.
//!
//! **PostgreSQL.** One prepared statement a connection, bound and executed in one round trip. The pool is one of its
//! own because the general one pings a connection before each use, which is a second round trip.

use std::{
    cell::RefCell,
    collections::{HashMap, hash_map::Entry},
    path::{Path, PathBuf},
    str::FromStr,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use kernel::{Db, Dialect, KernelError, LegalDate};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use sea_orm::{
    Condition, QueryOrder, QuerySelect,
    entity::prelude::*,
    sqlx::{
        self, Row as _,
        postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow},
    },
};

use super::row::{self, PublishedRow};
use crate::model::{PublicKey, Published};

/// Connections of the PostgreSQL point reader.
const PG_CONNECTIONS: u32 = 16;

/// The published row that meets a condition; `$1` is the key on both engines.
macro_rules! published_where {
    ($condition:literal) => {
        concat!(
            "SELECT seq, number, identifier, holder_name, holder_code, legal_representative, region, industry, \
             scope, valid_from, valid_until, issued_on, authority_name, demo, standing, standing_from, \
             standing_until, standing_reason, standing_by, period_from, transition_until, \
             CASE WHEN temporary_for IS NULL THEN 0 ELSE 1 END AS temporary \
             FROM licence WHERE state = 'issued' AND ",
            $condition
        )
    };
}

thread_local! {
    /// Connections of this thread by reader: a process has one reader, tests have many.
    static CONNECTIONS: RefCell<HashMap<u64, Connection>> = RefCell::new(HashMap::new());
}

/// Reads one published licence.
pub(crate) struct PointReader {
    db: Db,
    engine: Engine,
}

enum Engine {
    Sqlite {
        reader: u64,
        file: PathBuf,
    },
    Postgres(PgPool),
    /// Neither: a database in memory, or an address that only SeaORM understands.
    Plain,
}

impl PointReader {
    /// Over a database; connections are opened when first needed.
    pub fn new(db: Db) -> Self {
        let engine = match db.dialect() {
            Dialect::Sqlite => sqlite(db.url()),
            Dialect::Postgres => postgres(db.url()),
        };
        Self {
            db,
            engine: engine.unwrap_or(Engine::Plain),
        }
    }

    /// The published licence of a key; of several licences of one holder the one issued last.
    pub async fn find(&self, key: &PublicKey) -> Result<Option<Published>, KernelError> {
        let native = match &self.engine {
            Engine::Sqlite { reader, file } => {
                read_sqlite(*reader, file, key).map_err(|error| error.to_string())
            }
            Engine::Postgres(pool) => read_postgres(pool, key).await.map_err(|error| error.to_string()),
            Engine::Plain => return self.plain(key).await,
        };
        match native {
            Ok(found) => found.map(Published::try_from).transpose(),
            Err(error) => {
                tracing::warn!(error, "native point read");
                self.plain(key).await
            }
        }
    }

    /// The same through SeaORM.
    pub async fn plain(&self, key: &PublicKey) -> Result<Option<Published>, KernelError> {
        let found = row::Entity::find()
            .select_only()
            .columns(row::PUBLISHED)
            .column_as(row::temporary(), "temporary")
            .filter(condition(key))
            .order_by_desc(row::Column::IssuedOn)
            .order_by_desc(row::Column::Seq)
            .limit(1)
            .into_model::<PublishedRow>()
            .one(self.db.read())
            .await?;
        found.map(Published::try_from).transpose()
    }
}

/// What is published under a key. By the code of a holder its licences are found, not their stand-ins.
pub(super) fn condition(key: &PublicKey) -> Condition {
    let stand_in = matches!(key, PublicKey::Code(_)).then(|| row::Column::TemporaryFor.is_null());
    Condition::all()
        .add(column(key).eq(key.as_str()))
        .add(row::Column::State.eq("issued"))
        .add_option(stand_in)
}

/// The column of a kind of key.
fn column(key: &PublicKey) -> row::Column {
    match key {
        PublicKey::Number(_) => row::Column::NumberKey,
        PublicKey::Identifier(_) => row::Column::Identifier,
        PublicKey::Code(_) => row::Column::HolderCode,
    }
}

/// The statement for a kind of key. Numbers and identifiers are unique.
fn statement(key: &PublicKey) -> &'static str {
    match key {
        PublicKey::Number(_) => published_where!("number_key = $1"),
        PublicKey::Identifier(_) => published_where!("identifier = $1"),
        PublicKey::Code(_) => {
            published_where!(
                "holder_code = $1 AND temporary_for IS NULL ORDER BY issued_on DESC, seq DESC LIMIT 1"
            )
        }
    }
}

fn sqlite(url: &str) -> Option<Engine> {
    static READERS: AtomicU64 = AtomicU64::new(0);
    let path = url
        .strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"))?;
    let path = path
        .split('?')
        .next()
        .filter(|path| !path.is_empty() && *path != ":memory:")?;
    let reader = READERS.fetch_add(1, Ordering::Relaxed);
    Some(Engine::Sqlite {
        reader,
        file: PathBuf::from(path),
    })
}

fn read_sqlite(reader: u64, file: &Path, key: &PublicKey) -> rusqlite::Result<Option<PublishedRow>> {
    CONNECTIONS.with_borrow_mut(|connections| {
        let connection = match connections.entry(reader) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(open(file)?),
        };
        let found = connection
            .prepare_cached(statement(key))
            .and_then(|mut select| select.query_row([key.as_str()], from_sqlite).optional());
        if found.is_err() {
            connections.remove(&reader); // opened afresh at the next call
        }
        found
    })
}

fn open(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::ZERO)?;
    connection.pragma_update(None, "mmap_size", 1_i64 << 30)?;
    connection.pragma_update(None, "cache_size", -4096)?;
    Ok(connection)
}

fn from_sqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<PublishedRow> {
    let date = |column: usize| -> rusqlite::Result<LegalDate> {
        let text = row.get_ref(column)?.as_str()?;
        text.parse().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
        })
    };
    let maybe = |column: usize| -> rusqlite::Result<Option<LegalDate>> {
        match row.get_ref(column)? {
            rusqlite::types::ValueRef::Null => Ok(None),
            _ => date(column).map(Some),
        }
    };
    Ok(PublishedRow {
        seq: row.get(0)?,
        number: row.get(1)?,
        identifier: row.get(2)?,
        holder_name: row.get(3)?,
        holder_code: row.get(4)?,
        legal_representative: row.get(5)?,
        region: row.get(6)?,
        industry: row.get(7)?,
        scope: row.get(8)?,
        valid_from: date(9)?,
        valid_until: date(10)?,
        issued_on: date(11)?,
        authority_name: row.get(12)?,
        demo: row.get(13)?,
        standing: row.get(14)?,
        standing_from: maybe(15)?,
        standing_until: maybe(16)?,
        standing_reason: row.get(17)?,
        standing_by: row.get(18)?,
        period_from: maybe(19)?,
        transition_until: maybe(20)?,
        temporary: row.get(21)?,
    })
}

fn postgres(url: &str) -> Option<Engine> {
    let options = PgConnectOptions::from_str(url)
        .ok()?
        .options([("default_transaction_read_only", "on")]);
    let pool = PgPoolOptions::new()
        .max_connections(PG_CONNECTIONS)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(5))
        .connect_lazy_with(options);
    Some(Engine::Postgres(pool))
}

async fn read_postgres(pool: &PgPool, key: &PublicKey) -> sqlx::Result<Option<PublishedRow>> {
    let found = sqlx::query(statement(key))
        .bind(key.as_str())
        .fetch_optional(pool)
        .await?;
    found.as_ref().map(from_postgres).transpose()
}

fn from_postgres(row: &PgRow) -> sqlx::Result<PublishedRow> {
    let date = |column: usize| -> sqlx::Result<LegalDate> {
        let text: &str = row.try_get(column)?;
        text.parse().map_err(|error| sqlx::Error::ColumnDecode {
            index: column.to_string(),
            source: Box::new(error),
        })
    };
    let maybe = |column: usize| -> sqlx::Result<Option<LegalDate>> {
        match row.try_get::<Option<&str>, _>(column)? {
            None => Ok(None),
            Some(_) => date(column).map(Some),
        }
    };
    Ok(PublishedRow {
        seq: row.try_get(0)?,
        number: row.try_get(1)?,
        identifier: row.try_get(2)?,
        holder_name: row.try_get(3)?,
        holder_code: row.try_get(4)?,
        legal_representative: row.try_get(5)?,
        region: row.try_get(6)?,
        industry: row.try_get(7)?,
        scope: row.try_get(8)?,
        valid_from: date(9)?,
        valid_until: date(10)?,
        issued_on: date(11)?,
        authority_name: row.try_get(12)?,
        demo: row.try_get(13)?,
        standing: row.try_get(14)?,
        standing_from: maybe(15)?,
        standing_until: maybe(16)?,
        standing_reason: row.try_get(17)?,
        standing_by: row.try_get(18)?,
        period_from: maybe(19)?,
        transition_until: maybe(20)?,
        temporary: i64::from(row.try_get::<i32, _>(21)?),
    })
}

#[cfg(test)]
mod tests {
    use kernel::DbConfig;
    use sea_orm_migration::{MigrationTrait, MigratorTrait};

    use super::*;

    struct Migrations;

    impl MigratorTrait for Migrations {
        fn migrations() -> Vec<Box<dyn MigrationTrait>> {
            let mut all = kernel::db::migrations();
            all.extend(crate::migrations());
            all
        }
    }

    const ROW: &str = "INSERT INTO licence (id, version, state, number, number_key, identifier, enterprise, \
        origin, industry, region, holder_name, holder_code, holder_address, legal_representative, \
        economic_type, authority_name, authority_code, scope, valid_from, valid_until, issued_on, record, \
        demo, created_at, search_text) \
        VALUES (randomblob(16), 1, ?1, '（赣）WH安许证字〔2025〕000001', ?2, ?3, randomblob(16), 'imported', \
        'hazchem', '360121', '甲厂', 'C', '', '张三丰', '', '局', 'B', '[\"氯碱\"]', '2025-01-01', \
        '2027-12-31', '2025-01-01', '{}', 0, 0, '')";

    /// Without this, a broken native read would hide behind the plain one.
    #[tokio::test]
    async fn the_native_read_finds_what_the_plain_one_finds() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("anxu.sqlite");
        let config = DbConfig {
            url: format!("sqlite://{}", file.display()),
            connections: 1,
        };
        let db = Db::connect(&config).await.unwrap();
        db.migrate::<Migrations>().await.unwrap();
        let point = PointReader::new(db);
        let Engine::Sqlite { reader, .. } = &point.engine else {
            panic!("the file is not read natively");
        };
        let native = |key: &PublicKey| {
            let found = read_sqlite(*reader, &file, key).unwrap();
            found.map(Published::try_from).transpose().unwrap()
        };
        let keys = [
            PublicKey::Number("赣WH2025000001".into()),
            PublicKey::Identifier("I1".into()),
            PublicKey::Code("C".into()),
        ];
        assert!(keys.iter().all(|key| native(key).is_none()));

        let writer = Connection::open(&file).unwrap();
        writer.execute(ROW, ["reserved", "赣WH2025000002", "I2"]).unwrap();
        writer.execute(ROW, ["issued", "赣WH2025000001", "I1"]).unwrap();
        for key in &keys {
            let found = native(key).unwrap();
            assert_eq!(found.identifier, "I1");
            assert_eq!(point.plain(key).await.unwrap(), Some(found));
        }
        assert_eq!(native(&PublicKey::Identifier("I2".into())), None);
        CONNECTIONS.with_borrow(|open| {
            assert!(open[reader].execute("DELETE FROM licence", []).is_err());
        });
    }
}
