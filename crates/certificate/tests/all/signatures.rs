//! Signing: what is refused, what verification says of good files, and how it reacts to time and revocation.

use certificate::*;
use time::Duration;
use time::macros::datetime;

use crate::support::*;

#[test]
fn a_good_certificate_passes_every_step() {
    for edition in [Edition::Original, Edition::Duplicate] {
        let record = LicenceRecord { edition, ..record() };
        let report = verify_pdf(&HOUSE.issue(&record), &HOUSE.trust, TODAY);
        assert_report(&report, Verdict::Valid, &[], "");
        let steps: Vec<StepName> = report.steps.iter().map(|step| step.step).collect();
        use StepName::*;
        let all = [
            Structure,
            Signature,
            Timestamp,
            Certificate,
            Revocation,
            Attachment,
            Qr,
            Validity,
        ];
        assert_eq!(steps, all);
        assert_eq!(report.licence.as_ref(), Some(&record));
        assert_eq!(report.signed_at, Some(SIGNED));
        assert!(report.signer.unwrap().contains("演示"));
        assert!(report.notes.is_empty(), "{:?}", report.notes);
    }
}

#[test]
fn the_root_alone_proves_a_file_even_its_code() {
    // The certificate of the code's signer travels inside the signature.
    let trust = Trust::from_pem(&std::fs::read(HOUSE.root_pem()).unwrap()).unwrap();
    let report = verify_pdf(&HOUSE.issue(&record()), &trust, TODAY);
    assert_report(&report, Verdict::Valid, &[], "");
    assert!(
        report.step(StepName::Qr).unwrap().detail.contains("其签名有效"),
        "{report:#?}"
    );
    assert!(
        report.notes.iter().any(|note| note.contains("吊销列表")),
        "{report:#?}"
    );
}

#[test]
fn the_bundle_is_root_then_code_signers() {
    let bundle = HOUSE.store.ca_bundle_pem().unwrap();
    let trust = Trust::from_pem(bundle.as_bytes()).unwrap();
    assert_eq!(trust.root(), HOUSE.trust.root());
    assert_eq!(bundle.matches("BEGIN CERTIFICATE").count(), 2);
    assert_report(
        &verify_qr(&HOUSE.url(&record()), &trust, TODAY),
        Verdict::Valid,
        &[],
        "",
    );
}

#[test]
fn the_days_of_validity_are_days_in_china() {
    let pdf = HOUSE.issue(&record());
    let check = |now, verdict| {
        let report = verify_pdf(&pdf, &HOUSE.trust, now);
        let steps: &[StepName] = if verdict == Verdict::Valid {
            &[]
        } else {
            &[StepName::Validity]
        };
        assert_report(&report, verdict, steps, "");
        assert_eq!(
            verify_qr(&HOUSE.url(&record()), &HOUSE.trust, now).verdict,
            verdict
        );
    };
    check(datetime!(2026-11-30 15:59:59 UTC), Verdict::NotYetValid);
    check(datetime!(2026-11-30 16:00 UTC), Verdict::Valid);
    check(datetime!(2029-11-30 15:59:59 UTC), Verdict::Valid);
    check(datetime!(2029-11-30 16:00 UTC), Verdict::Expired);
    // Long after every certificate has run out, the file still proves what it was.
    check(datetime!(2060-01-01 0:00 UTC), Verdict::Expired);
}

#[test]
fn signing_without_timestamp_is_refused_unless_configured() {
    let page = HOUSE.page(&record());
    let pending = || begin(&page, HOUSE.identity(), &claim(SIGNED)).unwrap();
    let refused = pending().finish(None, TimestampPolicy::Required);
    assert!(matches!(refused, Err(CertificateError::TimestampRequired)));
    let pdf = pending().finish(None, TimestampPolicy::Optional).unwrap();
    let report = verify_pdf(&pdf, &HOUSE.trust, TODAY);
    assert_report(
        &report,
        Verdict::Untrusted,
        &[StepName::Timestamp],
        "没有可信时间戳",
    );
    let lenient = HOUSE.trust.clone().without_required_timestamp();
    assert_report(&verify_pdf(&pdf, &lenient, TODAY), Verdict::Valid, &[], "");
}

#[test]
fn a_signature_larger_than_its_place_is_an_error() {
    let claim = Claim {
        reserve: 500,
        ..claim(SIGNED)
    };
    let (page, trust) = (HOUSE.page(&record()), &HOUSE.trust);
    let result = sign_locally(
        &page,
        HOUSE.identity(),
        &claim,
        HOUSE.tsa(),
        trust,
        &SystemChance::new(),
    );
    assert!(matches!(
        result,
        Err(CertificateError::Reserve { reserved: 500, .. })
    ));
}

