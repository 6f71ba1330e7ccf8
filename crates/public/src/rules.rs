//! What follows from register and certificate. Pure.

use codes::{CreditCode, LicenceIdentifier, LicenceNumber};
use kernel::LegalDate;

use crate::model::{Claims, Difference, Outcome, Proof, PublicLicence, Standing, State, Step, Verdict};

/// Fewest characters of a search text.
pub const SHORTEST: usize = 2;
/// Most characters of a search text.
pub const LONGEST: usize = 120;

/// State of a licence on a legal day. Expiry stops a licence at midnight, whatever the register still says.
pub fn standing_on(licence: &PublicLicence, today: LegalDate) -> State {
    let past = licence.valid_until < today;
    match &licence.standing {
        Standing::Revoked { .. } => State::Revoked,
        Standing::Rescinded { .. } => State::Rescinded,
        Standing::Withdrawn { .. } => State::Withdrawn,
        Standing::Cancelled { .. } => State::Cancelled,
        Standing::Replaced { .. } => State::Replaced,
        Standing::DeemedRenewed => State::DeemedRenewed,
        _ if past => State::Expired,
        Standing::Expired => State::Expired,
        // A suspension is lifted by a decision, never by its planned end alone.
        Standing::Suspended { .. } => State::Suspended,
        _ if licence.valid_from > today => State::NotYetValid,
        Standing::InTransition { until } if *until >= today => State::InTransition,
        Standing::InForce | Standing::InTransition { .. } if renewal_is_due(licence, today) => {
            State::Expiring
        }
        Standing::InForce | Standing::InTransition { .. } => State::Valid,
    }
}

fn renewal_is_due(licence: &PublicLicence, today: LegalDate) -> bool {
    licence.renew_from.is_some_and(|from| from <= today)
}

/// What a text typed into the search box is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing typed.
    Nothing,
    /// Fewer than [`SHORTEST`] characters.
    TooShort,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// A whole licence number, canonical.
    Number(String),
    /// A whole identifier, canonical.
    Identifier(String),
    /// A whole credit code.
    Code(String),
    /// Part of something.
    Fragment(String),
}

/// Recognises a search text.
pub fn wanted(text: &str) -> Wanted {
    let text = text.trim();
    match text.chars().count() {
        0 => return Wanted::Nothing,
        n if n < SHORTEST => return Wanted::TooShort,
        n if n > LONGEST => return Wanted::TooLong,
        _ => {}
    }
    if let Ok(number) = LicenceNumber::parse(text) {
        return Wanted::Number(number.to_string());
    }
    if let Ok(identifier) = LicenceIdentifier::parse(text) {
        return Wanted::Identifier(identifier.to_string());
    }
    if let Ok((code, _)) = CreditCode::parse(text) {
        return Wanted::Code(code.to_string());
    }
    Wanted::Fragment(text.to_owned())
}

/// What certificate and register say differently. Spelling of brackets, width and spaces do not count.
pub fn differences(claims: &Claims, licence: &PublicLicence) -> Vec<Difference> {
    let day = |date: LegalDate| date.chinese();
    let texts = [
        ("许可证编号", claims.number.clone(), licence.number.clone()),
        ("企业名称", claims.holder.clone(), licence.holder.name.clone()),
        (
            "统一社会信用代码",
            claims.code.clone(),
            licence.holder.code.clone(),
        ),
        ("有效期起", day(claims.valid_from), day(licence.valid_from)),
        ("有效期止", day(claims.valid_until), day(licence.valid_until)),
    ];
    let identifiers = claims.identifier.clone().zip(licence.identifier.clone());
    let identifier = identifiers.map(|(certificate, register)| ("电子证照标识", certificate, register));
    let all = texts.into_iter().chain(identifier);
    all.filter(|(_, certificate, register)| {
        LicenceNumber::loose_key(certificate) != LicenceNumber::loose_key(register)
    })
    .map(|(field, certificate, register)| Difference {
        field,
        certificate,
        register,
    })
    .collect()
}

/// Whether the certificate is of an earlier version than the one in force: genuine, but its content or
/// fingerprint is no longer the current one.
fn superseded(claims: &Claims, licence: &PublicLicence, differences: &[Difference]) -> bool {
    let known: Vec<_> = licence
        .certificates
        .iter()
        .filter_map(|one| one.fingerprint.as_deref())
        .collect();
    let old_print = claims
        .fingerprint
        .as_deref()
        .is_some_and(|print| !known.is_empty() && !known.contains(&print));
    old_print || !differences.is_empty()
}

/// The verdict about a document: first what it proves by itself, then what the register says now.
pub fn verdict(proof: &Proof, licence: Option<&PublicLicence>, today: LegalDate) -> Verdict {
    match proof.outcome {
        Outcome::Altered => return Verdict::Altered,
        Outcome::Untrusted => return Verdict::Untrusted,
        Outcome::Unreadable => return Verdict::Unknown,
        Outcome::Genuine => {}
    }
    let (Some(claims), Some(licence)) = (&proof.claims, licence) else {
        return Verdict::Unknown;
    };
    let state = standing_on(licence, today);
    if !state.in_force() {
        return of_state(state);
    }
    if claims.copy_until.is_some_and(|last| last < today) {
        return Verdict::Expired;
    }
    let differences = differences(claims, licence);
    match state {
        // The old paper may be used until the transition ends, though its content differs.
        State::InTransition => Verdict::Valid,
        _ if superseded(claims, licence, &differences) => Verdict::Replaced,
        _ => of_state(state),
    }
}

