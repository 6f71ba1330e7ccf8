//! Bulk import through HTTP: a large csv, a workbook, a trial run, the file of errors, cancelling.

use std::{fmt::Write as _, io::Cursor};

use calamine::{Data, Reader, Xlsx};
use journeys::{Session, TestApp, city, file_form, on_both};
use kernel::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const IMPORTS: &str = "/api/v1/enterprise-imports";
const ROWS: u32 = 3000;
/// Every so many rows one has a fault.
const FAULTY: u32 = 100;

fn code(number: u32) -> String {
    city::credit_code(number)
}

fn is_faulty(number: u32) -> bool {
    number.is_multiple_of(FAULTY)
}

/// Rows 1 to `ROWS`; of each hundred one has a date that does not exist.
fn large() -> Vec<u8> {
    let mut text = String::from("企业名称,统一社会信用代码,成立日期,地址\n");
    for number in 1..=ROWS {
        let day = if is_faulty(number) {
            "2023-02-30"
        } else {
            "2015-03-02"
        };
        writeln!(
            text,
            "南昌第{number}机械厂,{},{day},东湖区{number}号",
            code(number)
        )
        .unwrap();
    }
    text.into_bytes()
}

async fn start(session: &Session<'_>, name: &str, bytes: Vec<u8>, dry_run: bool) -> Value {
    let form = file_form(name, bytes).text("dry_run", dry_run.to_string());
    let (status, report) = journeys::answer(session.request(Method::POST, IMPORTS).multipart(form)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{report}");
    assert_eq!(report["state"], "waiting");
    report
}

fn path(report: &Value) -> String {
    format!("{IMPORTS}/{}", report["id"].as_str().unwrap())
}

/// Starts an import, lets the job do it and returns the report.
async fn import(app: &TestApp, name: &str, bytes: Vec<u8>, dry_run: bool) -> Value {
    let clerk = app.as_("clerk").await;
    let started = start(&clerk, name, bytes, dry_run).await;
    app.run_jobs().await;
    let (status, report) = clerk.get(&path(&started)).await;
    assert_eq!(
        (status, &report["state"]),
        (StatusCode::OK, &json!("done")),
        "{report}"
    );
    report
}

/// Read, taken, skipped, refused.
fn counts(report: &Value) -> [i64; 4] {
    ["read", "taken", "skipped", "refused"].map(|name| report[name].as_i64().unwrap())
}

async fn enterprises(app: &TestApp) -> i64 {
    app.count("SELECT count(*) FROM enterprise").await
}

/// The mended rows of an errors workbook as csv.
fn mended(workbook: Vec<u8>) -> Vec<u8> {
    let mut book = Xlsx::new(Cursor::new(workbook)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    for (line, row) in range.rows().enumerate() {
        let cells: Vec<String> = row.iter().map(Data::to_string).collect();
        if line > 0 {
            assert!(
                cells.last().unwrap().contains("没有“2023-02-30”这一天"),
                "{cells:?}"
            );
        }
        let cells = cells
            .iter()
            .map(|cell| if cell == "2023-02-30" { "2023-02-28" } else { cell });
        writer.write_record(cells).unwrap();
    }
    writer.into_inner().unwrap()
}

fn workbook(rows: u32) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "2026年企业名单").unwrap();
    for (column, header) in (0..).zip(["序号", "单位名称", "社会信用代码", "风险等级"]) {
        sheet.write_string(1, column, header).unwrap();
    }
    for number in 1..=rows {
        let line = number + 1;
        sheet.write_number(line, 0, number).unwrap();
        sheet
            .write_string(line, 1, format!("南昌第{number}建材厂"))
            .unwrap();
        sheet.write_string(line, 2, code(10_000 + number)).unwrap();
        sheet
            .write_string(line, 3, ["红", "橙", "黄", "蓝"][number as usize % 4])
            .unwrap();
    }
    book.save_to_buffer().unwrap()
}

