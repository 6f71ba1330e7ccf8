//! The neighbours that do it.

use applications::{
    Applications, ApplicationsError, Filters, Listed,
    model::{ChangedItem, DeregistrationGround, Paper, ReplacementCause, StateName, Subject},
};
use async_trait::async_trait;
use certificate::{Block, CURRENT_TEMPLATE, CertificateError, LicenceRecord, OfficialDocument};
use kernel::{
    Actor, PageQuery,
    ids::{ApplicationId, LicenceId},
};
use press::{Press, PressError};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Certify, Grants, NeighbourError, Pressed, ProspectError, Running};
use crate::model::{Amendment, CancellationGround, Grant, Holder, LossOrDamage, Period, Purpose};

#[async_trait]
impl Grants for Applications {
    async fn grant(&self, application: ApplicationId) -> Result<Grant, NeighbourError> {
        let granted = self.granted(application).await.map_err(|error| match error {
            ApplicationsError::NotFound(_) => NeighbourError::ForGood(Box::new(error)),
            _ => NeighbourError::ForNow(Box::new(error)),
        })?;
        taken(granted)
    }

    async fn prospect(
        &self,
        actor: &Actor,
        application: ApplicationId,
        scope: Option<Vec<String>>,
    ) -> Result<Grant, ProspectError> {
        let refused = |error: ApplicationsError| ProspectError::Refused(Box::new(error.into()));
        let granted = Self::prospect(self, actor, application, scope).await;
        Ok(taken(granted.map_err(refused)?)?)
    }

    async fn running(&self, licence: LicenceId) -> Result<Vec<Running>, NeighbourError> {
        let filters = Filters {
            licence: Some(licence.into()),
            ..Filters::default()
        };
        let page = PageQuery {
            limit: Some(MOST_APPLICATIONS),
            cursor: None,
        };
        let listed = self.list(&Actor::system("许可证管理"), filters, &page).await;
        let listed = listed.map_err(|error| NeighbourError::ForNow(Box::new(error)))?;
        let open = listed
            .items
            .into_iter()
            .filter(|one| !one.application.state().is_final());
        Ok(open.map(|one| under_way(&one)).collect())
    }
}

/// Applications about one licence that are looked through, newest first; only one of a kind can be under way.
const MOST_APPLICATIONS: u64 = 200;

fn under_way(listed: &Listed) -> Running {
    let state = listed.application.state();
    Running {
        application: listed.id,
        reference: listed.application.intake().map(|intake| intake.reference.clone()),
        matter: listed.application.dossier().matter,
        state: state.as_str(),
        state_name: state.label(),
        is_draft: state == StateName::Draft,
    }
}

/// A grant of applications in the words of this capability.
fn taken(granted: applications::Grant) -> Result<Grant, NeighbourError> {
    let purpose = purpose(&granted)?;
    let holder = granted.holder;
    Ok(Grant {
        purpose,
        application: granted.application,
        reference: granted.reference,
        matter: granted.matter,
        matter_version: granted.matter_version,
        industry: granted.industry,
        enterprise: granted.enterprise,
        holder: Holder {
            name: holder.name,
            code: holder.code.parse().map_err(for_good)?,
            address: holder.address,
            legal_representative: holder.legal_representative,
            economic_type: holder.economic_type,
            region: holder.region.parse().map_err(for_good)?,
        },
        scope: granted.scope,
        decided_on: granted.decided_on,
        validity: Period {
            from: granted.valid_from,
            until: granted.valid_to,
        },
        demo: granted.demo,
    })
}

