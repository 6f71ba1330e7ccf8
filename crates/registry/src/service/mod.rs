//! The use cases of the registry.

mod export;
pub(crate) mod import;

use std::{collections::HashSet, sync::Arc};

use axum::http::StatusCode;
use codes::{CodeWarning, Divisions, Industries, IndustryCode, IndustryLevel, RegionCode, SubjectCode};
use kernel::{
    Actor, Event, FieldError, Happened, Kernel, KernelError, Page, Permission, Problem, Subject, TextQuery,
    Tokens, Work,
    access::Forbidden,
    event::{self, EventFilter},
    ids::EnterpriseId,
};
use serde_json::{Value, json};

use crate::{
    model::{
        Checked, Enterprise, EnterpriseQuery, EnterpriseState, Facility, FacilityDetails, FacilityId,
        LedgerCount, NewEnterprise, RegionCount, Settings, Staff, StaffDetails, StaffId,
    },
    rules::{self, Completeness, Tables},
    store,
};

/// Rows read at a time when a list is walked to its end.
const STRIDE: u64 = 1000;

/// Failures of the registry.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// A permission is missing.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Input is wrong.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// The code has objections that nobody confirmed.
    #[error("unconfirmed warnings")]
    Unconfirmed(Vec<CodeWarning>),
    /// Another enterprise has this code.
    #[error("code taken")]
    CodeTaken,
    /// No such thing within the scope.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// A code table under `data/` cannot be used.
    #[error("code table: {0}")]
    Table(String),
    /// The file of an import cannot be used at all.
    #[error("import file: {0}")]
    BadFile(String),
    /// The import is over, so that it cannot be cancelled.
    #[error("import is over")]
    ImportOver,
    /// A spreadsheet could not be written.
    #[error("spreadsheet")]
    Sheet(#[from] rust_xlsxwriter::XlsxError),
    /// A working thread stopped.
    #[error("worker stopped: {0}")]
    Stopped(String),
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Kernel(error) => error.into(),
            RegistryError::Forbidden(error) => error.into(),
            RegistryError::Invalid(errors) => Self::invalid(errors),
            RegistryError::Unconfirmed(warnings) => confirm_warnings(&warnings),
            RegistryError::CodeTaken => {
                let mut problem = Self::conflict(
                    "code-taken",
                    "该代码已登记",
                    "同一统一社会信用代码或注册号的企业已在登记库中。请先查询；若在其他地区登记，请联系该地区。",
                );
                problem.errors = vec![FieldError::new("code", "该代码已登记，请查询核对")];
                problem
            }
            RegistryError::NotFound(what) => Self::not_found(what),
            RegistryError::BadFile(message) => {
                let mut problem = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "bad-import-file",
                    "文件无法导入",
                )
                .detail(message.clone());
                problem.errors = vec![FieldError::new("file", message)];
                problem
            }
            RegistryError::ImportOver => Self::conflict(
                "import-over",
                "导入已结束",
                "这次导入已经结束，不能取消。已导入的企业请在企业档案中处理。",
            ),
            RegistryError::Table(_) | RegistryError::Sheet(_) | RegistryError::Stopped(_) => {
                Self::internal(&error)
            }
        }
    }
}

fn confirm_warnings(warnings: &[CodeWarning]) -> Problem {
    let listed: Vec<Value> = warnings
        .iter()
        .map(|warning| json!({ "field": "code", "kind": warning.kind(), "message": warning.message() }))
        .collect();
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "confirm-warnings",
        "代码校验有疑问，请确认",
    )
    .detail("请对照营业执照逐位核对。执照上确实如此的，请确认后再次提交（confirmed_warnings 为 true）。")
    .with("warnings", listed)
}

pub(crate) type Outcome<T> = Result<T, RegistryError>;

/// The capability: enterprise files. Cheap to clone.
#[derive(Clone)]
pub struct Registry {
    pub(crate) kernel: Kernel,
    pub(crate) codes: Arc<CodeTables>,
    pub(crate) settings: Arc<Settings>,
}

/// The code lists of this installation.
pub(crate) struct CodeTables {
    pub(crate) divisions: Divisions,
    pub(crate) industries: Industries,
}

