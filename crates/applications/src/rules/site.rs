//! Decisions about joint site checks and about materials that follow later.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{FieldError, LegalDate};
use matters::{ConditionKey, Deferrable, Definition, DepartmentKey, SiteNeed};

use super::{Due, Gap, Period, Watch, concerns_facets};
use crate::model::{
    Acknowledgement, Application, Case, Commitment, Deferral, Dossier, Form, Met, ReviewResult, SiteCheck,
    SiteLine, SiteOfficer, Subject,
};

/// The one checklist of all departments for what is asked for.
pub fn checklist(def: &Definition, subject: &Subject) -> Vec<SiteLine> {
    let facets = subject.facets();
    let conditions = def.conditions.iter();
    conditions
        .filter(|condition| concerns_facets(&condition.only_for, &facets))
        .filter_map(|condition| {
            let on_site = condition.on_site.as_ref()?;
            Some(SiteLine {
                condition: condition.key.clone(),
                text: on_site.text.clone(),
                core: on_site.core,
                result: None,
            })
        })
        .collect()
}

/// Whether a site check can be ordered: the matter knows one, and there is something to look at.
pub fn can_be_checked(def: &Definition, subject: &Subject) -> bool {
    def.site_check.need != SiteNeed::Never && !checklist(def, subject).is_empty()
}

/// Faults of an order: day, reason, and at least as many different officers as the matter asks for.
pub fn order_faults(check: &SiteCheck, def: &Definition, today: LegalDate) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if check.reason.trim().is_empty() {
        faults.push(FieldError::new("reason", "请写明需要现场核实的内容和理由"));
    }
    if check.planned_on < today {
        faults.push(FieldError::new("planned_on", "核查日期不能早于今天"));
    }
    let different: BTreeSet<_> = check.officers.iter().map(|officer| officer.account).collect();
    let fewest = def.site_check.min_officers as usize;
    if different.len() < fewest {
        let message = format!("现场核查应当由 {fewest} 名以上执法人员进行，请补充核查人员");
        faults.push(FieldError::new("officers", message));
    } else if different.len() < check.officers.len() {
        faults.push(FieldError::new("officers", "同一人员重复列出，请核对"));
    }
    faults
}

/// Faults of results: lines of this check, and what was seen where something is wrong.
pub fn site_result_faults(
    check: &SiteCheck,
    results: &BTreeMap<ConditionKey, (Met, String)>,
) -> Vec<FieldError> {
    let mut faults = Vec::new();
    for (key, (met, text)) in results {
        let field = format!("results.{key}");
        match check.lines.iter().find(|line| &line.condition == key) {
            None => faults.push(FieldError::new(field, "该项不在本次核查的清单中")),
            Some(line) if *met == Met::NotMet && text.trim().is_empty() => {
                let message = format!("请写明“{}”不符合的具体情况", line.text);
                faults.push(FieldError::new(field, message));
            }
            Some(_) if text.chars().count() > 2000 => {
                faults.push(FieldError::new(field, "内容太长，最多 2000 个字"));
            }
            Some(_) => {}
        }
    }
    faults
}

/// What keeps a site check from being concluded.
pub fn conclusion_faults(
    check: &SiteCheck,
    acknowledgement: &Acknowledgement,
    summary: &str,
) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let open: Vec<_> = check.lines.iter().filter(|line| line.result.is_none()).collect();
    for line in &open {
        let message = format!("“{}”还没有核查结果", line.text);
        faults.push(FieldError::new(format!("results.{}", line.condition), message));
    }
    if check.photos.is_empty() {
        faults.push(FieldError::new(
            "photos",
            "请至少上传一张带有时间和地点的现场照片",
        ));
    }
    for officer in check
        .officers
        .iter()
        .filter(|officer| officer.signed_at.is_none())
    {
        let message = format!("核查人员{}尚未签字", officer.name);
        faults.push(FieldError::new("officers", message));
    }
    if summary.trim().is_empty() {
        faults.push(FieldError::new("summary", "请写明核查情况和结论"));
    }
    let needed = match acknowledgement {
        Acknowledgement::Signed { name, position, .. } => vec![
            ("acknowledgement.name", name, "请填写企业签字人姓名"),
            ("acknowledgement.position", position, "请填写企业签字人职务"),
        ],
        Acknowledgement::Refused { name, reason, .. } => vec![
            ("acknowledgement.name", name, "请填写拒绝签字的人员姓名"),
            ("acknowledgement.reason", reason, "请写明拒绝签字的情况"),
        ],
    };
    for (field, text, message) in needed {
        if text.trim().is_empty() {
            faults.push(FieldError::new(field, message));
        }
    }
    faults
}

/// The latest concluded finding on site for each condition.
pub fn site_findings(case: &Case) -> BTreeMap<&ConditionKey, Met> {
    let mut found = BTreeMap::new();
    for check in case.site_checks.iter().filter(|check| !check.is_open()) {
        for line in &check.lines {
            if let Some(result) = &line.result {
                found.insert(&line.condition, result.met);
            }
        }
    }
    found
}

