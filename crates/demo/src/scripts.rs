//! The lives of applications: who did what how many working days ago. Told backwards from today, so that
//! deadlines are near, far and missed on whatever day the city is made.

use matters::{Definition, DepartmentKey, MaterialKey, PauseCause};
use time::{Duration, OffsetDateTime};

use crate::{
    chance::Chance,
    workdays::{Workdays, instant},
};

/// Working days by which a decision follows the application where nothing special happens.
const USUAL_COURSE: usize = 13;
/// First and last minute of the day in which offices work.
const OFFICE: (i64, i64) = (8 * 60 + 40, 17 * 60 + 10);
/// Conditional departments take part in so many of a hundred cases.
const CONDITIONAL: u32 = 30;

/// An act on an application, to be done by whoever has to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// The enterprise begins a draft.
    Draft,
    /// It fills in the form, to the end or not.
    Form { complete: bool },
    /// It uploads a file, first or mended.
    Upload { material: MaterialKey, mended: bool },
    /// It hands in.
    Submit,
    /// It withdraws.
    Withdraw,
    /// The window accepts, with the conditional departments that have to take part.
    Accept { departments: Vec<DepartmentKey> },
    /// The window asks for correction of these materials.
    Correct { materials: Vec<MaterialKey> },
    /// The window refuses to accept.
    RefuseAcceptance,
    /// A department reviews.
    Review {
        department: DepartmentKey,
        objects: bool,
    },
    /// Who leads orders a joint visit, so many days later.
    OrderVisit { in_days: i64 },
    /// The officers visit the site.
    Visit,
    /// The first reviewer sends a department back.
    Return { department: DepartmentKey },
    /// The clock stops, for one department or all.
    Stop {
        department: Option<DepartmentKey>,
        cause: PauseCause,
        days: i64,
    },
    /// It runs again.
    Resume { department: Option<DepartmentKey> },
    /// First review.
    FirstReview { grant: bool },
    /// Second review.
    SecondReview { grant: bool },
    /// The leader extends the period.
    Extend,
    /// The leader grants.
    Grant,
    /// The leader refuses.
    Refuse,
    /// The window delivers.
    Deliver,
}

/// A kind of life, how many of them a city of 12,000 enterprises has, and who may look at one of them.
pub(crate) struct Script {
    pub name: &'static str,
    pub count: usize,
    /// Login under which the enterprise of the first of them is shown.
    pub login: Option<&'static str>,
    tell: fn(&mut Pen<'_>),
}

const fn script(name: &'static str, count: usize, tell: fn(&mut Pen<'_>)) -> Script {
    Script {
        name,
        count,
        login: None,
        tell,
    }
}

const fn shown(login: &'static str, script: Script) -> Script {
    Script {
        login: Some(login),
        ..script
    }
}