impl CodeTables {
    pub(crate) fn tables(&self) -> Tables<'_> {
        Tables {
            divisions: &self.divisions,
            industries: &self.industries,
        }
    }

    fn load(kernel: &Kernel) -> Outcome<Self> {
        let rules = kernel.rules();
        let files: Result<Vec<String>, _> = rules
            .list("divisions/")
            .iter()
            .filter(|path| path.ends_with(".csv"))
            .map(|path| rules.text(path))
            .collect();
        let files = files?;
        let divisions = Divisions::from_csv(files.iter().map(String::as_str))
            .map_err(|error| RegistryError::Table(error.message()))?;
        let industries = Industries::from_csv(&rules.text("industry/gbt4754_2017.csv")?)
            .map_err(|error| RegistryError::Table(error.message()))?;
        Ok(Self {
            divisions,
            industries,
        })
    }
}

impl Registry {
    /// Over a kernel; loads the code tables from its rule data.
    ///
    /// # Errors
    /// [`RegistryError::Table`] when a table cannot be used.
    pub fn new(kernel: Kernel) -> Outcome<Self> {
        let codes = Arc::new(CodeTables::load(&kernel)?);
        let settings = Arc::new(load_settings(&kernel)?);
        Ok(Self {
            kernel,
            codes,
            settings,
        })
    }

    /// GB/T 2260 as loaded.
    pub fn divisions(&self) -> &Divisions {
        &self.codes.divisions
    }

    /// Full name of a region; of the nearest known one above it where it is not in the tables.
    pub fn region_name(&self, code: &RegionCode) -> String {
        let divisions = &self.codes.divisions;
        let known = divisions.nearest(code);
        known
            .and_then(|known| divisions.full_name(&known))
            .unwrap_or_else(|| code.to_string())
    }

    /// GB/T 4754 as loaded.
    pub fn industries(&self) -> &Industries {
        &self.codes.industries
    }

    /// Registers an enterprise.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`], [`RegistryError::Unconfirmed`], [`RegistryError::CodeTaken`].
    pub async fn register(&self, actor: &Actor, new: NewEnterprise) -> Outcome<Enterprise> {
        actor.require(Permission::EnterprisesWrite)?;
        let checked = self.checked(actor, &new, Completeness::Full)?;
        if rules::unconfirmed(&checked, &new, None) {
            return Err(RegistryError::Unconfirmed(checked.warnings));
        }
        let mut work = self.kernel.begin(actor).await?;
        if store::is_taken(work.conn(), &checked.code).await? {
            return Err(RegistryError::CodeTaken);
        }
        let mut registered = self.insert(&mut work, vec![checked], &Value::Null).await?;
        work.commit().await?;
        registered.pop().ok_or(RegistryError::NotFound("企业"))
    }

    /// Registers enterprises from a list, at most 1000 in one transaction: all or none of each thousand.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] with fields such as `[3].code`; [`RegistryError::CodeTaken`].
    pub async fn register_many(&self, actor: &Actor, all: Vec<NewEnterprise>) -> Outcome<Vec<EnterpriseId>> {
        actor.require(Permission::EnterprisesWrite)?;
        let mut ids = Vec::with_capacity(all.len());
        for (batch, news) in all.chunks(1000).enumerate() {
            let checked = self.checked_batch(actor, news, batch * 1000)?;
            let mut work = self.kernel.begin(actor).await?;
            let codes: Vec<SubjectCode> = checked.iter().map(|one| one.code.clone()).collect();
            let known = store::by_codes(work.conn(), codes.iter().map(SubjectCode::as_str)).await?;
            if !known.is_empty() || codes.iter().collect::<HashSet<_>>().len() < codes.len() {
                return Err(RegistryError::CodeTaken);
            }
            let registered = self.insert(&mut work, checked, &Value::Null).await?;
            work.commit().await?;
            ids.extend(registered.iter().map(|enterprise| enterprise.id));
        }
        Ok(ids)
    }

