//! Waking a wait before its next poll is due.

use std::{fmt, sync::Arc};

use tokio::sync::watch;

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
pub struct WaitSignal(Arc<watch::Sender<()>>);

impl WaitSignal {
    /// A signal that no wait has yet.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(())))
    }

    /// Wakes the waits that have this signal. It does not block, and may be called from anywhere.
    pub fn wake(&self) {
        self.0.send_replace(());
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.0.subscribe()
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
