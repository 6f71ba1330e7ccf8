//! Figures, kept as JSON, and the report made of them.

use std::{fmt::Write as _, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    Outcome,
    base::Engine,
    machine::Facts,
    options::Options,
    stats::{figure, thousands},
};

/// Between these marks the report is made anew; what stands around them is written by hand.
const BEGIN: &str = "<!-- figures: made by make bench -->";
const END: &str = "<!-- end of figures -->";

/// A part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Section {
    /// Public status.
    Status,
    /// Certificates.
    Certificate,
    /// Commits.
    Commit,
    /// Import.
    Import,
    /// Search.
    Search,
    /// Lists over HTTP.
    Lists,
    /// The work of a legal day.
    Nightly,
    /// Evidence log.
    Evidence,
    /// Start and sizes.
    Start,
}

impl Section {
    const ALL: [Self; 9] = [
        Self::Status,
        Self::Certificate,
        Self::Commit,
        Self::Import,
        Self::Search,
        Self::Lists,
        Self::Nightly,
        Self::Evidence,
        Self::Start,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Status => "Public status by number or code",
            Self::Certificate => "Certificates",
            Self::Commit => "Commit of a whole act",
            Self::Import => "Import",
            Self::Search => "Search",
            Self::Lists => "Lists over HTTP",
            Self::Nightly => "The work of a legal day",
            Self::Evidence => "Evidence log",
            Self::Start => "Start, memory, sizes",
        }
    }

    /// How it was measured.
    fn method(self) -> &'static str {
        match self {
            Self::Status => {
                "`GET /api/v1/public/licences/{key}` of the program in a process of its own, asked over 32 connections \
                 by one thread of another process on the same two cores. The bare peer is an axum handler whose answer \
                 has as many bytes on the wire, run before and after each block (mean of both); `pgbench` runs with 16 \
                 clients on the same cluster over a table of as many rows. *Half load* sends half of the greatest rate \
                 at fixed instants and counts from when a request was due."
            }
            Self::Certificate => {
                "Typesetting, PDF/A-3b with the data attached, two QR codes, PAdES signature (RSA) and RFC 3161 \
                 timestamp by the built-in authority, through `press`, warm. The peers make a page with the same text \
                 and two QR codes, sign it as PAdES B-T with a key of the same size and stamp it in process; they draw \
                 no ornament and ReportLab writes no PDF/A. Times are of the wall clock; CPU time is given beside."
            }
            Self::Commit => {
                "Use cases in process. *Enter a key person*: read the enterprise, insert, event. *Grant*: read and \
                 decide the application, change it and its tasks, event, jobs for documents and licence. The raw peer \
                 updates one row by its key and commits, with `synchronous = FULL` on SQLite (rusqlite, prepared; 16 \
                 threads take turns on one connection, which is the fastest way to do it) and with `pgbench -M prepared` \
                 on PostgreSQL."
            }
            Self::Import => {
                "`Registry::import_file` of a csv with nine columns: every row checked (both check characters, region, \
                 industry, duplicates), saved with its event and its entry in the text index, in batches that a crash \
                 does not lose. The peer loads the same file into a plain table whose code is unique (`sqlite3 .import`, \
                 `COPY`). *Rows that it leaves* is the engine alone copying the finished rows of enterprise and event \
                 with their indexes by `INSERT … SELECT`."
            }
            Self::Search => {
                "`Registry::search`, 20 rows a page, by an officer whose scope is one city and by one of the whole \
                 province; the words are cut out of names drawn at random."
            }
            Self::Lists => {
                "Every list of the interface as an officer's browser asks for it, one request at a time, first page. The \
                 program answers only (`ANXU_WORKERS=0`); what the acts before left to its workers is not done, so \
                 that no application is granted yet: the lists of granted ones and of decisions are read empty."
            }
            Self::Nightly => {
                "`Licences::run_day` in process, for ten days after today one after the other, over a register of as many \
                 licences as enterprises: expiry, reminders at 90, 60, 30 and 7 days, ends of suspensions and \
                 transitions, what was owed and not done; each page of a thousand is one durable commit."
            }
            Self::Evidence => {
                "`Transparency::seal_all` over all events of import and take-over; each batch of 8,192 is one durable \
                 commit of tiles, places and signed checkpoint. A proof is `Transparency::prove` of an event drawn at \
                 random, as the text that other tools verify."
            }
            Self::Start => {
                "`anxu serve` on the data of the other rows: time from the start of the process to the first 200 of \
                 `/readyz` (median of five), memory two seconds later, without workers."
            }
        }
    }
}

