//! The use cases of collaboration.

mod allowed;
mod error;
mod ledger;
mod letters;
mod meetings;
mod referrals;

use std::sync::Arc;

pub use allowed::{letter_actions, rectification_actions, referral_actions};
use applications::Renderer;
use codes::WorkCalendar;
pub use error::CollaborationError;
use kernel::{Actor, Kernel, KernelError, Moment};
pub use ledger::{LedgerRow, LetterMark};
pub use letters::LetterFilter;
use matters::{Catalogue, City};
pub use meetings::{RectificationFilter, SeenMeeting, SeenProblem};
pub use referrals::ReferralFilter;
use serde::de::DeserializeOwned;

use crate::{
    model::Done,
    ports::{Desk, Names},
    rules::{LatenessFile, ReferralFile},
};

type Outcome<T> = Result<T, CollaborationError>;

/// The capability. Cheap to clone.
#[derive(Clone)]
pub struct Collaboration {
    kernel: Kernel,
    inner: Arc<Inner>,
}

struct Inner {
    desk: Box<dyn Desk>,
    names: Box<dyn Names>,
    renderer: Box<dyn Renderer>,
    catalogue: Arc<Catalogue>,
    city: Arc<City>,
    calendar: Arc<WorkCalendar>,
    lateness: LatenessFile,
    referrals: ReferralFile,
}

impl Collaboration {
    /// Over a kernel, what is in hand, what things are called, and the press.
    ///
    /// # Errors
    /// [`CollaborationError::Kernel`] for wrong rule files.
    pub fn new(
        kernel: Kernel,
        desk: impl Desk + 'static,
        names: impl Names + 'static,
        press: impl Renderer + 'static,
        catalogue: Arc<Catalogue>,
        city: Arc<City>,
        calendar: Arc<WorkCalendar>,
    ) -> Outcome<Self> {
        let lateness: LatenessFile = read(&kernel, "collaboration/lateness.json")?;
        let referrals: ReferralFile = read(&kernel, "collaboration/referrals.json")?;
        for (file, fault) in [("lateness", lateness.fault()), ("referrals", referrals.fault())] {
            if let Some(fault) = fault {
                return Err(KernelError::Rules(format!("collaboration/{file}.json: {fault}")).into());
            }
        }
        let inner = Inner {
            desk: Box::new(desk),
            names: Box::new(names),
            renderer: Box::new(press),
            catalogue,
            city,
            calendar,
            lateness,
            referrals,
        };
        Ok(Self {
            kernel,
            inner: Arc::new(inner),
        })
    }

    /// The name of a department in this city; the committee's office has its own.
    pub fn department_name(&self, key: &str) -> String {
        self.inner.city.short_name(key).to_owned()
    }

    /// Departments of the city with their names.
    pub fn departments(&self) -> Vec<(String, String)> {
        let bodies = self.inner.city.authorities.iter();
        bodies
            .map(|body| (body.department.to_string(), body.short_name.clone()))
            .collect()
    }

    fn is_department(&self, key: &str) -> bool {
        self.inner.city.authority(key).is_some()
    }

    /// The region under which an actor's acts stand: its own, or the city's.
    fn region_of(&self, actor: &Actor) -> String {
        let own = actor.scope.regions.first().filter(|region| !region.is_empty());
        own.cloned().unwrap_or_else(|| self.inner.city.region.to_string())
    }

    /// The present instant.
    pub(crate) fn now(&self) -> Moment {
        self.kernel.now()
    }
}

fn read<T: DeserializeOwned>(kernel: &Kernel, path: &str) -> Outcome<T> {
    let text = kernel.rules().text(path)?;
    serde_json::from_str(&text).map_err(|error| KernelError::Rules(format!("{path}: {error}")).into())
}

fn done(actor: &Actor, at: Moment) -> Done {
    Done {
        account: actor.account,
        name: actor.name.clone(),
        at,
    }
}
