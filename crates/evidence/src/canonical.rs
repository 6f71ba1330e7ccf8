//! Canonical JSON: the bytes that are salted, hashed and logged.

use serde_json::{Number, Value};

use crate::error::Error;

/// The largest integer up to which a double holds every integer exactly (2^53 - 1, RFC 7493, section 2.2).
const MAX_EXACT: u64 = (1 << 53) - 1;

/// JCS prints doubles below this bound without an exponent, so they read back as integers (ECMA-262,
/// Number::toString).
const FIRST_WITH_EXPONENT: f64 = 1e21;

/// The canonical bytes of a JSON value by RFC 8785 (JCS). Reading them and writing them again gives the same
/// bytes.
///
/// # Errors
/// If a number lies beyond ±(2^53 - 1) and prints as an integer: JCS writes numbers as doubles, so two
/// different integers could come out as the same bytes, and a changed record would still match its entry.
pub fn canonical_json(value: &Value) -> Result<Vec<u8>, Error> {
    check_numbers(value)?;
    serde_json_canonicalizer::to_vec(value).map_err(Error::NotCanonical)
}

fn check_numbers(value: &Value) -> Result<(), Error> {
    match value {
        Value::Number(number) if !is_exact(number) => Err(Error::InexactInteger(number.to_string())),
        Value::Array(items) => items.iter().try_for_each(check_numbers),
        Value::Object(members) => members.values().try_for_each(check_numbers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn is_exact(number: &Number) -> bool {
    match number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs)) {
        Some(magnitude) => magnitude <= MAX_EXACT,
        // A double already, which JCS prints so that it reads back the same.
        None => number.as_f64().is_some_and(|double| {
            let magnitude = double.abs();
            magnitude <= MAX_EXACT as f64 || magnitude >= FIRST_WITH_EXPONENT
        }),
    }
}
