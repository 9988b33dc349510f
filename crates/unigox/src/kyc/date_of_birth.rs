//! The rule for dates of birth that the document states: in the past, and at least 18 years ago.

use chrono::{Datelike, NaiveDate, TimeDelta, Utc};

use crate::{Error, Result};

/// Refuses a date that makes a person younger than 18, wherever on earth they are.
pub(super) fn check(field: &'static str, date: NaiveDate) -> Result<()> {
    // The latest date on earth, so that no valid date is refused. The server knows the date where the person is.
    let today = (Utc::now() + TimeDelta::hours(14)).date_naive();
    check_at(field, date, today)
}

fn check_at(field: &'static str, date: NaiveDate, today: NaiveDate) -> Result<()> {
    if date.year() < 1 {
        return Err(Error::invalid(field, "can't be written as YYYY-MM-DD"));
    }
    match today.years_since(date) {
        None => Err(Error::invalid(field, "is in the future")),
        Some(0..18) => Err(Error::invalid(field, "makes the person younger than 18")),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighteen_is_old_enough_and_a_day_less_is_not() {
        let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
        for (birth, today, refusal) in [
            ("2008-11-23", "2026-11-23", None),
            ("2008-11-24", "2026-11-23", Some("`dob` makes the person younger than 18; nothing was sent")),
            ("2026-11-23", "2026-11-23", Some("`dob` makes the person younger than 18; nothing was sent")),
            ("2026-11-24", "2026-11-23", Some("`dob` is in the future; nothing was sent")),
            ("2008-02-29", "2026-02-28", Some("`dob` makes the person younger than 18; nothing was sent")),
            ("2008-02-29", "2026-03-01", None),
            ("1900-01-01", "2026-11-23", None),
            ("0000-12-31", "2026-11-23", Some("`dob` can't be written as YYYY-MM-DD; nothing was sent")),
        ] {
            let outcome = check_at("dob", date(birth), date(today));
            assert_eq!(outcome.err().map(|error| error.to_string()).as_deref(), refusal, "{birth} at {today}");
        }
    }
}
