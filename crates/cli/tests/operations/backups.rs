//! Backups are taken while people work, survive a crash, are put back elsewhere, and tell when they were changed.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use reqwest::StatusCode;

use crate::support::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    let house = House::new();
    let backup = saved_under_load(&house).await;
    let restored = restored(&house, house.elsewhere(), &backup.folder).await;
    assert!(restored >= backup.acknowledged_before, "{restored} rows");
    damage_is_found(&house, &backup.folder);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    // Without a cluster only SQLite is tested; `make test` always brings one.
    let Some(url) = fresh_postgres().await else { return };
    let house = House::new().with("ANXU_DATABASE_URL", &url);
    let backup = saved_under_load(&house).await;
    let target = fresh_postgres().await.unwrap();
    let restored = restored(
        &house,
        house.elsewhere().with("ANXU_DATABASE_URL", &target),
        &backup.folder,
    )
    .await;
    assert!(restored >= backup.acknowledged_before, "{restored} rows");
    let said = House::new().refused(&["restore", &backup.folder]);
    assert!(said.contains("Postgres"), "a copy of another engine: {said}");
    older_schemas_are_brought_up_to_date(&house, &backup.folder).await;
}

/// A backup made by an earlier program lacks the newest tables, and one made by a later one has tables that this one
/// does not know.
async fn older_schemas_are_brought_up_to_date(house: &House, folder: &str) {
    let newest = newest(folder);
    change_manifest(&newest, |manifest| {
        let database = &mut manifest["database"];
        let migrations = database["migrations"].as_array_mut().unwrap();
        migrations.retain(|name| name != "m0002_number_gaps");
        let tables = database["tables"].as_array_mut().unwrap();
        tables.retain(|table| table["name"] != "number_gap");
    });
    let applied = newest.join("database/seaql_migrations.copy");
    let rows = fs::read_to_string(&applied).unwrap();
    let older: Vec<_> = rows
        .lines()
        .filter(|row| !row.starts_with("m0002_"))
        .map(|row| format!("{row}\n"))
        .collect();
    fs::write(&applied, older.concat()).unwrap();
    sum_up(&newest);
    let target = house
        .elsewhere()
        .with("ANXU_DATABASE_URL", &fresh_postgres().await.unwrap());
    let output = target.run(&["restore", folder, "--json"]);
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(&output)));
    // All is there but the note that 122 numbers were given before the platform.
    let faults = report["audit"]["faults"].as_array().unwrap();
    assert!(faults.len() == 1 && faults[0]["kind"] == "number", "{report}");
    change_manifest(&newest, |manifest| {
        let migrations = manifest["database"]["migrations"].as_array_mut().unwrap();
        migrations.push("m9999_tomorrow".into());
    });
    sum_up(&newest);
    let target = house
        .elsewhere()
        .with("ANXU_DATABASE_URL", &fresh_postgres().await.unwrap());
    let said = target.refused(&["restore", folder]);
    assert!(said.contains("m9999_tomorrow"), "{said}");
}

fn change_manifest(snapshot: &Path, change: impl Fn(&mut serde_json::Value)) {
    let path = snapshot.join("manifest.json");
    let mut manifest = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut manifest);
    fs::write(&path, manifest.to_string()).unwrap();
}

/// Writes the checksums anew.
fn sum_up(snapshot: &Path) {
    let script = format!(
        "cd {} && cut -c67- SHA256SUMS | tr '\\n' '\\0' | xargs -0 sha256sum > new && mv new SHA256SUMS",
        snapshot.display()
    );
    judge("sh", &["-c", &script]);
}

struct Backup {
    folder: String,
    /// Enterprises that had been acknowledged when the second backup began.
    acknowledged_before: u64,
    number: String,
}

