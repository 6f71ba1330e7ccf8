//! What an application is made of.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    BlobRef, LegalDate, Moment,
    ids::{AccountId, EnterpriseId},
};
use matters::{ClockKey, ConditionKey, DepartmentKey, DocumentKey, MaterialKey, MatterKey, PauseCause, Term};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{DeferralPromise, DocumentId, FileId, HeldLicence, StopId, Subject};

/// Who acted, as it stands in records and documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// The account; absent for the platform itself.
    pub account: Option<AccountId>,
    /// Name of the person.
    pub name: String,
}

/// The applicant as the registry knew it when the application was drafted or handed in last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Applicant {
    /// The enterprise in the registry.
    pub enterprise: EnterpriseId,
    /// Name.
    pub name: String,
    /// Unified social credit code or old registration number.
    pub code: String,
    /// Address.
    pub address: String,
    /// Legal representative.
    pub legal_representative: String,
    /// 经济类型.
    pub economic_type: String,
    /// GB/T 2260 code.
    pub region: String,
    /// True for data of the demo city.
    pub demo: bool,
}

/// The part that is filled in online.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Contact person of the applicant.
    #[serde(default)]
    pub contact: String,
    /// Telephone of the contact person.
    #[serde(default)]
    pub contact_phone: String,
    /// 申请的许可范围, one phrase an entry.
    #[serde(default)]
    pub scope: Vec<String>,
    /// Where a paper licence is to be delivered.
    #[serde(default)]
    pub delivery_address: String,
    /// Conditional materials that the applicant declares to apply to it.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub applicable_materials: BTreeSet<MaterialKey>,
    /// Number of employees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employees: Option<u32>,
    /// Materials that follow later against a commitment (容缺受理).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferral: Option<DeferralPromise>,
    /// The applicant answers for the truth of the materials (行政许可法 art. 31).
    #[serde(default)]
    pub truth_declared: bool,
    /// Further entries by name.
    #[serde(default)]
    pub extra: BTreeMap<String, String>,
}

/// The form with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormRecord {
    /// What is filled in.
    pub content: Form,
    /// Version of the application at which it was changed last.
    pub version: i64,
    /// When it was changed last.
    pub changed_at: Moment,
}

/// A file handed in for a material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MaterialFile {
    /// Identifier.
    pub id: FileId,
    /// The material it belongs to.
    #[schema(value_type = String)]
    pub material: MaterialKey,
    /// Name as uploaded.
    pub name: String,
    /// The content.
    pub blob: BlobRef,
    /// When it came in.
    pub at: Moment,
    /// Who handed it in.
    pub by: Person,
}

/// What a correction notice asks to be mended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", content = "key")]
pub enum CorrectionTarget {
    /// A material.
    #[schema(value_type = String)]
    Material(MaterialKey),
    /// The form filled in online.
    Form,
}

/// One item of a correction notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CorrectionItem {
    /// What is concerned.
    pub target: CorrectionTarget,
    /// Its name.
    pub name: String,
    /// What is wrong.
    pub problem: String,
    /// What is asked for.
    pub requirement: String,
}

/// A correction notice (补正告知), given once (行政许可法 art. 32).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CorrectionNotice {
    /// When it was given.
    pub notified_at: Moment,
    /// Legal day on which it was given.
    pub notified_on: LegalDate,
    /// By whom.
    pub by: Person,
    /// Everything that has to be mended.
    pub items: Vec<CorrectionItem>,
}

/// A correction that the applicant has answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CorrectionRound {
    /// The notice.
    pub notice: CorrectionNotice,
    /// When the mended application came in.
    pub answered_at: Moment,
    /// Legal day on which it came in.
    pub answered_on: LegalDate,
}

/// What is known since the application came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intake {
    /// 受理编号, given when the application comes in.
    pub reference: String,
    /// When it came in.
    pub submitted_at: Moment,
    /// Legal day on which it came in.
    pub received_on: LegalDate,
    /// 首接负责人: owns the application to the end.
    pub owner: Option<Person>,
    /// The answered correction, if there was one.
    pub correction: Option<CorrectionRound>,
    /// Periods that do not count.
    pub stops: Vec<Stop>,
}

/// Acceptance (受理).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acceptance {
    /// Legal day from which the application counts as accepted.
    pub accepted_on: LegalDate,
    /// When it was recorded.
    pub at: Moment,
    /// By whom; the platform itself when the law deems it accepted.
    pub by: Person,
    /// 视为受理: no notice was given in time.
    pub deemed: bool,
}

/// Which clocks a stop concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", content = "department")]
pub enum StopReach {
    /// The whole application, all departments included.
    Whole,
    /// One department's clock only.
    #[schema(value_type = String)]
    Department(DepartmentKey),
}

