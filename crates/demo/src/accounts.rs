//! The accounts of a demo: at least one for every role, every department and every district.

use identity::{End, NewAccount};
use kernel::{Role, Scope};

use crate::{
    chance::Chance,
    invent,
    setting::{District, Setting},
};

/// Password of every demo account. Accounts with it exist in demos only.
pub const PASSWORD: &str = "Anxu-demo-2026";
/// The region that officers of the city reach.
const CITY: &str = "3601";
/// The bureau that runs the platform: its accounts belong to the government end.
const BUREAU: &str = "emergency";

/// An account as it is shown on the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoAccount {
    /// Login name.
    pub login: String,
    /// On whose side it works.
    pub end: End,
    /// Who it is.
    pub role: String,
    /// What can be done with it.
    pub task: String,
    /// In which role an officer acts.
    pub acts_as: Option<Role>,
    /// For which department.
    pub department: Option<&'static str>,
}

struct Officer {
    login: &'static str,
    role: Role,
    department: Option<&'static str>,
    title: &'static str,
    task: &'static str,
}

const fn officer(
    login: &'static str,
    role: Role,
    department: &'static str,
    title: &'static str,
    task: &'static str,
) -> Officer {
    Officer {
        login,
        role,
        department: Some(department),
        title,
        task,
    }
}

const fn of_the_city(login: &'static str, role: Role, title: &'static str, task: &'static str) -> Officer {
    Officer {
        login,
        role,
        department: None,
        title,
        task,
    }
}

/// Name of the account that runs the installation.
pub(crate) const ADMIN: &str = "admin";

const OFFICERS: &[Officer] = &[
    of_the_city(
        ADMIN,
        Role::Administrator,
        "系统管理员",
        "管理账号、资格、企业导入和后台任务",
    ),
    of_the_city("auditor", Role::Auditor, "审计员", "查看全部操作记录、账号和存证"),
    officer(
        "clerk",
        Role::WindowClerk,
        BUREAU,
        "应急局窗口受理员",
        "受理、告知补正、不予受理、送达",
    ),
    officer(
        "reviewer",
        Role::DepartmentReviewer,
        BUREAU,
        "应急局审查员",
        "主管部门审查",
    ),
    officer(
        "first",
        Role::FirstReviewer,
        BUREAU,
        "应急局初审员",
        "初审，退回单个部门的审查",
    ),
    officer("second", Role::SecondReviewer, BUREAU, "应急局复审员", "复审"),
    officer(
        "approver",
        Role::Approver,
        BUREAU,
        "应急局分管领导",
        "准予或者不予许可，延长期限",
    ),
    officer(
        "inspector",
        Role::Inspector,
        BUREAU,
        "应急局执法人员",
        "查处许可证案件，参加现场核查，查询档案和申请",
    ),
    of_the_city(
        "regulator",
        Role::Regulator,
        "市级监管员",
        "查看全市企业、申请和许可证",
    ),
    officer(
        "clerk.housing",
        Role::WindowClerk,
        "housing",
        "住建局窗口受理员",
        "建筑施工：受理、送达",
    ),
    officer(
        "housing",
        Role::DepartmentReviewer,
        "housing",
        "住建局审查员",
        "建筑施工：主管部门审查",
    ),
    officer(
        "first.housing",
        Role::FirstReviewer,
        "housing",
        "住建局初审员",
        "建筑施工：初审",
    ),
    officer(
        "second.housing",
        Role::SecondReviewer,
        "housing",
        "住建局复审员",
        "建筑施工：复审",
    ),
    officer(
        "approver.housing",
        Role::Approver,
        "housing",
        "住建局分管领导",
        "建筑施工：决定",
    ),
    officer(
        "clerk.industry",
        Role::WindowClerk,
        "industry",
        "工信局窗口受理员",
        "民用爆炸物品：受理、送达",
    ),
    officer(
        "industry",
        Role::DepartmentReviewer,
        "industry",
        "工信局审查员",
        "民用爆炸物品主管部门审查，危险化学品协同审查",
    ),
    officer(
        "first.industry",
        Role::FirstReviewer,
        "industry",
        "工信局初审员",
        "民用爆炸物品：初审",
    ),
    officer(
        "second.industry",
        Role::SecondReviewer,
        "industry",
        "工信局复审员",
        "民用爆炸物品：复审",
    ),
    officer(
        "approver.industry",
        Role::Approver,
        "industry",
        "工信局分管领导",
        "民用爆炸物品：决定",
    ),
    member("fire", "fire", "消防救援支队审查员"),
    member("police", "public_security", "公安局审查员"),
    member("ecology", "ecology", "生态环境局审查员"),
    member("resources", "natural_resources", "资规局审查员"),
    member("market", "market_regulation", "市监局审查员"),
    member("labour", "human_resources", "人社局审查员"),
    member("health", "health", "卫健委审查员"),
    member("weather", "meteorology", "气象局审查员"),
    member("defence", "civil_defence", "人防办审查员"),
    member("transport", "transport", "交通局审查员"),
    member("water", "water", "水利局审查员"),
    member("energy", "energy", "发改委审查员"),
];

const fn member(login: &'static str, department: &'static str, title: &'static str) -> Officer {
    officer(
        login,
        Role::DepartmentReviewer,
        department,
        title,
        "安委会成员单位并联审查",
    )
}

