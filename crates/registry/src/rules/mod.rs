//! Decisions about enterprise files. Pure.

pub mod watch;

use codes::{
    Divisions, EnterpriseName, IdentityNumber, Industries, IndustryCode, PersonName, PhoneNumber, RegionCode,
    SubjectCode,
};
use kernel::{FieldError, LegalDate};
use serde_json::{Map, Value, json};

use crate::model::Field;

use crate::model::{
    Checked, Enterprise, FacilityDetails, FacilityKind, NewEnterprise, Particulars, SizeClass, StaffDetails,
};

/// How much a file has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Entered by hand: legal representative and address are needed.
    Full,
    /// From a list: name, code and region suffice.
    Listed,
}

/// The code tables that a file is checked against.
pub struct Tables<'a> {
    /// GB/T 2260.
    pub divisions: &'a Divisions,
    /// GB/T 4754.
    pub industries: &'a Industries,
}

/// Collects faults while fields are read one after the other.
struct Faults(Vec<FieldError>);

impl Faults {
    fn take<T, E: std::fmt::Display>(&mut self, field: &str, outcome: Result<T, E>) -> Option<T> {
        outcome
            .map_err(|error| {
                self.0
                    .push(FieldError::new(field, error.to_string().trim_end_matches('。')));
            })
            .ok()
    }

    fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError::new(field, message));
    }
}

