//! Who is on the list for closer supervision, and why. Pure.
//!
//! The list is what follows from the events about an enterprise in their order, never from the one that was heard last:
//! so it comes to the same end however often, how late and in which order events are heard.

use std::collections::BTreeMap;

use kernel::{FieldError, LegalDate, event::EventBody};
use serde::Deserialize;
use uuid::Uuid;

use crate::model::{EndedBy, Ground, Watch, WatchEnd, WatchSource};

/// Characters of a reason at most.
const REASON: usize = 500;

/// A time for which a ground holds, as the events tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spell {
    /// Key of the ground.
    pub ground: String,
    /// What it lies in.
    pub source: WatchSource,
    /// First day.
    pub since: LegalDate,
    /// The event that began it.
    pub begun_by: Uuid,
    /// The event that ended it.
    pub ended_by: Option<Uuid>,
    /// Industry of the licence.
    industry: String,
}

/// What has to be done so that the list says what the events tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The enterprise comes on the list.
    List(Spell),
    /// It comes off, because of this event.
    End(Watch, Uuid),
}

/// What an event says of the licence that it is about.
#[derive(Deserialize)]
struct About {
    number: String,
    industry: String,
    valid_until: LegalDate,
    /// A licence that stands in for a damaged one renews nothing.
    #[serde(default)]
    stands_in: bool,
}

/// The times for which a ground held or holds, from the events about one enterprise, oldest first.
///
/// A licence that expires is no ground while another one of the same industry is in force.
pub fn spells(ground: &Ground, events: &[EventBody]) -> Vec<Spell> {
    let mut spells: Vec<Spell> = Vec::new();
    let mut in_force: BTreeMap<Uuid, (String, LegalDate)> = BTreeMap::new();
    for event in events {
        let (licence, day) = (event.subject_id, event.at.legal_date());
        if ground.undoes.contains(&event.kind) {
            in_force.remove(&licence);
            continue;
        }
        let Ok(about) = About::deserialize(&event.data) else {
            continue;
        };
        if ground.begins.contains(&event.kind) {
            in_force.remove(&licence);
            let known = spells
                .iter()
                .any(|one| one.ended_by.is_none() && one.source.id == licence);
            let covered = in_force
                .values()
                .any(|(industry, until)| *industry == about.industry && *until >= day);
            if !known && !covered {
                spells.push(begun(ground, event, about));
            }
            continue;
        }
        let ends = ground.ends.contains(&event.kind) || ground.ends_seen_daily.contains(&event.kind);
        if ends && !about.stands_in && about.valid_until >= day {
            let over = spells.iter_mut().filter(|one| one.ended_by.is_none());
            for spell in over.filter(|one| one.industry == about.industry) {
                spell.ended_by = Some(event.id);
            }
            in_force.insert(licence, (about.industry, about.valid_until));
        }
    }
    spells
}

fn begun(ground: &Ground, event: &EventBody, about: About) -> Spell {
    let next = about.valid_until.0.next_day().map(LegalDate);
    Spell {
        ground: ground.key.clone(),
        source: WatchSource {
            kind: event.subject_type.clone(),
            id: event.subject_id,
            label: about.number,
        },
        since: next.unwrap_or(about.valid_until),
        begun_by: event.id,
        ended_by: None,
        industry: about.industry,
    }
}

/// What is to be done: `watches` are all that an enterprise ever had. What an officer ended stays ended.
pub fn steps(spells: Vec<Spell>, watches: &[Watch]) -> Vec<Step> {
    let step = |spell: Spell| {
        let watch = watches
            .iter()
            .find(|one| one.begun_by == spell.begun_by && one.ground == spell.ground);
        match (watch, spell.ended_by) {
            (None, None) => Some(Step::List(spell)),
            (Some(watch), Some(event)) if watch.end.is_none() => Some(Step::End(watch.clone(), event)),
            _ => None,
        }
    };
    spells.into_iter().filter_map(step).collect()
}

/// The watch once it has ended.
pub fn ended(watch: Watch, end: WatchEnd) -> Watch {
    Watch {
        version: watch.version + 1,
        end: Some(end),
        ..watch
    }
}

/// Why an officer takes an enterprise off the list.
///
/// # Errors
/// The fault of the field, in Chinese.
pub fn officers_end(reason: &str) -> Result<EndedBy, FieldError> {
    let reason = reason.trim();
    let long = reason.chars().count();
    if reason.is_empty() {
        let message = "请写明移出重点监管的原因，例如已停产、已注销";
        return Err(FieldError::new("reason", message));
    }
    if long > REASON {
        let message = format!("原因最多{REASON}个字，现为{long}个字，请精简");
        return Err(FieldError::new("reason", message));
    }
    Ok(EndedBy::Officer(reason.to_owned()))
}

#[cfg(test)]
mod tests {
    use kernel::{Moment, ids::EnterpriseId};
    use serde_json::json;
    use time::{OffsetDateTime, macros::datetime};

    use super::*;
    use crate::model::{WatchFile, WatchId};

    const MIDNIGHT: OffsetDateTime = datetime!(2026-03-01 00:00 +8);

    fn ground() -> Ground {
        let file: WatchFile =
            serde_json::from_str(include_str!("../../../../data/registry/watch.json")).unwrap();
        file.grounds.into_iter().next().unwrap()
    }

