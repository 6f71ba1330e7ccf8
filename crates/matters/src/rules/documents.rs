//! Filling in documents: every blank has a value, or there is no document.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::model::{
    DocumentDefinition, Fact, Footer, Items, Missing, MissingPlaceholder, Notice, Paragraph, Table,
};

/// Every placeholder that templates may use, with its meaning for people.
pub const PLACEHOLDERS: &[(&str, &str)] = &[
    ("number", "文书编号"),
    ("applicant", "申请人名称"),
    ("credit_code", "统一社会信用代码"),
    ("matter", "申请事项"),
    ("application_number", "受理编号"),
    ("application_date", "申请日期"),
    ("received_date", "收到申请日期"),
    ("accepted_date", "受理日期"),
    ("acceptance_number", "受理文号"),
    ("contact", "申请人联系人"),
    ("contact_phone", "申请人联系电话"),
    ("authority", "实施机关"),
    ("authority_contact", "机关联系人"),
    ("authority_phone", "机关联系电话"),
    ("issue_date", "文书日期"),
    ("case_owner", "首接负责人"),
    ("statutory_term", "法定期限"),
    ("promised_term", "承诺期限"),
    ("decision_due_date", "作出决定的最后日期"),
    ("correction_deadline", "补正期限届满日"),
    ("deferred_materials", "容缺材料"),
    ("deferral_deadline", "容缺材料补交期限"),
    ("reason", "理由"),
    ("legal_basis", "依据条款"),
    ("competent_authority", "应当申请的机关"),
    ("no_licence_needed", "依法不需要取得行政许可"),
    ("pause_cause", "不计入期限的环节"),
    ("pause_term", "该环节所需时间"),
    ("pause_from", "该环节开始日期"),
    ("pause_until", "该环节预计结束日期"),
    ("original_due_date", "原期限届满日"),
    ("extension_term", "延长时间"),
    ("new_due_date", "新的期限届满日"),
    ("approver", "批准人"),
    ("licence_number", "许可证编号"),
    ("licence_scope", "许可范围"),
    ("valid_from", "有效期起始日"),
    ("valid_to", "有效期截止日"),
    ("review_conclusion", "审查（复查）结论"),
    ("commitments", "承诺事项"),
    ("government", "复议机关"),
    ("court", "管辖法院"),
    ("delivery_place", "送达地点"),
    ("delivery_date", "送达日期"),
    ("delivery_method", "送达方式"),
    ("deliverer", "送达人"),
    ("remark", "备注"),
    ("facts_found", "查明的事实"),
    ("evidence", "证据"),
    ("violated_clause", "违反的规定"),
    ("proposed_decision", "拟作出的决定"),
    ("plea_deadline", "陈述申辩期限届满日"),
    ("hearing_right", "有权要求听证"),
    ("ground", "法定情形"),
    ("changed_ground", "变化的依据或者客观情况"),
    ("by_fraud", "以不正当手段取得许可"),
    ("return_deadline", "交回许可证的期限"),
    ("suspension_from", "暂扣起始日"),
    ("suspension_to", "暂扣截止日"),
    ("suspension_number", "暂扣文号"),
    ("resumption_conditions", "发还条件"),
    ("resumption_date", "发还日期"),
    ("visit_date", "核查日期"),
    ("visit_reason", "核查事由"),
    ("visit_place", "核查地点"),
    ("visit_officers", "核查人员"),
    ("visit_departments", "参加部门"),
    ("visit_outcome", "核查结论"),
    ("visit_signature", "企业签字情况"),
    ("photo_count", "现场照片张数"),
    ("signatory", "承诺人"),
    ("breach_consequence", "未履行承诺的后果"),
    ("items", "清单内容"),
    ("addressee_department", "收文单位"),
    ("late_department", "逾期单位"),
    ("task", "办理环节"),
    ("task_due", "应当办结日"),
    ("late_days", "逾期工作日数"),
    ("answer_days", "答复期限（工作日）"),
];

static MEANINGS: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| PLACEHOLDERS.iter().copied().collect());

