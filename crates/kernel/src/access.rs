//! Who acts, what a role may do, and how far it reaches: the typed table role × act × scope (IAM.1).

use std::sync::{Arc, Mutex, PoisonError, atomic::AtomicBool};

use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{ids::AccountId, named};

named! {
    /// A role that an account can hold. What it may do stands in [`Role::permissions`].
    Role {
        /// Runs the installation.
        Administrator = "administrator", "系统管理员";
        /// Reads everything that was done, changes nothing.
        Auditor = "auditor", "审计员";
        /// First-contact officer at the window.
        WindowClerk = "window_clerk", "窗口受理员";
        /// Reviews for one department, in the bureau or in the committee.
        DepartmentReviewer = "department_reviewer", "部门审查员";
        /// First review of the lead department.
        FirstReviewer = "first_reviewer", "初审员";
        /// Second review of the lead department.
        SecondReviewer = "second_reviewer", "复审员";
        /// The leader who decides.
        Approver = "approver", "审批人";
        /// Law-enforcement officer.
        Inspector = "inspector", "执法人员";
        /// Supervises a region, reads only.
        Regulator = "regulator", "属地监管员";
        /// Licence keeper or legal representative: acts for the enterprise.
        EnterpriseManager = "enterprise_manager", "企业证照管理员";
        /// Safety officer of an enterprise: reads its own matters.
        EnterpriseOfficer = "enterprise_officer", "企业安全员";
    }
}

named! {
    /// An act that needs a permission.
    Permission {
        /// Own session, own password, own notifications.
        OwnAccount = "session", "本人账号";
        /// See accounts.
        AccountsRead = "accounts:read", "查看账号";
        /// Create, change, lock accounts; qualifications.
        AccountsManage = "accounts:manage", "管理账号";
        /// Search events and proofs.
        AuditRead = "audit:read", "查看审计";
        /// See jobs and dead letters.
        JobsRead = "jobs:read", "查看任务";
        /// Retry or cancel jobs.
        JobsManage = "jobs:manage", "管理任务";
        /// Move the clock of a demo on.
        DemoClock = "demo:clock", "调整演示时间";
        /// See unconfirmed parts of matter definitions.
        MattersManage = "matters:manage", "管理事项";
        /// Read the quarterly reviews of responsibility lists.
        MattersReadReviews = "matters:read_reviews", "查看责任清单审查";
        /// Approve what somebody else proposed for a responsibility list.
        MattersApprove = "matters:approve", "批准责任清单";
        /// See enterprise files within scope.
        EnterprisesRead = "enterprises:read", "查看企业档案";
        /// Register and change enterprise files.
        EnterprisesWrite = "enterprises:write", "登记企业档案";
        /// Keep key staff and facilities in a file within scope: the bureau for any, an enterprise in its own.
        EnterprisesKeep = "enterprises:keep", "维护人员与设施档案";
        /// Import enterprises in bulk.
        EnterprisesImport = "enterprises:import", "批量导入企业";
        /// Draft, submit, correct and withdraw own applications.
        ApplicationsDraft = "applications:draft", "填报申请";
        /// See applications within scope.
        ApplicationsRead = "applications:read", "查看申请";
        /// Accept, ask for correction, refuse to accept.
        ApplicationsAccept = "applications:accept", "受理申请";
        /// Review for one's department.
        ApplicationsReview = "applications:review", "部门审查";
        /// Return one department's review.
        ApplicationsReturn = "applications:return", "退回部门审查";
        /// Stop, resume, extend the clock.
        ApplicationsClock = "applications:clock", "中止与延长期限";
        /// First review.
        ApplicationsFirstReview = "applications:first_review", "初审";
        /// Second review.
        ApplicationsSecondReview = "applications:second_review", "复审";
        /// Final decision.
        ApplicationsDecide = "applications:decide", "审批决定";
        /// See figures about many applications.
        FiguresRead = "figures:read", "查看统计";
        /// See the load of single officers.
        FiguresOfficers = "figures:officers", "查看人员工作量";
        /// See licences within scope.
        LicencesRead = "licences:read", "查看许可证";
        /// Hand over a licence.
        LicencesDeliver = "licences:deliver", "送达许可证";
        /// Post, check, declare loss and damage, file work elsewhere: what a holder owes.
        LicencesHold = "licences:hold", "履行持证义务";
        /// Case files: gather evidence, notify, hear, propose; annual review.
        LicencesSupervise = "licences:supervise", "查处与复核许可证";
        /// Decide on suspension, revocation, rescission, withdrawal, deregistration.
        LicencesSanction = "licences:sanction", "决定处置许可证";
        /// See the ledger across departments, letters, meetings and referrals.
        CollaborationRead = "collaboration:read", "查看协同台账";
        /// Confirm letters, report rectification, refer and receive.
        CollaborationAct = "collaboration:act", "协同办理";
        /// Enter joint meetings, close what they found.
        CollaborationConvene = "collaboration:convene", "召集联席会议";
        /// Take over licences issued before the platform; void reserved numbers.
        LicencesTakeOver = "licences:take_over", "接管原有许可证";
    }
}

