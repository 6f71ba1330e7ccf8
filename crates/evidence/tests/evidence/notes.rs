//! Keys, checkpoints, cosignatures and offline proofs.

use evidence::{
    Checkpoint, Cosigned, Error, LogKey, LogVerifier, ProofBundle, SignedCheckpoint, Trust, WitnessKey,
    WitnessVerifier, inclusion_proof, leaf_hash,
};
use proptest::prelude::*;
use signed_note::{Note, Verifier, VerifierList};

use crate::support::{ORIGIN, log_of};

const SPEC_CHECKPOINT: &str = "example.com/behind-the-sofa\n20852163\n\
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
    — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

fn log_key() -> LogKey {
    LogKey::from_seed(ORIGIN, &[3; 32]).unwrap()
}

fn witness(number: u8) -> WitnessKey {
    WitnessKey::from_seed(&format!("witness.example/w{number}"), &[100 + number; 32]).unwrap()
}

fn signed(size: u64) -> SignedCheckpoint {
    let (_, _, head) = log_of(size);
    log_key().sign(Checkpoint::new(ORIGIN, head).unwrap()).unwrap()
}

fn trust() -> Trust {
    Trust::new(ORIGIN, log_key().verifier())
}

#[test]
fn the_example_of_signed_note_verifies() {
    let key =
        LogVerifier::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").unwrap();
    let text = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let known = VerifierList::new(vec![Box::new(key)]);
    let (good, unknown) = Note::from_bytes(text.as_bytes()).unwrap().verify(&known).unwrap();
    assert_eq!((good.len(), unknown.len()), (1, 0));
    let changed = text.replace("an example", "no example");
    assert!(
        Note::from_bytes(changed.as_bytes())
            .unwrap()
            .verify(&known)
            .is_err()
    );
}

#[test]
fn keys_of_the_go_reference_are_read() {
    // The key pair in the documentation of golang.org/x/mod/sumdb/note.
    let secret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let public = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let key = LogKey::parse(secret).unwrap();
    assert_eq!(key.verifier().to_string(), public);
    assert_eq!(key.secret_text(), secret);
    assert_eq!(LogVerifier::parse(public).unwrap(), key.verifier());
    assert_eq!(key.verifier().key_id(), 0xc74f_20a3);
    // The same text as a witness key has another id: the type of signature is part of it.
    let witness = WitnessKey::parse(secret).unwrap();
    assert_ne!(witness.verifier().key_id(), 0xc74f_20a3);
    assert_eq!(
        WitnessVerifier::parse(&witness.verifier().to_string()).unwrap(),
        witness.verifier()
    );
    assert!(
        !format!("{key:?}{witness:?}").contains("AYEK"),
        "the secret is not shown"
    );
}

#[test]
fn damaged_keys_are_refused() {
    let secret = log_key().secret_text();
    let public = log_key().verifier().to_string();
    let cosigner = witness(1).verifier().to_string();
    for at in 0..secret.len() {
        let mut changed = secret.clone().into_bytes();
        changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
        assert!(
            LogKey::parse(&String::from_utf8(changed).unwrap()).is_err(),
            "byte {at}"
        );
    }
    for at in 0..public.len() {
        let mut changed = public.clone().into_bytes();
        changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
        assert!(
            LogVerifier::parse(&String::from_utf8(changed).unwrap()).is_err(),
            "byte {at}"
        );
    }
    assert!(LogVerifier::parse(&cosigner).is_err(), "a witness is not a log");
    assert!(WitnessVerifier::parse(&public).is_err(), "a log is not a witness");
    for name in ["", "a b", "a+b", "a\nb", "a\u{1}b", "a\u{a0}b"] {
        assert!(LogKey::from_seed(name, &[0; 32]).is_err(), "{name:?}");
    }
}

#[test]
fn the_example_checkpoint_reads_back() {
    let signed = SignedCheckpoint::parse(SPEC_CHECKPOINT).unwrap();
    assert_eq!(signed.to_string(), SPEC_CHECKPOINT);
    let checkpoint = signed.unverified();
    assert_eq!(
        (checkpoint.origin(), checkpoint.head().size),
        ("example.com/behind-the-sofa", 20_852_163)
    );
    assert_eq!(
        checkpoint.head().root.to_string(),
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    );
    assert!(matches!(trust().verify(&signed), Err(Error::WrongOrigin { .. })));
    let unknown = Trust::new("example.com/behind-the-sofa", log_key().verifier());
    assert!(matches!(unknown.verify(&signed), Err(Error::NotSignedByLog)));
}

