//! The verbs of joint site checks and of materials that follow later; possible in every stage between acceptance
//! and decision.

use std::collections::BTreeMap;

use kernel::{Happened, Moment};
use matters::{ConditionKey, Definition};
use serde_json::json;

use super::{Case, SiteCheckId, command::Refusal, life::Outcome, parts::*, site::*, states::*};
use crate::rules;

impl Case {
    fn open_check(&mut self, id: SiteCheckId) -> Result<&mut SiteCheck, Refusal> {
        let check = self.site_checks.iter_mut().find(|check| check.id == id);
        let check = check.ok_or(Refusal::NotFound("现场核查"))?;
        if check.is_open() {
            Ok(check)
        } else {
            Err(Refusal::Once("现场核查已经结束，记录不再改动"))
        }
    }
}

impl Application {
    fn open_case(&mut self) -> Result<&mut Case, Refusal> {
        self.open_case_mut().ok_or(Refusal::NotFound("申请"))
    }

    pub(super) fn order_site_check(mut self, mut check: SiteCheck, def: &Definition) -> Outcome {
        let subject = &self.dossier().subject;
        if !rules::can_be_checked(def, subject) {
            return Err(Refusal::Once("本事项书面审查即可，不需要现场核查"));
        }
        check.lines = rules::checklist(def, subject);
        let today = check.ordered.at.legal_date();
        let mut faults = rules::order_faults(&check, def, today);
        faults.extend(rules::card_faults(&check.officers));
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        let case = self.open_case()?;
        if case.site_checks.iter().any(SiteCheck::is_open) {
            return Err(Refusal::Once(
                "已经安排了现场核查；各部门使用同一份清单一次核查，不重复进厂",
            ));
        }
        let officers: Vec<_> = check.officers.iter().map(|one| (&one.name, &one.card)).collect();
        let facts = json!({ "site_check": check.id, "planned_on": check.planned_on, "officers": officers,
            "lines": check.lines.len() });
        let happened = Happened::new("application.site_check_ordered", "安排联合现场核查")
            .data(facts)
            .reason(check.reason.clone());
        case.site_checks.push(check);
        Ok((self, happened))
    }

    pub(super) fn cancel_site_check(mut self, id: SiteCheckId, reason: String) -> Outcome {
        if reason.trim().is_empty() {
            return Err(Refusal::field("reason", "请写明取消现场核查的理由"));
        }
        let case = self.open_case()?;
        case.open_check(id)?;
        case.site_checks.retain(|check| check.id != id);
        let happened = Happened::new("application.site_check_cancelled", "取消联合现场核查")
            .data(json!({ "site_check": id }))
            .reason(reason);
        Ok((self, happened))
    }

    pub(super) fn record_site_results(
        mut self,
        id: SiteCheckId,
        results: BTreeMap<ConditionKey, (Met, String)>,
        act: Act,
    ) -> Outcome {
        let check = self.open_case()?.open_check(id)?;
        let mut faults = rules::site_result_faults(check, &results);
        if results.is_empty() {
            faults.push(kernel::FieldError::new("results", "请至少填写一项核查结果"));
        }
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        let facts: Vec<_> = results
            .iter()
            .map(|(key, (met, _))| (key.as_str(), *met))
            .collect();
        let facts = json!({ "site_check": id, "results": facts });
        for line in &mut check.lines {
            if let Some((met, text)) = results.get(&line.condition) {
                line.result = Some(SiteResult {
                    met: *met,
                    text: text.clone(),
                    by: act.by.clone(),
                    at: act.at,
                });
            }
        }
        // Whoever signed before has to look at the changed record again.
        check
            .officers
            .iter_mut()
            .for_each(|officer| officer.signed_at = None);
        let happened = Happened::new("application.site_results_recorded", "记录现场核查结果").data(facts);
        Ok((self, happened))
    }

    pub(super) fn add_site_photo(mut self, id: SiteCheckId, photo: SitePhoto) -> Outcome {
        let check = self.open_case()?.open_check(id)?;
        if photo.taken_at > photo.added.at || photo.taken_at < check.ordered.at {
            return Err(Refusal::field(
                "taken_at",
                "拍摄时间应在安排核查之后、上传之前，请核对拍摄设备的时间",
            ));
        }
        let known = |key: &ConditionKey| check.lines.iter().any(|line| &line.condition == key);
        if photo.condition.as_ref().is_some_and(|key| !known(key)) {
            return Err(Refusal::field("condition", "该项不在本次核查的清单中"));
        }
        if check
            .photos
            .iter()
            .any(|one| one.blob.sha256 == photo.blob.sha256)
        {
            return Err(Refusal::field("file", "已有内容相同的照片，无须重复上传"));
        }
        let facts = json!({ "site_check": id, "photo": photo.id, "sha256": photo.blob.sha256,
            "taken_at": photo.taken_at, "spot": photo.spot });
        check.photos.push(photo);
        check
            .officers
            .iter_mut()
            .for_each(|officer| officer.signed_at = None);
        let happened = Happened::new("application.site_photo_added", "上传现场照片").data(facts);
        Ok((self, happened))
    }

