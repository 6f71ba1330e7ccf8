//! Words, figures and addresses as people read them.

use askama::filters::urlencode_strict;
use kernel::{LegalDate, Moment};
use time::UtcOffset;

use super::icon::{self, Icon};
use crate::model::{State, Verdict};

/// How a finding looks and what its title says.
pub(crate) struct Finding {
    /// Class of the tone.
    pub(crate) tone: &'static str,
    /// Its icon.
    pub(crate) icon: Icon,
    /// The title.
    pub(crate) title: &'static str,
}

/// The finding about a licence.
pub(crate) fn of_state(state: State) -> Finding {
    let (tone, icon, title) = match state {
        State::Valid => ("fine", icon::TICK, "这张许可证现在有效"),
        State::Expiring => ("soon", icon::CLOCK, "这张许可证有效，临近到期"),
        State::DeemedRenewed => ("fine", icon::TICK, "这张许可证视为准予延续，现在有效"),
        State::InTransition => ("fine", icon::SWAP, "这张许可证有效，正在换发新证"),
        State::Temporary => ("soon", icon::CLOCK, "这是应急使用的临时许可证，现在有效"),
        State::NotYetValid => ("soon", icon::CLOCK, "这张许可证还没有生效"),
        State::Expired => ("late", icon::CLOCK, "这张许可证已经过期"),
        State::Suspended => ("late", icon::PAUSE, "这张许可证被暂扣，现在不能使用"),
        State::Revoked => ("late", icon::CROSS, "这张许可证已被吊销"),
        State::Rescinded => ("late", icon::CROSS, "这张许可证已被撤销"),
        State::Withdrawn => ("held", icon::BAN, "这张许可证已被撤回"),
        State::Cancelled => ("held", icon::BAN, "这张许可证已经注销"),
        State::Replaced => ("held", icon::SWAP, "这张许可证已被新证取代"),
    };
    Finding { tone, icon, title }
}

/// The finding about a document.
pub(crate) fn of_verdict(verdict: Verdict) -> Finding {
    let (tone, icon, title) = match verdict {
        Verdict::Valid => ("fine", icon::TICK, "证书是真的，许可证现在有效"),
        Verdict::NotYetValid => ("soon", icon::CLOCK, "证书是真的，许可证还没有生效"),
        Verdict::Expired => ("late", icon::CLOCK, "证书是真的，但是已经过期"),
        Verdict::Suspended => ("late", icon::PAUSE, "证书是真的，但是许可证被暂扣"),
        Verdict::Revoked => ("late", icon::CROSS, "证书是真的，但是许可证已被吊销"),
        Verdict::Rescinded => ("late", icon::CROSS, "证书是真的，但是许可证已被撤销"),
        Verdict::Withdrawn => ("held", icon::BAN, "证书是真的，但是许可证已被撤回"),
        Verdict::Cancelled => ("held", icon::BAN, "证书是真的，但是许可证已经注销"),
        Verdict::Replaced => ("soon", icon::SWAP, "这是旧证书，已有新证取代"),
        Verdict::Altered => ("late", icon::WARN, "内容被改动过，请勿采信"),
        Verdict::Untrusted => ("late", icon::WARN, "签名不可信，请勿采信"),
        Verdict::Unknown => ("held", icon::ASK, "无法确认真伪"),
    };
    Finding { tone, icon, title }
}

/// The finding about a genuine official document that is no certificate.
pub(crate) fn of_document() -> (Finding, &'static str) {
    let finding = Finding {
        tone: "fine",
        icon: icon::TICK,
        title: "这份文书是真的",
    };
    (
        finding,
        "由机关签发，签名后没有改动。它不是许可证，是否仍然有效请看文书内容。",
    )
}

