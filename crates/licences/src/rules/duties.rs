//! What the holder of a licence owes, month by month: due, done, missed. A pure function over facts.

use codes::Months;
use kernel::{
    LegalDate,
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use serde::{Deserialize, Serialize};
use time::{Date, Month, util::days_in_month};
use utoipa::ToSchema;

use super::{Limit, Periods, periods::Mark};
use crate::model::{Filing, FilingId, FilingMatter, Licence, Source};

/// How a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DutyState {
    /// Its last day is not over.
    Due,
    /// Done in time.
    Done,
    /// Done too late.
    DoneLate,
    /// Its last day is over.
    Missed,
}

/// Something that is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceDuty)]
pub struct Duty {
    /// Stable name, such as `self_check`.
    pub key: String,
    /// The licence.
    pub licence: LicenceId,
    /// Its number.
    pub number: String,
    /// The enterprise that owes it.
    pub enterprise: EnterpriseId,
    /// What is owed, in Chinese.
    pub title: String,
    /// Last day.
    pub due: LegalDate,
    /// Day on which it was done.
    pub done_on: Option<LegalDate>,
    /// How it stands.
    pub state: DutyState,
    /// The filing it follows from or was done by.
    pub filing: Option<FilingId>,
    /// The application by which it is being done.
    pub application: Option<ApplicationId>,
    /// Clauses that set it.
    pub basis: Vec<String>,
    /// Whether they were read.
    pub mark: Mark,
}

/// The days that are asked about, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First last day.
    pub from: LegalDate,
    /// Last last day.
    pub until: LegalDate,
    /// Today.
    pub today: LegalDate,
}

impl Window {
    fn has(self, due: LegalDate) -> bool {
        (self.from..=self.until).contains(&due)
    }
}

/// The duties of one licence whose last day lies in the window, by last day.
pub fn duties(licence: &Licence, filings: &[Filing], periods: &Periods, window: Window) -> Vec<Duty> {
    let mut list = List {
        licence,
        periods,
        window,
        found: Vec::new(),
    };
    for filing in filings {
        list.of_filing(filing);
    }
    if licence.facts().temporary_for.is_none() {
        list.self_checks(filings);
        list.annual_reviews(filings);
        list.renewal();
    }
    let mut found = list.found;
    found.sort_by(|a, b| (a.due, &a.key).cmp(&(b.due, &b.key)));
    found
}

struct List<'a> {
    licence: &'a Licence,
    periods: &'a Periods,
    window: Window,
    found: Vec<Duty>,
}

