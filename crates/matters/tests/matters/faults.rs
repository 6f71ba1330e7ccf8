use matters::{MattersError, load};
use serde_json::{Value, json};

use crate::data::with_change;

const MATTER: &str = "matters/noncoal_mine/first_issue.v1.json";
const CITY: &str = "matters/city.nanchang.json";
const NOTICE: &str = "documents/acceptance.v1.json";

/// Changes one shipped file and expects exactly this among the faults.
fn check(path: &str, change: impl FnOnce(&mut Value), expected: &str) {
    match load(with_change(path, change)) {
        Err(MattersError::Faulty(faults)) => {
            let found: Vec<_> = faults.iter().map(ToString::to_string).collect();
            assert!(
                found.iter().any(|one| one.contains(expected)),
                "{expected} not in {found:#?}"
            );
        }
        Err(other) => panic!("{expected}: {other} {:?}", std::error::Error::source(&other)),
        Ok(_) => panic!("{expected}: accepted"),
    }
}

fn matter(change: impl FnOnce(&mut Value), expected: &str) {
    check(MATTER, change, expected);
}

fn entry<'a>(list: &'a mut Value, key: &str) -> &'a mut Value {
    list.as_array_mut()
        .unwrap()
        .iter_mut()
        .find(|one| one["key"] == key)
        .unwrap()
}

fn remove(list: &mut Value, key: &str) {
    list.as_array_mut()
        .unwrap()
        .retain(|one| one["key"] != key && one["on"] != key);
}

#[test]
fn heads() {
    matter(|one| one["kind"] = json!("renewal"), "不一致");
    matter(|one| one["licence"]["type_code"] = json!("Fm"), "类型代码");
    matter(
        |one| one["power"]["item_code"]["base"] = json!("00012503600"),
        "12位数字",
    );
    matter(|one| one["power"]["item_code"]["serial"] = json!("1"), "2位数字");
    matter(|one| one["site_check"]["min_officers"] = json!(1), "不得少于两名");
    matter(|one| one["conditions"][0]["head"] = json!(14), "1至13");
}

#[test]
fn references() {
    matter(
        |one| one["materials"][1]["proves"][0] = json!("nothing"),
        "引用的许可条件“nothing”不存在",
    );
    matter(
        |one| one["departments"][0]["materials"][0] = json!("nothing"),
        "引用的申请材料“nothing”不存在",
    );
    matter(
        |one| one["departments"][1]["clock"] = json!("nothing"),
        "引用的期限“nothing”不存在",
    );
    matter(
        |one| one["stages"][0]["clocks"][0] = json!("nothing"),
        "引用的期限“nothing”不存在",
    );
    matter(
        |one| one["pauses"][0]["stops"][0] = json!("nothing"),
        "引用的期限“nothing”不存在",
    );
    matter(
        |one| one["extension"]["clock"] = json!("nothing"),
        "引用的期限“nothing”不存在",
    );
    matter(
        |one| one["extension"]["document"] = json!("nothing"),
        "引用的文书“nothing”不存在",
    );
    matter(
        |one| one["pauses"][0]["document"] = json!("nothing"),
        "引用的文书“nothing”不存在",
    );
    matter(
        |one| one["deferral"]["commitment"] = json!("nothing"),
        "引用的文书“nothing”不存在",
    );
    matter(
        |one| one["deferral"]["before_stage"] = json!("nothing"),
        "引用的办理环节“nothing”不存在",
    );
    matter(
        |one| one["documents"][0]["stage"] = json!("nothing"),
        "引用的办理环节“nothing”不存在",
    );
    matter(
        |one| one["site_check"]["departments"][0] = json!("nothing"),
        "引用的并联审查部门“nothing”不存在",
    );
    matter(
        |one| one["clocks"][0]["basis"][0]["statute"] = json!("nothing"),
        "引用的依据文件“nothing”不存在",
    );
    matter(
        |one| one["conditions"][0]["provenance"]["sources"][0] = json!("X1"),
        "引用的来源“X1”不存在",
    );
    matter(
        |one| one["departments"][1]["department"] = json!("customs"),
        "没有为“customs”指定机关",
    );
}

