//! The use cases of notices.

mod administer;
mod audience;
mod away;
mod deliver;
mod digest;
mod error;
mod feed;
mod message;
mod own;
mod proofs;
mod tell;
mod trial;

use std::sync::Arc;

pub use administer::{ChannelState, DeliveryFilter, NewWebhook, SeenDelivery};
pub use error::NoticesError;
pub use own::OwnPreferences;
pub use proofs::{OwnAddress, SeenCode};

use identity::Identity;
use kernel::Kernel;
use serde::Deserialize;

use crate::{
    jobs::EVENT_JOB,
    model::Channel,
    ports::{Duties, Facts, Tasks},
    rules::{AwayWords, Book, Policy, ProofRules, TopicFile},
};
use away::Away;

/// Where the rule files of the topics lie.
const TOPICS: &str = "notices/topics/";

type Outcome<T> = Result<T, NoticesError>;

/// The ways out of the application, as the installation has them.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `smtp://user:password@host:port`, `smtps://…`, or `smtp://…?tls=required` for STARTTLS.
    pub smtp_url: Option<String>,
    /// Sender of mails, such as `安许 <noreply@example.com>`.
    pub mail_from: Option<String>,
    /// Adapter of short messages.
    pub sms: Option<Adapter>,
    /// Adapter of WeChat.
    pub wechat: Option<Adapter>,
    /// Address under which people reach the platform.
    pub public_url: String,
    /// Name of the platform in mails, such as 南昌市安全生产许可平台.
    pub site: String,
}

/// A service that takes messages by signed POST.
#[derive(Clone)]
pub struct Adapter {
    /// Where to.
    pub url: String,
    /// Key of the signature.
    pub secret: String,
}

impl std::fmt::Debug for Adapter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Adapter({})", self.url)
    }
}

/// What notices stand on.
pub struct Parts {
    /// The kernel.
    pub kernel: Kernel,
    /// Accounts.
    pub identity: Identity,
    /// Words about subjects of events.
    pub facts: Arc<dyn Facts>,
    /// Work lists.
    pub tasks: Arc<dyn Tasks>,
    /// Duties of enterprises.
    pub duties: Arc<dyn Duties>,
    /// Ways out.
    pub settings: Settings,
}

/// The capability. Cheap to clone.
#[derive(Clone)]
pub struct Notices {
    kernel: Kernel,
    inner: Arc<Inner>,
}

struct Inner {
    identity: Identity,
    facts: Arc<dyn Facts>,
    tasks: Arc<dyn Tasks>,
    duties: Arc<dyn Duties>,
    book: Book,
    file: ChannelFile,
    proofs: ProofRules,
    away: Away,
    public_url: String,
    site: String,
}

/// The rule file of the channels.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelFile {
    words: AwayWords,
    /// How long a message waits for others of its topic to the same person, in seconds.
    gather_seconds: i64,
    /// How many things a message names at most.
    most_items: usize,
    policy: Policy,
    /// JSON that the adapter of short messages takes, with places.
    sms_body: serde_json::Value,
    /// JSON that the adapter of WeChat takes, with places.
    wechat_body: serde_json::Value,
    /// How many days before a duty a calendar rings.
    calendar_alarm_days: Vec<u16>,
    /// How many days back and ahead the calendar reaches.
    calendar_days: [i64; 2],
}

impl Notices {
    /// Reads the rule files and begins to hear of events.
    ///
    /// # Errors
    /// [`NoticesError::Kernel`] for wrong rule files, [`NoticesError::Settings`] for ways out that cannot be.
    pub fn new(parts: Parts) -> Outcome<Self> {
        let (kernel, settings) = (parts.kernel, parts.settings);
        let book = book(&kernel)?;
        let file = serde_json::from_str(&kernel.rules().text("notices/channels.json")?)
            .map_err(|error| rule("channels.json", &error.to_string()))?;
        let proofs = serde_json::from_str(&kernel.rules().text("notices/proofs.json")?)
            .map_err(|error| rule("proofs.json", &error.to_string()))?;
        kernel.listen(EVENT_JOB, book.events());
        let inner = Inner {
            identity: parts.identity,
            facts: parts.facts,
            tasks: parts.tasks,
            duties: parts.duties,
            away: Away::new(&settings)?,
            public_url: settings.public_url.trim_end_matches('/').to_owned(),
            site: settings.site,
            book,
            file,
            proofs,
        };
        Ok(Self {
            kernel,
            inner: Arc::new(inner),
        })
    }

    /// Whether the installation has the way out.
    fn has(&self, channel: Channel) -> bool {
        self.inner.away.has(channel)
    }

    fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.inner.public_url)
    }
}

fn rule(file: &str, why: &str) -> NoticesError {
    kernel::KernelError::Rules(format!("notices/{file}: {why}")).into()
}

fn book(kernel: &Kernel) -> Outcome<Book> {
    let mut files = Vec::new();
    for path in kernel.rules().list(TOPICS) {
        if path.ends_with(".json") {
            let file: TopicFile = serde_json::from_str(&kernel.rules().text(&path)?)
                .map_err(|error| rule(&path, &error.to_string()))?;
            files.push(file);
        }
    }
    Book::new(files).map_err(|why| rule("topics", &why))
}
