//! Verification of a signed PDF.

use time::OffsetDateTime;
use x509_cert::Certificate;

use super::envelope::{Covered, Envelope, EnvelopeFault};
use super::{check_certificate, check_validity, legal_date};
use crate::TimestampFault;
use crate::asn1::ID_DATA;
use crate::cades::{CmsFault, SignedMessage, common_name};
use crate::qr::QrProof;
use crate::record::{ATTACHMENT_NAME, LicenceRecord};
use crate::report::{Draft, Report, StepName, Verdict};
use crate::suite::ED25519;
use crate::timestamp::TimestampToken;
use crate::trust::{Trust, Usage};

/// Name of the attachment of an official document.
const DOCUMENT_ATTACHMENT: &str = "document.json";

/// What the caller knows besides the file.
#[derive(Debug, Clone, Default)]
pub struct Expected<'a> {
    /// A QR string read from paper or screen that is said to belong to the file.
    pub qr: Option<&'a str>,
    /// The record in the register.
    pub record: Option<&'a LicenceRecord>,
}

/// Verifies a certificate or an official document.
pub fn verify_pdf(pdf: &[u8], trust: &Trust, now: OffsetDateTime) -> Report {
    verify_pdf_against(pdf, trust, now, &Expected::default())
}

/// Verifies a certificate or an official document against what is known besides the file.
///
/// A file whose signature does not hold is still looked at further, but only to tell what was done to it.
pub fn verify_pdf_against(pdf: &[u8], trust: &Trust, now: OffsetDateTime, expected: &Expected<'_>) -> Report {
    let mut draft = Draft::new();
    match Envelope::open(pdf) {
        Ok(envelope) => {
            let carried = check_signature(&mut draft, &envelope, trust, now);
            check_content(&mut draft, &envelope, trust, now, expected, &carried);
        }
        Err(fault) => envelope_failed(&mut draft, &fault, pdf),
    }
    draft.finish()
}

/// Structure, signature, timestamp, certificate. Gives the certificates that came with the signature.
fn check_signature(
    draft: &mut Draft,
    envelope: &Envelope<'_>,
    trust: &Trust,
    now: OffsetDateTime,
) -> Vec<Certificate> {
    let covered = match &envelope.signature {
        Ok(covered) => covered,
        Err(fault) => {
            envelope_failed(draft, fault, &[]);
            return Vec::new();
        }
    };
    draft.pass(StepName::Structure, "唯一的签名覆盖整个文件");
    let message = match check_message(covered) {
        Ok(message) => message,
        Err(fault) => {
            draft.fail(StepName::Signature, Verdict::Altered, cms_fault(fault));
            return Vec::new();
        }
    };
    draft.report().signer = Some(common_name(message.signer()));
    let carried: Vec<_> = message.certificates().cloned().collect();
    if !trust.are_intact(&carried) {
        draft.fail(StepName::Signature, Verdict::Altered, "签名中携带的证书被改动");
        return carried;
    }
    draft.pass(StepName::Signature, "文件内容与签名一致");
    let signed_at = check_timestamp(draft, &message, trust);
    check_certificate(
        draft,
        trust,
        message.signer(),
        &carried,
        Usage::Documents,
        signed_at.unwrap_or(now),
    );
    carried
}

fn check_message(covered: &Covered<'_>) -> Result<SignedMessage, CmsFault> {
    let message = SignedMessage::parse(&covered.cms)?;
    message.check(ID_DATA, &covered.signed_bytes())?;
    message.check_pades()?;
    Ok(message)
}

fn check_timestamp(draft: &mut Draft, message: &SignedMessage, trust: &Trust) -> Option<OffsetDateTime> {
    let Some(token) = message.timestamp() else {
        if trust.timestamp_required() {
            let detail = "没有可信时间戳（可能被剥离），无法证明签发时间";
            draft.fail(StepName::Timestamp, Verdict::Untrusted, detail);
        } else {
            draft.note("没有时间戳，按当前时间检查签发证书");
        }
        return None;
    };
    match TimestampToken::from_der(&token).and_then(|token| token.verify(message.signature(), trust)) {
        Ok(time) => {
            draft.report().signed_at = Some(time);
            draft.pass(
                StepName::Timestamp,
                format!("可信时间戳证明签发于 {}", legal_date(time)),
            );
            Some(time)
        }
        Err(fault) => {
            let verdict = match fault {
                TimestampFault::Untrusted(_) => Verdict::Untrusted,
                _ => Verdict::Altered,
            };
            draft.fail(StepName::Timestamp, verdict, timestamp_fault(&fault));
            None
        }
    }
}

