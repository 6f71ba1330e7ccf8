use std::{io::Write as _, sync::Arc};

use bytes::Bytes;
use codes::CreditCode;
use kernel::{
    Actor, Blobs, Db, DbConfig, FixedClock, Kernel, Role, RuleFiles, Scope, SeededIds, Workers,
    ids::{AccountId, EnterpriseId},
};
use registry::{ImportOptions, ImportReport, NewEnterprise, Registry};
use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tempfile::TempDir;

pub struct App {
    pub registry: Registry,
    pub kernel: Kernel,
    dir: Arc<TempDir>,
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        kernel::db::migrations()
            .into_iter()
            .chain(registry::migrations())
            .collect()
    }
}

impl App {
    pub async fn new() -> Self {
        let dir = Arc::new(tempfile::tempdir().unwrap());
        Self::open(dir, time::macros::datetime!(2026-11-21 08:00 UTC)).await
    }

    /// Another process over the same database and files, an hour later.
    pub async fn an_hour_later(&self) -> Self {
        Self::open(self.dir.clone(), time::macros::datetime!(2026-11-21 09:00 UTC)).await
    }

    async fn open(dir: Arc<TempDir>, now: time::OffsetDateTime) -> Self {
        let url = format!("sqlite://{}", dir.path().join("test.sqlite").display());
        let db = Db::connect(&DbConfig { url, connections: 2 }).await.unwrap();
        db.migrate::<Migrator>().await.unwrap();
        let kernel = Kernel::new(
            db,
            Arc::new(FixedClock::at(now)),
            Arc::new(SeededIds::new(now.unix_timestamp().unsigned_abs())),
            Blobs::folder(&dir.path().join("blobs")).unwrap(),
            RuleFiles::new(None),
        );
        let registry = Registry::new(kernel.clone()).unwrap();
        Self {
            registry,
            kernel,
            dir,
        }
    }

    pub async fn work_off(&self) {
        let workers = Workers::new(self.kernel.clone(), registry::handlers(self.registry.clone()), 2);
        workers.drain().await.unwrap();
    }

    /// Uploads a file and lets the job do it.
    pub async fn import(&self, actor: &Actor, bytes: &[u8], options: ImportOptions) -> ImportReport {
        let bytes = Bytes::copy_from_slice(bytes);
        let started = self
            .registry
            .start_import(actor, "企业.csv", bytes, options)
            .await
            .unwrap();
        self.work_off().await;
        self.registry.import(actor, started.id).await.unwrap()
    }

    pub async fn number(&self, sql: &str) -> i64 {
        let statement = Statement::from_string(self.kernel.db().backend(), sql);
        let row = self
            .kernel
            .db()
            .read()
            .query_one_raw(statement)
            .await
            .unwrap()
            .unwrap();
        row.try_get_by_index(0).unwrap()
    }

    pub async fn register(&self, name: &str, number: u32, region: &str) -> EnterpriseId {
        let new = NewEnterprise {
            region: region.to_owned(),
            ..enterprise(name, number)
        };
        self.registry.register(&nation(), new).await.unwrap().id
    }
}

fn actor(role: Role, scope: Scope) -> Actor {
    Actor {
        account: Some(AccountId(uuid::Uuid::from_u128(role as u128 + 1))),
        name: "王敏".to_owned(),
        roles: vec![role],
        scope,
        is_system: false,
        request: Arc::default(),
    }
}

/// A role whose reach is a region.
pub fn in_region(role: Role, region: &str) -> Actor {
    let scope = Scope {
        regions: vec![region.to_owned()],
        ..Scope::default()
    };
    actor(role, scope)
}

pub fn nation() -> Actor {
    in_region(Role::Administrator, "")
}

/// A window clerk of Nanchang.
pub fn clerk() -> Actor {
    in_region(Role::WindowClerk, "3601")
}

pub fn of_enterprise(id: EnterpriseId) -> Actor {
    let scope = Scope {
        enterprise: Some(id.into()),
        ..Scope::default()
    };
    actor(Role::EnterpriseManager, scope)
}

/// A sound credit code, different for each number, registered in the given division.
pub fn code_in(division: &str, number: u32) -> String {
    let symbols = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    symbols
        .filter_map(|check| CreditCode::with_check(&format!("91{division}{number:08}{check}")).ok())
        .find(|code| code.warnings().is_empty())
        .unwrap()
        .to_string()
}

pub fn code(number: u32) -> String {
    code_in("360102", number)
}

/// The same code with a wrong check character.
pub fn unsound(number: u32) -> String {
    let sound = code(number);
    let wrong = if sound.ends_with('1') { '2' } else { '1' };
    format!("{}{wrong}", &sound[..17])
}

pub fn enterprise(name: &str, number: u32) -> NewEnterprise {
    NewEnterprise {
        name: name.to_owned(),
        code: code(number),
        legal_representative: "李安".to_owned(),
        economic_type: "有限责任公司".to_owned(),
        address: "江西省南昌市东湖区一号".to_owned(),
        region: "360102".to_owned(),
        industry: Some("C2611".to_owned()),
        ..NewEnterprise::default()
    }
}

/// A csv with the given header and rows.
pub fn csv(header: &str, rows: &[String]) -> Vec<u8> {
    let mut text = Vec::new();
    writeln!(text, "{header}").unwrap();
    for row in rows {
        writeln!(text, "{row}").unwrap();
    }
    text
}
