//! Recovery codes, for when the device is lost.

use rand::RngCore;
use types::id::UserId;
use uuid::Uuid;

use crate::Services;

/// Recovery codes that are given out.
const RECOVERY_CODES: usize = 10;
/// Letters and digits of recovery codes: none that look like another.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";

/// Recovery codes for somebody who has none yet.
pub(in crate::accounts) fn new_recovery_codes() -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| recovery_code()).collect()
}

/// Ten characters of 32, 50 bits, with a hyphen between for the eye.
fn recovery_code() -> String {
    let mut bytes = [0u8; 10];
    rand::rng().fill_bytes(&mut bytes);
    let letters: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    format!("{}-{}", &letters[..5], &letters[5..])
}

/// A recovery code as it is stored: under the installation's key, because it is short.
pub(in crate::accounts) fn recovery_hash(services: &Services, user: UserId, code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let message = [Uuid::from(user).as_bytes().as_slice(), plain.to_ascii_lowercase().as_bytes()].concat();
    hex::encode(services.secret_key.sign("recovery code", &message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_differ() {
        let codes: std::collections::HashSet<_> = (0..50).map(|_| recovery_code()).collect();
        assert_eq!(codes.len(), 50);
        assert!(codes.iter().all(|code| code.len() == 11));
    }
}
