//! Every morning each officer hears what is late and what is due.

use kernel::{Day, LegalDate, ids::AccountId};

use super::{
    Notices, Outcome,
    message::Item,
    tell::{Told, as_actor},
};
use crate::{
    ports::{DueTask, TasksDue},
    rules::{Words, short_day},
};

/// Under which name the rule files word the morning's notice.
const DIGEST: &str = "notices.digest";
/// Officers read at a time.
const STRIDE: u64 = 200;

impl Notices {
    /// Tells every officer what is due as of the day. Running it again tells nobody twice.
    pub(crate) async fn digest(&self, run: Day) -> Outcome<()> {
        let most = self.inner.file.most_items;
        let works = self.inner.tasks.is_working_day(run.day);
        let tellings = self.inner.book.tellings(DIGEST).iter();
        let tellings: Vec<_> = tellings
            .filter(|(_, telling)| works || !telling.on_working_days)
            .collect();
        if tellings.is_empty() {
            return Ok(());
        }
        let mut after: Option<AccountId> = None;
        loop {
            let officers = self.inner.identity.officers_after(after, STRIDE).await?;
            let Some(last) = officers.last() else {
                return Ok(());
            };
            after = Some(last.id);
            let mut told = Vec::new();
            for account in officers {
                let due = self.inner.tasks.due(&as_actor(&account), run.day, most).await?;
                if due.late + due.today + due.soon > 0 {
                    let cause = format!("digest:{}:{}", run.day, account.id);
                    told.push(Told {
                        words: words(&due),
                        items: items(due, run.day),
                        cause,
                        account,
                    });
                }
            }
            for (topic, telling) in &tellings {
                if let Some(topic) = self.inner.book.topic(topic) {
                    self.put_out(topic, telling, None, std::mem::take(&mut told))
                        .await?;
                }
            }
        }
    }
}

/// What is not there is left out by the words; `counts` says all of it in one line.
fn words(due: &TasksDue) -> Words {
    let counts = [
        ("late", "逾期", due.late),
        ("today", "今天到期", due.today),
        ("soon", "三日内到期", due.soon),
    ];
    let counts: Vec<_> = counts.into_iter().filter(|(.., count)| *count > 0).collect();
    let line = counts.iter().map(|(_, label, count)| format!("{label}{count}件"));
    let line = line.collect::<Vec<_>>().join("、");
    let numbers = counts
        .iter()
        .map(|(name, _, count)| ((*name).to_owned(), count.to_string()));
    numbers.chain([("counts".to_owned(), line)]).collect()
}

/// The most urgent pieces, and how many more there are.
fn items(due: TasksDue, today: LegalDate) -> (Vec<Item>, usize) {
    let all = usize::try_from(due.late + due.today + due.soon).unwrap_or(usize::MAX);
    let more = all.saturating_sub(due.first.len());
    (
        due.first.into_iter().map(|task| item(task, today)).collect(),
        more,
    )
}

/// In working days, as letters and lists say it. The last day may have passed without one since.
fn late(days: Option<u32>) -> String {
    match days {
        Some(days) if days > 0 => format!("已逾期{days}个工作日"),
        _ => "已逾期".to_owned(),
    }
}

fn item(task: DueTask, today: LegalDate) -> Item {
    let days = task.due_on.map(|due| (due.0 - today.0).whole_days());
    let when = match (days, task.due_on) {
        (Some(days), _) if days < 0 => late(task.days_late),
        (Some(0), _) => "今天到期".to_owned(),
        (_, Some(due)) => format!("{}前", short_day(due)),
        _ => String::new(),
    };
    let due = task.due_on.map(|due| format!("，应于{}前办结", due.chinese()));
    let reference = task.reference.map(|one| format!("（{one}）")).unwrap_or_default();
    Item {
        title: format!("{when}：{}｜{}", task.label, task.applicant),
        text: format!("{}{reference}{}", task.matter, due.unwrap_or_default()),
        link: Some(task.link),
    }
}
