//! CMS SignedData with CAdES attributes: detached for PAdES, encapsulating for timestamp tokens.

use std::sync::Arc;

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode, Encode, Tag, Tagged};
use spki::AlgorithmIdentifierOwned;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::ext::pkix::name::GeneralName;

use crate::asn1::{
    AT_CONTENT_TYPE, AT_MESSAGE_DIGEST, AT_SIGNING_CERTIFICATE, AT_SIGNING_TIME, AT_TIMESTAMP, EssCertIdV2,
    ID_DATA, ID_SIGNED_DATA, IssuerSerial, SigningCertificateV2, attribute,
};
use crate::suite::{self, ID_SHA256, SigningKey, Suite};
use crate::{CertificateError, Result};

/// A key with its certificate and whatever certificates a verifier needs beside it.
#[derive(Clone)]
pub struct SigningIdentity {
    key: Arc<dyn SigningKey>,
    certificate: Certificate,
    chain: Vec<Certificate>,
}

impl SigningIdentity {
    /// `chain` is put into the signature after the signer's certificate: intermediate authorities, the root, and
    /// the certificate of the QR key.
    pub fn new(key: Arc<dyn SigningKey>, certificate: Certificate, chain: Vec<Certificate>) -> Result<Self> {
        if certificate.tbs_certificate().subject_public_key_info().to_der()? != key.public_key()? {
            return Err(CertificateError::Key("does not belong to the certificate"));
        }
        Ok(Self {
            key,
            certificate,
            chain,
        })
    }

    /// The signer's certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The key.
    pub fn key(&self) -> &Arc<dyn SigningKey> {
        &self.key
    }

    /// Common name of the signer.
    pub fn name(&self) -> String {
        common_name(&self.certificate)
    }
}

/// Common name of a certificate's subject; empty when it has none.
pub(crate) fn common_name(certificate: &Certificate) -> String {
    let name = certificate.tbs_certificate().subject().common_name();
    name.ok()
        .flatten()
        .map(|name| name.value().into_owned())
        .unwrap_or_default()
}

/// Signs `content` of the given type. With `encapsulate` the content becomes part of the structure (timestamp
/// tokens), without it the signature is detached (PDF). `digest` is the content's hash under the key's suite.
pub(crate) fn sign(
    identity: &SigningIdentity,
    content_type: ObjectIdentifier,
    digest: &[u8],
    encapsulate: Option<&[u8]>,
) -> Result<SignedData> {
    let suite = identity.key.suite();
    let attributes = signed_attributes(identity, content_type, digest)?;
    // The signature covers the attributes under the tag SET OF, not under the [0] they are stored with
    // (RFC 5652, 5.4).
    let signature = identity.key.sign(&attributes.to_der()?)?;
    let info = SignerInfo {
        version: CmsVersion::V1,
        sid: signer_identifier(&identity.certificate),
        digest_alg: suite.digest_algorithm(),
        signed_attrs: Some(attributes),
        signature_algorithm: suite.signature_algorithm(),
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    Ok(SignedData {
        version: if content_type == ID_DATA {
            CmsVersion::V1
        } else {
            CmsVersion::V3
        },
        digest_algorithms: SetOfVec::try_from(vec![suite.digest_algorithm()])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: content_type,
            econtent: encapsulate
                .map(|content| Any::new(Tag::OctetString, content))
                .transpose()?,
        },
        certificates: Some(certificate_set(identity)?),
        crls: None,
        signer_infos: SignerInfos(SetOfVec::try_from(vec![info])?),
    })
}

fn signer_identifier(certificate: &Certificate) -> SignerIdentifier {
    let tbs = certificate.tbs_certificate();
    SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
        issuer: tbs.issuer().clone(),
        serial_number: tbs.serial_number().clone(),
    })
}

fn certificate_set(identity: &SigningIdentity) -> Result<CertificateSet> {
    let mut all = vec![CertificateChoices::Certificate(identity.certificate.clone())];
    for certificate in &identity.chain {
        let choice = CertificateChoices::Certificate(certificate.clone());
        if !all.contains(&choice) {
            all.push(choice);
        }
    }
    Ok(CertificateSet(SetOfVec::try_from(all)?))
}

/// content-type, message-digest, signing-certificate-v2; PAdES forbids signing-time.
fn signed_attributes(
    identity: &SigningIdentity,
    content_type: ObjectIdentifier,
    digest: &[u8],
) -> Result<SetOfVec<Attribute>> {
    let reference = SigningCertificateV2 {
        certs: vec![certificate_id(identity)?],
        policies: None,
    };
    Ok(SetOfVec::try_from(vec![
        attribute(AT_CONTENT_TYPE, &content_type)?,
        attribute(AT_MESSAGE_DIGEST, &OctetString::new(digest)?)?,
        attribute(AT_SIGNING_CERTIFICATE, &reference)?,
    ])?)
}

