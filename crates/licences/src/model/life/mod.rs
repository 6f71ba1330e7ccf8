//! What befalls a licence: `Licence × Command → Result<(Licence, Event), Fault>`.
//!
//! Each verb stands on the state that allows it and consumes it; an accepted command raises the version by one and
//! leaves exactly one event, from which the same state is built again.

mod endings;
mod states;

pub use endings::{
    Cancellation, CancellationGround, Ending, Order, Replacement, Rescission, RescissionGround, Resumption,
    Revocation, Standing, Suspension, Withdrawal,
};
use kernel::LegalDate;
use serde::{Deserialize, Serialize};

use super::{Certificate, Issued, Licence, Prepared};

kernel::ids! {
    /// A case file 案卷.
    CaseId,
}

/// A licence that is suspended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspended {
    /// The licence that it befell.
    pub held: Issued,
    /// The suspension.
    pub suspension: Suspension,
}

/// A licence that was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The licence that it befell.
    pub held: Issued,
    /// How.
    pub ending: Ending,
    /// 注销 of a licence that was revoked, rescinded or withdrawn (行政许可法 art. 70 (4)).
    pub deregistered: Option<Cancellation>,
}

/// An act on a licence. Days and papers are given by the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Command {
    /// Publishes a reserved licence under its signed files.
    Issue {
        /// The files.
        certificate: Certificate,
    },
    /// Gives a reserved number up.
    Void {
        /// Why.
        reason: String,
    },
    /// Adds the signed files of a licence taken over without them.
    Certify {
        /// The files.
        certificate: Certificate,
    },
    /// Fixes what a further edition will say.
    Prepare(Box<Prepared>),
    /// Gives the edition up that is being made.
    Drop {
        /// Why.
        reason: String,
    },
    /// The edition that was fixed takes the place of the paper before.
    Revise {
        /// Its signed files.
        certificate: Certificate,
        /// Day.
        on: LegalDate,
    },
    /// 暂扣
    Suspend(Suspension),
    /// 发还
    Resume(Resumption),
    /// 吊销, 撤销, 撤回, 注销 or 换发
    End(Ending),
    /// 注销 of what was revoked, rescinded or withdrawn.
    Deregister(Cancellation),
}

/// An accepted act, with everything from which the state is built again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Event(Command);