/// The enterprises that can be looked at from inside: login, role and task.
pub(crate) const SHOWN: &[(&str, &str, &str)] = &[
    ("ent.draft", "企业证照管理员", "草稿差两份材料：补齐后提交"),
    ("ent.correct", "企业证照管理员", "收到补正告知：补正后重新提交"),
    ("ent.review", "企业证照管理员", "并联审查中，一个部门被退回重审"),
    (
        "ent.granted",
        "企业证照管理员",
        "刚刚获证：下载电子证照，核验二维码",
    ),
    (
        "ent.refused",
        "企业证照管理员",
        "收到不予许可决定：查看理由和救济途径",
    ),
    ("ent.expiring", "企业证照管理员", "许可证即将到期"),
    ("ent.expired", "企业证照管理员", "许可证已经过期"),
    (
        "ent.officer",
        "企业安全员",
        "与刚刚获证的账号同一家企业，只能查看",
    ),
];

impl Officer {
    fn end(&self) -> End {
        // Who only reviews for another body than the bureau sits in the safety committee.
        match self.role {
            Role::DepartmentReviewer if self.department != Some(BUREAU) => End::Committee,
            _ => End::Government,
        }
    }

    fn account(&self, setting: &Setting, chance: &mut Chance) -> NewAccount {
        NewAccount {
            login: self.login.to_owned(),
            name: marked(setting, chance),
            end: self.end(),
            roles: vec![self.role],
            scope: Scope {
                regions: vec![CITY.to_owned()],
                department: self.department.map(str::to_owned),
                enterprise: None,
            },
            region: CITY.to_owned(),
            phone: Some(invent::phone(setting, chance)),
            password: PASSWORD.to_owned(),
            must_change_password: false,
        }
    }
}

/// The accounts of authorities, the administrator first.
pub(crate) fn officers(setting: &Setting, seed: u64) -> Vec<NewAccount> {
    let mut chance = Chance::of(seed, "officers");
    let of_the_city: Vec<_> = OFFICERS
        .iter()
        .map(|one| one.account(setting, &mut chance))
        .collect();
    let of_districts: Vec<_> = setting
        .districts
        .iter()
        .map(|home| regulator(home, setting, &mut chance))
        .collect();
    of_the_city.into_iter().chain(of_districts).collect()
}

fn regulator(home: &District, setting: &Setting, chance: &mut Chance) -> NewAccount {
    NewAccount {
        login: format!("regulator.{}", home.login),
        name: marked(setting, chance),
        end: End::Government,
        roles: vec![Role::Regulator],
        scope: Scope {
            regions: vec![home.code.clone()],
            ..Scope::default()
        },
        region: home.code.clone(),
        phone: Some(invent::phone(setting, chance)),
        password: PASSWORD.to_owned(),
        must_change_password: false,
    }
}

/// The account of an enterprise.
pub(crate) fn of_enterprise(
    login: &str,
    role: Role,
    enterprise: kernel::ids::EnterpriseId,
    region: &str,
    setting: &Setting,
    chance: &mut Chance,
) -> NewAccount {
    NewAccount {
        login: login.to_owned(),
        name: marked(setting, chance),
        end: End::Enterprise,
        roles: vec![role],
        scope: Scope {
            enterprise: Some(enterprise.into()),
            ..Scope::default()
        },
        region: region.to_owned(),
        phone: Some(invent::phone(setting, chance)),
        password: PASSWORD.to_owned(),
        must_change_password: false,
    }
}

fn marked(setting: &Setting, chance: &mut Chance) -> String {
    format!("{}（{}）", invent::person(setting, chance), setting.label)
}

/// Whether officers of the role hold a qualification: those who decide must, and those who go to the site.
pub(crate) fn holds_qualification(role: Role) -> bool {
    matches!(
        role,
        Role::FirstReviewer
            | Role::SecondReviewer
            | Role::Approver
            | Role::DepartmentReviewer
            | Role::Inspector
    )
}

/// Login of the officer who acts for a department in a role.
pub(crate) fn acting(role: Role, department: &str) -> Option<&'static str> {
    OFFICERS
        .iter()
        .find(|one| one.role == role && one.department == Some(department))
        .map(|one| one.login)
}

/// The accounts that the terminal shows, in the order of the procedure.
pub(crate) fn table(setting: &Setting, district: impl Fn(&str) -> String) -> Vec<DemoAccount> {
    let line = |end: End, login: &str, role: &str, task: &str| DemoAccount {
        login: login.to_owned(),
        end,
        role: role.to_owned(),
        task: task.to_owned(),
        acts_as: None,
        department: None,
    };
    let officers = OFFICERS.iter().map(|one| DemoAccount {
        acts_as: Some(one.role),
        department: one.department,
        ..line(one.end(), one.login, one.title, one.task)
    });
    let districts = setting.districts.iter().map(|home| DemoAccount {
        login: format!("regulator.{}", home.login),
        end: End::Government,
        role: format!("{}监管员", district(&home.code)),
        task: "只看本区县的企业、申请和许可证".to_owned(),
        acts_as: Some(Role::Regulator),
        department: None,
    });
    let shown = SHOWN
        .iter()
        .map(|(login, role, task)| line(End::Enterprise, login, role, task));
    officers.chain(districts).chain(shown).collect()
}
