//! The only crate that knows all capabilities: configuration, composition, router, jobs.

pub mod access_table;
pub mod config;
pub mod health;
pub mod middleware;
pub mod platform;
pub mod router;
pub mod wiring;

pub use config::Config;
pub use platform::{Platform, PlatformError};
pub use router::{Site, site};
