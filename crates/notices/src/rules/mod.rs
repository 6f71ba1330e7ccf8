//! Decisions about notices. Pure: facts in, verdicts out.

mod calendar;
mod choice;
mod ending;
mod masking;
mod proving;
mod quiet;
mod signature;
mod topics;
mod words;

pub use calendar::{CalendarEntry, calendar};
pub use choice::{chosen_channels, faults};
pub use ending::{Attempt, Policy, Verdict, after};
pub use masking::masked;
pub use proving::{
    CodeRefusal, ProofRules, ProofWords, judge, next_code, valid_until, wait_words, whole_seconds, with_code,
};
pub use quiet::not_before;
pub use signature::{SECRET_BYTES, SECRET_PREFIX, sign};
pub use topics::{Audience, AwayWords, Book, FactLine, Telling, Topic, TopicFile};
pub use words::{Filled, Words, fill, short_day};
