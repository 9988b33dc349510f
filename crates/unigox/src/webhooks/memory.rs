//! The events that one process has handled.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    Claim, Deduplicate,
    deduplicate::{DEFAULT_LEASE, DEFAULT_RETENTION},
};

/// The number of events that are remembered, unless it is set.
const DEFAULT_CAPACITY: usize = 100_000;

/// Remembers in memory which events were handled. Clones share what they remember.
///
/// For a single process, and for tests: after a restart it knows nothing. It is bounded: beyond its capacity it forgets
/// the event that was handled first, and handles it again if it is delivered again. If all of its capacity is taken by
/// events that are being handled, a new one is [`InProgress`](Claim::InProgress), so that it is delivered again later.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), std::convert::Infallible> {
/// use unigox::webhooks::{Claim, Deduplicate, MemoryDeduplicate};
///
/// let events = MemoryDeduplicate::new();
/// assert_eq!(events.claim("evt_1").await?, Claim::New);
/// assert_eq!(events.claim("evt_1").await?, Claim::InProgress);
/// events.confirm("evt_1").await?;
/// assert_eq!(events.claim("evt_1").await?, Claim::Handled);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MemoryDeduplicate {
    events: Arc<Mutex<Events>>,
    capacity: usize,
    retention: Duration,
    lease: Duration,
}

impl MemoryDeduplicate {
    /// Remembers up to 100,000 events for up to 4 days each.
    pub fn new() -> Self {
        Self { events: Arc::default(), capacity: DEFAULT_CAPACITY, retention: DEFAULT_RETENTION, lease: DEFAULT_LEASE }
    }

    /// The maximum number of events that are remembered; 100,000 by default, and 1 at least. Each takes some 200 bytes.
    #[must_use]
    pub fn capacity(mut self, events: usize) -> Self {
        self.capacity = events.max(1);
        self
    }

    /// How long an event is remembered after it was handled; 4 days by default.
    #[must_use]
    pub const fn retention(mut self, retention: Duration) -> Self {
        self.retention = retention;
        self
    }

    /// How long a claim lasts; see [`Deduplicate::lease`].
    #[must_use]
    pub const fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }
}

impl Default for MemoryDeduplicate {
    fn default() -> Self {
        Self::new()
    }
}

impl Deduplicate for MemoryDeduplicate {
    type Error = Infallible;

    fn lease(&self) -> Duration {
        self.lease
    }

    async fn claim(&self, event_id: &str) -> Result<Claim, Infallible> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(events.claim(event_id, self.lease, self.capacity))
    }

    async fn confirm(&self, event_id: &str) -> Result<(), Infallible> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.confirm(event_id, self.retention, self.capacity);
        Ok(())
    }

    async fn release(&self, event_id: &str) -> Result<(), Infallible> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).release(event_id);
        Ok(())
    }
}

impl fmt::Debug for MemoryDeduplicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryDeduplicate")
            .field("capacity", &self.capacity)
            .field("retention", &self.retention)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Events {
    states: HashMap<Arc<str>, State>,
    /// What is claimed, and what was handled, in the order in which it ends.
    claimed: BTreeMap<End, Arc<str>>,
    handled: BTreeMap<End, Arc<str>>,
    /// Tells ends at the same time apart.
    number: u64,
}

#[derive(Clone, Copy)]
struct State {
    is_handled: bool,
    end: End,
}

type End = (Instant, u64);

impl Events {
    fn claim(&mut self, id: &str, lease: Duration, capacity: usize) -> Claim {
        self.forget_what_ended();
        match self.states.get(id) {
            Some(State { is_handled: true, .. }) => return Claim::Handled,
            Some(_) => return Claim::InProgress,
            None => {}
        }
        if self.states.len() >= capacity && !self.forget_the_first_handled() {
            return Claim::InProgress;
        }
        self.set(id.into(), false, lease);
        Claim::New
    }

    fn confirm(&mut self, id: &str, retention: Duration, capacity: usize) {
        self.forget_what_ended();
        if !self.states.contains_key(id) && self.states.len() >= capacity {
            self.forget_the_first_handled();
        }
        self.forget(id);
        self.set(id.into(), true, retention);
    }

    fn release(&mut self, id: &str) {
        if self.states.get(id).is_some_and(|state| !state.is_handled) {
            self.forget(id);
        }
    }

    /// Sets the state of an event that has none.
    fn set(&mut self, id: Arc<str>, is_handled: bool, time: Duration) {
        self.number += 1;
        let now = Instant::now();
        let end = (now.checked_add(time).unwrap_or(now + DEFAULT_RETENTION), self.number);
        let ends = if is_handled { &mut self.handled } else { &mut self.claimed };
        ends.insert(end, Arc::clone(&id));
        self.states.insert(id, State { is_handled, end });
    }

    fn forget(&mut self, id: &str) {
        if let Some(State { is_handled, end }) = self.states.remove(id) {
            let ends = if is_handled { &mut self.handled } else { &mut self.claimed };
            ends.remove(&end);
        }
    }

    fn forget_what_ended(&mut self) {
        let now = Instant::now();
        for ends in [&mut self.claimed, &mut self.handled] {
            while let Some(first) = ends.first_entry().filter(|first| first.key().0 <= now) {
                self.states.remove(&first.remove());
            }
        }
    }

    /// Whether there was one.
    fn forget_the_first_handled(&mut self) -> bool {
        let first = self.handled.pop_first();
        first.is_some_and(|(_, id)| self.states.remove(&id).is_some())
    }
}
