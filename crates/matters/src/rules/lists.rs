//! Decisions about responsibility lists.

use kernel::{FieldError, LegalDate, ids::AccountId};

use crate::model::{
    Definition, ListChange, ListReview, ListedDuty, PublishedList, ReviewAct, ReviewEvidence, ReviewState,
};

/// Most lines of a list.
const MOST_DUTIES: usize = 50;

/// Why a decision about a proposal is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListRefusal {
    /// Input is wrong.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// It was decided already.
    #[error("already decided")]
    Decided,
    /// Whoever proposes does not approve.
    #[error("the same person")]
    SamePerson,
}

/// Faults of a proposal.
pub fn proposal_faults(
    evidence: &ReviewEvidence,
    change: &ListChange,
    present: &[ListedDuty],
) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if evidence.findings.trim().is_empty() {
        faults.push(FieldError::new(
            "evidence.findings",
            "请写明本季度投诉和执法数据反映的情况",
        ));
    }
    let ListChange::Changed { duties } = change else {
        return faults;
    };
    if duties.is_empty() || duties.len() > MOST_DUTIES {
        let message = format!("责任清单应有 1 至 {MOST_DUTIES} 项");
        faults.push(FieldError::new("change.duties", message));
    }
    if duties == present {
        faults.push(FieldError::new(
            "change.duties",
            "与现行清单相同；不作调整的，请选择“不作调整”",
        ));
    }
    for (index, duty) in duties.iter().enumerate() {
        for (field, text, most, message) in [
            ("name", &duty.name, 50, "请填写责任事项名称，最多 50 个字"),
            ("text", &duty.text, 1000, "请填写责任内容，最多 1000 个字"),
        ] {
            if text.trim().is_empty() || text.chars().count() > most {
                faults.push(FieldError::new(
                    format!("change.duties[{index}].{field}"),
                    message,
                ));
            }
        }
        let repeated = duties
            .iter()
            .take(index)
            .any(|other| other.name.trim() == duty.name.trim());
        if repeated {
            let message = format!("“{}”重复列出，请合并为一项", duty.name);
            faults.push(FieldError::new(format!("change.duties[{index}].name"), message));
        }
    }
    faults
}

/// Approves a proposal; a changed list takes the next number and begins on a day that is not past.
///
/// # Errors
/// [`ListRefusal`].
pub fn approve(
    review: ListReview,
    act: ReviewAct,
    effective_from: Option<LegalDate>,
    last_number: u32,
) -> Result<ListReview, ListRefusal> {
    may_decide(&review, act.account)?;
    let today = act.at.legal_date();
    let effective_from = effective_from.unwrap_or(today);
    if effective_from < today {
        let fault = FieldError::new("effective_from", "生效日期不能早于批准当日");
        return Err(ListRefusal::Invalid(vec![fault]));
    }
    let changed = matches!(review.change, ListChange::Changed { .. });
    let state = ReviewState::Approved {
        act,
        number: changed.then_some(last_number + 1),
        effective_from,
    };
    Ok(next(review, state))
}

/// Rejects a proposal, with a reason.
///
/// # Errors
/// [`ListRefusal`].
pub fn reject(review: ListReview, act: ReviewAct, reason: String) -> Result<ListReview, ListRefusal> {
    may_decide(&review, act.account)?;
    if reason.trim().is_empty() {
        let fault = FieldError::new("reason", "请写明不批准的理由");
        return Err(ListRefusal::Invalid(vec![fault]));
    }
    Ok(next(review, ReviewState::Rejected { act, reason }))
}

/// Whether this person may decide on a proposal.
///
/// # Errors
/// [`ListRefusal`] once it is decided, and for the one who proposed it.
pub fn may_decide(review: &ListReview, person: Option<AccountId>) -> Result<(), ListRefusal> {
    if review.state != ReviewState::Proposed {
        return Err(ListRefusal::Decided);
    }
    if person.is_some() && person == review.proposed.account {
        return Err(ListRefusal::SamePerson);
    }
    Ok(())
}

fn next(review: ListReview, state: ReviewState) -> ListReview {
    ListReview {
        version: review.version + 1,
        state,
        ..review
    }
}

