//! What operators tell all members, between two times; everybody can put it away.

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use serde_json::json;
use types::{
    id::{AnnouncementId, UserId},
    platform::{Announcement, CreateAnnouncement},
};
use uuid::Uuid;

use super::{Operator, log::Act};
use crate::{Error, Result, Services, validate::Check};

/// Announcements in the operators' list.
const LISTED: i64 = 100;
/// Announcements that a member sees at a time.
const SHOWN: i64 = 3;

/// The newest announcements, at most 100, also those that are over.
///
/// # Errors
/// When the database does not answer.
pub async fn announcements(services: &Services, _: &Operator) -> Result<Vec<Announcement>> {
    let rows = sqlx::query_as!(
        Row,
        "select id, level, text_en, text_sq, starts_at, ends_at from announcements order by starts_at desc, id limit $1",
        LISTED
    )
    .fetch_all(services.db.system().pool())
    .await?;
    rows.into_iter().map(Row::announcement).collect()
}

/// What a member is to be told now and has not put away.
///
/// # Errors
/// When the database does not answer.
pub async fn shown_announcements(services: &Services, user: UserId) -> Result<Vec<Announcement>> {
    let rows = sqlx::query_as!(
        Row,
        "select id, level, text_en, text_sq, starts_at, ends_at from announcements a
         where starts_at <= $1 and ends_at > $1
           and not exists (select from announcement_dismissals d where d.announcement_id = a.id and d.user_id = $2)
         order by starts_at desc, id limit $3",
        services.db.now(),
        user.0,
        SHOWN
    )
    .fetch_all(services.db.system().pool())
    .await?;
    rows.into_iter().map(Row::announcement).collect()
}

/// Puts an announcement away for one member. One that is gone is no error.
///
/// # Errors
/// When the database does not answer.
pub async fn dismiss_announcement(services: &Services, user: UserId, id: AnnouncementId) -> Result<()> {
    sqlx::query!(
        "insert into announcement_dismissals (announcement_id, user_id)
         select id, $2 from announcements where id = $1 on conflict do nothing",
        id.0,
        user.0
    )
    .execute(services.db.system().pool())
    .await?;
    Ok(())
}

/// Announces something.
///
/// # Errors
/// [`Error::Validation`].
pub async fn create_announcement(
    services: &Services,
    operator: &Operator,
    input: CreateAnnouncement,
) -> Result<AnnouncementId> {
    let now = services.db.now();
    let mut check = Check::default();
    let text_en = check.line("text_en", &input.text_en, 1..=500);
    let text_sq = Some(check.line("text_sq", &input.text_sq, 0..=500)).filter(|text| !text.is_empty());
    let starts_at = match input.starts_at.trim() {
        "" => Some(now),
        text => time(&mut check, "starts_at", text),
    };
    let ends_at = time(&mut check, "ends_at", input.ends_at.trim());
    if let (Some(starts), Some(ends)) = (starts_at, ends_at)
        && (ends <= starts || ends <= now || ends > now + Duration::days(366))
    {
        check.fail("ends_at", "must be after the start and within a year");
    }
    check.finish()?;
    let (Some(starts_at), Some(ends_at)) = (starts_at, ends_at) else { return Err(Error::NotFound("time")) };
    let id = AnnouncementId(services.db.new_id());
    let mut tx = services.db.system().begin().await?;
    sqlx::query!(
        "insert into announcements (id, level, text_en, text_sq, starts_at, ends_at, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        input.level.as_str(),
        text_en,
        text_sq,
        starts_at,
        ends_at,
        operator.user().0,
        now
    )
    .execute(&mut *tx)
    .await?;
    let after = Some(json!({"text_en": text_en, "starts_at": starts_at, "ends_at": ends_at}));
    let act = Act { action: "announcement.created", resource: id.0, before: None, after };
    operator.note(services, &mut tx, act).await?;
    tx.commit().await?;
    Ok(id)
}

/// Takes an announcement back.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete_announcement(services: &Services, operator: &Operator, id: AnnouncementId) -> Result<()> {
    let mut tx = services.db.system().begin().await?;
    let text = sqlx::query_scalar!("delete from announcements where id = $1 returning text_en", id.0)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(Error::NotFound("announcement"))?;
    let before = Some(json!({"text_en": text}));
    let act = Act { action: "announcement.deleted", resource: id.0, before, after: None };
    operator.note(services, &mut tx, act).await?;
    tx.commit().await?;
    Ok(())
}

/// A time as forms send it, in UTC.
fn time(check: &mut Check, field: &str, text: &str) -> Option<DateTime<Utc>> {
    let time = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|time| time.and_utc());
    if time.is_none() {
        check.fail(field, "must be a date and time, such as 2026-01-31T08:00");
    }
    time
}

struct Row {
    id: Uuid,
    level: String,
    text_en: String,
    text_sq: Option<String>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

impl Row {
    fn announcement(self) -> Result<Announcement> {
        Ok(Announcement {
            id: AnnouncementId(self.id),
            level: self.level.parse()?,
            text_en: self.text_en,
            text_sq: self.text_sq,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        })
    }
}
