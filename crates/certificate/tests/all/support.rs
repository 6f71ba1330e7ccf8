//! One demo authority for all tests, a record to vary, and foreign tools as subprocesses.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use certificate::*;
use tempfile::TempDir;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};

/// When the keys were made.
pub const FOUNDED: OffsetDateTime = datetime!(2026-01-05 01:00 UTC);
/// When certificates are signed.
pub const SIGNED: OffsetDateTime = datetime!(2026-11-21 08:00 UTC);
/// When they are verified.
pub const TODAY: OffsetDateTime = datetime!(2027-03-01 02:00 UTC);
pub const AUTHORITY: &str = "演示市应急管理局";
pub const PASSPHRASE: &str = "correct horse battery staple";

/// Keys, printer and trust of the demo authority.
pub struct House {
    pub directory: TempDir,
    pub store: KeyStore,
    pub printer: Printer,
    pub trust: Trust,
    identity: SigningIdentity,
    tsa: LocalTsa,
    qr: QrSigner,
}

pub static HOUSE: LazyLock<House> = LazyLock::new(|| House::found(FOUNDED));

impl House {
    pub fn found(at: OffsetDateTime) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store =
            KeyStore::create_demo(directory.path(), PASSPHRASE, AUTHORITY, at, &SystemChance::new()).unwrap();
        let printer = Printer::new(&FontSources::default(), Templates::embedded()).unwrap();
        let (identity, tsa, qr) = (
            store.authority().unwrap(),
            store.tsa().unwrap(),
            store.qr().unwrap(),
        );
        let trust = store.trust().unwrap();
        Self {
            directory,
            store,
            printer,
            trust,
            identity,
            tsa,
            qr,
        }
    }

    pub fn proof(&self, record: &LicenceRecord) -> QrProof {
        QrProof::sign(QrEssentials::of(record).unwrap(), &self.qr).unwrap()
    }

    pub fn url(&self, record: &LicenceRecord) -> String {
        self.proof(record).url(&origin())
    }

    pub fn page(&self, record: &LicenceRecord) -> Unsigned {
        self.page_with_code(record, &self.url(record))
    }

    pub fn page_with_code(&self, record: &LicenceRecord, url: &str) -> Unsigned {
        self.printer
            .certificate(record, url, &Look::default(), SIGNED)
            .unwrap()
    }

    pub fn sign(&self, page: &Unsigned) -> Vec<u8> {
        self.sign_at(page, SIGNED)
    }

    pub fn sign_at(&self, page: &Unsigned, at: OffsetDateTime) -> Vec<u8> {
        sign_locally(
            page,
            &self.identity,
            &claim(at),
            &self.tsa,
            &self.trust,
            &SystemChance::new(),
        )
        .unwrap()
    }

    pub fn issue(&self, record: &LicenceRecord) -> Vec<u8> {
        self.sign(&self.page(record))
    }

    pub fn identity(&self) -> &SigningIdentity {
        &self.identity
    }

    pub fn tsa(&self) -> &LocalTsa {
        &self.tsa
    }

    pub fn root_pem(&self) -> PathBuf {
        self.directory.path().join("ca.crt")
    }
}

pub fn claim(at: OffsetDateTime) -> Claim {
    Claim::new("安全生产许可证签发", "演示省演示市", at)
}

pub fn origin() -> PublicOrigin {
    "https://aq.example.gov.cn".parse().unwrap()
}

pub fn record() -> LicenceRecord {
    LicenceRecord {
        number: "（赣）WH安许证字〔2026〕000123".into(),
        identifier: "1.2.156.3005.2.11100000MB03271699001.11360100MB0000000X.2026000123.001.A".into(),
        enterprise: "演示江南精细化学品有限公司".into(),
        credit_code: "91360100MA00000000".into(),
        address: "演示省演示市演示区创业大道 100 号".into(),
        legal_representative: "欧阳演示".into(),
        economic_type: "有限责任公司".into(),
        industry: "hazardous_chemicals".into(),
        scope: vec!["危险化学品生产：氯气 20000 t/a".into(), "盐酸 35000 t/a".into()],
        valid_from: date!(2026 - 12 - 01),
        valid_until: date!(2029 - 11 - 30),
        issued_on: date!(2026 - 11 - 21),
        authority: AUTHORITY.into(),
        authority_code: "11360100MB0000000X".into(),
        edition: Edition::Original,
        version: 1,
        template: CURRENT_TEMPLATE.into(),
        changes: Vec::new(),
        annual_reviews: Vec::new(),
        mark: None,
    }
}

