//! Holding a licence: what is filed about it, and what is owed.

use std::collections::BTreeSet;

use applications::model::Person;
use codes::RegionCode;
use kernel::{
    Actor, FieldError, Happened, KernelError, LegalDate, Moment, Permission, Subject, Work,
    event::Event,
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use matters::Kind;
use serde_json::json;
use time::Duration;

use super::{Licences, LicencesError, Outcome, issue::issuer, possible::may_know, read::text_query};
use crate::{
    model::{
        AnnualReviewFiling, Damage, Destruction, EmergencyUse, Exchange, Filing, FilingFault, FilingId,
        FilingMatter, FollowUp, Grant, Handover, Issued, Licence, Loss, Period, Posted, Recall, Report,
        Returned, RevisionCause, SelfCheck, Status, Waiting, Witness, WorkElsewhere,
    },
    rules::{self, Content, Duty, Window},
    store::{self, FilingQuery},
};

/// Longest text of a filing.
const LONGEST: usize = 2000;
/// Licences of one enterprise whose duties are listed.
const MOST_LICENCES: u64 = 200;
/// Furthest span of days that duties are listed for.
const LONGEST_WINDOW: Duration = Duration::days(4 * 366);

/// How a licence was handed over.
#[derive(Clone, Debug)]
pub struct NewHandover {
    /// Who took it.
    pub recipient: String,
    /// How the recipient proved to be entitled.
    pub identity: String,
    /// How it was handed over.
    pub method: String,
    /// Where.
    pub place: String,
}

/// A damaged paper.
#[derive(Clone, Debug)]
pub struct NewDamage {
    /// When it happened.
    pub happened_at: Moment,
    /// What happened.
    pub cause: String,
    /// By a disaster.
    pub disaster: bool,
}

/// Work outside the place of issue.
#[derive(Clone, Debug)]
pub struct NewWorkElsewhere {
    /// Place of work.
    pub region: RegionCode,
    /// The place.
    pub place: String,
    /// What is done there.
    pub project: String,
    /// Who answers for safety there.
    pub responsible: String,
    /// First day.
    pub from: LegalDate,
    /// Last day as planned.
    pub until: LegalDate,
}

/// A public notice of a loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicLoss {
    /// Order of entry.
    pub seq: i64,
    /// Number of the lost licence.
    pub number: String,
    /// Its holder.
    pub holder: String,
    /// First day of the notice.
    pub from: LegalDate,
    /// Last day of the notice.
    pub until: LegalDate,
}

/// Which filings are listed.
#[derive(Clone, Debug, Default)]
pub struct FilingsWanted {
    /// Of one licence.
    pub licence: Option<LicenceId>,
    /// Of one enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// Of one kind.
    pub kind: Option<String>,
    /// Something is still owed.
    pub open: bool,
    /// Something is the actor's to do, as an officer.
    pub waits: bool,
    /// Part of the holder's name, of the number or of the code; two characters at least.
    pub text: Option<String>,
}

/// A step upon a filing that clients are offered.
struct Step {
    act: &'static str,
    permission: Permission,
    follow_up: FollowUp,
}

/// Every step, filled in so far that it can be tried.
fn steps(by: Person, at: Moment) -> Vec<Step> {
    use Permission::{LicencesDeliver, LicencesHold, LicencesSupervise};
    let (on, text) = (at.legal_date(), String::new);
    let posted = Posted {
        on,
        place: text(),
        by: by.clone(),
    };
    let begun = FollowUp::BeginExchange {
        at,
        application: None,
    };
    let report = Report {
        on,
        text: text(),
        by: by.clone(),
    };
    let returned = Returned {
        on,
        papers: text(),
        by: by.clone(),
    };
    let destruction = Destruction {
        method: text(),
        by: by.clone(),
        at,
        witness: None,
    };
    let all = [
        ("confirm_posting", LicencesHold, FollowUp::Post(posted)),
        ("begin_exchange", LicencesHold, begun),
        ("recover", LicencesHold, FollowUp::Found(on)),
        ("report", LicencesHold, FollowUp::Report(report)),
        (
            "issue_stand_in",
            LicencesDeliver,
            FollowUp::StandIn(LicenceId(uuid::Uuid::nil())),
        ),
        ("take_back", LicencesDeliver, FollowUp::Return(returned)),
        ("destroy", LicencesDeliver, FollowUp::Destroy(destruction)),
        (
            "witness",
            LicencesSupervise,
            FollowUp::Witness(Witness { by, at }),
        ),
    ];
    all.map(|(act, permission, follow_up)| Step {
        act,
        permission,
        follow_up,
    })
    .into()
}

