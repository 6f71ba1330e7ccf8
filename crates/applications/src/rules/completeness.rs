//! Is an application complete, and are the parts of an act well formed? Messages are Chinese and name the
//! field and the remedy.

use std::collections::BTreeSet;

use codes::PhoneNumber;
use kernel::FieldError;
use matters::{Definition, DepartmentKey, FileType, Material, MaterialForm};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    concerns_facets, conditions_for, promise_faults, promise_gaps, promised, subject_gaps, takes_part,
};
use crate::model::{
    CorrectionNotice, CorrectionTarget, Decision, Dossier, Form, Met, Refusal, RefusalTerms, ReviewResult,
    Subject,
};

/// Something that is missing, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Gap {
    /// Path of the field, such as `form.contact` or `materials.assessment_report`.
    pub field: String,
    /// Its name for people.
    pub name: String,
    /// What to do.
    pub message: String,
    /// The clauses that ask for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

impl Gap {
    fn form(field: &str, name: &str, message: &str) -> Self {
        Self {
            field: format!("form.{field}"),
            name: name.into(),
            message: message.into(),
            clauses: Vec::new(),
        }
    }

    /// As a fault of the input.
    pub fn fault(&self) -> FieldError {
        let clauses = if self.clauses.is_empty() {
            String::new()
        } else {
            format!("（依据{}）", self.clauses.join("、"))
        };
        FieldError::new(self.field.clone(), format!("{}{clauses}", self.message))
    }
}

/// Whether the material is filled in online and needs no file.
pub fn is_online_form(material: &Material) -> bool {
    material.file_types().is_empty()
        || material
            .forms
            .iter()
            .all(|form| *form == MaterialForm::OnlineForm)
}

/// Whether the material is asked of this applicant.
pub fn applies(material: &Material, dossier: &Dossier) -> bool {
    concerns_facets(&material.only_for, &dossier.subject.facets())
        && (material.required || dossier.form.content.applicable_materials.contains(&material.key))
}

/// Everything that is missing before the application can be handed in; empty when it is complete.
pub fn gaps(dossier: &Dossier, def: &Definition) -> Vec<Gap> {
    let mut gaps = form_gaps(&dossier.form.content, def);
    gaps.extend(subject_gaps(&dossier.subject, def));
    gaps.extend(promise_gaps(dossier, def));
    let promised: Vec<_> = promised(dossier, def).into_iter().map(|one| &one.key).collect();
    let wanted = def.materials.iter().filter(|one| applies(one, dossier));
    for material in wanted.filter(|one| !is_online_form(one) && !promised.contains(&&one.key)) {
        if dossier.files_of(&material.key).next().is_none() {
            gaps.push(Gap {
                field: format!("materials.{}", material.key),
                name: material.name.clone(),
                message: format!(
                    "请上传“{}”（{}）",
                    material.name,
                    type_names(material.file_types())
                ),
                clauses: material.basis.iter().map(|clause| def.cite(clause)).collect(),
            });
        }
    }
    gaps
}

fn form_gaps(form: &Form, def: &Definition) -> Vec<Gap> {
    let mut gaps = Vec::new();
    if form.contact.trim().is_empty() {
        gaps.push(Gap::form("contact", "联系人", "请填写联系人姓名"));
    }
    if form.contact_phone.trim().is_empty() {
        gaps.push(Gap::form(
            "contact_phone",
            "联系电话",
            "请填写联系电话，例如 13812345678 或 0791-83881234",
        ));
    }
    // What concerns a licence that is there takes the scope from it, or from the changed items.
    if def.existing.is_none() && form.scope.iter().all(|phrase| phrase.trim().is_empty()) {
        gaps.push(Gap::form(
            "scope",
            "申请的许可范围",
            "请至少填写一项申请的许可范围",
        ));
    }
    if !form.truth_declared {
        gaps.push(Gap {
            clauses: vec!["《中华人民共和国行政许可法》第三十一条".into()],
            ..Gap::form(
                "truth_declared",
                "真实性声明",
                "请确认对申请材料实质内容的真实性负责",
            )
        });
    }
    gaps
}

