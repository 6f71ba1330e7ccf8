//! Tables.

use kernel::SqlMigration;
use sea_orm_migration::MigrationTrait;

/// The tables of this capability.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(SqlMigration::new(
            "m0700_notices",
            include_str!("migrations/m0700_notices.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0701_deliveries_by_name",
            include_str!("migrations/m0701_deliveries_by_name.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0702_messages_of_several",
            include_str!("migrations/m0702_messages_of_several.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0703_briefs",
            include_str!("migrations/m0703_briefs.sql"),
        )),
        // What was in use stays in use, and says that nobody proved it.
        Box::new(
            SqlMigration::new("m0704_proofs", include_str!("migrations/m0704_proofs.sql")).native(
                include_str!("migrations/m0704_in_use.sqlite.sql"),
                include_str!("migrations/m0704_in_use.postgres.sql"),
            ),
        ),
    ]
}
