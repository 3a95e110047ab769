//! Until when a conversation is put away.

#[cfg(any(feature = "ssr", test))]
use chrono::{DateTime, Datelike, Days, Duration, NaiveDateTime, NaiveTime, TimeZone, Utc};
#[cfg(any(feature = "ssr", test))]
use chrono_tz::Tz;
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

    /// The moment meant at `now` by someone in a time zone of the IANA's (`Europe/Tirane`; UTC for one that is unknown).
    /// `at` is what a `datetime-local` input gives, and counts for [`SnoozeFor::At`] alone.
    ///
    /// # Errors
    /// The rule that `at` breaks.
    #[cfg(any(feature = "ssr", test))]
    pub fn until(self, now: DateTime<Utc>, at: &str, zone: &str) -> Result<Option<DateTime<Utc>>, FieldRule> {
        let zone = zone.parse().unwrap_or(Tz::UTC);
        let today = now.with_timezone(&zone).date_naive();
        let morning_after = |days: u64| {
            let day = today.checked_add_days(Days::new(days))?;
            moment(zone, day.and_time(NaiveTime::from_hms_opt(8, 0, 0)?))
        };
        match self {
            Self::Hour => Ok(Some(now + Duration::hours(1))),
            Self::FourHours => Ok(Some(now + Duration::hours(4))),
            Self::Tomorrow => Ok(morning_after(1)),
            Self::Monday => Ok(morning_after(7 - u64::from(today.weekday().num_days_from_monday()))),
            Self::At => {
                let time = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
                    .iter()
                    .find_map(|shape| NaiveDateTime::parse_from_str(at, shape).ok())
                    .ok_or(FieldRule::Missing)?;
                let until = moment(zone, time).filter(|until| *until > now);
                until.map(Some).ok_or(FieldRule::ComingYear)
            }
            Self::Wake => Ok(None),
        }
    }
}

/// When a clock there shows this: the first time where it does twice, an hour later where it never does.
#[cfg(any(feature = "ssr", test))]
fn moment(zone: Tz, local: NaiveDateTime) -> Option<DateTime<Utc>> {
    let at = |local: NaiveDateTime| zone.from_local_datetime(&local).earliest();
    at(local).or_else(|| at(local.checked_add_signed(Duration::hours(1))?)).map(|moment| moment.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "Europe/Tirane";

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn mornings_are_the_members_own() {
        // 23:30 UTC on Friday is half past midnight on Saturday an hour further east.
        let now = at("2026-11-20T23:30:00Z");
        assert_eq!(SnoozeFor::Tomorrow.until(now, "", HERE), Ok(Some(at("2026-11-22T07:00:00Z"))));
        assert_eq!(SnoozeFor::Tomorrow.until(now, "", "UTC"), Ok(Some(at("2026-11-21T08:00:00Z"))));
        assert_eq!(SnoozeFor::Tomorrow.until(now, "", "Atlantis"), Ok(Some(at("2026-11-21T08:00:00Z"))));
        assert_eq!(SnoozeFor::Monday.until(now, "", HERE), Ok(Some(at("2026-11-23T07:00:00Z"))));
        assert_eq!(SnoozeFor::Monday.until(at("2026-11-23T07:00:00Z"), "", ""), Ok(Some(at("2026-11-30T08:00:00Z"))));
    }

    #[test]
    fn clocks_that_change_meanwhile_show_what_was_meant() {
        // Clocks go back an hour on 25 October 2026, and forward on 28 March 2027.
        let saturday = at("2026-10-24T10:00:00Z");
        assert_eq!(SnoozeFor::Tomorrow.until(saturday, "", HERE), Ok(Some(at("2026-10-25T07:00:00Z"))));
        let until = |local| SnoozeFor::At.until(saturday, local, HERE);
        assert_eq!(until("2026-10-24T14:00"), Ok(Some(at("2026-10-24T12:00:00Z"))));
        assert_eq!(until("2026-10-25T02:30"), Ok(Some(at("2026-10-25T00:30:00Z"))), "the first of two");
        assert_eq!(until("2026-10-26T14:00"), Ok(Some(at("2026-10-26T13:00:00Z"))));
        assert_eq!(until("2027-03-28T02:30"), Ok(Some(at("2027-03-28T01:30:00Z"))), "there is none");
    }

    #[test]
    fn a_chosen_time_must_be_to_come() {
        let now = at("2026-11-20T12:00:00Z");
        // The last time that there is.
        assert_eq!(SnoozeFor::At.until(now, "+262142-12-31T23:59", "America/Lima"), Err(FieldRule::ComingYear));
        assert_eq!(SnoozeFor::At.until(now, "2026-11-20T14:00", HERE), Ok(Some(at("2026-11-20T13:00:00Z"))));
        assert!(SnoozeFor::At.until(now, "2026-11-20T12:30", HERE).is_err());
        assert!(SnoozeFor::At.until(now, "soon", HERE).is_err());
        assert_eq!(SnoozeFor::Wake.until(now, "", HERE), Ok(None));
    }

    #[test]
    fn times_take_hostile_bytes() {
        let now = at("2026-11-20T23:30:00Z");
        let words = ["+262142", "-262143", "99999999999", "T24:00", ":60", "-00", "\u{0660}", "Z", " "];
        fuzz::text(&["2026-11-21T08:00", "+262142-12-31T23:59:59", "-0001-01-01T00:00"], &words, |text| {
            for zone in ["", HERE, "Pacific/Apia", "Asia/Kolkata"] {
                let until = SnoozeFor::At.until(now, text, zone);
                assert!(until.is_err() || until.unwrap().unwrap() > now);
            }
        });
    }
}
