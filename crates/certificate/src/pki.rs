//! A small certificate authority: for the demo, and for bureaus that run their own.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration as StdDuration;

use der::asn1::{Any, BitString, OctetString, UtcTime};
use der::pem::LineEnding;
use der::{Encode, EncodePem, Tag};
use signature::Keypair;
use spki::{
    AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey, SubjectPublicKeyInfoOwned,
    SubjectPublicKeyInfoRef,
};
use time::{Duration, OffsetDateTime};
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder, CrlBuilder};
use x509_cert::certificate::{Certificate, TbsCertificate};
use x509_cert::crl::RevokedCert;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CrlNumber, CrlReason, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::request::RequestBuilder;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use crate::chance::{Chance, positive};
use crate::suite::SigningKey;
use crate::timestamp::generalized_time;
use crate::trust::QR_SIGNING;
use crate::{CertificateError, Result};

const ID_EKU: der::asn1::ObjectIdentifier = der::asn1::ObjectIdentifier::new_unwrap("2.5.29.37");
const ID_DOCUMENT_SIGNING: der::asn1::ObjectIdentifier =
    der::asn1::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");
const ID_EMAIL_PROTECTION: der::asn1::ObjectIdentifier =
    der::asn1::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");
const ID_TIME_STAMPING: der::asn1::ObjectIdentifier =
    der::asn1::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

/// What a certificate is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Self-signed root of the issuing authority.
    Authority,
    /// Signs certificates and official documents. Extended key usages documentSigning (RFC 9336) and
    /// emailProtection, because validators built on NSS know only the latter.
    DocumentSigner,
    /// Gives timestamps (RFC 3161, 2.3: critical, timeStamping alone).
    TimestampAuthority,
    /// Signs QR codes, and nothing else.
    QrSigner,
}

/// Why a certificate is revoked (RFC 5280, 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// The key may be in foreign hands.
    KeyCompromise,
    /// Replaced by a new key.
    Superseded,
    /// No longer in use.
    CessationOfOperation,
}

/// An entry of the revocation list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Revocation {
    /// Serial number, hexadecimal.
    pub serial: String,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Why.
    pub reason: RevocationReason,
}

/// A certificate authority: its key and certificate.
#[derive(Clone)]
pub struct CertificateAuthority {
    key: Arc<dyn SigningKey>,
    certificate: Certificate,
}

impl CertificateAuthority {
    /// Makes a self-signed root. `name` is an RFC 4514 string such as `CN=…,O=…,C=CN`.
    pub fn create(
        key: Arc<dyn SigningKey>,
        name: &str,
        from: OffsetDateTime,
        lifetime: Duration,
        chance: &dyn Chance,
    ) -> Result<Self> {
        let subject = parse_name(name)?;
        let request = Request {
            profile: Profile::Authority,
            issuer: subject.clone(),
            subject,
        };
        let certificate = issue(&*key, request, &key.public_key()?, from, lifetime, chance)?;
        Ok(Self { key, certificate })
    }

    /// An existing authority.
    pub fn new(key: Arc<dyn SigningKey>, certificate: Certificate) -> Result<Self> {
        if certificate.tbs_certificate().subject_public_key_info().to_der()? != key.public_key()? {
            return Err(CertificateError::Key("does not belong to the certificate"));
        }
        Ok(Self { key, certificate })
    }

    /// The authority's certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Issues a certificate for a public key (DER SubjectPublicKeyInfo).
    pub fn issue(
        &self,
        profile: Profile,
        name: &str,
        public_key: &[u8],
        from: OffsetDateTime,
        lifetime: Duration,
        chance: &dyn Chance,
    ) -> Result<Certificate> {
        let issuer = self.certificate.tbs_certificate().subject().clone();
        let request = Request {
            profile,
            issuer,
            subject: parse_name(name)?,
        };
        issue(&*self.key, request, public_key, from, lifetime, chance)
    }

