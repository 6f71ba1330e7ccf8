//! An invented register in memory, a prover that knows a few invented codes, and an invented log.

use std::sync::Arc;

use async_trait::async_trait;
use codes::{CreditCode, LicenceNumber, RegionCode};
use kernel::{FixedClock, LegalDate, Moment, Page, Problem, RuleFiles};
use matters::{Catalogue, Industry};
use public::{
    CertificateFile, Claims, EvidenceLookup, HistoryEntry, Holder, Inclusion, LicenceLine, LossNotice,
    Numbers, Outcome, Parts, Proof, Prover, Public, PublicLicence, PublicPenalty, Register, SearchQuery,
    Site, SitemapEntry, Standing, State, Step,
};
use time::{
    Date,
    macros::{date, datetime},
};

/// The day on which everything here plays.
pub const TODAY: Date = date!(2026 - 11 - 22);

const PLACES: [(&str, &str, u64); 9] = [
    ("360111", "青山湖区", 2318),
    ("360121", "南昌县", 1986),
    ("360112", "新建区", 1604),
    ("360124", "进贤县", 1422),
    ("360113", "红谷滩区", 1187),
    ("360102", "东湖区", 812),
    ("360103", "西湖区", 794),
    ("360104", "青云谱区", 688),
    ("360123", "安义县", 541),
];

/// Licences in memory.
pub struct Memory {
    pub licences: Vec<PublicLicence>,
    /// Answers nothing but failures.
    pub down: bool,
}

fn day(date: Date) -> LegalDate {
    LegalDate(date)
}

/// A licence in force with everything that a page can show.
pub fn licence(serial: u32, holder: &str) -> PublicLicence {
    let code = CreditCode::with_check(&format!("91360111MA{serial:07}")).expect("a code");
    let print = format!("{serial:016x}");
    PublicLicence {
        number: format!("（赣）WH安许证字〔2025〕{serial:06}"),
        identifier: Some("1.2.156.3005.2.11100000MB0101000001.11360100MB0000000X.2025000001.001.7".into()),
        name: "安全生产许可证".into(),
        industry: Industry::Hazchem,
        holder: Holder {
            name: holder.into(),
            code: code.to_string(),
            address: "江西省南昌市青山湖区示范大道100号".into(),
            legal_representative: "程示范".into(),
            economic_type: "有限责任公司".into(),
            region: "江西省南昌市青山湖区".into(),
        },
        scope: vec![
            "液氧 3.6 万吨/年".into(),
            "液氮 5.2 万吨/年".into(),
            "氢氧化钠溶液（含量≥30%）12 万吨/年".into(),
        ],
        valid_from: day(date!(2025 - 05 - 06)),
        valid_until: day(date!(2028 - 05 - 05)),
        in_force_from: day(date!(2025 - 05 - 06)),
        issued_on: day(date!(2025 - 05 - 06)),
        renew_from: Some(day(date!(2028 - 02 - 05))),
        authority: "江西省应急管理厅".into(),
        standing: Standing::InForce,
        grade: Some("安全生产标准化二级".into()),
        history: vec![
            HistoryEntry {
                on: day(date!(2026 - 03 - 11)),
                title: "变更".into(),
                detail: Some("法定代表人由“章先前”变更为“程示范”".into()),
            },
            HistoryEntry {
                on: day(date!(2025 - 05 - 06)),
                title: "延期".into(),
                detail: None,
            },
            HistoryEntry {
                on: day(date!(2022 - 05 - 06)),
                title: "首次颁发".into(),
                detail: None,
            },
        ],
        lost: None,
        penalties: vec![],
        certificates: vec![
            CertificateFile {
                edition: "正本".into(),
                version: 2,
                sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
                fingerprint: Some(print.clone()),
            },
            CertificateFile {
                edition: "副本".into(),
                version: 2,
                sha256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752".into(),
                fingerprint: Some(format!("f{}", &print[1..])),
            },
        ],
        version: 2,
        demo: true,
        updated_at: Moment::from(datetime!(2026-03-11 08:00 UTC)),
    }
}

