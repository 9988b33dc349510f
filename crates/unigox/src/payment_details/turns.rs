//! One call at a time for each user that saves payment details, among the clones of a client.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use uuid::Uuid;

type Waiting = HashMap<Uuid, Weak<AsyncMutex<()>>>;

/// The users whose payment details are being saved.
#[derive(Default)]
pub(crate) struct Turns(Arc<Mutex<Waiting>>);

/// The turn of a call, or its place in the queue. The next turn of the user begins when it is dropped.
pub(crate) struct Turn {
    waiting: Arc<Mutex<Waiting>>,
    user: Uuid,
    mutex: Arc<AsyncMutex<()>>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits until no other call has the turn of this user.
    pub(crate) async fn take(&self, user: Uuid) -> Turn {
        let mutex = {
            let mut waiting = lock(&self.0);
            let known = waiting.get(&user).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let new = Arc::default();
                waiting.insert(user, Arc::downgrade(&new));
                new
            })
        };
        let mut turn = Turn { waiting: Arc::clone(&self.0), user, mutex, guard: None };
        turn.guard = Some(Arc::clone(&turn.mutex).lock_owned().await);
        turn
    }
}

/// The last call that is there for a user leaves nothing behind.
impl Drop for Turn {
    fn drop(&mut self) {
        let mut waiting = lock(&self.waiting);
        self.guard = None;
        if Arc::strong_count(&self.mutex) == 1 {
            waiting.remove(&self.user);
        }
    }
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_user_has_one_turn_at_a_time_and_leaves_nothing_behind() {
        let turns = Turns::default();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = turns.take(one).now_or_never().expect("nobody has it");
        let mut second = Box::pin(turns.take(one));
        assert!(second.as_mut().now_or_never().is_none(), "the first one has it");
        let of_other = turns.take(other).now_or_never().expect("nobody has it");
        drop((first, of_other));
        let second = second.now_or_never().expect("the first one is over");
        assert_eq!(lock(&turns.0).len(), 1);
        let mut third = Box::pin(turns.take(one));
        assert!(third.as_mut().now_or_never().is_none(), "the second one has it");
        drop(second);
        assert_eq!(lock(&turns.0).len(), 1);
        drop(third);
        assert!(lock(&turns.0).is_empty());
    }
}
