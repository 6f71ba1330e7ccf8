//! Key staff and facilities of an enterprise.

use kernel::{KernelError, LegalDate, Moment, Sealed, Work, ids::EnterpriseId, work::guarded};
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use serde::Serialize;
use uuid::Uuid;

use crate::model::{
    Facility, FacilityDetails, FacilityId, FacilityKind, HazardLevel, Post, Staff, StaffDetails, StaffId,
};

/// Rows shown of one file at most.
const MOST: u64 = 1000;

pub(crate) mod staff {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "enterprise_staff")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: StaffId,
        pub version: i64,
        pub enterprise: EnterpriseId,
        pub name: String,
        pub post: String,
        pub identity_number: Option<String>,
        pub phone: Option<String>,
        pub certificate_kind: String,
        pub certificate_number: String,
        pub valid_from: Option<LegalDate>,
        pub valid_until: Option<LegalDate>,
        pub left_on: Option<LegalDate>,
        pub created_at: Moment,
    }
    impl ActiveModelBehavior for ActiveModel {}

    impl Sealed for Model {
        const SUBJECT: &'static str = "enterprise_staff";
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
}

pub(crate) mod facility {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "enterprise_facility")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: FacilityId,
        pub version: i64,
        pub enterprise: EnterpriseId,
        pub name: String,
        pub kind: String,
        pub class: String,
        pub level: Option<String>,
        pub filing_number: Option<String>,
        pub longitude: Option<f64>,
        pub latitude: Option<f64>,
        pub ended_on: Option<LegalDate>,
        pub created_at: Moment,
    }
    impl ActiveModelBehavior for ActiveModel {}

    impl Sealed for Model {
        const SUBJECT: &'static str = "enterprise_facility";
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
}

impl TryFrom<staff::Model> for Staff {
    type Error = KernelError;

    fn try_from(row: staff::Model) -> Result<Self, KernelError> {
        let post = Post::parse(&row.post)
            .ok_or_else(|| KernelError::Corrupt(format!("post of staff {}", row.id)))?;
        Ok(Self {
            id: row.id,
            version: row.version,
            enterprise: row.enterprise,
            details: StaffDetails {
                name: row.name,
                post,
                identity_number: row.identity_number,
                phone: row.phone,
                certificate_kind: row.certificate_kind,
                certificate_number: row.certificate_number,
                valid_from: row.valid_from,
                valid_until: row.valid_until,
                left_on: row.left_on,
            },
            created_at: row.created_at,
        })
    }
}

fn staff_row(staff: &Staff) -> staff::Model {
    let details = staff.details.clone();
    staff::Model {
        id: staff.id,
        version: staff.version,
        enterprise: staff.enterprise,
        name: details.name,
        post: details.post.as_str().to_owned(),
        identity_number: details.identity_number,
        phone: details.phone,
        certificate_kind: details.certificate_kind,
        certificate_number: details.certificate_number,
        valid_from: details.valid_from,
        valid_until: details.valid_until,
        left_on: details.left_on,
        created_at: staff.created_at,
    }
}

impl TryFrom<facility::Model> for Facility {
    type Error = KernelError;

    fn try_from(row: facility::Model) -> Result<Self, KernelError> {
        let corrupt = |what: &str| KernelError::Corrupt(format!("{what} of facility {}", row.id));
        let level = match row.level.as_deref() {
            None => None,
            Some(text) => Some(HazardLevel::parse(text).ok_or_else(|| corrupt("level"))?),
        };
        let kind = FacilityKind::parse(&row.kind).ok_or_else(|| corrupt("kind"))?;
        Ok(Self {
            id: row.id,
            version: row.version,
            enterprise: row.enterprise,
            details: FacilityDetails {
                name: row.name,
                kind,
                class: row.class,
                level,
                filing_number: row.filing_number,
                longitude: row.longitude,
                latitude: row.latitude,
                ended_on: row.ended_on,
            },
            created_at: row.created_at,
        })
    }
}

fn facility_row(facility: &Facility) -> facility::Model {
    let details = facility.details.clone();
    facility::Model {
        id: facility.id,
        version: facility.version,
        enterprise: facility.enterprise,
        name: details.name,
        kind: details.kind.as_str().to_owned(),
        class: details.class,
        level: details.level.map(|level| level.as_str().to_owned()),
        filing_number: details.filing_number,
        longitude: details.longitude,
        latitude: details.latitude,
        ended_on: details.ended_on,
        created_at: facility.created_at,
    }
}

/// Saves a new key person.
pub(crate) async fn insert_staff(work: &Work, staff: &Staff) -> Result<staff::Model, KernelError> {
    let row = staff_row(staff);
    staff::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// Saves a changed key person whose version was raised by one.
pub(crate) async fn update_staff(work: &Work, staff: &Staff) -> Result<staff::Model, KernelError> {
    let row = staff_row(staff);
    let done = staff::Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(staff::Column::Id.eq(staff.id))
        .filter(staff::Column::Version.eq(staff.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "staff")?;
    Ok(row)
}

/// One key person of an enterprise.
pub(crate) async fn one_staff<C: ConnectionTrait>(
    conn: &C,
    enterprise: EnterpriseId,
    id: StaffId,
) -> Result<Option<Staff>, KernelError> {
    let row = staff::Entity::find_by_id(id)
        .filter(staff::Column::Enterprise.eq(enterprise))
        .one(conn)
        .await?;
    row.map(Staff::try_from).transpose()
}

/// Key staff of an enterprise, in order of entry.
pub(crate) async fn all_staff<C: ConnectionTrait>(
    conn: &C,
    enterprise: EnterpriseId,
) -> Result<Vec<Staff>, KernelError> {
    staff::Entity::find()
        .filter(staff::Column::Enterprise.eq(enterprise))
        .order_by_asc(staff::Column::Id)
        .limit(MOST)
        .all(conn)
        .await?
        .into_iter()
        .map(Staff::try_from)
        .collect()
}

/// Saves a new facility.
pub(crate) async fn insert_facility(
    work: &Work,
    facility: &Facility,
) -> Result<facility::Model, KernelError> {
    let row = facility_row(facility);
    facility::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// Saves a changed facility whose version was raised by one.
pub(crate) async fn update_facility(
    work: &Work,
    facility: &Facility,
) -> Result<facility::Model, KernelError> {
    let row = facility_row(facility);
    let done = facility::Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(facility::Column::Id.eq(facility.id))
        .filter(facility::Column::Version.eq(facility.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "facility")?;
    Ok(row)
}

/// One facility of an enterprise.
pub(crate) async fn one_facility<C: ConnectionTrait>(
    conn: &C,
    enterprise: EnterpriseId,
    id: FacilityId,
) -> Result<Option<Facility>, KernelError> {
    let row = facility::Entity::find_by_id(id)
        .filter(facility::Column::Enterprise.eq(enterprise))
        .one(conn)
        .await?;
    row.map(Facility::try_from).transpose()
}

/// Facilities of an enterprise, in order of entry.
pub(crate) async fn all_facilities<C: ConnectionTrait>(
    conn: &C,
    enterprise: EnterpriseId,
) -> Result<Vec<Facility>, KernelError> {
    facility::Entity::find()
        .filter(facility::Column::Enterprise.eq(enterprise))
        .order_by_asc(facility::Column::Id)
        .limit(MOST)
        .all(conn)
        .await?
        .into_iter()
        .map(Facility::try_from)
        .collect()
}
