//! What the authority does about papers: hands over, reviews, lends, takes back, destroys.

use kernel::{Actor, LegalDate, Permission, Work, ids::LicenceId};
use serde_json::json;

use super::{NewHandover, invalid, person, texts};
use crate::{
    model::{
        AnnualReviewFiling, Destruction, Filing, FilingId, FilingMatter, FollowUp, Handover, Licence, Period,
        Recall, Returned, RevisionCause, Witness,
    },
    rules::{self, Content},
    service::{EDITION_JOB, Licences, LicencesError, Outcome, issue::issuer},
    store,
};

impl Licences {
    /// 发放: hands the certificate in force over; its posting is awaited from then on.
    ///
    /// # Errors
    /// [`LicencesError::Fault`] for a licence that nobody holds; [`LicencesError::Filing`] for an edition that was
    /// handed over.
    pub async fn hand_over(&self, actor: &Actor, id: LicenceId, new: NewHandover) -> Outcome<Filing> {
        texts([
            ("recipient", "领取人", &new.recipient),
            ("identity", "领取人身份凭证", &new.identity),
            ("method", "发放方式", &new.method),
            ("place", "发放地点", &new.place),
        ])?;
        self.submit(
            actor,
            id,
            Permission::LicencesDeliver,
            |licences, work, licence| {
                let issued = licences.in_force(licence, "发放")?;
                if issued.certificate.is_none() {
                    return Err(LicencesError::NotPressed);
                }
                let on = work.now().legal_date();
                Ok(FilingMatter::Handover(Handover {
                    on,
                    recipient: new.recipient,
                    identity: new.identity,
                    method: new.method,
                    place: new.place,
                    revision: issued.facts.revision,
                    posting_due: licences.inner.periods.posting.after(on, &licences.inner.calendar),
                    posted: None,
                }))
            },
        )
        .await
    }

    /// 年度复核: its line is printed on a further edition of the duplicate, which the job of the edition makes.
    ///
    /// # Errors
    /// [`LicencesError::Fault`] while another edition is made; [`LicencesError::Filing`] when the year was reviewed.
    pub async fn review_year(
        &self,
        actor: &Actor,
        id: LicenceId,
        year: i32,
        result: String,
        opinion: String,
    ) -> Outcome<Filing> {
        texts([("result", "复核结论", &result), ("opinion", "复核意见", &opinion)])?;
        let (mut work, licence) = self.open(actor, id, Permission::LicencesSupervise).await?;
        let issued = self.in_force(&licence, "年度复核")?;
        let on = work.now().legal_date();
        if !(issued.facts.in_force_from.0.year()..=on.0.year()).contains(&year) {
            return Err(invalid("year", "只能复核持证期间已经开始的年度，请核对"));
        }
        let matter = AnnualReviewFiling {
            year,
            on,
            result: result.trim().to_owned(),
            opinion,
        };
        let content = Content {
            cause: RevisionCause::Review {
                year,
                result: matter.result.clone(),
            },
            application: None,
            on,
            holder: issued.facts.holder.clone(),
            scope: issued.facts.scope.clone(),
            validity: issued.facts.validity,
            transition_until: None,
        };
        let filing = self
            .enter_filing(&mut work, &licence, FilingMatter::AnnualReview(matter))
            .await?;
        self.enqueue_edition(&mut work, &licence)?;
        self.prepare_edition(work, licence, content).await?;
        Ok(filing)
    }

    /// 应急使用许可证: stands in for a licence damaged by a disaster for the days that the rules allow. The job of the
    /// issue makes its certificate.
    ///
    /// # Errors
    /// [`LicencesError::Filing`] when the damage was no disaster, has its stand-in or a later paper.
    pub async fn issue_stand_in(
        &self,
        actor: &Actor,
        id: FilingId,
        version: i64,
    ) -> Outcome<(Filing, LicenceId)> {
        let (mut work, filing, licence) = self
            .filing_for(actor, id, version, Permission::LicencesDeliver)
            .await?;
        self.may_stand_in(&filing, &licence)?;
        let today = work.now().legal_date();
        let longest = self.inner.periods.stand_in.after(today, &self.inner.calendar);
        // The first day counts: thirty days and not one more.
        let last = longest.0.previous_day().map_or(longest, LegalDate);
        let validity = Period {
            from: today,
            until: last.min(licence.facts().validity.until),
        };
        let nth = store::count_stand_ins(&work, filing.licence).await? + 1;
        let number = licence
            .facts()
            .number
            .stand_in(nth)
            .map_err(rules::NumberingError::from)?;
        let identifier = self
            .inner
            .numbering
            .stand_in_identifier(licence.facts().industry, &number)?;
        let given = self.given(&work, number, identifier).await?;
        let reserved = rules::stand_in(
            licence.facts(),
            given,
            validity,
            &self.inner.periods.stand_in_mark,
        )?;
        let stand_in = Licence::Reserved(reserved);
        self.enter_reserved(&mut work, &stand_in).await?;
        let made = stand_in.facts().id;
        let filing = self.carry_on(&mut work, filing, FollowUp::StandIn(made)).await?;
        self.enqueue_edition(&mut work, &stand_in)?;
        work.commit().await?;
        Ok((filing, made))
    }