/// Time that is not counted (行政许可法 art. 45).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stop {
    /// Identifier.
    pub id: StopId,
    /// The lawful cause.
    pub cause: PauseCause,
    /// Its name.
    pub cause_name: String,
    /// Whole application or one department.
    pub reach: StopReach,
    /// Clocks of the matter that stand still.
    #[schema(value_type = Vec<String>)]
    pub clocks: Vec<ClockKey>,
    /// First day that is not counted: the day after the act.
    pub first: LegalDate,
    /// Last day not counted as announced in writing.
    pub expected: Option<LegalDate>,
    /// Last day that is not counted: the day of the resumption.
    pub last: Option<LegalDate>,
    /// Why.
    pub reason: String,
    /// Who stopped the clock.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Who resumed it and when.
    pub resumed: Option<Act>,
}

/// Somebody did something at some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Act {
    /// Who.
    pub by: Person,
    /// When.
    pub at: Moment,
}

/// 延长审批期限, once, by the head with reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Extension {
    /// The clock that is extended.
    #[schema(value_type = String)]
    pub clock: ClockKey,
    /// By how much.
    #[schema(value_type = matters::WireTerm)]
    pub by_term: Term,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub by: Person,
    /// When.
    pub at: Moment,
}

/// Whether a condition is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Met {
    /// 符合
    Met,
    /// 不符合
    NotMet,
    /// 不适用
    NotApplicable,
}

impl Met {
    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Met => "符合",
            Self::NotMet => "不符合",
            Self::NotApplicable => "不适用",
        }
    }
}

/// What a department found about one condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// The condition.
    #[schema(value_type = String)]
    pub condition: ConditionKey,
    /// The outcome.
    pub met: Met,
    /// What was seen; required where the condition is not met.
    #[serde(default)]
    pub text: String,
}

/// A department's outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewResult {
    /// One finding for each condition that the department looks at.
    pub findings: Vec<Finding>,
    /// The opinion in words.
    pub opinion: String,
    /// 通过 or not.
    pub passed: bool,
    /// Who reviewed.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Legal day.
    pub on: LegalDate,
}

/// Why a department has to look again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Returned {
    /// Who sent it back.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Why.
    pub reason: String,
    /// In which state of the application.
    pub from: StageName,
}

/// One round of a department's review. Each round has its own clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewRound {
    /// 1 for the first.
    pub number: u32,
    /// When it was assigned.
    pub since: Moment,
    /// Legal day on which its clock starts.
    pub assigned_on: LegalDate,
    /// Why it has to be looked at again; absent in the first round.
    pub returned: Option<Returned>,
    /// The outcome; absent while open.
    pub result: Option<ReviewResult>,
}

/// One department's part in the parallel review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DepartmentReview {
    /// The department.
    #[schema(value_type = String)]
    pub department: DepartmentKey,
    /// Rounds before the present one, oldest first.
    pub past: Vec<ReviewRound>,
    /// The present round.
    pub round: ReviewRound,
}

impl DepartmentReview {
    /// Whether the department still has to review.
    pub fn is_open(&self) -> bool {
        self.round.result.is_none()
    }

    /// Every round, oldest first.
    pub fn rounds(&self) -> impl Iterator<Item = &ReviewRound> {
        self.past.iter().chain(std::iter::once(&self.round))
    }
}

/// The three stages in which one person of the lead department gives an opinion or decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StageName {
    /// 并联审查
    ParallelReview,
    /// 初审
    FirstReview,
    /// 复审
    SecondReview,
    /// 决定
    Decision,
}

impl StageName {
    /// The key of the stage in matter definitions.
    pub fn key(self) -> &'static str {
        match self {
            Self::ParallelReview => "parallel_review",
            Self::FirstReview => "first_review",
            Self::SecondReview => "second_review",
            Self::Decision => "decision",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::ParallelReview => "并联审查",
            Self::FirstReview => "初审",
            Self::SecondReview => "复审",
            Self::Decision => "决定",
        }
    }
}

/// The opinion of the first or second review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageOpinion {
    /// First or second review.
    pub stage: StageName,
    /// Whether the reviewer is for granting.
    pub for_grant: bool,
    /// The opinion in words.
    pub opinion: String,
    /// Who.
    pub by: Person,
    /// When.
    pub at: Moment,
}

/// One unmet condition of a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnmetCondition {
    /// The condition.
    #[schema(value_type = String)]
    pub condition: ConditionKey,
    /// What was found.
    pub finding: String,
}

/// The remedies that a refusal names (行政许可法 art. 38, 行政复议法 art. 20, 行政诉讼法 art. 46).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Remedies {
    /// Government to which reconsideration is addressed, within 60 days.
    pub government: String,
    /// Court, within six months.
    pub court: String,
}

/// The final decision (决定).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Who decided.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Legal day.
    pub on: LegalDate,
    /// Reasons.
    pub reason: String,
}