/// The verdict about a genuine, current certificate of a licence in this state.
pub fn of_state(state: State) -> Verdict {
    match state {
        State::Valid | State::Expiring | State::DeemedRenewed | State::InTransition => Verdict::Valid,
        State::NotYetValid => Verdict::NotYetValid,
        State::Expired => Verdict::Expired,
        State::Suspended => Verdict::Suspended,
        State::Revoked => Verdict::Revoked,
        State::Rescinded => Verdict::Rescinded,
        State::Withdrawn => Verdict::Withdrawn,
        State::Cancelled => Verdict::Cancelled,
        State::Replaced => Verdict::Replaced,
    }
}

/// The step that asks the register, told plainly.
pub fn register_step(proof: &Proof, licence: Option<&PublicLicence>, today: LegalDate) -> Step {
    let Some(licence) = licence else {
        let detail = match (&proof.claims, proof.outcome) {
            (None, _) | (_, Outcome::Unreadable) => "没有读到许可证编号，无法与登记记录核对。".to_owned(),
            (Some(claims), _) => format!("登记系统中没有编号为 {} 的许可证。", claims.number),
        };
        return Step::new("register", false, detail);
    };
    let state = standing_on(licence, today);
    Step::new(
        "register",
        state.in_force(),
        format!(
            "登记系统现在的状态：{}。{}",
            state.label(),
            sentence(licence, today)
        ),
    )
}

/// The step that compares certificate and register.
pub fn comparison_step(differences: &[Difference], same_print: Option<bool>) -> Step {
    if !differences.is_empty() {
        let fields: Vec<_> = differences.iter().map(|one| one.field).collect();
        let detail = format!(
            "证书上的{}与登记记录不一致。变更后未换用新证书时会这样；请以登记记录为准。",
            fields.join("、")
        );
        return Step::new("match", false, detail);
    }
    match same_print {
        Some(false) => Step::new("match", false, "这是较早版本的证书，现行证书的指纹与它不同。"),
        _ => Step::new("match", true, "证书上的编号、企业、有效期与登记记录一致。"),
    }
}

/// Whether the fingerprint on the certificate is one of the current certificates'; `None` when not comparable.
pub fn same_print(claims: &Claims, licence: &PublicLicence) -> Option<bool> {
    let print = claims.fingerprint.as_deref()?;
    let mut known = licence
        .certificates
        .iter()
        .filter_map(|one| one.fingerprint.as_deref())
        .peekable();
    known.peek()?;
    Some(known.any(|one| one == print))
}

/// Whole days from `today` to `until`; negative when past.
pub fn days_left(until: LegalDate, today: LegalDate) -> i64 {
    (until.0 - today.0).whole_days()
}

/// One sentence about the state of a licence on a day.
pub fn sentence(licence: &PublicLicence, today: LegalDate) -> String {
    let until = licence.valid_until.chinese();
    match (standing_on(licence, today), &licence.standing) {
        (State::NotYetValid, _) => format!("自{}起生效，此前不得据此生产。", licence.valid_from.chinese()),
        (State::Expired, _) => {
            format!("有效期到{until}为止，之后没有延期。企业不得再据此生产。")
        }
        (State::Valid | State::Expiring, _) => match days_left(licence.valid_until, today) {
            0 => format!("今天（{until}）是最后一天。"),
            days => format!("有效期到{until}，还有{days}天。"),
        },
        (_, Standing::DeemedRenewed) => {
            "企业在期满前申请延期，发证机关没有在期满前作出决定，依照《行政许可法》第五十条视为准予延续。"
                .to_owned()
        }
        (State::InTransition, Standing::InTransition { until }) => {
            format!(
                "登记事项已变更，旧证书可以用到{}，请以下方登记记录为准。",
                until.chinese()
            )
        }
        (
            _,
            Standing::Suspended {
                since,
                until: Some(until),
            },
        ) => {
            format!(
                "自{}起暂扣，至{}。暂扣期间不得生产。",
                since.chinese(),
                until.chinese()
            )
        }
        (_, Standing::Suspended { since, until: None }) => {
            format!(
                "自{}起暂扣，恢复日期以发证机关的决定为准。暂扣期间不得生产。",
                since.chinese()
            )
        }
        (_, Standing::Revoked { on }) => {
            format!("发证机关于{}作出吊销的处罚决定，许可证不再有效。", on.chinese())
        }
        (_, Standing::Rescinded { on }) => {
            format!("当初的许可不合法，已于{}被撤销，许可证不再有效。", on.chinese())
        }
        (_, Standing::Withdrawn { on }) => {
            format!(
                "因法律或者客观情况发生重大变化，已于{}被撤回，许可证不再有效。",
                on.chinese()
            )
        }
        (_, Standing::Cancelled { on }) => {
            format!("已于{}办理注销，许可证不再有效。", on.chinese())
        }
        (_, Standing::Replaced { on, by }) => {
            format!("已于{}换发新证，新证编号 {by}。请查看新证。", on.chinese())
        }
        (_, Standing::Expired | Standing::InForce | Standing::InTransition { .. }) => {
            format!("有效期到{until}为止。")
        }
    }
}
