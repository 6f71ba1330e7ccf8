//! Whom an event concerns.

use identity::Account;
use kernel::{Actor, Event, LegalDate, Permission, Role, ids::AccountId};
use serde_json::Value;

use super::{Notices, Outcome, tell::Told};
use crate::{
    ports::OpenTask,
    rules::{self, Audience, Telling, Topic, Words},
};

impl Notices {
    /// Whom the event concerns, by the audience that its telling names.
    pub(super) async fn audience(
        &self,
        event: &Event,
        topic: &Topic,
        telling: &Telling,
        words: &Words,
    ) -> Outcome<Vec<Told>> {
        let body = &event.body;
        let accounts = match telling.to {
            Audience::Webhooks => Vec::new(),
            Audience::OpenTasks => return self.task_holders(event, words).await,
            Audience::Enterprise => match body.enterprise {
                Some(enterprise) => self.inner.identity.people(enterprise).await?,
                None => Vec::new(),
            },
            Audience::Department => self.department(&body.data).await?,
            Audience::Responsible => self.responsible(&body.data).await?,
            Audience::Holders => self.holders(&body.data).await?,
            Audience::Account => self.named(&body.data).await?.into_iter().collect(),
        };
        let told = accounts
            .into_iter()
            // Nobody is told what he has just done himself.
            .filter(|account| body.account != Some(account.id.into()))
            .map(|account| Told {
                cause: format!("event:{}:{}:{}", body.id, topic.key, account.id),
                words: words.clone(),
                items: Default::default(),
                account,
            });
        Ok(told.collect())
    }

    /// Officers of a department who reach the region.
    async fn department(&self, data: &Value) -> Outcome<Vec<Account>> {
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        let (department, region) = (text("department"), text("region"));
        let officers = self.inner.identity.officers(Some(&department)).await?;
        let own = |account: &Account| account.scope.department.as_deref() == Some(department.as_str());
        Ok(officers
            .into_iter()
            .filter(|account| own(account) && account.scope.covers(&region, None))
            .collect())
    }

    /// Officers of a department who may do the work, and its head: whoever is to act, and whoever answers for it.
    async fn responsible(&self, data: &Value) -> Outcome<Vec<Account>> {
        let all = self.department(data).await?;
        let permission = data["permission"].as_str().and_then(Permission::parse);
        let acts = |account: &Account| {
            account.roles.contains(&Role::Approver) || permission.is_some_and(|one| holds(account, one))
        };
        let acting: Vec<Account> = all.iter().filter(|account| acts(account)).cloned().collect();
        Ok(if acting.is_empty() { all } else { acting })
    }

    /// Officers who hold a permission and reach the region.
    async fn holders(&self, data: &Value) -> Outcome<Vec<Account>> {
        let Some(permission) = data["permission"].as_str().and_then(Permission::parse) else {
            return Ok(Vec::new());
        };
        let region = data["region"].as_str().unwrap_or_default();
        let officers = self.inner.identity.officers(None).await?;
        let reaches = |account: &Account| account.scope.covers(region, None) && holds(account, permission);
        Ok(officers.into_iter().filter(reaches).collect())
    }

    async fn named(&self, data: &Value) -> Outcome<Option<Account>> {
        let id = data["account"].as_str().and_then(|id| id.parse().ok());
        match id {
            Some(id) => self.account(id).await,
            None => Ok(None),
        }
    }

    /// The account, unless it is gone or closed.
    async fn account(&self, id: AccountId) -> Outcome<Option<Account>> {
        let found = self.inner.identity.account(&Actor::system("通知"), id).await;
        match found {
            Ok(account) => Ok(Some(account).filter(|one| one.state == identity::AccountState::Active)),
            Err(identity::IdentityError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Those who may do what is open now; each piece of work is told to each of them once.
    async fn task_holders(&self, event: &Event, words: &Words) -> Outcome<Vec<Told>> {
        let mut told = Vec::new();
        for task in self.inner.tasks.open(event.body.subject_id).await? {
            let officers = self.inner.identity.officers(Some(&task.department)).await?;
            for account in officers.into_iter().filter(|account| may_do(account, &task)) {
                let mut words = words.clone();
                words.insert("task".into(), task.label.clone());
                let due = task.due_on.map(LegalDate::chinese).unwrap_or_default();
                words.insert("due".into(), due);
                let due = task.due_on.map(rules::short_day).unwrap_or_default();
                words.insert("due.short".into(), due);
                told.push(Told {
                    cause: format!("task:{}:{}", task.key, account.id),
                    words,
                    items: Default::default(),
                    account,
                });
            }
        }
        Ok(told)
    }
}

/// Whether an officer may do the work. An officer without a department does what leaders do.
fn may_do(account: &Account, task: &OpenTask) -> bool {
    let department = match account.scope.department.as_deref() {
        Some(own) => own == task.department,
        None => task.is_open_to_leaders,
    };
    department
        && account.scope.covers(&task.region, None)
        && holds(account, task.permission)
        && !task.excluded.contains(&account.id)
}

fn holds(account: &Account, permission: Permission) -> bool {
    let roles = account.roles.iter();
    roles
        .flat_map(|role| role.permissions())
        .any(|one| *one == permission)
}