/// What is granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GrantTerms {
    /// 许可范围.
    pub scope: Vec<String>,
    /// First day of validity.
    pub valid_from: LegalDate,
    /// Last day of validity.
    pub valid_to: LegalDate,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusalTerms {
    /// Conditions not met; at least one.
    pub unmet: Vec<UnmetCondition>,
    /// Clauses in words.
    pub legal_basis: String,
    /// Remedies.
    pub remedies: Remedies,
}

/// Refusal to accept (不予受理).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NonAcceptance {
    /// Who refused.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Legal day.
    pub on: LegalDate,
    /// Why.
    pub reason: String,
    /// Clauses in words.
    pub legal_basis: String,
    /// Where to apply instead, if the body is not competent.
    pub competent_authority: Option<String>,
    /// Remedies.
    pub remedies: Remedies,
}

/// Delivery (送达).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// Legal day of delivery.
    pub on: LegalDate,
    /// Where.
    pub place: String,
    /// How: 直接送达, 邮寄送达, 电子送达 …
    pub method: String,
    /// Who received it.
    pub recipient: String,
    /// Anything to be noted.
    #[serde(default)]
    pub remark: String,
    /// Who delivered.
    pub by: Person,
    /// When it was recorded.
    pub at: Moment,
}

/// How an application ended without a decision on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Withdrawal {
    /// Who.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// Why.
    pub reason: String,
    /// 按撤回处理: the applicant let the correction period pass.
    pub treated: bool,
}

/// How far a risk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// Nothing found.
    Clear,
    /// The platform has no data: the reviewer must look elsewhere.
    NoData,
    /// Worth a look.
    Attention,
    /// Must be looked at.
    High,
}

/// One line of the risk report, with its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RiskLine {
    /// Name.
    pub name: String,
    /// How far.
    pub level: RiskLevel,
    /// What is known.
    pub text: String,
    /// What the reviewers should ask themselves.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// Where it comes from.
    pub source: String,
}

/// The risk report that is drawn up at acceptance (APP.7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RiskReport {
    /// When it was drawn up.
    pub at: Moment,
    /// The highest level of all lines.
    pub level: RiskLevel,
    /// The lines.
    pub lines: Vec<RiskLine>,
}

/// A labelled value above the text of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaperFact {
    /// Label.
    pub label: String,
    /// Value.
    pub value: String,
}

/// A list below the text of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaperTable {
    /// Title.
    pub title: String,
    /// Headings.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

/// Exactly what stands on a document; composed at the act and never changed afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Paper {
    /// Title.
    pub title: String,
    /// Document number.
    pub number: String,
    /// To whom.
    pub addressee: String,
    /// Labelled values.
    pub facts: Vec<PaperFact>,
    /// The text.
    pub paragraphs: Vec<String>,
    /// The list.
    pub table: Option<PaperTable>,
    /// Who issues it.
    pub issuer: String,
    /// Date of issue.
    pub date: LegalDate,
    /// Which seal.
    pub seal: String,
    /// Lines for signatures.
    pub signatures: Vec<String>,
    /// Copies.
    pub copies: String,
}

/// How far a document is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Rendering {
    /// Waits for typesetting and signature.
    Pending,
    /// The signed PDF is stored.
    Ready {
        /// The signed PDF.
        blob: BlobRef,
        /// When it was stored.
        at: Moment,
    },
}

/// A document of the procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Identifier.
    pub id: DocumentId,
    /// Key of its definition.
    pub kind: DocumentKey,
    /// Version of its definition.
    pub definition: u32,
    /// What stands on it.
    pub paper: Paper,
    /// When it was composed.
    pub at: Moment,
    /// Typeset and signed or not.
    pub rendering: Rendering,
}

/// What every state has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// The matter.
    pub matter: MatterKey,
    /// Version of its definition, kept to the end.
    pub matter_version: u32,
    /// Name of the matter.
    pub matter_name: String,
    /// The applicant.
    pub applicant: Applicant,
    /// The licence that it is about; absent for a first issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<HeldLicence>,
    /// What is asked for.
    #[serde(default)]
    pub subject: Subject,
    /// The form.
    pub form: FormRecord,
    /// Files handed in.
    pub files: Vec<MaterialFile>,
    /// Documents produced, oldest first.
    pub documents: Vec<Document>,
    /// Who drafted it.
    pub drafted_by: Person,
    /// When it was begun.
    pub created_at: Moment,
}

impl Dossier {
    /// Files of one material.
    pub fn files_of<'a>(&'a self, material: &'a MaterialKey) -> impl Iterator<Item = &'a MaterialFile> {
        self.files.iter().filter(move |file| &file.material == material)
    }

    /// A document by its identifier.
    pub fn document(&self, id: DocumentId) -> Option<&Document> {
        self.documents.iter().find(|document| document.id == id)
    }

    /// The newest document of a kind.
    pub fn newest(&self, kind: &str) -> Option<&Document> {
        self.documents
            .iter()
            .rev()
            .find(|document| document.kind.as_str() == kind)
    }
}
