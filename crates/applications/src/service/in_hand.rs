//! Work in hand, for the neighbours that watch over it: the ledger of collaboration, and notices.

use kernel::{
    Actor, LegalDate, Moment, Page, PageQuery, Permission,
    ids::{AccountId, ApplicationId, EnterpriseId},
};

use super::{Applications, ApplicationsError, Outcome};
use crate::{
    rules::{self, ClockUnit, Light, TaskKind},
    store::{self, InHandFilter, InHandOrder, Lit, OpenRow},
};

/// A piece of work of a department on an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTask {
    /// Stable as long as it is the same piece of work.
    pub key: String,
    /// What.
    pub kind: TaskKind,
    /// Which department has it.
    pub department: String,
    /// Where.
    pub region: String,
    /// Last day, while known.
    pub due_on: Option<LegalDate>,
    /// Who may not do it (segregation of duties).
    pub excluded: Vec<AccountId>,
}

/// What notices call an application by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// 受理编号, once it was handed in.
    pub reference: Option<String>,
    /// Name of the matter.
    pub matter: String,
    /// The applicant.
    pub applicant: String,
    /// Its region.
    pub region: String,
    /// Last day of the clock that matters most now.
    pub due_on: Option<LegalDate>,
}

/// How much of an officer's work is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueCounts {
    /// Past its last day.
    pub late: u64,
    /// Today is its last day.
    pub today: u64,
    /// Within the days after.
    pub soon: u64,
}

/// Order of the work in hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InHandSort {
    /// Most urgent first.
    #[default]
    Due,
    /// Longest in hand first.
    Since,
}

/// What to look for among the work in hand.
#[derive(Clone, Debug, Default)]
pub struct InHandQuery {
    /// Held by this department; the empty name stands for applicants.
    pub department: Option<String>,
    /// In this region and below.
    pub region: Option<String>,
    /// Of this kind.
    pub kind: Option<TaskKind>,
    /// Of this industry.
    pub industry: Option<String>,
    /// Showing this light.
    pub light: Option<Light>,
    /// Part of the applicant's name, or of the reference.
    pub q: Option<String>,
    /// Order.
    pub sort: InHandSort,
}

/// A piece of work in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InHand {
    /// Place in the order in which tasks were written.
    pub seq: i64,
    /// Stable as long as it is the same piece of work.
    pub key: String,
    /// The application.
    pub application: ApplicationId,
    /// 受理编号.
    pub reference: String,
    /// Name of the matter.
    pub matter: String,
    /// The enterprise.
    pub enterprise: EnterpriseId,
    /// Its name.
    pub applicant: String,
    /// Its region.
    pub region: String,
    /// What is to be done.
    pub kind: TaskKind,
    /// Who holds it; the applicant when no department does.
    pub department: Option<String>,
    /// First-contact officer of the application.
    pub officer: Option<String>,
    /// Since when.
    pub since: Moment,
    /// Last day, while known.
    pub due_on: Option<LegalDate>,
    /// Light as of today.
    pub light: Light,
    /// Whether its clock stands still now.
    pub held: bool,
    /// Days of its clock that are left, negative when it is late; stopped days are not counted.
    pub left: Option<i64>,
    /// In what they are counted.
    pub unit: Option<ClockUnit>,
}

impl InHandQuery {
    fn filter(&self, today: LegalDate) -> InHandFilter {
        let lit = |light| match light {
            Light::Green => Lit::Green,
            Light::Yellow => Lit::Yellow,
            Light::Red => Lit::Red,
        };
        InHandFilter {
            department: self.department.clone(),
            region: self.region.clone(),
            kind: self.kind,
            industry: self.industry.clone(),
            light: self.light.map(|light| (lit(light), today)),
            q: self.q.clone(),
        }
    }

    fn order(&self) -> InHandOrder {
        match self.sort {
            InHandSort::Due => InHandOrder::Due,
            InHandSort::Since => InHandOrder::Since,
        }
    }

    fn key(&self, row: &OpenRow) -> (String, i64) {
        let first = match self.sort {
            InHandSort::Due => row.due_sort.clone(),
            InHandSort::Since => row.since.0.to_string(),
        };
        (first, row.seq)
    }
}

impl Applications {
    /// Open work of departments on an application.
    ///
    /// # Errors
    /// [`ApplicationsError::Kernel`].
    pub async fn open_tasks(&self, id: ApplicationId) -> Outcome<Vec<OpenTask>> {
        let rows = store::open_tasks(self.kernel.db(), id).await?;
        Ok(rows.into_iter().filter_map(open_task).collect())
    }

    /// What an application is called; `None` for one that does not exist.
    ///
    /// # Errors
    /// [`ApplicationsError::Kernel`].
    pub async fn called(&self, id: ApplicationId) -> Outcome<Option<Called>> {
        let Some(record) = store::find(self.kernel.db(), &Actor::system("通知"), id).await? else {
            return Ok(None);
        };
        let app = &record.application;
        let def = self.definition(app)?;
        let headline = rules::headline(app, def, self.watch(self.now().legal_date()));
        let dossier = app.dossier();
        Ok(Some(Called {
            reference: app.intake().map(|intake| intake.reference.clone()),
            matter: dossier.matter_name.clone(),
            applicant: dossier.applicant.name.clone(),
            region: dossier.applicant.region.clone(),
            due_on: headline.and_then(|clock| clock.due_on),
        }))
    }

