//! The use cases of applications.

mod acceptance;
mod decision;
mod documents;
mod drafts;
mod error;
mod export;
mod figures;
mod files;
mod in_hand;
mod periods;
mod render;
mod reviews;
mod supplies;
mod timed;
mod views;
mod visits;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use codes::WorkCalendar;
use identity::Identity;
use kernel::{
    Actor, Kernel, KernelError, LegalDate, Moment, NewJob, Permission, Work, event::Happened,
    ids::ApplicationId,
};
use matters::{Authority, Catalogue, City, Definition, Place};
use registry::Registry;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

pub use acceptance::{NewCorrectionItem, NewNonAcceptance};
pub use decision::{Grant, NewRefusal};
pub use documents::{DocumentFile, PreviewContent};
pub use drafts::{NewDraft, NewItem, NewSubject};
pub use error::ApplicationsError;
pub use files::Upload;
pub use in_hand::{Called, DueCounts, InHand, InHandQuery, InHandSort, OpenTask};
pub use periods::NewStop;
pub use reviews::NewReview;
pub(crate) use views::light;
pub use views::{Filters, Listed, PublicDecision, Seen, TaskItem};
pub use visits::{NewPhoto, NewSiteCheck, PhotoUpload, SiteOfficerChoice};

use crate::{
    jobs::{DEADLINE_JOB, DOCUMENT_JOB, EXPIRY_JOB, REFRESH_JOB},
    model::{
        Act, Application, Change, Command, Deferral, Document, DocumentId, Paper, Person, Rendering, apply,
    },
    ports::LicenceBook,
    rules::{self, Action, Bodies, Desk, Lights, PaperKind, Viewer, Watch},
    store::{self, Deadlines, Record},
};

/// Typesets and signs a document.
#[async_trait]
pub trait Renderer: Send + Sync {
    /// The signed, time-stamped PDF of a paper; `ident` names the document.
    async fn render(&self, paper: &Paper, ident: Uuid, at: OffsetDateTime) -> Result<Vec<u8>, String>;

    /// The same page, neither sealed nor signed.
    async fn preview(&self, paper: &Paper, ident: Uuid, at: OffsetDateTime) -> Result<Vec<u8>, String>;
}

type Outcome<T> = Result<T, ApplicationsError>;

/// The capability: applications from the first draft to delivery. Cheap to clone.
#[derive(Clone)]
pub struct Applications {
    kernel: Kernel,
    inner: Arc<Inner>,
}

struct Inner {
    identity: Identity,
    registry: Registry,
    catalogue: Arc<Catalogue>,
    city: Arc<City>,
    calendar: Arc<WorkCalendar>,
    renderer: Box<dyn Renderer>,
    lights: Lights,
    licences: OnceLock<Box<dyn LicenceBook>>,
}

/// An application opened for an act: locked, and the act allowed.
pub(crate) struct Open<'a> {
    pub work: Work,
    pub record: Record,
    pub def: &'a Definition,
    pub bodies: Bodies,
    /// Telephone of the officer, for documents.
    pub phone: Option<String>,
}

impl Open<'_> {
    fn act(&self) -> Act {
        Act {
            by: person(self.work.actor()),
            at: self.work.now(),
        }
    }

    fn today(&self) -> LegalDate {
        self.work.now().legal_date()
    }
}

/// The actor as records and documents name it.
pub(crate) fn person(actor: &Actor) -> Person {
    Person {
        account: actor.account,
        name: actor.name.clone(),
    }
}

impl Applications {
    /// Over a kernel and the capabilities that it stands on.
    pub fn new(
        kernel: Kernel,
        identity: Identity,
        registry: Registry,
        catalogue: Arc<Catalogue>,
        city: Arc<City>,
        calendar: Arc<WorkCalendar>,
        press: impl Renderer + 'static,
    ) -> Self {
        let lights = lights(&kernel);
        let inner = Inner {
            identity,
            registry,
            catalogue,
            city,
            calendar,
            renderer: Box::new(press),
            lights,
            licences: OnceLock::new(),
        };
        Self {
            kernel,
            inner: Arc::new(inner),
        }
    }

