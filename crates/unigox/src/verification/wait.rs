//! Waiting for the end of a verification.

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
use crate::{Error, ErrorKind, Response, Result};

/// How long to wait for a verification, and how often to look.
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
    /// Waits at most this long. The last look is at its end, and may take as long as a call may; those before it may not
    /// take longer than what is left.
    pub const fn within(time: Duration) -> Self {
        let (first_delay, max_delay) = (Duration::from_secs(2), Duration::from_secs(120));
        Self { within: time, first_delay, max_delay, on_action: None }
    }

    /// How long after the first look the second is, at the latest; 2 s by default, and 100 ms at least. The delay doubles
    /// from there.
    #[must_use]
    pub const fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// The longest time between two looks; 120 s by default, and 100 ms at least.
    #[must_use]
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Calls `act` with the page where the person has to act, as soon as there is one, and again when there is another.
    /// Whoever holds the address can act as the person: show it to them, and keep it out of logs.
    #[must_use]
    pub fn on_action(mut self, act: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.on_action = Some(Arc::new(act));
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

/// What a wait ended with, and the last status that was read.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "these are the ways in which a wait can end; a fifth should break matches")]
pub enum VerificationOutcome {
    /// `VERIFIED`: the only success.
    Verified(Verification),
    /// `VERIFICATION_REJECTED`: the person was refused.
    Rejected(Verification),
    /// `FAILED`: the verification broke off, without a verdict.
    Failed(Verification),
    /// The time was up. The verification goes on.
    Pending(Verification),
}

impl VerificationOutcome {
    /// Whether the person is verified.
    pub fn is_verified(&self) -> bool {
        matches!(self, Self::Verified(_))
    }

    /// The last status that was read.
    pub fn verification(&self) -> &Verification {
        match self {
            Self::Verified(last) | Self::Rejected(last) | Self::Failed(last) | Self::Pending(last) => last,
        }
    }

    /// The page where the person has to act, if there is one. Keep it out of logs.
    pub fn verification_url(&self) -> Option<&str> {
        self.verification().verification_url.as_deref()
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
    let mut looks = Looks::new(policy);
    let mut last = Err(None);
    while let Some(look) = looks.next(handle).await {
        last = match look {
            Ok(verification) => Ok(verification.into_value()),
            Err(error) if may_pass(&error) => Err(Some(error)),
            Err(error) => return Err(error),
        };
    }
    match last {
        Ok(verification) => Ok(VerificationOutcome::new(verification)),
        Err(error) => Err(gave_up(error)),
    }
}

fn gave_up(last: Option<Error>) -> Error {
    let operation = &operations::GET_VERIFICATION_STATUS;
    Error::gave_up_waiting(operation, last.unwrap_or_else(|| Error::broken(operation)))
}

/// Whether reading the status can fail now and succeed later.
fn may_pass(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::NeverSent | ErrorKind::MaybeSent => true,
        ErrorKind::Api => error.is_server_error() || error.status().is_some_and(|s| matches!(s.as_u16(), 408 | 429)),
        _ => false,
    }
}

/// The looks at a status: when they are, and when there are no more.
struct Looks {
    policy: WaitPolicy,
    deadline: Option<Instant>,
    /// The longest time until the next look.
    delay: Duration,
    max_delay: Duration,
    asked_to_wait: Option<Duration>,
    is_over: bool,
    shown: Option<String>,
}

impl Looks {
    fn new(policy: WaitPolicy) -> Self {
        let (first, most) = (policy.first_delay.max(SHORTEST), policy.max_delay.max(SHORTEST));
        Self {
            policy,
            deadline: None,
            delay: first.min(most),
            max_delay: most,
            asked_to_wait: None,
            is_over: false,
            shown: None,
        }
    }

    /// Waits for the next look, and takes it; none after the last.
    async fn next(&mut self, handle: &VerificationHandle) -> Option<Result<Response<Verification>>> {
        if self.is_over {
            return None;
        }
        // The clock starts with the first look.
        let now = Instant::now();
        let left = match self.deadline {
            None => {
                self.deadline = Some(now.checked_add(self.policy.within).unwrap_or(now + FOREVER));
                self.policy.within
            }
            Some(deadline) => {
                let left = deadline.saturating_duration_since(now);
                let delay = self.delay().max(self.asked_to_wait.take().unwrap_or_default()).min(left);
                sleep(delay).await;
                left - delay
            }
        };
        self.is_over = left.is_zero();
        let look = handle.look(Some(left).filter(|left| !left.is_zero())).await;
        match &look {
            Ok(verification) => {
                self.is_over |= is_final(&verification.status);
                self.show(verification);
            }
            Err(error) => {
                self.is_over |= !may_pass(error);
                self.asked_to_wait = error.retry_after();
            }
        }
        Some(look)
    }

    /// Between half of the longest time and all of it; the next time is twice as long.
    fn delay(&mut self) -> Duration {
        let longest = self.delay;
        self.delay = longest.saturating_mul(2).min(self.max_delay);
        longest / 2 + (longest / 2).mul_f64(fastrand::f64())
    }

    fn show(&mut self, verification: &Verification) {
        if let (Some(act), Some(url)) = (&self.policy.on_action, &verification.verification_url)
            && self.shown.as_ref() != Some(url)
            && !is_final(&verification.status)
        {
            act(url);
            self.shown = Some(url.clone());
        }
    }
}

/// The shortest time between two looks, so that no policy hammers the server.
const SHORTEST: Duration = Duration::from_millis(100);

/// As good as no deadline, where one can't be computed.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The statuses of a verification as they change. From [`VerificationHandle::changes`].
///
/// It may be dropped at any time: it changes nothing.
#[must_use = "streams do nothing unless polled"]
pub struct StatusChanges(Pin<Box<dyn Stream<Item = Result<Verification>> + Send>>);

impl StatusChanges {
    pub(super) fn new(handle: VerificationHandle, policy: WaitPolicy) -> Self {
        let start = (handle, Looks::new(policy), None::<Verification>, None::<Error>);
        let changes = stream::unfold(start, |(handle, mut looks, mut last, mut trouble)| async move {
            while let Some(look) = looks.next(&handle).await {
                match look.map(Response::into_value) {
                    Ok(now) => {
                        trouble = None;
                        let is_new = last.as_ref().is_none_or(|last| {
                            last.status != now.status || last.verification_url != now.verification_url
                        });
                        if is_new {
                            last = Some(now.clone());
                            return Some((Ok(now), (handle, looks, last, trouble)));
                        }
                    }
                    Err(error) if may_pass(&error) => trouble = Some(error),
                    Err(error) => return Some((Err(error), (handle, looks, last, None))),
                }
            }
            // The last look failed: whether there was a change is not known.
            let error = gave_up(Some(trouble?));
            Some((Err(error), (handle, looks, last, None)))
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
