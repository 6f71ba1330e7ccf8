//! Whose business a licence is. The authority that issued it supervises and decides on it (安全生产许可证条例
//! article 14, 行政许可法 articles 61 and 69); what the city handed down is also handed over there.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Actor, Permission};
use matters::{Catalogue, City, Industry};

use super::{Numbering, NumberingError};

/// The departments that act on licences of one industry.
#[derive(Clone, Debug)]
struct Bodies {
    /// Key of the department that issues them.
    authority: String,
    /// Keys of the bodies to which parts of its matters were handed down.
    handed_down: BTreeSet<String>,
}

/// Which department acts on licences of which industry.
#[derive(Clone, Debug)]
pub struct Competence(BTreeMap<Industry, Bodies>);

impl Competence {
    /// Reads it from the matters and from what the city handed down.
    ///
    /// # Errors
    /// [`NumberingError::Missing`] when no authority issues licences of an industry.
    pub fn new(catalogue: &Catalogue, city: &City, numbering: &Numbering) -> Result<Self, NumberingError> {
        let mut all = BTreeMap::new();
        for matter in catalogue.matters() {
            let authority = numbering.authority(matter.industry)?.department.to_string();
            let bodies = all.entry(matter.industry).or_insert_with(|| Bodies {
                authority,
                handed_down: BTreeSet::new(),
            });
            let devolved = city
                .devolutions
                .iter()
                .filter(|one| one.matters.contains(&matter.key));
            bodies.handed_down.extend(devolved.map(|one| one.to.to_string()));
        }
        Ok(Self(all))
    }

    /// Whether the actor may do what `permission` allows about a licence of this industry. Who belongs to no
    /// department acts for all of them.
    pub fn allows(&self, actor: &Actor, industry: Industry, permission: Permission) -> bool {
        actor.may(permission) && self.is_own(actor, industry, permission)
    }

    /// Whether licences of this industry are the business of the actor's department.
    pub fn is_own(&self, actor: &Actor, industry: Industry, permission: Permission) -> bool {
        let Some(own) = actor.scope.department.as_deref() else {
            return true;
        };
        let Some(bodies) = self.0.get(&industry) else {
            return false;
        };
        match permission {
            Permission::LicencesSupervise | Permission::LicencesSanction => bodies.authority == own,
            Permission::LicencesDeliver => bodies.authority == own || bodies.handed_down.contains(own),
            _ => true,
        }
    }

    /// The industries in which the actor may do what `permission` allows; [`None`]: in all.
    pub fn industries(&self, actor: &Actor, permission: Permission) -> Option<Vec<Industry>> {
        let own = self.0.keys().copied();
        let own: Vec<_> = own
            .filter(|industry| self.allows(actor, *industry, permission))
            .collect();
        (own.len() < self.0.len()).then_some(own)
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Role, Scope};

    use super::*;

    fn of(department: Option<&str>, role: Role) -> Actor {
        Actor {
            roles: vec![role],
            scope: Scope {
                department: department.map(str::to_owned),
                ..Scope::everything()
            },
            is_system: false,
            ..Actor::system("测试")
        }
    }

    fn competence() -> Competence {
        let bodies = |authority: &str, handed_down: &[&str]| Bodies {
            authority: authority.to_owned(),
            handed_down: handed_down.iter().map(|&one| one.to_owned()).collect(),
        };
        Competence(BTreeMap::from([
            (Industry::Hazchem, bodies("emergency", &["zone"])),
            (Industry::Construction, bodies("housing", &[])),
        ]))
    }

    #[test]
    fn the_authority_supervises_and_decides_on_its_own_licences_only() {
        use Permission::{LicencesSanction, LicencesSupervise};
        let competence = competence();
        for (role, permission) in [
            (Role::Inspector, LicencesSupervise),
            (Role::Approver, LicencesSanction),
        ] {
            for (department, hazchem, construction) in [
                (Some("emergency"), true, false),
                (Some("housing"), false, true),
                (Some("zone"), false, false),
                (None, true, true),
            ] {
                let actor = of(department, role);
                let seen = [Industry::Hazchem, Industry::Construction]
                    .map(|industry| competence.allows(&actor, industry, permission));
                assert_eq!(seen, [hazchem, construction], "{department:?} {role:?}");
            }
        }
    }

    #[test]
    fn what_was_handed_down_is_handed_over_there() {
        let competence = competence();
        let clerk = |department| of(Some(department), Role::WindowClerk);
        let delivers = |department, industry| {
            competence.allows(&clerk(department), industry, Permission::LicencesDeliver)
        };
        assert!(delivers("emergency", Industry::Hazchem));
        assert!(delivers("zone", Industry::Hazchem));
        assert!(!delivers("zone", Industry::Construction));
        assert!(!delivers("fire", Industry::Hazchem));
    }

    #[test]
    fn nobody_is_competent_without_the_permission() {
        let competence = competence();
        let reviewer = of(None, Role::DepartmentReviewer);
        assert!(!competence.allows(&reviewer, Industry::Hazchem, Permission::LicencesSanction));
        let none = competence.industries(&reviewer, Permission::LicencesSanction);
        assert_eq!(none, Some(Vec::new()));
        let leader = of(Some("housing"), Role::Approver);
        let own = competence.industries(&leader, Permission::LicencesSanction);
        assert_eq!(own, Some(vec![Industry::Construction]));
        let system = Actor::system("测试");
        assert_eq!(competence.industries(&system, Permission::LicencesSanction), None);
    }
}
