//! Facts with their provenance: what must still be checked, and which sources and clauses are named.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

use super::Fault;
use crate::model::{City, Clause, Definition, DocumentDefinition, Mark, Provenance};

/// Sources that prove nothing: recollection and the platform's own proposals.
const NO_PROOF: [&str; 2] = ["M", "P"];

/// A part of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// 证书
    Licence,
    /// 许可范围
    Scope,
    /// 权力清单
    Power,
    /// 法律责任
    Penalties,
    /// 依据文件
    Statutes,
    /// 权限划分
    Authority,
    /// 办理口径
    Rules,
    /// 许可条件
    Conditions,
    /// 申请材料
    Materials,
    /// 容缺受理
    Deferral,
    /// 并联审查
    Departments,
    /// 现场核查
    SiteCheck,
    /// 办理环节
    Stages,
    /// 申请时限
    Windows,
    /// 申请内容
    Facets,
    /// 不再审查
    Direct,
    /// 期限
    Clocks,
    /// 不计入期限的情形
    Pauses,
    /// 延长期限
    Extension,
    /// 文书
    Documents,
    /// 风险报告
    RiskReport,
    /// 来源
    Sources,
    /// 本市配置
    City,
}

impl Section {
    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Licence => "证书",
            Self::Scope => "许可范围",
            Self::Power => "权力清单",
            Self::Penalties => "法律责任",
            Self::Statutes => "依据文件",
            Self::Authority => "权限划分",
            Self::Rules => "办理口径",
            Self::Conditions => "许可条件",
            Self::Materials => "申请材料",
            Self::Deferral => "容缺受理",
            Self::Departments => "并联审查部门",
            Self::SiteCheck => "现场核查",
            Self::Stages => "办理环节",
            Self::Windows => "申请时限",
            Self::Facets => "申请内容",
            Self::Direct => "不再审查的延期",
            Self::Clocks => "期限",
            Self::Pauses => "不计入期限的情形",
            Self::Extension => "延长期限",
            Self::Documents => "文书",
            Self::RiskReport => "风险报告",
            Self::Sources => "来源",
            Self::City => "本市配置",
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.label())
    }
}

/// A fact that the administrator must check before go-live (待核).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unconfirmed {
    /// Part of the definition.
    pub section: Section,
    /// Which fact.
    pub label: String,
    /// What to check.
    pub note: String,
    /// Keys of the sources read so far.
    pub sources: Vec<String>,
}

impl Definition {
    /// Everything that the administrator must still check (待核), in the order of the document.
    pub fn unconfirmed(&self) -> Vec<Unconfirmed> {
        self.provenances().into_iter().filter_map(Fact::open).collect()
    }

    /// Keys of every source that the definition names.
    pub fn source_keys(&self) -> BTreeSet<&str> {
        let facts = self.provenances();
        facts
            .into_iter()
            .flat_map(|fact| fact.of.sources.iter().map(|key| key.as_str()))
            .collect()
    }

    /// Every clause with the name of what it supports.
    pub(super) fn clauses(&self) -> Vec<(&str, &Clause)> {
        let power = &self.power;
        let single = [
            ("设定依据", &power.basis),
            ("收费", &power.fees.basis),
            ("有效期", &self.licence.validity.basis),
            ("现场核查", &self.site_check.basis),
            ("延长期限", &self.extension.basis),
        ];
        let named = single
            .into_iter()
            .chain(power.duties.iter().map(|one| (one.name.as_str(), &one.basis)))
            .chain(
                power
                    .accountability
                    .iter()
                    .map(|one| (one.text.as_str(), &one.basis)),
            )
            .chain(
                power
                    .penalties
                    .iter()
                    .map(|one| (one.conduct.as_str(), &one.basis)),
            )
            .chain(self.authority.iter().map(|one| (one.text.as_str(), &one.basis)))
            .chain(self.rules.iter().map(|one| (one.text.as_str(), &one.basis)))
            .chain(self.conditions.iter().map(|one| (one.text.as_str(), &one.basis)))
            .chain(self.materials.iter().map(|one| (one.name.as_str(), &one.basis)))
            .chain(self.clocks.iter().map(|one| (one.name.as_str(), &one.basis)))
            .chain(self.clocks.iter().flat_map(|clock| {
                let terms = clock.terms_for.iter();
                terms.map(|one| (clock.name.as_str(), &one.basis))
            }))
            .chain(self.existing_bases())
            .chain(self.pauses.iter().map(|one| (one.name.as_str(), &one.basis)))
            .chain(self.risk_report.iter().map(|one| (one.name.as_str(), &one.basis)));
        named
            .flat_map(|(name, basis)| basis.iter().map(move |clause| (name, clause)))
            .collect()
    }

