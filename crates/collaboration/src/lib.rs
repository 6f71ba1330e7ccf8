//! Collaboration across departments (COL.1, 2): one ledger of everything in hand, reminder letters that write
//! themselves when a department is late, joint meetings whose problems are followed to their end, and referrals with
//! receipt.
//!
//! What is in hand is asked of applications; nothing of it is kept twice. Notices hear of letters, problems and
//! referrals by their events.

mod http;
mod jobs;
mod migrations;
pub mod model;
mod ports;
pub mod rules;
mod service;
mod store;

pub use http::router;
pub use jobs::handlers;
pub use migrations::migrations;
pub use ports::{Case, Desk, Names};
pub use service::{Collaboration, CollaborationError};
pub use store::{LetterAudit, MeetingAudit, RectificationAudit, ReferralAudit};
