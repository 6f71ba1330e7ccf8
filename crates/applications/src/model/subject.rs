//! What an application asks for, and the licence that it is about.

use std::collections::BTreeSet;

use kernel::{
    LegalDate,
    ids::{EnterpriseId, LicenceId},
};
use matters::{ConditionKey, Definition, Facet, Industry, Kind, Standing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The holder as it stands on a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LicenceHolder)]
pub struct Holder {
    /// Name.
    pub name: String,
    /// Unified social credit code or registration number.
    pub code: String,
    /// Address.
    pub address: String,
    /// Legal representative.
    pub legal_representative: String,
    /// 经济类型
    pub economic_type: String,
    /// GB/T 2260 code.
    pub region: String,
}

/// The licence that an application is about, as the register had it when the application was drafted or handed
/// in last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldLicence {
    /// The licence.
    pub id: LicenceId,
    /// Its number.
    pub number: String,
    /// Industry.
    pub industry: Industry,
    /// The holder's file in the registry.
    pub enterprise: EnterpriseId,
    /// The holder as it stands on the licence.
    pub holder: Holder,
    /// 许可范围
    pub scope: Vec<String>,
    /// First day of validity.
    pub valid_from: LegalDate,
    /// Last day of validity.
    pub valid_to: LegalDate,
    /// How it stood.
    pub standing: Standing,
}

/// A standardisation level (安全生产标准化) that the applicant claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Standardisation {
    /// 1, 2 or 3; 1 is the highest.
    #[schema(minimum = 1, maximum = 3)]
    pub level: u8,
    /// Number of its certificate.
    pub certificate: String,
    /// Last day of its validity.
    pub valid_until: LegalDate,
}

/// One changed item, from what the licence says to what it shall say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "item")]
pub enum ChangedItem {
    /// 单位名称
    Name {
        /// On the licence.
        from: String,
        /// New.
        to: String,
    },
    /// 单位地址
    Address {
        /// On the licence.
        from: String,
        /// New.
        to: String,
    },
    /// 法定代表人（主要负责人）
    LegalRepresentative {
        /// On the licence.
        from: String,
        /// New.
        to: String,
    },
    /// 经济类型
    EconomicType {
        /// On the licence.
        from: String,
        /// New.
        to: String,
    },
    /// 许可范围
    Scope {
        /// On the licence.
        from: Vec<String>,
        /// New.
        to: Vec<String>,
    },
}

impl ChangedItem {
    /// Which item it is.
    pub fn facet(&self) -> Facet {
        match self {
            Self::Name { .. } => Facet::Name,
            Self::Address { .. } => Facet::Address,
            Self::LegalRepresentative { .. } => Facet::LegalRepresentative,
            Self::EconomicType { .. } => Facet::EconomicType,
            Self::Scope { .. } => Facet::Scope,
        }
    }

    /// What the licence says and what it shall say, in words.
    pub fn words(&self) -> (String, String) {
        match self {
            Self::Name { from, to }
            | Self::Address { from, to }
            | Self::LegalRepresentative { from, to }
            | Self::EconomicType { from, to } => (from.clone(), to.clone()),
            Self::Scope { from, to } => (from.join("；"), to.join("；")),
        }
    }
}

/// Why a certificate is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReplacementCause {
    /// 遗失
    Loss,
    /// 损毁
    Damage,
}

impl ReplacementCause {
    /// The facet of the matter.
    pub fn facet(self) -> Facet {
        match self {
            Self::Loss => Facet::Loss,
            Self::Damage => Facet::Damage,
        }
    }
}

/// Why the holder asks to close the record (行政许可法 art. 70).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeregistrationGround {
    /// 终止生产经营活动
    Ceased,
    /// 法人或者其他组织依法终止
    Dissolved,
    /// 因不可抗力导致许可事项无法实施
    ForceMajeure,
    /// 法律、法规规定的其他情形
    OtherGround,
}

