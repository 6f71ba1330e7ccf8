//! Papers of a case: looked at, written, signed, served.

use std::collections::BTreeMap;

use applications::{
    model::Paper,
    rules::{Values, preview_paper, write_paper},
};
use bytes::Bytes;
use kernel::{
    Actor, FieldError, Happened, KernelError, LegalDate, Moment, NewJob, Permission, Subject, Work,
};
use matters::{Authority, DocumentDefinition};
use serde_json::json;
use uuid::Uuid;

use super::{CasePreview, NewService, PAPER_JOB};
use crate::{
    model::{CaseFile, CaseId, CasePaper, Licence, Measure, RescissionGround, Served},
    rules::MeasureRule,
    service::{
        Licences, LicencesError, Outcome,
        filings::{person, texts},
        issue::PDF,
    },
    store,
};

/// Key of the document of a prior notice.
pub(super) const PRIOR_NOTICE: &str = "prior_notice";

/// Key of the document of a service.
pub(super) const RECEIPT: &str = "delivery_receipt";

/// Who writes a paper, and when.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    officer: &'a str,
    today: LegalDate,
}

impl<'a> Desk<'a> {
    pub(super) fn of(work: &'a Work) -> Self {
        Self {
            officer: &work.actor().name,
            today: work.now().legal_date(),
        }
    }
}

impl Licences {
    /// 送达: the paper was served; a receipt of it is written and signed.
    ///
    /// # Errors
    /// [`LicencesError::Case`].
    pub async fn serve(
        &self,
        actor: &Actor,
        id: CaseId,
        version: i64,
        paper: Uuid,
        new: NewService,
    ) -> Outcome<CaseFile> {
        texts([
            ("method", "送达方式", &new.method),
            ("place", "送达地点", &new.place),
            ("recipient", "收件人", &new.recipient),
        ])?;
        let (mut work, mut case) = self
            .case_for(actor, id, version, Permission::LicencesDeliver)
            .await?;
        let today = work.now().legal_date();
        let served = Served {
            on: new.on.unwrap_or(today),
            method: new.method,
            place: new.place,
            recipient: new.recipient,
            remark: new.remark,
            by: person(actor),
        };
        if served.on > today {
            let fault = FieldError::new("on", "送达日期不能晚于今天，请核对");
            return Err(LicencesError::Invalid(vec![fault]));
        }
        let (periods, calendar) = (&self.inner.periods, &self.inner.calendar);
        let plea = periods.plea.after(served.on, calendar);
        let hearing = periods.hearing_request.after(served.on, calendar);
        let receipt = self.receipt(&mut work, &case, paper, &served).await?;
        case.file.serve(paper, served, plea, hearing)?;
        self.enqueue_paper(&mut work, &case, &receipt)?;
        let happened = Happened::new("licence_case.served", "送达文书").data(json!({ "paper": paper }));
        case.file.papers.push(receipt);
        self.keep_case(work, case, happened).await
    }

    pub(super) async fn receipt(
        &self,
        work: &mut Work,
        case: &CaseFile,
        paper: Uuid,
        served: &Served,
    ) -> Outcome<CasePaper> {
        let known = case.file.papers.iter().find(|one| one.id == paper);
        let known = known.ok_or(LicencesError::CaseNotFound)?;
        let mut values = self.case_values(Desk::of(work), case)?;
        let recipient = format!("收件人：{}", served.recipient);
        let remark = served.remark.trim();
        let lines = [
            ("matter", case.file.subject.clone()),
            ("delivery_place", served.place.clone()),
            ("delivery_date", served.on.chinese()),
            ("delivery_method", served.method.clone()),
            ("deliverer", served.by.name.clone()),
            (
                "remark",
                if remark.is_empty() {
                    recipient
                } else {
                    format!("{recipient}；{remark}")
                },
            ),
        ];
        values.by_name.extend(lines);
        values.rows.push(BTreeMap::from([
            ("title", known.paper.title.clone()),
            ("number", known.paper.number.clone()),
            ("count", "1".to_owned()),
        ]));
        self.write_case_paper(work, case, RECEIPT, values, false).await
    }

    pub(super) fn authority_of(&self, case: &CaseFile) -> Outcome<&Authority> {
        Ok(self.inner.numbering.authority(case.file.industry)?)
    }

