//! Decisions about licences. Pure: the day, the matter and the numbering rules come in as arguments.

mod direct;
mod numbering;
mod record;
mod validity;

pub(crate) use direct::check_direct;
pub use numbering::{Numbering, NumberingError};
pub(crate) use record::{Given, imported, publish, reserved};
pub use validity::{StatusRule, valid_until};
