//! Receipt of letters.

use super::Refusal;
use crate::model::{Letter, Receipt};

/// Whether the department `own` may confirm that a letter arrived.
///
/// # Errors
/// [`Refusal`] for another department, before it is signed, and a second time.
pub fn may_receive_letter(letter: &Letter, own: Option<&str>) -> Result<(), Refusal> {
    if own != Some(letter.addressee.as_str()) {
        Err(Refusal::Department(letter.addressee.clone()))
    } else if letter.file.is_none() {
        Err(Refusal::Unsigned)
    } else if letter.receipt.is_some() {
        Err(Refusal::State("已经签收过，无需重复签收"))
    } else {
        Ok(())
    }
}

/// The department that gets a letter confirms that it arrived.
///
/// # Errors
/// As [`may_receive_letter`].
pub fn receive_letter(mut letter: Letter, own: Option<&str>, receipt: Receipt) -> Result<Letter, Refusal> {
    may_receive_letter(&letter, own)?;
    letter.receipt = Some(receipt);
    letter.version += 1;
    Ok(letter)
}
