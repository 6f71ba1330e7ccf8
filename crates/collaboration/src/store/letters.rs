//! Letters.

use std::collections::HashMap;

use async_trait::async_trait;
use kernel::{
    Actor, Db, KernelError, LegalDate, Moment, Scope, Sealed, Work,
    audit::{AuditSource, RowDigest, names_in, rows_after},
    ids::{AccountId, ApplicationId},
    work::guarded,
};
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use serde::Serialize;
use uuid::Uuid;

use super::{behind, locked};
use crate::model::{Letter, LetterId, LetterKind, Receipt};

pub(crate) mod row {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "reminder_letter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: LetterId,
        pub version: i64,
        pub piece: String,
        pub step: i64,
        pub kind: String,
        pub application: ApplicationId,
        pub enterprise: Uuid,
        pub region: String,
        pub department: String,
        pub addressee: String,
        pub number: String,
        pub late_days: i64,
        pub due_on: LegalDate,
        pub paper: String,
        pub facts: String,
        pub sha256: Option<String>,
        pub at: Moment,
        pub sent_at: Option<Moment>,
        pub received_at: Option<Moment>,
        pub received_by: Option<AccountId>,
        pub receiver: Option<String>,
    }
    impl ActiveModelBehavior for ActiveModel {}

    impl Sealed for Model {
        const SUBJECT: &'static str = "reminder_letter";
        fn subject_id(&self) -> Uuid {
            self.id.into()
        }
        fn version(&self) -> i64 {
            self.version
        }
        // Who is late is a matter among authorities: it does not stand on the enterprise's timeline.
        fn enterprise(&self) -> Option<Uuid> {
            None
        }
        fn region(&self) -> Option<&str> {
            Some(&self.region)
        }
    }
}

use row::{Column, Entity, Model};

impl TryFrom<Model> for Letter {
    type Error = KernelError;

    fn try_from(row: Model) -> Result<Self, KernelError> {
        let kind = LetterKind::parse(&row.kind);
        let receipt = row.received_at.zip(row.receiver).map(|(at, name)| Receipt {
            at,
            by: row.received_by,
            name,
        });
        Ok(Self {
            kind: kind.ok_or_else(|| KernelError::Corrupt(format!("reminder_letter {}", row.id)))?,
            paper: serde_json::from_str(&row.paper)?,
            facts: serde_json::from_str(&row.facts)?,
            file: row.sha256.zip(row.sent_at),
            receipt,
            id: row.id,
            version: row.version,
            piece: row.piece,
            step: row.step,
            application: row.application,
            enterprise: row.enterprise,
            region: row.region,
            department: row.department,
            addressee: row.addressee,
            number: row.number,
            late_days: row.late_days,
            due_on: row.due_on,
            at: row.at,
        })
    }
}

fn model(letter: &Letter) -> Result<Model, KernelError> {
    let (sha256, sent_at) = letter.file.clone().unzip();
    let receipt = letter.receipt.clone();
    Ok(Model {
        id: letter.id,
        version: letter.version,
        piece: letter.piece.clone(),
        step: letter.step,
        kind: letter.kind.as_str().to_owned(),
        application: letter.application,
        enterprise: letter.enterprise,
        region: letter.region.clone(),
        department: letter.department.clone(),
        addressee: letter.addressee.clone(),
        number: letter.number.clone(),
        late_days: letter.late_days,
        due_on: letter.due_on,
        paper: serde_json::to_string(&letter.paper)?,
        facts: serde_json::to_string(&letter.facts)?,
        sha256,
        at: letter.at,
        sent_at,
        received_at: receipt.as_ref().map(|one| one.at),
        received_by: receipt.as_ref().and_then(|one| one.by),
        receiver: receipt.map(|one| one.name),
    })
}

