//! What can be applied for about a licence today. A pure function over facts: the rules that a draft meets.

use std::collections::BTreeSet;

use applications::{
    model::{ChangedItem, DeregistrationGround, HeldLicence, ReplacementCause, Subject},
    rules::{Unfit, WindowView, check_licence, windows},
};
use codes::WorkCalendar;
use kernel::LegalDate;
use matters::{Definition, Facet, Kind, WindowFrom};

/// One thing that can be asked for within a matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub facet: Facet,
    /// What the rule says about it.
    pub text: String,
    /// Why it cannot be asked for today.
    pub unfit: Option<Unfit>,
}

/// A matter about a licence, judged on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Possible {
    /// What can be asked for.
    pub asked: Vec<Asked>,
    /// Why nothing of it can be asked for today.
    pub unfit: Option<Unfit>,
    /// The windows that need no day of an event.
    pub windows: Vec<WindowView>,
}

/// Judges a matter by the licence as it stands.
pub fn possible(held: &HeldLicence, def: &Definition, calendar: &WorkCalendar, today: LegalDate) -> Possible {
    let rules = def.existing.as_ref();
    let offered: Vec<_> = rules.into_iter().flat_map(|rules| &rules.facets).collect();
    let check = |subject: &Subject| check_licence(held, held.enterprise, subject, def, calendar, today).err();
    let asked: Vec<_> = offered
        .iter()
        .map(|rule| Asked {
            facet: rule.facet,
            text: rule.text.clone(),
            unfit: check(&asking(rule.facet, held)),
        })
        .collect();
    let plain = plain(def.kind, held);
    let unfit = match asked.first() {
        None => check(&plain),
        Some(first) if asked.iter().all(|one| one.unfit.is_some()) => first.unfit.clone(),
        Some(_) => None,
    };
    let subjects = offered.iter().map(|rule| asking(rule.facet, held)).chain([plain]);
    Possible {
        asked,
        unfit,
        windows: known_windows(held, def, subjects, calendar, today),
    }
}

/// Each window once, without those that count from a day that is not known yet.
fn known_windows(
    held: &HeldLicence,
    def: &Definition,
    subjects: impl Iterator<Item = Subject>,
    calendar: &WorkCalendar,
    today: LegalDate,
) -> Vec<WindowView> {
    let from_event: BTreeSet<_> = def
        .existing
        .iter()
        .flat_map(|rules| &rules.windows)
        .filter(|window| window.from == WindowFrom::AfterEvent)
        .map(|window| window.key.to_string())
        .collect();
    let mut found: Vec<WindowView> = Vec::new();
    for subject in subjects {
        for view in windows(def, held, &subject, calendar, today) {
            let is_known = found.iter().any(|one| one.key == view.key);
            if !is_known && !from_event.contains(&view.key) {
                found.push(view);
            }
        }
    }
    found
}

/// An application for one thing, filled in so far that it can be judged.
fn asking(facet: Facet, held: &HeldLicence) -> Subject {
    let change = |item| Subject::Change {
        occurred_on: None,
        items: vec![item],
    };
    let replacement = |cause| Subject::Replacement {
        cause,
        occurred_on: None,
        account: String::new(),
    };
    let deregistration = |ground| Subject::Deregistration {
        ground,
        occurred_on: None,
        account: String::new(),
    };
    let (from, to) = (String::new(), String::new());
    match facet {
        Facet::Name => change(ChangedItem::Name { from, to }),
        Facet::Address => change(ChangedItem::Address { from, to }),
        Facet::LegalRepresentative => change(ChangedItem::LegalRepresentative { from, to }),
        Facet::EconomicType => change(ChangedItem::EconomicType { from, to }),
        Facet::Scope => change(ChangedItem::Scope {
            from: held.scope.clone(),
            to: Vec::new(),
        }),
        Facet::Loss => replacement(ReplacementCause::Loss),
        Facet::Damage => replacement(ReplacementCause::Damage),
        Facet::Direct => renewal(true),
        Facet::Reviewed => renewal(false),
        Facet::Ceased => deregistration(DeregistrationGround::Ceased),
        Facet::Dissolved => deregistration(DeregistrationGround::Dissolved),
        Facet::ForceMajeure => deregistration(DeregistrationGround::ForceMajeure),
        Facet::OtherGround => deregistration(DeregistrationGround::OtherGround),
    }
}

fn renewal(direct: bool) -> Subject {
    Subject::Renewal {
        direct,
        declared: BTreeSet::new(),
        standardisation: None,
    }
}

/// An application of the kind for nothing in particular.
fn plain(kind: Kind, held: &HeldLicence) -> Subject {
    match kind {
        Kind::FirstIssue => Subject::FirstIssue,
        Kind::Renewal => renewal(false),
        Kind::Change => Subject::Change {
            occurred_on: None,
            items: Vec::new(),
        },
        Kind::Replacement => asking(Facet::Loss, held),
        Kind::Deregistration => asking(Facet::Ceased, held),
    }
}
