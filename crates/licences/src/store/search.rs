//! Lists: by text, region, industry and status, newest entry first; what expires or expired, by its last day.

use codes::{LicenceNumber, RegionCode};
use kernel::{
    Db, KernelError, LegalDate, Scope,
    access::subtree_end,
    ids::EnterpriseId,
    text_index::{TextQuery, TooShort},
};
use matters::Industry;
use sea_orm::{
    Condition, ExprTrait, Order, QueryOrder, QuerySelect, Select, SelectModel, Selector, entity::prelude::*,
    sea_query::SelectStatement,
};

use super::{INDEX, row};
use crate::model::{Licence, Place, Published, Status};

/// A status on a day, as limits of the last valid day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StatusFilter {
    pub status: Status,
    pub on: LegalDate,
    /// The last day that counts as near.
    pub horizon: LegalDate,
}

/// Which of the states is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Listed {
    #[default]
    Issued,
    Reserved,
    Voided,
}

impl Listed {
    fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Reserved => "reserved",
            Self::Voided => "voided",
        }
    }
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListQuery {
    pub text: Option<TextQuery>,
    pub industry: Option<Industry>,
    pub region: Option<RegionCode>,
    pub enterprise: Option<EnterpriseId>,
    pub status: Option<StatusFilter>,
    pub listed: Listed,
}

/// Reads what was typed: a word that is part of a number is compared without brackets and 安许证字.
pub(crate) fn text_query(text: &str) -> Result<TextQuery, TooShort> {
    let word = |word: &str| match LicenceNumber::parse(word) {
        Ok(number) => number.match_key(),
        Err(_) if word.contains("安许证") => LicenceNumber::loose_key(word),
        Err(_) => word.to_owned(),
    };
    TextQuery::parse(&text.split_whitespace().map(word).collect::<Vec<_>>().join(" "))
}

impl StatusFilter {
    pub(super) fn condition(self) -> Condition {
        use row::Column::{Standing, TemporaryFor, TransitionUntil, ValidFrom, ValidUntil};
        let begun = || {
            Condition::all()
                .add(ValidFrom.lte(self.on))
                .add(self.unhindered())
        };
        let own = || begun().add(TemporaryFor.is_null());
        let settled = || {
            let over = Condition::any()
                .add(TransitionUntil.is_null())
                .add(TransitionUntil.lt(self.on));
            own().add(over)
        };
        match self.status {
            Status::NotYetValid => Condition::all().add(ValidFrom.gt(self.on)).add(self.unhindered()),
            Status::Valid => settled().add(ValidUntil.gt(self.horizon)),
            Status::Expiring => settled()
                .add(ValidUntil.gte(self.on))
                .add(ValidUntil.lte(self.horizon)),
            Status::InTransition => own()
                .add(TransitionUntil.gte(self.on))
                .add(ValidUntil.gte(self.on)),
            Status::Temporary => begun()
                .add(TemporaryFor.is_not_null())
                .add(ValidUntil.gte(self.on)),
            Status::Expired => Condition::all().add(ValidUntil.lt(self.on)).add(
                Condition::any()
                    .add(Standing.is_null())
                    .add(Standing.eq(Status::Suspended.as_str())),
            ),
            Status::Suspended => Condition::all()
                .add(Standing.eq(self.status.as_str()))
                .add(row::Column::StandingFrom.lte(self.on))
                .add(ValidUntil.gte(self.on)),
            Status::Revoked
            | Status::Rescinded
            | Status::Withdrawn
            | Status::Cancelled
            | Status::Replaced => Condition::all().add(Standing.eq(self.status.as_str())),
        }
    }

    /// Neither ended nor suspended on the day.
    fn unhindered(self) -> Condition {
        unhindered(self.on)
    }
}

/// Published licences under which the holder may work on the day.
pub(super) fn in_force(on: LegalDate) -> Condition {
    Condition::all()
        .add(row::Column::State.eq("issued"))
        .add(row::Column::ValidFrom.lte(on))
        .add(row::Column::ValidUntil.gte(on))
        .add(unhindered(on))
}