/// What to do with a document after this verdict.
pub(crate) fn advice(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "签名、内容和登记记录都对得上。",
        Verdict::NotYetValid | Verdict::Expired | Verdict::Suspended => {
            "企业现在不得据此生产。请以下方登记记录为准。"
        }
        Verdict::Revoked | Verdict::Rescinded | Verdict::Withdrawn | Verdict::Cancelled => {
            "企业不得再据此生产。请以下方登记记录为准。"
        }
        Verdict::Replaced => "证书当初是真的，内容后来变更过。请向企业索要现行证书，或者以下方登记记录为准。",
        Verdict::Altered => "文件在签名之后被改过。请用许可证编号查询登记记录；涉嫌伪造的，可以举报。",
        Verdict::Untrusted => {
            "文件没有签名，或者签名者不是发证机关。请用许可证编号查询登记记录；涉嫌伪造的，可以举报。"
        }
        Verdict::Unknown => "凭现有信息不能下结论。请换一份清楚的文件，或者用许可证编号查询。",
    }
}

/// Name of a verification step; unknown steps keep their own.
pub(crate) fn step_name(step: &str) -> &str {
    match step {
        "file" | "format" | "structure" | "document" => "文件格式",
        "qr" | "payload" => "二维码内容",
        "signature" => "发证机关签名",
        "integrity" | "coverage" | "revisions" => "签名后有无改动",
        "certificate" | "chain" | "signer" => "签名证书",
        "revocation" => "签名证书是否被吊销",
        "timestamp" => "可信时间戳",
        "record" | "attachment" | "data" => "内嵌数据",
        "validity" => "有效期",
        "copy" => "临时副本期限",
        "register" => "登记系统现在的状态",
        "match" => "与登记记录核对",
        "evidence" => "公开存证",
        other => other,
    }
}

/// An instant by the clock in Beijing: `2026年11月22日 8:05`.
pub(crate) fn clock(at: Moment) -> String {
    let shanghai = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    let local = at.instant().to_offset(shanghai);
    format!(
        "{} {}:{:02}",
        LegalDate(local.date()).chinese(),
        local.hour(),
        local.minute()
    )
}

/// A figure with its thousands apart: `12,034`.
pub(crate) fn figure(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A text percent-encoded for a path segment or query value.
pub(crate) fn encoded(text: &str) -> String {
    match urlencode_strict(text) {
        Ok(encoded) => encoded.to_string(),
        Err(never) => match never {},
    }
}

/// Path of a licence's page.
pub(crate) fn licence_path(key: &str) -> String {
    format!("/v/{}", encoded(key))
}

/// Width of a bar, 0 to 100 with one decimal.
pub(crate) fn share(part: u64, of: u64) -> String {
    let thousandths = part.saturating_mul(1000).checked_div(of).unwrap_or(0).min(1000);
    format!("{}.{}", thousandths / 10, thousandths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_keep_their_thousands_apart() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (12_034, "12,034"),
            (1_234_567, "1,234,567"),
        ];
        for (number, text) in cases {
            assert_eq!(figure(number), text);
        }
    }

    #[test]
    fn shares_stay_between_nothing_and_all() {
        let cases = [
            ((0, 0), "0.0"),
            ((1, 3), "33.3"),
            ((5, 4), "100.0"),
            ((7, 7), "100.0"),
        ];
        for ((part, of), text) in cases {
            assert_eq!(share(part, of), text);
        }
    }

    #[test]
    fn the_clock_is_that_of_beijing() {
        let at = Moment::from(time::macros::datetime!(2026-11-21 16:05 UTC));
        assert_eq!(clock(at), "2026年11月22日 0:05");
    }

    #[test]
    fn a_number_becomes_one_path_segment() {
        assert_eq!(licence_path("赣/?#"), "/v/%E8%B5%A3%2F%3F%23");
    }

    #[test]
    fn every_verdict_and_state_is_told_in_its_own_words() {
        let mut titles: Vec<_> = State::ALL.iter().map(|one| of_state(*one).title).collect();
        titles.extend(Verdict::ALL.iter().map(|one| of_verdict(*one).title));
        let all = titles.len();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), all);
    }
}