/// The meaning of a placeholder; `None` for an unknown one.
pub fn meaning(placeholder: &str) -> Option<&'static str> {
    MEANINGS.get(placeholder).copied()
}

/// A document number: 洪应急许受〔2026〕12号. The serial is counted by body, series and year.
pub fn document_number(prefix: &str, series: &str, year: i32, serial: u32) -> String {
    format!("{prefix}{series}〔{year}〕{serial}号")
}

/// Fills in a document without a list.
///
/// # Errors
/// Names every value that is missing or blank, and the list if the definition has one.
pub fn compose(
    definition: &DocumentDefinition,
    values: &BTreeMap<&str, String>,
) -> Result<Notice, MissingPlaceholder> {
    compose_with_items(definition, values, &[])
}

/// Fills in a document with its list; each row holds a value for each column key.
///
/// # Errors
/// Names every value or cell that is missing or blank; a list that the definition asks for must have rows.
pub fn compose_with_items(
    definition: &DocumentDefinition,
    values: &BTreeMap<&str, String>,
    rows: &[BTreeMap<&str, String>],
) -> Result<Notice, MissingPlaceholder> {
    let mut filler = Filler {
        values,
        missing: BTreeSet::new(),
    };
    let notice = Notice {
        document: definition.key.clone(),
        version: definition.version,
        title: definition.title.clone(),
        number: filler.fill("{number}"),
        addressee: filler.fill(&definition.addressee),
        facts: definition.facts.iter().map(|fact| filler.fact(fact)).collect(),
        paragraphs: definition
            .paragraphs
            .iter()
            .filter_map(|one| filler.paragraph(one))
            .collect(),
        table: definition.items.as_ref().map(|items| filler.table(items, rows)),
        footer: Footer {
            issuer: filler.fill(&definition.issuer),
            date: filler.fill(&definition.date),
            seal: definition.seal.clone(),
            signatures: definition.signatures.clone(),
            copies: format!(
                "一式{}份：{}",
                definition.copies.count, definition.copies.distribution
            ),
        },
    };
    if filler.missing.is_empty() {
        Ok(notice)
    } else {
        Err(MissingPlaceholder {
            title: definition.title.clone(),
            missing: filler.missing.into_iter().collect(),
        })
    }
}

/// Fills templates and remembers what it had no value for.
struct Filler<'a> {
    values: &'a BTreeMap<&'a str, String>,
    missing: BTreeSet<Missing>,
}

impl Filler<'_> {
    fn miss(&mut self, name: &str) {
        let label = meaning(name).unwrap_or(name).to_owned();
        self.missing.insert(Missing {
            name: name.to_owned(),
            label,
        });
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.values
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    fn fill(&mut self, template: &str) -> String {
        let mut text = String::with_capacity(template.len());
        for part in parts(template) {
            match part {
                Part::Text(words) => text.push_str(words),
                Part::Placeholder(name) => match self.value(name) {
                    Some(value) => text.push_str(value),
                    None => self.miss(name),
                },
            }
        }
        text
    }

    fn fact(&mut self, fact: &Fact) -> Fact {
        Fact {
            label: fact.label.clone(),
            value: self.fill(&fact.value),
        }
    }

    fn paragraph(&mut self, paragraph: &Paragraph) -> Option<String> {
        let wanted = paragraph
            .only_with
            .as_deref()
            .is_none_or(|name| self.value(name).is_some());
        wanted.then(|| self.fill(&paragraph.text))
    }

    fn table(&mut self, items: &Items, rows: &[BTreeMap<&str, String>]) -> Table {
        if rows.is_empty() {
            self.miss("items");
        }
        let rows = rows
            .iter()
            .enumerate()
            .map(|(index, row)| self.row(items, index, row))
            .collect();
        let columns = items.columns.iter().map(|column| column.title.clone()).collect();
        Table {
            title: items.title.clone(),
            columns,
            rows,
        }
    }

    fn row(&mut self, items: &Items, index: usize, row: &BTreeMap<&str, String>) -> Vec<String> {
        let mut cells = Vec::with_capacity(items.columns.len());
        for column in &items.columns {
            let cell = row.get(column.key.as_str()).map_or("", |cell| cell.trim());
            if cell.is_empty() {
                let name = format!("items[{}].{}", index + 1, column.key);
                let label = format!("{}第{}行的“{}”", items.title, index + 1, column.title);
                self.missing.insert(Missing { name, label });
            }
            cells.push(cell.to_owned());
        }
        cells
    }
}

