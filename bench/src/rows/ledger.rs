//! The ledger of collaboration with a hundred thousand pieces of work in hand.
//!
//! The applications that were brought through the use cases are copied row by row until there are so many: what is
//! measured is reading.

use reqwest::Client;
use rusqlite::Connection;

use super::{
    Place,
    lists::{ask, sign_in},
};
use crate::{
    Outcome,
    base::{Base, Engine},
    city::escaped,
    report::{Finding, Report, Section, Unit, Verdict},
    stats::{figure, thousands},
};

/// Pieces of work in hand.
const IN_HAND: i64 = 100_000;
/// What a page may take, in milliseconds (issue 4).
const LIMIT: f64 = 100.0;
/// Pages of the ledger; the reader sees the whole city.
const PAGES: &[&str] = &[
    "/api/v1/ledger",
    "/api/v1/ledger?sort=since",
    "/api/v1/ledger?light=red",
    "/api/v1/ledger?light=yellow",
    "/api/v1/ledger?department=fire",
    "/api/v1/ledger?department=fire&light=green&sort=since",
    "/api/v1/ledger?region=360102",
    "/api/v1/ledger?kind=review&industry=hazchem",
    "/api/v1/ledger?limit=200",
    "/api/v1/ledger?q={q}",
    "/api/v1/ledger/summary",
];

pub(super) async fn run(place: &Place<'_>, base: &Base, report: &mut Report) -> Outcome<()> {
    multiply(base, place.engine)?;
    let held = number(base, "SELECT count(*) FROM application_task WHERE state = 'open'")?;
    base.settle()?;
    let server = base.serve(&place.options.anxu).await?;
    let client = Client::new();
    let token = sign_in(&client, &server, "leader").await?;
    for page in PAGES {
        let url = format!(
            "http://{}{}",
            server.address,
            page.replace("{q}", &escaped("宏达"))
        );
        let (times, bytes) = ask(&client, &url, Some(&token)).await?;
        report.add(
            Finding::of(
                Section::Lists,
                format!(
                    "`{}` (leader, {} in hand)",
                    page.replace("{q}", "宏达"),
                    thousands(held as f64)
                ),
                format!(
                    "p50 {} ms, max {} ms, {} kB",
                    figure(times.at(0.5)),
                    figure(times.at(1.0)),
                    bytes / 1000
                ),
            )
            .on(place.engine, place.size)
            .judged(Verdict::at_most("p95", times.at(0.95), LIMIT, Unit::Millis)),
        );
    }
    Ok(())
}

fn number(base: &Base, sql: &str) -> Outcome<i64> {
    Ok(match base.file() {
        Some(file) => Connection::open(file)?.query_row(sql, [], |row| row.get(0))?,
        None => base.psql(sql)?.trim().parse()?,
    })
}

/// Copies applications with their work, all of it open, over the days of a year.
fn multiply(base: &Base, engine: Engine) -> Outcome<()> {
    let tasks = number(base, "SELECT count(*) FROM application_task")?.max(1);
    let copies = (IN_HAND / tasks).max(1);
    let (id, day) = match engine {
        Engine::Sqlite => ("randomblob(16)", "printf('2026-%02d-%02d', {m}, {d})"),
        Engine::Postgres => (
            "gen_random_uuid()",
            "'2026-' || lpad(({m})::text, 2, '0') || '-' || lpad(({d})::text, 2, '0')",
        ),
    };
    let at = |shift: u8| {
        let month = format!("1 + (c.n + t.seq + {shift}) % 12");
        day.replace("{m}", &month)
            .replace("{d}", "1 + (c.n * 7 + t.seq) % 28")
    };
    let due = at(1);
    let statements = [
        "CREATE TABLE bench_copy AS SELECT id AS source, id AS copy, 0 AS n FROM application WHERE 1 = 0".to_owned(),
        format!(
            "INSERT INTO bench_copy WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < {copies}) \
             SELECT a.id, {id}, i.n FROM application a CROSS JOIN i WHERE a.reference IS NOT NULL"
        ),
        "INSERT INTO application (id, version, reference, matter, matter_version, industry, enterprise, applicant, \
         region, lead_body, acceptance_body, state, officer, corrected, created_at, submitted_at, sorted_at, \
         decided_on, due_on, due_sort, due_unknown, demo, body) \
         SELECT c.copy, a.version, a.reference || '-' || c.n, a.matter, a.matter_version, a.industry, a.enterprise, \
         a.applicant, a.region, a.lead_body, a.acceptance_body, a.state, a.officer, a.corrected, a.created_at, \
         a.submitted_at, a.sorted_at, a.decided_on, a.due_on, a.due_sort, a.due_unknown, a.demo, a.body \
         FROM bench_copy c JOIN application a ON a.id = c.source"
            .to_owned(),
        format!(
            "INSERT INTO application_task (application, kind, department, region, industry, enterprise, state, since, \
             due_on, due_sort, excluded, yellow_on) \
             SELECT c.copy, t.kind, t.department, t.region, t.industry, t.enterprise, 'open', t.since + c.n * 60000, \
             {due}, {due}, t.excluded, {} FROM bench_copy c JOIN application_task t ON t.application = c.source",
            at(0)
        ),
        "DROP TABLE bench_copy".to_owned(),
    ]
    .join("; ");
    match base.file() {
        Some(file) => Connection::open(file)?.execute_batch(&statements)?,
        None => drop(base.psql(&statements)?),
    }
    Ok(())
}
