//! Case files: evidence, notice, the holder's voice, proposal, decision, service.
//!
//! The decision, its paper and what it does to the licence are one transaction; the paper is signed afterwards by a
//! job, exactly as it was written.

mod decision;
mod investigation;
mod measures;
mod papers;
mod reading;
mod voice;

use bytes::Bytes;
use kernel::{
    Actor, Happened, KernelError, LegalDate, Permission, Work,
    ids::{EnterpriseId, LicenceId},
};
use serde_json::json;

use super::{Licences, LicencesError, Outcome};
use crate::{
    model::{CaseFile, CaseId, Facts, Measure},
    rules::{MeasureRule, SuspensionCase},
    store,
};

/// Kind of the job that signs a paper; payload `{"case": …, "paper": …}`.
pub(crate) const PAPER_JOB: &str = "licences.paper";

/// Largest piece of evidence, in megabytes.
pub(crate) const EVIDENCE_LIMIT_MB: u64 = 50;

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
        self.competent(actor, case.file.industry, permission)?;
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

    /// Saves the case as the last thing that is done in a work.
    async fn keep_case(&self, mut work: Work, case: CaseFile, happened: Happened) -> Outcome<CaseFile> {
        let case = self.save_case(&mut work, case, happened).await?;
        work.commit().await?;
        Ok(case)
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
