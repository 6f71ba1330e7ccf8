//! Real certificates: made, signed and stamped by a demo authority, verified through the API and the pages.

use std::sync::{Arc, LazyLock};

use axum::http::StatusCode;
use certificate::{
    CURRENT_TEMPLATE, Claim, Edition, FontSources, KeyStore, LicenceRecord, Look, OfficialDocument, Printer,
    QrEssentials, QrProof, SystemChance, Templates, Trust, sign_locally,
};
use data_encoding::HEXLOWER;
use image::{GrayImage, ImageFormat, Luma};
use kernel::LegalDate;
use public::{CertificateProver, PublicLicence, Standing};
use serde_json::json;
use time::{
    OffsetDateTime,
    macros::{date, datetime},
};

use crate::{
    support::{Memory, licence, service_with},
    web::{Answer, app_over, form, post, send},
};

const VERIFY: &str = "/api/v1/public/verify";
const SIGNED: OffsetDateTime = datetime!(2026-11-20 02:00 UTC);

/// A certificate and what belongs to it.
struct Issued {
    trust: Trust,
    stranger: Trust,
    record: LicenceRecord,
    pdf: Vec<u8>,
    notice: Vec<u8>,
    url: String,
}

static ISSUED: LazyLock<Issued> = LazyLock::new(issue);

fn record() -> LicenceRecord {
    LicenceRecord {
        number: "（赣）WH安许证字〔2026〕000123".into(),
        identifier: "1.2.156.3005.2.11100000MB03271699001.11360100MB0000000X.2026000123.001.A".into(),
        enterprise: "南昌示范精细化工有限公司".into(),
        credit_code: "91360111MA00000123".into(),
        address: "江西省南昌市青山湖区示范大道100号".into(),
        legal_representative: "程示范".into(),
        economic_type: "有限责任公司".into(),
        industry: "hazardous_chemicals".into(),
        scope: vec!["液氧 3.6 万吨/年".into()],
        valid_from: date!(2026 - 11 - 20),
        valid_until: date!(2029 - 11 - 19),
        issued_on: date!(2026 - 11 - 20),
        authority: "演示市应急管理局".into(),
        authority_code: "11360100MB0000000X".into(),
        edition: Edition::Original,
        version: 1,
        template: CURRENT_TEMPLATE.into(),
        changes: vec![],
        annual_reviews: vec![],
        mark: None,
    }
}

fn store(folder: &std::path::Path) -> KeyStore {
    let founded = datetime!(2026-01-05 01:00 UTC);
    KeyStore::create_demo(
        folder,
        "correct horse battery staple",
        "演示市应急管理局",
        founded,
        &SystemChance::new(),
    )
    .expect("keys")
}

fn issue() -> Issued {
    let (ours, theirs) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let keys = store(ours.path());
    let (identity, tsa, trust) = (
        keys.authority().expect("key"),
        keys.tsa().expect("tsa"),
        keys.trust().expect("trust"),
    );
    let record = record();
    let essentials = QrEssentials::of(&record).expect("essentials");
    let url = QrProof::sign(essentials, &keys.qr().expect("key"))
        .expect("a proof")
        .url(&"https://aq.example.gov.cn".parse().expect("an origin"));
    let printer = Printer::new(&FontSources::default(), Templates::embedded()).expect("a printer");
    let page = printer
        .certificate(&record, &url, &Look::default(), SIGNED)
        .expect("a page");
    let notice = printer.document(&notice(), SIGNED).expect("a notice");
    let claim = Claim::new("签发", "江西省南昌市", SIGNED);
    let sign = |page| {
        sign_locally(page, &identity, &claim, &tsa, &trust, &SystemChance::new()).expect("a signature")
    };
    Issued {
        pdf: sign(&page),
        notice: sign(&notice),
        stranger: store(theirs.path()).trust().expect("trust"),
        trust,
        record,
        url,
    }
}

fn notice() -> OfficialDocument {
    serde_json::from_value(json!({
        "ident": "notice-12",
        "title": "受理通知书",
        "number": "洪应急许受〔2026〕12号",
        "addressee": "南昌示范精细化工有限公司",
        "blocks": [],
        "authority": "演示市应急管理局",
        "date": "2026-11-20",
        "template": CURRENT_TEMPLATE
    }))
    .expect("a document")
}

/// The register's record of the same licence.
fn registered() -> PublicLicence {
    let record = &ISSUED.record;
    let mut one = licence(123, &record.enterprise);
    one.number = record.number.clone();
    one.identifier = Some(record.identifier.clone());
    one.holder.code = record.credit_code.clone();
    one.valid_from = LegalDate(record.valid_from);
    one.valid_until = LegalDate(record.valid_until);
    one.certificates.truncate(1);
    one.certificates[0].fingerprint = Some(HEXLOWER.encode(&record.fingerprint().expect("a fingerprint")));
    one
}

