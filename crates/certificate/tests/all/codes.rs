//! QR proofs: as strings, and as drawn on the page, whole and damaged.

use std::path::Path;

use certificate::*;
use proptest::prelude::*;

use crate::support::*;

#[test]
fn a_proof_reads_back_from_url_path_and_payload() {
    let proof = HOUSE.proof(&record());
    let url = proof.url(&origin());
    assert!(url.starts_with("HTTPS://AQ.EXAMPLE.GOV.CN/V/"));
    let payload = proof.payload();
    for text in [
        url.clone(),
        url.to_lowercase(),
        format!("{url}?from=wechat#top"),
        format!("/v/{payload}"),
        payload.clone(),
        format!("  {payload}\n"),
    ] {
        assert_eq!(QrProof::parse(&text).unwrap(), proof, "{text}");
        assert_report(&verify_qr(&text, &HOUSE.trust, TODAY), Verdict::Valid, &[], "");
    }
    let essentials = proof.essentials();
    assert_eq!(essentials.number, record().number);
    assert_eq!(essentials.enterprise, record().enterprise);
    assert_eq!(essentials.valid_until, record().valid_until);
}

#[test]
fn a_code_stays_alphanumeric_and_at_version_13() {
    let check = |enterprise: &str, host: &str, limit: u8| {
        let record = LicenceRecord {
            enterprise: enterprise.into(),
            ..record()
        };
        let url = HOUSE.proof(&record).url(&host.parse().unwrap());
        let alphanumeric =
            |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() || b"$%*+-./: ".contains(&byte);
        assert!(url.bytes().all(alphanumeric), "{url}");
        let version = typesetting::qr_svg(&url).unwrap().version;
        assert!(
            version <= limit,
            "version {version} for {} characters: {url}",
            url.len()
        );
    };
    check("演示江南精细化学品有限公司", "https://aq.example.gov.cn", 13);
    check("江西省演示建筑工程有限公司", "https://yjj.nc.gov.cn", 13);
    check(
        "演示省演示市江南精细化学品有限责任公司",
        "https://aq.example.gov.cn",
        14,
    );
}

#[test]
fn public_origins_have_no_path() {
    for good in [
        "https://aq.example.gov.cn",
        "HTTPS://AQ.EXAMPLE.GOV.CN/",
        "http://127.0.0.1:8080",
    ] {
        assert!(good.parse::<PublicOrigin>().is_ok(), "{good}");
    }
    for bad in [
        "",
        "aq.example.gov.cn",
        "https://",
        "https://a.cn/path",
        "https://a.cn?x",
        "ftp://a.cn",
        "https://a b",
    ] {
        assert!(
            matches!(bad.parse::<PublicOrigin>(), Err(CertificateError::Origin(_))),
            "{bad}"
        );
    }
}

#[test]
fn what_is_no_proof_is_unknown() {
    let licence_code = "91360100MA00000000";
    for text in [
        "",
        "https://aq.example.gov.cn/v/",
        licence_code,
        "中文",
        &"A".repeat(400),
        "/V/MZXW6===",
    ] {
        assert!(
            matches!(QrProof::parse(text), Err(CertificateError::NotAProof(_))),
            "{text}"
        );
        assert_eq!(
            verify_qr(text, &HOUSE.trust, TODAY).verdict,
            Verdict::Unknown,
            "{text}"
        );
    }
}

