//! The record of a joint site check.

use std::collections::BTreeSet;

use super::{Desk, Values};
use crate::model::{Acknowledgement, Application, SiteCheckId};

pub(super) fn visit_values(app: &Application, id: SiteCheckId, desk: Desk<'_>, values: &mut Values) {
    let Some(check) = app.case().and_then(|case| case.site_check(id)) else {
        return;
    };
    values.rows.clear();
    values.set("visit_date", check.planned_on.chinese());
    values.set("visit_reason", &check.reason);
    values.set("visit_place", &app.dossier().applicant.address);
    let officers = check
        .officers
        .iter()
        .map(|one| format!("{}（执法证号{}）", one.name, one.card));
    values.set("visit_officers", officers.collect::<Vec<_>>().join("、"));
    let departments: BTreeSet<_> = check
        .officers
        .iter()
        .filter_map(|one| one.department.as_ref())
        .collect();
    let named = departments
        .into_iter()
        .map(|key| desk.city.short_name(key.as_str()));
    let named = named.collect::<Vec<_>>().join("、");
    values.set(
        "visit_departments",
        if named.is_empty() {
            desk.authority.short_name.clone()
        } else {
            named
        },
    );
    values.set("photo_count", check.photos.len().to_string());
    if let Some(conclusion) = &check.conclusion {
        values.set("visit_date", conclusion.on.chinese());
        values.set("visit_outcome", conclusion.outcome.label());
        values.set("review_conclusion", &conclusion.summary);
        let signature = match &conclusion.acknowledgement {
            Acknowledgement::Signed {
                name,
                position,
                remark,
            } if remark.trim().is_empty() => {
                format!("{name}（{position}）已核对记录并签字")
            }
            Acknowledgement::Signed {
                name,
                position,
                remark,
            } => {
                format!("{name}（{position}）已核对记录并签字，意见：{remark}")
            }
            Acknowledgement::Refused {
                name,
                reason,
                witness,
            } if witness.trim().is_empty() => {
                format!("{name}拒绝签字，情况：{reason}；由核查人员注明")
            }
            Acknowledgement::Refused {
                name,
                reason,
                witness,
            } => {
                format!("{name}拒绝签字，情况：{reason}；见证人：{witness}")
            }
        };
        values.set("visit_signature", signature);
    }
    for line in &check.lines {
        let result = line.result.as_ref();
        let text = result.map(|one| one.text.trim()).filter(|text| !text.is_empty());
        values.row([
            ("line", line.text.clone()),
            ("core", if line.core { "核心指标" } else { "一般项" }.to_owned()),
            (
                "result",
                result.map_or("未核查", |one| one.met.label()).to_owned(),
            ),
            ("finding", text.unwrap_or("无").to_owned()),
        ]);
    }
}
