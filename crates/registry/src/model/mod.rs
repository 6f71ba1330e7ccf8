//! The enterprise file as types. Pure.

mod settings;
mod watch;

use codes::{RegionCode, SubjectCode};
use kernel::{LegalDate, Moment, ids, ids::EnterpriseId, named};

pub use settings::{Field, Limits, Settings};
pub use watch::{EndedBy, Ground, Watch, WatchEnd, WatchFile, WatchSource};

ids! {
    /// A key person of an enterprise.
    StaffId,
    /// A facility or major hazard source.
    FacilityId,
    /// One run of an import.
    ImportId,
    /// A time during which an enterprise is supervised more closely.
    WatchId,
}

named! {
    /// Size class of the Statistical Measures for Large, Medium, Small and Micro Enterprises (2017).
    #[derive(Default)]
    SizeClass {
        /// 大型
        Large = "large", "大型";
        /// 中型
        Medium = "medium", "中型";
        /// 小型
        Small = "small", "小型";
        /// 微型
        Micro = "micro", "微型";
        /// Not yet classified.
        #[default]
        Unstated = "unstated", "未划分";
    }
}

named! {
    /// Danger class of the base ledger; red is the highest.
    Danger {
        /// 红
        Red = "red", "红";
        /// 橙
        Orange = "orange", "橙";
        /// 黄
        Yellow = "yellow", "黄";
        /// 蓝
        Blue = "blue", "蓝";
    }
}

named! {
    /// Whether the enterprise is in business.
    EnterpriseState {
        /// 在业
        Active = "active", "在业";
        /// 停产停业
        Halted = "halted", "停产停业";
        /// 已注销 with the market registrar.
        Closed = "closed", "已注销";
    }
}

named! {
    /// What a key person is responsible for.
    Post {
        /// 主要负责人
        Principal = "principal", "主要负责人";
        /// 安全总监
        SafetyDirector = "safety_director", "安全总监";
        /// 专职安全生产管理人员
        SafetyOfficer = "safety_officer", "专职安全生产管理人员";
        /// 注册安全工程师
        SafetyEngineer = "safety_engineer", "注册安全工程师";
        /// 特种作业人员
        SpecialOperator = "special_operator", "特种作业人员";
    }
}

named! {
    /// What a facility is.
    FacilityKind {
        /// 重大危险源 (GB 18218).
        MajorHazardSource = "major_hazard_source", "重大危险源";
        /// Any other production or storage facility.
        Facility = "facility", "生产储存设施";
    }
}

named! {
    /// Level of a major hazard source; level one is the gravest (GB 18218, 4.3).
    HazardLevel {
        /// 一级
        One = "1", "一级";
        /// 二级
        Two = "2", "二级";
        /// 三级
        Three = "3", "三级";
        /// 四级
        Four = "4", "四级";
    }
}

named! {
    /// Order of a list of enterprises.
    #[derive(Default)]
    Sort {
        /// Registered last comes first.
        #[default]
        Registered = "registered", "登记先后";
        /// By name.
        Name = "name", "企业名称";
    }
}

/// An enterprise in the registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Enterprise {
    /// Identifier.
    pub id: EnterpriseId,
    /// Place in the order of registration; key of the text index.
    pub(crate) seq: i64,
    /// Version for optimistic locking.
    pub version: i64,
    /// Name as registered.
    pub name: String,
    /// Unified social credit code, or registration number in old files.
    pub code: SubjectCode,
    /// Kinds of objections against the code that a person confirmed or an import let pass.
    pub code_warnings: Vec<String>,
    /// Legal representative; empty while unknown.
    pub legal_representative: String,
    /// Economic type, such as 有限责任公司; empty while unknown.
    pub economic_type: String,
    /// Address; empty while unknown.
    pub address: String,
    /// Region, down to the village where known.
    pub region: RegionCode,
    /// GB/T 4754 code.
    pub industry: Option<String>,
    /// Size class.
    pub size: SizeClass,
    /// Danger class.
    pub danger: Option<Danger>,
    /// Contact. Personal data: masked in views.
    pub phone: Option<String>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// Registration authority.
    pub authority: Option<String>,
    /// Day of establishment.
    pub established_on: Option<LegalDate>,
    /// Whether it is in business.
    pub state: EnterpriseState,
    /// Invented for the demo city.
    pub demo: bool,
    /// When it came into the registry.
    pub registered_at: Moment,
}

/// What a licence says of its holder, and a decision can change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Particulars {
    /// Full name.
    pub name: String,
    /// Address.
    pub address: String,
    /// Legal representative.
    pub legal_representative: String,
    /// Economic type, such as 有限责任公司.
    pub economic_type: String,
}

/// What is needed to register an enterprise or to replace its file. Texts are parsed and checked by
/// [`crate::rules::check`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewEnterprise {
    /// Name as registered.
    pub name: String,
    /// Unified social credit code or registration number.
    pub code: String,
    /// Legal representative.
    pub legal_representative: String,
    /// Economic type.
    pub economic_type: String,
    /// Address.
    pub address: String,
    /// GB/T 2260 code, 2 to 12 digits.
    pub region: String,
    /// GB/T 4754 code.
    pub industry: Option<String>,
    /// Size class.
    pub size: SizeClass,
    /// Danger class.
    pub danger: Option<Danger>,
    /// Contact.
    pub phone: Option<String>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// Registration authority.
    pub authority: Option<String>,
    /// Day of establishment.
    pub established_on: Option<LegalDate>,
    /// Invented for the demo city.
    pub demo: bool,
    /// The objections against the code were seen, and the licence says so all the same.
    pub confirmed_warnings: bool,
}

