//! The holder is told, speaks and is heard.

use kernel::{Actor, FieldError, Happened, Permission};
use serde_json::json;

use super::papers::{Desk, PRIOR_NOTICE};
use crate::{
    model::{CaseFile, CaseId, Hearing, Statement, StatementKind},
    service::{
        Licences, LicencesError, Outcome,
        filings::{person, texts},
    },
};

impl Licences {
    /// 事先告知: tells the holder what is considered and why.
    ///
    /// # Errors
    /// [`LicencesError::Case`].
    pub async fn give_notice(&self, actor: &Actor, id: CaseId, version: i64) -> Outcome<CaseFile> {
        let (mut work, mut case) = self
            .case_for(actor, id, version, Permission::LicencesSupervise)
            .await?;
        let rule = self.measure_rule(&case.file.measure)?.clone();
        case.file.may_notify(rule.prior_notice)?;
        let values = self.notice_values(Desk::of(&work), &case, &rule)?;
        let paper = self
            .write_case_paper(&mut work, &case, PRIOR_NOTICE, values, true)
            .await?;
        self.enqueue_paper(&mut work, &case, &paper)?;
        let happened =
            Happened::new("licence_case.noticed", "事先告知").data(json!({ "document": paper.paper.number }));
        case.file.notify(paper, rule.hearing)?;
        self.keep_case(work, case, happened).await
    }

    /// 陈述申辩、申请听证、放弃.
    ///
    /// # Errors
    /// [`LicencesError::Case`].
    pub async fn record_statement(
        &self,
        actor: &Actor,
        id: CaseId,
        version: i64,
        kind: StatementKind,
        text: String,
    ) -> Outcome<CaseFile> {
        texts([("text", "陈述内容", &text)])?;
        let (work, mut case) = self
            .case_for(actor, id, version, Permission::LicencesSupervise)
            .await?;
        let title = match kind {
            StatementKind::Plea => "陈述申辩",
            StatementKind::HearingRequest => "申请听证",
            StatementKind::Waiver => "放弃陈述申辩",
        };
        case.file.state(Statement {
            on: work.now().legal_date(),
            kind,
            text,
            by: person(actor),
        })?;
        let happened = Happened::new("licence_case.stated", title);
        self.keep_case(work, case, happened).await
    }

    /// 听证.
    ///
    /// # Errors
    /// [`LicencesError::Case`] when none was asked for; whoever opened the case does not preside.
    pub async fn record_hearing(
        &self,
        actor: &Actor,
        id: CaseId,
        version: i64,
        presided: String,
        report: String,
    ) -> Outcome<CaseFile> {
        texts([
            ("presided", "听证主持人", &presided),
            ("report", "听证报告", &report),
        ])?;
        let (work, mut case) = self
            .case_for(actor, id, version, Permission::LicencesSupervise)
            .await?;
        if presided.trim() == case.file.opened_by.name {
            let fault = FieldError::new("presided", "听证由非本案调查人员主持，请更换主持人");
            return Err(LicencesError::Invalid(vec![fault]));
        }
        case.file.hear(Hearing {
            on: work.now().legal_date(),
            presided,
            report,
            by: person(actor),
        })?;
        let happened = Happened::new("licence_case.heard", "举行听证");
        self.keep_case(work, case, happened).await
    }
}
