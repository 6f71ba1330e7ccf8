//! What an application is made of.

mod dossier;
mod handing_in;
mod outcome;
mod paper;
mod review;
mod risk;

pub use dossier::*;
pub use handing_in::*;
pub use outcome::*;
pub use paper::*;
pub use review::*;
pub use risk::*;
