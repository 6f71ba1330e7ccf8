//! Licences through their public face, on SQLite.

mod app;
mod http;
mod issuing;
mod public;
mod take_over;
