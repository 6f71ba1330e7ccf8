use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::web::{ask, ask_while_down, form, get, licence_path, pdf};

/// Pages that a citizen can open without sending anything.
const PAGES: [&str; 10] = [
    "/",
    "/search",
    "/search?q=%E7%A4%BA%E8%8C%83",
    "/verify",
    "/matters",
    "/matters/hazchem.first_issue",
    "/about/verification",
    "/losses",
    "/api/docs",
    "/api/docs/public",
];

/// The design's limit for the first view in all; there is nothing else to load.
const MOST_BYTES: usize = 50_000;

#[tokio::test]
async fn every_page_is_small_whole_and_guarded() {
    for path in PAGES
        .into_iter()
        .map(str::to_owned)
        .chain((1..=13).map(licence_path))
    {
        let page = get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.text.len() < MOST_BYTES, "{path}: {} bytes", page.text.len());
        assert!(
            page.text.starts_with("<!doctype html>") && page.text.trim_end().ends_with("</html>"),
            "{path}"
        );
        let scripts = page.text.matches("<script").count();
        assert_eq!(scripts, usize::from(path == "/verify"), "{path}");
        assert!(
            !page.text.contains("style=\""),
            "{path}: the policy forbids style attributes"
        );
        assert!(
            page.text.contains("<html lang=\"zh-CN\">") && page.text.contains("<main id=\"main\""),
            "{path}"
        );
        assert_eq!(page.text.matches("<h1>").count(), 1, "{path}");
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(
            policy.contains("script-src 'self'"),
            path == "/verify",
            "{path}: {policy}"
        );
        let camera = page.header("permissions-policy").contains("camera=(self)");
        assert_eq!(camera, path == "/verify", "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
    }
}

#[tokio::test]
async fn nothing_is_loaded_from_elsewhere() {
    for path in PAGES.into_iter().map(str::to_owned).chain([licence_path(1)]) {
        let page = get(&path).await.text;
        for attribute in ["src=\"", "href=\"", "action=\"", "url("] {
            for target in page.split(attribute).skip(1) {
                let target = target.split('"').next().unwrap_or_default();
                let own = target.starts_with('/') && !target.starts_with("//") || target.starts_with('#');
                assert!(
                    own || target.starts_with("https://aq.example.gov.cn"),
                    "{path}: {target}"
                );
            }
        }
    }
}

#[tokio::test]
async fn every_control_has_a_name() {
    for path in ["/", "/search", "/verify"] {
        let page = get(path).await.text;
        for id in page
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap_or_default())
        {
            let is_control = ["input", "select", "textarea"]
                .iter()
                .any(|tag| page.contains(&format!("<{tag} id=\"{id}\"")));
            assert!(
                !is_control || page.contains(&format!("<label for=\"{id}\">")),
                "{path}: {id}"
            );
        }
    }
}

#[tokio::test]
async fn each_standing_is_told_in_the_heading() {
    let told = [
        (1, "这张许可证现在有效", "还有530天"),
        (2, "这张许可证被暂扣，现在不能使用", "暂扣期间不得生产"),
        (3, "这张许可证已被吊销", "处罚决定"),
        (4, "这张许可证已被撤销", "许可不合法"),
        (5, "这张许可证已被撤回", "重大变化"),
        (6, "这张许可证已经注销", "办理注销"),
        (
            7,
            "这张许可证已被新证取代",
            "查看新证 （赣）WH安许证字〔2025〕000001",
        ),
        (8, "这张许可证视为准予延续，现在有效", "第五十条"),
        (9, "这张许可证有效，正在换发新证", "旧证书可以用到2026年12月31日"),
        (10, "这张许可证已经过期", "有效期到2026年11月21日为止"),
        (11, "这张许可证有效，临近到期", "还有47天"),
        (12, "这张许可证还没有生效", "自2026年12月1日起生效"),
    ];
    for (serial, heading, sentence) in told {
        let page = get(&licence_path(serial)).await;
        assert_eq!(page.heading(), heading, "{serial}");
        assert!(page.title().starts_with(heading), "{serial}");
        assert!(page.text.contains(sentence), "{serial}: {sentence}");
    }
}

