//! A city with one enterprise and all its officers, on SQLite in a temporary folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, OnceLock},
};

use applications::{
    Applications, LicenceBook, NewDraft, NewReview, Record, RegisterError,
    model::{Application, Finding, Form, HeldLicence, Holder, Met},
};
use async_trait::async_trait;
use codes::WorkCalendar;
use identity::{End, Identity, NewAccount};
use kernel::{
    Actor, Blobs, Db, DbConfig, FixedClock, Kernel, Role, RuleFiles, Scope, SeededIds, Workers,
    access::RequestInfo,
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use matters::{Catalogue, City, Definition, Industry, MatterKey, Standing};
use press::{Press, PressOptions};
use registry::{NewEnterprise, Registry};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

pub const MATTER: &str = "noncoal_mine.first_issue";
/// Every department that always reviews this matter.
pub const DEPARTMENTS: [&str; 7] = [
    "emergency",
    "natural_resources",
    "ecology",
    "human_resources",
    "market_regulation",
    "health",
    "fire",
];

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let parts = [
            kernel::db::migrations(),
            identity::migrations(),
            registry::migrations(),
            applications::migrations(),
        ];
        parts.into_iter().flatten().collect()
    }
}

pub fn catalogue() -> Arc<Catalogue> {
    static LOADED: OnceLock<Arc<Catalogue>> = OnceLock::new();
    let load = || {
        let rules = RuleFiles::default();
        let paths = rules.list("matters/").into_iter().chain(rules.list("documents/"));
        let files = paths.map(|path| (path.clone(), rules.read(&path).unwrap()));
        Arc::new(matters::load(files).unwrap())
    };
    Arc::clone(LOADED.get_or_init(load))
}

pub fn definition() -> &'static Definition {
    static LOADED: OnceLock<Arc<Catalogue>> = OnceLock::new();
    let key: MatterKey = MATTER.parse().unwrap();
    LOADED.get_or_init(catalogue).get(key, 1).unwrap()
}

pub fn city() -> Arc<City> {
    Arc::new(catalogue().city("nanchang").unwrap().clone())
}

pub fn calendar() -> Arc<WorkCalendar> {
    let text = RuleFiles::default().text("holidays/holidays.csv").unwrap();
    Arc::new(WorkCalendar::from_csv(&text).unwrap())
}

pub fn press() -> Press {
    static KEYS: OnceLock<Press> = OnceLock::new();
    let open = || {
        let folder = tempfile::tempdir().unwrap().keep();
        let now = instant("2026-01-01T00:00:00Z");
        let keys = Press::keys(&folder, "test", Some("南昌市应急管理局"), now).unwrap();
        let options = PressOptions {
            public_url: "http://localhost:8080".into(),
            fonts: "/usr/share/fonts/opentype/noto".into(),
            templates: None,
            demo: true,
            location: "江西省南昌市".into(),
            tsa_url: None,
            concurrency: 1,
        };
        Press::open(&keys, options, || instant("2026-03-02T02:00:00Z")).unwrap()
    };
    KEYS.get_or_init(open).clone()
}

pub fn instant(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &Rfc3339).unwrap()
}

/// A register of licences that tests write in.
#[derive(Clone, Default)]
pub struct Book(Arc<Mutex<BTreeMap<LicenceId, HeldLicence>>>);

impl Book {
    pub fn put(&self, held: HeldLicence) {
        self.0.lock().unwrap().insert(held.id, held);
    }
}

#[async_trait]
impl LicenceBook for Book {
    async fn held(&self, id: LicenceId) -> Result<Option<HeldLicence>, RegisterError> {
        Ok(self.0.lock().unwrap().get(&id).cloned())
    }
}

pub struct House {
    pub book: Book,
    pub kernel: Kernel,
    pub clock: Arc<FixedClock>,
    pub identity: Identity,
    pub applications: Applications,
    pub enterprise: EnterpriseId,
    _folder: tempfile::TempDir,
}

impl House {
    pub async fn on(now: &str) -> Self {
        Self::with(now, press()).await
    }

    pub async fn with(now: &str, press: impl applications::Renderer + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.sqlite").display());
        let db = Db::connect(&DbConfig { url, connections: 4 }).await.unwrap();
        db.migrate::<Migrator>().await.unwrap();
        let clock = Arc::new(FixedClock::at(instant(now)));
        let blobs = Blobs::folder(&folder.path().join("blobs")).unwrap();
        let ids = Arc::new(SeededIds::new(7));
        let kernel = Kernel::new(db, clock.clone(), ids, blobs, RuleFiles::default());
        let identity = Identity::new(kernel.clone());
        let registry = Registry::new(kernel.clone()).unwrap();
        let enterprise = registry
            .register(&Actor::system("test"), enterprise())
            .await
            .unwrap()
            .id;
        let applications = Applications::new(
            kernel.clone(),
            identity.clone(),
            registry,
            catalogue(),
            city(),
            calendar(),
            press,
        );
        let book = Book::default();
        applications.connect(book.clone());
        Self {
            book,
            kernel,
            clock,
            identity,
            applications,
            enterprise,
            _folder: folder,
        }
    }