#[test]
fn a_signed_file_is_not_signed_again() {
    let signed = Unsigned {
        pdf: HOUSE.issue(&record()),
        ..HOUSE.page(&record())
    };
    let result = begin(&signed, HOUSE.identity(), &claim(SIGNED));
    assert!(matches!(result, Err(CertificateError::Revision(_))));
}

#[test]
fn the_signature_field_lies_on_the_seal() {
    let page = HOUSE.page(&record());
    let (number, [left, bottom, right, top]) = page.seal.unwrap();
    assert_eq!(number, 1);
    assert!(left < right && bottom < top && (right - left - (top - bottom)).abs() < 0.1);
    let document = lopdf::Document::load_mem(&HOUSE.sign(&page)).unwrap();
    let page = document
        .get_dictionary(*document.get_pages().get(&1).unwrap())
        .unwrap();
    let annotations = page.get_deref(b"Annots", &document).unwrap().as_array().unwrap();
    let widgets: Vec<_> = annotations
        .iter()
        .map(|annotation| document.dereference(annotation).unwrap().1.as_dict().unwrap())
        .filter(|annotation| annotation.get(b"Subtype").unwrap().as_name().unwrap() == b"Widget")
        .collect();
    // The links of the two codes are still there beside it.
    assert_eq!((widgets.len(), annotations.len()), (1, 3));
    let rectangle = widgets[0].get(b"Rect").unwrap().as_array().unwrap();
    let stated: Vec<f64> = rectangle
        .iter()
        .map(|number| number.as_float().unwrap().into())
        .collect();
    let off = stated
        .iter()
        .zip([left, bottom, right, top])
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max);
    assert!(off < 0.02, "{stated:?}");
}

#[test]
fn only_the_timestamp_differs_between_two_signatures() {
    let page = HOUSE.page(&record());
    let sign = |chance: u8| {
        let (identity, claim) = (HOUSE.identity(), claim(SIGNED));
        sign_locally(
            &page,
            identity,
            &claim,
            HOUSE.tsa(),
            &HOUSE.trust,
            &Sequence(chance),
        )
        .unwrap()
    };
    assert_eq!(sign(7), sign(7));
    assert_ne!(sign(7), sign(8));
}

#[test]
fn the_record_of_the_register_is_compared() {
    let pdf = HOUSE.issue(&record());
    let check = |record: &LicenceRecord| {
        let expected = Expected {
            record: Some(record),
            ..Expected::default()
        };
        verify_pdf_against(&pdf, &HOUSE.trust, TODAY, &expected)
    };
    assert_report(&check(&record()), Verdict::Valid, &[], "");
    let known = LicenceRecord {
        version: 2,
        ..record()
    };
    assert_report(
        &check(&known),
        Verdict::Altered,
        &[StepName::Attachment],
        "与登记的许可证不一致",
    );
}

#[test]
fn revocation_counts_from_its_day() {
    let house = House::found(FOUNDED);
    let mut store = KeyStore::open(house.directory.path(), PASSPHRASE).unwrap();
    let signer = store
        .certificates()
        .unwrap()
        .into_iter()
        .find(|stored| stored.role == Role::Authority)
        .unwrap();
    let revoked_at = SIGNED + Duration::days(10);
    let before = house.issue(&record());
    let after = house.sign_at(&house.page(&record()), SIGNED + Duration::days(20));
    store
        .revoke(&signer.serial, RevocationReason::KeyCompromise, revoked_at)
        .unwrap();
    let trust = store.trust().unwrap();
    assert_report(&verify_pdf(&before, &trust, TODAY), Verdict::Valid, &[], "");
    let report = verify_pdf(&after, &trust, TODAY);
    assert_report(&report, Verdict::Untrusted, &[StepName::Revocation], "吊销");
    assert!(store.authority().is_err(), "a revoked key must not sign any more");
}

#[test]
fn a_document_without_record_is_no_licence() {
    let page = HOUSE.printer.document(&notice(), SIGNED).unwrap();
    assert_eq!(
        verify_pdf(&page.pdf, &HOUSE.trust, TODAY).verdict,
        Verdict::Unknown
    );
    for nonsense in [&b""[..], b"%PDF-1.7", b"hello", b"%PDF-1.7\n/ByteRange"] {
        let verdict = verify_pdf(nonsense, &HOUSE.trust, TODAY).verdict;
        assert!(
            matches!(verdict, Verdict::Unknown | Verdict::Altered),
            "{verdict:?}"
        );
    }
}
