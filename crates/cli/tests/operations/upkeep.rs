//! What a platform does for its keys as time goes by, with a clock that is moved.

use std::sync::Arc;

use kernel::{FixedClock, RandomIds};
use press::RunsOut;
use server::{Config, Platform};
use time::{Duration, OffsetDateTime, macros::datetime};

const BEGIN: OffsetDateTime = datetime!(2026-03-02 04:00 UTC);

struct Stage {
    platform: Platform,
    clock: Arc<FixedClock>,
    _folder: tempfile::TempDir,
}

async fn stage() -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        data_dir: folder.path().to_owned(),
        demo: true,
        ..Config::default()
    };
    let clock = Arc::new(FixedClock::at(BEGIN));
    let platform = Platform::open(config, clock.clone(), Arc::new(RandomIds))
        .await
        .unwrap();
    Stage {
        platform,
        clock,
        _folder: folder,
    }
}

fn until(platform: &Platform) -> OffsetDateTime {
    let list = platform.press.crl().unwrap();
    certificate::ListTimes::of(&list).unwrap().until.unwrap()
}

#[tokio::test]
async fn the_revocation_list_never_runs_out() {
    let stage = stage().await;
    assert_eq!(until(&stage.platform), BEGIN + Duration::days(30));
    assert!(!stage.platform.upkeep().await.unwrap().list_renewed);
    let mut renewed = 0;
    for _ in 0..60 {
        stage.clock.advance(Duration::days(1));
        renewed += i32::from(stage.platform.upkeep().await.unwrap().list_renewed);
        let left = until(&stage.platform) - kernel::Clock::now(stage.clock.as_ref());
        assert!(left >= Duration::days(14), "{left}");
    }
    assert!((3..=5).contains(&renewed), "renewed {renewed} times in 60 days");
}

#[tokio::test]
async fn keys_that_run_out_are_warned_of_sixty_days_before() {
    let stage = stage().await;
    let five_years = Duration::days(5 * 365);
    stage.clock.set(BEGIN + five_years - Duration::days(61));
    assert_eq!(stage.platform.upkeep().await.unwrap().warnings, []);
    stage.clock.advance(Duration::days(2));
    let warnings = stage.platform.upkeep().await.unwrap().warnings;
    let found: Vec<_> = warnings
        .iter()
        .map(|warning| (warning.what, warning.over))
        .collect();
    assert_eq!(found, [(RunsOut::Key, false)], "{warnings:?}");
    stage.clock.advance(Duration::days(60));
    assert!(stage.platform.upkeep().await.unwrap().warnings[0].over);
}

#[tokio::test]
async fn a_key_changed_on_disk_is_taken_up() {
    let stage = stage().await;
    let folder = stage.platform.config.keys_dir();
    let before = stage.platform.press.ca_bundle();
    let mut store = certificate::KeyStore::open(&folder, "demo").unwrap();
    let chance = certificate::SystemChance::new();
    store.rotate(certificate::Role::Qr, BEGIN, &chance).unwrap();
    store.add_log_key(None, BEGIN, &chance).unwrap();
    let key = stage.platform.transparency.verifier_key();
    assert!(stage.platform.upkeep().await.unwrap().reloaded);
    assert!(!stage.platform.upkeep().await.unwrap().reloaded);
    let bundle = stage.platform.press.ca_bundle();
    assert!(
        bundle.starts_with(&before) && bundle.len() > before.len(),
        "old certificates stay"
    );
    assert_ne!(stage.platform.transparency.verifier_key(), key);
}
