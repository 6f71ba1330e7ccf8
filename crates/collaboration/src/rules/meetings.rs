//! Joint meetings and the problems that they find.

use kernel::{FieldError, LegalDate, ids::AccountId};

use crate::model::{Closing, Done, Rectification, RectificationState, Report, Round};

/// Longest text of a summary, report or finding, in characters.
const LONGEST: usize = 5000;
/// Problems of one meeting.
const MOST: usize = 200;

/// A meeting to be entered.
#[derive(Clone, Debug)]
pub struct NewMeeting {
    /// What it was about.
    pub title: String,
    /// When.
    pub held_on: LegalDate,
    /// Where it met.
    pub place: String,
    /// Departments that took part.
    pub departments: Vec<String>,
    /// 会议纪要
    pub summary: String,
    /// Problems that it found.
    pub problems: Vec<NewProblem>,
}

/// A problem to be mended.
#[derive(Clone, Debug)]
pub struct NewProblem {
    /// 问题
    pub problem: String,
    /// 整改要求
    pub requirement: String,
    /// Department that answers for it.
    pub department: String,
    /// Last day.
    pub due_on: LegalDate,
}

/// Why an act is not done now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("{0}")]
    State(&'static str),
    /// Only this department does it.
    #[error("only the department {0} does it")]
    Department(String),
    /// The letter is still being signed.
    #[error("the letter is not signed yet")]
    Unsigned,
    /// Who reported may not close.
    #[error("the one who reported may not close")]
    SamePerson,
    /// Input is wrong.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
}

fn text(faults: &mut Vec<FieldError>, field: &str, value: &str, what: &str, most: usize) {
    let length = value.trim().chars().count();
    if length == 0 {
        faults.push(FieldError::new(field, format!("请填写{what}")));
    } else if length > most {
        faults.push(FieldError::new(field, format!("{what}不能超过 {most} 个字")));
    }
}

/// What is wrong with a meeting; `known` tells the city's departments.
pub fn meeting_faults(new: &NewMeeting, today: LegalDate, known: impl Fn(&str) -> bool) -> Vec<FieldError> {
    let mut faults = Vec::new();
    text(&mut faults, "title", &new.title, "会议名称", 100);
    text(&mut faults, "place", &new.place, "会议地点", 100);
    text(&mut faults, "summary", &new.summary, "会议纪要", LONGEST);
    if new.held_on > today {
        faults.push(FieldError::new("held_on", "会议日期不能晚于今天"));
    }
    if new.departments.len() < 2 {
        faults.push(FieldError::new("departments", "联席会议至少有两个部门参加"));
    }
    for (place, department) in new.departments.iter().enumerate() {
        if !known(department) {
            faults.push(FieldError::new(
                format!("departments[{place}]"),
                "没有这个部门，请从列表中选择",
            ));
        }
    }
    if new.problems.len() > MOST {
        faults.push(FieldError::new(
            "problems",
            format!("一次会议最多登记 {MOST} 个问题"),
        ));
    }
    for (place, problem) in new.problems.iter().enumerate() {
        let field = |name: &str| format!("problems[{place}].{name}");
        text(&mut faults, &field("problem"), &problem.problem, "问题", 500);
        text(
            &mut faults,
            &field("requirement"),
            &problem.requirement,
            "整改要求",
            1000,
        );
        if !known(&problem.department) {
            faults.push(FieldError::new(
                field("department"),
                "没有这个部门，请从列表中选择",
            ));
        }
        if problem.due_on < today {
            faults.push(FieldError::new(field("due_on"), "整改期限不能早于今天"));
        }
    }
    faults
}

/// Whether the department `own` may report that it has mended the problem.
///
/// # Errors
/// [`Refusal`] in another state and for another department.
pub fn may_report(problem: &Rectification, own: Option<&str>) -> Result<(), Refusal> {
    match problem.state() {
        RectificationState::Open => {}
        RectificationState::Reported => return Err(Refusal::State("已经报结，等待核销，无需重复上报")),
        RectificationState::Closed => return Err(Refusal::State("这个问题已经核销")),
    }
    if own != Some(problem.department.as_str()) {
        return Err(Refusal::Department(problem.department.clone()));
    }
    Ok(())
}

/// The department reports that it has mended the problem.
///
/// # Errors
/// As [`may_report`], and without a text.
pub fn report(
    mut problem: Rectification,
    own: Option<&str>,
    words: &str,
    by: Done,
) -> Result<Rectification, Refusal> {
    may_report(&problem, own)?;
    let mut faults = Vec::new();
    text(&mut faults, "text", words, "整改情况", LONGEST);
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    problem.rounds.push(Round {
        report: Report {
            text: words.trim().to_owned(),
            by,
        },
        closing: None,
    });
    problem.version += 1;
    Ok(problem)
}

/// Whether a person of the department `own` may look whether the problem is mended.
///
/// # Errors
/// [`Refusal`] before there is a report, for another department, and for the one who reported.
pub fn may_close(
    problem: &Rectification,
    own: Option<&str>,
    person: Option<AccountId>,
) -> Result<(), Refusal> {
    match problem.state() {
        RectificationState::Reported => {}
        RectificationState::Open => return Err(Refusal::State("责任部门还没有报结，不能核销")),
        RectificationState::Closed => return Err(Refusal::State("这个问题已经核销")),
    }
    if own != Some(problem.convener.as_str()) {
        return Err(Refusal::Department(problem.convener.clone()));
    }
    // Whoever reported any of it, not only the last time, does not judge it.
    let mut reporters = problem.rounds.iter().map(|round| round.report.by.account);
    if person.is_some() && reporters.any(|reporter| reporter == person) {
        return Err(Refusal::SamePerson);
    }
    Ok(())
}

