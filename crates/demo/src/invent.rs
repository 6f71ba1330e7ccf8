//! Invents the enterprises of the city. Their districts and townships are real; names, people, streets and
//! telephones are not, and their codes lie in a range that no registrar gives out.

use std::collections::HashSet;

use codes::{CreditCode, Divisions, RegionCode};
use kernel::LegalDate;
use matters::Industry;
use registry::{Danger, NewEnterprise, SizeClass};
use time::{Date, Duration, macros::date};

use crate::{
    DemoError,
    chance::Chance,
    setting::{District, Group, Setting, Trade},
};

/// The symbols of GB 32100.
const SYMBOLS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Symbols after the mark in an invented organisation code, and how many codes they give.
const SERIAL_SYMBOLS: u32 = 5;
const SERIALS: u64 = 31_u64.pow(SERIAL_SYMBOLS);
/// Begins every invented organisation code; real ones are digits, or begin with MA.
const CODE_MARK: &str = "XXX";
/// Coprime to 31, so that serials do not repeat before all were used.
const SERIAL_STEP: u64 = 1_000_003;
/// Earliest day of establishment.
const FOUNDED_FROM: Date = date!(1996 - 01 - 08);
/// Endings of the names of townships; other divisions of that level are farms and companies.
const TOWNSHIPS: [&str; 3] = ["街道", "镇", "乡"];

/// An invented enterprise.
#[derive(Clone, Debug)]
pub(crate) struct Invented {
    /// Its file.
    pub file: NewEnterprise,
    /// The licence that its trade needs.
    pub licence: Option<Needed>,
}

/// A licence that a trade needs.
#[derive(Clone, Debug)]
pub(crate) struct Needed {
    pub industry: Industry,
    pub scope: String,
    /// It has held one since before the platform.
    pub held: bool,
}

/// Invents `count` enterprises founded before `until`.
pub(crate) fn enterprises(
    setting: &Setting,
    divisions: &Divisions,
    seed: u64,
    count: usize,
    until: Date,
) -> Result<Vec<Invented>, DemoError> {
    let mut inventor = Inventor::new(setting, divisions, seed, until)?;
    let mut spread = Chance::of(seed, "spread");
    let groups: Vec<u32> = setting.groups.iter().map(|group| group.share).collect();
    let districts: Vec<u32> = setting.districts.iter().map(|district| district.share).collect();
    let sizes = &setting.sizes;
    let groups = spread.spread(count, &groups);
    let districts = spread.spread(count, &districts);
    let sizes = spread.spread(count, &[sizes.large, sizes.medium, sizes.small, sizes.micro]);
    let mut places: Vec<_> = groups.into_iter().zip(districts).zip(sizes).collect();
    spread.shuffle(&mut places);
    places
        .into_iter()
        .map(|((group, district), size)| inventor.enterprise(group, district, size))
        .collect()
}

/// A person of the city.
pub(crate) fn person(setting: &Setting, chance: &mut Chance) -> String {
    let mut name = letter(&setting.surnames, chance);
    if chance.percent(84) {
        name += &letter(&setting.given_first, chance);
    }
    name + &letter(&setting.given_second, chance)
}

/// A telephone number that rings nowhere.
pub(crate) fn phone(setting: &Setting, chance: &mut Chance) -> String {
    let digits = 11 - setting.phone_prefix.len().min(10);
    let number: String = (0..digits).map(|_| chance.between(0, 9).to_string()).collect();
    format!("{}{number}", setting.phone_prefix)
}

fn letter(letters: &str, chance: &mut Chance) -> String {
    let letters: Vec<char> = letters.chars().collect();
    chance.one(&letters).to_string()
}

struct Inventor<'a> {
    setting: &'a Setting,
    divisions: &'a Divisions,
    townships: Vec<Vec<&'a RegionCode>>,
    until: Date,
    names: Chance,
    people: Chance,
    places: Chance,
    trades: Chance,
    taken: HashSet<String>,
    serial: u64,
}

impl<'a> Inventor<'a> {
    fn new(
        setting: &'a Setting,
        divisions: &'a Divisions,
        seed: u64,
        until: Date,
    ) -> Result<Self, DemoError> {
        let townships: Result<Vec<_>, _> = setting
            .districts
            .iter()
            .map(|one| townships(one, divisions))
            .collect();
        let offset = Chance::of(seed, "codes").between(0, i64::from(u32::MAX));
        Ok(Self {
            setting,
            divisions,
            townships: townships?,
            until,
            names: Chance::of(seed, "names"),
            people: Chance::of(seed, "people"),
            places: Chance::of(seed, "places"),
            trades: Chance::of(seed, "trades"),
            taken: HashSet::new(),
            serial: offset.unsigned_abs(),
        })
    }

