//! What stands on the documents. Composed at the act from the state after it, stored with the application,
//! typeset and signed later exactly as stored.

mod clocks;
mod common;
mod decision;
mod deferral;
mod delivery;
mod intake;
mod preview;
mod site_check;

use std::collections::BTreeMap;

use kernel::LegalDate;
use matters::{
    Authority, City, Definition, DocumentDefinition, MissingPlaceholder, Notice, Occasion, compose,
    compose_with_items,
};

use super::Watch;
use crate::model::{
    Application, HeldLicence, Paper, PaperFact, PaperTable, SiteCheckId, Stop, StopId, Subject,
};

pub use clocks::extension_term;
use clocks::{extension_values, stop_values};
use common::{applicant_values, desk_values, licence_values, progress_values};
use decision::{grant_values, refusal_values};
use deferral::{breach_values, promise_values};
use delivery::delivery_values;
pub use intake::target_name;
use intake::{correction_values, material_rows, refused_acceptance_values};
pub use preview::*;
use site_check::visit_values;

/// Document that tells the applicant that the clock runs again; definitions name only the stop.
pub const CLOCK_RESUMPTION: &str = "clock_resumption";

/// For which occasion a document is written; the platform's own list, wider than the definition's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperKind {
    /// An occasion of the matter definition.
    On(Occasion),
    /// The clock was stopped by this stop.
    Stopped(StopId),
    /// The clock runs again after this stop.
    Resumed(StopId),
    /// The law granted a renewal that nobody decided.
    DeemedGranted,
    /// A joint site check was concluded.
    SiteChecked(SiteCheckId),
    /// Promised materials did not come, or are not what was promised.
    CommitmentBroken,
}

/// Record of a joint site check; definitions do not name it.
pub const SITE_CHECK_RECORD: &str = "site_check_record";
/// Notice that a commitment was broken; definitions do not name it.
pub const COMMITMENT_BREACH: &str = "commitment_breach";

/// Document that confirms what the law granted; definitions do not name it.
pub const DEEMED_RENEWAL: &str = "deemed_renewal";

impl PaperKind {
    /// Key of the document definition for this matter.
    pub fn document<'a>(self, app: &Application, def: &'a Definition) -> Option<&'a str> {
        let on = |occasion| {
            def.documents
                .iter()
                .find(|one| one.on == occasion)
                .map(|one| one.document.as_str())
        };
        match self {
            Self::On(Occasion::Extended) => Some(def.extension.document.as_str()),
            // What is said about a licence in its period would be wrong after it.
            Self::On(Occasion::Refused) if came_late(app) => Some(LATE_REFUSAL),
            Self::On(occasion) => on(occasion),
            Self::DeemedGranted => Some(DEEMED_RENEWAL),
            Self::SiteChecked(_) => Some(SITE_CHECK_RECORD),
            Self::CommitmentBroken => Some(COMMITMENT_BREACH),
            Self::Stopped(id) => {
                let cause = stop(app, id)?.cause;
                let pause = def.pauses.iter().find(|pause| pause.cause == cause);
                let own = pause
                    .and_then(|pause| pause.document.as_ref())
                    .map(|key| key.as_str());
                own.or_else(|| on(Occasion::ClockStopped))
            }
            Self::Resumed(_) => Some(CLOCK_RESUMPTION),
        }
    }
}

/// Refusal of a renewal that is decided after the licence has expired.
const LATE_REFUSAL: &str = "refusal";

fn came_late(app: &Application) -> bool {
    let dossier = app.dossier();
    let renewal = matches!(dossier.subject, Subject::Renewal { .. });
    let expired = |held: &HeldLicence| app.decided_on().is_some_and(|on| held.valid_to < on);
    renewal && dossier.licence.as_ref().is_some_and(expired)
}

fn stop(app: &Application, id: StopId) -> Option<&Stop> {
    app.intake()?.stops.iter().find(|stop| stop.id == id)
}

