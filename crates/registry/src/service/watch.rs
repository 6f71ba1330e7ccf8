//! 重点监管: follows the events that put enterprises on the list and take them off.

use std::collections::BTreeSet;

use kernel::{
    Actor, Happened, Kernel, KernelError, Permission, Work,
    event::{self, EventBody},
    ids::EnterpriseId,
};
use serde_json::json;
use uuid::Uuid;

use super::{Outcome, Registry, RegistryError};
use crate::{
    jobs::WATCH_JOB,
    model::{EndedBy, Enterprise, Ground, Watch, WatchEnd, WatchFile, WatchId},
    rules::watch::{self as rules, Spell, Step},
    store,
};

/// Enterprises read at a time when the list is gone through.
const STRIDE: u64 = 100;

/// Reads the grounds and begins to hear of their events.
pub(super) fn listen(kernel: &Kernel) -> Outcome<Vec<Ground>> {
    let text = kernel.rules().text("registry/watch.json")?;
    let file: WatchFile = serde_json::from_str(&text)
        .map_err(|error| RegistryError::Table(format!("registry/watch.json: {error}")))?;
    let kinds: BTreeSet<String> = file.grounds.iter().flat_map(Ground::heard).cloned().collect();
    kernel.listen(WATCH_JOB, kinds);
    Ok(file.grounds)
}

impl Registry {
    /// The ground of that key.
    pub(crate) fn ground(&self, key: &str) -> Option<&Ground> {
        self.grounds.iter().find(|one| one.key == key)
    }

    /// Brings the list up to events. Running it again changes nothing.
    pub(crate) async fn follow(&self, events: &[Uuid]) -> Outcome<()> {
        let heard = event::by_ids(self.kernel.db(), events).await?;
        let concerned = heard.into_iter().filter_map(|event| event.body.enterprise);
        self.review(&concerned.map(EnterpriseId).collect()).await
    }

    /// Looks at the enterprises on the list of which something is told that is not heard at once.
    pub(crate) async fn review_all(&self) -> Outcome<()> {
        let kinds: BTreeSet<&str> = self
            .grounds
            .iter()
            .flat_map(|ground| &ground.ends_seen_daily)
            .map(String::as_str)
            .collect();
        let mut after = None;
        loop {
            let page = store::watch::listed_with(self.kernel.db().read(), &kinds, after, STRIDE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(*last);
            self.review(&page.into_iter().collect()).await?;
        }
    }

    /// Makes the list say of these enterprises what their events tell. They are kept from others in order of their
    /// identifiers, so that two that do so do not wait for each other.
    async fn review(&self, ids: &BTreeSet<EnterpriseId>) -> Outcome<()> {
        let mut work = self.kernel.begin(&Actor::system("重点监管")).await?;
        let mut changed = false;
        for id in ids {
            changed |= self.review_one(&mut work, *id).await?;
        }
        if changed {
            work.commit().await?;
        } else {
            work.rollback().await?;
        }
        Ok(())
    }

    async fn review_one(&self, work: &mut Work, id: EnterpriseId) -> Outcome<bool> {
        let Some(enterprise) = store::enterprise_locked(work, id).await? else {
            return Ok(false);
        };
        let kinds: BTreeSet<&str> = self
            .grounds
            .iter()
            .flat_map(Ground::told)
            .map(String::as_str)
            .collect();
        let events = event::of_enterprise(work.conn(), id.into(), kinds).await?;
        let bodies: Vec<EventBody> = events.into_iter().map(|event| event.body).collect();
        let spells = self
            .grounds
            .iter()
            .flat_map(|ground| rules::spells(ground, &bodies));
        let watches = store::watch::of_enterprise(work.conn(), id).await?;
        let steps = rules::steps(spells.collect(), &watches);
        let changes = !steps.is_empty();
        for step in steps {
            match step {
                Step::List(spell) => self.list(work, &enterprise, spell).await?,
                Step::End(watch, event) => {
                    let by = EndedBy::Event(event);
                    self.take_off(work, watch, by).await?;
                }
            }
        }
        Ok(changes)
    }

    async fn list(&self, work: &mut Work, enterprise: &Enterprise, spell: Spell) -> Outcome<()> {
        let watch = Watch {
            id: WatchId(work.next_id()),
            version: 1,
            enterprise: enterprise.id,
            region: enterprise.region.to_string(),
            ground: spell.ground,
            source: spell.source,
            since: spell.since,
            begun_by: spell.begun_by,
            begun_at: work.now(),
            end: None,
        };
        let row = store::watch::insert(work, &watch).await?;
        let happened = Happened::new("enterprise.watched", "列入重点监管");
        work.record(&row, happened.data(self.facts(&watch, Some(watch.begun_by))))?;
        Ok(())
    }

    async fn take_off(&self, work: &mut Work, watch: Watch, by: EndedBy) -> Outcome<Watch> {
        let ended = rules::ended(
            watch,
            WatchEnd {
                at: work.now(),
                by: by.clone(),
            },
        );
        let row = store::watch::update(work, &ended).await?;
        let happened = Happened::new("enterprise.watch_ended", "移出重点监管");
        let happened = match by {
            EndedBy::Event(event) => happened.data(self.facts(&ended, Some(event))),
            EndedBy::Officer(reason) => happened.data(self.facts(&ended, None)).reason(reason),
        };
        work.record(&row, happened)?;
        Ok(ended)
    }

    fn facts(&self, watch: &Watch, because_of: Option<Uuid>) -> serde_json::Value {
        json!({
            "ground": watch.ground,
            "ground_name": self.ground(&watch.ground).map(|ground| ground.name.as_str()),
            "source_type": watch.source.kind,
            "source": watch.source.id,
            "label": watch.source.label,
            "since": watch.since,
            "because_of": because_of,
            "enterprise": watch.enterprise,
        })
    }

    /// Why these enterprises are on the list now. The caller reaches them.
    pub(crate) async fn open_watches(&self, ids: &[EnterpriseId]) -> Outcome<Vec<Watch>> {
        Ok(store::watch::open_of(self.kernel.db().read(), ids).await?)
    }

    /// Takes an enterprise off the list for a reason that no event tells, e.g. because it produces no more.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] without a reason; [`RegistryError::NotFound`] outside the scope;
    /// [`RegistryError::WatchOver`] when it ended before; a conflict when `version` is stale.
    pub async fn end_watch(&self, actor: &Actor, id: WatchId, version: i64, reason: &str) -> Outcome<Watch> {
        actor.require(Permission::LicencesSupervise)?;
        let by = rules::officers_end(reason).map_err(|fault| RegistryError::Invalid(vec![fault]))?;
        let mut work = self.kernel.begin(actor).await?;
        let missing = || RegistryError::NotFound("重点监管记录");
        let watch = store::watch::one(work.conn(), id).await?.ok_or_else(missing)?;
        store::enterprise(work.conn(), watch.enterprise, &actor.scope)
            .await?
            .ok_or_else(missing)?;
        if watch.end.is_some() {
            return Err(RegistryError::WatchOver);
        }
        if watch.version != version {
            return Err(KernelError::Stale { subject: "watch" }.into());
        }
        let ended = self.take_off(&mut work, watch, by).await?;
        work.commit().await?;
        Ok(ended)
    }
}
