//! Pages: what they say, what they refuse, and that they come out the same.

use std::collections::HashSet;

use certificate::*;

use crate::support::*;

/// The words of a page, without the spaces that every tool sets in its own way.
fn extracted(pdf: &[u8]) -> String {
    let directory = tempfile::tempdir().unwrap();
    closed(&judge(
        "pdftotext",
        &["-layout", text(&write(directory.path(), "page.pdf", pdf)), "-"],
    ))
}

fn closed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn both_editions_state_every_element() {
    for (edition, word, pages) in [(Edition::Original, "正本", 1), (Edition::Duplicate, "副本", 4)] {
        let record = LicenceRecord { edition, ..record() };
        let page = HOUSE.page(&record);
        assert_eq!(page.pages, pages);
        let text = extracted(&page.pdf);
        let elements = [
            word,
            "安全生产许可证",
            &record.number,
            &record.enterprise,
            &record.credit_code,
            &record.legal_representative,
            &record.economic_type,
            &record.scope[0],
            "2026-12-01",
            "2029-11-30",
            "2026年11月21日",
            &record.authority,
        ];
        for element in elements {
            assert!(
                text.contains(&closed(element)),
                "{element} is not in the {word}: {text}"
            );
        }
    }
}

#[test]
fn formats_are_a3_landscape_and_a4() {
    let directory = tempfile::tempdir().unwrap();
    for (edition, size) in [
        (Edition::Original, "1190.55 x 841.89"),
        (Edition::Duplicate, "595.276 x 841.89"),
    ] {
        let page = HOUSE.page(&LicenceRecord { edition, ..record() });
        let info = judge(
            "pdfinfo",
            &[text(&write(directory.path(), "page.pdf", &page.pdf))],
        );
        assert!(info.contains(size), "{info}");
    }
}

#[test]
fn the_duplicate_records_changes_and_reviews() {
    let record = LicenceRecord {
        edition: Edition::Duplicate,
        changes: vec![ChangeEntry {
            on: time::macros::date!(2027 - 02 - 03),
            item: "企业名称".into(),
            from: "旧名称有限公司".into(),
            to: "新名称有限公司".into(),
            authority: AUTHORITY.into(),
        }],
        annual_reviews: vec![AnnualReview {
            year: 2027,
            on: time::macros::date!(2027 - 12 - 04),
            result: "复核合格".into(),
            authority: AUTHORITY.into(),
        }],
        ..record()
    };
    let text = extracted(&HOUSE.page(&record).pdf);
    for element in [
        "变更记录",
        "旧名称有限公司",
        "新名称有限公司",
        "年度复核记录",
        "2027-12-04",
        "复核合格",
    ] {
        assert!(text.contains(&closed(element)), "{element}: {text}");
    }
}

#[test]
fn rare_characters_are_printed() {
    let name = "𠂇龘䶮𬴊𰻝化工有限公司";
    let record = LicenceRecord {
        enterprise: name.into(),
        legal_representative: "𬴊䶮".into(),
        ..record()
    };
    let text = extracted(&HOUSE.page(&record).pdf);
    assert!(text.contains(name) && text.contains("𬴊䶮"), "{text}");
}

#[test]
fn an_emoji_is_refused_with_its_field() {
    let record = LicenceRecord {
        scope: vec!["烟花🎆生产".into()],
        ..record()
    };
    let url = HOUSE.url(&record);
    let error = HOUSE
        .printer
        .certificate(&record, &url, &Look::default(), SIGNED)
        .unwrap_err();
    let CertificateError::Typesetting(TypesettingError::Unprintable { character, field }) = error else {
        panic!("{error}")
    };
    assert_eq!((character, field.as_str()), ('🎆', "/licence/scope/0"));
    assert_eq!(HOUSE.printer.missing_glyphs("烟花🎆").unwrap(), ['🎆']);
}

