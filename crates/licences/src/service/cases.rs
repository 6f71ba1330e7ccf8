//! Case files: evidence, notice, the holder's voice, proposal, decision, service.
//!
//! The decision, its paper and what it does to the licence are one transaction; the paper is signed afterwards by a
//! job, exactly as it was written.

use std::collections::BTreeMap;

use applications::{
    model::Paper,
    rules::{Values, preview_paper, write_paper},
};
use bytes::Bytes;
use kernel::{
    Actor, FieldError, Happened, KernelError, LegalDate, Moment, NewJob, Permission, Subject, Work,
    blobs::{self, FileKind},
    event::{Event, hex},
    ids::{EnterpriseId, LicenceId},
};
use matters::{Authority, DocumentDefinition};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Licences, LicencesError, Outcome,
    filings::{person, texts},
    issue::changed_keys,
    read::text_query,
};
use crate::{
    model::{
        Cancellation, CancellationGround, CaseBody, CaseFault, CaseFile, CaseId, CasePaper, Command, Ending,
        Evidence, Facts, Findings, Hearing, Licence, Measure, Order, Rescission, RescissionGround,
        Resumption, Revocation, Served, Stage, Statement, StatementKind, Suspension, Withdrawal,
    },
    rules::{CaseWatch, MeasureRule, SuspensionCase},
    store::{self, CaseQuery},
};

/// Kind of the job that signs a paper; payload `{"case": …, "paper": …}`.
pub(crate) const PAPER_JOB: &str = "licences.paper";
/// Largest piece of evidence, in megabytes.
pub(crate) const EVIDENCE_LIMIT_MB: u64 = 50;
/// Key of the document of a prior notice.
const PRIOR_NOTICE: &str = "prior_notice";
/// Key of the document of a service.
const RECEIPT: &str = "delivery_receipt";

/// A case to be opened.
#[derive(Clone, Debug)]
pub struct NewCase {
    /// What is considered.
    pub measure: Measure,
    /// 案由
    pub subject: String,
}

/// Which cases are listed.
#[derive(Clone, Debug, Default)]
pub struct CasesWanted {
    /// On one licence.
    pub licence: Option<LicenceId>,
    /// About one enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// In one state.
    pub state: Option<String>,
    /// About one measure.
    pub measure: Option<String>,
    /// Something is the actor's to do.
    pub waits: bool,
    /// Part of the holder's name, of the number or of the code; two characters at least.
    pub text: Option<String>,
}

/// A service of a paper.
#[derive(Clone, Debug)]
pub struct NewService {
    /// How.
    pub method: String,
    /// Where.
    pub place: String,
    /// Who took it.
    pub recipient: String,
    /// Remark.
    pub remark: String,
    /// Legal day; today unless given.
    pub on: Option<LegalDate>,
}

/// A paper of a case that can be looked at before it goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CasePreview {
    /// 事先告知书
    PriorNotice,
    /// The decision.
    Decision,
}

/// Who writes a paper, and when.
#[derive(Clone, Copy)]
struct Desk<'a> {
    officer: &'a str,
    today: LegalDate,
}

impl<'a> Desk<'a> {
    fn of(work: &'a Work) -> Self {
        Self {
            officer: &work.actor().name,
            today: work.now().legal_date(),
        }
    }
}

/// A signed paper.
#[derive(Clone, Debug)]
pub struct PaperFile {
    /// Title.
    pub title: String,
    /// Number.
    pub number: String,
    /// Signed PDF.
    pub bytes: Bytes,
}

fn measure_fault(message: impl Into<String>) -> LicencesError {
    LicencesError::Invalid(vec![FieldError::new("measure", message)])
}

impl Licences {
    /// What a measure needs before it is decided.
    pub(crate) fn measure_rule(&self, measure: &Measure) -> Outcome<&MeasureRule> {
        let key = measure.rule_key();
        let rule = self.inner.measures.measures.get(&key);
        rule.ok_or_else(|| KernelError::Rules(format!("licences/measures.json has no {key}")).into())
    }

    /// The table of suspensions for an industry.
    pub fn suspension_cases(&self, industry: matters::Industry) -> Vec<SuspensionCase> {
        self.inner.suspensions.of(industry).cloned().collect()
    }

