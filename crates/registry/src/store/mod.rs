//! The only place that knows the tables of this capability.

mod audit;
mod figures;
pub(crate) mod files;
pub(crate) mod imports;
mod list;
pub(crate) mod watch;

pub use audit::{EnterpriseAudit, FacilityAudit, StaffAudit, WatchAudit};
pub(crate) use figures::by_region;
pub(crate) use list::{Cursor, Hits, ledger, list};

use codes::SubjectCode;
use kernel::{
    KernelError, LegalDate, Moment, Scope, Sealed, TextIndex, Tokens, Work, ids::EnterpriseId,
    text_index::search_text, work::guarded,
};
use sea_orm::{DbBackend, IntoActiveModel, QuerySelect, entity::prelude::*};
use serde::Serialize;
use uuid::Uuid;

use crate::model::{Danger, Enterprise, EnterpriseState, SizeClass};

/// The index over name and code.
pub(crate) const INDEX: TextIndex = TextIndex::new("enterprise_text");

pub(crate) mod enterprise {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "enterprise")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub seq: i64,
        #[sea_orm(unique)]
        pub id: EnterpriseId,
        pub version: i64,
        pub name: String,
        #[sea_orm(unique)]
        pub code: String,
        pub code_warnings: String,
        pub legal_representative: String,
        pub economic_type: String,
        pub address: String,
        pub region: String,
        pub industry: Option<String>,
        pub size_class: String,
        pub danger: Option<String>,
        pub phone: Option<String>,
        pub longitude: Option<f64>,
        pub latitude: Option<f64>,
        pub authority: Option<String>,
        pub established_on: Option<LegalDate>,
        pub state: String,
        pub demo: i64,
        pub registered_at: Moment,
        /// Derived from name and code.
        #[serde(skip)]
        pub search_text: String,
    }
    impl ActiveModelBehavior for ActiveModel {}

    impl Sealed for Model {
        const SUBJECT: &'static str = "enterprise";
        fn subject_id(&self) -> Uuid {
            self.id.into()
        }
        fn version(&self) -> i64 {
            self.version
        }
        fn enterprise(&self) -> Option<Uuid> {
            Some(self.id.into())
        }
        fn region(&self) -> Option<&str> {
            Some(&self.region)
        }
    }
}

fn corrupt(what: &str, id: EnterpriseId) -> KernelError {
    KernelError::Corrupt(format!("{what} of enterprise {id}"))
}

impl TryFrom<enterprise::Model> for Enterprise {
    type Error = KernelError;

    fn try_from(row: enterprise::Model) -> Result<Self, KernelError> {
        let danger = match row.danger.as_deref() {
            None => None,
            Some(text) => Some(Danger::parse(text).ok_or_else(|| corrupt("danger", row.id))?),
        };
        Ok(Self {
            id: row.id,
            seq: row.seq,
            version: row.version,
            name: row.name,
            code: row.code.parse().map_err(|_| corrupt("code", row.id))?,
            code_warnings: serde_json::from_str(&row.code_warnings)?,
            legal_representative: row.legal_representative,
            economic_type: row.economic_type,
            address: row.address,
            region: row.region.parse().map_err(|_| corrupt("region", row.id))?,
            industry: row.industry,
            size: SizeClass::parse(&row.size_class).ok_or_else(|| corrupt("size", row.id))?,
            danger,
            phone: row.phone,
            longitude: row.longitude,
            latitude: row.latitude,
            authority: row.authority,
            established_on: row.established_on,
            state: EnterpriseState::parse(&row.state).ok_or_else(|| corrupt("state", row.id))?,
            demo: row.demo != 0,
            registered_at: row.registered_at,
        })
    }
}

fn to_row(enterprise: &Enterprise) -> Result<enterprise::Model, KernelError> {
    Ok(enterprise::Model {
        seq: enterprise.seq,
        id: enterprise.id,
        version: enterprise.version,
        name: enterprise.name.clone(),
        code: enterprise.code.to_string(),
        code_warnings: serde_json::to_string(&enterprise.code_warnings)?,
        legal_representative: enterprise.legal_representative.clone(),
        economic_type: enterprise.economic_type.clone(),
        address: enterprise.address.clone(),
        region: enterprise.region.to_string(),
        industry: enterprise.industry.clone(),
        size_class: enterprise.size.as_str().to_owned(),
        danger: enterprise.danger.map(|danger| danger.as_str().to_owned()),
        phone: enterprise.phone.clone(),
        longitude: enterprise.longitude,
        latitude: enterprise.latitude,
        authority: enterprise.authority.clone(),
        established_on: enterprise.established_on,
        state: enterprise.state.as_str().to_owned(),
        demo: enterprise.demo.into(),
        registered_at: enterprise.registered_at,
        search_text: search_text([enterprise.name.as_str(), enterprise.code.as_str()]),
    })
}

