//! What each stage of a case allows, and where it leads.

use applications::model::Person;
use kernel::{LegalDate, Moment, ids::AccountId};
use uuid::Uuid;

use super::{
    CaseBody, CaseFault, CasePaper, ClosedCase, Decided, Evidence, Findings, Hearing, MOST_EVIDENCE, Measure,
    Noticed, Proposed, Served, Stage, Statement, StatementKind,
};

impl CaseBody {
    fn wrong<T>(&self) -> Result<T, CaseFault> {
        Err(CaseFault::Stage(self.stage.chinese()))
    }

    /// Whether the holder was told of the case.
    pub fn disclosed(&self) -> bool {
        match &self.stage {
            Stage::Investigating | Stage::Closed(_) => !self.papers.is_empty(),
            Stage::Noticed(_) | Stage::Decided(_) => true,
            Stage::Proposed(one) => one.noticed.is_some(),
        }
    }

    /// Whether a piece of evidence can be put in: before the case is put before the leader.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn may_add_evidence(&self) -> Result<(), CaseFault> {
        match self.stage {
            Stage::Investigating | Stage::Noticed(_) if self.evidence.len() >= MOST_EVIDENCE => {
                Err(CaseFault::Missing("证据太多，请合并后上传"))
            }
            Stage::Investigating | Stage::Noticed(_) => Ok(()),
            _ => self.wrong(),
        }
    }

    /// Puts a piece of evidence in.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn add_evidence(&mut self, evidence: Evidence) -> Result<(), CaseFault> {
        self.may_add_evidence()?;
        self.evidence.push(evidence);
        Ok(())
    }

    /// Whether the findings can be written anew: before the holder is told.
    ///
    /// # Errors
    /// [`CaseFault::Stage`].
    pub fn may_find(&self) -> Result<(), CaseFault> {
        match self.stage {
            Stage::Investigating => Ok(()),
            _ => self.wrong(),
        }
    }

    /// Writes the findings and the measure anew; its kind stays.
    ///
    /// # Errors
    /// [`CaseFault::Stage`].
    pub fn find(&mut self, findings: Findings, measure: Measure) -> Result<(), CaseFault> {
        self.may_find()?;
        if measure.as_str() != self.measure.as_str() {
            return self.wrong();
        }
        self.findings = Some(findings);
        self.measure = measure;
        Ok(())
    }

    /// Whether the holder can be told: once it is known what was found, of a measure that is told beforehand.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn may_notify(&self, needs_notice: bool) -> Result<(), CaseFault> {
        if self.stage != Stage::Investigating {
            return self.wrong();
        }
        if !needs_notice {
            return Err(CaseFault::Missing("此项决定依法不需要事先告知，可以直接报批"));
        }
        self.found()
    }

    fn found(&self) -> Result<(), CaseFault> {
        match self.findings {
            Some(_) => Ok(()),
            None => Err(CaseFault::Missing("请先写明查明的事实、依据和理由")),
        }
    }

    /// Tells the holder.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn notify(&mut self, paper: CasePaper, hearing_right: bool) -> Result<(), CaseFault> {
        self.may_notify(true)?;
        self.stage = Stage::Noticed(Noticed {
            paper: paper.id,
            hearing_right,
            plea_until: None,
            hearing_until: None,
            statements: Vec::new(),
            hearing: None,
        });
        self.papers.push(paper);
        Ok(())
    }

    fn noticed(&self) -> Result<&Noticed, CaseFault> {
        match &self.stage {
            Stage::Noticed(noticed) => Ok(noticed),
            _ => self.wrong(),
        }
    }

    fn noticed_mut(&mut self) -> Result<&mut Noticed, CaseFault> {
        let chinese = self.stage.chinese();
        match &mut self.stage {
            Stage::Noticed(noticed) => Ok(noticed),
            _ => Err(CaseFault::Stage(chinese)),
        }
    }

    /// Whether the holder can be heard with a statement of that kind on a day.
    ///
    /// # Errors
    /// [`CaseFault`], also for a hearing that cannot be asked for.
    pub fn may_state(&self, kind: StatementKind, on: LegalDate) -> Result<(), CaseFault> {
        self.noticed()?.takes(kind, on)
    }

    /// Notes what the holder said.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn state(&mut self, statement: Statement) -> Result<(), CaseFault> {
        self.may_state(statement.kind, statement.on)?;
        self.noticed_mut()?.statements.push(statement);
        Ok(())
    }

    /// Whether a hearing that was asked for is still to be held.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn may_hear(&self) -> Result<(), CaseFault> {
        let noticed = self.noticed()?;
        if !noticed.asked_for_hearing() {
            return Err(CaseFault::Missing("当事人没有申请听证"));
        }
        match noticed.hearing {
            Some(_) => Err(CaseFault::Done),
            None => Ok(()),
        }
    }

    /// Notes the hearing.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn hear(&mut self, hearing: Hearing) -> Result<(), CaseFault> {
        self.may_hear()?;
        self.noticed_mut()?.hearing = Some(hearing);
        Ok(())
    }

    /// Whether the measure can be put before the leader today.
    ///
    /// # Errors
    /// [`CaseFault`] while the holder can still speak, or findings or evidence are missing.
    pub fn may_propose(&self, today: LegalDate, needs_notice: bool) -> Result<(), CaseFault> {
        match &self.stage {
            Stage::Investigating if needs_notice => {
                return Err(CaseFault::Missing("作出此项决定前应当事先告知当事人"));
            }
            Stage::Investigating => {}
            Stage::Noticed(noticed) => noticed.heard(today)?,
            _ => return self.wrong(),
        }
        self.found()?;
        if self.evidence.is_empty() {
            return Err(CaseFault::Missing("案卷中没有证据，请先上传证据"));
        }
        Ok(())
    }

    /// Puts the measure before the leader.
    ///
    /// # Errors
    /// [`CaseFault`] while the holder can still speak, or findings or evidence are missing.
    pub fn propose(
        &mut self,
        by: Person,
        at: Moment,
        opinion: String,
        needs_notice: bool,
    ) -> Result<(), CaseFault> {
        self.may_propose(at.legal_date(), needs_notice)?;
        let noticed = match &self.stage {
            Stage::Noticed(noticed) => Some(noticed.clone()),
            _ => None,
        };
        self.stage = Stage::Proposed(Proposed {
            noticed,
            by,
            at,
            opinion,
        });
        Ok(())
    }

    /// The leader may decide: another person than the one who proposed.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn decidable_by(&self, by: &Person) -> Result<&Proposed, CaseFault> {
        let Stage::Proposed(proposed) = &self.stage else {
            return self.wrong();
        };
        let same = by.account.is_some() && by.account == proposed.by.account;
        if same || by.name == proposed.by.name {
            return Err(CaseFault::SamePerson);
        }
        Ok(proposed)
    }

    /// The leader decides for the measure.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn decide(
        &mut self,
        by: Person,
        at: Moment,
        opinion: String,
        paper: CasePaper,
    ) -> Result<(), CaseFault> {
        let proposed = self.decidable_by(&by)?.clone();
        self.stage = Stage::Decided(Decided {
            proposed,
            by,
            at,
            opinion,
            paper: paper.id,
        });
        self.papers.push(paper);
        Ok(())
    }

    /// The leader sends it back: to the holder's voice, or to the investigation.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn send_back(&mut self, by: &Person) -> Result<(), CaseFault> {
        let proposed = self.decidable_by(by)?.clone();
        self.stage = proposed.noticed.map_or(Stage::Investigating, Stage::Noticed);
        Ok(())
    }

    /// Whether the case can end without a decision.
    ///
    /// # Errors
    /// [`CaseFault::Stage`].
    pub fn may_close(&self) -> Result<(), CaseFault> {
        match self.stage {
            Stage::Decided(_) | Stage::Closed(_) => self.wrong(),
            _ => Ok(()),
        }
    }

    /// Ends the case without a decision.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn close(&mut self, by: Person, at: Moment, reason: String) -> Result<(), CaseFault> {
        self.may_close()?;
        self.stage = Stage::Closed(ClosedCase { by, at, reason });
        Ok(())
    }

    /// Why the next step is not open yet; `None` when it is, and when none is left to the investigators.
    pub fn waits_for(&self, today: LegalDate, needs_notice: bool) -> Option<CaseFault> {
        let in_the_making = |paper: &CasePaper| paper.service_due.is_some() && paper.file.is_none();
        if self.papers.iter().any(in_the_making) {
            return Some(CaseFault::Missing("文书正在制作，制成后才能送达"));
        }
        match &self.stage {
            Stage::Investigating if needs_notice => self.may_notify(true).err(),
            Stage::Investigating | Stage::Noticed(_) => self.may_propose(today, needs_notice).err(),
            Stage::Proposed(_) | Stage::Decided(_) | Stage::Closed(_) => None,
        }
    }

    /// Whether a paper waits for being served.
    pub fn unserved(&self) -> bool {
        self.papers.iter().any(|paper| paper.may_serve().is_ok())
    }

    /// Who may not take the next step: the proposer does not decide.
    pub fn not_by(&self) -> Option<AccountId> {
        match &self.stage {
            Stage::Proposed(proposed) => proposed.by.account,
            _ => None,
        }
    }

    /// A paper was served. A notice begins the days for the holder's voice.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn serve(
        &mut self,
        id: Uuid,
        served: Served,
        plea_until: LegalDate,
        hearing_until: LegalDate,
    ) -> Result<(), CaseFault> {
        let paper = self.papers.iter_mut().find(|paper| paper.id == id);
        let paper = paper.ok_or(CaseFault::Missing("案卷中没有这份文书"))?;
        paper.may_serve()?;
        if served.on < paper.at.legal_date() {
            return Err(CaseFault::Missing("送达日期不能早于文书日期"));
        }
        paper.served = Some(served);
        if let Stage::Noticed(noticed) = &mut self.stage
            && noticed.paper == id
        {
            noticed.plea_until = Some(plea_until);
            noticed.hearing_until = noticed.hearing_right.then_some(hearing_until);
        }
        Ok(())
    }
}