/// The list that the definition itself says: version 0.
pub fn original(def: &Definition) -> PublishedList {
    let cite = |basis: &[crate::Clause]| {
        basis
            .iter()
            .map(|one| def.cite(one))
            .collect::<Vec<_>>()
            .join("、")
    };
    let duties = def.power.duties.iter().map(|duty| ListedDuty {
        name: duty.name.clone(),
        text: duty.text.clone(),
        basis: cite(&duty.basis),
        liability: String::new(),
    });
    let liabilities = def.power.accountability.iter().enumerate();
    let liabilities = liabilities.map(|(index, one)| ListedDuty {
        name: format!("追责情形{}", index + 1),
        text: one.text.clone(),
        basis: cite(&one.basis),
        liability: one.text.clone(),
    });
    PublishedList {
        number: 0,
        effective_from: LegalDate(def.effective_from),
        duties: duties.chain(liabilities).collect(),
    }
}

/// Every published version, newest first, with the definition's own at the end.
pub fn published_lists(def: &Definition, approved: &[ListReview]) -> Vec<PublishedList> {
    let mut lists: Vec<_> = approved
        .iter()
        .filter_map(|review| match (&review.state, &review.change) {
            (
                ReviewState::Approved {
                    number: Some(number),
                    effective_from,
                    ..
                },
                ListChange::Changed { duties },
            ) => Some(PublishedList {
                number: *number,
                effective_from: *effective_from,
                duties: duties.clone(),
            }),
            _ => None,
        })
        .collect();
    lists.push(original(def));
    lists.sort_by_key(|list| std::cmp::Reverse(list.number));
    lists
}

/// The version in force on a day: of those that have begun, the one with the highest number.
pub fn list_on(lists: &[PublishedList], day: LegalDate) -> Option<&PublishedList> {
    let begun = lists
        .iter()
        .filter(|list| list.number == 0 || list.effective_from <= day);
    begun.max_by_key(|list| list.number)
}

