//! The key store: made, opened, locked, rotated, filled from outside.

use std::sync::Arc;

use certificate::*;
use time::Duration;

use crate::support::*;

#[test]
fn a_demo_store_says_so_in_every_name() {
    let certificates = HOUSE.store.certificates().unwrap();
    assert_eq!(certificates.len(), 3);
    assert!(
        certificates
            .iter()
            .all(|stored| stored.name.contains("演示") && stored.active && !stored.revoked)
    );
    assert!(HOUSE.trust.name().contains("（演示）安全生产许可根证书"));
    assert!(KeyStore::exists(HOUSE.directory.path()));
    let again = KeyStore::create_demo(
        HOUSE.directory.path(),
        "x",
        AUTHORITY,
        FOUNDED,
        &SystemChance::new(),
    );
    assert!(
        matches!(again, Err(CertificateError::KeyStore(_))),
        "an existing store must not be overwritten"
    );
}

#[test]
fn keys_are_encrypted_and_open_only_with_the_passphrase() {
    let directory = HOUSE.directory.path();
    let keys: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "key"))
        .collect();
    assert_eq!(keys.len(), 4);
    for path in keys {
        assert!(
            std::fs::read_to_string(&path)
                .unwrap()
                .starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }
    let locked = KeyStore::open(directory, "wrong").unwrap();
    assert!(matches!(locked.authority(), Err(CertificateError::Passphrase(_))));
    assert!(matches!(locked.qr(), Err(CertificateError::Passphrase(_))));
    // What is public stays readable without the passphrase.
    assert_eq!(
        locked.ca_bundle_pem().unwrap(),
        HOUSE.store.ca_bundle_pem().unwrap()
    );
}

#[test]
fn an_own_authority_without_demo_mark() {
    let directory = tempfile::tempdir().unwrap();
    let name = "某市应急管理局, 第一窗口+";
    let store = KeyStore::create(directory.path(), "p", name, FOUNDED, &SystemChance::new()).unwrap();
    let names: Vec<_> = store
        .certificates()
        .unwrap()
        .into_iter()
        .map(|stored| stored.name)
        .collect();
    assert!(
        names
            .iter()
            .all(|stored| stored.starts_with(name) && !stored.contains("演示")),
        "{names:?}"
    );
}

#[test]
fn rotation_keeps_old_signatures_good() {
    let house = House::found(FOUNDED);
    let old = house.issue(&record());
    let mut store = KeyStore::open(house.directory.path(), PASSPHRASE).unwrap();
    let serial = store
        .rotate(Role::Authority, SIGNED, &SystemChance::new())
        .unwrap();
    let reopened = KeyStore::open(house.directory.path(), PASSPHRASE).unwrap();
    let active: Vec<_> = reopened
        .certificates()
        .unwrap()
        .into_iter()
        .filter(|stored| stored.role == Role::Authority && stored.active)
        .map(|stored| stored.serial)
        .collect();
    assert_eq!(active, std::slice::from_ref(&serial));
    assert_eq!(serial_of(reopened.authority().unwrap().certificate()), serial);
    assert_report(
        &verify_pdf(&old, &reopened.trust().unwrap(), TODAY),
        Verdict::Valid,
        &[],
        "",
    );
}

