//! Folding of what people type, paste or scan, before it is parsed.

/// A full-width form (U+FF01–U+FF5E, U+3000) as its ASCII counterpart, any other character as it is.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// Characters without width that cling to text copied from web pages and office files.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FEFF}'
    )
}

/// Half width, upper case, without white space and invisible characters: the form codes are parsed from.
pub(crate) fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c))
        .map(|c| half_width(c).to_ascii_uppercase())
        .collect()
}

/// Every bracket style that occurs around parts of names and numbers, as `(` or `)`.
pub(crate) fn fold_bracket(c: char) -> char {
    match c {
        '（' | '[' | '［' | '〔' | '﹝' | '【' | '〖' | '{' | '｛' | '〘' | '「' | '『' | '⟦' | '﹙' => {
            '('
        }
        '）' | ']' | '］' | '〕' | '﹞' | '】' | '〗' | '}' | '｝' | '〙' | '」' | '』' | '⟧' | '﹚' => {
            ')'
        }
        _ => c,
    }
}

/// Every dash that keyboards and scanners produce, as `-`.
pub(crate) fn fold_dash(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}' | '\u{2500}' => '-',
        _ => c,
    }
}

/// A Han character (the unified ideographs, all extensions, and 〇).
pub(crate) fn is_han(c: char) -> bool {
    matches!(
        c,
        '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFD}'
            | '〇'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_takes_away_what_carries_no_meaning() {
        assert_eq!(compact(" ９１ａ\u{200B}b\u{3000}\tC\u{FEFF}"), "91ABC");
        assert_eq!(compact("赣 －"), "赣-");
    }

    #[test]
    fn brackets_pair_up() {
        let open = "（[［〔﹝【〖{｛〘「『⟦﹙(";
        let close = "）]］〕﹞】〗}｝〙」』⟧﹚)";
        assert!(open.chars().all(|c| fold_bracket(c) == '('));
        assert!(close.chars().all(|c| fold_bracket(c) == ')'));
        assert_eq!(fold_bracket('字'), '字');
    }

    #[test]
    fn han_includes_the_rare_ones() {
        assert!("赣𠂇龘䶮𬴊𰻝〇".chars().all(is_han));
        assert!(!"A1（·，😀".chars().any(is_han));
    }
}
