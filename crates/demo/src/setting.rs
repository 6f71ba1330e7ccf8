//! What the invented city is made of: `data/demo/city.json`. Another city overrides the file.

use kernel::{Kernel, KernelError};
use matters::Industry;
use serde::Deserialize;

use crate::DemoError;

const FILE: &str = "demo/city.json";

/// The ingredients of the city.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setting {
    /// Stands in every name, so that nobody takes an invented enterprise for a real one.
    pub label: String,
    /// Short name of the city, with which names of enterprises begin.
    pub city: String,
    /// First digits of invented telephone numbers; no network has been given them.
    pub phone_prefix: String,
    /// The districts with their share of enterprises.
    pub districts: Vec<District>,
    /// Size classes in percent.
    pub sizes: Sizes,
    /// The industry groups, by division of GB/T 4754.
    pub groups: Vec<Group>,
    /// First characters of brand names.
    pub brand_first: String,
    /// Second characters of brand names.
    pub brand_second: String,
    /// How names of enterprises end.
    pub company_forms: Vec<Phrase>,
    /// Economic types.
    pub economic_types: Vec<Phrase>,
    /// Surnames.
    pub surnames: String,
    /// First characters of given names.
    pub given_first: String,
    /// Second characters of given names.
    pub given_second: String,
    /// Invented streets.
    pub streets: Vec<String>,
}

/// A district.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct District {
    /// GB/T 2260 code of six digits.
    pub code: String,
    /// How logins of its officers end.
    pub login: String,
    /// Share of the enterprises.
    pub share: u32,
    /// Degrees east of its centre, roughly.
    pub longitude: f64,
    /// Degrees north of its centre, roughly.
    pub latitude: f64,
    /// Where dangerous trades are at home.
    #[serde(default)]
    pub outskirts: bool,
}

/// Shares of the size classes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sizes {
    pub large: u32,
    pub medium: u32,
    pub small: u32,
    pub micro: u32,
}

/// An industry group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    /// Two digits of GB/T 4754.
    pub division: String,
    /// Share of the enterprises.
    pub share: u32,
    /// Not in the middle of the city.
    #[serde(default)]
    pub outskirts: bool,
    /// Shares of the danger classes.
    pub danger: DangerShares,
    /// What its enterprises do.
    pub trades: Vec<Trade>,
}

/// Shares of the danger classes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DangerShares {
    pub red: u32,
    pub orange: u32,
    pub yellow: u32,
    pub blue: u32,
}

/// A trade within a group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trade {
    /// Four digits of GB/T 4754.
    pub industry: String,
    /// The word for it in names.
    pub word: String,
    /// Share of the group.
    pub share: u32,
    /// The licence that the trade needs.
    #[serde(default)]
    pub licence: Option<Industry>,
    /// So many of a hundred held one when the platform began.
    #[serde(default)]
    pub holders: u32,
    /// What such a licence allows.
    #[serde(default)]
    pub scope: String,
}

/// A phrase with its share.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Phrase {
    pub text: String,
    pub share: u32,
}

impl Setting {
    /// Reads the file from the rule data.
    pub fn load(kernel: &Kernel) -> Result<Self, DemoError> {
        let bytes = kernel.rules().read(FILE)?;
        let setting: Self =
            serde_json::from_slice(&bytes).map_err(|error| KernelError::Rules(format!("{FILE}: {error}")))?;
        match setting.fault() {
            None => Ok(setting),
            Some(fault) => Err(KernelError::Rules(format!("{FILE}: {fault}")).into()),
        }
    }

    fn fault(&self) -> Option<String> {
        if let Some(list) = self.empty_list() {
            return Some(format!("{list} is empty"));
        }
        let strangers = self.groups.iter().flat_map(|group| {
            let belongs = |trade: &&Trade| trade.industry.starts_with(&group.division);
            group.trades.iter().find(|trade| !belongs(trade))
        });
        strangers
            .map(|trade| format!("industry {} stands in another group", trade.industry))
            .next()
    }

    /// The first list from which nothing could be chosen.
    fn empty_list(&self) -> Option<&'static str> {
        let lists = [
            ("districts", self.districts.is_empty()),
            ("outskirts", !self.districts.iter().any(|home| home.outskirts)),
            ("groups", self.groups.is_empty()),
            ("trades", self.groups.iter().any(|group| group.trades.is_empty())),
            ("brand_first", self.brand_first.is_empty()),
            ("brand_second", self.brand_second.is_empty()),
            ("company_forms", self.company_forms.is_empty()),
            ("economic_types", self.economic_types.is_empty()),
            ("surnames", self.surnames.is_empty()),
            ("given_first", self.given_first.is_empty()),
            ("given_second", self.given_second.is_empty()),
            ("streets", self.streets.is_empty()),
        ];
        lists
            .into_iter()
            .find_map(|(name, is_empty)| is_empty.then_some(name))
    }
}