    pub(super) fn sign_site_check(mut self, id: SiteCheckId, act: Act) -> Outcome {
        let check = self.open_case()?.open_check(id)?;
        if check.lines.iter().any(|line| line.result.is_none()) {
            return Err(Refusal::Once("核查清单尚未逐项填完，不能签字"));
        }
        let account = act.by.account;
        let officer = check
            .officers
            .iter_mut()
            .find(|officer| Some(officer.account) == account);
        let officer = officer.ok_or(Refusal::NotFound("核查人员"))?;
        if officer.signed_at.is_some() {
            return Err(Refusal::Once("您已经签字"));
        }
        officer.signed_at = Some(act.at);
        let facts = json!({ "site_check": id, "officer": officer.name, "card": officer.card });
        let happened = Happened::new("application.site_check_signed", "签署现场核查记录").data(facts);
        Ok((self, happened))
    }

    pub(super) fn conclude_site_check(
        mut self,
        id: SiteCheckId,
        acknowledgement: Acknowledgement,
        summary: String,
        act: Act,
    ) -> Outcome {
        let check = self.open_case()?.open_check(id)?;
        let faults = rules::conclusion_faults(check, &acknowledgement, &summary);
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        let outcome = check.outcome().ok_or(Refusal::Once("核查清单尚未逐项填完"))?;
        let refused = matches!(acknowledgement, Acknowledgement::Refused { .. });
        let facts = json!({ "site_check": id, "outcome": outcome, "enterprise_refused": refused });
        let on = act.at.legal_date();
        check.conclusion = Some(SiteConclusion {
            outcome,
            summary,
            acknowledgement,
            act,
            on,
        });
        let title = format!("联合现场核查结束：{}", outcome.label());
        let happened = Happened::new("application.site_check_concluded", title).data(facts);
        Ok((self, happened))
    }

    /// A file for a material that was to follow.
    pub(super) fn attach_deferred(mut self, file: MaterialFile, def: &Definition) -> Outcome {
        let deferral = self
            .open_case()?
            .deferral
            .as_ref()
            .filter(|deferral| deferral.is_open());
        if !deferral.is_some_and(|deferral| deferral.materials.contains(&file.material)) {
            return Err(Refusal::field("material", "只能补交承诺后补的材料"));
        }
        let facts = self.dossier_mut().attach(file, def)?;
        let happened = Happened::new("application.file_added", "上传容缺材料").data(facts);
        Ok((self, happened))
    }

    /// Everything that was to follow is there.
    pub(super) fn supply(mut self, at: Moment) -> Outcome {
        let dossier = self.dossier().clone();
        let deferral = self
            .open_case()?
            .deferral
            .as_mut()
            .filter(|deferral| deferral.is_open());
        let deferral = deferral.ok_or(Refusal::NotFound("待补交的容缺材料"))?;
        let missing = rules::outstanding(deferral, &dossier);
        if !missing.is_empty() {
            let gaps = missing.into_iter().map(|key| {
                kernel::FieldError::new(
                    format!("materials.{key}"),
                    "该项容缺材料尚未上传，请上传后一并提交",
                )
            });
            return Err(Refusal::Invalid(gaps.collect()));
        }
        deferral.commitment = Commitment::Kept { at };
        let facts = json!({ "materials": deferral.materials });
        let happened = Happened::new("application.supplied", "补齐容缺材料").data(facts);
        Ok((self, happened))
    }

    /// 承诺失信. A commitment that was kept by its day can still turn out to be broken in substance.
    pub(super) fn break_commitment(mut self, act: Act, reason: String) -> Outcome {
        if reason.trim().is_empty() {
            return Err(Refusal::field("reason", "请写明未履行承诺的具体情况"));
        }
        let deferral = self.open_case()?.deferral.as_mut();
        let deferral = deferral.ok_or(Refusal::NotFound("容缺承诺"))?;
        if matches!(deferral.commitment, Commitment::Broken { .. }) {
            return Err(Refusal::Once("已经认定未履行承诺"));
        }
        let facts = json!({ "materials": deferral.materials, "signatory": deferral.signatory });
        deferral.commitment = Commitment::Broken {
            at: act.at,
            on: act.at.legal_date(),
            by: act.by,
            reason: reason.clone(),
        };
        let happened = Happened::new("application.commitment_broken", "未履行容缺承诺")
            .data(facts)
            .reason(reason);
        Ok((self, happened))
    }
}
