//! Characters that cannot be printed are found before typesetting, together with the field that holds them.

use serde_json::Value;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::fonts::Faces;
use crate::{Result, TypesettingError};

/// Checks every text of the data; `path` grows into the JSON pointer of the value at hand.
pub(crate) fn check(faces: &Faces, value: &Value, path: &mut String) -> Result<()> {
    match value {
        Value::String(text) => check_text(faces, text, path),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| descend(faces, item, path, &index.to_string())),
        Value::Object(fields) => fields
            .iter()
            .try_for_each(|(name, field)| descend(faces, field, path, &escape(name))),
        _ => Ok(()),
    }
}

/// Checks one text under a given field name.
pub(crate) fn check_text(faces: &Faces, text: &str, field: &str) -> Result<()> {
    match missing(faces, text).first() {
        Some(&character) => Err(TypesettingError::Unprintable {
            character,
            field: field.to_owned(),
        }),
        None => Ok(()),
    }
}

/// The unprintable characters of a text, each once, in order of appearance.
pub(crate) fn missing(faces: &Faces, text: &str) -> Vec<char> {
    let mut found = Vec::new();
    for character in text.chars() {
        if !printable(faces, character) && !found.contains(&character) {
            found.push(character);
        }
    }
    found
}

fn printable(faces: &Faces, character: char) -> bool {
    match character.general_category() {
        GeneralCategory::Control => character == '\n',
        // Direction overrides and zero-width characters could make a name look like another one.
        GeneralCategory::Format | GeneralCategory::PrivateUse | GeneralCategory::Surrogate => false,
        _ => faces.covers(character),
    }
}

fn descend(faces: &Faces, value: &Value, path: &mut String, name: &str) -> Result<()> {
    let length = path.len();
    path.push('/');
    path.push_str(name);
    check(faces, value, path)?;
    path.truncate(length);
    Ok(())
}

/// RFC 6901, section 3.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