impl Role {
    /// What the role may do. Scope is checked apart, in the query.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission::*;
        match self {
            Self::Administrator => &[
                OwnAccount,
                AccountsRead,
                AccountsManage,
                AuditRead,
                JobsRead,
                JobsManage,
                DemoClock,
                MattersManage,
                MattersReadReviews,
                EnterprisesRead,
                EnterprisesWrite,
                EnterprisesKeep,
                EnterprisesImport,
                ApplicationsRead,
                FiguresRead,
                FiguresOfficers,
                LicencesRead,
                LicencesTakeOver,
            ],
            Self::Auditor => &[
                OwnAccount,
                AccountsRead,
                AuditRead,
                JobsRead,
                EnterprisesRead,
                ApplicationsRead,
                FiguresRead,
                FiguresOfficers,
                LicencesRead,
                CollaborationRead,
            ],
            Self::WindowClerk => &[
                OwnAccount,
                EnterprisesRead,
                EnterprisesWrite,
                EnterprisesKeep,
                EnterprisesImport,
                ApplicationsRead,
                FiguresRead,
                ApplicationsAccept,
                ApplicationsClock,
                LicencesRead,
                LicencesDeliver,
                CollaborationRead,
                CollaborationAct,
            ],
            Self::DepartmentReviewer => &[
                OwnAccount,
                EnterprisesRead,
                ApplicationsRead,
                FiguresRead,
                ApplicationsReview,
                ApplicationsClock,
                LicencesRead,
                CollaborationRead,
                CollaborationAct,
            ],
            Self::FirstReviewer => &[
                OwnAccount,
                EnterprisesRead,
                ApplicationsRead,
                FiguresRead,
                ApplicationsReturn,
                ApplicationsClock,
                ApplicationsFirstReview,
                LicencesRead,
                LicencesSupervise,
                CollaborationRead,
                CollaborationAct,
                CollaborationConvene,
            ],
            Self::SecondReviewer => &[
                OwnAccount,
                EnterprisesRead,
                ApplicationsRead,
                FiguresRead,
                ApplicationsReturn,
                ApplicationsSecondReview,
                LicencesRead,
                CollaborationRead,
                CollaborationAct,
                CollaborationConvene,
            ],
            Self::Approver => &[
                OwnAccount,
                EnterprisesRead,
                ApplicationsRead,
                FiguresRead,
                FiguresOfficers,
                ApplicationsReturn,
                ApplicationsClock,
                ApplicationsDecide,
                MattersReadReviews,
                MattersApprove,
                LicencesRead,
                LicencesSanction,
                CollaborationRead,
                CollaborationAct,
                CollaborationConvene,
            ],
            Self::Inspector => &[
                OwnAccount,
                EnterprisesRead,
                ApplicationsRead,
                LicencesRead,
                LicencesSupervise,
                CollaborationRead,
                CollaborationAct,
            ],
            Self::Regulator => &[
                OwnAccount,
                EnterprisesRead,
                ApplicationsRead,
                FiguresRead,
                FiguresOfficers,
                LicencesRead,
                CollaborationRead,
            ],
            Self::EnterpriseManager => &[
                OwnAccount,
                EnterprisesRead,
                EnterprisesKeep,
                ApplicationsDraft,
                ApplicationsRead,
                LicencesRead,
                LicencesHold,
            ],
            Self::EnterpriseOfficer => &[OwnAccount, EnterprisesRead, ApplicationsRead, LicencesRead],
        }
    }

    /// Roles held by people of an enterprise; all others belong to authorities.
    pub fn is_enterprise(self) -> bool {
        matches!(self, Self::EnterpriseManager | Self::EnterpriseOfficer)
    }
}

