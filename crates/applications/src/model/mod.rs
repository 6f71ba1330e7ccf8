//! The application as a typed state machine: every state owns its data, every verb consumes the state that
//! allows it. Pure: instants and identifiers come in as arguments.

mod command;
mod figures;
mod life;
mod parts;
mod site;
mod states;
mod subject;
mod visits;

pub use command::{Change, Command, Refusal, apply, drafted};
pub use figures::*;
pub use parts::*;
pub use site::*;
pub use states::*;
pub use subject::*;

use kernel::ids;

ids! {
    /// A file handed in with an application.
    FileId,
    /// A document that the procedure produced.
    DocumentId,
    /// A stop of the clock.
    StopId,
    /// A joint site check.
    SiteCheckId,
}
