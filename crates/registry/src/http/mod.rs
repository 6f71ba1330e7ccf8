//! Routes and wire types of the registry.

mod codes_lists;
mod enterprises;
mod files;
mod imports;
mod ledgers;
mod watch;

use kernel::FieldError;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::service::{Registry, RegistryError};

/// The routes of this capability.
pub fn router(registry: Registry) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(enterprises::enterprises, enterprises::register))
        .routes(routes!(enterprises::export))
        .routes(routes!(enterprises::enterprise, enterprises::change))
        .routes(routes!(enterprises::timeline))
        .routes(routes!(files::staff, files::add_staff))
        .routes(routes!(files::change_staff))
        .routes(routes!(files::facilities, files::add_facility))
        .routes(routes!(files::change_facility))
        .routes(routes!(watch::end))
        .routes(routes!(ledgers::ledger))
        .routes(routes!(codes_lists::regions))
        .routes(routes!(codes_lists::industries))
        .merge(imports::router(&registry))
        .with_state(registry)
}

/// Parses a query parameter; an empty one counts as absent.
fn parameter<T, E: std::fmt::Display>(
    name: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, RegistryError> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => parse(text)
            .map(Some)
            .map_err(|error| RegistryError::Invalid(vec![FieldError::new(name, error.to_string())])),
    }
}

/// Answers with an xlsx to be saved under that name.
fn xlsx(name: &str, bytes: Vec<u8>) -> impl axum::response::IntoResponse + use<> {
    attachment(
        name,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        bytes,
    )
}

/// Answers with a file to be saved under that (ASCII) name.
fn attachment(
    name: &str,
    media_type: &'static str,
    bytes: Vec<u8>,
) -> impl axum::response::IntoResponse + use<> {
    use axum::http::header;
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, bytes)
}