impl DeregistrationGround {
    /// The facet of the matter.
    pub fn facet(self) -> Facet {
        match self {
            Self::Ceased => Facet::Ceased,
            Self::Dissolved => Facet::Dissolved,
            Self::ForceMajeure => Facet::ForceMajeure,
            Self::OtherGround => Facet::OtherGround,
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[schema(as = ApplicationSubject)]
pub enum Subject {
    /// 首次申请: a licence that is not there yet.
    #[default]
    FirstIssue,
    /// 延期
    Renewal {
        /// 不再审查 is asked for (安全生产许可证条例 art. 9).
        direct: bool,
        /// Conditions of a renewal without review that the applicant declares to meet.
        #[serde(default)]
        #[schema(value_type = Vec<String>)]
        declared: BTreeSet<ConditionKey>,
        /// Standardisation level, where it counts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        standardisation: Option<Standardisation>,
    },
    /// 变更
    Change {
        /// Day of the event: of the new business licence, of the acceptance of the project.
        occurred_on: Option<LegalDate>,
        /// What changes; each item once.
        items: Vec<ChangedItem>,
    },
    /// 补办
    Replacement {
        /// Why.
        cause: ReplacementCause,
        /// Day of the loss or damage.
        occurred_on: Option<LegalDate>,
        /// What happened.
        account: String,
    },
    /// 注销 on request.
    Deregistration {
        /// Why.
        ground: DeregistrationGround,
        /// Day on which production ended or the ground came about.
        occurred_on: Option<LegalDate>,
        /// What happened and how safety is kept after the end.
        account: String,
    },
}

impl Subject {
    /// The kind of matter.
    pub fn kind(&self) -> Kind {
        match self {
            Self::FirstIssue => Kind::FirstIssue,
            Self::Renewal { .. } => Kind::Renewal,
            Self::Change { .. } => Kind::Change,
            Self::Replacement { .. } => Kind::Replacement,
            Self::Deregistration { .. } => Kind::Deregistration,
        }
    }

    /// The facets by which materials, departments and clocks are chosen.
    pub fn facets(&self) -> BTreeSet<Facet> {
        match self {
            Self::FirstIssue => BTreeSet::new(),
            Self::Renewal { direct: true, .. } => BTreeSet::from([Facet::Direct]),
            Self::Renewal { direct: false, .. } => BTreeSet::from([Facet::Reviewed]),
            Self::Change { items, .. } => items.iter().map(ChangedItem::facet).collect(),
            Self::Replacement { cause, .. } => BTreeSet::from([cause.facet()]),
            Self::Deregistration { ground, .. } => BTreeSet::from([ground.facet()]),
        }
    }

    /// Day of the event that gives rise to the application.
    pub fn occurred_on(&self) -> Option<LegalDate> {
        match self {
            Self::FirstIssue | Self::Renewal { .. } => None,
            Self::Change { occurred_on, .. }
            | Self::Replacement { occurred_on, .. }
            | Self::Deregistration { occurred_on, .. } => *occurred_on,
        }
    }

    /// The changed items, in the order given.
    pub fn changes(&self) -> &[ChangedItem] {
        match self {
            Self::Change { items, .. } => items,
            _ => &[],
        }
    }

    /// Without changes that the matter does not offer.
    #[must_use]
    pub fn offered(self, def: &Definition) -> Self {
        let offers = |facet| def.existing.as_ref().is_some_and(|rules| rules.offers(facet));
        match self {
            Self::Change {
                occurred_on,
                mut items,
            } => {
                items.retain(|item| offers(item.facet()));
                Self::Change { occurred_on, items }
            }
            other => other,
        }
    }

    /// The holder as the licence shall name it: the present one with the changes.
    pub fn holder(&self, held: &HeldLicence) -> Holder {
        let mut holder = held.holder.clone();
        for item in self.changes() {
            match item {
                ChangedItem::Name { to, .. } => holder.name.clone_from(to),
                ChangedItem::Address { to, .. } => holder.address.clone_from(to),
                ChangedItem::LegalRepresentative { to, .. } => holder.legal_representative.clone_from(to),
                ChangedItem::EconomicType { to, .. } => holder.economic_type.clone_from(to),
                ChangedItem::Scope { .. } => {}
            }
        }
        holder
    }

    /// The scope as the licence shall name it.
    pub fn scope(&self, held: &HeldLicence) -> Vec<String> {
        let changed = self.changes().iter().find_map(|item| match item {
            ChangedItem::Scope { to, .. } => Some(to.clone()),
            _ => None,
        });
        changed.unwrap_or_else(|| held.scope.clone())
    }
}
