//! The time that the sandbox goes by.

use std::{sync::Mutex, sync::PoisonError, time::Duration};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

/// The time that a [`Sandbox`](crate::Sandbox) goes by: the machine's, or one that stands still. Either can be moved on
/// with [`Sandbox::advance`](crate::Sandbox::advance).
#[derive(Debug)]
pub struct Clock {
    stands_at: Option<DateTime<Utc>>,
    advanced: Mutex<TimeDelta>,
}

impl Clock {
    /// The machine's time.
    pub fn system() -> Self {
        Self { stands_at: None, advanced: Mutex::default() }
    }

    /// A time that stands still until it is moved on.
    pub fn standing_at(time: DateTime<Utc>) -> Self {
        Self { stands_at: Some(time), advanced: Mutex::default() }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        let advanced = *self.advanced.lock().unwrap_or_else(PoisonError::into_inner);
        let start = self.stands_at.unwrap_or_else(Utc::now);
        start.checked_add_signed(advanced).filter(|now| *now < end()).unwrap_or_else(end)
    }

    pub(crate) fn advance(&self, time: Duration) {
        let mut advanced = self.advanced.lock().unwrap_or_else(PoisonError::into_inner);
        let time = TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX);
        *advanced = advanced.checked_add(&time).unwrap_or(TimeDelta::MAX);
    }
}

/// Time ends where dates have no more than four digits for a year, which is all that answers can say.
fn end() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(9999, 12, 31).map(|day| day.and_time(NaiveTime::MIN).and_utc()).unwrap_or_default()
}
