//! Routes of collaboration. Wire types live here.

mod ledger;
mod letters;
mod meetings;
mod referrals;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use kernel::Moment;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Collaboration, model::Done};

/// The routes of this capability.
pub fn router(collaboration: Collaboration) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(ledger::list))
        .routes(routes!(ledger::summary))
        .routes(routes!(ledger::export))
        .routes(routes!(letters::list))
        .routes(routes!(letters::one))
        .routes(routes!(letters::file))
        .routes(routes!(letters::receive))
        .routes(routes!(meetings::list, meetings::hold))
        .routes(routes!(meetings::one))
        .routes(routes!(meetings::problems))
        .routes(routes!(meetings::problem))
        .routes(routes!(meetings::report))
        .routes(routes!(meetings::close))
        .routes(routes!(referrals::list, referrals::refer))
        .routes(routes!(referrals::one))
        .routes(routes!(referrals::receive))
        .routes(routes!(referrals::answer))
        .with_state(collaboration)
}

/// A department.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct DepartmentName {
    /// Key.
    key: String,
    /// Short name.
    name: String,
}

fn department(collaboration: &Collaboration, key: &str) -> DepartmentName {
    DepartmentName {
        name: collaboration.department_name(key),
        key: key.to_owned(),
    }
}

/// Who did something, and when.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct DoneBy {
    /// Name.
    name: String,
    /// When.
    at: Moment,
}

impl From<&Done> for DoneBy {
    fn from(done: &Done) -> Self {
        Self {
            name: done.name.clone(),
            at: done.at,
        }
    }
}

/// A file to be shown or kept. The name is given in UTF-8 (RFC 6266).
fn file(media_type: &'static str, name: &str, how: &str, bytes: Bytes) -> Response {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let mut encoded = String::new();
    for byte in name.bytes() {
        if plain(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    let disposition = format!("{how}; filename=\"file\"; filename*=UTF-8''{encoded}");
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, disposition),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
    ];
    (StatusCode::OK, headers, bytes).into_response()
}
