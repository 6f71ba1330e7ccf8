//! Decisions about lateness, rectification and referrals. Pure.

mod lateness;
mod letters;
mod meetings;
mod referrals;

pub use lateness::{LatenessFile, Step, due_step, letter_values};
pub use letters::{may_receive_letter, receive_letter};
pub use meetings::{NewMeeting, NewProblem, Refusal, close, may_close, may_report, meeting_faults, report};
pub use referrals::{
    NewReferral, ReferralFile, ReferralTerm, answer, due_at, may_answer, may_receive, receive,
    referral_faults,
};
