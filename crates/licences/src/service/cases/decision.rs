//! One person puts the measure before the leader, another decides; what is decided befalls the licence at once.

use kernel::{Actor, Happened, Permission};
use serde_json::json;

use super::{
    measures::{command, rule_title},
    papers::Desk,
};
use crate::{
    model::{CaseFile, CaseId, Licence, Order},
    service::{
        Licences, Outcome,
        filings::{person, texts},
        issue::changed_keys,
    },
};

impl Licences {
    /// 报批: puts the measure before the leader.
    ///
    /// # Errors
    /// [`LicencesError::Case`](crate::LicencesError::Case) while the holder can still speak.
    pub async fn propose(
        &self,
        actor: &Actor,
        id: CaseId,
        version: i64,
        opinion: String,
    ) -> Outcome<CaseFile> {
        texts([("opinion", "报批意见", &opinion)])?;
        let (work, mut case) = self
            .case_for(actor, id, version, Permission::LicencesSupervise)
            .await?;
        let needs_notice = self.measure_rule(&case.file.measure)?.prior_notice;
        let at = work.now();
        case.file.propose(person(actor), at, opinion, needs_notice)?;
        let happened = Happened::new("licence_case.proposed", "报批");
        self.keep_case(work, case, happened).await
    }

    /// 审批: another person decides. Approved, the measure befalls the licence in the same transaction.
    ///
    /// # Errors
    /// [`LicencesError::Case`](crate::LicencesError::Case) for the proposer;
    /// [`LicencesError::Fault`](crate::LicencesError::Fault) when the licence does not allow it any more.
    pub async fn decide(
        &self,
        actor: &Actor,
        id: CaseId,
        version: i64,
        approve: bool,
        opinion: String,
    ) -> Outcome<CaseFile> {
        texts([("opinion", "审批意见", &opinion)])?;
        let (mut work, mut case) = self
            .case_for(actor, id, version, Permission::LicencesSanction)
            .await?;
        let by = person(actor);
        if !approve {
            case.file.send_back(&by)?;
            let happened = Happened::new("licence_case.sent_back", "退回补充调查").reason(opinion);
            return self.keep_case(work, case, happened).await;
        }
        case.file.decidable_by(&by)?;
        let licence = self.loaded(&work, case.licence).await?;
        self.check_measure(&licence, &case.file.measure, work.now().legal_date())?;
        let rule = self.measure_rule(&case.file.measure)?.clone();
        let values = self.decision_values(Desk::of(&work), &case, &licence)?;
        let paper = self
            .write_case_paper(&mut work, &case, &rule.document, values, true)
            .await?;
        let order = Order {
            on: work.now().legal_date(),
            document: paper.paper.number.clone(),
            reason: case
                .file
                .findings
                .as_ref()
                .map(|found| found.public_reason.clone())
                .unwrap_or_default(),
            case: Some(case.id),
            application: None,
        };
        let command = command(&licence, &case.file.measure, order);
        let after = self.act(&mut work, licence, command).await?;
        let ended_now = matches!(&after, Licence::Ended(one) if one.deregistered.is_none());
        if ended_now {
            self.ask_back(&mut work, &after).await?;
        }
        self.enqueue_paper(&mut work, &case, &paper)?;
        let happened = Happened::new("licence_case.decided", rule_title(&case.file.measure))
            .data(json!({ "document": paper.paper.number }));
        let at = work.now();
        case.file.decide(by, at, opinion, paper)?;
        let case = self.save_case(&mut work, case, happened).await?;
        let keys = changed_keys(&after);
        let _changing = self.inner.answers.changing(keys.iter().map(String::as_str));
        work.commit().await?;
        Ok(case)
    }
}
