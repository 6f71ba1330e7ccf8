//! Letters that write themselves when a department is late.

use applications::{
    InHand, InHandQuery,
    rules::{Light, Values, write_paper},
};
use bytes::Bytes;
use kernel::{
    Actor, Day, Happened, Job, JobError, KernelError, LegalDate, NewJob, Page, PageQuery, Permission,
    Subject, ids::ApplicationId,
};
use serde_json::json;

use super::{Collaboration, CollaborationError, Outcome};
use crate::{
    jobs::{LETTER_JOB, LetterPayload},
    model::{Letter, LetterFacts, LetterId, LetterKind, Receipt},
    rules::{self, Step},
    store::{self, LetterQuery},
};

/// Late pieces of work read at a time.
const STRIDE: u64 = 200;

/// What to look for among letters.
#[derive(Clone, Debug, Default)]
pub struct LetterFilter {
    /// To this department.
    pub addressee: Option<String>,
    /// About work that this department has in hand.
    pub department: Option<String>,
    /// Only those not received yet.
    pub waiting: bool,
    /// About this application.
    pub application: Option<ApplicationId>,
}

/// A signed letter.
#[derive(Clone, Debug)]
pub struct LetterFile {
    /// Title and number, for the name of the file.
    pub name: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// The PDF.
    pub bytes: Bytes,
}

impl Collaboration {
    /// Writes a letter for each piece of work that has reached a step of lateness as of the day, and tells of problems
    /// whose last day has passed. Running it again writes nothing twice.
    pub(crate) async fn look_for_lateness(&self, job: &Job, run: Day) -> Result<(), JobError> {
        self.tell_overdue_problems(run).await?;
        let query = InHandQuery {
            light: Some(Light::Red),
            ..InHandQuery::default()
        };
        let system = Actor::system("逾期督办");
        let (mut cursor, mut seen) = (None, 0);
        loop {
            let page = PageQuery {
                limit: Some(STRIDE),
                cursor,
            };
            let found = self.inner.desk.in_hand(&system, &query, &page).await;
            let Page { items, next } = found.map_err(CollaborationError::from)?;
            seen += items.len() as u64;
            self.write_letters(items, run.day).await?;
            if job.progress(seen, 0).await? {
                return Err(JobError::Cancelled);
            }
            if next.is_none() {
                return Ok(());
            }
            cursor = next;
        }
    }

    async fn write_letters(&self, late: Vec<InHand>, day: LegalDate) -> Outcome<()> {
        let keys: Vec<String> = late.iter().map(|piece| piece.key.clone()).collect();
        let done = store::newest_steps(self.kernel.db(), &keys).await?;
        for piece in late {
            let (Some(department), Some(due_on)) = (piece.department.clone(), piece.due_on) else {
                continue;
            };
            // Days in which the clock stands still are not lateness.
            if piece.held {
                continue;
            }
            let days = match self.inner.calendar.working_days_between(due_on.0, day.0) {
                Ok(days) => days.0,
                // The holidays of the year are not published: how late it is will be known when they are.
                Err(missing) => {
                    tracing::warn!(
                        year = missing.year,
                        piece = piece.key,
                        "lateness cannot be counted"
                    );
                    continue;
                }
            };
            // Nor are those in which it stood still: the clock itself counts no more days than have passed.
            let by_clock = piece.left.map(|left| u32::try_from(-left).unwrap_or(0));
            let days = by_clock.map_or(days, |late| late.min(days));
            let done = done.get(&piece.key).copied();
            if let Some(step) = rules::due_step(&self.inner.lateness.steps, days, done) {
                self.write_letter(&piece, &department, (due_on, day), days, step)
                    .await?;
            }
        }
        Ok(())
    }