/// Unit of a goal.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Unit {
    /// Share of a peer.
    Percent,
    /// How many times as fast, or as long.
    Times,
    /// Milliseconds.
    Millis,
    /// Seconds.
    Seconds,
    /// Per second.
    PerSecond,
    /// Megabytes.
    Megabytes,
    /// Kilobytes.
    Kilobytes,
    /// A number.
    Count,
}

impl Unit {
    fn text(self, value: f64) -> String {
        match self {
            Self::Percent => format!("{value:.0} %"),
            Self::Times => format!("{} ×", figure(value)),
            Self::Millis => format!("{} ms", figure(value)),
            Self::Seconds => format!("{} s", figure(value)),
            Self::PerSecond => format!("{}/s", thousands(value)),
            Self::Megabytes => format!("{value:.0} MB"),
            Self::Kilobytes => format!("{value:.1} kB"),
            Self::Count => thousands(value),
        }
    }
}

/// A goal and what was reached.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdict {
    of: String,
    value: f64,
    bound: f64,
    at_least: bool,
    unit: Unit,
}

impl Verdict {
    /// `value` should be `bound` or more.
    pub fn at_least(of: impl Into<String>, value: f64, bound: f64, unit: Unit) -> Self {
        Self {
            of: of.into(),
            value,
            bound,
            at_least: true,
            unit,
        }
    }

    /// `value` should be `bound` or less.
    pub fn at_most(of: impl Into<String>, value: f64, bound: f64, unit: Unit) -> Self {
        Self {
            at_least: false,
            ..Self::at_least(of, value, bound, unit)
        }
    }

    fn met(&self) -> bool {
        if self.at_least {
            self.value >= self.bound
        } else {
            self.value <= self.bound
        }
    }

    /// Greater is worse.
    fn badness(&self) -> f64 {
        if self.at_least {
            self.bound / self.value.max(f64::MIN_POSITIVE)
        } else {
            self.value / self.bound.max(f64::MIN_POSITIVE)
        }
    }

    fn goal(&self) -> String {
        let sign = if self.at_least { "≥" } else { "≤" };
        format!("{} {sign} {}", self.of, self.unit.text(self.bound))
    }

    fn outcome(&self) -> String {
        match (self.met(), self.at_least) {
            (true, _) => "met".into(),
            (false, true) => format!("**missed**: {:.0} % of the goal", 100.0 * self.value / self.bound),
            (false, false) if self.bound > 0.0 => {
                format!("**missed**: {} × the limit", figure(self.value / self.bound))
            }
            (false, false) => "**missed**".into(),
        }
    }
}

/// One line of the report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    section: Section,
    database: String,
    size: Option<usize>,
    case: String,
    measured: String,
    peer: String,
    verdicts: Vec<Verdict>,
}

impl Finding {
    /// Of a case, independent of any database.
    pub fn of(section: Section, case: impl Into<String>, measured: impl Into<String>) -> Self {
        Self {
            section,
            database: String::new(),
            size: None,
            case: case.into(),
            measured: measured.into(),
            peer: String::new(),
            verdicts: Vec::new(),
        }
    }

    /// On a database of a size.
    #[must_use]
    pub fn on(mut self, engine: Engine, size: usize) -> Self {
        self.database = engine.name().to_owned();
        self.size = Some(size);
        self
    }

    /// What the peer did.
    #[must_use]
    pub fn peer(mut self, peer: impl Into<String>) -> Self {
        self.peer = peer.into();
        self
    }

    /// Judged by a goal.
    #[must_use]
    pub fn judged(mut self, verdict: Verdict) -> Self {
        self.verdicts.push(verdict);
        self
    }

    fn place(&self) -> (u8, &str, Option<usize>, &str) {
        (self.section as u8, &self.database, self.size, &self.case)
    }

