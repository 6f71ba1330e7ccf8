//! What each state of a licence allows, and where it leads.

use kernel::LegalDate;

use super::{
    Command, Ended, Fault, Suspended,
    endings::{Cancellation, CancellationGround, Ending, Resumption, Standing, Suspension},
};
use crate::model::{
    Certificate, Facts, Issued, PastPaper, Prepared, Reserved, RevisionCause, Status, Voided,
};

impl Suspended {
    /// As the status and the public need it.
    pub fn standing(&self) -> Standing {
        Standing {
            status: Status::Suspended,
            since: self.suspension.from,
            until: Some(self.suspension.until),
            reason: self.suspension.order.reason.clone(),
            by: None,
        }
    }
}

impl Reserved {
    /// Publishes the licence under its signed files.
    pub fn issue(self, certificate: Certificate) -> Issued {
        Issued {
            facts: self.facts.next(),
            certificate: Some(certificate),
            pending: None,
        }
    }

    /// Gives the number up; it stays explained by the reason.
    pub fn void(self, reason: String) -> Voided {
        Voided {
            facts: self.facts.next(),
            reason,
        }
    }
}

impl Issued {
    /// Adds the signed files of a licence that was taken over without them.
    ///
    /// # Errors
    /// [`Fault::State`] when it has some.
    pub fn certify(self, certificate: Certificate) -> Result<Self, Fault> {
        if self.certificate.is_some() {
            return Err(Fault::State {
                state: "已有电子证照",
                act: "补制电子证照",
            });
        }
        Ok(Self {
            facts: self.facts.next(),
            certificate: Some(certificate),
            ..self
        })
    }

    /// Fixes what a further edition will say.
    ///
    /// # Errors
    /// [`Fault`] when another is being made, or the periods do not fit.
    pub fn prepare(self, prepared: Box<Prepared>) -> Result<Self, Fault> {
        self.refuse_temporary("换证")?;
        if self.pending.is_some() {
            return Err(Fault::Pending);
        }
        let (old, new) = (self.facts.validity, prepared.validity);
        match prepared.cause {
            RevisionCause::Renewal { .. } => {
                if new.from <= old.until || new.until < new.from {
                    return Err(Fault::Days("延期后的有效期应当在原有效期届满之后起算"));
                }
            }
            _ => {
                self.refuse_expired(prepared.on, "换证")?;
                if new != old {
                    return Err(Fault::Days("变更、换证和年度复核不改变有效期"));
                }
            }
        }
        Ok(Self {
            facts: self.facts.next(),
            pending: Some(prepared),
            ..self
        })
    }

    /// Gives the edition up that is being made.
    ///
    /// # Errors
    /// [`Fault::NothingPending`].
    pub fn give_up(self) -> Result<Self, Fault> {
        match self.pending {
            None => Err(Fault::NothingPending),
            Some(_) => Ok(Self {
                facts: self.facts.next(),
                certificate: self.certificate,
                pending: None,
            }),
        }
    }

    /// The edition that was fixed takes the place of the paper before.
    ///
    /// # Errors
    /// [`Fault::NothingPending`].
    pub fn revise(self, certificate: Certificate, on: LegalDate) -> Result<Self, Fault> {
        let prepared = *self.pending.ok_or(Fault::NothingPending)?;
        let mut facts = self.facts.next();
        facts.past.push(PastPaper {
            revision: facts.revision,
            identifier: facts.identifier,
            validity: facts.validity,
            certificate: self.certificate,
            replaced_on: on,
            usable_until: prepared.transition_until,
        });
        let joined = facts.validity.until.0.next_day() == Some(prepared.validity.from.0);
        if !joined && prepared.validity != facts.validity {
            facts.in_force_from = prepared.validity.from; // applied for too late: there was a gap
        }
        Ok(Self {
            facts: Facts {
                revision: facts.revision + 1,
                identifier: prepared.identifier,
                holder: prepared.holder,
                scope: prepared.scope,
                validity: prepared.validity,
                transition_until: prepared.transition_until,
                record: prepared.record,
                ..facts
            },
            certificate: Some(certificate),
            pending: None,
        })
    }

