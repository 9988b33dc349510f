//! Options of calls: time-outs, retries, and the maximum size of a response.

use std::time::Duration;

use unigox_client::Operation;

/// Options of a call. An option that is not set here is that of the client, or else the default.
///
/// | option | default |
/// |---|---|
/// | [`attempt_timeout`](Self::attempt_timeout) | 30 s, 120 s for an upload |
/// | [`total_timeout`](Self::total_timeout) | 90 s, 300 s for an upload |
/// | [`retries`](Self::retries) | [`RetryPolicy::default`] |
/// | [`max_response_bytes`](Self::max_response_bytes) | 10 MiB |
///
/// The time-out for connecting is an option of the client
/// ([`ClientBuilder::connect_timeout`](crate::ClientBuilder::connect_timeout)), since calls share connections.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use unigox::{CallOptions, RetryPolicy};
///
/// # fn f(unigox: &unigox::Client) {
/// let quick = CallOptions::new().total_timeout(Duration::from_secs(5)).retries(RetryPolicy::none());
/// let users = unigox.with_options(quick).users();
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CallOptions {
    attempt_timeout: Option<Duration>,
    total_timeout: Option<Duration>,
    retries: Option<RetryPolicy>,
    max_response_bytes: Option<usize>,
}

impl CallOptions {
    /// No option set.
    pub const fn new() -> Self {
        Self { attempt_timeout: None, total_timeout: None, retries: None, max_response_bytes: None }
    }

    /// How long one attempt may take, from opening a connection to the last byte of the response.
    #[must_use]
    pub const fn attempt_timeout(mut self, time: Duration) -> Self {
        self.attempt_timeout = Some(time);
        self
    }

    /// How long the call may take, with all attempts and the delays between them.
    #[must_use]
    pub const fn total_timeout(mut self, time: Duration) -> Self {
        self.total_timeout = Some(time);
        self
    }

    /// How often the call is attempted, and when. [`RetryPolicy::none`] attempts it once.
    #[must_use]
    pub const fn retries(mut self, retries: RetryPolicy) -> Self {
        self.retries = Some(retries);
        self
    }

    /// The maximum size of the body of a response, in bytes.
    #[must_use]
    pub const fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = Some(bytes);
        self
    }

    /// These options, and those of `other` where none is set here.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            attempt_timeout: self.attempt_timeout.or(other.attempt_timeout),
            total_timeout: self.total_timeout.or(other.total_timeout),
            retries: self.retries.or(other.retries),
            max_response_bytes: self.max_response_bytes.or(other.max_response_bytes),
        }
    }

    /// The options of a call of `operation`, with the defaults.
    pub(crate) fn limits(self, operation: &Operation) -> Limits {
        let (attempt, total) = if operation.has_file { (120, 300) } else { (30, 90) };
        Limits {
            attempt: self.attempt_timeout.unwrap_or(Duration::from_secs(attempt)),
            total: self.total_timeout.unwrap_or(Duration::from_secs(total)),
            retries: self.retries.unwrap_or_default(),
            max_response_bytes: self.max_response_bytes.unwrap_or(10 * 1024 * 1024),
        }
    }
}

/// [`CallOptions`] with every default filled in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) attempt: Duration,
    pub(crate) total: Duration,
    pub(crate) retries: RetryPolicy,
    pub(crate) max_response_bytes: usize,
}

/// How often a call is attempted, and how long the delays in between are.
///
/// The delay before retry `n`, counted from 0, is random between zero and `base_delay` · 2ⁿ, at most `max_delay` ("full
/// jitter"), or as long as the server asks for with `Retry-After`, if that is longer.
///
/// Which calls are retried does not depend on the policy: see [the crate's documentation](crate#retries).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use unigox::{CallOptions, RetryPolicy};
///
/// let patient = RetryPolicy::new().attempts(6).max_delay(Duration::from_secs(30));
/// let options = CallOptions::new().retries(patient).total_timeout(Duration::from_secs(300));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RetryPolicy {
    attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
}

