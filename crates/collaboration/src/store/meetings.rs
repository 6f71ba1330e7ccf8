//! Meetings and what they found.

use std::collections::HashMap;

use async_trait::async_trait;
use kernel::{
    Actor, Db, KernelError, LegalDate, Moment, Scope, Sealed, Work,
    audit::{AuditSource, RowDigest, names_in, rows_after},
    ids::AccountId,
    work::guarded,
};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use serde::Serialize;
use uuid::Uuid;

use super::{behind, locked};
use crate::model::{Done, Meeting, MeetingId, Rectification, RectificationId, RectificationState};

pub(crate) mod gathering {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "joint_meeting")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MeetingId,
        pub version: i64,
        pub region: String,
        pub title: String,
        pub held_on: LegalDate,
        pub place: String,
        pub convener: String,
        pub departments: String,
        pub summary: String,
        pub created_by: Option<AccountId>,
        pub author: String,
        pub at: Moment,
    }
    impl ActiveModelBehavior for ActiveModel {}

    impl Sealed for Model {
        const SUBJECT: &'static str = "joint_meeting";
        fn subject_id(&self) -> Uuid {
            self.id.into()
        }
        fn version(&self) -> i64 {
            self.version
        }
        fn enterprise(&self) -> Option<Uuid> {
            None
        }
        fn region(&self) -> Option<&str> {
            Some(&self.region)
        }
    }
}

pub(crate) mod problem {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "rectification")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RectificationId,
        pub version: i64,
        pub meeting: MeetingId,
        pub region: String,
        pub convener: String,
        pub department: String,
        pub problem: String,
        pub requirement: String,
        pub due_on: LegalDate,
        pub state: String,
        pub rounds: String,
        pub closed_on: Option<LegalDate>,
    }
    impl ActiveModelBehavior for ActiveModel {}

    impl Sealed for Model {
        const SUBJECT: &'static str = "rectification";
        fn subject_id(&self) -> Uuid {
            self.id.into()
        }
        fn version(&self) -> i64 {
            self.version
        }
        fn enterprise(&self) -> Option<Uuid> {
            None
        }
        fn region(&self) -> Option<&str> {
            Some(&self.region)
        }
    }
}

/// A meeting belongs to no enterprise; whoever is of one meets none.
fn within(scope: &Scope) -> Condition {
    scope.condition(gathering::Column::Region, gathering::Column::Id)
}

fn problems_within(scope: &Scope) -> Condition {
    scope.condition(problem::Column::Region, problem::Column::Id)
}

impl TryFrom<gathering::Model> for Meeting {
    type Error = KernelError;

    fn try_from(row: gathering::Model) -> Result<Self, KernelError> {
        Ok(Self {
            departments: serde_json::from_str(&row.departments)?,
            by: Done {
                account: row.created_by,
                name: row.author,
                at: row.at,
            },
            id: row.id,
            version: row.version,
            region: row.region,
            title: row.title,
            held_on: row.held_on,
            place: row.place,
            convener: row.convener,
            summary: row.summary,
        })
    }
}

impl TryFrom<problem::Model> for Rectification {
    type Error = KernelError;

    fn try_from(row: problem::Model) -> Result<Self, KernelError> {
        let found = Self {
            rounds: serde_json::from_str(&row.rounds)?,
            id: row.id,
            version: row.version,
            meeting: row.meeting,
            region: row.region,
            convener: row.convener,
            department: row.department,
            problem: row.problem,
            requirement: row.requirement,
            due_on: row.due_on,
        };
        if found.state().as_str() == row.state {
            Ok(found)
        } else {
            Err(KernelError::Corrupt(format!("rectification {}", found.id)))
        }
    }
}