/// Neither ended nor suspended on the day.
fn unhindered(on: LegalDate) -> Condition {
    let later = Condition::all()
        .add(row::Column::Standing.eq(Status::Suspended.as_str()))
        .add(row::Column::StandingFrom.gt(on));
    Condition::any().add(row::Column::Standing.is_null()).add(later)
}

/// The identifiers of published licences within the scope that a text finds, for what is listed about them.
pub(super) fn named(db: &Db, scope: &Scope, text: &TextQuery) -> SelectStatement {
    let query = ListQuery {
        text: Some(text.clone()),
        ..ListQuery::default()
    };
    let mut select = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(query.condition());
    let statement = QuerySelect::query(&mut select);
    if let Some(tokens) = query.tokens(Some(scope)) {
        INDEX.apply(db.backend(), statement, row::Entity, row::Column::Seq, &tokens);
    }
    statement.take()
}

impl ListQuery {
    fn condition(&self) -> Condition {
        Condition::all()
            .add(row::Column::State.eq(self.listed.as_str()))
            .add_option(self.industry.map(|one| row::Column::Industry.eq(one.as_str())))
            .add_option(self.enterprise.map(|one| row::Column::Enterprise.eq(one)))
            .add_option(self.region.as_ref().map(|region| within(region.as_str())))
            .add_option(self.status.map(StatusFilter::condition))
            .add_option(
                self.text
                    .as_ref()
                    .map(|text| text.verification((row::Entity, row::Column::SearchText))),
            )
    }

    /// How the rows are best come by.
    fn way(&self, scope: Option<&Scope>) -> Way {
        if let Some(tokens) = self.tokens(scope) {
            return Way::Index(tokens);
        }
        let of_one = self.enterprise.is_some() || scope.is_some_and(|scope| scope.enterprise.is_some());
        if of_one {
            return Way::Few;
        }
        match self.status.map(|filter| filter.status) {
            Some(Status::Expired) => Way::LastDay(Order::Desc),
            Some(Status::Expiring) => Way::LastDay(Order::Asc),
            Some(Status::NotYetValid | Status::InTransition | Status::Temporary) => Way::Few,
            // What ended gathers over the years; `licence_standing` gives each standing in order of entry.
            _ => Way::Entry,
        }
    }

    /// The filters as tokens of the text index; `None` where the index does not help: it knows nothing of days, and
    /// only what is published stands in it.
    fn tokens(&self, scope: Option<&Scope>) -> Option<TextQuery> {
        let by_place = matches!(
            self.status.map(|filter| filter.status),
            None | Some(Status::Valid)
        );
        if self.listed != Listed::Issued || (self.text.is_none() && !by_place) {
            return None;
        }
        let mut query = self.text.clone().unwrap_or_default();
        if let Some(industry) = self.industry {
            query = query.labelled(&row::industry_label(industry.as_str()));
        }
        if let Some(region) = &self.region {
            query = query.labelled(&format!("region:{}", region.as_str()));
        }
        if let Some(regions) = scope.and_then(bounded) {
            query = query.labelled_any(regions.iter().map(|code| format!("region:{code}")));
        }
        (!query.is_empty()).then_some(query)
    }
}

/// The regions of a scope that is neither the whole country nor one enterprise, if all are of a known level.
fn bounded(scope: &Scope) -> Option<&[String]> {
    let known = |code: &String| matches!(code.len(), 2 | 4 | 6 | 9 | 12);
    let limited = scope.enterprise.is_none() && !scope.regions.is_empty();
    (limited && scope.regions.iter().all(known)).then_some(&scope.regions)
}

pub(super) fn within(region: &str) -> Condition {
    Condition::all()
        .add(row::Column::Region.gte(region))
        .add(row::Column::Region.lt(subtree_end(region)))
}

