//! The licence record: what the certificate says, as data. It is attached to the PDF as `licence.json`.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::suite::sha256;
use crate::{CertificateError, Result};

/// Schema of `licence.json`; a change of meaning gets a new number.
pub const SCHEMA: &str = "anxu-licence/1";
/// Name of the attached file.
pub const ATTACHMENT_NAME: &str = "licence.json";
/// 证照名称.
pub const LICENCE_NAME: &str = "安全生产许可证";

time::serde::format_description!(iso_date, Date, "[year]-[month]-[day]");

/// 正本 or 副本: both have equal force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// 正本: A3 landscape, to hang up.
    Original,
    /// 副本: A4, folding, with pages for changes and annual reviews.
    Duplicate,
}

impl Edition {
    /// 正本 / 副本.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Original => "正本",
            Self::Duplicate => "副本",
        }
    }
}

/// One line of the change record of the duplicate (变更记录).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeEntry {
    /// Day of the decision.
    #[serde(with = "iso_date")]
    pub on: Date,
    /// What changed, such as 企业名称.
    pub item: String,
    /// The former content.
    pub from: String,
    /// The new content.
    pub to: String,
    /// Authority that decided.
    pub authority: String,
}

/// One line of the annual review record of the duplicate (年度复核记录).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnualReview {
    /// The year under review.
    pub year: i32,
    /// Day of the review.
    #[serde(with = "iso_date")]
    pub on: Date,
    /// Its result, such as 合格.
    pub result: String,
    /// Authority that reviewed.
    pub authority: String,
}

/// Everything that an edition of a licence states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceRecord {
    /// 证照编号 (GB/T 36903 `ZZBH`), such as （赣）WH安许证字〔2026〕000123.
    pub number: String,
    /// 证照标识 (GB/T 36904, `ZZBS`), with its check character.
    pub identifier: String,
    /// 持证主体 (`CZZT`): full name of the enterprise.
    pub enterprise: String,
    /// 持证主体代码 (`CZZTDM`): unified social credit code.
    pub credit_code: String,
    /// 单位地址.
    pub address: String,
    /// 法定代表人 or 主要负责人.
    pub legal_representative: String,
    /// 经济类型.
    pub economic_type: String,
    /// Industry key, such as `hazardous_chemicals`; chooses the sign on the page.
    pub industry: String,
    /// 许可范围, one item a line.
    pub scope: Vec<String>,
    /// 有效期起始日期 (`ZZYXQQSRQ`).
    #[serde(with = "iso_date")]
    pub valid_from: Date,
    /// 有效期截止日期 (`ZZYXQJZRQ`), the last valid day.
    #[serde(with = "iso_date")]
    pub valid_until: Date,
    /// 颁发日期 (`ZZBFRQ`).
    #[serde(with = "iso_date")]
    pub issued_on: Date,
    /// 颁发机构 (`ZZBFJG`).
    pub authority: String,
    /// 颁发机构代码 (`ZZBFJGDM`): unified social credit code of the authority.
    pub authority_code: String,
    /// Which of the two editions.
    pub edition: Edition,
    /// Version of the licence, from 1; a change of content makes a new one.
    pub version: u32,
    /// Version of the certificate template that the page was made with.
    pub template: String,
    /// Mark printed across the page, such as 应急使用; absent on an ordinary licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// 变更记录, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeEntry>,
    /// 年度复核记录, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annual_reviews: Vec<AnnualReview>,
}

/// The basic metadata of GB/T 36903 that are known for certain, under their own codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct NationalMetadata {
    /// 证照名称.
    zzmc: String,
    /// 证照编号.
    zzbh: String,
    /// 证照标识.
    zzbs: String,
    /// 证照颁发机构.
    zzbfjg: String,
    /// 证照颁发机构代码.
    zzbfjgdm: String,
    /// 证照颁发日期.
    #[serde(with = "iso_date")]
    zzbfrq: Date,
    /// 持证主体.
    czzt: String,
    /// 持证主体代码.
    czztdm: String,
    /// 持证主体代码类型: 统一社会信用代码.
    czztdmlx: String,
    /// 证照有效期起始日期.
    #[serde(with = "iso_date")]
    zzyxqqsrq: Date,
    /// 证照有效期截止日期.
    #[serde(with = "iso_date")]
    zzyxqjzrq: Date,
}

/// The attached file.
#[derive(Debug, Serialize, Deserialize)]
struct AttachedFile {
    schema: String,
    licence: LicenceRecord,
    gbt36903: NationalMetadata,
}

impl LicenceRecord {
    /// The exact bytes of `licence.json`. The QR code carries the first eight bytes of their SHA-256.
    pub fn attachment(&self) -> Result<Vec<u8>> {
        let file = AttachedFile {
            schema: SCHEMA.to_owned(),
            licence: self.clone(),
            gbt36903: self.national(),
        };
        serde_json::to_vec_pretty(&file).map_err(|error| CertificateError::Record(error.to_string()))
    }

    /// Reads `licence.json`. The national metadata must repeat what the record says.
    pub fn from_attachment(bytes: &[u8]) -> Result<Self> {
        let file: AttachedFile =
            serde_json::from_slice(bytes).map_err(|error| CertificateError::Record(error.to_string()))?;
        if file.schema != SCHEMA {
            return Err(CertificateError::Record(format!(
                "unknown schema {:?}",
                file.schema
            )));
        }
        if file.gbt36903 != file.licence.national() {
            return Err(CertificateError::Record(
                "the national metadata contradict the licence".to_owned(),
            ));
        }
        Ok(file.licence)
    }

    /// First eight bytes of the SHA-256 of the attached file.
    pub fn fingerprint(&self) -> Result<[u8; 8]> {
        Ok(fingerprint(&self.attachment()?))
    }

    fn national(&self) -> NationalMetadata {
        NationalMetadata {
            zzmc: LICENCE_NAME.to_owned(),
            zzbh: self.number.clone(),
            zzbs: self.identifier.clone(),
            zzbfjg: self.authority.clone(),
            zzbfjgdm: self.authority_code.clone(),
            zzbfrq: self.issued_on,
            czzt: self.enterprise.clone(),
            czztdm: self.credit_code.clone(),
            czztdmlx: "统一社会信用代码".to_owned(),
            zzyxqqsrq: self.valid_from,
            zzyxqjzrq: self.valid_until,
        }
    }
}

/// First eight bytes of the SHA-256 of an attached file.
pub(crate) fn fingerprint(attachment: &[u8]) -> [u8; 8] {
    let mut out = [0; 8];
    out.copy_from_slice(&sha256(attachment)[..8]);
    out
}