#[tokio::test]
async fn a_hostile_name_stays_text() {
    let page = get(&licence_path(13)).await.text;
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x") && !page.contains("2万元。<b>"));
    assert!(page.contains("&#60;script&#62;alert(1)&#60;/script&#62;"));
    let search = get("/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        .await
        .text;
    assert!(!search.contains("<script>alert"));
    let unknown = get("/v/%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(!unknown.text.contains("<script>alert"));
}

#[tokio::test]
async fn a_number_is_found_in_any_bracket_style() {
    for number in [
        "(赣)WH安许证字[2025]000001",
        "（赣）WH安许证字（2025）第000001号",
        "赣WH安许证字【2025】000001",
    ] {
        let encoded: String = number.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let page = get(&format!("/v/{encoded}")).await;
        assert_eq!(page.status, StatusCode::OK, "{number}");
        let search = get(&format!("/search?q={encoded}")).await;
        assert_eq!(search.status, StatusCode::SEE_OTHER, "{number}");
        assert!(search.header("location").starts_with("/v/"), "{number}");
    }
}

#[tokio::test]
async fn an_unknown_code_says_what_to_do() {
    let page = get("/v/WH2025999999").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(page.heading(), "没有查到这张许可证");
    assert!(
        page.text.contains("WH2025999999") && page.text.contains("12350") && page.text.contains("noindex")
    );
}

#[tokio::test]
async fn a_scanned_code_is_held_against_the_register() {
    let same = get("/V/GENUINE000001").await;
    assert_eq!(same.heading(), "证书是真的，许可证现在有效");
    assert!(same.text.contains("二维码与登记记录一致") && !same.text.contains("不一致"));

    let renamed = get("/v/RENAMED000001").await;
    assert_eq!(renamed.heading(), "这是旧证书，已有新证取代");
    assert!(renamed.text.contains("二维码与登记记录有出入"));
    assert!(
        renamed.text.contains("江西示范零号化工有限公司")
            && renamed.text.contains("江西示范一号化工股份有限公司")
    );

    let suspended = get("/v/GENUINE000002").await;
    // It may have been given back since: whoever looks again asks again.
    assert_eq!(suspended.header("cache-control"), "public, no-cache");
    assert_eq!(suspended.heading(), "证书是真的，但是许可证被暂扣");

    let unknown = get("/v/GENUINE999999").await;
    assert_eq!(unknown.heading(), "无法确认真伪");
    assert!(unknown.text.contains("登记记录查不到"));
}

#[tokio::test]
async fn a_forged_code_never_lends_the_registers_credit() {
    for (code, heading) in [
        ("FORGED000001", "内容被改动过，请勿采信"),
        ("FOREIGN000001", "签名不可信，请勿采信"),
    ] {
        let page = get(&format!("/v/{code}")).await;
        assert_eq!(page.heading(), heading, "{code}");
        let finding = page
            .text
            .split("class=\"finding\"")
            .nth(1)
            .and_then(|rest| rest.split("class=\"cols").next());
        assert!(!finding.expect("the finding").contains("还有530天"), "{code}");
        assert!(page.text.contains("供对照"), "{code}");
    }
}

#[tokio::test]
async fn the_search_pages_and_says_what_to_do() {
    let first = get("/search?q=%E7%A4%BA%E8%8C%83").await;
    assert!(first.text.contains("本页 20 张，后面还有"));
    assert!(first.text.contains("cursor=20"));
    let second = get("/search?q=%E7%A4%BA%E8%8C%83&cursor=20").await;
    assert!(second.text.contains("回到第一页"));
    let broken = get("/search?q=%E7%A4%BA%E8%8C%83&cursor=zz").await;
    assert_eq!(broken.status, StatusCode::SEE_OTHER);
    assert!(!broken.header("location").contains("cursor"));

    let none = get("/search?q=%E6%97%A0%E6%AD%A4%E5%85%AC%E5%8F%B8&industry=hazchem").await;
    assert_eq!(none.heading(), "没有找到“无此公司”");
    assert!(none.text.contains("去掉筛选条件再查") && none.text.contains("可以这样再试"));

    let suspended = get("/search?state=suspended").await;
    assert_eq!(suspended.text.matches("已暂扣</span>").count(), 1);
}

#[tokio::test]
async fn losses_are_made_public_page_by_page() {
    let first = get("/losses").await;
    assert_eq!(first.heading(), "证书遗失公告");
    assert!(first.text.contains("本页 20 件，后面还有"));
    assert!(first.text.contains("2026年11月22日至2026年11月24日"));
    assert!(first.text.contains("（赣）WH安许证字〔2025〕000001"));
    assert_eq!(first.text.matches("href=\"/v/").count(), 20);
    let second = get("/losses?cursor=20").await;
    assert!(second.text.contains("回到第一页") && !second.text.contains("rel=\"canonical\""));
    assert_eq!(get("/losses?cursor=zz").await.header("location"), "/losses");
    assert_eq!(get("/").await.text.matches("href=\"/losses\"").count(), 1);
}

#[tokio::test]
async fn a_faulty_search_is_named_at_its_field() {
    let short = get("/search?q=%E5%8C%96").await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.title().starts_with("错误："));
    assert!(short.text.contains("<a href=\"#q\">请至少输入 2 个字"));
    assert!(
        short
            .text
            .contains("aria-describedby=\"q-hint q-wrong\" aria-invalid=\"true\"")
    );
    let filter = get("/search?q=%E5%8C%96%E5%B7%A5&industry=gold").await;
    assert_eq!(filter.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(filter.text.contains("href=\"#f-industry\""));
}

#[tokio::test]
async fn a_report_tells_every_step() {
    let good = ask(form("/verify", "file", &pdf("GENUINE000001"))).await;
    assert_eq!(
        (good.status, good.heading()),
        (StatusCode::OK, "证书是真的，许可证现在有效")
    );
    for part in [
        "发证机关签名",
        "可信时间戳",
        "登记系统现在的状态",
        "与登记记录核对",
        "公开存证",
        "签名者",
    ] {
        assert!(good.text.contains(part), "{part}");
    }
    assert_eq!(good.header("cache-control"), "no-store");
    let forged = ask(form("/verify", "file", &pdf("FORGED000001"))).await;
    assert_eq!(forged.heading(), "内容被改动过，请勿采信");
    let pasted = ask(form(
        "/verify",
        "qr",
        b"HTTPS://AQ.EXAMPLE.GOV.CN/V/RENAMED000001",
    ))
    .await;
    assert_eq!(pasted.heading(), "这是旧证书，已有新证取代");
    let photograph = ask(form("/verify", "file", b"\xff\xd8\xff\xe0 GENUINE000002")).await;
    assert_eq!(photograph.heading(), "证书是真的，但是许可证被暂扣");
}

#[tokio::test]
async fn a_faulty_upload_comes_back_to_the_form() {
    let cases: [(&str, &[u8], &str, &str); 5] = [
        ("file", b"", "#file", "请选择证照文件"),
        (
            "file",
            b"PK\x03\x04 no certificate",
            "#file",
            "文件内容不是允许的类型",
        ),
        (
            "file",
            b"\x89PNG\r\n\x1a\n nothing to read",
            "#file",
            "图片中没有读到许可证的二维码",
        ),
        (
            "qr",
            b"https://example.org/hello",
            "#qr",
            "这不是许可证二维码的内容",
        ),
        ("other", b"x", "#file", "请选择证照文件"),
    ];
    for (name, content, anchor, message) in cases {
        let page = ask(form("/verify", name, content)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{message}");
        assert!(page.title().starts_with("错误："), "{message}");
        assert!(
            page.text.contains(&format!("<a href=\"{anchor}\">{message}")),
            "{message}"
        );
        assert!(page.text.contains("aria-invalid=\"true\""), "{message}");
    }
    let large = ask(form("/verify", "file", &vec![b'x'; 11 << 20])).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.text.contains("文件超过 10 MB"));
}

#[tokio::test]
async fn matters_are_published_without_inner_marks() {
    let list = get("/matters").await;
    assert_eq!(list.text.matches("href=\"/matters/").count(), 30);
    for industry in [
        "noncoal_mine",
        "hazchem",
        "fireworks",
        "construction",
        "civil_explosives",
        "coal",
    ] {
        let page = get(&format!("/matters/{industry}.first_issue")).await;
        assert_eq!(page.status, StatusCode::OK, "{industry}");
        assert!(page.text.contains("以窗口公布为准"), "{industry}");
        assert!(
            page.text.contains("《安全生产许可证条例》") && page.text.contains("受理时必须有"),
            "{industry}"
        );
        for inner in ["待核", "未查得", "回忆", "本平台建议"] {
            assert!(!page.text.contains(inner), "{industry}: {inner}");
        }
    }
    assert_eq!(
        get("/matters/gold.first_issue").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_matter_shows_the_list_in_force_and_what_was_handed_down() {
    let page = get("/matters/hazchem.first_issue").await;
    for part in [
        "第 1 版，自2026年4月1日起施行",
        "当场告知",
        "原为：一次告知",
        "新增</span> <b>提醒责任",
        "删去</span> <b>送达责任",
        "委托和下放",
        "由高新区管委会办理，自2026年7月1日起",
    ] {
        assert!(page.text.contains(part), "{part}");
    }
    let other = get("/matters/noncoal_mine.first_issue").await;
    assert!(!other.text.contains("委托和下放"), "not of this matter");
    // The page of a matter does not fall with its list.
    let silent = get("/matters/coal.first_issue").await;
    assert_eq!(silent.status, StatusCode::OK);
    assert!(silent.text.contains("责任清单暂时无法显示"));
}

#[tokio::test]
async fn an_unchanged_page_is_not_sent_again() {
    let page = get("/matters").await;
    let tag = page.header("etag").to_owned();
    let request = Request::get("/matters")
        .header("if-none-match", &tag)
        .body(Body::empty())
        .expect("a request");
    let again = ask(request).await;
    assert_eq!((again.status, again.text.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(again.header("etag"), tag);
}

#[tokio::test]
async fn a_silent_register_takes_down_only_what_needs_it() {
    let home = ask_while_down("/").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(!home.text.contains("按行业"));
    assert_eq!(ask_while_down("/matters").await.status, StatusCode::OK);
    let licence = ask_while_down(&licence_path(1)).await;
    assert_eq!(licence.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(licence.text.contains("请稍后再试"));
}

#[tokio::test]
async fn a_page_that_is_not_there_is_friendly() {
    let page = get("/nowhere").await;
    assert_eq!(
        (page.status, page.heading()),
        (StatusCode::NOT_FOUND, "没有这个页面")
    );
    assert!(page.text.contains("href=\"/search\""));
}

#[tokio::test]
async fn programs_get_a_problem_where_people_get_a_page() {
    let public = crate::support::service(false);
    let mut browser = axum::http::HeaderMap::new();
    browser.insert(
        "accept",
        "text/html,application/xhtml+xml".parse().expect("a value"),
    );
    let kind = |response: axum::response::Response| {
        response.headers()["content-type"]
            .to_str()
            .expect("text")
            .to_owned()
    };
    assert!(kind(public.lost("/nowhere", &browser)).starts_with("text/html"));
    assert!(kind(public.lost("/api/v1/nowhere", &browser)).starts_with("application/problem+json"));
    assert!(
        kind(public.lost("/nowhere", &axum::http::HeaderMap::new())).starts_with("application/problem+json")
    );
}

#[tokio::test]
async fn a_proof_can_be_fetched() {
    let page = get(&licence_path(1)).await.text;
    let path = page
        .split("href=\"/proofs/")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a link");
    let proof = get(&format!("/proofs/{path}")).await;
    assert_eq!(proof.status, StatusCode::OK);
    assert!(proof.text.starts_with("c2sp.org/tlog-proof@v1\n"));
    assert_eq!(get("/proofs/zz.tlog-proof").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn search_engines_find_their_way() {
    let robots = get("/robots.txt").await.text;
    assert!(
        robots.contains("Disallow: /\n"),
        "a demo stays out of search engines"
    );
    assert!(robots.contains("Sitemap: https://aq.example.gov.cn/sitemap.xml"));
    assert!(
        get("/sitemap.xml")
            .await
            .text
            .contains("<loc>https://aq.example.gov.cn/sitemap/licences-1.xml</loc>")
    );
    let licences = get("/sitemap/licences-1.xml").await;
    assert_eq!(licences.header("content-type"), "application/xml; charset=utf-8");
    assert!(
        licences
            .text
            .contains("<loc>https://aq.example.gov.cn/v/%EF%BC%88%E8%B5%A3")
    );
    assert_eq!(get("/sitemap/licences-2.xml").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get("/sitemap/other.xml").await.status, StatusCode::NOT_FOUND);
    assert!(
        get("/sitemap/pages.xml")
            .await
            .text
            .contains("/matters/coal.first_issue")
    );
}

#[tokio::test]
async fn the_reader_of_the_api_shows_each_operation() {
    let index = get("/api/docs").await.text;
    assert!(index.contains("/api/v1/public/verify") && index.contains("公开，无需登录"));
    let group = get("/api/docs/public").await.text;
    for part in [
        "application/pdf",
        "verdict",
        "steps[].detail",
        "licence.valid_until",
        "必填",
    ] {
        assert!(group.contains(part), "{part}");
    }
    assert_eq!(get("/api/docs/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn scanning_needs_one_small_script_and_is_never_the_only_way() {
    let page = get("/verify").await.text;
    let scan = page
        .split("id=\"scan\"")
        .nth(1)
        .and_then(|rest| rest.split('>').next());
    assert!(
        scan.is_some_and(|tag| tag.contains("hidden")),
        "without script nothing of it is seen"
    );
    assert!(page.contains("<script src=\"/scan.js\" defer></script>"));
    assert!(page.contains("capture=\"environment\"") && page.contains("name=\"qr\""));
    let script = get("/scan.js").await;
    assert_eq!(script.status, StatusCode::OK);
    assert!(script.header("content-type").starts_with("text/javascript"));
    assert!(script.text.len() < 4_000, "{} bytes", script.text.len());
}
