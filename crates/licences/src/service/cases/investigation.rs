//! Opening a case, gathering what proves it, writing what was found, giving it up.

use bytes::Bytes;
use kernel::{
    Actor, Happened, Permission,
    blobs::{self, FileKind},
    event::hex,
    ids::LicenceId,
};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{EVIDENCE_LIMIT_MB, NewCase};
use crate::{
    model::{CaseBody, CaseFault, CaseFile, CaseId, Evidence, Findings, Measure, Stage},
    service::{
        Licences, LicencesError, Outcome,
        filings::{person, texts},
    },
    store,
};

impl Licences {
    /// Opens a case file on a licence.
    ///
    /// # Errors
    /// [`LicencesError::Fault`] when the licence does not allow the measure; [`LicencesError::Case`] while another
    /// case of the kind is open.
    pub async fn open_case(&self, actor: &Actor, id: LicenceId, new: NewCase) -> Outcome<CaseFile> {
        texts([("subject", "案由", &new.subject)])?;
        let (mut work, licence) = self.open(actor, id, Permission::LicencesSupervise).await?;
        self.check_measure(&licence, &new.measure, work.now().legal_date())?;
        let facts = licence.facts();
        let case = CaseFile {
            id: CaseId(work.next_id()),
            version: 1,
            seq: store::case_key(&work).await?,
            licence: facts.id,
            enterprise: facts.enterprise,
            region: facts.holder.region.clone(),
            opened_at: work.now(),
            file: CaseBody {
                number: facts.number.to_string(),
                holder: facts.holder.name.clone(),
                code: facts.holder.code.to_string(),
                industry: facts.industry,
                measure: new.measure,
                subject: new.subject.trim().to_owned(),
                opened_by: person(actor),
                evidence: Vec::new(),
                findings: None,
                papers: Vec::new(),
                stage: Stage::Investigating,
            },
        };
        let row = match store::insert_case(&work, &case).await {
            Err(error) if error.is_duplicate() => return Err(self.case_open(&case).await?),
            outcome => outcome?,
        };
        let data =
            json!({ "licence": facts.id, "number": case.file.number, "measure": case.file.measure.as_str() });
        work.record(&row, Happened::new("licence_case.opened", "立案").data(data))?;
        work.commit().await?;
        Ok(case)
    }

    /// The open case that stands in the way of another one for the same measure.
    async fn case_open(&self, wanted: &CaseFile) -> Outcome<LicencesError> {
        let open = store::open_cases(self.inner.kernel.db(), wanted.licence).await?;
        let measure = wanted.file.measure.as_str();
        let same = open.into_iter().find(|one| one.file.measure.as_str() == measure);
        Ok(same.map_or(LicencesError::Case(CaseFault::Done), |one| {
            LicencesError::CaseOpen {
                id: one.id,
                measure: one.file.measure.chinese(),
                opened: one.opened_at.legal_date(),
            }
        }))
    }

    /// Puts a file into the case; its hash is chained to what was put in before.
    ///
    /// # Errors
    /// [`LicencesError::BadFile`] says what to do.
    pub async fn add_evidence(
        &self,
        actor: &Actor,
        id: CaseId,
        version: i64,
        name: &str,
        proves: String,
        bytes: Bytes,
    ) -> Outcome<CaseFile> {
        self.case(actor, id).await?;
        texts([("proves", "证明事项", &proves), ("file", "文件名", name)])?;
        let allowed = [
            FileKind::Pdf,
            FileKind::Picture,
            FileKind::Docx,
            FileKind::Xlsx,
            FileKind::Ofd,
        ];
        let media_type = blobs::check(&bytes, EVIDENCE_LIMIT_MB, &allowed)?;
        let blob = self.inner.kernel.blobs().put(bytes, media_type).await?;
        let (work, mut case) = self
            .case_for(actor, id, version, Permission::LicencesSupervise)
            .await?;
        case.file.may_add_evidence()?;
        let before = case.file.evidence.last().map_or("", |last| last.link.as_str());
        let link = hex(&Sha256::digest(format!("{before}{}", blob.sha256)));
        work.keep_blob(&blob).await?;
        let data = json!({ "file": blob.sha256, "link": link });
        case.file.add_evidence(Evidence {
            id: work.next_id(),
            name: name.chars().take(200).collect(),
            proves,
            blob,
            at: work.now(),
            by: person(actor),
            link,
        })?;
        let happened = Happened::new("licence_case.evidence_added", "证据入卷").data(data);
        self.keep_case(work, case, happened).await
    }

    /// Writes the findings and the measure.
    ///
    /// # Errors
    /// [`LicencesError::Case`] once the holder was told.
    pub async fn find(
        &self,
        actor: &Actor,
        id: CaseId,
        version: i64,
        findings: Findings,
        measure: Measure,
    ) -> Outcome<CaseFile> {
        texts([
            ("findings.facts", "查明的事实", &findings.facts),
            ("findings.legal_basis", "依据条款", &findings.legal_basis),
            (
                "findings.public_reason",
                "可以公开的理由",
                &findings.public_reason,
            ),
        ])?;
        let penal = matches!(measure, Measure::Suspension { .. } | Measure::Revocation);
        if penal {
            texts([("findings.violated", "违反的规定", &findings.violated)])?;
        }
        let (work, mut case) = self
            .case_for(actor, id, version, Permission::LicencesSupervise)
            .await?;
        let licence = self.loaded(&work, case.licence).await?;
        self.check_measure(&licence, &measure, work.now().legal_date())?;
        case.file.find(findings, measure)?;
        let happened = Happened::new("licence_case.found", "形成调查结论");
        self.keep_case(work, case, happened).await
    }

    /// Ends the case without a decision.
    ///
    /// # Errors
    /// [`LicencesError::Case`].
    pub async fn close_case(
        &self,
        actor: &Actor,
        id: CaseId,
        version: i64,
        reason: String,
    ) -> Outcome<CaseFile> {
        texts([("reason", "终止理由", &reason)])?;
        let (work, mut case) = self
            .case_for(actor, id, version, Permission::LicencesSupervise)
            .await?;
        let at = work.now();
        case.file.close(person(actor), at, reason.clone())?;
        let happened = Happened::new("licence_case.closed", "终止案件").reason(reason);
        self.keep_case(work, case, happened).await
    }
}
