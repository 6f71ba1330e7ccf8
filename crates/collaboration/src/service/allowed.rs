//! What an actor may do with a thing as it is now: exactly what its acts would not refuse.

use kernel::{Actor, Permission};

use crate::{
    model::{Letter, Rectification, Referral},
    rules::{self, Refusal},
};

type Act = (&'static str, Permission, Result<(), Refusal>);

fn allowed(actor: &Actor, acts: impl IntoIterator<Item = Act>) -> Vec<&'static str> {
    let open = |(name, permission, refusal): Act| (actor.may(permission) && refusal.is_ok()).then_some(name);
    acts.into_iter().filter_map(open).collect()
}

/// With a letter: `receive`.
pub fn letter_actions(actor: &Actor, letter: &Letter) -> Vec<&'static str> {
    let own = actor.scope.department.as_deref();
    let receipt = rules::may_receive_letter(letter, own);
    allowed(actor, [("receive", Permission::CollaborationAct, receipt)])
}

/// With a problem: `report`, or `close`, which is also sending back.
pub fn rectification_actions(actor: &Actor, problem: &Rectification) -> Vec<&'static str> {
    let own = actor.scope.department.as_deref();
    let closing = rules::may_close(problem, own, actor.account);
    allowed(
        actor,
        [
            (
                "report",
                Permission::CollaborationAct,
                rules::may_report(problem, own),
            ),
            ("close", Permission::CollaborationConvene, closing),
        ],
    )
}

/// With a referral: `receive`, or `answer`, which is also sending back.
pub fn referral_actions(actor: &Actor, referral: &Referral) -> Vec<&'static str> {
    let own = actor.scope.department.as_deref();
    let acts = [
        ("receive", rules::may_receive(referral, own)),
        ("answer", rules::may_answer(referral, own)),
    ];
    allowed(
        actor,
        acts.map(|(name, refusal)| (name, Permission::CollaborationAct, refusal)),
    )
}
