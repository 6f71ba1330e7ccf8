//! Verification of a QR string, without any file and without a network.

use time::{Duration, OffsetDateTime};

use super::{check_certificate, check_validity};
use crate::cades::common_name;
use crate::qr::QrProof;
use crate::report::{Draft, Report, StepName, Verdict};
use crate::suite::ED25519;
use crate::trust::{Trust, Usage};

/// Verifies what a QR code states: from a full URL, a path or the bare payload.
///
/// A code has no timestamp, so its certificate is judged today; of a licence that has ended, on its last day.
pub fn verify_qr(text: &str, trust: &Trust, now: OffsetDateTime) -> Report {
    let mut draft = Draft::new();
    match QrProof::parse(text) {
        Ok(proof) => check(&mut draft, &proof, trust, now),
        Err(_) => draft.fail(StepName::Structure, Verdict::Unknown, "不是本系统签发的二维码"),
    }
    draft.finish()
}

fn check(draft: &mut Draft, proof: &QrProof, trust: &Trust, now: OffsetDateTime) {
    let essentials = proof.essentials();
    draft.pass(
        StepName::Structure,
        format!("二维码载有许可证 {} 的要素", essentials.number),
    );
    let signers: Vec<_> = trust.by_key_id(proof.key_id(), &[]).collect();
    let signer = signers.iter().find(|signer| proof.is_signed_by(signer, &ED25519));
    match signer {
        Some(signer) => {
            draft.pass(StepName::Signature, "二维码的签名有效");
            draft.report().signer = Some(common_name(signer));
            let last = essentials.valid_until.midnight().assume_utc() + Duration::hours(16);
            check_certificate(draft, trust, signer, &[], Usage::QrCodes, now.min(last));
        }
        None if signers.is_empty() => {
            draft.fail(
                StepName::Certificate,
                Verdict::Untrusted,
                "二维码由不受信任的密钥签发（自制或其他机构）",
            );
        }
        None => draft.fail(
            StepName::Signature,
            Verdict::Altered,
            "二维码的签名无效，内容被改动",
        ),
    }
    check_validity(draft, essentials.valid_from, essentials.valid_until, now);
    draft.report().essentials = Some(essentials.clone());
}
