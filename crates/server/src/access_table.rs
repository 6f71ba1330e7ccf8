//! Which permission each operation needs: read from the OpenAPI document itself, so that a route without a
//! declared permission cannot be served and the document cannot say something else than the server does.

use std::collections::HashMap;

use axum::http::Method;
use kernel::Permission;
use utoipa::openapi::{OpenApi, PathItem, path::Operation};

/// What an operation asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// Anyone, signed in or not.
    Public,
    /// A signed-in account whose role carries the permission.
    Permission(Permission),
}

/// All operations with their requirement.
#[derive(Clone, Debug, Default)]
pub struct AccessTable(HashMap<(Method, String), Requirement>);

/// An operation whose declaration is missing or unknown.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{method} {path}: x-permission {found:?} is missing or unknown")]
pub struct Undeclared {
    /// HTTP method.
    pub method: Method,
    /// Path template.
    pub path: String,
    /// What was found.
    pub found: Option<String>,
}

impl AccessTable {
    /// Reads the table.
    ///
    /// # Errors
    /// [`Undeclared`] names the first operation without a known `x-permission`.
    pub fn read(document: &OpenApi) -> Result<Self, Undeclared> {
        let mut table = HashMap::new();
        for (path, item) in &document.paths.paths {
            for (method, operation) in operations(item) {
                let found = declared(operation);
                let requirement = match found.as_deref() {
                    Some("public") => Some(Requirement::Public),
                    Some(name) => Permission::parse(name).map(Requirement::Permission),
                    None => None,
                };
                let Some(requirement) = requirement else {
                    return Err(Undeclared {
                        method,
                        path: path.clone(),
                        found,
                    });
                };
                table.insert((method, path.clone()), requirement);
            }
        }
        Ok(Self(table))
    }

    /// The requirement of a route; `None` for a route that is not in the document.
    pub fn requirement(&self, method: &Method, path: &str) -> Option<Requirement> {
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        self.0.get(&(method.clone(), path.to_owned())).copied()
    }

    /// All operations, sorted by path.
    pub fn all(&self) -> Vec<(Method, String, Requirement)> {
        let mut all: Vec<_> = self
            .0
            .iter()
            .map(|((m, p), r)| (m.clone(), p.clone(), *r))
            .collect();
        all.sort_by(|a, b| (&a.1, a.0.as_str()).cmp(&(&b.1, b.0.as_str())));
        all
    }
}

fn operations(item: &PathItem) -> Vec<(Method, &Operation)> {
    let all = [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::DELETE, &item.delete),
        (Method::PATCH, &item.patch),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| operation.as_ref().map(|o| (method, o)))
        .collect()
}

fn declared(operation: &Operation) -> Option<String> {
    let value = operation.extensions.as_ref()?.get("x-permission")?;
    value.as_str().map(str::to_owned)
}