/// Why a licence does not allow an act.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The state does not allow it.
    #[error("许可证处于“{state}”状态，不能{act}")]
    State {
        /// The state, in Chinese.
        state: &'static str,
        /// The act, in Chinese.
        act: &'static str,
    },
    /// The licence has expired.
    #[error("许可证已于{0}届满，不能{1}")]
    Expired(String, &'static str),
    /// Deregistration on the ground of expiry before it.
    #[error("许可证有效期到{0}，尚未届满，不能以届满未延续为由注销")]
    NotExpired(String),
    /// A temporary licence ends by itself and knows no further acts.
    #[error("应急使用许可证到期自行失效，不能{0}")]
    Temporary(&'static str),
    /// A further edition is being made.
    #[error("另一次换证正在制证，请待其完成后再办理")]
    Pending,
    /// Nothing is being made.
    #[error("没有正在制作的新证")]
    NothingPending,
    /// Days that contradict each other.
    #[error("{0}")]
    Days(&'static str),
}

impl Event {
    /// Stable kind of the recorded event.
    pub fn kind(&self) -> &'static str {
        match &self.0 {
            Command::Issue { .. } => "licence.issued",
            Command::Void { .. } => "licence.voided",
            Command::Certify { .. } => "licence.certified",
            Command::Prepare(_) => "licence.revision_prepared",
            Command::Drop { .. } => "licence.revision_dropped",
            Command::Revise { .. } => "licence.revised",
            Command::Suspend(_) => "licence.suspended",
            Command::Resume(_) => "licence.resumed",
            Command::End(Ending::Revoked(_)) => "licence.revoked",
            Command::End(Ending::Rescinded(_)) => "licence.rescinded",
            Command::End(Ending::Withdrawn(_)) => "licence.withdrawn",
            Command::End(Ending::Cancelled(_)) => "licence.cancelled",
            Command::End(Ending::Replaced(_)) => "licence.replaced",
            Command::Deregister(_) => "licence.deregistered",
        }
    }

    /// Chinese phrase for timelines; `before` is the licence that the act befell.
    pub fn title(&self, before: &Licence) -> &'static str {
        match &self.0 {
            Command::Issue { .. } => match before.facts() {
                facts if facts.temporary_for.is_some() => "颁发应急使用许可证",
                facts if facts.replaces.is_some() => "补发许可证",
                _ => "颁发许可证",
            },
            Command::Void { .. } => "许可证编号作废",
            Command::Certify { .. } => "制作电子证照",
            Command::Prepare(_) => "确定新证内容",
            Command::Drop { .. } => "停止制作新证",
            Command::Revise { .. } => before
                .issued()
                .and_then(|issued| issued.pending.as_ref())
                .map_or("换发新证", |prepared| prepared.cause.title()),
            Command::Suspend(_) => "暂扣许可证",
            Command::Resume(_) => "发还许可证",
            Command::End(Ending::Revoked(_)) => "吊销许可证",
            Command::End(Ending::Rescinded(_)) => "撤销许可",
            Command::End(Ending::Withdrawn(_)) => "撤回许可",
            Command::End(Ending::Cancelled(_)) | Command::Deregister(_) => "注销许可证",
            Command::End(Ending::Replaced(_)) => "补证换号，原证作废",
        }
    }

    /// The reason, as far as it may be public.
    pub fn reason(&self) -> Option<&str> {
        match &self.0 {
            Command::Void { reason } | Command::Drop { reason } => Some(reason),
            Command::Suspend(one) => Some(&one.order.reason),
            Command::Resume(one) => Some(&one.order.reason),
            Command::End(ending) => Some(&ending.order().reason),
            Command::Deregister(one) => Some(&one.order.reason),
            _ => None,
        }
    }

    /// The decision, if the act is a penalty: 暂扣 or 吊销 (行政处罚法 art. 9 (3)). Rescission, withdrawal and
    /// deregistration are none.
    pub fn penalty(&self) -> Option<&Order> {
        match &self.0 {
            Command::Suspend(one) => Some(&one.order),
            Command::End(Ending::Revoked(one)) => Some(&one.order),
            _ => None,
        }
    }
}

impl Licence {
    /// Does an act.
    ///
    /// # Errors
    /// [`Fault`] says why the licence does not allow it.
    pub fn act(self, command: Command) -> Result<(Self, Event), Fault> {
        let event = Event(command.clone());
        let next = match (self, command) {
            (Self::Reserved(one), Command::Issue { certificate }) => Self::Issued(one.issue(certificate)),
            (Self::Reserved(one), Command::Void { reason }) => Self::Voided(one.void(reason)),
            (Self::Issued(one), Command::Certify { certificate }) => Self::Issued(one.certify(certificate)?),
            (Self::Issued(one), Command::Prepare(prepared)) => Self::Issued(one.prepare(prepared)?),
            (Self::Issued(one), Command::Drop { .. }) => Self::Issued(one.give_up()?),
            (Self::Issued(one), Command::Revise { certificate, on }) => {
                Self::Issued(one.revise(certificate, on)?)
            }
            (Self::Issued(one), Command::Suspend(suspension)) => Self::Suspended(one.suspend(suspension)?),
            (Self::Issued(one), Command::End(ending)) => Self::Ended(one.end(ending)?),
            (Self::Suspended(one), Command::Resume(resumption)) => Self::Issued(one.resume(&resumption)?),
            (Self::Suspended(one), Command::End(ending)) => Self::Ended(one.end(ending)?),
            // What was decided before the suspension is finished; it changes the licence that is held.
            (Self::Suspended(one), Command::Revise { certificate, on }) => {
                Self::Suspended(one.revise(certificate, on)?)
            }
            (Self::Suspended(one), Command::Drop { .. }) => Self::Suspended(Suspended {
                held: one.held.give_up()?,
                ..one
            }),
            (Self::Ended(one), Command::Deregister(cancellation)) => {
                Self::Ended(one.deregister(cancellation)?)
            }
            (state, command) => {
                return Err(Fault::State {
                    state: state.chinese(),
                    act: command.chinese(),
                });
            }
        };
        Ok((next, event))
    }