    fn line(&self) -> String {
        let size = self.size.map_or_else(String::new, |size| {
            thousands(f64::from(u32::try_from(size).unwrap_or(u32::MAX)))
        });
        let join = |parts: Vec<String>| parts.join("<br>");
        let goals = join(self.verdicts.iter().map(Verdict::goal).collect());
        let values = join(self.verdicts.iter().map(|one| one.unit.text(one.value)).collect());
        let outcomes = join(self.verdicts.iter().map(Verdict::outcome).collect());
        format!(
            "| {} | {size} | {} | {} | {} | {goals} | {values} | {outcomes} |\n",
            self.database, self.case, self.measured, self.peer
        )
    }
}

/// All figures.
#[derive(Default, Serialize, Deserialize)]
pub struct Report {
    facts: Facts,
    findings: Vec<Finding>,
}

impl Report {
    /// Goes on with the figures of the last run.
    pub fn begin(options: &Options) -> Outcome<Self> {
        let mut report = match std::fs::read(&options.results) {
            Ok(bytes) if !options.rows.is_empty() => serde_json::from_slice(&bytes)?,
            _ => Self::default(),
        };
        report.facts = Facts::gather(options);
        Ok(report)
    }

    /// Adds a figure, in place of the last run's, and tells it.
    pub fn add(&mut self, finding: Finding) {
        let verdicts: Vec<String> = finding
            .verdicts
            .iter()
            .map(|one| format!("{}: {} ({})", one.goal(), one.unit.text(one.value), one.outcome()))
            .collect();
        println!(
            "{:?} {} {} | {} | {} | {} | {}",
            finding.section,
            finding.database,
            finding.size.unwrap_or(0),
            finding.case,
            finding.measured,
            finding.peer,
            verdicts.join("; ")
        );
        self.findings.retain(|old| old.place() != finding.place());
        self.findings.push(finding);
    }

    /// Writes figures and report.
    pub fn write(&self, options: &Options) -> Outcome<()> {
        make_folder_of(&options.results)?;
        make_folder_of(&options.document)?;
        std::fs::write(&options.results, serde_json::to_vec_pretty(self)?)?;
        let old = std::fs::read_to_string(&options.document)
            .unwrap_or_else(|_| format!("# Benchmarks\n\n{BEGIN}\n{END}\n"));
        let begin = old.find(BEGIN).ok_or("the report has lost its marks")?;
        let end = old.find(END).ok_or("the report has lost its marks")?;
        let text = format!("{}{BEGIN}\n\n{}{}", &old[..begin], self.markdown(), &old[end..]);
        Ok(std::fs::write(&options.document, text)?)
    }

    fn markdown(&self) -> String {
        let mut text = self.facts.markdown();
        text.push_str("\n## Goals at a glance\n\nThe worst of all databases and sizes counts.\n\n");
        text.push_str("| work | goal | worst | where | outcome |\n|---|---|---|---|---|\n");
        for section in Section::ALL {
            text.push_str(&self.summary(section));
        }
        for section in Section::ALL {
            let own: Vec<&Finding> = self
                .findings
                .iter()
                .filter(|one| one.section == section)
                .collect();
            if own.is_empty() {
                continue;
            }
            let _ = write!(
                text,
                "\n## {}\n\n{}\n\n| database | rows | case | measured | peer | goal | reached | outcome |\n|---|---|---|---|---|---|---|---|\n",
                section.title(),
                section.method()
            );
            text.extend(own.into_iter().map(Finding::line));
        }
        text.push('\n');
        text
    }

    /// The worst of each goal of a section.
    fn summary(&self, section: Section) -> String {
        let mut worst: Vec<(String, &Finding, &Verdict)> = Vec::new();
        for finding in self.findings.iter().filter(|one| one.section == section) {
            for verdict in &finding.verdicts {
                let goal = format!("{}: {}", finding.case, verdict.goal());
                match worst.iter_mut().find(|(known, ..)| *known == goal) {
                    Some(entry) if verdict.badness() > entry.2.badness() => {
                        (entry.1, entry.2) = (finding, verdict);
                    }
                    Some(_) => {}
                    None => worst.push((goal, finding, verdict)),
                }
            }
        }
        let lines = worst.into_iter().map(|(goal, finding, verdict)| {
            let rows = finding.size.map_or_else(String::new, |size| format!(" {size}"));
            format!(
                "| {} | {goal} | {} | {}{rows} | {} |\n",
                section.title(),
                verdict.unit.text(verdict.value),
                finding.database,
                verdict.outcome()
            )
        });
        lines.collect()
    }
}

fn make_folder_of(file: &Path) -> Outcome<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(())
}
