//! What notices have to know of their neighbours: what things are called, what work is open, what is due.

use applications::{Applications, ApplicationsError, TaskItem};
use async_trait::async_trait;
use kernel::{
    Actor, KernelError, LegalDate, PageQuery,
    ids::{ApplicationId, LicenceId},
};
use licences::{Licences, LicencesError, rules::Duty};
use notices::{
    DueTask, Duties, DutyEntry, Facts, OpenTask, Tasks, TasksDue,
    rules::{Words, short_day},
};
use uuid::Uuid;

/// How far ahead the morning's notice looks, in days.
const SOON: u16 = 3;

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
                    say("due.short", called.due_on.map(short_day).unwrap_or_default());
                }
            }
            "licence" => {
                let system = Actor::system("通知");
                let licence = match self.licences.licence(&system, LicenceId(id)).await {
                    Ok(licence) => licence,
                    Err(LicencesError::NotFound) => return Ok(words),
                    Err(error) => return Err(failed(error)),
                };
                let facts = licence.facts();
                say("number", facts.number.to_string());
                say("applicant", facts.holder.name.clone());
                say("region", facts.holder.region.to_string());
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

    async fn due(&self, officer: &Actor, today: LegalDate, most: usize) -> Result<TasksDue, KernelError> {
        let due = self.0.due_counts(officer, today, SOON).await.map_err(inner)?;
        let mut found = TasksDue {
            late: due.late,
            today: due.today,
            soon: due.soon,
            first: Vec::new(),
        };
        if found != TasksDue::default() {
            let page = PageQuery {
                limit: u64::try_from(most).ok(),
                cursor: None,
            };
            let until = LegalDate(today.0.saturating_add(time::Duration::days(i64::from(SOON))));
            let tasks = self.0.tasks(officer, Vec::new(), Some(until), &page).await;
            found.first = match tasks {
                Ok(page) => page.items.into_iter().map(due_task).collect(),
                // Who may not read applications is told numbers only.
                Err(ApplicationsError::Forbidden(_)) => Vec::new(),
                Err(error) => return Err(inner(error)),
            };
        }
        Ok(found)
    }
}

/// A piece of work as the morning's notice names it.
fn due_task(task: TaskItem) -> DueTask {
    let application = &task.listed.application;
    let dossier = application.dossier();
    DueTask {
        label: task.kind.label().to_owned(),
        applicant: dossier.applicant.name.clone(),
        matter: dossier.matter_name.clone(),
        reference: application.intake().map(|intake| intake.reference.clone()),
        due_on: task.due_on,
        link: format!("/app/applications/{}", task.listed.id),
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
        let system = Actor::system("日历");
        let duties = match self.0.duties(&system, enterprise.into(), from, until).await {
            Ok(duties) => duties,
            // Who holds no licence owes nothing for one.
            Err(LicencesError::NotFound) => Vec::new(),
            Err(error) => return Err(failed(error)),
        };
        let mut entries: Vec<DutyEntry> = duties.into_iter().map(entry).collect();
        entries.sort_by_key(|entry| entry.due_on);
        Ok(entries)
    }
}

/// A duty as a calendar shows it.
fn entry(duty: Duty) -> DutyEntry {
    let basis = duty.basis.join("；");
    DutyEntry {
        // The same month after month is another entry.
        id: format!("{}-{}-{}", duty.key, duty.licence, duty.due),
        due_on: duty.due,
        text: format!(
            "许可证{}：{}，最迟{}办理。依据：{basis}",
            duty.number,
            duty.title,
            duty.due.chinese()
        ),
        title: duty.title,
        link: Some(format!("/app/licences/{}", duty.licence)),
        is_done: duty.done_on.is_some(),
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
