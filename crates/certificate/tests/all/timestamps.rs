//! RFC 3161 both ways: our requests to OpenSSL's authority, OpenSSL's judgement on our tokens.

use certificate::*;

use crate::support::*;

/// A timestamp authority of OpenSSL's own, with its own root.
struct ForeignTsa {
    directory: tempfile::TempDir,
}

impl ForeignTsa {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        let configuration = format!(
            "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=Foreign TSA root\n\
             [ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n\
             [leaf]\nextendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n\
             [tsa]\ndefault_tsa=t\n[t]\nserial={serial}\nsigner_cert={cert}\nsigner_key={key}\n\
             default_policy=1.2.3.4.1\ndigests=sha256\nsigner_digest=sha256\ness_cert_id_chain=no\n\
             ess_cert_id_alg=sha256\naccuracy=secs:1\n",
            serial = at("serial"),
            cert = at("tsa.crt"),
            key = at("tsa.key"),
        );
        write(directory.path(), "tsa.cnf", configuration.as_bytes());
        let (conf, root, root_key, leaf, leaf_key, request) = (
            at("tsa.cnf"),
            at("root.crt"),
            at("root.key"),
            at("tsa.crt"),
            at("tsa.key"),
            at("tsa.csr"),
        );
        judge(
            "openssl",
            &[
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "30",
                "-config",
                &conf,
                "-extensions",
                "ca",
                "-keyout",
                &root_key,
                "-out",
                &root,
            ],
        );
        judge(
            "openssl",
            &[
                "req",
                "-new",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-config",
                &conf,
                "-subj",
                "/CN=Foreign TSA",
                "-keyout",
                &leaf_key,
                "-out",
                &request,
            ],
        );
        judge(
            "openssl",
            &[
                "x509",
                "-req",
                "-in",
                &request,
                "-CA",
                &root,
                "-CAkey",
                &root_key,
                "-CAcreateserial",
                "-days",
                "30",
                "-extfile",
                &conf,
                "-extensions",
                "leaf",
                "-out",
                &leaf,
            ],
        );
        write(directory.path(), "serial", b"01\n");
        Self { directory }
    }

    fn answer(&self, request: &[u8]) -> Vec<u8> {
        let at = |name: &str| self.directory.path().join(name).to_str().unwrap().to_owned();
        write(self.directory.path(), "q.tsq", request);
        judge(
            "openssl",
            &[
                "ts",
                "-reply",
                "-config",
                &at("tsa.cnf"),
                "-section",
                "t",
                "-queryfile",
                &at("q.tsq"),
                "-out",
                &at("r.tsr"),
            ],
        );
        std::fs::read(at("r.tsr")).unwrap()
    }

    fn root_pem(&self) -> Vec<u8> {
        std::fs::read(self.directory.path().join("root.crt")).unwrap()
    }
}

#[test]
fn openssl_stamps_our_signature() {
    let house = House::found(machine_time());
    let tsa = ForeignTsa::new();
    let trust = house.trust.clone().with_tsa_roots(&tsa.root_pem()).unwrap();
    let pending = || begin(&house.page(&record()), house.identity(), &claim(SIGNED)).unwrap();
    let stamped = pending();
    let request = stamped.timestamp_request(&SystemChance::new()).unwrap();
    let answer = tsa.answer(request.der());
    // Only an authority that is trusted for timestamps will do.
    assert!(matches!(
        request.accept(&answer, &house.trust),
        Err(TimestampFault::Untrusted(_))
    ));
    let token = request.accept(&answer, &trust).unwrap();
    let pdf = stamped
        .finish(Some(token.clone()), TimestampPolicy::Required)
        .unwrap();
    assert_report(&verify_pdf(&pdf, &trust, TODAY), Verdict::Valid, &[], "");
    let report = verify_pdf(&pdf, &house.trust, TODAY);
    assert_report(
        &report,
        Verdict::Untrusted,
        &[StepName::Timestamp],
        "不是由受信任的时间戳机构",
    );
    // An answer to another question is not accepted.
    let other = pending().timestamp_request(&SystemChance::new()).unwrap();
    assert!(matches!(
        other.accept(&answer, &trust),
        Err(TimestampFault::Nonce)
    ));
    // The foreign root is trusted for nothing but timestamps.
    let forger = Trust::from_pem(&tsa.root_pem()).unwrap();
    assert_eq!(verify_pdf(&pdf, &forger, TODAY).verdict, Verdict::Untrusted);
}

