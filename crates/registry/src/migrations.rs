use kernel::{SqlMigration, text_index_ddl};
use sea_orm_migration::MigrationTrait;

/// The tables of this capability.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    let registry = SqlMigration::new("m0200_registry", include_str!("migrations/m0200_registry.sql")).native(
        text_index_ddl!(sqlite, "enterprise_text"),
        text_index_ddl!(postgres, "enterprise_text"),
    );
    let imports = SqlMigration::new("m0201_imports", include_str!("migrations/m0201_imports.sql"));
    let watch = SqlMigration::new("m0202_watch", include_str!("migrations/m0202_watch.sql"));
    vec![Box::new(registry), Box::new(imports), Box::new(watch)]
}
