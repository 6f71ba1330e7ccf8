//! RFC 3161: asking for timestamps, giving them, checking them.

use async_trait::async_trait;
use der::asn1::{Any, BitString, GeneralizedTime, Int, Null, ObjectIdentifier, OctetString};
use der::{Decode, Encode};
use spki::AlgorithmIdentifierOwned;
use time::OffsetDateTime;
use x509_cert::ext::pkix::name::GeneralName;

use crate::asn1::{
    Accuracy, ID_TST_INFO, MessageImprint, PkiStatusInfo, TimeStampReq, TimeStampResp, TstInfo,
};
use crate::cades::{self, CmsFault, SignedMessage, SigningIdentity};
use crate::chance::{Chance, positive};
use crate::suite::{self, ID_SHA256};
use crate::trust::{Trust, Usage};
use crate::{CertificateError, Result, TimestampFault};

/// PKIFailureInfo bits (RFC 3161, 2.4.2).
const BAD_ALGORITHM: u8 = 0;
const BAD_REQUEST: u8 = 2;
const BAD_DATA_FORMAT: u8 = 5;

/// Where timestamps come from: an HTTP client of the caller, or [`LocalSource`].
#[async_trait]
pub trait TimestampSource: Send + Sync {
    /// Sends a DER request (`application/timestamp-query`), gives back the DER answer
    /// (`application/timestamp-reply`).
    async fn answer(&self, request: &[u8]) -> std::result::Result<Vec<u8>, TimestampFault>;
}

/// A question to a timestamp authority.
#[derive(Debug, Clone)]
pub struct TimestampRequest {
    inner: TimeStampReq,
    der: Vec<u8>,
}

impl TimestampRequest {
    /// Asks for a timestamp on a SHA-256 digest, with a nonce and the authority's certificate.
    pub fn new(digest: [u8; 32], chance: &dyn Chance) -> Result<Self> {
        let inner = TimeStampReq {
            version: 1,
            imprint: MessageImprint {
                algorithm: AlgorithmIdentifierOwned {
                    oid: ID_SHA256,
                    parameters: Some(Any::from(Null)),
                },
                hash: OctetString::new(digest)?,
            },
            policy: None,
            nonce: Some(Int::new(&positive::<16>(chance)?)?),
            cert_req: true,
            extensions: None,
        };
        let der = inner.to_der()?;
        Ok(Self { inner, der })
    }

    /// The request as DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Accepts an answer only if it is granted, belongs to this request, and its authority is trusted.
    pub fn accept(
        &self,
        response: &[u8],
        trust: &Trust,
    ) -> std::result::Result<TimestampToken, TimestampFault> {
        let response = TimeStampResp::from_der(response).map_err(|_| TimestampFault::Unreadable)?;
        // 0 granted, 1 granted with modifications.
        if response.status.status > 1 {
            return Err(TimestampFault::Rejected(response.status.status));
        }
        let token = response.token.ok_or(TimestampFault::Unreadable)?;
        let token = TimestampToken::from_der(&token.to_der().map_err(|_| TimestampFault::Unreadable)?)?;
        if token.info.nonce != self.inner.nonce {
            return Err(TimestampFault::Nonce);
        }
        token.check_imprint(self.inner.imprint.hash.as_bytes(), ID_SHA256)?;
        token.check_authority(trust)?;
        Ok(token)
    }
}

/// A timestamp token. Reading proves nothing; see [`TimestampToken::verify`].
#[derive(Debug, Clone)]
pub struct TimestampToken {
    der: Vec<u8>,
    info: TstInfo,
}

impl TimestampToken {
    /// Reads a TimeStampToken (DER).
    pub fn from_der(der: &[u8]) -> std::result::Result<Self, TimestampFault> {
        let message = SignedMessage::parse(der).map_err(|_| TimestampFault::Unreadable)?;
        let content = message.content(ID_TST_INFO).ok_or(TimestampFault::Unreadable)?;
        let info = TstInfo::from_der(content).map_err(|_| TimestampFault::Unreadable)?;
        Ok(Self {
            der: der.to_vec(),
            info,
        })
    }

    /// The token as DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The time it states, UTC.
    pub fn time(&self) -> std::result::Result<OffsetDateTime, TimestampFault> {
        let seconds = i64::try_from(self.info.gen_time.to_unix_duration().as_secs());
        seconds
            .ok()
            .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
            .ok_or(TimestampFault::Unreadable)
    }

    /// Checks that the token was made for `data` by a trusted authority whose certificate was valid then.
    pub fn verify(&self, data: &[u8], trust: &Trust) -> std::result::Result<OffsetDateTime, TimestampFault> {
        let algorithm = self.info.imprint.algorithm.oid;
        let digest = suite::digest_by_oid(algorithm, data).ok_or(TimestampFault::Imprint)?;
        self.check_imprint(&digest, algorithm)?;
        self.check_authority(trust)?;
        self.time()
    }

    fn check_imprint(
        &self,
        digest: &[u8],
        algorithm: ObjectIdentifier,
    ) -> std::result::Result<(), TimestampFault> {
        let imprint = &self.info.imprint;
        match imprint.hash.as_bytes() == digest && imprint.algorithm.oid == algorithm {
            true => Ok(()),
            false => Err(TimestampFault::Imprint),
        }
    }

