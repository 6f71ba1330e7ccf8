//! The only place that knows the tables of this capability.

mod deliveries;
mod notices;
mod others;
mod parts;
mod proofs;

pub(crate) use deliveries::{
    ChannelCount, DeliveryQuery, begin_attempt, channel_counts, deliveries, delivery, end_attempt,
    insert_deliveries, insert_delivery, last_error, postpone, restart,
};
pub(crate) use notices::{NoticeQuery, insert_notices, mark_all_read, mark_read, notice, notices, unread};
pub(crate) use others::{
    end_feed, end_webhook, feed_account, feed_of, insert_webhook, save_feed, save_preferences, webhook,
    webhooks, webhooks_for,
};
pub(crate) use parts::{add_parts, gathering, hold_account, parts, reword};
pub(crate) use proofs::{
    asked_since, code_of, count_attempt, drop_proof, insert_code, last_code, reach, reach_of, save_made,
    save_proof,
};
