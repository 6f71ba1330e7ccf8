//! The only crate that knows all capabilities: configuration, composition, router, jobs.

mod about;
pub mod access_table;
pub mod backup;
pub mod config;
pub mod demo_clock;
mod figures;
mod foundation;
pub mod health;
mod jobs;
pub mod keyring;
mod life;
pub mod middleware;
pub mod platform;
pub mod router;
mod run;
mod upkeep;
mod web;
pub mod wiring;

pub use about::{DemoLogin, DemoLogins};
pub use config::Config;
pub use foundation::{Foundation, connect, files};
pub use life::Life;
pub use platform::{Migrations, Platform, PlatformError, audit_sources};
pub use router::{Site, document, site};
pub use run::{RunError, metrics, run};