    /// The state after a recorded event.
    ///
    /// # Errors
    /// [`Fault`] when the event does not follow from the state: the records contradict each other.
    pub fn replay(self, event: Event) -> Result<Self, Fault> {
        self.act(event.0).map(|(next, _)| next)
    }

    /// The state in Chinese.
    pub fn chinese(&self) -> &'static str {
        match self {
            Self::Reserved(_) => "制证中",
            Self::Voided(_) => "编号作废",
            Self::Issued(_) => "已发证",
            Self::Suspended(_) => "暂扣",
            Self::Ended(one) => one.ending.status().chinese(),
        }
    }
}

impl Command {
    fn chinese(&self) -> &'static str {
        match self {
            Self::Issue { .. } => "颁发",
            Self::Void { .. } => "作废编号",
            Self::Certify { .. } => "补制电子证照",
            Self::Prepare(_) | Self::Revise { .. } | Self::Drop { .. } => "换证",
            Self::Suspend(_) => "暂扣",
            Self::Resume(_) => "发还",
            Self::End(Ending::Revoked(_)) => "吊销",
            Self::End(Ending::Rescinded(_)) => "撤销",
            Self::End(Ending::Withdrawn(_)) => "撤回",
            Self::End(Ending::Cancelled(_)) | Self::Deregister(_) => "注销",
            Self::End(Ending::Replaced(_)) => "补证",
        }
    }
}

#[cfg(test)]
pub(crate) mod walk {
    //! Random walks over the whole life of a licence, for tests of the model and of the store.

    use codes::{LicenceIdentifier, LicenceNumber};
    use kernel::{
        LegalDate, Moment,
        ids::{ApplicationId, EnterpriseId, LicenceId},
    };
    use matters::Industry;
    use proptest::prelude::*;
    use time::{Date, Duration, macros::date};
    use uuid::Uuid;

    use crate::model::*;

    const START: Date = date!(2026 - 05 - 06);

    fn day(offset: i64) -> LegalDate {
        LegalDate(START + Duration::days(offset))
    }

    fn holder(name: &str) -> Holder {
        Holder {
            name: name.into(),
            code: "91360121MA00000010".parse().unwrap(),
            address: "莲塘镇1号".into(),
            legal_representative: "张三丰".into(),
            economic_type: String::new(),
            region: "360121".parse().unwrap(),
        }
    }

    fn certificate(serial: u8) -> Certificate {
        Certificate {
            original: format!("{serial:064x}"),
            duplicate: format!("{:064x}", u16::from(serial) + 256),
            qr_url: format!("HTTPS://ANXU.EXAMPLE/V/{serial}"),
            pressed_at: Moment(i64::from(serial)),
        }
    }

    /// A number that was just reserved.
    pub(crate) fn reserved(temporary: bool) -> Licence {
        let number: LicenceNumber = "（赣）WH安许证字〔2026〕000001".parse().unwrap();
        let identifier: LicenceIdentifier =
            "1.2.156.3005.2.11100000000013338W050.113700000045030270.2023087974.001.E"
                .parse()
                .unwrap();
        Licence::Reserved(Reserved {
            facts: Facts {
                id: LicenceId(Uuid::from_u128(1)),
                version: 1,
                seq: 1,
                number,
                identifier,
                enterprise: EnterpriseId(Uuid::from_u128(2)),
                source: if temporary {
                    Source::StandIn
                } else {
                    Source::Imported
                },
                holder: holder("甲厂"),
                industry: Industry::Hazchem,
                authority: Issuer {
                    name: "局".into(),
                    code: "11360100MB0000000X".into(),
                },
                scope: vec!["氯碱".into()],
                validity: Period {
                    from: day(0),
                    until: day(1095),
                },
                in_force_from: day(0),
                revision: 1,
                transition_until: None,
                past: Vec::new(),
                temporary_for: temporary.then_some(LicenceId(Uuid::from_u128(9))),
                replaces: None,
                issued_on: day(0),
                record: SignedRecord::stored("{}".into()),
                demo: false,
                created_at: Moment(0),
            },
        })
    }

