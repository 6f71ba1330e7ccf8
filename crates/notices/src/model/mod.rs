//! Notices, deliveries and preferences as types. Pure.

mod delivery;
mod preferences;
mod proof;

pub use delivery::{Channel, Delivery, DeliveryState, Webhook};
use kernel::{Moment, ids, ids::AccountId};
pub use preferences::{Addresses, MinuteOfDay, Preferences, Quiet};
pub use proof::{AskedCode, Code, MadeCode, Proof, Reach};
use uuid::Uuid;

ids! {
    /// A notice to an account.
    NoticeId,
    /// A notice on its way through a channel.
    DeliveryId,
    /// Another system that hears of events.
    WebhookId,
}

/// What an account was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Identifier.
    pub id: NoticeId,
    /// Who is told.
    pub account: AccountId,
    /// About what.
    pub topic: String,
    /// One line.
    pub title: String,
    /// The whole text.
    pub text: String,
    /// Where it is dealt with, a path of the desk application.
    pub link: Option<String>,
    /// The event that it comes from.
    pub event: Option<Uuid>,
    /// When.
    pub at: Moment,
    /// When it was read first.
    pub read_at: Option<Moment>,
}

/// A notice of a message, and what several like it are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The notice.
    pub notice: Notice,
    /// 提醒函, 待办（初审）
    pub label: String,
    /// Whom it is about; empty where that is nobody in particular.
    pub brief: String,
}
