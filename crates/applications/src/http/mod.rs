//! Routes and wire types of applications. Every act is a resource.

mod acts;
mod drafts;
mod export;
mod figures;
mod files;
mod reads;
mod stream;
mod visits;
mod wire;

use axum::{
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use kernel::{Actor, Problem, http::Versioned};
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::ApplicationView;
pub(crate) use wire::DeferralView;

use crate::{Applications, Record};

/// Room for the parts of a multipart form besides the file itself.
const FORM_OVERHEAD: usize = 64 * 1024;

/// The routes of this capability.
pub fn router(applications: Applications) -> OpenApiRouter {
    let largest = applications.largest_upload();
    let uploads = OpenApiRouter::new()
        .routes(routes!(files::upload))
        .routes(routes!(visits::add_photo))
        .layer(DefaultBodyLimit::max(largest.saturating_add(FORM_OVERHEAD)));
    OpenApiRouter::new()
        .merge(uploads)
        .routes(routes!(reads::list, drafts::create))
        .routes(routes!(export::export))
        .routes(routes!(figures::stages))
        .routes(routes!(figures::days))
        .routes(routes!(figures::departments))
        .routes(routes!(figures::officers))
        .routes(routes!(reads::tasks))
        .routes(routes!(reads::public_decisions))
        .routes(routes!(reads::one))
        .routes(routes!(drafts::save))
        .routes(routes!(drafts::save_subject))
        .routes(routes!(drafts::completeness))
        .routes(routes!(drafts::submit))
        .routes(routes!(drafts::withdraw))
        .routes(routes!(files::download, files::remove))
        .routes(routes!(acts::take_over))
        .routes(routes!(acts::accept))
        .routes(routes!(acts::correct))
        .routes(routes!(acts::refuse_acceptance))
        .routes(routes!(acts::review))
        .routes(routes!(acts::return_review))
        .routes(routes!(visits::officers))
        .routes(routes!(visits::order))
        .routes(routes!(visits::cancel))
        .routes(routes!(visits::results))
        .routes(routes!(visits::photo))
        .routes(routes!(visits::sign))
        .routes(routes!(visits::conclude))
        .routes(routes!(visits::supply))
        .routes(routes!(visits::breach))
        .routes(routes!(acts::stop_clock))
        .routes(routes!(acts::resume_clock))
        .routes(routes!(acts::extend))
        .routes(routes!(acts::first_review))
        .routes(routes!(acts::second_review))
        .routes(routes!(acts::decide))
        .routes(routes!(acts::deliver))
        .routes(routes!(files::document))
        .routes(routes!(files::preview, files::preview_written))
        .routes(routes!(reads::timeline))
        .routes(routes!(stream::progress))
        .with_state(applications)
}

/// The application after an act, as the actor sees it.
async fn shown(
    applications: &Applications,
    actor: &Actor,
    status: StatusCode,
    record: Record,
) -> Result<Versioned<ApplicationView>, Problem> {
    let seen = applications.show(actor, record).await?;
    let version = seen.record.version;
    Ok(Versioned(
        status,
        version,
        ApplicationView::new(applications, actor, seen)?,
    ))
}

/// A file to be shown or kept. The name is given in UTF-8 (RFC 6266).
fn file(media_type: &str, name: &str, inline: bool, bytes: Bytes) -> Response {
    let how = if inline { "inline" } else { "attachment" };
    let encoded: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    let disposition = format!("{how}; filename=\"file\"; filename*=UTF-8''{encoded}");
    let plain = || HeaderValue::from_static("application/octet-stream");
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_str(media_type).unwrap_or_else(|_| plain()),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
    ];
    (StatusCode::OK, headers, bytes).into_response()
}