/// What the notice asked for and the applicant has not touched since.
pub fn unmended(dossier: &Dossier, notice: &CorrectionNotice) -> Vec<Gap> {
    let untouched = |target: &CorrectionTarget| match target {
        CorrectionTarget::Form => dossier.form.changed_at <= notice.notified_at,
        CorrectionTarget::Material(key) => dossier.files_of(key).all(|file| file.at <= notice.notified_at),
    };
    let items = notice.items.iter().filter(|item| untouched(&item.target));
    items
        .map(|item| Gap {
            field: match &item.target {
                CorrectionTarget::Form => "form".into(),
                CorrectionTarget::Material(key) => format!("materials.{key}"),
            },
            name: item.name.clone(),
            message: format!("“{}”尚未补正：{}", item.name, item.requirement),
            clauses: Vec::new(),
        })
        .collect()
}

/// File types in words.
pub fn type_names(types: &[FileType]) -> String {
    let name = |one: &FileType| match one {
        FileType::Pdf => "PDF",
        FileType::Ofd => "OFD",
        FileType::Jpg => "JPG",
        FileType::Png => "PNG",
        FileType::Docx => "Word docx",
        FileType::Xlsx => "Excel xlsx",
    };
    types.iter().map(name).collect::<Vec<_>>().join("、")
}

/// Faults of a form that is saved: what is there must be well formed, blanks are allowed until it is handed in.
pub fn form_faults(form: &Form, def: &Definition) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let phone = form.contact_phone.trim();
    if !phone.is_empty()
        && let Err(error) = phone.parse::<PhoneNumber>()
    {
        faults.push(FieldError::new("form.contact_phone", error.to_string()));
    }
    for key in &form.applicable_materials {
        if def
            .material(key.as_str())
            .is_none_or(|material| material.required)
        {
            let message = format!("“{key}”不是本事项的情形材料，请从事项材料清单中选择");
            faults.push(FieldError::new("form.applicable_materials", message));
        }
    }
    faults.extend(promise_faults(form, def));
    let too_long = |text: &str, most: usize| text.chars().count() > most;
    let lines = [
        ("contact", &form.contact, 50),
        ("delivery_address", &form.delivery_address, 200),
    ];
    for (field, text, most) in lines {
        if too_long(text, most) {
            faults.push(FieldError::new(
                format!("form.{field}"),
                format!("内容太长，最多 {most} 个字"),
            ));
        }
    }
    if form.scope.len() > 50 || form.scope.iter().any(|phrase| too_long(phrase, 300)) {
        faults.push(FieldError::new(
            "form.scope",
            "许可范围最多 50 项，每项最多 300 个字",
        ));
    }
    if form.extra.len() > 100
        || form
            .extra
            .iter()
            .any(|(key, text)| too_long(key, 100) || too_long(text, 2000))
    {
        faults.push(FieldError::new(
            "form.extra",
            "补充内容最多 100 项，每项最多 2000 个字",
        ));
    }
    faults
}

/// Faults of a correction notice: it must name something, and everything only once.
pub fn notice_faults(notice: &CorrectionNotice, def: &Definition) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if notice.items.is_empty() {
        faults.push(FieldError::new("items", "请列明需要补正的全部内容，至少一项"));
    }
    let mut seen = BTreeSet::new();
    for (index, item) in notice.items.iter().enumerate() {
        let at = |part: &str| format!("items[{index}].{part}");
        if item.problem.trim().is_empty() {
            faults.push(FieldError::new(
                at("problem"),
                format!("请写明“{}”存在的问题", item.name),
            ));
        }
        if item.requirement.trim().is_empty() {
            faults.push(FieldError::new(
                at("requirement"),
                format!("请写明“{}”的补正要求", item.name),
            ));
        }
        match &item.target {
            CorrectionTarget::Material(key) if def.material(key.as_str()).is_none_or(is_online_form) => {
                let message = "该材料不在本事项需要上传的材料清单中；申请表的问题请选择“申请表”";
                faults.push(FieldError::new(at("target"), message));
            }
            target if !seen.insert(target) => {
                faults.push(FieldError::new(
                    at("target"),
                    format!("“{}”重复列出，请合并为一项", item.name),
                ));
            }
            _ => {}
        }
    }
    faults
}