    fn checked_batch(&self, actor: &Actor, news: &[NewEnterprise], offset: usize) -> Outcome<Vec<Checked>> {
        let mut faults = Vec::new();
        let mut checked = Vec::with_capacity(news.len());
        for (place, new) in news.iter().enumerate() {
            match self.checked(actor, new, Completeness::Listed) {
                Ok(one) if rules::unconfirmed(&one, new, None) => {
                    return Err(RegistryError::Unconfirmed(one.warnings));
                }
                Ok(one) => checked.push(one),
                Err(RegistryError::Invalid(errors)) => faults.extend(errors.into_iter().map(|fault| {
                    FieldError::new(format!("[{}].{}", offset + place, fault.field), fault.message)
                })),
                Err(error) => return Err(error),
            }
        }
        if faults.is_empty() {
            Ok(checked)
        } else {
            Err(RegistryError::Invalid(faults))
        }
    }

    fn checked(&self, actor: &Actor, new: &NewEnterprise, completeness: Completeness) -> Outcome<Checked> {
        let today = self.kernel.now().legal_date();
        let checked =
            rules::check(new, &self.codes.tables(), completeness, today).map_err(RegistryError::Invalid)?;
        if actor.scope.enterprise.is_none() && actor.scope.covers(checked.region.as_str(), None) {
            return Ok(checked);
        }
        let fault = FieldError::new("region", "该区域不在您的管辖范围内，请重新选择");
        Err(RegistryError::Invalid(vec![fault]))
    }

    /// Saves new enterprises and records an event for each, with `facts`.
    pub(crate) async fn insert(
        &self,
        work: &mut Work,
        checked: Vec<Checked>,
        facts: &Value,
    ) -> Outcome<Vec<Enterprise>> {
        let keys = store::reserve(work, checked.len()).await?;
        let prepared: Vec<(Enterprise, Tokens)> = checked
            .into_iter()
            .zip(keys)
            .map(|(one, seq)| {
                let enterprise = one.into_enterprise(EnterpriseId(work.next_id()), seq, work.now());
                let tokens = self.tokens(&enterprise);
                (enterprise, tokens)
            })
            .collect();
        let rows = store::insert(work, &prepared).await.map_err(code_taken)?;
        for row in &rows {
            let happened = Happened::new("enterprise.registered", "登记企业").data(facts.clone());
            work.record(row, happened)?;
        }
        Ok(prepared.into_iter().map(|(enterprise, _)| enterprise).collect())
    }

    fn tokens(&self, enterprise: &Enterprise) -> Tokens {
        Tokens::of(
            [enterprise.name.as_str(), enterprise.code.as_str()],
            rules::labels(enterprise, &self.codes.industries),
        )
    }

    /// Replaces the content of a file; what changed is kept in the event. The state stays unless given.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] outside the scope; a conflict when `version` is stale; as [`Registry::register`].
    pub async fn change(
        &self,
        actor: &Actor,
        id: EnterpriseId,
        version: i64,
        to: NewEnterprise,
        state: Option<EnterpriseState>,
    ) -> Outcome<Enterprise> {
        actor.require(Permission::EnterprisesWrite)?;
        let checked = self.checked(actor, &to, Completeness::Full)?;
        let mut work = self.kernel.begin(actor).await?;
        let old = store::enterprise(work.conn(), id, &actor.scope)
            .await?
            .ok_or(RegistryError::NotFound("企业"))?;
        if old.version != version {
            return Err(KernelError::Stale {
                subject: "enterprise",
            }
            .into());
        }
        if rules::unconfirmed(&checked, &to, Some(&old)) {
            return Err(RegistryError::Unconfirmed(checked.warnings));
        }
        if checked.code != old.code && store::is_taken(work.conn(), &checked.code).await? {
            return Err(RegistryError::CodeTaken);
        }
        let new = checked.onto(&old, state.unwrap_or(old.state));
        let changed = self.save_change(&mut work, &old, new, Value::Null).await?;
        work.commit().await?;
        Ok(changed)
    }

    /// Saves a changed enterprise with an event that names the changed fields.
    pub(crate) async fn save_change(
        &self,
        work: &mut Work,
        old: &Enterprise,
        new: Enterprise,
        source: Value,
    ) -> Outcome<Enterprise> {
        let mut facts = json!({ "changed": rules::changes(old, &new) });
        if let (Some(facts), Value::Object(source)) = (facts.as_object_mut(), source) {
            facts.extend(source);
        }
        let row = store::update(work, &new, self.tokens(&new))
            .await
            .map_err(code_taken)?;
        work.record(
            &row,
            Happened::new("enterprise.changed", "变更企业档案").data(facts),
        )?;
        Ok(new)
    }

