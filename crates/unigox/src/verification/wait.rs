//! Polling the status of a verification until it ends.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{Stream, StreamExt, stream};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use unigox_client::{
    operations,
    types::{Verification, VerificationStatus},
};

use super::{VerificationHandle, point::WaitPoint, signal::WaitSignal};
use crate::{Error, Response, Result, trace};

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
///
/// # Example: across restarts
///
/// ```no_run
/// # async fn f(user: unigox::UserHandle, stored: Option<String>, store: fn(String)) -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// use unigox::{WaitPolicy, serde_json};
///
/// let policy = match stored {
///     Some(point) => WaitPolicy::resume(serde_json::from_str(&point)?),
///     None => WaitPolicy::within(Duration::from_secs(86_400)),
/// };
/// let policy = policy.on_progress(move |point| store(serde_json::to_string(point).expect("it can be written")));
/// user.verification().wait(policy).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct WaitPolicy {
    end: End,
    first_delay: Duration,
    max_delay: Duration,
    ends_at_review: bool,
    on_action: Option<OnAction>,
    on_progress: Option<OnProgress>,
    signal: Option<WaitSignal>,
}

/// When a wait ends.
#[derive(Clone, Debug)]
enum End {
    Within(Duration),
    /// At the deadline of a wait that is continued.
    Of(WaitPoint),
}

type OnAction = Arc<dyn Fn(&str) + Send + Sync>;
type OnProgress = Arc<dyn Fn(&WaitPoint) + Send + Sync>;

impl WaitPolicy {
    /// Waits at most this long. The last poll starts at the deadline, and may take as long as any call; the others end at
    /// the deadline at the latest.
    pub const fn within(time: Duration) -> Self {
        Self::until(End::Within(time))
    }

    /// Continues a wait from a stored point, until its deadline: with a poll at once, even if the deadline has passed. A
    /// page that was shown is not shown again, and [`changes`](VerificationHandle::changes) begins with what differs from
    /// the point. The other options are not stored.
    pub const fn resume(point: WaitPoint) -> Self {
        Self::until(End::Of(point))
    }

    const fn until(end: End) -> Self {
        let (first_delay, max_delay) = (Duration::from_secs(2), Duration::from_secs(120));
        Self { end, first_delay, max_delay, ends_at_review: false, on_action: None, on_progress: None, signal: None }
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

    /// Ends the wait also when the status is `UNDER_REVIEW`, which takes a person up to a day:
    /// [`VerificationOutcome::UnderReview`].
    #[must_use]
    pub const fn end_at_review(mut self) -> Self {
        self.ends_at_review = true;
        self
    }

    /// Calls `show` with the address of the page where the person has to act, as soon as there is one, and again when it
    /// changes. Whoever has the address can act as the person: show it to them, and keep it out of logs.
    #[must_use]
    pub fn on_action(mut self, show: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.on_action = Some(Arc::new(show));
        self
    }

    /// Calls `store` with the point from which the wait can be [resumed](Self::resume): before the first poll, and when
    /// the status or the page has changed, after the page was shown. It should be quick: the wait waits for it.
    #[must_use]
    pub fn on_progress(mut self, store: impl Fn(&WaitPoint) + Send + Sync + 'static) -> Self {
        self.on_progress = Some(Arc::new(store));
        self
    }

    /// Polls at once when `signal` is woken, and then as often as at the beginning. A `Retry-After` is waited for all the
    /// same, and 100 ms after each poll.
    #[must_use]
    pub fn woken_by(mut self, signal: &WaitSignal) -> Self {
        self.signal = Some(signal.clone());
        self
    }
}

impl fmt::Debug for WaitPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitPolicy")
            .field("end", &self.end)
            .field("first_delay", &self.first_delay)
            .field("max_delay", &self.max_delay)
            .field("ends_at_review", &self.ends_at_review)
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
    /// `UNDER_REVIEW` at the deadline, or as soon as it was seen with [`WaitPolicy::end_at_review`]: someone looks at the
    /// case, for up to a day. The person has nothing to do.
    UnderReview(Verification),
    /// The deadline passed with any other status. The verification continues, or waits for the person.
    Pending(Verification),
}

impl VerificationOutcome {
    /// Whether the person is verified.
    pub fn is_verified(&self) -> bool {
        matches!(self, Self::Verified(_))
    }

    /// Whether the verification has ended: verified, rejected or failed.
    pub fn is_final(&self) -> bool {
        is_final(&self.verification().status)
    }

    /// The verification as it was read last.
    pub fn verification(&self) -> &Verification {
        match self {
            Self::Verified(last)
            | Self::Rejected(last)
            | Self::Failed(last)
            | Self::UnderReview(last)
            | Self::Pending(last) => last,
        }
    }

    /// The page where the person has to act, if there is one. Keep it out of logs.
    pub fn verification_url(&self) -> Option<&str> {
        self.verification().verification_url.as_ref()?.as_deref()
    }

