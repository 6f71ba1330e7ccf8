//! The typesetter through its public face.

// Helpers of tests may fail as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::LazyLock;

use serde_json::json;
use time::macros::datetime;
use typesetting::*;

static TYPESETTER: LazyLock<Typesetter> =
    LazyLock::new(|| Typesetter::load(&FontSources::default()).unwrap());

const PAGE: &str = r#"
#import "/host.typ": data, mark, setup
#set page(width: 100mm, height: 80mm, margin: 10mm)
#show: setup
#set text(font: "Noto Serif CJK SC")
#place(top + left, dx: 10mm, dy: 20mm, box(width: 30mm, height: 15mm, mark("seal", 30mm, 15mm)))
#data.name WH安许证字
#image("/dot.svg", width: 5mm)
"#;
const DOT: &str =
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 2'><circle cx='1' cy='1' r='1'/></svg>";

fn template(page: &str) -> Template {
    let files = [("page.typ", page), ("dot.svg", DOT)];
    Template::new(
        "page.typ",
        files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())),
    )
    .unwrap()
}

fn metadata() -> Metadata {
    Metadata {
        ident: "page-1".into(),
        title: "测试页".into(),
        author: "演示市应急管理局".into(),
        timestamp: datetime!(2026-11-21 08:00:00 UTC),
    }
}

fn attachment(name: &str) -> Attachment {
    Attachment {
        name: name.into(),
        data: b"{\"a\":1}".to_vec(),
        mime_type: "application/json".into(),
        description: "数据".into(),
        relationship: Relationship::Data,
    }
}

fn typeset(name: &str) -> Result<Page> {
    let attachments = [attachment("licence.json")];
    TYPESETTER.typeset(
        &template(PAGE),
        &json!({ "name": name }),
        &attachments,
        &metadata(),
    )
}

#[test]
fn a_page_is_pdf_a_3b_with_its_attachment() {
    let page = typeset("安许").unwrap();
    assert_eq!(page.pages, 1);
    let text = String::from_utf8_lossy(&page.pdf);
    assert!(text.starts_with("%PDF-1.7"));
    for expected in [
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>B</pdfaid:conformance>",
        "licence.json",
    ] {
        assert!(text.contains(expected), "{expected}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_on_any_thread() {
    let first = typeset("安许").unwrap().pdf;
    let again: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| typeset("安许").unwrap().pdf))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(again.iter().all(|pdf| *pdf == first));
    assert_ne!(typeset("安证").unwrap().pdf, first);
}

#[test]
fn a_mark_tells_where_the_seal_came_to_stand() {
    let page = typeset("安许").unwrap();
    let [mark] = page.marks.as_slice() else {
        panic!("{:?}", page.marks)
    };
    let mm = |value: f64| value * 72.0 / 25.4;
    let expected = [mm(20.0), mm(80.0 - 30.0 - 15.0), mm(50.0), mm(80.0 - 30.0)];
    assert_eq!((mark.name.as_str(), mark.page), ("seal", 1));
    let off = mark
        .rectangle
        .iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max);
    assert!(off < 0.01, "{:?} instead of {expected:?}", mark.rectangle);
}

#[test]
fn a_character_without_glyph_names_field_and_character() {
    let data = json!({ "name": "安许", "scope": ["氯气", "烟花🎆"] });
    let error = TYPESETTER
        .typeset(&template(PAGE), &data, &[], &metadata())
        .unwrap_err();
    let TypesettingError::Unprintable { character, field } = error else {
        panic!("{error}")
    };
    assert_eq!((character, field.as_str()), ('🎆', "/scope/1"));
}

#[test]
fn missing_glyphs_are_told_beforehand() {
    let check = |text: &str, expected: &[char]| {
        assert_eq!(TYPESETTER.missing_glyphs(text).unwrap(), expected, "{text:?}");
    };
    check("𠂇龘䶮𬴊𰻝 ABC 123 （）〔〕\n", &[]);
    check("安😀许😀\u{202E}", &['😀', '\u{202E}']);
    check("a\u{200B}b\u{7}", &['\u{200B}', '\u{7}']);
    check("\u{E000}", &['\u{E000}']);
}

#[test]
fn a_template_that_forgets_setup_is_refused() {
    let bare = template("#import \"/host.typ\": data\n#data.name");
    let error = TYPESETTER
        .typeset(
            &bare,
            &json!({ "name": "安许" }),
            &[attachment("licence.json")],
            &metadata(),
        )
        .unwrap_err();
    assert!(
        matches!(&error, TypesettingError::AttachmentLost(name) if name == "licence.json"),
        "{error}"
    );
}

#[test]
fn attachment_names_are_bare_and_free() {
    for name in ["", "a/b", "..", "page.typ", "input.json"] {
        let error = TYPESETTER
            .typeset(
                &template(PAGE),
                &json!({ "name": "安许" }),
                &[attachment(name)],
                &metadata(),
            )
            .unwrap_err();
        assert!(
            matches!(error, TypesettingError::AttachmentName(_)),
            "{name:?}: {error}"
        );
    }
}

#[test]
fn a_template_reaches_neither_files_nor_clock() {
    for page in [
        "#read(\"/etc/hostname\")",
        "#read(\"../../../etc/hostname\")",
        "#datetime.today()",
    ] {
        let error = TYPESETTER
            .typeset(&template(page), &json!({ "name": "" }), &[], &metadata())
            .unwrap_err();
        assert!(
            matches!(error, TypesettingError::Compilation(_)),
            "{page}: {error}"
        );
    }
}

#[test]
fn a_wrong_font_path_shows_at_load() {
    let error = Typesetter::load(&FontSources::noto_cjk("/nowhere"))
        .err()
        .unwrap();
    assert!(matches!(error, TypesettingError::Font { .. }), "{error}");
}

#[test]
fn a_family_that_the_file_lacks_is_named() {
    let mut fonts = FontSources::default();
    fonts.files[0].families = vec!["Noto Serif CJK XX".into()];
    let error = Typesetter::load(&fonts).unwrap().warm_up().unwrap_err();
    assert!(error.to_string().contains("Noto Serif CJK XX"), "{error}");
}

#[test]
fn upper_case_urls_stay_small() {
    let tail = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".repeat(7);
    let upper = qr_svg(&format!("HTTPS://AQ.EXAMPLE.GOV.CN/V/{tail}")).unwrap();
    let lower = qr_svg(&format!("https://aq.example.gov.cn/v/{tail}")).unwrap();
    assert_eq!(upper.version, 13);
    assert!(lower.version > 16, "{}", lower.version);
    assert!(matches!(
        qr_svg(&"x".repeat(2000)),
        Err(TypesettingError::QrTooLong(2000))
    ));
}
