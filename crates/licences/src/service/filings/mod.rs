//! Holding a licence: what is filed about it, and what is owed.

mod desk;
mod duties;
mod holder;
mod losses;
mod reading;

use applications::model::Person;
use codes::RegionCode;
use kernel::{
    Actor, FieldError, Happened, KernelError, LegalDate, Moment, Permission, Work,
    ids::{EnterpriseId, LicenceId},
};
use matters::Industry;
use serde_json::json;

use super::{Licences, LicencesError, Outcome};
use crate::{
    model::{Filing, FilingFault, FilingId, FilingMatter, FollowUp, Issued, Licence, Status},
    store,
};

/// Longest text of a filing.
const LONGEST: usize = 2000;

/// How a licence was handed over.
#[derive(Clone, Debug)]
pub struct NewHandover {
    /// Who took it.
    pub recipient: String,
    /// How the recipient proved to be entitled.
    pub identity: String,
    /// How it was handed over.
    pub method: String,
    /// Where.
    pub place: String,
}

/// A damaged paper.
#[derive(Clone, Debug)]
pub struct NewDamage {
    /// When it happened.
    pub happened_at: Moment,
    /// What happened.
    pub cause: String,
    /// By a disaster.
    pub disaster: bool,
}

/// Work outside the place of issue.
#[derive(Clone, Debug)]
pub struct NewWorkElsewhere {
    /// Place of work.
    pub region: RegionCode,
    /// The place.
    pub place: String,
    /// What is done there.
    pub project: String,
    /// Who answers for safety there.
    pub responsible: String,
    /// First day.
    pub from: LegalDate,
    /// Last day as planned.
    pub until: LegalDate,
}

/// A public notice of a loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicLoss {
    /// Order of entry.
    pub seq: i64,
    /// Number of the lost licence.
    pub number: String,
    /// Its holder.
    pub holder: String,
    /// First day of the notice.
    pub from: LegalDate,
    /// Last day of the notice.
    pub until: LegalDate,
}

/// Which filings are listed.
#[derive(Clone, Debug, Default)]
pub struct FilingsWanted {
    /// Of one licence.
    pub licence: Option<LicenceId>,
    /// Of one enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// Of one kind.
    pub kind: Option<String>,
    /// Something is still owed.
    pub open: bool,
    /// Something is the actor's to do, as an officer.
    pub waits: bool,
    /// Part of the holder's name, of the number or of the code; two characters at least.
    pub text: Option<String>,
}

pub(super) fn person(actor: &Actor) -> Person {
    Person {
        account: actor.account,
        name: actor.name.clone(),
    }
}

/// Texts that must say something and fit.
pub(super) fn texts<const N: usize>(fields: [(&str, &str, &str); N]) -> Outcome<()> {
    let fault = |field: &str, name: &str, text: &str| match text.trim().chars().count() {
        0 => Some(FieldError::new(field, format!("请填写{name}"))),
        n if n > LONGEST => Some(FieldError::new(
            field,
            format!("{name}不得超过{LONGEST}字，请精简"),
        )),
        _ => None,
    };
    let faults: Vec<_> = fields
        .into_iter()
        .filter_map(|(field, name, text)| fault(field, name, text))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(LicencesError::Invalid(faults))
    }
}

fn invalid(field: &str, message: impl Into<String>) -> LicencesError {
    LicencesError::Invalid(vec![FieldError::new(field, message)])
}

impl Licences {
    /// Opens a work on a licence that the actor reaches.
    pub(super) async fn open(
        &self,
        actor: &Actor,
        id: LicenceId,
        permission: Permission,
    ) -> Outcome<(Work, Licence)> {
        actor.require(permission)?;
        let work = self.inner.kernel.begin(actor).await?;
        let licence = self.loaded(&work, id).await?;
        let facts = licence.facts();
        if !actor
            .scope
            .covers(facts.holder.region.as_str(), Some(facts.enterprise.into()))
        {
            return Err(LicencesError::NotFound);
        }
        self.competent(actor, facts.industry, permission)?;
        Ok((work, licence))
    }

    /// Refuses an officer whose department did not issue the licence.
    pub(super) fn competent(&self, actor: &Actor, industry: Industry, permission: Permission) -> Outcome<()> {
        if self.inner.competence.is_own(actor, industry, permission) {
            return Ok(());
        }
        let authority = self.inner.numbering.authority(industry)?;
        Err(LicencesError::NotCompetent(authority.name.clone()))
    }

    /// A licence that somebody holds: published and not ended.
    fn held<'a>(&self, licence: &'a Licence, act: &'static str) -> Outcome<&'a Issued> {
        match licence {
            Licence::Issued(issued) => Ok(issued),
            Licence::Suspended(one) => Ok(&one.held),
            other => Err(LicencesError::Fault(crate::model::Fault::State {
                state: other.chinese(),
                act,
            })),
        }
    }

