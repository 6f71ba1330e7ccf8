//! Reading: one application, lists, work lists, timeline, public decisions.

use kernel::{
    Actor, Event, LegalDate, Moment, Page, PageQuery, Permission, Problem,
    event::{self, EventFilter},
    ids::ApplicationId,
};
use uuid::Uuid;

use super::{Applications, ApplicationsError, Outcome};
use crate::{
    http::DeferralView,
    model::{Application, StateName},
    rules::{self, Action, Bodies, ClockView, Light, TaskKind, Viewer, WindowView},
    store::{self, ListQuery, ListRow, Record, TaskQuery, TaskRow},
};

/// An application as an actor sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The application.
    pub record: Record,
    /// Who handles it.
    pub bodies: Bodies,
    /// What the actor may do now.
    pub actions: Vec<Action>,
    /// Every clock.
    pub clocks: Vec<ClockView>,
    /// The clock that matters most now.
    pub headline: Option<ClockView>,
    /// Whether the internal opinions are shown to this actor.
    pub opinions: bool,
}

/// A row of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Identifier.
    pub id: ApplicationId,
    /// Version.
    pub version: i64,
    /// The application.
    pub application: Application,
    /// The clock that matters most now.
    pub headline: Option<ClockView>,
}

/// Something to do.
#[derive(Clone, Debug)]
pub struct TaskItem {
    /// What.
    pub kind: TaskKind,
    /// For which department.
    pub department: Option<String>,
    /// Since when.
    pub since: Moment,
    /// Last day, while known.
    pub due_on: Option<LegalDate>,
    /// The clock of this work.
    pub clock: Option<ClockView>,
    /// The application.
    pub listed: Listed,
}

/// A decision in public view (行政许可法 art. 40).
#[derive(Clone, Debug)]
pub struct PublicDecision {
    /// 受理编号.
    pub reference: String,
    /// Name of the matter.
    pub matter: String,
    /// The applicant.
    pub applicant: String,
    /// Granted or refused.
    pub state: StateName,
    /// Number of the written decision.
    pub number: Option<String>,
    /// Day of the decision.
    pub decided_on: LegalDate,
    /// Day of delivery, once done.
    pub delivered_on: Option<LegalDate>,
    /// The body that decided.
    pub authority: String,
}

/// Filters of a list as they come in.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// In this state.
    pub state: Option<StateName>,
    /// Of this matter.
    pub matter: Option<String>,
    /// Of this enterprise.
    pub enterprise: Option<Uuid>,
    /// In this region and below.
    pub region: Option<String>,
    /// That concern this department.
    pub department: Option<String>,
    /// Owned by this officer.
    pub officer: Option<Uuid>,
    /// Due on or before this day.
    pub due_before: Option<LegalDate>,
    /// What figures count.
    pub counted: store::Counted,
    /// With this light today.
    pub light: Option<Light>,
    /// Of this kind.
    pub kind: Option<matters::Kind>,
    /// About this licence.
    pub licence: Option<Uuid>,
    /// Part of the applicant's name or of the reference.
    pub q: Option<String>,
    /// Order.
    pub sort: store::Sort,
}

impl Filters {
    pub(super) fn query(self, after: Option<(String, Uuid)>, limit: u64, today: LegalDate) -> ListQuery {
        ListQuery {
            state: self.state,
            matter: self.matter,
            enterprise: self.enterprise,
            region: self.region,
            department: self.department,
            officer: self.officer,
            due_before: self.due_before,
            counted: self.counted,
            light: self.light.map(|light| (light, today)),
            kind: self.kind,
            licence: self.licence,
            q: self.q,
            sort: self.sort,
            after,
            limit,
        }
    }
}

fn invalid(problem: Problem) -> ApplicationsError {
    ApplicationsError::Invalid(problem.errors)
}

impl Applications {
    /// One application with clocks and what the actor may do.
    ///
    /// # Errors
    /// [`ApplicationsError::NotFound`] outside the scope.
    pub async fn application(&self, actor: &Actor, id: ApplicationId) -> Outcome<Seen> {
        let record = self.seen(actor, id).await?;
        self.show(actor, record).await
    }

    /// The same for an application that the actor has just changed.
    ///
    /// # Errors
    /// [`ApplicationsError::Kernel`].
    pub async fn show(&self, actor: &Actor, record: Record) -> Outcome<Seen> {
        let def = self.definition(&record.application)?;
        let bodies = self.bodies(&record.application, def);
        let qualified = self.holds_qualification(actor, def.industry.as_str()).await?;
        let viewer = Viewer {
            actor,
            qualified,
            bodies: &bodies,
        };
        let actions = rules::allowed_actions(&record.application, def, viewer);
        let watch = self.watch(self.now().legal_date());
        let clocks = watch.clocks(&record.application, def);
        let headline = rules::headline(&record.application, def, watch);
        let opinions = actor.scope.enterprise.is_none() || record.application.decision().is_some();
        Ok(Seen {
            bodies,
            actions,
            clocks,
            headline,
            opinions,
            record,
        })
    }

