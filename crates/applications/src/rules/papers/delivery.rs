//! The receipt for a decision that was handed over.

use super::Values;
use crate::model::{Application, Subject};

pub(super) fn delivery_values(app: &Application, values: &mut Values) {
    values.rows.clear();
    let Some(delivery) = app.delivery() else { return };
    values.set("delivery_place", &delivery.place);
    values.set("delivery_date", delivery.on.chinese());
    values.set("delivery_method", &delivery.method);
    values.set("deliverer", &delivery.by.name);
    values.set("remark", receipt_remark(&delivery.recipient, &delivery.remark));
    let decision = app.dossier().documents.last();
    if let Some(document) = decision {
        let paper = &document.paper;
        values.row([
            ("title", paper.title.clone()),
            ("number", paper.number.clone()),
            ("count", "1".to_owned()),
        ]);
    }
    let handed_over = !matches!(app.dossier().subject, Subject::Deregistration { .. });
    if matches!(app, Application::Granted(_)) && handed_over {
        let number = "以许可证载明的编号为准".to_owned();
        values.row([
            ("title", "安全生产许可证".to_owned()),
            ("number", number),
            ("count", "1".to_owned()),
        ]);
    }
}

pub(super) fn receipt_remark(recipient: &str, remark: &str) -> String {
    match remark.trim() {
        "" => format!("收件人：{recipient}"),
        remark => format!("收件人：{recipient}；{remark}"),
    }
}