    /// What the KYC provider says of the verification, for people. It may speak about the person: keep it out of logs.
    pub fn provider_messages(&self) -> &[String] {
        self.verification().provider_messages.as_ref().and_then(Option::as_deref).unwrap_or_default()
    }

    pub(crate) fn new(last: Verification) -> Self {
        match last.status {
            VerificationStatus::Verified => Self::Verified(last),
            VerificationStatus::VerificationRejected => Self::Rejected(last),
            VerificationStatus::Failed => Self::Failed(last),
            VerificationStatus::UnderReview => Self::UnderReview(last),
            _ => Self::Pending(last),
        }
    }
}

fn is_final(status: &VerificationStatus) -> bool {
    use VerificationStatus::{Failed, VerificationRejected, Verified};
    matches!(status, Verified | VerificationRejected | Failed)
}

pub(super) fn wait(
    handle: VerificationHandle,
    policy: WaitPolicy,
) -> impl Future<Output = Result<VerificationOutcome>> + Send + use<> {
    let mut poller = Poller::new(handle, policy);
    async move {
        let (mut last, mut failure) = (None, None);
        while let Some(polled) = poller.poll().await {
            match polled {
                Polled::Read(verification) => (last, failure) = (Some(verification), None),
                Polled::Failed(error) => failure = Some(error),
                Polled::Ended(error) => return Err(error.with_verification(last)),
            }
        }
        match (last, failure) {
            (Some(last), None) => Ok(VerificationOutcome::new(*last)),
            (last, failure) => Err(poller.failed(failure).with_verification(last)),
        }
    }
}

/// The shortest delay between two polls, whatever the policy, so that the server is not flooded.
const MIN_DELAY: Duration = Duration::from_millis(100);

/// The longest wait, for a policy whose deadline is later than the clock can tell.
const MAX_WAIT: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// How many responses in a row that are not those of the API end a wait.
const MAX_ODD_RESPONSES: u32 = 5;

/// What a poll came to.
enum Polled {
    /// In a box, since a wait keeps the last one, and there may be many waits.
    Read(Box<Verification>),
    /// The wait continues, if there is time left.
    Failed(Error),
    /// The wait ends.
    Ended(Error),
}

/// Polls a status at the times that a policy asks for.
struct Poller {
    handle: VerificationHandle,
    policy: WaitPolicy,
    wakes: Option<watch::Receiver<()>>,
    /// Set by the first poll.
    deadline: Option<Instant>,
    point: WaitPoint,
    /// The longest time until the next poll.
    delay: Duration,
    /// What the server asked for with its last response.
    retry_after: Option<Duration>,
    is_done: bool,
    polls: u32,
    /// How many responses were odd since the last status was read.
    odd: u32,
}

impl Poller {
    fn new(handle: VerificationHandle, mut policy: WaitPolicy) -> Self {
        policy.max_delay = policy.max_delay.max(MIN_DELAY);
        policy.first_delay = policy.first_delay.max(MIN_DELAY).min(policy.max_delay);
        let point = match &policy.end {
            End::Within(_) => WaitPoint::new(DateTime::UNIX_EPOCH),
            End::Of(point) => point.clone(),
        };
        Self {
            handle,
            wakes: policy.signal.as_ref().map(WaitSignal::subscribe),
            delay: policy.first_delay,
            policy,
            deadline: None,
            point,
            retry_after: None,
            is_done: false,
            polls: 0,
            odd: 0,
        }
    }

    /// Waits until the next poll is due, and polls; `None` after the last poll.
    async fn poll(&mut self) -> Option<Polled> {
        if self.is_done {
            return None;
        }
        let left = match self.deadline {
            None => self.begin(),
            Some(deadline) => {
                self.pause(deadline.saturating_duration_since(Instant::now())).await;
                deadline.saturating_duration_since(Instant::now())
            }
        };
        self.is_done = left.is_zero();
        self.polls += 1;
        if let Some(wakes) = &mut self.wakes {
            wakes.mark_unchanged();
        }
        // Boxed, since it is large, and there is none of it between polls.
        let polled = Box::pin(self.handle.read(Some(left).filter(|left| !left.is_zero()))).await;
        Some(match polled.map(Response::into_value) {
            Ok(verification) => {
                self.note(&verification);
                Polled::Read(Box::new(verification))
            }
            Err(error) => self.note_failure(error),
        })
    }

    /// Starts the time, which is that of the first poll. The time that is left.
    fn begin(&mut self) -> Duration {
        let left = match &self.policy.end {
            End::Within(time) => {
                let time = (*time).min(MAX_WAIT);
                let time = TimeDelta::from_std(time).unwrap_or_default();
                self.point = WaitPoint::new(Utc::now().checked_add_signed(time).unwrap_or(DateTime::<Utc>::MAX_UTC));
                time.to_std().unwrap_or_default()
            }
            End::Of(point) => (point.deadline() - Utc::now()).to_std().unwrap_or_default().min(MAX_WAIT),
        };
        self.deadline = Some(Instant::now() + left);
        self.report_progress();
        left
    }

