//! Joint meetings and what they found.

use kernel::{Actor, Day, Happened, LegalDate, Page, PageQuery, Permission, Subject};
use serde_json::json;
use uuid::Uuid;

use super::{Collaboration, CollaborationError, Outcome, done};
use crate::{
    model::{Meeting, MeetingId, Rectification, RectificationId, RectificationState},
    rules::{self, NewMeeting, Refusal},
    store::{self, RectificationQuery},
};

/// A meeting with its problems.
#[derive(Clone, Debug)]
pub struct SeenMeeting {
    /// The meeting.
    pub meeting: Meeting,
    /// What it found.
    pub problems: Vec<Rectification>,
}

/// A problem with the meeting that found it.
#[derive(Clone, Debug)]
pub struct SeenProblem {
    /// The problem.
    pub problem: Rectification,
    /// What the meeting was about.
    pub meeting_title: String,
}

/// What to look for among problems.
#[derive(Clone, Debug, Default)]
pub struct RectificationFilter {
    /// Of this department.
    pub department: Option<String>,
    /// Found by a meeting that this department convened.
    pub convener: Option<String>,
    /// In this state.
    pub state: Option<RectificationState>,
    /// Only those past their last day.
    pub overdue: bool,
}

impl Collaboration {
    /// Enters a meeting and the problems that it found; each goes to the department that answers for it.
    ///
    /// # Errors
    /// [`CollaborationError::Invalid`] names the fields.
    pub async fn hold_meeting(&self, actor: &Actor, new: NewMeeting) -> Outcome<SeenMeeting> {
        actor.require(Permission::CollaborationConvene)?;
        let convener = self.own_department(actor)?;
        let mut work = self.kernel.begin(actor).await?;
        let faults = rules::meeting_faults(&new, work.now().legal_date(), |key| self.is_department(key));
        if !faults.is_empty() {
            return Err(CollaborationError::Invalid(faults));
        }
        let region = self.region_of(actor);
        let meeting = Meeting {
            id: MeetingId(work.next_id()),
            version: 1,
            region: region.clone(),
            title: new.title.trim().to_owned(),
            held_on: new.held_on,
            place: new.place.trim().to_owned(),
            convener: convener.clone(),
            departments: new.departments,
            summary: new.summary.trim().to_owned(),
            by: done(actor, work.now()),
        };
        let row = store::insert_meeting(&work, &meeting).await?;
        let data = json!({ "title": meeting.title, "departments": meeting.departments, "problems": new.problems.len() });
        work.record(
            &row,
            Happened::new("joint_meeting.held", "登记联席会议").data(data),
        )?;
        let mut problems = Vec::new();
        for problem in new.problems {
            let one = Rectification {
                id: RectificationId(work.next_id()),
                version: 1,
                meeting: meeting.id,
                region: region.clone(),
                convener: convener.clone(),
                department: problem.department,
                problem: problem.problem.trim().to_owned(),
                requirement: problem.requirement.trim().to_owned(),
                due_on: problem.due_on,
                rounds: Vec::new(),
            };
            let row = store::insert_rectification(&work, &one).await?;
            let data = told(&one, &meeting);
            work.record(
                &row,
                Happened::new("rectification.assigned", "交办整改事项").data(data),
            )?;
            problems.push(one);
        }
        work.commit().await?;
        Ok(SeenMeeting { meeting, problems })
    }

    fn own_department(&self, actor: &Actor) -> Outcome<String> {
        let own = actor.scope.department.clone();
        own.ok_or_else(|| Refusal::State("您的账号没有所属部门，不能代表部门办理").into())
    }

    /// Meetings within the actor's reach, newest first.
    ///
    /// # Errors
    /// [`CollaborationError::Invalid`] for a cursor that is none.
    pub async fn meetings(&self, actor: &Actor, page: &PageQuery) -> Outcome<Page<Meeting>> {
        actor.require(Permission::CollaborationRead)?;
        let after: Option<(LegalDate, Uuid)> = page
            .after()
            .map_err(|problem| CollaborationError::Invalid(problem.errors))?;
        let rows = store::meetings(self.kernel.db(), &actor.scope, after, page.limit()).await?;
        Ok(Page::cut(rows, page.limit(), |row| (row.held_on, row.id)))
    }

    /// A meeting with its problems.
    ///
    /// # Errors
    /// [`CollaborationError::NotFound`] outside the scope.
    pub async fn meeting(&self, actor: &Actor, id: MeetingId) -> Outcome<SeenMeeting> {
        actor.require(Permission::CollaborationRead)?;
        let meeting = store::meeting(self.kernel.db(), &actor.scope, id).await?;
        let meeting = meeting.ok_or(CollaborationError::NotFound("联席会议"))?;
        let problems = store::rectifications_of(self.kernel.db(), id).await?;
        Ok(SeenMeeting { meeting, problems })
    }

    /// Problems across meetings, most urgent first.
    ///
    /// # Errors
    /// [`CollaborationError::Invalid`] for a cursor that is none.
    pub async fn rectifications(
        &self,
        actor: &Actor,
        filter: RectificationFilter,
        page: &PageQuery,
    ) -> Outcome<Page<SeenProblem>> {
        actor.require(Permission::CollaborationRead)?;
        let query = RectificationQuery {
            department: filter.department,
            convener: filter.convener,
            state: filter.state,
            overdue_on: filter.overdue.then(|| self.now().legal_date()),
            after: page
                .after()
                .map_err(|problem| CollaborationError::Invalid(problem.errors))?,
            limit: page.limit(),
        };
        let rows = store::rectifications(self.kernel.db(), actor, &query).await?;
        let Page { items, next } = Page::cut(rows, query.limit, |row| (row.due_on, row.id));
        let items = self.with_titles(items).await?;
        Ok(Page { items, next })
    }

