//! What a PDF or a QR code proves by itself, with the trust of this installation.

use certificate::{QrProof, Report, StepName, Verdict, find_proofs, verify_pdf, verify_qr};
use kernel::{LegalDate, Moment};
use press::Press;
use public::{Claims, Outcome, Proof, Prover, Step};

/// Verification by the certificate library.
pub struct CertificateProver {
    /// Knows whom this installation trusts now, also after keys and revocation lists changed.
    pub press: Press,
}

impl Prover for CertificateProver {
    fn pdf(&self, bytes: &[u8], now: Moment) -> Proof {
        proof(verify_pdf(bytes, &self.press.trust(), now.instant()))
    }

    fn qr(&self, text: &str, now: Moment) -> Option<Proof> {
        QrProof::parse(text).ok()?;
        Some(proof(verify_qr(text, &self.press.trust(), now.instant())))
    }

    fn codes_in_picture(&self, bytes: &[u8]) -> Vec<String> {
        let Ok(picture) = image::load_from_memory(bytes) else {
            return Vec::new();
        };
        let grey = picture.to_luma8();
        let found = find_proofs(grey.as_raw(), grey.width(), grey.height());
        found.iter().map(QrProof::payload).collect()
    }
}

fn proof(report: Report) -> Proof {
    let outcome = match report.verdict {
        Verdict::Altered => Outcome::Altered,
        Verdict::Untrusted => Outcome::Untrusted,
        Verdict::Unknown => Outcome::Unreadable,
        _ => Outcome::Genuine,
    };
    let steps = report
        .steps
        .iter()
        .map(|step| Step::new(step_name(step.step), step.ok, step.detail.clone()));
    Proof {
        outcome,
        steps: steps.collect(),
        claims: claims(&report),
        signer: report.signer.clone(),
        signed_at: report.signed_at.map(Moment::from),
        notes: report.notes,
    }
}

fn step_name(step: StepName) -> &'static str {
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

fn claims(report: &Report) -> Option<Claims> {
    let fingerprint = report
        .essentials
        .as_ref()
        .map(|code| data_encoding::HEXLOWER.encode(&code.fingerprint));
    if let Some(record) = &report.licence {
        return Some(Claims {
            number: record.number.clone(),
            identifier: Some(record.identifier.clone()),
            holder: record.enterprise.clone(),
            code: record.credit_code.clone(),
            valid_from: LegalDate(record.valid_from),
            valid_until: LegalDate(record.valid_until),
            fingerprint,
            copy_until: None,
        });
    }
    report.essentials.as_ref().map(|code| Claims {
        number: code.number.clone(),
        identifier: None,
        holder: code.enterprise.clone(),
        code: code.credit_code.clone(),
        valid_from: LegalDate(code.valid_from),
        valid_until: LegalDate(code.valid_until),
        fingerprint,
        copy_until: None,
    })
}
