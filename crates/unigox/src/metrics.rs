//! Counters of a client.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// What the calls of a client did since it was built. From [`Client::metrics`](crate::Client::metrics).
///
/// Clones of a client count together. Connections are not counted: the HTTP library does not tell how many are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Calls that have ended.
    pub calls: u64,
    /// Those of them that failed.
    pub failed_calls: u64,
    /// Retries.
    pub retries: u64,
    /// Retries that were not made because the [retry budget](crate::RetryBudget) was used up.
    pub refused_retries: u64,
    /// The sum of the delays before retries.
    pub retry_delays: Duration,
    /// The tokens that are left in the retry budget, unless it is unlimited.
    pub retry_tokens: Option<u32>,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    calls: AtomicU64,
    failed_calls: AtomicU64,
    retries: AtomicU64,
    refused_retries: AtomicU64,
    retry_delay_micros: AtomicU64,
}

impl Counters {
    pub(crate) fn ended(&self, is_success: bool) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if !is_success {
            self.failed_calls.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn retried(&self, delay: Duration) {
        self.retries.fetch_add(1, Ordering::Relaxed);
        self.retry_delay_micros.fetch_add(delay.as_micros().try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn refused_retry(&self) {
        self.refused_retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self, retry_tokens: Option<u32>) -> Metrics {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Metrics {
            calls: read(&self.calls),
            failed_calls: read(&self.failed_calls),
            retries: read(&self.retries),
            refused_retries: read(&self.refused_retries),
            retry_delays: Duration::from_micros(read(&self.retry_delay_micros)),
            retry_tokens,
        }
    }
}
