//! Joint site checks (APP.4): one visit for all departments, by one checklist.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use identity::{Account, AccountState, IdentityError};
use kernel::{
    Actor, FieldError, LegalDate, Moment, Permission,
    blobs::{self, BadFile, FileKind},
    ids::{AccountId, ApplicationId},
};
use matters::{ConditionKey, DepartmentKey};

use super::{Applications, ApplicationsError, Open, Outcome, files::MEGABYTE};
use crate::{
    model::{Acknowledgement, Command, FileId, Met, SiteCheck, SiteCheckId, SiteOfficer, SitePhoto, Spot},
    rules::{Action, Denial, PaperKind},
    store::{self, Record},
};

/// Largest photo, in megabytes.
const PHOTO_MB: u32 = 20;

/// An order of a site check.
#[derive(Clone, Debug)]
pub struct NewSiteCheck {
    /// Why the content has to be verified on site.
    pub reason: String,
    /// Day of the visit.
    pub planned_on: LegalDate,
    /// Who goes there; at least two with a qualification for the industry.
    pub officers: Vec<AccountId>,
}

/// An officer who may be named for a site check.
#[derive(Clone, Debug)]
pub struct SiteOfficerChoice {
    /// Account.
    pub account: AccountId,
    /// Name.
    pub name: String,
    /// Department; absent for those who belong to none.
    pub department: Option<String>,
    /// Number of the card that is valid for the industry today (执法证).
    pub card: String,
    /// Its last day.
    pub valid_until: LegalDate,
    /// Whether the department takes part in the review of this application.
    pub reviews: bool,
    /// Days on which the officer is named for another site check.
    pub busy_on: Vec<LegalDate>,
}

/// A photo as it comes in.
#[derive(Clone, Debug)]
pub struct NewPhoto {
    /// The line that it shows; absent for the whole.
    pub condition: Option<ConditionKey>,
    /// When it was taken.
    pub taken_at: Moment,
    /// Where, by coordinates.
    pub spot: Spot,
    /// Where, in words.
    pub place: String,
}

/// A photo that grows as it streams in.
pub struct PhotoUpload(BytesMut);

impl PhotoUpload {
    /// Takes the next piece.
    ///
    /// # Errors
    /// [`BadFile::TooLarge`] as soon as the limit is passed.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), BadFile> {
        if self.0.len() + chunk.len() > PHOTO_MB as usize * MEGABYTE {
            return Err(BadFile::TooLarge {
                limit_mb: PHOTO_MB.into(),
            });
        }
        self.0.extend_from_slice(chunk);
        Ok(())
    }
}

/// Whether somebody can act on a site check at all: an officer who reads applications.
fn may_go(account: &Account) -> bool {
    let reads = |role: &kernel::Role| role.permissions().contains(&Permission::ApplicationsRead);
    account.scope.enterprise.is_none() && account.roles.iter().any(reads)
}

impl Applications {
    /// Orders a joint site check: one visit of at least two qualified officers for all departments.
    ///
    /// # Errors
    /// [`ApplicationsError::Refused`] names the fields; [`ApplicationsError::Denied`] for another department.
    pub async fn order_site_check(
        &self,
        actor: &Actor,
        id: ApplicationId,
        new: NewSiteCheck,
    ) -> Outcome<Record> {
        actor.require(Action::OrderSiteCheck.permission())?;
        let industry = self.industry_of(actor, id).await?;
        let mut officers = Vec::new();
        for account in new.officers {
            officers.push(self.site_officer(account, &industry).await?);
        }
        let open = self.open(actor, id, Action::OrderSiteCheck).await?;
        let check = SiteCheck {
            id: SiteCheckId(open.work.next_id()),
            ordered: open.act(),
            reason: new.reason,
            planned_on: new.planned_on,
            officers,
            lines: Vec::new(),
            photos: Vec::new(),
            conclusion: None,
        };
        self.close(open, Command::OrderSiteCheck(check), &[], Vec::new())
            .await
    }