pub(super) fn person(actor: &Actor) -> Person {
    Person {
        account: actor.account,
        name: actor.name.clone(),
    }
}

/// Texts that must say something and fit.
pub(super) fn texts<const N: usize>(fields: [(&str, &str, &str); N]) -> Outcome<()> {
    let fault = |field: &str, name: &str, text: &str| match text.trim().chars().count() {
        0 => Some(FieldError::new(field, format!("请填写{name}"))),
        n if n > LONGEST => Some(FieldError::new(
            field,
            format!("{name}不得超过{LONGEST}字，请精简"),
        )),
        _ => None,
    };
    let faults: Vec<_> = fields
        .into_iter()
        .filter_map(|(field, name, text)| fault(field, name, text))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(LicencesError::Invalid(faults))
    }
}

fn invalid(field: &str, message: impl Into<String>) -> LicencesError {
    LicencesError::Invalid(vec![FieldError::new(field, message)])
}

impl Licences {
    /// Opens a work on a licence that the actor reaches.
    pub(super) async fn open(
        &self,
        actor: &Actor,
        id: LicenceId,
        permission: Permission,
    ) -> Outcome<(Work, Licence)> {
        actor.require(permission)?;
        let work = self.inner.kernel.begin(actor).await?;
        let licence = self.loaded(&work, id).await?;
        let facts = licence.facts();
        if !actor
            .scope
            .covers(facts.holder.region.as_str(), Some(facts.enterprise.into()))
        {
            return Err(LicencesError::NotFound);
        }
        Ok((work, licence))
    }

    /// A licence that somebody holds: published and not ended.
    fn held<'a>(&self, licence: &'a Licence, act: &'static str) -> Outcome<&'a Issued> {
        match licence {
            Licence::Issued(issued) => Ok(issued),
            Licence::Suspended(one) => Ok(&one.held),
            other => Err(LicencesError::Fault(crate::model::Fault::State {
                state: other.chinese(),
                act,
            })),
        }
    }

    /// A licence whose paper is looked at every month: also while it is suspended, not after its last day.
    pub(super) fn checked_monthly(&self, licence: &Licence) -> Outcome<()> {
        let held = self.held(licence, "自查")?;
        if self.today() <= held.facts.validity.until {
            return Ok(());
        }
        Err(LicencesError::Fault(crate::model::Fault::State {
            state: Status::Expired.chinese(),
            act: "自查",
        }))
    }

    /// A licence under which the holder may work today.
    fn in_force<'a>(&self, licence: &'a Licence, act: &'static str) -> Outcome<&'a Issued> {
        let status = self.status_today(licence);
        match (licence, status) {
            (Licence::Issued(issued), Some(status)) if status.in_force() => Ok(issued),
            // Decided, but its first day is still to come.
            (Licence::Suspended(one), Some(status)) if status.in_force() => Ok(&one.held),
            (_, status) => Err(LicencesError::Fault(crate::model::Fault::State {
                state: status.map_or_else(|| licence.chinese(), Status::chinese),
                act,
            })),
        }
    }

    /// A stand-in is for a licence in force whose paper is still the damaged one.
    fn may_stand_in(&self, filing: &Filing, licence: &Licence) -> Outcome<()> {
        let issued = self.in_force(licence, "发放应急使用许可证")?;
        Ok(filing.needs_stand_in(issued)?)
    }

    async fn enter_filing(
        &self,
        work: &mut Work,
        licence: &Licence,
        matter: FilingMatter,
    ) -> Outcome<Filing> {
        let facts = licence.facts();
        let filing = Filing {
            id: FilingId(work.next_id()),
            version: 1,
            seq: store::filing_key(work).await?,
            licence: facts.id,
            number: facts.number.to_string(),
            enterprise: facts.enterprise,
            holder: facts.holder.name.clone(),
            region: facts.holder.region.clone(),
            by: person(work.actor()),
            at: work.now(),
            matter,
        };
        let row = match store::insert_filing(work, &filing).await {
            Err(error) if error.is_duplicate() => return Err(LicencesError::Filing(FilingFault::Done)),
            outcome => outcome?,
        };
        let data = json!({ "licence": facts.id, "number": filing.number, "filing": filing.matter });
        let kind = match &filing.matter {
            FilingMatter::Handover(_) => "licence_filing.handed_over",
            FilingMatter::SelfCheck(_) => "licence_filing.self_checked",
            FilingMatter::Damage(_) => "licence_filing.damage_reported",
            FilingMatter::Loss(_) => "licence_filing.loss_declared",
            FilingMatter::Recall(_) => "licence_filing.recalled",
            FilingMatter::WorkElsewhere(_) => "licence_filing.work_elsewhere_filed",
            FilingMatter::EmergencyUse(_) => "licence_filing.emergency_use_filed",
            FilingMatter::AnnualReview(_) => "licence_filing.annually_reviewed",
        };
        work.record(&row, Happened::new(kind, filing.matter.title()).data(data))?;
        Ok(filing)
    }

