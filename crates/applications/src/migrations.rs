use kernel::SqlMigration;
use sea_orm_migration::MigrationTrait;

/// The day of acceptance out of the bodies of before.
const ACCEPTED_SQLITE: &str = "UPDATE application SET accepted_on = COALESCE(\
     json_extract(body, '$.case.acceptance.accepted_on'), json_extract(body, '$.file.case.acceptance.accepted_on'));";
const ACCEPTED_POSTGRES: &str = "UPDATE application SET accepted_on = COALESCE(\
     body::jsonb #>> '{case,acceptance,accepted_on}', body::jsonb #>> '{file,case,acceptance,accepted_on}');";

/// The tables of this capability.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    let figures = SqlMigration::new("m0403_figures", include_str!("migrations/m0403_figures.sql"));
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
        Box::new(figures.native(ACCEPTED_SQLITE, ACCEPTED_POSTGRES)),
        Box::new(SqlMigration::new(
            "m0410_work_in_hand",
            include_str!("migrations/m0410_work_in_hand.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0411_named_officers",
            include_str!("migrations/m0411_named_officers.sql"),
        )),
        Box::new(SqlMigration::new(
            "m0412_wide_work_in_hand",
            include_str!("migrations/m0412_wide_work_in_hand.sql"),
        )),
    ]
}