/// One licence for each standing, and more to page through.
pub fn licences() -> Vec<PublicLicence> {
    let on = day(date!(2026 - 09 - 18));
    let standings = [
        Standing::InForce,
        Standing::Suspended {
            since: on,
            until: Some(day(date!(2026 - 12 - 17))),
            reason: String::new(),
        },
        Standing::Revoked {
            on,
            reason: String::new(),
        },
        Standing::Rescinded {
            on,
            reason: String::new(),
        },
        Standing::Withdrawn {
            on,
            reason: String::new(),
        },
        Standing::Cancelled {
            on,
            reason: String::new(),
        },
        Standing::Replaced {
            on,
            by: "（赣）WH安许证字〔2025〕000001".into(),
        },
        Standing::DeemedRenewed,
        Standing::InTransition {
            until: day(date!(2026 - 12 - 31)),
        },
    ];
    let mut all: Vec<_> = (1u32..)
        .zip(standings)
        .map(|(serial, standing)| PublicLicence {
            standing,
            ..licence(serial, "江西示范一号化工股份有限公司")
        })
        .collect();
    let mut expired = licence(10, "南昌示范烟花制造有限公司");
    expired.valid_until = day(date!(2026 - 11 - 21));
    let mut expiring = licence(11, "南昌示范矿业有限公司");
    expiring.valid_until = day(date!(2027 - 01 - 08));
    expiring.renew_from = Some(day(date!(2026 - 10 - 08)));
    expiring.industry = Industry::NoncoalMine;
    let mut future = licence(12, "南昌示范建设工程有限公司");
    future.valid_from = day(date!(2026 - 12 - 01));
    future.in_force_from = future.valid_from;
    future.industry = Industry::Construction;
    let mut hostile = licence(13, "<script>alert(1)</script>\"&'有限公司");
    hostile.scope = vec!["<img src=x onerror=alert(1)>".into()];
    hostile.penalties = vec![PublicPenalty {
        on,
        reference: "洪应急罚〔2026〕17号".into(),
        text: "未按规定对重大危险源登记建档，责令限期改正，罚款2万元。<b>".into(),
    }];
    all.extend([expired, expiring, future, hostile]);
    all.extend((14..=60).map(|serial| licence(serial, &format!("南昌示范第{serial}精细化工有限公司"))));
    for (place, one) in all.iter_mut().enumerate() {
        let name = [
            "江西示范一号化工股份有限公司",
            "南昌示范气体有限公司",
            "进贤县示范采石场",
            "安义县示范花炮有限公司",
            "南昌示范能源股份有限公司",
            "南昌县示范建材有限公司",
            "南昌示范民爆器材有限公司",
            "新建区示范涂料有限公司",
            "南昌示范制药有限公司",
        ]
        .get(place);
        if let Some(name) = name {
            one.holder.name = (*name).into();
        }
    }
    all
}

fn state(one: &PublicLicence) -> State {
    public::rules::standing_on(one, day(TODAY))
}

#[async_trait]
impl Register for Memory {
    async fn status(&self, key: &str) -> Result<Option<PublicLicence>, Problem> {
        self.alive()?;
        let key = LicenceNumber::loose_key(key);
        Ok(self
            .licences
            .iter()
            .find(|one| LicenceNumber::loose_key(&one.number) == key)
            .cloned())
    }

    async fn search(&self, query: &SearchQuery) -> Result<Page<LicenceLine>, Problem> {
        self.alive()?;
        let after: usize = match query.cursor.as_deref() {
            Some(cursor) => cursor
                .parse()
                .map_err(|_| Problem::field("cursor", "翻页标记无效"))?,
            None => 0,
        };
        let text = query.text.clone().unwrap_or_default();
        let fits = |one: &&PublicLicence| {
            (one.holder.name.contains(&text) || one.number.contains(&text) || one.holder.code == text)
                && query.industry.is_none_or(|industry| industry == one.industry)
                && query
                    .region
                    .as_ref()
                    .is_none_or(|region| region.as_str().starts_with("360111"))
                && query.state.is_none_or(|wanted| wanted == state(one))
        };
        let rows: Vec<_> = self.licences.iter().filter(fits).skip(after).collect();
        let more = rows.len() as u64 > query.limit;
        let items = rows.into_iter().take(query.limit as usize).map(line).collect();
        Ok(Page {
            items,
            next: more.then(|| (after + query.limit as usize).to_string()),
        })
    }

    async fn numbers(&self) -> Result<Numbers, Problem> {
        self.alive()?;
        let by_industry = [4120, 3866, 214, 3018, 6, 128];
        Ok(Numbers {
            valid: by_industry.iter().sum(),
            expiring: 318,
            by_industry: Industry::ALL.into_iter().zip(by_industry).collect(),
            by_region: PLACES
                .iter()
                .map(|(code, name, number)| {
                    (
                        code.parse::<RegionCode>().expect("a region"),
                        (*name).to_owned(),
                        *number,
                    )
                })
                .collect(),
            at: None,
        })
    }

