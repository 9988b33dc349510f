//! Handling each event once, although it is delivered at least once.

use std::{error::Error as StdError, fmt, time::Duration};

use http::StatusCode;
use tokio::time::{Instant, timeout_at};

/// How long an event is remembered, unless it is set: the vendor delivers it again for about 3.5 days.
pub(super) const DEFAULT_RETENTION: Duration = Duration::from_secs(4 * 24 * 60 * 60);

/// How long a claim lasts, unless it is set.
pub(super) const DEFAULT_LEASE: Duration = Duration::from_secs(30);

/// Remembers which events were handled, by their identifiers.
///
/// The vendor delivers an event at least once, and different processes may receive it at the same time. Implement this
/// over a store that all of them share; [`MemoryDeduplicate`](super::MemoryDeduplicate) is for a single process. The
/// examples of this crate have one over Redis and one over PostgreSQL.
///
/// An event is claimed, handled and confirmed, or released if handling it failed. A claim has an end, its lease. So if a
/// process dies between the claim and the confirmation, nothing is lost: it did not respond with a 2xx status, the vendor
/// delivers the event again, and the claim has ended by then.
///
/// [`handle_once`](Self::handle_once) does these steps. An event is handled twice only
///
/// - if a process dies, or loses the store, after the event was handled and before that is confirmed,
/// - if the future of `handle_once` is dropped between the two, or
/// - if a process is suspended for longer than the lease while it handles the event.
///
/// Web frameworks drop the future of a handler when the sender hangs up, and the vendor does so after 10 seconds. So run
/// `handle_once` in a task of its own, such as of `tokio::spawn`, and wait for that.
///
/// No store can exclude the first while it is apart from what the handler changes. If the handler changes the same
/// database, confirm in the same transaction: then both happen or neither. Otherwise let the handler do what may be
/// done twice, such as setting a status.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use unigox::webhooks::{Deduplicate, Handled, MemoryDeduplicate};
///
/// let events = MemoryDeduplicate::new();
/// for expected in [Handled::Now(42), Handled::Before] {
///     let handled = events.handle_once("evt_1", async { Ok::<_, std::io::Error>(42) }).await?;
///     assert_eq!(handled, expected);
///     assert_eq!(handled.status(), 200);
/// }
/// # Ok(())
/// # }
/// ```
pub trait Deduplicate: Sync {
    /// Why the store can't be asked.
    type Error: StdError + Send + Sync + 'static;

    /// How long a claim lasts, which is the longest time that an event is handled for; 30 seconds by default.
    ///
    /// The vendor waits 10 seconds for a response and delivers the event again after a minute. A claim of a process that
    /// died should have ended by then.
    fn lease(&self) -> Duration {
        DEFAULT_LEASE
    }

    /// Claims an event: is it new?
    ///
    /// The question and the claim are one atomic step: of several that ask at once, one is told [`Claim::New`]. So is
    /// the first that asks after a claim has ended without a confirmation.
    fn claim(&self, event_id: &str) -> impl Future<Output = Result<Claim, Self::Error>> + Send;

    /// Confirms that an event was handled. From then on it is [`Claim::Handled`], for at least as long as the vendor
    /// sends events again, which is about 3.5 days.
    fn confirm(&self, event_id: &str) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Ends the claim of an event that was not handled, so that it can be claimed at once when it is delivered again.
    /// Without it, which is the default, the claim lasts until the end of its lease.
    fn release(&self, event_id: &str) -> impl Future<Output = Result<(), Self::Error>> + Send {
        let _ = event_id;
        std::future::ready(Ok(()))
    }

    /// Claims an event, and if it is new, runs `handling` and confirms it.
    ///
    /// `handling` is dropped when the lease ends. If it fails, the claim is released, and the vendor delivers the event
    /// again.
    ///
    /// # Errors
    ///
    /// [`HandleError`]; its [`status`](HandleError::status) is what to respond with.
    fn handle_once<T: Send, E: Send>(
        &self,
        event_id: &str,
        handling: impl Future<Output = Result<T, E>> + Send,
    ) -> impl Future<Output = Result<Handled<T>, HandleError<Self::Error, E>>> + Send {
        async move {
            // Before the claim, so that the handling ends before the claim does.
            let now = Instant::now();
            let end = now.checked_add(self.lease()).unwrap_or(now + DEFAULT_RETENTION);
            match self.claim(event_id).await.map_err(HandleError::NotClaimed)? {
                Claim::New => {}
                Claim::InProgress => return Ok(Handled::Elsewhere),
                Claim::Handled => return Ok(Handled::Before),
            }
            let handled = timeout_at(end, handling).await.map_err(|_| HandleError::TimedOut)?;
            let value = match handled {
                Ok(value) => value,
                Err(error) => {
                    // If it can't be released, it ends by itself.
                    let _ = self.release(event_id).await;
                    return Err(HandleError::Handling(error));
                }
            };
            self.confirm(event_id).await.map_err(HandleError::NotConfirmed)?;
            Ok(Handled::Now(value))
        }
    }
}

/// Whether an event is new. From [`Deduplicate::claim`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a store has to be able to say each of them, and no other")]
pub enum Claim {
    /// It is new, and claimed: handle it, then [confirm](Deduplicate::confirm) it.
    New,
    /// It was claimed before, and is not confirmed: it is being handled, or whoever claimed it died.
    InProgress,
    /// It was handled.
    Handled,
}

/// What became of an event. From [`Deduplicate::handle_once`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "these are the claims that there are")]
pub enum Handled<T> {
    /// It was handled now, with this result.
    Now(T),
    /// It was handled before.
    Before,
    /// Someone else is handling it.
    Elsewhere,
}

impl<T> Handled<T> {
    /// The status to respond with: 200 if the event was handled; 503 if someone else is handling it, so that it is
    /// delivered again in case they fail.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Now(_) | Self::Before => StatusCode::OK,
            Self::Elsewhere => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// Why an event was not handled, or may be handled again. From [`Deduplicate::handle_once`].
///
/// `S` is the error of the store, `E` that of the handling.
#[derive(Debug)]
#[non_exhaustive]
pub enum HandleError<S, E> {
    /// The store could not be asked, and nothing was done.
    NotClaimed(S),
    /// The handling failed.
    Handling(E),
    /// The handling took longer than the lease, and was dropped.
    TimedOut,
    /// The event was handled, and the store could not be told. If it is delivered again, it may be handled again.
    NotConfirmed(S),
}

impl<S, E> HandleError<S, E> {
    /// The status to respond with: 200 if the event was handled, so that it is not delivered again; 503 if the store could
    /// not be asked; 500 if the handling failed. After the latter two it is delivered again.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotClaimed(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Handling(_) | Self::TimedOut => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotConfirmed(_) => StatusCode::OK,
        }
    }
}

impl<S, E> fmt::Display for HandleError<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotClaimed(_) => {
                "webhook: the event could not be claimed, so it was not handled; check the store of events"
            }
            Self::Handling(_) => "webhook: handling the event failed; it is delivered again",
            Self::TimedOut => "webhook: handling the event took longer than its lease; handle it faster, or in a job",
            Self::NotConfirmed(_) => {
                "webhook: the event was handled, which could not be recorded; check the store of events"
            }
        })
    }
}

impl<S: StdError + 'static, E: StdError + 'static> StdError for HandleError<S, E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::NotClaimed(error) | Self::NotConfirmed(error) => Some(error),
            Self::Handling(error) => Some(error),
            Self::TimedOut => None,
        }
    }
}
