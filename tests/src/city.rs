//! People and papers that journeys begin with: a city's officers, an enterprise with its keeper, and an
//! application at each station of its way, all brought there through HTTP.

use codes::CreditCode;
use kernel::{Actor, Role, Scope, ids::AccountId};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::TestApp;

/// Departments that always review [`MATTER`], the lead first.
pub const DEPARTMENTS: [&str; 7] = [
    "emergency",
    "fire",
    "ecology",
    "natural_resources",
    "market_regulation",
    "human_resources",
    "health",
];
/// The matter of most journeys.
pub const MATTER: &str = "noncoal_mine.first_issue";
/// First issue in every industry, with the department that decides it.
pub const MATTERS: [(&str, &str); 6] = [
    ("noncoal_mine.first_issue", "emergency"),
    ("hazchem.first_issue", "emergency"),
    ("fireworks.first_issue", "emergency"),
    ("construction.first_issue", "housing"),
    ("civil_explosives.first_issue", "industry"),
    ("coal.first_issue", "emergency"),
];

/// A sound credit code registered in Nanchang's Donghu district, different for each number.
pub fn credit_code(number: u32) -> String {
    let symbols = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    symbols
        .filter_map(|check| CreditCode::with_check(&format!("91360102{number:08}{check}")).ok())
        .find(|code| code.warnings().is_empty())
        .unwrap()
        .to_string()
}

/// A small PDF whose content differs by number.
pub fn pdf(number: usize) -> Vec<u8> {
    pdf_of(number, 0)
}

/// A PDF with so many bytes of ballast.
pub fn pdf_of(number: usize, ballast: usize) -> Vec<u8> {
    let mut bytes = format!("%PDF-1.4\n% {number}\n1 0 obj<</Type/Catalog>>endobj\n%").into_bytes();
    bytes.resize(bytes.len() + ballast, b'x');
    bytes.extend_from_slice(b"\ntrailer<</Root 1 0 R>>\n%%EOF\n");
    bytes
}

/// The form of an application with everything that is asked for.
pub fn form() -> Value {
    json!({
        "contact": "王安全", "contact_phone": "13812345678", "scope": ["石灰岩露天开采", "机制砂加工"],
        "delivery_address": "江西省南昌市东湖区一号", "employees": 86, "truth_declared": true,
    })
}

/// Login of a department's reviewer.
pub fn reviewer(department: &str) -> String {
    format!("rev.{department}")
}

impl TestApp {
    /// An officer of a department of the city.
    pub async fn officer_of(&self, login: &str, role: Role, department: &str) -> AccountId {
        let scope = Scope {
            regions: vec!["3601".into()],
            department: Some(department.into()),
            enterprise: None,
        };
        self.account(login, &[role], scope).await
    }

    /// Enters a qualification of an officer for every industry.
    pub async fn qualify(&self, account: AccountId) {
        let valid = ("2025-01-01".parse().unwrap(), "2030-12-31".parse().unwrap());
        let (number, field, issuer) = (format!("赣{account}"), "all".into(), "江西省人民政府".into());
        self.platform
            .identity
            .add_qualification(&Actor::system("test"), account, number, field, issuer, valid)
            .await
            .unwrap();
    }

    /// `clerk`, `first`, `second`, `leader` of the lead department and a reviewer `rev.…` of each department.
    pub async fn staff(&self, lead: &str, departments: &[&str]) {
        self.officer_of("clerk", Role::WindowClerk, lead).await;
        for department in departments {
            self.officer_of(&reviewer(department), Role::DepartmentReviewer, department)
                .await;
        }
        let deciding = [
            ("first", Role::FirstReviewer),
            ("second", Role::SecondReviewer),
            ("leader", Role::Approver),
        ];
        for (login, role) in deciding {
            let account = self.officer_of(login, role, lead).await;
            self.qualify(account).await;
        }
    }

    /// The clerk registers an enterprise.
    pub async fn enterprise(&self, name: &str, number: u32) -> Uuid {
        let body = json!({
            "name": name, "code": credit_code(number), "legal_representative": "李开明",
            "economic_type": "有限责任公司", "address": "江西省南昌市东湖区一号", "region": "360102",
            "industry": "C2611", "phone": "0791-83881234",
        });
        let (status, view) = self.as_("clerk").await.post("/api/v1/enterprises", body).await;
        assert_eq!(status, StatusCode::CREATED, "{view}");
        view["id"].as_str().unwrap().parse().unwrap()
    }

    /// An account of an enterprise.
    pub async fn of_enterprise(&self, login: &str, role: Role, enterprise: Uuid) -> AccountId {
        let scope = Scope {
            enterprise: Some(enterprise),
            ..Scope::default()
        };
        self.account(login, &[role], scope).await
    }

    /// An act that has to be taken with 201. Returns the application after it.
    pub async fn act(&self, login: &str, path: &str, body: Value) -> Value {
        let (status, view) = self.as_(login).await.post(path, body).await;
        assert_eq!(status, StatusCode::CREATED, "{login} {path}: {view}");
        view
    }

    /// The application as `login` sees it.
    pub async fn application(&self, login: &str, id: &str) -> Value {
        let (status, view) = self
            .as_(login)
            .await
            .get(&format!("/api/v1/applications/{id}"))
            .await;
        assert_eq!(status, StatusCode::OK, "{login}: {view}");
        view
    }

