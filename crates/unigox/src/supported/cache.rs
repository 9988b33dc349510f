//! A cache of what calls returned: for a time, of a bounded size, with one call at a time for each key.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard},
    time::Instant,
};

use crate::{Error, Result};

/// A cache. Its time is tokio's.
#[derive(Debug)]
pub(super) struct Cache<K, V> {
    slots: Mutex<HashMap<K, Arc<Slot<V>>>>,
    time_to_live: Duration,
    max_entries: usize,
}

/// The value of a key. It is locked during the call that gets it.
#[derive(Debug)]
struct Slot<V> {
    state: AsyncMutex<State<V>>,
    /// How many calls have ended.
    ended: AtomicU64,
}

#[derive(Debug)]
struct State<V> {
    /// The value, and when the call was made that returned it.
    value: Option<(Instant, Arc<V>)>,
    /// The error of the last call, for those who waited for it.
    error: Option<Error>,
}

impl<K: Clone + Eq + Hash, V> Cache<K, V> {
    pub(super) fn new(time_to_live: Duration, max_entries: usize) -> Self {
        Self { slots: Mutex::default(), time_to_live, max_entries }
    }

    /// The value of `key` if there is one that is not too old, or what `call` returns. Callers that come during a call wait
    /// for it, and get what it returned, its error as well. Errors are not kept for others.
    ///
    /// If the caller who makes the call is dropped, one of those who wait makes it again.
    pub(super) async fn get(&self, key: K, call: impl AsyncFnOnce() -> Result<V>) -> Result<Arc<V>> {
        let slot = self.slot(key);
        let ended = slot.ended.load(Ordering::Acquire);
        let mut state = slot.state.lock().await;
        if let Some(value) = self.fresh(&state) {
            return Ok(value);
        }
        // A call ended since this caller came: what it returned is new enough, however long it took.
        if slot.ended.load(Ordering::Acquire) != ended {
            match (&state.value, &state.error) {
                (Some((_, value)), _) => return Ok(Arc::clone(value)),
                (None, Some(error)) => return Err(error.share()),
                (None, None) => {}
            }
        }
        state.value = None;
        let made = Instant::now();
        let outcome = call().await.map(Arc::new);
        (state.value, state.error) = match &outcome {
            Ok(value) => (Some((made, Arc::clone(value))), None),
            Err(error) => (None, Some(error.share())),
        };
        slot.ended.fetch_add(1, Ordering::Release);
        outcome
    }