/// Parses and checks a file. `today` refuses days that have not come yet.
///
/// # Errors
/// The faults by field, in Chinese.
pub fn check(
    new: &NewEnterprise,
    tables: &Tables<'_>,
    completeness: Completeness,
    today: LegalDate,
) -> Result<Checked, Vec<FieldError>> {
    let mut faults = Faults(Vec::new());
    let name = faults.take("name", new.name.parse::<EnterpriseName>());
    let code = faults.take("code", read_code(&new.code));
    let region = faults.take("region", read_region(&new.region, tables.divisions));
    let industry = new
        .industry
        .as_deref()
        .map(|text| faults.take("industry", read_industry(text, tables.industries)));
    let phone = filled(new.phone.as_deref()).map(|text| faults.take("phone", text.parse::<PhoneNumber>()));
    let person = filled(Some(&new.legal_representative))
        .map(|text| faults.take("legal_representative", text.parse::<PersonName>()));
    if completeness == Completeness::Full {
        if person.is_none() {
            faults.add("legal_representative", "请填写法定代表人");
        }
        if new.address.trim().is_empty() {
            faults.add("address", "请填写住所（地址）");
        }
    }
    let economic_type = short_text(&mut faults, "economic_type", &new.economic_type, 60);
    let address = short_text(&mut faults, "address", &new.address, 200);
    let authority =
        filled(new.authority.as_deref()).map(|text| short_text(&mut faults, "authority", text, 120));
    check_position(&mut faults, new.longitude, new.latitude);
    if new.established_on.is_some_and(|day| day > today) {
        faults.add("established_on", "成立日期不能晚于今天，请核对");
    }
    match (name, code, region) {
        (Some(name), Some((code, warnings)), Some(region)) if faults.0.is_empty() => Ok(Checked {
            name: name.as_str().to_owned(),
            code,
            warnings,
            legal_representative: person
                .flatten()
                .map_or_else(String::new, |p| p.as_str().to_owned()),
            economic_type,
            address,
            region,
            industry: industry.flatten().map(|code| code.as_str().to_owned()),
            size: new.size,
            danger: new.danger,
            phone: phone.flatten().map(|phone| phone.as_str().to_owned()),
            longitude: new.longitude,
            latitude: new.latitude,
            authority,
            established_on: new.established_on,
            demo: new.demo,
        }),
        _ => Err(faults.0),
    }
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn read_code(text: &str) -> Result<(SubjectCode, Vec<codes::CodeWarning>), String> {
    let trimmed = text.trim();
    // What a spreadsheet makes of a number of fifteen digits.
    let is_scientific = trimmed.contains(['E', 'e'])
        && trimmed.contains('.')
        && trimmed.parse::<f64>().is_ok_and(f64::is_finite);
    if is_scientific {
        return Err(format!(
            "“{trimmed}”是表格软件改成科学计数的数字，原号码已丢失，请把该列设为文本后重新填写"
        ));
    }
    SubjectCode::parse(text).map_err(|error| error.message())
}

fn read_region(text: &str, divisions: &Divisions) -> Result<RegionCode, String> {
    if text.trim().is_empty() {
        return Err("请选择所在区域".to_owned());
    }
    let code: RegionCode = text
        .parse()
        .map_err(|error: codes::BadRegionCode| error.message())?;
    if divisions.contains(&code) {
        return Ok(code);
    }
    // Lower levels are loaded for some provinces only, so a township below a known county may stand.
    let known = divisions.nearest(&code).filter(|known| known.as_str().len() >= 6);
    match known {
        Some(above) if divisions.children(&above).is_empty() => Ok(code),
        _ => Err(format!("行政区划代码 {code} 不在现行区划表中，请重新选择")),
    }
}

fn read_industry(text: &str, industries: &Industries) -> Result<IndustryCode, String> {
    let code: IndustryCode = text
        .parse()
        .map_err(|error: codes::BadIndustryCode| error.message())?;
    if industries.contains(&code) {
        Ok(code)
    } else {
        Err(format!(
            "行业代码 {code} 不在国民经济行业分类（GB/T 4754）中，请重新选择"
        ))
    }
}

fn short_text(faults: &mut Faults, field: &str, text: &str, limit: usize) -> String {
    let text = text.trim();
    let found = text.chars().count();
    if found > limit {
        faults.add(field, format!("最多{limit}个字，现为{found}个字，请精简"));
    }
    if text.chars().any(|c| c.is_control() || c == '\u{FFFD}') {
        faults.add(field, "含有换行、制表等控制字符或乱码，请删除后重新填写");
    }
    text.to_owned()
}

fn check_position(faults: &mut Faults, longitude: Option<f64>, latitude: Option<f64>) {
    match (longitude, latitude) {
        (None, None) => {}
        (Some(east), Some(north)) if (73.0..=136.0).contains(&east) && (3.0..=54.0).contains(&north) => {}
        (Some(east), Some(north)) if (73.0..=136.0).contains(&north) && (3.0..=54.0).contains(&east) => {
            faults.add("longitude", "经度和纬度填反了，请对调");
        }
        (Some(_), Some(_)) => faults.add(
            "longitude",
            "经纬度不在我国境内，请核对（经度 73 至 136，纬度 3 至 54）",
        ),
        _ => faults.add("longitude", "经度和纬度要么都填，要么都不填"),
    }
}

/// Objections against the code that nobody has confirmed.
pub fn unconfirmed(checked: &Checked, new: &NewEnterprise, old: Option<&Enterprise>) -> bool {
    let same_code = old.is_some_and(|old| old.code == checked.code);
    !checked.warnings.is_empty() && !new.confirmed_warnings && !same_code
}

/// The file after a decision that changed particulars `from` … `to`; a field that somebody has changed otherwise
/// meanwhile stays.
pub fn adopted(old: &Enterprise, from: &Particulars, to: &Particulars) -> Enterprise {
    let mut new = old.clone();
    let fields = [
        (&mut new.name, &from.name, &to.name),
        (&mut new.address, &from.address, &to.address),
        (
            &mut new.legal_representative,
            &from.legal_representative,
            &to.legal_representative,
        ),
        (&mut new.economic_type, &from.economic_type, &to.economic_type),
    ];
    let mut changed = false;
    for (field, from, to) in fields {
        if from != to && field == from {
            field.clone_from(to);
            changed = true;
        }
    }
    new.version += i64::from(changed);
    new
}

/// The fields that differ, as `{field: [from, to]}`, with personal data masked.
pub fn changes(old: &Enterprise, new: &Enterprise) -> Map<String, Value> {
    let mut changed = Map::new();
    let mut put = |field: &str, from: Value, to: Value| {
        if from != to {
            changed.insert(field.to_owned(), json!([from, to]));
        }
    };
    put("name", json!(old.name), json!(new.name));
    put("code", json!(old.code), json!(new.code));
    put(
        "legal_representative",
        json!(old.legal_representative),
        json!(new.legal_representative),
    );
    put(
        "economic_type",
        json!(old.economic_type),
        json!(new.economic_type),
    );
    put("address", json!(old.address), json!(new.address));
    put("region", json!(old.region), json!(new.region));
    put("industry", json!(old.industry), json!(new.industry));
    put("size", json!(old.size), json!(new.size));
    put("danger", json!(old.danger), json!(new.danger));
    put("longitude", json!(old.longitude), json!(new.longitude));
    put("latitude", json!(old.latitude), json!(new.latitude));
    put("authority", json!(old.authority), json!(new.authority));
    put(
        "established_on",
        json!(old.established_on),
        json!(new.established_on),
    );
    put("state", json!(old.state), json!(new.state));
    if old.phone != new.phone {
        let masked = [
            masked_phone(old.phone.as_deref()),
            masked_phone(new.phone.as_deref()),
        ];
        changed.insert("phone".to_owned(), json!(masked));
    }
    changed
}

/// The enterprise with those fields replaced that a list fills; everything else stays.
pub fn merged(old: &Enterprise, fresh: Checked, given: &[Field]) -> Enterprise {
    let has = |field| given.contains(&field);
    let fresh = fresh.onto(old, old.state);
    let text = |field, new: String, old: &String| if has(field) { new } else { old.clone() };
    Enterprise {
        legal_representative: text(
            Field::LegalRepresentative,
            fresh.legal_representative,
            &old.legal_representative,
        ),
        economic_type: text(Field::EconomicType, fresh.economic_type, &old.economic_type),
        address: text(Field::Address, fresh.address, &old.address),
        region: if has(Field::Region) {
            fresh.region
        } else {
            old.region.clone()
        },
        industry: fresh.industry.or_else(|| old.industry.clone()),
        size: if has(Field::Size) { fresh.size } else { old.size },
        danger: fresh.danger.or(old.danger),
        phone: fresh.phone.or_else(|| old.phone.clone()),
        longitude: fresh.longitude.or(old.longitude),
        latitude: fresh.latitude.or(old.latitude),
        authority: fresh.authority.or_else(|| old.authority.clone()),
        established_on: fresh.established_on.or(old.established_on),
        ..fresh
    }
}

/// A telephone number for the eyes of others.
pub fn masked_phone(phone: Option<&str>) -> Option<String> {
    phone.map(|text| {
        text.parse::<PhoneNumber>()
            .map_or_else(|_| "****".to_owned(), |number| number.masked())
    })
}

/// An identity number for the eyes of others.
pub fn masked_identity(number: Option<&str>) -> Option<String> {
    number.map(|text| {
        text.parse::<IdentityNumber>()
            .map_or_else(|_| "****".to_owned(), |number| number.masked())
    })
}

/// Checks what is entered about a key person and brings it into one spelling.
///
/// # Errors
/// The faults by field.
pub fn check_staff(details: StaffDetails) -> Result<StaffDetails, Vec<FieldError>> {
    let mut faults = Faults(Vec::new());
    let name = faults.take("name", details.name.parse::<PersonName>());
    let identity = filled(details.identity_number.as_deref())
        .and_then(|text| faults.take("identity_number", text.parse::<IdentityNumber>()));
    let phone =
        filled(details.phone.as_deref()).and_then(|text| faults.take("phone", text.parse::<PhoneNumber>()));
    let certificate_kind = short_text(&mut faults, "certificate_kind", &details.certificate_kind, 60);
    let certificate_number = short_text(&mut faults, "certificate_number", &details.certificate_number, 60);
    if certificate_kind.is_empty() != certificate_number.is_empty() {
        faults.add("certificate_number", "证书种类和证书编号要一起填写");
    }
    if let (Some(from), Some(until)) = (details.valid_from, details.valid_until)
        && until < from
    {
        faults.add("valid_until", "有效期止不能早于有效期起");
    }
    match name {
        Some(name) if faults.0.is_empty() => Ok(StaffDetails {
            name: name.as_str().to_owned(),
            identity_number: identity.map(|number| number.as_str().to_owned()),
            phone: phone.map(|number| number.as_str().to_owned()),
            certificate_kind,
            certificate_number,
            ..details
        }),
        _ => Err(faults.0),
    }
}

/// Checks what is entered about a facility.
///
/// # Errors
/// The faults by field.
pub fn check_facility(details: FacilityDetails) -> Result<FacilityDetails, Vec<FieldError>> {
    let mut faults = Faults(Vec::new());
    let name = short_text(&mut faults, "name", &details.name, 120);
    if name.is_empty() {
        faults.add("name", "请填写设施或重大危险源名称");
    }
    let class = short_text(&mut faults, "class", &details.class, 60);
    let filing_number = filled(details.filing_number.as_deref())
        .map(|text| short_text(&mut faults, "filing_number", text, 60));
    if (details.kind == FacilityKind::MajorHazardSource) != details.level.is_some() {
        faults.add("level", "重大危险源须填写级别（一级至四级），其他设施不填级别");
    }
    check_position(&mut faults, details.longitude, details.latitude);
    if faults.0.is_empty() {
        Ok(FacilityDetails {
            name,
            class,
            filing_number,
            ..details
        })
    } else {
        Err(faults.0)
    }
}

/// The labels under which an enterprise stands in the text index.
pub fn labels(enterprise: &Enterprise, industries: &Industries) -> Vec<String> {
    let mut labels = vec![
        label("size", enterprise.size.as_str()),
        label("state", enterprise.state.as_str()),
    ];
    let own = std::iter::once(enterprise.region.clone());
    labels.extend(
        own.chain(enterprise.region.ancestors())
            .map(|region| label("region", region.as_str())),
    );
    if let Some(code) = enterprise.industry.as_deref().and_then(|code| code.parse().ok()) {
        labels.extend(
            industries
                .lineage(&code)
                .into_iter()
                .map(|code| label("industry", code.as_str())),
        );
    }
    if let Some(danger) = enterprise.danger {
        labels.push(label("danger", danger.as_str()));
    }
    if !enterprise.code_warnings.is_empty() {
        labels.push(label("code", "warned"));
    }
    labels
}

/// The label of one mark.
pub fn label(kind: &str, value: &str) -> String {
    format!("{kind}:{value}")
}

/// The size class of its Chinese or stable name, with or without 企业.
pub fn read_size(text: &str) -> Option<SizeClass> {
    let text = text.trim().trim_end_matches("企业").to_lowercase();
    SizeClass::ALL.iter().copied().find(|size| {
        let chinese = size.chinese();
        text == size.as_str() || text == chinese || text == chinese.trim_end_matches('型')
    })
}
