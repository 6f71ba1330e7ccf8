//! What may follow upon a filing.

use kernel::{
    LegalDate, Moment,
    ids::{AccountId, ApplicationId},
};

use super::{
    Damage, Destruction, EmergencyUse, Exchange, Filing, FilingFault, FilingMatter, FollowUp, Handover, Loss,
    Recall, SelfCheck, Waiting, Witness, WorkElsewhere,
};
use crate::model::Issued;

impl Filing {
    /// Carries on.
    ///
    /// # Errors
    /// [`FilingFault`].
    pub fn follow(self, step: FollowUp) -> Result<Self, FilingFault> {
        let matter = match (self.matter, step) {
            (FilingMatter::Handover(one), FollowUp::Post(posted)) => FilingMatter::Handover(Handover {
                posted: Some(once(&one.posted, posted)?),
                ..one
            }),
            (FilingMatter::SelfCheck(one), FollowUp::BeginExchange { at, application }) => {
                let exchange = one.exchange.ok_or(FilingFault::Kind)?;
                FilingMatter::SelfCheck(SelfCheck {
                    exchange: Some(exchange.start(at, application)?),
                    ..one
                })
            }
            (FilingMatter::Damage(one), FollowUp::BeginExchange { at, application }) => {
                FilingMatter::Damage(Damage {
                    exchange: one.exchange.start(at, application)?,
                    ..one
                })
            }
            (FilingMatter::Damage(one), FollowUp::StandIn(licence)) => {
                if !one.disaster {
                    return Err(FilingFault::Before("只有灾害造成的损毁可以发放应急使用许可证"));
                }
                FilingMatter::Damage(Damage {
                    stand_in: Some(once(&one.stand_in, licence)?),
                    ..one
                })
            }
            (FilingMatter::Loss(one), FollowUp::Found(on)) => FilingMatter::Loss(Loss {
                found_on: Some(once(&one.found_on, on)?),
                ..one
            }),
            (FilingMatter::Recall(one), FollowUp::Return(returned)) => FilingMatter::Recall(Recall {
                returned: Some(once(&one.returned, returned)?),
                ..one
            }),
            (FilingMatter::Recall(one), FollowUp::Destroy(destruction)) => {
                if one.returned.is_none() {
                    return Err(FilingFault::Before("证书尚未收回登记，不能销毁"));
                }
                FilingMatter::Recall(Recall {
                    destruction: Some(once(&one.destruction, destruction)?),
                    ..one
                })
            }
            (FilingMatter::Recall(one), FollowUp::Witness(witness)) => {
                FilingMatter::Recall(one.watched(witness)?)
            }
            (FilingMatter::WorkElsewhere(one), FollowUp::Report(report)) => {
                FilingMatter::WorkElsewhere(WorkElsewhere {
                    report: Some(once(&one.report, report)?),
                    ..one
                })
            }
            (FilingMatter::EmergencyUse(one), FollowUp::Report(report)) => {
                FilingMatter::EmergencyUse(EmergencyUse {
                    report: Some(once(&one.report, report)?),
                    ..one
                })
            }
            _ => return Err(FilingFault::Kind),
        };
        Ok(Self {
            version: self.version + 1,
            matter,
            ..self
        })
    }

    /// The last day of what is still owed; `None` when nothing is.
    pub fn due(&self) -> Option<LegalDate> {
        match &self.matter {
            FilingMatter::Handover(one) => one.posted.is_none().then_some(one.posting_due),
            FilingMatter::SelfCheck(one) => one.exchange.as_ref().and_then(Exchange::open_until),
            FilingMatter::Damage(one) => one.exchange.open_until(),
            FilingMatter::Recall(one) => one.returned.is_none().then_some(one.due),
            FilingMatter::WorkElsewhere(one) => one.report.is_none().then_some(one.report_due),
            FilingMatter::EmergencyUse(one) => one.report.is_none().then_some(one.report_due),
            FilingMatter::Loss(_) | FilingMatter::AnnualReview(_) => None,
        }
    }

    /// What the authority has to do about it next.
    pub fn waits(&self) -> Option<Waiting> {
        match &self.matter {
            FilingMatter::Damage(one) if one.disaster && one.stand_in.is_none() => Some(Waiting::StandIn),
            FilingMatter::Recall(one) => match (&one.returned, &one.destruction) {
                (None, _) => Some(Waiting::Return),
                (Some(_), None) => Some(Waiting::Destruction),
                (Some(_), Some(done)) => done.witness.is_none().then_some(Waiting::Witness),
            },
            _ => None,
        }
    }

    /// Who may not take the next step: whoever took the one before, where two people have to act.
    pub fn not_by(&self) -> Option<AccountId> {
        match &self.matter {
            FilingMatter::Recall(Recall {
                destruction: Some(done),
                ..
            }) if done.witness.is_none() => done.by.account,
            _ => None,
        }
    }

    /// Whether the paper that was damaged is still the one in force: a later one needs no stand-in.
    ///
    /// # Errors
    /// [`FilingFault::Before`].
    pub fn needs_stand_in(&self, licence: &Issued) -> Result<(), FilingFault> {
        let later = |pressed: Moment| pressed > self.at;
        match &licence.certificate {
            Some(paper) if later(paper.pressed_at) => Err(FilingFault::Before(
                "损毁报告之后已经换发新证，不需要发放应急使用许可证",
            )),
            _ => Ok(()),
        }
    }

