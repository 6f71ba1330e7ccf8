//! Routes and wire types of identity.

mod accounts;
mod own;
mod qualifications;
mod sessions;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::service::Identity;

pub use sessions::{COOKIE, CurrentSession};

/// The routes of this capability.
pub fn router(identity: Identity) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(
            sessions::sign_in,
            sessions::sessions,
            sessions::sign_out_everywhere
        ))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(sessions::end_session))
        .routes(routes!(own::me))
        .routes(routes!(own::change_password))
        .routes(routes!(own::begin_totp, own::confirm_totp))
        .routes(routes!(own::remove_totp))
        .routes(routes!(accounts::roles))
        .routes(routes!(accounts::accounts, accounts::create_account))
        .routes(routes!(accounts::account, accounts::change_account))
        .routes(routes!(accounts::reset_password))
        .routes(routes!(
            qualifications::qualifications,
            qualifications::add_qualification
        ))
        .with_state(identity)
}
