//! Invented enterprises, licences, officers and applications, brought into being through use cases.

use std::{fmt::Write as _, path::Path, sync::Arc};

use applications::{NewDraft, NewReview, model as paper};
use codes::{CreditCode, LicenceNumber};
use identity::{End, NewAccount};
use kernel::{
    Actor, LegalDate, PageQuery, Role, Scope,
    ids::{ApplicationId, EnterpriseId},
};
use licences::{DirectIssue, Holder, Period};
use matters::{DepartmentKey, Industry, MatterKey};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use registry::{Enterprise, EnterpriseQuery};
use server::Platform;
use time::{Date, Duration, macros::date};

use crate::Outcome;

/// Header of the list to import; its columns are those that a county's list usually has.
pub const COLUMNS: [&str; 9] = [
    "企业名称",
    "统一社会信用代码",
    "行政区划代码",
    "行业代码",
    "规模",
    "风险等级",
    "地址",
    "法定代表人",
    "联系电话",
];
/// Cities of Jiangxi and codes of regions in them; the first has a third of all enterprises.
const CITIES: [(&str, &str); 11] = [
    ("南昌", "360102"),
    ("九江", "360402"),
    ("赣州", "360702"),
    ("吉安", "360802"),
    ("宜春", "360902"),
    ("抚州", "361002"),
    ("上饶", "361102"),
    ("景德镇", "360202"),
    ("萍乡", "360302"),
    ("新余", "360502"),
    ("鹰潭", "360602"),
];
const WORDS: &str =
    "安康宏达鑫盛华泰瑞丰兴隆永昌恒源金龙天成东方新世纪润泽海通利民信诚力博远正大立德中科江山红星光明";
const TRADES: [(&str, &str); 8] = [
    ("化工", "2611"),
    ("矿业", "1011"),
    ("建筑工程", "4710"),
    ("烟花爆竹", "2672"),
    ("爆破工程", "4790"),
    ("机械制造", "3411"),
    ("物流", "5431"),
    ("新材料", "2653"),
];
const KINDS: [&str; 4] = ["有限公司", "有限责任公司", "股份有限公司", "厂"];
const SIZES: [&str; 4] = ["小型", "微型", "中型", "大型"];
const DANGERS: [&str; 4] = ["红", "橙", "黄", "蓝"];
/// Numbers of one year; the pattern of the city has six digits.
const A_YEAR: usize = 900_000;
/// Licences were issued from this day on, over so many days, the oldest entered first as in any register: two in
/// five are expired.
const FIRST_ISSUE: Date = date!(2022 - 01 - 03);
const ISSUING_DAYS: usize = 1780;
/// Licences in one transaction.
const BATCH: usize = 1000;
/// The matter of the applications, and the departments that review it.
const MATTER: &str = "hazchem.first_issue";
const LEAD: &str = "emergency";
const DEPARTMENTS: [&str; 7] = [
    "emergency",
    "fire",
    "ecology",
    "natural_resources",
    "market_regulation",
    "human_resources",
    "industry",
];
/// Password of the officers.
pub const PASSWORD: &str = "Anquan-2026-bench";

/// An officer of the city as an actor. Searches see what this one may see.
pub fn officer(role: Role, region: &str) -> Actor {
    Actor {
        is_system: false,
        roles: vec![role],
        scope: Scope {
            regions: vec![region.to_owned()],
            ..Scope::default()
        },
        ..Actor::system("bench")
    }
}

/// Writes a list of `count` enterprises to import. The same count gives the same list. Returns the names.
pub fn write_list(file: &Path, count: usize) -> Outcome<Vec<String>> {
    let words: Vec<char> = WORDS.chars().collect();
    let mut chance = StdRng::seed_from_u64(360_100);
    let mut of = move |count: usize| chance.random_range(0..count);
    let mut list = csv::Writer::from_path(file)?;
    list.write_record(COLUMNS)?;
    let mut names = Vec::with_capacity(count);
    for number in 0..count {
        let place = if of(3) == 0 { 0 } else { of(CITIES.len()) };
        let (city, region) = CITIES.get(place).copied().unwrap_or(("南昌", "360102"));
        let (trade, industry) = TRADES.get(of(TRADES.len())).copied().unwrap_or_default();
        let mut name = city.to_owned();
        name.extend((0..2 + of(3)).filter_map(|_| words.get(of(words.len()))));
        let _ = write!(name, "{trade}{}", KINDS.get(of(KINDS.len())).unwrap_or(&""));
        let code =
            CreditCode::with_checks(&format!("91{region}{number:08}")).map_err(|fault| fault.message())?;
        list.write_record([
            name.as_str(),
            code.as_str(),
            region,
            industry,
            SIZES.get(of(SIZES.len())).unwrap_or(&""),
            DANGERS.get(of(DANGERS.len())).unwrap_or(&""),
            &format!("江西省{city}市某某路{}号", of(999)),
            "李安",
            &format!("138{:08}", of(99_999_999)),
        ])?;
        names.push(name);
    }
    list.flush()?;
    Ok(names)
}

