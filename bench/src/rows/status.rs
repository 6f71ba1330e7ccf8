//! The public status of a licence over HTTP.

use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use super::Place;
use crate::{
    Outcome,
    base::{Base, Engine},
    city::Keys,
    load::{self, Client, Draw, Measured, Requests},
    process::{Server, free_address},
    report::{Finding, Report, Section, Unit, Verdict},
    stats::{figure, thousands},
};

const PATH: &str = "/api/v1/public/licences/";
/// Clients of pgbench: the platform's point reader has as many connections.
const PG_CLIENTS: usize = 16;
const WARM: Duration = Duration::from_secs(2);

/// A run to the limit and one at half of it.
struct Both {
    most: Measured,
    half: Measured,
}

pub(super) async fn run(place: &Place<'_>, base: &Base, keys: Keys, report: &mut Report) -> Outcome<()> {
    let server = base.serve(&place.options.anxu).await?;
    let (numbers, codes) = (Arc::new(keys.numbers), Arc::new(keys.codes));
    let cases = [
        ("by number, uniform", &numbers, Draw::Uniform),
        ("by number, Zipf", &numbers, Draw::Zipf),
        ("by credit code, uniform", &codes, Draw::Uniform),
    ];
    let bytes = answer_bytes(&server, numbers.first().ok_or("no licences")?).await?;
    let plain = bare(bytes).await?;
    let time = Duration::from_secs(place.options.seconds);
    let paths = Arc::new(Requests::new(PATH, Arc::clone(&numbers), Draw::Uniform));
    let first = both(&plain, &paths, time).await?;
    let mut measured = Vec::new();
    for (name, keys, draw) in cases {
        let requests = Arc::new(Requests::new(PATH, Arc::clone(keys), draw));
        measured.push((name, draw, both(&server, &requests, time).await?));
    }
    let last = both(&plain, &paths, time).await?;
    let most = f64::midpoint(first.most.rate, last.most.rate);
    drop(plain);
    let memory = server.memory()?;
    drop(server);
    let pgbench = point_reads(place, base)?;
    report.add(
        Finding::of(
            Section::Status,
            "peers",
            format!("answers of {bytes} bytes on the wire"),
        )
        .on(place.engine, place.size)
        .peer(peers(most, &first, pgbench)),
    );
    for (name, draw, own) in measured {
        report.add(judge(place, (name, draw), own, most, pgbench));
    }
    report.add(
        Finding::of(
            Section::Start,
            "memory after the load of the status page",
            format!("{:.0} MB, {:.0} MB without mapped files", memory.0, memory.1),
        )
        .on(place.engine, place.size),
    );
    Ok(())
}

fn peers(most: f64, bare: &Both, pgbench: Option<f64>) -> String {
    let half = &bare.half.times;
    let bare = format!(
        "bare axum {}/s (p99 at half load {} ms)",
        thousands(most),
        figure(half.at(0.99))
    );
    match pgbench {
        Some(rate) => format!("{bare}; pgbench {}/s", thousands(rate)),
        None => bare,
    }
}

fn judge(
    place: &Place<'_>,
    (name, draw): (&str, Draw),
    own: Both,
    bare: f64,
    pgbench: Option<f64>,
) -> Finding {
    let share_of_bare = 100.0 * own.most.rate / bare;
    let times = &own.half.times;
    let measured = format!(
        "{}/s; at half load p50 {} ms, p99 {} ms, p99.9 {} ms",
        thousands(own.most.rate),
        figure(times.at(0.5)),
        figure(times.at(0.99)),
        figure(times.at(0.999))
    );
    let finding = Finding::of(Section::Status, name, measured)
        .on(place.engine, place.size)
        .peer(format!("{share_of_bare:.0} % of bare axum"));
    let finding = match (draw, pgbench) {
        (Draw::Zipf, _) => finding.judged(Verdict::at_least(
            "of bare axum",
            share_of_bare,
            60.0,
            Unit::Percent,
        )),
        (Draw::Uniform, None) => finding.judged(Verdict::at_least(
            "of bare axum",
            share_of_bare,
            50.0,
            Unit::Percent,
        )),
        (Draw::Uniform, Some(rate)) => finding.judged(Verdict::at_least(
            "of pgbench -S",
            100.0 * own.most.rate / rate,
            80.0,
            Unit::Percent,
        )),
    };
    let errors = own.most.errors + own.half.errors;
    finding
        .judged(Verdict::at_most(
            "p99 at half load",
            times.at(0.99),
            10.0,
            Unit::Millis,
        ))
        .judged(Verdict::at_most(
            "errors",
            f64::from(u32::try_from(errors).unwrap_or(u32::MAX)),
            0.0,
            Unit::Count,
        ))
}

/// To the limit, and at half of it.
async fn both(server: &Server, requests: &Arc<Requests>, time: Duration) -> Outcome<Both> {
    load::closed(server.address, requests, WARM).await?;
    let most = load::closed(server.address, requests, time).await?;
    let half = load::open(server.address, requests, time, most.rate / 2.0).await?;
    Ok(Both { most, half })
}

/// Bytes of head and body of an answer.
async fn answer_bytes(server: &Server, key: &str) -> Outcome<usize> {
    let request = format!("GET {PATH}{key} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n");
    let answer = Client::connect(server.address)
        .await?
        .ask(request.as_bytes())
        .await?;
    if answer.is_ok() {
        Ok(answer.bytes)
    } else {
        Err(format!("{key} is not answered").into())
    }
}

/// A bare server whose answers have so many bytes on the wire.
async fn bare(bytes: usize) -> Outcome<Server> {
    let tried = start_bare(bytes).await?;
    let head = answer_bytes(&tried, "x").await? - bytes;
    drop(tried);
    start_bare(bytes.saturating_sub(head)).await
}

async fn start_bare(bytes: usize) -> Outcome<Server> {
    let address = free_address()?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args([
            "bare",
            "--listen",
            &address.to_string(),
            "--bytes",
            &bytes.to_string(),
        ])
        .stdout(Stdio::null());
    Server::start(&mut command, address, "/x").await
}

/// What pgbench reads of as many rows on the same cluster.
fn point_reads(place: &Place<'_>, base: &Base) -> Outcome<Option<f64>> {
    if place.engine == Engine::Sqlite {
        return Ok(None);
    }
    base.pgbench_tables((place.size / 100_000).max(1))?;
    base.pgbench(PG_CLIENTS, 2, &["-S"])?;
    let rate = base.pgbench(PG_CLIENTS, place.options.seconds, &["-S"])?;
    base.psql("DROP TABLE pgbench_accounts, pgbench_branches, pgbench_history, pgbench_tellers")?;
    Ok(Some(rate))
}
