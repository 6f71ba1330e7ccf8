//! Foreign judges: tools by others that know nothing of this crate.

use std::path::Path;

use certificate::*;
use tempfile::TempDir;

use crate::support::*;

/// A certificate of each edition and a notice, signed, as files.
fn files(house: &House) -> (TempDir, Vec<std::path::PathBuf>) {
    let directory = tempfile::tempdir().unwrap();
    let duplicate = LicenceRecord {
        edition: Edition::Duplicate,
        ..record()
    };
    let notice = house.sign(&house.printer.document(&notice(), SIGNED).unwrap());
    let all = [
        ("original.pdf", house.issue(&record())),
        ("duplicate.pdf", house.issue(&duplicate)),
        ("notice.pdf", notice),
    ];
    let paths = all
        .iter()
        .map(|(name, pdf)| write(directory.path(), name, pdf))
        .collect();
    (directory, paths)
}

/// The answer stands on a line of its own among what the tool logs.
fn json_line(answer: &str) -> serde_json::Value {
    let line = answer.lines().find(|line| line.starts_with('{'));
    serde_json::from_str(line.unwrap_or_else(|| panic!("{answer}"))).unwrap()
}

#[test]
fn pyhanko_finds_pades_b_t_over_the_whole_file() {
    let (_directory, paths) = files(&HOUSE);
    for path in paths {
        let moment = "2027-03-01T02:00:00+00:00";
        let answer = python(
            "pyhanko_check.py",
            &[text(&path), text(&HOUSE.root_pem()), moment],
        );
        let answer = json_line(&answer);
        for fact in [
            "intact",
            "valid",
            "trusted",
            "bottom_line",
            "docmdp_ok",
            "timestamp_valid",
        ] {
            assert_eq!(answer[fact], true, "{fact}: {answer}");
        }
        assert_eq!(answer["coverage"], "ENTIRE_FILE");
        assert_eq!(answer["subfilter"], "/ETSI.CAdES.detached");
        assert_eq!(answer["timestamp"], "2026-11-21T08:00:00+00:00");
        assert_eq!(answer["digest"], "sha256");
        let signed = serde_json::json!(["content_type", "message_digest", "signing_certificate_v2"]);
        assert_eq!(answer["signed"], signed);
        assert_eq!(
            answer["unsigned"],
            serde_json::json!(["signature_time_stamp_token"])
        );
        // 1: no changes permitted.
        assert_eq!(answer["permissions"], 1);
    }
}

#[test]
fn pyhanko_does_not_trust_another_authority() {
    let (_directory, paths) = files(&HOUSE);
    let other = House::found(FOUNDED);
    let answer = python(
        "pyhanko_check.py",
        &[
            text(&paths[0]),
            text(&other.root_pem()),
            "2027-03-01T02:00:00+00:00",
        ],
    );
    let answer = json_line(&answer);
    assert_eq!(
        (&answer["trusted"], &answer["bottom_line"]),
        (&false.into(), &false.into()),
        "{answer}"
    );
}

#[test]
fn pdfsig_trusts_it_through_nss() {
    let house = House::found(machine_time());
    let (directory, paths) = files(&house);
    let database = format!("sql:{}", text(directory.path()));
    judge("certutil", &["-N", "-d", &database, "--empty-password"]);
    judge(
        "certutil",
        &[
            "-A",
            "-d",
            &database,
            "-n",
            "root",
            "-t",
            "C,C,C",
            "-i",
            text(&house.root_pem()),
        ],
    );
    for path in paths {
        let answer = judge("pdfsig", &["-nssdir", &database, text(&path)]);
        for line in [
            "Signature is Valid.",
            "Certificate is Trusted.",
            "Total document signed",
            "ETSI.CAdES.detached",
        ] {
            assert!(answer.contains(line), "{line}: {answer}");
        }
    }
}

#[test]
fn qpdf_and_mutool_find_no_fault() {
    let (_directory, paths) = files(&HOUSE);
    for path in paths {
        let answer = judge("qpdf", &["--check", text(&path)]);
        assert!(
            answer.contains("No syntax or stream encoding errors found"),
            "{answer}"
        );
        let answer = run("mutool", &["sign", "-v", text(&path)]);
        let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
        assert!(
            answer.contains("The document is unchanged since signing"),
            "{answer}"
        );
        let parsed = run("mutool", &["draw", "-F", "txt", "-o", "/dev/null", text(&path)]);
        // Debian builds mutool without colour management and it says so; progress is told on the same channel.
        let complaints =
            String::from_utf8_lossy(&parsed.stderr).replace("warning: ICC support is not available", "");
        assert!(
            !complaints.contains("error") && !complaints.contains("warning"),
            "{complaints}"
        );
    }
}