    /// Forgets all values. Calls in progress go on, and theirs are forgotten as well.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.lock().len()
    }

    fn slot(&self, key: K) -> Arc<Slot<V>> {
        let mut slots = self.lock();
        if let Some(slot) = slots.get(&key) {
            return Arc::clone(slot);
        }
        if slots.len() >= self.max_entries {
            self.make_room(&mut slots);
        }
        let state = AsyncMutex::new(State { value: None, error: None });
        let slot = Arc::new(Slot { state, ended: AtomicU64::new(0) });
        if slots.len() < self.max_entries {
            slots.insert(key, Arc::clone(&slot));
        }
        slot
    }

    /// Removes what has no value that may be used; if there is no such entry, the oldest one. Those with a call in progress
    /// stay.
    fn make_room(&self, slots: &mut HashMap<K, Arc<Slot<V>>>) {
        slots.retain(|_, slot| slot.state.try_lock().map_or(true, |state| self.fresh(&state).is_some()));
        if slots.len() >= self.max_entries {
            let made = |slot: &Arc<Slot<V>>| Some(slot.state.try_lock().ok()?.value.as_ref()?.0);
            let oldest = slots.iter().filter_map(|(key, slot)| Some((made(slot)?, key))).min_by_key(|(made, _)| *made);
            if let Some(key) = oldest.map(|(_, key)| key.clone()) {
                slots.remove(&key);
            }
        }
    }

    fn fresh(&self, state: &AsyncMutexGuard<'_, State<V>>) -> Option<Arc<V>> {
        let (made, value) = state.value.as_ref()?;
        (made.elapsed() < self.time_to_live).then(|| Arc::clone(value))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Arc<Slot<V>>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use tokio::{runtime::Builder, task::JoinSet, time::sleep};

    use super::*;
    use crate::ErrorKind;

    const SECOND: Duration = Duration::from_secs(1);

    fn paused(test: impl Future<Output = ()>) {
        let runtime = Builder::new_current_thread().enable_time().build().expect("there is a runtime");
        runtime.block_on(async {
            tokio::time::pause();
            test.await;
        });
    }

    /// Asks for `key`, by a call that takes a second.
    async fn ask(cache: &Cache<u8, u8>, calls: &AtomicUsize, key: u8, is_right: bool) -> Result<u8> {
        let call = async || {
            calls.fetch_add(1, Ordering::Relaxed);
            sleep(SECOND).await;
            if is_right { Ok(key) } else { Err(Error::invalid("field", "is wrong")) }
        };
        cache.get(key, call).await.map(|value| *value)
    }

    #[test]
    fn a_value_is_kept_for_its_time() {
        paused(async {
            let (cache, calls) = (Cache::new(60 * SECOND, 9), AtomicUsize::new(0));
            for expected in [1, 1] {
                assert_eq!(ask(&cache, &calls, 7, true).await.ok(), Some(7));
                assert_eq!(calls.load(Ordering::Relaxed), expected);
            }
            tokio::time::advance(58 * SECOND).await;
            assert_eq!((ask(&cache, &calls, 7, true).await.ok(), calls.load(Ordering::Relaxed)), (Some(7), 1));
            tokio::time::advance(SECOND).await;
            assert_eq!((ask(&cache, &calls, 7, true).await.ok(), calls.load(Ordering::Relaxed)), (Some(7), 2));
            cache.clear();
            assert_eq!((ask(&cache, &calls, 7, true).await.ok(), calls.load(Ordering::Relaxed)), (Some(7), 3));
        });
    }

    #[test]
    fn callers_at_once_share_a_call_and_its_error_which_is_not_kept() {
        paused(async {
            let cache = Arc::new(Cache::new(60 * SECOND, 9));
            let calls = Arc::new(AtomicUsize::new(0));
            for (is_right, expected) in [(false, 1), (false, 2), (true, 3)] {
                let mut callers = JoinSet::new();
                for _ in 0..50 {
                    let (cache, calls) = (Arc::clone(&cache), Arc::clone(&calls));
                    callers.spawn(async move { ask(&cache, &calls, 7, is_right).await });
                }
                for outcome in callers.join_all().await {
                    match is_right {
                        true => assert_eq!(outcome.ok(), Some(7)),
                        false => assert_eq!(outcome.map_err(|error| error.kind()), Err(ErrorKind::InvalidRequest)),
                    }
                }
                assert_eq!(calls.load(Ordering::Relaxed), expected);
            }
        });
    }

    #[test]
    fn callers_at_once_share_a_call_that_takes_longer_than_its_value_is_kept() {
        paused(async {
            for time_to_live in [Duration::ZERO, SECOND / 2] {
                let cache = Arc::new(Cache::new(time_to_live, 9));
                let calls = Arc::new(AtomicUsize::new(0));
                for expected in [1, 2] {
                    let mut callers = JoinSet::new();
                    for _ in 0..50 {
                        let (cache, calls) = (Arc::clone(&cache), Arc::clone(&calls));
                        callers.spawn(async move { ask(&cache, &calls, 7, true).await.ok() });
                    }
                    assert_eq!(callers.join_all().await, [Some(7); 50]);
                    assert_eq!(calls.load(Ordering::Relaxed), expected, "{time_to_live:?}");
                }
            }
        });
    }

    #[test]
    fn a_caller_that_is_dropped_takes_nobody_along() {
        paused(async {
            let cache = Arc::new(Cache::new(60 * SECOND, 9));
            let calls = Arc::new(AtomicUsize::new(0));
            let caller = || {
                let (cache, calls) = (Arc::clone(&cache), Arc::clone(&calls));
                tokio::spawn(async move { ask(&cache, &calls, 7, true).await })
            };
            let (first, second) = (caller(), caller());
            sleep(SECOND / 2).await;
            first.abort();
            assert_eq!(second.await.expect("it was not stopped").ok(), Some(7));
            assert_eq!(calls.load(Ordering::Relaxed), 2);
        });
    }

    #[test]
    fn it_has_at_most_so_many_entries() {
        paused(async {
            let (cache, calls) = (Cache::new(60 * SECOND, 3), AtomicUsize::new(0));
            for key in 0..10 {
                assert_eq!(ask(&cache, &calls, key, true).await.ok(), Some(key));
                assert!(cache.len() <= 3);
            }
            // The newest are there, the oldest were removed.
            for key in 7..10 {
                assert_eq!(ask(&cache, &calls, key, true).await.ok(), Some(key));
            }
            assert_eq!(calls.load(Ordering::Relaxed), 10);
            assert_eq!((ask(&cache, &calls, 0, true).await.ok(), calls.load(Ordering::Relaxed)), (Some(0), 11));
        });
    }
}
