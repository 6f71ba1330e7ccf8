//! Bulk import: files as people have them.

use std::io::Write as _;

use bytes::Bytes;
use kernel::{Role, Workers};
use registry::{EnterpriseQuery, Field, ImportOptions, ImportReport, ImportState, RegistryError};

use crate::support::*;

fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GBK.encode(text).0.into_owned()
}

const HEADER: &str = "企业名称,统一社会信用代码,成立日期";

fn counts(report: &ImportReport) -> [u64; 6] {
    [
        report.read,
        report.taken,
        report.changed,
        report.skipped,
        report.warned,
        report.refused,
    ]
}

fn row(name: &str, number: u32) -> String {
    format!("{name},{},2015-03-02", code(number))
}

async fn errors(app: &App, report: &ImportReport) -> Vec<Vec<String>> {
    let uri = format!("/api/v1/enterprise-imports/{}/errors.csv", report.id);
    let bytes = crate::http::get_bytes(app, clerk(), &uri).await;
    let text = String::from_utf8(bytes).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[tokio::test]
async fn gbk_and_marked_utf8_come_to_the_same() {
    let text = format!(
        "{HEADER}\n{}\n{}\n",
        row("南昌䶮甲厂", 1).replace('䶮', "龙"),
        row("南昌乙厂", 2)
    );
    let marked = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
    for bytes in [gbk(&text), marked] {
        let app = App::new().await;
        let report = app.import(&clerk(), &bytes, ImportOptions::default()).await;
        assert_eq!(report.state, ImportState::Done);
        assert_eq!(counts(&report), [2, 2, 0, 0, 0, 0]);
        let found = app
            .registry
            .search(&clerk(), &EnterpriseQuery::default())
            .await
            .unwrap();
        assert_eq!(found.items[1].name, "南昌龙甲厂");
        assert_eq!(found.items[1].region.as_str(), "360102");
        assert_eq!(found.items[1].established_on.unwrap().to_string(), "2015-03-02");
        assert_eq!(
            app.number("SELECT count(*) FROM event WHERE kind = 'enterprise.registered'")
                .await,
            2
        );
    }
}

#[tokio::test]
async fn every_fault_is_named_and_the_mended_file_is_taken() {
    let app = App::new().await;
    let rows = [
        row("南昌甲厂", 1),
        row("南昌😀厂", 2),
        format!("{},南昌丙厂,2015-03-02", code(3)),
        format!("南昌丁厂,{},2023-02-30", code(4)),
        format!("南昌戊厂,{},2015-03-02", unsound(5)),
        row("南昌己厂", 6),
        row("南昌己厂", 6),
        row("南昌庚厂", 6),
        "南昌辛厂,3.30482E+14,2015-03-02".to_owned(),
        format!("=南昌壬,{},x", code(9)),
    ];
    let report = app
        .import(&clerk(), &csv(HEADER, &rows), ImportOptions::default())
        .await;
    assert_eq!(counts(&report), [10, 3, 0, 1, 1, 6]);

    let errors = errors(&app, &report).await;
    assert_eq!(errors[0], ["企业名称", "统一社会信用代码", "成立日期", "错误"]);
    let message = |line: usize| errors[line][3].as_str();
    assert!(
        message(1).starts_with("企业名称：") && message(1).contains("表情"),
        "{}",
        message(1)
    );
    assert!(message(2).contains("统一社会信用代码："), "{}", message(2));
    assert!(
        message(3).contains("成立日期：没有“2023-02-30”这一天"),
        "{}",
        message(3)
    );
    assert!(
        message(4).contains("与第 7 行代码相同而内容不同"),
        "{}",
        message(4)
    );
    assert!(message(5).contains("科学计数"), "{}", message(5));
    assert_eq!(errors[6][0], "'=南昌壬");

    let flagged = EnterpriseQuery {
        code_warnings: true,
        ..EnterpriseQuery::default()
    };
    let flagged = app.registry.search(&clerk(), &flagged).await.unwrap();
    assert_eq!(flagged.items[0].name, "南昌戊厂");
    assert_eq!(flagged.items[0].code_warnings, ["check-character"]);

    let mut mended = csv::Writer::from_writer(Vec::new());
    for record in &errors {
        let record = record.iter().map(|cell| match cell.as_str() {
            "南昌😀厂" => "南昌二厂",
            "2023-02-30" => "2023-02-28",
            other => other,
        });
        mended.write_record(record).unwrap();
    }
    let mended = mended.into_inner().unwrap();
    let again = app.import(&clerk(), &mended, ImportOptions::default()).await;
    // 南昌庚厂 now meets the one registered from the first file.
    assert_eq!(counts(&again), [6, 2, 0, 1, 0, 3]);
}

#[tokio::test]
async fn a_dry_run_tells_all_and_changes_nothing() {
    let app = App::new().await;
    app.register("南昌甲厂", 1, "360102").await;
    let rows = [
        row("南昌改名厂", 1),
        row("南昌乙厂", 2),
        row("南昌乙厂", 2),
        "坏,1,".to_owned(),
    ];
    let options = ImportOptions {
        dry_run: true,
        update: true,
        ..ImportOptions::default()
    };
    let report = app.import(&clerk(), &csv(HEADER, &rows), options).await;
    assert_eq!(counts(&report), [4, 1, 1, 1, 0, 1]);
    assert_eq!(app.number("SELECT count(*) FROM enterprise").await, 1);
    assert_eq!(
        app.number("SELECT count(*) FROM enterprise WHERE version > 1")
            .await,
        0
    );
}

#[tokio::test]
async fn known_enterprises_are_skipped_or_changed_by_the_fields_given() {
    let app = App::new().await;
    let id = app.register("南昌甲厂", 1, "360102002").await;
    let file = csv(HEADER, &[row("南昌新甲厂", 1)]);
    let report = app.import(&clerk(), &file, ImportOptions::default()).await;
    assert_eq!(counts(&report), [1, 0, 0, 1, 0, 0]);
    let update = ImportOptions {
        update: true,
        ..ImportOptions::default()
    };
    let report = app.import(&clerk(), &file, update.clone()).await;
    assert_eq!(counts(&report), [1, 0, 1, 0, 0, 0]);
    let one = app.registry.enterprise(&clerk(), id).await.unwrap();
    assert_eq!(
        (one.name.as_str(), one.region.as_str()),
        ("南昌新甲厂", "360102002")
    );
    assert_eq!(one.legal_representative, "李安");
    let report = app.import(&clerk(), &file, update.clone()).await;
    assert_eq!(counts(&report), [1, 0, 0, 1, 0, 0]);
    let elsewhere = in_region(Role::WindowClerk, "3604");
    let options = ImportOptions {
        default_region: Some("3604".to_owned()),
        ..update
    };
    let report = app.import(&elsewhere, &file, options).await;
    assert_eq!(counts(&report), [1, 0, 0, 0, 0, 1]);
}

#[tokio::test]
async fn the_region_comes_from_column_code_or_default() {
    let app = App::new().await;
    let header = "code,name,registration_authority,supervising_unit,district";
    let rows = [
        format!("{},甲厂,某局,某所,", code_in("360103", 1)),
        format!("{},乙厂,某局,某所,", code_in("330199", 2)),
        format!("{},丙厂,某局,某所,南昌市青云谱区", code_in("360103", 3)),
        format!("{},丁厂,某局,某所,江西省南昌市东湖区", code_in("360103", 4)),
        format!("{},戊厂,某局,某所,月球", code_in("360103", 5)),
        format!("{},己厂,某局,某所,九江市", code_in("360103", 6)),
    ];
    let options = ImportOptions {
        default_region: Some("360100".to_owned()),
        ..ImportOptions::default()
    };
    let report = app.import(&clerk(), &csv(header, &rows), options).await;
    assert_eq!(counts(&report), [6, 4, 0, 0, 0, 2]);
    let fields: Vec<_> = report.columns.iter().map(|column| column.field).collect();
    assert_eq!(
        fields,
        [
            Some(Field::Code),
            Some(Field::Name),
            Some(Field::Authority),
            None,
            Some(Field::Region)
        ]
    );
    let found = app
        .registry
        .search(&clerk(), &EnterpriseQuery::default())
        .await
        .unwrap();
    let regions: Vec<_> = found.items.iter().map(|one| one.region.as_str()).collect();
    assert_eq!(regions, ["360102", "360104", "3601", "360103"]);
    assert_eq!(found.items[0].authority.as_deref(), Some("某局"));
}

#[tokio::test]
async fn workbooks_with_titles_and_several_sheets() {
    let app = App::new().await;
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(0, 0, "填表说明").unwrap();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "2026年企业名单").unwrap();
    for (column, header) in ["序号", "单位名称", "注册号", "风险等级"].iter().enumerate() {
        sheet.write_string(2, column as u16, *header).unwrap();
    }
    sheet.write_number(3, 0, 1).unwrap();
    sheet.write_string(3, 1, "南昌老厂").unwrap();
    sheet.write_number(3, 2, 110_108_000_000_016.0).unwrap();
    sheet.write_string(3, 3, "红色").unwrap();
    let options = ImportOptions {
        default_region: Some("3601".to_owned()),
        ..ImportOptions::default()
    };
    let report = app
        .import(&clerk(), &book.save_to_buffer().unwrap(), options)
        .await;
    assert_eq!(counts(&report), [1, 1, 0, 0, 0, 0]);
    let found = app
        .registry
        .search(&clerk(), &EnterpriseQuery::default())
        .await
        .unwrap();
    assert_eq!(found.items[0].code.as_str(), "110108000000016");
}

