//! Each event is handled once, and none is lost, by what one process remembers.

use std::{convert::Infallible, future::pending, io, time::Duration};

use tokio::time::{Instant, advance, pause, sleep};
use unigox::{
    futures_util::future::join_all,
    webhooks::{
        Claim::{self, InProgress, New},
        Deduplicate, HandleError, Handled, MemoryDeduplicate,
    },
};

const SECOND: Duration = Duration::from_secs(1);

async fn claim(events: &MemoryDeduplicate, id: &str) -> Claim {
    events.claim(id).await.expect("it can't fail")
}

async fn confirm(events: &MemoryDeduplicate, id: &str) {
    events.confirm(id).await.expect("it can't fail");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_claim_at_once_one_is_told_that_it_is_new() {
    let events = MemoryDeduplicate::new();
    for round in 0..200 {
        let id = format!("evt_{round}");
        let claims = (0..8).map(|_| {
            let (events, id) = (events.clone(), id.clone());
            tokio::spawn(async move { claim(&events, &id).await })
        });
        let claims = join_all(claims).await.into_iter().map(|claim| claim.expect("no panic"));
        assert_eq!(claims.filter(|claim| *claim == New).count(), 1);
    }
}

#[tokio::test]
async fn an_event_is_handled_once_and_responded_to_with_200_each_time() {
    let events = MemoryDeduplicate::new();
    let handle = || events.handle_once("evt_1", async { Ok::<_, Infallible>("done") });
    assert_eq!(handle().await.expect("nothing fails"), Handled::Now("done"));
    for _ in 0..3 {
        let handled = handle().await.expect("nothing fails");
        assert_eq!((handled, handled.status().as_u16()), (Handled::Before, 200));
    }
}

#[tokio::test]
async fn an_event_whose_handling_dies_is_handled_when_it_is_sent_again() {
    pause();
    let events = MemoryDeduplicate::new();
    let dying = events.handle_once("evt_1", pending::<Result<(), Infallible>>());
    assert!(tokio::time::timeout(SECOND, dying).await.is_err(), "it is dropped, as when a process dies");
    // Meanwhile it is not handled elsewhere, and not taken for handled.
    let handled = events.handle_once("evt_1", async { Ok::<_, Infallible>(()) }).await.expect("nothing fails");
    assert_eq!((handled, handled.status().as_u16()), (Handled::Elsewhere, 503));
    // The vendor delivers it again after a minute.
    advance(59 * SECOND).await;
    let handled = events.handle_once("evt_1", async { Ok::<_, Infallible>(()) }).await.expect("nothing fails");
    assert_eq!(handled, Handled::Now(()));
}

#[tokio::test]
async fn an_event_whose_handling_fails_or_takes_too_long_is_handled_again() {
    pause();
    let events = MemoryDeduplicate::new().with_lease(5 * SECOND);
    let error = events.handle_once("evt_1", async { Err::<(), _>(io::Error::other("not now")) }).await;
    let error = error.expect_err("it fails");
    assert!(matches!(error, HandleError::Handling(_)) && error.status() == 500, "{error:?}");
    // At once: its claim was released.

    let started = Instant::now();
    let error = events.handle_once("evt_1", pending::<Result<(), io::Error>>()).await.expect_err("it takes too long");
    assert!(matches!(error, HandleError::TimedOut) && error.status() == 500, "{error:?}");
    assert!(started.elapsed() >= 5 * SECOND && started.elapsed() < 6 * SECOND, "{:?}", started.elapsed());
    let again = events.handle_once("evt_1", async { Ok::<_, io::Error>(()) }).await;
    assert!(matches!(again, Ok(Handled::Now(()))), "{again:?}");
}

#[tokio::test]
async fn a_claim_lasts_as_long_as_its_lease_and_a_confirmation_as_long_as_it_is_to_be_remembered() {
    pause();
    let events = MemoryDeduplicate::new().with_lease(5 * SECOND).retention(100 * SECOND);
    assert_eq!(claim(&events, "evt_1").await, New);
    advance(5 * SECOND - Duration::from_millis(1)).await;
    assert_eq!(claim(&events, "evt_1").await, InProgress);
    advance(Duration::from_millis(1)).await;
    assert_eq!(claim(&events, "evt_1").await, New);
    confirm(&events, "evt_1").await;
    advance(100 * SECOND - Duration::from_millis(1)).await;
    assert_eq!(claim(&events, "evt_1").await, Claim::Handled);
    advance(Duration::from_millis(1)).await;
    assert_eq!(claim(&events, "evt_1").await, New);
    // By default, for longer than the vendor sends an event again.
    let events = MemoryDeduplicate::new();
    confirm(&events, "evt_1").await;
    sleep(Duration::from_secs(84 * 60 * 60)).await;
    assert_eq!(claim(&events, "evt_1").await, Claim::Handled);
}

#[tokio::test]
async fn what_is_remembered_is_bounded_and_what_is_being_handled_is_not_forgotten() {
    let events = MemoryDeduplicate::new().capacity(3);
    for id in ["a", "b", "c"] {
        assert_eq!(claim(&events, id).await, New);
    }
    assert_eq!(claim(&events, "d").await, InProgress, "it is delivered again later");
    confirm(&events, "b").await;
    confirm(&events, "a").await;
    assert_eq!(claim(&events, "d").await, New, "the first that was handled is forgotten");
    assert_eq!(claim(&events, "a").await, Claim::Handled);
    assert_eq!(claim(&events, "c").await, InProgress);
    assert_eq!(claim(&events, "b").await, New, "it was forgotten");
    assert_eq!(claim(&events, "a").await, InProgress, "it had to give way to the last one, and nothing else can");
    // However often something is confirmed.
    for number in 0..10_000 {
        confirm(&events, &format!("e{}", number % 5)).await;
    }
    let known = ["a", "b", "c", "d", "e0", "e1", "e2", "e3", "e4"].map(|id| claim(&events, id));
    assert!(join_all(known).await.iter().filter(|claim| **claim == Claim::Handled).count() <= 3);
}

#[tokio::test]
async fn a_claim_that_was_confirmed_is_not_released_and_a_lease_without_end_is_one() {
    let events = MemoryDeduplicate::new().with_lease(Duration::MAX);
    let handled = events.handle_once("evt_1", async { Ok::<_, Infallible>(()) }).await;
    assert!(matches!(handled, Ok(Handled::Now(()))), "{handled:?}");
    events.release("evt_1").await.expect("it can't fail");
    assert_eq!(claim(&events, "evt_1").await, Claim::Handled);
}

/// A store that fails at one of the steps.
struct Failing {
    claims: bool,
}

impl Deduplicate for Failing {
    type Error = io::Error;

    async fn claim(&self, _: &str) -> io::Result<Claim> {
        if self.claims { Ok(New) } else { Err(io::Error::other("canary")) }
    }

    async fn confirm(&self, _: &str) -> io::Result<()> {
        Err(io::Error::other("canary"))
    }
}

#[tokio::test]
async fn a_store_that_fails_loses_nothing_and_has_nothing_handled_twice() {
    let mut is_handled = false;
    let handling = async {
        is_handled = true;
        Ok::<_, Infallible>(())
    };
    let error = Failing { claims: false }.handle_once("evt_1", handling).await.expect_err("it can't be claimed");
    assert!(matches!(error, HandleError::NotClaimed(_)) && error.status() == 503, "it is delivered again");
    assert!(!is_handled && !error.to_string().contains("canary"), "{error}");

    let error = Failing { claims: true }.handle_once("evt_1", async { Ok::<_, Infallible>(()) }).await;
    let error = error.expect_err("it can't be confirmed");
    assert!(matches!(error, HandleError::NotConfirmed(_)) && error.status() == 200, "it is not delivered again");
    assert!(std::error::Error::source(&error).is_some() && !error.to_string().contains("canary"), "{error}");
}
