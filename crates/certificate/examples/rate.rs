//! Measures CPU and wall time for one certificate: typeset, sign, stamp, verify.
//!
//! `cargo run --release -p certificate --example rate -- [COUNT] [THREADS]`

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use certificate::*;
use time::macros::{date, datetime};

type Outcome<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const NOW: time::OffsetDateTime = datetime!(2026-11-21 08:00 UTC);
const AUTHORITY: &str = "演示市应急管理局";

fn record(serial: usize) -> LicenceRecord {
    LicenceRecord {
        number: format!("（赣）WH安许证字〔2026〕{serial:06}"),
        identifier: format!("1.2.156.3005.2.11100000MB03271699001.11360100MB0000000X.2026{serial:06}.001.A"),
        enterprise: format!("演示江南精细化学品第{serial}有限公司"),
        credit_code: format!("91360100MA{serial:08}"),
        address: format!("演示省演示市演示区创业大道 {serial} 号"),
        legal_representative: "欧阳演示".into(),
        economic_type: "有限责任公司（自然人投资或控股）".into(),
        industry: "hazardous_chemicals".into(),
        scope: vec![
            "危险化学品生产：氯气 20000 t/a、氢氧化钠溶液 60000 t/a".into(),
            "盐酸 35000 t/a".into(),
        ],
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

/// Everything a worker needs.
struct Press {
    printer: Printer,
    identity: SigningIdentity,
    tsa: LocalTsa,
    qr: QrSigner,
    trust: Trust,
    origin: PublicOrigin,
    chance: SystemChance,
}

impl Press {
    fn page(&self, serial: usize) -> Result<Unsigned> {
        let record = record(serial);
        let proof = QrProof::sign(QrEssentials::of(&record)?, &self.qr)?;
        self.printer
            .certificate(&record, &proof.url(&self.origin), &Look::default(), NOW)
    }

    fn sign(&self, page: &Unsigned) -> Result<Vec<u8>> {
        let claim = Claim::new("安全生产许可证签发", "演示省演示市", NOW);
        sign_locally(page, &self.identity, &claim, &self.tsa, &self.trust, &self.chance)
    }
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().map_or(Ok(200), |text| text.parse())?;
    let threads: usize = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let directory = std::env::temp_dir().join(format!("anxu-rate-{}", std::process::id()));
    let chance = SystemChance::new();
    let store = KeyStore::create_demo(&directory, "rate", AUTHORITY, NOW, &chance)?;
    let press = Press {
        printer: Printer::new(&FontSources::default(), Templates::embedded())?,
        identity: store.authority()?,
        tsa: store.tsa()?,
        qr: store.qr()?,
        trust: store.trust()?,
        origin: "https://aq.example.gov.cn".parse()?,
        chance,
    };
    std::fs::remove_dir_all(&directory)?;
    let cold = Instant::now();
    press.sign(&press.page(0)?)?;
    eprintln!(
        "cold (fonts, first page, signature)  {:8.1} ms",
        cold.elapsed().as_secs_f64() * 1e3
    );
    one_by_one(&press, count)?;
    all_together(&press, count, threads.max(1))
}

/// Medians of the parts on one thread.
fn one_by_one(press: &Press, count: usize) -> Outcome<()> {
    let (mut typeset, mut signed, mut verified) = (Vec::new(), Vec::new(), Vec::new());
    let mut size = 0;
    for serial in 1..=count {
        let start = Instant::now();
        let page = press.page(serial)?;
        typeset.push(start.elapsed());
        let start = Instant::now();
        let pdf = press.sign(&page)?;
        signed.push(start.elapsed());
        let start = Instant::now();
        let report = verify_pdf(&pdf, &press.trust, NOW + time::Duration::days(30));
        verified.push(start.elapsed());
        assert_eq!(report.verdict, Verdict::Valid, "{report:?}");
        size += pdf.len();
    }
    for (name, mut times) in [
        ("typeset", typeset),
        ("sign + stamp", signed),
        ("verify", verified),
    ] {
        times.sort();
        let median = times[times.len() / 2].as_secs_f64() * 1e3;
        eprintln!("{name:36} {median:8.2} ms (median of {count})");
    }
    eprintln!("{:36} {:8} bytes", "mean size", size / count.max(1));
    Ok(())
}

/// Rate of a whole batch on several threads.
fn all_together(press: &Press, count: usize, threads: usize) -> Outcome<()> {
    let next = AtomicUsize::new(1);
    let start = Instant::now();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| -> Result<()> {
                    loop {
                        let serial = next.fetch_add(1, Ordering::Relaxed);
                        if serial > count {
                            return Ok(());
                        }
                        press.sign(&press.page(serial)?)?;
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or(Ok(())))
    })?;
    let rate = count as f64 / start.elapsed().as_secs_f64();
    eprintln!("{:36} {rate:8.1} certificates/s on {threads} threads", "batch");
    Ok(())
}
