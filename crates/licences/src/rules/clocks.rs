//! The clocks of a case file: the days for serving its papers and for the holder's voice, counted as those of
//! applications are.

use applications::rules::{ClockView, Due, Light, Lights, Period};
use codes::WorkCalendar;
use kernel::LegalDate;
use matters::{OnExpiry, Term};

use super::{Limit, Periods};
use crate::model::{CaseBody, CasePaper, Noticed, Stage};

/// Counts the clocks of a case.
#[derive(Clone, Copy)]
pub struct CaseWatch<'a> {
    /// The working-day calendar.
    pub calendar: &'a WorkCalendar,
    /// Today in Asia/Shanghai.
    pub today: LegalDate,
    /// When the yellow light shows.
    pub lights: Lights,
    /// The periods of the law.
    pub periods: &'a Periods,
}

/// A period of a case whose last day was fixed when it began.
struct Span<'a> {
    key: &'a str,
    name: &'a str,
    limit: &'a Limit,
    on_expiry: OnExpiry,
    started_on: LegalDate,
    ended_on: Option<LegalDate>,
    due_on: LegalDate,
}

impl CaseWatch<'_> {
    /// The clock that matters now: the holder's days while they run, else the paper that has to be served first.
    pub fn running(&self, file: &CaseBody) -> Option<ClockView> {
        let voice = self.voice(file).filter(|clock| clock.ended_on.is_none());
        let voice = voice.filter(|clock| clock.due_on.is_some_and(|due| self.today <= due));
        voice.or_else(|| {
            let open = file.papers.iter().filter(|paper| paper.served.is_none());
            let clocks = open.filter_map(|paper| self.service(paper));
            clocks.min_by_key(|clock| clock.due_on)
        })
    }

    /// 送达期限 of a paper.
    pub fn service(&self, paper: &CasePaper) -> Option<ClockView> {
        Some(self.view(Span {
            key: "service",
            name: "送达期限",
            limit: &self.periods.service,
            on_expiry: OnExpiry::Overdue,
            started_on: paper.at.legal_date(),
            ended_on: paper.served.as_ref().map(|served| served.on),
            due_on: paper.service_due?,
        }))
    }

    /// 陈述、申辩和申请听证的期限, once the notice was served.
    fn voice(&self, file: &CaseBody) -> Option<ClockView> {
        let Stage::Noticed(noticed) = &file.stage else {
            return None;
        };
        let notice = file.papers.iter().find(|paper| paper.id == noticed.paper)?;
        let (name, limit) = self.right_of(noticed);
        Some(self.view(Span {
            key: "voice",
            name,
            limit,
            on_expiry: OnExpiry::RightLapses,
            started_on: notice.served.as_ref()?.on,
            ended_on: noticed.heard_on(),
            due_on: noticed.last_day()?,
        }))
    }

    fn right_of(&self, noticed: &Noticed) -> (&'static str, &Limit) {
        match noticed.hearing_until {
            Some(until) if noticed.plea_until.is_none_or(|plea| plea <= until) => {
                ("陈述、申辩和申请听证的期限", &self.periods.hearing_request)
            }
            _ => ("陈述、申辩的期限", &self.periods.plea),
        }
    }

    fn view(&self, span: Span<'_>) -> ClockView {
        let period = Period {
            terms: vec![span.limit.term],
            start: span.started_on,
            ended: span.ended_on,
            stops: Vec::new(),
        };
        let count = period.count(self.calendar, self.today);
        // Where the calendar says something else today, the day that was fixed stands, and nothing is counted to it.
        let is_same = count.due.day() == Some(span.due_on);
        let left = count.left.filter(|_| is_same);
        let working = matches!(span.limit.term, Term::WorkingDays(_));
        let due = Due::On {
            day: span.due_on,
            provisional: working && self.calendar.is_provisional(span.due_on.0),
        };
        ClockView {
            key: span.key.to_owned(),
            name: span.name.to_owned(),
            department: None,
            term: span.limit.term.to_string(),
            unit: span.limit.term.into(),
            internal: false,
            started_on: span.started_on,
            ended_on: span.ended_on,
            used: count.used,
            left,
            due_on: Some(span.due_on),
            due_words: due.words(),
            due,
            stopped: false,
            light: self.light(
                span.ended_on.unwrap_or(self.today),
                span.due_on,
                left,
                span.limit.term,
            ),
            on_expiry: span.on_expiry,
            clauses: span.limit.basis.clone(),
        }
    }

    fn light(&self, on: LegalDate, due: LegalDate, left: Option<i64>, term: Term) -> Light {
        let whole = match term {
            Term::Days(days) => days.0,
            Term::WorkingDays(days) => days.0,
            Term::Months(months) => months.0.saturating_mul(30),
        };
        let share = whole
            .saturating_mul(self.lights.yellow_percent)
            .div_ceil(100)
            .max(self.lights.yellow_days);
        match left {
            _ if due < on => Light::Red,
            Some(left) if left <= i64::from(share) => Light::Yellow,
            Some(_) => Light::Green,
            None => Light::Yellow,
        }
    }
}