    /// A fresh actor for a stored account, as the server would make it for one request.
    async fn account(&self, login: &str, roles: &[Role], scope: Scope) -> Actor {
        let end = if roles.iter().all(|role| role.is_enterprise()) {
            End::Enterprise
        } else {
            End::Government
        };
        let new = NewAccount {
            login: login.into(),
            name: format!("测试{login}"),
            end,
            roles: roles.to_vec(),
            scope,
            region: "360100".into(),
            phone: Some("0791-83880000".into()),
            password: "Anquan-2026-test".into(),
            must_change_password: false,
        };
        let account = match self.identity.by_login(login).await {
            Ok(account) => account,
            Err(_) => self.identity.create(&Actor::system("test"), new).await.unwrap(),
        };
        Actor {
            account: Some(account.id),
            name: account.name,
            roles: account.roles,
            scope: account.scope,
            is_system: false,
            request: Arc::default(),
        }
    }

    pub async fn keeper(&self) -> Actor {
        let scope = Scope {
            enterprise: Some(self.enterprise.into()),
            ..Scope::default()
        };
        self.account("keeper", &[Role::EnterpriseManager], scope).await
    }

    pub async fn officer(&self, login: &str, role: Role, department: Option<&str>) -> Actor {
        let scope = Scope {
            regions: vec!["3601".into()],
            department: department.map(str::to_owned),
            enterprise: None,
        };
        let actor = self.account(login, &[role], scope).await;
        let decides = [Role::FirstReviewer, Role::SecondReviewer, Role::Approver].contains(&role);
        if decides
            && self
                .identity
                .qualifications(&Actor::system("test"), actor.account.unwrap())
                .await
                .unwrap()
                .is_empty()
        {
            let system = Actor::system("test");
            let valid = ("2025-01-01".parse().unwrap(), "2029-12-31".parse().unwrap());
            let account = actor.account.unwrap();
            let added = self.identity.add_qualification(
                &system,
                account,
                format!("赣{login}"),
                "noncoal_mine".into(),
                "江西省人民政府".into(),
                valid,
            );
            added.await.unwrap();
        }
        actor
    }

    pub async fn clerk(&self) -> Actor {
        self.officer("clerk", Role::WindowClerk, None).await
    }

    pub async fn reviewer(&self, department: &str) -> Actor {
        let login = format!("rev.{}", department.replace('_', "."));
        self.officer(&login, Role::DepartmentReviewer, Some(department))
            .await
    }

    pub async fn first(&self) -> Actor {
        self.officer("first", Role::FirstReviewer, Some("emergency"))
            .await
    }

    pub async fn second(&self) -> Actor {
        self.officer("second", Role::SecondReviewer, Some("emergency"))
            .await
    }

    pub async fn leader(&self) -> Actor {
        self.officer("leader", Role::Approver, Some("emergency")).await
    }

    pub fn today(&self) -> kernel::LegalDate {
        self.kernel.now().legal_date()
    }

    pub fn days(&self, days: i64) {
        self.clock.advance(time::Duration::days(days));
    }

    pub async fn draft(&self) -> Record {
        let new = NewDraft::first(MATTER.parse().unwrap());
        self.applications.draft(&self.keeper().await, new).await.unwrap()
    }

    /// A licence of the enterprise that is valid to a day.
    pub fn licence(&self, number: u128, valid_from: &str, valid_to: &str) -> LicenceId {
        let id = LicenceId(uuid::Uuid::from_u128(number));
        let valid_to: kernel::LegalDate = valid_to.parse().unwrap();
        self.book.put(HeldLicence {
            id,
            number: format!("(赣)FM安许证字[2023]{number:04}"),
            industry: Industry::NoncoalMine,
            enterprise: self.enterprise,
            holder: Holder {
                name: "南昌演示采石有限公司".into(),
                code: "91350100M000100Y43".into(),
                address: "南昌市新建区石埠镇".into(),
                legal_representative: "李开明".into(),
                economic_type: "有限责任公司".into(),
                region: "360112".into(),
            },
            scope: vec!["石灰岩露天开采".into()],
            valid_from: valid_from.parse().unwrap(),
            valid_to,
            standing: if self.today() > valid_to {
                Standing::Expired
            } else {
                Standing::InForce
            },
        });
        id
    }

    /// A draft with everything that is asked for.
    pub async fn complete_draft(&self) -> ApplicationId {
        let keeper = self.keeper().await;
        let draft = self.draft().await;
        let saved = self
            .applications
            .save_form(&keeper, draft.id, draft.version, form())
            .await
            .unwrap();
        let dossier = saved.application.dossier();
        let gaps = applications::rules::gaps(dossier, definition());
        for (index, gap) in gaps.iter().enumerate() {
            let material = gap
                .field
                .strip_prefix("materials.")
                .expect("only materials are missing");
            self.upload(draft.id, material, &pdf(index)).await.unwrap();
        }
        draft.id
    }

