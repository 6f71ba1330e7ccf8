//! The states of an application.

use kernel::{LegalDate, Moment};
use matters::DepartmentKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SiteCheckId, parts::*, site::*};

/// 草稿: being filled in by the applicant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What every state has.
    pub dossier: Dossier,
}

/// 待受理: handed in, first time or after correction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// What every state has.
    pub dossier: Dossier,
    /// What is known since it came in.
    pub intake: Intake,
    /// Day from which the five days for acceptance or notice run.
    pub since: LegalDate,
}

/// 待补正: the applicant has to mend what the notice names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correcting {
    /// What every state has.
    pub dossier: Dossier,
    /// What is known since it came in.
    pub intake: Intake,
    /// The notice.
    pub notice: CorrectionNotice,
}

/// What is known since acceptance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// What is known since the application came in.
    pub intake: Intake,
    /// Acceptance.
    pub acceptance: Acceptance,
    /// The risk report drawn up then.
    pub risk: RiskReport,
    /// The departments' reviews.
    pub reviews: Vec<DepartmentReview>,
    /// Extension of the period, once.
    pub extension: Option<Extension>,
    /// Opinions that a return made void, oldest first.
    pub superseded: Vec<StageOpinion>,
    /// 不再审查: a renewal that skips the stages which its matter names (安全生产许可证条例 art. 9).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub direct: bool,
    /// Joint site checks, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub site_checks: Vec<SiteCheck>,
    /// Materials that follow against a commitment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferral: Option<Deferral>,
}

impl Case {
    /// A site check by its identifier.
    pub fn site_check(&self, id: SiteCheckId) -> Option<&SiteCheck> {
        self.site_checks.iter().find(|check| check.id == id)
    }
}

/// 并联审查中: at least one department has to review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InReview {
    /// What every state has.
    pub dossier: Dossier,
    /// What is known since acceptance.
    pub case: Case,
}

/// 待初审: all departments have reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstReview {
    /// What every state has.
    pub dossier: Dossier,
    /// What is known since acceptance.
    pub case: Case,
    /// Since when.
    pub since: Moment,
}

/// 待复审.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondReview {
    /// What every state has.
    pub dossier: Dossier,
    /// What is known since acceptance.
    pub case: Case,
    /// The first review.
    pub first: StageOpinion,
}

/// 待决定.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deciding {
    /// What every state has.
    pub dossier: Dossier,
    /// What is known since acceptance.
    pub case: Case,
    /// The first review; absent where the procedure has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<StageOpinion>,
    /// The second review; absent where the procedure has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<StageOpinion>,
}

impl Deciding {
    /// Since when the leader has it.
    pub fn since(&self) -> Moment {
        let opinion = self.second.as_ref().or(self.first.as_ref()).map(|one| one.at);
        let reviews = self.case.reviews.iter();
        let reviewed = reviews
            .filter_map(|review| review.round.result.as_ref())
            .map(|one| one.at);
        opinion.or(reviewed.max()).unwrap_or(self.case.acceptance.at)
    }
}

/// 准予许可.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// What the leader had before him.
    pub file: Deciding,
    /// The decision.
    pub decision: Decision,
    /// What is granted.
    pub terms: GrantTerms,
    /// 视为准予延续: nobody decided before the licence expired (行政许可法 art. 50).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deemed: bool,
    /// Delivery, once done.
    pub delivery: Option<Delivery>,
}

/// 不予许可.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What the leader had before him.
    pub file: Deciding,
    /// The decision.
    pub decision: Decision,
    /// Why not, and the remedies.
    pub terms: RefusalTerms,
    /// Delivery, once done.
    pub delivery: Option<Delivery>,
}

/// 不予受理.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotAccepted {
    /// What every state has.
    pub dossier: Dossier,
    /// What is known since it came in.
    pub intake: Intake,
    /// The refusal to accept.
    pub decision: NonAcceptance,
    /// Delivery, once done.
    pub delivery: Option<Delivery>,
}

/// 已撤回.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// What every state has.
    pub dossier: Dossier,
    /// What is known since it came in, if it ever did and was not accepted.
    pub intake: Option<Intake>,
    /// What is known since acceptance, if it was accepted.
    pub case: Option<Case>,
    /// The withdrawal.
    pub withdrawal: Withdrawal,
}

