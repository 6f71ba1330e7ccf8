//! Check characters of the standards, over text already known to be well formed.

/// GB 32100-2015: digits and capitals without I, O, S, V, Z; the place is the value.
pub(crate) const GB32100: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Value of 0–9 A–Z in GB/T 17710-2008, GB 11714 and the digits-only systems.
fn value(c: char) -> u32 {
    c.to_digit(36).unwrap_or(0)
}

fn symbol(value: u32) -> char {
    char::from_digit(value, 36).unwrap_or('0').to_ascii_uppercase()
}

fn gb32100_value(c: char) -> u32 {
    GB32100
        .chars()
        .zip(0..)
        .find_map(|(symbol, value)| (symbol == c).then_some(value))
        .unwrap_or(0)
}

/// GB 32100-2015, 4.3: weights 3^(i−1) mod 31 over the first 17 characters.
pub(crate) fn gb32100(first17: &str) -> char {
    let (sum, _) = first17.chars().take(17).fold((0, 1), |(sum, weight), c| {
        (sum + weight * gb32100_value(c), weight * 3 % 31)
    });
    GB32100.chars().nth((31 - sum as usize % 31) % 31).unwrap_or('0')
}

/// GB 11714: organisation code, weights 3 7 9 10 5 8 4 2 modulo 11 over 8 characters.
pub(crate) fn gb11714(first8: &str) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first8
        .chars()
        .zip(WEIGHTS)
        .map(|(c, weight)| weight * value(c))
        .sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        value => symbol(value),
    }
}

/// GB 11643-1999 (ISO 7064 MOD 11-2): citizen number, 17 digits.
pub(crate) fn gb11643(first17: &str) -> char {
    let sum = first17.chars().fold(0, |sum, c| (sum + value(c)) * 2 % 11);
    match (12 - sum) % 11 {
        10 => 'X',
        value => symbol(value),
    }
}

/// ISO 7064 MOD 11,10 (GS15-2006): registration number, 14 digits.
pub(crate) fn mod11_10(digits: &str) -> char {
    hybrid(10, digits)
}

/// ISO 7064 MOD 37,36 (GB/T 17710-2008): licence identifier, characters 0–9 A–Z.
pub(crate) fn mod37_36(characters: &str) -> char {
    hybrid(36, characters)
}

/// The hybrid systems of ISO 7064, clause 8: MOD (size+1, size).
fn hybrid(size: u32, characters: &str) -> char {
    let carry = characters
        .chars()
        .fold(size, |carry, c| hybrid_step(size, carry, value(c)));
    symbol((size + 1 - carry) % size)
}

fn hybrid_step(size: u32, carry: u32, value: u32) -> u32 {
    let sum = match (carry + value) % size {
        0 => size,
        sum => sum,
    };
    sum * 2 % (size + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(function: fn(&str) -> char, with_check: &str) {
        let (body, found) = with_check.split_at(with_check.len() - 1);
        assert_eq!(function(body).to_string(), found, "{with_check}");
    }

    #[test]
    fn gb32100_codes_of_authorities_and_the_standard() {
        for code in [
            "91350100M000100Y43", // the example of the standard
            "11100000000013338W",
            "11100000MB03271699",
            "11220000013544541J",
            "11320482014138860P",
            "11330105002500287C",
            "11370800MB28559184",
            "113700000045030270",
            "11430000006122244L",
            "91420000757013137P",
        ] {
            check(gb32100, code);
            check(gb11714, &code[8..17]);
        }
    }

    #[test]
    fn examples_printed_in_the_standards() {
        check(gb11714, "D2143569X");
        check(gb11643, "11010519491231002X");
        check(mod11_10, "110108000000016");
    }

    #[test]
    fn mod11_10_agrees_with_iso_7064() {
        check(mod11_10, "07945");
    }

    #[test]
    fn mod37_36_published_constant() {
        let input = "11100000000013338W00211320482014138860P201807250201001";
        assert_eq!(mod37_36(input), 'M');
    }

    /// From every state, every ordered pair of different characters, swapped: 72 of 45,360 slip through.
    #[test]
    fn mod37_36_misses_few_swaps() {
        let step = |carry, value| hybrid_step(36, carry, value);
        let mut seen = 0;
        let mut missed = 0;
        for carry in 1..=36 {
            for (a, b) in (0..36)
                .flat_map(|a| (0..36).map(move |b| (a, b)))
                .filter(|(a, b)| a != b)
            {
                seen += 1;
                missed += u32::from(step(step(carry, a), b) == step(step(carry, b), a));
            }
        }
        assert_eq!((missed, seen), (72, 45_360));
    }
}
