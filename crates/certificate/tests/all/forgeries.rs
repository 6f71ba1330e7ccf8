//! Forgeries, each of which must be found out for the right reason.

use std::path::Path;
use std::sync::LazyLock;

use certificate::*;
use proptest::prelude::*;
use time::macros::datetime;

use crate::support::*;

static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| HOUSE.issue(&record()));
static OTHER: LazyLock<Vec<u8>> = LazyLock::new(|| HOUSE.issue(&other_record()));

fn verify(pdf: &[u8]) -> Report {
    verify_pdf(pdf, &HOUSE.trust, TODAY)
}

fn find(bytes: &[u8], pattern: &[u8]) -> usize {
    bytes
        .windows(pattern.len())
        .position(|window| window == pattern)
        .unwrap()
}

/// Lets a PDF tool do the forging.
fn forge(kind: &str, pdf: &[u8], other: &[u8]) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let source = write(directory.path(), "in.pdf", pdf);
    let other = write(directory.path(), "other.pdf", other);
    let target = directory.path().join("out.pdf");
    python("forge.py", &[kind, text(&source), text(&target), text(&other)]);
    std::fs::read(target).unwrap()
}

/// Replaces a stream's content in place: recompressed and padded to the same length, as a forger with patience
/// would do it.
fn splice(pdf: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = find(pdf, from);
    assert_eq!(from.len(), to.len());
    [&pdf[..at], to, &pdf[at + from.len()..]].concat()
}

#[test]
fn forgery_1_a_byte_of_the_page() {
    let document = lopdf::Document::load_mem(&GOOD).unwrap();
    let page = document
        .get_dictionary(*document.get_pages().get(&1).unwrap())
        .unwrap();
    let content = document
        .get_object(page.get(b"Contents").unwrap().as_reference().unwrap())
        .unwrap();
    let stream = &content.as_stream().unwrap().content;
    let mut pdf = GOOD.clone();
    pdf[find(&GOOD, stream) + stream.len() / 2] ^= 1;
    assert_report(
        &verify(&pdf),
        Verdict::Altered,
        &[StepName::Signature],
        "文件内容在签名之后被改动",
    );
}

#[test]
fn forgery_2_a_byte_of_the_signature() {
    let value = find(&GOOD, b"/Contents<3082") + "/Contents<".len();
    // The last third of the CMS structure is the timestamp; the signature value stands before it.
    let document = lopdf::Document::load_mem(&GOOD).unwrap();
    let cms = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok())
        .find(|dictionary| dictionary.has(b"ByteRange"))
        .and_then(|dictionary| dictionary.get(b"Contents").unwrap().as_str().ok())
        .unwrap();
    // The RSA signature follows the OCTET STRING header 04 82 01 00.
    let signature = find(cms, &[0x04, 0x82, 0x01, 0x00]) + 4;
    let mut pdf = GOOD.clone();
    let digit = &mut pdf[value + 2 * signature + 100];
    *digit = if *digit == b'0' { b'1' } else { b'0' };
    assert_report(
        &verify(&pdf),
        Verdict::Altered,
        &[StepName::Signature],
        "签名值无效",
    );
}

#[test]
fn forgery_3_the_attachment_swapped() {
    // By a tool that writes the file anew …
    let report = verify(&forge("swap-attachment", &GOOD, &OTHER));
    assert_eq!(report.verdict, Verdict::Altered);
    assert!(failed(&report).contains(&StepName::Structure), "{report:#?}");
    assert!(
        report.step(StepName::Qr).unwrap().detail.contains("000123"),
        "{report:#?}"
    );
    // … by an update behind the signature …
    let report = verify(&forge("update-attachment", &GOOD, &OTHER));
    assert_eq!(report.verdict, Verdict::Altered);
    assert!(
        report.step(StepName::Attachment).is_some_and(|step| !step.ok),
        "{report:#?}"
    );
    // … and in place: the record's own words changed inside a file that is otherwise untouched.
    let longer = LicenceRecord {
        valid_until: time::macros::date!(2039 - 11 - 30),
        ..record()
    };
    let page = HOUSE.page_with_code(&longer, &HOUSE.url(&record()));
    let swapped = HOUSE.sign(&page);
    assert_report(
        &verify(&swapped),
        Verdict::Altered,
        &[StepName::Attachment, StepName::Qr],
        "附件数据与二维码中的指纹不一致，附件被替换或改动",
    );
}

#[test]
fn forgery_4_an_update_appended() {
    let report = verify(&forge("update-page", &GOOD, &OTHER));
    assert_report(
        &report,
        Verdict::Altered,
        &[StepName::Structure],
        "签名之后又追加了",
    );
    let junk = [GOOD.as_slice(), b"\n% junk\n%%EOF\n"].concat();
    let report = verify(&junk);
    assert_report(
        &report,
        Verdict::Altered,
        &[StepName::Structure],
        "签名之后又追加了",
    );
    let report = verify(&forge("update-second-signature", &GOOD, &OTHER));
    assert_report(&report, Verdict::Altered, &[StepName::Structure], "签名");
}

