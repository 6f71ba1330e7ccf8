//! The only place that knows the tables of this capability.

use evidence::{Growth, MemoryTiles, SignedCheckpoint, TileKind, TilePath};
use kernel::{Db, Dialect, KernelError, Moment, Work, event};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, Statement, entity::prelude::*};

use crate::model::Unsealed;

/// One lock for all processes: who holds it seals.
const SEALING_LOCK: &str = "SELECT pg_try_advisory_xact_lock(4720127) AS held";

/// Takes the sealing lock until the end of the transaction; `false` when another process holds it.
pub(crate) async fn try_lock(work: &Work) -> Result<bool, KernelError> {
    let db = work.kernel().db();
    if db.dialect() == Dialect::Sqlite {
        return Ok(true); // a writing transaction is alone already
    }
    let row = work
        .conn()
        .query_one_raw(Statement::from_string(db.backend(), SEALING_LOCK))
        .await?;
    Ok(row
        .map(|row| row.try_get("", "held"))
        .transpose()?
        .unwrap_or(false))
}

/// The newest signed checkpoint.
pub(crate) async fn latest<C: ConnectionTrait>(conn: &C) -> Result<Option<String>, KernelError> {
    let statement = Statement::from_string(
        conn.get_database_backend(),
        "SELECT note FROM log_checkpoint ORDER BY size DESC LIMIT 1",
    );
    let row = conn.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "note")).transpose()?)
}

/// Events that are not in the log yet, in order of recording.
pub(crate) async fn unsealed<C: ConnectionTrait>(
    conn: &C,
    limit: u64,
) -> Result<Vec<event::Model>, KernelError> {
    let rows = event::Entity::find()
        .filter(event::Column::LogIndex.is_null())
        .order_by_asc(event::Column::Seq)
        .limit(limit)
        .all(conn)
        .await?;
    Ok(rows)
}

/// Whether there is anything to seal.
pub(crate) async fn any_unsealed(db: &Db) -> Result<bool, KernelError> {
    let statement = Statement::from_string(
        db.backend(),
        "SELECT 1 AS one FROM event WHERE log_index IS NULL LIMIT 1",
    );
    Ok(db.read().query_one_raw(statement).await?.is_some())
}

/// How many events wait to be sealed, and since when.
pub(crate) async fn waiting(db: &Db) -> Result<Unsealed, KernelError> {
    let statement = Statement::from_string(
        db.backend(),
        "SELECT count(*) AS events, min(at) AS oldest FROM event WHERE log_index IS NULL",
    );
    let Some(row) = db.read().query_one_raw(statement).await? else {
        return Ok(Unsealed {
            events: 0,
            oldest: None,
        });
    };
    let events: i64 = row.try_get("", "events")?;
    Ok(Unsealed {
        events: u64::try_from(events).unwrap_or(0),
        oldest: row.try_get("", "oldest")?,
    })
}

/// The tiles of these paths, as far as they exist.
pub(crate) async fn tiles<C: ConnectionTrait>(
    conn: &C,
    paths: &[TilePath],
) -> Result<MemoryTiles, KernelError> {
    let mut tiles = MemoryTiles::default();
    for path in paths {
        if let Some(bytes) = tile(conn, *path).await? {
            tiles.insert(*path, bytes);
        }
    }
    Ok(tiles)
}

/// The bytes of exactly this tile, cut from a wider one where needed.
pub(crate) async fn tile<C: ConnectionTrait>(
    conn: &C,
    path: TilePath,
) -> Result<Option<Vec<u8>>, KernelError> {
    let (kind, level) = key(path);
    let statement = Statement::from_sql_and_values(
        conn.get_database_backend(),
        "SELECT bytes FROM log_tile WHERE kind = $1 AND level = $2 AND idx = $3 AND width >= $4",
        [
            kind.into(),
            level.into(),
            signed(path.index()).into(),
            i64::from(path.width()).into(),
        ],
    );
    let Some(row) = conn.query_one_raw(statement).await? else {
        return Ok(None);
    };
    let bytes: Vec<u8> = row.try_get("", "bytes")?;
    Ok(path.cut(&bytes).map(<[u8]>::to_vec))
}

