//! Taking over licences that were issued before the platform.

use std::collections::{BTreeMap, HashSet};

use kernel::{Actor, FieldError, Happened, Permission, Subject, Work, ids::LicenceId};
use serde_json::json;

use super::{Licences, LicencesError, Outcome, issue::changed_keys};
use crate::{
    model::{DirectIssue, Issued, Licence},
    rules::{self, Given},
    store,
};

/// Licences in one transaction.
pub(crate) const MOST_AT_ONCE: usize = 1000;

impl Licences {
    /// Takes one licence of the old register over, marked as imported. Its certificate is made later by the job
    /// that [`Licences::press_missing`] starts.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`] names what does not fit, also a number that is taken.
    pub async fn issue_directly(&self, actor: &Actor, old: DirectIssue) -> Outcome<Issued> {
        let mut taken_over = self.take_over(actor, vec![old]).await?;
        match taken_over.pop() {
            Some(Licence::Issued(issued)) => Ok(issued),
            _ => Err(LicencesError::NotFound),
        }
    }

    /// Takes up to a thousand licences over in one transaction: all or none.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`] names every entry that does not fit as `licences[3].number`.
    pub async fn issue_many_directly(&self, actor: &Actor, old: Vec<DirectIssue>) -> Outcome<Vec<LicenceId>> {
        let taken_over = self.take_over(actor, old).await?;
        Ok(taken_over.iter().map(|licence| licence.facts().id).collect())
    }

    async fn take_over(&self, actor: &Actor, old: Vec<DirectIssue>) -> Outcome<Vec<Licence>> {
        actor.require(Permission::LicencesTakeOver)?;
        let identifiers = self.check(actor, &old)?;
        let mut work = self.inner.kernel.begin(actor).await?;
        refuse_taken(&work, &old, &identifiers).await?;
        let licences = self.write(&mut work, old, identifiers).await?;
        let keys: Vec<String> = licences.iter().flat_map(changed_keys).collect();
        let _changing = self.inner.answers.changing(keys.iter().map(String::as_str));
        work.commit().await?;
        Ok(licences)
    }

    /// Checks that need no database. Returns the identifiers.
    fn check(&self, actor: &Actor, old: &[DirectIssue]) -> Outcome<Vec<codes::LicenceIdentifier>> {
        let numbering = &self.inner.numbering;
        if old.len() > MOST_AT_ONCE {
            let message = format!("一次最多接管 {MOST_AT_ONCE} 个许可证，请分批提交");
            return Err(LicencesError::Invalid(vec![FieldError::new("licences", message)]));
        }
        let (mut faults, mut identifiers) = (Vec::new(), Vec::with_capacity(old.len()));
        let (mut numbers, mut seen) = (HashSet::new(), HashSet::new());
        for (place, one) in old.iter().enumerate() {
            let path = path(place);
            faults.extend(rules::check_direct(one, numbering, &path));
            if !actor
                .scope
                .covers(one.holder.region.as_str(), Some(one.enterprise.into()))
            {
                let message = format!("许可证 {} 的持证单位不在您的管辖范围内", one.number);
                faults.push(FieldError::new(format!("{path}holder.region"), message));
            }
            let identifier = match &one.identifier {
                Some(identifier) => identifier.clone(),
                None => numbering.identifier(one.industry, &one.number)?,
            };
            if !numbers.insert(one.number.match_key()) || !seen.insert(identifier.to_string()) {
                let message = format!("编号 {} 在本次提交中重复，请删去多余的一行", one.number);
                faults.push(FieldError::new(format!("{path}number"), message));
            }
            identifiers.push(identifier);
        }
        if faults.is_empty() {
            Ok(identifiers)
        } else {
            Err(LicencesError::Invalid(faults))
        }
    }

    async fn write(
        &self,
        work: &mut Work,
        old: Vec<DirectIssue>,
        identifiers: Vec<codes::LicenceIdentifier>,
    ) -> Outcome<Vec<Licence>> {
        let keys = store::keys(work, old.len()).await?;
        let mut licences = Vec::with_capacity(old.len());
        for ((one, identifier), seq) in old.into_iter().zip(identifiers).zip(keys) {
            let authority = self.inner.numbering.authority(one.industry)?;
            let number = one.number.clone();
            let given = Given {
                id: LicenceId(work.next_id()),
                seq,
                number,
                identifier,
                at: work.now(),
            };
            licences.push(Licence::Issued(rules::imported(one, given, authority)?));
        }
        self.adopt_numbers(work, &licences).await?;
        let rows = match store::insert_many(work, &licences).await {
            Err(error) if error.is_duplicate() => return Err(just_taken()),
            outcome => outcome?,
        };
        let today = work.now().legal_date();
        for row in &rows {
            let facts = json!({ "number": row.number, "industry": row.industry,
                "valid_from": row.valid_from, "valid_until": row.valid_until });
            let happened = Happened::new("licence.imported", "接管原有许可证");
            work.record(row, happened.data(facts.clone()))?;
            // The midnight of its expiry is past and comes no more. That it had expired is told as what it is, found
            // at the take-over: an event of the expiry itself, dated today, would be untrue.
            if row.valid_until < today {
                let found = Happened::new("licence.found_expired", "接管时有效期已届满").data(facts);
                let subject = Subject::new("licence", row.id);
                work.note_within(&row.region, subject, row.enterprise.into(), found)?;
            }
        }
        Ok(licences)
    }

    /// Numbers of the city's own pattern are explained and never given again.
    async fn adopt_numbers(&self, work: &mut Work, licences: &[Licence]) -> Outcome<()> {
        let mut series: BTreeMap<String, Vec<(u64, Subject)>> = BTreeMap::new();
        for licence in licences {
            let facts = licence.facts();
            if let Some((name, value)) = self.inner.numbering.place(facts.industry, &facts.number) {
                series
                    .entry(name)
                    .or_default()
                    .push((value, Subject::new("licence", facts.id)));
            }
        }
        for (name, numbers) in series {
            work.adopt_numbers(&name, &numbers).await?;
        }
        Ok(())
    }
}

fn path(place: usize) -> String {
    format!("licences[{place}].")
}

fn just_taken() -> LicencesError {
    let message = "其中有编号刚被占用，请刷新后核对，再重新提交";
    LicencesError::Invalid(vec![FieldError::new("licences", message)])
}

/// Names every entry whose number or identifier is in the register already.
async fn refuse_taken(
    work: &Work,
    old: &[DirectIssue],
    identifiers: &[codes::LicenceIdentifier],
) -> Outcome<()> {
    let numbers: Vec<String> = old.iter().map(|one| one.number.match_key()).collect();
    let identifiers: Vec<String> = identifiers.iter().map(ToString::to_string).collect();
    let taken = store::taken(work.conn(), &numbers, &identifiers).await?;
    if taken.is_empty() {
        return Ok(());
    }
    let (taken_numbers, taken_identifiers): (HashSet<String>, HashSet<String>) = taken.into_iter().unzip();
    let mut faults = Vec::new();
    for (place, one) in old.iter().enumerate() {
        let message = if numbers.get(place).is_some_and(|key| taken_numbers.contains(key)) {
            format!("编号 {} 已经登记，不能重复接管", one.number)
        } else if identifiers
            .get(place)
            .is_some_and(|text| taken_identifiers.contains(text))
        {
            format!("编号 {} 的电子证照标识已被其他许可证使用，请核对编号", one.number)
        } else {
            continue;
        };
        faults.push(FieldError::new(format!("{}number", path(place)), message));
    }
    Err(LicencesError::Invalid(faults))
}