#[test]
fn a_proof_by_a_retired_key_holds_and_by_a_compromised_one_does_not() {
    let house = House::found(FOUNDED);
    let url = house.url(&record());
    let mut store = KeyStore::open(house.directory.path(), PASSPHRASE).unwrap();
    let old = store
        .certificates()
        .unwrap()
        .into_iter()
        .find(|stored| stored.role == Role::Qr)
        .unwrap();
    store.rotate(Role::Qr, SIGNED, &SystemChance::new()).unwrap();
    assert_report(
        &verify_qr(&url, &store.trust().unwrap(), TODAY),
        Verdict::Valid,
        &[],
        "",
    );
    let new = QrProof::sign(QrEssentials::of(&record()).unwrap(), &store.qr().unwrap()).unwrap();
    assert_ne!(new.key_id(), house.proof(&record()).key_id());
    assert_report(
        &verify_qr(&new.payload(), &store.trust().unwrap(), TODAY),
        Verdict::Valid,
        &[],
        "",
    );
    store
        .revoke(&old.serial, RevocationReason::Superseded, SIGNED)
        .unwrap();
    assert_report(
        &verify_qr(&url, &store.trust().unwrap(), TODAY),
        Verdict::Valid,
        &[],
        "",
    );

    let house = House::found(FOUNDED);
    let url = house.url(&record());
    let mut store = KeyStore::open(house.directory.path(), PASSPHRASE).unwrap();
    let key = store
        .certificates()
        .unwrap()
        .into_iter()
        .find(|stored| stored.role == Role::Qr)
        .unwrap();
    store
        .revoke(&key.serial, RevocationReason::KeyCompromise, SIGNED)
        .unwrap();
    let report = verify_qr(&url, &store.trust().unwrap(), TODAY);
    assert_report(&report, Verdict::Untrusted, &[StepName::Revocation], "吊销");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Any one changed character of the payload is noticed.
    #[test]
    fn no_changed_character_goes_unnoticed(at in 0.0..1.0f64, letter in 0usize..32) {
        let payload = HOUSE.proof(&record()).payload();
        let index = (payload.len() as f64 * at) as usize;
        let new = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[letter];
        prop_assume!(payload.as_bytes()[index] != new);
        let mut forged = payload.into_bytes();
        forged[index] = new;
        let verdict = verify_qr(std::str::from_utf8(&forged).unwrap(), &HOUSE.trust, TODAY).verdict;
        prop_assert!(matches!(verdict, Verdict::Unknown | Verdict::Altered | Verdict::Untrusted), "{verdict:?}");
    }

    /// Any essentials survive packing.
    #[test]
    fn any_essentials_read_back(
        number in "\\PC{0,40}", credit_code in "[0-9A-Z]{18}|\\PC{0,20}", enterprise in "\\PC{0,40}",
        from in -200_000i64..200_000, length in 0i64..4000, fingerprint: [u8; 8],
    ) {
        let valid_from = time::macros::date!(2000 - 01 - 01) + time::Duration::days(from);
        let essentials = QrEssentials {
            number, credit_code, enterprise, valid_from,
            valid_until: valid_from + time::Duration::days(length), fingerprint,
        };
        let proof = QrProof::sign(essentials.clone(), &HOUSE.store.qr().unwrap()).unwrap();
        let read = QrProof::parse(&proof.payload()).unwrap();
        prop_assert_eq!(read.essentials(), &essentials);
    }
}

/// A grey picture of the first page.
struct Picture {
    luma: Vec<u8>,
    width: usize,
    height: usize,
}

impl Picture {
    fn of(pdf: &Path, dpi: u32) -> Self {
        let bytes = drawn(pdf, dpi);
        // P5, width, height, 255: three lines of ASCII, then the pixels.
        let mut lines = bytes.splitn(4, |&byte| byte == b'\n');
        assert_eq!(lines.next(), Some(&b"P5"[..]));
        let size = std::str::from_utf8(lines.next().unwrap()).unwrap();
        let (width, height) = size.split_once(' ').unwrap();
        lines.next();
        let (width, height) = (width.parse().unwrap(), height.parse().unwrap());
        let luma = lines.next().unwrap().to_vec();
        assert_eq!(luma.len(), width * height);
        Self { luma, width, height }
    }

    fn blot(&self, (x, y, w, h): (f64, f64, f64, f64), grey: u8) -> Self {
        let mut luma = self.luma.clone();
        for row in y as usize..(y + h) as usize {
            luma[row * self.width..][x as usize..(x + w) as usize].fill(grey);
        }
        Self { luma, ..*self }
    }

    fn proofs(&self) -> Vec<QrProof> {
        find_proofs(&self.luma, self.width as u32, self.height as u32)
    }

    /// What zbarimg reads.
    fn zbar(&self, directory: &Path) -> Vec<String> {
        let head = format!("P5\n{} {}\n255\n", self.width, self.height);
        let path = write(directory, "blotted.pgm", &[head.as_bytes(), &self.luma].concat());
        let output = run(
            "zbarimg",
            &["--raw", "-q", "-Sdisable", "-Sqrcode.enable", text(&path)],
        );
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect()
    }
}

