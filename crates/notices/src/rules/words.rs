//! Words with places to fill in: `{name}`.

use std::collections::BTreeMap;

use kernel::LegalDate;

/// What can be filled in.
pub type Words = BTreeMap<String, String>;

/// A filled text, and the places for which nothing was known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The text; an unknown place reads “—”.
    pub text: String,
    /// Names of the unknown places.
    pub missing: Vec<String>,
}

/// Fills every `{name}` of a text. A part in `[…]` is left out as a whole when it has a place for which nothing is
/// known, such as a reason that nobody gave.
pub fn fill(text: &str, words: &Words) -> Filled {
    let mut filled = Filled {
        text: String::new(),
        missing: Vec::new(),
    };
    let mut rest = text;
    while let Some((before, optional)) = rest.split_once('[') {
        put(before, words, &mut filled);
        let (inner, behind) = optional.split_once(']').unwrap_or((optional, ""));
        let mut part = Filled {
            text: String::new(),
            missing: Vec::new(),
        };
        put(inner, words, &mut part);
        if part.missing.is_empty() {
            filled.text.push_str(&part.text);
        }
        rest = behind;
    }
    put(rest, words, &mut filled);
    filled
}

/// A day that is near, without its year: 12月8日.
pub fn short_day(day: LegalDate) -> String {
    format!("{}月{}日", u8::from(day.0.month()), day.0.day())
}

fn put(text: &str, words: &Words, into: &mut Filled) {
    let mut rest = text;
    while let Some((before, named)) = rest.split_once('{') {
        into.text.push_str(before);
        let Some((name, behind)) = named.split_once('}') else {
            into.text.push('{');
            rest = named;
            continue;
        };
        match words.get(name).filter(|value| !value.is_empty()) {
            Some(value) => into.text.push_str(value),
            None => {
                into.text.push('—');
                into.missing.push(name.to_owned());
            }
        }
        rest = behind;
    }
    into.text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str, missing: &[&str]) {
        let words = [("name", "赣江化工"), ("day", "2026年3月2日"), ("empty", "")];
        let words = words
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let filled = fill(text, &words);
        assert_eq!(
            (filled.text.as_str(), filled.missing),
            (expected, missing.iter().map(|s| (*s).to_owned()).collect())
        );
    }

    #[test]
    fn places_are_filled_and_optional_parts_left_out() {
        check("", "", &[]);
        check("{name}于{day}提交", "赣江化工于2026年3月2日提交", &[]);
        check("{name}[，理由：{reason}]。", "赣江化工。", &[]);
        check(
            "[{name}，]请[于{day}前]办理",
            "赣江化工，请于2026年3月2日前办理",
            &[],
        );
        check("理由：{reason}", "理由：—", &["reason"]);
        check("{empty}", "—", &["empty"]);
        check("一个{没有结尾", "一个{没有结尾", &[]);
        check("[没有结尾{day}", "没有结尾2026年3月2日", &[]);
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let words = [
            ("a".to_owned(), "{b}[c]".to_owned()),
            ("b".to_owned(), "x".to_owned()),
        ]
        .into();
        assert_eq!(fill("{a}", &words).text, "{b}[c]");
    }
}
