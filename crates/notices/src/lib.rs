//! Notices (WRN.1, 2): from what happened to the people it concerns, in the application, by mail, short message,
//! WeChat and webhook, never twice; and the calendar of duties as a feed.
//!
//! What is told to whom stands in `data/notices`: a topic names the kinds of events, the audience and the words.
//! Another capability only records its event.

mod http;
mod jobs;
mod migrations;
pub mod model;
mod ports;
pub mod rules;
mod service;
mod store;

pub use http::{feed_router, router};
pub use jobs::handlers;
pub use migrations::migrations;
pub use ports::{DueTask, Duties, DutyEntry, Facts, NoDuties, OpenTask, Tasks, TasksDue};
pub use service::{Adapter, Notices, NoticesError, Parts, Settings};