#[test]
fn doubles() {
    let double = |list: &mut Value| {
        let copy = list[0].clone();
        list.as_array_mut().unwrap().push(copy);
    };
    matter(
        |one| double(&mut one["conditions"]),
        "许可条件中“responsibility”重复",
    );
    matter(
        |one| double(&mut one["materials"]),
        "申请材料中“application_form”重复",
    );
    matter(|one| double(&mut one["clocks"]), "期限中“correction”重复");
    matter(
        |one| double(&mut one["departments"]),
        "并联审查部门中“emergency”重复",
    );
    check(
        CITY,
        |one| double(&mut one["authorities"]),
        "并联审查部门中“emergency”重复",
    );
}

#[test]
fn provenance() {
    matter(
        |one| one["conditions"][0]["provenance"]["sources"] = json!([]),
        "没有注明来源",
    );
    matter(
        |one| one["conditions"][0]["provenance"]["sources"] = json!(["M", "P"]),
        "来源只有回忆或者建议",
    );
    matter(
        |one| one["conditions"][4]["provenance"]["note"] = json!(" "),
        "没有说明需要核对什么",
    );
    matter(|one| one["conditions"][0]["basis"] = json!([]), "没有依据条款");
    matter(
        |one| one["power"]["basis"] = json!([]),
        "权力清单“设定依据”没有依据条款",
    );
    matter(
        |one| one["power"]["penalties"][0]["basis"] = json!([]),
        "没有依据条款",
    );
    matter(
        |one| one["clocks"][0]["basis"] = json!([]),
        "期限“受理或者告知补正”没有依据条款",
    );
    check(
        NOTICE,
        |one| one["provenance"]["sources"] = json!([]),
        "没有注明来源",
    );
    check(
        CITY,
        |one| one["court"]["provenance"]["note"] = json!(""),
        "没有说明需要核对什么",
    );
}

#[test]
fn materials() {
    let all_deferrable = |one: &mut Value| {
        for material in one["materials"].as_array_mut().unwrap() {
            material["deferrable"] = json!("deferrable");
        }
    };
    matter(all_deferrable, "至少要有一项必交的核心材料");
    matter(
        |one| one["materials"][1]["required"] = json!(false),
        "须写明适用情形",
    );
    matter(
        |one| one["materials"][1]["applies_when"] = json!("有时"),
        "不得限定情形",
    );
    matter(
        |one| one["materials"][1]["upload"]["file_types"] = json!([]),
        "材料“营业执照”没有可用的提交形式",
    );
    matter(
        |one| one["materials"][1]["forms"] = json!([]),
        "材料“营业执照”没有可用的提交形式",
    );
    matter(
        |one| one["materials"][1]["upload"]["max_size_mb"] = json!(0),
        "材料“营业执照”没有可用的提交形式",
    );
}

#[test]
fn departments() {
    matter(|one| one["departments"][1]["lead"] = json!(true), "牵头部门");
    matter(|one| one["departments"][0]["lead"] = json!(false), "牵头部门");
    matter(
        |one| one["power"]["implementing_department"] = json!("fire"),
        "牵头部门",
    );
    let idle = |one: &mut Value| {
        one["departments"][1]["conditions"] = json!([]);
        one["departments"][1]["materials"] = json!([]);
    };
    matter(idle, "没有审查内容");
    matter(
        |one| one["departments"][0]["conditions"] = json!(["organisation"]),
        "没有任何部门审查",
    );
    matter(
        |one| one["departments"][0]["materials"] = json!(["application_form"]),
        "没有任何部门审查",
    );
}