on_both! {
    async fn a_large_list_is_tried_taken_and_mended(app) {
        app.officer("clerk", &[Role::WindowClerk]).await;
        let (rows, faulty) = (i64::from(ROWS), i64::from(ROWS / FAULTY));
        let tried = import(&app, "名单.csv", large(), true).await;
        assert_eq!(counts(&tried), [rows, rows - faulty, 0, faulty]);
        assert_eq!(enterprises(&app).await, 0, "a trial changes nothing");

        let taken = import(&app, "名单.csv", large(), false).await;
        assert_eq!(counts(&taken), [rows, rows - faulty, 0, faulty]);
        assert_eq!(enterprises(&app).await, rows - faulty);
        assert_eq!(app.count("SELECT count(*) FROM event WHERE kind = 'enterprise.registered'").await, rows - faulty);

        let clerk = app.as_("clerk").await;
        let (_, issues) = clerk.get(&format!("{}/issues?kind=refused&limit=2", path(&taken))).await;
        assert_eq!(issues["items"][0]["line"], 101, "as the spreadsheet counts, with the header");
        assert!(issues["items"][0]["message"].as_str().unwrap().contains("成立日期"), "{issues}");
        assert!(issues["next"].is_string());
        let (status, bytes) = clerk.bytes(&format!("{}/errors.xlsx", path(&taken))).await;
        assert_eq!(status, StatusCode::OK);
        let again = import(&app, "补正.csv", mended(bytes), false).await;
        assert_eq!(counts(&again), [faulty, faulty, 0, 0]);
        assert_eq!(enterprises(&app).await, rows);

        let (_, found) = clerk.get("/api/v1/enterprises?q=%E7%AC%AC2900%E6%9C%BA%E6%A2%B0").await;
        assert_eq!(found["items"][0]["code"], code(2900));
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        let whole = import(&app, "名单.csv", large(), false).await;
        assert_eq!(counts(&whole), [rows, 0, rows - faulty, faulty], "the same list again changes nothing");
        app.seal().await;
        assert_eq!(app.audit().await, Vec::<String>::new());
    }

    async fn a_workbook_is_taken_like_a_csv(app) {
        app.officer("clerk", &[Role::WindowClerk]).await;
        let report = import(&app, "名单.xlsx", workbook(300), false).await;
        assert_eq!(counts(&report), [300, 300, 0, 0]);
        let (_, red) = app.as_("clerk").await.get("/api/v1/enterprises?danger=red&limit=200").await;
        assert_eq!(red["items"].as_array().unwrap().len(), 75);
    }

    async fn an_import_can_be_cancelled(app) {
        app.officer("clerk", &[Role::WindowClerk]).await;
        let clerk = app.as_("clerk").await;
        let started = start(&clerk, "名单.csv", large(), false).await;
        let cancel = format!("{}/cancellation", path(&started));
        assert_eq!(clerk.post(&cancel, json!({})).await.0, StatusCode::ACCEPTED);
        app.run_jobs().await;
        let (_, report) = clerk.get(&path(&started)).await;
        assert_eq!(report["state"], "cancelled", "{report}");
        assert_eq!(enterprises(&app).await, report["taken"].as_i64().unwrap());
        let (status, problem) = clerk.post(&cancel, json!({})).await;
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        assert_eq!(app.jobs_dead().await, 0);
    }

    async fn a_useless_file_is_answered_at_once(app) {
        app.officer("clerk", &[Role::WindowClerk]).await;
        let clerk = app.as_("clerk").await;
        let cases: [(&str, Vec<u8>, &str); 4] = [
            ("空.csv", Vec::new(), "空的"),
            ("别的.csv", b"a,b\n1,2\n".to_vec(), "a、b"),
            ("程序.xlsx", [b"MZ\x90\x00".as_slice(), &[0; 4000]].concat(), "xlsx"),
            ("大.csv", vec![b'x'; 65 << 20], "64 MB"),
        ];
        for (name, bytes, words) in cases {
            let (status, problem) = clerk.upload(IMPORTS, name, bytes).await;
            assert!([StatusCode::UNPROCESSABLE_ENTITY, StatusCode::PAYLOAD_TOO_LARGE].contains(&status), "{name}: {problem}");
            assert!(problem["detail"].as_str().unwrap().contains(words), "{name}: {problem}");
        }
        assert_eq!(app.count("SELECT count(*) FROM import_run").await, 0);
    }
}
