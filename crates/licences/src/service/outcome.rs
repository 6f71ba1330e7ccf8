//! What a grant leads to: a licence, a further edition, a number that continues a lost one, or an end.
//!
//! The crash order is that of issuing: what will be signed is fixed with the licence and the application in one
//! transaction, signed outside of any, and takes effect in another. Coming again changes nothing.

use codes::{LicenceIdentifier, LicenceNumber};
use kernel::{KernelError, LegalDate, NewJob, Work, ids::ApplicationId, ids::LicenceId};
use serde::Serialize;
use serde_json::json;

use super::{
    Licences, LicencesError, Outcome,
    issue::{changed_keys, issuer, keep},
};
use crate::{
    model::{
        Amendment, Cancellation, CancellationGround, Command, Ended, Ending, Facts, Grant, Issued, Licence,
        LossOrDamage, Order, Period, Prepared, Purpose, Replacement, RevisionCause, Source, Suspended,
    },
    rules::{self, Content, Given},
    store,
};

/// What became of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fulfilled {
    /// The licence as it stands after it.
    Licence(Box<Licence>),
    /// A loss has to be made public first; the issue goes on by itself after this day.
    Waiting(LegalDate),
}

/// Payload of the jobs that hear of a further edition or an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Again {
    application: ApplicationId,
}

impl Licences {
    /// Gives a grant its effect, or finishes what was begun.
    ///
    /// # Errors
    /// [`LicencesError`] of any step; what was done before stays and is taken up again.
    pub async fn fulfil(&self, application: ApplicationId) -> Outcome<Fulfilled> {
        let licence = match self.begin_grant(application).await? {
            Fulfilled::Licence(licence) => *licence,
            waiting @ Fulfilled::Waiting(_) => return Ok(waiting),
        };
        let done = match licence {
            Licence::Voided(_) => return Err(LicencesError::NotReserved("voided")),
            Licence::Reserved(reserved) => {
                let pair = self.press(&reserved).await?;
                Licence::Issued(self.conclude(reserved.facts.id, pair).await?)
            }
            Licence::Issued(held) | Licence::Suspended(Suspended { held, .. })
                if held
                    .pending
                    .as_ref()
                    .is_some_and(|one| one.application == Some(application)) =>
            {
                self.finish_edition(held).await?
            }
            other => other,
        };
        Ok(Fulfilled::Licence(Box::new(done)))
    }

    /// The licence that an application led to, fixed now if it was not.
    pub(super) async fn begin_grant(&self, application: ApplicationId) -> Outcome<Fulfilled> {
        let db = self.inner.kernel.db();
        if let Some(known) = store::of_application(db.read(), application).await? {
            return Ok(Fulfilled::Licence(Box::new(known)));
        }
        let grant = self
            .inner
            .grants
            .grant(application)
            .await
            .map_err(LicencesError::Grant)?;
        match self.fix(grant).await {
            // Another worker was faster; what we wrote went back with the transaction.
            Err(LicencesError::Kernel(error)) if error.is_duplicate() => {
                let known = store::of_application(db.read(), application).await?;
                Ok(Fulfilled::Licence(Box::new(
                    known.ok_or(LicencesError::NotFound)?,
                )))
            }
            outcome => outcome,
        }
    }

    async fn fix(&self, grant: Grant) -> Outcome<Fulfilled> {
        let licence = match grant.purpose.clone() {
            Purpose::FirstIssue => self.reserve_new(grant).await?,
            Purpose::Replacement {
                licence,
                cause: LossOrDamage::Lost,
            } => return self.continue_lost(grant, licence).await,
            Purpose::Renewal { licence, .. }
            | Purpose::Change { licence, .. }
            | Purpose::Replacement { licence, .. } => self.revise(grant, licence).await?,
            Purpose::Deregistration {
                licence,
                ground,
                reason,
            } => self.deregister(grant, licence, ground, reason).await?,
        };
        Ok(Fulfilled::Licence(Box::new(licence)))
    }

    async fn revise(&self, grant: Grant, id: LicenceId) -> Outcome<Licence> {
        let work = self.inner.kernel.begin(&issuer()).await?;
        let old = self.loaded(&work, id).await?;
        let content = self.edition_of(grant, old.facts())?;
        self.prepare_edition(work, old, content).await
    }

    /// What the edition of a licence will say that a grant leads to.
    pub(super) fn edition_of(&self, grant: Grant, old: &Facts) -> Outcome<Content> {
        match grant.purpose.clone() {
            Purpose::Renewal { deemed, .. } => self.renewed(grant, old, deemed),
            Purpose::Change { amendments, .. } => self.changed(grant, old, amendments),
            _ => Ok(reprinted(&grant, old)),
        }
    }

    fn renewed(&self, grant: Grant, old: &Facts, deemed: bool) -> Outcome<Content> {
        Ok(Content {
            cause: RevisionCause::Renewal { deemed },
            application: Some(grant.application),
            on: grant.decided_on,
            scope: scope_of(&grant, old),
            validity: self.renewed_period(&grant, old, deemed)?,
            // The paper before is used until its own last day.
            transition_until: Some(old.validity.until).filter(|until| grant.decided_on <= *until),
            holder: grant.holder,
        })
    }