    async fn holds_qualification(&self, actor: &Actor, field: &str) -> Outcome<bool> {
        let decisive = [Action::FirstReview, Action::SecondReview, Action::Decide];
        let Some(account) = actor
            .account
            .filter(|_| decisive.iter().any(|one| actor.may(one.permission())))
        else {
            return Ok(actor.is_system);
        };
        let held = self
            .inner
            .identity
            .qualifications(&Actor::system("资格核对"), account)
            .await?;
        Ok(identity::rules::is_qualified(
            &held,
            field,
            self.now().legal_date(),
        ))
    }

    /// Applications within the actor's scope.
    ///
    /// # Errors
    /// [`ApplicationsError::Invalid`] for a cursor that is none.
    pub async fn list(&self, actor: &Actor, filters: Filters, page: &PageQuery) -> Outcome<Page<Listed>> {
        actor.require(Permission::ApplicationsRead)?;
        let today = self.now().legal_date();
        let query = filters.query(page.after().map_err(invalid)?, page.limit(), today);
        let rows = store::list(self.kernel.db(), actor, &query).await?;
        self.listed_page(Page::cut(rows, query.limit, |row| query.key(row)))
    }

    fn listed_page(&self, page: Page<ListRow>) -> Outcome<Page<Listed>> {
        let next = page.next;
        let items = page
            .items
            .into_iter()
            .map(|row| self.listed(row))
            .collect::<Outcome<Vec<_>>>()?;
        Ok(Page { items, next })
    }

    pub(super) fn listed(&self, row: ListRow) -> Outcome<Listed> {
        let record = Record::try_from(row)?;
        let def = self.definition(&record.application)?;
        let headline = rules::headline(&record.application, def, self.watch(self.now().legal_date()));
        Ok(Listed {
            id: record.id,
            version: record.version,
            application: record.application,
            headline,
        })
    }

    /// What the actor has to do now, by deadline.
    ///
    /// # Errors
    /// [`ApplicationsError::Invalid`] for a cursor that is none.
    pub async fn tasks(
        &self,
        actor: &Actor,
        kinds: Vec<TaskKind>,
        due_before: Option<LegalDate>,
        page: &PageQuery,
    ) -> Outcome<Page<TaskItem>> {
        actor.require(Permission::ApplicationsRead)?;
        let query = TaskQuery {
            kinds,
            due_before,
            after: page.after().map_err(invalid)?,
            limit: page.limit(),
        };
        let rows = store::work_list(self.kernel.db(), actor, &query).await?;
        let page = Page::cut(rows, query.limit, |row| (row.due_sort.clone(), row.seq));
        let next = page.next;
        let items = page
            .items
            .into_iter()
            .map(|row| self.task(row))
            .collect::<Outcome<Vec<_>>>()?;
        Ok(Page { items, next })
    }

    /// The clock of a piece of work, for those that have one of their own.
    pub(super) fn clock_of(
        &self,
        app: &Application,
        kind: TaskKind,
        department: Option<&str>,
    ) -> Outcome<Option<ClockView>> {
        let def = self.definition(app)?;
        let watch = self.watch(self.now().legal_date());
        Ok(match (kind, department.map(str::parse)) {
            (TaskKind::Review, Some(Ok(department))) => watch.department(app, def, &department),
            (TaskKind::FirstReview | TaskKind::SecondReview | TaskKind::Decide, _) => {
                watch.clock(app, def, matters::INTERNAL_TARGET)
            }
            _ => None,
        })
    }

    fn task(&self, row: TaskRow) -> Outcome<TaskItem> {
        let listed = self.listed(row.application)?;
        let own = self.clock_of(&listed.application, row.kind, row.department.as_deref())?;
        let clock = match row.kind {
            TaskKind::Review | TaskKind::FirstReview | TaskKind::SecondReview | TaskKind::Decide => own,
            _ => listed.headline.clone(),
        };
        Ok(TaskItem {
            kind: row.kind,
            department: row.department,
            since: row.since,
            due_on: row.due_on,
            clock,
            listed,
        })
    }