    async fn losses(&self, cursor: Option<String>, limit: u64) -> Result<Page<LossNotice>, Problem> {
        self.alive()?;
        let after: usize = match cursor.as_deref() {
            Some(cursor) => cursor
                .parse()
                .map_err(|_| Problem::field("cursor", "翻页标记无效"))?,
            None => 0,
        };
        let rest = &self.licences[after..];
        let shown = rest.len().min(limit as usize);
        let notice = |one: &PublicLicence| LossNotice {
            number: one.number.clone(),
            holder: one.holder.name.clone(),
            from: day(TODAY),
            until: day(date!(2026 - 11 - 24)),
        };
        Ok(Page {
            items: rest[..shown].iter().map(notice).collect(),
            next: (shown < rest.len()).then(|| (after + shown).to_string()),
        })
    }

    fn loss_term(&self) -> String {
        "3日".into()
    }

    async fn sitemap_pages(&self) -> Result<u32, Problem> {
        self.alive()?;
        Ok(1)
    }

    async fn sitemap_page(&self, page: u32) -> Result<Vec<SitemapEntry>, Problem> {
        self.alive()?;
        let entry = |one: &PublicLicence| SitemapEntry {
            number: one.number.clone(),
            changed_on: one.issued_on,
        };
        Ok(self.licences.iter().filter(|_| page == 1).map(entry).collect())
    }
}

impl Memory {
    fn alive(&self) -> Result<(), Problem> {
        if self.down {
            return Err(Problem::new(
                http::StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "系统繁忙",
            ));
        }
        Ok(())
    }
}

fn line(one: &PublicLicence) -> LicenceLine {
    LicenceLine {
        number: one.number.clone(),
        holder: one.holder.name.clone(),
        code: one.holder.code.clone(),
        industry: one.industry,
        region: "青山湖区".into(),
        valid_until: one.valid_until,
        state: state(one),
    }
}

/// Knows codes such as `GENUINE000001`, `RENAMED000001`, `FORGED000001`, `FOREIGN000001`; a PDF is judged by the code
/// that stands in it.
pub struct Codes;

impl Prover for Codes {
    fn pdf(&self, bytes: &[u8], _: Moment) -> Proof {
        let text = String::from_utf8_lossy(bytes);
        let known = ["GENUINE", "RENAMED", "FORGED", "FOREIGN"]
            .iter()
            .find_map(|word| {
                let at = text.find(word)?;
                proof(text.get(at..at + word.len() + 6)?)
            });
        let mut proof = known.unwrap_or(Proof {
            outcome: Outcome::Unreadable,
            steps: vec![Step::new("file", false, "这不是安全生产许可证的 PDF。")],
            claims: None,
            signer: None,
            signed_at: None,
            notes: vec![],
        });
        if proof.outcome == Outcome::Genuine {
            proof
                .steps
                .insert(0, Step::new("file", true, "PDF/A-3，内嵌许可证数据。"));
            proof.steps.push(Step::new(
                "timestamp",
                true,
                "时间戳可信，签于 2025年5月6日 10:12。",
            ));
            proof
                .steps
                .push(Step::new("revocation", true, "签名时，签名证书没有被吊销。"));
            proof.signer = Some("江西省应急管理厅（演示）".into());
            proof.signed_at = Some(Moment::from(datetime!(2025-05-06 02:12 UTC)));
        }
        proof
    }

    fn qr(&self, text: &str, _: Moment) -> Option<Proof> {
        proof(text.rsplit('/').next()?)
    }

    fn codes_in_picture(&self, bytes: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.find("GENUINE")
            .and_then(|at| text.get(at..at + 13))
            .map(str::to_owned)
            .into_iter()
            .collect()
    }
}

fn proof(code: &str) -> Option<Proof> {
    let (word, serial) = code.split_at_checked(code.len().checked_sub(6)?)?;
    let serial: u32 = serial.parse().ok()?;
    let real = licences()
        .into_iter()
        .find(|one| one.number.ends_with(&format!("{serial:06}")));
    let base = real.unwrap_or_else(|| licence(serial, "江西示范一号化工股份有限公司"));
    let mut claims = Claims {
        number: base.number,
        identifier: None,
        holder: base.holder.name,
        code: base.holder.code,
        valid_from: base.valid_from,
        valid_until: base.valid_until,
        fingerprint: Some(format!("{serial:016x}")),
        copy_until: None,
    };
    let (outcome, detail) = match word {
        "GENUINE" => (Outcome::Genuine, "签名有效，由发证机关签发。"),
        "RENAMED" => {
            claims.holder = "江西示范零号化工有限公司".into();
            claims.fingerprint = Some("00000000000000aa".into());
            (Outcome::Genuine, "签名有效，由发证机关签发。")
        }
        "FORGED" => (Outcome::Altered, "签名和内容对不上，内容被改动过。"),
        "FOREIGN" => (Outcome::Untrusted, "签名者不是发证机关。"),
        _ => return None,
    };
    Some(Proof {
        outcome,
        steps: vec![Step::new("signature", outcome == Outcome::Genuine, detail)],
        claims: Some(claims),
        signer: None,
        signed_at: None,
        notes: vec![],
    })
}

