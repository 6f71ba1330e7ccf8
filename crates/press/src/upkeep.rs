//! What has to be done with keys as time goes by: renew the revocation list, take up changes of the store, and say
//! in time what runs out.

use std::sync::{Arc, PoisonError};

use certificate::KeyStore;
use time::{Duration, OffsetDateTime};

use crate::{Press, PressError, keys::Keys};

/// A list that runs out within this time is made anew: half of its month, so that a platform that was off for two
/// weeks still serves a list that holds.
pub const RENEW_BEFORE: Duration = Duration::days(15);
/// Keys that run out within this time are warned of.
pub const WARN_BEFORE: Duration = Duration::days(60);
/// A list that runs out within this time should have been renewed already.
const WARN_BEFORE_LIST: Duration = Duration::days(7);

/// What runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunsOut {
    /// The certificate of a key that signs now.
    Key,
    /// The authority's own certificate.
    Authority,
    /// The revocation list.
    List,
}

impl RunsOut {
    /// Stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Authority => "authority",
            Self::List => "list",
        }
    }

    /// How long before its end it is warned of.
    fn warn_before(self) -> Duration {
        match self {
            Self::Key | Self::Authority => WARN_BEFORE,
            Self::List => WARN_BEFORE_LIST,
        }
    }
}

/// Something with an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// What.
    pub what: RunsOut,
    /// Its name, as in the certificate.
    pub name: String,
    /// Until when it is good.
    pub until: OffsetDateTime,
}

/// Something that runs out soon or has run out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyWarning {
    /// What.
    pub what: RunsOut,
    /// Its name, as in the certificate.
    pub name: String,
    /// Until when it is good.
    pub until: OffsetDateTime,
    /// Whether that time has passed.
    pub over: bool,
}

/// What [`Press::upkeep`] did and found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upkeep {
    /// Whether the keys were read again because the store was changed.
    pub reloaded: bool,
    /// Whether the revocation list was made anew.
    pub list_renewed: bool,
    /// What runs out.
    pub warnings: Vec<KeyWarning>,
}

impl Press {
    /// Takes up changes of the store, renews the revocation list in time and tells what runs out. Reads and writes
    /// files: call it from a thread that may block.
    ///
    /// # Errors
    /// [`PressError::Certificate`]; the press works on with the keys it has.
    pub fn upkeep(&self, now: OffsetDateTime) -> Result<Upkeep, PressError> {
        let mut done = Upkeep::default();
        let store = self.0.store.reopen()?;
        if due(&store, now)? {
            done.list_renewed = self.renew_list(now)?;
        }
        done.reloaded = self.reload()?;
        done.warnings = warnings(&self.0.store.reopen()?, now)?;
        Ok(done)
    }

    /// Whether this process was the one that renewed the list: another may have been faster.
    fn renew_list(&self, now: OffsetDateTime) -> Result<bool, PressError> {
        let _alone = self.0.store.lock_own()?;
        let mut store = self.0.store.reopen()?;
        if !due(&store, now)? {
            return Ok(false);
        }
        store.renew_crl(now)?;
        Ok(true)
    }

    fn reload(&self) -> Result<bool, PressError> {
        let store = self.0.store.reopen()?;
        if store.revision() == self.current().revision {
            return Ok(false);
        }
        let fresh = Keys::read(&store)?;
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(true)
    }

    /// What runs out soon, or has.
    ///
    /// # Errors
    /// [`PressError::Certificate`] when the store cannot be read.
    pub fn warnings(&self, now: OffsetDateTime) -> Result<Vec<KeyWarning>, PressError> {
        warnings(&self.0.store.reopen()?, now)
    }

    /// Until when the keys in use, the authority and the revocation list are good.
    ///
    /// # Errors
    /// [`PressError::Certificate`] when the store cannot be read.
    pub fn ends(&self) -> Result<Vec<End>, PressError> {
        ends(&self.0.store.reopen()?)
    }
}

/// Only an authority that is here can renew its list.
fn due(store: &KeyStore, now: OffsetDateTime) -> Result<bool, PressError> {
    if !store.is_own_authority() {
        return Ok(false);
    }
    Ok(match store.crl_times()? {
        None => true,
        Some(times) => times.until.is_some_and(|until| until - now < RENEW_BEFORE),
    })
}

fn warnings(store: &KeyStore, now: OffsetDateTime) -> Result<Vec<KeyWarning>, PressError> {
    let soon = ends(store)?
        .into_iter()
        .filter(|end| end.until - now < end.what.warn_before());
    Ok(soon
        .map(|end| KeyWarning {
            what: end.what,
            name: end.name,
            until: end.until,
            over: end.until < now,
        })
        .collect())
}

fn ends(store: &KeyStore) -> Result<Vec<End>, PressError> {
    let end = |what, name, until| End { what, name, until };
    let authority = store.authority_facts()?;
    let mut all = vec![end(RunsOut::Authority, authority.subject, authority.not_after)];
    let keys = store.certificates()?.into_iter().filter(|key| key.active);
    all.extend(keys.map(|key| end(RunsOut::Key, key.name, key.facts.not_after)));
    let list = store.crl_times()?.and_then(|times| times.until);
    all.extend(list.map(|until| end(RunsOut::List, "crl.der".to_owned(), until)));
    Ok(all)
}
