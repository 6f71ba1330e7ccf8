//! Which measures a licence allows, and what each does to it.

use kernel::{Actor, FieldError, LegalDate, Permission};

use crate::{
    model::{
        Cancellation, CancellationGround, Command, Ending, Licence, Measure, Order, Rescission,
        RescissionGround, Resumption, Revocation, Suspension, Withdrawal,
    },
    service::{Licences, LicencesError, Outcome, filings::texts},
};

pub(super) fn measure_fault(message: impl Into<String>) -> LicencesError {
    LicencesError::Invalid(vec![FieldError::new("measure", message)])
}

impl Licences {
    /// Whether the licence would allow the measure if it were decided today.
    pub(super) fn check_measure(
        &self,
        licence: &Licence,
        measure: &Measure,
        today: LegalDate,
    ) -> Outcome<()> {
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

    /// What the actor may do with a licence now, beyond its certificate.
    pub(crate) fn life_actions(&self, actor: &Actor, licence: &Licence) -> Vec<&'static str> {
        let mut actions = Vec::new();
        let industry = licence.facts().industry;
        let may = |permission| self.inner.competence.allows(actor, industry, permission);
        let in_force = matches!(licence, Licence::Issued(_))
            && self.status_today(licence).is_some_and(crate::Status::in_force);
        let is_made = licence
            .issued()
            .is_some_and(|issued| issued.certificate.is_some());
        if in_force && is_made && may(Permission::LicencesDeliver) {
            actions.push("hand_over");
        }
        if may(Permission::LicencesHold) && self.checked_monthly(licence).is_ok() {
            actions.push("self_check");
        }
        if in_force && may(Permission::LicencesHold) {
            actions.extend([
                "report_damage",
                "declare_loss",
                "file_work_elsewhere",
                "file_emergency_use",
            ]);
        }
        if may(Permission::LicencesSupervise) {
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
pub(super) fn command(licence: &Licence, measure: &Measure, order: Order) -> Command {
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

pub(super) fn rule_title(measure: &Measure) -> &'static str {
    match measure {
        Measure::Suspension { .. } => "决定暂扣",
        Measure::Resumption { .. } => "决定发还",
        Measure::Revocation => "决定吊销",
        Measure::Rescission { .. } => "决定撤销",
        Measure::Withdrawal { .. } => "决定撤回",
        Measure::Cancellation { .. } => "决定注销",
    }
}
