//! Who may do what now. The server asks before every act and sends the answer as `allowed_actions`; no page
//! ever works it out again.

use std::collections::BTreeSet;

use kernel::{Actor, Permission, Role, ids::AccountId};
use matters::Definition;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{
    Application, Commitment, Deferral, Granted, Refused, SiteCheck, StageName, StateName, StopReach,
};

/// An act that a person can do on an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Fill in the form and upload materials.
    Edit,
    /// Hand in, first time or mended.
    Submit,
    /// Withdraw.
    Withdraw,
    /// Become the first-contact officer.
    TakeOver,
    /// Accept.
    Accept,
    /// Ask for correction.
    Correct,
    /// Refuse to accept.
    RefuseAcceptance,
    /// Review for the own department.
    Review,
    /// Order a joint site check.
    OrderSiteCheck,
    /// Take the order back.
    CancelSiteCheck,
    /// Record results, add photos, sign and conclude a site check.
    RecordSiteCheck,
    /// Hand in materials that were to follow.
    Supply,
    /// Find a commitment broken.
    BreakCommitment,
    /// Return one department's review.
    ReturnReview,
    /// Stop the clock.
    StopClock,
    /// Let the clock run again.
    ResumeClock,
    /// Extend the period.
    Extend,
    /// First review.
    FirstReview,
    /// Second review.
    SecondReview,
    /// Decide.
    Decide,
    /// Record delivery.
    Deliver,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 21] = [
        Self::Edit,
        Self::Submit,
        Self::Withdraw,
        Self::TakeOver,
        Self::Accept,
        Self::Correct,
        Self::RefuseAcceptance,
        Self::Review,
        Self::OrderSiteCheck,
        Self::CancelSiteCheck,
        Self::RecordSiteCheck,
        Self::Supply,
        Self::BreakCommitment,
        Self::ReturnReview,
        Self::StopClock,
        Self::ResumeClock,
        Self::Extend,
        Self::FirstReview,
        Self::SecondReview,
        Self::Decide,
        Self::Deliver,
    ];

    /// The permission that it needs.
    pub fn permission(self) -> Permission {
        match self {
            Self::Edit | Self::Submit | Self::Withdraw | Self::Supply => Permission::ApplicationsDraft,
            // Being named as an officer of the check is what counts.
            Self::RecordSiteCheck | Self::CancelSiteCheck => Permission::ApplicationsRead,
            Self::TakeOver | Self::Accept | Self::Correct | Self::RefuseAcceptance => {
                Permission::ApplicationsAccept
            }
            Self::Review | Self::OrderSiteCheck | Self::BreakCommitment => Permission::ApplicationsReview,
            Self::ReturnReview => Permission::ApplicationsReturn,
            Self::StopClock | Self::ResumeClock => Permission::ApplicationsClock,
            Self::Extend | Self::Decide => Permission::ApplicationsDecide,
            Self::FirstReview => Permission::ApplicationsFirstReview,
            Self::SecondReview => Permission::ApplicationsSecondReview,
            Self::Deliver => Permission::LicencesDeliver,
        }
    }

    /// The act in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Edit => "填报",
            Self::Submit => "提交",
            Self::Withdraw => "撤回",
            Self::TakeOver => "首接",
            Self::Accept => "受理",
            Self::Correct => "告知补正",
            Self::RefuseAcceptance => "不予受理",
            Self::Review => "部门审查",
            Self::OrderSiteCheck => "安排现场核查",
            Self::CancelSiteCheck => "取消现场核查",
            Self::RecordSiteCheck => "记录现场核查",
            Self::Supply => "补交容缺材料",
            Self::BreakCommitment => "认定未履行承诺",
            Self::ReturnReview => "退回部门审查",
            Self::StopClock => "中止计时",
            Self::ResumeClock => "恢复计时",
            Self::Extend => "延长期限",
            Self::FirstReview => "初审",
            Self::SecondReview => "复审",
            Self::Decide => "决定",
            Self::Deliver => "送达",
        }
    }

    /// The stage whose person has to be somebody else than those before.
    fn stage(self) -> Option<StageName> {
        match self {
            Self::FirstReview => Some(StageName::FirstReview),
            Self::SecondReview => Some(StageName::SecondReview),
            Self::Decide => Some(StageName::Decision),
            _ => None,
        }
    }

    /// Whether the officer needs a qualification for the industry (IAM.3).
    pub fn needs_qualification(self) -> bool {
        self.stage().is_some()
    }
}

/// The bodies that handle an application in this city.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bodies {
    /// Keeps and decides it.
    pub lead: String,
    /// Takes it in; another body where the city has handed acceptance down.
    pub window: String,
}

/// Who looks, and what is known of them beyond the actor.
#[derive(Clone, Copy)]
pub struct Viewer<'a> {
    /// The actor.
    pub actor: &'a Actor,
    /// Whether the actor has a valid qualification for the industry.
    pub qualified: bool,
    /// The bodies.
    pub bodies: &'a Bodies,
}

