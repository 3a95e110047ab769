//! Dates in Albanian. Chromium carries no data for that language: its `Intl` writes "2026 M11 21" and "-2 min". The
//! forms are those of CLDR, with hours of 24.

const MONTHS: [&str; 12] =
    ["janar", "shkurt", "mars", "prill", "maj", "qershor", "korrik", "gusht", "shtator", "tetor", "nëntor", "dhjetor"];
const SHORT_MONTHS: [&str; 12] = ["jan", "shk", "mar", "pri", "maj", "qer", "korr", "gush", "sht", "tet", "nën", "dhj"];
const DAYS: [&str; 7] = ["e diel", "e hënë", "e martë", "e mërkurë", "e enjte", "e premte", "e shtunë"];

/// A moment in the reader's time zone. Months count from 0, days of the week from Sunday.
#[derive(Clone, Copy)]
pub struct Moment {
    pub year: u32,
    pub month: u32,
    pub day: u32,
    pub weekday: u32,
    pub hour: u32,
    pub minute: u32,
}

impl Moment {
    /// `14:05`
    pub fn time(self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// `21 nën 2026`
    pub fn date(self) -> String {
        format!("{} {} {}", self.day, name(&SHORT_MONTHS, self.month), self.year)
    }

    /// `e premte, 21 nëntor 2026`
    pub fn full_date(self) -> String {
        format!("{}, {} {} {}", name(&DAYS, self.weekday), self.day, name(&MONTHS, self.month), self.year)
    }
}

fn name(names: &[&'static str], index: u32) -> &'static str {
    names.get(index as usize).copied().unwrap_or_default()
}

/// "5 min", "1 orë", "3 ditë".
pub fn amount(count: f64, unit: &str) -> String {
    let unit = match unit {
        "minute" => "min",
        "hour" => "orë",
        "day" => "ditë",
        "month" => "muaj",
        _ if count == 1.0 => "vit",
        _ => "vjet",
    };
    format!("{count} {unit}")
}

/// How far `count` units from now a moment is; the past is negative: "5 min më parë", "pas 2 ditësh", "dje".
pub fn relative(count: f64, unit: &str) -> String {
    match (unit, count as i64) {
        ("second", _) => "tani".to_owned(),
        ("day", 0) => "sot".to_owned(),
        ("day", -1) => "dje".to_owned(),
        ("day", 1) => "nesër".to_owned(),
        _ if count < 0.0 => format!("{} më parë", amount(-count, unit)),
        _ => format!("pas {count} {}", after(count, unit)),
    }
}

/// The unit in the case that follows "pas".
fn after(count: f64, unit: &str) -> &'static str {
    match (unit, count == 1.0) {
        ("minute", _) => "min",
        ("hour", true) => "ore",
        ("hour", false) => "orësh",
        ("day", _) => "ditësh",
        ("month", true) => "muaji",
        ("month", false) => "muajsh",
        (_, true) => "viti",
        (_, false) => "vjetësh",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_distances() {
        let moment = Moment { year: 2026, month: 10, day: 21, weekday: 6, hour: 9, minute: 5 };
        assert_eq!(moment.time(), "09:05");
        assert_eq!(moment.date(), "21 nën 2026");
        assert_eq!(moment.full_date(), "e shtunë, 21 nëntor 2026");
        assert_eq!(relative(-2.0, "minute"), "2 min më parë");
        assert_eq!(relative(3.0, "day"), "pas 3 ditësh");
        assert_eq!(relative(-1.0, "day"), "dje");
        assert_eq!(relative(0.0, "second"), "tani");
    }
}