    fn existing_bases(&self) -> impl Iterator<Item = (&str, &Vec<Clause>)> {
        self.existing.iter().flat_map(|rules| {
            let facets = rules.facets.iter().map(|one| (one.text.as_str(), &one.basis));
            let windows = rules.windows.iter().map(|one| (one.name.as_str(), &one.basis));
            let direct = rules.direct.iter().flat_map(|direct| {
                let conditions = direct.conditions.iter();
                let conditions = conditions.map(|one| (one.text.as_str(), &one.basis));
                conditions.chain([("不再审查", &direct.basis)])
            });
            let deemed = rules.deemed_grant.iter().map(|one| ("视为准予延续", &one.basis));
            let back = rules.return_within.iter().map(|one| ("交回原证", &one.basis));
            facets.chain(windows).chain(direct).chain(deemed).chain(back)
        })
    }

    /// Every fact with its provenance, in the order of the document.
    pub(super) fn provenances(&self) -> Vec<Fact<'_>> {
        let licence = &self.licence;
        let mut facts = vec![
            fact(Section::Licence, "许可证类型代码", &licence.type_code_provenance),
            fact(Section::Licence, "有效期", &licence.validity.provenance),
            fact(Section::Licence, "期满日", &licence.validity.last_day_provenance),
        ];
        facts.extend(
            licence
                .scope
                .iter()
                .map(|one| fact(Section::Scope, &one.text, &one.provenance)),
        );
        self.power_provenances(&mut facts);
        self.existing_provenances(&mut facts);
        facts.extend(
            self.statutes
                .iter()
                .map(|one| fact(Section::Statutes, &one.title, &one.provenance)),
        );
        facts.extend(
            self.authority
                .iter()
                .map(|one| fact(Section::Authority, &one.role, &one.provenance)),
        );
        facts.extend(
            self.rules
                .iter()
                .map(|one| fact(Section::Rules, &one.text, &one.provenance)),
        );
        facts.extend(
            self.conditions
                .iter()
                .map(|one| fact(Section::Conditions, &one.text, &one.provenance)),
        );
        facts.extend(
            self.materials
                .iter()
                .map(|one| fact(Section::Materials, &one.name, &one.provenance)),
        );
        facts.push(fact(Section::Deferral, "容缺受理", &self.deferral.provenance));
        let reviews = self.departments.iter();
        facts.extend(reviews.map(|one| fact(Section::Departments, one.department.as_str(), &one.provenance)));
        facts.push(fact(Section::SiteCheck, "现场核查", &self.site_check.provenance));
        facts.push(fact(
            Section::SiteCheck,
            "核查细目",
            &self.site_check.checklist_provenance,
        ));
        facts.extend(
            self.clocks
                .iter()
                .map(|one| fact(Section::Clocks, &one.name, &one.provenance)),
        );
        facts.extend(self.clocks.iter().flat_map(|clock| {
            let terms = clock.terms_for.iter();
            terms.map(|one| fact(Section::Clocks, &clock.name, &one.provenance))
        }));
        facts.extend(
            self.pauses
                .iter()
                .map(|one| fact(Section::Pauses, &one.name, &one.provenance)),
        );
        facts.push(fact(Section::Extension, "延长期限", &self.extension.provenance));
        facts.extend(
            self.risk_report
                .iter()
                .map(|one| fact(Section::RiskReport, &one.name, &one.provenance)),
        );
        facts
    }

    fn existing_provenances<'a>(&'a self, facts: &mut Vec<Fact<'a>>) {
        let Some(rules) = &self.existing else { return };
        let asked = rules.facets.iter();
        facts.extend(asked.map(|one| fact(Section::Facets, one.facet.label(), &one.provenance)));
        let windows = rules.windows.iter();
        facts.extend(windows.map(|one| fact(Section::Windows, &one.name, &one.provenance)));
        if let Some(direct) = &rules.direct {
            facts.push(fact(Section::Direct, "不再审查", &direct.provenance));
            let level = &direct.standardisation_provenance;
            facts.push(fact(Section::Direct, "标准化等级", level));
            let conditions = direct.conditions.iter();
            facts.extend(conditions.map(|one| fact(Section::Direct, &one.text, &one.provenance)));
        }
        let back = rules.return_within.iter();
        facts.extend(back.map(|one| fact(Section::Windows, "交回原证", &one.provenance)));
        let deemed = rules.deemed_grant.iter();
        facts.extend(deemed.map(|one| fact(Section::Clocks, "视为准予延续", &one.provenance)));
    }

    fn power_provenances<'a>(&'a self, facts: &mut Vec<Fact<'a>>) {
        let power = &self.power;
        facts.push(fact(
            Section::Power,
            "业务办理项编码",
            &power.item_code.provenance,
        ));
        facts.push(fact(Section::Power, "收费", &power.fees.provenance));
        facts.push(fact(Section::Power, "办理形式", &power.handling.provenance));
        facts.extend(
            power
                .duties
                .iter()
                .map(|one| fact(Section::Power, &one.name, &one.provenance)),
        );
        facts.extend(
            power
                .accountability
                .iter()
                .map(|one| fact(Section::Power, &one.text, &one.provenance)),
        );
        facts.extend(
            power
                .penalties
                .iter()
                .map(|one| fact(Section::Penalties, &one.conduct, &one.provenance)),
        );
    }
}