async fn refusal(app: &App, bytes: Vec<u8>) -> String {
    let options = ImportOptions::default();
    match app
        .registry
        .start_import(&clerk(), "x", Bytes::from(bytes), options)
        .await
    {
        Err(RegistryError::BadFile(message)) => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_zip_bomb_is_not_unpacked() {
    let app = App::new().await;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("[Content_Types].xml", options).unwrap();
    zip.write_all(b"<Types/>").unwrap();
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..600 {
        zip.write_all(&zeros).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 2_000_000);
    assert!(refusal(&app, bytes).await.contains("异常庞大"));
    assert_eq!(app.number("SELECT count(*) FROM import_run").await, 0);
}

#[tokio::test]
async fn cells_far_apart_do_no_harm() {
    let app = App::new().await;
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "企业名称").unwrap();
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    assert!(refusal(&app, book.save_to_buffer().unwrap()).await.contains("列"));
}

#[tokio::test]
async fn useless_files_are_refused_at_once_with_advice() {
    let app = App::new().await;
    assert!(refusal(&app, Vec::new()).await.contains("空的"));
    assert!(refusal(&app, b"a,b\n1,2\n".to_vec()).await.contains("a、b"));
    assert!(refusal(&app, csv(HEADER, &[])).await.contains("只有表头"));
    assert!(refusal(&app, vec![b'x'; 65 << 20]).await.contains("64 MB"));
    let nowhere = ImportOptions {
        default_region: Some("3604".to_owned()),
        ..ImportOptions::default()
    };
    let file = Bytes::from(csv(HEADER, &[row("甲厂", 1)]));
    let refused = app
        .registry
        .start_import(&clerk(), "x", file.clone(), nowhere)
        .await;
    assert!(matches!(refused, Err(RegistryError::Invalid(faults)) if faults[0].field == "default_region"));
    let reader = in_region(Role::Inspector, "3601");
    let refused = app
        .registry
        .start_import(&reader, "x", file, ImportOptions::default())
        .await;
    assert!(matches!(refused, Err(RegistryError::Forbidden(_))));
}

#[test]
fn a_run_that_died_goes_on_and_comes_to_the_same_end() {
    // Repetitions on both sides of the boundary between batches, and refused rows before it.
    let mut rows: Vec<String> = (1..=4500).map(|n| row(&format!("南昌{n}厂"), n)).collect();
    rows[10] = "坏,1,".to_owned();
    rows[1500] = rows[3].clone();
    rows[2000] = row("南昌另名厂", 5);
    rows.push(row("南昌十一厂", 11));
    let file = Bytes::from(csv(HEADER, &rows));

    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
    };
    let first = runtime();
    let (app, id, read) = first.block_on(async {
        let app = App::new().await;
        let options = ImportOptions::default();
        let run = app
            .registry
            .start_import(&clerk(), "企业.csv", file, options)
            .await
            .unwrap();
        let workers = Workers::new(app.kernel.clone(), registry::handlers(app.registry.clone()), 1);
        let begun = async {
            loop {
                let read = app.registry.import(&clerk(), run.id).await.unwrap().read;
                if read > 0 {
                    break read;
                }
                tokio::task::yield_now().await;
            }
        };
        let read = tokio::select! { read = begun => read, _ = workers.drain() => 4501 };
        (app, run.id, read)
    });
    // The process dies with all its tasks.
    first.shutdown_timeout(std::time::Duration::from_secs(5));
    assert!(read < 4501, "the worker was cut off too late to show anything");

    runtime().block_on(async {
        let app = app.an_hour_later().await;
        let before = app.registry.import(&clerk(), id).await.unwrap();
        assert_eq!(before.state, ImportState::Running);
        app.work_off().await;
        let report = app.registry.import(&clerk(), id).await.unwrap();
        assert_eq!(report.state, ImportState::Done);
        assert_eq!(counts(&report), [4501, 4498, 0, 1, 0, 2]);
        assert_eq!(app.number("SELECT count(*) FROM enterprise").await, 4498);
        let events = "SELECT count(*) FROM event WHERE kind = 'enterprise.registered'";
        assert_eq!(app.number(events).await, 4498);
    });
}

