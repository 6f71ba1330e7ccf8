//! Drafts and corrections: form, files, handing in.

use kernel::Moment;
use matters::Definition;
use serde_json::{Value, json};

use super::{Outcome, done};
use crate::{
    model::{command::Refusal, parts::*, states::*, *},
    rules,
};

impl Dossier {
    fn save_form(&mut self, form: Form, version: i64, at: Moment, def: &Definition) -> Result<(), Refusal> {
        let faults = rules::form_faults(&form, def);
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        self.form = FormRecord {
            content: form,
            version,
            changed_at: at,
        };
        Ok(())
    }

    fn save_subject(
        &mut self,
        subject: Subject,
        version: i64,
        at: Moment,
        def: &Definition,
    ) -> Result<(), Refusal> {
        let faults = rules::subject_faults(&subject, def, at.legal_date());
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        self.subject = subject;
        self.form.version = version;
        self.form.changed_at = at;
        Ok(())
    }

    pub(in crate::model) fn attach(
        &mut self,
        file: MaterialFile,
        def: &Definition,
    ) -> Result<Value, Refusal> {
        let material = def
            .material(file.material.as_str())
            .ok_or(Refusal::NotFound("材料"))?;
        if self
            .files_of(&file.material)
            .any(|known| known.blob.sha256 == file.blob.sha256)
        {
            return Err(Refusal::field(
                "file",
                format!("“{}”中已有内容相同的文件，无须重复上传", material.name),
            ));
        }
        let facts = json!({ "material": file.material, "file": file.id, "sha256": file.blob.sha256 });
        self.files.push(file);
        Ok(facts)
    }

    fn detach(&mut self, id: FileId) -> Result<Value, Refusal> {
        let place = self
            .files
            .iter()
            .position(|file| file.id == id)
            .ok_or(Refusal::NotFound("文件"))?;
        let file = self.files.remove(place);
        Ok(json!({ "material": file.material, "file": file.id, "sha256": file.blob.sha256 }))
    }
}

impl Draft {
    pub(in crate::model) fn save_form(
        mut self,
        form: Form,
        version: i64,
        at: Moment,
        def: &Definition,
    ) -> Outcome {
        self.dossier.save_form(form, version, at, def)?;
        done(
            Application::Draft(self),
            "application.form_saved",
            "保存申请表",
            Value::Null,
        )
    }

    pub(in crate::model) fn save_subject(
        mut self,
        subject: Subject,
        version: i64,
        at: Moment,
        def: &Definition,
    ) -> Outcome {
        self.dossier.save_subject(subject, version, at, def)?;
        done(
            Application::Draft(self),
            "application.subject_saved",
            "保存申请内容",
            Value::Null,
        )
    }

    pub(in crate::model) fn attach(mut self, file: MaterialFile, def: &Definition) -> Outcome {
        let facts = self.dossier.attach(file, def)?;
        done(
            Application::Draft(self),
            "application.file_added",
            "上传材料",
            facts,
        )
    }

    pub(in crate::model) fn detach(mut self, id: FileId) -> Outcome {
        let facts = self.dossier.detach(id)?;
        done(
            Application::Draft(self),
            "application.file_removed",
            "删除材料文件",
            facts,
        )
    }

    /// Only a complete draft can be handed in.
    pub(in crate::model) fn submit(
        mut self,
        reference: String,
        applicant: Applicant,
        licence: Option<HeldLicence>,
        at: Moment,
        def: &Definition,
    ) -> Outcome {
        self.dossier.applicant = applicant;
        self.dossier.licence = licence;
        let gaps = rules::gaps(&self.dossier, def);
        if !gaps.is_empty() {
            return Err(Refusal::Incomplete(gaps));
        }
        let on = at.legal_date();
        let facts = json!({ "reference": reference, "files": self.dossier.files.len() });
        let intake = Intake {
            reference,
            submitted_at: at,
            received_on: on,
            owner: None,
            correction: None,
            stops: Vec::new(),
        };
        let next = Submitted {
            dossier: self.dossier,
            intake,
            since: on,
        };
        done(
            Application::Submitted(next),
            "application.submitted",
            "提交申请",
            facts,
        )
    }
}

impl Correcting {
    fn asks_for(&self, target: &CorrectionTarget) -> bool {
        self.notice.items.iter().any(|item| &item.target == target)
    }

    pub(in crate::model) fn save_form(
        mut self,
        form: Form,
        version: i64,
        at: Moment,
        def: &Definition,
    ) -> Outcome {
        if !self.asks_for(&CorrectionTarget::Form) {
            return Err(Refusal::field(
                "form",
                "补正告知没有要求修改申请表，请只补正告知书列明的内容",
            ));
        }
        self.dossier.save_form(form, version, at, def)?;
        done(
            Application::Correcting(self),
            "application.form_saved",
            "补正申请表",
            Value::Null,
        )
    }

    pub(in crate::model) fn save_subject(
        mut self,
        subject: Subject,
        version: i64,
        at: Moment,
        def: &Definition,
    ) -> Outcome {
        if !self.asks_for(&CorrectionTarget::Form) {
            return Err(Refusal::field(
                "subject",
                "补正告知没有要求修改申请内容，请只补正告知书列明的内容",
            ));
        }
        self.dossier.save_subject(subject, version, at, def)?;
        done(
            Application::Correcting(self),
            "application.subject_saved",
            "补正申请内容",
            Value::Null,
        )
    }

    fn only_named(&self, material: &matters::MaterialKey) -> Result<(), Refusal> {
        if self.asks_for(&CorrectionTarget::Material(material.clone())) {
            Ok(())
        } else {
            Err(Refusal::field(
                "material",
                "补正告知没有列明这项材料，请只补正告知书列明的内容",
            ))
        }
    }

    pub(in crate::model) fn attach(mut self, file: MaterialFile, def: &Definition) -> Outcome {
        self.only_named(&file.material)?;
        let facts = self.dossier.attach(file, def)?;
        done(
            Application::Correcting(self),
            "application.file_added",
            "上传补正材料",
            facts,
        )
    }

    pub(in crate::model) fn detach(mut self, id: FileId) -> Outcome {
        let file = self
            .dossier
            .files
            .iter()
            .find(|file| file.id == id)
            .ok_or(Refusal::NotFound("文件"))?;
        self.only_named(&file.material)?;
        let facts = self.dossier.detach(id)?;
        done(
            Application::Correcting(self),
            "application.file_removed",
            "删除材料文件",
            facts,
        )
    }

    /// Every item of the notice must have been mended.
    pub(in crate::model) fn resubmit(mut self, at: Moment, def: &Definition) -> Outcome {
        let mut gaps = rules::unmended(&self.dossier, &self.notice);
        gaps.extend(rules::gaps(&self.dossier, def));
        if !gaps.is_empty() {
            return Err(Refusal::Incomplete(gaps));
        }
        let on = at.legal_date();
        for stop in self.intake.stops.iter_mut().filter(|stop| stop.last.is_none()) {
            stop.last = Some(on);
        }
        let facts = json!({ "items": self.notice.items.len() });
        self.intake.correction = Some(CorrectionRound {
            notice: self.notice,
            answered_at: at,
            answered_on: on,
        });
        let next = Submitted {
            dossier: self.dossier,
            intake: self.intake,
            since: on,
        };
        done(
            Application::Submitted(next),
            "application.resubmitted",
            "提交补正",
            facts,
        )
    }
}
