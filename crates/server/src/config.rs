//! Configuration: `anxu.toml`, overridden by `ANXU_*` variables.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// Settings of an installation. Every member can be set as `ANXU_<NAME>`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// `sqlite://…` or `postgres://…`; a SQLite file in the data folder unless given.
    pub database_url: Option<String>,
    /// Connections for reading.
    pub database_connections: u32,
    /// Folder for files, keys and the embedded database.
    pub data_dir: PathBuf,
    /// Address under which people reach the platform; printed in QR codes.
    pub public_url: String,
    /// Folder whose files override the shipped rule data.
    pub rules_dir: Option<PathBuf>,
    /// Where files are kept: `s3://bucket/folder`; the folder `files` in the data folder unless given.
    pub files_url: Option<String>,
    /// Department of the body that runs the installation, as in the city's file; the first of it unless given.
    pub authority: Option<String>,
    /// Telephone number on the public pages.
    pub hotline: Option<String>,
    /// Passphrase of the key store; keep it in the environment, not in the file.
    pub keys_passphrase: Option<String>,
    /// File that holds the passphrase instead, such as a credential of systemd.
    pub keys_passphrase_file: Option<PathBuf>,
    /// RFC 3161 service; the built-in one unless given.
    pub tsa_url: Option<String>,
    /// Folder of the Noto CJK fonts (Debian: fonts-noto-cjk).
    pub fonts_dir: PathBuf,
    /// Origin line of the evidence log; taken from `public_url` unless given.
    pub log_origin: Option<String>,
    /// Mail server: `smtp://user:password@host:port`, `smtps://…`, `smtp://…?tls=required`; no mail unless given.
    pub smtp_url: Option<String>,
    /// Sender of mails, such as `安许 <noreply@example.com>`.
    pub mail_from: Option<String>,
    /// Adapter that sends short messages: an address that takes signed POSTs.
    pub sms_url: Option<String>,
    /// Key of the signatures for it.
    pub sms_secret: Option<String>,
    /// Adapter that sends WeChat messages.
    pub wechat_url: Option<String>,
    /// Key of the signatures for it.
    pub wechat_secret: Option<String>,
    /// Jobs worked on at the same time. 0: this process only answers, others on the same PostgreSQL do the work.
    pub workers: usize,
    /// How long requests and jobs under way may go on after a signal to stop, in seconds.
    pub shutdown_seconds: u64,
    /// Whether a reverse proxy in front sets `X-Forwarded-For` and may be believed.
    pub behind_proxy: bool,
    /// Whether this is a demo: banner on every page, marks on every certificate.
    pub demo: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database_url: None,
            database_connections: 8,
            data_dir: PathBuf::from("var"),
            public_url: "http://127.0.0.1:8080".into(),
            rules_dir: None,
            files_url: None,
            authority: None,
            hotline: None,
            keys_passphrase: None,
            keys_passphrase_file: None,
            tsa_url: None,
            fonts_dir: PathBuf::from("/usr/share/fonts/opentype/noto"),
            log_origin: None,
            smtp_url: None,
            mail_from: None,
            sms_url: None,
            sms_secret: None,
            wechat_url: None,
            wechat_secret: None,
            workers: 2,
            shutdown_seconds: 25,
            behind_proxy: false,
            demo: false,
        }
    }
}

impl Config {
    /// Reads the file if there is one, then the environment.
    ///
    /// # Errors
    /// Names the setting that is wrong.
    pub fn load(file: Option<&Path>) -> Result<Self, config::ConfigError> {
        let mut builder = config::Config::builder();
        builder = match file {
            Some(path) => builder.add_source(config::File::from(path)),
            None => builder.add_source(config::File::with_name("anxu").required(false)),
        };
        let environment = config::Environment::with_prefix("ANXU")
            .try_parsing(true)
            .source(Some(own_variables(std::env::vars())));
        let config: Self = builder
            .add_source(environment.ignore_empty(true))
            .build()?
            .try_deserialize()?;
        Ok(Self {
            // As it stands: the reader of the environment would take 0123 for the number 123.
            keys_passphrase: std::env::var("ANXU_KEYS_PASSPHRASE")
                .ok()
                .filter(|text| !text.is_empty())
                .or(config.keys_passphrase),
            ..config
        })
    }

    /// Folder of the key store.
    pub fn keys_dir(&self) -> PathBuf {
        self.data_dir.join("keys").join("pki")
    }

    /// The database address.
    pub fn database(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite://{}", self.data_dir.join("anxu.sqlite").display()))
    }

    /// Origin of the evidence log: host and path without scheme, as C2SP tlog-tiles recommends.
    pub fn origin(&self) -> String {
        self.log_origin.clone().unwrap_or_else(|| {
            let bare = self
                .public_url
                .split_once("://")
                .map_or(self.public_url.as_str(), |(_, rest)| rest);
            format!("{}/log", bare.trim_end_matches('/'))
        })
    }
}

/// The variables that are meant for the program: those of its tests and benchmarks have the same beginning.
fn own_variables(all: impl Iterator<Item = (String, String)>) -> config::Map<String, String> {
    let others = ["ANXU_TEST_", "ANXU_BENCH_", "ANXU_E2E_", "ANXU_DEV_"];
    all.filter(|(name, _)| !others.iter().any(|other| name.starts_with(other)))
        .collect()
}
