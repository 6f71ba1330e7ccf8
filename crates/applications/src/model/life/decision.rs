//! The decision.

use kernel::Happened;
use matters::Definition;
use serde_json::json;

use super::{Outcome, done, needed};
use crate::{
    model::{command::Refusal, parts::*, states::*, *},
    rules,
};

impl Deciding {
    pub(super) fn undecided(dossier: Dossier, case: Case, first: Option<StageOpinion>) -> Self {
        Self {
            dossier,
            case,
            first,
            second: None,
        }
    }

    pub(in crate::model) fn grant(mut self, decision: Decision, terms: GrantTerms) -> Outcome {
        needed(&decision.reason, "reason", "请写明审查结论")?;
        match self.case.deferral.as_ref().map(|deferral| &deferral.commitment) {
            None | Some(Commitment::Kept { .. }) => {}
            Some(Commitment::Open) => {
                return Err(Refusal::Once(
                    "申请人承诺的容缺材料尚未补齐，不能作出准予许可的决定",
                ));
            }
            Some(Commitment::Broken { .. }) => {
                return Err(Refusal::Once("申请人没有履行容缺承诺，不能作出准予许可的决定"));
            }
        }
        let named = terms.scope.iter().any(|phrase| !phrase.trim().is_empty());
        // A licence that is there keeps its scope, even where an old register has none.
        if !named && self.dossier.licence.is_none() {
            return Err(Refusal::field("scope", "请填写许可范围"));
        }
        self.case.intake.close_stops(None, &decision.by, decision.at);
        let facts =
            json!({ "scope": terms.scope, "valid_from": terms.valid_from, "valid_to": terms.valid_to });
        let next = Granted {
            file: self,
            decision,
            terms,
            deemed: false,
            delivery: None,
        };
        done(
            Application::Granted(next),
            "application.granted",
            "准予许可",
            facts,
        )
    }

    pub(in crate::model) fn refuse(
        mut self,
        decision: Decision,
        terms: RefusalTerms,
        def: &Definition,
    ) -> Outcome {
        let faults = rules::refusal_faults(&decision, &terms, def);
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        self.case.intake.close_stops(None, &decision.by, decision.at);
        let unmet: Vec<_> = terms.unmet.iter().map(|one| one.condition.as_str()).collect();
        let facts = json!({ "unmet": unmet, "legal_basis": terms.legal_basis });
        let reason = decision.reason.clone();
        let next = Refused {
            file: self,
            decision,
            terms,
            delivery: None,
        };
        let happened = Happened::new("application.refused", "不予许可")
            .data(facts)
            .reason(reason);
        Ok((Application::Refused(next), happened))
    }
}
