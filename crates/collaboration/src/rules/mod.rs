//! Decisions about lateness, rectification and referrals. Pure.

mod lateness;
mod meetings;
mod referrals;

pub use lateness::{LatenessFile, Step, due_step, letter_values};
pub use meetings::{NewMeeting, NewProblem, Refusal, close, meeting_faults, report};
pub use referrals::{NewReferral, ReferralFile, ReferralTerm, answer, due_at, receive, referral_faults};
