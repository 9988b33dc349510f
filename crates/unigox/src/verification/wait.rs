//! Polling the status of a verification until it ends.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{Stream, StreamExt, stream};
use tokio::time::{Instant, sleep};
use unigox_client::{
    operations,
    types::{Verification, VerificationStatus},
};

use super::VerificationHandle;
use crate::{Error, Response, Result};

/// How long to wait for a verification, and how often to poll its status.
///
/// An automated check takes minutes, a manual review up to a day.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// let policy = unigox::WaitPolicy::within(Duration::from_secs(900)).first_delay(Duration::from_secs(5));
/// ```
#[derive(Clone)]
pub struct WaitPolicy {
    within: Duration,
    first_delay: Duration,
    max_delay: Duration,
    on_action: Option<OnAction>,
}

type OnAction = Arc<dyn Fn(&str) + Send + Sync>;

impl WaitPolicy {
    /// Waits at most this long. The last poll starts at the deadline, and may take as long as any call; the others end at
    /// the deadline at the latest.
    pub const fn within(time: Duration) -> Self {
        let (first_delay, max_delay) = (Duration::from_secs(2), Duration::from_secs(120));
        Self { within: time, first_delay, max_delay, on_action: None }
    }

    /// The delay between the first poll and the second; 2 s by default, and 100 ms at least. It doubles after each poll.
    #[must_use]
    pub const fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// The maximum delay between two polls; 120 s by default, and 100 ms at least.
    #[must_use]
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Calls `show` with the address of the page where the person has to act, as soon as there is one, and again when it
    /// changes. Whoever has the address can act as the person: show it to them, and keep it out of logs.
    #[must_use]
    pub fn on_action(mut self, show: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.on_action = Some(Arc::new(show));
        self
    }
}

impl fmt::Debug for WaitPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitPolicy")
            .field("within", &self.within)
            .field("first_delay", &self.first_delay)
            .field("max_delay", &self.max_delay)
            .finish_non_exhaustive()
    }
}

/// The outcome of a wait, with the verification as it was read last.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "these are the ways in which a wait can end; a new one should break matches"
)]
pub enum VerificationOutcome {
    /// `VERIFIED`: the only success.
    Verified(Verification),
    /// `VERIFICATION_REJECTED`: the person was rejected.
    Rejected(Verification),
    /// `FAILED`: the verification was aborted without a result.
    Failed(Verification),
    /// The deadline passed. The verification continues.
    Pending(Verification),
}

impl VerificationOutcome {
    /// Whether the person is verified.
    pub fn is_verified(&self) -> bool {
        matches!(self, Self::Verified(_))
    }

    /// The verification as it was read last.
    pub fn verification(&self) -> &Verification {
        match self {
            Self::Verified(last) | Self::Rejected(last) | Self::Failed(last) | Self::Pending(last) => last,
        }
    }

    /// The page where the person has to act, if there is one. Keep it out of logs.
    pub fn verification_url(&self) -> Option<&str> {
        self.verification().verification_url.as_ref()?.as_deref()
    }

    fn new(last: Verification) -> Self {
        match last.status {
            VerificationStatus::Verified => Self::Verified(last),
            VerificationStatus::VerificationRejected => Self::Rejected(last),
            VerificationStatus::Failed => Self::Failed(last),
            _ => Self::Pending(last),
        }
    }
}

fn is_final(status: &VerificationStatus) -> bool {
    use VerificationStatus::{Failed, VerificationRejected, Verified};
    matches!(status, Verified | VerificationRejected | Failed)
}

pub(super) async fn wait(handle: &VerificationHandle, policy: WaitPolicy) -> Result<VerificationOutcome> {
    let mut poller = Poller::new(policy);
    let mut last = Err(None);
    while let Some(polled) = poller.poll(handle).await {
        last = match polled {
            Ok(verification) => Ok(verification.into_value()),
            Err(error) if error.is_transient() => Err(Some(error)),
            Err(error) => return Err(error),
        };
    }
    match last {
        Ok(verification) => Ok(VerificationOutcome::new(verification)),
        Err(error) => Err(wait_failed(error)),
    }
}

fn wait_failed(last: Option<Error>) -> Error {
    let operation = &operations::GET_VERIFICATION_STATUS;
    Error::wait_failed(operation, last.unwrap_or_else(|| Error::broken(operation)))
}

