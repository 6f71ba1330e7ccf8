//! What is altered behind the platform's back is named by `anxu audit`, and the command fails.

use std::fs;

use rusqlite::Connection;
use serde_json::Value;

use crate::support::*;

/// Audits a tampered copy and returns the faults as `kind what`.
fn faults(tamper: impl FnOnce(&Installation, &Connection)) -> Vec<String> {
    let copy = Installation::copy();
    tamper(&copy, &copy.database());
    let (clean, report) = report(&copy.run(&["audit", "--json"]));
    let faults = report["faults"].as_array().unwrap().iter().map(|fault| {
        assert!(!fault["detail"].as_str().unwrap().is_empty());
        format!(
            "{} {}",
            fault["kind"].as_str().unwrap(),
            fault["what"].as_str().unwrap()
        )
    });
    let faults: Vec<_> = faults.collect();
    assert_eq!(
        clean,
        faults.is_empty(),
        "exit code 0 only when nothing was found"
    );
    faults
}

/// One statement on the database.
fn after(sql: &str) -> Vec<String> {
    faults(|_, database| {
        assert_eq!(database.execute(sql, []).unwrap(), 1, "{sql}");
    })
}

#[test]
fn untouched_data_are_clean() {
    let copy = Installation::copy();
    let (clean, report) = report(&copy.run(&["audit", "--json"]));
    assert!(clean, "{report}");
    for counted in ["log_size", "events", "rows", "files", "numbers"] {
        assert!(report[counted].as_u64().unwrap() > 0, "{counted}: {report}");
    }
    assert_eq!(report["log_size"], report["events"]);
    assert_eq!(report["unsealed"], 0);
    let words = told(&copy.run(&["audit"]));
    assert!(words.contains("未发现改动"), "{words}");
}

#[test]
fn a_changed_row_is_named() {
    let licence = issued();
    let enterprise = after("UPDATE enterprise SET name = '别的公司'");
    assert_eq!(
        enterprise,
        [format!("row_changed enterprise {}", licence.enterprise)]
    );
    let longer = after("UPDATE licence SET valid_until = '2099-12-31'");
    assert_eq!(longer, [format!("row_changed licence {}", licence.id)]);
    let roles = after("UPDATE account SET roles = '[\"auditor\"]'");
    assert!(
        roles.len() == 1 && roles[0].starts_with("row_changed account "),
        "{roles:?}"
    );
}

#[test]
fn a_row_put_in_or_taken_out_is_named() {
    let copied = after(
        "INSERT INTO account SELECT randomblob(16), version, 'intruder', name, end_kind, roles, regions, region, \
         department, enterprise, phone, state, created_at FROM account",
    );
    assert!(
        copied.len() == 1 && copied[0].starts_with("row_inserted account "),
        "{copied:?}"
    );
    let gone = after("DELETE FROM licence");
    assert_eq!(gone, [format!("row_removed licence {}", issued().id)]);
}

#[test]
fn a_changed_file_is_named() {
    let sha256 = &issued().original;
    let file = |copy: &Installation| copy.data().join("files").join(&sha256[..2]).join(sha256);
    let expected = [format!("file file {sha256}")];
    let altered = faults(|copy, _| {
        let mut bytes = fs::read(file(copy)).unwrap();
        let place = bytes.len() / 2;
        bytes[place] ^= 1;
        fs::write(file(copy), bytes).unwrap();
    });
    assert_eq!(altered, expected);
    assert_eq!(faults(|copy, _| fs::remove_file(file(copy)).unwrap()), expected);
}

#[test]
fn a_changed_event_is_named() {
    let body = after(
        "UPDATE event SET body = replace(body, '登记企业', '登记公司') WHERE kind = 'enterprise.registered'",
    );
    assert!(
        body.len() == 1 && body[0].starts_with("event_changed event "),
        "{body:?}"
    );
    let column = after("UPDATE event SET account = NULL WHERE kind = 'enterprise.registered'");
    assert!(
        column.len() == 1 && column[0].starts_with("event_changed event "),
        "{column:?}"
    );
    let place = after("UPDATE event SET log_index = 999 WHERE kind = 'enterprise.registered'");
    assert!(
        place
            .iter()
            .any(|fault| fault.starts_with("event_changed event ")),
        "{place:?}"
    );
}

#[test]
fn a_deleted_event_is_named() {
    // An event that seals no row: nothing but the log remembers it.
    let gone =
        after("DELETE FROM event WHERE seq = (SELECT min(seq) FROM event WHERE kind LIKE 'session.%')");
    assert!(
        gone.len() == 1 && gone[0].starts_with("event_removed log entry "),
        "{gone:?}"
    );
    let registered = after("DELETE FROM event WHERE kind = 'enterprise.registered'");
    assert!(
        registered
            .iter()
            .any(|fault| fault.starts_with("event_removed log entry ")),
        "{registered:?}"
    );
    assert!(
        registered.contains(&format!("row_inserted enterprise {}", issued().enterprise)),
        "{registered:?}"
    );
}

#[test]
fn a_changed_log_is_named() {
    for kind in ["entries", "hashes"] {
        let found = faults(|_, database| {
            let sql = format!("SELECT bytes FROM log_tile WHERE kind = '{kind}' AND level = 0 AND idx = 0");
            let mut bytes: Vec<u8> = database.query_row(&sql, [], |row| row.get(0)).unwrap();
            bytes[40] ^= 1;
            let sql =
                format!("UPDATE log_tile SET bytes = ?1 WHERE kind = '{kind}' AND level = 0 AND idx = 0");
            database.execute(&sql, [bytes]).unwrap();
        });
        assert!(
            found.iter().any(|fault| fault.starts_with("log ")),
            "{kind}: {found:?}"
        );
    }
    let forged = after(
        "UPDATE log_checkpoint SET note = replace(note, '/log', '/lag') WHERE size = (SELECT max(size) FROM log_checkpoint)",
    );
    assert!(forged.contains(&"log checkpoint".to_owned()), "{forged:?}");
}

#[test]
fn a_missing_number_is_named() {
    let gap = after("DELETE FROM number_given");
    assert!(gap.len() == 1 && gap[0].starts_with("number licence/"), "{gap:?}");
}

/// A log that was changed is not signed over, and the server says why.
#[tokio::test]
async fn nothing_is_sealed_over_a_changed_log() {
    let copy = Installation::copy();
    copy.database()
        .execute(
            "UPDATE log_tile SET bytes = zeroblob(length(bytes)) WHERE kind = 'hashes'",
            [],
        )
        .unwrap();
    let before = copy.number("SELECT max(size) FROM log_checkpoint");
    let server = copy.serve().await;
    let root = server.sign_in("root").await;
    let (_, second) = server
        .post(Some(&root), "/api/v1/enterprises", &enterprise(2))
        .await;
    assert!(second["id"].is_string(), "{second}");
    let about: Value = server.get(&root, "/api/v1/public/evidence-log").await;
    server.stop();
    assert!(
        about["checkpoint"]
            .as_str()
            .unwrap()
            .contains(&format!("\n{before}\n"))
    );
    assert_eq!(copy.number("SELECT max(size) FROM log_checkpoint"), before);
    let (clean, report) = report(&copy.run(&["audit", "--json"]));
    assert!(!clean, "{report}");
}
