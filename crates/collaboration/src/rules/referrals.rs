//! Referrals and their receipts.

use codes::{MissingYear, WorkCalendar, WorkingDays};
use kernel::{FieldError, LegalDate, Moment, ids::ApplicationId};
use serde::Deserialize;
use time::Duration;
use uuid::Uuid;

use super::Refusal;
use crate::model::{Answer, Done, Referral, ReferralReceipt, ReferralState};

/// The rule file of referrals.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferralFile {
    /// Terms by department.
    pub terms: Vec<ReferralTerm>,
    /// The term of all others.
    pub otherwise: ReferralTerm,
}

/// How long the receipt may take.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferralTerm {
    /// Departments to which it applies; empty for all others.
    #[serde(default)]
    pub to: Vec<String>,
    /// Hours on the clock.
    #[serde(default)]
    pub hours: Option<u32>,
    /// Working days.
    #[serde(default)]
    pub working_days: Option<u32>,
    /// Clause.
    pub basis: String,
}

impl ReferralFile {
    /// The term of a department.
    pub fn term(&self, department: &str) -> &ReferralTerm {
        let own = self
            .terms
            .iter()
            .find(|term| term.to.iter().any(|one| one == department));
        own.unwrap_or(&self.otherwise)
    }

    /// What is wrong with the file.
    pub fn fault(&self) -> Option<&'static str> {
        let mut all = self.terms.iter().chain([&self.otherwise]);
        let one = |term: &ReferralTerm| term.hours.is_some() != term.working_days.is_some();
        (!all.all(one)).then_some("a term has either hours or working days")
    }
}

/// Until when the receipt is due: hours run on the clock, working days end with the day.
///
/// # Errors
/// [`MissingYear`] when the holidays of a year are not known.
pub fn due_at(term: &ReferralTerm, sent: Moment, calendar: &WorkCalendar) -> Result<Moment, MissingYear> {
    if let Some(hours) = term.hours {
        return Ok(sent.plus(Duration::hours(i64::from(hours))));
    }
    let days = WorkingDays(term.working_days.unwrap_or(0));
    let last = LegalDate(calendar.add_working_days(sent.legal_date().0, days)?);
    Ok(LegalDate(last.0.next_day().unwrap_or(last.0)).midnight())
}

/// A referral to be sent.
#[derive(Clone, Debug)]
pub struct NewReferral {
    /// Department to which it goes.
    pub addressee: String,
    /// One line.
    pub title: String,
    /// What is referred.
    pub text: String,
    /// The enterprise concerned.
    pub enterprise: Option<Uuid>,
    /// The application concerned.
    pub application: Option<ApplicationId>,
}

/// What is wrong with a referral by the department `own`; `known` tells the city's departments.
pub fn referral_faults(
    new: &NewReferral,
    own: Option<&str>,
    known: impl Fn(&str) -> bool,
) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if !known(&new.addressee) {
        faults.push(FieldError::new("addressee", "没有这个部门，请从列表中选择"));
    } else if own == Some(new.addressee.as_str()) {
        faults.push(FieldError::new("addressee", "不能移送给本部门"));
    }
    for (field, value, what, most) in [
        ("title", &new.title, "移送事由", 100),
        ("text", &new.text, "移送内容", 5000),
    ] {
        let length = value.trim().chars().count();
        if length == 0 || length > most {
            faults.push(FieldError::new(
                field,
                format!("请填写{what}，不超过 {most} 个字"),
            ));
        }
    }
    faults
}

/// Whether the department `own` may confirm that it has the referral.
///
/// # Errors
/// [`Refusal`] in another state or for another department.
pub fn may_receive(referral: &Referral, own: Option<&str>) -> Result<(), Refusal> {
    if own != Some(referral.addressee.as_str()) {
        return Err(Refusal::Department(referral.addressee.clone()));
    }
    if referral.state() != ReferralState::Sent {
        return Err(Refusal::State("已经签收过，无需重复签收"));
    }
    Ok(())
}

/// The department confirms that it has the referral.
///
/// # Errors
/// As [`may_receive`], and for a number that is too long.
pub fn receive(
    mut referral: Referral,
    own: Option<&str>,
    number: Option<String>,
    by: Done,
) -> Result<Referral, Refusal> {
    may_receive(&referral, own)?;
    let number = number
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    if number.as_ref().is_some_and(|text| text.chars().count() > 60) {
        let fault = FieldError::new("number", "收文号不能超过 60 个字");
        return Err(Refusal::Invalid(vec![fault]));
    }
    referral.receipt = Some(ReferralReceipt { number, by });
    referral.version += 1;
    Ok(referral)
}

/// Whether the department `own` may tell what became of the referral.
///
/// # Errors
/// [`Refusal`] before the receipt, after an answer, and for another department.
pub fn may_answer(referral: &Referral, own: Option<&str>) -> Result<(), Refusal> {
    if own != Some(referral.addressee.as_str()) {
        return Err(Refusal::Department(referral.addressee.clone()));
    }
    match referral.state() {
        ReferralState::Received => Ok(()),
        ReferralState::Sent => Err(Refusal::State("请先签收，再反馈或者退回")),
        ReferralState::Returned | ReferralState::Answered => Err(Refusal::State("已经反馈过结果")),
    }
}

