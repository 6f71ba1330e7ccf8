//! Journeys across capabilities, through HTTP, on both databases.

mod identity;