#[test]
fn demo_is_printed_plainly_and_only_on_request() {
    let url = HOUSE.url(&record());
    let printed = |demo| {
        let look = Look {
            demo,
            ..Look::default()
        };
        extracted(
            &HOUSE
                .printer
                .certificate(&record(), &url, &look, SIGNED)
                .unwrap()
                .pdf,
        )
    };
    assert!(printed(true).contains("演示样张不具有法律效力"));
    assert!(!printed(false).contains("演示样张"));
}

#[test]
fn a_specimen_says_so_and_carries_nothing_to_be_taken_for_a_licence() {
    for edition in [Edition::Original, Edition::Duplicate] {
        let record = LicenceRecord { edition, ..record() };
        let printed = |specimen| {
            let look = Look {
                specimen,
                ..Look::default()
            };
            let url = HOUSE.url(&record);
            HOUSE.printer.certificate(&record, &url, &look, SIGNED).unwrap()
        };
        let (specimen, real) = (printed(true), printed(false));
        let text = extracted(&specimen.pdf);
        assert!(text.contains("预览样张尚未签发不具有法律效力"), "{text}");
        assert!(text.contains(&record.enterprise), "{text}");
        assert!(!extracted(&real.pdf).contains("预览样张"));
        let holds = |pdf: &[u8], word: &str| pdf.windows(word.len()).any(|at| at == word.as_bytes());
        assert!(holds(&real.pdf, "licence.json") && !holds(&specimen.pdf, "licence.json"));
        assert_eq!(
            (specimen.seal, real.seal.is_some()),
            (None, true),
            "nobody has sealed it"
        );
        assert_eq!(specimen.pages, real.pages);
    }
}

#[test]
fn every_look_keeps_to_one_face() {
    let long = LicenceRecord {
        enterprise: "演示省演示市演示区江南精细化学品与特种气体联合制造股份有限公司第二生产基地".into(),
        address: "演示省演示市演示区经济技术开发区创业大道 100 号化工园区东区三期 12 号地块".into(),
        economic_type: "有限责任公司（自然人投资或控股的法人独资）".into(),
        ..record()
    };
    for (high_contrast, bilingual) in [(false, false), (true, false), (false, true), (true, true)] {
        for (edition, pages) in [(Edition::Original, 1), (Edition::Duplicate, 4)] {
            let record = LicenceRecord {
                edition,
                ..long.clone()
            };
            let look = Look {
                demo: true,
                high_contrast,
                bilingual,
                ..Look::default()
            };
            let page = HOUSE
                .printer
                .certificate(&record, &HOUSE.url(&record), &look, SIGNED)
                .unwrap();
            assert_eq!(page.pages, pages, "{edition:?} {look:?}");
            assert!(extracted(&page.pdf).contains("第二生产基地"));
        }
    }
}

#[test]
fn a_scope_that_does_not_fit_goes_on_in_an_annex() {
    let scope: Vec<String> = (1..=60)
        .map(|item| format!("第 {item} 项：危险化学品生产 {item}000 t/a"))
        .collect();
    for (edition, pages) in [(Edition::Original, 2), (Edition::Duplicate, 5)] {
        let record = LicenceRecord {
            edition,
            scope: scope.clone(),
            ..record()
        };
        let page = HOUSE.page(&record);
        assert_eq!(page.pages, pages);
        let text = extracted(&page.pdf);
        assert!(text.contains("共60项，全部许可范围见附页"), "{text}");
        assert!(scope.iter().all(|item| text.contains(&closed(item))), "{text}");
    }
}