#[test]
fn forgery_5_the_code_of_another_licence() {
    // Written into the file by a tool.
    let report = verify(&forge("rewrite-code", &GOOD, &OTHER));
    assert_eq!(report.verdict, Verdict::Altered);
    assert!(
        report
            .step(StepName::Qr)
            .unwrap()
            .detail
            .contains("二维码属于另一许可证"),
        "{report:#?}"
    );
    // Typeset and signed by the authority itself, by mistake or malice.
    let page = HOUSE.page_with_code(&record(), &HOUSE.url(&other_record()));
    let report = verify(&HOUSE.sign(&page));
    assert_report(
        &report,
        Verdict::Altered,
        &[StepName::Qr],
        "二维码属于另一许可证 （赣）WH安许证字〔2026〕000777",
    );
    // A good file, and a code from another sheet of paper.
    let check = |qr: &str| {
        verify_pdf_against(
            &GOOD,
            &HOUSE.trust,
            TODAY,
            &Expected {
                qr: Some(qr),
                ..Expected::default()
            },
        )
    };
    let report = check(&HOUSE.url(&other_record()));
    assert_report(
        &report,
        Verdict::Altered,
        &[StepName::Qr],
        "所扫二维码不属于此文件",
    );
    assert_report(
        &check("HTTPS://EVIL.EXAMPLE/V/AAAA"),
        Verdict::Altered,
        &[StepName::Qr],
        "不是本系统签发",
    );
    assert_report(&check(&HOUSE.url(&record())), Verdict::Valid, &[], "");
}

#[test]
fn forgery_5b_two_different_codes_on_one_page() {
    // The second code's address changed in place to the other licence's.
    let (own, other) = (HOUSE.url(&record()), HOUSE.url(&other_record()));
    let page = HOUSE.page(&record());
    let length = own.len().min(other.len());
    let at = page
        .pdf
        .windows(own.len())
        .rposition(|window| window == own.as_bytes())
        .unwrap();
    let mut pdf = page.pdf.clone();
    pdf[at..at + length].copy_from_slice(&other.as_bytes()[..length]);
    let report = verify(&HOUSE.sign(&Unsigned { pdf, ..page }));
    assert_eq!(
        report.verdict,
        if own.len() == other.len() {
            Verdict::Altered
        } else {
            Verdict::Valid
        }
    );
}

#[test]
fn forgery_6_expired() {
    let report = verify_pdf(&GOOD, &HOUSE.trust, datetime!(2029-12-01 0:00 UTC));
    assert_report(&report, Verdict::Expired, &[StepName::Validity], "已过期");
}

#[test]
fn forgery_7_a_self_made_authority() {
    // Same names, same look, own keys.
    let forger = House::found(FOUNDED);
    let report = verify(&forger.issue(&record()));
    assert_eq!(report.verdict, Verdict::Untrusted, "{report:#?}");
    let steps = failed(&report);
    assert!(
        steps.contains(&StepName::Certificate) && steps.contains(&StepName::Timestamp),
        "{report:#?}"
    );
    assert!(
        report
            .step(StepName::Certificate)
            .unwrap()
            .detail
            .contains("自制"),
        "{report:#?}"
    );
    let report = verify_qr(&forger.url(&record()), &HOUSE.trust, TODAY);
    assert_report(
        &report,
        Verdict::Untrusted,
        &[StepName::Certificate],
        "不受信任的密钥",
    );
}

#[test]
fn forgery_8_the_timestamp_stripped() {
    let pending = begin(&HOUSE.page(&record()), HOUSE.identity(), &claim(SIGNED)).unwrap();
    let pdf = pending.finish(None, TimestampPolicy::Optional).unwrap();
    assert_report(
        &verify(&pdf),
        Verdict::Untrusted,
        &[StepName::Timestamp],
        "可能被剥离",
    );
}

#[test]
fn forgery_8b_the_timestamp_of_another_signature() {
    let pending = |record| begin(&HOUSE.page(record), HOUSE.identity(), &claim(SIGNED)).unwrap();
    let other = other_record();
    let request = pending(&other).timestamp_request(&SystemChance::new()).unwrap();
    let answer = HOUSE
        .tsa()
        .answer(request.der(), SIGNED, &SystemChance::new())
        .unwrap();
    let token = request.accept(&answer, &HOUSE.trust).unwrap();
    let pdf = pending(&record())
        .finish(Some(token), TimestampPolicy::Required)
        .unwrap();
    assert_report(
        &verify(&pdf),
        Verdict::Altered,
        &[StepName::Timestamp],
        "时间戳属于另一份签名",
    );
}