    /// Waits until the next poll is due, at most for `left`.
    async fn pause(&mut self, left: Duration) {
        let asked = self.retry_after.take().unwrap_or_default();
        let delay = self.next_delay().max(asked).min(left);
        let Some(wakes) = &mut self.wakes else { return sleep(delay).await };
        let least = asked.max(MIN_DELAY).min(delay);
        sleep(least).await;
        // The sender lives as long as the policy.
        if let Ok(Ok(())) = timeout(delay - least, wakes.changed()).await {
            self.delay = self.policy.first_delay;
        }
    }

    /// A random time from half of the delay to all of it. The delay doubles.
    fn next_delay(&mut self) -> Duration {
        let longest = self.delay;
        self.delay = longest.saturating_mul(2).min(self.policy.max_delay);
        longest / 2 + (longest / 2).mul_f64(fastrand::f64())
    }

    fn note(&mut self, verification: &Verification) {
        let status = &verification.status;
        self.odd = 0;
        self.is_done |= is_final(status);
        self.is_done |= self.policy.ends_at_review && *status == VerificationStatus::UnderReview;
        let mut is_progress = self.point.note_status(status);
        let url = verification.verification_url.as_ref().and_then(Option::as_deref);
        if let Some(url) = url.filter(|_| !is_final(status))
            && self.point.note_page(url)
        {
            is_progress = true;
            if let Some(show) = &self.policy.on_action {
                show(url);
            }
        }
        if is_progress {
            self.report_progress();
        }
    }

    /// A poll that failed ends the wait only if another one would be of no use, or if there was nothing else for long.
    fn note_failure(&mut self, error: Error) -> Polled {
        self.retry_after = error.retry_after();
        if error.ends_polling() {
            self.is_done = true;
            return Polled::Ended(error);
        }
        if !error.is_transient() {
            self.odd += 1;
        }
        let ends = self.odd >= MAX_ODD_RESPONSES;
        trace::poll_failed(&error, self.polls, !ends && !self.is_done);
        match ends {
            true => {
                self.is_done = true;
                Polled::Ended(self.failed(Some(error)))
            }
            false => Polled::Failed(error),
        }
    }

    fn report_progress(&self) {
        if let Some(store) = &self.policy.on_progress {
            store(&self.point);
        }
    }

    /// The error of a wait whose last poll failed.
    fn failed(&self, last: Option<Error>) -> Error {
        let operation = &operations::GET_VERIFICATION_STATUS;
        Error::wait_failed(operation, self.polls, last.unwrap_or_else(|| Error::broken(operation)))
    }
}

/// A stream of the changes of a verification. From [`VerificationHandle::changes`].
///
/// It may be dropped at any time: it only reads.
#[must_use = "streams do nothing unless polled"]
pub struct StatusChanges(Pin<Box<dyn Stream<Item = Result<Verification>> + Send>>);

impl StatusChanges {
    pub(super) fn new(handle: VerificationHandle, policy: WaitPolicy) -> Self {
        let seen = match &policy.end {
            End::Within(_) => None,
            End::Of(point) => Some(point.clone()),
        };
        let start = Changes { poller: Poller::new(handle, policy), seen, last: None, failure: None };
        let changes = stream::unfold(start, |mut changes| async move { Some((changes.next().await?, changes)) });
        Self(Box::pin(changes.fuse()))
    }
}

/// What a stream of changes remembers.
struct Changes {
    poller: Poller,
    /// The point that a wait is continued from, until there is something else.
    seen: Option<WaitPoint>,
    last: Option<Box<Verification>>,
    failure: Option<Error>,
}

impl Changes {
    async fn next(&mut self) -> Option<Result<Verification>> {
        while let Some(polled) = self.poller.poll().await {
            match polled {
                Polled::Read(now) => {
                    self.failure = None;
                    if self.is_new(&now) {
                        self.seen = None;
                        self.last = Some(now.clone());
                        return Some(Ok(*now));
                    }
                }
                Polled::Failed(error) => self.failure = Some(error),
                Polled::Ended(error) => {
                    self.failure = None;
                    return Some(Err(error.with_verification(self.last.take())));
                }
            }
        }
        // If the last poll failed, it is not known whether there was a change.
        let error = self.poller.failed(Some(self.failure.take()?));
        Some(Err(error.with_verification(self.last.take())))
    }

    fn is_new(&self, now: &Verification) -> bool {
        match (&self.last, &self.seen) {
            (Some(last), _) => last.status != now.status || last.verification_url != now.verification_url,
            // A final status is told in any case: it is what the stream is for.
            (None, Some(seen)) => is_final(&now.status) || !seen.has_seen(now),
            (None, None) => true,
        }
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
