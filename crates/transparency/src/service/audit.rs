//! The audit: reads everything again and names each row, file, event or tile that was changed, removed or
//! inserted behind the platform's back.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use evidence::{MemoryTiles, TilePath, check_tiles, leaf_hash, parse_bundle};
use kernel::{
    Actor, KernelError, Permission,
    audit::{AuditSource, RowDigest},
    event::{self, EventBody},
    problem::chain,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Transparency, TransparencyError, entry};
use crate::store;

/// Rows read at a time.
const BATCH: u64 = 2000;

/// What kind of fault was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A row differs from what its last event sealed.
    RowChanged,
    /// A row without an event: put in by hand.
    RowInserted,
    /// An event whose row is gone.
    RowRemoved,
    /// A file differs from its hash or is gone.
    File,
    /// An event differs from what the log holds.
    EventChanged,
    /// The log holds an entry whose event is gone.
    EventRemoved,
    /// The log itself was changed.
    Log,
    /// A number is missing, doubled or unexplained.
    Number,
    /// Events seal rows of a kind that the audit was given no source for.
    Uncovered,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditFault {
    /// Kind.
    pub kind: FaultKind,
    /// What it is about, e.g. `licence 0193…` or a file's hash.
    pub what: String,
    /// Explanation in Chinese.
    pub detail: String,
}

/// What was read and what was found.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct AuditReport {
    /// Leaves of the signed tree.
    pub log_size: u64,
    /// Events read.
    pub events: u64,
    /// Events recorded but not sealed yet.
    pub unsealed: u64,
    /// Sealed rows read.
    pub rows: u64,
    /// Files read.
    pub files: u64,
    /// Numbers given.
    pub numbers: u64,
    /// Faults.
    pub faults: Vec<AuditFault>,
}

impl AuditReport {
    fn fault(&mut self, kind: FaultKind, what: impl Into<String>, detail: impl Into<String>) {
        self.faults.push(AuditFault {
            kind,
            what: what.into(),
            detail: detail.into(),
        });
    }

    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }
}

/// What the events say.
#[derive(Default)]
struct Told {
    /// What the last event about each subject sealed: version and digest.
    sealed: HashMap<(String, Uuid), (i64, String)>,
    /// The last event read; what happened after it happened during the audit.
    until: i64,
}

impl Transparency {
    /// Audits the log, all events, the rows of `sources` with their files, and the number series.
    ///
    /// # Errors
    /// [`TransparencyError::Kernel`] when something cannot be read at all. What was tampered with is no error
    /// but a fault in the report.
    pub async fn audit(
        &self,
        actor: &Actor,
        sources: &[Arc<dyn AuditSource>],
    ) -> Result<AuditReport, TransparencyError> {
        actor.require(Permission::AuditRead)?;
        let mut report = AuditReport::default();
        let leaves = self.audit_log(&mut report).await?;
        let told = self.audit_events(&mut report, leaves).await?;
        check_coverage(&mut report, sources, &told);
        for source in sources {
            self.audit_rows(&mut report, source.as_ref(), &told).await?;
        }
        self.audit_numbers(&mut report).await?;
        Ok(report)
    }

    /// Checks signature and tiles; returns the leaf of each entry as the tiles have it.
    async fn audit_log(&self, report: &mut AuditReport) -> Result<Vec<[u8; 32]>, TransparencyError> {
        let note = store::latest(self.kernel.db().read()).await?;
        let head = match self.head(note) {
            Ok(head) => head,
            Err(error) => {
                report.fault(
                    FaultKind::Log,
                    "checkpoint",
                    format!("最新检查点的签名或格式不对：{}", chain(&error)),
                );
                return Ok(Vec::new());
            }
        };
        report.log_size = head.size;
        let paths: Vec<TilePath> = TilePath::all_in(head.size).collect();
        let tiles = store::tiles(self.kernel.db().read(), &paths).await?;
        if let Err(faults) = check_tiles(&tiles, &head) {
            for fault in faults {
                report.fault(FaultKind::Log, "log", format!("存证日志被改动：{fault}"));
            }
        }
        Ok(entries_of(&tiles, &paths))
    }

    async fn audit_events(
        &self,
        report: &mut AuditReport,
        entries: Vec<[u8; 32]>,
    ) -> Result<Told, TransparencyError> {
        let mut found = vec![false; entries.len()];
        let (mut told, mut beyond) = (Told::default(), Vec::new());
        loop {
            let batch = store::events_after(self.kernel.db(), told.until, BATCH).await?;
            let Some(end) = batch.last() else { break };
            told.until = end.seq;
            for row in batch {
                report.events += 1;
                if check_event(report, &row, &entries, &mut found) == Place::Beyond {
                    beyond.push((row.seq, row.log_index.unwrap_or(i64::MAX)));
                }
                remember(&mut told, &row);
            }
        }
        self.check_beyond(report, beyond).await?;
        for (index, _) in found.iter().enumerate().filter(|(_, found)| !**found) {
            report.fault(
                FaultKind::EventRemoved,
                format!("log entry {index}"),
                format!("存证日志第 {index} 条对应的事件已不在数据库中"),
            );
        }
        Ok(told)
    }