/// How far an actor reaches. Lists apply it in SQL, never on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Scope {
    /// GB/T 2260 codes whose subtrees are visible; the empty code means the whole country.
    pub regions: Vec<String>,
    /// Key of the department the actor works for, e.g. `fire`.
    pub department: Option<String>,
    /// The enterprise that the actor belongs to. When set, nothing else is visible.
    pub enterprise: Option<Uuid>,
}

impl Scope {
    /// Everything: for the system itself.
    pub fn everything() -> Self {
        Self {
            regions: vec![String::new()],
            department: None,
            enterprise: None,
        }
    }

    /// Whether nothing is out of reach.
    pub fn is_everything(&self) -> bool {
        self.enterprise.is_none() && self.regions.iter().any(String::is_empty)
    }

    /// The SQL condition that keeps a query within the scope.
    pub fn condition<R: ColumnTrait, E: ColumnTrait>(&self, region: R, enterprise: E) -> Condition {
        if let Some(own) = self.enterprise {
            return Condition::all().add(enterprise.eq(own));
        }
        if self.is_everything() {
            return Condition::all();
        }
        // An empty `any` would be true; a scope without a region sees nothing.
        let nothing = Condition::any().add(ExprTrait::eq(Expr::val(1), 0));
        self.regions.iter().fold(nothing, |any, code| {
            any.add(
                Condition::all()
                    .add(region.gte(code.as_str()))
                    .add(region.lt(subtree_end(code))),
            )
        })
    }

    /// Whether a single object lies within the scope.
    pub fn covers(&self, region: &str, enterprise: Option<Uuid>) -> bool {
        match self.enterprise {
            Some(own) => enterprise == Some(own),
            None => self.regions.iter().any(|code| region.starts_with(code.as_str())),
        }
    }
}

/// The smallest text that is greater than every code beginning with `code` (digits only).
pub fn subtree_end(code: &str) -> String {
    format!("{code}:") // ':' follows '9' in ASCII
}

/// What is known about the request an act comes from.
#[derive(Debug, Default)]
pub struct RequestInfo {
    /// Identifier of the request, as in the logs.
    pub id: String,
    /// Address of the client.
    pub address: String,
    /// The client's Idempotency-Key with a fingerprint of method and address.
    pub idempotency: Option<(String, String)>,
    /// Digest of what the client sent, as far as it was read: the other half of the fingerprint.
    pub content: Mutex<String>,
    /// Set once the key has been stored with a committed act.
    pub idempotency_stored: AtomicBool,
}

impl RequestInfo {
    /// Notes the digest of what was read of the content.
    pub fn note_content(&self, digest: String) {
        *self.content.lock().unwrap_or_else(PoisonError::into_inner) = digest;
    }

    /// What a repeated Idempotency-Key is compared by: method, address and content.
    pub fn fingerprint(&self) -> Option<String> {
        let (_, route) = self.idempotency.as_ref()?;
        let content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        Some(if content.is_empty() {
            route.clone()
        } else {
            format!("{route}.{content}")
        })
    }
}

/// Who acts: passed to every use case.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account; `None` for the system itself and for strangers.
    pub account: Option<AccountId>,
    /// Name as it appears in records and documents.
    pub name: String,
    /// Roles held.
    pub roles: Vec<Role>,
    /// Reach.
    pub scope: Scope,
    /// Whether the system acts by itself, e.g. when a period ends.
    pub is_system: bool,
    /// The request.
    pub request: Arc<RequestInfo>,
}

/// The actor lacks a permission.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("permission {} is missing", .0.as_str())]
pub struct Forbidden(pub Permission);

impl Actor {
    /// The platform itself: jobs, deadlines, the command line.
    pub fn system(name: &str) -> Self {
        Self {
            account: None,
            name: name.to_owned(),
            roles: Vec::new(),
            scope: Scope::everything(),
            is_system: true,
            request: Arc::default(),
        }
    }

    /// Whether one of the roles carries the permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.is_system
            || self
                .roles
                .iter()
                .any(|role| role.permissions().contains(&permission))
    }

    /// Refuses an actor without the permission.
    ///
    /// # Errors
    /// [`Forbidden`] names the missing permission.
    pub fn require(&self, permission: Permission) -> Result<(), Forbidden> {
        if self.may(permission) {
            Ok(())
        } else {
            Err(Forbidden(permission))
        }
    }

    /// Whether the actor holds the role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
