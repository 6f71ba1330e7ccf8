//! What notices have to know of their neighbours: what things are called, what work is open, what is due.

use applications::{Applications, ApplicationsError};
use async_trait::async_trait;
use kernel::{
    Actor, KernelError, LegalDate,
    ids::{ApplicationId, LicenceId},
};
use licences::{Licence, LicenceQuery, Licences, LicencesError, model::Issued};
use notices::{Duties, DutyEntry, Facts, OpenTask, Tasks, TasksDue, rules::Words};
use uuid::Uuid;

/// How far ahead the morning's notice looks, in days.
const SOON: u16 = 3;
/// Licences of one enterprise that a calendar shows.
const MOST: u64 = 200;

/// Names of applications and licences.
pub struct Names {
    /// Applications.
    pub applications: Applications,
    /// Licences.
    pub licences: Licences,
}

#[async_trait]
impl Facts for Names {
    async fn about(&self, subject: &str, id: Uuid) -> Result<Words, KernelError> {
        let mut words = Words::new();
        let mut say = |name: &str, value: String| drop(words.insert(name.to_owned(), value));
        match subject {
            "application" => {
                let called = self.applications.called(ApplicationId(id)).await.map_err(inner)?;
                if let Some(called) = called {
                    say("reference", called.reference.unwrap_or_default());
                    say("matter", called.matter);
                    say("applicant", called.applicant);
                    say("region", called.region);
                    say("due", called.due_on.map(LegalDate::chinese).unwrap_or_default());
                }
            }
            "licence" => {
                let system = Actor::system("通知");
                let licence = match self.licences.licence(&system, LicenceId(id)).await {
                    Ok(licence) => licence,
                    Err(LicencesError::NotFound) => return Ok(words),
                    Err(error) => return Err(failed(error)),
                };
                if let Licence::Issued(issued) = licence {
                    say("number", issued.facts.number.to_string());
                    say("applicant", issued.facts.holder.name);
                    say("region", issued.facts.holder.region.to_string());
                }
            }
            _ => {}
        }
        Ok(words)
    }
}

/// The work lists of applications.
pub struct WorkLists(pub Applications);

#[async_trait]
impl Tasks for WorkLists {
    async fn open(&self, application: Uuid) -> Result<Vec<OpenTask>, KernelError> {
        let open = self
            .0
            .open_tasks(ApplicationId(application))
            .await
            .map_err(inner)?;
        Ok(open
            .into_iter()
            .map(|task| OpenTask {
                key: task.key,
                label: task.kind.label().to_owned(),
                permission: task.kind.permission(),
                department: task.department,
                is_open_to_leaders: task.kind != applications::rules::TaskKind::Review,
                region: task.region,
                due_on: task.due_on,
                excluded: task.excluded,
            })
            .collect())
    }

    async fn due(&self, officer: &Actor, today: LegalDate) -> Result<TasksDue, KernelError> {
        let due = self.0.due_counts(officer, today, SOON).await.map_err(inner)?;
        Ok(TasksDue {
            late: due.late,
            today: due.today,
            soon: due.soon,
        })
    }
}

/// What licences ask of their holders.
pub struct HoldersDuties(pub Licences);

#[async_trait]
impl Duties for HoldersDuties {
    async fn of(
        &self,
        enterprise: Uuid,
        from: LegalDate,
        until: LegalDate,
    ) -> Result<Vec<DutyEntry>, KernelError> {
        let query = LicenceQuery {
            enterprise: Some(enterprise.into()),
            ..LicenceQuery::default()
        };
        let system = Actor::system("日历");
        let held = self.0.list(&system, &query, None, MOST).await.map_err(failed)?;
        let issued = held.into_iter().filter_map(|licence| match licence {
            Licence::Issued(issued) => Some(issued),
            _ => None,
        });
        let mut entries: Vec<DutyEntry> = issued
            .map(|issued| expiry(&issued))
            .filter(|entry| (from..=until).contains(&entry.due_on))
            .collect();
        entries.sort_by_key(|entry| entry.due_on);
        Ok(entries)
    }
}

/// The end of a licence, and what to do before it.
fn expiry(issued: &Issued) -> DutyEntry {
    let (number, last) = (issued.facts.number.to_string(), issued.facts.validity.until);
    DutyEntry {
        id: format!("licence-expiry-{}", issued.facts.id),
        due_on: last,
        title: format!("许可证到期：{number}"),
        text: format!(
            "许可证{number}的有效期至{}。需要继续从事许可活动的，应当在届满前三个月申请延期（《安全生产许可证条例》第九条）。",
            last.chinese()
        ),
        link: Some(format!("/app/licences/{}", issued.facts.id)),
        is_done: false,
    }
}

fn inner(error: ApplicationsError) -> KernelError {
    match error {
        ApplicationsError::Kernel(error) => error,
        other => KernelError::Corrupt(kernel::problem::chain(&other)),
    }
}

fn failed(error: LicencesError) -> KernelError {
    match error {
        LicencesError::Kernel(error) => error,
        other => KernelError::Corrupt(kernel::problem::chain(&other)),
    }
}