/// Another licence of another enterprise.
pub fn other_record() -> LicenceRecord {
    LicenceRecord {
        number: "（赣）WH安许证字〔2026〕000777".into(),
        enterprise: "演示滨海烟花有限公司".into(),
        credit_code: "91360100MA11111111".into(),
        ..record()
    }
}

pub fn notice() -> OfficialDocument {
    OfficialDocument {
        ident: "notice-1".into(),
        series: "安全生产行政许可文书".into(),
        title: "行政许可受理通知书".into(),
        number: "（演）应急许受〔2026〕15号".into(),
        addressee: "演示江南精细化学品有限公司".into(),
        blocks: vec![
            Block::paragraph("你单位提交的申请材料收悉，决定予以受理。"),
            Block::Items {
                items: vec!["第一项".into(), "第二项".into()],
            },
            Block::Fields {
                fields: vec![("联系人".into(), "演示科".into())],
            },
            Block::Table {
                caption: "材料清单".into(),
                columns: vec!["序号".into(), "名称".into()],
                widths: vec![1, 4],
                rows: vec![vec!["1".into(), "申请书".into()]],
            },
        ],
        authority: AUTHORITY.into(),
        date: date!(2026 - 11 - 21),
        seal: true,
        signatures: vec!["申请人（签收）".into()],
        footer: "一式两份".into(),
        qr: Some("HTTPS://AQ.EXAMPLE.GOV.CN/A/15".into()),
        template: CURRENT_TEMPLATE.into(),
        layout: "notice".into(),
    }
}

/// The steps of a report that failed.
pub fn failed(report: &Report) -> Vec<StepName> {
    report
        .steps
        .iter()
        .filter(|step| !step.ok)
        .map(|step| step.step)
        .collect()
}

/// Asserts verdict, failed steps, and a part of the first failed step's explanation.
#[track_caller]
pub fn assert_report(report: &Report, verdict: Verdict, steps: &[StepName], because: &str) {
    assert_eq!(report.verdict, verdict, "{report:#?}");
    assert_eq!(failed(report), steps, "{report:#?}");
    let why = report
        .steps
        .iter()
        .find(|step| !step.ok)
        .map_or("", |step| step.detail.as_str());
    assert!(why.contains(because), "{why:?} does not say {because:?}");
}

/// A fixed sequence instead of chance.
pub struct Sequence(pub u8);

impl Chance for Sequence {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        bytes.fill(self.0);
        Ok(())
    }
}

/// Judges such as NSS read the machine's clock; keys made for them must be valid by it.
#[expect(
    clippy::disallowed_methods,
    reason = "foreign tools compare certificates with the machine's clock"
)]
pub fn machine_time() -> OffsetDateTime {
    OffsetDateTime::now_utc() - Duration::days(2)
}

pub fn write(directory: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Runs a tool and gives its output, whatever its exit code.
#[track_caller]
pub fn run(program: impl AsRef<Path>, arguments: &[&str]) -> Output {
    let program = program.as_ref();
    Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| {
            panic!(
                "{}: {error}; install the judges with scripts/setup-tests",
                program.display()
            )
        })
}

/// Runs a tool that must succeed; gives what it printed.
#[track_caller]
pub fn judge(program: impl AsRef<Path>, arguments: &[&str]) -> String {
    let output = run(&program, arguments);
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(
        output.status.success(),
        "{} {arguments:?}: {text}",
        program.as_ref().display()
    );
    text
}

/// The first page as poppler draws it, a grey PGM.
#[track_caller]
pub fn drawn(pdf: &Path, dpi: u32) -> Vec<u8> {
    let stem = pdf.with_extension("");
    let (dpi, stem) = (dpi.to_string(), text(&stem));
    let grey = ["-r", &dpi, "-f", "1", "-l", "1", "-gray", "-singlefile"];
    judge("pdftoppm", &[&grey[..], &[text(pdf), stem]].concat());
    std::fs::read(format!("{stem}.pgm")).unwrap()
}

/// Runs one of the Python judges beside this file.
#[track_caller]
pub fn python(script: &str, arguments: &[&str]) -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let interpreter = std::env::var_os("ANXU_TEST_PYTHON")
        .map_or_else(|| here.join("../../.venv/bin/python"), PathBuf::from);
    let script = here.join("tests/all/judges").join(script);
    let arguments: Vec<&str> = std::iter::once(script.to_str().unwrap())
        .chain(arguments.iter().copied())
        .collect();
    judge(interpreter, &arguments)
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