/// By what the licences are asked for, ready for a request line.
#[derive(Default)]
pub struct Keys {
    /// Printed numbers.
    pub numbers: Vec<String>,
    /// Credit codes of the holders.
    pub codes: Vec<String>,
}

/// Gives every enterprise in the registry a licence of the old register. Returns the keys in no special order.
pub async fn licences(platform: &Platform, count: usize) -> Outcome<Keys> {
    let system = Actor::system("bench");
    let mut keys = Keys::default();
    let mut batch = Vec::with_capacity(BATCH);
    let mut cursor = None;
    loop {
        let query = EnterpriseQuery {
            page: PageQuery {
                limit: Some(200),
                cursor,
            },
            ..EnterpriseQuery::default()
        };
        let page = platform.registry.search(&system, &query).await?;
        for enterprise in page.items {
            let place = keys.numbers.len();
            let licence = licence((place, count), enterprise)?;
            keys.numbers.push(escaped(&licence.number.to_string()));
            keys.codes.push(escaped(licence.holder.code.as_str()));
            batch.push(licence);
        }
        if batch.len() >= BATCH || page.next.is_none() {
            let full = std::mem::take(&mut batch);
            platform.licences.issue_many_directly(&system, full).await?;
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(keys);
        }
    }
}

fn licence((place, count): (usize, usize), enterprise: Enterprise) -> Outcome<DirectIssue> {
    let days = i64::try_from(place * ISSUING_DAYS / count.max(1))?;
    let from = FIRST_ISSUE + Duration::days(days);
    let (year, serial) = (from.year(), place % A_YEAR + 1);
    let number = format!("（赣）WH安许证字〔{year}〕{serial:06}");
    let until = (from - Duration::DAY).replace_year(from.year() + 3);
    let until = until.unwrap_or(from + Duration::days(1094));
    Ok(DirectIssue {
        number: LicenceNumber::parse(&number).map_err(|fault| fault.to_string())?,
        identifier: None,
        enterprise: enterprise.id,
        holder: Holder {
            name: enterprise.name,
            code: enterprise.code,
            address: enterprise.address,
            legal_representative: enterprise.legal_representative,
            economic_type: "有限责任公司".into(),
            region: enterprise.region,
        },
        industry: Industry::Hazchem,
        scope: vec!["环氧乙烷（5000吨/年）".into(), "液氯（12000吨/年）".into()],
        validity: Period {
            from: LegalDate(from),
            until: LegalDate(until),
        },
        issued_on: LegalDate(from),
        demo: true,
    })
}

/// Percent-encoded where a path has to be.
pub fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut path, byte| {
        if byte.is_ascii_alphanumeric() {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
        path
    })
}

/// The officers of the city.
pub struct Officers {
    clerk: Actor,
    reviewers: Vec<(DepartmentKey, Actor)>,
    first: Actor,
    second: Actor,
    /// Who decides.
    pub leader: Actor,
}

/// Makes the accounts of the officers, and one that may see every list: `regulator`.
pub async fn officers(platform: &Platform) -> Outcome<Officers> {
    account(platform, "regulator", Role::Regulator, None).await?;
    account(platform, "auditor", Role::Auditor, None).await?;
    account(platform, "administrator", Role::Administrator, None).await?;
    let mut reviewers = Vec::new();
    for department in DEPARTMENTS {
        let login = format!("reviewer.{department}");
        let actor = account(platform, &login, Role::DepartmentReviewer, Some(department)).await?;
        let key = department.parse::<DepartmentKey>();
        reviewers.push((key.map_err(|fault| fault.to_string())?, actor));
    }
    Ok(Officers {
        clerk: account(platform, "clerk", Role::WindowClerk, Some(LEAD)).await?,
        reviewers,
        first: account(platform, "first", Role::FirstReviewer, Some(LEAD)).await?,
        second: account(platform, "second", Role::SecondReviewer, Some(LEAD)).await?,
        leader: account(platform, "leader", Role::Approver, Some(LEAD)).await?,
    })
}

async fn account(platform: &Platform, login: &str, role: Role, department: Option<&str>) -> Outcome<Actor> {
    let system = Actor::system("bench");
    let new = NewAccount {
        login: login.to_owned(),
        name: format!("评测{login}"),
        end: End::Government,
        roles: vec![role],
        scope: Scope {
            regions: vec!["36".into()],
            department: department.map(str::to_owned),
            enterprise: None,
        },
        region: "36".into(),
        phone: None,
        password: PASSWORD.into(),
        must_change_password: false,
    };
    let account = platform.identity.create(&system, new).await?;
    if matches!(role, Role::FirstReviewer | Role::SecondReviewer | Role::Approver) {
        let valid = (LegalDate(date!(2025 - 01 - 01)), LegalDate(date!(2035 - 12 - 31)));
        let (number, field, issuer) = (
            format!("赣{login}"),
            "all".to_owned(),
            "江西省人民政府".to_owned(),
        );
        platform
            .identity
            .add_qualification(&system, account.id, number, field, issuer, valid)
            .await?;
    }
    Ok(platform.identity.actor(&account, &system))
}