    async fn with_titles(&self, problems: Vec<Rectification>) -> Outcome<Vec<SeenProblem>> {
        let ids: Vec<MeetingId> = problems.iter().map(|one| one.meeting).collect();
        let titles = store::meeting_titles(self.kernel.db(), &ids).await?;
        let seen = problems.into_iter().map(|problem| SeenProblem {
            meeting_title: titles.get(&problem.meeting).cloned().unwrap_or_default(),
            problem,
        });
        Ok(seen.collect())
    }

    async fn with_title(&self, problem: Rectification) -> Outcome<SeenProblem> {
        let seen = self.with_titles(vec![problem]).await?.pop();
        seen.ok_or(CollaborationError::NotFound("整改事项"))
    }

    /// One problem.
    ///
    /// # Errors
    /// [`CollaborationError::NotFound`] outside the scope.
    pub async fn rectification(&self, actor: &Actor, id: RectificationId) -> Outcome<SeenProblem> {
        actor.require(Permission::CollaborationRead)?;
        let found = store::rectification(self.kernel.db(), &actor.scope, id).await?;
        self.with_title(found.ok_or(CollaborationError::NotFound("整改事项"))?)
            .await
    }

    /// The department reports that it has mended a problem.
    ///
    /// # Errors
    /// [`CollaborationError::Refused`] for other departments and in another state.
    pub async fn report_mended(
        &self,
        actor: &Actor,
        id: RectificationId,
        text: &str,
    ) -> Outcome<SeenProblem> {
        actor.require(Permission::CollaborationAct)?;
        self.change(
            actor,
            id,
            "rectification.reported",
            "上报整改情况",
            |found, by| rules::report(found, actor.scope.department.as_deref(), text, by),
        )
        .await
    }

    /// Another person closes a problem, or sends it back.
    ///
    /// # Errors
    /// [`CollaborationError::Refused`] for other departments, the one who reported, and before there is a report.
    pub async fn close_problem(
        &self,
        actor: &Actor,
        id: RectificationId,
        mended: bool,
        text: &str,
    ) -> Outcome<SeenProblem> {
        actor.require(Permission::CollaborationConvene)?;
        let (kind, title) = if mended {
            ("rectification.closed", "核销整改事项")
        } else {
            ("rectification.sent_back", "退回整改事项")
        };
        self.change(actor, id, kind, title, |found, by| {
            rules::close(found, actor.scope.department.as_deref(), mended, text, by)
        })
        .await
    }

    async fn change(
        &self,
        actor: &Actor,
        id: RectificationId,
        kind: &'static str,
        title: &str,
        decide: impl FnOnce(Rectification, crate::model::Done) -> Result<Rectification, Refusal>,
    ) -> Outcome<SeenProblem> {
        let mut work = self.kernel.begin(actor).await?;
        let found = store::locked_rectification(&work, &actor.scope, id).await?;
        let found = found.ok_or(CollaborationError::NotFound("整改事项"))?;
        let changed = decide(found, done(actor, work.now()))?;
        let seen = self.with_title(changed).await?;
        let row = store::save_rectification(&work, &seen.problem).await?;
        work.record(&row, Happened::new(kind, title).data(self.told_of_change(&seen)))?;
        work.commit().await?;
        Ok(seen)
    }

    /// What notices say of a change: a report waits for those of the convener who may close it, anything else goes to
    /// the department that answers for the problem.
    fn told_of_change(&self, seen: &SeenProblem) -> serde_json::Value {
        let one = &seen.problem;
        let is_reported = one.state() == RectificationState::Reported;
        let told = if is_reported {
            &one.convener
        } else {
            &one.department
        };
        let finding = one.rounds.last().and_then(|round| round.closing.as_ref());
        json!({ "department": told, "region": one.region, "permission": Permission::CollaborationConvene.as_str(),
            "problem": one.problem, "requirement": one.requirement, "due_on": one.due_on,
            "mender": self.department_name(&one.department), "finding": finding.map(|closing| &closing.text),
            "meeting": seen.meeting_title, "meeting_id": one.meeting })
    }

    /// Tells of problems whose last day was the one before a day of the run, each once.
    pub(crate) async fn tell_overdue_problems(&self, run: Day) -> Outcome<()> {
        let before = |day: LegalDate| LegalDate(day.0.previous_day().unwrap_or(day.0));
        let (from, until) = (before(run.since), before(run.day));
        for one in store::overdue_on(self.kernel.db(), from, until).await? {
            let system = Actor::system("逾期督办");
            let meeting = store::meeting(self.kernel.db(), &system.scope, one.meeting).await?;
            let Some(meeting) = meeting else { continue };
            let mut work = self.kernel.begin(&system).await?;
            let happened = Happened::new("rectification.overdue", "整改事项逾期").data(told(&one, &meeting));
            work.note(Subject::new("rectification", one.id), None, happened)?;
            work.commit().await?;
        }
        Ok(())
    }
}

/// What notices say of a problem; `department` and `region` are who is told.
fn told(one: &Rectification, meeting: &Meeting) -> serde_json::Value {
    json!({ "department": one.department, "region": one.region, "problem": one.problem,
        "requirement": one.requirement, "due_on": one.due_on, "meeting": meeting.title, "meeting_id": meeting.id })
}