    /// What happened to an application, newest first. The applicant sees every step, but no internal reasons
    /// before the decision.
    ///
    /// # Errors
    /// [`ApplicationsError::NotFound`] outside the scope.
    pub async fn timeline(
        &self,
        actor: &Actor,
        id: ApplicationId,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<Event>> {
        let record = self.seen(actor, id).await?;
        let filter = EventFilter {
            subject: Some(("application".into(), id.into())),
            ..EventFilter::default()
        };
        let mut events = event::find(self.kernel.db(), &filter, before, limit).await?;
        if actor.scope.enterprise.is_some() {
            let decided = record.application.decision().is_some();
            events.iter_mut().for_each(|event| conceal(event, decided));
        }
        Ok(events)
    }

    /// The number of the newest event of an application, and its version: what live views wait for.
    ///
    /// # Errors
    /// [`ApplicationsError::NotFound`] outside the scope.
    pub async fn progress(&self, actor: &Actor, id: ApplicationId) -> Outcome<(i64, i64)> {
        actor.require(Permission::ApplicationsRead)?;
        let version = store::version(self.kernel.db(), actor, id).await?;
        let version = version.ok_or(ApplicationsError::NotFound("申请"))?;
        let filter = EventFilter {
            subject: Some(("application".into(), id.into())),
            ..EventFilter::default()
        };
        let newest = event::find(self.kernel.db(), &filter, None, 1).await?;
        Ok((newest.first().map_or(0, |event| event.seq), version))
    }

    /// Decisions in public view, newest first.
    ///
    /// # Errors
    /// [`ApplicationsError::Invalid`] for a cursor that is none.
    pub async fn public_decisions(&self, page: &PageQuery) -> Outcome<Page<PublicDecision>> {
        let after = page.after().map_err(invalid)?;
        let rows = store::public_decisions(self.kernel.db(), after, page.limit()).await?;
        let page = Page::cut(rows, page.limit(), |row| (row.decided_on, Uuid::from(row.id)));
        let next = page.next;
        let items = page
            .items
            .into_iter()
            .map(|row| self.public_decision(row))
            .collect::<Outcome<Vec<_>>>()?;
        Ok(Page { items, next })
    }

    fn public_decision(&self, row: ListRow) -> Outcome<PublicDecision> {
        let lead = row.lead_body.clone();
        let record = Record::try_from(row)?;
        let app = &record.application;
        let def = self.definition(app)?;
        let occasion = match app.state() {
            StateName::Granted => matters::Occasion::Granted,
            _ => matters::Occasion::Refused,
        };
        let kind = rules::PaperKind::On(occasion)
            .document(app, def)
            .unwrap_or_default();
        Ok(PublicDecision {
            reference: app
                .intake()
                .map(|intake| intake.reference.clone())
                .unwrap_or_default(),
            matter: app.dossier().matter_name.clone(),
            applicant: app.dossier().applicant.name.clone(),
            state: app.state(),
            number: app
                .dossier()
                .newest(kind)
                .map(|document| document.paper.number.clone()),
            decided_on: app.decided_on().ok_or(ApplicationsError::NotFound("决定"))?,
            delivered_on: app.delivery().map(|delivery| delivery.on),
            authority: self.authority(&lead)?.name.clone(),
        })
    }

    /// The name of a department in this city.
    pub fn department_name(&self, key: &str) -> String {
        self.inner.city.short_name(key).to_owned()
    }

    /// Materials that follow later, as everyone entitled sees them.
    pub(crate) fn deferral(&self, app: &Application, def: &matters::Definition) -> Option<DeferralView> {
        let deferral = app.case()?.deferral.as_ref()?;
        let due = rules::deferral_due(app, def, self.watch(self.now().legal_date()));
        Some(DeferralView {
            materials: deferral.materials.iter().cloned().collect(),
            outstanding: rules::outstanding(deferral, app.dossier())
                .into_iter()
                .cloned()
                .collect(),
            signatory: deferral.signatory.clone(),
            commitment: deferral.commitment.clone(),
            due_on: due.and_then(rules::Due::day),
            due_words: due.map(rules::Due::words),
            breach: def.deferral.breach.clone(),
        })
    }

    /// Until when one has to apply, and whether this application was, or would be today, in time.
    pub(crate) fn windows(&self, app: &Application, def: &matters::Definition) -> Vec<WindowView> {
        let dossier = app.dossier();
        let on = app
            .intake()
            .map_or_else(|| self.now().legal_date(), |intake| intake.received_on);
        let held = dossier.licence.as_ref();
        held.map(|held| rules::windows(def, held, &dossier.subject, &self.inner.calendar, on))
            .unwrap_or_default()
    }

    /// The definition by which an application is handled.
    pub(crate) fn definition_of(&self, app: &Application) -> Outcome<&matters::Definition> {
        self.definition(app)
    }
}

/// Takes internal matters out of an event before the applicant sees it.
fn conceal(event: &mut Event, decided: bool) {
    let body = &mut event.body;
    let internal = matches!(
        body.kind.as_str(),
        "application.reviewed"
            | "application.review_returned"
            | "application.first_reviewed"
            | "application.second_reviewed"
    );
    if internal && !decided {
        let department = body.data.get("department").cloned();
        body.data = department.map_or(
            serde_json::Value::Null,
            |d| serde_json::json!({ "department": d }),
        );
        body.reason = None;
        body.actor = "审查人员".to_owned();
        body.account = None;
    }
    if body.kind.ends_with("accepted")
        && let Some(data) = body.data.as_object_mut()
    {
        data.remove("risk");
    }
}

/// The light of a list row; green while no clock runs.
pub(crate) fn light(headline: Option<&ClockView>) -> Light {
    headline.map_or(Light::Green, |clock| clock.light)
}
