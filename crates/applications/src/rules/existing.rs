//! Applications about a licence that is already there: may they be made, are they in time, is what they ask for
//! well formed and complete.

use std::collections::BTreeSet;

use codes::WorkCalendar;
use kernel::{FieldError, LegalDate, ids::EnterpriseId};
use matters::{
    Clock, ConditionKey, Definition, DirectRule, Existing, Facet, Review, Standing, Term, WhenLate, Window,
    WindowFrom,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Due, Gap};
use crate::model::{ChangedItem, HeldLicence, Refusal, StageName, Subject};

/// Longest account of what happened, in characters.
const LONGEST_ACCOUNT: usize = 2000;
/// Longest name, address or phrase of a scope, in characters.
const LONGEST_ITEM: usize = 300;

/// Why a licence cannot be the matter of such an application.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It belongs to somebody else, or does not exist.
    #[error("not the applicant's licence")]
    Stranger,
    /// It is of another industry.
    #[error("licence of another industry")]
    OtherIndustry,
    /// As it stands the matter is not possible.
    #[error("licence is {}", .0.as_str())]
    Standing(Standing),
    /// So late that only a fresh application is left.
    #[error("late since {until}")]
    TooLate {
        /// The window.
        window: String,
        /// Its last day.
        until: LegalDate,
    },
}

/// Whether the licence allows the application today.
///
/// # Errors
/// [`Unfit`] with the reason.
pub fn check_licence(
    held: &HeldLicence,
    enterprise: EnterpriseId,
    subject: &Subject,
    def: &Definition,
    calendar: &WorkCalendar,
    today: LegalDate,
) -> Result<(), Unfit> {
    if held.enterprise != enterprise {
        return Err(Unfit::Stranger);
    }
    if held.industry != def.industry {
        return Err(Unfit::OtherIndustry);
    }
    let Some(rules) = &def.existing else { return Ok(()) };
    let facets = subject.facets();
    let closed = rules.windows.iter().filter(|window| {
        window.late == WhenLate::FreshApplication && concerns_facets(&window.only_for, &facets)
    });
    for window in closed {
        let until = last_day(window, held, subject.occurred_on(), calendar).and_then(Due::day);
        if let Some(until) = until.filter(|until| *until < today) {
            let window = window.name.clone();
            return Err(Unfit::TooLate { window, until });
        }
    }
    if rules.standings.contains(&held.standing) {
        Ok(())
    } else {
        Err(Unfit::Standing(held.standing))
    }
}

/// The last day of a window; `None` while the event from which it counts is not known.
pub fn last_day(
    window: &Window,
    held: &HeldLicence,
    occurred_on: Option<LegalDate>,
    calendar: &WorkCalendar,
) -> Option<Due> {
    let on = |day| Due::On {
        day: LegalDate(day),
        provisional: false,
    };
    let start = match window.from {
        WindowFrom::BeforeExpiry => {
            let end = held.valid_to.0;
            let day = match window.term {
                Term::Days(days) => days.before(end),
                Term::Months(months) => months.before(end),
                // The checks of a definition refuse it: backwards, working days of unknown years would decide.
                Term::WorkingDays(_) => None,
            };
            return day.map(on);
        }
        WindowFrom::AfterExpiry => held.valid_to,
        WindowFrom::AfterEvent => occurred_on?,
    };
    match window.term {
        Term::Days(days) => days.after(start.0).map(on),
        Term::Months(months) => months.after(start.0).map(on),
        Term::WorkingDays(days) => Some(match calendar.add_working_days(start.0, days) {
            Ok(day) => Due::On {
                day: LegalDate(day),
                provisional: calendar.is_provisional(day),
            },
            Err(missing) => Due::Unknown {
                year: missing.year,
                not_before: LegalDate(codes::Days(days.0).after(start.0).unwrap_or(start.0)),
            },
        }),
    }
}

/// A window as everyone entitled sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WindowView {
    /// Key in the matter definition.
    pub key: String,
    /// Name.
    pub name: String,
    /// Length in words.
    pub term: String,
    /// Last day in words; absent while the day of the event is not known.
    pub until_words: Option<String>,
    /// Last day, while known.
    pub until: Option<LegalDate>,
    /// Whether the application came, or would come today, after it.
    pub late: bool,
    /// True: a rule of the house, not a period of the law.
    pub internal: bool,
    /// Clauses.
    pub clauses: Vec<String>,
}

