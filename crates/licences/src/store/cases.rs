//! Rows of case files.

use async_trait::async_trait;
use kernel::{
    Actor, Db, KernelError, Moment, Sealed, Work,
    audit::{AuditSource, RowDigest, rows_after},
    ids::{AccountId, EnterpriseId, LicenceId},
    text_index::TextQuery,
    work::guarded,
};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use serde::Serialize;
use uuid::Uuid;

use super::{Competent, fresh_key, locked_rows, numbers_of, of_another, search::named};
use crate::model::{CaseBody, CaseFile, CaseId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "licence_case")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    #[sea_orm(unique)]
    pub id: CaseId,
    pub version: i64,
    pub licence: LicenceId,
    pub enterprise: EnterpriseId,
    pub region: String,
    pub measure: String,
    pub state: String,
    pub disclosed: i64,
    pub opened_at: Moment,
    pub body: String,
    #[serde(skip)]
    pub unserved: i64,
    #[serde(skip)]
    pub not_by: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Sealed for Model {
    const SUBJECT: &'static str = "licence_case";
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

fn row(case: &CaseFile) -> Result<Model, KernelError> {
    Ok(Model {
        seq: case.seq,
        id: case.id,
        version: case.version,
        licence: case.licence,
        enterprise: case.enterprise,
        region: case.region.as_str().to_owned(),
        measure: case.file.measure.as_str().to_owned(),
        state: case.file.stage.as_str().to_owned(),
        disclosed: case.file.disclosed().into(),
        opened_at: case.opened_at,
        body: serde_json::to_string(&case.file)?,
        unserved: case.file.unserved().into(),
        not_by: case.file.not_by(),
    })
}

impl TryFrom<Model> for CaseFile {
    type Error = KernelError;

    fn try_from(row: Model) -> Result<Self, KernelError> {
        let corrupt = |what: &str| KernelError::Corrupt(format!("{what} of case {}", row.id));
        let file: CaseBody = serde_json::from_str(&row.body).map_err(|_| corrupt("body"))?;
        let case = Self {
            id: row.id,
            version: row.version,
            seq: row.seq,
            licence: row.licence,
            enterprise: row.enterprise,
            region: row.region.parse().map_err(|_| corrupt("region"))?,
            opened_at: row.opened_at,
            file,
        };
        let same = case.file.stage.as_str() == row.state
            && case.file.measure.as_str() == row.measure
            && (i64::from(case.file.unserved()), case.file.not_by()) == (row.unserved, row.not_by);
        if same { Ok(case) } else { Err(corrupt("state")) }
    }
}

/// A fresh row key.
pub(crate) async fn case_key(work: &Work) -> Result<i64, KernelError> {
    fresh_key(work, "licence_case").await
}

/// Saves a new case. Returns the row for the event.
pub(crate) async fn insert_case(work: &Work, case: &CaseFile) -> Result<Model, KernelError> {
    let row = row(case)?;
    Entity::insert(row.clone().into_active_model())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// Saves a changed case whose version was raised by one.
pub(crate) async fn update_case(work: &Work, case: &CaseFile) -> Result<Model, KernelError> {
    let row = row(case)?;
    let done = Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "licence_case")?;
    Ok(row)
}

/// What the actor may know of: within its region, or of its own enterprise what was told to it.
fn visible(actor: &Actor) -> Condition {
    let scope = actor.scope.condition(Column::Region, Column::Enterprise);
    let told = actor.scope.enterprise.is_some().then(|| Column::Disclosed.eq(1));
    Condition::all().add(scope).add_option(told)
}

/// A case for changing it in this work.
pub(crate) async fn load_case(work: &Work, id: CaseId) -> Result<Option<CaseFile>, KernelError> {
    let query = Entity::find()
        .filter(Column::Id.eq(id))
        .filter(visible(work.actor()));
    let found = locked_rows(work, query).one(work.conn()).await?;
    found.map(CaseFile::try_from).transpose()
}

/// A case that the actor may know of.
pub(crate) async fn case(db: &Db, actor: &Actor, id: CaseId) -> Result<Option<CaseFile>, KernelError> {
    let query = Entity::find().filter(Column::Id.eq(id)).filter(visible(actor));
    query.one(db.read()).await?.map(CaseFile::try_from).transpose()
}

/// The open cases on a licence.
pub(crate) async fn open_cases(db: &Db, licence: LicenceId) -> Result<Vec<CaseFile>, KernelError> {
    let rows = Entity::find()
        .filter(Column::Licence.eq(licence))
        .filter(Column::State.is_in(["investigating", "noticed", "proposed"]))
        .all(db.read())
        .await?;
    rows.into_iter().map(CaseFile::try_from).collect()
}

/// Which cases are listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct CaseQuery {
    pub licence: Option<LicenceId>,
    pub enterprise: Option<EnterpriseId>,
    pub state: Option<String>,
    pub measure: Option<String>,
    /// Something is the actor's to do, in these industries.
    pub waits: Option<Competent>,
    /// By holder, number or code.
    pub text: Option<TextQuery>,
}

