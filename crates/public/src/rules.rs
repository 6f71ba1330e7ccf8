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
        Standing::Suspended { since, .. } if *since <= today => State::Suspended,
        _ if licence.in_force_from > today => State::NotYetValid,
        Standing::Temporary { .. } => State::Temporary,
        Standing::InTransition { until } if *until >= today => State::InTransition,
        _ if renewal_is_due(licence, today) => State::Expiring,
        Standing::InForce | Standing::InTransition { .. } | Standing::Suspended { .. } => State::Valid,
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
    let Some(claims) = &proof.claims else {
        // An official document other than a certificate: its signature is all there is to prove.
        return Verdict::Valid;
    };
    let Some(licence) = licence else {
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
    // An earlier paper never proves to be plainly valid, also while a transition lets it be used.
    if superseded(claims, licence, &differences) {
        return Verdict::Replaced;
    }
    of_state(state)
}

/// The verdict about a genuine, current certificate of a licence in this state.
pub fn of_state(state: State) -> Verdict {
    match state {
        State::Valid | State::Expiring | State::DeemedRenewed | State::InTransition | State::Temporary => {
            Verdict::Valid
        }
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
pub fn register_step(number: &str, licence: Option<&PublicLicence>, today: LegalDate) -> Step {
    let Some(licence) = licence else {
        return Step::new(
            "register",
            false,
            format!("登记系统中没有编号为 {number} 的许可证。"),
        );
    };
    let state = standing_on(licence, today);
    let detail = format!("{}。{}", state.label(), sentence(licence, today));
    Step::new("register", state.in_force(), detail)
}

/// The step that compares certificate and register. That a forgery copies the register well speaks for
/// nothing, so there is no such step then.
pub fn comparison_step(
    proof: &Proof,
    claims: &Claims,
    licence: &PublicLicence,
    differences: &[Difference],
) -> Option<Step> {
    let genuine = proof.outcome == Outcome::Genuine;
    if !differences.is_empty() {
        let fields: Vec<_> = differences.iter().map(|one| one.field).collect();
        let told = format!("证书上的{}与登记记录不一致。", fields.join("、"));
        let cause = if genuine {
            format!(
                "变更后未换用新证书时会这样；请以登记记录为准。{}",
                transition(licence)
            )
        } else {
            String::new()
        };
        return Some(Step::new("match", false, told + &cause));
    }
    let step = match same_print(claims, licence) {
        Some(false) => Step::new(
            "match",
            false,
            format!(
                "这是较早版本的证书，现行证书的指纹与它不同。{}",
                transition(licence)
            ),
        ),
        _ => Step::new("match", true, "证书上的编号、企业、有效期与登记记录一致。"),
    };
    genuine.then_some(step)
}

/// How long an earlier paper may be used beside the present one.
fn transition(licence: &PublicLicence) -> String {
    match &licence.standing {
        Standing::InTransition { until } => format!("旧证书的过渡期到{}为止。", until.chinese()),
        _ => String::new(),
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
        (State::Temporary, Standing::Temporary { of }) => {
            format!("应急使用，替代损毁的许可证 {of}，到{until}自行失效，不得延期。")
        }
        (State::Suspended, Standing::Suspended { since, until, reason }) => match until {
            Some(until) => format!(
                "自{}起暂扣，至{}。{}暂扣期间不得生产。",
                since.chinese(),
                until.chinese(),
                because(reason)
            ),
            None => format!(
                "自{}起暂扣，恢复日期以发证机关的决定为准。{}暂扣期间不得生产。",
                since.chinese(),
                because(reason)
            ),
        },
        (_, Standing::Revoked { on, reason }) => {
            format!(
                "发证机关于{}作出吊销的处罚决定，许可证不再有效。{}",
                on.chinese(),
                because(reason)
            )
        }
        (_, Standing::Rescinded { on, reason }) => {
            format!(
                "当初的许可不合法，已于{}被撤销，许可证不再有效。{}",
                on.chinese(),
                because(reason)
            )
        }
        (_, Standing::Withdrawn { on, reason }) => {
            format!(
                "因法律或者客观情况发生重大变化，已于{}被撤回，许可证不再有效。{}",
                on.chinese(),
                because(reason)
            )
        }
        (_, Standing::Cancelled { on, reason }) => {
            format!(
                "已于{}办理注销，许可证不再有效。{}",
                on.chinese(),
                because(reason)
            )
        }
        (_, Standing::Replaced { on, by }) => {
            format!("已于{}换发新证，新证编号 {by}。请查看新证。", on.chinese())
        }
        (_, _) => format!("有效期到{until}为止。"),
    }
}

/// The published reason as a sentence of its own; nothing when none is published.
fn because(reason: &str) -> String {
    let reason = reason.trim().trim_end_matches('。');
    if reason.is_empty() {
        String::new()
    } else {
        format!("原因：{reason}。")
    }
}

#[cfg(test)]
mod tests {
    use matters::Industry;
    use proptest::prelude::*;
    use time::{Date, Duration, macros::date};

    use super::*;
    use crate::model::{CertificateFile, Holder};

    fn licence(standing: Standing) -> PublicLicence {
        PublicLicence {
            number: "（赣）WH安许证字〔2025〕000001".into(),
            identifier: None,
            name: "安全生产许可证".into(),
            industry: Industry::Hazchem,
            holder: Holder {
                name: "示范化工有限公司".into(),
                code: "91360111MA0000001R".into(),
                address: String::new(),
                legal_representative: String::new(),
                economic_type: String::new(),
                region: String::new(),
            },
            scope: vec![],
            valid_from: LegalDate(date!(2025 - 05 - 06)),
            valid_until: LegalDate(date!(2028 - 05 - 05)),
            in_force_from: LegalDate(date!(2025 - 05 - 06)),
            issued_on: LegalDate(date!(2025 - 05 - 06)),
            renew_from: Some(LegalDate(date!(2028 - 02 - 05))),
            authority: "江西省应急管理厅".into(),
            standing,
            grade: None,
            lost: None,
            history: vec![],
            penalties: vec![],
            certificates: vec![CertificateFile {
                edition: "正本".into(),
                version: 1,
                sha256: String::new(),
                fingerprint: Some("aa".into()),
            }],
            version: 1,
            demo: true,
            updated_at: kernel::Moment(0),
        }
    }

    fn claims() -> Claims {
        let of = licence(Standing::InForce);
        Claims {
            number: of.number,
            identifier: None,
            holder: of.holder.name,
            code: of.holder.code,
            valid_from: of.valid_from,
            valid_until: of.valid_until,
            fingerprint: Some("aa".into()),
            copy_until: None,
        }
    }

    fn proof(outcome: Outcome, claims: Option<Claims>) -> Proof {
        Proof {
            outcome,
            steps: vec![],
            claims,
            signer: None,
            signed_at: None,
            notes: vec![],
        }
    }

    fn on(date: Date) -> LegalDate {
        LegalDate(date)
    }

    fn check_state(standing: Standing, day: Date, expected: State) {
        assert_eq!(
            standing_on(&licence(standing.clone()), on(day)),
            expected,
            "{standing:?} on {day}"
        );
    }

    #[test]
    fn a_licence_ends_at_midnight() {
        check_state(Standing::InForce, date!(2025 - 05 - 05), State::NotYetValid);
        check_state(Standing::InForce, date!(2025 - 05 - 06), State::Valid);
        check_state(Standing::InForce, date!(2028 - 02 - 04), State::Valid);
        check_state(Standing::InForce, date!(2028 - 02 - 05), State::Expiring);
        check_state(Standing::InForce, date!(2028 - 05 - 05), State::Expiring);
        check_state(Standing::InForce, date!(2028 - 05 - 06), State::Expired);
        check_state(
            Standing::DeemedRenewed,
            date!(2028 - 05 - 06),
            State::DeemedRenewed,
        );
    }

    #[test]
    fn a_suspension_does_not_lift_itself() {
        let (since, until) = (on(date!(2026 - 01 - 01)), Some(on(date!(2026 - 02 - 01))));
        check_state(
            Standing::Suspended {
                since,
                until,
                reason: String::new(),
            },
            date!(2026 - 03 - 01),
            State::Suspended,
        );
        check_state(
            Standing::Suspended {
                since,
                until,
                reason: String::new(),
            },
            date!(2028 - 06 - 01),
            State::Expired,
        );
    }

    #[test]
    fn a_transition_is_over_after_its_last_day() {
        let until = on(date!(2026 - 12 - 31));
        check_state(
            Standing::InTransition { until },
            date!(2026 - 12 - 31),
            State::InTransition,
        );
        check_state(
            Standing::InTransition { until },
            date!(2027 - 01 - 01),
            State::Valid,
        );
    }

    #[test]
    fn what_was_taken_away_stays_so_after_expiry() {
        let day = on(date!(2026 - 01 - 01));
        check_state(
            Standing::Revoked {
                on: day,
                reason: String::new(),
            },
            date!(2030 - 01 - 01),
            State::Revoked,
        );
        check_state(
            Standing::Rescinded {
                on: day,
                reason: String::new(),
            },
            date!(2030 - 01 - 01),
            State::Rescinded,
        );
        check_state(
            Standing::Withdrawn {
                on: day,
                reason: String::new(),
            },
            date!(2030 - 01 - 01),
            State::Withdrawn,
        );
        check_state(
            Standing::Cancelled {
                on: day,
                reason: String::new(),
            },
            date!(2030 - 01 - 01),
            State::Cancelled,
        );
    }

    #[test]
    fn a_search_text_is_recognised() {
        let number = "（赣）WH安许证字〔2025〕000001";
        assert_eq!(
            wanted("(赣)wh安许证字[2025]000001"),
            Wanted::Number(number.into())
        );
        assert_eq!(
            wanted(" 91360111MA0000001R "),
            Wanted::Code("91360111MA0000001R".into())
        );
        assert_eq!(wanted("化工"), Wanted::Fragment("化工".into()));
        assert_eq!(wanted("化"), Wanted::TooShort);
        assert_eq!(wanted("  "), Wanted::Nothing);
        assert_eq!(wanted(&"化".repeat(121)), Wanted::TooLong);
    }

    #[test]
    fn spelling_is_no_difference() {
        let mut spelt = claims();
        spelt.number = "(赣)WH安许证字[2025]000001".into();
        assert_eq!(differences(&spelt, &licence(Standing::InForce)), []);
        spelt.holder = "示范化学有限公司".into();
        let found: Vec<_> = differences(&spelt, &licence(Standing::InForce))
            .into_iter()
            .map(|one| one.field)
            .collect();
        assert_eq!(found, ["企业名称"]);
    }

    #[test]
    fn an_old_print_is_a_replaced_certificate() {
        let mut old = claims();
        old.fingerprint = Some("bb".into());
        let day = on(date!(2026 - 01 - 01));
        let of = licence(Standing::InForce);
        assert_eq!(
            verdict(&proof(Outcome::Genuine, Some(old)), Some(&of), day),
            Verdict::Replaced
        );
        assert_eq!(
            verdict(&proof(Outcome::Genuine, Some(claims())), Some(&of), day),
            Verdict::Valid
        );
    }

    #[test]
    fn a_temporary_copy_expires() {
        let mut copy = claims();
        copy.copy_until = Some(on(date!(2026 - 01 - 01)));
        let genuine = proof(Outcome::Genuine, Some(copy));
        let of = licence(Standing::InForce);
        assert_eq!(
            verdict(&genuine, Some(&of), on(date!(2026 - 01 - 01))),
            Verdict::Valid
        );
        assert_eq!(
            verdict(&genuine, Some(&of), on(date!(2026 - 01 - 02))),
            Verdict::Expired
        );
    }

    #[test]
    fn a_document_without_licence_stands_on_its_signature() {
        let day = on(date!(2026 - 01 - 01));
        assert_eq!(verdict(&proof(Outcome::Genuine, None), None, day), Verdict::Valid);
        assert_eq!(
            verdict(&proof(Outcome::Unreadable, None), None, day),
            Verdict::Unknown
        );
    }

    fn standings() -> impl Strategy<Value = Standing> {
        let day = on(date!(2026 - 06 - 01));
        prop_oneof![
            Just(Standing::InForce),
            Just(Standing::DeemedRenewed),
            Just(Standing::InTransition { until: day }),
            Just(Standing::Suspended {
                since: day,
                until: None,
                reason: String::new()
            }),
            Just(Standing::Revoked {
                on: day,
                reason: String::new()
            }),
            Just(Standing::Rescinded {
                on: day,
                reason: String::new()
            }),
            Just(Standing::Withdrawn {
                on: day,
                reason: String::new()
            }),
            Just(Standing::Cancelled {
                on: day,
                reason: String::new()
            }),
            Just(Standing::Expired),
            Just(Standing::Replaced {
                on: day,
                by: "x".into()
            }),
        ]
    }

    proptest! {
        #[test]
        fn only_a_genuine_document_of_a_licence_in_force_is_valid(standing in standings(), days in -400i64..2000, outcome in 0usize..4) {
            let outcome = [Outcome::Genuine, Outcome::Altered, Outcome::Untrusted, Outcome::Unreadable][outcome];
            let today = on(date!(2025 - 05 - 06) + Duration::days(days));
            let of = licence(standing);
            let found = verdict(&proof(outcome, Some(claims())), Some(&of), today);
            let in_force = standing_on(&of, today).in_force();
            prop_assert_eq!(found == Verdict::Valid, outcome == Outcome::Genuine && in_force);
            prop_assert_eq!(verdict(&proof(Outcome::Genuine, Some(claims())), None, today), Verdict::Unknown);
        }

        #[test]
        fn every_state_has_a_sentence(standing in standings(), days in -400i64..2000) {
            let today = on(date!(2025 - 05 - 06) + Duration::days(days));
            let of = licence(standing);
            let said = sentence(&of, today);
            prop_assert!(said.ends_with('。'), "{said}");
            if !standing_on(&of, today).in_force() {
                prop_assert!(!said.contains("还有"), "{said}");
            }
        }

        #[test]
        fn any_text_is_wanted_as_something(text in ".*") {
            let length = text.trim().chars().count();
            let asked = wanted(&text);
            prop_assert_eq!(asked == Wanted::Nothing, length == 0);
            prop_assert_eq!(asked == Wanted::TooLong, length > LONGEST);
        }
    }
}