/// Every window of a matter, judged on the day on which the application came in, or today.
pub fn windows(
    def: &Definition,
    held: &HeldLicence,
    subject: &Subject,
    calendar: &WorkCalendar,
    on: LegalDate,
) -> Vec<WindowView> {
    let rules = def.existing.as_ref();
    let facets = subject.facets();
    let windows = rules.into_iter().flat_map(|rules| &rules.windows);
    windows
        .filter(|window| concerns_facets(&window.only_for, &facets))
        .map(|window| {
            let due = last_day(window, held, subject.occurred_on(), calendar);
            let until = due.and_then(Due::day);
            WindowView {
                key: window.key.to_string(),
                name: window.name.clone(),
                term: window.term.to_string(),
                until_words: due.map(Due::words),
                until,
                late: until.is_some_and(|until| until < on),
                internal: window.internal,
                clauses: window.basis.iter().map(|clause| def.cite(clause)).collect(),
            }
        })
        .collect()
}

/// Whether the application came within the window with this key.
pub fn is_in_time(
    rules: &Existing,
    key: &str,
    held: &HeldLicence,
    subject: &Subject,
    calendar: &WorkCalendar,
    on: LegalDate,
) -> bool {
    let window = rules.window(key);
    let until = window.and_then(|window| last_day(window, held, subject.occurred_on(), calendar));
    until.and_then(Due::day).is_some_and(|until| on <= until)
}

/// Whether something that names facets concerns what is asked for.
pub fn concerns_facets(only_for: &[Facet], facets: &BTreeSet<Facet>) -> bool {
    only_for.is_empty() || only_for.iter().any(|facet| facets.contains(facet))
}

/// Whether a department takes part in what is asked for.
pub fn takes_part(review: &Review, subject: &Subject) -> bool {
    concerns_facets(&review.only_for, &subject.facets())
}

/// The term of a clock for what is asked for.
pub fn term_of(clock: &Clock, subject: &Subject) -> Term {
    let facets = subject.facets();
    let own = clock
        .terms_for
        .iter()
        .find(|one| one.facets.iter().any(|facet| facets.contains(facet)));
    own.map_or(clock.term, |one| one.term)
}

/// The stages between acceptance and delivery that an application goes through, in order.
pub fn route(def: &Definition, subject: &Subject, direct: bool) -> Vec<StageName> {
    let facets = subject.facets();
    let skipped = def
        .existing
        .as_ref()
        .and_then(|rules| rules.direct.as_ref())
        .filter(|_| direct);
    let held = |stage: &StageName| {
        let known = def.stage(stage.key());
        let skips = skipped.is_some_and(|rule| rule.skips.iter().any(|key| key.as_str() == stage.key()));
        known.is_some_and(|one| concerns_facets(&one.only_for, &facets)) && !skips
    };
    [
        StageName::ParallelReview,
        StageName::FirstReview,
        StageName::SecondReview,
        StageName::Decision,
    ]
    .into_iter()
    .filter(held)
    .collect()
}

/// Whether a renewal goes on without review: it asks for that, and the officer confirms every condition of the
/// matter. Deemed acceptance confirms nothing, so the declared conditions are looked at in the first review.
///
/// # Errors
/// [`Refusal::Invalid`] names a condition that is not confirmed: then the applicant has to ask for a review.
pub fn goes_direct(
    subject: &Subject,
    confirmed: &BTreeSet<ConditionKey>,
    deemed: bool,
    def: &Definition,
) -> Result<bool, Refusal> {
    let Subject::Renewal { direct: true, .. } = subject else {
        return match confirmed.iter().next() {
            None => Ok(false),
            Some(_) => Err(Refusal::field(
                "confirmed",
                "本申请不是不再审查的延期，不需要确认条件",
            )),
        };
    };
    let rule = def.existing.as_ref().and_then(|rules| rules.direct.as_ref());
    let Some(rule) = rule else { return Ok(false) };
    if let Some(stranger) = confirmed
        .iter()
        .find(|key| rule.conditions.iter().all(|one| one.key != **key))
    {
        let message = format!("“{stranger}”不是不再审查延期的条件");
        return Err(Refusal::field("confirmed", message));
    }
    let open = rule
        .conditions
        .iter()
        .filter(|one| !deemed && !confirmed.contains(&one.key));
    let faults: Vec<_> = open
        .map(|one| {
            let message = format!(
                "请核实并确认“{}”；不符合的，请告知申请人补正为按审查程序申请",
                one.text
            );
            FieldError::new(format!("confirmed.{}", one.key), message)
        })
        .collect();
    if faults.is_empty() {
        Ok(true)
    } else {
        Err(Refusal::Invalid(faults))
    }
}