    /// Reserves the number and stores exactly what will be signed.
    async fn write_letter(
        &self,
        piece: &InHand,
        department: &str,
        (due_on, day): (LegalDate, LegalDate),
        late_days: u32,
        step: &Step,
    ) -> Outcome<()> {
        let lateness = &self.inner.lateness;
        let definition = self
            .inner
            .catalogue
            .current_document(&step.document, day.0)
            .ok_or_else(|| missing(&format!("document {}", step.document)))?;
        let issuer = self.inner.city.authority(&lateness.issuer);
        let issuer = issuer.ok_or_else(|| missing(&format!("the body {}", lateness.issuer)))?;
        let (addressee, named) = self.addressee(step.letter, department);
        let facts = LetterFacts {
            reference: piece.reference.clone(),
            matter: piece.matter.clone(),
            applicant: piece.applicant.clone(),
            task: piece.kind.label().to_owned(),
            late_department: self.department_name(department),
            addressee: named,
            permission: Some(piece.kind.permission().as_str().to_owned()),
        };
        let mut work = self.kernel.begin(&Actor::system("逾期督办")).await?;
        let id = LetterId(work.next_id());
        let (year, prefix) = (day.0.year(), &issuer.document_prefix);
        let series = format!("document/{prefix}{}/{year}", definition.number_series);
        let serial = work
            .next_number(&series, Subject::new("reminder_letter", id))
            .await?;
        let serial = u32::try_from(serial).unwrap_or(u32::MAX);
        let number = matters::document_number(prefix, &definition.number_series, year, serial);
        // A sealed paper calls a department by its full name, lists by its short one.
        let written = LetterFacts {
            late_department: self.full_name(department),
            ..facts.clone()
        };
        let values = Values {
            by_name: rules::letter_values(&written, step, late_days, (due_on, day), &issuer.name),
            rows: Vec::new(),
        };
        let paper = write_paper(definition, number.clone(), &values, day)
            .map_err(|error| missing(&error.to_string()))?;
        let letter = Letter {
            id,
            version: 1,
            piece: piece.key.clone(),
            step: step.step,
            kind: step.letter,
            application: piece.application,
            enterprise: piece.enterprise.into(),
            region: piece.region.clone(),
            department: department.to_owned(),
            addressee,
            number,
            late_days: i64::from(late_days),
            due_on,
            paper,
            facts,
            at: work.now(),
            file: None,
            receipt: None,
        };
        let row = match store::insert_letter(&work, &letter).await {
            // Another process was quicker; its letter stands, and the number goes back with this transaction.
            Err(error) if error.is_duplicate() => return Ok(work.rollback().await?),
            row => row?,
        };
        let title = match letter.kind {
            LetterKind::Reminder => "发出提醒函",
            LetterKind::Escalation => "提请安委办督办",
        };
        let data = json!({ "number": letter.number, "step": letter.step, "late_days": late_days,
            "department": letter.department, "application": letter.application });
        work.record(&row, Happened::new("reminder_letter.written", title).data(data))?;
        let payload = LetterPayload { letter: id };
        work.enqueue(NewJob::new(LETTER_JOB, &payload)?.once(id.to_string()));
        work.commit().await?;
        Ok(())
    }

    fn full_name(&self, department: &str) -> String {
        let body = self.inner.city.authority(department);
        body.map_or_else(|| department.to_owned(), |body| body.name.clone())
    }

    /// Key and name of who gets a letter of this kind.
    fn addressee(&self, kind: LetterKind, late: &str) -> (String, String) {
        match kind {
            LetterKind::Reminder => (late.to_owned(), self.full_name(late)),
            LetterKind::Escalation => {
                let committee = &self.inner.lateness;
                let name = format!("{}{}", self.inner.city.name, committee.committee_name);
                (committee.committee.clone(), name)
            }
        }
    }

    /// The body whose seal is on the letters.
    fn issuer_name(&self) -> Option<&str> {
        let issuer = self.inner.city.authority(&self.inner.lateness.issuer);
        issuer.map(|body| body.name.as_str())
    }

