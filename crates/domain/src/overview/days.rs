use types::overview::DayFigures;

use crate::{Cx, Result};

/// One day, with what only the week's sum shows.
pub(super) struct Day {
    pub figures: DayFigures,
    pub handed_off: i64,
}

/// The last 14 days in the organization's time zone, oldest first.
///
/// Each day counts a range of an index. The days are materialized, because row-level security lets only plain values
/// be compared with an index, not the functions that make them.
pub(super) async fn days(cx: &mut Cx) -> Result<Vec<Day>> {
    let (organization, now) = (cx.organization(), cx.now());
    let rows = sqlx::query!(
        r#"with zone as (select coalesce(settings->>'time_zone', 'UTC') as name from organizations where id = $1),
                today as (select zone.name as zone, ($2::timestamptz at time zone zone.name)::date as day from zone),
                days as materialized (select (today.day - back)::date as day,
                                (today.day - back)::timestamp at time zone today.zone as begins,
                                (today.day - back + 1)::timestamp at time zone today.zone as ends
                         from today, generate_series(0, 13) back)
           select days.day as "day!", begun.count as "conversations!", traces.answers as "answers!",
                  traces.handed_off as "handed_off!"
           from days
           cross join lateral (
             select count(*) from conversations
             where organization_id = $1 and created_at >= days.begins and created_at < days.ends) begun
           cross join lateral (
             select count(*) filter (where decision in ('curated', 'generated', 'extracted')) as answers,
                    count(*) filter (where decision = 'hand_off') as handed_off
             from answer_traces
             where organization_id = $1 and created_at >= days.begins and created_at < days.ends
               and conversation_id is not null) traces
           order by 1"#,
        organization.0,
        now
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Day {
            figures: DayFigures { day: row.day, conversations: row.conversations, answers: row.answers },
            handed_off: row.handed_off,
        })
        .collect())
}