    /// Joined to the old period; a decision may grant less than the matter's validity, never more.
    fn renewed_period(&self, grant: &Grant, old: &Facts, deemed: bool) -> Outcome<Period> {
        let latest = self
            .inner
            .periods
            .late_renewal
            .after(old.validity.until, &self.inner.calendar);
        if grant.decided_on > latest {
            let fault = format!(
                "decided on {}, the licence expired on {}",
                grant.decided_on, old.validity.until
            );
            return Err(LicencesError::Validity(fault));
        }
        if grant.validity.from > old.validity.until {
            self.check_validity(grant)?;
            return Ok(grant.validity);
        }
        let from = rules::renewal_from(old.validity, grant.decided_on, deemed);
        let matter = self.inner.catalogue.get(grant.matter, grant.matter_version);
        let until = matter.and_then(|matter| rules::valid_until(from.0, &matter.licence.validity));
        let until = until.ok_or_else(|| LicencesError::Validity(grant.matter.to_string()))?;
        Ok(Period {
            from,
            until: LegalDate(until),
        })
    }

    /// `asked` are the changes applied for; they stand when the licence says all of it already.
    fn changed(&self, grant: Grant, old: &Facts, asked: Vec<Amendment>) -> Outcome<Content> {
        let scope = scope_of(&grant, old);
        let found = rules::amendments(old, &grant.holder, &scope);
        let amendments = if found.is_empty() { asked } else { found };
        Ok(Content {
            cause: RevisionCause::Change { amendments },
            application: Some(grant.application),
            on: grant.decided_on,
            holder: grant.holder,
            scope,
            validity: old.validity,
            transition_until: Some(self.transition_from(grant.decided_on)?),
        })
    }

    /// Last day on which the paper before may be used.
    pub(super) fn transition_from(&self, on: LegalDate) -> Outcome<LegalDate> {
        Ok(self.inner.periods.transition.after(on, &self.inner.calendar))
    }

    pub(super) async fn loaded(&self, work: &Work, id: LicenceId) -> Outcome<Licence> {
        store::load(work, id).await?.ok_or(LicencesError::NotFound)
    }

    /// Fixes an edition with the licence, and its application so that it has its effect once.
    pub(super) async fn prepare_edition(
        &self,
        mut work: Work,
        old: Licence,
        content: Content,
    ) -> Outcome<Licence> {
        let purpose = match content.cause {
            RevisionCause::Renewal { .. } => "renewal",
            RevisionCause::Reprint { .. } => "replacement",
            RevisionCause::Change { .. } | RevisionCause::Review { .. } => "change",
        };
        if let Some(application) = content.application {
            store::enter_outcome(&work, application, old.facts().id, purpose).await?;
        }
        let prepared = rules::prepare(old.facts(), content)?;
        let licence = self
            .act(&mut work, old, Command::Prepare(Box::new(prepared)))
            .await?;
        work.commit().await?;
        Ok(licence)
    }

    /// Signs the edition that was fixed and lets it take effect.
    ///
    /// # Errors
    /// [`LicencesError`]; taken up again it comes to the same end.
    pub async fn finish_edition(&self, held: Issued) -> Outcome<Licence> {
        let Some(prepared) = held.pending else {
            return Ok(Licence::Issued(held));
        };
        let pair = self.press_record(&prepared.record).await?;
        let mut work = self.inner.kernel.begin(&issuer()).await?;
        let current = self.loaded(&work, held.facts.id).await?;
        if !is_pending(&current, &prepared) {
            return Ok(current); // another worker was faster, or the licence ended meanwhile
        }
        let certificate = keep(&work, pair).await?;
        let on = work.now().legal_date();
        let licence = self
            .act(&mut work, current.clone(), Command::Revise { certificate, on })
            .await?;
        self.tell_followers(&mut work, &licence, prepared.application)?;
        self.ask_back(&mut work, &licence).await?;
        let keys: Vec<String> = [&current, &licence].into_iter().flat_map(changed_keys).collect();
        let _changing = self.inner.answers.changing(keys.iter().map(String::as_str));
        work.commit().await?;
        Ok(licence)
    }

    /// 遗失补证: once the loss was public for its days, the number goes on with a suffix.
    async fn continue_lost(&self, grant: Grant, id: LicenceId) -> Outcome<Fulfilled> {
        let mut work = self.inner.kernel.begin(&issuer()).await?;
        let old = self.loaded(&work, id).await?;
        if let Some(last) = self.notice_of_loss(&mut work, &old, &grant).await? {
            let again = NewJob::new(
                crate::ISSUE_JOB,
                &Again {
                    application: grant.application,
                },
            )?;
            let next = last.0.next_day().map_or(last, LegalDate);
            work.enqueue(
                again
                    .once(format!("{}:{next}", grant.application))
                    .at(next.midnight()),
            );
            work.commit().await?;
            return Ok(Fulfilled::Waiting(last));
        }
        // Refused now rather than after a number was taken.
        let (number, identifier) = continued(old.facts())?;
        old.clone().act(Command::End(replaced(
            grant.decided_on,
            &grant,
            number.to_string(),
        )))?;
        let given = self.given(&work, number, identifier).await?;
        let reserved = rules::replacement(old.facts(), given, granted(&grant), grant.decided_on)?;
        let licence = Licence::Reserved(reserved);
        self.enter_reserved(&mut work, &licence).await?;
        work.commit().await?;
        Ok(Fulfilled::Licence(Box::new(licence)))
    }

