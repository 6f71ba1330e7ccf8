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

impl Licences {
    /// Does the work of a legal day. Returns how many events it left.
    ///
    /// # Errors
    /// [`LicencesError`](crate::LicencesError); what was done stays and is not done again.
    pub async fn run_day(&self, day: LegalDate) -> Outcome<u64> {
        let Some(before) = day.0.previous_day().map(LegalDate) else {
            return Ok(0);
        };
        let mut told = 0;
        told += self
            .dated(day, "expired", DateStep::Expired(before), expired)
            .await?;
        told += self
            .dated(
                day,
                "stand_in_ended",
                DateStep::StandInEnded(before),
                stand_in_ended,
            )
            .await?;
        told += self
            .dated(
                day,
                "transition_ended",
                DateStep::TransitionEnded(before),
                transition_ended,
            )
            .await?;
        told += self
            .dated(
                day,
                "suspension_over",
                DateStep::SuspensionOver(before),
                suspension_over,
            )
            .await?;
        for days in self.inner.periods.reminders.clone() {
            let Some(last) = day.0.checked_add(Duration::days(i64::from(days))) else {
                continue;
            };
            let step = format!("reminder_{days}");
            let remind = |one: &ByDate| reminder(one, days);
            told += self
                .dated(day, &step, DateStep::Reminder(LegalDate(last)), remind)
                .await?;
        }
        told += self.missed(day, before).await?;
        Ok(told)
    }

    async fn dated(
        &self,
        day: LegalDate,
        name: &str,
        step: DateStep,
        happened: impl Fn(&ByDate) -> Happened,
    ) -> Outcome<u64> {
        let mut told = 0;
        loop {
            let mut work = self.begin_daily().await?;
            let Some(after) = store::progress(&work, day, name).await? else {
                return Ok(told);
            };
            let rows = store::by_date(&work, step, after, PAGE).await?;
            let over = u64::try_from(rows.len()).unwrap_or(PAGE) < PAGE;
            for one in &rows {
                let subject = Subject::new("licence", one.id);
                work.note(subject, Some(one.enterprise.into()), happened(one))?;
            }
            told += u64::try_from(rows.len()).unwrap_or(0);
            let last = rows.last().map_or(after, |one| one.seq);
            store::advance(&work, day, name, last, over).await?;
            work.commit().await?;
            if over {
                return Ok(told);
            }
        }
    }

    /// What was owed until yesterday and was not done.
    async fn missed(&self, day: LegalDate, due: LegalDate) -> Outcome<u64> {
        const STEP: &str = "missed";
        let mut told = 0;
        loop {
            let mut work = self.begin_daily().await?;
            let Some(after) = store::progress(&work, day, STEP).await? else {
                return Ok(told);
            };
            let rows = store::overdue(&work, due, after, PAGE).await?;
            let over = u64::try_from(rows.len()).unwrap_or(PAGE) < PAGE;
            for filing in &rows {
                let subject = Subject::new("licence_filing", filing.id);
                work.note(subject, Some(filing.enterprise.into()), not_done(filing, due))?;
            }
            told += u64::try_from(rows.len()).unwrap_or(0);
            let last = rows.last().map_or(after, |one| one.seq);
            store::advance(&work, day, STEP, last, over).await?;
            work.commit().await?;
            if over {
                return Ok(told);
            }
        }
    }

    async fn begin_daily(&self) -> Outcome<Work> {
        Ok(self.inner.kernel.begin(&Actor::system("证照日程")).await?)
    }
}

fn facts(one: &ByDate) -> serde_json::Value {
    json!({ "number": one.number, "valid_until": one.valid_until })
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