    fn check_authority(&self, trust: &Trust) -> std::result::Result<(), TimestampFault> {
        let message = SignedMessage::parse(&self.der).map_err(|_| TimestampFault::Unreadable)?;
        let content = message.content(ID_TST_INFO).ok_or(TimestampFault::Unreadable)?;
        message.check(ID_TST_INFO, content).map_err(|fault| match fault {
            CmsFault::Structure | CmsFault::NoCertificate => TimestampFault::Unreadable,
            _ => TimestampFault::Signature,
        })?;
        let carried: Vec<_> = message.certificates().cloned().collect();
        trust
            .check(message.signer(), &carried, Usage::Timestamps, self.time()?)
            .map_err(|fault| TimestampFault::Untrusted(fault.to_string()))?;
        if trust.are_intact(&carried) {
            Ok(())
        } else {
            Err(TimestampFault::Signature)
        }
    }
}

/// A timestamp authority inside the program.
#[derive(Clone)]
pub struct LocalTsa {
    identity: SigningIdentity,
    policy: ObjectIdentifier,
}

impl LocalTsa {
    /// Policy of the local authority when a request names none: the `any policy` arc of RFC 5280 is not meant for
    /// TSTInfo, so this is the baseline policy of ETSI EN 319 421 (best practices time-stamp policy).
    pub const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.2023.1.1");

    /// The certificate must carry a critical extended key usage of timeStamping alone (RFC 3161, 2.3).
    pub fn new(identity: SigningIdentity) -> Self {
        Self {
            identity,
            policy: Self::POLICY,
        }
    }

    /// Certificate of the authority.
    pub fn certificate(&self) -> &x509_cert::Certificate {
        self.identity.certificate()
    }

    /// Answers a DER request; an unreadable one gets a rejection, as the protocol asks for.
    pub fn answer(&self, request: &[u8], now: OffsetDateTime, chance: &dyn Chance) -> Result<Vec<u8>> {
        let Ok(request) = TimeStampReq::from_der(request) else {
            return rejection(BAD_DATA_FORMAT);
        };
        if request.version != 1 || request.extensions.is_some() {
            return rejection(BAD_REQUEST);
        }
        let length = match suite::digest_by_oid(request.imprint.algorithm.oid, &[]) {
            Some(digest) => digest.len(),
            None => return rejection(BAD_ALGORITHM),
        };
        if request.imprint.hash.as_bytes().len() != length {
            return rejection(BAD_DATA_FORMAT);
        }
        self.grant(request, now, chance)
    }

    fn grant(&self, request: TimeStampReq, now: OffsetDateTime, chance: &dyn Chance) -> Result<Vec<u8>> {
        let name = self.identity.certificate().tbs_certificate().subject().clone();
        let info = TstInfo {
            version: 1,
            policy: request.policy.unwrap_or(self.policy),
            imprint: request.imprint,
            serial: Int::new(&positive::<16>(chance)?)?,
            gen_time: generalized_time(now)?,
            accuracy: Some(Accuracy {
                seconds: Some(1),
                millis: None,
                micros: None,
            }),
            ordering: false,
            nonce: request.nonce,
            tsa: Some(GeneralName::DirectoryName(name)),
            extensions: None,
        }
        .to_der()?;
        let digest = self.identity.key().suite().digest(&info);
        let mut signed = cades::sign(&self.identity, ID_TST_INFO, &digest, Some(&info))?;
        if !request.cert_req {
            signed.certificates = None;
        }
        let status = PkiStatusInfo {
            status: 0,
            text: None,
            failure: None,
        };
        let token = Some(Any::from_der(&cades::wrap(&signed)?)?);
        Ok(TimeStampResp { status, token }.to_der()?)
    }
}

fn rejection(bit: u8) -> Result<Vec<u8>> {
    // PKIFailureInfo is a named bit list: DER drops trailing zero bits.
    let failure = BitString::new(7 - bit, [0x80 >> bit])?;
    let status = PkiStatusInfo {
        status: 2,
        text: None,
        failure: Some(failure),
    };
    Ok(TimeStampResp { status, token: None }.to_der()?)
}

pub(crate) fn generalized_time(instant: OffsetDateTime) -> Result<GeneralizedTime> {
    const RANGE: CertificateError = CertificateError::Range("time");
    let seconds = u64::try_from(instant.unix_timestamp()).map_err(|_| RANGE)?;
    Ok(GeneralizedTime::from_unix_duration(
        std::time::Duration::from_secs(seconds),
    )?)
}

/// The local authority as a source, with the caller's clock.
pub struct LocalSource<C, R> {
    tsa: LocalTsa,
    clock: C,
    chance: R,
}

impl<C: Fn() -> OffsetDateTime + Send + Sync, R: Chance> LocalSource<C, R> {
    /// `clock` is asked once for each timestamp.
    pub fn new(tsa: LocalTsa, clock: C, chance: R) -> Self {
        Self { tsa, clock, chance }
    }
}

#[async_trait]
impl<C: Fn() -> OffsetDateTime + Send + Sync, R: Chance> TimestampSource for LocalSource<C, R> {
    async fn answer(&self, request: &[u8]) -> std::result::Result<Vec<u8>, TimestampFault> {
        self.tsa
            .answer(request, (self.clock)(), &self.chance)
            .map_err(|error| TimestampFault::Source(error.to_string()))
    }
}