/// Every script.
pub(crate) const SCRIPTS: &[Script] = &[
    script("draft begun", 6, |pen| {
        let ago = pen.between(6, 1);
        pen.begun(ago, false);
    }),
    shown(
        "ent.draft",
        script("draft nearly complete", 6, |pen| {
            let ago = pen.between(5, 1);
            pen.begun(ago, true);
            pen.uploads(2);
        }),
    ),
    script("handed in", 10, |pen| {
        let ago = pen.between(3, 1);
        pen.handed_in(ago);
    }),
    script("handed in, last day for the window", 4, |pen| pen.handed_in(5)),
    shown(
        "ent.correct",
        script("correction asked for", 6, |pen| {
            let ago = pen.between(9, 6);
            pen.corrected(ago);
        }),
    ),
    script("correction nearly lapsed", 4, |pen| {
        pen.handed_in(16);
        pen.act(14, |pen| pen.correction());
    }),
    script("mended", 5, |pen| {
        let ago = pen.between(12, 9);
        pen.corrected(ago);
        let ago = pen.between(3, 1);
        pen.mended(ago);
    }),
    script("correction lapsed", 3, |pen| {
        let ago = pen.between(34, 26);
        pen.corrected(ago);
    }),
    script("accepted by lapse of time", 2, |pen| {
        let ago = pen.between(11, 9);
        pen.handed_in(ago);
        pen.take_departments(false);
        pen.reviews((2, 1), 4);
    }),
    script("review begun", 10, |pen| {
        let ago = pen.between(6, 3);
        pen.accepted(ago);
    }),
    script("some departments done", 20, |pen| {
        let ago = pen.between(12, 7);
        pen.accepted(ago);
        let open = pen.between(3, 1);
        pen.reviews((ago - 3, 1), open);
    }),
    shown(
        "ent.review",
        script("one department returned", 4, |pen| {
            let ago = pen.between(18, 15);
            pen.accepted(ago);
            pen.reviews((ago - 3, 4), 0);
            pen.returned((3, 1));
        }),
    ),
    script("one department's clock stopped", 4, |pen| {
        let ago = pen.between(12, 9);
        pen.accepted(ago);
        pen.reviews((ago - 3, 3), 2);
        pen.stopped((2, 1), true, PauseCause::ExpertReview);
    }),
    script("all clocks stopped", 3, |pen| {
        let ago = pen.between(16, 12);
        pen.accepted(ago);
        pen.reviews((ago - 3, 6), 3);
        pen.stopped((5, 2), false, PauseCause::Appraisal);
    }),
    script("department late", 8, |pen| {
        let ago = pen.between(21, 16);
        pen.accepted(ago);
        let open = pen.between(2, 1);
        pen.reviews((ago - 3, 4), open);
    }),
    script("period nearly over", 5, |pen| {
        let ago = pen.calendar(43, 37);
        pen.accepted(ago);
        pen.reviews((ago - 3, 6), 1);
    }),
    // Forty-five days from the acceptance, which comes two working days later: with a holiday between that is ten.
    script("period over", 3, |pen| {
        let ago = pen.calendar(68, 58);
        pen.accepted(ago);
        pen.reviews((ago - 3, 10), 1);
    }),
    script("before the first reviewer", 7, |pen| {
        let ago = pen.between(15, 10);
        pen.accepted(ago);
        pen.reviews((ago - 3, 2), 0);
    }),
    script("before the first reviewer, with an objection", 2, |pen| {
        let ago = pen.between(15, 12);
        pen.objects();
        pen.accepted(ago);
        pen.reviews((ago - 3, 2), 0);
    }),
    script("before the second reviewer", 7, |pen| {
        let ago = pen.between(17, 12);
        pen.accepted(ago);
        pen.reviews((ago - 3, 4), 0);
        pen.opinion((3, 1), |grant| Act::FirstReview { grant });
    }),
    script("before the leader", 7, |pen| {
        let ago = pen.between(19, 14);
        pen.opinions(ago, (3, 1));
    }),
    script("before the leader, extended", 2, |pen| {
        let ago = pen.between(24, 22);
        pen.opinions(ago, (6, 4));
        pen.act(2, |_| vec![Act::Extend]);
    }),
    script("before the leader, period over", 2, |pen| {
        let ago = pen.calendar(66, 58);
        pen.opinions(ago, (9, 5));
    }),
    shown(
        "ent.granted",
        script("just granted", 6, |pen| {
            let ago = pen.between(18, 15);
            pen.opinions(ago, (4, 3));
            pen.decision((2, 1));
        }),
    ),
    script("granted", 20, |pen| {
        let ago = pen.between(72, 22);
        pen.granted(ago);
    }),
    script("granted after correction", 6, |pen| {
        let ago = pen.between(74, 32);
        pen.corrected(ago);
        pen.mended(ago - 6);
        pen.act(ago - 8, Pen::acceptance);
        pen.reviews((ago - 9, ago - 14), 0);
        pen.decided(ago - 15);
    }),
    script("granted after a return", 4, |pen| {
        let ago = pen.between(70, 34);
        pen.accepted(ago);
        pen.reviews((ago - 3, ago - 8), 0);
        pen.returned((ago - 9, ago - 9));
        pen.reviewed_again(ago - 12);
        pen.decided(ago - 14);
    }),
    script("granted after a stop", 3, |pen| {
        let ago = pen.between(70, 40);
        pen.accepted(ago);
        pen.reviews((ago - 3, ago - 6), 2);
        pen.stopped((ago - 7, ago - 7), false, PauseCause::Testing);
        pen.act(ago - 13, |_| vec![Act::Resume { department: None }]);
        pen.remaining(ago - 14);
        pen.decided(ago - 16);
    }),
    script("refused", 4, |pen| {
        let ago = pen.between(60, 24);
        pen.objects();
        pen.granted(ago);
    }),
    shown(
        "ent.refused",
        script("just refused", 2, |pen| {
            let ago = pen.between(18, 15);
            pen.objects();
            pen.opinions(ago, (4, 3));
            pen.decision((2, 1));
        }),
    ),
    script("not accepted", 3, |pen| {
        let ago = pen.between(40, 6);
        pen.handed_in(ago);
        pen.act(ago - 2, |_| vec![Act::RefuseAcceptance]);
        pen.act(ago - 4, |_| vec![Act::Deliver]);
    }),
    script("just not accepted", 2, |pen| {
        let ago = pen.between(4, 3);
        pen.handed_in(ago);
        pen.act(ago - 2, |_| vec![Act::RefuseAcceptance]);
    }),
    script("withdrawn before acceptance", 2, |pen| {
        let ago = pen.between(50, 5);
        pen.handed_in(ago);
        pen.act(ago - 2, |_| vec![Act::Withdraw]);
    }),
    script("withdrawn during review", 2, |pen| {
        let ago = pen.between(50, 12);
        pen.accepted(ago);
        pen.reviews((ago - 3, ago - 5), 3);
        pen.act(ago - 7, |_| vec![Act::Withdraw]);
    }),
    script("joint visit planned", 4, |pen| {
        let ago = pen.between(9, 7);
        pen.accepted(ago);
        pen.reviews((ago - 3, 3), 3);
        pen.visit_ordered(1, 3);
    }),
    script("joint visit made", 4, |pen| {
        let ago = pen.between(12, 10);
        pen.accepted(ago);
        pen.visit_ordered(ago - 3, 1);
        pen.act(ago - 5, |_| vec![Act::Visit]);
        pen.reviews((ago - 6, 1), 2);
    }),
];