    /// A revocation list (DER) with a number that grows from list to list (RFC 5280, 5.2.3).
    pub fn revocation_list(
        &self,
        revocations: &[Revocation],
        number: u64,
        now: OffsetDateTime,
        next: OffsetDateTime,
    ) -> Result<Vec<u8>> {
        let signer = BuilderKey::new(&*self.key)?;
        let entries = revocations.iter().map(entry).collect::<Result<Vec<_>>>()?;
        let number = CrlNumber::try_from(number)?;
        let mut builder = CrlBuilder::new_with_this_update(&self.certificate, number, moment(now)?)?
            .with_next_update(Some(moment(next)?))
            .with_certificates(entries.into_iter());
        let to_sign = builder.finalize(&signer).map_err(build_error)?;
        let signature = BitString::from_bytes(&self.key.sign(&to_sign)?)?;
        Ok(builder
            .assemble(signature, &signer)
            .map_err(build_error)?
            .to_der()?)
    }
}

/// A request (PEM, PKCS#10) that an outside authority certifies a key for a use.
pub(crate) fn request(key: &dyn SigningKey, profile: Profile, name: &str) -> Result<String> {
    let signer = BuilderKey::new(key)?;
    let mut builder = RequestBuilder::new(parse_name(name)?).map_err(build_error)?;
    builder.add_extension(&usage(profile))?;
    if let Some(extension) = extended_usage(profile)? {
        builder.add_extension(Ready(extension))?;
    }
    let to_sign = builder.finalize(&signer).map_err(build_error)?;
    let signature = BitString::from_bytes(&key.sign(&to_sign)?)?;
    let request = builder.assemble(signature, &signer).map_err(build_error)?;
    Ok(request.to_pem(LineEnding::LF)?)
}

/// An extension that is written out already.
struct Ready(Extension);

impl ToExtension for Ready {
    type Error = der::Error;

    fn to_extension(self, _subject: &Name, _others: &[Extension]) -> der::Result<Extension> {
        Ok(self.0)
    }
}

fn usage(profile: Profile) -> KeyUsage {
    KeyUsage(match profile {
        Profile::Authority => KeyUsages::KeyCertSign | KeyUsages::CRLSign,
        Profile::DocumentSigner | Profile::TimestampAuthority => {
            KeyUsages::DigitalSignature | KeyUsages::NonRepudiation
        }
        Profile::QrSigner => KeyUsages::DigitalSignature.into(),
    })
}

fn issue(
    key: &dyn SigningKey,
    request: Request,
    public_key: &[u8],
    from: OffsetDateTime,
    lifetime: Duration,
    chance: &dyn Chance,
) -> Result<Certificate> {
    let signer = BuilderKey::new(key)?;
    // 16 bytes: more than the 64 random bits asked for, and positive (RFC 5280, 4.1.2.2).
    let serial = SerialNumber::new(&positive::<16>(chance)?)?;
    let validity = Validity::new(moment(from)?, moment(from + lifetime)?);
    let subject_key = SubjectPublicKeyInfoOwned::try_from(public_key)
        .map_err(|_| CertificateError::Key("has no readable public part"))?;
    let mut builder = CertificateBuilder::new(request, serial, validity, subject_key).map_err(build_error)?;
    let to_sign = builder.finalize(&signer).map_err(build_error)?;
    let signature = BitString::from_bytes(&key.sign(&to_sign)?)?;
    builder.assemble(signature, &signer).map_err(build_error)
}

fn entry(revocation: &Revocation) -> Result<RevokedCert> {
    let serial = data_encoding::HEXLOWER_PERMISSIVE
        .decode(revocation.serial.as_bytes())
        .map_err(|_| CertificateError::KeyStore(format!("{:?} is no serial number", revocation.serial)))?;
    let reason = match revocation.reason {
        RevocationReason::KeyCompromise => CrlReason::KeyCompromise,
        RevocationReason::Superseded => CrlReason::Superseded,
        RevocationReason::CessationOfOperation => CrlReason::CessationOfOperation,
    };
    Ok(RevokedCert {
        serial_number: SerialNumber::new(&serial)?,
        revocation_date: moment(revocation.at)?,
        crl_entry_extensions: Some(vec![reason.to_extension(&Name::default(), &[])?]),
    })
}

