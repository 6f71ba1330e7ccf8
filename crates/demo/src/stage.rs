//! The stage on which scripts are played: every act is a use case of the product, done by the account that
//! would do it.

mod visits;

use std::collections::BTreeMap;

use applications::{
    Applications, NewCorrectionItem, NewDraft, NewNonAcceptance, NewRefusal, NewReview, NewStop, Record,
    model::{
        CorrectionTarget, Delivery, Finding, Form, Met, Person, StageName, StopId, StopReach, UnmetCondition,
    },
};
use kernel::{Actor, LegalDate, Role, ids::ApplicationId};
use matters::{Definition, DepartmentKey, FileType, MaterialKey};
use time::Duration;

use crate::{
    DemoError,
    chance::Chance,
    materials::{Material, Shelf},
    scripts::Act,
};

/// What reviewers write about a condition that is not met.
const UNMET: &str = "现场抽查发现台账与实际不符，未按要求落实，须整改后重新申请";
/// Samples of each material.
const VARIANTS: [u8; 3] = [0, 1, 2];
/// Place and method of deliveries.
const DELIVERIES: [(&str, &str); 3] = [
    ("政务服务中心综合窗口", "直接送达"),
    ("申请人确认的电子送达账户", "电子送达"),
    ("申请书载明的送达地址", "邮寄送达"),
];

/// Accounts by login, as they act.
#[derive(Default)]
pub(crate) struct Cast(BTreeMap<String, Actor>);

impl Cast {
    /// Lets an account act.
    pub fn join(&mut self, login: String, actor: Actor) {
        self.0.insert(login, actor);
    }

    /// The account of that login.
    pub fn actor(&self, login: &str) -> Result<&Actor, DemoError> {
        self.0
            .get(login)
            .ok_or_else(|| DemoError::Setting(format!("no account {login}")))
    }

    /// Who acts for a department in a role.
    fn officer(&self, role: Role, department: &str) -> Result<&Actor, DemoError> {
        let missing = || DemoError::Setting(format!("no {} for {department}", role.as_str()));
        self.actor(crate::accounts::acting(role, department).ok_or_else(missing)?)
    }
}

/// One application on the stage.
pub(crate) struct Case<'a> {
    /// The matter.
    pub definition: &'a Definition,
    /// Login of the enterprise.
    pub login: String,
    /// What it asks for.
    pub scope: String,
    chance: Chance,
    id: Option<ApplicationId>,
    latest: Option<Record>,
    stops: Vec<(Option<DepartmentKey>, StopId)>,
    unmet: Vec<UnmetCondition>,
}

impl<'a> Case<'a> {
    /// An application that has not begun.
    pub fn new(definition: &'a Definition, login: String, scope: String, chance: Chance) -> Self {
        Self {
            definition,
            login,
            scope,
            chance,
            id: None,
            latest: None,
            stops: Vec::new(),
            unmet: Vec::new(),
        }
    }
}

/// Plays acts.
pub(crate) struct Stage<'a> {
    pub applications: &'a Applications,
    pub cast: &'a Cast,
    pub shelf: &'a Shelf,
    /// The day of the act.
    pub on: LegalDate,
}