/// Only conditional departments of the matter can be chosen at acceptance.
///
/// # Errors
/// [`Refusal::Invalid`].
pub fn check_departments(
    chosen: &[DepartmentKey],
    subject: &Subject,
    def: &Definition,
) -> Result<(), Refusal> {
    let conditional = |key: &DepartmentKey| {
        def.departments().any(|review| {
            &review.department == key && review.applies_when.is_some() && takes_part(review, subject)
        })
    };
    match chosen.iter().find(|key| !conditional(key)) {
        None => Ok(()),
        Some(key) => {
            let message = format!("“{key}”不是本事项按情形参加审查的部门");
            Err(Refusal::field("departments", message))
        }
    }
}

/// Faults of a department's outcome: one finding for each of its conditions, and a conclusion that fits them.
pub fn review_faults(
    department: &DepartmentKey,
    result: &ReviewResult,
    subject: &Subject,
    def: &Definition,
) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if result.opinion.trim().is_empty() {
        faults.push(FieldError::new("opinion", "请填写审查意见"));
    }
    let Some(review) = def.departments().find(|review| &review.department == department) else {
        faults.push(FieldError::new("department", "该部门不参加本事项的审查"));
        return faults;
    };
    let asked = conditions_for(def, subject, &review.conditions);
    for condition in &asked {
        let key = &condition.key;
        let findings: Vec<_> = result
            .findings
            .iter()
            .filter(|one| &one.condition == key)
            .collect();
        let text = condition.text.as_str();
        let field = format!("findings.{key}");
        match findings.as_slice() {
            [] => faults.push(FieldError::new(field, format!("请对“{text}”给出审查结果"))),
            [one] if one.met == Met::NotMet && one.text.trim().is_empty() => {
                faults.push(FieldError::new(field, format!("请写明不符合“{text}”的具体情况")));
            }
            [_] => {}
            _ => faults.push(FieldError::new(
                field,
                format!("“{text}”有多个审查结果，请保留一个"),
            )),
        }
    }
    if let Some(stranger) = result
        .findings
        .iter()
        .find(|one| asked.iter().all(|condition| condition.key != one.condition))
    {
        let message = format!("“{}”不属于该部门审查的条件", stranger.condition);
        faults.push(FieldError::new("findings", message));
    }
    let unmet = result.findings.iter().any(|one| one.met == Met::NotMet);
    if result.passed && unmet {
        faults.push(FieldError::new("passed", "有不符合的条件，不能得出“通过”的结论"));
    }
    if !result.passed && !unmet && !asked.is_empty() {
        faults.push(FieldError::new(
            "passed",
            "结论为“不通过”的，须至少有一项条件不符合",
        ));
    }
    faults
}

/// Faults of a refusal: written, reasoned, with the conditions that are not met (行政许可法 art. 38).
pub fn refusal_faults(decision: &Decision, terms: &RefusalTerms, def: &Definition) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if decision.reason.trim().is_empty() {
        faults.push(FieldError::new("reason", "请写明不予许可的理由"));
    }
    if terms.legal_basis.trim().is_empty() {
        faults.push(FieldError::new("legal_basis", "请写明不予许可的依据条款"));
    }
    if terms.unmet.is_empty() {
        faults.push(FieldError::new("unmet", "请列明不符合的法定条件，至少一项"));
    }
    for (index, one) in terms.unmet.iter().enumerate() {
        if def.condition(one.condition.as_str()).is_none() {
            let message = format!("“{}”不是本事项的许可条件", one.condition);
            faults.push(FieldError::new(format!("unmet[{index}].condition"), message));
        }
        if one.finding.trim().is_empty() {
            faults.push(FieldError::new(
                format!("unmet[{index}].finding"),
                "请写明审查发现的具体情况",
            ));
        }
    }
    faults
}
