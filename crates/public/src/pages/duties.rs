//! What the authority answers for in a matter: the list in force, every version with what it changed, and what was
//! handed down (MAT.3, 4).

use kernel::LegalDate;
use matters::{Definition, ListedDuty, PublishedList, ResponsibilityList, SeenDevolution};

use super::matter::{open, outward};
use crate::Public;

/// A line of a list.
pub(super) struct Line {
    pub name: String,
    pub text: String,
    pub basis: String,
    pub liability: String,
    /// Whether the definition from which it comes is still to be checked.
    pub open: bool,
}

/// The list in force and all versions.
pub(super) struct Lists {
    /// 第 2 版，自2026年4月1日起施行
    pub since: String,
    /// Its lines.
    pub duties: Vec<Line>,
    /// Every version but the first, newest first.
    pub versions: Vec<Version>,
}

/// A version, and what it changed of the one before.
pub(super) struct Version {
    /// 第 2 版，自2026年4月1日起施行
    pub since: String,
    /// Whether it begins on a later day.
    pub later: bool,
    /// Lines that were not there before.
    pub added: Vec<ListedDuty>,
    /// Lines that say something else now: before and after.
    pub changed: Vec<(ListedDuty, ListedDuty)>,
    /// Names of lines that are gone.
    pub removed: Vec<String>,
}

/// Work that is handed down.
pub(super) struct HandedDown {
    pub area: String,
    pub body: String,
    pub stages: String,
    pub term: String,
    pub in_force: bool,
    pub open: bool,
    pub sources: String,
}

/// The lists of a matter; `None` while they cannot be read, as the page of the matter does not depend on them.
pub(super) async fn lists(public: &Public, def: &Definition) -> Option<Lists> {
    match public.accountability().responsibility(def.key).await {
        Ok(found) => found.map(|list| shown(def, list, public.now().legal_date())),
        Err(problem) => {
            tracing::warn!(title = problem.title, key = %def.key, "responsibility list");
            None
        }
    }
}

fn line(def: &Definition, one: ListedDuty) -> Line {
    let duties = def.power.duties.iter().map(|duty| (&duty.text, &duty.provenance));
    let liabilities = def
        .power
        .accountability
        .iter()
        .map(|it| (&it.text, &it.provenance));
    let mut own = duties.chain(liabilities);
    Line {
        open: own.any(|(text, provenance)| *text == one.text && open(provenance)),
        text: if one.text == one.liability {
            String::new()
        } else {
            outward(&one.text)
        },
        liability: outward(&one.liability),
        name: one.name,
        basis: one.basis,
    }
}

fn shown(def: &Definition, list: ResponsibilityList, today: LegalDate) -> Lists {
    let older = list.versions.iter().skip(1);
    let versions = list.versions.iter().zip(older);
    Lists {
        since: since(&list.current),
        versions: versions
            .map(|(newer, older)| version(newer, older, today))
            .collect(),
        duties: list
            .current
            .duties
            .into_iter()
            .map(|one| line(def, one))
            .collect(),
    }
}

fn since(list: &PublishedList) -> String {
    match list.number {
        0 => "随事项规则公布".to_owned(),
        number => format!("第 {number} 版，自{}起施行", list.effective_from.chinese()),
    }
}

fn version(newer: &PublishedList, older: &PublishedList, today: LegalDate) -> Version {
    let of = |list: &PublishedList, name: &str| list.duties.iter().find(|one| one.name == name).cloned();
    let is_new = |one: &&ListedDuty| of(older, &one.name).is_none();
    let changed = newer.duties.iter().filter_map(|one| {
        let before = of(older, &one.name)?;
        (before != *one).then(|| (before, one.clone()))
    });
    let gone = older.duties.iter().filter(|one| of(newer, &one.name).is_none());
    Version {
        since: since(newer),
        later: newer.effective_from > today,
        added: newer.duties.iter().filter(is_new).cloned().collect(),
        changed: changed.collect(),
        removed: gone.map(|one| one.name.clone()).collect(),
    }
}

/// What of a matter is handed down, or will be.
pub(super) fn handed_down(public: &Public, key: matters::MatterKey) -> Vec<HandedDown> {
    let all = public.accountability().handed_down().into_iter();
    let today = public.now().legal_date().0;
    all.filter(|one| one.devolution.matters.contains(&key))
        .filter(|one| one.devolution.until.is_none_or(|last| last >= today))
        .map(place)
        .collect()
}

fn place(one: SeenDevolution) -> HandedDown {
    let from = LegalDate(one.devolution.from).chinese();
    HandedDown {
        area: one.area,
        body: one.body,
        stages: one.stage_names.join("、"),
        term: match one.devolution.until {
            Some(last) => format!("自{from}起，至{}止", LegalDate(last).chinese()),
            None => format!("自{from}起"),
        },
        in_force: one.in_force,
        open: one.unconfirmed.is_some(),
        sources: one.sources.join("、"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(number: u32, lines: &[(&str, &str)]) -> PublishedList {
        PublishedList {
            number,
            effective_from: "2026-04-01".parse().unwrap(),
            duties: lines
                .iter()
                .map(|(name, text)| ListedDuty {
                    name: (*name).into(),
                    text: (*text).into(),
                    basis: String::new(),
                    liability: String::new(),
                })
                .collect(),
        }
    }

    #[test]
    fn a_version_says_what_it_changed() {
        let before = list(
            0,
            &[
                ("受理责任", "一次告知"),
                ("审查责任", "审查"),
                ("送达责任", "送达"),
            ],
        );
        let after = list(
            1,
            &[
                ("受理责任", "当场告知"),
                ("审查责任", "审查"),
                ("提醒责任", "提醒"),
            ],
        );
        let day = |text: &str| text.parse().unwrap();
        let found = version(&after, &before, day("2026-03-31"));
        assert!(found.later);
        assert_eq!(found.since, "第 1 版，自2026年4月1日起施行");
        let names = |all: &[ListedDuty]| all.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
        assert_eq!(
            (names(&found.added), &found.removed),
            (vec!["提醒责任".to_owned()], &vec!["送达责任".to_owned()])
        );
        assert_eq!(found.changed.len(), 1);
        assert_eq!(found.changed[0].1.text, "当场告知");
        assert!(!version(&after, &before, day("2026-04-01")).later);
    }
}
