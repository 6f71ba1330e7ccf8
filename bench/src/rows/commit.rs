//! Commits of whole acts against raw commits of one row.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use kernel::{
    Actor,
    ids::{ApplicationId, EnterpriseId},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use registry::model::{Post, StaffDetails};
use rusqlite::Connection;
use server::Platform;

use super::Place;
use crate::{
    Outcome,
    base::Base,
    city::{self, Officers},
    options::Row,
    report::{Finding, Report, Section, Unit, Verdict},
    stats::{rate, thousands},
};

/// Rows of the raw table.
const RAW_ROWS: u32 = 100_000;
/// Clients and the share of the raw rate that they should reach.
const CLIENTS: [(usize, f64); 2] = [(1, 30.0), (16, 60.0)];

pub(super) async fn run(
    place: &Place<'_>,
    base: &Base,
    platform: &Platform,
    report: &mut Report,
) -> Outcome<()> {
    let officers = Arc::new(city::officers(platform).await?);
    let count = place.options.applications;
    let all = city::before_the_leader(platform, &officers, count * CLIENTS.len()).await?;
    if !place.options.wants(Row::Commit) {
        return Ok(());
    }
    let enterprises = Arc::new(city::some_enterprises(platform).await?);
    let time = Duration::from_secs(place.options.seconds);
    let mut raw = Raw::prepare(base)?;
    for ((clients, goal), ids) in CLIENTS.into_iter().zip(all.chunks(count)) {
        let peer = raw.rate(base, clients, time)?;
        let staff = enter_staff(platform, &enterprises, clients, time).await?;
        let grants = grant(platform, &officers, ids, clients).await?;
        for (name, own) in [("enter a key person", staff), ("grant", grants)] {
            let who = if clients == 1 { "client" } else { "clients" };
            report.add(
                Finding::of(
                    Section::Commit,
                    format!("{name}, {clients} {who}"),
                    format!("{}/s", thousands(own)),
                )
                .on(place.engine, place.size)
                .peer(format!("{}/s", thousands(peer)))
                .judged(Verdict::at_least(
                    "of raw commits",
                    100.0 * own / peer,
                    goal,
                    Unit::Percent,
                )),
            );
        }
    }
    raw.remove(base)
}

/// Enters key persons for a while. Returns how many a second.
async fn enter_staff(
    platform: &Platform,
    enterprises: &Arc<Vec<EnterpriseId>>,
    clients: usize,
    time: Duration,
) -> Outcome<f64> {
    let begun = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for client in 0..clients {
        let (platform, enterprises) = (platform.clone(), Arc::clone(enterprises));
        running.spawn(async move {
            let actor = Actor::system("评测");
            let mut done = 0_u64;
            while begun.elapsed() < time {
                let place = (usize::try_from(done)? * 17 + client) % enterprises.len().max(1);
                let enterprise = *enterprises.get(place).ok_or("no enterprises")?;
                platform
                    .registry
                    .add_staff(&actor, enterprise, person(client, done))
                    .await?;
                done += 1;
            }
            Outcome::Ok(done)
        });
    }
    let mut sum = 0;
    while let Some(done) = running.join_next().await {
        sum += done??;
    }
    Ok(rate(sum, begun.elapsed()))
}

fn person(client: usize, number: u64) -> StaffDetails {
    StaffDetails {
        name: "王安全".into(),
        post: Post::SafetyOfficer,
        identity_number: None,
        phone: Some("13812345678".into()),
        certificate_kind: "安全生产知识和管理能力考核合格证".into(),
        certificate_number: format!("赣安{client}-{number}"),
        valid_from: None,
        valid_until: None,
        left_on: None,
    }
}

/// Grants every one of these applications. Returns how many a second.
async fn grant(
    platform: &Platform,
    officers: &Arc<Officers>,
    ids: &[ApplicationId],
    clients: usize,
) -> Outcome<f64> {
    let (begun, next, ids) = (
        Instant::now(),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(ids.to_vec()),
    );
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..clients {
        let (platform, officers) = (platform.clone(), Arc::clone(officers));
        let (next, ids) = (Arc::clone(&next), Arc::clone(&ids));
        running.spawn(async move {
            while let Some(&id) = ids.get(next.fetch_add(1, Ordering::Relaxed)) {
                let reason = "经审查，申请人具备法定的安全生产条件".to_owned();
                platform
                    .applications
                    .grant(&officers.leader, id, reason, None)
                    .await?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    Ok(rate(u64::try_from(ids.len())?, begun.elapsed()))
}

/// A table of one counter a row, and updates of one row by key, each its own transaction.
enum Raw {
    Sqlite(Arc<Mutex<Connection>>),
    Postgres,
}

impl Raw {
    fn prepare(base: &Base) -> Outcome<Self> {
        let Some(file) = base.file() else {
            base.psql(&format!(
                "CREATE TABLE raw_commit (id BIGINT PRIMARY KEY, n BIGINT NOT NULL); \
                 INSERT INTO raw_commit SELECT i, 0 FROM generate_series(1, {RAW_ROWS}) i"
            ))?;
            std::fs::write(
                base.folder().join("raw.sql"),
                format!("\\set id random(1, {RAW_ROWS})\nUPDATE raw_commit SET n = n + 1 WHERE id = :id;\n"),
            )?;
            return Ok(Self::Postgres);
        };
        let connection = Connection::open(file.with_file_name("raw.sqlite"))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(&format!(
            "CREATE TABLE raw_commit (id INTEGER PRIMARY KEY, n INTEGER NOT NULL); \
             WITH RECURSIVE i (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM i WHERE id < {RAW_ROWS}) \
             INSERT INTO raw_commit SELECT id, 0 FROM i"
        ))?;
        Ok(Self::Sqlite(Arc::new(Mutex::new(connection))))
    }

    fn rate(&mut self, base: &Base, clients: usize, time: Duration) -> Outcome<f64> {
        let Self::Sqlite(connection) = self else {
            let script = base.folder().join("raw.sql").display().to_string();
            return base.pgbench(clients, time.as_secs(), &["-f", &script]);
        };
        let (begun, sum) = (Instant::now(), AtomicU64::new(0));
        std::thread::scope(|scope| -> Outcome<()> {
            let workers: Vec<_> = (0..clients)
                .map(|client| {
                    let (connection, sum) = (&*connection, &sum);
                    scope.spawn(move || update(connection, client, begun, time, sum))
                })
                .collect();
            for worker in workers {
                worker.join().map_err(|_| "a thread stopped")??;
            }
            Ok(())
        })?;
        Ok(rate(sum.into_inner(), begun.elapsed()))
    }

    fn remove(self, base: &Base) -> Outcome<()> {
        match self {
            Self::Sqlite(connection) => drop(connection),
            Self::Postgres => {
                base.psql("DROP TABLE raw_commit")?;
            }
        }
        Ok(())
    }
}

fn update(
    connection: &Mutex<Connection>,
    client: usize,
    begun: Instant,
    time: Duration,
    sum: &AtomicU64,
) -> Outcome<()> {
    let mut chance = StdRng::seed_from_u64(u64::try_from(client)?);
    while begun.elapsed() < time {
        let id = chance.random_range(1..=RAW_ROWS);
        let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        connection
            .prepare_cached("UPDATE raw_commit SET n = n + 1 WHERE id = ?1")?
            .execute([id])?;
        sum.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}
