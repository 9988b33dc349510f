//! The clock of the sandbox.

use std::{future::pending, sync::Mutex, sync::PoisonError, time::Duration};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use tokio::sync::watch;

/// The clock of a [`Sandbox`](crate::Sandbox): the system clock, or a paused one. Both can be advanced with
/// [`Sandbox::advance`](crate::Sandbox::advance).
///
/// A test in which tokio's time is paused needs a paused clock: the system clock does not follow tokio's time.
#[derive(Debug)]
pub struct Clock {
    paused_at: Option<DateTime<Utc>>,
    advanced: Mutex<TimeDelta>,
    /// Told of every advance.
    changed: watch::Sender<()>,
}

impl Clock {
    /// The system clock.
    pub fn system() -> Self {
        Self { paused_at: None, advanced: Mutex::default(), changed: watch::Sender::default() }
    }

    /// A clock that shows `time` until it is advanced.
    pub fn paused_at(time: DateTime<Utc>) -> Self {
        Self { paused_at: Some(time), advanced: Mutex::default(), changed: watch::Sender::default() }
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
        drop(advanced);
        self.changed.send_replace(());
    }

    /// Waits until the clock shows `time`; for ever without a time.
    pub(crate) async fn reached(&self, time: Option<DateTime<Utc>>) {
        let Some(time) = time else { return pending().await };
        let mut changed = self.changed.subscribe();
        while let Some(left) = (time - self.now()).to_std().ok().filter(|left| !left.is_zero()) {
            tokio::select! {
                _ = changed.changed() => {}
                () = tokio::time::sleep(left), if self.paused_at.is_none() => {}
            }
        }
    }
}

/// The last time that the sandbox shows: a year in a response has four digits.
fn max_time() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(9999, 12, 31).map(|day| day.and_time(NaiveTime::MIN).and_utc()).unwrap_or_default()
}
