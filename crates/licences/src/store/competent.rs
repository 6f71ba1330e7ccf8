//! Which licences are the actor's business, as a condition.

use kernel::{Actor, Permission};
use sea_orm::{
    Condition, Iden,
    sea_query::{Expr, ExprTrait, IntoIden, Query},
};

use super::row;
use crate::rules::Competence;

/// The keys of the industries in which the actor delivers, supervises and decides; `None`: in all of them.
#[derive(Clone, Debug)]
pub(crate) struct Competent {
    deliver: Option<Vec<&'static str>>,
    supervise: Option<Vec<&'static str>>,
    sanction: Option<Vec<&'static str>>,
}

impl Competent {
    pub(crate) fn of(competence: &Competence, actor: &Actor) -> Self {
        let keys = |permission| {
            let own = competence.industries(actor, permission)?;
            Some(own.into_iter().map(|industry| industry.as_str()).collect())
        };
        Self {
            deliver: keys(Permission::LicencesDeliver),
            supervise: keys(Permission::LicencesSupervise),
            sanction: keys(Permission::LicencesSanction),
        }
    }

    /// Rows whose `licence` the actor hands over.
    pub(super) fn delivers(&self, table: impl Iden, licence: impl Iden) -> Condition {
        about(self.deliver.as_deref(), table, licence)
    }

    /// Rows whose `licence` the actor supervises.
    pub(super) fn supervises(&self, table: impl Iden, licence: impl Iden) -> Condition {
        about(self.supervise.as_deref(), table, licence)
    }

    /// Rows whose `licence` the actor decides on.
    pub(super) fn sanctions(&self, table: impl Iden, licence: impl Iden) -> Condition {
        about(self.sanction.as_deref(), table, licence)
    }
}

/// Rows of a table whose licence is of one of these industries: looked up by its key, row by row.
fn about(industries: Option<&[&'static str]>, table: impl Iden, licence: impl Iden) -> Condition {
    let Some(industries) = industries else {
        return Condition::all();
    };
    let own = Query::select()
        .expr(Expr::val(1))
        .from(row::Entity)
        .and_where(Expr::col((row::Entity, row::Column::Id)).equals((table.into_iden(), licence.into_iden())))
        .and_where(Expr::col((row::Entity, row::Column::Industry)).is_in(industries.iter().copied()))
        .take();
    Condition::all().add(Expr::exists(own))
}
