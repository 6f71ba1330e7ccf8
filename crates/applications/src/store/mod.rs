//! The only place that knows the tables of this capability.

mod figures;
mod in_hand;
mod lists;
mod tasks;

use async_trait::async_trait;
use kernel::{
    Actor, Db, Dialect, KernelError, LegalDate, Moment, Sealed, Work,
    audit::{AuditSource, RowDigest, names_in, rows_after},
    ids::{ApplicationId, EnterpriseId, LicenceId},
    work::guarded,
};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*, sea_query::Query};
use serde::Serialize;
use uuid::Uuid;

pub(crate) use figures::*;
pub use figures::{About, Counted, Reviewed, Span};
pub(crate) use in_hand::{
    InHandFilter, InHandOrder, Lit, OpenRow, applications_of, due_between, in_hand, open_tasks, tally,
};
pub use lists::Sort;
pub(crate) use lists::{ListQuery, ListRow, list, public_decisions};
pub(crate) use tasks::{TaskQuery, TaskRow, replace_tasks, visits, work_list};

use crate::{
    model::{Application, MaterialFile, Rendering},
    rules::{Bodies, Due, History, Turning},
};

/// Sorts behind every date.
pub(crate) const NO_DUE: &str = "9999-12-31";

pub(crate) mod application {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "application")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ApplicationId,
        pub version: i64,
        #[sea_orm(unique)]
        pub reference: Option<String>,
        pub matter: String,
        pub matter_version: i64,
        pub industry: String,
        pub enterprise: Uuid,
        // Added later: rows of first issues keep their digests.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub licence: Option<LicenceId>,
        pub applicant: String,
        pub region: String,
        pub lead_body: String,
        pub acceptance_body: String,
        pub state: String,
        pub officer: Option<Uuid>,
        pub corrected: i64,
        pub created_at: Moment,
        pub submitted_at: Option<Moment>,
        pub sorted_at: Moment,
        pub decided_on: Option<LegalDate>,
        // Follow from body and calendar; a new calendar changes them without an act, so they are not sealed.
        #[serde(skip_serializing)]
        pub due_on: Option<LegalDate>,
        #[serde(skip_serializing)]
        pub due_sort: String,
        #[serde(skip_serializing)]
        pub due_unknown: i64,
        #[serde(skip_serializing)]
        pub yellow_on: Option<LegalDate>,
        #[serde(skip_serializing)]
        pub red_on: Option<LegalDate>,
        #[serde(skip_serializing)]
        pub accepted_on: Option<LegalDate>,
        #[serde(skip_serializing)]
        pub held: i64,
        pub demo: i64,
        pub body: String,
    }
    impl ActiveModelBehavior for ActiveModel {}

    impl Sealed for Model {
        const SUBJECT: &'static str = "application";
        fn subject_id(&self) -> Uuid {
            self.id.into()
        }
        fn version(&self) -> i64 {
            self.version
        }
        fn enterprise(&self) -> Option<Uuid> {
            Some(self.enterprise)
        }
        fn region(&self) -> Option<&str> {
            Some(&self.region)
        }
    }
}

/// An application with identifier and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Identifier.
    pub id: ApplicationId,
    /// Version for optimistic locking.
    pub version: i64,
    /// The aggregate.
    pub application: Application,
}

impl TryFrom<application::Model> for Record {
    type Error = KernelError;

    fn try_from(row: application::Model) -> Result<Self, KernelError> {
        let corrupt = |why: String| KernelError::Corrupt(format!("application {}: {why}", row.id));
        let application: Application = serde_json::from_str(&row.body).map_err(|e| corrupt(e.to_string()))?;
        if application.state().as_str() != row.state {
            return Err(corrupt(format!(
                "state {} in the row, another in the body",
                row.state
            )));
        }
        Ok(Self {
            id: row.id,
            version: row.version,
            application,
        })
    }
}

/// What follows from an application, the calendar and today; derived, hence not sealed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Deadlines {
    /// End of the clock that matters most.
    pub due: Option<Due>,
    /// When its light turns.
    pub turning: Turning,
    /// It stands still.
    pub held: bool,
    /// The holidays of a year are missing.
    pub waiting: bool,
}