    /// Events whose place lies beyond the tree that the audit began with: sealed meanwhile, or a lie.
    async fn check_beyond(
        &self,
        report: &mut AuditReport,
        beyond: Vec<(i64, i64)>,
    ) -> Result<(), TransparencyError> {
        if beyond.is_empty() {
            return Ok(());
        }
        let now = self.head(store::latest(self.kernel.db().read()).await?);
        // Without a tree to be trusted no event can be told its place; that tree is a fault already.
        let Ok(head) = now else { return Ok(()) };
        for (seq, index) in beyond {
            if u64::try_from(index).is_ok_and(|index| index < head.size) {
                report.unsealed += 1;
            } else {
                let detail = format!("事件自称在存证日志第 {index} 条，但日志没有这么长");
                report.fault(FaultKind::EventChanged, format!("event {seq}"), detail);
            }
        }
        Ok(())
    }

    async fn audit_rows(
        &self,
        report: &mut AuditReport,
        source: &dyn AuditSource,
        told: &Told,
    ) -> Result<(), KernelError> {
        let (mut seen, mut after) = (HashSet::new(), None);
        loop {
            let rows = source.rows(self.kernel.db(), after, BATCH).await?;
            let Some(end) = rows.last() else { break };
            after = Some(end.id);
            for row in rows {
                report.rows += 1;
                seen.insert(row.id);
                self.audit_row(report, source.subject(), &row, told).await?;
            }
        }
        let expected = told.sealed.keys();
        for (subject, id) in expected.filter(|(subject, _)| subject == source.subject()) {
            if !seen.contains(id) {
                report.fault(
                    FaultKind::RowRemoved,
                    format!("{subject} {id}"),
                    "事件记载了这一行，但数据库中已没有",
                );
            }
        }
        Ok(())
    }

    async fn audit_row(
        &self,
        report: &mut AuditReport,
        subject: &'static str,
        row: &RowDigest,
        told: &Told,
    ) -> Result<(), KernelError> {
        let sealed = told.sealed.get(&(subject.to_owned(), row.id));
        let agrees = sealed.is_some_and(|(version, digest)| *version == row.version && *digest == row.digest);
        // The platform works on during an audit: a row may have been changed, lawfully, after the events were read.
        if !agrees && !self.changed_meanwhile(subject, row, told).await? {
            let (kind, detail) = match sealed {
                None => (
                    FaultKind::RowInserted,
                    "数据库中有这一行，但没有任何事件记载它的产生".to_owned(),
                ),
                Some((version, _)) => (
                    FaultKind::RowChanged,
                    format!("数据行与最后一次操作（版本 {version}）封存的内容不一致"),
                ),
            };
            report.fault(kind, format!("{subject} {}", row.id), detail);
        }
        for file in &row.files {
            self.audit_file(report, file).await;
        }
        Ok(())
    }

    async fn changed_meanwhile(
        &self,
        subject: &str,
        row: &RowDigest,
        told: &Told,
    ) -> Result<bool, KernelError> {
        let state = (row.version, row.digest.as_str());
        store::left_so(self.kernel.db(), told.until, (subject, row.id), state).await
    }

    async fn audit_file(&self, report: &mut AuditReport, sha256: &str) {
        report.files += 1;
        if let Err(error) = self.kernel.blobs().get_checked(sha256).await {
            let detail = match error {
                KernelError::Corrupt(_) => "文件内容与登记的哈希不一致，已被改动",
                _ => "文件缺失或无法读取",
            };
            report.fault(FaultKind::File, format!("file {sha256}"), detail);
        }
    }

    async fn audit_numbers(&self, report: &mut AuditReport) -> Result<(), KernelError> {
        let db = self.kernel.db();
        for series in store::series(db).await? {
            report.numbers += u64::try_from(series.given).unwrap_or(0);
            let mut holes = store::holes(db, &series.name).await?;
            if series.highest < series.last {
                holes.push((series.highest + 1, series.last));
            }
            let missing = unexplained(&holes, &store::gaps(db, &series.name).await?);
            if !missing.is_empty() || series.highest > series.last {
                let listed: Vec<String> = missing.iter().map(|(from, to)| format!("{from}–{to}")).collect();
                let detail = format!(
                    "号段到 {}，登记了 {} 个，最大 {}，没有登记的号：{}",
                    series.last,
                    series.given,
                    series.highest,
                    listed.join("、")
                );
                report.fault(FaultKind::Number, series.name, detail);
            }
        }
        Ok(())
    }
}