    /// Signs a letter and sends it.
    pub(crate) async fn press_letter(&self, id: LetterId) -> Outcome<()> {
        let system = Actor::system("文书");
        let letter = store::letter(self.kernel.db(), &system.scope, id).await?;
        let letter = letter.ok_or(CollaborationError::NotFound("提醒函"))?;
        if letter.file.is_some() {
            return Ok(());
        }
        let at = self.now().instant();
        let pdf = self.inner.renderer.render(&letter.paper, id.0, at).await;
        let pdf = pdf.map_err(CollaborationError::Press)?;
        let blob = self.kernel.blobs().put(pdf.into(), "application/pdf").await?;
        let mut work = self.kernel.begin(&system).await?;
        let known = store::locked_letter(&work, &system.scope, id).await?;
        let mut letter = known.ok_or(CollaborationError::NotFound("提醒函"))?;
        if letter.file.is_some() {
            // Another worker was quicker.
            return Ok(work.rollback().await?);
        }
        work.keep_blob(&blob).await?;
        letter.file = Some((blob.sha256.clone(), work.now()));
        letter.version += 1;
        let row = store::save_letter(&work, &letter).await?;
        let (kind, title) = match letter.kind {
            LetterKind::Reminder => ("reminder_letter.sent", "提醒函已送达"),
            LetterKind::Escalation => ("reminder_letter.escalated", "督办函已送达"),
        };
        let facts = &letter.facts;
        // `department` and `permission` are who is told: of the late department whoever has the work in hand, of the
        // committee's office its head.
        let permission = match letter.kind {
            LetterKind::Reminder => facts.permission.as_deref(),
            LetterKind::Escalation => None,
        };
        let data = json!({ "number": letter.number, "department": letter.addressee, "region": letter.region,
            "permission": permission, "late_department": facts.late_department, "applicant": facts.applicant,
            "issuer": self.issuer_name(), "reference": facts.reference, "task": facts.task, "due_on": letter.due_on,
            "late_days": letter.late_days, "sha256": blob.sha256 });
        work.record(&row, Happened::new(kind, title).data(data))?;
        work.commit().await?;
        Ok(())
    }

    /// Letters within the actor's reach, newest first.
    ///
    /// # Errors
    /// [`CollaborationError::Invalid`] for a cursor that is none.
    pub async fn letters(
        &self,
        actor: &Actor,
        filter: LetterFilter,
        page: &PageQuery,
    ) -> Outcome<Page<Letter>> {
        actor.require(Permission::CollaborationRead)?;
        let after = page
            .after()
            .map_err(|problem| CollaborationError::Invalid(problem.errors))?;
        let query = LetterQuery {
            addressee: filter.addressee,
            department: filter.department,
            waiting: filter.waiting,
            application: filter.application,
            after,
            limit: page.limit(),
        };
        let rows = store::letters(self.kernel.db(), actor, &query).await?;
        Ok(Page::cut(rows, query.limit, |row| (row.at.0, row.id)))
    }

    /// One letter.
    ///
    /// # Errors
    /// [`CollaborationError::NotFound`] outside the scope.
    pub async fn letter(&self, actor: &Actor, id: LetterId) -> Outcome<Letter> {
        actor.require(Permission::CollaborationRead)?;
        let found = store::letter(self.kernel.db(), &actor.scope, id).await?;
        found.ok_or(CollaborationError::NotFound("提醒函"))
    }

    /// The signed letter.
    ///
    /// # Errors
    /// [`CollaborationError::NotReady`] while it is being signed.
    pub async fn letter_file(&self, actor: &Actor, id: LetterId) -> Outcome<LetterFile> {
        let letter = self.letter(actor, id).await?;
        let (sha256, _) = letter.file.ok_or(CollaborationError::NotReady)?;
        let bytes = self.kernel.blobs().get_checked(&sha256).await?;
        Ok(LetterFile {
            name: format!("{} {}.pdf", letter.paper.title, letter.number),
            sha256,
            bytes,
        })
    }

    /// An officer of the department that gets it confirms that it arrived.
    ///
    /// # Errors
    /// [`CollaborationError::Refused`] for other departments, before it is signed, and a second time.
    pub async fn receive_letter(&self, actor: &Actor, id: LetterId) -> Outcome<Letter> {
        actor.require(Permission::CollaborationAct)?;
        let mut work = self.kernel.begin(actor).await?;
        let known = store::locked_letter(&work, &actor.scope, id).await?;
        let letter = known.ok_or(CollaborationError::NotFound("提醒函"))?;
        let receipt = Receipt {
            at: work.now(),
            by: actor.account,
            name: actor.name.clone(),
        };
        let letter = rules::receive_letter(letter, actor.scope.department.as_deref(), receipt)?;
        let row = store::save_letter(&work, &letter).await?;
        work.record(&row, Happened::new("reminder_letter.received", "签收提醒函"))?;
        work.commit().await?;
        Ok(letter)
    }
}

fn missing(what: &str) -> CollaborationError {
    KernelError::Rules(format!("reminder letters: {what}")).into()
}
