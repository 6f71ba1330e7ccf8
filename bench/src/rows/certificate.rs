//! Certificates: one at a time, on both cores, a whole city, and the peers.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use ::certificate::{Edition, LicenceRecord};
use kernel::Actor;
use serde::Deserialize;
use server::Platform;
use time::macros::date;

use crate::{
    Outcome,
    base::{Base, Engine},
    city,
    options::Options,
    process::{memory, output},
    report::{Finding, Report, Section, Unit, Verdict},
    stats::{Times, figure, rate},
};

/// Certificates made before the clock runs, and with it.
const WARM: usize = 20;
const COUNT: usize = 300;
/// What each peer makes; it is slow.
const PEER_COUNT: usize = 30;

/// What a peer prints.
#[derive(Deserialize)]
struct Peer {
    page_ms: f64,
    sign_ms: f64,
    cpu_ms: f64,
    bytes: usize,
}

pub(super) async fn run(options: &Options, folder: &Path, report: &mut Report) -> Outcome<()> {
    let base = Base::create(options, folder, Engine::Sqlite, "press")?;
    let platform = base.platform().await?;
    several(&platform, 1, WARM).await?;
    let (times, wall, cpu, bytes) = several(&platform, 1, COUNT).await?;
    let own = wall.as_secs_f64() * 1000.0 / f64::from(u32::try_from(COUNT)?);
    let mut one = Finding::of(
        Section::Certificate,
        "one thread",
        format!(
            "{} ms (median {}, p99 {}; CPU {} ms, {} kB)",
            figure(own),
            figure(times.at(0.5)),
            figure(times.at(0.99)),
            figure(cpu),
            bytes / 1000
        ),
    );
    let mut peers = Vec::new();
    for (script, name, goal) in [
        ("reportlab_pyhanko.py", "ReportLab + pyHanko", 20.0),
        ("weasyprint_pyhanko.py", "WeasyPrint + pyHanko", 50.0),
    ] {
        let peer = peer(options, folder, script)?;
        let all = peer.page_ms + peer.sign_ms;
        peers.push(format!(
            "{name}: {} ms (page {}, signature {}; CPU {} ms, {} kB)",
            figure(all),
            figure(peer.page_ms),
            figure(peer.sign_ms),
            figure(peer.cpu_ms),
            peer.bytes / 1000
        ));
        one = one.judged(Verdict::at_least(
            format!("speed of {name}"),
            all / own,
            goal,
            Unit::Times,
        ));
    }
    report.add(one.peer(peers.join("<br>")));
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let (times, wall, ..) = several(&platform, cores, COUNT * cores).await?;
    report.add(Finding::of(
        Section::Certificate,
        format!("{cores} at a time"),
        format!(
            "{} certificates/s (median {} ms)",
            figure(rate(times.count(), wall)),
            figure(times.at(0.5))
        ),
    ));
    drop(platform);
    base.remove()
}

/// Makes `count` certificates, `at_once` at a time: their times, the time of all, CPU milliseconds and bytes of one.
async fn several(
    platform: &Platform,
    at_once: usize,
    count: usize,
) -> Outcome<(Times, Duration, f64, usize)> {
    let (begun, cpu) = (Instant::now(), cpu_millis()?);
    let mut running = tokio::task::JoinSet::new();
    for worker in 0..at_once {
        let (press, at) = (platform.press.clone(), platform.kernel.now().instant());
        running.spawn(async move {
            let (mut times, mut bytes) = (Times::new()?, 0);
            for number in (worker..count).step_by(at_once) {
                let begun = Instant::now();
                let pressed = press.certificate(record(number), at).await;
                bytes = pressed.map_err(|error| error.to_string())?.pdf.len();
                times.add(begun.elapsed());
            }
            Outcome::Ok((times, bytes))
        });
    }
    let (mut times, mut bytes) = (Times::new()?, 0);
    while let Some(done) = running.join_next().await {
        let (own, size) = done??;
        times.merge(&own)?;
        bytes = size;
    }
    let each = (cpu_millis()? - cpu) / f64::from(u32::try_from(count)?);
    Ok((times, begun.elapsed(), each, bytes))
}

fn record(number: usize) -> LicenceRecord {
    LicenceRecord {
        number: format!("（赣）WH安许证字〔2026〕{number:06}"),
        identifier: format!("1.2.156.3005.2.11360100XXXX00019E001.2026{number:06}.001.A"),
        enterprise: "南昌龘盛赣江化工（集团）有限公司".into(),
        credit_code: "91360102MA35XXXX0A".into(),
        address: "江西省南昌市东湖区阳明路三百一十号".into(),
        legal_representative: "李开明".into(),
        economic_type: "有限责任公司（自然人投资或控股）".into(),
        industry: "hazardous_chemicals".into(),
        scope: vec!["环氧乙烷（5000吨/年）".into(), "液氯（12000吨/年）".into()],
        valid_from: date!(2026 - 11 - 22),
        valid_until: date!(2029 - 11 - 21),
        issued_on: date!(2026 - 11 - 22),
        authority: "南昌市应急管理局".into(),
        authority_code: "11360100XXXX00019E".into(),
        edition: Edition::Original,
        version: 1,
        template: "v1".into(),
        changes: Vec::new(),
        annual_reviews: Vec::new(),
        mark: None,
    }
}

/// CPU time of this process so far.
fn cpu_millis() -> Outcome<f64> {
    let text = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = text.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() * 10.0) // a tick is 10 ms
}

fn peer(options: &Options, folder: &Path, script: &str) -> Outcome<Peer> {
    let said = output(
        Command::new(&options.python)
            .arg(format!("bench/peers/{script}"))
            .arg(PEER_COUNT.to_string())
            .arg(folder),
    )?;
    let line = said.lines().last().ok_or("the peer printed nothing")?;
    Ok(serde_json::from_str(line)?)
}

/// A city's licences of the old register get their certificates in one job of the outbox.
pub(super) async fn city(options: &Options, folder: &Path, report: &mut Report) -> Outcome<()> {
    let base = Base::create(options, folder, Engine::Sqlite, "city")?;
    let list = folder.join("city.csv");
    city::write_list(&list, options.city)?;
    let platform = base.platform().await?;
    let system = Actor::system("bench");
    let bytes = std::fs::read(&list)?.into();
    let taken = platform
        .registry
        .import_file(&system, "city.csv", bytes, Default::default(), |_| {})
        .await?;
    let keys = city::licences(&platform, options.city).await?;
    platform.licences.press_missing(&system).await?;
    let begun = Instant::now();
    platform.workers().drain().await?;
    let time = begun.elapsed();
    let missing = platform.licences.missing_certificates().await?;
    let made = u64::try_from(keys.numbers.len())?.saturating_sub(missing);
    let (all, anonymous) = memory(std::process::id())?;
    report.add(
        Finding::of(
            Section::Certificate,
            "a city in one job (two editions each, stored and entered)",
            format!(
                "{made} of {} licences in {:.0} s: {} documents/s; memory {all:.0} MB, {anonymous:.0} MB without mapped files",
                taken.taken,
                time.as_secs_f64(),
                figure(rate(made * 2, time)),
            ),
        )
        .judged(Verdict::at_most(
            "licences without certificate",
            f64::from(u32::try_from(missing)?),
            0.0,
            Unit::Count,
        )),
    );
    std::fs::remove_file(&list)?;
    drop(platform);
    base.remove()
}
