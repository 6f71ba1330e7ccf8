//! What notices have to know of their neighbours: what things are called, what work is open, what is due.

use std::sync::Arc;

use applications::{Applications, ApplicationsError, TaskItem};
use async_trait::async_trait;
use codes::WorkCalendar;
use kernel::{
    Actor, KernelError, LegalDate, PageQuery,
    ids::{ApplicationId, LicenceId},
};
use licences::{Licences, LicencesError, rules::Duty};
use notices::{
    DueTask, Duties, DutyEntry, Facts, OpenTask, Tasks, TasksDue,
    rules::{Words, short_day},
};
use time::Weekday;
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
pub struct WorkLists {
    /// Applications.
    pub applications: Applications,
    /// Working days.
    pub calendar: Arc<WorkCalendar>,
}

#[async_trait]
impl Tasks for WorkLists {
    async fn open(&self, application: Uuid) -> Result<Vec<OpenTask>, KernelError> {
        let open = self
            .applications
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
        let due = self.applications.due_counts(officer, today, SOON).await;
        let due = due.map_err(inner)?;
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
            let tasks = self
                .applications
                .tasks(officer, Vec::new(), Some(until), &page)
                .await;
            found.first = match tasks {
                Ok(page) => page
                    .items
                    .into_iter()
                    .map(|task| self.due_task(task, today))
                    .collect(),
                // Who may not read applications is told numbers only.
                Err(ApplicationsError::Forbidden(_)) => Vec::new(),
                Err(error) => return Err(inner(error)),
            };
        }
        Ok(found)
    }

    fn is_working_day(&self, day: LegalDate) -> bool {
        let weekend = matches!(day.0.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.calendar.is_working_day(day.0).unwrap_or(!weekend)
    }
}

impl WorkLists {
    /// A piece of work as the morning's notice names it.
    fn due_task(&self, task: TaskItem, today: LegalDate) -> DueTask {
        let application = &task.listed.application;
        let dossier = application.dossier();
        DueTask {
            label: task.kind.label().to_owned(),
            applicant: dossier.applicant.name.clone(),
            matter: dossier.matter_name.clone(),
            reference: application.intake().map(|intake| intake.reference.clone()),
            days_late: self.days_late(&task, today),
            due_on: task.due_on,
            link: format!("/app/applications/{}", task.listed.id),
        }
    }

    /// As letters count it: working days past the last day, without those in which the clock stood still.
    fn days_late(&self, task: &TaskItem, today: LegalDate) -> Option<u32> {
        let due = task.due_on.filter(|due| *due < today)?;
        let days = self.calendar.working_days_between(due.0, today.0).ok()?.0;
        let left = task.clock.as_ref().and_then(|clock| clock.left);
        Some(left.map_or(days, |left| days.min(u32::try_from(-left).unwrap_or(0))))
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