/// Another person of the department that convened the meeting looks whether the problem is mended: it is closed, or
/// goes back.
///
/// # Errors
/// As [`may_close`], and without a text.
pub fn close(
    mut problem: Rectification,
    own: Option<&str>,
    mended: bool,
    words: &str,
    by: Done,
) -> Result<Rectification, Refusal> {
    may_close(&problem, own, by.account)?;
    let mut faults = Vec::new();
    text(&mut faults, "text", words, "核查意见", LONGEST);
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    let Some(round) = problem.rounds.last_mut() else {
        return Err(Refusal::State("责任部门还没有报结，不能核销"));
    };
    round.closing = Some(Closing {
        mended,
        text: words.trim().to_owned(),
        by,
    });
    problem.version += 1;
    Ok(problem)
}

#[cfg(test)]
mod tests {
    use kernel::{Moment, ids::AccountId};
    use uuid::Uuid;

    use super::*;
    use crate::model::{MeetingId, RectificationId};

    fn day(text: &str) -> LegalDate {
        text.parse().unwrap()
    }

    fn by(account: u128) -> Done {
        Done {
            account: Some(AccountId(Uuid::from_u128(account))),
            name: format!("人{account}"),
            at: day("2026-03-02").midnight(),
        }
    }

    fn problem() -> Rectification {
        Rectification {
            id: RectificationId(Uuid::nil()),
            version: 1,
            meeting: MeetingId(Uuid::nil()),
            region: "360100".into(),
            convener: "emergency".into(),
            department: "fire".into(),
            problem: "通道堵塞".into(),
            requirement: "清理".into(),
            due_on: day("2026-03-10"),
            rounds: Vec::new(),
        }
    }

    #[test]
    fn a_problem_goes_back_and_forth_until_another_person_closes_it() {
        let emergency = Some("emergency");
        let reported = report(problem(), Some("fire"), "已清理", by(1)).unwrap();
        assert_eq!(reported.state(), RectificationState::Reported);
        let back = close(reported, emergency, false, "仍有杂物", by(2)).unwrap();
        assert_eq!(back.state(), RectificationState::Open);
        let again = report(back, Some("fire"), "再次清理", by(1)).unwrap();
        let closed = close(again, emergency, true, "属实", by(2)).unwrap();
        assert_eq!((closed.state(), closed.version), (RectificationState::Closed, 5));
        assert_eq!(closed.closed_on(), Some(day("2026-03-02")));
        assert!(
            !closed.is_late(day("2027-01-01").midnight()),
            "closed in time stays so"
        );
        assert!(matches!(
            report(closed.clone(), Some("fire"), "x", by(1)),
            Err(Refusal::State(_))
        ));
        assert!(matches!(
            close(closed, emergency, true, "x", by(2)),
            Err(Refusal::State(_))
        ));
    }

    #[test]
    fn others_and_the_same_person_are_refused() {
        let of = |own| report(problem(), own, "已清理", by(1)).unwrap_err();
        assert_eq!(of(Some("health")), Refusal::Department("fire".into()));
        assert_eq!(of(None), Refusal::Department("fire".into()));
        assert!(matches!(
            report(problem(), Some("fire"), " ", by(1)),
            Err(Refusal::Invalid(_))
        ));
        assert!(matches!(
            close(problem(), Some("emergency"), true, "x", by(2)),
            Err(Refusal::State(_))
        ));
        let reported = report(problem(), Some("fire"), "已清理", by(1)).unwrap();
        let close_by = |own, account| close(reported.clone(), own, true, "属实", by(account)).map(drop);
        assert_eq!(
            close_by(Some("fire"), 2),
            Err(Refusal::Department("emergency".into()))
        );
        assert_eq!(close_by(Some("emergency"), 1), Err(Refusal::SamePerson));
        assert_eq!(close_by(Some("emergency"), 2), Ok(()));
    }

    #[test]
    fn lateness_counts_from_the_day_after() {
        let at = |text: &str| -> Moment { day(text).midnight() };
        assert!(!problem().is_late(at("2026-03-10")));
        assert!(problem().is_late(at("2026-03-11")));
    }

    #[test]
    fn faults_name_their_fields() {
        let good = NewMeeting {
            title: "一季度联席会议".into(),
            held_on: day("2026-03-01"),
            place: "应急局".into(),
            departments: vec!["emergency".into(), "fire".into()],
            summary: "纪要".into(),
            problems: vec![NewProblem {
                problem: "通道堵塞".into(),
                requirement: "清理".into(),
                department: "fire".into(),
                due_on: day("2026-03-10"),
            }],
        };
        let check = |change: fn(&mut NewMeeting), field: &str| {
            let mut new = good.clone();
            change(&mut new);
            let faults = meeting_faults(&new, day("2026-03-02"), |key| key != "nobody");
            let fields: Vec<_> = faults.into_iter().map(|fault| fault.field).collect();
            assert_eq!(fields.join(" "), field);
        };
        check(|_| {}, "");
        check(|new| new.title = "  ".into(), "title");
        check(|new| new.held_on = day("2026-03-03"), "held_on");
        check(|new| new.departments.truncate(1), "departments");
        check(|new| new.departments[1] = "nobody".into(), "departments[1]");
        check(
            |new| new.problems[0].department = "nobody".into(),
            "problems[0].department",
        );
        check(
            |new| new.problems[0].due_on = day("2026-03-01"),
            "problems[0].due_on",
        );
        check(
            |new| new.problems[0].problem = "长".repeat(501),
            "problems[0].problem",
        );
    }
}
