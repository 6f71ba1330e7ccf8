//! The result of a verification, told step by step in Chinese.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::qr::QrEssentials;
use crate::record::LicenceRecord;

/// What the whole verification comes to. Offline verification gives the first six; a server that knows the present
/// status of the licence replaces [`Verdict::Valid`] by one of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Genuine and in force.
    Valid,
    /// Genuine, but past its last valid day.
    Expired,
    /// Genuine, but before its first valid day.
    NotYetValid,
    /// Changed after it was signed, or put together from several documents.
    Altered,
    /// Intact in itself, but not by a trusted authority, or without a trusted timestamp.
    Untrusted,
    /// Not a signed document of this kind at all.
    Unknown,
    /// 暂扣.
    Suspended,
    /// 吊销.
    Revoked,
    /// 撤销.
    Rescinded,
    /// 撤回.
    Withdrawn,
    /// 注销.
    Cancelled,
    /// Replaced by a newer certificate.
    Replaced,
}

impl Verdict {
    /// The verdict in one short Chinese phrase.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Valid => "真实有效",
            Self::Expired => "真实，但已过有效期",
            Self::NotYetValid => "真实，但尚未生效",
            Self::Altered => "已被改动",
            Self::Untrusted => "签发者不受信任",
            Self::Unknown => "不是可验证的证照",
            Self::Suspended => "已暂扣",
            Self::Revoked => "已吊销",
            Self::Rescinded => "已撤销",
            Self::Withdrawn => "已撤回",
            Self::Cancelled => "已注销",
            Self::Replaced => "已被新证照替换",
        }
    }
}

/// The steps of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// The file is readable, has one signature, and the signature covers all of it.
    Structure,
    /// Content and signature value belong together.
    Signature,
    /// The timestamp belongs to the signature and is by a trusted authority.
    Timestamp,
    /// The signer's certificate was issued by the trusted authority and valid at that time.
    Certificate,
    /// The signer's certificate was not revoked at that time.
    Revocation,
    /// The attached record is readable and is the one that is expected.
    Attachment,
    /// The QR code belongs to the record.
    Qr,
    /// Today lies within the validity of the licence.
    Validity,
}

/// One step and how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which step.
    pub step: StepName,
    /// Whether it passed.
    pub ok: bool,
    /// What was found, in Chinese.
    pub detail: String,
}

/// A verification report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The outcome.
    pub verdict: Verdict,
    /// The steps that were taken, in order.
    pub steps: Vec<Step>,
    /// The attached record, as it stands in the file. Believe it only under a good verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<LicenceRecord>,
    /// What the QR code states. Believe it only under a good verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub essentials: Option<QrEssentials>,
    /// Common name of the signer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// The proven time of signing.
    #[serde(
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none",
        default
    )]
    pub signed_at: Option<OffsetDateTime>,
    /// What was left unchecked, in Chinese.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Report {
    /// The step of that name, if it was taken.
    pub fn step(&self, name: StepName) -> Option<&Step> {
        self.steps.iter().find(|step| step.step == name)
    }
}

/// A report in the making: the gravest fault decides the verdict.
#[derive(Debug)]
pub(crate) struct Draft {
    report: Report,
}

/// Verdicts by gravity, gravest first.
const GRAVITY: [Verdict; 6] = [
    Verdict::Unknown,
    Verdict::Altered,
    Verdict::Untrusted,
    Verdict::NotYetValid,
    Verdict::Expired,
    Verdict::Valid,
];

impl Draft {
    pub(crate) fn new() -> Self {
        let report = Report {
            verdict: Verdict::Valid,
            steps: Vec::new(),
            licence: None,
            essentials: None,
            signer: None,
            signed_at: None,
            notes: Vec::new(),
        };
        Self { report }
    }

    pub(crate) fn pass(&mut self, step: StepName, detail: impl Into<String>) {
        self.report.steps.push(Step {
            step,
            ok: true,
            detail: detail.into(),
        });
    }

    pub(crate) fn fail(&mut self, step: StepName, verdict: Verdict, detail: impl Into<String>) {
        self.report.steps.push(Step {
            step,
            ok: false,
            detail: detail.into(),
        });
        let gravity = |verdict| GRAVITY.iter().position(|&known| known == verdict);
        if gravity(verdict) < gravity(self.report.verdict) {
            self.report.verdict = verdict;
        }
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.report.notes.push(note.into());
    }

    pub(crate) fn report(&mut self) -> &mut Report {
        &mut self.report
    }

    pub(crate) fn finish(self) -> Report {
        self.report
    }
}