fn problem_row(one: &Rectification) -> Result<problem::Model, KernelError> {
    Ok(problem::Model {
        id: one.id,
        version: one.version,
        meeting: one.meeting,
        region: one.region.clone(),
        convener: one.convener.clone(),
        department: one.department.clone(),
        problem: one.problem.clone(),
        requirement: one.requirement.clone(),
        due_on: one.due_on,
        state: one.state().as_str().to_owned(),
        rounds: serde_json::to_string(&one.rounds)?,
        closed_on: one.closed_on(),
    })
}

/// Saves a new meeting. Returns its row for the event.
pub(crate) async fn insert_meeting(work: &Work, meeting: &Meeting) -> Result<gathering::Model, KernelError> {
    let row = gathering::Model {
        id: meeting.id,
        version: meeting.version,
        region: meeting.region.clone(),
        title: meeting.title.clone(),
        held_on: meeting.held_on,
        place: meeting.place.clone(),
        convener: meeting.convener.clone(),
        departments: serde_json::to_string(&meeting.departments)?,
        summary: meeting.summary.clone(),
        created_by: meeting.by.account,
        author: meeting.by.name.clone(),
        at: meeting.by.at,
    };
    gathering::Entity::insert(row.clone().into_active_model().reset_all())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// A meeting within the scope.
pub(crate) async fn meeting(db: &Db, scope: &Scope, id: MeetingId) -> Result<Option<Meeting>, KernelError> {
    let found = gathering::Entity::find_by_id(id).filter(within(scope));
    found.one(db.read()).await?.map(Meeting::try_from).transpose()
}

/// Meetings, newest first.
pub(crate) async fn meetings(
    db: &Db,
    scope: &Scope,
    after: Option<(LegalDate, Uuid)>,
    limit: u64,
) -> Result<Vec<Meeting>, KernelError> {
    use gathering::Column;
    let mut select = gathering::Entity::find()
        .filter(within(scope))
        .order_by_desc(Column::HeldOn)
        .order_by_desc(Column::Id)
        .limit(limit + 1);
    if let Some((day, id)) = after {
        select = select.filter(behind(Column::HeldOn, day, Column::Id, id));
    }
    let rows = select.all(db.read()).await?;
    rows.into_iter().map(Meeting::try_from).collect()
}

/// What these meetings were about.
pub(crate) async fn meeting_titles(
    db: &Db,
    ids: &[MeetingId],
) -> Result<HashMap<MeetingId, String>, KernelError> {
    use gathering::Column;
    let rows: Vec<(MeetingId, String)> = gathering::Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::Title)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows.into_iter().collect())
}

