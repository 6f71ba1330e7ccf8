//! Randomness comes in as an argument.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

use crate::{CertificateError, Result};

/// A source of random bytes for serial numbers, nonces and salts. (Key generation uses the generator inside
/// aws-lc.)
pub trait Chance: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, bytes: &mut [u8]) -> Result<()>;
}

/// The system's generator, through aws-lc.
#[derive(Debug, Default)]
pub struct SystemChance(SystemRandom);

impl SystemChance {
    /// A handle on the system's generator.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        self.0.fill(bytes).map_err(|_| CertificateError::Chance)
    }
}

/// `N` random bytes read as a positive ASN.1 INTEGER of full length: top bit clear, next bit set.
pub(crate) fn positive<const N: usize>(chance: &dyn Chance) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    chance.fill(&mut bytes)?;
    if let Some(first) = bytes.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    Ok(bytes)
}