/// The department tells what became of it, or sends it back as it has no power in it.
///
/// # Errors
/// As [`may_answer`], and without a text.
pub fn answer(
    mut referral: Referral,
    own: Option<&str>,
    returned: bool,
    words: &str,
    by: Done,
) -> Result<Referral, Refusal> {
    may_answer(&referral, own)?;
    let words = words.trim();
    if words.is_empty() || words.chars().count() > 5000 {
        let what = if returned { "退回理由" } else { "办理结果" };
        let fault = FieldError::new("text", format!("请填写{what}，不超过 5000 个字"));
        return Err(Refusal::Invalid(vec![fault]));
    }
    referral.answer = Some(Answer {
        returned,
        text: words.to_owned(),
        by,
    });
    referral.version += 1;
    Ok(referral)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ReferralId;

    fn at(text: &str) -> Moment {
        serde_json::from_str(&format!("\"{text}\"")).unwrap()
    }

    fn done(text: &str) -> Done {
        Done {
            account: None,
            name: "甲".into(),
            at: at(text),
        }
    }

    fn referral() -> Referral {
        Referral {
            id: ReferralId(Uuid::nil()),
            version: 1,
            region: "360100".into(),
            enterprise: None,
            application: None,
            enterprise_name: None,
            application_reference: None,
            sender: "emergency".into(),
            addressee: "public_security".into(),
            title: "涉嫌伪造许可证".into(),
            text: "线索".into(),
            basis: "第五条".into(),
            by: done("2026-03-06T15:00:00+08:00"),
            due_at: at("2026-03-07T15:00:00+08:00"),
            receipt: None,
            answer: None,
        }
    }

    #[test]
    fn hours_run_on_the_clock_and_working_days_end_with_the_day() {
        let calendar = WorkCalendar::from_csv("notice,date,day,name\n2026,2026-01-01,off,元旦\n").unwrap();
        let term = |hours, working_days| ReferralTerm {
            to: Vec::new(),
            hours,
            working_days,
            basis: "x".into(),
        };
        // A Friday afternoon.
        let sent = at("2026-03-06T15:00:00+08:00");
        let of = |term: ReferralTerm| due_at(&term, sent, &calendar).unwrap().to_string();
        assert_eq!(
            of(term(Some(24), None)),
            "2026-03-07T07:00:00Z",
            "the police have no weekend"
        );
        assert_eq!(
            of(term(None, Some(1))),
            "2026-03-09T16:00:00Z",
            "Monday at midnight"
        );
    }

    #[test]
    fn it_is_received_then_answered() {
        let police = Some("public_security");
        assert!(matches!(
            answer(referral(), police, false, "立案", done("2026-03-07T09:00:00Z")),
            Err(Refusal::State(_))
        ));
        let got = receive(
            referral(),
            police,
            Some(" 洪公移2026-3 ".into()),
            done("2026-03-07T06:59:00Z"),
        )
        .unwrap();
        assert_eq!((got.state(), got.version), (ReferralState::Received, 2));
        assert_eq!(
            got.receipt.as_ref().unwrap().number.as_deref(),
            Some("洪公移2026-3")
        );
        assert!(!got.is_late(at("2027-01-01T00:00:00Z")));
        assert!(matches!(
            receive(got.clone(), police, None, done("2026-03-07T06:59:00Z")),
            Err(Refusal::State(_))
        ));
        let back = answer(
            got.clone(),
            police,
            true,
            "不属于管辖",
            done("2026-03-08T00:00:00Z"),
        )
        .unwrap();
        assert_eq!(back.state(), ReferralState::Returned);
        let done_with = answer(got, police, false, "已立案", done("2026-03-08T00:00:00Z")).unwrap();
        assert_eq!(done_with.state(), ReferralState::Answered);
        assert!(matches!(
            answer(done_with, police, false, "x", done("2026-03-08T00:00:00Z")),
            Err(Refusal::State(_))
        ));
    }

    #[test]
    fn others_are_refused_and_lateness_is_visible() {
        let other = Some("emergency");
        let refused = Refusal::Department("public_security".into());
        assert_eq!(
            receive(referral(), other, None, done("2026-03-07T00:00:00Z")),
            Err(refused.clone())
        );
        assert_eq!(
            answer(referral(), None, false, "x", done("2026-03-07T00:00:00Z")),
            Err(refused)
        );
        assert!(!referral().is_late(at("2026-03-07T07:00:00Z")));
        assert!(referral().is_late(at("2026-03-07T07:00:01Z")));
        let late = receive(
            referral(),
            Some("public_security"),
            None,
            done("2026-03-07T08:00:00Z"),
        )
        .unwrap();
        assert!(
            late.is_late(at("2026-03-07T08:00:00Z")),
            "a late receipt stays late"
        );
    }

    #[test]
    fn faults_name_their_fields() {
        let check = |addressee: &str, title: &str, fields: &str| {
            let new = NewReferral {
                addressee: addressee.into(),
                title: title.into(),
                text: "内容".into(),
                enterprise: None,
                application: None,
            };
            let faults = referral_faults(&new, Some("emergency"), |key| key != "nobody");
            let found: Vec<_> = faults.into_iter().map(|fault| fault.field).collect();
            assert_eq!(found.join(" "), fields);
        };
        check("fire", "事由", "");
        check("nobody", "事由", "addressee");
        check("emergency", " ", "addressee title");
    }
}
