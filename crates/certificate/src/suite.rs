//! Signature suites: what CMS, timestamps and QR proofs need to know of an algorithm, behind one interface.
//!
//! A further suite (SM2 with SM3, GB/T 32918 and GB/T 32905) is one more implementor of [`Suite`] and
//! [`SigningKey`], added to [`SUITES`]; nothing else changes.

use aws_lc_rs::digest::{self, SHA256, SHA384, SHA512};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, Ed25519KeyPair, KeyPair,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256,
    RsaKeyPair, UnparsedPublicKey, VerificationAlgorithm,
};
use der::Decode;
use der::asn1::{Any, Null, ObjectIdentifier};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use crate::{CertificateError, Result};

/// SHA-256 (NIST CSOR, 2.16.840.1.101.3.4.2.1).
pub(crate) const ID_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const ID_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const ID_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
/// rsaEncryption: in CMS it may stand for the signature, the digest algorithm then decides (RFC 3370, 3.2).
const ID_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ID_RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const ID_RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const ID_RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const ID_EC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ID_ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ID_ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// A signature algorithm together with its hash.
pub trait Suite: Send + Sync {
    /// Name for people.
    fn name(&self) -> &'static str;
    /// Algorithm identifier of the signature.
    fn signature_algorithm(&self) -> AlgorithmIdentifierOwned;
    /// Algorithm identifier of the hash.
    fn digest_algorithm(&self) -> AlgorithmIdentifierOwned;
    /// Whether a CMS signer info with these two algorithms and this kind of key belongs to this suite.
    fn matches(&self, signature: ObjectIdentifier, digest: ObjectIdentifier, key: ObjectIdentifier) -> bool;
    /// Hashes a message.
    fn digest(&self, message: &[u8]) -> Vec<u8>;
    /// Verifies a signature over a message (hashing included).
    fn verify(&self, key: &SubjectPublicKeyInfoOwned, message: &[u8], signature: &[u8]) -> bool;
}

/// A private key that may live in software, a PKCS#11 token or elsewhere.
pub trait SigningKey: Send + Sync {
    /// The suite it signs with.
    fn suite(&self) -> &'static dyn Suite;
    /// Public key as DER SubjectPublicKeyInfo.
    fn public_key(&self) -> Result<Vec<u8>>;
    /// Signs a message (hashing included).
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>>;
}

/// All suites that signatures and timestamps are verified with.
pub static SUITES: [&dyn Suite; 6] = [
    &RSA_SHA256,
    &RSA_SHA384,
    &RSA_SHA512,
    &ECDSA_P256,
    &ECDSA_P384,
    &ED25519,
];

/// RSASSA-PKCS1-v1_5 with SHA-256: the suite that every PDF validator knows.
pub static RSA_SHA256: AwsSuite = AwsSuite {
    name: "RSA-SHA256",
    key: ID_RSA,
    signature: ID_RSA_SHA256,
    null_parameters: true,
    hash: (ID_SHA256, &SHA256),
    verification: &RSA_PKCS1_2048_8192_SHA256,
};
static RSA_SHA384: AwsSuite = AwsSuite {
    name: "RSA-SHA384",
    key: ID_RSA,
    signature: ID_RSA_SHA384,
    null_parameters: true,
    hash: (ID_SHA384, &SHA384),
    verification: &RSA_PKCS1_2048_8192_SHA384,
};
static RSA_SHA512: AwsSuite = AwsSuite {
    name: "RSA-SHA512",
    key: ID_RSA,
    signature: ID_RSA_SHA512,
    null_parameters: true,
    hash: (ID_SHA512, &SHA512),
    verification: &RSA_PKCS1_2048_8192_SHA512,
};
static ECDSA_P256: AwsSuite = AwsSuite {
    name: "ECDSA-P256-SHA256",
    key: ID_EC_KEY,
    signature: ID_ECDSA_SHA256,
    null_parameters: false,
    hash: (ID_SHA256, &SHA256),
    verification: &ECDSA_P256_SHA256_ASN1,
};
static ECDSA_P384: AwsSuite = AwsSuite {
    name: "ECDSA-P384-SHA384",
    key: ID_EC_KEY,
    signature: ID_ECDSA_SHA384,
    null_parameters: false,
    hash: (ID_SHA384, &SHA384),
    verification: &ECDSA_P384_SHA384_ASN1,
};
/// Ed25519 (RFC 8032): 64-byte deterministic signatures, for QR codes.
pub static ED25519: AwsSuite = AwsSuite {
    name: "Ed25519",
    key: ID_ED25519,
    signature: ID_ED25519,
    null_parameters: false,
    hash: (ID_SHA512, &SHA512),
    verification: &signature::ED25519,
};

/// A suite carried out by aws-lc.
pub struct AwsSuite {
    name: &'static str,
    key: ObjectIdentifier,
    signature: ObjectIdentifier,
    null_parameters: bool,
    hash: (ObjectIdentifier, &'static digest::Algorithm),
    verification: &'static dyn VerificationAlgorithm,
}

impl Suite for AwsSuite {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature_algorithm(&self) -> AlgorithmIdentifierOwned {
        let parameters = self.null_parameters.then(|| Any::from(Null));
        AlgorithmIdentifierOwned {
            oid: self.signature,
            parameters,
        }
    }

