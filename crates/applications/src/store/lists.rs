//! Lists of applications, by keyset.

use kernel::{Actor, Db, KernelError, LegalDate, access::subtree_end};
use matters::{Industry, Kind, MatterKey};
use sea_orm::{Condition, QueryOrder, QuerySelect, entity::prelude::*, sea_query::LikeExpr};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Counted, application, concerns, visible};
use crate::{model::StateName, rules::Light};
use application::Column;

/// Order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ApplicationSort)]
pub enum Sort {
    /// Newest first.
    #[default]
    Submitted,
    /// Most urgent first.
    Due,
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListQuery {
    /// In this state.
    pub state: Option<StateName>,
    /// Of this matter.
    pub matter: Option<String>,
    /// Of this enterprise.
    pub enterprise: Option<Uuid>,
    /// In this region and below.
    pub region: Option<String>,
    /// That concern this department.
    pub department: Option<String>,
    /// Owned by this officer.
    pub officer: Option<Uuid>,
    /// Due on or before this day.
    pub due_before: Option<LegalDate>,
    /// What figures count.
    pub counted: Counted,
    /// With this light today.
    pub light: Option<(Light, LegalDate)>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// About this licence.
    pub licence: Option<Uuid>,
    /// Part of the applicant's name or of the reference.
    pub q: Option<String>,
    /// Order.
    pub sort: Sort,
    /// Go on after this row.
    pub after: Option<(String, Uuid)>,
    /// Rows wanted; one more is fetched.
    pub limit: u64,
}

/// A row of a list.
pub(crate) type ListRow = application::Model;

impl ListQuery {
    /// The cursor key of a row.
    pub fn key(&self, row: &ListRow) -> (String, Uuid) {
        let first = match self.sort {
            Sort::Submitted => row.sorted_at.0.to_string(),
            Sort::Due => row.due_sort.clone(),
        };
        (first, row.id.into())
    }

    fn filter(&self) -> Condition {
        let mut all = Condition::all()
            .add_option(self.state.map(|state| Column::State.eq(state.as_str())))
            .add_option(
                self.matter
                    .as_ref()
                    .map(|matter| Column::Matter.eq(matter.as_str())),
            )
            .add_option(self.enterprise.map(|id| Column::Enterprise.eq(id)))
            .add_option(self.officer.map(|id| Column::Officer.eq(id)))
            .add_option(self.licence.map(|id| Column::Licence.eq(id)))
            .add_option(self.light.map(|(light, today)| shows(light, today)))
            .add_option(self.kind.map(|kind| Column::Matter.is_in(matters_of(kind))))
            .add(self.counted.condition())
            .add_option(self.department.as_deref().map(concerns))
            .add_option(self.due_before.map(|day| Column::DueSort.lte(day.to_string())));
        if let Some(region) = &self.region {
            all = all
                .add(Column::Region.gte(region.as_str()))
                .add(Column::Region.lt(subtree_end(region)));
        }
        if let Some(text) = self.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            let either = Condition::any()
                .add(Column::Applicant.like(containing(text)))
                .add(Column::Reference.like(containing(&text.to_uppercase())));
            all = all.add(either);
        }
        all
    }

    fn behind(&self) -> Option<Condition> {
        let (first, id) = self.after.as_ref()?;
        Some(match self.sort {
            Sort::Due => Condition::any().add(Column::DueSort.gt(first.as_str())).add(
                Condition::all()
                    .add(Column::DueSort.eq(first.as_str()))
                    .add(Column::Id.gt(*id)),
            ),
            Sort::Submitted => {
                let at: i64 = first.parse().unwrap_or(0);
                Condition::any().add(Column::SortedAt.lt(at)).add(
                    Condition::all()
                        .add(Column::SortedAt.eq(at))
                        .add(Column::Id.lt(*id)),
                )
            }
        })
    }
}

/// Applications whose light is this one today.
pub(super) fn shows(light: Light, today: LegalDate) -> Condition {
    let not_before = |column: Column| Condition::any().add(column.is_null()).add(column.gt(today));
    match light {
        Light::Red => Condition::all().add(Column::RedOn.lte(today)),
        Light::Yellow => Condition::all()
            .add(Column::YellowOn.lte(today))
            .add(not_before(Column::RedOn)),
        Light::Green => Condition::all()
            .add(not_before(Column::YellowOn))
            .add(not_before(Column::RedOn)),
    }
}

fn matters_of(kind: Kind) -> Vec<String> {
    let of = |industry| MatterKey { industry, kind }.to_string();
    Industry::ALL.into_iter().map(of).collect()
}

/// Whatever contains the text; `%` and `_` in it mean themselves.
pub(super) fn containing(text: &str) -> LikeExpr {
    let mut escaped = String::with_capacity(text.len() + 2);
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            escaped.push('!');
        }
        escaped.push(c);
    }
    LikeExpr::new(format!("%{escaped}%")).escape('!')
}

/// Applications that match and that the actor may know of, one more than asked for.
pub(crate) async fn list(db: &Db, actor: &Actor, query: &ListQuery) -> Result<Vec<ListRow>, KernelError> {
    let mut select = application::Entity::find()
        .filter(visible(actor))
        .filter(query.filter())
        .limit(query.limit + 1);
    select = match query.sort {
        Sort::Submitted => select.order_by_desc(Column::SortedAt).order_by_desc(Column::Id),
        Sort::Due => select.order_by_asc(Column::DueSort).order_by_asc(Column::Id),
    };
    if let Some(behind) = query.behind() {
        select = select.filter(behind);
    }
    Ok(select.all(db.read()).await?)
}

/// Decisions in public view, newest first, one more than asked for (行政许可法 art. 40).
pub(crate) async fn public_decisions(
    db: &Db,
    after: Option<(LegalDate, Uuid)>,
    limit: u64,
) -> Result<Vec<ListRow>, KernelError> {
    let mut select = application::Entity::find()
        // Written out, as `application_decided` serves no state that is a parameter.
        .filter(Expr::cust("application.state IN ('granted','refused')"))
        .order_by_desc(Column::DecidedOn)
        .order_by_desc(Column::Id)
        .limit(limit + 1);
    if let Some((day, id)) = after {
        let earlier = Condition::any().add(Column::DecidedOn.lt(day)).add(
            Condition::all()
                .add(Column::DecidedOn.eq(day))
                .add(Column::Id.lt(id)),
        );
        select = select.filter(earlier);
    }
    Ok(select.all(db.read()).await?)
}
