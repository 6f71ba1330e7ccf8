//! The sealed rows, for the audit.

use async_trait::async_trait;
use kernel::{
    Db, KernelError, Sealed,
    audit::{AuditSource, RowDigest, names_in, rows_after},
};
use uuid::Uuid;

use super::{
    enterprise,
    files::{facility, staff},
    watch::row as watch,
};

macro_rules! audit_source {
    ($(#[$meta:meta])* $name:ident, $table:ident $(, $called:ident)?) => {
        $(#[$meta])*
        pub struct $name;

        #[async_trait]
        impl AuditSource for $name {
            fn subject(&self) -> &'static str {
                $table::Model::SUBJECT
            }
            async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
                let rows = rows_after::<$table::Entity>(db, $table::Column::Id, after, limit).await?;
                Ok(rows.iter().map(RowDigest::of).collect())
            }
            $(async fn names(&self, db: &Db, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
                names_in::<$table::Entity>(db, $table::Column::Id, $table::Column::$called, ids).await
            })?
        }
    };
}

audit_source!(
    /// The enterprise rows.
    EnterpriseAudit,
    enterprise,
    Name
);
audit_source!(
    /// The key staff rows.
    StaffAudit,
    staff
);
audit_source!(
    /// The facility rows.
    FacilityAudit,
    facility,
    Name
);
audit_source!(
    /// The rows of the list for closer supervision.
    WatchAudit,
    watch
);
