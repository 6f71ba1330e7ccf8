use kernel::SqlMigration;
use sea_orm_migration::MigrationTrait;

/// The tables of this capability.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(SqlMigration::new(
            "m0100_identity",
            include_str!("migrations/m0100_identity.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0101_account_department",
            include_str!("migrations/m0101_account_department.sql"),
        )),
    ]
}
