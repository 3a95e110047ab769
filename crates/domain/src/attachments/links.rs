use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use types::id::{AttachmentId, OrganizationId};

use crate::SecretKey;

const PURPOSE: &str = "file";
const DAY: i64 = 24 * 3600;
/// A link is good for so many days after the day of its making. It is the same all day, so that browsers can keep
/// what they have.
const DAYS: i64 = 8;

/// Where a visitor's browser has a file: a link with its own proof, because pictures are asked for without a header.
pub(crate) fn visitor_url(
    key: &SecretKey,
    organization: OrganizationId,
    id: AttachmentId,
    now: DateTime<Utc>,
) -> String {
    let expires = (now.timestamp() / DAY + DAYS) * DAY;
    let signature = URL_SAFE_NO_PAD.encode(key.sign(PURPOSE, message(organization, id, expires).as_bytes()));
    format!("/widget/api/files/{id}?token={organization}.{expires}.{signature}")
}

/// The organization whose file a link's token opens; `None` when it is no token for this file or has expired.
pub(super) fn verify(key: &SecretKey, id: AttachmentId, token: &str, now: DateTime<Utc>) -> Option<OrganizationId> {
    let mut parts = token.splitn(3, '.');
    let organization: OrganizationId = parts.next()?.parse().ok()?;
    let expires: i64 = parts.next()?.parse().ok()?;
    let signature = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
    let is_good = key.verify(PURPOSE, message(organization, id, expires).as_bytes(), &signature);
    (is_good && now.timestamp() < expires).then_some(organization)
}

fn message(organization: OrganizationId, id: AttachmentId, expires: i64) -> String {
    format!("{organization}.{id}.{expires}")
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn links_of_files_take_hostile_bytes() {
        let (key, now) = (SecretKey::new([7; 32]), DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
        let (organization, id) = (OrganizationId(Uuid::from_u128(1)), AttachmentId(Uuid::from_u128(2)));
        let url = visitor_url(&key, organization, id, now);
        let token = url.split_once("token=").expect("a token").1;
        assert_eq!(verify(&key, id, token, now), Some(organization));
        assert_eq!(verify(&key, AttachmentId(Uuid::from_u128(3)), token, now), None);
        assert_eq!(verify(&key, id, token, now + TimeDelta::days(9)), None);
        fuzz::text(&[token], &[".", "9", "-", "+", "00000000-0000-0000-0000-000000000003"], |changed| {
            // An id may be written in more than one way; what it opens is the same file of the same organization.
            assert!(verify(&key, id, changed, now).is_none_or(|opened| opened == organization));
        });
    }
}
