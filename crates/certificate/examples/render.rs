//! Writes the two editions of a demo certificate and a notice, signed, to files for looking at.
//!
//! `cargo run -p certificate --example render -- OUT_DIR [industry]`

use std::path::{Path, PathBuf};

use certificate::*;
use time::macros::{date, datetime};

type Outcome<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const NOW: time::OffsetDateTime = datetime!(2026-11-21 08:00 UTC);
const AUTHORITY: &str = "演示市应急管理局";

fn record(edition: Edition, industry: &str) -> LicenceRecord {
    LicenceRecord {
        number: "（赣）WH安许证字〔2026〕000123".into(),
        identifier: "1.2.156.3005.2.11100000MB03271699001.11360100MB0000000X.2026000123.001.A".into(),
        enterprise: "演示江南精细化学品有限公司".into(),
        credit_code: "91360100MA00000000".into(),
        address: "演示省演示市演示区创业大道 100 号".into(),
        legal_representative: "欧阳演示".into(),
        economic_type: "有限责任公司（自然人投资或控股）".into(),
        industry: industry.into(),
        scope: vec![
            "危险化学品生产：氯气 20000 t/a、氢氧化钠溶液 60000 t/a".into(),
            "盐酸 35000 t/a；次氯酸钠溶液 12000 t/a".into(),
            "液氯充装".into(),
        ],
        valid_from: date!(2026 - 12 - 01),
        valid_until: date!(2029 - 11 - 30),
        issued_on: date!(2026 - 11 - 21),
        authority: AUTHORITY.into(),
        authority_code: "11360100MB0000000X".into(),
        edition,
        version: 1,
        template: CURRENT_TEMPLATE.into(),
        changes: vec![ChangeEntry {
            on: date!(2026 - 11 - 21),
            item: "企业名称".into(),
            from: "演示江南化工厂".into(),
            to: "演示江南精细化学品有限公司".into(),
            authority: AUTHORITY.into(),
        }],
        annual_reviews: Vec::new(),
        mark: None,
    }
}

fn notice() -> OfficialDocument {
    OfficialDocument {
        ident: "notice-1".into(),
        series: "安全生产行政许可文书".into(),
        title: "行政许可受理通知书".into(),
        number: "（演）应急许受〔2026〕15号".into(),
        addressee: "演示江南精细化学品有限公司".into(),
        blocks: vec![
            Block::paragraph(
                "你单位于2026年11月16日提交的危险化学品安全生产许可证申请材料收悉。经审查，申请材料齐全、符合法定形式，根据《中华人民共和国行政许可法》第三十二条第一款第五项的规定，决定予以受理。",
            ),
            Block::Table {
                caption: "申请材料清单".into(),
                columns: vec!["序号".into(), "材料名称".into(), "份数".into(), "形式".into()],
                widths: vec![1, 5, 1, 2],
                rows: vec![
                    vec![
                        "1".into(),
                        "安全生产许可证申请书".into(),
                        "1".into(),
                        "电子".into(),
                    ],
                    vec!["2".into(), "安全评价报告".into(), "1".into(), "电子".into()],
                    vec![
                        "3".into(),
                        "重大危险源备案证明".into(),
                        "1".into(),
                        "免提交".into(),
                    ],
                ],
            },
            Block::Items {
                items: vec![
                    "本机关将自收到申请之日起四十五日内审查完毕。".into(),
                    "依法需要检验、检测、专家评审的，所需时间不计算在内，并另行书面告知。".into(),
                ],
            },
            Block::Fields {
                fields: vec![
                    ("联系人".into(), "演示科".into()),
                    ("联系电话".into(), "0000-00000000".into()),
                ],
            },
        ],
        authority: AUTHORITY.into(),
        date: date!(2026 - 11 - 21),
        seal: true,
        signatures: vec!["申请人（签收）".into()],
        footer: "本文书一式两份：一份归档，一份送达申请人".into(),
        qr: Some("HTTPS://AQ.EXAMPLE.GOV.CN/A/2026000123".into()),
        template: CURRENT_TEMPLATE.into(),
        layout: "notice".into(),
    }
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let out = PathBuf::from(arguments.next().unwrap_or_else(|| "var/render".into()));
    let industry = arguments.next().unwrap_or_else(|| "hazardous_chemicals".into());
    std::fs::create_dir_all(&out)?;
    let chance = SystemChance::new();
    let keys = out.join("keys");
    let store = match KeyStore::exists(&keys) {
        true => KeyStore::open(&keys, "demo")?,
        false => KeyStore::create_demo(&keys, "demo", AUTHORITY, NOW, &chance)?,
    };
    std::fs::write(out.join("ca.crt"), store.ca_bundle_pem()?)?;
    let printer = Printer::new(&FontSources::default(), Templates::embedded())?;
    let looks = [
        (
            "",
            Look {
                demo: true,
                ..Look::default()
            },
        ),
        (
            "-bilingual",
            Look {
                bilingual: true,
                ..Look::default()
            },
        ),
        (
            "-contrast",
            Look {
                high_contrast: true,
                ..Look::default()
            },
        ),
    ];
    for (suffix, look) in looks {
        for (name, edition) in [("original", Edition::Original), ("duplicate", Edition::Duplicate)] {
            let page = certificate(&printer, &store, &record(edition, &industry), &look)?;
            sign(&store, &page, &out.join(format!("{name}{suffix}.pdf")), &chance)?;
        }
    }
    sign(
        &store,
        &printer.document(&notice(), NOW)?,
        &out.join("notice.pdf"),
        &chance,
    )
}

fn certificate(
    printer: &Printer,
    store: &KeyStore,
    record: &LicenceRecord,
    look: &Look,
) -> Outcome<Unsigned> {
    let proof = QrProof::sign(QrEssentials::of(record)?, &store.qr()?)?;
    let url = proof.url(&"https://aq.example.gov.cn".parse()?);
    Ok(printer.certificate(record, &url, look, NOW)?)
}

fn sign(store: &KeyStore, page: &Unsigned, path: &Path, chance: &dyn Chance) -> Outcome<()> {
    let claim = Claim::new("安全生产许可证签发", "演示省演示市", NOW);
    let pdf = sign_locally(
        page,
        &store.authority()?,
        &claim,
        &store.tsa()?,
        &store.trust()?,
        chance,
    )?;
    std::fs::write(path, &pdf)?;
    let report = verify_pdf(&pdf, &store.trust()?, NOW + time::Duration::days(20));
    eprintln!(
        "{} {} bytes, {} pages: {}",
        path.display(),
        pdf.len(),
        page.pages,
        report.verdict.chinese()
    );
    for step in report.steps {
        eprintln!("  {:?} {} {}", step.step, step.ok, step.detail);
    }
    Ok(())
}
