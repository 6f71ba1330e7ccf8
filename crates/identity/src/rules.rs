//! Decisions about accounts and logins. Pure.

use kernel::{Actor, FieldError, LegalDate, Moment, Role, Scope};
use time::Duration;

use crate::model::{Account, AccountChange, End, NewAccount, Qualification};

/// Failed logins in a row before an account is locked.
pub const MAX_FAILURES: i64 = 5;
/// How long it stays locked.
pub const LOCK: Duration = Duration::minutes(15);
/// A session ends after this time without use.
pub const IDLE: Duration = Duration::hours(8);
/// Smallest length of a password.
pub const MIN_PASSWORD: usize = 10;

/// Faults of a password; `login` and `name` must not be part of it.
pub fn password_fault(password: &str, login: &str) -> Option<String> {
    if password.chars().count() < MIN_PASSWORD {
        return Some(format!("密码至少 {MIN_PASSWORD} 位"));
    }
    if password.len() > 256 {
        return Some("密码不能超过 256 个字节".into());
    }
    if !login.is_empty() && password.to_lowercase().contains(&login.to_lowercase()) {
        return Some("密码不能包含登录名".into());
    }
    let kinds = [
        password.chars().any(|c| c.is_ascii_lowercase()),
        password.chars().any(|c| c.is_ascii_uppercase()),
        password.chars().any(|c| c.is_ascii_digit()),
        password.chars().any(|c| !c.is_ascii_alphanumeric()),
    ];
    if kinds.iter().filter(|kind| **kind).count() < 3 {
        return Some("密码须含大写字母、小写字母、数字、符号中的至少三种".into());
    }
    None
}

/// Faults of a new account, by field.
pub fn check_new(account: &NewAccount) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let login_ok = (2..=40).contains(&account.login.len())
        && account
            .login
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c));
    if !login_ok {
        faults.push(FieldError::new(
            "login",
            "登录名须为 2 至 40 位小写字母、数字或 . _ -",
        ));
    }
    if account.name.trim().is_empty() {
        faults.push(FieldError::new("name", "请填写姓名"));
    }
    if let Some(fault) = password_fault(&account.password, &account.login) {
        faults.push(FieldError::new("password", fault));
    }
    faults.extend(check_reach(
        account.end,
        &account.roles,
        account.scope.enterprise.is_some(),
        &account.scope.regions,
    ));
    faults
}

/// Whether end, roles and reach go together.
pub fn check_reach(end: End, roles: &[Role], has_enterprise: bool, regions: &[String]) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if roles.is_empty() {
        faults.push(FieldError::new("roles", "请至少选择一个角色"));
    }
    if roles
        .iter()
        .any(|role| role.is_enterprise() != (end == End::Enterprise))
    {
        faults.push(FieldError::new(
            "roles",
            "企业端账号只能用企业角色，其他账号不能用企业角色",
        ));
    }
    if end == End::Committee && roles.iter().any(|role| *role != Role::DepartmentReviewer) {
        faults.push(FieldError::new("roles", "安委会成员端账号只能用“部门审查员”角色"));
    }
    if (end == End::Enterprise) != has_enterprise {
        faults.push(FieldError::new("enterprise", "企业端账号须且只须指定所属企业"));
    }
    if end != End::Enterprise && regions.is_empty() {
        faults.push(FieldError::new("regions", "请指定管辖区域"));
    }
    faults
}

/// Whether a reach lies within that of the person who gives it; an enterprise is asked of the registry.
pub fn check_given(own: &Scope, given: &Scope) -> Vec<FieldError> {
    let beyond = given.regions.iter().filter(|region| !own.covers(region, None));
    let mut faults: Vec<_> = beyond
        .map(|region| {
            let text = format!("管辖区域“{region}”超出您自己的管辖范围，请选择您管辖范围内的区域");
            FieldError::new("regions", text)
        })
        .collect();
    if own.department.is_some() && given.department != own.department {
        faults.push(FieldError::new("department", "您只能设置本部门的账号"));
    }
    faults
}

/// Nobody changes what he himself may do, or closes his own account: that takes another administrator.
pub fn check_own(actor: &Actor, old: &Account, to: &AccountChange) -> Vec<FieldError> {
    if actor.account != Some(old.id) {
        return Vec::new();
    }
    let own = |field: &str, changed: bool| {
        let text = "不能变更自己的角色、管辖范围或账号状态，请由另一位管理员办理";
        changed.then(|| FieldError::new(field, text))
    };
    let found = [
        own("roles", to.roles != old.roles),
        own("regions", to.scope != old.scope),
        own("state", to.state != old.state),
    ];
    found.into_iter().flatten().collect()
}

/// Failures and lock after one more wrong password.
pub fn after_failure(failures: i64, now: Moment) -> (i64, Option<Moment>) {
    let failures = failures + 1;
    if failures >= MAX_FAILURES {
        (0, Some(now.plus(LOCK)))
    } else {
        (failures, None)
    }
}

/// Field of a qualification that covers every industry.
pub const ANY_FIELD: &str = "all";

/// Whether one of the qualifications covers `field` on that day.
pub fn is_qualified(qualifications: &[Qualification], field: &str, on: LegalDate) -> bool {
    qualifications
        .iter()
        .any(|q| (q.field == field || q.field == ANY_FIELD) && q.valid_from <= on && on <= q.valid_until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords() {
        let check = |password: &str, ok: bool| {
            assert_eq!(password_fault(password, "wang").is_none(), ok, "{password}")
        };
        check("Short1!", false);
        check("alllowercase", false);
        check("Anquan-2026-ok", true);
        check("xWANG-12345678", false);
        check("安全生产第一预防为主2026aB", true);
    }

    #[test]
    fn nobody_gives_a_reach_that_he_has_not() {
        let scope = |regions: &[&str]| Scope {
            regions: regions.iter().map(|&one| one.to_owned()).collect(),
            ..Scope::default()
        };
        let faults = |own: &[&str], given: &[&str]| check_given(&scope(own), &scope(given)).len();
        assert_eq!(faults(&["3601"], &["360102", "3601"]), 0);
        assert_eq!(faults(&["360102"], &["3601", "360103", "36010203"]), 2);
        assert_eq!(faults(&["360102"], &[""]), 1);
        assert_eq!(faults(&[""], &["", "11"]), 0);
    }

    #[test]
    fn five_failures_lock_for_a_quarter_of_an_hour() {
        let now = Moment(1_000);
        assert_eq!(after_failure(3, now), (4, None));
        assert_eq!(after_failure(4, now), (0, Some(Moment(1_000 + 15 * 60 * 1000))));
    }

    #[test]
    fn a_qualification_counts_on_its_last_day_and_no_longer() {
        let day = |text: &str| text.parse::<LegalDate>().unwrap();
        let q = Qualification {
            id: uuid::Uuid::nil().into(),
            version: 1,
            account: uuid::Uuid::nil().into(),
            number: "赣A0001".into(),
            field: "hazchem".into(),
            issuer: "江西省人民政府".into(),
            valid_from: day("2024-01-01"),
            valid_until: day("2026-12-31"),
        };
        let held = [q];
        assert!(is_qualified(&held, "hazchem", day("2026-12-31")));
        assert!(!is_qualified(&held, "hazchem", day("2027-01-01")));
        assert!(!is_qualified(&held, "fireworks", day("2026-12-31")));
    }
}
