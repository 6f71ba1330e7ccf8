//! A case file on the wire.

use kernel::{
    Actor, LegalDate, Moment, Permission, Problem,
    ids::{EnterpriseId, LicenceId},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    model::{
        CaseFile, CaseId, CasePaper, Evidence, Findings, Hearing, Measure, Noticed, Served, Stage, Statement,
        StatementKind,
    },
    rules::{CaseWatch, ClockView},
    service::Licences,
};

/// A case file.
#[derive(Serialize, ToSchema)]
#[schema(as = LicenceCaseView)]
pub(super) struct CaseView {
    id: CaseId,
    version: i64,
    licence: LicenceId,
    /// Number of the licence when the case was opened.
    number: String,
    enterprise: EnterpriseId,
    holder: String,
    measure: Measure,
    /// What is proposed, in words.
    measure_name: String,
    subject: String,
    opened_by: String,
    opened_at: Moment,
    /// `investigating`, `noticed`, `proposed`, `decided`, `closed`.
    state: &'static str,
    state_name: &'static str,
    /// The holder was told of the case.
    disclosed: bool,
    /// The law demands a prior notice.
    needs_notice: bool,
    findings: Option<Findings>,
    evidence: Vec<EvidenceView>,
    papers: Vec<CasePaperView>,
    notice: Option<NoticeView>,
    /// Who put it before the leader, with the opinion.
    proposed_by: Option<String>,
    proposed_at: Option<Moment>,
    proposal: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<Moment>,
    decision: Option<String>,
    /// Why it was closed.
    closed_reason: Option<String>,
    /// The clock that runs now: the holder's days, else the service of a paper.
    clock: Option<ClockView>,
    /// Why the next step is not open yet, as a sentence for the page; absent when it is.
    waits_for: Option<String>,
    /// What the actor may do now: `add_evidence`, `find`, `give_notice`, `record_statement`, `record_hearing`,
    /// `propose`, `close`, `decide`, `serve`.
    allowed_actions: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LicenceEvidenceView)]
pub(super) struct EvidenceView {
    id: Uuid,
    name: String,
    proves: String,
    sha256: String,
    size: u64,
    media_type: String,
    at: Moment,
    by: String,
    /// SHA-256 of the link before it and its own hash.
    link: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LicenceCasePaperView)]
pub(super) struct CasePaperView {
    id: Uuid,
    kind: String,
    title: String,
    number: String,
    at: Moment,
    /// The signed PDF can be fetched.
    ready: bool,
    sha256: Option<String>,
    /// Last day for serving it.
    service_due: Option<LegalDate>,
    served: Option<Served>,
    /// 送达期限.
    clock: Option<ClockView>,
    /// What the actor may do with it now: `serve`.
    allowed_actions: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LicenceNoticeView)]
pub(super) struct NoticeView {
    hearing_right: bool,
    /// Last day for statement and defence; known once the notice was served.
    plea_until: Option<LegalDate>,
    /// Last day for asking for a hearing.
    hearing_until: Option<LegalDate>,
    statements: Vec<Statement>,
    /// What of the holder's voice can be recorded today.
    statement_kinds: Vec<StatementKind>,
    hearing: Option<Hearing>,
}

impl From<Evidence> for EvidenceView {
    fn from(piece: Evidence) -> Self {
        Self {
            id: piece.id,
            name: piece.name,
            proves: piece.proves,
            sha256: piece.blob.sha256,
            size: piece.blob.size,
            media_type: piece.blob.media_type,
            at: piece.at,
            by: piece.by.name,
            link: piece.link,
        }
    }
}

impl CasePaperView {
    fn new(paper: CasePaper, delivers: bool, watch: CaseWatch<'_>) -> Self {
        let may_serve = delivers && paper.may_serve().is_ok();
        Self {
            clock: watch.service(&paper),
            allowed_actions: may_serve.then_some("serve").into_iter().collect(),
            id: paper.id,
            kind: paper.kind,
            title: paper.paper.title,
            number: paper.paper.number,
            at: paper.at,
            ready: paper.file.is_some(),
            sha256: paper.file.map(|file| file.sha256),
            service_due: paper.service_due,
            served: paper.served,
        }
    }
}

impl NoticeView {
    fn new(noticed: Noticed, statement_kinds: Vec<StatementKind>) -> Self {
        Self {
            statement_kinds,
            hearing_right: noticed.hearing_right,
            plea_until: noticed.plea_until,
            hearing_until: noticed.hearing_until,
            statements: noticed.statements,
            hearing: noticed.hearing,
        }
    }
}

impl CaseView {
    pub(super) fn new(licences: &Licences, actor: &Actor, case: CaseFile) -> Result<Self, Problem> {
        let needs_notice = licences.measure_rule(&case.file.measure)?.prior_notice;
        let allowed_actions = licences.case_actions(actor, &case)?;
        let waits_for = licences.case_waits_for(actor, &case)?;
        let delivers = licences.may_act(actor, &case, Permission::LicencesDeliver);
        let statement_kinds = licences.statement_kinds(&case);
        let watch = licences.case_watch();
        let clock = watch.running(&case.file);
        let file = case.file;
        let (notice, proposed, decided, closed) = match file.stage.clone() {
            Stage::Investigating => (None, None, None, None),
            Stage::Noticed(noticed) => (Some(noticed), None, None, None),
            Stage::Proposed(one) => (one.noticed.clone(), Some(one), None, None),
            Stage::Decided(one) => (
                one.proposed.noticed.clone(),
                Some(one.proposed.clone()),
                Some(one),
                None,
            ),
            Stage::Closed(one) => (None, None, None, Some(one)),
        };
        Ok(Self {
            id: case.id,
            version: case.version,
            licence: case.licence,
            number: file.number.clone(),
            enterprise: case.enterprise,
            holder: file.holder.clone(),
            measure_name: file.measure.proposed(),
            subject: file.subject.clone(),
            opened_by: file.opened_by.name.clone(),
            opened_at: case.opened_at,
            state: file.stage.as_str(),
            state_name: file.stage.chinese(),
            disclosed: file.disclosed(),
            needs_notice,
            measure: file.measure,
            findings: file.findings,
            evidence: file.evidence.into_iter().map(Into::into).collect(),
            papers: file
                .papers
                .into_iter()
                .map(|paper| CasePaperView::new(paper, delivers, watch))
                .collect(),
            notice: notice.map(|notice| NoticeView::new(notice, statement_kinds)),
            proposed_by: proposed.as_ref().map(|one| one.by.name.clone()),
            proposed_at: proposed.as_ref().map(|one| one.at),
            proposal: proposed.map(|one| one.opinion),
            decided_by: decided.as_ref().map(|one| one.by.name.clone()),
            decided_at: decided.as_ref().map(|one| one.at),
            decision: decided.map(|one| one.opinion),
            closed_reason: closed.map(|one| one.reason),
            clock,
            waits_for,
            allowed_actions,
        })
    }
}