    async fn submit(
        &self,
        actor: &Actor,
        id: LicenceId,
        permission: Permission,
        make: impl FnOnce(&Self, &Work, &Licence) -> Outcome<FilingMatter>,
    ) -> Outcome<Filing> {
        let (mut work, licence) = self.open(actor, id, permission).await?;
        let matter = make(self, &work, &licence)?;
        let filing = self.enter_filing(&mut work, &licence, matter).await?;
        work.commit().await?;
        Ok(filing)
    }

    /// Loads a filing for an act in its version.
    async fn filing_for(
        &self,
        actor: &Actor,
        id: FilingId,
        version: i64,
        permission: Permission,
    ) -> Outcome<(Work, Filing)> {
        actor.require(permission)?;
        let work = self.inner.kernel.begin(actor).await?;
        let filing = store::load_filing(&work, id)
            .await?
            .ok_or(LicencesError::FilingNotFound)?;
        if filing.version == version {
            Ok((work, filing))
        } else {
            Err(KernelError::Stale {
                subject: "licence_filing",
            }
            .into())
        }
    }

    async fn follow(
        &self,
        actor: &Actor,
        id: FilingId,
        version: i64,
        permission: Permission,
        step: impl FnOnce(&Work) -> FollowUp,
    ) -> Outcome<Filing> {
        let (mut work, filing) = self.filing_for(actor, id, version, permission).await?;
        let step = step(&work);
        let filing = self.carry_on(&mut work, filing, step).await?;
        work.commit().await?;
        Ok(filing)
    }

    async fn carry_on(&self, work: &mut Work, filing: Filing, step: FollowUp) -> Outcome<Filing> {
        let (kind, title) = (step.kind(), step.title());
        let filing = filing.follow(step)?;
        let row = store::update_filing(work, &filing).await?;
        let data = json!({ "licence": filing.licence, "number": filing.number, "filing": filing.matter });
        work.record(&row, Happened::new(kind, title).data(data))?;
        Ok(filing)
    }

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

    /// 悬挂确认.
    ///
    /// # Errors
    /// [`LicencesError::Filing`].
    pub async fn confirm_posting(
        &self,
        actor: &Actor,
        id: FilingId,
        version: i64,
        place: String,
    ) -> Outcome<Filing> {
        texts([("place", "悬挂位置", &place)])?;
        let by = person(actor);
        self.follow(actor, id, version, Permission::LicencesHold, |work| {
            FollowUp::Post(Posted {
                on: work.now().legal_date(),
                place,
                by,
            })
        })
        .await
    }

    /// 月度自查: once a month; damage that is found starts the hours within which the exchange is begun.
    ///
    /// # Errors
    /// [`LicencesError::Filing`] when the month was checked.
    pub async fn self_check(
        &self,
        actor: &Actor,
        id: LicenceId,
        intact: bool,
        findings: String,
    ) -> Outcome<Filing> {
        if !intact {
            texts([("findings", "自查发现的问题", &findings)])?;
        }
        self.submit(actor, id, Permission::LicencesHold, |licences, work, licence| {
            licences.checked_monthly(licence)?;
            let on = work.now().legal_date();
            let exchange = (!intact).then(|| Exchange {
                due: licences.inner.periods.exchange_begun.after(work.now()),
                begun_at: None,
                application: None,
            });
            Ok(FilingMatter::SelfCheck(SelfCheck {
                month: rules::month_of(on),
                on,
                intact,
                findings,
                exchange,
            }))
        })
        .await
    }