    fn order(on: LegalDate) -> Order {
        Order {
            on,
            document: "洪应急许〔2026〕1号".into(),
            reason: "原因".into(),
            case: Some(CaseId(Uuid::from_u128(3))),
            application: None,
        }
    }

    fn prepared(cause: RevisionCause, on: LegalDate, validity: Period, name: &str) -> Command {
        Command::Prepare(Box::new(Prepared {
            cause,
            application: Some(ApplicationId(Uuid::from_u128(4))),
            on,
            holder: holder(name),
            scope: vec!["氯碱".into(), "液氯".into()],
            validity,
            identifier: "1.2.156.3005.2.11100000000013338W050.113700000045030270.2023087974.001.E"
                .parse()
                .unwrap(),
            transition_until: Some(LegalDate(on.0 + Duration::days(30))),
            record: SignedRecord::stored("{\"changed\":true}".into()),
        }))
    }

    fn cancellation() -> impl Strategy<Value = CancellationGround> {
        use CancellationGround as G;
        prop_oneof![
            Just(G::Expired),
            Just(G::PersonGone),
            Just(G::OrganisationEnded),
            Just(G::PermitTaken),
            Just(G::ForceMajeure),
            Just(G::OtherByLaw),
            Just(G::WithoutStandardisation),
        ]
    }

    /// What anyone may try, in any state, on any day.
    pub(crate) fn command() -> impl Strategy<Value = Command> {
        let on = || (0_i64..2400).prop_map(day);
        let first = Period {
            from: day(0),
            until: day(1095),
        };
        let next = |from: i64| Period {
            from: day(from),
            until: day(from + 1095),
        };
        prop_oneof![
            4 => any::<u8>().prop_map(|n| Command::Issue { certificate: certificate(n) }),
            1 => Just(Command::Void { reason: "不用".into() }),
            1 => any::<u8>().prop_map(|n| Command::Certify { certificate: certificate(n) }),
            2 => Just(Command::Drop { reason: "放弃".into() }),
            6 => (any::<u8>(), on()).prop_map(|(n, on)| Command::Revise { certificate: certificate(n), on }),
            3 => on().prop_map(move |on| prepared(RevisionCause::Change { amendments: vec![] }, on, first, "乙厂")),
            2 => (on(), 1096_i64..1200).prop_map(move |(on, from)| {
                prepared(RevisionCause::Renewal { deemed: from == 1096 }, on, next(from), "甲厂")
            }),
            1 => on().prop_map(move |on| {
                prepared(RevisionCause::Review { year: 2027, result: "合格".into() }, on, next(1096), "甲厂")
            }),
            4 => (on(), -3_i64..30, -5_i64..90).prop_map(|(on, wait, days)| {
                let from = LegalDate(on.0 + Duration::days(wait));
                let until = LegalDate(from.0 + Duration::days(days));
                Command::Suspend(Suspension { order: order(on), from, until })
            }),
            4 => on().prop_map(|on| Command::Resume(Resumption { order: order(on) })),
            1 => on().prop_map(|on| Command::End(Ending::Revoked(Revocation { order: order(on) }))),
            1 => on().prop_map(|on| {
                Command::End(Ending::Rescinded(Rescission { order: order(on), ground: RescissionGround::Fraud }))
            }),
            1 => on().prop_map(|on| {
                Command::End(Ending::Withdrawn(Withdrawal { order: order(on), compensation: "另行协商".into() }))
            }),
            1 => (on(), cancellation()).prop_map(|(on, ground)| {
                Command::End(Ending::Cancelled(Cancellation { order: order(on), ground }))
            }),
            1 => on().prop_map(|on| {
                Command::End(Ending::Replaced(Replacement { order: order(on), by: "（赣）WH安许证字〔2026〕000001-1".into() }))
            }),
            2 => (on(), cancellation()).prop_map(|(on, ground)| {
                Command::Deregister(Cancellation { order: order(on), ground })
            }),
        ]
    }

