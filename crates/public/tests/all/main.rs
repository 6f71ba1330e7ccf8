//! Tests through the public faces: pages and API over an invented register.

mod api;
mod pages;
mod real;
mod support;
mod web;
