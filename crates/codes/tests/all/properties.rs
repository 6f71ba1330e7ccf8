//! What holds for every value: parsers never panic, printing and parsing agree, slips are caught.

use codes::*;
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt::{Debug, Display};
use std::str::FromStr;
use time::{Date, Duration, OffsetDateTime};

const SYMBOLS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

fn symbol() -> impl Strategy<Value = char> {
    select(SYMBOLS.chars().collect::<Vec<_>>())
}

/// A code sound in both of its checks: of the eleven endings of the organisation code, one fits.
fn sound_code() -> impl Strategy<Value = CreditCode> {
    ("[1-9][1-9][1-6][0-9]{5}", proptest::collection::vec(symbol(), 8)).prop_map(|(head, body)| {
        let body: String = body.into_iter().collect();
        "0123456789X"
            .chars()
            .map(|check| CreditCode::with_check(&format!("{head}{body}{check}")).unwrap())
            .find(|code| code.warnings().is_empty())
            .unwrap()
    })
}

fn number() -> impl Strategy<Value = LicenceNumber> {
    let region = select(vec!["赣", "鲁", "沪", "川E"]);
    let industry = select(vec!["WH", "JZ", "FM", "MK", "YH", "MB"]);
    let word = select(vec!["安许证字", ""]);
    let suffix = select(vec!["", "-1", "-02"]);
    (
        region,
        industry,
        word,
        2004u16..2060,
        "[A-Z]{0,1}[0-9]{3,7}",
        suffix,
    )
        .prop_map(|(region, industry, word, year, serial, suffix)| {
            format!("（{region}）{industry}{word}〔{year}〕{serial}{suffix}")
                .parse()
                .unwrap()
        })
}

fn survives<T: FromStr + Display + PartialEq + Debug>(text: &str) -> Result<(), TestCaseError>
where
    T::Err: Display + Debug,
{
    match text.parse::<T>() {
        Ok(value) => prop_assert_eq!(value.to_string().parse::<T>().ok(), Some(value)),
        Err(error) => prop_assert!(!error.to_string().is_ascii(), "speaks Chinese"),
    }
    Ok(())
}

fn altered(code: &str, place: usize, with: char) -> String {
    code.chars()
        .enumerate()
        .map(|(at, c)| if at == place { with } else { c })
        .collect()
}

fn neighbours_swapped(code: &str, first: usize) -> String {
    let mut symbols: Vec<char> = code.chars().collect();
    symbols.swap(first, first + 1);
    symbols.into_iter().collect()
}

