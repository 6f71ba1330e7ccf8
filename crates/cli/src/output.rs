//! What commands print.

use std::io::{ErrorKind, Write};

/// Prints a report. Whoever reads it may stop reading: that is no failure of the command.
pub fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}