    pub async fn upload(
        &self,
        id: ApplicationId,
        material: &str,
        bytes: &[u8],
    ) -> Result<Record, applications::ApplicationsError> {
        let keeper = self.keeper().await;
        let mut upload = self.applications.begin_upload(&keeper, id, material).await?;
        for chunk in bytes.chunks(1000) {
            upload.push(chunk)?;
        }
        Ok(self
            .applications
            .finish_upload(&keeper, id, upload, "材料.pdf")
            .await?
            .0)
    }

    pub async fn submitted(&self) -> ApplicationId {
        let id = self.complete_draft().await;
        self.applications.submit(&self.keeper().await, id).await.unwrap();
        id
    }

    pub async fn accepted(&self) -> ApplicationId {
        let id = self.submitted().await;
        self.applications
            .accept(&self.clerk().await, id, Vec::new())
            .await
            .unwrap();
        id
    }

    pub async fn review(&self, id: ApplicationId, department: &str, passed: bool) -> Record {
        let reviewer = self.reviewer(department).await;
        self.applications
            .review(&reviewer, id, outcome(department, passed))
            .await
            .unwrap()
    }

    /// All departments have passed it.
    pub async fn reviewed(&self) -> ApplicationId {
        let id = self.accepted().await;
        for department in DEPARTMENTS {
            self.review(id, department, true).await;
        }
        id
    }

    /// Before the leader.
    pub async fn before_the_leader(&self) -> ApplicationId {
        let id = self.reviewed().await;
        self.opinions(id).await;
        id
    }

    pub async fn opinions(&self, id: ApplicationId) {
        use applications::model::StageName::{FirstReview, SecondReview};
        let apps = &self.applications;
        apps.give_opinion(&self.first().await, id, FirstReview, true, "符合条件".into())
            .await
            .unwrap();
        apps.give_opinion(
            &self.second().await,
            id,
            SecondReview,
            true,
            "同意初审意见".into(),
        )
        .await
        .unwrap();
    }

    pub async fn record(&self, id: ApplicationId) -> Record {
        self.applications
            .application(&Actor::system("test"), id)
            .await
            .unwrap()
            .record
    }

    pub async fn state(&self, id: ApplicationId) -> &'static str {
        self.record(id).await.application.state().as_str()
    }

    /// Kinds of the events of an application, oldest first.
    pub async fn events(&self, id: ApplicationId) -> Vec<String> {
        let found = self
            .applications
            .timeline(&Actor::system("test"), id, None, 200)
            .await
            .unwrap();
        found.into_iter().rev().map(|event| event.body.kind).collect()
    }

    /// Does every job that is due now; jobs of other capabilities die and are of no interest here.
    pub async fn work_off(&self) {
        let handlers = applications::handlers(self.applications.clone());
        Workers::new(self.kernel.clone(), handlers, 1)
            .drain()
            .await
            .unwrap();
    }
}

/// The same actor with an Idempotency-Key.
pub fn keyed(actor: &Actor, key: &str) -> Actor {
    let request = RequestInfo {
        idempotency: Some((key.into(), "same request".into())),
        ..RequestInfo::default()
    };
    Actor {
        request: Arc::new(request),
        ..actor.clone()
    }
}

pub fn outcome(department: &str, passed: bool) -> NewReview {
    let rule = definition()
        .departments()
        .find(|one| one.department.as_str() == department)
        .unwrap();
    let findings = rule
        .conditions
        .iter()
        .enumerate()
        .map(|(index, condition)| Finding {
            condition: condition.clone(),
            met: if passed || index > 0 {
                Met::Met
            } else {
                Met::NotMet
            },
            text: if passed || index > 0 {
                String::new()
            } else {
                "现场没有见到".into()
            },
        });
    NewReview {
        findings: findings.collect(),
        opinion: "审查意见".into(),
        passed,
    }
}

pub fn form() -> Form {
    Form {
        contact: "王安全".into(),
        contact_phone: "13812345678".into(),
        scope: vec!["石灰岩露天开采".into()],
        delivery_address: "南昌市红谷滩区".into(),
        applicable_materials: BTreeSet::new(),
        employees: Some(86),
        truth_declared: true,
        ..Form::default()
    }
}

fn enterprise() -> NewEnterprise {
    NewEnterprise {
        name: "南昌演示采石有限公司".into(),
        code: "91350100M000100Y43".into(),
        legal_representative: "李开明".into(),
        economic_type: "有限责任公司".into(),
        address: "南昌市新建区石埠镇".into(),
        region: "360112".into(),
        industry: Some("1011".into()),
        danger: Some(registry::Danger::Red),
        phone: Some("0791-83881234".into()),
        demo: true,
        confirmed_warnings: true,
        ..NewEnterprise::default()
    }
}

/// A tiny PDF whose content differs by number.
pub fn pdf(number: usize) -> Vec<u8> {
    format!("%PDF-1.4\n% {number}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
        .into_bytes()
}

/// The state as JSON, for comparisons.
pub fn json(application: &Application) -> serde_json::Value {
    serde_json::to_value(application).unwrap()
}
