//! Keys by which the parts of a definition name each other. Each part has its own type, so that a material
//! can never be looked up as a condition.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是合法的标识（字母开头，只含字母、数字和下划线）")]
pub struct BadKey(String);

fn well_formed(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, pattern = "^[A-Za-z][A-Za-z0-9_]{0,63}$")]
        pub struct $name(String);

        impl $name {
            /// The text of the key.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadKey;

            fn from_str(text: &str) -> Result<Self, BadKey> {
                Self::try_from(text.to_owned())
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadKey;

            fn try_from(text: String) -> Result<Self, BadKey> {
                if well_formed(&text) { Ok(Self(text)) } else { Err(BadKey(text)) }
            }
        }

        impl From<$name> for String {
            fn from(key: $name) -> Self {
                key.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    )+};
}

keys! {
    /// Names a condition of a matter.
    ConditionKey,
    /// Names a material of a matter.
    MaterialKey,
    /// Names a department or body; cities give it a name.
    DepartmentKey,
    /// Names a clock of a matter.
    ClockKey,
    /// Names a stage of a matter.
    StageKey,
    /// Names a document definition.
    DocumentKey,
    /// Names a statute inside one definition.
    StatuteKey,
    /// Names an entry of `sources.json`.
    SourceKey,
}
