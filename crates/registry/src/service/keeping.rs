//! Key staff and facilities in the file of an enterprise.

use kernel::{Actor, Happened, KernelError, Permission, Work, ids::EnterpriseId};
use serde_json::json;

use super::{Outcome, Registry, RegistryError};
use crate::{
    model::{Facility, FacilityDetails, FacilityId, Staff, StaffDetails, StaffId},
    rules, store,
};

impl Registry {
    /// Key staff of an enterprise, with personal data: mask it before it is shown.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] outside the scope.
    pub async fn staff(&self, actor: &Actor, id: EnterpriseId) -> Outcome<Vec<Staff>> {
        self.enterprise(actor, id).await?;
        Ok(store::files::all_staff(self.kernel.db().read(), id).await?)
    }

    /// Enters a key person.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`], [`RegistryError::NotFound`].
    pub async fn add_staff(
        &self,
        actor: &Actor,
        enterprise: EnterpriseId,
        details: StaffDetails,
    ) -> Outcome<Staff> {
        let details = rules::check_staff(details).map_err(RegistryError::Invalid)?;
        let mut work = self.file_work(actor, enterprise).await?;
        let staff = Staff {
            id: StaffId(work.next_id()),
            version: 1,
            enterprise,
            details,
            created_at: work.now(),
        };
        let row = store::files::insert_staff(&work, &staff).await?;
        let facts = json!({ "staff": staff.id, "post": staff.details.post });
        work.record(
            &row,
            Happened::new("enterprise_staff.added", "登记关键岗位人员").data(facts),
        )?;
        work.commit().await?;
        Ok(staff)
    }

    /// Changes a key person; also when it leaves.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`], [`RegistryError::NotFound`], a conflict when `version` is stale.
    pub async fn change_staff(
        &self,
        actor: &Actor,
        enterprise: EnterpriseId,
        id: StaffId,
        version: i64,
        details: StaffDetails,
    ) -> Outcome<Staff> {
        let details = rules::check_staff(details).map_err(RegistryError::Invalid)?;
        let mut work = self.file_work(actor, enterprise).await?;
        let old = store::files::one_staff(work.conn(), enterprise, id)
            .await?
            .ok_or(RegistryError::NotFound("人员"))?;
        if old.version != version {
            return Err(KernelError::Stale { subject: "staff" }.into());
        }
        let staff = Staff {
            version: version + 1,
            details,
            ..old
        };
        let row = store::files::update_staff(&work, &staff).await?;
        let facts =
            json!({ "staff": staff.id, "post": staff.details.post, "left_on": staff.details.left_on });
        work.record(
            &row,
            Happened::new("enterprise_staff.changed", "变更关键岗位人员").data(facts),
        )?;
        work.commit().await?;
        Ok(staff)
    }

    /// Facilities and major hazard sources of an enterprise.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] outside the scope.
    pub async fn facilities(&self, actor: &Actor, id: EnterpriseId) -> Outcome<Vec<Facility>> {
        self.enterprise(actor, id).await?;
        Ok(store::files::all_facilities(self.kernel.db().read(), id).await?)
    }

    /// Enters a facility or major hazard source.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`], [`RegistryError::NotFound`].
    pub async fn add_facility(
        &self,
        actor: &Actor,
        enterprise: EnterpriseId,
        details: FacilityDetails,
    ) -> Outcome<Facility> {
        let details = rules::check_facility(details).map_err(RegistryError::Invalid)?;
        let mut work = self.file_work(actor, enterprise).await?;
        let facility = Facility {
            id: FacilityId(work.next_id()),
            version: 1,
            enterprise,
            details,
            created_at: work.now(),
        };
        let row = store::files::insert_facility(&work, &facility).await?;
        let facts = json!({ "facility": facility.id, "name": facility.details.name, "level": facility.details.level });
        work.record(
            &row,
            Happened::new("enterprise_facility.added", "登记设施或重大危险源").data(facts),
        )?;
        work.commit().await?;
        Ok(facility)
    }

    /// Changes a facility; also when it is closed.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`], [`RegistryError::NotFound`], a conflict when `version` is stale.
    pub async fn change_facility(
        &self,
        actor: &Actor,
        enterprise: EnterpriseId,
        id: FacilityId,
        version: i64,
        details: FacilityDetails,
    ) -> Outcome<Facility> {
        let details = rules::check_facility(details).map_err(RegistryError::Invalid)?;
        let mut work = self.file_work(actor, enterprise).await?;
        let old = store::files::one_facility(work.conn(), enterprise, id)
            .await?
            .ok_or(RegistryError::NotFound("设施"))?;
        if old.version != version {
            return Err(KernelError::Stale { subject: "facility" }.into());
        }
        let facility = Facility {
            version: version + 1,
            details,
            ..old
        };
        let row = store::files::update_facility(&work, &facility).await?;
        let facts = json!({ "facility": facility.id, "level": facility.details.level, "ended_on": facility.details.ended_on });
        work.record(
            &row,
            Happened::new("enterprise_facility.changed", "变更设施或重大危险源").data(facts),
        )?;
        work.commit().await?;
        Ok(facility)
    }

    /// A unit of work on the file of an enterprise that the actor may keep.
    async fn file_work(&self, actor: &Actor, enterprise: EnterpriseId) -> Outcome<Work> {
        actor.require(Permission::EnterprisesKeep)?;
        let work = self.kernel.begin(actor).await?;
        store::enterprise(work.conn(), enterprise, &actor.scope)
            .await?
            .ok_or(RegistryError::NotFound("企业"))?;
        Ok(work)
    }
}
