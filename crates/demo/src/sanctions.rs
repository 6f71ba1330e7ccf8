//! What befalls some of the licences held before the platform: a measure of each kind, each on its legal way, and a
//! stand-in after a flood.

use kernel::{Actor, LegalDate, Role};
use licences::{
    Licence, LicenceQuery, Licences, NewCase, NewDamage, NewService, Status,
    model::{CancellationGround, CaseFile, Findings, Measure, RescissionGround, Source, StatementKind},
};
use matters::Industry;
use time::Duration;

use crate::{
    DemoError, accounts,
    materials::{Material, Shelf},
    stage::Cast,
};

/// Licences looked at to choose from.
const CHOICE: u64 = 200;
/// Days of the suspension.
const SUSPENDED: i64 = 40;
/// What was found, and why, as everyone may read it: each measure has a reason of its own.
fn grounds(measure: &Measure) -> Findings {
    let [facts, violated, legal_basis, public_reason] = match measure {
        Measure::Rescission { .. } => [
            "复核申请材料发现，取证时安全评价未通过评审",
            "《安全生产许可证条例》第六条",
            "《中华人民共和国行政许可法》第六十九条第一款第（四）项",
            "取证时不具备法定条件",
        ],
        Measure::Withdrawal { .. } => [
            "所依据的规定修改后，该类生产活动不再准予许可",
            "不属于违法，依法收回许可",
            "《中华人民共和国行政许可法》第八条第二款",
            "准予许可所依据的规定发生变化",
        ],
        Measure::Cancellation { .. } => [
            "登记机关公告，该企业已经终止",
            "不属于违法，依法办理注销",
            "《中华人民共和国行政许可法》第七十条第（三）项",
            "企业已经依法终止",
        ],
        _ => [
            "现场检查发现重大事故隐患，逾期未整改",
            "《安全生产许可证条例》第十四条第一款",
            "《安全生产许可证条例》第十四条第二款",
            "不再具备安全生产条件",
        ],
    };
    Findings {
        facts: facts.to_owned(),
        violated: violated.to_owned(),
        legal_basis: legal_basis.to_owned(),
        public_reason: public_reason.to_owned(),
    }
}

/// Puts the papers that wait into signed files.
pub(crate) type Sign<'a> = &'a (dyn Fn() -> Signing<'a> + Sync);
/// A signing under way.
pub(crate) type Signing<'a> =
    std::pin::Pin<Box<dyn std::future::Future<Output = Result<(), DemoError>> + Send + 'a>>;

/// The people and papers of the sanctions.
pub(crate) struct Sanctions<'a> {
    pub licences: &'a Licences,
    pub cast: &'a Cast,
    pub shelf: &'a Shelf,
    pub clerk: &'a str,
    pub on: LegalDate,
    pub sign: Sign<'a>,
}