/// What of the holes no gap covers; both in order.
fn unexplained(holes: &[(i64, i64)], gaps: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut left = Vec::new();
    for &(mut first, last) in holes {
        for &(from, to) in gaps {
            if first > last || from > last {
                break;
            }
            if to < first {
                continue;
            }
            if from > first {
                left.push((first, from - 1));
            }
            first = first.max(to + 1);
        }
        if first <= last {
            left.push((first, last));
        }
    }
    left
}

/// The 32-byte entries of all bundles, in order; damaged ones were reported before.
fn entries_of(tiles: &MemoryTiles, paths: &[TilePath]) -> Vec<[u8; 32]> {
    let bundles = paths
        .iter()
        .filter(|path| matches!(path.kind(), evidence::TileKind::Entries));
    let mut entries = Vec::new();
    for path in bundles {
        let bytes = evidence::TileReader::tile(tiles, *path).unwrap_or_default();
        let parsed = parse_bundle(&bytes).unwrap_or_default();
        for position in 0..usize::from(path.width()) {
            let entry = parsed
                .get(position)
                .and_then(|entry| <[u8; 32]>::try_from(*entry).ok());
            entries.push(entry.unwrap_or_default());
        }
    }
    entries
}

/// Rows that events seal but nobody compares would be a hole in the audit.
fn check_coverage(report: &mut AuditReport, sources: &[Arc<dyn AuditSource>], told: &Told) {
    let covered: HashSet<&str> = sources.iter().map(|source| source.subject()).collect();
    let sealed: BTreeSet<&str> = told.sealed.keys().map(|(subject, _)| subject.as_str()).collect();
    for subject in sealed.into_iter().filter(|subject| !covered.contains(subject)) {
        let detail = "事件封存了这一类数据行，但审计没有对照它们";
        report.fault(FaultKind::Uncovered, subject, detail);
    }
}

/// Where an event stands in the log.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Not sealed yet.
    Open,
    /// In the tree that is audited.
    Sealed,
    /// After its end.
    Beyond,
}

fn check_event(
    report: &mut AuditReport,
    row: &event::Model,
    entries: &[[u8; 32]],
    found: &mut [bool],
) -> Place {
    let what = format!("event {}", row.seq);
    if !columns_agree(row) {
        report.fault(
            FaultKind::EventChanged,
            what.clone(),
            "事件的索引列与其正文不一致",
        );
    }
    let Some(index) = row.log_index else {
        report.unsealed += 1;
        return Place::Open;
    };
    let place = usize::try_from(index).ok().filter(|index| *index < entries.len());
    let Some(place) = place else {
        return Place::Beyond;
    };
    found[place] = true;
    let same = entry(row).is_ok_and(|entry| leaf_hash(entry) == leaf_hash(entries[place]));
    if !same {
        let detail = format!("事件“{}”的正文与存证日志第 {index} 条不一致，已被改动", row.kind);
        report.fault(FaultKind::EventChanged, what, detail);
    }
    Place::Sealed
}

fn columns_agree(row: &event::Model) -> bool {
    serde_json::from_str::<EventBody>(&row.body).is_ok_and(|body| {
        body.id == row.id
            && body.at == row.at
            && body.kind == row.kind
            && body.subject_type == row.subject_type
            && body.subject_id == row.subject_id
            && body.version == row.version
            && body.enterprise == row.enterprise
            && body.region == row.region
            && body.account == row.account
    })
}

fn remember(told: &mut Told, row: &event::Model) {
    let Ok(body) = serde_json::from_str::<EventBody>(&row.body) else {
        return;
    };
    let Some(state) = body.state else { return };
    told.sealed
        .insert((body.subject_type, body.subject_id), (body.version, state));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_gap_covers_is_missing() {
        let check = |holes: &[(i64, i64)], gaps: &[(i64, i64)], wanted: &[(i64, i64)]| {
            assert_eq!(unexplained(holes, gaps), wanted, "{holes:?} {gaps:?}");
        };
        check(&[], &[], &[]);
        check(&[(1, 122)], &[(1, 122)], &[]);
        check(&[(1, 50), (52, 122)], &[(1, 122)], &[]);
        check(&[(1, 122), (123, 123)], &[(1, 122)], &[(123, 123)]);
        check(&[(5, 9)], &[], &[(5, 9)]);
        check(&[(1, 9)], &[(3, 4), (6, 6)], &[(1, 2), (5, 5), (7, 9)]);
        check(&[(1, 9)], &[(1, 4), (2, 9)], &[]);
        check(&[(4, 6)], &[(1, 2), (9, 9)], &[(4, 6)]);
    }
}
