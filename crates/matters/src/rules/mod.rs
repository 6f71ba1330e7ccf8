//! Decisions about definitions: is a definition sound, what is still to be checked, what does it ask for.
//! Messages are Chinese, for the person who edits the file.

mod checks;
mod city;
mod documents;
mod facts;
mod fault;
mod lists;

use std::collections::BTreeSet;

use codes::{BadItemCode, ItemCode, ItemLevel};

use crate::model::{
    City, Clause, Clock, ClockUse, Condition, Deferrable, Definition, FileType, Material, Review, Stage,
};

pub use documents::{DocumentFault, PLACEHOLDERS, compose, compose_with_items, document_number, meaning};
pub use facts::{Section, Unconfirmed};
pub use fault::Fault;
pub use lists::{
    ListRefusal, approve, list_before, list_on, may_decide, proposal_faults, published_lists, reject,
};

/// 一次告知补正.
pub const CORRECTION: &str = "correction";
/// 申请人补正期限.
pub const CORRECTION_PERIOD: &str = "correction_period";
/// 审查决定, the period of the law.
pub const STATUTORY_REVIEW: &str = "statutory_review";
/// 内部办结目标.
pub const INTERNAL_TARGET: &str = "internal_target";
/// 部门并联审查.
pub const DEPARTMENT_REVIEW: &str = "department_review";
/// 颁发、送达证件.
pub const DELIVERY: &str = "delivery";

/// Clocks that the procedure cannot do without.
pub const REQUIRED_CLOCKS: [&str; 6] = [
    CORRECTION,
    CORRECTION_PERIOD,
    STATUTORY_REVIEW,
    INTERNAL_TARGET,
    DEPARTMENT_REVIEW,
    DELIVERY,
];

/// Why a matter has no item code yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemCodeError {
    /// The base code has not been read in an official list.
    #[error("基本编码待核：{0}")]
    BaseUnconfirmed(String),
    /// The city names no body for the implementing department.
    #[error("本市没有为实施部门指定机关")]
    NoAuthority,
    /// The city's level is not a level.
    #[error("行使层级不正确")]
    Level,
    /// The parts do not make a code.
    #[error("业务办理项编码不正确")]
    Bad(#[from] BadItemCode),
}

impl Definition {
    /// Materials that everybody hands in.
    pub fn required_materials(&self) -> impl Iterator<Item = &Material> {
        self.materials.iter().filter(|material| material.required)
    }

    /// Required materials that must be there at acceptance.
    pub fn core_materials(&self) -> impl Iterator<Item = &Material> {
        self.required_materials()
            .filter(|material| material.deferrable == Deferrable::Core)
    }

    /// The departments that review, the leading one among them.
    pub fn departments(&self) -> impl Iterator<Item = &Review> {
        self.departments.iter()
    }

    /// The department that accepts, keeps and decides the application.
    pub fn lead(&self) -> Option<&Review> {
        self.departments.iter().find(|review| review.lead)
    }

    /// The clock with this key.
    pub fn clock(&self, key: &str) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.key.as_str() == key)
    }

    /// The material with this key.
    pub fn material(&self, key: &str) -> Option<&Material> {
        self.materials
            .iter()
            .find(|material| material.key.as_str() == key)
    }

    /// The condition with this key.
    pub fn condition(&self, key: &str) -> Option<&Condition> {
        self.conditions
            .iter()
            .find(|condition| condition.key.as_str() == key)
    }

    /// The stage with this key.
    pub fn stage(&self, key: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.key.as_str() == key)
    }

    /// What everybody may read: all but other readings of the law, which only unsettle the applicant.
    #[must_use]
    pub fn published(&self) -> Self {
        let mut public = self.clone();
        public.schema = None;
        public
            .clocks
            .retain(|clock| clock.usage != ClockUse::AlternativeReading);
        public
    }

    /// A clause as people write it: 《安全生产许可证条例》第七条.
    pub fn cite(&self, clause: &Clause) -> String {
        let title = self.statutes.iter().find(|statute| statute.key == clause.statute);
        let title = title.map_or(clause.statute.as_str(), |statute| &statute.title);
        format!("《{title}》{}", clause.article)
    }

    /// 业务办理项编码 in this city.
    ///
    /// # Errors
    /// While the base code is unconfirmed there is no code; it is never guessed.
    pub fn item_code(&self, city: &City) -> Result<ItemCode, ItemCodeError> {
        let parts = &self.power.item_code;
        let base = parts.base.as_deref().ok_or_else(|| {
            ItemCodeError::BaseUnconfirmed(parts.provenance.note.clone().unwrap_or_default())
        })?;
        let body = city.authority(self.power.implementing_department.as_str());
        let body = body.ok_or(ItemCodeError::NoAuthority)?;
        let level = ItemLevel::new(city.item_level).ok_or(ItemCodeError::Level)?;
        let serial = parts.serial.parse().map_err(|_| BadItemCode::Variant)?;
        Ok(ItemCode::build(body.credit_code.clone(), level, base, serial)?)
    }

    /// Keys of every document that the definition names.
    pub fn document_keys(&self) -> BTreeSet<&str> {
        let produced = self.documents.iter().map(|one| &one.document);
        let pauses = self.pauses.iter().filter_map(|pause| pause.document.as_ref());
        let others = [&self.deferral.commitment, &self.extension.document];
        produced
            .chain(pauses)
            .chain(others)
            .map(|key| key.as_str())
            .collect()
    }
}

impl Material {
    /// File types that may be uploaded; none for a form that is only filled in online.
    pub fn file_types(&self) -> &[FileType] {
        self.upload.as_ref().map_or(&[], |upload| &upload.file_types)
    }

    /// Largest single file in bytes; zero where nothing is uploaded.
    pub fn max_size_bytes(&self) -> u64 {
        self.upload
            .as_ref()
            .map_or(0, |upload| u64::from(upload.max_size_mb) * 1_000_000)
    }
}