#[test]
fn every_industry_has_its_sign_and_an_unknown_one_the_general() {
    let directory = tempfile::tempdir().unwrap();
    let picture = |industry: &str| {
        let record = LicenceRecord {
            industry: industry.into(),
            ..record()
        };
        drawn(&write(directory.path(), "page.pdf", &HOUSE.page(&record).pdf), 40)
    };
    let pictures = HashSet::from(
        [
            "construction",
            "coal_mine",
            "non_coal_mine",
            "hazardous_chemicals",
            "fireworks",
            "civil_explosives",
            "something_else",
        ]
        .map(picture),
    );
    assert_eq!(pictures.len(), 7, "two industries share a drawing");
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    assert_eq!(HOUSE.page(&record()), HOUSE.page(&record()));
}

#[test]
fn a_directory_replaces_templates_without_a_build() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("certificate/v2");
    std::fs::create_dir_all(&folder).unwrap();
    let page = "#import \"/host.typ\": data, setup\n#set page(paper: \"a4\")\n#show: setup\n\
                #set text(font: \"Noto Serif CJK SC\")\n新样式 #data.licence.number";
    write(&folder, "original.typ", page.as_bytes());
    let printer = Printer::new(
        &FontSources::default(),
        Templates::with_override(directory.path()),
    )
    .unwrap();
    let print = |template: &str| {
        let record = LicenceRecord {
            template: template.into(),
            ..record()
        };
        printer.certificate(&record, &HOUSE.url(&record), &Look::default(), SIGNED)
    };
    assert!(extracted(&print("v2").unwrap().pdf).contains("新样式（赣）WH安许证字"));
    // The embedded version is still there, so old certificates can be made again exactly.
    assert_eq!(print("v1").unwrap(), HOUSE.page(&record()));
    for missing in ["v3", "../v1", ""] {
        assert!(
            matches!(print(missing), Err(CertificateError::NoTemplate(_))),
            "{missing}"
        );
    }
}

#[test]
fn a_notice_has_the_look_of_an_official_document() {
    let page = HOUSE.printer.document(&notice(), SIGNED).unwrap();
    let text = extracted(&page.pdf);
    let elements = [
        "安全生产行政许可文书",
        "行政许可受理通知书",
        "（演）应急许受〔2026〕15号",
        "演示江南精细化学品有限公司：",
        "1. 第一项",
        "联系人：",
        "材料清单",
        "演示市应急管理局",
        "2026年11月21日",
        "一式两份",
        "共 1 页",
        "第 1 页",
    ];
    for element in elements {
        assert!(text.contains(&closed(element)), "{element}: {text}");
    }
    let report = verify_pdf(&HOUSE.sign(&page), &HOUSE.trust, TODAY);
    assert_report(&report, Verdict::Valid, &[], "");
    assert_eq!(report.licence, None);
}

#[test]
fn a_long_notice_counts_its_pages() {
    let blocks = (1..60)
        .map(|part| Block::paragraph(format!("第 {part} 段。").repeat(12)))
        .collect();
    let page = HOUSE
        .printer
        .document(&OfficialDocument { blocks, ..notice() }, SIGNED)
        .unwrap();
    assert!(page.pages > 2);
    let text = extracted(&page.pdf);
    let last = page.pages;
    assert!(text.contains(&format!("共{last}页第{last}页")), "{text}");
}

#[test]
fn the_attached_record_reads_back_and_must_not_contradict_itself() {
    let bytes = record().attachment().unwrap();
    assert_eq!(LicenceRecord::from_attachment(&bytes).unwrap(), record());
    let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(json["gbt36903"]["ZZBH"], json["licence"]["number"]);
    assert_eq!(json["gbt36903"]["ZZYXQJZRQ"], "2029-11-30");
    let text = String::from_utf8(bytes).unwrap();
    let twisted = text.replacen("2029-11-30", "2039-11-30", 1);
    assert!(matches!(
        LicenceRecord::from_attachment(twisted.as_bytes()),
        Err(CertificateError::Record(_))
    ));
    let newer = text.replace(SCHEMA, "anxu-licence/9");
    assert!(matches!(
        LicenceRecord::from_attachment(newer.as_bytes()),
        Err(CertificateError::Record(_))
    ));
}
