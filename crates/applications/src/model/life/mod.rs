//! The verbs, each on the state that allows it.

mod anywhere;
mod decision;
mod draft;
mod intake;
mod review;

use kernel::Happened;
use serde_json::Value;

use super::{Application, command::Refusal};

pub(super) type Outcome = Result<(Application, Happened), Refusal>;

fn done(application: Application, kind: &'static str, title: impl Into<String>, data: Value) -> Outcome {
    Ok((application, Happened::new(kind, title).data(data)))
}

fn needed(text: &str, field: &str, message: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        Err(Refusal::field(field, message))
    } else {
        Ok(())
    }
}