    /// 暂扣: only a licence whose validity is not over can be suspended.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn suspend(self, suspension: Suspension) -> Result<Suspended, Fault> {
        self.refuse_temporary("暂扣")?;
        self.refuse_expired(suspension.order.on, "暂扣")?;
        if suspension.until < suspension.from || suspension.from < suspension.order.on {
            return Err(Fault::Days("暂扣起始日不得早于决定日，截止日不得早于起始日"));
        }
        let held = Self {
            facts: self.facts.next(),
            ..self
        };
        Ok(Suspended { held, suspension })
    }

    /// 吊销, 撤销, 撤回, 注销 or 换发.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn end(self, ending: Ending) -> Result<Ended, Fault> {
        let on = ending.order().on;
        match &ending {
            Ending::Revoked(_) => self.refuse_expired(on, "吊销")?,
            Ending::Withdrawn(_) => self.refuse_expired(on, "撤回")?,
            Ending::Replaced(_) => self.refuse_expired(on, "补证")?,
            // What was granted unlawfully can be rescinded at any time.
            Ending::Rescinded(_) => {}
            Ending::Cancelled(one) => match one.ground {
                CancellationGround::Expired if on <= self.facts.validity.until => {
                    return Err(Fault::NotExpired(self.facts.validity.until.chinese()));
                }
                CancellationGround::PermitTaken => {
                    return Err(Fault::Days("许可未被撤销、撤回或者吊销，不能以此为由注销"));
                }
                _ => {}
            },
        }
        self.refuse_temporary(Command::End(ending.clone()).chinese())?;
        Ok(Ended {
            held: Self {
                facts: self.facts.next(),
                certificate: self.certificate,
                pending: None,
            },
            ending,
            deregistered: None,
        })
    }

    fn refuse_expired(&self, on: LegalDate, act: &'static str) -> Result<(), Fault> {
        if on > self.facts.validity.until {
            return Err(Fault::Expired(self.facts.validity.until.chinese(), act));
        }
        Ok(())
    }

    fn refuse_temporary(&self, act: &'static str) -> Result<(), Fault> {
        if self.facts.temporary_for.is_some() {
            return Err(Fault::Temporary(act));
        }
        Ok(())
    }
}

impl Suspended {
    /// 发还.
    ///
    /// # Errors
    /// [`Fault::Days`] before the suspension was decided.
    pub fn resume(self, resumption: &Resumption) -> Result<Issued, Fault> {
        if resumption.order.on < self.suspension.order.on {
            return Err(Fault::Days("发还日期不得早于暂扣决定日"));
        }
        Ok(Issued {
            facts: self.held.facts.next(),
            ..self.held
        })
    }

    pub(super) fn revise(self, certificate: Certificate, on: LegalDate) -> Result<Self, Fault> {
        Ok(Self {
            held: self.held.revise(certificate, on)?,
            ..self
        })
    }

    /// A suspension that leads to an ending; the lost paper of a suspended licence is not replaced.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn end(self, ending: Ending) -> Result<Ended, Fault> {
        if matches!(ending, Ending::Replaced(_)) {
            return Err(Fault::State {
                state: "暂扣",
                act: "补证",
            });
        }
        self.held.end(ending)
    }
}

impl Ended {
    /// 注销 of what was revoked, rescinded or withdrawn (行政许可法 art. 70 (4)).
    ///
    /// # Errors
    /// [`Fault`].
    pub fn deregister(self, cancellation: Cancellation) -> Result<Self, Fault> {
        let taken = matches!(
            self.ending,
            Ending::Revoked(_) | Ending::Rescinded(_) | Ending::Withdrawn(_)
        );
        if !taken || self.deregistered.is_some() {
            return Err(Fault::State {
                state: self.ending.status().chinese(),
                act: "注销",
            });
        }
        if cancellation.ground != CancellationGround::PermitTaken {
            return Err(Fault::Days("许可已被撤销、撤回或者吊销的，应当以该项理由注销"));
        }
        Ok(Self {
            held: Issued {
                facts: self.held.facts.next(),
                ..self.held
            },
            ending: self.ending,
            deregistered: Some(cancellation),
        })
    }
}
