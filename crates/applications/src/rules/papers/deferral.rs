//! Materials promised for later: the promise, and its breach.

use std::collections::BTreeSet;

use matters::Definition;

use super::{Desk, Values, clocks::date_words};
use crate::model::{Application, Commitment};
use crate::rules::deferral_due;

pub(super) fn promise_values(app: &Application, desk: Desk<'_>, values: &mut Values) {
    let promise = app.dossier().form.content.deferral.as_ref();
    let Some(promise) = promise else { return };
    values.set("deferred_materials", material_names(&promise.materials, desk.def));
    let due = format!("受理之日起{}", desk.def.deferral.due);
    values.set("deferral_deadline", format!("{due}届满"));
    values.set("signatory", &promise.signatory);
}

pub(super) fn breach_values(app: &Application, desk: Desk<'_>, values: &mut Values) {
    let Some(deferral) = app.case().and_then(|case| case.deferral.as_ref()) else {
        return;
    };
    values.set(
        "deferred_materials",
        material_names(&deferral.materials, desk.def),
    );
    if let Some(due) = deferral_due(app, desk.def, desk.watch) {
        values.set("deferral_deadline", date_words(due, "承诺的补交期限届满日"));
    }
    if let Commitment::Broken { reason, .. } = &deferral.commitment {
        values.set("reason", reason);
    }
    values.set("breach_consequence", &desk.def.deferral.breach);
    values.set("signatory", &deferral.signatory);
}

fn material_names(keys: &BTreeSet<matters::MaterialKey>, def: &Definition) -> String {
    let name = |key: &matters::MaterialKey| {
        def.material(key.as_str())
            .map_or_else(|| key.to_string(), |material| format!("“{}”", material.name))
    };
    keys.iter().map(name).collect::<Vec<_>>().join("、")
}
