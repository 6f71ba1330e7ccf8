//! The sealed rows, for the audit.

use async_trait::async_trait;
use kernel::{
    Db, KernelError, Sealed,
    audit::{AuditSource, RowDigest},
};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use super::{
    enterprise,
    files::{facility, staff},
    watch::row as watch,
};

macro_rules! audit_source {
    ($(#[$meta:meta])* $name:ident, $table:ident) => {
        $(#[$meta])*
        pub struct $name;

        #[async_trait]
        impl AuditSource for $name {
            fn subject(&self) -> &'static str {
                $table::Model::SUBJECT
            }
            async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
                let mut query = $table::Entity::find().order_by_asc($table::Column::Id).limit(limit);
                if let Some(after) = after {
                    query = query.filter($table::Column::Id.gt(after));
                }
                Ok(query.all(db.read()).await?.iter().map(RowDigest::of).collect())
            }
        }
    };
}

audit_source!(
    /// The enterprise rows.
    EnterpriseAudit,
    enterprise
);
audit_source!(
    /// The key staff rows.
    StaffAudit,
    staff
);
audit_source!(
    /// The facility rows.
    FacilityAudit,
    facility
);
audit_source!(
    /// The rows of the list for closer supervision.
    WatchAudit,
    watch
);
