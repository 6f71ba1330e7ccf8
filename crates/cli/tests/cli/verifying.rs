//! `anxu verify` and `anxu certificate`.

use std::fs;

use serde_json::Value;

use crate::support::*;

/// The stored certificate of the licence, written by the command.
fn certificate(installation: &Installation) -> Vec<u8> {
    let out = installation.path("out.pdf");
    let number = &issued().number;
    succeeded(&installation.run(&["certificate", number, "--out", &out]));
    fs::read(out).unwrap()
}

fn trust(installation: &Installation) -> String {
    installation.keep("trust.pem", &issued().trust)
}

/// Success and verdict of an offline verification in an installation that knows nothing but the given trust.
fn offline(what: &str, trust: &str) -> (bool, String, Value) {
    let elsewhere = Installation::new();
    let output = elsewhere.run(&["verify", what, "--offline", "--trust", trust, "--json"]);
    let (success, report) = report(&output);
    let verdict = report["verdict"].as_str().unwrap().to_owned();
    (success, verdict, report)
}

#[test]
fn the_stored_certificate_is_written_under_any_bracket_style() {
    let copy = Installation::copy();
    let licence = issued();
    let pdf = certificate(&copy);
    assert!(pdf.starts_with(b"%PDF-1.7"));
    let out = copy.path("again.pdf");
    let other = licence
        .number
        .replace('（', "(")
        .replace('）', ")")
        .replace('〔', "[")
        .replace('〕', "]");
    succeeded(&copy.run(&["certificate", &other, "--out", &out]));
    assert_eq!(fs::read(&out).unwrap(), pdf);
    succeeded(&copy.run(&["certificate", &licence.number, "--duplicate", "--out", &out]));
    assert_ne!(fs::read(&out).unwrap(), pdf);
    let unknown = copy.run(&["certificate", "（赣）WH安许证字〔2020〕999999", "--out", &out]);
    assert!(!unknown.status.success());
}

#[test]
fn a_good_certificate_proves_itself_without_a_network() {
    let copy = Installation::copy();
    let file = copy.keep("good.pdf", &certificate(&copy));
    let (success, verdict, report) = offline(&file, &trust(&copy));
    assert_eq!((success, verdict.as_str()), (true, "valid"), "{report}");
    assert!(
        report["steps"]
            .as_array()
            .unwrap()
            .iter()
            .all(|step| step["ok"] == true),
        "{report}"
    );
    let qr = &issued().qr_url;
    let payload = qr.rsplit('/').next().unwrap();
    for text in [qr.as_str(), payload] {
        let (success, verdict, report) = offline(text, &trust(&copy));
        assert_eq!((success, verdict.as_str()), (true, "valid"), "{report}");
    }
    // The installation itself needs nothing to be named.
    for what in [file.as_str(), qr.as_str()] {
        let words = told(&copy.run(&["verify", what, "--offline"]));
        assert!(words.contains('✓') && !words.contains('✗'), "{words}");
    }
}

#[test]
fn what_was_altered_or_cut_off_fails_with_the_reason() {
    let copy = Installation::copy();
    let good = certificate(&copy);
    let flipped = |place: usize| {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        bytes
    };
    let appended = [good.as_slice(), b"\n% more\n"].concat();
    let cases = [
        ("a byte in the middle", flipped(good.len() / 2), "altered"),
        ("a byte at the beginning", flipped(200), "altered"),
        ("cut off", good[..good.len() * 2 / 3].to_vec(), ""),
        (
            "the last hundred bytes cut off",
            good[..good.len() - 100].to_vec(),
            "",
        ),
        ("something appended", appended, ""),
        ("no certificate", b"%PDF-1.7\nnothing\n%%EOF\n".to_vec(), ""),
        ("no PDF", b"hello".to_vec(), ""),
    ];
    for (what, bytes, expected) in cases {
        let file = copy.keep("bad.pdf", &bytes);
        let (success, verdict, report) = offline(&file, &trust(&copy));
        assert!(!success && verdict != "valid", "{what}: {report}");
        assert!(expected.is_empty() || verdict == expected, "{what}: {report}");
        let failed = report["steps"]
            .as_array()
            .unwrap()
            .iter()
            .any(|step| step["ok"] == false);
        assert!(failed, "{what}: a step says why: {report}");
    }
    let qr = &issued().qr_url;
    let place = qr.len() - 30;
    let letter = if qr.as_bytes()[place] == b'A' { "B" } else { "A" };
    let swapped = format!("{}{letter}{}", &qr[..place], &qr[place + 1..]);
    for text in [swapped.as_str(), "HTTP://EXAMPLE.COM/V/ABC", "不是二维码"] {
        let (success, verdict, report) = offline(text, &trust(&copy));
        assert!(!success && verdict != "valid", "{text}: {report}");
    }
}

#[tokio::test]
async fn another_authority_is_not_believed() {
    let copy = Installation::copy();
    let other = Installation::new();
    let server = other.serve().await;
    let foreign = other.keep("other.pem", &server.trust().await);
    server.stop();
    let file = copy.keep("good.pdf", &certificate(&copy));
    for what in [file.as_str(), issued().qr_url.as_str()] {
        let (success, verdict, report) = offline(what, &foreign);
        assert_eq!((success, verdict.as_str()), (false, "untrusted"), "{report}");
    }
}

#[tokio::test]
async fn online_the_register_is_asked_too() {
    let copy = Installation::copy();
    let file = copy.keep("good.pdf", &certificate(&copy));
    let nobody = copy.run(&["verify", &file]);
    assert!(!nobody.status.success(), "without a server nothing is claimed");
    let server = copy.serve().await;
    for what in [file.as_str(), issued().qr_url.as_str()] {
        let (success, report) = report(&copy.run(&["verify", what, "--json"]));
        assert!(success && report["verdict"] == "valid", "{report}");
        assert_eq!(report["licence"]["number"], issued().number.as_str());
    }
    let bad = copy.keep("bad.pdf", b"hello");
    let refused = copy.run(&["verify", &bad]);
    assert!(!refused.status.success());
    server.stop();
}
