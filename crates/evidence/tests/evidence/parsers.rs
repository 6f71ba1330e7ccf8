//! No input makes a parser panic, and what it accepts prints back the same.

use evidence::{
    Checkpoint, LogKey, LogVerifier, ProofBundle, SignedCheckpoint, TilePath, WitnessKey, WitnessVerifier,
    parse_bundle,
};
use proptest::prelude::*;

use crate::support::{ORIGIN, log_of};

/// Sound texts of every kind, to be damaged.
fn sound() -> Vec<String> {
    let (_, tiles, head) = log_of(300);
    let key = LogKey::from_seed(ORIGIN, &[3; 32]).unwrap();
    let witness = WitnessKey::from_seed("witness.example/w1", &[4; 32]).unwrap();
    let mut signed = key.sign(Checkpoint::new(ORIGIN, head).unwrap()).unwrap();
    witness.cosign(&mut signed, 1_900_000_000).unwrap();
    vec![
        "0/x001/x234/067.p/8".to_owned(),
        "entries/x001/067".to_owned(),
        signed.unverified().text(),
        signed.to_string(),
        ProofBundle::prove(&tiles, 299, signed)
            .unwrap()
            .with_extra(&[1, 2, 3])
            .to_string(),
        key.secret_text(),
        key.verifier().to_string(),
        witness.verifier().to_string(),
    ]
}

fn parse_everything(text: &str) {
    if let Ok(path) = TilePath::parse(text) {
        assert_eq!(path.to_string(), text);
    }
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.text(), text);
    }
    if let Ok(signed) = SignedCheckpoint::parse(text) {
        assert_eq!(signed.to_string(), text);
    }
    if let Ok(bundle) = ProofBundle::parse(text) {
        assert_eq!(bundle.to_string(), text);
    }
    if let Ok(key) = LogVerifier::parse(text) {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(key) = WitnessVerifier::parse(text) {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(key) = LogKey::parse(text) {
        assert!(key.secret_text().eq_ignore_ascii_case(text));
    }
}

/// Letters of the formats, so that random texts come near to valid ones.
const NEAR: &str = "[0-9x/.p+= \\n—A-Za-z]{0,120}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text(text in prop_oneof![any::<String>(), NEAR]) {
        parse_everything(&text);
    }

    #[test]
    fn any_bytes_as_bundle(bytes: Vec<u8>, short in prop::collection::vec(0_u8..4, 0..64), width in 1_u16..=256) {
        for bytes in [bytes, short] {
            let entries = TilePath::entries(0, width).unwrap();
            if let Some(cut) = entries.cut(&bytes) {
                prop_assert_eq!(parse_bundle(cut).unwrap().len(), usize::from(width));
            }
            if let Ok(parsed) = parse_bundle(&bytes) {
                prop_assert_eq!(parsed.iter().map(|entry| entry.len() + 2).sum::<usize>(), bytes.len());
            }
            let hashes = TilePath::hashes(0, 0, width).unwrap();
            prop_assert_eq!(hashes.cut(&bytes).is_some(), bytes.len() >= usize::from(width) * 32);
        }
    }
}

proptest! {
    #[test]
    fn damaged_texts(
        which: prop::sample::Index, from: prop::sample::Index, length in 0_usize..40, put in NEAR,
        times in 1_usize..4,
    ) {
        let sound = sound();
        let mut text: Vec<char> = sound[which.index(sound.len())].chars().collect();
        let start = from.index(text.len() + 1);
        let end = (start + length).min(text.len());
        let put: Vec<char> = put.chars().collect::<Vec<_>>().repeat(times);
        text.splice(start..end, put);
        parse_everything(&text.into_iter().collect::<String>());
    }
}
