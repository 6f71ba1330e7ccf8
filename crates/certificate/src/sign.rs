//! PAdES B-T: the page, signed by the issuing authority and timestamped (ETSI EN 319 142-1).
//!
//! [`begin`] and [`Pending::finish`] do no I/O, so that a job can keep the network out of everything else;
//! [`sign`] and [`sign_locally`] put them together.

use cms::signed_data::SignedData;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::asn1::ID_DATA;
use crate::cades::{self, SigningIdentity};
use crate::chance::Chance;
use crate::print::Unsigned;
use crate::revision::{Revision, Statement};
use crate::suite::sha256;
use crate::timestamp::{LocalTsa, TimestampRequest, TimestampSource, TimestampToken};
use crate::trust::Trust;
use crate::{CertificateError, Result};

/// Bytes reserved for signature, certificates and timestamp; about 5 kB are used with the local authority.
pub const DEFAULT_RESERVE: usize = 8192;

/// What the signature dictionary states. The time is the signer's claim; the timestamp proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Why, such as 安全生产许可证签发.
    pub reason: String,
    /// Where, such as 江西省南昌市.
    pub location: String,
    /// When, UTC.
    pub signed_at: OffsetDateTime,
    /// Bytes reserved for the CMS structure; see [`DEFAULT_RESERVE`].
    pub reserve: usize,
}

impl Claim {
    /// A claim with the default reserve.
    pub fn new(reason: impl Into<String>, location: impl Into<String>, signed_at: OffsetDateTime) -> Self {
        Self {
            reason: reason.into(),
            location: location.into(),
            signed_at,
            reserve: DEFAULT_RESERVE,
        }
    }
}

/// Whether a signature without timestamp may leave the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimestampPolicy {
    /// Signing is refused without a valid timestamp.
    #[default]
    Required,
    /// A signature without timestamp (PAdES B-B) is allowed. Verification will still ask for one unless its trust
    /// says otherwise.
    Optional,
}

/// A signed page that waits for its timestamp.
pub struct Pending {
    revision: Revision,
    signed: SignedData,
}

/// Signs the page: PAdES B-B, not yet written out.
pub fn begin(unsigned: &Unsigned, identity: &SigningIdentity, claim: &Claim) -> Result<Pending> {
    let revision = Revision::prepare(
        &unsigned.pdf,
        &Statement {
            name: &identity.name(),
            reason: &claim.reason,
            location: &claim.location,
            date: &pdf_date(claim.signed_at)?,
            seal: unsigned.seal,
            reserve: claim.reserve,
        },
    )?;
    let digest = identity.key().suite().digest(&revision.signed_bytes());
    let signed = cades::sign(identity, ID_DATA, &digest, None)?;
    Ok(Pending { revision, signed })
}

impl Pending {
    /// The question for the timestamp authority.
    pub fn timestamp_request(&self, chance: &dyn Chance) -> Result<TimestampRequest> {
        TimestampRequest::new(sha256(cades::signature_value(&self.signed)?), chance)
    }

    /// The finished PDF. Refused without a timestamp if the policy asks for one.
    pub fn finish(self, token: Option<TimestampToken>, policy: TimestampPolicy) -> Result<Vec<u8>> {
        let signed = match (token, policy) {
            (Some(token), _) => cades::add_timestamp(self.signed, token.der())?,
            (None, TimestampPolicy::Optional) => self.signed,
            (None, TimestampPolicy::Required) => return Err(CertificateError::TimestampRequired),
        };
        self.revision.fill(&cades::wrap(&signed)?)
    }
}

/// Signs and stamps with any source. A failing source is an error under [`TimestampPolicy::Required`] and leaves
/// the signature without timestamp under [`TimestampPolicy::Optional`].
pub async fn sign(
    unsigned: &Unsigned,
    identity: &SigningIdentity,
    claim: &Claim,
    source: &dyn TimestampSource,
    policy: TimestampPolicy,
    trust: &Trust,
    chance: &dyn Chance,
) -> Result<Vec<u8>> {
    let pending = begin(unsigned, identity, claim)?;
    let request = pending.timestamp_request(chance)?;
    let token = match source.answer(request.der()).await {
        Ok(answer) => request.accept(&answer, trust),
        Err(fault) => Err(fault),
    };
    match (token, policy) {
        (Ok(token), _) => pending.finish(Some(token), policy),
        (Err(fault), TimestampPolicy::Required) => Err(fault.into()),
        (Err(fault), TimestampPolicy::Optional) => {
            tracing::warn!(%fault, "signing without timestamp, as configured");
            pending.finish(None, policy)
        }
    }
}

/// Signs and stamps with the authority inside the program, at the claim's time.
pub fn sign_locally(
    unsigned: &Unsigned,
    identity: &SigningIdentity,
    claim: &Claim,
    tsa: &LocalTsa,
    trust: &Trust,
    chance: &dyn Chance,
) -> Result<Vec<u8>> {
    let pending = begin(unsigned, identity, claim)?;
    let request = pending.timestamp_request(chance)?;
    let answer = tsa.answer(request.der(), claim.signed_at, chance)?;
    let token = request.accept(&answer, trust)?;
    pending.finish(Some(token), TimestampPolicy::Required)
}

/// `D:20261121080000Z` (ISO 32000-1, 7.9.4).
fn pdf_date(instant: OffsetDateTime) -> Result<String> {
    let format = format_description!("D:[year][month][day][hour][minute][second]Z");
    let utc = instant.to_offset(time::UtcOffset::UTC);
    utc.format(format)
        .map_err(|_| CertificateError::Range("signing time"))
}
