//! Signatures by the Standard Webhooks scheme (version 1.0.0): HMAC-SHA256 over `id.timestamp.body`.
//!
//! The receiver computes it anew, refuses a timestamp that is too old, and does not take an identifier twice.

use aws_lc_rs::hmac;
use data_encoding::BASE64;

/// How a secret is written.
pub const SECRET_PREFIX: &str = "whsec_";
/// Random bytes of a secret.
pub const SECRET_BYTES: usize = 32;

/// The value of `webhook-signature`; `None` when the secret cannot be read. A secret without prefix is the key itself.
pub fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let key = match secret.strip_prefix(SECRET_PREFIX) {
        Some(encoded) => BASE64.decode(encoded.as_bytes()).ok()?,
        None => secret.as_bytes().to_vec(),
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!("v1,{}", BASE64.encode(tag.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_of_the_specification_holds() {
        // From the specification's libraries: one secret, one message, one signature.
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signature.as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }

    #[test]
    fn every_part_is_signed() {
        let of = |secret, id, at, body| sign(secret, id, at, body).unwrap();
        let one = of("geheim", "a", 1, "x");
        assert_ne!(one, of("geheim2", "a", 1, "x"));
        assert_ne!(one, of("geheim", "b", 1, "x"));
        assert_ne!(one, of("geheim", "a", 2, "x"));
        assert_ne!(one, of("geheim", "a", 1, "y"));
        assert_eq!(sign("whsec_*", "a", 1, "x"), None);
    }
}
