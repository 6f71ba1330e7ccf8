//! Chance that repeats itself: every stream of choices follows from the seed and its name, so that a change in
//! one does not stir the others.

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};

/// A stream of choices.
pub(crate) struct Chance(StdRng);

impl Chance {
    /// The stream of that name.
    pub fn of(seed: u64, stream: &str) -> Self {
        // FNV-1a: any spreading of the name will do, it only has to stay the same.
        let name = stream.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(StdRng::seed_from_u64(seed ^ name))
    }

    /// A number from `from` up to and including `to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        self.0.random_range(from..=to.max(from))
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, share: u32) -> bool {
        self.0.random_range(0..100) < share
    }

    /// One of them; the list must not be empty.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.0.random_range(0..of.len())]
    }

    /// The place of one of them, each as likely as its share.
    pub fn weighted(&mut self, shares: impl Iterator<Item = u32> + Clone) -> usize {
        let whole: u32 = shares.clone().sum();
        let mut left = self.0.random_range(0..whole.max(1));
        for (place, share) in shares.enumerate() {
            if left < share {
                return place;
            }
            left -= share;
        }
        0
    }

    /// Another order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        all.shuffle(&mut self.0);
    }

    /// `count` places spread over the shares as exactly as whole numbers allow, in no order.
    pub fn spread(&mut self, count: usize, shares: &[u32]) -> Vec<usize> {
        let mut places: Vec<usize> = quotas(count, shares)
            .into_iter()
            .enumerate()
            .flat_map(|(place, quota)| std::iter::repeat_n(place, quota))
            .collect();
        self.shuffle(&mut places);
        places
    }
}

/// How many of `count` fall to each share; the largest remainders get what is left over.
fn quotas(count: usize, shares: &[u32]) -> Vec<usize> {
    let whole = shares.iter().map(|share| *share as usize).sum::<usize>().max(1);
    let mut quotas: Vec<usize> = shares
        .iter()
        .map(|share| count * *share as usize / whole)
        .collect();
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by_key(|place| std::cmp::Reverse(count * shares[*place] as usize % whole));
    let left = count - quotas.iter().sum::<usize>();
    for place in by_remainder.into_iter().take(left) {
        quotas[place] += 1;
    }
    quotas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_exact() {
        assert_eq!(quotas(300, &[4, 16, 62, 18]), [12, 48, 186, 54]);
        assert_eq!(quotas(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(quotas(0, &[1, 2]), [0, 0]);
    }

    #[test]
    fn a_stream_repeats_itself_and_differs_from_others() {
        let draw = |seed, stream| {
            let mut chance = Chance::of(seed, stream);
            (0..8).map(|_| chance.between(0, 1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1, "names"), draw(1, "names"));
        assert_ne!(draw(1, "names"), draw(1, "codes"));
        assert_ne!(draw(1, "names"), draw(2, "names"));
    }

    #[test]
    fn a_share_of_nothing_is_never_drawn() {
        let mut chance = Chance::of(1, "test");
        assert!((0..200).all(|_| chance.weighted([0, 3, 0].into_iter()) == 1));
    }
}