    fn enterprise(&mut self, group: usize, district: usize, size: usize) -> Result<Invented, DemoError> {
        let setting = self.setting;
        let group = &setting.groups[group];
        let trade = &group.trades[self.trades.weighted(group.trades.iter().map(|trade| trade.share))];
        let district = self.allowed(group, district);
        let home = &setting.districts[district];
        let township = *self.places.one(&self.townships[district]);
        let (longitude, latitude) = self.position(home);
        let file = NewEnterprise {
            name: self.name(&trade.word),
            code: self.code(home)?,
            legal_representative: person(setting, &mut self.people),
            economic_type: self.phrase(),
            address: self.address(township),
            region: self.region(township).as_str().to_owned(),
            industry: Some(trade.industry.clone()),
            size: [
                SizeClass::Large,
                SizeClass::Medium,
                SizeClass::Small,
                SizeClass::Micro,
            ][size],
            danger: self.danger(group),
            phone: Some(phone(setting, &mut self.people)),
            longitude: Some(longitude),
            latitude: Some(latitude),
            authority: self.registrar(home),
            established_on: Some(self.founded()),
            demo: true,
            confirmed_warnings: false,
        };
        Ok(Invented {
            file,
            licence: self.needed(trade),
        })
    }

    /// The district drawn, or another one where the trade may not be there.
    fn allowed(&mut self, group: &Group, district: usize) -> usize {
        let districts = &self.setting.districts;
        if !group.outskirts || districts[district].outskirts {
            return district;
        }
        let outside = districts
            .iter()
            .map(|home| if home.outskirts { home.share } else { 0 });
        self.places.weighted(outside)
    }

    /// 南昌演示云帆化工有限公司: place, the mark, a brand, the trade, the form. No name comes twice.
    fn name(&mut self, word: &str) -> String {
        let setting = self.setting;
        loop {
            let mut brand = letter(&setting.brand_first, &mut self.names);
            brand += &letter(&setting.brand_second, &mut self.names);
            if self.names.percent(12) {
                brand += &letter(&setting.brand_second, &mut self.names);
            }
            let forms = &setting.company_forms;
            let form = &forms[self.names.weighted(forms.iter().map(|form| form.share))].text;
            let name = format!("{}{}{brand}{word}{form}", setting.city, setting.label);
            if self.taken.insert(format!("{brand}{word}")) {
                return name;
            }
        }
    }

    /// A credit code whose check characters hold and whose organisation code exists nowhere.
    fn code(&mut self, home: &District) -> Result<String, DemoError> {
        self.serial = (self.serial + SERIAL_STEP) % SERIALS;
        let mut rest = self.serial;
        let serial: String = (0..SERIAL_SYMBOLS)
            .map(|_| {
                let symbol = SYMBOLS[(rest % 31) as usize];
                rest /= 31;
                char::from(symbol)
            })
            .collect();
        let code = CreditCode::with_checks(&format!("91{}{CODE_MARK}{serial}", home.code));
        code.map(|code| code.as_str().to_owned())
            .map_err(|error| DemoError::Setting(format!("district {}: {error}", home.code)))
    }

    fn phrase(&mut self) -> String {
        let types = &self.setting.economic_types;
        types[self.people.weighted(types.iter().map(|one| one.share))]
            .text
            .clone()
    }

    fn address(&mut self, township: &RegionCode) -> String {
        let street = self.places.one(&self.setting.streets);
        let number = self.places.between(1, 980);
        let township = self.divisions.full_name(township).unwrap_or_default();
        format!("{township}{street}{number}号")
    }

    /// The township, or in some cases a village in it.
    fn region(&mut self, township: &'a RegionCode) -> &'a RegionCode {
        let villages = self.divisions.children(township);
        if villages.is_empty() || !self.places.percent(40) {
            return township;
        }
        self.places.one(villages)
    }

    fn position(&mut self, home: &District) -> (f64, f64) {
        let mut near = |centre: f64| {
            let off = self.places.between(-4_000, 4_000) + self.places.between(-3_000, 3_000);
            ((centre * 100_000.0).round() + off as f64) / 100_000.0
        };
        (near(home.longitude), near(home.latitude))
    }

    fn danger(&mut self, group: &Group) -> Option<Danger> {
        if self.trades.percent(8) {
            return None;
        }
        let shares = &group.danger;
        let shares = [shares.red, shares.orange, shares.yellow, shares.blue];
        let classes = [Danger::Red, Danger::Orange, Danger::Yellow, Danger::Blue];
        Some(classes[self.trades.weighted(shares.into_iter())])
    }

    fn registrar(&self, home: &District) -> Option<String> {
        let code: RegionCode = home.code.parse().ok()?;
        let district = self.divisions.name(&code)?;
        Some(format!("{district}市场监督管理局（{}）", self.setting.label))
    }

    fn founded(&mut self) -> LegalDate {
        let days = (self.until - FOUNDED_FROM).whole_days();
        LegalDate(FOUNDED_FROM + Duration::days(self.places.between(0, days)))
    }

    fn needed(&mut self, trade: &Trade) -> Option<Needed> {
        Some(Needed {
            industry: trade.licence?,
            scope: trade.scope.clone(),
            held: self.trades.percent(trade.holders),
        })
    }
}

fn townships<'a>(home: &District, divisions: &'a Divisions) -> Result<Vec<&'a RegionCode>, DemoError> {
    let unknown = || DemoError::Setting(format!("district {} has no townships", home.code));
    let code: RegionCode = home.code.parse().map_err(|_| unknown())?;
    let is_township = |code: &&RegionCode| {
        divisions
            .name(code)
            .is_some_and(|name| TOWNSHIPS.iter().any(|ending| name.ends_with(ending)))
    };
    let found: Vec<_> = divisions.children(&code).iter().filter(is_township).collect();
    if found.is_empty() {
        Err(unknown())
    } else {
        Ok(found)
    }
}
