//! The capabilities over a folder of their own, with a press that only makes something that looks like a PDF.

use std::sync::Arc;

use applications::{Applications, Renderer, model::Paper};
use async_trait::async_trait;
use certificate::LicenceRecord;
use demo::{DemoClock, DemoIds, Parts, Wish};
use identity::{Enterprises, Identity};
use kernel::{
    Actor, Blobs, Clock, Db, DbConfig, Kernel, KernelError, PageQuery, RuleFiles, SystemClock,
    audit::AuditSource, ids::EnterpriseId, paging::Page,
};
use licences::{Certify, LicenceQuery, Licences, NeighbourError, Pressed};
use matters::Matters;
use registry::{Enterprise, EnterpriseQuery, Registry};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tempfile::TempDir;
use time::{Duration, OffsetDateTime, macros::date};
use transparency::{AuditReport, LogKeys, Transparency};
use uuid::Uuid;

/// Where an enterprise belongs, asked of the registry as the server does.
struct Files(Registry);

#[async_trait]
impl Enterprises for Files {
    async fn region(&self, enterprise: EnterpriseId) -> Result<Option<String>, KernelError> {
        let file = self.0.enterprise(&Actor::system("test"), enterprise).await;
        Ok(file.ok().map(|file| file.region.as_str().to_owned()))
    }
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let parts = [
            kernel::db::migrations(),
            identity::migrations(),
            registry::migrations(),
            applications::migrations(),
            licences::migrations(),
            transparency::migrations(),
        ];
        parts.into_iter().flatten().collect()
    }
}

/// Papers that differ as signed ones do.
struct Paperwork;

#[async_trait]
impl Renderer for Paperwork {
    async fn render(&self, paper: &Paper, ident: Uuid, at: OffsetDateTime) -> Result<Vec<u8>, String> {
        Ok(format!("%PDF-1.7 {} {ident} {at}", paper.number).into_bytes())
    }

    async fn preview(&self, paper: &Paper, ident: Uuid, at: OffsetDateTime) -> Result<Vec<u8>, String> {
        self.render(paper, ident, at).await
    }
}

#[async_trait]
impl Certify for Paperwork {
    async fn certify(&self, record: LicenceRecord, at: OffsetDateTime) -> Result<Pressed, NeighbourError> {
        let text = format!("%PDF-1.7 {} {:?} {at}", record.number, record.edition);
        Ok(Pressed {
            pdf: text.into_bytes(),
            qr_url: format!("HTTP://LOCALHOST/V/{}", record.number),
        })
    }

    async fn document(
        &self,
        paper: &Paper,
        ident: Uuid,
        at: OffsetDateTime,
    ) -> Result<Vec<u8>, NeighbourError> {
        Ok(format!("%PDF-1.7 {} {ident} {at}", paper.number).into_bytes())
    }

    async fn preview(
        &self,
        paper: &Paper,
        ident: Uuid,
        at: OffsetDateTime,
    ) -> Result<Vec<u8>, NeighbourError> {
        self.document(paper, ident, at).await
    }

    async fn specimen(&self, record: LicenceRecord, at: OffsetDateTime) -> Result<Vec<u8>, NeighbourError> {
        Ok(format!("%PDF-1.7 {} {at}", record.number).into_bytes())
    }
}

/// An installation.
pub struct House {
    pub parts: Parts,
    pub clock: Arc<DemoClock>,
    pub ids: Arc<DemoIds>,
    _folder: TempDir,
}

pub fn wish(seed: u64) -> Wish {
    Wish {
        seed,
        enterprises: demo::FEWEST,
        today: date!(2026 - 11 - 20).into(),
    }
}

fn noon(wish: Wish) -> OffsetDateTime {
    wish.today.midnight().instant() + Duration::hours(12)
}