/// Saves a new problem. Returns its row for the event.
pub(crate) async fn insert_rectification(
    work: &Work,
    one: &Rectification,
) -> Result<problem::Model, KernelError> {
    let row = problem_row(one)?;
    problem::Entity::insert(row.clone().into_active_model().reset_all())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// Saves a changed problem over the version before. Returns its row for the event.
pub(crate) async fn save_rectification(
    work: &Work,
    one: &Rectification,
) -> Result<problem::Model, KernelError> {
    let row = problem_row(one)?;
    let done = problem::Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(problem::Column::Id.eq(one.id))
        .filter(problem::Column::Version.eq(one.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "rectification")?;
    Ok(row)
}

/// A problem within the scope.
pub(crate) async fn rectification(
    db: &Db,
    scope: &Scope,
    id: RectificationId,
) -> Result<Option<Rectification>, KernelError> {
    let found = problem::Entity::find_by_id(id).filter(problems_within(scope));
    found
        .one(db.read())
        .await?
        .map(Rectification::try_from)
        .transpose()
}

/// The same, locked until the end of the transaction on the engine that has locks.
pub(crate) async fn locked_rectification(
    work: &Work,
    scope: &Scope,
    id: RectificationId,
) -> Result<Option<Rectification>, KernelError> {
    let select = problem::Entity::find_by_id(id).filter(problems_within(scope));
    locked(work, select)
        .one(work.conn())
        .await?
        .map(Rectification::try_from)
        .transpose()
}

/// The problems of a meeting.
pub(crate) async fn rectifications_of(db: &Db, id: MeetingId) -> Result<Vec<Rectification>, KernelError> {
    let rows = problem::Entity::find()
        .filter(problem::Column::Meeting.eq(id))
        .order_by_asc(problem::Column::Id)
        .all(db.read())
        .await?;
    rows.into_iter().map(Rectification::try_from).collect()
}

/// What to look for among problems.
#[derive(Clone, Debug, Default)]
pub(crate) struct RectificationQuery {
    /// Of this department.
    pub department: Option<String>,
    /// Found by a meeting that this department convened.
    pub convener: Option<String>,
    /// In this state.
    pub state: Option<RectificationState>,
    /// Not closed, and past their last day as of this one.
    pub overdue_on: Option<LegalDate>,
    /// Go on after this row.
    pub after: Option<(LegalDate, Uuid)>,
    /// Rows wanted; one more is fetched.
    pub limit: u64,
}

/// Problems across meetings, most urgent first.
pub(crate) async fn rectifications(
    db: &Db,
    actor: &Actor,
    query: &RectificationQuery,
) -> Result<Vec<Rectification>, KernelError> {
    use problem::Column;
    let mut select = problem::Entity::find()
        .filter(problems_within(&actor.scope))
        .order_by_asc(Column::DueOn)
        .order_by_asc(Column::Id)
        .limit(query.limit + 1);
    if let Some(department) = &query.department {
        select = select.filter(Column::Department.eq(department.as_str()));
    }
    if let Some(convener) = &query.convener {
        select = select.filter(Column::Convener.eq(convener.as_str()));
    }
    if let Some(state) = query.state {
        select = select.filter(Column::State.eq(state.as_str()));
    }
    if let Some(today) = query.overdue_on {
        select = select
            .filter(Column::ClosedOn.is_null())
            .filter(Column::DueOn.lt(today));
    }
    if let Some((day, id)) = query.after {
        let later = Condition::any()
            .add(Column::DueOn.gt(day))
            .add(Condition::all().add(Column::DueOn.eq(day)).add(Column::Id.gt(id)));
        select = select.filter(later);
    }
    let rows = select.all(db.read()).await?;
    rows.into_iter().map(Rectification::try_from).collect()
}

/// Problems that are not closed and whose last day lies between two days, both counted.
pub(crate) async fn overdue_on(
    db: &Db,
    from: LegalDate,
    until: LegalDate,
) -> Result<Vec<Rectification>, KernelError> {
    use problem::Column;
    let rows = problem::Entity::find()
        .filter(Column::ClosedOn.is_null())
        .filter(Column::DueOn.gte(from))
        .filter(Column::DueOn.lte(until))
        .order_by_asc(Column::DueOn)
        .order_by_asc(Column::Id)
        .all(db.read())
        .await?;
    rows.into_iter().map(Rectification::try_from).collect()
}

/// Meetings, for the audit.
pub struct MeetingAudit;

#[async_trait]
impl AuditSource for MeetingAudit {
    fn subject(&self) -> &'static str {
        gathering::Model::SUBJECT
    }

    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let rows = rows_after::<gathering::Entity>(db, gathering::Column::Id, after, limit).await?;
        Ok(rows.iter().map(RowDigest::of).collect())
    }

    async fn names(&self, db: &Db, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
        names_in::<gathering::Entity>(db, gathering::Column::Id, gathering::Column::Title, ids).await
    }
}

/// Problems, for the audit.
pub struct RectificationAudit;

#[async_trait]
impl AuditSource for RectificationAudit {
    fn subject(&self) -> &'static str {
        problem::Model::SUBJECT
    }

    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let rows = rows_after::<problem::Entity>(db, problem::Column::Id, after, limit).await?;
        Ok(rows.iter().map(RowDigest::of).collect())
    }

    async fn names(&self, db: &Db, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
        names_in::<problem::Entity>(db, problem::Column::Id, problem::Column::Problem, ids).await
    }
}
