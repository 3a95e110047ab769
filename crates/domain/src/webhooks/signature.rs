//! Secrets and signatures as Standard Webhooks 1.0 has them
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).

use base64::{Engine, engine::general_purpose::STANDARD};
use rand::RngCore;

use crate::crypto::hmac_sha256;

/// What the written form of a secret begins with.
const PREFIX: &str = "whsec_";

/// A new key of 32 bytes, the most that the specification's range of 24 to 64 needs for SHA-256.
pub(super) fn new_key() -> [u8; 32] {
    let mut key = [0; 32];
    rand::rng().fill_bytes(&mut key);
    key
}

/// The key as receivers' libraries take it.
pub(super) fn written(key: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(key))
}

/// The header `webhook-signature`: one signature per key, so that a receiver that knows either accepts it. `time` is in
/// seconds since 1970.
pub(super) fn sign(keys: &[Vec<u8>], id: &str, time: i64, body: &str) -> String {
    let signed = format!("{id}.{time}.{body}");
    let signatures: Vec<String> =
        keys.iter().map(|key| format!("v1,{}", STANDARD.encode(hmac_sha256(key, signed.as_bytes())))).collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    #[test]
    fn the_reference_libraries_signature() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", r#"{"test": 2432232314}"#);
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(sign(std::slice::from_ref(&key), id, 1_614_265_330, body), expected);
        assert_eq!(sign(&[key.clone(), key], id, 1_614_265_330, body), format!("{expected} {expected}"));
        assert!(written(&new_key()).starts_with(PREFIX));
    }
}