/// How the rows of a list are come by, and with it their order.
enum Way {
    /// Through the text index, newest entry first.
    Index(TextQuery),
    /// Newest entry first.
    Entry,
    /// By the last day of validity.
    LastDay(Order),
    /// There are few: collected by an index of their own, then sorted, newest entry first.
    Few,
}

/// Puts filters, order and page into a select.
fn paged(
    db: &Db,
    mut select: Select<row::Entity>,
    query: &ListQuery,
    scope: Option<&Scope>,
    after: Option<Place>,
    limit: u64,
) -> Select<row::Entity> {
    select = select.filter(query.condition()).limit(limit);
    if let Some(scope) = scope {
        select = select.filter(scope.condition(row::Column::Region, row::Column::Enterprise));
    }
    let key = match query.way(scope) {
        Way::Index(tokens) => {
            let statement = QuerySelect::query(&mut select);
            INDEX.apply(db.backend(), statement, row::Entity, row::Column::Seq, &tokens)
        }
        Way::Entry => Expr::col((row::Entity, row::Column::Seq)),
        // A sum is no column: the planner does not walk the whole register in this order.
        Way::Few => Expr::col((row::Entity, row::Column::Seq)).add(0),
        Way::LastDay(order) => return by_last_day(select, order, after),
    };
    let statement = QuerySelect::query(&mut select);
    if let Some((_, seq)) = after {
        statement.and_where(key.clone().lt(seq));
    }
    statement.order_by_expr(key, Order::Desc);
    select
}

fn by_last_day(select: Select<row::Entity>, order: Order, after: Option<Place>) -> Select<row::Entity> {
    use row::Column::{Seq, ValidUntil};
    let behind = after.map(|(day, seq)| {
        let same = Condition::all().add(ValidUntil.eq(day));
        // The outer limit is what an index is entered by.
        match order {
            Order::Asc => Condition::all().add(ValidUntil.gte(day)).add(
                Condition::any()
                    .add(ValidUntil.gt(day))
                    .add(same.add(Seq.gt(seq))),
            ),
            _ => Condition::all().add(ValidUntil.lte(day)).add(
                Condition::any()
                    .add(ValidUntil.lt(day))
                    .add(same.add(Seq.lt(seq))),
            ),
        }
    });
    select
        .filter(Condition::all().add_option(behind))
        .order_by(ValidUntil, order.clone())
        .order_by(Seq, order)
}

/// Licences within the scope, one more than `limit`.
pub(crate) async fn list(
    db: &Db,
    scope: &Scope,
    query: &ListQuery,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<Licence>, KernelError> {
    let select = paged(db, row::Entity::find(), query, Some(scope), after, limit + 1);
    select
        .all(db.read())
        .await?
        .into_iter()
        .map(Licence::try_from)
        .collect()
}

fn published(select: Select<row::Entity>) -> Selector<SelectModel<row::PublishedRow>> {
    select
        .select_only()
        .columns(row::PUBLISHED)
        .column_as(row::temporary(), "temporary")
        .into_model()
}

/// Published licences, one more than `limit`.
pub(crate) async fn public_list(
    db: &Db,
    query: &ListQuery,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<Published>, KernelError> {
    let select = paged(db, row::Entity::find(), query, None, after, limit + 1);
    published(select)
        .all(db.read())
        .await?
        .into_iter()
        .map(Published::try_from)
        .collect()
}

/// Published licences in order of entry after `after`, for the open-data file.
pub(crate) async fn published_after(db: &Db, after: i64, limit: u64) -> Result<Vec<Published>, KernelError> {
    let select = row::Entity::find()
        .filter(row::Column::State.eq("issued"))
        .filter(row::Column::Seq.gt(after))
        .order_by_asc(row::Column::Seq)
        .limit(limit);
    published(select)
        .all(db.read())
        .await?
        .into_iter()
        .map(Published::try_from)
        .collect()
}
