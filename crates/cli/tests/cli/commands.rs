//! The commands that set an installation up and take data over.

use crate::support::*;

#[test]
fn migrating_twice_is_harmless() {
    let empty = Installation::new();
    for _ in 0..2 {
        succeeded(&empty.run(&["migrate"]));
    }
    assert!(empty.number("SELECT count(*) FROM seaql_migrations") >= 6);
    assert_eq!(
        empty.number("SELECT count(*) FROM account"),
        0,
        "no account but those that people make"
    );
}

#[test]
fn the_first_administrator_needs_a_good_password() {
    let empty = Installation::new();
    let create = |login: &str, password: &str| {
        let arguments = [
            "user",
            "create-admin",
            login,
            "--name",
            "管理员",
            "--region",
            "3601",
        ];
        empty.run_with(&arguments, password)
    };
    for (login, password) in [
        ("root", "short"),
        ("root", "Root-2026-password"),
        ("Root!", PASSWORD),
    ] {
        let refused = create(login, password);
        assert!(!refused.status.success(), "{login} {password}");
    }
    assert_eq!(empty.number("SELECT count(*) FROM account"), 0);
    succeeded(&create("root", &format!("{PASSWORD}\n")));
    assert_eq!(empty.number("SELECT count(*) FROM account"), 1);
    assert!(
        !create("root", PASSWORD).status.success(),
        "a login is given once"
    );
    assert_eq!(
        empty.number("SELECT count(*) FROM event WHERE kind = 'account.created'"),
        1
    );
}

#[test]
fn a_list_is_imported_and_faults_fail_the_command() {
    let empty = Installation::new();
    let mut list = String::from("企业名称,统一社会信用代码,成立日期\n");
    for number in 1..=50 {
        list += &format!("南昌第{number}厂,{},2015-03-02\n", credit_code(number));
    }
    let file = empty.keep("名单.csv", list.as_bytes());
    let (success, tried) = report(&empty.run(&["import", "enterprises", &file, "--dry-run", "--json"]));
    assert!(success && tried["taken"] == 50, "{tried}");
    assert_eq!(empty.number("SELECT count(*) FROM enterprise"), 0);
    let (success, taken) = report(&empty.run(&["import", "enterprises", &file, "--json"]));
    assert!(
        success && taken["taken"] == 50 && taken["state"] == "done",
        "{taken}"
    );
    assert_eq!(empty.number("SELECT count(*) FROM enterprise"), 50);
    let (success, again) = report(&empty.run(&["import", "enterprises", &file, "--json"]));
    assert!(success && again["skipped"] == 50, "{again}");

    list += &format!("南昌末厂,{},2023-02-30\n", credit_code(51));
    let faulty = empty.keep("错误.csv", list.as_bytes());
    let errors = empty.path("退回.csv");
    let arguments = ["import", "enterprises", &faulty, "--errors", &errors, "--json"];
    let (success, refused) = report(&empty.run(&arguments));
    assert!(!success && refused["refused"] == 1, "{refused}");
    let kept = std::fs::read_to_string(&errors).unwrap();
    assert!(
        kept.contains("南昌末厂") && kept.contains("没有“2023-02-30”这一天"),
        "{kept}"
    );
    let words = told(&empty.run(&["import", "enterprises", &faulty]));
    assert!(
        words.contains("读取 51 行") && words.contains("退回 1"),
        "{words}"
    );

    let old = empty.keep(
        "旧号.csv",
        "企业名称,注册号\n南昌老厂,330199000000016\n".as_bytes(),
    );
    assert!(
        !empty.run(&["import", "enterprises", &old]).status.success(),
        "no region is known"
    );
    let (success, placed) =
        report(&empty.run(&["import", "enterprises", &old, "--region", "360102", "--json"]));
    assert!(success && placed["taken"] == 1, "{placed}");
    assert!(
        !empty
            .run(&["import", "enterprises", "no-such-file.csv"])
            .status
            .success()
    );
    let (clean, _) = report(&empty.run(&["audit", "--json"]));
    assert!(clean);
}

#[test]
fn a_wrong_setting_is_named() {
    let empty = Installation::new();
    let wrong = empty
        .command(&["migrate"])
        .env("ANXU_LISTEN", "nowhere")
        .output()
        .unwrap();
    assert!(!wrong.status.success());
    assert!(told(&wrong).contains("listen"), "{}", told(&wrong));
    let database = empty
        .command(&["migrate"])
        .env("ANXU_DATABASE_URL", "mysql://localhost/anxu")
        .output()
        .unwrap();
    assert!(!database.status.success());
}

#[test]
fn without_keys_only_a_demo_starts() {
    let empty = Installation::new();
    let output = empty
        .command(&["serve"])
        .env_remove("ANXU_DEMO")
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(told(&output).contains("keys"), "{}", told(&output));
}

#[tokio::test]
async fn a_stopped_server_ends_well_and_comes_back() {
    let copy = Installation::copy();
    for _ in 0..2 {
        let server = copy.serve().await;
        let root = server.sign_in("root").await;
        assert_eq!(
            server.get(&root, "/api/v1/licences").await["items"][0]["number"],
            issued().number.as_str()
        );
        server.stop();
    }
}