fn row(record: &Record, bodies: &Bodies, deadlines: Deadlines) -> Result<application::Model, KernelError> {
    let app = &record.application;
    let dossier = app.dossier();
    let intake = app.intake();
    let submitted_at = intake.map(|intake| intake.submitted_at);
    let corrected = app.open_notice().is_some() || intake.is_some_and(|intake| intake.correction.is_some());
    Ok(application::Model {
        id: record.id,
        version: record.version,
        reference: intake.map(|intake| intake.reference.clone()),
        matter: dossier.matter.to_string(),
        matter_version: i64::from(dossier.matter_version),
        industry: dossier.matter.industry.as_str().to_owned(),
        enterprise: dossier.applicant.enterprise.into(),
        licence: dossier.licence.as_ref().map(|held| held.id),
        applicant: dossier.applicant.name.clone(),
        region: dossier.applicant.region.clone(),
        lead_body: bodies.lead.clone(),
        acceptance_body: bodies.window.clone(),
        state: app.state().as_str().to_owned(),
        officer: app.owner().and_then(|owner| owner.account).map(Into::into),
        corrected: corrected.into(),
        created_at: dossier.created_at,
        submitted_at,
        sorted_at: submitted_at.unwrap_or(dossier.created_at),
        decided_on: app.decided_on(),
        due_on: deadlines.due.and_then(Due::day),
        due_sort: due_sort(deadlines.due),
        due_unknown: deadlines.waiting.into(),
        yellow_on: deadlines.turning.yellow_on,
        red_on: deadlines.turning.red_on,
        accepted_on: app.case().map(|case| case.acceptance.accepted_on),
        held: deadlines.held.into(),
        demo: dossier.applicant.demo.into(),
        body: serde_json::to_string(app)?,
    })
}

pub(crate) fn due_sort(due: Option<Due>) -> String {
    due.and_then(Due::sort_day)
        .map_or_else(|| NO_DUE.to_owned(), |day| day.to_string())
}

/// What the actor may know of: its region or own enterprise; nobody outside sees a draft; a department sees what
/// it keeps, takes in or reviews.
pub(crate) fn visible(actor: &Actor) -> Condition {
    let scope = actor
        .scope
        .condition(application::Column::Region, application::Column::Enterprise);
    let mut all = Condition::all().add(scope);
    if actor.is_system || actor.scope.enterprise.is_some() {
        return all;
    }
    all = all.add(application::Column::SubmittedAt.is_not_null());
    if let Some(own) = &actor.scope.department {
        all = all.add(concerns(own));
    }
    all
}

/// Applications that a department keeps, takes in or reviews.
fn concerns(department: &str) -> Condition {
    let mut reviewed = Query::select();
    reviewed
        .column(tasks::application_task::Column::Application)
        .from(tasks::application_task::Entity)
        .and_where(tasks::application_task::Column::Department.eq(department));
    Condition::any()
        .add(application::Column::LeadBody.eq(department))
        .add(application::Column::AcceptanceBody.eq(department))
        .add(application::Column::Id.in_subquery(reviewed))
}

