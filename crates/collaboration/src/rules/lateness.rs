//! From lateness to letters.

use std::collections::BTreeMap;

use kernel::LegalDate;
use serde::Deserialize;

use crate::model::{LetterFacts, LetterKind};

/// The rule file of lateness.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatenessFile {
    /// Which clause asks for it.
    pub basis: String,
    /// Department whose seal is on the letters.
    pub issuer: String,
    /// Department that keeps the office of the committee.
    pub committee: String,
    /// Name of that office after the city's.
    pub committee_name: String,
    /// The steps, in order of lateness.
    pub steps: Vec<Step>,
}

/// A step of lateness.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its number, from 1.
    pub step: i64,
    /// Working days past the last day.
    pub working_days_late: u32,
    /// What is written.
    pub letter: LetterKind,
    /// Document definition.
    pub document: String,
    /// Days that the letter gives, for its text.
    pub answer_days: u32,
}

impl LatenessFile {
    /// What is wrong with the file.
    pub fn fault(&self) -> Option<&'static str> {
        let rising = |pair: &[Step]| {
            pair[0].step < pair[1].step && pair[0].working_days_late < pair[1].working_days_late
        };
        if self.steps.is_empty() {
            Some("there are no steps")
        } else if self
            .steps
            .iter()
            .any(|step| step.step < 1 || step.working_days_late < 1)
        {
            Some("steps and days begin with 1")
        } else if !self.steps.windows(2).all(rising) {
            Some("steps do not rise with lateness")
        } else {
            None
        }
    }
}

/// The step for which a letter is due: the highest one reached, unless one as high was written already. Steps that
/// passed while nobody looked are not made up for: one letter says how late it is.
pub fn due_step(steps: &[Step], late_days: u32, done: Option<i64>) -> Option<&Step> {
    let reached = steps.iter().rfind(|step| step.working_days_late <= late_days)?;
    (done.unwrap_or(0) < reached.step).then_some(reached)
}

/// The values of a letter's places.
pub fn letter_values(
    facts: &LetterFacts,
    step: &Step,
    late_days: u32,
    (due_on, today): (LegalDate, LegalDate),
    issuer: &str,
) -> BTreeMap<&'static str, String> {
    [
        ("authority", issuer.to_owned()),
        ("addressee_department", facts.addressee.clone()),
        ("late_department", facts.late_department.clone()),
        ("applicant", facts.applicant.clone()),
        ("matter", facts.matter.clone()),
        ("application_number", facts.reference.clone()),
        ("task", facts.task.clone()),
        ("task_due", due_on.chinese()),
        ("late_days", late_days.to_string()),
        ("answer_days", step.answer_days.to_string()),
        ("issue_date", today.chinese()),
    ]
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps() -> Vec<Step> {
        [
            (1, 1, LetterKind::Reminder),
            (2, 3, LetterKind::Reminder),
            (3, 5, LetterKind::Escalation),
        ]
        .map(|(step, working_days_late, letter)| Step {
            step,
            working_days_late,
            letter,
            document: "x".into(),
            answer_days: 2,
        })
        .to_vec()
    }

    #[track_caller]
    fn check(late: u32, done: Option<i64>, expected: Option<i64>) {
        assert_eq!(
            due_step(&steps(), late, done).map(|step| step.step),
            expected,
            "{late} {done:?}"
        );
    }

    #[test]
    fn each_step_has_one_letter() {
        check(0, None, None);
        check(1, None, Some(1));
        check(1, Some(1), None);
        check(2, Some(1), None);
        check(3, Some(1), Some(2));
        check(5, Some(2), Some(3));
        check(400, Some(3), None);
        // Nobody looked for a while: one letter, the highest.
        check(9, None, Some(3));
        check(9, Some(1), Some(3));
    }

    #[test]
    fn steps_have_to_rise() {
        let file = |steps| LatenessFile {
            basis: "x".into(),
            issuer: "a".into(),
            committee: "a".into(),
            committee_name: "b".into(),
            steps,
        };
        assert_eq!(file(steps()).fault(), None);
        assert!(file(Vec::new()).fault().is_some());
        assert!(file(steps().into_iter().rev().collect()).fault().is_some());
        let mut same = steps();
        same[1].working_days_late = 1;
        assert!(file(same).fault().is_some());
    }
}