    /// 收回登记.
    ///
    /// # Errors
    /// [`LicencesError::Filing`].
    pub async fn take_back(
        &self,
        actor: &Actor,
        id: FilingId,
        version: i64,
        papers: String,
    ) -> Outcome<Filing> {
        texts([("papers", "收回的证书", &papers)])?;
        let by = person(actor);
        self.follow(actor, id, version, Permission::LicencesDeliver, |work| {
            FollowUp::Return(Returned {
                on: work.now().legal_date(),
                papers,
                by,
            })
        })
        .await
    }

    /// 销毁: the first of two people.
    ///
    /// # Errors
    /// [`LicencesError::Filing`].
    pub async fn destroy(
        &self,
        actor: &Actor,
        id: FilingId,
        version: i64,
        method: String,
    ) -> Outcome<Filing> {
        texts([("method", "销毁方式", &method)])?;
        let by = person(actor);
        self.follow(actor, id, version, Permission::LicencesDeliver, |work| {
            FollowUp::Destroy(Destruction {
                method,
                by,
                at: work.now(),
                witness: None,
            })
        })
        .await
    }

    /// 监销: the second of two people.
    ///
    /// # Errors
    /// [`LicencesError::Filing`] for the same person.
    pub async fn witness_destruction(&self, actor: &Actor, id: FilingId, version: i64) -> Outcome<Filing> {
        let by = person(actor);
        self.follow(actor, id, version, Permission::LicencesSupervise, |work| {
            FollowUp::Witness(Witness { by, at: work.now() })
        })
        .await
    }

    /// Asks for the papers of a licence that ended, or that a further edition replaced.
    pub(in crate::service) async fn ask_back(&self, work: &mut Work, licence: &Licence) -> Outcome<()> {
        let facts = licence.facts();
        let today = work.now().legal_date();
        let (reason, revision, due) = match licence {
            Licence::Ended(one) => (one.ending.status().chinese(), facts.revision, None),
            _ => (
                "换发新证",
                facts.revision.saturating_sub(1),
                facts.transition_until,
            ),
        };
        let due = match due.filter(|due| today <= *due) {
            Some(due) => due,
            None => self
                .inner
                .periods
                .return_of_papers
                .after(today, &self.inner.calendar),
        };
        let recall = Recall {
            reason: reason.to_owned(),
            revision,
            due,
            returned: None,
            destruction: None,
        };
        self.enter_filing(work, licence, FilingMatter::Recall(recall))
            .await?;
        Ok(())
    }

    /// The job that signs what was fixed: a stand-in, or an edition without an application.
    pub(in crate::service) fn enqueue_edition(&self, work: &mut Work, licence: &Licence) -> Outcome<()> {
        let payload = json!({ "licence": licence.facts().id });
        let key = format!("{}:{}", licence.facts().id, licence.facts().version);
        work.enqueue(kernel::NewJob::new(EDITION_JOB, &payload)?.once(key));
        Ok(())
    }

    /// Does that job. Taken up again, it comes to the same end.
    pub(crate) async fn make_edition(&self, id: LicenceId) -> Outcome<()> {
        let work = self.inner.kernel.begin(&issuer()).await?;
        let licence = self.loaded(&work, id).await?;
        work.rollback().await?;
        match licence {
            Licence::Reserved(reserved) => {
                let pair = self.press(&reserved).await?;
                self.conclude(id, pair).await?;
            }
            Licence::Issued(held) | Licence::Suspended(crate::model::Suspended { held, .. }) => {
                self.finish_edition(held).await?;
            }
            Licence::Ended(_) | Licence::Voided(_) => {}
        }
        Ok(())
    }
}