    /// How much of the actor's own work is due as of `today`, and within `soon` days after it.
    ///
    /// # Errors
    /// [`ApplicationsError::Kernel`].
    pub async fn due_counts(&self, actor: &Actor, today: LegalDate, soon: u16) -> Outcome<DueCounts> {
        let db = self.kernel.db();
        let day = |days: i64| LegalDate(today.0.saturating_add(time::Duration::days(days)));
        let soon_until = day(i64::from(soon));
        Ok(DueCounts {
            late: store::due_between(db, actor, None, day(-1)).await?,
            today: store::due_between(db, actor, Some(today), today).await?,
            soon: store::due_between(db, actor, Some(day(1)), soon_until).await?,
        })
    }

    /// All work in hand within the actor's reach, whoever holds it.
    ///
    /// # Errors
    /// [`ApplicationsError::Invalid`] for a cursor that is none.
    pub async fn in_hand(
        &self,
        actor: &Actor,
        query: &InHandQuery,
        page: &PageQuery,
    ) -> Outcome<Page<InHand>> {
        actor.require(Permission::CollaborationRead)?;
        let after = page
            .after()
            .map_err(|problem| ApplicationsError::Invalid(problem.errors))?;
        let (today, limit) = (self.now().legal_date(), page.limit());
        let (filter, order) = (query.filter(today), query.order());
        let rows = store::in_hand(self.kernel.db(), actor, &filter, order, after, limit).await?;
        let Page { items, next } = Page::cut(rows, limit, |row| query.key(row));
        let items = self.shown(items, today).await?;
        Ok(Page { items, next })
    }

    async fn shown(&self, rows: Vec<OpenRow>, today: LegalDate) -> Outcome<Vec<InHand>> {
        let mut known = std::collections::HashMap::new();
        for row in store::applications_of(self.kernel.db(), &rows).await? {
            let record = store::Record::try_from(row)?;
            known.insert(record.id, record.application);
        }
        let shown = rows.into_iter().filter_map(|row| {
            let app = known.get(&row.application)?;
            let kind = kind_of(&row)?;
            // A definition that cannot be read was logged by whoever reads the application itself.
            let clock = self.clock_of(app, kind, row.department.as_deref()).ok().flatten();
            Some(InHand {
                held: clock.as_ref().is_some_and(|clock| clock.stopped),
                unit: clock.as_ref().map(|clock| clock.unit),
                left: clock.and_then(|clock| clock.left),
                seq: row.seq,
                key: key_of(&row),
                application: row.application,
                reference: app
                    .intake()
                    .map(|intake| intake.reference.clone())
                    .unwrap_or_default(),
                matter: app.dossier().matter_name.clone(),
                enterprise: row.enterprise.into(),
                applicant: app.dossier().applicant.name.clone(),
                officer: app.owner().map(|owner| owner.name.clone()),
                light: light(row.due_on, row.yellow_on, today),
                region: row.region,
                department: row.department,
                since: row.since,
                due_on: row.due_on,
                kind,
            })
        });
        Ok(shown.collect())
    }

    /// How much each department has in hand, by light; the empty name stands for applicants.
    ///
    /// # Errors
    /// [`ApplicationsError::Kernel`].
    pub async fn in_hand_tally(
        &self,
        actor: &Actor,
        query: &InHandQuery,
    ) -> Outcome<Vec<(String, Light, u64)>> {
        actor.require(Permission::CollaborationRead)?;
        let today = self.now().legal_date();
        let mut tallies = Vec::new();
        for row in store::tally(self.kernel.db(), actor, &query.filter(today), today).await? {
            let department = row.department.unwrap_or_default();
            let green = row.count - row.yellow - row.red;
            for (light, count) in [
                (Light::Green, green),
                (Light::Yellow, row.yellow),
                (Light::Red, row.red),
            ] {
                if let Ok(count @ 1..) = u64::try_from(count) {
                    tallies.push((department.clone(), light, count));
                }
            }
        }
        Ok(tallies)
    }
}

fn kind_of(row: &OpenRow) -> Option<TaskKind> {
    TaskKind::ALL.into_iter().find(|kind| kind.as_str() == row.kind)
}

/// The row is written anew with every act; application, kind, department and begin stay.
fn key_of(row: &OpenRow) -> String {
    let department = row.department.as_deref().unwrap_or_default();
    format!("{}:{}:{department}:{}", row.application, row.kind, row.since.0)
}

/// The same as the condition by which lists filter.
fn light(due_on: Option<LegalDate>, yellow_on: Option<LegalDate>, today: LegalDate) -> Light {
    if due_on.is_some_and(|due| due < today) {
        Light::Red
    } else if yellow_on.is_some_and(|day| day <= today) {
        Light::Yellow
    } else {
        Light::Green
    }
}

fn open_task(row: OpenRow) -> Option<OpenTask> {
    let excluded = row.excluded.split('|').filter_map(|id| id.parse().ok());
    Some(OpenTask {
        key: key_of(&row),
        kind: kind_of(&row)?,
        excluded: excluded.collect(),
        department: row.department?,
        region: row.region,
        due_on: row.due_on,
    })
}
