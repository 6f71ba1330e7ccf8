//! What a verifier trusts: a bundle of certificates, and revocation lists.

use der::asn1::BitString;
use der::oid::AssociatedOid;
use der::{Decode, Encode};
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use spki::AlgorithmIdentifierOwned;
use time::OffsetDateTime;
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_cert::Certificate;
use x509_cert::crl::{CertificateList, RevokedCert};
use x509_cert::ext::pkix::{
    BasicConstraints, CrlReason, ExtendedKeyUsage, KeyUsage as KeyUsageExtension, KeyUsages,
};

use crate::cades::common_name;
use crate::qr::key_id;
use crate::suite;
use crate::{CertificateError, Result};

/// Extended key usage of the certificate that signs QR codes: 2.25.126339504535928432146835946754624474133, an
/// arc made from a UUID (ITU-T X.667), as DER contents.
pub(crate) const QR_SIGNING: [u8; 20] = [
    0x69, 0x81, 0xbe, 0x8c, 0x8d, 0x9f, 0xd3, 0xd3, 0xda, 0xb2, 0x8d, 0xa1, 0xf9, 0x9a, 0xef, 0xe8, 0xec,
    0xc1, 0x98, 0x15,
];
/// id-kp-documentSigning (RFC 9336), as DER contents.
const DOCUMENT_SIGNING: [u8; 8] = [0x2b, 6, 1, 5, 5, 7, 3, 36];
/// id-kp-emailProtection (RFC 5280), which NSS asks of document signers.
const EMAIL_PROTECTION: [u8; 8] = [0x2b, 6, 1, 5, 5, 7, 3, 4];
/// id-kp-timeStamping (RFC 5280), as DER contents.
const TIME_STAMPING: [u8; 8] = [0x2b, 6, 1, 5, 5, 7, 3, 8];

/// What a certificate is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usage {
    /// Signing certificates and official documents.
    Documents,
    /// Giving timestamps.
    Timestamps,
    /// Signing QR codes.
    QrCodes,
}

/// Why a certificate is not accepted for a usage at a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathFault {
    /// No path to a trusted root.
    #[error("no path to a trusted authority")]
    UnknownIssuer,
    /// Outside its validity.
    #[error("not valid at that time")]
    Validity,
    /// Not made for this usage.
    #[error("not meant for this usage")]
    Usage,
    /// Revoked before the time in question.
    #[error("revoked on {0}")]
    Revoked(OffsetDateTime),
    /// A signature in the path does not hold, or a certificate is malformed.
    #[error("path not valid: {0}")]
    Path(String),
}

/// The trust bundle: the authority's root first, further certificates (the QR signer, intermediates) after it.
#[derive(Debug, Clone)]
pub struct Trust {
    root: Certificate,
    others: Vec<Certificate>,
    tsa_roots: Vec<Certificate>,
    lists: Vec<CertificateList>,
    timestamp_required: bool,
}

impl Trust {
    /// Reads a PEM bundle, as served at `/pki/ca.crt`: the root first. A further self-signed authority in the
    /// bundle is trusted for timestamps only.
    pub fn from_pem(bundle: &[u8]) -> Result<Self> {
        const UNREADABLE: CertificateError = CertificateError::Trust("not a PEM bundle of certificates");
        let mut certificates = Certificate::load_pem_chain(bundle)
            .map_err(|_| UNREADABLE)?
            .into_iter();
        let root = certificates.next().ok_or(CertificateError::Trust("empty"))?;
        let (tsa_roots, others) = certificates.partition(is_self_signed_authority);
        Ok(Self {
            root,
            others,
            tsa_roots,
            lists: Vec::new(),
            timestamp_required: true,
        })
    }

    /// From parsed certificates.
    pub fn new(root: Certificate, others: Vec<Certificate>) -> Self {
        let (tsa_roots, others) = others.into_iter().partition(is_self_signed_authority);
        Self {
            root,
            others,
            tsa_roots,
            lists: Vec::new(),
            timestamp_required: true,
        }
    }

    /// Adds a revocation list (DER). A list is used only if its signature holds under a known authority.
    pub fn with_crl(mut self, der: &[u8]) -> Result<Self> {
        let list = CertificateList::from_der(der).map_err(|_| CertificateError::Trust("not a DER list"))?;
        if !self.authorities().any(|authority| is_issued_by(&list, authority)) {
            return Err(CertificateError::Trust(
                "the revocation list is not by a trusted authority",
            ));
        }
        self.lists.push(list);
        Ok(self)
    }

    /// Adds roots (PEM) that are trusted for timestamps only.
    pub fn with_tsa_roots(mut self, pem: &[u8]) -> Result<Self> {
        const UNREADABLE: CertificateError = CertificateError::Trust("not a PEM bundle of certificates");
        self.tsa_roots
            .extend(Certificate::load_pem_chain(pem).map_err(|_| UNREADABLE)?);
        Ok(self)
    }

