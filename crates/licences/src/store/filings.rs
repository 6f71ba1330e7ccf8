//! Rows of filings.

use async_trait::async_trait;
use kernel::{
    Actor, Db, KernelError, LegalDate, Moment, Sealed, Work,
    audit::{AuditSource, RowDigest, rows_after},
    ids::{AccountId, EnterpriseId, LicenceId},
    text_index::TextQuery,
    work::guarded,
};
use sea_orm::{
    Condition, IntoActiveModel, QueryOrder, QuerySelect, Select,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Competent, fresh_key, locked_rows, numbers_of, of_another, row as licence,
    search::{in_force, named},
};
use crate::model::{Filing, FilingId, FilingMatter, Waiting};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "licence_filing")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    #[sea_orm(unique)]
    pub id: FilingId,
    pub version: i64,
    pub licence: LicenceId,
    pub enterprise: EnterpriseId,
    pub region: String,
    pub kind: String,
    pub once_key: Option<String>,
    pub due_on: Option<LegalDate>,
    pub notice_until: Option<LegalDate>,
    pub at: Moment,
    pub body: String,
    #[serde(skip)]
    pub waits: Option<String>,
    #[serde(skip)]
    pub not_by: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Sealed for Model {
    const SUBJECT: &'static str = "licence_filing";
    fn subject_id(&self) -> Uuid {
        self.id.into()
    }
    fn version(&self) -> i64 {
        self.version
    }
    fn enterprise(&self) -> Option<Uuid> {
        Some(self.enterprise.into())
    }
}

/// The part of a filing that has no column of its own.
#[derive(Serialize, Deserialize)]
struct Body {
    number: String,
    holder: String,
    by: applications::model::Person,
    matter: FilingMatter,
}

fn row(filing: &Filing) -> Result<Model, KernelError> {
    let body = Body {
        number: filing.number.clone(),
        holder: filing.holder.clone(),
        by: filing.by.clone(),
        matter: filing.matter.clone(),
    };
    Ok(Model {
        seq: filing.seq,
        id: filing.id,
        version: filing.version,
        licence: filing.licence,
        enterprise: filing.enterprise,
        region: filing.region.as_str().to_owned(),
        kind: filing.matter.as_str().to_owned(),
        once_key: filing.once_key(),
        due_on: filing.due(),
        notice_until: filing.notice_until(),
        at: filing.at,
        body: serde_json::to_string(&body)?,
        waits: filing.waits().map(|waits| waits.as_str().to_owned()),
        not_by: filing.not_by(),
    })
}

impl TryFrom<Model> for Filing {
    type Error = KernelError;

    fn try_from(row: Model) -> Result<Self, KernelError> {
        let corrupt = |what: &str| KernelError::Corrupt(format!("{what} of filing {}", row.id));
        let body: Body = serde_json::from_str(&row.body).map_err(|_| corrupt("body"))?;
        let filing = Self {
            id: row.id,
            version: row.version,
            seq: row.seq,
            licence: row.licence,
            number: body.number,
            enterprise: row.enterprise,
            holder: body.holder,
            region: row.region.parse().map_err(|_| corrupt("region"))?,
            by: body.by,
            at: row.at,
            matter: body.matter,
        };
        // What is searched by says the same as the body.
        let waits = filing.waits().map(Waiting::as_str);
        let same = filing.matter.as_str() == row.kind
            && filing.due() == row.due_on
            && (waits, filing.not_by()) == (row.waits.as_deref(), row.not_by);
        if same { Ok(filing) } else { Err(corrupt("columns")) }
    }
}

/// A fresh row key.
pub(crate) async fn filing_key(work: &Work) -> Result<i64, KernelError> {
    fresh_key(work, "licence_filing").await
}