    pub(super) fn notice_values(
        &self,
        desk: Desk<'_>,
        case: &CaseFile,
        rule: &MeasureRule,
    ) -> Outcome<Values> {
        let mut values = self.case_values(desk, case)?;
        let mut set = |name, value: String| values.by_name.insert(name, value);
        set("proposed_decision", case.file.measure.proposed());
        set(
            "plea_deadline",
            format!("收到本告知书之日起{}内", self.inner.periods.plea.term),
        );
        if let Some(findings) = &case.file.findings {
            set("facts_found", sentence(&findings.facts));
            set("reason", sentence(&findings.public_reason));
            set("legal_basis", sentence(&findings.legal_basis));
        }
        if rule.hearing {
            set("hearing_right", "有权要求听证".to_owned());
        }
        Ok(values)
    }

    /// A paper of the case before it goes out: unsigned, without a number, marked in its title; what is not known yet
    /// is shown as such.
    ///
    /// # Errors
    /// [`LicencesError::CaseNotFound`], also for people of the enterprise.
    pub async fn preview_case_paper(&self, actor: &Actor, id: CaseId, kind: CasePreview) -> Outcome<Bytes> {
        let case = self.case(actor, id).await?;
        if actor.scope.enterprise.is_some() {
            return Err(LicencesError::CaseNotFound);
        }
        let now = self.inner.kernel.now();
        let desk = Desk {
            officer: &actor.name,
            today: now.legal_date(),
        };
        let rule = self.measure_rule(&case.file.measure)?;
        let (key, values) = match kind {
            CasePreview::PriorNotice => (PRIOR_NOTICE, self.notice_values(desk, &case, rule)?),
            CasePreview::Decision => {
                let licence = self.licence(actor, case.licence).await?;
                (
                    rule.document.as_str(),
                    self.decision_values(desk, &case, &licence)?,
                )
            }
        };
        let definition = self.paper_definition(key, desk.today)?;
        let paper = preview_paper(definition, &values, desk.today);
        let pdf = self.inner.press.preview(&paper, id.into(), now.instant()).await;
        Ok(pdf.map_err(LicencesError::Press)?.into())
    }

    pub(super) fn paper_definition(&self, key: &str, today: LegalDate) -> Outcome<&DocumentDefinition> {
        let definition = self.inner.catalogue.current_document(key, today.0);
        let missing = || KernelError::Rules(format!("document {key} is not among the rule files"));
        Ok(definition.ok_or_else(missing)?)
    }

    /// Values that every paper of a case needs.
    pub(super) fn case_values(&self, desk: Desk<'_>, case: &CaseFile) -> Outcome<Values> {
        let authority = self.authority_of(case)?;
        let mut values = Values::default();
        values.by_name.extend([
            ("applicant", case.file.holder.clone()),
            ("credit_code", case.file.code.clone()),
            ("licence_number", case.file.number.clone()),
            ("authority", authority.name.clone()),
            ("authority_contact", desk.officer.to_owned()),
            ("authority_phone", "以本机关对外公布的办公电话为准".to_owned()),
            ("issue_date", desk.today.chinese()),
            ("government", self.inner.city.government.name.clone()),
            ("court", self.inner.city.court.name.clone()),
        ]);
        Ok(values)
    }