    /// Tells where licences are looked up. They stand on applications, so that this can only be said once both are
    /// there; a second call changes nothing.
    pub fn connect(&self, licences: impl LicenceBook + 'static) {
        if self.inner.licences.set(Box::new(licences)).is_err() {
            tracing::warn!("applications are connected with a register of licences already");
        }
    }

    fn watch(&self, today: LegalDate) -> Watch<'_> {
        Watch {
            calendar: &self.inner.calendar,
            today,
            lights: self.inner.lights,
        }
    }

    fn definition(&self, app: &Application) -> Outcome<&Definition> {
        let dossier = app.dossier();
        let found = self.inner.catalogue.get(dossier.matter, dossier.matter_version);
        found.ok_or_else(|| {
            let what = format!("matter {} version {}", dossier.matter, dossier.matter_version);
            KernelError::Rules(format!("{what} is not among the rule files")).into()
        })
    }

    /// Who takes the application in and who decides it. Acceptance goes where the city had handed it down on the
    /// day on which the application came in.
    fn bodies(&self, app: &Application, def: &Definition) -> Bodies {
        let lead = def.power.implementing_department.as_str();
        let on = app
            .intake()
            .map_or(app.dossier().created_at.legal_date(), |intake| intake.received_on);
        let region = app.dossier().applicant.region.parse().ok();
        let window = region.and_then(|region| {
            let place = Place {
                region: &region,
                zone: self.inner.city.zone_of(&region).map(|zone| zone.key.as_str()),
            };
            self.inner.city.handler(lead, def.key, "acceptance", place, on.0)
        });
        let window = window.map_or(lead, |body| body.department.as_str());
        Bodies {
            lead: lead.to_owned(),
            window: window.to_owned(),
        }
    }

    fn authority(&self, department: &str) -> Outcome<&Authority> {
        let found = self.inner.city.authority(department);
        found.ok_or_else(|| KernelError::Rules(format!("the city names no body for {department}")).into())
    }

    /// Opens an application for an act: loads and locks it, and refuses an actor who may not act now.
    async fn open(&self, actor: &Actor, id: ApplicationId, action: Action) -> Outcome<Open<'_>> {
        actor.require(action.permission())?;
        let phone = self.phone(actor).await?;
        let work = self.kernel.begin(actor).await?;
        let record = store::locked(&work, id)
            .await?
            .ok_or(ApplicationsError::NotFound("申请"))?;
        let def = self.definition(&record.application)?;
        let bodies = self.bodies(&record.application, def);
        let qualified = !action.needs_qualification() || self.is_qualified(&work, def).await?;
        let viewer = Viewer {
            actor,
            qualified,
            bodies: &bodies,
        };
        match rules::may(&record.application, def, viewer, action) {
            Ok(()) => Ok(Open {
                work,
                record,
                def,
                bodies,
                phone,
            }),
            Err(rules::Denial::State(action, state)) => {
                let by = record
                    .application
                    .decision()
                    .map(|decision| decision.by.name.clone());
                Err(error::late(action, state, by))
            }
            Err(denial) => Err(denial.into()),
        }
    }

    async fn is_qualified(&self, work: &Work, def: &Definition) -> Outcome<bool> {
        match self
            .inner
            .identity
            .require_qualified(work, def.industry.as_str())
            .await
        {
            Ok(()) => Ok(true),
            Err(identity::IdentityError::NotQualified(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The officer's telephone as known to identity. Read before the act begins.
    async fn phone(&self, actor: &Actor) -> Outcome<Option<String>> {
        let Some(account) = actor.account.filter(|_| actor.scope.enterprise.is_none()) else {
            return Ok(None);
        };
        match self.inner.identity.account(&Actor::system("文书"), account).await {
            Ok(account) => Ok(account.phone),
            Err(identity::IdentityError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Applies the command, writes the documents, saves, records the one event, enqueues what follows, commits.
    async fn close(
        &self,
        open: Open<'_>,
        command: Command,
        papers: &[PaperKind],
        jobs: Vec<NewJob>,
    ) -> Outcome<Record> {
        let Open {
            mut work,
            record,
            def,
            bodies,
            phone,
        } = open;
        let Change {
            application,
            happened,
        } = apply(record.application, def, command)?;
        let mut record = Record {
            id: record.id,
            version: record.version + 1,
            application,
        };
        let mut written = Vec::new();
        for kind in papers {
            let document = self
                .write(&mut work, &record, def, &bodies, *kind, phone.as_deref())
                .await?;
            written.push(document.id);
            record.application.dossier_mut().documents.push(document);
        }
        let happened = with_documents(happened, &record.application, &written);
        self.save(&mut work, &record, def, &bodies, happened).await?;
        for id in written {
            work.enqueue(document_job(record.id, id)?);
        }
        for job in jobs {
            work.enqueue(job);
        }
        work.commit().await?;
        Ok(record)
    }

    async fn save(
        &self,
        work: &mut Work,
        record: &Record,
        def: &Definition,
        bodies: &Bodies,
        happened: Happened,
    ) -> Outcome<()> {
        let app = &record.application;
        let watch = self.watch(work.now().legal_date());
        let headline = rules::headline(app, def, watch);
        let due = headline.as_ref().map(|clock| clock.due);
        let tasks = rules::tasks(app, def, bodies, watch);
        let waiting = rules::waits_for_calendar(due, &tasks);
        let deadlines = Deadlines {
            due,
            held: headline.is_some_and(|clock| clock.stopped),
            turning: rules::headline_turning(app, def, watch),
            waiting,
        };
        let row = store::update(work, record, bodies, deadlines).await?;
        store::replace_tasks(work, record.id, app, &tasks).await?;
        work.record(&row, happened)?;
        self.watch_deadline(work, record, def)?;
        self.watch_deferral(work, record, def)?;
        if waiting {
            work.enqueue(refresh_job(rules::next_day(watch.today))?);
        }
        Ok(())
    }

    /// Makes sure that the platform looks again when a period ends whose end has consequences by itself.
    fn watch_deadline(&self, work: &mut Work, record: &Record, def: &Definition) -> Outcome<()> {
        let app = &record.application;
        let waits = matches!(app, Application::Submitted(_) | Application::Correcting(_));
        if let Some(clock) = rules::headline(app, def, self.watch(work.now().legal_date())).filter(|_| waits)
        {
            let today = work.now().legal_date();
            let last = clock.due.sort_day().unwrap_or(today).max(today);
            work.enqueue(deadline_job(
                record.id,
                app.state().as_str(),
                rules::next_day(last),
            )?);
        }
        Ok(())
    }

    /// Makes sure that the platform looks again when promised materials are due.
    fn watch_deferral(&self, work: &mut Work, record: &Record, def: &Definition) -> Outcome<()> {
        let app = &record.application;
        let waits = app.stage().is_some()
            && app
                .case()
                .and_then(|case| case.deferral.as_ref())
                .is_some_and(Deferral::is_open);
        let today = work.now().legal_date();
        if let Some(due) = rules::deferral_due(app, def, self.watch(today)).filter(|_| waits) {
            let last = due.sort_day().unwrap_or(today).max(today);
            work.enqueue(supplies::deferral_job(record.id, rules::next_day(last))?);
        }
        Ok(())
    }

    /// Composes a document and gives it its number.
    async fn write(
        &self,
        work: &mut Work,
        record: &Record,
        def: &Definition,
        bodies: &Bodies,
        kind: PaperKind,
        phone: Option<&str>,
    ) -> Outcome<Document> {
        let today = work.now().legal_date();
        let definition = self.document_definition(&record.application, def, kind, today)?;
        let authority = self.authority(&issuing_body(kind, bodies))?;
        let officer = work.actor().account.map(|_| work.actor().name.clone());
        let officer = officer.filter(|_| work.actor().scope.enterprise.is_none());
        let desk = Desk {
            def,
            city: &self.inner.city,
            authority,
            watch: self.watch(today),
            officer: officer.as_deref(),
            phone,
        };
        let values = rules::values(&record.application, kind, desk);
        let year = today.0.year();
        let series = format!(
            "document/{}{}/{year}",
            authority.document_prefix, definition.number_series
        );
        let subject = kernel::Subject::new("application", record.id);
        let serial = u32::try_from(work.next_number(&series, subject).await?).unwrap_or(u32::MAX);
        let number = matters::document_number(
            &authority.document_prefix,
            &definition.number_series,
            year,
            serial,
        );
        let paper = rules::write_paper(definition, number, &values, today)?;
        Ok(Document {
            id: DocumentId(work.next_id()),
            kind: definition.key.clone(),
            definition: definition.version,
            paper,
            at: work.now(),
            rendering: Rendering::Pending,
        })
    }

    fn document_definition(
        &self,
        app: &Application,
        def: &Definition,
        kind: PaperKind,
        on: LegalDate,
    ) -> Outcome<&matters::DocumentDefinition> {
        let key = kind.document(app, def).unwrap_or_default();
        let found = self.inner.catalogue.current_document(key, on.0);
        found.ok_or_else(|| KernelError::Rules(format!("document {key} is not among the rule files")).into())
    }
}

/// Documents about acceptance come from the body that takes applications in, all others from the lead.
fn issuing_body(kind: PaperKind, bodies: &Bodies) -> String {
    use matters::Occasion as O;
    match kind {
        PaperKind::On(
            O::Received | O::CorrectionNeeded | O::Accepted | O::AcceptanceRefused | O::DeferralPromised,
        ) => bodies.window.clone(),
        _ => bodies.lead.clone(),
    }
}

/// The event names the documents that its act produced.
fn with_documents(mut happened: Happened, app: &Application, written: &[DocumentId]) -> Happened {
    if written.is_empty() {
        return happened;
    }
    let documents: Vec<Value> = written
        .iter()
        .filter_map(|id| app.dossier().document(*id))
        .map(|one| json!({ "id": one.id, "title": one.paper.title, "number": one.paper.number }))
        .collect();
    match &mut happened.data {
        Value::Object(data) => {
            data.insert("documents".to_owned(), documents.into());
        }
        other => *other = json!({ "documents": documents }),
    }
    happened
}

fn document_job(application: ApplicationId, document: DocumentId) -> Outcome<NewJob> {
    let payload = json!({ "application": application, "document": document });
    Ok(NewJob::new(DOCUMENT_JOB, &payload)?.once(document.to_string()))
}

fn deadline_job(application: ApplicationId, state: &str, day: LegalDate) -> Outcome<NewJob> {
    let job = NewJob::new(DEADLINE_JOB, &json!({ "application": application }))?;
    Ok(job
        .once(format!("{application}:{state}:{day}"))
        .at(day.midnight()))
}

/// Waits for the end of a licence whose renewal is under way.
fn expiry_job(application: ApplicationId, day: LegalDate) -> Outcome<NewJob> {
    let job = NewJob::new(EXPIRY_JOB, &json!({ "application": application }))?;
    Ok(job.once(format!("{application}:{day}")).at(day.midnight()))
}

fn refresh_job(day: LegalDate) -> Outcome<NewJob> {
    Ok(NewJob::new(REFRESH_JOB, &json!({ "day": day }))?
        .once(day.to_string())
        .at(day.midnight()))
}

/// When the yellow light shows: a rule file, with the platform's own values while there is none.
fn lights(kernel: &Kernel) -> Lights {
    let Ok(text) = kernel.rules().text("applications/lights.json") else {
        return Lights::default();
    };
    serde_json::from_str(&text).unwrap_or_else(|error| {
        tracing::error!(%error, "applications/lights.json cannot be read, the platform's own values are used");
        Lights::default()
    })
}

impl Applications {
    /// Refuses an actor without the permission to read applications, then loads one that it may know of.
    async fn seen(&self, actor: &Actor, id: ApplicationId) -> Outcome<Record> {
        actor.require(Permission::ApplicationsRead)?;
        store::find(self.kernel.db(), actor, id)
            .await?
            .ok_or(ApplicationsError::NotFound("申请"))
    }

    fn now(&self) -> Moment {
        self.kernel.now()
    }

    /// The present instant, for handlers that fill in today.
    pub(crate) fn instant(&self) -> Moment {
        self.kernel.now()
    }

    /// Waits for an act in this process.
    pub(crate) async fn changed(&self) {
        self.kernel.changed().await;
    }

    /// The largest file that any material of any matter allows, in bytes.
    pub(crate) fn largest_upload(&self) -> usize {
        let materials = self.inner.catalogue.matters().flat_map(|def| &def.materials);
        let largest = materials
            .filter_map(|one| one.upload.as_ref())
            .map(|upload| upload.max_size_mb)
            .max();
        largest.unwrap_or(0) as usize * files::MEGABYTE
    }
}
