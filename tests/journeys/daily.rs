//! Jobs that run once on every legal day: after a stop, in two processes, under a clock that jumps.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::future::join;
use journeys::{TestApp, on_both};
use kernel::{Day, Db, DbConfig, FixedClock, Job, JobError, JobHandler, Kernel, Missed, RandomIds, Workers};
use time::{Duration, OffsetDateTime, macros::datetime};

/// Noon of 2026-03-02 in Shanghai.
const START: OffsetDateTime = datetime!(2026-03-02 04:00 UTC);

/// Writes down for which days it ran, and fails as often as it is told.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>, Arc<Mutex<u32>>);

struct Daily(&'static str, Missed, Diary);

#[async_trait]
impl JobHandler for Daily {
    fn kind(&self) -> &'static str {
        self.0
    }
    fn daily(&self) -> Option<Missed> {
        Some(self.1)
    }
    async fn run(&self, job: Job) -> Result<(), JobError> {
        let run: Day = job.payload()?;
        {
            let mut failures = self.2.1.lock().unwrap();
            if *failures > 0 {
                *failures -= 1;
                return Err(JobError::Retry("not today".into()));
            }
        }
        let line = if run.since == run.day {
            run.day.to_string()
        } else {
            format!("{}/{}", run.since, run.day)
        };
        self.2.0.lock().unwrap().push(line);
        Ok(())
    }
}

impl Diary {
    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// One process over the database of the app, with a clock of its own.
struct Process {
    workers: Workers,
    clock: Arc<FixedClock>,
}

impl Process {
    async fn start(app: &TestApp, each: &Diary, together: &Diary) -> Self {
        let own = &app.platform.kernel;
        let config = DbConfig {
            url: own.db().url().to_owned(),
            connections: 2,
        };
        let clock = Arc::new(FixedClock::at(START));
        let kernel = Kernel::new(
            Db::connect(&config).await.unwrap(),
            clock.clone(),
            Arc::new(RandomIds),
            own.blobs().clone(),
            own.rules().clone(),
        );
        let handlers: Vec<Arc<dyn JobHandler>> = vec![
            Arc::new(Daily("test.each", Missed::EachDay, each.clone())),
            Arc::new(Daily("test.together", Missed::Together, together.clone())),
        ];
        Self {
            workers: Workers::new(kernel, handlers, 2),
            clock,
        }
    }

    async fn at(&self, now: OffsetDateTime) {
        self.clock.set(now);
        self.workers.drain().await.unwrap();
    }
}

on_both! {
    async fn days_are_run_once_each(app) {
        let (each, together) = (Diary::default(), Diary::default());
        let process = Process::start(&app, &each, &together).await;
        process.at(START).await;
        process.at(START + Duration::hours(3)).await;
        // One second before midnight in Shanghai, and at midnight.
        process.at(datetime!(2026-03-02 15:59:59 UTC)).await;
        assert_eq!((each.taken(), together.taken()), (vec!["2026-03-02".into()], vec!["2026-03-02".into()]));
        process.at(datetime!(2026-03-02 16:00 UTC)).await;
        assert_eq!((each.taken(), together.taken()), (vec!["2026-03-03".into()], vec!["2026-03-03".into()]));

        // Ten days later, with a new process: nothing is remembered but what the outbox holds.
        let process = Process::start(&app, &each, &together).await;
        process.at(START + Duration::days(11)).await;
        let missed: Vec<String> = (4..=13).map(|day| format!("2026-03-{day:02}")).collect();
        assert_eq!(each.taken(), missed);
        assert_eq!(together.taken(), ["2026-03-04/2026-03-13"]);

        // A clock that jumps back does nothing twice, and goes on where it was.
        process.at(START + Duration::days(5)).await;
        process.at(START + Duration::days(11)).await;
        assert_eq!((each.taken(), together.taken()), (vec![], vec![]));
        process.at(START + Duration::days(12)).await;
        assert_eq!((each.taken(), together.taken()), (vec!["2026-03-14".into()], vec!["2026-03-14".into()]));
        assert_eq!(app.count("SELECT count(*) FROM job WHERE kind = 'test.each'").await, 13);
    }

    async fn two_processes_share_the_days(app) {
        let (each, together) = (Diary::default(), Diary::default());
        let (one, two) = join(Process::start(&app, &each, &together), Process::start(&app, &each, &together)).await;
        for days in [0, 1, 4, 14] {
            let now = START + Duration::days(days);
            join(one.at(now), two.at(now)).await;
        }
        // One that lost the race may have ended while the other still had days to do.
        one.at(START + Duration::days(14)).await;
        let all: Vec<String> = (2..=16).map(|day| format!("2026-03-{day:02}")).collect();
        assert_eq!(each.taken(), all, "in order, each once");
        let together = together.taken();
        assert_eq!(together.len(), 4, "{together:?}");
        assert_eq!(app.count("SELECT count(DISTINCT dedupe) FROM job WHERE kind LIKE 'test.%'").await, 19);
    }

    async fn a_day_waits_for_the_one_before(app) {
        let (each, together) = (Diary::default(), Diary::default());
        *each.1.lock().unwrap() = 1;
        let process = Process::start(&app, &each, &together).await;
        process.at(START).await;
        assert_eq!(each.taken(), Vec::<String>::new(), "it failed");
        process.at(START + Duration::days(2)).await;
        assert_eq!(each.taken(), ["2026-03-02", "2026-03-03", "2026-03-04"]);

        // A run that was given up is the administrator's; the days go on.
        *each.1.lock().unwrap() = 12;
        let mut now = START + Duration::days(3);
        for _ in 0..12 {
            process.at(now).await;
            now += Duration::minutes(61);
        }
        process.at(START + Duration::days(4)).await;
        assert_eq!(app.jobs_dead().await, 1);
        assert_eq!(each.taken(), ["2026-03-06"]);
    }
}