impl Sanctions<'_> {
    /// One licence for each measure, and one that was damaged.
    pub async fn play(&self) -> Result<(), DemoError> {
        let mut chosen = self.choose().await?.into_iter();
        for measure in self.measures() {
            let Some(licence) = chosen.next() else {
                return Ok(());
            };
            self.sanction(&licence, measure(licence.facts().industry)).await?;
        }
        match chosen.next() {
            Some(licence) => self.flood(&licence).await,
            None => Ok(()),
        }
    }

    /// Valid licences taken over from the old register.
    async fn choose(&self) -> Result<Vec<Licence>, DemoError> {
        let query = LicenceQuery {
            status: Some(Status::Valid),
            ..LicenceQuery::default()
        };
        let found = self
            .licences
            .list(self.cast.actor("inspector")?, &query, None, CHOICE)
            .await?;
        let fits = |licence: &Licence| {
            let facts = licence.facts();
            facts.source == Source::Imported
                && matches!(facts.industry, Industry::Hazchem | Industry::NoncoalMine)
        };
        Ok(found.into_iter().filter(fits).collect())
    }

    fn measures(&self) -> [Box<dyn Fn(Industry) -> Measure + Send + Sync>; 5] {
        let on = self.on;
        [
            Box::new(move |industry| Measure::Suspension {
                from: on,
                until: LegalDate(on.0 + Duration::days(SUSPENDED - 1)),
                case: match industry {
                    Industry::Hazchem => "conditions_lowered",
                    Industry::Construction => "conditions_lowered_construction",
                    _ => "conditions_lowered_general",
                }
                .to_owned(),
                conditions: "重大事故隐患整改完毕并经复查合格".to_owned(),
            }),
            Box::new(|_| Measure::Revocation),
            Box::new(|_| Measure::Rescission {
                ground: RescissionGround::Unqualified,
            }),
            Box::new(|_| Measure::Withdrawal {
                changed: "法律、法规发生变化".to_owned(),
                compensation: "依法给予补偿".to_owned(),
            }),
            Box::new(|_| Measure::Cancellation {
                ground: CancellationGround::OrganisationEnded,
            }),
        ]
    }

    async fn sanction(&self, licence: &Licence, measure: Measure) -> Result<(), DemoError> {
        let (licences, inspector) = (self.licences, self.cast.actor("inspector")?);
        let is_told = !matches!(measure, Measure::Cancellation { .. });
        let grounds = grounds(&measure);
        let new = NewCase {
            measure: measure.clone(),
            subject: format!("演示案件：{}", grounds.public_reason),
        };
        let case = licences.open_case(inspector, licence.facts().id, new).await?;
        let record = Material {
            name: "现场检查记录".to_owned(),
            is_scan: false,
            mended: false,
            variant: 0,
        };
        let (name, file) = (record.file_name(), self.shelf.take(&record)?.as_ref().clone());
        let case = licences
            .add_evidence(
                inspector,
                case.id,
                case.version,
                &name,
                "现场情况".to_owned(),
                file.into(),
            )
            .await?;
        let mut case = licences
            .find(inspector, case.id, case.version, grounds, measure)
            .await?;
        if is_told {
            case = self.tell(case, inspector).await?;
        }
        let case = licences
            .propose(inspector, case.id, case.version, "事实清楚，拟同意".to_owned())
            .await?;
        let leader = accounts::acting(Role::Approver, "emergency").unwrap_or("approver");
        licences
            .decide(
                self.cast.actor(leader)?,
                case.id,
                case.version,
                true,
                "同意".to_owned(),
            )
            .await?;
        Ok(())
    }

    /// The notice is written, signed and served, and the holder waives.
    async fn tell(&self, case: CaseFile, inspector: &Actor) -> Result<CaseFile, DemoError> {
        let licences = self.licences;
        let case = licences.give_notice(inspector, case.id, case.version).await?;
        (self.sign)().await?;
        let case = licences.case(inspector, case.id).await?;
        let Some(notice) = case.file.papers.first().map(|paper| paper.id) else {
            return Ok(case);
        };
        let service = NewService {
            method: "直接送达".to_owned(),
            place: "企业住所".to_owned(),
            recipient: case.file.holder.clone(),
            remark: String::new(),
            on: None,
        };
        let clerk = self.cast.actor(self.clerk)?;
        let case = licences
            .serve(clerk, case.id, case.version, notice, service)
            .await?;
        let (kind, said) = (StatementKind::Waiver, "放弃陈述、申辩和听证".to_owned());
        Ok(licences
            .record_statement(inspector, case.id, case.version, kind, said)
            .await?)
    }

    async fn flood(&self, licence: &Licence) -> Result<(), DemoError> {
        let holder = Actor::system(&licence.facts().holder.name);
        let damage = NewDamage {
            happened_at: self.on.midnight(),
            cause: "暴雨进水，证书浸毁".to_owned(),
            disaster: true,
        };
        let filing = self
            .licences
            .report_damage(&holder, licence.facts().id, damage)
            .await?;
        let clerk = self.cast.actor(self.clerk)?;
        self.licences
            .issue_stand_in(clerk, filing.id, filing.version)
            .await?;
        Ok(())
    }
}
