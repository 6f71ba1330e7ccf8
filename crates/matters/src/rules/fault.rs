//! What can be wrong with a definition or a city's file, in words for the person who edits it.

use super::Section;
use crate::model::Occasion;

/// One thing that is wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// `industry` or `kind` disagree with `key`.
    #[error("事项标识与行业、办理类型不一致")]
    KeyMismatch,
    /// Versions count from 1.
    #[error("版本号必须从1开始")]
    NoVersion,
    /// Two parts of one section have the same key.
    #[error("{section}中“{key}”重复")]
    Duplicate {
        /// The section.
        section: Section,
        /// The key.
        key: String,
    },
    /// A key is used that nobody defines.
    #[error("“{from}”引用的{section}“{key}”不存在")]
    Unknown {
        /// Where it is used.
        from: String,
        /// What was looked for.
        section: Section,
        /// The key.
        key: String,
    },
    /// A statutory fact has no clause.
    #[error("{section}“{label}”没有依据条款")]
    NoClause {
        /// The section.
        section: Section,
        /// Which fact.
        label: String,
    },
    /// No source is named.
    #[error("{section}“{label}”没有注明来源")]
    NoSource {
        /// The section.
        section: Section,
        /// Which fact.
        label: String,
    },
    /// Unconfirmed without saying what to check.
    #[error("{section}“{label}”待核，但没有说明需要核对什么")]
    NoNote {
        /// The section.
        section: Section,
        /// Which fact.
        label: String,
    },
    /// Confirmed by recollection or by a proposal only.
    #[error("{section}“{label}”标为已核，但来源只有回忆或者建议")]
    ConfirmedWithoutProof {
        /// The section.
        section: Section,
        /// Which fact.
        label: String,
    },
    /// Nothing must be handed in at acceptance.
    #[error("至少要有一项必交的核心材料")]
    NoCoreMaterial,
    /// A conditional material does not say when, or a required one does.
    #[error("材料“{0}”：非必交材料须写明适用情形，必交材料不得限定情形")]
    Applicability(String),
    /// No way to hand a material in.
    #[error("材料“{0}”没有可用的提交形式、文件类型或者大小上限")]
    NoUpload(String),
    /// Nobody looks at a condition or material.
    #[error("{section}“{label}”没有任何部门审查")]
    Unreviewed {
        /// Conditions or materials.
        section: Section,
        /// Which one.
        label: String,
    },
    /// A condition has a head outside 1–13.
    #[error("条件“{0}”对应的条例第六条项次应为1至13")]
    Head(String),
    /// Exactly one department leads, and it is the implementing one.
    #[error("牵头部门应当有且只有一个，并与实施部门一致")]
    Lead,
    /// A department with nothing to do.
    #[error("部门“{0}”没有审查内容")]
    IdleDepartment(String),
    /// A clock that the procedure needs is missing or not binding.
    #[error("缺少必备期限“{0}”，或者该期限未启用")]
    MissingClock(&'static str),
    /// An occasion has no document.
    #[error("缺少文书：{0:?}")]
    MissingDocument(Occasion),
    /// The shares of the stages do not make the target.
    #[error("各环节用时合计{sum}个工作日，与内部目标{target}不一致")]
    ShareSum {
        /// Sum of the shares.
        sum: u32,
        /// The internal target.
        target: String,
    },
    /// The departments may take longer than the stage they work in.
    #[error("部门审查时限超过并联审查环节的用时")]
    ReviewTooLong,
    /// The target lies beyond the law even without any holiday.
    #[error("内部目标{target}长于法定期限{statutory}")]
    TargetTooLong {
        /// The internal target.
        target: String,
        /// The statutory period.
        statutory: String,
    },
    /// A stage names a stage that does not come before it.
    #[error("环节“{stage}”只能退回或者回避在前的环节，不能指向“{to}”")]
    StageOrder {
        /// The stage.
        stage: String,
        /// The stage it names.
        to: String,
    },
    /// A stage that nobody may act in.
    #[error("环节“{0}”没有经办角色")]
    NobodyActs(String),
    /// The person who decides may have reviewed.
    #[error("决定环节应当与初审、复审、并联审查由不同人员办理")]
    DecisionNotSeparate,
    /// 行政许可法 art. 45: the time needed must be told in writing.
    #[error("“{0}”不计入期限的，应当书面告知申请人所需时间")]
    PauseWithoutNotice(String),
    /// A pause that is in force has no clause.
    #[error("“{0}”没有依据条款，不得停止计时")]
    PauseWithoutClause(String),
    /// A matter about a licence without rules about it.
    #[error("延期、变更、补办、注销事项须写明对已有许可证的要求")]
    NoExistingRules,
    /// A first issue is about no licence.
    #[error("首次申请不针对已有的许可证，不得写对已有许可证的要求")]
    ExistingRulesOfFirstIssue,
    /// No state of the licence allows it.
    #[error("须写明许可证在哪些状态下可以办理")]
    NoStanding,
    /// Nothing can be asked for.
    #[error("须列明可以申请的内容")]
    NoFacet,
    /// Something of another kind of matter.
    #[error("“{0}”不属于本办理类型")]
    ForeignFacet(&'static str),
    /// A part names what the matter does not offer.
    #[error("“{from}”限定的“{facet}”不在本事项可以申请的内容中")]
    FacetNotOffered {
        /// The part.
        from: String,
        /// What it names.
        facet: &'static str,
    },
    /// The department that decides must always take part.
    #[error("牵头部门应当参加全部申请的审查，不得限定情形")]
    LeadNotAlways,
    /// 不再审查 and 视为准予延续 are known to renewals only.
    #[error("不再审查和视为准予延续只适用于延期事项")]
    OnlyForRenewal,
    /// Counting working days backwards would depend on notices still to come.
    #[error("“{0}”自届满日倒算，不得以工作日计")]
    BackwardWorkingDays(String),
    /// A site check without a checklist.
    #[error("需要现场核查的事项，至少一项许可条件须有现场核查细目")]
    NoChecklist,
    /// A site check needs two officers (行政许可法 art. 34).
    #[error("现场核查人员不得少于两名")]
    TooFewOfficers,
    /// The type code is not two capital letters.
    #[error("许可证类型代码应为两个大写字母")]
    TypeCode,
    /// The base code is not twelve digits, or the serial not two.
    #[error("业务办理项编码的基本编码应为12位数字、序号应为2位数字")]
    ItemCodeParts,
    /// A city's file cannot carry the definition.
    #[error("{city}没有为“{department}”指定机关")]
    NoAuthority {
        /// The city.
        city: String,
        /// The department's key.
        department: String,
    },
    /// 行政许可法 art. 24: who acts by delegation may not delegate again.
    #[error("{0}的许可系受委托实施，不得再委托作出决定")]
    DelegatedAgain(&'static str),
    /// A zone is named that the city does not list.
    #[error("园区“{0}”不在本市园区清单中")]
    UnknownZone(String),
    /// The city and the table of numbering patterns disagree.
    #[error("{region}{code}的许可证编号规则缺失，或者顺序号位数与城市配置不一致")]
    NumberPattern {
        /// Region mark.
        region: String,
        /// Type code.
        code: String,
    },
}
