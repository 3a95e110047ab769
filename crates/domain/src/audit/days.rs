use chrono::{Datelike, NaiveDate};
use types::audit::AuditFilter;

use crate::{Cx, Error, Result};

/// A filter by an action and by days such as `2026-11-21` in the organization's time zone, as people write them; the last day
/// belongs to it. What is empty or no day does not filter.
///
/// # Errors
/// [`Error::NotFound`] when the organization was purged meanwhile.
pub async fn filter_of_days(cx: &mut Cx, action: &str, from: &str, until: &str) -> Result<AuditFilter> {
    let action = Some(action.trim().to_owned()).filter(|action| !action.is_empty());
    let (from, until) = (day(from), day(until).and_then(|day| day.succ_opt()));
    let organization = cx.organization();
    let times = sqlx::query!(
        r#"with zone as (select coalesce(settings->>'time_zone', 'UTC') as name from organizations where id = $1)
           select $2::date::timestamp at time zone zone.name as "from?",
                  $3::date::timestamp at time zone zone.name as "until?"
           from zone"#,
        organization.0,
        from,
        until
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("organization"))?;
    Ok(AuditFilter { action, from: times.from, until: times.until, ..AuditFilter::default() })
}

/// A day of a year that is written with four digits.
fn day(text: &str) -> Option<NaiveDate> {
    text.trim().parse::<NaiveDate>().ok().filter(|day| (1..=9999).contains(&day.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_take_hostile_bytes() {
        let words = ["-", "+", "0", "9", "T", "Z", "262142", "-262143", "12-31", " "];
        fuzz::text(&["2026-11-21", "9999-12-31", "+262142-12-31", "0000-02-29"], &words, |text| {
            assert!(day(text).is_none_or(|day| (1..=9999).contains(&day.year()) && day.succ_opt().is_some()));
        });
    }
}