/// Saves a new filing. Returns the row for the event.
pub(crate) async fn insert_filing(work: &Work, filing: &Filing) -> Result<Model, KernelError> {
    let row = row(filing)?;
    Entity::insert(row.clone().into_active_model())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// Saves a changed filing whose version was raised by one.
pub(crate) async fn update_filing(work: &Work, filing: &Filing) -> Result<Model, KernelError> {
    let row = row(filing)?;
    let done = Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "licence_filing")?;
    Ok(row)
}

fn visible(actor: &Actor) -> Condition {
    actor.scope.condition(Column::Region, Column::Enterprise)
}

/// A filing for changing it in this work.
pub(crate) async fn load_filing(work: &Work, id: FilingId) -> Result<Option<Filing>, KernelError> {
    let query = Entity::find()
        .filter(Column::Id.eq(id))
        .filter(visible(work.actor()));
    let found = locked_rows(work, query).one(work.conn()).await?;
    found.map(Filing::try_from).transpose()
}

/// A filing that the actor may know of.
pub(crate) async fn filing(db: &Db, actor: &Actor, id: FilingId) -> Result<Option<Filing>, KernelError> {
    let query = Entity::find().filter(Column::Id.eq(id)).filter(visible(actor));
    query.one(db.read()).await?.map(Filing::try_from).transpose()
}

/// Which filings are listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct FilingQuery {
    pub licence: Option<LicenceId>,
    pub enterprise: Option<EnterpriseId>,
    pub kind: Option<String>,
    /// Something is still owed.
    pub open: bool,
    /// Something is the actor's to do on this day, in these industries.
    pub waits_on: Option<(LegalDate, Competent)>,
    /// By holder, number or code.
    pub text: Option<TextQuery>,
}

fn chosen(db: &Db, actor: &Actor, query: &FilingQuery) -> Select<Entity> {
    let named = |text| Column::Licence.in_subquery(named(db, &actor.scope, text));
    let waiting = query.waits_on.as_ref();
    let waiting = waiting.map(|(on, competent)| waits(actor, *on, competent));
    let mut select = Entity::find()
        .filter(visible(actor))
        .filter(Condition::all().add_option(query.text.as_ref().map(named)))
        .filter(Condition::all().add_option(waiting))
        .filter(Condition::all().add_option(query.licence.map(|id| Column::Licence.eq(id))))
        .filter(Condition::all().add_option(query.enterprise.map(|id| Column::Enterprise.eq(id))))
        .filter(Condition::all().add_option(query.kind.as_ref().map(|kind| Column::Kind.eq(kind))));
    if query.open {
        select = select.filter(Column::DueOn.is_not_null());
    }
    select
}

/// What waits for the actor: papers and stand-ins for who delivers, a destruction for who supervises, if it was
/// another's.
fn waits(actor: &Actor, on: LegalDate, competent: &Competent) -> Condition {
    let stand_ins = competent
        .delivers(Entity, Column::Licence)
        .add(Column::Waits.eq(Waiting::StandIn.as_str()))
        .add(Expr::exists(in_force_with_the_paper(on)));
    let papers = competent
        .delivers(Entity, Column::Licence)
        .add(Column::Waits.is_in([Waiting::Return, Waiting::Destruction].map(Waiting::as_str)));
    let witnesses = competent
        .supervises(Entity, Column::Licence)
        .add(Column::Waits.eq(Waiting::Witness.as_str()))
        .add(of_another(Column::NotBy, actor));
    Condition::any().add(stand_ins).add(papers).add(witnesses)
}

/// The licence of the filing while it is in force and its paper is no later one.
fn in_force_with_the_paper(on: LegalDate) -> SelectStatement {
    let filed = Expr::col((Entity, Column::At));
    let paper = Condition::any()
        .add(licence::Column::PressedAt.is_null())
        .add(Expr::col((licence::Entity, licence::Column::PressedAt)).lte(filed));
    Query::select()
        .expr(Expr::val(1))
        .from(licence::Entity)
        .and_where(Expr::col((licence::Entity, licence::Column::Id)).equals((Entity, Column::Licence)))
        .cond_where(in_force(on))
        .cond_where(paper)
        .take()
}

