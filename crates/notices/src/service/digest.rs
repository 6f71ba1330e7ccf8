//! Every morning each officer hears what is late and what is due.

use kernel::{Day, ids::AccountId};

use super::{Notices, Outcome, tell::Told, tell::as_actor};
use crate::{ports::TasksDue, rules::Words};

/// Under which name the rule files word the morning's notice.
const DIGEST: &str = "notices.digest";
/// Officers read at a time.
const STRIDE: u64 = 200;

impl Notices {
    /// Tells every officer what is due as of the day. Running it again tells nobody twice.
    pub(crate) async fn digest(&self, run: Day) -> Outcome<()> {
        let mut after: Option<AccountId> = None;
        loop {
            let officers = self.inner.identity.officers_after(after, STRIDE).await?;
            let Some(last) = officers.last() else {
                return Ok(());
            };
            after = Some(last.id);
            let mut told = Vec::new();
            for account in officers {
                let due = self.inner.tasks.due(&as_actor(&account), run.day).await?;
                if due != TasksDue::default() {
                    let cause = format!("digest:{}:{}", run.day, account.id);
                    told.push(Told {
                        words: words(due),
                        cause,
                        account,
                    });
                }
            }
            for (topic, telling) in self.inner.book.tellings(DIGEST) {
                if let Some(topic) = self.inner.book.topic(topic) {
                    self.put_out(topic, telling, None, std::mem::take(&mut told))
                        .await?;
                }
            }
        }
    }
}

/// What is not there is left out by the words.
fn words(due: TasksDue) -> Words {
    let counts = [("late", due.late), ("today", due.today), ("soon", due.soon)];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    counts
        .map(|(name, count)| (name.to_owned(), count.to_string()))
        .collect()
}
