//! A platform with nothing but licences: grants and certificates come from the test.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use applications::model::Paper as Printed;
use async_trait::async_trait;
use certificate::LicenceRecord;
use kernel::{
    Actor, Blobs, Db, DbConfig, FixedClock, Kernel, Role, RuleFiles, Scope, SeededIds, Workers,
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use licences::{
    Certify, DirectIssue, Grant, Grants, Holder, Licences, NeighbourError, Period, Pressed, ProspectError,
    Purpose, Running,
};
use matters::Industry;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tempfile::TempDir;
use time::{
    Date, Duration, OffsetDateTime,
    macros::{date, datetime},
};
use uuid::Uuid;

pub struct Migrations;

impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = kernel::db::migrations();
        all.extend(licences::migrations());
        all
    }
}

/// Grants as the test makes them.
#[derive(Clone, Default)]
pub struct Decided(Arc<Mutex<HashMap<ApplicationId, Grant>>>);

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(&'static str);

#[async_trait]
impl Grants for Decided {
    async fn grant(&self, application: ApplicationId) -> Result<Grant, NeighbourError> {
        let known = self.0.lock().unwrap();
        let unknown = || NeighbourError::ForGood(Box::new(Refused("not granted")));
        known.get(&application).cloned().ok_or_else(unknown)
    }

    async fn prospect(
        &self,
        _: &Actor,
        application: ApplicationId,
        scope: Option<Vec<String>>,
    ) -> Result<Grant, ProspectError> {
        let grant = self.grant(application).await?;
        let scope = scope.unwrap_or_else(|| grant.scope.clone());
        Ok(Grant { scope, ..grant })
    }

    async fn running(&self, _: LicenceId) -> Result<Vec<Running>, NeighbourError> {
        Ok(Vec::new())
    }
}

/// Makes a file that differs each time, as a signed one does.
#[derive(Clone, Default)]
pub struct Paper {
    pub made: Arc<AtomicUsize>,
    pub jammed: Arc<AtomicBool>,
}

#[async_trait]
impl Certify for Paper {
    async fn certify(&self, record: LicenceRecord, at: OffsetDateTime) -> Result<Pressed, NeighbourError> {
        if self.jammed.load(Ordering::SeqCst) || record.enterprise.contains("卡纸") {
            return Err(NeighbourError::ForNow(Box::new(Refused("paper jam"))));
        }
        let copy = self.made.fetch_add(1, Ordering::SeqCst);
        let json = serde_json::to_string(&record).unwrap();
        let qr_url = format!("HTTPS://ANXU.EXAMPLE/V/{copy}");
        Ok(Pressed {
            pdf: format!("%PDF-1.7 {copy} {at} {json}").into_bytes(),
            qr_url,
        })
    }

    async fn document(
        &self,
        paper: &Printed,
        ident: Uuid,
        at: OffsetDateTime,
    ) -> Result<Vec<u8>, NeighbourError> {
        let json = serde_json::to_string(paper).unwrap();
        Ok(format!("%PDF-1.7 {ident} {at} {json}").into_bytes())
    }

    async fn preview(
        &self,
        paper: &Printed,
        ident: Uuid,
        at: OffsetDateTime,
    ) -> Result<Vec<u8>, NeighbourError> {
        let pdf = self.document(paper, ident, at).await?;
        Ok([b"%PDF-1.7 preview ".as_slice(), &pdf].concat())
    }

    async fn specimen(&self, record: LicenceRecord, at: OffsetDateTime) -> Result<Vec<u8>, NeighbourError> {
        let json = serde_json::to_string(&record).unwrap();
        Ok(format!("%PDF-1.7 {at} {json}").into_bytes())
    }
}

pub struct App {
    pub kernel: Kernel,
    pub clock: Arc<FixedClock>,
    pub licences: Licences,
    pub grants: Decided,
    pub paper: Paper,
    folder: TempDir,
}

pub const NOW: OffsetDateTime = datetime!(2026-05-06 09:30 +8);

impl App {
    pub async fn new() -> Self {
        Self::over(tempfile::tempdir().unwrap(), NOW, 1).await
    }

    /// Another process over the same files.
    pub async fn over(folder: TempDir, now: OffsetDateTime, seed: u64) -> Self {
        let url = format!("sqlite://{}", folder.path().join("anxu.sqlite").display());
        let db = Db::connect(&DbConfig { url, connections: 4 }).await.unwrap();
        db.migrate::<Migrations>().await.unwrap();
        let clock = Arc::new(FixedClock::at(now));
        let blobs = Blobs::folder(&folder.path().join("files")).unwrap();
        let ids = Arc::new(SeededIds::new(seed));
        let kernel = Kernel::new(db, clock.clone(), ids, blobs, RuleFiles::default());
        let (grants, paper) = (Decided::default(), Paper::default());
        let licences = licences(&kernel, grants.clone(), paper.clone());
        Self {
            kernel,
            clock,
            licences,
            grants,
            paper,
            folder,
        }
    }

    /// The process ends and another begins; the grants stay.
    pub async fn restarted(self) -> Self {
        let (grants, now) = (self.grants, kernel::Clock::now(self.clock.as_ref()));
        drop((self.kernel, self.licences));
        let app = Self::over(self.folder, now, 2).await;
        let licences = licences(&app.kernel, grants.clone(), app.paper.clone());
        Self {
            licences,
            grants,
            ..app
        }
    }

    pub fn workers(&self, concurrency: usize) -> Workers {
        Workers::new(
            self.kernel.clone(),
            licences::handlers(self.licences.clone()),
            concurrency,
        )
    }

    pub fn grant(&self, nth: u128, industry: Industry) -> ApplicationId {
        let grant = grant(nth, industry);
        let id = grant.application;
        self.grants.0.lock().unwrap().insert(id, grant);
        id
    }

    pub fn grant_of(&self, grant: Grant) -> ApplicationId {
        let id = grant.application;
        self.grants.0.lock().unwrap().insert(id, grant);
        id
    }

    pub fn move_to(&self, now: OffsetDateTime) {
        self.clock.set(now);
    }

    /// Changes a stored file behind the platform's back.
    pub fn tamper(&self, sha256: &str) {
        let path = self.folder.path().join("files").join(&sha256[..2]).join(sha256);
        assert!(path.exists());
        std::fs::write(path, b"%PDF forged").unwrap();
    }

    pub async fn value(&self, sql: &str) -> i64 {
        use sea_orm::{ConnectionTrait, Statement};
        let db = self.kernel.db();
        let row = db
            .read()
            .query_one_raw(Statement::from_string(db.backend(), sql))
            .await
            .unwrap();
        row.unwrap().try_get_by_index(0).unwrap()
    }

    pub async fn texts(&self, sql: &str) -> Vec<String> {
        use sea_orm::{ConnectionTrait, Statement};
        let db = self.kernel.db();
        let rows = db
            .read()
            .query_all_raw(Statement::from_string(db.backend(), sql))
            .await
            .unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }
}

fn licences(kernel: &Kernel, grants: Decided, paper: Paper) -> Licences {
    let rules = kernel.rules();
    let mut paths = rules.list("matters/");
    paths.extend(rules.list("documents/"));
    let files = paths
        .iter()
        .map(|path| (path.as_str(), rules.read(path).unwrap()));
    let catalogue = matters::load(files).unwrap();
    let city = Arc::new(catalogue.city("nanchang").unwrap().clone());
    Licences::new(kernel.clone(), grants, Arc::new(catalogue), city, paper).unwrap()
}

pub fn holder(nth: u128) -> Holder {
    Holder {
        name: format!("南昌赣江第{nth}化工（集团）有限公司"),
        code: credit_code(nth).parse().unwrap(),
        address: "南昌县莲塘镇1号".into(),
        legal_representative: "张三丰".into(),
        economic_type: "有限责任公司".into(),
        region: "360121".parse().unwrap(),
    }
}

/// A credit code of a made-up enterprise; its check character is not computed, which is allowed.
pub fn credit_code(nth: u128) -> String {
    format!("91360121MA{:0>7}0", nth)
}

pub fn grant(nth: u128, industry: Industry) -> Grant {
    Grant {
        purpose: Purpose::FirstIssue,
        application: ApplicationId(Uuid::from_u128(nth)),
        reference: format!("洪应急许受〔2026〕{nth}号"),
        matter: format!("{}.first_issue", industry.as_str()).parse().unwrap(),
        matter_version: 1,
        industry,
        enterprise: EnterpriseId(Uuid::from_u128(nth << 64)),
        holder: holder(nth),
        scope: vec!["氯碱生产".into(), "液氯30万吨/年".into()],
        decided_on: NOW.date().into(),
        validity: Period {
            from: date!(2026 - 05 - 06).into(),
            until: date!(2029 - 05 - 05).into(),
        },
        demo: false,
    }
}

pub fn old(nth: u128, number: &str, from: Date) -> DirectIssue {
    DirectIssue {
        number: number.parse().unwrap(),
        identifier: None,
        enterprise: EnterpriseId(Uuid::from_u128(nth << 64)),
        holder: holder(nth),
        industry: Industry::Hazchem,
        scope: vec!["危险化学品生产".into()],
        validity: Period {
            from: from.into(),
            until: (from + Duration::days(1094)).into(),
        },
        issued_on: from.into(),
        demo: true,
    }
}

pub fn officer(role: Role, region: &str) -> Actor {
    let scope = Scope {
        regions: vec![region.to_owned()],
        ..Scope::default()
    };
    Actor {
        roles: vec![role],
        scope,
        is_system: false,
        ..Actor::system("李四")
    }
}

pub fn administrator() -> Actor {
    officer(Role::Administrator, "3601")
}