#[test]
fn forgery_9_the_page_of_another_licence() {
    let report = verify(&forge("swap-page", &GOOD, &OTHER));
    assert_eq!(report.verdict, Verdict::Altered, "{report:#?}");
    assert!(
        report
            .step(StepName::Structure)
            .unwrap()
            .detail
            .contains("重新保存或改写"),
        "{report:#?}"
    );
    assert!(
        report.step(StepName::Qr).unwrap().detail.contains("另一许可证"),
        "{report:#?}"
    );
}

#[test]
fn forgery_10_saved_again_by_a_tool() {
    for kind in ["resave", "resave-plain"] {
        let report = verify(&forge(kind, &GOOD, &OTHER));
        assert_report(
            &report,
            Verdict::Altered,
            &[StepName::Structure],
            "重新保存或改写",
        );
        // What the file says about itself is still shown, under that verdict.
        assert_eq!(report.licence.as_ref(), Some(&record()));
    }
}

#[test]
fn forgery_11_the_signature_removed() {
    let report = verify(&forge("strip-signature", &GOOD, &OTHER));
    assert_eq!(report.verdict, Verdict::Unknown, "{report:#?}");
    assert!(
        report
            .step(StepName::Structure)
            .unwrap()
            .detail
            .contains("没有电子签名"),
        "{report:#?}"
    );
}

#[test]
fn forgery_12_cut_off() {
    let report = verify(&GOOD[..GOOD.len() - 40]);
    assert_eq!(report.verdict, Verdict::Altered, "{report:#?}");
    assert!(failed(&report).contains(&StepName::Structure), "{report:#?}");
}

#[test]
fn forgery_13_a_certificate_for_codes_signs_no_documents() {
    // Neither may the code signer sign documents, nor the document signer codes.
    let store = &HOUSE.store;
    let qr = store.qr().unwrap();
    let authority = store.authority().unwrap();
    let trust = Trust::new(HOUSE.trust.root().clone(), vec![authority.certificate().clone()]);
    let signer = QrSigner::new(authority.key().clone(), authority.certificate().clone()).unwrap();
    assert!(
        QrProof::sign(QrEssentials::of(&record()).unwrap(), &signer).is_err(),
        "RSA does not fit a code"
    );
    let report = verify_qr(&HOUSE.url(&record()), &trust, TODAY);
    assert_eq!(report.verdict, Verdict::Untrusted);
    assert!(qr.certificate() != authority.certificate());
}

#[test]
fn a_splice_in_the_metadata_is_noticed() {
    let pdf = splice(
        &GOOD,
        b"<pdfaid:part>3</pdfaid:part>",
        b"<pdfaid:part>1</pdfaid:part>",
    );
    assert_report(
        &verify(&pdf),
        Verdict::Altered,
        &[StepName::Signature],
        "文件内容在签名之后被改动",
    );
    let pdf = splice(&GOOD, b"/M(D:2026", b"/M(D:2036");
    assert_report(
        &verify(&pdf),
        Verdict::Altered,
        &[StepName::Signature],
        "文件内容在签名之后被改动",
    );
}

#[test]
fn the_forgers_work_is_not_an_empty_file() {
    // The tools above must produce readable documents, or their tests would prove little.
    for kind in ["resave", "swap-page", "update-page", "strip-signature"] {
        let directory = tempfile::tempdir().unwrap();
        let path = write(directory.path(), "forged.pdf", &forge(kind, &GOOD, &OTHER));
        judge(Path::new("pdftotext"), &[text(&path), "-"]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever single byte is changed, wherever: never valid, never a crash.
    #[test]
    fn no_changed_byte_goes_unnoticed(at in 0.0..1.0f64, flip in 1u8..=255) {
        let mut pdf = GOOD.clone();
        let index = (pdf.len() as f64 * at) as usize;
        // Hexadecimal digits of the value may change between upper and lower case, and its padding says nothing.
        let value = find(&pdf, b"/Contents<3082");
        let padding = value..find(&pdf[value..], b">") + value;
        prop_assume!(!padding.contains(&index));
        pdf[index] ^= flip;
        prop_assert_ne!(verify(&pdf).verdict, Verdict::Valid);
    }

    /// Random digits in the signature value are noticed too.
    #[test]
    fn no_changed_digit_of_the_value_goes_unnoticed(at in 0.0..1.0f64, digit in 0usize..16) {
        let mut pdf = GOOD.clone();
        let start = find(&pdf, b"/Contents<3082") + "/Contents<".len();
        let length = find(&pdf[start..], b">");
        let place = &mut pdf[start + (length as f64 * at) as usize];
        let new = b"0123456789abcdef"[digit];
        prop_assume!(*place != new);
        *place = new;
        prop_assert_ne!(verify(&pdf).verdict, Verdict::Valid);
    }

    /// Arbitrary input never crashes the verifier.
    #[test]
    fn nonsense_is_reported(tail in proptest::collection::vec(any::<u8>(), 0..400)) {
        let pdf = [b"%PDF-1.7\n/ByteRange ".as_slice(), &tail].concat();
        prop_assert_ne!(verify(&pdf).verdict, Verdict::Valid);
    }
}