/// An application in one of its states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Application {
    /// 草稿
    Draft(Draft),
    /// 待受理
    Submitted(Submitted),
    /// 待补正
    Correcting(Correcting),
    /// 并联审查中
    InReview(InReview),
    /// 待初审
    FirstReview(FirstReview),
    /// 待复审
    SecondReview(SecondReview),
    /// 待决定
    Deciding(Deciding),
    /// 准予许可
    Granted(Granted),
    /// 不予许可
    Refused(Refused),
    /// 不予受理
    NotAccepted(NotAccepted),
    /// 已撤回
    Withdrawn(Withdrawn),
}

/// The name of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    /// 草稿
    Draft,
    /// 待受理
    Submitted,
    /// 待补正
    Correcting,
    /// 并联审查中
    InReview,
    /// 待初审
    FirstReview,
    /// 待复审
    SecondReview,
    /// 待决定
    Deciding,
    /// 准予许可
    Granted,
    /// 不予许可
    Refused,
    /// 不予受理
    NotAccepted,
    /// 已撤回
    Withdrawn,
}

impl StateName {
    /// Every state.
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::Submitted,
        Self::Correcting,
        Self::InReview,
        Self::FirstReview,
        Self::SecondReview,
        Self::Deciding,
        Self::Granted,
        Self::Refused,
        Self::NotAccepted,
        Self::Withdrawn,
    ];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Correcting => "correcting",
            Self::InReview => "in_review",
            Self::FirstReview => "first_review",
            Self::SecondReview => "second_review",
            Self::Deciding => "deciding",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::NotAccepted => "not_accepted",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Submitted => "待受理",
            Self::Correcting => "待补正",
            Self::InReview => "并联审查中",
            Self::FirstReview => "待初审",
            Self::SecondReview => "待复审",
            Self::Deciding => "待决定",
            Self::Granted => "准予许可",
            Self::Refused => "不予许可",
            Self::NotAccepted => "不予受理",
            Self::Withdrawn => "已撤回",
        }
    }

    /// States of an application under way, in the order of the law.
    pub const OPEN: [Self; 6] = [
        Self::Submitted,
        Self::Correcting,
        Self::InReview,
        Self::FirstReview,
        Self::SecondReview,
        Self::Deciding,
    ];

    /// Whether nothing more is decided in it.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Granted | Self::Refused | Self::NotAccepted | Self::Withdrawn
        )
    }
}

impl Application {
    /// The name of the state.
    pub fn state(&self) -> StateName {
        match self {
            Self::Draft(_) => StateName::Draft,
            Self::Submitted(_) => StateName::Submitted,
            Self::Correcting(_) => StateName::Correcting,
            Self::InReview(_) => StateName::InReview,
            Self::FirstReview(_) => StateName::FirstReview,
            Self::SecondReview(_) => StateName::SecondReview,
            Self::Deciding(_) => StateName::Deciding,
            Self::Granted(_) => StateName::Granted,
            Self::Refused(_) => StateName::Refused,
            Self::NotAccepted(_) => StateName::NotAccepted,
            Self::Withdrawn(_) => StateName::Withdrawn,
        }
    }

    /// What every state has.
    pub fn dossier(&self) -> &Dossier {
        match self {
            Self::Draft(s) => &s.dossier,
            Self::Submitted(s) => &s.dossier,
            Self::Correcting(s) => &s.dossier,
            Self::InReview(s) => &s.dossier,
            Self::FirstReview(s) => &s.dossier,
            Self::SecondReview(s) => &s.dossier,
            Self::Deciding(s) => &s.dossier,
            Self::Granted(s) => &s.file.dossier,
            Self::Refused(s) => &s.file.dossier,
            Self::NotAccepted(s) => &s.dossier,
            Self::Withdrawn(s) => &s.dossier,
        }
    }