    fn digest_algorithm(&self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: self.hash.0,
            parameters: None,
        }
    }

    fn matches(&self, signature: ObjectIdentifier, digest: ObjectIdentifier, key: ObjectIdentifier) -> bool {
        let by_name = signature == self.signature;
        let by_digest = self.key == ID_RSA && signature == ID_RSA && digest == self.hash.0;
        key == self.key && (by_name || by_digest)
    }

    fn digest(&self, message: &[u8]) -> Vec<u8> {
        digest::digest(self.hash.1, message).as_ref().to_vec()
    }

    fn verify(&self, key: &SubjectPublicKeyInfoOwned, message: &[u8], signature: &[u8]) -> bool {
        key.algorithm.oid == self.key
            && UnparsedPublicKey::new(self.verification, key.subject_public_key.raw_bytes())
                .verify(message, signature)
                .is_ok()
    }
}

/// The suite of a CMS signer info.
pub(crate) fn find(
    signature: ObjectIdentifier,
    digest: ObjectIdentifier,
    key: ObjectIdentifier,
) -> Option<&'static dyn Suite> {
    SUITES
        .iter()
        .copied()
        .find(|suite| suite.matches(signature, digest, key))
}

/// Digest of a message under a hash algorithm of the known suites.
pub(crate) fn digest_by_oid(oid: ObjectIdentifier, message: &[u8]) -> Option<Vec<u8>> {
    SUITES
        .iter()
        .find(|suite| suite.digest_algorithm().oid == oid)
        .map(|suite| suite.digest(message))
}

/// SHA-256.
pub(crate) fn sha256(message: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&SHA256, message).as_ref());
    out
}

/// Kinds of software keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with 2048 bits.
    Rsa2048,
    /// RSA with 3072 bits.
    Rsa3072,
    /// Ed25519.
    Ed25519,
}

/// A key held in memory by aws-lc.
pub enum SoftwareKey {
    /// RSA, PKCS#1 v1.5 with SHA-256.
    Rsa(Box<RsaKeyPair>),
    /// Ed25519.
    Ed25519(Ed25519KeyPair),
}

impl SoftwareKey {
    /// Makes a new key. The randomness is aws-lc's own.
    pub fn generate(kind: KeyKind) -> Result<Self> {
        const FAILED: CertificateError = CertificateError::Key("generation failed");
        match kind {
            KeyKind::Rsa2048 => RsaKeyPair::generate(KeySize::Rsa2048)
                .map(Box::new)
                .map(Self::Rsa),
            KeyKind::Rsa3072 => RsaKeyPair::generate(KeySize::Rsa3072)
                .map(Box::new)
                .map(Self::Rsa),
            KeyKind::Ed25519 => Ed25519KeyPair::generate().map(Self::Ed25519),
        }
        .map_err(|_| FAILED)
    }

    /// The Ed25519 key of a seed.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self> {
        Ed25519KeyPair::from_seed_unchecked(seed)
            .map(Self::Ed25519)
            .map_err(|_| CertificateError::Key("rejected"))
    }

    /// Reads an unencrypted PKCS#8 structure (DER).
    pub fn from_pkcs8(der: &[u8]) -> Result<Self> {
        let info =
            pkcs8::PrivateKeyInfoRef::from_der(der).map_err(|_| CertificateError::Key("not PKCS#8"))?;
        match info.algorithm.oid {
            ID_RSA => RsaKeyPair::from_pkcs8(der).map(Box::new).map(Self::Rsa),
            ID_ED25519 => Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Self::Ed25519),
            _ => return Err(CertificateError::Key("neither RSA nor Ed25519")),
        }
        .map_err(|_| CertificateError::Key("rejected"))
    }

    /// Writes an unencrypted PKCS#8 v1 structure (DER), to be encrypted by the caller.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>> {
        match self {
            Self::Rsa(key) => AsDer::<Pkcs8V1Der<'_>>::as_der(key.as_ref()),
            Self::Ed25519(key) => AsDer::<Pkcs8V1Der<'_>>::as_der(key),
        }
        .map(|der| der.as_ref().to_vec())
        .map_err(|_| CertificateError::Key("cannot be written"))
    }
}

impl SigningKey for SoftwareKey {
    fn suite(&self) -> &'static dyn Suite {
        match self {
            Self::Rsa(_) => &RSA_SHA256,
            Self::Ed25519(_) => &ED25519,
        }
    }

    fn public_key(&self) -> Result<Vec<u8>> {
        match self {
            Self::Rsa(key) => AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key()),
            Self::Ed25519(key) => AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key()),
        }
        .map(|der| der.as_ref().to_vec())
        .map_err(|_| CertificateError::Key("has no public part"))
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .map_err(|_| CertificateError::Key("signing failed"))?;
                Ok(signature)
            }
            Self::Ed25519(key) => Ok(key.sign(message).as_ref().to_vec()),
        }
    }
}