/// Attachment, QR code, validity.
fn check_content(
    draft: &mut Draft,
    envelope: &Envelope<'_>,
    trust: &Trust,
    now: OffsetDateTime,
    expected: &Expected<'_>,
    carried: &[Certificate],
) {
    let Some(attachment) = envelope.attachment(ATTACHMENT_NAME) else {
        return without_record(draft, envelope);
    };
    let record = match LicenceRecord::from_attachment(&attachment) {
        Ok(record) => record,
        Err(_) => {
            draft.fail(
                StepName::Attachment,
                Verdict::Altered,
                "附件 licence.json 无法识别或自相矛盾",
            );
            return;
        }
    };
    let proof = find_proof(envelope);
    check_attachment(draft, &record, &attachment, proof.as_ref(), expected);
    check_qr(
        draft,
        &record,
        &attachment,
        proof.as_ref(),
        trust,
        expected,
        carried,
        now,
    );
    check_validity(draft, record.valid_from, record.valid_until, now);
    draft.report().essentials = proof.map(|proof| proof.essentials().clone());
    draft.report().licence = Some(record);
}

fn without_record(draft: &mut Draft, envelope: &Envelope<'_>) {
    if envelope.attachment(DOCUMENT_ATTACHMENT).is_some() {
        draft.pass(StepName::Attachment, "文书，附有结构化数据");
    } else if envelope.signature.is_ok() {
        draft.fail(
            StepName::Attachment,
            Verdict::Unknown,
            "文件没有附许可证数据，不是许可证",
        );
    } else {
        draft.fail(StepName::Attachment, Verdict::Altered, "文件没有附许可证数据");
    }
}

fn check_attachment(
    draft: &mut Draft,
    record: &LicenceRecord,
    attachment: &[u8],
    proof: Option<&QrProof>,
    expected: &Expected<'_>,
) {
    if expected.record.is_some_and(|known| known != record) {
        draft.fail(
            StepName::Attachment,
            Verdict::Altered,
            "附件数据与登记的许可证不一致",
        );
        return;
    }
    // The same licence in the code, but another fingerprint: the attached file is not the one that was issued.
    let swapped = proof.is_some_and(|proof| {
        proof.essentials().number == record.number
            && proof.essentials().fingerprint != crate::record::fingerprint(attachment)
    });
    if swapped {
        draft.fail(
            StepName::Attachment,
            Verdict::Altered,
            "附件数据与二维码中的指纹不一致，附件被替换或改动",
        );
    } else {
        draft.pass(
            StepName::Attachment,
            format!("附件为许可证 {} 的数据", record.number),
        );
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one step over everything that a code is compared with"
)]
fn check_qr(
    draft: &mut Draft,
    record: &LicenceRecord,
    attachment: &[u8],
    proof: Option<&QrProof>,
    trust: &Trust,
    expected: &Expected<'_>,
    carried: &[Certificate],
    now: OffsetDateTime,
) {
    let Some(proof) = proof else {
        draft.fail(
            StepName::Qr,
            Verdict::Altered,
            "文件中没有可识别的二维码，或有多个不同的二维码",
        );
        return;
    };
    let essentials = proof.essentials();
    if essentials.number != record.number {
        let detail = format!(
            "二维码属于另一许可证 {}（{}）",
            essentials.number, essentials.enterprise
        );
        draft.fail(StepName::Qr, Verdict::Altered, detail);
    } else if !essentials.describe(record, attachment) {
        draft.fail(StepName::Qr, Verdict::Altered, "二维码中的要素与附件数据不一致");
    } else if let Some(fault) = scanned_fault(proof, expected) {
        draft.fail(StepName::Qr, Verdict::Altered, fault);
    } else {
        check_qr_signature(draft, proof, trust, carried, now);
    }
}

/// Compares with the code that was scanned from paper.
fn scanned_fault(proof: &QrProof, expected: &Expected<'_>) -> Option<String> {
    match QrProof::parse(expected.qr?) {
        Ok(scanned) if scanned == *proof => None,
        Ok(scanned) => {
            let (number, enterprise) = (&scanned.essentials().number, &scanned.essentials().enterprise);
            Some(format!(
                "所扫二维码不属于此文件，它属于许可证 {number}（{enterprise}）"
            ))
        }
        Err(_) => Some("所扫二维码不是本系统签发的二维码".to_owned()),
    }
}