/// Why an actor may not do something now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// The role does not carry the permission.
    #[error("permission {} is missing", .0.as_str())]
    Permission(Permission),
    /// The state does not allow it.
    #[error("{} is not possible in state {}", .0.label(), .1.as_str())]
    State(Action, StateName),
    /// Another department's business.
    #[error("another department's business")]
    Department,
    /// The person has taken part in a stage that must be another's.
    #[error("the same person took part in {0}")]
    SamePerson(&'static str),
    /// No valid qualification for the industry.
    #[error("not qualified")]
    NotQualified,
}

/// Everything the viewer may do now.
pub fn allowed_actions(app: &Application, def: &Definition, viewer: Viewer<'_>) -> Vec<Action> {
    Action::ALL
        .into_iter()
        .filter(|action| may(app, def, viewer, *action).is_ok())
        .collect()
}

/// Whether the viewer may do it now. Whether the application lies within the viewer's scope was decided when it
/// was loaded.
///
/// # Errors
/// [`Denial`] with the reason.
pub fn may(app: &Application, def: &Definition, viewer: Viewer<'_>, action: Action) -> Result<(), Denial> {
    let actor = viewer.actor;
    if !actor.may(action.permission()) {
        return Err(Denial::Permission(action.permission()));
    }
    if !is_possible(app, def, action) {
        return Err(Denial::State(action, app.state()));
    }
    if actor.is_system {
        return Ok(());
    }
    if !is_own_business(app, def, viewer, action) {
        return Err(Denial::Department);
    }
    if let Some(stage) = action.stage() {
        if !viewer.qualified {
            return Err(Denial::NotQualified);
        }
        if let Some(before) = conflict(app, def, stage, actor.account) {
            return Err(Denial::SamePerson(before));
        }
    }
    Ok(())
}

/// Whether the state allows the act for anybody.
fn is_possible(app: &Application, def: &Definition, action: Action) -> bool {
    use StateName as S;
    let state = app.state();
    let open = app.stage().is_some();
    let has_open_stop = || {
        app.intake()
            .is_some_and(|intake| intake.stops.iter().any(|stop| stop.last.is_none()))
    };
    match action {
        Action::Edit | Action::Submit => matches!(state, S::Draft | S::Correcting),
        Action::Withdraw => !state.is_final(),
        Action::TakeOver => app.owner().is_none() && (open || state == S::Submitted),
        Action::Accept | Action::RefuseAcceptance => state == S::Submitted,
        Action::Correct => state == S::Submitted && app.intake().is_some_and(|one| one.correction.is_none()),
        Action::Review => state == S::InReview,
        Action::OrderSiteCheck => {
            open && super::can_be_checked(def, &app.dossier().subject)
                && app
                    .case()
                    .is_some_and(|case| !case.site_checks.iter().any(SiteCheck::is_open))
        }
        Action::RecordSiteCheck | Action::CancelSiteCheck => {
            open && app
                .case()
                .is_some_and(|case| case.site_checks.iter().any(SiteCheck::is_open))
        }
        Action::Supply => open && deferral(app).is_some_and(Deferral::is_open),
        Action::BreakCommitment => {
            let broken = |one: &Deferral| matches!(one.commitment, Commitment::Broken { .. });
            open && deferral(app).is_some_and(|one| !broken(one))
        }
        Action::ReturnReview => app
            .case()
            .is_some_and(|case| open && case.reviews.iter().any(|r| !r.is_open())),
        Action::StopClock => open,
        Action::ResumeClock => open && has_open_stop(),
        Action::Extend => {
            open && def.extension.allowed && app.case().is_some_and(|case| case.extension.is_none())
        }
        Action::FirstReview => state == S::FirstReview,
        Action::SecondReview => state == S::SecondReview,
        Action::Decide => state == S::Deciding,
        Action::Deliver => app.decided_on().is_some() && app.delivery().is_none(),
    }
}

fn is_own_business(app: &Application, def: &Definition, viewer: Viewer<'_>, action: Action) -> bool {
    let actor = viewer.actor;
    let department = actor.scope.department.as_deref();
    let lead = department.is_none_or(|own| own == viewer.bodies.lead);
    let reviews = |own: &str| {
        app.case().is_some_and(|case| {
            case.reviews
                .iter()
                .any(|r| r.department.as_str() == own && r.is_open())
        })
    };
    match action {
        Action::Edit | Action::Submit | Action::Withdraw | Action::Supply => {
            actor.scope.enterprise == Some(app.dossier().applicant.enterprise.into())
        }
        Action::TakeOver | Action::Accept | Action::Correct | Action::RefuseAcceptance | Action::Deliver => {
            department.is_none_or(|own| own == viewer.bodies.window || own == viewer.bodies.lead)
        }
        Action::Review => department.is_some_and(reviews),
        Action::OrderSiteCheck | Action::BreakCommitment => department == Some(viewer.bodies.lead.as_str()),
        Action::RecordSiteCheck => is_on_the_visit(app, actor),
        Action::CancelSiteCheck => {
            is_on_the_visit(app, actor) || department == Some(viewer.bodies.lead.as_str())
        }
        Action::ReturnReview => lead && has_it_on_the_desk(app, actor),
        Action::StopClock => (lead && stops_whole(actor)) || department.is_some_and(reviews),
        Action::ResumeClock => app.intake().is_some_and(|intake| {
            intake
                .stops
                .iter()
                .any(|s| s.last.is_none() && may_stop(viewer, &s.reach))
        }),
        Action::Extend => lead && actor.has(def.extension.approver),
        Action::FirstReview | Action::SecondReview | Action::Decide => lead,
    }
}