    /// Officers who may be named for a site check of this application today: those of the departments that review
    /// it first, then by name.
    ///
    /// # Errors
    /// [`ApplicationsError::Denied`] for those who may not order one.
    pub async fn site_officers(&self, actor: &Actor, id: ApplicationId) -> Outcome<Vec<SiteOfficerChoice>> {
        actor.require(Action::OrderSiteCheck.permission())?;
        let record = self.seen(actor, id).await?;
        let app = &record.application;
        let def = self.definition(app)?;
        let bodies = self.bodies(app, def);
        let orders = actor.scope.department.as_deref() == Some(bodies.lead.as_str());
        if !orders && !actor.is_system {
            return Err(Denial::Department.into());
        }
        let today = self.now().legal_date();
        let dossier = app.dossier();
        let industry = dossier.matter.industry.as_str();
        let qualified = self.inner.identity.qualified_officers(industry, today).await?;
        let visits = store::visits(self.kernel.db(), id).await?;
        let reviewing: Vec<&str> = app
            .case()
            .into_iter()
            .flat_map(|case| &case.reviews)
            .map(|review| review.department.as_str())
            .collect();
        let mut choices: Vec<SiteOfficerChoice> = qualified
            .into_iter()
            .filter(|(account, _)| may_go(account) && account.scope.covers(&dossier.applicant.region, None))
            .map(|(account, card)| SiteOfficerChoice {
                busy_on: visits
                    .iter()
                    .filter(|(accounts, _)| accounts.contains(&account.id.to_string()))
                    .map(|(_, day)| *day)
                    .collect(),
                reviews: account
                    .scope
                    .department
                    .as_deref()
                    .is_some_and(|own| reviewing.contains(&own)),
                account: account.id,
                name: account.name,
                department: account.scope.department,
                card: card.number,
                valid_until: card.valid_until,
            })
            .collect();
        // The order by name stays within each half.
        choices.sort_by_key(|one| !one.reviews);
        Ok(choices)
    }

    async fn industry_of(&self, actor: &Actor, id: ApplicationId) -> Outcome<String> {
        let record = self.seen(actor, id).await?;
        Ok(record.application.dossier().matter.industry.as_str().to_owned())
    }

    /// An officer with the card that is valid for the industry today; a blank card is refused by the rules.
    async fn site_officer(&self, account: AccountId, industry: &str) -> Outcome<SiteOfficer> {
        let system = Actor::system("资格核对");
        let stranger = || {
            let message = "核查人员须为本平台在用的执法人员账号，请从人员名单中选择";
            ApplicationsError::Invalid(vec![FieldError::new("officers", message)])
        };
        let found = match self.inner.identity.account(&system, account).await {
            Err(IdentityError::NotFound) => return Err(stranger()),
            outcome => outcome?,
        };
        if found.state != AccountState::Active || !may_go(&found) {
            return Err(stranger());
        }
        let today = self.now().legal_date();
        let held = self.inner.identity.qualifications(&system, account).await?;
        let card = held
            .into_iter()
            .find(|one| identity::rules::is_qualified(std::slice::from_ref(one), industry, today));
        Ok(SiteOfficer {
            account,
            name: found.name,
            department: found
                .scope
                .department
                .and_then(|own| own.parse::<DepartmentKey>().ok()),
            card: card.map(|one| one.number).unwrap_or_default(),
            signed_at: None,
        })
    }

    /// Takes an order back that is not carried out.
    ///
    /// # Errors
    /// [`ApplicationsError::Refused`] once it is concluded.
    pub async fn cancel_site_check(
        &self,
        actor: &Actor,
        id: ApplicationId,
        check: SiteCheckId,
        reason: String,
    ) -> Outcome<Record> {
        let open = self.open(actor, id, Action::CancelSiteCheck).await?;
        self.close(open, Command::CancelSiteCheck { check, reason }, &[], Vec::new())
            .await
    }

