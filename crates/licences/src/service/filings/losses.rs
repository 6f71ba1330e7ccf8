//! A lost paper: declared, made public, found again.

use kernel::{
    Actor, Happened, LegalDate, Page, PageQuery, Permission, Subject, Work,
    ids::{ApplicationId, LicenceId},
};
use serde_json::json;

use super::{PublicLoss, invalid, texts};
use crate::{
    model::{Filing, FilingFault, FilingId, FilingMatter, FollowUp, Grant, Licence, Loss},
    service::{Licences, LicencesError, Outcome, register::LOSS_DECLARED},
    store,
};

impl Licences {
    /// 遗失声明: made public for some days.
    ///
    /// # Errors
    /// [`LicencesError::Filing`] while an earlier loss is not settled.
    pub async fn declare_loss(
        &self,
        actor: &Actor,
        id: LicenceId,
        on: LegalDate,
        circumstances: String,
    ) -> Outcome<Filing> {
        texts([("circumstances", "遗失经过", &circumstances)])?;
        let (mut work, licence) = self.open(actor, id, Permission::LicencesHold).await?;
        self.in_force(&licence, "声明遗失")?;
        if on > work.now().legal_date() {
            return Err(invalid("on", "遗失日期不能晚于今天，请核对"));
        }
        if store::open_loss(work.conn(), id).await?.is_some() {
            return Err(LicencesError::Filing(FilingFault::Done));
        }
        let filing = self
            .publish_loss(&mut work, &licence, on, circumstances, None)
            .await?;
        work.commit().await?;
        Ok(filing)
    }

    pub(super) async fn publish_loss(
        &self,
        work: &mut Work,
        licence: &Licence,
        on: LegalDate,
        circumstances: String,
        application: Option<ApplicationId>,
    ) -> Outcome<Filing> {
        let today = work.now().legal_date();
        let notice_until = self.inner.periods.loss_notice.after(today, &self.inner.calendar);
        let filing = self
            .enter_filing(
                work,
                licence,
                FilingMatter::Loss(Loss {
                    on,
                    circumstances,
                    notice_from: today,
                    notice_until,
                    application,
                    found_on: None,
                }),
            )
            .await?;
        let facts = licence.facts();
        let said = format!("持证单位声明证书遗失，公告至{}", notice_until.chinese());
        work.note_within(
            facts.holder.region.as_str(),
            Subject::new("licence", facts.id),
            facts.enterprise.into(),
            Happened::new(LOSS_DECLARED, "遗失公告")
                .reason(said)
                .data(json!({ "filing": filing.id, "notice_until": notice_until })),
        )?;
        Ok(filing)
    }

    /// The paper was found before it was replaced.
    ///
    /// # Errors
    /// [`LicencesError::Fault`] for a licence that nobody holds any more; [`LicencesError::Filing`].
    pub async fn found_again(&self, actor: &Actor, id: FilingId, version: i64) -> Outcome<Filing> {
        let (mut work, filing, licence) = self
            .filing_for(actor, id, version, Permission::LicencesHold)
            .await?;
        self.held(&licence, "登记找回")?;
        let found = FollowUp::Found(work.now().legal_date());
        let filing = self.carry_on(&mut work, filing, found).await?;
        work.commit().await?;
        Ok(filing)
    }

    /// The last day of the notice while a loss is made public; a loss that only the application tells of is made
    /// public now.
    pub(in crate::service) async fn notice_of_loss(
        &self,
        work: &mut Work,
        licence: &Licence,
        grant: &Grant,
    ) -> Outcome<Option<LegalDate>> {
        let today = work.now().legal_date();
        if let Some(loss) = store::open_loss(work.conn(), licence.facts().id).await? {
            return Ok(loss.notice_until().filter(|until| today <= *until));
        }
        let circumstances = format!("补证申请 {} 载明证书遗失", grant.reference);
        let on = grant.decided_on;
        let loss = self
            .publish_loss(work, licence, on, circumstances, Some(grant.application))
            .await?;
        Ok(loss.notice_until())
    }

    /// Losses that are public today, newest first.
    ///
    /// # Errors
    /// [`LicencesError::Kernel`], also for a cursor that is none.
    pub async fn public_losses(&self, page: &PageQuery) -> Outcome<Page<PublicLoss>> {
        let before = page
            .after()
            .map_err(|problem| LicencesError::Refused(Box::new(problem)))?;
        let limit = page.limit();
        let rows = store::public_losses(self.inner.kernel.db(), self.today(), before, limit).await?;
        let public = rows.into_iter().filter_map(|filing| match filing.matter {
            FilingMatter::Loss(loss) => Some(PublicLoss {
                seq: filing.seq,
                number: filing.number,
                holder: filing.holder,
                from: loss.notice_from,
                until: loss.notice_until,
            }),
            _ => None,
        });
        Ok(Page::cut(public.collect(), limit, |loss| loss.seq))
    }

    /// How long a loss is made public, such as 3日.
    pub fn loss_term(&self) -> String {
        self.inner.periods.loss_notice.term.to_string()
    }
}