#[test]
fn checkpoints_follow_the_letter() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    let good = format!("log.example\n7\n{root}\n");
    assert_eq!(Checkpoint::parse(&good).unwrap().text(), good);
    let extended = format!("{good}more\nlines\n");
    assert_eq!(Checkpoint::parse(&extended).unwrap().text(), extended);
    assert_eq!(Checkpoint::parse(&extended).unwrap().extension(), "more\nlines\n");
    for bad in [
        String::new(),
        format!("\n7\n{root}\n"),
        format!("log.example\n07\n{root}\n"),
        format!("log.example\n+7\n{root}\n"),
        format!("log.example\n-7\n{root}\n"),
        format!("log.example\n18446744073709551616\n{root}\n"),
        format!("log.example\n7\n{root}"),
        format!("log.example\n7\n{root}\n\n"),
        format!("log.example\n7\n{root}\nmore"),
        format!("log.example\n7\n{root}\n\nmore\n"),
        format!("log.example\r\n7\r\n{root}\r\n"),
        "log.example\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n".to_owned(),
        "log.example\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n".to_owned(),
        "log.example\n7\nCsUYapGGPo4d\n".to_owned(),
    ] {
        assert!(Checkpoint::parse(&bad).is_err(), "{bad:?}");
    }
    let head = signed(1).unverified().head();
    assert!(Checkpoint::new("", head).is_err() && Checkpoint::new("a\nb", head).is_err());
}

#[test]
fn a_log_signs_and_witnesses_cosign() {
    let mut signed = signed(5);
    assert!(trust().verify(&signed).unwrap().cosigned.is_empty());
    witness(1).cosign(&mut signed, 1_900_000_000).unwrap();
    witness(2).cosign(&mut signed, 1_900_000_007).unwrap();
    let read = SignedCheckpoint::parse(&signed.to_string()).unwrap();
    assert_eq!(read, signed);

    // Known to nobody, cosignatures are ignored.
    assert!(trust().verify(&read).unwrap().cosigned.is_empty());
    let trust = trust()
        .with_witness(witness(1).verifier())
        .with_witness(witness(2).verifier());
    let expected = [
        Cosigned {
            witness: "witness.example/w1".into(),
            unix_seconds: 1_900_000_000,
        },
        Cosigned {
            witness: "witness.example/w2".into(),
            unix_seconds: 1_900_000_007,
        },
    ];
    assert_eq!(trust.verify(&read).unwrap().cosigned, expected);
    assert!(trust.clone().require(2).verify(&read).is_ok());
    let three = trust.with_witness(witness(3).verifier()).require(3);
    assert!(matches!(
        three.verify(&read),
        Err(Error::TooFewWitnesses { have: 2, need: 3 })
    ));
    assert!(
        witness(1).cosign(&mut signed, u64::MAX).is_err(),
        "beyond 2^63 - 1"
    );
}

#[test]
fn one_key_under_two_names_counts_once() {
    let alias = WitnessKey::from_seed("witness.example/alias", &[101; 32]).unwrap();
    let mut signed = signed(5);
    witness(1).cosign(&mut signed, 1).unwrap();
    alias.cosign(&mut signed, 1).unwrap();
    let trust = trust()
        .with_witness(witness(1).verifier())
        .with_witness(alias.verifier())
        .require(2);
    assert!(matches!(
        trust.verify(&signed),
        Err(Error::TooFewWitnesses { have: 1, need: 2 })
    ));
}

#[test]
fn a_log_moves_to_a_new_key() {
    let new_key = LogKey::from_seed(ORIGIN, &[33; 32]).unwrap();
    let mut signed = signed(5);
    let new_trust = Trust::new(ORIGIN, new_key.verifier());
    assert!(matches!(new_trust.verify(&signed), Err(Error::NotSignedByLog)));
    assert!(
        new_trust
            .clone()
            .or_log(log_key().verifier())
            .verify(&signed)
            .is_ok()
    );
    new_key.add_to(&mut signed).unwrap();
    assert!(trust().verify(&signed).is_ok() && new_trust.verify(&signed).is_ok());
    let once = signed.to_string();
    new_key.add_to(&mut signed).unwrap();
    assert_eq!(signed.to_string(), once, "a key signs once");
}

#[test]
fn a_witness_alone_does_not_make_a_checkpoint() {
    let (_, _, head) = log_of(5);
    let stranger = LogKey::from_seed(ORIGIN, &[77; 32]).unwrap();
    let mut signed = stranger.sign(Checkpoint::new(ORIGIN, head).unwrap()).unwrap();
    witness(1).cosign(&mut signed, 1).unwrap();
    let trust = trust().with_witness(witness(1).verifier());
    assert!(matches!(trust.verify(&signed), Err(Error::NotSignedByLog)));
}