/// The keys of the conditions of a matter that concern what is asked for.
pub fn conditions_for<'a>(
    def: &'a Definition,
    subject: &Subject,
    among: &'a [ConditionKey],
) -> Vec<&'a matters::Condition> {
    let facets = subject.facets();
    let known = among.iter().filter_map(|key| def.condition(key.as_str()));
    known
        .filter(|condition| concerns_facets(&condition.only_for, &facets))
        .collect()
}

/// Faults of what is asked for: what is there must be well formed, blanks are allowed until it is handed in.
pub fn subject_faults(subject: &Subject, def: &Definition, today: LegalDate) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if subject.kind() != def.kind {
        let message = format!("申请内容与“{}”的办理类型不一致", def.name);
        faults.push(FieldError::new("subject.kind", message));
        return faults;
    }
    let Some(rules) = &def.existing else { return faults };
    if subject.occurred_on().is_some_and(|day| day > today) {
        faults.push(FieldError::new("subject.occurred_on", "发生日期不能晚于今天"));
    }
    let offered = |facet| rules.offers(facet);
    match subject {
        Subject::FirstIssue => {}
        Subject::Renewal { .. } => renewal_faults(subject, rules, &mut faults),
        Subject::Change { items, .. } => change_faults(items, rules, &mut faults),
        Subject::Replacement { cause, account, .. } => {
            if !offered(cause.facet()) {
                faults.push(FieldError::new("subject.cause", "本事项没有这种补办情形"));
            }
            account_fault(account, &mut faults);
        }
        Subject::Deregistration { ground, account, .. } => {
            if !offered(ground.facet()) {
                faults.push(FieldError::new("subject.ground", "本事项没有这种注销情形"));
            }
            account_fault(account, &mut faults);
        }
    }
    faults
}

fn account_fault(account: &str, faults: &mut Vec<FieldError>) {
    if account.chars().count() > LONGEST_ACCOUNT {
        let message = format!("情况说明最多 {LONGEST_ACCOUNT} 个字");
        faults.push(FieldError::new("subject.account", message));
    }
}

fn renewal_faults(subject: &Subject, rules: &Existing, faults: &mut Vec<FieldError>) {
    let Subject::Renewal {
        direct,
        declared,
        standardisation,
    } = subject
    else {
        return;
    };
    if *direct && rules.direct.is_none() {
        faults.push(FieldError::new(
            "subject.direct",
            "本事项没有不再审查的延期，请按审查程序申请",
        ));
    }
    let known = |key: &ConditionKey| {
        rules
            .direct
            .as_ref()
            .is_some_and(|direct| direct.conditions.iter().any(|one| &one.key == key))
    };
    if let Some(stranger) = declared.iter().find(|key| !known(key)) {
        let message = format!("“{stranger}”不是不再审查延期的条件");
        faults.push(FieldError::new("subject.declared", message));
    }
    if let Some(one) = standardisation {
        if !(1..=3).contains(&one.level) {
            faults.push(FieldError::new(
                "subject.standardisation.level",
                "标准化等级为一级、二级或者三级",
            ));
        }
        if one.certificate.chars().count() > LONGEST_ITEM {
            faults.push(FieldError::new(
                "subject.standardisation.certificate",
                format!("证书编号最多 {LONGEST_ITEM} 个字"),
            ));
        }
    }
}