    /// The same, to be changed.
    pub(crate) fn dossier_mut(&mut self) -> &mut Dossier {
        match self {
            Self::Draft(s) => &mut s.dossier,
            Self::Submitted(s) => &mut s.dossier,
            Self::Correcting(s) => &mut s.dossier,
            Self::InReview(s) => &mut s.dossier,
            Self::FirstReview(s) => &mut s.dossier,
            Self::SecondReview(s) => &mut s.dossier,
            Self::Deciding(s) => &mut s.dossier,
            Self::Granted(s) => &mut s.file.dossier,
            Self::Refused(s) => &mut s.file.dossier,
            Self::NotAccepted(s) => &mut s.dossier,
            Self::Withdrawn(s) => &mut s.dossier,
        }
    }

    /// What is known since the application came in.
    pub fn intake(&self) -> Option<&Intake> {
        match self {
            Self::Draft(_) => None,
            Self::Submitted(s) => Some(&s.intake),
            Self::Correcting(s) => Some(&s.intake),
            Self::NotAccepted(s) => Some(&s.intake),
            Self::Withdrawn(s) => s.case.as_ref().map(|case| &case.intake).or(s.intake.as_ref()),
            other => other.case().map(|case| &case.intake),
        }
    }

    /// What is known since acceptance.
    pub fn case(&self) -> Option<&Case> {
        match self {
            Self::Draft(_) | Self::Submitted(_) | Self::Correcting(_) | Self::NotAccepted(_) => None,
            Self::InReview(s) => Some(&s.case),
            Self::FirstReview(s) => Some(&s.case),
            Self::SecondReview(s) => Some(&s.case),
            Self::Deciding(s) => Some(&s.case),
            Self::Granted(s) => Some(&s.file.case),
            Self::Refused(s) => Some(&s.file.case),
            Self::Withdrawn(s) => s.case.as_ref(),
        }
    }

    /// The same, while the application is under way.
    pub(crate) fn open_case_mut(&mut self) -> Option<&mut Case> {
        match self {
            Self::InReview(s) => Some(&mut s.case),
            Self::FirstReview(s) => Some(&mut s.case),
            Self::SecondReview(s) => Some(&mut s.case),
            Self::Deciding(s) => Some(&mut s.case),
            _ => None,
        }
    }

    /// 首接负责人.
    pub fn owner(&self) -> Option<&Person> {
        self.intake().and_then(|intake| intake.owner.as_ref())
    }

    /// The open correction notice.
    pub fn open_notice(&self) -> Option<&CorrectionNotice> {
        match self {
            Self::Correcting(s) => Some(&s.notice),
            _ => None,
        }
    }

    /// One department's review.
    pub fn review(&self, department: &DepartmentKey) -> Option<&DepartmentReview> {
        self.case()?
            .reviews
            .iter()
            .find(|review| &review.department == department)
    }

    /// Opinions of first and second review that still stand.
    pub fn opinions(&self) -> Vec<&StageOpinion> {
        match self {
            Self::SecondReview(s) => vec![&s.first],
            Self::Deciding(s) => s.first.iter().chain(&s.second).collect(),
            Self::Granted(Granted { file, .. }) | Self::Refused(Refused { file, .. }) => {
                file.first.iter().chain(&file.second).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The final decision.
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Granted(s) => Some(&s.decision),
            Self::Refused(s) => Some(&s.decision),
            _ => None,
        }
    }

    /// The day on which it was decided, refusal to accept included.
    pub fn decided_on(&self) -> Option<LegalDate> {
        match self {
            Self::NotAccepted(s) => Some(s.decision.on),
            other => other.decision().map(|decision| decision.on),
        }
    }

    /// Delivery of the decision.
    pub fn delivery(&self) -> Option<&Delivery> {
        match self {
            Self::Granted(s) => s.delivery.as_ref(),
            Self::Refused(s) => s.delivery.as_ref(),
            Self::NotAccepted(s) => s.delivery.as_ref(),
            _ => None,
        }
    }

    /// The stage in which opinions are given, if it is in one.
    pub fn stage(&self) -> Option<StageName> {
        match self {
            Self::InReview(_) => Some(StageName::ParallelReview),
            Self::FirstReview(_) => Some(StageName::FirstReview),
            Self::SecondReview(_) => Some(StageName::SecondReview),
            Self::Deciding(_) => Some(StageName::Decision),
            _ => None,
        }
    }
}