async fn ask(
    trust: &Trust,
    registered: Option<PublicLicence>,
    request: axum::http::Request<axum::body::Body>,
) -> Answer {
    let register = Memory {
        licences: registered.into_iter().collect(),
        down: false,
    };
    send(
        app_over(service_with(
            Arc::new(CertificateProver::new(trust.clone())),
            register,
        )),
        request,
    )
    .await
}

async fn verdict(trust: &Trust, registered: Option<PublicLicence>, pdf: &[u8]) -> serde_json::Value {
    let answer = ask(trust, registered, post(VERIFY, "application/pdf", pdf.to_vec())).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

#[tokio::test]
async fn a_real_certificate_passes_every_step() {
    let report = verdict(&ISSUED.trust, Some(registered()), &ISSUED.pdf).await;
    assert_eq!(report["verdict"], "valid", "{report}");
    for step in report["steps"].as_array().expect("steps") {
        assert_eq!(step["ok"], true, "{step}");
    }
    assert_eq!(report["claims"]["number"], ISSUED.record.number);
    assert_eq!(report["signed_at"], "2026-11-20T02:00:00Z");
}

#[tokio::test]
async fn the_register_has_the_last_word() {
    let on = LegalDate(date!(2026 - 11 - 21));
    let suspended = PublicLicence {
        standing: Standing::Suspended {
            since: on,
            until: None,
            reason: String::new(),
        },
        ..registered()
    };
    assert_eq!(
        verdict(&ISSUED.trust, Some(suspended), &ISSUED.pdf).await["verdict"],
        "suspended"
    );
    let mut renamed = registered();
    renamed.holder.name = "南昌示范新名化工有限公司".into();
    renamed.certificates[0].fingerprint = Some("0011223344556677".into());
    assert_eq!(
        verdict(&ISSUED.trust, Some(renamed), &ISSUED.pdf).await["verdict"],
        "replaced"
    );
    assert_eq!(
        verdict(&ISSUED.trust, None, &ISSUED.pdf).await["verdict"],
        "unknown"
    );
}

#[tokio::test]
async fn a_changed_byte_and_a_foreign_signer_are_found() {
    let mut changed = ISSUED.pdf.clone();
    let middle = changed.len() / 3;
    changed[middle] ^= 1;
    assert_eq!(
        verdict(&ISSUED.trust, Some(registered()), &changed).await["verdict"],
        "altered"
    );
    assert_eq!(
        verdict(&ISSUED.stranger, Some(registered()), &ISSUED.pdf).await["verdict"],
        "untrusted"
    );
}

#[tokio::test]
async fn a_notice_stands_on_its_signature() {
    let report = verdict(&ISSUED.trust, None, &ISSUED.notice).await;
    assert_eq!(report["verdict"], "valid", "{report}");
    assert!(report.get("licence").is_none());
    let page = ask(&ISSUED.trust, None, form("/verify", "file", &ISSUED.notice)).await;
    assert_eq!(page.heading(), "这份文书是真的");
}

#[tokio::test]
async fn the_code_opens_its_page_in_upper_case() {
    let path = ISSUED
        .url
        .strip_prefix("HTTPS://AQ.EXAMPLE.GOV.CN")
        .expect("our origin");
    let request = axum::http::Request::get(path)
        .body(axum::body::Body::empty())
        .expect("a request");
    let page = ask(&ISSUED.trust, Some(registered()), request).await;
    assert_eq!(page.heading(), "证书是真的，许可证现在有效");
    assert!(page.text.contains("二维码与登记记录一致"));
    let asked = json!({ "qr": ISSUED.url }).to_string();
    let answer = ask(
        &ISSUED.trust,
        Some(registered()),
        post(VERIFY, "application/json", asked),
    )
    .await;
    assert_eq!(answer.json()["verdict"], "valid");
}

#[tokio::test]
async fn a_photograph_of_the_code_is_read() {
    let code = fast_qr::QRBuilder::new(ISSUED.url.as_str())
        .ecl(fast_qr::ECL::H)
        .build()
        .expect("a code");
    let (pixel, rim) = (6, 4);
    let side = u32::try_from((code.size + 2 * rim) * pixel).expect("a side");
    let picture = GrayImage::from_fn(side, side, |x, y| {
        let module = |at: u32| {
            (at as usize / pixel)
                .checked_sub(rim)
                .filter(|at| *at < code.size)
        };
        let dark = module(x).zip(module(y)).is_some_and(|(x, y)| code[y][x].value());
        Luma([if dark { 20 } else { 235 }])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).expect("a picture");
    let page = ask(
        &ISSUED.trust,
        Some(registered()),
        form("/verify", "file", png.get_ref()),
    )
    .await;
    assert_eq!(page.heading(), "证书是真的，许可证现在有效", "{}", page.text);
}