    pub(super) fn decision_values(
        &self,
        desk: Desk<'_>,
        case: &CaseFile,
        licence: &Licence,
    ) -> Outcome<Values> {
        let mut values = self.case_values(desk, case)?;
        let today = desk.today;
        let back = self
            .inner
            .periods
            .return_of_papers
            .after(today, &self.inner.calendar);
        let evidence: Vec<_> = case.file.evidence.iter().map(|one| one.proves.as_str()).collect();
        let mut set = |name, value: String| values.by_name.insert(name, value);
        set("return_deadline", format!("{}前", back.chinese()));
        set("evidence", sentence(&evidence.join("；")));
        if let Some(found) = &case.file.findings {
            set("facts_found", sentence(&found.facts));
            set("violated_clause", found.violated.clone());
            set("legal_basis", found.legal_basis.clone());
            set("reason", sentence(&found.public_reason));
        }
        match &case.file.measure {
            Measure::Suspension {
                from,
                until,
                conditions,
                ..
            } => {
                set("suspension_from", from.chinese());
                set("suspension_to", until.chinese());
                set("resumption_conditions", sentence(conditions));
            }
            Measure::Resumption { conclusion } => {
                let number = match licence {
                    Licence::Suspended(one) => one.suspension.order.document.clone(),
                    _ => String::new(),
                };
                set("suspension_number", number);
                set("resumption_date", today.chinese());
                set("review_conclusion", sentence(conclusion));
            }
            Measure::Rescission { ground } => {
                set("ground", ground.chinese().to_owned());
                if *ground == RescissionGround::Fraud {
                    set("by_fraud", "是".to_owned());
                }
            }
            Measure::Withdrawal {
                changed,
                compensation,
            } => {
                set("changed_ground", changed.clone());
                let reason = case
                    .file
                    .findings
                    .as_ref()
                    .map(|found| found.public_reason.as_str());
                let words = format!(
                    "{}补偿安排：{}",
                    sentence(reason.unwrap_or_default()),
                    sentence(compensation)
                );
                set("reason", words);
            }
            Measure::Cancellation { ground } => {
                set("ground", ground.chinese().to_owned());
            }
            Measure::Revocation => {}
        }
        Ok(values)
    }

    pub(super) async fn write_case_paper(
        &self,
        work: &mut Work,
        case: &CaseFile,
        key: &str,
        values: Values,
        is_served: bool,
    ) -> Outcome<CasePaper> {
        let today = work.now().legal_date();
        let definition = self.paper_definition(key, today)?;
        let prefix = self.authority_of(case)?.document_prefix.clone();
        let year = today.0.year();
        let series = format!("document/{prefix}{}/{year}", definition.number_series);
        let subject = Subject::new("licence_case", case.id);
        let serial = u32::try_from(work.next_number(&series, subject).await?).unwrap_or(u32::MAX);
        let number = matters::document_number(&prefix, &definition.number_series, year, serial);
        let paper: Paper = write_paper(definition, number, &values, today)?;
        let due = self.inner.periods.service.after(today, &self.inner.calendar);
        Ok(CasePaper {
            id: work.next_id(),
            kind: key.to_owned(),
            definition: definition.version,
            paper,
            at: work.now(),
            file: None,
            service_due: is_served.then_some(due),
            served: None,
        })
    }

    pub(super) fn enqueue_paper(&self, work: &mut Work, case: &CaseFile, paper: &CasePaper) -> Outcome<()> {
        let payload = json!({ "case": case.id, "paper": paper.id });
        work.enqueue(NewJob::new(PAPER_JOB, &payload)?.once(paper.id.to_string()));
        Ok(())
    }

    /// Signs a paper that was written. Taken up again, it changes nothing.
    pub(crate) async fn sign_paper(&self, id: CaseId, paper: Uuid) -> Outcome<()> {
        let system = Actor::system("文书制作");
        let case = store::case(self.inner.kernel.db(), &system, id).await?;
        let case = case.ok_or(LicencesError::CaseNotFound)?;
        let Some(known) = case.file.papers.iter().find(|one| one.id == paper) else {
            return Err(LicencesError::CaseNotFound);
        };
        if known.file.is_some() {
            return Ok(());
        }
        let at: Moment = known.at;
        let pdf = self.inner.press.document(&known.paper, paper, at.instant()).await;
        let pdf = pdf.map_err(LicencesError::Press)?;
        let blob = self.inner.kernel.blobs().put(pdf.into(), PDF).await?;
        let mut work = self.inner.kernel.begin(&system).await?;
        let mut case = store::load_case(&work, id)
            .await?
            .ok_or(LicencesError::CaseNotFound)?;
        let Some(unsigned) = case
            .file
            .papers
            .iter_mut()
            .find(|one| one.id == paper && one.file.is_none())
        else {
            return Ok(()); // another worker was quicker
        };
        let happened = Happened::new("licence_case.paper_signed", "制作文书")
            .data(json!({ "paper": paper, "file": blob.sha256, "document": unsigned.paper.number }));
        unsigned.file = Some(blob.clone());
        work.keep_blob(&blob).await?;
        self.save_case(&mut work, case, happened).await?;
        work.commit().await?;
        Ok(())
    }
}

/// A text that ends like a sentence.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['。', '！', '？']) {
        text.to_owned()
    } else {
        format!("{text}。")
    }
}