fn key(path: TilePath) -> (&'static str, i64) {
    match path.kind() {
        TileKind::Hashes { level } => ("hashes", i64::from(level)),
        TileKind::Entries => ("entries", 0),
    }
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Saves grown tiles, the places of the events and the checkpoint in the work's transaction.
pub(crate) async fn save_growth(
    work: &Work,
    growth: &Growth,
    events: &[event::Model],
    note: &SignedCheckpoint,
) -> Result<(), KernelError> {
    let backend = work.kernel().db().backend();
    for tile in growth.tiles() {
        let (kind, level) = key(tile.path);
        let statement = Statement::from_sql_and_values(
            backend,
            "INSERT INTO log_tile (kind, level, idx, width, bytes) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (kind, level, idx) DO UPDATE SET width = excluded.width, bytes = excluded.bytes",
            [
                kind.into(),
                level.into(),
                signed(tile.path.index()).into(),
                i64::from(tile.path.width()).into(),
                tile.bytes.clone().into(),
            ],
        );
        work.conn().execute_raw(statement).await?;
    }
    for (offset, chunk) in events.chunks(500).enumerate() {
        let first = growth.first_index + (offset * 500) as u64;
        let places: Vec<String> = chunk
            .iter()
            .zip(first..)
            .map(|(event, index)| format!("({},{index})", event.seq))
            .collect();
        let sql = format!(
            "WITH place (seq, idx) AS (VALUES {}) \
             UPDATE event SET log_index = place.idx FROM place WHERE event.seq = place.seq",
            places.join(",")
        );
        work.conn()
            .execute_raw(Statement::from_string(backend, sql))
            .await?;
    }
    let statement = Statement::from_sql_and_values(
        backend,
        "INSERT INTO log_checkpoint (size, note, at) VALUES ($1, $2, $3)",
        [
            signed(growth.head.size).into(),
            note.to_string().into(),
            work.now().into(),
        ],
    );
    work.conn().execute_raw(statement).await?;
    Ok(())
}

/// Puts another signed note in the place of the checkpoint of a tree.
pub(crate) async fn replace_checkpoint(
    work: &Work,
    size: u64,
    note: &SignedCheckpoint,
) -> Result<(), KernelError> {
    let statement = Statement::from_sql_and_values(
        work.kernel().db().backend(),
        "UPDATE log_checkpoint SET note = $1, at = $2 WHERE size = $3",
        [note.to_string().into(), work.now().into(), signed(size).into()],
    );
    work.conn().execute_raw(statement).await?;
    Ok(())
}

/// One event.
pub(crate) async fn event(db: &Db, id: Uuid) -> Result<Option<event::Model>, KernelError> {
    Ok(event::Entity::find()
        .filter(event::Column::Id.eq(id))
        .one(db.read())
        .await?)
}

/// The last event about a subject that changed its row.
pub(crate) async fn last_event(db: &Db, subject: (&str, Uuid)) -> Result<Option<event::Model>, KernelError> {
    let row = event::Entity::find()
        .filter(event::Column::SubjectType.eq(subject.0))
        .filter(event::Column::SubjectId.eq(subject.1))
        .filter(event::Column::Version.gt(0))
        .order_by_desc(event::Column::Seq)
        .one(db.read())
        .await?;
    Ok(row)
}

/// The first event about a subject whose body names a file.
pub(crate) async fn event_naming(
    db: &Db,
    subject: (&str, Uuid),
    sha256: &str,
) -> Result<Option<event::Model>, KernelError> {
    let row = event::Entity::find()
        .filter(event::Column::SubjectType.eq(subject.0))
        .filter(event::Column::SubjectId.eq(subject.1))
        .filter(event::Column::Body.contains(format!("\"{sha256}\"")))
        .order_by_asc(event::Column::Seq)
        .one(db.read())
        .await?;
    Ok(row)
}

/// Whether an event after `after` left a subject in exactly this state.
pub(crate) async fn left_so(
    db: &Db,
    after: i64,
    subject: (&str, Uuid),
    (version, digest): (i64, &str),
) -> Result<bool, KernelError> {
    let found = event::Entity::find()
        .filter(event::Column::Seq.gt(after))
        .filter(event::Column::SubjectType.eq(subject.0))
        .filter(event::Column::SubjectId.eq(subject.1))
        .filter(event::Column::Version.eq(version))
        .filter(event::Column::Body.contains(format!("\"{digest}\"")))
        .one(db.read())
        .await?;
    Ok(found.is_some())
}

/// Events in order of recording, after `after`.
pub(crate) async fn events_after(db: &Db, after: i64, limit: u64) -> Result<Vec<event::Model>, KernelError> {
    let rows = event::Entity::find()
        .filter(event::Column::Seq.gt(after))
        .order_by_asc(event::Column::Seq)
        .limit(limit)
        .all(db.read())
        .await?;
    Ok(rows)
}

/// A series with the numbers given in it.
pub(crate) struct Series {
    pub name: String,
    pub last: i64,
    pub given: i64,
    pub highest: i64,
}

/// All number series.
pub(crate) async fn series(db: &Db) -> Result<Vec<Series>, KernelError> {
    let statement = Statement::from_string(
        db.backend(),
        "SELECT s.series, s.last, COUNT(g.value) AS given, COALESCE(MAX(g.value), 0) AS highest \
         FROM number_series s LEFT JOIN number_given g ON g.series = s.series \
         GROUP BY s.series, s.last ORDER BY s.series",
    );
    let rows = db.read().query_all_raw(statement).await?;
    let read = |row: &sea_orm::QueryResult| -> Result<Series, sea_orm::DbErr> {
        Ok(Series {
            name: row.try_get("", "series")?,
            last: row.try_get("", "last")?,
            given: row.try_get("", "given")?,
            highest: row.try_get("", "highest")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Stretches of a series of which no number is registered, below its highest, in order.
pub(crate) async fn holes(db: &Db, series: &str) -> Result<Vec<(i64, i64)>, KernelError> {
    let sql = "SELECT before + 1 AS first_value, value - 1 AS last_value FROM \
               (SELECT value, LAG(value, 1, 0) OVER (ORDER BY value) AS before FROM number_given \
               WHERE series = $1) AS given WHERE value > before + 1 ORDER BY value";
    stretches(db, sql, series).await
}

/// Stretches of a series that were given elsewhere, in order.
pub(crate) async fn gaps(db: &Db, series: &str) -> Result<Vec<(i64, i64)>, KernelError> {
    let sql =
        "SELECT first_value, last_value FROM number_gap WHERE series = $1 ORDER BY first_value, last_value";
    stretches(db, sql, series).await
}

async fn stretches(db: &Db, sql: &str, series: &str) -> Result<Vec<(i64, i64)>, KernelError> {
    let statement = Statement::from_sql_and_values(db.backend(), sql, [series.into()]);
    let rows = db.read().query_all_raw(statement).await?;
    let read = |row: &sea_orm::QueryResult| -> Result<(i64, i64), sea_orm::DbErr> {
        Ok((row.try_get("", "first_value")?, row.try_get("", "last_value")?))
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// When the newest checkpoint was signed.
pub(crate) async fn sealed_at(db: &Db) -> Result<Option<Moment>, KernelError> {
    let statement = Statement::from_string(
        db.backend(),
        "SELECT at FROM log_checkpoint ORDER BY size DESC LIMIT 1",
    );
    let row = db.read().query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "at")).transpose()?)
}
