//! Routes of notices. Wire types live here.

mod addresses;
mod admin;
mod calendar;
mod own;

use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::service::Notices;

/// The API of this capability.
pub fn router(notices: Notices) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(own::list))
        .routes(routes!(own::unread))
        .routes(routes!(own::read))
        .routes(routes!(own::read_all))
        .routes(routes!(own::preferences, own::choose))
        .routes(routes!(own::try_channel))
        .routes(routes!(addresses::send_code))
        .routes(routes!(addresses::prove))
        .routes(routes!(calendar::show, calendar::renew, calendar::end))
        .routes(routes!(admin::channels))
        .routes(routes!(admin::deliveries))
        .routes(routes!(admin::delivery))
        .routes(routes!(admin::retry))
        .routes(routes!(admin::webhooks, admin::add_webhook))
        .routes(routes!(admin::end_webhook))
        .routes(routes!(admin::try_webhook))
        .with_state(notices)
}

/// The calendars under their secret addresses.
pub fn feed_router(notices: Notices) -> Router {
    calendar::feed_router(notices)
}