#[tokio::test]
async fn a_cancelled_run_keeps_what_was_taken() {
    let app = App::new().await;
    let rows: Vec<String> = (1..=1500).map(|n| row(&format!("南昌{n}厂"), n)).collect();
    let file = Bytes::from(csv(HEADER, &rows));
    let options = ImportOptions::default();
    let run = app
        .registry
        .start_import(&clerk(), "x", file, options)
        .await
        .unwrap();
    let cancelled = app.registry.cancel_import(&clerk(), run.id).await.unwrap();
    assert_eq!(cancelled.state, ImportState::Cancelled);
    app.work_off().await;
    assert_eq!(app.number("SELECT count(*) FROM enterprise").await, 0);
    let over = app.registry.cancel_import(&clerk(), run.id).await;
    assert!(matches!(over, Err(RegistryError::ImportOver)));
    let stranger = in_region(Role::Auditor, "3601");
    assert!(app.registry.cancel_import(&stranger, run.id).await.is_err());
}

#[tokio::test]
async fn the_command_line_hears_of_every_batch() {
    let app = App::new().await;
    let rows: Vec<String> = (1..=2100).map(|n| row(&format!("南昌{n}厂"), n)).collect();
    let mut heard = Vec::new();
    let report = app
        .registry
        .import_file(
            &nation(),
            "list.csv",
            Bytes::from(csv(HEADER, &rows)),
            ImportOptions::default(),
            |report| heard.push(report.read),
        )
        .await
        .unwrap();
    assert_eq!(heard, [1000, 2000, 2100, 2100]);
    assert_eq!(counts(&report), [2100, 2100, 0, 0, 0, 0]);
    assert_eq!(app.number("SELECT count(*) FROM job").await, 0);
}