impl Stage<'_> {
    /// Does one act of a case.
    pub async fn play(&self, case: &mut Case<'_>, act: &Act) -> Result<(), DemoError> {
        let record = match act {
            Act::Draft | Act::Form { .. } | Act::Upload { .. } | Act::Submit | Act::Withdraw => {
                self.applicant(case, act).await?
            }
            Act::Accept { .. } | Act::Correct { .. } | Act::RefuseAcceptance | Act::Deliver => {
                self.window(case, act).await?
            }
            Act::Review { .. } | Act::Return { .. } | Act::Stop { .. } | Act::Resume { .. } => {
                self.review(case, act).await?
            }
            Act::OrderVisit { in_days } => self.order_visit(case, *in_days).await?,
            Act::Visit => self.visit(case).await?,
            Act::FirstReview { .. } | Act::SecondReview { .. } | Act::Extend | Act::Grant | Act::Refuse => {
                self.desk(case, act).await?
            }
        };
        case.id = Some(record.id);
        case.latest = Some(record);
        Ok(())
    }

    fn lead<'c>(&self, case: &Case<'c>) -> &'c str {
        case.definition.power.implementing_department.as_str()
    }

    fn officer(&self, case: &Case<'_>, role: Role) -> Result<&Actor, DemoError> {
        self.cast.officer(role, self.lead(case))
    }

    async fn applicant(&self, case: &mut Case<'_>, act: &Act) -> Result<Record, DemoError> {
        let applications = self.applications;
        let actor = self.cast.actor(&case.login)?;
        let Some(id) = case.id else {
            let new = NewDraft::first(case.definition.key);
            return Ok(applications.draft(actor, new).await?);
        };
        Ok(match act {
            Act::Form { complete } => {
                let form = form(case, *complete)?;
                let version = latest(case)?.version;
                applications.save_form(actor, id, version, form).await?
            }
            Act::Upload { material, mended } => self.upload(case, actor, id, material, *mended).await?,
            Act::Withdraw => {
                let reason = "项目调整，暂不申请".to_owned();
                applications.withdraw(actor, id, reason).await?
            }
            _ => applications.submit(actor, id).await?,
        })
    }

    async fn upload(
        &self,
        case: &mut Case<'_>,
        actor: &Actor,
        id: ApplicationId,
        key: &MaterialKey,
        mended: bool,
    ) -> Result<Record, DemoError> {
        let file = material(case, key, mended)?;
        let bytes = self.shelf.take(&file)?;
        let applications = self.applications;
        let mut upload = applications.begin_upload(actor, id, key.as_str()).await?;
        upload
            .push(&bytes)
            .map_err(applications::ApplicationsError::BadFile)?;
        let name = file.file_name();
        let (record, _) = applications.finish_upload(actor, id, upload, &name).await?;
        Ok(record)
    }

    async fn window(&self, case: &mut Case<'_>, act: &Act) -> Result<Record, DemoError> {
        let applications = self.applications;
        let id = begun(case)?;
        let clerk = self.officer(case, Role::WindowClerk)?;
        Ok(match act {
            Act::Accept { departments } => applications.accept(clerk, id, departments.clone()).await?,
            Act::Correct { materials } => {
                let items = materials.iter().map(|material| NewCorrectionItem {
                    target: CorrectionTarget::Material(material.clone()),
                    problem: "扫描件不清晰，落款日期缺失".to_owned(),
                    requirement: "请重新扫描并补齐签字、盖章和日期".to_owned(),
                });
                applications.correct(clerk, id, items.collect()).await?
            }
            Act::RefuseAcceptance => {
                let new = NewNonAcceptance {
                    reason: "申请事项不属于本机关职权范围".to_owned(),
                    legal_basis: "《中华人民共和国行政许可法》第三十二条第一款第（二）项".to_owned(),
                    competent_authority: Some("江西省人民政府有关主管部门".to_owned()),
                };
                applications.refuse_acceptance(clerk, id, new).await?
            }
            _ => {
                let delivery = delivery(case, self.on)?;
                applications.deliver(clerk, id, delivery).await?
            }
        })
    }

    async fn review(&self, case: &mut Case<'_>, act: &Act) -> Result<Record, DemoError> {
        let applications = self.applications;
        let id = begun(case)?;
        let department = |key: &DepartmentKey| self.cast.officer(Role::DepartmentReviewer, key.as_str());
        Ok(match act {
            Act::Review {
                department: key,
                objects,
            } => {
                let new = outcome(case, key, *objects);
                applications.review(department(key)?, id, new).await?
            }
            Act::Return { department: key } => {
                let first = self.officer(case, Role::FirstReviewer)?;
                let reason = "审查意见没有写明现场核对的依据，请补充后重新提交".to_owned();
                applications.return_review(first, id, key.clone(), reason).await?
            }
            Act::Stop {
                department: key,
                cause,
                days,
            } => {
                let actor = match key {
                    Some(key) => department(key)?,
                    None => self.officer(case, Role::FirstReviewer)?,
                };
                let new = NewStop {
                    cause: *cause,
                    department: key.clone(),
                    expected_until: LegalDate(self.on.0 + Duration::days(*days)),
                    reason: "关键设施的安全性能须由专业机构确认".to_owned(),
                };
                let record = applications.stop_clock(actor, id, new).await?;
                case.stops
                    .extend(open_stop(&record, key.as_ref()).map(|stop| (key.clone(), stop)));
                record
            }
            _ => {
                let stop = case.stops.pop().ok_or(DemoError::Script("no stop to end"))?;
                let actor = match &stop.0 {
                    Some(key) => department(key)?,
                    None => self.officer(case, Role::FirstReviewer)?,
                };
                applications.resume_clock(actor, id, stop.1).await?
            }
        })
    }

    async fn desk(&self, case: &mut Case<'_>, act: &Act) -> Result<Record, DemoError> {
        let applications = self.applications;
        let id = begun(case)?;
        let opinion = |grant: bool| {
            let words = if grant {
                "材料齐全，各部门审查通过，拟同意"
            } else {
                "主管部门审查发现不符合条件，拟不予许可"
            };
            words.to_owned()
        };
        Ok(match act {
            Act::FirstReview { grant } => {
                let actor = self.officer(case, Role::FirstReviewer)?;
                let stage = StageName::FirstReview;
                applications
                    .give_opinion(actor, id, stage, *grant, opinion(*grant))
                    .await?
            }
            Act::SecondReview { grant } => {
                let actor = self.officer(case, Role::SecondReviewer)?;
                let stage = StageName::SecondReview;
                applications
                    .give_opinion(actor, id, stage, *grant, opinion(*grant))
                    .await?
            }
            Act::Extend => {
                let leader = self.officer(case, Role::Approver)?;
                let reason = "案情复杂，需进一步核实现场情况".to_owned();
                applications.extend(leader, id, None, reason).await?
            }
            Act::Refuse => {
                let leader = self.officer(case, Role::Approver)?;
                let new = NewRefusal {
                    reason: "经审查，申请人不具备法定的安全生产条件".to_owned(),
                    legal_basis: "《安全生产许可证条例》第六条、第七条".to_owned(),
                    unmet: case.unmet.clone(),
                };
                applications.refuse(leader, id, new).await?
            }
            _ => {
                let leader = self.officer(case, Role::Approver)?;
                let reason = "经审查，申请人具备法定的安全生产条件".to_owned();
                applications.grant(leader, id, reason, None).await?
            }
        })
    }
}