fn certificate_id(identity: &SigningIdentity) -> Result<EssCertIdV2> {
    let suite = identity.key.suite();
    let algorithm = suite.digest_algorithm();
    let tbs = identity.certificate.tbs_certificate();
    Ok(EssCertIdV2 {
        // DER leaves a DEFAULT out.
        algorithm: (algorithm.oid != ID_SHA256).then_some(algorithm),
        hash: OctetString::new(suite.digest(&identity.certificate.to_der()?))?,
        issuer_serial: Some(IssuerSerial {
            issuer: vec![GeneralName::DirectoryName(tbs.issuer().clone())],
            serial: tbs.serial_number().clone(),
        }),
    })
}

/// Adds a signature timestamp: B-B becomes B-T.
pub(crate) fn add_timestamp(mut data: SignedData, token: &[u8]) -> Result<SignedData> {
    let mut infos: Vec<SignerInfo> = data.signer_infos.0.into_vec();
    let values = SetOfVec::try_from(vec![Any::from_der(token)?])?;
    for info in &mut infos {
        let timestamp = Attribute {
            oid: AT_TIMESTAMP,
            values: values.clone(),
        };
        info.unsigned_attrs = Some(SetOfVec::try_from(vec![timestamp])?);
    }
    data.signer_infos = SignerInfos(SetOfVec::try_from(infos)?);
    Ok(data)
}

/// The signature value that a timestamp is made for.
pub(crate) fn signature_value(data: &SignedData) -> Result<&[u8]> {
    let info = data
        .signer_infos
        .0
        .get(0)
        .ok_or(CertificateError::Range("signer"))?;
    Ok(info.signature.as_bytes())
}

/// Wraps SignedData into a ContentInfo, as DER.
pub(crate) fn wrap(data: &SignedData) -> Result<Vec<u8>> {
    Ok(ContentInfo {
        content_type: ID_SIGNED_DATA,
        content: Any::encode_from(data)?,
    }
    .to_der()?)
}

/// What is wrong with a signature structure, in the order in which it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CmsFault {
    /// Not DER, not SignedData, not exactly one signer, or not the expected content type.
    Structure,
    /// The signer's certificate is not in the structure.
    NoCertificate,
    /// No suite for these algorithms.
    Algorithm,
    /// The message digest is not that of the content.
    Digest,
    /// The signing-certificate reference is missing or names another certificate.
    CertificateReference,
    /// A signing-time attribute, which PAdES forbids.
    SigningTime,
    /// The signature value does not hold.
    Signature,
}

/// A parsed SignedData with exactly one signer.
pub(crate) struct SignedMessage {
    data: SignedData,
    info: SignerInfo,
    signer: Certificate,
}

impl SignedMessage {
    /// Reads a ContentInfo (DER, nothing behind it).
    pub(crate) fn parse(der: &[u8]) -> std::result::Result<Self, CmsFault> {
        let info = ContentInfo::from_der(der).map_err(|_| CmsFault::Structure)?;
        if info.content_type != ID_SIGNED_DATA {
            return Err(CmsFault::Structure);
        }
        let data: SignedData = info.content.decode_as().map_err(|_| CmsFault::Structure)?;
        let [info] = data.signer_infos.0.as_slice() else {
            return Err(CmsFault::Structure);
        };
        if !is_plain(&data, info) {
            return Err(CmsFault::Structure);
        }
        let info = info.clone();
        let signer = find_signer(&data, &info.sid).ok_or(CmsFault::NoCertificate)?;
        Ok(Self { data, info, signer })
    }