impl City {
    /// Everything in the city's file that must still be checked (待核).
    pub fn unconfirmed(&self) -> Vec<Unconfirmed> {
        self.facts().filter_map(Fact::open).collect()
    }

    pub(super) fn facts(&self) -> impl Iterator<Item = Fact<'_>> {
        self.provenances().into_iter().map(|(label, of)| Fact {
            section: Section::City,
            label,
            of,
        })
    }
}

impl DocumentDefinition {
    /// What must still be checked about the wording.
    pub fn unconfirmed(&self) -> Option<Unconfirmed> {
        self.fact().open()
    }

    /// What is wrong with the way the wording is sourced.
    pub(crate) fn source_fault(&self) -> Option<Fault> {
        self.fact().fault()
    }

    fn fact(&self) -> Fact<'_> {
        fact(Section::Documents, &self.title, &self.provenance)
    }
}

impl Provenance {
    /// Whether the fact is the platform's own proposal, to be decided by the authority.
    pub fn is_proposal(&self) -> bool {
        self.mark == Mark::Unconfirmed && self.sources.iter().any(|source| source.as_str() == "P")
    }
}

/// A fact with its provenance.
pub(super) struct Fact<'a> {
    section: Section,
    label: String,
    of: &'a Provenance,
}

impl Fact<'_> {
    /// The line for the administrator, if there is something left to check.
    fn open(self) -> Option<Unconfirmed> {
        (self.of.mark == Mark::Unconfirmed).then(|| Unconfirmed {
            section: self.section,
            label: self.label,
            note: self.of.note.clone().unwrap_or_default(),
            sources: self.of.sources.iter().map(ToString::to_string).collect(),
        })
    }

    /// What is wrong with the way the fact is sourced.
    pub(super) fn fault(self) -> Option<Fault> {
        let Self { section, label, of } = self;
        let proof = of
            .sources
            .iter()
            .any(|source| !NO_PROOF.contains(&source.as_str()));
        let blank = of.note.as_deref().is_none_or(|note| note.trim().is_empty());
        match of.mark {
            _ if of.sources.is_empty() => Some(Fault::NoSource { section, label }),
            Mark::Confirmed if !proof => Some(Fault::ConfirmedWithoutProof { section, label }),
            Mark::Unconfirmed if blank => Some(Fault::NoNote { section, label }),
            Mark::Confirmed | Mark::Unconfirmed => None,
        }
    }
}

fn fact<'a>(section: Section, label: &str, of: &'a Provenance) -> Fact<'a> {
    Fact {
        section,
        label: label.to_owned(),
        of,
    }
}