/// Saves a new letter. Returns its row for the event.
pub(crate) async fn insert_letter(work: &Work, letter: &Letter) -> Result<Model, KernelError> {
    let row = model(letter)?;
    Entity::insert(row.clone().into_active_model().reset_all())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// Saves a changed letter over the version before. Returns its row for the event.
pub(crate) async fn save_letter(work: &Work, letter: &Letter) -> Result<Model, KernelError> {
    let row = model(letter)?;
    let done = Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(letter.id))
        .filter(Column::Version.eq(letter.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "reminder_letter")?;
    Ok(row)
}

/// A letter within the scope.
pub(crate) async fn letter(db: &Db, scope: &Scope, id: LetterId) -> Result<Option<Letter>, KernelError> {
    let found = Entity::find_by_id(id).filter(scope.condition(Column::Region, Column::Enterprise));
    found.one(db.read()).await?.map(Letter::try_from).transpose()
}

/// The same, locked until the end of the transaction on the engine that has locks.
pub(crate) async fn locked_letter(
    work: &Work,
    scope: &Scope,
    id: LetterId,
) -> Result<Option<Letter>, KernelError> {
    let select = Entity::find_by_id(id).filter(scope.condition(Column::Region, Column::Enterprise));
    locked(work, select)
        .one(work.conn())
        .await?
        .map(Letter::try_from)
        .transpose()
}

/// What to look for among letters.
#[derive(Clone, Debug, Default)]
pub(crate) struct LetterQuery {
    /// To this department.
    pub addressee: Option<String>,
    /// About work that this department has in hand.
    pub department: Option<String>,
    /// Only those not received yet.
    pub waiting: bool,
    /// About this application.
    pub application: Option<ApplicationId>,
    /// Go on after this row.
    pub after: Option<(i64, Uuid)>,
    /// Rows wanted; one more is fetched.
    pub limit: u64,
}

/// Letters, newest first.
pub(crate) async fn letters(db: &Db, actor: &Actor, query: &LetterQuery) -> Result<Vec<Letter>, KernelError> {
    let mut select = Entity::find()
        .filter(actor.scope.condition(Column::Region, Column::Enterprise))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(query.limit + 1);
    if let Some(addressee) = &query.addressee {
        select = select.filter(Column::Addressee.eq(addressee.as_str()));
    }
    if let Some(department) = &query.department {
        select = select.filter(Column::Department.eq(department.as_str()));
    }
    if let Some(application) = query.application {
        select = select.filter(Column::Application.eq(application));
    }
    if query.waiting {
        select = select.filter(Column::ReceivedAt.is_null());
    }
    if let Some((at, id)) = query.after {
        select = select.filter(behind(Column::At, at, Column::Id, id));
    }
    let rows = select.all(db.read()).await?;
    rows.into_iter().map(Letter::try_from).collect()
}

/// Letters about these pieces of work, oldest first.
pub(crate) async fn letters_of_pieces(db: &Db, pieces: &[String]) -> Result<Vec<Letter>, KernelError> {
    let rows = Entity::find()
        .filter(Column::Piece.is_in(pieces.iter().map(String::as_str)))
        .order_by_asc(Column::Step)
        .all(db.read())
        .await?;
    rows.into_iter().map(Letter::try_from).collect()
}

/// The highest step written for each of these pieces of work.
pub(crate) async fn newest_steps(db: &Db, pieces: &[String]) -> Result<HashMap<String, i64>, KernelError> {
    let rows: Vec<(String, i64)> = Entity::find()
        .select_only()
        .column(Column::Piece)
        .column(Column::Step)
        .filter(Column::Piece.is_in(pieces.iter().map(String::as_str)))
        .order_by_asc(Column::Step)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows.into_iter().collect())
}

/// Letters, for the audit.
pub struct LetterAudit;

#[async_trait]
impl AuditSource for LetterAudit {
    fn subject(&self) -> &'static str {
        Model::SUBJECT
    }

    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let rows = rows_after::<Entity>(db, Column::Id, after, limit).await?;
        let digest = |row: &Model| RowDigest {
            files: row.sha256.iter().cloned().collect(),
            ..RowDigest::of(row)
        };
        Ok(rows.iter().map(digest).collect())
    }

    async fn names(&self, db: &Db, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
        names_in::<Entity>(db, Column::Id, Column::Number, ids).await
    }
}