    /// Commands one after another.
    pub(crate) fn commands() -> impl Strategy<Value = Vec<Command>> {
        proptest::collection::vec(command(), 1..60)
    }

    /// Every state on the way, and the events that led through it.
    pub(crate) fn walk(start: Licence, commands: Vec<Command>) -> (Vec<Licence>, Vec<Event>) {
        let (mut states, mut events) = (vec![start], Vec::new());
        for command in commands {
            let before = states.last().unwrap().clone();
            if let Ok((after, event)) = before.act(command) {
                states.push(after);
                events.push(event);
            }
        }
        (states, events)
    }

    fn rank(licence: &Licence) -> u8 {
        match licence {
            Licence::Reserved(_) => 0,
            Licence::Issued(_) | Licence::Suspended(_) => 1,
            Licence::Ended(_) | Licence::Voided(_) => 2,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// Each accepted act leaves one event and one version; the state is built again from them, also through JSON.
        #[test]
        fn the_state_follows_from_its_events(commands in commands(), temporary in any::<bool>()) {
            let (states, events) = walk(reserved(temporary), commands);
            let last = states.last().unwrap();
            prop_assert_eq!(last.facts().version, 1 + i64::try_from(events.len()).unwrap());
            let mut again = reserved(temporary);
            for event in events {
                let text = serde_json::to_string(&event).unwrap();
                let read: Event = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(&read, &event);
                again = again.replay(read).unwrap();
            }
            prop_assert_eq!(&again, last);
        }

        /// No way leads back, a stand-in knows no acts, and what is suspended or ended is never in force.
        #[test]
        fn no_illegal_state(commands in commands(), temporary in any::<bool>(), on in 0_i64..2400) {
            let rule = crate::rules::StatusRule { expiring_within_days: 90 };
            let (states, _) = walk(reserved(temporary), commands);
            for pair in states.windows(2) {
                prop_assert!(rank(&pair[0]) <= rank(&pair[1]));
                let facts = pair[1].facts();
                prop_assert!(facts.in_force_from <= facts.validity.until && facts.validity.from <= facts.validity.until);
                prop_assert_eq!(usize::try_from(facts.revision).unwrap(), 1 + facts.past.len());
                if temporary {
                    prop_assert!(!matches!(pair[1], Licence::Suspended(_) | Licence::Ended(_)));
                    prop_assert_eq!(facts.revision, 1);
                }
                let status = rule.status(&pair[1].mark(), day(on));
                match &pair[1] {
                    Licence::Suspended(one) if one.suspension.from <= day(on) => prop_assert!(!status.in_force()),
                    Licence::Ended(one) => {
                        prop_assert_eq!(status, one.ending.status());
                        prop_assert!(one.held.pending.is_none());
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn a_walk_gets_everywhere() {
        use proptest::{strategy::ValueTree, test_runner::TestRunner};
        let mut runner = TestRunner::deterministic();
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..600 {
            let commands = commands().new_tree(&mut runner).unwrap().current();
            let (states, _) = walk(reserved(false), commands);
            for state in states {
                seen.insert(state.state());
                if state.facts().revision > 1 {
                    seen.insert("revised");
                }
                if matches!(&state, Licence::Ended(one) if one.deregistered.is_some()) {
                    seen.insert("deregistered");
                }
            }
        }
        let all = [
            "cancelled",
            "deregistered",
            "issued",
            "replaced",
            "rescinded",
            "reserved",
            "revised",
            "revoked",
            "suspended",
            "voided",
            "withdrawn",
        ];
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), all);
    }
}