/// A piece of a template.
enum Part<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

/// Splits a template; a brace without its partner stays text and is a fault that validation reports.
fn parts(template: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else {
            break;
        };
        if !before.is_empty() {
            found.push(Part::Text(before));
        }
        found.push(Part::Placeholder(name));
        rest = tail;
    }
    if !rest.is_empty() {
        found.push(Part::Text(rest));
    }
    found
}

/// What is wrong with a document definition; Chinese, for the person who edits the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// The template uses a placeholder that no program fills.
    #[error("占位符“{{{0}}}”不在可用清单中")]
    UnknownPlaceholder(String),
    /// A brace has no partner.
    #[error("“{0}”中的花括号不成对")]
    OddBrace(String),
    /// A mandatory sentence is not in the text.
    #[error("正文缺少必备语句“{0}”")]
    NoMandatorySentence(String),
    /// Nothing to say.
    #[error("正文没有内容")]
    NoParagraphs,
    /// A list without columns, or with the same column twice.
    #[error("清单的列为空或者重复")]
    Columns,
    /// The number of copies is zero.
    #[error("份数必须大于零")]
    Copies,
}

impl DocumentDefinition {
    /// Placeholders in the order of their names.
    pub fn placeholders(&self) -> BTreeSet<&str> {
        let named = self.templates().flat_map(parts).filter_map(|part| match part {
            Part::Placeholder(name) => Some(name),
            Part::Text(_) => None,
        });
        let conditions = self.paragraphs.iter().filter_map(|one| one.only_with.as_deref());
        named.chain(conditions).chain(["number"]).collect()
    }

    /// Every fault of the definition.
    pub fn faults(&self) -> Vec<DocumentFault> {
        let unknown = self
            .placeholders()
            .into_iter()
            .filter(|name| meaning(name).is_none());
        let mut faults: Vec<_> = unknown
            .map(|name| DocumentFault::UnknownPlaceholder(name.to_owned()))
            .collect();
        faults.extend(
            self.templates()
                .filter(|text| has_odd_brace(text))
                .map(|text| DocumentFault::OddBrace(text.to_owned())),
        );
        let in_text = |sentence: &&String| {
            self.paragraphs
                .iter()
                .any(|paragraph| paragraph.text.contains(sentence.as_str()))
        };
        faults.extend(
            self.mandatory
                .iter()
                .filter(|sentence| !in_text(sentence))
                .map(|sentence| DocumentFault::NoMandatorySentence(sentence.clone())),
        );
        if self.paragraphs.is_empty() {
            faults.push(DocumentFault::NoParagraphs);
        }
        if self
            .items
            .as_ref()
            .is_some_and(|items| !items.has_distinct_columns())
        {
            faults.push(DocumentFault::Columns);
        }
        if self.copies.count == 0 {
            faults.push(DocumentFault::Copies);
        }
        faults
    }

    fn templates(&self) -> impl Iterator<Item = &str> {
        let ends = [&self.addressee, &self.issuer, &self.date];
        let facts = self.facts.iter().map(|fact| &fact.value);
        let paragraphs = self.paragraphs.iter().map(|paragraph| &paragraph.text);
        ends.into_iter()
            .chain(facts)
            .chain(paragraphs)
            .map(String::as_str)
    }
}

fn has_odd_brace(template: &str) -> bool {
    parts(template).iter().any(|part| match part {
        Part::Text(text) => text.contains(['{', '}']),
        Part::Placeholder(name) => name.contains('{') || name.is_empty(),
    })
}

impl Items {
    fn has_distinct_columns(&self) -> bool {
        let keys: BTreeSet<_> = self.columns.iter().map(|column| &column.key).collect();
        !keys.is_empty() && keys.len() == self.columns.len()
    }
}
