//! What the public pages show: the licence register and the evidence log.

use std::collections::BTreeMap;

use async_trait::async_trait;
use codes::RegionCode;
use kernel::{KernelError, Page, PageQuery, Problem};
use licences::{Edition, Licences, PublicFile, PublicQuery, Status};
use matters::Industry;
use public::{
    CertificateFile, HistoryEntry, Holder, Inclusion, LicenceLine, LossNotice, LossPeriod, Numbers,
    PublicLicence, PublicPenalty, SearchQuery, SitemapEntry, Standing, State,
};
use registry::Registry;
use transparency::{Transparency, TransparencyError};

/// The licence register.
pub struct LicenceRegister {
    /// Licences.
    pub licences: Licences,
    /// Names of regions.
    pub registry: Registry,
}

impl LicenceRegister {
    fn region_name(&self, code: &str) -> String {
        code.parse::<RegionCode>()
            .map(|code| self.registry.region_name(&code))
            .unwrap_or_default()
    }
}

#[async_trait]
impl public::Register for LicenceRegister {
    async fn status(&self, key: &str) -> Result<Option<PublicLicence>, Problem> {
        let Some(file) = self.licences.public_file(key).await? else {
            return Ok(None);
        };
        let standing = standing(&file);
        let Some(issued) = file.licence.issued() else {
            return Ok(None);
        };
        let changed_at = file.updated_at;
        let penalties = file.history.iter().filter_map(|event| {
            Some(PublicPenalty {
                on: event.on,
                reference: event.penalty.clone()?,
                text: match &event.reason {
                    Some(reason) => format!("{}：{reason}", event.title),
                    None => event.title.clone(),
                },
            })
        });
        let penalties = penalties.collect();
        let history = file.history.into_iter().map(|event| HistoryEntry {
            on: event.on,
            title: event.title,
            detail: event.reason,
        });
        let facts = issued.facts.clone();
        let version = u32::from(facts.identifier.version());
        let mut certificates = Vec::new();
        for (edition, name) in [(Edition::Original, "正本"), (Edition::Duplicate, "副本")] {
            if let Some(files) = &issued.certificate {
                certificates.push(CertificateFile {
                    edition: name.to_owned(),
                    version,
                    sha256: files.file(edition).to_owned(),
                    fingerprint: Some(issued.fingerprint(edition)?),
                });
            }
        }
        Ok(Some(PublicLicence {
            number: facts.number.to_string(),
            identifier: Some(facts.identifier.to_string()),
            name: certificate::LICENCE_NAME.to_owned(),
            industry: facts.industry,
            holder: Holder {
                name: facts.holder.name,
                code: facts.holder.code.to_string(),
                address: facts.holder.address,
                legal_representative: facts.holder.legal_representative,
                economic_type: facts.holder.economic_type,
                region: self.registry.region_name(&facts.holder.region),
            },
            scope: facts.scope,
            valid_from: facts.validity.from,
            valid_until: facts.validity.until,
            issued_on: facts.issued_on,
            renew_from: file.expiring_from,
            authority: facts.authority.name,
            in_force_from: facts.in_force_from,
            standing,
            lost: file.lost.map(|(from, until)| LossPeriod { from, until }),
            grade: None,
            history: history.collect(),
            penalties,
            certificates,
            version,
            demo: facts.demo,
            updated_at: changed_at,
        }))
    }

    async fn search(&self, query: &SearchQuery) -> Result<Page<LicenceLine>, Problem> {
        let status = match query.state {
            None => None,
            Some(state) => match status_of(state) {
                Some(status) => Some(status),
                None => {
                    return Ok(Page {
                        items: Vec::new(),
                        next: None,
                    });
                }
            },
        };
        let wanted = PublicQuery {
            text: query.text.clone(),
            industry: query.industry,
            region: query.region.clone(),
            status,
            page: PageQuery {
                limit: Some(query.limit),
                cursor: query.cursor.clone(),
            },
        };
        let page = self.licences.search_public(&wanted).await?;
        Ok(page.map(|row| LicenceLine {
            number: row.number,
            holder: row.holder,
            code: row.credit_code,
            industry: row.industry,
            region: self.region_name(&row.region),
            valid_until: row.valid_until,
            state: state_of(row.status),
        }))
    }