/// Serial number of a certificate, hexadecimal.
pub fn serial_of(certificate: &Certificate) -> String {
    data_encoding::HEXLOWER.encode(certificate.tbs_certificate().serial_number().as_bytes())
}

/// UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280, 4.1.2.5).
fn moment(instant: OffsetDateTime) -> Result<Time> {
    let seconds =
        u64::try_from(instant.unix_timestamp()).map_err(|_| CertificateError::Range("certificate time"))?;
    match UtcTime::from_unix_duration(StdDuration::from_secs(seconds)) {
        Ok(time) => Ok(Time::UtcTime(time)),
        Err(_) => Ok(Time::GeneralTime(generalized_time(instant)?)),
    }
}

fn parse_name(name: &str) -> Result<Name> {
    Name::from_str(name).map_err(|_| CertificateError::Build(format!("{name:?} is no distinguished name")))
}

fn build_error(error: x509_cert::builder::Error) -> CertificateError {
    CertificateError::Build(error.to_string())
}

/// Names and extensions of a certificate to be issued.
struct Request {
    profile: Profile,
    issuer: Name,
    subject: Name,
}

impl BuilderProfile for Request {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        subject_key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let authority = self.profile == Profile::Authority;
        let name = tbs.subject();
        let basic = BasicConstraints {
            ca: authority,
            path_len_constraint: authority.then_some(1),
        };
        let mut extensions = vec![
            basic.to_extension(name, &[])?,
            usage(self.profile).to_extension(name, &[])?,
            SubjectKeyIdentifier::try_from(subject_key)?.to_extension(name, &[])?,
            AuthorityKeyIdentifier::try_from(issuer_key)?.to_extension(name, &[])?,
        ];
        extensions.extend(extended_usage(self.profile)?);
        Ok(extensions)
    }
}

fn extended_usage(profile: Profile) -> der::Result<Option<Extension>> {
    let value = match profile {
        Profile::Authority => return Ok(None),
        Profile::DocumentSigner => {
            ExtendedKeyUsage(vec![ID_DOCUMENT_SIGNING, ID_EMAIL_PROTECTION]).to_der()?
        }
        Profile::TimestampAuthority => ExtendedKeyUsage(vec![ID_TIME_STAMPING]).to_der()?,
        // Written out because the arc does not fit the 32 bits of the identifier type.
        Profile::QrSigner => vec![Any::new(Tag::ObjectIdentifier, QR_SIGNING)?].to_der()?,
    };
    let critical = profile == Profile::TimestampAuthority;
    Ok(Some(Extension {
        extn_id: ID_EKU,
        critical,
        extn_value: OctetString::new(value)?,
    }))
}

/// What the builders want to know of a key.
struct BuilderKey {
    public: PublicKey,
    algorithm: AlgorithmIdentifierOwned,
}

impl BuilderKey {
    fn new(key: &dyn SigningKey) -> Result<Self> {
        Ok(Self {
            public: PublicKey(key.public_key()?),
            algorithm: key.suite().signature_algorithm(),
        })
    }
}

#[derive(Clone)]
struct PublicKey(Vec<u8>);

impl EncodePublicKey for PublicKey {
    fn to_public_key_der(&self) -> spki::Result<der::Document> {
        Ok(der::Document::try_from(self.0.as_slice())?)
    }
}

impl Keypair for BuilderKey {
    type VerifyingKey = PublicKey;

    fn verifying_key(&self) -> PublicKey {
        self.public.clone()
    }
}

impl DynSignatureAlgorithmIdentifier for BuilderKey {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(self.algorithm.clone())
    }
}