fn check_qr_signature(
    draft: &mut Draft,
    proof: &QrProof,
    trust: &Trust,
    carried: &[Certificate],
    now: OffsetDateTime,
) {
    let signers: Vec<_> = trust.by_key_id(proof.key_id(), carried).collect();
    let trusted = |signer: &&Certificate| trust.check(signer, carried, Usage::QrCodes, now).is_ok();
    if signers.is_empty() {
        draft.pass(StepName::Qr, "二维码与附件数据一致");
        draft.note("没有二维码签发证书，未单独验证二维码的签名（它已由文件签名覆盖）");
    } else if !signers.iter().any(|signer| proof.is_signed_by(signer, &ED25519)) {
        draft.fail(StepName::Qr, Verdict::Altered, "二维码的签名无效");
    } else if signers.iter().any(trusted) {
        draft.pass(StepName::Qr, "二维码与附件数据一致，其签名有效");
    } else {
        draft.pass(StepName::Qr, "二维码与附件数据一致");
        draft.note("二维码签发证书当前不受信任，二维码仅由文件签名证明");
    }
}

/// The proof behind the drawn codes: every link to one must say the same.
fn find_proof(envelope: &Envelope<'_>) -> Option<QrProof> {
    let links = envelope.links();
    let mut proofs = links.iter().filter_map(|link| QrProof::parse(link).ok());
    let first = proofs.next()?;
    proofs.all(|other| other == first).then_some(first)
}

fn envelope_failed(draft: &mut Draft, fault: &EnvelopeFault, pdf: &[u8]) {
    let signed = pdf.windows(10).any(|window| window == b"/ByteRange");
    let verdict = match fault {
        EnvelopeFault::NotPdf | EnvelopeFault::Unsigned => Verdict::Unknown,
        // A damaged file that never had a signature is nothing that was altered.
        EnvelopeFault::Damaged if !pdf.is_empty() && !signed => Verdict::Unknown,
        _ => Verdict::Altered,
    };
    draft.fail(StepName::Structure, verdict, envelope_fault(fault));
}

fn envelope_fault(fault: &EnvelopeFault) -> String {
    match fault {
        EnvelopeFault::NotPdf => "不是可读取的 PDF 文件".to_owned(),
        EnvelopeFault::Unsigned => "文件没有电子签名".to_owned(),
        EnvelopeFault::Damaged => "PDF 结构损坏，文件在签发后被改动".to_owned(),
        EnvelopeFault::Removed => "签名已从文件中移除".to_owned(),
        EnvelopeFault::Several(count) => format!("文件有 {count} 个签名，签发的文件只有一个"),
        EnvelopeFault::Kind => "签名不是 PAdES 签名".to_owned(),
        EnvelopeFault::Appended(count) => format!("签名之后又追加了 {count} 字节的内容（增量更新）"),
        EnvelopeFault::Truncated => "文件不完整，末尾被截断".to_owned(),
        EnvelopeFault::Rewritten => "文件被其他软件重新保存或改写，签名不再对应".to_owned(),
        EnvelopeFault::Value => "签名数据损坏".to_owned(),
    }
}

fn cms_fault(fault: CmsFault) -> &'static str {
    match fault {
        CmsFault::Structure => "签名数据损坏，无法读取",
        CmsFault::NoCertificate => "签名中缺少签发者的证书",
        CmsFault::Algorithm => "签名使用了不受支持的算法",
        CmsFault::Digest => "文件内容在签名之后被改动",
        CmsFault::CertificateReference => "签名中的证书被替换",
        CmsFault::SigningTime => "签名带有 PAdES 禁止的签名时间属性",
        CmsFault::Signature => "签名值无效，签名本身被改动",
    }
}

fn timestamp_fault(fault: &TimestampFault) -> String {
    match fault {
        TimestampFault::Imprint => "时间戳属于另一份签名".to_owned(),
        TimestampFault::Signature => "时间戳的签名无效，时间戳被改动".to_owned(),
        TimestampFault::Untrusted(_) => "时间戳不是由受信任的时间戳机构签发".to_owned(),
        _ => "时间戳无法读取".to_owned(),
    }
}