impl RetryPolicy {
    /// 3 attempts, 0.5 s doubling to 8 s, `Retry-After` up to 60 s.
    pub const fn new() -> Self {
        Self {
            attempts: 3,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(60),
        }
    }

    /// A single attempt.
    pub const fn none() -> Self {
        Self::new().attempts(1)
    }

    /// The maximum number of attempts; 0 counts as 1.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The maximum delay before the first retry.
    #[must_use]
    pub const fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The maximum delay before any retry.
    #[must_use]
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The maximum `Retry-After` that the call waits for. A longer one ends the call, with
    /// [`Error::retry_after`](crate::Error::retry_after).
    #[must_use]
    pub const fn max_retry_after(mut self, time: Duration) -> Self {
        self.max_retry_after = time;
        self
    }

    /// The delay after attempt `attempt`, counted from 1, whose response had `retry_after`; `None` after the last attempt.
    pub(crate) fn delay(&self, attempt: u32, retry_after: Option<Duration>) -> Option<Duration> {
        if attempt >= self.attempts || retry_after.is_some_and(|asked| asked > self.max_retry_after) {
            return None;
        }
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let ceiling = self.base_delay.saturating_mul(doubled).min(self.max_delay);
        let jittered = ceiling.mul_f64(fastrand::f64());
        Some(retry_after.unwrap_or_default().max(jittered))
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use unigox_client::operations;

    use super::*;

    fn longest(policy: RetryPolicy, attempt: u32) -> Option<Duration> {
        (0..2000).map(|_| policy.delay(attempt, None)).max().expect("there are delays")
    }

    #[test]
    fn delays_spread_from_nothing_to_a_ceiling_that_doubles() {
        let policy = RetryPolicy::new().attempts(100);
        for (attempt, ceiling) in [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 8.0), (99, 8.0)] {
            let longest = longest(policy, attempt).expect("it is not the last").as_secs_f64();
            assert!(longest <= ceiling && longest > 0.95 * ceiling, "{longest} s after attempt {attempt}");
            let shortest = (0..2000).filter_map(|_| policy.delay(attempt, None)).min().expect("there are delays");
            assert!(shortest.as_secs_f64() < 0.05 * ceiling, "{shortest:?} after attempt {attempt}");
        }
    }

    #[test]
    fn the_last_attempt_has_no_delay() {
        assert_eq!(longest(RetryPolicy::new(), 3), None);
        assert_eq!(longest(RetryPolicy::none(), 1), None);
        assert_eq!(longest(RetryPolicy::new().attempts(0), 1), None);
    }

    #[test]
    fn the_server_may_ask_for_more_but_not_for_too_much() {
        let seconds = Duration::from_secs;
        let policy = RetryPolicy::new();
        assert_eq!(policy.delay(1, Some(seconds(60))), Some(seconds(60)));
        assert_eq!(policy.delay(1, Some(seconds(61))), None);
        assert_eq!(policy.max_retry_after(seconds(61)).delay(1, Some(seconds(61))), Some(seconds(61)));
    }

    #[test]
    fn options_of_a_call_override_those_of_the_client() {
        let seconds = Duration::from_secs;
        let call = CallOptions::new().attempt_timeout(seconds(1));
        let client = CallOptions::new().attempt_timeout(seconds(2)).total_timeout(seconds(3));
        let limits = call.or(client).limits(&operations::VERIFY_AUTH);
        assert_eq!((limits.attempt, limits.total), (seconds(1), seconds(3)));
        assert_eq!((limits.retries, limits.max_response_bytes), (RetryPolicy::new(), 10 << 20));
    }

    #[test]
    fn operations_with_a_file_may_take_longer() {
        let of = |operation| CallOptions::new().limits(operation);
        let upload = of(&operations::UPLOAD_PARTNER_KYC_DOCUMENT);
        assert_eq!((upload.attempt.as_secs(), upload.total.as_secs()), (120, 300));
        let other = of(&operations::SUBMIT_KYC);
        assert_eq!((other.attempt.as_secs(), other.total.as_secs()), (30, 90));
    }
}
