//! `anxu verify`: what a PDF or QR code proves, with or without a network.

use std::path::PathBuf;

use certificate::{KeyStore, Report, Trust, Verdict, verify_pdf, verify_qr};
use kernel::{Clock, SystemClock};
use server::Config;

use crate::Outcome;

/// What to verify.
#[derive(clap::Args)]
pub struct Args {
    /// A PDF file, or the text of a QR code.
    what: String,
    /// Ask nobody: prove signature and validity only.
    #[arg(long)]
    offline: bool,
    /// PEM bundle of the issuing authority, as `/pki/ca.crt` serves it; that of this installation unless given.
    #[arg(long)]
    trust: Option<PathBuf>,
}

/// Verifies; success only for a valid certificate.
pub async fn run(config: &Config, args: Args, json: bool) -> Outcome {
    if !args.offline {
        return online(config, &args, json).await;
    }
    let trust = match &args.trust {
        Some(path) => Trust::from_pem(&std::fs::read(path)?)?,
        // With the keys of QR codes and the revocation list; public parts need no passphrase.
        None => KeyStore::open(&config.keys_dir(), "")?.trust()?,
    };
    let now = SystemClock.now();
    let path = std::path::Path::new(&args.what);
    let report = if path.is_file() {
        verify_pdf(&std::fs::read(path)?, &trust, now)
    } else {
        verify_qr(&args.what, &trust, now)
    };
    print(&report, json)?;
    Ok(report.verdict == Verdict::Valid)
}

#[allow(clippy::print_stdout, reason = "the report is the output")]
fn print(report: &Report, json: bool) -> Result<(), serde_json::Error> {
    if json {
        println!("{}", serde_json::to_string_pretty(report)?);
        return Ok(());
    }
    println!("{}", report.verdict.chinese());
    for step in &report.steps {
        println!("{} {}", if step.ok { "✓" } else { "✗" }, step.detail);
    }
    for note in &report.notes {
        println!("  {note}");
    }
    Ok(())
}

/// Asks the platform at the configured address.
#[allow(clippy::print_stdout, reason = "the report is the output")]
async fn online(config: &Config, args: &Args, json: bool) -> Outcome {
    let client = reqwest::Client::new();
    let request = client.post(format!(
        "{}/api/v1/public/verify",
        config.public_url.trim_end_matches('/')
    ));
    let path = std::path::Path::new(&args.what);
    let request = if path.is_file() {
        request
            .header("content-type", "application/pdf")
            .body(std::fs::read(path)?)
    } else {
        request.json(&serde_json::json!({ "qr": args.what }))
    };
    let report: serde_json::Value = request.send().await?.json().await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{}", report["verdict"].as_str().unwrap_or("unknown"));
        for step in report["steps"].as_array().into_iter().flatten() {
            let mark = if step["ok"].as_bool() == Some(true) {
                "✓"
            } else {
                "✗"
            };
            println!("{mark} {}", step["detail"].as_str().unwrap_or_default());
        }
    }
    Ok(report["verdict"] == "valid")
}
