//! What the holder files.

use kernel::{
    Actor, LegalDate, Permission,
    ids::{ApplicationId, LicenceId},
};

use super::{NewDamage, NewWorkElsewhere, invalid, person, texts};
use crate::{
    model::{
        Damage, EmergencyUse, Exchange, Filing, FilingId, FilingMatter, FollowUp, Posted, Report, SelfCheck,
        WorkElsewhere,
    },
    rules,
    service::{Licences, Outcome},
};

impl Licences {
    /// 悬挂确认.
    ///
    /// # Errors
    /// [`LicencesError::Filing`](crate::LicencesError::Filing).
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
    /// [`LicencesError::Filing`](crate::LicencesError::Filing) when the month was checked.
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
    /// [`LicencesError::Invalid`](crate::LicencesError::Invalid) for a damage that is still to come.
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
    /// [`LicencesError::Filing`](crate::LicencesError::Filing).
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

    /// 异地作业备案.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`](crate::LicencesError::Invalid) for days that the licence does not cover.
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
    /// [`LicencesError::Invalid`](crate::LicencesError::Invalid).
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
    /// [`LicencesError::Filing`](crate::LicencesError::Filing).
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
}
