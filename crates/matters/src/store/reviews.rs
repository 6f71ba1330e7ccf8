//! The only table of this capability: quarterly reviews of responsibility lists.

use async_trait::async_trait;
use kernel::{
    Db, KernelError, LegalDate, Moment, Sealed, Work,
    audit::{AuditSource, RowDigest, names_in, rows_after},
    work::guarded,
};
use sea_orm::{Condition, ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use serde::Serialize;
use uuid::Uuid;

use crate::model::{ListReview, MatterKey, Quarter, ReviewId, ReviewState};

pub(crate) mod list_review {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "list_review")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReviewId,
        pub version: i64,
        pub matter: String,
        pub quarter: String,
        pub state: String,
        pub number: Option<i64>,
        pub effective_from: Option<LegalDate>,
        pub proposed_at: Moment,
        pub body: String,
    }
    impl ActiveModelBehavior for ActiveModel {}

    impl Sealed for Model {
        const SUBJECT: &'static str = "list_review";
        fn subject_id(&self) -> Uuid {
            self.id.into()
        }
        fn version(&self) -> i64 {
            self.version
        }
        fn enterprise(&self) -> Option<Uuid> {
            None
        }
    }
}

use list_review::{Column, Entity, Model};

fn row(review: &ListReview) -> Result<Model, KernelError> {
    let (number, effective_from) = match &review.state {
        ReviewState::Approved {
            number,
            effective_from,
            ..
        } => (number.map(i64::from), Some(*effective_from)),
        _ => (None, None),
    };
    Ok(Model {
        id: review.id,
        version: review.version,
        matter: review.matter.to_string(),
        quarter: review.quarter.to_string(),
        state: review.state.as_str().to_owned(),
        number,
        effective_from,
        proposed_at: review.proposed.at,
        body: serde_json::to_string(review)?,
    })
}

fn review(row: Model) -> Result<ListReview, KernelError> {
    let corrupt = |why: String| KernelError::Corrupt(format!("list review {}: {why}", row.id));
    let review: ListReview = serde_json::from_str(&row.body).map_err(|error| corrupt(error.to_string()))?;
    if review.state.as_str() != row.state || review.version != row.version {
        return Err(corrupt("row and body differ".to_owned()));
    }
    Ok(review)
}

/// Saves a new proposal. Returns the row for the event.
pub(crate) async fn insert(work: &Work, new: &ListReview) -> Result<Model, KernelError> {
    let row = row(new)?;
    Entity::insert(row.clone().into_active_model())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// Saves a decided proposal.
pub(crate) async fn update(work: &Work, changed: &ListReview) -> Result<Model, KernelError> {
    let row = row(changed)?;
    let done = Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(changed.id))
        .filter(Column::Version.eq(changed.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "list_review")?;
    Ok(row)
}

/// One review.
pub(crate) async fn find(
    conn: &impl ConnectionTrait,
    id: ReviewId,
) -> Result<Option<ListReview>, KernelError> {
    Entity::find_by_id(id).one(conn).await?.map(review).transpose()
}

/// Approved changes of a matter's list, by number.
pub(crate) async fn approved(
    conn: &impl ConnectionTrait,
    matter: MatterKey,
) -> Result<Vec<ListReview>, KernelError> {
    let rows = Entity::find()
        .filter(Column::Matter.eq(matter.to_string()))
        .filter(Column::Number.is_not_null())
        .order_by_asc(Column::Number)
        .all(conn)
        .await?;
    rows.into_iter().map(review).collect()
}

/// Approved changes of several matters' lists, by number.
pub(crate) async fn approved_of(db: &Db, matters: &[MatterKey]) -> Result<Vec<ListReview>, KernelError> {
    let rows = Entity::find()
        .filter(Column::Matter.is_in(matters.iter().map(ToString::to_string)))
        .filter(Column::Number.is_not_null())
        .order_by_asc(Column::Number)
        .all(db.read())
        .await?;
    rows.into_iter().map(review).collect()
}

/// Reviews of a quarter: matter, state, identifier; oldest first, so that the last of a matter is how it stands.
pub(crate) async fn reviewed(
    db: &Db,
    quarter: Quarter,
) -> Result<Vec<(String, String, ReviewId)>, KernelError> {
    let query = Entity::find()
        .select_only()
        .column(Column::Matter)
        .column(Column::State)
        .column(Column::Id)
        .filter(Column::Quarter.eq(quarter.to_string()))
        .order_by_asc(Column::ProposedAt)
        .order_by_asc(Column::Id);
    Ok(query.into_tuple().all(db.read()).await?)
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReviewQuery {
    /// Of this matter.
    pub matter: Option<MatterKey>,
    /// Of this quarter.
    pub quarter: Option<Quarter>,
    /// In this state.
    pub state: Option<String>,
    /// Go on after this row.
    pub after: Option<(i64, Uuid)>,
    /// Rows wanted; one more is fetched.
    pub limit: u64,
}

/// Reviews, newest first, one more than asked for.
pub(crate) async fn list(db: &Db, query: &ReviewQuery) -> Result<Vec<ListReview>, KernelError> {
    let mut select = Entity::find()
        .filter(
            Condition::all()
                .add_option(query.matter.map(|key| Column::Matter.eq(key.to_string())))
                .add_option(
                    query
                        .quarter
                        .map(|quarter| Column::Quarter.eq(quarter.to_string())),
                )
                .add_option(query.state.as_ref().map(|state| Column::State.eq(state.as_str()))),
        )
        .order_by_desc(Column::ProposedAt)
        .order_by_desc(Column::Id)
        .limit(query.limit + 1);
    if let Some((at, id)) = query.after {
        let earlier = Condition::any().add(Column::ProposedAt.lt(at)).add(
            Condition::all()
                .add(Column::ProposedAt.eq(at))
                .add(Column::Id.lt(id)),
        );
        select = select.filter(earlier);
    }
    select.all(db.read()).await?.into_iter().map(review).collect()
}

/// The review rows, for the audit.
pub struct ListReviewAudit;

#[async_trait]
impl AuditSource for ListReviewAudit {
    fn subject(&self) -> &'static str {
        Model::SUBJECT
    }

    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let rows = rows_after::<Entity>(db, Column::Id, after, limit).await?;
        Ok(rows.iter().map(RowDigest::of).collect())
    }

    async fn names(&self, db: &Db, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
        names_in::<Entity>(db, Column::Id, Column::Quarter, ids).await
    }
}
