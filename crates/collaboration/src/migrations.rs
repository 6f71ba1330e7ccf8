//! Tables.

use kernel::SqlMigration;
use sea_orm_migration::MigrationTrait;

/// The tables of this capability.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(SqlMigration::new(
            "m0800_collaboration",
            include_str!("migrations/m0800_collaboration.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0801_names_and_conveners",
            include_str!("migrations/m0801_names_and_conveners.sql"),
        )),
    ]
}
