use kernel::SqlMigration;
use sea_orm_migration::MigrationTrait;

/// The tables of this capability.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(SqlMigration::new(
            "m0400_applications",
            include_str!("migrations/m0400_applications.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0401_about_licences",
            include_str!("migrations/m0401_about_licences.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0402_visits_and_supplies",
            include_str!("migrations/m0402_visits_and_supplies.sql"),
        )),
    ]
}