    /// The keeper begins a draft. Returns its identifier.
    pub async fn draft(&self, keeper: &str, matter: &str) -> String {
        let view = self
            .act(keeper, "/api/v1/applications", json!({ "matter": matter }))
            .await;
        view["id"].as_str().unwrap().to_owned()
    }

    /// The keeper fills in the form and uploads a file for everything that is still missing.
    pub async fn complete(&self, keeper: &str, id: &str) {
        let session = self.as_(keeper).await;
        let base = format!("/api/v1/applications/{id}");
        let version = self.application(keeper, id).await["version"].as_i64().unwrap();
        let (status, view) = session.put(&format!("{base}/form"), version, form()).await;
        assert_eq!(status, StatusCode::OK, "{view}");
        let (_, gaps) = session.get(&format!("{base}/completeness")).await;
        for (number, gap) in gaps["missing"].as_array().unwrap().iter().enumerate() {
            let field = gap["field"].as_str().unwrap();
            let material = field.strip_prefix("materials.").unwrap();
            let path = format!("{base}/materials/{material}/files");
            let (status, view) = session.upload(&path, "材料.pdf", pdf(number)).await;
            assert_eq!(status, StatusCode::CREATED, "{material}: {view}");
        }
    }

    /// A complete application that the keeper has handed in. Returns its identifier.
    pub async fn submitted(&self, keeper: &str, matter: &str) -> String {
        let id = self.draft(keeper, matter).await;
        self.complete(keeper, &id).await;
        self.act(
            keeper,
            &format!("/api/v1/applications/{id}/submissions"),
            json!({}),
        )
        .await;
        id
    }

    /// The clerk accepts.
    pub async fn accept(&self, id: &str) -> Value {
        let path = format!("/api/v1/applications/{id}/acceptances");
        self.act("clerk", &path, json!({})).await
    }

    /// What a department hands in: each of its conditions is met.
    pub async fn outcome(&self, department: &str, id: &str) -> Value {
        let view = self.application(&reviewer(department), id).await;
        let reviews = view["reviews"].as_array().unwrap();
        let own = reviews
            .iter()
            .find(|review| review["department"] == department)
            .unwrap();
        let findings: Vec<_> = own["conditions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|condition| json!({ "condition": condition["key"], "met": "met" }))
            .collect();
        json!({ "findings": findings, "opinion": "材料齐全，现场符合要求", "passed": true })
    }

    /// A department passes the application.
    pub async fn review(&self, department: &str, id: &str) -> Value {
        let body = self.outcome(department, id).await;
        let path = format!("/api/v1/applications/{id}/reviews");
        self.act(&reviewer(department), &path, body).await
    }

    /// First and second review, both for granting.
    pub async fn give_opinions(&self, id: &str) {
        let opinion = json!({ "for_grant": true, "opinion": "符合法定条件，同意" });
        for (login, act) in [("first", "first-reviews"), ("second", "second-reviews")] {
            let path = format!("/api/v1/applications/{id}/{act}");
            self.act(login, &path, opinion.clone()).await;
        }
    }

    /// An application that waits for the leader's decision. Returns its identifier.
    pub async fn before_the_leader(&self, keeper: &str) -> String {
        let id = self.submitted(keeper, MATTER).await;
        self.accept(&id).await;
        for department in DEPARTMENTS {
            self.review(department, &id).await;
        }
        self.give_opinions(&id).await;
        id
    }

    /// The leader grants.
    pub async fn grant(&self, id: &str) -> Value {
        let path = format!("/api/v1/applications/{id}/decisions");
        let body = json!({ "outcome": "grant", "reason": "经审查符合法定条件" });
        self.act("leader", &path, body).await
    }

    /// A whole city with one granted application whose licence is issued. Returns the licence as the keeper sees it.
    pub async fn issued(&self) -> Value {
        self.staff("emergency", &DEPARTMENTS).await;
        let enterprise = self.enterprise("南昌龘盛采石有限公司", 1).await;
        self.of_enterprise("keeper", Role::EnterpriseManager, enterprise)
            .await;
        let id = self.before_the_leader("keeper").await;
        self.grant(&id).await;
        self.run_jobs().await;
        self.only_licence("keeper").await
    }

    /// The administrator takes a licence of the quarries' old register over, good until that day. Returns its
    /// identifier.
    pub async fn taken_over(&self, login: &str, enterprise: Uuid, serial: u32, until: &str) -> String {
        let path = format!("/api/v1/enterprises/{enterprise}");
        let (_, file) = self.as_("clerk").await.get(&path).await;
        let old = json!({
            "number": format!("（赣）FM安许证字〔2020〕{serial:06}"), "enterprise": enterprise, "industry": "noncoal_mine",
            "holder": {
                "name": file["name"], "code": file["code"], "address": "", "economic_type": "",
                "legal_representative": file["legal_representative"], "region": file["region"]
            },
            "scope": ["露天开采"], "valid_from": "2020-01-01", "valid_until": until, "issued_on": "2020-01-01"
        });
        let body = json!({ "licences": [old] });
        let taken = self.act(login, "/api/v1/licences/takeovers", body).await;
        taken["licences"][0].as_str().unwrap().to_owned()
    }

    /// The one licence that `login` sees.
    pub async fn only_licence(&self, login: &str) -> Value {
        let (status, page) = self.as_(login).await.get("/api/v1/licences").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{page}");
        items[0].clone()
    }
}