/// Issues a licence, backs up once, then again while four clients write, and kills the server.
async fn saved_under_load(house: &House) -> Backup {
    house.found();
    let server = house.serve().await;
    let (number, _) = house.issue(&server).await;
    let folder = house.path("backup");
    let first = house.done(&["backup", &folder]);
    assert_eq!(first["files_new"], 2);
    let acknowledged = Arc::new(AtomicU32::new(1));
    let stop = Arc::new(AtomicBool::new(false));
    let token = server.sign_in().await;
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (client, base, token) = (server.client.clone(), server.base.clone(), token.clone());
            let (acknowledged, stop) = (Arc::clone(&acknowledged), Arc::clone(&stop));
            tokio::spawn(async move {
                for number in (2 + writer..).step_by(4) {
                    let request = client.post(format!("{base}/api/v1/enterprises"));
                    let answer = request.bearer_auth(&token).json(&enterprise(number)).send().await;
                    match answer {
                        Ok(answer) => assert_eq!(answer.status(), StatusCode::CREATED),
                        Err(_) => return, // the server was killed
                    }
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                }
            })
        })
        .collect();
    while acknowledged.load(Ordering::SeqCst) < 20 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let acknowledged_before = u64::from(acknowledged.load(Ordering::SeqCst));
    let second = house.done(&["backup", &folder]);
    assert_eq!(
        (&second["files"], &second["files_new"]),
        (&2.into(), &0.into()),
        "files are copied once"
    );
    let during = u64::from(acknowledged.load(Ordering::SeqCst));
    assert!(during > acknowledged_before, "nobody had to wait for the backup");
    server.kill();
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    Backup {
        folder,
        acknowledged_before,
        number,
    }
    .checked(house)
}

impl Backup {
    fn checked(self, house: &House) -> Self {
        // Tools that know nothing of the platform agree.
        let newest = newest(&self.folder);
        let check = format!(
            "cd {} && sha256sum --quiet --strict -c SHA256SUMS",
            newest.display()
        );
        judge("sh", &["-c", &check]);
        assert!(
            house.done(&["backup", &self.folder, "--check"])["damage"]
                .as_array()
                .unwrap()
                .is_empty()
        );
        // Nothing of the installation was hurt by the crash either.
        assert!(house.done(&["audit"])["faults"].as_array().unwrap().is_empty());
        fs::write(house.path("number"), &self.number).unwrap();
        self
    }
}

/// Restores the newest snapshot elsewhere; gives the number of enterprises there.
async fn restored(house: &House, other: House, folder: &str) -> u64 {
    let report = other.done(&["restore", folder]);
    assert_eq!(report["restored"]["damage"], serde_json::json!([]));
    assert_eq!(report["audit"]["faults"], serde_json::json!([]));
    assert!(report["audit"]["log_size"].as_u64().unwrap() > 0);
    other.check_certificate(&fs::read_to_string(house.path("number")).unwrap());
    // It works on: accounts, files and keys are there, new acts are sealed on top of the old ones.
    let server = other.serve().await;
    let token = server.sign_in().await;
    let (status, made) = server
        .post(&token, "/api/v1/enterprises", &enterprise(900_000))
        .await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    server.stop();
    let audit = other.done(&["audit"]);
    assert_eq!(audit["faults"], serde_json::json!([]));
    let said = other.refused(&["restore", folder]);
    assert!(said.contains("not empty"), "{said}");
    // One account, one licence, the enterprises, one more that was made here.
    audit["rows"].as_u64().unwrap() - 3
}

fn newest(folder: &str) -> PathBuf {
    let mut names: Vec<_> = fs::read_dir(Path::new(folder).join("snapshots"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    names.pop().unwrap()
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// One bit in any file of a backup is enough.
fn damage_is_found(house: &House, folder: &str) {
    let newest = newest(folder);
    let stored = walk(&Path::new(folder).join("files"));
    let key = walk(&newest.join("keys")).pop().unwrap();
    let files = [
        newest.join("database/anxu.sqlite"),
        newest.join("manifest.json"),
        newest.join("SHA256SUMS"),
        stored[0].clone(),
        key,
    ];
    for path in files {
        let whole = fs::read(&path).unwrap();
        flip(&path);
        let other = house.elsewhere();
        let said = other.refused(&["restore", folder]);
        assert!(
            !other.data().exists(),
            "{}: something was restored",
            path.display()
        );
        assert!(
            !house.run(&["backup", folder, "--check"]).status.success(),
            "{}: {said}",
            path.display()
        );
        fs::write(&path, whole).unwrap();
    }
    fs::remove_file(&stored[1]).unwrap();
    let said = house.refused(&["backup", folder, "--check"]);
    assert!(said.contains("is missing"), "{said}");
    // The next backup makes it whole again.
    assert_eq!(house.done(&["backup", folder, "--keep", "1"])["files_new"], 1);
    assert!(house.run(&["backup", folder, "--check"]).status.success());
    let left = fs::read_dir(Path::new(folder).join("snapshots")).unwrap().count();
    assert_eq!(left, 1, "older snapshots are thinned out");
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