#[test]
fn pikepdf_finds_pdf_a_3b_with_its_attachment() {
    let (directory, paths) = files(&HOUSE);
    for path in paths {
        let out = directory.path().join("attached.json");
        let name = if path.ends_with("notice.pdf") {
            "document.json"
        } else {
            ATTACHMENT_NAME
        };
        python("pdfa_check.py", &[text(&path), name, "/Data", text(&out)]);
        let attached = std::fs::read(&out).unwrap();
        match path.file_stem().unwrap().to_str().unwrap() {
            "notice" => {
                let read: OfficialDocument = serde_json::from_slice(&attached).unwrap();
                assert_eq!(read, notice());
            }
            _ => {
                let read = LicenceRecord::from_attachment(&attached).unwrap();
                assert_eq!(read.number, record().number);
                assert_eq!(
                    attached,
                    read.attachment().unwrap(),
                    "the attached bytes are the record's own"
                );
            }
        }
    }
}

#[test]
fn the_pdf_a_judge_notices_faults() {
    // A judge that accepts everything would be worth nothing.
    let pdf = HOUSE.issue(&record());
    let directory = tempfile::tempdir().unwrap();
    let faults: [(&[u8], &[u8]); 6] = [
        (b"<pdfaid:part>3<", b"<pdfaid:part>9<"),
        (b"/OutputIntents", b"/OutputIntentX"),
        (b"/AFRelationship", b"/AFRelationshiX"),
        (b"/FontFile3", b"/FontFileX"),
        (b"/F 132", b"/F 130"),
        (b"/AP<<", b"/AX<<"),
    ];
    for (from, to) in faults {
        let at = pdf
            .windows(from.len())
            .rposition(|window| window == from)
            .unwrap();
        let mut forged = pdf.clone();
        forged[at..at + to.len()].copy_from_slice(to);
        let path = write(directory.path(), "fault.pdf", &forged);
        let out = directory.path().join("out");
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let interpreter = std::env::var_os("ANXU_TEST_PYTHON")
            .map_or_else(|| here.join("../../.venv/bin/python"), std::path::PathBuf::from);
        let script = here.join("tests/all/judges/pdfa_check.py");
        let answer = run(
            interpreter,
            &[text(&script), text(&path), ATTACHMENT_NAME, "/Data", text(&out)],
        );
        assert!(
            !answer.status.success(),
            "{} was not noticed",
            String::from_utf8_lossy(from)
        );
    }
}

#[test]
fn openssl_reads_certificates_keys_and_revocation_list() {
    let root = HOUSE.root_pem();
    let directory = HOUSE.directory.path();
    for stored in HOUSE.store.certificates().unwrap() {
        let certificate = directory.join(format!("{}.crt", stored.serial));
        // `-purpose any`: the QR signer has a purpose that OpenSSL does not know.
        let at = TODAY.unix_timestamp().to_string();
        judge(
            "openssl",
            &[
                "verify",
                "-attime",
                &at,
                "-CAfile",
                text(&root),
                text(&certificate),
            ],
        );
        let printed = judge("openssl", &["x509", "-in", text(&certificate), "-noout", "-text"]);
        assert_eq!(
            printed.contains("Time Stamping"),
            stored.role == Role::Tsa,
            "{printed}"
        );
        let key = directory.join(format!("{}.key", stored.serial));
        let password = format!("pass:{PASSPHRASE}");
        judge(
            "openssl",
            &[
                "pkey",
                "-in",
                text(&key),
                "-passin",
                &password,
                "-noout",
                "-check",
            ],
        );
    }
    let list = directory.join("crl.der");
    let printed = judge(
        "openssl",
        &[
            "crl",
            "-inform",
            "DER",
            "-in",
            text(&list),
            "-CAfile",
            text(&root),
            "-noout",
            "-text",
        ],
    );
    assert!(
        printed.contains("verify OK") && printed.contains("X509v3 CRL Number"),
        "{printed}"
    );
}