    /// Accepts signatures without timestamp, then judged at the time of verification.
    pub fn without_required_timestamp(mut self) -> Self {
        self.timestamp_required = false;
        self
    }

    /// The authority's root.
    pub fn root(&self) -> &Certificate {
        &self.root
    }

    /// Common name of the authority's root.
    pub fn name(&self) -> String {
        common_name(&self.root)
    }

    pub(crate) fn timestamp_required(&self) -> bool {
        self.timestamp_required
    }

    pub(crate) fn has_revocation_list(&self) -> bool {
        !self.lists.is_empty()
    }

    /// The certificates that may have signed a QR code with this key id: those of the bundle, then `carried` ones.
    pub(crate) fn by_key_id<'a>(
        &'a self,
        id: [u8; 4],
        carried: &'a [Certificate],
    ) -> impl Iterator<Item = &'a Certificate> {
        self.others.iter().chain(carried).filter(move |certificate| {
            let key = certificate.tbs_certificate().subject_public_key_info().to_der();
            key.is_ok_and(|der| key_id(&der) == id)
        })
    }

    /// Whether a certificate was valid for a usage at a time: path, validity, usage, revocation.
    pub(crate) fn check(
        &self,
        certificate: &Certificate,
        carried: &[Certificate],
        usage: Usage,
        at: OffsetDateTime,
    ) -> std::result::Result<(), PathFault> {
        check_key_usage(certificate, usage)?;
        self.check_path(certificate, carried, usage, at)?;
        match self.revoked(certificate) {
            Some((since, reason)) if counts(reason, usage) && since <= at => Err(PathFault::Revoked(since)),
            _ => Ok(()),
        }
    }

    fn check_path(
        &self,
        certificate: &Certificate,
        carried: &[Certificate],
        usage: Usage,
        at: OffsetDateTime,
    ) -> std::result::Result<(), PathFault> {
        let roots: Vec<&Certificate> = match usage {
            Usage::Timestamps => std::iter::once(&self.root).chain(&self.tsa_roots).collect(),
            Usage::Documents | Usage::QrCodes => vec![&self.root],
        };
        let leaf = to_der(certificate)?;
        let roots = roots
            .into_iter()
            .map(to_der)
            .collect::<std::result::Result<Vec<_>, _>>()?;
        let others = self
            .others
            .iter()
            .chain(carried)
            .map(to_der)
            .collect::<std::result::Result<Vec<_>, _>>()?;
        let anchors = roots
            .iter()
            .map(|root| anchor_from_trusted_cert(root).map_err(path_fault))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        let time = unix_time(at)?;
        let mut fault = PathFault::Usage;
        for purpose in purposes(usage) {
            match verify(&leaf, &anchors, &others, time, purpose) {
                Ok(()) => return Ok(()),
                Err(error) => fault = path_fault(error),
            }
        }
        Err(fault)
    }

    /// Whether every certificate that came along carries a good signature of an issuer that came along too or is
    /// known. Carried certificates are outside of what the signer signed; this is how a change in one shows.
    pub(crate) fn are_intact(&self, carried: &[Certificate]) -> bool {
        let known: Vec<&Certificate> = self.authorities().chain(carried).collect();
        carried
            .iter()
            .all(|certificate| known.iter().any(|issuer| is_signed_by(certificate, issuer)))
    }

    fn authorities(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.root)
            .chain(&self.others)
            .chain(&self.tsa_roots)
    }

    /// When and why a certificate was revoked, according to the lists.
    fn revoked(&self, certificate: &Certificate) -> Option<(OffsetDateTime, Option<CrlReason>)> {
        let tbs = certificate.tbs_certificate();
        let entries = self
            .lists
            .iter()
            .filter(|list| list.tbs_cert_list.issuer == *tbs.issuer())
            .flat_map(|list| list.tbs_cert_list.revoked_certificates.iter().flatten());
        let entry = entries
            .into_iter()
            .find(|entry| entry.serial_number == *tbs.serial_number())?;
        let seconds = i64::try_from(entry.revocation_date.to_unix_duration().as_secs()).ok()?;
        Some((OffsetDateTime::from_unix_timestamp(seconds).ok()?, reason(entry)))
    }
}

/// A QR code carries no timestamp. When its key was merely replaced, codes signed before stay good, and there is
/// no way to tell them from later ones: only a key that may be in foreign hands makes them worthless.
fn counts(reason: Option<CrlReason>, usage: Usage) -> bool {
    let retired = matches!(
        reason,
        Some(CrlReason::Superseded | CrlReason::CessationOfOperation)
    );
    usage != Usage::QrCodes || !retired
}

fn reason(entry: &RevokedCert) -> Option<CrlReason> {
    let extension = entry
        .crl_entry_extensions
        .iter()
        .flatten()
        .find(|known| known.extn_id == CrlReason::OID)?;
    CrlReason::from_der(extension.extn_value.as_bytes()).ok()
}