#[test]
fn returned_cosignatures_are_attached_after_verifying() {
    let plain = signed(5);
    let mut cosigned = plain.clone();
    witness(1).cosign(&mut cosigned, 42).unwrap();
    let text = cosigned.to_string();
    let line = text.lines().last().unwrap();

    let mut attached = plain.clone();
    assert_eq!(attached.attach(line, &witness(1).verifier()).unwrap(), 42);
    assert_eq!(attached, cosigned);
    assert_eq!(
        attached
            .attach(&format!("{line}\n"), &witness(1).verifier())
            .unwrap(),
        42
    );
    assert_eq!(attached, cosigned, "attached once");
    assert!(plain.clone().attach(line, &witness(2).verifier()).is_err());
    assert!(
        signed(6).attach(line, &witness(1).verifier()).is_err(),
        "of another checkpoint"
    );
    for bad in [
        "",
        "—",
        "— a",
        "— witness.example/w1 AAAA",
        &format!("{line}\n{line}"),
    ] {
        assert!(
            plain.clone().attach(bad, &witness(1).verifier()).is_err(),
            "{bad:?}"
        );
    }
}

#[test]
fn the_example_proof_has_this_shape() {
    let (entries, tiles, head) = log_of(1000);
    let signed = log_key().sign(Checkpoint::new(ORIGIN, head).unwrap()).unwrap();
    let bundle = ProofBundle::prove(&tiles, 738, signed.clone())
        .unwrap()
        .with_extra(b"salt");
    let mut expected = "c2sp.org/tlog-proof@v1\nextra c2FsdA==\nindex 738\n".to_owned();
    for hash in inclusion_proof(&tiles, 738, &head).unwrap() {
        expected.push_str(&format!("{hash}\n"));
    }
    expected.push_str(&format!("\n{signed}"));
    assert_eq!(bundle.to_string(), expected);

    let read = ProofBundle::parse(&expected).unwrap();
    assert_eq!(read, bundle);
    assert_eq!(read.extra.as_deref(), Some(&b"salt"[..]));
    assert_eq!(
        read.verify(leaf_hash(entries[738]), &trust())
            .unwrap()
            .checkpoint
            .head(),
        head
    );
    assert!(matches!(
        read.verify(leaf_hash(entries[737]), &trust()),
        Err(Error::ProofFails)
    ));
    let elsewhere = Trust::new("other.example", log_key().verifier());
    assert!(matches!(
        read.verify(leaf_hash(entries[738]), &elsewhere),
        Err(Error::WrongOrigin { .. })
    ));
    let beyond = ProofBundle { index: 1000, ..read };
    assert!(matches!(
        beyond.verify(leaf_hash(entries[738]), &trust()),
        Err(Error::OutOfRange { .. })
    ));
}

#[test]
fn proofs_follow_the_letter() {
    let (_, tiles, head) = log_of(3);
    let signed = log_key().sign(Checkpoint::new(ORIGIN, head).unwrap()).unwrap();
    let good = ProofBundle::prove(&tiles, 0, signed).unwrap().to_string();
    assert!(ProofBundle::parse(&good).is_ok());
    let hash = good.lines().nth(2).unwrap();
    let many = format!("{hash}\n").repeat(65);
    for (from, to) in [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("index 0", "index 00"),
        ("index 0", "index +0"),
        ("index 0", "index  0"),
        ("index 0", "index 18446744073709551616"),
        ("index 0", "extra \nindex 0"),
        ("index 0", "extra c2FsdA=\nindex 0"),
        ("index 0\n", "index 0\nextra c2FsdA==\n"),
        ("index 0\n", ""),
        ("index 0\n", "index 0\n\n"),
        ("index 0\n", "index 0\r\n"),
        ("index 0\n", "index 0\nc2FsdA==\n"),
        ("index 0\n", &format!("index 0\n{many}")),
        ("\n\nlog", "\nlog"),
    ] {
        assert!(good.contains(from));
        assert!(
            ProofBundle::parse(&good.replacen(from, to, 1)).is_err(),
            "{from:?} to {to:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_flipped_bit_anywhere_in_a_proof_fails(
        size in 1_u64..700, index: prop::sample::Index, byte: prop::sample::Index, bit in 0_u8..8,
    ) {
        let (entries, tiles, head) = log_of(size);
        let index = index.index(size as usize) as u64;
        let mut signed = log_key().sign(Checkpoint::new(ORIGIN, head).unwrap()).unwrap();
        witness(1).cosign(&mut signed, 1_900_000_000).unwrap();
        let trust = trust().with_witness(witness(1).verifier()).require(1);
        let text = ProofBundle::prove(&tiles, index, signed).unwrap().to_string();
        let leaf = leaf_hash(entries[index as usize]);
        ProofBundle::parse(&text).unwrap().verify(leaf, &trust).unwrap();

        let mut changed = text.into_bytes();
        let at = byte.index(changed.len());
        changed[at] ^= 1 << bit;
        let accepted = String::from_utf8(changed)
            .is_ok_and(|text| ProofBundle::parse(&text).is_ok_and(|bundle| bundle.verify(leaf, &trust).is_ok()));
        prop_assert!(!accepted, "byte {} bit {}", at, bit);
    }
}