/// Faults of a department's outcome against what was seen on site: what is not met there cannot be met on paper, and
/// nobody of the lead concludes while the visit is still to be made.
pub fn site_review_faults(
    case: &Case,
    department: &DepartmentKey,
    result: &ReviewResult,
    def: &Definition,
    subject: &Subject,
) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let leads = def.lead().is_some_and(|lead| &lead.department == department);
    let open = case.site_checks.iter().any(SiteCheck::is_open);
    if leads && open {
        faults.push(FieldError::new(
            "site_check",
            "现场核查尚未完成，请在核查结束后提交牵头部门的审查意见",
        ));
    }
    let never_done = case.site_checks.is_empty();
    if leads && never_done && def.site_check.need == SiteNeed::Always && can_be_checked(def, subject) {
        faults.push(FieldError::new(
            "site_check",
            "本事项每件均须现场核查，请先组织联合现场核查",
        ));
    }
    let seen = site_findings(case);
    for finding in &result.findings {
        let contradicts = seen.get(&finding.condition) == Some(&Met::NotMet) && finding.met == Met::Met;
        if contradicts {
            let text = def
                .condition(finding.condition.as_str())
                .map_or_else(|| finding.condition.to_string(), |known| known.text.clone());
            let message = format!("现场核查结果为“{text}”不符合；已经整改的，请先复核现场后再给出符合的结论");
            faults.push(FieldError::new(
                format!("findings.{}", finding.condition),
                message,
            ));
        }
    }
    faults
}

/// Whether all officers of a check are different people with a card.
pub fn card_faults(officers: &[SiteOfficer]) -> Vec<FieldError> {
    let blank = officers.iter().filter(|officer| officer.card.trim().is_empty());
    blank
        .map(|officer| {
            let message = format!("{}没有该行业在有效期内的执法资格，不能参加现场核查", officer.name);
            FieldError::new("officers", message)
        })
        .collect()
}

/// Faults of a promise: only what the matter lets follow, and only where it lets anything follow.
pub fn promise_faults(form: &Form, def: &Definition) -> Vec<FieldError> {
    let Some(promise) = &form.deferral else {
        return Vec::new();
    };
    let mut faults = Vec::new();
    if !promise.materials.is_empty() && !def.deferral.allowed {
        faults.push(FieldError::new(
            "form.deferral",
            "本事项不适用容缺受理，请一次提交全部材料",
        ));
        return faults;
    }
    for key in &promise.materials {
        let field = format!("form.deferral.materials.{key}");
        match def.material(key.as_str()) {
            None => faults.push(FieldError::new(field, "该材料不在本事项的材料清单中")),
            Some(material) if material.deferrable == Deferrable::Core => {
                let message = format!("“{}”是核心材料，不能容缺，请在提交时上传", material.name);
                faults.push(FieldError::new(field, message));
            }
            Some(_) => {}
        }
    }
    faults
}

/// Materials that are promised, asked of this applicant, and not there yet.
pub fn promised<'a>(dossier: &'a Dossier, def: &'a Definition) -> Vec<&'a matters::Material> {
    let Some(promise) = dossier
        .form
        .content
        .deferral
        .as_ref()
        .filter(|_| def.deferral.allowed)
    else {
        return Vec::new();
    };
    let materials = def.materials.iter();
    materials
        .filter(|one| promise.materials.contains(&one.key) && one.deferrable == Deferrable::Deferrable)
        .filter(|one| super::applies(one, dossier) && dossier.files_of(&one.key).next().is_none())
        .collect()
}

/// What is still missing for a promise to count.
pub fn promise_gaps(dossier: &Dossier, def: &Definition) -> Vec<Gap> {
    let Some(promise) = dossier.form.content.deferral.as_ref() else {
        return Vec::new();
    };
    if promised(dossier, def).is_empty() {
        return Vec::new();
    }
    let gap = |field: &str, name: &str, message: &str| Gap {
        field: format!("form.deferral.{field}"),
        name: name.to_owned(),
        message: message.to_owned(),
        clauses: Vec::new(),
    };
    let mut gaps = Vec::new();
    if promise.signatory.trim().is_empty() {
        gaps.push(gap(
            "signatory",
            "承诺人",
            "请填写签署容缺承诺的法定代表人或者主要负责人",
        ));
    }
    if !promise.signed {
        gaps.push(gap(
            "signed",
            "容缺承诺",
            "请阅读并签署容缺受理承诺书，或者现在上传全部材料",
        ));
    }
    gaps
}

/// What acceptance takes over from the promise.
pub fn deferral(dossier: &Dossier, accepted_on: LegalDate, def: &Definition) -> Option<Deferral> {
    let promise = dossier.form.content.deferral.as_ref()?;
    let materials: BTreeSet<_> = promised(dossier, def)
        .into_iter()
        .map(|one| one.key.clone())
        .collect();
    (!materials.is_empty()).then(|| Deferral {
        materials,
        signatory: promise.signatory.clone(),
        accepted_on,
        commitment: Commitment::Open,
    })
}

/// Promised materials that have not come in.
pub fn outstanding<'a>(deferral: &'a Deferral, dossier: &'a Dossier) -> Vec<&'a matters::MaterialKey> {
    let keys = deferral.materials.iter();
    keys.filter(|key| dossier.files_of(key).next().is_none())
        .collect()
}

/// The last day for the promised materials.
pub fn deferral_due(app: &Application, def: &Definition, watch: Watch<'_>) -> Option<Due> {
    let deferral = app.case()?.deferral.as_ref()?;
    let period = Period {
        terms: vec![def.deferral.due],
        start: deferral.accepted_on,
        ended: None,
        stops: Vec::new(),
    };
    Some(period.due(watch.calendar))
}
