//! Ready answers of the public status page, kept for a second.
//!
//! What many ask for at once (a licence in the news) is answered from memory. An answer is never older than a
//! change that this process has acknowledged: each change of a licence moves the *stamp* of its keys on, and an
//! answer that was read under an older stamp is thrown away, also if it comes in late. Changes of other processes are
//! seen after a second at the latest, because no answer lives longer.
//!
//! Only what is asked for twice in a row is kept, so that a million licences asked for once each cost no memory.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::http::HeaderValue;
use bytes::Bytes;
use kernel::LegalDate;
use moka::sync::Cache;

use crate::model::PublicKey;

/// The oldest answer that may be given when another process changes a licence.
const LIFETIME: Duration = Duration::from_secs(1);
/// Answers kept at most.
const CAPACITY: u64 = 20_000;
/// Stamps; keys that share one only lose their answers a little more often.
const STAMPS: usize = 4096;
/// Places at the door.
const DOOR: usize = 65_536;

/// A ready answer: JSON with its entity tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// JSON of a [`PublicLicence`](crate::PublicLicence).
    pub body: Bytes,
    /// Strong entity tag of the body.
    pub tag: HeaderValue,
}

#[derive(Clone)]
struct Kept {
    stamp: u64,
    day: LegalDate,
    answer: Option<Answer>,
}

/// The answers of this process.
pub(crate) struct Answers {
    kept: Cache<PublicKey, Arc<Kept>>,
    hasher: RandomState,
    stamps: Box<[AtomicU64]>,
    door: Box<[AtomicU64]>,
}

/// A place taken before the database is read; an answer can be kept only with it.
pub(crate) struct Ticket {
    hash: u64,
    stamp: u64,
}

fn counters(count: usize) -> Box<[AtomicU64]> {
    (0..count).map(|_| AtomicU64::new(0)).collect()
}

fn slot(counters: &[AtomicU64], hash: u64) -> Option<&AtomicU64> {
    let place = hash % u64::try_from(counters.len()).ok()?;
    counters.get(usize::try_from(place).ok()?)
}

impl Answers {
    pub fn new() -> Self {
        Self {
            kept: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(LIFETIME)
                .build(),
            hasher: RandomState::new(),
            stamps: counters(STAMPS),
            door: counters(DOOR),
        }
    }

    fn stamp(&self, hash: u64) -> u64 {
        slot(&self.stamps, hash).map_or(0, |stamp| stamp.load(Ordering::SeqCst))
    }

    /// The kept answer, or a ticket with which to keep the one now read. `Ok(None)` is a known absence.
    pub fn get(&self, key: &PublicKey, day: LegalDate) -> Result<Option<Answer>, Ticket> {
        let hash = self.hasher.hash_one(key.as_str());
        let stamp = self.stamp(hash);
        match self.kept.get(key) {
            Some(kept) if kept.stamp == stamp && kept.day == day => Ok(kept.answer.clone()),
            _ => Err(Ticket { hash, stamp }),
        }
    }

    /// Keeps an answer read after the ticket was taken, if its key was asked for before.
    pub fn keep(&self, key: PublicKey, ticket: &Ticket, day: LegalDate, answer: Option<Answer>) {
        let known = slot(&self.door, ticket.hash.rotate_left(32))
            .is_some_and(|place| place.swap(ticket.hash, Ordering::Relaxed) == ticket.hash);
        if known && self.stamp(ticket.hash) == ticket.stamp {
            self.kept.insert(
                key,
                Arc::new(Kept {
                    stamp: ticket.stamp,
                    day,
                    answer,
                }),
            );
        }
    }

    /// Announces a change of the licence with these keys. The answers end when the guard is dropped: hold it until
    /// the change is committed. It also ends them when the work is given up half-way.
    #[must_use]
    pub fn changing<'a>(&'a self, keys: impl IntoIterator<Item = &'a str>) -> Changing<'a> {
        let hashes = keys.into_iter().map(|key| self.hasher.hash_one(key)).collect();
        Changing {
            answers: self,
            hashes,
        }
    }
}

/// A change under way.
pub(crate) struct Changing<'a> {
    answers: &'a Answers,
    hashes: Vec<u64>,
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        for hash in &self.hashes {
            if let Some(stamp) = slot(&self.answers.stamps, *hash) {
                stamp.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    const DAY: LegalDate = LegalDate(date!(2026 - 11 - 22));

    fn key(text: &str) -> PublicKey {
        PublicKey::Number(text.to_owned())
    }

    fn answer(text: &'static str) -> Option<Answer> {
        Some(Answer {
            body: Bytes::from_static(text.as_bytes()),
            tag: HeaderValue::from_static("\"t\""),
        })
    }

    /// Asks twice, so that the answer is kept.
    fn fill(answers: &Answers, text: &'static str) {
        for _ in 0..2 {
            if let Err(ticket) = answers.get(&key("a"), DAY) {
                answers.keep(key("a"), &ticket, DAY, answer(text));
            }
        }
    }

    #[test]
    fn what_is_asked_for_once_is_not_kept() {
        let answers = Answers::new();
        let ticket = answers.get(&key("a"), DAY).err().unwrap();
        answers.keep(key("a"), &ticket, DAY, answer("old"));
        assert!(answers.get(&key("a"), DAY).is_err());
        fill(&answers, "old");
        assert_eq!(answers.get(&key("a"), DAY).ok().flatten(), answer("old"));
    }

    #[test]
    fn a_change_ends_the_answer_and_what_was_read_before_it() {
        let answers = Answers::new();
        fill(&answers, "old");
        let late = Ticket {
            hash: answers.hasher.hash_one("a"),
            stamp: answers.stamp(answers.hasher.hash_one("a")),
        };
        drop(answers.changing(["a"]));
        assert!(answers.get(&key("a"), DAY).is_err());
        answers.keep(key("a"), &late, DAY, answer("old"));
        assert!(answers.get(&key("a"), DAY).is_err());
    }

    #[test]
    fn an_answer_is_for_one_day_and_for_one_second() {
        let answers = Answers::new();
        fill(&answers, "old");
        assert!(answers.get(&key("a"), LegalDate(date!(2026 - 11 - 23))).is_err());
        std::thread::sleep(LIFETIME + Duration::from_millis(50));
        assert!(answers.get(&key("a"), DAY).is_err());
    }
}
