//! A device with passkeys and the browser before it, as WebAuthn level 3 describes them: it makes keys on P-256 without
//! attestation and signs what it is asked.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use rand::RngCore;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const ATTESTED: u8 = 1 << 6;

/// What the person and the browser do can be set; the newest passkey answers.
pub struct Device {
    pub origin: String,
    /// Whether it makes sure of the person.
    pub verifies: bool,
    /// How often it has signed; 0 stays 0, as with keys that are on several devices.
    pub counter: u32,
    pub passkeys: Vec<Passkey>,
}

pub struct Passkey {
    id: [u8; 32],
    user: String,
    key: SigningKey,
}

impl Device {
    pub fn new() -> Self {
        Self { origin: "http://biseda.test".into(), verifies: true, counter: 0, passkeys: Vec::new() }
    }

    /// `navigator.credentials.create`: options and answer as JSON.
    pub fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        let excluded = options["excludeCredentials"].as_array().expect("a list");
        let is_here = |id: &Value| self.passkeys.iter().any(|one| *id == json!(encode(&one.id)));
        assert!(!excluded.iter().any(|one| is_here(&one["id"])), "it has a passkey of this person already");
        let (mut id, mut secret) = ([0; 32], [0; 32]);
        rand::rng().fill_bytes(&mut id);
        rand::rng().fill_bytes(&mut secret);
        secret[0] = 1; // below the order of the curve
        let key = SigningKey::from_slice(&secret).expect("a key");
        let point = key.verifying_key().to_encoded_point(false);
        // A COSE key in CBOR (RFC 9052): kty EC2, alg ES256, crv P-256, x, y.
        let mut cose = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        cose.extend(point.x().expect("x"));
        cose.extend([0x22, 0x58, 0x20]);
        cose.extend(point.y().expect("y"));
        let rp = options["rp"]["id"].as_str().expect("an RP id");
        let mut data = self.authenticator_data(rp, ATTESTED);
        data.extend([0; 16]);
        data.extend([0, id.len() as u8]);
        data.extend(id);
        data.extend(cose);
        // The attestation object: fmt "none", attStmt {}, authData.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).expect("short"));
        object.extend(data);
        let client_data = self.client_data("webauthn.create", &options);
        let user = options["user"]["id"].as_str().expect("a handle").to_owned();
        self.passkeys.push(Passkey { id, user, key });
        let response = json!({
            "clientDataJSON": encode(client_data.as_bytes()),
            "attestationObject": encode(&object),
            "transports": ["internal", "hybrid"],
        });
        credential(&id, response)
    }

    /// `navigator.credentials.get`: options and answer as JSON.
    pub fn get(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options");
        assert_eq!(options["userVerification"], "required");
        if self.counter > 0 {
            self.counter += 1;
        }
        let data = self.authenticator_data(options["rpId"].as_str().expect("an RP id"), 0);
        let client_data = self.client_data("webauthn.get", &options);
        let passkey = self.passkeys.last().expect("a passkey");
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature: Signature = passkey.key.sign(&signed);
        let response = json!({
            "clientDataJSON": encode(client_data.as_bytes()),
            "authenticatorData": encode(&data),
            "signature": encode(signature.to_der().as_bytes()),
            "userHandle": passkey.user,
        });
        credential(&passkey.id, response)
    }

    fn authenticator_data(&self, rp: &str, more: u8) -> Vec<u8> {
        let flags = USER_PRESENT | more | if self.verifies { USER_VERIFIED } else { 0 };
        let mut data = Sha256::digest(rp).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        json!({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false})
            .to_string()
    }
}

fn credential(id: &[u8], response: Value) -> String {
    let id = encode(id);
    json!({
        "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
        "clientExtensionResults": {}, "response": response,
    })
    .to_string()
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