impl House {
    pub async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.sqlite").display());
        let db = Db::connect(&DbConfig { url, connections: 4 }).await.unwrap();
        db.migrate::<Migrator>().await.unwrap();
        // Once the city is made the clock runs: from an hour before the noon at which it is looked at.
        let ahead = noon(wish(1)) - Duration::hours(1) - SystemClock.now();
        let clock = Arc::new(DemoClock::standing_at(wish(1).beginning(), ahead));
        let ids = Arc::new(DemoIds::default());
        let blobs = Blobs::folder(&folder.path().join("files")).unwrap();
        let kernel = Kernel::new(db, clock.clone(), ids.clone(), blobs, RuleFiles::default());
        let registry = Registry::new(kernel.clone()).unwrap();
        let identity = Identity::new(kernel.clone()).with_enterprises(Arc::new(Files(registry.clone())));
        let matters = Matters::new(kernel.clone()).unwrap();
        let applications = Applications::new(
            kernel.clone(),
            identity.clone(),
            registry.clone(),
            matters.catalogue(),
            matters.city(),
            matters.calendar(),
            Paperwork,
        );
        let licences = Licences::new(
            kernel.clone(),
            applications.clone(),
            matters.catalogue(),
            matters.city(),
            Paperwork,
        );
        Self {
            parts: Parts {
                kernel,
                identity,
                registry,
                matters,
                applications,
                licences: licences.unwrap(),
                followers: Vec::new(),
            },
            clock,
            ids,
            _folder: folder,
        }
    }

    /// A city, at noon of its present day.
    pub async fn with_city(wish: Wish) -> Self {
        let house = Self::empty().await;
        demo::make(&house.parts, &house.clock, &house.ids, wish, &|_| {})
            .await
            .unwrap();
        house.clock.put(noon(wish));
        assert!(house.clock.now() - noon(wish) < Duration::minutes(10));
        house
    }

    /// All enterprises.
    pub async fn enterprises(&self) -> Vec<Enterprise> {
        let mut all = Vec::new();
        let mut cursor = None;
        loop {
            let query = EnterpriseQuery {
                page: PageQuery {
                    limit: Some(200),
                    cursor,
                },
                ..EnterpriseQuery::default()
            };
            let page: Page<Enterprise> = self.parts.registry.search(&reader(), &query).await.unwrap();
            all.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return all;
            }
        }
    }

    /// All licences, one text each.
    pub async fn licences(&self) -> Vec<String> {
        let (mut all, mut before) = (Vec::new(), None);
        loop {
            let query = LicenceQuery::default();
            let found = self.parts.licences.list(&reader(), &query, before, 200).await;
            let found = found.unwrap();
            let Some(last) = found.last() else { return all };
            before = Some(last.place());
            all.extend(found.iter().map(|licence| {
                let facts = licence.facts();
                format!(
                    "{} {} {} {} {:?} {} {}",
                    facts.id,
                    facts.number,
                    facts.identifier,
                    facts.holder.name,
                    facts.validity,
                    facts.issued_on,
                    licence.state()
                )
            }));
        }
    }

    /// Seals the log and audits everything.
    pub async fn audit(&self) -> AuditReport {
        let keys = LogKeys::signing("demo.test/log", &[[7; 32]]).unwrap();
        let log = Transparency::open(self.parts.kernel.clone(), keys);
        log.seal_all().await.unwrap();
        let sources: Vec<Arc<dyn AuditSource>> = vec![
            Arc::new(identity::AccountAudit),
            Arc::new(identity::QualificationAudit),
            Arc::new(registry::EnterpriseAudit),
            Arc::new(registry::StaffAudit),
            Arc::new(registry::FacilityAudit),
            Arc::new(registry::WatchAudit),
            Arc::new(applications::ApplicationAudit),
            Arc::new(licences::LicenceAudit),
            Arc::new(licences::CaseAudit),
            Arc::new(licences::FilingAudit),
        ];
        log.audit(&reader(), &sources).await.unwrap()
    }
}

/// Reads everything.
pub fn reader() -> Actor {
    Actor::system("test")
}