    /// Row key and identifier for a number that continues another.
    pub(super) async fn given(
        &self,
        work: &Work,
        number: LicenceNumber,
        identifier: LicenceIdentifier,
    ) -> Outcome<Given> {
        let seq = store::keys(work, 1).await?.into_iter().next();
        Ok(Given {
            id: LicenceId(work.next_id()),
            seq: seq.ok_or_else(|| KernelError::Corrupt("no row key".into()))?,
            number,
            identifier,
            at: work.now(),
        })
    }

    /// Saves a reservation with its event.
    pub(super) async fn enter_reserved(&self, work: &mut Work, licence: &Licence) -> Outcome<()> {
        let row = store::insert(work, licence).await?;
        let facts = json!({ "number": row.number, "identifier": row.identifier, "reference": row.reference });
        work.record(
            &row,
            kernel::Happened::new("licence.reserved", "编定许可证编号").data(facts),
        )?;
        Ok(())
    }

    /// In the transaction in which a replacement is published, the lost licence ends. If it cannot, because it was
    /// revoked meanwhile, the new number is given up.
    pub(super) async fn end_replaced(&self, work: &mut Work, issued: &Issued) -> Outcome<Option<Licence>> {
        let Some(id) = issued.facts.replaces else {
            return Ok(None);
        };
        let old = self.loaded(work, id).await?;
        let order = Order {
            on: work.now().legal_date(),
            document: String::new(),
            reason: "证书遗失，原证作废".to_owned(),
            case: None,
            application: match &issued.facts.source {
                Source::Granted { application, .. } => Some(*application),
                Source::Imported | Source::StandIn => None,
            },
        };
        let by = issued.facts.number.to_string();
        let ending = Ending::Replaced(Replacement { order, by });
        Ok(Some(self.act(work, old, Command::End(ending)).await?))
    }

    /// 注销 at the holder's request (行政许可法 art. 70 (6)).
    async fn deregister(
        &self,
        grant: Grant,
        id: LicenceId,
        ground: CancellationGround,
        reason: String,
    ) -> Outcome<Licence> {
        let mut work = self.inner.kernel.begin(&issuer()).await?;
        let old = self.loaded(&work, id).await?;
        store::enter_outcome(&work, grant.application, id, "deregistration").await?;
        let order = Order {
            on: grant.decided_on,
            document: grant.reference.clone(),
            reason,
            case: None,
            application: Some(grant.application),
        };
        let cancellation = Cancellation { order, ground };
        let ending = Command::End(Ending::Cancelled(cancellation));
        let licence = self.act(&mut work, old, ending).await?;
        self.ask_back(&mut work, &licence).await?;
        let keys = changed_keys(&licence);
        let _changing = self.inner.answers.changing(keys.iter().map(String::as_str));
        work.commit().await?;
        Ok(licence)
    }
}

/// 损毁换证: the same content on a new paper.
fn reprinted(grant: &Grant, old: &Facts) -> Content {
    Content {
        cause: RevisionCause::Reprint {
            reason: "证书损毁".to_owned(),
        },
        application: Some(grant.application),
        on: grant.decided_on,
        holder: old.holder.clone(),
        scope: old.scope.clone(),
        validity: old.validity,
        transition_until: None,
    }
}

/// An application for a change or renewal may name no scope: then it stays.
fn scope_of(grant: &Grant, facts: &Facts) -> Vec<String> {
    if grant.scope.iter().all(|line| line.trim().is_empty()) {
        facts.scope.clone()
    } else {
        grant.scope.clone()
    }
}

/// Number and identifier that go on after a loss.
pub(super) fn continued(old: &Facts) -> Outcome<(LicenceNumber, LicenceIdentifier)> {
    let number = old.number.replacement().map_err(rules::NumberingError::from)?;
    let identifier = old
        .identifier
        .next_version()
        .map_err(rules::NumberingError::from)?;
    Ok((number, identifier))
}

/// The grant as what a licence comes from.
pub(super) fn granted(grant: &Grant) -> Source {
    Source::Granted {
        application: grant.application,
        reference: grant.reference.clone(),
        matter: grant.matter,
        matter_version: grant.matter_version,
    }
}

fn replaced(on: LegalDate, grant: &Grant, by: String) -> Ending {
    Ending::Replaced(Replacement {
        order: Order {
            on,
            document: String::new(),
            reason: String::new(),
            case: None,
            application: Some(grant.application),
        },
        by,
    })
}

fn is_pending(licence: &Licence, prepared: &Prepared) -> bool {
    let live = !matches!(licence, Licence::Ended(Ended { .. }));
    let pending = licence.issued().and_then(|issued| issued.pending.as_deref());
    live && pending == Some(prepared)
}