/// Whether the actor is an officer of a site check that is still to be concluded.
fn is_on_the_visit(app: &Application, actor: &Actor) -> bool {
    let checks = app.case().into_iter().flat_map(|case| &case.site_checks);
    let mut open = checks.filter(|check| check.is_open());
    open.any(|check| actor.account.is_some_and(|own| check.officer(own).is_some()))
}

fn deferral(app: &Application) -> Option<&Deferral> {
    app.case()?.deferral.as_ref()
}

/// While a reviewer or the leader has the application, only that person's role sends a department back; while
/// departments still review, any of the three.
fn has_it_on_the_desk(app: &Application, actor: &Actor) -> bool {
    match app.stage() {
        Some(StageName::FirstReview) => actor.may(Permission::ApplicationsFirstReview),
        Some(StageName::SecondReview) => actor.may(Permission::ApplicationsSecondReview),
        Some(StageName::Decision) => actor.may(Permission::ApplicationsDecide),
        Some(StageName::ParallelReview) => true,
        None => false,
    }
}

/// A department's reviewer stops that department's clock only.
fn stops_whole(actor: &Actor) -> bool {
    let others = actor
        .roles
        .iter()
        .filter(|role| **role != Role::DepartmentReviewer);
    actor.is_system
        || others
            .into_iter()
            .any(|role| role.permissions().contains(&Permission::ApplicationsClock))
}

/// Whether the viewer may stop or resume clocks of that reach.
pub fn may_stop(viewer: Viewer<'_>, reach: &StopReach) -> bool {
    let own = viewer.actor.scope.department.as_deref();
    let lead = own.is_none_or(|own| own == viewer.bodies.lead) && stops_whole(viewer.actor);
    match reach {
        StopReach::Whole => lead,
        StopReach::Department(department) => lead || own == Some(department.as_str()),
    }
}

/// Stages whose persons may not act in `stage`: what the definition says, and at the least that acceptance,
/// department reviews, both reviews and the decision are different people.
fn separate(def: &Definition, stage: StageName) -> BTreeSet<&str> {
    let all = [
        "acceptance",
        "parallel_review",
        "first_review",
        "second_review",
        "decision",
    ];
    let least = all.into_iter().filter(|key| *key != stage.key());
    let own = def
        .stage(stage.key())
        .into_iter()
        .flat_map(|one| &one.separate_from)
        .map(|key| key.as_str());
    least.chain(own).collect()
}

/// The stage in which that account has taken part and which excludes it from `stage`.
fn conflict(
    app: &Application,
    def: &Definition,
    stage: StageName,
    account: Option<AccountId>,
) -> Option<&'static str> {
    let account = account?;
    let apart = separate(def, stage);
    participants(app)
        .into_iter()
        .find(|(key, _, other)| *other == account && apart.contains(key))
        .map(|(_, label, _)| label)
}

/// Accounts that may not act in a stage.
pub fn excluded(app: &Application, def: &Definition, stage: StageName) -> BTreeSet<AccountId> {
    let apart = separate(def, stage);
    let persons = participants(app)
        .into_iter()
        .filter(|(key, ..)| apart.contains(key));
    persons.map(|(_, _, account)| account).collect()
}

/// Everybody who has ever taken part, with key and name of the stage. Results that were sent back count too.
fn participants(app: &Application) -> Vec<(&'static str, &'static str, AccountId)> {
    let mut found = Vec::new();
    let Some(case) = app.case() else { return found };
    found.extend(
        case.acceptance
            .by
            .account
            .map(|account| ("acceptance", "受理", account)),
    );
    let results = case
        .reviews
        .iter()
        .flat_map(|review| review.rounds())
        .filter_map(|r| r.result.as_ref());
    let reviewers = results.filter_map(|result| result.by.account);
    found.extend(reviewers.map(|account| ("parallel_review", "部门审查", account)));
    let visitors = case.site_checks.iter().flat_map(|check| &check.officers);
    found.extend(visitors.map(|officer| ("parallel_review", "现场核查", officer.account)));
    let opinions = case.superseded.iter().chain(app.opinions());
    found.extend(opinions.filter_map(|opinion| {
        let account = opinion.by.account?;
        Some((opinion.stage.key(), opinion.stage.label(), account))
    }));
    if let Application::Granted(Granted { decision, .. }) | Application::Refused(Refused { decision, .. }) =
        app
    {
        found.extend(decision.by.account.map(|account| ("decision", "决定", account)));
    }
    found
}
