//! The decision: what is granted, or why it is refused.

use matters::Definition;

use super::Values;
use crate::model::{Application, UnmetCondition};

/// Stands for the number of a first licence, which is given after the decision.
pub(super) const NUMBER_FOLLOWS: &str = "以颁发的许可证载明的编号为准";

pub(super) fn grant_values(app: &Application, values: &mut Values) {
    let Application::Granted(granted) = app else {
        return;
    };
    if granted.file.dossier.licence.is_none() {
        values.set("licence_number", NUMBER_FOLLOWS);
    }
    values.set("licence_scope", granted.terms.scope.join("；"));
    values.set("valid_from", granted.terms.valid_from.chinese());
    values.set("valid_to", granted.terms.valid_to.chinese());
    values.set("review_conclusion", &granted.decision.reason);
}

pub(super) fn refusal_values(app: &Application, def: &Definition, values: &mut Values) {
    values.rows.clear();
    let Application::Refused(refused) = app else {
        return;
    };
    values.set("reason", &refused.decision.reason);
    values.set("legal_basis", &refused.terms.legal_basis);
    for one in &refused.terms.unmet {
        values.row(unmet_row(one, def, one.finding.clone()));
    }
}

pub(super) fn unmet_row(
    one: &UnmetCondition,
    def: &Definition,
    finding: String,
) -> [(&'static str, String); 3] {
    let condition = def.condition(one.condition.as_str());
    let clauses: Vec<_> = condition
        .into_iter()
        .flat_map(|known| &known.basis)
        .map(|clause| def.cite(clause))
        .collect();
    let text = condition.map_or_else(|| one.condition.to_string(), |known| known.text.clone());
    [
        ("condition", text),
        ("finding", finding),
        ("clause", clauses.join("、")),
    ]
}
