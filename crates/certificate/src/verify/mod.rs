//! Verification: of a PDF, and of a QR string. Nothing here fails; everything is reported.

mod envelope;
mod pdf;
mod qr;

use time::{Date, OffsetDateTime, UtcOffset};

use crate::cades::common_name;
use crate::report::{Draft, StepName, Verdict};
use crate::trust::{PathFault, Trust, Usage};

pub use pdf::{Expected, verify_pdf, verify_pdf_against};
pub use qr::verify_qr;

/// Legal dates are days in Asia/Shanghai, which has had a fixed offset since 1992.
fn legal_date(instant: OffsetDateTime) -> Date {
    let shanghai = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    instant.to_offset(shanghai).date()
}

/// Compares today with the validity of the licence.
fn check_validity(draft: &mut Draft, from: Date, until: Date, now: OffsetDateTime) {
    let today = legal_date(now);
    if today > until {
        draft.fail(
            StepName::Validity,
            Verdict::Expired,
            format!("有效期至 {until}，今天是 {today}，已过期"),
        );
    } else if today < from {
        draft.fail(
            StepName::Validity,
            Verdict::NotYetValid,
            format!("有效期自 {from} 起，今天是 {today}，尚未生效"),
        );
    } else {
        draft.pass(
            StepName::Validity,
            format!("有效期 {from} 至 {until}，在有效期内"),
        );
    }
}

/// Checks the signer's certificate and tells the result in one or two steps.
fn check_certificate(
    draft: &mut Draft,
    trust: &Trust,
    certificate: &x509_cert::Certificate,
    carried: &[x509_cert::Certificate],
    usage: Usage,
    at: OffsetDateTime,
) {
    let name = common_name(certificate);
    match trust.check(certificate, carried, usage, at) {
        Ok(()) => {
            draft.pass(
                StepName::Certificate,
                format!("“{name}”由受信任的“{}”签发，签发时有效", trust.name()),
            );
            if trust.has_revocation_list() {
                draft.pass(StepName::Revocation, "证书不在吊销列表中");
            } else {
                draft.note("未提供吊销列表，未检查签发证书是否被吊销");
            }
        }
        Err(PathFault::Revoked(since)) => {
            draft.pass(
                StepName::Certificate,
                format!("“{name}”由受信任的“{}”签发", trust.name()),
            );
            let detail = format!("证书“{name}”已于 {} 吊销，早于签发时间", legal_date(since));
            draft.fail(StepName::Revocation, Verdict::Untrusted, detail);
        }
        Err(fault) => {
            let detail = format!("“{name}”{}", path_fault(&fault));
            draft.fail(StepName::Certificate, Verdict::Untrusted, detail);
        }
    }
}

fn path_fault(fault: &PathFault) -> String {
    match fault {
        PathFault::UnknownIssuer => "不是由受信任的发证机关签发（自制或其他机构的证书）".to_owned(),
        PathFault::Validity => "的证书在签发时不在有效期内".to_owned(),
        PathFault::Usage => "的证书不能用于此用途".to_owned(),
        PathFault::Revoked(since) => format!("的证书已于 {} 吊销", legal_date(*since)),
        PathFault::Path(reason) => format!("的证书链无效：{reason}"),
    }
}