/// Any enterprises of the registry, of the capital.
pub async fn some_enterprises(platform: &Platform) -> Outcome<Vec<EnterpriseId>> {
    let query = EnterpriseQuery {
        region: Some("360102".parse().map_err(|_| "region")?),
        page: PageQuery {
            limit: Some(200),
            cursor: None,
        },
        ..EnterpriseQuery::default()
    };
    let page = platform.registry.search(&Actor::system("bench"), &query).await?;
    Ok(page.items.iter().map(|one| one.id).collect())
}

/// Brings `count` applications before the leader: drafted, filled in, submitted, accepted, reviewed by every
/// department, looked at twice. Several are on their way at a time.
pub async fn before_the_leader(
    platform: &Platform,
    officers: &Arc<Officers>,
    count: usize,
) -> Outcome<Vec<ApplicationId>> {
    let enterprises = some_enterprises(platform).await?;
    let mut ids = Vec::with_capacity(count);
    let mut under_way = tokio::task::JoinSet::new();
    for number in 0..count {
        let enterprise = *enterprises
            .get(number % enterprises.len().max(1))
            .ok_or("no enterprises")?;
        let (platform, officers) = (platform.clone(), Arc::clone(officers));
        under_way.spawn(async move { one(&platform, &officers, enterprise).await });
        if under_way.len() >= 8
            && let Some(done) = under_way.join_next().await
        {
            ids.push(done??);
        }
    }
    while let Some(done) = under_way.join_next().await {
        ids.push(done??);
    }
    Ok(ids)
}

async fn one(platform: &Platform, officers: &Officers, enterprise: EnterpriseId) -> Outcome<ApplicationId> {
    let applications = &platform.applications;
    let keeper = Actor {
        is_system: false,
        roles: vec![Role::EnterpriseManager],
        scope: Scope {
            enterprise: Some(enterprise.into()),
            ..Scope::default()
        },
        ..Actor::system("评测企业")
    };
    let matter: MatterKey = MATTER.parse().map_err(|_| "matter")?;
    let new = NewDraft::first(matter);
    let draft = applications.draft(&keeper, new).await?;
    let id = draft.id;
    let form = paper::Form {
        contact: "王安全".into(),
        contact_phone: "13812345678".into(),
        scope: vec!["环氧乙烷".into(), "液氯".into()],
        delivery_address: "江西省南昌市东湖区一号".into(),
        employees: Some(86),
        truth_declared: true,
        ..draft.application.dossier().form.content.clone()
    };
    applications.save_form(&keeper, id, draft.version, form).await?;
    for gap in applications.completeness(&keeper, id).await? {
        let Some(material) = gap.field.strip_prefix("materials.") else {
            continue;
        };
        let mut upload = applications.begin_upload(&keeper, id, material).await?;
        upload.push(SCAN).map_err(|fault| fault.to_string())?;
        applications
            .finish_upload(&keeper, id, upload, "材料.pdf")
            .await?;
    }
    applications.submit(&keeper, id).await?;
    applications.accept(&officers.clerk, id, Vec::new()).await?;
    review(platform, officers, id, matter).await?;
    let opinions = [
        (&officers.first, paper::StageName::FirstReview),
        (&officers.second, paper::StageName::SecondReview),
    ];
    for (actor, stage) in opinions {
        let opinion = "材料齐全，各部门审查通过，拟同意".to_owned();
        applications.give_opinion(actor, id, stage, true, opinion).await?;
    }
    Ok(id)
}

/// What is uploaded for every material; stored once.
const SCAN: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

async fn review(
    platform: &Platform,
    officers: &Officers,
    id: ApplicationId,
    matter: MatterKey,
) -> Outcome<()> {
    let catalogue = platform.matters.catalogue();
    let today = platform.kernel.now().legal_date();
    let definition = catalogue.current(matter, today.0).ok_or("no such matter")?;
    for (department, actor) in &officers.reviewers {
        let own = definition
            .departments()
            .find(|review| review.department == *department);
        let findings = own.ok_or("no such department")?.conditions.iter();
        let new = NewReview {
            findings: findings
                .map(|condition| paper::Finding {
                    condition: condition.clone(),
                    met: paper::Met::Met,
                    text: String::new(),
                })
                .collect(),
            opinion: "经审查，符合本部门负责审查的条件".into(),
            passed: true,
        };
        platform.applications.review(actor, id, new).await?;
    }
    Ok(())
}