    /// Opens an application for an officer of one of its checks.
    async fn on_site(&self, actor: &Actor, id: ApplicationId, check: SiteCheckId) -> Outcome<Open<'_>> {
        let open = self.open(actor, id, Action::RecordSiteCheck).await?;
        let case = open.record.application.case();
        let known = case.and_then(|case| case.site_check(check));
        let known = known.ok_or(ApplicationsError::NotFound("现场核查"))?;
        if actor.account.is_some_and(|own| known.officer(own).is_none()) {
            return Err(Denial::Department.into());
        }
        Ok(open)
    }

    /// Records results of lines; they can be recorded anew until the check is concluded.
    ///
    /// # Errors
    /// [`ApplicationsError::Refused`] names the lines.
    pub async fn record_site_results(
        &self,
        actor: &Actor,
        id: ApplicationId,
        check: SiteCheckId,
        results: BTreeMap<ConditionKey, (Met, String)>,
    ) -> Outcome<Record> {
        let open = self.on_site(actor, id, check).await?;
        let act = open.act();
        let command = Command::RecordSiteResults { check, results, act };
        self.close(open, command, &[], Vec::new()).await
    }

    /// Begins a photo; refused before anything is sent where the actor may not add one.
    ///
    /// # Errors
    /// [`ApplicationsError::Denied`], [`ApplicationsError::NotFound`].
    pub async fn begin_photo(
        &self,
        actor: &Actor,
        id: ApplicationId,
        check: SiteCheckId,
    ) -> Outcome<PhotoUpload> {
        let open = self.on_site(actor, id, check).await?;
        open.work.rollback().await?;
        Ok(PhotoUpload(BytesMut::new()))
    }

    /// Checks and keeps a photo taken on site, with time and place.
    ///
    /// # Errors
    /// [`ApplicationsError::BadFile`] unless it is a picture; [`ApplicationsError::Refused`] for an impossible time.
    pub async fn add_site_photo(
        &self,
        actor: &Actor,
        id: ApplicationId,
        check: SiteCheckId,
        upload: PhotoUpload,
        new: NewPhoto,
    ) -> Outcome<Record> {
        let bytes: Bytes = upload.0.freeze();
        let media_type = blobs::check(&bytes, PHOTO_MB.into(), &[FileKind::Picture])?;
        let blob = self.kernel.blobs().put(bytes, media_type).await?;
        let open = self.on_site(actor, id, check).await?;
        open.work.keep_blob(&blob).await?;
        let photo = SitePhoto {
            id: FileId(open.work.next_id()),
            condition: new.condition,
            taken_at: new.taken_at,
            spot: new.spot,
            place: new.place,
            blob,
            added: open.act(),
        };
        self.close(open, Command::AddSitePhoto { check, photo }, &[], Vec::new())
            .await
    }

    /// A photo with its content, for officers and the applicant.
    ///
    /// # Errors
    /// [`ApplicationsError::NotFound`].
    pub async fn site_photo(
        &self,
        actor: &Actor,
        id: ApplicationId,
        check: SiteCheckId,
        photo: FileId,
    ) -> Outcome<(SitePhoto, Bytes)> {
        let record = self.seen(actor, id).await?;
        let known = record.application.case().and_then(|case| case.site_check(check));
        let known = known.and_then(|check| check.photos.iter().find(|one| one.id == photo));
        let known = known.ok_or(ApplicationsError::NotFound("照片"))?.clone();
        let bytes = self.kernel.blobs().get_checked(&known.blob.sha256).await?;
        Ok((known, bytes))
    }

    /// Signs the record, each officer for himself.
    ///
    /// # Errors
    /// [`ApplicationsError::Refused`] while a line is open.
    pub async fn sign_site_check(
        &self,
        actor: &Actor,
        id: ApplicationId,
        check: SiteCheckId,
    ) -> Outcome<Record> {
        let open = self.on_site(actor, id, check).await?;
        let act = open.act();
        self.close(open, Command::SignSiteCheck { check, act }, &[], Vec::new())
            .await
    }

    /// Concludes the check: signature of the enterprise or its refusal, and the record as a signed document.
    ///
    /// # Errors
    /// [`ApplicationsError::Refused`] lists what is missing.
    pub async fn conclude_site_check(
        &self,
        actor: &Actor,
        id: ApplicationId,
        check: SiteCheckId,
        acknowledgement: Acknowledgement,
        summary: String,
    ) -> Outcome<Record> {
        let open = self.on_site(actor, id, check).await?;
        let act = open.act();
        let command = Command::ConcludeSiteCheck {
            check,
            acknowledgement,
            summary,
            act,
        };
        self.close(open, command, &[PaperKind::SiteChecked(check)], Vec::new())
            .await
    }
}
