//! The label of a period, and its string.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::zone::{Zone, last_microsecond_before, start_of_day};
use super::{Bounds, Period};
use crate::time::query_form;

impl Period {
    /// Returns the shortest name of the period in its time zone: a year, a month or a day; the first
    /// and the last one with a slash between them; or both ends.
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// let months = Period::months_in_zone("2018-12", "2019-02", "Europe/Berlin")?;
    /// let labels: Vec<String> = months.iter().map(Period::label).collect();
    /// assert_eq!(labels, ["2018-12", "2019-01", "2019-02"]);
    /// assert_eq!(Period::parse("2019-02-01/2019-02-14")?.label(), "2019-02-01/2019-02-14");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn label(&self) -> String {
        match self.bounds {
            Bounds::Fixed(start, end) => match days(start, end, &self.zone) {
                Some((first, last)) => named(first, last),
                None => format!("{}/{}", self.local(start), self.local(end)),
            },
            Bounds::LastDays(days) => format!("last {days} days"),
        }
    }

    /// Writes a moment in the period's time zone: with `Z` in UTC, else with the offset.
    fn local(&self, at: Timestamp) -> String {
        if self.zone.is_utc() {
            return query_form(at);
        }
        let micros = Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at);
        micros.display_with_offset(self.zone.offset(at)).to_string()
    }
}

/// Writes both ends in UTC, or the label and the time zone: `2019-02[Europe/Berlin]`. [`Period::parse`]
/// reads both forms.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.zone.is_utc() {
            return f.write_str(&self.utc_text());
        }
        write!(f, "{}[{}]", self.label(), self.zone.name())
    }
}

/// Returns the first and the last day, if the period consists of whole days.
fn days(start: Timestamp, end: Timestamp, zone: &Zone) -> Option<(Date, Date)> {
    let (first, last) = (zone.date(start), zone.date(end));
    let next = start_of_day(last.tomorrow().ok()?, zone).ok()?;
    let whole = start_of_day(first, zone).ok()? == start && last_microsecond_before(next).ok()? == end;
    whole.then_some((first, last))
}

fn named(first: Date, last: Date) -> String {
    let month = |day: Date| day.strftime("%Y-%m").to_string();
    if first.day() != 1 || last != last.last_of_month() {
        return if first == last { first.to_string() } else { format!("{first}/{last}") };
    }
    if first.month() == 1 && last.month() == 12 {
        let (first, last) = (first.strftime("%Y").to_string(), last.strftime("%Y").to_string());
        return if first == last { first } else { format!("{first}/{last}") };
    }
    let (first, last) = (month(first), month(last));
    if first == last { first } else { format!("{first}/{last}") }
}
