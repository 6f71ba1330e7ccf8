//! `anxu keys`, with OpenSSL as the outside authority and the judge.

use std::fs;

use crate::support::*;

#[tokio::test]
async fn a_real_installation_asks_for_what_it_lacks() {
    let house = House::new();
    let said = house.refused(&["serve"]);
    assert!(said.contains("anxu keys create"), "{said}");
    assert!(!house.data().exists(), "nothing was made before the refusal");
    let locked = House::new().without("ANXU_KEYS_PASSPHRASE");
    for command in [["serve"].as_slice(), &["keys", "create"]] {
        let said = locked.refused(command);
        assert!(said.contains("ANXU_KEYS_PASSPHRASE"), "{said}");
    }
    let short = House::new().with("ANXU_KEYS_PASSPHRASE", "short");
    assert!(short.refused(&["keys", "create"]).contains("12 characters"));
    let nobody = House::new().with("ANXU_AUTHORITY", "customs");
    let said = nobody.refused(&["keys", "create"]);
    assert!(
        said.contains("ANXU_AUTHORITY") && said.contains("emergency"),
        "{said}"
    );
}

#[tokio::test]
async fn keys_of_a_demo_sign_nothing_real_and_the_other_way_round() {
    let demo = House::new().with("ANXU_DEMO", "true");
    assert!(demo.refused(&["keys", "create"]).contains("ANXU_DEMO"));
    demo.create_admin();
    let server = demo.serve().await;
    server.stop();
    let real = demo.with("ANXU_DEMO", "false");
    let said = real.refused(&["serve"]);
    assert!(said.contains("demo"), "{said}");
    assert!(real.done(&["keys", "list"])["demo"].as_bool().unwrap());
}

#[test]
fn create_makes_a_key_for_every_body_and_shows_no_secret() {
    let house = House::new();
    let output = house.run(&["keys", "create", "--json"]);
    assert!(output.status.success(), "{}", told(&output));
    let listing: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listing["operator"], "南昌市应急管理局");
    assert_eq!(listing["authority"]["own"], true);
    let keys = listing["keys"].as_array().unwrap();
    let bodies: Vec<_> = keys.iter().filter_map(|key| key["body"].as_str()).collect();
    assert_eq!(bodies, ["南昌市住房和城乡建设局", "南昌市工业和信息化局"]);
    for key in keys {
        for field in [
            "subject",
            "algorithm",
            "not_before",
            "not_after",
            "fingerprint",
            "role",
        ] {
            assert!(
                key[field].as_str().is_some_and(|text| !text.is_empty()),
                "{field}: {key}"
            );
        }
    }
    assert_eq!(listing["log"].as_array().unwrap().len(), 1);
    // OpenSSL sees the same certificate, and opens the key with the passphrase only.
    let crt = house
        .keys()
        .join(format!("{}.crt", keys[0]["serial"].as_str().unwrap()));
    let seen = judge(
        "openssl",
        &[
            "x509",
            "-in",
            crt.to_str().unwrap(),
            "-noout",
            "-fingerprint",
            "-sha256",
        ],
    );
    let fingerprint = seen
        .trim()
        .rsplit('=')
        .next()
        .unwrap()
        .replace(':', "")
        .to_lowercase();
    assert_eq!(fingerprint, keys[0]["fingerprint"].as_str().unwrap());
    let said = told(&output);
    for file in fs::read_dir(house.keys()).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "key") {
            let key = fs::read_to_string(&path).unwrap();
            assert!(
                key.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"),
                "{}",
                path.display()
            );
            assert!(!said.contains(key.lines().nth(1).unwrap()));
            let opened = judge(
                "openssl",
                &[
                    "pkey",
                    "-in",
                    path.to_str().unwrap(),
                    "-passin",
                    &format!("pass:{PASSPHRASE}"),
                    "-noout",
                ],
            );
            assert!(opened.trim().is_empty());
        }
    }
    assert!(!said.contains(PASSPHRASE));
    // Once more changes nothing; another passphrase opens nothing.
    assert_eq!(house.done(&["keys", "create"])["keys"], listing["keys"]);
    let thief = house.with("ANXU_KEYS_PASSPHRASE", "quite-another-one");
    assert!(thief.refused(&["serve"]).contains("passphrase"));
}