/// Saves a new application. Returns the row for the event.
pub(crate) async fn insert(
    work: &Work,
    record: &Record,
    bodies: &Bodies,
) -> Result<application::Model, KernelError> {
    let row = row(record, bodies, Deadlines::default())?;
    application::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// Saves a changed application whose version was raised by one.
pub(crate) async fn update(
    work: &Work,
    record: &Record,
    bodies: &Bodies,
    deadlines: Deadlines,
) -> Result<application::Model, KernelError> {
    let row = row(record, bodies, deadlines)?;
    let done = application::Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(application::Column::Id.eq(record.id))
        .filter(application::Column::Version.eq(record.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "application")?;
    Ok(row)
}

/// Loads an application for an act and locks its row, so that concurrent acts queue.
pub(crate) async fn locked(work: &Work, id: ApplicationId) -> Result<Option<Record>, KernelError> {
    let mut query = application::Entity::find_by_id(id).filter(visible(work.actor()));
    // SQLite has only one writer at a time.
    if work.kernel().db().dialect() == Dialect::Postgres {
        query = query.lock_exclusive();
    }
    query.one(work.conn()).await?.map(Record::try_from).transpose()
}

/// An application that the actor may know of.
pub(crate) async fn find(db: &Db, actor: &Actor, id: ApplicationId) -> Result<Option<Record>, KernelError> {
    let row = application::Entity::find_by_id(id)
        .filter(visible(actor))
        .one(db.read())
        .await?;
    row.map(Record::try_from).transpose()
}

/// Only the version of an application that the actor may know of.
pub(crate) async fn version(db: &Db, actor: &Actor, id: ApplicationId) -> Result<Option<i64>, KernelError> {
    let query = application::Entity::find_by_id(id)
        .filter(visible(actor))
        .select_only();
    Ok(query
        .column(application::Column::Version)
        .into_tuple()
        .one(db.read())
        .await?)
}

/// A running application of a matter for a licence: its identifier and reference.
pub(crate) async fn running(
    db: &Db,
    licence: LicenceId,
    matter: &str,
) -> Result<Option<(ApplicationId, Option<String>)>, KernelError> {
    use application::Column;
    let ended = ["granted", "refused", "not_accepted", "withdrawn"];
    let query = application::Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::Reference)
        .filter(Column::Licence.eq(licence))
        .filter(Column::Matter.eq(matter))
        .filter(Column::State.is_not_in(ended));
    Ok(query.into_tuple().one(db.read()).await?)
}

/// How other applications of the enterprise stand.
pub(crate) async fn history(
    work: &Work,
    enterprise: EnterpriseId,
    except: ApplicationId,
) -> Result<History, KernelError> {
    let counts: Vec<(String, i64, i64)> = application::Entity::find()
        .select_only()
        .column(application::Column::State)
        .column(application::Column::Corrected)
        .column_as(application::Column::Id.count(), "number")
        .filter(application::Column::Enterprise.eq(Uuid::from(enterprise)))
        .filter(application::Column::Id.ne(except))
        .filter(application::Column::SubmittedAt.is_not_null())
        .group_by(application::Column::State)
        .group_by(application::Column::Corrected)
        .into_tuple()
        .all(work.conn())
        .await?;
    let mut history = History::default();
    for (state, corrected, number) in counts {
        let number = u64::try_from(number).unwrap_or(0);
        if corrected != 0 {
            history.corrected += number;
        }
        match state.as_str() {
            "granted" => history.granted += number,
            "refused" => history.refused += number,
            "not_accepted" => history.not_accepted += number,
            "withdrawn" => history.withdrawn += number,
            _ => history.under_way += number,
        }
    }
    Ok(history)
}

/// Applications whose last day could not be computed, by identifier.
pub(crate) async fn unknown_due(
    db: &Db,
    after: Option<ApplicationId>,
    limit: u64,
) -> Result<Vec<ApplicationId>, KernelError> {
    let mut query = application::Entity::find()
        .select_only()
        .column(application::Column::Id)
        .filter(application::Column::DueUnknown.eq(1))
        .order_by_asc(application::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(application::Column::Id.gt(after));
    }
    Ok(query.into_tuple().all(db.read()).await?)
}

/// Applications that were handed in, by identifier.
pub(crate) async fn handed_in(
    db: &Db,
    after: Option<ApplicationId>,
    limit: u64,
) -> Result<Vec<ApplicationId>, KernelError> {
    let mut query = application::Entity::find()
        .select_only()
        .column(application::Column::Id)
        .filter(application::Column::SubmittedAt.is_not_null())
        .order_by_asc(application::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(application::Column::Id.gt(after));
    }
    Ok(query.into_tuple().all(db.read()).await?)
}

/// Writes the derived last day anew. No act, hence no event.
pub(crate) async fn set_due(work: &Work, id: ApplicationId, deadlines: Deadlines) -> Result<(), KernelError> {
    let day = |day: Option<LegalDate>| Expr::value(day.map(|day| day.to_string()));
    application::Entity::update_many()
        .col_expr(application::Column::DueOn, day(deadlines.due.and_then(Due::day)))
        .col_expr(application::Column::DueSort, Expr::value(due_sort(deadlines.due)))
        .col_expr(
            application::Column::DueUnknown,
            Expr::value(i64::from(deadlines.waiting)),
        )
        .col_expr(application::Column::YellowOn, day(deadlines.turning.yellow_on))
        .col_expr(application::Column::RedOn, day(deadlines.turning.red_on))
        .col_expr(application::Column::Held, Expr::value(i64::from(deadlines.held)))
        .filter(application::Column::Id.eq(id))
        .exec(work.conn())
        .await?;
    Ok(())
}

/// The application rows, for the audit.
pub struct ApplicationAudit;

#[async_trait]
impl AuditSource for ApplicationAudit {
    fn subject(&self) -> &'static str {
        application::Model::SUBJECT
    }

    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let rows = rows_after::<application::Entity>(db, application::Column::Id, after, limit).await?;
        rows.iter().map(digest).collect()
    }

    async fn names(&self, db: &Db, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
        let mut named =
            names_in::<application::Entity>(db, application::Column::Id, application::Column::Reference, ids)
                .await?;
        let others: Vec<Uuid> = ids
            .iter()
            .filter(|id| !named.iter().any(|(known, _)| known == *id))
            .copied()
            .collect();
        // Before it is accepted an application has no number.
        named.extend(
            names_in::<application::Entity>(
                db,
                application::Column::Id,
                application::Column::Applicant,
                &others,
            )
            .await?,
        );
        Ok(named)
    }
}

fn digest(row: &application::Model) -> Result<RowDigest, KernelError> {
    let app: Application = serde_json::from_str(&row.body)?;
    let dossier = app.dossier();
    let uploads = dossier
        .files
        .iter()
        .map(|file: &MaterialFile| file.blob.sha256.clone());
    let signed = dossier
        .documents
        .iter()
        .filter_map(|document| match &document.rendering {
            Rendering::Ready { blob, .. } => Some(blob.sha256.clone()),
            Rendering::Pending => None,
        });
    let checks = app.case().into_iter().flat_map(|case| &case.site_checks);
    let photos = checks
        .flat_map(|check| &check.photos)
        .map(|photo| photo.blob.sha256.clone());
    Ok(RowDigest {
        files: uploads.chain(signed).chain(photos).collect(),
        ..RowDigest::of(row)
    })
}
