//! The clock of the sandbox.

use std::{sync::Mutex, sync::PoisonError, time::Duration};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

/// The clock of a [`Sandbox`](crate::Sandbox): the system clock, or a paused one. Both can be advanced with
/// [`Sandbox::advance`](crate::Sandbox::advance).
#[derive(Debug)]
pub struct Clock {
    paused_at: Option<DateTime<Utc>>,
    advanced: Mutex<TimeDelta>,
}

impl Clock {
    /// The system clock.
    pub fn system() -> Self {
        Self { paused_at: None, advanced: Mutex::default() }
    }

    /// A clock that shows `time` until it is advanced.
    pub fn paused_at(time: DateTime<Utc>) -> Self {
        Self { paused_at: Some(time), advanced: Mutex::default() }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        let advanced = *self.advanced.lock().unwrap_or_else(PoisonError::into_inner);
        let start = self.paused_at.unwrap_or_else(Utc::now);
        start.checked_add_signed(advanced).filter(|now| *now < max_time()).unwrap_or_else(max_time)
    }

    pub(crate) fn advance(&self, time: Duration) {
        let mut advanced = self.advanced.lock().unwrap_or_else(PoisonError::into_inner);
        let time = TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX);
        *advanced = advanced.checked_add(&time).unwrap_or(TimeDelta::MAX);
    }
}

/// The last time that the sandbox shows: a year in a response has four digits.
fn max_time() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(9999, 12, 31).map(|day| day.and_time(NaiveTime::MIN).and_utc()).unwrap_or_default()
}