    /// Whether the licence would allow the measure if it were decided today.
    fn check_measure(&self, licence: &Licence, measure: &Measure, today: LegalDate) -> Outcome<()> {
        match measure {
            Measure::Suspension {
                from,
                until,
                case,
                conditions,
            } => {
                let rows = self.suspension_cases(licence.facts().industry);
                let row = rows.iter().find(|row| row.key == *case);
                let row = row.ok_or_else(|| measure_fault("请从暂扣情形表中选择适用的情形"))?;
                if !row.allows(*from, *until) {
                    return Err(measure_fault(format!(
                        "“{}”的暂扣期限应为{}至{}日，请调整起止日期",
                        row.name, row.least_days, row.most_days
                    )));
                }
                texts([("measure.conditions", "发还条件", conditions)])?;
            }
            Measure::Resumption { conclusion } => texts([("measure.conclusion", "复查结论", conclusion)])?,
            Measure::Withdrawal {
                changed,
                compensation,
            } => texts([
                ("measure.changed", "变化的依据或者客观情况", changed),
                ("measure.compensation", "补偿安排", compensation),
            ])?,
            Measure::Revocation | Measure::Rescission { .. } | Measure::Cancellation { .. } => {}
        }
        let order = Order {
            on: today,
            document: String::new(),
            reason: String::new(),
            case: None,
            application: None,
        };
        licence.clone().act(command(licence, measure, order))?;
        Ok(())
    }

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
            Err(error) if error.is_duplicate() => return Err(LicencesError::Case(CaseFault::Done)),
            outcome => outcome?,
        };
        let data =
            json!({ "licence": facts.id, "number": case.file.number, "measure": case.file.measure.as_str() });
        work.record(&row, Happened::new("licence_case.opened", "立案").data(data))?;
        work.commit().await?;
        Ok(case)
    }

    /// Loads a case for an act in its version.
    async fn case_for(
        &self,
        actor: &Actor,
        id: CaseId,
        version: i64,
        permission: Permission,
    ) -> Outcome<(Work, CaseFile)> {
        actor.require(permission)?;
        let work = self.inner.kernel.begin(actor).await?;
        let case = store::load_case(&work, id)
            .await?
            .ok_or(LicencesError::CaseNotFound)?;
        if case.version == version {
            Ok((work, case))
        } else {
            Err(KernelError::Stale {
                subject: "licence_case",
            }
            .into())
        }
    }

    async fn save_case(&self, work: &mut Work, case: CaseFile, happened: Happened) -> Outcome<CaseFile> {
        let case = CaseFile {
            version: case.version + 1,
            ..case
        };
        let row = store::update_case(work, &case).await?;
        let mut data = json!({ "licence": case.licence, "number": case.file.number });
        if let (Some(all), serde_json::Value::Object(more)) = (data.as_object_mut(), happened.data.clone()) {
            all.extend(more);
        }
        work.record(&row, Happened { data, ..happened })?;
        Ok(case)
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
        let (mut work, mut case) = self
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
        let case = self.save_case(&mut work, case, happened).await?;
        work.commit().await?;
        Ok(case)
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
        let (mut work, mut case) = self
            .case_for(actor, id, version, Permission::LicencesSupervise)
            .await?;
        let licence = self.loaded(&work, case.licence).await?;
        self.check_measure(&licence, &measure, work.now().legal_date())?;
        case.file.find(findings, measure)?;
        let happened = Happened::new("licence_case.found", "形成调查结论");
        let case = self.save_case(&mut work, case, happened).await?;
        work.commit().await?;
        Ok(case)
    }

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
        let case = self.save_case(&mut work, case, happened).await?;
        work.commit().await?;
        Ok(case)
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
        let (mut work, mut case) = self
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
        let case = self.save_case(&mut work, case, happened).await?;
        work.commit().await?;
        Ok(case)
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
        let (mut work, mut case) = self
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
        let case = self.save_case(&mut work, case, happened).await?;
        work.commit().await?;
        Ok(case)
    }

    /// 报批: puts the measure before the leader.
    ///
    /// # Errors
    /// [`LicencesError::Case`] while the holder can still speak.
    pub async fn propose(
        &self,
        actor: &Actor,
        id: CaseId,
        version: i64,
        opinion: String,
    ) -> Outcome<CaseFile> {
        texts([("opinion", "报批意见", &opinion)])?;
        let (mut work, mut case) = self
            .case_for(actor, id, version, Permission::LicencesSupervise)
            .await?;
        let needs_notice = self.measure_rule(&case.file.measure)?.prior_notice;
        let at = work.now();
        case.file.propose(person(actor), at, opinion, needs_notice)?;
        let happened = Happened::new("licence_case.proposed", "报批");
        let case = self.save_case(&mut work, case, happened).await?;
        work.commit().await?;
        Ok(case)
    }

    /// 审批: another person decides. Approved, the measure befalls the licence in the same transaction.
    ///
    /// # Errors
    /// [`LicencesError::Case`] for the proposer; [`LicencesError::Fault`] when the licence does not allow it any more.
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
            let case = self.save_case(&mut work, case, happened).await?;
            work.commit().await?;
            return Ok(case);
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
        let (mut work, mut case) = self
            .case_for(actor, id, version, Permission::LicencesSupervise)
            .await?;
        let at = work.now();
        case.file.close(person(actor), at, reason.clone())?;
        let happened = Happened::new("licence_case.closed", "终止案件").reason(reason);
        let case = self.save_case(&mut work, case, happened).await?;
        work.commit().await?;
        Ok(case)
    }

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
        let case = self.save_case(&mut work, case, happened).await?;
        work.commit().await?;
        Ok(case)
    }

    async fn receipt(
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

    fn authority_of(&self, case: &CaseFile) -> Outcome<&Authority> {
        Ok(self.inner.numbering.authority(case.file.industry)?)
    }

    fn notice_values(&self, desk: Desk<'_>, case: &CaseFile, rule: &MeasureRule) -> Outcome<Values> {
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

    fn paper_definition(&self, key: &str, today: LegalDate) -> Outcome<&DocumentDefinition> {
        let definition = self.inner.catalogue.current_document(key, today.0);
        let missing = || KernelError::Rules(format!("document {key} is not among the rule files"));
        Ok(definition.ok_or_else(missing)?)
    }

    /// Values that every paper of a case needs.
    fn case_values(&self, desk: Desk<'_>, case: &CaseFile) -> Outcome<Values> {
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

    fn decision_values(&self, desk: Desk<'_>, case: &CaseFile, licence: &Licence) -> Outcome<Values> {
        let mut values = self.case_values(desk, case)?;
        let today = desk.today;
        let back = self
            .inner
            .periods
            .return_of_papers
            .after(today, &self.inner.calendar);
        let evidence: Vec<_> = case.file.evidence.iter().map(|one| one.proves.as_str()).collect();
        let mut set = |name, value: String| values.by_name.insert(name, value);
        set("return_deadline", back.chinese());
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

    async fn write_case_paper(
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

    fn enqueue_paper(&self, work: &mut Work, case: &CaseFile, paper: &CasePaper) -> Outcome<()> {
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
        let blob = self
            .inner
            .kernel
            .blobs()
            .put(pdf.into(), super::issue::PDF)
            .await?;
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

    /// One case within the scope; the holder knows of it once it was told.
    ///
    /// # Errors
    /// [`LicencesError::CaseNotFound`].
    pub async fn case(&self, actor: &Actor, id: CaseId) -> Outcome<CaseFile> {
        actor.require(Permission::LicencesRead)?;
        let found = store::case(self.inner.kernel.db(), actor, id).await?;
        found.ok_or(LicencesError::CaseNotFound)
    }

    /// Cases within the scope, newest first, one more than `limit`.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`] for a text too short to search for.
    pub async fn cases(
        &self,
        actor: &Actor,
        wanted: &CasesWanted,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<CaseFile>> {
        actor.require(Permission::LicencesRead)?;
        let query = CaseQuery {
            licence: wanted.licence,
            enterprise: wanted.enterprise,
            state: wanted.state.clone(),
            measure: wanted.measure.clone(),
            waits: wanted.waits,
            text: text_query(wanted.text.as_deref())?,
        };
        Ok(store::cases(self.inner.kernel.db(), actor, &query, before, limit).await?)
    }

    /// A signed paper of a case.
    ///
    /// # Errors
    /// [`LicencesError::NotPressed`] while it is being signed.
    pub async fn paper(&self, actor: &Actor, id: CaseId, paper: Uuid) -> Outcome<PaperFile> {
        let case = self.case(actor, id).await?;
        let known = case.file.papers.into_iter().find(|one| one.id == paper);
        let known = known.ok_or(LicencesError::CaseNotFound)?;
        let blob = known.file.ok_or(LicencesError::NotPressed)?;
        Ok(PaperFile {
            title: known.paper.title,
            number: known.paper.number,
            bytes: self.inner.kernel.blobs().get_checked(&blob.sha256).await?,
        })
    }

    /// A piece of evidence of a case.
    ///
    /// # Errors
    /// [`LicencesError::CaseNotFound`].
    pub async fn evidence(&self, actor: &Actor, id: CaseId, piece: Uuid) -> Outcome<(Evidence, Bytes)> {
        let case = self.case(actor, id).await?;
        let known = case.file.evidence.into_iter().find(|one| one.id == piece);
        let known = known.ok_or(LicencesError::CaseNotFound)?;
        let bytes = self.inner.kernel.blobs().get_checked(&known.blob.sha256).await?;
        Ok((known, bytes))
    }

    /// What the actor may do with a case now: nothing that would be refused.
    pub(crate) fn case_actions(&self, actor: &Actor, case: &CaseFile) -> Outcome<Vec<&'static str>> {
        use Permission::{LicencesDeliver, LicencesSanction, LicencesSupervise};
        let (file, today) = (&case.file, self.today());
        let needs_notice = self.measure_rule(&file.measure)?.prior_notice;
        let acts = [
            ("add_evidence", LicencesSupervise, file.may_add_evidence().is_ok()),
            ("find", LicencesSupervise, file.may_find().is_ok()),
            (
                "give_notice",
                LicencesSupervise,
                file.may_notify(needs_notice).is_ok(),
            ),
            (
                "record_statement",
                LicencesSupervise,
                !self.statement_kinds(case).is_empty(),
            ),
            ("record_hearing", LicencesSupervise, file.may_hear().is_ok()),
            (
                "propose",
                LicencesSupervise,
                file.may_propose(today, needs_notice).is_ok(),
            ),
            ("close", LicencesSupervise, file.may_close().is_ok()),
            (
                "decide",
                LicencesSanction,
                file.decidable_by(&person(actor)).is_ok(),
            ),
            ("serve", LicencesDeliver, file.unserved()),
        ];
        let allowed = acts
            .into_iter()
            .filter(|(_, permission, is_open)| *is_open && actor.may(*permission));
        Ok(allowed.map(|(act, ..)| act).collect())
    }

    /// Counts the clocks of a case as of today.
    pub(crate) fn case_watch(&self) -> CaseWatch<'_> {
        CaseWatch {
            calendar: &self.inner.calendar,
            today: self.today(),
            lights: self.inner.lights,
            periods: &self.inner.periods,
        }
    }

    /// What happened to a case, newest first.
    ///
    /// # Errors
    /// [`LicencesError::CaseNotFound`].
    pub async fn case_timeline(
        &self,
        actor: &Actor,
        id: CaseId,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<Event>> {
        self.case(actor, id).await?;
        self.events_of("licence_case", id.into(), before, limit).await
    }

    /// What of the holder's voice can be recorded today.
    pub(crate) fn statement_kinds(&self, case: &CaseFile) -> Vec<StatementKind> {
        let today = self.today();
        StatementKind::ALL
            .into_iter()
            .filter(|kind| case.file.may_state(*kind, today).is_ok())
            .collect()
    }

    /// Why the next step of a case is not open to the actor yet, in a sentence.
    pub(crate) fn case_waits_for(&self, actor: &Actor, case: &CaseFile) -> Outcome<Option<String>> {
        let needs_notice = self.measure_rule(&case.file.measure)?.prior_notice;
        let fault = match case.file.waits_for(self.today(), needs_notice) {
            None if actor.may(Permission::LicencesSanction)
                && matches!(case.file.stage, Stage::Proposed(_)) =>
            {
                case.file.decidable_by(&person(actor)).err()
            }
            fault => fault,
        };
        Ok(fault.map(|fault| fault.to_string()))
    }

    /// What the actor may do with a licence now, beyond its certificate.
    pub(crate) fn life_actions(&self, actor: &Actor, licence: &Licence) -> Vec<&'static str> {
        let mut actions = Vec::new();
        let in_force = matches!(licence, Licence::Issued(_))
            && self.status_today(licence).is_some_and(crate::Status::in_force);
        let is_made = licence
            .issued()
            .is_some_and(|issued| issued.certificate.is_some());
        if in_force && is_made && actor.may(Permission::LicencesDeliver) {
            actions.push("hand_over");
        }
        if actor.may(Permission::LicencesHold) && self.checked_monthly(licence).is_ok() {
            actions.push("self_check");
        }
        if in_force && actor.may(Permission::LicencesHold) {
            actions.extend([
                "report_damage",
                "declare_loss",
                "file_work_elsewhere",
                "file_emergency_use",
            ]);
        }
        if actor.may(Permission::LicencesSupervise) {
            if in_force {
                actions.push("review_year");
            }
            actions.extend(self.possible_measures(licence));
        }
        actions
    }

    /// The measures that the licence would allow today.
    pub fn possible_measures(&self, licence: &Licence) -> Vec<&'static str> {
        let today = self.today();
        let order = || Order {
            on: today,
            document: String::new(),
            reason: String::new(),
            case: None,
            application: None,
        };
        let candidates = [
            Measure::Suspension {
                from: today,
                until: today,
                case: String::new(),
                conditions: String::new(),
            },
            Measure::Resumption {
                conclusion: String::new(),
            },
            Measure::Revocation,
            Measure::Rescission {
                ground: RescissionGround::OtherByLaw,
            },
            Measure::Withdrawal {
                changed: String::new(),
                compensation: String::new(),
            },
        ];
        let grounds = [
            CancellationGround::OtherByLaw,
            CancellationGround::Expired,
            CancellationGround::PermitTaken,
        ];
        let cancellations = grounds.map(|ground| Measure::Cancellation { ground });
        let mut found: Vec<_> = candidates
            .iter()
            .chain(&cancellations)
            .filter(|measure| licence.clone().act(command(licence, measure, order())).is_ok())
            .map(|measure| match measure {
                Measure::Suspension { .. } => "case.suspension",
                Measure::Resumption { .. } => "case.resumption",
                Measure::Revocation => "case.revocation",
                Measure::Rescission { .. } => "case.rescission",
                Measure::Withdrawal { .. } => "case.withdrawal",
                Measure::Cancellation { .. } => "case.cancellation",
            })
            .collect();
        found.dedup();
        found
    }
}

/// What a measure does to a licence.
fn command(licence: &Licence, measure: &Measure, order: Order) -> Command {
    match measure.clone() {
        Measure::Suspension { from, until, .. } => Command::Suspend(Suspension { order, from, until }),
        Measure::Resumption { conclusion } => Command::Resume(Resumption {
            order: Order {
                reason: if order.reason.is_empty() {
                    conclusion
                } else {
                    order.reason
                },
                ..order
            },
        }),
        Measure::Revocation => Command::End(Ending::Revoked(Revocation { order })),
        Measure::Rescission { ground } => Command::End(Ending::Rescinded(Rescission { order, ground })),
        Measure::Withdrawal { compensation, .. } => {
            Command::End(Ending::Withdrawn(Withdrawal { order, compensation }))
        }
        Measure::Cancellation { ground } => {
            let cancellation = Cancellation { order, ground };
            match licence {
                Licence::Ended(_) => Command::Deregister(cancellation),
                _ => Command::End(Ending::Cancelled(cancellation)),
            }
        }
    }
}

fn rule_title(measure: &Measure) -> &'static str {
    match measure {
        Measure::Suspension { .. } => "决定暂扣",
        Measure::Resumption { .. } => "决定发还",
        Measure::Revocation => "决定吊销",
        Measure::Rescission { .. } => "决定撤销",
        Measure::Withdrawal { .. } => "决定撤回",
        Measure::Cancellation { .. } => "决定注销",
    }
}

/// A text that ends like a sentence.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['。', '！', '？']) {
        text.to_owned()
    } else {
        format!("{text}。")
    }
}

/// Facts for a form about a licence, as other capabilities fill it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenceFacts {
    /// What the licence says.
    pub facts: Facts,
    /// Its status today.
    pub status: Option<crate::Status>,
}
