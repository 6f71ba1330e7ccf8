//! `anxu demo`: makes a demo city on a fresh data folder, then serves it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ::demo::{DemoAccount, DemoClock, DemoIds, Found, Parts, Wish};
use kernel::{Actor, Clock, LegalDate, Moment, SystemClock};
use server::{Config, DemoLogin, DemoLogins, Foundation, Platform};

use crate::{Outcome, serve};

/// Seed and size unless asked otherwise.
const SEED: u64 = 1;
const ENTERPRISES: usize = 12_000;
/// How often the terminal hears of certificates that are still being made.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Which city.
#[derive(clap::Args)]
pub struct Args {
    /// The same seed on the same day gives the same city; 1 unless given.
    #[arg(long)]
    seed: Option<u64>,
    /// How many enterprises, 300 to 200000; 12000 unless given.
    #[arg(long)]
    enterprises: Option<usize>,
    /// The day on which the demo begins, such as 2027-03-01; today unless given.
    #[arg(long, value_name = "DATE")]
    at: Option<LegalDate>,
}

/// Makes the city where there is none yet, tells its accounts, and serves it.
pub async fn run(config: Config, args: Args) -> Outcome {
    let today = Moment::from(SystemClock.now()).legal_date();
    let wish = Wish {
        seed: args.seed.unwrap_or(SEED),
        enterprises: args.enterprises.unwrap_or(ENTERPRISES),
        today: args.at.unwrap_or(today),
    };
    let ahead = wish.today.0 - today.0;
    let clock = Arc::new(DemoClock::standing_at(wish.beginning(), ahead));
    let ids = Arc::new(DemoIds::default());
    let config = Config { demo: true, ..config };
    let foundation = Foundation::open(config, clock.clone(), ids.clone()).await?;
    // Before keys are made: nothing of a demo may come near an installation in use.
    let found = ::demo::look(&foundation.kernel).await?;
    let mut platform = match found {
        Found::City(known) if args.differs(known) => return Err(::demo::DemoError::Another(known).into()),
        // The keys of a city that is taken up are read under its own clock.
        Found::City(_) => {
            clock.resume(::demo::ahead(&foundation.kernel).await?);
            Platform::over(foundation)?
        }
        Found::Nothing => Platform::over(foundation)?,
    }
    .with_movable_clock(clock.clone());
    let parts = parts(&platform);
    match found {
        Found::City(_) => {}
        Found::Nothing => {
            let begun = Instant::now();
            let tell = |line: &str| say(&format!("[{:5.1} s] {line}", begun.elapsed().as_secs_f64()));
            ::demo::make(&parts, &clock, &ids, wish, &tell).await?;
            let (kernel, system) = (&platform.kernel, Actor::system("演示"));
            ::demo::note_clock(kernel, &system, kernel.now(), ahead).await?;
            tell("演示城市已就绪");
        }
    }
    let accounts = ::demo::accounts(&parts)?;
    announce(&platform, &accounts);
    platform.demo_logins = Some(Arc::new(logins(accounts)));
    let following = tokio::spawn(follow(platform.clone()));
    let served = serve::listen(platform).await;
    following.abort();
    served
}

/// The accounts as the page for signing in shows them.
fn logins(accounts: Vec<DemoAccount>) -> DemoLogins {
    let login = |one: DemoAccount| DemoLogin {
        login: one.login,
        end: one.end,
        role: one.role,
        task: one.task,
        acts_as: one.acts_as,
        department: one.department.map(str::to_owned),
    };
    DemoLogins {
        password: ::demo::PASSWORD.to_owned(),
        items: accounts.into_iter().map(login).collect(),
    }
}

impl Args {
    /// Whether a city was asked for that is not the one that is there.
    fn differs(&self, known: Wish) -> bool {
        self.seed.is_some_and(|seed| seed != known.seed)
            || self.enterprises.is_some_and(|count| count != known.enterprises)
            || self.at.is_some_and(|day| day != known.today)
    }
}

fn parts(platform: &Platform) -> Parts {
    Parts {
        kernel: platform.kernel.clone(),
        identity: platform.identity.clone(),
        registry: platform.registry.clone(),
        matters: platform.matters.clone(),
        applications: platform.applications.clone(),
        licences: platform.licences.clone(),
        followers: platform.followers(),
    }
}

/// Tells how many certificates of older licences are still being made in the background.
async fn follow(platform: Platform) {
    let mut known = None;
    loop {
        match platform.licences.missing_certificates().await {
            Ok(0) if known.is_none() => return,
            Ok(0) => return say("后台制证完成：全部许可证均有电子证照"),
            Ok(left) if known != Some(left) => {
                say(&format!("后台制证：还有 {left} 个许可证的电子证照待制作"));
                known = Some(left);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "counting certificates"),
        }
        tokio::time::sleep(HEARTBEAT).await;
    }
}

fn announce(platform: &Platform, accounts: &[DemoAccount]) {
    let address = platform.config.public_url.trim_end_matches('/');
    say("");
    say("安许演示平台：企业、人员、许可证均为虚构");
    say(&format!("  首页        {address}/"));
    say(&format!("  办事平台    {address}/app/"));
    say(&format!("  公开查询    {address}/search?q=演示"));
    say(&format!("  接口文档    {address}/api/docs"));
    say(&format!("  演示日期    {}", platform.kernel.now().legal_date()));
    say("");
    let (roles, logins) = (
        column(accounts.iter().map(|one| one.role.as_str())),
        column(accounts.iter().map(|one| one.login.as_str())),
    );
    let line = |role: &str, login: &str, password: &str, task: &str| {
        let (role, login) = (padded(role, roles), padded(login, logins));
        say(&format!(
            "  {role}{login}{}{task}",
            padded(password, ::demo::PASSWORD.len() + 2)
        ));
    };
    line("身份", "账号", "密码", "可以做什么");
    for one in accounts {
        line(&one.role, &one.login, ::demo::PASSWORD, &one.task);
    }
    say("");
}

/// Columns on the terminal that a text takes: Chinese characters take two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn column<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(width).max().unwrap_or(0) + 2
}

fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

#[allow(
    clippy::print_stdout,
    reason = "this is what the person at the terminal waits for"
)]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_the_script() {
        assert_eq!(width("初审员 first"), 12);
        let columns = column(["初审员", "admin"].into_iter());
        assert_eq!(columns, 8);
        assert_eq!(
            width(&padded("初审员", columns)),
            width(&padded("admin", columns))
        );
    }
}