impl CasePaper {
    /// Whether it can be served: a paper for somebody, made, and not served before.
    ///
    /// # Errors
    /// [`CaseFault`].
    pub fn may_serve(&self) -> Result<(), CaseFault> {
        if self.service_due.is_none() {
            return Err(CaseFault::Missing("这份文书不需要送达"));
        }
        if self.served.is_some() {
            return Err(CaseFault::Done);
        }
        match self.file {
            Some(_) => Ok(()),
            None => Err(CaseFault::Missing("文书正在制作，制成后才能送达")),
        }
    }
}

impl StatementKind {
    /// All of them, in the order in which forms show them.
    pub const ALL: [Self; 3] = [Self::Plea, Self::HearingRequest, Self::Waiver];
}

impl Noticed {
    fn takes(&self, kind: StatementKind, on: LegalDate) -> Result<(), CaseFault> {
        if self.plea_until.is_none() {
            return Err(CaseFault::Missing("事先告知书尚未送达，请先登记送达"));
        }
        if kind == StatementKind::HearingRequest {
            if !self.hearing_right {
                return Err(CaseFault::Missing("此项决定依法不适用听证"));
            }
            if self.hearing_until.is_some_and(|until| on > until) {
                return Err(CaseFault::Missing("申请听证的期限已过"));
            }
        }
        Ok(())
    }

