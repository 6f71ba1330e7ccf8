//! What happens to licences by date: expiry at midnight, reminders, the ends of suspensions, transitions and
//! stand-ins, what was owed and not done.
//!
//! What a licence is worth on a day is computed, never stored; here the day only leaves its events, of which
//! notifications hear. Each page notes how far it came in its own transaction, so that a run taken up again, or two at
//! once, tell nothing twice.

use kernel::{Actor, Happened, LegalDate, Subject, Work};
use serde_json::json;
use time::Duration;

use super::{Licences, Outcome};
use crate::{
    model::{Filing, FilingMatter},
    store::{self, ByDate, DateStep},
};

/// Licences in one transaction.
const PAGE: u64 = 1000;

/// A step of the day: its name, and what it looks for.
enum Step {
    /// Licences that a day concerns, and what to tell of each.
    Licences(DateStep, Box<dyn Fn(&ByDate) -> Happened + Send + Sync>),
    /// Filings of which something was owed until this day.
    Filings(LegalDate),
}

impl Licences {
    /// Does the work of a legal day. Returns how many events it left.
    ///
    /// # Errors
    /// [`LicencesError`](crate::LicencesError); what was done stays and is not done again.
    pub async fn run_day(&self, day: LegalDate) -> Outcome<u64> {
        let mut work = self.begin_daily().await?;
        let mut told = 0;
        for (name, step) in self.steps_of(day) {
            while let Some((found, over)) = tell(&mut work, day, &name, &step).await? {
                told += found;
                if over {
                    break;
                }
                // A full page is a transaction of its own; the last pages of all steps share one.
                work.commit().await?;
                work = self.begin_daily().await?;
            }
        }
        work.commit().await?;
        Ok(told)
    }

    fn steps_of(&self, day: LegalDate) -> Vec<(String, Step)> {
        let mut steps = Vec::new();
        let mut add = |name: &str, step: DateStep, told: fn(&ByDate) -> Happened| {
            steps.push((name.to_owned(), Step::Licences(step, Box::new(told))));
        };
        if let Some(before) = day.0.previous_day().map(LegalDate) {
            add("expired", DateStep::Expired(before), expired);
            add("stand_in_ended", DateStep::StandInEnded(before), stand_in_ended);
            add(
                "transition_ended",
                DateStep::TransitionEnded(before),
                transition_ended,
            );
            add(
                "suspension_over",
                DateStep::SuspensionOver(before),
                suspension_over,
            );
            steps.push(("missed".to_owned(), Step::Filings(before)));
        }
        for days in self.inner.periods.reminders.iter().copied() {
            if let Some(last) = day.0.checked_add(Duration::days(i64::from(days))) {
                let remind = move |one: &ByDate| reminder(one, days);
                let step = Step::Licences(DateStep::Reminder(LegalDate(last)), Box::new(remind));
                steps.push((format!("reminder_{days}"), step));
            }
        }
        steps
    }

    async fn begin_daily(&self) -> Outcome<Work> {
        Ok(self.inner.kernel.begin(&Actor::system("证照日程")).await?)
    }
}

/// Tells one page of a step. Returns how many events that were and whether the step is over; `None` when it was
/// over before.
async fn tell(work: &mut Work, day: LegalDate, name: &str, step: &Step) -> Outcome<Option<(u64, bool)>> {
    let Some(after) = store::progress(work, day, name).await? else {
        return Ok(None);
    };
    let keys = match step {
        Step::Licences(wanted, told) => {
            let rows = store::by_date(work, *wanted, after, PAGE).await?;
            for one in &rows {
                let subject = Subject::new("licence", one.id);
                work.note_within(&one.region, subject, one.enterprise.into(), told(one))?;
            }
            rows.iter().map(|one| one.seq).collect::<Vec<_>>()
        }
        Step::Filings(due) => {
            let rows = store::overdue(work, *due, after, PAGE).await?;
            for filing in &rows {
                let subject = Subject::new("licence_filing", filing.id);
                let region = filing.region.as_str();
                work.note_within(region, subject, filing.enterprise.into(), not_done(filing, *due))?;
            }
            rows.iter().map(|filing| filing.seq).collect()
        }
    };
    let found = u64::try_from(keys.len()).unwrap_or(PAGE);
    let over = found < PAGE;
    store::advance(work, day, name, keys.last().copied().unwrap_or(after), over).await?;
    Ok(Some((found, over)))
}

fn facts(one: &ByDate) -> serde_json::Value {
    json!({ "number": one.number, "industry": one.industry, "valid_until": one.valid_until })
}

fn expired(one: &ByDate) -> Happened {
    Happened::new("licence.expired", "许可证有效期届满，自即日起不得据此生产").data(facts(one))
}

fn stand_in_ended(one: &ByDate) -> Happened {
    Happened::new("licence.stand_in_ended", "应急使用许可证到期失效").data(facts(one))
}

fn transition_ended(one: &ByDate) -> Happened {
    Happened::new("licence.transition_ended", "换证过渡期结束，旧证书停止使用").data(facts(one))
}

fn suspension_over(one: &ByDate) -> Happened {
    Happened::new("licence.suspension_over", "暂扣期满，应当复查后决定发还或者吊销").data(facts(one))
}

fn reminder(one: &ByDate, days: u16) -> Happened {
    let data = json!({ "number": one.number, "valid_until": one.valid_until, "days": days });
    Happened::new("licence.expiry_reminder", format!("许可证还有{days}天到期")).data(data)
}

fn not_done(filing: &Filing, due: LegalDate) -> Happened {
    let title = match &filing.matter {
        FilingMatter::Handover(_) => "逾期未确认悬挂",
        FilingMatter::SelfCheck(_) | FilingMatter::Damage(_) => "逾期未启动换证",
        FilingMatter::Recall(_) => "逾期未交回证书",
        FilingMatter::WorkElsewhere(_) => "逾期未提交异地作业完工报告",
        FilingMatter::EmergencyUse(_) => "逾期未提交应急使用情况报告",
        FilingMatter::Loss(_) | FilingMatter::AnnualReview(_) => "逾期未办理",
    };
    let data = json!({ "licence": filing.licence, "number": filing.number, "due": due, "kind": filing.matter.as_str() });
    Happened::new("licence_filing.missed", title).data(data)
}
