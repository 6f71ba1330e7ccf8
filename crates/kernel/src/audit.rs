//! The row side of the audit: every capability lists its sealed rows, the audit compares them with events.

use async_trait::async_trait;
use sea_orm::{Condition, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use crate::{Db, KernelError};

/// What a sealed row looks like now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDigest {
    /// Identifier of the row.
    pub id: Uuid,
    /// Its version.
    pub version: i64,
    /// Its digest, recomputed from the row as it is.
    pub digest: String,
    /// Hashes of files that the row refers to.
    pub files: Vec<String>,
}

/// Lists the sealed rows of one type of aggregate.
#[async_trait]
pub trait AuditSource: Send + Sync {
    /// Type of the aggregate, as in its events.
    fn subject(&self) -> &'static str;
    /// Rows with an identifier greater than `after`, in order of identifier.
    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError>;
    /// What rows are called, for whoever reads their events: a number, a title, a name. Those that are not there any
    /// more, and those without a name that an auditor may read, are left out.
    async fn names(&self, _db: &Db, _ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
        Ok(Vec::new())
    }
}

/// Rows in order of identifier, as the audit walks through them.
///
/// # Errors
/// [`KernelError::Db`].
pub async fn rows_after<E: EntityTrait>(
    db: &Db,
    id: E::Column,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<E::Model>, KernelError>
where
    E::Model: Send + Sync,
{
    let rows = E::find()
        .filter(Condition::all().add_option(after.map(|after| id.gt(after))))
        .order_by_asc(id)
        .limit(limit);
    Ok(rows.all(db.read()).await?)
}

/// What a column says of some rows; [`AuditSource::names`] of most tables.
///
/// # Errors
/// [`KernelError::Db`].
pub async fn names_in<E: EntityTrait>(
    db: &Db,
    id: E::Column,
    name: E::Column,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String)>, KernelError> {
    let named = E::find()
        .select_only()
        .column(id)
        .column(name)
        .filter(id.is_in(ids.iter().copied()))
        .filter(name.is_not_null());
    Ok(named.into_tuple().all(db.read()).await?)
}

impl RowDigest {
    /// The digest of a sealed row that refers to no files.
    pub fn of<S: crate::Sealed>(row: &S) -> Self {
        Self {
            id: row.subject_id(),
            version: row.version(),
            digest: row.digest(),
            files: Vec::new(),
        }
    }
}