    /// Last day of the holder's days, once the notice was served.
    pub fn last_day(&self) -> Option<LegalDate> {
        let plea = self.plea_until?;
        Some(self.hearing_until.map_or(plea, |hearing| hearing.max(plea)))
    }

    /// Day on which the holder's voice was complete before its days were over: waived, or heard at the hearing.
    pub fn heard_on(&self) -> Option<LegalDate> {
        let waived = self
            .statements
            .iter()
            .find(|one| one.kind == StatementKind::Waiver);
        let heard = self.hearing.as_ref().map(|hearing| hearing.on);
        heard.or_else(|| waived.map(|one| one.on))
    }

    fn asked_for_hearing(&self) -> bool {
        self.statements
            .iter()
            .any(|one| one.kind == StatementKind::HearingRequest)
    }

    /// Whether the holder was heard: the days are over or were waived, and a hearing asked for was held.
    fn heard(&self, today: LegalDate) -> Result<(), CaseFault> {
        let Some(last) = self.last_day() else {
            return Err(CaseFault::Missing("事先告知书尚未送达，请先登记送达"));
        };
        if self.asked_for_hearing() && self.hearing.is_none() {
            return Err(CaseFault::Missing("当事人申请了听证，听证举行后才能报批"));
        }
        if self.heard_on().is_some() || today > last {
            Ok(())
        } else {
            Err(CaseFault::StillOpen(last.chinese()))
        }
    }
}