/// What a grant leads to.
fn purpose(granted: &applications::Grant) -> Result<Purpose, NeighbourError> {
    let without = || for_good(NoLicence(granted.reference.clone()));
    let licence = || granted.licence.ok_or_else(without);
    Ok(match &granted.subject {
        Subject::FirstIssue if granted.licence.is_some() => return Err(without()),
        Subject::FirstIssue => Purpose::FirstIssue,
        Subject::Renewal { .. } => Purpose::Renewal {
            licence: licence()?,
            deemed: granted.deemed,
        },
        Subject::Change { items, .. } => Purpose::Change {
            licence: licence()?,
            amendments: items.iter().map(amendment).collect(),
        },
        Subject::Replacement { cause, .. } => Purpose::Replacement {
            licence: licence()?,
            cause: match cause {
                ReplacementCause::Loss => LossOrDamage::Lost,
                ReplacementCause::Damage => LossOrDamage::Damaged,
            },
        },
        Subject::Deregistration { ground, .. } => Purpose::Deregistration {
            licence: licence()?,
            ground: match ground {
                DeregistrationGround::Dissolved => CancellationGround::OrganisationEnded,
                DeregistrationGround::ForceMajeure => CancellationGround::ForceMajeure,
                DeregistrationGround::Ceased | DeregistrationGround::OtherGround => {
                    CancellationGround::OtherByLaw
                }
            },
            reason: ground.facet().label().to_owned(),
        },
    })
}

fn amendment(item: &ChangedItem) -> Amendment {
    let (from, to) = item.words();
    Amendment {
        item: item.facet().label().to_owned(),
        from,
        to,
    }
}

/// Subject and licence of a grant contradict each other.
#[derive(Debug, thiserror::Error)]
#[error("application {0}: subject and licence contradict each other")]
struct NoLicence(String);

fn for_good(error: impl std::error::Error + Send + Sync + 'static) -> NeighbourError {
    NeighbourError::ForGood(Box::new(error))
}

#[async_trait]
impl Certify for Press {
    async fn certify(&self, record: LicenceRecord, at: OffsetDateTime) -> Result<Pressed, NeighbourError> {
        let made = self.certificate(record, at).await.map_err(judge)?;
        Ok(Pressed {
            pdf: made.pdf,
            qr_url: made.qr_url,
        })
    }

    async fn document(
        &self,
        paper: &Paper,
        ident: Uuid,
        at: OffsetDateTime,
    ) -> Result<Vec<u8>, NeighbourError> {
        Press::document(self, page(paper, ident), at).await.map_err(judge)
    }

    async fn preview(
        &self,
        paper: &Paper,
        ident: Uuid,
        at: OffsetDateTime,
    ) -> Result<Vec<u8>, NeighbourError> {
        // Nobody has sealed a preview.
        let unsealed = OfficialDocument {
            seal: false,
            ..page(paper, ident)
        };
        Press::preview(self, unsealed, at).await.map_err(judge)
    }

    async fn specimen(&self, record: LicenceRecord, at: OffsetDateTime) -> Result<Vec<u8>, NeighbourError> {
        Self::specimen(self, record, at).await.map_err(judge)
    }
}

/// Stands above the double rule of papers of a case.
const SERIES: &str = "安全生产行政执法文书";

/// The page of a paper.
fn page(paper: &Paper, ident: Uuid) -> OfficialDocument {
    let facts = paper.facts.iter();
    let fields = facts
        .map(|fact| (fact.label.clone(), fact.value.clone()))
        .collect();
    let mut blocks = vec![Block::Fields { fields }];
    blocks.extend(paper.paragraphs.iter().map(Block::paragraph));
    if let Some(table) = &paper.table {
        blocks.push(Block::Table {
            caption: table.title.clone(),
            columns: table.columns.clone(),
            widths: Vec::new(),
            rows: table.rows.clone(),
        });
    }
    OfficialDocument {
        ident: ident.to_string(),
        series: SERIES.to_owned(),
        title: paper.title.clone(),
        number: paper.number.clone(),
        addressee: paper.addressee.clone(),
        blocks,
        authority: paper.issuer.clone(),
        date: paper.date.0,
        seal: true,
        signatures: paper.signatures.clone(),
        footer: paper.copies.clone(),
        qr: None,
        template: CURRENT_TEMPLATE.to_owned(),
        layout: "notice".to_owned(),
    }
}

/// A record that cannot be printed stays so; keys, timestamps and files may come back.
fn judge(error: PressError) -> NeighbourError {
    match error {
        PressError::Certificate(
            CertificateError::Typesetting(_)
            | CertificateError::NoTemplate(_)
            | CertificateError::Record(_)
            | CertificateError::Range(_)
            | CertificateError::Revision(_),
        ) => NeighbourError::ForGood(Box::new(error)),
        PressError::Certificate(_) | PressError::Stopped(_) => NeighbourError::ForNow(Box::new(error)),
    }
}
