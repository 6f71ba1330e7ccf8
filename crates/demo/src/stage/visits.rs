//! Joint site checks: ordered by who leads, made by two officers of different departments.

use applications::{
    NewPhoto, NewSiteCheck, Record,
    model::{Acknowledgement, Met, SiteCheck, SiteCheckId, Spot},
};
use kernel::{Actor, ids::ApplicationId};
use matters::Definition;
use time::Duration;

use super::{Case, Stage, begun, latest};
use crate::{DemoError, materials::Material};

/// The middle of the city, in millionths of a degree.
const MIDDLE: (i64, i64) = (115_892_000, 28_676_000);
/// How far from it a plant may lie.
const AROUND: i64 = 60_000;
/// When pictures are taken: before anybody comes to the office.
const EARLY: Duration = Duration::minutes(8 * 60 + 20);

impl Stage<'_> {
    /// Both officers, whoever orders the visit first.
    fn visitors(&self, case: &Case<'_>) -> Result<[&Actor; 2], DemoError> {
        let of = |department: &str| self.cast.officer(kernel::Role::DepartmentReviewer, department);
        let lead = self.lead(case);
        let companion = companion(case.definition, lead).ok_or(DemoError::Script("nobody goes along"))?;
        Ok([of(lead)?, of(companion)?])
    }

    /// The visit is to be made so many days later.
    pub(super) async fn order_visit(&self, case: &Case<'_>, in_days: i64) -> Result<Record, DemoError> {
        let visitors = self.visitors(case)?;
        let new = NewSiteCheck {
            reason: "平面布置和安全设施须到现场核实".to_owned(),
            planned_on: kernel::LegalDate(self.on.0 + Duration::days(in_days)),
            officers: visitors.iter().filter_map(|one| one.account).collect(),
        };
        let id = begun(case)?;
        Ok(self.applications.order_site_check(visitors[0], id, new).await?)
    }

    /// Everything is found in order, photographed and signed by both officers and the enterprise.
    pub(super) async fn visit(&self, case: &mut Case<'_>) -> Result<Record, DemoError> {
        let (id, check) = (begun(case)?, open_check(case)?);
        let [lead, companion] = self.visitors(case)?;
        let applications = self.applications;
        let found = check
            .lines
            .iter()
            .map(|line| (line.condition.clone(), (Met::Met, String::new())));
        applications
            .record_site_results(lead, id, check.id, found.collect())
            .await?;
        for (place, variant) in [("厂区入口", 0), ("作业现场", 1)] {
            self.photograph(case, companion, (id, check.id), place, variant)
                .await?;
        }
        for officer in [companion, lead] {
            applications.sign_site_check(officer, id, check.id).await?;
        }
        let signed = Acknowledgement::Signed {
            name: latest(case)?.application.dossier().form.content.contact.clone(),
            position: "安全管理负责人".to_owned(),
            remark: String::new(),
        };
        let summary = "现场与申请材料一致，清单各项符合".to_owned();
        let concluded = applications.conclude_site_check(lead, id, check.id, signed, summary);
        Ok(concluded.await?)
    }

    async fn photograph(
        &self,
        case: &mut Case<'_>,
        officer: &Actor,
        (id, check): (ApplicationId, SiteCheckId),
        place: &str,
        variant: u8,
    ) -> Result<(), DemoError> {
        let picture = self.shelf.take(&Material {
            name: format!("{place}照片"),
            is_scan: true,
            mended: false,
            variant,
        })?;
        let mut upload = self.applications.begin_photo(officer, id, check).await?;
        upload
            .push(&picture)
            .map_err(applications::ApplicationsError::BadFile)?;
        let mut near = |middle: i64| middle + case.chance.between(-AROUND, AROUND);
        let new = NewPhoto {
            condition: None,
            taken_at: self.on.midnight().plus(EARLY),
            spot: Spot {
                longitude_e6: near(MIDDLE.0),
                latitude_e6: near(MIDDLE.1),
            },
            place: place.to_owned(),
        };
        self.applications
            .add_site_photo(officer, id, check, upload, new)
            .await?;
        Ok(())
    }
}

/// The department that goes along with the lead: the first other that reviews the matter.
fn companion<'a>(definition: &'a Definition, lead: &str) -> Option<&'a str> {
    let mut all = definition.departments().map(|review| review.department.as_str());
    all.find(|department| *department != lead)
}

fn open_check(case: &Case<'_>) -> Result<SiteCheck, DemoError> {
    let known = latest(case)?.application.case();
    let open = known.and_then(|known| known.site_checks.iter().find(|check| check.is_open()));
    open.cloned().ok_or(DemoError::Script("no visit to make"))
}
