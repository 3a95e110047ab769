use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use types::id::{ChannelId, OrganizationId, VisitorId};

use crate::{Actor, SecretKey, Services};

/// How long a token is good, in seconds: 180 days from its issue. Each start of a session issues a new one.
const LIFETIME: i64 = 180 * 24 * 3600;
const PURPOSE: &str = "visitor";

/// A customer's browser on one channel, proved by its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    #[serde(rename = "o")]
    pub organization: OrganizationId,
    #[serde(rename = "c")]
    pub channel: ChannelId,
    #[serde(rename = "v")]
    pub id: VisitorId,
    /// The browser's language, such as `sq`.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

impl Visitor {
    /// Who acts in the visitor's transactions.
    pub fn actor(&self) -> Actor {
        Actor::Visitor { id: self.id, channel_id: self.channel }
    }
}

#[derive(Serialize, Deserialize)]
struct Payload {
    #[serde(flatten)]
    visitor: Visitor,
    /// Unix seconds.
    #[serde(rename = "i")]
    issued: i64,
}

/// A token for a visitor: `v1.<payload>.<HMAC-SHA256>`, both in URL-safe base64.
pub(super) fn issue(key: &SecretKey, visitor: &Visitor, now: i64) -> crate::Result<String> {
    let payload = Payload { visitor: visitor.clone(), issued: now };
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&payload)?);
    let signature = URL_SAFE_NO_PAD.encode(key.sign(PURPOSE, payload.as_bytes()));
    Ok(format!("v1.{payload}.{signature}"))
}

/// The visitor that a token was issued for; `None` when it was not issued by this installation, was changed, or has
/// expired. Whether the channel still takes visitors, each verb looks up.
pub fn verify(services: &Services, token: &str) -> Option<Visitor> {
    open(&services.secret_key, token, services.db.now().timestamp())
}

fn open(key: &SecretKey, token: &str, now: i64) -> Option<Visitor> {
    if token.len() > 1000 {
        return None;
    }
    let (payload, signature) = token.strip_prefix("v1.")?.split_once('.')?;
    if !key.verify(PURPOSE, payload.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?) {
        return None;
    }
    let payload: Payload = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    let age = now - payload.issued;
    (-300..LIFETIME).contains(&age).then_some(payload.visitor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn visitor() -> Visitor {
        let id = |n| Uuid::from_u128(n);
        Visitor { organization: id(1).into(), channel: id(2).into(), id: id(3).into(), language: Some("sq".into()) }
    }

    #[test]
    fn a_token_gives_its_visitor_back_until_it_expires() {
        let key = SecretKey::new([7; 32]);
        let token = issue(&key, &visitor(), 1_000).expect("a token");
        assert_eq!(open(&key, &token, 2_000), Some(visitor()));
        assert_eq!(open(&key, &token, 1_000 + LIFETIME), None);
        assert_eq!(open(&SecretKey::new([8; 32]), &token, 2_000), None);
    }

    #[test]
    fn a_changed_token_is_refused() {
        let key = SecretKey::new([7; 32]);
        let token = issue(&key, &visitor(), 1_000).expect("a token");
        let other = issue(&key, &Visitor { id: Uuid::from_u128(4).into(), ..visitor() }, 1_000).expect("a token");
        let payload = other.split('.').nth(1).expect("a payload");
        let signature = token.rsplit('.').next().expect("a signature");
        for bad in ["", "v1", "v1..", "v2.a.b", &format!("v1.{payload}.{signature}"), &format!("{token}A")] {
            assert_eq!(open(&key, bad, 2_000), None, "{bad}");
        }
    }

    #[test]
    fn tokens_take_hostile_bytes() {
        let key = SecretKey::new([7; 32]);
        let token = issue(&key, &visitor(), 1_000).expect("a token");
        fuzz::text(&[&token, "v1.e30.e30", "v1.."], &["v1.", ".", "=", "-", "_", "e30"], |changed| {
            assert_eq!(open(&key, changed, 2_000).is_some(), changed == token);
        });
    }
}
