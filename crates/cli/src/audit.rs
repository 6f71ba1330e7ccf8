//! `anxu audit` and `anxu certificate`.

use std::path::PathBuf;

use kernel::Actor;
use licences::Edition;
use server::{Config, audit_sources, keyring};
use transparency::{AuditReport, Transparency};

use crate::{Outcome, output, serve};

/// Audits; success only when nothing was found. Needs no passphrase: what was signed is verified with public keys.
pub async fn run(config: Config, json: bool) -> Outcome {
    let report = report(config).await?;
    if json {
        output::print(&serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&report)?;
    }
    Ok(report.is_clean())
}

/// Reads everything again.
pub async fn report(config: Config) -> Result<AuditReport, Box<dyn std::error::Error>> {
    let keys = keyring::log_verifiers(&config)?;
    let foundation = serve::foundation(config).await?;
    let log = Transparency::open(foundation.kernel, keys);
    Ok(log.audit(&Actor::system("audit"), &audit_sources()).await?)
}

/// The report for people.
pub fn print(report: &AuditReport) -> std::io::Result<()> {
    let mut lines = vec![format!(
        "日志 {} 条，事件 {} 条（未封存 {}），数据行 {}，文件 {}，编号 {}",
        report.log_size, report.events, report.unsealed, report.rows, report.files, report.numbers
    )];
    let faults = report.faults.iter();
    lines.extend(faults.map(|fault| format!("✗ {}：{}", fault.what, fault.detail)));
    let verdict = if report.is_clean() {
        "未发现改动"
    } else {
        "发现改动，请立即核查"
    };
    lines.push(verdict.to_owned());
    output::print(&lines.join("\n"))
}

/// Which certificate, and where to.
#[derive(clap::Args)]
pub struct CertificateArgs {
    /// Licence number in any bracket style.
    number: String,
    /// File to write.
    #[arg(long)]
    out: PathBuf,
    /// The duplicate instead of the original.
    #[arg(long)]
    duplicate: bool,
}

/// Writes the stored signed PDF.
pub async fn certificate(config: Config, args: CertificateArgs) -> Outcome {
    let platform = serve::open(config).await?;
    let edition = if args.duplicate {
        Edition::Duplicate
    } else {
        Edition::Original
    };
    let pdf = platform.licences.certificate_pdf(&args.number, edition).await?;
    std::fs::write(args.out, pdf)?;
    Ok(true)
}
