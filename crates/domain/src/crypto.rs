//! Secrets: encryption at rest, random tokens and their hashes, signatures.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit},
};
use hmac::{Hmac, Mac};
use rand::RngCore;
use sha2::{Digest, Sha256};

/// The installation's key: 32 bytes, from which one key per purpose is derived.
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// Takes the key itself.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Encrypts for storage (XChaCha20-Poly1305, random nonce in front).
    pub fn encrypt(&self, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0u8; 24];
        rand::rng().fill_bytes(&mut nonce);
        let cipher = XChaCha20Poly1305::new(&self.derive("storage").into());
        let sealed = cipher.encrypt(XNonce::from_slice(&nonce), plain).unwrap_or_default();
        [nonce.as_slice(), &sealed].concat()
    }

    /// Decrypts what [`SecretKey::encrypt`] gave; `None` when it was changed or the key is another.
    pub fn decrypt(&self, stored: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = stored.split_at_checked(24)?;
        XChaCha20Poly1305::new(&self.derive("storage").into()).decrypt(XNonce::from_slice(nonce), sealed).ok()
    }

    /// HMAC-SHA256 under a key of this purpose.
    pub fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        hmac_sha256(&self.derive(purpose), message)
    }

    /// Whether a signature of this purpose fits, in constant time.
    pub fn verify(&self, purpose: &str, message: &[u8], signature: &[u8]) -> bool {
        use subtle::ConstantTimeEq;
        self.sign(purpose, message).as_slice().ct_eq(signature).into()
    }

    fn derive(&self, purpose: &str) -> [u8; 32] {
        hmac_sha256(&self.0, purpose.as_bytes())
    }
}

/// HMAC-SHA256 (RFC 2104).
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// A random secret that is shown once and kept as its hash.
pub struct Token {
    /// What the holder gets: 32 random bytes in URL-safe base64.
    pub secret: String,
    /// What is stored.
    pub hash: Vec<u8>,
}

impl Token {
    /// A new one.
    pub fn random() -> Self {
        let mut bytes = [0u8; 32];
        rand::rng().fill_bytes(&mut bytes);
        let secret = URL_SAFE_NO_PAD.encode(bytes);
        let hash = Self::hash(&secret);
        Self { secret, hash }
    }

    /// The stored form of a secret. SHA-256 suffices: the secret has 256 bits of its own.
    pub fn hash(secret: &str) -> Vec<u8> {
        Sha256::digest(secret.as_bytes()).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_takes_hostile_bytes() {
        let key = SecretKey::new([7; 32]);
        let stored = key.encrypt(b"a secret");
        fuzz::bytes(&[&stored, b"short"], &["\0"], |changed| {
            assert_eq!(key.decrypt(changed).as_deref(), (changed == stored).then_some(b"a secret".as_slice()));
        });
    }
}
