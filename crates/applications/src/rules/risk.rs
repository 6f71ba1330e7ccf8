//! The risk report at acceptance: only what the platform really knows, each line with its source; what it does
//! not know is said to be unknown (APP.7).

use kernel::Moment;
use matters::{Definition, RiskInput, RiskKey};

use crate::model::{RiskLevel, RiskLine, RiskReport};

/// How earlier applications of the same enterprise ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Granted.
    pub granted: u64,
    /// Refused.
    pub refused: u64,
    /// Not accepted.
    pub not_accepted: u64,
    /// Withdrawn.
    pub withdrawn: u64,
    /// With a correction notice.
    pub corrected: u64,
    /// Still under way, this one not counted.
    pub under_way: u64,
}

/// What is known at acceptance.
#[derive(Clone, Debug, Default)]
pub struct RiskFacts {
    /// What the standards say against the enterprise's code.
    pub code_warnings: Vec<String>,
    /// Danger class: its level and name.
    pub danger: Option<(RiskLevel, String)>,
    /// Why the enterprise is not in ordinary business, if so.
    pub not_in_business: Option<String>,
    /// Facts that the registry lacks.
    pub missing: Vec<&'static str>,
    /// Earlier applications.
    pub history: History,
    /// Whether this application had to be corrected.
    pub corrected: bool,
    /// Windows of time that the application came after.
    pub late: Vec<String>,
    /// Number of employees declared.
    pub employees: Option<u32>,
}

const REGISTRY: &str = "本平台企业登记档案";
const APPLICATIONS: &str = "本平台申请记录";

fn line(name: &str, level: RiskLevel, text: impl Into<String>, source: &str) -> RiskLine {
    RiskLine {
        name: name.to_owned(),
        level,
        text: text.into(),
        question: String::new(),
        source: source.to_owned(),
    }
}

/// Draws up the report.
pub fn risk_report(facts: &RiskFacts, def: &Definition, at: Moment) -> RiskReport {
    let mut lines = registry_lines(facts);
    lines.push(history_line(facts.history));
    lines.push(if facts.corrected {
        line(
            "本次申请补正",
            RiskLevel::Attention,
            "本次申请经过一次补正，请核对补正内容",
            APPLICATIONS,
        )
    } else {
        line(
            "本次申请补正",
            RiskLevel::Clear,
            "本次申请没有经过补正",
            APPLICATIONS,
        )
    });
    if !facts.late.is_empty() {
        let text = format!("超过：{}；请核实逾期原因，依法处理", facts.late.join("、"));
        lines.push(line("申请时限", RiskLevel::Attention, text, APPLICATIONS));
    }
    lines.extend(def.risk_report.iter().map(|input| input_line(input, facts)));
    let level = lines
        .iter()
        .map(|line| line.level)
        .max()
        .unwrap_or(RiskLevel::Clear);
    RiskReport { at, level, lines }
}

fn registry_lines(facts: &RiskFacts) -> Vec<RiskLine> {
    let code = if facts.code_warnings.is_empty() {
        line("统一社会信用代码", RiskLevel::Clear, "代码校验正确", REGISTRY)
    } else {
        line(
            "统一社会信用代码",
            RiskLevel::Attention,
            facts.code_warnings.join("；"),
            REGISTRY,
        )
    };
    let danger = match &facts.danger {
        Some((level, name)) => line("风险分级", *level, name.clone(), REGISTRY),
        None => line("风险分级", RiskLevel::NoData, "企业尚未评定风险等级", REGISTRY),
    };
    let business = match &facts.not_in_business {
        Some(why) => line("登记状态", RiskLevel::High, why.clone(), REGISTRY),
        None => line("登记状态", RiskLevel::Clear, "登记状态正常", REGISTRY),
    };
    let missing = if facts.missing.is_empty() {
        line("登记信息", RiskLevel::Clear, "登记信息完整", REGISTRY)
    } else {
        line(
            "登记信息",
            RiskLevel::Attention,
            format!("缺少：{}", facts.missing.join("、")),
            REGISTRY,
        )
    };
    vec![code, danger, business, missing]
}

fn history_line(history: History) -> RiskLine {
    let History {
        granted,
        refused,
        not_accepted,
        withdrawn,
        corrected,
        under_way,
    } = history;
    if history == History::default() {
        return line(
            "既往申请",
            RiskLevel::Clear,
            "本平台没有该企业的其他申请",
            APPLICATIONS,
        );
    }
    let level = if refused + not_accepted > 0 {
        RiskLevel::High
    } else if withdrawn + corrected > 0 {
        RiskLevel::Attention
    } else {
        RiskLevel::Clear
    };
    let text = format!(
        "准予 {granted} 件、不予许可 {refused} 件、不予受理 {not_accepted} 件、撤回 {withdrawn} 件、经过补正 {corrected} 件、在办 {under_way} 件"
    );
    line("既往申请", level, text, APPLICATIONS)
}

/// A line of the matter's own list. The platform holds none of these data yet: it says so, and asks.
fn input_line(input: &RiskInput, facts: &RiskFacts) -> RiskLine {
    let declared = facts.employees.filter(|_| input.key == RiskKey::InsuredStaff);
    let text = match declared {
        Some(employees) => {
            format!("企业申报从业人数 {employees} 人；参保人数尚未接入本平台，请向人社部门核对")
        }
        None => "相关数据尚未接入本平台，请审查人员另行查询".to_owned(),
    };
    RiskLine {
        name: input.name.clone(),
        level: RiskLevel::NoData,
        text,
        question: input.question.clone(),
        source: if declared.is_some() {
            "申请表（企业申报）"
        } else {
            "无数据"
        }
        .to_owned(),
    }
}