#[tokio::test]
async fn rotation_while_serving_keeps_old_certificates_good() {
    let house = House::new();
    house.found();
    let server = house.serve().await;
    let (number, _) = house.issue(&server).await;
    let before = house.done(&["keys", "list"]);
    for usage in ["signer", "tsa", "qr", "log"] {
        house.done(&["keys", "rotate", usage]);
    }
    let after = house.done(&["keys", "list"]);
    let active = |listing: &serde_json::Value, role: &str| {
        let keys = listing["keys"].as_array().unwrap().iter();
        let found: Vec<_> = keys
            .filter(|key| key["role"] == role && key["active"] == true && key["body"].is_null())
            .map(|key| key["serial"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found.len(), 1, "{role}");
        found[0].clone()
    };
    for role in ["authority", "tsa", "qr"] {
        assert_ne!(active(&before, role), active(&after, role));
    }
    house.check_certificate(&number);
    let said = house.refused(&["keys", "rotate", "signer", "--body", "海关"]);
    assert!(said.contains("南昌市住房和城乡建设局"), "{said}");
    // Taken up at the next start too, and what was sealed under the old log key still holds.
    server.stop();
    let server = house.serve().await;
    let checkpoint = String::from_utf8(server.bytes("/log/checkpoint").await).unwrap();
    assert!(checkpoint.lines().count() >= 5, "{checkpoint}");
    server.sign_in().await;
    server
        .until("/log/checkpoint", |_, text| {
            text.lines().filter(|line| line.starts_with('—')).count() == 2
        })
        .await;
    assert!(house.done(&["audit"])["faults"].as_array().unwrap().is_empty());
    // A revoked key stands in the list that the server publishes.
    let old = active(&before, "authority");
    house.done(&["keys", "revoke", &old, "--reason", "superseded"]);
    let said = house.refused(&["keys", "revoke", &old, "--reason", "superseded"]);
    assert!(said.contains("revoked already"), "{said}");
    server.stop();
    let server = house.serve().await;
    fs::write(house.path("crl.der"), server.bytes("/pki/crl.der").await).unwrap();
    let list = judge(
        "openssl",
        &[
            "crl",
            "-inform",
            "DER",
            "-in",
            &house.path("crl.der"),
            "-noout",
            "-text",
        ],
    );
    assert!(list.to_lowercase().contains(&old), "{list}");
    // It was stamped before it was revoked.
    house.check_certificate(&number);
}

#[tokio::test]
async fn an_outside_authority_certifies_the_keys() {
    let house = House::new();
    let ca = authority(&house);
    let listing = house.done(&["keys", "create", "--under", &ca]);
    assert_eq!(listing["authority"]["own"], false);
    assert!(listing["keys"].as_array().unwrap().is_empty());
    let pending = listing["pending"].as_array().unwrap();
    assert_eq!(pending.len(), 5);
    let said = house.refused(&["serve"]);
    assert!(said.contains("no Authority key"), "{said}");
    for key in pending {
        let request = key["request"].as_str().unwrap();
        judge("openssl", &["req", "-in", request, "-noout", "-verify"]);
        let certificate = house.path("issued.crt");
        certify(&house, request, &certificate);
        let listing = house.done(&["keys", "import", &certificate]);
        let keys = listing["keys"].as_array().unwrap();
        assert!(
            keys.iter()
                .any(|stored| stored["role"] == key["role"] && stored["body"] == key["body"])
        );
        assert!(
            house
                .refused(&["keys", "import", &certificate])
                .contains("no request waits")
        );
    }
    // Somebody else's certificate is not taken.
    let said = house.refused(&["keys", "import", &ca]);
    assert!(said.contains("no request waits"), "{said}");
    assert!(house.refused(&["keys", "crl"]).contains("--install"));
    house.done(&["keys", "crl", "--install", &revocation_list(&house)]);
    house.create_admin();
    let server = house.serve().await;
    let (number, _) = house.issue(&server).await;
    house.check_certificate(&number);
    assert_eq!(
        server.bytes("/pki/crl.der").await,
        fs::read(house.path("ca.crl")).unwrap()
    );
}

/// An authority of OpenSSL's, with a data base for its list; gives its certificate.
fn authority(house: &House) -> String {
    let (key, certificate) = (house.path("ca.key"), house.path("ca.crt"));
    let config = format!(
        "[ca]\ndefault_ca=own\n[own]\ndatabase={}\nserial={}\nnew_certs_dir={}\ndefault_md=sha256\n\
         default_days=700\ndefault_crl_days=30\npolicy=any\ncopy_extensions=copy\nunique_subject=no\n\
         crlnumber={}\ncrl_extensions=list\n[list]\nauthorityKeyIdentifier=keyid\n\
         [any]\ncountryName=optional\norganizationName=optional\ncommonName=supplied\n\
         [req]\ndistinguished_name=none\n[none]\n",
        house.path("index.txt"),
        house.path("serial"),
        house.path("."),
        house.path("crlnumber")
    );
    fs::write(house.path("ca.cnf"), config).unwrap();
    fs::write(house.path("index.txt"), "").unwrap();
    fs::write(house.path("serial"), "4a00000000000001\n").unwrap();
    fs::write(house.path("crlnumber"), "01\n").unwrap();
    judge(
        "openssl",
        &[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            &key,
            "-out",
            &certificate,
            "-days",
            "3650",
            "-utf8",
            "-subj",
            "/C=CN/O=某省/CN=某省政务根证书",
            "-config",
            &house.path("ca.cnf"),
            "-addext",
            "basicConstraints=critical,CA:TRUE",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
            "-addext",
            "subjectKeyIdentifier=hash",
        ],
    );
    certificate
}

fn certify(house: &House, request: &str, certificate: &str) {
    judge(
        "openssl",
        &[
            "ca",
            "-batch",
            "-notext",
            "-utf8",
            "-config",
            &house.path("ca.cnf"),
            "-cert",
            &house.path("ca.crt"),
            "-keyfile",
            &house.path("ca.key"),
            "-in",
            request,
            "-out",
            certificate,
        ],
    );
}

fn revocation_list(house: &House) -> String {
    let (pem, der) = (house.path("ca.crl.pem"), house.path("ca.crl"));
    judge(
        "openssl",
        &[
            "ca",
            "-gencrl",
            "-config",
            &house.path("ca.cnf"),
            "-cert",
            &house.path("ca.crt"),
            "-keyfile",
            &house.path("ca.key"),
            "-out",
            &pem,
        ],
    );
    judge("openssl", &["crl", "-in", &pem, "-outform", "DER", "-out", &der]);
    der
}