impl List<'_> {
    fn add(
        &mut self,
        key: &str,
        title: String,
        due: LegalDate,
        done_on: Option<LegalDate>,
        filing: Option<FilingId>,
        source: (&[String], Mark),
    ) {
        if !self.window.has(due) {
            return;
        }
        let facts = self.licence.facts();
        let state = match done_on {
            Some(on) if on <= due => DutyState::Done,
            Some(_) => DutyState::DoneLate,
            None if self.window.today <= due => DutyState::Due,
            None => DutyState::Missed,
        };
        self.found.push(Duty {
            key: key.to_owned(),
            licence: facts.id,
            number: facts.number.to_string(),
            enterprise: facts.enterprise,
            title,
            due,
            done_on,
            state,
            filing,
            application: None,
            basis: source.0.to_vec(),
            mark: source.1,
        });
    }

    fn of_filing(&mut self, filing: &Filing) {
        let periods = self.periods;
        let id = Some(filing.id);
        let by = |limit: &Limit| (limit.basis.clone(), limit.mark);
        let (key, title, due, done_on, (basis, mark)) = match &filing.matter {
            FilingMatter::Handover(one) => (
                "posting",
                "悬挂许可证并确认",
                one.posting_due,
                one.posted.as_ref().map(|posted| posted.on),
                by(&periods.posting),
            ),
            FilingMatter::SelfCheck(one) => match &one.exchange {
                None => return,
                Some(exchange) => (
                    "exchange",
                    "自查发现损毁，启动换证",
                    exchange.due.legal_date(),
                    exchange.begun_at.map(|at| at.legal_date()),
                    (periods.exchange_begun.basis.clone(), periods.exchange_begun.mark),
                ),
            },
            FilingMatter::Damage(one) => (
                "exchange",
                "证书损毁，启动换证",
                one.exchange.due.legal_date(),
                one.exchange.begun_at.map(|at| at.legal_date()),
                (periods.exchange_begun.basis.clone(), periods.exchange_begun.mark),
            ),
            FilingMatter::Recall(one) => (
                "return",
                "交回证书",
                one.due,
                one.returned.as_ref().map(|returned| returned.on),
                by(&periods.return_of_papers),
            ),
            FilingMatter::WorkElsewhere(one) => (
                "work_elsewhere_report",
                "提交异地作业完工报告",
                one.report_due,
                one.report.as_ref().map(|report| report.on),
                by(&periods.work_elsewhere_report),
            ),
            FilingMatter::EmergencyUse(one) => (
                "emergency_use_report",
                "提交应急使用情况报告",
                one.report_due,
                one.report.as_ref().map(|report| report.on),
                by(&periods.emergency_use_report),
            ),
            FilingMatter::Loss(_) | FilingMatter::AnnualReview(_) => return,
        };
        self.add(key, title.to_owned(), due, done_on, id, (&basis, mark));
        let begun_by = match &filing.matter {
            FilingMatter::SelfCheck(one) => one.exchange.as_ref().and_then(|one| one.application),
            FilingMatter::Damage(one) => one.exchange.application,
            _ => None,
        };
        if let Some(duty) = self.found.last_mut().filter(|duty| duty.filing == id) {
            duty.application = begun_by;
        }
    }

    /// The days on which somebody holds the licence, as far as they can be named today. What was done before a
    /// licence was taken over stands in no register here, and is not owed here either.
    fn held(&self) -> (LegalDate, LegalDate) {
        let facts = self.licence.facts();
        let known_from = match facts.source {
            Source::Imported => facts.in_force_from.max(facts.created_at.legal_date()),
            Source::Granted { .. } | Source::StandIn => facts.in_force_from,
        };
        let until = match self.licence {
            Licence::Ended(one) => one.ending.order().on.min(facts.validity.until),
            _ => facts.validity.until,
        };
        (known_from, until)
    }

    /// One for each month that begins while the licence is held; the month of issue has none.
    fn self_checks(&mut self, filings: &[Filing]) {
        let (from, until) = self.held();
        let source = &self.periods.exchange_begun;
        let (basis, mark) = (source.basis.clone(), source.mark);
        let mut month = first_of_next_month(from.0.max(before_month(self.window.from.0)));
        while let Some(first) = month.filter(|first| *first <= until.0 && *first <= self.window.until.0) {
            let key = format!("{}-{:02}", first.year(), u8::from(first.month()));
            let done = filings.iter().find_map(|filing| match &filing.matter {
                FilingMatter::SelfCheck(one) if one.month == key => Some((filing.id, one.on)),
                _ => None,
            });
            // What cannot be done any more is not asked for: the licence ends before its last month does.
            let due = LegalDate(last_of_month(first)).min(self.licence.facts().validity.until);
            if done.is_none() && self.ended_before_end_of(due) {
                break;
            }
            let title = format!("{}年{}月证照自查", first.year(), u8::from(first.month()));
            self.add(
                "self_check",
                title,
                due,
                done.map(|(_, on)| on),
                done.map(|(id, _)| id),
                (&basis, mark),
            );
            month = first_of_next_month(first);
        }
    }

    /// Whether the licence was ended, so that what is left of the day cannot be done any more.
    fn ended_before_end_of(&self, day: LegalDate) -> bool {
        matches!(self.licence, Licence::Ended(one) if one.ending.order().on <= day)
    }

    /// One for each whole year in which the licence is held on the last day.
    fn annual_reviews(&mut self, filings: &[Filing]) {
        let (from, until) = self.held();
        for year in from.0.year()..=until.0.year().min(self.window.until.0.year()) {
            let Ok(due) = Date::from_calendar_date(year, Month::December, 31) else {
                continue;
            };
            if due > until.0 {
                continue;
            }
            let done = filings.iter().find_map(|filing| match &filing.matter {
                FilingMatter::AnnualReview(one) if one.year == year => Some((filing.id, one.on)),
                _ => None,
            });
            self.add(
                "annual_review",
                format!("{year}年度复核"),
                LegalDate(due),
                done.map(|(_, on)| on),
                done.map(|(id, _)| id),
                (
                    &["本市证照管理要求（副本年度复核页）".to_owned()],
                    Mark::Unconfirmed,
                ),
            );
        }
    }

    /// The renewal is owed while the licence can still be renewed; missed only once it expired without.
    fn renewal(&mut self) {
        let facts = self.licence.facts();
        if !matches!(self.licence, Licence::Issued(_) | Licence::Suspended(_)) {
            return;
        }
        let limit = &self.periods.renewal;
        let (basis, mark) = (limit.basis.clone(), limit.mark);
        let due = limit.before(facts.validity.until);
        self.add(
            "renewal",
            "办理延期手续".to_owned(),
            due,
            None,
            None,
            (&basis, mark),
        );
        let today = self.window.today;
        if let Some(duty) = self.found.last_mut().filter(|duty| duty.key == "renewal")
            && today <= facts.validity.until
        {
            duty.state = DutyState::Due;
        }
        for past in facts
            .past
            .iter()
            .filter(|past| past.validity.until < facts.validity.until)
        {
            let due = limit.before(past.validity.until);
            let title = "办理延期手续".to_owned();
            self.add(
                "renewal",
                title,
                due,
                Some(due.min(past.replaced_on)),
                None,
                (&basis, mark),
            );
        }
    }
}

fn first_of_next_month(day: Date) -> Option<Date> {
    Months(1).after(day.replace_day(1).ok()?)
}

/// A day of the month before, so that the month of `day` itself is looked at.
fn before_month(day: Date) -> Date {
    day.replace_day(1)
        .ok()
        .and_then(Date::previous_day)
        .unwrap_or(day)
}

fn last_of_month(first: Date) -> Date {
    let last = days_in_month(first.month(), first.year());
    first.replace_day(last).unwrap_or(first)
}

/// The month of a day, `2026-05`.
pub fn month_of(day: LegalDate) -> String {
    format!("{}-{:02}", day.0.year(), u8::from(day.0.month()))
}
