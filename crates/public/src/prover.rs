//! The [`Prover`] over the certificate library.

use certificate::{QrProof, Trust};
use data_encoding::HEXLOWER;
use image::{DynamicImage, ImageReader, Limits, imageops::FilterType};
use kernel::{LegalDate, Moment};

use crate::{
    model::{Claims, Outcome, Proof, Step},
    ports::Prover,
};

/// Longest side, in pixels, at which a photograph is read first: enough for a code on a whole page, and quick.
const FIRST_SIDE: u32 = 1600;
/// Longest side, in pixels, of a photograph that is read at all.
const LONGEST_SIDE: u32 = 4000;
/// Most pixels along one side that are decoded, and most bytes that decoding may take.
const DECODED_SIDE: u32 = 12_000;
const DECODED_BYTES: u64 = 256 << 20;

/// Examines documents with what an installation trusts.
pub struct CertificateProver {
    trust: Trust,
}

impl CertificateProver {
    /// A prover that believes these roots and revocation lists.
    pub fn new(trust: Trust) -> Self {
        Self { trust }
    }
}

impl Prover for CertificateProver {
    fn pdf(&self, bytes: &[u8], now: Moment) -> Proof {
        certificate::verify_pdf(bytes, &self.trust, now.instant()).into()
    }

    fn qr(&self, text: &str, now: Moment) -> Option<Proof> {
        QrProof::parse(text).ok()?;
        Some(certificate::verify_qr(text, &self.trust, now.instant()).into())
    }

    fn codes_in_picture(&self, bytes: &[u8]) -> Vec<String> {
        let Some(picture) = decoded(bytes) else {
            return Vec::new();
        };
        let found = codes(&picture, FIRST_SIDE);
        let larger = picture.width().max(picture.height()) > FIRST_SIDE;
        if found.is_empty() && larger {
            codes(&picture, LONGEST_SIDE)
        } else {
            found
        }
    }
}

/// A picture from outside: a small file may claim to be enormous.
fn decoded(bytes: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(std::io::Cursor::new(bytes))
        .with_guessed_format()
        .ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(DECODED_SIDE);
    limits.max_image_height = Some(DECODED_SIDE);
    limits.max_alloc = Some(DECODED_BYTES);
    reader.limits(limits);
    reader.decode().ok()
}

fn codes(picture: &DynamicImage, side: u32) -> Vec<String> {
    let small = if picture.width().max(picture.height()) > side {
        picture.resize(side, side, FilterType::Triangle).into_luma8()
    } else {
        picture.to_luma8()
    };
    let proofs = certificate::find_proofs(small.as_raw(), small.width(), small.height());
    proofs.iter().map(QrProof::payload).collect()
}

impl From<certificate::Report> for Proof {
    fn from(report: certificate::Report) -> Self {
        let outcome = outcome(report.verdict);
        let claims = claims(&report);
        let step = |step: &certificate::Step| Step::new(step_key(step.step), step.ok, step.detail.as_str());
        Self {
            outcome,
            steps: report.steps.iter().map(step).collect(),
            claims,
            signer: report.signer,
            signed_at: report.signed_at.map(Moment::from),
            notes: report.notes,
        }
    }
}

/// Dates do not matter here: whether a licence is in force is for the register to say.
fn outcome(verdict: certificate::Verdict) -> Outcome {
    use certificate::Verdict;
    match verdict {
        Verdict::Altered => Outcome::Altered,
        Verdict::Untrusted => Outcome::Untrusted,
        Verdict::Unknown => Outcome::Unreadable,
        Verdict::Valid
        | Verdict::Expired
        | Verdict::NotYetValid
        | Verdict::Suspended
        | Verdict::Revoked
        | Verdict::Rescinded
        | Verdict::Withdrawn
        | Verdict::Cancelled
        | Verdict::Replaced => Outcome::Genuine,
    }
}

fn step_key(step: certificate::StepName) -> &'static str {
    use certificate::StepName;
    match step {
        StepName::Structure => "structure",
        StepName::Signature => "signature",
        StepName::Timestamp => "timestamp",
        StepName::Certificate => "certificate",
        StepName::Revocation => "revocation",
        StepName::Attachment => "attachment",
        StepName::Qr => "qr",
        StepName::Validity => "validity",
    }
}

/// The attached record says more than the code does.
fn claims(report: &certificate::Report) -> Option<Claims> {
    let print = report
        .essentials
        .as_ref()
        .map(|essentials| HEXLOWER.encode(&essentials.fingerprint));
    if let Some(record) = &report.licence {
        return Some(Claims {
            number: record.number.clone(),
            identifier: Some(record.identifier.clone()),
            holder: record.enterprise.clone(),
            code: record.credit_code.clone(),
            valid_from: LegalDate(record.valid_from),
            valid_until: LegalDate(record.valid_until),
            fingerprint: print,
            copy_until: None,
        });
    }
    let essentials = report.essentials.as_ref()?;
    Some(Claims {
        number: essentials.number.clone(),
        identifier: None,
        holder: essentials.enterprise.clone(),
        code: essentials.credit_code.clone(),
        valid_from: LegalDate(essentials.valid_from),
        valid_until: LegalDate(essentials.valid_until),
        fingerprint: print,
        copy_until: None,
    })
}