/// The squares of the two codes without quiet zones, in pixels (left, top, side): their links cover the drawings.
fn squares(pdf: &[u8], dpi: u32, picture: &Picture, modules: f64) -> Vec<(f64, f64, f64)> {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let links = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok());
    let links = links.filter(|link| {
        link.get(b"Subtype")
            .and_then(lopdf::Object::as_name)
            .is_ok_and(|name| name == b"Link")
    });
    let scale = f64::from(dpi) / 72.0;
    links
        .map(|link| {
            let rectangle = link.get(b"Rect").unwrap().as_array().unwrap();
            let numbers: Vec<f64> = rectangle
                .iter()
                .map(|number| number.as_float().unwrap().into())
                .collect();
            let side = (numbers[2] - numbers[0]) * scale;
            let quiet = side * 4.0 / (modules + 8.0);
            let top = picture.height as f64 - numbers[3].max(numbers[1]) * scale;
            (
                numbers[0].min(numbers[2]) * scale + quiet,
                top + quiet,
                side - 2.0 * quiet,
            )
        })
        .collect()
}

/// Contiguous blots of 30 % of a square: strips on each edge, squares in the corners and in the middle, a cross bar.
fn blots((left, top, side): (f64, f64, f64)) -> Vec<(f64, f64, f64, f64)> {
    let part = 0.3 * side;
    let square = 0.3f64.sqrt() * side;
    let far = side - square;
    vec![
        (left, top, side, part),
        (left, top + side - part, side, part),
        (left, top, part, side),
        (left + side - part, top, part, side),
        (left, top + 0.35 * side, side, part),
        (left + 0.35 * side, top, part, side),
        (left, top, square, square),
        (left + far, top, square, square),
        (left, top + far, square, square),
        (left + far, top + far, square, square),
        (left + far / 2.0, top + far / 2.0, square, square),
    ]
}

#[test]
fn with_30_percent_of_either_code_gone_the_original_still_verifies() {
    check_damaged(Edition::Original);
}

#[test]
fn with_30_percent_of_either_code_gone_the_duplicate_still_verifies() {
    check_damaged(Edition::Duplicate);
}

fn check_damaged(edition: Edition) {
    const DPI: u32 = 150;
    let record = LicenceRecord { edition, ..record() };
    let (proof, url) = (HOUSE.proof(&record), HOUSE.url(&record));
    let modules = f64::from(typesetting::qr_svg(&url).unwrap().version) * 4.0 + 17.0;
    let directory = tempfile::tempdir().unwrap();
    let pdf = HOUSE.issue(&record);
    let picture = Picture::of(&write(directory.path(), "page.pdf", &pdf), DPI);
    // Undamaged, each reader finds the code, and zbar finds it in both places.
    assert_eq!(picture.proofs(), std::slice::from_ref(&proof));
    assert_eq!(picture.zbar(directory.path()), [url.clone(), url.clone()]);
    let squares = squares(&pdf, DPI, &picture, modules);
    assert_eq!(squares.len(), 2);
    for (number, &square) in squares.iter().enumerate() {
        // The other code alone must do, so each is also read with its twin wholly gone.
        let twin = squares[1 - number];
        let alone = picture.blot((twin.0, twin.1, twin.2, twin.2), 128);
        assert_eq!(
            alone.proofs(),
            std::slice::from_ref(&proof),
            "code {number} of {edition:?} is not readable alone"
        );
        for (kind, blot) in blots(square).into_iter().enumerate() {
            for grey in [0, 255] {
                let damaged = picture.blot(blot, grey);
                let what = format!("{edition:?}, code {number}, blot {kind} in {grey}");
                assert_eq!(damaged.proofs(), std::slice::from_ref(&proof), "rxing: {what}");
                assert!(damaged.zbar(directory.path()).contains(&url), "zbar: {what}");
            }
        }
    }
    assert_report(&verify_qr(&url, &HOUSE.trust, TODAY), Verdict::Valid, &[], "");
}

#[test]
fn a_page_without_code_gives_no_proof() {
    assert_eq!(find_proofs(&[255; 200 * 100], 200, 100), []);
    assert_eq!(find_proofs(&[], 0, 0), []);
    assert_eq!(find_proofs(&[0; 10], 200, 100), []);
}