/// The list that a review changes: of a numbered version the one before it; else the one in force when it was decided,
/// or today while nobody has decided.
pub fn list_before(
    review: &ListReview,
    def: &Definition,
    approved: &[ListReview],
    today: LegalDate,
) -> Option<PublishedList> {
    let (until, number) = match &review.state {
        ReviewState::Proposed => (None, None),
        ReviewState::Approved { act, number, .. } => (Some(act.at), *number),
        ReviewState::Rejected { act, .. } => (Some(act.at), None),
    };
    let earlier = |one: &&ListReview| match (&one.state, until) {
        (ReviewState::Approved { act, .. }, Some(until)) => act.at < until,
        _ => true,
    };
    let known: Vec<ListReview> = approved.iter().filter(earlier).cloned().collect();
    let lists = published_lists(def, &known);
    match number {
        // Newest first: the next lower number.
        Some(number) => lists.into_iter().find(|list| list.number < number),
        None => list_on(&lists, until.map_or(today, |at| at.legal_date())).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Moment, ids::AccountId};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::model::{Quarter, ReviewId};

    fn act(who: u128, day: &str) -> ReviewAct {
        let day: LegalDate = day.parse().unwrap();
        ReviewAct {
            account: Some(AccountId(Uuid::from_u128(who))),
            name: format!("人员{who}"),
            at: Moment::from(day.midnight().instant() + time::Duration::hours(9)),
        }
    }

    fn duty(name: &str) -> ListedDuty {
        ListedDuty {
            name: name.into(),
            text: "一次告知".into(),
            basis: String::new(),
            liability: String::new(),
        }
    }

    fn proposal(change: ListChange) -> ListReview {
        ListReview {
            id: ReviewId(Uuid::from_u128(1)),
            version: 1,
            matter: "coal.renewal".parse().unwrap(),
            quarter: "2026Q1".parse().unwrap(),
            evidence: ReviewEvidence::default(),
            change,
            proposed: act(1, "2026-03-02"),
            state: ReviewState::Proposed,
        }
    }

    #[test]
    fn quarters_are_of_three_months() {
        for (day, quarter) in [
            ("2026-01-01", "2026Q1"),
            ("2026-03-31", "2026Q1"),
            ("2026-04-01", "2026Q2"),
            ("2028-02-29", "2028Q1"),
            ("2026-12-31", "2026Q4"),
        ] {
            assert_eq!(Quarter::of(day.parse().unwrap()).to_string(), quarter);
        }
        for bad in ["2026", "2026Q5", "2026Q0", "26Q1", "Q1", "2026q1"] {
            assert!(bad.parse::<Quarter>().is_err(), "{bad}");
        }
    }

    #[test]
    fn nobody_approves_his_own_proposal_and_nothing_is_decided_twice() {
        let changed = ListChange::Changed {
            duties: vec![duty("受理责任")],
        };
        let own = approve(proposal(changed.clone()), act(1, "2026-03-03"), None, 0);
        assert_eq!(own, Err(ListRefusal::SamePerson));
        let done = approve(proposal(changed), act(2, "2026-03-03"), None, 4).unwrap();
        assert!(matches!(
            done.state,
            ReviewState::Approved { number: Some(5), .. }
        ));
        assert_eq!(
            reject(done, act(3, "2026-03-04"), "不".into()),
            Err(ListRefusal::Decided)
        );
        let unchanged = approve(proposal(ListChange::Unchanged), act(2, "2026-03-03"), None, 4).unwrap();
        assert!(matches!(
            unchanged.state,
            ReviewState::Approved { number: None, .. }
        ));
    }

    #[test]
    fn a_review_is_held_against_the_list_before_it() {
        let def = include_str!("../../../../data/matters/coal/renewal.v1.json");
        let def: Definition = serde_json::from_str(def).unwrap();
        let today: LegalDate = "2026-06-01".parse().unwrap();
        let changed = |name: &str| ListChange::Changed {
            duties: vec![duty(name)],
        };
        let names = |review: &ListReview, approved: &[ListReview]| {
            let before = list_before(review, &def, approved, today).unwrap();
            (before.number, before.duties.len())
        };
        let first = approve(proposal(changed("甲")), act(2, "2026-03-03"), None, 0).unwrap();
        let later = Some("2026-07-01".parse().unwrap());
        let second = approve(proposal(changed("乙")), act(2, "2026-05-03"), later, 1).unwrap();
        let both = [first.clone(), second.clone()];
        let own = original(&def).duties.len();
        assert_eq!(names(&first, &both), (0, own), "the definition's own");
        assert_eq!(names(&second, &both), (1, 1));
        // The second has not begun, so that a proposal would change the first.
        assert_eq!(names(&proposal(changed("丙")), &both), (1, 1));
        let back = reject(proposal(changed("丁")), act(3, "2026-03-02"), "不".into()).unwrap();
        assert_eq!(names(&back, &both), (0, own), "as it was then");
    }

    #[test]
    fn a_list_does_not_begin_in_the_past() {
        let changed = ListChange::Changed {
            duties: vec![duty("受理责任")],
        };
        let past = Some("2026-03-02".parse().unwrap());
        assert!(matches!(
            approve(proposal(changed), act(2, "2026-03-03"), past, 0),
            Err(ListRefusal::Invalid(_))
        ));
    }

    #[test]
    fn proposals_say_what_and_why() {
        let faults = |change: &ListChange| {
            let found = proposal_faults(&ReviewEvidence::default(), change, &[duty("甲")]);
            found.into_iter().map(|one| one.field).collect::<Vec<_>>()
        };
        assert_eq!(faults(&ListChange::Unchanged), ["evidence.findings"]);
        let same = ListChange::Changed {
            duties: vec![duty("甲")],
        };
        assert_eq!(faults(&same), ["evidence.findings", "change.duties"]);
        let twice = ListChange::Changed {
            duties: vec![duty("乙"), duty("乙 ")],
        };
        assert_eq!(faults(&twice), ["evidence.findings", "change.duties[1].name"]);
    }

    proptest! {
        /// Whatever begins when, the version in force has begun, and no begun one has a higher number.
        #[test]
        fn the_youngest_begun_list_counts(starts in proptest::collection::vec(0u16..400, 0..6), today in 0u16..400) {
            let day = |offset: u16| {
                LegalDate(time::macros::date!(2026 - 01 - 01) + time::Duration::days(i64::from(offset)))
            };
            let mut lists = vec![PublishedList { number: 0, effective_from: day(399), duties: Vec::new() }];
            for (index, start) in starts.iter().enumerate() {
                let number = u32::try_from(index).unwrap() + 1;
                lists.push(PublishedList { number, effective_from: day(*start), duties: Vec::new() });
            }
            let found = list_on(&lists, day(today)).unwrap();
            prop_assert!(found.number == 0 || found.effective_from <= day(today));
            let higher = lists.iter().any(|one| one.number > found.number && one.effective_from <= day(today));
            prop_assert!(!higher);
        }
    }
}