#[test]
fn an_outside_authority_issues_and_revokes() {
    let chance = SystemChance::new();
    let key = Arc::new(SoftwareKey::generate(KeyKind::Rsa3072).unwrap());
    let name = "CN=某省政务根证书,O=某省,C=CN";
    let outside = CertificateAuthority::create(key, name, FOUNDED, Duration::days(3650), &chance).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let pem = |certificate: &x509_cert::Certificate| {
        use x509_cert::der::EncodePem;
        certificate.to_pem(Default::default()).unwrap()
    };
    let root = pem(outside.certificate());
    let mut store = KeyStore::create_under(directory.path(), PASSPHRASE, AUTHORITY, &root).unwrap();
    assert!(matches!(store.authority(), Err(CertificateError::KeyStore(_))));
    assert!(
        store.rotate(Role::Authority, SIGNED, &chance).is_err(),
        "the authority's key is elsewhere"
    );
    for (role, profile, kind) in [
        (Role::Authority, Profile::DocumentSigner, KeyKind::Rsa2048),
        (Role::Tsa, Profile::TimestampAuthority, KeyKind::Rsa2048),
        (Role::Qr, Profile::QrSigner, KeyKind::Ed25519),
    ] {
        let key = SoftwareKey::generate(kind).unwrap();
        let (public, lifetime) = (key.public_key().unwrap(), Duration::days(700));
        let subject = "CN=某市应急管理局,O=某市应急管理局,C=CN";
        let certificate = outside
            .issue(profile, subject, &public, FOUNDED, lifetime, &chance)
            .unwrap();
        let plain = x509_cert::der::Document::try_from(key.to_pkcs8().unwrap()).unwrap();
        let key_pem = plain.to_pem("PRIVATE KEY", Default::default()).unwrap();
        store.import(role, &pem(&certificate), &key_pem, &chance).unwrap();
        let mismatch = store.import(role, &root, &key_pem, &chance);
        assert!(
            matches!(mismatch, Err(CertificateError::Key(_))),
            "a key under a foreign certificate"
        );
    }
    let (identity, tsa, trust) = (
        store.authority().unwrap(),
        store.tsa().unwrap(),
        store.trust().unwrap(),
    );
    let proof = QrProof::sign(QrEssentials::of(&record()).unwrap(), &store.qr().unwrap()).unwrap();
    let page = HOUSE.page_with_code(&record(), &proof.url(&origin()));
    let pdf = sign_locally(&page, &identity, &claim(SIGNED), &tsa, &trust, &chance).unwrap();
    assert_report(&verify_pdf(&pdf, &trust, TODAY), Verdict::Valid, &[], "");

    let revocation = Revocation {
        serial: serial_of(identity.certificate()),
        at: FOUNDED,
        reason: RevocationReason::KeyCompromise,
    };
    let list = outside
        .revocation_list(&[revocation], 1, SIGNED, SIGNED + Duration::days(30))
        .unwrap();
    store.install_crl(&list).unwrap();
    let report = verify_pdf(&pdf, &store.trust().unwrap(), TODAY);
    assert_report(&report, Verdict::Untrusted, &[StepName::Revocation], "吊销");
    // A list by somebody else is not accepted.
    let foreign = HOUSE.store.crl_der().unwrap().unwrap();
    assert!(matches!(
        store.install_crl(&foreign),
        Err(CertificateError::Trust(_))
    ));
}

#[test]
fn a_timestamp_certificate_signs_no_documents_for_the_tsa_role() {
    // The signer of documents must not pass as a timestamp authority.
    let impostor = LocalTsa::new(HOUSE.store.authority().unwrap());
    let page = HOUSE.page(&record());
    let result = sign_locally(
        &page,
        HOUSE.identity(),
        &claim(SIGNED),
        &impostor,
        &HOUSE.trust,
        &SystemChance::new(),
    );
    assert!(matches!(
        result,
        Err(CertificateError::Timestamp(TimestampFault::Untrusted(_)))
    ));
}

#[test]
fn revocation_lists_grow_in_number() {
    let house = House::found(FOUNDED);
    let mut store = KeyStore::open(house.directory.path(), PASSPHRASE).unwrap();
    let number = |store: &KeyStore| {
        let path = write(house.directory.path(), "list", &store.crl_der().unwrap().unwrap());
        let printed = judge(
            "openssl",
            &[
                "crl",
                "-inform",
                "DER",
                "-in",
                text(&path),
                "-noout",
                "-crlnumber",
            ],
        );
        u64::from_str_radix(
            printed
                .trim()
                .trim_start_matches("crlNumber=")
                .trim_start_matches("0x"),
            16,
        )
        .unwrap()
    };
    let first = number(&store);
    store.renew_crl(SIGNED).unwrap();
    assert_eq!(number(&store), first + 1);
    assert!(store.revoke("00", RevocationReason::Superseded, SIGNED).is_err());
}
