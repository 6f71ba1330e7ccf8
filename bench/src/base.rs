//! The databases: one for each engine and size, and what their own tools do to them.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::ValueEnum;
use kernel::{RandomIds, SystemClock};
use server::{Config, Platform};

use crate::{
    Outcome,
    options::Options,
    process::{Server, free_address, output},
};

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// A cluster of its own.
    Postgres,
}

impl Engine {
    /// Its name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Under which address QR codes would point to the platform.
const PUBLIC_URL: &str = "https://aq.example.gov.cn";
/// Connections of the platform to PostgreSQL: one for each of the 16 clients of the commit row.
const CONNECTIONS: u32 = 16;

/// A database with its data folder.
pub struct Base {
    /// Engine.
    pub engine: Engine,
    folder: PathBuf,
    url: String,
    name: String,
    pg: Option<Postgres>,
}

/// A database of the cluster.
struct Postgres {
    bin: PathBuf,
    cluster: String,
}

impl Base {
    /// A new, empty one.
    pub fn create(options: &Options, folder: &Path, engine: Engine, label: &str) -> Outcome<Self> {
        let name = format!("bench_{label}");
        let folder = folder.join(format!("{}-{label}", engine.name().to_lowercase()));
        std::fs::create_dir_all(&folder)?;
        if engine == Engine::Sqlite {
            let url = format!("sqlite://{}", folder.join("anxu.sqlite").display());
            return Ok(Self {
                engine,
                folder,
                url,
                name,
                pg: None,
            });
        }
        let cluster = options.postgres.clone();
        let cluster = cluster.ok_or("no PostgreSQL: run under scripts/with-postgres")?;
        let pg = Postgres {
            bin: options.pg_bin.clone(),
            cluster,
        };
        let base = Self {
            engine,
            folder,
            url: format!("{}/{name}", pg.cluster),
            name,
            pg: Some(pg),
        };
        base.psql_in("postgres", &format!("CREATE DATABASE {}", base.name))?;
        Ok(base)
    }

    /// Takes it away with all that is in it.
    pub fn remove(self) -> Outcome<()> {
        if self.pg.is_some() {
            self.psql_in("postgres", &format!("DROP DATABASE {} WITH (FORCE)", self.name))?;
        }
        Ok(std::fs::remove_dir_all(&self.folder)?)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The platform over it, in this process.
    pub async fn platform(&self) -> Outcome<Platform> {
        let config = Config {
            database_url: Some(self.url.clone()),
            database_connections: CONNECTIONS,
            data_dir: self.folder.clone(),
            public_url: PUBLIC_URL.into(),
            keys_passphrase: Some("bench".into()),
            demo: true,
            ..Config::default()
        };
        Ok(Platform::open(config, Arc::new(SystemClock), Arc::new(RandomIds)).await?)
    }

    /// The program over it, in a process of its own that answers only: what the acts before left to do would be done
    /// while pages are read.
    pub async fn serve(&self, program: &Path) -> Outcome<Server> {
        let address = free_address()?;
        let program = program.canonicalize()?;
        let mut command = Command::new(program);
        command
            .arg("serve")
            .current_dir(&self.folder)
            .env("RUST_LOG", "error")
            .env("ANXU_LISTEN", address.to_string())
            .env("ANXU_DATABASE_URL", &self.url)
            .env("ANXU_DATABASE_CONNECTIONS", CONNECTIONS.to_string())
            .env("ANXU_DATA_DIR", &self.folder)
            .env("ANXU_PUBLIC_URL", PUBLIC_URL)
            .env("ANXU_KEYS_PASSPHRASE", "bench")
            .env("ANXU_DEMO", "true")
            .env("ANXU_WORKERS", "0");
        Server::start(&mut command, address, "/readyz").await
    }

    /// The file, if it is SQLite.
    pub fn file(&self) -> Option<PathBuf> {
        (self.engine == Engine::Sqlite).then(|| self.folder.join("anxu.sqlite"))
    }

    /// Runs statements with psql.
    pub fn psql(&self, sql: &str) -> Outcome<String> {
        self.psql_in(&self.name, sql)
    }

    fn psql_in(&self, database: &str, sql: &str) -> Outcome<String> {
        let url = format!("{}/{database}", self.postgres()?.cluster);
        output(
            self.tool("psql")?
                .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql])
                .arg(url),
        )
    }

    fn postgres(&self) -> Outcome<&Postgres> {
        Ok(self.pg.as_ref().ok_or("not a PostgreSQL database")?)
    }

    fn tool(&self, name: &str) -> Outcome<Command> {
        Ok(Command::new(self.postgres()?.bin.join(name)))
    }

    /// Makes pgbench's own tables, 100,000 accounts for each unit of scale.
    pub fn pgbench_tables(&self, scale: usize) -> Outcome<()> {
        let scale = scale.to_string();
        output(
            self.tool("pgbench")?
                .args(["-i", "-q", "-s", &scale])
                .arg(&self.url),
        )?;
        Ok(())
    }

    /// Transactions a second of pgbench with prepared statements and these arguments.
    pub fn pgbench(&self, clients: usize, seconds: u64, more: &[&str]) -> Outcome<f64> {
        let (clients, seconds) = (clients.to_string(), seconds.to_string());
        let said = output(
            self.tool("pgbench")?
                .args(["-n", "-M", "prepared", "-j", "1", "-c", &clients, "-T", &seconds])
                .args(more)
                .arg(&self.url),
        )?;
        let figure = said.lines().find_map(|line| line.strip_prefix("tps = "));
        let figure = figure.and_then(|text| text.split_whitespace().next());
        Ok(figure.ok_or("pgbench told no rate")?.parse()?)
    }

    /// Brings a database that was filled at once into the state that a running one has by itself: on PostgreSQL
    /// autovacuum, which does it within minutes of such an import, is not waited for.
    pub fn settle(&self) -> Outcome<()> {
        if self.engine == Engine::Postgres {
            self.psql("VACUUM ANALYZE")?;
            self.psql("CHECKPOINT")?;
        }
        Ok(())
    }
}

/// How long a piece of work takes.
pub fn timed<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<(T, Duration)> {
    let begun = Instant::now();
    let done = work()?;
    Ok((done, begun.elapsed()))
}