#[test]
fn openssl_accepts_our_tokens() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let data = write(directory.path(), "data", b"hello");
    judge(
        "openssl",
        &[
            "ts",
            "-query",
            "-data",
            text(&data),
            "-sha256",
            "-cert",
            "-out",
            &at("q.tsq"),
        ],
    );
    let query = std::fs::read(at("q.tsq")).unwrap();
    let answer = HOUSE.tsa().answer(&query, SIGNED, &SystemChance::new()).unwrap();
    write(directory.path(), "r.tsr", &answer);
    let (root, moment) = (HOUSE.root_pem(), TODAY.unix_timestamp().to_string());
    let verify = |query: &str| {
        run(
            "openssl",
            &[
                "ts",
                "-verify",
                "-queryfile",
                query,
                "-in",
                &at("r.tsr"),
                "-CAfile",
                text(&root),
                "-attime",
                &moment,
            ],
        )
    };
    let outcome = verify(&at("q.tsq"));
    assert!(
        outcome.status.success(),
        "{}",
        String::from_utf8_lossy(&outcome.stderr)
    );
    let printed = judge("openssl", &["ts", "-reply", "-in", &at("r.tsr"), "-text"]);
    for line in [
        "Status: Granted.",
        "Nov 21 08:00:00 2026 GMT",
        "Hash Algorithm: sha256",
    ] {
        assert!(printed.contains(line), "{line}: {printed}");
    }
    // And it notices a token for other data.
    let other = write(directory.path(), "other", b"goodbye");
    judge(
        "openssl",
        &[
            "ts",
            "-query",
            "-data",
            text(&other),
            "-sha256",
            "-cert",
            "-out",
            &at("other.tsq"),
        ],
    );
    assert!(!verify(&at("other.tsq")).status.success());
}

#[test]
fn a_request_without_certificate_gets_none() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let data = write(directory.path(), "data", b"hello");
    let size = |arguments: &[&str]| {
        let query = at("q.tsq");
        let all = [&["ts", "-query", "-data", text(&data), "-out", &query], arguments].concat();
        judge("openssl", &all);
        HOUSE
            .tsa()
            .answer(&std::fs::read(&query).unwrap(), SIGNED, &SystemChance::new())
            .unwrap()
            .len()
    };
    assert!(size(&["-sha256"]) + 500 < size(&["-sha256", "-cert"]));
    // SHA-512 imprints are stamped as well.
    assert!(size(&["-sha512", "-cert"]) > 1000);
}

#[test]
fn unusable_requests_are_rejected_by_the_protocol() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let data = write(directory.path(), "data", b"hello");
    let status = |request: &[u8]| {
        let answer = HOUSE.tsa().answer(request, SIGNED, &SystemChance::new()).unwrap();
        write(directory.path(), "r.tsr", &answer);
        judge("openssl", &["ts", "-reply", "-in", &at("r.tsr"), "-text"])
    };
    let printed = status(b"nonsense");
    assert!(
        printed.contains("Status: Rejected.") && printed.contains("the data submitted has the wrong format"),
        "{printed}"
    );
    judge(
        "openssl",
        &[
            "ts",
            "-query",
            "-data",
            text(&data),
            "-sha1",
            "-out",
            &at("q.tsq"),
        ],
    );
    let printed = status(&std::fs::read(at("q.tsq")).unwrap());
    assert!(
        printed.contains("Rejected") && printed.contains("unrecognized or unsupported algorithm"),
        "{printed}"
    );
    let request = TimestampRequest::new([7; 32], &SystemChance::new()).unwrap();
    let rejected = HOUSE
        .tsa()
        .answer(b"nonsense", SIGNED, &SystemChance::new())
        .unwrap();
    assert!(matches!(
        request.accept(&rejected, &HOUSE.trust),
        Err(TimestampFault::Rejected(2))
    ));
    assert!(matches!(
        request.accept(b"nonsense", &HOUSE.trust),
        Err(TimestampFault::Unreadable)
    ));
}

struct Broken;

#[async_trait::async_trait]
impl TimestampSource for Broken {
    async fn answer(&self, _request: &[u8]) -> std::result::Result<Vec<u8>, TimestampFault> {
        Err(TimestampFault::Source("no network".into()))
    }
}

#[tokio::test]
async fn an_async_source_is_used_or_its_failure_told() {
    let (page, chance) = (HOUSE.page(&record()), SystemChance::new());
    let source = LocalSource::new(HOUSE.tsa().clone(), || SIGNED, SystemChance::new());
    let (identity, claim, trust) = (HOUSE.identity(), claim(SIGNED), &HOUSE.trust);
    let pdf = sign(
        &page,
        identity,
        &claim,
        &source,
        TimestampPolicy::Required,
        trust,
        &chance,
    )
    .await
    .unwrap();
    assert_report(&verify_pdf(&pdf, trust, TODAY), Verdict::Valid, &[], "");
    let refused = sign(
        &page,
        identity,
        &claim,
        &Broken,
        TimestampPolicy::Required,
        trust,
        &chance,
    )
    .await;
    assert!(matches!(
        refused,
        Err(CertificateError::Timestamp(TimestampFault::Source(_)))
    ));
    let pdf = sign(
        &page,
        identity,
        &claim,
        &Broken,
        TimestampPolicy::Optional,
        trust,
        &chance,
    )
    .await
    .unwrap();
    assert_eq!(verify_pdf(&pdf, trust, TODAY).verdict, Verdict::Untrusted);
}
