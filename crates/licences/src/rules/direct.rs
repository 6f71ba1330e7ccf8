//! Checks of licences taken over from an old register.

use kernel::FieldError;

use super::Numbering;
use crate::model::DirectIssue;

/// Faults of one entry; `path` names it in the request, e.g. `licences[3]`.
pub(crate) fn check_direct(old: &DirectIssue, numbering: &Numbering, path: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault =
        |field: &str, message: String| faults.push(FieldError::new(format!("{path}{field}"), message));
    let letters = numbering.letters(old.industry).unwrap_or_default();
    if old.number.industry() != letters {
        fault(
            "number",
            format!(
                "编号 {} 的行业字母应为 {letters}（{}），请核对编号和行业",
                old.number,
                old.industry.label()
            ),
        );
    }
    if old.validity.until < old.validity.from {
        fault(
            "valid_until",
            format!("许可证 {} 的有效期止早于有效期起，请核对", old.number),
        );
    }
    if old.holder.name.trim().is_empty() {
        fault(
            "holder.name",
            format!("许可证 {} 没有持证单位名称，请补上", old.number),
        );
    }
    if old.scope.iter().all(|line| line.trim().is_empty()) {
        fault("scope", format!("许可证 {} 没有许可范围，请补上", old.number));
    }
    faults
}
