//! The licence rows as the audit reads them.

use async_trait::async_trait;
use kernel::{
    Db, KernelError, Sealed,
    audit::{AuditSource, RowDigest, names_in, rows_after},
};
use uuid::Uuid;

use super::{Column, Entity, Model};
use crate::model::PastPaper;

/// The licence rows with their files, for the audit.
pub struct LicenceAudit;

#[async_trait]
impl AuditSource for LicenceAudit {
    fn subject(&self) -> &'static str {
        Model::SUBJECT
    }

    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let rows = rows_after::<Entity>(db, Column::Id, after, limit).await?;
        Ok(rows.iter().map(digest).collect())
    }

    async fn names(&self, db: &Db, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
        names_in::<Entity>(db, Column::Id, Column::Number, ids).await
    }
}

fn digest(row: &Model) -> RowDigest {
    let files = [&row.original_sha256, &row.duplicate_sha256]
        .into_iter()
        .flatten();
    // A list that cannot be read is found by the digest.
    let past: Vec<PastPaper> = row
        .past
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let past = past.into_iter().filter_map(|paper| paper.certificate);
    let past = past.flat_map(|files| [files.original, files.duplicate]);
    RowDigest {
        files: files.cloned().chain(past).collect(),
        ..RowDigest::of(row)
    }
}