/// What waits for the actor: an open investigation, a decision if another proposed it, a paper to be served.
fn waits(actor: &Actor, competent: &Competent) -> Condition {
    let investigations = competent
        .supervises(Entity, Column::Licence)
        .add(Column::State.is_in(["investigating", "noticed"]));
    let decisions = competent
        .sanctions(Entity, Column::Licence)
        .add(Column::State.eq("proposed"))
        .add(of_another(Column::NotBy, actor));
    let papers = competent
        .delivers(Entity, Column::Licence)
        .add(Column::Unserved.eq(1));
    Condition::any().add(investigations).add(decisions).add(papers)
}

/// Cases within the scope, newest first, one more than `limit`.
pub(crate) async fn cases(
    db: &Db,
    actor: &Actor,
    query: &CaseQuery,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<CaseFile>, KernelError> {
    let named = |text| Column::Licence.in_subquery(named(db, &actor.scope, text));
    let wanted = Condition::all()
        .add_option(query.licence.map(|id| Column::Licence.eq(id)))
        .add_option(query.enterprise.map(|id| Column::Enterprise.eq(id)))
        .add_option(query.state.as_ref().map(|state| Column::State.eq(state)))
        .add_option(query.measure.as_ref().map(|measure| Column::Measure.eq(measure)))
        .add_option(query.waits.as_ref().map(|competent| waits(actor, competent)))
        .add_option(query.text.as_ref().map(named))
        .add_option(before.map(|seq| Column::Seq.lt(seq)));
    let rows = Entity::find()
        .filter(wanted)
        .filter(visible(actor))
        .order_by_desc(Column::Seq)
        .limit(limit + 1)
        .all(db.read())
        .await?;
    rows.into_iter().map(CaseFile::try_from).collect()
}

/// The rows of case files with evidence and papers, for the audit.
pub struct CaseAudit;

#[async_trait]
impl AuditSource for CaseAudit {
    fn subject(&self) -> &'static str {
        Model::SUBJECT
    }

    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let rows = rows_after::<Entity>(db, Column::Id, after, limit).await?;
        Ok(rows.iter().map(digest).collect())
    }

    async fn names(&self, db: &Db, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
        numbers_of::<Entity>(db, (Column::Id, Column::Licence), ids).await
    }
}

fn digest(row: &Model) -> RowDigest {
    // A body that cannot be read is found by the digest.
    let files = serde_json::from_str::<CaseBody>(&row.body).map(|file| {
        let papers = file.papers.into_iter().filter_map(|paper| paper.file);
        let evidence = file.evidence.into_iter().map(|piece| piece.blob);
        papers.chain(evidence).map(|blob| blob.sha256).collect()
    });
    RowDigest {
        files: files.unwrap_or_default(),
        ..RowDigest::of(row)
    }
}