    /// A licence whose paper is looked at every month: also while it is suspended, not after its last day.
    pub(super) fn checked_monthly(&self, licence: &Licence) -> Outcome<()> {
        let held = self.held(licence, "自查")?;
        if self.today() <= held.facts.validity.until {
            return Ok(());
        }
        Err(LicencesError::Fault(crate::model::Fault::State {
            state: Status::Expired.chinese(),
            act: "自查",
        }))
    }

    /// A licence under which the holder may work today.
    fn in_force<'a>(&self, licence: &'a Licence, act: &'static str) -> Outcome<&'a Issued> {
        let status = self.status_today(licence);
        match (licence, status) {
            (Licence::Issued(issued), Some(status)) if status.in_force() => Ok(issued),
            // Decided, but its first day is still to come.
            (Licence::Suspended(one), Some(status)) if status.in_force() => Ok(&one.held),
            (_, status) => Err(LicencesError::Fault(crate::model::Fault::State {
                state: status.map_or_else(|| licence.chinese(), Status::chinese),
                act,
            })),
        }
    }

    /// A stand-in is for a licence in force whose paper is still the damaged one.
    fn may_stand_in(&self, filing: &Filing, licence: &Licence) -> Outcome<()> {
        let issued = self.in_force(licence, "发放应急使用许可证")?;
        Ok(filing.needs_stand_in(issued)?)
    }

    async fn enter_filing(
        &self,
        work: &mut Work,
        licence: &Licence,
        matter: FilingMatter,
    ) -> Outcome<Filing> {
        let facts = licence.facts();
        let filing = Filing {
            id: FilingId(work.next_id()),
            version: 1,
            seq: store::filing_key(work).await?,
            licence: facts.id,
            number: facts.number.to_string(),
            enterprise: facts.enterprise,
            holder: facts.holder.name.clone(),
            region: facts.holder.region.clone(),
            by: person(work.actor()),
            at: work.now(),
            matter,
        };
        let row = match store::insert_filing(work, &filing).await {
            Err(error) if error.is_duplicate() => return Err(LicencesError::Filing(FilingFault::Done)),
            outcome => outcome?,
        };
        let data = json!({ "licence": facts.id, "number": filing.number, "filing": filing.matter });
        let kind = match &filing.matter {
            FilingMatter::Handover(_) => "licence_filing.handed_over",
            FilingMatter::SelfCheck(_) => "licence_filing.self_checked",
            FilingMatter::Damage(_) => "licence_filing.damage_reported",
            FilingMatter::Loss(_) => "licence_filing.loss_declared",
            FilingMatter::Recall(_) => "licence_filing.recalled",
            FilingMatter::WorkElsewhere(_) => "licence_filing.work_elsewhere_filed",
            FilingMatter::EmergencyUse(_) => "licence_filing.emergency_use_filed",
            FilingMatter::AnnualReview(_) => "licence_filing.annually_reviewed",
        };
        work.record(&row, Happened::new(kind, filing.matter.title()).data(data))?;
        Ok(filing)
    }

    async fn submit(
        &self,
        actor: &Actor,
        id: LicenceId,
        permission: Permission,
        make: impl FnOnce(&Self, &Work, &Licence) -> Outcome<FilingMatter>,
    ) -> Outcome<Filing> {
        let (mut work, licence) = self.open(actor, id, permission).await?;
        let matter = make(self, &work, &licence)?;
        let filing = self.enter_filing(&mut work, &licence, matter).await?;
        work.commit().await?;
        Ok(filing)
    }

    /// Loads a filing for an act in its version, with the licence that it is about.
    async fn filing_for(
        &self,
        actor: &Actor,
        id: FilingId,
        version: i64,
        permission: Permission,
    ) -> Outcome<(Work, Filing, Licence)> {
        actor.require(permission)?;
        let work = self.inner.kernel.begin(actor).await?;
        let filing = store::load_filing(&work, id)
            .await?
            .ok_or(LicencesError::FilingNotFound)?;
        let licence = self.loaded(&work, filing.licence).await?;
        self.competent(actor, licence.facts().industry, permission)?;
        if filing.version == version {
            Ok((work, filing, licence))
        } else {
            Err(KernelError::Stale {
                subject: "licence_filing",
            }
            .into())
        }
    }

    async fn follow(
        &self,
        actor: &Actor,
        id: FilingId,
        version: i64,
        permission: Permission,
        step: impl FnOnce(&Work) -> FollowUp,
    ) -> Outcome<Filing> {
        let (mut work, filing, _) = self.filing_for(actor, id, version, permission).await?;
        let step = step(&work);
        let filing = self.carry_on(&mut work, filing, step).await?;
        work.commit().await?;
        Ok(filing)
    }

    async fn carry_on(&self, work: &mut Work, filing: Filing, step: FollowUp) -> Outcome<Filing> {
        let (kind, title) = (step.kind(), step.title());
        let filing = filing.follow(step)?;
        let row = store::update_filing(work, &filing).await?;
        let data = json!({ "licence": filing.licence, "number": filing.number, "filing": filing.matter });
        work.record(&row, Happened::new(kind, title).data(data))?;
        Ok(filing)
    }
}