/// The content of a file once checked: every field is proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// See [`Enterprise`].
    pub name: String,
    /// See [`Enterprise`].
    pub code: SubjectCode,
    /// Objections against the code.
    pub warnings: Vec<codes::CodeWarning>,
    /// See [`Enterprise`].
    pub legal_representative: String,
    /// See [`Enterprise`].
    pub economic_type: String,
    /// See [`Enterprise`].
    pub address: String,
    /// See [`Enterprise`].
    pub region: RegionCode,
    /// See [`Enterprise`].
    pub industry: Option<String>,
    /// See [`Enterprise`].
    pub size: SizeClass,
    /// See [`Enterprise`].
    pub danger: Option<Danger>,
    /// See [`Enterprise`].
    pub phone: Option<String>,
    /// See [`Enterprise`].
    pub longitude: Option<f64>,
    /// See [`Enterprise`].
    pub latitude: Option<f64>,
    /// See [`Enterprise`].
    pub authority: Option<String>,
    /// See [`Enterprise`].
    pub established_on: Option<LegalDate>,
    /// See [`Enterprise`].
    pub demo: bool,
}

impl Checked {
    /// A new enterprise with this content.
    pub fn into_enterprise(self, id: EnterpriseId, seq: i64, now: Moment) -> Enterprise {
        Enterprise {
            id,
            seq,
            version: 1,
            code_warnings: self.warning_kinds(),
            name: self.name,
            code: self.code,
            legal_representative: self.legal_representative,
            economic_type: self.economic_type,
            address: self.address,
            region: self.region,
            industry: self.industry,
            size: self.size,
            danger: self.danger,
            phone: self.phone,
            longitude: self.longitude,
            latitude: self.latitude,
            authority: self.authority,
            established_on: self.established_on,
            state: EnterpriseState::Active,
            demo: self.demo,
            registered_at: now,
        }
    }

    /// The next version of `old` with this content.
    pub fn onto(self, old: &Enterprise, state: EnterpriseState) -> Enterprise {
        let demo = old.demo;
        let fresh = self.into_enterprise(old.id, old.seq, old.registered_at);
        Enterprise {
            version: old.version + 1,
            state,
            demo,
            ..fresh
        }
    }

    fn warning_kinds(&self) -> Vec<String> {
        self.warnings
            .iter()
            .map(|warning| warning.kind().to_owned())
            .collect()
    }
}

/// What a list of enterprises is asked for.
#[derive(Clone, Debug, Default)]
pub struct EnterpriseQuery {
    /// Two or more characters of name or code; several words have to occur all.
    pub q: Option<String>,
    /// Region and everything within it.
    pub region: Option<RegionCode>,
    /// Industry and everything below it.
    pub industry: Option<codes::IndustryCode>,
    /// Size class.
    pub size: Option<SizeClass>,
    /// Danger class.
    pub danger: Option<Danger>,
    /// State.
    pub state: Option<EnterpriseState>,
    /// Only files whose code has objections.
    pub code_warnings: bool,
    /// Only enterprises that are supervised more closely.
    pub watched: bool,
    /// Order.
    pub sort: Sort,
    /// Page.
    pub page: kernel::PageQuery,
}

/// A key person of an enterprise with the certificate that the law asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Identifier.
    pub id: StaffId,
    /// Version.
    pub version: i64,
    /// Employer.
    pub enterprise: EnterpriseId,
    /// What the person holds.
    pub details: StaffDetails,
    /// When entered.
    pub created_at: Moment,
}

/// What can be entered and changed about a key person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffDetails {
    /// Name.
    pub name: String,
    /// Post.
    pub post: Post,
    /// Citizen identity number. Personal data.
    pub identity_number: Option<String>,
    /// Contact. Personal data.
    pub phone: Option<String>,
    /// Kind of certificate, such as 安全生产知识和管理能力考核合格证.
    pub certificate_kind: String,
    /// Its number.
    pub certificate_number: String,
    /// First day of the certificate.
    pub valid_from: Option<LegalDate>,
    /// Last day of the certificate.
    pub valid_until: Option<LegalDate>,
    /// Day on which the person left; rows are never deleted.
    pub left_on: Option<LegalDate>,
}

/// A facility or major hazard source.
#[derive(Clone, Debug, PartialEq)]
pub struct Facility {
    /// Identifier.
    pub id: FacilityId,
    /// Version.
    pub version: i64,
    /// Owner.
    pub enterprise: EnterpriseId,
    /// What it is.
    pub details: FacilityDetails,
    /// When entered.
    pub created_at: Moment,
}

/// What can be entered and changed about a facility.
#[derive(Clone, Debug, PartialEq)]
pub struct FacilityDetails {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: FacilityKind,
    /// Class within the kind, such as 储罐区.
    pub class: String,
    /// Level; only and always for a major hazard source.
    pub level: Option<HazardLevel>,
    /// Record number of the filing (备案编号).
    pub filing_number: Option<String>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// Day on which it was closed; rows are never deleted.
    pub ended_on: Option<LegalDate>,
}

/// One cell of the base ledger: how many enterprises share these marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerCount {
    /// Region one level below the one asked for, or that one itself.
    pub region: String,
    /// Danger class.
    pub danger: Option<Danger>,
    /// Size class.
    pub size: SizeClass,
    /// First two characters of the industry code.
    pub industry: Option<String>,
    /// Enterprises.
    pub count: i64,
}

/// Enterprises of a region in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionCount {
    /// Code of the region, as deep as asked for or as known.
    pub region: String,
    /// The state.
    pub state: EnterpriseState,
    /// How many.
    pub count: i64,
}