proptest! {
    #[test]
    fn no_text_breaks_a_parser(text in any::<String>()) {
        survives::<CreditCode>(&text)?;
        survives::<RegistrationNumber>(&text)?;
        survives::<SubjectCode>(&text)?;
        survives::<IdentityNumber>(&text)?;
        survives::<LicenceIdentifier>(&text)?;
        survives::<LicenceTypeCode>(&text)?;
        survives::<LicenceNumber>(&text)?;
        survives::<RegionCode>(&text)?;
        survives::<IndustryCode>(&text)?;
        survives::<ItemCode>(&text)?;
        survives::<EnterpriseName>(&text)?;
        survives::<PersonName>(&text)?;
        survives::<PhoneNumber>(&text)?;
        search_key(&text);
        masked_name(&text);
        LicenceNumber::loose_key(&text);
    }

    /// Texts of the right characters and length reach further into the parsers than random ones.
    #[test]
    fn no_likely_text_breaks_a_parser(text in "[0-9A-Z赣字第号（〔.Ⅷ０Ａ-]{1,40}|[0-9A-ZX]{18}|[0-9A-Z]{33}|[0-9+()转-]{3,16}") {
        survives::<CreditCode>(&text)?;
        survives::<IdentityNumber>(&text)?;
        survives::<LicenceIdentifier>(&text)?;
        survives::<LicenceNumber>(&text)?;
        survives::<RegionCode>(&text)?;
        survives::<IndustryCode>(&text)?;
        survives::<ItemCode>(&text)?;
        survives::<PhoneNumber>(&text)?;
    }

    #[test]
    fn every_wrong_symbol_in_a_credit_code_is_noticed(code in sound_code(), place in 0usize..18, with in symbol()) {
        let text = altered(code.as_str(), place, with);
        let (parsed, warnings) = CreditCode::parse(&text).unwrap();
        prop_assert_eq!(parsed == code, warnings.is_empty());
    }

    #[test]
    fn every_swap_in_a_credit_code_is_noticed_and_named(code in sound_code(), first in 0usize..17) {
        let text = neighbours_swapped(code.as_str(), first);
        let (parsed, warnings) = CreditCode::parse(&text).unwrap();
        if parsed == code {
            return Ok(());
        }
        let likely = warnings.iter().find_map(|warning| match warning {
            CodeWarning::CheckCharacter { likely, .. } => Some(likely),
            _ => None,
        });
        let named = |suggestion: &Suggestion| {
            suggestion.code == code && suggestion.slip == Slip::Swapped { first: first + 1 }
        };
        prop_assert!(likely.is_some_and(|likely| likely.iter().any(named)), "{:?}", warnings);
    }

    #[test]
    fn letters_for_digits_are_mended(code in sound_code()) {
        let confused = code.as_str().replace('0', "O").replace('1', "I").replace('5', "S").replace('2', "Z");
        match CreditCode::parse(&confused) {
            Ok((parsed, _)) => prop_assert_eq!(parsed, code),
            Err(BadCreditCode::Symbols { likely, .. }) => prop_assert_eq!(likely, Some(code)),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn identity_numbers_notice_slips(region in "[1-6][0-9]{5}", days in 0i64..45_000, order in "[0-9]{3}", first in 0usize..17, place in 0usize..18, digit in "[0-9]") {
        let birth = Date::from_calendar_date(1900, time::Month::January, 1).unwrap() + Duration::days(days);
        let body = format!("{region}{:04}{:02}{:02}{order}", birth.year(), u8::from(birth.month()), birth.day());
        let valid: Vec<IdentityNumber> =
            "0123456789X".chars().filter_map(|check| format!("{body}{check}").parse().ok()).collect();
        prop_assert_eq!(valid.len(), 1);
        prop_assert_eq!(valid[0].birth_date(), birth);
        let text = valid[0].as_str();
        for slip in [neighbours_swapped(text, first), altered(text, place, digit.chars().next().unwrap())] {
            prop_assert_eq!(slip == text, slip.parse::<IdentityNumber>().is_ok());
        }
    }

    #[test]
    fn licence_identifiers_come_back_and_notice_slips(body in sound_code(), number in 0u16..1000, serial in "[0-9A-Z]{1,30}", version in 1u16..1000, place in 15usize..60, with in "[0-9A-Z]") {
        let type_code = LicenceTypeCode::new(&body, number).unwrap();
        let identifier = LicenceIdentifier::build(type_code, Issuer::Authority(body), &serial, version).unwrap();
        let text = identifier.to_string();
        prop_assert!(text.parse::<LicenceIdentifier>().as_ref() == Ok(&identifier));
        let slip = altered(&text, place, with.chars().next().unwrap());
        prop_assert_eq!(slip == text, slip.parse::<LicenceIdentifier>().is_ok(), "{}", slip);
    }

    #[test]
    fn licence_numbers_come_back_from_every_spelling(number in number(), pair in select(vec!["()", "[]", "〔〕", "【】", "（）", "［］", "﹝﹞"]), wrapped in any::<bool>()) {
        let brackets: Vec<char> = pair.chars().collect();
        let mut text: String = number
            .to_string()
            .chars()
            .map(|c| match c {
                '〔' => brackets[0],
                '〕' => brackets[1],
                c => c,
            })
            .collect();
        if wrapped {
            text = text.replace(brackets[1], &format!("{}第", brackets[1])) + "号";
        }
        // With （） the mark's own bracket would get a 第 too.
        if !(wrapped && pair == "（）") {
            prop_assert!(text.parse::<LicenceNumber>().as_ref() == Ok(&number), "{}", &text);
        }
        prop_assert_eq!(LicenceNumber::loose_key(&text), number.match_key());
    }

    #[test]
    fn replacements_belong_to_their_original(number in number()) {
        if let Ok(next) = number.replacement() {
            prop_assert_eq!(next.original(), number.original());
            prop_assert!(next != number);
            prop_assert_eq!(next.to_string().parse::<LicenceNumber>().ok(), Some(next));
        }
    }

    #[test]
    fn regions_contain_their_descendants(text in "[1-6][1-9][0-9]{10}", length in select(vec![2usize, 4, 6, 9, 12])) {
        let code: RegionCode = text[..length].parse().unwrap();
        prop_assert!(code.ancestors().iter().all(|above| above.contains(&code) && !code.contains(above)));
        prop_assert_eq!(code.ancestors().last().cloned(), code.parent());
        prop_assert!(code.twelve_digits().parse::<RegionCode>().as_ref() == Ok(&code));
        prop_assert!(code.six_digits().is_none_or(|six| six.parse::<RegionCode>().as_ref() == Ok(&code)));
    }

    #[test]
    fn item_codes_come_back(body in sound_code(), level in 1u8..=9, base in "[0-9]{12}", variant in 0u8..100) {
        let code = ItemCode::build(body, ItemLevel::new(level).unwrap(), &base, variant).unwrap();
        prop_assert_eq!(code.to_string().len(), 33);
        prop_assert!(code.to_string().parse::<ItemCode>().as_ref() == Ok(&code));
        prop_assert!(code.to_string().starts_with(&code.implementation_code()));
    }

    #[test]
    fn legal_days_hold_all_their_instants(seconds in -30_000_000_000i64..100_000_000_000) {
        let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        let date = legal_date(at);
        prop_assert!(midnight_utc(date) <= at && at < end_of_day_utc(date));
        prop_assert_eq!(legal_date(midnight_utc(date)), date);
    }

    #[test]
    fn search_keys_are_stable(text in any::<String>(), name in "[南昌化工（集团）A-Za-z0-9 ]{1,20}") {
        prop_assert_eq!(search_key(&search_key(&name)), search_key(&name));
        prop_assert!(!search_key(&text).chars().any(char::is_whitespace));
    }

    #[test]
    fn serde_and_display_agree(code in sound_code(), number in number()) {
        prop_assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{code}\""));
        let json = serde_json::to_string(&number).unwrap();
        prop_assert_eq!(serde_json::from_str::<LicenceNumber>(&json).unwrap(), number);
    }
}