fn verify(
    leaf: &CertificateDer<'_>,
    anchors: &[TrustAnchor<'_>],
    others: &[CertificateDer<'_>],
    time: UnixTime,
    usage: KeyUsage,
) -> std::result::Result<(), webpki::Error> {
    EndEntityCert::try_from(leaf)?
        .verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            anchors,
            others,
            time,
            usage,
            None,
            None,
        )
        .map(|_| ())
}

/// Extended key usages of which one must be present (or, for documents, the extension absent).
fn purposes(usage: Usage) -> Vec<KeyUsage> {
    match usage {
        Usage::Documents => vec![
            KeyUsage::required_if_present(&DOCUMENT_SIGNING),
            KeyUsage::required_if_present(&EMAIL_PROTECTION),
        ],
        Usage::Timestamps => vec![KeyUsage::required(&TIME_STAMPING)],
        Usage::QrCodes => vec![KeyUsage::required(&QR_SIGNING)],
    }
}

/// The checks that webpki leaves to the caller: bits of the key usage, and for timestamps a critical extended key
/// usage of timeStamping alone (RFC 3161, 2.3).
fn check_key_usage(certificate: &Certificate, usage: Usage) -> std::result::Result<(), PathFault> {
    let tbs = certificate.tbs_certificate();
    let bits = tbs
        .get_extension::<KeyUsageExtension>()
        .map_err(|_| PathFault::Usage)?;
    let allowed = bits.is_none_or(|(_, bits)| {
        let commitment = bits.0.contains(KeyUsages::NonRepudiation);
        let signature = bits.0.contains(KeyUsages::DigitalSignature);
        match usage {
            Usage::Documents | Usage::Timestamps => signature || commitment,
            Usage::QrCodes => signature,
        }
    });
    let single = usage != Usage::Timestamps
        || matches!(tbs.get_extension::<ExtendedKeyUsage>(), Ok(Some((true, usages))) if usages.0.len() == 1);
    if allowed && single {
        Ok(())
    } else {
        Err(PathFault::Usage)
    }
}

fn is_self_signed_authority(certificate: &Certificate) -> bool {
    let tbs = certificate.tbs_certificate();
    let authority = matches!(tbs.get_extension::<BasicConstraints>(), Ok(Some((_, basic))) if basic.ca);
    authority && tbs.issuer() == tbs.subject()
}

fn is_issued_by(list: &CertificateList, authority: &Certificate) -> bool {
    let subject = authority.tbs_certificate().subject();
    list.tbs_cert_list.issuer == *subject
        && holds(
            &list.tbs_cert_list,
            &list.signature_algorithm,
            &list.signature,
            authority,
        )
}

fn is_signed_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let (algorithm, signature) = (certificate.signature_algorithm(), certificate.signature());
    certificate.tbs_certificate().issuer() == issuer.tbs_certificate().subject()
        && certificate.tbs_certificate().signature() == algorithm
        && holds(certificate.tbs_certificate(), algorithm, signature, issuer)
}

/// Whether an X.509 signature holds under the key of a certificate.
fn holds(
    signed: &impl Encode,
    algorithm: &AlgorithmIdentifierOwned,
    signature: &BitString,
    signer: &Certificate,
) -> bool {
    let key = signer.tbs_certificate().subject_public_key_info();
    let (Ok(signed), Some(signature)) = (signed.to_der(), signature.as_bytes()) else {
        return false;
    };
    suite::SUITES
        .iter()
        .filter(|suite| suite.matches(algorithm.oid, suite.digest_algorithm().oid, key.algorithm.oid))
        .any(|suite| suite.verify(key, &signed, signature))
}

fn to_der(certificate: &Certificate) -> std::result::Result<CertificateDer<'static>, PathFault> {
    certificate
        .to_der()
        .map(CertificateDer::from)
        .map_err(|error| PathFault::Path(error.to_string()))
}

fn unix_time(at: OffsetDateTime) -> std::result::Result<UnixTime, PathFault> {
    let seconds = u64::try_from(at.unix_timestamp()).map_err(|_| PathFault::Validity)?;
    Ok(UnixTime::since_unix_epoch(std::time::Duration::from_secs(
        seconds,
    )))
}

fn path_fault(error: webpki::Error) -> PathFault {
    match error {
        webpki::Error::UnknownIssuer => PathFault::UnknownIssuer,
        // The root has the right name but did not sign: somebody made an authority of the same name.
        webpki::Error::InvalidSignatureForPublicKey => PathFault::UnknownIssuer,
        webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. } => PathFault::Validity,
        webpki::Error::RequiredEkuNotFoundContext(_) | webpki::Error::EmptyEkuExtension => PathFault::Usage,
        other => PathFault::Path(other.to_string()),
    }
}