    /// An event some days after the first, about a licence of an industry that is good until a day.
    fn event(days: i64, kind: &str, licence: u128, industry: &str, until: &str) -> EventBody {
        let at = MIDNIGHT + time::Duration::days(days);
        EventBody {
            id: Uuid::from_u128(licence * 1000 + u128::try_from(days).unwrap()),
            at: Moment::from(at),
            kind: kind.into(),
            title: String::new(),
            subject_type: "licence".into(),
            subject_id: Uuid::from_u128(licence),
            version: 1,
            state: None,
            enterprise: None,
            region: None,
            account: None,
            actor: String::new(),
            reason: None,
            data: json!({ "number": licence.to_string(), "industry": industry, "valid_until": until }),
        }
    }

    fn told(events: &[EventBody]) -> Vec<(String, String, bool)> {
        let spells = spells(&ground(), events);
        let line = |one: Spell| (one.source.label, one.since.to_string(), one.ended_by.is_some());
        spells.into_iter().map(line).collect()
    }

    fn spell(label: &str, since: &str, over: bool) -> (String, String, bool) {
        (label.into(), since.into(), over)
    }

    #[test]
    fn expiry_lists_and_a_licence_of_the_same_industry_takes_off() {
        let expired = event(0, "licence.expired", 1, "hazchem", "2026-02-28");
        assert_eq!(
            told(std::slice::from_ref(&expired)),
            [spell("1", "2026-03-01", false)]
        );
        let twice = [
            expired.clone(),
            event(1, "licence.expired", 1, "hazchem", "2026-02-28"),
        ];
        assert_eq!(told(&twice).len(), 1);
        for end in [
            event(5, "licence.revised", 1, "hazchem", "2029-02-28"),
            event(5, "licence.issued", 2, "hazchem", "2029-03-05"),
            event(5, "licence.imported", 2, "hazchem", "2027-03-05"),
        ] {
            assert_eq!(told(&[expired.clone(), end]), [spell("1", "2026-03-01", true)]);
        }
        for none in [
            event(5, "licence.revised", 1, "hazchem", "2026-02-28"),
            event(5, "licence.issued", 2, "construction", "2029-03-05"),
            event(5, "licence.imported", 2, "hazchem", "2025-03-05"),
        ] {
            assert_eq!(told(&[expired.clone(), none]), [spell("1", "2026-03-01", false)]);
        }
        let mut stand_in = event(5, "licence.issued", 2, "hazchem", "2026-04-05");
        stand_in.data["stands_in"] = json!(true);
        assert_eq!(told(&[expired, stand_in]), [spell("1", "2026-03-01", false)]);
    }

    #[test]
    fn a_licence_that_was_followed_by_another_is_no_ground() {
        let next = event(0, "licence.issued", 2, "hazchem", "2029-01-01");
        let expired = event(3, "licence.expired", 1, "hazchem", "2026-03-03");
        assert_eq!(told(&[next.clone(), expired.clone()]), []);
        let revoked = event(2, "licence.revoked", 2, "hazchem", "2029-01-01");
        assert_eq!(told(&[next, revoked, expired]), [spell("1", "2026-03-04", false)]);
        let old = event(0, "licence.found_expired", 3, "coal", "2020-05-05");
        assert_eq!(told(&[old]), [spell("3", "2020-05-06", false)]);
    }

    #[test]
    fn it_may_expire_again() {
        let events = [
            event(0, "licence.expired", 1, "hazchem", "2026-02-28"),
            event(5, "licence.revised", 1, "hazchem", "2026-03-20"),
            event(20, "licence.expired", 1, "hazchem", "2026-03-20"),
        ];
        let found = [spell("1", "2026-03-01", true), spell("1", "2026-03-21", false)];
        assert_eq!(told(&events), found);
    }

    fn watch(spell: &Spell, end: Option<EndedBy>) -> Watch {
        let at = Moment::from(MIDNIGHT);
        Watch {
            id: WatchId(Uuid::from_u128(7)),
            version: 1,
            enterprise: EnterpriseId(Uuid::from_u128(8)),
            region: "360121".into(),
            ground: spell.ground.clone(),
            source: spell.source.clone(),
            since: spell.since,
            begun_by: spell.begun_by,
            begun_at: at,
            end: end.map(|by| WatchEnd { at, by }),
        }
    }

    #[test]
    fn steps_are_taken_once_in_whatever_order_events_are_heard() {
        let expired = event(0, "licence.expired", 1, "hazchem", "2026-02-28");
        let renewed = event(5, "licence.revised", 1, "hazchem", "2029-02-28");
        let open = spells(&ground(), std::slice::from_ref(&expired));
        let over = spells(&ground(), &[expired, renewed.clone()]);
        let listed = watch(&open[0], None);
        assert_eq!(steps(open.clone(), &[]), [Step::List(open[0].clone())]);
        assert_eq!(steps(open.clone(), std::slice::from_ref(&listed)), []);
        assert_eq!(
            steps(over.clone(), std::slice::from_ref(&listed)),
            [Step::End(listed, renewed.id)]
        );
        // Heard late, when all is over already.
        assert_eq!(steps(over.clone(), &[]), []);
        // What an officer ended is not begun again.
        let by_officer = watch(&open[0], Some(EndedBy::Officer("已停产".into())));
        assert_eq!(steps(open, std::slice::from_ref(&by_officer)), []);
        assert_eq!(steps(over, &[by_officer]), []);
    }

    #[test]
    fn an_officer_says_why() {
        assert_eq!(officers_end(" 已停产 "), Ok(EndedBy::Officer("已停产".into())));
        assert_eq!(officers_end("  ").unwrap_err().field, "reason");
        assert!(
            officers_end(&"字".repeat(501))
                .unwrap_err()
                .message
                .contains("501")
        );
    }
}