/// Filings within the scope, newest first, one more than `limit`.
pub(crate) async fn filings(
    db: &Db,
    actor: &Actor,
    query: &FilingQuery,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<Filing>, KernelError> {
    let mut select = chosen(db, actor, query);
    if let Some(seq) = before {
        select = select.filter(Column::Seq.lt(seq));
    }
    let rows = select
        .order_by_desc(Column::Seq)
        .limit(limit + 1)
        .all(db.read())
        .await?;
    rows.into_iter().map(Filing::try_from).collect()
}

/// All filings of some licences, oldest first.
pub(crate) async fn filings_of(db: &Db, licences: &[LicenceId]) -> Result<Vec<Filing>, KernelError> {
    let rows = Entity::find()
        .filter(Column::Licence.is_in(licences.iter().copied()))
        .order_by_asc(Column::Seq)
        .all(db.read())
        .await?;
    rows.into_iter().map(Filing::try_from).collect()
}

/// The last loss of a licence that was not found again.
pub(crate) async fn open_loss(
    conn: &impl ConnectionTrait,
    licence: LicenceId,
) -> Result<Option<Filing>, KernelError> {
    let found = Entity::find()
        .filter(Column::Licence.eq(licence))
        .filter(Column::Kind.eq("loss"))
        .filter(Column::NoticeUntil.is_not_null())
        .order_by_desc(Column::Seq)
        .one(conn)
        .await?;
    found.map(Filing::try_from).transpose()
}

/// Kinds of what was filed for the month, for the edition, or stands open as a loss.
pub(crate) async fn done_now(
    db: &Db,
    licence: LicenceId,
    month: &str,
    revision: u32,
) -> Result<Vec<String>, KernelError> {
    let once = |kind: &str, key: &str| {
        Condition::all()
            .add(Column::Kind.eq(kind))
            .add(Column::OnceKey.eq(key))
    };
    let lost = Condition::all()
        .add(Column::Kind.eq("loss"))
        .add(Column::NoticeUntil.is_not_null());
    let any = Condition::any()
        .add(once("self_check", month))
        .add(once("handover", &revision.to_string()))
        .add(lost);
    let kinds = Entity::find()
        .select_only()
        .column(Column::Kind)
        .filter(Column::Licence.eq(licence))
        .filter(any);
    Ok(kinds.into_tuple().all(db.read()).await?)
}

/// Losses that are public on a day, newest first, one more than `limit`.
pub(crate) async fn public_losses(
    db: &Db,
    on: LegalDate,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<Filing>, KernelError> {
    let mut select = Entity::find().filter(Column::NoticeUntil.gte(on));
    if let Some(seq) = before {
        select = select.filter(Column::Seq.lt(seq));
    }
    let rows = select
        .order_by_desc(Column::Seq)
        .limit(limit + 1)
        .all(db.read())
        .await?;
    rows.into_iter().map(Filing::try_from).collect()
}

/// Filings whose last day was `due`, in order of entry.
pub(crate) async fn overdue(
    work: &Work,
    due: LegalDate,
    after: i64,
    limit: u64,
) -> Result<Vec<Filing>, KernelError> {
    let rows = Entity::find()
        .filter(Column::DueOn.eq(due))
        .filter(Column::Seq.gt(after))
        .order_by_asc(Column::Seq)
        .limit(limit)
        .all(work.conn())
        .await?;
    rows.into_iter().map(Filing::try_from).collect()
}

/// The rows of filings, for the audit.
pub struct FilingAudit;

#[async_trait]
impl AuditSource for FilingAudit {
    fn subject(&self) -> &'static str {
        Model::SUBJECT
    }

    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let rows = rows_after::<Entity>(db, Column::Id, after, limit).await?;
        Ok(rows.iter().map(RowDigest::of).collect())
    }

    async fn names(&self, db: &Db, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
        numbers_of::<Entity>(db, (Column::Id, Column::Licence), ids).await
    }
}
