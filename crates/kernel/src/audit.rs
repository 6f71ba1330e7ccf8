//! The row side of the audit: every capability lists its sealed rows, the audit compares them with events.

use async_trait::async_trait;
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
