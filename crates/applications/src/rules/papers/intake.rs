//! From the receipt to a refusal to accept: materials received, what has to be corrected.

use matters::Definition;

use super::{Desk, Values, clocks::date_words};
use crate::model::{Application, CorrectionTarget, Dossier};
use crate::rules::is_online_form;

pub(super) fn material_rows(dossier: &Dossier, def: &Definition, values: &mut Values) {
    for material in &def.materials {
        let count = dossier.files_of(&material.key).count();
        let (count, form) = match (is_online_form(material), count) {
            (true, _) => ("1".to_owned(), "在线填写"),
            (false, 0) => continue,
            (false, count) => (count.to_string(), "电子文件"),
        };
        values.row([
            ("name", material.name.clone()),
            ("count", count),
            ("form", form.to_owned()),
        ]);
    }
}

pub(super) fn correction_values(app: &Application, desk: Desk<'_>, values: &mut Values) {
    let Some(notice) = app.open_notice() else { return };
    if let Some(view) = desk.watch.clock(app, desk.def, matters::CORRECTION_PERIOD) {
        let period = format!("自告知次日起{}届满日", view.term);
        values.set("correction_deadline", date_words(view.due, &period));
    }
    for item in &notice.items {
        values.row([
            ("name", item.name.clone()),
            ("problem", item.problem.clone()),
            ("requirement", item.requirement.clone()),
        ]);
    }
}

pub(super) fn refused_acceptance_values(app: &Application, values: &mut Values) {
    let Application::NotAccepted(refused) = app else {
        return;
    };
    values.set("reason", &refused.decision.reason);
    values.set("legal_basis", &refused.decision.legal_basis);
    if let Some(other) = &refused.decision.competent_authority {
        values.set("competent_authority", other);
    }
}

/// Name of what a correction concerns.
pub fn target_name(target: &CorrectionTarget, def: &Definition) -> String {
    match target {
        CorrectionTarget::Form => "申请表".to_owned(),
        CorrectionTarget::Material(key) => def
            .material(key.as_str())
            .map_or_else(|| key.to_string(), |material| material.name.clone()),
    }
}
