//! Until when a conversation is put away.

#[cfg(any(feature = "ssr", test))]
use chrono::{DateTime, Datelike, Days, Duration, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
#[cfg(any(feature = "ssr", test))]
use types::error::FieldRule;

/// The choices of the snooze menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeFor {
    Hour,
    FourHours,
    /// 8 o'clock of the next day.
    Tomorrow,
    /// 8 o'clock of the next Monday.
    Monday,
    /// A time of the member's choice.
    At,
    /// Not at all: wake now.
    Wake,
}

impl SnoozeFor {
    /// The word in forms, the same as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::FourHours => "four_hours",
            Self::Tomorrow => "tomorrow",
            Self::Monday => "monday",
            Self::At => "at",
            Self::Wake => "wake",
        }
    }

    /// The moment meant at `now`, for someone `offset` minutes east of UTC. `at` is what a `datetime-local` input
    /// gives, and counts for [`SnoozeFor::At`] alone.
    ///
    /// # Errors
    /// The rule that `at` breaks.
    #[cfg(any(feature = "ssr", test))]
    pub fn until(self, now: DateTime<Utc>, at: &str, offset: i32) -> Result<Option<DateTime<Utc>>, FieldRule> {
        let offset = Duration::minutes(i64::from(offset.clamp(-16 * 60, 16 * 60)));
        let local = (now + offset).naive_utc();
        let morning_after = |days: u64| {
            let day = local.date().checked_add_days(Days::new(days)).unwrap_or(local.date());
            day.and_time(NaiveTime::from_hms_opt(8, 0, 0).unwrap_or_default()).and_utc() - offset
        };
        match self {
            Self::Hour => Ok(Some(now + Duration::hours(1))),
            Self::FourHours => Ok(Some(now + Duration::hours(4))),
            Self::Tomorrow => Ok(Some(morning_after(1))),
            Self::Monday => Ok(Some(morning_after(7 - u64::from(local.weekday().num_days_from_monday())))),
            Self::At => {
                let time = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
                    .iter()
                    .find_map(|shape| NaiveDateTime::parse_from_str(at, shape).ok())
                    .ok_or(FieldRule::Missing)?;
                let until = time.and_utc().checked_sub_signed(offset).filter(|until| *until > now);
                until.map(Some).ok_or(FieldRule::ComingYear)
            }
            Self::Wake => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn mornings_are_the_members_own() {
        // 23:30 UTC on Friday is half past midnight on Saturday an hour further east.
        let now = at("2026-11-20T23:30:00Z");
        assert_eq!(SnoozeFor::Tomorrow.until(now, "", 60), Ok(Some(at("2026-11-22T07:00:00Z"))));
        assert_eq!(SnoozeFor::Tomorrow.until(now, "", 0), Ok(Some(at("2026-11-21T08:00:00Z"))));
        assert_eq!(SnoozeFor::Monday.until(now, "", 60), Ok(Some(at("2026-11-23T07:00:00Z"))));
        assert_eq!(SnoozeFor::Monday.until(at("2026-11-23T07:00:00Z"), "", 0), Ok(Some(at("2026-11-30T08:00:00Z"))));
    }

    #[test]
    fn a_chosen_time_must_be_to_come() {
        let now = at("2026-11-20T12:00:00Z");
        // The last time that there is.
        assert_eq!(SnoozeFor::At.until(now, "+262142-12-31T23:59", -60), Err(FieldRule::ComingYear));
        assert_eq!(SnoozeFor::At.until(now, "2026-11-20T14:00", 60), Ok(Some(at("2026-11-20T13:00:00Z"))));
        assert!(SnoozeFor::At.until(now, "2026-11-20T12:30", 60).is_err());
        assert!(SnoozeFor::At.until(now, "soon", 0).is_err());
        assert_eq!(SnoozeFor::Wake.until(now, "", 0), Ok(None));
    }

    #[test]
    fn times_take_hostile_bytes() {
        let now = at("2026-11-20T23:30:00Z");
        let words = ["+262142", "-262143", "99999999999", "T24:00", ":60", "-00", "\u{0660}", "Z", " "];
        fuzz::text(&["2026-11-21T08:00", "+262142-12-31T23:59:59", "-0001-01-01T00:00"], &words, |text| {
            for offset in [0, i32::MIN, i32::MAX] {
                let until = SnoozeFor::At.until(now, text, offset);
                assert!(until.is_err() || until.unwrap().unwrap() > now);
            }
        });
    }
}