fn begun(case: &Case<'_>) -> Result<ApplicationId, DemoError> {
    case.id.ok_or(DemoError::Script("the application has not begun"))
}

fn latest<'c>(case: &'c Case<'_>) -> Result<&'c Record, DemoError> {
    case.latest
        .as_ref()
        .ok_or(DemoError::Script("the application has not begun"))
}

/// The form as an enterprise fills it in; a draft that is just begun lacks most of it.
fn form(case: &mut Case<'_>, complete: bool) -> Result<Form, DemoError> {
    let prefilled = latest(case)?.application.dossier().form.content.clone();
    if !complete {
        return Ok(prefilled);
    }
    Ok(Form {
        scope: vec![case.scope.clone()],
        employees: u32::try_from(case.chance.between(12, 460)).ok(),
        truth_declared: true,
        ..prefilled
    })
}

/// A file for a material: in some cases a scan, where pictures are taken, else a page.
fn material(case: &mut Case<'_>, key: &MaterialKey, mended: bool) -> Result<Material, DemoError> {
    let known = case.definition.material(key.as_str());
    let known = known.ok_or(DemoError::Script("unknown material"))?;
    let takes_pictures = known.file_types().contains(&FileType::Png);
    let is_scan = case.chance.percent(40) && takes_pictures;
    Ok(Material {
        name: known.name.clone(),
        is_scan,
        mended,
        variant: *case.chance.one(&VARIANTS),
    })
}

/// One finding for each condition of the department; where it objects, the first one is not met.
fn outcome(case: &mut Case<'_>, department: &DepartmentKey, objects: bool) -> NewReview {
    let review = case
        .definition
        .departments()
        .find(|review| &review.department == department);
    let conditions = review
        .map(|review| review.conditions.as_slice())
        .unwrap_or_default();
    let findings: Vec<Finding> = conditions
        .iter()
        .enumerate()
        .map(|(place, condition)| Finding {
            condition: condition.clone(),
            met: if objects && place == 0 {
                Met::NotMet
            } else {
                Met::Met
            },
            text: if objects && place == 0 {
                UNMET.to_owned()
            } else {
                String::new()
            },
        })
        .collect();
    let unmet = findings.iter().filter(|finding| finding.met == Met::NotMet);
    case.unmet.extend(unmet.map(|finding| UnmetCondition {
        condition: finding.condition.clone(),
        finding: finding.text.clone(),
    }));
    let opinion = if objects {
        "部分条件不符合，建议不予许可"
    } else {
        "经审查，符合本部门负责审查的条件"
    };
    NewReview {
        findings,
        opinion: opinion.to_owned(),
        passed: !objects,
    }
}

fn delivery(case: &mut Case<'_>, on: LegalDate) -> Result<Delivery, DemoError> {
    let recipient = latest(case)?.application.dossier().form.content.contact.clone();
    let (place, method) = *case.chance.one(&DELIVERIES);
    Ok(Delivery {
        on,
        place: place.to_owned(),
        method: method.to_owned(),
        recipient,
        remark: String::new(),
        // Both are replaced by the use case with who really delivers, and when.
        by: Person {
            account: None,
            name: String::new(),
        },
        at: on.midnight(),
    })
}

fn open_stop(record: &Record, department: Option<&DepartmentKey>) -> Option<StopId> {
    let reach = department.map_or(StopReach::Whole, |key| StopReach::Department(key.clone()));
    let stops = &record.application.intake()?.stops;
    stops
        .iter()
        .find(|stop| stop.last.is_none() && stop.reach == reach)
        .map(|stop| stop.id)
}