fn change_faults(items: &[ChangedItem], rules: &Existing, faults: &mut Vec<FieldError>) {
    let mut seen = BTreeSet::new();
    for (index, item) in items.iter().enumerate() {
        let facet = item.facet();
        let field = format!("subject.items[{index}]");
        if !seen.insert(facet) {
            let message = format!("“{}”重复列出，请合并为一项", facet.label());
            faults.push(FieldError::new(field.clone(), message));
        }
        if !rules.offers(facet) {
            let message = format!("本事项不办理“{}”的变更", facet.label());
            faults.push(FieldError::new(field.clone(), message));
        }
        let (from, to) = item.words();
        if to.trim().is_empty() {
            let message = format!("请填写变更后的{}", facet.label());
            faults.push(FieldError::new(format!("{field}.to"), message));
        } else if to.trim() == from.trim() {
            let message = format!("变更后的{}与许可证载明的相同，没有变化", facet.label());
            faults.push(FieldError::new(format!("{field}.to"), message));
        }
        if is_too_long(item) {
            faults.push(FieldError::new(
                format!("{field}.to"),
                format!("内容太长，每项最多 {LONGEST_ITEM} 个字，许可范围最多 50 项"),
            ));
        }
    }
}

fn is_too_long(item: &ChangedItem) -> bool {
    let long = |text: &String| text.chars().count() > LONGEST_ITEM;
    match item {
        ChangedItem::Name { to, .. }
        | ChangedItem::Address { to, .. }
        | ChangedItem::LegalRepresentative { to, .. }
        | ChangedItem::EconomicType { to, .. } => long(to),
        ChangedItem::Scope { to, .. } => to.len() > 50 || to.iter().any(long),
    }
}

/// What is still missing in what is asked for.
pub fn subject_gaps(subject: &Subject, def: &Definition) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut missing = |field: &str, name: &str, message: &str| {
        gaps.push(Gap {
            field: format!("subject.{field}"),
            name: name.to_owned(),
            message: message.to_owned(),
            clauses: Vec::new(),
        });
    };
    let undated = subject.occurred_on().is_none();
    match subject {
        Subject::FirstIssue => {}
        Subject::Renewal { direct: false, .. } => {}
        Subject::Renewal {
            declared,
            standardisation,
            ..
        } => {
            let rule = def.existing.as_ref().and_then(|rules| rules.direct.as_ref());
            let Some(rule) = rule else { return gaps };
            gaps.extend(undeclared(rule, declared, def));
            let met = standardisation.as_ref().map(|one| one.level);
            gaps.extend(standardisation_gap(rule, met, def));
            return gaps;
        }
        Subject::Change { items, .. } => {
            if items.is_empty() {
                missing("items", "变更项目", "请至少选择一项变更内容，并填写变更后的内容");
            }
            if undated {
                missing(
                    "occurred_on",
                    "变更日期",
                    "请填写营业执照变更或者安全设施竣工验收合格的日期",
                );
            }
        }
        Subject::Replacement { account, .. } => {
            if undated {
                missing("occurred_on", "发生日期", "请填写遗失或者损毁的日期");
            }
            if account.trim().is_empty() {
                missing("account", "情况说明", "请说明许可证遗失或者损毁的经过");
            }
        }
        Subject::Deregistration { account, .. } => {
            if undated {
                missing(
                    "occurred_on",
                    "发生日期",
                    "请填写终止生产经营或者注销情形发生的日期",
                );
            }
            if account.trim().is_empty() {
                missing("account", "情况说明", "请说明注销的原因和停产后的安全处置措施");
            }
        }
    }
    gaps
}

fn undeclared(rule: &DirectRule, declared: &BTreeSet<ConditionKey>, def: &Definition) -> Vec<Gap> {
    let open = rule.conditions.iter().filter(|one| !declared.contains(&one.key));
    open.map(|one| Gap {
        field: format!("subject.declared.{}", one.key),
        name: one.text.clone(),
        message: format!("请确认“{}”；不符合的，请改为按审查程序申请延期", one.text),
        clauses: one.basis.iter().map(|clause| def.cite(clause)).collect(),
    })
    .collect()
}

fn standardisation_gap(rule: &DirectRule, level: Option<u8>, def: &Definition) -> Option<Gap> {
    let lowest = rule.standardisation?;
    if level.is_some_and(|level| level <= lowest) {
        return None;
    }
    let name = ["一", "二", "三"].get(usize::from(lowest.saturating_sub(1)))?;
    Some(Gap {
        field: "subject.standardisation".to_owned(),
        name: "安全生产标准化等级".to_owned(),
        message: format!(
            "不再审查的延期须达到安全生产标准化{name}级以上，请填写达标等级和证书；未达到的，请改为按审查程序申请延期"
        ),
        clauses: rule.basis.iter().map(|clause| def.cite(clause)).collect(),
    })
}
