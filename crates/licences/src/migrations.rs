use kernel::{SqlMigration, text_index_ddl};
use sea_orm_migration::MigrationTrait;

/// The tables of this capability.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    let licences = SqlMigration::new("m0500_licences", include_str!("migrations/m0500_licences.sql")).native(
        text_index_ddl!(sqlite, "licence_text"),
        text_index_ddl!(postgres, "licence_text"),
    );
    let life = SqlMigration::new(
        "m0501_licence_life",
        include_str!("migrations/m0501_licence_life.sql"),
    );
    let filings = SqlMigration::new(
        "m0502_licence_filings",
        include_str!("migrations/m0502_licence_filings.sql"),
    );
    let figures = SqlMigration::new(
        "m0520_licence_figures",
        include_str!("migrations/m0520_licence_figures.sql"),
    );
    let waits = SqlMigration::new(
        "m0503_licence_waits",
        include_str!("migrations/m0503_licence_waits.sql"),
    )
    .native(
        include_str!("migrations/m0503_licence_waits.sqlite.sql"),
        include_str!("migrations/m0503_licence_waits.postgres.sql"),
    );
    let lists = SqlMigration::new(
        "m0521_wide_lists",
        include_str!("migrations/m0521_wide_lists.sql"),
    );
    vec![
        Box::new(licences),
        Box::new(life),
        Box::new(filings),
        Box::new(figures),
        Box::new(waits),
        Box::new(lists),
    ]
}