    /// One enterprise within the actor's scope, with personal data: mask it before it is shown.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`].
    pub async fn enterprise(&self, actor: &Actor, id: EnterpriseId) -> Outcome<Enterprise> {
        actor.require(Permission::EnterprisesRead)?;
        store::enterprise(self.kernel.db().read(), id, &actor.scope)
            .await?
            .ok_or(RegistryError::NotFound("企业"))
    }

    /// One enterprise inside a unit of work, whatever the scope: the caller has checked it.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`].
    pub async fn in_work(&self, work: &Work, id: EnterpriseId) -> Outcome<Enterprise> {
        store::enterprise(work.conn(), id, &kernel::Scope::everything())
            .await?
            .ok_or(RegistryError::NotFound("企业"))
    }

    /// The enterprise of that code within the actor's scope.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`].
    pub async fn by_code(&self, actor: &Actor, code: &SubjectCode) -> Outcome<Enterprise> {
        actor.require(Permission::EnterprisesRead)?;
        let found = store::by_codes(self.kernel.db().read(), [code.as_str()]).await?;
        found
            .into_iter()
            .find(|one| actor.scope.covers(one.region.as_str(), Some(one.id.into())))
            .ok_or(RegistryError::NotFound("企业"))
    }

    /// Whether the actor sees personal data of this enterprise in full: who keeps the file, and its own people.
    pub fn sees_personal_data(&self, actor: &Actor, id: EnterpriseId) -> bool {
        actor.may(Permission::EnterprisesWrite) || actor.scope.enterprise == Some(id.into())
    }

    /// Records that personal data was shown in full (IAM.4).
    ///
    /// # Errors
    /// [`RegistryError::Kernel`].
    pub async fn note_personal_read(&self, actor: &Actor, id: EnterpriseId, what: &str) -> Outcome<()> {
        let mut work = self.kernel.begin(actor).await?;
        let happened =
            Happened::new("enterprise.personal_data_read", "查看个人信息").data(json!({ "what": what }));
        work.note(Subject::new("enterprise", id), Some(id.into()), happened)?;
        work.commit().await?;
        Ok(())
    }

    /// Enterprises within the actor's scope.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] for a search text of one character or a spoilt cursor.
    pub async fn search(&self, actor: &Actor, query: &EnterpriseQuery) -> Outcome<Page<Enterprise>> {
        let limit = query.page.limit();
        let after = query
            .page
            .after()
            .map_err(|problem| RegistryError::Invalid(problem.errors))?;
        let rows = self.rows(actor, query, after, limit).await?;
        Ok(Page::cut(rows, limit, store::Cursor::of))
    }

    async fn rows(
        &self,
        actor: &Actor,
        query: &EnterpriseQuery,
        after: Option<store::Cursor>,
        limit: u64,
    ) -> Outcome<Vec<Enterprise>> {
        actor.require(Permission::EnterprisesRead)?;
        let hits = self.hits(actor, query)?;
        Ok(store::list(self.kernel.db(), &hits, query.sort, after, limit).await?)
    }

    fn hits(&self, actor: &Actor, query: &EnterpriseQuery) -> Outcome<store::Hits> {
        let divisions = self.divisions_of(query.industry.as_ref());
        let text = query.q.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let Some(text) = text else {
            return Ok(store::Hits::new(
                query,
                TextQuery::default(),
                &actor.scope,
                divisions,
            ));
        };
        if let Ok(code) = text.parse::<SubjectCode>() {
            return Ok(store::Hits::with_code(
                &actor.scope,
                query,
                code.as_str(),
                divisions,
            ));
        }
        let text = TextQuery::parse(text)
            .map_err(|fault| RegistryError::Invalid(vec![FieldError::new("q", fault.to_string())]))?;
        Ok(store::Hits::new(query, text, &actor.scope, divisions))
    }

