use bytes::Bytes;
use kernel::*;
use registry::*;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use std::{fmt::Write as _, sync::Arc, time::Instant};
struct M;
impl MigratorTrait for M {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        kernel::db::migrations()
            .into_iter()
            .chain(registry::migrations())
            .collect()
    }
}
#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).unwrap();
    let n: u64 = std::env::args().nth(2).unwrap().parse().unwrap();
    let db = Db::connect(&DbConfig { url, connections: 4 }).await.unwrap();
    db.migrate::<M>().await.unwrap();
    let dir = std::env::temp_dir().join("scale-blobs");
    let kernel = Kernel::new(
        db,
        Arc::new(SystemClock),
        Arc::new(RandomIds),
        Blobs::folder(&dir).unwrap(),
        RuleFiles::new(None),
    );
    let registry = Registry::new(kernel.clone()).unwrap();
    let system = Actor::system("bench");
    if n > 0 {
        let cities = [
            "南昌",
            "九江",
            "赣州",
            "吉安",
            "宜春",
            "抚州",
            "上饶",
            "景德镇",
            "萍乡",
            "新余",
            "鹰潭",
        ];
        let regions = [
            "360102", "3604", "3607", "3608", "3609", "3610", "3611", "3602", "3603", "3605", "3606",
        ];
        let words: Vec<char> = "安康宏达鑫盛华泰瑞丰兴隆永昌恒源金龙天成东方新世纪润泽海通利民信诚力源博远正大立德中科江山红星光明".chars().collect();
        let trades = [
            "化工",
            "矿业",
            "建筑工程",
            "烟花爆竹",
            "爆破工程",
            "机械制造",
            "物流",
            "新材料",
        ];
        let kinds = ["有限公司", "有限责任公司", "股份有限公司", "厂"];
        let mut csv = String::from(
            "企业名称,统一社会信用代码,行政区划代码,行业代码,规模,风险等级,地址,法定代表人,联系电话\n",
        );
        let mut x = 88172645463325252u64;
        let mut rnd = |m: usize| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            (x % m as u64) as usize
        };
        for i in 0..n {
            let c = if rnd(3) == 0 { 0 } else { rnd(cities.len()) };
            let w: String = (0..2 + rnd(3)).map(|_| words[rnd(words.len())]).collect();
            let first = format!("91{:06}{:08}0", 360000 + c * 100 + 2, i % 100_000_000);
            let code = codes::CreditCode::with_check(&first).unwrap();
            let _ = writeln!(
                csv,
                "{}{}{}{},{code},{},{},{},{},{}市某某路{}号,李安,138{:08}",
                cities[c],
                w,
                trades[rnd(8)],
                kinds[rnd(4)],
                regions[c],
                ["2611", "1011", "4710", "2672"][rnd(4)],
                ["小型", "微型", "中型", "大型"][rnd(4)],
                ["红", "", "蓝", "黄"][rnd(4)],
                cities[c],
                rnd(999),
                rnd(99_999_999)
            );
        }
        println!("csv {} MB", csv.len() >> 20);
        let t = Instant::now();
        let report = registry
            .import_file(
                &system,
                "x.csv",
                Bytes::from(csv),
                ImportOptions::default(),
                |r| {
                    if r.read % 100_000 == 0 {
                        println!("{} {:?}", r.read, t.elapsed())
                    }
                },
            )
            .await
            .unwrap();
        println!(
            "import {:?} {:?}",
            t.elapsed(),
            (report.taken, report.warned, report.refused)
        );
    }
    let clerk = Actor {
        is_system: false,
        roles: vec![Role::WindowClerk],
        scope: Scope {
            regions: vec!["3601".into()],
            ..Scope::default()
        },
        ..system.clone()
    };
    for (who, actor) in [("all", &system), ("3601", &clerk)] {
        for sort in [Sort::Registered, Sort::Name] {
            for (q, region, danger) in [
                (Some("有限公司"), None, None),
                (Some("公司"), None, None),
                (Some("化工"), None, None),
                (Some("宏达化工"), None, None),
                (Some("龙天成"), None, None),
                (Some("景德镇宏达"), None, None),
                (Some("91360"), None, None),
                (Some("0123456"), None, None),
                (Some("厂"), None, None),
                (Some("不存在"), None, None),
                (Some("公司 赣州 康宏"), None, None),
                (None, None, None),
                (None, Some("3604"), None),
                (None, Some("360102"), Some(Danger::Orange)),
                (Some("有限"), Some("3602"), Some(Danger::Red)),
                (Some("九江"), Some("3601"), None),
            ] {
                let query = EnterpriseQuery {
                    q: q.map(str::to_owned),
                    region: region.map(|r: &str| r.parse().unwrap()),
                    danger,
                    sort,
                    ..EnterpriseQuery::default()
                };
                let mut times = Vec::new();
                let mut found = 0;
                for _ in 0..5 {
                    let t = Instant::now();
                    found = match registry.search(actor, &query).await {
                        Ok(p) => p.items.len(),
                        Err(_) => 0,
                    };
                    times.push(t.elapsed());
                }
                times.sort();
                println!(
                    "{who} {sort:?} {q:?} {region:?} {danger:?}: {found} rows, median {:?} max {:?}",
                    times[2], times[4]
                );
            }
        }
    }
    let t = Instant::now();
    let rows = registry.ledger(&system, None).await.unwrap().len();
    println!("ledger {rows} {:?}", t.elapsed());
}
