//! Documents: typesetting and signing as a job, handing out, previews.

use bytes::Bytes;
use kernel::{Actor, KernelError, LegalDate, ids::ApplicationId};
use matters::{Occasion, PauseCause};

use super::{Applications, ApplicationsError, NewCorrectionItem, Open, Outcome};
use crate::{
    model::{Command, DocumentId, Paper, Refusal, Rendering, UnmetCondition},
    rules::{self, Desk, Drafted, HandingOver, PaperKind},
    store,
};

/// What the officer has written so far for a document that is previewed.
#[derive(Clone, Debug, Default)]
pub struct PreviewContent {
    /// Reason or conclusion.
    pub reason: Option<String>,
    /// Clauses in words.
    pub legal_basis: Option<String>,
    /// Where to apply instead.
    pub competent_authority: Option<String>,
    /// Scope that is granted.
    pub scope: Option<Vec<String>>,
    /// What has to be mended.
    pub items: Vec<NewCorrectionItem>,
    /// Conditions not met.
    pub unmet: Vec<UnmetCondition>,
    /// Why the clock stops.
    pub cause: Option<PauseCause>,
    /// Until when it stands still.
    pub expected_until: Option<LegalDate>,
    /// By how many days the period is extended, in the unit of the matter.
    pub days: Option<u32>,
    /// How a decision was handed over.
    pub delivery: HandingOver,
}

/// A document that is handed out.
#[derive(Clone, Debug)]
pub struct DocumentFile {
    /// Title.
    pub title: String,
    /// Number.
    pub number: String,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// The signed PDF.
    pub bytes: Bytes,
}

impl Applications {
    /// Typesets and signs a document and stores it. Doing it again comes to the same end: a document that is
    /// ready stays as it is.
    pub(crate) async fn press_document(&self, id: ApplicationId, document: DocumentId) -> Outcome<()> {
        let system = Actor::system("文书签章");
        let record = store::find(self.kernel.db(), &system, id).await?;
        let record = record.ok_or(ApplicationsError::NotFound("申请"))?;
        let stored = record.application.dossier().document(document);
        let stored = stored.ok_or(ApplicationsError::NotFound("文书"))?;
        if matches!(stored.rendering, Rendering::Ready { .. }) {
            return Ok(());
        }
        let at = self.now().instant();
        let pdf = self.inner.renderer.render(&stored.paper, document.0, at).await;
        let pdf = pdf.map_err(ApplicationsError::Press)?;
        let blob = self.kernel.blobs().put(pdf.into(), "application/pdf").await?;
        let work = self.kernel.begin(&system).await?;
        let record = store::locked(&work, id)
            .await?
            .ok_or(ApplicationsError::NotFound("申请"))?;
        let def = self.definition(&record.application)?;
        let bodies = self.bodies(&record.application, def);
        work.keep_blob(&blob).await?;
        let command = Command::DocumentReady {
            document,
            blob,
            at: work.now(),
        };
        let open = Open {
            work,
            record,
            def,
            bodies,
            phone: None,
        };
        match self.close(open, command, &[], Vec::new()).await {
            // Another worker was quicker.
            Err(ApplicationsError::Refused(Refusal::Once(_))) => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// A signed document, for those who may know of the application.
    ///
    /// # Errors
    /// [`ApplicationsError::NotReady`] while it is being signed.
    pub async fn document(
        &self,
        actor: &Actor,
        id: ApplicationId,
        document: DocumentId,
    ) -> Outcome<DocumentFile> {
        let record = self.seen(actor, id).await?;
        let known = record.application.dossier().document(document);
        let known = known.ok_or(ApplicationsError::NotFound("文书"))?;
        let Rendering::Ready { blob, .. } = &known.rendering else {
            return Err(ApplicationsError::NotReady);
        };
        let bytes = self.kernel.blobs().get_checked(&blob.sha256).await?;
        Ok(DocumentFile {
            title: known.paper.title.clone(),
            number: known.paper.number.clone(),
            sha256: blob.sha256.clone(),
            bytes,
        })
    }

    /// A document before it goes out: unsigned, marked as a preview in its title, without a number; what the
    /// officer has not filled in yet is shown as such.
    ///
    /// # Errors
    /// [`ApplicationsError::NotFound`] for a kind that this matter does not know.
    pub async fn preview(
        &self,
        actor: &Actor,
        id: ApplicationId,
        kind: &str,
        content: PreviewContent,
    ) -> Outcome<Bytes> {
        let paper = self.preview_paper(actor, id, kind, content).await?;
        let at = self.now().instant();
        let pdf = self.inner.renderer.preview(&paper, id.0, at).await;
        Ok(pdf.map_err(ApplicationsError::Press)?.into())
    }

    async fn preview_paper(
        &self,
        actor: &Actor,
        id: ApplicationId,
        kind: &str,
        content: PreviewContent,
    ) -> Outcome<Paper> {
        let record = self.seen(actor, id).await?;
        if actor.scope.enterprise.is_some() {
            return Err(ApplicationsError::NotFound("文书预览"));
        }
        let app = &record.application;
        let def = self.definition(app)?;
        let known = def.document_keys().contains(kind) || rules::PLATFORM_DOCUMENTS.contains(&kind);
        let today = self.now().legal_date();
        let definition = self
            .inner
            .catalogue
            .current_document(kind, today.0)
            .filter(|_| known);
        let definition = definition.ok_or(ApplicationsError::NotFound("文书"))?;
        let occasion = def
            .documents
            .iter()
            .find(|one| one.document.as_str() == kind)
            .map(|one| one.on);
        let paper_kind = match (occasion, kind) {
            (Some(on), _) => PaperKind::On(on),
            (None, rules::COMMITMENT_BREACH) => PaperKind::CommitmentBroken,
            (None, _) => PaperKind::On(Occasion::ClockStopped),
        };
        let bodies = self.bodies(app, def);
        let phone = self.phone(actor).await?;
        let desk = Desk {
            def,
            city: &self.inner.city,
            authority: self.authority(&super::issuing_body(paper_kind, &bodies))?,
            watch: self.watch(today),
            officer: Some(&actor.name),
            phone: phone.as_deref(),
        };
        let mut values = rules::values(app, paper_kind, desk);
        if let Some(on) = occasion {
            rules::act_preview(app, on, desk, &mut values);
        }
        if occasion == Some(Occasion::Extended) {
            let days = content.days.unwrap_or(rules::amount(def.extension.longest));
            rules::extension_preview(app, days, desk, &mut values);
        }
        rules::preview_values(def, content.into(), &mut values);
        Ok(rules::preview_paper(definition, &values, today))
    }
}

impl From<PreviewContent> for Drafted {
    fn from(content: PreviewContent) -> Self {
        let items = content.items.into_iter();
        Self {
            reason: content.reason,
            legal_basis: content.legal_basis,
            competent_authority: content.competent_authority,
            scope: content.scope,
            items: items
                .map(|one| (one.target, one.problem, one.requirement))
                .collect(),
            unmet: content.unmet,
            cause: content.cause,
            expected_until: content.expected_until,
            delivery: content.delivery,
        }
    }
}

impl From<&ApplicationsError> for kernel::JobError {
    fn from(error: &ApplicationsError) -> Self {
        match error {
            ApplicationsError::NotFound(_) => Self::Permanent(error.to_string()),
            // A row that makes no sense does not get better by waiting.
            ApplicationsError::Kernel(KernelError::Corrupt(_)) => Self::Permanent(error.to_string()),
            other => Self::Retry(kernel::problem::chain(other)),
        }
    }
}