    fn divisions_of(&self, industry: Option<&IndustryCode>) -> &[IndustryCode] {
        industry
            .filter(|code| code.level() == IndustryLevel::Section)
            .map_or(&[], |section| self.codes.industries.children(section))
    }

    /// The next thousand of a list and where to go on; `None` at its end.
    pub(crate) async fn stride(
        &self,
        actor: &Actor,
        query: &EnterpriseQuery,
        after: Option<store::Cursor>,
    ) -> Outcome<(Vec<Enterprise>, Option<store::Cursor>)> {
        let rows = self.rows(actor, query, after, STRIDE).await?;
        let page = Page::cut(rows, STRIDE, store::Cursor::of);
        let next = page.items.last().map(store::Cursor::of);
        Ok((page.items, next.filter(|_| page.next.is_some())))
    }

    /// What ever happened to the enterprise, newest first, before the event with that sequence number.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] outside the scope.
    pub async fn timeline(
        &self,
        actor: &Actor,
        id: EnterpriseId,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<Event>> {
        self.enterprise(actor, id).await?;
        let filter = EventFilter {
            enterprise: Some(id.into()),
            ..EventFilter::default()
        };
        Ok(event::find(self.kernel.db(), &filter, before, limit).await?)
    }

    /// Counts of the base ledger within the actor's scope, by the regions one level below `region`.
    ///
    /// # Errors
    /// [`RegistryError::Kernel`].
    pub async fn ledger(&self, actor: &Actor, region: Option<&RegionCode>) -> Outcome<Vec<LedgerCount>> {
        actor.require(Permission::EnterprisesRead)?;
        let digits = match region.map_or(0, |region| region.as_str().len()) {
            0 => 2,
            2 => 4,
            4 => 6,
            6 => 9,
            _ => 12,
        };
        Ok(store::ledger(self.kernel.db(), region, digits, &actor.scope).await?)
    }

    /// Enterprises within the actor's scope by region, cut to so many digits of its code, and by state.
    ///
    /// # Errors
    /// [`RegistryError::Forbidden`].
    pub async fn count_by_region(
        &self,
        actor: &Actor,
        region: Option<&RegionCode>,
        digits: usize,
    ) -> Outcome<Vec<RegionCount>> {
        actor.require(Permission::EnterprisesRead)?;
        let rows = store::by_region(self.kernel.db(), &actor.scope, region, digits).await?;
        let count = |(region, state, count): (String, String, i64)| {
            let known = EnterpriseState::parse(&state);
            let state =
                known.ok_or_else(|| KernelError::Corrupt(format!("state {state} of an enterprise")))?;
            Ok(RegionCount { region, state, count })
        };
        rows.into_iter().map(count).collect()
    }

    /// Key staff of an enterprise, with personal data: mask it before it is shown.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] outside the scope.
    pub async fn staff(&self, actor: &Actor, id: EnterpriseId) -> Outcome<Vec<Staff>> {
        self.enterprise(actor, id).await?;
        Ok(store::files::all_staff(self.kernel.db().read(), id).await?)
    }

    /// Enters a key person.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`], [`RegistryError::NotFound`].
    pub async fn add_staff(
        &self,
        actor: &Actor,
        enterprise: EnterpriseId,
        details: StaffDetails,
    ) -> Outcome<Staff> {
        let details = rules::check_staff(details).map_err(RegistryError::Invalid)?;
        let mut work = self.file_work(actor, enterprise).await?;
        let staff = Staff {
            id: StaffId(work.next_id()),
            version: 1,
            enterprise,
            details,
            created_at: work.now(),
        };
        let row = store::files::insert_staff(&work, &staff).await?;
        let facts = json!({ "staff": staff.id, "post": staff.details.post });
        work.record(
            &row,
            Happened::new("enterprise_staff.added", "登记关键岗位人员").data(facts),
        )?;
        work.commit().await?;
        Ok(staff)
    }

    /// Changes a key person; also when it leaves.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`], [`RegistryError::NotFound`], a conflict when `version` is stale.
    pub async fn change_staff(
        &self,
        actor: &Actor,
        enterprise: EnterpriseId,
        id: StaffId,
        version: i64,
        details: StaffDetails,
    ) -> Outcome<Staff> {
        let details = rules::check_staff(details).map_err(RegistryError::Invalid)?;
        let mut work = self.file_work(actor, enterprise).await?;
        let old = store::files::one_staff(work.conn(), enterprise, id)
            .await?
            .ok_or(RegistryError::NotFound("人员"))?;
        if old.version != version {
            return Err(KernelError::Stale { subject: "staff" }.into());
        }
        let staff = Staff {
            version: version + 1,
            details,
            ..old
        };
        let row = store::files::update_staff(&work, &staff).await?;
        let facts =
            json!({ "staff": staff.id, "post": staff.details.post, "left_on": staff.details.left_on });
        work.record(
            &row,
            Happened::new("enterprise_staff.changed", "变更关键岗位人员").data(facts),
        )?;
        work.commit().await?;
        Ok(staff)
    }

    /// Facilities and major hazard sources of an enterprise.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] outside the scope.
    pub async fn facilities(&self, actor: &Actor, id: EnterpriseId) -> Outcome<Vec<Facility>> {
        self.enterprise(actor, id).await?;
        Ok(store::files::all_facilities(self.kernel.db().read(), id).await?)
    }

    /// Enters a facility or major hazard source.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`], [`RegistryError::NotFound`].
    pub async fn add_facility(
        &self,
        actor: &Actor,
        enterprise: EnterpriseId,
        details: FacilityDetails,
    ) -> Outcome<Facility> {
        let details = rules::check_facility(details).map_err(RegistryError::Invalid)?;
        let mut work = self.file_work(actor, enterprise).await?;
        let facility = Facility {
            id: FacilityId(work.next_id()),
            version: 1,
            enterprise,
            details,
            created_at: work.now(),
        };
        let row = store::files::insert_facility(&work, &facility).await?;
        let facts = json!({ "facility": facility.id, "name": facility.details.name, "level": facility.details.level });
        work.record(
            &row,
            Happened::new("enterprise_facility.added", "登记设施或重大危险源").data(facts),
        )?;
        work.commit().await?;
        Ok(facility)
    }

    /// Changes a facility; also when it is closed.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`], [`RegistryError::NotFound`], a conflict when `version` is stale.
    pub async fn change_facility(
        &self,
        actor: &Actor,
        enterprise: EnterpriseId,
        id: FacilityId,
        version: i64,
        details: FacilityDetails,
    ) -> Outcome<Facility> {
        let details = rules::check_facility(details).map_err(RegistryError::Invalid)?;
        let mut work = self.file_work(actor, enterprise).await?;
        let old = store::files::one_facility(work.conn(), enterprise, id)
            .await?
            .ok_or(RegistryError::NotFound("设施"))?;
        if old.version != version {
            return Err(KernelError::Stale { subject: "facility" }.into());
        }
        let facility = Facility {
            version: version + 1,
            details,
            ..old
        };
        let row = store::files::update_facility(&work, &facility).await?;
        let facts = json!({ "facility": facility.id, "level": facility.details.level, "ended_on": facility.details.ended_on });
        work.record(
            &row,
            Happened::new("enterprise_facility.changed", "变更设施或重大危险源").data(facts),
        )?;
        work.commit().await?;
        Ok(facility)
    }

    /// A unit of work on the file of an enterprise that the actor may keep.
    async fn file_work(&self, actor: &Actor, enterprise: EnterpriseId) -> Outcome<Work> {
        actor.require(Permission::EnterprisesKeep)?;
        let work = self.kernel.begin(actor).await?;
        store::enterprise(work.conn(), enterprise, &actor.scope)
            .await?
            .ok_or(RegistryError::NotFound("企业"))?;
        Ok(work)
    }
}

/// Two who register the same code at once: the engine tells the second one, who is told like any other.
fn code_taken(error: KernelError) -> RegistryError {
    if error.is_duplicate() {
        RegistryError::CodeTaken
    } else {
        error.into()
    }
}

/// Limits and header names of the import.
fn load_settings(kernel: &Kernel) -> Outcome<Settings> {
    let text = kernel.rules().text("registry/import.json")?;
    serde_json::from_str(&text)
        .map_err(|error| RegistryError::Table(format!("registry/import.json: {error}")))
}