/// Knows every document.
pub struct Log;

#[async_trait]
impl EvidenceLookup for Log {
    async fn inclusion(&self, sha256: &str) -> Result<Option<Inclusion>, Problem> {
        Ok(Some(Inclusion {
            sha256: sha256.to_owned(),
            index: 48_213,
            entry: "00".repeat(32),
            bundle: "c2sp.org/tlog-proof@v1\nindex 48213\n".into(),
            at: Moment::from(datetime!(2025-05-06 02:13 UTC)),
        }))
    }
}

/// The shipped matters.
pub fn catalogue() -> Catalogue {
    let rules = RuleFiles::default();
    let paths = [rules.list("matters/"), rules.list("documents/")].concat();
    let files = paths
        .iter()
        .map(|path| (path, rules.read(path).expect("a rule file")));
    matters::load(files).expect("the shipped matters")
}

/// The service over the invented data.
pub fn service(down: bool) -> Public {
    service_with(
        Arc::new(Codes),
        Memory {
            licences: licences(),
            down,
        },
    )
}

/// The service over other data or another prover.
pub fn service_with(prover: Arc<dyn Prover>, register: Memory) -> Public {
    let catalogue = catalogue();
    let city = catalogue.city("nanchang").expect("the city").clone();
    Public::new(Parts {
        site: Site {
            city: "南昌市".into(),
            operator: "南昌市应急管理局".into(),
            public_url: "https://aq.example.gov.cn".into(),
            hotline: Some("12350".into()),
            demo: true,
        },
        clock: Arc::new(FixedClock::at(datetime!(2026-11-22 00:40 UTC))),
        register: Arc::new(register),
        prover,
        evidence: Some(Arc::new(Log)),
        catalogue: Arc::new(catalogue),
        matters_city: Arc::new(city),
        accountability: Arc::new(Decided),
    })
}

/// A responsibility list that was changed once, and one stage that was handed down.
struct Decided;

pub fn decided_duty(name: &str, text: &str) -> matters::ListedDuty {
    matters::ListedDuty {
        name: name.into(),
        text: text.into(),
        basis: "安全生产许可证条例第七条".into(),
        liability: String::new(),
    }
}

#[async_trait::async_trait]
impl public::Accountability for Decided {
    async fn responsibility(
        &self,
        matter: matters::MatterKey,
    ) -> Result<Option<matters::ResponsibilityList>, kernel::Problem> {
        let version = |number, duties| matters::PublishedList {
            number,
            effective_from: "2026-04-01".parse().unwrap(),
            duties,
        };
        let own = version(
            0,
            vec![
                decided_duty("受理责任", "一次告知"),
                decided_duty("送达责任", "送达"),
            ],
        );
        let changed = version(
            1,
            vec![
                decided_duty("受理责任", "当场告知"),
                decided_duty("提醒责任", "届满前提醒"),
            ],
        );
        if matter.to_string() == "coal.first_issue" {
            return Err(kernel::Problem::new(
                http::StatusCode::SERVICE_UNAVAILABLE,
                "down",
                "不可用",
            ));
        }
        Ok(Some(matters::ResponsibilityList {
            matter,
            name: "事项".into(),
            body: "南昌市应急管理局".into(),
            current: changed.clone(),
            versions: vec![changed, own],
        }))
    }

    fn handed_down(&self) -> Vec<matters::SeenDevolution> {
        let city = catalogue().city("nanchang").expect("the city").clone();
        let devolution = city.devolutions[0].clone();
        vec![matters::SeenDevolution {
            matters: Vec::new(),
            stage_names: vec!["受理".into()],
            area: "南昌高新技术产业开发区".into(),
            body: "高新区管委会".into(),
            sources: Vec::new(),
            unconfirmed: Some("须有正式文件".into()),
            in_force: true,
            devolution,
        }]
    }
}