#[test]
fn stages() {
    matter(
        |one| one["stages"][0]["returns_to"] = json!(["decision"]),
        "不能指向“decision”",
    );
    matter(
        |one| one["stages"][2]["returns_to"] = json!(["nothing"]),
        "不能指向“nothing”",
    );
    matter(|one| one["stages"][3]["roles"] = json!([]), "没有经办角色");
    matter(
        |one| one["stages"][1]["share"] = json!(11),
        "各环节用时合计26个工作日，与内部目标25个工作日不一致",
    );
    matter(
        |one| entry(&mut one["stages"], "decision")["separate_from"] = json!(["acceptance"]),
        "不同人员",
    );
    let slow = |one: &mut Value| entry(&mut one["clocks"], "department_review")["term"]["amount"] = json!(11);
    matter(slow, "部门审查时限超过");
}

#[test]
fn clocks_and_pauses() {
    matter(
        |one| remove(&mut one["clocks"], "delivery"),
        "缺少必备期限“delivery”",
    );
    let sample = |one: &mut Value| entry(&mut one["clocks"], "correction")["use"] = json!("sample");
    matter(sample, "缺少必备期限“correction”");
    let long = |one: &mut Value| entry(&mut one["clocks"], "internal_target")["term"]["amount"] = json!(34);
    matter(long, "内部目标34个工作日长于法定期限45日");
    matter(
        |one| one["pauses"][0]["written_notice"] = json!(false),
        "应当书面告知",
    );
    matter(
        |one| drop(one["pauses"][0].as_object_mut().unwrap().remove("document")),
        "应当书面告知",
    );
    matter(
        |one| entry_by_cause(one, "site_check")["enabled"] = json!(true),
        "不得停止计时",
    );
}

fn entry_by_cause<'a>(one: &'a mut Value, cause: &str) -> &'a mut Value {
    let pauses = one["pauses"].as_array_mut().unwrap();
    pauses.iter_mut().find(|pause| pause["cause"] == cause).unwrap()
}

#[test]
fn documents() {
    matter(|one| remove(&mut one["documents"], "refused"), "缺少文书");
    check(
        NOTICE,
        |one| one["paragraphs"][0]["text"] = json!("{applicant}你好"),
        "正文缺少必备语句",
    );
    check(
        NOTICE,
        |one| one["addressee"] = json!("{nobody}"),
        "占位符“{nobody}”不在可用清单中",
    );
    check(
        NOTICE,
        |one| one["paragraphs"][0]["only_with"] = json!("nobody"),
        "占位符“{nobody}”不在",
    );
    check(
        NOTICE,
        |one| one["facts"][0]["value"] = json!("{applicant"),
        "花括号不成对",
    );
    check(
        NOTICE,
        |one| one["facts"][0]["value"] = json!("applicant}"),
        "花括号不成对",
    );
    check(
        NOTICE,
        |one| one["facts"][0]["value"] = json!("{{applicant}}"),
        "花括号不成对",
    );
    check(NOTICE, |one| one["paragraphs"] = json!([]), "正文没有内容");
    check(NOTICE, |one| one["copies"]["count"] = json!(0), "份数必须大于零");
    let double = |one: &mut Value| one["items"]["columns"][1]["key"] = json!("name");
    check("documents/receipt.v1.json", double, "清单的列为空或者重复");
}

#[test]
fn cities() {
    check(
        CITY,
        |one| remove_authority(one, "fire"),
        "南昌市没有为“fire”指定机关",
    );
    check(
        CITY,
        |one| one["delegations"][0]["department"] = json!("customs"),
        "没有为“customs”指定机关",
    );
    check(
        CITY,
        |one| one["devolutions"][0]["to"] = json!("customs"),
        "没有为“customs”指定机关",
    );
    check(
        CITY,
        |one| one["devolutions"][0]["area"] = json!({ "zone": "moon" }),
        "园区“moon”不在",
    );
    check(
        CITY,
        |one| one["devolutions"][0]["stages"] = json!(["nothing"]),
        "引用的办理环节“nothing”不存在",
    );
    check(
        CITY,
        |one| one["devolutions"][0]["stages"] = json!(["decision"]),
        "不得再委托作出决定",
    );
}

fn remove_authority(city: &mut Value, department: &str) {
    city["authorities"]
        .as_array_mut()
        .unwrap()
        .retain(|body| body["department"] != department);
}