/// Writes one life.
pub(crate) struct Pen<'a> {
    definition: &'a Definition,
    days: &'a Workdays,
    chance: &'a mut Chance,
    departments: Vec<DepartmentKey>,
    /// The department that objects, if one does.
    objector: Option<DepartmentKey>,
    /// Those whose review is open.
    open: Vec<DepartmentKey>,
    last: OffsetDateTime,
    acts: Vec<(OffsetDateTime, Act)>,
}

impl Script {
    /// The acts of one such life, in order.
    pub fn tell(
        &self,
        definition: &Definition,
        days: &Workdays,
        chance: &mut Chance,
    ) -> Vec<(OffsetDateTime, Act)> {
        let mut pen = Pen {
            definition,
            days,
            chance,
            departments: Vec::new(),
            objector: None,
            open: Vec::new(),
            last: OffsetDateTime::UNIX_EPOCH,
            acts: Vec::new(),
        };
        (self.tell)(&mut pen);
        pen.acts.sort_by_key(|(at, _)| *at);
        pen.acts
    }
}

impl Pen<'_> {
    /// So many working days ago, at least `least` and at most `most`.
    fn between(&mut self, most: usize, least: usize) -> usize {
        let bound = |days: usize| i64::try_from(days).unwrap_or(i64::MAX);
        usize::try_from(self.chance.between(bound(least), bound(most))).unwrap_or(least)
    }

    /// The same for calendar days.
    fn calendar(&mut self, most: i64, least: i64) -> usize {
        self.days.since_days(self.chance.between(least, most))
    }

    /// An instant in the office hours of that day, after everything before.
    fn at(&mut self, ago: usize) -> OffsetDateTime {
        let minute = self.chance.between(OFFICE.0, OFFICE.1);
        let free = instant(self.days.ago(ago), minute) + Duration::seconds(self.chance.between(0, 59));
        if free > self.last {
            return free;
        }
        self.last + Duration::seconds(self.chance.between(420, 1800))
    }

    fn write(&mut self, at: OffsetDateTime, act: Act) {
        self.last = self.last.max(at);
        self.acts.push((at, act));
    }

    /// Acts on one day, one soon after the other.
    fn act(&mut self, ago: usize, what: impl FnOnce(&mut Self) -> Vec<Act>) {
        let acts = what(self);
        let mut at = self.at(ago.max(1));
        for act in acts {
            self.write(at, act);
            at += Duration::seconds(self.chance.between(25, 150));
        }
    }

    fn materials(&self) -> Vec<MaterialKey> {
        let uploaded = self
            .definition
            .materials
            .iter()
            .filter(|material| material.required && !applications::rules::is_online_form(material));
        uploaded.map(|material| material.key.clone()).collect()
    }

    fn begun(&mut self, ago: usize, complete: bool) {
        self.act(ago, |_| vec![Act::Draft, Act::Form { complete }]);
    }

    /// Uploads everything but the last few.
    fn uploads(&mut self, missing: usize) {
        let materials = self.materials();
        let count = materials.len().saturating_sub(missing);
        let upload = |material| Act::Upload {
            material,
            mended: false,
        };
        let mut at = self.last + Duration::seconds(self.chance.between(90, 600));
        for material in materials.into_iter().take(count) {
            self.write(at, upload(material));
            at += Duration::seconds(self.chance.between(25, 150));
        }
    }

    fn handed_in(&mut self, ago: usize) {
        let earlier = self.between(2, 0);
        self.begun(ago + earlier, true);
        self.uploads(0);
        self.act(ago, |_| vec![Act::Submit]);
    }

    fn correction(&mut self) -> Vec<Act> {
        let mut materials = self.materials();
        self.chance.shuffle(&mut materials);
        materials.truncate(2);
        vec![Act::Correct { materials }]
    }

    /// Handed in, and two days later asked to mend.
    fn corrected(&mut self, ago: usize) {
        self.handed_in(ago);
        self.act(ago - 2, Self::correction);
    }

    fn mended(&mut self, ago: usize) {
        let asked = self.acts.iter().find_map(|(_, act)| match act {
            Act::Correct { materials } => Some(materials.clone()),
            _ => None,
        });
        let upload = |material| Act::Upload {
            material,
            mended: true,
        };
        self.act(ago, |_| {
            let uploads = asked.unwrap_or_default().into_iter().map(upload);
            uploads.chain([Act::Submit]).collect()
        });
    }

    /// From now on one department of the lead's has an objection.
    fn objects(&mut self) {
        self.objector = self.definition.lead().map(|review| review.department.clone());
    }

    /// The departments that take part, the conditional ones by chance.
    fn take_departments(&mut self, conditional: bool) -> Vec<DepartmentKey> {
        let reviews: Vec<_> = self.definition.departments().cloned().collect();
        let mut chosen = Vec::new();
        for review in reviews {
            if review.applies_when.is_none() {
                self.departments.push(review.department);
            } else if conditional && self.chance.percent(CONDITIONAL) {
                self.departments.push(review.department.clone());
                chosen.push(review.department);
            }
        }
        self.open.clone_from(&self.departments);
        chosen
    }

    fn acceptance(&mut self) -> Vec<Act> {
        let departments = self.take_departments(true);
        vec![Act::Accept { departments }]
    }

    /// Handed in, and two days later accepted.
    fn accepted(&mut self, ago: usize) {
        self.handed_in(ago);
        self.act(ago - 2, Self::acceptance);
    }

    /// The departments review side by side within those days; some stay open.
    fn reviews(&mut self, within: (usize, usize), open: usize) {
        let since = self.last;
        let mut departments = std::mem::take(&mut self.open);
        self.chance.shuffle(&mut departments);
        let done = departments.len() - open.min(departments.len().saturating_sub(1));
        self.open = departments.split_off(done);
        let mut latest = since;
        for department in departments {
            self.last = since;
            let ago = self.between(within.0.max(within.1), within.1);
            let at = self.at(ago.max(1));
            latest = latest.max(at);
            let objects = self.objector.as_ref() == Some(&department);
            self.write(at, Act::Review { department, objects });
        }
        self.last = latest;
    }

    fn visit_ordered(&mut self, ago: usize, in_days: i64) {
        self.act(ago, |_| vec![Act::OrderVisit { in_days }]);
    }

    /// The reviews that are still open, on one day.
    fn remaining(&mut self, ago: usize) {
        self.reviews((ago, ago), 0);
    }

    fn returned(&mut self, within: (usize, usize)) {
        let others: Vec<_> = self.departments.iter().skip(1).cloned().collect();
        let department = self.chance.one(&others).clone();
        self.open = vec![department.clone()];
        let ago = self.between(within.0, within.1);
        self.act(ago, |_| vec![Act::Return { department }]);
    }

    fn reviewed_again(&mut self, ago: usize) {
        self.remaining(ago);
    }

    fn stopped(&mut self, within: (usize, usize), one: bool, cause: PauseCause) {
        let department = self.open.first().filter(|_| one).cloned();
        let ago = self.between(within.0, within.1);
        let days = self.chance.between(12, 25);
        self.act(ago, |_| {
            vec![Act::Stop {
                department,
                cause,
                days,
            }]
        });
    }

    fn opinion(&mut self, within: (usize, usize), act: fn(bool) -> Act) {
        let grant = self.objector.is_none();
        let ago = self.between(within.0, within.1);
        self.act(ago, |_| vec![act(grant)]);
    }

    /// Everything up to the leader's desk; both opinions within those days.
    fn opinions(&mut self, ago: usize, within: (usize, usize)) {
        self.accepted(ago);
        self.reviews((ago - 3, within.0 + 2), 0);
        self.opinion((within.0 + 1, within.0), |grant| Act::FirstReview { grant });
        self.opinion((within.0, within.1), |grant| Act::SecondReview { grant });
    }

    /// The leader decides as the departments found.
    fn decision(&mut self, within: (usize, usize)) {
        let refuses = self.objector.is_some();
        let ago = self.between(within.0, within.1);
        self.act(ago, |_| vec![if refuses { Act::Refuse } else { Act::Grant }]);
    }

    /// Opinions, decision and delivery within four days each.
    fn decided(&mut self, ago: usize) {
        self.opinion((ago, ago), |grant| Act::FirstReview { grant });
        self.opinion((ago - 1, ago - 1), |grant| Act::SecondReview { grant });
        self.decision((ago - 2, ago - 3));
        let later = self.between(6, 4);
        self.act(ago - later, |_| vec![Act::Deliver]);
    }

    /// The usual course from the application to the delivery of the decision.
    fn granted(&mut self, ago: usize) {
        self.accepted(ago);
        self.reviews((ago - 3, ago + 2 - USUAL_COURSE), 0);
        self.decided(ago - USUAL_COURSE);
    }
}