/// The shortest delay between two polls, whatever the policy, so that the server is not flooded.
const MIN_DELAY: Duration = Duration::from_millis(100);

/// The longest wait, for a policy whose deadline is later than the clock can tell.
const MAX_WAIT: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Polls a status at the times that a policy asks for.
struct Poller {
    policy: WaitPolicy,
    deadline: Option<Instant>,
    /// The longest time until the next poll.
    delay: Duration,
    max_delay: Duration,
    /// What the server asked for with its last response.
    retry_after: Option<Duration>,
    is_done: bool,
    /// The page that the policy was told of last.
    reported_url: Option<String>,
}

impl Poller {
    fn new(policy: WaitPolicy) -> Self {
        let max_delay = policy.max_delay.max(MIN_DELAY);
        Self {
            delay: policy.first_delay.max(MIN_DELAY).min(max_delay),
            max_delay,
            policy,
            deadline: None,
            retry_after: None,
            is_done: false,
            reported_url: None,
        }
    }

    /// Waits until the next poll is due, and polls; `None` after the last poll.
    async fn poll(&mut self, handle: &VerificationHandle) -> Option<Result<Response<Verification>>> {
        if self.is_done {
            return None;
        }
        // The time starts with the first poll.
        let now = Instant::now();
        let left = match self.deadline {
            None => {
                self.deadline = Some(now.checked_add(self.policy.within).unwrap_or(now + MAX_WAIT));
                self.policy.within
            }
            Some(deadline) => {
                let left = deadline.saturating_duration_since(now);
                let delay = self.next_delay().max(self.retry_after.take().unwrap_or_default()).min(left);
                sleep(delay).await;
                left - delay
            }
        };
        self.is_done = left.is_zero();
        let polled = handle.read(Some(left).filter(|left| !left.is_zero())).await;
        match &polled {
            Ok(verification) => {
                self.is_done |= is_final(&verification.status);
                self.report_url(verification);
            }
            Err(error) => {
                self.is_done |= !error.is_transient();
                self.retry_after = error.retry_after();
            }
        }
        Some(polled)
    }

    /// A random time from half of the delay to all of it. The delay doubles.
    fn next_delay(&mut self) -> Duration {
        let longest = self.delay;
        self.delay = longest.saturating_mul(2).min(self.max_delay);
        longest / 2 + (longest / 2).mul_f64(fastrand::f64())
    }

    fn report_url(&mut self, verification: &Verification) {
        if let (Some(show), Some(url)) =
            (&self.policy.on_action, verification.verification_url.as_ref().and_then(Option::as_ref))
            && self.reported_url.as_ref() != Some(url)
            && !is_final(&verification.status)
        {
            show(url);
            self.reported_url = Some(url.clone());
        }
    }
}

/// A stream of the changes of a verification. From [`VerificationHandle::changes`].
///
/// It may be dropped at any time: it only reads.
#[must_use = "streams do nothing unless polled"]
pub struct StatusChanges(Pin<Box<dyn Stream<Item = Result<Verification>> + Send>>);

impl StatusChanges {
    pub(super) fn new(handle: VerificationHandle, policy: WaitPolicy) -> Self {
        let start = (handle, Poller::new(policy), None::<Verification>, None::<Error>);
        let changes = stream::unfold(start, |(handle, mut poller, mut last, mut failed)| async move {
            while let Some(polled) = poller.poll(&handle).await {
                match polled.map(Response::into_value) {
                    Ok(now) => {
                        failed = None;
                        let is_new = last.as_ref().is_none_or(|last| {
                            last.status != now.status || last.verification_url != now.verification_url
                        });
                        if is_new {
                            last = Some(now.clone());
                            return Some((Ok(now), (handle, poller, last, failed)));
                        }
                    }
                    Err(error) if error.is_transient() => failed = Some(error),
                    Err(error) => return Some((Err(error), (handle, poller, last, None))),
                }
            }
            // The last poll failed, so whether there was a change is not known.
            let error = wait_failed(Some(failed?));
            Some((Err(error), (handle, poller, last, None)))
        });
        Self(Box::pin(changes.fuse()))
    }
}

impl Stream for StatusChanges {
    type Item = Result<Verification>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for StatusChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusChanges").finish_non_exhaustive()
    }
}
