//! Limits and header names of the import, from `registry/import.json` of the rule data.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Settings of the import; another city changes them without a build.
#[derive(Clone, Debug, Deserialize)]
pub struct Settings {
    /// What a file may be at most.
    pub limits: Limits,
    /// For each field the headers that mean it, Chinese or English.
    pub columns: BTreeMap<Field, Vec<String>>,
}

/// What a file may be at most.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Limits {
    /// Megabytes of an uploaded file.
    pub upload_mb: u64,
    /// Megabytes of a file read on the server itself.
    pub local_file_mb: u64,
    /// Data rows of a csv.
    pub csv_rows: u64,
    /// Data rows of an xlsx.
    pub xlsx_rows: u64,
    /// Columns.
    pub columns: usize,
    /// Megabytes of an xlsx once unpacked.
    pub xlsx_unpacked_mb: u64,
    /// How many times larger an xlsx may become by unpacking.
    pub xlsx_ratio: u64,
}

/// A field of the enterprise file that a column can hold.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// 企业名称
    Name,
    /// 统一社会信用代码或注册号
    Code,
    /// 法定代表人
    LegalRepresentative,
    /// 经济类型
    EconomicType,
    /// 地址
    Address,
    /// 所在区域
    Region,
    /// 行业
    Industry,
    /// 规模
    Size,
    /// 风险等级
    Danger,
    /// 联系电话
    Phone,
    /// 经度
    Longitude,
    /// 纬度
    Latitude,
    /// 登记机关
    Authority,
    /// 成立日期
    EstablishedOn,
}

impl Field {
    /// Chinese name, as in the faults of a list without a column for it.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Name => "企业名称",
            Self::Code => "统一社会信用代码",
            Self::LegalRepresentative => "法定代表人",
            Self::EconomicType => "经济类型",
            Self::Address => "地址",
            Self::Region => "行政区划代码",
            Self::Industry => "行业代码",
            Self::Size => "规模",
            Self::Danger => "风险等级",
            Self::Phone => "联系电话",
            Self::Longitude => "经度",
            Self::Latitude => "纬度",
            Self::Authority => "登记机关",
            Self::EstablishedOn => "成立日期",
        }
    }

    /// Every field.
    pub const ALL: [Self; 14] = [
        Self::Name,
        Self::Code,
        Self::LegalRepresentative,
        Self::EconomicType,
        Self::Address,
        Self::Region,
        Self::Industry,
        Self::Size,
        Self::Danger,
        Self::Phone,
        Self::Longitude,
        Self::Latitude,
        Self::Authority,
        Self::EstablishedOn,
    ];

    /// Name of the field in [`crate::NewEnterprise`] and in faults.
    pub fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Code => "code",
            Self::LegalRepresentative => "legal_representative",
            Self::EconomicType => "economic_type",
            Self::Address => "address",
            Self::Region => "region",
            Self::Industry => "industry",
            Self::Size => "size",
            Self::Danger => "danger",
            Self::Phone => "phone",
            Self::Longitude => "longitude",
            Self::Latitude => "latitude",
            Self::Authority => "authority",
            Self::EstablishedOn => "established_on",
        }
    }
}
