//! Decisions about licences. Pure: the day, the matter and the numbering rules come in as arguments.

mod clocks;
mod competence;
mod direct;
mod duties;
mod numbering;
mod periods;
mod possible;
mod record;
mod revision;
mod validity;

pub use applications::rules::{ClockView, WindowView};
pub use clocks::CaseWatch;
pub use competence::Competence;
pub(crate) use direct::check_direct;
pub use duties::{Duty, DutyState, Window, duties, month_of};
pub use numbering::{Numbering, NumberingError};
pub use periods::{HourLimit, Limit, MeasureRule, Measures, Periods, SuspensionCase, SuspensionTable};
pub use possible::{Asked, Possible, possible};
pub(crate) use record::{Given, imported, publish, replacement, reserved, stand_in};
pub use revision::{Content, RevisionError, amendments, prepare, renewal_from};
pub use validity::{StatusRule, valid_until};