/// The desk at which a document is written.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The matter.
    pub def: &'a Definition,
    /// The city.
    pub city: &'a City,
    /// The body that issues it.
    pub authority: &'a Authority,
    /// Calendar and today.
    pub watch: Watch<'a>,
    /// The officer to ask.
    pub officer: Option<&'a str>,
    /// The officer's telephone.
    pub phone: Option<&'a str>,
}

/// Values of a document by placeholder, and the rows of its list.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// By placeholder.
    pub by_name: BTreeMap<&'static str, String>,
    /// Rows of the list.
    pub rows: Vec<BTreeMap<&'static str, String>>,
}

impl Values {
    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.by_name.insert(name, value.into());
    }

    fn row<const N: usize>(&mut self, cells: [(&'static str, String); N]) {
        self.rows.push(cells.into_iter().collect());
    }
}

/// The values of a document in the state after its act.
pub fn values(app: &Application, kind: PaperKind, desk: Desk<'_>) -> Values {
    let mut values = Values::default();
    applicant_values(app.dossier(), &mut values);
    licence_values(app, desk, &mut values);
    desk_values(desk, app, &mut values);
    progress_values(app, desk, &mut values);
    match kind {
        PaperKind::On(Occasion::Received) => material_rows(app.dossier(), desk.def, &mut values),
        PaperKind::On(Occasion::CorrectionNeeded) => correction_values(app, desk, &mut values),
        PaperKind::On(Occasion::AcceptanceRefused) => refused_acceptance_values(app, &mut values),
        PaperKind::On(Occasion::Extended) => extension_values(app, desk, &mut values),
        PaperKind::On(Occasion::Granted) | PaperKind::DeemedGranted => grant_values(app, &mut values),
        PaperKind::On(Occasion::Refused) => refusal_values(app, desk.def, &mut values),
        PaperKind::On(Occasion::Delivered) => delivery_values(app, &mut values),
        PaperKind::On(Occasion::DeferralPromised) => promise_values(app, desk, &mut values),
        PaperKind::SiteChecked(id) => visit_values(app, id, desk, &mut values),
        PaperKind::CommitmentBroken => breach_values(app, desk, &mut values),
        PaperKind::On(_) => {}
        PaperKind::Stopped(id) | PaperKind::Resumed(id) => stop_values(app, id, desk, &mut values),
    }
    values
}

/// Writes a paper.
///
/// # Errors
/// Names every value that is missing: nothing is left blank.
pub fn write_paper(
    definition: &DocumentDefinition,
    number: String,
    values: &Values,
    today: LegalDate,
) -> Result<Paper, MissingPlaceholder> {
    let mut by_name: BTreeMap<&str, String> = values.by_name.iter().map(|(k, v)| (*k, v.clone())).collect();
    by_name.insert("number", number);
    let notice = if definition.items.is_some() {
        compose_with_items(definition, &by_name, &values.rows)?
    } else {
        compose(definition, &by_name)?
    };
    Ok(paper(notice, today))
}

/// Documents that the platform writes by itself for every matter.
pub const PLATFORM_DOCUMENTS: [&str; 4] = [
    CLOCK_RESUMPTION,
    DEEMED_RENEWAL,
    SITE_CHECK_RECORD,
    COMMITMENT_BREACH,
];

fn paper(notice: Notice, today: LegalDate) -> Paper {
    let facts = notice.facts.into_iter().map(|fact| PaperFact {
        label: fact.label,
        value: fact.value,
    });
    let table = notice.table.map(|table| PaperTable {
        title: table.title,
        columns: table.columns,
        rows: table.rows,
    });
    Paper {
        title: notice.title,
        number: notice.number,
        addressee: notice.addressee,
        facts: facts.collect(),
        paragraphs: notice.paragraphs,
        table,
        issuer: notice.footer.issuer,
        date: today,
        seal: notice.footer.seal,
        signatures: notice.footer.signatures,
        copies: notice.footer.copies,
    }
}
