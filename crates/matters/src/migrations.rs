use kernel::SqlMigration;
use sea_orm_migration::MigrationTrait;

/// The tables of this capability.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(SqlMigration::new(
        "m0300_list_reviews",
        include_str!("migrations/m0300_list_reviews.sql"),
    ))]
}