    /// 损毁报告.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`] for a damage that is still to come.
    pub async fn report_damage(&self, actor: &Actor, id: LicenceId, new: NewDamage) -> Outcome<Filing> {
        texts([("cause", "损毁原因", &new.cause)])?;
        self.submit(actor, id, Permission::LicencesHold, |licences, work, licence| {
            licences.in_force(licence, "报告损毁")?;
            if new.happened_at > work.now() {
                return Err(invalid("happened_at", "损毁时间不能晚于现在，请核对"));
            }
            let periods = &licences.inner.periods;
            let report_due = periods.damage_report.after(new.happened_at);
            Ok(FilingMatter::Damage(Damage {
                happened_at: new.happened_at,
                cause: new.cause,
                disaster: new.disaster,
                report_due,
                in_time: work.now() <= report_due,
                exchange: Exchange {
                    due: periods.exchange_begun.after(work.now()),
                    begun_at: None,
                    application: None,
                },
                stand_in: None,
            }))
        })
        .await
    }

    /// The exchange of a damaged paper was begun, by an application or at the window.
    ///
    /// # Errors
    /// [`LicencesError::Filing`].
    pub async fn begin_exchange(
        &self,
        actor: &Actor,
        id: FilingId,
        version: i64,
        application: Option<ApplicationId>,
    ) -> Outcome<Filing> {
        self.follow(actor, id, version, Permission::LicencesHold, |work| {
            FollowUp::BeginExchange {
                at: work.now(),
                application,
            }
        })
        .await
    }

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
        if store::open_loss(&work, id).await?.is_some() {
            return Err(LicencesError::Filing(FilingFault::Done));
        }
        let filing = self
            .publish_loss(&mut work, &licence, on, circumstances, None)
            .await?;
        work.commit().await?;
        Ok(filing)
    }

    async fn publish_loss(
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
        work.note(
            Subject::new("licence", facts.id),
            Some(facts.enterprise.into()),
            Happened::new("licence.loss_declared", "遗失公告")
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
        let (mut work, filing) = self
            .filing_for(actor, id, version, Permission::LicencesHold)
            .await?;
        let licence = self.loaded(&work, filing.licence).await?;
        self.held(&licence, "登记找回")?;
        let found = FollowUp::Found(work.now().legal_date());
        let filing = self.carry_on(&mut work, filing, found).await?;
        work.commit().await?;
        Ok(filing)
    }

    /// The last day of the notice while a loss is made public; a loss that only the application tells of is made
    /// public now.
    pub(super) async fn notice_of_loss(
        &self,
        work: &mut Work,
        licence: &Licence,
        grant: &Grant,
    ) -> Outcome<Option<LegalDate>> {
        let today = work.now().legal_date();
        if let Some(loss) = store::open_loss(work, licence.facts().id).await? {
            return Ok(loss.notice_until().filter(|until| today <= *until));
        }
        let circumstances = format!("补证申请 {} 载明证书遗失", grant.reference);
        let on = grant.decided_on;
        let loss = self
            .publish_loss(work, licence, on, circumstances, Some(grant.application))
            .await?;
        Ok(loss.notice_until())
    }

    /// 异地作业备案.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`] for days that the licence does not cover.
    pub async fn file_work_elsewhere(
        &self,
        actor: &Actor,
        id: LicenceId,
        new: NewWorkElsewhere,
    ) -> Outcome<Filing> {
        texts([
            ("place", "作业地点", &new.place),
            ("project", "作业内容", &new.project),
            ("responsible", "现场安全负责人", &new.responsible),
        ])?;
        self.submit(actor, id, Permission::LicencesHold, |licences, _, licence| {
            let issued = licences.in_force(licence, "异地作业备案")?;
            if new.until < new.from {
                return Err(invalid("until", "结束日期早于开始日期，请核对"));
            }
            if new.until > issued.facts.validity.until {
                let until = issued.facts.validity.until.chinese();
                return Err(invalid(
                    "until",
                    format!("许可证有效期到{until}，作业期限不能超过它"),
                ));
            }
            let report = &licences.inner.periods.work_elsewhere_report;
            Ok(FilingMatter::WorkElsewhere(WorkElsewhere {
                report_due: report.after(new.until, &licences.inner.calendar),
                region: new.region,
                place: new.place,
                project: new.project,
                responsible: new.responsible,
                from: new.from,
                until: new.until,
                report: None,
            }))
        })
        .await
    }

    /// 应急使用备案.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`].
    pub async fn file_emergency_use(
        &self,
        actor: &Actor,
        id: LicenceId,
        on: LegalDate,
        purpose: String,
    ) -> Outcome<Filing> {
        texts([("purpose", "应急使用的地点和用途", &purpose)])?;
        self.submit(actor, id, Permission::LicencesHold, |licences, work, licence| {
            licences.in_force(licence, "应急使用备案")?;
            if on > work.now().legal_date() {
                return Err(invalid("on", "使用日期不能晚于今天，请核对"));
            }
            let report = &licences.inner.periods.emergency_use_report;
            Ok(FilingMatter::EmergencyUse(EmergencyUse {
                on,
                purpose,
                report_due: report.after(on, &licences.inner.calendar),
                report: None,
            }))
        })
        .await
    }

    /// The report that was owed.
    ///
    /// # Errors
    /// [`LicencesError::Filing`].
    pub async fn report(&self, actor: &Actor, id: FilingId, version: i64, text: String) -> Outcome<Filing> {
        texts([("text", "报告内容", &text)])?;
        let by = person(actor);
        self.follow(actor, id, version, Permission::LicencesHold, |work| {
            FollowUp::Report(Report {
                on: work.now().legal_date(),
                text,
                by,
            })
        })
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
        let (mut work, filing) = self
            .filing_for(actor, id, version, Permission::LicencesDeliver)
            .await?;
        let licence = self.loaded(&work, filing.licence).await?;
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
    pub(super) async fn ask_back(&self, work: &mut Work, licence: &Licence) -> Outcome<()> {
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

    /// One filing within the scope.
    ///
    /// # Errors
    /// [`LicencesError::FilingNotFound`].
    pub async fn filing(&self, actor: &Actor, id: FilingId) -> Outcome<Filing> {
        actor.require(Permission::LicencesRead)?;
        let found = store::filing(self.inner.kernel.db(), actor, id).await?;
        found.ok_or(LicencesError::FilingNotFound)
    }

    /// What happened to a filing, newest first.
    ///
    /// # Errors
    /// [`LicencesError::FilingNotFound`].
    pub async fn filing_timeline(
        &self,
        actor: &Actor,
        id: FilingId,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<Event>> {
        self.filing(actor, id).await?;
        self.events_of("licence_filing", id.into(), before, limit).await
    }

    /// Filings within the scope, newest first, one more than `limit`.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`] for a text too short to search for.
    pub async fn filings(
        &self,
        actor: &Actor,
        wanted: &FilingsWanted,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<Filing>> {
        actor.require(Permission::LicencesRead)?;
        let query = FilingQuery {
            licence: wanted.licence,
            enterprise: wanted.enterprise,
            kind: wanted.kind.clone(),
            open: wanted.open,
            waits_on: wanted.waits.then(|| self.today()),
            text: text_query(wanted.text.as_deref())?,
        };
        Ok(store::filings(self.inner.kernel.db(), actor, &query, before, limit).await?)
    }

    /// What the actor may do about each of these filings now. The acts themselves are tried, so that nothing is
    /// offered that would be refused.
    pub(crate) async fn filing_actions(
        &self,
        actor: &Actor,
        filings: &[Filing],
    ) -> Outcome<Vec<Vec<&'static str>>> {
        let asks = |filing: &&Filing| {
            (filing.waits() == Some(Waiting::StandIn) && actor.may(Permission::LicencesDeliver))
                || (filing.notice_until().is_some() && actor.may(Permission::LicencesHold))
        };
        let ids: BTreeSet<_> = filings.iter().filter(asks).map(|one| one.licence).collect();
        let licences = store::licences(self.inner.kernel.db(), ids).await?;
        let steps = steps(person(actor), self.inner.kernel.now());
        let allowed = |filing: &Filing| {
            let licence = licences.iter().find(|one| one.facts().id == filing.licence);
            steps
                .iter()
                .filter(|step| actor.may(step.permission))
                .filter(|step| filing.clone().follow(step.follow_up.clone()).is_ok())
                .filter(|step| self.licence_allows(step, filing, licence))
                .map(|step| step.act)
                .collect()
        };
        Ok(filings.iter().map(allowed).collect())
    }

    fn licence_allows(&self, step: &Step, filing: &Filing, licence: Option<&Licence>) -> bool {
        match (&step.follow_up, licence) {
            (FollowUp::StandIn(_), Some(licence)) => self.may_stand_in(filing, licence).is_ok(),
            (FollowUp::Found(_), Some(licence)) => self.held(licence, step.act).is_ok(),
            (FollowUp::StandIn(_) | FollowUp::Found(_), None) => false,
            _ => true,
        }
    }

    /// What could be done about a licence and was: this month's check, a loss that is public, the handing over of the
    /// certificate in force.
    pub(crate) async fn already_done(&self, licence: &Licence) -> Outcome<Vec<&'static str>> {
        let month = rules::month_of(self.today());
        let facts = licence.facts();
        let kinds = store::done_now(self.inner.kernel.db(), facts.id, &month, facts.revision).await?;
        let acts = [
            ("self_check", "self_check"),
            ("loss", "declare_loss"),
            ("handover", "hand_over"),
        ];
        let is_done = |kind: &str| kinds.iter().any(|one| one == kind);
        Ok(acts
            .into_iter()
            .filter(|(kind, _)| is_done(kind))
            .map(|(_, act)| act)
            .collect())
    }

    /// What an enterprise owes for all its licences, by last day: due, done, missed.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`] for a span of days that is empty or too long.
    pub async fn duties(
        &self,
        actor: &Actor,
        enterprise: EnterpriseId,
        from: LegalDate,
        until: LegalDate,
    ) -> Outcome<Vec<Duty>> {
        let query = crate::LicenceQuery {
            enterprise: Some(enterprise),
            ..crate::LicenceQuery::default()
        };
        let licences = self.list(actor, &query, None, MOST_LICENCES).await?;
        // Whose file it is knows that it is there; to others an enterprise without a licence within their scope is
        // as unknown as one outside it.
        if licences.is_empty() && actor.scope.enterprise != Some(enterprise.into()) {
            return Err(LicencesError::NotFound);
        }
        self.duties_of(actor, &licences, from, until).await
    }

    /// What is owed for one licence.
    ///
    /// # Errors
    /// [`LicencesError::NotFound`] outside the scope.
    pub async fn licence_duties(
        &self,
        actor: &Actor,
        id: LicenceId,
        from: LegalDate,
        until: LegalDate,
    ) -> Outcome<Vec<Duty>> {
        let licence = self.licence(actor, id).await?;
        self.duties_of(actor, &[licence], from, until).await
    }

    async fn duties_of(
        &self,
        actor: &Actor,
        licences: &[Licence],
        from: LegalDate,
        until: LegalDate,
    ) -> Outcome<Vec<Duty>> {
        if until < from || until.0 - from.0 > LONGEST_WINDOW {
            return Err(invalid("until", "截止日期应当在起始日期之后，跨度不超过四年"));
        }
        let window = Window {
            from,
            until,
            today: self.today(),
        };
        let ids: Vec<_> = licences.iter().map(|licence| licence.facts().id).collect();
        let filings = store::filings_of(self.inner.kernel.db(), &ids).await?;
        let mut found = Vec::new();
        for licence in licences.iter().filter(|licence| licence.issued().is_some()) {
            let own: Vec<_> = filings
                .iter()
                .filter(|filing| filing.licence == licence.facts().id)
                .cloned()
                .collect();
            let mut duties = rules::duties(licence, &own, &self.inner.periods, window);
            self.renewal_under_way(actor, licence.facts().id, &mut duties)
                .await?;
            found.extend(duties);
        }
        found.sort_by_key(|duty| duty.due);
        Ok(found)
    }

    /// Says of a renewal that is owed by which application it is being done.
    async fn renewal_under_way(&self, actor: &Actor, id: LicenceId, duties: &mut [Duty]) -> Outcome<()> {
        let open = |duty: &&mut Duty| duty.key == "renewal" && duty.done_on.is_none();
        let Some(duty) = duties.iter_mut().find(open) else {
            return Ok(());
        };
        let running = self.running(id).await?;
        let renewal = running
            .iter()
            .find(|one| one.matter.kind == Kind::Renewal && may_know(actor, one));
        duty.application = renewal.map(|one| one.application);
        Ok(())
    }

    /// Losses that are public today, newest first, one more than `limit`.
    ///
    /// # Errors
    /// [`LicencesError::Kernel`].
    pub async fn public_losses(&self, before: Option<i64>, limit: u64) -> Outcome<Vec<PublicLoss>> {
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
        Ok(public.collect())
    }

    /// The job that signs what was fixed: a stand-in, or an edition without an application.
    pub(super) fn enqueue_edition(&self, work: &mut Work, licence: &Licence) -> Outcome<()> {
        let payload = json!({ "licence": licence.facts().id });
        let key = format!("{}:{}", licence.facts().id, licence.facts().version);
        work.enqueue(kernel::NewJob::new(super::EDITION_JOB, &payload)?.once(key));
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
