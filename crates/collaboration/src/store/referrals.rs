//! Referrals.

use async_trait::async_trait;
use kernel::{
    Actor, Db, KernelError, Moment, Scope, Sealed, Work,
    audit::{AuditSource, RowDigest, names_in, rows_after},
    ids::{AccountId, ApplicationId},
    work::guarded,
};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use serde::Serialize;
use uuid::Uuid;

use super::{behind, locked};
use crate::model::{Done, Referral, ReferralId, ReferralState};

pub(crate) mod row {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "referral")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReferralId,
        pub version: i64,
        pub region: String,
        pub enterprise: Option<Uuid>,
        pub application: Option<ApplicationId>,
        pub sender: String,
        pub addressee: String,
        pub title: String,
        pub content: String,
        pub basis: String,
        pub state: String,
        pub sent_by: Option<AccountId>,
        pub author: String,
        pub sent_at: Moment,
        pub due_at: Moment,
        pub receipt: Option<String>,
        pub received_at: Option<Moment>,
        pub answer: Option<String>,
        pub answered_at: Option<Moment>,
        // Left out where it is not known, so that rows from before keep the digests in their events.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub enterprise_name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub application_reference: Option<String>,
    }
    impl ActiveModelBehavior for ActiveModel {}

    impl Sealed for Model {
        const SUBJECT: &'static str = "referral";
        fn subject_id(&self) -> Uuid {
            self.id.into()
        }
        fn version(&self) -> i64 {
            self.version
        }
        // What is referred to the police is not told to the enterprise by its timeline.
        fn enterprise(&self) -> Option<Uuid> {
            None
        }
        fn region(&self) -> Option<&str> {
            Some(&self.region)
        }
    }
}

use row::{Column, Entity, Model};

/// A referral is a matter between two departments: whoever is of a third, or of an enterprise, meets none.
fn within(scope: &Scope) -> Condition {
    let reach = Condition::all().add(scope.condition(Column::Region, Column::Id));
    match scope.department.as_deref() {
        Some(own) => reach.add(
            Condition::any()
                .add(Column::Sender.eq(own))
                .add(Column::Addressee.eq(own)),
        ),
        None => reach,
    }
}

impl TryFrom<Model> for Referral {
    type Error = KernelError;

    fn try_from(row: Model) -> Result<Self, KernelError> {
        let read = |text: &Option<String>| text.as_deref().map(serde_json::from_str).transpose();
        let found = Self {
            receipt: read(&row.receipt)?,
            answer: row.answer.as_deref().map(serde_json::from_str).transpose()?,
            by: Done {
                account: row.sent_by,
                name: row.author,
                at: row.sent_at,
            },
            id: row.id,
            version: row.version,
            region: row.region,
            enterprise: row.enterprise,
            application: row.application,
            enterprise_name: row.enterprise_name,
            application_reference: row.application_reference,
            sender: row.sender,
            addressee: row.addressee,
            title: row.title,
            text: row.content,
            basis: row.basis,
            due_at: row.due_at,
        };
        if found.state().as_str() == row.state {
            Ok(found)
        } else {
            Err(KernelError::Corrupt(format!("referral {}", found.id)))
        }
    }
}

fn model(one: &Referral) -> Result<Model, KernelError> {
    Ok(Model {
        id: one.id,
        version: one.version,
        region: one.region.clone(),
        enterprise: one.enterprise,
        application: one.application,
        sender: one.sender.clone(),
        addressee: one.addressee.clone(),
        title: one.title.clone(),
        content: one.text.clone(),
        basis: one.basis.clone(),
        state: one.state().as_str().to_owned(),
        sent_by: one.by.account,
        author: one.by.name.clone(),
        sent_at: one.by.at,
        due_at: one.due_at,
        receipt: one.receipt.as_ref().map(serde_json::to_string).transpose()?,
        received_at: one.receipt.as_ref().map(|receipt| receipt.by.at),
        answer: one.answer.as_ref().map(serde_json::to_string).transpose()?,
        answered_at: one.answer.as_ref().map(|answer| answer.by.at),
        enterprise_name: one.enterprise_name.clone(),
        application_reference: one.application_reference.clone(),
    })
}

/// Saves a new referral. Returns its row for the event.
pub(crate) async fn insert_referral(work: &Work, one: &Referral) -> Result<Model, KernelError> {
    let row = model(one)?;
    Entity::insert(row.clone().into_active_model().reset_all())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// Saves a changed referral over the version before. Returns its row for the event.
pub(crate) async fn save_referral(work: &Work, one: &Referral) -> Result<Model, KernelError> {
    let row = model(one)?;
    let done = Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(one.id))
        .filter(Column::Version.eq(one.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "referral")?;
    Ok(row)
}

/// A referral within the scope.
pub(crate) async fn referral(
    db: &Db,
    scope: &Scope,
    id: ReferralId,
) -> Result<Option<Referral>, KernelError> {
    let found = Entity::find_by_id(id).filter(within(scope));
    found.one(db.read()).await?.map(Referral::try_from).transpose()
}

/// The same, locked until the end of the transaction on the engine that has locks.
pub(crate) async fn locked_referral(
    work: &Work,
    scope: &Scope,
    id: ReferralId,
) -> Result<Option<Referral>, KernelError> {
    let select = Entity::find_by_id(id).filter(within(scope));
    locked(work, select)
        .one(work.conn())
        .await?
        .map(Referral::try_from)
        .transpose()
}

/// What to look for among referrals.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReferralQuery {
    /// By this department.
    pub sender: Option<String>,
    /// To this department.
    pub addressee: Option<String>,
    /// In this state.
    pub state: Option<ReferralState>,
    /// Not received, and past the time for the receipt as of this instant.
    pub overdue_at: Option<Moment>,
    /// Go on after this row.
    pub after: Option<(i64, Uuid)>,
    /// Rows wanted; one more is fetched.
    pub limit: u64,
}

/// Referrals, newest first.
pub(crate) async fn referrals(
    db: &Db,
    actor: &Actor,
    query: &ReferralQuery,
) -> Result<Vec<Referral>, KernelError> {
    let mut select = Entity::find()
        .filter(within(&actor.scope))
        .order_by_desc(Column::SentAt)
        .order_by_desc(Column::Id)
        .limit(query.limit + 1);
    if let Some(sender) = &query.sender {
        select = select.filter(Column::Sender.eq(sender.as_str()));
    }
    if let Some(addressee) = &query.addressee {
        select = select.filter(Column::Addressee.eq(addressee.as_str()));
    }
    if let Some(state) = query.state {
        select = select.filter(Column::State.eq(state.as_str()));
    }
    if let Some(now) = query.overdue_at {
        select = select
            .filter(Column::State.eq(ReferralState::Sent.as_str()))
            .filter(Column::DueAt.lt(now));
    }
    if let Some((at, id)) = query.after {
        select = select.filter(behind(Column::SentAt, at, Column::Id, id));
    }
    let rows = select.all(db.read()).await?;
    rows.into_iter().map(Referral::try_from).collect()
}

/// Referrals, for the audit.
pub struct ReferralAudit;

#[async_trait]
impl AuditSource for ReferralAudit {
    fn subject(&self) -> &'static str {
        Model::SUBJECT
    }

    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let rows = rows_after::<Entity>(db, Column::Id, after, limit).await?;
        Ok(rows.iter().map(RowDigest::of).collect())
    }

    async fn names(&self, db: &Db, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
        names_in::<Entity>(db, Column::Id, Column::Title, ids).await
    }
}
