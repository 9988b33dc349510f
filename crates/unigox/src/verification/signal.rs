//! Waking a wait before its next poll is due.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::sync::watch;
use uuid::Uuid;

/// Wakes waits, so that they poll at once. Clones wake the same waits.
///
/// For a process that learns of changes by another way, such as a webhook: it wakes the wait, which reads the status. It
/// is never relied on, since a wait polls all the same. What is woken while a poll is on its way polls again.
///
/// # Examples
///
/// ```no_run
/// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
/// use std::time::Duration;
///
/// use unigox::{WaitPolicy, WaitSignal};
///
/// let signal = WaitSignal::new();
/// let policy = WaitPolicy::within(Duration::from_secs(900)).woken_by(&signal);
/// let waiting = tokio::spawn(user.verification().wait(policy));
///
/// // Where the webhook is received:
/// signal.wake();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct WaitSignal(Arc<Shared>);

impl WaitSignal {
    /// A signal that no wait has yet.
    pub fn new() -> Self {
        Self(Arc::new(Shared { sender: watch::Sender::new(()), entry: None }))
    }

    /// Wakes the waits that have this signal. It does not block, and may be called from anywhere.
    pub fn wake(&self) {
        self.0.sender.send_replace(());
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.0.sender.subscribe()
    }
}

/// What the clones of a signal share.
struct Shared {
    sender: watch::Sender<()>,
    /// Where the signal is to be found, by the user that it is for.
    entry: Option<(Weak<Signals>, Uuid)>,
}

/// The last clone takes the signal away from where it is found.
impl Drop for Shared {
    fn drop(&mut self) {
        let Some((signals, user)) = self.entry.take() else { return };
        let Some(signals) = signals.upgrade() else { return };
        let mut signals = lock(&signals);
        // Another signal may have been made for the user since this one could no longer be had.
        if signals.get(&user).is_some_and(|signal| signal.strong_count() == 0) {
            signals.remove(&user);
        }
    }
}

type Signals = Mutex<HashMap<Uuid, Weak<Shared>>>;

fn lock(signals: &Signals) -> MutexGuard<'_, HashMap<Uuid, Weak<Shared>>> {
    signals.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The signals of users, so that whoever receives a webhook can wake the waits of the user that it is about. Clones have the
/// same signals.
///
/// A signal is here as long as a wait, or anyone else, has it: there are never more than waits, and waking a user that
/// nobody waits for leaves nothing behind. A wait that begins after it was woken loses nothing, since it polls at once. If
/// no event arrives, it polls as without a signal.
///
/// Each process has its own signals. Where another process may receive the event, it has to be passed on, or the wait ends
/// by polling.
///
/// # Examples
///
/// ```no_run
/// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
/// use std::time::Duration;
///
/// use unigox::{WaitPolicy, WaitSignals};
///
/// let signals = WaitSignals::new();
/// let policy = WaitPolicy::within(Duration::from_secs(900)).woken_by(&signals.of(user.uuid()));
/// let waiting = tokio::spawn(user.verification().wait(policy));
///
/// // Where the webhook is received:
/// signals.wake(user.uuid());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct WaitSignals(Arc<Signals>);

impl WaitSignals {
    /// No signals yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The signal of a user, for [`WaitPolicy::woken_by`](crate::WaitPolicy::woken_by). All waits of a user share one.
    pub fn of(&self, user_uuid: Uuid) -> WaitSignal {
        let mut signals = lock(&self.0);
        if let Some(known) = signals.get(&user_uuid).and_then(Weak::upgrade) {
            return WaitSignal(known);
        }
        let entry = Some((Arc::downgrade(&self.0), user_uuid));
        let new = Arc::new(Shared { sender: watch::Sender::new(()), entry });
        signals.insert(user_uuid, Arc::downgrade(&new));
        WaitSignal(new)
    }

    /// Wakes all waits of a user, if there are any. It may be called from anywhere.
    pub fn wake(&self, user_uuid: Uuid) {
        let signal = lock(&self.0).get(&user_uuid).and_then(Weak::upgrade);
        if let Some(signal) = signal {
            WaitSignal(signal).wake();
        }
    }

    /// Wakes all waits of the user that `event` is about, if it says that their verification has changed
    /// (`user.kyc.updated`). Events of other types do nothing, so any event can be passed, also one that was delivered
    /// before.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn f(signals: unigox::WaitSignals, event: unigox::webhooks::Event) {
    /// signals.wake_for(&event);
    /// # }
    /// ```
    #[cfg(feature = "webhooks")]
    pub fn wake_for(&self, event: &crate::webhooks::Event) {
        if let crate::webhooks::EventData::UserKycUpdated(update) = event.data()
            && let Some(user_uuid) = update.user_uuid
        {
            self.wake(user_uuid);
        }
    }

    /// For how many users there is a signal.
    pub fn len(&self) -> usize {
        lock(&self.0).len()
    }

    /// Whether there is no signal.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for WaitSignals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitSignals").field("len", &self.len()).finish()
    }
}

impl Default for WaitSignal {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for WaitSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitSignal").finish_non_exhaustive()
    }
}