    /// The signer's certificate.
    pub(crate) fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// All certificates that came along.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        certificates(&self.data)
    }

    /// The encapsulated content, if of the given type.
    pub(crate) fn content(&self, content_type: ObjectIdentifier) -> Option<&[u8]> {
        let content = &self.data.encap_content_info;
        let value = content
            .econtent
            .as_ref()
            .filter(|_| content.econtent_type == content_type)?;
        (value.tag() == Tag::OctetString).then(|| value.value())
    }

    /// The signature value.
    pub(crate) fn signature(&self) -> &[u8] {
        self.info.signature.as_bytes()
    }

    /// The signature timestamp token, if there is exactly one.
    pub(crate) fn timestamp(&self) -> Option<Vec<u8>> {
        let attributes = self.info.unsigned_attrs.as_ref()?;
        single(attributes, AT_TIMESTAMP)?.to_der().ok()
    }

    /// Checks digest and signature. `content` is the detached or encapsulated content.
    pub(crate) fn check(
        &self,
        content_type: ObjectIdentifier,
        content: &[u8],
    ) -> std::result::Result<(), CmsFault> {
        if self.data.encap_content_info.econtent_type != content_type {
            return Err(CmsFault::Structure);
        }
        let suite = self.suite()?;
        let attributes = self.info.signed_attrs.as_ref().ok_or(CmsFault::Structure)?;
        let stated: ObjectIdentifier = decode(attributes, AT_CONTENT_TYPE).ok_or(CmsFault::Structure)?;
        let digest: OctetString = decode(attributes, AT_MESSAGE_DIGEST).ok_or(CmsFault::Structure)?;
        if stated != content_type {
            return Err(CmsFault::Structure);
        }
        if digest.as_bytes() != suite.digest(content) {
            return Err(CmsFault::Digest);
        }
        self.check_reference(attributes)?;
        let signed = attributes.to_der().map_err(|_| CmsFault::Structure)?;
        let key = self.signer.tbs_certificate().subject_public_key_info();
        if suite.verify(key, &signed, self.signature()) {
            Ok(())
        } else {
            Err(CmsFault::Signature)
        }
    }

    /// What PAdES asks for beyond CMS (EN 319 142-1, 6.3): no content inside, no signing-time attribute, and no
    /// unsigned attribute but one timestamp.
    pub(crate) fn check_pades(&self) -> std::result::Result<(), CmsFault> {
        let signed = self.info.signed_attrs.as_ref().ok_or(CmsFault::Structure)?;
        if signed.iter().any(|attribute| attribute.oid == AT_SIGNING_TIME) {
            return Err(CmsFault::SigningTime);
        }
        let detached = self.data.encap_content_info.econtent.is_none();
        let stamped = self
            .info
            .unsigned_attrs
            .as_ref()
            .is_none_or(|_| self.timestamp().is_some());
        let alone = self
            .info
            .unsigned_attrs
            .as_ref()
            .is_none_or(|attributes| attributes.len() == 1);
        if detached && stamped && alone {
            Ok(())
        } else {
            Err(CmsFault::Structure)
        }
    }

    fn suite(&self) -> std::result::Result<&'static dyn Suite, CmsFault> {
        let key = self
            .signer
            .tbs_certificate()
            .subject_public_key_info()
            .algorithm
            .oid;
        suite::find(self.info.signature_algorithm.oid, self.info.digest_alg.oid, key)
            .filter(|suite| suite.digest_algorithm().oid == self.info.digest_alg.oid)
            .ok_or(CmsFault::Algorithm)
    }

    /// The first reference must name the signer's certificate (RFC 5035, 3).
    fn check_reference(&self, attributes: &SetOfVec<Attribute>) -> std::result::Result<(), CmsFault> {
        let reference: SigningCertificateV2 =
            decode(attributes, AT_SIGNING_CERTIFICATE).ok_or(CmsFault::CertificateReference)?;
        let first = reference.certs.first().ok_or(CmsFault::CertificateReference)?;
        let algorithm = first
            .algorithm
            .as_ref()
            .map_or(ID_SHA256, |algorithm| algorithm.oid);
        let der = self.signer.to_der().map_err(|_| CmsFault::Structure)?;
        match suite::digest_by_oid(algorithm, &der) {
            Some(hash) if hash == first.hash.as_bytes() => Ok(()),
            _ => Err(CmsFault::CertificateReference),
        }
    }
}

/// Parts of the structure that no signature covers must be what every signer writes, so that no byte of them can
/// be changed unnoticed.
fn is_plain(data: &SignedData, info: &SignerInfo) -> bool {
    let plain = |algorithm: &AlgorithmIdentifierOwned| algorithm.parameters.as_ref().is_none_or(Any::is_null);
    let version = if data.encap_content_info.econtent_type == ID_DATA {
        CmsVersion::V1
    } else {
        CmsVersion::V3
    };
    data.version == version
        && info.version == CmsVersion::V1
        && data.crls.is_none()
        && data
            .digest_algorithms
            .iter()
            .any(|algorithm| algorithm.oid == info.digest_alg.oid)
        && data.digest_algorithms.iter().all(plain)
        && plain(&info.digest_alg)
        && plain(&info.signature_algorithm)
}

fn certificates(data: &SignedData) -> impl Iterator<Item = &Certificate> {
    let set = data.certificates.iter().flat_map(|set| set.0.iter());
    set.filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate),
        CertificateChoices::Other(_) => None,
    })
}

fn find_signer(data: &SignedData, sid: &SignerIdentifier) -> Option<Certificate> {
    let SignerIdentifier::IssuerAndSerialNumber(id) = sid else {
        return None;
    };
    certificates(data)
        .find(|certificate| {
            let tbs = certificate.tbs_certificate();
            *tbs.issuer() == id.issuer && *tbs.serial_number() == id.serial_number
        })
        .cloned()
}

/// The value of an attribute that is present exactly once with exactly one value.
fn single(attributes: &SetOfVec<Attribute>, oid: ObjectIdentifier) -> Option<&Any> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
    let attribute = found.next()?;
    let [value] = attribute.values.as_slice() else {
        return None;
    };
    found.next().is_none().then_some(value)
}

fn decode<'a, T: der::Choice<'a> + der::DecodeValue<'a>>(
    attributes: &'a SetOfVec<Attribute>,
    oid: ObjectIdentifier,
) -> Option<T> {
    single(attributes, oid)?.decode_as().ok()
}
