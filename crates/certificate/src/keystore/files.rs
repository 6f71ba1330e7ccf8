//! The files of a key store: certificates as PEM, keys as encrypted PKCS#8, written so that a crash leaves the old
//! file or the new one.

use std::fs;
use std::io::Write;
use std::path::Path;

use der::pem::LineEnding;
use der::{Decode, DecodePem};
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument};
use x509_cert::Certificate;

use crate::chance::Chance;
use crate::suite::SoftwareKey;
use crate::{CertificateError, Result};

/// scrypt work factor 2^14 with r = 8, p = 1: 16 MB, and the largest that OpenSSL opens without a setting.
const SCRYPT: (u8, u32, u32) = (14, 8, 1);
const KEY_LABEL: &str = "ENCRYPTED PRIVATE KEY";

pub(super) fn write_key(path: &Path, key: &SoftwareKey, passphrase: &str, chance: &dyn Chance) -> Result<()> {
    const FAILED: CertificateError = CertificateError::Key("cannot be encrypted");
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    chance.fill(&mut salt)?;
    chance.fill(&mut iv)?;
    let (log_n, r, p) = SCRYPT;
    let work = scrypt::Params::new(log_n, r, p).map_err(|_| FAILED)?;
    let parameters = pbes2::Parameters::generate_scrypt_aes256cbc(work, &salt, iv).map_err(|_| FAILED)?;
    // SecretDocument wipes its bytes when it is dropped.
    let plain = SecretDocument::try_from(key.to_pkcs8()?)?;
    let info = PrivateKeyInfoRef::from_der(plain.as_bytes()).map_err(|_| FAILED)?;
    let sealed = info
        .encrypt_with_params(parameters, passphrase)
        .map_err(|_| FAILED)?;
    write(path, sealed.to_pem(KEY_LABEL, LineEnding::LF)?.as_bytes(), true)
}

/// The PKCS#8 structure of a key file, decrypted.
pub(super) fn read_secret(path: &Path, passphrase: &str) -> Result<SecretDocument> {
    let pem = String::from_utf8(read(path)?).map_err(|_| CertificateError::Key("file is not PEM"))?;
    open_secret(&pem, passphrase, &path.display().to_string())
}

/// A key given as PEM, plain or encrypted.
pub(super) fn read_key_pem(pem: &str, passphrase: &str, what: &str) -> Result<SoftwareKey> {
    SoftwareKey::from_pkcs8(open_secret(pem, passphrase, what)?.as_bytes())
}

fn open_secret(pem: &str, passphrase: &str, what: &str) -> Result<SecretDocument> {
    let (label, document) = SecretDocument::from_pem(pem)?;
    if label != KEY_LABEL {
        return Ok(document);
    }
    EncryptedPrivateKeyInfoRef::from_der(document.as_bytes())?
        .decrypt(passphrase)
        .map_err(|_| CertificateError::Passphrase(what.to_owned()))
}

pub(super) fn read_certificate(path: &Path) -> Result<Certificate> {
    Ok(Certificate::from_pem(read(path)?)?)
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|source| io(path, source))
}

/// Writes beside the target, then renames: a crash leaves the old file or the new one, never half of one.
pub(super) fn write(path: &Path, bytes: &[u8], secret: bool) -> Result<()> {
    let beside = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    // A file left over from a crash may have other permissions.
    let _ = fs::remove_file(&beside);
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(if secret { 0o600 } else { 0o644 });
    }
    #[cfg(not(unix))]
    let _ = secret;
    let stored = options.open(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    stored.map_err(|source| io(path, source))
}

pub(super) fn io(path: &Path, source: std::io::Error) -> CertificateError {
    CertificateError::Io {
        path: path.display().to_string(),
        source,
    }
}
