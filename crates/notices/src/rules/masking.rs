//! Names and addresses for people who need not know them in full.

/// Enough to know it again, not enough to use it.
pub fn masked(address: &str) -> String {
    let (name, domain) = address.split_once('@').unwrap_or((address, ""));
    let letters: Vec<char> = name.chars().collect();
    let shown = (letters.len() / 3).min(3);
    let text = |part: &[char]| part.iter().collect::<String>();
    let hidden = format!(
        "{}***{}",
        text(&letters[..shown]),
        text(&letters[letters.len() - shown..])
    );
    if domain.is_empty() {
        hidden
    } else {
        format!("{hidden}@{domain}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_masked() {
        assert_eq!(masked("13812345678"), "138***678");
        assert_eq!(masked("anquan@example.com"), "an***an@example.com");
        assert_eq!(masked("ab@example.com"), "***@example.com");
        assert_eq!(masked("安全生产"), "安***产");
    }
}