/// Keys for new enterprises.
pub(crate) async fn reserve(work: &Work, count: usize) -> Result<Vec<i64>, KernelError> {
    kernel::text_index::reserve_keys(work.conn(), "enterprise", count).await
}

/// Saves new enterprises with their tokens. Returns the rows for the events.
pub(crate) async fn insert(
    work: &Work,
    enterprises: &[(Enterprise, Tokens)],
) -> Result<Vec<enterprise::Model>, KernelError> {
    let rows: Result<Vec<_>, _> = enterprises.iter().map(|(one, _)| to_row(one)).collect();
    let rows = rows?;
    // Few enough for SQLite, which finds each of its parameters by counting from the first.
    for chunk in rows.chunks(200) {
        enterprise::Entity::insert_many(chunk.iter().cloned().map(all_set))
            .exec_without_returning(work.conn())
            .await?;
    }
    let tokens: Vec<_> = enterprises
        .iter()
        .map(|(one, tokens)| (one.seq, tokens.clone()))
        .collect();
    INDEX.insert_many(work.conn(), &tokens).await?;
    Ok(rows)
}

/// The key is given, not drawn by the engine.
fn all_set(row: enterprise::Model) -> enterprise::ActiveModel {
    row.into_active_model().reset_all()
}

/// Saves a changed enterprise whose version was raised by one.
pub(crate) async fn update(
    work: &Work,
    enterprise: &Enterprise,
    tokens: Tokens,
) -> Result<enterprise::Model, KernelError> {
    let row = to_row(enterprise)?;
    let done = enterprise::Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(enterprise::Column::Seq.eq(enterprise.seq))
        .filter(enterprise::Column::Version.eq(enterprise.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "enterprise")?;
    INDEX.put_many(work.conn(), &[(enterprise.seq, tokens)]).await?;
    Ok(row)
}

/// The enterprise, if the scope covers it.
pub(crate) async fn enterprise<C: ConnectionTrait>(
    conn: &C,
    id: EnterpriseId,
    scope: &Scope,
) -> Result<Option<Enterprise>, KernelError> {
    let row = enterprise::Entity::find()
        .filter(enterprise::Column::Id.eq(id))
        .filter(scope.condition(enterprise::Column::Region, enterprise::Column::Id))
        .one(conn)
        .await?;
    row.map(Enterprise::try_from).transpose()
}

/// An enterprise, kept from others until the work ends: its events are read as one who comes later sees them.
pub(crate) async fn enterprise_locked(
    work: &Work,
    id: EnterpriseId,
) -> Result<Option<Enterprise>, KernelError> {
    let mut find = enterprise::Entity::find().filter(enterprise::Column::Id.eq(id));
    // On SQLite the writing transaction is alone already.
    if work.kernel().db().backend() != DbBackend::Sqlite {
        find = find.lock_exclusive();
    }
    find.one(work.conn()).await?.map(Enterprise::try_from).transpose()
}

/// Whether the code is taken, in whatever region.
pub(crate) async fn is_taken<C: ConnectionTrait>(conn: &C, code: &SubjectCode) -> Result<bool, KernelError> {
    let found: Option<i64> = enterprise::Entity::find()
        .select_only()
        .column(enterprise::Column::Seq)
        .filter(enterprise::Column::Code.eq(code.as_str()))
        .into_tuple()
        .one(conn)
        .await?;
    Ok(found.is_some())
}

/// The enterprises with these codes, in whatever region.
pub(crate) async fn by_codes<C: ConnectionTrait>(
    conn: &C,
    codes: impl IntoIterator<Item = &str>,
) -> Result<Vec<Enterprise>, KernelError> {
    enterprise::Entity::find()
        .filter(enterprise::Column::Code.is_in(codes))
        .all(conn)
        .await?
        .into_iter()
        .map(Enterprise::try_from)
        .collect()
}