    /// What the holder can do once: a month, a year.
    pub fn once_key(&self) -> Option<String> {
        match &self.matter {
            FilingMatter::SelfCheck(one) => Some(one.month.clone()),
            FilingMatter::AnnualReview(one) => Some(one.year.to_string()),
            FilingMatter::Handover(one) => Some(one.revision.to_string()),
            FilingMatter::Recall(one) => Some(one.revision.to_string()),
            _ => None,
        }
    }

    /// First and last day of the public notice of a loss, unless the paper was found again.
    pub fn notice(&self) -> Option<(LegalDate, LegalDate)> {
        match &self.matter {
            FilingMatter::Loss(one) if one.found_on.is_none() => Some((one.notice_from, one.notice_until)),
            _ => None,
        }
    }

    /// Last day of the public notice of a loss.
    pub fn notice_until(&self) -> Option<LegalDate> {
        self.notice().map(|(_, until)| until)
    }
}

impl Exchange {
    fn start(self, at: Moment, application: Option<ApplicationId>) -> Result<Self, FilingFault> {
        Ok(Self {
            begun_at: Some(once(&self.begun_at, at)?),
            application,
            ..self
        })
    }

    fn open_until(&self) -> Option<LegalDate> {
        self.begun_at.is_none().then(|| self.due.legal_date())
    }
}

impl Recall {
    fn watched(self, witness: Witness) -> Result<Self, FilingFault> {
        let destruction = self
            .destruction
            .ok_or(FilingFault::Before("销毁人尚未登记销毁"))?;
        let same = destruction.by.account.is_some() && destruction.by.account == witness.by.account;
        if same || destruction.by.name == witness.by.name {
            return Err(FilingFault::SamePerson);
        }
        Ok(Self {
            destruction: Some(Destruction {
                witness: Some(once(&destruction.witness, witness)?),
                ..destruction
            }),
            ..self
        })
    }
}

/// What is done once.
pub(super) fn once<T>(before: &Option<T>, value: T) -> Result<T, FilingFault> {
    match before {
        None => Ok(value),
        Some(_) => Err(FilingFault::Done),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;
    use uuid::Uuid;

    use applications::model::Person;
    use kernel::ids::{EnterpriseId, LicenceId};

    use super::{
        super::{FilingId, Report, Returned},
        *,
    };

    fn person(name: &str, account: u128) -> Person {
        Person {
            account: Some(kernel::ids::AccountId(Uuid::from_u128(account))),
            name: name.into(),
        }
    }

    fn recall() -> Filing {
        Filing {
            id: FilingId(Uuid::nil()),
            version: 1,
            seq: 0,
            licence: LicenceId(Uuid::nil()),
            number: String::new(),
            enterprise: EnterpriseId(Uuid::nil()),
            holder: String::new(),
            region: "360121".parse().unwrap(),
            by: person("甲", 1),
            at: Moment(0),
            matter: FilingMatter::Recall(Recall {
                reason: "注销".into(),
                revision: 1,
                due: date!(2026 - 06 - 01).into(),
                returned: None,
                destruction: None,
            }),
        }
    }

    fn destroyed(filing: Filing) -> Result<Filing, FilingFault> {
        let by = person("甲", 1);
        filing.follow(FollowUp::Destroy(Destruction {
            method: "粉碎".into(),
            by,
            at: Moment(1),
            witness: None,
        }))
    }

    fn witnessed(filing: Filing, by: Person) -> Result<Filing, FilingFault> {
        filing.follow(FollowUp::Witness(Witness { by, at: Moment(2) }))
    }

    #[test]
    fn destruction_takes_a_return_and_two_people() {
        let filing = recall();
        assert_eq!(filing.due(), Some(date!(2026 - 06 - 01).into()));
        assert!(matches!(destroyed(filing.clone()), Err(FilingFault::Before(_))));
        let returned = FollowUp::Return(Returned {
            on: date!(2026 - 05 - 20).into(),
            papers: "正本1份、副本1份".into(),
            by: person("乙", 2),
        });
        let filing = filing.follow(returned.clone()).unwrap();
        assert_eq!(filing.due(), None);
        assert_eq!(filing.clone().follow(returned), Err(FilingFault::Done));
        assert!(matches!(
            witnessed(filing.clone(), person("乙", 2)),
            Err(FilingFault::Before(_))
        ));
        let filing = destroyed(filing).unwrap();
        assert_eq!(
            witnessed(filing.clone(), person("甲", 1)),
            Err(FilingFault::SamePerson)
        );
        assert_eq!(
            witnessed(filing.clone(), person("甲", 3)),
            Err(FilingFault::SamePerson)
        );
        let filing = witnessed(filing, person("乙", 2)).unwrap();
        assert_eq!(filing.version, 4);
        assert_eq!(witnessed(filing, person("丙", 3)), Err(FilingFault::Done));
    }

    #[test]
    fn a_step_of_another_kind_is_refused() {
        let report = FollowUp::Report(Report {
            on: date!(2026 - 05 - 20).into(),
            text: String::new(),
            by: person("甲", 1),
        });
        assert_eq!(recall().follow(report), Err(FilingFault::Kind));
    }
}