    async fn numbers(&self) -> Result<Numbers, Problem> {
        let mut numbers = Numbers::default();
        let mut by_industry: BTreeMap<&'static str, (Industry, u64)> = BTreeMap::new();
        let mut by_region: BTreeMap<String, u64> = BTreeMap::new();
        for count in self.licences.counts().await? {
            numbers.valid += count.in_force;
            numbers.expiring += count.expiring;
            by_industry
                .entry(count.industry.as_str())
                .or_insert((count.industry, 0))
                .1 += count.in_force;
            *by_region.entry(count.region).or_default() += count.in_force;
        }
        numbers.by_industry = by_industry.into_values().collect();
        for (code, count) in by_region {
            let code: RegionCode = code
                .parse()
                .map_err(|_| Problem::from(KernelError::Corrupt("region".into())))?;
            let name = self.registry.divisions().name(&code).unwrap_or("其他").to_owned();
            numbers.by_region.push((code, name, count));
        }
        Ok(numbers)
    }

    async fn losses(&self, cursor: Option<String>, limit: u64) -> Result<Page<LossNotice>, Problem> {
        let query = PageQuery {
            limit: Some(limit),
            cursor,
        };
        let page = self.licences.public_losses(&query).await?;
        Ok(page.map(|loss| LossNotice {
            number: loss.number,
            holder: loss.holder,
            from: loss.from,
            until: loss.until,
        }))
    }

    fn loss_term(&self) -> String {
        self.licences.loss_term()
    }

    async fn sitemap_pages(&self) -> Result<u32, Problem> {
        Ok(self.licences.sitemap_pages().await?)
    }

    async fn sitemap_page(&self, page: u32) -> Result<Vec<SitemapEntry>, Problem> {
        let rows = self.licences.sitemap_page(page).await?;
        Ok(rows
            .into_iter()
            .map(|(number, changed_on)| SitemapEntry { number, changed_on })
            .collect())
    }
}

fn state_of(status: Status) -> State {
    match status {
        Status::NotYetValid => State::NotYetValid,
        Status::Valid => State::Valid,
        Status::Expiring => State::Expiring,
        Status::Expired => State::Expired,
        Status::InTransition => State::InTransition,
        Status::Temporary => State::Temporary,
        Status::Suspended => State::Suspended,
        Status::Revoked => State::Revoked,
        Status::Rescinded => State::Rescinded,
        Status::Withdrawn => State::Withdrawn,
        Status::Cancelled => State::Cancelled,
        Status::Replaced => State::Replaced,
    }
}

/// What the register says, with the day and the reason that may be public.
fn standing(file: &PublicFile) -> Standing {
    let mark = file.licence.mark();
    let Some(one) = mark.standing else {
        return match (mark.temporary, mark.transition_until) {
            (true, _) => Standing::Temporary {
                of: file.of_number.clone().unwrap_or_default(),
            },
            (false, Some(until)) => Standing::InTransition { until },
            (false, None) => Standing::InForce,
        };
    };
    let (on, reason) = (one.since, one.reason);
    match one.status {
        Status::Suspended => Standing::Suspended {
            since: on,
            until: one.until,
            reason,
        },
        Status::Revoked => Standing::Revoked { on, reason },
        Status::Rescinded => Standing::Rescinded { on, reason },
        Status::Withdrawn => Standing::Withdrawn { on, reason },
        Status::Cancelled => Standing::Cancelled { on, reason },
        Status::Replaced => Standing::Replaced {
            on,
            by: one.by.unwrap_or_default(),
        },
        _ => Standing::InForce,
    }
}

/// The status behind a state; `None` for those that no licence has yet.
fn status_of(state: State) -> Option<Status> {
    Status::ALL.into_iter().find(|status| state_of(*status) == state)
}

/// The evidence log.
pub struct Evidence {
    /// The log.
    pub log: Transparency,
    /// To find the licence of a file.
    pub licences: Licences,
}

#[async_trait]
impl public::EvidenceLookup for Evidence {
    async fn inclusion(&self, sha256: &str) -> Result<Option<Inclusion>, Problem> {
        let Some(licence) = self.licences.of_file(sha256).await? else {
            return Ok(None);
        };
        match self.log.prove_file(("licence", licence.into()), sha256).await {
            Ok(proof) => Ok(Some(Inclusion {
                sha256: sha256.to_owned(),
                index: proof.index,
                entry: proof.entry,
                bundle: proof.bundle,
                at: proof.at,
            })),
            Err(TransparencyError::NotFound | TransparencyError::NotSealed) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
